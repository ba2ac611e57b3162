"""The plain sentence that each number says about itself: value, interval, counts, what is still open; never blame."""

from __future__ import annotations

from analytics import formatting as text
from analytics.acceptance import Acceptance
from analytics.readout import CohortFacts
from analytics.results import Rate, Unmeasurable
from analytics.score_bands import ScoreBand, ScoreBands
from analytics.so_far import Lag, SoFar
from analytics.speed_to_lead import ClockReading, SpeedToLead
from analytics.working_rate import WorkingRate

CANNOT = "cannot be measured from this export"
METHODS: dict[str, str] = {
    "speed": (
        "Kaplan–Meier on the contract's working clock, from handoff to the first human touch. A lead nobody touched"
        " stays in the curve, waiting, until the extract, closed or not. The wall clock stands beside it. Leads touched"
        " only before their handoff are counted in words, not timed. The marks 1 day and 3 days are opening days on"
        " the working clock."
    ),
    "working_rate": (
        "Full cadence is the contract's number of human touches over its number of channels, between acceptance and"
        " the end of the window, or a response, meeting or opportunity after a touch. Closing early settles nothing."
    ),
    "score_bands": (
        "Wins within the horizon, of leads at least that old, per band of the score at handoff, with Wilson intervals."
        " Ordered: the score picks the winner clearly more often than a coin. Not ordered: two neighbouring bands stand"
        " confirmed the wrong way round, or the score is no better than a coin. Otherwise: cannot tell."
    ),
}


def acceptance(result: Acceptance) -> str:
    """Accepted of settled leads, what has no decision (or that nobody knows), and what is still pending."""
    settled = result.of_settled
    if settled.denominator == 0:
        return f"No lead is settled yet: {_pending(settled.pending, 'all')} inside {text.days(result.window_days)}."
    silence = _silence(result)
    waiting = (
        f", {text.plural(settled.pending, 'younger lead is', 'younger leads are')} pending"
        if settled.pending
        else ""
    )
    return f"Sales accepted {text.of(settled)} settled leads{_quoted(settled)}; {silence}{waiting}."


def _silence(result: Acceptance) -> str:
    """Settled leads without a decision; where rejections are unknown, that nobody can tell those from rejected ones."""
    settled = result.of_settled
    if result.twin_unmeasurable is not None:
        rest = settled.denominator - settled.numerator
        if rest == 0:
            return "every one is accepted"
        return f"rejections are not known, so the other {text.count(rest)} may be rejected or undecided"
    undecided = settled.denominator - result.decided.numerator
    return "every one has a decision" if undecided == 0 else f"{text.count(undecided)} have no decision"


def speed(result: SpeedToLead) -> str:
    """When half the leads were touched on the working clock, and how many never were."""
    clock = result.working
    never = _never_touched(result)
    if clock.curve is None:
        return "No lead is timed in this selection."
    if clock.median is None:
        follow_up = text.duration(float(clock.curve.longest_follow_up), clock.mark_seconds["1d"])
        return f"More than half of the leads were still untouched after {follow_up} on the working clock; {never}."
    around = text.duration_range(clock.median_low, clock.median_high, clock.mark_seconds["1d"])
    interval = f" ({_without_unit(around)})" if around else ""
    return f"Half of all leads were touched within {working_time(clock.median, clock)}{interval}; {never}."


def _without_unit(around: str) -> str:
    """An interval without its unit, where both ends have the one just named."""
    digits, _, unit = around.partition(text.NBSP)
    return digits if unit.startswith("working day") and text.NBSP not in unit else around


def _never_touched(result: SpeedToLead) -> str:
    timed = result.touched + result.never_touched
    rate = Rate(result.never_touched, timed)
    if result.never_touched == 0:
        return "none was left untouched"
    share = f", {text.percent(rate.value)}" if text.is_quotable(rate) else ""
    return f"{text.of(rate)}{share}, were never touched and count as waiting"


def working_time(seconds: float | None, clock: ClockReading) -> str:
    """A wait on the working clock with its unit named so: ``3.2 working hours``."""
    words = text.duration(seconds, clock.mark_seconds["1d"])
    if words == text.NOT_REACHED or "working" in words:
        return words
    digits, _, unit = words.partition(text.NBSP)
    long = {"h": "hour", "min": "minute", "s": "second"}.get(unit, unit)
    return f"{digits}{text.NBSP}working {long if digits == '1' else long + 's'}"


def working_rate(result: WorkingRate) -> str:
    """How many accepted leads got the full cadence or engaged, of those whose window has passed."""
    rate = result.rate
    window = text.days(result.cadence_days)
    if rate.denominator == 0:
        return f"No accepted lead has had its {window} yet: {_pending(rate.pending, 'all')}."
    why = [
        words
        for words, holds in (
            ("counts are undated", result.is_undated),
            ("channels are not given", result.is_channel_unknown),
        )
        if holds
    ]
    most = "At most, full" if why and not result.not_known else "Full"  # blank counts may hide worked leads
    undated = f" ({', '.join(why)})" if why else ""
    waiting = f"; {_pending(rate.pending)}" if rate.pending else ""
    blank = (
        f"; {text.count(result.not_known)} with a blank touch count are counted as not worked"
        if result.not_known
        else ""
    )
    return f"{most} cadence on {text.of(rate)} accepted leads whose {window} have passed{_quoted(rate)}{undated}{waiting}{blank}."


