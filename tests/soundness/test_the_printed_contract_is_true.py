"""What the contract on paper said that was not so, or did not say in words."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import datetime

import pytest

from analytics import contract_fit, contract_paper
from analytics.contract import MOST_TERM, default_contract, read_table
from analytics.contract_changes import differences
from analytics.contract_document import document_html
from analytics.contract_pdf import has_browser, pages_of
from tests.test_contract_document import Reader, signed, version

COUNTED = {
    "leads": 2076,
    "handed off": "3 Apr – 1 Jul 2026",
    "sentence": "Marketing’s side is not agreed; sales kept it for 15 % of the leads it accepted, and so on and on.",
    "marketing": {"cannot": "No sales-ready definition is agreed, so nobody can say which leads meet it."},
    "sales": {"kept": 154, "of": 1018, "pending": 3},
}


def read(agreed, at):
    return Reader(document_html(agreed, version=at, snapshot="f" * 64)).text


def long_terms(agreed):
    words = ("word " * MOST_TERM)[: MOST_TERM - 1]
    return replace(
        agreed, terms=tuple((key, words if key != "review_on" else said) for key, said in agreed.terms)
    )


def long_criteria(count):
    row = {"kind": "fit", "operator": "in", "value": ["Netherlands", "Germany", "Austria", "Switzerland"]}
    rows = [{**row, "field": f"a_rather_long_column_name_{number}"} for number in range(count)]
    return read_table({"definition": {"criteria": rows}}, "x")


def test_the_numbers_seen_are_words_and_whole():
    at = signed(default_contract(), numbers=COUNTED)
    said = read(default_contract(), at)
    assert (
        "leads: 2,076; handed off: 3 Apr – 1 Jul 2026; marketing: not measured; sales: 154 of 1,018 kept, 3 pending."
        in said
    )
    assert "{" not in said
    assert "…" not in said
    assert json.loads(at.signatures[0].numbers_text) == COUNTED


def test_a_past_version_is_not_in_force_since():
    agreed = default_contract()
    past = replace(signed(agreed), state="superseded", superseded_at=datetime(2027, 6, 1))
    assert "In force from 3 Mar 2027, 13:00 to 1 Jun 2027, 00:00 UTC." in read(agreed, past)
    assert "In force since" not in read(agreed, past)


def test_an_outdated_version_binds_nobody():
    said = read(default_contract(), version(default_contract(), state="outdated"))
    assert "It binds both sides" not in said
    assert "It never came in force" in said


def test_a_line_break_does_not_join_two_words():
    agreed = read_table({"reasons": {"other": "one\ntwo\tthree"}}, "x")
    assert "one two three" in read(agreed, None)
    assert "“one two three”" in " ".join(differences(default_contract(), agreed))


def test_reasons_that_read_alike_are_told_apart():
    old = read_table({"reasons": {"other": "one two"}}, "x")
    new = read_table({"reasons": {"other": "one  two"}}, "x")
    assert differences(old, new) == ('Reason \'other\' now means "one  two", was "one two".',)


def test_a_contract_is_said_to_be_too_long_before_it_is_signed():
    assert contract_fit.too_long(long_terms(default_contract()), is_signed=True) == ""
    endless = replace(default_contract(), reasons=(("other", "word " * 2000),))
    assert "more than two pages even in small type. Shorten the reasons (10," in contract_fit.too_long(
        endless, is_signed=False
    )


def test_the_type_shrinks_only_as_far_as_it_must():
    sizes = [
        contract_fit.scale_of(one, is_signed=False)
        for one in (default_contract(), long_terms(default_contract()), long_terms(long_criteria(20)))
    ]
    assert sizes == [1.0, 0.92, 0.84]
    assert 'class="small"' in document_html(long_terms(default_contract()), version=None, snapshot="")


@pytest.mark.skipif(not has_browser(), reason="No Chromium on this machine: the pages cannot be counted.")
@pytest.mark.parametrize("name", ["terms", "criteria", "many criteria"])
def test_the_longest_agreed_texts_fit_two_pages(name):
    agreed = {
        "terms": long_terms(default_contract()),
        "criteria": long_terms(long_criteria(12)),
        "many criteria": long_criteria(20),
    }[name]
    paper = contract_paper.document_pdf(agreed, version=signed(agreed, numbers=COUNTED), snapshot="f" * 64)
    assert pages_of(paper) == 2
