"""Every threshold: counted by hand, recounted in Python, opened lead by lead, read in words."""

from __future__ import annotations

import itertools
from dataclasses import replace
from datetime import date, timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics import threshold_reading as reading
from analytics.results import Rate, Unmeasurable
from analytics.score_table import FINE, grid_over
from analytics.stats.intervals import wilson_interval
from analytics.threshold import ONE_SCORE, Threshold, measure_threshold
from tests.metrics.worlds import World, sample, story, world_of
from tests.score_worlds import AS_OF, HEADER, ROWS, hand_world, many, number_of

STORIES = (
    "healthy",
    "threshold_too_low",
    "slow_follow_up",
    "segment_drift",
    "no_product_fit",
    "broken_plumbing",
)


def measured(world: World, **period) -> Threshold:
    found = measure_threshold(world.warehouse, world.cohort(world.request(**period)))
    assert isinstance(found, Threshold)
    return found


def test_every_threshold_counts_the_leads_by_hand():
    result = measured(hand_world())
    assert [row.number for row in result.rows] == list(range(101))
    for row in result.rows:
        above = [one for one in ROWS if number_of(one) is not None and number_of(one) >= row.score]
        mature = [one for one in above if one.has("mature")]
        settled = [one for one in above if one.has("settled")]
        expected = (
            len(above), len(settled), sum(one.has("accepted") or one.has("rejected") for one in settled),
            sum(one.has("accepted") for one in settled), len(mature), sum(one.has("accepted") for one in mature),
            sum(one.has("opportunity") for one in mature),
            sum(one.has("accepted") and one.has("opportunity") for one in mature), sum(one.has("won") for one in mature),
        )  # fmt: skip
        assert (row.leads, row.settled, row.decided, row.accepted_settled, row.mature, row.accepted, row.opportunities,
                row.accepted_opportunities, row.won) == expected, row.number  # fmt: skip
    assert (result.leads, result.unscored, result.unscored_hits) == (12, 1, 1)
    assert not result.has_floor  # twelve leads a month show no line
    assert result.base == 0


@pytest.mark.parametrize("name", ["sample", "healthy", "slow_follow_up"])
def test_a_recount_in_python_agrees(name):
    world = sample() if name == "sample" else story(name, 11, 6_000)[0]
    result = measured(world)
    horizon = timedelta(days=world.contract.horizon_days)
    rows = [row for row in world.rows() if row["handoff_at"] is not None and row["score"] is not None]
    mature = [row for row in rows if row["handoff_at"] + horizon <= world.manifest.as_of]
    won = [
        row for row in mature if row["outcome"] == "won" and row["closed_at"] <= row["handoff_at"] + horizon
    ]
    for at in (0, 20, 31, 47, 60, 83, 100):
        row = result.at(at)
        assert row.leads == sum(one["score"] >= at for one in rows)
        assert row.mature == sum(one["score"] >= at for one in mature)
        assert row.won == sum(one["score"] >= at for one in won)
    lost = sorted(one["score"] for one in won if result.today.score <= one["score"] < 60)
    listed = reading.given_up(result, result.at(60))
    assert sorted(one.score for one in listed) == lost
    assert {one.lead_id for one in listed} == {
        one["lead_id"] for one in won if result.today.score <= one["score"] < 60
    }


def test_every_number_opens_its_leads():
    world = sample()
    request = world.request()
    result = measured(world)
    today = result.today.number
    for row in (result.today, result.at(55), result.at(90)):
        number = row.number
        for key, leads in (
            (result.key("from", number), row.leads),
            (result.key("from", number, "mature"), row.mature),
            (result.key("from", number, "won_in_horizon"), row.won),
            (result.key("from", number, "decided_settled"), row.decided),
            (result.key("from", number, "accepted_settled"), row.accepted_settled),
            (result.key("from", number, "mature_accepted"), row.accepted),
            (result.key("from", number, "mature_accepted_opportunity"), row.accepted_opportunities),
            (
                result.key("below", number, result.key("from", today, "won_in_horizon")),
                result.today.won - row.won,
            ),
        ):
            assert world.evidence(key, request, limit=1).count == leads, key
    assert world.evidence("unscored", request, limit=1).count == result.unscored
    assert world.evidence(f"score_below:{today}", request, limit=1).count == result.below_base


# --- today's line, and what may lie below


def test_todays_line_is_seen_and_exceptions_stay_outside():
    result = measured(many(below=2))
    assert (result.has_floor, result.today.score, result.below_base) == (True, 40.0, 2)
    assert result.today.leads == 200
    assert reading.outside_words(result) == "2 leads under today's line, 0 wins among them, left out"
    blurred = measured(many(below=3))  # 3 of 203 are more than one in a hundred
    assert blurred.today.score < 40
    assert reading.outside_words(measured(many())) == ""


