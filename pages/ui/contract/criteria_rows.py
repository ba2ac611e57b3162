"""The rows of the sales-ready definition: templates from the field, and the table to write them in."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import polars as pl
import streamlit as st

from analytics import definition_trial as home
from analytics.criteria import KINDS, OPERATORS
from pages.ui.contract import draft
from pages.ui.shell import Frame

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
Row = dict[str, Any]


def editor(frame: Frame) -> list[Row]:
    """The rows as a table to write in."""
    held = draft.table(frame)["definition"]["criteria"]
    shown = pl.DataFrame(
        [_shown(one) for one in _base(frame)],
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
            "kind": st.column_config.SelectboxColumn(
                "Kind", options=list(KINDS.values()), default="Fit", width=100
            ),
            "field": st.column_config.SelectboxColumn("Field", options=fields, width=215),
            "operator": st.column_config.SelectboxColumn("Operator", options=list(OPERATORS), width=105),
            "value": st.column_config.TextColumn("Value", help="several, for in: with commas", width=215),
            "window_days": st.column_config.NumberColumn(
                "Window, days",
                min_value=0,
                max_value=365,
                step=1,
                help="the days over which the field counts",
                width=125,
            ),
            "group": st.column_config.TextColumn(
                "Any of (group)", help="of rows of one kind with the same name one is enough", width=130
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


def _shown(one: Row) -> Row:
    """A criterion as the table shows it."""
    return {
        "kind": KINDS[one.get("kind", "fit")],
        "field": one.get("field", ""),
        "operator": one.get("operator", ""),
        "value": _spelled(one.get("value", "")),
        "window_days": int(one.get("window_days", 0)) or None,
        "group": one.get("group", ""),
    }


def _spelled(value: Any) -> str:
    if isinstance(value, list | tuple):
        return ", ".join(map(str, value))
    return f"{value:.10g}" if isinstance(value, int | float) else str(value)


def take(frame: Frame, rows: list[Row]) -> None:
    """Put the rows of the table into the draft; a wholly empty row is none.

    A row that nobody changed stays as it was: what the table shows of it can be less, such as a value with a comma.
    """
    names = {shown: kind for kind, shown in KINDS.items()}
    untouched = {_identity(_shown(one)): one for one in _base(frame)}
    found = []
    for row in rows:
        said = {key: value for key, value in row.items() if key in _COLUMNS and value not in (None, "")}
        if not set(said) - {"kind"}:
            continue
        said["kind"] = names.get(said.get("kind", ""), "fit")
        found.append(dict(untouched.get(_identity(row), said)))
    draft.change(frame, "definition", "criteria", found)


def _identity(row: Row) -> tuple[Any, ...]:
    return tuple(row.get(key) or None for key in _COLUMNS)
