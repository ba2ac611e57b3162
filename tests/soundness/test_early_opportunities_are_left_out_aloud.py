"""Was: leads that were an opportunity before their limit ran out left the comparison of fast and slow, uncounted."""

from __future__ import annotations

from analytics import faster_words
from analytics.faster_wins import measure_faster_wins
from tests.metrics.worlds import world_of


def test_every_timed_lead_is_compared_or_counted_as_left_out():
    rows = []
    for number in range(80):
        is_fast = number < 40
        opened = "2026-03-02 10:40:00" if number < 30 else "2026-03-20 10:00:00" if number % 2 == 0 else ""
        rows.append({
            "Lead ID": f"L{number}", "Handoff Date": "2026-03-02 10:00:00", "Opportunity: Created Date": opened,
            "First Touch": "2026-03-02 10:10:00" if is_fast else "2026-03-09 10:00:00",
        })  # fmt: skip
    of = world_of(rows, as_of="2026-09-30 12:00:00", zone="UTC")
    result = measure_faster_wins(of.warehouse, of.cohort())
    assert result.outcome == "opportunity"
    compared = result.fast.denominator + result.slow.denominator
    assert (compared, result.early, result.resolved, result.young) == (50, 30, 0, 0)
    assert of.ids(result.early_key) == {f"L{number}" for number in range(30)}
    assert "30 already an opportunity when their limit ran out, left out" in faster_words.notes(result)


def test_where_the_outcome_is_the_win_they_stay_in():
    rows = [
        {"Lead ID": f"L{number}", "Handoff Date": "2026-03-02 10:00:00", "First Touch": "2026-03-02 10:10:00",
         "Opportunity: Created Date": "2026-03-02 10:40:00", "Won": "Yes" if number < 30 else "No",
         "Opportunity: Close Date": "2026-04-01 10:00:00"}
        for number in range(60)
    ]  # fmt: skip
    of = world_of(rows, as_of="2026-09-30 12:00:00", zone="UTC")
    result = measure_faster_wins(of.warehouse, of.cohort())
    assert (result.outcome, result.early, result.fast.denominator) == ("won", 0, 60)
