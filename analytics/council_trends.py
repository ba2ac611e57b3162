"""Every measure of the council as a series of points with limits: rates, hours, amounts, score bands, segments."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from analytics import formatting as text
from analytics.cohort import Cohort, midnight
from analytics.compliance import marketing_obstacle
from analytics.contract import Contract
from analytics.council_counts import (
    BandCounts,
    CouncilCounts,
    Deals,
    Span,
    win_rate_obstacle,
)
from analytics.handoff_steps import UNKNOWN_WHEN
from analytics.measurable import is_cadence_at_most, is_cadence_undated, obstacle
from analytics.metrics.catalog import METRICS
from analytics.metrics.compose import metric_rate, rate
from analytics.periods import Unit
from analytics.results import Rate, Unmeasurable
from analytics.segments_over_time import SegmentPeriod, segment_periods
from analytics.stats.control import ControlChart, ControlPoint, individuals_chart, rate_chart
from analytics.warehouse import Warehouse

MATURE_FROM = 0.9
HANDOFF, CREATION = "handoff", "creation of the opportunity"
Form = Literal["rate", "hours", "amount", "share"]
Side = Literal["marketing", "sales", "both sides"]


@dataclass(frozen=True, slots=True)
class TrendPoint:
    """One month of one measure.

    Attributes:
        span: the month or quarter.
        value: rate or share in [0, 1], working seconds, or amount; None without leads, or where it was not reached.
        rate: the counts, for rates.
        is_mature: nine in ten of its leads have had their time; else it is hollow and outside the limits.
        control: limits and signal.
        note: what has to be said of it, such as "not reached"; empty as a rule.
        key: lead set of the hits (rates) or of all counted; ``of_key`` those counted; empty where nothing opens.
        undated: leads of it that met it on an unknown day, not among the hits.
    """

    span: Span
    value: float | None
    rate: Rate | None
    is_mature: bool
    control: ControlPoint
    note: str
    key: str
    of_key: str
    undated: int = 0


@dataclass(frozen=True, slots=True)
class Trend:
    """One measure over time; ``missing`` says why it cannot be measured, then there are no points.

    ``is_up_good`` None: neither direction is. ``phases``: (index of the first point, name). ``is_at_most``: the rate is
    the most it can be. ``unknown``: what is not counted because the export does not say it, in words; ``clock``: by what
    the points are placed in their months.
    """

    slug: str
    name: str
    form: Form
    side: Side
    target: float | None
    is_up_good: bool | None
    points: tuple[TrendPoint, ...]
    chart: ControlChart | None
    phases: tuple[tuple[int, str], ...]
    missing: Unmeasurable | None = None
    is_at_most: bool = False
    unknown: tuple[str, ...] = ()
    clock: str = HANDOFF

    @property
    def signals(self) -> tuple[TrendPoint, ...]:
        """The points that are a signal, the oldest first."""
        return tuple(point for point in self.points if point.control.signal)

    @property
    def latest(self) -> TrendPoint | None:
        """The youngest point that stands in the limits; None without any."""
        return next((point for point in reversed(self.points) if point.control.is_counted), None)


@dataclass(frozen=True, slots=True)
class _RateMeasure:
    """How a rate of the catalog is charted: its leads that had their time, of all that will count."""

    slug: str
    side: Side
    ripe: Callable[[dict[str, int]], tuple[int, int]]
    target: Callable[[Contract], float | None] = lambda _: None


UNKNOWN_TOUCHES = "cadence_unknown"
_LEAD = ("accepted lead", "accepted leads")
_NOT_COUNTED = {
    "decided_in_window": (UNKNOWN_WHEN, ("decision", "decisions")),
    "accepted_to_opportunity": ("mature_opportunity_undated", ("opportunity", "opportunities")),
    "working_rate": (UNKNOWN_TOUCHES, _LEAD),
    "sales_sla": (UNKNOWN_TOUCHES, _LEAD),
}
"""Rate -> lead set of what it does not count because a date or a count is blank, and its noun."""


def _by_age(counts: dict[str, int]) -> tuple[int, int]:
    return counts["mature"], counts["leads"]


def _by_window(counts: dict[str, int]) -> tuple[int, int]:
    return counts["settled"], counts["leads"]


def _by_pending(settled: str, pending: str) -> Callable[[dict[str, int]], tuple[int, int]]:
    return lambda counts: (counts[settled], counts[settled] + counts[pending])


def _at_once(counts: dict[str, int]) -> tuple[int, int]:
    return counts["leads"], counts["leads"]


_RATES = (
    _RateMeasure("acceptance_rate", "both sides", _by_window),
    _RateMeasure("accepted_of_decided", "marketing", _by_window, lambda c: c.target_acceptance_of_decided),
    _RateMeasure("decided_in_window", "sales", _by_window, lambda c: c.target_decided_in_window),
    _RateMeasure(
        "touched_inside_limit", "sales", _by_pending("limit_settled", "limit_pending"), lambda c: c.target_touched_inside_limit
    ),
    _RateMeasure("working_rate", "sales", _by_pending("cadence_settled", "cadence_pending"), lambda c: c.target_working_rate),
    _RateMeasure("accepted_to_opportunity", "both sides", _by_age, lambda c: c.target_accepted_to_opportunity),
    _RateMeasure("marketing_sla", "marketing", _at_once),
    _RateMeasure("sales_sla", "sales", _by_pending("sla_settled", "sla_pending")),
)  # fmt: skip


def _starts(phases: tuple[tuple[int, str], ...]) -> list[int]:
    return [at for at, _ in phases]


def _rate_trend(
    cohort: Cohort, counts: CouncilCounts, measure: _RateMeasure, phases: tuple[tuple[int, str], ...]
) -> Trend:
    metric = METRICS[measure.slug]
    missing = (
        marketing_obstacle(cohort)
        if measure.slug == "marketing_sla"
        else obstacle(cohort.manifest, measure.slug)
    )
    empty: dict[str, int] = {}
    rows = []
    for span in counts.spans:
        found = counts.sets.get(span.number, empty)
        ripe, all_ = measure.ripe(found) if found else (0, 0)
        rows.append(
            (span, metric_rate(found, measure.slug) if found else rate(0, 0), _is_ripe(ripe, all_), _key(metric.numerator, span), _key(metric.denominator, span))
        )  # fmt: skip
    trend = _of_rates(
        measure.slug, metric.label, measure.side, measure.target(cohort.contract), rows, phases,
        missing=missing, is_at_most=measure.slug in ("working_rate", "sales_sla") and is_cadence_at_most(cohort.manifest, cohort.contract.cadence_channels),
    )  # fmt: skip
    return trend if missing else _with_unknown(cohort, counts, trend)


def _with_unknown(cohort: Cohort, counts: CouncilCounts, trend: Trend) -> Trend:
    """The rate with what is not counted in it; where blank touch counts hide worked leads, it is no longer "at most"."""
    found = _NOT_COUNTED.get(trend.slug)
    if found is None or (found[0] == UNKNOWN_TOUCHES and not is_cadence_undated(cohort.manifest)):
        return trend
    number = sum(one[found[0]] for one in counts.sets.values())
    if not number:
        return trend
    if found[0] == UNKNOWN_TOUCHES:
        said = f"{text.plural(number, *found[1])} with a blank touch count {'is' if number == 1 else 'are'} counted as not worked"  # fmt: skip
        return replace(trend, unknown=(said,), is_at_most=False)
    points = tuple(
        replace(point, undated=counts.sets.get(point.span.number, {}).get(found[0], 0))
        for point in trend.points
    )
    return replace(trend, points=points, unknown=(text.not_counted(number, *found[1]),))


Row = tuple[Span, Rate, bool, str, str]


def _of_rates(
    slug: str,
    name: str,
    side: Side,
    target: float | None,
    rows: Sequence[Row],
    phases: tuple[tuple[int, str], ...],
    *,
    missing: Unmeasurable | None = None,
    is_at_most: bool = False,
) -> Trend:
    if missing is not None:
        return Trend(slug, name, "rate", side, target, True, (), None, (), missing)
    counted = [is_ripe and span.is_whole for span, _, is_ripe, _, _ in rows]
    chart = rate_chart(
        [one.numerator for _, one, *_ in rows],
        [one.denominator for _, one, *_ in rows],
        counted,
        _starts(phases),
    )
    points = tuple(
        TrendPoint(span, one.value, one, is_ripe and span.is_whole, control, "", key, of_key)
        for (span, one, is_ripe, key, of_key), control in zip(rows, chart.points, strict=True)
    )
    return Trend(slug, name, "rate", side, target, True, points, chart, phases, is_at_most=is_at_most)


def _key(key: str, span: Span) -> str:
    """The lead set of one span; the unit is told by the label of the span's set."""
    unit = "quarter" if span.label.startswith("Q") else "month"
    return f"{unit}:{span.number}.{key}" if key else ""


