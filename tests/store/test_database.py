"""The records database: brought up to date once, whoever starts first, and an unknown one is left alone."""

from __future__ import annotations

import io
import logging
import shutil
import sqlite3
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from signed_contracts import contract, execute
from sqlalchemy import create_engine
from sqlalchemy.pool import NullPool

from analytics.errors import WorkspaceError
from analytics.store import cadence_log, database  # noqa: F401 - its tables belong to the metadata
from analytics.store.contract_log import ContractLog
from analytics.store.database import FILE_NAME, HEAD, METADATA, Database, OvertakenError
from analytics.store.records import Records
from analytics.store.scenarios import Scenarios  # noqa: F401 - its tables belong to the metadata
from analytics.store.workspace import Workspace

ROOT = Path(__file__).resolve().parents[2]
TABLES = {
    "alembic_version", "cadence_log", "contract_drafts", "contract_log", "hypotheses", "remembered_mappings", "scenario_flags", "scenarios",
}  # fmt: skip
FIRST_TABLES = """
CREATE TABLE remembered_mappings (
    layout VARCHAR(64) NOT NULL, choices TEXT NOT NULL, confirmed_at DATETIME NOT NULL, PRIMARY KEY (layout)
);
CREATE TABLE hypotheses (
    number INTEGER NOT NULL, fingerprint VARCHAR(64) NOT NULL, contract VARCHAR(64) NOT NULL, selection TEXT NOT NULL,
    rule TEXT NOT NULL, reading TEXT NOT NULL, metric VARCHAR(64) NOT NULL, claim VARCHAR(16) NOT NULL,
    raised_by TEXT NOT NULL, raised_at DATETIME NOT NULL, verdict VARCHAR(32) NOT NULL, sentence TEXT NOT NULL,
    PRIMARY KEY (number)
);
CREATE INDEX ix_hypotheses_fingerprint ON hypotheses (fingerprint);
INSERT INTO remembered_mappings VALUES ('m', '{"zone": "UTC"}', '2026-03-09 10:00:00.000000');
INSERT INTO hypotheses VALUES (1, 'f', 'c', 's', 'r', 'e', 'm', 'lower', 'Ann', '2026-03-09 10:00:00.000000', 'v', 'S');
"""


@pytest.fixture
def workspace(tmp_path):
    return Workspace(tmp_path / "home")


def tables(workspace):
    with closing(sqlite3.connect(workspace.home / FILE_NAME)) as connection:
        names = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
    return {name for (name,) in names}


def step(workspace):
    with closing(sqlite3.connect(workspace.home / FILE_NAME)) as connection:
        return connection.execute("SELECT version_num FROM alembic_version").fetchall()


def differences(workspace):
    """What a migration would still have to do so that the database holds what the code expects."""
    engine = create_engine(f"sqlite:///{workspace.home / FILE_NAME}", poolclass=NullPool)
    with engine.connect() as connection:
        return compare_metadata(MigrationContext.configure(connection), METADATA)


