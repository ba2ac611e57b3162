"""The tables below the funnel: stages, steps, ages, cohorts and times, each number with the key of its leads."""

from __future__ import annotations

import polars as pl
import streamlit as st

from analytics import formatting as text
from analytics.charts.step_targets import state_words
from analytics.comparison import words
from analytics.funnel import Funnel, FunnelPeriod
from analytics.funnel_stages import ACCEPTED, OPPORTUNITY, SKIPPED_KEYS, STAGE_KEYS, WON, Stage
from analytics.handoff_steps import UNKNOWN_WHEN, HandoffStep, bound_words
from analytics.maturing import Maturing, Triangle
from analytics.metrics.catalog import METRICS
from analytics.results import Unmeasurable
from analytics.stage_times import StageTime
from pages.ui import tables, view
from pages.ui.shell import Frame

_WIDE = ("Remark", "Since the period before", "Step, in order")


def table(frame: Frame, rows: pl.DataFrame, *, key: str, alt: str, keys: tables.Keys) -> None:
    """A table of counts with thousands separators; remarks get the room they need."""
    columns: dict[str, object] = {
        name: st.column_config.NumberColumn(format="localized")
        for name, kind in rows.schema.items()
        if kind == pl.Int64
    }
    columns |= {name: st.column_config.TextColumn(width="large") for name in _WIDE if name in rows.columns}
    tables.numbers(frame, rows, key=key, alt=alt, keys=keys, columns=columns)


def stages_and_steps(frame: Frame, result: Funnel) -> None:
    """The stages with who left at each, and the steps with their targets."""
    view.heading("The stages and steps as tables")
    rows, keys = [], []
    for stage in result.stages:
        untouched = (
            stage.leads - stage.touched if stage.leads is not None and stage.touched is not None else None
        )
        rows.append(
            (
                stage.label, stage.leads, stage.touched, untouched,
                text.rate_with_interval(stage.of_all) if stage.of_all and stage.previous else stage.unmeasurable.why if stage.unmeasurable else "",
                text.rate_with_interval(stage.of_previous) if stage.of_previous else "",
                stage.skipped if stage.leads is not None else None,
                *_exit_counts(stage),
            )
        )  # fmt: skip
        keys.append(
            {
                "Leads so far": stage.key, "Touched": f"{stage.key}.is_touched",
                "No touch recorded": f"{stage.key}.not_touched", "By implication": SKIPPED_KEYS.get(stage.slug),
                **{name: one.key for one in stage.exits for name in (_EXIT_COLUMNS[one.slug],)},
            }
        )  # fmt: skip
    schema = {
        "Stage": pl.String, "Leads so far": pl.Int64, "Touched": pl.Int64, "No touch recorded": pl.Int64,
        "Of all leads passed": pl.String, "Of the stage before": pl.String, "By implication": pl.Int64,
        **dict.fromkeys(dict.fromkeys(_EXIT_COLUMNS.values()), pl.Int64),
    }  # fmt: skip
    table(
        frame,
        pl.DataFrame(rows, schema=schema, orient="row"),
        key="stages",
        alt="The stages so far",
        keys=keys,
    )
    step_rows, step_keys = _step_rows(result.steps)
    table(frame, step_rows, key="step_table", alt="The steps against their targets", keys=step_keys)


_EXIT_COLUMNS = {
    "rejected": "Rejected",
    "undecided": "No decision",
    "lost": "Lost here",
    "disqualified": "Disqualified later",
    "open": "Open or not on so far",
}


def _exit_counts(stage: Stage) -> list[int | None]:
    counts = {_EXIT_COLUMNS[one.slug]: one.leads for one in stage.exits}
    return [counts.get(name) for name in dict.fromkeys(_EXIT_COLUMNS.values())]


def _step_rows(steps: tuple[HandoffStep, ...]) -> tuple[pl.DataFrame, tables.Keys]:
    rows, keys = [], []
    for one in steps:
        metric = METRICS[one.slug]
        rate = one.rate
        rows.append(
            (
                one.label, metric.steward, f"{bound_words(one)}{text.rate_with_interval(rate)}" if rate else "",
                rate.numerator if rate else None, rate.denominator if rate else None, rate.pending if rate else None,
                one.unknown_when if rate and one.slug == "decided_in_window" else None,
                text.percent(one.target) if one.target is not None else "",
                one.unmeasurable.why if one.unmeasurable else state_words(one),
                words(one.change) if one.change else "",
            )
        )  # fmt: skip
        keys.append(
            {
                "Counted": metric.numerator, "Out of": metric.denominator, "Pending": metric.pending,
                "Decided, no date": UNKNOWN_WHEN,
            }
        )  # fmt: skip
    schema = {
        "Step": pl.String, "Promised by": pl.String, "Rate": pl.String, "Counted": pl.Int64, "Out of": pl.Int64,
        "Pending": pl.Int64, "Decided, no date": pl.Int64, "Target": pl.String, "Against the target": pl.String, "Since the period before": pl.String,
    }  # fmt: skip
    return pl.DataFrame(rows, schema=schema, orient="row"), keys


