"""Was: the verdict said 58 % and 129 leads short where the funnel on the same screen said at least 58 % and 95 short."""

from __future__ import annotations

from analytics.handoff_steps import measure_steps, reading
from analytics.verdict import verdict_of
from analytics.verdict_rules import measure_case
from tests.soundness.test_undated_decisions_are_not_late import IN_TIME, UNDATED, opened
from tests.test_verdict_rules import CLEAN

LATE = {"SAL Date": "2026-04-03 10:00:00", "Status": "Accepted"}
REFUSED_LATE = {"Rejected Date": "2026-04-03 10:00:00", "Status": "Rejected", "Rejection Reason": "Timing"}


def test_the_verdict_and_the_funnel_say_the_same_of_undated_decisions():
    """231 of 400 in time, 34 on an unknown day, 135 late: 360 are wanted, 95 more even with the 34."""
    of = opened((231, IN_TIME), (34, UNDATED), (130, LATE), (5, REFUSED_LATE))
    funnel = reading(measure_steps(of.warehouse, of.cohort()))
    found = verdict_of(measure_case(of.warehouse, of.cohort()), CLEAN)
    assert found.kind == "sales_execution"
    for words in ("at least 58\u00a0% (53–62\u00a0%), target 90\u00a0%", "34 leads decided without a date"):
        assert words in funnel
        assert words in found.sentence
    assert "95 leads short, even with them" in funnel
    assert "95 more leads, even with the 34 leads decided without a date" in found.would_change
