"""A log that was tampered with: found whatever the place, named in a sentence, and never written onto."""

from __future__ import annotations

import json
import shutil

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from signed_contracts import NUMBERS, SEEN, contract, execute, rows, sign_both, two_versions

from analytics.contract_table import canonical
from analytics.errors import WorkspaceError
from analytics.store.contract_history import History, Line, line_hash, version_hash
from analytics.store.contract_log import ContractLog
from analytics.store.database import FILE_NAME
from analytics.store.workspace import Workspace

FIELDS = ("kind", "version", "body", "at", "previous_hash", "hash")
LINES = 7


@pytest.fixture(scope="module")
def original(tmp_path_factory):
    """A workspace whose log holds two versions, to be copied and left as it is."""
    workspace = Workspace(tmp_path_factory.mktemp("original"))
    two_versions(workspace).close()
    return workspace


@pytest.fixture(scope="module")
def intact(original):
    """The lines of a log with two versions, as they are stored."""
    return tuple(Line(**row) for row in rows(original))


@pytest.fixture
def workspace(original, tmp_path):
    return copied(original, tmp_path / "home")


def copied(original, home):
    workspace = Workspace(home)
    shutil.copy(original.home / FILE_NAME, workspace.home / FILE_NAME)
    return workspace


def test_the_intact_log_has_no_problem(intact):
    history = History(intact)
    assert history.problems == ()
    assert [version.state for version in history.versions] == ["in force", "superseded"]


@pytest.mark.parametrize("number", range(1, LINES + 1))
@pytest.mark.parametrize("field", FIELDS)
def test_a_changed_field_of_a_line_is_found(workspace, number, field):
    log = ContractLog(workspace)
    before = log.versions()
    kept = rows(workspace)[number - 1][field]
    changed = ("x" if kept[:1] != "x" else "y") + kept[1:]
    execute(workspace, f"UPDATE contract_log SET {field} = ? WHERE number = ?", changed, number)
    problems = log.problems()
    assert f"line {number} of the contract log does not match its hash" in problems[0]
    assert all("Version" in problem or "A version" in problem for problem in problems)
    assert len(log.versions()) <= len(before)
    for act in (
        lambda: log.propose(contract(9), "Eve", ""),
        lambda: log.sign(before[0].hash, "sales", "Eve", "", SEEN, {}),
        lambda: log.acknowledge(before[0].hash, "Eve", "", SEEN, {}),
    ):
        with pytest.raises(WorkspaceError) as caught:
            act()
        assert str(caught.value).startswith(problems[0])
        assert "Nothing was written" in str(caught.value)
    assert len(rows(workspace)) == LINES


def test_the_sentence_names_version_and_line(workspace):
    log = ContractLog(workspace)
    execute(
        workspace, "UPDATE contract_log SET body = replace(body, 'three days', 'nine days') WHERE number = 4"
    )
    assert log.problems() == (
        "Version 2 was altered after it was signed: line 4 of the contract log does not match its hash.",
    )
    assert [(version.number, version.state) for version in log.versions()] == [(1, "in force")]
    current = log.in_force()
    assert current is not None
    assert current.number == 1


def test_a_proposal_nobody_signed_was_altered_after_it_was_proposed(tmp_path):
    workspace = Workspace(tmp_path / "fresh")
    log = ContractLog(workspace)
    log.propose(contract(), "Ann", "")
    execute(workspace, "UPDATE contract_log SET body = body || ' '")
    assert log.problems() == (
        "Version 1 was altered after it was proposed: line 1 of the contract log does not match its hash.",
    )
    assert log.versions() == ()


@pytest.mark.parametrize("number", range(1, LINES))
def test_a_removed_line_is_found(workspace, number):
    log = ContractLog(workspace)
    execute(workspace, "DELETE FROM contract_log WHERE number = ?", number)
    problems = log.problems()
    assert f"line {number + 1} of the contract log does not follow" in problems[0]
    assert "removed, altered or moved" in problems[0]
    with pytest.raises(WorkspaceError, match="Nothing was written"):
        log.propose(contract(9), "Eve", "")


@pytest.mark.parametrize("number", range(1, LINES))
def test_two_lines_that_changed_places_are_found(workspace, number):
    log = ContractLog(workspace)
    for old, new in ((number, 99), (number + 1, number), (99, number + 1)):
        execute(workspace, "UPDATE contract_log SET number = ? WHERE number = ?", new, old)
    assert f"line {number} of the contract log does not follow" in log.problems()[0]


