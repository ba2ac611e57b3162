"""Actions: who does what until when to move which number; replayed from the cadence log, never updated."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Literal

from analytics.errors import RequestError
from analytics.store.cadence_log import Entry, Maker, NewLine, new_subject
from analytics.store.contract_texts import MOST_NOTE, line_text, name_text
from analytics.store.meetings import HELD, WEEKLY, meetings

OPENED, DONE, REOPENED, MOVED = "action_opened", "action_done", "action_reopened", "action_moved"
MOST_WHAT = 240
_SLUG = re.compile(r"[a-z0-9_]{0,40}", re.ASCII)
_FIRST_YEAR, _AFTER_YEAR = 2000, 2200


@dataclass(frozen=True, slots=True)
class Change:
    """One thing that happened to an action: ``what`` is the kind of its entry, ``due`` the new day of a move."""

    what: str
    by: str
    note: str
    at: datetime
    due: date | None = None


@dataclass(frozen=True, slots=True)
class Action:
    """One action as its entries leave it.

    Attributes:
        subject: its name in the log, ``action-3``; ``number`` is the 3.
        due: the day it is due now; ``first_due`` the day that was named first.
        metric: the metric it should move, by its slug; empty where none was named.
        at: when it was opened (naive UTC).
        carried: weekly meetings that ended with it open, but for the first one after it was opened.
        changes: what happened since, the oldest first.
    """

    subject: str
    number: int
    what: str
    owner: str
    due: date
    first_due: date
    metric: str
    opened_by: str
    at: datetime
    state: Literal["open", "done"] = "open"
    carried: int = 0
    was_in_meeting: bool = False
    changes: tuple[Change, ...] = ()

    @property
    def closing(self) -> Change | None:
        """Who closed it, with the note; None while it is open."""
        return self.changes[-1] if self.state == "done" else None

    def days_overdue(self, today: date) -> int:
        """Days past the due day; 0 on that day, before it, and when done."""
        return max(0, (today - self.due).days) if self.state == "open" else 0


@dataclass(frozen=True, slots=True)
class Progress:
    """Last week's actions: those open when the last review ended, and how many of them are closed now."""

    actions: tuple[Action, ...]

    @property
    def closed(self) -> int:
        """How many are closed."""
        return sum(one.state == "done" for one in self.actions)


def actions(entries: Iterable[Entry]) -> tuple[Action, ...]:
    """All actions in the order in which they were opened.

    An entry that does not fit what stands, such as closing a closed action, changes nothing.
    """
    found: dict[str, Action] = {}
    for entry in entries:
        if entry.kind == HELD and entry.body.get("meeting") == WEEKLY:
            found = {subject: _met(one) for subject, one in found.items()}
        elif entry.kind == OPENED and entry.subject not in found:
            found[entry.subject] = _opened(entry)
        elif entry.subject in found:
            found[entry.subject] = _changed(found[entry.subject], entry)
    return tuple(found.values())


def progress(entries: Iterable[Entry], week: date) -> Progress | None:
    """What became of the actions that were open when the last review about a week before ``week`` ended.

    ``week`` is the Monday of the week that is reviewed now. None where no such review was held.
    """
    given = tuple(entries)
    held = [one.number for one in meetings(given, WEEKLY) if one.is_held and one.period < week]
    if not held:
        return None
    then = actions(entry for entry in given if entry.number < held[-1])
    open_then = {one.subject for one in then if one.state == "open"}
    return Progress(tuple(one for one in actions(given) if one.subject in open_then))


def in_order(found: Iterable[Action]) -> tuple[Action, ...]:
    """Open ones first, the longest overdue before all, then closed ones, the latest before all."""
    given = tuple(found)
    still = sorted((one for one in given if one.state == "open"), key=lambda one: (one.due, one.number))
    closed = sorted((one for one in given if one.closing), key=lambda one: one.number, reverse=True)
    closed.sort(key=lambda one: one.changes[-1].at, reverse=True)
    return (*still, *closed)


