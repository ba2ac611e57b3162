"""What if some leads had not been passed: the same numbers over the leads kept and over those removed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from analytics.cohort import UNKNOWN, Cohort
from analytics.criteria import Criterion
from analytics.dimensions import dimension_column
from analytics.errors import RequestError
from analytics.evidence import Evidence
from analytics.measurable import has_wins, obstacle
from analytics.metrics.catalog import METRICS
from analytics.metrics.compose import counts_of, metric_rate
from analytics.results import Rate, Unmeasurable
from analytics.rules.conditions import Condition, condition_of
from analytics.rules.fields import vocabulary_of
from analytics.rules.nodes import Node, mentioned
from analytics.rules.reading import describe
from analytics.rules.syntax import parse
from analytics.rules.terms import RuleField, Subject
from analytics.sales_ready import definition_node, understood
from analytics.schema import label_of
from analytics.warehouse import Warehouse
from analytics.what_if_deals import Deals, deal_rows, measure_deals
from analytics.what_if_in_time import LATE, AllInTime, Busiest, Tier, measure_all_in_time, open_started
from analytics.what_if_rows import answered, opened_leads, selected_leads

__all__ = [
    "LATE", "SHOWN", "WON_OPPORTUNITIES", "AllInTime", "Busiest", "Deals", "Part", "Parted", "Parting", "Side", "Tier", "What",
    "measure_all_in_time", "open_part", "open_started", "part_cohort",
]  # fmt: skip

What = Literal["without", "rule", "criterion", "definition"]
Part = Literal["all", "kept", "removed", "unknown"]
SHOWN = (
    "acceptance_rate", "accepted_of_decided", "touched_inside_limit", "working_rate", "accepted_to_opportunity",
    "won_in_horizon",
)  # fmt: skip
"""The rates of a parting, in the order of the funnel."""
WON_OPPORTUNITIES = "won_opportunities"
"""The key of won opportunities: it opens one lead of each."""
_PARTS: dict[Part, str] = {"all": "true", "kept": "answer = 1", "removed": "answer <> 1", "unknown": "answer = -1"}  # fmt: skip
_LATER_DIMENSIONS = frozenset(("disposition", "outcome", "rejection_reason"))
_LATER_FIELDS = frozenset(
    ("opened_at", "last_touch_at", "responded_at", "meeting_at", "opportunity_at", "opportunity_id")
)


@dataclass(frozen=True, slots=True)
class Parting:
    """What keeps a lead: not being of one value, or meeting a rule, a criterion, or the whole definition.

    Attributes:
        what: the kind of parting.
        field: the dimension of ``without``.
        value: its value (empty: the export does not say), or the text of a ``rule``.
        criterion: the criterion of ``criterion``; a disqualifying one removes the leads that meet it.
    """

    what: What
    field: str = ""
    value: str = ""
    criterion: Criterion | None = None


@dataclass(frozen=True, slots=True)
class Side:
    """Leads of one part, and the counts of every lead set that a rate needs."""

    leads: int
    counts: dict[str, int]

    def rate(self, slug: str) -> Rate:
        """A metric over these leads alone, with Wilson's interval."""
        return metric_rate(self.counts, slug)


@dataclass(frozen=True, slots=True)
class Parted:
    """The cohort as it is, the leads kept, and those removed, of which ``unknown`` are leads nobody can judge.

    ``words`` says which leads are kept. ``is_hindsight``: the rule uses what happened after the handoff. ``why``:
    metric -> why this export cannot give it. ``deals`` is None where it does not say which leads were won.
    """

    parting: Parting
    words: str
    all: Side
    kept: Side
    removed: Side
    unknown: Side
    deals: Deals | None
    is_hindsight: bool
    horizon_days: int
    why: dict[str, Unmeasurable]


def part_cohort(warehouse: Warehouse, cohort: Cohort, parting: Parting) -> Parted | Unmeasurable:
    """Every number over the leads kept and over those removed, counted by the same definitions as everywhere.

    Raises:
        RequestError: no such dimension, or a rule that cannot be understood (``RuleError``).
    """
    found = _understood(cohort, parting)
    if isinstance(found, Unmeasurable):
        return found
    condition, words, is_hindsight = found
    sets = _sets()
    source, params = answered(cohort, condition)
    frame = warehouse.run(f"SELECT answer, {counts_of(sets)} FROM {source} GROUP BY 1", params)
    by_answer = {
        int(row["answer"]): {name: int(row[name]) for name in sets} for row in frame.iter_rows(named=True)
    }
    nobody = dict.fromkeys(sets, 0)
    kept, refused, unknown = (by_answer.get(answer, nobody) for answer in (1, 0, -1))
    removed = {name: refused[name] + unknown[name] for name in sets}
    everybody = {name: kept[name] + removed[name] for name in sets}
    manifest = cohort.manifest
    return Parted(
        parting=parting,
        words=words,
        all=_side(everybody),
        kept=_side(kept),
        removed=_side(removed),
        unknown=_side(unknown),
        deals=measure_deals(warehouse, cohort, condition) if has_wins(manifest) else None,
        is_hindsight=is_hindsight,
        horizon_days=cohort.contract.horizon_days,
        why={slug: why for slug in SHOWN if (why := obstacle(manifest, slug)) is not None},
    )


