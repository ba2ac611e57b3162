"""Was: a lead of unknown answer that sales rejected was counted as if the definition had refused it too."""

from __future__ import annotations

import pytest

from analytics.criteria import criterion_of
from analytics.definition_trial import compare_definitions
from tests.metrics.worlds import world_of

SCORED = criterion_of({"field": "score", "operator": "at least", "value": 60}, "row")
LEADS = (
    ("meets, accepted", "60", "accepted"),
    ("fails, accepted", "59", "accepted"),
    ("meets, rejected", "60", "rejected"),
    ("fails, rejected", "59", "rejected"),
    ("unknown, rejected", "", "rejected"),
    ("unknown, accepted", "", "accepted"),
)


def compared(*columns: str):
    rows = [
        {"Lead ID": name, "Handoff Date": "2026-04-10 10:00:00", "Lead Score": score}
        | ({"SAL Date": "2026-04-11" if said == "accepted" else ""} if "accepted" in columns else {})
        | ({"Rejected Date": "2026-04-11" if said == "rejected" else ""} if "rejected" in columns else {})
        for name, score, said in LEADS
    ]
    of = world_of(rows, as_of="2026-12-31 12:00:00", zone="UTC")
    found = compare_definitions(of.warehouse, of.cohort(), [SCORED], [SCORED])
    assert found is not None
    return [(one.numerator, one.denominator) for one in (found.accepted_first, found.agrees_first)]


@pytest.mark.parametrize(
    ("columns", "accepted", "agrees"),
    [
        (("accepted", "rejected"), (1, 2), (2, 6)),
        (("accepted",), (1, 2), (0, 0)),  # nobody knows who was rejected
        ((), (0, 0), (0, 0)),
    ],
)
def test_agreement_is_of_what_is_known(columns, accepted, agrees):
    assert compared(*columns) == [accepted, agrees]
