"""Meetings held and skipped, what was written down in them, and whether the habit holds; replayed from the cadence log."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Literal

from analytics.errors import RequestError
from analytics.store.cadence_log import Entry, Maker, NewLine
from analytics.store.contract_texts import MOST_NOTE, line_text, name_text

HELD, SKIPPED = "meeting_held", "meeting_skipped"
WEEKLY, MONTHLY, QUARTERLY = "weekly", "monthly", "quarterly"
MeetingKind = Literal["weekly", "monthly", "quarterly"]
NAMES = {WEEKLY: "weekly review", MONTHLY: "monthly council", QUARTERLY: "quarterly review"}
SILENT_MEETINGS = 3
"""So many weekly meetings without a written word, and the review asks."""
SILENT = "Nothing was written down in the last three reviews. Are frictions being left off the table?"
_FIRST_MONTHS = (1, 4, 7, 10)
_OPENINGS = {"action_opened": "actions", "decided": "decisions", "dispute_opened": "disputes"}
_CHANGES = ("action_", "decision_", "dispute_")


@dataclass(frozen=True, slots=True)
class Recorded:
    """What was written down since the meeting of that kind before.

    Actions, decisions and disputes opened, and ``changes`` to those that stood (closed, moved, ruled, withdrawn …).
    """

    actions: int = 0
    decisions: int = 0
    disputes: int = 0
    changes: int = 0

    @property
    def is_nothing(self) -> bool:
        """Whether not a word was written down."""
        return not (self.actions or self.decisions or self.disputes or self.changes)


@dataclass(frozen=True, slots=True)
class Meeting:
    """One meeting.

    Attributes:
        subject: its name in the log, ``weekly-2026-08-24``.
        kind: a key of ``NAMES``.
        period: the first day of the week, month or quarter it is about.
        is_held: held, or skipped.
        by: who wrote it down; ``at``: when (naive UTC).
        note: what was said of it; for a skipped one why.
        recorded: what was written down since the meeting before; nothing for a skipped one.
        number: of its entry in the log.
    """

    subject: str
    kind: str
    period: date
    is_held: bool
    by: str
    at: datetime
    note: str
    recorded: Recorded
    number: int


@dataclass(frozen=True, slots=True)
class Health:
    """Whether the habit holds: ``held`` of the quarters asked, and what is missing.

    Attributes:
        quarters: first days of the quarters asked, in order.
        held: those of which all three monthly councils were held.
        missing: first days of the months, in these quarters, whose council was skipped or never held.
        hard: hard months of these quarters whose council was held.
    """

    quarters: tuple[date, ...]
    held: tuple[date, ...]
    missing: tuple[date, ...]
    hard: tuple[date, ...]

    @property
    def is_healthy(self) -> bool:
        """Every quarter asked was held, and a hard month was among them: before that victory is declared too early."""
        return bool(self.quarters) and len(self.held) == len(self.quarters) and bool(self.hard)

    @property
    def words(self) -> str:
        """``1 of 2 quarters held, including a hard month``."""
        hard = "including a hard month" if self.hard else "no hard month among them"
        return f"{len(self.held)} of {len(self.quarters)} quarters held, {hard}"


def meetings(entries: Iterable[Entry], kind: str | None = None) -> tuple[Meeting, ...]:
    """All meetings in the order of their entries, of one kind if asked; one per kind and period.

    A meeting that was written down as skipped and held later stands as held.
    """
    found: dict[str, Meeting] = {}
    for entry in entries:
        if entry.kind not in (HELD, SKIPPED):
            continue
        before = found.get(entry.subject)
        if before is not None and (before.is_held or entry.kind == SKIPPED):
            continue
        found.pop(entry.subject, None)
        found[entry.subject] = _meeting(entry)
    return tuple(one for one in found.values() if kind in (None, one.kind))


def meeting_about(entries: Iterable[Entry], kind: str, period: date) -> Meeting | None:
    """The meeting of a kind about the period that begins on a day; None where none was held or skipped."""
    return next((one for one in meetings(entries, kind) if one.period == period), None)


def last_held(entries: Iterable[Entry], kind: str) -> Meeting | None:
    """The meeting of a kind that was held last."""
    return next((one for one in reversed(meetings(entries, kind)) if one.is_held), None)


def recorded_since(entries: Sequence[Entry], kind: str) -> Recorded:
    """What was written down since the last meeting of a kind was held; since the beginning where there was none."""
    last = last_held(entries, kind)
    since = [one for one in entries if last is None or one.number > last.number]
    opened = [_OPENINGS[one.kind] for one in since if one.kind in _OPENINGS]
    changes = sum(one.kind not in _OPENINGS and one.kind.startswith(_CHANGES) for one in since)
    return Recorded(opened.count("actions"), opened.count("decisions"), opened.count("disputes"), changes)


def asks_for_frictions(entries: Sequence[Entry]) -> bool:
    """Whether the last three weekly meetings held wrote nothing down, nor anybody since."""
    held = [one for one in meetings(entries, WEEKLY) if one.is_held][-SILENT_MEETINGS:]
    is_silent = len(held) == SILENT_MEETINGS and all(one.recorded.is_nothing for one in held)
    return is_silent and recorded_since(entries, WEEKLY).is_nothing


def hold(kind: str, period: date, by: str, note: str = "") -> Maker:
    """What adds a held meeting to the log, with what it wrote down as the log stands at that moment.

    Raises:
        RequestError: now, the kind is unknown, the day begins no such period, or a text does not fit; when asked,
            the meeting was held already: says by whom.
    """
    return _make(HELD, kind, period, by, note)


def skip(kind: str, period: date, by: str, why: str) -> Maker:
    """What adds a skipped meeting to the log, with the reason.

    Raises:
        RequestError: as ``hold``; no reason is given, or the meeting was held or skipped already.
    """
    if not line_text(why, "A reason", MOST_NOTE):
        raise RequestError("Write why it was skipped.")
    return _make(SKIPPED, kind, period, by, why)


def health(found: Iterable[Meeting], quarters: Sequence[date], hard_months: Collection[date]) -> Health:
    """How much of the habit was kept over quarters; a quarter is held when all three of its councils were.

    Args:
        found: meetings, of all kinds.
        quarters: the first days of the quarters asked, usually the last two that ended.
        hard_months: first days of the months in which a target of the contract was missed.
    """
    held = {one.period for one in found if one.kind == MONTHLY and one.is_held}
    months = {
        first: tuple(date(first.year, first.month + step, 1) for step in range(3)) for first in quarters
    }
    every = tuple(month for first in quarters for month in months[first])
    return Health(
        quarters=tuple(quarters),
        held=tuple(first for first in quarters if held.issuperset(months[first])),
        missing=tuple(month for month in every if month not in held),
        hard=tuple(month for month in every if month in held and month in hard_months),
    )


def _make(event: str, kind: str, period: date, by: str, note: str) -> Maker:
    subject = f"{kind}-{_checked(kind, period).isoformat()}"
    who, said = name_text(by), line_text(note, "A note", MOST_NOTE)

    def make(entries: tuple[Entry, ...]) -> NewLine:
        before = meeting_about(entries, kind, period)
        if before is not None and (before.is_held or event == SKIPPED):
            was = "was held" if before.is_held else "was skipped"
            raise RequestError(
                f"The {NAMES[kind]} about {period.isoformat()} {was} already: {before.by} wrote it down"
                f" on {before.at.date().isoformat()}. Nothing was written."
            )
        body = {"meeting": kind, "period": period.isoformat(), "by": who, "note": said}
        if event == HELD:
            recorded = recorded_since(entries, kind)
            body["recorded"] = {name: getattr(recorded, name) for name in Recorded.__slots__}  # type: ignore[assignment]
        return NewLine(event, subject, body)

    return make


def _checked(kind: str, period: date) -> date:
    begins = {
        WEEKLY: period.weekday() == 0,
        MONTHLY: period.day == 1,
        QUARTERLY: period.day == 1 and period.month in _FIRST_MONTHS,
    }
    if kind not in begins:
        raise RequestError(f"There is no meeting '{kind[:16]}'; there are {', '.join(NAMES)}.")
    if not begins[kind]:
        named = {WEEKLY: "a week", MONTHLY: "a month", QUARTERLY: "a quarter"}[kind]
        raise RequestError(f"{period.isoformat()} is not the first day of {named}.")
    return period


def _meeting(entry: Entry) -> Meeting:
    body = entry.body
    return Meeting(
        entry.subject,
        body["meeting"],
        date.fromisoformat(body["period"]),
        entry.kind == HELD,
        body["by"],
        entry.at,
        body["note"],
        Recorded(**body.get("recorded", {})),
        entry.number,
    )


def weeks_without(entries: Iterable[Entry], last: date, most: int = 8) -> tuple[date, ...]:
    """Weeks up to ``last``, a Monday, since the first weekly meeting, of which none was held or skipped; at most so many."""
    known = [one.period for one in meetings(entries, WEEKLY)]
    if not known:
        return ()
    weeks = (last - timedelta(weeks=back) for back in range(most))
    return tuple(week for week in weeks if week >= min(known) and week not in known)
