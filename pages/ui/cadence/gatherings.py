"""Held or skipped: the monthly council and the quarterly review in the log, and whether the habit is healthy."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date
from zoneinfo import ZoneInfo

import streamlit as st

from analytics import formatting as text
from analytics.council import Council, hard_months, measure_council
from analytics.periods import Unit, first_day, label, number_of
from analytics.store import go_lives, meetings
from analytics.store.meetings import MONTHLY, NAMES, QUARTERLY
from analytics.store.ratifications import SIDES, ratifications, ratify
from pages.ui import cache, view
from pages.ui.cadence import writing
from pages.ui.shell import Frame, boundary

_PAST = 12


def month_about(ends: date) -> date:
    """The first day of the last month that was over on the day on which the file ends, whatever the filters."""
    return first_day(Unit.MONTH, number_of(Unit.MONTH, ends) - 1)


def quarter_about(ends: date) -> date:
    """The first day of the last quarter that was over on the day on which the file ends."""
    return first_day(Unit.QUARTER, number_of(Unit.QUARTER, ends) - 1)


def ends_on(frame: Frame) -> date:
    """The day of the extract in the contract's zone."""
    facts = frame.facts()
    return facts.as_of.replace(tzinfo=UTC).astimezone(ZoneInfo(facts.zone)).date()


def council(frame: Frame) -> None:
    """The council about the last whole month: held, or skipped and why."""
    first = month_about(ends_on(frame))
    view.heading(
        "This council",
        f"About {label(Unit.MONTH, number_of(Unit.MONTH, first))}, the last month that was over at the extract.",
    )
    _form(MONTHLY, first)
    _past(MONTHLY)


def unfiltered(frame: Frame) -> Council:
    """The months of the whole file: whether a month was hard does not hang on what is filtered."""
    request = replace(frame.request, filters=())
    entered = go_lives.go_lives(cache.cadence(), cache.contract_versions())
    return replace(frame, request=request).ask(measure_council, Unit.MONTH, entered)


def review(frame: Frame) -> None:
    """The quarterly review: health of the habit, held or skipped, and the contract ratified by both sides."""
    first = quarter_about(ends_on(frame))
    name = label(Unit.QUARTER, number_of(Unit.QUARTER, first))
    entries = cache.cadence()
    view.heading(
        "The habit",
        "A quarter is held when its three councils were; a hard month is one in which a target was missed, all leads together.",
    )
    last = number_of(Unit.QUARTER, first)
    health = meetings.health(
        meetings.meetings(entries), [first_day(Unit.QUARTER, last - 1), first], hard_months(unfiltered(frame))
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
