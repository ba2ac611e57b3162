"""Does the gap between leads and wins grow? The mirror quarter by quarter, each with what luck alone would give."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any, Literal
from zoneinfo import ZoneInfo

import numpy as np

from analytics import formatting as text
from analytics import periods
from analytics.cohort import Cohort
from analytics.measurable import NO_WINS, has_wins
from analytics.metrics.compose import journey_relation
from analytics.periods import Unit
from analytics.results import Unmeasurable
from analytics.segment_bands import SIZE, UNKNOWN, SegmentBand, bands_by_period, with_undated
from analytics.segment_words import NO_LEAN, direction_words, in_points
from analytics.segments import compared, is_beyond_luck, local_day, obstacle
from analytics.stats.intervals import normal_quantile
from analytics.warehouse import Warehouse

FEW_QUARTERS = 3
_MATURE = 0.9
_LEAST_PERIODS = 3
Movement = Literal["further apart", "closer", "cannot tell"]


@dataclass(frozen=True, slots=True)
class SegmentPeriod:
    """The mirror of the leads handed off in one period.

    ``total_variation``, ``chance_p95`` in [0, 1] and ``direction_bands`` are None without a win or within one band.
    ``lead_band``: mean place of the mature leads among the known bands, None without an order.
    ``is_few``: under 20 wins of known band; ``is_young``: under nine in ten leads have had their horizon, the last one
    has on ``ripe_on``. ``is_whole``: the cohort covers the whole period.
    """

    number: int
    label: str
    is_whole: bool
    leads: int
    mature: int
    wins: int
    known_wins: int
    total_variation: float | None
    chance_p95: float | None
    direction_bands: float | None
    lead_band: float | None
    is_few: bool
    is_young: bool
    ripe_on: date | None

    @property
    def is_judged(self) -> bool:
        """Whether the period can be compared with others."""
        return self.total_variation is not None and not self.is_few and not self.is_young

    @property
    def is_above_chance(self) -> bool:
        """Whether the gap exceeds what luck gives in 95 of 100 cases."""
        return is_beyond_luck(self.total_variation, self.chance_p95)


@dataclass(frozen=True, slots=True)
class SegmentsOverTime:
    """Periods in order. ``slope`` = bands that the direction moves per period, with its 95 % interval.

    None under three periods that can be judged, or without an order. ``movement`` is "further apart" only where the
    interval is clear of 0 on the side to which the wins already sit, and the latest gap is beyond luck. ``undated``
    wins of full age carry no date and are not counted; ``is_withheld``: with them the movement would be another one,
    so it is "cannot tell".
    """

    dimension: str
    unit: Unit
    periods: tuple[SegmentPeriod, ...]
    slope: float | None
    slope_low: float | None
    slope_high: float | None
    movement: Movement
    undated: int = 0
    is_withheld: bool = False


def measure_segments_over_time(
    warehouse: Warehouse, cohort: Cohort, dimension: str = SIZE
) -> SegmentsOverTime | Unmeasurable:
    """The gap per quarter of handoff, or per month where under three quarters can be judged."""
    missing = obstacle(cohort.manifest, dimension) or (None if has_wins(cohort.manifest) else NO_WINS)
    if missing:
        return missing
    by_period, found = _periods(warehouse, cohort, dimension, Unit.QUARTER)
    unit = Unit.QUARTER
    if sum(period.is_judged for period in found) < FEW_QUARTERS:
        unit = Unit.MONTH
        by_period, found = _periods(warehouse, cohort, dimension, unit)
    slope, movement = _trend(found, by_period, dimension)
    undated = sum(band.wins_undated for bands in by_period.values() for band in bands)
    is_withheld = (
        bool(undated) and _trend(*_counting_undated(found, by_period, dimension), dimension)[1] != movement
    )
    low, value, high = slope or (None, None, None)
    return SegmentsOverTime(
        dimension,
        unit,
        found,
        value,
        low,
        high,
        "cannot tell" if is_withheld else movement,
        undated,
        is_withheld,
    )


def segment_periods(
    warehouse: Warehouse, cohort: Cohort, unit: Unit, dimension: str = SIZE
) -> tuple[SegmentPeriod, ...] | Unmeasurable:
    """The mirror of every month or quarter of handoff; none without leads."""
    missing = obstacle(cohort.manifest, dimension) or (None if has_wins(cohort.manifest) else NO_WINS)
    return missing or _periods(warehouse, cohort, dimension, unit)[1]


def _trend(
    found: tuple[SegmentPeriod, ...], by_period: Mapping[int, tuple[SegmentBand, ...]], dimension: str
) -> tuple[tuple[float, float, float] | None, Movement]:
    """The slope of the direction over the periods that can be judged, and what it may be called."""
    judged = [(period, by_period[period.number]) for period in found if period.is_judged]
    slope = _slope(judged) if dimension == SIZE and len(judged) >= _LEAST_PERIODS else None
    return slope, _movement(slope, judged)


def _counting_undated(
    found: tuple[SegmentPeriod, ...], by_period: Mapping[int, tuple[SegmentBand, ...]], dimension: str
) -> tuple[tuple[SegmentPeriod, ...], Mapping[int, tuple[SegmentBand, ...]]]:
    """The same periods as they would be if every win without a date fell within the horizon."""
    bands = {number: with_undated(one) for number, one in by_period.items()}
    return tuple(replace(period, **_gap(bands[period.number], dimension)) for period in found), bands


def _periods(
    warehouse: Warehouse, cohort: Cohort, dimension: str, unit: Unit
) -> tuple[dict[int, tuple[SegmentBand, ...]], tuple[SegmentPeriod, ...]]:
    by_period = bands_by_period(warehouse, cohort, dimension, unit)
    rows = warehouse.run(
        f"SELECT {unit.value}, max(handoff_at) FILTER (WHERE NOT is_mature) + $horizon"
        f" FROM {journey_relation(warehouse, cohort)} GROUP BY 1",
        cohort.params,
    ).rows()
    ripe = dict(rows)
    found = (
        _period(cohort, unit, number, bands, dimension, ripe[number]) for number, bands in by_period.items()
    )
    return by_period, tuple(found)


def _period(
    cohort: Cohort,
    unit: Unit,
    number: int,
    bands: tuple[SegmentBand, ...],
    dimension: str,
    ripe_at: datetime | None,
) -> SegmentPeriod:
    leads, mature = sum(band.leads for band in bands), sum(band.mature for band in bands)
    return SegmentPeriod(
        number=number,
        label=periods.label(unit, number),
        is_whole=periods.is_whole(
            unit, number, _day(cohort.starts_at, cohort.zone), _day(cohort.ends_at, cohort.zone)
        ),
        leads=leads,
        mature=mature,
        wins=sum(band.wins for band in bands),
        lead_band=_mean_place(bands) if dimension == SIZE else None,
        is_young=mature < _MATURE * leads,
        ripe_on=local_day(ripe_at, cohort.zone),
        **_gap(bands, dimension),
    )


def _gap(bands: tuple[SegmentBand, ...], dimension: str) -> dict[str, Any]:
    """The fields of a period that follow from its wins alone."""
    found = compared(bands, is_ordered=dimension == SIZE)
    return {
        "known_wins": sum(band.wins for band in bands if band.number != UNKNOWN),
        "total_variation": found.total_variation if found else None,
        "chance_p95": found.chance_p95 if found else None,
        "direction_bands": found.direction_bands if found else None,
        "is_few": found is None or found.verdict == "not enough wins",
    }


def _mean_place(bands: tuple[SegmentBand, ...]) -> float | None:
    leads = [(place, band.mature) for place, band in enumerate(bands) if band.number != UNKNOWN]
    total = sum(mature for _, mature in leads)
    return sum(place * mature for place, mature in leads) / total if total else None


Judged = list[tuple[SegmentPeriod, tuple[SegmentBand, ...]]]


def _slope(judged: Judged) -> tuple[float, float, float] | None:
    """Low, value and high of the straight line through the directions, weighted by how sure each is.

    The lead's mean band is counted, not drawn; the win's mean has the variance of the winning bands over the wins.
    Weighted least squares with known variances: the slope's variance is 1 / sum w (x - mean)^2. None where all wins
    of a period stand in one band, which would claim certainty.
    """
    at = np.array([period.number for period, _ in judged], dtype=np.float64)
    value = np.array([period.direction_bands or 0.0 for period, _ in judged], dtype=np.float64)
    weight = np.array([_weight(bands) for _, bands in judged], dtype=np.float64)
    if not np.isfinite(weight).all():
        return None
    centred = at - float((weight * at).sum()) / float(weight.sum())
    spread = float((weight * centred**2).sum())
    slope = float((weight * centred * value).sum()) / spread
    half = normal_quantile(0.95) / math.sqrt(spread)
    return slope - half, slope, slope + half


def _weight(bands: tuple[SegmentBand, ...]) -> float:
    """One over the variance of the wins' mean band; infinite where they all stand in one."""
    known = [band for band in bands if band.number != UNKNOWN]
    wins = np.array([band.wins for band in known], dtype=np.float64)
    place = np.arange(len(known), dtype=np.float64)
    total = float(wins.sum())
    squares = float((wins * (place - float((wins * place).sum()) / total) ** 2).sum())
    return total * (total - 1.0) / squares if squares else math.inf


