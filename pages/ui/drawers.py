"""The two drawers beside the figure: the exact leads behind a number, and its definition with the query."""

from __future__ import annotations

import plotly.graph_objects as go
import polars as pl
import streamlit as st

from analytics.charts.canvas import marks
from analytics.metrics.naming import key_words
from pages.ui import controls, definitions, lead_table
from pages.ui.page_list import LEADS
from pages.ui.shell import Frame, boundary

Sets = tuple[tuple[str, str], ...]
_WIDTH = 760


@st.dialog("The leads behind this number", position="right", width=_WIDTH)
def leads(frame: Frame, key: str, related: Sets) -> None:
    """Rows of the lead set ``key``; ``related`` sets of the same number are one click away."""
    with boundary():
        found = lead_table.open_set(frame, choose_set(frame, key, related, "drawer"))
        lead_table.count_line(found, is_clicked=True)
        st.page_link(
            LEADS,
            label="Open as page",
            icon=":material/open_in_full:",
            query_params=address(frame, found.key),
        )
        lead_table.table(frame, found, height=380)


def address(frame: Frame, key: str) -> list[tuple[str, str]]:
    """The query of the Leads page that shows the same leads: the set, the snapshot, the period and every filter."""
    filters = [
        (controls.filter_key(field, frame.manifest), controls.shown(value))
        for field, values in frame.request.filters
        for value in values
    ]
    return [("show", key), *controls.period_in_address(frame.manifest, frame.request), *filters]


def choose_set(frame: Frame, key: str, related: Sets, place: str) -> str:
    """The lead set to show: ``key`` until another one is picked.

    Raises:
        RequestError: ``key`` names no lead set.
    """
    names = {key: key_words(key, frame.contract), **dict(related)}
    if len(names) == 1:
        return key
    chosen = st.selectbox(
        "Which leads", list(names), format_func=lambda one: names[one], key=f"{place}_{key}"
    )
    return chosen or key


@st.dialog("What this number means", position="right", width=_WIDTH)
def explanation(method: str, metrics: tuple[str, ...], figure: go.Figure | None) -> None:
    """How a number is made, the words, window, steward and query of its metrics, and its figure as a table."""
    with boundary():
        definitions.show_all(method, metrics)
        if figure is not None:
            st.subheader("The figure as a table", anchor=False)
            st.dataframe(
                pl.DataFrame(marks(figure), schema={"series": pl.String, "mark": pl.String}, orient="row"),
                hide_index=True,
                height="content",
                alt="Every mark of the figure in words",
            )