def _deal_key(span: Span, further: str = "") -> str:
    """The leads whose opportunity was created in the span."""
    unit = "quarter" if span.label.startswith("Q") else "month"
    return f"opportunity_{unit}:{span.number}{further}"


def _is_ripe(ripe: int, total: int) -> bool:
    return total > 0 and ripe >= MATURE_FROM * total


ValueRow = tuple[Span, float | None, bool, str, str]


def _of_values(
    slug: str,
    name: str,
    form: Form,
    side: Side,
    rows: Sequence[ValueRow],
    phases: tuple[tuple[int, str], ...],
    *,
    is_up_good: bool | None,
    missing: Unmeasurable | None = None,
) -> Trend:
    if missing is not None:
        return Trend(slug, name, form, side, None, is_up_good, (), None, (), missing)
    chart = individuals_chart(
        [value for _, value, *_ in rows], [is_ripe and span.is_whole for span, _, is_ripe, *_ in rows], _starts(phases), floor=0.0, ceiling=1.0 if form == "share" else None
    )  # fmt: skip
    points = tuple(
        TrendPoint(span, value, None, is_ripe and span.is_whole, control, note, key, key)
        for (span, value, is_ripe, note, key), control in zip(rows, chart.points, strict=True)
    )
    return Trend(slug, name, form, side, None, is_up_good, points, chart, phases)