def _movement(slope: tuple[float, float, float] | None, judged: Judged) -> Movement:
    if slope is None or slope[0] <= 0.0 <= slope[2]:
        return "cannot tell"
    wins = sum(period.known_wins for period, _ in judged)
    side = sum((period.direction_bands or 0.0) * period.known_wins for period, _ in judged) / wins
    if slope[1] * side <= 0:
        return "closer"
    return "further apart" if judged[-1][0].is_above_chance else "cannot tell"


def _day(moment: datetime | None, zone: str) -> date | None:
    """The local day of a moment; the next one where it is no midnight."""
    if moment is None:
        return None
    local = moment.replace(tzinfo=UTC).astimezone(ZoneInfo(zone))
    return local.date() + timedelta(days=local.time() != datetime.min.time())


def answer(result: SegmentsOverTime) -> str:
    """How often the gap is beyond luck, and whether the wins move away from the leads."""
    judged = [period for period in result.periods if period.is_judged]
    unit = result.unit.value
    if not judged:
        return f"No {unit} can be judged yet: each has under 20 wins, or leads too young."
    above = sum(period.is_above_chance for period in judged)
    start = f"In {text.count(above)} of {text.plural(len(judged), unit)} that can be judged the gap is beyond luck"
    if result.is_withheld:
        return f"{start}; whether it grows cannot be told: {text.could_change(result.undated, 'win')}."
    if result.slope is None or result.slope_low is None or result.slope_high is None:
        return f"{start}."
    if result.movement == "cannot tell":
        return f"{start}; whether it grows cannot be told."
    low, high = sorted((abs(result.slope_low), abs(result.slope_high)))
    size = f"{abs(result.slope):.2f} bands a {unit} ({low:.2f}{text.DASH}{high:.2f})"
    if result.movement == "closer":
        return f"{start}, and wins move closer to the leads by {size}."
    return f"{start}, and wins move further {'up' if result.slope > 0 else 'down'}-market by {size}."


