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
NAME = "the draft"


def table(frame: Frame) -> Table:
    """The draft as sections and keys; begun anew when another contract came in force and nothing was changed."""
    base = frame.contract.hash
    held: Table | None = st.session_state.get(_DRAFT)
    if held is None or (st.session_state.get(_BASE) != base and not is_changed(frame)):
        start(table_of(frame.contract), base)
    found: Table = st.session_state[_DRAFT]
    return found


def start(sections: Table, base: str) -> None:
    """Begin the draft from these sections; the forms show their values from the next run on."""
    st.session_state[_DRAFT] = copy.deepcopy(sections)
    st.session_state[_BASE] = base
    st.session_state[_ROUND] = round_number() + 1


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
    if held is None:
        return False
    try:
        return read_table(held, NAME).hash != frame.contract.hash
    except RequestError:
        return True
