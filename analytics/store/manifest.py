"""What a snapshot says of itself: files, mapping, counts, hashes, everything shown in the footer of a page."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any

from analytics.importing.notices import Notice


@dataclass(frozen=True, slots=True)
class FileFacts:
    """One file of an import. ``rows_read`` = ``rows_used`` + ``set_aside`` (duplicates, rejects, footers)."""

    name: str
    role: str
    sha256: str
    size: int
    rows_read: int
    rows_used: int
    set_aside: int
    sheet: str | None = None


@dataclass(frozen=True, slots=True)
class Manifest:
    """A snapshot's own description. Counts are of the leads files: rows_read = leads + duplicates + rejected + footers.

    Attributes:
        fields: canonical fields that some column brings; ``columns`` field -> "role.Header".
        extra_columns: alias (``extra_1``) -> header of every further column that was kept.
        clock_field: ``handoff_at``, ``mql_at`` or ``created_at``; ``clock_starts_at`` the same in words.
        without_clock: leads without a clock start, outside every cohort.
        values: field -> text of the CRM -> code, for every text found.
        merges: [field, shown, [[spelling, rows], …]] for spellings counted as one category.
        stored: file name -> SHA-256, verified on every opening.
        facts: further counts (touches, opportunities, spend rows, undated columns).
    """

    fingerprint: str
    imported_at: datetime
    as_of: datetime
    as_of_source: str
    zone: str
    files: tuple[FileFacts, ...]
    rows_read: int
    leads: int
    duplicates: int
    rejected: int
    footers: int
    without_clock: int
    clock_field: str
    clock_starts_at: str
    fields: tuple[str, ...]
    columns: dict[str, str]
    mapping: dict[str, Any]
    values: dict[str, dict[str, str]]
    merges: list[list[Any]]
    extra_columns: dict[str, str]
    notices: tuple[Notice, ...]
    stored: dict[str, str]
    facts: dict[str, Any] = field(default_factory=dict)
    keep_personal: bool = False
    is_sample: bool = False
    importer_version: int = 1

    def has(self, *names: str) -> bool:
        """Whether any of the canonical fields is in this snapshot."""
        return any(name in self.fields for name in names)

    def to_json(self) -> str:
        """Text that ``read_manifest`` reads back."""
        return json.dumps(asdict(self), ensure_ascii=False, indent=1, sort_keys=True, default=_plain)


def read_manifest(text: str) -> Manifest:
    """Read a manifest written by ``Manifest.to_json``; raises ``ValueError`` or ``KeyError`` if it is damaged."""
    raw = json.loads(text)
    raw["imported_at"] = datetime.fromisoformat(raw["imported_at"])
    raw["as_of"] = datetime.fromisoformat(raw["as_of"])
    raw["files"] = tuple(FileFacts(**facts) for facts in raw["files"])
    raw["notices"] = tuple(Notice(**{**notice, "lines": tuple(notice["lines"])}) for notice in raw["notices"])
    raw["fields"] = tuple(raw["fields"])
    return Manifest(**raw)


def _plain(value: object) -> str:
    if isinstance(value, datetime):
        return value.isoformat()
    raise TypeError(f"cannot be stored: {type(value)}")
