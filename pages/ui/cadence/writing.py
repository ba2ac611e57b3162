"""The one place where the pages write to the cadence log, and ask who writes."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import streamlit as st

from analytics.store.cadence_log import CadenceLog, Entry, NewLine
from analytics.store.contract_texts import MOST_NAME
from pages.ui import cache

WHO = "cadence_who"


def who(label: str = "Your name") -> str:
    """The name of whoever sits at this screen, asked once per session; empty until it is given."""
    return (
        st.text_input(label, key=WHO, max_chars=MOST_NAME, persist_state="session", autocomplete="name") or ""
    )


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
