"""Remembered mappings: last confirmed wins, other threads and processes see them, damage is said in a sentence."""

from __future__ import annotations

import sqlite3
import stat
import threading
from datetime import datetime

import pytest

from analytics.errors import WorkspaceError
from analytics.store.database import FILE_NAME
from analytics.store.records import Records
from analytics.store.workspace import Workspace

MONDAY = datetime.fromisoformat("2026-03-09T10:00:00")
TUESDAY = datetime.fromisoformat("2026-03-10T10:00:00")


@pytest.fixture
def workspace(tmp_path):
    return Workspace(tmp_path / "home")


def test_nothing_is_remembered_at_first(workspace):
    assert Records(workspace).mapping_for("a" * 64) is None


def test_the_last_confirmed_wins_and_survives_reopening(workspace):
    records = Records(workspace)
    records.remember_mapping("a" * 64, {"zone": "UTC"}, MONDAY)
    records.remember_mapping("b" * 64, {"zone": "Asia/Tokyo"}, MONDAY)
    records.remember_mapping("a" * 64, {"zone": "Europe/Berlin", "keep": ["Größe"]}, TUESDAY)
    records.close()
    found = Records(workspace).mapping_for("a" * 64)
    assert found is not None
    assert found.choices == {"zone": "Europe/Berlin", "keep": ["Größe"]}
    assert found.confirmed_at == TUESDAY


def test_the_file_is_private_and_in_wal_mode(workspace):
    Records(workspace).remember_mapping("a" * 64, {})
    path = workspace.home / FILE_NAME
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    with sqlite3.connect(path) as connection:
        assert connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    connection.close()


def test_another_address_is_used_when_given(workspace, tmp_path, monkeypatch):
    monkeypatch.setenv("HANDOFF_DATABASE_URL", f"sqlite:///{tmp_path / 'elsewhere.db'}")
    Records(workspace).remember_mapping("a" * 64, {"zone": "UTC"})
    assert (tmp_path / "elsewhere.db").exists()
    assert not (workspace.home / FILE_NAME).exists()


@pytest.mark.parametrize(
    "url", ["no address", "oracle+nowhere://user:secret@host/x", "sqlite:////nowhere/at/all.db"]
)
def test_an_unusable_database_is_one_sentence_without_secrets(workspace, url):
    with pytest.raises(WorkspaceError) as caught:
        Records(workspace, url)
    assert "records database cannot be used" in str(caught.value)
    assert "secret" not in str(caught.value)


def test_a_damaged_file_is_one_sentence(workspace):
    (workspace.home / FILE_NAME).write_bytes(b"this is no database" * 100)
    with pytest.raises(WorkspaceError):
        Records(workspace)


def test_a_damaged_row_is_as_if_nothing_were_remembered(workspace):
    records = Records(workspace)
    records.remember_mapping("a" * 64, {})
    with sqlite3.connect(workspace.home / FILE_NAME) as connection:
        connection.execute("UPDATE remembered_mappings SET choices = '{'")
    connection.close()
    assert records.mapping_for("a" * 64) is None


def test_many_threads_write_the_same_layout(workspace):
    records = Records(workspace)
    errors = []

    def write(number):
        try:
            records.remember_mapping("a" * 64, {"number": number})
        except WorkspaceError as error:
            errors.append(error)

    threads = [threading.Thread(target=write, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    found = records.mapping_for("a" * 64)
    assert found is not None
    assert found.choices["number"] in range(8)
