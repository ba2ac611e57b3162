"""Two processes that propose and sign at once: nothing is lost, doubled or overwritten."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest
from signed_contracts import SEEN, contract, rows

from analytics.errors import WorkspaceError
from analytics.store import contract_log
from analytics.store.contract_log import ContractLog
from analytics.store.database import OvertakenError
from analytics.store.workspace import Workspace

HERE = Path(__file__).resolve().parent
ROUNDS = 30


@pytest.fixture
def workspace(tmp_path):
    return Workspace(tmp_path / "home")


def test_two_processes_propose_and_sign_at_once(workspace):
    path = os.pathsep.join([str(HERE), str(HERE.parents[1])])
    processes = [
        subprocess.Popen(
            [sys.executable, HERE / "contract_writer.py", workspace.home, str(ROUNDS), name],
            env={**os.environ, "PYTHONPATH": path}, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        )
        for name in ("Ann", "Bob")
    ]  # fmt: skip
    granted = []
    for process in processes:
        output, errors = process.communicate(timeout=300)
        assert process.returncode == 0, errors
        granted += json.loads(output)
    log = ContractLog(workspace)
    assert log.problems() == ()
    kept = [
        [row["kind"], row["version"], json.loads(row["body"]).get("side", ""), json.loads(row["body"])["by"]]
        for row in rows(workspace)
    ]
    assert Counter(map(tuple, kept)) == Counter(map(tuple, granted))
    assert max(Counter((kind, version, side) for kind, version, side, _ in kept).values()) == 1
    versions = log.versions()
    assert [version.number for version in versions] == list(range(len(versions), 0, -1))
    assert sum(version.state == "in force" for version in versions) == 1
    assert len(versions) > ROUNDS // 2
    for version in versions:
        assert len({one.by for one in version.signatures}) == len(version.signatures)


def behind(monkeypatch, times):
    """The log as it was ``times`` lines ago is read, as if others had written meanwhile; returns how often."""
    read = contract_log._lines
    stale = []

    def lines(connection):
        found = read(connection)
        if len(stale) < times:
            stale.append(len(found))
            return found[:-1]
        return found

    monkeypatch.setattr(contract_log, "_lines", lines)
    return stale


def test_whoever_is_overtaken_looks_again(workspace, monkeypatch):
    log = ContractLog(workspace)
    made = log.propose(contract(), "Ann", "")
    log.sign(made.hash, "marketing", "Ann", "", SEEN, {})
    stale = behind(monkeypatch, 3)
    signed = log.sign(made.hash, "sales", "Bob", "", SEEN, {})
    assert len(stale) == 3
    assert [one.by for one in signed.signatures] == ["Ann", "Bob"]
    assert signed.state == "in force"
    assert len(rows(workspace)) == 3


def test_what_became_impossible_meanwhile_is_refused(workspace, monkeypatch):
    log = ContractLog(workspace)
    made = log.propose(contract(), "Ann", "")
    log.sign(made.hash, "marketing", "Ann", "", SEEN, {})
    behind(monkeypatch, 1)
    with pytest.raises(contract_log.RequestError, match="Marketing signed this version already"):
        log.sign(made.hash, "marketing", "Dora", "", SEEN, {})
    assert len(rows(workspace)) == 2


def test_looking_again_has_an_end(workspace, monkeypatch):
    log = ContractLog(workspace)
    log.propose(contract(), "Ann", "")
    stale = behind(monkeypatch, 10_000)
    with pytest.raises(WorkspaceError, match="Others are writing to the contract log") as caught:
        log.propose(contract(3), "Ann", "")
    assert not isinstance(caught.value, OvertakenError)
    assert len(stale) == contract_log._TRIES
    assert len(rows(workspace)) == 1
