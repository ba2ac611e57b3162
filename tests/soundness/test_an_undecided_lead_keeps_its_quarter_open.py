"""Was: a quarter was judged while leads younger than the horizon were undecided, and could still be accepted and advance."""

from __future__ import annotations

import pytest

from analytics.pay_gates import State, measure_pay
from tests.metrics.worlds import world_of

OLD = {"Handoff Date": "2026-04-05 12:00:00", "SAL Date": "2026-04-06 12:00:00", "Opportunity: Created Date": "2026-04-08 12:00:00"}  # fmt: skip
YOUNG = {"Handoff Date": "2026-06-25 12:00:00"}
REJECTED = {"Rejected Date": "2026-06-26 12:00:00"}
ACCEPTED = {"SAL Date": "2026-06-26 12:00:00"}


@pytest.mark.parametrize(
    ("young", "as_of", "state", "pending"),
    [
        (YOUNG, "2026-07-31 12:00:00", State.PENDING, 1),
        (YOUNG | ACCEPTED, "2026-07-31 12:00:00", State.PENDING, 1),
        (YOUNG | REJECTED, "2026-07-31 12:00:00", State.MET, 0),
        (YOUNG, "2026-09-23 11:59:59", State.PENDING, 1),
        (YOUNG, "2026-09-23 12:00:00", State.MET, 0),  # ninety days old
    ],
)
def test_every_lead_not_rejected_has_its_horizon_first(young, as_of, state, pending):
    header = ("Lead ID", "Handoff Date", "SAL Date", "Rejected Date", "Opportunity: Created Date")
    rows = [{"Lead ID": str(n), **OLD} for n in range(20)] + [{"Lead ID": "young", **young}]
    of = world_of(rows, as_of=as_of, header=header, zone="UTC")
    (quarter,) = measure_pay(of.warehouse, of.cohort()).quarters
    found = next(one for one in quarter.conditions if one.slug == "accepted_to_opportunity")
    assert (found.state, found.pending, quarter.quality) == (state, pending, state)
    assert of.evidence(found.keys[3]).count == pending
