"""The records database: opens it, brings it up to date, translates its errors; the store alone speaks SQLAlchemy."""

from __future__ import annotations

import contextlib
import os
import stat
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, MetaData, create_engine, event, inspect, text
from sqlalchemy.engine import URL, Connection, make_url
from sqlalchemy.exc import IntegrityError, SQLAlchemyError
from sqlalchemy.pool import NullPool

from analytics.errors import WorkspaceError
from analytics.store.workspace import Workspace

URL_VARIABLE = "HANDOFF_DATABASE_URL"
FILE_NAME = "records.db"
METADATA = MetaData()
"""The tables as this code knows them; the migrations make them, a test holds both equal."""

_MIGRATIONS = Path(__file__).parent / "migrations"
_REVISIONS = tuple(sorted(path.stem[:4] for path in (_MIGRATIONS / "versions").glob("[0-9]*.py")))
HEAD = _REVISIONS[-1]
_WRITES = "handoff_writes"
_TRIES = 20
_UP_TO_DATE: set[tuple[object, ...]] = set()
_LOCK = threading.Lock()


class OvertakenError(WorkspaceError):
    """Another process wrote the same thing first; whoever can look again may try again."""


class Database:
    """The database of one workspace: SQLite in WAL mode, or whatever ``HANDOFF_DATABASE_URL`` names.

    Connections are opened per call, so that any number of threads and processes can use it.
    """

    def __init__(self, workspace: Workspace, url: str | None = None, *, damaged_text: bool = False) -> None:
        """Open the database and bring its tables up to date.

        With ``damaged_text``, texts in SQLite whose bytes are no UTF-8 are read with those bytes as lone surrogates
        instead of failing: for whoever checks every text against a hash.

        Raises:
            WorkspaceError: the database cannot be opened, or a newer Handoff wrote it.
        """
        given = url or os.environ.get(URL_VARIABLE)
        path = workspace.home / FILE_NAME
        if not given:
            with contextlib.suppress(FileExistsError, OSError):
                os.close(os.open(path, os.O_CREAT | os.O_EXCL, 0o600))
        with _translated():
            address = make_url(given) if given else URL.create("sqlite", database=str(path))
            self._engine = create_engine(address, poolclass=NullPool)
            if address.get_backend_name() == "sqlite":
                event.listen(self._engine, "connect", _prepare_sqlite)
                event.listen(self._engine, "begin", _begin_sqlite)
                if damaged_text:
                    event.listen(self._engine, "connect", _read_any_bytes)
            _bring_up_to_date(self._engine)

    @contextlib.contextmanager
    def reading(self) -> Iterator[Connection]:
        """A transaction that reads: everything in it is seen as it was at one moment.

        Raises:
            WorkspaceError: the database cannot be read.
        """
        with self._watched(), self._engine.connect() as connection, connection.begin():
            yield connection

    @contextlib.contextmanager
    def writing(self) -> Iterator[Connection]:
        """A transaction that writes, kept whole or not at all.

        On SQLite it takes the only write lock before it looks, so that nothing changes between looking and writing.

        Raises:
            OvertakenError: a row that must be the only one of its kind is there already.
            WorkspaceError: the database cannot be written.
        """
        with self._watched(), _write_transaction(self._engine) as connection:
            yield connection

    def close(self) -> None:
        """Let go of the database."""
        self._engine.dispose()

    @contextlib.contextmanager
    def _watched(self) -> Iterator[None]:
        """Errors translated; after one the next opening looks anew, an older copy may have been put in its place."""
        try:
            with _translated():
                yield
        except OvertakenError:
            raise
        except WorkspaceError:
            _UP_TO_DATE.discard(_place(self._engine.url) or ())
            raise


