"""The fast path: a sound and regular body is read by the engine's own CSV reader."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import duckdb

from analytics.importing.reading.dialect import SINGLE, Dialect
from analytics.importing.reading.grid import cell_names, literal, quoted
from analytics.importing.reading.records import UnclosedQuoteError
from analytics.importing.reading.structure import MASKED_CR, MASKED_LF, Structure, copy_and_scan

LONGEST_RECORD = 1_000_000


@dataclass(frozen=True, slots=True)
class Body:
    """The bytes of the records below the header in a UTF-8 file, and the line on which they begin."""

    path: Path
    start: int
    end: int
    first_line: int


def looks_merged(cell: str, delimiter: str, width: int) -> bool:
    """Tell whether a quoted cell holds the rest of one record and the beginning of another.

    Two quotes that were never closed can pair up: the cell between them then holds exactly as many delimiters
    as records were swallowed. A note of several lines has no reason to (four columns or more).
    """
    ends = cell.count("\n") or cell.count("\r")
    return width >= 4 and ends >= 1 and cell.count(delimiter) == ends * (width - 1)


def load_fast(
    connection: duckdb.DuckDBPyConnection,
    table: str,
    body: Body,
    dialect: Dialect,
    width: int,
    *,
    staged: Path,
    progress: Callable[[float], None] | None = None,
) -> Structure | None:
    """Load the body into ``table`` and return its structure; ``None`` when it needs the slow path.

    The engine's row count must equal the number of records that our own scan found; anything else is irregular.

    Raises:
        UnclosedQuoteError: two unclosed quotes swallowed the records between them.
    """
    if dialect.delimiter not in SINGLE or dialect.quote != '"' or dialect.skips_space or width < 2:
        return None
    found = copy_and_scan(body.path, (body.start, body.end), staged, dialect.delimiter, progress)
    if not found.is_sound or found.has_lone_cr or found.has_masks:
        return None
    if found.longest > LONGEST_RECORD or (found.has_lf_ends and found.has_crlf_ends):
        return None
    columns = ", ".join(f"'{name}': 'VARCHAR'" for name in cell_names(width))
    name = quoted(table)
    try:
        connection.execute(
            f"CREATE OR REPLACE TABLE {name} AS SELECT 0::BIGINT AS line, * FROM read_csv($1, columns={{{columns}}}, "
            f"auto_detect=false, header=false, delim={literal(dialect.delimiter)}, quote='\"', escape='\"', "
            "strict_mode=true, nullstr='', compression='none')",
            [str(staged)],
        )
    except (duckdb.InvalidInputException, duckdb.ConversionException):
        return None
    counted = connection.execute(f"SELECT count(*) FROM {name}").fetchone()
    if counted is None or counted[0] != found.records:
        return None
    _number_lines(connection, name, body.first_line, found.shifts)
    if found.is_masked:
        _unmask(connection, name, width)
    if found.quoted_ends:
        _refuse_merged(connection, name, dialect, width)
    return found


def _number_lines(
    connection: duckdb.DuckDBPyConnection, name: str, first_line: int, shifts: list[tuple[int, int]]
) -> None:
    """Write the physical line of every record; rows lie in file order, so ``rowid`` counts them."""
    if not shifts:
        connection.execute(f"UPDATE {name} SET line = rowid + {int(first_line)}")
        return
    connection.execute("CREATE OR REPLACE TEMP TABLE _shifts (since BIGINT, shift BIGINT)")
    all_shifts = shifts if shifts[0][0] == 0 else [(0, 0), *shifts]
    for start in range(0, len(all_shifts), 10_000):
        values = ", ".join(f"({since}, {shift})" for since, shift in all_shifts[start : start + 10_000])
        connection.execute(f"INSERT INTO _shifts VALUES {values}")
    connection.execute(
        f"UPDATE {name} SET line = placed.line FROM (SELECT t.rowid AS place, t.rowid + {int(first_line)} + s.shift "
        f"AS line FROM {name} t ASOF JOIN _shifts s ON t.rowid >= s.since) placed WHERE {name}.rowid = placed.place"
    )
    connection.execute("DROP TABLE _shifts")


def _unmask(connection: duckdb.DuckDBPyConnection, name: str, width: int) -> None:
    """Put the line ends inside cells back."""
    for cell in _columns_with(connection, name, width, (chr(MASKED_LF), chr(MASKED_CR))):
        connection.execute(
            f"UPDATE {name} SET {cell} = translate({cell}, chr({MASKED_LF}) || chr({MASKED_CR}), chr(10) || chr(13)) "
            f"WHERE contains({cell}, chr({MASKED_LF})) OR contains({cell}, chr({MASKED_CR}))"
        )


def _columns_with(
    connection: duckdb.DuckDBPyConnection, name: str, width: int, texts: tuple[str, ...]
) -> list[str]:
    """Return the columns in which one of the texts occurs."""
    cells = [quoted(cell) for cell in cell_names(width)]
    tests = ", ".join(
        "bool_or(" + " OR ".join(f"contains({cell}, {literal(text)})" for text in texts) + ")"
        for cell in cells
    )
    row = connection.execute(f"SELECT {tests} FROM {name}").fetchone() or ()
    return [cell for cell, is_in in zip(cells, row, strict=True) if is_in]


def _refuse_merged(connection: duckdb.DuckDBPyConnection, name: str, dialect: Dialect, width: int) -> None:
    """Raise UnclosedQuoteError for the first cell that swallowed whole records."""
    if width < 4:
        return
    for cell in _columns_with(connection, name, width, ("\n", "\r")):
        mark = literal(dialect.delimiter)
        rows = connection.execute(
            f"SELECT line, {cell} FROM {name} WHERE contains({cell}, {mark}) AND (contains({cell}, chr(10)) OR "
            f"contains({cell}, chr(13))) AND length({cell}) - length(replace({cell}, {mark}, '')) >= {width - 1} "
            "ORDER BY line LIMIT 1000"
        ).fetchall()
        for line, text in rows:
            if looks_merged(text, dialect.delimiter, width):
                raise UnclosedQuoteError(line, int(cell.strip('"')[1:]))