def test_a_blob_in_place_of_a_text_is_found(workspace):
    log = ContractLog(workspace)
    execute(workspace, "UPDATE contract_log SET body = CAST(body AS BLOB) WHERE number = 2")
    assert "line 2 of the contract log does not match its hash" in log.problems()[0]


def test_all_problems_are_listed(workspace):
    log = ContractLog(workspace)
    execute(workspace, "UPDATE contract_log SET at = '2027-01-01T00:00:00' WHERE number IN (2, 6)")
    assert [problem.split(": ")[1] for problem in log.problems()] == [
        "line 2 of the contract log does not match its hash.",
        "line 6 of the contract log does not match its hash.",
    ]


@settings(deadline=None)
@given(st.data())
def test_any_changed_character_in_a_body_is_found(intact, data):
    place = data.draw(st.integers(0, LINES - 1))
    line = intact[place]
    column = data.draw(st.integers(0, len(line.body) - 1))
    letter = data.draw(st.characters().filter(lambda one: one != line.body[column]))
    body = line.body[:column] + letter + line.body[column + 1 :]
    altered = Line(line.number, line.kind, line.version, body, line.at, line.previous_hash, line.hash)
    history = History((*intact[:place], altered, *intact[place + 1 :]))
    assert len(history.problems) == 1
    assert f"line {line.number} of" in history.problems[0]
    assert history.tail_hash == (intact[place - 1].hash if place else "")


@settings(deadline=None, max_examples=20)
@given(number=st.integers(1, LINES), share=st.floats(0, 1, exclude_max=True), value=st.integers(0, 255))
def test_any_changed_byte_in_the_file_s_body_is_found(original, tmp_path_factory, number, share, value):
    workspace = copied(original, tmp_path_factory.mktemp("bytes"))
    log = ContractLog(workspace)
    body = bytearray(rows(workspace)[number - 1]["body"].encode())
    place = int(share * len(body))
    body[place] = value if value != body[place] else value ^ 1
    execute(workspace, "UPDATE contract_log SET body = CAST(? AS TEXT) WHERE number = ?", bytes(body), number)
    assert f"line {number} of the contract log does not match its hash" in log.problems()[0]


def follow(lines, kind, version, body):
    """A line with hashes that fit, whatever it says."""
    text, at, before = canonical(body), "2027-03-09T10:00:00", lines[-1].hash if lines else ""
    return Line(len(lines) + 1, kind, version, text, at, before, line_hash(kind, version, text, at, before))


def signature(**changes):
    return {"side": "sales", "by": "Bob", "role": "", "fingerprint": SEEN, "numbers": NUMBERS, **changes}


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("signed", signature()),  # sales has signed
        ("signed", signature(side="sponsor")),
        ("acknowledged", signature(side="marketing")),
        ("acknowledged", signature(side="sponsor")),  # acknowledged already
        ("forgotten", signature()),
        ("signed", {"side": "sales"}),
        ("signed", [1]),
        ("signed", None),
        ("proposed", {"contract": {}, "previous": "", "by": "Ann", "role": "", "note": ""}),
    ],
)
def test_a_line_with_fitting_hashes_that_says_what_cannot_be_is_found(intact, kind, body):
    history = History((*intact, follow(intact, kind, intact[-1].version, body)))
    assert len(history.problems) == 1
    assert history.problems[0].startswith("Line 8 of the contract log does not fit what stands before it")
    assert history.versions == History(intact).versions


def test_a_proposal_on_another_version_than_the_one_in_force_is_found(intact):
    table = json.loads(History(intact).versions[-1].text)
    body = {"contract": table, "previous": "a" * 64, "by": "Ann", "role": "", "note": ""}
    history = History((*intact, follow(intact, "proposed", version_hash(table, "a" * 64), body)))
    assert len(history.problems) == 1
    assert len(history.versions) == 2


def test_a_repaired_log_is_written_again(workspace):
    log = ContractLog(workspace)
    kept = rows(workspace)[6]["body"]
    execute(workspace, "UPDATE contract_log SET body = '{}' WHERE number = 7")
    assert len(log.problems()) == 1
    execute(workspace, "UPDATE contract_log SET body = ? WHERE number = 7", kept)
    assert log.problems() == ()
    assert sign_both(log, log.propose(contract(9), "Ann", "")).state == "in force"
