"""The exact rows of one lead set: count in words, search, sortable table, one lead's timeline, own export."""

from __future__ import annotations

from functools import partial
from typing import Any, Literal

import polars as pl
import streamlit as st

from analytics import evidence
from analytics import formatting as text
from analytics.evidence import Evidence
from analytics.schema import label_of
from pages.ui import cache, markup
from pages.ui.shell import Frame

LIMIT = 1_000
_STAMP = "D MMM YYYY, HH:mm"


def count_line(found: Evidence, *, is_clicked: bool) -> None:
    """How many leads there are, and that it is the count of the number that was clicked."""
    origin = ", as in the number you clicked" if is_clicked else ""
    markup.show(markup.plain("p", "count", f"{text.plural(found.count, 'lead')}{origin}"))
    markup.show(markup.plain("p", "aside", found.sentence))


def open_set(frame: Frame, key: str, search: str = "") -> Evidence:
    """The leads of ``key`` in this frame's cohort.

    Raises:
        RequestError: ``key`` names no lead set.
    """
    return evidence.open_leads(
        cache.warehouse(), frame.manifest, frame.contract, frame.request, key, search=search, limit=LIMIT
    )


def table(frame: Frame, found: Evidence, *, height: int) -> None:
    """Search, rows, and the timeline of the row that was chosen."""
    key = found.key
    search = st.text_input(
        "Search",
        key=f"search_{key}",
        placeholder="Search id, company, source …",
        label_visibility="collapsed",
    )
    shown = open_set(frame, key, search) if search else found
    markup.show(markup.line("aside", what_is_shown(shown, search)))
    chosen = st.dataframe(
        shown.frame,
        key=f"rows_{key}",
        height=height,
        hide_index=True,
        column_config=columns(shown.frame),
        on_select="rerun",
        selection_mode="single-row",
        lazy=False,
        placeholder="",
        alt=f"{found.label}: {text.plural(found.count, 'lead')}",
    )
    rows = chosen.selection.rows
    if rows and rows[0] < shown.frame.height:
        timeline(frame, str(shown.frame["lead_id"][rows[0]]))


def columns(frame: pl.DataFrame) -> dict[str, Any]:
    """Our names for the canonical columns; stamps to the minute."""
    return {
        name: st.column_config.DatetimeColumn(label_of(name), format=_STAMP)
        if isinstance(kind, pl.Datetime)
        else st.column_config.Column(label_of(name))
        for name, kind in frame.schema.items()
    }


def what_is_shown(shown: Evidence, search: str) -> list[str]:
    """How many match, how many of them are listed, and how to read the rows."""
    parts = []
    if search:
        parts.append(f"{text.count(shown.matching)} of {text.count(shown.count)} match")
    if shown.frame.height < shown.matching:
        parts.append(f"the first {text.count(shown.frame.height)} are listed, the download has all")
    return [*parts, "choose a row to see its timeline", "times are UTC"]


def timeline(frame: Frame, lead_id: str) -> None:
    """One lead, event by event."""
    events = evidence.lead_timeline(cache.warehouse(), frame.manifest, frame.contract, lead_id)
    markup.show(markup.plain("h3", "name", f"Lead {lead_id}"))
    st.dataframe(
        pl.DataFrame(
            events, schema={"when": pl.Datetime, "what": pl.String, "detail": pl.String}, orient="row"
        ),
        hide_index=True,
        column_config={"when": st.column_config.DatetimeColumn("when", format=_STAMP)},
        height="content",
        placeholder="",
        alt=f"Timeline of lead {lead_id}",
    )


def downloads(frame: Frame, key: str) -> None:
    """Both downloads of all rows; a file is made only when it is asked for."""
    name = f"handoff-{text.short_hash(frame.manifest.fingerprint)}-{key.replace(':', '-')}"
    st.download_button(
        "Download CSV",
        data=partial(_file, frame, key, "csv"),
        file_name=f"{name}.csv",
        mime="text/csv",
        key="download_csv",
        on_click="ignore",
    )
    st.download_button(
        "Download Parquet",
        data=partial(_file, frame, key, "parquet"),
        file_name=f"{name}.parquet",
        mime="application/vnd.apache.parquet",
        key="download_parquet",
        on_click="ignore",
    )


def _file(frame: Frame, key: str, form: Literal["csv", "parquet"]) -> bytes:
    return evidence.export(cache.warehouse(), frame.manifest, frame.contract, frame.request, key, form)
