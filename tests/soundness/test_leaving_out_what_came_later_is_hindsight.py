"""Was: leaving out the leads that sales rejected, or lost, was told as something that could have been done."""

from __future__ import annotations

import pytest

from analytics.what_if import Parted, Parting, part_cohort
from analytics.what_if_words import answer
from tests.metrics.worlds import sample


@pytest.mark.parametrize(
    ("field", "value", "is_hindsight"),
    [("disposition", "rejected", True), ("outcome", "lost", True), ("rejection_reason", "", True), ("source", "Webinar", False)],
)  # fmt: skip
def test_it_is_said(field, value, is_hindsight):
    of = sample()
    found = part_cohort(of.warehouse, of.cohort(), Parting("without", field, value))
    assert isinstance(found, Parted)
    assert found.removed.leads
    assert found.is_hindsight is is_hindsight
    assert answer(found).startswith("In hindsight only: ") is is_hindsight
