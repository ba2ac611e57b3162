"""Counts per score point: where the thresholds stand, and the leads, decisions and outcomes at each of them."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from analytics.cohort import Cohort
from analytics.metrics.catalog import LEAD_SETS
from analytics.metrics.compose import journey_relation
from analytics.warehouse import Warehouse

THRESHOLDS = 101
FINE = 1000
"""Score points are cut into so many parts where whole points would be too coarse."""
_WHOLE_MOST = 100.0
_FARTHEST = 1e12
_WEEK_DAYS = 7
COLUMNS = (
    "leads", "settled", "decided_settled", "accepted_settled", "mature", "mature_accepted", "opportunity_in_horizon",
    "mature_accepted_opportunity", "won_in_horizon", "mature_opportunity_undated", "mature_won_undated",
)  # fmt: skip
"""Lead sets counted at every score point, in the order of the counts."""
Counts = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class ScoreGrid:
    """Where ``count`` thresholds stand: ``first`` and ``step`` in the parts of a point that ``unit`` says (1 or 1,000)."""

    first: int
    step: int
    count: int
    unit: int

    @property
    def point(self) -> str:
        """The expression for the place of a score, ``count`` without one; exact, as only whole numbers are divided."""
        whole = "floor(score * 1000 + 0.000001)" if self.unit == FINE else "floor(score)"
        clipped = f"CAST(greatest(-1e15, least(1e15, {whole})) AS BIGINT)"
        place = f"greatest(0, least({self.count - 1}, ({clipped} - ({self.first})) // {self.step}))"
        return f"CASE WHEN score IS NULL THEN {self.count} ELSE {place} END"

    def number(self, place: int) -> int:
        """The threshold at a place, in parts of a point: how evidence keys spell it."""
        return self.first + self.step * place


def grid_of(warehouse: Warehouse, cohort: Cohort) -> ScoreGrid:
    """The thresholds for all scores of the file, whatever the cohort, so that a filter never moves the slider."""
    low, high, is_whole = warehouse.run(
        f"SELECT min(score), max(score), coalesce(bool_and(score = floor(score)), true) FROM {cohort.leads}"
        " WHERE score IS NOT NULL AND handoff_at IS NOT NULL"
    ).row(0)
    low, high = (0.0, _WHOLE_MOST) if low is None else (float(low), float(high))
    return grid_over(low, high, is_whole=bool(is_whole))


def grid_over(low: float, high: float, *, is_whole: bool) -> ScoreGrid:
    """The thresholds for scores from ``low`` to ``high``: 0 to 100, or at most 101 with a step of 1, 2 or 5 tens.

    Scores that lie outside 0 to 100, or all between 0 and 1, get a round step of their own, down to a thousandth.
    """
    low, high = max(low, -_FARTHEST), min(high, _FARTHEST)
    if low >= 0.0 and high <= _WHOLE_MOST and (is_whole or high > 1.0):
        return ScoreGrid(0, 1, THRESHOLDS, 1)
    unit = 1 if is_whole or high - low > THRESHOLDS - 1 else FINE
    first, last = math.floor(low * unit), math.floor(high * unit)
    step = next(
        size * 10**power
        for power in range(18)
        for size in (1, 2, 5)
        if last // (size * 10**power) - first // (size * 10**power) < THRESHOLDS
    )
    start = first // step
    return ScoreGrid(start * step, step, last // step - start + 1, unit)


def count_points(warehouse: Warehouse, cohort: Cohort, grid: ScoreGrid) -> Counts:
    """Counts per place of the grid, lowest first, and a last row for the leads without a score."""
    sums = ", ".join(f"count(*) FILTER (WHERE {LEAD_SETS[slug].predicate}) AS {slug}" for slug in COLUMNS)
    source = journey_relation(warehouse, cohort)
    found = warehouse.run_once(
        cohort.table, f"SELECT {grid.point} AS place, {sums} FROM {source} GROUP BY 1 ORDER BY 1"
    )
    counted = np.zeros((grid.count + 1, len(COLUMNS)), dtype=np.int64)
    for place, *counts in found.rows():
        counted[place] = counts
    return counted


def count_months(warehouse: Warehouse, cohort: Cohort, grid: ScoreGrid) -> tuple[tuple[int, ...], Counts]:
    """The months of handoff with scored leads, oldest first, and their leads per place of the grid."""
    source = journey_relation(warehouse, cohort)
    found = warehouse.run_once(
        cohort.table,
        f"SELECT month, {grid.point} AS place, count(*) AS leads FROM {source} WHERE score IS NOT NULL"
        " GROUP BY 1, 2 ORDER BY 1, 2",
    ).rows()
    months = {month: row for row, month in enumerate(dict.fromkeys(month for month, _, _ in found))}
    table = np.zeros((len(months), grid.count), dtype=np.int64)
    for month, place, leads in found:
        table[months[month], place] = leads
    return tuple(months), table


def weeks_of(warehouse: Warehouse, cohort: Cohort) -> float:
    """Length of the period in weeks, at least a day, as far as the file reaches: from its first handoff to the extract.

    Without a start of its own it begins with the first handoff of the selection, without an end it ends with the last.
    """
    earliest, latest = warehouse.run_once(
        cohort.table, f"SELECT min(handoff_at), max(handoff_at) FROM {cohort.table}"
    ).row(0)
    first = earliest if cohort.starts_at is None else max(cohort.starts_at, cohort.oldest)
    last = latest if cohort.ends_at is None else min(cohort.ends_at, cohort.manifest.as_of)
    if cohort.starts_at is None:
        last = min(last, latest)
    days = (last - first).total_seconds() / 86_400
    return max(1.0, days) / _WEEK_DAYS
