"""Was: a quarter whose leads are all decided read "acceptances stop, about 17 would be usual", concerning 0 leads."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import numpy as np

from analytics.plumbing.export_checks import check_export
from analytics.plumbing.truncation import event_edges
from tests.metrics.worlds import World, world_of


def quarter(*, last_days: str = "decided") -> World:
    """20 leads on each working day of the first quarter, decided four days later: 16 accepted, 4 rejected.

    Of the leads of the last two weeks only those decided by 20 March are shown as such where ``last_days`` is "cut".
    """
    rows, day = [], date(2026, 1, 1)
    while day < date(2026, 4, 1):
        for number in range(20 if day.weekday() < 5 else 0):
            at = datetime(day.year, day.month, day.day, 9, number, 7)
            decided = at + timedelta(days=4, minutes=number)
            stamp = (
                f"{decided:%Y-%m-%d %H:%M:%S}"
                if last_days == "decided" or decided < datetime(2026, 3, 20)
                else ""
            )
            rows.append(
                {
                    "Lead ID": f"{day} {number}",
                    "Handoff Date": f"{at:%Y-%m-%d %H:%M:%S}",
                    "SAL Date": stamp if number % 5 else "",
                    "Rejected Date": "" if number % 5 else stamp,
                }
            )
        day += timedelta(days=1)
    return world_of(rows, as_of="2026-07-01 00:00:00")


def stops(of: World) -> set[str]:
    return {one.slug for one in check_export(of.warehouse, of.cohort()) if one.slug.startswith("stops_")}


def test_a_quarter_that_is_decided_does_not_stop():
    assert stops(quarter()) == set()


def test_decisions_that_are_missing_still_stop():
    assert stops(quarter(last_days="cut")) == {"stops_accepted_at", "stops_rejected_at"}


def test_no_more_is_missing_than_leads_wait():
    """Ten weeks of 100 leads, half with an event a week later until week 6; 50 of each later week could still have one."""
    handoff = np.arange(6, dtype=np.int64)
    counts = np.full(6, 50, dtype=np.int64)
    leads = dict.fromkeys(range(10), 100)
    edges = event_edges(handoff, handoff + 1, counts, leads, 20)
    assert [(edge.kind, edge.week, edge.expected) for edge in edges] == [("stops", 6, 4 * 50.0)]
    waiting = dict.fromkeys(range(6), 50) | {6: 50, 7: 50, 8: 20, 9: 0}
    edges = event_edges(handoff, handoff + 1, counts, leads, 20, waiting)
    assert [(edge.kind, edge.expected) for edge in edges] == [("stops", 50.0 + 50.0 + 20.0)]
    assert event_edges(handoff, handoff + 1, counts, leads, 20, dict.fromkeys(range(10), 0)) == ()


def test_a_stop_that_concerns_no_lead_is_none():
    """All leads are older than the last event: whatever is missing, no lead was handed off after it."""
    handoff = np.arange(6, dtype=np.int64)
    counts = np.full(6, 50, dtype=np.int64)
    leads = dict.fromkeys(range(7), 100)
    assert event_edges(handoff, handoff + 1, counts, leads, 20) == ()
