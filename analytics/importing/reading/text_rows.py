"""The records of a text file below its header: fast where the body is regular, slow where it is not."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path

import duckdb

from analytics.errors import FileRefusedError
from analytics.importing.notices import AsideRecord
from analytics.importing.reading.dialect import Dialect, Sampled
from analytics.importing.reading.fast_path import Body, load_fast
from analytics.importing.reading.findings import Findings
from analytics.importing.reading.grid import load_parquet, refuse_long_cells
from analytics.importing.reading.header import Header
from analytics.importing.reading.limits import ReadLimits
from analytics.importing.reading.raw_facts import RawFacts
from analytics.importing.reading.records import Record, UnclosedQuoteError, read_records
from analytics.importing.reading.slow_path import Judge, write_rows
from analytics.importing.reading.structure import Structure
from analytics.importing.reading.text_notices import note_odd

TAIL = 65_536


@dataclass(frozen=True, slots=True)
class TextFile:
    """A text file with everything that was found out before its records are read.

    Attributes:
        path: a file of valid UTF-8 (the source, or its transcoded copy in staging).
        start: bytes of a byte order mark.
        counts_cr: the file knows no LF, so a CR ends a line.
    """

    path: Path
    start: int
    size: int
    counts_cr: bool


@dataclass(slots=True)
class _Attempt:
    """One parse of the whole text, kept when it explains the file best."""

    judge: Judge
    staged: Path
    aside: list[AsideRecord]
    texts: list[tuple[int, str]]

    @property
    def trouble(self) -> int:
        """Records that are not plain rows."""
        return len(self.judge.short) + len(self.aside) + len(self.judge.odd.stray)


@dataclass(slots=True)
class TextRows:
    """Loads the records below the header into the table."""

    connection: duckdb.DuckDBPyConnection
    table: str
    staging: Path
    limits: ReadLimits
    findings: Findings
    sampled: Sampled
    header: Header
    text: TextFile
    facts: RawFacts

    def load(self, *, is_fast: bool, progress: Callable[[float], None]) -> list[tuple[int, int]]:
        """Fill the table and return ``(line, fields)`` of the short records.

        Raises:
            UnclosedQuoteError: a quoted cell swallows the following records.
            LongCellError: a cell beyond the parser's own limit.
            FileRefusedError: more rows or longer cells than the limits allow.
        """
        if is_fast and not self.facts.nuls and not self.text.counts_cr:
            short = self._load_fast(progress)
            if short is not None:
                return short
        return self._load_slow(progress)

    def _load_fast(self, progress: Callable[[float], None]) -> list[tuple[int, int]] | None:
        """Load the regular body by the engine and the tail by hand; ``None`` when the body is irregular."""
        start, first_line = self._body_start()
        end, tail = self._tail(start)
        staged = self.staging / "body.csv"
        body = Body(self.text.path, start, end, first_line)
        try:
            found = load_fast(
                self.connection,
                self.table,
                body,
                self.sampled.dialect,
                self.header.width,
                staged=staged,
                progress=progress,
            )
        finally:
            staged.unlink(missing_ok=True)
        if found is None:
            return None
        if found.records > self.limits.rows:
            raise FileRefusedError(
                f"{self.findings.file_name}: {found.records:,} rows, the limit is {self.limits.rows:,}; "
                "export a shorter period."
            )
        if found.longest > self.limits.cell_chars:
            refuse_long_cells(self.connection, self.table, self.header.cells, self.findings, self.limits)
        return self._add_tail(tail, body, found)

    def _body_start(self) -> tuple[int, int]:
        """Return byte offset and line of the first record below the header."""
        index = self.header.index
        records = self.sampled.records
        lines = io.StringIO(self.sampled.sample, newline="")
        instructions = sum(len(line) for line in islice(lines, self.sampled.dialect.skipped_lines))
        chars = instructions + sum(record.size for record in records[: index + 1])
        line = records[index].line + records[index].line_ends
        return self.text.start + len(self.sampled.sample[:chars].encode()), line

    def _tail(self, start: int) -> tuple[int, str]:
        """Return where the irregular tail begins and its text; the end of the file when there is none."""
        size = self.text.size
        if self.facts.has_backslash_quotes:
            return size, ""  # which dialect explains the file is only seen on the whole of it
        begin = max(start, size - TAIL)
        with self.text.path.open("rb") as file:
            file.seek(begin)
            tail = file.read()
        is_certain = begin == start
        for _ in range(60):
            if not is_certain:
                cut = tail.find(b"\n") + 1
                if not cut:
                    break
                begin, tail = begin + cut, tail[cut:]
            offset = self._irregular_offset(tail, is_certain=is_certain)
            if offset is not None:
                return begin + offset, tail[offset:].decode(errors="replace")
            if is_certain:
                break
        return size, ""

    def _irregular_offset(self, tail: bytes, *, is_certain: bool) -> int | None:
        """Return the byte offset of the first record of the tail that is not a plain row; ``None`` if unclear."""
        text = tail.decode(errors="replace")
        chars = 0
        try:
            for number, record in enumerate(self._records(io.StringIO(text, newline=""))):
                is_plain = (
                    len(record.cells) == self.header.width or not record.cells
                ) and not record.is_stray
                if not is_plain:
                    return len(text[:chars].encode()) if is_certain or number else None
                chars += record.size
        except Exception as error:  # noqa: BLE001 - any trouble here means: leave it to the whole-file parse
            del error
            return None
        return len(tail)

    def _records(self, lines: Iterator[str]) -> Iterator[Record]:
        """Parse lines that begin below the header."""
        return read_records(
            lines, replace(self.sampled.dialect, skipped_lines=0), counts_cr=self.text.counts_cr
        )

    def _add_tail(self, tail: str, body: Body, found: Structure) -> list[tuple[int, int]]:
        """Judge the records of the tail and append the rows among them."""
        judge = Judge(self.header.cells, self.sampled.dialect, self.limits, self.findings)
        judge.odd.records = found.records
        if tail:
            shift = body.first_line - 1 + found.lines
            staged = self.staging / "tail.parquet"
            records = (
                replace(record, line=record.line + shift)
                for record in self._records(io.StringIO(tail, newline=""))
            )
            rows = ((record.line, row) for record in records if (row := judge.row(record)) is not None)
            write_rows(rows, self.header.width, staged)
            load_parquet(self.connection, self.table, staged, self.header.width, is_append=True)
            staged.unlink()
        note_odd(judge.odd, self.findings)
        return judge.short

    def _load_slow(self, progress: Callable[[float], None]) -> list[tuple[int, int]]:
        """Parse every record by hand; backslash escapes are tried when doubled quotes do not explain the file."""
        dialect = self.sampled.dialect
        dialects = (
            [dialect, replace(dialect, has_backslashes=True)]
            if self.facts.has_backslash_quotes
            else [dialect]
        )
        first: UnclosedQuoteError | None = None
        best: _Attempt | None = None
        for number, candidate in enumerate(dialects):
            try:
                attempt = self._attempt(candidate, self.staging / f"rows{number}.parquet", progress)
            except UnclosedQuoteError as error:
                first = first or error
                continue
            if best is None or attempt.trouble < best.trouble:
                best = attempt
            if best.trouble == 0:
                break
        if best is None:
            raise first if first is not None else AssertionError
        self.findings.aside += best.aside
        self.findings.texts += best.texts
        load_parquet(self.connection, self.table, best.staged, self.header.width)
        for number in range(len(dialects)):
            (self.staging / f"rows{number}.parquet").unlink(missing_ok=True)
        note_odd(best.judge.odd, self.findings)
        return best.judge.short

    def _attempt(self, dialect: Dialect, staged: Path, progress: Callable[[float], None]) -> _Attempt:
        """Parse the whole text with one dialect and write the judged rows."""
        found = Findings(self.findings.file_name, self.findings.place)
        judge = Judge(self.header.cells, dialect, self.limits, found)
        with self.text.path.open(encoding="utf-8-sig", errors="replace", newline="") as file:
            records = read_records(iter(file), dialect, counts_cr=self.text.counts_cr)
            below = islice(records, self.header.index + 1, None)
            rows = ((record.line, row) for record in below if (row := judge.row(record)) is not None)
            write_rows(rows, self.header.width, staged)
        progress(1.0)
        return _Attempt(judge, staged, found.aside, found.texts)
