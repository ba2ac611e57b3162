"""What stands in the way of an import, asked as a question with the answers as buttons."""

from __future__ import annotations

import re
from typing import Literal

import streamlit as st

from analytics import formatting as text
from analytics.importing.pipeline import Proposal
from analytics.importing.stamps import Stamp, read_stamp
from analytics.schema import CLOCK_FIELDS, FIELDS, Role
from pages.ui import markup
from pages.ui.importing import frame
from pages.ui.importing.desk import Desk

_EXAMPLE = re.compile(
    r"Column (?P<column>.*): (?P<value>.*?) (has values that fit only|can be read in two ways)"
)
_SLASHED = re.compile(r"(\d{1,2})[/.\-](\d{1,2})[/.\-]\d{2}")
_ORDERS: dict[Literal["dmy", "mdy"], str] = {"dmy": "Day first", "mdy": "Month first"}
_CLOCK_WORDS = {
    "handoff_at": "was passed to sales",
    "mql_at": "became an MQL (marketing qualified lead)",
    "created_at": "was created",
}


def show(at_hand: Desk, proposal: Proposal, problem: str) -> None:
    """The sentence, and the answers where there are any."""
    with st.container(key="open_question", gap="small"):
        if at_hand.question == "date_order":
            _date_order(at_hand, problem)
        elif at_hand.question == "rejects":
            markup.show(markup.plain("p", "sentence", problem))
            st.button("Go on without them", key="accept_rejects", on_click=_accept_rejects, args=(at_hand,))
            frame.aside("They will be listed with line, column and reason after the import.")
        elif at_hand.question == "mapping" and at_hand.options:
            _column(at_hand, proposal, problem)
        else:
            markup.show(markup.plain("p", "sentence", problem))


def _date_order(at_hand: Desk, problem: str) -> None:
    """Day or month first, with a value that can be read both ways and both of its readings."""
    found = _EXAMPLE.search(problem)
    value = _telling(at_hand, found["column"], found["value"]) if found else ""
    asked = (
        f"What does {value} in column {found['column']} mean?"
        if found
        else "How are dates written in this export?"
    )
    markup.show(markup.plain("p", "sentence", asked))
    if found and found[3].startswith("has"):
        frame.aside(
            "The column mixes both ways of writing; what does not fit your answer is listed and left empty."
        )
    with st.container(horizontal=True, gap="small"):
        for order, words in _ORDERS.items():
            st.button(
                _reading(value, order, words), key=f"order_{order}", on_click=_order, args=(at_hand, order)
            )


def _telling(at_hand: Desk, column: str, value: str) -> str:
    """A value of the column whose two readings differ: 03/04 rather than 01/01."""
    for table in at_hand.work.tables:
        for text_found in at_hand.work.texts_of(table, column) if column in table.headers else ():
            parts = _SLASHED.match(text_found)
            if parts and int(parts[1]) != int(parts[2]) and max(int(parts[1]), int(parts[2])) <= 12:
                return text_found
    return value


def _reading(value: str, order: Literal["dmy", "mdy"], words: str) -> str:
    """An answer with the day that the value would be."""
    stamp = read_stamp(value, order)
    return f"{words}: {text.day(stamp.at.date())}" if isinstance(stamp, Stamp) else words


def _order(at_hand: Desk, answer: Literal["dmy", "mdy"]) -> None:
    at_hand.choices.date_order = answer
    at_hand.changed()


def _accept_rejects(at_hand: Desk) -> None:
    at_hand.choices.accept_rejects = True
    at_hand.changed()


def _column(at_hand: Desk, proposal: Proposal, problem: str) -> None:
    """Which column is the lead's id, or starts its clock."""
    is_id = proposal.mapping.header(Role.LEADS, "lead_id") is None
    if is_id:
        markup.show(markup.plain("p", "sentence", "Which column holds the id of the lead?"))
    else:
        markup.show(markup.plain("p", "sentence", "Which date starts the clock of a lead?"))
    frame.aside(problem)
    places = _places(at_hand, proposal)
    with st.container(key="clock", horizontal=True, vertical_alignment="bottom", gap="small"):
        place = st.selectbox(
            "Column",
            places,
            format_func=lambda one: one[1] if len(proposal.files) == 1 else f"{one[1]} ({one[0].value})",
            key=f"clock_column_{at_hand.number}",
            width=320,
        )
        names = ["lead_id"] if is_id else list(CLOCK_FIELDS)
        name = names[0]
        if not is_id:
            name = st.selectbox(
                "It is the date on which the lead",
                names,
                format_func=lambda one: _CLOCK_WORDS[one],
                key=f"clock_field_{at_hand.number}",
                width=340,
            )
        if place and name:
            st.button(
                "Use this column",
                key="use_clock",
                type="primary",
                on_click=_use,
                args=(at_hand, *place, name),
            )


def _places(at_hand: Desk, proposal: Proposal) -> list[tuple[Role, str]]:
    """The columns offered, the leads file first."""
    places = [
        (file.role, column.header)
        for file in sorted(proposal.files, key=lambda file: file.role is not Role.LEADS)
        for column in file.columns
        if column.header in at_hand.options and file.role in (Role.LEADS, Role.OPPORTUNITIES)
    ]
    return list(dict.fromkeys(places))


def _use(at_hand: Desk, role: Role, header: str, name: str) -> None:
    if name in FIELDS[role]:
        at_hand.choices.fields[role, name] = header
        at_hand.changed()
