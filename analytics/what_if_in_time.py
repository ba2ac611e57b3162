"""What if every lead had been touched inside its limit: hits, overlap and load, nothing about wins."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np

from analytics.cohort import Cohort
from analytics.evidence import Evidence
from analytics.measurable import (
    NO_FIRST_TOUCH,
    has_opportunities,
    has_wins,
    knows_acceptance,
    knows_first_touch,
)
from analytics.metrics.catalog import LEAD_SETS
from analytics.metrics.compose import count_sets, journey_relation, rate
from analytics.results import Rate, Unmeasurable
from analytics.stats.calendar import working_intervals
from analytics.warehouse import Warehouse
from analytics.what_if_rows import opened_leads, selected_leads

LATE = ("so_far_accepted", "reached_opportunity", "so_far_won")
"""What became of late leads anyway."""
TIERS = ("tier_high", "tier_standard")


@dataclass(frozen=True, slots=True)
class Tier:
    """Leads of one tier past their first-touch limit: ``hits`` of them were touched inside it, the others late or never.

    ``slug`` is the tier's lead set; empty for all leads.
    """

    slug: str
    limit_minutes: int | None
    hits: Rate

    @property
    def missed(self) -> int:
        """Leads that would be hits and are not."""
        return self.hits.denominator - self.hits.numerator

    def key(self, slug: str) -> str:
        """The key of a lead set inside the tier."""
        return f"{self.slug}.{slug}" if self.slug else slug


@dataclass(frozen=True, slots=True)
class Busiest:
    """The opening day, or the hour of one, in which most limits start to run.

    ``starts_at`` is local to the contract's zone. ``leads`` would have to be touched inside the limit, ``hits`` were.
    ``slots``: the first and the last stretch of the calendar whose handoffs start there.
    """

    starts_at: datetime
    leads: int
    hits: int
    slots: tuple[int, int]


@dataclass(frozen=True, slots=True)
class AllInTime:
    """What is observed about touching every lead inside its limit: hits, overlap and load, nothing about wins.

    Attributes:
        total: all leads past their limit.
        tiers: the same per tier.
        pending: leads whose limit has not passed.
        before: leads touched only before their handoff, not timed.
        never: leads among the late ones that were never touched.
        late: of the late leads, those accepted, with an opportunity, and won by the extract; only what is known.
        opening_days: days on which the calendar opens, from the first to the last start of a limit.
        day: the busiest opening day; None without leads.
        hour: the busiest hour of an opening day, of leads handed off at a known time of day.
    """

    total: Tier
    tiers: tuple[Tier, ...]
    pending: int
    before: int
    never: int
    late: dict[str, Rate]
    opening_days: int
    day: Busiest | None
    hour: Busiest | None


def measure_all_in_time(warehouse: Warehouse, cohort: Cohort) -> AllInTime | Unmeasurable:
    """How many leads would be hits if all were touched inside their limit, and what the late ones became anyway."""
    manifest, contract = cohort.manifest, cohort.contract
    if not knows_first_touch(manifest):
        return NO_FIRST_TOUCH
    counts = count_sets(
        warehouse, cohort, ("limit_settled", "limit_met", "limit_pending", "touched_before_handoff")
    )
    missed = LEAD_SETS["limit_missed"].predicate
    parts = [
        f"count(*) FILTER (WHERE ({missed}) AND ({LEAD_SETS[slug].predicate})) AS {slug}"
        for slug in ("never_touched", *LATE)
    ]
    parts += [
        f"count(*) FILTER (WHERE ({LEAD_SETS[tier].predicate}) AND ({LEAD_SETS[slug].predicate})) AS {tier}_{slug}"
        for tier in TIERS
        for slug in ("limit_settled", "limit_met")
    ]
    row = warehouse.run(f"SELECT {', '.join(parts)} FROM {journey_relation(warehouse, cohort)}").row(
        0, named=True
    )
    limits = (contract.limit_minutes_high, contract.limit_minutes_standard)
    late = counts["limit_settled"] - counts["limit_met"]
    known = {
        "so_far_accepted": knows_acceptance(manifest),
        "reached_opportunity": has_opportunities(manifest) or has_wins(manifest),
        "so_far_won": has_wins(manifest),
    }
    days, day, hour = _load(warehouse, cohort)
    return AllInTime(
        total=Tier("", None, rate(counts["limit_met"], counts["limit_settled"], counts["limit_pending"])),
        tiers=tuple(
            Tier(tier, minutes, rate(int(row[f"{tier}_limit_met"]), int(row[f"{tier}_limit_settled"])))
            for tier, minutes in zip(TIERS, limits, strict=True)
        ),
        pending=counts["limit_pending"],
        before=counts["touched_before_handoff"],
        never=int(row["never_touched"]),
        late={slug: rate(int(row[slug]), late) for slug in LATE if known[slug]},
        opening_days=days,
        day=day,
        hour=hour,
    )


_HOUR = 3_600
_SLOT = "date_diff('second', TIMESTAMP '1970-01-01', handoff_at) // $slot_seconds"


def _slot_seconds(cohort: Cohort) -> int:
    """The calendar's own slot may be a whole shift, or a day of one that never closes; an hour holds no more than an hour."""
    return math.gcd(int(cohort.params["slot_seconds"]), _HOUR)


