"""The verdict as one line under the four numbers; behind it the evidence, what speaks against it, and further findings."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from analytics import faster_words
from analytics import formatting as text
from analytics import verdict as verdicts
from analytics.faster_wins import FasterWins, measure_faster_wins
from analytics.verdict import Verdict
from analytics.verdict_evidence import Evidence
from pages.ui import drawers, light, markup, view
from pages.ui.page_list import LEADS
from pages.ui.shell import Frame, boundary

_WIDTH = 760
LIKE_WITH_LIKE = (
    "Leads of the same score band, source and size are compared, touched inside their limit or not; leads that were closed"
    " when it ran out are left out. An association, not a proof; the strata stand under Speed to lead."
)


def show(frame: Frame) -> None:
    """The line; a large selection is looked at when somebody asks."""
    with st.container(key="verdict", horizontal=True, vertical_alignment="center", gap="small", wrap=False):
        if not light.is_at_once(frame):
            markup.show(markup.plain("p", "verdict", "The problem in one sentence: not looked at yet."))
            if not st.button("Look now", key="verdict_look"):
                return
            light.judgement(frame)
            st.rerun()
        found = light.judgement(frame).verdict
        markup.show(markup.plain("p", "verdict", found.sentence))
        if st.button("Why?", key="verdict_why", type="tertiary"):
            _why(frame, found)


@st.dialog("Why this sentence", position="right", width=_WIDTH)
def _why(frame: Frame, found: Verdict) -> None:
    with boundary():
        markup.show(markup.plain("p", "answer", found.sentence))
        _numbers(frame, "What it stands on", found.evidence, "evidence")
        _numbers(
            frame,
            "What speaks against it",
            found.against,
            "against",
            "No number that is judged speaks against it.",
        )
        st.subheader("What would change it", anchor=False)
        view.paragraphs((found.would_change,), "sentence")
        matched = frame.ask(measure_faster_wins)
        if isinstance(matched, FasterWins):
            st.subheader("Quality or follow-up?", anchor=False)
            view.paragraphs((faster_words.answer(matched),), "sentence")
            view.paragraphs((LIKE_WITH_LIKE, *faster_words.notes(matched)))
        if found.others:
            st.subheader("Further findings", anchor=False)
            view.paragraphs((one.sentence for one in found.others), "sentence")
        st.subheader("How it is judged", anchor=False)
        view.paragraphs((verdicts.METHOD,))


def _numbers(frame: Frame, name: str, items: Sequence[Evidence], slug: str, none: str = "") -> None:
    st.subheader(name, anchor=False)
    if not items:
        view.paragraphs((none,), "sentence")
    for number, one in enumerate(items):
        with st.container(key=f"{slug}_{number}", gap=None):
            markup.show(markup.plain("p", "sentence", f"{one.label}: {one.words}"))
            if one.key:
                st.page_link(
                    LEADS, label=f"{text.of(one.rate)} leads", query_params=drawers.address(frame, one.key)
                )
