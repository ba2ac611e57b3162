"""The only module that makes percentages, durations, money and dates into text.

A no-break space stands between number and unit, ranges have an en dash, months are English whatever the locale.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal

from analytics.results import Rate

NBSP = "\u00a0"
DASH = "–"
NOT_REACHED = "not reached"
TOO_FEW = "too few to quote"
QUOTABLE = 30
WALL_DAY = 86_400

_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def count(number: int) -> str:
    """A whole number with thousands separators.

    >>> count(12345)
    '12,345'
    """
    return f"{number:,}"


def plural(number: int, one: str, many: str | None = None) -> str:
    """A count with its noun, for example ``1 lead`` or ``2,000 leads``."""
    return f"{count(number)} {one if number == 1 else many or one + 's'}"


def not_counted(number: int, one: str, many: str | None = None) -> str:
    """That events without a date stand in no rate, ``3 wins without a date are not counted``; empty without any."""
    if not number:
        return ""
    return f"{plural(number, one, many)} without a date {'is' if number == 1 else 'are'} not counted"


def could_change(number: int, one: str, many: str | None = None) -> str:
    """Why a verdict is withheld, ``3 wins without a date could change it``."""
    return f"{plural(number, one, many)} without a date could change it"


def rounded(value: float, places: int = 0) -> str:
    """A number to so many decimals, halves away from zero: what binary digits add below a billionth does not tip it.

    >>> rounded(12.5), rounded(17.499999999999996), rounded(0.25, 1)
    ('13', '18', '0.3')
    """
    exact = Decimal(f"{value:.9f}")
    return f"{exact.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)}"


def _percent_digits(value: float) -> str:
    """The digits of a percentage: whole from 10 %, one decimal below; never rounds something to all or nothing."""
    percent = value * 100
    if 0 < percent < 0.05:
        return "<0.1"
    if round(percent, 9) < 9.95:
        digits = rounded(percent, 1)
        return "0" if digits == "0.0" else digits
    if 99.5 <= percent < 100:
        return ">99"
    return rounded(percent)


def percent(value: float | None) -> str:
    """A rate in [0, 1] as a percentage; None is an en dash.

    >>> print(percent(0.5824), percent(0.042), percent(0.9999), percent(None), sep="; ")
    58 %; 4.2 %; >99 %; –
    """
    return DASH if value is None else f"{_percent_digits(value)}{NBSP}%"


def percent_range(low: float | None, high: float | None) -> str:
    """An interval of rates, ``54–62 %``; an empty text when either end is unknown."""
    if low is None or high is None:
        return ""
    return f"{_percent_digits(low)}{DASH}{_percent_digits(high)}{NBSP}%"


def of(rate: Rate) -> str:
    """The counts behind a rate, ``412 of 708``."""
    return f"{count(rate.numerator)} of {count(rate.denominator)}"


def is_quotable(rate: Rate) -> bool:
    """Whether the rate stands on at least 30 leads."""
    return rate.denominator >= QUOTABLE


def rate(value: Rate) -> str:
    """A rate as it is quoted: a percentage, ``3 of 20, too few to quote``, or ``– (n = 0)``."""
    if value.denominator == 0:
        return f"{DASH} (n{NBSP}={NBSP}0)"
    if not is_quotable(value):
        return f"{of(value)}, {TOO_FEW}"
    return percent(value.value)


def rate_with_interval(value: Rate) -> str:
    """A rate with its interval, ``58 % (54–62 %)``, or as ``rate`` where it can't be quoted."""
    text = rate(value)
    interval = percent_range(value.low, value.high)
    return f"{text} ({interval})" if interval and is_quotable(value) else text


def in_hundred(value: float | None) -> str:
    """A rate as times in 100, ``74``; keeps one decimal below ten."""
    return DASH if value is None else _percent_digits(value)


def _two_digits(value: float) -> str:
    if abs(value - round(value)) < 1e-9:
        return f"{value:,.0f}"
    digits = f"{value:.1f}"
    return digits if float(digits) < 10 else f"{value:,.0f}"


