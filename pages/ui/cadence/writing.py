"""The one place where the pages write to the cadence log, and ask who writes."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import streamlit as st

from analytics.store.cadence_log import CadenceLog, Entry, NewLine
from analytics.store.contract_texts import MOST_NAME
from pages.ui import cache

WHO = "cadence_who"


def who(label: str = "Your name", key: str = WHO) -> str:
    """The name of whoever sits at this screen, asked once per session; empty until it is given.

    A second place on a page that asks has a ``key`` of its own and begins with the name given in the first.
    """
    first = "" if key == WHO else str(st.session_state.get(WHO) or "")
    given = st.text_input(
        label, first, key=key, max_chars=MOST_NAME, persist_state="session", autocomplete="name"
    )
    return given or ""


def add(make: Callable[[tuple[Entry, ...]], NewLine], at: datetime | None = None) -> Entry:
    """Add one entry.

    Raises:
        RequestError: what ``make`` refuses.
        WorkspaceError: the log was tampered with, or cannot be written.
    """
    log = CadenceLog(cache.contract_home())
    try:
        return log.add(make, at)
    finally:
        log.close()
