"""Was: "The clock runs while it is disputed" under a dispute that was settled, and every window "passed" with leads pending."""

from __future__ import annotations

from dataclasses import replace

from analytics import weekly_words as words
from analytics.dispute_ruling import measure_ruling
from tests.metrics.worlds import sample
from tests.test_weekly_review import number, reviewed


def test_the_clock_is_said_to_run_only_while_the_dispute_is_open():
    of = sample()
    query = f"SELECT lead_id FROM {of.cohort().leads} ORDER BY lead_no LIMIT 1"
    found = measure_ruling(of.warehouse, of.cohort(), of.warehouse.run(query).item())
    waiting = replace(found.clock, is_touched=False, is_touched_before=False)
    assert words.clock_words(waiting, "now").endswith("The clock runs while it is disputed.")
    assert "while it is disputed" not in words.clock_words(waiting, "now", is_open=False)


def test_late_acceptances_leave_the_last_worked_week_open():
    """So the page says that the windows have passed, but for leads accepted late."""
    worked = number(reviewed(sample()), "working_rate")
    assert worked.point.rate.pending > 0
