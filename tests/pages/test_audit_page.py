"""The page of the audit over the sample: drawn, taken by two sessions, blind, revealed, opened and exported."""

from __future__ import annotations

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from analytics import lead_audit_words as words
from analytics.contract import Contract, read_contract
from analytics.lead_audit import findings
from analytics.lead_audit_sample import draw_leads
from analytics.store import lead_audits as log
from analytics.store.cadence_log import CadenceLog
from analytics.store.lead_audit_shapes import FIT, INTENT, MARKETING, SALES
from analytics.store.lead_audits import CANNOT_TELL, NO, OTHER, YES, Audit, audit_of
from analytics.store.workspace import Workspace
from pages.ui import cache, page_list
from pages.ui.cadence import audit_desk, audit_lists, writing
from tests.metrics.worlds import World, sample, world_of
from tests.pages.conftest import figures_on, markup_of, page_over, plain
from tests.pages.fixtures import HOSTILE

PAGE = "pages/audit.py"
ANN, BO = "a" * 32, "b" * 32
TEXT = b"""[definition]
criteria = [{ kind = "fit", field = "employees", operator = "at least", value = 50 },
            { kind = "intent", field = "intent", operator = "is", value = "high" }]"""


@pytest.fixture(autouse=True)
def listed(monkeypatch: pytest.MonkeyPatch) -> None:
    """The page stands in the list, whatever else does."""
    if not any(entry.path == PAGE for entries in page_list.SECTIONS.values() for entry in entries):
        monkeypatch.setitem(page_list.SECTIONS, "Audit", (page_list.Entry(PAGE, "Audit", "audit"),))


@pytest.fixture
def home(tmp_path, monkeypatch) -> Workspace:
    """The records of this test alone; the snapshots stay those of the world."""
    st.cache_resource.clear()
    own = Workspace(tmp_path)
    own.home.mkdir(parents=True, exist_ok=True)
    monkeypatch.setattr(cache, "contract_home", lambda: own)
    return own


def agreed(monkeypatch: pytest.MonkeyPatch) -> Contract:
    """A definition in force that leaves few leads open."""
    contract = read_contract(TEXT, "x")
    monkeypatch.setattr(cache, "contract", lambda: contract)
    return contract


def shown(monkeypatch: pytest.MonkeyPatch, of: World | None = None, **query: str) -> AppTest:
    at = page_over(monkeypatch, of or sample(), PAGE, **query)
    assert not at.exception
    return at


def said(at: AppTest) -> str:
    return plain(markup_of(at))


def written(home: Workspace, *makes) -> None:
    book = CadenceLog(home)
    for make in makes:
        book.add(make)
    book.close()


def kept(home: Workspace, token: str = "") -> Audit:
    book = CadenceLog(home)
    found = audit_of(book.entries(), "audit-1", token)
    book.close()
    return found


def press(at: AppTest, key: str) -> AppTest:
    at.button(key=key).click().run()
    assert not at.exception
    return at


def started(home: Workspace, contract: Contract, of: World | None = None, size: int = 100) -> Audit:
    """An audit with both sides taken."""
    world = (of or sample()).under(contract)
    drawn = draw_leads(world.warehouse, world.cohort(), size)
    written(
        home,
        log.start("Rita", drawn.frozen),
        log.claim("audit-1", MARKETING, "Ann", ANN),
        log.claim("audit-1", SALES, "Bo", BO),
    )
    return kept(home)


def marks_of(audit: Audit, token: str, answer: str, cause: int | None = None) -> list:
    made = []
    for place, part in audit.frozen.needed:
        of_part = cause if cause in (None, OTHER) or cause in audit.frozen.criteria_of(part) else OTHER
        made.append(log.mark("audit-1", token, place, part, answer, of_part))
    return [*made, log.finish("audit-1", token)]


def test_the_draw_looks_at_the_whole_file_and_starts_an_audit(monkeypatch, home):
    of = sample()
    at = shown(monkeypatch)
    drawn = draw_leads(of.warehouse, of.cohort(), 100)
    assert plain(words.draw_answer(drawn)) in said(at)
    assert "whole file" in said(at)
    at.segmented_control(key="audit_size").set_value(20).run()
    assert "looks at 20 of 6,000 leads" in said(at)
    press(at, "audit_start")
    assert "The name is empty" in said(at)
    at.text_input(key=writing.WHO).set_value("Rita").run()
    press(at, "audit_start")
    assert "20 leads of 20 to mark by each side" in said(at)
    assert at.selectbox(key="audit").value == "Audit 1"
    audit = kept(home)
    assert audit.frozen == draw_leads(of.warehouse, of.cohort(), 20).frozen
    assert audit.by == "Rita"


