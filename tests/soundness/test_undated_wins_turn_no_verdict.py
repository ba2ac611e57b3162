"""Was: wins without a date counted as failures, unsaid, and turned verdicts round.

Of 100 leads scored 90 and 100 scored 10 half were won; 45 wins of the nineties lack their date. The page said that a
higher score does not win more, that wins come from other companies than the leads, and that slower leads did better.
"""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import pytest

from analytics import (
    band_stages,
    drift_reading,
    faster_words,
    segments,
    segments_over_time,
    threshold_reading,
    wording,
)
from analytics.band_stages import Outcome, measure_band_stages
from analytics.faster_wins import measure_faster_wins
from analytics.formatting import NBSP
from analytics.periods import Unit
from analytics.score_bands import measure_score_bands
from analytics.score_drift import measure_score_drift
from analytics.segments import measure_segments
from analytics.segments_over_time import measure_segments_over_time
from analytics.threshold import measure_threshold
from tests.metrics.worlds import World, world_of

HANDOFF = "2026-03-02 10:00:00"
CLOSED = "2026-04-01 10:00:00"
NOT_COUNTED = "45 wins without a date are not counted"
COULD_CHANGE = "45 wins without a date could change it"


@cache
def halves(undated: int = 45, column: bool = True) -> World:
    """Every second lead of both halves won; ``undated`` wins of the high half, the last ones, carry no date."""
    rows = []
    for number in range(200):
        is_high, is_won = number < 100, number % 2 == 0
        is_dated = is_won and not (is_high and number >= 100 - 2 * undated)
        row = {
            "Lead ID": f"L{number}", "Handoff Date": HANDOFF,
            "Lead Score": "90" if is_high else "10", "Employees": "5" if is_high else "700", "Won": "1" if is_won else "0",
        }  # fmt: skip
        rows.append(
            row | ({"Opportunity: Close Date": CLOSED if is_dated or not is_won else ""} if column else {})
        )
    return world_of(rows, as_of="2026-09-30 12:00:00", zone="UTC")


def test_bands():
    of = halves()
    result = measure_band_stages(of.warehouse, of.cohort())
    stage = result.stage(Outcome.WON)
    assert (stage.verdict, stage.is_withheld, stage.confirmed) == ("cannot tell", True, ())
    assert [(one.numerator, one.denominator) for one in (stage.rates[0], stage.rates[4])] == [
        (50, 100),
        (5, 100),
    ]
    assert stage.undated == (0, 0, 0, 0, 45, 0)
    said = band_stages.answer(result, Outcome.WON)
    assert said.startswith(f"Cannot tell if the score sorts: {COULD_CHANGE}. By the dated ones, 80+ won")
    assert NOT_COUNTED in band_stages.notes(result, Outcome.WON)
    assert of.evidence("mature_won_undated.score_band:4").count == 45


def test_the_slide():
    of = halves()
    result = measure_score_bands(of.warehouse, of.cohort())
    assert (result.verdict, result.is_withheld, result.undated) == ("cannot tell", True, 45)
    assert wording.score_bands(result).startswith(f"Cannot tell if the score sorts: {COULD_CHANGE}.")
    assert wording.undated_outcomes(result) == NOT_COUNTED


def test_segments():
    of = halves()
    result = measure_segments(of.warehouse, of.cohort())
    assert (result.verdict, result.undated, result.wins) == ("cannot tell", 45, 55)
    assert [band.wins_undated for band in result.bands] == [45, 0, 0, 0, 0, 0, 0]
    assert (
        segments.answer(result)
        == f"Cannot tell if wins come from the sizes the leads come from: {COULD_CHANGE}."
    )
    assert NOT_COUNTED in segments.notes(result)
    assert of.evidence("mature_won_undated.size:0").count == 45


def test_what_if():
    of = halves()
    result = measure_threshold(of.warehouse, of.cohort())
    assert result.undated(result.today) == 45
    assert threshold_reading.undated_words(result, 50) == NOT_COUNTED
    assert threshold_reading.undated_words(result, 95) == f"{NOT_COUNTED}, 45 of them under 95"
    assert threshold_reading.undated_words(replace(result, rows=measure_threshold(halves(0).warehouse, halves(0).cohort()).rows), 50) == ""  # fmt: skip


def test_drift():
    """Undated wins of March alone made its band look worse than April's."""
    rows = [
        {
            "Lead ID": f"{month}{number}", "Handoff Date": f"2026-{month:02d}-02 10:00:00",
            "Lead Score": "90" if number < 60 else "10", "Won": "1" if number % 2 else "0",
            "Opportunity: Close Date": "" if month == 3 and number < 60 and number % 2 else f"2026-{month + 1:02d}-01 10:00:00",
        }
        for month in (3, 4)
        for number in range(120)
    ]  # fmt: skip
    of = world_of(rows, as_of="2026-09-30 12:00:00", zone="UTC")
    result = measure_score_drift(of.warehouse, of.cohort(), Outcome.WON, Unit.MONTH)
    assert (result.ranking, result.rates, result.moves) == ("cannot tell", "cannot tell", ())
    assert (result.withheld, result.undated) == (("ranking", "rates"), 30)
    why = "30 wins without a date could change it"
    assert drift_reading.ranking(result) == f"Cannot tell if the ranking moved: {why}."
    assert drift_reading.rates(result).endswith(f"rate moved: {why}.")
    assert drift_reading.answer(result).endswith(
        f"for the ranking and the bands\u2019 rates it cannot be told: {why}."
    )
    assert "30 wins without a date are not counted" in drift_reading.notes(result)


