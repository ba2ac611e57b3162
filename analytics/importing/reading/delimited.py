"""Delimited text: encoding, dialect, header, then the fast or the slow path."""

from __future__ import annotations

import codecs
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import duckdb

from analytics.errors import FileRefusedError
from analytics.importing.notices import RawTable
from analytics.importing.reading.columns import name_columns, refuse_long_names, refuse_wide
from analytics.importing.reading.dialect import SINGLE, Dialect, Sampled, find_dialect
from analytics.importing.reading.encoding import Encoding, decide_encoding
from analytics.importing.reading.findings import Findings
from analytics.importing.reading.grid import create_short, drop_empty_tail, refuse_no_rows, settle
from analytics.importing.reading.header import Header, find_header
from analytics.importing.reading.limits import ReadLimits
from analytics.importing.reading.raw_facts import RawFacts, digest, line_at, measure
from analytics.importing.reading.records import LongCellError, UnclosedQuoteError, split_exactly
from analytics.importing.reading.text_notices import note_encoding, note_head, note_mojibake, note_short
from analytics.importing.reading.text_rows import TextFile, TextRows

HEAD = 262_144


def read_delimited(
    path: Path,
    findings: Findings,
    *,
    connection: duckdb.DuckDBPyConnection,
    table: str,
    staging: Path,
    known_headers: Callable[[str], bool],
    limits: ReadLimits,
    progress: Callable[[str, float], None],
    is_fast: bool = True,
) -> RawTable:
    """Read a delimited text file; ``is_fast=False`` forces the slow path (both give the same table)."""
    with ThreadPoolExecutor(1) as beside:
        hashed = beside.submit(digest, path)  # on the core that parsing leaves free
        read = _read(
            path,
            findings,
            connection=connection,
            table=table,
            staging=staging,
            known_headers=known_headers,
            limits=limits,
            progress=progress,
            is_fast=is_fast,
        )
        read.sha256, read.size = hashed.result()
    return read


def _read(
    path: Path,
    findings: Findings,
    *,
    connection: duckdb.DuckDBPyConnection,
    table: str,
    staging: Path,
    known_headers: Callable[[str], bool],
    limits: ReadLimits,
    progress: Callable[[str, float], None],
    is_fast: bool,
) -> RawTable:
    """Read the file; the hash is filled in by the caller."""
    shown = findings.file_name
    facts = measure(path, lambda share: progress("Checking the file", share * 0.2))
    _refuse_damage(facts, shown, path)
    encoding = decide_encoding(path, facts, shown)
    text = _as_utf8(path, encoding, staging)
    sample, is_whole = _sample(text)
    _refuse_endless_line(text, sample, limits, shown, is_whole=is_whole)
    sampled = find_dialect(sample, known_headers, is_whole=is_whole)
    header = _header(sampled, known_headers, limits, shown, sample)
    note_head(sampled, header, findings)
    note_encoding(path, encoding, facts, findings, dialect=sampled.dialect, header=header.cells)
    progress("Reading the rows", 0.25)
    rows = TextRows(connection, table, staging, limits, findings, sampled, header, text, facts)
    try:
        short = rows.load(
            is_fast=is_fast, progress=lambda share: progress("Reading the rows", 0.25 + share * 0.6)
        )
    except UnclosedQuoteError as error:
        raise _unclosed(error, header, shown) from None
    except LongCellError as error:
        name = header.cells[error.column - 1].strip() if error.column <= header.width else ""
        sentence = findings.long_cell(error.line, name or str(error.column), error.length, limits.cell_chars)
        raise FileRefusedError(sentence) from None
    create_short(connection, table, short)
    progress("Looking for totals and footers", 0.9)
    left = settle(connection, table, header.cells, findings)
    note_short(connection, table, header.width, findings)
    cells = drop_empty_tail(connection, table, header.cells, findings)
    columns = name_columns(cells, findings)
    refuse_no_rows(left, findings, where=f"the header in line {sampled.records[header.index].line}")
    if not facts.is_ascii and (facts.has_mojibake or encoding.how != "utf-8"):
        note_mojibake(connection, table, columns.shown, findings)
    progress("Read", 1.0)
    return RawTable(
        file_name=shown,
        sha256="",
        size=facts.size,
        kind="csv",
        headers=columns.shown,
        repeated_headers=columns.repeated,
        table=table,
        records=left + len(findings.aside),
        aside=findings.aside,
        footer_texts=findings.footer_texts,
        notices=findings.notices,
    )


