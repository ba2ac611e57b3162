"""The figures and tables of the what-if page on the screen, and the leads behind their numbers."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial

import polars as pl
import streamlit as st

from analytics import cohort as cohorts
from analytics import formatting as text
from analytics import what_if as engine
from analytics import what_if_words as words
from analytics.charts.what_if import in_time_bars, parted_dots
from analytics.evidence import Evidence, neutralised
from analytics.what_if import SHOWN, AllInTime, Busiest, Part, Parted, Parting
from pages.ui import cache, lead_table, markup, tables, view
from pages.ui.chart import chart
from pages.ui.shell import Frame, boundary
from pages.ui.what_if_tables import Asked, in_time_table, late_table, parted_table

_WIDTH = 760
Open = Callable[[int], Evidence]


@st.dialog("The leads behind this number", position="right", width=_WIDTH)
def drawer(frame: Frame, opened: Open) -> None:
    """The leads beside the page, as many of them as a list shows."""
    with boundary():
        found = opened(lead_table.LIMIT)
        lead_table.count_line(found, is_clicked=True)
        markup.show(markup.line("aside", lead_table.what_is_shown(found, "")))
        picked = st.dataframe(
            found.frame,
            key=f"what_rows_{found.key}",
            height=380,
            hide_index=True,
            column_config=lead_table.columns(found.frame),
            on_select="rerun",
            selection_mode="single-row",
            lazy=False,
            placeholder="",
            alt=f"{text.plural(found.count, 'lead')} of the what-if",
        ).selection.rows
        if picked and picked[0] < found.frame.height:
            lead_table.timeline(frame, str(found.frame["lead_id"][picked[0]]))
        st.download_button(
            "Download these leads",
            data=partial(_file, opened),
            file_name=f"handoff-{text.short_hash(frame.manifest.fingerprint)}-what-if.csv",
            mime="text/csv",
            key="what_download",
            on_click="ignore",
            type="tertiary",
        )


def _file(opened: Open) -> bytes:
    rows = neutralised(opened(20_000_000).frame)
    return rows.write_csv(line_terminator="\r\n").encode("utf-8-sig")


def part_leads(frame: Frame, parting: Parting, part: Part, key: str, limit: int) -> Evidence:
    """The leads of a part that are in a lead set, of this frame's cohort."""
    opened = cohorts.open_cohort(cache.warehouse(), frame.manifest, frame.contract, frame.request)
    return engine.open_part(cache.warehouse(), opened, parting, part, key, limit)


def started_leads(frame: Frame, busiest: Busiest, is_hour: bool, key: str, limit: int) -> Evidence:
    """The leads of the busiest day or hour that are in a lead set."""
    opened = cohorts.open_cohort(cache.warehouse(), frame.manifest, frame.contract, frame.request)
    return engine.open_started(cache.warehouse(), opened, busiest, is_hour=is_hour, key=key, limit=limit)


def show_parted(frame: Frame, result: Parted) -> None:
    """Both dots of every rate, and beside them what is assumed."""
    drawn = parted_drawn(result)
    asked = _figure(drawn, words.assumptions(result))
    if asked:
        first, _, key = asked.partition(".")
        part: Part = "kept" if first == "kept" else "all"
        drawer(frame, partial(part_leads, frame, result.parting, part, key))


def parted_drawn(result: Parted) -> view.Drawn:
    """The figure of a parting with its reading in words."""
    is_there = any(slug not in result.why and result.all.rate(slug).denominator for slug in SHOWN)
    return view.Drawn(
        "what_if", "As it is, and as it would be", cache.made(parted_dots, result) if is_there else None,
        words.answer(result), note="with 95\u00a0% intervals", missing="No rate can be measured from these leads.",
    )  # fmt: skip


def show_in_time(frame: Frame, result: AllInTime) -> None:
    """The hits of each tier, and beside them what is assumed."""
    asked = _figure(in_time_drawn(result), words.IN_TIME_ASSUMPTIONS)
    if asked:
        view.open_leads(frame, asked)


