"""A draft of the sales-ready definition tried on the cohort: criterion by criterion, as a whole, and against another draft."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from analytics import formatting as text
from analytics.cohort import Cohort
from analytics.criteria import Criterion
from analytics.measurable import has_wins, obstacle
from analytics.metrics.catalog import LEAD_SETS
from analytics.metrics.compose import rate, relation
from analytics.results import Rate
from analytics.rules.conditions import condition_of
from analytics.rules.nodes import Node
from analytics.sales_ready import Checked, definition_node, understood
from analytics.warehouse import Warehouse

METHOD = (
    "Every criterion is asked of every lead of the selection: it passes, fails, or the export does not say. Acceptance is that of"
    " the settled leads, wins those within the horizon among leads old enough, each with Wilson's 95 % interval, so that the two"
    " sides can be compared; a higher rate on the passing side is an association, not an effect. “Removed by it alone” are leads"
    " that fail the definition and would meet it without this criterion."
)
NAMED = (
    "employees", "industry", "country", "seniority", "company", "score", "intent", "source", "campaign", "email", "phone",
    "person_name", "created_at", "mql_at",
)  # fmt: skip
"""Our fields that speak of a lead at its handoff."""
_COUNTED = ("settled", "accepted_settled", "mature", "won_in_horizon", "opportunity_in_horizon")


@dataclass(frozen=True, slots=True)
class Group:
    """Leads on one side of a criterion, and how they fared; ``won`` are opportunities where the export knows no wins."""

    leads: int
    accepted: Rate
    won: Rate


@dataclass(frozen=True, slots=True)
class Tried:
    """One criterion on the cohort.

    ``why`` says that it cannot be checked; the rest is then empty. ``known`` leads can be checked, of ``leads``;
    ``alone`` fail the definition and would meet it without this criterion, None where another one cannot be checked.
    """

    criterion: Criterion
    why: str
    leads: int
    known: int
    passing: Group
    failing: Group
    alone: int | None


@dataclass(frozen=True, slots=True)
class Trial:
    """A definition on the cohort.

    ``meeting`` and ``missing`` are None where it has no criteria or one cannot be checked; ``unknown`` leads do not
    say. ``outcome``: what the last column counts, "won" or "opportunity"; ``has_acceptance`` whether decisions are known.
    """

    tried: tuple[Tried, ...]
    leads: int
    meeting: Group | None
    missing: Group | None
    unknown: int
    outcome: str
    has_acceptance: bool
    has_outcome: bool


@dataclass(frozen=True, slots=True)
class Agreement:
    """Two definitions against each other and against what sales did, over the same leads.

    Attributes:
        first, second: leads that meet each; ``both`` meet both.
        accepted_first, accepted_second: accepted among the settled leads that meet each.
        wins: wins (or opportunities) among leads old enough; ``wins_first`` and ``wins_second`` of them are kept.
            Acceptance is empty where the export does not say which leads were accepted.
        agrees_first, agrees_second: decided settled leads on which the definition and sales agree, of all those decided; a
            lead of which the export does not say whether it meets the definition agrees with nobody. Empty where the
            export does not say which leads were accepted, or which rejected.
    """

    leads: int
    first: int
    second: int
    both: int
    accepted_first: Rate
    accepted_second: Rate
    wins: int
    wins_first: int
    wins_second: int
    agrees_first: Rate
    agrees_second: Rate


def field_names(_warehouse: Warehouse, cohort: Cohort) -> tuple[str, ...]:
    """What a criterion can name on this export: our fields that it has, then its kept columns by header."""
    manifest = cohort.manifest
    return (*(name for name in NAMED if manifest.has(name)), *manifest.extra_columns.values())


def try_definition(warehouse: Warehouse, cohort: Cohort, criteria: Sequence[Criterion]) -> Trial:
    """Every criterion and all together, counted in one scan."""
    checked = understood(criteria, cohort.manifest, cohort.contract, cohort.bands)
    asked: dict[str, Node] = {
        f"a{number}": one.node for number, one in enumerate(checked) if one.node is not None
    }
    whole = definition_node(checked)
    if whole is not None:
        asked["whole"] = whole
        for number in range(len(checked)):
            others = definition_node([one for at, one in enumerate(checked) if at != number])
            if others is not None:
                asked[f"b{number}"] = others
    outcome = "won_in_horizon" if has_wins(cohort.manifest) else "opportunity_in_horizon"
    parts = []
    for name in asked:
        if name.startswith("b"):
            place = name[1:]
            parts.append(
                f"count(*) FILTER (WHERE whole = 0 AND a{place} = 0 AND {name} = 1) AS alone_{place}"
            )
            continue
        parts.append(f"count(*) FILTER (WHERE {name} >= 0) AS {name}_known")
        for side, value in (("pass", 1), ("fail", 0)):
            parts.append(f"count(*) FILTER (WHERE {name} = {value}) AS {name}_{side}")
            parts += [
                f"count(*) FILTER (WHERE {name} = {value} AND {LEAD_SETS[one].predicate}) AS {name}_{side}_{one}"
                for one in _COUNTED
            ]
    row = _counted(warehouse, cohort, asked, parts)
    leads = int(row["leads"])
    nobody = Group(0, rate(0, 0), rate(0, 0))

    def group(name: str, side: str) -> Group:
        accepted = rate(row[f"{name}_{side}_accepted_settled"], row[f"{name}_{side}_settled"])
        won = rate(row[f"{name}_{side}_{outcome}"], row[f"{name}_{side}_mature"])
        return Group(row[f"{name}_{side}"], accepted, won)

    def tried(number: int, one: Checked) -> Tried:
        if one.node is None:
            return Tried(one.criterion, one.why, leads, 0, nobody, nobody, None)
        alone = row.get(f"alone_{number}", row[f"a{number}_fail"] if len(checked) == 1 else None)
        return Tried(
            one.criterion,
            "",
            leads,
            row[f"a{number}_known"],
            group(f"a{number}", "pass"),
            group(f"a{number}", "fail"),
            alone,
        )

    return Trial(
        tuple(tried(number, one) for number, one in enumerate(checked)),
        leads,
        group("whole", "pass") if whole is not None else None,
        group("whole", "fail") if whole is not None else None,
        leads - row["whole_known"] if whole is not None else 0,
        "won" if outcome == "won_in_horizon" else "opportunity",
        obstacle(cohort.manifest, "acceptance_rate") is None,
        obstacle(cohort.manifest, outcome) is None,
    )


def _counted(
    warehouse: Warehouse, cohort: Cohort, asked: dict[str, Node], parts: list[str]
) -> dict[str, int]:
    """One scan: each rule's answer per lead (1, 0, -1 for unknown), counted with the cohort's own columns."""
    columns = ""
    params: dict[str, Any] = {}
    for name, node in asked.items():
        condition = condition_of(node, cohort.zone, cohort.manifest.as_of)
        predicate = condition.answer
        for key in sorted(condition.params, key=len, reverse=True):
            if key != "rule_as_of":
                predicate = predicate.replace(f"${key}", f"${name}_{key}")
        params |= {
            key if key == "rule_as_of" else f"{name}_{key}": value for key, value in condition.params.items()
        }
        columns += f", {predicate} AS {name}"
    counts = ", ".join(["count(*) AS leads", *parts])
    query = (
        f"SELECT {counts} FROM {relation(cohort)} AS c"
        f" JOIN (SELECT l.lead_no{columns} FROM {cohort.leads} AS l) USING (lead_no)"
    )
    used = {key: value for key, value in params.items() if f"${key}" in query}
    row: dict[str, Any] = warehouse.run(query, used).row(0, named=True)
    return {name: int(value) for name, value in row.items()}


def compare_definitions(
    warehouse: Warehouse, cohort: Cohort, first: Sequence[Criterion], second: Sequence[Criterion]
) -> Agreement | None:
    """Two definitions side by side; None where one of them has no criteria or cannot be checked on this export."""
    contract, manifest = cohort.contract, cohort.manifest
    nodes = [definition_node(understood(one, manifest, contract, cohort.bands)) for one in (first, second)]
    if nodes[0] is None or nodes[1] is None:
        return None
    outcome = "won_in_horizon" if has_wins(manifest) else "opportunity_in_horizon"
    won = LEAD_SETS[outcome].predicate
    decided, accepted = "is_settled AND (is_accepted OR is_rejected)", "is_settled AND is_accepted"
    parts = [
        "count(*) FILTER (WHERE d0 = 1) AS first",
        "count(*) FILTER (WHERE d1 = 1) AS second",
        "count(*) FILTER (WHERE d0 = 1 AND d1 = 1) AS both",
        f"count(*) FILTER (WHERE {won}) AS wins",
        f"count(*) FILTER (WHERE {decided}) AS decided",
    ]
    for name in ("d0", "d1"):
        parts += [
            f"count(*) FILTER (WHERE {name} = 1 AND is_settled) AS {name}_settled",
            f"count(*) FILTER (WHERE {name} = 1 AND {accepted}) AS {name}_accepted",
            f"count(*) FILTER (WHERE {name} = 1 AND {won}) AS {name}_wins",
            f"count(*) FILTER (WHERE {decided} AND {name} = CASE WHEN is_accepted THEN 1 ELSE 0 END) AS {name}_agrees",
        ]
    row = _counted(warehouse, cohort, {"d0": nodes[0], "d1": nodes[1]}, parts)
    knows_accepted = obstacle(manifest, "acceptance_rate") is None
    knows_decided = obstacle(manifest, "share_decided") is None

    def known(is_known: bool, hits: str, of: str) -> Rate:
        return rate(row[hits], row[of]) if is_known else rate(0, 0)

    return Agreement(
        row["leads"],
        row["first"],
        row["second"],
        row["both"],
        known(knows_accepted, "d0_accepted", "d0_settled"),
        known(knows_accepted, "d1_accepted", "d1_settled"),
        row["wins"],
        row["d0_wins"],
        row["d1_wins"],
        known(knows_decided, "d0_agrees", "decided"),
        known(knows_decided, "d1_agrees", "decided"),
    )


def reading(found: Trial) -> str:
    """The definition in one sentence: how many leads meet it, and how they fare against the others."""
    if not found.tried:
        return "No criterion yet: a definition is a list of tests that a computer can check."
    stuck = [one for one in found.tried if one.why]
    if stuck:
        return f"{text.plural(len(stuck), 'criterion', 'criteria')} of {len(found.tried)} cannot be checked on this export."
    if found.meeting is None or found.missing is None:
        return ""
    share = rate(found.meeting.leads, found.leads)
    said = f"{text.rate(share)} of the leads meet the definition ({text.of(share)})"
    if found.has_acceptance and text.is_quotable(found.meeting.accepted):
        said += f"; sales accepted {text.percent(found.meeting.accepted.value)} of them"
        if text.is_quotable(found.missing.accepted):
            others = "those that fail it" if found.unknown else "the others"
            said += f", and {text.percent(found.missing.accepted.value)} of {others}"
    return f"{said}."
