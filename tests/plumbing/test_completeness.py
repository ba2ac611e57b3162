"""Completeness per field, counted by hand, with the contract's standard."""

from __future__ import annotations

from analytics.plumbing.completeness import STANDARD, measure_completeness
from tests.metrics.worlds import world_of


def fills(rows):
    of = world_of(
        rows,
        as_of="2026-06-30 12:00:00",
        header=("Lead ID", "Handoff Date", "Company / Account", "Email", "Phone"),
    )
    return {one.label: one for one in measure_completeness(of.warehouse, of.cohort())}


def lead(number: int, company: str = "", email: str = "", phone: str = "") -> dict[str, str]:
    return {
        "Lead ID": f"L{number}", "Handoff Date": f"2026-05-04 10:00:{number % 60:02}", "Company / Account": company, "Email": email, "Phone": phone,
    }  # fmt: skip


def test_a_lead_is_complete_with_a_company_and_one_way_to_reach_it():
    rows = [
        lead(1, "A", "a@example.com"),
        lead(2, "B", "", "+1 202 555 0145"),
        lead(3, "C"),
        lead(4, "", "d@example.com", "+1 202 555 0146"),
    ]
    found = fills(rows)
    assert {name: (one.filled.numerator, one.filled.denominator) for name, one in found.items()} == {
        STANDARD: (2, 4), "company": (3, 4), "e-mail": (2, 4), "phone": (2, 4),
    }  # fmt: skip
    assert found[STANDARD].target == 0.9
    assert found[STANDARD].state == "too few"


def test_the_standard_is_judged_as_every_target():
    whole = [lead(number, "A", f"n{number}@example.com") for number in range(60)]
    assert fills(whole)[STANDARD].state == "met"
    assert fills([*whole[:30], *(lead(number, "A") for number in range(60, 120))])[STANDARD].state == "missed"


def test_an_export_without_the_fields_has_no_standard():
    of = world_of([{"Lead ID": "a", "Handoff Date": "2026-05-04 10:00:00"}], as_of="2026-06-30 12:00:00")
    assert measure_completeness(of.warehouse, of.cohort()) == ()
