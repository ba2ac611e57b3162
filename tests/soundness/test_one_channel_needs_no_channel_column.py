"""Was: “at most”, and a gate that could not be met, where one channel is enough and the export names none."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

import pytest

from analytics.compliance import measure_compliance
from analytics.contract import default_contract
from analytics.pay_gates import State, measure_pay
from tests.metrics.worlds import csv_text, world


@pytest.mark.parametrize(("channels", "is_at_most"), [(1, False), (2, True)])
def test_channels_matter_only_where_more_than_one_is_asked_for(channels, is_at_most):
    leads = [
        {"Lead ID": str(n), "Handoff Date": "2026-04-01 10:00:00", "SAL Date": "2026-04-01 10:30:00"}
        for n in range(3)
    ]
    touches = [
        {"Lead ID": str(n), "Completed Date/Time": f"2026-04-01 1{hour}:00:00", "Activity Source": "human"}
        for n in range(3) for hour in range(1, 7)
    ]  # fmt: skip
    agreed = replace(default_contract(), cadence_channels=channels)
    files = {"leads.csv": csv_text(leads), "touches.csv": csv_text(touches)}
    of = world(files, contract=agreed, zone="UTC", as_of=datetime(2026, 12, 31))
    assert measure_compliance(of.warehouse, of.cohort()).sales.is_at_most is is_at_most
    (quarter,) = measure_pay(of.warehouse, of.cohort()).quarters
    effort = next(one for one in quarter.conditions if one.slug == "working_rate")
    assert effort.state is (State.UNKNOWN if is_at_most else State.MET)
