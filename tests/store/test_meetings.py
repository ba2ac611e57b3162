"""Meetings, replayed: one per kind and period, what each wrote down, the question after three silent ones, the habit."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from analytics.errors import RequestError
from analytics.store import actions, disputes
from analytics.store import meetings as store
from analytics.store.cadence_log import CadenceLog, Entry
from analytics.store.meetings import MONTHLY, QUARTERLY, WEEKLY, Recorded
from analytics.store.workspace import Workspace
from tests.store.test_actions import MONDAY, START, Log

QUARTERS = (date(2026, 1, 1), date(2026, 4, 1))


def councils(*months: int) -> tuple[store.Meeting, ...]:
    log = Log()
    for month in months:
        log.add(store.hold(MONTHLY, date(2026, month, 1), "Ann"))
    return store.meetings(log.entries)


def test_a_meeting_is_held_once_and_a_second_one_is_refused_with_who_held_it(tmp_path):
    log = CadenceLog(Workspace(tmp_path / "home"))
    log.add(store.hold(WEEKLY, MONDAY, "Ann", "short"), START)
    for make in (store.hold(WEEKLY, MONDAY, "Bob"), store.skip(WEEKLY, MONDAY, "Bob", "ill")):
        with pytest.raises(
            RequestError, match="2026-08-24 was held already: Ann wrote it down on 2026-08-31"
        ):
            log.add(make)
    log.add(store.hold(WEEKLY, MONDAY + timedelta(weeks=1), "Bob"), START)
    found = store.meetings(log.entries())
    log.close()
    assert [(one.period, one.is_held, one.by, one.note) for one in found] == [
        (MONDAY, True, "Ann", "short"),
        (MONDAY + timedelta(weeks=1), True, "Bob", ""),
    ]


def test_a_skipped_meeting_can_still_be_held_but_not_skipped_again():
    log = Log()
    log.add(store.skip(WEEKLY, MONDAY, "Ann", "ill"))
    with pytest.raises(RequestError, match="was skipped already: Ann"):
        log.add(store.skip(WEEKLY, MONDAY, "Bob", "ill"))
    assert not store.meeting_about(log.entries, WEEKLY, MONDAY).is_held
    log.add(store.hold(WEEKLY, MONDAY, "Bob"))
    (one,) = store.meetings(log.entries)
    assert (one.is_held, one.by) == (True, "Bob")


@pytest.mark.parametrize(
    ("kind", "day", "words"),
    [
        (WEEKLY, date(2026, 8, 25), "first day of a week"),
        (MONTHLY, date(2026, 8, 2), "first day of a month"),
        (QUARTERLY, date(2026, 8, 1), "first day of a quarter"),
        ("daily", MONDAY, "no meeting 'daily'"),
    ],
)
def test_a_period_begins_with_its_first_day(kind, day, words):
    with pytest.raises(RequestError, match=words):
        store.hold(kind, day, "Ann")


@pytest.mark.parametrize("why", ["", "  ", "\u200b"])
def test_skipping_needs_a_reason(why):
    with pytest.raises(RequestError, match="why"):
        store.skip(WEEKLY, MONDAY, "Ann", why)


def test_a_meeting_keeps_what_was_written_since_the_one_of_its_kind_before():
    log = Log()
    one = log.action()
    log.add(store.hold(MONTHLY, date(2026, 8, 1), "Ann"))
    log.meet(0)
    log.add(actions.close_action(one, "Bob"))
    log.action("another")
    log.add(disputes.open_dispute("L1", "Ann", fingerprint="f", contract="c", seen={}))
    log.add(lambda _: store.NewLine("decided", "decision-1", {}))
    log.meet(1)
    log.add(store.hold(MONTHLY, date(2026, 9, 1), "Ann"))
    log.meet(2)
    recorded = [(one.kind, one.recorded) for one in store.meetings(log.entries)]
    assert recorded == [
        (MONTHLY, Recorded(1, 0, 0, 0)),
        (WEEKLY, Recorded(1, 0, 0, 0)),
        (WEEKLY, Recorded(1, 1, 1, 1)),
        (MONTHLY, Recorded(1, 1, 1, 1)),
        (WEEKLY, Recorded()),
    ]
    later = Entry(99, "action_opened", "action-3", {"what": "x", "owner": "B", "due": "2026-09-01", "metric": "", "by": "A"}, START, "")  # fmt: skip
    assert [one.recorded for one in store.meetings((*log.entries, later))] == [found for _, found in recorded]


def test_three_silent_reviews_running_ask_for_frictions_until_somebody_writes():
    log = Log()
    one = log.action()
    asked = []
    for week in range(5):
        log.meet(week)
        asked.append(store.asks_for_frictions(log.entries))
    assert asked == [False, False, False, True, True]  # the first review wrote an action down
    log.add(store.skip(WEEKLY, MONDAY + timedelta(weeks=5), "Ann", "ill"))
    assert store.asks_for_frictions(log.entries)
    log.add(actions.close_action(one, "Bob"))
    assert not store.asks_for_frictions(log.entries)
    log.meet(6)
    assert not store.asks_for_frictions(log.entries)


def test_weeks_that_nobody_wrote_of_are_named():
    log = Log()
    log.meet(0)
    log.add(store.skip(WEEKLY, MONDAY + timedelta(weeks=2), "Ann", "ill"))
    last = MONDAY + timedelta(weeks=3)
    assert store.weeks_without(log.entries, last) == (last, MONDAY + timedelta(weeks=1))
    assert store.weeks_without((), last) == ()


@pytest.mark.parametrize(
    ("held", "hard", "words", "is_healthy"),
    [
        ((1, 2, 3, 4, 5, 6), (5,), "2 of 2 quarters held, including a hard month", True),
        ((1, 2, 3, 4, 5, 6), (), "2 of 2 quarters held, no hard month among them", False),
        ((1, 2, 3, 4, 5, 6), (7,), "2 of 2 quarters held, no hard month among them", False),
        ((1, 2, 3, 4, 6), (5,), "1 of 2 quarters held, no hard month among them", False),
        ((1, 2, 3, 4, 6), (6,), "1 of 2 quarters held, including a hard month", False),
        ((), (1,), "0 of 2 quarters held, no hard month among them", False),
    ],
)
def test_the_habit_is_healthy_after_two_quarters_with_a_hard_month(held, hard, words, is_healthy):
    found = store.health(councils(*held), QUARTERS, {date(2026, month, 1) for month in hard})
    assert (found.words, found.is_healthy) == (words, is_healthy)
    assert {one.month for one in found.missing} == set(range(1, 7)) - set(held)


def test_weekly_and_skipped_meetings_hold_no_quarter():
    log = Log()
    for month in range(1, 4):
        log.add(store.skip(MONTHLY, date(2026, month, 1), "Ann", "ill"))
    log.add(store.hold(QUARTERLY, date(2026, 1, 1), "Ann"))
    found = store.health(store.meetings(log.entries), QUARTERS[:1], ())
    assert (found.held, found.words) == ((), "0 of 1 quarters held, no hard month among them")
