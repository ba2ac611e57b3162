"""What if? A score line, every first touch in time, leads left out, a criterion applied: what was observed, and no more."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from analytics import threshold_reading
from analytics import what_if_words as words
from analytics.cohort import UNKNOWN
from analytics.results import Unmeasurable
from analytics.rules.tokens import MOST_CHARACTERS, RuleError
from analytics.schema import label_of
from analytics.threshold import Threshold, measure_threshold
from analytics.what_if import SHOWN, AllInTime, Parted, Parting, measure_all_in_time, part_cohort
from analytics.what_if_words import Number
from pages.ui import band_tables, cache, controls, kept, shell, so_far, view, what_if
from pages.ui import what_if_panels as panels
from pages.ui import what_if_saved as saved
from pages.ui.shell import Frame
from pages.ui.what_if_saved import BY, CRITERION, HOURS, LINE, RULE, VALUE, WHAT

SCORED, IN_TIME, WITHOUT, CRITERIA = (
    "Scored at least",
    "All touched in time",
    "Without …",
    "If a criterion applied",
)
QUESTIONS = (SCORED, IN_TIME, WITHOUT, CRITERIA)
OWN_RULE, WHOLE = "A rule of my own", "The whole definition"
EXAMPLE = "score at least 40 and phone is known"
RATES = {SCORED: ("won_in_horizon", "accepted_of_decided"), IN_TIME: ("touched_inside_limit",)}
RELATED = {IN_TIME: ("limit_settled", "limit_missed", "limit_met", "limit_pending", "touched_before_handoff")}


@dataclass(frozen=True)
class Seen:
    """What the screen shows: the controls behind it, the sentence, its numbers, and the result they came from."""

    own: dict[str, object]
    sentence: str
    numbers: tuple[Number, ...]
    result: Threshold | AllInTime | Parted


def choose(label: str, options: Collection[str], key: str) -> str:
    """A list of choices in the address, kept from page to page; the first one is the usual."""
    names = list(options)
    kept.restore(key, names.__contains__, lambda value: "" if value == names[0] else str(value))
    if key in st.session_state and st.session_state[key] not in names:
        del st.session_state[key]
    value = st.selectbox(label, names, key=key, bind="query-params", filter_mode=None if len(names) < 9 else "fuzzy")  # fmt: skip
    kept.remember(key, value)
    return value if value in names else names[0]


def question() -> str:
    """Which of the four questions is asked."""
    kept.restore(WHAT, QUESTIONS.__contains__, lambda value: "" if value == SCORED else str(value))
    value = st.segmented_control(
        "Question", QUESTIONS, default=SCORED, key=WHAT, bind="query-params", label_visibility="collapsed", required=True,
    )  # fmt: skip
    kept.remember(WHAT, value)
    return value if value in QUESTIONS else SCORED


def without(frame: Frame) -> tuple[Parting, dict[str, object]] | None:
    """The group that is left out, and the controls that chose it; None where the export has no groups."""
    choices = {field: found for field, found in cache.choices(frame.manifest).items() if len(found) > 1}
    if not choices:
        return None
    names: dict[str, str] = {}
    for field in choices:
        name = label_of(field)
        names[f"{name} (column)" if name in names else name] = field
    by = choose("Leave out a", names, BY)
    values = list(dict.fromkeys(value or UNKNOWN for value, _ in choices[names[by]]))
    shown = {controls.shown(value): value for value in values}
    value = choose("with the value", shown, VALUE)
    return Parting("without", names[by], shown[value]), {BY: by, VALUE: value}


def criterion(frame: Frame) -> tuple[Parting | None, dict[str, object]]:
    """The criterion or the rule that would keep leads; None while no rule is typed."""
    criteria = frame.contract.criteria
    names = {f"{number}. {one.words}": one for number, one in enumerate(criteria, 1)}
    offered = (OWN_RULE, *((WHOLE,) if criteria else ()), *names)
    which = choose("Keep leads that meet", offered, CRITERION) if criteria else OWN_RULE
    own: dict[str, object] = {CRITERION: which} if criteria else {}
    if which == WHOLE:
        return Parting("definition"), own
    if which in names:
        return Parting("criterion", criterion=names[which]), own
    kept.restore(RULE, lambda value: isinstance(value, str), str)
    rule = st.text_input(
        "Rule", key=RULE, bind="query-params", max_chars=MOST_CHARACTERS, placeholder=EXAMPLE, width=420
    )
    kept.remember(RULE, rule)
    said = (rule or "")[:MOST_CHARACTERS].strip()
    return (Parting("rule", value=said), own | {RULE: said}) if said else (None, own)


def show_scored(frame: Frame, top: DeltaGenerator, slot: DeltaGenerator) -> Seen | None:
    """The slider of the score bands page."""
    found = frame.ask(measure_threshold)
    if isinstance(found, Unmeasurable):
        view.cannot(found)
        return None
    what_if.show(frame, found, top, slot)
    score = st.session_state.get(LINE, found.today.score)
    own = {WHAT: SCORED, LINE: score, **{key: st.session_state.get(key) for key in HOURS}}
    sentence = threshold_reading.answer(found, score)
    return Seen(own, sentence, words.numbers_of_threshold(found, score), found)


def show_in_time(frame: Frame, top: DeltaGenerator) -> Seen | None:
    """Hits, overlap and load; nothing about wins."""
    found = frame.ask(measure_all_in_time)
    if isinstance(found, Unmeasurable):
        view.cannot(found)
        return None
    sentence = words.answer_in_time(found)
    with top:
        view.answer(sentence, *words.notes_in_time(found))
    panels.show_in_time(frame, found)
    return Seen({WHAT: IN_TIME}, sentence, words.numbers_in_time(found), found)


def show_parting(
    frame: Frame, parting: Parting, own: dict[str, object], asked: str, top: DeltaGenerator
) -> Seen | None:
    """The leads kept against all; a rule that cannot be understood is one sentence."""
    try:
        found = frame.ask(part_cohort, parting)
    except RuleError as error:
        with top:
            view.answer("This rule cannot be applied to this export.", str(error))
        return None
    if isinstance(found, Unmeasurable):
        view.cannot(found)
        return None
    sentence = words.answer(found)
    with top:
        view.answer(sentence, *words.notes(found))
    panels.show_parted(frame, found)
    return Seen({WHAT: asked, **own}, sentence, words.numbers(found), found)


def show(frame: Frame) -> Seen | None:
    """The sentence, the switch, and the question it stands on; None where nothing was answered."""
    top = st.container(gap=None)
    asked = st.session_state.get(WHAT, st.query_params.get(WHAT, SCORED))
    definition = view.Definition(words.METHOD, RATES.get(asked, SHOWN))
    drawn = view.Drawn("what_if", "", None, "")
    chosen: tuple[Parting | None, dict[str, object]] | None = None
    with view.tools(frame, "what_if", definition, drawn, RELATED.get(asked, ("leads",))):
        asked = question()
        slot = st.container(key="own_controls", horizontal=True, vertical_alignment="bottom", gap="small")
        with slot:
            if asked == WITHOUT:
                chosen = without(frame)
            elif asked == CRITERIA:
                chosen = criterion(frame)
    if asked == SCORED:
        return show_scored(frame, top, slot)
    if asked == IN_TIME:
        return show_in_time(frame, top)
    if chosen is None:
        view.cannot(Unmeasurable("The export has no column whose values group the leads.", "the lead source"))
        return None
    if chosen[0] is None:
        with top:
            view.answer("Type a rule, and the leads that meet it are kept.", f"for example: {EXAMPLE}")
        return None
    return show_parting(frame, chosen[0], chosen[1], asked, top)


def further(frame: Frame, seen: Seen | None) -> None:
    """Below the fold: the tables, the assumptions, and the saved scenarios."""
    if seen is not None:
        if isinstance(seen.result, Threshold):
            view.heading("What this assumes", *words.THRESHOLD_ASSUMPTIONS)
            band_tables.thresholds(frame, seen.result)
        elif isinstance(seen.result, AllInTime):
            panels.in_time_below(frame, seen.result)
        else:
            panels.parted_below(frame, seen.result)
        saved.save(frame, seen.own, seen.sentence, seen.numbers)
    saved.saved(frame)


with shell.page("What if?", is_view=True) as frame:
    seen = None
    if frame.facts().leads:
        seen = show(frame)
    else:
        so_far.nothing_selected(frame, frame.facts())
with shell.below():
    further(frame, seen)
