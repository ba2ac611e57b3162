"""Fast against slow leads, like compared with like: Mantel-Haenszel, standardised rates, E-values, the wording ladder.

Every function takes one entry per stratum; a stratum is a kind of lead known before the handoff (score band, source).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt
from scipy.special import chdtrc

from analytics.stats.arrays import Floats, as_successes
from analytics.stats.intervals import newcombe_difference, normal_quantile

StratifiedVerdict = Literal[
    "too different",
    "too few",
    "fits with speed helping",
    "slower wins more",
    "mostly hot leads first",
    "no difference seen",
]


@dataclass(frozen=True, slots=True)
class Estimate:
    """A difference or ratio with its interval; both ends are None where the counts say nothing about its spread."""

    value: float
    low: float | None
    high: float | None


@dataclass(frozen=True, slots=True)
class MantelHaenszelTest:
    """Chi-squares on one degree of freedom, without and with continuity correction, and their p-values."""

    chi2: float
    pvalue: float
    chi2_corrected: float
    pvalue_corrected: float


@dataclass(frozen=True, slots=True)
class StratifiedComparison:
    """Fast against slow leads, first all of them, then only where both kinds occur.

    A stratum is comparable when it holds fast and slow leads; the fields from ``risk_ratio`` on use only those and
    are None without one. Rates lie in [0, 1]; a difference is fast minus slow, a ratio fast over slow.

    Attributes:
        leads: all leads, fast and slow.
        comparable_fast: fast leads of the comparable strata.
        comparable_slow: slow leads of the comparable strata.
        comparable_hits: hits of the comparable strata, fast and slow.
        comparable_strata: how many strata are comparable.
        crude_fast: hit rate of all fast leads.
        crude_slow: hit rate of all slow leads.
        crude_difference: their difference with Newcombe's interval.
        crude_ratio: their ratio; None when no slow lead hit.
        risk_ratio: Mantel-Haenszel; None when no slow lead hit.
        risk_difference: Mantel-Haenszel; the ends are None when every stratum ended alike, all hits or none.
        odds_ratio: Mantel-Haenszel; None when it is infinite or 0 / 0.
        test: Mantel and Haenszel's chi-square; None when every stratum ended alike.
        standardised_fast: rate of the fast, had they the comparable leads' mix of strata.
        standardised_slow: rate of the slow, had they that mix.
        standardised_difference: their difference.
        heterogeneity_p: Woolf's test that the odds ratio is the same everywhere; small: show the strata instead.
            None with fewer than two strata that hold hits and misses.
        shrinkage: share of the crude gap that goes when like meets like: 0 nothing, 1 all, above 1 the gap turns
            round, below 0 it grows. None when there is no crude gap.
    """

    leads: int
    comparable_fast: int
    comparable_slow: int
    comparable_hits: int
    comparable_strata: int
    crude_fast: float
    crude_slow: float
    crude_difference: Estimate
    crude_ratio: float | None
    risk_ratio: Estimate | None
    risk_difference: Estimate | None
    odds_ratio: Estimate | None
    test: MantelHaenszelTest | None
    standardised_fast: float | None
    standardised_slow: float | None
    standardised_difference: float | None
    heterogeneity_p: float | None
    shrinkage: float | None

    @property
    def comparable_leads(self) -> int:
        """Leads, fast and slow, of the comparable strata."""
        return self.comparable_fast + self.comparable_slow

    @property
    def comparable_share(self) -> float:
        """Share of all leads that stand in comparable strata, in [0, 1]."""
        return self.comparable_leads / self.leads


@dataclass(frozen=True, slots=True, eq=False)
class _Strata:
    """Comparable strata as float arrays (products of three counts overflow whole numbers)."""

    hits: Floats
    misses: Floats
    slow_hits: Floats
    slow_misses: Floats

    @property
    def fast(self) -> Floats:
        return self.hits + self.misses

    @property
    def slow(self) -> Floats:
        return self.slow_hits + self.slow_misses

    @property
    def leads(self) -> Floats:
        return self.fast + self.slow


def compare_strata(
    fast_hits: npt.ArrayLike,
    fast_leads: npt.ArrayLike,
    slow_hits: npt.ArrayLike,
    slow_leads: npt.ArrayLike,
    confidence: float = 0.95,
) -> StratifiedComparison | None:
    """Crude and stratified comparison of four aligned arrays of counts; None without a fast or without a slow lead.

    Checked against R ``mantelhaen.test(UCBAdmissions)``: odds ratio .9047 (.7719 to 1.0603), chi-square 1.4269 with
    and 1.5246 without correction, although crude rates are 45 % and 30 %; and against Charig et al. 1986 (kidney
    stones): 78 % and 83 % crude, 83 % and 78 % standardised.

    Raises:
        ValueError: lengths differ, a count is negative or not whole, or hits exceed leads.
    """
    won, fast = as_successes(fast_hits, fast_leads)
    slow_won, slow = as_successes(slow_hits, slow_leads)
    if won.shape != slow_won.shape:
        raise ValueError(f"fast and slow differ in length: {won.size} and {slow_won.size} strata.")
    hits, leads = int(won.sum()), int(fast.sum())
    base_hits, base_leads = int(slow_won.sum()), int(slow.sum())
    crude = newcombe_difference(hits, leads, base_hits, base_leads, confidence)
    if crude is None:
        return None
    both = (fast > 0) & (slow > 0)
    cells = (won, fast - won, slow_won, slow - slow_won)
    strata = _Strata(*(cell[both].astype(np.float64) for cell in cells))
    rates = _standardised(strata)
    gap = rates[0] - rates[1] if rates else None
    z = normal_quantile(confidence)
    return StratifiedComparison(
        leads=leads + base_leads,
        comparable_fast=int(fast[both].sum()),
        comparable_slow=int(slow[both].sum()),
        comparable_hits=int((won + slow_won)[both].sum()),
        comparable_strata=int(both.sum()),
        crude_fast=hits / leads,
        crude_slow=base_hits / base_leads,
        crude_difference=Estimate(*crude),
        crude_ratio=(hits / leads) / (base_hits / base_leads) if base_hits else None,
        risk_ratio=_risk_ratio(strata, z),
        risk_difference=_risk_difference(strata, z),
        odds_ratio=_odds_ratio(strata, z),
        test=_mantel_haenszel(strata),
        standardised_fast=rates[0] if rates else None,
        standardised_slow=rates[1] if rates else None,
        standardised_difference=gap,
        heterogeneity_p=_woolf(strata),
        shrinkage=1.0 - gap / crude[0] if gap is not None and crude[0] else None,
    )


def stratified_verdict(comparison: StratifiedComparison | None) -> StratifiedVerdict:
    """What may be said about speed, as a code; the first rung that holds, in this order.

    Under half of the leads comparable: too different. Under 30 comparable leads on either side, or every stratum
    ended alike (no hit at all is the usual case), or no comparison: too few. The Mantel-Haenszel difference's
    interval above 0: fits with speed helping, which is no proof; below 0: slower wins more. Otherwise a crude gap
    whose interval lies above 0 and that loses half or more once like meets like: mostly hot leads first. Else no
    difference seen, which does not say that there is none.
    """
    if comparison is None:
        return "too few"
    if 2 * comparison.comparable_leads < comparison.leads:
        return "too different"
    adjusted = comparison.risk_difference
    if min(comparison.comparable_fast, comparison.comparable_slow) < 30 or comparison.test is None:
        return "too few"
    if adjusted and adjusted.low is not None and adjusted.low > 0.0:
        return "fits with speed helping"
    if adjusted and adjusted.high is not None and adjusted.high < 0.0:
        return "slower wins more"
    crude, shrinkage = comparison.crude_difference, comparison.shrinkage
    # The slack keeps a gap that halves exactly on this rung, whatever the last digit of the division.
    if crude.low is not None and crude.low > 0.0 and shrinkage is not None and shrinkage >= 0.5 - 1e-9:
        return "mostly hot leads first"
    return "no difference seen"


def e_value(ratio: float) -> float | None:
    """How strongly something unmeasured must raise both speed and winning to explain ``ratio`` away; at least 1.

    ``ratio + sqrt(ratio (ratio - 1))``, below 1 that of the inverse; None for a ratio of 0, which no finite strength
    explains. Source: VanderWeele & Ding 2017, Ann. Intern. Med. 167:268-274: a risk ratio of 3.9 gives 7.26.

    Raises:
        ValueError: the ratio is negative or not finite.
    """
    if not 0.0 <= ratio < math.inf:
        raise ValueError(f"a ratio lies in [0, infinity), found {ratio}.")
    return _strength(ratio) if ratio else None


def e_value_of_interval(low: float, high: float) -> float:
    """The E-value of the interval's end nearer to 1; exactly 1 when the interval holds 1. 1.8 to 8.7 gives 3.0.

    Raises:
        ValueError: the ends are out of order, negative, not finite, or both 0.
    """
    if not 0.0 <= low <= high < math.inf or high == 0.0:
        raise ValueError(f"an interval of a ratio lies in (0, infinity), found {low} to {high}.")
    if low <= 1.0 <= high:
        return 1.0
    return _strength(low if low > 1.0 else high)


def _strength(ratio: float) -> float:
    """The E-value of a positive ratio."""
    above = ratio if ratio >= 1.0 else 1.0 / ratio
    return above + math.sqrt(above * (above - 1.0))


def _risk_ratio(strata: _Strata, z: float) -> Estimate | None:
    """Greenland & Robins 1985, Biometrics 41:55-68, on the log scale.

    Their variance's n1 n0 m1 - a c N is written as a n1 d + c n0 b, which cannot cancel.
    """
    fast, slow, leads = strata.fast, strata.slow, strata.leads
    above = float((strata.hits * slow / leads).sum())
    below = float((strata.slow_hits * fast / leads).sum())
    parts = strata.hits * fast * strata.slow_misses + strata.slow_hits * slow * strata.misses
    return _ratio(above, below, float((parts / leads**2).sum()), z)


def _odds_ratio(strata: _Strata, z: float) -> Estimate | None:
    """Robins, Breslow & Greenland 1986, Biometrics 42:311-323, on the log scale."""
    leads = strata.leads
    agree, differ = (strata.hits + strata.slow_misses) / leads, (strata.misses + strata.slow_hits) / leads
    up, down = strata.hits * strata.slow_misses / leads, strata.misses * strata.slow_hits / leads
    above, below = float(up.sum()), float(down.sum())
    if not above or not below:
        return _ratio(above, below, 0.0, z)
    spread = (
        float((agree * up).sum()) * below / (2.0 * above)
        + float((agree * down + differ * up).sum()) / 2.0
        + float((differ * down).sum()) * above / (2.0 * below)
    )
    return _ratio(above, below, spread, z)


def _ratio(above: float, below: float, spread: float, z: float) -> Estimate | None:
    """``above / below`` with the interval whose log variance is ``spread / (above below)``."""
    if not below:
        return None
    value = above / below
    if not above or not spread:
        return Estimate(value, None, None)
    half = z * math.sqrt(spread / (above * below))
    return Estimate(value, value * math.exp(-half), value * math.exp(half))


def _risk_difference(strata: _Strata, z: float) -> Estimate | None:
    """The Mantel-Haenszel difference; None without strata.

    Variance: Sato 1989, Biometrics 45:1323-1324, good for a few large strata and for many small ones. Interval:
    Klingenberg 2014, Stat. Med. 33:2968-2983: the differences that this variance, taken at the difference in
    question, does not reject. For large counts it is the estimate ± z standard errors; unlike that it keeps a width
    when all of one side hit and none of the other.
    """
    if not strata.leads.size:
        return None
    fast, slow, leads = strata.fast, strata.slow, strata.leads
    weight = float((fast * slow / leads).sum())
    value = float(((strata.hits * slow - strata.slow_hits * fast) / leads).sum()) / weight
    slopes = fast**2 * strata.slow_hits - slow**2 * strata.hits + fast * slow * (slow - fast) / 2.0
    slope = float((slopes / leads**2).sum()) / weight**2
    spread = float(((strata.hits * strata.slow_misses + strata.slow_hits * strata.misses) / leads).sum())
    if not spread:
        return Estimate(value, None, None)
    shift = z * z * slope / 2.0
    half = math.sqrt(shift**2 + z * z * max(0.0, value * slope + spread / (2.0 * weight**2)))
    return Estimate(
        value, max(-1.0, min(value, value + shift - half)), min(1.0, max(value, value + shift + half))
    )


def _mantel_haenszel(strata: _Strata) -> MantelHaenszelTest | None:
    """Mantel & Haenszel 1959; the correction takes half a lead off the surplus, never past 0."""
    leads, hits = strata.leads, strata.hits + strata.slow_hits
    margins = strata.fast * strata.slow * hits * (leads - hits)
    variance = float((margins / (leads**2 * (leads - 1.0))).sum())
    if not variance:
        return None
    surplus = abs(float(((strata.hits * strata.slow - strata.slow_hits * strata.fast) / leads).sum()))
    chi2, corrected = surplus**2 / variance, max(0.0, surplus - 0.5) ** 2 / variance
    return MantelHaenszelTest(chi2, float(chdtrc(1, chi2)), corrected, float(chdtrc(1, corrected)))


def _standardised(strata: _Strata) -> tuple[float, float] | None:
    """The rates of fast and slow, strata weighted by all their leads; None without strata."""
    if not strata.leads.size:
        return None
    share = strata.leads / strata.leads.sum()
    fast = float((share * strata.hits / strata.fast).sum())
    return fast, float((share * strata.slow_hits / strata.slow).sum())


def _woolf(strata: _Strata) -> float | None:
    """Woolf 1955 on log odds ratios; half a lead is added to the cells of a stratum that has an empty one.

    Checked against R ``vcd::woolf_test(UCBAdmissions)``: chi-square 17.9017, p .003072. R's help page of
    ``mantelhaen.test`` adds the half everywhere and so gets .003427.
    """
    cells = np.stack([strata.hits, strata.misses, strata.slow_hits, strata.slow_misses])
    usable = (cells[0] + cells[2] > 0) & (cells[1] + cells[3] > 0)
    cells = cells[:, usable]
    if cells.shape[1] < 2:
        return None
    cells = cells + 0.5 * (cells == 0.0).any(axis=0)
    logs = np.log(cells[0] * cells[3] / (cells[1] * cells[2]))
    weight = 1.0 / (1.0 / cells).sum(axis=0)
    centre = float((weight * logs).sum() / weight.sum())
    return float(chdtrc(cells.shape[1] - 1, float((weight * (logs - centre) ** 2).sum())))
