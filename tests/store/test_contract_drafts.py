"""Drafts: kept under a slug, and nobody overwrites what they have not read."""

from __future__ import annotations

import json

import pytest
from signed_contracts import contract

from analytics.errors import RequestError
from analytics.store.contract_log import ContractLog
from analytics.store.workspace import Workspace


@pytest.fixture
def log(tmp_path):
    return ContractLog(Workspace(tmp_path / "home"))


def test_no_draft_at_first(log):
    assert log.drafts() == ()


def test_a_draft_is_kept_and_changed(log):
    first = log.save_draft("Spring: Größe, 2027!", contract(2), "Ann", 0)
    assert (first.name, first.revision, first.saved_by) == ("spring-grösse-2027", 1, "Ann")
    assert json.loads(first.text) == contract(2)
    second = log.save_draft(first.name, {"half": "done"}, "Bob", first.revision)
    assert (second.revision, second.text) == (2, '{"half":"done"}')
    assert log.drafts() == (second,)
    assert log.versions() == ()


def test_whoever_comes_second_is_told(log):
    draft = log.save_draft("spring", contract(2), "Ann", 0)
    kept = log.save_draft("spring", contract(3), "Ann", draft.revision)
    with pytest.raises(
        RequestError,
        match=r"This draft was saved again at .* UTC \(Ann\); nothing was saved.* take it up again",
    ):
        log.save_draft("spring", contract(4), "Bob", draft.revision)
    assert log.drafts() == (kept,)


def test_a_new_draft_does_not_overwrite_one_of_the_same_name(log):
    kept = log.save_draft("Spring", contract(2), "Ann", 0)
    with pytest.raises(RequestError, match=r"There is a draft 'spring' already \(Ann, .*; nothing was saved"):
        log.save_draft("spring!", contract(3), "Bob", 0)
    assert log.drafts() == (kept,)


def test_a_deleted_draft_is_not_brought_back_by_an_old_screen(log):
    draft = log.save_draft("spring", contract(2), "Ann", 0)
    log.delete_draft("spring")
    log.delete_draft("spring")
    with pytest.raises(RequestError, match="'spring' was deleted by somebody else"):
        log.save_draft("spring", contract(3), "Bob", draft.revision)
    assert log.drafts() == ()


def test_drafts_do_not_disturb_each_other(log):
    for name in ("b", "a", "c"):
        log.save_draft(name, contract(2), "Ann", 0)
    log.delete_draft("c")
    assert {draft.name for draft in log.drafts()} == {"a", "b"}


@pytest.mark.parametrize(
    ("name", "words"),
    [("", "needs a letter or a digit"), (" -_!", "needs a letter or a digit"), ("x" * 81, "at most 80")],
)
def test_a_name_that_cannot_be_kept_is_refused(log, name, words):
    with pytest.raises(RequestError, match=words):
        log.save_draft(name, contract(2), "Ann", 0)
    assert log.drafts() == ()


def test_eighty_characters_are_enough(log):
    assert log.save_draft("x" * 80, {}, "Ann", 0).name == "x" * 80


def test_a_draft_that_json_cannot_hold_is_refused(log):
    with pytest.raises(RequestError, match="The draft holds a value that cannot be kept"):
        log.save_draft("spring", {"x": {1, 2}}, "Ann", 0)
    with pytest.raises(RequestError, match="The draft takes 60,010 bytes"):
        log.save_draft("spring", {"x": "y" * 60_002}, "Ann", 0)
    with pytest.raises(RequestError, match="The name is empty"):
        log.save_draft("spring", {}, "", 0)
    assert log.drafts() == ()