def _median_trend(counts: CouncilCounts, phases: tuple[tuple[int, str], ...]) -> Trend:
    medians = counts.medians
    missing = medians if isinstance(medians, Unmeasurable) else None
    rows: list[ValueRow] = []
    for span in counts.spans:
        found = counts.sets.get(span.number)
        if isinstance(medians, Unmeasurable) or not found:
            rows.append((span, None, False, "", ""))
            continue
        value = medians.get(span.number)
        ripe = _is_ripe(found["limit_settled"], found["limit_settled"] + found["limit_pending"])
        note = "" if value is not None else "not reached"
        rows.append((span, value, ripe, note if found["timed"] else "", _key("timed", span)))
    return _of_values(
        "median_touch", "Median time to first touch", "hours", "sales", rows, phases, is_up_good=False, missing=missing
    )  # fmt: skip


def _win_rate(cohort: Cohort, counts: CouncilCounts, phases: tuple[tuple[int, str], ...]) -> Trend:
    deals = counts.deals
    missing = deals if isinstance(deals, Unmeasurable) else win_rate_obstacle(cohort)
    rows: list[Row] = []
    for span in counts.spans:
        one = Deals() if isinstance(deals, Unmeasurable) else deals.get(span.number, Deals())
        pending = one.created - one.won - one.lost
        rows.append(
            (
                span,
                rate(one.won, one.won + one.lost, pending),
                span.is_over_horizon,
                _deal_key(span, ".closed_opportunity_won"),
                _deal_key(span, ".closed_opportunity"),
            )
        )
    trend = _of_rates("win_rate", "Win rate on marketing leads", "sales", None, rows, phases, missing=missing)
    return _by_creation(trend, cohort, counts)


