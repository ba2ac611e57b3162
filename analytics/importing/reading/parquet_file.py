"""Parquet files: child process, then the same last step as for text."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import duckdb

from analytics.importing.notices import RawTable
from analytics.importing.reading.child import run_worker
from analytics.importing.reading.columns import name_columns, refuse_long_names
from analytics.importing.reading.findings import Findings
from analytics.importing.reading.grid import (
    create_short,
    load_parquet,
    refuse_long_cells,
    refuse_no_rows,
    settle,
)
from analytics.importing.reading.limits import ReadLimits
from analytics.importing.reading.raw_facts import digest

REPEATED_ROWS = 100_000


def read_parquet_file(
    path: Path,
    findings: Findings,
    *,
    connection: duckdb.DuckDBPyConnection,
    table: str,
    staging: Path,
    limits: ReadLimits,
    progress: Callable[[str, float], None],
) -> RawTable:
    """Read a Parquet file; its rows are numbered from 1."""
    shown = findings.file_name
    findings.place = "row"
    progress("Reading the file", 0.1)
    sha256, size = digest(path)
    source, target = staging / "source.parquet", staging / "text.parquet"
    shutil.copyfile(path, source)
    request = {
        "kind": "parquet",
        "source": str(source),
        "target": str(target),
        "size": size,
        "columns": limits.columns,
        "rows": limits.rows,
        "unpacked_bytes": int(limits.unpacked_mb * 1_000_000),
        "repeated_rows": REPEATED_ROWS,
    }
    answer = run_worker(request, staging=staging, unpacked=size * 10, limits=limits, shown=shown)
    headers: list[str] = answer["headers"]
    refuse_long_names(headers, limits, shown, place="the schema")
    progress("Reading the rows", 0.7)
    load_parquet(connection, table, target, len(headers))
    create_short(connection, table, [])
    refuse_long_cells(connection, table, headers, findings, limits)
    left = settle(connection, table, headers, findings)
    columns = name_columns(headers, findings)
    refuse_no_rows(left, findings, where="the schema")
    if answer["nested"]:
        names = ", ".join(f"'{name}'" for name in answer["nested"][:10])
        findings.notice("nested", f"{shown}: column {names} holds lists or records; kept as JSON text.")
    if answer["aware"] and answer["naive"]:
        aware, naive = answer["aware"][0], answer["naive"][0]
        findings.notice(
            "mixed_zones",
            f"{shown}: column '{aware}' is in UTC and column '{naive}' has no zone; check in which zone it was written.",
        )
    progress("Read", 1.0)
    return RawTable(
        file_name=shown,
        sha256=sha256,
        size=size,
        kind="parquet",
        headers=columns.shown,
        repeated_headers=columns.repeated,
        table=table,
        records=left + len(findings.aside),
        aside=findings.aside,
        footer_texts=findings.footer_texts,
        notices=findings.notices,
    )
