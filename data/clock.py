"""The invented calendar: the export period, arrivals by hour, and working time. The only place with dates.

Every time is a whole number of seconds since 1970 on the wall clock of New York, with no zone attached, as a CRM
report prints it. ``NEVER`` lies after every real moment, so "has not happened" is the same test as "later than the
export".
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

MINUTE, HOUR, DAY = 60, 3_600, 86_400


def moment(text: str) -> int:
    """Seconds of one ISO date or date-time."""
    return int(np.datetime64(text, "s").astype(np.int64))


START = moment("2026-01-01T00:00:00")
AS_OF = moment("2026-09-30T18:00:00")
NEVER = moment("9999-01-01T00:00:00")
# The default cohort of the dashboard: [as_of - 180 days, as_of - 90 days) in whole New York days.
COHORT_FROM, COHORT_TO = moment("2026-04-03"), moment("2026-07-02")
# The one hour that New York's wall clock skips inside the period.
GAP_FROM, GAP_TO = moment("2026-03-08T02:00:00"), moment("2026-03-08T03:00:00")

OPENING, CLOSING = 9 * HOUR, 17 * HOUR
DAYS_OFF = (
    *("2025-11-27", "2025-12-25", "2026-01-01", "2026-01-19", "2026-05-25", "2026-06-19", "2026-07-03"),
    *("2026-09-07", "2026-11-26", "2026-12-25", "2027-01-01"),
)

_WEEKDAYS = np.array([1.0, 1.12, 1.1, 1.04, 0.8, 0.22, 0.26])  # Monday first
_HOURS = np.array(
    [
        *(0.10, 0.07, 0.05, 0.05, 0.06, 0.10, 0.20, 0.42, 0.80, 1.15, 1.30, 1.25),
        *(1.00, 1.15, 1.25, 1.15, 0.95, 0.70, 0.50, 0.42, 0.40, 0.34, 0.26, 0.16),
    ]
)
_MONTHS = np.array([0.86, 0.95, 1.06, 1.00, 1.06, 1.00, 0.84, 0.80, 1.18])  # January first


def existing(times: Ints) -> Ints:
    """Moves what falls into the skipped hour of spring to its end; keeps the order."""
    return np.where((times >= GAP_FROM) & (times < GAP_TO), GAP_TO, times)


def month_of(times: Ints) -> Ints:
    """Months since January 2026; January is 0."""
    months: Ints = times.astype("datetime64[s]").astype("datetime64[M]").astype(np.int64)
    return months - 56 * 12


class WorkingClock:
    """Working seconds, 9 to 17 from Monday to Friday, counted from a fixed origin; free of loops."""

    def __init__(self, days_off: tuple[str, ...] = ()) -> None:
        """Builds the running total of working seconds at each midnight; ``days_off`` are ISO dates."""
        self._first = moment("2025-06-01") // DAY
        days = np.arange(self._first, moment("2029-01-01") // DAY)
        is_open = (days + 3) % 7 < 5  # 1970-01-01 was a Thursday
        is_open &= ~np.isin(days, [moment(text) // DAY for text in days_off])
        self._is_open = is_open
        self._total = np.concatenate([[0], np.cumsum(is_open * (CLOSING - OPENING))[:-1]]).astype(np.int64)

    def elapsed(self, times: Ints) -> Ints:
        """Working seconds between the origin and each time; times past the calendar stand at its end."""
        day = np.clip(times // DAY - self._first, 0, len(self._total) - 1)
        worked: Ints = np.clip(times % DAY - OPENING, 0, CLOSING - OPENING) * self._is_open[day]
        return self._total[day] + worked

    def moment_of(self, worked: Ints) -> Ints:
        """The wall-clock time at which so many working seconds have passed; NEVER past the calendar."""
        day = np.searchsorted(self._total, worked, side="right") - 1
        times = (day + self._first) * DAY + OPENING + worked - self._total[day]
        return np.where(worked >= self._total[-1], NEVER, times)

    def after(self, times: Ints, wait: Floats) -> Ints:
        """The time ``wait`` working seconds after each time; NEVER stays NEVER."""
        waited = np.minimum(wait, 1e8).astype(np.int64)
        return np.where(times >= NEVER, NEVER, self.moment_of(self.elapsed(times) + waited))


REPS = WorkingClock(DAYS_OFF)
CONTRACT = WorkingClock()


class Season:
    """How many leads arrive when: weekday, hour, month, growth and daily luck, as one increasing curve."""

    def __init__(self, rng: np.random.Generator) -> None:
        """Draws the luck of each day; the rest is fixed."""
        self._hours = np.arange(START, AS_OF, HOUR)
        day = (self._hours - START) // DAY
        luck = np.round(np.exp(rng.normal(0, 0.13, int(day[-1]) + 1)), 6)
        weight = _WEEKDAYS[(self._hours // DAY + 3) % 7] * _HOURS[self._hours % DAY // HOUR]
        weight *= _MONTHS[month_of(self._hours)] * luck[day]
        weight *= 1 + 0.22 * (self._hours - START) / (AS_OF - START)
        weight *= np.where(np.isin(self._hours // DAY, [moment(text) // DAY for text in DAYS_OFF]), 0.3, 1.0)
        self._share = np.concatenate([[0.0], np.cumsum(weight)]) / weight.sum()
        self._edges = np.append(self._hours, AS_OF).astype(np.float64)

    def arrivals(self, shares: Floats) -> Ints:
        """The times by which the given shares of all leads have arrived."""
        times = np.interp(shares, self._share, self._edges).astype(np.int64)
        return existing(np.minimum(times, AS_OF - MINUTE))
