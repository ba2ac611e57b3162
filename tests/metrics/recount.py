"""A second computation of the four numbers in plain Python, over the imported rows; nothing here is the product's."""

from __future__ import annotations

import math
from bisect import bisect_left, bisect_right
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

OFFICE = {weekday: ((time(9), time(17)),) for weekday in range(5)}
BANDS = ((0, 20), (20, 40), (40, 60), (60, 80), (80, math.inf))
SIZES = ((0, 11), (11, 51), (51, 201), (201, 1001), (1001, 5001), (5001, math.inf))


@dataclass(frozen=True)
class Agreement:
    """The defaults of the contract, written down once more."""

    zone: str = "UTC"
    hours: dict[int, tuple[tuple[time, time], ...]] = field(default_factory=lambda: OFFICE)
    days_off: frozenset[date] = frozenset()
    window: timedelta = timedelta(days=14)
    cadence: timedelta = timedelta(days=14)
    horizon: timedelta = timedelta(days=90)
    touches: int = 6
    channels: int = 2
    limit_high: int = 3_600
    limit_standard: int = 14_400


class WorkingClock:
    """Openings in UTC seconds, day by day, and the time worked before each."""

    def __init__(self, agreed: Agreement, first: date, last: date) -> None:
        zone = ZoneInfo(agreed.zone)
        self._opens: list[int] = []
        self._closes: list[int] = []
        self._before: list[int] = []
        total, day = 0, first - timedelta(days=3)
        while day <= last + timedelta(days=3):
            for opens, closes in () if day in agreed.days_off else agreed.hours.get(day.weekday(), ()):
                start, end = (
                    int(datetime.combine(day, at, tzinfo=zone).astimezone(UTC).timestamp())
                    for at in (opens, closes)
                )
                self._opens.append(start)
                self._closes.append(end)
                self._before.append(total)
                total += end - start
            day += timedelta(days=1)

    def worked(self, moment: datetime) -> int:
        at = int(moment.replace(tzinfo=UTC).timestamp())
        place = bisect_right(self._opens, at) - 1
        if place < 0:
            return 0
        return self._before[place] + min(at, self._closes[place]) - self._opens[place]


class Lead:
    """One lead under an agreement, by the written definitions."""

    def __init__(
        self,
        row: dict[str, Any],
        touches: list[dict[str, Any]],
        as_of: datetime,
        agreed: Agreement,
        clock: WorkingClock,
    ) -> None:
        self.row, self.agreed, self.as_of = row, agreed, as_of
        self.handoff: datetime = row["handoff_at"]
        self.touches = sorted(
            (touch["touched_at"], touch["channel"]) for touch in touches if touch["is_human"]
        )
        later = [at for at, _ in self.touches if at >= self.handoff]
        own = row["first_touch_at"]
        self.first_touch = min([*later, *([own] if own and own >= self.handoff else [])], default=None)
        self.is_touched_before = self.first_touch is None and (
            bool(self.touches) or row["prior_touch_at"] is not None
        )
        until = self.first_touch or as_of
        self.working_wait = clock.worked(until) - clock.worked(self.handoff)
        self.working_follow_up = clock.worked(as_of) - clock.worked(self.handoff)
        self.wall_wait = int((until - self.handoff).total_seconds())

    @property
    def is_settled(self) -> bool:
        return self.as_of - self.handoff >= self.agreed.window

    @property
    def is_accepted(self) -> bool:
        row = self.row
        return row["accepted_at"] is not None or row["disposition"] == "accepted" or self.has_opportunity

    @property
    def has_opportunity(self) -> bool:
        row = self.row
        return (
            any(row[name] is not None for name in ("opportunity_at", "opportunity_id"))
            or row["outcome"] == "won"
        )

    @property
    def is_rejected(self) -> bool:
        return self.row["disposition"] == "rejected" and not self.is_accepted

    @property
    def is_late(self) -> bool:
        accepted = self.row["accepted_at"]
        return accepted is not None and accepted - self.handoff > self.agreed.window

    @property
    def limit(self) -> int:
        return (
            self.agreed.limit_high
            if (self.row["intent"] or "").lower() == "high"
            else self.agreed.limit_standard
        )

    @property
    def cadence_end(self) -> datetime:
        return (self.row["accepted_at"] or self.handoff) + self.agreed.cadence

    @property
    def attempts(self) -> list[str | None]:
        inside = {(at, channel) for at, channel in self.touches if self.handoff <= at <= self.cadence_end}
        return [channel for _, channel in inside]

    @property
    def is_full_by_touches(self) -> bool:
        channels = {channel for channel in self.attempts if channel is not None}
        return len(self.attempts) >= self.agreed.touches and len(channels) >= self.agreed.channels

    @property
    def is_engaged(self) -> bool:
        answers = (self.row[name] for name in ("responded_at", "meeting_at", "opportunity_at"))
        first = self.first_touch
        return first is not None and any(at and first <= at <= self.cadence_end for at in answers)

    @property
    def is_mature(self) -> bool:
        return self.as_of - self.handoff >= self.agreed.horizon

    @property
    def is_won(self) -> bool:
        closed = self.row["closed_at"]
        return (
            self.row["outcome"] == "won"
            and closed is not None
            and closed - self.handoff <= self.agreed.horizon
        )

    @property
    def is_opportunity(self) -> bool:
        opened = self.row["opportunity_at"]
        return self.is_won or (opened is not None and opened - self.handoff <= self.agreed.horizon)

    @property
    def band(self) -> int:
        score = self.row["score"]
        return -1 if score is None else next(n for n, (low, high) in enumerate(BANDS) if low <= score < high)


