"""What is said about a text file as a whole: encoding, head, odd lines, double-encoded text."""

from __future__ import annotations

from pathlib import Path

import duckdb

from analytics.importing.reading.dialect import SINGLE, Dialect, Sampled
from analytics.importing.reading.encoding import Encoding, has_mojibake
from analytics.importing.reading.findings import MOST_LINES, Findings, plural, spans
from analytics.importing.reading.grid import cell_names, quoted
from analytics.importing.reading.header import Header
from analytics.importing.reading.raw_facts import RawFacts
from analytics.importing.reading.records import split_exactly
from analytics.importing.reading.slow_path import Oddities


def note_head(sampled: Sampled, header: Header, findings: Findings) -> None:
    """Note an unusual dialect and the lines above the header."""
    dialect = sampled.dialect
    shown = findings.file_name
    if dialect.delimiter not in SINGLE:
        findings.notice(
            "dialect", f"{shown}: cells are separated by {dialect.name}, which is rare; check the columns."
        )
    elif dialect.skips_space or dialect.quote != '"':
        findings.notice("dialect", f"{shown}: cells are quoted in an unusual way; check the columns.")
    line = sampled.records[header.index].line
    above = [
        record.line for record in sampled.records[: header.index] if any(c.strip() for c in record.cells)
    ]
    if above:
        findings.notice(
            "preamble",
            f"{shown}: {findings.place} {spans(above)} above the header in {findings.place} {line} skipped.",
            count=len(above),
            lines=above,
        )


def note_encoding(
    path: Path,
    encoding: Encoding,
    facts: RawFacts,
    findings: Findings,
    *,
    dialect: Dialect,
    header: tuple[str, ...],
) -> None:
    """Note how a file that is not plain UTF-8 was decoded, with the place of the first character in question."""
    shown = findings.file_name
    if encoding.how == "cp1252":
        line, column, char = _first_odd(path, encoding, dialect, header)
        findings.notice(
            "encoding",
            f"{shown}: not UTF-8, read as Windows-1252 (Western Europe); for example line {line}, column {column} "
            f"has '{char}': check that names look right.",
            lines=(line,),
        )
    elif encoding.how == "utf-8-damaged":
        line, column, _ = _first_odd(path, encoding, dialect, header)
        findings.notice(
            "damaged_text",
            f"{shown}, line {line}, column {column}: {plural(facts.bad_utf8, 'byte')} not valid UTF-8, shown as "
            "\ufffd; the rest of the file is UTF-8.",
            count=facts.bad_utf8,
            lines=(line,),
        )


def _first_odd(
    path: Path, encoding: Encoding, dialect: Dialect, header: tuple[str, ...]
) -> tuple[int, str, str]:
    """Return line, column name and character of the first byte that is not valid UTF-8."""
    line = 0
    with path.open("rb") as file:
        for raw in file:
            line += 1
            if raw.isascii():
                continue
            try:
                raw.decode("utf-8")
            except UnicodeDecodeError as error:
                before = raw[: error.start].decode("cp1252", errors="replace").removeprefix("ï»¿")
                char = raw[error.start : error.start + 1].decode(encoding.codec, errors="replace")
                cells = split_exactly(before.rstrip("\r\n"), dialect)
                column = len(cells[0]) if cells else before.count(dialect.delimiter) + 1
                name = header[column - 1].strip() if column <= len(header) else ""
                return line, name or str(column), char
    return line, "1", ""


def note_odd(odd: Oddities, findings: Findings) -> None:
    """Note lines on which something unusual was kept."""
    shown = findings.file_name
    if odd.stray:
        findings.notice(
            "stray_quote",
            f"{shown}, line {spans(odd.stray)}: a quote inside an unquoted cell; the cell was kept as it is written.",
            count=len(odd.stray),
            lines=odd.stray,
        )
    if odd.escaped:
        findings.notice(
            "backslash_quotes",
            f"{shown}: quotes are written with a backslash in {plural(odd.escaped, 'row')} and were read so.",
            count=odd.escaped,
        )
    if odd.nul:
        findings.notice(
            "nul",
            f"{shown}, line {spans(odd.nul)}: NUL characters inside a cell were removed.",
            count=len(odd.nul),
            lines=odd.nul,
        )
    if odd.surplus:
        findings.notice(
            "surplus_cells",
            f"{shown}, line {spans(odd.surplus)}: empty cells beyond the last column were dropped.",
            count=len(odd.surplus),
            lines=odd.surplus,
        )


def note_short(connection: duckdb.DuckDBPyConnection, table: str, width: int, findings: Findings) -> None:
    """Note the records that are still in the table and had fewer fields than the header."""
    groups = connection.execute(
        f"SELECT fields, count(*), list(line ORDER BY line)[1:{MOST_LINES}] FROM {quoted(table + '_short')} "
        "GROUP BY fields ORDER BY min(line)"
    ).fetchall()
    for fields, count, lines in groups:
        more = f" and {count - len(lines):,} more" if count > len(lines) else ""
        findings.notice(
            "short_row",
            f"{findings.file_name}, line {spans(lines)}{more}: {plural(fields, 'field')} instead of {width}; "
            "the missing cells at the end are empty.",
            count=count,
            lines=lines,
        )


def note_mojibake(
    connection: duckdb.DuckDBPyConnection, table: str, headers: tuple[str, ...], findings: Findings
) -> None:
    """Note cells with signs of double encoding; they are kept."""
    lines: set[int] = set()
    columns: list[str] = []
    for cell, header in zip(cell_names(len(headers)), headers, strict=True):
        name = quoted(cell)
        rows = connection.execute(
            f"SELECT line, {name} FROM {quoted(table)} WHERE contains({name}, 'Ã') OR contains({name}, 'Â') "
            f"OR contains({name}, 'â€') ORDER BY line LIMIT 100000"
        ).fetchall()
        hits = [line for line, text in rows if has_mojibake(text)]
        if hits:
            lines.update(hits)
            columns.append(header)
    if lines:
        findings.notice(
            "mojibake",
            f"{findings.file_name}, line {spans(lines)}, column {', '.join(columns[:5])}: text that was encoded twice "
            "(such as 'Ã©' for 'é'); kept as it is, export again as UTF-8 to repair it.",
            count=len(lines),
            lines=sorted(lines),
        )
