"""Which record names the columns: below titles and group rows, above the first data."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from analytics.errors import FileRefusedError

SEARCHED = 60

_DATE = re.compile(
    r"\d{4}[-/.]\d{1,2}[-/.]\d{1,2}(?:[T ].*)?|\d{1,2}[-/.]\d{1,2}[-/.]\d{2,4}(?:[T ,].*)?|(?:19|20)\d{6}"
)
_NUMBER = re.compile(r"[-+(]?\s*[$€£]?\s*\d[\d.,'\s\u00a0]*\s*[%€$£)]?|[-+]?\d+(?:[.,]\d+)?[eE][-+]?\d+")
_EMAIL = re.compile(r"[^\s@]+@[^\s@]+\.[^\s@]+")
_PHONE = re.compile(r"\+?[\d\s()/.-]{7,}")
_CODE = re.compile(
    r"(?=.*\d)[0-9a-f]{16,}|(?=.*\d)[0-9a-f]{8}-[0-9a-f-]{27}|[A-Z]{1,4}-\d{2,}|00Q[0-9A-Za-z]{12,15}"
)
_URL = re.compile(r"https?://\S+")


@dataclass(frozen=True, slots=True)
class Header:
    """The record that names the columns.

    Attributes:
        index: its position among the records looked at.
        cells: its names as written.
        width: columns of the table.
        known: how many names belong to the vocabulary.
    """

    index: int
    cells: tuple[str, ...]
    width: int
    known: int


def looks_like_value(cell: str) -> str | None:
    """Return what kind of value a cell holds ("a date", "an e-mail address", …); ``None`` for words."""
    text = cell.strip()
    for kind, pattern in (
        ("a date", _DATE),
        ("an e-mail address", _EMAIL),
        ("a number", _NUMBER),
        ("a phone number", _PHONE),
        ("an identifier", _CODE),
        ("a link", _URL),
    ):
        if pattern.fullmatch(text):
            return kind
    return None


def _is_data(cells: Sequence[str], known: int) -> bool:
    """Tell whether a record holds values: a date, an e-mail, an identifier, or many numbers."""
    kinds = [kind for cell in cells if cell.strip() and (kind := looks_like_value(cell))]
    filled = sum(bool(cell.strip()) for cell in cells)
    if known >= max(2, (filled + 1) // 2):
        return False
    if any(kind != "a number" for kind in kinds):
        return True
    return len(kinds) * 3 >= max(filled, 1) and bool(kinds)


def table_width(rows: Sequence[Sequence[str]]) -> int:
    """Return the width that most filled rows share (the wider one of two equals); 0 without rows."""
    widths = Counter(len(cells) for cells in rows if any(cell.strip() for cell in cells))
    if not widths:
        return 0
    wide = {width: count for width, count in widths.items() if width > 1} or dict(widths)
    return max(wide.items(), key=lambda item: (item[1], item[0]))[0]


def find_header(
    rows: Sequence[Sequence[str]], known_headers: Callable[[str], bool], *, shown: str, lines: Sequence[int]
) -> Header:
    """Return the header among the first rows of a file.

    Args:
        rows: the first records, top down, blank ones included.
        known_headers: tells whether a trimmed text is a column name of the product's vocabulary.
        shown: display name of the file, for the message.
        lines: the line of each row, for the message.

    Raises:
        FileRefusedError: no rows at all, no table, or data from the first line on.
    """
    width = table_width(rows)
    if width == 0:
        raise FileRefusedError(
            f"{shown}: the file holds only blank lines, no header row and 0 data rows; export again."
        )
    best: tuple[int, int] | None = None  # (known names, index)
    first_data: int | None = None
    for index, cells in enumerate(rows[:SEARCHED]):
        filled = [cell.strip() for cell in cells if cell.strip()]
        known = len({cell for cell in filled if known_headers(cell)})
        if not filled:
            continue
        if _is_data(cells, known):
            if len(cells) >= max(2, width - 1) and first_data is None:
                first_data = index
                break
            continue
        if (len(filled) >= 2 or width == 1) and known and (best is None or known > best[0]):
            best = (known, index)
    if best is None:
        best = _unknown_header(rows, width, first_data, shown, lines)
    cells = rows[best[1]]
    if width == 1 and best[0] == 0:
        raise FileRefusedError(
            f"{shown}: line {lines[best[1]]} holds no comma, semicolon, tab or pipe, so this is not a table; "
            "export the leads as .csv with one column per field."
        )
    # Rows wider than the header are rejects, one by one: which name belongs where is nobody's guess.
    return Header(best[1], tuple(cells), len(cells), best[0])


def _unknown_header(
    rows: Sequence[Sequence[str]], width: int, first_data: int | None, shown: str, lines: Sequence[int]
) -> tuple[int, int]:
    """Return the header of a table without any known name: the last full row of words above the data."""
    limit = len(rows) if first_data is None else first_data
    for index, cells in enumerate(rows[: min(limit, SEARCHED)]):
        filled = [cell for cell in cells if cell.strip()]
        if len(cells) >= max(width - 1, 1) and len(filled) * 2 >= width and (len(filled) > 1 or width == 1):
            return 0, index
    if first_data is None:
        raise FileRefusedError(
            f"{shown}: no row names at least two columns, so this is not a table; "
            "export the leads as .csv with a header row."
        )
    cells = rows[first_data]
    column, kind = next((i + 1, kind) for i, cell in enumerate(cells) if (kind := looks_like_value(cell)))
    raise FileRefusedError(
        f"{shown}: line {lines[first_data]} looks like data (column {column} holds {kind}) and no line above it "
        "names the columns; add a header row and export again."
    )
