"""Which part of a change is mix and which is rate: Kitagawa over segments, and the split of a product's factors."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from analytics.stats.arrays import Floats, Ints, as_successes
from analytics.stats.intervals import newcombe_difference

_FEWEST_LEADS = 30
# Differences of rates below this share of the largest rate are rounding, not movement.
_ROUNDING = 1e-12


@dataclass(frozen=True, slots=True)
class SegmentChange:
    """One segment's part of the change, in the unit of the rates; ``mix`` + ``rate`` is the segment's whole part.

    Attributes:
        mix: the part from the segment's share of leads moving, centred: a growing segment counts positive only if
            its rate is above the average rate.
        rate: the part from the segment's own rate moving; 0 in a segment present in one period only.
        rate_low: lower end of the 95 % interval of ``rate``; None for a segment present in one period only, and
            where only shares and rates were given.
        rate_high: upper end, likewise.
        is_new: leads in the later period only.
        is_gone: leads in the earlier period only.
    """

    mix: float
    rate: float
    rate_low: float | None
    rate_high: float | None
    is_new: bool
    is_gone: bool


@dataclass(frozen=True, slots=True)
class Decomposition:
    """A change of an overall rate as mix and rate parts; ``mix`` + ``rate`` is ``change``, with no residual.

    Attributes:
        before: overall rate of the earlier period, in [0, 1] (or the unit of the rates given).
        after: overall rate of the later period.
        change: ``after`` - ``before``.
        mix: all segments' mix parts together.
        rate: all segments' rate parts together.
        segments: one entry per segment, in the order given.
        is_simpson: the overall rate went one way while every segment with at least 30 leads in both periods (every
            segment of both periods where only shares were given) went the other; False without any such segment.
    """

    before: float
    after: float
    change: float
    mix: float
    rate: float
    segments: tuple[SegmentChange, ...]
    is_simpson: bool


def kitagawa(
    before_hits: npt.ArrayLike,
    before_leads: npt.ArrayLike,
    after_hits: npt.ArrayLike,
    after_leads: npt.ArrayLike,
) -> Decomposition | None:
    """Splits the change of an overall rate between two periods; None when either period has no leads.

    The four count arrays are aligned: one entry per segment of one dimension, hits among leads, with 0 of 0 where a
    segment has no leads in a period. Dimensions are alternative views of one change: never add their parts.

    A rate part's interval is Newcombe's interval of the segment's difference times its average share of leads, the
    shares taken as given. Source: Kitagawa 1955, J. Am. Stat. Assoc. 50:1168-1194, average weights; checked against
    the kidney stone operations of Charig et al. 1986: 78.0 % to 82.6 % is +9.94 points mix and -5.37 points rate.

    Raises:
        ValueError: lengths differ, or a count is negative, no whole number, or exceeds its leads.
    """
    x0, n0 = as_successes(before_hits, before_leads)
    x1, n1 = as_successes(after_hits, after_leads)
    if n0.shape != n1.shape:
        raise ValueError(f"the periods differ in segments: {n0.size} and {n1.size}.")
    if not n0.sum() or not n1.sum():
        return None
    w0, w1 = n0 / n0.sum(), n1 / n1.sum()
    differences = [
        newcombe_difference(*later, *earlier)
        for later, earlier in zip(_pairs(x1, n1), _pairs(x0, n0), strict=True)
    ]
    ends = [
        (weight * found[1], weight * found[2]) if found else (None, None)
        for weight, found in zip(((w0 + w1) / 2.0).tolist(), differences, strict=True)
    ]
    is_judged = (n0 >= _FEWEST_LEADS) & (n1 >= _FEWEST_LEADS)
    overall = (float(x0.sum() / n0.sum()), float(x1.sum() / n1.sum()))
    return _decompose((w0, _rates(x0, n0)), (w1, _rates(x1, n1)), overall, ends, is_judged)


def kitagawa_shares(
    before_shares: npt.ArrayLike,
    before_rates: npt.ArrayLike,
    after_shares: npt.ArrayLike,
    after_rates: npt.ArrayLike,
) -> Decomposition | None:
    """``kitagawa`` on shares of leads and rates in any unit, without intervals; None without segments.

    A segment with share 0 in a period is not present in it, and its rate there is not looked at (it may be NaN).
    Checked against Das Gupta 1993, US Census P23-186, example 5.1: household headship 44.7268 to 47.6940 is 1.2269
    mix and 1.7403 rate.

    Raises:
        ValueError: lengths differ, the shares of a period are negative or do not add up to 1 (within 1e-6), or the
            rate of a segment present is not finite.
    """
    w0, w1 = _flat(before_shares), _flat(after_shares)
    r0, r1 = _flat(before_rates), _flat(after_rates)
    if not w0.shape == r0.shape == w1.shape == r1.shape:
        raise ValueError(f"shares and rates differ in length: {w0.size}, {r0.size}, {w1.size} and {r1.size}.")
    if w0.size == 0:
        return None
    for shares, rates in ((w0, r0), (w1, r1)):
        if not (shares >= 0.0).all() or abs(math.fsum(shares) - 1.0) > 1e-6:
            raise ValueError(f"shares must not be negative and add up to 1, found {shares.tolist()}.")
        if not np.isfinite(rates[shares > 0.0]).all():
            raise ValueError(f"the rate of a segment with leads must be a number, found {rates.tolist()}.")
    # Shares that were rounded to add up to .9999999 would leave a residual.
    w0, w1 = w0 / math.fsum(w0), w1 / math.fsum(w1)
    overall = (_weighted(w0, r0), _weighted(w1, r1))
    return _decompose((w0, r0), (w1, r1), overall, [(None, None)] * w0.size, (w0 > 0.0) & (w1 > 0.0))


def log_mean_split(before: Sequence[float], after: Sequence[float]) -> tuple[float, ...]:
    """How much each factor adds to the change of their product, in the product's unit; the parts add up to it.

    For example leads, acceptance rate and win rate, whose product is wins. Each factor's part is L ln(after /
    before), L being the logarithmic mean of the two products, so it does not depend on the order of the factors
    nor on how they are grouped. Where a product is 0 there is no logarithm and ``order_average_split`` stands in.
    Source: log-mean Divisia index, Ang 2004, Energy Policy 32:1131-1139; 1000 x .6 x .1 to 1200 x .5 x .12 wins is
    +12 from leads, -12 from acceptance, +12 from the win rate.

    Raises:
        ValueError: lengths differ, or a factor or product is negative or not finite.
    """
    old, new = _factors(before), _factors(after)
    if len(old) != len(new):
        raise ValueError(f"before and after differ in length: {len(old)} and {len(new)}.")
    first, last = math.prod(old), math.prod(new)
    if first == 0.0 or last == 0.0:
        return order_average_split(old, new)
    mean = _log_mean(first, last)
    return tuple(mean * _log_ratio(a, b) for a, b in zip(old, new, strict=True))


def order_average_split(before: Sequence[float], after: Sequence[float]) -> tuple[float, ...]:
    """As ``log_mean_split``, by changing one factor after the other, averaged over all orders (Shapley); takes zeros.

    With two factors a part is the factor's change times the other's average. The average over orders equals the
    integral of the product's slope along the straight line from before to after, which Gauss's rule with half as
    many points as factors gives exactly, so the orders need not be walked. Source: Das Gupta 1993, US Census
    P23-186; .3 x .45 to .6 x .5 is .1425 from the first and .0225 from the second factor.

    Raises:
        ValueError: lengths differ, or a factor or product is negative or not finite.
    """
    old, new = np.array(_factors(before)), np.array(_factors(after))
    if old.shape != new.shape:
        raise ValueError(f"before and after differ in length: {old.size} and {new.size}.")
    nodes, weights = np.polynomial.legendre.leggauss(max(1, (old.size + 1) // 2))
    along = old + np.outer((nodes + 1.0) / 2.0, new - old)
    others = (np.prod(np.delete(along, factor, axis=1), axis=1) for factor in range(old.size))
    slopes = [float((weights * product).sum()) / 2.0 for product in others]
    return tuple(step * slope for step, slope in zip((new - old).tolist(), slopes, strict=True))


def _decompose(
    earlier: tuple[Floats, Floats],
    later: tuple[Floats, Floats],
    overall: tuple[float, float],
    ends: Sequence[tuple[float, float] | tuple[None, None]],
    is_judged: npt.NDArray[np.bool_],
) -> Decomposition:
    """Kitagawa on ``(shares, rates)`` of two periods; ``ends`` are the rate parts' intervals."""
    (w0, r0), (w1, r1) = earlier, later
    here, there = w0 > 0.0, w1 > 0.0
    # A segment of one period has no rate in the other: with its own rate put there, all of its part is mix.
    r0, r1 = np.where(here, r0, np.where(there, r1, 0.0)), np.where(there, r1, np.where(here, r0, 0.0))
    mix = (w1 - w0) * ((r0 + r1) / 2.0 - (overall[0] + overall[1]) / 2.0)
    rate = (r1 - r0) * (w0 + w1) / 2.0
    change = overall[1] - overall[0]
    segments = tuple(
        SegmentChange(grown, own, low, high, is_new=is_new, is_gone=is_gone)
        for grown, own, (low, high), is_new, is_gone in zip(
            mix.tolist(), rate.tolist(), ends, (there & ~here).tolist(), (here & ~there).tolist(), strict=True
        )
    )
    rounding = _ROUNDING * float(np.abs([r0, r1]).max())
    moves = np.sign(np.where(np.abs(r1 - r0) > rounding, r1 - r0, 0.0))[is_judged]
    is_simpson = bool(abs(change) > rounding and moves.size and (moves == -np.sign(change)).all())
    return Decomposition(*overall, change, math.fsum(mix), math.fsum(rate), segments, is_simpson)


