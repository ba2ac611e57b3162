"""Cohorts by age, outcomes that rule each other out, and the time between stages: by hand, counted twice, by law."""

from __future__ import annotations

from datetime import timedelta
from functools import cache
from statistics import median

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.cohort import CohortRequest
from analytics.funnel_stages import ACCEPTED, OPPORTUNITY, WON
from analytics.maturing import Maturing, Triangle, ages_of, measure_maturing, reading
from analytics.outcome_race import DAY, Race, race_reading
from analytics.results import Unmeasurable
from analytics.stage_times import StageTime, counted_quantile
from tests.metrics.worlds import World, sample, story, world_of

AS_OF = "2026-06-30 12:00:00"
# two February leads and four of June; every stamp is exact to the second
LEADS = (
    ("on day 7", {"handoff": "2026-02-02 09:00:00", "won": "2026-02-09 09:00:00"}),
    ("a second after day 7", {"handoff": "2026-02-02 09:00:00", "won": "2026-02-09 09:00:01"}),
    ("exactly 14 days old", {"handoff": "2026-06-16 12:00:00", "won": "2026-06-17 12:00:00"}),
    ("a second under 14 days old", {"handoff": "2026-06-16 12:00:01", "won": "2026-06-20 12:00:00"}),
    ("won, nobody knows when", {"handoff": "2026-06-02 12:00:00", "won": ""}),
    ("not won", {"handoff": "2026-06-02 12:00:00", "won": None}),
)  # fmt: skip


@cache
def hand() -> World:
    rows = [
        {
            "Lead ID": name,
            "Handoff Date": cells["handoff"],
            "SAL Date": cells["handoff"],
            "Won": "" if cells["won"] is None else "TRUE",
            "Opportunity: Close Date": cells["won"] or "",
        }
        for name, cells in LEADS
    ]
    return world_of(rows, as_of=AS_OF)


def measured(
    world: World, stage: str = WON, request: CohortRequest | None = None, unit: str = "month"
) -> Maturing:
    return measure_maturing(world.warehouse, world.cohort(request), unit, stage)


def triangle(world: World, stage: str = WON, request: CohortRequest | None = None) -> Triangle:
    found = measured(world, stage, request).triangle
    assert isinstance(found, Triangle)
    return found


def test_the_ages_end_at_the_horizon():
    assert ages_of(90, WON) == (7, 14, 30, 45, 60, 90)
    assert ages_of(90, ACCEPTED) == (1, 3, 7, 14, 30, 60, 90)
    assert ages_of(5, WON) == (5,)
    assert ages_of(1825, WON)[-1] == 1825
    assert len(ages_of(1825, WON)) == 8


def test_cells_of_the_hand_table():
    rows = {row.label: row for row in triangle(hand()).rows}
    february = {cell.age_days: cell for cell in rows["Feb\u00a02026"].cells}
    assert (february[7].rate.numerator, february[7].rate.denominator, february[7].state) == (1, 2, "mature")
    assert (february[14].rate.numerator, february[90].state) == (2, "mature")
    june = {cell.age_days: cell for cell in rows["Jun\u00a02026"].cells}
    assert (june[7].rate.numerator, june[7].rate.denominator, june[7].state) == (2, 4, "mature")
    assert (june[14].rate.numerator, june[14].rate.denominator, june[14].state) == (1, 3, "partial")
    assert (june[30].rate.denominator, june[30].state) == (0, "empty")
    months = list(rows)
    assert months == [f"{name}\u00a02026" for name in ("Feb", "Mar", "Apr", "May", "Jun")]
    assert all(cell.state == "empty" for cell in rows["Mar\u00a02026"].cells)


def test_an_event_without_a_date_is_counted_and_said():
    found = triangle(hand())
    assert found.undated == 1
    assert hand().ids(found.undated_key) == {"won, nobody knows when"}


