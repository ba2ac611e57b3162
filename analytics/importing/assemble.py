"""Joins the typed files to one row per lead: rejects, duplicates, opportunities, touches, derived stamps."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

import duckdb

from analytics.importing.choices import Mapping
from analytics.importing.final_leads import PLAIN_FIELDS, STAMPS, FinalLeads, is_ended
from analytics.importing.notices import Notice
from analytics.importing.privacy import without_addresses
from analytics.importing.typed import TypedTable
from analytics.schema import CLOCK_FIELDS, FIELDS, Kind, Role


@dataclass(slots=True)
class Assembly:
    """What came out besides the rows: duplicates and rejects with their places (line first, file number last), counts."""

    duplicates: list[tuple[int, str, str, int]] = field(default_factory=list)
    rejects: list[tuple[int, str, str, str, int]] = field(default_factory=list)
    notices: list[Notice] = field(default_factory=list)
    facts: dict[str, int] = field(default_factory=dict)


class Assembler:
    """Builds the lead table in the import engine, step by step; each step leaves one temporary table."""

    def __init__(
        self, connection: duckdb.DuckDBPyConnection, mapping: Mapping, typed: dict[Role, TypedTable], key: str
    ) -> None:
        """``typed`` holds the typed table of every role that has a file; ``key`` is the workspace's."""
        self._connection = connection
        self._mapping = mapping
        self._typed = typed
        self._key = key
        self.result = Assembly()
        self.clock_field = next(name for name in CLOCK_FIELDS if mapping.source_of(name))

    def _all(self, query: str, params: dict[str, object] | None = None) -> list[tuple[object, ...]]:
        return self._connection.execute(query, params or {}).fetchall()

    def _one(self, query: str) -> int:
        return int(self._connection.execute(query).fetchall()[0][0])

    def clock_header(self) -> str:
        """The column that starts the clock."""
        home = self._mapping.source_of(self.clock_field)
        return home[1] if home else ""

    def set_bad_rows_aside(self, short_tables: list[str]) -> None:
        """Rows whose clock start is text but no date, and short rows that have none, become rejects."""
        leads = self._typed[Role.LEADS]
        self._connection.execute("CREATE OR REPLACE TEMP TABLE bad (file_no INTEGER, line BIGINT)")
        home = self._mapping.source_of(self.clock_field)
        if home is None or home[0] is not Role.LEADS:
            return
        header = home[1]
        if leads.refused_counts.get(self.clock_field):
            query = leads.refused_queries[self.clock_field]
            self._connection.execute(f"INSERT INTO bad SELECT file_no, line FROM ({query})")
            self.result.rejects += [
                (
                    int(str(line)),
                    f"the clock start ({header}) is no date",
                    header,
                    without_addresses(str(value)),
                    int(str(number)),
                )
                for number, line, value in self._all(
                    f"SELECT file_no, line, value FROM ({query}) ORDER BY 1, 2"
                )
            ]
        for number, table in enumerate(short_tables):
            rows = self._all(
                f"SELECT t.line, s.fields FROM t_leads AS t JOIN {table} AS s ON s.line = t.line "
                f"WHERE t.file_no = {number} AND t.{self.clock_field} IS NULL "
                f"AND NOT EXISTS (SELECT 1 FROM bad AS b WHERE b.file_no = t.file_no AND b.line = t.line) ORDER BY 1"
            )
            for line, fields in rows:
                self._connection.execute(
                    "INSERT INTO bad VALUES ($number, $line)", {"number": number, "line": line}
                )
                self.result.rejects.append(
                    (int(str(line)), f"only {fields} fields, and no clock start", header, "", number)
                )

    def drop_duplicates(self) -> None:
        """One row per lead id: the later by last-modified, else by file order; blank ids become the row number."""
        leads = self._typed[Role.LEADS]
        if self._is_plain():
            self._connection.execute(
                "CREATE OR REPLACE TEMP VIEW base AS SELECT row_no AS lead_no, * EXCLUDE (row_no) FROM t_leads"
            )
            return
        extra_file = "file_no > 0" if self._one("SELECT coalesce(max(file_no), 0) FROM t_leads") else "false"
        self._connection.execute(
            f"""
            CREATE OR REPLACE TEMP TABLE kept AS
            SELECT t.* EXCLUDE (lead_id, row_no), lead_id IS NULL AS had_no_id,
                   coalesce(lead_id, 'row ' || line || CASE WHEN {extra_file} THEN ' of file ' || (file_no + 1) ELSE '' END)
                       AS lead_id
            FROM t_leads AS t
            WHERE NOT EXISTS (SELECT 1 FROM bad AS b WHERE b.file_no = t.file_no AND b.line = t.line)
            """
        )
        blank = self._all("SELECT line FROM kept WHERE had_no_id ORDER BY 1 LIMIT 20")
        if blank:
            count = self._one("SELECT count(*) FROM kept WHERE had_no_id")
            lines = tuple(int(str(row[0])) for row in blank)
            self.result.notices.append(
                Notice(
                    "blank_id",
                    f"{count} rows without an id are kept under their row number ({_lines(lines, count)}).",
                    count,
                    lines,
                )
            )
        total, distinct = self._all("SELECT count(*), count(DISTINCT lead_id) FROM kept")[0]
        if total != distinct:
            self._set_duplicates_aside("modified_at" in leads.columns)
        self._connection.execute("CREATE OR REPLACE TEMP VIEW base AS SELECT rowid AS lead_no, * FROM kept")

    def _is_plain(self) -> bool:
        """Whether every row stays, has an id, and has it alone: then the typed rows need no copy."""
        rows, filled, distinct, bad = self._all(
            "SELECT count(*), count(lead_id), count(DISTINCT lead_id), (SELECT count(*) FROM bad) FROM t_leads"
        )[0]
        return rows == filled == distinct and bad == 0

    def _set_duplicates_aside(self, has_modified: bool) -> None:
        order = "modified_at DESC NULLS LAST, " if has_modified else ""
        self._connection.execute(
            f"""
            CREATE OR REPLACE TEMP TABLE ranked AS
            SELECT file_no, line, lead_id,
                   row_number() OVER (PARTITION BY lead_id ORDER BY {order}file_no DESC, line DESC) AS rank,
                   first_value(line) OVER (PARTITION BY lead_id ORDER BY {order}file_no DESC, line DESC) AS kept_line
            FROM kept WHERE lead_id IN (SELECT lead_id FROM kept GROUP BY 1 HAVING count(*) > 1)
            """
        )
        rows = self._all(
            "SELECT line, lead_id, kept_line, file_no FROM ranked WHERE rank > 1 ORDER BY 4, 1, 2"
        )
        for line, lead_id, kept_line, file_no in rows:
            shown = str(lead_id) if "@" not in str(lead_id) else "this id"
            self.result.duplicates.append(
                (int(str(line)), shown, f"same id as line {kept_line}, which is the later", int(str(file_no)))
            )
        _, lead_id, kept_line, _ = rows[0]
        pair = sorted((int(str(rows[0][0])), int(str(kept_line))))
        shown = str(lead_id)[:60] if "@" not in str(lead_id) else "one id"
        self.result.notices.append(
            Notice(
                "duplicates",
                f"{len(rows)} duplicates: rows with the id of a later row are counted once, such as {shown} in lines "
                f"{pair[0]} and {pair[1]}.",
                len(rows),
                tuple(int(str(row[0])) for row in rows[:20]),
            )
        )
        self._connection.execute(
            """
            CREATE OR REPLACE TEMP TABLE kept AS SELECT * FROM kept AS k
            WHERE NOT EXISTS (SELECT 1 FROM ranked AS r WHERE r.rank > 1 AND r.file_no = k.file_no AND r.line = k.line)
            """
        )

    def _from(self, name: str) -> str:
        """The value of a lead field: from the opportunity, else from the leads file, else NULL."""
        parts = [
            f"{alias}.{name}"
            for alias, role in (("o", Role.OPPORTUNITIES), ("l", Role.LEADS))
            if role in self._typed and name in self._typed[role].columns
        ]
        if not parts:
            kind = FIELDS[Role.LEADS][name].kind
            return (
                "CAST(NULL AS TIMESTAMP)"
                if kind is Kind.STAMP
                else (
                    "CAST(NULL AS DOUBLE)"
                    if kind in (Kind.NUMBER, Kind.MONEY, Kind.COUNT, Kind.SIZE)
                    else "CAST(NULL AS VARCHAR)"
                )
            )
        return parts[0] if len(parts) == 1 else f"coalesce({', '.join(parts)})"

    def _size_is_range(self) -> str:
        """Whether the company size is a range: of the file that brings the size of this lead."""
        parts = [
            f"CASE WHEN {alias}.employees IS NOT NULL THEN {alias}.employees_is_range END"
            for alias, role in (("o", Role.OPPORTUNITIES), ("l", Role.LEADS))
            if role in self._typed and "employees" in self._typed[role].columns
        ]
        return f"coalesce({', '.join(parts)}, false)" if parts else "false"

    def _is_date(self, name: str) -> str:
        parts = [
            f"{alias}.{name}_is_date"
            for alias, role in (("o", Role.OPPORTUNITIES), ("l", Role.LEADS))
            if role in self._typed and name in self._typed[role].columns
        ]
        return f"coalesce({', '.join(parts)}, false)" if parts else "false"

    def join_opportunities(self) -> None:
        """One row per lead with the columns of its opportunity beside it: table ``joined``."""
        join = ""
        if Role.OPPORTUNITIES in self._typed:
            link = next(j for j in self._mapping.joins if j.right is Role.OPPORTUNITIES)
            self._reduce_opportunities(link.right_header)
            join = (
                "LEFT JOIN lead_keys AS k ON k.file_no = l.file_no AND k.line = l.line "
                "LEFT JOIN opp AS o ON o.join_key = k.join_key"
            )
        stamps = ", ".join(f"{self._from(name)} AS {name}" for name in STAMPS)
        rest = ", ".join(
            f"{self._from(name)} AS {name}"
            for name in (
                *PLAIN_FIELDS,
                "disposition",
                "outcome",
                "is_closed",
                "rejection_reason",
                "opportunity_id",
                "amount",
                "score",
                "employees",
                "touch_count",
                "touch_channels",
                "email",
                "phone",
                "person_name",
            )
        )
        extras = [name for name in self._typed[Role.LEADS].columns if name.startswith("extra_")]
        more = "".join(f", l.{name}" for name in extras)
        size_range = self._size_is_range()
        self._connection.execute(
            f"""
            CREATE OR REPLACE TEMP {"TABLE" if join else "VIEW"} joined AS
            SELECT l.lead_no, l.file_no, l.line, l.lead_id, {stamps}, {rest}, {size_range} AS employees_is_range,
                   {self._is_date(self.clock_field)} AS clock_is_date, {self._is_date("first_touch_at")} AS touch_is_date
                   {more}
            FROM base AS l {join}
            """
        )

    def _reduce_opportunities(self, right_header: str) -> None:
        """One opportunity per join key: a won one, else the one closed last, else the oldest."""
        opportunities = self._typed[Role.OPPORTUNITIES]
        rank = []
        if "won_at" in opportunities.columns:
            rank.append("(won_at IS NOT NULL) DESC")
        if "outcome" in opportunities.columns:
            rank.append("coalesce(outcome = 'won', false) DESC")
        if "closed_at" in opportunities.columns:
            rank.append("closed_at DESC NULLS LAST")
        if "opportunity_at" in opportunities.columns:
            rank.append("opportunity_at ASC NULLS LAST")
        order = ", ".join([*rank, "file_no", "line"])
        self._connection.execute(
            f"""
            CREATE OR REPLACE TEMP TABLE opp AS
            SELECT * FROM (
                SELECT t.*, k.join_key, row_number() OVER (PARTITION BY k.join_key ORDER BY {order}) AS rank
                FROM t_opportunities AS t JOIN opportunity_keys AS k USING (file_no, line) WHERE k.join_key IS NOT NULL
            ) WHERE rank = 1
            """
        )
        has_lead = "join_key IN (SELECT join_key FROM lead_keys)"
        rows = self._one("SELECT count(*) FROM t_opportunities")
        lost = rows - self._one(
            f"SELECT count(DISTINCT (file_no, line)) FROM opportunity_keys WHERE {has_lead}"
        )
        behind = rows - lost - self._one(f"SELECT count(DISTINCT (file_no, line)) FROM opp WHERE {has_lead}")
        self.result.facts |= {"opportunities": rows, "opportunities_without_lead": lost}
        if lost:
            self.result.notices.append(
                Notice(
                    "unmatched_opportunities",
                    f"{lost} of {rows} opportunities belong to no lead of the file (column {right_header}).",
                    lost,
                )
            )
        if behind:
            self.result.notices.append(
                Notice(
                    "several_opportunities",
                    f"{behind} opportunities stand behind another one of the same lead; a won one counts first.",
                    behind,
                )
            )

    def stamps_for_as_of(self) -> list[tuple[str, tuple[str, ...]]]:
        """Tables and columns that may set as_of: created, handoff, touch, decision; closing with an outcome."""
        names = [
            name for name in ("created_at", "mql_at", "handoff_at", "opened_at", "first_touch_at", "last_touch_at",
                              "accepted_at", "rejected_at", "decided_at", "opportunity_at", "won_at", "lost_at")
            if self._mapping.source_of(name)
        ]  # fmt: skip
        relations = [("joined", tuple(names))]
        if self._mapping.source_of("closed_at") and self._mapping.source_of("outcome"):
            relations.append(
                (f"(SELECT lead_no, closed_at FROM joined WHERE {is_ended(self._mapping)})", ("closed_at",))
            )
        if Role.TOUCHES in self._typed and "touched_at" in self._typed[Role.TOUCHES].columns:
            relations.append(("touch_rows", ("touched_at",)))
        return relations

    def final_query(self, as_of: datetime, keep_personal: bool) -> str:
        """Query text of the final lead table, nothing in it later than as_of."""
        final = FinalLeads(self._connection, self._mapping, self._typed, self._key, self.clock_field)
        return final.query(as_of, keep_personal)

    def count_leads(self, as_of: datetime) -> tuple[int, int]:
        """Leads, and those without a clock start (none, or one later than as_of)."""
        leads, without = self._all(
            f"SELECT count(*), count(*) FILTER (WHERE {self.clock_field} IS NULL OR {self.clock_field} > $as_of) FROM joined",
            {"as_of": as_of},
        )[0]
        return int(str(leads)), int(str(without))

    def later_than(self, as_of: datetime) -> None:
        """Say which stamps are later than as_of: they have not happened and are not used."""
        for name in STAMPS:
            source = self._mapping.source_of(name)
            if source is None:
                continue
            only = (
                f" AND {is_ended(self._mapping)}" if name == "closed_at" else ""
            )  # open deals carry expected dates
            rows = self._all(
                f"SELECT line FROM joined WHERE {name} > $as_of{only} ORDER BY 1", {"as_of": as_of}
            )
            if rows:
                lines = tuple(int(str(row[0])) for row in rows[:20])
                self.result.notices.append(
                    Notice(
                        "later_than_as_of",
                        f"Column {source[1]}: {len(rows)} stamps are later than the extract time and not used ({_lines(lines, len(rows))}).",
                        len(rows),
                        lines,
                    )
                )
        if Role.TOUCHES in self._typed:
            late = self._all(
                "SELECT count(*) FROM touch_rows WHERE touched_at > $as_of AND lead_no IS NOT NULL",
                {"as_of": as_of},
            )
            count = int(str(late[0][0]))
            if count:
                self.result.notices.append(
                    Notice(
                        "later_than_as_of",
                        f"{count} touches are later than the extract time and not used.",
                        count,
                    )
                )


def _lines(lines: tuple[int, ...], count: int) -> str:
    shown = ", ".join(f"line {line}" for line in lines[:5])
    return shown if count <= 5 else f"{shown} and {count - 5} more"
