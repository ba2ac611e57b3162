"""The one place where matched leads stand against the rest: differences with intervals, and what an anecdote claims."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

from analytics import formatting
from analytics.comparison import SAME
from analytics.metrics.catalog import METRICS
from analytics.results import Rate, Unmeasurable
from analytics.rules.terms import Subject
from analytics.stats.intervals import newcombe_difference
from analytics.stats.survival import WaitCurve

METHOD = (
    "The leads a rule picks against all other leads of the selection, those unknown to the rule among the others. Each rate"
    " has Wilson's 95 % interval, their difference Newcombe's. Medians of the wait are Kaplan-Meier on the working clock,"
    " never-touched leads counted, in whole minutes rounded up; their difference has the ends of both intervals squared and added (Zou and Donner 2008)."
    " Under 30 leads on a side nothing is said."
)
WAIT = "working_wait"
"""The name of the median working wait, beside the slugs of the catalog's metrics."""
Reading = Literal["higher", "lower", "cannot tell", "too few", "not measurable"]
Claim = Literal["lower", "higher"]
Verdict = Literal["confirmed", "not seen", "cannot tell"]
SUBJECTS: dict[str, tuple[Subject, ...]] = {
    "acceptance_rate": (Subject.ACCEPTANCE, Subject.WIN),
    "accepted_of_decided": (Subject.ACCEPTANCE, Subject.WIN),
    "touched_inside_limit": (Subject.TOUCH,),
    WAIT: (Subject.TOUCH,),
    "won_in_horizon": (Subject.WIN, Subject.ACCEPTANCE),
    "opportunity_in_horizon": (Subject.WIN, Subject.ACCEPTANCE),
}
"""What a rule may not look at if the number is to be evidence: a win implies an acceptance, so each decides the other."""


@dataclass(frozen=True, slots=True)
class Contrast:
    """One rate of the matched leads against the rest; ``difference`` = matched - rest, in [-1, 1], with its interval.

    ``difference`` and its ends are None without leads on a side. ``why`` says what a number "not measurable" lacks;
    its rates are then empty. ``is_chosen_by_rule``: the rule itself looks at what the rate counts, so that a
    difference proves nothing.
    """

    slug: str
    label: str
    matched: Rate
    rest: Rate
    difference: float | None
    low: float | None
    high: float | None
    reading: Reading
    is_chosen_by_rule: bool = False
    why: Unmeasurable | None = None


@dataclass(frozen=True, slots=True)
class WaitSide:
    """The median working wait of one side, in working seconds, with its interval; None = not reached."""

    leads: int
    touched: int
    median: float | None
    low: float | None
    high: float | None


@dataclass(frozen=True, slots=True)
class WaitContrast:
    """The median working wait of the matched leads against the rest; "higher" is a longer wait.

    ``difference`` = matched - rest in working seconds, None where a median is not reached; an end is None where it
    is open. ``why`` and ``is_chosen_by_rule`` as in ``Contrast``.
    """

    slug: str
    label: str
    matched: WaitSide
    rest: WaitSide
    difference: float | None
    low: float | None
    high: float | None
    reading: Reading
    is_chosen_by_rule: bool = False
    why: Unmeasurable | None = None


@dataclass(frozen=True, slots=True)
class Judgement:
    """What the cohort says of a claim such as "their win rate is lower", in a word and a sentence."""

    verdict: Verdict
    sentence: str


def rate_contrast(
    slug: str, matched: Rate, rest: Rate, subjects: frozenset[Subject], why: Unmeasurable | None = None
) -> Contrast:
    """Two rates with the interval of their difference, and what it says; ``subjects`` are those of the rule."""
    label, chosen = METRICS[slug].label, bool(subjects.intersection(SUBJECTS[slug]))
    if why is not None:
        return Contrast(slug, label, Rate(0, 0), Rate(0, 0), None, None, None, "not measurable", chosen, why)
    interval = newcombe_difference(matched.numerator, matched.denominator, rest.numerator, rest.denominator)
    if interval is None:
        return Contrast(slug, label, matched, rest, None, None, None, "too few", chosen)
    is_told = formatting.is_quotable(matched) and formatting.is_quotable(rest)
    reading = _side(interval[1], interval[2]) if is_told else "too few"
    return Contrast(slug, label, matched, rest, *interval, reading, chosen)


