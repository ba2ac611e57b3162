"""Weeks, months and quarters of handoff as whole numbers: their column, first day, name and order."""

from __future__ import annotations

from datetime import date, timedelta
from enum import StrEnum

from analytics import formatting as text

_EPOCH = date(1970, 1, 1)
_WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


class Unit(StrEnum):
    """How handoffs are grouped over time; the value is the column of the journey and the slug of the lead set."""

    WEEK = "week"
    MONTH = "month"
    QUARTER = "quarter"


def number_of(unit: Unit, day: date) -> int:
    """The period a day lies in. Weeks are named by their Monday's days since 1970-01-01."""
    if unit is Unit.WEEK:
        return (day - _EPOCH).days - day.weekday()
    if unit is Unit.MONTH:
        return day.year * 12 + day.month - 1
    return day.year * 4 + (day.month - 1) // 3


def first_day(unit: Unit, number: int) -> date:
    """The first day of a period."""
    if unit is Unit.WEEK:
        return _EPOCH + timedelta(days=number)
    if unit is Unit.MONTH:
        return date(number // 12, number % 12 + 1, 1)
    return date(number // 4, number % 4 * 3 + 1, 1)


def following(unit: Unit, number: int) -> int:
    """The next period."""
    return number + (7 if unit is Unit.WEEK else 1)


def all_between(unit: Unit, first: int, last: int) -> tuple[int, ...]:
    """Every period from the first to the last, the empty ones too."""
    return tuple(range(first, last + 1, 7 if unit is Unit.WEEK else 1))


def label(unit: Unit, number: int) -> str:
    """A period's name: ``6 Apr 2026`` for the week that starts there, ``Apr 2026``, ``Q2 2026``.

    >>> print(label(Unit.MONTH, 2026 * 12 + 3), label(Unit.QUARTER, 2026 * 4 + 1), sep="; ")
    Apr 2026; Q2 2026
    """
    try:
        day = first_day(unit, number)
    except (ValueError, OverflowError):  # a key may carry any number
        return text.count(number)
    if unit is Unit.WEEK:
        return text.day(day)
    if unit is Unit.MONTH:
        return text.month(day)
    return f"Q{(day.month + 2) // 3}{text.NBSP}{day.year}"


def is_whole(unit: Unit, number: int, starts_on: date | None, ends_on: date | None) -> bool:
    """Whether a half-open range of days covers the whole period; an open end covers everything on its side."""
    first, after = first_day(unit, number), first_day(unit, following(unit, number))
    return (starts_on is None or starts_on <= first) and (ends_on is None or ends_on >= after)


def hour_words(number: int) -> str:
    """An hour of the week, 0 = Monday 00:00: ``Monday, 9:00 to 10:00``."""
    if not 0 <= number < 168:
        return text.count(number)
    day, hour = divmod(number, 24)
    return f"{_WEEKDAYS[day]}, {hour}:00 to {hour + 1}:00"
