"""What changed between two periods, and where? A rate's change split per segment into mix and own rate."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

from analytics import formatting as text
from analytics import periods
from analytics.change_parts import Dimension, Row, split
from analytics.cohort import Cohort, CohortRequest, open_cohort
from analytics.comparison import previous_request
from analytics.dimensions import dimension_column
from analytics.handoff_steps import AT_LEAST_OFF, UNKNOWN_WHEN, step_obstacle
from analytics.measurable import is_cadence_at_most
from analytics.metrics.catalog import LEAD_SETS, METRICS, Metric
from analytics.metrics.compose import count_sets, journey_relation, metric_rate, rate
from analytics.periods import Unit
from analytics.results import Rate, Unmeasurable
from analytics.schema import DIMENSIONS
from analytics.stats.adjustment import benjamini_hochberg_adjust
from analytics.stats.intervals import newcombe_difference
from analytics.warehouse import Warehouse

METHOD = (
    "The change of the rate between two periods is split per segment, without a residual, into two parts: its share of the"
    " leads moved (mix), and its own rate moved (Kitagawa 1955, average weights, mix centred on the average rate). Both parts"
    " of all segments add up to the change. Own-rate parts carry Newcombe's interval times the segment's average share; mix"
    " parts are drawn 1,000 times. A part is named only where its interval excludes 0 and it carries at least a tenth of all"
    " movement. A segment in one period only is new or gone, and all mix. The views (source, owner, size …) are different"
    " cuts of one change and never added. A view is listed where its segments moved apart from the whole, that is, where the"
    " own-rate parts differ from an equal share of the change by more than 500 shuffles of the period give (adjusted for all"
    " views, Benjamini and Hochberg 1995, one in ten false at most); at most three, the clearest first. Only settled leads"
    " are compared, and nothing is said while under nine in ten of the leads of a period have had their time, or under 30"
    " leads stand on a side. Views of over 40 segments are left out."
)
MOST_SEGMENTS = 40
MOST_LISTED = 3
FALSE_DISCOVERY = 0.10
MOST_MONTHS = 24
_MATURE = 0.9
_ROUNDING = 1e-12
_UNDATED = {
    "decided_in_window": UNKNOWN_WHEN,
    "won_in_horizon": "mature_won_undated",
    "opportunity_in_horizon": "mature_opportunity_undated",
    "accepted_to_opportunity": "mature_opportunity_undated",
}
State = Literal["up", "down", "no change", "too few", "too young", "undated"]


@dataclass(frozen=True, slots=True)
class Change:
    """A rate now and before; days are local, ends exclusive, None where a period is open.

    ``difference`` = now - before with Newcombe's interval, None without leads on a side. ``waiting``: of the leads the
    rate will stand on, those that have not had their time. ``dimensions``: those beyond luck first, then the others, each
    by how far it moved apart beyond luck; empty where nothing may be compared. ``too_many``: dimensions with over 40
    segments. ``undated`` leads of both periods met the rate on an unknown day. ``is_at_most``: the rate is the most it
    can be.
    """

    metric: Metric
    starts_on: date | None
    ends_on: date | None
    before_starts_on: date | None
    before_ends_on: date | None
    now: Rate
    before: Rate
    difference: float | None
    low: float | None
    high: float | None
    state: State
    waiting: Rate
    waiting_before: Rate
    dimensions: tuple[Dimension, ...]
    too_many: tuple[str, ...]
    undated: int = 0
    is_at_most: bool = False

    @property
    def listed(self) -> tuple[Dimension, ...]:
        """At most three dimensions whose segments moved apart beyond luck, the clearest first."""
        return tuple(one for one in self.dimensions if one.is_listed)


def period_before(cohort: Cohort) -> CohortRequest | None:
    """The request of the period before: of a calendar month the month before, else as long and right before it."""
    request = previous_request(cohort)
    if request is None or request.starts_on is None or request.ends_on is None:
        return None
    first = request.ends_on
    after = first + (first - request.starts_on)
    number = periods.number_of(Unit.MONTH, first)
    if (first, after) == month_days(number):
        return replace(request, starts_on=month_days(number - 1)[0])
    return request


def month_days(number: int) -> tuple[date, date]:
    """The first day of a month, and of the next one."""
    return periods.first_day(Unit.MONTH, number), periods.first_day(Unit.MONTH, number + 1)


def month_choices(_warehouse: Warehouse, cohort: Cohort) -> tuple[int, ...]:
    """The whole months of the file that have a month before them, the newest first, at most 24."""
    zone = ZoneInfo(cohort.zone)
    first = periods.number_of(Unit.MONTH, cohort.oldest.replace(tzinfo=UTC).astimezone(zone).date())
    last = periods.number_of(Unit.MONTH, cohort.manifest.as_of.replace(tzinfo=UTC).astimezone(zone).date())
    return tuple(range(last - 1, first, -1))[:MOST_MONTHS]


def measure_what_changed(warehouse: Warehouse, cohort: Cohort, slug: str) -> Change | Unmeasurable | None:
    """A metric's change against the period before; None where there is no period before."""
    request = period_before(cohort)
    if request is None:
        return None
    before = open_cohort(warehouse, cohort.manifest, cohort.contract, request)
    return measure_change(warehouse, cohort, before, METRICS[slug])


