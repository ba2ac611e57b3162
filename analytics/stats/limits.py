"""Which groups (owners, sources) differ from the pooled rate by more than luck: the funnel plot, never a ranking."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.special import betainc, ndtr

from analytics.stats.adjustment import benjamini_hochberg_adjust
from analytics.stats.arrays import Floats, Ints, as_counts, as_successes
from analytics.stats.intervals import wilson_bounds

LEAST_LEADS = 10
_FALSE_DISCOVERIES = 0.10


@dataclass(frozen=True, slots=True)
class GroupPlace:
    """Where one group stands against the pooled rate. All fields but the counts are None for a group without leads.

    Attributes:
        hits: hits of the group.
        leads: leads of the group.
        rate: hits / leads, in [0, 1].
        low: lower end of its 95 % Wilson interval.
        high: upper end of that.
        limit_low: lower 95 % funnel limit at this size, widened by the overdispersion.
        limit_high: upper limit.
        z: distance from the pooled rate in standard errors, divided by the overdispersion; positive: above.
        pvalue: two-sided; the larger of the exact binomial one and the normal one of ``z``.
        adjusted_pvalue: that after Benjamini and Hochberg's correction over all groups with leads.
        is_outside: worth a look: adjusted below 10 %, outside the limits, and at least 10 leads.
    """

    hits: int
    leads: int
    rate: float | None = None
    low: float | None = None
    high: float | None = None
    limit_low: float | None = None
    limit_high: float | None = None
    z: float | None = None
    pvalue: float | None = None
    adjusted_pvalue: float | None = None
    is_outside: bool = False


def funnel_limits(
    pooled: float, sizes: npt.ArrayLike, confidence: float = 0.95, widening: float = 1.0
) -> tuple[Floats, Floats]:
    """Lower and upper share at each size within which a group of the pooled rate stays with this confidence.

    Plain binomial quantiles, not interpolated ones: a group stands strictly outside exactly when its own binomial
    tail is under (1 - confidence) / 2, so the false alarm rate is kept at every size. The price is a saw-toothed
    line. ``widening`` (see ``overdispersion``) multiplies the distances to the pooled rate. For a group without leads
    the limits are 0 and 1. Always 0 <= low <= pooled <= high <= 1.

    Source: Spiegelhalter 2005, Stat. Med. 24:1185-1202; checked against the two-sided 5 % table of the sign test
    (pooled 0.5): 15 or 5 of 20 stand outside, 14 and 6 do not.

    Raises:
        ValueError: the pooled rate or the confidence is no share, a size is negative, or the widening is under 1.
    """
    size = as_counts(sizes, "sizes")
    if not 0.0 <= pooled <= 1.0 or not 0.0 < confidence < 1.0 or widening < 1.0:
        raise ValueError(
            f"wanted a pooled rate in [0, 1], a confidence between 0 and 1 and a widening of at least 1, "
            f"found {pooled}, {confidence} and {widening}."
        )
    tail = (1.0 - confidence) / 2.0
    some = np.maximum(size, 1)
    low = np.where(size > 0, _quantile(tail, size, pooled) / some, 0.0)
    high = np.where(size > 0, (size - _quantile(tail, size, 1.0 - pooled)) / some, 1.0)
    # A quantile can step past the pooled rate between two counts; no count lies between, so nothing changes sides.
    low, high = np.minimum(low, pooled), np.maximum(high, pooled)
    # Written so that a widening of 1 leaves the quantile as it is, to the last digit.
    extra = widening - 1.0
    return np.maximum(0.0, low - extra * (pooled - low)), np.minimum(1.0, high + extra * (high - pooled))


def overdispersion(hits: npt.ArrayLike, leads: npt.ArrayLike) -> float:
    """By how much groups scatter more than luck around the pooled rate: 1 is luck, 2 twice as wide; at least 1.

    The root mean square of the z values of the groups with at least 10 leads; a smaller group's z says little, and a
    single hit of a rare outcome would send it to 10. 1 with fewer than two such groups, or where all leads ended
    alike. Source: Spiegelhalter 2005, without his winsorising: a lone stray among few groups widens the limits for
    itself, so among seven or fewer groups of one size it cannot be flagged. That errs towards saying nothing.
    """
    won, total = as_successes(hits, leads)
    z = _distances(won, total)[total >= LEAST_LEADS]
    return max(1.0, math.sqrt(float((z**2).mean()))) if z.size > 1 else 1.0


def place_groups(hits: npt.ArrayLike, leads: npt.ArrayLike) -> tuple[GroupPlace, ...] | None:
    """Every group's place against the rate of all groups together, in the order given; None without any lead.

    Groups under 10 leads are placed and count among the looks taken, but are never flagged. The p-value is the larger
    of two: the normal one of ``z``, which knows the overdispersion, and the doubled smaller binomial tail, which is
    exact. Alone the first cries wolf on rare outcomes: 4 hits of 1,000 at 0.1 % have z = 3, p = .003, yet exactly .038.

    Raises:
        ValueError: lengths differ, a count is negative or not whole, or hits exceed leads.
    """
    won, total = as_successes(hits, leads)
    if total.sum() == 0:
        return None
    pooled, spread = float(won.sum() / total.sum()), overdispersion(won, total)
    low, high = wilson_bounds(won, total)
    limit_low, limit_high = funnel_limits(pooled, total, 0.95, spread)
    z = _distances(won, total) / spread
    pvalues = np.maximum(_exact_pvalues(won, total, pooled), 2.0 * ndtr(-np.abs(z)))
    adjusted = np.ones(total.size)
    adjusted[total > 0] = benjamini_hochberg_adjust(pvalues[total > 0])
    rate = won / np.maximum(total, 1)
    flagged = (rate < limit_low) | (rate > limit_high)
    flagged &= (adjusted < _FALSE_DISCOVERIES) & (total >= LEAST_LEADS)
    return tuple(
        GroupPlace(
            hits=int(won[at]),
            leads=int(total[at]),
            rate=float(rate[at]),
            low=float(low[at]),
            high=float(high[at]),
            limit_low=float(limit_low[at]),
            limit_high=float(limit_high[at]),
            z=float(z[at]),
            pvalue=float(pvalues[at]),
            adjusted_pvalue=float(adjusted[at]),
            is_outside=bool(flagged[at]),
        )
        if total[at]
        else GroupPlace(hits=0, leads=0)
        for at in range(total.size)
    )


def _distances(hits: Ints, leads: Ints) -> Floats:
    """Standard errors between each group's rate and the pooled rate; 0 without leads or where all ended alike."""
    pooled = float(hits.sum()) / max(1.0, float(leads.sum()))
    some = np.maximum(leads, 1).astype(np.float64)
    error = np.sqrt(pooled * (1.0 - pooled) / some)
    apart: Floats = np.where(leads > 0, hits / some - pooled, 0.0)
    return apart / error if 0.0 < pooled < 1.0 else np.zeros(leads.size)


def _exact_pvalues(hits: Ints, leads: Ints, pooled: float) -> Floats:
    """The doubled smaller binomial tail of each group, at most 1."""
    tail = np.minimum(_lower_tail(hits, leads, pooled), _lower_tail(leads - hits, leads, 1.0 - pooled))
    return np.minimum(1.0, 2.0 * tail)


def _quantile(tail: float, sizes: Ints, rate: float) -> Ints:
    """The smallest count with at least ``tail`` probability at or below it, by bisection over all sizes at once."""
    under, reached = np.full(sizes.size, -1, dtype=np.int64), sizes.copy()
    while (reached - under > 1).any():
        middle = (under + reached) // 2
        enough = (_lower_tail(middle, sizes, rate) >= tail) & (middle > under)
        under, reached = np.where(enough, under, middle), np.where(enough, middle, reached)
    return reached


def _lower_tail(counts: Ints, sizes: Ints, rate: float) -> Floats:
    """P(X <= count) of a binomial of each size, through the beta distribution, which stays exact for millions."""
    above = np.maximum(sizes - counts, 1)
    tail: Floats = np.where(counts >= sizes, 1.0, betainc(above, np.maximum(counts, 0) + 1.0, 1.0 - rate))
    return tail
