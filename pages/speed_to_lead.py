"""How long do leads wait for a first human touch, and who waits longest?"""

from __future__ import annotations

from collections.abc import Iterable

import streamlit as st

from analytics import formatting as text
from analytics import long_tail
from analytics.charts.wait_tail import wait_tail
from analytics.charts.wait_view import Shown, wait_view
from analytics.long_tail import LongTail, measure_long_tail
from analytics.results import Unmeasurable
from analytics.speed_to_lead import Tier
from pages.ui import below, cache, kept, shell, so_far, view, wait_sections
from pages.ui.shell import Frame

CLOCKS: dict[str, Shown] = {"Both clocks": "both", "Working clock": "working", "Wall clock": "wall"}
TIERS: dict[str, Tier] = {"All leads": "all", "High intent": "high", "Standard intent": "standard"}
RATES = ("touched_inside_limit",)
SETS = ("timed", "touched", "never_touched", "limit_settled", "limit_met", "limit_missed", "limit_pending",
        "touched_before_handoff")  # fmt: skip


def chosen(key: str, words: Iterable[str]) -> str:
    """What a control of the row stands on; known before the control is drawn, because the answer stands above it."""
    known = tuple(words)
    kept.restore(key, known.__contains__, lambda value: "" if value == known[0] else str(value))
    asked = st.session_state.get(key, st.query_params.get(key))
    return asked if asked in known else known[0]


def control(key: str, words: Iterable[str], label: str) -> None:
    """One control of the row; its value is in the address and outlives a change of the page."""
    known = tuple(words)
    value = st.segmented_control(
        label,
        known,
        default=known[0],
        key=key,
        bind="query-params",
        label_visibility="collapsed",
        required=True,
    )
    kept.remember(key, value)


def main(frame: Frame) -> LongTail | None:
    """Answer, controls, curve and tail; None where nothing of it can be measured."""
    has_intent = frame.manifest.has("intent")
    clock = CLOCKS[chosen("clock", CLOCKS)]
    tier: Tier = TIERS[chosen("tier", TIERS)] if has_intent else "all"
    result = frame.ask(measure_long_tail, tier)
    if isinstance(result, Unmeasurable):
        view.answer("How long leads wait cannot be said from this export.")
        view.cannot(result)
        return None
    sentence = long_tail.answer(result)
    view.answer(sentence, *long_tail.notes(result))
    curve = view.Drawn(
        "waits", "Leads touched by the time they waited", cache.made(wait_view, result, clock), sentence,
        note="of all leads, never touched ones included", missing="No lead is timed in this selection.",
    )  # fmt: skip
    with view.tools(frame, "waits", view.Definition(long_tail.METHOD, RATES), curve, related=SETS):
        control("clock", CLOCKS, "Clock")
        if has_intent:
            control("tier", TIERS, "Intent")
    tail = view.Drawn("tail", "The tail", cache.made(wait_tail, result), tail_words(result))
    view.figures(frame, curve, tail)
    return result


def tail_words(result: LongTail) -> str:
    """The tail in words, for those who cannot see it."""
    day = result.speed.working.mark_seconds["1d"]
    waits = [
        f"{one.words} touched within {text.duration(one.working, day)} on the working clock and"
        f" {text.duration(one.wall)} on the wall clock"
        for one in result.quantiles
    ]
    return "; ".join(waits) + f"; {text.of(result.never)} never touched."


with shell.page("How long do leads wait, and who waits longest?", is_view=True) as frame:
    found: LongTail | None = None
    if frame.facts().leads:
        found = main(frame)
    else:
        so_far.nothing_selected(frame, frame.facts())
if found is not None:
    with shell.below():
        wait_sections.tiers(frame)
        wait_sections.longest(frame, found)
        wait_sections.fast_and_slow(frame, is_suspect=found.reading == "suspect stamps")
        wait_sections.owners(frame, found.tier)
        wait_sections.arrivals(frame, found.tier)
        wait_sections.delays(frame)
        below.breakdown(frame, RATES)
        below.comparison(frame, RATES)
