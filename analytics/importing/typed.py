"""From text to typed columns for the files of one role: one table in the engine, and a list of every refused cell."""

from __future__ import annotations

from dataclasses import dataclass, field

import duckdb

from analytics.importing.categories import Merge
from analytics.importing.choices import Choices
from analytics.importing.column_plans import ColumnPlan, ColumnPlanner
from analytics.importing.notices import Notice, RawTable
from analytics.importing.privacy import without_addresses
from analytics.importing.stamp_columns import read_rest
from analytics.importing.stamp_rows import (
    StampFacts,
    final_stamp,
    odd_hour_notices,
    stamp_facts,
    unread_texts,
)
from analytics.importing.vocabulary import normal
from analytics.schema import FIELDS, Field, Kind, Role
from analytics.warehouse import plain_name

LISTED_CELLS = 10_000
MERGED_EXTRAS = 60
"""Beyond so many further columns their spellings are kept as they are: merging them would take minutes."""
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
    file_no: int = 0


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
    stamp_facts: dict[str, StampFacts] = field(default_factory=dict)


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
    kind = Kind.CATEGORY if len(extras) <= MERGED_EXTRAS else Kind.TEXT
    plans = [planner.plan(known[name], header, _column(headers, header)) for name, header in fields.items()]
    plans += [
        planner.plan(Field(alias, kind, header), header, _column(headers, header))
        for alias, header in extras.items()
    ]
    result = TypedTable(role=role, name=f"t_{role}", columns=[plan.field.name for plan in plans])
    _write(connection, relation, plans, result, choices)
    for plan in plans:
        _gather(plan, result)
        if plan.stamp:
            _look_at_stamps(connection, relation, plan, result, choices.zone)
        if plan.field.kind in (Kind.STAMP, Kind.NUMBER, Kind.MONEY, Kind.COUNT, Kind.SIZE):
            _list_refused(connection, relation, plan, result)
    return result


def _column(headers: tuple[str, ...], header: str) -> str:
    return f"c{headers.index(header) + 1}"


def same_header(headers: tuple[str, ...], header: str) -> str | None:
    """The header of another file of the same role that means this one: equal, else equal but for case and punctuation."""
    if header in headers:
        return header
    return next((other for other in headers if normal(other) == normal(header)), None)


def _union(connection: duckdb.DuckDBPyConnection, role: Role, tables: list[RawTable]) -> str:
    """One relation over all files of the role, columns in the first file's order, ``file_no`` in front."""
    if len(tables) == 1:
        return f"(SELECT 0 AS file_no, * FROM {plain_name(tables[0].table)})"
    parts = []
    for number, table in enumerate(tables):
        found = [same_header(table.headers, header) for header in tables[0].headers]
        columns = ", ".join(
            f"{_column(table.headers, header)} AS c{index}"
            if header
            else f"CAST(NULL AS VARCHAR) AS c{index}"
            for index, header in enumerate(found, start=1)
        )
        parts.append(f"SELECT {number} AS file_no, line, {columns} FROM {plain_name(table.table)}")
    name = f"r_{role}"
    connection.execute(f"CREATE OR REPLACE TEMP TABLE {name} AS {' UNION ALL '.join(parts)}")
    return name


