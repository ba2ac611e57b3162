"""Was: touches before the limit were held against later ones of leads too young to have any, and looked bunched."""

from __future__ import annotations

import pytest

from analytics.gaming import measure_gaming
from tests.metrics.worlds import world_of


@pytest.mark.parametrize(("as_of", "before"), [("13:23:59", 0), ("13:24:00", 35)])
def test_only_leads_followed_to_the_end_of_the_tenth_after_are_counted(as_of, before):
    """The limit is 240 working minutes from 09:00, the tenth after it ends at 13:24."""
    rows = [
        {"Lead ID": str(n), "Handoff Date": "2026-04-01 09:00:00", "First Activity": "2026-04-01 12:50:00"}
        for n in range(35)
    ]
    of = world_of(rows, as_of=f"2026-04-01 {as_of}", zone="UTC")
    found = next(one for one in measure_gaming(of.warehouse, of.cohort()) if one.slug == "touches_at_limit")
    assert (found.rate.numerator, found.rate.denominator) == (before, before)
    assert found.is_raised is (before > 0)
