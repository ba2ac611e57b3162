"""The two drawers beside the figure: the exact leads behind a number, and its definition with the query."""

from __future__ import annotations

import streamlit as st

from analytics import formatting as text
from analytics.metrics.catalog import lead_set_of
from pages.ui import definitions, lead_table
from pages.ui.page_list import LEADS
from pages.ui.shell import Frame, boundary

Sets = tuple[tuple[str, str], ...]
_WIDTH = 760


@st.dialog("The leads behind this number", position="right", width=_WIDTH)
def leads(frame: Frame, key: str, related: Sets) -> None:
    """Rows of the lead set ``key``; ``related`` sets of the same number are one click away."""
    with boundary():
        chosen = choose_set(key, related, "drawer")
        count = lead_table.show(frame, chosen, height=400)
        st.page_link(
            LEADS,
            label=f"Open as page: {text.plural(count, 'lead')}",
            icon=":material/open_in_full:",
            query_params=[("show", chosen)],
        )


def choose_set(key: str, related: Sets, place: str) -> str:
    """The lead set to show: ``key`` until another one is picked.

    Raises:
        RequestError: ``key`` names no lead set.
    """
    names = {key: lead_set_of(key)[0].label, **dict(related)}
    if len(names) == 1:
        return key
    chosen = st.selectbox(
        "Which leads", list(names), format_func=lambda one: names[one], key=f"{place}_{key}"
    )
    return chosen or key


@st.dialog("What this number means", position="right", width=_WIDTH)
def definition(slug: str) -> None:
    """Words, window, steward and query of the metrics behind one panel."""
    with boundary():
        definitions.show_panel(slug)
