"""How was the last week? Its numbers against the eight weeks before, each with the last week whose leads had their time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, timedelta
from zoneinfo import ZoneInfo

from analytics.cohort import FIRST, Cohort
from analytics.contract import Contract
from analytics.measurable import (
    NO_FIRST_TOUCH,
    NO_REJECTION_REASONS,
    NO_REJECTIONS,
    has_channels,
    is_cadence_undated,
    knows_first_touch,
    knows_rejection_reasons,
    knows_rejections,
    obstacle,
)
from analytics.metrics.catalog import METRICS
from analytics.metrics.compose import (
    JOURNEY_SETS,
    journey_query,
    journey_relation,
    metric_rate,
    rate,
    relation,
)
from analytics.periods import Unit, all_between
from analytics.results import Rate, Unmeasurable
from analytics.schema import REASON_CODES
from analytics.stats.calendar import opening_day_seconds
from analytics.stats.control import ControlChart, individuals_chart, rate_chart
from analytics.stats.survival import wait_curve
from analytics.store.manifest import Manifest
from analytics.warehouse import Warehouse
from analytics.weekly_shapes import (
    WEEKS,
    Kind,
    Review,
    Waiting,
    WeekNumber,
    WeekPoint,
    last_week,
    last_week_after,
    week_days,
)

METHOD = (
    "The last week is the last whole week, Monday to Sunday in the contract's zone, before the extract. A number that needs time"
    " is judged on the last week whose leads all had it: decisions after the disposition window, the working rate after the"
    " disposition and the cadence window, but for leads accepted late, which are pending; younger weeks stand beside it as far as they are known. What is usual are the limits of"
    " the eight weeks before the judged one: for shares Laney's p', for counts and hours the mean and 2.66 mean moving ranges"
    " (XmR). Under twelve weeks limits are provisional, under six there are none. A week whose Monday lies before the first lead of"
    " the file is no whole week. The median is Kaplan and Meier's: leads nobody touched keep waiting in it; a week in"
    " which it was not reached stands in no limit."
)
_WINDOWS: tuple[Waiting, ...] = ("none", "disposition", "cadence")
_NOBODY = dict.fromkeys(JOURNEY_SETS, 0)


def review_days(manifest: Manifest, contract: Contract) -> tuple[date, date]:
    """The half-open days of handoff that a review counts: the last week, and eight before the oldest judged one."""
    zone = contract.zone_name(manifest.zone)
    worked = last_week_after(manifest.as_of, zone, _window("cadence", contract))
    first = week_days(worked - 7 * WEEKS)[0]
    return max(first, FIRST.date()), week_days(last_week(manifest.as_of, zone))[1]


def measure_review(warehouse: Warehouse, cohort: Cohort) -> Review:
    """All numbers of the last week, over a cohort that spans ``review_days``."""
    manifest, contract, zone = cohort.manifest, cohort.contract, cohort.zone
    judged = {one: last_week_after(manifest.as_of, zone, _window(one, contract)) for one in _WINDOWS}
    held = _Held(
        counts=_counts(warehouse, cohort),
        judged=judged,
        last=judged["none"],
        begun=cohort.oldest.replace(tzinfo=UTC).astimezone(ZoneInfo(zone)).date(),
    )
    is_at_most = is_cadence_undated(manifest) or not has_channels(manifest)
    return Review(
        last=held.last,
        settled=judged["disposition"],
        worked=judged["cadence"],
        leads=held.of(held.last)["leads"],
        numbers=(
            _volume(held),
            _rate(held, manifest, "acceptance_rate", "both sides", "disposition"),
            _rate(held, manifest, "accepted_of_decided", "marketing", "disposition"),
            _median(warehouse, cohort, held),
            _rate(held, manifest, "touched_inside_limit", "sales", "none"),
            replace(_rate(held, manifest, "working_rate", "sales", "cadence"), is_at_most=is_at_most),
        ),
        reasons=_reasons(warehouse, cohort, held),
        day_seconds=opening_day_seconds(cohort.calendar),
        zone=zone,
        is_settled_held=held.begun <= week_days(judged["disposition"])[0],
    )


@dataclass(frozen=True, slots=True)
class _Held:
    """What was counted: week -> lead set -> leads; the judged week of each waiting; the file's first local day."""

    counts: dict[int, dict[str, int]]
    judged: dict[Waiting, int]
    last: int
    begun: date

    def of(self, week: int) -> dict[str, int]:
        """The counts of a week; a week without leads counts none."""
        return self.counts.get(week, _NOBODY)

    def weeks(self, waiting: Waiting) -> tuple[int, ...]:
        """The weeks that a number shows: eight before the judged one, as far as the file goes, up to the last."""
        first = self.judged[waiting] - 7 * WEEKS
        every = all_between(Unit.WEEK, first, self.last)
        return tuple(week for week in every if week_days(week)[0] >= self.begun)


def _window(waiting: Waiting, contract: Contract) -> timedelta:
    days = {
        "none": 0,
        "disposition": contract.disposition_days,
        "cadence": contract.disposition_days + contract.cadence_days,
    }
    return timedelta(days=days[waiting])


def _counts(warehouse: Warehouse, cohort: Cohort) -> dict[int, dict[str, int]]:
    query = journey_query(warehouse, cohort, JOURNEY_SETS, Unit.WEEK.value)
    rows = warehouse.run_once(cohort.table, query).rows(named=True)
    return {int(row["value"]): {slug: int(row[slug]) for slug in JOURNEY_SETS} for row in rows}


