"""Do the touches and the handoffs speak of the same zone? A constant error of whole hours shows as a hard edge."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np

from analytics.cohort import Cohort
from analytics.warehouse import Warehouse

HALF_HOUR = 1_800
MOST_HOURS = 14
LEAST_AT_EDGE = 20
"""So many first touches in the half hour after the edge make it an edge."""
STEEPNESS = 8
"""So many times fewer lie in the half hour before it."""
LEAST_SHARE = 0.05
JUMP = 2
"""So many times more touches in the first half hour after the handoff than in the one before it are a jump there."""


@dataclass(frozen=True, slots=True)
class ZoneLag:
    """A constant error: touches look ``hours`` later (positive) or earlier (negative) than they were.

    ``at_edge`` first touches lie in the half hour after the edge, ``before_edge`` in the one before it.
    """

    hours: int
    at_edge: int
    before_edge: int

    def words(self, zone: str, at: datetime) -> str:
        """What it looks like, without blame: which zone the touches seem to be written in, beside that of the file."""
        offset = at.replace(tzinfo=UTC).astimezone(ZoneInfo(zone)).utcoffset() or timedelta(0)
        seen = offset + timedelta(hours=self.hours)
        return (
            f"First touches begin {abs(self.hours)} {'hour' if abs(self.hours) == 1 else 'hours'}"
            f" {'before' if self.hours < 0 else 'after'} the handoff, all at once ({self.at_edge:,} in that half hour,"
            f" {self.before_edge:,} in the one before): as if touches were written in {_utc(seen)} and the rest in {zone} ({_utc(offset)})."
        )


def _utc(offset: timedelta) -> str:
    minutes = int(offset.total_seconds()) // 60
    return f"UTC{'+' if minutes >= 0 else '−'}{abs(minutes) // 60:02}:{abs(minutes) % 60:02}"


def find_zone_lag(warehouse: Warehouse, cohort: Cohort, table: str) -> ZoneLag | None:
    """The constant error of whole hours between earliest touches and handoffs; None where there is no hard edge.

    A rep cannot call before the lead is there, so waits begin with an edge at 0. Where the edge stands at another whole
    hour, and hardly a touch lies before it, one of the two files is in another zone. A shifted file has no jump at 0.
    """
    frame = warehouse.run_once(
        table,
        f"SELECT CAST(floor(date_diff('second', l.handoff_at, x.earliest_touch_at) / {HALF_HOUR}.0) AS INTEGER) AS half, count(*) AS leads"
        f" FROM {cohort.leads} AS l JOIN {table} AS x USING (lead_no)"
        " WHERE x.earliest_touch_at IS NOT NULL AND NOT l.handoff_is_date AND NOT l.first_touch_is_date"
        f" AND abs(date_diff('second', l.handoff_at, x.earliest_touch_at)) < {(MOST_HOURS + 2) * 3_600} GROUP BY 1",
    )
    if frame.is_empty():
        return None
    return edge_of({int(half): int(leads) for half, leads in frame.iter_rows()})


def edge_of(halves: dict[int, int]) -> ZoneLag | None:
    """The hard edge in waits counted by half hours (0 = the first half hour after the handoff); None at 0 or without one.

    Where the waits jump at 0, and higher than at another edge, the zones agree: reps were early with some leads.

    >>> edge_of({-10: 60, -9: 40, -8: 30, 0: 25, 5: 10}).hours
    -5
    >>> edge_of({-2: 40, -1: 35, 0: 300, 1: 225}) is None
    True
    """
    total = sum(halves.values())
    keys = np.array(sorted(halves))
    for hours in (*range(-MOST_HOURS, 0), *range(1, MOST_HOURS + 1)):
        at, before = halves.get(2 * hours, 0), halves.get(2 * hours - 1, 0)
        earlier = sum(halves[int(key)] for key in keys[keys < 2 * hours])
        is_edge = at >= LEAST_AT_EDGE and at >= LEAST_SHARE * total and STEEPNESS * before <= at
        if is_edge and earlier * STEEPNESS <= at and not _jumps_at_zero(halves, at):
            return ZoneLag(hours, at, before)
    return None


def _jumps_at_zero(halves: dict[int, int], at_edge: int) -> bool:
    """Whether touches set in with the handoff itself, more of them than at the edge elsewhere."""
    return halves.get(0, 0) > at_edge and halves.get(0, 0) >= JUMP * halves.get(-1, 0)
