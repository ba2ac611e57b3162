"""The shapes of the weekly review: its weeks, its numbers week by week, and where the judged week lies."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

from analytics.cohort import midnight
from analytics.periods import Unit, first_day, following, number_of
from analytics.results import Rate, Unmeasurable
from analytics.stats.control import Strength

WEEKS = 8
"""So many weeks before the judged one say what is usual."""
Kind = Literal["count", "wait", "rate"]
Place = Literal["", "usual", "above", "below"]
Waiting = Literal["none", "disposition", "cadence"]


@dataclass(frozen=True, slots=True)
class WeekPoint:
    """One number of one week.

    Attributes:
        week: its number, see ``analytics.periods``.
        value: leads, working seconds, or a share; None without leads, or where a median is not reached.
        rate: the counts of a share; None for other kinds.
        leads: the leads it stands on; of a share its denominator.
        interval: 95 % interval in the value's unit; an end that is not reached is None.
        key: the leads counted (for a wait, those touched), ``of_key`` those it stands on.
        low, high: what is usual for a week of this size; None without limits.
        is_young: after the judged week: some of its leads have not had their time.
        pending_key: opens those of a share that have not; empty for other kinds.
    """

    week: int
    value: float | None
    rate: Rate | None
    leads: int
    interval: tuple[float | None, float | None] | None
    key: str
    of_key: str
    low: float | None = None
    high: float | None = None
    is_young: bool = False
    pending_key: str = ""


@dataclass(frozen=True, slots=True)
class WeekNumber:
    """One number over the weeks, the oldest first, up to the last one.

    Attributes:
        side: whose number it is: "marketing", "sales" or "both sides".
        judged: the week that is compared; None where the file holds no such week.
        weeks_before: weeks that its limits stand on; ``strength`` says what they are worth.
        why: why it cannot be measured; then there are no points.
        is_at_most: touches are undated or without channels, so a share is the most it can be.
    """

    slug: str
    kind: Kind
    side: str
    points: tuple[WeekPoint, ...]
    judged: int | None
    weeks_before: int
    strength: Strength
    centre: float | None
    why: Unmeasurable | None = None
    is_at_most: bool = False

    @property
    def last(self) -> WeekPoint | None:
        """The last week; None where the file does not hold it."""
        return self.points[-1] if self.points else None

    @property
    def point(self) -> WeekPoint | None:
        """The judged week."""
        return next((one for one in self.points if one.week == self.judged), None)

    @property
    def place(self) -> Place:
        """Where the judged week lies: inside what is usual, above or below; empty where nobody can say."""
        one = self.point
        if one is None or one.value is None or one.low is None or one.high is None:
            return ""
        return "above" if one.value > one.high else "below" if one.value < one.low else "usual"


@dataclass(frozen=True, slots=True)
class Review:
    """The last week and what it is compared with.

    Attributes:
        last: the number of the last whole week; ``settled`` and ``worked`` the last weeks whose leads all had the
            disposition window, and the cadence window after it.
        leads: leads of the last week.
        numbers: in the order of the screen.
        reasons: rejections by reason, the most frequent of the settled week first; None of them where nobody was
            rejected in these weeks.
        day_seconds: one opening day.
        zone: in which weeks are cut.
        is_settled_held: the file holds the whole settled week; a younger file has no settled rejections.
    """

    last: int
    settled: int
    worked: int
    leads: int
    numbers: tuple[WeekNumber, ...]
    reasons: tuple[WeekNumber, ...] | Unmeasurable
    day_seconds: int
    zone: str
    is_settled_held: bool = True


def last_week(as_of: datetime, zone: str) -> int:
    """The last week that was over by the extract; ``as_of`` in naive UTC."""
    local = as_of.replace(tzinfo=UTC).astimezone(ZoneInfo(zone)).date()
    return number_of(Unit.WEEK, local) - 7


def last_week_after(as_of: datetime, zone: str, window: timedelta) -> int:
    """The last week whose leads, up to its last moment, all had a window by the extract."""
    week = last_week(as_of, zone)
    while midnight(week_days(week)[1], zone) + window > as_of:
        week -= 7
    return week


def week_days(week: int) -> tuple[date, date]:
    """The half-open days of one week."""
    return first_day(Unit.WEEK, week), first_day(Unit.WEEK, following(Unit.WEEK, week))
