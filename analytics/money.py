"""What does a customer cost, and where from? The spend file beside the leads, source by source, over whole months of handoff."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC
from zoneinfo import ZoneInfo

from analytics.cohort import Cohort, leads_relation, query_text
from analytics.compliance import marketing_obstacle
from analytics.contract_past import is_whole_month
from analytics.dimensions import dimension_column
from analytics.importing.categories import category_key
from analytics.measurable import NO_ACCEPTANCE, NO_WINS, has_wins, knows_acceptance
from analytics.metrics.catalog import selection_of
from analytics.metrics.compose import journey_relation
from analytics.money_bill import Bill, Line, Money, Month, Standing, sum_of
from analytics.money_spend import named_months, read_spend, sort_rows, spend_obstacle
from analytics.periods import Unit, number_of
from analytics.results import Unmeasurable
from analytics.sales_ready import incomplete_reason
from analytics.schema import label_of
from analytics.warehouse import Warehouse

METHOD = (
    "The spend file gives one amount per source and month. It is set beside the leads handed off in the same month, in the"
    " contract's zone, and only whole months are counted: covered by the period and the file, over by the extract, and named in the spend"
    " file. Sources are matched without regard to case, blanks and underscores. Cost per lead = spend / leads, both counted."
    " Cost per qualified lead, per accepted lead and per customer = the cost per lead divided by the share of those leads;"
    " its 95 % interval is the cost per lead divided by the two ends of Wilson's interval of that share, and while the share"
    " could be zero it has no upper end. A customer is a won opportunity, or a won lead without an opportunity id; an"
    " opportunity that several leads share is one customer, of the month and source of its earliest lead, and its amount"
    " counts once. Accepted and won are counted so far, by the extract, whatever the lead's age."
)
SOURCE = "source"
ACCEPTED_KEY, QUALIFIED_KEY, WON_KEY = "so_far_accepted", "definition_met", "so_far_won"
PENDING_KEY = "pending_decision.so_far_undecided"
_COUNTED = {
    "leads": "leads", "qualified": QUALIFIED_KEY, "qualified_unknown": "definition_unknown", "accepted": ACCEPTED_KEY,
    "pending": PENDING_KEY, "won_leads": WON_KEY, "immature": "immature",
}  # fmt: skip
"""Part of a bill -> the lead set that counts it."""


def measure_money(warehouse: Warehouse, cohort: Cohort) -> Money | Unmeasurable:
    """Spend, leads, customers and costs of a cohort; why not, where there is no spend or it cannot be split.

    A selection without leads, or without a whole month that the spend file names, has empty bills.
    """
    manifest = cohort.manifest
    obstacle = spend_obstacle(manifest) or _filter_obstacle(cohort)
    if obstacle is not None:
        return obstacle
    cells = read_spend(warehouse, manifest)
    bills = _bills(warehouse, cohort)
    named = named_months(cells)
    with_leads = {month for _, month in bills}
    whole = _whole_months(cohort)
    counted = [number for number in whole if number in named]
    spend, amounts, names = sort_rows(cells, frozenset(counted), _source_keys(cohort))
    months = tuple(
        Month(
            number,
            _standing(number, whole, named),
            sum_of(
                [
                    *(bill for (_, at), bill in bills.items() if at == number),
                    *(Bill(spend=amount) for (_, at), amount in amounts.items() if at == number),
                ]
            ),
        )
        for number in sorted({*with_leads, *counted})
    )
    lines = _lines(bills, amounts, names, frozenset(counted))
    return Money(
        lines=lines,
        total=sum_of(one.bill for one in lines),
        paid=sum_of(one.bill for one in lines if one.bill.spend is not None and not one.is_unplaced),
        months=months,
        spend=spend,
        leads=sum(one.leads for one in bills.values()),
        no_definition=_definition_obstacle(cohort),
        no_acceptance=None if knows_acceptance(manifest) else NO_ACCEPTANCE,
        no_wins=None if has_wins(manifest) else NO_WINS,
        has_amounts=manifest.has("amount"),
        has_ids=manifest.has("opportunity_id"),
        has_source=manifest.has(SOURCE),
        currency=str(manifest.facts.get("currency", "")),
    )


def _filter_obstacle(cohort: Cohort) -> Unmeasurable | None:
    """The file splits spend by source and month only: leads chosen by anything else have no spend of their own."""
    other = [name for name, values in cohort.request.filters if values and not _is_source(cohort, name)]
    if not other:
        return None
    named = " and ".join(label_of(name) for name in other)
    return Unmeasurable(
        f"The selection is filtered by {named}, and the spend file knows only source and month: nobody can say which part"
        " of the spend these leads took.",
        "a selection without that filter; a filter by source is fine",
    )


def _is_source(cohort: Cohort, name: str) -> bool:
    column = dimension_column(cohort.manifest, name, cohort.contract, cohort.bands)
    return column == f"l.{SOURCE}" and cohort.manifest.has(SOURCE)


def _source_keys(cohort: Cohort) -> frozenset[str] | None:
    """The sources that the filters leave, folded; None without a filter. Leads without a source have no spend."""
    chosen = [values for _, values in cohort.request.filters if values]
    if not chosen:
        return None
    return frozenset.intersection(
        *(frozenset(category_key(one) for one in values if one) for values in chosen)
    )


def _definition_obstacle(cohort: Cohort) -> Unmeasurable | None:
    """Why nobody can say which leads meet the definition; missing completeness alone does not hinder that."""
    why = marketing_obstacle(cohort)
    return None if why == incomplete_reason(cohort.manifest, cohort.contract) else why


def _whole_months(cohort: Cohort) -> tuple[int, ...]:
    """The months that the period and the file cover and that are over by the extract, the oldest first."""
    zone = ZoneInfo(cohort.zone)
    first, last = (
        number_of(Unit.MONTH, at.replace(tzinfo=UTC).astimezone(zone).date())
        for at in (cohort.oldest, cohort.manifest.as_of)
    )
    return tuple(number for number in range(first, last + 1) if is_whole_month(cohort, number))


def _standing(number: int, whole: Iterable[int], named: Iterable[int]) -> Standing:
    if number not in whole:
        return Standing.PART
    return Standing.COUNTED if number in named else Standing.UNNAMED


def _bills(warehouse: Warehouse, cohort: Cohort) -> dict[tuple[str | None, int], Bill]:
    """Source as the leads spell it (None = not known) and month of handoff -> counts, without spend."""
    leads = leads_relation(warehouse, cohort.manifest)
    customers = warehouse.table(
        f"customers_{cohort.manifest.fingerprint[:24]}", query_text("money").format(leads=leads)
    )
    counts = ", ".join(
        f"count(*) FILTER (WHERE {selection_of(key).predicate}) AS {name}" for name, key in _COUNTED.items()
    )
    has_definition = _definition_obstacle(cohort) is None
    rows = warehouse.run(
        f"SELECT source, month, {counts}, count(first_of) AS customers, count(*) FILTER (WHERE deal_sources > 1) AS shared, "
        "coalesce(sum(deal_amount), 0) AS won_amount, count(*) FILTER (WHERE first_of IS NOT NULL AND deal_amount IS NULL) "
        f"AS without_amount FROM (SELECT c.*, l.source, k.lead_no AS first_of, k.deal_sources, k.deal_amount "
        f"FROM {journey_relation(warehouse, cohort)} AS c "
        f"JOIN (SELECT lead_no, CAST(source AS VARCHAR) AS source FROM {leads}) AS l USING (lead_no) "
        f"LEFT JOIN (SELECT lead_no, sources AS deal_sources, amount AS deal_amount FROM {customers}) AS k USING (lead_no)) "
        "GROUP BY 1, 2 ORDER BY 1, 2"
    ).to_dicts()
    found = {}
    for row in rows:
        place = row.pop("source"), int(row.pop("month"))
        bill = Bill(**row)
        found[place] = bill if has_definition else replace(bill, qualified=None, qualified_unknown=0)
    return found


def _lines(
    bills: dict[tuple[str | None, int], Bill],
    amounts: dict[tuple[str, int], float],
    names: dict[str, str],
    counted: frozenset[int],
) -> tuple[Line, ...]:
    """Leads and spend of one source side by side, however it is spelt; each lead and each amount in one line."""
    parts: dict[str, list[Bill]] = defaultdict(list)
    spellings: dict[str, dict[str | None, int]] = defaultdict(lambda: defaultdict(int))
    bare: dict[str, dict[int, int]] = defaultdict(lambda: defaultdict(int))
    for (source, month), bill in bills.items():
        if month in counted:
            key = category_key(source or "")
            parts[key].append(bill)
            spellings[key][source] += bill.leads
            if (key, month) not in amounts:
                bare[key][month] += bill.leads
    unplaced = [sum_ for (key, _), sum_ in amounts.items() if not key]
    for (key, _), sum_ in amounts.items():
        if key:
            parts[key].append(Bill(spend=sum_))
    found = []
    for key, own in parts.items():
        values = tuple(sorted(spellings[key], key=lambda one: (-spellings[key][one], one or "")))
        name = (values[0] if values else names.get(key)) or ""
        total = sum_of(own)
        months = {} if total.spend is None else bare[key]
        found.append(
            Line(name, values, total, bare_leads=sum(months.values()), bare_months=tuple(sorted(months)))
        )
    if unplaced:
        found.append(Line("", (), sum_of(Bill(spend=one) for one in unplaced), is_unplaced=True))
    return tuple(
        sorted(
            found,
            key=lambda one: (
                one.bill.spend is None, one.is_unplaced, -(one.bill.spend or 0.0), -one.bill.leads, not one.name,
                one.name,
            ),
        )
    )  # fmt: skip
