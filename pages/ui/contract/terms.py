"""Below the numbers: what data is complete, bands, calendar, terms and reasons, as texts to write in."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import streamlit as st

from analytics.contract import COMPLETE, MOST_TERM
from analytics.contract_table import WEEKDAYS
from analytics.schema import reason_words
from pages.ui import view
from pages.ui.contract import draft
from pages.ui.shell import Frame

TERMS = {
    "operators": "Operators settle",
    "leaders": "Leaders settle",
    "sponsor": "The sponsor settles",
    "disputed": "A disputed lead",
    "review": "Review",
    "review_on": "Next review on (YYYY-MM-DD)",
    "amendment": "Amendment",
}


def show(frame: Frame) -> None:
    """Every text of the draft, topic by topic."""
    sections = draft.table(frame)
    _standards(frame, sections)
    _calendar(frame, sections)
    view.heading("How disputes end, and how the contract changes")
    for name, label in TERMS.items():
        _text(frame, "terms", name, label, sections["terms"].get(name, ""), str.strip, "")
    view.heading("Reason codes", "What sales says when it says no; the first question of every review.")
    for code in sections["reasons"]:
        label = reason_words(code).strip().capitalize() or code
        _text(frame, "reasons", code, label, sections["reasons"][code], str.strip, "")


def _standards(frame: Frame, sections: draft.Table) -> None:
    view.heading("Complete data and bands", f"Complete data may ask for: {', '.join(COMPLETE)}.")
    marketing, bands = sections["marketing"], sections["bands"]
    complete = "Complete data: every lead carries"
    _text(
        frame,
        "marketing",
        "complete",
        complete,
        ", ".join(marketing["complete"]),
        _listed,
        "company, email or phone",
    )
    left, right = st.columns(2)
    with left:
        score = ", ".join(map(_figure, bands["score"]))
        _text(frame, "bands", "score", "Score bands begin at", score, _numbers, "0, 20, 40, 60, 80")
    with right:
        sizes = ", ".join(map(_figure, bands["employees"]))
        _text(frame, "bands", "employees", "Company sizes begin at", sizes, _numbers, "1, 11, 51, 201")


def _calendar(frame: Frame, sections: draft.Table) -> None:
    view.heading("Working calendar", "Waits count only inside these hours; two intervals make a lunch break.")
    calendar = sections["calendar"]
    for column, day in zip(st.columns(7), WEEKDAYS, strict=True):
        with column:
            hours = ", ".join(sections["hours"].get(day, []))
            _text(frame, "hours", day, day.capitalize(), hours, _intervals, "closed")
    left, middle, right = st.columns(3)
    country, region = calendar["holiday_country"], calendar["holiday_subdivision"]
    days = ", ".join(calendar["extra_holidays"])
    with left:
        _text(
            frame,
            "calendar",
            "holiday_country",
            "Public holidays of (country code)",
            country,
            str.strip,
            "US",
        )
    with middle:
        _text(frame, "calendar", "holiday_subdivision", "State or region", region, str.strip, "NY")
    with right:
        _text(frame, "calendar", "extra_holidays", "Company days off", days, _listed, "2026-12-24")


def _intervals(given: str) -> list[str] | None:
    return _listed(given) or None


def _listed(given: str) -> list[str]:
    return [part.strip() for part in given.split(",") if part.strip()]


def _numbers(given: str) -> list[float | int | str]:
    """Numbers where they are some; the contract refuses anything else by its name."""
    return [_number(part) for part in _listed(given)]


def _number(part: str) -> float | int | str:
    try:
        found = float(part)
    except ValueError:
        return part
    return int(found) if math.isfinite(found) and found.is_integer() else found


def _figure(value: object) -> str:
    return f"{value:.12g}" if isinstance(value, int | float) else str(value)


def _text(
    frame: Frame,
    section: str,
    name: str,
    label: str,
    held: str,
    read: Callable[[str], Any],
    example: str,
) -> None:
    """One text of the draft; a longer one that a file brought is shown whole."""
    key = f"text_{section}_{name}_{draft.round_number()}"

    def changed() -> None:
        said = read(st.session_state[key])
        if said is None:
            draft.table(frame)[section].pop(name, None)
        else:
            draft.change(frame, section, name, said)

    most = max(MOST_TERM, len(held))
    st.text_input(label, held, key=key, on_change=changed, max_chars=most, placeholder=example)
