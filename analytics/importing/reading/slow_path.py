"""The slow path: every record parsed and judged one by one, then loaded as Parquet."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from analytics.errors import FileRefusedError
from analytics.importing.reading.dialect import SINGLE, Dialect
from analytics.importing.reading.fast_path import looks_merged
from analytics.importing.reading.findings import Findings
from analytics.importing.reading.footers import joined, reason_to_set_aside
from analytics.importing.reading.grid import cell_names
from analytics.importing.reading.limits import ReadLimits
from analytics.importing.reading.records import Record, UnclosedQuoteError

BATCH = 50_000


@dataclass(slots=True)
class Oddities:
    """Lines on which something was kept that the person should look at."""

    stray: list[int] = field(default_factory=list)
    escaped: int = 0
    nul: list[int] = field(default_factory=list)
    surplus: list[int] = field(default_factory=list)
    records: int = 0


@dataclass(slots=True)
class Judge:
    """Turns records into full rows of a table, or sets them aside.

    Attributes:
        header: header texts, one per column.
        short: ``(line, fields)`` of the records that were padded.
    """

    header: Sequence[str]
    dialect: Dialect
    limits: ReadLimits
    findings: Findings
    short: list[tuple[int, int]] = field(default_factory=list)
    odd: Oddities = field(default_factory=Oddities)

    def row(self, record: Record) -> list[str] | None:
        """Return the record as a row of the table's width; ``None`` when it was set aside or is a blank line."""
        width = len(self.header)
        cells = record.cells
        if not cells:
            return None
        self.odd.records += 1
        if self.odd.records > self.limits.rows:
            raise FileRefusedError(
                f"{self.findings.file_name}: more than {self.limits.rows:,} rows, which is the limit; "
                "export a shorter period."
            )
        if record.size > self.limits.cell_chars:
            self._refuse_long_cells(record)
        self._note_oddities(record)
        if '"' in self.dialect.quote and any("\n" in cell for cell in cells):
            self._refuse_merged(record)
        fields = len(cells)
        if fields == width:
            return cells
        reason = reason_to_set_aside(cells, self.header, width, fields=fields)
        if reason == "blank row" and fields < width:
            self.short.append((record.line, fields))
            return cells + [""] * (width - fields)
        if reason is not None:
            if reason == "blank row":
                return cells[:width]
            self.findings.set_aside(record.line, "footer", reason, text=joined(cells))
            return None
        if fields > width:
            return self._wide(record, width)
        other = self._other_delimiter(cells, width)
        if other:
            self.findings.set_aside(
                record.line,
                "reject",
                f"{fields} field{'s' * (fields != 1)} instead of {width} (the line uses {other})",
            )
            return None
        self.short.append((record.line, fields))
        return cells + [""] * (width - fields)

    def _wide(self, record: Record, width: int) -> list[str] | None:
        """Cut surplus cells that are empty; reject a record with a value too many."""
        if not any(cell.strip() for cell in record.cells[width:]):
            self.odd.surplus.append(record.line)
            return record.cells[:width]
        self.findings.set_aside(record.line, "reject", f"{len(record.cells)} fields instead of {width}")
        return None

    def _other_delimiter(self, cells: Sequence[str], width: int) -> str | None:
        """Name the delimiter that would give a one-field record its full width."""
        if len(cells) != 1 or width < 3:
            return None
        for delimiter in SINGLE:
            if delimiter != self.dialect.delimiter and cells[0].count(delimiter) == width - 1:
                return Dialect(delimiter).name + "s"
        return None

    def _note_oddities(self, record: Record) -> None:
        """Remember lines with stray quotes, escapes or NULs."""
        if record.is_stray:
            self.odd.stray.append(record.line)
        if record.is_escaped:
            self.odd.escaped += 1
        if record.has_nul:
            self.odd.nul.append(record.line)

    def _refuse_long_cells(self, record: Record) -> None:
        """Raise FileRefusedError for a cell over the limit."""
        for position, cell in enumerate(record.cells):
            if len(cell) > self.limits.cell_chars:
                name = self.header[position].strip() if position < len(self.header) else ""
                raise FileRefusedError(
                    self.findings.long_cell(
                        record.line, name or str(position + 1), len(cell), self.limits.cell_chars
                    )
                )

    def _refuse_merged(self, record: Record) -> None:
        """Raise UnclosedQuoteError when a cell swallowed whole records."""
        for position, cell in enumerate(record.cells, start=1):
            if "\n" in cell and looks_merged(cell, self.dialect.delimiter, len(self.header)):
                raise UnclosedQuoteError(record.line, position)


def write_rows(rows: Iterator[tuple[int, list[str]]], width: int, staged: Path) -> None:
    """Write rows of text to a Parquet file: ``line`` and one column per cell, empty cells as NULL."""
    schema = pa.schema([("line", pa.int64()), *((name, pa.string()) for name in cell_names(width))])
    with pq.ParquetWriter(
        staged, schema, compression="snappy", use_dictionary=False, write_statistics=False
    ) as out:
        lines: list[int] = []
        cells: list[list[str]] = []
        for line, row in rows:
            lines.append(line)
            cells.append(row)
            if len(lines) >= BATCH:
                out.write_batch(_batch(lines, cells, schema))
                lines, cells = [], []
        if lines:
            out.write_batch(_batch(lines, cells, schema))


def _batch(lines: list[int], cells: list[list[str]], schema: pa.Schema) -> pa.RecordBatch:
    """Return a batch of rows as columns."""
    columns = [
        pa.array([cell or None for cell in column], pa.string()) for column in zip(*cells, strict=True)
    ]
    return pa.record_batch([pa.array(lines, pa.int64()), *columns], schema=schema)
