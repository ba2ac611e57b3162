"""The agenda of the weekly review: its four parts, what is asked of the meeting before, and the entry that ends it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from pathlib import Path

import streamlit as st

from analytics import formatting as text
from analytics import weekly_words as words
from analytics.errors import HandoffError
from analytics.store import meetings
from analytics.store.cadence_log import Entry, Maker
from analytics.store.meetings import SILENT, WEEKLY
from pages.ui import kept, view
from pages.ui.cadence import timer, writing
from pages.ui.shell import problem

NUMBERS, REJECTIONS, ACTIONS, CLOSED = "Numbers", "Rejections", "Actions", "Last actions"
PARTS = {NUMBERS: 5, REJECTIONS: 10, ACTIONS: 10, CLOSED: 5}
"""Part of the review -> its minutes; thirty in all."""
_PART, _ROUND = "review_part", "cadence_round"
_PAST = 12
_STYLE, _CARDS = (Path(__file__).parent / "assets" / name for name in ("review.css", "cards.css"))


def part() -> str:
    """Which part is on the screen; asked before its control is drawn, because the answer stands above it."""
    kept.restore(_PART, PARTS.__contains__, lambda value: "" if value == NUMBERS else _label(str(value)))
    return _asked() or NUMBERS


def _asked() -> str:
    """The part that the session or the address asks for; the address spells it as the control shows it."""
    asked = st.session_state.get(_PART, st.query_params.get(_PART))
    return next((name for name in PARTS if asked in (name, _label(name))), "")


def _label(name: str) -> str:
    return f"{name} · {PARTS[name]} min"


def controls() -> None:
    """The parts with their minutes, and the timer."""
    st.html(_STYLE)
    st.html(_CARDS)
    value = st.segmented_control(
        "Part of the review", list(PARTS), default=None if _PART in st.session_state else NUMBERS, key=_PART, bind="query-params",
        format_func=_label, label_visibility="collapsed", required=True,
    )  # fmt: skip
    kept.remember(_PART, value)
    with st.container(key="review_clock", width=400):
        timer.show(tuple(PARTS.items()), _next)


def _next(step: int) -> None:
    st.session_state[_PART] = list(PARTS)[step]


def frictions(entries: tuple[Entry, ...]) -> str:
    """The question after three reviews in which nothing was written down; empty before."""
    return SILENT if meetings.asks_for_frictions(entries) else ""


def round_number() -> int:
    """Changes whenever something was written, so that forms forget what was typed; a refused form keeps it."""
    number: int = st.session_state.get(_ROUND, 0)
    return number


def write(make: Callable[[], Maker]) -> None:
    """Add the entry that ``make`` gives and show the page anew; or the sentence why it was refused."""
    try:
        writing.add(make())
    except HandoffError as error:
        problem(str(error))
        return
    st.session_state[_ROUND] = round_number() + 1
    st.rerun()


def who() -> str:
    """The name of whoever writes, asked once per session."""
    with st.container(width=280):
        return writing.who()


def today() -> date:
    """The calendar day of this machine: due days are people's days."""
    return datetime.now().astimezone().date()


def ending(entries: tuple[Entry, ...], monday: date, by: str) -> None:
    """The entry that this review was held, with what it wrote down, or that it was skipped."""
    before = meetings.meeting_about(entries, WEEKLY, monday)
    if before is not None and before.is_held:
        view.paragraphs((words.meeting_words(before),), "sentence")
        return
    if before is not None:
        view.paragraphs((words.meeting_words(before), "If it was held after all, write it down here."))
    so_far = words.recorded_words(meetings.recorded_since(entries, WEEKLY))
    view.paragraphs((f"Since the review before: {so_far}.",), "sentence")
    with (
        st.form(f"review_end_{round_number()}", border=False),
        st.container(horizontal=True, vertical_alignment="bottom", gap="small"),
    ):
        note = st.text_input(
            "A note, or why it was skipped", key=f"review_note_{round_number()}", max_chars=500
        )
        is_held = st.form_submit_button("The review was held", key="review_held", type="primary")
        is_skipped = st.form_submit_button(
            "It was skipped", key="review_skipped", disabled=before is not None
        )
    if is_held:
        write(lambda: meetings.hold(WEEKLY, monday, by, note or ""))
    elif is_skipped:
        write(lambda: meetings.skip(WEEKLY, monday, by, note or ""))


def past(entries: tuple[Entry, ...], monday: date) -> None:
    """The reviews so far, the latest first, and the weeks of which nobody wrote anything."""
    found = meetings.meetings(entries, WEEKLY)
    view.heading("The reviews so far")
    missing = meetings.weeks_without(entries, monday - timedelta(weeks=1))
    if missing:
        weeks = ", ".join(text.day(one) for one in missing)
        view.paragraphs((f"Neither held nor skipped, by the Monday of their week: {weeks}.",))
    if not found:
        view.paragraphs(("No review was written down yet.",))
    latest = sorted(found, key=lambda one: one.period, reverse=True)
    view.paragraphs([words.meeting_words(one) for one in latest[:_PAST]])
    if len(latest) > _PAST:
        view.paragraphs((f"and {text.plural(len(latest) - _PAST, 'earlier one')}",))