def recounted(
    rows: list[dict[str, Any]], touches: list[dict[str, Any]], as_of: datetime, agreed: Agreement
) -> list[Lead]:
    """Every lead with a clock start."""
    timed = [row for row in rows if row["handoff_at"] is not None]
    if not timed:
        return []
    clock = WorkingClock(agreed, min(row["handoff_at"] for row in timed).date(), as_of.date())
    by_lead: dict[int, list[dict[str, Any]]] = {}
    for touch in touches:
        by_lead.setdefault(touch["lead_no"], []).append(touch)
    return [Lead(row, by_lead.get(row["lead_no"], []), as_of, agreed, clock) for row in timed]


def default_period(leads: list[Lead], as_of: datetime, zone: str) -> list[Lead]:
    """Leads of the local days 180 to 90 days before the local day of the extract."""
    info = ZoneInfo(zone)

    def day(moment: datetime) -> date:
        return moment.replace(tzinfo=UTC).astimezone(info).date()

    today = day(as_of)
    return [lead for lead in leads if timedelta(days=90) < today - day(lead.handoff) <= timedelta(days=180)]


def counts(leads: list[Lead]) -> dict[str, int]:
    """Lead sets of the catalog that take no value, by their names."""
    found: Counter[str] = Counter()
    for lead in leads:
        timed, limited = not lead.is_touched_before, lead.working_follow_up >= lead.limit
        worked_out = lead.is_accepted and lead.cadence_end <= lead.as_of
        full = lead.is_full_by_touches or lead.is_engaged
        found.update(
            leads=1,
            settled=lead.is_settled,
            pending_decision=not lead.is_settled,
            accepted_settled=lead.is_settled and lead.is_accepted,
            rejected_settled=lead.is_settled and lead.is_rejected,
            decided_settled=lead.is_settled and (lead.is_accepted or lead.is_rejected),
            undecided_settled=lead.is_settled and not (lead.is_accepted or lead.is_rejected),
            accepted_late=lead.is_settled and lead.is_accepted and lead.is_late,
            touched=lead.first_touch is not None,
            never_touched=lead.first_touch is None and timed,
            touched_before_handoff=lead.is_touched_before,
            timed=timed,
            limit_settled=timed and limited,
            limit_pending=timed and not limited,
            limit_met=timed and limited and lead.first_touch is not None and lead.working_wait <= lead.limit,
            accepted_any=lead.is_accepted,
            cadence_settled=worked_out,
            cadence_pending=lead.is_accepted and not worked_out,
            cadence_full=worked_out and full,
            cadence_by_touches=worked_out and lead.is_full_by_touches,
            cadence_not_full=worked_out and not full,
            mature=lead.is_mature,
            won_in_horizon=lead.is_mature and lead.is_won,
            opportunity_in_horizon=lead.is_mature and lead.is_opportunity,
            so_far_accepted=lead.is_accepted,
            so_far_rejected=lead.is_rejected,
            so_far_undecided=not lead.is_accepted and not lead.is_rejected,
            so_far_opportunity=lead.has_opportunity,
            so_far_won=lead.row["outcome"] == "won",
            so_far_lost=lead.row["outcome"] == "lost",
        )
    return dict(found)


def bands(leads: list[Lead]) -> list[tuple[int, int, int, int, int]]:
    """Band, leads, mature, opportunities and wins within the horizon."""
    return [
        (
            band,
            len(members := [lead for lead in leads if lead.band == band]),
            len(mature := [lead for lead in members if lead.is_mature]),
            sum(lead.is_opportunity for lead in mature),
            sum(lead.is_won for lead in mature),
        )
        for band in (*range(len(BANDS)), -1)
    ]


def still_waiting(waits: list[tuple[int, bool]]) -> list[tuple[int, float]]:
    """Kaplan-Meier, lead by lead: each time somebody was touched, and the share still waiting after it."""
    steps, share = [], 1.0
    ends, touches = (
        sorted(wait for wait, _ in waits),
        Counter(wait for wait, is_touched in waits if is_touched),
    )
    for moment, touched in sorted(touches.items()):
        at_risk = len(ends) - bisect_left(ends, moment)
        share *= 1 - touched / at_risk
        steps.append((moment, share))
    return steps


def within(steps: list[tuple[int, float]], seconds: int) -> float:
    """The share touched within so many seconds."""
    return 1 - min((share for moment, share in steps if moment <= seconds), default=1.0)


def quantile(steps: list[tuple[int, float]], p: float, longest: int) -> float | None:
    """When share ``p`` is touched; the middle of a flat piece that lies exactly on it."""
    for place, (moment, share) in enumerate(steps):
        if share < 1 - p - 1e-9:
            return float(moment)
        if abs(share - (1 - p)) <= 1e-9:
            until = steps[place + 1][0] if place + 1 < len(steps) else longest
            return (moment + until) / 2
    return None


def wilson(hits: int, total: int) -> tuple[float, float]:
    z, p = 1.959963984540054, hits / total
    middle, spread = p + z * z / (2 * total), z * math.sqrt(p * (1 - p) / total + z * z / (4 * total * total))
    return (middle - spread) / (1 + z * z / total), (middle + spread) / (1 + z * z / total)
