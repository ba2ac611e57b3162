"""What do both sides owe each other, and did they keep it? The definition, the numbers, the signatures, and both sides."""

from __future__ import annotations

import streamlit as st

from pages.ui import kept, shell, so_far
from pages.ui.contract import definition, numbers, sides, signing, terms

SIDES, DEFINITION, NUMBERS, SIGNATURES = "Both sides", "Definition", "Numbers", "Signatures"
LOOKS = (SIDES, DEFINITION, NUMBERS, SIGNATURES)


def look() -> str:
    """Which part of the contract is looked at; asked before its control is drawn, because the answer stands above it."""
    kept.restore("contract_look", LOOKS.__contains__, lambda value: "" if value == SIDES else str(value))
    asked = st.session_state.get("contract_look", st.query_params.get("contract_look"))
    return asked if asked in LOOKS else SIDES


def at_first() -> str:
    """The part that is about to be shown, known before the frame is opened: only the figure fills the screen."""
    asked = st.session_state.get("contract_look", st.query_params.get("contract_look"))
    return str(asked or kept.last("contract_look") or SIDES)


def controls() -> None:
    """The switch between the parts."""
    value = st.segmented_control(
        "Part of the contract", LOOKS, default=SIDES, key="contract_look", bind="query-params",
        label_visibility="collapsed", required=True,
    )  # fmt: skip
    kept.remember("contract_look", value)


with shell.page(
    "What do both sides owe each other, and did they keep it?", is_view=at_first() == SIDES
) as frame:
    chosen = look()
    drafted = None
    if not frame.facts().leads:
        so_far.nothing_selected(frame, frame.facts())
    elif chosen == DEFINITION:
        drafted = definition.show(frame, controls)
    elif chosen == NUMBERS:
        numbers.show(frame, controls)
    elif chosen == SIGNATURES:
        signing.show(frame, controls)
    else:
        sides.show(frame, controls)
if frame.facts().leads:
    with shell.below():
        if chosen == DEFINITION:
            definition.further(frame, drafted)
        elif chosen == NUMBERS:
            terms.show(frame)
        elif chosen == SIGNATURES:
            signing.further(frame)
        else:
            sides.further(frame)
