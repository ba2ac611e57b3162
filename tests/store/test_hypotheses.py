"""Hypotheses in the records: kept as they were said, newest first, never changed by a later one."""

from __future__ import annotations

import sqlite3
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from analytics.errors import WorkspaceError
from analytics.store.database import FILE_NAME
from analytics.store.records import Hypothesis, Records
from analytics.store.workspace import Workspace

MONDAY = datetime.fromisoformat("2026-03-09T10:00:00")
ONE = Hypothesis(
    fingerprint="a" * 64,
    contract="c" * 64,
    selection="whole file",
    rule="phone missing and source webinar",
    reading="phone is missing AND source is webinar",
    metric="won_in_horizon",
    claim="lower",
    raised_by="Ann, sales",
    raised_at=MONDAY,
    verdict="confirmed",
    sentence="Yes: “leads won” is lower for these leads than for the rest.",
)


@pytest.fixture
def workspace(tmp_path):
    return Workspace(tmp_path / "home")


def test_no_hypothesis_at_first(workspace):
    assert Records(workspace).hypotheses("a" * 64) == ()


def test_each_is_kept_as_it_was_said_the_newest_first(workspace):
    records = Records(workspace)
    kept = [
        replace(ONE, raised_by=f"'; DROP TABLE hypotheses; -- {number}", raised_at=MONDAY + timedelta(hours=number % 2))
        for number in range(4)
    ]  # fmt: skip
    for one in kept:
        records.add_hypothesis(one)
    records.add_hypothesis(replace(ONE, fingerprint="b" * 64, verdict="cannot tell"))
    records.close()
    again = Records(workspace)
    assert again.hypotheses("a" * 64) == tuple(reversed(kept))
    assert [one.verdict for one in again.hypotheses("b" * 64)] == ["cannot tell"]


def test_the_same_claim_twice_is_kept_twice(workspace):
    records = Records(workspace)
    records.add_hypothesis(ONE)
    records.add_hypothesis(replace(ONE, verdict="not seen", sentence="No."))
    assert [one.verdict for one in records.hypotheses("a" * 64)] == ["not seen", "confirmed"]


def test_a_database_of_an_earlier_version_gets_the_table(workspace):
    with sqlite3.connect(workspace.home / FILE_NAME) as connection:
        connection.execute(
            "CREATE TABLE remembered_mappings (layout VARCHAR(64) NOT NULL, choices TEXT NOT NULL, "
            "confirmed_at DATETIME NOT NULL, PRIMARY KEY (layout))"
        )
    connection.close()
    Records(workspace).remember_mapping("m" * 64, {"zone": "UTC"})
    records = Records(workspace)
    records.add_hypothesis(ONE)
    assert records.hypotheses("a" * 64) == (ONE,)
    found = records.mapping_for("m" * 64)
    assert found is not None
    assert found.choices == {"zone": "UTC"}


def test_a_table_that_cannot_be_read_is_one_sentence(workspace):
    records = Records(workspace)
    with sqlite3.connect(workspace.home / FILE_NAME) as connection:
        connection.execute("DROP TABLE hypotheses")
    connection.close()
    for ask in (lambda: records.hypotheses("a" * 64), lambda: records.add_hypothesis(ONE)):
        with pytest.raises(WorkspaceError, match="records database cannot be used"):
            ask()
