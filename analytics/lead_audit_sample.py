"""Which leads an audit looks at, and what the definition and the record say of each at that moment."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from analytics.cohort import Cohort, query_text
from analytics.criteria import Criterion
from analytics.definition_trial import NAMED
from analytics.measurable import obstacle
from analytics.results import Unmeasurable
from analytics.rules.conditions import condition_of
from analytics.rules.fields import vocabulary_of
from analytics.rules.nodes import mentioned
from analytics.rules.terms import FieldKind, RuleField
from analytics.sales_ready import Checked, understood
from analytics.store.lead_audit_shapes import (
    CLOSE,
    KINDS,
    MEETING,
    PARTS,
    RECORD,
    RESPONSE,
    Answer,
    AuditedLead,
    Frozen,
)
from analytics.warehouse import Warehouse

SIZES = (100, 50, 20)
NO_RESPONSES = Unmeasurable(
    "The export does not say which leads responded.", "the date of the lead's first response"
)
NO_MEETINGS = Unmeasurable("The export does not say which leads met with sales.", "the date of the meeting")
_SAID = {"y": Answer.YES, "n": Answer.NO, "l": Answer.LATE, "p": Answer.PENDING, "u": Answer.UNKNOWN}
_BOUND = re.compile(r"\$rule_(\d+)")
_LONGEST = 200


@dataclass(frozen=True, slots=True)
class Drawn:
    """The leads of an audit that could begin now.

    ``mature`` and ``young`` are the leads of the selection by age, ``sources`` how many sources they come from,
    ``unchecked`` the criteria that this export cannot check, in words.
    """

    frozen: Frozen
    mature: int
    young: int
    sources: int
    unchecked: tuple[str, ...]


def draw_leads(warehouse: Warehouse, cohort: Cohort, size: int) -> Drawn:
    """At most ``size`` leads of the cohort: mature ones first, by source in proportion, the latest handoff first.

    An empty cohort gives an audit without leads, which cannot be started. The same cohort gives the same leads.
    """
    contract, manifest = cohort.contract, cohort.manifest
    checked = understood(contract.criteria, manifest, contract, cohort.bands)
    answers, params = _answers(checked, cohort)
    query = query_text("lead_audit").format(cohort=cohort.table, leads=cohort.leads, answers=answers)
    rows = warehouse.run(query, cohort.params | params | {"size": size}).rows(named=True)
    cannot = _unmeasurable(cohort)
    counts = rows[0] if rows else {"mature_leads": 0, "young_leads": 0, "sources": 0}
    frozen = Frozen(
        manifest.fingerprint,
        contract.hash,
        cohort.request.filters,
        _local_day(cohort.starts_at, cohort.zone),
        _local_day(cohort.ends_at, cohort.zone),
        manifest.as_of,
        contract.horizon_days,
        size,
        counts["mature_leads"] + counts["young_leads"],
        contract.criteria,
        cannot,
        tuple(_lead(row, contract.criteria, cannot) for row in rows),
    )
    unchecked = tuple(f"{one.criterion.words}: {one.why}" for one in checked if one.node is None)
    return Drawn(frozen, counts["mature_leads"], counts["young_leads"], counts["sources"], unchecked)


def _local_day(at: datetime | None, zone: str) -> date | None:
    """The day in the contract's zone that begins at a moment in naive UTC; None for an open end."""
    return None if at is None else at.replace(tzinfo=UTC).astimezone(ZoneInfo(zone)).date()


def _answers(checked: Sequence[Checked], cohort: Cohort) -> tuple[str, dict[str, Any]]:
    """A column per criterion (1 met, 0 missed, -1 not known), and the values they bind."""
    columns = ""
    params: dict[str, Any] = {}
    for number, one in enumerate(checked):
        if one.node is None:
            columns += f", CAST(-1 AS TINYINT) AS answer_{number}"
            continue
        condition = condition_of(one.node, cohort.zone, cohort.manifest.as_of)
        answer = _BOUND.sub(rf"$answer_{number}_\1", condition.answer)
        columns += f", {answer} AS answer_{number}"
        params |= {
            name.replace("rule_", f"answer_{number}_") if name != "rule_as_of" else name: value
            for name, value in condition.params.items()
        }
    return columns, params


def _unmeasurable(cohort: Cohort) -> dict[str, Unmeasurable]:
    manifest = cohort.manifest
    found = {
        RESPONSE: None if manifest.has("responded_at") else NO_RESPONSES,
        MEETING: None if manifest.has("meeting_at") else NO_MEETINGS,
        CLOSE: obstacle(manifest, "won_in_horizon"),
    }
    return {step: why for step, why in found.items() if why is not None}


