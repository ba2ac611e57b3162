"""The second half of an import: typed tables, rejects, joins, as_of, fingerprint, and the snapshot's files."""

from __future__ import annotations

import dataclasses
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
from analytics.importing.import_notices import import_notices
from analytics.importing.links import Linker
from analytics.importing.notices import Notice, RawTable
from analytics.importing.privacy import without_addresses
from analytics.importing.role_files import RoleFiles
from analytics.importing.typed import TypedTable, type_table
from analytics.schema import Role, label_of
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
        self._files = RoleFiles(tables, mapping)
        self._mapping = mapping
        self._choices = choices
        self._notices: list[Notice] = []
        self._linker = Linker(connection, tables, mapping)

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
                self._connection, role, self._files.of(role), self._used_fields(role),
                extras if role is Role.LEADS else {}, self._choices,
            )  # fmt: skip
        self._complete_mapping(typed)
        assembler = Assembler(self._connection, self._mapping, typed, self._workspace.secret())
        check()
        say("joining", 0.8)
        assembler.set_bad_rows_aside([f"{table.table}_short" for table in self._files.of(Role.LEADS)])
        self._refuse_if_bad(assembler)
        assembler.drop_duplicates()
        self._linker.link(typed)
        assembler.join_opportunities()
        moment, source = self._as_of(assembler, typed)
        check()
        assembler.later_than(moment)
        say("writing the snapshot", 0.9)
        self._notices += self._linker.notices
        self._notices += import_notices(self._connection, self._tables, self._mapping, typed)
        manifest = self._manifest(assembler, typed, extras, moment, source, is_sample=is_sample)
        return self._publish(assembler, typed, manifest, check)

    def _used_fields(self, role: Role) -> dict[str, str]:
        """The fields that are read; the owner of a single touch is not kept."""
        fields = self._files.fields(role)
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
        files = self._files.of(Role.LEADS)
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

    def _as_of(self, assembler: Assembler, typed: dict[Role, TypedTable]) -> tuple[datetime, str]:
        """The flag or field, else the file's own word, else the latest stamp."""
        if self._choices.as_of is not None:
            return self._choices.as_of, "chosen at import"
        files = self._files.of(Role.LEADS)
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

    def _manifest(
        self, assembler: Assembler, typed: dict[Role, TypedTable], extras: dict[str, str],
        moment: datetime, source: str, *, is_sample: bool,
    ) -> Manifest:  # fmt: skip
        hashes = [f"{table.sha256} {table.sheet}" if table.sheet else table.sha256 for table in self._tables]
        code = fingerprint(hashes, self._mapping, self._choices.zone, moment)
        leads_files = self._files.of(Role.LEADS)
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
                f"SELECT lead_no, touched_at, channel, {self._linker.channel_number()} AS channel_no, is_human, touches FROM touch_rows "
                f"WHERE lead_no IS NOT NULL AND (touched_at IS NULL OR touched_at <= TIMESTAMP '{manifest.as_of.isoformat(sep=' ')}')",
                target / "touches.parquet",
            )
        if Role.SPEND in typed:
            columns = [c for c in ("source", "month", "amount") if c in typed[Role.SPEND].columns]
            self._copy(f"SELECT {', '.join(columns)} FROM t_spend", target / "spend.parquet")
        self._aside(assembler, typed).write_parquet(target / "aside.parquet")
        check()
        return self._workspace.publish(target, manifest)

    def _copy(self, query: str, path: Path) -> None:
        self._connection.execute(f"COPY ({query}) TO {literal(str(path))} {_PARQUET}")

    def _aside(self, assembler: Assembler, typed: dict[Role, TypedTable]) -> pl.DataFrame:
        """Every record that is no lead and every refused cell: file, line, kind, column, value, reason."""
        rows: list[tuple[str, int, str, str, str, str]] = []
        for table in self._tables:
            rows += [(table.file_name, r.line, r.kind, r.column, r.value, r.reason) for r in table.aside]
        leads = [table.file_name for table in self._files.of(Role.LEADS)]
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
            names = [table.file_name for table in self._files.of(role)]
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


def utc_now() -> datetime:
    """The clock, for the manifest only."""
    return datetime.now(UTC).replace(tzinfo=None, microsecond=0)