def open_action(what: str, owner: str, due: date, metric: str, by: str) -> Maker:
    """What adds an action to the log; ``metric``: the slug of a metric, empty where none is named.

    Raises:
        RequestError: a text is empty or too long, or the day lies outside the years that are kept.
    """
    said = line_text(what, "An action", MOST_WHAT)
    if not said:
        raise RequestError("Write what is to be done.")
    if not owner.strip():
        raise RequestError("Write who does it; an action without an owner is nobody's.")
    if not _SLUG.fullmatch(metric):
        raise RequestError(f"There is no metric '{metric[:60]}'; choose one of the list.")
    body = {"what": said, "owner": name_text(owner), "due": _day(due), "metric": metric, "by": name_text(by)}
    return lambda entries: NewLine(OPENED, new_subject(entries, "action"), body)


def close_action(subject: str, by: str, note: str = "") -> Maker:
    """What closes an open action.

    Raises:
        RequestError: now, a text is too long or no name is given; when asked, there is no such action or it is closed.
    """
    return _change(DONE, subject, {"by": name_text(by), "note": _note(note)}, "open")


def reopen_action(subject: str, by: str, note: str) -> Maker:
    """What opens a closed action again, with the reason.

    Raises:
        RequestError: as ``close_action``, for an action that is open; or no reason is given.
    """
    return _change(REOPENED, subject, {"by": name_text(by), "note": _reason(note)}, "done")


def move_action(subject: str, due: date, by: str, note: str) -> Maker:
    """What gives an open action another due day, with the reason.

    Raises:
        RequestError: as ``close_action``; no reason is given, or it is the day that stands.
    """
    body = {"by": name_text(by), "note": _reason(note), "due": _day(due)}
    return _change(MOVED, subject, body, "open")


def _change(kind: str, subject: str, body: dict[str, str], wanted: str) -> Maker:
    def make(entries: tuple[Entry, ...]) -> NewLine:
        one = next((one for one in actions(entries) if one.subject == subject), None)
        if one is None:
            raise RequestError(f"There is no action '{subject[:60]}'.")
        if one.state != wanted:
            closed = f"was closed by {one.closing.by}" if one.closing else "is open"
            raise RequestError(f"Action {one.number} {closed} already; nothing was written.")
        if kind == MOVED and body["due"] == one.due.isoformat():
            raise RequestError(f"Action {one.number} is due on that day already; choose another one.")
        return NewLine(kind, subject, body)

    return make


def _opened(entry: Entry) -> Action:
    body, due = entry.body, date.fromisoformat(entry.body["due"])
    number = int(entry.subject.rpartition("-")[2])
    return Action(
        entry.subject, number, body["what"], body["owner"], due, due, body["metric"], body["by"], entry.at
    )


def _changed(one: Action, entry: Entry) -> Action:
    states = {DONE: ("open", "done"), REOPENED: ("done", "open"), MOVED: ("open", "open")}
    before, after = states.get(entry.kind, ("", ""))
    if one.state != before:
        return one
    due = date.fromisoformat(entry.body["due"]) if entry.kind == MOVED else None
    change = Change(entry.kind, entry.body["by"], entry.body["note"], entry.at, due)
    state: Literal["open", "done"] = "done" if after == "done" else "open"
    return replace(one, state=state, due=due or one.due, changes=(*one.changes, change))


def _met(one: Action) -> Action:
    """After a weekly meeting: at the first one an action is new, at every later one an open action is carried over."""
    is_carried = one.was_in_meeting and one.state == "open"
    return replace(one, was_in_meeting=True, carried=one.carried + is_carried)


def _day(day: date) -> str:
    if not _FIRST_YEAR <= day.year < _AFTER_YEAR:
        raise RequestError(f"{day.isoformat()} is no due day; choose one of this century.")
    return day.isoformat()


def _note(note: str) -> str:
    return line_text(note, "A note", MOST_NOTE)


def _reason(note: str) -> str:
    said = _note(note)
    if not said:
        raise RequestError("Write why; the next meeting will ask.")
    return said