def _volume(held: _Held) -> WeekNumber:
    points = []
    for week in held.weeks("none"):
        leads = held.of(week)["leads"]
        points.append(WeekPoint(week, float(leads), None, leads, None, f"week:{week}", f"week:{week}"))
    return _drawn("volume", "count", "marketing", points, held.last)


def _rate(held: _Held, manifest: Manifest, slug: str, side: str, waiting: Waiting) -> WeekNumber:
    metric, why = METRICS[slug], obstacle(manifest, slug)
    points = [
        _rate_point(
            week, metric_rate(held.of(week), slug), metric.numerator, metric.denominator, metric.pending or ""
        )
        for week in held.weeks(waiting)
    ]
    return _drawn(slug, "rate", side, points, held.judged[waiting], why)


def _rate_point(week: int, found: Rate, numerator: str, denominator: str, pending: str) -> WeekPoint:
    interval = None if found.low is None else (found.low, found.high)
    at = f"week:{week}"
    return WeekPoint(
        week,
        found.value,
        found,
        found.denominator,
        interval,
        f"{at}.{numerator}",
        f"{at}.{denominator}",
        pending_key=f"{at}.{pending}",
    )


def _median(warehouse: Warehouse, cohort: Cohort, held: _Held) -> WeekNumber:
    """Kaplan and Meier's median on the working clock, week by week."""
    if not knows_first_touch(cohort.manifest):
        return _drawn("median_wait", "wait", "sales", [], held.last, NO_FIRST_TOUCH)
    frame = warehouse.run(
        "SELECT week, working_wait AS wait, count(*) FILTER (WHERE is_touched) AS touched, "
        f"count(*) FILTER (WHERE NOT is_touched) AS waiting FROM {relation(cohort)} "
        "WHERE NOT is_touched_before GROUP BY 1, 2 ORDER BY 1, 2"
    )
    curves = {
        int(str(week)): wait_curve(
            part["wait"].to_numpy(), part["touched"].to_numpy(), part["waiting"].to_numpy()
        )
        for (week,), part in frame.group_by("week", maintain_order=True)
    }
    points = []
    for week in held.weeks("none"):
        curve, leads, at = curves.get(week), held.of(week)["timed"], f"week:{week}"
        median = curve.quantile(0.5) if curve else None
        interval = curve.quantile_interval(0.5) if curve else None
        points.append(WeekPoint(week, median, None, leads, interval, f"{at}.touched", f"{at}.timed"))
    return _drawn("median_wait", "wait", "sales", points, held.last)


def _reasons(warehouse: Warehouse, cohort: Cohort, held: _Held) -> tuple[WeekNumber, ...] | Unmeasurable:
    """Rejections so far per 100 leads, reason by reason; a reason that nobody gave in these weeks is left out."""
    manifest = cohort.manifest
    if not knows_rejections(manifest):
        return NO_REJECTIONS
    if not knows_rejection_reasons(manifest):
        return NO_REJECTION_REASONS
    frame = warehouse.run(
        f"SELECT week, reason, count(*) AS leads FROM {journey_relation(warehouse, cohort)} "
        "WHERE is_rejected GROUP BY 1, 2"
    )
    rejected = {(int(week), int(reason)): int(leads) for week, reason, leads in frame.iter_rows()}
    found = []
    for number, code in enumerate(REASON_CODES):
        points = []
        for week in held.weeks("disposition"):
            counts = held.of(week)
            share = rate(rejected.get((week, number), 0), counts["leads"], counts["pending_decision"])
            points.append(
                _rate_point(week, share, f"so_far_rejected.reason:{number}", "leads", "pending_decision")
            )
        if any(one.rate and one.rate.numerator for one in points):
            found.append(_drawn(code, "rate", "both sides", points, held.judged["disposition"]))
    return tuple(sorted(found, key=_frequency, reverse=True))


def _frequency(one: WeekNumber) -> tuple[int, int]:
    """Of the judged week, then of all weeks shown."""
    judged = one.point.rate if one.point else None
    every = sum(point.rate.numerator for point in one.points if point.rate)
    return judged.numerator if judged else 0, every


def _drawn(
    slug: str,
    kind: Kind,
    side: str,
    points: Sequence[WeekPoint],
    judged: int,
    why: Unmeasurable | None = None,
) -> WeekNumber:
    """The number with what is usual for each of its weeks, from those before the judged one."""
    if why is not None or not points:
        return WeekNumber(slug, kind, side, (), None, 0, "none", None, why)
    before = [one.week < judged for one in points]
    chart = _chart(kind, points, before)
    limited = tuple(
        replace(one, low=limits.low, high=limits.high, is_young=one.week > judged)
        for one, limits in zip(points, chart.points, strict=True)
    )
    phase = chart.phases[0]
    has_judged = any(one.week == judged for one in points)
    return WeekNumber(
        slug, kind, side, limited, judged if has_judged else None, phase.points, phase.strength, phase.centre
    )


def _chart(kind: Kind, points: Sequence[WeekPoint], before: list[bool]) -> ControlChart:
    if kind == "rate":
        rates = [one.rate or Rate(0, 0) for one in points]
        return rate_chart([one.numerator for one in rates], [one.denominator for one in rates], before)
    return individuals_chart([one.value for one in points], before, floor=0.0)
