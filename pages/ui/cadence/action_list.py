"""The action list: what is open, most overdue first, what became of last week's, and the form for a new one."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta

import streamlit as st

from analytics import formatting as text
from analytics import weekly_words as words
from analytics.metrics.catalog import METRICS
from analytics.store import actions as store
from analytics.store.actions import Action
from analytics.store.cadence_log import Entry
from analytics.store.contract_texts import MOST_NAME, MOST_NOTE
from pages.ui import markup, view
from pages.ui.cadence import agenda

NAMES = {slug: metric.label for slug, metric in METRICS.items()}
_NONE = "none of the rates"
_EVENTS = {store.DONE: "closed", store.REOPENED: "opened again", store.MOVED: "moved"}


def show(entries: tuple[Entry, ...], monday: date, by: str) -> None:
    """Open actions, the longest overdue first, then those of the last review that are closed.

    ``monday``: of the week that is reviewed; the last review is the one about a week before it.
    """
    found = store.actions(entries)
    progress = store.progress(entries, monday)
    closed = {one.subject for one in progress.actions if one.closing} if progress else set()
    shown = [one for one in store.in_order(found) if one.state == "open" or one.subject in closed]
    cards(shown, by)
    earlier = [one for one in store.in_order(found) if one.closing and one.subject not in closed]
    if earlier:
        with st.expander(f"{text.plural(len(earlier), 'other action')}, closed"):
            cards(earlier, by)


def cards(found: Iterable[Action], by: str) -> None:
    """One card per action."""
    for one in found:
        with st.container(key=f"action_card_{one.number}", border=True, gap="xsmall"):
            with st.container(horizontal=True, vertical_alignment="center", gap="small"):
                with st.container(gap=None):
                    state = (
                        "✓ done" if one.closing else "overdue" if one.days_overdue(agenda.today()) else "open"
                    )
                    markup.show(markup.plain("h3", "name", f"{one.number} · {state}"))
                    markup.show(markup.plain("p", "sentence", one.what))
                    markup.show(markup.line("aside", words.action_words(one, agenda.today(), NAMES)))
                with st.popover("Open again" if one.closing else "Change", width="content"):
                    _change(one, by)
            view.paragraphs(_history(one))


def _history(one: Action) -> list[str]:
    """What happened to it, where somebody said why."""
    return [
        f"{text.day(change.at.date())}, {_EVENTS[change.what]} by {change.by}"
        + (f" to {text.day(change.due)}" if change.due else "")
        + (f": {change.note}" if change.note else "")
        for change in one.changes
        if change.note or change.due
    ]


def _change(one: Action, by: str) -> None:
    turn = agenda.round_number()
    with st.form(f"action_{one.number}_{turn}", border=False):
        note = st.text_input("Why, or a note", key=f"action_note_{one.number}_{turn}", max_chars=MOST_NOTE)
        if one.closing:
            if st.form_submit_button("Open again", key=f"action_reopen_{one.number}"):
                agenda.write(lambda: store.reopen_action(one.subject, by, note or ""))
            return
        is_done = st.form_submit_button("Done", key=f"action_done_{one.number}", type="primary")
        due = st.date_input("Due", value=one.due, key=f"action_due_{one.number}_{turn}")
        is_moved = st.form_submit_button("Move to that day", key=f"action_move_{one.number}")
    if is_done:
        agenda.write(lambda: store.close_action(one.subject, by, note or ""))
    elif is_moved:
        agenda.write(lambda: store.move_action(one.subject, due or one.due, by, note or ""))


def add(by: str) -> None:
    """The form for a new action."""
    turn = agenda.round_number()
    with st.form(f"action_form_{turn}", border=True):
        what = st.text_input("What is to be done", key=f"action_what_{turn}", max_chars=store.MOST_WHAT)
        with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
            owner = st.text_input("Who does it", key=f"action_owner_{turn}", max_chars=MOST_NAME)
            due = st.date_input(
                "Due",
                value=agenda.today() + timedelta(days=7),
                min_value=agenda.today(),
                key=f"action_due_{turn}",
            )
            metric = st.selectbox(
                "The number it should move",
                ["", *NAMES],
                format_func=lambda slug: NAMES.get(slug, _NONE),
                key=f"action_metric_{turn}",
            )
            is_sent = st.form_submit_button("Add the action", key="action_add", type="primary")
    if is_sent and due:
        agenda.write(lambda: store.open_action(what or "", owner or "", due, metric or "", by))
