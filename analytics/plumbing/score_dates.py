"""When each score was set: a kept column of texts, read as dates the way the import reads a date column."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

import polars as pl

from analytics.cohort import Cohort
from analytics.errors import QuestionOpenError
from analytics.importing.choices import DateOrder
from analytics.importing.stamp_columns import StampColumn, plan_stamp_column, trimmed
from analytics.importing.stamps import Stamp, read_stamp
from analytics.plumbing.checks import score_stamp
from analytics.store.manifest import Manifest
from analytics.warehouse import Warehouse, identifier
from analytics.zones import to_utc

MOST_TEXTS = 20_000
"""So many different texts are read one by one where the engine's formats do not fit."""


@dataclass(frozen=True, slots=True)
class ScoreDates:
    """``at``: query text over the leads file (``l``) and ``score_texts`` (``s``): naive UTC, NULL where nothing can be read.

    ``join`` brings ``score_texts``, whose rows stand in ``texts``. ``obstacle``: what the column lacks, None where it reads.
    """

    at: str = "CAST(NULL AS TIMESTAMP)"
    join: str = ""
    texts: pl.DataFrame | None = None
    obstacle: str | None = None


@dataclass(slots=True)
class _Texts:
    """The column as a derived table that answers the import's questions; each answer is kept with the table."""

    warehouse: Warehouse
    table: str
    _rows: list[tuple[Any, ...]] | None = None

    def execute(self, query: str) -> _Texts:
        self._rows = self.warehouse.run_once(self.table, query).rows()
        return self

    def fetchall(self) -> list[tuple[Any, ...]]:
        return self._rows or []


def read_score_dates(warehouse: Warehouse, cohort: Cohort) -> ScoreDates:
    """How to read the dates of the score; a bare date is 00:00 in the file's zone."""
    manifest = cohort.manifest
    alias = score_stamp(manifest)
    if alias is None:
        return ScoreDates()
    header = manifest.extra_columns[alias]
    column = f"CAST({identifier(alias)} AS VARCHAR)"
    table = warehouse.table(
        f"score_texts_{manifest.fingerprint[:24]}",
        f"SELECT {trimmed(column)} AS written FROM {cohort.leads} WHERE handoff_at IS NOT NULL",
    )
    texts = _Texts(warehouse, table)
    try:
        plan = plan_stamp_column(cast("Any", texts), table, "written", header, _order_of_the_file(manifest))
    except QuestionOpenError:
        return ScoreDates(obstacle=f"days and months in “{header}” that can be told apart")
    written = trimmed(f"CAST(l.{identifier(alias)} AS VARCHAR)")
    local, utc = (one.replace("@x", "written") for one in (plan.local, plan.utc))
    fast = texts.execute(f"SELECT count(coalesce({local}, {utc})) AS leads FROM {table}").fetchall()[0][0]
    rest = texts.execute(
        f"SELECT written, count(*) AS leads FROM {table} WHERE written IS NOT NULL AND coalesce({local}, {utc}) IS NULL"
        f" GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT {MOST_TEXTS}"
    ).fetchall()
    frame, read, refused = _one_by_one(rest, plan)
    if refused > fast + read:
        return ScoreDates(obstacle=f"dates in “{header}”: most of its texts cannot be read as dates")
    local, utc = (one.replace("@x", written) for one in (plan.local, plan.utc))
    in_utc = to_utc(f"coalesce({local}, s.local_at)", manifest.zone, cohort.oldest, manifest.as_of)
    at = f"coalesce({utc}, s.utc_at, {in_utc})"
    return ScoreDates(at, f"LEFT JOIN score_texts AS s ON s.written = {written}", frame)


def _order_of_the_file(manifest: Manifest) -> DateOrder | None:
    """The order of day and month in the other dates of the leads file, for a column that does not show it."""
    orders = manifest.mapping.get("date_orders", {})
    found = next((order for name, order in sorted(orders.items()) if name.startswith("leads.")), None)
    return cast("DateOrder | None", found)


def _one_by_one(rest: list[tuple[Any, ...]], plan: StampColumn) -> tuple[pl.DataFrame, int, int]:
    """Texts with their moments, local or UTC; and how many leads carry a date and how many a text that is none."""
    rows: list[tuple[str, datetime | None, datetime | None]] = []
    read = refused = 0
    for written, leads in rest:
        stamp = read_stamp(written, plan.dotted if "." in written[:3] else plan.order)
        if isinstance(stamp, Stamp):
            read += leads
            rows.append((written, None if stamp.is_utc else stamp.at, stamp.at if stamp.is_utc else None))
        elif stamp is None:
            refused += leads
    schema: dict[str, pl.DataType | type[pl.DataType]] = {
        "written": pl.String,
        "local_at": pl.Datetime("us"),
        "utc_at": pl.Datetime("us"),
    }
    return pl.DataFrame(rows, schema=schema, orient="row"), read, refused
