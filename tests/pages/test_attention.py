"""What needs attention on the first page: only what is due, each with its page."""

from __future__ import annotations

import html
from datetime import date

import pytest

from analytics.store.actions import close_action, open_action
from analytics.store.cadence_log import CadenceLog
from analytics.store.decisions import Seen, decide
from analytics.store.workspace import Workspace
from pages.ui import cache
from tests.metrics.worlds import sample
from tests.pages.conftest import markup_of, page_over, plain

SEEN = Seen(
    "f" * 64, "c" * 64, "defaults", (), "month", "Jun 2026", 0.5, 0.4, 0.6, 50, 100, "50 %", "Nothing."
)


@pytest.fixture
def log(tmp_path, monkeypatch):
    own = Workspace(tmp_path / "records")
    monkeypatch.setattr(cache, "contract_home", lambda: own)
    return CadenceLog(own)


def said(monkeypatch, **query):
    at = page_over(monkeypatch, sample(), "pages/four_numbers.py", **query)
    assert not at.exception
    assert 'class="problem"' not in markup_of(at)
    return plain(html.unescape(markup_of(at))), at


def decided(check_on):
    return decide(
        "A", "B", "Ann", measure="acceptance_rate", direction="up", size=None, effective_on=date(2026, 7, 1),
        check_on=check_on, seen=SEEN,
    )  # fmt: skip


def test_nothing_due_says_nothing(monkeypatch, log):
    log.add(open_action("Call them", "Bob", date(2099, 12, 31), "", "Ann"))
    log.add(decided(date(2026, 10, 1)))
    text, at = said(monkeypatch)
    assert "overdue" not in text
    assert "can be checked" not in text
    assert "What needs attention" not in [one.value for one in at.header]


def test_what_is_due_is_counted(monkeypatch, log):
    log.add(open_action("Call them", "Bob", date(2026, 1, 1), "", "Ann"))
    log.add(open_action("Done", "Bob", date(2026, 1, 1), "", "Ann"))
    log.add(close_action("action-2", "Bob"))
    log.add(decided(date(2026, 9, 30)))  # the extract is of that day
    text, _ = said(monkeypatch)
    assert "1 action overdue." in text
    assert "1 decision can be checked by this import." in text


def test_young_leads_are_named(monkeypatch, log):
    text, _ = said(monkeypatch, period="Whole file")
    assert "of these leads have had their horizon" in text
    assert log.entries() == ()
