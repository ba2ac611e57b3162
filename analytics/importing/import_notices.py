"""What an import tells about values: refused cells, merged spellings, unknown words, odd contacts and headers."""

from __future__ import annotations

import re

import duckdb

from analytics.importing.choices import Mapping
from analytics.importing.notices import Notice, RawTable
from analytics.importing.privacy import without_addresses
from analytics.importing.role_files import RoleFiles
from analytics.importing.stamp_columns import trimmed
from analytics.importing.typed import TypedTable
from analytics.schema import CLOCK_FIELDS, FIELDS, Kind, Role, label_of


def import_notices(
    connection: duckdb.DuckDBPyConnection,
    tables: list[RawTable],
    mapping: Mapping,
    typed: dict[Role, TypedTable],
) -> list[Notice]:
    """Every notice about values of the files, in the order of the files."""
    return _Notices(connection, tables, mapping).gather(typed)


class _Notices:
    """Collects notices over the raw and typed tables of one import."""

    def __init__(
        self, connection: duckdb.DuckDBPyConnection, tables: list[RawTable], mapping: Mapping
    ) -> None:
        self._connection = connection
        self._tables = tables
        self._files = RoleFiles(tables, mapping)
        self._mapping = mapping
        self.notices: list[Notice] = []

    def gather(self, typed: dict[Role, TypedTable]) -> list[Notice]:
        """All notices about values, after every column was read."""
        clock = next(name for name in CLOCK_FIELDS if self._mapping.source_of(name))
        for role, table in typed.items():
            for name, count in table.refused_counts.items():
                if role is Role.LEADS and name == clock:
                    continue
                cells = [cell for cell in table.refused if cell.field == name]
                kind = "date" if FIELDS[role][name].kind is Kind.STAMP else "number"
                self.notices.append(
                    Notice(
                        "refused_cells",
                        f"Column {cells[0].header}: {count} cells are no {kind} and are left empty; the first is "
                        f"'{cells[0].value[:40]}' in line {cells[0].line}.",
                        count,
                        tuple(cell.line for cell in cells[:20]),
                    )
                )
            self.notices += table.notices
            self.notices += _merge_notices(table)
            for name, codes in table.values.items():
                unknown = {
                    text: table.value_counts[name][text] for text, code in codes.items() if code == "unknown"
                }
                if unknown:
                    self.notices.append(
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
                    self.notices.append(self._date_only(role, name))
        self._damaged_phones()
        self._odd_emails()
        self._reserved_names()
        return self.notices

    def _date_only(self, role: Role, name: str) -> Notice:
        sentence = f"{label_of(name)} ({self._files.fields(role)[name]}) has dates without a time of day; each counts as 00:00"
        if name in (*CLOCK_FIELDS, "first_touch_at", "touched_at"):
            sentence += ", so waits in minutes cannot be computed from it, only bounds"
        return Notice("date_only", f"{sentence}.")

    def _odd_emails(self) -> None:
        header = self._files.fields(Role.LEADS).get("email")
        if header is None:
            return
        table = self._files.of(Role.LEADS)[0]
        raw = f"c{table.headers.index(header) + 1}"
        count, first = self._connection.execute(
            f"SELECT count(*), min(line) FROM {table.table} WHERE {raw} IS NOT NULL "
            f"AND (NOT {raw} LIKE '_%@%_._%' OR contains({raw}, ' ') OR {raw} LIKE '%@%@%') AND {trimmed(raw)} IS NOT NULL"
        ).fetchall()[0]
        if count:
            self.notices.append(
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
            self.notices.append(
                Notice(
                    "odd_header",
                    f"Column {marked[0][:60]} has a semicolon or dashes in its name; it is read as a name and nothing else.",
                    len(marked),
                )
            )
        if odd:
            self.notices.append(
                Notice(
                    "reserved_names",
                    f"Columns {', '.join(odd)} have names that programs reserve for themselves; they are kept as plain text.",
                    len(odd),
                )
            )

    def _damaged_phones(self) -> None:
        header = self._files.fields(Role.LEADS).get("phone")
        if header is None:
            return
        table = self._files.of(Role.LEADS)[0]
        raw = f"c{table.headers.index(header) + 1}"
        column = trimmed(raw)
        rows = self._connection.execute(
            f"SELECT line FROM {table.table} WHERE contains({raw}, 'E+') AND regexp_full_match({column}, '\\d[.,]\\d+E\\+\\d+') ORDER BY 1"
        ).fetchall()
        if rows:
            self.notices.append(
                Notice(
                    "damaged_phones",
                    f"Column {header}: {len(rows)} phone numbers were cut by a spreadsheet, the first in line {rows[0][0]}; "
                    "their digits are gone and nothing is made up.",
                    len(rows),
                    tuple(row[0] for row in rows[:20]),
                )
            )


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
