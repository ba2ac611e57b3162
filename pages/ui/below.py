"""What stands below the fold of every view: the rates group by group, and the same rates in the period before."""

from __future__ import annotations

from dataclasses import replace

import polars as pl
import streamlit as st

from analytics import formatting as text
from analytics.breakdown import Breakdown, measure_breakdown
from analytics.charts.forest import MOST, forest
from analytics.comparison import Comparison, measure_comparison, words
from analytics.measurable import obstacle
from analytics.metrics.catalog import METRICS
from analytics.schema import label_of
from pages.ui import cache, controls, tables, view
from pages.ui.shell import Frame

_ROW_HEIGHT = 30


def breakdown(frame: Frame, slugs: tuple[str, ...]) -> None:
    """One rate by one dimension of the export: a dot with its interval per group, and the table."""
    fields = list(cache.choices(frame.manifest))
    measured = [slug for slug in slugs if obstacle(frame.manifest, slug) is None]
    if not fields or not measured:
        return
    view.heading("Broken down")
    with st.container(key="breakdown", horizontal=True, vertical_alignment="bottom"):
        slug = st.selectbox(
            "Rate",
            measured,
            format_func=lambda one: METRICS[one].label,
            key="rate",
            bind="query-params",
            width=360,
        )
        field = st.selectbox(
            "By",
            fields,
            index=fields.index(controls.IN_SIGHT) if controls.IN_SIGHT in fields else 0,
            format_func=label_of,
            key="by",
            bind="query-params",
            width=280,
        )
    result = frame.ask(measure_breakdown, field, tuple(measured))
    place = measured.index(slug)
    picks = [(field, group.value) for group in result.groups]
    view.paragraphs((METRICS[slug].sentence, _standing_out(result, place)))
    shown = sum(group.rates[place].value is not None for group in result.groups[:MOST])
    view.figure(
        frame,
        view.Drawn(
            "forest",
            "",
            cache.made(forest, result, place),
            f"{METRICS[slug].label} by {label_of(field)}. {_standing_out(result, place)}",
        ),
        height=70 + _ROW_HEIGHT * max(2, shown),
        picks=picks,
    )
    rows, keys = _group_rows(result, place, label_of(field))
    tables.numbers(frame, rows, key="by_group", alt="The same as a table", keys=keys, picks=picks)


def _standing_out(result: Breakdown, place: int) -> str:
    """Which groups differ from the rest beyond luck, in one sentence."""
    groups = [group for group in result.groups if group.stands_out[place]]
    looks = f"after {text.plural(len(result.groups), 'look')}"
    left = (
        f" {text.plural(result.unlisted, 'smaller group')} with {text.plural(result.unlisted_leads, 'lead')} are not listed."
        if result.unlisted
        else ""
    )
    if not groups:
        return f"No group stands out from the rest beyond luck, {looks}.{left}"
    named = ", ".join(f"{controls.shown(group.value)} ({group.stands_out[place]})" for group in groups[:4])
    more = f" and {len(groups) - 4} more" if len(groups) > 4 else ""
    return f"Standing out from the rest beyond luck, {looks}: {named}{more}.{left}"


def _group_rows(result: Breakdown, place: int, name: str) -> tuple[pl.DataFrame, tables.Keys]:
    metric = result.metrics[place]
    rows, keys = [], []
    for number, group in enumerate(result.groups):
        rate = group.rates[place]
        rows.append(
            (
                controls.shown(group.value), group.leads, rate.numerator, rate.denominator,
                text.rate(rate), text.percent_range(rate.low, rate.high), rate.pending, group.stands_out[place],
            )
        )  # fmt: skip
        keys.append(
            {
                "Leads": f"pick:{number}", "Counted": f"pick:{number}.{metric.numerator}",
                "Out of": f"pick:{number}.{metric.denominator}",
                "Pending": f"pick:{number}.{metric.pending}" if metric.pending else None,
            }
        )  # fmt: skip
    numbers = {
        "Leads": pl.Int64, "Counted": pl.Int64, "Out of": pl.Int64, "Rate": pl.String, "Interval": pl.String,
        "Pending": pl.Int64, "Against the rest": pl.String,
    }  # fmt: skip
    schema = {tables.heading_apart(name.capitalize(), numbers): pl.String, **numbers}
    return pl.DataFrame(rows, schema=schema, orient="row"), keys


def comparison(frame: Frame, slugs: tuple[str, ...]) -> None:
    """The rates of this view now and in the period of the same length before."""
    view.heading("Compared with the period before")
    result = frame.ask(measure_comparison, tuple(slugs))
    if result is None:
        view.paragraphs(("This selection has no period before it: choose one with a start and an end.",))
        return
    now = f"Now: {text.period(result.starts_on, result.ends_on)}, {text.plural(result.now_leads, 'lead')}."
    then = text.period(result.before_starts_on, result.starts_on)
    view.paragraphs((f"{now} Before: {then}, {text.plural(result.before_leads, 'lead')}.",))
    rows, keys = _changes(result)
    tables.numbers(frame, rows, key="before_after", alt="Now and before", keys=keys)
    before = replace(
        frame,
        request=replace(
            frame.request,
            starts_on=result.before_starts_on,
            ends_on=result.starts_on,
            is_whole_file=False,
        ),
    )
    _open_before(before, result)


def _changes(result: Comparison) -> tuple[pl.DataFrame, tables.Keys]:
    rows = [
        (
            row.metric.label,
            text.rate_with_interval(row.now),
            row.now.numerator,
            row.now.denominator,
            text.rate_with_interval(row.before),
            text.of(row.before),
            words(row),
        )
        for row in result.rows
    ]
    keys = [{"Counted now": row.metric.numerator, "Out of": row.metric.denominator} for row in result.rows]
    schema = {
        "Rate": pl.String, "Now": pl.String, "Counted now": pl.Int64, "Out of": pl.Int64, "Before": pl.String,
        "Counted before": pl.String, "Change": pl.String,
    }  # fmt: skip
    return pl.DataFrame(rows, schema=schema, orient="row"), keys


def _open_before(before: Frame, result: Comparison) -> None:
    """A door to the leads of the period before."""
    if result.before_leads and st.button("Leads of the period before", key="leads_before", type="tertiary"):
        view.open_leads(before, "leads")
