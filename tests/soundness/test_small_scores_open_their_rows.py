"""Was: the halves of the scores opened by thousandths, so that scores such as 0.0047 opened other leads than were counted."""

from __future__ import annotations

import pytest

from analytics.metrics.catalog import KEY
from analytics.verdict import verdict_of
from analytics.verdict_rules import Case, MedianSplit, _line_keys, measure_case
from tests.metrics.worlds import World, world_of
from tests.test_verdict_rules import CLEAN


def scored(scores: list[str]) -> World:
    """The lower half is rejected four times in five and wins once in fifty, the upper half is accepted and wins half."""
    half = len(scores) // 2
    rows = []
    for number, score in enumerate(scores):
        is_low = number < half
        is_accepted = number % 5 == 0 if is_low else number % 10 > 0
        is_won = number % 50 == 0 if is_low else number % 2 == 1
        day = "2026-03-03 09:00:00"
        rows.append({
            "Lead ID": f"L{number}", "Handoff Date": "2026-03-02 10:00:00", "Lead Score": score,
            "SAL Date": day if is_accepted else "", "Rejected Date": "" if is_accepted else day,
            "Rejection Reason": "" if is_accepted else "Timing", "Won": "1" if is_won else "0",
            "Opportunity: Close Date": "2026-04-01 09:00:00",
        })  # fmt: skip
    return world_of(rows, as_of="2026-09-30 12:00:00", zone="UTC")


def case_of(of: World) -> tuple[Case, MedianSplit]:
    found = measure_case(of.warehouse, of.cohort())
    assert found.split is not None
    return found, found.split


@pytest.mark.parametrize(
    "scores",
    [
        [str(number) for number in range(200)],
        [f"{number / 1_000:.3f}" for number in range(200)],
        [f"{number / 20_000:.5f}" for number in range(200)],
        [f"{number / 400_000:.7f}" for number in range(200)],
        [f"{number * 0.000123456789012345:.15f}" for number in range(200)],
        [f"{number - 100.5:.1f}" for number in range(200)],
    ],
    ids=["whole", "thousandths", "hundred-thousandths", "tiny", "fifteen digits", "negative"],
)
def test_both_halves_open_exactly_the_leads_they_count(scores):
    of = scored(scores)
    found, split = case_of(of)
    # the median is the hundredth of 200 scores: 99 leads stand under it
    assert (split.below.denominator, split.others.denominator) == (99, 101)
    halves = [one for one in verdict_of(found, CLEAN).evidence if one.metric == split.outcome]
    assert len(halves) == 2
    for one in halves:
        assert one.key is not None
        assert KEY.fullmatch(one.key)
        assert of.evidence(one.key).count == one.rate.numerator
        leads, _, _ = one.key.rpartition(".")
        assert of.evidence(leads).count == one.rate.denominator


def test_a_line_that_no_whole_number_holds_has_no_key():
    assert _line_keys([1.0], 2.0) == ("score_below:2", "score_from:2")
    assert _line_keys([], 50.0) == ("score_below:50", "score_from:50")
    assert _line_keys([0.1], 0.3) == ("score_below_finest:300000000", "score_from_finest:300000000")
    assert _line_keys([0.3], 0.1 + 0.2) is None
    assert _line_keys([1_999_999.5], 2_000_000.5) is None
    assert _line_keys([1_999_999.5], 2_000_000.0) == ("score_below:2000000", "score_from:2000000")
