"""Saved what-if scenarios: what was asked and what was seen, only ever added to; a flag is a line of its own."""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    Column,
    DateTime,
    Integer,
    String,
    Table,
    Text,
    UniqueConstraint,
    func,
    insert,
    select,
)

from analytics.errors import RequestError
from analytics.store.contract_texts import JOINERS
from analytics.store.database import METADATA, Database
from analytics.store.workspace import Workspace

MOST_NAME = 80
MOST_LISTED = 200
MOST_CONTROLS, MOST_VALUES, MOST_VALUE = 60, 500, 400
MOST_NUMBERS = 40
_KEY = re.compile(r"[a-z][a-z0-9_]{0,79}", re.ASCII)

_SCENARIOS = Table(
    "scenarios",
    METADATA,
    Column("number", Integer, primary_key=True, autoincrement=True),
    Column("name", String(MOST_NAME), nullable=False),
    Column("name_key", String(3 * MOST_NAME), nullable=False),
    Column("take", Integer, nullable=False),
    Column("saved_by", String(MOST_NAME), nullable=False),
    Column("saved_at", DateTime, nullable=False),
    Column("fingerprint", String(64), nullable=False),
    Column("contract", String(64), nullable=False),
    Column("query", Text, nullable=False),
    Column("sentence", Text, nullable=False),
    Column("numbers", Text, nullable=False),
    UniqueConstraint("name_key", "take", name="uq_scenarios_name"),
)
_FLAGS = Table(
    "scenario_flags",
    METADATA,
    Column("scenario", Integer, primary_key=True, autoincrement=False),
    Column("flagged_by", String(MOST_NAME), nullable=False),
    Column("flagged_at", DateTime, nullable=False),
)

Query = Mapping[str, Sequence[str]]
Numbers = tuple[tuple[str, str, str], ...]


@dataclass(frozen=True, slots=True)
class Scenario:
    """A question as it was asked, and what the page said of it at that moment.

    Attributes:
        number: its number in the workspace, from 1.
        name: its name; ``take`` counts the scenarios of that name, whatever their case, from 1.
        saved_by: who saved it.
        saved_at: when (naive UTC).
        fingerprint: the snapshot it was asked of.
        contract: the hash of the contract the numbers were counted by.
        query: control of the page -> its values, as the address spells them; None where it can no longer be read.
        sentence: the answer.
        numbers: what each number is, as it is, as it would be, in words; empty where they can no longer be read.
        flagged_by: who flagged it for the council; empty while nobody did.
        flagged_at: when (naive UTC).
    """

    number: int
    name: str
    take: int
    saved_by: str
    saved_at: datetime
    fingerprint: str
    contract: str
    query: dict[str, tuple[str, ...]] | None
    sentence: str
    numbers: Numbers
    flagged_by: str = ""
    flagged_at: datetime | None = None


