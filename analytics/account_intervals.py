"""Rates whose interval knows that leads of one account are no independent witnesses; the verdict stands on these."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import polars as pl

from analytics import formatting as text
from analytics.cohort import Cohort
from analytics.metrics.catalog import LEAD_SETS, METRICS
from analytics.metrics.compose import count_sets, journey_relation, metric_rate
from analytics.results import Rate
from analytics.stats.clustered import LEAST_CLUSTERS, clustered_interval
from analytics.warehouse import Warehouse

METHOD = (
    "Where several leads of one account stand in a rate, its interval is drawn 2,000 times from whole accounts, and the"
    " wider of it and Wilson's is shown; the rate itself counts leads. Where such leads come from under"
    f" {LEAST_CLUSTERS} accounts the rate has no interval and stays open."
)


def rates_by_account(warehouse: Warehouse, cohort: Cohort, slugs: Iterable[str]) -> dict[str, Rate]:
    """Metric -> its rate over leads, with an interval over accounts where accounts have several of its leads.

    Of the bootstrap by account and Wilson's interval the wider one is kept: at rates of 0 or 1 a bootstrap alone is
    too sure. A rate that could be quoted but stands on too few accounts has no interval; ``few_accounts`` counts them.
    """
    wanted = tuple(slugs)
    if not wanted:
        return {}
    sets = tuple(dict.fromkeys(part for slug in wanted for part in _parts(slug)))
    counts = count_sets(warehouse, cohort, sets)
    table = _per_account(warehouse, cohort)
    return {slug: _widened(warehouse, table, slug, metric_rate(counts, slug)) for slug in wanted}


def few_accounts(warehouse: Warehouse, cohort: Cohort, rates: Mapping[str, Rate]) -> dict[str, int]:
    """Metric -> its accounts, for the rates of ``rates_by_account`` that too few accounts leave without an interval."""
    few = [slug for slug, one in rates.items() if text.is_quotable(one) and one.low is None]
    return {
        slug: int(_alike(warehouse, _per_account(warehouse, cohort), slug)["accounts"].sum()) for slug in few
    }


def _parts(slug: str) -> tuple[str, ...]:
    metric = METRICS[slug]
    return tuple(part for part in (metric.numerator, metric.denominator, metric.pending) if part)


def _per_account(warehouse: Warehouse, cohort: Cohort) -> str:
    """The derived table with one row per account: how many of its leads stand in each rate."""
    columns = ", ".join(
        f"count(*) FILTER (WHERE {LEAD_SETS[part].predicate}) AS {slug}_{place}"
        for slug, metric in METRICS.items()
        for place, part in (("hits", metric.numerator), ("of", metric.denominator))
    )
    name = f"{cohort.table.replace('cohort_', 'rates_')}"
    query = f"SELECT account, {columns} FROM {journey_relation(warehouse, cohort)} GROUP BY account"
    return warehouse.table(name, query)


def _alike(warehouse: Warehouse, table: str, slug: str) -> pl.DataFrame:
    """How many accounts have so many hits among so many leads of a rate."""
    return warehouse.run_once(
        table,
        f"SELECT {slug}_hits AS hits, {slug}_of AS trials, count(*) AS accounts FROM {table}"
        f" WHERE {slug}_of > 0 GROUP BY 1, 2 ORDER BY 1, 2",
    )


def _widened(warehouse: Warehouse, table: str, slug: str, plain: Rate) -> Rate:
    frame = _alike(warehouse, table, slug)
    if plain.low is None or plain.high is None or not text.is_quotable(plain) or frame["trials"].max() == 1:
        return plain
    hits, trials, accounts = (frame[name].to_numpy() for name in ("hits", "trials", "accounts"))
    found = clustered_interval(hits, trials, accounts)
    if found is None:
        return Rate(plain.numerator, plain.denominator, pending=plain.pending)
    low, high = min(found[0], plain.low), max(found[1], plain.high)
    return Rate(plain.numerator, plain.denominator, low, high, plain.pending)
