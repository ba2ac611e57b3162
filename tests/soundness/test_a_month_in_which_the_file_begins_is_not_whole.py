"""Was: a file that begins on 29 March made March a whole month with all its leads on its last three days."""

from __future__ import annotations

from dataclasses import replace

import pytest

from analytics.contract import default_contract
from analytics.contract_past import heroic, measure_past
from analytics.gaming import measure_gaming
from tests.metrics.worlds import world_of


def test_an_even_pace_is_no_spike_wherever_the_file_begins():
    days = [*(f"03-{day}" for day in (29, 30, 31)), *(f"04-{day:02d}" for day in range(1, 31))]
    rows = [
        {"Lead ID": f"{day} {n}", "Handoff Date": f"2026-{day} 12:00:00"} for day in days for n in range(10)
    ]
    of = world_of(rows, as_of="2026-12-31 12:00:00", zone="UTC")
    found = next(one for one in measure_gaming(of.warehouse, of.cohort()) if one.slug == "month_end")
    assert (found.rate.numerator, found.rate.denominator, found.is_raised) == (30, 300, False)
    assert len(found.parts) == 1
    months = measure_past(of.warehouse, of.cohort())
    assert [(one.leads, one.is_whole) for one in months] == [(30, False), (300, True)]


@pytest.mark.parametrize(
    ("first", "is_whole"), [("2026-04-03 00:00:00", True), ("2026-04-03 00:00:01", False)]
)
def test_two_days_without_a_lead_are_no_gap(first, is_whole):
    of = world_of([{"Lead ID": "1", "Handoff Date": first}], as_of="2026-12-31 12:00:00", zone="UTC")
    (month,) = months = measure_past(of.warehouse, of.cohort())
    assert month.is_whole is is_whole
    assert ("monthly_volume" in heroic(months, replace(default_contract(), monthly_volume=2))) is is_whole
