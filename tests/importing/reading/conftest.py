"""Reading a made file inside the same fences as the product: an engine that sees the staging directory only."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pytest

from analytics.importing.notices import RawTable
from analytics.importing.reading import ReadLimits, read_table
from tests.importing.reading.vocabulary import known_headers


@dataclass(frozen=True)
class Read:
    """A table that was read, with its rows and its short records."""

    raw: RawTable
    lines: list[int]
    rows: list[list[str | None]]
    short: list[tuple[int, int]]

    @property
    def codes(self) -> list[str]:
        return [notice.code for notice in self.raw.notices]

    @property
    def sentences(self) -> str:
        return "\n".join(notice.sentence for notice in self.raw.notices)

    @property
    def aside(self) -> list[tuple[int, str, str]]:
        return [(record.line, record.kind, record.reason) for record in self.raw.aside]


Reader = Callable[..., Read]


@pytest.fixture(scope="session")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[duckdb.DuckDBPyConnection, Path]]:
    """Yield an engine without access to files outside one folder, and that folder."""
    folder = tmp_path_factory.mktemp("uploads")
    with duckdb.connect(config={"threads": 2}) as connection:
        connection.execute(f"SET allowed_directories=['{folder}']")
        connection.execute("SET enable_external_access=false")
        yield connection, folder


@pytest.fixture
def read(engine: tuple[duckdb.DuckDBPyConnection, Path]) -> Reader:
    """Return a function that reads bytes or a path and checks what must hold for every file."""

    def reader(source: bytes | str | Path, name: str = "leads.csv", **options: object) -> Read:
        folder = Path(tempfile.mkdtemp(dir=engine[1]))
        path = source if isinstance(source, Path) else folder / "upload"
        if isinstance(source, str):
            path.write_bytes(source.encode())
        elif isinstance(source, bytes):
            path.write_bytes(source)
        staging = folder / "staging"
        staging.mkdir(mode=0o700)
        with engine[0].cursor() as connection:
            try:
                raw = read_table(
                    path,
                    name,
                    connection=connection,
                    table="raw",
                    staging=staging,
                    known_headers=known_headers,
                    **{"limits": ReadLimits(), **options},
                )
            except BaseException:
                tables = connection.execute(
                    "SELECT table_name FROM duckdb_tables() WHERE table_name LIKE 'raw%'"
                ).fetchall()
                assert tables == [], "a refused file leaves no table"
                raise
            finally:
                assert list(staging.iterdir()) == [], "staging is empty afterwards"
            names = [row[0] for row in connection.execute("DESCRIBE raw").fetchall()]
            assert names == ["line", *(f"c{i}" for i in range(1, len(raw.headers) + 1))]
            assert len(set(raw.headers)) == len(raw.headers)
            found = connection.execute("SELECT * FROM raw ORDER BY line").fetchall()
            short = connection.execute("SELECT line, fields FROM raw_short ORDER BY line").fetchall()
            connection.execute("DROP TABLE raw")
            connection.execute("DROP TABLE raw_short")
        assert raw.records == len(found) + len(raw.aside), "nobody disappears"
        lines = [row[0] for row in found]
        assert len(set(lines)) == len(lines)
        assert not set(lines) & {record.line for record in raw.aside}
        assert {line for line, _ in short} <= set(lines)
        assert not any(cell == "" for row in found for cell in row[1:])
        json.dumps([notice.sentence for notice in raw.notices])
        return Read(raw, lines, [list(row[1:]) for row in found], [tuple(row) for row in short])

    return reader
