"""Reads whole date columns in the engine: order per column, fast expressions, and the slow reader for the rest."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

import duckdb
import polars as pl

from analytics.errors import QuestionOpenError
from analytics.importing.choices import DateOrder
from analytics.importing.stamps import SLASHED, YEARS, read_stamp
from analytics.warehouse import literal

TRIMMED = " \t\r\n\u00a0\u200b\ufeff"
_SAMPLE = 2_000
_FAST_TIMES: tuple[tuple[str, str], ...] = (
    (r"", ""),
    (r" \d{1,2}:\d{2}", " %H:%M"),
    (r" \d{1,2}:\d{2}:\d{2}", " %H:%M:%S"),
    (r" \d{1,2}:\d{2} [AaPp][Mm]", " %I:%M %p"),
    (r" \d{1,2}:\d{2}:\d{2} [AaPp][Mm]", " %I:%M:%S %p"),
)


@dataclass(slots=True)
class StampColumn:
    """How one date column is read.

    ``local`` and ``utc`` are engine expressions over the trimmed text ``@x`` (NULL where they do not apply);
    ``rest`` a table ``x, at, is_utc, has_time, state`` with every text
    they do not read; ``state`` is ``missing``, ``placeholder``, ``refused``, or how the text is written.
    """

    header: str
    order: DateOrder | None
    local: str
    utc: str
    rest: str
    counts: dict[str, int] = field(default_factory=dict)


def trimmed(column: str) -> str:
    """The cell's text without outer blanks (also no-break and zero-width ones), NULL when nothing is left."""
    return f"nullif(trim({column}, {literal(TRIMMED)}), '')"


def plan_stamp_column(
    connection: duckdb.DuckDBPyConnection, table: str, column: str, header: str, answer: DateOrder | None, rest: str
) -> StampColumn:
    """Decide from all values of a column how it is read, and read what the engine cannot into table ``rest``.

    Raises:
        QuestionOpenError: day and month cannot be told apart by any value and no answer was given.
    """
    texts = _sample(connection, table, column)
    order = _order(connection, table, column, header, answer) if any(SLASHED.fullmatch(t) for t in texts) else None
    local, utc = _expressions(texts, order)
    plan = StampColumn(header=header, order=order, local=local, utc=utc, rest=rest)
    left = _left_over(connection, table, column, plan)
    if order is None and any(SLASHED.fullmatch(text) for text in left):
        plan.order = _order(connection, table, column, header, answer)
    _read_rest(connection, plan, left)
    return plan


def _sample(connection: duckdb.DuckDBPyConnection, table: str, column: str) -> list[str]:
    query = f"SELECT {trimmed(column)} AS x FROM {table} WHERE {trimmed(column)} IS NOT NULL LIMIT {_SAMPLE}"
    return [row[0] for row in connection.execute(query).fetchall()]


def _order(
    connection: duckdb.DuckDBPyConnection, table: str, column: str, header: str, answer: DateOrder | None
) -> DateOrder:
    """Day first or month first, from all slashed values of the column: a part above 12 must be the day."""
    query = f"""
        SELECT max(try_cast(regexp_extract(x, '^(\\d{{1,2}})[/.\\-]', 1) AS INTEGER)),
               max(try_cast(regexp_extract(x, '^\\d{{1,2}}[/.\\-](\\d{{1,2}})[/.\\-]', 1) AS INTEGER)),
               min(x)
        FROM (SELECT {trimmed(column)} AS x FROM {table})
        WHERE regexp_matches(x, '^\\d{{1,2}}[/.\\-]\\d{{1,2}}[/.\\-]\\d{{2,4}}($|\\D)')
    """
    first, second, example = connection.execute(query).fetchall()[0]
    is_day_first, is_month_first = (first or 0) > 12, (second or 0) > 12
    if is_day_first != is_month_first:
        return "dmy" if is_day_first else "mdy"
    if _is_dotted(connection, table, column) and not is_month_first:
        return "dmy"
    if answer is not None:
        return answer
    how = "has values that fit only day-first and values that fit only month-first" if is_day_first else (
        "can be read in two ways"
    )
    raise QuestionOpenError(
        f"Column {header}: {example} {how}; choose day-first or month-first (--date-order dmy or mdy).",
        question="date_order",
        options=("dmy", "mdy"),
    )