def _load(warehouse: Warehouse, cohort: Cohort) -> tuple[int, Busiest | None, Busiest | None]:
    """Opening days, the busiest day and the busiest hour; a handoff out of hours starts at the next opening.

    The calendar is either open or closed over a whole slot, and no slot here is longer than an hour or crosses a local
    one, so leads are counted per slot. A shift over midnight belongs to the day on which its part lies.
    """
    frame = warehouse.run(
        f"SELECT {_SLOT} AS slot, has_arrival_hour AS is_timed, count(*) AS leads,"
        f" count(*) FILTER (WHERE {LEAD_SETS['limit_met'].predicate}) AS hits FROM {journey_relation(warehouse, cohort)}"
        f" WHERE {LEAD_SETS['limit_settled'].predicate} GROUP BY 1, 2 ORDER BY 1, 2",
        cohort.params | {"slot_seconds": _slot_seconds(cohort)},
    )
    if frame.is_empty():
        return 0, None, None
    seconds = _slot_seconds(cohort)
    slots = frame["slot"].to_numpy()
    first, last = (datetime.fromtimestamp(int(slots[at]) * seconds, UTC).date() for at in (0, -1))
    intervals = working_intervals(
        cohort.calendar,
        first - timedelta(days=2),
        min(last, cohort.manifest.as_of.date()) + timedelta(days=40),
    )
    place = np.searchsorted(intervals.close_at, slots * seconds, side="right")
    starts = np.maximum(slots * seconds, intervals.open_at[place])
    zone = ZoneInfo(cohort.zone)
    local = [datetime.fromtimestamp(int(start), zone).replace(tzinfo=None) for start in starts]
    by_day: dict[datetime, list[int]] = {}
    by_hour: dict[datetime, list[int]] = {}
    for at, (slot, is_timed, leads, hits) in zip(local, frame.iter_rows(), strict=True):
        _add(by_day, datetime(at.year, at.month, at.day), slot, leads, hits)
        if is_timed:
            _add(by_hour, at.replace(minute=0, second=0), slot, leads, hits)
    opens = _opening_days(intervals.open_at, intervals.close_at, zone, (local[0].date(), local[-1].date()))
    return opens, _busiest(by_day), _busiest(by_hour)


def _add(found: dict[datetime, list[int]], at: datetime, slot: int, leads: int, hits: int) -> None:
    total = found.setdefault(at, [0, 0, slot, slot])
    total[0] += leads
    total[1] += hits
    total[3] = slot


def _busiest(found: dict[datetime, list[int]]) -> Busiest | None:
    """The one with the most leads; of equals the earliest."""
    if not found:
        return None
    at = min(found, key=lambda one: (-found[one][0], one))
    leads, hits, first, last = found[at]
    return Busiest(at, leads, hits, (first, last))


def _opening_days(opens: Any, closes: Any, zone: ZoneInfo, span: tuple[date, date]) -> int:
    """Local days inside the span, both ends included, on which the calendar is open at some time."""
    days: set[date] = set()
    for open_at, close_at in zip(opens.tolist(), closes.tolist(), strict=True):
        day = datetime.fromtimestamp(open_at, zone).date()
        end = datetime.fromtimestamp(close_at - 1, zone).date()
        while day <= end:
            if span[0] <= day <= span[1]:
                days.add(day)
            day += timedelta(days=1)
    return len(days)


def open_started(
    warehouse: Warehouse,
    cohort: Cohort,
    busiest: Busiest,
    *,
    is_hour: bool,
    key: str = "limit_settled",
    limit: int = 1000,
) -> Evidence:
    """The leads whose limit starts to run on the busiest day or in its busiest hour, of a lead set.

    Raises:
        RequestError: no such set, or one outside the cohort.
    """
    _, predicate, params, named = selected_leads(warehouse, cohort, key)
    inner = (
        f"SELECT lead_no FROM {journey_relation(warehouse, cohort)} WHERE ({predicate})"
        f" AND {_SLOT} BETWEEN $first_slot AND $last_slot{' AND has_arrival_hour' if is_hour else ''}"
    )
    bound = params | {
        "slot_seconds": _slot_seconds(cohort),
        "first_slot": busiest.slots[0],
        "last_slot": busiest.slots[1],
    }
    when = f"limit starts on {busiest.starts_at:%Y-%m-%d}" + (
        f", {busiest.starts_at:%H}:00 to {busiest.starts_at:%H}:59" if is_hour else ""
    )
    return opened_leads(warehouse, cohort, inner, bound, (key, f"{named}, {when}"), limit)
