"""From text to typed columns for the files of one role: one table in the engine, and a list of every refused cell."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

import duckdb

from analytics.importing.categories import Merge
from analytics.importing.choices import Choices
from analytics.importing.column_plans import ColumnPlan, ColumnPlanner
from analytics.importing.notices import Notice, RawTable
from analytics.importing.stamp_columns import trimmed
from analytics.schema import FIELDS, Field, Kind, Role
from analytics.warehouse import plain_name
from analytics.zones import odd_hours, to_utc

LISTED_CELLS = 10_000
STAMP_STORIES = {
    "placeholder": "hold placeholder dates such as 0000-00-00 or 9999-12-31, read as missing",
    "serial": "hold day numbers of a spreadsheet, read as dates",
    "epoch": "hold seconds since 1970, read as dates",
    "two_digit_year": "have two-digit years: 00 to 69 are read as 2000 to 2069, 70 to 99 as 1970 to 1999",
    "carried": "say 24:00 or second 60, read as the next day or second",
}


@dataclass(frozen=True, slots=True)
class RefusedCell:
    """A cell whose text is no value of its kind: left empty, listed with its place."""

    line: int
    header: str
    value: str
    field: str


@dataclass(slots=True)
class TypedTable:
    """The rows of one role, typed. ``name`` has ``file_no, line`` and one column per field of ``columns``.

    A stamp field ``f`` also has ``f_is_date`` (a bare date), a size ``employees_is_range``. ``refused`` lists the
    first 10,000 refused cells of each field, ``refused_counts`` counts all of them, ``refused_queries`` is query text
    for ``file_no, line, value`` of all of them.
    """

    role: Role
    name: str
    columns: list[str] = field(default_factory=list)
    refused: list[RefusedCell] = field(default_factory=list)
    refused_counts: dict[str, int] = field(default_factory=dict)
    refused_queries: dict[str, str] = field(default_factory=dict)
    notices: list[Notice] = field(default_factory=list)
    merges: list[Merge] = field(default_factory=list)
    values: dict[str, dict[str, str]] = field(default_factory=dict)
    value_counts: dict[str, dict[str, int]] = field(default_factory=dict)
    date_orders: dict[str, str] = field(default_factory=dict)
    date_only: set[str] = field(default_factory=set)


def type_table(
    connection: duckdb.DuckDBPyConnection,
    role: Role,
    tables: list[RawTable],
    fields: dict[str, str],
    extras: dict[str, str],
    choices: Choices,
) -> TypedTable:
    """Read all mapped columns of a role into one typed table.

    Args:
        connection: the import engine, holding the raw tables.
        role: what the rows are.
        tables: the role's files, one layout; the first one's headers count.
        fields: field -> header.
        extras: alias -> header of further columns to keep as categories.
        choices: zone, date order, value codes.

    Raises:
        QuestionOpenError: the order of day and month must be asked for.
        RequestError: a value was mapped to a code that does not exist.
    """
    headers = tables[0].headers
    relation = _union(connection, role, tables)
    planner = ColumnPlanner(connection, relation, choices, str(role))
    known = FIELDS[role]
    plans = [planner.plan(known[name], header, _column(headers, header)) for name, header in fields.items()]
    plans += [planner.plan(Field(alias, Kind.CATEGORY, header), header, _column(headers, header)) for alias, header in extras.items()]
    result = TypedTable(role=role, name=f"t_{role}", columns=[plan.field.name for plan in plans])
    _write(connection, relation, plans, result, choices.zone)
    for plan in plans:
        _gather(plan, result)
        if plan.stamp:
            _look_at_stamps(connection, relation, plan, result, choices.zone)
        if plan.rest and not plan.is_raw:
            _list_refused(connection, relation, plan, result)
    return result


def _column(headers: tuple[str, ...], header: str) -> str:
    return f"c{headers.index(header) + 1}"


def _union(connection: duckdb.DuckDBPyConnection, role: Role, tables: list[RawTable]) -> str:
    """One relation over all files of the role, columns in the first file's order, ``file_no`` in front."""
    if len(tables) == 1:
        return f"(SELECT 0 AS file_no, * FROM {plain_name(tables[0].table)})"
    parts = []
    for number, table in enumerate(tables):
        columns = ", ".join(
            f"{_column(table.headers, header)} AS c{index}" if header in table.headers else f"NULL AS c{index}"
            for index, header in enumerate(tables[0].headers, start=1)
        )
        parts.append(f"SELECT {number} AS file_no, line, {columns} FROM {plain_name(table.table)}")
    name = f"r_{role}"
    connection.execute(f"CREATE OR REPLACE TEMP TABLE {name} AS {' UNION ALL '.join(parts)}")
    return name


