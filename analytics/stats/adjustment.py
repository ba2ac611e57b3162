"""Many looks at once: adjusted p-values, and rates of small groups pulled towards the pooled rate."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from analytics.stats.arrays import Floats, Ints, as_successes


def holm_adjust(pvalues: npt.ArrayLike) -> Floats:
    """Holm's step-down p-values, in the order given; below alpha means significant family-wise at alpha.

    Valid under any dependence between the tests, so it serves adjacent bands, which share leads. Source: Holm 1979,
    Scand. J. Statist. 6:65-70. ``holm_adjust([0.01, 0.04, 0.03])`` is ``[0.03, 0.06, 0.06]``.
    """
    given = np.asarray(pvalues, dtype=np.float64)
    order = np.argsort(given, kind="stable")
    stepped = np.maximum.accumulate(given[order] * np.arange(given.size, 0, -1))
    adjusted = np.empty_like(given)
    adjusted[order] = np.minimum(stepped, 1.0)
    return adjusted


def benjamini_hochberg_adjust(pvalues: npt.ArrayLike) -> Floats:
    """Benjamini-Hochberg step-up p-values, in the order given; below q means found at false discovery rate q.

    Source: Benjamini & Hochberg 1995, JRSS-B 57:289-300; their worked example (15 tests, 5 %) finds 4 where
    Bonferroni finds 3.
    """
    given = np.asarray(pvalues, dtype=np.float64)
    order = np.argsort(given, kind="stable")[::-1]
    stepped = np.minimum.accumulate(given[order] * given.size / np.arange(given.size, 0, -1))
    adjusted = np.empty_like(given)
    adjusted[order] = np.minimum(stepped, 1.0)
    return adjusted


def shrunken_rates(successes: npt.ArrayLike, trials: npt.ArrayLike) -> Floats:
    """Each group's rate pulled towards the pooled rate, the harder the less its own leads say; in [0, 1].

    Four or more groups of one size: James-Stein, ``pooled + c (rate - pooled)`` with
    ``c = 1 - (k - 3) sigma^2 / sum (rate - pooled)^2``, floored at 0 (Efron & Morris 1977, Scientific American:
    18 players, c = 0.212, the first falls from .400 to .294). Otherwise beta-binomial with the between-group
    correlation found by moments (Kleinman 1973, JASA 68:46-54). A group without leads gets the pooled rate; with no
    leads at all every rate is NaN.
    """
    hits, total = as_successes(successes, trials)
    if total.sum() == 0:
        return np.full(total.size, np.nan)
    pooled = float(hits.sum() / total.sum())
    rates = np.where(total > 0, hits / np.maximum(total, 1), pooled)
    spread = float(((rates - pooled) ** 2).sum())
    if spread == 0.0:
        return rates
    if total.size >= 4 and (total == total[0]).all():
        variance = pooled * (1.0 - pooled) / float(total[0])
        own: Floats | float = max(0.0, 1.0 - (total.size - 3) * variance / spread)
    else:
        correlation = _between_group_correlation(rates, total, pooled)
        size = np.maximum(total, 1)
        own = size * correlation / (1.0 - correlation + size * correlation)
    return pooled + own * (rates - pooled)


def _between_group_correlation(rates: Floats, trials: Ints, pooled: float) -> float:
    """Moment estimate of the beta-binomial correlation in [0, 1]; 0 when the rates differ no more than by luck."""
    seen = trials[trials > 0].astype(np.float64)
    freedom = seen.size - 1
    room = seen.sum() - (seen**2).sum() / seen.sum() - freedom
    if room <= 0.0:
        return 0.0
    weighted = float((trials * (rates - pooled) ** 2).sum()) / (pooled * (1.0 - pooled))
    return min(1.0, max(0.0, (weighted - freedom) / float(room)))
