"""The CRM's own words for decisions, outcomes, reasons and touches, with the code that each stands for."""

from __future__ import annotations

import streamlit as st

from analytics import formatting as text
from analytics.importing.pipeline import Proposal
from analytics.schema import FIELDS, label_of
from pages.ui import markup
from pages.ui.importing import fields, frame
from pages.ui.importing.desk import Desk

SHOWN = 60


def unknown_words(proposal: Proposal) -> int:
    """How many words nobody knows yet."""
    return sum(code == fields.UNKNOWN for words in proposal.values.values() for _, _, code in words)


def show(at_hand: Desk, proposal: Proposal) -> None:
    """One table per coded field; words that nobody knew come first, and stay there once they have a meaning."""
    if not any(proposal.values.values()):
        frame.aside("No column with decisions, outcomes, reasons or kinds of touch was found.")
        return
    frame.aside("What each word of your CRM counts as. Words that are not known count as no decision.")
    for name, words in proposal.values.items():
        if words:
            _field(at_hand, proposal, name, words)


def _field(at_hand: Desk, proposal: Proposal, name: str, words: tuple[tuple[str, int, str], ...]) -> None:
    header = _header(proposal, name)
    markup.show(
        markup.element(
            "div",
            "file-head",
            markup.plain("h3", "name", label_of(name).capitalize()),
            markup.plain("span", "", f"column {header}" if header else ""),
        )
    )
    said = at_hand.choices.values.get(name, {})
    ordered = sorted(words, key=lambda word: word[2] != fields.UNKNOWN and word[0] not in said)
    kind = fields.kind_of(name)
    for position, (word, rows, code) in enumerate(ordered[:SHOWN]):
        with st.container(
            key=f"word_{name}_{position}",
            horizontal=True,
            vertical_alignment="center",
            gap="small",
            wrap=False,
        ):
            markup.show(
                markup.element(
                    "div",
                    "word",
                    markup.plain("span", "header", word),
                    markup.plain("span", "filled", text.plural(rows, "row")),
                )
            )
            key = f"code_{at_hand.number}_{name}_{position}"
            st.session_state[key] = code
            st.selectbox(
                f"{label_of(name).capitalize()}: word {position + 1} counts as",
                fields.code_options(kind, code),
                format_func=lambda one: fields.code_label(kind, one),
                key=key,
                label_visibility="collapsed",
                on_change=_choose,
                args=(at_hand, name, word, key),
                width=300,
            )
    if len(ordered) > SHOWN:
        rest = ordered[SHOWN:]
        rows = sum(rows for _, rows, _ in rest)
        frame.aside(
            f"And {text.plural(len(rest), 'rarer word')} in {text.plural(rows, 'row')}. A column with so many words"
            " may be free text: choose another one in Columns."
        )


def _header(proposal: Proposal, name: str) -> str | None:
    return next(
        (
            found[name]
            for role, found in proposal.mapping.fields.items()
            if name in found and name in FIELDS[role]
        ),
        None,
    )


def _choose(at_hand: Desk, name: str, word: str, key: str) -> None:
    code = st.session_state[key]
    if code and code != fields.UNKNOWN:
        at_hand.choices.values.setdefault(name, {})[word] = code
        at_hand.changed()