def _lead(
    row: Mapping[str, Any], criteria: Sequence[Criterion], cannot: Mapping[str, Unmeasurable]
) -> AuditedLead:
    met = [row[f"answer_{number}"] for number in range(len(criteria))]
    parts = {part: part_answer(criteria, met, part) for part in PARTS}
    answers = {part: answer for part, (answer, _) in parts.items()} | _record(row, cannot)
    missed = {part: numbers for part, (_, numbers) in parts.items() if numbers}
    return AuditedLead(
        row["lead_no"], row["lead_id"], row["source"], row["handoff_at"], row["is_mature"], answers, missed
    )


def part_answer(
    criteria: Sequence[Criterion], met: Sequence[int], part: str
) -> tuple[Answer, tuple[int, ...]]:
    """What the definition says of one part, and the numbers of the criteria that make it a no.

    Args:
        criteria: the definition in its order.
        met: per criterion 1 met, 0 missed, -1 not known; a disqualifying one is met where it does not hold.
        part: fit or intent.

    Of the criteria of a group one is enough, but none of the disqualifying ones may hold. A missed one makes a no
    whatever else is unknown; without criteria of a part its answer is not known.
    """
    groups: dict[tuple[str, str], list[int]] = {}
    for number, one in enumerate(criteria):
        if one.kind in KINDS[part]:
            name = "" if one.kind == "disqualify" else one.group.casefold()
            groups.setdefault((one.kind, name or f"#{number}"), []).append(number)
    missed: list[int] = []
    is_unknown = not groups
    for numbers in groups.values():
        said = [met[number] for number in numbers]
        if 1 in said:
            continue
        if -1 in said:
            is_unknown = True
        else:
            missed += numbers
    if missed:
        return Answer.NO, tuple(sorted(missed))
    return (Answer.UNKNOWN if is_unknown else Answer.YES), ()


def _record(row: Mapping[str, Any], cannot: Mapping[str, Unmeasurable]) -> dict[str, Answer]:
    """Response, meeting and close within the horizon; a later step implies an earlier one that was not recorded.

    A later step that came after the horizon, or on an unknown day, implies the earlier one on a day that nobody knows.
    """
    found: dict[str, Answer] = {}
    later: set[Answer] = set()
    for step in reversed(RECORD):
        said = Answer.UNSEEN if step in cannot else _SAID[row[step]]
        if Answer.YES in later and said in {Answer.NO, Answer.LATE}:
            said = Answer.IMPLIED
        elif said is Answer.NO and not later.isdisjoint({Answer.LATE, Answer.UNKNOWN}):
            said = Answer.UNKNOWN
        later.add(said)
        found[step] = said
    return {step: found[step] for step in RECORD}


def lead_facts(
    warehouse: Warehouse, cohort: Cohort, lead_nos: tuple[int, ...], criteria: tuple[Criterion, ...]
) -> dict[int, tuple[tuple[str, str], ...]]:
    """Number of a lead -> what was known of it at its handoff, as label and text: what the criteria ask for comes first.

    Nothing of what became of a lead, and no personal data beyond whether it is there. Leads that the snapshot does not
    hold are missing from the result.
    """
    fields = _fields(cohort, criteria)
    columns = "".join(f", {_shown(one)} AS field_{number}" for number, one in enumerate(fields))
    query = (
        f"SELECT l.lead_no{columns} FROM {cohort.leads} AS l"
        " JOIN (SELECT unnest($lead_nos) AS lead_no) USING (lead_no)"
    )
    rows = warehouse.run(query, {"lead_nos": list(lead_nos)}).rows()
    return {
        row[0]: tuple((one.label, _told(one, value)) for one, value in zip(fields, row[1:], strict=True))
        for row in rows
    }


def _fields(cohort: Cohort, criteria: Sequence[Criterion]) -> tuple[RuleField, ...]:
    manifest, contract = cohort.manifest, cohort.contract
    vocabulary = vocabulary_of(manifest, contract, cohort.bands)
    nodes = (
        one.node for one in understood(criteria, manifest, contract, cohort.bands) if one.node is not None
    )
    asked = [meant for node in nodes for meant in mentioned(node) if isinstance(meant, RuleField)]
    asked += [one for name in NAMED if (one := vocabulary.field_named(name)) is not None]
    by_expression: dict[str, RuleField] = {}
    for one in asked:
        if one.kind is not FieldKind.DURATION and one.name != "source":
            by_expression.setdefault(one.expression, one)
    return tuple(by_expression.values())


def _told(field: RuleField, value: str | None) -> str:
    if not value:
        return "not known"
    if field.kind is FieldKind.STAMP:
        return f"{value} UTC"
    return value.removesuffix(".0") if field.kind is FieldKind.NUMBER else value


def _shown(field: RuleField) -> str:
    if field.kind is FieldKind.PRESENCE:
        return f"CASE WHEN {field.expression} THEN 'given' ELSE 'missing' END"
    return f"left(CAST({field.expression} AS VARCHAR), {_LONGEST})"
