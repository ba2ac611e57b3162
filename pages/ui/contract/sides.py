"""Did both sides keep the contract? One figure in two halves of the same size, the breaches of both, month by month."""

from __future__ import annotations

from collections.abc import Callable

import polars as pl
import streamlit as st

from analytics import compliance as home
from analytics import formatting as text
from analytics.charts.two_sides import two_sides
from analytics.compliance import Compliance, Side, measure_compliance
from analytics.measurable import obstacle
from analytics.periods import Unit
from analytics.results import Rate, Unmeasurable
from pages.ui import below, cache, tables, view
from pages.ui.shell import Frame

METRICS = ("marketing_sla", "sales_sla", "touched_inside_limit", "decided_in_window", "complete_data")
_CELL = 60
"""Characters that a cell of the breaches shows on a small screen; longer ones are said below in full."""
RELATED = ("leads", "marketing_met", "marketing_missed", "sla_met", "sla_missed", "sla_pending")


def show(frame: Frame, controls: Callable[[], None]) -> None:
    """The answer, the controls of the page, and the figure."""
    found = frame.ask(measure_compliance)
    view.answer(home.sentence(found), *notes(found))
    drawn = view.Drawn(
        "sides",
        "What each side kept",
        cache.made(two_sides, found),
        f"Both sides of the contract. {home.sentence(found)}",
        "95 % intervals; dashed: the aim",
    )
    with view.tools(frame, "sides", view.Definition(home.METHOD, METRICS), drawn, related=RELATED):
        controls()
    view.figures(frame, drawn, related=RELATED)


def notes(found: Compliance) -> tuple[str, ...]:
    """What is pending or not known, for both sides."""
    marketing, sales = found.marketing, found.sales
    why = marketing.kept.why if isinstance(marketing.kept, Unmeasurable) else ""
    why_not = sales.kept.why if isinstance(sales.kept, Unmeasurable) else ""
    return (
        why,
        f"{text.plural(marketing.unknown, 'lead')} not known whether they meet the definition"
        if marketing.unknown
        else "",
        why_not,
        f"{text.plural(sales.pending, 'accepted lead')} still inside a window, neither hit nor miss"
        if sales.pending
        else "",
        f"{text.plural(sales.unknown, 'accepted lead')} touched before handoff, not timed"
        if sales.unknown
        else "",
    )


def further(frame: Frame) -> None:
    """Below the fold: the breaches of both sides, by month, and group by group."""
    found = frame.ask(measure_compliance)
    view.heading("What was not kept", "Both sides in full; a lead can stand in several lines.")
    columns = st.columns(2)
    for column, side in zip(columns, (found.marketing, found.sales), strict=True):
        with column:
            view.paragraphs((side.name.capitalize(),), "sentence")
            _breaches(frame, side)
    _by_month(frame)
    below.breakdown(frame, _shown(frame))


def _breaches(frame: Frame, side: Side) -> None:
    rows = [(one.words, one.leads) for one in side.breaches]
    if not rows:
        what = (
            side.kept.why if isinstance(side.kept, Unmeasurable) else "Nothing: every lead counted was kept."
        )
        view.paragraphs((what,))
        return
    tables.numbers(
        frame,
        pl.DataFrame(rows, schema={"Not kept": pl.String, "Leads": pl.Int64}, orient="row"),
        key=f"breaches_{side.name}",
        alt=f"What {side.name} did not keep",
        columns={"Leads": st.column_config.NumberColumn(format="localized", width="small")},
        keys=[{"Leads": one.key} for one in side.breaches],
    )
    view.paragraphs(
        f"{one.words}: {text.count(one.leads)}" for one in side.breaches if len(one.words) > _CELL
    )


def _shown(frame: Frame) -> tuple[str, ...]:
    """The numbers that can be counted group by group: marketing's share only where a definition is agreed."""
    return tuple(slug for slug in METRICS if slug != "marketing_sla" or frame.contract.criteria)


def _by_month(frame: Frame) -> None:
    slugs = tuple(slug for slug in _shown(frame) if obstacle(frame.manifest, slug) is None)
    months = frame.ask(home.measure_by_month, slugs)
    if not months:
        return
    view.heading("Month by month")
    rows = [
        (one.label, one.leads, *(_told(rate) for rate in one.rates))
        for one in months
    ]  # fmt: skip
    names = {slug: home.SHORT[slug] for slug in slugs}
    schema = {"Month of handoff": pl.String, "Leads": pl.Int64, **dict.fromkeys(names.values(), pl.String)}
    keys = [
        {"Leads": f"{Unit.MONTH.value}:{one.number}"}
        | {name: f"{Unit.MONTH.value}:{one.number}.{home.counted(slug)}" for slug, name in names.items()}
        for one in months
    ]
    tables.numbers(
        frame,
        pl.DataFrame(rows, schema=schema, orient="row"),
        key="sides_by_month",
        alt="Both sides by month of handoff",
        columns={"Leads": st.column_config.NumberColumn(format="localized")},
        keys=keys,
    )


def _told(rate: Rate) -> str:
    pending = f", {text.count(rate.pending)} pending" if rate.pending else ""
    if not rate.denominator:
        return f"{text.DASH}{pending}"
    said = f"{text.percent(rate.value)} · {text.of(rate)}" if text.is_quotable(rate) else text.of(rate)
    return f"{said}{pending}"
