"""The one function all charts go through: keeps zoom, carries alt text, and hands back the leads that were clicked."""

from __future__ import annotations

import plotly.graph_objects as go
import streamlit as st

from analytics.charts.canvas import DARK
from analytics.metrics.catalog import KEY
from pages.ui import browser_files, cache

_CONFIG = {
    "displayModeBar": False,
    "displaylogo": False,
    "showSendToCloud": False,
    "responsive": False,
    "doubleClick": "reset",
}
MEETING_SCALE = 1.2


def chart(figure: go.Figure, *, key: str, alt: str) -> str | None:
    """Draw ``figure`` in the space its container leaves; return the evidence key of a mark clicked just now.

    ``alt`` says in words what the figure shows. A mark is clickable when its ``customdata`` is an evidence key.
    """
    try:
        mount = browser_files.chart_renderer()
    except (AttributeError, TypeError, ImportError):  # a Streamlit whose component registry has moved
        return _plain(figure, key, alt)
    answer = mount(
        key=key,
        data={
            "figure": cache.made(go.Figure.to_json, figure),
            "alt": alt,
            "dark": DARK,
            "scale": MEETING_SCALE if st.session_state.get("meeting") else 1.0,
            "config": _CONFIG,
            "library": browser_files.LIBRARY_URL,
        },
        width="stretch",
        height="stretch",
        on_clicked_change=_rerun,
    )
    return evidence_key(answer.get("clicked"))


def _rerun() -> None:
    """Clicks are read from the answer; a callback must exist for the trigger to be known."""


def _plain(figure: go.Figure, key: str, alt: str) -> str | None:
    """Streamlit's own chart: loses zoom on every change, but needs nothing of ours in the browser."""
    event = st.plotly_chart(
        figure,
        key=key,
        alt=alt,
        theme=None,
        on_select="rerun",
        selection_mode="points",
        config=_CONFIG,
        height="stretch",
    )
    points = event.selection.points
    return evidence_key(points[0].get("customdata")) if points else None


def evidence_key(value: object) -> str | None:
    """``value`` if it has the form of an evidence key, else None; what a browser sends is never trusted."""
    return value if isinstance(value, str) and KEY.fullmatch(value) else None