def started(code, *arguments):
    return subprocess.Popen(
        [sys.executable, "-W", "error", "-c", code, *map(str, arguments)],
        cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip


def finished(process):
    output, errors = process.communicate(timeout=120)
    assert process.returncode == 0, errors
    return output


def test_a_fresh_database_holds_what_the_code_expects(workspace):
    Database(workspace).close()
    assert tables(workspace) == TABLES
    assert step(workspace) == [(HEAD,)]
    assert differences(workspace) == []


def test_the_steps_follow_each_other_to_the_one_the_code_knows_as_last():
    config = Config()
    config.set_main_option("script_location", str(ROOT / "analytics" / "store" / "migrations"))
    config.set_main_option("path_separator", "os")
    scripts = ScriptDirectory.from_config(config)
    assert scripts.get_heads() == [HEAD]
    assert [script.revision for script in scripts.walk_revisions()] == list(reversed(database._REVISIONS))


def test_tables_made_without_migrations_are_adopted_with_what_they_hold(workspace):
    with closing(sqlite3.connect(workspace.home / FILE_NAME)) as connection:
        connection.executescript(FIRST_TABLES)
    records = Records(workspace)
    remembered = records.mapping_for("m")
    assert remembered is not None
    assert remembered.choices == {"zone": "UTC"}
    assert [one.raised_by for one in records.hypotheses("f")] == ["Ann"]
    assert step(workspace) == [(HEAD,)]
    assert differences(workspace) == []
    assert ContractLog(workspace).propose(contract(), "Ann", "").number == 1


def test_a_database_at_the_first_step_gets_the_rest(workspace):
    with closing(sqlite3.connect(workspace.home / FILE_NAME)) as connection:
        connection.executescript(FIRST_TABLES)
        connection.executescript(
            "CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL PRIMARY KEY);"
            "INSERT INTO alembic_version VALUES ('0001')"
        )
    Database(workspace).close()
    assert tables(workspace) == TABLES
    assert step(workspace) == [(HEAD,)]


def test_a_newer_database_is_refused_and_left_as_it_is(workspace):
    Database(workspace).close()
    execute(workspace, "UPDATE alembic_version SET version_num = '0999'")
    newer = Workspace(workspace.home.parent / "newer")
    shutil.copy(workspace.home / FILE_NAME, newer.home / FILE_NAME)
    for opened in (Records, ContractLog):
        with pytest.raises(WorkspaceError) as caught:
            opened(newer)
        assert str(caught.value) == (
            f"The records database was written by a newer Handoff (step 0999, this one knows {HEAD});"
            " update Handoff, or name another database in HANDOFF_DATABASE_URL."
        )
    assert step(newer) == [("0999",)]


def test_a_removed_file_is_made_again(workspace):
    for _ in range(3):
        assert ContractLog(workspace).propose(contract(), "Ann", "").number == 1
        for path in workspace.home.glob(f"{FILE_NAME}*"):
            path.unlink()
    assert Records(workspace).mapping_for("m") is None
    assert tables(workspace) == TABLES


def test_an_older_copy_put_in_its_place_is_noticed_after_one_error(workspace):
    Records(workspace).close()
    with closing(sqlite3.connect(workspace.home / FILE_NAME)) as connection:
        connection.executescript("DROP TABLE contract_log; DROP TABLE alembic_version")
    with pytest.raises(WorkspaceError, match="records database cannot be used"):
        ContractLog(workspace).versions()
    assert ContractLog(workspace).versions() == ()


def test_a_place_that_is_up_to_date_is_not_looked_at_again(workspace, monkeypatch):
    Database(workspace).close()

    def never(_connection):
        raise AssertionError("looked again")

    monkeypatch.setattr(database, "_is_behind", never)
    with Database(workspace).reading() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM contract_log").scalar_one() == 0


def test_a_failed_migration_leaves_nothing_behind(workspace, monkeypatch):
    def breaks(connection):
        connection.exec_driver_sql("CREATE TABLE half_done (x)")
        raise RuntimeError("power cut")

    with monkeypatch.context() as broken:
        broken.setattr(database, "_upgrade", breaks)
        with pytest.raises(RuntimeError, match="power cut"):
            Database(workspace)
    assert tables(workspace) == set()
    Database(workspace).close()
    assert tables(workspace) == TABLES


def test_a_folder_with_odd_characters_is_migrated(tmp_path, monkeypatch):
    odd = tmp_path / "100% ü; %(here)s"
    shutil.copytree(database._MIGRATIONS, odd)
    monkeypatch.setattr(database, "_MIGRATIONS", odd)
    workspace = Workspace(tmp_path / "home %s")
    Database(workspace).close()
    assert tables(workspace) == TABLES


def test_migrations_print_nothing_and_leave_logging_alone(workspace, capfd):
    root = logging.getLogger()
    output = io.StringIO()
    handler = logging.StreamHandler(output)
    root.addHandler(handler)
    try:
        before = (root.level, tuple(root.handlers), logging.getLogger("alembic").level)
        Database(workspace).close()
        assert (root.level, tuple(root.handlers), logging.getLogger("alembic").level) == before
    finally:
        root.removeHandler(handler)
    assert capfd.readouterr() == ("", "")
    assert output.getvalue() == ""


def test_an_up_to_date_database_is_opened_without_the_migrations(workspace):
    Database(workspace).close()
    code = (
        "import sys; from pathlib import Path; from analytics.store.workspace import Workspace;"
        "from analytics.store.contract_log import ContractLog;"
        "assert ContractLog(Workspace(Path(sys.argv[1]))).versions() == ();"
        "print('alembic' in sys.modules)"
    )
    assert finished(started(code, workspace.home)) == "False\n"


def test_two_processes_that_start_on_one_fresh_database(tmp_path):
    code = (
        "import sys, pathlib, time; from analytics.store.workspace import Workspace;"
        "from analytics.store.contract_log import ContractLog; import alembic.command\n"
        "homes = sys.argv[2:]; pathlib.Path(sys.argv[1]).touch()\n"
        "while len(list(pathlib.Path(sys.argv[1]).parent.glob('ready*'))) < 2: time.sleep(0.001)\n"
        "for home in homes: assert ContractLog(Workspace(pathlib.Path(home))).problems() == ()\n"
    )
    homes = [tmp_path / f"home{number}" for number in range(8)]
    processes = [started(code, tmp_path / f"ready{number}", *homes) for number in range(2)]
    assert [finished(process) for process in processes] == ["", ""]
    for home in homes:
        assert tables(Workspace(home)) == TABLES
        assert step(Workspace(home)) == [(HEAD,)]


def test_a_second_entry_where_only_one_may_be_is_said(workspace):
    opened = Database(workspace)
    query = "INSERT INTO contract_drafts VALUES ('a', '{}', 1, 'Ann', '2027-03-03 00:00:00.000000')"
    with opened.writing() as connection:
        connection.exec_driver_sql(query)
    with pytest.raises(OvertakenError, match="Somebody else wrote the same entry"), opened.writing() as again:
        again.exec_driver_sql(query)


def test_what_was_begun_and_failed_is_not_kept(workspace):
    opened = Database(workspace)

    def half_done():
        with opened.writing() as connection:
            connection.exec_driver_sql(
                "INSERT INTO contract_drafts VALUES ('a', '{}', 1, 'Ann', '2027-03-03 00:00:00.000000')"
            )
            raise RuntimeError("power cut")

    with pytest.raises(RuntimeError, match="power cut"):
        half_done()
    with opened.reading() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM contract_drafts").scalar_one() == 0


def test_threads_that_open_fresh_databases_at_once(tmp_path):
    workspaces = [Workspace(tmp_path / f"home{number % 3}") for number in range(6)]
    with ThreadPoolExecutor(6) as pool:
        for opened in pool.map(ContractLog, workspaces):
            assert opened.versions() == ()
    assert [step(workspace) for workspace in workspaces] == [[(HEAD,)]] * 6
