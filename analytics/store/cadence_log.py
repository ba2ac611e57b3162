"""The cadence log: the one place that keeps decisions, actions, disputes, meetings and audits; entries are only added.

An entry is an event about a subject ("decision-3"); what a decision or an action is now is told by its entries in order.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from analytics.errors import WorkspaceError
from analytics.store.chain import Chain, Line, NewLine, chain_table
from analytics.store.database import METADATA, Database
from analytics.store.workspace import Workspace

__all__ = ["CadenceLog", "Entry", "NewLine", "new_subject"]

_LOG = chain_table("cadence_log", METADATA)


@dataclass(frozen=True, slots=True)
class Entry:
    """One event: its number in the log, kind, subject, what it says, when (naive UTC), and the hash of its line."""

    number: int
    kind: str
    subject: str
    body: dict[str, Any]
    at: datetime
    hash: str


Maker = Callable[[tuple[Entry, ...]], NewLine]


class CadenceLog:
    """All entries of one workspace, in their order; any number of threads and processes can add to it."""

    def __init__(self, workspace: Workspace, url: str | None = None) -> None:
        """Open the records database, see ``Database``.

        Raises:
            WorkspaceError: the database cannot be opened, or a newer Handoff wrote it.
        """
        self._database = Database(workspace, url, damaged_text=True)
        self._chain = Chain(self._database, _LOG, "cadence log")

    def add(self, make: Maker, at: datetime | None = None) -> Entry:
        """Add the entry that ``make`` gives for the entries so far; it is asked again when somebody was faster.

        ``at`` is for tests and imports; by default it is now.

        Raises:
            RequestError: what ``make`` refuses, or a body that cannot be kept.
            WorkspaceError: the log was tampered with, or cannot be written.
        """
        return _entry(self._chain.append(lambda lines: make(tuple(map(_entry, lines))), at))

    def entries(self) -> tuple[Entry, ...]:
        """All entries, the oldest first.

        Raises:
            WorkspaceError: a line was altered, removed or moved, or the database cannot be read.
        """
        lines = self._chain.lines()
        if problems := self._chain.problems(lines):
            raise WorkspaceError(
                f"{problems[0]} No entry is shown; put back a copy of the records database from before that."
            )
        return tuple(map(_entry, lines))

    def problems(self) -> tuple[str, ...]:
        """What was tampered with, a sentence per line; empty for an intact log.

        Raises:
            WorkspaceError: the database cannot be read.
        """
        return self._chain.problems(self._chain.lines())

    def close(self) -> None:
        """Let go of the database."""
        self._database.close()


def new_subject(entries: tuple[Entry, ...], kind: str) -> str:
    """The next subject of a kind: ``decision-1``, ``decision-2`` …, counted over the entries so far."""
    prefix = f"{kind}-"
    taken = {entry.subject for entry in entries if entry.subject.startswith(prefix)}
    return f"{prefix}{len(taken) + 1}"


def _entry(line: Line) -> Entry:
    return Entry(
        line.number,
        line.kind,
        line.subject,
        json.loads(line.body),
        datetime.fromisoformat(line.at),
        line.hash,
    )
