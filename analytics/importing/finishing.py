"""The second half of an import: typed tables, rejects, joins, as_of, fingerprint, and the snapshot's files."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb
import polars as pl

from analytics.errors import FileRefusedError, QuestionOpenError
from analytics.importing import as_of as extract_time
from analytics.importing.assemble import Assembler
from analytics.importing.choices import IMPORTER_VERSION, Choices, DateOrder, Mapping, fingerprint
from analytics.importing.notices import Notice, RawTable
from analytics.importing.privacy import without_addresses
from analytics.importing.stamp_columns import trimmed
from analytics.importing.typed import TypedTable, same_header, type_table
from analytics.schema import CLOCK_FIELDS, FIELDS, Kind, Role, label_of
from analytics.store.manifest import FileFacts, Manifest
from analytics.store.workspace import Workspace
from analytics.warehouse import literal

REJECT_SHARE = 0.05
_PARQUET = "(FORMAT parquet, COMPRESSION snappy, ROW_GROUP_SIZE 122880)"


class Finisher:
    """One run from raw tables to a published snapshot."""

    def __init__(
        self,
        connection: duckdb.DuckDBPyConnection,
        workspace: Workspace,
        folder: Path,
        tables: list[RawTable],
        mapping: Mapping,
        choices: Choices,
    ) -> None:
        """``folder`` is the import's private folder; the snapshot grows in a folder inside it."""
        self._connection = connection
        self._workspace = workspace
        self._folder = folder
        self._tables = tables
        self._mapping = mapping
        self._choices = choices
        self._notices: list[Notice] = []

    def run(
        self, say: Callable[[str, float], None], check: Callable[[], None], *, is_sample: bool
    ) -> Manifest:
        """Type, assemble, store; ``check`` raises when the import was cancelled."""
        typed: dict[Role, TypedTable] = {}
        extras = {f"extra_{n}": header for n, header in enumerate(self._mapping.kept, start=1)}
        for role in dict.fromkeys(self._mapping.roles):
            check()
            say(f"reading dates, numbers and words of the {role}", 0.5 + 0.1 * len(typed))
            typed[role] = type_table(
                self._connection, role, self._files(role), self._used_fields(role),
                extras if role is Role.LEADS else {}, self._choices,
            )  # fmt: skip
        self._complete_mapping(typed)
        assembler = Assembler(self._connection, self._mapping, typed, self._workspace.secret())
        check()
        say("joining", 0.8)
        assembler.set_bad_rows_aside([f"{table.table}_short" for table in self._files(Role.LEADS)])
        self._refuse_if_bad(assembler)
        assembler.drop_duplicates()
        self._keys(typed)
        assembler.join_opportunities()
        moment, source = self._as_of(assembler, typed)
        check()
        assembler.later_than(moment)
        say("writing the snapshot", 0.9)
        self._name_refused(typed)
        manifest = self._manifest(assembler, typed, extras, moment, source, is_sample=is_sample)
        return self._publish(assembler, typed, manifest, check)

    def _files(self, role: Role) -> list[RawTable]:
        return [table for table, at in zip(self._tables, self._mapping.roles, strict=True) if at is role]

    def _fields(self, role: Role) -> dict[str, str]:
        return self._mapping.fields.get(role, {})

    def _used_fields(self, role: Role) -> dict[str, str]:
        """The fields that are read; the owner of a single touch is not kept."""
        fields = self._fields(role)
        return {
            name: header for name, header in fields.items() if role is not Role.TOUCHES or name != "owner"
        }

    def _complete_mapping(self, typed: dict[Role, TypedTable]) -> None:
        values: dict[str, dict[str, str]] = {}
        orders: dict[str, str] = {}
        for table in typed.values():
            values |= table.values
            orders |= table.date_orders
        self._mapping = dataclasses.replace(self._mapping, values=values, date_orders=orders)

    def _refuse_if_bad(self, assembler: Assembler) -> None:
        """More than 5 % rejected rows need a person's word; no row with a clock start cannot be helped."""
        files = self._files(Role.LEADS)
        aside = [record for table in files for record in table.aside if record.kind == "reject"]
        rejects = [
            (record.line, record.reason, record.column, record.value, 0) for record in aside
        ] + assembler.result.rejects
        if not rejects:
            return
        rows = sum(table.records - sum(record.kind == "footer" for record in table.aside) for table in files)
        line, reason, column, value, _ = min(rejects)
        at = f"line {line}" + (f", column {column}: '{value[:40]}'" if value else f": {reason}")
        name = files[0].file_name
        if len(rejects) >= rows:
            raise FileRefusedError(
                f"{name}: {len(rejects)} of {rows} rows cannot be read (first {at}; {reason}); "
                "check the date column and export again."
            )
        if len(rejects) / rows > REJECT_SHARE and not self._choices.accept_rejects:
            raise QuestionOpenError(
                f"{name}: {len(rejects)} of {rows} rows cannot be read, more than 5 % (first {at}, {reason}); "
                "mend the file, or go on without them (--accept-rejects).",
                question="rejects",
                options=("go on without them",),
            )

    def _keys(self, typed: dict[Role, TypedTable]) -> None:
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
            for number, table in enumerate(self._files(role))
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
        by_id = right_header == self._fields(Role.TOUCHES).get("lead_id")
        if not by_id:
            self._key_table("touch_keys", Role.TOUCHES, right_header)
        if left_header == self._fields(Role.LEADS)["lead_id"]:
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

        Hashes first: equal numbers of rows and of hashes prove that nothing is repeated, at a tenth of the cost.
        """
        timed = "lead_no IS NOT NULL AND touched_at IS NOT NULL AND NOT touched_at_is_date"
        rows, hashes = self._connection.execute(
            f"SELECT count(*), count(DISTINCT hash(lead_no, touched_at, channel, is_human)) FROM touch_rows WHERE {timed}"
        ).fetchall()[0]
        if rows == hashes:
            return
        self._connection.execute(
            f"""
            CREATE OR REPLACE TEMP TABLE touch_once AS
            SELECT lead_no, touched_at, touched_at_is_date, channel, is_human, max(touches) AS touches
            FROM touch_rows WHERE {timed} GROUP BY ALL
            UNION ALL
            SELECT lead_no, touched_at, touched_at_is_date, channel, is_human, touches
            FROM touch_rows WHERE NOT coalesce({timed}, false)
            """
        )
        before, after = self._connection.execute(
            "SELECT (SELECT count(*) FROM touch_rows), (SELECT count(*) FROM touch_once)"
        ).fetchall()[0]
        self._connection.execute("CREATE OR REPLACE TEMP TABLE touch_rows AS SELECT * FROM touch_once")
        if before > after:
            sentence = (
                f"{before - after} touches listed twice (same lead, second and channel) are counted once."
            )
            self._notices.append(Notice("repeated_touches", sentence, before - after))

    def _as_of(self, assembler: Assembler, typed: dict[Role, TypedTable]) -> tuple[datetime, str]:
        """The flag or field, else the file's own word, else the latest stamp."""
        if self._choices.as_of is not None:
            return self._choices.as_of, "chosen at import"
        files = self._files(Role.LEADS)
        footers = [text for table in files for text in table.footer_texts]
        found = next(iter(typed[Role.LEADS].date_orders.values()), self._choices.date_order)
        order: DateOrder | None = "dmy" if found == "dmy" else "mdy" if found == "mdy" else None
        said = extract_time.from_file(
            [table.file_name for table in files], footers, self._choices.zone, order
        )
        if said:
            return said
        latest = extract_time.from_stamps(self._connection, assembler.stamps_for_as_of())
        if latest is None:
            return datetime(1970, 1, 1), "no date in the files"
        return latest, "the latest stamp in the files"

    def _name_refused(self, typed: dict[Role, TypedTable]) -> None:
        clock = next(name for name in CLOCK_FIELDS if self._mapping.source_of(name))
        for role, table in typed.items():
            for name, count in table.refused_counts.items():
                if role is Role.LEADS and name == clock:
                    continue
                cells = [cell for cell in table.refused if cell.field == name]
                kind = "date" if FIELDS[role][name].kind is Kind.STAMP else "number"
                self._notices.append(
                    Notice(
                        "refused_cells",
                        f"Column {cells[0].header}: {count} cells are no {kind} and are left empty; the first is "
                        f"'{cells[0].value[:40]}' in line {cells[0].line}.",
                        count,
                        tuple(cell.line for cell in cells[:20]),
                    )
                )
            self._notices += table.notices
            self._notices += _merge_notices(table)
            for name, codes in table.values.items():
                unknown = {
                    text: table.value_counts[name][text] for text, code in codes.items() if code == "unknown"
                }
                if unknown:
                    self._notices.append(
                        Notice(
                            "unknown_words",
                            f"{label_of(name)}: {len(unknown)} words have no code and count as no decision: "
                            + ", ".join(
                                f"{without_addresses(text)[:30]} ({rows})"
                                for text, rows in sorted(unknown.items(), key=lambda i: -i[1])[:8]
                            )
                            + ".",
                            sum(unknown.values()),
                        )
                    )
            for name in sorted(table.date_only):
                if name in FIELDS[role] and name not in ("month", "modified_at"):
                    self._notices.append(
                        Notice(
                            "date_only",
                            f"{label_of(name)} ({self._fields(role)[name]}) has dates without a time of day: response in minutes cannot be computed from it, only bounds.",
                        )
                    )
        self._damaged_phones()
        self._odd_emails()
        self._reserved_names()

    def _odd_emails(self) -> None:
        header = self._fields(Role.LEADS).get("email")
        if header is None:
            return
        table = self._files(Role.LEADS)[0]
        raw = f"c{table.headers.index(header) + 1}"
        count, first = self._connection.execute(
            f"SELECT count(*), min(line) FROM {table.table} WHERE {raw} IS NOT NULL "
            f"AND (NOT {raw} LIKE '_%@%_._%' OR contains({raw}, ' ') OR {raw} LIKE '%@%@%') AND {trimmed(raw)} IS NOT NULL"
        ).fetchall()[0]
        if count:
            self._notices.append(
                Notice(
                    "odd_emails",
                    f"Column {header}: {count} cells do not look like an e-mail address (first in line {first}); the leads are kept.",
                    count,
                    (first,),
                )
            )

    def _reserved_names(self) -> None:
        odd = [
            h
            for table in self._tables
            for h in table.headers
            if h.strip() in ("__proto__", "constructor", "prototype", "toString")
        ]
        marked = [h for table in self._tables for h in table.headers if re.search(r";|--|`", h)]
        if marked:
            self._notices.append(
                Notice(
                    "odd_header",
                    f"Column {marked[0][:60]} has a semicolon or dashes in its name; it is read as a name and nothing else.",
                    len(marked),
                )
            )
        if odd:
            self._notices.append(
                Notice(
                    "reserved_names",
                    f"Columns {', '.join(odd)} have names that programs reserve for themselves; they are kept as plain text.",
                    len(odd),
                )
            )

    def _damaged_phones(self) -> None:
        header = self._fields(Role.LEADS).get("phone")
        if header is None:
            return
        table = self._files(Role.LEADS)[0]
        raw = f"c{table.headers.index(header) + 1}"
        column = trimmed(raw)
        rows = self._connection.execute(
            f"SELECT line FROM {table.table} WHERE contains({raw}, 'E+') AND regexp_full_match({column}, '\\d[.,]\\d+E\\+\\d+') ORDER BY 1"
        ).fetchall()
        if rows:
            self._notices.append(
                Notice(
                    "damaged_phones",
                    f"Column {header}: {len(rows)} phone numbers were cut by a spreadsheet, the first in line {rows[0][0]}; "
                    "their digits are gone and nothing is made up.",
                    len(rows),
                    tuple(row[0] for row in rows[:20]),
                )
            )

    def _manifest(
        self, assembler: Assembler, typed: dict[Role, TypedTable], extras: dict[str, str],
        moment: datetime, source: str, *, is_sample: bool,
    ) -> Manifest:  # fmt: skip
        hashes = [f"{table.sha256} {table.sheet}" if table.sheet else table.sha256 for table in self._tables]
        code = fingerprint(hashes, self._mapping, self._choices.zone, moment)
        leads_files = self._files(Role.LEADS)
        duplicates = len(assembler.result.duplicates)
        rejected = len(assembler.result.rejects) + sum(
            r.kind == "reject" for t in leads_files for r in t.aside
        )
        footers = sum(r.kind == "footer" for t in leads_files for r in t.aside)
        leads, without = assembler.count_leads(moment)
        if without:
            header = assembler.clock_header()
            self._notices.append(
                Notice(
                    "no_clock",
                    f"{without} of {leads} leads have no clock start (column {header} is empty for them) and stand outside every cohort.",
                    without,
                )
            )
        rows_read = sum(table.records for table in leads_files)
        if rows_read != leads + duplicates + rejected + footers:
            raise AssertionError(
                f"rows do not add up: {rows_read} read, {leads} leads, {duplicates} duplicates, {rejected} rejected, {footers} footers"
            )
        return Manifest(
            fingerprint=code,
            imported_at=utc_now(),
            as_of=moment,
            as_of_source=source,
            zone=self._choices.zone,
            files=tuple(
                self._file_facts(table, role)
                for table, role in zip(self._tables, self._mapping.roles, strict=True)
            ),
            rows_read=rows_read,
            leads=leads,
            duplicates=duplicates,
            rejected=rejected,
            footers=footers,
            without_clock=without,
            clock_field=assembler.clock_field,
            clock_starts_at=label_of(assembler.clock_field),
            fields=tuple(
                sorted(
                    {
                        name
                        for role, fields in self._mapping.fields.items()
                        if role is not Role.SPEND
                        for name in fields
                    }
                )
            ),
            columns=self._columns(),
            mapping=self._mapping.canonical() | {"values": self._shown_values()},
            values=self._shown_values(),
            merges=[
                [m.field, m.shown, [list(s) for s in m.spellings]] for t in typed.values() for m in t.merges
            ],
            extra_columns=extras,
            notices=tuple(
                [n for t in self._tables for n in t.notices] + assembler.result.notices + self._notices
            ),
            stored={},
            facts=self._facts(assembler, typed),
            keep_personal=self._choices.keep_personal,
            is_sample=is_sample,
            importer_version=IMPORTER_VERSION,
        )

    def _shown_values(self) -> dict[str, dict[str, str]]:
        """The words of the coded columns as they are stored: without addresses, unless personal data is kept."""
        if self._choices.keep_personal:
            return self._mapping.values
        return {
            name: {without_addresses(text): code for text, code in codes.items()}
            for name, codes in self._mapping.values.items()
        }

    def _columns(self) -> dict[str, str]:
        """Lead field -> "role.Header" of the column that brings it; touches' own columns behind their role."""
        found = {}
        for role, fields in self._mapping.fields.items():
            for name, header in fields.items():
                if role in (Role.TOUCHES, Role.SPEND):
                    found[f"{role}.{name}"] = f"{role}.{header}"
                elif role is Role.LEADS or name not in ("lead_id", "opportunity_id"):
                    found[name] = f"{role}.{header}"
        return found

    def _file_facts(self, table: RawTable, role: Role) -> FileFacts:
        return FileFacts(
            name=table.file_name, role=str(role), sha256=table.sha256, size=table.size, rows_read=table.records,
            rows_used=table.records - len(table.aside), set_aside=len(table.aside), sheet=table.sheet,
        )  # fmt: skip

    def _facts(self, assembler: Assembler, typed: dict[Role, TypedTable]) -> dict[str, Any]:
        facts: dict[str, Any] = dict(assembler.result.facts)
        facts["date_only"] = sorted(name for table in typed.values() for name in table.date_only)
        if Role.TOUCHES in typed:
            total, lost, dated = self._connection.execute(
                "SELECT count(*), count(*) FILTER (WHERE lead_no IS NULL), count(touched_at) FROM touch_rows"
            ).fetchall()[0]
            facts |= {"touches": total, "touches_without_lead": lost, "touches_dated": dated}
            if lost:
                self._notices.append(
                    Notice(
                        "unmatched_touches", f"{lost} of {total} touches belong to no lead of the file.", lost
                    )
                )
        return facts

    def _publish(
        self,
        assembler: Assembler,
        typed: dict[Role, TypedTable],
        manifest: Manifest,
        check: Callable[[], None],
    ) -> Manifest:
        manifest = dataclasses.replace(
            manifest, notices=(*manifest.notices, *(n for n in self._notices if n not in manifest.notices))
        )
        target = self._folder / "snapshot"
        target.mkdir(mode=0o700)
        self._copy(
            assembler.final_query(manifest.as_of, self._choices.keep_personal), target / "leads.parquet"
        )
        check()
        if Role.TOUCHES in typed:
            self._copy(
                f"SELECT lead_no, touched_at, channel, {self._channel_number()} AS channel_no, is_human, touches FROM touch_rows "
                f"WHERE lead_no IS NOT NULL AND (touched_at IS NULL OR touched_at <= TIMESTAMP '{manifest.as_of.isoformat(sep=' ')}')",
                target / "touches.parquet",
            )
        if Role.SPEND in typed:
            columns = [c for c in ("source", "month", "amount") if c in typed[Role.SPEND].columns]
            self._copy(f"SELECT {', '.join(columns)} FROM t_spend", target / "spend.parquet")
        self._aside(assembler, typed).write_parquet(target / "aside.parquet")
        check()
        return self._workspace.publish(target, manifest)

    def _channel_number(self) -> str:
        """A small number per channel, NULL without one: what counting distinct channels needs."""
        kind = self._connection.execute("SELECT typeof(channel) FROM touch_rows LIMIT 1").fetchall()
        if kind and str(kind[0][0]).startswith("ENUM"):
            return "CAST(enum_code(channel) AS INTEGER)"
        return "CASE WHEN channel IS NOT NULL THEN CAST(dense_rank() OVER (ORDER BY channel) AS INTEGER) END"

    def _copy(self, query: str, path: Path) -> None:
        self._connection.execute(f"COPY ({query}) TO {literal(str(path))} {_PARQUET}")

    def _aside(self, assembler: Assembler, typed: dict[Role, TypedTable]) -> pl.DataFrame:
        """Every record that is no lead and every refused cell: file, line, kind, column, value, reason."""
        rows: list[tuple[str, int, str, str, str, str]] = []
        for table in self._tables:
            rows += [(table.file_name, r.line, r.kind, r.column, r.value, r.reason) for r in table.aside]
        leads = [table.file_name for table in self._files(Role.LEADS)]
        rows += [
            (leads[file], line, "reject", column, value, reason)
            for line, reason, column, value, file in assembler.result.rejects
        ]
        rows += [
            (leads[file], line, "duplicate", "", lead_id, reason)
            for line, lead_id, reason, file in assembler.result.duplicates
        ]
        clock = assembler.clock_field
        for role, table_typed in typed.items():
            names = [table.file_name for table in self._files(role)]
            rows += [
                (
                    names[cell.file_no],
                    cell.line,
                    "cell",
                    cell.header,
                    cell.value[:200],
                    "no value of its kind; left empty",
                )
                for cell in table_typed.refused
                if not (role is Role.LEADS and cell.field == clock)
            ]
        schema = {
            "file": pl.String,
            "row": pl.Int64,
            "kind": pl.String,
            "column": pl.String,
            "value": pl.String,
            "reason": pl.String,
        }
        return pl.DataFrame(rows, schema=schema, orient="row").sort("file", "row")


def _merge_notices(table: TypedTable) -> list[Notice]:
    """One notice per field whose spellings were brought together; the manifest lists every merge."""
    found: dict[str, list[str]] = {}
    for merge in table.merges:
        spellings = {text.strip(): rows for text, rows in merge.spellings}
        if len(spellings) > 1:
            told = " and ".join(f"{text[:40]} ({rows})" for text, rows in list(spellings.items())[:4])
            found.setdefault(merge.field, []).append(f"{told} as {merge.shown[:40]}")
    return [
        Notice(
            "merged_spellings",
            f"{label_of(name)}: spellings counted as one in {len(told)} cases: {'; '.join(told[:4])}"
            + (f"; and {len(told) - 4} more in the manifest." if len(told) > 4 else "."),
            len(told),
        )
        for name, told in found.items()
    ]


def utc_now() -> datetime:
    """The clock, for the manifest only."""
    return datetime.now(UTC).replace(tzinfo=None, microsecond=0)
