"""The draft at hand: a table of sections kept in the session, begun from the contract in force."""

from __future__ import annotations

import copy
from typing import Any

import streamlit as st

from analytics.contract import Contract, read_table
from analytics.contract_table import table_of
from analytics.errors import RequestError
from pages.ui.shell import Frame

Table = dict[str, dict[str, Any]]
_DRAFT, _BASE, _ROUND = "contract_draft", "contract_draft_base", "contract_draft_round"
_BEFORE = "contract_draft_before"
NAME = "the draft"


def table(frame: Frame) -> Table:
    """The draft as sections and keys.

    Begun anew when another contract came in force, unless something was changed: against the contract in force when the
    draft was begun, since a draft that says what held then would silently set back what both sides signed since.
    """
    now = frame.contract.hash
    held: Table | None = st.session_state.get(_DRAFT)
    base = st.session_state.get(_BASE, now)
    if held is None or (base != now and _hash(held) in (base, now)):
        start(table_of(frame.contract), now)
    found: Table = st.session_state[_DRAFT]
    return found


def start(sections: Table, base: str) -> None:
    """Begin the draft from these sections; the forms show their values from the next run on."""
    st.session_state[_DRAFT] = copy.deepcopy(sections)
    st.session_state[_BASE] = base
    st.session_state[_ROUND] = round_number() + 1


def redraw(frame: Frame, sections: Table) -> None:
    """The same draft with these sections, its forms drawn anew."""
    start(sections, st.session_state.get(_BASE, frame.contract.hash))


def replace(frame: Frame, sections: Table) -> None:
    """Begin the draft from these sections, and keep the changed one that they replace for ``take_back``."""
    held = table(frame)
    if _hash(held) not in (frame.contract.hash, _hash(sections)):
        st.session_state[_BEFORE] = (copy.deepcopy(held), st.session_state[_BASE])
    start(sections, frame.contract.hash)


def can_take_back() -> bool:
    """Whether a changed draft was replaced and can be had again."""
    return _BEFORE in st.session_state


def take_back() -> None:
    """The draft that was replaced last stands again; nothing happens where none was."""
    if can_take_back():
        sections, base = st.session_state.pop(_BEFORE)
        start(sections, base)


def is_behind(frame: Frame) -> bool:
    """Whether another contract came in force since this draft was begun."""
    table(frame)
    return bool(st.session_state.get(_BASE, frame.contract.hash) != frame.contract.hash)


def round_number() -> int:
    """Changes whenever the draft is begun anew, so that its forms forget what was typed."""
    number: int = st.session_state.get(_ROUND, 0)
    return number


def change(frame: Frame, section: str, key: str, value: Any) -> None:
    """Set one value of the draft."""
    table(frame)[section][key] = value


def contract(frame: Frame) -> Contract:
    """The draft as a contract.

    Raises:
        RequestError: a value of the draft does not fit; the sentence names its key.
    """
    return read_table(table(frame), NAME)


def is_changed(frame: Frame) -> bool:
    """Whether the draft says anything else than the contract in force."""
    held: Table | None = st.session_state.get(_DRAFT)
    return held is not None and _hash(held) != frame.contract.hash


def said(error: RequestError) -> str:
    """An error of the draft without the words for a file: ``The draft: calendar.zone …``."""
    return str(error).replace(f"Contract file {NAME}:", "The draft:")


def _hash(sections: Table) -> str:
    """The hash of the contract that the sections hold; "" while they hold none."""
    try:
        return read_table(sections, NAME).hash
    except RequestError:
        return ""
