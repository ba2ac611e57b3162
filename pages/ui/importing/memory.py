"""Remembers a confirmed mapping for the same columns: choices to plain data and back, keyed by the header layouts."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from analytics.errors import HandoffError
from analytics.importing.choices import Choices, Join, Mapping
from analytics.importing.notices import RawTable
from analytics.schema import Role
from analytics.store.records import Records
from analytics.store.workspace import Workspace


@dataclass(frozen=True, slots=True)
class Memory:
    """Choices confirmed earlier for files of this layout."""

    choices: Choices
    confirmed_at: datetime


def layout_of(table: RawTable) -> str:
    """What two exports of one report share: the headers in their order."""
    return hashlib.sha256("\x1f".join(table.headers).encode("utf-8", "surrogatepass")).hexdigest()


def key_of(tables: list[RawTable]) -> str:
    """The key of a set of files: their layouts, whatever the order and however many files share one.

    Roles are stored, not part of the key: before the mapping is recalled they are only guessed.
    """
    return hashlib.sha256("|".join(sorted({layout_of(table) for table in tables})).encode()).hexdigest()


def remember(workspace: Workspace, tables: list[RawTable], choices: Choices, mapping: Mapping) -> None:
    """Keep what was confirmed.

    Raises:
        WorkspaceError: the records database cannot be written.
    """
    records = Records(workspace)
    try:
        records.remember_mapping(key_of(tables), to_plain(tables, choices, mapping))
    finally:
        records.close()


def recall(workspace: Workspace, tables: list[RawTable]) -> Memory | None:
    """What was confirmed for these layouts; None if nothing was, or if the records cannot be read."""
    try:
        records = Records(workspace)
        try:
            found = records.mapping_for(key_of(tables))
        finally:
            records.close()
        return Memory(from_plain(tables, found.choices), found.confirmed_at) if found else None
    except (HandoffError, KeyError, TypeError, ValueError, AttributeError):
        return None


def to_plain(tables: list[RawTable], choices: Choices, mapping: Mapping) -> dict[str, Any]:
    """Choices as JSON can hold them, with every confirmed field spelled out.

    What belongs to one file only stays out: its extract time, its sheets, its rejected rows, and the leave to keep
    personal data readable, which is asked for anew each time.
    """
    fields = dict(choices.fields)
    for role, found in mapping.fields.items():
        for name, header in found.items():
            fields[role, name] = header
    return {
        "roles": {layout_of(table): str(role) for table, role in zip(tables, mapping.roles, strict=True)},
        "fields": [[str(role) if role else None, name, header] for (role, name), header in fields.items()],
        "values": choices.values,
        "joins": [
            [str(join.left), join.left_header, str(join.right), join.right_header] for join in choices.joins
        ],
        "date_order": choices.date_order,
        "zone": choices.zone,
        "keep": sorted(choices.keep),
        "drop": sorted(choices.drop),
        "preset": choices.preset,
    }


def from_plain(tables: list[RawTable], plain: dict[str, Any]) -> Choices:
    """The choices again, with the roles laid on the files at hand.

    Raises:
        KeyError, TypeError, ValueError: the stored data has another form.
    """
    roles = {index: Role(plain["roles"][layout_of(table)]) for index, table in enumerate(tables)}
    present = set(roles.values())
    return Choices(
        roles=roles,
        fields={
            (Role(role) if role else None, name): header
            for role, name, header in plain["fields"]
            if role is None or Role(role) in present
        },
        values={name: dict(codes) for name, codes in plain["values"].items()},
        joins=[
            Join(Role(left), left_header, Role(right), right_header)
            for left, left_header, right, right_header in plain["joins"]
            if {Role(left), Role(right)} <= present
        ],
        date_order=plain["date_order"],
        zone=plain["zone"],
        keep=frozenset(plain["keep"]),
        drop=frozenset(plain["drop"]),
        preset=plain["preset"],
    )
