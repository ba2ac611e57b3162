"""Which records below the header are not leads: totals, report texts, blank rows, repeated headers."""

from __future__ import annotations

import re
from collections.abc import Sequence

_COUNTED = (
    r"records?|rows?|leads?|contacts?|items?|results?|entries|lines|opportunit(?:y|ies)|datens[aä]tze?|zeilen?|"
    r"einträge|eintraege|enregistrements?|lignes?|registros?|filas?"
)
_TOTAL_WORDS = (
    r"(?:grand[\s-]*|sub[\s-]*|overall\s+|report\s+)?totals?|gesamt(?:summe|ergebnis|anzahl)?|(?:zwischen)?summe|insgesamt|"
    r"total\s+g[eé]n[eé]ral|sous[\s-]total|suma(?:\s+total)?|totaux|totale|sum|average|avg|durchschnitt|mittelwert|"
    r"mean|median|minimum|maximum|(?:record|row|lead|total|grand)\s*count|count|anzahl|total\s+(?:"
    + _COUNTED
    + ")"
)
_NUMBER = r"[-+]?[$€£]?\s*\d[\d.,'\s\u00a0]*[%€$£]?"
_TOTAL = re.compile(
    rf"\W*(?:{_TOTAL_WORDS})\s*[:=]?\s*(?:\(?\s*{_NUMBER}\s*(?:{_COUNTED})?\s*\)?)?\W*", re.IGNORECASE
)
_SUM_OF = re.compile(
    r"(?:sum|count|average|avg|min|max|record count|summe|anzahl)\s+(?:of|von|der)\s+\S.*", re.IGNORECASE
)
_COUNT_ROW = re.compile(
    rf"\(?\s*{_NUMBER}\s*(?:{_COUNTED})(?:\s+(?:exported|total|found|selected|in total))?\s*\)?\W*",
    re.IGNORECASE,
)
_TEXTS = re.compile(
    r"(?:copyright\b|\(c\)\s|©|all rights reserved|confidential\b|generated\s+(?:by|on|at|from)\b|"
    r"(?:report|data|list)\s+(?:generated|created|run|exported|as of|date|name|filters?)\b|"
    r"(?:exported|created|prepared|printed|produced|downloaded)\s+(?:by|on|at|from)\b.*[\d:]|"
    r"filter(?:s|ed)?\s*(?:by|:)|filter(?:s|ed)\b.*|filtered by\b|run (?:date|by|on)\b|"
    r"end of (?:report|file|export|data)\b|\*+\s*end\b|page \d+ of \d+|sorted by\b|grouped by\b|"
    r"(?:erstellt|exportiert|gedruckt)\s+(?:von|am|durch)\b.*|vertraulich\b|gefiltert nach\b|seite \d+ von \d+|"
    r"date range\s*:|time ?zone\s*:|as of\s*[:\d]|source\s*:\s|notes?\s*:\s|disclaimer\b)",
    re.IGNORECASE,
)


def joined(cells: Sequence[str | None]) -> str:
    """Return the filled cells of a record as one text."""
    return ", ".join(cell.strip() for cell in cells if cell and cell.strip())


def reason_to_set_aside(
    cells: Sequence[str | None], header: Sequence[str], width: int, *, fields: int
) -> str | None:
    """Return why a record is not a lead; ``None`` when it may be one.

    Args:
        cells: the record, padded or not.
        header: the header texts as written.
        width: columns of the table.
        fields: fields the record had in the file.
    """
    filled = [(i, cell.strip()) for i, cell in enumerate(cells) if cell and cell.strip()]
    if not filled:
        return "blank row"
    if _is_header(cells, header):
        return "repeated header"
    first = filled[0][1]
    if fields < width and first.startswith("#"):
        return "comment line"
    others = max(width - 1, 1)
    are_mostly_empty = (width - len(filled)) * 2 >= others if width > 1 else True
    if are_mostly_empty:
        if len(first) <= 80 and _TOTAL.fullmatch(first):
            return f"total row ('{first[:40]}')"
        if len(first) <= 80 and _SUM_OF.fullmatch(first):
            return f"total row ('{first[:40]}')"
        if len(filled) <= 2 and _COUNT_ROW.fullmatch(first) and width > 1:
            return f"count row ('{first[:40]}')"
    if _TEXTS.match(first) and (len(filled) == 1 or (fields < width and len(filled) <= 3)) and width > 2:
        return "report text"
    return None


def _is_header(cells: Sequence[str | None], header: Sequence[str]) -> bool:
    """Tell whether a record repeats the header (four of five names, at least two)."""
    names = [(i, name.strip().lstrip("\ufeff").casefold()) for i, name in enumerate(header) if name.strip()]
    if len(names) < 2:
        return False
    same = sum(
        i < len(cells) and (cells[i] or "").strip().lstrip("\ufeff").casefold() == name for i, name in names
    )
    return same >= 2 and same * 5 >= len(names) * 4


def shape(text: str) -> str:
    """Return a text with letters as ``a``, digits as ``9`` and runs shortened: ``L-00007`` -> ``a-9``."""
    return re.sub(r"9+", "9", re.sub(r"\d", "9", re.sub(r"[^\W\d_]+", "a", text.strip())))


def is_tail_text(cells: Sequence[str | None], width: int, id_shapes: set[str]) -> bool:
    """Tell whether a record at the very end is a line of report text, not a lead cut short.

    One filled cell of words in a table of three or more columns; an identifier like those above is a lead.
    """
    filled = [cell.strip() for cell in cells if cell and cell.strip()]
    if width < 3 or len(filled) != 1:
        return False
    text = filled[0]
    return " " in text and bool(re.search(r"[^\W\d_]{2}", text)) and shape(text) not in id_shapes