def _rates(hits: Ints, leads: Ints) -> Floats:
    """Hits per lead, NaN without leads."""
    return hits / np.where(leads > 0, leads, np.nan)


def _pairs(hits: Ints, leads: Ints) -> list[tuple[int, int]]:
    return list(zip(hits.tolist(), leads.tolist(), strict=True))


def _weighted(shares: Floats, rates: Floats) -> float:
    """The overall rate of the segments present."""
    there = shares > 0.0
    return math.fsum(shares[there] * rates[there])


def _flat(values: npt.ArrayLike) -> Floats:
    flat = np.asarray(values, dtype=np.float64)
    if flat.ndim != 1:
        raise ValueError(f"shares and rates must be flat arrays, found shape {flat.shape}.")
    return flat


def _factors(values: Sequence[float]) -> list[float]:
    factors = [float(value) for value in values]
    if not all(math.isfinite(value) and value >= 0.0 for value in [*factors, math.prod(factors)]):
        raise ValueError(f"factors must be finite and not negative, found {factors}.")
    return factors


def _log_mean(first: float, last: float) -> float:
    """(last - first) / ln(last / first) for positive products; their common value when equal."""
    return (last - first) / _log_ratio(first, last) if last != first else first


def _log_ratio(first: float, last: float) -> float:
    """ln(last / first) of positive numbers, to all digits for nearly equal ones and without overflow for others."""
    growth = (last - first) / first
    return math.log1p(growth) if abs(growth) < 0.5 else math.log(last) - math.log(first)
