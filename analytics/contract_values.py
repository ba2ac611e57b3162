"""How single values of a contract are said: exactly, since a contract may not round, and "not agreed" where empty."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal

from analytics import formatting as text
from analytics.contract import IMPORT_ZONE
from analytics.contract_table import WEEKDAYS
from analytics.schema import label_of

NOT_AGREED = "not agreed"
PAY_WORDS = {
    "net_new_revenue": "net new revenue (the amount won)",
    "advancing_pipeline": "advancing pipeline (the amount won or moved on)",
}
"""The number that both leaders' variable pay shares, in words."""


def agreed(said: str) -> str:
    """A text on one line, or "not agreed" where it is empty."""
    return " ".join(said.split()) or NOT_AGREED


def quoted(said: str) -> str:
    """A text on one line in quotation marks, or "not agreed" where it is empty."""
    shown = " ".join(said.split())
    return f"“{shown}”" if shown else NOT_AGREED


def share(rate: float) -> str:
    """An agreed rate in [0, 1] as a percentage with all its digits.

    >>> print(share(0.75), share(0.999), share(0.123456), sep="; ")
    75 %; 99.9 %; 12.3456 %
    """
    percent = (Decimal(repr(rate)) * 100).normalize()
    shown = f"{percent:f}"
    return f"{shown if len(shown) <= 20 else percent}{text.NBSP}%"


def working(minutes: int) -> str:
    """A limit in working minutes to the minute.

    >>> print(working(45), working(240), working(100), sep="; ")
    45 min; 4 h; 1 h 40 min
    """
    hours, rest = divmod(minutes, 60)
    said = [f"{text.count(hours)}{text.NBSP}h"] if hours else []
    return text.NBSP.join([*said, f"{rest}{text.NBSP}min"] if rest or not hours else said)


def volume(leads: int) -> str:
    """Leads a month; 0 is "not agreed"."""
    return f"{text.plural(leads, 'lead')} a month" if leads else NOT_AGREED


def complete(standard: Iterable[str]) -> str:
    """What a lead must carry, from parts such as ``email or phone``; "not agreed" without any."""
    parts = (" or ".join(label_of(name) for name in part.split(" or ")) for part in standard)
    return ", and ".join(parts) or NOT_AGREED


def edges(lower: Iterable[float]) -> str:
    """Two or more lower edges of bands: ``bands begin at 0, 20 and 40``."""
    *first, last = (f"{edge:,}" for edge in lower)
    return f"bands begin at {', '.join(first)} and {last}"


def sizes(lower: Iterable[int]) -> str:
    """Size bands with both ends: ``1–10, 11 and more employees``."""
    found = tuple(lower)
    closed = (
        f"{low:,}" if above == low + 1 else f"{low:,}–{above - 1:,}"
        for low, above in itertools.pairwise(found)
    )
    return ", ".join([*closed, f"{found[-1]:,} and more employees"])


def zone(name: str) -> str:
    """A zone by its name."""
    return "the zone in which the export is read" if name == IMPORT_ZONE else name


def dates(days: Iterable[str]) -> str:
    """Days in ISO writing as dates for people; "none" without any."""
    return ", ".join(text.day(date.fromisoformat(day)) for day in days) or "none"


def one_date(day: str) -> str:
    """One day in ISO writing, "not agreed" where it is empty."""
    return dates([day]) if day else NOT_AGREED


def week(hours: Mapping[str, list[str]]) -> str:
    """Opening hours of the contract's table, days with the same hours together: ``Monday–Friday 09:00–17:00``."""
    said = []
    for hours_said, run in itertools.groupby(WEEKDAYS, key=lambda day: opening(hours.get(day))):
        days = [day.capitalize() for day in run]
        if hours_said != _CLOSED:
            said.append(f"{days[0] if len(days) == 1 else f'{days[0]}–{days[-1]}'} {hours_said}")
    return "; ".join(said)


_CLOSED = "closed"


def opening(intervals: list[str] | None) -> str:
    """The intervals of one day, ``09:00–12:00 and 13:00–17:00``; "closed" without any."""
    return " and ".join(_interval(one) for one in intervals) if intervals else _CLOSED


def _interval(interval: str) -> str:
    """``22:00-30:00`` and ``22:00-06:00`` both read ``22:00–06:00 next day``."""
    opens, closes = ((int(at[:2]) * 60 + int(at[3:5])) for at in interval.split("-"))
    if closes <= opens:
        closes += 1440
    is_next = closes > 1440
    if is_next:
        closes -= 1440
    end = f"{closes // 60:02d}:{closes % 60:02d}{' next day' if is_next else ''}"
    return f"{opens // 60:02d}:{opens % 60:02d}–{end}"
