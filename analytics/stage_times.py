"""How long leads take from one recorded stage to the next, by the wall clock."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from analytics.cohort import Cohort
from analytics.funnel_stages import ACCEPTED, OPPORTUNITY, WON, count_keys
from analytics.metrics.catalog import LEAD_SETS
from analytics.metrics.compose import journey_relation
from analytics.outcome_race import stage_obstacle
from analytics.results import Unmeasurable
from analytics.stats.arrays import Ints
from analytics.warehouse import Warehouse


@dataclass(frozen=True, slots=True)
class StageTime:
    """Seconds of wall time between two recorded stages, of the ``timed`` leads that have both in order."""

    slug: str
    label: str
    timed: int
    median: float | None
    p90: float | None
    untimed: int
    key: str
    untimed_key: str


def measure_times(warehouse: Warehouse, cohort: Cohort) -> tuple[StageTime | Unmeasurable, ...]:
    """Handoff to decision, acceptance to opportunity, opportunity to closing: each over its recorded dates only."""
    plans = (
        (
            "decision",
            "Handoff to decision",
            "CASE WHEN is_accepted THEN accept_age ELSE reject_age END",
            (ACCEPTED,),
        ),
        (
            "opportunity",
            "Acceptance to opportunity",
            "opportunity_age - accept_age",
            (ACCEPTED, OPPORTUNITY),
        ),
        (
            "closing",
            "Opportunity to closing",
            "coalesce(won_age, lost_age) - opportunity_age",
            (OPPORTUNITY, WON),
        ),
    )
    return tuple(_time(warehouse, cohort, *plan) for plan in plans)


def _time(
    warehouse: Warehouse, cohort: Cohort, slug: str, name: str, gap: str, stages: tuple[str, ...]
) -> StageTime | Unmeasurable:
    obstacle = next((why for stage in stages if (why := stage_obstacle(cohort, stage)) is not None), None)
    if obstacle is not None:
        return Unmeasurable(f"{name}: {obstacle.why[0].lower()}{obstacle.why[1:]}", obstacle.column)
    timed, untimed = f"{slug}_timed", f"{slug}_untimed"
    frame = warehouse.run_once(
        cohort.table,
        f"SELECT {gap} AS seconds, count(*) AS leads FROM {journey_relation(warehouse, cohort)}"
        f" WHERE {LEAD_SETS[timed].predicate} GROUP BY 1 ORDER BY 1",
    )
    seconds, leads = (series.to_numpy().astype(np.int64) for series in frame.get_columns())
    return StageTime(
        slug,
        name,
        int(leads.sum()),
        counted_quantile(seconds, leads, 0.5),
        counted_quantile(seconds, leads, 0.9),
        count_keys(warehouse, cohort, [untimed])[untimed],
        timed,
        untimed,
    )


def counted_quantile(values: Ints, counts: Ints, p: float) -> float | None:
    """The quantile of rising ``values`` that stand ``counts`` times each; None for none.

    Linear between the two neighbours, as numpy's default and R's type 7: of 1, 2, 3 and 10 the median is 2.5.
    """
    total = int(counts.sum())
    if not total:
        return None
    position = p * (total - 1)
    ends = np.cumsum(counts)
    low = values[np.searchsorted(ends, int(position), side="right")]
    high = values[np.searchsorted(ends, min(int(position) + 1, total - 1), side="right")]
    return float(low + (position - int(position)) * (high - low))