def score_bands(result: ScoreBands) -> str:
    """Whether the score still sorts, by its best and its lowest band and how often it picks the winner."""
    if result.unmeasurable is not None:
        return result.unmeasurable
    verdict = {
        "ordered": "The score still sorts",
        "not ordered": "A higher score does not win more",
        "cannot tell": "Cannot tell yet if the score sorts",
    }[result.verdict]
    if result.is_withheld:
        nouns = ("win", "wins") if result.outcome == "won" else ("opportunity", "opportunities")
        return f"Cannot tell if the score sorts: {text.could_change(result.undated, *nouns)}. By the dated ones, {_extremes(result)}."
    return f"{verdict}: {_extremes(result)}{_picks(result)}."


def undated_outcomes(result: ScoreBands) -> str:
    """That wins (or opportunities) without a date stand in no band's rate; empty without any."""
    nouns = ("win", "wins") if result.outcome == "won" else ("opportunity", "opportunities")
    return text.not_counted(result.undated, *nouns)


def extreme_bands(result: ScoreBands) -> tuple[ScoreBand, ...]:
    """The highest and the lowest scored band, of those with enough leads to quote if there are two; highest first."""
    scored = [band for band in result.bands if band.number >= 0 and band.mature]
    quotable = [band for band in scored if text.is_quotable(band.won)]
    named = quotable if len(quotable) > 1 else scored
    return tuple(dict.fromkeys((named[-1], named[0]))) if named else ()


def _extremes(result: ScoreBands) -> str:
    named = extreme_bands(result)
    if not named:
        return f"no scored lead is {text.days(result.horizon_days)} old"
    verb = "won" if result.outcome == "won" else "became opportunities"
    first = f"{named[0].label} {verb} {_outcome(result, named[0])}"
    return first if len(named) == 1 else f"{first}, {named[1].label} {verb} {_outcome(result, named[1])}"


def _outcome(result: ScoreBands, band: ScoreBand) -> str:
    rate = band.won if result.outcome == "won" else band.opportunity
    if not text.is_quotable(rate):
        return f"{text.of(rate)} ({text.TOO_FEW})"
    around = text.percent_range(rate.low, rate.high).removesuffix(f"{text.NBSP}%")
    return f"{text.in_hundred(rate.value)} in 100" + (f" ({around})" if around else "")


def _picks(result: ScoreBands) -> str:
    if result.auc is None:
        return ""
    return f"; it picks the winner {auc(result)}"


def auc(result: ScoreBands) -> str:
    """How often the score ranks the winner above the other, ``74 times in 100``."""
    if result.auc is None:
        return ""
    return f"{round(result.auc.value * 100)} times in 100"


def _quoted(rate: Rate) -> str:
    """``, 58 % (54–62 %)`` after counts, or why no percentage is given."""
    if not text.is_quotable(rate):
        return f" ({text.TOO_FEW})"
    return f", {text.rate_with_interval(rate)}"


def _pending(leads: int, prefix: str = "") -> str:
    words = text.plural(leads, "is", "are") if prefix else text.plural(leads, "lead is", "leads are")
    return f"{prefix} {words} still pending".strip()


def missing_column(result: Unmeasurable) -> str:
    """Which column would bring a number that this export lacks; empty when none would."""
    return f"What would bring it: {result.column}." if result.column else ""


def cohort(facts: CohortFacts) -> str:
    """The cohort in one line: period, leads and how many are old enough."""
    parts = [text.period(facts.starts_on, facts.ends_on), text.plural(facts.leads, "lead")]
    return " · ".join([*parts, maturity(facts)] if facts.leads else parts)


def maturity(facts: CohortFacts) -> str:
    """Share of the cohort's leads that had the whole horizon."""
    return f"{text.percent(facts.maturity.value)} mature"


def lag(value: Lag, what: str) -> str:
    """A lag between two dates in words, with the leads that ran backwards."""
    if value.leads == 0:
        return f"No lead has a dated {what} yet."
    backwards = (
        f" {text.plural(value.negative, 'lead has', 'leads have')} the later date first, counted as they stand."
        if value.negative
        else ""
    )
    return (
        f"{what.capitalize()}: half within {text.days(value.median)}, nine in ten within {text.days(value.p90)},"
        f" {text.days(value.mean)} on average, over {text.plural(value.leads, 'lead')}.{backwards}"
    )


def so_far(result: SoFar) -> str:
    """What had happened to all leads of the cohort by as_of, whatever their age."""
    total = result.total
    if total.leads == 0:
        return "No lead is in this selection."
    parts = [f"Of {text.plural(total.leads, 'lead')}"]
    if result.has_decisions:
        parts.append(
            f" {text.count(total.accepted)} are accepted, {text.count(total.rejected)} rejected and"
            f" {text.count(total.undecided)} without a decision so far"
            if result.has_rejections
            else f" {text.count(total.accepted)} are accepted so far, rejections are not in this export"
        )
    if result.has_outcomes:
        joiner = ";" if result.has_decisions else ""
        parts.append(f"{joiner} {text.count(total.won)} are won and {text.count(total.lost)} lost so far")
    if not result.has_decisions and not result.has_outcomes:
        parts.append(" neither decisions nor outcomes are in this export")
    return "".join(parts) + "."
