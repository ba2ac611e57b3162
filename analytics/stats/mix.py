"""Has the mix of reasons changed? Chi-square and residuals, the stuck reason, and the population stability index."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.special import bdtr, chdtrc, chdtri

from analytics.stats.arrays import Floats, Ints, as_counts, as_successes
from analytics.stats.bands import Trend, cochran_armitage
from analytics.stats.mismatch import total_variation

_SEED = 20_240_229
_DRAWS = 10_000
_CELLS_AT_ONCE = 1_000_000
_STANDS_OUT = 2.6
_ENOUGH_PER_ROW = 30


@dataclass(frozen=True, slots=True)
class ChiSquare:
    """Pearson's statistic ``value`` on ``degrees`` of freedom, its asymptotic ``pvalue``, the least expected count."""

    value: float
    degrees: int
    pvalue: float
    smallest_expected: float


@dataclass(frozen=True, slots=True, eq=False)
class MixShift:
    """Whether the mix of reasons differs between periods, which reasons moved, and by how much.

    Attributes:
        chi2: Pearson's statistic of the tested table, that is after pooling.
        degrees: its degrees of freedom.
        pvalue: asymptotic where every expected count is at least 5, else Monte Carlo on fixed margins.
        is_simulated: the p-value is Monte Carlo.
        pooled: positions of the reasons tested together as one "other"; empty when none were.
        residuals: adjusted residuals, in the shape of the table given; beyond ±2.6 a cell stands out. 0 for empty
            periods and reasons. A reason's residual does not depend on what was pooled.
        moved: positions of the reasons that stand out in a period with at least 30 rejections, against the other
            periods with at least 30 together. A reason with an expected count under 1 is too rare to be named.
        has_other_moved: the same for the pooled reasons together, if together they are not too rare.
        total_variation: share of rejections, in [0, 1], that changed reason from the first to the last period holding
            any; over all reasons, pooled or not.
        chance_variation: what two samples of that size from one mix differ by on average. An unchanged mix exceeds it
            about every other time: it says how big, ``pvalue`` whether at all.
    """

    chi2: float
    degrees: int
    pvalue: float
    is_simulated: bool
    pooled: tuple[int, ...]
    residuals: Floats
    moved: tuple[int, ...]
    has_other_moved: bool
    total_variation: float
    chance_variation: float


@dataclass(frozen=True, slots=True)
class StabilityIndex:
    """PSI ``value`` with its mean (``null_mean``) and 95 % point (``limit``) when nothing changed."""

    value: float
    null_mean: float
    limit: float

    @property
    def is_moved(self) -> bool:
        """Whether the index exceeds what 95 of 100 unchanged pairs of this size stay under."""
        return self.value > self.limit


def pearson(table: npt.ArrayLike) -> ChiSquare | None:
    """Pearson's chi-square of an r x c table of counts as it stands; None with under two filled rows or columns.

    Empty rows and columns are left out, so they cost no degree of freedom. Checked against R ``chisq.test``:
    [762 327 468; 484 239 477] gives 30.070 on 2 degrees, p 2.954e-07 (Agresti 2007, p. 39).

    Raises:
        ValueError: not two-dimensional, or negative or fractional counts.
    """
    counts = _filled(_as_table(table))
    return None if counts is None else _pearson(counts)


def mix_shift(table: npt.ArrayLike) -> MixShift | None:
    """Whether the reasons' shares differ between periods; None with under two filled periods or reasons.

    ``table`` holds counts, one row per period in time order, one column per reason. Reasons with an expected count
    under 1 in any period are tested together as one "other", unless that would leave a single column: then nothing is
    pooled, which the Monte Carlo p-value can bear. It counts, among 10,000 tables of the same margins (fixed seed),
    those with a chi-square at least as large, plus one of each. Adjusted residual:
    (O - E) / sqrt(E (1 - row share) (1 - column share)) (Haberman 1973, Biometrics 29:205-220). Checked against R
    (Agresti 2007, p. 39): 30.070; first row 4.502, .699, -5.316.

    Raises:
        ValueError: not two-dimensional, or negative or fractional counts.
    """
    given = _as_table(table)
    counts = _filled(given)
    if counts is None:
        return None
    is_rare = _expected(counts).min(axis=0) < 1.0
    is_pooled = is_rare & (1 < is_rare.sum() < is_rare.size)
    tested = counts[:, ~is_pooled]
    if is_pooled.any():
        tested = np.column_stack((tested, counts[:, is_pooled].sum(axis=1)))
    test = _pearson(tested)
    is_simulated = test.smallest_expected < 5.0
    stands_out = _stands_out(counts) & ~is_rare
    filled_columns = np.flatnonzero(given.any(axis=0))
    residuals = np.zeros(given.shape)
    residuals[np.ix_(given.any(axis=1), given.any(axis=0))] = _adjusted_residuals(counts)
    return MixShift(
        chi2=test.value,
        degrees=test.degrees,
        pvalue=_monte_carlo_pvalue(tested, test.value) if is_simulated else test.pvalue,
        is_simulated=is_simulated,
        pooled=tuple(filled_columns[is_pooled].tolist()),
        residuals=residuals,
        moved=tuple(filled_columns[stands_out].tolist()),
        has_other_moved=bool(
            is_pooled.any() and _stands_out(tested)[-1] and _expected(tested)[:, -1].min() >= 1.0
        ),
        total_variation=total_variation(counts[0] / counts[0].sum(), counts[-1] / counts[-1].sum()),
        chance_variation=_chance_variation(counts[0], counts[-1]),
    )


