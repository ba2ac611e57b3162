"""The page of the weekly review: its numbers over the sample, writing and refusing, disputes, bare and empty exports."""

from __future__ import annotations

from datetime import datetime

import pytest
from streamlit.testing.v1 import AppTest

from analytics import weekly_words as words
from analytics.measurable import NO_REJECTIONS
from analytics.store import actions, disputes, meetings
from analytics.store.cadence_log import CadenceLog
from analytics.store.workspace import Workspace
from analytics.weekly_review import measure_review, review_days
from analytics.weekly_shapes import week_days
from pages.ui import cache, page_list
from pages.ui.cadence import agenda, review_tables, timer
from tests.metrics.opened_keys import opened
from tests.metrics.worlds import World, sample, world_of
from tests.pages.conftest import figures_on, markup_of, page_over, plain
from tests.pages.fixtures import HOSTILE

PAGE = "pages/review.py"


@pytest.fixture(autouse=True)
def home(monkeypatch: pytest.MonkeyPatch, tmp_path) -> Workspace:
    """A log of its own, and the page in the list, whatever else stands there."""
    own = Workspace(tmp_path / "home")
    monkeypatch.setattr(cache, "contract_home", lambda: own)
    if not any(entry.path == PAGE for entries in page_list.SECTIONS.values() for entry in entries):
        monkeypatch.setitem(page_list.SECTIONS, "Review", (page_list.Entry(PAGE, "Review", "review"),))
    return own


def shown(monkeypatch: pytest.MonkeyPatch, of: World, part: str = agenda.NUMBERS) -> AppTest:
    at = page_over(monkeypatch, of, PAGE)
    if part != agenda.NUMBERS:
        at.session_state["review_part"] = part
        at.run()
    assert not at.exception
    return at


def reviewed(of: World):
    starts_on, ends_on = review_days(of.manifest, of.contract)
    request = of.request(starts_on=starts_on, ends_on=ends_on)
    return measure_review(of.warehouse, of.cohort(request)), request


def entries(home: Workspace):
    log = CadenceLog(home)
    try:
        return log.entries()
    finally:
        log.close()


def add(home: Workspace, *makers) -> None:
    log = CadenceLog(home)
    for make in makers:
        log.add(make)
    log.close()


def click(at: AppTest, label: str) -> AppTest:
    return next(one for one in at.button if one.label == label).click().run()


def fill(at: AppTest, label: str, value: str) -> None:
    found = (*at.text_input, *at.text_area)
    next(one for one in found if one.label == label).set_value(value)


def test_the_page_says_what_the_review_says(monkeypatch):
    of = sample()
    at = shown(monkeypatch, of)
    review, _ = reviewed(of)
    said = plain(markup_of(at))
    assert at.title[0].value == "How was the last week?"
    assert plain(words.answer(review)) in said
    for line in words.notes(review):
        assert plain(line) in said
    ((alt, figure),) = figures_on(at)
    assert plain(words.answer(review)) in plain(alt)
    assert len([trace for trace in figure["data"] if trace["mode"] == "markers"]) == len(review.numbers)
    assert sum(agenda.PARTS.values()) == 30


def test_the_counts_of_the_tables_open_as_many_leads():
    of = sample()
    review, request = reviewed(of)
    for rows, keys in (review_tables.beside(review), review_tables.reasons(review)):
        wanted = {
            key: row[column]
            for row, named in zip(rows.to_dicts(), keys, strict=True)
            for column, key in named.items()
            if key and isinstance(row[column], int)
        }
        assert wanted
        assert opened(of, wanted, request) == wanted


def test_both_sides_stand_over_the_same_days_and_every_breach_opens(monkeypatch):
    of = sample()
    review, _ = reviewed(of)
    before = week_days(review.last - 28)[0]
    asked = of.request()
    frame = review_tables.Frame(of.manifest, of.contract, asked)
    monkeypatch.setattr(
        cache,
        "answer",
        lambda measure, _m, _c, request, *more: measure(of.warehouse, of.cohort(request), *more),
    )
    found = review_tables.stretches(frame, review, before)
    assert next(one.name for one in found) == "Last week"
    assert found[-1].name.startswith("Since ")
    assert len(found) == 3
    for side in ("marketing", "sales"):
        rows, keys = review_tables.kept(found, side)
        wanted = {
            key: int(row[column].replace(",", ""))
            for row, named in list(zip(rows.to_dicts(), keys, strict=True))[1:]
            for column, key in named.items()
        }
        assert opened(of, wanted) == wanted


