"""The council's figures: one measure large, all of them beside it in words and below it small."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import polars as pl
import streamlit as st

from analytics import council as home
from analytics import council_words as words
from analytics import formatting as text
from analytics.charts.control_chart import Flag, all_measures, control_chart, rows_of
from analytics.compliance import NOT_AGREED
from analytics.council import Council
from analytics.council_trends import HANDOFF, Trend, TrendPoint
from analytics.store.decisions import Decision
from pages.ui import cache, kept, markup, tables, view
from pages.ui.shell import Frame

MEASURE = "council_measure"
RELATED = ("leads",)
_SHAPES = {"signal": "◆", "quiet": "●", "none": "○"}


def strongest(council: Council) -> Trend:
    """What is shown first: the measure with the latest signal, else the first that can be judged, else the first."""
    with_signals = [one for one in council.trends if one.signals]
    if with_signals:
        return max(with_signals, key=lambda one: one.signals[-1].span.number)
    judged = words.judged(council)
    measured = [one for one in council.trends if one.missing is None]
    return (judged or measured or council.trends)[0]


def choose(council: Council) -> Trend:
    """Which measure is drawn large."""
    names = {one.name: one for one in council.trends}
    usual = strongest(council).name
    kept.restore(MEASURE, names.__contains__, lambda value: "" if value == usual else str(value))
    if st.session_state.get(MEASURE, usual) not in names:
        del st.session_state[MEASURE]
    value = st.selectbox(
        "Measure", list(names), index=list(names).index(usual), key=MEASURE, bind="query-params",
        label_visibility="collapsed", filter_mode=None, width=340,
    )  # fmt: skip
    kept.remember(MEASURE, value)
    return names.get(value, names[usual])


def asked(council: Council) -> Trend:
    """The measure that the control stands on, before it is drawn."""
    names = {one.name: one for one in council.trends}
    value = st.session_state.get(MEASURE, st.query_params.get(MEASURE)) or kept.last(MEASURE)
    return names.get(str(value), strongest(council))


def flags(council: Council, decisions: Sequence[Decision]) -> tuple[tuple[Flag, Decision], ...]:
    """Where on the axis the decisions that stand took effect, the earliest first; those outside the axis are left out."""
    found = []
    for one in sorted(decisions, key=lambda each: (each.effective_on, each.number)):
        at = place(council, one.effective_on)
        if at is not None and not one.withdrawn:
            found.append(((at, f"decision {one.number}: {one.what}"), one))
    return tuple(found)


def place(council: Council, day: date) -> float | None:
    """A day on the axis of spans: the middle of the first span is 0; None outside."""
    for number, span in enumerate(council.spans):
        if span.first <= day < span.after:
            return number - 0.5 + (day - span.first).days / (span.after - span.first).days
    return None


def drawn(council: Council, trend: Trend, decisions: Sequence[Decision]) -> view.Drawn:
    """The large figure of a measure."""
    marked = tuple(flag for flag, _ in flags(council, decisions))
    figure = None if trend.missing is not None else cache.made(control_chart, council, trend, marked)
    missing = (
        f"Cannot be measured from this export. {trend.missing.why} What would bring it: {trend.missing.column}."
        if trend.missing is not None
        else ""
    )
    by = "" if trend.clock == HANDOFF else f"by {council.unit.value} of {trend.clock}"
    alt = " ".join(words.signal_sentences(trend, council)) or words.quiet_sentence(trend, council)
    return view.Drawn(
        "council", trend.name, figure, f"{trend.name} by {council.unit.value} of {trend.clock}. {alt}",
        note=", ".join(one for one in ("" if trend.missing else words.strength_words(trend), "at most" if trend.is_at_most else "", by) if one),
        missing=missing,
    )  # fmt: skip


def at_a_glance(council: Council) -> None:
    """All measures in words: the latest mature value, whether it is a signal, and where the target stands."""
    rows = "".join(_row(council, one) for one in council.trends)
    markup.show(markup.element("ul", "measures", rows))


def _row(council: Council, trend: Trend) -> str:
    kind = "signal" if trend.signals else "quiet" if trend in words.judged(council) else "none"
    latest = trend.latest
    value = words.value_words(trend, latest.value, council.day_seconds) if latest else text.DASH
    if latest and latest.rate is not None and not text.is_quotable(latest.rate):
        value = text.of(latest.rate)
    if trend.missing is not None:
        value = "not agreed" if trend.missing == NOT_AGREED else "cannot be measured"
    said = {"signal": "signal", "quiet": "usual", "none": ""}[kind]
    return markup.element(
        "li",
        f"measure {kind}",
        markup.plain("span", "shape", _SHAPES[kind]),
        markup.plain("span", "what", trend.name),
        markup.plain("span", "value", value),
        markup.plain("span", "said", said),
    )


def signals(council: Council) -> None:
    """What is a signal and what is not, in sentences; the figure's points are in the tables below."""
    found = words.all_signals(council)
    view.heading("What is a signal")
    view.paragraphs(found or ("Nothing.",), "sentence")
    chance = home.false_alarm(council)
    if chance is not None:
        view.paragraphs(
            (f"By luck alone, {text.in_hundred(chance)} of 100 such pages would show at least one signal.",)
        )


def quiet(council: Council) -> None:
    """What is no signal, a sentence per measure."""
    view.heading("What is not a signal")
    view.paragraphs(words.quiet_sentence(one, council) for one in council.trends if not one.signals)
    left_out: dict[str, list[str]] = {}
    for one in council.trends:
        for unknown in one.unknown:
            left_out.setdefault(unknown, []).append(one.name)
    if left_out:
        view.heading("What is not counted")
        view.paragraphs(f"{', '.join(names)}: {unknown}." for unknown, names in left_out.items())


def all_small(frame: Frame, council: Council) -> None:
    """Every measure small, three in a row, in the order of the meeting."""
    view.heading(
        "Every measure",
        f"By {council.unit.value} of handoff, win rate and pipeline by that in which the opportunity was created;"
        " a click on a point opens its leads.",
    )
    said = " ".join(words.quiet_sentence(one, council) for one in council.trends)
    drawn = view.Drawn("every_measure", "", cache.made(all_measures, council), said)
    view.figure(frame, drawn, height=24 + 210 * rows_of(council))


def table(frame: Frame, council: Council, trend: Trend) -> None:
    """The points of the chosen measure, newest first; a click on a count opens its leads."""
    if trend.missing is not None or not trend.points:
        return
    view.heading(f"{trend.name}, {council.unit.value} by {council.unit.value}")
    points = list(reversed(trend.points))
    schema = {
        council.unit.value.capitalize(): pl.String,
        "Value": pl.String,
        "Usual": pl.String,
        "Signal": pl.String,
    }
    rows = [
        (
            one.span.label,
            words.point_words(trend, one, council.day_seconds),
            _usual(council, trend, one),
            home.signal_words(one.control.signal),
        )
        for one in points
    ]
    tables.numbers(
        frame, pl.DataFrame(rows, schema=schema, orient="row"), key="council_points", alt=f"{trend.name} in numbers",
        keys=[{"Value": one.of_key or None} for one in points],
    )  # fmt: skip


def _usual(council: Council, trend: Trend, point: TrendPoint) -> str:
    return words.range_words(trend, point.control.low, point.control.high, council.day_seconds)
