"""What was decided, and did the numbers move? Every decision with its frozen screen and its check."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import polars as pl
import streamlit as st

from analytics import decision_check
from analytics import formatting as text
from analytics.cohort import CohortRequest
from analytics.council import Council, measure_council
from analytics.decision_check import Check, check
from analytics.errors import HandoffError
from analytics.periods import Unit
from analytics.schema import label_of
from analytics.store import go_lives
from analytics.store.decisions import MOST_WHY, Decision, decisions, matching, withdraw
from pages.ui import cache, hypotheses, kept, markup, shell, tables, view
from pages.ui.cadence import gatherings, writing
from pages.ui.shell import Frame, boundary

SEARCH = "decisions_search"
MOST_SHOWN = 100
SHAPES = {"moved": "◆", "moved the other way": "◇", "not moved": "●", "cannot tell": "○", "not due": "◌"}


def council_of(frame: Frame, one: Decision) -> Council:
    """The trends under the decision's own filters, over the whole of the snapshot that is looked at."""
    request = CohortRequest(frame.manifest.fingerprint, is_whole_file=True, filters=one.seen.filters)
    entered = go_lives.go_lives(cache.cadence(), cache.contract_versions())
    return replace(frame, request=request).ask(measure_council, Unit(one.seen.unit), entered)


def checked(frame: Frame, one: Decision, as_of: date) -> Check:
    """The verdict on a decision; one whose filters this import does not have cannot be told."""
    if one.withdrawn:
        return Check("not due", f"Withdrawn: {one.withdrawn}")
    try:
        return check(one, council_of(frame, one), as_of)
    except HandoffError as error:
        return Check("cannot tell", f"Cannot tell: {error}")


def answer(found: list[tuple[Decision, Check]]) -> str:
    """How many decisions there are, how many are due, and how many numbers moved."""
    if not found:
        return "Nothing was decided yet: decisions are written down on the council page."
    standing = [(one, verdict) for one, verdict in found if not one.withdrawn]
    due = [verdict for _, verdict in standing if verdict.state != "not due"]
    start = text.plural(len(standing), "decision stands", "decisions stand")
    if not due:
        return f"{start}; none is due for its check by this import."
    moved = sum(verdict.state == "moved" for verdict in due)
    are = f"{text.count(len(due))} {'is' if len(due) == 1 else 'are'} due for the check"
    return f"{start}; {are}. Numbers that moved as decided: {text.count(moved) if moved else 'none'}."


def show_one(frame: Frame, one: Decision, verdict: Check) -> None:
    """A decision: what, why, who, what was on the screen, and what became of the number."""
    state = "withdrawn" if one.withdrawn else verdict.state
    with st.container(key=f"decision_{one.number}", border=True, gap="xsmall"):
        shape = "×" if one.withdrawn else SHAPES[verdict.state]
        markup.show(markup.plain("h2", "name", f"{one.number} · {one.what}"))
        markup.show(markup.plain("p", "sentence", f"{shape} {verdict.sentence}"))
        view.paragraphs((f"Why: {one.why}",), "sentence")
        view.paragraphs((f"Seen when deciding: {one.seen.words}.",))
        size = ""
        if one.size is not None:
            size = f"by {_size(one)}"
        markup.show(
            markup.line(
                "aside",
                (
                    state,
                    f"should go {one.direction} {size}".strip(),
                    f"holds from {text.day(one.effective_on)}",
                    f"check on {text.day(one.check_on)}",
                    f"written down by {one.by}, {text.moment(one.at)} UTC",
                    f"snapshot {text.short_hash(one.seen.fingerprint)}",
                    f"contract {one.seen.contract_name} {text.short_hash(one.seen.contract)}",
                    _filters(one),
                    f"scenario {one.scenario}" if one.scenario else "",
                    f"entry {text.short_hash(one.hash)}",
                    "" if one.seen.contract == frame.contract.hash else "counted today by another contract than then",
                ),
            )
        )  # fmt: skip
        if not one.withdrawn:
            with st.expander("Withdraw"):
                _withdraw(one)


