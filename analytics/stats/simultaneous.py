"""Simultaneous intervals of a mix: all shares right together, however many reasons there are."""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt
from scipy.special import gammaln

from analytics.stats.arrays import Floats, Ints, as_counts


def sison_glaz_intervals(counts: npt.ArrayLike, confidence: float = 0.95) -> tuple[Floats, Floats] | None:
    """Lower and upper ends in [0, 1] of all shares of a mix, right together; None for no counts.

    Sison and Glaz widen every share by c counts, and by g more above, where c is the first width whose box covers the
    multinomial with the confidence; the coverage comes from independent Poissons truncated to the box and an Edgeworth
    term for their sum. Too narrow with a handful of counts (one count alone gets 1 to 1): print none under 30. Source:
    Sison & Glaz 1995, JASA 90:366-369, example 1: 56 of 467 gives .0792-.1643; R MultinomialCI.

    Raises:
        ValueError: the confidence is not between 0 and 1, or negative or fractional counts.
    """
    if not 0.0 < confidence < 1.0:
        raise ValueError(f"confidence must lie between 0 and 1, found {confidence}.")
    seen = as_counts(counts, "counts")
    size = int(seen.sum())
    if size == 0:
        return None
    # Beyond 12 standard deviations of the widest share, and from c = n on, the box covers everything.
    widest = min(size - 1, math.ceil(6.0 * math.sqrt(size)) + 20)
    coverage = np.concatenate(([0.0], _box_coverage(seen[seen > 0], widest), [1.0]))
    first = int(np.argmax(coverage > confidence))
    before, after = float(coverage[first - 1]), float(coverage[first])
    further = (confidence - before) / (after - before)
    share, c = seen / size, first - 1
    return np.maximum(share - c / size, 0.0), np.minimum(share + (c + 2.0 * further) / size, 1.0)


def _box_coverage(counts: Ints, widest: int) -> Floats:
    """Sison and Glaz's coverage of the boxes counts ± c for c = 1 .. ``widest``; ``counts`` are positive."""
    size = int(counts.sum())
    inside, mean, variance, skew, excess = (np.zeros(widest) for _ in range(5))
    for count in counts.tolist():
        mass, m1, m2, m3, m4 = _truncated_poisson(count, size, widest)
        inside += np.log(mass)
        mean += m1
        variance += m2
        skew += m3
        excess += m4 - 3.0 * m2**2
    x = -mean / np.sqrt(variance)
    g1, g2 = skew / variance**1.5, excess / variance**2
    h3, h4 = x**3 - 3.0 * x, x**4 - 6.0 * x**2 + 3.0
    h6 = x**6 - 15.0 * x**4 + 45.0 * x**2 - 15.0
    density = np.exp(-(x**2) / 2.0) * (1.0 + g1 * h3 / 6.0 + g2 * h4 / 24.0 + g1**2 * h6 / 72.0)
    coverage: Floats = np.exp(inside - _log_peak(size)) * density / np.sqrt(2.0 * math.pi * variance)
    return coverage


def _truncated_poisson(count: int, size: int, widest: int) -> tuple[Floats, Floats, Floats, Floats, Floats]:
    """Of a Poisson with mean ``count`` kept within count ± c and [0, size]: mass, mean - count, central moments 2 to 4.

    Summed outwards from the mean, one c after the other. The factorial moments of the textbook take differences of
    numbers of size count^4, which leaves nothing of the fourth moment at a few million.
    """
    away = np.arange(1.0, widest + 1.0)
    up = np.where(away <= size - count, np.exp(-np.cumsum(np.log1p(away / count))), 0.0)
    steps_down = np.log1p(-np.minimum(away - 1.0, count - 1.0) / count)
    down = np.where(away <= count, np.exp(np.cumsum(steps_down)), 0.0)
    kept = 1.0 + np.cumsum(up + down)
    r1 = np.cumsum(away * (up - down)) / kept
    r2 = np.cumsum(away**2 * (up + down)) / kept
    r3 = np.cumsum(away**3 * (up - down)) / kept
    r4 = np.cumsum(away**4 * (up + down)) / kept
    third = r3 - 3.0 * r1 * r2 + 2.0 * r1**3
    fourth = r4 - 4.0 * r1 * r3 + 6.0 * r1**2 * r2 - 3.0 * r1**4
    return kept * math.exp(_log_peak(count)), r1, r2 - r1**2, third, fourth


def _log_peak(mean: int) -> float:
    """Log probability of a Poisson count at its own mean."""
    return mean * math.log(mean) - mean - float(gammaln(mean + 1.0))
