"""The files: what each one is, which sheet is read, and which columns link it to the leads."""

from __future__ import annotations

import streamlit as st

from analytics import formatting as text
from analytics.importing.choices import Join
from analytics.importing.pipeline import FileView, Proposal
from analytics.schema import Role
from pages.ui import markup
from pages.ui.importing import fields, frame
from pages.ui.importing.desk import Desk


def show(at_hand: Desk, proposal: Proposal) -> None:
    """One line per file, then the links."""
    for index, file in enumerate(proposal.files):
        _file(at_hand, index, file)
    joins = {join.right: join for join in proposal.mapping.joins}
    for role in (Role.OPPORTUNITIES, Role.TOUCHES):
        linked = next((file for file in proposal.files if file.role is role), None)
        leads = next((file for file in proposal.files if file.role is Role.LEADS), None)
        if linked is not None and leads is not None:
            _link(at_hand, leads, linked, joins.get(role))


def _file(at_hand: Desk, index: int, file: FileView) -> None:
    with st.container(key=f"file_{index}", horizontal=True, vertical_alignment="bottom", gap="small"):
        markup.show(
            markup.element(
                "div",
                "file",
                markup.plain("span", "header", file.name),
                markup.plain("span", "filled", text.plural(file.rows, "row")),
            )
        )
        key = f"role_{at_hand.number}_{index}"
        st.session_state[key] = file.role
        st.selectbox(
            f"What file {index + 1} holds",
            list(Role),
            format_func=lambda role: fields.ROLE_LABELS[role],
            key=key,
            on_change=_choose_role,
            args=(at_hand, index, key),
            width=300,
        )
        if len(file.sheets) > 1:
            key = f"sheet_{at_hand.number}_{index}"
            st.session_state[key] = file.sheet
            st.selectbox(
                f"Sheet of file {index + 1}",
                list(file.sheets),
                key=key,
                on_change=_choose_sheet,
                args=(at_hand, index, key),
                width=240,
            )


def _choose_role(at_hand: Desk, index: int, key: str) -> None:
    """Another role begins with a fresh guess: what was chosen for columns of the old role no longer fits."""
    choices = at_hand.choices
    choices.roles[index] = st.session_state[key]
    present = set(choices.roles.values())
    choices.fields = {place: header for place, header in choices.fields.items() if place[0] in present}
    choices.joins = [join for join in choices.joins if {join.left, join.right} <= present]
    at_hand.changed()


def _choose_sheet(at_hand: Desk, index: int, key: str) -> None:
    at_hand.choices.sheets[index] = st.session_state[key]
    at_hand.choices.fields = {}
    at_hand.read()


def _link(at_hand: Desk, leads: FileView, linked: FileView, join: Join | None) -> None:
    """Two columns whose texts are equal for a lead and its row in the other file."""
    markup.show(markup.plain("h3", "name", f"How {linked.name} finds its leads"))
    role = linked.role
    left_key, right_key = (f"join_{side}_{at_hand.number}_{role}" for side in ("left", "right"))
    if join is not None:
        st.session_state[left_key], st.session_state[right_key] = join.left_header, join.right_header
    with st.container(key=f"join_{role}", horizontal=True, vertical_alignment="bottom", gap="small"):
        for key, file, words in (
            (left_key, leads, "Column of the leads"),
            (right_key, linked, f"Column of the {role}"),
        ):
            st.selectbox(
                words,
                [column.header for column in file.columns],
                index=None,
                placeholder="choose a column",
                key=key,
                on_change=_choose_link,
                args=(at_hand, role, left_key, right_key),
                width=320,
            )
    if join is None:
        frame.aside("Choose both columns: the rows that hold the same text belong together.")


def _choose_link(at_hand: Desk, role: Role, left_key: str, right_key: str) -> None:
    """Take the link once both of its columns are chosen; the first one waits in its widget until then."""
    left, right = st.session_state[left_key], st.session_state[right_key]
    others = [join for join in at_hand.choices.joins if role not in (join.left, join.right)]
    if left and right:
        at_hand.choices.joins = [*others, Join(Role.LEADS, left, role, right)]
        at_hand.changed()