def age_rows(result: Triangle) -> tuple[pl.DataFrame, tables.Keys]:
    """Counted leads and leads old enough, per age."""
    rows, keys = [], []
    for row in result.rows:
        cells: list[int | None] = []
        opened: dict[str, str | None] = {"Leads": f"{result.unit.value}:{row.number}"}
        for cell in row.cells:
            is_there = cell.state != "empty"
            cells += [cell.rate.numerator if is_there else None, cell.rate.denominator if is_there else None]
            opened[f"By day {cell.age_days}"] = result.key(row, cell)
            opened[f"Of (day {cell.age_days})"] = result.key_of_old(row, cell)
        rows.append((row.label, row.leads, *cells))
        keys.append(opened)
    names = [name for age in result.ages for name in (f"By day {age}", f"Of (day {age})")]
    schema = {"Handed off": pl.String, "Leads": pl.Int64, **dict.fromkeys(names, pl.Int64)}
    return pl.DataFrame(rows, schema=schema, orient="row"), keys


def cohorts(frame: Frame, result: Funnel | Unmeasurable) -> None:
    """The stages so far, one row per period of handoff, the immature ones marked."""
    if isinstance(result, Unmeasurable):
        return
    rows, keys = [], []
    for row in result.periods:
        period = f"{result.unit.value}:{row.number}"
        rows.append(
            (
                row.label, row.leads, row.accepted, row.opportunity, row.won, row.mature.numerator, _age_words(row),
            )
        )  # fmt: skip
        keys.append(
            {
                "Leads": period, "Accepted so far": f"{STAGE_KEYS[ACCEPTED]}.{period}",
                "Opportunity so far": f"{STAGE_KEYS[OPPORTUNITY]}.{period}", "Won so far": f"{STAGE_KEYS[WON]}.{period}",
                "Old enough": f"mature.{period}",
            }
        )  # fmt: skip
    schema = {
        "Handed off": pl.String, "Leads": pl.Int64, "Accepted so far": pl.Int64, "Opportunity so far": pl.Int64,
        "Won so far": pl.Int64, "Old enough": pl.Int64, "Remark": pl.String,
    }  # fmt: skip
    table(
        frame,
        pl.DataFrame(rows, schema=schema, orient="row"),
        key="cohorts",
        alt="Stages by cohort",
        keys=keys,
    )


def _age_words(row: FunnelPeriod) -> str:
    young = f"too young to judge until {text.day(row.judged_from)}" if row.judged_from else ""
    cut = "the selection cuts this period" if row.is_partial else ""
    return "; ".join(part for part in (young, cut) if part)


def stage_times(frame: Frame, ages: Maturing) -> None:
    """Median and ninth decile between stages, with what could not be timed."""
    view.heading(
        "Time between stages",
        "Wall-clock time, of the leads that got from one stage to the next: leads still on their way are not in it.",
    )
    measured = [one for one in ages.times if isinstance(one, StageTime)]
    rows = [(one.label, one.timed, text.duration(one.median) if one.timed else "", text.duration(one.p90) if one.timed else "", one.untimed) for one in measured]  # fmt: skip
    keys = [{"Leads": one.key, "Undated or out of order": one.untimed_key} for one in measured]
    schema = {
        "From one stage to the next": pl.String, "Leads": pl.Int64, "Half within": pl.String, "Nine in ten within": pl.String,
        "Undated or out of order": pl.Int64,
    }  # fmt: skip
    if measured:
        table(
            frame,
            pl.DataFrame(rows, schema=schema, orient="row"),
            key="times",
            alt="Time between stages",
            keys=keys,
        )
    view.paragraphs(
        f"{one.why} What would bring it: {one.column}." for one in ages.times if isinstance(one, Unmeasurable)
    )


def violations(frame: Frame, result: Funnel) -> None:
    """Leads whose dates contradict each other."""
    view.heading(
        "Dates out of order",
        "Counted in every number above all the same: listed, never hidden. A lead may stand in both lines.",
    )
    lines = (
        (
            "Decision, opportunity or closing dated before the handoff",
            result.before_handoff,
            "before_handoff",
        ),
        ("Opportunity before acceptance, or closing before opportunity", result.out_of_order, "out_of_order"),
    )
    rows = pl.DataFrame(
        [line[:2] for line in lines], schema={"What": pl.String, "Leads": pl.Int64}, orient="row"
    )
    keys = [{"Leads": key} for _, _, key in lines]
    table(frame, rows, key="violations", alt="Dates out of order", keys=keys)
