"""Did both sides keep the contract? Marketing's share of what it passed, sales' share of what it accepted, on one scale."""

from __future__ import annotations

from dataclasses import dataclass

from analytics import formatting as text
from analytics.cohort import Cohort
from analytics.measurable import is_cadence_at_most, obstacle
from analytics.metrics.catalog import METRICS
from analytics.metrics.compose import JOURNEY_SETS, count_sets, journey_query, metric_rate, rate
from analytics.periods import Unit, label
from analytics.results import Rate, Unmeasurable
from analytics.sales_ready import incomplete_reason, understood
from analytics.schema import label_of
from analytics.warehouse import Warehouse

METHOD = (
    "Marketing: of all leads handed to sales, those that meet the sales-ready definition and carry the data the contract asks"
    " for; a lead of which that is not known has not met it and is listed apart. Sales: of the accepted leads whose first-touch"
    " limit and cadence window have both passed, those touched inside the limit of their tier and worked to full cadence; a lead of"
    " which nobody knows how often it was touched is not among them and is listed apart; leads"
    " still inside a window are neither hit nor miss. Beside it, over all leads handed off: touched inside the limit, and decided"
    " with a reason inside the window, so that nobody keeps the contract by leaving leads undecided. Wilson's 95 % intervals."
)
NOT_AGREED = Unmeasurable(
    "No sales-ready definition is agreed, so nobody can say which leads meet it.", "the contract"
)
_SETS = (
    "leads", "marketing_judged", "complete_judged", "definition_met", "definition_missed", "definition_unknown", "complete_data", "incomplete_data",
    "marketing_met", "marketing_missed", "sla_settled", "sla_met", "sla_missed", "sla_late", "sla_not_worked", "sla_work_unknown", "sla_pending",
    "sla_not_timed", "limit_settled", "limit_met", "limit_pending", "not_touched_in_time",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Breach:
    """One way in which a side did not keep the contract: how many leads, and the key that opens them."""

    words: str
    leads: int
    key: str


@dataclass(frozen=True, slots=True)
class Part:
    """One obligation of a side: its rate against the contract's target, or why it cannot be measured."""

    slug: str
    words: str
    rate: Rate | Unmeasurable
    target: float | None
    key: str


@dataclass(frozen=True, slots=True)
class Side:
    """One side of the contract.

    Attributes:
        name: "marketing" or "sales".
        kept: the share kept, or why nobody can say; ``is_at_most``: touches are undated or
            without channels, and none is unknown, so it is the most it can be.
        words: what the share is of.
        parts: the obligations it is made of, and those beside it.
        breaches: what was not kept, the most leads first; a lead can stand in several.
        unknown: leads of which the export does not say; they are not kept.
        pending: leads still inside a window, neither hit nor miss.
        key: the leads kept; ``of_key`` those counted.
    """

    name: str
    kept: Rate | Unmeasurable
    words: str
    parts: tuple[Part, ...]
    breaches: tuple[Breach, ...]
    unknown: int
    pending: int
    key: str
    of_key: str
    is_at_most: bool = False

    @property
    def is_not_agreed(self) -> bool:
        """Whether there is nothing to keep yet."""
        return self.kept is NOT_AGREED


@dataclass(frozen=True, slots=True)
class Compliance:
    """Both sides of the contract over one cohort."""

    marketing: Side
    sales: Side
    leads: int


def measure_compliance(warehouse: Warehouse, cohort: Cohort) -> Compliance:
    """Both sides, counted over the same cohort; an empty cohort has empty rates."""
    counts = count_sets(warehouse, cohort, _SETS)
    return Compliance(_marketing(cohort, counts), _sales(warehouse, cohort, counts), counts["leads"])


def marketing_obstacle(cohort: Cohort) -> Unmeasurable | None:
    """Why marketing's share cannot be measured: nothing agreed, a criterion that cannot be checked, or data not exported."""
    contract = cohort.contract
    if not contract.criteria:
        return NOT_AGREED
    for one in understood(contract.criteria, cohort.manifest, contract, cohort.bands):
        if one.node is None:
            return Unmeasurable(
                f"A criterion cannot be checked: {one.criterion.words}. {one.why}",
                f"a column for '{one.criterion.field}'",
            )
    return incomplete_reason(cohort.manifest, contract)


def _marketing(cohort: Cohort, counts: dict[str, int]) -> Side:
    contract, why = cohort.contract, marketing_obstacle(cohort)
    lacking = incomplete_reason(cohort.manifest, contract)
    complete = lacking or metric_rate(counts, "complete_data")
    definition: Rate | Unmeasurable = rate(counts["definition_met"], counts["leads"])
    is_checked = why is None or why == lacking
    if not is_checked and why is not None:
        definition = why
    breaches = []
    if is_checked:
        breaches += [
            Breach("miss the definition", counts["definition_missed"], "definition_missed"),
            Breach("not known whether they meet it", counts["definition_unknown"], "definition_unknown"),
        ]
    if lacking is None:
        breaches.append(Breach("lack data", counts["incomplete_data"], "incomplete_data"))
    standard = ", ".join(" or ".join(label_of(name) for name in names) for names in contract.complete_fields)
    return Side(
        "marketing",
        why or metric_rate(counts, "marketing_sla"),
        "of all leads passed: meet the definition, with complete data",
        (
            Part(
                "definition", "of all leads passed: meet the definition", definition, None, "definition_met"
            ),
            Part(
                "complete_data",
                f"of all leads passed: with {standard or 'the data'}",
                complete,
                contract.target_completeness,
                "complete_data",
            ),
        ),
        _sorted(breaches),
        counts["definition_unknown"] if is_checked else 0,
        0,
        "marketing_met",
        "marketing_judged",
    )


def _sales(warehouse: Warehouse, cohort: Cohort, counts: dict[str, int]) -> Side:
    contract, manifest = cohort.contract, cohort.manifest
    why = obstacle(manifest, "sales_sla")
    not_timed = obstacle(manifest, "touched_inside_limit")
    not_dated = obstacle(manifest, "decided_in_window")
    in_time = not_timed or metric_rate(counts, "touched_inside_limit")
    decisions = count_sets(
        warehouse, cohort, ("decided_in_window", "settled", "pending_decision", "decided_unknown_when")
    )
    decided: Rate | Unmeasurable = not_dated or metric_rate(decisions, "decided_in_window")
    undated = 0 if not_dated else decisions["decided_unknown_when"]
    breaches = []
    if why is None:
        breaches += [
            Breach("accepted, not touched inside the limit", counts["sla_late"], "sla_late"),
            Breach("accepted, not worked to full cadence", counts["sla_not_worked"], "sla_not_worked"),
            Breach(
                "accepted, not known whether worked to full cadence",
                counts["sla_work_unknown"],
                "sla_work_unknown",
            ),
        ]
    if not_timed is None:
        breaches.append(
            Breach(
                "of all leads passed: not touched inside the limit",
                counts["not_touched_in_time"],
                "not_touched_in_time",
            )
        )
    if isinstance(decided, Rate):
        late = decided.denominator - decided.numerator
        breaches.append(
            Breach(
                "of all leads passed: not decided with a reason inside the window"
                + (f", or ({text.count(undated)} of them) decided on an unknown day" if undated else ""),
                late,
                "not_decided_in_window",
            )
        )
    limits = f"{text.minutes(contract.limit_minutes_high)} or {text.minutes(contract.limit_minutes_standard)}"
    return Side(
        "sales",
        why or metric_rate(counts, "sales_sla"),
        "of accepted leads: touched in time and worked to full cadence",
        (
            Part(
                "touched_inside_limit",
                f"of all leads passed: touched within {limits}",
                in_time,
                contract.target_touched_inside_limit,
                "limit_met",
            ),
            Part(
                "decided_in_window",
                f"of all leads passed: decided with a reason in {text.days(contract.disposition_days)}"
                + (", at least" if undated else ""),
                decided,
                contract.target_decided_in_window,
                "decided_in_window",
            ),
        ),
        _sorted(breaches),
        counts["sla_not_timed"] if why is None else 0,
        counts["sla_pending"] if why is None else 0,
        "sla_met",
        "sla_settled",
        is_at_most=why is None
        and not counts["sla_work_unknown"]
        and is_cadence_at_most(manifest, contract.cadence_channels),
    )


def _sorted(breaches: list[Breach]) -> tuple[Breach, ...]:
    return tuple(sorted((one for one in breaches if one.leads), key=lambda one: -one.leads))


SHORT = {
    "marketing_sla": "Marketing kept",
    "sales_sla": "Sales kept",
    "touched_inside_limit": "Touched in time, of all",
    "decided_in_window": "Decided in time, of all",
    "complete_data": "Complete data",
}
"""Metric -> its heading in a table of both sides."""


@dataclass(frozen=True, slots=True)
class MonthOfBoth:
    """One month of handoff: its leads and its rates, in the order of the metrics asked for."""

    number: int
    label: str
    leads: int
    rates: tuple[Rate, ...]


def measure_by_month(warehouse: Warehouse, cohort: Cohort, slugs: tuple[str, ...]) -> tuple[MonthOfBoth, ...]:
    """The metrics per month of handoff, the oldest first; only months with leads."""
    query = journey_query(warehouse, cohort, JOURNEY_SETS, Unit.MONTH.value)
    found = []
    for row in warehouse.run_once(cohort.table, query).rows(named=True):
        counts = {slug: int(row[slug]) for slug in JOURNEY_SETS}
        rates = tuple(metric_rate(counts, slug) for slug in slugs)
        number = int(row["value"])
        found.append(MonthOfBoth(number, label(Unit.MONTH, number), counts["leads"], rates))
    return tuple(found)


def counted(slug: str) -> str:
    """The lead set that a metric counts."""
    return METRICS[slug].numerator


def sentence(found: Compliance) -> str:
    """Both sides in one sentence, in the order of the handoff; says what is not agreed or cannot be measured."""
    return f"{_said(found.marketing, 'Marketing')}; {_said(found.sales, 'sales')}."


def _said(side: Side, name: str) -> str:
    whose = f"{name}’" if name.endswith("s") else f"{name}’s"
    if side.is_not_agreed:
        return f"{whose} side is not agreed: there is no sales-ready definition"
    if isinstance(side.kept, Unmeasurable):
        return f"{whose} side cannot be measured from this export"
    at_most = "at most " if side.is_at_most else ""
    if not text.is_quotable(side.kept):
        return f"{name} kept it for {text.rate(side.kept)}"
    return f"{name} kept it for {at_most}{text.percent(side.kept.value)} {_of(side)}"


def _of(side: Side) -> str:
    return "of the leads it passed" if side.name == "marketing" else "of the leads it accepted"
