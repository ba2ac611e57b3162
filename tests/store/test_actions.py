"""The action list, replayed: what is open, overdue and carried over, and what a meeting left to do."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from analytics.errors import RequestError
from analytics.store import actions as store
from analytics.store import meetings
from analytics.store.cadence_log import CadenceLog, Entry
from analytics.store.workspace import Workspace

MONDAY = date(2026, 8, 24)
START = datetime.fromisoformat("2026-08-31T09:00:00")


class Log:
    """A cadence log in memory: makers in, entries out, an hour apart."""

    def __init__(self) -> None:
        self.entries: tuple[Entry, ...] = ()

    def add(self, make) -> Entry:
        new = make(self.entries)
        number = len(self.entries) + 1
        entry = Entry(
            number, new.kind, new.subject, new.body, START + timedelta(hours=number), f"{number:064}"
        )
        self.entries += (entry,)
        return entry

    def action(self, what="Call them back", due=MONDAY, metric="working_rate") -> str:
        return self.add(store.open_action(what, "Bob", due, metric, "Ann")).subject

    def meet(self, week: int) -> None:
        self.add(meetings.hold(meetings.WEEKLY, MONDAY + timedelta(weeks=week), "Ann"))

    def one(self, subject: str) -> store.Action:
        return next(one for one in store.actions(self.entries) if one.subject == subject)


def test_an_action_is_what_was_written(tmp_path):
    log = CadenceLog(Workspace(tmp_path / "home"))
    log.add(store.open_action("  Call\nthem ", "Bob", MONDAY, "working_rate", "Ann"), START)
    log.add(store.move_action("action-1", date(2026, 9, 7), "Cleo", "holidays"), START)
    log.add(store.close_action("action-1", "Bob", "all called"), START)
    (one,) = store.actions(log.entries())
    log.close()
    assert (one.number, one.what, one.owner, one.metric, one.opened_by) == (
        1,
        "Call them",
        "Bob",
        "working_rate",
        "Ann",
    )
    assert (one.first_due, one.due, one.state) == (MONDAY, date(2026, 9, 7), "done")
    assert one.closing == store.Change(store.DONE, "Bob", "all called", START)
    assert [change.what for change in one.changes] == [store.MOVED, store.DONE]


@pytest.mark.parametrize(
    ("given_", "words"),
    [
        ({"what": " \u200b"}, "what is to be done"),
        ({"what": "x" * 241}, "at most 240"),
        ({"owner": " "}, "without an owner"),
        ({"by": ""}, "name is empty"),
        ({"metric": "no such; DROP"}, "no metric"),
        ({"due": date(1999, 12, 31)}, "no due day"),
        ({"due": date(2200, 1, 1)}, "no due day"),
    ],
)
def test_an_action_that_says_too_little_is_refused(given_, words):
    said = {"what": "Call", "owner": "Bob", "due": MONDAY, "metric": "", "by": "Ann"} | given_
    with pytest.raises(RequestError, match=words):
        store.open_action(**said)


def test_what_does_not_fit_is_refused_and_says_why():
    log = Log()
    one = log.action()
    with pytest.raises(RequestError, match="is open already"):
        log.add(store.reopen_action(one, "Ann", "not done"))
    with pytest.raises(RequestError, match="due on that day already"):
        log.add(store.move_action(one, MONDAY, "Ann", "later"))
    with pytest.raises(RequestError, match="Write why"):
        store.move_action(one, MONDAY, "Ann", " ")
    log.add(store.close_action(one, "Bob"))
    with pytest.raises(RequestError, match="closed by Bob already"):
        log.add(store.close_action(one, "Ann"))
    with pytest.raises(RequestError, match="no action 'action-9'"):
        log.add(store.close_action("action-9", "Ann"))
    assert len(log.entries) == 2


def test_overdue_begins_the_day_after_the_due_day_and_ends_with_the_action():
    log = Log()
    one = log.action()
    assert [log.one(one).days_overdue(MONDAY + timedelta(days=n)) for n in (-1, 0, 1, 8)] == [0, 0, 1, 8]
    log.add(store.close_action(one, "Bob"))
    assert log.one(one).days_overdue(MONDAY + timedelta(days=8)) == 0


def test_an_action_is_new_at_its_first_review_and_carried_over_at_every_later_one_while_open():
    log = Log()
    one = log.action()
    carried = []
    for week in range(3):
        log.meet(week)
        carried.append(log.one(one).carried)
    assert carried == [0, 1, 2]
    log.add(store.close_action(one, "Bob"))
    log.meet(3)
    assert log.one(one).carried == 2
    log.add(store.reopen_action(one, "Ann", "it came back"))
    log.meet(4)
    assert log.one(one).carried == 3
    log.add(meetings.hold(meetings.MONTHLY, date(2026, 8, 1), "Ann"))
    log.add(meetings.skip(meetings.WEEKLY, MONDAY + timedelta(weeks=5), "Ann", "ill"))
    assert log.one(one).carried == 3


def test_last_weeks_actions_are_those_open_when_the_review_before_ended():
    log = Log()
    before, closed, kept, dropped = (log.action(str(n)) for n in range(4))
    log.add(store.close_action(before, "Bob"))
    log.meet(0)
    log.add(store.close_action(closed, "Bob"))
    log.add(store.close_action(dropped, "Bob"))
    log.add(store.reopen_action(dropped, "Ann", "not really"))
    new = log.action("new")
    week = MONDAY + timedelta(weeks=1)
    found = store.progress(log.entries, week)
    assert [one.subject for one in found.actions] == [closed, kept, dropped]
    assert found.closed == 1
    log.meet(1)
    again = store.progress(log.entries, week)  # this week's own review is not the one before
    assert [one.subject for one in again.actions] == [closed, kept, dropped]
    later = store.progress(log.entries, week + timedelta(weeks=1))
    assert [one.subject for one in later.actions] == [kept, dropped, new]
    assert store.progress(log.entries, MONDAY) is None


def test_open_ones_stand_first_the_longest_overdue_before_all():
    log = Log()
    late, later, done, first = (
        log.action(),
        log.action(due=MONDAY + timedelta(days=9)),
        log.action(),
        log.action(),
    )
    log.add(store.close_action(done, "Bob"))
    log.add(store.close_action(first, "Bob"))
    assert [one.subject for one in store.in_order(store.actions(log.entries))] == [late, later, first, done]


STEPS = st.lists(
    st.tuples(st.sampled_from(["open", "done", "again", "move", "meet", "skip"]), st.integers(0, 4)),
    max_size=25,
)


@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(STEPS)
def test_laws_of_the_replay(steps):
    """Nothing is carried before it was in a review, nor while closed; done and opened again is open; the log grows only."""
    log, weeks = Log(), 0
    for what, which in steps:
        known = store.actions(log.entries)
        subject = known[which % len(known)].subject if known else "action-1"
        make = {
            "open": lambda: store.open_action("x", "Bob", MONDAY, "", "Ann"),
            "done": lambda subject=subject: store.close_action(subject, "Ann"),
            "again": lambda subject=subject: store.reopen_action(subject, "Ann", "why"),
            "move": lambda subject=subject, n=weeks: store.move_action(
                subject, MONDAY + timedelta(days=n), "Ann", "why"
            ),
            "meet": lambda n=weeks: meetings.hold(meetings.WEEKLY, MONDAY + timedelta(weeks=n), "Ann"),
            "skip": lambda n=weeks: meetings.skip(meetings.WEEKLY, MONDAY + timedelta(weeks=n), "Ann", "ill"),
        }[what]()
        try:
            log.add(make)
        except RequestError:
            continue
        weeks += what in ("meet", "skip")
        for before, after in zip(known, store.actions(log.entries), strict=False):
            assert after.subject == before.subject
            assert after.changes[: len(before.changes)] == before.changes
            assert after.carried - before.carried in (
                (0, 1) if what == "meet" and before.state == "open" else (0,)
            )
    held = sum(one.kind == meetings.HELD for one in log.entries)
    for one in store.actions(log.entries):
        closings = sum(change.what == store.DONE for change in one.changes)
        again = sum(change.what == store.REOPENED for change in one.changes)
        assert one.state == ("done" if closings > again else "open")
        assert 0 <= one.carried <= max(0, held - 1)
    # a second reading says the same, and entries of other kinds change nothing
    noise = Entry(10_000, "decided", "decision-1", {}, START, "")
    assert store.actions((*log.entries, noise)) == store.actions(log.entries)


def test_an_entry_that_does_not_fit_changes_nothing():
    log = Log()
    one = log.action()
    log.add(store.close_action(one, "Bob"))
    again = Entry(9, store.DONE, one, {"by": "Eve", "note": ""}, START, "")
    stray = Entry(10, store.DONE, "action-7", {"by": "Eve", "note": ""}, START, "")
    assert store.actions((*log.entries, again, stray)) == store.actions(log.entries)
