"""Saved scenarios: kept as they were, numbered, only added to; what is read back is checked before it is used."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.errors import RequestError, WorkspaceError
from analytics.store import database
from analytics.store.database import FILE_NAME, METADATA, Database
from analytics.store.scenarios import Scenario, Scenarios, canonical_query, plain_name, query_of
from analytics.store.workspace import Workspace

MONDAY = datetime.fromisoformat("2026-03-09T10:00:00")
QUERY = {"what": ("Without …",), "what_value": ("'; DROP TABLE scenarios; --",), "by_source": ("A", "B")}
NUMBERS = (("Leads", "6,000", "5,301"),)


@pytest.fixture
def workspace(tmp_path):
    return Workspace(tmp_path / "home")


def saved(log: Scenarios, name: str = "Without webinars", **other) -> Scenario:
    said = {"fingerprint": "a" * 64, "contract": "c" * 64, "query": QUERY, "sentence": "Fewer leads.",
            "numbers": NUMBERS, "saved_at": MONDAY} | other  # fmt: skip
    return log.save(name, "Ann, sales", **said)


def execute(workspace, query, *values):
    with closing(sqlite3.connect(workspace.home / FILE_NAME)) as connection, connection:
        return connection.execute(query, values).fetchall()


def test_a_scenario_is_kept_as_it_was_seen(workspace):
    log = Scenarios(workspace)
    assert log.all() == ()
    one = saved(log)
    log.close()
    assert Scenarios(workspace).all() == (one,)
    assert (one.number, one.take, one.query, one.numbers) == (1, 1, QUERY, NUMBERS)
    assert (one.saved_at, one.saved_by, one.flagged_by) == (MONDAY, "Ann, sales", "")


def test_saving_again_adds_the_next_take_and_changes_nothing(workspace):
    log = Scenarios(workspace)
    first = saved(log)
    again = saved(log, "  WITHOUT   webinars ", sentence="Other.")
    other = saved(log, "Straße")
    same = saved(log, "STRASSE")
    assert [(one.number, one.take) for one in (first, again, other, same)] == [(1, 1), (2, 2), (3, 1), (4, 2)]
    assert log.all() == (same, other, again, first)
    assert log.all(1) == (same,)


def test_a_name_and_take_stand_once(workspace):
    log = Scenarios(workspace)
    saved(log)
    columns = "name, name_key, take, saved_by, saved_at, fingerprint, contract, query, sentence, numbers"
    with pytest.raises(sqlite3.IntegrityError):
        execute(workspace, f"INSERT INTO scenarios ({columns}) SELECT {columns} FROM scenarios")


def test_a_flag_is_a_line_of_its_own_and_the_first_one_stands(workspace):
    log = Scenarios(workspace)
    one, other = saved(log), saved(log, "Other")
    before = execute(workspace, "SELECT * FROM scenarios ORDER BY number")
    log.flag(one.number, "Ben", MONDAY)
    log.flag(one.number, "Cleo")
    assert execute(workspace, "SELECT * FROM scenarios ORDER BY number") == before
    assert [(found.number, found.flagged_by, found.flagged_at) for found in log.all()] == [
        (other.number, "", None),
        (one.number, "Ben", MONDAY),
    ]
    with pytest.raises(RequestError, match="no scenario 99"):
        log.flag(99, "Ben")
    with pytest.raises(RequestError, match="empty"):
        log.flag(other.number, " ")


@pytest.mark.parametrize("name", ["", "   ", "x" * 81, "a\x00b", "a\u202eb", "a\x1b[0m", "\ud800"])
def test_a_name_that_is_none_is_refused(workspace, name):
    log = Scenarios(workspace)
    with pytest.raises(RequestError, match="nothing was saved"):
        saved(log, name)
    assert log.all() == ()


def test_names_of_1_and_80_signs_are_kept(workspace):
    log = Scenarios(workspace)
    assert saved(log, "x").name == "x"
    assert saved(log, "ß" * 80).name == "ß" * 80
    assert plain_name("<b>&amp; =1+1", "name") == "<b>&amp; =1+1"


KEYS = st.from_regex(r"[a-z][a-z0-9_]{0,20}", fullmatch=True)
VALUES = st.text(st.characters(exclude_categories=("Cc", "Cs")), max_size=60)


@given(st.dictionaries(KEYS, st.lists(VALUES, max_size=4), max_size=8))
def test_a_question_reads_back_as_it_was_and_is_spelled_one_way(query):
    text = canonical_query(query)
    assert query_of(text) == {key: tuple(values) for key, values in query.items()}
    assert canonical_query(dict(reversed(list(query.items())))) == text


@given(st.text(max_size=80))
def test_any_text_is_a_question_or_none(text):
    found = query_of(text)
    assert found is None or canonical_query(found)


@pytest.mark.parametrize(
    "query",
    [
        {"What": ("a",)},
        {"a b": ("a",)},
        {"": ("a",)},
        {"a": ("x" * 401,)},
        {"a": ("b\x00",)},
        {f"k{n}": ("a",) for n in range(61)},
    ],
)
def test_a_question_that_is_none_is_refused(workspace, query):
    log = Scenarios(workspace)
    with pytest.raises(RequestError, match="cannot be kept"):
        saved(log, query=query)
    assert log.all() == ()


@pytest.mark.parametrize("text", ["", "[]", "{", '{"a": "b"}', '{"a": [1]}', '{"a": ["\\u0000"]}', '{"A": ["b"]}', "[" * 9_999])  # fmt: skip
def test_what_was_altered_is_not_used(workspace, text):
    log = Scenarios(workspace)
    saved(log)
    execute(workspace, "UPDATE scenarios SET query = ?, numbers = ?", text, text)
    (found,) = log.all()
    assert found.query is None
    assert found.numbers == ()
    assert found.sentence == "Fewer leads."


def test_a_database_of_the_step_before_gets_the_tables(workspace):
    Database(workspace).close()
    execute(workspace, "DROP TABLE scenarios")
    execute(workspace, "DROP TABLE scenario_flags")
    execute(workspace, "UPDATE alembic_version SET version_num = '0002'")
    database._UP_TO_DATE.clear()
    log = Scenarios(workspace)
    assert saved(log).number == 1
    assert {"scenarios", "scenario_flags"} <= set(METADATA.tables)


def test_a_table_that_cannot_be_read_is_one_sentence(workspace):
    log = Scenarios(workspace)
    execute(workspace, "DROP TABLE scenarios")
    for ask in (log.all, lambda: saved(log), lambda: log.flag(1, "Ann")):
        with pytest.raises(WorkspaceError, match="records database cannot be used"):
            ask()
