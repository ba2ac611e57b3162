"""Time zones as short lists of changes: local time to UTC and back, as engine expressions that cost next to nothing."""

from __future__ import annotations

import itertools
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

_DAY = timedelta(days=1)


def offset_changes(zone: str, first: datetime, last: datetime) -> list[tuple[datetime, timedelta]]:
    """Offsets of a zone over a span: (UTC moment from which it holds, offset); the first one lies before the span."""
    info = ZoneInfo(zone)
    at, end = first - 2 * _DAY, last + 2 * _DAY
    offset = _offset(info, at)
    changes = [(at, offset)]
    while at < end:
        step = min(at + 7 * _DAY, end)
        if _offset(info, step) == offset:
            at = step
        else:
            at = _first_change(info, at, step, offset)
            offset = _offset(info, at)
            changes.append((at, offset))
    return changes


def _offset(info: ZoneInfo, moment: datetime) -> timedelta:
    return moment.replace(tzinfo=UTC).astimezone(info).utcoffset() or timedelta(0)


def _first_change(info: ZoneInfo, low: datetime, high: datetime, offset: timedelta) -> datetime:
    """The first second in (low, high] at which the offset differs from ``offset``."""
    while high - low > timedelta(seconds=1):
        middle = low + timedelta(seconds=(high - low).total_seconds() // 2)
        if _offset(info, middle) == offset:
            low = middle
        else:
            high = middle
    return high


def to_utc(local: str, zone: str, first: datetime, last: datetime) -> str:
    """Engine expression: naive local time of a zone to naive UTC.

    A local time that happens twice is its earlier moment; one that does not exist is read with the offset before the
    change. ``first`` and ``last`` bound the stamps (local time).
    """
    changes = offset_changes(zone, first, last)
    local_from = [(changes[0][0], changes[0][1])]
    for (_, before), (at, after) in itertools.pairwise(changes):
        local_from.append((at + max(before, after), after))
    return f"({local} - {_case(local, local_from)})"


def to_local(utc: str, zone: str, first: datetime, last: datetime) -> str:
    """Engine expression: naive UTC to naive local time; ``first`` and ``last`` bound the stamps (UTC)."""
    return f"({utc} + {_case(utc, offset_changes(zone, first, last))})"


def _case(expression: str, changes: list[tuple[datetime, timedelta]]) -> str:
    """A balanced tree of comparisons, so that a hundred years of changes cost eight of them."""
    if len(changes) == 1:
        return f"INTERVAL '{int(changes[0][1].total_seconds())} seconds'"
    middle = len(changes) // 2
    below, above = _case(expression, changes[:middle]), _case(expression, changes[middle:])
    at = changes[middle][0].isoformat(sep=" ")
    return f"CASE WHEN {expression} < TIMESTAMP '{at}' THEN {below} ELSE {above} END"


def odd_hours(zone: str, first: datetime, last: datetime) -> list[tuple[datetime, datetime, str]]:
    """Local spans, half-open, that do not exist (``gap``) or happen twice (``fold``), within local time bounds."""
    changes = offset_changes(zone, first, last)
    spans = []
    for (_, before), (at, after) in itertools.pairwise(changes):
        spans.append((at + min(before, after), at + max(before, after), "gap" if after > before else "fold"))
    return spans
