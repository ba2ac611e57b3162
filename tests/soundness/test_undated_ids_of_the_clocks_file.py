"""Was: where the opportunities file starts the clock, late wins counted as opportunities within the horizon."""

from __future__ import annotations

from datetime import datetime

from analytics.schema import Role
from tests.metrics.worlds import csv_text, world


def test_a_late_win_is_no_opportunity_within_the_horizon():
    leads = [{"Lead ID": "A", "Opportunity ID": "D1", "Lead Score": "85"}]
    deals = [{"Opportunity ID": "D1", "Routed": "2026-03-02 10:00:00", "Won Date": "2026-08-01 10:00:00"}]
    of = world(
        {"leads.csv": csv_text(leads), "deals.csv": csv_text(deals)},
        roles={1: Role.OPPORTUNITIES},
        fields={(Role.OPPORTUNITIES, "handoff_at"): "Routed", (Role.OPPORTUNITIES, "won_at"): "Won Date"},
        as_of=datetime.fromisoformat("2026-09-01"),
    )
    assert of.ids("so_far_won") == {"A"}
    assert of.ids("opportunity_in_horizon") == set()
