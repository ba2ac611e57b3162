"""Re-ratification: in the quarterly review both sides say that the contract stands as it is; replayed from the cadence log."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime

from analytics.errors import RequestError
from analytics.store.cadence_log import Entry, NewLine
from analytics.store.contract_history import MARKETING, SALES, Version
from analytics.store.contract_texts import is_same_person, name_text

RATIFIED = "contract_ratified"
SIDES = (MARKETING, SALES)


@dataclass(frozen=True, slots=True)
class Ratification:
    """One side's word in one quarter's review: the version's hash and number, who, and when (naive UTC)."""

    version: str
    number: int
    quarter: date
    side: str
    by: str
    at: datetime


def ratify(version: Version, quarter: date, side: str, by: str) -> Callable[[tuple[Entry, ...]], NewLine]:
    """What notes that a side keeps the version in force for another quarter; ``quarter`` is its first day.

    Raises:
        RequestError: no such side, the version is not in force, or no name; when added: the side said so already for
            this quarter, or the same person spoke for the other side.
    """
    if side not in SIDES:
        raise RequestError(f"'{side[:16]}' is no side; marketing and sales ratify.")
    if version.state != "in force":
        raise RequestError(f"Version {version.number} is not in force; ratify the version that is.")
    who = name_text(by)

    def line(entries: tuple[Entry, ...]) -> NewLine:
        for one in ratifications(entries):
            if one.version != version.hash or one.quarter != quarter:
                continue
            if one.side == side:
                raise RequestError(f"{one.by} ratified it for {side} already.")
            if is_same_person(one.by, who):
                raise RequestError(f"{one.by} ratified it for {one.side}; somebody else speaks for {side}.")
        body = {"quarter": quarter.isoformat(), "side": side, "by": who, "number": version.number}
        return NewLine(RATIFIED, version.hash, body)

    return line


def ratifications(entries: Iterable[Entry]) -> tuple[Ratification, ...]:
    """All of them, in the order of the log."""
    return tuple(
        Ratification(
            one.subject,
            one.body["number"],
            date.fromisoformat(one.body["quarter"]),
            one.body["side"],
            one.body["by"],
            one.at,
        )
        for one in entries
        if one.kind == RATIFIED
    )
