"""Was: months were called whole by UTC days, so June was over at 22:00 of 30 June in New York, and never in Berlin."""

from __future__ import annotations

from datetime import date

import pytest

from analytics.contract_past import measure_past
from tests.metrics.worlds import World, world_of


def june(zone: str, as_of: str) -> World:
    rows = [
        {"Lead ID": f"{month}", "Handoff Date": f"2026-{month:02d}-01 12:00:00", "SAL Date": "2026-06-20 12:00:00"}
        for month in (5, 6)
    ]  # fmt: skip
    return world_of(rows, as_of=as_of, zone=zone)


@pytest.mark.parametrize(
    ("zone", "as_of", "is_whole"),
    [
        ("America/New_York", "2026-07-01 03:59:59", False),
        ("America/New_York", "2026-07-01 04:00:00", True),
        ("Europe/Berlin", "2026-06-30 21:59:59", False),
        ("Europe/Berlin", "2026-06-30 22:00:00", True),
    ],
)
def test_a_month_is_over_at_its_local_midnight(zone, as_of, is_whole):
    of = june(zone, as_of)
    assert [one.is_whole for one in measure_past(of.warehouse, of.cohort())] == [True, is_whole]


@pytest.mark.parametrize(
    ("starts", "ends", "are_whole"),
    [
        (date(2026, 5, 1), date(2026, 7, 1), [True, True]),
        (date(2026, 5, 1), date(2026, 6, 30), [True, False]),
        (date(2026, 4, 30), date(2026, 7, 2), [True, True]),
    ],
)
@pytest.mark.parametrize("zone", ["Europe/Berlin", "America/New_York"])
def test_a_selection_holds_a_month_from_its_first_local_day_to_its_last(zone, starts, ends, are_whole):
    of = june(zone, "2026-08-01 12:00:00")
    cohort = of.cohort(of.request(starts_on=starts, ends_on=ends))
    assert [one.is_whole for one in measure_past(of.warehouse, cohort)] == are_whole


def test_a_month_without_its_first_day_is_not_whole():
    rows = [{"Lead ID": str(day), "Handoff Date": f"2026-05-{day:02d} 12:00:00"} for day in (1, 2, 3)]
    of = world_of(rows, as_of="2026-08-01 12:00:00", zone="Europe/Berlin")
    cohort = of.cohort(of.request(starts_on=date(2026, 5, 2), ends_on=date(2026, 6, 1)))
    assert [one.is_whole for one in measure_past(of.warehouse, cohort)] == [False]
