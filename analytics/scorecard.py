"""The quarterly scorecard: eight measures before, during and after the contract, each from counts over whole phases."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from analytics import council_words as words
from analytics import formatting as text
from analytics.compliance import NOT_AGREED
from analytics.council import Council
from analytics.council_trends import Trend, TrendPoint
from analytics.metrics.compose import rate
from analytics.periods import Unit, following, number_of
from analytics.results import Rate
from analytics.stats.intervals import newcombe_difference

MEASURES = (
    "acceptance_rate", "median_touch", "working_rate", "accepted_to_opportunity", "win_rate", "pipeline", "marketing_sla",
    "sales_sla",
)  # fmt: skip
PHASES = ("before", "during", "after")
DURING_MONTHS = 3
METHOD = (
    "Before: months that were over when the contract went live. During: its first three whole months, the quarter in which the"
    " pay plan runs in shadow. After: the months since. Only whole months of full age count; the others are counted as still"
    " young. Rates pool the leads of their months and have Wilson's interval; a change is said only where Newcombe's 95 %"
    " interval of the difference is clear of zero, widened as the council's limits are by what neighbouring months differ more than"
    " luck explains. Median hours and amounts are the mean of the months' values, with their range,"
    " and no change is claimed for them: the council's charts judge those. Months in which the median was not reached have no"
    " value: they are counted beside the mean, which would be longer with them."
)


@dataclass(frozen=True, slots=True)
class Cell:
    """One measure in one phase: its pooled rate, or the mean of the months' values with the lowest and the highest.

    ``months`` stand in it; ``young`` months of the phase do not yet; in ``not_reached`` months of full age fewer than half
    of the leads were touched, so they have no value. ``value`` None without a month.
    """

    months: int
    young: int
    rate: Rate | None
    value: float | None
    low: float | None
    high: float | None
    not_reached: int = 0


@dataclass(frozen=True, slots=True)
class Score:
    """One measure of the scorecard: its three cells, and the sentence that is read aloud."""

    trend: Trend
    cells: tuple[Cell, Cell, Cell]
    sentence: str


def phase_of(span_first: date, went_live_on: date | None) -> int:
    """The phase of a month: 0 before, 1 during, 2 after; a month in which the contract went live is before.

    >>> phase_of(date(2026, 3, 1), date(2026, 2, 10)), phase_of(date(2026, 6, 1), None)
    (1, 0)
    """
    if went_live_on is None or span_first < went_live_on:
        return 0
    live = number_of(Unit.MONTH, went_live_on)
    first = live if went_live_on.day == 1 else following(Unit.MONTH, live)
    return 1 if number_of(Unit.MONTH, span_first) < first + DURING_MONTHS else 2


def scorecard(council: Council) -> tuple[Score, ...]:
    """The eight measures, in order; ``council`` is counted by month.

    The contract went live with the first of its go-live dates; without one everything is "before".
    """
    live = council.go_lives[0].on if council.go_lives else None
    found = []
    for slug in MEASURES:
        trend = council.trend(slug)
        if trend is not None:
            cells = tuple(_cell(trend, phase, live) for phase in range(3))
            found.append(Score(trend, (cells[0], cells[1], cells[2]), _read_aloud(trend, cells, council)))
    return tuple(found)


def _cell(trend: Trend, phase: int, live: date | None) -> Cell:
    mine = [point for point in trend.points if phase_of(point.span.first, live) == phase]
    counted = [point for point in mine if point.control.is_counted]
    young = sum(not point.is_mature and not _is_past(point) for point in mine)
    gone = sum(point.is_mature and point.note == text.NOT_REACHED for point in mine)
    if trend.form == "rate":
        pooled = rate(*(sum(pair) for pair in _counts(counted))) if counted else None
        return Cell(
            len(counted), young, pooled, pooled.value if pooled else None,
            pooled.low if pooled else None, pooled.high if pooled else None,
        )  # fmt: skip
    values = [point.value for point in counted if point.value is not None]
    if not values:
        return Cell(0, young, None, None, None, None, gone)
    return Cell(len(values), young, None, sum(values) / len(values), min(values), max(values), gone)


def _is_past(point: TrendPoint) -> bool:
    """Whether no age makes it a point any more: the file holds a part of the month only, or nothing that counts."""
    is_empty = point.rate.denominator == 0 if point.rate else point.value is None
    return point.span.is_over_horizon and (is_empty or not point.span.is_whole)


def _counts(points: list[TrendPoint]) -> tuple[list[int], list[int]]:
    rates = [point.rate for point in points if point.rate is not None]
    return [one.numerator for one in rates], [one.denominator for one in rates]


def cell_words(trend: Trend, cell: Cell, day_seconds: int) -> str:
    """A cell as it stands in the table; says what is young and what is missing."""
    if trend.missing is not None:
        return "not agreed" if trend.missing == NOT_AGREED else "cannot be measured"
    young = f"{text.plural(cell.young, 'month')} too young" if cell.young else ""
    gone = f"not reached in {text.plural(cell.not_reached, 'month')}" if cell.not_reached else ""
    if cell.months == 0:
        return ", ".join(one for one in (gone, young) if one) or "no month"
    if cell.rate is not None:
        said = text.rate_with_interval(cell.rate)
    else:
        each = " a month" if trend.form == "amount" else ""
        said = f"{words.value_words(trend, cell.value, day_seconds)}{each}"
        if cell.months > 1:
            said += f" ({words.range_words(trend, cell.low, cell.high, day_seconds)})"
    at_most = "at most " if trend.is_at_most else ""
    return f"{at_most}{said}, {text.plural(cell.months, 'month')}{f'; {gone}' if gone else ''}"


def _read_aloud(trend: Trend, cells: tuple[Cell, ...], council: Council) -> str:
    """The sentence, and what is not counted in it."""
    said = _sentence(trend, cells, council.day_seconds, is_live=bool(council.go_lives))
    unknown = "; ".join(trend.unknown)
    return f"{said} {unknown[:1].upper()}{unknown[1:]}." if unknown else said


def _is_told(cell: Cell) -> bool:
    return bool(cell.months or cell.not_reached)


def _widening(trend: Trend) -> float:
    """By how much months scatter more than luck, as the limits of the months before have it; 1 without limits."""
    first = trend.chart.phases[0] if trend.chart and trend.chart.phases else None
    return max(1.0, first.spread or 1.0) if first is not None else 1.0


def _sentence(trend: Trend, cells: tuple[Cell, ...], day_seconds: int, *, is_live: bool) -> str:
    """What is read aloud: before and the latest phase that has a month; a change only beyond its interval."""
    if trend.missing is not None:
        return f"{trend.name} cannot be measured: {trend.missing.why}"
    before = cells[0]
    later = next(
        ((name, cell) for name, cell in zip(PHASES[:0:-1], cells[:0:-1], strict=True) if _is_told(cell)), None
    )
    if later is None:
        if not _is_told(before):
            return f"{trend.name}: no month is old enough yet."
        contract = "the contract has no month of full age yet" if is_live else "no contract is live yet"
        return f"{trend.name} stands at {cell_words(trend, before, day_seconds)}; {contract}."
    name, cell = later
    now = cell_words(trend, cell, day_seconds)
    if not _is_told(before):
        return (
            f"{trend.name} stands at {now} {name} the contract; there is no month before it to compare with."
        )
    was = cell_words(trend, before, day_seconds)
    start = f"{trend.name} was {was} before, and is {now} {name}"
    if cell.rate is None or before.rate is None:
        return f"{start}."
    apart = newcombe_difference(
        cell.rate.numerator, cell.rate.denominator, before.rate.numerator, before.rate.denominator
    )
    if apart is None:
        return f"{start}."
    difference, low, high = apart
    wider = _widening(trend)
    if difference - wider * (difference - low) <= 0.0 <= difference + wider * (high - difference):
        return f"{start}: that is within luck."
    direction = "up" if difference > 0 else "down"
    return f"{start}: {direction} by {text.points(abs(difference)).lstrip('+')}."