class Scenarios:
    """The saved scenarios of one workspace; any number of threads and processes can use them."""

    def __init__(self, workspace: Workspace, url: str | None = None) -> None:
        """Open the records database, see ``Database``.

        Raises:
            WorkspaceError: the database cannot be opened, or a newer Handoff wrote it.
        """
        self._database = Database(workspace, url)

    def save(
        self,
        name: str,
        saved_by: str,
        *,
        fingerprint: str,
        contract: str,
        query: Query,
        sentence: str,
        numbers: Iterable[tuple[str, str, str]],
        saved_at: datetime | None = None,
    ) -> Scenario:
        """Add a scenario; one of the same name, whatever its case, stays as it is and this one is its next take.

        Raises:
            RequestError: the name or the person is empty, longer than 80 characters or no plain text, or the controls
                are none of a page.
            OvertakenError: somebody saved under this name at the same moment.
            WorkspaceError: the database cannot be written.
        """
        said, who = plain_name(name, "name of the scenario"), plain_name(saved_by, "name of who saves it")
        moment = saved_at or datetime.now(UTC).replace(tzinfo=None, microsecond=0)
        key = said.casefold()
        asked = canonical_query(query)
        told = tuple(numbers)[:MOST_NUMBERS]
        with self._database.writing() as connection:
            take = (
                1
                + connection.execute(
                    select(func.coalesce(func.max(_SCENARIOS.c.take), 0)).where(_SCENARIOS.c.name_key == key)
                ).scalar_one()
            )
            row = {
                "name": said,
                "name_key": key,
                "take": take,
                "saved_by": who,
                "saved_at": moment,
                "fingerprint": fingerprint,
                "contract": contract,
                "query": asked,
                "sentence": sentence,
                "numbers": json.dumps(told, ensure_ascii=False, separators=(",", ":")),
            }
            added = connection.execute(insert(_SCENARIOS).values(**row))
            number = int(added.inserted_primary_key[0]) if added.inserted_primary_key else 0
        return Scenario(
            number, said, take, who, moment, fingerprint, contract, query_of(asked), sentence, told
        )

    def flag(self, number: int, flagged_by: str, flagged_at: datetime | None = None) -> None:
        """Note that a scenario is for the council; the first flag stands, a second one changes nothing.

        Raises:
            RequestError: there is no such scenario, or the person is no plain name.
            OvertakenError: somebody flagged it at the same moment.
            WorkspaceError: the database cannot be written.
        """
        who = plain_name(flagged_by, "name of who flags it")
        moment = flagged_at or datetime.now(UTC).replace(tzinfo=None, microsecond=0)
        with self._database.writing() as connection:
            found = connection.execute(select(_SCENARIOS.c.number).where(_SCENARIOS.c.number == number))
            if found.one_or_none() is None:
                raise RequestError(f"There is no scenario {number} to flag.")
            there = connection.execute(select(_FLAGS.c.scenario).where(_FLAGS.c.scenario == number))
            if there.one_or_none() is None:
                connection.execute(insert(_FLAGS).values(scenario=number, flagged_by=who, flagged_at=moment))

    def all(self, limit: int = MOST_LISTED) -> tuple[Scenario, ...]:
        """The scenarios, the newest first.

        Raises:
            WorkspaceError: the database cannot be read.
        """
        with self._database.reading() as connection:
            rows = connection.execute(
                select(_SCENARIOS, _FLAGS.c.flagged_by, _FLAGS.c.flagged_at)
                .select_from(_SCENARIOS.outerjoin(_FLAGS, _FLAGS.c.scenario == _SCENARIOS.c.number))
                .order_by(_SCENARIOS.c.number.desc())
                .limit(limit)
            ).all()
        return tuple(_read(row) for row in rows)

    def close(self) -> None:
        """Let go of the database."""
        self._database.close()


def _read(row: Any) -> Scenario:
    return Scenario(
        row.number,
        row.name,
        row.take,
        row.saved_by,
        row.saved_at,
        row.fingerprint,
        row.contract,
        query_of(row.query),
        row.sentence,
        _numbers_of(row.numbers),
        row.flagged_by or "",
        row.flagged_at,
    )


def plain_name(given: str, what: str) -> str:
    """A name of 1 to 80 characters without control or direction signs, its blanks single; letters may be joined.

    Raises:
        RequestError: it is none; says which one is meant.
    """
    said = " ".join(unicodedata.normalize("NFC", given).split())
    if not said:
        raise RequestError(f"The {what} is empty; nothing was saved.")
    if len(said) > MOST_NAME:
        raise RequestError(
            f"The {what} has {len(said)} characters, at most {MOST_NAME} are kept; nothing was saved."
        )
    if not said.strip(JOINERS) or any(
        unicodedata.category(sign) in {"Cc", "Cf", "Cs", "Co", "Cn"} and sign not in JOINERS for sign in said
    ):
        raise RequestError(f"The {what} holds a sign that cannot be shown; nothing was saved.")
    return said


def canonical_query(query: Query) -> str:
    """The controls of a page as JSON: keys in order, every value a list of texts, so that equal questions are equal.

    Raises:
        RequestError: these are no controls of a page.
    """
    text = json.dumps(
        {key: list(values) for key, values in query.items()},
        ensure_ascii=False,
        sort_keys=True,
        separators=(",", ":"),
    )
    if query_of(text) is None:
        raise RequestError("This question cannot be kept: its controls are too many or too long.")
    return text


def query_of(text: str) -> dict[str, tuple[str, ...]] | None:
    """The controls that ``canonical_query`` spelled; None for anything else."""
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        return None
    if not isinstance(found, dict) or len(found) > MOST_CONTROLS:
        return None
    for key, values in found.items():
        is_list = isinstance(values, list) and len(values) <= MOST_VALUES
        if not _KEY.fullmatch(key) or not is_list or not all(map(_is_value, values)):
            return None
    return {key: tuple(values) for key, values in found.items()}


def _is_value(value: object) -> bool:
    return (
        isinstance(value, str)
        and len(value) <= MOST_VALUE
        and not any(unicodedata.category(sign) in {"Cc", "Cs"} for sign in value)
    )


def _numbers_of(text: str) -> Numbers:
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        return ()
    if not isinstance(found, list) or len(found) > MOST_NUMBERS:
        return ()
    if not all(
        isinstance(row, list) and len(row) == 3 and all(isinstance(one, str) for one in row) for row in found
    ):
        return ()
    return tuple((row[0], row[1], row[2]) for row in found)
