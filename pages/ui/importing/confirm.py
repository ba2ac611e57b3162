"""The second step: what the import would bring, what is still asked, and everything that can be changed before it."""

from __future__ import annotations

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from analytics import formatting as text
from analytics.importing.pipeline import Proposal
from analytics.schema import Role
from pages.ui import markup
from pages.ui.importing import columns, desk, frame, links, measurable, questions, times, upload, words
from pages.ui.importing.desk import Desk


def show(head: DeltaGenerator, at_hand: Desk, proposal: Proposal) -> None:
    """Sentence, button and open question first; the details behind tabs."""
    frame.question(head, "Is this what your columns mean?")
    with st.container(
        key="import_lead", horizontal=True, vertical_alignment="center", gap="medium", wrap=False
    ):
        frame.sentence(_sentence(at_hand, proposal))
        is_open = at_hand.problem is not None
        if not is_open and st.button("Import", type="primary", key="import", disabled=is_open):
            at_hand.finish()
            st.rerun()
        if st.button("Start over", key="start_over", type="tertiary"):
            desk.end()
            st.rerun()
    if at_hand.said:
        markup.show(markup.plain("p", "said", at_hand.said))
    if at_hand.problem:
        questions.show(at_hand, proposal, at_hand.problem)
    times.show(at_hand, proposal)
    _memory(at_hand)
    unknown = words.unknown_words(proposal)
    if unknown:
        frame.aside(
            f"{text.plural(unknown, 'word')} of your CRM {'is' if unknown == 1 else 'are'} not known and"
            f" {'counts' if unknown == 1 else 'count'} as no decision: say what they mean under Words of your CRM."
        )
    measurable.show(at_hand, proposal)
    _tabs(at_hand, proposal)


def _sentence(at_hand: Desk, proposal: Proposal) -> str:
    rows = sum(file.rows for file in proposal.files if file.role is Role.LEADS)
    if at_hand.problem:
        return (
            f"{text.plural(rows, 'row')} of leads were read. One thing is open before they can be imported."
        )
    if at_hand.is_counted and at_hand.preview is not None:
        leads = at_hand.preview.leads
        start = f"{text.plural(leads, 'lead')} in {text.plural(rows, 'row')}"
    else:
        start = f"{text.plural(rows, 'row')} of leads"
    cannot = [number.name for number in measurable.numbers(proposal) if not number.is_measurable]
    if not cannot:
        return f"{start}; all four numbers can be measured."
    if len(cannot) == 4:
        return f"{start}; none of the four numbers can be measured from these columns."
    return f"{start}; {_listed(cannot)} cannot be measured from these columns."


def _listed(names: list[str]) -> str:
    """``a``, ``a and b``, ``a, b and c``."""
    return " and ".join(part for part in (", ".join(names[:-1]), names[-1]) if part)


def _memory(at_hand: Desk) -> None:
    """Where the mapping comes from, if it is not the guess."""
    if at_hand.remembered_at is None:
        return
    with st.container(key="memory", horizontal=True, vertical_alignment="center", gap="small"):
        markup.show(
            markup.plain("p", "said", f"Mapping remembered from {text.day(at_hand.remembered_at.date())}.")
        )
        st.button(
            "Start from the guess instead",
            key="from_guess",
            type="tertiary",
            on_click=at_hand.start_from_guess,
        )


def _tabs(at_hand: Desk, proposal: Proposal) -> None:
    """The details; the names of the tabs never change, so that a rerun leaves the open one open."""
    columns_tab, words_tab, files_tab, notes_tab = st.tabs(
        ("Columns", "Words of your CRM", "Files and links", "Notes"), key=f"details_{at_hand.number}"
    )
    with columns_tab:
        columns.show(at_hand, proposal)
    with words_tab:
        words.show(at_hand, proposal)
    with files_tab:
        links.show(at_hand, proposal)
        uploads = upload.uploader("Add another file, for example the touches")
        if uploads:
            at_hand.add(uploads)
            desk.forget_uploads()
            st.rerun()
    with notes_tab:
        show_notices(_notices(at_hand, proposal))


def _notices(at_hand: Desk, proposal: Proposal) -> list[str]:
    """What stood out while reading, and while counting where that was done."""
    found = [notice for file in proposal.files for notice in file.notices]
    if at_hand.is_counted and at_hand.preview is not None:
        found += [notice.sentence for notice in at_hand.preview.notices]
    return list(dict.fromkeys(found))


def show_notices(notices: list[str]) -> None:
    """What a person should know about the files, one line each."""
    if not notices:
        frame.aside("Nothing stood out.")
        return
    items = (markup.plain("li", "", notice) for notice in notices[:200])
    markup.show(markup.element("ul", "notes-list", *items))
    if len(notices) > 200:
        frame.aside(f"And {text.count(len(notices) - 200)} more.")
