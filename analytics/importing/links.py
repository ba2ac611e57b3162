"""How rows of one file find their lead: join keys as tables, and the touches with the number of their lead."""

from __future__ import annotations

import duckdb

from analytics.importing.choices import Mapping
from analytics.importing.notices import Notice, RawTable
from analytics.importing.role_files import RoleFiles
from analytics.importing.stamp_columns import trimmed
from analytics.importing.typed import TypedTable, same_header
from analytics.schema import Role


class Linker:
    """Builds the key tables ``lead_keys``, ``opportunity_keys`` and the table ``touch_rows`` in the import engine."""

    def __init__(
        self, connection: duckdb.DuckDBPyConnection, tables: list[RawTable], mapping: Mapping
    ) -> None:
        """``tables`` are the raw tables in the order of ``mapping.roles``."""
        self._connection = connection
        self._files = RoleFiles(tables, mapping)
        self._mapping = mapping
        self.notices: list[Notice] = []

    def link(self, typed: dict[Role, TypedTable]) -> None:
        """The texts by which other files find their lead, and the touch rows with their lead."""
        for join in self._mapping.joins:
            if join.right is Role.OPPORTUNITIES:
                self._key_table("lead_keys", Role.LEADS, join.left_header)
                self._key_table("opportunity_keys", Role.OPPORTUNITIES, join.right_header)
                self._split_lists_of_keys()
        if Role.TOUCHES in typed:
            link = next(join for join in self._mapping.joins if join.right is Role.TOUCHES)
            self._touch_rows(typed[Role.TOUCHES], link.left_header, link.right_header)

    def _key_table(self, name: str, role: Role, header: str) -> None:
        parts = [
            f"SELECT {number} AS file_no, line, {trimmed(f'c{table.headers.index(found) + 1}')} AS join_key FROM {table.table}"
            for number, table in enumerate(self._files.of(role))
            if (found := same_header(table.headers, header))
        ]
        self._connection.execute(f"CREATE OR REPLACE TEMP TABLE {name} AS {' UNION ALL '.join(parts)}")

    def _split_lists_of_keys(self) -> None:
        """A lead that names several opportunities ("17; 23") meets each of them under its whole list."""
        lists = "SELECT DISTINCT join_key AS whole, trim(unnest(string_split(join_key, ';'))) AS part FROM lead_keys WHERE contains(join_key, ';')"
        if self._connection.execute(f"SELECT count(*) FROM ({lists})").fetchall()[0][0]:
            self._connection.execute(
                "CREATE OR REPLACE TEMP TABLE opportunity_keys AS SELECT * FROM opportunity_keys UNION ALL "
                f"SELECT o.file_no, o.line, l.whole FROM opportunity_keys AS o JOIN ({lists}) AS l ON l.part = o.join_key"
            )

    def _touch_rows(self, touches: TypedTable, left_header: str, right_header: str) -> None:
        by_id = right_header == self._files.fields(Role.TOUCHES).get("lead_id")
        if not by_id:
            self._key_table("touch_keys", Role.TOUCHES, right_header)
        if left_header == self._files.fields(Role.LEADS)["lead_id"]:
            leads = "SELECT lead_no, lead_id AS join_key FROM base"
        else:
            self._key_table("touch_lead_keys", Role.LEADS, left_header)
            leads = (
                "SELECT b.lead_no, k.join_key FROM base AS b JOIN touch_lead_keys AS k USING (file_no, line)"
            )
        has = touches.columns
        at = "t.touched_at" if "touched_at" in has else "CAST(NULL AS TIMESTAMP)"
        bare = "t.touched_at_is_date" if "touched_at" in has else "false"
        human = "t.kind IS DISTINCT FROM 'automated'" if "kind" in has else "true"
        key, keys = (
            ("t.lead_id", "") if by_id else ("k.join_key", "LEFT JOIN touch_keys AS k USING (file_no, line)")
        )
        channel = "t.channel" if "channel" in has else "CAST(NULL AS VARCHAR)"
        self._connection.execute(
            f"""
            CREATE OR REPLACE TEMP TABLE touch_rows AS
            SELECT CAST(l.lead_no AS INTEGER) AS lead_no, {at} AS touched_at, {bare} AS touched_at_is_date,
                   {channel} AS channel, {human} AS is_human,
                   {"CAST(coalesce(t.touch_count, 1) AS INTEGER)" if "touch_count" in has else "1"} AS touches
            FROM t_touches AS t {keys} LEFT JOIN ({leads}) AS l ON l.join_key = {key}
            """
        )

        self._drop_repeated_touches()

    def _drop_repeated_touches(self) -> None:
        """The same touch listed twice (lead, second, channel) counts once; bare dates cannot tell and stay.

        Hashes first: only rows whose hash stands twice are compared in full.
        """
        timed = "lead_no IS NOT NULL AND touched_at IS NOT NULL AND NOT touched_at_is_date"
        code = "hash(lead_no, touched_at, channel, is_human)"
        self._connection.execute(
            f"CREATE OR REPLACE TEMP TABLE repeated AS SELECT {code} AS code FROM touch_rows WHERE {timed} "
            "GROUP BY 1 HAVING count(*) > 1"
        )
        surplus = f"""
            SELECT place FROM (
                SELECT rowid AS place, row_number() OVER (
                    PARTITION BY lead_no, touched_at, channel, is_human ORDER BY touches DESC, rowid) AS rank
                FROM touch_rows WHERE {timed} AND {code} IN (SELECT code FROM repeated)
            ) WHERE rank > 1
        """
        count = 0
        if self._connection.execute("SELECT count(*) FROM repeated").fetchall()[0][0]:
            count = self._connection.execute(f"SELECT count(*) FROM ({surplus})").fetchall()[0][0]
        if count:
            self._connection.execute(f"DELETE FROM touch_rows WHERE rowid IN ({surplus})")
            sentence = f"{count} touches listed twice (same lead, second and channel) are counted once."
            self.notices.append(Notice("repeated_touches", sentence, count))

    def channel_number(self) -> str:
        """A small number per channel, NULL without one: what counting distinct channels needs."""
        kind = self._connection.execute("SELECT typeof(channel) FROM touch_rows LIMIT 1").fetchall()
        if kind and str(kind[0][0]).startswith("ENUM"):
            return "CAST(enum_code(channel) AS INTEGER)"
        return "CASE WHEN channel IS NOT NULL THEN CAST(dense_rank() OVER (ORDER BY channel) AS INTEGER) END"