def _write(
    connection: duckdb.DuckDBPyConnection,
    relation: str,
    plans: list[ColumnPlan],
    result: TypedTable,
    choices: Choices,
) -> None:
    """Three steps: what the engine reads by itself, then the rest of the dates, then local time to UTC as a view."""
    given, inner, joins, outer = (
        ["file_no", "line"],
        ["g.file_no", "g.line"],
        [],
        ["m.rowid AS row_no", "m.file_no", "m.line"],
    )
    for plan in plans:
        name, text = plan.field.name, f"g.y_{plan.field.name}"
        given.append(f"{plan.source} AS y_{name}")
        if plan.stamp:
            given.append(f"{plan.stamp.local.replace('@x', plan.source)} AS l_{name}")
            given.append(f"{plan.stamp.utc.replace('@x', plan.source)} AS u_{name}")
            inner += [f"g.l_{name}", f"g.u_{name}", f"contains({text}, ':') AS h_{name}"]
            inner.append(f"CASE WHEN g.l_{name} IS NULL AND g.u_{name} IS NULL THEN {text} END AS z_{name}")
            continue
        if plan.rest:
            joins.append(f"LEFT JOIN {plan.rest} AS r_{name} ON r_{name}.x = {text}")
        inner += [select.replace("@x", text).replace("@r", f"r_{name}") for select in plan.selects]
        outer += [f"m.{select.rsplit(' AS ', 1)[1]}" for select in plan.selects]
    middle = f"m_{result.role}"
    stamps = [plan for plan in plans if plan.stamp]
    connection.execute(
        f"CREATE OR REPLACE TEMP TABLE {middle} AS SELECT {', '.join(inner)} "
        f"FROM (SELECT {', '.join(given)} FROM {relation}) AS g {' '.join(joins)}"
    )
    facts = stamp_facts(connection, middle, [plan.field.name for plan in stamps])
    late_joins = []
    for plan in stamps:
        name, fast = plan.field.name, facts[plan.field.name]
        texts = unread_texts(connection, middle, name) if fast.unread else []
        if plan.stamp:
            read_rest(connection, relation, plan.stamp, texts, choices.date_order, plan.rest)
        whole = fast.with_rest(connection, plan.rest) if texts else fast
        result.stamp_facts[name] = whole
        if whole.is_date_only:
            result.date_only.add(name)
        outer += final_stamp(name, whole, choices.zone, has_rest=bool(texts))
        if texts:
            late_joins.append(f"LEFT JOIN {plan.rest} AS r_{name} ON r_{name}.x = m.z_{name}")
    connection.execute(
        f"CREATE OR REPLACE TEMP VIEW {result.name} AS SELECT {', '.join(outer)} FROM {middle} AS m {' '.join(late_joins)}"
    )


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
    """Say which local times do not exist or happen twice, and which dates are written in a way to know of."""
    facts = result.stamp_facts[plan.field.name]
    result.notices += odd_hour_notices(connection, f"m_{result.role}", plan, facts, zone)
    states = {row[0] for row in connection.execute(f"SELECT DISTINCT state FROM {plan.rest}").fetchall()}
    for state, story in STAMP_STORIES.items():
        rows = _rest_rows(connection, relation, plan, state) if state in states else []
        if rows:
            (line, text, _), count = rows[0], _count_rest(connection, relation, plan, state)
            sentence = f"Column {plan.header}: {count} cells {story} (first '{text[:40]}' in line {line})."
            result.notices.append(Notice(state, sentence, count, tuple(row[0] for row in rows[:20])))
    if facts.has_utc and facts.has_local:
        sentence = f"Column {plan.header}: some stamps carry an offset, others do not and are read in {zone}."
        result.notices.append(Notice("mixed_offsets", sentence))


def _count_rest(connection: duckdb.DuckDBPyConnection, relation: str, plan: ColumnPlan, state: str) -> int:
    query = f"SELECT count(*) FROM {relation} AS raw JOIN {plan.rest} AS r ON r.x = raw.{plan.source} WHERE r.state = $state"
    return int(connection.execute(query, {"state": state}).fetchall()[0][0])


def _rest_rows(
    connection: duckdb.DuckDBPyConnection, relation: str, plan: ColumnPlan, state: str
) -> list[tuple[int, str, int]]:
    """Lines, texts and file numbers of the cells that the slow reader put into one state, at most 10,000."""
    query = (
        f"SELECT raw.line, r.x, raw.file_no FROM {relation} AS raw JOIN {plan.rest} AS r ON r.x = raw.{plan.source} "
        f"WHERE r.state = $state ORDER BY raw.file_no, 1 LIMIT {LISTED_CELLS}"
    )
    return connection.execute(query, {"state": state}).fetchall()


def _list_refused(
    connection: duckdb.DuckDBPyConnection, relation: str, plan: ColumnPlan, result: TypedTable
) -> None:
    states = {row[0] for row in connection.execute(f"SELECT DISTINCT state FROM {plan.rest}").fetchall()}
    if "refused" in states:
        rows = _rest_rows(connection, relation, plan, "refused")
        result.refused += [
            RefusedCell(line, plan.header, without_addresses(value), plan.field.name, file_no)
            for line, value, file_no in rows
        ]
        query = (
            f"SELECT raw.file_no, raw.line, r.x AS value FROM {relation} AS raw JOIN {plan.rest} AS r "
            f"ON r.x = raw.{plan.source} WHERE r.state = 'refused'"
        )
        result.refused_queries[plan.field.name] = query
        result.refused_counts[plan.field.name] = connection.execute(
            f"SELECT count(*) FROM ({query})"
        ).fetchall()[0][0]
    if "not_finite" in states:
        rows, count = (
            _rest_rows(connection, relation, plan, "not_finite"),
            _count_rest(connection, relation, plan, "not_finite"),
        )
        result.notices.append(
            Notice(
                "not_finite",
                f"Column {plan.header}: {count} cells are no finite number and are left empty (first '{rows[0][1][:20]}' in "
                f"line {rows[0][0]}).",
                count,
                tuple(row[0] for row in rows[:20]),
            )
        )
    if "damaged" in states:
        rows, count = (
            _rest_rows(connection, relation, plan, "damaged"),
            _count_rest(connection, relation, plan, "damaged"),
        )
        result.notices.append(
            Notice(
                "size_from_date",
                f"Column {plan.header}: {count} sizes that a spreadsheet turned into dates, such as {rows[0][1]} "
                f"(line {rows[0][0]}), are read back as bands.",
                count,
                tuple(row[0] for row in rows[:20]),
            )
        )
