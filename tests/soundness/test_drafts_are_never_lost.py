"""Ways in which a draft of the contract, or a signature being collected, was lost or changed without a word."""

from __future__ import annotations

import html
import json

import pytest
import streamlit as st
from sqlalchemy import text as query
from streamlit.testing.v1 import AppTest

from analytics.contract import default_contract, read_table
from analytics.contract_table import table_of
from analytics.store.contract_log import ContractLog
from analytics.store.workspace import Workspace
from pages.ui import cache
from tests.metrics.worlds import sample
from tests.pages.conftest import markup_of, page_over, plain

PAGE = "pages/contract.py"
SIDES = (("marketing", "Ann"), ("sales", "Bo"))


@pytest.fixture
def records(tmp_path, monkeypatch) -> Workspace:
    """The records of this test alone."""
    st.cache_resource.clear()
    own = Workspace(tmp_path)
    own.home.mkdir(parents=True, exist_ok=True)
    monkeypatch.setattr(cache, "contract_home", lambda: own)
    return own


@pytest.fixture
def log(records):
    opened = ContractLog(records)
    yield opened
    opened.close()


def opened(monkeypatch, look: str, **query_: str) -> AppTest:
    at = page_over(monkeypatch, sample(), PAGE, contract_look=look, **query_)
    assert not at.exception
    return at


def said(at: AppTest) -> str:
    assert not at.exception
    return html.unescape(plain(markup_of(at)))


def with_target(value: float) -> dict:
    return table_of(read_table({"targets": {"completeness": value}}, "x"))


def in_force(log: ContractLog, table: dict) -> None:
    version = log.propose(table, "Rita", "")
    for side, name in SIDES:
        log.sign(version.hash, side, name, "", "f" * 64, {})


def put(at: AppTest, table: dict) -> None:
    at.session_state["contract_draft"] = table
    at.run()


def test_looking_at_a_value_with_a_comma_does_not_split_it(monkeypatch, records):
    at = opened(monkeypatch, "Signatures")
    rows = [{"kind": "fit", "field": "industry", "operator": "in", "value": ["Oil, Gas", "Retail"]}]
    put(at, table_of(read_table({"definition": {"criteria": rows}}, "x")))
    at.segmented_control(key="contract_look").set_value("Definition").run()
    said(at)
    assert at.session_state["contract_draft"]["definition"]["criteria"] == rows


def test_a_template_added_twice_is_added_once(monkeypatch, records):
    at = opened(monkeypatch, "Definition")
    for _ in range(2):
        at.selectbox(key="template").set_value("Intent and score").run()
        at.button(key="template_add").click().run()
    assert "This row is no test yet" not in said(at)
    assert len(at.session_state["contract_draft"]["definition"]["criteria"]) == 2


def test_every_open_proposal_can_be_signed(monkeypatch, records, log):
    first = log.propose(with_target(0.8), "Rita", "")
    log.sign(first.hash, "marketing", "Ann", "", "f" * 64, {})
    log.propose(with_target(0.7), "Olaf", "")
    at = opened(monkeypatch, "Signatures")
    assert "Version 1 waits for sales." in said(at)
    assert "Version 2 waits for marketing and sales." in said(at)
    at.text_input(key="name_sales_1").set_value("Bo")
    at.button(key="go_sales_1").click().run()
    assert "Version 1 is in force" in said(at)


def test_a_signature_that_came_too_late_is_said(monkeypatch, records, log):
    version = log.propose(with_target(0.8), "Rita", "")
    at = opened(monkeypatch, "Signatures")
    at.text_input(key="name_sales_1").set_value("Cy")
    log.sign(version.hash, "sales", "Bo", "", "f" * 64, {})
    at.button(key="go_sales_1").click().run()
    assert "Your signature under version 1 was not taken: Bo did so for sales" in said(at)
    in_force(log, with_target(0.6))
    at.text_input(key="name_marketing_1").set_value("Cy")
    at.button(key="go_marketing_1").click().run()
    assert "Your signature under version 1 was not taken: another version came in force meanwhile" in said(at)


def test_an_unchanged_draft_does_not_set_back_what_was_signed_elsewhere(monkeypatch, records, log):
    at = opened(monkeypatch, "Signatures")
    assert "The draft says what is in force" in said(at)
    in_force(log, with_target(0.6))
    at.run()
    assert "The draft says what is in force" in said(at)
    assert at.session_state["contract_draft"]["targets"]["completeness"] == 0.6


def test_a_changed_draft_says_that_another_contract_came_in_force(monkeypatch, records, log):
    at = opened(monkeypatch, "Signatures")
    put(at, with_target(0.5))
    assert "came in force since this draft was begun" not in said(at)
    in_force(log, with_target(0.6))
    at.run()
    assert "came in force since this draft was begun" in said(at)
    assert at.session_state["contract_draft"]["targets"]["completeness"] == 0.5


