"""The one door to the engine: opens DuckDB locked down, runs counting queries, and quotes constants for it."""

from __future__ import annotations

import re
import threading
import time
from collections import OrderedDict
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import duckdb
import polars as pl

from analytics.errors import CancelledError, WorkspaceError

QUERY_MEMORY = "1GB"
QUERY_MILLISECONDS = 10_000
IMPORT_MEMORY = "2.5GB"
MAX_TABLES = 24
LEAST_REST_SECONDS = 60.0
"""A derived table stays at least so long after its last use: somebody may be counting over it right now."""
_NAME = re.compile(r"[a-z_][a-z0-9_]*")
_LOCKED = {
    "autoinstall_known_extensions": "false",
    "autoload_known_extensions": "false",
    "allow_community_extensions": "false",
    "allow_persistent_secrets": "false",
    "python_enable_replacements": "false",
    "preserve_insertion_order": "true",
    "threads": "2",
}


def literal(text: str) -> str:
    """A text constant as query text. The one function that quotes values which cannot be bound."""
    if "\x00" in text:
        raise ValueError("a query constant cannot hold NUL")
    return "'" + text.replace("'", "''") + "'"


def identifier(name: str) -> str:
    """A column or table name as query text. The one function that quotes names."""
    if "\x00" in name or not name:
        raise ValueError("a name cannot be empty or hold NUL")
    return '"' + name.replace('"', '""') + '"'


def plain_name(name: str) -> str:
    """A name of ours that needs no quotes; raises ``ValueError`` for anything else."""
    if not _NAME.fullmatch(name):
        raise ValueError(f"not a plain name: {name!r}")
    return name


def open_import_engine(staging: Path) -> duckdb.DuckDBPyConnection:
    """An engine of its own for one import: more memory, no time limit, files only inside ``staging``.

    ``connection.interrupt()`` from another thread cancels it.
    """
    connection = duckdb.connect(":memory:", config={**_LOCKED, "memory_limit": IMPORT_MEMORY})
    connection.execute("SET TimeZone = 'UTC'")
    connection.execute(f"SET temp_directory = {literal(str(staging / 'spill'))}")
    connection.execute("SET max_temp_directory_size = '20GB'")
    connection.execute(f"SET allowed_directories = [{literal(str(staging))}]")
    connection.execute("SET enable_external_access = false")
    connection.execute("SET lock_configuration = true")
    return connection


class Warehouse:
    """Snapshots opened for counting: one root connection per process, one cursor per call, locked configuration.

    Parquet files are read only below ``root``. Tables derived from snapshots (cohorts) are kept by name, the least
    recently used go first. Safe to use from many threads.
    """

    def __init__(self, root: Path, *, milliseconds: int = QUERY_MILLISECONDS) -> None:
        """Open the engine for snapshots below ``root``; queries stop after ``milliseconds``."""
        self.root = root.resolve()
        self._connection = duckdb.connect(":memory:", config={**_LOCKED, "memory_limit": QUERY_MEMORY})
        self._milliseconds = milliseconds
        self._tables: OrderedDict[str, dict[str, pl.DataFrame]] = OrderedDict()
        self._used_at: dict[str, float] = {}
        self._lock = threading.RLock()
        for setting in (
            "SET TimeZone = 'UTC'",
            "SET max_temp_directory_size = '4GB'",
            f"SET allowed_directories = [{literal(str(self.root))}]",
            "SET enable_external_access = false",
            "SET allowed_configs = ['max_execution_time']",
            "SET lock_configuration = true",
        ):
            self._connection.execute(setting)

    def run(self, query: str, params: Mapping[str, Any] | None = None) -> pl.DataFrame:
        """Run one query with bound parameters and return its (small) result.

        Raises:
            CancelledError: the query took longer than the limit.
            WorkspaceError: the engine is broken (disk full, damaged file).
        """
        with self._connection.cursor() as cursor:
            cursor.execute(f"SET max_execution_time = {int(self._milliseconds)}")
            try:
                frame: pl.DataFrame = cursor.sql(query, params=_used(query, params)).pl()
                return frame
            except duckdb.InterruptException as error:
                raise CancelledError(
                    "The question took too long to count; choose a shorter period."
                ) from error
            except (duckdb.FatalException, duckdb.IOException) as error:
                raise WorkspaceError(f"The stored data cannot be read: {_first_line(error)}") from error

    def table(
        self,
        name: str,
        query: str,
        params: Mapping[str, Any] | None = None,
        frames: Mapping[str, pl.DataFrame] | None = None,
    ) -> str:
        """Make sure a derived table exists and return its name; ``query`` runs only the first time.

        Args:
            name: plain name that determines the content (hashes of snapshot, contract, filters).
            query: a SELECT over snapshot files, other tables and ``frames``.
            params: bound parameters.
            frames: small tables made visible to this query under their names.
        """
        plain_name(name)
        with self._lock:
            self._used_at[name] = time.monotonic()
            if name in self._tables:
                self._tables.move_to_end(name)
                return name
            with self._connection.cursor() as cursor:
                for frame_name, frame in (frames or {}).items():
                    cursor.register(plain_name(frame_name), frame)
                try:
                    cursor.execute(f"CREATE OR REPLACE TABLE {name} AS {query}", _used(query, params))
                except (duckdb.FatalException, duckdb.IOException) as error:
                    raise WorkspaceError(f"The stored data cannot be read: {_first_line(error)}") from error
                finally:
                    for frame_name in frames or {}:
                        cursor.unregister(frame_name)
                self._tables[name] = {}
                self._drop_rested(cursor)
        return name

    def _drop_rested(self, cursor: duckdb.DuckDBPyConnection) -> None:
        """Drop the least recently used tables beyond the limit, but none that was used a moment ago."""
        now = time.monotonic()
        for name in list(self._tables)[: max(0, len(self._tables) - MAX_TABLES)]:
            if now - self._used_at[name] >= LEAST_REST_SECONDS:
                del self._tables[name], self._used_at[name]
                cursor.execute(f"DROP TABLE IF EXISTS {name}")

    def run_once(self, table: str, query: str) -> pl.DataFrame:
        """The small result of a query over a derived table, kept as long as the table: it never changes."""
        with self._lock:
            known = self._tables.get(table, {}).get(query)
        if known is not None:
            return known
        frame = self.run(query)
        with self._lock:
            if table in self._tables:
                self._tables[table][query] = frame
        return frame

    def parquet(self, path: Path) -> str:
        """A snapshot file as a relation in query text; only files below ``root``."""
        resolved = path.resolve()
        if not resolved.is_relative_to(self.root):
            raise WorkspaceError("A snapshot file lies outside the workspace.")
        return f"read_parquet({literal(str(resolved))})"

    def close(self) -> None:
        """Close the engine."""
        self._connection.close()


def _used(query: str, params: Mapping[str, Any] | None) -> dict[str, Any]:
    """Only the parameters a query names: the engine refuses surplus ones."""
    names = set(re.findall(r"\$([a-z_][a-z0-9_]*)", query))
    return {name: value for name, value in (params or {}).items() if name in names}


def _first_line(error: Exception) -> str:
    return str(error).splitlines()[0][:200]