def _side(low: float, high: float) -> Reading:
    return "higher" if low > 0 else "lower" if high < 0 else "cannot tell"


def wait_side(curve: WaitCurve | None) -> WaitSide:
    """The median of a curve in working seconds; no leads for None."""
    if curve is None:
        return WaitSide(0, 0, None, None, None)
    return WaitSide(curve.leads, curve.events, curve.quantile(0.5), *curve.quantile_interval(0.5))


def wait_contrast(
    matched: WaitSide, rest: WaitSide, subjects: frozenset[Subject], why: Unmeasurable | None = None
) -> WaitContrast:
    """Two medians with an interval of their difference.

    MOVER, the square-and-add rule behind Newcombe's interval, on the intervals of both medians (Zou & Donner 2008,
    Stat. Med. 27:1693-1702). Where a median is not reached, only intervals that do not meet tell a side.
    """
    label, chosen = "Median working wait", bool(subjects.intersection(SUBJECTS[WAIT]))
    if why is not None:
        nothing = wait_side(None)
        return WaitContrast(WAIT, label, nothing, nothing, None, None, None, "not measurable", chosen, why)
    difference, low, high = _median_difference(matched, rest)
    if min(matched.leads, rest.leads) < formatting.QUOTABLE:
        reading: Reading = "too few"
    elif difference is not None:
        reading = _side(-math.inf if low is None else low, math.inf if high is None else high)
    elif matched.low is not None and rest.high is not None and matched.low > rest.high:
        reading = "higher"
    elif matched.high is not None and rest.low is not None and matched.high < rest.low:
        reading = "lower"
    else:
        reading = "cannot tell"
    return WaitContrast(WAIT, label, matched, rest, difference, low, high, reading, chosen)


def _median_difference(matched: WaitSide, rest: WaitSide) -> tuple[float | None, float | None, float | None]:
    if matched.median is None or rest.median is None:
        return None, None, None
    difference = matched.median - rest.median
    low = high = None
    if matched.low is not None and rest.high is not None:
        low = difference - math.hypot(matched.median - matched.low, rest.high - rest.median)
    if matched.high is not None and rest.low is not None:
        high = difference + math.hypot(matched.high - matched.median, rest.median - rest.low)
    return difference, low, high


def judged(contrast: Contrast | WaitContrast, claim: Claim) -> Judgement:
    """Whether the matched leads differ from the rest as claimed.

    "confirmed": the interval of the difference lies wholly on the claimed side. "not seen": it lies wholly on the
    other side, or, for a rate, within 5 points either way. Anything else cannot be told, so too what the rule itself
    chooses by.
    """
    what = contrast.label[:1].lower() + contrast.label[1:]
    if contrast.why is not None:
        return Judgement("cannot tell", f"{contrast.why.why} It would need {contrast.why.column}.")
    if contrast.is_chosen_by_rule:
        return Judgement(
            "cannot tell", f"The rule itself chooses by what “{what}” counts, so a difference proves nothing."
        )
    if contrast.reading == "too few":
        return Judgement(
            "cannot tell", f"On one side under {formatting.QUOTABLE} leads stand behind “{what}”."
        )
    if contrast.reading == claim:
        return Judgement("confirmed", f"Yes: “{what}” is {claim} for these leads than for the rest.")
    is_same = (
        isinstance(contrast, Contrast)
        and contrast.low is not None and contrast.high is not None
        and contrast.low > -SAME and contrast.high < SAME
    )  # fmt: skip
    if is_same:
        return Judgement(
            "not seen", f"No: “{what}” is the same for these leads and the rest, within 5 points."
        )
    if contrast.reading in {"higher", "lower"}:
        return Judgement("not seen", f"No: “{what}” is {contrast.reading} for these leads than for the rest.")
    return Judgement(
        "cannot tell", f"These leads are too few, or too alike, to say whether “{what}” is {claim}."
    )
