"""Working time: opening hours in local wall time turned into exact UTC seconds, for numpy and for the database."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import holidays
import numpy as np
import numpy.typing as npt

from analytics.errors import RequestError, nearest
from analytics.stats.arrays import Ints

Minutes = tuple[tuple[int, int], ...]
_LATEST_CLOSE = 2880


@dataclass(frozen=True, slots=True)
class WorkingCalendar:
    """When the clock runs: hours per weekday in one zone, and the days off. Hashable, so it may key a cache.

    Attributes:
        zone: IANA name, such as ``Europe/Berlin``.
        hours: weekday (0 = Monday) to half-open ``(open, close)`` intervals in local minutes of the day. A close
            beyond 1440 runs into the next day (night shift, at most to its end); two intervals leave a lunch break.
        holidays: local dates on which nothing opens. A night shift belongs to the day it opens on.
    """

    zone: str
    hours: Mapping[int, Minutes]
    holidays: frozenset[date] = frozenset()

    def __post_init__(self) -> None:
        """Refuse hours that no day can have.

        Raises:
            ValueError: no opening at all, an unknown weekday, or an interval that does not run forward.
        """
        if not any(self.hours.values()):
            raise ValueError(f"The calendar of {self.zone} never opens: give hours for at least one weekday.")
        for weekday, intervals in self.hours.items():
            for opens, closes in intervals:
                if weekday not in range(7) or not 0 <= opens < closes <= _LATEST_CLOSE:
                    raise ValueError(
                        f"Weekday {weekday}: {opens}-{closes} is no opening in minutes of the day."
                    )

    def __hash__(self) -> int:
        return hash((self.zone, tuple(sorted(self.hours.items())), self.holidays))


@dataclass(frozen=True, slots=True, eq=False)
class WorkingIntervals:
    """A calendar spelled out over the UTC epoch seconds ``[covered_from, covered_to)``.

    ``open_at`` and ``close_at`` are sorted and disjoint int64 epoch seconds; ``before`` holds the working seconds of
    all earlier intervals.
    """

    open_at: Ints
    close_at: Ints
    before: Ints
    covered_from: int
    covered_to: int


@dataclass(frozen=True, slots=True, eq=False)
class SlotTable:
    """Working time as a table the database can index: W(t) = base + slope * (t - slot start), exact to the second.

    For a UTC epoch second t: ``slot = floor(t / slot_seconds)``, row ``slot - first_slot``, and
    ``W(t) = base[row] + slope[row] * (t - slot * slot_seconds)``. Rows reach from the first covered second to the
    last; a t outside them has no row. ``slope`` is 1 while open, 0 while closed.
    """

    slot_seconds: int
    first_slot: int
    base: Ints
    slope: npt.NDArray[np.int8]


def working_intervals(calendar: WorkingCalendar, first: date, last: date) -> WorkingIntervals:
    """The calendar's openings from the start of local day ``first`` to the end of local day ``last``.

    An end is the first instant at which the local clock shows that time or later: in the autumn hour that happens
    twice it is the earlier one, in the spring hour that never happens the moment of the change. So a day open round
    the clock has 23 or 25 hours. Touching and overlapping openings are merged.

    Raises:
        ValueError: ``last`` is before ``first``.
    """
    if last < first:
        raise ValueError(f"The calendar ends on {last}, before it starts on {first}.")
    zone = ZoneInfo(calendar.zone)
    covered_from, covered_to = (_instant(zone, first, 0), _instant(zone, last + timedelta(days=1), 0))
    ends = []
    for offset in range(-1, (last - first).days + 1):
        day = first + timedelta(days=offset)
        if day in calendar.holidays:
            continue
        for opens, closes in calendar.hours.get(day.weekday(), ()):
            start = max(covered_from, _instant(zone, day, opens))
            end = min(covered_to, _instant(zone, day, closes))
            if start < end:
                ends.append((start, end))
    merged = np.array(_merged(ends), dtype=np.int64).reshape(-1, 2)
    length = merged[:, 1] - merged[:, 0]
    return WorkingIntervals(merged[:, 0], merged[:, 1], np.cumsum(length) - length, covered_from, covered_to)


def working_seconds_at(table: WorkingIntervals, epoch_seconds: npt.ArrayLike) -> Ints:
    """W(t): working seconds from the start of the table to each UTC epoch second, int64.

    Raises:
        ValueError: a timestamp lies outside the table; an as-of join would quietly clip it.
    """
    at = np.asarray(epoch_seconds)
    if at.dtype.kind not in "iu" and at.size:
        raise ValueError(f"epoch seconds must be whole numbers, found {at.dtype}.")
    at = at.astype(np.int64)
    outside = (at < table.covered_from) | (at >= table.covered_to)
    if outside.any():
        stray = _utc_text(int(at[outside].flat[0]))
        raise ValueError(
            f"{stray} lies outside the working calendar, which covers {_utc_text(table.covered_from)} to before "
            f"{_utc_text(table.covered_to)}: build it over all timestamps and as_of."
        )
    return _seconds_at(table, at)


def working_seconds_between(table: WorkingIntervals, start: npt.ArrayLike, end: npt.ArrayLike) -> Ints:
    """Working seconds from each start to each end, int64; negative where the end comes first.

    Time outside opening hours adds nothing: a lead of Friday 16:30 called on Monday 9:30 waited one hour.

    Raises:
        ValueError: a timestamp lies outside the table.
    """
    return working_seconds_at(table, end) - working_seconds_at(table, start)


def slot_table(calendar: WorkingCalendar, first: date, last: date) -> SlotTable:
    """The calendar over the local days ``first`` to ``last`` as equal slots, each wholly open or wholly closed.

    The slot is the greatest common divisor of all openings, closings and both ends of the table, in seconds since
    1970: usually an hour or half an hour, one minute at worst.

    Raises:
        ValueError: ``last`` is before ``first``, or the zone's offset was no whole minute then (before 1972).
    """
    table = working_intervals(calendar, first, last)
    edges = np.concatenate([table.open_at, table.close_at, [table.covered_from, table.covered_to]])
    slot = int(np.gcd.reduce(edges))
    if slot % 60:
        raise ValueError(
            f"{calendar.zone} was not a whole number of minutes off UTC between {first} and {last}."
        )
    starts = np.arange(table.covered_from, table.covered_to + slot, slot, dtype=np.int64)
    worked = _seconds_at(table, starts)
    return SlotTable(slot, table.covered_from // slot, worked[:-1], (np.diff(worked) // slot).astype(np.int8))


def public_holidays(country: str, subdivision: str, years: Iterable[int]) -> frozenset[date]:
    """Public holidays with their observed days; empty for no country (``""``).

    ``subdivision`` is the code the ``holidays`` package knows (``CA``, ``BY``), or ``""`` for the whole country.

    Raises:
        RequestError: no such country or subdivision; names the nearest.
    """
    if not country:
        return frozenset()
    known = holidays.list_supported_countries()
    if country not in known:
        raise RequestError(
            f"No public holidays are known for country '{country}'{nearest(country, known) or '.'}"
            " Write a code such as 'DE' or 'US'."
        )
    if subdivision and subdivision not in known[country]:
        raise RequestError(
            f"No public holidays are known for '{subdivision}' in {country}{nearest(subdivision, known[country]) or '.'}"
            f" Known: {', '.join(known[country]) or 'none'}."
        )
    days = holidays.country_holidays(country, subdiv=subdivision or None, years=list(years), observed=True)
    return frozenset(days)


def opening_day_seconds(calendar: WorkingCalendar) -> int:
    """How long one opening day is: the most frequent length among open weekdays, of equals the longer; seconds."""
    lengths = Counter(
        sum(closes - opens for opens, closes in _merged(list(intervals)))
        for intervals in calendar.hours.values()
        if intervals
    )
    return 60 * max(lengths, key=lambda minutes: (lengths[minutes], minutes))


def _instant(zone: ZoneInfo, day: date, minutes: int) -> int:
    """The first UTC epoch second at which the zone's clock shows that minute of that day, or later."""
    wall = datetime.combine(day, time()) + timedelta(minutes=minutes)
    earlier = int(wall.replace(tzinfo=zone).timestamp())
    later_offset = int(wall.replace(tzinfo=zone, fold=1).timestamp())
    if later_offset >= earlier:
        return earlier
    # A skipped wall time: the change lies between its two readings, where the local clock jumps past it.
    span = range(later_offset, earlier)
    return span[bisect_left(span, wall, key=lambda t: _wall(zone, t))]


def _wall(zone: ZoneInfo, epoch_second: int) -> datetime:
    return datetime.fromtimestamp(epoch_second, zone).replace(tzinfo=None)


def _merged(ends: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Sorted intervals with touching and overlapping ones joined."""
    joined: list[tuple[int, int]] = []
    for start, end in sorted(ends):
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((start, end))
    return joined


def _seconds_at(table: WorkingIntervals, at: Ints) -> Ints:
    """W(t) without the check of the range; 0 before the first opening."""
    if table.open_at.size == 0:
        return np.zeros(at.shape, dtype=np.int64)
    interval = np.maximum(np.searchsorted(table.open_at, at, side="right") - 1, 0)
    worked = np.clip(at, table.open_at[interval], table.close_at[interval]) - table.open_at[interval]
    return np.asarray(table.before[interval] + worked, dtype=np.int64)


def _utc_text(epoch_second: int) -> str:
    return datetime.fromtimestamp(epoch_second, UTC).strftime("%Y-%m-%d %H:%M:%S UTC")
