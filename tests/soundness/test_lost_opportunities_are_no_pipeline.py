"""Was: “100 to 130 from 3 opportunities” counted the one that was lost and brought nothing."""

from __future__ import annotations

from dataclasses import replace

from analytics.contract import default_contract
from analytics.measurable import NO_WINS
from analytics.pay_gates import SharedNumber, measure_pay
from tests.metrics.worlds import world_of

PIPELINE = replace(default_contract(), pay_number="advancing_pipeline")
Q2 = 2026 * 4 + 1
DEALS = (("won", "TRUE", "100"), ("open", "", "30"), ("lost", "FALSE", "9"), ("lost, no amount", "FALSE", ""), ("open, no amount", "", ""))  # fmt: skip


def rows(*left_out: str) -> list[dict[str, str]]:
    found = [
        {"Lead ID": name, "Handoff Date": "2026-04-02 10:00:00", "Opportunity: Created Date": "2026-04-03 10:00:00",
         "Opportunity: Close Date": "2026-05-02 10:00:00" if won else "", "Won": won, "Amount": amount}
        for name, won, amount in DEALS
    ]  # fmt: skip
    return [{key: value for key, value in row.items() if key not in left_out} for row in found]


def test_only_won_and_open_opportunities_are_counted():
    of = world_of(rows(), as_of="2026-12-31 12:00:00", zone="UTC", contract=PIPELINE)
    replay = measure_pay(of.warehouse, of.cohort())
    assert replay.shared_in(Q2) == SharedNumber(Q2, 3, 100.0, 130.0, 0.0, 1)


def test_without_outcomes_it_is_the_outcome_that_is_missing():
    left_out = ("Won", "Opportunity: Close Date")
    of = world_of(rows(*left_out), as_of="2026-12-31 12:00:00", zone="UTC", contract=PIPELINE)
    assert measure_pay(of.warehouse, of.cohort()).shared is NO_WINS
