"""The page of the contract over the sample: both sides, the definition tried, numbers warned of, a life of signatures."""

from __future__ import annotations

import html
from pathlib import Path

import pytest
import streamlit as st
import tomli_w
from streamlit.testing.v1 import AppTest

from analytics.cohort import CohortRequest, open_cohort
from analytics.compliance import measure_compliance, sentence
from analytics.contract import default_contract, read_contract
from analytics.contract_table import table_of
from analytics.definition_trial import reading, try_definition
from analytics.store.contract_log import ContractLog
from analytics.store.workspace import Workspace
from pages.ui import cache
from tests.metrics.worlds import World, sample
from tests.pages.conftest import markup_of, page_over, plain

PAGE = "pages/contract.py"
TEXT = b'[definition]\ncriteria = [{ kind = "fit", field = "employees", operator = "at least", value = 50 }]'


@pytest.fixture
def records(tmp_path, monkeypatch) -> Workspace:
    """The records of this test alone; the snapshots stay those of the world."""
    st.cache_resource.clear()
    own = Workspace(tmp_path)
    path = own.home
    path.mkdir(parents=True, exist_ok=True)
    monkeypatch.setattr(cache, "contract_home", lambda: own)
    return own


def opened(monkeypatch, look: str, of: World | None = None, **query) -> AppTest:
    at = page_over(monkeypatch, of or sample(), PAGE, contract_look=look, **query)
    assert not at.exception
    return at


def said(at: AppTest) -> str:
    return plain(markup_of(at))


def test_both_sides_say_what_was_measured(monkeypatch, records):
    of = sample()
    at = opened(monkeypatch, "Both sides")
    found = measure_compliance(of.warehouse, of.cohort(CohortRequest(of.manifest.fingerprint)))
    assert html.escape(plain(sentence(found))) in said(at)
    tables = [frame.value for frame in at.dataframe if "Not kept" in frame.value.columns]
    counted = {row["Not kept"]: row["Leads"] for table in tables for row in table.to_dict("records")}
    assert counted == {
        one.words: one.leads for side in (found.marketing, found.sales) for one in side.breaches
    }


def test_a_template_is_tried_at_once(monkeypatch, records):
    of = sample()
    at = opened(monkeypatch, "Definition")
    assert "No criterion yet" in said(at)
    at.selectbox(key="template").set_value("Intent and score").run()
    at.button(key="template_add").click().run()
    assert not at.exception
    criteria = at.session_state["contract_draft"]["definition"]["criteria"]
    assert [one["field"] for one in criteria] == ["intent", "score"]
    contract = read_contract(tomli_w.dumps({"definition": {"criteria": criteria}}).encode(), "x")
    cohort = open_cohort(of.warehouse, of.manifest, contract, CohortRequest(of.manifest.fingerprint))
    found = try_definition(of.warehouse, cohort, contract.criteria)
    assert html.escape(plain(reading(found))) in said(at)
    table = next(frame.value for frame in at.dataframe if "Removed by it alone" in frame.value.columns)
    assert list(table["Criterion"]) == [*(one.criterion.words for one in found.tried), "All together"]


def test_a_target_nobody_reached_is_called_heroic(monkeypatch, records):
    at = opened(monkeypatch, "Numbers")
    key = next(one.key for one in at.number_input if one.key.startswith("number_targets_completeness"))
    assert "you wrote 100 %" not in said(at)
    at.number_input(key=key).set_value(100.0).run()
    assert not at.exception
    assert "you wrote 100 %" in said(at)
    assert at.session_state["contract_draft"]["targets"]["completeness"] == 1.0


def test_a_contract_lives(monkeypatch, records):
    at = opened(monkeypatch, "Signatures")
    assert "No contract is signed yet" in said(at)
    at.session_state["contract_draft"] = table_of(read_contract(TEXT, "x"))
    at.run()
    assert "employees is at least 50" in said(at)
    at.text_input(key="propose_by").set_value("Rita")
    at.button(key="propose_go").click().run()
    for side, name in (("marketing", "Ann"), ("sales", "Bo")):
        at.text_input(key=f"name_{side}_1").set_value(name)
        at.button(key=f"go_{side}_1").click().run()
        assert not at.exception
    assert "Version 1 is in force" in said(at)
    log = ContractLog(records)
    version = log.in_force()
    log.close()
    assert version is not None
    assert {one.by for one in version.signatures} == {"Ann", "Bo"}
    assert all(one.fingerprint == sample().manifest.fingerprint for one in version.signatures)
    at = opened(monkeypatch, "Both sides")
    assert "Marketing kept it for" in said(at)


def test_a_draft_is_kept_taken_up_and_compared(monkeypatch, records):
    at = opened(monkeypatch, "Signatures")
    at.session_state["contract_draft"] = table_of(read_contract(TEXT, "x"))
    at.run()
    at.text_input(key="draft_name").set_value("large firms")
    at.text_input(key="draft_by").set_value("Rita")
    at.button(key="draft_go").click().run()
    assert not at.exception
    log = ContractLog(records)
    (kept,) = log.drafts()
    log.close()
    assert kept.revision == 1
    at = opened(monkeypatch, "Definition")
    assert at.session_state["contract_draft"]["definition"]["criteria"] == []
    at = opened(monkeypatch, "Signatures")
    at.button(key="draft_open_large-firms").click().run()
    assert at.session_state["contract_draft"]["definition"]["criteria"][0]["field"] == "employees"
    at.segmented_control(key="contract_look").set_value("Definition").run()
    offered = at.selectbox(key="definition_against")
    assert offered.options == ["What is in force", f"Draft “{kept.name}”"]
    offered.set_value(f"Draft “{kept.name}”").run()
    assert not at.exception
    table = next(frame.value for frame in at.dataframe if "The draft" in frame.value.columns)
    assert list(table["The other"]) == list(table["The draft"])


def test_one_person_cannot_sign_for_both(monkeypatch, records):
    log = ContractLog(records)
    log.propose(table_of(read_contract(TEXT, "x")), "Rita", "Ops")
    log.close()
    at = opened(monkeypatch, "Signatures")
    for side in ("marketing", "sales"):
        at.text_input(key=f"name_{side}_1").set_value("Ann")
        at.button(key=f"go_{side}_1").click().run()
    assert 'class="problem"' in said(at)
    assert "Version 1 waits for sales" in said(at)


def test_an_altered_log_shows_no_number(monkeypatch, records):
    log = ContractLog(records)
    version = log.propose(table_of(read_contract(TEXT, "x")), "Rita", "Ops")
    for side, name in (("marketing", "Ann"), ("sales", "Bo")):
        log.sign(version.hash, side, name, "", "f" * 64, {})
    log.close()
    path = Path(records.home) / "records.db"
    raw = path.read_bytes()
    assert raw.count(b'"by":"Bo"') == 1
    path.write_bytes(raw.replace(b'"by":"Bo"', b'"by":"Al"'))
    at = page_over(monkeypatch, sample(), "pages/four_numbers.py")
    found = said(at)
    assert 'class="problem"' in found
    assert "was altered" in found
    assert default_contract().hash[:8] not in found
