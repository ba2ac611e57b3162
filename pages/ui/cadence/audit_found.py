"""After an audit is revealed: agreement, the five steps, whose fix each lead is, and every lead with both marks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import plotly.graph_objects as go
import polars as pl
import streamlit as st

from analytics import formatting as text
from analytics import lead_audit_words as words
from analytics.charts.lead_audit import STEP_KEY, lead_audit
from analytics.lead_audit import (
    ACHIEVED,
    FAILED,
    METHOD,
    Agreement,
    Findings,
    Group,
    StepShare,
    by_cause,
    findings,
)
from analytics.results import Rate
from analytics.store.lead_audit_shapes import Answer
from analytics.store.lead_audits import Audit, audit_of
from pages.ui import cache, controls, view
from pages.ui.cadence import audit_keys, audit_lists
from pages.ui.chart import chart
from pages.ui.shell import Frame

_FIGURE_HEIGHT = 330
_PART_ROWS = ("Part", "Agree", "Out of", "Rate", "Interval", "Differ")
_SHARE_ROWS = ("Step", "Yes", "Out of", "Share", "Interval", "Late", "Implied", "Disputed", "Not known", "Pending")  # fmt: skip
WON = "Won all the same"
_COUNTS = {WON, "Agree", "Out of", "Differ", "Leads", "Yes", "Late", "Implied", "Disputed", "Not known", "Pending"}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Opened:
    """A revealed audit with everything made of it; it never changes."""

    audit: Audit
    found: Findings
    figure: go.Figure


def opened(subject: str, last: str) -> Opened:
    """A revealed audit; ``last`` is the hash of the log's last entry, which makes the answer one to keep."""
    del last
    audit = audit_of(audit_keys.entries(), subject)
    found = findings(audit)
    return Opened(audit, found, lead_audit(found.groups[0].steps))


def show(frame: Frame, subject: str) -> Opened:
    """The answer, and the five steps over all audited leads."""
    one: Opened = cache.made(opened, subject, audit_keys.entries()[-1].hash)
    audit, found = one.audit, one.found
    sentence = words.answer(found, audit.frozen)
    view.answer(sentence, *words.notes(audit))
    drawn = view.Drawn("audit", "", one.figure, f"Five steps of the audited leads. {sentence}")
    definition = view.Definition("\n".join(filter(None, (METHOD, words.kappa_words(found)))))
    with view.tools(frame, "audit", definition, drawn, related=()):
        audit_keys.choose(audit_keys.entries())
    view.paragraphs(words.unseen(found, audit.frozen))
    asked = _drawn(one.figure, drawn.alt)
    number = asked.partition(":")[2] if asked and asked.startswith(f"{STEP_KEY}:") else ""
    steps = found.groups[0].steps
    if number.isdigit() and int(number) < len(steps):
        audit_lists.leads(audit, found, steps[int(number)].places(*ACHIEVED))
    return one


def _drawn(figure: go.Figure, alt: str) -> str | None:
    """The figure in the containers that give it its size; the mark clicked just now."""
    with (
        st.container(key="lower_audit", height=_FIGURE_HEIGHT, border=False),
        st.container(key="main_audit", gap=None),
        st.container(key="figure_audit", height="stretch", gap=None),
    ):
        return chart(figure, key="chart_audit", alt=alt)


def further(one: Opened) -> None:
    """Below the figure: whose fix, agreement, the steps by source, and every lead."""
    audit, found = one.audit, one.found
    _fixes(audit, found)
    _agreement(audit, found)
    view.heading(
        "Every step",
        f"Response, meeting and close within {text.days(audit.frozen.horizon_days)} of the handoff; later ones are no.",
        "Disputed, not known and pending leads stand outside the share.",
    )
    _shares(audit, found, found.groups[:1], "audit_all", "Every step over all audited leads")
    view.heading("By source", "Few leads per source: read the counts, not the shares.")
    _shares(audit, found, found.groups[1:], "audit_sources", "Every step by source")
    view.heading("Every lead", "Both sides’ marks beside each other.")
    rows = audit_lists.lead_rows(audit, found.judged)
    audit_lists.numbers(audit, found, rows, (), key="audit_leads", alt="Every audited lead with both marks")


