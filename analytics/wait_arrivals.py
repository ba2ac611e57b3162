"""Where on the way waits arise: by hour of arrival, and by part of the way from creation to the first touch."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import polars as pl

from analytics import formatting as text
from analytics.cohort import Cohort
from analytics.measurable import NO_FIRST_TOUCH, knows_first_touch
from analytics.metrics.catalog import LEAD_SETS
from analytics.metrics.compose import count_sets, counts_of, journey_relation, rate
from analytics.results import Rate, Unmeasurable
from analytics.speed_to_lead import Tier
from analytics.stats.survival import WaitCurve, wait_curve
from analytics.wait_groups import journeys
from analytics.warehouse import Warehouse

NO_HOUR = Unmeasurable(
    "The handoffs carry dates without a time of day, so nobody can say at which hour a lead arrived.",
    "the handoff with its time of day",
)
NO_PARTS = Unmeasurable(
    "The export does not tell the way to the rep apart from the rep's own wait.",
    "the creation date beside the handoff date, or the date on which the rep opened the lead",
)


@dataclass(frozen=True, slots=True)
class ArrivalCell:
    """One hour of the week (0 = Monday 00:00): leads that arrived, and touched inside the limit of those settled."""

    hour: int
    leads: int
    inside: Rate


@dataclass(frozen=True, slots=True)
class Arrivals:
    """Arrivals by hour of the week, all 168 hours; ``opening`` = (weekday, first minute, last minute) while open.

    ``without_hour`` leads have a bare date as their handoff and stand in no hour. ``out_of_hours`` counts the leads
    that arrived outside opening hours, public holidays included, of all with an hour.
    """

    tier: Tier
    cells: tuple[ArrivalCell, ...]
    opening: tuple[tuple[int, int, int], ...]
    without_hour: int
    out_of_hours: Rate
    inside_out_of_hours: Rate
    inside_in_hours: Rate
    zone: str


@dataclass(frozen=True, slots=True)
class LeftOut:
    """Leads that one part of the way cannot time, why in ``words``; ``key`` opens them."""

    words: str
    leads: int
    key: str


@dataclass(frozen=True, slots=True)
class Delay:
    """One part of the way, in seconds of wall time: ``done`` leads finished it, ``waiting`` had not by as_of.

    ``done_key`` and ``waiting_key`` open them; the latter is empty where nobody can be waiting. ``left_out`` are the
    leads that cannot be timed: with them ``done`` and ``waiting`` add up to all leads.
    """

    name: str
    who: Literal["system", "people"]
    done_key: str
    waiting_key: str
    done: int
    waiting: int
    median: float | None
    p90: float | None
    left_out: tuple[LeftOut, ...] = ()


def measure_arrivals(warehouse: Warehouse, cohort: Cohort, tier: Tier = "all") -> Arrivals | Unmeasurable:
    """Leads and touched inside the limit by hour of the week in the contract's zone."""
    if not knows_first_touch(cohort.manifest):
        return NO_FIRST_TOUCH
    rows = journeys(warehouse, cohort, tier)
    sets = counts_of(("limit_met", "limit_settled", "limit_pending"))
    frame = warehouse.run(
        f"SELECT arrival, {LEAD_SETS['out_of_hours'].predicate} AS is_out, count(*) AS leads, {sets} FROM {rows}"
        f" WHERE {LEAD_SETS['arrival_known'].predicate} GROUP BY 1, 2 ORDER BY 1, 2"
    )
    if frame.is_empty():
        return NO_HOUR
    without = warehouse.run(
        f"SELECT count(*) AS n FROM {rows} WHERE NOT ({LEAD_SETS['arrival_known'].predicate})"
    ).item()
    outside, inside = frame.filter(pl.col("is_out")), frame.filter(~pl.col("is_out"))
    return Arrivals(
        tier=tier,
        cells=tuple(_cell(hour, frame.filter(pl.col("arrival") == hour)) for hour in range(168)),
        opening=_opening(cohort),
        without_hour=int(without),
        out_of_hours=rate(_sum(outside, "leads"), _sum(frame, "leads")),
        inside_out_of_hours=_inside(outside),
        inside_in_hours=_inside(inside),
        zone=cohort.zone,
    )


def _sum(frame: pl.DataFrame, column: str) -> int:
    return int(frame[column].sum())


def _inside(frame: pl.DataFrame) -> Rate:
    return rate(*(_sum(frame, column) for column in ("limit_met", "limit_settled", "limit_pending")))


def _cell(hour: int, frame: pl.DataFrame) -> ArrivalCell:
    return ArrivalCell(hour, _sum(frame, "leads"), _inside(frame))


def _opening(cohort: Cohort) -> tuple[tuple[int, int, int], ...]:
    """Opening hours per weekday, cut at midnight: a night shift stands on both of its days."""
    spans = []
    for day, openings in sorted(cohort.calendar.hours.items()):
        for opens, closes in openings:
            spans.append((day, opens, min(closes, 1440)))
            if closes > 1440:
                spans.append(((day + 1) % 7, 0, closes - 1440))
    return tuple(sorted(span for span in spans if span[2] > span[1]))


