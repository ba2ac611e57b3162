"""What changed, and where? A rate against the period before, split per segment into mix and own rate."""

from __future__ import annotations

import contextlib
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from functools import partial

import polars as pl
import streamlit as st
from streamlit.errors import StreamlitAPIException

from analytics import formatting as text
from analytics import periods
from analytics import what_changed as home
from analytics import what_changed_words as words
from analytics.change_parts import Dimension
from analytics.charts.change_bars import UNKNOWN, ChangeRow, change_bars, shown_rows
from analytics.measurable import obstacle
from analytics.metrics.catalog import METRICS
from analytics.periods import Unit
from analytics.results import Unmeasurable
from analytics.sales_ready import incomplete_reason
from analytics.schema import label_of
from analytics.what_changed import Change, measure_what_changed, month_choices, month_days
from pages.ui import cache, controls, kept, markup, shell, so_far, tables, view
from pages.ui.shell import Frame

METRIC, MONTH = "change_of", "change_month"
SELECTED, USUAL = "The selected period", "Back to the usual period"
NO_BEFORE = (
    "This selection has no period before it. Choose a month here, or a period with a start and an end."
)


def chosen_metric(frame: Frame) -> str | None:
    """The metric asked for, the first that this export can give where none is; None where it gives none."""
    slugs = measured_metrics(frame)
    if not slugs:
        return None
    labels = {METRICS[slug].label: slug for slug in slugs}
    kept.restore(METRIC, labels.__contains__, lambda value: "" if value == next(iter(labels)) else str(value))
    asked = st.session_state.get(METRIC, st.query_params.get(METRIC))
    return labels.get(asked, slugs[0]) if isinstance(asked, str) else slugs[0]


def measured_metrics(frame: Frame) -> tuple[str, ...]:
    """The metrics of the catalog that this export can give."""
    is_complete_known = incomplete_reason(frame.manifest, frame.contract) is None
    of_contract = {
        "complete_data": is_complete_known,
        "marketing_sla": is_complete_known and bool(frame.contract.criteria),
    }
    return tuple(
        slug for slug in METRICS if obstacle(frame.manifest, slug) is None and of_contract.get(slug, True)
    )


def metric_control(frame: Frame) -> None:
    """Which rate."""
    value = st.selectbox(
        "Rate",
        [METRICS[slug].label for slug in measured_metrics(frame)],
        key=METRIC,
        bind="query-params",
        label_visibility="collapsed",
        filter_mode=None,
        width=330,
    )
    kept.remember(METRIC, value)


def month_control(frame: Frame) -> None:
    """The selected period, or a month: choosing one sets the period of the whole app, as the chip then says."""
    months = {_against(number): number for number in frame.ask(month_choices)}
    current = next((name for name, number in months.items() if _is_month(frame, number)), None)
    first = USUAL if current else SELECTED
    st.session_state[MONTH] = current or first
    st.selectbox(
        "Compared",
        [first, *months],
        key=MONTH,
        on_change=_set_period,
        args=(months,),
        label_visibility="collapsed",
        filter_mode=None,
        width=260,
    )


def _against(number: int) -> str:
    return f"{periods.label(Unit.MONTH, number)} against {periods.label(Unit.MONTH, number - 1)}"


def _is_month(frame: Frame, number: int) -> bool:
    return (frame.request.starts_on, frame.request.ends_on) == month_days(number)


def _set_period(months: dict[str, int]) -> None:
    number = months.get(st.session_state[MONTH])
    if number is None:
        st.session_state["period"] = controls.DEFAULT_PERIOD
        return
    first, after = month_days(number)
    st.session_state["period"] = controls.FROM_TO
    for key, day in (("from", first), ("to", after - timedelta(days=1))):
        st.session_state[key] = day
        with contextlib.suppress(
            StreamlitAPIException
        ):  # once the field stands on the page, it writes the address
            st.query_params[key] = day.isoformat()


def view_control(change: Change) -> Dimension:
    """By what the change is cut; the clearest view is the usual one, for every rate and period anew."""
    names = [one.name for one in change.dimensions]
    key = f"change_by_{change.metric.slug}_{change.starts_on}_{change.ends_on}"
    name = st.selectbox(
        "By",
        names,
        format_func=lambda one: f"by {label_of(one)}",
        key=key,
        label_visibility="collapsed",
        filter_mode=None,
        width=220,
    )
    return next((one for one in change.dimensions if one.name == name), change.dimensions[0])


