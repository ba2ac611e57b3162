"""The sales-ready definition: its rows, each tried live on the cohort, and the draft against the contract in force."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import polars as pl
import streamlit as st

from analytics import definition_trial as home
from analytics import formatting as text
from analytics.contract import Contract
from analytics.criteria import KINDS, OPERATORS, Criterion
from analytics.definition_trial import Agreement, Group, Trial, Tried, compare_definitions, try_definition
from analytics.errors import RequestError
from analytics.results import Rate
from pages.ui import search_answer, tables, view
from pages.ui.contract import candidates, draft
from pages.ui.shell import Frame, problem

TEMPLATES: dict[str, tuple[dict[str, Any], ...]] = {
    "Ideal customer: industry, size, geography, seniority": (
        {"kind": "fit", "field": "employees", "operator": "at least", "value": 50},
        {"kind": "fit", "field": "industry", "operator": "known"},
        {"kind": "fit", "field": "country", "operator": "in", "value": ["United States", "Canada"]},
        {
            "kind": "fit",
            "field": "seniority",
            "operator": "in",
            "value": ["VP", "Director", "Head", "C-Level"],
        },
    ),
    "Disqualifiers": (
        {"kind": "disqualify", "field": "company", "operator": "missing"},
        {"kind": "disqualify", "field": "seniority", "operator": "in", "value": ["Student", "Intern"]},
    ),
    "Hand-raising against browsing: demo, pricing or contact": (
        {"kind": "intent", "field": "source", "operator": "contains", "value": "demo", "group": "hand raise"},
        {
            "kind": "intent",
            "field": "source",
            "operator": "contains",
            "value": "pricing",
            "group": "hand raise",
        },
        {
            "kind": "intent",
            "field": "source",
            "operator": "contains",
            "value": "contact",
            "group": "hand raise",
        },
    ),
    "Intent and score": (
        {"kind": "intent", "field": "intent", "operator": "is", "value": "high", "group": "intent or score"},
        {
            "kind": "intent",
            "field": "score",
            "operator": "at least",
            "value": 60,
            "group": "intent or score",
        },
    ),
}
_COLUMNS = ("kind", "field", "operator", "value", "window_days", "group")
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
        rows = _editor(frame)
        try:
            _take(frame, rows)
            agreed = draft.contract(frame)
        except RequestError as error:
            with top:
                view.answer("This row is no test yet.")
            problem(
                str(error).replace(f"Contract file {draft.NAME}: definition.criteria, ", "The definition, ")
            )
            return None
        found = frame.ask(try_definition, agreed.criteria)
        with top:
            view.answer(home.reading(found), *_notes(frame, found))
        _tried(frame, found)
    return agreed


def _notes(frame: Frame, found: Trial) -> tuple[str, ...]:
    changed = agreed_words(frame)
    unknown = f"{text.plural(found.unknown, 'lead')} do not say; they do not meet it" if found.unknown else ""
    return (changed, unknown)


def agreed_words(frame: Frame) -> str:
    """Whether the draft is what is in force."""
    return "a draft: nothing is agreed until both sides sign" if draft.is_changed(frame) else "as in force"


def _editor(frame: Frame) -> list[dict[str, Any]]:
    """The rows as a table to write in."""
    held = draft.table(frame)["definition"]["criteria"]
    shown = pl.DataFrame(
        [
            {
                "kind": KINDS[one.get("kind", "fit")],
                "field": one.get("field", ""),
                "operator": one.get("operator", ""),
                "value": _spelled(one.get("value", "")),
                "window_days": int(one.get("window_days", 0)) or None,
                "group": one.get("group", ""),
            }
            for one in _base(frame)
        ],
        schema={
            "kind": pl.String, "field": pl.String, "operator": pl.String, "value": pl.String, "window_days": pl.Int64,
            "group": pl.String,
        },
    )  # fmt: skip
    fields = _fields(frame, [one.get("field", "") for one in held])
    edited = st.data_editor(
        shown,
        key=f"criteria_{draft.round_number()}",
        num_rows="dynamic",
        hide_index=True,
        height="content",
        column_config={
            "kind": st.column_config.SelectboxColumn("Kind", options=list(KINDS.values()), default="Fit"),
            "field": st.column_config.SelectboxColumn("Field", options=fields, width="medium"),
            "operator": st.column_config.SelectboxColumn("Operator", options=list(OPERATORS)),
            "value": st.column_config.TextColumn("Value", help="several, for in: with commas", max_chars=200),
            "window_days": st.column_config.NumberColumn(
                "Window, days",
                min_value=0,
                max_value=365,
                step=1,
                help="the days over which the field counts",
            ),
            "group": st.column_config.TextColumn(
                "Any of (group)", help="of rows of one kind with the same name one is enough", max_chars=40
            ),
        },
        placeholder="",
        alt="The rows of the sales-ready definition",
    )
    return list(edited.to_dicts())


def _base(frame: Frame) -> list[dict[str, Any]]:
    """The rows with which the table began: what is typed since is the table's own and must not be given to it twice."""
    name = f"criteria_base_{draft.round_number()}"
    if name not in st.session_state:
        held = draft.table(frame)["definition"]["criteria"]
        st.session_state[name] = [dict(one) for one in held]
    found: list[dict[str, Any]] = st.session_state[name]
    return found