def test_a_draft_that_was_replaced_can_be_taken_back(monkeypatch, records, log):
    log.save_draft("other", with_target(0.4), "Rita", 0)
    at = opened(monkeypatch, "Signatures")
    put(at, with_target(0.5))
    at.button(key="draft_open_other").click().run()
    assert at.session_state["contract_draft"]["targets"]["completeness"] == 0.4
    at.button(key="draft_back").click().run()
    assert at.session_state["contract_draft"]["targets"]["completeness"] == 0.5
    at.button(key="draft_away").click().run()
    assert at.session_state["contract_draft"] == table_of(default_contract())
    at.button(key="draft_back").click().run()
    assert at.session_state["contract_draft"]["targets"]["completeness"] == 0.5


def test_the_draft_taken_up_is_the_one_that_was_named(monkeypatch, records, log):
    log.save_draft("mine", with_target(0.4), "Rita", 0)
    at = opened(monkeypatch, "Signatures")
    log.save_draft("newer", with_target(0.3), "Olaf", 0)
    at.button(key="draft_open_mine").click().run()
    assert at.session_state["contract_draft"]["targets"]["completeness"] == 0.4


def test_a_draft_that_does_not_fit_can_be_mended_or_thrown_away(monkeypatch, records):
    at = opened(monkeypatch, "Numbers")
    numbers = len(at.number_input)
    key = next(one.key for one in at.text_input if one.key.startswith("text_terms_review_on"))
    at.text_input(key=key).set_value("next spring").run()
    assert "The draft: terms.review_on must be a list of dates" in said(at)
    assert len(at.number_input) == numbers > 5
    at.segmented_control(key="contract_look").set_value("Definition").run()
    assert "Another part of the draft does not fit" in said(at)
    assert "This row is no test yet" not in said(at)
    at.segmented_control(key="contract_look").set_value("Signatures").run()
    at.button(key="draft_away").click().run()
    assert "The draft says what is in force" in said(at)


def test_a_draft_that_can_no_longer_be_read_is_named(monkeypatch, records, log):
    log.save_draft("old", {"targets": {"completness": 0.5}}, "Rita", 0)
    log.save_draft("broken", with_target(0.5), "Rita", 0)
    with log._database.writing() as connection:
        connection.execute(query("UPDATE contract_drafts SET text = '[1' WHERE name = 'broken'"))
    at = opened(monkeypatch, "Definition")
    assert at.selectbox(key="definition_against").options == ["What is in force"]
    assert "Draft “old” is left out: unknown key 'targets.completness'" in said(at)
    assert "Draft “broken” is left out: it is no contract." in said(at)
    at = opened(monkeypatch, "Signatures")
    at.button(key="draft_open_old").click().run()
    assert "The draft “old” can no longer be taken up: unknown key" in said(at)


def test_a_signature_says_which_leads_its_numbers_count(monkeypatch, records, log):
    log.propose(with_target(0.8), "Rita", "")
    at = opened(monkeypatch, "Signatures", by_source="Google Ads")
    at.text_input(key="name_sales_1").set_value("Bo")
    at.button(key="go_sales_1").click().run()
    said(at)
    (version,) = log.versions()
    seen = json.loads(version.signatures[0].numbers_text)
    assert seen["only"] == "source: Google Ads"
    assert "2026" in seen["handed off"]
    assert seen["leads"] > 0


def test_a_long_reason_is_shown_whole(monkeypatch, records):
    at = opened(monkeypatch, "Signatures")
    long = "word " * 80
    put(at, table_of(read_table({"reasons": {"other": long}}, "x")))
    at.segmented_control(key="contract_look").set_value("Numbers").run()
    said(at)
    assert next(one.value for one in at.text_input if "_reasons_other_" in one.key) == long


def test_what_data_is_complete_and_the_bands_can_be_agreed_on_the_screen(monkeypatch, records):
    at = opened(monkeypatch, "Numbers")

    def write(name: str, value: str) -> None:
        key = next(one.key for one in at.text_input if one.key.startswith(f"text_{name}_"))
        at.text_input(key=key).set_value(value).run()

    write("marketing_complete", "company, industry")
    write("bands_score", "0, 33.5, 66")
    write("bands_employees", "1, 100, many")
    assert "The draft: bands.employees must be at least two rising numbers" in said(at)
    write("bands_employees", "1, 100")
    held = at.session_state["contract_draft"]
    assert (held["marketing"]["complete"], held["bands"]) == (
        ["company", "industry"],
        {"score": [0, 33.5, 66], "employees": [1, 100]},
    )
    assert "does not fit" not in said(at)
