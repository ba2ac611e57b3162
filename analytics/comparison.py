"""The same rates in the period before: as long, ending where this one starts, with the same filters."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

from analytics import formatting as text
from analytics.cohort import Cohort, CohortRequest, open_cohort
from analytics.measurable import obstacle
from analytics.metrics.catalog import METRICS, Metric
from analytics.metrics.compose import count_sets, metric_rate
from analytics.results import Rate
from analytics.stats.intervals import newcombe_difference
from analytics.warehouse import Warehouse

METHOD = (
    "The period before is as long as this one, ends where it starts and has the same filters. The difference of two rates"
    " carries Newcombe's 95 % interval. It is called up or down only when the interval is clear of zero, the same only when"
    " it lies within 5 points either way, and too young while under nine in ten of the leads on either side have had their"
    " time; under 30 leads on a side nothing is said."
)
SAME = 0.05
"""Two rates are called the same only when the interval of their difference lies inside this many either way."""
_MATURE = 0.9
Change = Literal["up", "down", "same", "cannot tell", "too few", "too young"]


@dataclass(frozen=True, slots=True)
class MetricChange:
    """One rate now and before; ``difference`` = now - before with its Newcombe interval, None without leads on a side.

    ``change`` is "too young" while under nine in ten of the leads of either side have settled.
    """

    metric: Metric
    now: Rate
    before: Rate
    difference: float | None
    low: float | None
    high: float | None
    change: Change


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two neighbouring periods of equal length, as days in the contract's zone, ends exclusive."""

    starts_on: date
    ends_on: date
    before_starts_on: date
    before_leads: int
    now_leads: int
    rows: tuple[MetricChange, ...]


def previous_request(cohort: Cohort) -> CohortRequest | None:
    """The request of the period before, None where this one has no start or no end of its own."""
    starts_on, ends_on = _day(cohort.starts_at, cohort.zone), _day(cohort.ends_at, cohort.zone)
    if starts_on is None or ends_on is None or ends_on <= starts_on:
        return None
    return replace(
        cohort.request,
        starts_on=starts_on - (ends_on - starts_on),
        ends_on=starts_on,
        is_whole_file=False,
    )


def measure_comparison(warehouse: Warehouse, cohort: Cohort, slugs: tuple[str, ...]) -> Comparison | None:
    """The metrics that can be measured, now and in the period before; None where there is no period before."""
    request = previous_request(cohort)
    if request is None or request.starts_on is None or request.ends_on is None:
        return None
    metrics = [METRICS[slug] for slug in slugs if obstacle(cohort.manifest, slug) is None]
    before = open_cohort(warehouse, cohort.manifest, cohort.contract, request)
    parts = ["leads", "mature", *(part for one in metrics for part in _parts(one))]
    counts, old = count_sets(warehouse, cohort, parts), count_sets(warehouse, before, parts)
    return Comparison(
        starts_on=request.ends_on,
        ends_on=request.ends_on + (request.ends_on - request.starts_on),
        before_starts_on=request.starts_on,
        before_leads=old["leads"],
        now_leads=counts["leads"],
        rows=tuple(
            _change(one, metric_rate(counts, one.slug), metric_rate(old, one.slug), _is_mature(counts, old))
            for one in metrics
        ),
    )


def _is_mature(*periods: dict[str, int]) -> bool:
    """Whether nine in ten leads of every period have had the whole horizon."""
    return all(counts["mature"] >= _MATURE * counts["leads"] for counts in periods)


def _parts(metric: Metric) -> tuple[str, ...]:
    return tuple(part for part in (metric.numerator, metric.denominator, metric.pending) if part)


def _change(metric: Metric, now: Rate, before: Rate, is_mature: bool) -> MetricChange:
    interval = newcombe_difference(now.numerator, now.denominator, before.numerator, before.denominator)
    if interval is None:
        return MetricChange(metric, now, before, None, None, None, "too few")
    difference, low, high = interval
    is_young = not is_mature if metric.pending is None else _is_young(now) or _is_young(before)
    change = _verdict(now, before, is_young, low, high)
    return MetricChange(metric, now, before, difference, low, high, change)


def _verdict(now: Rate, before: Rate, is_young: bool, low: float, high: float) -> Change:
    if not (text.is_quotable(now) and text.is_quotable(before)):
        return "too few"
    if is_young:
        return "too young"
    if low > 0:
        return "up"
    if high < 0:
        return "down"
    return "same" if low > -SAME and high < SAME else "cannot tell"


def _is_young(rate: Rate) -> bool:
    """Under nine in ten of the leads that the rate will one day stand on have settled."""
    return rate.pending > (1 - _MATURE) * (rate.denominator + rate.pending)


def _day(moment: datetime | None, zone: str) -> date | None:
    """The local day of a bound; the next one where it is no midnight."""
    if moment is None:
        return None
    local = moment.replace(tzinfo=UTC).astimezone(ZoneInfo(zone))
    return local.date() if local.time() == time(0) else local.date() + timedelta(days=1)


def words(row: MetricChange) -> str:
    """What a change says: its size with its interval, or that it cannot be told."""
    if row.change == "too few":
        return text.TOO_FEW
    if row.change == "too young":
        return "too young to compare"
    around = f"{text.points(row.low)} to {text.points(row.high)}"
    if row.change == "cannot tell":
        return f"cannot tell: anywhere from {around}"
    if row.change == "same":
        return f"the same, within {around}"
    return f"{text.points(row.difference)} ({around})"
