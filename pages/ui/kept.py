"""Carries the controls from page to page: Streamlit binds a URL parameter to one page and drops it on the way out.

A control that the address names is left to Streamlit. Any other one starts, on the first run after a page change, with
the value it last had on any page; it is written back into the address, from which the new page's control reads it.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from typing import Any

import streamlit as st
from streamlit.errors import StreamlitAPIException

_VALUES = "kept_values"
_PAGE = "kept_page"
_ENTERED = "kept_entered"


def enter(page: str) -> None:
    """Note which page runs; must come before the first control."""
    st.session_state[_ENTERED] = st.session_state.get(_PAGE, page) != page
    st.session_state[_PAGE] = page


def restore(
    key: str, is_valid: Callable[[Any], bool], in_address: Callable[[Any], str | list[str]] = str
) -> None:
    """Give the control ``key`` its last value when the page was just entered; before the control is made.

    ``is_valid`` says whether the value still exists, ``in_address`` how the address spells it (empty: not at all).
    """
    values: dict[str, Any] = st.session_state.get(_VALUES, {})
    if (
        not st.session_state[_ENTERED]
        or key not in values
        or key in st.query_params
        or not is_valid(values[key])
    ):
        return
    st.session_state[key] = values[key]
    spelled = in_address(values[key])
    if spelled:
        with contextlib.suppress(
            StreamlitAPIException
        ):  # still bound to the page that was left: the value is kept
            st.query_params[key] = spelled


def is_entered() -> bool:
    """Whether this run is the first after a change of the page."""
    return bool(st.session_state.get(_ENTERED))


def forget(is_gone: Callable[[str], bool]) -> None:
    """Drop the values of the controls for which ``is_gone`` holds, such as the filters of another snapshot."""
    values: dict[str, Any] = st.session_state.get(_VALUES, {})
    st.session_state[_VALUES] = {key: value for key, value in values.items() if not is_gone(key)}


def last(key: str) -> object:
    """The value that the control ``key`` last had on any page; None where it had none."""
    return st.session_state.get(_VALUES, {}).get(key)


def remember(key: str, value: object) -> None:
    """Note the value of the control ``key``; after the control is made."""
    st.session_state.setdefault(_VALUES, {})[key] = value
