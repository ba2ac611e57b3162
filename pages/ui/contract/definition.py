"""The sales-ready definition: its rows, each tried live on the cohort, and the draft against the contract in force."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import polars as pl
import streamlit as st

from analytics import definition_trial as home
from analytics import formatting as text
from analytics.contract import Contract
from analytics.criteria import Criterion
from analytics.definition_trial import Agreement, Group, Trial, Tried, compare_definitions, try_definition
from analytics.errors import RequestError
from analytics.results import Rate
from pages.ui import cache, search_answer, tables, view
from pages.ui.contract import candidates, criteria_rows, draft
from pages.ui.contract.criteria_rows import TEMPLATES
from pages.ui.shell import Frame, problem

_WIDTHS = {"Criterion": 175, "Checked on": 100, "Pass": 88, "Removed by it alone": 100}
"""Widths in CSS pixels that fit the narrowest screen beside the list of pages; all other columns: 110."""
_LABELS = {"Removed by it alone": "Removes alone"}
_CELL = 24
"""Characters of a criterion that its column shows; longer ones are said below in full."""
_WHERE = "definition.criteria"
_REFUSED = (
    "A definition is a list of tests that a computer can check: “pricing_page_visits_7d, at least, 2”. “Seems interested” is"
    " none: nobody can look it up. Of one kind, rows with the same group name are alternatives; all others must hold."
)


def show(frame: Frame, controls: Callable[[], None]) -> Contract | None:
    """The answer from the draft, its rows as a table to write in, and each row tried on the cohort."""
    top = st.container()
    with view.tools(
        frame, "definition", view.Definition(home.METHOD), view.Drawn("definition", "", None, "")
    ):
        controls()
    with st.container(key="definition_rows", gap="small"):
        criteria_rows.take(frame, criteria_rows.editor(frame))
        try:
            agreed = draft.contract(frame)
        except RequestError as error:
            with top:
                view.answer(_why_not(str(error)))
            problem(draft.said(error).replace(f"The draft: {_WHERE}", "The definition"))
            return None
        found = frame.ask(try_definition, agreed.criteria)
        with top:
            view.answer(home.reading(found), *_notes(frame, found))
        _tried(frame, found)
    return agreed


def _why_not(error: str) -> str:
    """Whether it is the definition that does not fit, or another part of the draft."""
    return (
        "This row is no test yet."
        if _WHERE in error
        else "Another part of the draft does not fit; mend it first."
    )


def _notes(frame: Frame, found: Trial) -> tuple[str, ...]:
    changed = agreed_words(frame)
    unknown = f"{text.plural(found.unknown, 'lead')} do not say; they do not meet it" if found.unknown else ""
    return (changed, unknown)


def agreed_words(frame: Frame) -> str:
    """Whether the draft is what is in force, and that a changed one lasts only as long as this tab."""
    if draft.is_changed(frame):
        return "a draft: nothing is agreed until both sides sign · lost with this tab unless you keep it under Signatures"
    return "as in force" if cache.agreed().version is not None else "the defaults: nothing is signed yet"


def _tried(frame: Frame, found: Trial) -> None:
    """One line per criterion: checkable on how many, passing, how both sides fare, and what it removes alone."""
    if not found.tried:
        view.paragraphs((_REFUSED,), "sentence")
        return
    won = "Won" if found.outcome == "won" else "Opportunity"
    rows = [_line(one, found, won) for one in found.tried]
    if found.meeting is not None and found.missing is not None:
        rows.append(
            {
                "Criterion": "All together",
                "Checked on": text.of(_share(found.leads - found.unknown, found.leads)),
                "Pass": _passing(found.meeting, found.leads),
                **_fates(found.meeting, found.missing, found, won),
                "Removed by it alone": "",
            }
        )
    shown = pl.DataFrame(rows)
    picked = st.dataframe(
        shown,
        key="criteria_tried",
        hide_index=True,
        height="content",
        column_config={
            name: st.column_config.TextColumn(_LABELS.get(name), width=_WIDTHS.get(name, 110))
            for name in shown.columns
        },
        on_select="rerun",
        selection_mode="single-row",
        placeholder="",
        alt="Each criterion on the cohort; a row opens its leads",
    ).selection.rows
    view.paragraphs(_in_full(number, one) for number, one in enumerate(found.tried, 1))
    tables.download(shown, "definition")
    last = st.session_state.get("criteria_opened")
    st.session_state["criteria_opened"] = picked
    if picked and picked != last and picked[0] < len(found.tried) and not found.tried[picked[0]].why:
        search_answer.open_answer(frame, found.tried[picked[0]].criterion.rule)


def _in_full(number: int, one: Tried) -> str:
    """What the table has no room for: a long criterion, and why one cannot be checked."""
    why = f": cannot be checked. {one.why}" if one.why else ""
    return f"{number}. {one.criterion.words}{why}" if why or len(one.criterion.words) > _CELL else ""


def _line(one: Tried, found: Trial, won: str) -> dict[str, str]:
    if one.why:
        empty = dict.fromkeys((*_fate_names(won), "Removed by it alone"), "")
        return {
            "Criterion": one.criterion.words,
            "Checked on": "not checkable",
            "Pass": "",
            **empty,
        }
    return {
        "Criterion": one.criterion.words,
        "Checked on": text.of(_share(one.known, one.leads)),
        "Pass": _passing(one.passing, one.leads),
        **_fates(one.passing, one.failing, found, won),
        "Removed by it alone": "" if one.alone is None else text.plural(one.alone, "lead"),
    }


def _share(part: int, whole: int) -> Rate:
    return Rate(part, whole)


def _passing(group: Group, leads: int) -> str:
    share = Rate(group.leads, leads)
    return f"{text.percent(share.value)} · {text.count(group.leads)}"


def _fate_names(won: str) -> tuple[str, ...]:
    return ("Accepted: pass", "Accepted: fail", f"{won}: pass", f"{won}: fail")


def _fates(passing: Group, failing: Group, found: Trial, won: str) -> dict[str, str]:
    names = _fate_names(won)
    accepted = (passing.accepted, failing.accepted) if found.has_acceptance else (None, None)
    outcome = (passing.won, failing.won) if found.has_outcome else (None, None)
    return {
        name: "not in the export" if rate is None else text.rate_with_interval(rate)
        for name, rate in zip(names, (*accepted, *outcome), strict=True)
    }


def further(frame: Frame, agreed: Contract | None) -> None:
    """Below the fold: templates, and the draft against what is in force."""
    view.heading(
        "Begin from a template", "Its rows are added to the draft; change them to what you agree on."
    )
    with st.container(horizontal=True, vertical_alignment="bottom"):
        name = st.selectbox(
            "Template", list(TEMPLATES), key="template", label_visibility="collapsed", width=420
        )
        if st.button("Add its rows", key="template_add"):
            _add(frame, TEMPLATES[name or next(iter(TEMPLATES))])
            st.rerun()
        if draft.table(frame)["definition"]["criteria"] and st.button(
            "Empty the definition", key="definition_empty"
        ):
            _restart(frame, [])
            st.rerun()
    if agreed is not None:
        _against(frame, agreed.criteria)


def _add(frame: Frame, rows: Sequence[dict[str, Any]]) -> None:
    held = draft.table(frame)["definition"]["criteria"]
    _restart(frame, [*held, *(dict(one) for one in rows if one not in held)])


def _restart(frame: Frame, rows: list[dict[str, Any]]) -> None:
    """The table begins anew with these rows."""
    sections = draft.table(frame)
    sections["definition"]["criteria"] = rows
    draft.redraw(frame, sections)


def _against(frame: Frame, new: tuple[Criterion, ...]) -> None:
    view.heading("The draft against another definition")
    offered, left_out = candidates.others(frame)
    chosen = st.selectbox(
        "Against", list(offered), key="definition_against", label_visibility="collapsed", width=420
    )
    view.paragraphs(left_out)
    now = offered.get(chosen or "", frame.contract).criteria
    if not now or not new:
        view.paragraphs(("One of them has no criterion, so there is nothing to compare.",))
        return
    found: Agreement | None = frame.ask(compare_definitions, now, new)
    if found is None:
        view.paragraphs(("One of them cannot be checked on this export.",))
        return
    rows = [
        ("Leads that meet it", text.count(found.first), text.count(found.second)),
        ("Accepted of those", _told(found.accepted_first), _told(found.accepted_second)),
        ("Wins kept", f"{found.wins_first} of {found.wins}", f"{found.wins_second} of {found.wins}"),
        (
            "Wins given up",
            text.count(found.wins - found.wins_first),
            text.count(found.wins - found.wins_second),
        ),
        ("Agrees with what sales decided", _told(found.agrees_first), _told(found.agrees_second)),
    ]
    view.paragraphs((f"{text.plural(found.both, 'lead')} meet both.",))
    schema = {"": pl.String, "The other": pl.String, "The draft": pl.String}
    st.dataframe(pl.DataFrame(rows, schema=schema, orient="row"), hide_index=True, alt="Two definitions")


def _told(rate: Rate) -> str:
    return f"{text.rate_with_interval(rate)} · {text.of(rate)}" if text.is_quotable(rate) else text.rate(rate)