def test_the_gap_over_time():
    """Every second lead of both sizes won in every month; March's small companies lack 28 of their 30 dates."""
    rows = [
        {
            "Lead ID": f"{month}{number}", "Handoff Date": f"2026-{month:02d}-05 10:00:00",
            "Employees": "5" if number < 60 else "700", "Won": "1" if number % 2 == 0 else "0",
            "Opportunity: Close Date": "" if month == 3 and number < 56 and number % 2 == 0 else f"2026-{month + 1:02d}-15 10:00:00",
        }
        for month in (1, 2, 3)
        for number in range(120)
    ]  # fmt: skip
    of = world_of(rows, as_of="2026-09-30 12:00:00", zone="UTC")
    result = measure_segments_over_time(of.warehouse, of.cohort())
    assert (result.movement, result.is_withheld, result.undated) == ("cannot tell", True, 28)
    assert segments_over_time.answer(result).endswith(
        "whether it grows cannot be told: 28 wins without a date could change it."
    )
    assert "28 wins without a date are not counted" in segments_over_time.notes(result)


def test_faster_wins():
    rows = [
        {
            "Lead ID": f"{kind}{number}", "Handoff Date": HANDOFF, "SAL Date": "2026-03-03 09:00:00",
            "First Touch": "2026-03-02 10:30:00" if kind == "f" else "2026-03-09 10:30:00", "Won": "1" if number < 20 else "0",
            "Opportunity: Close Date": CLOSED if number < 20 and (kind == "s" or number >= 18) else "",
        }
        for kind in "fs"
        for number in range(40)
    ]  # fmt: skip
    of = world_of(rows, as_of="2026-09-30 12:00:00", zone="UTC")
    result = measure_faster_wins(of.warehouse, of.cohort())
    assert (result.fast.numerator, result.slow.numerator) == (2, 20)
    assert (result.verdict, result.hits_undated) == ("cannot tell", 18)
    assert result.undated == 18 + 40  # the losses carry no date either
    said = faster_words.answer(result)
    assert said == "Cannot tell if faster does better: 18 wins without a date could change it."
    assert "18 wins without a date are not counted" in faster_words.notes(result)


def test_a_verdict_that_no_undated_win_can_turn_stands():
    of = halves(1)
    result = measure_segments(of.warehouse, of.cohort())
    assert result.verdict == "no mismatch"
    assert "1 win without a date is not counted" in segments.notes(result)


@pytest.mark.parametrize("column", [True, False])
def test_where_nothing_is_undated_nothing_is_said(column):
    """Without any column of dates wins count whatever their day, as before."""
    of = halves(0, column)
    bands, mirror = (
        measure_band_stages(of.warehouse, of.cohort()),
        measure_segments(of.warehouse, of.cohort()),
    )
    assert bands.stage(Outcome.WON).rates[4].numerator == 50
    assert not bands.stage(Outcome.WON).is_withheld
    assert mirror.verdict == "no mismatch"
    assert not any(
        "without a date" in note for note in (*band_stages.notes(bands, Outcome.WON), *segments.notes(mirror))
    )
    assert of.counts(slugs=["mature_won_undated", "mature_opportunity_undated"]) == {
        "mature_won_undated": 0, "mature_opportunity_undated": 0,
    }  # fmt: skip


def test_opportunities_without_a_date_are_counted_apart():
    rows = [
        {"Lead ID": name, "Handoff Date": HANDOFF, "Converted Opportunity ID": deal, "Opportunity: Created Date": opened,
         "Opportunity: Close Date": closed, "Won": won}
        for name, deal, opened, closed, won in (
            ("in", "D1", CLOSED, "", ""), ("late", "D2", "2026-09-01 10:00:00", "", ""), ("undated", "D3", "", "", ""),
            ("won-in", "", "", CLOSED, "Yes"), ("won-late", "", "", "2026-09-01 10:00:00", "Yes"),
            ("won-undated", "", "", "", "Yes"), ("late-won-undated", "D4", "2026-09-01 10:00:00", "", "Yes"), ("none", "", "", "", ""),
        )
    ]  # fmt: skip
    of = world_of(rows, as_of="2026-09-30 12:00:00", zone="UTC")
    assert of.ids("opportunity_in_horizon") == {"in", "won-in"}
    # of a win after the horizon nobody knows when it became an opportunity
    assert of.ids("mature_opportunity_undated") == {"undated", "won-undated", "won-late"}
    assert of.ids("won_in_horizon") == {"won-in"}
    assert of.ids("mature_won_undated") == {"won-undated", "late-won-undated"}


def test_a_gate_that_undated_opportunities_could_turn_is_not_judged():
    rows = [
        {"Lead ID": f"L{number}", "Handoff Date": HANDOFF, "Lead Score": "50", "SAL Date": "2026-03-03 09:00:00",
         "Converted Opportunity ID": f"D{number}" if number < 30 else "",
         "Opportunity: Created Date": CLOSED if number < 10 else ""}
        for number in range(100)
    ]  # fmt: skip
    of = world_of(rows, as_of="2026-09-30 12:00:00", zone="UTC")
    result = measure_threshold(of.warehouse, of.cohort())
    read = threshold_reading.read(result, 50)
    assert (read.to_opportunity.numerator, read.to_opportunity.denominator) == (10, 100)
    assert read.opportunity_gate == "not judged"
    assert threshold_reading.undated_words(result, 50) == "20 opportunities without a date are not counted"
    assert NBSP not in threshold_reading.undated_words(result, 50)
