"""The mapping table: one line per column with samples, how full it is, what it brings, and whether it is kept."""

from __future__ import annotations

import math

import streamlit as st

from analytics import formatting as text
from analytics.importing.choices import Mapping
from analytics.importing.pipeline import ColumnView, FileView, Proposal
from analytics.schema import FIELDS, Role
from pages.ui import markup
from pages.ui.importing import fields, frame
from pages.ui.importing.desk import Desk

PER_PAGE = 40


def show(at_hand: Desk, proposal: Proposal) -> None:
    """Every file's columns; many are shown page by page."""
    frame.aside(
        "Each line is a column of your file. If a guess is wrong, choose what the column brings. Values that look"
        " personal are masked here."
    )
    for index, file in enumerate(proposal.files):
        _file(at_hand, proposal.mapping, index, file)
    st.toggle(
        "Keep names, e-mail addresses and phone numbers readable",
        value=at_hand.choices.keep_personal,
        key=f"personal_{at_hand.number}",
        on_change=_keep_personal,
        args=(at_hand,),
        help="Otherwise they are used for duplicates and completeness only and are stored as keyed hashes.",
    )


def _keep_personal(at_hand: Desk) -> None:
    at_hand.choices.keep_personal = bool(st.session_state[f"personal_{at_hand.number}"])
    at_hand.changed()


def _file(at_hand: Desk, mapping: Mapping, index: int, file: FileView) -> None:
    markup.show(
        markup.element(
            "div",
            "file-head",
            markup.plain("h3", "name", file.name),
            markup.plain("span", "", f"{fields.ROLE_LABELS[file.role]} · {text.plural(file.rows, 'row')}"),
        )
    )
    pages = math.ceil(len(file.columns) / PER_PAGE)
    page = st.pagination(pages, key=f"columns_{at_hand.number}_{index}") if pages > 1 else 1
    start = (page - 1) * PER_PAGE
    heads = ("Column, and values such as", "Filled", "Brings")
    markup.show(markup.element("div", "column heads", *(markup.plain("span", "", head) for head in heads)))
    for position, column in list(enumerate(file.columns))[start : start + PER_PAGE]:
        _column(at_hand, mapping, (index, position), file, column)


def _column(
    at_hand: Desk, mapping: Mapping, place: tuple[int, int], file: FileView, column: ColumnView
) -> None:
    index, position = place
    tail = f"{at_hand.number}_{index}_{position}"
    is_mapped = bool(column.field)
    with st.container(
        key=f"column_{'mapped' if is_mapped else 'free'}_{tail}",
        horizontal=True,
        vertical_alignment="center",
        gap="small",
        wrap=False,
    ):
        markup.show(_cells(column, file.rows))
        key = f"field_{tail}"
        present = column.field or fields.NOTHING
        st.session_state[key] = present
        st.selectbox(
            f"What column {position + 1} of file {index + 1} brings",
            fields.options(file.role, column.field),
            format_func=lambda name: fields.label(file.role, name),
            key=key,
            label_visibility="collapsed",
            on_change=_assign,
            args=(at_hand, mapping, file.role, column.header, key),
            width=270,
        )
        if is_mapped or file.role is not Role.LEADS:
            markup.show(markup.plain("span", "brings", _brings(file.role, column)))
        else:
            _keep(at_hand, column, tail)


def _cells(column: ColumnView, rows: int) -> str:
    samples = " · ".join(column.samples) if column.samples else "empty throughout"
    filled = text.percent(column.filled / rows) if rows else text.DASH
    return markup.element(
        "div",
        "column",
        markup.plain("span", "header", column.header),
        markup.plain("span", "samples", samples),
        markup.plain("span", "filled", filled),
    )


def _brings(role: Role, column: ColumnView) -> str:
    """What the field is good for, or that the column is not used."""
    if not column.field:
        return "not used"
    parts = [
        FIELDS[role][name].brings for name in column.field.split(fields.TOGETHER) if name in FIELDS[role]
    ]
    return "; ".join(part for part in parts if part)


def _keep(at_hand: Desk, column: ColumnView, tail: str) -> None:
    """A tick for a further column; why it is off if it looks personal."""
    key = f"keep_{tail}"
    st.session_state[key] = column.is_kept
    reason = f"Keep ({column.personal})" if column.personal and not column.is_kept else "Keep"
    st.checkbox(reason, key=key, on_change=_choose_keep, args=(at_hand, column.header, key))


def _choose_keep(at_hand: Desk, header: str, key: str) -> None:
    choices = at_hand.choices
    if st.session_state[key]:
        choices.keep, choices.drop = choices.keep | {header}, choices.drop - {header}
    else:
        choices.keep, choices.drop = choices.keep - {header}, choices.drop | {header}
    at_hand.changed()


def _assign(at_hand: Desk, mapping: Mapping, role: Role, header: str, key: str) -> None:
    fields.assign(at_hand.choices, mapping, role, header, st.session_state[key] or fields.NOTHING)
    at_hand.changed()
