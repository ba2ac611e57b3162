"""The one place where counting queries are composed: lead sets and groups to a query that returns counts only."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from analytics.cohort import Cohort
from analytics.metrics.catalog import LEAD_SETS, METRICS, Metric
from analytics.results import Rate
from analytics.stats.intervals import wilson_interval
from analytics.warehouse import Warehouse


def relation(cohort: Cohort) -> str:
    """The cohort with its derived columns: the Monday of the handoff, and full cadence by the contract."""
    contract = cohort.contract
    by_touches = f"(cadence_touches >= {int(contract.cadence_touches)} AND cadence_channels >= {int(contract.cadence_channels)})"
    return (
        f"(SELECT *, handoff_day - (handoff_day + 3) % 7 AS week, {by_touches} AS is_full_by_touches, "
        f"({by_touches} OR is_engaged) AS is_full_cadence "
        f"FROM {cohort.table})"
    )


def counting_query(cohort: Cohort, slugs: Iterable[str], group: str | None = None) -> str:
    """Count lead sets (without values) over the cohort, optionally per value of a column; counts only.

    Args:
        cohort: the shaped cohort.
        slugs: names of lead sets; each becomes a column of that name.
        group: a column of the cohort, or None.
    """
    counts = ", ".join(f"count(*) FILTER (WHERE {LEAD_SETS[slug].predicate}) AS {slug}" for slug in slugs)
    if group is None:
        return f"SELECT {counts} FROM {relation(cohort)}"
    return f"SELECT {group} AS value, {counts} FROM {relation(cohort)} GROUP BY 1 ORDER BY 1"


def metric_query(metric: Metric) -> str:
    """The counting query of one metric as it can be read on a page: the cohort stands by its name."""
    parts = [f"count(*) FILTER (WHERE {LEAD_SETS[metric.numerator].predicate}) AS numerator"]
    parts.append(f"count(*) FILTER (WHERE {LEAD_SETS[metric.denominator].predicate}) AS denominator")
    if metric.pending:
        parts.append(f"count(*) FILTER (WHERE {LEAD_SETS[metric.pending].predicate}) AS pending")
    return "SELECT\n    " + ",\n    ".join(parts) + "\nFROM cohort"


PLAIN_SETS = tuple(slug for slug, found in LEAD_SETS.items() if not found.takes_value and found.predicate)
"""Lead sets that need no value: all of them are counted in one scan, whichever is asked for first."""


def count_sets(warehouse: Warehouse, cohort: Cohort, slugs: Iterable[str]) -> dict[str, int]:
    """Lead set -> leads."""
    row: dict[str, Any] = warehouse.run_once(cohort.table, counting_query(cohort, PLAIN_SETS)).row(
        0, named=True
    )
    return {slug: int(row[slug]) for slug in slugs}


def rate(numerator: int, denominator: int, pending: int = 0) -> Rate:
    """A rate with its Wilson interval."""
    interval = wilson_interval(numerator, denominator)
    low, high = interval or (None, None)
    return Rate(numerator, denominator, low, high, pending)


def metric_rate(counts: dict[str, int], slug: str) -> Rate:
    """The rate of a metric from counted lead sets."""
    metric = METRICS[slug]
    return rate(
        counts[metric.numerator], counts[metric.denominator], counts[metric.pending] if metric.pending else 0
    )
