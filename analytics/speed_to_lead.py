"""How long do leads wait for a first human touch? Kaplan-Meier on the working clock, the wall clock beside it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Literal

import numpy as np

from analytics.cohort import EPOCH, Cohort, query_text
from analytics.measurable import NO_FIRST_TOUCH, knows_first_touch
from analytics.metrics.catalog import LEAD_SETS
from analytics.metrics.compose import count_sets, counts_of, journey_relation, metric_rate
from analytics.results import Rate, Unmeasurable
from analytics.stats.calendar import opening_day_seconds
from analytics.stats.survival import Share, WaitCurve, wait_curve
from analytics.warehouse import Warehouse
from analytics.zones import to_local, to_utc

MARKS: tuple[str, ...] = ("5m", "1h", "4h", "1d", "3d")


@dataclass(frozen=True, slots=True)
class ClockReading:
    """One clock's reading of the waits; every duration in seconds, None = not reached.

    ``curve`` is None without leads. ``touched_within`` maps each of ``MARKS`` to the Kaplan-Meier share touched within it (with interval), None when
    nobody has been watched that long. ``mark_seconds`` says what each mark means on this clock (on the working
    clock ``1d`` is one opening day). ``touched_only_median`` is what CRMs usually report, over touched leads alone.
    """

    clock: Literal["working", "wall"]
    curve: WaitCurve | None
    touched_only_median: float | None
    median: float | None
    median_low: float | None
    median_high: float | None
    p75: float | None
    p90: float | None
    p95: float | None
    p99: float | None
    touched_within: dict[str, Share | None]
    mark_seconds: dict[str, int]


@dataclass(frozen=True, slots=True)
class WaitBounds:
    """Best and worst case of the working clock when stamps carry no time of day; seconds and shares."""

    median_best: float | None
    median_worst: float | None
    within_4h_best: float | None
    within_4h_worst: float | None


@dataclass(frozen=True, slots=True)
class SpeedToLead:
    """Waits of one cohort. ``leads`` = ``touched`` + ``never_touched`` + ``touched_before_handoff``.

    ``inside_limit`` counts leads whose tier limit has passed by as_of: touched inside it, of all of them; its
    ``pending`` leads are still inside. ``undated`` counts leads whose handoff or touch is a bare date; then
    ``bounds`` gives the range of what the truth can be.
    """

    leads: int
    touched: int
    never_touched: int
    touched_before_handoff: int
    inside_limit: Rate
    inside_limit_target: float
    limit_minutes_high: int
    limit_minutes_standard: int
    working: ClockReading
    wall: ClockReading
    undated: int
    bounds: WaitBounds | None


Clock = Literal["working", "wall"]
Tier = Literal["all", "high", "standard"]
TIER_SETS: dict[Tier, str] = {"high": "tier_high", "standard": "tier_standard"}
"""The lead set of each intent tier."""


def measure_speed(warehouse: Warehouse, cohort: Cohort, tier: Tier = "all") -> SpeedToLead | Unmeasurable:
    """Waits from handoff to first human touch; never-touched leads stay at risk until as_of, closed or not.

    Kaplan & Meier (1958) on counted seconds; log-log intervals; quantiles by the midpoint rule of R's survival.
    ``tier`` keeps the leads of one intent tier.
    """
    if not knows_first_touch(cohort.manifest):
        return NO_FIRST_TOUCH
    sets = (
        "leads",
        "touched",
        "never_touched",
        "touched_before_handoff",
        "limit_settled",
        "limit_met",
        "limit_pending",
    )
    rows = tier_rows(warehouse, cohort, tier)
    counts = (
        count_sets(warehouse, cohort, sets)
        if tier == "all"
        else warehouse.run(f"SELECT {counts_of(sets)} FROM {rows}").row(0, named=True)
    )
    undated = warehouse.run(
        f"SELECT count(*) FILTER (WHERE is_undated AND NOT is_touched_before) AS n FROM {rows}"
    ).item()
    return SpeedToLead(
        leads=counts["leads"],
        touched=counts["touched"],
        never_touched=counts["never_touched"],
        touched_before_handoff=counts["touched_before_handoff"],
        inside_limit=metric_rate(counts, "touched_inside_limit"),
        inside_limit_target=cohort.contract.target_touched_inside_limit,
        limit_minutes_high=cohort.contract.limit_minutes_high,
        limit_minutes_standard=cohort.contract.limit_minutes_standard,
        working=_reading(warehouse, cohort, rows, "working"),
        wall=_reading(warehouse, cohort, rows, "wall"),
        undated=int(undated),
        bounds=_bounds(warehouse, cohort, rows) if undated else None,
    )


def tier_rows(warehouse: Warehouse, cohort: Cohort, tier: Tier) -> str:
    """The cohort's leads of one tier as a relation in query text."""
    if tier == "all":
        return cohort.table
    return (
        f"(SELECT * FROM {journey_relation(warehouse, cohort)} WHERE {LEAD_SETS[TIER_SETS[tier]].predicate})"
    )


