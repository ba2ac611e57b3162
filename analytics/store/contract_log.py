"""The contract log: the only place that keeps contract versions and signatures; lines are added, never changed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import astuple, dataclass, fields
from datetime import datetime
from typing import Any

from sqlalchemy import Column, Integer, String, Table, Text, insert, select
from sqlalchemy.engine import Connection

from analytics.contract import Contract, read_table
from analytics.contract_table import table_of
from analytics.errors import RequestError, WorkspaceError, nearest
from analytics.store import contract_drafts
from analytics.store.contract_drafts import Draft
from analytics.store.contract_history import (
    ACKNOWLEDGED,
    MARKETING,
    PROPOSED,
    SALES,
    SIGNED,
    SPONSOR,
    History,
    Line,
    Version,
    line_hash,
    version_hash,
)
from analytics.store.contract_texts import (
    MOST_FINGERPRINT,
    MOST_NAME,
    MOST_NOTE,
    is_same_person,
    json_text,
    line_text,
    name_text,
    stamp,
)
from analytics.store.database import METADATA, Database, OvertakenError
from analytics.store.workspace import Workspace

_TRIES = 50
_LOG = Table(
    "contract_log",
    METADATA,
    Column("number", Integer, primary_key=True, autoincrement=True),
    Column("kind", String(16), nullable=False),
    Column("version", String(64), nullable=False),
    Column("body", Text, nullable=False),
    Column("at", String(19), nullable=False),  # as text: what is hashed is what is stored, to the byte
    Column("previous_hash", String(64), nullable=False, unique=True),
    Column("hash", String(64), nullable=False, unique=True),
)


@dataclass(frozen=True, slots=True)
class _Entry:
    """What a new line is to say."""

    kind: str
    version: str
    body: dict[str, Any]


class ContractLog:
    """Versions of the contract, who signed them, and drafts, for one workspace.

    Everything is derived from the lines of the log whenever it is asked for. A version comes in force when the
    second of marketing and sales signs it. Any number of threads and processes can propose and sign at once.
    """

    def __init__(self, workspace: Workspace, url: str | None = None) -> None:
        """Open the records database, see ``Database``.

        Raises:
            WorkspaceError: the database cannot be opened, or a newer Handoff wrote it.
        """
        self._database = Database(workspace, url, damaged_text=True)

    def propose(
        self, table: Mapping[str, Any], by: str, role: str, note: str = "", at: datetime | None = None
    ) -> Version:
        """Propose a contract on the version in force; ``table`` as ``read_table`` takes it, ``at`` in naive UTC.

        Raises:
            RequestError: the contract is not valid, is the one in force or proposed already, or a text is empty
                or too long.
            WorkspaceError: the log was tampered with, or cannot be written.
        """
        contract = _contract(table)
        parsed = table_of(contract)
        said = {**_who(by, role), "note": line_text(note, "A note", MOST_NOTE)}

        def entry(history: History) -> _Entry:
            previous = history.in_force.hash if history.in_force else ""
            hash_ = version_hash(parsed, previous)
            history.refuse_proposal(hash_, contract.text)
            return _Entry(PROPOSED, hash_, {"contract": parsed, "previous": previous, **said})

        return self._append(entry, at)

    def sign(
        self,
        version_hash: str,
        side: str,
        by: str,
        role: str,
        fingerprint: str,
        numbers: Mapping[str, Any],
        at: datetime | None = None,
    ) -> Version:
        """Sign a version for "marketing" or "sales", with the snapshot and the numbers that were on the screen.

        Raises:
            RequestError: unknown version or side, the version cannot be signed any more, the side has signed it,
                the same person signed for the other side, or a text is empty or too long.
            WorkspaceError: the log was tampered with, or cannot be written.
        """
        if side not in (MARKETING, SALES):
            raise RequestError(
                f"'{side[:16]}' is no side{nearest(side, (MARKETING, SALES)) or '.'} Sign for marketing or sales."
            )
        said = _seen(side, by, role, fingerprint, numbers)

        def entry(history: History) -> _Entry:
            history.refuse_signature(version_hash, side)
            other = history.version(version_hash).signature(SALES if side == MARKETING else MARKETING)
            if other and is_same_person(other.by, said["by"]):
                raise RequestError(
                    f"{other.by} signed this version for {other.side} already; somebody else signs for {side}."
                )
            return _Entry(SIGNED, version_hash, said)

        return self._append(entry, at)

    def acknowledge(
        self,
        version_hash: str,
        by: str,
        role: str,
        fingerprint: str,
        numbers: Mapping[str, Any],
        at: datetime | None = None,
    ) -> Version:
        """Acknowledge a version as the sponsor; it does not decide whether the version is in force.

        Raises:
            RequestError: unknown version, it is superseded or outdated, it is acknowledged already, or a text is
                empty or too long.
            WorkspaceError: the log was tampered with, or cannot be written.
        """
        said = _seen(SPONSOR, by, role, fingerprint, numbers)

        def entry(history: History) -> _Entry:
            history.refuse_signature(version_hash, SPONSOR)
            return _Entry(ACKNOWLEDGED, version_hash, said)

        return self._append(entry, at)

    def versions(self) -> tuple[Version, ...]:
        """All versions, the newest proposal first; of a log with problems, what stands before the first.

        Raises:
            WorkspaceError: the database cannot be read.
        """
        return self._history().versions

    def in_force(self) -> Version | None:
        """The version both sides signed last; None before the first. A log with problems: as ``versions``.

        Raises:
            WorkspaceError: the database cannot be read.
        """
        return self._history().in_force

    def problems(self) -> tuple[str, ...]:
        """What was tampered with, a sentence per line of the log; empty for an intact log.

        Raises:
            WorkspaceError: the database cannot be read.
        """
        return self._history().problems

    def save_draft(self, name: str, table: Mapping[str, Any], by: str, revision: int) -> Draft:
        """Keep a draft if nobody saved it since ``revision`` was read; 0 keeps a new one.

        Raises:
            RequestError: somebody else saved or deleted it since, or a text is empty or too long.
            WorkspaceError: the database cannot be written.
        """
        return contract_drafts.save_draft(self._database, name, table, by, revision)

    def drafts(self) -> tuple[Draft, ...]:
        """All drafts, the one saved last first.

        Raises:
            WorkspaceError: the database cannot be read.
        """
        return contract_drafts.drafts(self._database)

    def delete_draft(self, name: str) -> None:
        """Remove a draft; nothing happens if it is gone already.

        Raises:
            RequestError: the name cannot be that of a draft.
            WorkspaceError: the database cannot be written.
        """
        contract_drafts.delete_draft(self._database, name)

    def close(self) -> None:
        """Let go of the database."""
        self._database.close()

    def _history(self) -> History:
        with self._database.reading() as connection:
            lines = _lines(connection)
        return History(lines)

    def _append(self, entry: Callable[[History], _Entry], at: datetime | None) -> Version:
        """Add the line that ``entry`` makes of the log as it is; made anew when another process was faster."""
        for _ in range(_TRIES):
            try:
                with self._database.writing() as connection:
                    lines = _lines(connection)
                    history = _intact(lines)
                    line = _line(entry(history), history.tail_hash, stamp(at).isoformat())
                    connection.execute(insert(_LOG).values(**_values(line)))
            except OvertakenError:
                continue
            return History((*lines, line)).version(line.version)
        raise WorkspaceError("Others are writing to the contract log at this moment; try again.")


def _contract(table: Mapping[str, Any]) -> Contract:
    try:
        return read_table(table, "of the proposal")
    except UnicodeEncodeError as error:
        raise RequestError("The contract holds half a character; type that text again.") from error


def _lines(connection: Connection) -> tuple[Line, ...]:
    names = [field.name for field in fields(Line)]
    rows = connection.execute(select(*(_LOG.c[name] for name in names)).order_by(_LOG.c.number)).all()
    return tuple(Line(*row) for row in rows)


def _intact(lines: tuple[Line, ...]) -> History:
    history = History(lines)
    if history.problems:
        raise WorkspaceError(
            f"{history.problems[0]} Nothing was written; put back a copy of the records database from before that."
        )
    return history


def _line(entry: _Entry, previous_hash: str, at: str) -> Line:
    body = json_text(entry.body, "The entry in the contract log")
    sealed = line_hash(entry.kind, entry.version, body, at, previous_hash)
    return Line(0, entry.kind, entry.version, body, at, previous_hash, sealed)


def _values(line: Line) -> dict[str, str]:
    """The columns of a new line; the database numbers it."""
    return dict(zip([field.name for field in fields(Line)][1:], astuple(line)[1:], strict=True))


def _who(by: str, role: str) -> dict[str, str]:
    return {"by": name_text(by), "role": line_text(role, "A role", MOST_NAME)}


def _seen(side: str, by: str, role: str, fingerprint: str, numbers: Mapping[str, Any]) -> dict[str, Any]:
    """The body of a signature: who, for which side, in sight of what."""
    json_text(numbers, "The list of numbers")
    shown = line_text(fingerprint, "A fingerprint", MOST_FINGERPRINT)
    return {"side": side, **_who(by, role), "fingerprint": shown, "numbers": dict(numbers)}