def _prepare_sqlite(connection: Any, _record: object) -> None:
    """Readers do not wait for a writer (WAL), a second writer waits up to five seconds.

    Transactions begin where we say so, not where the driver thinks so.
    """
    connection.isolation_level = None
    cursor = connection.cursor()
    cursor.execute("PRAGMA busy_timeout = 5000")
    if cursor.execute("PRAGMA journal_mode").fetchone() != ("wal",):
        _switch_to_wal(cursor)
    cursor.execute("PRAGMA synchronous = FULL")
    cursor.close()


def _switch_to_wal(cursor: Any) -> None:
    """Two processes that switch one fresh file at once do not wait for each other by themselves."""
    for left in reversed(range(_TRIES)):
        try:
            cursor.execute("PRAGMA journal_mode = WAL")
        except Exception as error:
            if not left or "locked" not in str(error):
                raise
            time.sleep(0.05)
        else:
            return


def _read_any_bytes(connection: Any, _record: object) -> None:
    connection.text_factory = lambda raw: raw.decode("utf-8", "surrogateescape")


def _begin_sqlite(connection: Connection) -> None:
    writes = connection.get_execution_options().get(_WRITES, False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


@contextlib.contextmanager
def _write_transaction(engine: Engine) -> Iterator[Connection]:
    with engine.connect().execution_options(**{_WRITES: True}) as connection, connection.begin():
        yield connection


def _bring_up_to_date(engine: Engine) -> None:
    """Run the migrations that are missing, once, however many processes start together.

    A place that was looked at by this process is not looked at again: that takes several times as long as the rest.
    """
    place = _place(engine.url)
    if place in _UP_TO_DATE:
        return
    with engine.connect() as connection, connection.begin():
        is_behind = _is_behind(connection)
    if is_behind:
        _migrate(engine)
    if place := _place(engine.url):
        _UP_TO_DATE.add(place)


def _place(address: URL) -> tuple[object, ...] | None:
    """What stays the same while the database is the same one; None where nothing is yet.

    A file is another one once it was removed or replaced.
    """
    name = address.render_as_string(hide_password=True)
    if address.get_backend_name() != "sqlite":
        return (name,)
    try:
        facts = Path(address.database or "").stat()
    except OSError:
        return None
    return (name, facts.st_dev, facts.st_ino) if stat.S_ISREG(facts.st_mode) and facts.st_size else None


def _migrate(engine: Engine) -> None:
    """On SQLite the write lock keeps a second process waiting; elsewhere it fails, looks again and finds all done."""
    for left in reversed(range(_TRIES)):
        try:
            with _LOCK, _write_transaction(engine) as connection:
                if _is_behind(connection):
                    _upgrade(connection)
                return
        except SQLAlchemyError:
            if not left:
                raise
            time.sleep(0.1)


def _upgrade(connection: Connection) -> None:
    from alembic import command
    from alembic.config import Config

    config = Config(attributes={"connection": connection})
    config.set_main_option("script_location", str(_MIGRATIONS).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    command.upgrade(config, "head")


def _is_behind(connection: Connection) -> bool:
    """Whether migrations are missing.

    Raises:
        WorkspaceError: the database is at a step that this code does not know.
    """
    if not inspect(connection).has_table("alembic_version"):
        return True
    steps = connection.execute(text("SELECT version_num FROM alembic_version")).scalars().all()
    for step in steps:
        if step not in _REVISIONS:
            raise WorkspaceError(
                f"The records database was written by a newer Handoff (step {str(step)[:32]}, this one knows {HEAD});"
                f" update Handoff, or name another database in {URL_VARIABLE}."
            )
    return HEAD not in steps


@contextlib.contextmanager
def _translated() -> Iterator[None]:
    """The database's errors as ours; its message can hold the address with a password, so it stays out."""
    try:
        yield
    except IntegrityError as error:
        raise OvertakenError(
            "Somebody else wrote the same entry to the records database at this moment; try again."
        ) from error
    except (SQLAlchemyError, ModuleNotFoundError) as error:
        raise WorkspaceError(
            f"The records database cannot be used ({type(error).__name__}); free some space or check {URL_VARIABLE}."
        ) from error
