"""What changed that is not noise? Every measure month by month with its limits; the quarter as a scorecard."""

from __future__ import annotations

import streamlit as st

from analytics import council as home
from analytics import council_words as words
from analytics.council import Council, measure_council
from analytics.periods import Unit
from analytics.store import decisions, go_lives
from pages.ui import cache, kept, shell, so_far, view
from pages.ui.cadence import deciding, gatherings, quarterly, trends
from pages.ui.contract import sides
from pages.ui.shell import Frame

MONTHS, QUARTER = "Months", "Quarter"
LOOKS = (MONTHS, QUARTER)
RATES = (
    "acceptance_rate", "accepted_of_decided", "decided_in_window", "touched_inside_limit", "working_rate",
    "accepted_to_opportunity", "won_in_horizon", "marketing_sla", "sales_sla",
)  # fmt: skip


def look() -> str:
    """Months or the quarter; asked before its control is drawn."""
    kept.restore("council_look", LOOKS.__contains__, lambda value: "" if value == MONTHS else str(value))
    asked = st.session_state.get("council_look", st.query_params.get("council_look"))
    return asked if asked in LOOKS else MONTHS


def switch() -> None:
    """The control for it."""
    value = st.segmented_control(
        "Look", LOOKS, default=MONTHS, key="council_look", bind="query-params", label_visibility="collapsed", required=True,
    )  # fmt: skip
    kept.remember("council_look", value)


def measured(frame: Frame, unit: Unit) -> Council:
    """The trends of the whole file."""
    entered = go_lives.go_lives(cache.cadence(), cache.contract_versions())
    return frame.ask(measure_council, unit, entered)


def months(frame: Frame, council: Council) -> None:
    """The answer, one measure large, and all of them in words."""
    view.answer(words.answer(council), *words.notes(council))
    taken = decisions.decisions(cache.cadence())
    drawn = trends.drawn(council, trends.asked(council), taken)
    with view.tools(frame, "council", view.Definition(home.METHOD, RATES), drawn, related=trends.RELATED):
        switch()
        trends.choose(council)
    view.figures(
        frame,
        drawn,
        related=trends.RELATED,
        words=("measures", lambda: trends.at_a_glance(council)),
    )


def below_months(frame: Frame, council: Council) -> None:
    """Signals in sentences, proposals, the form, every measure, and both sides."""
    taken = decisions.decisions(cache.cadence())
    marked = trends.flags(council, taken)
    if marked:
        view.paragraphs(f"▶ {number}: {flag[1]}" for number, (flag, _) in enumerate(marked, start=1))
    trends.signals(council)
    deciding.proposals(frame, council)
    deciding.form(frame, council, trends.asked(council))
    gatherings.council(frame)
    trends.quiet(council)
    trends.table(frame, council, trends.asked(council))
    trends.all_small(frame, council)
    view.heading("Why sales says no")
    quarterly.rejections(frame)
    view.heading("Both sides of the contract")
    quarterly.both_sides(frame)
    sides.further(frame)


with shell.page("What changed that is not noise?", is_view=True, is_whole_file=True) as frame:
    council = None
    chosen = look()
    if not frame.facts().leads:
        so_far.nothing_selected(frame, frame.facts())
    else:
        council = measured(frame, Unit.MONTH)
        if chosen == QUARTER:
            quarterly.show(frame, council, switch)
        else:
            months(frame, council)
if council is not None:
    with shell.below():
        if chosen == QUARTER:
            quarterly.further(frame, council)
        else:
            below_months(frame, council)
