"""Contract, pay gates and what-if over exports without scores, touches or owners, with one lead, and with nothing selected."""

from __future__ import annotations

import html
import re

import pytest
import streamlit as st

from analytics.store.workspace import Workspace
from pages.ui import cache
from tests.metrics.worlds import World, sample, world_of
from tests.pages.conftest import markup_of, page_over, plain

LOOKS = [
    *(
        ("contract", {"contract_look": look})
        for look in ("Both sides", "Definition", "Numbers", "Signatures")
    ),
    ("pay_gates", {}),
    *(("what_if", {"what": what}) for what in ("Scored at least", "All touched in time", "Without …")),
    ("what_if", {"what": "If a criterion applied", "what_rule": "source is known"}),
    ("what_if", {"what": "If a criterion applied", "what_rule": "score at least 40"}),
]
BARE = [
    {"lead_id": f"L{number:03}", "handoff_at": f"2026-0{1 + number % 5}-1{number % 9} 09:00", "source": "Web"}
    for number in range(60)
]
WORLDS = {
    "nothing but handoffs": BARE,
    "one lead": BARE[:1],
    "decisions without touches": [
        {**one, "accepted_at": "2026-06-01 10:00", "score": str(number)} for number, one in enumerate(BARE)
    ],
}


@pytest.fixture(autouse=True)
def records(tmp_path, monkeypatch) -> None:
    """The records of this test alone."""
    st.cache_resource.clear()
    own = Workspace(tmp_path)
    own.home.mkdir(parents=True, exist_ok=True)
    monkeypatch.setattr(cache, "contract_home", lambda: own)


def said(monkeypatch, of: World, page: str, query: dict[str, str]) -> str:
    at = page_over(monkeypatch, of, f"pages/{page}.py", **query)
    assert not at.exception
    shown = html.unescape(plain(markup_of(at)))
    assert "Something went wrong" not in shown
    return shown


@pytest.mark.parametrize("name", WORLDS)
def test_every_part_says_something(monkeypatch, name):
    of = world_of(WORLDS[name], as_of="2026-09-30T00:00:00")
    for page, query in LOOKS:
        shown = said(monkeypatch, of, page, {**query, "period": "Whole file"})
        assert 'class="answer"' in shown or 'class="cannot"' in shown, (page, query)
        assert not re.search(r"\bNone\b(?! of)", shown), (page, query)
        assert "nan" not in shown.lower().split()


@pytest.mark.parametrize(("page", "query"), LOOKS[:5] + LOOKS[8:9])
def test_an_empty_selection_says_so(monkeypatch, page, query):
    rows = [
        {**one, "source": ("Web", "Ads")[number % 2], "owner": ("Ann", "Bo")[number % 2]}
        for number, one in enumerate(BARE)
    ]
    of = world_of(rows, as_of="2026-09-30T00:00:00")
    shown = said(monkeypatch, of, page, {**query, "by_source": "Web", "by_owner": "Bo"})
    assert "No lead" in shown or "0 leads" in shown


def test_targets_that_nothing_can_judge_are_not_called_reached(monkeypatch):
    of = world_of(WORLDS["nothing but handoffs"], as_of="2026-09-30T00:00:00")
    shown = said(monkeypatch, of, "contract", {"contract_look": "Numbers", "period": "Whole file"})
    assert "was reached in some month" not in shown
    assert "No target of the draft can be judged" in shown


def test_nothing_is_in_force_before_anything_is_signed(monkeypatch):
    shown = said(monkeypatch, sample(), "contract", {"contract_look": "Definition"})
    assert "the defaults: nothing is signed yet" in shown
    assert "as in force" not in shown
