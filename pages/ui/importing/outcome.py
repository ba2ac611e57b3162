"""The last step: what became of every row, each part openable, and the way to the four numbers."""

from __future__ import annotations

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from analytics import formatting as text
from analytics.store.manifest import Manifest
from pages.ui import cache, markup
from pages.ui.importing import aside, desk, frame, shelf
from pages.ui.importing.confirm import show_notices
from pages.ui.importing.desk import Desk

PART_KEY = "aside_part"


def show(head: DeltaGenerator, at_hand: Desk, manifest: Manifest) -> None:
    """Sentence, button, equation, notices."""
    frame.question(head, "What became of every row?")
    with st.container(
        key="import_lead", horizontal=True, vertical_alignment="center", gap="medium", wrap=False
    ):
        frame.sentence(_sentence(manifest))
        if st.button("See the four numbers", type="primary", key="see_numbers"):
            desk.end()
            shelf.open_numbers(manifest)
        if st.button("Back to the columns", key="back", type="tertiary"):
            at_hand.manifest = None
            st.rerun()
        if st.button("Bring other files", key="start_over", type="tertiary"):
            desk.end()
            st.rerun()
    if at_hand.was_known:
        markup.show(
            markup.plain(
                "p",
                "said",
                "The same files with the same mapping were imported before; nothing is stored twice.",
            )
        )
    if at_hand.said:
        markup.show(markup.plain("p", "said", at_hand.said))
    found = aside.read(cache.workspace(), manifest)
    _equation(manifest)
    facts = (
        f"snapshot {text.short_hash(manifest.fingerprint)}",
        f"as of {text.moment(manifest.as_of)} UTC, {manifest.as_of_source}",
        f"clock starts at: {manifest.clock_starts_at}",
        f"zone {manifest.zone}",
    )
    markup.show(markup.line("aside", facts))
    if manifest.without_clock:
        frame.aside(_without_clock(manifest))
    aside.show(found, manifest, PART_KEY)
    if manifest.notices:
        st.header(f"Notes ({len(manifest.notices)})", anchor=False)
        show_notices([notice.sentence for notice in manifest.notices])


def _without_clock(manifest: Manifest) -> str:
    why = f"no clock start ({manifest.clock_starts_at} is empty)"
    if manifest.without_clock == 1:
        return f"1 lead has {why} and stands outside every period; it is kept."
    return f"{text.plural(manifest.without_clock, 'lead')} have {why} and stand outside every period; they are kept."


def _sentence(manifest: Manifest) -> str:
    leads = text.plural(manifest.leads, "lead")
    if manifest.leads == manifest.rows_read:
        return f"{leads} are in: every row of the file."
    return f"{leads} are in; {text.plural(manifest.rows_read - manifest.leads, 'row')} stand aside, each with its reason."


def _equation(manifest: Manifest) -> None:
    """Rows read = leads + duplicates + rejected + footers; a part opens its rows."""
    parts = (
        ("duplicate", manifest.duplicates, "duplicate", "duplicates"),
        ("reject", manifest.rejected, "rejected row", "rejected rows"),
        ("footer", manifest.footers, "footer row", "footer rows"),
    )
    with st.container(key="equation", horizontal=True, vertical_alignment="center", gap="small"):
        _term(manifest.rows_read, "row read", "rows read")
        _sign("=")
        with st.container(key="term_leads", gap=None, width="content"):
            if st.button(
                text.count(manifest.leads), key="part_leads", type="tertiary", help="Show all leads"
            ):
                desk.end()
                shelf.open_leads(manifest)
            markup.show(markup.plain("p", "term", "lead" if manifest.leads == 1 else "leads"))
        for kind, number, one, many in parts:
            _sign("+")
            with st.container(key=f"term_{kind}", gap=None, width="content"):
                st.button(
                    text.count(number),
                    key=f"part_{kind}",
                    type="tertiary",
                    disabled=number == 0,
                    on_click=_open,
                    args=(kind,),
                    help=f"Show the {many}",
                )
                markup.show(markup.plain("p", "term", one if number == 1 else many))


def _open(kind: str) -> None:
    st.session_state[PART_KEY] = kind


def _term(number: int, one: str, many: str) -> None:
    with st.container(key="term_read", gap=None, width="content"):
        markup.show(markup.plain("p", "big", text.count(number)))
        markup.show(markup.plain("p", "term", one if number == 1 else many))


def _sign(sign: str) -> None:
    markup.show(markup.plain("p", "sign", sign))
