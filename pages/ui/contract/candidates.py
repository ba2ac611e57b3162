"""Drafts kept under a name, and whatever else the draft at hand can be held against."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager

import streamlit as st

from analytics import formatting as text
from analytics.contract import Contract, read_table
from analytics.contract_table import table_of
from analytics.errors import HandoffError, RequestError
from analytics.store.contract_drafts import Draft
from analytics.store.contract_log import ContractLog
from analytics.store.contract_texts import slug
from pages.ui import cache, view
from pages.ui.contract import draft
from pages.ui.shell import Frame, problem

MOST_NAME = 80
IN_FORCE = "What is in force"


@contextmanager
def contracts() -> Iterator[ContractLog]:
    """The log of contracts, let go of afterwards."""
    log = ContractLog(cache.contract_home())
    try:
        yield log
    finally:
        log.close()


def others(frame: Frame) -> dict[str, Contract]:
    """Name -> contract that the draft can be compared with: in force, every version, every draft kept by name.

    Drafts that can no longer be read as a contract are left out here; the list of drafts still has them.
    """
    found = {IN_FORCE: frame.contract}
    with contracts() as log:
        versions, drafts = log.versions(), log.drafts()
    for one in versions:
        if one.state != "in force":
            found[f"Version {one.number}, {one.state}"] = read_table(
                json.loads(one.text), f"version {one.number}"
            )
    for kept in drafts:
        try:
            found[f"Draft “{kept.name}”"] = _contract(kept)
        except RequestError:
            continue
    return found


def _contract(kept: Draft) -> Contract:
    return read_table(json.loads(kept.text), f"draft {kept.name}")


def show(frame: Frame, drafted: Contract) -> None:
    """Keep the draft at hand under a name, or take one up again."""
    with contracts() as log:
        drafts = log.drafts()
    with (
        st.form("draft_keep", border=False),
        st.container(horizontal=True, vertical_alignment="bottom", gap="small"),
    ):
        name = st.text_input("Keep this draft as", max_chars=MOST_NAME, key="draft_name")
        by = st.text_input("By", max_chars=MOST_NAME, key="draft_by")
        is_sent = st.form_submit_button("Keep", key="draft_go")
    if is_sent:
        seen = st.session_state.get("draft_revisions", {})
        try:
            revision = seen.get(slug(name or ""), 0)
            with contracts() as log:
                kept = log.save_draft(name or "", table_of(drafted), by or "", revision)
        except HandoffError as error:
            problem(str(error))
        else:
            st.session_state["draft_revisions"] = {**seen, kept.name: kept.revision}
            view.paragraphs((f"Kept as “{kept.name}”.",))
            return
    for number, one in enumerate(drafts):
        _kept(frame, number, one)


def _kept(frame: Frame, number: int, one: Draft) -> None:
    with st.container(
        key=f"draft_{number}", horizontal=True, vertical_alignment="center", gap="small", wrap=False
    ):
        view.paragraphs((f"{one.name} · {one.saved_by} · {text.moment(one.saved_at)} UTC",))
        if st.button("Take up", key=f"draft_open_{number}", type="tertiary"):
            try:
                taken = _contract(one)
            except RequestError as error:
                problem(str(error))
                return
            draft.start(table_of(taken), frame.contract.hash)
            seen = st.session_state.get("draft_revisions", {})
            st.session_state["draft_revisions"] = {**seen, one.name: one.revision}
            st.rerun()
