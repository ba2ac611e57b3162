"""Where do leads go? The nested funnel with the step in jeopardy; below it the bridge, the ages and the cohorts."""

from __future__ import annotations

import polars as pl
import streamlit as st

from analytics import bridge as bridging
from analytics import formatting as text
from analytics import funnel, maturing
from analytics.bridge import ASIDE, Bridge, measure_bridge, set_aside_rows
from analytics.charts import age_triangle, bridge_steps
from analytics.charts.incidence import incidence
from analytics.charts.nested_funnel import nested_funnel
from analytics.charts.step_targets import step_targets
from analytics.funnel import Funnel, measure_funnel
from analytics.funnel_stages import ACCEPTED, OPPORTUNITY, WON
from analytics.handoff_steps import STEP_METRICS, reading
from analytics.maturing import Maturing, measure_maturing
from analytics.outcome_race import Race, race_reading
from analytics.periods import Unit
from analytics.results import Unmeasurable
from pages.ui import below, cache, funnel_tables, kept, shell, so_far, view
from pages.ui.shell import Frame

_STAGES = {ACCEPTED: "Accepted", OPPORTUNITY: "Opportunity", WON: "Won"}
_UNITS = {unit.value: unit.value.capitalize() for unit in Unit}
_RELATED = ("leads", "so_far_rejected", "so_far_undecided", "open_accepted", "open_opportunity", "stage_lost")


def _pick(name: str, key: str, options: dict[str, str], default: str) -> str:
    """One choice of a few, kept from page to page and in the address."""
    kept.restore(key, options.__contains__, lambda value: "" if value == default else options[value])
    chosen = st.segmented_control(
        name,
        list(options),
        format_func=options.__getitem__,
        default=default,
        key=key,
        bind="query-params",
        label_visibility="collapsed",
    )
    picked = str(chosen or default)
    kept.remember(key, picked)
    return picked


def _last_stage(result: Funnel) -> str:
    """The last stage that this export can tell, to begin with."""
    known = [stage.slug for stage in result.measured if stage.slug in _STAGES]
    return known[-1] if known else WON


def _above(frame: Frame, result: Funnel) -> None:
    sentence = funnel.answer(result)
    view.answer(sentence, *funnel.notes(result))
    drawn = view.Drawn(
        "funnel",
        "Stages so far",
        cache.made(nested_funnel, result),
        f"Nested funnel. {sentence}",
        "thin bars: who left, hatched: still open or undecided",
    )
    steps = view.Drawn(
        "steps",
        "Steps and targets",
        cache.made(step_targets, result.steps),
        f"Each step against its target. {reading(result.steps)}",
        "blue: marketing, orange: sales",
    )
    with view.tools(frame, "funnel", view.Definition(funnel.METHOD, STEP_METRICS), drawn, related=_RELATED):
        pass
    view.figures(frame, drawn, steps, related=_RELATED)


def _below(frame: Frame, result: Funnel) -> None:
    funnel_tables.stages_and_steps(frame, result)
    _bridge(frame)
    view.heading("Cohort by cohort")
    with st.container(key="cohort_controls", horizontal=True, vertical_alignment="bottom"):
        unit = _pick("Cohorts by", "funnel_unit", _UNITS, Unit.MONTH.value)
        stage = _pick("Stage", "funnel_stage", _STAGES, _last_stage(result))
    ages = frame.ask(measure_maturing, unit, stage)
    _triangle(frame, ages)
    funnel_tables.cohorts(frame, frame.ask(measure_funnel, unit))
    view.heading("What becomes of them, with age")
    _race(frame, ages.decision, "Decisions by age", "accepted and rejected")
    _race(frame, ages.closing, "Closings by age", "won and lost")
    funnel_tables.stage_times(frame, ages)
    funnel_tables.violations(frame, result)
    slugs = ("acceptance_rate", *STEP_METRICS, "won_in_horizon")
    below.breakdown(frame, slugs)
    below.comparison(frame, slugs)


def _bridge(frame: Frame) -> None:
    result: Bridge = frame.ask(measure_bridge)
    view.heading("From marketing's total to the leads that sales worked")
    view.paragraphs((bridging.answer(result),), css="sentence")
    view.paragraphs((bridging.notes(result),))
    drawn = view.Drawn(
        "bridge", "", cache.made(bridge_steps.bridge_steps, result), f"Bridge. {bridging.answer(result)}"
    )
    view.figure(frame, drawn, height=bridge_steps.height(result))
    left = bridge_steps.level_after(result)
    schema = {"Step, in order": pl.String, "Leads": pl.Int64, "Left after it": pl.Int64}
    rows = [(one.words, one.leads, after) for one, after in zip(result.steps, left, strict=True)]
    keys = [{"Leads": one.key} for one in result.steps]
    with st.expander("The bridge as a table, and how it is made"):
        view.paragraphs((bridging.METHOD,))
        table = pl.DataFrame(rows, schema=schema, orient="row")
        funnel_tables.table(frame, table, key="bridge", alt="The bridge as a table", keys=keys)
    for one in result.steps:
        if one.slug in ASIDE:
            with st.expander(f"{one.words}: {text.count(one.leads)}"):
                st.dataframe(frame.ask(set_aside_rows, one.slug), hide_index=True, alt=one.words)


def _triangle(frame: Frame, ages: Maturing) -> None:
    result = ages.triangle
    if isinstance(result, Unmeasurable):
        view.paragraphs((f"{result.why} What would bring it: {result.column}.",), css="sentence")
        return
    view.paragraphs(
        (
            maturing.reading(result),
            f"{text.plural(result.undated, 'lead')} reached this stage without a date and stand in no cell."
            if result.undated
            else "",
        ),
        css="sentence",
    )
    drawn = view.Drawn(
        "triangle",
        "",
        cache.made(age_triangle.age_triangle, result),
        f"Cohorts by age. {maturing.reading(result)}",
    )
    view.figure(frame, drawn, height=age_triangle.height(result))
    with st.expander("The ages as a table, and how they are made"):
        view.paragraphs((maturing.METHOD,))
        rows, keys = funnel_tables.age_rows(result)
        funnel_tables.table(frame, rows, key="ages", alt="Cohorts by age", keys=keys)


def _race(frame: Frame, race: Race | Unmeasurable, name: str, what: str) -> None:
    if isinstance(race, Unmeasurable):
        view.paragraphs((f"{name}: {race.why} What would bring it: {race.column}.",))
        return
    note = (
        f"{text.plural(race.undated, 'lead')} {what} without a date cannot be placed" if race.undated else ""
    )
    view.paragraphs((race_reading(race),), css="sentence")
    drawn = view.Drawn(
        f"race_{race.slug}", name, cache.made(incidence, race), f"{name}. {race_reading(race)}", note
    )
    view.figure(frame, drawn, height=300)


with shell.page("Where do leads go?", is_view=True) as frame:
    facts = frame.facts()
    counted: Funnel | Unmeasurable | None = None
    if not facts.leads:
        so_far.nothing_selected(frame, facts)
    else:
        counted = frame.ask(measure_funnel, Unit.MONTH.value)
        if isinstance(counted, Unmeasurable):
            view.answer("This export cannot say where leads go.")
            view.cannot(counted)
        else:
            _above(frame, counted)
if facts.leads:
    with shell.below():
        if isinstance(counted, Funnel):
            _below(frame, counted)
        else:
            _bridge(frame)