def measure_change(
    warehouse: Warehouse, now: Cohort, before: Cohort, metric: Metric
) -> Change | Unmeasurable:
    """A metric's change between two cohorts of one snapshot, split along every dimension of the export."""
    missing = step_obstacle(now, metric.slug)
    if missing is not None:
        return missing
    undated_set = _UNDATED.get(metric.slug)
    parts = [metric.numerator, metric.denominator, "leads", "mature"]
    parts += [one for one in (metric.pending, undated_set) if one]
    counts, old = count_sets(warehouse, now, parts), count_sets(warehouse, before, parts)
    rates = metric_rate(counts, metric.slug), metric_rate(old, metric.slug)
    waiting = _waiting(metric, counts), _waiting(metric, old)
    undated = [one[undated_set] if undated_set else 0 for one in (counts, old)]
    interval = newcombe_difference(
        rates[0].numerator, rates[0].denominator, rates[1].numerator, rates[1].denominator
    )
    state = _state(rates, waiting, undated, interval)
    is_compared = state in {"up", "down", "no change"}
    dimensions, too_many = _dimensions(warehouse, now, before, metric) if is_compared else ((), ())
    difference, low, high = interval or (None, None, None)
    return Change(
        metric, *_days(now), *_days(before), *rates, difference, low, high, state, *waiting, dimensions, too_many,
        sum(undated),
        metric.slug == "working_rate" and is_cadence_at_most(now.manifest, now.contract.cadence_channels),
    )  # fmt: skip


def _waiting(metric: Metric, counts: dict[str, int]) -> Rate:
    """Of the leads that the rate will stand on, those that have not had their time."""
    if metric.pending is None:
        return rate(counts["leads"] - counts["mature"], counts["leads"])
    return rate(counts[metric.pending], counts[metric.pending] + counts[metric.denominator])


def is_young(waiting: Rate) -> bool:
    """Whether under nine in ten of the leads have had their time."""
    return waiting.numerator > (1 - _MATURE) * waiting.denominator + _ROUNDING


def _state(
    rates: tuple[Rate, Rate],
    waiting: tuple[Rate, Rate],
    undated: list[int],
    interval: tuple[float, float, float] | None,
) -> State:
    if any(is_young(one) for one in waiting):
        return "too young"
    if interval is None or not all(text.is_quotable(one) for one in rates):
        return "too few"
    if any(
        leads >= AT_LEAST_OFF * one.denominator for leads, one in zip(undated, rates, strict=True) if leads
    ):
        return "undated"
    _, low, high = interval
    return "up" if low > 0 else "down" if high < 0 else "no change"