def _is_dotted(connection: duckdb.DuckDBPyConnection, table: str, column: str) -> bool:
    """Whether every such value is written with dots: 03.04.2026 is day first wherever it is written."""
    query = f"""
        SELECT count(*) FILTER (WHERE NOT regexp_matches(x, '^\\d{{1,2}}\\.\\d{{1,2}}\\.'))
        FROM (SELECT {trimmed(column)} AS x FROM {table})
        WHERE regexp_matches(x, '^\\d{{1,2}}[/.\\-]\\d{{1,2}}[/.\\-]\\d{{2,4}}($|\\D)')
    """
    return bool(connection.execute(query).fetchall()[0][0] == 0)


def _expressions(texts: list[str], order: DateOrder | None) -> tuple[str, str]:
    """Engine expressions for the ways of writing that the sample shows; strict enough never to misread."""
    local = [
        "CASE WHEN length(@x) = 10 AND @x[5] = '-' AND @x[8] = '-' THEN try_cast(@x AS TIMESTAMP)"
        " WHEN length(@x) IN (16, 19) AND @x[5] = '-' AND @x[8] = '-' AND @x[14] = ':'"
        " AND (length(@x) = 16 OR (@x[17] = ':' AND @x[18] < '6')) AND @x[12] < '3' AND @x[12:13] < '24'"
        " THEN try_cast(@x AS TIMESTAMP) END"
    ]
    if any(re.fullmatch(r"\d{8}", text) for text in texts):
        local.append("CASE WHEN length(@x) = 8 AND @x NOT LIKE '%-%' THEN try_strptime(@x, '%Y%m%d') END")
    formats = _slashed_formats(texts, order) if order else []
    if formats:
        local.append(f"try_strptime(@x, [{', '.join(literal(form) for form in formats)}])")
    joined = f"coalesce({', '.join(local)})" if len(local) > 1 else local[0]
    years = f"BETWEEN TIMESTAMP '{YEARS[0]}-01-01' AND TIMESTAMP '{YEARS[1]}-12-31 23:59:59.999999'"
    local_expression = f"CASE WHEN ({joined}) {years} THEN ({joined}) END"
    has_offset = any(re.search(r"\d(Z|[+-]\d\d:?\d\d)$", text) for text in texts)
    utc = (
        "CASE WHEN length(@x) >= 20 AND @x[5] = '-' AND @x[8] = '-' AND @x[14] = ':' AND @x[17] = ':'"
        " AND regexp_matches(@x, '[0-9](Z|[+-][0-9]{2}:?[0-9]{2})$')"
        " THEN make_timestamp(epoch_us(try_cast(@x AS TIMESTAMPTZ))) END"
        if has_offset
        else "CAST(NULL AS TIMESTAMP)"
    )
    return local_expression, utc


def _slashed_formats(texts: list[str], order: DateOrder) -> list[str]:
    """The engine's formats for the slashed, dotted and dashed dates that the sample shows, the frequent first."""
    first, second = ("%d", "%m") if order == "dmy" else ("%m", "%d")
    found: dict[str, int] = {}
    for sign in "/.-":
        for shape, form in _FAST_TIMES:
            pattern = re.compile(rf"\d{{1,2}}{re.escape(sign)}\d{{1,2}}{re.escape(sign)}\d{{4}}{shape}")
            seen = sum(1 for text in texts if pattern.fullmatch(text))
            if seen:
                found[f"{first}{sign}{second}{sign}%Y{form}"] = seen
    return sorted(found, key=lambda form: -found[form])


def _left_over(connection: duckdb.DuckDBPyConnection, table: str, column: str, plan: StampColumn) -> list[str]:
    query = f"""
        SELECT DISTINCT x FROM (SELECT {trimmed(column)} AS x FROM {table})
        WHERE x IS NOT NULL AND {plan.local.replace("@x", "x")} IS NULL AND {plan.utc.replace("@x", "x")} IS NULL
    """
    return [row[0] for row in connection.execute(query).fetchall()]


def _read_rest(connection: duckdb.DuckDBPyConnection, plan: StampColumn, texts: list[str]) -> None:
    rows = []
    for text in texts:
        stamp = read_stamp(text, plan.order)
        if stamp is None or isinstance(stamp, str):
            rows.append((text, None, False, False, stamp or "refused"))
        else:
            rows.append((text, stamp.at, stamp.is_utc, stamp.has_time, stamp.how))
    schema = {"x": pl.String, "at": pl.Datetime("us"), "is_utc": pl.Boolean, "has_time": pl.Boolean, "state": pl.String}
    frame = pl.DataFrame(rows, schema=schema, orient="row")
    connection.register("_rest", frame)
    connection.execute(f"CREATE OR REPLACE TEMP TABLE {plan.rest} AS SELECT * FROM _rest")
    connection.unregister("_rest")
