"""The parts of the what-if page: its figures and tables, the leads behind its numbers, and the saved scenarios."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any
from urllib.parse import urlencode

import polars as pl
import streamlit as st

from analytics import cohort as cohorts
from analytics import formatting as text
from analytics import what_if as engine
from analytics import what_if_words as words
from analytics.charts.what_if import in_time_bars, parted_dots
from analytics.evidence import Evidence, neutralised
from analytics.metrics.catalog import METRICS
from analytics.store.scenarios import MOST_NAME, Scenario, Scenarios
from analytics.what_if import SHOWN, WON_OPPORTUNITIES, AllInTime, Busiest, Part, Parted, Parting
from analytics.what_if_words import Number
from pages.ui import cache, controls, lead_table, markup, tables, view
from pages.ui.chart import chart
from pages.ui.shell import Frame, boundary, problem

WHAT, LINE, BY, VALUE, CRITERION, RULE = (
    "what",
    "line",
    "what_by",
    "what_value",
    "what_criterion",
    "what_rule",
)
HOURS = ("hours_per_lead", "hours_per_week")
OWN = (WHAT, LINE, *HOURS, BY, VALUE, CRITERION, RULE)
"""The controls of the page itself, as the address names them."""
MOST_SHOWN = 50
_ADDRESS = re.compile(r"by_[a-z0-9_]{1,60}", re.ASCII)
_PLACE = ("snapshot", "period", "from", "to")
_WIDTH = 760
Asked = tuple[Part, str] | None
Open = Callable[[int], Evidence]


# --- the leads behind a number


@st.dialog("The leads behind this number", position="right", width=_WIDTH)
def _drawer(frame: Frame, opened: Open) -> None:
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


# --- the figures


def show_parted(frame: Frame, result: Parted) -> None:
    """Both dots of every rate, and beside them what is assumed."""
    drawn = parted_drawn(result)
    asked = _figure(drawn, words.assumptions(result))
    if asked:
        first, _, key = asked.partition(".")
        part: Part = "kept" if first == "kept" else "all"
        _drawer(frame, partial(part_leads, frame, result.parting, part, key))


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


# --- the tables


def parted_table(result: Parted) -> tuple[pl.DataFrame, list[dict[str, Asked]]]:
    """Every number over all leads, those kept and those removed; a count opens its leads."""
    parts: tuple[tuple[Part, engine.Side], ...] = (
        ("all", result.all), ("kept", result.kept), ("removed", result.removed),
    )  # fmt: skip
    rows: list[list[object]] = []
    keys: list[dict[str, Asked]] = []

    def add(name: str, cells: list[list[object]], hits: str, of: str, unknown: int | None) -> None:
        rows.append([name, *(cell for three in cells for cell in three), unknown])
        found: dict[str, Asked] = {"Of them unknown": ("unknown", hits) if unknown is not None else None}
        for (part, _), title in zip(parts, _TITLES, strict=True):
            found |= {title: (part, hits), f"{title}: out of": (part, of) if of else None}
        keys.append(found)

    leads: list[list[object]] = [[side.leads, None, ""] for _, side in parts]
    add("Leads", leads, "leads", "", result.unknown.leads)
    for slug in SHOWN:
        if slug in result.why:
            continue
        metric = METRICS[slug]
        rates = [side.rate(slug) for _, side in parts]
        cells: list[list[object]] = [
            [one.numerator, one.denominator, text.rate_with_interval(one)] for one in rates
        ]
        unknown = result.unknown.rate(slug).numerator
        add(words.NAMES[slug], cells, metric.numerator, metric.denominator, unknown)
        if metric.pending:
            waiting: list[list[object]] = [[one.pending, None, ""] for one in rates]
            pending = result.unknown.rate(slug).pending
            add(f"{words.NAMES[slug]}: still pending", waiting, metric.pending, "", pending)
    deals = result.deals
    if deals is not None:
        won: list[list[object]] = [[side.counts["so_far_won"], None, ""] for _, side in parts]
        add("Won leads so far", won, "so_far_won", "", result.unknown.counts["so_far_won"])
        amounts = (deals.amount, deals.kept_amount, deals.given_up_amount)
        told = ["" if one is None else text.money(one) for one in amounts]
        counts = (deals.all, deals.kept, deals.given_up)
        each: list[list[object]] = [[n, None, amount] for n, amount in zip(counts, told, strict=True)]
        add("Won opportunities so far, and their amount", each, WON_OPPORTUNITIES, "", None)
    schema: dict[str, Any] = {"Number": pl.String}
    for title in _TITLES:
        schema |= {title: pl.Int64, f"{title}: out of": pl.Int64, f"{title}: rate": pl.String}
    schema["Of them unknown"] = pl.Int64
    return pl.DataFrame(rows, schema=schema, orient="row"), keys


_TITLES = ("As it is", "Kept", "Removed")


def in_time_table(result: AllInTime) -> tuple[pl.DataFrame, list[dict[str, str | None]]]:
    """Hits and late leads per tier, and what became of the late ones anyway; a count opens its leads."""
    rows: list[tuple[object, ...]] = []
    keys: list[dict[str, str | None]] = []
    for tier in (result.total, *result.tiers):
        limit = "" if tier.limit_minutes is None else text.minutes(tier.limit_minutes)
        rows.append(
            (words.TIER_NAMES[tier.slug], limit, tier.hits.numerator, tier.hits.denominator, tier.missed,
             text.rate_with_interval(tier.hits))
        )  # fmt: skip
        sets = ("limit_met", "limit_settled", "limit_missed")
        keys.append(dict(zip(("Hits today", "Hits then", "More hits"), map(tier.key, sets), strict=True)))
    schema = {
        "Tier": pl.String, "Limit, working time": pl.String, "Hits today": pl.Int64, "Hits then": pl.Int64,
        "More hits": pl.Int64, "Rate today": pl.String,
    }  # fmt: skip
    return pl.DataFrame(rows, schema=schema, orient="row"), keys


def late_table(result: AllInTime) -> tuple[pl.DataFrame, list[dict[str, str | None]]]:
    """What became of the late leads anyway, each count with its leads."""
    rows: list[tuple[object, ...]] = [("Never touched", result.never, result.total.missed, "")]
    keys: list[dict[str, str | None]] = [
        {"Leads": "limit_missed.never_touched", "Late leads": "limit_missed"}
    ]
    for slug, one in result.late.items():
        rows.append((words.LATE_NAMES[slug], one.numerator, one.denominator, text.rate_with_interval(one)))
        keys.append({"Leads": f"limit_missed.{slug}", "Late leads": "limit_missed"})
    schema = {"What became of them": pl.String, "Leads": pl.Int64, "Late leads": pl.Int64, "Share": pl.String}
    return pl.DataFrame(rows, schema=schema, orient="row"), keys


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
        _drawer(frame, partial(part_leads, frame, result.parting, *asked))


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
                    _drawer(frame, partial(started_leads, frame, one, is_hour, key))


def _table(frame: Frame, table: tuple[pl.DataFrame, list[dict[str, str | None]]], key: str, alt: str) -> None:
    rows, keys = table
    numbers = {
        name: st.column_config.NumberColumn(format="localized")
        for name, kind in rows.schema.items()
        if kind == pl.Int64
    }
    tables.numbers(frame, rows, key=key, alt=alt, keys=keys, columns=numbers)


# --- the saved scenarios


def asked_now(frame: Frame, own: Mapping[str, object]) -> dict[str, tuple[str, ...]]:
    """Snapshot, period, filters and the page's own controls, as the address spells them."""
    found: dict[str, list[str]] = {}
    for key, value in controls.period_in_address(frame.manifest, frame.request):
        found.setdefault(key, []).append(value)
    for field, values in frame.request.filters:
        key = controls.filter_key(field, frame.manifest)
        found[key] = [controls.shown(value) for value in values]
    for key, said in own.items():
        if key in OWN and said not in (None, ""):
            found[key] = [str(said)]
    return {key: tuple(values) for key, values in found.items()}


