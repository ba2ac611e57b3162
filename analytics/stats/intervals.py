"""What a share of counted leads can say: its interval, its difference to another share, and whether to print it."""

from __future__ import annotations

import math
from enum import StrEnum

import numpy as np
import numpy.typing as npt
from scipy.special import betaincinv, ndtr, ndtri

from analytics.stats.adjustment import benjamini_hochberg_adjust, holm_adjust, shrunken_rates
from analytics.stats.arrays import Floats, as_successes

__all__ = [
    "Presentation",
    "benjamini_hochberg_adjust",
    "clopper_pearson_interval",
    "detectable_difference",
    "holm_adjust",
    "jeffreys_interval",
    "newcombe_difference",
    "newcombe_pvalue",
    "normal_quantile",
    "presentation",
    "sample_size_for_half_width",
    "shrunken_rates",
    "wilson_bounds",
    "wilson_interval",
]

Interval = tuple[float, float]


class Presentation(StrEnum):
    """Whether a percentage may be printed, and why not; the value is the reason in words."""

    SHOW = "show"
    SHOW_EXTREME = "show with review flag (0% or 100%)"
    TOO_FEW = "suppress: fewer than 30"
    TOO_WIDE = "suppress: interval too wide"
    RELATIVELY_TOO_WIDE = "suppress: relative width"

    @property
    def is_shown(self) -> bool:
        """False: print "3 of 20" instead of a percentage."""
        return self in {Presentation.SHOW, Presentation.SHOW_EXTREME}


def normal_quantile(confidence: float) -> float:
    """The two-sided normal quantile: 1.959964 for 0.95.

    Raises:
        ValueError: the confidence is not between 0 and 1.
    """
    if not 0.0 < confidence < 1.0:
        raise ValueError(f"confidence must lie between 0 and 1, found {confidence}.")
    return float(ndtri((1.0 + confidence) / 2.0))


def wilson_interval(successes: int, trials: int, confidence: float = 0.95) -> Interval | None:
    """Wilson's score interval in [0, 1]; None for no trials.

    Short and honest at both ends where the textbook interval is not; exactly 0 and 1 at its ends. Source: Wilson
    1927; checked against Newcombe 1998, Stat. Med. 17:857-872, Table I: 81 of 263 gives .2553-.3662, 0 of 20 gives
    0-.1611.
    """
    _check(successes, trials)
    if trials == 0:
        return None
    return score_interval(successes / trials, trials, normal_quantile(confidence))


def score_interval(rate: float, trials: float, z: float) -> Interval:
    """Wilson's interval around ``rate`` of ``trials`` > 0 (either may be fractional) at ``z`` standard errors."""
    shrink = 1.0 + z * z / trials
    middle = (rate + z * z / (2.0 * trials)) / shrink
    half = z * math.sqrt(rate * (1.0 - rate) / trials + z * z / (4.0 * trials * trials)) / shrink
    low = 0.0 if rate == 0.0 else min(rate, max(0.0, middle - half))
    high = 1.0 if rate == 1.0 else max(rate, min(1.0, middle + half))
    return low, high


def wilson_bounds(
    successes: npt.ArrayLike, trials: npt.ArrayLike, confidence: float = 0.95
) -> tuple[Floats, Floats]:
    """``wilson_interval`` for whole arrays of counts: lower and upper ends, NaN where there are no trials."""
    hits, total = as_successes(successes, trials)
    z = normal_quantile(confidence)
    size = np.where(total > 0, total, np.nan)
    rate = hits / size
    shrink = 1.0 + z * z / size
    middle = (rate + z * z / (2.0 * size)) / shrink
    half = z * np.sqrt(rate * (1.0 - rate) / size + z * z / (4.0 * size * size)) / shrink
    low = np.where(hits == 0, rate, np.minimum(rate, np.maximum(0.0, middle - half)))
    high = np.where(hits == total, rate, np.maximum(rate, np.minimum(1.0, middle + half)))
    return low, high


def clopper_pearson_interval(successes: int, trials: int, confidence: float = 0.95) -> Interval | None:
    """The exact binomial interval from beta quantiles; None for no trials. Wide on purpose: for show or hide.

    Source: Clopper & Pearson 1934; checked against R ``binom::binom.confint``: 4 of 20 gives .05733-.43661.
    """
    _check(successes, trials)
    if trials == 0:
        return None
    tail = (1.0 - confidence) / 2.0
    misses = trials - successes
    low = 0.0 if successes == 0 else float(betaincinv(successes, misses + 1, tail))
    high = 1.0 if misses == 0 else float(betaincinv(successes + 1, misses, 1.0 - tail))
    return low, high


def jeffreys_interval(successes: int, trials: int, confidence: float = 0.95) -> Interval | None:
    """Jeffreys' interval, its end moved to 0 or 1 when nothing or everything succeeded; None for no trials.

    Source: Brown, Cai & DasGupta 2001, Stat. Sci. 16:101-133; checked value: 81 of 263 gives .25452-.36565.
    """
    _check(successes, trials)
    if trials == 0:
        return None
    tail = (1.0 - confidence) / 2.0
    misses = trials - successes
    low = 0.0 if successes == 0 else float(betaincinv(successes + 0.5, misses + 0.5, tail))
    high = 1.0 if misses == 0 else float(betaincinv(successes + 0.5, misses + 0.5, 1.0 - tail))
    return low, high


