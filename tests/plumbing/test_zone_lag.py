"""A constant error of whole hours between touches and handoffs, as a hard edge and through an import."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from analytics.plumbing.checks import BY_SLUG
from analytics.plumbing.faults import open_faults
from analytics.plumbing.price import measure_key_numbers, price_of
from analytics.plumbing.zone_lag import edge_of
from tests.metrics.worlds import World, world_of

WAITS = (3, 8, 12, 20, 25, 40, 55, 70, 95, 130, 200, 300, 500)


def test_a_file_in_one_zone_has_no_edge():
    assert edge_of({0: 100, 1: 60, 2: 40}) is None
    assert edge_of({}) is None


@pytest.mark.parametrize("hours", [-14, -5, -1, 1, 2, 9, 14])
def test_a_shift_is_found_with_its_sign(hours):
    found = edge_of({2 * hours: 60, 2 * hours + 1: 40, 2 * hours + 5: 10})
    assert found is not None
    assert found.hours == hours


@pytest.mark.parametrize(
    ("at", "before", "is_edge"), [(40, 5, True), (40, 6, False), (20, 0, True), (19, 0, False)]
)
def test_an_edge_is_steep_and_not_small(at, before, is_edge):
    assert (edge_of({-10: at, -11: before, 0: 20}) is not None) == is_edge


def shifted(hours: int) -> World:
    """200 leads, touched minutes after their handoff; the touches file is written in a zone ``hours`` away."""
    leads, touches = [], []
    for number in range(200):
        at = datetime(2026, 5, 4, 10) + timedelta(hours=number, minutes=number % 50)
        leads.append({"Lead ID": f"L{number}", "Handoff Date": f"{at:%Y-%m-%d %H:%M:%S}"})
        touched = at + timedelta(minutes=WAITS[number % len(WAITS)], hours=hours)
        touches.append(
            {
                "Lead ID": f"L{number}",
                "Completed Date/Time": f"{touched:%Y-%m-%d %H:%M:%S}",
                "Type": "Call",
                "Activity Source": "human",
            }
        )
    return world_of(leads, touches, as_of="2026-06-30 12:00:00")


def test_touches_of_another_zone_are_named_and_the_price_is_that_of_the_right_zone():
    wrong, right = shifted(-5), shifted(0)
    cohort = wrong.cohort()
    faults = open_faults(wrong.warehouse, cohort)
    assert faults.whole_file.zone_lag is not None
    assert faults.whole_file.zone_lag.hours == -5
    price = price_of(wrong.warehouse, cohort, faults, BY_SLUG["touch_before_handoff"])
    assert price is not None
    truth = measure_key_numbers(right.warehouse, right.cohort())
    assert price.after.median_wait == truth.median_wait
    assert price.after.rates["touched_inside_limit"] == truth.rates["touched_inside_limit"]
    assert open_faults(right.warehouse, right.cohort()).whole_file.zone_lag is None