def _days(cohort: Cohort) -> tuple[date | None, date | None]:
    return _day(cohort.starts_at, cohort.zone), _day(cohort.ends_at, cohort.zone)


def _day(moment: datetime | None, zone: str) -> date | None:
    """The local day of a bound; the next one where it is no midnight."""
    if moment is None:
        return None
    local = moment.replace(tzinfo=UTC).astimezone(ZoneInfo(zone))
    return local.date() + timedelta(days=local.time() != time(0))


def dimension_names(cohort: Cohort) -> tuple[str, ...]:
    """What a change can be cut by: the export's dimensions, the score band, and the kept columns by their headers."""
    manifest = cohort.manifest
    known = [one for one in DIMENSIONS if manifest.has("employees" if one == "size_band" else one)]
    known += ["score_band"] if manifest.has("score") else []
    kept = [header for header in manifest.extra_columns.values() if header not in known]
    return (*known, *kept)


def _dimensions(
    warehouse: Warehouse, now: Cohort, before: Cohort, metric: Metric
) -> tuple[tuple[Dimension, ...], tuple[str, ...]]:
    """Every dimension with at least two segments, the clearest first; and the names of those with too many."""
    found, too_many = [], []
    for name in dimension_names(now):
        rows = count_segments(warehouse, now, before, metric, name)
        if len(rows) > MOST_SEGMENTS:
            too_many.append(name)
        elif len(rows) > 1:
            found.append(split(name, rows, _keys(now) if name == "score_band" else None))
    adjusted = benjamini_hochberg_adjust([one.pvalue for one in found]).tolist()
    found = [
        replace(one, is_beyond_luck=pvalue < FALSE_DISCOVERY)
        for one, pvalue in zip(found, adjusted, strict=True)
    ]
    found.sort(key=lambda one: (not one.is_beyond_luck, one.luck - one.apart, one.name))
    kept = [
        replace(one, is_listed=one.is_beyond_luck and place < MOST_LISTED) for place, one in enumerate(found)
    ]
    return tuple(kept), tuple(too_many)


def count_segments(warehouse: Warehouse, now: Cohort, before: Cohort, metric: Metric, name: str) -> list[Row]:
    """Per value of a dimension: hits and leads before, hits and leads now. One query, counts only.

    Raises:
        RequestError: no such dimension.
    """
    column = f"CAST({dimension_column(now.manifest, name, now.contract, now.bands)} AS VARCHAR)"
    hit, counted = LEAD_SETS[metric.numerator].predicate, LEAD_SETS[metric.denominator].predicate
    halves = " UNION ALL ".join(
        f"SELECT lead_no, {is_now} AS is_now, coalesce({hit}, false) AS is_hit"
        f" FROM {journey_relation(warehouse, cohort)} AS c WHERE {counted}"
        for is_now, cohort in (("false", before), ("true", now))
    )
    return warehouse.run(
        "SELECT group_value, count(*) FILTER (WHERE NOT is_now AND is_hit), count(*) FILTER (WHERE NOT is_now),"
        " count(*) FILTER (WHERE is_now AND is_hit), count(*) FILTER (WHERE is_now)"
        f" FROM ({halves}) AS h JOIN (SELECT l.lead_no, {column} AS group_value FROM {now.leads} AS l) USING (lead_no)"
        f" GROUP BY 1 ORDER BY 1 NULLS LAST LIMIT {MOST_SEGMENTS + 1}"
    ).rows()


def _keys(cohort: Cohort) -> dict[str | None, str]:
    """The lead sets of the score bands by their labels: a score band is no filter."""
    numbers = range(len(cohort.bands.edges))
    return {None: "score_band:-1", **{cohort.bands.label(one): f"score_band:{one}" for one in numbers}}
