"""Was: 75 calls in the hour before an hourly routing job read as touches of another zone; repaired, a sound team was red."""

from __future__ import annotations

from datetime import datetime, timedelta

from analytics.plumbing.checks import BY_SLUG
from analytics.plumbing.faults import count_faults, open_faults
from analytics.plumbing.price import price_of, repair_of
from analytics.plumbing.zone_lag import edge_of
from tests.metrics.worlds import World, world_of

WAITS = (3, 8, 12, 20, 25, 29, 35, 50)


def routed_hourly() -> World:
    """240 leads at 10:00 to 14:00: 60 called one to 60 minutes before, 180 inside the 50 minutes after."""
    rows = []
    for number in range(240):
        at = datetime(2026, 5, 4 + number // 12, 10 + number % 5)
        wait = -1 - number // 4 if number % 4 == 0 else WAITS[number % len(WAITS)]
        rows.append(
            {
                "Lead ID": f"L{number}",
                "Handoff Date": f"{at:%Y-%m-%d %H:%M:%S}",
                "First Activity": f"{at + timedelta(minutes=wait, seconds=7):%Y-%m-%d %H:%M:%S}",
                "Buying Intent": "High",
            }
        )
    return world_of(rows, as_of="2026-06-30 12:00:00")


def test_a_jump_at_the_handoff_speaks_against_another_zone():
    assert edge_of({-2: 40, -1: 35, 0: 300, 1: 225}) is None
    assert edge_of({-6: 20, 0: 250, 1: 110}) is None
    shifted = edge_of({-2: 40, -1: 20, 0: 39, 1: 19})
    assert shifted is not None
    assert shifted.hours == -1


def test_a_higher_edge_elsewhere_outweighs_a_small_jump_at_the_handoff():
    assert edge_of({-10: 30, 0: 31}) is None
    found = edge_of({-10: 31, 0: 31})
    assert found is not None
    assert found.hours == -5


def test_calls_before_an_hourly_routing_are_left_out_and_change_nothing():
    of = routed_hourly()
    cohort = of.cohort()
    faults = open_faults(of.warehouse, cohort)
    check = BY_SLUG["touch_before_handoff"]
    assert count_faults(of.warehouse, faults)["touch_before_handoff"] == (60, 240)
    assert faults.whole_file.zone_lag is None
    assert repair_of(cohort, faults, check) == "those leads left out"
    price = price_of(of.warehouse, cohort, faults, check)
    assert price is not None
    assert price.after.leads == 180
    assert price.after.rates["touched_inside_limit"].value == 1.0
    assert "touched inside the limit" not in price.words
