"""Decisions in the log: kept as they were seen, withdrawn by an entry of their own, found by words."""

from __future__ import annotations

from datetime import date

import pytest

from analytics.errors import RequestError
from analytics.store.cadence_log import CadenceLog
from analytics.store.decisions import Seen, decide, decisions, matching, withdraw
from analytics.store.workspace import Workspace

SEEN = Seen(
    "f" * 64, "c" * 64, "version 2", (("source", ("Web", "")), ("industry", ("Oil, Gas",))), "month", "Jun 2026",
    0.5, 0.4, 0.6, 50, 100, "50 % (40–60 %), 50 of 100", "No signal.",
)  # fmt: skip


@pytest.fixture
def log(tmp_path):
    return CadenceLog(Workspace(tmp_path / "home"))


def made(**changes):
    given = {
        "what": "Pass only leads scored 60 and above", "why": "Sales wants fewer", "by": "Ann", "measure": "acceptance_rate",
        "direction": "up", "size": 0.05, "effective_on": date(2026, 7, 1), "check_on": date(2026, 10, 1), "seen": SEEN,
        "scenario": 3,
    } | changes  # fmt: skip
    what, why, by = given.pop("what"), given.pop("why"), given.pop("by")
    return decide(what, why, by, **given)


def test_a_decision_comes_back_as_it_was_made(log):
    entry = log.add(made())
    (found,) = decisions(log.entries())
    assert (found.number, found.what, found.why, found.by) == (
        1, "Pass only leads scored 60 and above", "Sales wants fewer", "Ann",
    )  # fmt: skip
    assert found.seen == SEEN
    assert (found.measure, found.direction, found.size, found.scenario) == ("acceptance_rate", "up", 0.05, 3)
    assert (found.effective_on, found.check_on) == (date(2026, 7, 1), date(2026, 10, 1))
    assert (found.at, found.hash, found.withdrawn) == (entry.at, entry.hash, "")


def test_the_newest_stands_first_and_withdrawing_leaves_it_in_the_log(log):
    log.add(made())
    log.add(made(what="Retire the webinar", seen=SEEN))
    log.add(withdraw("decision-1", "The budget is gone", "Bob"))
    second, first = decisions(log.entries())
    assert (second.number, second.withdrawn) == (2, "")
    assert first.withdrawn == "The budget is gone (Bob)"
    with pytest.raises(RequestError, match="withdrawn already"):
        log.add(withdraw("decision-1", "Again", "Bob"))
    with pytest.raises(RequestError, match="no decision"):
        log.add(withdraw("decision-7", "Why", "Bob"))
    assert len(log.entries()) == 3


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"what": "  "}, "what was decided"),
        ({"why": ""}, "Write why"),
        ({"by": "\u200b"}, "name is empty"),
        ({"direction": "sideways"}, "up or down"),
        ({"size": 0.0}, "above 0"),
        ({"size": -1.0}, "above 0"),
        ({"size": float("inf")}, "above 0"),
        ({"check_on": date(2026, 7, 1)}, "later day"),
        ({"what": "x" * 241}, "at most 240"),
    ],
)
def test_what_says_nothing_is_refused(changes, said):
    with pytest.raises(RequestError, match=said):
        made(**changes)


def test_a_size_may_stay_open_and_a_day_later_is_enough():
    assert made(size=None, check_on=date(2026, 7, 2)) is not None


def test_words_find_decisions(log):
    log.add(made())
    log.add(made(what="Retire the webinar", why="Few wins", by="Bob"))
    found = decisions(log.entries())
    assert [one.number for one in matching(found, "WEBINAR bob")] == [2]
    assert [one.number for one in matching(found, "")] == [2, 1]
    assert matching(found, "webinar ann") == ()
    assert [one.number for one in matching(found, "decision-1")] == [1]
