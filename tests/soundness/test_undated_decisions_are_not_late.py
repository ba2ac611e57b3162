"""Was: sales was named the step furthest below its target because the export lacked a column or a date of decisions."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from analytics.charts.step_targets import state_words
from analytics.funnel import answer, measure_funnel
from analytics.handoff_steps import UNKNOWN_WHEN, HandoffStep, also_below, measure_steps, reading
from analytics.measurable import (
    NO_DECISION_DATES,
    NO_REJECTION_DATES,
    NO_REJECTION_REASONS,
    NO_REJECTIONS,
)
from analytics.results import Rate, Unmeasurable
from tests.metrics.worlds import World, world_of

NEXT_DAY = "2026-03-03 10:00:00"
IN_TIME = {"SAL Date": NEXT_DAY, "Status": "Accepted"}
UNDATED = {"Status": "Accepted"}
REFUSED = {"Rejected Date": NEXT_DAY, "Status": "Rejected", "Rejection Reason": "Timing"}
UNDATED_REFUSAL = {"Status": "Rejected", "Rejection Reason": "Timing"}
HEADER = ("Lead ID", "Handoff Date", "SAL Date", "Rejected Date", "Status", "Rejection Reason")


def opened(
    *groups: tuple[int, dict[str, str]], without: tuple[str, ...] = (), extra: tuple[str, ...] = ()
) -> World:
    """So many leads of each kind, in a file without the columns named."""
    kinds = [cells for count, cells in groups for _ in range(count)]
    header = [name for name in (*HEADER, *extra) if name not in without]
    rows = [
        {
            name: value
            for name, value in {
                "Lead ID": str(n),
                "Handoff Date": "2026-03-02 10:00:00",
                **cells,
            }.items()
            if name in header
        }
        for n, cells in enumerate(kinds)
    ]
    return world_of(rows, as_of="2026-06-30 12:00:00", header=header, zone="UTC")


def steps_of(of: World) -> dict[str, HandoffStep]:
    return {one.slug: one for one in measure_steps(of.warehouse, of.cohort())}


def said(of: World) -> str:
    result = measure_funnel(of.warehouse, of.cohort(), "month")
    assert not isinstance(result, Unmeasurable)
    return answer(result) + also_below(result.steps)


@pytest.mark.parametrize(
    ("groups", "without", "why"),
    [
        (((60, IN_TIME), (40, {})), ("Rejected Date", "Status", "Rejection Reason"), NO_REJECTIONS),
        (((60, IN_TIME), (40, REFUSED)), ("Rejection Reason",), NO_REJECTION_REASONS),
        (((60, IN_TIME), (40, REFUSED)), ("Rejected Date",), NO_REJECTION_DATES),
        (((60, IN_TIME), (40, REFUSED)), ("SAL Date",), NO_DECISION_DATES),
        (((50, IN_TIME), (50, UNDATED)), ("Rejected Date", "Rejection Reason"), NO_REJECTIONS),
    ],
    ids=["no rejections", "no reasons", "no rejection dates", "no acceptance dates", "only acceptances"],
)
def test_a_missing_column_is_said_and_nobody_is_blamed(groups: Any, without: Any, why: Unmeasurable):
    of = opened(*groups, without=without)
    step = steps_of(of)["decided_in_window"]
    assert (step.state, step.rate, step.unmeasurable, step.unknown_when) == ("unknown", None, why, 0)
    assert "decision with a reason" not in said(of)


def test_a_step_that_turns_on_undated_decisions_is_open_and_says_why():
    of = opened((50, IN_TIME), (49, UNDATED), (1, REFUSED))
    step = steps_of(of)["decided_in_window"]
    assert step.rate is not None
    assert (step.rate.numerator, step.rate.denominator, step.unknown_when) == (51, 100, 49)
    assert (step.state, step.is_unsure, step.short, step.gap) == ("open", True, 0, 0.0)
    assert len(of.ids(UNKNOWN_WHEN)) == 49
    assert "furthest below" not in said(of)
    assert (
        "the decision with a reason inside the window (at least 51\u00a0%, target 90\u00a0%, 49 leads decided without a date)"
        in reading((step,))
    )
    assert state_words(step) == "open, it turns on 49 leads decided without a date"


def test_undated_decisions_that_make_no_difference_leave_the_state():
    missed = steps_of(opened((20, IN_TIME), (20, UNDATED), (60, {}), (1, REFUSED)))["decided_in_window"]
    assert (missed.state, missed.is_unsure, missed.unknown_when) == ("missed", False, 20)
    assert missed.short == 91 - 41  # even with all twenty in time
    assert missed.gap == pytest.approx(0.9 - 41 / 101)
    assert (
        "at least 21\u00a0% (14–30\u00a0%), target 90\u00a0%, 20 leads decided without a date, 50 leads short, even with them."
        in reading((missed,))
    )
    met = steps_of(opened((199, IN_TIME), (1, UNDATED), (1, REFUSED)))["decided_in_window"]
    assert (met.state, met.is_unsure, met.unknown_when) == ("met", False, 1)


def test_who_is_unknown_when():
    """An undated rejection without a reason is no decision in time, whenever it came; a later stage may date one."""
    opportunity = "Opportunity: Created Date"
    of = opened(
        (2, IN_TIME),
        (1, UNDATED),
        (1, UNDATED_REFUSAL),
        (1, {"Status": "Rejected"}),
        (1, {opportunity: NEXT_DAY}),
        (1, {opportunity: "2026-04-20 10:00:00"}),
        (1, {}),
        (1, REFUSED),
        extra=(opportunity,),
    )
    assert of.ids(UNKNOWN_WHEN) == {"2", "3", "6"}
    assert of.ids("decided_in_window") == {"0", "1", "5", "8"}


def test_the_step_named_furthest_is_so_even_with_the_undated():
    base = steps_of(opened((20, IN_TIME), (20, UNDATED), (60, {}), (1, REFUSED)))["decided_in_window"]
    other = replace(
        base, slug="working_rate", words="full cadence", unknown_when=0, rate=Rate(30, 101, 0.2, 0.4), short=1
    )
    assert base.rate is not None
    assert base.rate.value < (other.rate.value or 0)
    assert reading((base, other)).startswith("The step furthest below its target is full cadence: 30")
