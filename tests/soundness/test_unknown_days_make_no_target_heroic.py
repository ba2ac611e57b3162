"""Was: a target was called heroic by months whose decisions or opportunities on unknown days may have reached it."""

from __future__ import annotations

import pytest

from analytics.contract import default_contract
from analytics.contract_past import heroic, lately, measure_past
from tests.metrics.worlds import world_of

LEADS = 40


def heard(slug: str, rows: list[dict[str, str]]) -> tuple[bool, str]:
    of = world_of(rows, as_of="2026-12-31 12:00:00", zone="UTC")
    months = measure_past(of.warehouse, of.cohort())
    return slug in heroic(months, default_contract()), lately(months, slug).replace("\u00a0", " ")


@pytest.mark.parametrize(("undated", "is_heroic"), [(26, False), (25, True)])
def test_decisions(undated, is_heroic):
    """The target is 90 %: 36 of 40."""
    rows = [
        {"Lead ID": str(n), "Handoff Date": "2026-04-02 10:00:00", "Lead Status": "Accepted" if n < 10 + undated else "Open",
         "SAL Date": "2026-04-03" if n < 10 else "", "Rejected Date": "", "Rejection Reason": ""}
        for n in range(LEADS)
    ]  # fmt: skip
    rows[-1] |= {"Lead Status": "Rejected", "Rejected Date": "2026-08-01", "Rejection Reason": "Timing"}
    assert heard("decided_in_window", rows) == (is_heroic, "Apr 2026 at least 25 %")


@pytest.mark.parametrize(("undated", "is_heroic"), [(6, False), (5, True), (0, True)])
def test_opportunities(undated, is_heroic):
    """The target is 20 %: 8 of 40."""
    rows = [
        {"Lead ID": str(n), "Handoff Date": "2026-04-02 10:00:00", "SAL Date": "2026-04-03",
         "Converted Opportunity ID": f"O{n}" if n < 2 + undated else "", "Opportunity: Created Date": "2026-05-01" if n < 2 else ""}
        for n in range(LEADS)
    ]  # fmt: skip
    bound = "at least " if undated else ""
    assert heard("accepted_to_opportunity", rows) == (is_heroic, f"Apr 2026 {bound}5.0 %")
