"""The audits of leads in the cadence log: what is written when one starts, is claimed, marked and done, and who may see what.

Two reviewers, one per side, mark the same leads. Until both are done nobody gets to see a mark of the other side.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from analytics.errors import RequestError
from analytics.store.cadence_log import Entry, Maker, NewLine, new_subject
from analytics.store.contract_texts import is_same_person, name_text
from analytics.store.lead_audit_shapes import FIT, MARKETING, SALES, SIDES, Frozen, packed, unpacked

STARTED, CLAIMED, MARKED, DONE = "audit started", "audit side taken", "audit lead marked", "audit side done"
YES, NO, CANNOT_TELL = "yes", "no", "cannot tell"
ANSWERS = (YES, NO, CANNOT_TELL)
OTHER = -1
"""The cause of a "no" that no criterion names."""
LEAST_TOKEN = 20
NAMES = {MARKETING: "Marketing", SALES: "Sales"}


@dataclass(frozen=True, slots=True)
class Mark:
    """What a reviewer says of one part of one lead; ``cause`` is the number of a criterion, or ``OTHER``, for a no."""

    answer: str
    cause: int | None = None


Marks = Mapping[tuple[int, str], Mark]


@dataclass(frozen=True, slots=True)
class Reviewer:
    """One side of an audit as everybody may see it: who took it (empty: nobody yet), and whether they are done."""

    side: str
    name: str
    is_done: bool


@dataclass(frozen=True, slots=True)
class Audit:
    """An audit as one reader may see it.

    Attributes:
        subject: its name in the log, ``audit-1``.
        at, by: when it was started (naive UTC), and by whom.
        frozen: the leads and what the definition and the record say of them.
        reviewers: both sides, marketing first.
        own_side: the side of the reader; empty for a reader without one.
        marks: side -> place of the lead and part -> mark; only the reader's own side until both are done.
        is_revealed: whether nothing is left to mark: both are done, or the definition answered everything.
    """

    subject: str
    at: datetime
    by: str
    frozen: Frozen
    reviewers: tuple[Reviewer, ...]
    own_side: str
    marks: Mapping[str, Marks]
    is_revealed: bool

    def reviewer(self, side: str) -> Reviewer:
        """One side."""
        return next(one for one in self.reviewers if one.side == side)

    def missing(self) -> tuple[tuple[int, str], ...]:
        """What the reader has yet to mark, in the order of the leads; empty for a reader without a side."""
        own = self.marks.get(self.own_side, {})
        return tuple(one for one in self.frozen.needed if one not in own) if self.own_side else ()


@dataclass(frozen=True, slots=True)
class Listed:
    """An audit in the list of all: what is known of it without opening it."""

    subject: str
    at: datetime
    leads: int
    is_revealed: bool


@dataclass(slots=True)
class _Side:
    """One side with everything it marked; never leaves this module."""

    name: str = ""
    token_hash: str = ""
    marks: dict[tuple[int, str], Mark] = field(default_factory=dict)
    is_done: bool = False


@dataclass(slots=True)
class _Ledger:
    start: Entry
    frozen: Frozen
    sides: dict[str, _Side]

    @property
    def is_revealed(self) -> bool:
        return not self.frozen.needed or all(one.is_done for one in self.sides.values())

    def side_of(self, token: str) -> str:
        """The side that a token opens; empty for none."""
        if not token:
            return ""
        found = _hash(token)
        return next(
            (side for side, one in self.sides.items() if hmac.compare_digest(one.token_hash, found)), ""
        )


def start(by: str, frozen: Frozen) -> Maker:
    """Begin an audit over these leads.

    Raises:
        RequestError: when written: no name, no lead, or more than one line of the log holds.
    """

    def make(entries: tuple[Entry, ...]) -> NewLine:
        if not frozen.leads:
            raise RequestError("There is no lead to audit in this selection; choose a wider one.")
        return NewLine(STARTED, new_subject(entries, "audit"), {"by": name_text(by), **packed(frozen)})

    return make


def claim(subject: str, side: str, name: str, token: str) -> Maker:
    """Take a side; whoever holds ``token`` marks for it from now on. Only the token's hash is written.

    Raises:
        RequestError: when written: no such audit or side, no name, a short token, the side is taken, nothing is left
            to mark, or the same person or token holds the other side.
    """

    def make(entries: tuple[Entry, ...]) -> NewLine:
        ledger, said = _ledger(entries, subject), name_text(name)
        if side not in SIDES:
            raise RequestError(f"There is no side '{side[:40]}'; the sides are {' and '.join(SIDES)}.")
        if len(token) < LEAST_TOKEN:
            raise RequestError("The key of this session is too short to be kept apart from others.")
        if ledger.is_revealed:
            raise RequestError("Nothing is left to mark in this audit.")
        if ledger.sides[side].name:
            raise RequestError(f"{NAMES[side]} is already taken, by {ledger.sides[side].name}.")
        other = ledger.sides[_other(side)]
        if other.name and (is_same_person(other.name, said) or other.token_hash == _hash(token)):
            raise RequestError(
                f"{other.name} already marks for {_other(side)}; an audit needs one person of each side."
            )
        return NewLine(CLAIMED, subject, {"side": side, "name": said, "token_hash": _hash(token)})

    return make


def mark(subject: str, token: str, place: int, part: str, answer: str, cause: int | None = None) -> Maker:
    """Say yes, no or cannot tell of one part of the lead at ``place``; a later mark of the same takes its place.

    Raises:
        RequestError: when written: no such audit, a token without a side, a side that is done, nothing to mark there,
            an unknown answer, or a "no" without its cause.
    """

    def make(entries: tuple[Entry, ...]) -> NewLine:
        ledger = _ledger(entries, subject)
        side = _open_side(ledger, token)
        if (place, part) not in ledger.frozen.needed:
            raise RequestError("This part of this lead is not to be marked: the definition answers it.")
        if answer not in ANSWERS:
            raise RequestError(f"The answer must be one of {', '.join(ANSWERS)}; found '{answer[:40]}'.")
        _refuse_cause(ledger.frozen, part, answer, cause)
        body: dict[str, Any] = {"side": side, "place": place, "part": part, "answer": answer}
        return NewLine(MARKED, subject, body if cause is None else body | {"cause": cause})

    return make


def _refuse_cause(frozen: Frozen, part: str, answer: str, cause: int | None) -> None:
    if answer != NO:
        if cause is not None:
            raise RequestError("Only a “no” has a cause.")
    elif cause != OTHER and cause not in frozen.criteria_of(part):
        what = "fit" if part == FIT else "intent"
        raise RequestError(f"Say which criterion of {what} the lead misses, or that it is another reason.")


def finish(subject: str, token: str) -> Maker:
    """Be done: the marks of the token's side stand from now on.

    Raises:
        RequestError: when written: no such audit, a token without a side, done before, or leads are still unmarked.
    """

    def make(entries: tuple[Entry, ...]) -> NewLine:
        ledger = _ledger(entries, subject)
        side = _open_side(ledger, token)
        left = {
            place for place, part in ledger.frozen.needed if (place, part) not in ledger.sides[side].marks
        }
        if left:
            leads = "1 lead is" if len(left) == 1 else f"{len(left)} leads are"
            raise RequestError(f"{leads} not fully marked yet; mark them first.")
        return NewLine(DONE, subject, {"side": side})

    return make


def _open_side(ledger: _Ledger, token: str) -> str:
    side = ledger.side_of(token)
    if not side:
        raise RequestError("This session holds no side of this audit; take one, or open your personal link.")
    if ledger.sides[side].is_done:
        raise RequestError(f"{NAMES[side]} is done; its marks can no longer be changed.")
    return side


def audits(entries: Sequence[Entry]) -> tuple[Listed, ...]:
    """All audits, the newest first."""
    done: dict[str, set[str]] = {}
    for one in entries:
        if one.kind == DONE:
            done.setdefault(one.subject, set()).add(one.body["side"])
    listed = []
    for one in entries:
        if one.kind == STARTED:
            frozen = unpacked(one.body)
            is_revealed = not frozen.needed or done.get(one.subject, set()) == set(SIDES)
            listed.append(Listed(one.subject, one.at, len(frozen.leads), is_revealed))
    return tuple(reversed(listed))


def audit_of(entries: Iterable[Entry], subject: str, token: str = "") -> Audit:
    """An audit as the holder of ``token`` may see it: before both are done, without any mark of the other side.

    Raises:
        RequestError: no such audit.
    """
    ledger = _ledger(entries, subject)
    own = ledger.side_of(token)
    seen = SIDES if ledger.is_revealed else (own,) if own else ()
    return Audit(
        subject,
        ledger.start.at,
        ledger.start.body["by"],
        ledger.frozen,
        tuple(Reviewer(side, one.name, one.is_done) for side, one in ledger.sides.items()),
        own,
        {side: dict(ledger.sides[side].marks) for side in seen},
        ledger.is_revealed,
    )


def opened_by(entries: Iterable[Entry], token: str) -> str:
    """The audit in which a token holds a side; empty for none."""
    if not token:
        return ""
    found = _hash(token)
    return next(
        (
            one.subject
            for one in entries
            if one.kind == CLAIMED and hmac.compare_digest(one.body["token_hash"], found)
        ),
        "",
    )


def _ledger(entries: Iterable[Entry], subject: str) -> _Ledger:
    events = (one for one in entries if one.subject == subject)
    first = next(events, None)
    if first is None or first.kind != STARTED:
        raise RequestError(f"There is no audit '{subject[:40]}' in the log.")
    ledger = _Ledger(first, unpacked(first.body), {side: _Side() for side in SIDES})
    for event in events:
        body, side = event.body, ledger.sides[event.body["side"]]
        if event.kind == CLAIMED:
            side.name, side.token_hash = body["name"], body["token_hash"]
        elif event.kind == MARKED:
            side.marks[body["place"], body["part"]] = Mark(body["answer"], body.get("cause"))
        elif event.kind == DONE:
            side.is_done = True
    return ledger


def _other(side: str) -> str:
    return SALES if side == MARKETING else MARKETING


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
