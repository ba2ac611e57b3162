"""What has happened so far, by as_of: decisions, outcomes, amounts and the days they took, per group and in all."""

from __future__ import annotations

from dataclasses import dataclass

from analytics.cohort import Cohort
from analytics.dimensions import dimension_column
from analytics.measurable import has_wins, knows_acceptance, knows_rejections
from analytics.metrics.catalog import LEAD_SETS
from analytics.metrics.compose import count_sets
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

    Amounts count every opportunity once, however many leads share it. ``has_decisions``: acceptance is known;
    ``has_rejections``: rejections are too, and so who has no decision.
    """

    total: SoFarRow
    dimension: str
    rows: tuple[SoFarRow, ...]
    days_to_decision: Lag
    days_to_won: Lag
    has_decisions: bool
    has_outcomes: bool
    has_amounts: bool
    has_rejections: bool = True


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
        total=_total(warehouse, cohort),
        dimension=dimension,
        rows=tuple(sorted(rows, key=order)),
        days_to_decision=_lag(warehouse, cohort, "coalesce(l.accepted_at, l.rejected_at)"),
        days_to_won=_lag(warehouse, cohort, "CASE WHEN l.outcome = 'won' THEN l.closed_at END"),
        has_decisions=knows_acceptance(manifest),
        has_outcomes=has_wins(manifest),
        has_amounts=manifest.has("amount"),
        has_rejections=knows_rejections(manifest),
    )


def _column(cohort: Cohort, dimension: str) -> str:
    if dimension == MONTH:
        return "strftime(DATE '1970-01-01' + CAST(c.handoff_day AS INTEGER), '%Y-%m')"
    return f"CAST({dimension_column(cohort.manifest, dimension, cohort.contract, cohort.bands)} AS VARCHAR)"


def _total(warehouse: Warehouse, cohort: Cohort) -> SoFarRow:
    """The whole cohort as one row, from the lead sets that every number counts over."""
    counts = count_sets(warehouse, cohort, _COUNTED)
    accepted, won = _amounts(warehouse, cohort, "CAST(NULL AS VARCHAR)").get(None, (0.0, 0.0))
    leads, accepts, rejects, opportunities, wins, losses = (counts[slug] for slug in _COUNTED)
    return SoFarRow(None, leads, accepts, rejects, opportunities, wins, losses, accepted, won)


def _rows(warehouse: Warehouse, cohort: Cohort, column: str) -> list[SoFarRow]:
    """One row per value of a dimension."""
    counts = ", ".join(f"count(*) FILTER (WHERE {LEAD_SETS[slug].predicate}) AS {slug}" for slug in _COUNTED)
    source = (
        f"{cohort.table} AS c"
        if "l." not in column
        else f"{cohort.table} AS c JOIN {cohort.leads} AS l USING (lead_no)"
    )
    frame = warehouse.run(
        f"SELECT value, {counts} FROM (SELECT c.is_accepted, c.is_rejected, c.has_opportunity, c.outcome, {column} AS value "
        f"FROM {source}) GROUP BY 1"
    )
    amounts = _amounts(warehouse, cohort, column)
    rows = []
    for value, leads, accepts, rejects, opportunities, wins, losses in frame.iter_rows():
        accepted, won = amounts.get(value, (0.0, 0.0))
        rows.append(SoFarRow(value, leads, accepts, rejects, opportunities, wins, losses, accepted, won))
    return rows


def _amounts(warehouse: Warehouse, cohort: Cohort, column: str) -> dict[str | None, tuple[float, float]]:
    """Value -> amount accepted and amount won, every opportunity once however many leads share it."""
    frame = warehouse.run(
        f"""
        SELECT value, coalesce(sum(amount) FILTER (WHERE is_accepted), 0) AS accepted_amount,
               coalesce(sum(amount) FILTER (WHERE is_won), 0) AS won_amount
        FROM (
            SELECT {column} AS value, coalesce(l.opportunity_id, 'lead ' || c.lead_no) AS deal, max(l.amount) AS amount,
                   bool_or(c.is_accepted) AS is_accepted, bool_or(coalesce(c.outcome = 'won', false)) AS is_won
            FROM {cohort.table} AS c JOIN {cohort.leads} AS l USING (lead_no)
            WHERE l.amount IS NOT NULL AND (c.is_accepted OR c.outcome = 'won')
            GROUP BY 1, 2
        )
        GROUP BY 1
        """
    )
    return {value: (float(accepted), float(won)) for value, accepted, won in frame.iter_rows()}


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
