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
_STORED = "on record"


@contextmanager
def contracts() -> Iterator[ContractLog]:
    """The log of contracts, let go of afterwards."""
    log = ContractLog(cache.contract_home())
    try:
        yield log
    finally:
        log.close()


def others(frame: Frame) -> tuple[dict[str, Contract], tuple[str, ...]]:
    """Name -> contract that the draft can be compared with, and a sentence for each that can no longer be read.

    In force, every other version, every draft kept by name.
    """
    with contracts() as log:
        versions, drafts = log.versions(), log.drafts()
    texts = {f"Version {one.number}, {one.state}": one.text for one in versions if one.state != "in force"}
    texts |= {f"Draft “{kept.name}”": kept.text for kept in drafts}
    found, left_out = {IN_FORCE: frame.contract}, []
    for name, written in texts.items():
        read = contract_of(written)
        if isinstance(read, str):
            left_out.append(f"{name} is left out: {read}")
        else:
            found[name] = read
    return found, tuple(left_out)


def contract_of(written: str) -> Contract | str:
    """The contract that a stored text holds, or why it can no longer be read."""
    try:
        return read_table(json.loads(written), _STORED)
    except RequestError as error:
        return str(error).replace(f"Contract file {_STORED}: ", "")
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        return "it is no contract."


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
            drafts = (kept, *(one for one in drafts if one.name != kept.name))
    for one in drafts:
        _kept(frame, one)


def _kept(frame: Frame, one: Draft) -> None:
    """A line of the list; its keys hold the name, for the places change whenever somebody saves."""
    with st.container(
        key=f"draft_{one.name}", horizontal=True, vertical_alignment="center", gap="small", wrap=False
    ):
        view.paragraphs((f"{one.name} · {one.saved_by} · {text.moment(one.saved_at)} UTC",))
        if st.button("Take up", key=f"draft_open_{one.name}", type="tertiary"):
            taken = contract_of(one.text)
            if isinstance(taken, str):
                problem(f"The draft “{one.name}” can no longer be taken up: {taken}")
                return
            draft.replace(frame, table_of(taken))
            seen = st.session_state.get("draft_revisions", {})
            st.session_state["draft_revisions"] = {**seen, one.name: one.revision}
            st.rerun()
