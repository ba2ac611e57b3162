"""Disputed leads: both sides' view, what the written definition said, and who settled it; replayed from the cadence log."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Literal

from analytics.errors import RequestError
from analytics.store.cadence_log import Entry, Maker, NewLine, new_subject
from analytics.store.contract_texts import MOST_FINGERPRINT, MOST_NOTE, line_text, name_text

OPENED, VIEW, RULED, ESCALATED = "dispute_opened", "dispute_view", "dispute_ruled", "dispute_escalated"
SIDES = ("marketing", "sales")
RULINGS = {"accept": "accepted", "reject": "rejected", "work_on": "worked on"}
"""Ruling -> how it is said of the lead."""
STEPS = ("operators", "leaders", "sponsor")
"""The escalation path of the contract, by the keys of its terms; a dispute begins with the operators."""
MOST_LEAD_ID = 200
State = Literal["open", "ruled"]


@dataclass(frozen=True, slots=True)
class View:
    """What one side says of the lead."""

    text: str
    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Ruling:
    """How it was settled: a key of ``RULINGS``, at which step, by whom and why."""

    ruling: str
    step: str
    by: str
    why: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Escalation:
    """One step up the path: to whom, by whom, why, and the words of the contract for that step at that time."""

    step: str
    by: str
    why: str
    term: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Dispute:
    """One disputed lead as its entries leave it.

    Attributes:
        subject: its name in the log, ``dispute-3``; ``number`` is the 3.
        seen: what the definition said of the lead when the dispute was opened, as it was frozen; plain JSON values.
        fingerprint, contract: the snapshot and the hash of the contract at that moment.
        views: the latest view of each side that gave one; ``earlier``: views that a later one replaced.
        step: where it lies now, one of ``STEPS``.
    """

    subject: str
    number: int
    lead_id: str
    by: str
    at: datetime
    fingerprint: str
    contract: str
    seen: dict[str, Any]
    views: tuple[tuple[str, View], ...] = ()
    earlier: tuple[tuple[str, View], ...] = ()
    escalations: tuple[Escalation, ...] = ()
    ruling: Ruling | None = None

    @property
    def state(self) -> State:
        """Open until it is ruled on."""
        return "ruled" if self.ruling else "open"

    @property
    def step(self) -> str:
        """Where it lies on the path."""
        return self.escalations[-1].step if self.escalations else STEPS[0]

    def view(self, side: str) -> View | None:
        """What a side says; None while it said nothing."""
        return dict(self.views).get(side)


def disputes(entries: Iterable[Entry]) -> tuple[Dispute, ...]:
    """All disputes in the order in which they were opened.

    An entry that does not fit what stands, such as a view after the ruling, changes nothing.
    """
    found: dict[str, Dispute] = {}
    for entry in entries:
        if entry.kind == OPENED and entry.subject not in found:
            found[entry.subject] = _opened(entry)
        elif entry.subject in found and found[entry.subject].ruling is None:
            found[entry.subject] = _changed(found[entry.subject], entry)
    return tuple(found.values())


def in_order(found: Sequence[Dispute]) -> tuple[Dispute, ...]:
    """Open ones first, the oldest before all, then settled ones, the latest before all."""
    still = [one for one in found if one.ruling is None]
    settled = [(one.ruling.at, one.number, one) for one in found if one.ruling is not None]
    return (*still, *(one for *_, one in sorted(settled, key=lambda row: row[:2], reverse=True)))


def next_step(one: Dispute) -> str | None:
    """The next step of the path; None at its end."""
    at = STEPS.index(one.step) + 1
    return STEPS[at] if at < len(STEPS) else None


def open_dispute(
    lead_id: str,
    by: str,
    *,
    fingerprint: str,
    contract: str,
    seen: dict[str, Any],
    marketing: str = "",
    sales: str = "",
) -> Maker:
    """What adds a dispute to the log; ``seen``: what the definition says of the lead, as plain JSON values.

    Raises:
        RequestError: now, a text is empty or too long; when asked, the lead is disputed already: says by whom.
    """
    if not lead_id or len(lead_id) > MOST_LEAD_ID:
        raise RequestError(f"The id of a lead has 1 to {MOST_LEAD_ID} characters, found {len(lead_id)}.")
    body = {
        "lead_id": lead_id,
        "by": name_text(by),
        "fingerprint": line_text(fingerprint, "A fingerprint", MOST_FINGERPRINT),
        "contract": line_text(contract, "A contract's hash", MOST_FINGERPRINT),
        "seen": seen,
        "marketing": _said(marketing),
        "sales": _said(sales),
    }

    def make(entries: tuple[Entry, ...]) -> NewLine:
        for one in disputes(entries):
            if one.lead_id == lead_id and one.ruling is None:
                raise RequestError(
                    f"This lead is disputed already: {one.by} opened dispute {one.number}. Nothing was written."
                )
        return NewLine(OPENED, new_subject(entries, "dispute"), body)

    return make


def say_view(subject: str, side: str, said: str, by: str) -> Maker:
    """What adds a side's view to an open dispute; a later one stands before the earlier, which is kept.

    Raises:
        RequestError: now, no such side, or the text is empty or too long; when asked, there is no such dispute or it
            is settled.
    """
    if side not in SIDES:
        raise RequestError(f"There is no side '{side[:16]}'; there are marketing and sales.")
    view = _said(said)
    if not view:
        raise RequestError("Write what your side says of this lead.")
    body = {"side": side, "text": view, "by": name_text(by)}
    return lambda entries: NewLine(VIEW, _open_one(entries, subject).subject, body)


def rule(subject: str, ruling: str, by: str, why: str) -> Maker:
    """What settles an open dispute.

    Raises:
        RequestError: now, an unknown ruling, or no reason; when asked, as ``say_view``.
    """
    if ruling not in RULINGS:
        raise RequestError(f"There is no ruling '{ruling[:16]}'; a lead is accepted, rejected or worked on.")
    body = {"ruling": ruling, "by": name_text(by), "why": _reason(why)}
    return lambda entries: NewLine(RULED, _open_one(entries, subject).subject, body)


def escalate(subject: str, by: str, why: str, terms: dict[str, str]) -> Maker:
    """What hands an open dispute to the next step; ``terms``: the words of the contract, of which that step's are kept.

    Raises:
        RequestError: now, no reason; when asked, as ``say_view``, or it lies with the sponsor already.
    """
    who, reason = name_text(by), _reason(why)

    def make(entries: tuple[Entry, ...]) -> NewLine:
        step = next_step(_open_one(entries, subject))
        if step is None:
            raise RequestError(
                "It lies with the sponsor, the last step of the contract's path; decide it there."
            )
        body = {"step": step, "by": who, "why": reason, "term": terms.get(step, "")}
        return NewLine(ESCALATED, subject, body)

    return make


def _open_one(entries: tuple[Entry, ...], subject: str) -> Dispute:
    one = next((one for one in disputes(entries) if one.subject == subject), None)
    if one is None:
        raise RequestError(f"There is no dispute '{subject[:60]}'.")
    if one.ruling is not None:
        raise RequestError(
            f"Dispute {one.number} is settled: {one.ruling.by} decided that the lead is {RULINGS[one.ruling.ruling]}."
            " Nothing was written."
        )
    return one


def _opened(entry: Entry) -> Dispute:
    body = entry.body
    views = tuple((side, View(body[side], body["by"], entry.at)) for side in SIDES if body[side])
    number = int(entry.subject.rpartition("-")[2])
    return Dispute(
        entry.subject,
        number,
        body["lead_id"],
        body["by"],
        entry.at,
        body["fingerprint"],
        body["contract"],
        body["seen"],
        views,
    )


def _changed(one: Dispute, entry: Entry) -> Dispute:
    body = entry.body
    if entry.kind == VIEW:
        side, before = body["side"], one.view(body["side"])
        views = dict(one.views) | {side: View(body["text"], body["by"], entry.at)}
        earlier = (*one.earlier, (side, before)) if before else one.earlier
        return replace(one, views=tuple(views.items()), earlier=earlier)
    if entry.kind == RULED:
        return replace(one, ruling=Ruling(body["ruling"], one.step, body["by"], body["why"], entry.at))
    if entry.kind == ESCALATED:
        raised = Escalation(body["step"], body["by"], body["why"], body["term"], entry.at)
        return replace(one, escalations=(*one.escalations, raised))
    return one


def _said(said: str) -> str:
    return line_text(said, "A view", MOST_NOTE)


def _reason(why: str) -> str:
    said = line_text(why, "A reason", MOST_NOTE)
    if not said:
        raise RequestError("Write why; both sides will read it.")
    return said
