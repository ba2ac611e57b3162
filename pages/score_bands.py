"""Does the score still sort? The bands now, what another threshold would cost, and whether anything drifted."""

from __future__ import annotations

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from analytics import band_stages, drift_reading, score_drift, threshold
from analytics.band_stages import BandStages, Outcome, measure_band_stages
from analytics.charts.drift_small import band_rates, ranking_small, score_mix
from analytics.charts.stage_bands import stage_bands, stage_lanes
from analytics.charts.threshold_curve import NOUNS, kept_curve
from analytics.periods import Unit
from analytics.results import Unmeasurable
from analytics.score_drift import LEAST_HITS, ScoreDrift, measure_score_drift
from analytics.threshold import Threshold, measure_threshold
from pages.ui import band_tables, below, cache, kept, shell, so_far, view, what_if
from pages.ui.shell import Frame

NOW, WHAT_IF, OVER_TIME = "Now", "What if", "Over time"
LOOKS = (NOW, WHAT_IF, OVER_TIME)
STAGES = {"Accepted": Outcome.ACCEPTED, "Opportunity": Outcome.OPPORTUNITY, "Won": Outcome.WON}
UNITS = {"Month": Unit.MONTH, "Quarter": Unit.QUARTER}
RATES = ("won_in_horizon", "opportunity_in_horizon")
RELATED = (
    "mature", "won_in_horizon", "mature_won_undated", "opportunity_in_horizon", "mature_opportunity_undated", "scored",
    "unscored",
)  # fmt: skip
METHODS = {NOW: band_stages.METHOD, WHAT_IF: threshold.METHOD, OVER_TIME: score_drift.METHOD}
MOVED = {"moved": "moved", "not beyond luck": "within luck", "cannot tell": "too early"}
LANE_HEIGHT = 210


def choose(label: str, options: tuple[str, ...], default: str, key: str) -> str:
    """A control that keeps its value from page to page and stands in the address."""
    kept.restore(key, options.__contains__, lambda value: "" if value == default else str(value))
    chosen = st.segmented_control(
        label, options, default=default, required=True, label_visibility="collapsed", key=key, bind="query-params"
    )  # fmt: skip
    kept.remember(key, chosen)
    return chosen if chosen in options else default


def choose_stage(result: BandStages) -> Outcome:
    """The stage by which the bands are read; wins where the export knows them."""
    names = tuple(name for name, one in STAGES.items() if one in result.measurable)
    return STAGES[choose("Stage", names, names[-1], "stage")]


def bands_drawn(result: BandStages, outcome: Outcome) -> view.Drawn:
    """The main figure of the first look."""
    words = {
        Outcome.ACCEPTED: "Accepted by sales, per score band",
        Outcome.OPPORTUNITY: "Became an opportunity, per score band",
        Outcome.WON: "Won, per score band",
    }
    return view.Drawn(
        "bands", words[outcome], cache.made(stage_bands, result, outcome), band_stages.answer(result, outcome),
        note="with 95\u00a0% intervals",
    )  # fmt: skip


def kept_drawn(found: Threshold) -> view.Drawn:
    """The companion of the first look: the ranking in words."""
    noun, hits = NOUNS[found.hit], found.hits(found.today)
    name = f"Passing fewer leads, keeping the {noun}"
    if hits < LEAST_HITS:
        return view.Drawn("kept", name, None, "", missing=f"{hits} {noun} so far: too few for this picture.")
    return view.Drawn(
        "kept", name, cache.made(kept_curve, found),
        f"Share of {noun} kept against share of leads passed, from the highest score down; a coin runs along the diagonal.",
    )  # fmt: skip


def drift_drawn(result: ScoreDrift) -> tuple[view.Drawn, ...]:
    """The three small figures, each with its sentence for those who cannot see it."""
    return (
        view.Drawn("drift_scores", "1 · The scores", cache.made(score_mix, result), drift_reading.scores(result), MOVED[result.scores]),
        view.Drawn("drift_ranking", "2 · The ranking", cache.made(ranking_small, result), drift_reading.ranking(result), MOVED[result.ranking]),
        view.Drawn("drift_rates", "3 · The bands’ rates", cache.made(band_rates, result), drift_reading.rates(result), MOVED[result.rates]),
    )  # fmt: skip