def top_of_two(top: int, second: int) -> float:
    """Two-sided exact p that the top reason and its runner-up are equally frequent; 1.0 with no counts at all.

    The binomial test at one half, twice the smaller tail, at most 1. Checked value: 22 against 12 gives .12145.

    Raises:
        ValueError: a count is negative.
    """
    if min(top, second) < 0:
        raise ValueError(f"counts must not be negative, found {top} and {second}.")
    return min(1.0, 2.0 * float(bdtr(min(top, second), top + second, 0.5)))


def stuck_trend(top: npt.ArrayLike, totals: npt.ArrayLike) -> Trend | None:
    """Cochran-Armitage trend of one reason's rate over equally spaced periods, in time order; None as there.

    ``totals`` are the leads handed off (or the rejections) per period. Negative z: the rate falls. Fixture: tops
    [18 20 19 22 17 21] of [40 42 39 45 38 44] give z .089, [24 22 18 14 10 7] z -4.977.
    """
    return cochran_armitage(top, totals, np.arange(np.size(totals)))


def is_falling(trend: Trend | None) -> bool:
    """Whether the rate falls by more than luck: z under 0 and two-sided p under 5 %. No trend is no fall."""
    return trend is not None and trend.z < 0.0 and trend.pvalue < 0.05


def is_stuck(tops: Sequence[int | None], counts_of_reason: npt.ArrayLike, totals: npt.ArrayLike) -> bool:
    """Whether the last period's top reason has led three or more periods in a row without its rate falling.

    ``tops`` names each period's top reason (None: none), ``counts_of_reason`` counts the *last* period's top reason in
    every period, ``totals`` the leads handed off. The run alone is no evidence, an unchanged mix looks like that too;
    the trend over the run's periods decides. Where no trend can be tested, only a reason given for every lead of
    every period in the run is stuck.

    Raises:
        ValueError: lengths differ, or a count exceeds its total.
    """
    hits, total = as_successes(counts_of_reason, totals)
    if len(tops) != total.size:
        raise ValueError(f"tops and totals differ in length: {len(tops)} and {total.size}.")
    last = tops[-1] if tops else None
    run = 0
    while last is not None and run < len(tops) and tops[-1 - run] == last:
        run += 1
    if run < 3:
        return False
    hits, total = hits[-run:], total[-run:]
    trend = stuck_trend(hits, total)
    if trend is None:
        return bool((hits == total).all() and total.all())
    return not is_falling(trend)


def stability_index(before: npt.ArrayLike, after: npt.ArrayLike) -> StabilityIndex | None:
    """PSI of two rows of counts per band, half a count added to each; None with an empty row or under two bands.

    The half keeps an empty cell from making the index infinite. Bands empty in both rows are left out.

    Raises:
        ValueError: lengths differ, or negative or fractional counts.
    """
    one, other = as_counts(before, "before"), as_counts(after, "after")
    if one.shape != other.shape:
        raise ValueError(f"before and after differ in length: {one.size} and {other.size}.")
    filled = one + other > 0
    n, m = int(one.sum()), int(other.sum())
    if n == 0 or m == 0 or filled.sum() < 2:
        return None
    bands = int(filled.sum())
    return psi_of_shares(
        (one[filled] + 0.5) / (n + 0.5 * bands), (other[filled] + 0.5) / (m + 0.5 * bands), n, m
    )


