"""Reads whole date columns in the engine: order per column, fast expressions, and the slow reader for the rest."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime

import duckdb
import polars as pl

from analytics.errors import QuestionOpenError
from analytics.importing.choices import DateOrder
from analytics.importing.stamps import SLASHED, YEARS, read_stamp
from analytics.warehouse import literal, plain_name

_DOTTED = re.compile(r"\s*\d{1,2}\.\d{1,2}\.")
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

    ``local`` and ``utc`` are engine expressions over the raw text ``@x``: naive local time and naive UTC, NULL where
    they do not apply. What neither reads goes through ``read_rest``.
    """

    source: str
    header: str
    order: DateOrder | None
    local: str
    utc: str
    dotted: DateOrder | None = None


def trimmed(column: str) -> str:
    """The cell's text without outer blanks (also no-break and zero-width ones), NULL when nothing is left.

    Most cells have none: the cheap tests come first, the careful trim runs only where one of them strikes.
    """
    suspect = (
        f"{column} < '!' OR suffix({column}, ' ') OR strlen({column}) <> length({column})"
        f" OR suffix({column}, {literal(chr(9))}) OR suffix({column}, {literal(chr(13))}) OR suffix({column}, {literal(chr(10))})"
    )
    return f"CASE WHEN {suspect} THEN nullif(trim({column}, {literal(TRIMMED)}), '') ELSE {column} END"


def plan_stamp_column(
    connection: duckdb.DuckDBPyConnection, relation: str, source: str, header: str, answer: DateOrder | None
) -> StampColumn:
    """Decide how the engine reads a column, from a sample for the ways of writing and all values for the order.

    Raises:
        QuestionOpenError: day and month cannot be told apart by any value and no answer was given.
    """
    query = f"SELECT {source} FROM {relation} WHERE {source} IS NOT NULL LIMIT {_SAMPLE}"
    texts = [row[0].strip() for row in connection.execute(query).fetchall()]
    order, dotted = None, None
    if any(SLASHED.fullmatch(text) for text in texts):
        order, dotted = _order(connection, relation, source, header, answer)
    local, utc = _expressions(texts, order, dotted)
    return StampColumn(source=source, header=header, order=order, local=local, utc=utc, dotted=dotted)


def read_rest(
    connection: duckdb.DuckDBPyConnection,
    relation: str,
    plan: StampColumn,
    texts: list[str],
    answer: DateOrder | None,
    name: str,
) -> None:
    """Read texts with the slow reader into table ``name``: ``x, stamp, is_utc, has_time, state``.

    ``state`` is ``missing``, ``placeholder``, ``refused``, or how the text is written.

    Raises:
        QuestionOpenError: the order of day and month turns out to matter and cannot be told.
    """
    if plan.order is None and any(SLASHED.fullmatch(text.strip()) for text in texts):
        plan.order, plan.dotted = _order(connection, relation, plan.source, plan.header, answer)
    rows: list[tuple[str, datetime | None, bool, bool, str]] = []
    for text in texts:
        stamp = read_stamp(text, plan.dotted if _DOTTED.match(text) else plan.order)
        if stamp is None or isinstance(stamp, str):
            rows.append((text, None, False, False, stamp or "refused"))
        else:
            rows.append((text, stamp.at, stamp.is_utc, stamp.has_time, stamp.how))
    schema: dict[str, pl.DataType | type[pl.DataType]] = {
        "x": pl.String,
        "stamp": pl.Datetime("us"),
        "is_utc": pl.Boolean,
        "has_time": pl.Boolean,
        "state": pl.String,
    }
    connection.register("_rest", pl.DataFrame(rows, schema=schema, orient="row"))
    connection.execute(f"CREATE OR REPLACE TEMP TABLE {plain_name(name)} AS SELECT * FROM _rest")
    connection.unregister("_rest")


def _order(
    connection: duckdb.DuckDBPyConnection, table: str, column: str, header: str, answer: DateOrder | None
) -> tuple[DateOrder, DateOrder]:
    """Day first or month first, from all such values of the column: for slashes and dashes, and for dots.

    A part above 12 must be the day. Dotted dates are day first wherever they are written, unless one cannot be.
    """
    query = f"""
        SELECT regexp_matches(x, '^\\d{{1,2}}\\.\\d{{1,2}}\\.'),
               coalesce(max(try_cast(regexp_extract(x, '^(\\d{{1,2}})[/.\\-]', 1) AS INTEGER)), 0) > 12,
               coalesce(max(try_cast(regexp_extract(x, '^\\d{{1,2}}[/.\\-](\\d{{1,2}})[/.\\-]', 1) AS INTEGER)), 0) > 12,
               min(x)
        FROM (SELECT {trimmed(column)} AS x FROM {table})
        WHERE regexp_matches(x, '^\\d{{1,2}}[/.\\-]\\d{{1,2}}[/.\\-]\\d{{2,4}}($|\\D)') GROUP BY 1
    """
    found: dict[bool, tuple[bool, bool, str]] = {
        row[0]: row[1:] for row in connection.execute(query).fetchall()
    }
    dots, slashes = found.get(True), found.get(False)
    dotted, order = _decided(dots), _decided(slashes)
    if slashes and order is None:
        is_contradictory = slashes[0] and slashes[1]
        order = (None if is_contradictory else dotted) or answer
        if order is None:
            raise _open_order(header, slashes)
    if dots and dotted is None:
        dotted = answer if dots[0] and dots[1] else "dmy"
        if dotted is None:
            raise _open_order(header, dots)
    return order or dotted or answer or "dmy", dotted or order or "dmy"


