"""What became of the leads when one outcome rules out the others: Aalen-Johansen cumulative incidence on counts.

One minus Kaplan-Meier per outcome treats a lost lead as one that may still be won, so the shares add up to more than
there are leads. Here won, lost and open always add up to 1.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from analytics.stats.arrays import Floats, Ints, as_counts
from analytics.stats.intervals import normal_quantile, score_interval, wilson_bounds, wilson_interval
from analytics.stats.survival import Share


@dataclass(frozen=True, slots=True, eq=False)
class Incidence:
    """Cumulative incidence of each outcome ("cause"). The causes are numbered from 0 in the order they were given.

    Arrays have one entry per distinct duration, those at which leads were only censored too; two-dimensional ones
    have one row per cause. At every time the cumulative shares and ``survival`` add up to 1.

    Attributes:
        times: rising distinct int64 durations, in the unit given.
        cumulative: causes x times, share with that outcome by each time (inclusive), in [0, 1].
        variance: causes x times, delta variance of ``cumulative``; 0 where it is 0 or 1.
        counted: causes x times, leads seen with that outcome by each time, running.
        survival: share with no outcome yet just after each time: Kaplan-Meier for any outcome.
        at_risk: leads without an outcome watched at least as long as each time; one censored exactly then counts.
        leads: all leads, with an outcome or not.
        events: leads seen with each outcome, one entry per cause.
        longest_follow_up: the longest duration of any lead.
        first_censored: the shortest duration of a lead without an outcome; None when all had one.
    """

    times: Ints
    cumulative: Floats
    variance: Floats
    counted: Ints
    survival: Floats
    at_risk: Ints
    leads: int
    events: tuple[int, ...]
    longest_follow_up: int
    first_censored: int | None

    def share_by(self, duration: float, cause: int, confidence: float = 0.95) -> Share | None:
        """The share whose outcome was ``cause`` within ``duration`` (inclusive), with its interval.

        None when nobody was watched that long while some leads had no outcome yet. With no lead censored *before*
        ``duration`` it is a plain share of counted leads with Wilson's interval. Otherwise the interval is log-log
        in the share *without* the outcome, 1 - (1 - F)^exp(+-z se / ((1 - F) ln(1 - F))), so that a single cause
        has exactly the interval of ``WaitCurve.share_by``. Where this outcome was not seen yet, the variance is 0
        and would claim certainty; there Wilson's interval on the leads still watched, n / S (Peto et al. 1977, Br.
        J. Cancer 35:1-39: the leads that would leave as many watched had nobody been censored), stands in. Where
        every lead had this outcome, both ends are None.

        Raises:
            ValueError: no such cause, or the confidence is not between 0 and 1.
        """
        self._check(cause)
        if duration > self.longest_follow_up and self.survival[-1] > 0.0:
            return None
        step = int(np.searchsorted(self.times, duration, side="right")) - 1
        seen = int(self.counted[cause, step]) if step >= 0 else 0
        if self.first_censored is None or self.first_censored >= duration:
            low, high = wilson_interval(seen, self.leads, confidence) or (None, None)
            return Share(seen / self.leads, low, high)
        if seen == 0:
            # The first time from ``duration`` on: whoever is at risk then was watched all the way.
            ahead = min(int(np.searchsorted(self.times, duration, side="left")), self.times.size - 1)
            equivalent = float(self.at_risk[ahead]) / float(_before(self.survival, 1.0)[ahead])
            return Share(0.0, *score_interval(0.0, equivalent, normal_quantile(confidence)))
        if self.cumulative[cause, step] == 1.0:
            return Share(1.0, None, None)
        at = slice(step, step + 1)
        low_end, high_end = _log_log(self.cumulative[cause, at], self.variance[cause, at], confidence)
        return Share(float(self.cumulative[cause, step]), float(low_end[0]), float(high_end[0]))

    def bands(self, cause: int, confidence: float = 0.95) -> tuple[Floats, Floats]:
        """Lower and upper edge of ``cumulative[cause]`` at each of ``times``: what ``share_by`` says there.

        NaN where leads were censored and all others had this outcome: there is no band, and none is to be drawn.

        Raises:
            ValueError: no such cause, or the confidence is not between 0 and 1.
        """
        self._check(cause)
        seen = self.counted[cause]
        low, high = _log_log(self.cumulative[cause], self.variance[cause], confidence)
        z2 = normal_quantile(confidence) ** 2
        equivalent = self.at_risk / _before(self.survival, 1.0)
        low, high = np.where(seen == 0, 0.0, low), np.where(seen == 0, z2 / (equivalent + z2), high)
        until = np.inf if self.first_censored is None else self.first_censored
        plain_low, plain_high = wilson_bounds(seen, np.full(seen.shape, self.leads), confidence)
        is_plain = self.times <= until
        return np.where(is_plain, plain_low, low), np.where(is_plain, plain_high, high)

    def _check(self, cause: int) -> None:
        if not 0 <= cause < len(self.events):
            raise ValueError(f"there are {len(self.events)} causes, numbered from 0; asked for {cause}.")


def cumulative_incidence(
    durations: npt.ArrayLike, events: Sequence[npt.ArrayLike] | Ints, censored: npt.ArrayLike
) -> Incidence | None:
    """The Aalen-Johansen curves of counted leads; None for no leads.

    F_k(t) adds up S(t-) d_k / n over the times up to t, S being Kaplan-Meier for any outcome (Aalen & Johansen 1978).
    Outcomes at the same time need no order, outcomes at 0 count, and a lead censored at a time is still at risk at
    it. The variance is the delta method's on the multinomial counts at each time (Dinse & Larson 1986, Biometrika
    73:379-386; recommended by Allignol et al. 2010, Biometrical J. 52:126-137): Greenwood's with a single cause,
    F (1 - F) / n without censoring. Checked against the bone marrow transplants of Scrucca et al. 2007, Bone Marrow
    Transplant. 40:381-387: .27283899 relapsed and .48126955 died, where one minus Kaplan-Meier says .330 and .628.

    Args:
        durations: int, one per row, in any unit and order; a duration may stand in several rows.
        events: counts, causes x rows: leads whose outcome came at that duration.
        censored: counts, one per row: leads watched that long without an outcome.

    Raises:
        ValueError: lengths differ, no cause, or a value is negative or no whole number.
    """
    when, c = as_counts(durations, "durations"), as_counts(censored, "censored")
    by_cause = [as_counts(row, f"events[{cause}]") for cause, row in enumerate(events)]
    if not by_cause or not all(row.size == when.size == c.size for row in by_cause):
        raise ValueError(
            f"events must be causes x rows: {when.size} durations, {c.size} censored, {[r.size for r in by_cause]}."
        )
    counts = np.vstack([*by_cause, c])
    peopled = counts.any(axis=0)
    when, counts = _one_column_each(when[peopled], counts[:, peopled])
    return _estimate(when, counts[:-1], counts[-1]) if when.size else None


def _estimate(when: Ints, d: Ints, c: Ints) -> Incidence:
    any_cause = d.sum(axis=0)
    n: Ints = np.cumsum((any_cause + c)[::-1])[::-1]
    left: Floats = (n - any_cause).astype(np.float64)
    survival: Floats = np.cumprod(left / n, dtype=np.float64)
    jumps: Floats = _before(survival, 1.0) * (d / n)
    counted: Ints = np.cumsum(d, axis=1)
    # Nobody is left and nobody ended otherwise: said by the counts, as a sum of shares may round to just under 1.
    is_all = (survival == 0.0) & (counted == np.cumsum(any_cause))
    return Incidence(
        times=when,
        cumulative=np.where(is_all, 1.0, np.minimum(1.0, np.cumsum(jumps, axis=1))),
        variance=np.where(is_all, 0.0, _delta_variance(d, n, survival)),
        counted=counted,
        survival=survival,
        at_risk=n,
        leads=int(n[0]),
        events=tuple(d.sum(axis=1).tolist()),
        longest_follow_up=int(when[-1]),
        first_censored=int(when[np.argmax(c > 0)]) if c.any() else None,
    )


def _delta_variance(d: Ints, n: Ints, survival: Floats) -> Floats:
    """Delta variance of each cause's share at each time, causes x times, in one pass.

    The textbook sum holds F(t) - F(t_i) and costs times squared, or cancels when multiplied out. The same variance
    as a recursion: a step takes (S, F) to (S (1 - h), F + S h_k), so it carries Var S / S^2 (Greenwood's sum) and
    Cov(S, F) / S along and adds the multinomial variance of the hazards h = d / n of that step.
    """
    any_cause = d.sum(axis=0)
    start = _before(survival, 1.0)
    hazard = d / n
    jump = start * hazard
    # Somebody is left after every time but the last, and the last is behind nobody: no division by 0.
    ahead = (n - any_cause)[:-1].astype(np.float64)
    greenwood = np.concatenate(([0.0], np.cumsum(any_cause[:-1] / (n[:-1] * ahead))))
    covariance = np.cumsum(jump * (greenwood - 1.0 / n), axis=1)
    steps = jump * (2.0 * _before(covariance, 0.0) + jump * greenwood + start * (1.0 - hazard) / n)
    return np.maximum(0.0, np.cumsum(steps, axis=1))


def _before(values: Floats, first: float) -> Floats:
    """The value just before each time: shifted by one along the last axis, ``first`` at the front."""
    shifted = np.empty_like(values)
    shifted[..., 0] = first
    shifted[..., 1:] = values[..., :-1]
    return shifted


def _log_log(share: Floats, variance: Floats, confidence: float) -> tuple[Floats, Floats]:
    """Interval of ``share``, log-log in 1 - share; NaN at 0 and 1, where it does not exist."""
    f = np.where((share > 0.0) & (share < 1.0), share, np.nan)
    rest = np.log1p(-f)
    spread = normal_quantile(confidence) * np.sqrt(variance) / ((1.0 - f) * -rest)
    with np.errstate(over="ignore"):  # a hopelessly wide interval ends at 1
        low, high = -np.expm1(rest * np.exp(-spread)), -np.expm1(rest * np.exp(spread))
    return np.minimum(low, f), np.maximum(high, f)


def _one_column_each(when: Ints, counts: Ints) -> tuple[Ints, Ints]:
    """Sorted by duration, columns of the same duration added up."""
    if when.size == 0 or (np.diff(when) > 0).all():
        return when, counts
    order = np.argsort(when, kind="stable")
    when = when[order]
    starts = np.flatnonzero(np.concatenate(([True], np.diff(when) > 0)))
    return when[starts], np.add.reduceat(counts[:, order], starts, axis=1)
