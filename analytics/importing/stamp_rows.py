"""The date columns of one role as rows: their span, whether they hold bare dates, and the step from local time to UTC."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

import duckdb

from analytics.importing.column_plans import ColumnPlan
from analytics.importing.notices import Notice
from analytics.zones import odd_hours, to_utc


@dataclass(frozen=True, slots=True)
class StampFacts:
    """What all values of one date column have in common.

    ``first`` and ``last`` bound the local times (None without any), ``local_cells`` counts them, ``unread`` counts
    texts that the engine did not read by itself. ``has_time``: some value has a time of day; ``is_off_midnight``: some
    local time is not midnight.
    """

    first: datetime | None
    last: datetime | None
    local_cells: int
    has_utc: bool
    has_time: bool
    is_off_midnight: bool
    unread: int

    @property
    def has_local(self) -> bool:
        """Whether some value is in local time."""
        return self.local_cells > 0

    @property
    def is_all_midnight(self) -> bool:
        """Whether every value is a local midnight: dates that merely look like times."""
        return not self.has_utc and self.local_cells > 1 and not self.is_off_midnight

    @property
    def is_date_only(self) -> bool:
        """Whether the column holds bare dates, written with or without 00:00."""
        return self.has_local and not self.has_utc and (self.is_all_midnight or not self.has_time)

    def with_rest(self, connection: duckdb.DuckDBPyConnection, rest: str) -> StampFacts:
        """The same facts with the values that the slow reader put into table ``rest``."""
        first, last, local, in_utc, has_time, off = connection.execute(
            f"SELECT min(stamp) FILTER (WHERE NOT is_utc), max(stamp) FILTER (WHERE NOT is_utc), "
            f"count(stamp) FILTER (WHERE NOT is_utc), count(stamp) FILTER (WHERE is_utc), coalesce(bool_or(has_time), false), "
            f"coalesce(bool_or(NOT is_utc AND stamp <> date_trunc('day', stamp)), false) FROM {rest}"
        ).fetchall()[0]
        return replace(
            self,
            first=min((at for at in (self.first, first) if at is not None), default=None),
            last=max((at for at in (self.last, last) if at is not None), default=None),
            local_cells=self.local_cells + local,
            has_utc=self.has_utc or in_utc > 0,
            has_time=self.has_time or has_time,
            is_off_midnight=self.is_off_midnight or off,
        )


def stamp_facts(
    connection: duckdb.DuckDBPyConnection, middle: str, names: list[str]
) -> dict[str, StampFacts]:
    """Facts of every date column of a middle table (``l_``, ``u_``, ``h_``, ``z_`` columns), in one pass."""
    if not names:
        return {}
    parts = [
        f"min(l_{name}), max(l_{name}), count(l_{name}), count(u_{name}), "
        f"coalesce(bool_or(h_{name} AND z_{name} IS NULL), false), "
        f"coalesce(bool_or(epoch_us(l_{name}) % 86400000000 <> 0), false), count(z_{name})"
        for name in names
    ]
    row = connection.execute(f"SELECT {', '.join(parts)} FROM {middle}").fetchall()[0]
    found = {}
    for index, name in enumerate(names):
        first, last, local, in_utc, has_time, off, unread = row[index * 7 : index * 7 + 7]
        found[name] = StampFacts(first, last, local, in_utc > 0, has_time, off, unread)
    return found


def unread_texts(connection: duckdb.DuckDBPyConnection, middle: str, name: str) -> list[str]:
    """The distinct texts of a date column that the engine did not read by itself."""
    rows = connection.execute(f"SELECT DISTINCT z_{name} FROM {middle} WHERE z_{name} IS NOT NULL").fetchall()
    return [row[0] for row in rows]


def final_stamp(name: str, facts: StampFacts, zone: str, *, has_rest: bool) -> list[str]:
    """Expressions over ``m`` (and ``r_<name>``): the stamp in UTC and whether it is a bare date."""
    local, moment, has_time = f"m.l_{name}", f"m.u_{name}", f"coalesce(m.h_{name}, false)"
    if has_rest:
        local = f"coalesce({local}, CASE WHEN NOT r_{name}.is_utc THEN r_{name}.stamp END)"
        moment = f"coalesce({moment}, CASE WHEN r_{name}.is_utc THEN r_{name}.stamp END)"
        has_time = f"coalesce(r_{name}.has_time, {has_time})"
    if facts.first is not None and facts.last is not None:
        moment = f"coalesce({moment}, {to_utc(local, zone, facts.first, facts.last)})"
    bare = "true" if facts.is_all_midnight else f"NOT {has_time}"
    return [f"{moment} AS {name}", f"coalesce({bare} AND ({moment}) IS NOT NULL, false) AS {name}_is_date"]


def odd_hour_notices(
    connection: duckdb.DuckDBPyConnection, middle: str, plan: ColumnPlan, facts: StampFacts, zone: str
) -> list[Notice]:
    """One notice per change of the clocks that some local time of the column falls into."""
    if facts.first is None or facts.last is None or facts.is_date_only:
        return []
    spans = odd_hours(zone, facts.first, facts.last)
    if not spans:
        return []
    name = plan.field.name
    local = f"coalesce(m.l_{name}, CASE WHEN NOT r.is_utc THEN r.stamp END)"
    inside = " OR ".join(f"({local} >= $start_{n} AND {local} < $until_{n})" for n in range(len(spans)))
    params = {f"start_{n}": span[0] for n, span in enumerate(spans)} | {
        f"until_{n}": span[1] for n, span in enumerate(spans)
    }
    rows = connection.execute(
        f"SELECT m.line, {local} FROM {middle} AS m LEFT JOIN {plan.rest} AS r ON r.x = m.z_{name} "
        f"WHERE ({inside}) AND coalesce(r.has_time, m.h_{name}) ORDER BY 1",
        params,
    ).fetchall()
    notices = []
    for start, until, what in spans:
        lines = [line for line, at in rows if start <= at < until]
        if lines:
            notices.append(_odd_hour(plan.header, zone, what, lines))
    return notices


def _odd_hour(header: str, zone: str, what: str, lines: list[int]) -> Notice:
    if what == "gap":
        story = "does not exist (clocks went forward); read with the offset before the change"
    else:
        story = "happens twice (clocks went back); the earlier moment is used"
    sentence = f"Column {header}, line {lines[0]}: this local time in {zone} {story} ({len(lines)} cells)."
    return Notice(f"dst_{what}", sentence, len(lines), tuple(lines[:20]))
