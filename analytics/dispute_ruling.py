"""What the written definition says of one lead, criterion by criterion, and how long its clock has been running."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from analytics.cohort import Cohort
from analytics.criteria import KINDS
from analytics.measurable import knows_first_touch
from analytics.metrics.compose import journey_relation
from analytics.rules.conditions import condition_of
from analytics.sales_ready import Checked, understood
from analytics.stats.calendar import opening_day_seconds
from analytics.warehouse import Warehouse

Answer = Literal["met", "not met", "the export does not say", "cannot be checked"]
_ANSWERS: dict[int, Answer] = {1: "met", 0: "not met", -1: "the export does not say"}
Verdict = Literal["meets", "misses", "not known", "cannot be checked", "not agreed"]
_VERDICTS: dict[int, Verdict] = {1: "meets", 0: "misses", -1: "not known"}
SAID: dict[str, str] = {
    "meets": "The lead meets the written definition.",
    "misses": "The lead does not meet the written definition.",
    "not known": "The export does not say whether the lead meets the written definition.",
    "cannot be checked": "This export cannot check the written definition.",
    "not agreed": "No sales-ready definition is agreed, so nothing written says whose view holds.",
}
"""Verdict -> how it is said."""


@dataclass(frozen=True, slots=True)
class CriterionAnswer:
    """One criterion of the definition and what the lead answers to it; of a ``group`` one is enough."""

    kind: str
    words: str
    group: str
    answer: Answer
    why: str = ""


@dataclass(frozen=True, slots=True)
class Clock:
    """A lead's clock by the extract; waits in seconds.

    Attributes:
        handed_off_at, as_of: naive UTC.
        is_touched: at or after the handoff; ``is_touched_before``: only before it, then no wait is timed.
        working_wait, wall_wait: to the first touch, or to the extract while nobody touched it.
        limit: working seconds of its tier; ``day_seconds``: one opening day.
        is_known: the export says when leads were first touched.
    """

    handed_off_at: datetime
    as_of: datetime
    is_touched: bool
    is_touched_before: bool
    working_wait: int
    wall_wait: int
    limit: int
    day_seconds: int
    is_known: bool


@dataclass(frozen=True, slots=True)
class LeadRuling:
    """One lead under the definition in force.

    Attributes:
        number: opens the lead.
        verdict: of all criteria together; a key of ``SAID``.
        criteria: in the order of the contract.
        is_complete: whether it carries the data the contract asks for; None where the export has no such columns.
        disposition: "accepted", "rejected" or empty.
        clock: None where nothing says when the lead was handed off.
    """

    number: int
    lead_id: str
    verdict: Verdict
    criteria: tuple[CriterionAnswer, ...]
    is_complete: bool | None
    disposition: str
    clock: Clock | None

    def table(self) -> dict[str, Any]:
        """What is frozen when the lead is disputed: plain values for the log."""
        return {
            "verdict": self.verdict,
            "criteria": [
                {
                    "kind": one.kind,
                    "words": one.words,
                    "group": one.group,
                    "answer": one.answer,
                    "why": one.why,
                }
                for one in self.criteria
            ],
            "is_complete": self.is_complete,
        }


def frozen_criteria(seen: dict[str, Any]) -> tuple[CriterionAnswer, ...]:
    """The criteria as they were frozen by ``LeadRuling.table``."""
    return tuple(
        CriterionAnswer(row["kind"], row["words"], row["group"], row["answer"], row["why"])
        for row in seen.get("criteria", ())
    )


def measure_ruling(warehouse: Warehouse, cohort: Cohort, lead_id: str) -> LeadRuling | None:
    """The lead of that id under the contract of the cohort; None where the snapshot holds no such lead.

    The cohort is to be the whole file without filters: whoever is disputed must be found.
    """
    checked = understood(cohort.contract.criteria, cohort.manifest, cohort.contract, cohort.bands)
    columns, params = _answers(checked, cohort)
    row = warehouse.run(
        f"SELECT l.lead_no{columns} FROM {cohort.leads} AS l WHERE l.lead_id = $disputed_lead",
        params | {"disputed_lead": lead_id},
    )
    if row.is_empty():
        return None
    found = row.row(0, named=True)
    frame = warehouse.run(
        f"SELECT * FROM {journey_relation(warehouse, cohort)} WHERE lead_no = $number",
        {"number": found["lead_no"]},
    )
    counted = None if frame.is_empty() else frame.row(0, named=True)
    return LeadRuling(
        number=int(found["lead_no"]),
        lead_id=lead_id,
        verdict=_verdict(checked, counted),
        criteria=tuple(_criterion(one, found.get(f"answer_{at}")) for at, one in enumerate(checked)),
        is_complete=None if counted is None else counted["is_complete"],
        disposition=_disposition(counted),
        clock=None if counted is None else _clock(cohort, counted),
    )


def _answers(checked: Iterable[Checked], cohort: Cohort) -> tuple[str, dict[str, Any]]:
    """One column per criterion that can be checked, and the values they bind, each under a name of its own."""
    columns, params = "", {}
    for at, one in enumerate(checked):
        if one.node is None:
            continue
        condition = condition_of(one.node, cohort.zone, cohort.manifest.as_of)
        answer = condition.answer
        for name in sorted(condition.params, key=len, reverse=True):
            answer = answer.replace(f"${name}", f"$criterion_{at}_{name}")
            params[f"criterion_{at}_{name}"] = condition.params[name]
        columns += f", {answer} AS answer_{at}"
    return columns, params


def _criterion(one: Checked, answer: int | None) -> CriterionAnswer:
    said: Answer = "cannot be checked" if answer is None else _ANSWERS[answer]
    kind = KINDS[one.criterion.kind]
    words = one.criterion.words
    if one.criterion.kind == "disqualify":  # "met" then says that it does not hold
        words = f"not: {words}"
    return CriterionAnswer(kind, words, one.criterion.group, said, one.why)


def _verdict(checked: tuple[Checked, ...], counted: dict[str, Any] | None) -> Verdict:
    if not checked:
        return "not agreed"
    if counted is None:
        return "not known"
    answer = counted["definition_answer"]
    return "cannot be checked" if answer is None else _VERDICTS[answer]


def _disposition(counted: dict[str, Any] | None) -> str:
    if counted is None:
        return ""
    return "accepted" if counted["is_accepted"] else "rejected" if counted["is_rejected"] else ""


def _clock(cohort: Cohort, counted: dict[str, Any]) -> Clock:
    return Clock(
        handed_off_at=counted["handoff_at"],
        as_of=cohort.manifest.as_of,
        is_touched=counted["is_touched"],
        is_touched_before=counted["is_touched_before"],
        working_wait=int(counted["working_wait"]),
        wall_wait=int(counted["wall_wait"]),
        limit=int(counted["limit_seconds"]),
        day_seconds=opening_day_seconds(cohort.calendar),
        is_known=knows_first_touch(cohort.manifest),
    )
