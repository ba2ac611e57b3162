"""Was: an export that knows no rejections, and so no share decided, had marketing miss its gate and fund the fix."""

from __future__ import annotations

from analytics.pay_gates import State, measure_pay
from tests.metrics.worlds import world_of


def rows(*, is_rejected: bool) -> list[dict[str, str]]:
    found = []
    for n in range(100):
        row = {
            "Lead ID": str(n),
            "Handoff Date": "2026-04-05 12:00:00",
            "SAL Date": "",
            "Opportunity: Created Date": "",
        }
        if n < 90:
            row |= {"SAL Date": "2026-04-06 12:00:00"}
        if n < 5:
            row |= {"Opportunity: Created Date": "2026-04-08 12:00:00"}
        if is_rejected:
            row |= {"Rejected Date": "2026-04-06 12:00:00" if n >= 90 else ""}
        found.append(row)
    return found  # fmt: skip


def test_a_gate_is_judged_only_where_the_share_decided_is_known():
    for is_rejected, state, funded_by in ((True, State.MISSED, ("marketing",)), (False, State.UNKNOWN, ())):
        of = world_of(rows(is_rejected=is_rejected), as_of="2026-12-31 12:00:00", zone="UTC")
        (quarter,) = measure_pay(of.warehouse, of.cohort()).quarters
        found = {one.slug: one.state for one in quarter.conditions}
        assert found["accepted_to_opportunity"] is State.MISSED
        assert (quarter.quality, quarter.marketing, quarter.funded_by) == (state, state, funded_by)
