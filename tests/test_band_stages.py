"""Stages per score band: counted by hand, recounted another way, read in words, opened lead by lead."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.band_stages import (
    KEYS,
    WHOLE,
    BandStages,
    Outcome,
    answer,
    extremes,
    measure_band_stages,
    notes,
    picks,
)
from analytics.metrics.compose import rate
from analytics.results import Unmeasurable
from analytics.score_bands import ScoreBand
from analytics.stats.bands import auc_from_bands
from tests.metrics.worlds import World, sample, story, world_of
from tests.score_worlds import AS_OF, ROWS, hand_world

STORIES = (
    "healthy",
    "threshold_too_low",
    "slow_follow_up",
    "segment_drift",
    "no_product_fit",
    "broken_plumbing",
)


def measured(world: World, **period) -> BandStages:
    found = measure_band_stages(world.warehouse, world.cohort(world.request(**period)))
    assert isinstance(found, BandStages)
    return found


def made(counts: list[tuple[int, int]], outcome: Outcome = Outcome.WON) -> BandStages:
    """A result from counts (made it, leads) per band, without a lead behind it."""
    from analytics.band_stages import _stage

    rates = tuple(rate(hits, leads) for hits, leads in [*counts, (0, 0)])
    bands = tuple(
        ScoreBand(number, f"{20 * number}+", "", one.denominator, one, one)
        for number, one in zip([*range(len(counts)), -1], rates, strict=True)
    )
    leads = sum(one.denominator for one in rates)
    return BandStages(
        bands, tuple(_stage(one, rates, None) for one in Outcome), leads, leads, leads, 90, False
    )


def test_every_lead_by_hand_stands_in_its_band_and_stage():
    world = hand_world()
    result = measured(world)
    for place, band in enumerate(result.bands):
        inside = [row for row in ROWS if row.band == band.number]
        mature = [row for row in inside if row.has("mature")]
        assert (band.leads, band.mature) == (len(inside), len(mature)), band.label
        for outcome in Outcome:
            one = result.stage(outcome).rates[place]
            expected = sum(row.has(outcome.value) for row in mature)
            assert (one.numerator, one.denominator) == (expected, len(mature)), (band.label, outcome)
    assert result.leads == len(ROWS)
    assert result.scored == sum(row.has("mature") and row.band >= 0 for row in ROWS)


def recount(world: World) -> dict[tuple[int, str], int]:
    """Bands and outcomes in plain Python over the stored rows."""
    horizon, found = timedelta(days=world.contract.horizon_days), Counter()
    for row in world.rows():
        at = row["handoff_at"]
        if at is None:
            continue
        score = row["score"]
        band = -1 if score is None else min(4, int(score // 20))
        found[band, "leads"] += 1
        if at + horizon > world.manifest.as_of:
            continue
        won = row["outcome"] == "won" and row["closed_at"] <= at + horizon
        opened = (
            row["has_opportunity"]
            and row["opportunity_at"] is not None
            and row["opportunity_at"] <= at + horizon
        )
        found[band, "mature"] += 1
        found[band, "won"] += won
        found[band, "opportunity"] += bool(won or opened)
        found[band, "accepted"] += bool(
            row["disposition"] == "accepted" or row["has_opportunity"] or row["outcome"] == "won"
        )
    return found


@pytest.mark.parametrize("name", ["sample", "healthy", "threshold_too_low"])
def test_a_recount_in_python_agrees(name):
    world = sample() if name == "sample" else story(name, 11, 6_000)[0]
    result, expected = measured(world), recount(world)
    for place, band in enumerate(result.bands):
        assert band.leads == expected[band.number, "leads"]
        assert band.mature == expected[band.number, "mature"]
        for outcome in Outcome:
            assert result.stage(outcome).rates[place].numerator == expected[band.number, outcome.value], (
                band,
                outcome,
            )


@pytest.mark.parametrize("period", [{}, {"is_whole_file": True}, {"filters": (("source", ("Webinar",)),)}])
def test_every_number_opens_its_leads(period):
    world = sample()
    request = world.request(**period)
    result = measure_band_stages(world.warehouse, world.cohort(request))
    assert isinstance(result, BandStages)
    for place, band in enumerate(result.bands):
        assert world.evidence(f"band_leads:{band.number}", request, limit=1).count == band.leads
        assert world.evidence(f"band_mature:{band.number}", request, limit=1).count == band.mature
        for outcome in Outcome:
            hits = result.stage(outcome).rates[place].numerator
            assert world.evidence(f"{KEYS[outcome]}:{band.number}", request, limit=1).count == hits
    for outcome in Outcome:
        assert (
            world.evidence(WHOLE[outcome], request, limit=1).count == result.stage(outcome).overall.numerator
        )
    assert world.evidence("unscored", request, limit=1).count == result.bands[-1].leads


# --- verdicts and words


def test_ordered_bands_say_so_with_the_best_and_the_lowest():
    result = made([(2, 200), (8, 200), (15, 200), (30, 200), (60, 200)])
    assert result.stage(Outcome.WON).verdict == "ordered"
    told = answer(result, Outcome.WON)
    assert told.startswith(
        "The score still sorts: 80+ won 30 in 100 (24–37), 0+ won 1.0 in 100 (0.3–3.6); it picks"
    )
    assert "the winner over the non-winner" in told
    assert "coin" not in told


def test_a_confirmed_inversion_is_named_and_a_dip_is_not():
    bad = made([(5, 200), (60, 200), (8, 200), (40, 200), (44, 200)])
    told = answer(bad, Outcome.WON)
    assert bad.stage(Outcome.WON).verdict == "not ordered"
    assert told.startswith(
        "A higher score does not win more: 40+ won 4.0 in 100 (2.0–7.7), yet 20+ won 30 in 100"
    )
    dip = made([(5, 200), (12, 200), (10, 200), (40, 200), (44, 200)])
    assert dip.stage(Outcome.WON).verdict == "ordered"
    assert "yet" not in answer(dip, Outcome.WON)
    assert "1 pair of neighbours dips within luck" in notes(dip, Outcome.WON)


def test_a_flat_score_is_no_better_than_a_coin():
    flat = made([(100, 1000)] * 5)
    assert flat.stage(Outcome.WON).verdict == "not ordered"
    assert "50 times in 100 (47–53), where a coin gets 50." in answer(flat, Outcome.WON)
    open_ = made([(2, 30), (3, 30), (2, 30), (4, 30), (3, 30)])
    assert answer(open_, Outcome.WON).startswith("Cannot tell yet if the score sorts")


def test_few_leads_and_no_wins_are_said():
    few = made([(0, 5), (1, 10), (1, 14)])
    assert (
        answer(few, Outcome.WON)
        == "Too few leads to judge the score: 29 leads with a score have had 90\u00a0days so far; come back at 30."
    )
    assert few.stage(Outcome.WON).auc is None
    none = made([(0, 50), (0, 50)])
    assert "none won, so nothing can be ranked" in answer(none, Outcome.WON)


def test_extremes_take_bands_that_can_be_quoted():
    assert extremes(made([(0, 3), (1, 40), (5, 60), (1, 2)]), Outcome.WON) == (2, 1)
    assert extremes(made([(0, 3), (1, 4)]), Outcome.WON) == (1, 0)
    assert extremes(made([(0, 0), (0, 0)]), Outcome.WON) == ()


def test_the_ranking_is_that_of_the_published_table():
    """Hanley and McNeil 1982: five ratings of 58 normal and 51 abnormal images, area .893."""
    auc = auc_from_bands([33, 6, 6, 11, 2], [3, 2, 2, 11, 33])
    assert picks(auc) == "89 times in 100 (83–95)"


@given(st.lists(st.tuples(st.integers(0, 60), st.integers(0, 60)), min_size=1, max_size=8))
def test_laws_of_any_bands(pairs):
    counts = [(min(pair), max(pair)) for pair in pairs]
    result = made(counts)
    for stage in result.stages:
        assert stage.overall.numerator == sum(hits for hits, _ in counts)
        assert stage.overall.denominator == sum(leads for _, leads in counts)
        fit = [value for value in stage.fit if value is not None]
        assert fit == sorted(fit)
        assert len(fit) == sum(leads > 0 for _, leads in counts)
        assert answer(result, stage.outcome).endswith(".")
        assert "None" not in answer(result, stage.outcome)


# --- stories and exports


@pytest.mark.parametrize("name", STORIES)
@pytest.mark.parametrize("is_whole", [False, True])
def test_the_score_of_every_story_sorts_its_wins(name, is_whole):
    world, _ = story(name, 11, 6_000)
    request = world.request(is_whole_file=True) if is_whole else replace(world.request(), is_whole_file=False)
    result = measure_band_stages(world.warehouse, world.cohort(request))
    assert isinstance(result, BandStages)
    told = answer(result, Outcome.WON)
    assert told.startswith("The score still sorts: 80+ won ")
    assert not any(stage.confirmed for stage in result.stages)


def test_the_small_story_is_too_small():
    world, _ = story("too_small", 11, 28)
    assert answer(measured(world), Outcome.WON).startswith("Too few leads to judge the score")


def test_an_export_without_a_score_says_what_would_bring_it():
    rows = [{key: value for key, value in row.cells.items() if key != "Lead Score"} for row in ROWS]
    world = world_of(rows, as_of=AS_OF)
    found = measure_band_stages(world.warehouse, world.cohort())
    assert isinstance(found, Unmeasurable)
    assert found.column == "the lead score at handoff"


def test_an_export_without_outcomes_keeps_what_it_knows():
    kept = ("Lead ID", "Handoff Date", "SAL Date", "Lead Score")
    world = world_of([{key: row.cells.get(key, "") for key in kept} for row in ROWS], as_of=AS_OF)
    result = measured(world)
    assert result.measurable == (Outcome.ACCEPTED,)
    assert result.stage(Outcome.WON).missing is not None
    nothing = world_of(
        [{key: row.cells.get(key, "") for key in ("Lead ID", "Handoff Date", "Lead Score")} for row in ROWS],
        as_of=AS_OF,
    )
    assert isinstance(measure_band_stages(nothing.warehouse, nothing.cohort()), Unmeasurable)


def test_young_leads_and_leads_without_a_score_are_said():
    told = notes(measured(hand_world()), Outcome.WON)
    assert "of 10 leads at least 90\u00a0days old" in told
    assert "2 leads still too young to judge" in told
    assert "1 lead without a score" in told