def test_a_chosen_period_is_kept(monkeypatch, home):
    at = shown(monkeypatch, period="From – to", **{"from": "2026-05-01", "to": "2026-05-31"})
    assert "1 May – 31 May 2026" in said(at)
    assert "leads; no definition is agreed" in said(at)


def test_a_side_is_taken_marked_and_done_in_one_session(monkeypatch, home):
    contract = agreed(monkeypatch)
    of = sample().under(contract)
    written(home, log.start("Rita", draw_leads(of.warehouse, of.cohort(), 100).frozen))
    needed = kept(home).frozen.needed
    at = shown(monkeypatch)
    press(at, "audit_take_marketing")
    assert "The name is empty" in said(at)
    at.text_input(key=writing.WHO).set_value("Ann").run()
    press(at, "audit_take_marketing")
    assert "Ann (you) is not done yet." in said(at)
    assert "audit_take_sales" not in {one.key for one in at.button}
    assert "1. employees is at least 50" in said(at)
    lead = kept(home).frozen.leads[needed[0][0]]
    assert f"Lead {lead.lead_id}" in said(at)
    assert at.button(key="audit_done").disabled
    press(at, "audit_fit_no")
    assert kept(home, "").marks == {}
    assert "Which one does it miss?" in said(at)
    press(at, "audit_fit_cause_1")
    for _ in needed[1:]:
        press(at, "audit_fit_cannot_tell")
    press(at, "audit_done")
    assert "Ann (you) is done." in said(at)
    written(home, log.claim("audit-1", SALES, "Bo", BO))
    audit = kept(home, BO)
    written(home, *marks_of(audit, BO, YES))
    final = kept(home)
    assert final.marks[MARKETING][needed[0]] == log.Mark(NO, 0)
    assert {final.marks[MARKETING][one].answer for one in needed[1:]} == {CANNOT_TELL}


def test_a_session_sees_only_its_own_marks_until_both_are_done(monkeypatch, home):
    contract = agreed(monkeypatch)
    audit = started(home, contract)
    written(home, *marks_of(audit, ANN, NO, 0))
    for query in ({"reviewer": BO}, {}, {"reviewer": "x" * 32}):
        at = shown(monkeypatch, **query)
        page = said(at)
        assert "marketing is done and sales is not done yet" in page
        assert "Your mark" not in page
        assert "Whose fix" not in page
        assert not [one for one in at.dataframe if "Marketing on fit" in one.value.columns]
        assert {"audit_fit_no"} & {one.key for one in at.button} == (
            {"audit_fit_no"} if BO in query.values() else set()
        )
    own = shown(monkeypatch, reviewer=ANN)
    assert "Ann (you) is done." in said(own)


def test_a_personal_link_brings_the_side_back(monkeypatch, home):
    contract = agreed(monkeypatch)
    audit = started(home, contract)
    place, part = audit.frozen.needed[0]
    written(home, log.mark("audit-1", ANN, place, part, NO, 0), log.start("Rita", audit.frozen))
    at = shown(monkeypatch, reviewer=ANN)
    assert at.selectbox(key="audit").value == "Audit 1"
    assert "Ann (you)" in said(at)
    assert at.get("progress")[0].proto.text == f"1 of {len(audit.frozen.needed)} leads marked"
    press(at, "audit_move_-1")
    assert "Your mark: no: employees is at least 50" in said(at)


def test_the_revealed_audit_says_what_was_counted(monkeypatch, home):
    contract = agreed(monkeypatch)
    audit = started(home, contract)
    written(home, *marks_of(audit, ANN, NO, 0), *marks_of(audit, BO, YES))
    at = shown(monkeypatch)
    final = kept(home)
    found = findings(final)
    page = said(at)
    assert plain(words.answer(found, final.frozen)) in page
    ((alt, figure),) = figures_on(at)
    assert "Five steps" in alt
    assert len([trace for trace in figure["data"] if trace.get("x")]) == 5
    tables = [one.value for one in at.dataframe]
    fixes = next(one for one in tables if "Whose fix" in one.columns)
    assert list(fixes["Leads"]) == [len(one.places) for one in found.stops]
    assert sum(fixes["Leads"]) == 100
    every = next(one for one in tables if list(one.columns[:2]) == ["Source", "Step"])
    assert list(every["Yes"]) == [one.rate.numerator for one in found.groups[0].steps]
    causes = next(one for one in tables if "Criterion" in one.columns)
    assert list(causes["Criterion"]) == ["employees is at least 50"]
    leads = next(one for one in tables if "Marketing on fit" in one.columns)
    assert len(leads) == 100
    assert set(leads["Marketing on intent"]) == {"by the definition"}
    assert "no: employees is at least 50" in set(leads["Marketing on fit"])


