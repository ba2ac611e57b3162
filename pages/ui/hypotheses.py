"""An anecdote kept with who raised it and what the leads said of it: confirmed, not seen, or cannot tell."""

from __future__ import annotations

from datetime import UTC, datetime

import streamlit as st

from analytics import cohort_search, wording
from analytics import formatting as text
from analytics.cohort_search import WAIT, Found
from analytics.schema import label_of
from analytics.search_contrasts import Claim
from analytics.store.records import Hypothesis, Records
from pages.ui import cache, controls, markup, view
from pages.ui.search_numbers import NAMES, READINGS, WAIT_READINGS, contrasts
from pages.ui.shell import Frame, problem

MOST_HYPOTHESES = 50
MOST_NAME = 80
_CLAIMS: dict[Claim, str] = {"lower": "lower, or shorter", "higher": "higher, or longer"}


def save(frame: Frame, found: Found) -> None:
    """Who says what of these leads; the cohort's verdict is kept with it."""
    numbers = {one.slug: NAMES[one.slug] for one in contrasts(found)}
    verdict = st.container(key="answer_verdict", gap="xsmall")
    view.paragraphs((f"The claim is about: {found.reading}",))
    with st.form("hypothesis", border=False):
        with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
            who = st.text_input(
                "Raised by", key="hypothesis_who", max_chars=MOST_NAME, persist_state="session"
            )
            metric = st.selectbox(
                "For these leads",
                list(numbers),
                format_func=lambda one: numbers[one],
                key="hypothesis_metric",
            )
            claim = st.selectbox(
                "is said to be", list(_CLAIMS), format_func=lambda one: _CLAIMS[one], key="hypothesis_claim"
            )
        is_sent = st.form_submit_button("Judge and save", key="hypothesis_save")
    if not is_sent:
        return
    if not who or not who.strip():
        with verdict:
            problem("Say who raised it; nothing was saved.")
        return
    kept = _judged(frame, found, metric or found.wait.slug, claim or "lower", who.strip())
    records = Records(cache.workspace())
    try:
        records.add_hypothesis(kept)
    finally:
        records.close()
    with verdict:
        _hypothesis(kept)
        view.paragraphs(("Saved with this snapshot; it will not change when the data do.",))


def _judged(frame: Frame, found: Found, metric: str, claim: Claim, who: str) -> Hypothesis:
    verdict = cohort_search.judge(found, metric, claim)
    return Hypothesis(
        fingerprint=frame.manifest.fingerprint,
        contract=frame.contract.hash,
        selection=_selection(frame),
        rule=found.text,
        reading=found.reading,
        metric=metric,
        claim=claim,
        raised_by=who,
        raised_at=datetime.now(UTC).replace(tzinfo=None, microsecond=0),
        verdict=verdict.verdict,
        sentence=verdict.sentence,
    )


def _selection(frame: Frame) -> str:
    facts = frame.facts()
    filters = [
        f"{label_of(field)}: {', '.join(controls.shown(value) for value in values)}"
        for field, values in facts.filters
    ]
    return " · ".join([wording.cohort(facts), *filters])


def saved(frame: Frame) -> None:
    """What was raised about this snapshot, the newest first."""
    records = Records(cache.workspace())
    try:
        kept = records.hypotheses(frame.manifest.fingerprint)
    finally:
        records.close()
    if not kept:
        view.paragraphs(("No hypothesis was saved about this snapshot yet.",), "sentence")
    for one in kept[:MOST_HYPOTHESES]:
        _hypothesis(one)
    if len(kept) > MOST_HYPOTHESES:
        view.paragraphs((f"and {text.count(len(kept) - MOST_HYPOTHESES)} older ones",))


def _hypothesis(one: Hypothesis) -> None:
    words = WAIT_READINGS if one.metric == WAIT else READINGS
    name = NAMES.get(one.metric, one.metric)
    markup.show(
        markup.element(
            "div",
            "hypothesis",
            markup.element(
                "p",
                "claim",
                markup.plain("span", "verdict", one.verdict),
                markup.escaped(f" {name} is {words.get(one.claim, one.claim)} where {one.reading}"),
            ),
            markup.plain("p", "sentence", one.sentence),
            markup.line(
                "aside", (f"raised by {one.raised_by}", f"{text.moment(one.raised_at)} UTC", one.selection)
            ),
        )
    )
