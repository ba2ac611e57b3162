"""Was: the leads of one source were held against the volume agreed for all, and marketing had missed it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from analytics.contract import default_contract
from analytics.contract_past import heroic, measure_past
from analytics.pay_gates import State, measure_pay
from analytics.pay_words import volume_words
from tests.metrics.worlds import world_of

WEB = (("source", ("Web",)),)


@pytest.mark.parametrize(
    ("filters", "volume", "state"),
    [((), 20, State.MET), ((), 21, State.MISSED), (WEB, 20, State.IN_PART), (WEB, 10, State.MET)],
)
def test_volume_is_agreed_for_all_leads(filters, volume, state):
    rows = [
        {"Lead ID": str(n), "Handoff Date": f"2026-04-{n % 30 + 1:02d} 12:00:00", "Lead Source": "Web" if n % 2 else "Event"}
        for n in range(60)
    ]  # fmt: skip
    agreed = replace(default_contract(), monthly_volume=volume)
    of = world_of(rows, as_of="2026-12-31 12:00:00", zone="UTC", contract=agreed)
    cohort = of.cohort(of.request(filters=filters))
    (quarter,) = measure_pay(of.warehouse, cohort).quarters
    assert (quarter.volume.leads, quarter.volume.state) == (30 if filters else 60, state)
    assert volume_words(quarter).startswith(state.value)
    more = replace(agreed, monthly_volume=61)
    assert ("monthly_volume" in heroic(measure_past(of.warehouse, cohort), more)) is not bool(filters)