def in_time_drawn(result: AllInTime) -> view.Drawn:
    """The figure of the hits with its reading in words."""
    is_there = bool(result.total.hits.denominator)
    return view.Drawn(
        "what_if", "Leads past their first-touch limit", cache.made(in_time_bars, result) if is_there else None,
        words.answer_in_time(result), note="with the 95\u00a0% interval of the hits",
        missing="No lead is past its limit.",
    )  # fmt: skip


def _figure(drawn: view.Drawn, assumptions: Sequence[str]) -> str | None:
    """The figure and its assumptions side by side; the key of a mark clicked just now."""
    asked = None
    with st.container(key="figures", horizontal=True, gap="small", wrap=False):
        with st.container(key=f"main_{drawn.slug}", gap=None):
            with st.container(key=f"head_{drawn.slug}", horizontal=True, vertical_alignment="center"):
                markup.show(markup.plain("h2", "name", drawn.name))
                markup.show(markup.line("notes", (drawn.note,)))
            if drawn.figure is None:
                markup.show(markup.plain("p", "unknown", drawn.missing))
            else:
                with st.container(key=f"figure_{drawn.slug}", height="stretch", gap=None):
                    asked = chart(drawn.figure, key=f"chart_{drawn.slug}", alt=drawn.alt)
        with st.container(key="companion_assumed", gap=None):
            markup.show(markup.plain("h2", "name", "What this assumes"))
            view.paragraphs(assumptions)
    return asked


def parted_below(frame: Frame, result: Parted) -> None:
    """The table of a parting."""
    view.heading(
        "Every number, for the leads kept and the leads removed",
        "Kept and removed are all leads. A won opportunity opens one of its leads.",
        *words.obstacles(result),
    )
    rows, keys = parted_table(result)
    asked = _clicked(rows, keys, "what_parted")
    if asked:
        drawer(frame, partial(part_leads, frame, result.parting, *asked))


def _clicked(rows: pl.DataFrame, keys: Sequence[Mapping[str, Asked]], key: str) -> Asked:
    """Show a table; what the cell that was clicked just now opens."""
    numbers = {
        name: st.column_config.NumberColumn(format="localized")
        for name, kind in rows.schema.items()
        if kind == pl.Int64
    }
    cells = st.dataframe(
        rows, key=key, hide_index=True, height="content", column_config=numbers, on_select="rerun",
        selection_mode="single-cell", placeholder="", alt="Every number as it is, kept and removed",
    ).selection.cells  # fmt: skip
    tables.download(rows, key)
    last = st.session_state.get(f"opened_{key}")
    st.session_state[f"opened_{key}"] = cells[0] if cells else None
    if not cells or last == cells[0] or cells[0][0] >= len(keys):
        return None
    return keys[cells[0][0]].get(cells[0][1])


def in_time_below(frame: Frame, result: AllInTime) -> None:
    """The tables of the hits, the overlap and the load."""
    view.heading("Hits per tier", "Hits then are all leads past their limit.")
    _table(frame, in_time_table(result), "what_tiers", "Hits today and then, per tier")
    view.heading("What became of the late leads anyway", words.NO_WINS_SAID)
    _table(frame, late_table(result), "what_late", "What became of the late leads")
    view.heading("How much more work inside the limit", words.load(result))
    for name, one, is_hour in (
        ("Busiest opening day", result.day, False),
        ("Busiest hour", result.hour, True),
    ):
        if one is None:
            continue
        with st.container(
            key=f"what_busy_{int(is_hour)}", horizontal=True, vertical_alignment="center", gap="small"
        ):
            view.paragraphs((f"{name}, {words.busiest(one, is_hour=is_hour)}",), "sentence")
            for label, key in (("Leads today", "limit_met"), ("Leads then", "limit_settled")):
                if st.button(label, key=f"what_{key}_{int(is_hour)}", type="tertiary"):
                    drawer(frame, partial(started_leads, frame, one, is_hour, key))


def _table(frame: Frame, table: tuple[pl.DataFrame, list[dict[str, str | None]]], key: str, alt: str) -> None:
    rows, keys = table
    numbers = {
        name: st.column_config.NumberColumn(format="localized")
        for name, kind in rows.schema.items()
        if kind == pl.Int64
    }
    tables.numbers(frame, rows, key=key, alt=alt, keys=keys, columns=numbers)