@pytest.mark.parametrize("stage", [ACCEPTED, OPPORTUNITY, WON])
@pytest.mark.parametrize("unit", ["week", "month", "quarter"])
def test_every_cell_opens_its_leads(stage, unit):
    world = sample()
    request = CohortRequest(world.manifest.fingerprint)
    found = measured(world, stage, request, unit).triangle
    assert isinstance(found, Triangle)
    for row in found.rows[:: max(1, len(found.rows) // 2)]:
        for cell in row.cells[::2]:
            assert world.evidence(found.key(row, cell), request, limit=1).count == cell.rate.numerator
            assert (
                world.evidence(found.key_of_old(row, cell), request, limit=1).count == cell.rate.denominator
            )


@pytest.mark.parametrize("world", [sample(), story("slow_follow_up", 11, 3_000)[0]], ids=["sample", "slow"])
@pytest.mark.parametrize(("stage", "stamp"), [(ACCEPTED, "accepted_at"), (OPPORTUNITY, "opportunity_at"), (WON, "closed_at")])  # fmt: skip
def test_a_second_count_of_the_triangle(world, stage, stamp):
    """All cells together, by age, over the rows of the import."""
    as_of = world.manifest.as_of
    found = triangle(world, stage)
    for place, age in enumerate(found.ages):
        old = [row for row in world.rows() if row["handoff_at"] + timedelta(days=age) <= as_of]
        reached = 0
        for row in old:
            at = row[stamp] if stage != WON or row["outcome"] == "won" else None
            if stage == ACCEPTED and at is None:
                at = row["opportunity_at"]
            reached += at is not None and at <= row["handoff_at"] + timedelta(days=age)
        cells = [row.cells[place] for row in found.rows]
        assert sum(cell.rate.denominator for cell in cells) == len(old)
        assert sum(cell.rate.numerator for cell in cells) == reached


@pytest.mark.parametrize("stage", [ACCEPTED, OPPORTUNITY, WON])
def test_a_mature_row_never_falls_with_age(stage):
    for row in triangle(sample(), stage).rows:
        values = [cell.rate.numerator for cell in row.cells if cell.state == "mature"]
        assert values == sorted(values)
        assert all(cell.rate.denominator <= row.leads for cell in row.cells)
        assert [cell.state == "mature" for cell in row.cells] == [
            cell.rate.denominator == row.leads > 0 for cell in row.cells
        ]


def test_the_sentence_compares_the_same_age():
    sentence = reading(triangle(sample()))
    assert sentence.startswith("At day 60, Jul\u00a02026 stands at ")
    assert "Jan\u00a02026 stood at" in sentence
    assert "so no difference can be told" in sentence


def test_a_difference_beyond_luck_has_its_interval():
    rows = [
        {"Lead ID": f"{month}{n}", "Handoff Date": f"2026-0{month}-02 09:00:00", "SAL Date": f"2026-0{month}-03", "Won": "TRUE" if n < wins else "",
         "Opportunity: Close Date": f"2026-0{month}-12 09:00:00" if n < wins else ""}
        for month, wins in ((1, 10), (2, 60)) for n in range(100)
    ]  # fmt: skip
    sentence = reading(triangle(world_of(rows, as_of=AS_OF)))
    assert sentence == (
        "At day 90, Feb\u00a02026 stands at 60\u00a0% won, Jan\u00a02026 stood at 10\u00a0%: +50\u00a0points, +38\u00a0points to"
        " +60\u00a0points."
    )


def test_few_leads_are_not_compared():
    assert reading(triangle(hand())).startswith("Too few leads have reached the same age")


# --- outcomes that rule each other out


def race(world: World, which: str, request: CohortRequest | None = None) -> Race:
    found = getattr(measured(world, request=request), which)
    assert isinstance(found, Race)
    return found


@pytest.mark.parametrize("which", ["decision", "closing"])
@pytest.mark.parametrize("is_whole", [True, False])
def test_every_marker_opens_the_leads_it_counts(which, is_whole):
    world = sample()
    request = world.request() if is_whole else CohortRequest(world.manifest.fingerprint)
    found = race(world, which, request)
    for one in found.outcomes:
        assert one.marks
        assert world.evidence(one.undated_key, request, limit=1).count == one.undated
        for mark in one.marks:
            assert world.evidence(mark.key, request, limit=1).count == mark.counted


def test_shares_of_all_outcomes_and_of_the_open_add_up_to_one():
    for which in ("decision", "closing"):
        curve = race(sample(), which).curve
        assert curve is not None
        assert curve.cumulative.sum(axis=0) + curve.survival == pytest.approx(1.0)
        assert curve.leads == 6_000


def test_where_everybody_was_watched_the_share_is_the_plain_one():
    """The default cohort is at least 90 days old, so nobody is censored before the horizon."""
    world = sample()
    request = CohortRequest(world.manifest.fingerprint)
    found = race(world, "closing", request)
    leads = world.evidence("leads", request, limit=1).count
    mark = next(mark for mark in found.outcomes[0].marks if mark.age_days == 90)
    assert mark.share.value == pytest.approx(mark.counted / leads)
    assert mark.counted == world.evidence("won_in_horizon", request, limit=1).count


def test_young_leads_do_not_make_the_cohort_look_worse():
    """Counting open leads of last week as failures would say 4.4 %; watched long enough they win far more often."""
    old = [{"Lead ID": f"o{n}", "Handoff Date": "2026-01-05", "Won": "TRUE" if n < 20 else "", "SAL Date": "2026-01-06",
            "Opportunity: Close Date": "2026-02-05" if n < 20 else ""} for n in range(100)]  # fmt: skip
    young = [{"Lead ID": f"y{n}", "Handoff Date": "2026-06-25", "Won": "", "SAL Date": "2026-06-26", "Opportunity: Close Date": ""} for n in range(350)]  # fmt: skip
    found = race(world_of(old + young, as_of=AS_OF), "closing")
    mark = next(mark for mark in found.outcomes[0].marks if mark.age_days == 60)
    assert mark.share.value == pytest.approx(0.20)
    assert mark.counted == 20


def test_nothing_is_drawn_beyond_the_tenth_longest_follow_up():
    found = race(hand(), "closing")
    assert found.drawn_until == 0  # six leads
    ages = sorted((sample().manifest.as_of - row["handoff_at"] for row in sample().rows()), reverse=True)
    assert race(sample(), "closing").drawn_until == int(ages[9].total_seconds())
    assert all(
        mark.age_days * DAY <= ages[9].total_seconds() for mark in race(sample(), "closing").outcomes[0].marks
    )


def test_the_sentence_of_a_race():
    world = story("healthy", 11, 3_000)[0]
    request = CohortRequest(world.manifest.fingerprint)
    said = race_reading(race(world, "decision", request))
    assert said.startswith("Within 14\u00a0days of the handoff 8")
    assert said.endswith("had no decision.")
    assert race_reading(race(hand(), "closing")).startswith("Too few leads were watched")


# --- time between stages


@given(st.lists(st.integers(0, 50), min_size=1, max_size=60), st.floats(0, 1))
def test_counted_quantiles_are_numpys(values, p):
    distinct, counts = np.unique(np.array(values, dtype=np.int64), return_counts=True)
    assert counted_quantile(distinct, counts.astype(np.int64), p) == pytest.approx(np.quantile(values, p))


def test_no_leads_no_quantile():
    assert counted_quantile(np.array([], dtype=np.int64), np.array([], dtype=np.int64), 0.5) is None


def test_times_between_stages_counted_twice():
    world = sample()
    rows = world.rows()
    decided = [(row["accepted_at"] or row["rejected_at"]) - row["handoff_at"] for row in rows
               if (row["accepted_at"] or row["rejected_at"]) and not (row["accepted_at"] is None and row["opportunity_at"])]  # fmt: skip
    opened = [
        row["opportunity_at"] - row["accepted_at"]
        for row in rows
        if row["opportunity_at"] and row["accepted_at"]
    ]
    closed = [row["closed_at"] - row["opportunity_at"] for row in rows if row["opportunity_at"] and row["closed_at"] and row["outcome"]]  # fmt: skip
    times = measured(world).times
    for one, gaps in zip(times, (decided, opened, closed), strict=True):
        assert isinstance(one, StageTime)
        seconds = [gap.total_seconds() for gap in gaps if gap >= timedelta(0)]
        assert one.timed == len(seconds)
        assert one.median == pytest.approx(median(seconds))
        assert one.p90 == pytest.approx(float(np.quantile(seconds, 0.9)))
        assert world.evidence(one.key, limit=1).count == one.timed
        assert world.evidence(one.untimed_key, limit=1).count == one.untimed


def test_times_of_the_hand_made_gaps():
    rows = [
        {"Lead ID": "a", "Handoff Date": "2026-03-02 09:00:00", "SAL Date": "2026-03-02 10:00:00", "Opportunity: Created Date": "2026-03-02 10:00:00",
         "Opportunity: Close Date": "2026-03-02 10:00:01", "Won": "TRUE"},
        {"Lead ID": "out of order", "Handoff Date": "2026-03-02 09:00:00", "SAL Date": "2026-03-02 10:00:00", "Opportunity: Created Date": "2026-03-02 09:59:59",
         "Opportunity: Close Date": "", "Won": ""},
        {"Lead ID": "implied", "Handoff Date": "2026-03-02 09:00:00", "SAL Date": "", "Opportunity: Created Date": "2026-03-02 11:00:00",
         "Opportunity: Close Date": "2026-03-02 10:59:59", "Won": "FALSE"},
    ]  # fmt: skip
    decision, opportunity, closing = measured(world_of(rows, as_of=AS_OF)).times
    assert (decision.timed, decision.median, decision.untimed) == (2, 3_600, 1)
    assert (opportunity.timed, opportunity.median, opportunity.untimed) == (1, 0, 2)
    assert (closing.timed, closing.median, closing.untimed) == (1, 1, 1)


# --- what an export cannot say


def test_an_export_without_dates_of_decisions_says_which_column_is_missing():
    rows = [{"Lead ID": str(n), "Handoff Date": "2026-01-05", "Lead Status": "Accepted" if n % 2 else "Rejected"} for n in range(40)]  # fmt: skip
    found = measured(world_of(rows, as_of=AS_OF), ACCEPTED)
    assert isinstance(found.triangle, Unmeasurable)
    assert isinstance(found.decision, Unmeasurable)
    assert isinstance(found.closing, Unmeasurable)
    assert all(isinstance(one, Unmeasurable) for one in found.times)
    assert all(one.column for one in (found.triangle, found.decision, found.closing))


def test_an_empty_selection():
    world = sample()
    found = measured(world, request=world.request(filters=(("source", ("nobody",)),)))
    assert isinstance(found.triangle, Triangle)
    assert found.triangle.rows == ()
    assert isinstance(found.closing, Race)
    assert found.closing.curve is None
    assert race_reading(found.closing).startswith("Too few")
