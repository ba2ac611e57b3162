"""Both sides keep the contract for another quarter, each once and each by somebody else; and the day it went live."""

from __future__ import annotations

from datetime import date

import pytest
from signed_contracts import contract, two_versions

from analytics.errors import RequestError
from analytics.store.cadence_log import CadenceLog
from analytics.store.go_lives import enter_go_live, go_lives
from analytics.store.ratifications import ratifications, ratify
from analytics.store.workspace import Workspace

QUARTER = date(2027, 1, 1)


@pytest.fixture
def workspace(tmp_path):
    return Workspace(tmp_path / "home")


@pytest.fixture
def versions(workspace):
    log = two_versions(workspace)
    log.propose(contract(9), "Ann", "")
    found = log.versions()
    log.close()
    return {one.number: one for one in found}


def test_both_sides_ratify_once(workspace, versions):
    log = CadenceLog(workspace)
    log.add(ratify(versions[2], QUARTER, "marketing", "Ann"))
    log.add(ratify(versions[2], QUARTER, "sales", "Bob"))
    found = ratifications(log.entries())
    assert [(one.side, one.by, one.number, one.quarter) for one in found] == [
        ("marketing", "Ann", 2, QUARTER),
        ("sales", "Bob", 2, QUARTER),
    ]
    with pytest.raises(RequestError, match="Bob ratified it for sales already"):
        log.add(ratify(versions[2], QUARTER, "sales", "Cleo"))
    log.add(ratify(versions[2], date(2027, 4, 1), "sales", "Bob"))
    assert len(ratifications(log.entries())) == 3


def test_one_person_is_not_both_sides(workspace, versions):
    log = CadenceLog(workspace)
    log.add(ratify(versions[2], QUARTER, "marketing", "Ann"))
    with pytest.raises(RequestError, match="somebody else"):
        log.add(ratify(versions[2], QUARTER, "sales", " ANN"))


@pytest.mark.parametrize("number", [1, 3])
def test_only_the_version_in_force_is_ratified(versions, number):
    with pytest.raises(RequestError, match="not in force"):
        ratify(versions[number], QUARTER, "sales", "Bob")
    with pytest.raises(RequestError, match="no side"):
        ratify(versions[2], QUARTER, "legal", "Bob")


def test_the_day_entered_counts_else_that_of_the_second_signature(workspace, versions):
    log = CadenceLog(workspace)
    signed = versions[1].in_force_since.date()
    assert go_lives(log.entries(), versions.values())[0] == (signed, "contract 1")
    log.add(enter_go_live(versions[2], date(2027, 6, 1), "Ann"))
    log.add(enter_go_live(versions[2], date(2026, 1, 1), "Ann"))
    assert go_lives(log.entries(), versions.values()) == (
        (date(2026, 1, 1), "contract 2"),
        (signed, "contract 1"),
    )
    with pytest.raises(RequestError, match="not signed by both"):
        enter_go_live(versions[3], date(2027, 1, 1), "Ann")