def show_now(
    frame: Frame, result: BandStages, found: Threshold | Unmeasurable, stage: Outcome, top: DeltaGenerator
) -> None:
    """The bands, and beside them what every threshold would keep."""
    with top:
        view.answer(band_stages.answer(result, stage), *band_stages.notes(result, stage))
    companion = () if isinstance(found, Unmeasurable) else (kept_drawn(found),)
    view.figures(frame, bands_drawn(result, stage), *companion)


def show_what_if(
    frame: Frame, found: Threshold | Unmeasurable, top: DeltaGenerator, slot: DeltaGenerator
) -> None:
    """The slider and what it costs."""
    if isinstance(found, Unmeasurable):
        view.cannot(found)
    else:
        what_if.show(frame, found, top, slot)


def show_over_time(
    frame: Frame, stage: Outcome, top: DeltaGenerator, slot: DeltaGenerator
) -> ScoreDrift | Unmeasurable:
    """The three small figures, by month or quarter."""
    usual = frame.ask(measure_score_drift, stage)
    if isinstance(usual, Unmeasurable):
        view.cannot(usual)
        return usual
    with slot:
        names = {unit: name for name, unit in UNITS.items()}
        unit = UNITS[choose("Period", tuple(UNITS), names[usual.unit], "unit")]
    drift = frame.ask(measure_score_drift, stage, unit)
    if isinstance(drift, ScoreDrift):
        with top:
            view.answer(drift_reading.answer(drift), *drift_reading.notes(drift))
        view.figures(frame, *drift_drawn(drift))
    return drift


def show_below(
    frame: Frame, look: str, result: BandStages, shown: Threshold | ScoreDrift | Unmeasurable
) -> None:
    """The numbers of the look as tables, then the breakdown and the period before."""
    if look == NOW:
        view.heading("From acceptance to win")
        lanes = view.Drawn(
            "lanes",
            "",
            cache.made(stage_lanes, result),
            "Accepted, opportunity and won per score band, a lane each",
        )
        view.figure(frame, lanes, height=70 + LANE_HEIGHT * len(result.measurable))
        band_tables.bands(frame, result)
    elif isinstance(shown, Threshold):
        band_tables.thresholds(frame, shown)
    elif isinstance(shown, ScoreDrift):
        band_tables.drift(frame, shown)
    if look != WHAT_IF:  # the slider stays quick with little around it; both stand under the other looks
        below.breakdown(frame, RATES)
        below.comparison(frame, RATES)


def definition_of(result: BandStages) -> tuple[view.Definition, view.Drawn]:
    """What stands behind "Definition": the method and the figure of the look and stage chosen before this run."""
    look = st.session_state.get("look", NOW)
    stage = STAGES.get(st.session_state.get("stage", ""), result.measurable[-1])
    stage = stage if stage in result.measurable else result.measurable[-1]
    return view.Definition(METHODS.get(look, METHODS[NOW]), RATES), bands_drawn(result, stage)


with shell.page("Does the score still sort?", is_view=True) as frame:
    result = frame.ask(measure_band_stages) if frame.facts().leads else None
    if result is None:
        so_far.nothing_selected(frame, frame.facts())
    elif isinstance(result, Unmeasurable):
        view.cannot(result)
    else:
        found = frame.ask(measure_threshold)
        top = st.container(gap=None)
        with view.tools(frame, "score_bands", *definition_of(result), RELATED):
            look = choose("Look", LOOKS, NOW, "look")
            slot = st.container(key="own_controls", horizontal=True, vertical_alignment="bottom", gap="small")
            with slot:
                stage = choose_stage(result) if look != WHAT_IF else result.measurable[-1]
        if look == NOW:
            show_now(frame, result, found, stage, top)
        elif look == WHAT_IF:
            show_what_if(frame, found, top, slot)
        else:
            drift = show_over_time(frame, stage, top, slot)

if isinstance(result, BandStages):
    with shell.below():
        show_below(frame, look, result, drift if look == OVER_TIME else found)
