"""Decisions: what was agreed, by whom and why, with a frozen copy of what was on the screen; replayed from the cadence log."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any, Literal

from analytics.errors import RequestError
from analytics.store.cadence_log import Entry, NewLine, new_subject
from analytics.store.contract_texts import line_text, name_text

DECIDED = "decided"
WITHDRAWN = "decision_withdrawn"
MOST_WHAT, MOST_WHY = 240, 1000
Direction = Literal["up", "down"]
_DIRECTIONS = ("up", "down")


@dataclass(frozen=True, slots=True)
class Seen:
    """What was on the screen when a decision was made; later imports never change it.

    Attributes:
        fingerprint: the snapshot.
        contract: the hash of the contract; ``contract_name`` its name, "defaults" while none was signed.
        filters: field and values, in order.
        unit: "month" or "quarter"; ``span``: the period whose number it was.
        value: the number, None where it was not reached; ``low`` and ``high`` its interval (rates) or limits.
        numerator, denominator: the counts of a rate, else None.
        words: the number as it was read.
        sentence: the answer of the page.
    """

    fingerprint: str
    contract: str
    contract_name: str
    filters: tuple[tuple[str, tuple[str, ...]], ...]
    unit: str
    span: str
    value: float | None
    low: float | None
    high: float | None
    numerator: int | None
    denominator: int | None
    words: str
    sentence: str


@dataclass(frozen=True, slots=True)
class Decision:
    """One decision.

    Attributes:
        subject: its name in the log, ``decision-3``; ``number`` is the 3.
        what: the decision; ``why``: the reason given.
        by: who wrote it down; ``at``: when (naive UTC).
        measure: the trend it should move, by its slug; ``direction``: up or down; ``size``: by how much, in the
            measure's own unit (a share for rates, working seconds, an amount), None where nobody said.
        effective_on: the first day on which it holds; ``check_on``: when it is to be checked.
        scenario: the number of the saved scenario it came from, None if from none.
        seen: what was on the screen.
        hash: of its line in the log.
        withdrawn: why it was withdrawn, and by whom; empty while it stands.
    """

    subject: str
    number: int
    what: str
    why: str
    by: str
    at: datetime
    measure: str
    direction: Direction
    size: float | None
    effective_on: date
    check_on: date
    scenario: int | None
    seen: Seen
    hash: str
    withdrawn: str = ""


def decide(
    what: str,
    why: str,
    by: str,
    *,
    measure: str,
    direction: str,
    size: float | None,
    effective_on: date,
    check_on: date,
    seen: Seen,
    scenario: int | None = None,
) -> Callable[[tuple[Entry, ...]], NewLine]:
    """What adds a decision to the log.

    Raises:
        RequestError: a text is empty or too long, the direction is none, the size is not above 0, or it is to be
            checked before it holds.
    """
    said, reason = line_text(what, "A decision", MOST_WHAT), line_text(why, "A reason", MOST_WHY)
    if not said:
        raise RequestError("Write what was decided.")
    if not reason:
        raise RequestError("Write why; nobody remembers it in three months.")
    if direction not in _DIRECTIONS:
        raise RequestError(f"A number should move up or down, not '{direction[:16]}'.")
    if size is not None and not 0 < size < 1e15:
        raise RequestError(f"By how much must be above 0, found {size:g}.")
    if check_on <= effective_on:
        raise RequestError(
            f"It holds from {effective_on:%Y-%m-%d} and would be checked on {check_on:%Y-%m-%d}; choose a later day."
        )
    body = {
        "what": said,
        "why": reason,
        "by": name_text(by),
        "measure": measure,
        "direction": direction,
        "size": size,
        "effective_on": effective_on.isoformat(),
        "check_on": check_on.isoformat(),
        "scenario": scenario,
        "seen": _plain(seen),
    }
    return lambda entries: NewLine(DECIDED, new_subject(entries, "decision"), body)


def withdraw(subject: str, why: str, by: str) -> Callable[[tuple[Entry, ...]], NewLine]:
    """What notes that a decision no longer stands; the decision itself stays in the log.

    Raises:
        RequestError: a text is empty or too long; when added: there is no such decision, or it is withdrawn already.
    """
    reason, who = line_text(why, "A reason", MOST_WHY), name_text(by)
    if not reason:
        raise RequestError("Write why it is withdrawn.")

    def line(entries: tuple[Entry, ...]) -> NewLine:
        found = next((one for one in decisions(entries) if one.subject == subject), None)
        if found is None:
            raise RequestError(f"There is no decision '{subject[:32]}'.")
        if found.withdrawn:
            raise RequestError(f"Decision {found.number} is withdrawn already: {found.withdrawn}")
        return NewLine(WITHDRAWN, subject, {"why": reason, "by": who})

    return line


def decisions(entries: Iterable[Entry]) -> tuple[Decision, ...]:
    """All decisions of the log, the newest first."""
    found: dict[str, Decision] = {}
    for entry in entries:
        if entry.kind == DECIDED:
            found[entry.subject] = _decision(entry)
        elif entry.kind == WITHDRAWN and entry.subject in found:
            words = f"{entry.body['why']} ({entry.body['by']})"
            found[entry.subject] = replace(found[entry.subject], withdrawn=words)
    return tuple(reversed(found.values()))


def matching(given: Iterable[Decision], words: str) -> tuple[Decision, ...]:
    """Decisions that hold all of the words, in any case, in what was decided, why, by whom, or on which number."""
    wanted = words.casefold().split()
    return tuple(
        one
        for one in given
        if all(
            word in f"{one.what} {one.why} {one.by} {one.measure} {one.seen.words} {one.subject}".casefold()
            for word in wanted
        )
    )


def _plain(seen: Seen) -> dict[str, Any]:
    return {
        "fingerprint": seen.fingerprint,
        "contract": seen.contract,
        "contract_name": seen.contract_name,
        "filters": [[field, list(values)] for field, values in seen.filters],
        "unit": seen.unit,
        "span": seen.span,
        "value": seen.value,
        "low": seen.low,
        "high": seen.high,
        "numerator": seen.numerator,
        "denominator": seen.denominator,
        "words": seen.words,
        "sentence": seen.sentence,
    }


def _seen(body: Mapping[str, Any]) -> Seen:
    filters = tuple((field, tuple(values)) for field, values in body["filters"])
    return Seen(**{**body, "filters": filters})


def _decision(entry: Entry) -> Decision:
    body = entry.body
    return Decision(
        subject=entry.subject,
        number=int(entry.subject.rpartition("-")[2]),
        what=body["what"],
        why=body["why"],
        by=body["by"],
        at=entry.at,
        measure=body["measure"],
        direction=body["direction"],
        size=body["size"],
        effective_on=date.fromisoformat(body["effective_on"]),
        check_on=date.fromisoformat(body["check_on"]),
        scenario=body["scenario"],
        seen=_seen(body["seen"]),
        hash=entry.hash,
    )
