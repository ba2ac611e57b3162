"""The one place where counting queries are composed: lead sets and groups to a query that returns counts only."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from analytics.cohort import Cohort
from analytics.journey import open_journey
from analytics.measurable import has_touches, knows_first_touch
from analytics.metrics.catalog import LEAD_SETS, METRICS, Metric
from analytics.results import Rate
from analytics.stats.intervals import wilson_interval
from analytics.warehouse import Warehouse


def relation(cohort: Cohort) -> str:
    """The cohort with its derived columns: the Monday of the handoff, and full cadence by the contract.

    ``lists_touches``: the export lists touches or dates the first one, so a lead without one had none.
    """
    return _derived(cohort, cohort.table)


def journey_relation(warehouse: Warehouse, cohort: Cohort) -> str:
    """The same rows with the columns of each lead's journey; shaped when first asked for."""
    return _derived(cohort, open_journey(warehouse, cohort))


def _derived(cohort: Cohort, table: str) -> str:
    contract = cohort.contract
    by_touches = f"(cadence_touches >= {int(contract.cadence_touches)} AND cadence_channels >= {int(contract.cadence_channels)})"
    manifest = cohort.manifest
    lists_touches = "true" if has_touches(manifest) or knows_first_touch(manifest) else "false"
    return (
        f"(SELECT *, {lists_touches} AS lists_touches, handoff_day - (handoff_day + 3) % 7 AS week, {by_touches} AS is_full_by_touches, "
        f"({by_touches} OR is_engaged) AS is_full_cadence "
        f"FROM {table})"
    )


def counts_of(slugs: Iterable[str]) -> str:
    """Counting columns of lead sets (without values), each under its own name."""
    return ", ".join(f"count(*) FILTER (WHERE {LEAD_SETS[slug].predicate}) AS {slug}" for slug in slugs)


def counting_query(cohort: Cohort, slugs: Iterable[str], group: str | None = None) -> str:
    """Count lead sets (without values) over the cohort, optionally per value of a column; counts only.

    Args:
        cohort: the shaped cohort.
        slugs: names of lead sets of the cohort's grain; each becomes a column of that name.
        group: a column of the cohort, or None.
    """
    return _counting(relation(cohort), slugs, group)


def journey_query(
    warehouse: Warehouse, cohort: Cohort, slugs: Iterable[str], group: str | None = None
) -> str:
    """As ``counting_query``, over the journeys: any lead set but those outside the cohort, any of their columns."""
    return _counting(journey_relation(warehouse, cohort), slugs, group)


def _counting(source: str, slugs: Iterable[str], group: str | None) -> str:
    if group is None:
        return f"SELECT {counts_of(slugs)} FROM {source}"
    return f"SELECT {group} AS value, {counts_of(slugs)} FROM {source} GROUP BY 1 ORDER BY 1"


def metric_query(metric: Metric) -> str:
    """The counting query of one metric as it can be read on a page: the cohort stands by its name."""
    parts = [f"count(*) FILTER (WHERE {LEAD_SETS[metric.numerator].predicate}) AS numerator"]
    parts.append(f"count(*) FILTER (WHERE {LEAD_SETS[metric.denominator].predicate}) AS denominator")
    if metric.pending:
        parts.append(f"count(*) FILTER (WHERE {LEAD_SETS[metric.pending].predicate}) AS pending")
    return "SELECT\n    " + ",\n    ".join(parts) + "\nFROM cohort"


PLAIN_SETS = tuple(
    slug for slug, found in LEAD_SETS.items() if not found.takes_value and found.grain == "cohort"
)
JOURNEY_SETS = tuple(
    slug
    for slug, found in LEAD_SETS.items()
    if not found.takes_value and found.grain in ("cohort", "journey")
)
"""Lead sets that need no value: all of them are counted in one scan, whichever is asked for first."""


def count_sets(warehouse: Warehouse, cohort: Cohort, slugs: Iterable[str]) -> dict[str, int]:
    """Lead set -> leads, for sets without values inside the cohort."""
    wanted = tuple(slugs)
    if all(slug in PLAIN_SETS for slug in wanted):
        query = counting_query(cohort, PLAIN_SETS)
    else:
        query = journey_query(warehouse, cohort, JOURNEY_SETS)
    row: dict[str, Any] = warehouse.run_once(cohort.table, query).row(0, named=True)
    return {slug: int(row[slug]) for slug in wanted}


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
