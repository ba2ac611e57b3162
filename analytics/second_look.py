"""A second look at speed: leads that arrive out of hours wait longer for reasons that have nothing to do with intent."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from analytics import formatting as text
from analytics.cohort import Cohort
from analytics.metrics.catalog import LEAD_SETS
from analytics.metrics.compose import journey_relation, rate
from analytics.results import Rate
from analytics.stats.stratified import (
    StratifiedComparison,
    StratifiedVerdict,
    compare_strata,
    stratified_verdict,
)
from analytics.stats.survival import wait_curve
from analytics.warehouse import Warehouse

LEAST_WINS = 20
"""With fewer wins the outcome is the opportunity, where the export knows it; with fewer hits no second look."""
Outcome = Literal["won", "opportunity"]


@dataclass(frozen=True, slots=True)
class Natural:
    """The second look: leads that arrived out of hours against the others, of one score band each.

    Rates are of the outcome within the horizon of the handoff; waits are medians of wall time, None = not reached.
    ``undated`` leads had the outcome on an unknown day and are not counted; ``is_withheld``: with all of them counted
    the verdict would be another one.
    """

    out_of_hours: Rate
    in_hours: Rate
    wait_out_of_hours: float | None
    wait_in_hours: float | None
    comparison: StratifiedComparison
    verdict: StratifiedVerdict
    undated: int = 0
    is_withheld: bool = False


def measure_second_look(warehouse: Warehouse, cohort: Cohort, outcome: Outcome) -> Natural | None:
    """Out-of-hours arrivals against the others; None where too few, or where they do not wait longer."""
    if not cohort.manifest.has("score"):
        return None
    is_won = outcome == "won"
    hit = LEAD_SETS["won_in_horizon" if is_won else "opportunity_in_horizon"].predicate
    open_hit = LEAD_SETS["mature_won_undated" if is_won else "mature_opportunity_undated"].predicate
    source = (
        f"(SELECT * FROM {journey_relation(warehouse, cohort)} WHERE {LEAD_SETS['mature'].predicate}"
        f" AND {LEAD_SETS['timed'].predicate} AND {LEAD_SETS['arrival_known'].predicate})"
    )
    frame = warehouse.run(
        f"SELECT {LEAD_SETS['out_of_hours'].predicate} AS is_out, score_band, count(*) AS leads,"
        f" count(*) FILTER (WHERE {hit}) AS hits, count(*) FILTER (WHERE {open_hit}) AS undated"
        f" FROM {source} GROUP BY 1, 2 ORDER BY 1, 2"
    )
    counts = {(is_out, band): tuple(map(int, counted)) for is_out, band, *counted in frame.iter_rows()}
    bands = sorted({band for _, band in counts})
    sides = [[counts.get((is_out, band), (0, 0, 0)) for band in bands] for is_out in (True, False)]
    rates = [rate(sum(hits for _, hits, _ in side), sum(leads for leads, _, _ in side)) for side in sides]
    waits = [_median_wait(warehouse, source, is_out=is_out) for is_out in (True, False)]
    comparison = _compared(sides, has_undated=False)
    is_enough = (
        all(text.is_quotable(one) for one in rates) and sum(one.numerator for one in rates) >= LEAST_WINS
    )
    is_longer = waits[1] is not None and (waits[0] is None or waits[0] > waits[1])
    if comparison is None or not is_enough or not is_longer:
        return None
    undated = sum(one for side in sides for _, _, one in side)
    verdict = stratified_verdict(comparison)
    is_withheld = bool(undated) and stratified_verdict(_compared(sides, has_undated=True)) != verdict
    return Natural(rates[0], rates[1], waits[0], waits[1], comparison, verdict, undated, is_withheld)


def _compared(sides: list[list[tuple[int, ...]]], *, has_undated: bool) -> StratifiedComparison | None:
    """Out of hours against in hours, per score band (leads, hits, undated hits); those without a date as hits or not."""
    hits = [[one + (undated if has_undated else 0) for _, one, undated in side] for side in sides]
    leads = [[one for one, _, _ in side] for side in sides]
    return compare_strata(hits[0], leads[0], hits[1], leads[1])


def _median_wait(warehouse: Warehouse, source: str, *, is_out: bool) -> float | None:
    """The Kaplan-Meier median of the wall wait of one side; None = not reached."""
    side = LEAD_SETS["out_of_hours" if is_out else "in_hours"].predicate
    frame = warehouse.run(
        "SELECT wall_wait AS wait, count(*) FILTER (WHERE is_touched) AS touched,"
        f" count(*) FILTER (WHERE NOT is_touched) AS waiting FROM {source} WHERE {side} GROUP BY 1 ORDER BY 1"
    )
    curve = wait_curve(frame["wait"].to_numpy(), frame["touched"].to_numpy(), frame["waiting"].to_numpy())
    return curve.quantile(0.5) if curve else None
