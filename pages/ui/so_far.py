"""Below the fold: decisions and outcomes so far, by a dimension of choice; and the way out of an empty selection."""

from __future__ import annotations

import polars as pl
import streamlit as st

from analytics import formatting as text
from analytics import wording
from analytics.readout import CohortFacts
from analytics.schema import label_of
from analytics.so_far import MONTH, SoFar, SoFarRow
from pages.ui import cache, controls, drawers, markup
from pages.ui.shell import Frame

ALL = "All leads"
_SETS = {
    "Leads": "leads",
    "Accepted": "so_far_accepted",
    "Rejected": "so_far_rejected",
    "No decision": "so_far_undecided",
    "Opportunities": "so_far_opportunity",
    "Won": "so_far_won",
    "Lost": "so_far_lost",
}


def table(frame: Frame) -> None:
    """The table, its sentence and the lags; a cell of the first row opens its leads."""
    choices = cache.choices(frame.manifest)
    fields = [*choices, MONTH]
    st.header("Decisions and outcomes so far", anchor=False)
    dimension = st.selectbox(
        "By",
        fields,
        index=fields.index(controls.IN_SIGHT) if controls.IN_SIGHT in fields else 0,
        format_func=label_of,
        key="by",
        bind="query-params",
        width=280,
    )
    result = frame.readout(dimension).so_far
    markup.show(markup.plain("p", "sentence", wording.so_far(result)))
    markup.show(
        markup.plain(
            "p",
            "aside",
            "So far, by the time of the extract, whatever a lead's age: young leads still move, so these counts"
            " are not the rates above.",
        )
    )
    rows = _frame(result, label_of(dimension))
    chosen = st.dataframe(
        rows,
        key="so_far",
        hide_index=True,
        column_config={name: st.column_config.NumberColumn(format="localized") for name in rows.columns[1:]},
        on_select="rerun",
        selection_mode="single-cell",
        height="content",
        alt=f"Decisions and outcomes so far by {dimension}",
    )
    for lag, what in ((result.days_to_decision, "days to decision"), (result.days_to_won, "days to win")):
        markup.show(markup.plain("p", "aside", wording.lag(lag, what)))
    _open(frame, dimension, result, chosen.selection.cells)


def _frame(result: SoFar, dimension: str) -> pl.DataFrame:
    rows = (result.total, *result.rows)
    names = [ALL, *(controls.shown(row.value) for row in result.rows)]
    columns: dict[str, list[str] | list[int] | list[float]] = {
        dimension: names,
        "Leads": [row.leads for row in rows],
    }
    if result.has_decisions:
        columns["Accepted"] = [row.accepted for row in rows]
    if result.has_decisions and result.has_rejections:
        columns["Rejected"] = [row.rejected for row in rows]
        columns["No decision"] = [row.undecided for row in rows]
    if result.has_outcomes:
        columns["Opportunities"] = [row.opportunities for row in rows]
        columns["Won"] = [row.won for row in rows]
        columns["Lost"] = [row.lost for row in rows]
    if result.has_amounts:
        columns["Amount accepted"] = [row.accepted_amount for row in rows]
        columns["Amount won"] = [row.won_amount for row in rows]
    return pl.DataFrame(columns)


def _open(frame: Frame, dimension: str, result: SoFar, cells: list[tuple[int, str]]) -> None:
    """Open the leads behind the cell that was clicked, once per click."""
    last = st.session_state.get("so_far_opened")
    st.session_state["so_far_opened"] = cells[0] if cells else None
    if not cells or last == cells[0]:
        return
    row, column = cells[0]
    if column not in _SETS or row > len(result.rows):
        return
    group: SoFarRow | None = result.rows[row - 1] if row else None
    if group is not None and dimension == MONTH:
        return
    narrowed = frame if group is None else frame.within(dimension, group.value)
    drawers.leads(narrowed, _SETS[column], ())


def nothing_selected(frame: Frame, facts: CohortFacts) -> None:
    """Say what excluded every lead, with one button that takes it off."""
    with st.container(key="empty"):
        markup.show(markup.plain("p", "sentence", "No lead is in this selection."))
        for field, values in facts.filters:
            name = label_of(field)
            markup.show(
                markup.plain("p", "aside", f"{name}: {', '.join(controls.shown(value) for value in values)}")
            )
        period = text.period(facts.starts_on, facts.ends_on)
        markup.show(markup.plain("p", "aside", f"Period: {period}, {facts.why}"))
        words = "Remove the filters" if facts.filters else "Look at the whole file"
        st.button(words, key="remove_all", on_click=controls.remove_all, args=(frame.manifest, frame.request))
