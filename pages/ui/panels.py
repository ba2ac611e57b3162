"""What each of the four panels says: its values, notes, sentence, figure and lead sets, from the results alone."""

from __future__ import annotations

from dataclasses import dataclass

import plotly.graph_objects as go

from analytics import formatting as text
from analytics import wording
from analytics.acceptance import Acceptance
from analytics.charts.band_dots import band_dots, rate_of
from analytics.charts.touches_histogram import touches_histogram
from analytics.charts.wait_curve import wait_curve
from analytics.charts.weekly_acceptance import weekly_acceptance
from analytics.metrics.catalog import LEAD_SETS
from analytics.results import Rate, Unmeasurable
from analytics.score_bands import ScoreBand, ScoreBands
from analytics.speed_to_lead import SpeedToLead
from analytics.working_rate import WorkingRate
from pages.ui import cache


@dataclass(frozen=True, slots=True)
class Value:
    """One large numeral, the two lines beside it, the key of its leads, and whose number it is."""

    numeral: str
    words: str
    detail: str
    key: str
    side: str = "both"


@dataclass(frozen=True, slots=True)
class Panel:
    """One of the four numbers as it stands on the slide.

    ``figure`` is None where there is nothing to draw; ``reason`` then says why and which column would bring it.
    ``sets`` are the keys and names of the lead sets offered by "Leads", the first one shown at once.
    """

    slug: str
    name: str
    values: tuple[Value, ...]
    notes: tuple[str, ...]
    sentence: str
    figure: go.Figure | None
    sets: tuple[tuple[str, str], ...]
    reason: str = ""


def acceptance(result: Acceptance | Unmeasurable) -> Panel:
    """Do sales accept what marketing passes? Both twins in equal size."""
    slug, name = "acceptance", "Acceptance rate"
    if isinstance(result, Unmeasurable):
        return _unmeasurable(slug, name, result)
    twin = result.twin_unmeasurable
    decided = (
        Value(text.DASH, "accepted of decided", "cannot be measured", "settled", "marketing")
        if twin
        else _rate_value(result.of_decided, "accepted of decided", "accepted_settled", "marketing")
    )
    judged = (f"aim {text.percent(result.target)}", f"{text.percent(result.decided.value)} decided")
    return Panel(
        slug=slug,
        name=name,
        values=(_rate_value(result.of_settled, "accepted of settled", "accepted_settled"), decided),
        notes=(*(() if twin else judged), _pending(result.of_settled)),
        sentence=wording.acceptance(result),
        figure=cache.made(weekly_acceptance, result) if result.weeks else None,
        sets=_sets(
            "settled",
            "accepted_settled",
            *(() if twin else ("rejected_settled", "undecided_settled")),
            "pending_decision",
            "accepted_late",
            "accepted_implied",
            "disqualified_later",
        ),
        reason=wording.missing_column(twin) if twin else "",
    )


def speed(result: SpeedToLead | Unmeasurable) -> Panel:
    """How long do leads wait for a first human touch?"""
    slug, name = "speed", "Speed to lead"
    if isinstance(result, Unmeasurable):
        return _unmeasurable(slug, name, result)
    clock = result.working
    day = clock.mark_seconds["1d"]
    around = text.duration_range(clock.median_low, clock.median_high, day)
    limits = sorted({result.limit_minutes_high, result.limit_minutes_standard})
    return Panel(
        slug=slug,
        name=name,
        values=(
            Value(
                _brief(text.duration(clock.median, day)),
                "half touched",
                _on_working_clock(around),
                f"working_within:{int(clock.median)}" if clock.median is not None else "never_touched",
                "sales",
            ),
            _rate_value(
                result.inside_limit,
                f"inside {' or '.join(text.minutes(limit) for limit in limits)}",
                "limit_met",
                "sales",
            ),
        ),
        notes=(
            f"aim {text.percent(result.inside_limit_target)}",
            f"{text.percent(Rate(result.never_touched, result.touched + result.never_touched).value)} never touched",
            f"9 in 10: {_brief(text.duration(clock.p90, day))}",
            _pending(result.inside_limit),
        ),
        sentence=wording.speed(result),
        figure=cache.made(wait_curve, result) if clock.curve is not None else None,
        sets=_sets(
            "timed",
            "touched",
            "never_touched",
            "limit_settled",
            "limit_met",
            "limit_pending",
            "touched_before_handoff",
        ),
    )


def _brief(duration: str) -> str:
    """A duration whose clock is named beside it."""
    return duration.replace("working ", "")


def _on_working_clock(around: str) -> str:
    """An interval of waits with its clock named: ``2.3–3.0 working h``."""
    digits, space, unit = around.partition(text.NBSP)
    return around if "working" in unit or not unit else f"{digits}{space}working {unit}"


