"""The plumbing light of every page: the audit of the selection, at once where it is quick, else when it was asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from analytics.plumbing.audit_words import light
from analytics.verdict import Judgement, measure_judgement

if TYPE_CHECKING:
    from pages.ui.shell import Frame

AT_ONCE = 50_000
"""Up to so many leads of a selection are audited while a page loads; larger ones when somebody asks."""


def judgement(frame: Frame) -> Judgement:
    """The audit of the frame's selection and its verdict, measured once."""
    st.session_state.setdefault("audited", set()).add(_name(frame))
    return frame.ask(measure_judgement)


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
