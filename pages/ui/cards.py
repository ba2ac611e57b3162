"""Draws a panel of the slide: name, numerals, sentence, figure, and the two doors to its leads and its definition."""

from __future__ import annotations

import streamlit as st

from analytics import wording
from pages.ui import definitions, drawers, markup
from pages.ui.chart import chart
from pages.ui.panels import Panel, Value
from pages.ui.shell import Frame


def card(panel: Panel, frame: Frame) -> None:
    """One panel; opens a drawer when a numeral, a mark or a door was clicked."""
    with st.container(key=f"panel_{panel.slug}", gap=None):
        asked = _head(panel)
        if panel.values:
            with st.container(key=f"values_{panel.slug}", horizontal=True, gap=None, wrap=False):
                for number, value in enumerate(panel.values):
                    asked = _value(panel, number, value) or asked
        else:
            markup.show(markup.plain("p", "cannot", wording.CANNOT))
        markup.show(markup.plain("p", "sentence", panel.sentence))
        if panel.reason:
            markup.show(markup.plain("p", "unknown", panel.reason))
        if panel.figure is not None:
            with st.container(key=f"figure_{panel.slug}", height="stretch", gap=None):
                asked = (
                    chart(panel.figure, key=f"chart_{panel.slug}", alt=f"{panel.name}. {panel.sentence}")
                    or asked
                )
    if asked:
        drawers.leads(frame, asked, panel.sets)


def _head(panel: Panel) -> str | None:
    """The panel's name, its notes and its doors; the lead set asked for, if any."""
    with st.container(
        key=f"head_{panel.slug}", horizontal=True, vertical_alignment="center", gap="small", wrap=False
    ):
        markup.show(markup.plain("h2", "name", panel.name))
        markup.show(markup.line("notes", panel.notes))
        wants_leads = bool(panel.sets) and st.button("Leads", key=f"leads_{panel.slug}", type="tertiary")
        if st.button("Definition", key=f"definition_{panel.slug}", type="tertiary"):
            drawers.explanation(
                wording.METHODS.get(panel.slug, ""), definitions.OF_PANEL[panel.slug], panel.figure
            )
    return panel.sets[0][0] if wants_leads else None


def _value(panel: Panel, number: int, value: Value) -> str | None:
    """A numeral that opens its leads, with the two lines beside it."""
    with st.container(
        key=f"value_{panel.slug}_{number}", horizontal=True, gap=None, vertical_alignment="center", wrap=False
    ):
        is_clicked = st.button(value.numeral, key=f"numeral_{panel.slug}_{number}", type="tertiary")
        markup.show(
            markup.element(
                "p",
                "caption",
                markup.plain("span", f"words {value.side}", value.words),
                markup.plain("span", "detail", value.detail),
            )
        )
    return value.key if is_clicked else None