def psi_of_shares(expected: npt.ArrayLike, actual: npt.ArrayLike, n: int, m: int) -> StabilityIndex:
    """PSI of two distributions taken from ``n`` and ``m`` leads: sum of (a - e) ln(a / e), with what luck gives.

    With B bands unchanged samples average (B - 1)(1/n + 1/m), with a 95 % point of chi-square(B - 1) times
    (1/n + 1/m); the customary 0.10 alarms on a third of unchanged pairs of 200 leads in 10 bands. Source: Yurdakul
    2018, Western Michigan University dissertation 3208. Fixture: shares .2 each against [.1 .15 .2 .25 .3] at 200 a
    side give .1354, mean .04, 95 % point .0949.

    Raises:
        ValueError: lengths differ, under two bands, a share is not positive, either does not sum to 1, or n or m
            under 1.
    """
    one, other = np.asarray(expected, dtype=np.float64), np.asarray(actual, dtype=np.float64)
    total_variation(one, other)  # refuses what is no pair of distributions
    if one.size < 2 or min(n, m) < 1 or not ((one > 0.0).all() and (other > 0.0).all()):
        raise ValueError(
            f"wanted two or more positive shares and at least one lead a side, found {one}, {other}, {n}, {m}."
        )
    noise = 1.0 / n + 1.0 / m
    value = float(((other - one) * np.log(other / one)).sum())
    return StabilityIndex(value, (one.size - 1) * noise, float(chdtri(one.size - 1, 0.05)) * noise)


def _as_table(table: npt.ArrayLike) -> Ints:
    """The table as int64 of two dimensions; an empty list is a table without cells."""
    given = np.asarray(table)
    if given.size == 0:
        return np.empty((0, 0), dtype=np.int64)
    if given.ndim != 2:
        raise ValueError(f"wanted rows and columns of counts, found shape {given.shape}.")
    return as_counts(given.ravel(), "table").reshape(given.shape)


def _filled(table: Ints) -> Ints | None:
    """The rows and columns that hold anything; None with under two of either."""
    rows, columns = table.any(axis=1), table.any(axis=0)
    if min(rows.sum(), columns.sum()) < 2:
        return None
    return table[np.ix_(rows, columns)]


def _expected(counts: Ints) -> Floats:
    """Expected counts when every row has the same mix."""
    # Multiplied before divided, so that an expected count of exactly 1 or 5 is not a hair under it.
    expected: Floats = np.outer(counts.sum(axis=1, dtype=np.float64), counts.sum(axis=0)) / float(
        counts.sum()
    )
    return expected


def _pearson(counts: Ints) -> ChiSquare:
    expected = _expected(counts)
    value = float(((counts - expected) ** 2 / expected).sum())
    degrees = (counts.shape[0] - 1) * (counts.shape[1] - 1)
    return ChiSquare(value, degrees, float(chdtrc(degrees, value)), float(expected.min()))


def _monte_carlo_pvalue(counts: Ints, chi2: float) -> float:
    """Share of tables with these margins whose chi-square is at least ``chi2``, itself counted: never 0."""
    from scipy.stats import random_table  # scipy.stats takes most of a second to load, and few tables need it

    tables = random_table(counts.sum(axis=1), counts.sum(axis=0))
    rng, expected = np.random.default_rng(_SEED), _expected(counts)
    # Tables as rare as this one come out a rounding error apart; they are ties, and ties count.
    limit = chi2 - 1e-9 * max(1.0, chi2)
    hits, left = 0, _DRAWS
    while left:
        size = min(left, max(1, _CELLS_AT_ONCE // counts.size))
        drawn = tables.rvs(size, random_state=rng).reshape(size, *counts.shape)
        hits += int((((drawn - expected) ** 2 / expected).sum(axis=(1, 2)) >= limit).sum())
        left -= size
    return (1 + hits) / (1 + _DRAWS)


def _adjusted_residuals(counts: Ints) -> Floats:
    """Standardised differences from the common mix; no variance is 0 where every row and column holds something."""
    expected, total = _expected(counts), float(counts.sum())
    rows, columns = counts.sum(axis=1, keepdims=True) / total, counts.sum(axis=0, keepdims=True) / total
    residuals: Floats = (counts - expected) / np.sqrt(expected * (1.0 - rows) * (1.0 - columns))
    return residuals


def _stands_out(counts: Ints) -> npt.NDArray[np.bool_]:
    """Per column: beyond ±2.6 in a row of at least 30 whose other rows hold at least 30 as well."""
    rows = counts.sum(axis=1)
    is_enough = (rows >= _ENOUGH_PER_ROW) & (rows.sum() - rows >= _ENOUGH_PER_ROW)
    found: npt.NDArray[np.bool_] = (np.abs(_adjusted_residuals(counts)[is_enough]) > _STANDS_OUT).any(axis=0)
    return found


def _chance_variation(one: Ints, other: Ints) -> float:
    """Mean total variation of two independent samples of one mix: 1/2 sum sqrt(2 p (1 - p) (1/n + 1/m) / pi)."""
    n, m = int(one.sum()), int(other.sum())
    p = (one + other) / (n + m)
    return 0.5 * float(np.sqrt(2.0 * p * (1.0 - p) * (1.0 / n + 1.0 / m) / math.pi).sum())
