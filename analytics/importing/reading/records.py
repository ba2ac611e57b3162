"""The slow, exact parser: physical lines in, records with their place out, every oddity named."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from analytics.importing.reading.dialect import Dialect

_BLANK = " \t\r\n\f\x00\x1a\xa0"  # with the end-of-file mark of DOS
_STAND_IN = "\x1f"  # the unit separator takes the place of a delimiter of two characters


class UnclosedQuoteError(Exception):
    """A quote is opened and its cell runs into the following lines; ``line`` is where it was opened."""

    def __init__(self, line: int, column: int) -> None:
        super().__init__(line, column)
        self.line = line
        self.column = column


class LongCellError(Exception):
    """A cell is longer than the parser's own limit; ``line`` is where its record begins."""

    def __init__(self, line: int, column: int, length: int) -> None:
        super().__init__(line, column, length)
        self.line = line
        self.column = column
        self.length = length


@dataclass(slots=True)
class Record:
    """One record of a text file.

    Attributes:
        line: physical line on which it begins.
        cells: its cells, untouched but for quoting; ``[]`` for a blank line.
        size: characters of the physical lines it takes; line_ends: how many of them it takes.
        is_stray: a quote stands inside an unquoted cell, or text follows a closing quote.
        is_escaped: quotes were written with a backslash.
        has_nul: NUL characters were removed.
        is_ended: the record ends with a line end, not with the end of the file.
    """

    line: int
    cells: list[str]
    size: int
    line_ends: int = 1
    is_stray: bool = False
    is_escaped: bool = False
    has_nul: bool = False
    is_ended: bool = True


class _Tape:
    """Hands lines to ``csv.reader`` and remembers those of the current record."""

    __slots__ = ("delimiter", "has_backslashes", "has_nul", "lines", "source")

    def __init__(self, source: Iterator[str], dialect: Dialect) -> None:
        self.source = source
        self.delimiter = dialect.delimiter if len(dialect.delimiter) > 1 else ""
        self.has_backslashes = dialect.has_backslashes
        self.lines: list[str] = []
        self.has_nul = False

    def __iter__(self) -> _Tape:
        return self

    def __next__(self) -> str:
        line = next(self.source)
        self.lines.append(line)
        if "\x00" in line:
            self.has_nul = True
            line = line.replace("\x00", "")
        if self.has_backslashes and '\\"' in line:
            line = unescape(line)
        if self.delimiter:
            line = line.replace(self.delimiter, _STAND_IN)
        return line


def unescape(line: str) -> str:
    """Write backslash-escaped quotes as doubled ones; an even number of backslashes escapes nothing."""
    return re.sub(r'(?<!\\)((?:\\\\)*)\\"', r'\1""', line)


def read_records(
    lines: Iterator[str], dialect: Dialect, *, counts_cr: bool = False, is_lenient: bool = False
) -> Iterator[Record]:
    """Yield every record, blank lines included (without cells).

    Args:
        lines: physical lines with their ends.
        dialect: separators of the file.
        counts_cr: a lone CR inside quotes is a line of its own (files that have no LF at all).
        is_lenient: stop at an unclosed quote instead of raising (for samples that may be cut).

    Raises:
        UnclosedQuoteError: a quoted cell that cannot end where it ends.
        LongCellError: a cell beyond 131,072 characters.
    """
    tape = _Tape(lines, dialect)
    for _ in range(dialect.skipped_lines):
        next(tape.source, None)
    delimiter = _STAND_IN if len(dialect.delimiter) > 1 else dialect.delimiter
    reader = csv.reader(
        tape,
        delimiter=delimiter,
        quotechar=dialect.quote,
        doublequote=True,
        skipinitialspace=dialect.skips_space,
        strict=True,
    )
    line = 1 + dialect.skipped_lines
    quote = dialect.quote
    while True:
        tape.lines.clear()
        tape.has_nul = False
        is_stray = False
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            if is_lenient and (len(tape.lines) > 1 or not str(error).endswith("expected after '\"'")):
                return
            cells = _repaired(tape, line, delimiter, dialect, str(error), counts_cr=counts_cr)
            is_stray = True
        raw = tape.lines
        if not is_stray and any(quote in cell for cell in cells):
            exact = split_exactly("".join(raw).rstrip("\r\n"), dialect)
            is_stray = exact is not None and exact[1]
        if dialect.delimiter != delimiter:
            cells = [cell.replace(_STAND_IN, dialect.delimiter) for cell in cells]
        if not cells or (len(cells) == 1 and not cells[0].strip(_BLANK) and not raw[0].strip(_BLANK)):
            cells = []
        is_escaped = tape.has_backslashes and any('\\"' in text for text in raw)
        ends = _line_ends(raw, counts_cr=counts_cr)
        is_ended = raw[-1].endswith(("\n", "\r"))
        yield Record(line, cells, sum(map(len, raw)), ends, is_stray, is_escaped, tape.has_nul, is_ended)
        line += ends