def _decided(group: tuple[bool, bool, str] | None) -> DateOrder | None:
    """The order that values above 12 prove: (some first part is above 12, some second part is, an example)."""
    if group is None or group[0] == group[1]:
        return None
    return "dmy" if group[0] else "mdy"


def _open_order(header: str, group: tuple[bool, bool, str]) -> QuestionOpenError:
    how = (
        "has values that fit only day-first and values that fit only month-first"
        if group[0]
        else "can be read in two ways"
    )
    return QuestionOpenError(
        f"Column {header}: {group[2]} {how}; choose day-first or month-first (--date-order dmy or mdy).",
        question="date_order",
        options=("dmy", "mdy"),
    )


def _expressions(texts: list[str], order: DateOrder | None, dotted: DateOrder | None) -> tuple[str, str]:
    """Engine expressions for the ways of writing that the sample shows; strict enough never to misread.

    The engine's cast reads a time zone's offset and throws it away, so texts that could carry one stay out: a time
    must end in ":" and two digits, and have the length of a time without offset.
    """
    since, until = str(YEARS[0]), str(YEARS[1] + 1)
    local = [
        (
            f"CASE WHEN @x >= '{since}' AND @x < '{until}' AND (strlen(@x) = 10 OR (strlen(@x) IN (16, 19) AND @x LIKE '%:__' AND @x[12:13] <> '24'))"
            " THEN try_cast(@x AS TIMESTAMP) END"
        )
    ]
    if any(re.fullmatch(r"\d{8}", text) for text in texts):
        local.append(
            f"CASE WHEN strlen(@x) = 8 AND @x >= '{since}' AND @x < '{until}' THEN try_strptime(@x, '%Y%m%d') END"
        )
    for form, shape in _slashed_formats(texts, order, dotted or order) if order else []:
        local.append(f"CASE WHEN {shape} THEN try_strptime(@x, {literal(form)}) END")
    joined = f"coalesce({', '.join(local)})" if len(local) > 1 else local[0]
    utc = "CAST(NULL AS TIMESTAMP)"
    if any(re.search(r"\d(Z|[+-]\d\d:?\d\d)$", text) for text in texts):
        utc = (
            # a day inside the known years, so that no offset leads out of them; larger offsets are for the slow reader
            f"CASE WHEN @x >= '{since}-01-02' AND @x < '{YEARS[1]}-12-31' AND strlen(@x) >= 20"
            " AND regexp_full_match(@x, '\\d{4}-\\d\\d-\\d\\d[ T]\\d\\d:\\d\\d:\\d\\d(\\.\\d+)?(Z|[+-](0[0-9]|1[0-4]):?[0-5][0-9])')"
            " THEN make_timestamp(epoch_us(try_cast(@x AS TIMESTAMPTZ))) END"
        )
    return joined, utc


def _slashed_formats(texts: list[str], order: DateOrder, dotted: DateOrder) -> list[tuple[str, str]]:
    """The engine's formats for the slashed, dotted and dashed dates of the sample, the frequent first.

    Each comes with a condition on the text that keeps other formats, two-digit years and placeholders out.
    """
    found: dict[tuple[str, str], int] = {}
    for sign in "/.-":
        first, second = ("%d", "%m") if (dotted if sign == "." else order) == "dmy" else ("%m", "%d")
        for shape, form in _FAST_TIMES:
            days = rf"\d{{1,2}}{re.escape(sign)}\d{{1,2}}{re.escape(sign)}(?:19[89]\d|20\d\d|2100)"
            pattern = re.compile(days + shape)
            seen = sum(1 for text in texts if pattern.fullmatch(text))
            if seen:
                engine = f"regexp_full_match(@x, {literal(days + shape)})"
                found[f"{first}{sign}{second}{sign}%Y{form}", engine] = seen
    return sorted(found, key=lambda key: -found[key])
