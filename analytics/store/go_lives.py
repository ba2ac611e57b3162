"""From which day a version of the contract is live: what people entered, else the day on which both sides had signed."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date

from analytics.errors import RequestError
from analytics.store.cadence_log import Entry, NewLine
from analytics.store.contract_history import Version
from analytics.store.contract_texts import name_text

WENT_LIVE = "went_live"


def enter_go_live(version: Version, on: date, by: str) -> Callable[[tuple[Entry, ...]], NewLine]:
    """What notes from which day a version is live; the latest entry counts, earlier ones stay in the log.

    Raises:
        RequestError: both sides have not signed the version, or the name is empty.
    """
    if version.in_force_since is None:
        raise RequestError(f"Version {version.number} is not signed by both sides, so it cannot be live.")
    body = {"on": on.isoformat(), "by": name_text(by), "number": version.number}
    return lambda _: NewLine(WENT_LIVE, version.hash, body)


def go_lives(entries: Iterable[Entry], versions: Iterable[Version]) -> tuple[tuple[date, str], ...]:
    """(day, name) of every version that was ever in force, the earliest day first."""
    entered = {
        entry.subject: date.fromisoformat(entry.body["on"]) for entry in entries if entry.kind == WENT_LIVE
    }
    found = sorted(
        (entered.get(one.hash, one.in_force_since.date()), one.number)
        for one in versions
        if one.in_force_since is not None
    )
    return tuple((day, f"contract {number}") for day, number in found)
