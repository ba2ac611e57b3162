"""Was: a large or very small number of a criterion was cut to ten digits and spelt with an exponent no rule understands."""

from __future__ import annotations

import pytest

from analytics.criteria import criterion_of
from analytics.definition_trial import try_definition
from tests.metrics.worlds import world_of


def tried(cell: str, **said: object) -> tuple[str, int]:
    rows = [{"Lead ID": "1", "Handoff Date": "2026-04-10 10:00:00", "Visits": cell, "No. of Employees": cell}]
    of = world_of(rows, as_of="2026-12-31 12:00:00", zone="UTC")
    (found,) = try_definition(of.warehouse, of.cohort(), [criterion_of(said, "row")]).tried
    return found.why, found.passing.leads


@pytest.mark.parametrize(
    ("value", "operator", "number", "passes", "words"),
    [
        ("12345678901", "at least", 12345678901, 1, "12,345,678,901"),
        ("12345678901", "at least", 12345678902, 0, "12,345,678,902"),
        ("12345678901", "is", 12345678901, 1, "12345678901"),
        ("12345678901", "at most", 1e12, 1, "1,000,000,000,000"),
        ("0.00001", "at least", 0.00001, 1, "0.00001"),
        ("0.00001", "over", 0.00001, 0, "0.00001"),
        ("2.5", "at least", 2.5, 1, "2.5"),
    ],
)
def test_every_digit_counts(value, operator, number, passes, words):
    row = {"field": "Visits", "operator": operator, "value": number}
    assert criterion_of(row, "row").words.endswith(f" {words}")
    assert tried(value, **row) == ("", passes)


@pytest.mark.parametrize(
    ("listed", "passes"), [("50, 100", 1), ([50, 100], 1), ("51, 100", 0), ("11-50, 200", 1)]
)
def test_a_number_field_can_be_one_of_some_numbers(listed, passes):
    assert tried("50", field="employees", operator="in", value=listed) == ("", passes)
    assert tried("50", field="employees", operator="not in", value=listed) == ("", 1 - passes)
