"""Was: an export without acceptance came down to "0 leads accepted", and did not say that it cannot tell them."""

from __future__ import annotations

import pytest

from analytics.bridge import Bridge, answer, measure_bridge, notes
from tests.metrics.worlds import world_of


def bridged(**columns: str) -> Bridge:
    """60 leads of which ten are rejected, and twelve have the given cells; the columns stand empty on the others."""
    rows = [
        {
            "Lead ID": str(n),
            "Handoff Date": "2026-03-02 10:00:00",
            "Rejected Date": "2026-03-04 10:00:00" if n < 10 else "",
            "Rejection Reason": "Timing" if n < 10 else "",
        }
        | {name: value if 10 <= n < 22 else "" for name, value in columns.items()}
        for n in range(60)
    ]
    of = world_of(rows, as_of="2026-09-30 12:00:00", zone="UTC")
    return measure_bridge(of.warehouse, of.cohort())


WIN = {"Won": "TRUE", "Opportunity: Close Date": "2026-04-01 10:00:00"}
DEAL = {"Opportunity: Created Date": "2026-04-01 10:00:00"}
TOUCH = {"First Touch": "2026-03-02 11:00:00"}


@pytest.mark.parametrize(
    ("columns", "end", "leads"),
    [
        ({}, "Known to be accepted", 0),
        (TOUCH, "Known to be accepted, and touched", 0),
        (WIN, "With an opportunity or win recorded", 12),
        (DEAL, "With an opportunity or win recorded", 12),
        (WIN | TOUCH, "With an opportunity or win recorded, and touched", 12),
    ],
)
def test_the_end_is_named_by_what_is_recorded(columns, end, leads):
    result = bridged(**columns)
    assert (result.steps[-1].words, result.end) == (end, leads)
    assert "leads accepted" not in answer(result)
    assert "accepted apart from no decision (it has no acceptance)" in notes(result)
    assert sum(one.leads for one in result.steps[1:]) == result.start


def test_leads_without_a_touch_are_not_called_accepted_either():
    rows = [
        {
            "Lead ID": str(n),
            "Handoff Date": "2026-03-02 10:00:00",
            "Rejected Date": "2026-03-04 10:00:00" if n < 1 else "",
            "First Touch": "2026-03-02 11:00:00" if n < 2 else "",
            **(WIN if n else dict.fromkeys(WIN, "")),
        }
        for n in range(3)
    ]
    of = world_of(rows, as_of="2026-09-30 12:00:00", zone="UTC")
    words = {one.slug: one.words for one in measure_bridge(of.warehouse, of.cohort()).steps}
    assert words["accepted_untouched"] == "Opportunity or win without a touch"
