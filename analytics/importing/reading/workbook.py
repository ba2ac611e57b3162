"""Workbooks: gate, child process, choice of the sheet, header, rows."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

from analytics.errors import FileRefusedError, QuestionOpenError
from analytics.importing.notices import RawTable
from analytics.importing.reading.child import run_worker
from analytics.importing.reading.columns import name_columns, refuse_long_names, refuse_wide
from analytics.importing.reading.container_gate import SheetPart, Workbook, open_gate
from analytics.importing.reading.findings import Findings, plural, spans
from analytics.importing.reading.grid import (
    cell_names,
    create_short,
    drop_empty_tail,
    quoted,
    refuse_long_cells,
    refuse_no_rows,
    settle,
)
from analytics.importing.reading.header import SEARCHED, Header, find_header
from analytics.importing.reading.limits import ReadLimits
from analytics.importing.reading.raw_facts import digest
from analytics.importing.reading.sheet_scan import place_of


@dataclass(frozen=True, slots=True)
class _Sheet:
    """A sheet after parsing: where its text lies, and its header if it has one."""

    part: SheetPart
    target: Path
    width: int
    lines: list[int]
    header: Header | None
    trouble: FileRefusedError | None


def read_workbook(
    path: Path,
    findings: Findings,
    *,
    connection: duckdb.DuckDBPyConnection,
    table: str,
    staging: Path,
    sheet: str | None,
    known_headers: Callable[[str], bool],
    limits: ReadLimits,
    progress: Callable[[str, float], None],
) -> RawTable:
    """Read one sheet of a workbook."""
    shown = findings.file_name
    findings.place = "row"
    progress("Checking the workbook", 0.05)
    sha256, size = digest(path)
    book = open_gate(path, shown, limits)
    wanted = _wanted(book, sheet, shown)
    progress("Reading the workbook", 0.2)
    parsed = _parse(path, book, wanted, staging=staging, limits=limits, shown=shown)
    sheets = [
        _head(connection, part, answer, known_headers, shown)
        for part, answer in zip(wanted, parsed, strict=True)
    ]
    chosen = _chosen(sheets, shown)
    if len([part for part in book.sheets if part.facts.last_row]) > 1 or book.sheets[0] is not chosen.part:
        others = [f"'{part.name}'" for part in book.sheets if part is not chosen.part]
        findings.notice(
            "sheet", f"{shown}: sheet '{chosen.part.name}' was read; not read: {', '.join(others[:10])}."
        )
    progress("Reading the rows", 0.7)
    header = _load(connection, table, chosen, findings, limits)
    _clear_unusable(connection, table, chosen, book, findings)
    create_short(connection, table, [])
    refuse_long_cells(connection, table, header.cells, findings, limits)
    left = settle(connection, table, header.cells, findings, has_blank_records=False)
    cells = drop_empty_tail(connection, table, header.cells, findings)
    columns = name_columns(cells, findings)
    refuse_no_rows(
        left, findings, where=f"sheet '{chosen.part.name}', the header in row {chosen.lines[header.index]},"
    )
    if chosen.part.facts.hidden_rows:
        findings.notice(
            "hidden_rows",
            f"{shown}, sheet '{chosen.part.name}': {plural(chosen.part.facts.hidden_rows, 'hidden row')} (filtered or hidden "
            "in Excel) read like all others.",
            count=chosen.part.facts.hidden_rows,
        )
    _note_container(book, chosen, findings)
    progress("Read", 1.0)
    return RawTable(
        file_name=shown,
        sha256=sha256,
        size=size,
        kind="xlsx",
        headers=columns.shown,
        repeated_headers=columns.repeated,
        table=table,
        records=left + len(findings.aside),
        aside=findings.aside,
        footer_texts=findings.footer_texts,
        notices=findings.notices,
        sheet=chosen.part.name,
        sheets=tuple(part.name for part in book.sheets if part.facts.last_row),
    )


def _wanted(book: Workbook, sheet: str | None, shown: str) -> list[SheetPart]:
    """Return the sheets to parse: the named one, or all that hold cells, visible ones first."""
    if sheet is not None:
        found = [part for part in book.sheets if part.name == sheet]
        if not found:
            names = tuple(part.name for part in book.sheets)
            listed = ", ".join(f"'{name}'" for name in names[:20])
            raise QuestionOpenError(
                f"{shown}: there is no sheet '{sheet}'; choose one of {listed}.",
                question="sheet",
                options=names,
            )
        return found
    filled = [part for part in book.sheets if part.facts.last_row]
    visible = [part for part in filled if not part.is_hidden]
    if not filled:
        raise FileRefusedError(f"{shown}: no sheet holds a cell, 0 data rows; export again.")
    return visible or filled


def _parse(
    path: Path, book: Workbook, wanted: list[SheetPart], *, staging: Path, limits: ReadLimits, shown: str
) -> list[dict[str, Any]]:
    """Parse the sheets in the child process and return what it wrote."""
    source = staging / "source.xlsx"
    shutil.copyfile(path, source)
    request = {
        "kind": "xlsx",
        "source": str(source),
        "target": str(staging / "sheet"),
        "sheets": [{"name": part.name, "first_row": max(part.facts.first_row, 1)} for part in wanted],
    }
    try:
        answer = run_worker(request, staging=staging, unpacked=book.unpacked, limits=limits, shown=shown)
    finally:
        source.unlink(missing_ok=True)
    sheets: list[dict[str, Any]] = answer["sheets"]
    return sheets


def _head(
    connection: duckdb.DuckDBPyConnection,
    part: SheetPart,
    answer: dict[str, Any],
    known_headers: Callable[[str], bool],
    shown: str,
) -> _Sheet:
    """Look for the header among the first rows of a parsed sheet."""
    target, width = Path(answer["target"]), int(answer["width"])
    if not answer["rows"] or not width:
        return _Sheet(part, target, 0, [], None, None)
    cells = ", ".join(quoted(name) for name in cell_names(width))
    rows = connection.execute(
        f"SELECT line, {cells} FROM read_parquet($1) ORDER BY line LIMIT {SEARCHED * 4}", [str(target)]
    ).fetchall()
    lines = [int(row[0]) for row in rows]
    texts = [[cell or "" for cell in row[1:]] for row in rows]
    try:
        header = find_header(texts, known_headers, shown=f"{shown}, sheet '{part.name}'", lines=lines)
    except FileRefusedError as error:
        return _Sheet(part, target, width, lines, None, error)
    return _Sheet(part, target, width, lines, header, None)


def _chosen(sheets: list[_Sheet], shown: str) -> _Sheet:
    """Return the sheet with the most known names, the first of equals."""
    tables = [sheet for sheet in sheets if sheet.header is not None]
    if tables:
        return max(
            tables, key=lambda sheet: (sheet.header.known if sheet.header else 0, len(sheet.lines) > 1)
        )
    troubles = [sheet.trouble for sheet in sheets if sheet.trouble is not None]
    raise (
        troubles[0]
        if troubles
        else FileRefusedError(f"{shown}: no sheet holds a table, 0 data rows; export again.")
    )


def _load(
    connection: duckdb.DuckDBPyConnection, table: str, sheet: _Sheet, findings: Findings, limits: ReadLimits
) -> Header:
    """Load the rows below the header; wholly blank rows of a sheet are no records."""
    header = sheet.header
    if header is None:  # pragma: no cover - the chosen sheet has a header
        raise AssertionError
    shown = findings.file_name
    refuse_wide(header.width, limits, shown)
    refuse_long_names(header.cells, limits, shown, place=f"row {sheet.lines[header.index]}")
    names = [quoted(name) for name in cell_names(sheet.width)]
    connection.execute(
        f"CREATE OR REPLACE TABLE {quoted(table)} AS SELECT line, {', '.join(names)} FROM read_parquet($1) "
        f"WHERE line > $2 AND coalesce({', '.join(names)}) IS NOT NULL ORDER BY line",
        [str(sheet.target), sheet.lines[header.index]],
    )
    above = [
        line
        for line, row in zip(sheet.lines[: header.index], range(header.index), strict=True)
        if row < header.index
    ]
    if above:
        findings.notice(
            "preamble",
            f"{shown}, sheet '{sheet.part.name}': row {spans(above)} above the header in row {sheet.lines[header.index]} "
            "skipped.",
            count=len(above),
            lines=above,
        )
    return header


def _clear_unusable(
    connection: duckdb.DuckDBPyConnection, table: str, sheet: _Sheet, book: Workbook, findings: Findings
) -> None:
    """Note error cells and formulas that were never computed; all of them are missing values."""
    facts = sheet.part.facts
    never = facts.blanks + (facts.zeros if book.is_uncalculated else [])
    never_count = facts.blank_count + (facts.zero_count if book.is_uncalculated else 0)
    for reference in never:
        row, column = place_of(reference)
        position = column - max(facts.first_column, 1) + 1
        if 1 <= position <= sheet.width:
            connection.execute(
                f"UPDATE {quoted(table)} SET {quoted(f'c{position}')} = NULL WHERE line = $1", [row]
            )
    where = f"{findings.file_name}, sheet '{sheet.part.name}'"
    if never_count:
        findings.notice(
            "uncalculated",
            f"{where}: {_cells(never, never_count)} hold{'s' * (never_count == 1)} a formula that was saved without a value; "
            "read as missing (open the workbook in Excel and save it to fill them).",
            count=never_count,
        )
    if facts.error_count:
        findings.notice(
            "error_cells",
            f"{where}: {_cells(facts.errors, facts.error_count)} hold{'s' * (facts.error_count == 1)} an error such as "
            "#N/A; read as missing.",
            count=facts.error_count,
        )


def _cells(references: list[str], count: int) -> str:
    """Return "cell J2" or "cells J2, J3 and 4 more"."""
    shown = ", ".join(references[:20])
    more = f" and {count - min(len(references), 20):,} more" if count > 20 else ""
    return f"cell{'s' * (count != 1)} {shown}{more}"


def _note_container(book: Workbook, sheet: _Sheet, findings: Findings) -> None:
    """Note a workbook without styles and a sheet that claims far more rows than it has."""
    facts = sheet.part.facts
    where = f"{findings.file_name}, sheet '{sheet.part.name}'"
    if not book.has_styles:
        findings.notice(
            "no_styles",
            f"{where}: the workbook has no styles, so dates may show as numbers (days since 1900); check them.",
        )
    stated, _ = place_of(facts.dimension.rpartition(":")[2])
    if stated > facts.last_row + 1000:
        findings.notice(
            "dimension",
            f"{where}: it claims {stated:,} rows, the last one with a value is row {facts.last_row:,}; read up to it.",
        )