def main(frame: Frame) -> tuple[Change, Dimension] | None:
    """Answer, controls, bars and the other views; what was measured and shown, None where nothing can be."""
    slug = chosen_metric(frame)
    if slug is None:
        view.cannot(
            Unmeasurable("This export has no rate that could change.", "a status, a touch or an outcome")
        )
        return None
    change = frame.ask(measure_what_changed, slug)
    if not isinstance(change, Change):
        _nothing(frame, change)
        return None
    view.answer(words.answer(change), *words.notes(change))
    place = st.container(gap=None)
    if not change.dimensions:
        with place:
            _tools(frame, change, None)
        _unsplit(change)
        return None
    with place:
        shown = _tools(frame, change, change.dimensions[0])
    rows = shown_rows(shown)
    view.figures(
        frame,
        drawn(change, shown),
        picks=picks_of(shown, rows),
        words=("views", partial(other_views, change, shown)),
    )
    return change, shown


def _tools(frame: Frame, change: Change, usual: Dimension | None) -> Dimension:
    """The row of controls; which view is chosen."""
    definition = view.Definition(home.METHOD, (change.metric.slug,))
    figure = drawn(change, usual) if usual else view.Drawn("change", "", None, "")
    related = tuple(
        one for one in (change.metric.denominator, change.metric.numerator, change.metric.pending) if one
    )
    with view.tools(frame, "change", definition, figure, related=related):
        metric_control(frame)
        month_control(frame)
        return view_control(change) if usual else Dimension("", (), 0.0, 0.0, False, 0.0, 0.0, 1.0)


def _nothing(frame: Frame, change: Unmeasurable | None) -> None:
    """The controls stay, so that another rate or month can be chosen."""
    view.answer("What changed cannot be said for this selection.")
    with st.container(key="tools", horizontal=True, vertical_alignment="bottom", gap="small"):
        metric_control(frame)
        month_control(frame)
    if change is None:
        view.paragraphs((NO_BEFORE,), "unknown")
    else:
        view.cannot(change)


def _unsplit(change: Change) -> None:
    """In the place of the figure: both rates with their counts, and why nothing is split."""
    lines = [
        f"{name}: {words.span(*days)}, {text.rate_with_interval(one)}, {text.of(one)} leads"
        + (
            f", {text.count(waiting.numerator)} of {text.count(waiting.denominator)} have not had their time"
            if waiting.numerator
            else ""
        )
        for name, days, one, waiting in (
            ("Now", (change.starts_on, change.ends_on), change.now, change.waiting),
            (
                "Before",
                (change.before_starts_on, change.before_ends_on),
                change.before,
                change.waiting_before,
            ),
        )
    ]
    view.paragraphs(lines, "unknown")


def drawn(change: Change, shown: Dimension) -> view.Drawn:
    """The main figure."""
    sentence = words.where(change, shown) if shown.is_beyond_luck else words.answer(change)
    luck = "" if shown.is_beyond_luck else "no more than luck; "
    return view.Drawn(
        "change",
        f"What moved it, by {label_of(shown.name)}",
        cache.made(change_bars, shown, change.metric),
        f"Parts of the change by {label_of(shown.name)}. {sentence}",
        note=f"{luck}upper bar: share of leads · lower: own rate · pale: luck, or small",
    )


def picks_of(shown: Dimension, rows: tuple[ChangeRow, ...]) -> view.Picks:
    """The values behind the rows."""
    return [(shown.name, tuple(one.value or "" for one in row.segments)) for row in rows]


def other_views(change: Change, shown: Dimension) -> None:
    """The companion: the change with its interval and its two kinds, and the same change by other dimensions."""
    kinds = (
        words.could_have_seen(change)
        if change.state == "no change"
        else f"{words.two_kinds(shown)} {words.rest(change, shown)}"
    )
    _said(
        f"Change: {words.part_words(change.difference or 0.0, change.low, change.high)}",
        f"Now {text.rate_with_interval(change.now)}, before {text.rate_with_interval(change.before)}. {kinds}",
    )
    is_said = change.state != "no change" and shown is change.dimensions[0]
    for one in change.listed:
        if not (is_said and one.name == shown.name):
            _said(f"By {label_of(one.name)}", words.where(change, one))


