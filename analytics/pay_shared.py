"""The number that both leaders' pay shares: what was won, or created and advanced, per quarter, each opportunity once."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from analytics.cohort import Cohort
from analytics.measurable import NO_WINS, has_wins
from analytics.results import Unmeasurable
from analytics.warehouse import Warehouse
from analytics.zones import to_local

NO_AMOUNTS = Unmeasurable(
    "The export does not say what an opportunity is worth.", "the amount of the opportunity"
)
NO_EVENT_DATES = {
    "net_new_revenue": Unmeasurable("The export does not say when leads were won.", "the closing date"),
    "advancing_pipeline": Unmeasurable(
        "The export does not say when opportunities were created.", "the opportunity's creation date"
    ),
}


@dataclass(frozen=True, slots=True)
class SharedNumber:
    """The shared number of one quarter, each opportunity once: ``opportunities`` are won or still open, none is lost.

    ``amount`` is what is certain: won. ``at_most`` adds what is still open, of which the export does not say whether it
    advanced; equal to ``amount`` for revenue. ``earlier`` is the part from leads handed off before the quarter.
    ``without_amount`` of the ``opportunities`` carry no amount and add nothing.
    """

    number: int
    opportunities: int
    amount: float
    at_most: float
    earlier: float
    without_amount: int


def measure_shared(
    warehouse: Warehouse, cohort: Cohort
) -> tuple[tuple[SharedNumber, ...] | Unmeasurable, int]:
    """The shared number per quarter of its event, over the leads of the file that meet the filters; those without a date."""
    manifest, number = cohort.manifest, cohort.contract.pay_number
    is_revenue = number == "net_new_revenue"
    if not manifest.has("amount"):
        return NO_AMOUNTS, 0
    is_dated = manifest.has("closed_at", "won_at") if is_revenue else manifest.has("opportunity_at")
    if not has_wins(manifest):
        return NO_WINS, 0
    if not is_dated:
        return NO_EVENT_DATES[number], 0
    on = to_local("happened_at", cohort.zone, cohort.oldest - timedelta(days=400), manifest.as_of)
    passed = to_local("passed_at", cohort.zone, cohort.oldest, manifest.as_of)
    event = "CASE WHEN l.outcome = 'won' THEN l.closed_at END" if is_revenue else "l.opportunity_at"
    has_event = "l.outcome = 'won'" if is_revenue else "l.has_opportunity OR l.outcome = 'won'"
    quarter = "CAST(year({0}) * 4 + quarter({0}) - 1 AS INTEGER)"
    frame = warehouse.run(
        f"""
        SELECT number, count(*) FILTER (WHERE is_won OR NOT is_lost) AS opportunities,
               coalesce(sum(amount) FILTER (WHERE is_won), 0) AS amount,
               coalesce(sum(amount) FILTER (WHERE is_won OR NOT is_lost), 0) AS at_most,
               coalesce(sum(amount) FILTER (WHERE is_won AND passed_in < number), 0) AS earlier,
               count(*) FILTER (WHERE amount IS NULL AND (is_won OR NOT is_lost)) AS without_amount
        FROM (
            SELECT {quarter.format(on)} AS number, {quarter.format(passed)} AS passed_in, amount, is_won, is_lost
            FROM (
                SELECT coalesce('id ' || l.opportunity_id, 'lead ' || l.lead_no) AS deal, max(l.amount) AS amount,
                       min({event}) AS happened_at, min(l.handoff_at) AS passed_at,
                       bool_or(coalesce(l.outcome = 'won', false)) AS is_won,
                       bool_or(coalesce(l.outcome = 'lost', false)) AS is_lost
                FROM {cohort.leads} AS l WHERE l.handoff_at IS NOT NULL AND ({has_event}){cohort.filters} GROUP BY 1
            )
        ) GROUP BY 1 ORDER BY 1
        """,
        cohort.params,
    )
    found = [
        SharedNumber(int(quarter_no), int(deals), float(won), float(most), float(early), int(blank))
        for quarter_no, deals, won, most, early, blank in frame.drop_nulls("number").iter_rows()
    ]
    undated = frame.filter(frame["number"].is_null())["opportunities"].sum()
    return tuple(found), int(undated)