def test_an_action_is_added_closed_and_counted_by_the_next_review(monkeypatch, home):
    of = sample()
    review, _ = reviewed(of)
    monday = week_days(review.last)[0]
    at = shown(monkeypatch, of, agenda.ACTIONS)
    fill(at, "What is to be done", HOSTILE)
    fill(at, "Who does it", "Bob")
    click(at, "Add the action")
    assert "The name is empty" in markup_of(at)
    assert entries(home) == ()
    fill(at, "Your name", "Ann")
    click(at, "Add the action")
    (one,) = actions.actions(entries(home))
    assert (one.what, one.owner, one.opened_by) == (HOSTILE, "Bob", "Ann")
    said = markup_of(at)
    assert "1 action is open, not overdue." in plain(said)
    assert "<img src=x" not in said
    click(at, "Done")
    assert actions.actions(entries(home))[0].state == "done"
    at.session_state["review_part"] = agenda.CLOSED
    at.run()
    click(at, "The review was held")
    (held,) = meetings.meetings(entries(home))
    assert (held.period, held.by) == (monday, "Ann")
    assert (held.recorded.actions, held.recorded.changes) == (1, 1)


def test_a_skipped_review_needs_a_reason_and_a_silent_habit_is_asked(monkeypatch, home):
    of = sample()
    monday = week_days(reviewed(of)[0].last)[0]
    add(
        home,
        *(
            meetings.hold(meetings.WEEKLY, week_days(reviewed(of)[0].last - 7 * back)[0], "Ann")
            for back in (3, 2, 1)
        ),
    )
    at = shown(monkeypatch, of)
    assert "Are frictions being left off the table?" in markup_of(at)
    at = shown(monkeypatch, of, agenda.CLOSED)
    fill(at, "Your name", "Ann")
    click(at, "It was skipped")
    assert "Write why it was skipped." in markup_of(at)
    fill(at, "A note, or why it was skipped", "everybody was ill")
    click(at, "It was skipped")
    found = meetings.meeting_about(entries(home), meetings.WEEKLY, monday)
    assert (found.is_held, found.note) == (False, "everybody was ill")
    assert "everybody was ill" in markup_of(at)


def test_a_dispute_is_opened_seen_by_both_sides_and_settled(monkeypatch, home):
    of = sample()
    lead = of.evidence("never_touched", limit=1).frame["lead_id"][0]
    at = shown(monkeypatch, of, agenda.REJECTIONS)
    fill(at, "Your name", "Ann")
    fill(at, "Id of the lead that is disputed", "no such lead")
    click(at, "Open the dispute")
    assert "No lead of this snapshot has the id" in markup_of(at)
    assert entries(home) == ()
    fill(at, "Id of the lead that is disputed", lead)
    fill(at, "Marketing’s view (may come later)", HOSTILE)
    click(at, "Open the dispute")
    (one,) = disputes.disputes(entries(home))
    assert (one.lead_id, one.fingerprint, one.contract) == (lead, of.manifest.fingerprint, of.contract.hash)
    said = plain(markup_of(at))
    assert "No sales-ready definition is agreed" in said
    assert "The clock runs while it is disputed." in said
    assert "not given yet" in said
    assert "<img src=x" not in said
    fill(at, "Why", "both agree")
    click(at, "Hand on to the leaders")
    assert disputes.disputes(entries(home))[0].step == "leaders"
    assert "both leaders, in the monthly council" in plain(markup_of(at))
    fill(at, "Why", "worth a call")
    click(at, "Decide")
    assert disputes.disputes(entries(home))[0].ruling.ruling == "accept"
    assert "No lead is disputed." in markup_of(at)


def test_the_timer_moves_the_agenda_and_believes_nothing_else(monkeypatch):
    moved: list[int] = []
    for sent in (1, 3.0, -1, 4, "1", True, None, [1], 1.5):
        monkeypatch.setattr(timer.st, "session_state", {timer.KEY: {"moved": sent}})
        timer._moved(4, moved.append)
    assert moved == [1, 3]


def test_a_bare_export_says_what_cannot_be_measured(monkeypatch):
    rows = [
        {"Lead ID": str(n), "Handoff Date": "2026-05-01 10:00:00", "Lead Source": HOSTILE} for n in range(40)
    ]
    of = world_of(rows, as_of="2026-05-06 12:00:00", zone="UTC")
    at = shown(monkeypatch, of)
    said = plain(markup_of(at))
    assert "40 leads were passed to sales last week" in said
    assert "too few weeks to say what is usual" in said
    assert "<img" not in said
    at = shown(monkeypatch, of, agenda.REJECTIONS)
    assert plain(NO_REJECTIONS.why) in plain(markup_of(at))


def test_a_file_that_ended_long_before_its_extract_has_an_empty_last_week(monkeypatch):
    rows = [{"Lead ID": str(n), "Handoff Date": "2026-01-05 10:00:00"} for n in range(3)]
    of = world_of(rows, as_of=datetime(2026, 6, 3).isoformat(), zone="UTC")
    assert "No lead was passed to sales in the last week" in plain(markup_of(shown(monkeypatch, of)))