def _write(
    connection: duckdb.DuckDBPyConnection, relation: str, plans: list[ColumnPlan], result: TypedTable, zone: str
) -> None:
    """Two steps: read the texts, then bring local time to UTC once the span of each column is known."""
    given, inner, joins, outer = ["file_no", "line"], ["g.file_no", "g.line"], [], ["file_no", "line"]
    for plan in plans:
        name = plan.field.name
        given.append(f"{trimmed(plan.source)} AS x_{name}")
        if plan.rest:
            key = f"y_{name}" if plan.is_raw else f"x_{name}"
            joins.append(f"LEFT JOIN {plan.rest} AS r_{name} ON r_{name}.x = g.{key}")
        if plan.is_raw:
            given.append(f"{plan.source} AS y_{name}")
        selects = _stamp_selects(plan) if plan.stamp else plan.selects
        inner += [select.replace("@x", f"g.x_{name}").replace("@r", f"r_{name}") for select in selects]
        outer += [] if plan.stamp else [select.rsplit(" AS ", 1)[1] for select in selects]
    middle = f"m_{result.role}"
    connection.execute(
        f"CREATE OR REPLACE TEMP TABLE {middle} AS SELECT {', '.join(inner)} "
        f"FROM (SELECT {', '.join(given)} FROM {relation}) AS g {' '.join(joins)}"
    )
    for plan in plans:
        if plan.stamp:
            outer += _final_stamp(connection, middle, plan.field.name, result, zone)
    connection.execute(f"CREATE OR REPLACE TEMP TABLE {result.name} AS SELECT {', '.join(outer)} FROM {middle}")


def _stamp_selects(plan: ColumnPlan) -> tuple[str, ...]:
    name, stamp = plan.field.name, plan.stamp
    assert stamp is not None  # noqa: S101  # narrowing for the type checker
    return (
        f"coalesce({stamp.local}, CASE WHEN NOT @r.is_utc THEN @r.at END) AS l_{name}",
        f"coalesce({stamp.utc}, CASE WHEN @r.is_utc THEN @r.at END) AS u_{name}",
        f"coalesce(@r.has_time, position(':' IN @x) > 0, false) AS h_{name}",
    )


def _final_stamp(
    connection: duckdb.DuckDBPyConnection, middle: str, name: str, result: TypedTable, zone: str
) -> list[str]:
    """The UTC stamp and its bare-date flag; a column that is midnight throughout holds bare dates."""
    first, last, off_midnight, in_utc, in_local, timed = connection.execute(
        f"SELECT min(l_{name}), max(l_{name}), count(*) FILTER (WHERE l_{name} <> date_trunc('day', l_{name})), "
        f"count(u_{name}), count(l_{name}), count(*) FILTER (WHERE h_{name}) FROM {middle}"
    ).fetchall()[0]
    is_all_midnight = in_utc == 0 and in_local > 1 and off_midnight == 0
    if in_local and (is_all_midnight or timed == 0):
        result.date_only.add(name)
    moment = f"u_{name}"
    if first is not None:
        moment = f"coalesce(u_{name}, {to_utc(f'l_{name}', zone, first, last)})"
    bare = "true" if is_all_midnight else f"NOT h_{name}"
    return [f"{moment} AS {name}", f"(({bare}) AND ({moment}) IS NOT NULL) AS {name}_is_date"]


def _gather(plan: ColumnPlan, result: TypedTable) -> None:
    result.merges += plan.merges
    if plan.codes:
        result.values[plan.field.name] = plan.codes
        result.value_counts[plan.field.name] = plan.code_counts
    if plan.stamp and plan.stamp.order:
        result.date_orders[f"{result.role}.{plan.header}"] = plan.stamp.order


