"""Which audit is looked at, and the key by which this browser session holds a side of it."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from pathlib import Path

import streamlit as st

from analytics import lead_audit_words as words
from analytics.errors import HandoffError
from analytics.store.cadence_log import Entry, Maker
from analytics.store.lead_audits import audits, opened_by
from pages.ui import cache, kept
from pages.ui.cadence import writing

STYLE = Path(__file__).parent / "assets" / "cards.css"
"""Names and texts that people wrote stay inside their cards; the words of a primary button stand out in the dark too."""
CHOSEN, NEW = "audit", "New audit"
LINK = "reviewer"
_KEYS, _SAID = "audit_keys", "audit_said"


def chosen(entries: Sequence[Entry]) -> str:
    """The subject of the audit to show, empty for a new one; asked before its control is drawn."""
    names = {words.name(one.subject): one.subject for one in audits(entries)}
    linked = opened_by(entries, st.query_params.get(LINK, ""))
    if linked:
        st.session_state.setdefault(_KEYS, {})[linked] = st.query_params[LINK]
        if CHOSEN not in st.session_state and CHOSEN not in st.query_params:
            st.session_state[CHOSEN] = words.name(linked)
    options = (*names, NEW)
    kept.restore(CHOSEN, options.__contains__)
    asked = st.session_state.get(CHOSEN, st.query_params.get(CHOSEN))
    return names.get(asked if asked in options else options[0], "")


def choose(entries: Sequence[Entry]) -> None:
    """The list of audits, the newest first."""
    options = [*(words.name(one.subject) for one in audits(entries)), NEW]
    value = st.selectbox("Audit", options, key=CHOSEN, bind="query-params", width=200, filter_mode=None)
    kept.remember(CHOSEN, value)


def show_next(subject: str) -> None:
    """Have an audit shown from the next run on."""
    st.session_state[CHOSEN] = words.name(subject)


def key_of(subject: str) -> str:
    """The key of this session in an audit; empty without one."""
    found: str = st.session_state.get(_KEYS, {}).get(subject, "")
    return found


def new_key() -> str:
    """A key that nobody guesses."""
    return secrets.token_urlsafe(24)


def hold(subject: str, key: str) -> None:
    """Keep a key in this session."""
    st.session_state.setdefault(_KEYS, {})[subject] = key


def put_into_address(subject: str) -> None:
    """Make the address of this page the personal link of its reviewer, so that a reload does not lose the side."""
    st.query_params[LINK] = key_of(subject)


def is_in_address(subject: str) -> bool:
    """Whether the address already is the personal link."""
    return st.query_params.get(LINK, "") == key_of(subject) != ""


def write(make: Maker) -> Entry | None:
    """Add an entry from a callback; None where it was refused, which the page then says."""
    try:
        return writing.add(make)
    except HandoffError as error:
        st.session_state[_SAID] = str(error)
        return None


def refused() -> str:
    """What was refused a moment ago, once."""
    said: str = st.session_state.pop(_SAID, "")
    return said


def entries() -> tuple[Entry, ...]:
    """The cadence log as it is now."""
    return cache.cadence()