def _line_ends(raw: list[str], *, counts_cr: bool) -> int:
    """Count the line ends of a record: a lone CR inside quotes is text unless the file knows no LF."""
    if len(raw) == 1:
        return 1
    return 1 + sum(text.endswith("\n") or counts_cr for text in raw[:-1])


def _repaired(
    tape: _Tape, line: int, delimiter: str, dialect: Dialect, message: str, *, counts_cr: bool
) -> list[str]:
    """Read a record that breaks the quoting rules when it stands on one line; raise otherwise."""
    text = "".join(tape.lines).replace("\x00", "")
    if len(tape.lines) == 1 and "unexpected end" not in message:
        exact = split_exactly(text.rstrip("\r\n"), dialect)
        if "field larger" in message and exact is not None:
            length, column = max((len(cell), -place) for place, cell in enumerate(exact[0], start=1))
            raise LongCellError(line, -column, length)
        if exact is not None:
            return [cell.replace(dialect.delimiter, delimiter) for cell in exact[0]]
    opened, column = _opening(text, dialect)
    before = re.findall(r"\r\n|\n|\r" if counts_cr else r"\n", text[:opened])
    raise UnclosedQuoteError(line + len(before), column)


def _opening(text: str, dialect: Dialect) -> tuple[int, int]:
    """Return position and 1-based column of the quote that opens the first cell spanning lines badly."""
    at, column = 0, 1
    quote, delimiter = dialect.quote, dialect.delimiter
    text = unescape(text) if dialect.has_backslashes else text
    while at < len(text):
        if text.startswith(quote, at):
            close = _closing(text, at, quote)
            if close < 0 or not (
                close + 1 >= len(text) or text.startswith((delimiter, "\r", "\n"), close + 1)
            ):
                return at, column
            at = close + 1
        end = text.find(delimiter, at)
        if end < 0:
            break
        at, column = end + len(delimiter), column + 1
    return 0, 1


def _closing(text: str, opening: int, quote: str) -> int:
    """Return the position of the quote that closes the cell, or -1."""
    at = opening + 1
    while (at := text.find(quote, at)) >= 0:
        if not text.startswith(quote, at + 1):
            return at
        at += 2
    return -1


def split_exactly(text: str, dialect: Dialect) -> tuple[list[str], bool] | None:
    """Cut one record without its line end and tell whether quotes stray; ``None`` if a quote stays open.

    A cell that begins with a quote and has text behind the closing quote is kept as it is written.
    """
    quote, delimiter = dialect.quote, dialect.delimiter
    if dialect.has_backslashes:
        text = unescape(text)
    cells: list[str] = []
    is_stray = False
    at = 0
    while True:
        begin = at
        while dialect.skips_space and text.startswith(" ", begin):
            begin += 1
        if text.startswith(quote, begin):
            close = _closing(text, begin, quote)
            end = text.find(delimiter, close + 1 if close >= 0 else begin)
            end = len(text) if end < 0 else end
            if close < 0:
                if "\n" in text[begin:] or "\r" in text[begin:]:
                    return None
                cell, is_stray = text[begin:end], True
            elif text[close + 1 : end].strip(" "):
                cell, is_stray = text[begin:end], True
            else:
                cell = text[begin + 1 : close].replace(quote * 2, quote)
        else:
            end = text.find(delimiter, begin)
            end = len(text) if end < 0 else end
            cell = text[begin:end]
            is_stray = is_stray or quote in cell
        cells.append(cell)
        if end >= len(text):
            return cells, is_stray
        at = end + len(delimiter)
