"""Was: a mismatch that rests on wins among the smallest companies was told as wins that sit up-market."""

from __future__ import annotations

from analytics.segments import Segments, answer, measure_segments
from tests.metrics.worlds import World, world_of


def two_peaks() -> World:
    """Leads peak at 11 to 50 people; 30 of 59 wins have up to 10, 24 have more than 5,000."""
    groups = ((5, 100, 30), (20, 500, 2), (100, 100, 0), (500, 100, 0), (3_000, 100, 3), (9_000, 100, 24))
    rows = [
        {
            "Lead ID": f"{size}-{number}", "Handoff Date": "2026-03-02 10:00:00", "Employees": str(size),
            "Won": "1" if number < wins else "0", "Opportunity: Close Date": "2026-04-01 10:00:00",
        }
        for size, leads, wins in groups
        for number in range(leads)
    ]  # fmt: skip
    return world_of(rows, as_of="2026-09-30 12:00:00", zone="UTC")


def test_the_sentence_names_the_bands_on_which_the_verdict_rests():
    world = two_peaks()
    result = measure_segments(world.warehouse, world.cohort())
    assert isinstance(result, Segments)
    assert (result.verdict, result.modal_leads, result.modal_wins) == ("mismatch", 1, 0)
    assert result.direction_bands is not None
    assert result.direction_bands > 0.05
    told = answer(result)
    assert told.startswith(
        "More leads come from 11–50 (50\u00a0% of the leads) than from any other company size, more wins from 1–10"
        " (51\u00a0% of the wins)."
    )
    assert "up-market" not in told