def _size(one: Decision) -> str:
    if one.measure == "median_touch":
        return text.duration(one.size)
    if one.measure == "pipeline":
        return text.money(one.size or 0.0)
    return text.points(one.size).lstrip("+")


def _filters(one: Decision) -> str:
    if not one.seen.filters:
        return "all leads"
    return "; ".join(
        f"{label_of(field)}: {', '.join(value or 'unknown' for value in values)}"
        for field, values in one.seen.filters
    )


def _withdraw(one: Decision) -> None:
    with st.form(f"withdraw_{one.number}", border=False):
        why = st.text_input("Why it no longer stands", key=f"withdraw_why_{one.number}", max_chars=MOST_WHY)
        by = st.text_input("Your name", key=f"withdraw_by_{one.number}", max_chars=80)
        is_sent = st.form_submit_button("Withdraw", key=f"withdraw_go_{one.number}")
    if is_sent:
        with boundary():
            writing.add(withdraw(one.subject, why or "", by or ""))
            st.rerun()


def search() -> str:
    """The words that are looked for, in the address."""
    kept.restore(SEARCH, lambda value: isinstance(value, str))
    value = st.text_input(
        "Search", key=SEARCH, bind="query-params", max_chars=120, placeholder="words in what, why, who, number",
        label_visibility="collapsed", width=420,
    )  # fmt: skip
    kept.remember(SEARCH, value)
    return value or ""


def rows(found: list[tuple[Decision, Check]]) -> pl.DataFrame:
    """The log as a table for export: everything that was kept, and today's verdict."""
    columns = (
        "Decision", "What", "Why", "By", "At (UTC)", "Number", "Direction", "By how much", "Holds from", "Check on", "Seen",
        "Value", "Low", "High", "Hits", "Leads", "Snapshot", "Contract", "Filters", "Withdrawn", "Verdict", "Evidence", "Entry",
    )  # fmt: skip
    data = [
        (
            str(one.number), one.what, one.why, one.by, text.moment(one.at), one.measure, one.direction,
            "" if one.size is None else repr(one.size), one.effective_on.isoformat(), one.check_on.isoformat(), one.seen.words,
            *("" if value is None else repr(value) for value in (one.seen.value, one.seen.low, one.seen.high, one.seen.numerator, one.seen.denominator)),
            one.seen.fingerprint, one.seen.contract, _filters(one), one.withdrawn, verdict.state, verdict.sentence, one.hash,
        )
        for one, verdict in found
    ]  # fmt: skip
    return pl.DataFrame(data, schema=dict.fromkeys(columns, pl.String), orient="row")


with shell.page("What was decided, and did the numbers move?", is_whole_file=True) as frame:
    as_of = gatherings.ends_on(frame)
    every = decisions(cache.cadence())
    place = st.container(gap=None)
    definition = view.Definition(decision_check.METHOD)
    with view.tools(frame, "decisions", definition, view.Drawn("decisions", "", None, ""), related=()):
        words = search()
    listed = [(one, checked(frame, one, as_of)) for one in every]
    with place:
        view.answer(answer(listed), f"checked against this import, as of {text.day(as_of)}")
    shown = matching(every, words)
    wanted = [(one, verdict) for one, verdict in listed if one in shown]
    if every and not wanted:
        view.paragraphs(("No decision holds these words.",), "sentence")
    for one, verdict in wanted[:MOST_SHOWN]:
        show_one(frame, one, verdict)
    if len(wanted) > MOST_SHOWN:
        view.paragraphs((f"Only the newest {MOST_SHOWN} are shown; the download holds all.",))
    if wanted:
        tables.download(rows(wanted), "decisions")
with shell.below():
    view.heading("Hypotheses", "Questions that somebody asked of a cohort, with what it said.")
    hypotheses.saved(frame)
