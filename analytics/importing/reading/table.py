"""The one door to reading: a file of unknown content in, a table of text out."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path, PurePath

import duckdb

from analytics.errors import FileRefusedError
from analytics.importing.notices import RawTable
from analytics.importing.reading.delimited import read_delimited
from analytics.importing.reading.display_name import display_name, refuse_dangerous_ending
from analytics.importing.reading.findings import Findings
from analytics.importing.reading.grid import quoted
from analytics.importing.reading.limits import ReadLimits
from analytics.importing.reading.parquet_file import read_parquet_file
from analytics.importing.reading.sniffing import Content, content_of
from analytics.importing.reading.workbook import read_workbook

_ENDINGS: dict[Content, tuple[frozenset[str], str]] = {
    "text": (
        frozenset({".xlsx", ".xlsm", ".xlsb", ".xls", ".ods", ".parquet", ".pq", ".zip", ".gz", ".json"}),
        "delimited text",
    ),
    "zip": (
        frozenset({".csv", ".tsv", ".txt", ".tab", ".parquet", ".pq", ".xls", ".zip"}),
        "an Excel workbook",
    ),
    "parquet": (frozenset({".csv", ".tsv", ".txt", ".tab", ".xlsx", ".xls"}), "a Parquet file"),
}


def read_table(
    path: Path,
    file_name: str,
    *,
    connection: duckdb.DuckDBPyConnection,
    table: str,
    staging: Path,
    sheet: str | None = None,
    known_headers: Callable[[str], bool],
    limits: ReadLimits | None = None,
    progress: Callable[[str, float], None] | None = None,
) -> RawTable:
    """Read a file into ``table`` (``line BIGINT, c1 … cN VARCHAR``) and ``<table>_short (line, fields)``.

    Args:
        path: the file; it is only read.
        file_name: the name it was uploaded under; shown, never used as a path.
        connection: import connection that may read files in ``staging``.
        table: name of the table to create; an existing one is replaced.
        staging: private directory for temporary files, which are removed again.
        sheet: the sheet to read of a workbook; by default the first one that holds a table.
        known_headers: tells whether a trimmed text is a column name the product knows.
        limits: largest accepted sizes.
        progress: is told what is being done and the share that is finished (0 to 1); it may raise to cancel.

    Raises:
        FileRefusedError: the file cannot be read as it is.
        QuestionOpenError: the named sheet does not exist.
    """
    limits = limits or ReadLimits()
    tell = progress or (lambda _text, _share: None)
    refuse_dangerous_ending(file_name)
    findings = Findings(display_name(file_name))
    size = path.stat().st_size
    if size > limits.upload_mb * 1_000_000:
        raise FileRefusedError(
            f"{findings.file_name}: the file has {size / 1_000_000:,.1f} MB, the limit is {limits.upload_mb:g} MB; "
            "export a shorter period."
        )
    content = content_of(path, findings.file_name)
    before = set(staging.iterdir())
    try:
        _note_ending(file_name, content, findings)
        if content == "zip":
            return read_workbook(
                path,
                findings,
                connection=connection,
                table=table,
                staging=staging,
                sheet=sheet,
                known_headers=known_headers,
                limits=limits,
                progress=tell,
            )
        if content == "parquet":
            return read_parquet_file(
                path,
                findings,
                connection=connection,
                table=table,
                staging=staging,
                limits=limits,
                progress=tell,
            )
        return read_delimited(
            path,
            findings,
            connection=connection,
            table=table,
            staging=staging,
            known_headers=known_headers,
            limits=limits,
            progress=tell,
        )
    except BaseException:
        for name in (table, f"{table}_short"):
            connection.execute(f"DROP TABLE IF EXISTS {quoted(name)}")
        raise
    finally:
        for left in set(staging.iterdir()) - before:
            left.unlink(missing_ok=True)


def _note_ending(file_name: str, content: Content, findings: Findings) -> None:
    """Note a name whose ending says something else than the content."""
    endings, what = _ENDINGS[content]
    ending = PurePath(display_name(file_name)).suffix.lower()
    if ending in endings:
        findings.notice(
            "other_content",
            f"{findings.file_name}: the name ends in {ending}, but the content is {what}; read as such.",
        )