def raised(later: int) -> World:
    """200 leads of January to April from 20 up, every tenth won, and ``later`` ones of May from 40 up."""
    rows = [
        {
            "Lead ID": f"{number}", "Handoff Date": f"2026-{1 + number // 50:02d}-05 09:00:00" if number < 200 else "2026-05-05 09:00:00",
            "Lead Score": str(20 + number % 80 if number < 200 else 40 + number % 60),
            "Won": "true" if number % 10 == 0 else "", "Opportunity: Close Date": "2026-05-20 09:00:00" if number % 10 == 0 else "",
        }
        for number in range(200 + later)
    ]  # fmt: skip
    return world_of(rows, as_of="2026-12-30 12:00:00", zone="UTC")


def test_a_line_that_rose_is_dated_and_what_came_in_under_it_is_counted():
    result = measured(raised(60))
    assert (result.has_floor, result.today.score, result.below_base) == (True, 40.0, 60)
    assert reading.since_words(result) == "May\u00a02026"
    assert result.hits_below == result.hits(result.rows[0]) - result.hits(result.rows[40]) > 0
    assert reading.outside_words(result) == (
        f"60 leads under today's line, which rose in May\u00a02026, {result.hits_below} wins among them, left out"
    )
    assert reading.answer(result, 30) == (
        "What would happen at 30 now we cannot see: since May\u00a02026 hardly any lead scored under 40 was passed to"
        " sales. A period before that shows it."
    )
    assert reading.answer(result, 60).endswith(
        "What would happen below 40 now we cannot see: the line rose in May\u00a02026."
    )


def test_a_few_later_leads_raise_no_line():
    result = measured(raised(29))
    assert (result.today.score, result.since) == (20.0, None)


def test_under_a_hundred_leads_the_line_is_the_lowest_score():
    rows = [
        {"Lead ID": f"{number}", "Handoff Date": "2026-03-02 09:00:00", "Lead Score": str(7 + number % 50), "Won": "0"}
        for number in range(100)
    ]  # fmt: skip
    few, enough = (
        measured(world_of(rows[:number], as_of=AS_OF, header=[*rows[0], "Opportunity: Close Date"]))
        for number in (99, 100)
    )
    assert (few.has_floor, few.today.score, few.below_base) == (False, 7.0, 0)
    assert reading.answer(few, 3).endswith("no lead scored under 7 is in this selection.")
    assert (enough.has_floor, enough.today.score) == (True, 7.0)


def test_one_score_for_all_leaves_no_threshold_to_try():
    rows = [ROWS[0].cells | {"Lead ID": str(number), "Lead Score": "250"} for number in range(40)]
    world = world_of(rows, as_of=AS_OF, header=HEADER)
    assert measure_threshold(world.warehouse, world.cohort()) is ONE_SCORE


def test_below_todays_line_nothing_is_claimed():
    result = measured(many())
    told = reading.answer(result, 30)
    assert (
        told
        == "What would happen at 30 we cannot see from this file: hardly any lead scored under 40 was passed to sales."
    )
    read = reading.read(result, 30)
    assert (read.is_seen, read.acceptance_gate, read.opportunity_gate) == (False, "not judged", "not judged")
    assert reading.hours_words(result, 30, 1.0, 10.0) == ""
    assert reading.range_words(result, 30) == ""
    low, high = wilson_interval(2, 100)
    assert result.lowest == (40, 65)
    assert result.lowering is not None
    assert result.lowering.monotone_upper == pytest.approx(100 * wilson_interval(3, 100)[1])
    assert "pass a random sample from below the line for a month" in reading.lowering_words(result)
    assert low < high


# --- words


def test_the_sentence_of_the_methods():
    """Four leads a point from 40 to 89: raising the line to 60 leaves 120 of 200 and loses 2 of 5 wins."""
    result = measured(many())
    assert reading.answer(result, 60) == (
        "At 60 instead of 40, sales gets 40\u00a0% fewer leads and loses 2 of 5 wins, too few to quote a share."
        " What would happen below 40 we cannot see from this file."
    )
    assert reading.price_words(result, 60) == "40 leads spared for each win given up"
    assert [one.company for one in reading.given_up(result, result.at(60))] == [
        "Company 0-52",
        "Company 0-45",
    ]
    big = measured(many(wins=tuple(range(40, 90))))
    assert "loses 40\u00a0% of the wins (20 of 50)." in reading.answer(big, 60)
    assert reading.range_words(big, 60) == f"wins kept: 60\u00a0%, range {_range(big, 60)}"


