"""Drafts of contracts, which anybody may change until they propose one; nothing here counts as agreed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Column, DateTime, Integer, String, Table, Text, delete, insert, select, update

from analytics.errors import RequestError
from analytics.formatting import moment
from analytics.store.contract_texts import MOST_NAME, json_text, name_text, slug, stamp
from analytics.store.database import METADATA, Database, OvertakenError

_DRAFTS = Table(
    "contract_drafts",
    METADATA,
    Column("name", String(MOST_NAME), primary_key=True),
    Column("text", Text, nullable=False),
    Column("revision", Integer, nullable=False),
    Column("saved_by", String(MOST_NAME), nullable=False),
    Column("saved_at", DateTime, nullable=False),
)


@dataclass(frozen=True, slots=True)
class Draft:
    """A contract that somebody works on.

    Attributes:
        name: the slug that identifies it.
        text: the contract table as canonical JSON; it need not be a valid contract yet.
        revision: 1 when it is new, one more with each saving.
        saved_by: who saved it last.
        saved_at: when (naive UTC).
    """

    name: str
    text: str
    revision: int
    saved_by: str
    saved_at: datetime


def save_draft(database: Database, name: str, table: Mapping[str, Any], by: str, revision: int) -> Draft:
    """Keep a draft if nobody saved it since ``revision`` was read; 0 keeps a new one.

    Raises:
        RequestError: somebody else saved or deleted it since, or a text is empty or too long.
        WorkspaceError: the database cannot be written.
    """
    draft = Draft(slug(name), json_text(table, "The draft"), revision + 1, name_text(by), stamp(None))
    values = {
        "text": draft.text,
        "revision": draft.revision,
        "saved_by": draft.saved_by,
        "saved_at": draft.saved_at,
    }
    is_mine = (_DRAFTS.c.name == draft.name) & (_DRAFTS.c.revision == revision)
    try:
        with database.writing() as connection:
            if revision == 0:
                connection.execute(insert(_DRAFTS).values(name=draft.name, **values))
                return draft
            if connection.execute(update(_DRAFTS).where(is_mine).values(**values)).rowcount == 1:
                return draft
    except OvertakenError:
        pass  # a draft of this name is there already
    raise _moved_on(database, draft.name, is_new=revision == 0)


def _moved_on(database: Database, name: str, *, is_new: bool) -> RequestError:
    for other in drafts(database):
        if other.name == name and is_new:
            return RequestError(
                f"There is a draft '{name}' already ({other.saved_by}, {moment(other.saved_at)} UTC); nothing was saved."
                " Choose another name, or take that draft up and change it."
            )
        if other.name == name:
            return RequestError(
                f"This draft was saved again at {moment(other.saved_at)} UTC ({other.saved_by}); nothing was saved."
                " Choose another name, or take it up again."
            )
    return RequestError(f"The draft '{name}' was deleted by somebody else; save it under another name.")


def drafts(database: Database) -> tuple[Draft, ...]:
    """All drafts, the one saved last first.

    Raises:
        WorkspaceError: the database cannot be read.
    """
    with database.reading() as connection:
        rows = connection.execute(select(_DRAFTS).order_by(_DRAFTS.c.saved_at.desc(), _DRAFTS.c.name)).all()
    return tuple(Draft(row.name, row.text, row.revision, row.saved_by, row.saved_at) for row in rows)


def delete_draft(database: Database, name: str) -> None:
    """Remove a draft; nothing happens if it is gone already.

    Raises:
        RequestError: the name cannot be that of a draft.
        WorkspaceError: the database cannot be written.
    """
    with database.writing() as connection:
        connection.execute(delete(_DRAFTS).where(_DRAFTS.c.name == slug(name)))