def _fields(frame: Frame, held: Sequence[str]) -> list[str]:
    """Our fields and the kept columns of this export, and what the draft names already."""
    vocabulary = frame.ask(home.field_names)
    return list(dict.fromkeys([*vocabulary, *(one for one in held if one)]))


def _spelled(value: Any) -> str:
    if isinstance(value, list | tuple):
        return ", ".join(map(str, value))
    return f"{value:.10g}" if isinstance(value, int | float) else str(value)


def _take(frame: Frame, rows: list[dict[str, Any]]) -> None:
    """Put the rows of the table into the draft; a wholly empty row is none."""
    names = {shown: kind for kind, shown in KINDS.items()}
    found = []
    for row in rows:
        said = {key: value for key, value in row.items() if key in _COLUMNS and value not in (None, "")}
        if not set(said) - {"kind"}:
            continue
        said["kind"] = names.get(said.get("kind", ""), "fit")
        found.append(said)
    draft.change(frame, "definition", "criteria", found)


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
                "Can be checked on": text.of(_share(found.leads - found.unknown, found.leads)),
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
        on_select="rerun",
        selection_mode="single-row",
        placeholder="",
        alt="Each criterion on the cohort; a row opens its leads",
    ).selection.rows
    tables.download(shown, "definition")
    last = st.session_state.get("criteria_opened")
    st.session_state["criteria_opened"] = picked
    if picked and picked != last and picked[0] < len(found.tried) and not found.tried[picked[0]].why:
        search_answer.open_answer(frame, found.tried[picked[0]].criterion.rule)


def _line(one: Tried, found: Trial, won: str) -> dict[str, str]:
    if one.why:
        empty = dict.fromkeys((*_fate_names(won), "Removed by it alone"), "")
        return {
            "Criterion": one.criterion.words,
            "Can be checked on": f"cannot be checked: {one.why}",
            "Pass": "",
            **empty,
        }
    return {
        "Criterion": one.criterion.words,
        "Can be checked on": text.of(_share(one.known, one.leads)),
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
    draft.start(sections, frame.contract.hash)


def _against(frame: Frame, new: tuple[Criterion, ...]) -> None:
    view.heading("The draft against another definition")
    offered = candidates.others(frame)
    chosen = st.selectbox(
        "Against", list(offered), key="definition_against", label_visibility="collapsed", width=420
    )
    now = offered[chosen or candidates.IN_FORCE].criteria
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
