"""The frozen facts of an audit: its leads, what the definition and the record say of each, and how they fit one line."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from analytics.criteria import Criterion, criterion_of
from analytics.results import Unmeasurable

MARKETING, SALES = "marketing", "sales"
SIDES = (MARKETING, SALES)
FIT, INTENT, RESPONSE, MEETING, CLOSE = "fit", "intent", "response", "meeting", "close"
PARTS = (FIT, INTENT)
"""What the definition or the reviewers say of a lead."""
RECORD = (RESPONSE, MEETING, CLOSE)
"""What the record says of a lead."""
STEPS = (*PARTS, *RECORD)
KINDS = {FIT: ("fit", "disqualify"), INTENT: ("intent",)}
"""Part -> the kinds of criteria that speak of it: a lead that meets a disqualifying one does not fit."""
_MOST_BYTES = 150


class Answer(StrEnum):
    """What is said of one step of one lead; the value is how it reads."""

    YES = "yes"
    NO = "no"
    LATE = "later than the horizon"
    IMPLIED = "yes, by a later step"
    PENDING = "pending"
    UNKNOWN = "not known"
    UNSEEN = "cannot be measured"
    DISPUTED = "disputed"


_LETTERS = {
    Answer.YES: "y", Answer.NO: "n", Answer.LATE: "l", Answer.IMPLIED: "i", Answer.PENDING: "p", Answer.UNKNOWN: "u",
    Answer.UNSEEN: "x",
}  # fmt: skip
_OF_LETTER = {letter: answer for answer, letter in _LETTERS.items()}


@dataclass(frozen=True, slots=True)
class AuditedLead:
    """One lead as it stood when the audit began.

    Attributes:
        lead_no: its number in the snapshot.
        lead_id: its id in the export, shortened where it is very long.
        source: None where the export does not say.
        handoff_at: naive UTC.
        is_mature: whether it was at least one horizon old.
        answers: step -> what the definition (fit, intent) or the record (the rest) says.
        missed: part -> numbers of the criteria it misses, where the answer is no.
    """

    lead_no: int
    lead_id: str
    source: str | None
    handoff_at: datetime
    is_mature: bool
    answers: Mapping[str, Answer]
    missed: Mapping[str, tuple[int, ...]]


@dataclass(frozen=True, slots=True)
class Frozen:
    """What an audit stands on; later imports and contracts never change it.

    Attributes:
        fingerprint, contract: the snapshot, and the hash of the contract.
        filters: field -> values, as the cohort was asked for.
        starts_on, ends_on: the period in days of the contract's zone, half-open; both None: the whole file.
        as_of: the extract time, naive UTC; ``horizon_days`` the days a lead had.
        asked: leads asked for; fewer where the selection has fewer.
        of_leads: leads of the selection they were drawn from.
        criteria: the definition in its order; empty where none was agreed.
        unmeasurable: step of the record -> why this export cannot tell.
        leads: the audited leads: mature ones, the latest handoff first, then younger ones, the oldest first.
    """

    fingerprint: str
    contract: str
    filters: tuple[tuple[str, tuple[str, ...]], ...]
    starts_on: date | None
    ends_on: date | None
    as_of: datetime
    horizon_days: int
    asked: int
    of_leads: int
    criteria: tuple[Criterion, ...]
    unmeasurable: Mapping[str, Unmeasurable]
    leads: tuple[AuditedLead, ...]

    @property
    def needed(self) -> tuple[tuple[int, str], ...]:
        """Place of the lead and part, for everything that the definition cannot answer, in the order of the leads."""
        return tuple(
            (place, part)
            for place, lead in enumerate(self.leads)
            for part in PARTS
            if lead.answers[part] is Answer.UNKNOWN
        )

    def criteria_of(self, part: str) -> tuple[int, ...]:
        """The numbers of the criteria that speak of a part."""
        return tuple(number for number, one in enumerate(self.criteria) if one.kind in KINDS[part])


def packed(frozen: Frozen) -> dict[str, Any]:
    """The facts as plain values, short enough that a hundred leads fit one line of the log."""
    sources = sorted({lead.source for lead in frozen.leads if lead.source is not None})
    return {
        "fingerprint": frozen.fingerprint,
        "contract": frozen.contract,
        "filters": [[field, list(values)] for field, values in frozen.filters],
        "period": [day.isoformat() if day else "" for day in (frozen.starts_on, frozen.ends_on)],
        "as_of": frozen.as_of.isoformat(),
        "horizon_days": frozen.horizon_days,
        "asked": frozen.asked,
        "of_leads": frozen.of_leads,
        "criteria": [one.table() for one in frozen.criteria],
        "unmeasurable": {step: [one.why, one.column] for step, one in frozen.unmeasurable.items()},
        "sources": [_short(source) for source in sources],
        "leads": [_row(lead, sources) for lead in frozen.leads],
    }


def _row(lead: AuditedLead, sources: list[str]) -> list[Any]:
    return [
        lead.lead_no,
        _short(lead.lead_id),
        -1 if lead.source is None else sources.index(lead.source),
        lead.handoff_at.isoformat(timespec="seconds"),
        int(lead.is_mature),
        "".join(_LETTERS[lead.answers[step]] for step in STEPS),
        *(list(lead.missed.get(part, ())) for part in PARTS),
    ]


def _short(text: str) -> str:
    """The text, cut where it would take more than 150 bytes of a line."""
    if len(json.dumps(text, ensure_ascii=False).encode()) <= _MOST_BYTES:
        return text
    kept = text
    while len(json.dumps(kept + "…", ensure_ascii=False).encode()) > _MOST_BYTES:
        kept = kept[:-1]
    return kept + "…"


def unpacked(body: Mapping[str, Any]) -> Frozen:
    """The facts of a line as ``packed`` wrote it."""
    sources: list[str] = body["sources"]
    starts_on, ends_on = (date.fromisoformat(day) if day else None for day in body["period"])
    return Frozen(
        body["fingerprint"],
        body["contract"],
        tuple((field, tuple(values)) for field, values in body["filters"]),
        starts_on,
        ends_on,
        datetime.fromisoformat(body["as_of"]),
        body["horizon_days"],
        body["asked"],
        body["of_leads"],
        tuple(criterion_of(row, "The audit's definition") for row in body["criteria"]),
        {step: Unmeasurable(why, column) for step, (why, column) in body["unmeasurable"].items()},
        tuple(_lead(row, sources) for row in body["leads"]),
    )


def _lead(row: Iterable[Any], sources: list[str]) -> AuditedLead:
    lead_no, lead_id, source, handoff_at, is_mature, letters, *missed = row
    return AuditedLead(
        lead_no,
        lead_id,
        None if source < 0 else sources[source],
        datetime.fromisoformat(handoff_at),
        bool(is_mature),
        dict(zip(STEPS, (_OF_LETTER[letter] for letter in letters), strict=True)),
        {part: tuple(numbers) for part, numbers in zip(PARTS, missed, strict=True) if numbers},
    )
