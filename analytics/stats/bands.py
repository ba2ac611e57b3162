"""Do outcomes rise with an ordered band? Trend, isotonic fit, ranking, inversions and the verdict, from counts.

Every function takes one entry per band, from the lowest to the highest.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

import numpy as np
import numpy.typing as npt
from scipy.special import ndtr

from analytics.stats.adjustment import holm_adjust
from analytics.stats.arrays import Floats, as_counts, as_successes
from analytics.stats.intervals import newcombe_difference, newcombe_pvalue, normal_quantile

OrderVerdict = Literal["ordered", "not ordered", "cannot tell"]


@dataclass(frozen=True, slots=True)
class Trend:
    """Cochran-Armitage: ``numerator`` T, ``z`` (positive: rates rise with the score), two-sided ``pvalue``."""

    numerator: float
    z: float
    pvalue: float

    @property
    def chi2(self) -> float:
        """The trend's chi-square on one degree of freedom."""
        return self.z * self.z


@dataclass(frozen=True, slots=True)
class Auc:
    """How often a random winner stands in a higher band than a random loser, ties half; 0.5 is a coin toss.

    ``low`` and ``high`` are the 95 % interval in [0, 1]; ``se_delong`` is NaN with a single winner or loser.
    """

    value: float
    se_delong: float
    se_hanley_mcneil: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Inversion:
    """Two neighbouring bands the wrong way round; ``lower`` and ``upper`` are their positions.

    ``difference`` is the upper band's rate minus the lower's, so negative, with its plain Newcombe interval
    (``low``, ``high``). ``pvalue`` is Holm-adjusted over all neighbours; ``is_confirmed``: below 5 %.
    """

    lower: int
    upper: int
    difference: float
    low: float
    high: float
    pvalue: float
    is_confirmed: bool


def cochran_armitage(successes: npt.ArrayLike, trials: npt.ArrayLike, scores: npt.ArrayLike) -> Trend | None:
    """The test for a straight-line trend of rates over the bands' scores; None where no trend can exist.

    None: all or none succeeded, or all leads share one score. Scores matter, so fix them before looking (band
    midpoints). Source: Armitage 1955; checked against R ``prop.trend.test`` (smokers: chi-square 8.2249, p .004132)
    and Rosner (T = 567.16).
    """
    hits, total = as_successes(successes, trials)
    at = np.asarray(scores, dtype=np.float64)
    if at.shape != total.shape:
        raise ValueError(f"scores and trials differ in length: {at.size} and {total.size}.")
    seen = total > 0
    if hits.sum() in {0, total.sum()} or np.unique(at[seen]).size < 2:
        return None
    leads = float(total.sum())
    pooled = float(hits.sum()) / leads
    centred = at - float((total * at).sum()) / leads
    numerator = float((at * (hits - total * pooled)).sum())
    z = float((centred * hits).sum()) / math.sqrt(pooled * (1.0 - pooled) * float((total * centred**2).sum()))
    return Trend(numerator, z, float(2.0 * ndtr(-abs(z))))


def isotonic_fit(values: npt.ArrayLike, weights: npt.ArrayLike) -> Floats:
    """The rising sequence closest to ``values`` in weighted squares: neighbours out of order are pooled.

    Source: pool adjacent violators, Ayer et al. 1955; checked against R ``isoreg``: 1 0 4 3 3 5 4 2 0 becomes
    .5 .5 3 3 3 3 3 3 3.

    Raises:
        ValueError: lengths differ, or a weight is not positive.
    """
    heights, heavy = np.asarray(values, dtype=np.float64), np.asarray(weights, dtype=np.float64)
    if heights.shape != heavy.shape or not (heavy > 0.0).all():
        raise ValueError("isotonic_fit wants one positive weight per value.")
    blocks: list[tuple[float, float, int]] = []
    for value, weight in zip(heights.tolist(), heavy.tolist(), strict=True):
        height, mass, members = value, weight, 1
        while blocks and blocks[-1][0] > height:
            before, load, count = blocks.pop()
            height = (before * load + height * mass) / (load + mass)
            mass, members = load + mass, count + members
        blocks.append((height, mass, members))
    return np.repeat(np.array([b[0] for b in blocks], dtype=np.float64), [b[2] for b in blocks])