def test_a_count_opens_exactly_its_leads():
    of = sample().under(read_contract(TEXT, "x"))
    frozen = draw_leads(of.warehouse, of.cohort(), 100).frozen
    marks = {side: dict.fromkeys(frozen.needed, log.Mark(YES)) for side in (MARKETING, SALES)}
    reviewers = tuple(log.Reviewer(side, side, True) for side in marks)
    audit = Audit("audit-1", frozen.as_of, "Rita", frozen, reviewers, "", marks, True)
    found = findings(audit)
    for stop in found.stops:
        rows = audit_lists.lead_rows(audit, [found.judged[place] for place in stop.places])
        assert rows.height == len(stop.places)
        assert set(rows["Lead"]) == {frozen.leads[place].lead_id for place in stop.places}


def test_what_the_definition_answers_needs_nobody(monkeypatch, home):
    contract = read_contract(
        TEXT.replace(b'"employees", operator = "at least", value = 50', b'"industry", operator = "known"'),
        "x",
    )
    monkeypatch.setattr(cache, "contract", lambda: contract)
    of = sample().under(contract)
    drawn = draw_leads(of.warehouse, of.cohort(), 50)
    assert drawn.frozen.needed == ()
    written(home, log.start("Rita", drawn.frozen))
    at = shown(monkeypatch)
    assert "Nothing was left to judge" in said(at)
    assert "audit_take_marketing" not in {one.key for one in at.button}


def test_hostile_cells_and_names_stay_text(monkeypatch, home):
    rows = [
        {"Lead ID": f"{HOSTILE}{n}", "Handoff Date": f"2026-05-{1 + n:02d} 10:00:00", "Lead Source": HOSTILE, "Industry": HOSTILE}
        for n in range(3)
    ]  # fmt: skip
    of = world_of(rows, as_of="2026-12-31 12:00:00")
    world_contract = read_contract(
        b'[definition]\ncriteria = [{ kind = "fit", field = "seniority", operator = "is", value = "<b>VP</b> **x**" }]',
        "x",
    )
    monkeypatch.setattr(cache, "contract", lambda: world_contract)
    own = of.under(world_contract)
    frozen = draw_leads(own.warehouse, own.cohort(), 20).frozen
    written(home, log.start(HOSTILE[:60], frozen), log.claim("audit-1", MARKETING, HOSTILE[:70], ANN))
    at = shown(monkeypatch, of, reviewer=ANN)
    page = markup_of(at)
    assert "&lt;b&gt;Bold" in page
    assert "<b>" not in page
    assert "<img" not in page
    assert not any("**" in one.label or "<" in one.label for one in at.button)
    press(at, "audit_fit_no")
    press(at, "audit_fit_cause_1")
    assert "<b>" not in markup_of(at)
    assert kept(home, ANN).marks[MARKETING][0, FIT] == log.Mark(NO, 0)


def test_an_erased_snapshot_leaves_the_frozen_facts(monkeypatch, home):
    audit = started(home, agreed(monkeypatch))
    other = [
        {"Lead ID": "1", "Handoff Date": "2026-05-01 10:00:00"},
        {"Lead ID": "2", "Handoff Date": "2026-05-02 10:00:00"},
    ]
    at = shown(monkeypatch, world_of(other, as_of="2026-12-31 12:00:00"), reviewer=ANN)
    assert "The snapshot of this audit is no longer here" in said(at)
    assert f"Lead {audit.frozen.leads[audit.frozen.needed[0][0]].lead_id}" in said(at)


def test_an_empty_selection_offers_the_way_out(monkeypatch, home):
    rows = [
        {"Lead ID": "1", "Handoff Date": ""},
        {"Lead ID": "2", "Handoff Date": "2026-06-29 10:00:00", "Lead Source": "Web"},
    ]
    at = shown(
        monkeypatch,
        world_of(rows, as_of="2026-12-30 12:00:00"),
        period="From – to",
        **{"from": "2025-01-01", "to": "2025-02-01"},
    )
    assert "No lead is in this selection." in markup_of(at)


def test_the_blind_sentence_is_on_the_desk(monkeypatch, home):
    started(home, agreed(monkeypatch))
    assert audit_desk.BLIND in said(shown(monkeypatch))
    assert FIT in words.QUESTIONS
    assert INTENT in words.QUESTIONS
