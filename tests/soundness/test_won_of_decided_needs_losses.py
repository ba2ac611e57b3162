"""Was: a file whose outcome column knows only wins read as 100 % of the decided opportunities won."""

from __future__ import annotations

from analytics.measurable import NO_LOSSES, obstacle
from tests.metrics.worlds import World, world_of


def imported(other: str) -> World:
    rows = [
        {
            "Lead ID": f"L{number}", "Handoff Date": "2026-03-02 10:00:00", "SAL Date": "2026-03-03 10:00:00",
            "Opportunity: Created Date": "2026-03-10 10:00:00", "Stage": "Closed Won" if number < 20 else other,
            "Opportunity: Close Date": "2026-04-01 10:00:00",
        }
        for number in range(40)
    ]  # fmt: skip
    return world_of(rows, as_of="2026-09-30 12:00:00", zone="UTC")


def test_without_losses_it_cannot_be_measured():
    of = imported("")
    assert of.counts(slugs=["so_far_won", "so_far_lost"]) == {"so_far_won": 20, "so_far_lost": 0}
    assert obstacle(of.manifest, "opportunity_to_won") == NO_LOSSES


def test_with_losses_it_can():
    of = imported("Closed Lost")
    assert of.counts(slugs=["so_far_won", "so_far_lost"]) == {"so_far_won": 20, "so_far_lost": 20}
    assert obstacle(of.manifest, "opportunity_to_won") is None
