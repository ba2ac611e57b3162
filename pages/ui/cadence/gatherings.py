"""Held or skipped: the monthly council and the quarterly review in the log, and whether the habit is healthy."""

from __future__ import annotations

from datetime import date

import streamlit as st

from analytics import formatting as text
from analytics.council import Council, hard_months
from analytics.periods import Unit, first_day, label, number_of
from analytics.store import meetings
from analytics.store.meetings import MONTHLY, NAMES, QUARTERLY
from analytics.store.ratifications import SIDES, ratifications, ratify
from pages.ui import cache, view
from pages.ui.cadence import writing
from pages.ui.shell import boundary

_PAST = 12


def month_about(council: Council) -> date:
    """The first day of the last month that was over at the extract; else of the only one there is."""
    whole = [span for span in council.spans if span.is_whole]
    return (whole or list(council.spans))[-1].first


def quarter_about(council: Council) -> date:
    """The first day of the last quarter that was over at the extract."""
    last = month_about(council)
    number = number_of(Unit.QUARTER, last)
    is_over = last.month % 3 == 0
    return first_day(Unit.QUARTER, number if is_over else number - 1)


def council(found: Council) -> None:
    """The council about the last whole month: held, or skipped and why."""
    first = month_about(found)
    view.heading(
        "This council",
        f"About {label(Unit.MONTH, number_of(Unit.MONTH, first))}, the last whole month of this file.",
    )
    _form(MONTHLY, first)
    _past(MONTHLY)


def review(found: Council) -> None:
    """The quarterly review: health of the habit, held or skipped, and the contract ratified by both sides."""
    first = quarter_about(found)
    name = label(Unit.QUARTER, number_of(Unit.QUARTER, first))
    entries = cache.cadence()
    view.heading(
        "The habit",
        "A quarter is held when its three councils were; a hard month is one in which a target was missed.",
    )
    last = number_of(Unit.QUARTER, first)
    health = meetings.health(
        meetings.meetings(entries), [first_day(Unit.QUARTER, last - 1), first], hard_months(found)
    )
    view.paragraphs(
        (
            f"{health.words}."
            + ("" if health.is_healthy else " Not yet healthy: victory is declared too early."),
        ),
        "sentence",
    )
    _ratify(first, name)
    view.heading("This review", f"About {name}.")
    _form(QUARTERLY, first)
    _past(QUARTERLY)


def _form(kind: str, first: date) -> None:
    before = meetings.meeting_about(cache.cadence(), kind, first)
    if before is not None and before.is_held:
        view.paragraphs(
            (
                f"Held: {before.by} wrote it down on {text.day(before.at.date())}. It recorded {_recorded(before)}.",
            ),
            "sentence",
        )
        return
    with st.form(f"meeting_{kind}", border=True):
        note = st.text_input("Note, or why it was skipped", key=f"meeting_note_{kind}", max_chars=240)
        who = writing.who(key=f"meeting_who_{kind}")
        with st.container(horizontal=True, gap="small"):
            is_held = st.form_submit_button("It was held", key=f"meeting_held_{kind}")
            is_skipped = st.form_submit_button("It was skipped", key=f"meeting_skipped_{kind}")
    if is_held or is_skipped:
        with boundary():
            make = meetings.hold if is_held else meetings.skip
            writing.add(make(kind, first, who, note or ""))
            st.rerun()


def _recorded(one: meetings.Meeting) -> str:
    found = one.recorded
    if found.is_nothing:
        return "nothing"
    parts = (
        (found.decisions, "decision"), (found.actions, "action"), (found.disputes, "dispute"), (found.changes, "change"),
    )  # fmt: skip
    return ", ".join(text.plural(number, what) for number, what in parts if number)


def _past(kind: str) -> None:
    found = list(meetings.meetings(cache.cadence(), kind))[-_PAST:]
    unit = Unit.MONTH if kind == MONTHLY else Unit.QUARTER
    view.paragraphs(
        f"{NAMES[kind].capitalize()} about {label(unit, number_of(unit, one.period))}: "
        + (f"held, recorded {_recorded(one)}" if one.is_held else f"skipped: {one.note}")
        + f" ({one.by})."
        for one in reversed(found)
    )


def _ratify(quarter: date, name: str) -> None:
    view.heading(
        "The contract for another quarter", "Both sides keep it as it is, or amend it on the contract page."
    )
    version = cache.agreed().version
    if version is None:
        view.paragraphs(("No version is in force, so there is nothing to ratify.",), "sentence")
        return
    said = {
        one.side: one
        for one in ratifications(cache.cadence())
        if one.version == version.hash and one.quarter == quarter
    }
    for side in SIDES:
        one = said.get(side)
        words = f"ratified by {one.by}, {text.day(one.at.date())}" if one else "has not said yet"
        view.paragraphs((f"{side.capitalize()}, version {version.number}, {name}: {words}.",), "sentence")
    open_sides = [side for side in SIDES if side not in said]
    if not open_sides:
        return
    with st.form("ratify", border=True):
        with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
            side = st.selectbox("Side", open_sides, key="ratify_side", filter_mode=None, width=160)
            who = writing.who(key="ratify_who")
        is_sent = st.form_submit_button("Ratify it as it is", key="ratify_go")
    if is_sent:
        with boundary():
            writing.add(ratify(version, quarter, side, who))
            st.rerun()