def auc_from_bands(negatives: npt.ArrayLike, positives: npt.ArrayLike) -> Auc | None:
    """The area under the ROC curve of banded counts; None without a positive or without a negative.

    The interval is value ± 1.96 DeLong standard errors, clipped to [0, 1]. Where that error is 0 or undefined
    (perfect separation, a single positive or negative) it would claim certainty from a handful of leads; there the
    spread of Mann and Whitney's rank test stands in, (P + N + 1) / (12 P N) with a continuity correction, so that a
    single winner, or three against three, prove nothing. Source: DeLong et al. 1988, Biometrics 44:837-845; Hanley
    & McNeil 1982, Radiology 143:29-36, whose table gives .893 with standard error .032.
    """
    lost = as_counts(negatives, "negatives").astype(np.float64)
    won = as_counts(positives, "positives").astype(np.float64)
    if lost.shape != won.shape:
        raise ValueError(f"negatives and positives differ in length: {lost.size} and {won.size}.")
    losses, wins = float(lost.sum()), float(won.sum())
    if not losses or not wins:
        return None
    beaten = (np.cumsum(lost) - lost / 2.0) / losses
    beating = (wins - np.cumsum(won) + won / 2.0) / wins
    value = float((won * beaten).sum()) / wins
    variance = _mean_variance(beaten, won, value) + _mean_variance(beating, lost, value)
    z = normal_quantile(0.95)
    if variance > 1e-24:
        half = z * math.sqrt(variance)
    else:
        pairs = wins * losses
        half = z * math.sqrt((wins + losses + 1.0) / (12.0 * pairs)) + 0.5 / pairs
    low, high = max(0.0, value - half), min(1.0, value + half)
    return Auc(value, math.sqrt(variance), _hanley_mcneil(value, wins, losses), low, high)


def inversions(successes: npt.ArrayLike, trials: npt.ArrayLike) -> list[Inversion]:
    """Neighbouring bands whose higher band has the lower rate, lowest pair first.

    Bands without leads are skipped, so their neighbours become adjacent. Holm's correction runs over all adjacent
    pairs, the well-ordered ones too: they were looked at as well.
    """
    hits, total = as_successes(successes, trials)
    peopled = [(band, int(hits[band]), int(total[band])) for band in range(total.size) if total[band]]
    pairs = list(pairwise(peopled))
    adjusted = holm_adjust([newcombe_pvalue(*above[1:], *below[1:]) or 0.0 for below, above in pairs])
    found = []
    for (below, above), pvalue in zip(pairs, adjusted.tolist(), strict=True):
        interval = newcombe_difference(*above[1:], *below[1:])
        if interval and interval[0] < 0.0:
            found.append(Inversion(below[0], above[0], *interval, pvalue, pvalue < 0.05))
    return found


def order_verdict(successes: npt.ArrayLike, trials: npt.ArrayLike) -> OrderVerdict:
    """Whether higher bands do better, in this order.

    A confirmed inversion: not ordered. AUC interval above 0.5: ordered. AUC's upper end under 0.55: not ordered.
    Anything else, and wherever fewer than two bands hold leads or all leads ended alike: cannot tell.
    """
    hits, total = as_successes(successes, trials)
    if any(pair.is_confirmed for pair in inversions(hits, total)):
        return "not ordered"
    auc = auc_from_bands(total - hits, hits)
    if auc is None or np.count_nonzero(total) < 2:
        return "cannot tell"
    if auc.low > 0.5:
        return "ordered"
    return "not ordered" if auc.high < 0.55 else "cannot tell"


def equal_count_edges(scores: npt.ArrayLike, counts: npt.ArrayLike, bands: int = 5) -> Floats:
    """Lower edges of bands of about equal counts; the leads of one score always share a band.

    ``scores`` rise and are distinct, ``counts`` are the leads at each. A score falls into band
    ``min(bands - 1, floor(bands * leads below it / all leads))``; a band nobody falls into has no edge, so heavy ties
    give fewer bands. Without leads there are no edges.

    Raises:
        ValueError: the scores do not rise, or the lengths differ.
    """
    at, leads = np.asarray(scores, dtype=np.float64), as_counts(counts, "counts")
    if at.shape != leads.shape or not (np.diff(at) > 0).all():
        raise ValueError("equal_count_edges wants rising distinct scores, one count each.")
    at, leads = at[leads > 0], leads[leads > 0]
    if at.size == 0:
        return at
    below = np.cumsum(leads) - leads
    band = np.minimum(bands - 1, bands * below // leads.sum())
    edges: Floats = at[np.diff(band, prepend=-1) > 0]
    return edges


def _mean_variance(placements: Floats, members: Floats, mean: float) -> float:
    """Variance of a mean of placements, each held by ``members`` leads; NaN for a single lead."""
    size = float(members.sum())
    if size < 2.0:
        return math.nan
    return float((members * (placements - mean) ** 2).sum()) / (size - 1.0) / size


def _hanley_mcneil(value: float, wins: float, losses: float) -> float:
    """Hanley and McNeil's standard error of an AUC, from its value alone."""
    both_wins, both_losses = value / (2.0 - value), 2.0 * value * value / (1.0 + value)
    square = value * value
    variance = (
        value * (1.0 - value) + (wins - 1.0) * (both_wins - square) + (losses - 1.0) * (both_losses - square)
    )
    return math.sqrt(max(0.0, variance) / (wins * losses))
