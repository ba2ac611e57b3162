"""Drift of the score: three questions that must not be mixed up, counted again in Python and read in words."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import UTC, date, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import chi2

from analytics import drift_reading as reading
from analytics import periods
from analytics.band_stages import Outcome
from analytics.metrics.compose import rate
from analytics.periods import Unit
from analytics.results import Unmeasurable
from analytics.score_drift import (
    Period,
    ScoreDrift,
    _band_answer,
    _mix_answer,
    _ranking_answer,
    measure_score_drift,
)
from analytics.stats.bands import auc_from_bands
from tests.metrics.worlds import World, sample, story, world_of
from tests.score_worlds import AS_OF, HEADER, ROWS, hand_world

STORIES = (
    "healthy",
    "threshold_too_low",
    "slow_follow_up",
    "segment_drift",
    "no_product_fit",
    "broken_plumbing",
)
BANDS = ("0–19", "20–39", "40–59", "60–79", "80+")


def measured(world: World, outcome=Outcome.WON, unit=None, **period) -> ScoreDrift:
    found = measure_score_drift(world.warehouse, world.cohort(world.request(**period)), outcome, unit)
    assert isinstance(found, ScoreDrift)
    return found


def period(number: int, counts: list[tuple[int, int]], judged_on: date | None = None) -> Period:
    """A month from (hits, leads) per band, all of full age."""
    hits, leads = [one for one, _ in counts], [one for _, one in counts]
    return Period(
        number=number, label=periods.label(Unit.MONTH, number), leads=sum(leads), mix=tuple(leads),
        rates=tuple(rate(*one) for one in counts),
        auc=auc_from_bands([n - x for x, n in counts], hits), mature=sum(leads), hits=sum(hits), judged_on=judged_on,
    )  # fmt: skip


def result_of(*found: Period) -> ScoreDrift:
    judged = [one for one in found if one.is_judged]
    scores, change = _mix_answer([one for one in found if one.scored >= 30])
    moves, rates = _band_answer(judged)
    return ScoreDrift(
        Unit.MONTH, Outcome.WON, BANDS[: len(found[0].mix)], found, scores, change, _ranking_answer(judged), rates,
        moves, 0, 90,
    )  # fmt: skip


EVEN = [(2, 100), (5, 100), (10, 100), (20, 100)]
START = 2026 * 12


def recount(world: World, unit: Unit) -> dict[tuple[int, int, str], int]:
    zone, horizon = (
        ZoneInfo(world.contract.zone_name(world.manifest.zone)),
        timedelta(days=world.contract.horizon_days),
    )
    found: Counter = Counter()
    for row in world.rows():
        at = row["handoff_at"]
        if at is None:
            continue
        number = periods.number_of(unit, at.replace(tzinfo=UTC).astimezone(zone).date())
        band = -1 if row["score"] is None else min(4, int(row["score"] // 20))
        found[number, band, "leads"] += 1
        if at + horizon <= world.manifest.as_of:
            found[number, band, "mature"] += 1
            found[number, band, "won"] += row["outcome"] == "won" and row["closed_at"] <= at + horizon
    return found


@pytest.mark.parametrize("unit", [Unit.MONTH, Unit.QUARTER])
@pytest.mark.parametrize("name", ["sample", "segment_drift", "healthy"])
def test_a_recount_in_python_agrees(name, unit):
    world = sample() if name == "sample" else story(name, 11, 6_000)[0]
    result, expected = measured(world, unit=unit), recount(world, unit)
    assert sum(one.leads for one in result.periods) == sum(
        n for (_, _, what), n in expected.items() if what == "leads"
    )
    for one in result.periods:
        assert one.mix == tuple(expected[one.number, band, "leads"] for band in range(5))
        for band, value in enumerate(one.rates):
            assert (value.numerator, value.denominator) == (
                expected[one.number, band, "won"], expected[one.number, band, "mature"],
            )  # fmt: skip
        assert one.mature == sum(expected[one.number, band, "mature"] for band in range(5))


def test_by_hand_the_months_stand_in_order_with_the_empty_ones():
    result = measured(hand_world(), unit=Unit.MONTH)
    assert [one.label.replace("\u00a0", " ") for one in result.periods] == [
        "Mar 2026",
        "Apr 2026",
        "May 2026",
        "Jun 2026",
    ]
    assert [one.scored for one in result.periods] == [8, 2, 0, 1]
    assert result.unscored == sum(row.band == -1 for row in ROWS)
    march, april, may, june = result.periods
    assert march.judged_on is None
    assert april.judged_on == date(2026, 5, 1) + timedelta(days=90)  # one of two is a second too young
    assert june.judged_on == date(2026, 7, 1) + timedelta(days=90)
    assert may.leads == 0
    assert result.scores == result.ranking == result.rates == "cannot tell"


@pytest.mark.parametrize("outcome", list(Outcome))
def test_every_number_opens_its_leads(outcome):
    world = sample()
    request = world.request()
    result = measured(world, outcome, Unit.QUARTER)
    sets = {
        Outcome.ACCEPTED: "band_accepted",
        Outcome.OPPORTUNITY: "band_opportunity",
        Outcome.WON: "band_won",
    }
    for one in result.periods:
        unit = f"quarter:{one.number}"
        assert world.evidence(f"scored.{unit}", request, limit=1).count == one.scored
        assert world.evidence(f"scored.mature.{unit}", request, limit=1).count == one.mature
        for band, leads in enumerate(one.mix):
            assert world.evidence(f"score_band:{band}.{unit}", request, limit=1).count == leads
            hits = world.evidence(f"{sets[outcome]}:{band}.{unit}", request, limit=1).count
            assert hits == one.rates[band].numerator


# --- the three questions


def test_moved_scores_are_not_a_moved_ranking_nor_moved_rates():
    shifted = [(4, 200), (8, 160), (4, 40), (1, 5)]
    result = result_of(period(START, EVEN), period(START + 1, shifted))
    assert (result.scores, result.rates) == ("moved", "not beyond luck")
    assert result.mix_change == pytest.approx((200 + 160) / 405 - 0.5, abs=1e-9)
    assert reading.scores(result).startswith(
        "The scores moved: 39 of 100 leads stand in another band in Feb\u00a02026 than in Jan\u00a02026"
    )


def test_a_moved_ranking_is_told_from_luck():
    upside = [(20, 100), (10, 100), (5, 100), (2, 100)]
    result = result_of(period(START, EVEN), period(START + 1, upside))
    assert (result.scores, result.ranking, result.rates) == ("not beyond luck", "moved", "moved")
    assert "The ranking moved: the score picked right 7" in reading.ranking(result)
    same = result_of(period(START, EVEN), period(START + 1, EVEN))
    assert (same.scores, same.ranking, same.rates) == ("not beyond luck",) * 3
    assert reading.answer(same).startswith(
        "The scores, the ranking and the bands’ rates did not move beyond luck: "
    )


def test_a_band_that_fell_is_named_with_then_and_now():
    fallen = [(2, 100), (5, 100), (10, 100), (2, 100)]
    result = result_of(period(START, EVEN), period(START + 1, fallen))
    (move,) = result.moves
    assert (move.band, move.first.numerator, move.last.numerator) == (3, 20, 2)
    assert move.high < 0
    assert reading.rates(result) == (
        "A band’s rate moved: of 60–79, 20 in 100 (13–29) won at first and 2.0 in 100 (0.6–7.0) at last."
    )


def test_the_ranking_test_is_cochrans():
    """Two estimates: the spread is the squared difference over the sum of both variances."""
    one, other = period(START, EVEN), period(START + 1, [(8, 100), (9, 100), (10, 100), (13, 100)])
    se = [(auc.high - auc.low) / (2 * 1.959964) for auc in (one.auc, other.auc)]
    spread = (one.auc.value - other.auc.value) ** 2 / (se[0] ** 2 + se[1] ** 2)
    expected = "moved" if chi2.sf(spread, 1) < 0.05 else "not beyond luck"
    assert _ranking_answer([one, other]) == expected == "moved"


def test_young_periods_stay_out_of_judgement_and_say_until_when():
    young = period(START + 1, [(0, 100), (0, 100), (0, 100), (0, 100)], date(2026, 6, 1))
    result = result_of(period(START, EVEN), young)
    assert (result.scores, result.ranking, result.rates) == ("not beyond luck", "cannot tell", "cannot tell")
    assert "too young to judge until 1\u00a0Jun\u00a02026: Feb\u00a02026" in reading.notes(result)
    assert reading.ranking(result).startswith(
        "Cannot tell if the ranking moved: it takes two months of full age"
    )
    assert reading.rates(result).startswith("Cannot tell if a band’s rate moved")


def test_few_leads_and_few_winners_are_no_evidence():
    small = result_of(period(START, [(1, 5), (2, 9)]), period(START + 1, [(3, 5), (1, 9)]))
    assert (
        reading.answer(small)
        == "Too few leads to see any drift: 28 leads with a score; come back at 30 a period."
    )
    few = [(0, 100), (0, 100), (1, 100), (8, 100)]  # nine winners
    assert result_of(period(START, few), period(START + 1, few)).ranking == "cannot tell"
    ten = [(0, 100), (0, 100), (2, 100), (8, 100)]
    assert result_of(period(START, ten), period(START + 1, ten)).ranking == "not beyond luck"


@settings(deadline=None)
@given(
    st.lists(
        st.lists(st.tuples(st.integers(0, 40), st.integers(0, 40)), min_size=3, max_size=3),
        min_size=1,
        max_size=4,
    )
)
def test_laws_of_any_periods(months):
    found = [
        period(START + place, [(min(one), max(one)) for one in month]) for place, month in enumerate(months)
    ]
    result = result_of(*found)
    assert result.mix_change is None or 0.0 <= result.mix_change <= 1.0
    assert (result.rates == "moved") == bool(result.moves)
    for sentence in (
        reading.answer(result),
        reading.scores(result),
        reading.ranking(result),
        reading.rates(result),
    ):
        assert sentence.endswith(".")
        assert "None" not in sentence
        assert "nan" not in sentence


# --- stories and exports


@pytest.mark.parametrize("name", STORIES)
@pytest.mark.parametrize("unit", [None, Unit.QUARTER])
def test_no_story_alarms_by_quarter_nor_in_the_usual_cohort(name, unit):
    world, _ = story(name, 11, 6_000)
    request = world.request() if unit else replace(world.request(), is_whole_file=False)
    result = measure_score_drift(world.warehouse, world.cohort(request), Outcome.WON, unit)
    assert isinstance(result, ScoreDrift)
    assert (result.scores, result.ranking, result.rates) == ("not beyond luck",) * 3


def test_months_are_the_usual_unit_until_there_are_three_quarters():
    world = sample()
    assert measured(world).unit is Unit.QUARTER
    default = measure_score_drift(
        world.warehouse, world.cohort(replace(world.request(), is_whole_file=False))
    )
    assert default.unit is Unit.MONTH


def test_the_small_story_is_too_small():
    world, _ = story("too_small", 11, 28)
    assert reading.answer(measured(world)).startswith("Too few leads to see any drift")


def test_what_cannot_be_measured_says_what_would_bring_it():
    kept = [key for key in HEADER if key not in {"Won", "Opportunity: Close Date"}]
    world = world_of([{key: row.cells.get(key, "") for key in kept} for row in ROWS], as_of=AS_OF)
    assert isinstance(measure_score_drift(world.warehouse, world.cohort()), Unmeasurable)
    assert isinstance(measure_score_drift(world.warehouse, world.cohort(), Outcome.OPPORTUNITY), ScoreDrift)
    bare = world_of(
        [{key: row.cells.get(key, "") for key in kept if key != "Lead Score"} for row in ROWS], as_of=AS_OF
    )
    assert measure_score_drift(bare.warehouse, bare.cohort()).column == "the lead score at handoff"
    hand = hand_world()
    nobody = measured(hand, filters=(("source", ("nobody",)),))
    assert nobody.periods == ()
    assert reading.answer(nobody).startswith("Too few leads to see any drift: 0 leads")
