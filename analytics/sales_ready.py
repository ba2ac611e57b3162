"""The sales-ready definition over one export: which criteria can be checked, and what each lead answers to all of them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from analytics.banding import BandPlan
from analytics.contract import Contract
from analytics.criteria import Criterion
from analytics.results import Unmeasurable
from analytics.rules.conditions import condition_of
from analytics.rules.fields import vocabulary_of
from analytics.rules.nodes import And, Node, Not, Or, mentioned
from analytics.rules.syntax import parse
from analytics.rules.terms import RuleField, Subject, Vocabulary
from analytics.rules.tokens import RuleError
from analytics.schema import label_of
from analytics.store.manifest import Manifest

PRESENT = {
    "company": "l.has_company",
    "email": "l.has_email",
    "phone": "l.has_phone",
    "person_name": "l.has_name",
    "employees": "l.employees IS NOT NULL",
    "industry": "l.industry IS NOT NULL",
    "country": "l.country IS NOT NULL",
    "seniority": "l.seniority IS NOT NULL",
    "score": "l.score IS NOT NULL",
    "source": "l.source IS NOT NULL",
    "campaign": "l.campaign IS NOT NULL",
    "intent": "l.intent IS NOT NULL",
}
"""Field of the completeness standard -> the condition that a lead carries it."""
_LATER = {
    Subject.ACCEPTANCE: "what sales decided",
    Subject.TOUCH: "what sales did",
    Subject.WIN: "what became of the lead",
}


_AFTER = {
    "opened_at": "what sales did",
    "responded_at": "what happened after the handoff",
    "meeting_at": "what happened after the handoff",
}
"""Stamps of what usually follows the handoff; a criterion on them must say that they came before it."""


@dataclass(frozen=True, slots=True)
class Checked:
    """A criterion against one export: ``node`` says whether a lead meets it, None where ``why`` it cannot be checked."""

    criterion: Criterion
    node: Node | None
    why: str = ""


def understood(
    criteria: Iterable[Criterion], manifest: Manifest, contract: Contract, bands: BandPlan
) -> tuple[Checked, ...]:
    """Each criterion as a rule over this export, or the reason why it cannot be checked.

    A criterion speaks of what is known at the handoff: one on decisions, touches or outcomes is refused, and so is one
    on an answer or a meeting, unless it is ``within`` so many days before the handoff.
    """
    vocabulary = vocabulary_of(manifest, contract, bands)
    return tuple(_checked(one, vocabulary) for one in criteria)


def _checked(one: Criterion, vocabulary: Vocabulary) -> Checked:
    try:
        root = parse(one.rule, vocabulary).root
    except RuleError as error:
        return Checked(one, None, str(error).rsplit(" (column ", 1)[0])
    for meant in mentioned(root):
        later = _LATER.get(meant.subject)
        if later is None and one.operator != "within":
            later = _AFTER.get(meant.name)
        if later is None and not isinstance(meant, RuleField):
            later = "what happened after the handoff"
        if later is not None:
            why = f"'{one.field}' is {later}; a lead must be sales-ready before that."
            return Checked(one, None, why)
    return Checked(one, Not(root) if one.kind == "disqualify" else root)


def definition_node(checked: Iterable[Checked]) -> Node | None:
    """All criteria together, of those of one kind and group any; None without any, or where one cannot be checked."""
    found = tuple(checked)
    groups: dict[tuple[str, str], list[Node]] = {}
    for number, one in enumerate(found):
        if one.node is None:
            return None
        name = one.criterion.group.casefold()
        groups.setdefault((one.criterion.kind, name or f"#{number}"), []).append(one.node)
    terms = tuple(_any_of(kind, nodes) for (kind, _), nodes in groups.items())
    return None if not terms else terms[0] if len(terms) == 1 else And(terms)


def _any_of(kind: str, nodes: list[Node]) -> Node:
    """One of a group is enough; of disqualifying criteria none may hold, grouped or not."""
    if len(nodes) == 1:
        return nodes[0]
    return And(tuple(nodes)) if kind == "disqualify" else Or(tuple(nodes))


def definition_columns(
    manifest: Manifest, contract: Contract, bands: BandPlan, zone: str
) -> tuple[dict[str, str], dict[str, Any]]:
    """Expressions over the leads file for ``definition_answer`` and ``is_complete`` of the cohort, with bound values.

    ``definition_answer``: 1 met, 0 not met, -1 not known; NULL where no definition is agreed or this export cannot check it.
    ``is_complete`` is NULL where the export has none of the fields that a part of the standard asks for.
    """
    answer, params = "CAST(NULL AS TINYINT)", {}
    if contract.criteria:
        node = definition_node(understood(contract.criteria, manifest, contract, bands))
        if node is not None:
            condition = condition_of(node, zone, manifest.as_of)
            answer, params = condition.answer, condition.params
    return {"definition_answer": answer, "is_complete": complete_condition(manifest, contract)}, params


def complete_condition(manifest: Manifest, contract: Contract) -> str:
    """Whether a lead carries what the standard asks for, as an expression over the leads file."""
    if incomplete_reason(manifest, contract) is not None:
        return "CAST(NULL AS BOOLEAN)"
    parts = [
        " OR ".join(f"coalesce({PRESENT[name]}, false)" for name in names if manifest.has(name))
        for names in contract.complete_fields
    ]
    return " AND ".join(f"({part})" for part in parts) or "true"


def incomplete_reason(manifest: Manifest, contract: Contract) -> Unmeasurable | None:
    """Why this export cannot show whether leads are complete; None where it can."""
    for names in contract.complete_fields:
        if not manifest.has(*names):
            said = " or ".join(label_of(name) for name in names)
            return Unmeasurable(
                f"The export has no column for {said}, which every lead must carry.",
                f"{said}, mapped at the import",
            )
    return None
