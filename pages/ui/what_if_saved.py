"""The saved scenarios of the what-if page: the question as the address spells it, kept, listed and flagged."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from urllib.parse import urlencode

import streamlit as st

from analytics import formatting as text
from analytics.store.scenarios import MOST_NAME, Scenario, Scenarios
from analytics.what_if_words import Number
from pages.ui import cache, controls, markup, view
from pages.ui.contract import wrapping
from pages.ui.shell import Frame, boundary, problem

WHAT, LINE, BY, VALUE, CRITERION, RULE = (
    "what",
    "line",
    "what_by",
    "what_value",
    "what_criterion",
    "what_rule",
)
HOURS = ("hours_per_lead", "hours_per_week")
OWN = (WHAT, LINE, *HOURS, BY, VALUE, CRITERION, RULE)
"""The controls of the page itself, as the address names them."""
MOST_SHOWN = 50
_ADDRESS = re.compile(r"by_[a-z0-9_]{1,60}", re.ASCII)
_PLACE = ("snapshot", "period", "from", "to")


def asked_now(frame: Frame, own: Mapping[str, object]) -> dict[str, tuple[str, ...]]:
    """Snapshot, period, filters and the page's own controls, as the address spells them."""
    found: dict[str, list[str]] = {}
    for key, value in controls.period_in_address(frame.manifest, frame.request):
        found.setdefault(key, []).append(value)
    for field, values in frame.request.filters:
        key = controls.filter_key(field, frame.manifest)
        found[key] = [controls.shown(value) for value in values]
    for key, said in own.items():
        if key in OWN and said not in (None, ""):
            found[key] = [str(said)]
    return {key: tuple(values) for key, values in found.items()}


def link(query: Mapping[str, Sequence[str]]) -> str:
    """The address that restores a question: controls of this page only, every value encoded."""
    kept = {
        key: list(values)
        for key, values in query.items()
        if values and (key in OWN or key in _PLACE or _ADDRESS.fullmatch(key))
    }
    return f"?{urlencode(kept, doseq=True)}"


def save(frame: Frame, own: Mapping[str, object], sentence: str, numbers: Sequence[Number]) -> None:
    """The form that keeps what is on the screen; nothing that was kept is changed by it."""
    view.heading(
        "Save this scenario", "What was asked and what was seen is kept with this snapshot and contract."
    )
    with st.form("what_save", border=False):
        with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
            name = st.text_input("Name of the scenario", key="what_name", max_chars=MOST_NAME)
            who = st.text_input("Your name", key="what_who", max_chars=MOST_NAME, persist_state="session")
        is_for_council = st.checkbox("For the council", key="what_council")
        is_sent = st.form_submit_button("Save", key="what_save_go")
    if not is_sent:
        return
    with boundary():
        log = Scenarios(cache.workspace())
        try:
            kept = log.save(
                name or "",
                who or "",
                fingerprint=frame.manifest.fingerprint,
                contract=frame.contract.hash,
                query=asked_now(frame, own),
                sentence=sentence,
                numbers=numbers,
            )
            if is_for_council:
                log.flag(kept.number, who or "")
        finally:
            log.close()
        view.paragraphs((f"Saved as scenario {kept.number}, “{_title(kept)}”; it will not change.",), "sentence")  # fmt: skip


def _title(one: Scenario) -> str:
    return one.name if one.take == 1 else f"{one.name} ({one.take})"


def saved(frame: Frame) -> None:
    """The scenarios of the workspace, the newest first; the records are opened only when they are asked for."""
    if not st.toggle("Saved scenarios", key="what_saved"):
        return
    with boundary():
        who = st.text_input("Who flags", key="what_flag_who", max_chars=MOST_NAME, persist_state="session")
        log = Scenarios(cache.workspace())
        try:
            for number in _flagged(log.all(MOST_SHOWN + 1)):
                if not (who or "").strip():
                    problem("Say who flags it; nothing was saved.")
                else:
                    log.flag(number, who or "")
            kept = log.all(MOST_SHOWN + 1)
        finally:
            log.close()
        if not kept:
            view.paragraphs(("No scenario was saved in this workspace yet.",), "sentence")
        here = {one.fingerprint for one in cache.snapshots()} | {frame.manifest.fingerprint}
        wrapping.style("below")
        for one in kept[:MOST_SHOWN]:
            _scenario(frame, one, here)
        if len(kept) > MOST_SHOWN:
            view.paragraphs((f"Only the newest {MOST_SHOWN} are listed.",))


def _flagged(there: Sequence[Scenario]) -> list[int]:
    """The scenarios whose flag was pressed just now."""
    return [one.number for one in there if st.session_state.get(f"what_flag_{one.number}")]


def _scenario(frame: Frame, one: Scenario, here: set[str]) -> None:
    parts = [
        f"scenario {one.number}",
        f"saved by {one.saved_by}",
        f"{text.moment(one.saved_at)} UTC",
        f"snapshot {text.short_hash(one.fingerprint)}",
        f"contract {text.short_hash(one.contract)}",
        "" if one.fingerprint in here else "its snapshot is not in this workspace",
        "" if one.contract == frame.contract.hash else "counted by another contract than the one in force",
        f"for the council, flagged by {one.flagged_by}" if one.flagged_by else "",
    ]
    with st.container(key=f"scenario_{one.number}", gap="xsmall"):
        markup.show(markup.plain("h3", "name", _title(one)))
        markup.show(markup.plain("p", "sentence", one.sentence))
        markup.show(markup.line("aside", (f"{name}: {is_} → {then}" for name, is_, then in one.numbers)))
        markup.show(markup.line("aside", parts))
        with st.container(key=f"scenario_doors_{one.number}", horizontal=True, gap="small"):
            if one.query is None:
                view.paragraphs(("Its question can no longer be read.",))
            elif one.fingerprint in here:
                st.link_button("Open", link(one.query), key=f"what_open_{one.number}")
            if not one.flagged_by:
                st.button("Flag for the council", key=f"what_flag_{one.number}", type="tertiary")