def _by_creation(trend: Trend, cohort: Cohort, counts: CouncilCounts, *further: str) -> Trend:
    """The trend as one that is placed by the day of its opportunities, with what that leaves out."""
    if trend.missing is not None:
        return trend
    begin = (
        "the first months may miss what came of leads handed off before the file begins"
        if counts.spans and cohort.oldest >= midnight(counts.spans[0].first, cohort.zone)
        else ""
    )
    undated = text.not_counted(counts.undated_deals, "opportunity", "opportunities")
    return replace(trend, clock=CREATION, unknown=tuple(one for one in (undated, *further, begin) if one))


def _pipeline(cohort: Cohort, counts: CouncilCounts, phases: tuple[tuple[int, str], ...]) -> Trend:
    deals = counts.deals
    missing = deals if isinstance(deals, Unmeasurable) else counts.amounts
    rows = []
    priceless = 0
    for span in counts.spans:
        one = Deals() if isinstance(deals, Unmeasurable) else deals.get(span.number, Deals())
        priceless += one.priceless
        rows.append((span, one.amount, span.is_over_horizon, "", _deal_key(span, ".closed_opportunity_won")))
    trend = _of_values(
        "pipeline", "Pipeline that converts", "amount", "both sides", rows, phases, is_up_good=True, missing=missing
    )  # fmt: skip
    without = (
        f"{text.plural(priceless, 'win')} without an amount {'adds' if priceless == 1 else 'add'} nothing"
    )
    return _by_creation(trend, cohort, counts, without if priceless else "")


def _band_trends(cohort: Cohort, counts: CouncilCounts, phases: tuple[tuple[int, str], ...]) -> list[Trend]:
    bands = counts.bands
    if isinstance(bands, Unmeasurable):
        name = "Lead to win by score band"
        return [Trend("bands", name, "rate", "both sides", None, True, (), None, (), bands)]
    found = []
    undated = sum(one["mature_won_undated"] for one in counts.sets.values())
    unknown = (text.not_counted(undated, "win"),) if undated else ()
    for number in range(len(cohort.bands.edges)):
        rows: list[Row] = []
        for span in counts.spans:
            one = bands.get(span.number, {}).get(number, BandCounts(0, 0, 0))
            rows.append(
                (span, rate(one.won, one.mature), _is_ripe(one.mature, one.leads), _key(f"band_won:{number}", span), _key(f"band_mature:{number}", span))
            )  # fmt: skip
        found.append(
            replace(
                _of_rates(
                    f"band_{number}", f"Lead to win, score {cohort.bands.label(number)}", "both sides", None, rows, phases
                ),
                unknown=unknown,
            )
        )  # fmt: skip
    return found


def _overlap(
    warehouse: Warehouse,
    cohort: Cohort,
    unit: Unit,
    counts: CouncilCounts,
    phases: tuple[tuple[int, str], ...],
) -> Trend:
    periods = segment_periods(warehouse, cohort, unit)
    missing = periods if isinstance(periods, Unmeasurable) else None
    by_number: dict[int, SegmentPeriod] = (
        {} if isinstance(periods, Unmeasurable) else {one.number: one for one in periods}
    )
    rows = []
    for span in counts.spans:
        one = by_number.get(span.number)
        gap = one.total_variation if one else None
        is_told = one is not None and gap is not None and not one.is_few
        note = "under 20 wins, too few" if one is not None and one.is_few else ""
        rows.append(
            (span, 1.0 - gap if gap is not None and is_told else None, bool(one and one.is_judged), note, _key("mature", span))
        )  # fmt: skip
    return _of_values(
        "overlap", "Overlap of lead and win sizes", "share", "both sides", rows, phases, is_up_good=None, missing=missing
    )  # fmt: skip


def trends_of(
    warehouse: Warehouse, cohort: Cohort, counts: CouncilCounts, phases: tuple[tuple[int, str], ...]
) -> tuple[Trend, ...]:
    """Every measure, in the order of the meeting; ``phases`` as in ``Trend``."""
    trends = [_rate_trend(cohort, counts, one, phases) for one in _RATES]
    trends.insert(3, _median_trend(counts, phases))
    trends.insert(7, _win_rate(cohort, counts, phases))
    trends.insert(8, _pipeline(cohort, counts, phases))
    trends += _band_trends(cohort, counts, phases)
    return (*trends, _overlap(warehouse, cohort, counts.unit, counts, phases))