def _said(name: str, sentence: str) -> None:
    markup.show(
        markup.element(
            "div", "question", markup.plain("h3", "name", name), markup.plain("p", "sentence", sentence)
        )
    )
    st.space("small")


def further(frame: Frame, change: Change, shown: Dimension) -> None:
    """Below the fold: the segments as tables, now and before, and every view that was tried."""
    name = label_of(shown.name)
    view.heading(
        f"By {name}", f"The parts of all rows add up to the change of {text.points(change.difference)}."
    )
    picks = [(shown.name, one.value or "") for one in shown.segments]
    _table_now(frame, change, shown, picks)
    if change.before_starts_on and change.before_ends_on:
        request = replace(
            frame.request,
            starts_on=change.before_starts_on,
            ends_on=change.before_ends_on,
            is_whole_file=False,
        )
        view.heading(
            f"The same groups before: {words.span(change.before_starts_on, change.before_ends_on)}",
            "A click on a count opens the leads of the period before.",
        )
        _table_before(replace(frame, request=request), change, shown, picks)
    view.heading(
        "Every view that was tried",
        "Views are different cuts of one change and never added up; only those beyond luck are named above.",
    )
    rows = [
        (
            label_of(one.name),
            len(one.segments),
            words.size(one.apart),
            words.size(one.luck),
            "beyond luck" if one.is_beyond_luck else "",
        )
        for one in change.dimensions
    ]
    schema = {
        "View": pl.String,
        "Groups": pl.Int64,
        "Moved apart": pl.String,
        "Luck alone": pl.String,
        "Stands out": pl.String,
    }
    tables.numbers(
        frame, pl.DataFrame(rows, schema=schema, orient="row"), key="change_views", alt="Every view"
    )


def _table_now(frame: Frame, change: Change, shown: Dimension, picks: view.Picks) -> None:
    rows = [
        (
            _name(one.value), one.now.denominator, one.now.numerator, text.rate_with_interval(one.now), text.percent(one.share_now),
            words.part_words(one.mix, one.mix_low, one.mix_high),
            "new" if one.is_new else "gone" if one.is_gone else words.part_words(one.own, one.own_low, one.own_high),
            text.points(one.mix + one.own),
        )
        for one in shown.segments
    ]  # fmt: skip
    numbers = {
        "Leads": pl.Int64, "Counted": pl.Int64, "Rate": pl.String, "Share of leads": pl.String, "From its share": pl.String,
        "From its own rate": pl.String, "Together": pl.String,
    }  # fmt: skip
    schema = {_heading(shown, numbers): pl.String, **numbers}
    tables.numbers(
        frame, pl.DataFrame(rows, schema=schema, orient="row"), key="change_now", alt="Parts of the change by group",
        keys=_keys(change, shown), picks=picks,
    )  # fmt: skip


def _table_before(before: Frame, change: Change, shown: Dimension, picks: view.Picks) -> None:
    rows = [
        (
            _name(one.value),
            one.before.denominator,
            one.before.numerator,
            text.rate_with_interval(one.before),
            text.percent(one.share_before),
        )
        for one in shown.segments
    ]
    numbers = {"Leads": pl.Int64, "Counted": pl.Int64, "Rate": pl.String, "Share of leads": pl.String}
    schema = {_heading(shown, numbers): pl.String, **numbers}
    tables.numbers(
        before, pl.DataFrame(rows, schema=schema, orient="row"), key="change_before", alt="The groups in the period before",
        keys=_keys(change, shown), picks=picks,
    )  # fmt: skip


def _keys(change: Change, shown: Dimension) -> tables.Keys:
    metric = change.metric
    return [
        {"Leads": f"{first}.{metric.denominator}", "Counted": f"{first}.{metric.numerator}"}
        for first in (one.key or f"pick:{place}" for place, one in enumerate(shown.segments))
    ]


def _name(value: str | None) -> str:
    return value or UNKNOWN


def _heading(shown: Dimension, taken: Mapping[str, object]) -> str:
    return tables.heading_apart(label_of(shown.name).capitalize(), taken)


with shell.page("What changed, and where?", is_view=True) as frame:
    measured = None
    if not frame.facts().leads:
        so_far.nothing_selected(frame, frame.facts())
    else:
        measured = main(frame)
if measured is not None:
    with shell.below():
        further(frame, *measured)