def _fixes(audit: Audit, found: Findings) -> None:
    view.heading("Whose fix", words.FIRST_STEP, words.won_words(found))
    rows, places = [], []
    for stop in found.stops:
        rows.append(
            (
                words.stop_words(stop, found), len(stop.places), text.rate(stop.share),
                text.percent_range(stop.share.low, stop.share.high), len(stop.won), words.fixer(stop),
                words.fix(stop, audit.frozen),
            )
        )  # fmt: skip
        places.append({"Leads": stop.places, WON: stop.won})
    columns = ("First step not passed", "Leads", "Share", "Interval", WON, "Whose fix", "By what")
    audit_lists.numbers(
        audit, found, _table(rows, columns), places, key="audit_fixes", alt="Whose fix each lead is"
    )


def _agreement(audit: Audit, found: Findings) -> None:
    marked = [one for one in found.agreement if one.rate.denominator]
    if not marked:
        return
    view.heading("Do both sides agree?", *(note for one in marked for note in words.agreement_notes(one)))
    rows, places = [], []
    for one in marked:
        differ = tuple(each.place for each in one.disagreements)
        alike = tuple(
            place for place, part in audit.frozen.needed if part == one.part and place not in differ
        )
        rows.append(
            (
                words.STEP_NAMES[one.part], one.rate.numerator, one.rate.denominator, text.rate(one.rate),
                text.percent_range(one.rate.low, one.rate.high), len(differ),
            )
        )  # fmt: skip
        places.append({"Agree": alike, "Out of": tuple(sorted(alike + differ)), "Differ": differ})
    audit_lists.numbers(
        audit, found, _table(rows, _PART_ROWS), places, key="audit_agreement", alt="How far both sides agree"
    )
    _causes(audit, found, marked)


def _causes(audit: Audit, found: Findings, marked: list[Agreement]) -> None:
    groups = [(one.part, cause, places) for one in marked for cause, places in by_cause(one)]
    if not groups:
        view.paragraphs(("No lead was marked differently.",), "sentence")
        return
    view.heading("What they differ on", "By the criterion that one side says the lead misses.")
    rows = [
        (words.STEP_NAMES[part], words.cause_words(audit.frozen, cause), len(places))
        for part, cause, places in groups
    ]
    audit_lists.numbers(
        audit, found, _table(rows, ("Part", "Criterion", "Leads")), [{"Leads": places} for *_, places in groups],
        key="audit_causes", alt="Disagreements by the criterion that caused them",
    )  # fmt: skip


def _shares(audit: Audit, found: Findings, groups: tuple[Group, ...], key: str, alt: str) -> None:
    rows, places = [], []
    for group in groups:
        for step in group.steps:
            name = "All" if group.is_all else controls.shown(group.source)
            rows.append((name, *_share(step)))
            places.append(_places(step))
    columns = ("Source", *_SHARE_ROWS)
    audit_lists.numbers(audit, found, _table(rows, columns), places, key=key, alt=alt)


def _share(step: StepShare) -> tuple[object, ...]:
    if not isinstance(step.rate, Rate):
        return (
            words.STEP_NAMES[step.step],
            None,
            None,
            "cannot be measured",
            "",
            None,
            None,
            None,
            None,
            None,
        )
    counts = (Answer.LATE, Answer.IMPLIED, Answer.DISPUTED, Answer.UNKNOWN, Answer.PENDING)
    return (
        words.STEP_NAMES[step.step], step.rate.numerator, step.rate.denominator, text.rate(step.rate),
        text.percent_range(step.rate.low, step.rate.high), *(step.count(one) for one in counts),
    )  # fmt: skip


def _places(step: StepShare) -> dict[str, tuple[int, ...]]:
    if not isinstance(step.rate, Rate):
        return {}
    return {
        "Yes": step.places(*ACHIEVED),
        "Out of": step.places(*ACHIEVED, *FAILED),
        "Late": step.places(Answer.LATE),
        "Implied": step.places(Answer.IMPLIED),
        "Disputed": step.places(Answer.DISPUTED),
        "Not known": step.places(Answer.UNKNOWN),
        "Pending": step.places(Answer.PENDING),
    }


def _table(rows: Sequence[tuple[object, ...]], columns: tuple[str, ...]) -> pl.DataFrame:
    schema = {name: pl.Int64 if name in _COUNTS else pl.String for name in columns}
    return pl.DataFrame(rows, schema=schema, orient="row")
