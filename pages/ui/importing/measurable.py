"""Which of the four numbers the columns at hand can bring, from which column, and what would bring the others."""

from __future__ import annotations

from dataclasses import dataclass

import streamlit as st

from analytics.importing.choices import Mapping
from analytics.importing.pipeline import Proposal
from analytics.schema import Role
from pages.ui import markup
from pages.ui.importing.desk import Desk


@dataclass(frozen=True, slots=True)
class Measurability:
    """One of the four numbers: whether it can be measured, and from what or what is missing, in words."""

    name: str
    is_measurable: bool
    words: str


def numbers(proposal: Proposal) -> tuple[Measurability, ...]:
    """The four numbers in the order of the slide; the rules are those of the numbers' own modules."""
    mapping = proposal.mapping
    accepts = any(code == "accepted" for _, _, code in proposal.values.get("disposition", ()))
    accepted = _header(mapping, "accepted_at") or (_header(mapping, "disposition") if accepts else None)
    touched = _header(mapping, "first_touch_at") or mapping.header(Role.TOUCHES, "touched_at")
    worked = _touches(mapping) or _header(mapping, "touch_count")
    won = _header(mapping, "outcome") or _header(mapping, "won_at") or _header(mapping, "opportunity_at")
    won = won or _header(mapping, "opportunity_id")
    score = _header(mapping, "score")
    return (
        _number("acceptance", accepted, "an acceptance date, or a status that says “accepted”"),
        _number("speed to lead", touched, "a first-touch date, or a file of touches with times"),
        _working(accepted, worked),
        _bands(score, won),
    )


def _number(name: str, header: str | None, missing: str) -> Measurability:
    return Measurability(name, header is not None, f"from {header}" if header else f"needs {missing}")


def _working(accepted: str | None, worked: str | None) -> Measurability:
    missing = [
        words
        for header, words in ((worked, "a file of touches, or a number of touches"), (accepted, "acceptance"))
        if header is None
    ]
    return Measurability(
        "working rate", not missing, f"needs {' and '.join(missing)}" if missing else f"from {worked}"
    )


def _bands(score: str | None, won: str | None) -> Measurability:
    missing = [
        words
        for header, words in ((score, "the score at handoff"), (won, "wins or opportunities"))
        if header is None
    ]
    words = f"needs {' and '.join(missing)}" if missing else f"from {score} and {won}"
    return Measurability("score bands", not missing, words)


def _header(mapping: Mapping, name: str) -> str | None:
    found = mapping.source_of(name)
    return found[1] if found else None


def _touches(mapping: Mapping) -> str | None:
    return "the file of touches" if Role.TOUCHES in mapping.roles else None


def show(at_hand: Desk, proposal: Proposal) -> None:
    """Four equal boxes: the number, whether it can be measured, and why."""
    if at_hand.problem and not proposal.mapping.fields:
        return
    boxes = []
    for number in numbers(proposal):
        state = "can be measured" if number.is_measurable else "cannot be measured"
        mark = "●" if number.is_measurable else "○"
        boxes.append(
            markup.element(
                "div",
                "measure" if number.is_measurable else "measure missing",
                markup.plain("b", "", number.name.capitalize()),
                markup.plain("span", "state", f"{mark} {state}"),
                markup.plain("span", "why", number.words),
            )
        )
    with st.container(key="measurable"):
        markup.show(markup.element("div", "measures", *boxes))
