"""The last step for every kind of file: rows that are no leads leave the loaded table, empty columns go."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import duckdb

from analytics.errors import FileRefusedError
from analytics.importing.reading.findings import Findings, plural, spans
from analytics.importing.reading.footers import is_tail_text, joined, reason_to_set_aside, shape
from analytics.importing.reading.limits import ReadLimits

TAIL = 60
DEEPEST = 40

_FOOTER_START = (
    r"^[^\pL\d]*(grand|sub|overall|report|total|gesamt|zwischen|summe|insgesamt|sous|suma|sum|average|avg|durchschnitt|"
    r"mittelwert|mean|median|min|max|record|row|lead|count|anzahl|\(?\s*[-+]?[$€£]?\s*\d|copyright|\(c\)|©|all rights|"
    r"confidential|generated|data|list|exported|created|prepared|printed|produced|downloaded|filter|run|end of|\*|page|"
    r"sorted|grouped|erstellt|exportiert|gedruckt|vertraulich|gefiltert|seite|date range|time|as of|source|note|disclaimer)"
)


def quoted(name: str) -> str:
    """Return an identifier for query text."""
    return '"' + name.replace('"', '""') + '"'


def literal(text: str) -> str:
    """Return a text literal for query text."""
    return "'" + text.replace("'", "''") + "'"


def cell_names(width: int) -> list[str]:
    """Return ``c1 … cN``."""
    return [f"c{position}" for position in range(1, width + 1)]


def load_parquet(
    connection: duckdb.DuckDBPyConnection, table: str, staged: Path, width: int, *, is_append: bool = False
) -> None:
    """Load a Parquet file of text written by us into ``table``."""
    columns = ", ".join(["line", *(quoted(name) for name in cell_names(width))])
    verb = f"INSERT INTO {quoted(table)}" if is_append else f"CREATE OR REPLACE TABLE {quoted(table)} AS"
    connection.execute(f"{verb} SELECT {columns} FROM read_parquet($1)", [str(staged)])


def refuse_long_cells(
    connection: duckdb.DuckDBPyConnection,
    table: str,
    header: Sequence[str],
    findings: Findings,
    limits: ReadLimits,
) -> None:
    """Raise FileRefusedError for the first cell over the limit."""
    for position, name in enumerate(cell_names(len(header))):
        cell = quoted(name)
        row = connection.execute(
            f"SELECT line, length({cell}) FROM {quoted(table)} "
            f"WHERE strlen({cell}) > $1 AND length({cell}) > $1 ORDER BY line LIMIT 1",
            [limits.cell_chars],
        ).fetchone()
        if row:
            column = header[position].strip() or str(position + 1)
            raise FileRefusedError(findings.long_cell(row[0], column, row[1], limits.cell_chars))


def create_short(connection: duckdb.DuckDBPyConnection, table: str, short: Sequence[tuple[int, int]]) -> None:
    """Create ``<table>_short(line, fields)``: records that had fewer fields than the header."""
    name = quoted(f"{table}_short")
    connection.execute(f"CREATE OR REPLACE TABLE {name} (line BIGINT, fields INTEGER)")
    for start in range(0, len(short), 10_000):
        part = short[start : start + 10_000]
        values = ", ".join(f"({int(line)}, {int(fields)})" for line, fields in part)
        connection.execute(f"INSERT INTO {name} VALUES {values}")


def settle(
    connection: duckdb.DuckDBPyConnection,
    table: str,
    header: Sequence[str],
    findings: Findings,
    *,
    has_blank_records: bool = True,
) -> int:
    """Move rows that are no leads from the table to ``findings``; return how many rows are left.

    Args:
        connection: the import connection.
        table: the loaded table, with its ``_short`` companion.
        header: header texts as written, one per column.
        findings: receives footers and notices.
        has_blank_records: a blank row is a record set aside (text files); in a sheet it is nothing.
    """
    width = len(header)
    candidates = _candidates(connection, table, header)
    gone: dict[int, tuple[str, str]] = {}
    for line, cells in candidates:
        reason = reason_to_set_aside(cells, header, width, fields=width)
        if reason is not None:
            gone[line] = (reason, joined(cells))
    gone |= _tail_texts(connection, table, width, set(gone))
    if gone:
        connection.execute("CREATE OR REPLACE TEMP TABLE _gone AS SELECT unnest($1) AS line", [list(gone)])
        for name in (quoted(table), quoted(f"{table}_short")):
            connection.execute(f"DELETE FROM {name} WHERE line IN (SELECT line FROM _gone)")
        connection.execute("DROP TABLE _gone")
    for line, (reason, text) in gone.items():
        if reason != "blank row" or has_blank_records:
            findings.set_aside(line, "footer", reason, text=text)
    findings.note_aside()
    found = connection.execute(f"SELECT count(*) FROM {quoted(table)}").fetchone()
    return int(found[0]) if found else 0


def _candidates(
    connection: duckdb.DuckDBPyConnection, table: str, header: Sequence[str]
) -> list[tuple[int, list[str | None]]]:
    """Return full-width rows worth a closer look: mostly empty ones that begin like a footer, repeated headers.

    Short records were judged when they were parsed.
    """
    # The first columns tell enough: deep expressions over hundreds of them take seconds to plan.
    cells = [quoted(name) for name in cell_names(min(len(header), DEEPEST))]
    filled = " + ".join(f"({cell} IS NOT NULL)::INTEGER" for cell in cells)
    blanks = literal(" \t\r\n\u00a0")
    first = "coalesce(" + ", ".join(f"nullif(trim({cell}, {blanks}), '')" for cell in cells) + ")"
    starts_blank = (
        f"({cells[0]} IS NULL OR {cells[0]} < '!' OR starts_with({cells[0]}, {literal(chr(0xA0))}))"
    )
    # A repeated header is written as the first one was; comparing lower-case copies costs half a second per million.
    repeats = " OR ".join(
        f"{cells[i]} IN ({', '.join(literal(text) for text in _writings(header[i]))})"
        for i in [i for i, name in enumerate(header[:DEEPEST]) if name.strip()][:2]
    )
    # Three plain questions are answered in milliseconds, one with OR between them evaluates all of it for every row.
    places: list[int] = []
    for question in (
        f"({filled}) * 2 <= {len(cells) + 1} AND regexp_matches({first}, {literal(_FOOTER_START)}, 'i')",
        f"{starts_blank} AND {first} IS NULL",
        repeats,
    ):
        if question:
            found = connection.execute(f"SELECT rowid FROM {quoted(table)} WHERE {question}").fetchall()
            places += [int(place) for (place,) in found]
    places = sorted(set(places))
    rows: list[tuple[int, list[str | None]]] = []
    for start in range(0, len(places), 10_000):
        wanted = ", ".join(map(str, places[start : start + 10_000]))
        found = connection.execute(f"SELECT * FROM {quoted(table)} WHERE rowid IN ({wanted})").fetchall()
        rows += [(row[0], list(row[1:])) for row in found]
    return rows


def _writings(name: str) -> list[str]:
    """Return the ways in which a repeated header may write a name."""
    bare = name.strip()
    return sorted({name, bare, "\ufeff" + bare, bare.upper(), bare.lower()})


def _tail_texts(
    connection: duckdb.DuckDBPyConnection, table: str, width: int, gone: set[int]
) -> dict[int, tuple[str, str]]:
    """Return lines of report text at the very end of the table: title, filters, addresses."""
    found_last = connection.execute(f"SELECT max(rowid) FROM {quoted(table)}").fetchone()
    last = int(found_last[0]) if found_last and found_last[0] is not None else 0
    # A number in the text, not a parameter: only so the engine skips the row groups before it.
    rows = connection.execute(
        f"SELECT * FROM {quoted(table)} WHERE rowid > {last - TAIL * 2} ORDER BY rowid DESC"
    ).fetchall()
    shapes = {shape(row[1]) for row in rows if row[1] and sum(cell is not None for cell in row[1:]) > 1}
    found: dict[int, tuple[str, str]] = {}
    for row in rows[:TAIL]:
        if row[0] in gone:
            continue
        if not is_tail_text(row[1:], width, shapes):
            break
        found[row[0]] = ("text below the table", joined(row[1:]))
    return found


def drop_empty_tail(
    connection: duckdb.DuckDBPyConnection, table: str, header: Sequence[str], findings: Findings
) -> tuple[str, ...]:
    """Drop unnamed columns at the right that hold nothing; return the header texts that are left."""
    width = len(header)
    while width > 1 and not header[width - 1].strip():
        cell = quoted(f"c{width}")
        found = connection.execute(
            f"SELECT count(*) FROM {quoted(table)} WHERE trim({cell}) <> ''"
        ).fetchone()
        if found and found[0]:
            break
        connection.execute(f"ALTER TABLE {quoted(table)} DROP COLUMN {cell}")
        width -= 1
    dropped = len(header) - width
    if dropped:
        findings.notice(
            "empty_column",
            f"{findings.file_name}: column {spans(range(width + 1, len(header) + 1))} has no name and no values and was dropped.",
            count=dropped,
        )
    return tuple(header[:width])


def refuse_no_rows(rows: int, findings: Findings, *, where: str) -> None:
    """Raise FileRefusedError when no lead is left."""
    if rows:
        return
    rejects = [record for record in findings.aside if record.kind == "reject"]
    if rejects:
        raise FileRefusedError(
            f"{findings.file_name}, {findings.place} {rejects[0].line}: {rejects[0].reason}, and so are all "
            f"{plural(len(rejects), 'row')}; the header row does not fit the rows, check it and export again."
        )
    raise FileRefusedError(
        f"{findings.file_name}: {where} is followed by 0 data rows; check the filters of the report and export again."
    )