def link(query: Mapping[str, Sequence[str]]) -> str:
    """The address that restores a question: controls of this page only, every value encoded."""
    kept = {
        key: list(values)
        for key, values in query.items()
        if values and (key in OWN or key in _PLACE or _ADDRESS.fullmatch(key))
    }
    return f"?{urlencode(kept, doseq=True)}"


def save(frame: Frame, own: Mapping[str, object], sentence: str, numbers: Sequence[Number]) -> None:
    """The form that keeps what is on the screen; nothing that was kept is changed by it."""
    view.heading(
        "Save this scenario", "What was asked and what was seen is kept with this snapshot and contract."
    )
    with st.form("what_save", border=False):
        with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
            name = st.text_input("Name of the scenario", key="what_name", max_chars=MOST_NAME)
            who = st.text_input("Your name", key="what_who", max_chars=MOST_NAME, persist_state="session")
        is_for_council = st.checkbox("For the council", key="what_council")
        is_sent = st.form_submit_button("Save", key="what_save_go")
    if not is_sent:
        return
    with boundary():
        log = Scenarios(cache.workspace())
        try:
            kept = log.save(
                name or "",
                who or "",
                fingerprint=frame.manifest.fingerprint,
                contract=frame.contract.hash,
                query=asked_now(frame, own),
                sentence=sentence,
                numbers=numbers,
            )
            if is_for_council:
                log.flag(kept.number, who or "")
        finally:
            log.close()
        view.paragraphs((f"Saved as scenario {kept.number}, “{_title(kept)}”; it will not change.",), "sentence")  # fmt: skip