def working_rate(result: WorkingRate | Unmeasurable) -> Panel:
    """Are accepted leads worked?"""
    slug, name = "working_rate", "Working rate"
    if isinstance(result, Unmeasurable):
        return _unmeasurable(slug, name, result)
    untouched = Rate(result.no_touch_recorded, result.rate.denominator)
    return Panel(
        slug=slug,
        name=name,
        values=(
            _rate_value(result.rate, "worked to full cadence", "cadence_full", "sales"),
            _rate_value(untouched, "no touch recorded", "touches:0", "sales"),
        ),
        notes=(
            f"aim {text.percent(result.target)}",
            "at most" if (result.is_undated or result.is_channel_unknown) and not result.not_known else "",
            f"{text.count(result.not_known)} blank" if result.not_known else "",
            _pending(result.rate),
        ),
        sentence=wording.working_rate(result),
        figure=cache.made(touches_histogram, result) if result.rate.denominator else None,
        sets=_sets("cadence_settled", "cadence_full", "cadence_not_full", "cadence_pending"),
    )


def score_bands(result: ScoreBands) -> Panel:
    """Does the score still sort?"""
    slug, name = "score_bands", "Conversion by score band"
    if result.unmeasurable is not None:
        return _unmeasurable(slug, name, Unmeasurable(result.unmeasurable, result.unmeasurable_column))
    outcome = "win" if result.outcome == "won" else "become opportunities"
    young = sum(band.leads - band.mature for band in result.bands)
    return Panel(
        slug=slug,
        name=name,
        values=(
            Value(result.verdict, *_extremes(result, outcome), "mature"),
            *_auc(result),
        ),
        notes=(
            f"within {text.days(result.horizon_days)}",
            f"{text.count(young)} pending" if young else "",
            wording.undated_outcomes(result),
        ),
        sentence=wording.score_bands(result),
        figure=cache.made(band_dots, result) if any(band.mature for band in result.bands) else None,
        sets=(*_sets("mature"), *_band_sets(result)),
    )


def _sets(*slugs: str) -> tuple[tuple[str, str], ...]:
    return tuple((slug, LEAD_SETS[slug].label) for slug in slugs)


def _band_sets(result: ScoreBands) -> tuple[tuple[str, str], ...]:
    kind, word = (
        ("band_won", "won") if result.outcome == "won" else ("band_opportunity", "with an opportunity")
    )
    bands = [band for band in reversed(result.bands) if band.mature]
    counted = tuple((f"{kind}:{band.number}", f"{_score(band)}, {word}") for band in bands)
    return counted + tuple((f"band_mature:{band.number}", f"{_score(band)}, mature") for band in bands)


def _score(band: ScoreBand) -> str:
    return band.label if band.number < 0 else f"score {band.label}"


def _extremes(result: ScoreBands, outcome: str) -> tuple[str, str]:
    named = wording.extreme_bands(result)
    if not named:
        return (f"no scored lead is {text.days(result.horizon_days)} old", "")

    def words(band: ScoreBand) -> str:
        rate = rate_of(band, result)
        return (
            f"{band.label} {outcome} {text.percent(rate.value) if text.is_quotable(rate) else text.of(rate)}"
        )

    return words(named[0]), words(named[1]) if len(named) > 1 else ""


def _auc(result: ScoreBands) -> tuple[Value, ...]:
    if result.auc is None:
        return ()
    low, high = round(result.auc.low * 100), round(result.auc.high * 100)
    return (
        Value(
            str(round(result.auc.value * 100)),
            "of 100 times picks",
            f"the winner ({low}{text.DASH}{high})",
            "mature",
        ),
    )


def _rate_value(rate: Rate, words: str, key: str, side: str = "both") -> Value:
    """A rate's numeral: a percentage, or its counts where a percentage would say too much."""
    if rate.denominator == 0:
        return Value(text.DASH, words, f"n{text.NBSP}={text.NBSP}0", key, side)
    if not text.is_quotable(rate):
        return Value(text.of(rate), words, text.TOO_FEW, key, side)
    around = text.percent_range(rate.low, rate.high)
    return Value(
        text.percent(rate.value),
        words,
        " · ".join(part for part in (around, text.of(rate)) if part),
        key,
        side,
    )


def _pending(rate: Rate) -> str:
    return f"{text.count(rate.pending)} pending" if rate.pending else ""


def _unmeasurable(slug: str, name: str, result: Unmeasurable) -> Panel:
    return Panel(
        slug=slug,
        name=name,
        values=(),
        notes=(),
        sentence=result.why,
        figure=None,
        sets=(),
        reason=wording.missing_column(result),
    )
