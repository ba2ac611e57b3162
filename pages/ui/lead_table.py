"""The exact rows of one lead set: count in words, search, sortable table, one lead's timeline, own export."""

from __future__ import annotations

import polars as pl
import streamlit as st

from analytics import evidence
from analytics import formatting as text
from pages.ui import cache, markup
from pages.ui.shell import Frame

LIMIT = 1_000


def show(frame: Frame, key: str, *, height: int, has_export: bool = False) -> int:
    """Draw the leads of ``key``; return how many there are.

    Raises:
        RequestError: ``key`` names no lead set.
    """
    found = evidence.open_leads(
        cache.warehouse(), frame.manifest, frame.contract, frame.request, key, limit=LIMIT
    )
    markup.show(
        markup.plain("p", "count", f"{text.plural(found.count, 'lead')}, as in the number you clicked")
    )
    markup.show(markup.plain("p", "aside", found.sentence))
    search = st.text_input("Search", key=f"search_{key}", placeholder="any text of a lead")
    shown = found
    if search:
        shown = evidence.open_leads(
            cache.warehouse(), frame.manifest, frame.contract, frame.request, key, search=search, limit=LIMIT
        )
    _say_what_is_shown(found.count, shown.count, shown.frame.height, search)
    chosen = st.dataframe(
        shown.frame,
        key=f"rows_{key}",
        height=height,
        hide_index=True,
        on_select="rerun",
        selection_mode="single-row",
        lazy=False,
        alt=f"{found.label}: {text.plural(found.count, 'lead')}",
    )
    if has_export:
        _export(frame, key)
    rows = chosen.selection.rows
    if rows and rows[0] < shown.frame.height:
        _timeline(frame, str(shown.frame[rows[0], 0]))
    return found.count


def _say_what_is_shown(all_leads: int, found: int, rows: int, search: str) -> None:
    parts = []
    if search:
        parts.append(f"{text.count(found)} of {text.count(all_leads)} match")
    if rows < found:
        parts.append(f"the first {text.count(rows)} are listed, the download has all")
    parts.append("choose a row to see its timeline")
    markup.show(markup.line("aside", parts))


def _timeline(frame: Frame, lead_id: str) -> None:
    """One lead, event by event."""
    events = evidence.lead_timeline(cache.warehouse(), frame.manifest, frame.contract, lead_id)
    markup.show(markup.plain("h3", "name", f"Lead {lead_id}"))
    st.dataframe(
        pl.DataFrame(
            {
                "when": [at for at, _, _ in events],
                "what": [what for _, what, _ in events],
                "detail": [detail for _, _, detail in events],
            }
        ),
        key=f"timeline_{lead_id}",
        hide_index=True,
        alt=f"Timeline of lead {lead_id}",
    )


def _export(frame: Frame, key: str) -> None:
    """Download of all rows; made only when asked for."""
    name = f"handoff-{text.short_hash(frame.manifest.fingerprint)}-{key.replace(':', '-')}"
    with st.container(horizontal=True, gap="small"):
        for form, mime in (("csv", "text/csv"), ("parquet", "application/vnd.apache.parquet")):
            st.download_button(
                f"Download {form.upper() if form == 'csv' else 'Parquet'}",
                data=lambda form=form: _bytes(frame, key, form),
                file_name=f"{name}.{form}",
                mime=mime,
                key=f"download_{form}",
                on_click="ignore",
            )


def _bytes(frame: Frame, key: str, form: str) -> bytes:
    return evidence.export(cache.warehouse(), frame.manifest, frame.contract, frame.request, key, format=form)