def _title(one: Scenario) -> str:
    return one.name if one.take == 1 else f"{one.name} ({one.take})"


def saved(frame: Frame) -> None:
    """The scenarios of the workspace, the newest first; the records are opened only when they are asked for."""
    if not st.toggle("Saved scenarios", key="what_saved"):
        return
    with boundary():
        who = st.text_input("Who flags", key="what_flag_who", max_chars=MOST_NAME, persist_state="session")
        log = Scenarios(cache.workspace())
        try:
            for number in _flagged(log.all(MOST_SHOWN + 1)):
                if not (who or "").strip():
                    problem("Say who flags it; nothing was saved.")
                else:
                    log.flag(number, who or "")
            kept = log.all(MOST_SHOWN + 1)
        finally:
            log.close()
        if not kept:
            view.paragraphs(("No scenario was saved in this workspace yet.",), "sentence")
        here = {one.fingerprint for one in cache.snapshots()} | {frame.manifest.fingerprint}
        for one in kept[:MOST_SHOWN]:
            _scenario(frame, one, here)
        if len(kept) > MOST_SHOWN:
            view.paragraphs((f"Only the newest {MOST_SHOWN} are listed.",))


def _flagged(there: Sequence[Scenario]) -> list[int]:
    """The scenarios whose flag was pressed just now."""
    return [one.number for one in there if st.session_state.get(f"what_flag_{one.number}")]


def _scenario(frame: Frame, one: Scenario, here: set[str]) -> None:
    parts = [
        f"scenario {one.number}",
        f"saved by {one.saved_by}",
        f"{text.moment(one.saved_at)} UTC",
        f"snapshot {text.short_hash(one.fingerprint)}",
        f"contract {text.short_hash(one.contract)}",
        "" if one.fingerprint in here else "its snapshot is not in this workspace",
        "" if one.contract == frame.contract.hash else "counted by another contract than the one in force",
        f"for the council, flagged by {one.flagged_by}" if one.flagged_by else "",
    ]
    with st.container(key=f"scenario_{one.number}", gap="xsmall"):
        markup.show(markup.plain("h3", "name", _title(one)))
        markup.show(markup.plain("p", "sentence", one.sentence))
        markup.show(markup.line("aside", (f"{name}: {is_} → {then}" for name, is_, then in one.numbers)))
        markup.show(markup.line("aside", parts))
        with st.container(key=f"scenario_doors_{one.number}", horizontal=True, gap="small"):
            if one.query is None:
                view.paragraphs(("Its question can no longer be read.",))
            elif one.fingerprint in here:
                st.link_button("Open", link(one.query), key=f"what_open_{one.number}")
            if not one.flagged_by:
                st.button("Flag for the council", key=f"what_flag_{one.number}", type="tertiary")