def duration(seconds: float | None, day_seconds: int = WALL_DAY) -> str:
    """A wait in the largest unit that keeps two digits; None is "not reached".

    ``day_seconds`` is the length of a day on that clock: on the working clock one opening day, and days are then
    called working days.

    >>> print(duration(192 * 60), duration(2700), duration(216000), duration(43200, day_seconds=28800), sep="; ")
    3.2 h; 45 min; 2.5 days; 1.5 working days
    """
    if seconds is None:
        return NOT_REACHED
    day = "working day" if day_seconds != WALL_DAY else "day"
    units = ((1, "s", "s"), (60, "min", "min"), (3600, "h", "h"), (day_seconds, day, day + "s"))
    if seconds < 1:
        return f"0{NBSP}min"
    chosen = 0
    for index, (size, _, _) in enumerate(units):
        if seconds >= size:
            chosen = index
    size, one, many = units[chosen]
    if chosen + 1 < len(units):
        upper = units[chosen + 1][0]
        rounded = float(_two_digits(seconds / size).replace(",", "")) * size
        if rounded >= upper:
            size, one, many = units[chosen + 1]
    digits = _two_digits(seconds / size)
    return f"{digits}{NBSP}{one if digits == '1' else many}"


def duration_range(low: float | None, high: float | None, day_seconds: int = WALL_DAY) -> str:
    """An interval of waits, ``2.9 h–3.6 h``; an end that isn't reached says so, two unknown ends are empty."""
    if low is None and high is None:
        return ""
    low_text, high_text = duration(low, day_seconds), duration(high, day_seconds)
    low_digits, _, low_unit = low_text.partition(NBSP)
    if high_text.partition(NBSP)[2] == low_unit and low_unit:
        low_text = low_digits
    return f"{low_text}{DASH}{high_text}"


def minutes(number: int) -> str:
    """A limit in minutes as a duration, ``4 h`` or ``45 min``."""
    return duration(number * 60)


def days(number: float | None) -> str:
    """A number of days, ``1 day`` or ``12 days``; None is an en dash."""
    if number is None:
        return DASH
    digits = _two_digits(number)
    return f"{digits}{NBSP}{'day' if digits == '1' else 'days'}"


def day(value: date) -> str:
    """A date as ``12 Mar 2026``."""
    return f"{value.day}{NBSP}{_MONTHS[value.month - 1]}{NBSP}{value.year}"


def day_short(value: date) -> str:
    """A date within a known year as ``12 Mar``."""
    return f"{value.day}{NBSP}{_MONTHS[value.month - 1]}"


def month(value: date) -> str:
    """A month as ``Mar 2026``."""
    return f"{_MONTHS[value.month - 1]}{NBSP}{value.year}"


def points(difference: float | None) -> str:
    """A difference of rates in percentage points with its sign, ``+4.2 points``; None is an en dash."""
    if difference is None:
        return DASH
    value = difference * 100
    digits = rounded(abs(value), 0 if round(abs(value), 9) >= 9.95 else 1)
    sign = "" if float(digits) == 0 else "+" if value > 0 else "−"
    return f"{sign}{digits}{NBSP}{'point' if digits in {'1.0', '1'} else 'points'}"


def moment(value: datetime) -> str:
    """A timestamp as ``12 Mar 2026, 14:05``."""
    return f"{day(value.date())}, {value:%H:%M}"


def period(starts_on: date | None, ends_on: date | None) -> str:
    """A half-open period in inclusive words, ``12 Mar – 9 Jun 2026``; open ends are named."""
    if starts_on is None and ends_on is None:
        return "whole file"
    if ends_on is None:
        return f"from {day(starts_on)}" if starts_on else ""
    last = ends_on - timedelta(days=1)
    if starts_on is None:
        return f"until {day(last)}"
    if starts_on == last:
        return day(last)
    first = day_short(starts_on) if starts_on.year == last.year else day(starts_on)
    return f"{first} {DASH} {day(last)}"


def money(amount: float, currency: str = "") -> str:
    """An amount without cents, with its currency when the file names one."""
    return f"{currency}{NBSP if currency else ''}{amount:,.0f}"


def short_hash(value: str) -> str:
    """The first eight characters of a fingerprint or hash."""
    return value[:8]
