"""Was: leads lost without a decision stood in the funnel's exit "no decision", which counts as still open."""

from __future__ import annotations

from analytics.funnel_stages import HANDED_OFF, Exit, measure_stages
from tests.metrics.worlds import World, world_of


def exits_of(of: World) -> dict[str, Exit]:
    (stage,) = (one for one in measure_stages(of.warehouse, of.cohort()) if one.slug == HANDED_OFF)
    assert stage.leads == 60
    return {one.slug: one for one in stage.exits}


def with_lost(header: tuple[str, ...]) -> World:
    rows = []
    for n in range(60):
        cells = {"Lead ID": str(n), "Handoff Date": "2026-03-02 10:00:00"}
        if n < 30:
            cells |= {"Won": "FALSE", "Opportunity: Close Date": "2026-03-20 10:00:00"}
        elif n < 40:
            cells |= {"SAL Date": "2026-03-03 10:00:00"}
        elif n < 45:
            cells |= {"Rejected Date": "2026-03-03 10:00:00"}
        rows.append({name: value for name, value in cells.items() if name in header})
    return world_of(rows, as_of="2026-09-30 12:00:00", header=header, zone="UTC")


HEADER = ("Lead ID", "Handoff Date", "SAL Date", "Rejected Date", "Won", "Opportunity: Close Date")


def test_lost_leads_leave_by_an_exit_of_their_own():
    of = with_lost(HEADER)
    found = exits_of(of)
    assert {slug: (one.label, one.leads, one.is_open) for slug, one in found.items()} == {
        "rejected": ("rejected", 5, False),
        "lost": ("lost without a decision", 30, False),
        "undecided": ("no decision", 15, True),
    }
    for one in found.values():
        assert of.evidence(one.key, limit=1).count == one.leads


def test_without_rejections_they_are_called_never_accepted():
    of = with_lost(tuple(name for name in HEADER if name != "Rejected Date"))
    found = exits_of(of)
    assert {slug: (one.label, one.leads, one.is_open) for slug, one in found.items()} == {
        "lost": ("lost, never accepted", 30, False),
        "undecided": ("not accepted so far", 20, True),
    }


def test_where_losses_are_unknown_nobody_is_called_lost():
    of = with_lost(HEADER[:4])
    found = exits_of(of)
    assert {slug: one.leads for slug, one in found.items()} == {"rejected": 5, "undecided": 45}