def arrivals_answer(result: Arrivals) -> str:
    """How many leads arrive out of hours, and whether those are touched inside the limit as often."""
    closed, opened = result.inside_out_of_hours, result.inside_in_hours
    known = f"{text.of(result.out_of_hours)} leads"
    share = f" ({text.percent(result.out_of_hours.value)})" if text.is_quotable(result.out_of_hours) else ""
    left = (
        f" {text.plural(result.without_hour, 'lead has', 'leads have')} a handoff date without an hour and stand apart."
        if result.without_hour
        else ""
    )
    return (
        f"{known}{share} arrive out of hours. Touched inside the limit: {text.rate_with_interval(closed)} of those,"
        f" {text.rate_with_interval(opened)} of the others.{left}"
    )


def measure_delays(warehouse: Warehouse, cohort: Cohort) -> tuple[Delay, ...] | Unmeasurable:
    """From creation to routing (no person's doing), then to opening and to the first touch (a person's), wall time."""
    manifest = cohort.manifest
    rows = journey_relation(warehouse, cohort)
    is_routed = manifest.clock_field == "handoff_at" and manifest.has("created_at")
    parts = []
    if is_routed:
        parts.append(
            _delay(
                warehouse, cohort, "created to handed off", "system", "routed", "",
                f"SELECT routing_wait AS wait, true AS is_done FROM {rows} WHERE {LEAD_SETS['routed'].predicate}",
            )
        )  # fmt: skip
    if manifest.has("opened_at"):
        parts.append(
            _delay(
                warehouse, cohort, "handed off to opened by the rep", "people", "opened", "unopened",
                f"SELECT coalesce(opening_wait, age) AS wait, {LEAD_SETS['opened'].predicate} AS is_done FROM {rows}"
                f" WHERE {LEAD_SETS['opened'].predicate} OR {LEAD_SETS['unopened'].predicate}",
            )
        )  # fmt: skip
    if parts and knows_first_touch(manifest):
        parts.append(
            _delay(
                warehouse, cohort, "handed off to first touch", "people", "touched", "never_touched",
                f"SELECT wall_wait AS wait, is_touched AS is_done FROM {rows} WHERE {LEAD_SETS['timed'].predicate}",
            )
        )  # fmt: skip
    return tuple(parts) or NO_PARTS


_LEFT_OUT: dict[str, tuple[tuple[str, str], ...]] = {
    "routed": (("created after handoff", "created_after_handoff"), ("without a creation date", "creation_unknown")),
    "opened": (("opened before handoff", "opened_before_handoff"),),
    "touched": (("touched before handoff", "touched_before_handoff"),),
}  # fmt: skip
"""Whom a part of the way, by its ``done_key``, cannot time: in words and as a lead set."""


def _delay(
    warehouse: Warehouse,
    cohort: Cohort,
    name: str,
    who: Literal["system", "people"],
    done_key: str,
    waiting_key: str,
    query: str,
) -> Delay:
    """Kaplan-Meier on one part: leads that have not finished it stay in, waiting, until as_of."""
    frame = warehouse.run(
        "SELECT wait, count(*) FILTER (WHERE is_done) AS done, count(*) FILTER (WHERE NOT is_done) AS waiting"
        f" FROM ({query}) GROUP BY 1 ORDER BY 1"
    )
    curve: WaitCurve | None = wait_curve(
        frame["wait"].to_numpy(), frame["done"].to_numpy(), frame["waiting"].to_numpy()
    )
    done, waiting = _sum(frame, "done"), _sum(frame, "waiting")
    counts = count_sets(warehouse, cohort, [key for _, key in _LEFT_OUT[done_key]])
    return Delay(
        name, who, done_key, waiting_key, done, waiting,
        curve.quantile(0.5) if curve else None, curve.quantile(0.9) if curve else None,
        tuple(LeftOut(words, counts[key], key) for words, key in _LEFT_OUT[done_key] if counts[key]),
    )  # fmt: skip


def delays_answer(parts: tuple[Delay, ...]) -> str:
    """The parts of the way one after the other, by half of the leads; then how many of them could not be timed."""
    words = [
        f"{part.name}: half {_within(part.median)}, nine in ten {_within(part.p90)}"
        if part.done + part.waiting
        else f"{part.name}: no lead"
        for part in parts
    ]
    sentence = "; ".join(words)
    out = [f"{text.count(one.leads)} {one.words}" for part in parts for one in part.left_out]
    not_timed = f" Not timed: {', '.join(out)}." if out else ""
    return f"{sentence[:1].upper()}{sentence[1:]}.{not_timed}"


def _within(seconds: float | None) -> str:
    return text.NOT_REACHED if seconds is None else f"within {text.duration(seconds)}"
