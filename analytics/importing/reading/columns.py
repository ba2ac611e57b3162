"""Shown names of the columns: trimmed, unique, never empty."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from analytics.errors import FileRefusedError
from analytics.importing.reading.findings import Findings
from analytics.importing.reading.limits import ReadLimits


@dataclass(frozen=True, slots=True)
class Columns:
    """Shown names and the texts that stand more than once (text -> 1-based positions)."""

    shown: tuple[str, ...]
    repeated: dict[str, tuple[int, ...]]


def _trimmed(text: str) -> str:
    """Return the header text without blanks around it, byte order marks and control characters."""
    kept = "".join(
        " " if c in "\r\n\t\v\f" else c for c in text if c in "\r\n\t\v\f" or unicodedata.category(c) != "Cc"
    )
    return re.sub(r" {2,}", " ", kept.replace("\ufeff", "")).strip()


def refuse_wide(count: int, limits: ReadLimits, shown: str) -> None:
    """Raise FileRefusedError when a table has more columns than the limit."""
    if count > limits.columns:
        raise FileRefusedError(
            f"{shown}: the header names {count} columns, the limit is {limits.columns}; "
            "export only the fields that describe leads."
        )


def refuse_long_names(cells: Sequence[str], limits: ReadLimits, shown: str, *, place: str) -> None:
    """Raise FileRefusedError naming the first column whose name is too long."""
    for position, cell in enumerate(cells, start=1):
        if len(_trimmed(cell)) > limits.header_chars:
            raise FileRefusedError(
                f"{shown}, {place}: column {position} name longer than {limits.header_chars} characters "
                f"({len(_trimmed(cell))}); shorten it or check that the first line is the header row."
            )


def name_columns(cells: Sequence[str], findings: Findings) -> Columns:
    """Return unique shown names for the header cells and note names that only differ in writing."""
    texts = [_trimmed(cell) for cell in cells]
    positions: dict[str, list[int]] = {}
    for position, text in enumerate(texts, start=1):
        if text:
            positions.setdefault(text, []).append(position)
    taken = set(positions)
    seen: dict[str, int] = {}
    shown: list[str] = []
    for position, text in enumerate(texts, start=1):
        name = text or f"column {position}"
        seen[text] = seen.get(text, 0) + 1
        number = seen[text] if text else 1
        if (text and number > 1) or (not text and name in taken):
            number = max(number, 2)
            while f"{name} ({number})" in taken:
                number += 1
            name = f"{name} ({number})"
        taken.add(name)
        shown.append(name)
    repeated = {text: tuple(places) for text, places in positions.items() if len(places) > 1}
    _note_alike(positions, findings)
    return Columns(tuple(shown), repeated)


def _note_alike(positions: dict[str, list[int]], findings: Findings) -> None:
    """Note header texts that are equal once case, accents, blanks and punctuation are ignored."""
    alike: dict[str, list[str]] = {}
    for text in positions:
        plain = unicodedata.normalize("NFKD", text).casefold()
        key = "".join(c for c in plain if c.isalnum())
        alike.setdefault(key or text, []).append(text)
    for texts in alike.values():
        if len(texts) > 1:
            named = " and ".join(f"'{text}' (column {positions[text][0]})" for text in texts)
            findings.notice(
                "similar_headers",
                f"{findings.file_name}: {named} are the same name in different writing; both columns are kept.",
                count=len(texts),
            )
