"""Was: an export that knows wins but no opportunities gave 100 % won of the decided, and missed accepted-to-opportunity."""

from __future__ import annotations

from analytics.breakdown import measure_breakdown
from analytics.measurable import NO_OPPORTUNITIES, obstacle
from tests.metrics.worlds import world_of


def test_rates_of_opportunities_need_opportunities():
    leads = [
        {
            "Lead ID": f"L{number}",
            "Handoff Date": "2026-03-02 10:00:00",
            "SAL Date": "2026-03-03 10:00:00",
            "Won": "TRUE" if number < 5 else "",
            "Opportunity: Close Date": "2026-03-20 10:00:00" if number < 5 else "",
            "Lead Source": "Web" if number % 2 else "Fair",
        }
        for number in range(40)
    ]
    world = world_of(leads, as_of="2026-09-30 12:00:00", zone="UTC")
    for metric in ("accepted_to_opportunity", "opportunity_to_won"):
        assert obstacle(world.manifest, metric) == NO_OPPORTUNITIES
    found = measure_breakdown(
        world.warehouse, world.cohort(), "source", ("won_in_horizon", "opportunity_to_won")
    )
    assert [metric.slug for metric in found.metrics] == ["won_in_horizon"]
    assert found.total[0].numerator == 5
