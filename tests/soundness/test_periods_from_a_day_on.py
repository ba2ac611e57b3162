"""Was: with a start and no end, the month that the start cuts stood as a whole month."""

from __future__ import annotations

from datetime import date

from analytics.funnel import Funnel, measure_funnel
from analytics.periods import Unit
from tests.metrics.worlds import world_of


def test_the_month_that_an_open_selection_cuts_is_in_part():
    leads = [
        {"Lead ID": str(n), "Handoff Date": f"2026-{1 + n % 4:02d}-{1 + n % 28:02d} 10:00:00", "SAL Date": f"2026-{1 + n % 4:02d}-{1 + n % 28:02d} 12:00:00"}
        for n in range(200)
    ]  # fmt: skip
    world = world_of(leads, as_of="2026-09-30 12:00:00", zone="UTC")
    for period, in_part in (
        ({"starts_on": date(2026, 2, 20)}, {"Feb\u00a02026"}),
        ({"starts_on": date(2026, 2, 1)}, set()),
        ({"ends_on": date(2026, 3, 20)}, {"Mar\u00a02026"}),
        ({"ends_on": date(2026, 4, 1)}, set()),
        ({"starts_on": date(2026, 2, 20), "ends_on": date(2026, 4, 6)}, {"Feb\u00a02026", "Apr\u00a02026"}),
        ({"is_whole_file": True}, set()),
    ):
        found = measure_funnel(world.warehouse, world.cohort(world.request(**period)), Unit.MONTH)
        assert isinstance(found, Funnel)
        assert {row.label for row in found.periods if row.is_partial} == in_part, period