def newcombe_difference(
    successes: int, trials: int, base_successes: int, base_trials: int, confidence: float = 0.95
) -> tuple[float, float, float] | None:
    """``(difference, low, high)`` of the first share minus the base share, in [-1, 1]; None without trials in either.

    Newcombe's hybrid score method squares and adds the distances to the two Wilson ends. Source: Newcombe 1998,
    Stat. Med. 17:873-890, method 10, Table II: 56 of 70 against 48 of 80 gives .2000 (.0524 to .3339).
    """
    _check(successes, trials)
    _check(base_successes, base_trials)
    if trials == 0 or base_trials == 0:
        return None
    rate, base = successes / trials, base_successes / base_trials
    z = normal_quantile(confidence)
    low, high = score_interval(rate, trials, z)
    base_low, base_high = score_interval(base, base_trials, z)
    difference = rate - base
    return (
        difference,
        max(-1.0, difference - math.hypot(rate - low, base_high - base)),
        min(1.0, difference + math.hypot(high - rate, base - base_low)),
    )


def newcombe_pvalue(successes: int, trials: int, base_successes: int, base_trials: int) -> float | None:
    """The alpha at which ``newcombe_difference`` just excludes 0; 1.0 for no difference, None without trials.

    So the p-value and the printed interval never disagree. Found by bisection on z to 1e-12: the end nearer 0 moves
    steadily towards it as z grows, and always reaches it. 56 of 70 against 48 of 80: 0.0081.
    """
    _check(successes, trials)
    _check(base_successes, base_trials)
    if trials == 0 or base_trials == 0:
        return None
    if successes * base_trials == base_successes * trials:
        return 1.0
    better, worse = (successes, trials), (base_successes, base_trials)
    if successes * base_trials < base_successes * trials:
        better, worse = worse, better
    rate, base = better[0] / better[1], worse[0] / worse[1]

    def excludes_zero(z: float) -> bool:
        low, _ = score_interval(rate, better[1], z)
        _, high = score_interval(base, worse[1], z)
        return math.hypot(rate - low, high - base) < rate - base

    inside, outside = 0.0, 1.0
    while excludes_zero(outside):
        inside, outside = outside, 2.0 * outside
    while outside - inside > 1e-12 * max(1.0, outside):
        middle = (inside + outside) / 2.0
        inside, outside = (middle, outside) if excludes_zero(middle) else (inside, middle)
    return float(2.0 * ndtr(-inside))


def presentation(successes: int, trials: int) -> Presentation:
    """Whether ``successes / trials`` may be printed as a percentage.

    Under 30 leads: no. Clopper-Pearson width up to 5 points: yes; 30 points or more: no; in between no if it
    exceeds 130 % of the value. 0 % and 100 % are shown with a flag. Source: NCHS Data Presentation Standards for
    Proportions, Series 2 No. 175 (Parker et al. 2017): 10 of 45 is shown, 5 of 50 is not.
    """
    interval = clopper_pearson_interval(successes, trials)
    if interval is None or trials < 30:
        return Presentation.TOO_FEW
    width = interval[1] - interval[0]
    if width >= 0.30:
        return Presentation.TOO_WIDE
    if successes in {0, trials}:
        return Presentation.SHOW_EXTREME
    if width > 0.05 and width > 1.30 * successes / trials:
        return Presentation.RELATIVELY_TOO_WIDE
    return Presentation.SHOW


def sample_size_for_half_width(rate: float, half_width: float, confidence: float = 0.95) -> int:
    """The fewest leads whose Wilson interval around ``rate`` reaches at most ``half_width`` to a side.

    The half-width shrinks as leads are added, so the larger root of a quadratic gives it. Checked values: 93 leads
    for 10 points at 50 %, 70 at 25 %, 37 at 10 %.

    Raises:
        ValueError: the rate lies outside [0, 1], or the half-width is not positive.
    """
    if not 0.0 <= rate <= 1.0 or half_width <= 0.0:
        raise ValueError(f"wanted a rate in [0, 1] and a positive half-width, found {rate} and {half_width}.")
    z2 = normal_quantile(confidence) ** 2
    h2 = half_width * half_width
    half_b = h2 * z2 - z2 * rate * (1.0 - rate) / 2.0
    discriminant = half_b * half_b - h2 * (h2 * z2 * z2 - z2 * z2 / 4.0)
    root = (math.sqrt(discriminant) - half_b) / h2 if discriminant > 0.0 else 0.0
    return max(1, math.ceil(root - 1e-9))


def detectable_difference(
    base: float, leads_per_group: int, power: float = 0.80, confidence: float = 0.95
) -> float | None:
    """The smallest true rise above ``base`` that two equal groups would show with this power; None: not even 100 %.

    The standard two-proportion formula, solved for the difference by bisection. Checked values at base 25 %: .351
    with 30 leads a side, .269 with 50, .187 with 100, .105 with 300, .056 with 1,000.

    Raises:
        ValueError: the base lies outside [0, 1], or a group has no leads.
    """
    if not 0.0 <= base <= 1.0 or leads_per_group < 1:
        raise ValueError(
            f"wanted a base in [0, 1] and at least one lead, found {base} and {leads_per_group}."
        )
    z, z_power = normal_quantile(confidence), float(ndtri(power))

    def is_detected(difference: float) -> bool:
        other, middle = base + difference, base + difference / 2.0
        under_null = z * math.sqrt(2.0 * middle * (1.0 - middle))
        under_truth = z_power * math.sqrt(base * (1.0 - base) + max(0.0, other * (1.0 - other)))
        return difference * math.sqrt(leads_per_group) >= under_null + under_truth

    missed, seen = 0.0, 1.0 - base
    if seen <= 0.0 or not is_detected(seen):
        return None
    while seen - missed > 1e-9:
        middle = (missed + seen) / 2.0
        missed, seen = (missed, middle) if is_detected(middle) else (middle, seen)
    return seen


def _check(successes: int, trials: int) -> None:
    if not 0 <= successes <= trials:
        raise ValueError(f"{successes} successes of {trials} trials.")
