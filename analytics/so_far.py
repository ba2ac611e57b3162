"""What has happened so far, by as_of: decisions, outcomes, amounts and the days they took, per group and in all."""

from __future__ import annotations

from dataclasses import dataclass

from analytics.acceptance import is_measurable as is_acceptance_measurable
from analytics.cohort import Cohort, dimension_column
from analytics.metrics.catalog import LEAD_SETS
from analytics.metrics.compose import relation
from analytics.score_bands import has_wins
from analytics.warehouse import Warehouse

MONTH = "month"


@dataclass(frozen=True, slots=True)
class Lag:
    """Days between two stamps: whole days (floor), counted; None for no leads. ``negative`` went backwards."""

    leads: int
    median: float | None
    mean: float | None
    p90: float | None
    negative: int


@dataclass(frozen=True, slots=True)
class SoFarRow:
    """What had happened to one group of the cohort by as_of, whatever its age; ``value`` None = unknown."""

    value: str | None
    leads: int
    accepted: int
    rejected: int
    opportunities: int
    won: int
    lost: int
    accepted_amount: float
    won_amount: float

    @property
    def undecided(self) -> int:
        """Leads without a decision so far."""
        return self.leads - self.accepted - self.rejected


@dataclass(frozen=True, slots=True)
class SoFar:
    """Decisions and outcomes so far, by as_of: all leads, one row per value of ``dimension``, and the lags.

    Amounts count every opportunity once, however many leads share it.
    """

    total: SoFarRow
    dimension: str
    rows: tuple[SoFarRow, ...]
    days_to_decision: Lag
    days_to_won: Lag
    has_decisions: bool
    has_outcomes: bool
    has_amounts: bool


_COUNTED = ("leads", "so_far_accepted", "so_far_rejected", "so_far_opportunity", "so_far_won", "so_far_lost")


def measure_so_far(warehouse: Warehouse, cohort: Cohort, dimension: str) -> SoFar:
    """Counts by as_of, whatever the leads' age; one row per value of the dimension, the largest first.

    Raises:
        RequestError: no such dimension.
    """
    manifest = cohort.manifest
    column = _column(cohort, dimension)
    rows = _rows(warehouse, cohort, column)
    order = (
        (lambda row: row.value or "") if dimension == MONTH else (lambda row: (-row.leads, row.value or ""))
    )
    return SoFar(
        total=next(iter(_rows(warehouse, cohort, "CAST(NULL AS VARCHAR)")), _empty()),
        dimension=dimension,
        rows=tuple(sorted(rows, key=order)),
        days_to_decision=_lag(warehouse, cohort, "coalesce(l.accepted_at, l.rejected_at)"),
        days_to_won=_lag(warehouse, cohort, "CASE WHEN l.outcome = 'won' THEN l.closed_at END"),
        has_decisions=is_acceptance_measurable(manifest),
        has_outcomes=has_wins(manifest),
        has_amounts=manifest.has("amount"),
    )


def _empty() -> SoFarRow:
    return SoFarRow(None, 0, 0, 0, 0, 0, 0, 0.0, 0.0)


def _column(cohort: Cohort, dimension: str) -> str:
    if dimension == MONTH:
        return "strftime(DATE '1970-01-01' + CAST(c.handoff_day AS INTEGER), '%Y-%m')"
    return f"CAST({dimension_column(cohort.manifest, dimension, cohort.contract, cohort.bands)} AS VARCHAR)"


def _rows(warehouse: Warehouse, cohort: Cohort, column: str) -> list[SoFarRow]:
    """Counts per value, and amounts with every opportunity once: several leads may share one."""
    counts = ", ".join(f"count(*) FILTER (WHERE {LEAD_SETS[slug].predicate}) AS {slug}" for slug in _COUNTED)
    base = (
        f"SELECT c.*, {column} AS value, coalesce(l.opportunity_id, 'lead ' || c.lead_no) AS deal, l.amount "
        f"FROM {relation(cohort)} AS c JOIN {cohort.leads} AS l USING (lead_no)"
    )
    query = f"""
        WITH base AS ({base}),
        counted AS (SELECT value, {counts} FROM base GROUP BY 1),
        deals AS (
            SELECT value, deal, max(amount) AS amount, bool_or(is_accepted) AS is_accepted,
                   bool_or(coalesce(outcome = 'won', false)) AS is_won
            FROM base WHERE amount IS NOT NULL GROUP BY 1, 2
        ),
        summed AS (
            SELECT value, CAST(coalesce(sum(amount) FILTER (WHERE is_accepted), 0) AS DOUBLE) AS accepted_amount,
                   CAST(coalesce(sum(amount) FILTER (WHERE is_won), 0) AS DOUBLE) AS won_amount
            FROM deals GROUP BY 1
        )
        SELECT counted.*, coalesce(accepted_amount, 0) AS accepted_amount, coalesce(won_amount, 0) AS won_amount
        FROM counted LEFT JOIN summed ON summed.value IS NOT DISTINCT FROM counted.value
    """
    return [SoFarRow(*row) for row in warehouse.run(query).iter_rows()]


def _lag(warehouse: Warehouse, cohort: Cohort, until: str) -> Lag:
    """Whole days from handoff to a stamp, counted; quantiles by linear interpolation, as a spreadsheet does."""
    frame = warehouse.run(
        f"SELECT CAST(floor(date_diff('second', c.handoff_at, {until}) / 86400.0) AS BIGINT) AS days, count(*) AS leads "
        f"FROM {cohort.table} AS c JOIN {cohort.leads} AS l USING (lead_no) WHERE {until} IS NOT NULL GROUP BY 1 ORDER BY 1"
    )
    days, leads = frame["days"].to_list(), frame["leads"].to_list()
    total = sum(leads)
    if not total:
        return Lag(0, None, None, None, 0)
    mean = sum(day * count for day, count in zip(days, leads, strict=True)) / total
    negative = sum(count for day, count in zip(days, leads, strict=True) if day < 0)
    return Lag(total, _quantile(days, leads, 0.5), mean, _quantile(days, leads, 0.9), negative)


def _quantile(values: list[int], counts: list[int], p: float) -> float:
    """The quantile of counted values between the two neighbours, as R's type 7 and numpy's default."""
    position = p * (sum(counts) - 1)
    below, above = (
        _at(values, counts, int(position)),
        _at(values, counts, min(int(position) + 1, sum(counts) - 1)),
    )
    return below + (position - int(position)) * (above - below)


def _at(values: list[int], counts: list[int], index: int) -> int:
    for value, count in zip(values, counts, strict=True):
        if index < count:
            return value
        index -= count
    raise IndexError(index)
