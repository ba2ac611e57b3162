"""Was: accepted leads whose number of touches is blank stood among sales' breaches as not worked to full cadence."""

from __future__ import annotations

import pytest

from analytics.compliance import measure_compliance, sentence
from analytics.contract_past import lately, measure_past
from analytics.pay_gates import State, measure_pay
from analytics.results import Rate
from tests.metrics.worlds import World, world_of


def worked(*counts: str, first_touch: str = "2026-03-02 10:30:00") -> World:
    rows = [
        {"Lead ID": f"{n} {count or 'blank'}", "Handoff Date": "2026-03-02 10:00:00", "SAL Date": "2026-03-02 11:00:00",
         "First Activity": first_touch, "Touch Count": count}
        for n, count in enumerate(counts)
    ]  # fmt: skip
    return world_of(rows, as_of="2026-12-31 12:00:00", zone="UTC")


def test_unknown_is_listed_apart_and_not_kept():
    of = worked(*["6"] * 30, *["5"] * 3, *[""] * 7)
    found = measure_compliance(of.warehouse, of.cohort())
    kept = found.sales.kept
    assert isinstance(kept, Rate)
    assert (kept.numerator, kept.denominator) == (30, 40)
    assert {one.key: one.leads for one in found.sales.breaches} == {
        "sla_work_unknown": 7,
        "sla_not_worked": 3,
    }
    for one in found.sales.breaches:
        assert of.evidence(one.key).count == one.leads
    assert "at most" not in sentence(found)  # with the seven it may be more


def test_without_any_touch_none_were_made():
    of = worked("", "", first_touch="")
    found = measure_compliance(of.warehouse, of.cohort())
    assert {one.key: one.leads for one in found.sales.breaches if one.key.startswith("sla_")} == {
        "sla_late": 2,
        "sla_not_worked": 2,
    }


@pytest.mark.parametrize(("blank", "state"), [(8, State.UNKNOWN), (7, State.MISSED)])
def test_a_gate_that_turns_on_them_cannot_be_measured(blank, state):
    """Eight tenths of 40 are 32: 24 and 8 unknown may reach it, 24 and 7 cannot."""
    of = worked(*["6"] * 24, *["1"] * (16 - blank), *[""] * blank)
    (quarter,) = measure_pay(of.warehouse, of.cohort()).quarters
    found = next(one for one in quarter.conditions if one.slug == "working_rate")
    assert (found.state, found.unsure) == (state, blank)
    (month,) = months = measure_past(of.warehouse, of.cohort())
    assert month.unsure["working_rate"] == blank
    assert lately(months, "working_rate").replace("\u00a0", " ") == "Mar 2026 60 %"
