"""Why sales says no and whether anybody learns: the reasons over time, what moved, and what to do about it."""

from __future__ import annotations

from collections.abc import Collection

import streamlit as st

from analytics import rejections as home
from analytics.charts.reason_bars import reason_bars
from analytics.charts.reason_points import MEASURES
from analytics.charts.rejection_lines import rejection_lines
from analytics.charts.rejection_speed import rejection_speed
from analytics.periods import Unit
from analytics.rejection_fixes import measure_fixes
from analytics.rejection_pace import (
    disqualified_words,
    measure_disqualified,
    measure_pace,
    pace_notes,
    pace_words,
)
from analytics.rejections import Rejections, measure_rejections
from analytics.results import Unmeasurable
from analytics.schema import REASON_CODES, reason_words
from pages.ui import below, cache, kept, shell, so_far, view
from pages.ui import rejection_tables as lists
from pages.ui.shell import Frame

# What the controls offer, as it is shown and as the address spells it, and what it stands for.
UNITS = {unit.value.capitalize(): unit.value for unit in Unit}
SHOWN = {measure[:1].upper() + measure[1:]: measure for measure in MEASURES}
INK: dict[str, str | None] = {"Ink: as in the sentence": None} | {
    f"Ink: {reason_words(code)}": code for code in REASON_CODES
}
RATES = ("accepted_of_decided", "share_decided")
SETS = ("so_far_rejected", "rejected_untouched", "disqualified_any", "leads")


def chosen(key: str, options: Collection[str], usual: str) -> str:
    """What a control stands on; asked before it is drawn, because the answer stands above it."""
    kept.restore(key, options.__contains__, lambda value: "" if value == usual else str(value))
    asked = st.session_state.get(key, st.query_params.get(key))
    return asked if asked in options else usual


def segments(key: str, options: Collection[str], usual: str, label: str) -> None:
    """One row of buttons; its value is in the address and outlives a change of the page."""
    value = st.segmented_control(
        label, list(options), default=usual, key=key, bind="query-params", label_visibility="collapsed", required=True
    )  # fmt: skip
    kept.remember(key, value)


def highlight() -> None:
    """Which reason is drawn in ink."""
    value = st.selectbox(
        "Reason in ink", list(INK), key="reject_ink", bind="query-params", label_visibility="collapsed",
        filter_mode=None, width=290,
    )  # fmt: skip
    kept.remember("reject_ink", value)


def main(frame: Frame) -> Rejections | None:
    """Answer, controls, lines and bars; what was measured, None where it cannot be."""
    unit = UNITS[chosen("reject_by", UNITS, "Month")]
    measure = SHOWN[chosen("reject_show", SHOWN, "Per 100 leads")]
    ink = INK[chosen("reject_ink", INK, next(iter(INK)))]
    result = frame.ask(measure_rejections, unit)
    if isinstance(result, Unmeasurable):
        view.answer("Why sales says no cannot be said from this export.")
        view.cannot(result)
        return None
    sentence = home.answer(result)
    view.answer(sentence, *home.notes(result, is_whole_file=frame.request.is_whole_file))
    names = {
        "per 100 leads": "Rejections per 100 leads handed off",
        "share of rejections": "Share of the rejections of each period",
        "counts": "Rejections counted",
    }
    has_any = bool(result.of_leads.numerator)
    lines = view.Drawn(
        "rejections", names[measure],
        cache.made(rejection_lines, result, measure, ink) if has_any else None,
        f"{names[measure]}, by {result.unit.value} of handoff and reason. {sentence}",
        note=f"by {result.unit.value} of handoff" + ("" if result.unit.value == unit else f": too long for {unit}s"),
        missing="No lead is rejected in this selection.",
    )  # fmt: skip
    with view.tools(frame, "rejections", view.Definition(home.METHOD, RATES), lines, related=SETS):
        segments("reject_by", UNITS, "Month", "By")
        segments("reject_show", SHOWN, "Per 100 leads", "Show")
        highlight()
    bars = view.Drawn(
        "reasons", "Reasons, whole period", cache.made(reason_bars, result) if has_any else None,
        "; ".join(f"{reason_words(one.code)} {one.count}" for one in result.reasons),
        missing="No reason to show.",
    )  # fmt: skip
    view.figures(frame, lines, bars)
    return result


def further(frame: Frame, result: Rejections | None) -> None:
    """Below the fold."""
    if result is not None and result.of_leads.numerator:
        what_moved(frame, result)
        what_to_do(frame)
    how_fast(frame)
    later(frame)
    if result is not None and result.of_leads.numerator:
        view.heading(
            f"By {result.unit.value} of handoff", "Each rejected lead once, in the period of its handoff."
        )
        lists.show(frame, lists.by_period(result), "rejections_by_period", "Rejections by period and reason")
    below.breakdown(frame, RATES)
    below.comparison(frame, RATES)


def what_moved(frame: Frame, result: Rejections) -> None:
    """The first window against the last, reason by reason."""
    view.heading("What moved", home.moved_words(result))
    if result.shift is not None:
        lists.show(
            frame,
            lists.moved(result, result.shift),
            "rejections_moved",
            "Reasons in the first and the last window",
        )


def how_fast(frame: Frame) -> None:
    """The time from handoff to rejection."""
    found = frame.ask(measure_pace)
    view.heading("How fast sales says no")
    if isinstance(found, Unmeasurable):
        view.paragraphs((found.why, f"What would bring it: {found.column}."))
        return
    view.paragraphs((pace_words(found),), "sentence")
    view.paragraphs((" ".join(pace_notes(found)),))
    if found.rejected:
        drawn = view.Drawn("pace", "", cache.made(rejection_speed, found), pace_words(found))
        view.figure(frame, drawn, height=300, related=("so_far_rejected", "rejected_untouched"))
        lists.show(frame, lists.pace(found), "rejections_pace", "How soon leads were rejected")


def later(frame: Frame) -> None:
    """Accepted, then disqualified."""
    found = frame.ask(measure_disqualified)
    view.heading("Accepted, then disqualified")
    if isinstance(found, Unmeasurable):
        view.paragraphs((found.why, f"What would bring it: {found.column}."))
        return
    view.paragraphs((disqualified_words(found),), "sentence")
    lists.show(frame, lists.disqualified(found), "rejections_disqualified", "Accepted, then disqualified")


def what_to_do(frame: Frame) -> None:
    """Reason, owner, fix."""
    fixes = frame.ask(measure_fixes)
    if isinstance(fixes, Unmeasurable):
        return
    view.heading(
        "What to do, the most leads first",
        "A reason is a task from 10 rejections on. Tick rows to copy or download only these.",
    )
    if fixes.left_out:
        counted = ", ".join(f"{reason_words(code)} ({count})" for code, count in fixes.left_out)
        view.paragraphs((f"Too few to act on: {counted}.",))
    if fixes.tasks:
        lists.todo(frame, fixes)
    if fixes.unanswered is not None and (fixes.unanswered.untouched or fixes.unanswered.under_worked):
        view.paragraphs(
            ("“No engagement” is read by what was tried first; touches are counted until the extract.",)
        )
        lists.show(frame, lists.unanswered(fixes.unanswered), "rejections_unanswered", "What was tried first")


with shell.page("Why does sales say no, and is anybody learning?", is_view=True) as frame:
    measured = None
    if frame.facts().leads:
        measured = main(frame)
    else:
        so_far.nothing_selected(frame, frame.facts())
if frame.facts().leads:
    with shell.below():
        further(frame, measured)
