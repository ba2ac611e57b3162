"""Tables over audited leads: a click on a count opens exactly those leads, as they were frozen."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import polars as pl
import streamlit as st

from analytics import formatting as text
from analytics import lead_audit_words as words
from analytics.lead_audit import Findings, Judged
from analytics.store.lead_audit_shapes import PARTS, SIDES, STEPS
from analytics.store.lead_audits import NAMES, Audit
from pages.ui import controls, markup, tables
from pages.ui.shell import boundary

Places = Sequence[Mapping[str, tuple[int, ...]]]


def numbers(audit: Audit, found: Findings, rows: pl.DataFrame, places: Places, *, key: str, alt: str) -> None:
    """A table whose cells open the leads of ``places[row][column]`` (none: nothing opens), and its download."""
    chosen = st.dataframe(
        rows,
        key=key,
        hide_index=True,
        height="content",
        column_config={
            name: st.column_config.NumberColumn(format="localized")
            for name, kind in rows.schema.items()
            if kind == pl.Int64
        },
        on_select="rerun",
        selection_mode="single-cell",
        placeholder="",
        alt=alt,
    )
    tables.download(rows, key.replace("_", "-"))
    cells = chosen.selection.cells
    last, now = st.session_state.get(f"opened_{key}"), cells[0] if cells else None
    st.session_state[f"opened_{key}"] = now
    if now is not None and now != last and now[0] < len(places) and now[1] in places[now[0]]:
        leads(audit, found, places[now[0]][now[1]])


@st.dialog("The audited leads behind this number", position="right", width=760)
def leads(audit: Audit, found: Findings, places: tuple[int, ...]) -> None:
    """The leads at these places with every answer."""
    with boundary():
        markup.show(
            markup.plain("p", "count", f"{text.plural(len(places), 'lead')}, as in the number you clicked")
        )
        rows = lead_rows(audit, [found.judged[place] for place in places])
        st.dataframe(rows, hide_index=True, height=420, placeholder="", alt="The leads behind the number")
        tables.download(rows, "audit-leads-opened")


def lead_rows(audit: Audit, judged: Sequence[Judged]) -> pl.DataFrame:
    """One row per lead: what stands of every step, and both sides' marks beside each other."""
    columns = ("Lead", "Source", "Handed off", *(words.STEP_NAMES[step] for step in STEPS))
    marks = [(part, side) for part in PARTS for side in SIDES]
    rows = [
        (
            one.lead.lead_id,
            controls.shown(one.lead.source),
            f"{text.moment(one.lead.handoff_at)} UTC",
            *(one.answers[step].value for step in STEPS),
            *(_mark(audit, one.place, part, side) for part, side in marks),
            *(_missed(audit, one, part) for part in PARTS),
        )
        for one in judged
    ]
    names = (
        *columns,
        *(f"{NAMES[side]} on {part}" for part, side in marks),
        *(f"Misses, {part}" for part in PARTS),
    )
    return pl.DataFrame(rows, schema=dict.fromkeys(names, pl.String), orient="row")


def _mark(audit: Audit, place: int, part: str, side: str) -> str:
    if (place, part) not in audit.frozen.needed:
        return "by the definition"
    return words.mark_words(audit.frozen, audit.marks.get(side, {}).get((place, part)))


def _missed(audit: Audit, one: Judged, part: str) -> str:
    return "; ".join(words.cause_words(audit.frozen, cause) for cause in one.missed.get(part, ()))