def _range(result: Threshold, at: int) -> str:
    from analytics import formatting as text

    row = result.at(at)
    low, high = wilson_interval(30, 50)
    assert row.kept_low <= low
    assert row.kept_high >= high
    return text.percent_range(row.kept_low, row.kept_high)


def test_at_todays_line_nothing_changes():
    result = measured(many())
    assert reading.answer(result, 40).startswith(
        "At 40 sales gets all 200 leads it gets today, and the 5 wins with them"
    )
    assert reading.price_words(result, 40) == ""
    read = reading.read(result, 40)
    assert (read.leads.value, read.hits.value, read.given_up) == (1.0, 1.0, 0)


def test_no_wins_no_wins_to_lose():
    found = measured(many())
    result = replace(found, rows=tuple(replace(row, won=0) for row in found.rows), winners=())
    assert reading.answer(result, 60).startswith(
        "At 60 instead of 40, sales gets 40\u00a0% fewer leads; no wins within"
    )
    assert reading.given_up(result, result.at(60)) == ()


def test_few_leads_are_too_few_to_try_a_threshold_on():
    told = reading.answer(measured(hand_world()), 60)
    assert told == "Too few leads to try a threshold on: 11 leads with a score; come back at 30."


def test_hours_are_compared_with_what_was_stated():
    result = measured(many())
    assert reading.hours_words(result, 40, None, None) == "hours of work: not stated yet (More)"
    assert "state the hours available per week" in reading.hours_words(result, 40, 1.0, None)
    weeks = result.weeks
    needed = 120 * 2 / weeks
    assert reading.hours_words(result, 60, 2.0, needed + 12.0).endswith("12\u00a0h to spare")
    assert reading.hours_words(result, 60, 2.0, needed - 12.0).endswith("12\u00a0h too many")


def test_the_length_of_a_period_is_its_own_or_that_of_its_leads():
    assert measured(many()).weeks == pytest.approx(1 / 7)
    # the file begins on 2 March, 9:00
    spring = measured(many(), starts_on=date(2026, 3, 1), ends_on=date(2026, 3, 15))
    assert spring.weeks == pytest.approx((13 - 9 / 24) / 7)


# --- pay gates


def gates(accepted: int, decided: int, settled: int, opportunities: int) -> tuple[str, str]:
    result = measured(many())
    row = replace(
        result.at(60), settled=settled, decided=decided, accepted_settled=accepted, accepted=accepted,
        accepted_opportunities=opportunities,
    )  # fmt: skip
    rows = tuple(row if one.number == 60 else one for one in result.rows)
    read = reading.read(replace(result, rows=rows), 60)
    return read.acceptance_gate, read.opportunity_gate


def test_gates_hold_exactly_on_their_targets_and_wait_for_decisions():
    assert gates(75, 100, 100, 15) == ("holds", "holds")
    assert gates(74, 100, 100, 14) == ("does not hold", "does not hold")
    assert gates(81, 90, 100, 40) == ("holds", "holds")  # nine in ten decided is enough
    assert gates(80, 89, 100, 40) == ("not judged", "not judged")
    assert gates(22, 29, 29, 10) == ("not judged", "not judged")  # too few
    assert gates(0, 0, 0, 0) == ("not judged", "not judged")


def test_an_export_without_acceptance_judges_no_gate():
    kept = [key for key in HEADER if key not in {"SAL Date", "Rejected Date"}]
    world = world_of([{key: row.cells.get(key, "") for key in kept} for row in ROWS], as_of=AS_OF)
    read = reading.read(measured(world), 40)
    assert (read.acceptance_gate, read.opportunity_gate) == ("cannot be measured", "cannot be measured")


# --- grids


@pytest.mark.parametrize(
    ("low", "high", "is_whole", "expected"),
    [
        (0, 100, True, (0, 1, 101, 1)),
        (0.5, 99.5, False, (0, 1, 101, 1)),
        (0, 1, True, (0, 1, 101, 1)),
        (0, 101, True, (0, 2, 51, 1)),
        (-20, 80, True, (-20, 1, 101, 1)),
        (0, 1_000, True, (0, 10, 101, 1)),
        (300, 850, True, (300, 10, 56, 1)),
        (-3.0, 3.0, False, (-3_000, 100, 61, FINE)),
        (0.02, 0.97, False, (20, 10, 96, FINE)),
        (-1e300, 1e300, False, (-(10**12), 2 * 10**10, 101, 1)),
    ],
)
def test_thresholds_have_a_round_step_and_are_at_most_a_hundred_and_one(low, high, is_whole, expected):
    grid = grid_over(float(low), float(high), is_whole=is_whole)
    assert (grid.first, grid.step, grid.count, grid.unit) == expected


