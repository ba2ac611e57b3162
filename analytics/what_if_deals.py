"""Won opportunities of a what-if: kept, given up or shared, each counted once however many leads share it."""

from __future__ import annotations

from dataclasses import dataclass

from analytics.cohort import Cohort
from analytics.rules.conditions import Condition
from analytics.warehouse import Warehouse
from analytics.what_if_rows import answered

_IS_WON = "coalesce(c.outcome = 'won', false)"


@dataclass(frozen=True, slots=True)
class Deals:
    """Won opportunities by the extract time, each counted once however many leads share it.

    ``kept`` have a won lead among the kept ones; ``shared`` of them have another one among those removed. Amounts are
    of the opportunity, whichever lead carries it, None where the export has none; ``unpriced`` have no amount.
    """

    all: int
    kept: int
    shared: int
    unpriced: int
    amount: float | None
    kept_amount: float | None

    @property
    def given_up(self) -> int:
        """Opportunities whose won leads are all removed."""
        return self.all - self.kept

    @property
    def given_up_amount(self) -> float | None:
        """The amount of the opportunities given up."""
        if self.amount is None or self.kept_amount is None:
            return None
        return self.amount - self.kept_amount


def deal_rows(cohort: Cohort, condition: Condition) -> str:
    """One row per opportunity of accepted or won leads; a lead without an opportunity's id is one of its own."""
    source, _ = answered(cohort, condition)
    return (
        "(SELECT l.opportunity_id AS deal, CASE WHEN l.opportunity_id IS NULL THEN c.lead_no END AS alone,"
        f" max(l.amount) AS amount, bool_or({_IS_WON}) AS is_won, bool_or({_IS_WON} AND c.answer = 1) AS is_kept,"
        f" bool_or({_IS_WON} AND c.answer <> 1) AS is_removed, min(CASE WHEN {_IS_WON} THEN c.lead_no END) AS first_lead,"
        f" min(CASE WHEN {_IS_WON} AND c.answer = 1 THEN c.lead_no END) AS first_kept"
        f" FROM {source} JOIN {cohort.leads} AS l USING (lead_no) WHERE c.is_accepted OR {_IS_WON} GROUP BY 1, 2)"
    )


def measure_deals(warehouse: Warehouse, cohort: Cohort, condition: Condition) -> Deals:
    """Won opportunities of the cohort, parted by a condition that keeps leads."""
    row = warehouse.run(
        "SELECT count(*) FILTER (WHERE is_won) AS won, count(*) FILTER (WHERE is_kept) AS kept,"
        " count(*) FILTER (WHERE is_kept AND is_removed) AS shared,"
        " count(*) FILTER (WHERE is_won AND amount IS NULL) AS unpriced,"
        " CAST(coalesce(sum(amount) FILTER (WHERE is_won), 0) AS DOUBLE) AS amount,"
        " CAST(coalesce(sum(amount) FILTER (WHERE is_kept), 0) AS DOUBLE) AS kept_amount"
        f" FROM {deal_rows(cohort, condition)}",
        condition.params,
    ).row(0, named=True)
    has_amounts = cohort.manifest.has("amount")
    return Deals(
        all=int(row["won"]),
        kept=int(row["kept"]),
        shared=int(row["shared"]),
        unpriced=int(row["unpriced"]),
        amount=float(row["amount"]) if has_amounts else None,
        kept_amount=float(row["kept_amount"]) if has_amounts else None,
    )
