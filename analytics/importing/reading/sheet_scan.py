"""One streamed look at a sheet's XML: how far its cells reach, and which of them hold no usable value."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from analytics.errors import FileRefusedError
from analytics.importing.reading.limits import ReadLimits

LAST_ROW = 1_048_576
MOST_REFERENCES = 50_000

_DIMENSION = re.compile(rb"<(?:\w+:)?dimension\s[^>]*\bref\s*=\s*[\"']([^\"']*)")
_ROW = re.compile(rb"<(?:\w+:)?row\b([^>]*)>")
_HIDDEN = re.compile(rb"\bhidden\s*=\s*[\"'](?:1|true)")
_CELL = re.compile(rb"<(?:\w+:)?c\s([^>]*[^/>]|)>")  # a cell with content: not closed at once
_REFERENCE = re.compile(rb"\br\s*=\s*[\"']\$?([A-Za-z]{1,7})\$?(\d{1,10})")
_PLAIN = re.compile(
    rb"<c r=\"([A-Z]{1,7})(\d{1,10})\"(?:[^>]*[^>/])?>"
)  # the same, as nearly all writers write it
_ERROR = re.compile(rb"<(?:\w+:)?c\s([^>]*\bt\s*=\s*[\"']e[\"'][^>]*)>")
_FORMULA = re.compile(
    rb"<(?:\w+:)?c\s([^>]*)>\s*<(?:\w+:)?f\b(?:[^>]*/>|[^>]*>[^<]*</(?:\w+:)?f>)\s*"
    rb"(<(?:\w+:)?v\s*/>|<(?:\w+:)?v[^>]*>([^<]*)</(?:\w+:)?v>|)"
)


@dataclass(slots=True)
class SheetFacts:
    """What a sheet's XML shows.

    Attributes:
        first_row, first_column: 1-based place of the used rectangle's first cell with content (0: none).
        last_row, last_column: the furthest cell with content; last_cell its reference.
        dimension: the used range as the writer states it, e.g. ``A1:J7``; often wrong, never trusted.
        hidden_rows: rows that are hidden or filtered out.
        errors: references of cells that hold an error; error_count all of them.
        blanks: references of formulas that were saved without a value.
        zeros: references of formulas whose saved value is 0: what writers put there that cannot compute.
    """

    first_row: int = 0
    first_column: int = 0
    last_row: int = 0
    last_column: int = 0
    last_cell: str = ""
    dimension: str = ""
    hidden_rows: int = 0
    errors: list[str] = field(default_factory=list)
    error_count: int = 0
    blanks: list[str] = field(default_factory=list)
    blank_count: int = 0
    zeros: list[str] = field(default_factory=list)
    zero_count: int = 0


def column_number(letters: str) -> int:
    """Return 1 for ``A``, 27 for ``AA``."""
    number = 0
    for letter in letters.upper():
        number = number * 26 + ord(letter) - 64
    return number


def place_of(reference: str) -> tuple[int, int]:
    """Return (row, column), 1-based, of a cell reference such as ``J2``."""
    match = re.fullmatch(r"([A-Za-z]+)(\d+)", reference)
    return (int(match[2]), column_number(match[1])) if match else (0, 0)


class SheetScanner:
    """Takes a sheet chunk by chunk; raises FileRefusedError as soon as a cell lies beyond the limits."""

    def __init__(self, shown: str, limits: ReadLimits) -> None:
        self.shown = shown
        self.limits = limits
        self.facts = SheetFacts()
        self._carry = b""

    def feed(self, chunk: bytes) -> None:
        """Look at the next chunk; an unfinished row is kept for the one after."""
        data = self._carry + chunk
        cut = max(data.rfind(b"</row>"), data.rfind(b":row>"))
        if cut < 0 and len(data) < 8_000_000:
            self._carry = data
            return
        cut = data.find(b">", cut) + 1 if cut >= 0 else data.rfind(b"<")
        self._look(data[:cut])
        self._carry = data[cut:]

    def finish(self) -> SheetFacts:
        """Look at what is left and return the facts."""
        self._look(self._carry)
        self._carry = b""
        facts = self.facts
        cells = (facts.last_row - facts.first_row + 1) * (facts.last_column - facts.first_column + 1)
        if facts.last_row and cells > self.limits.sheet_cells:
            raise FileRefusedError(
                f"{self.shown}, cell {facts.last_cell}: it stretches the sheet to {cells:,} cells, the limit is "
                f"{self.limits.sheet_cells:,}; delete what stands far from the table, or save it as .csv."
            )
        return facts

    def _look(self, data: bytes) -> None:
        """Add the facts of whole rows."""
        if not data:
            return
        if not self.facts.dimension and (stated := _DIMENSION.search(data[:65_536])):
            self.facts.dimension = stated[1].decode(errors="replace")[:40]
        self._look_edges(data)
        if data.find(b"hidden") >= 0:
            self.facts.hidden_rows += sum(bool(_HIDDEN.search(row)) for row in _ROW.findall(data))
        if data.find(b't="e"') >= 0 or data.find(b"t='e'") >= 0:
            references = [_name(tag) for tag in _ERROR.findall(data)]
            self.facts.error_count += len(references)
            self.facts.errors += references[: MOST_REFERENCES - len(self.facts.errors)]
        if data.find(b"<f") >= 0 or data.find(b":f") >= 0:
            self._look_formulas(data)

    def _look_edges(self, data: bytes) -> None:
        """Keep the used rectangle up to date; refuse cells with content beyond what a table or a sheet can hold.

        Cells that are formatted but empty cost the parser nothing and are passed over.
        """
        facts = self.facts
        pairs = _PLAIN.findall(data)
        if len(pairs) != data.count(b"</c>"):  # written in another way: look at every cell singly
            found = [_REFERENCE.search(tag) for tag in _CELL.findall(data)]
            pairs = [(match[1].upper(), match[2]) for match in found if match]
        if not pairs:
            return
        columns = {letters: column_number(letters.decode()) for letters in {letters for letters, _ in pairs}}
        if max(columns.values()) > self.limits.columns:
            far = next(pair for pair in pairs if columns[pair[0]] > self.limits.columns)
            raise FileRefusedError(
                f"{self.shown}, cell {b''.join(far).decode()}: it lies beyond the limit of {self.limits.columns} columns; "
                "delete what stands far from the table and save the workbook again."
            )
        deep = max(int(digits) for digits in {digits for _, digits in pairs})
        if deep > LAST_ROW:
            raise FileRefusedError(
                f"{self.shown}, row {deep}: a sheet ends at row {LAST_ROW:,} (limit); the workbook is damaged, save it "
                "anew in Excel."
            )
        facts.first_row = facts.first_row or int(pairs[0][1])
        facts.first_column = min([facts.first_column or LAST_ROW, *columns.values()])
        facts.last_column = max([facts.last_column, *columns.values()])
        if int(pairs[-1][1]) >= facts.last_row:
            facts.last_row, facts.last_cell = int(pairs[-1][1]), b"".join(pairs[-1]).decode()

    def _look_formulas(self, data: bytes) -> None:
        """Collect formulas without a saved value and those saved as a bare 0."""
        facts = self.facts
        for tag, value, text in _FORMULA.findall(data):
            if tag.endswith(b"/"):
                continue
            if not text and (not value or value.endswith(b"/>") or b">" in value):
                facts.blank_count += 1
                if len(facts.blanks) < MOST_REFERENCES:
                    facts.blanks.append(_name(tag))
            elif text.strip() == b"0":
                facts.zero_count += 1
                if len(facts.zeros) < MOST_REFERENCES:
                    facts.zeros.append(_name(tag))


def _name(tag: bytes) -> str:
    """Return the cell reference of a tag."""
    match = _REFERENCE.search(tag)
    return (match[1] + match[2]).decode().upper() if match else "?"