def _side(counts: dict[str, int]) -> Side:
    return Side(counts["leads"], counts)


def _sets() -> tuple[str, ...]:
    """The lead sets that the rates need, all leads first."""
    metrics = [METRICS[slug] for slug in SHOWN]
    parts = [part for one in metrics for part in (one.numerator, one.denominator, one.pending) if part]
    return tuple(dict.fromkeys(("leads", *parts, "so_far_won", "mature_won_undated")))


def _understood(cohort: Cohort, parting: Parting) -> tuple[Condition, str, bool] | Unmeasurable:
    """The condition under which a lead is kept, in query text and in words, and whether only hindsight knows it."""
    if parting.what == "without":
        column = f"CAST({dimension_column(cohort.manifest, parting.field, cohort.contract, cohort.bands)} AS VARCHAR)"
        name = label_of(parting.field)
        is_later = parting.field in _LATER_DIMENSIONS
        if parting.value == UNKNOWN:
            return Condition(f"{column} IS NOT NULL", {}), f"{name} is known", is_later
        condition = Condition(f"{column} IS DISTINCT FROM $what_value", {"what_value": parting.value})
        return condition, f"{name} is not {parting.value}", is_later
    if parting.what == "rule":
        root: Node | None = parse(
            parting.value, vocabulary_of(cohort.manifest, cohort.contract, cohort.bands)
        ).root
    else:
        criteria = cohort.contract.criteria
        if parting.what == "criterion":
            if parting.criterion is None:
                raise RequestError("No criterion was given.")
            criteria = (parting.criterion,)
        checked = understood(criteria, cohort.manifest, cohort.contract, cohort.bands)
        for one in checked:
            if one.node is None:
                return Unmeasurable(f"“{one.criterion.words}” cannot be checked on this export: {one.why}")
        root = definition_node(checked)
    if root is None:
        return Unmeasurable("The contract has no sales-ready definition yet, so there is nothing to apply.")
    condition = condition_of(root, cohort.zone, cohort.manifest.as_of)
    return condition, describe(root, cohort.zone), _is_hindsight(root)


def _is_hindsight(root: Node) -> bool:
    """Whether a rule looks at what was not known yet when the lead was handed off."""
    return any(
        meant.subject is not Subject.NONE or not isinstance(meant, RuleField) or meant.name in _LATER_FIELDS
        for meant in mentioned(root)
    )


def open_part(
    warehouse: Warehouse, cohort: Cohort, parting: Parting, part: Part, key: str, limit: int = 1000
) -> Evidence:
    """The leads of a part that are in a lead set, by the condition that counted them.

    ``won_opportunities`` opens one lead of each won opportunity; of those given up where ``part`` is ``removed``.

    Raises:
        RequestError: no such part or set, or one outside the cohort; or as ``part_cohort``.
    """
    found = _understood(cohort, parting)
    if isinstance(found, Unmeasurable):
        raise RequestError(found.why)
    condition, words, _ = found
    if part not in _PARTS:
        raise RequestError(f"The leads of a what-if cannot be opened as '{part[:40]}'.")
    said = {"all": "all leads", "kept": f"kept: {words}", "removed": f"removed, not: {words}",
            "unknown": f"removed, not known whether: {words}"}[part]  # fmt: skip
    if key == WON_OPPORTUNITIES:
        first = "first_kept" if part == "kept" else "first_lead"
        those = {"all": "is_won", "kept": "is_kept", "removed": "is_won AND NOT is_kept"}.get(part)
        if those is None:
            raise RequestError("Won opportunities are kept or given up; none is unknown.")
        inner = f"SELECT {first} FROM {deal_rows(cohort, condition)} WHERE {those}"
        return opened_leads(warehouse, cohort, inner, condition.params, (key, f"one lead of each won opportunity, {said}"), limit)  # fmt: skip
    rows, predicate, params, named = selected_leads(warehouse, cohort, key)
    source, bound = answered(cohort, condition, rows)
    inner = f"SELECT lead_no FROM {source} WHERE ({predicate}) AND {_PARTS[part]}"
    return opened_leads(warehouse, cohort, inner, bound | params, (key, f"{named}, {said}"), limit)
