"""The plumbing light of every page: the audit of the selection, at once where it is quick, else when it was asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from analytics.plumbing.audit_words import light
from analytics.verdict import Judgement, measure_judgement
from pages.ui import cache

if TYPE_CHECKING:
    from pages.ui.shell import Frame

AT_ONCE = 50_000
"""Up to so many leads of a selection are audited while a page loads; larger ones when somebody asks."""


def judgement(frame: Frame) -> Judgement:
    """The audit of the frame's selection and its verdict, measured once; a long one says how far it is."""
    if not is_at_once(frame):
        _measure_with_progress(frame)
    return frame.ask(measure_judgement)


def _measure_with_progress(frame: Frame) -> None:
    with st.container(key="audit_progress"):
        bar = st.progress(0.0, "Counting the faults of the record …")

    def tell(done: int, of: int, title: str) -> None:
        bar.progress(done / of, f"Pricing fault {done + 1} of {of}: {title} …")

    cache.answer_with_progress(measure_judgement, frame.manifest, frame.contract, frame.request, tell)
    bar.empty()
    st.session_state.setdefault("audited", set()).add(_name(frame))


def is_at_once(frame: Frame) -> bool:
    """Whether the selection is small enough, or was audited before."""
    return frame.facts().leads <= AT_ONCE or _name(frame) in st.session_state.get("audited", ())


def words(frame: Frame) -> str:
    """The light in words; where the selection is large and was not audited yet, that it was not; empty without leads."""
    if not frame.facts().leads:
        return ""
    return light(judgement(frame).audit) if is_at_once(frame) else "plumbing: not looked at yet"


def _name(frame: Frame) -> tuple[object, ...]:
    return frame.request, frame.contract.hash
