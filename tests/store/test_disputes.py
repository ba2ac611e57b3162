"""Disputed leads, replayed: both sides' views, one open dispute per lead, the contract's path, and the ruling."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from analytics.contract import default_contract
from analytics.errors import RequestError
from analytics.store import disputes as store
from analytics.store.cadence_log import CadenceLog
from analytics.store.workspace import Workspace
from tests.store.test_actions import START, Log

SEEN = {"verdict": "misses", "criteria": [], "is_complete": True}
TERMS = dict(default_contract().terms)


def dispute(lead="L1", **said):
    return store.open_dispute(lead, "Ann", fingerprint="f" * 64, contract="c" * 64, seen=SEEN, **said)


def opened(**said) -> tuple[Log, str]:
    log = Log()
    return log, log.add(dispute(**said)).subject


def only(log: Log) -> store.Dispute:
    (one,) = store.disputes(log.entries)
    return one


def test_a_dispute_keeps_what_was_frozen(tmp_path):
    log = CadenceLog(Workspace(tmp_path / "home"))
    log.add(dispute(marketing="They asked for a demo."), START)
    log.add(store.say_view("dispute-1", "sales", "Nobody answers.", "Bob"), START)
    (one,) = store.disputes(log.entries())
    log.close()
    assert (one.lead_id, one.fingerprint, one.contract, one.seen) == ("L1", "f" * 64, "c" * 64, SEEN)
    assert one.view("marketing") == store.View("They asked for a demo.", "Ann", START)
    assert one.view("sales") == store.View("Nobody answers.", "Bob", START)
    assert (one.state, one.step, one.ruling) == ("open", "operators", None)


def test_a_later_view_stands_before_the_earlier_which_is_kept():
    log, one = opened(sales="No.")
    assert only(log).view("marketing") is None
    log.add(store.say_view(one, "sales", "Still no.", "Bob"))
    found = only(log)
    assert found.view("sales").text == "Still no."
    assert [(side, view.text) for side, view in found.earlier] == [("sales", "No.")]


def test_a_lead_has_one_open_dispute():
    log, one = opened()
    with pytest.raises(RequestError, match="disputed already: Ann opened dispute 1"):
        log.add(dispute())
    log.add(dispute("L2"))
    log.add(store.rule(one, "work_on", "Bob", "it fits"))
    assert log.add(dispute()).subject == "dispute-3"


def test_the_path_of_the_contract_is_walked_to_its_end():
    log, one = opened()
    for step in ("leaders", "sponsor"):
        log.add(store.escalate(one, "Ann", "no agreement", TERMS))
        found = only(log)
        assert (found.step, found.escalations[-1].term) == (step, TERMS[step])
    with pytest.raises(RequestError, match="last step"):
        log.add(store.escalate(one, "Ann", "no agreement", TERMS))
    log.add(store.rule(one, "accept", "Cleo", "a customer of ours"))
    assert (only(log).ruling.step, only(log).ruling.ruling, only(log).state) == ("sponsor", "accept", "ruled")


def test_a_settled_dispute_is_closed_to_everything():
    log, one = opened()
    log.add(store.rule(one, "reject", "Bob", "a student"))
    for make in (
        store.rule(one, "accept", "Ann", "no"),
        store.say_view(one, "marketing", "But!", "Ann"),
        store.escalate(one, "Ann", "no", TERMS),
    ):
        with pytest.raises(RequestError, match="settled: Bob decided that the lead is rejected"):
            log.add(make)


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: dispute(""), "1 to 200"),
        (lambda: dispute("x" * 201), "1 to 200"),
        (lambda: dispute(sales="x" * 1001), "at most 1000"),
        (lambda: store.say_view("dispute-1", "sponsor", "x", "Ann"), "no side"),
        (lambda: store.say_view("dispute-1", "sales", " ", "Ann"), "what your side says"),
        (lambda: store.rule("dispute-1", "ignore", "Ann", "x"), "no ruling"),
        (lambda: store.rule("dispute-1", "accept", "Ann", ""), "Write why"),
        (lambda: store.escalate("dispute-1", "", "x", TERMS), "name is empty"),
    ],
)
def test_what_says_too_little_is_refused(make, words):
    with pytest.raises(RequestError, match=words):
        make()


def test_an_unknown_dispute_is_refused():
    with pytest.raises(RequestError, match="no dispute 'dispute-1'"):
        Log().add(store.say_view("dispute-1", "sales", "x", "Ann"))


STEPS = st.lists(st.tuples(st.sampled_from(["open", "say", "rule", "raise"]), st.integers(0, 2)), max_size=20)


@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(STEPS)
def test_laws_of_the_replay(steps):
    """A ruling is final, the path only goes up, and no lead is disputed twice at once."""
    log = Log()
    for what, which in steps:
        known = store.disputes(log.entries)
        subject = known[which % len(known)].subject if known else "dispute-1"
        make = {
            "open": dispute(f"L{which}"),
            "say": store.say_view(subject, store.SIDES[which % 2], "x", "Ann"),
            "rule": store.rule(subject, "accept", "Ann", "x"),
            "raise": store.escalate(subject, "Ann", "x", TERMS),
        }[what]
        try:
            log.add(make)
        except RequestError:
            continue
        for before, after in zip(known, store.disputes(log.entries), strict=False):
            assert store.STEPS.index(after.step) >= store.STEPS.index(before.step)
            assert before.ruling is None or after == before
            assert (after.seen, after.fingerprint, after.contract) == (
                before.seen,
                before.fingerprint,
                before.contract,
            )
    found = store.disputes(log.entries)
    still = [one.lead_id for one in found if one.ruling is None]
    assert len(still) == len(set(still))
    assert sorted(one.number for one in store.in_order(found)) == [one.number for one in found]