def notes(result: SegmentsOverTime) -> str:
    """Which side moved, from the first to the last period that can be judged; how the gap is read."""
    judged = [period for period in result.periods if period.is_judged]
    undated = text.not_counted(result.undated, "win")
    how = (
        f"Gap by {result.unit.value} of handoff; hollow: leads too young{f'; {undated}' if undated else ''}."
    )
    if len(judged) < 2 or None in {judged[0].lead_band, judged[-1].lead_band, judged[0].direction_bands}:
        return how
    leads = (judged[-1].lead_band or 0.0) - (judged[0].lead_band or 0.0)
    wins = leads + (judged[-1].direction_bands or 0.0) - (judged[0].direction_bands or 0.0)
    span = f"From {judged[0].label} to {judged[-1].label}"
    if max(abs(leads), abs(wins)) < NO_LEAN:
        return f"{span} neither leads nor wins moved. {how}"
    return f"{span} {_moved('leads', leads)}, {_moved('wins', wins)}. {how}"


def _moved(side: str, distance: float) -> str:
    return f"{side} stayed" if abs(distance) < NO_LEAN else f"{side} moved {direction_words(distance)}"


def reading(period: SegmentPeriod) -> str:
    """One period in words: its gap and direction, or why it cannot be judged."""
    until = f" until {text.day(period.ripe_on)}" if period.ripe_on else ""
    if period.mature == 0:
        return f"too young to judge{until}"
    if period.total_variation is None or period.is_few:
        return f"{text.plural(period.known_wins, 'win')}, too few"
    gap = f"gap {in_points(period.total_variation)}{text.NBSP}points"
    lean = "" if period.direction_bands is None else f", {direction_words(period.direction_bands)}"
    young = f", too young to judge{until}" if period.is_young else ""
    return f"{gap}{lean}{young}"