def _look_at_stamps(
    connection: duckdb.DuckDBPyConnection, relation: str, plan: ColumnPlan, result: TypedTable, zone: str
) -> None:
    """Say which local times do not exist or happen twice, and which dates are placeholders."""
    name = plan.field.name
    first, last = connection.execute(f"SELECT min(l_{name}), max(l_{name}) FROM m_{result.role}").fetchall()[0]
    if isinstance(first, datetime) and isinstance(last, datetime):
        for start, end, what in odd_hours(zone, first, last):
            _say_odd_hour(connection, plan, result, zone, (start, end, what))
    states = {row[0] for row in connection.execute(f"SELECT DISTINCT state FROM {plan.rest}").fetchall()}
    for state, story in STAMP_STORIES.items():
        rows = _rest_rows(connection, relation, plan, state) if state in states else []
        if rows:
            line, text = rows[0]
            sentence = f"Column {plan.header}: {len(rows)} cells {story} (first '{text[:40]}' in line {line})."
            result.notices.append(Notice(state, sentence, len(rows), tuple(line for line, _ in rows[:20])))
    in_utc, in_local = connection.execute(
        f"SELECT count(u_{name}), count(l_{name}) FROM m_{result.role}"
    ).fetchall()[0]
    if in_utc and in_local:
        sentence = f"Column {plan.header}: {in_utc} stamps carry an offset, {in_local} do not and are read in {zone}."
        result.notices.append(Notice("mixed_offsets", sentence, in_local))


def _say_odd_hour(
    connection: duckdb.DuckDBPyConnection,
    plan: ColumnPlan,
    result: TypedTable,
    zone: str,
    span: tuple[datetime, datetime, str],
) -> None:
    start, end, what = span
    name = plan.field.name
    lines = [
        row[0]
        for row in connection.execute(
            f"SELECT line FROM m_{result.role} WHERE l_{name} >= $start AND l_{name} < $until AND h_{name} ORDER BY 1",
            {"start": start, "until": end},
        ).fetchall()
    ]
    if not lines:
        return
    if what == "gap":
        story = "does not exist (clocks went forward); read with the offset before the change"
    else:
        story = "happens twice (clocks went back); the earlier moment is used"
    result.notices.append(
        Notice(
            f"dst_{what}",
            f"Column {plan.header}, line {lines[0]}: this local time in {zone} {story} ({len(lines)} cells).",
            len(lines),
            tuple(lines[:20]),
        )
    )


def _rest_rows(
    connection: duckdb.DuckDBPyConnection, relation: str, plan: ColumnPlan, state: str
) -> list[tuple[int, str]]:
    """Lines and texts of the cells that the slow reader put into one state, at most 10,000."""
    query = (
        f"SELECT raw.line, r.x FROM {relation} AS raw JOIN {plan.rest} AS r ON r.x = {trimmed('raw.' + plan.source)} "
        f"WHERE r.state = $state ORDER BY 1 LIMIT {LISTED_CELLS}"
    )
    return connection.execute(query, {"state": state}).fetchall()


def _list_refused(
    connection: duckdb.DuckDBPyConnection, relation: str, plan: ColumnPlan, result: TypedTable
) -> None:
    states = {row[0] for row in connection.execute(f"SELECT DISTINCT state FROM {plan.rest}").fetchall()}
    if "refused" in states:
        rows = _rest_rows(connection, relation, plan, "refused")
        result.refused += [RefusedCell(line, plan.header, value, plan.field.name) for line, value in rows]
        query = (
            f"SELECT raw.file_no, raw.line, r.x AS value FROM {relation} AS raw JOIN {plan.rest} AS r "
            f"ON r.x = {trimmed('raw.' + plan.source)} WHERE r.state = 'refused'"
        )
        result.refused_queries[plan.field.name] = query
        result.refused_counts[plan.field.name] = connection.execute(f"SELECT count(*) FROM ({query})").fetchall()[0][0]
    if "not_finite" in states:
        rows = _rest_rows(connection, relation, plan, "not_finite")
        result.notices.append(
            Notice(
                "not_finite",
                f"Column {plan.header}: {len(rows)} cells are no finite number and are left empty (first '{rows[0][1][:20]}' in "
                f"line {rows[0][0]}).",
                len(rows),
                tuple(line for line, _ in rows[:20]),
            )
        )
    if "damaged" in states:
        rows = _rest_rows(connection, relation, plan, "damaged")
        result.notices.append(
            Notice(
                "size_from_date",
                f"Column {plan.header}: {len(rows)} sizes that a spreadsheet turned into dates, such as {rows[0][1]} "
                f"(line {rows[0][0]}), are read back as bands.",
                len(rows),
                tuple(line for line, _ in rows[:20]),
            )
        )
