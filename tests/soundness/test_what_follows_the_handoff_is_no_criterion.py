"""Was: a lead was sales-ready by an answer, a meeting or an opening that came after it had been passed."""

from __future__ import annotations

import pytest

from analytics.criteria import criterion_of
from analytics.definition_trial import try_definition
from analytics.sales_ready import understood
from tests.metrics.worlds import world_of


def met_world():
    rows = [
        {"Lead ID": name, "Handoff Date": "2026-04-10 10:00:00", "Response Date": day, "Meeting Date": day, "Opened Date": day}
        for name, day in (
            ("a week before", "2026-04-03 10:00:00"),
            ("longer before", "2026-04-03 09:59:59"),
            ("after", "2026-04-10 10:00:01"),
        )
    ]  # fmt: skip
    return world_of(rows, as_of="2026-12-31 12:00:00", zone="UTC")


@pytest.mark.parametrize("field", ["responded_at", "meeting_at", "opened_at"])
@pytest.mark.parametrize("operator", ["known", "missing"])
def test_what_came_later_is_refused(field, operator):
    of = met_world()
    (checked,) = understood(
        [criterion_of({"field": field, "operator": operator}, "row")], of.manifest, of.contract, of.cohort().bands
    )  # fmt: skip
    assert checked.node is None
    assert checked.why.endswith("a lead must be sales-ready before that.")


@pytest.mark.parametrize("field", ["responded_at", "meeting_at"])
def test_what_came_before_can_be_asked_for(field):
    of = met_world()
    criterion = criterion_of({"field": field, "operator": "within", "window_days": 7}, "row")
    (tried,) = try_definition(of.warehouse, of.cohort(), [criterion]).tried
    assert (tried.why, tried.passing.leads, tried.failing.leads) == ("", 1, 2)
