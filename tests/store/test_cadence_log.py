"""The cadence log: nothing acknowledged is lost, nothing altered goes unnoticed, however it is written."""

from __future__ import annotations

import json
import os
import sqlite3
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import datetime
from pathlib import Path

import pytest

from analytics.errors import RequestError, WorkspaceError
from analytics.store import chain
from analytics.store.cadence_log import CadenceLog, NewLine, new_subject
from analytics.store.database import FILE_NAME, OvertakenError
from analytics.store.workspace import Workspace

HERE = Path(__file__).resolve().parent
NOON = datetime.fromisoformat("2026-10-01T12:00:00")
KILLS = 20


@pytest.fixture
def workspace(tmp_path):
    return Workspace(tmp_path / "home")


def say(text, subject="note-1"):
    return lambda _: NewLine("said", subject, {"text": text})


def execute(workspace, query, *values):
    with closing(sqlite3.connect(workspace.home / FILE_NAME)) as connection, connection:
        assert connection.execute(query, values).rowcount >= 1


def test_entries_come_back_in_their_order(workspace):
    log = CadenceLog(workspace)
    assert log.entries() == ()
    first = log.add(say("ä ”x” \u202e"), NOON)
    log.add(say("second"))
    found = CadenceLog(workspace).entries()
    assert [one.body["text"] for one in found] == ["ä ”x” \u202e", "second"]
    assert found[0] == first
    assert (first.number, first.kind, first.subject, first.at) == (1, "said", "note-1", NOON)
    assert log.problems() == ()


def test_subjects_are_counted(workspace):
    log = CadenceLog(workspace)
    for _ in range(3):
        log.add(lambda entries: NewLine("opened", new_subject(entries, "action"), {}))
    log.add(lambda entries: NewLine("opened", new_subject(entries, "dispute"), {}))
    assert [one.subject for one in log.entries()] == ["action-1", "action-2", "action-3", "dispute-1"]


def test_what_is_refused_is_not_written(workspace):
    log = CadenceLog(workspace)

    def refuse(_):
        raise RequestError("No.")

    for make in (
        refuse,
        lambda _: NewLine("said", "x", {"text": "y" * 60_001}),
        lambda _: NewLine("said", "x", {"n": float("nan")}),
    ):
        with pytest.raises(RequestError):
            log.add(make)
    assert log.entries() == ()


@pytest.mark.parametrize(
    "query",
    [
        "UPDATE cadence_log SET body = replace(body, 'b', 'c') WHERE number = 2",
        "UPDATE cadence_log SET at = '2020-01-01T00:00:00' WHERE number = 2",
        "UPDATE cadence_log SET kind = 'unsaid' WHERE number = 2",
        "UPDATE cadence_log SET subject = 'note-9' WHERE number = 2",
        "UPDATE cadence_log SET body = x'ff00' WHERE number = 2",
        "DELETE FROM cadence_log WHERE number = 2",
        "DELETE FROM cadence_log WHERE number = 1",
        "UPDATE cadence_log SET number = 9 WHERE number = 2",
    ],
)
def test_whatever_is_altered_is_found_and_never_written_onto(workspace, query):
    log = CadenceLog(workspace)
    for text in "abc":
        log.add(say(text))
    execute(workspace, query)
    assert len(log.problems()) >= 1
    assert "cadence log" in log.problems()[0]
    with pytest.raises(WorkspaceError, match="No entry is shown"):
        log.entries()
    with pytest.raises(WorkspaceError, match="Nothing was written"):
        log.add(say("d"))


def test_writers_at_once_lose_nothing(workspace):
    CadenceLog(workspace).close()

    def write(name):
        log = CadenceLog(workspace)
        return [log.add(say(f"{name} {turn}")).hash for turn in range(15)]

    with ThreadPoolExecutor(4) as pool:
        written = [one for part in pool.map(write, "ABCD") for one in part]
    found = CadenceLog(workspace).entries()
    assert sorted(one.hash for one in found) == sorted(written)
    assert CadenceLog(workspace).problems() == ()


def test_whoever_is_overtaken_is_asked_again(workspace, monkeypatch):
    log = CadenceLog(workspace)
    log.add(say("a"))
    read, stale = chain.Chain._read, []

    def behind(self, connection):
        lines = read(self, connection)
        if len(stale) < 2:
            stale.append(len(lines))
            return lines[:-1]
        return lines

    monkeypatch.setattr(chain.Chain, "_read", behind)
    asked = []

    def make(entries):
        asked.append(len(entries))
        return NewLine("said", "note-1", {"text": "b"})

    log.add(make)
    assert asked == [0, 0, 1]
    monkeypatch.setattr(chain.Chain, "_read", lambda _self, _connection: ())
    monkeypatch.setattr(chain, "_TRIES", 3)
    with pytest.raises(WorkspaceError, match="Others are writing") as error:
        log.add(say("c"))
    assert not isinstance(error.value, OvertakenError)


def test_nothing_acknowledged_is_lost_to_a_kill(workspace):
    """Twenty writers are killed with SIGKILL while they write; every acknowledged entry is there, in order, intact."""
    path = os.pathsep.join([str(HERE), str(HERE.parents[1])])
    done = subprocess.run(
        [sys.executable, HERE / "cadence_writer.py", workspace.home, str(KILLS), "11"],
        env={**os.environ, "PYTHONPATH": path}, capture_output=True, text=True, timeout=300, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    acknowledged = json.loads(done.stdout)
    log = CadenceLog(workspace)
    assert log.problems() == ()
    entries = log.entries()
    there = {one.hash: place for place, one in enumerate(entries)}
    places = [there[one] for one in acknowledged]
    assert places == sorted(places)
    assert len(acknowledged) >= KILLS
    assert {one.body["turn"] for one in entries} == set(range(KILLS))
    log.add(say("still writable"))
    assert log.problems() == ()