@given(st.floats(-1e6, 1e6), st.floats(-1e6, 1e6), st.booleans())
def test_the_grid_covers_the_scores(one, other, is_whole):
    low, high = sorted((one, other))
    if is_whole:
        low, high = float(np.floor(low)), float(np.floor(high))
    grid = grid_over(low, high, is_whole=is_whole)
    assert 1 <= grid.count <= 101
    assert grid.number(0) <= low * grid.unit + 1e-6
    assert grid.number(grid.count - 1) + grid.step > high * grid.unit - 1e-6


@pytest.mark.parametrize(
    "scores", [("-3.5", "-0.25", "0.57", "2.9", "3"), ("120", "400", "555", "1000", "-7")]
)
def test_scores_outside_a_hundred_open_their_leads_too(scores):
    rows = [
        ROWS[0].cells | {"Lead ID": f"{score}/{turn}", "Lead Score": score}
        for score in scores
        for turn in range(8)
    ]
    world = world_of(rows, as_of=AS_OF, header=HEADER)
    result = measured(world)
    numbers = [float(score) for score in scores]
    assert result.rows[0].score <= min(numbers)
    for row in result.rows:
        assert row.leads == 8 * sum(number >= row.score - 1e-9 for number in numbers)
        assert world.evidence(result.key("from", row.number), limit=1).count == row.leads
    assert result.is_fine == (scores[0] == "-3.5")


# --- laws


@pytest.mark.parametrize("name", ["sample", *STORIES])
def test_laws_of_every_threshold(name):
    world = sample() if name == "sample" else story(name, 11, 6_000)[0]
    result = measured(world)
    assert result.rows[0].leads + result.unscored == result.leads
    for lower, upper in itertools.pairwise(result.rows):
        for field in (
            "leads",
            "settled",
            "decided",
            "accepted_settled",
            "mature",
            "accepted",
            "opportunities",
            "won",
        ):
            assert getattr(lower, field) >= getattr(upper, field)
    for row in result.rows:
        assert row.leads >= row.settled >= row.decided >= row.accepted_settled
        assert row.leads >= row.mature >= max(row.accepted, row.opportunities)
        assert row.opportunities >= row.won
        if row.number >= result.today.number:
            kept = Rate(row.won, result.today.won).value
            assert 0 <= row.kept_low <= kept <= row.kept_high <= 1
        else:
            assert row.kept_low is None
    assert [one.score for one in result.winners] == sorted(one.score for one in result.winners)
    assert len(result.winners) == min(500, result.today.won)


@pytest.mark.parametrize("name", STORIES)
def test_the_sentence_on_every_story(name):
    result = measured(story(name, 11, 6_000)[0])
    told = reading.answer(result, 60)
    assert told.startswith(f"At 60 instead of {result.today.score:g}, sales gets ")
    assert "of the wins (" in told


def test_raising_the_line_repairs_the_gate_of_the_loosened_score():
    result = measured(story("threshold_too_low", 11, 6_000)[0])
    assert reading.read(result, result.today.score).acceptance_gate == "does not hold"
    assert reading.read(result, 60).acceptance_gate == "holds"
    healthy = measured(story("healthy", 11, 6_000)[0])
    assert {reading.read(healthy, at).acceptance_gate for at in (35, 50, 60, 70)} == {"holds"}


def test_the_small_story_is_too_small():
    assert reading.answer(measured(story("too_small", 11, 28)[0]), 60).startswith(
        "Too few leads to try a threshold on"
    )


def test_what_cannot_be_measured_says_what_would_bring_it():
    for gone, column in (("Lead Score", "the lead score at handoff"), ("Won", None)):
        dropped = {gone} | (
            {"Opportunity: Close Date", "Converted Opportunity ID", "Opportunity: Created Date"}
            if column is None
            else set()
        )
        kept = [key for key in HEADER if key not in dropped]
        world = world_of([{key: row.cells.get(key, "") for key in kept} for row in ROWS], as_of=AS_OF)
        found = measure_threshold(world.warehouse, world.cohort())
        assert isinstance(found, Unmeasurable)
        assert found.column
        assert column in {found.column, None}
    world = hand_world()
    nobody = measure_threshold(
        world.warehouse, world.cohort(world.request(filters=(("source", ("nobody",)),)))
    )
    assert isinstance(nobody, Unmeasurable)


def test_without_wins_the_opportunities_are_kept_and_given_up():
    kept = [key for key in HEADER if key not in {"Won", "Opportunity: Close Date"}]
    world = world_of([{key: row.cells.get(key, "") for key in kept} for row in ROWS], as_of=AS_OF)
    result = measured(world)
    assert result.hit == "opportunity"
    assert (
        result.hits(result.rows[0])
        == result.rows[0].opportunities
        == world.evidence(result.key("from", 0, "opportunity_in_horizon"), limit=1).count
    )
