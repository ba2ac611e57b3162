"""How a text file separates its cells: found on a sample by how evenly each candidate cuts it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass

from analytics.importing.reading.records import Record, read_records

SINGLE = (",", ";", "\t", "|")
NAMES = {",": "comma", ";": "semicolon", "\t": "tab", "|": "pipe", " ": "space"}


@dataclass(frozen=True, slots=True)
class Dialect:
    r"""Separators of one file.

    Attributes:
        delimiter: one character, or a repeated one such as ``||``.
        quote: the quote character.
        has_backslashes: quotes inside quoted cells are written ``\"`` instead of ``""``.
        skips_space: blanks after a delimiter belong to the layout (``a, "b"``), not to the cell.
        skipped_lines: lines at the top that are instructions (``sep=;``).
    """

    delimiter: str
    quote: str = '"'
    has_backslashes: bool = False
    skips_space: bool = False
    skipped_lines: int = 0

    @property
    def name(self) -> str:
        """The delimiter in words."""
        return NAMES.get(self.delimiter, f"'{self.delimiter}'")


@dataclass(frozen=True, slots=True)
class Sampled:
    """A dialect and the records it makes of the sample."""

    dialect: Dialect
    records: list[Record]
    sample: str


def sample_records(sample: str, dialect: Dialect, *, is_whole: bool, most: int = 400) -> list[Record]:
    """Return the first records of a sample; a last record that may be cut off is left out."""
    lines = _physical_lines(sample)
    found: list[Record] = []
    for record in read_records(iter(lines), dialect, is_lenient=True):
        found.append(record)
        if len(found) > most:
            return found[:most]
    if not is_whole and found and not found[-1].is_ended:
        found.pop()
    return found


def find_dialect(sample: str, known_headers: Callable[[str], bool], *, is_whole: bool) -> Sampled:
    """Return the dialect that cuts the sample most evenly, preferring one that shows known column names."""
    instruction = re.match(r"[\"']?sep=(.|\\t)[\"']?[;,\t]*(?:\r\n|\n|\r)", sample, re.IGNORECASE)
    if instruction:
        told = instruction[1].replace("\\t", "\t")
        dialect = Dialect(told, skipped_lines=1)
        return Sampled(dialect, sample_records(sample, dialect, is_whole=is_whole), sample)
    best: tuple[tuple[float, ...], Sampled] | None = None
    for dialect in _candidates(sample):
        records = sample_records(sample, dialect, is_whole=is_whole)
        score = _score(records, known_headers)
        if best is None or score > best[0]:
            best = (score, Sampled(dialect, records, sample))
    if best is None:  # pragma: no cover - there is always the comma
        raise AssertionError
    return best[1]


def _physical_lines(text: str) -> list[str]:
    """Split after LF, CRLF and CR only (``str.splitlines`` would split at form feeds and U+2028 too)."""
    return re.findall(r"[^\r\n]*(?:\r\n|\n|\r)|[^\r\n]+\Z", text)


def _candidates(sample: str) -> list[Dialect]:
    """Return the dialects worth trying on this sample."""
    quote = "'" if _is_quoted_by_apostrophes(sample) else '"'
    skips = bool(re.search(r"[,;|]\s? +\"", sample)) and not re.search(r"[,;|]\"", sample)
    found = [Dialect(delimiter, quote) for delimiter in SINGLE]
    if skips:
        found = [Dialect(delimiter, quote, skips_space=delimiter != "\t") for delimiter in SINGLE]
    first = next((line for line in sample.splitlines() if line.strip()), "")
    for char in (*SINGLE, ":", "~", "^"):
        runs = {len(run) for run in re.findall(re.escape(char) + "+", first)}
        if len(runs) == 1 and runs != {1} and _has_only_runs_of(sample, char, min(runs)):
            found.append(Dialect(char * min(runs), quote))
    if re.fullmatch(r'(?:"[^"]*"(?: +|$)){2,}', first.rstrip()):
        found.append(Dialect(" ", quote, skips_space=True))
    if not any(char in first for char in SINGLE):
        found += [Dialect(char, quote) for char in ("~", "^", "\x1f", "\x01") if char in first]
    return found


def _is_quoted_by_apostrophes(sample: str) -> bool:
    """Tell whether the first line wraps its cells in apostrophes."""
    first = next((line for line in sample.splitlines() if line.strip()), "").strip()
    return '"' not in first and bool(re.fullmatch(r"'[^']*'(?:[,;\t|]'[^']*')+", first))


def _has_only_runs_of(sample: str, char: str, size: int) -> bool:
    """Tell whether the character only stands in multiples of ``size`` outside quotes."""
    bare = re.sub(r'"[^"]*"', "", sample)
    return all(len(run) % size == 0 for run in re.findall(re.escape(char) + "+", bare))


def _score(records: list[Record], known_headers: Callable[[str], bool]) -> tuple[float, ...]:
    """Return a sortable score: known names in one record, how many records agree on the width, the width."""
    filled = [record.cells for record in records if any(cell.strip() for cell in record.cells)]
    if not filled:
        return (0, 0, 0, 0)
    known = max(sum(known_headers(cell.strip()) for cell in cells if cell.strip()) for cells in filled[:60])
    widths = Counter(len(cells) for cells in filled)
    wide = {width: count for width, count in widths.items() if width > 1}
    if not wide:
        return (min(known, 1), 0, 0, 0)
    width, count = max(wide.items(), key=lambda item: (item[1] * min(item[0], 6), item[0]))
    empty = sum(not cell for cells in filled for cell in cells) / max(1, sum(map(len, filled)))
    agreement = count / len(filled)
    return (float(known if known > 1 else 0), round(agreement * min(width, 6), 3), -round(empty, 3), width)
