"""A table to which lines are only ever added, each sealed with the hash of the line before it.

An altered, removed or moved line is found; a cut-off end is not, nor is a table whose every hash was computed anew.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Column, Integer, MetaData, String, Table, Text, insert, select
from sqlalchemy.engine import Connection

from analytics.contract_table import canonical, digest
from analytics.errors import WorkspaceError
from analytics.store.contract_texts import json_text, stamp
from analytics.store.database import Database, OvertakenError

_TRIES = 200
_NAMES = ("number", "kind", "subject", "body", "at", "previous_hash", "hash")


@dataclass(frozen=True, slots=True)
class Line:
    """One line as it is stored: texts, ``at`` as ISO time in UTC without a zone, ``body`` as canonical JSON."""

    number: int
    kind: str
    subject: str
    body: str
    at: str
    previous_hash: str
    hash: str


@dataclass(frozen=True, slots=True)
class NewLine:
    """What a line to be added says: its kind, what it is about, and its body."""

    kind: str
    subject: str
    body: dict[str, Any]


def chain_table(name: str, metadata: MetaData) -> Table:
    """The table of a chain; ``at`` is a text, so that what is hashed is what is stored, to the byte."""
    return Table(
        name,
        metadata,
        Column("number", Integer, primary_key=True, autoincrement=True),
        Column("kind", String(32), nullable=False),
        Column("subject", String(64), nullable=False),
        Column("body", Text, nullable=False),
        Column("at", String(19), nullable=False),
        Column("previous_hash", String(64), nullable=False, unique=True),
        Column("hash", String(64), nullable=False, unique=True),
    )


class Chain:
    """The lines of one such table; any number of threads and processes can add to it at once."""

    def __init__(self, database: Database, table: Table, title: str) -> None:
        """``title`` names the table in messages, such as "cadence log"."""
        self._database, self._table, self._title = database, table, title

    def lines(self) -> tuple[Line, ...]:
        """All lines in their order, whether they fit or not; see ``problems``.

        Raises:
            WorkspaceError: the database cannot be read.
        """
        with self._database.reading() as connection:
            return self._read(connection)

    def problems(self, lines: Sequence[Line]) -> tuple[str, ...]:
        """What does not fit, a sentence per line; empty for an intact chain."""
        found, before = [], ""
        for line in lines:
            if not _is_sealed(line):
                found.append(
                    f"Line {line.number} of the {self._title} was altered: it does not match its hash."
                )
            elif line.previous_hash != before:
                found.append(
                    f"Line {line.number} of the {self._title} lost its place: a line before it was removed, altered or moved."
                )
            before = line.hash
        return tuple(found)

    def append(self, entry: Callable[[tuple[Line, ...]], NewLine], at: datetime | None = None) -> Line:
        """Add the line that ``entry`` makes of the chain as it is; made anew when another process was faster.

        Raises:
            RequestError: the body cannot be kept, or whatever ``entry`` raises.
            WorkspaceError: the chain was tampered with, or cannot be written.
        """
        for _ in range(_TRIES):
            try:
                with self._database.writing() as connection:
                    lines = self._read(connection)
                    self._refuse_tampering(lines)
                    new = entry(lines)
                    body = json_text(new.body, f"The entry in the {self._title}")
                    values = {
                        "kind": new.kind,
                        "subject": new.subject,
                        "body": body,
                        "at": stamp(at).isoformat(),
                        "previous_hash": lines[-1].hash if lines else "",
                    }
                    values["hash"] = line_hash(**values)
                    added = connection.execute(insert(self._table).values(**values))
                    number = int(added.inserted_primary_key[0]) if added.inserted_primary_key else 0
            except OvertakenError:
                continue
            return Line(number=number, **values)
        raise WorkspaceError(f"Others are writing to the {self._title} at this moment; try again.")

    def _read(self, connection: Connection) -> tuple[Line, ...]:
        columns = (self._table.c[name] for name in _NAMES)
        return tuple(
            Line(*row) for row in connection.execute(select(*columns).order_by(self._table.c.number))
        )

    def _refuse_tampering(self, lines: Sequence[Line]) -> None:
        if problems := self.problems(lines):
            raise WorkspaceError(
                f"{problems[0]} Nothing was written; put back a copy of the records database from before that."
            )


def line_hash(kind: str, subject: str, body: str, at: str, previous_hash: str) -> str:
    """The hash of a line: of everything in it but its number."""
    return digest(
        canonical({"kind": kind, "subject": subject, "body": body, "at": at, "previous_hash": previous_hash})
    )


def _is_sealed(line: Line) -> bool:
    try:
        return line_hash(line.kind, line.subject, line.body, line.at, line.previous_hash) == line.hash
    except (TypeError, ValueError):  # bytes, or letters that no UTF-8 text has
        return False
