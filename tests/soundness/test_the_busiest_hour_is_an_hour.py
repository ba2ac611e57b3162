"""Was: where the calendar never closes, or opens in whole shifts, the busiest hour held the leads of a day or a shift."""

from __future__ import annotations

from datetime import datetime

import pytest

from analytics.contract import WEEKDAYS, Contract, read_contract
from analytics.what_if import AllInTime, measure_all_in_time, open_started
from tests.metrics.worlds import world_of


def open_at(hours: str) -> Contract:
    lines = "\n".join(f'{day} = ["{hours}"]' for day in WEEKDAYS)
    return read_contract(f"[hours]\n{lines}".encode(), "ours.toml")


@pytest.mark.parametrize("hours", ["00:00-24:00", "08:00-16:00", "09:00-17:00", "08:30-16:30"])
def test_an_hour_holds_the_leads_of_an_hour(hours):
    rows = [
        {"Lead ID": f"{day} {hour}", "Handoff Date": f"2026-04-{day:02d} {hour}:45:00", "First Activity": ""}
        for day in (1, 2) for hour in ("10", "11", "12", "13")
    ]  # fmt: skip
    rows.append({"Lead ID": "more", "Handoff Date": "2026-04-02 12:50:00", "First Activity": ""})
    of = world_of(rows, as_of="2026-06-30 12:00:00", zone="UTC", contract=open_at(hours))
    found = measure_all_in_time(of.warehouse, of.cohort())
    assert isinstance(found, AllInTime)
    assert found.day is not None
    assert found.hour is not None
    assert (found.opening_days, found.day.starts_at, found.day.leads) == (2, datetime(2026, 4, 2), 5)
    assert (found.hour.starts_at, found.hour.leads) == (datetime(2026, 4, 2, 12), 2)
    for one, is_hour in ((found.day, False), (found.hour, True)):
        assert open_started(of.warehouse, of.cohort(), one, is_hour=is_hour).count == one.leads