def _refuse_damage(facts: RawFacts, shown: str, path: Path) -> None:
    """Refuse empty files and files with holes of NUL bytes."""
    if facts.size == 0:
        raise FileRefusedError(f"{shown}: the file is empty (0 bytes); export again.")
    hole = facts.nul_block_at
    if hole < 0 and facts.nul_tail > 1 and facts.nuls * 3 < facts.size:
        hole = facts.size - facts.nul_tail
    if hole >= 0:
        # The last line before the hole: the one that is cut off, or the whole one just above.
        line = max(1, line_at(path, hole - 1))
        raise FileRefusedError(
            f"{shown}: the file is damaged after line {line} (NUL bytes where text should be, as after a crash or a full "
            "disk); export again."
        )


def _as_utf8(path: Path, encoding: Encoding, staging: Path) -> TextFile:
    """Return the text as valid UTF-8: the file itself, or a transcoded copy in staging."""
    source, start = path, encoding.skipped_bytes
    if encoding.how != "utf-8":
        source, start = staging / "text.csv", 0
        decoder = codecs.getincrementaldecoder(encoding.codec)(errors="replace")
        with path.open("rb") as raw, source.open("wb") as out:
            raw.seek(encoding.skipped_bytes)
            while block := raw.read(1 << 20):
                out.write(decoder.decode(block).encode("utf-8", errors="replace"))
            if not encoding.codec.startswith("utf-16"):  # half a character at the end of UTF-16 is no text
                out.write(decoder.decode(b"", final=True).encode("utf-8", errors="replace"))
    with source.open("rb") as file:
        has_lf = any(b"\n" in block for block in iter(lambda: file.read(1 << 20), b""))
    return TextFile(source, start, source.stat().st_size, counts_cr=not has_lf)


def _sample(text: TextFile) -> tuple[str, bool]:
    """Return the beginning of the text and whether it is all of it."""
    with text.path.open("rb") as file:
        file.seek(text.start)
        head = file.read(HEAD)
    decoded = codecs.getincrementaldecoder("utf-8")(errors="replace").decode(head)
    return decoded.replace("\x00", "") if "\x00" in decoded else decoded, text.start + len(head) >= text.size


def _refuse_endless_line(
    text: TextFile, sample: str, limits: ReadLimits, shown: str, *, is_whole: bool
) -> None:
    """Count the columns of the raw first line before anything is parsed."""
    first = next((line for line in sample.lstrip("\r\n").splitlines() if line.strip()), "")
    delimiter = max(SINGLE, key=first.count)
    if first.count(delimiter) < limits.columns:
        ends = sample.lstrip("\r\n")
        if (
            not is_whole
            and "\n" not in ends
            and "\r" not in ends
            and first.count(delimiter) * 1000 < len(first)
        ):
            raise FileRefusedError(
                f"{shown}: line 1 has no end within {HEAD:,} characters and no delimiter, so this is not a table; "
                "export the leads as .csv."
            )
        return
    count, mark = 0, delimiter.encode()
    with text.path.open("rb") as file:
        file.seek(text.start)
        for block in iter(lambda: file.read(1 << 20), b""):
            line = block.lstrip(b"\r\n") if count == 0 else block
            stop = min((at for at in (line.find(b"\n"), line.find(b"\r")) if at >= 0), default=len(line))
            count += line[:stop].count(mark)
            if stop < len(line):
                break
    exact = split_exactly(first, Dialect(delimiter)) if len(first) < len(sample) else None
    refuse_wide(len(exact[0]) if exact else count + 1, limits, shown)


def _header(
    sampled: Sampled, known_headers: Callable[[str], bool], limits: ReadLimits, shown: str, sample: str
) -> Header:
    """Return the header of the sample, checked against the limits."""
    records = sampled.records
    if not records and sample.strip():
        opening = sample.strip()[:1]
        raise FileRefusedError(
            f"{shown}, line 1: unclosed quote; close it or export again."
            if opening == sampled.dialect.quote
            else f"{shown}, line 1: no record ends within {HEAD:,} characters, so this is not a table; export again."
        )
    header = find_header(
        [record.cells for record in records],
        known_headers,
        shown=shown,
        lines=[record.line for record in records],
    )
    refuse_wide(header.width, limits, shown)
    refuse_long_names(header.cells, limits, shown, place=f"line {records[header.index].line}")
    return header


def _unclosed(error: UnclosedQuoteError, header: Header, shown: str) -> FileRefusedError:
    """Return the refusal that names where a quote was opened."""
    name = header.cells[error.column - 1].strip() if error.column <= len(header.cells) else ""
    return FileRefusedError(
        f"{shown}, line {error.line}: unclosed quote in column {name or error.column}; the cell runs on into the next "
        "lines and would swallow leads; close the quote and upload again."
    )