def mark_seconds(cohort: Cohort, clock: Clock) -> dict[str, int]:
    """What each mark means on a clock; one day on the working clock is one opening day."""
    day = opening_day_seconds(cohort.calendar) if clock == "working" else 86_400
    return {"5m": 300, "1h": 3_600, "4h": 14_400, "1d": day, "3d": 3 * day}


def _reading(warehouse: Warehouse, cohort: Cohort, rows: str, clock: Clock) -> ClockReading:
    frame = warehouse.run(
        f"SELECT {clock}_wait AS wait, count(*) FILTER (WHERE is_touched) AS touched, "
        f"count(*) FILTER (WHERE NOT is_touched) AS waiting FROM {rows} WHERE NOT is_touched_before GROUP BY 1 ORDER BY 1"
    )
    wait, touched = frame["wait"].to_numpy(), frame["touched"].to_numpy()
    curve = wait_curve(wait, touched, frame["waiting"].to_numpy())
    marks = mark_seconds(cohort, clock)
    if curve is None:
        nothing = dict.fromkeys(MARKS)
        return ClockReading(clock, None, None, None, None, None, None, None, None, None, nothing, marks)
    low, high = curve.quantile_interval(0.5)
    return ClockReading(
        clock=clock,
        curve=curve,
        touched_only_median=_median_of_touched(curve),
        median=curve.quantile(0.5),
        median_low=low,
        median_high=high,
        p75=curve.quantile(0.75),
        p90=curve.quantile(0.9),
        p95=curve.quantile(0.95),
        p99=curve.quantile(0.99),
        touched_within={mark: curve.share_by(seconds) for mark, seconds in marks.items()},
        mark_seconds=marks,
    )


def _median_of_touched(curve: WaitCurve) -> float | None:
    """The plain median over touched leads alone, from the curve's running counts; None without any."""
    if curve.events == 0:
        return None
    at = int(np.searchsorted(curve.touched, (curve.events + 1) // 2))
    if curve.events % 2 or curve.touched[at] > curve.events // 2:
        return float(curve.times[at])
    return float(curve.times[at] + curve.times[at + 1]) / 2


def _bounds(warehouse: Warehouse, cohort: Cohort, rows: str) -> WaitBounds:
    """Median and share within 4 h if every bare date stood for its kindest, and for its unkindest, second."""
    span = (EPOCH, cohort.manifest.as_of + timedelta(days=2))
    zone = cohort.manifest.zone
    query = query_text("wait_bounds").format(
        cohort=rows,
        leads=cohort.leads,
        slots=cohort.slots,
        local_handoff=to_local("l.handoff_at", zone, *span),
        local_touch=to_local("l.first_touch_at", zone, *span),
        handoff_day_end=to_utc("day_after_handoff", zone, *span),
        touch_day_end=to_utc("day_after_touch", zone, *span),
    )
    frame = warehouse.run(query, cohort.params)
    is_touched, leads = frame["is_touched"].to_numpy(), frame["leads"].to_numpy()
    medians: list[float | None] = []
    shares: list[float | None] = []
    for side in ("best", "worst"):
        touched, waiting = np.where(is_touched, leads, 0), np.where(is_touched, 0, leads)
        curve = wait_curve(frame[side].to_numpy(), touched, waiting)
        share = curve.share_by(14_400) if curve else None
        medians.append(curve.quantile(0.5) if curve else None)
        shares.append(share.value if share else None)
    return WaitBounds(medians[0], medians[1], shares[0], shares[1])
