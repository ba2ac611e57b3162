"""Was: broken down by a kept column called Rate, Leads or Pending, everything below the fold of every view failed."""

from __future__ import annotations

import pytest

from analytics.breakdown import measure_breakdown
from pages.ui import below
from tests.metrics.worlds import World, world_of

NAMES = (
    "Rate",
    "Leads",
    "Counted",
    "Out of",
    "Interval",
    "Pending",
    "Against the rest",
    "out Of",
    "Tier of deal",
)


def kept(name: str) -> World:
    """60 accepted leads with a column of their own."""
    rows = [
        {
            "Lead ID": str(number), "Handoff Date": "2026-03-02 10:00:00", "SAL Date": "2026-03-03 10:00:00",
            name: "gold" if number % 3 else "silver",
        }
        for number in range(60)
    ]  # fmt: skip
    return world_of(rows, as_of="2026-06-30 12:00:00", zone="UTC", keep=frozenset({name}))


@pytest.mark.parametrize("name", NAMES)
def test_the_groups_stand_under_a_heading_of_their_own(name):
    world = kept(name)
    result = measure_breakdown(world.warehouse, world.cohort(), name, ("acceptance_rate",))
    table, keys = below._group_rows(result, 0, name)
    own = table.columns[0]
    assert own == (name if name == "Tier of deal" else f"Group: {name.capitalize()}")
    assert dict(zip(table[own], table["Leads"], strict=True)) == {"gold": 40, "silver": 20}
    assert table["Counted"].sum() == 60
    assert all(column in table.columns for key in keys for column in key)
