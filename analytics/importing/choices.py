"""What a person decides about an import, by clicking or by flag; and the mapping that results."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from analytics.schema import Role

DateOrder = Literal["dmy", "mdy"]
IMPORTER_VERSION = 1


@dataclass(frozen=True, slots=True)
class Join:
    """``left`` rows find their ``right`` row where the texts of the two columns are equal."""

    left: Role
    left_header: str
    right: Role
    right_header: str


@dataclass(slots=True)
class Choices:
    """Answers of the person; everything left open is guessed.

    Attributes:
        roles: file index -> role.
        fields: (role or None, field) -> header, or None to leave the field unmapped. Role None = whichever
            file has the header.
        values: field -> text of the CRM -> code (``none`` = no decision); adds to the known words.
        joins: replace the guessed join between the same two roles.
        date_order: the answer for columns whose order cannot be told from their values.
        zone: zone of stamps without offset.
        as_of: naive UTC, or None for the file's own extract time.
        keep_personal: keep names, e-mails and phones readable.
        keep: headers of further columns to keep although they look personal or free; ``drop`` the opposite.
        accept_rejects: go on although more than 5 % of the rows are rejected.
        preset: name of the CRM, or None to guess it.
        sheets: file index -> sheet of the workbook.
    """

    roles: dict[int, Role] = field(default_factory=dict)
    fields: dict[tuple[Role | None, str], str | None] = field(default_factory=dict)
    values: dict[str, dict[str, str]] = field(default_factory=dict)
    joins: list[Join] = field(default_factory=list)
    date_order: DateOrder | None = None
    zone: str = "UTC"
    as_of: datetime | None = None
    keep_personal: bool = False
    keep: frozenset[str] = frozenset()
    drop: frozenset[str] = frozenset()
    accept_rejects: bool = False
    preset: str | None = None
    sheets: dict[int, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Mapping:
    """The confirmed mapping of all files: what the fingerprint covers.

    ``fields`` maps role -> field -> header; ``values`` field -> text -> code for every text found in the files.
    """

    roles: tuple[Role, ...]
    fields: dict[Role, dict[str, str]]
    joins: tuple[Join, ...]
    values: dict[str, dict[str, str]]
    date_orders: dict[str, str]
    kept: tuple[str, ...]
    keep_personal: bool
    preset: str | None

    def header(self, role: Role, name: str) -> str | None:
        """The header mapped to a field of that role, or None."""
        return self.fields.get(role, {}).get(name)

    def source_of(self, name: str) -> tuple[Role, str] | None:
        """Where a lead field comes from: the opportunities file if mapped there, else the leads file."""
        for role in (Role.OPPORTUNITIES, Role.LEADS):
            header = self.header(role, name)
            if header is not None:
                return role, header
        return None

    def canonical(self) -> dict[str, object]:
        """Plain data with sorted keys: equal mappings give equal JSON."""
        return {
            "roles": [str(role) for role in self.roles],
            "fields": {
                str(role): dict(sorted(fields.items())) for role, fields in sorted(self.fields.items())
            },
            "joins": sorted(
                [f"{j.left}.{j.left_header}={j.right}.{j.right_header}" for j in self.joins],
            ),
            "values": {name: dict(sorted(codes.items())) for name, codes in sorted(self.values.items())},
            "date_orders": dict(sorted(self.date_orders.items())),
            "kept": sorted(self.kept),
            "keep_personal": self.keep_personal,
        }


def fingerprint(file_hashes: list[str], mapping: Mapping, zone: str, as_of: datetime) -> str:
    """SHA-256 over the hashes of the files, the canonical mapping, zone, as_of and the importer's version."""
    content = {
        "files": file_hashes,
        "mapping": mapping.canonical(),
        "zone": zone,
        "as_of": as_of.isoformat(),
        "importer": IMPORTER_VERSION,
    }
    text = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()
