"""How long until a lead is touched, counting those still waiting: Kaplan-Meier on counted durations.

A lead nobody has touched stays at risk for as long as it was watched; it is never dropped. The database counts leads
per distinct duration, so the curve is built from counts and a million distinct durations cost a few array passes.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
import numpy.typing as npt

from analytics.stats.arrays import Floats, Ints, as_counts
from analytics.stats.intervals import normal_quantile, wilson_interval

BandType = Literal["log-log", "log"]
_FLAT = 1e-9


@dataclass(frozen=True, slots=True)
class Share:
    """A share in [0, 1] with its 95 % interval; both ends are None where the curve has no band."""

    value: float
    low: float | None
    high: float | None


@dataclass(frozen=True, slots=True, eq=False)
class WaitCurve:
    """A Kaplan-Meier curve of waits. All arrays have one entry per distinct time at which somebody was touched.

    Checked against R's survival package (Miller's AML data, Freireich's 6-MP, lung) and lifelines.

    Attributes:
        times: rising int64 durations at which leads were touched, in the unit given (seconds in this product).
        survival: share not yet touched just after each time, in [0, 1].
        greenwood: Greenwood's running sum G of d / (n (n - d)); infinite once nobody is left.
        at_risk: leads waiting at least as long as each time; one censored exactly then still counts.
        touched: leads touched by each time, running.
        leads: all leads, touched or not.
        events: leads touched.
        longest_follow_up: the longest duration of any lead, touched or not.
        first_censored: the shortest duration of a lead not touched; None when all were.
        is_thinned: made for drawing by ``thinned``; such a curve answers no questions.
    """

    times: Ints
    survival: Floats
    greenwood: Floats
    at_risk: Ints
    touched: Ints
    leads: int
    events: int
    longest_follow_up: int
    first_censored: int | None
    is_thinned: bool = False

    def survival_at(self, t: float) -> float:
        """S(t): the share not touched within ``t``; the last step's level beyond the longest follow-up."""
        self._refuse_thinned()
        step = self._step(t)
        return float(self.survival[step]) if step >= 0 else 1.0

    def share_by(self, t: float, confidence: float = 0.95) -> Share | None:
        """The share touched within ``t`` (at most ``t``, inclusive): 1 - S(t) with a log-log interval.

        None when nobody was watched as long as ``t`` and some leads were still waiting. With no lead censored
        *before* ``t`` it is a plain share of counted leads with Wilson's interval; a lead censored exactly at ``t``
        is known not to have been touched before or at ``t`` (the convention for ties), so it does not disturb. Where
        leads were censored earlier and nobody was touched yet, Wilson's interval on the leads still watched at the
        first touch stands in; where nobody is left waiting, the curve has no band and both ends are None.
        """
        self._refuse_thinned()
        step = self._step(t)
        survival = float(self.survival[step]) if step >= 0 else 1.0
        if t > self.longest_follow_up and survival > 0.0:
            return None
        if self.first_censored is None or self.first_censored >= t:
            touched = int(self.touched[step]) if step >= 0 else 0
            ends = wilson_interval(touched, self.leads, confidence) or (None, None)
            return Share(touched / self.leads, *ends)
        if step < 0:
            still_watched = int(self.at_risk[0]) if self.times.size else 0
            return Share(0.0, *(wilson_interval(0, still_watched, confidence) or (None, None)))
        if survival == 0.0:
            return Share(1.0, None, None)
        low, high = _band(
            self.survival[step : step + 1], self.greenwood[step : step + 1], "log-log", confidence
        )
        return Share(1.0 - survival, 1.0 - float(high[0]), 1.0 - float(low[0]))

    def quantile(self, p: float) -> float | None:
        """The duration within which share ``p`` in (0, 1] is touched; None: not reached.

        The smallest t with S(t) < 1 - p. Where S runs flat exactly on 1 - p (within 1e-9), the middle of the flat
        piece, up to the next touch or the end of follow-up: R's rule, and MEDIAN() when everybody was touched.
        Source: R survival ``quantile.survfit`` and its test ``quantile.R``.
        """
        self._refuse_thinned()
        return self._crossing(self.survival, _remaining(p))

    def quantile_interval(
        self, p: float, conf_type: BandType = "log-log", confidence: float = 0.95
    ) -> tuple[float | None, float | None]:
        """The durations at which the band's lower and upper edge reach 1 - p; either may be None, not reached.

        Brookmeyer & Crowley 1982, as R prints it with ``conf_type="log"``: 18 to not reached for the median of the
        maintained AML group, 13 to not reached with log-log.
        """
        self._refuse_thinned()
        low, high = self.interval_bands(conf_type, confidence)
        return self._crossing(low, _remaining(p)), self._crossing(high, _remaining(p))

    def restricted_mean(self, tau: float) -> tuple[float, float] | None:
        """``(mean wait, standard error)`` counting nobody beyond ``tau``; None when nobody was watched that long.

        The area under S up to tau; the variance sums, over touches up to tau, the squared area still ahead times
        d / (n (n - d)). Source: Klein & Moeschberger, section 4.5; checked against R (lung, tau 730: 429 with
        standard error 32.2) and survRM2 (9.794, 0.123).

        Raises:
            ValueError: tau is not positive.
        """
        if tau <= 0:
            raise ValueError(f"tau must be positive, found {tau}.")
        self._refuse_thinned()
        inside = int(np.searchsorted(self.times, tau, side="right"))
        level = np.concatenate(([1.0], self.survival[:inside]))
        if tau > self.longest_follow_up and level[-1] > 0.0:
            return None
        edges = np.concatenate(([0.0], self.times[:inside].astype(np.float64), [float(tau)]))
        areas = level * np.diff(edges)
        ahead = np.cumsum(areas[::-1])[::-1][1:]
        n = self.at_risk[:inside].astype(np.float64)
        d = np.diff(self.touched[:inside], prepend=0).astype(np.float64)
        left = np.where(n > d, n - d, np.inf)
        return float(areas.sum()), float(np.sqrt((ahead**2 * d / (n * left)).sum()))

    def interval_bands(
        self, conf_type: BandType = "log-log", confidence: float = 0.95
    ) -> tuple[Floats, Floats]:
        """Lower and upper edge of *survival* at each of ``times``, NaN where nobody is left waiting.

        log-log (SAS, lifelines) stays in [0, 1] by itself; log is R's default, its upper edge clipped to 1.
        """
        return _band(self.survival, self.greenwood, conf_type, confidence)

    def thinned(self, max_points: int) -> WaitCurve:
        """The same curve in at most ``max_points`` steps, for drawing: exact at kept steps, first and last kept.

        Steps are kept by level, so no drawn step is higher than its share of the whole fall plus the tallest real
        step, however the times bunch. ``leads``, ``events`` and follow-up stay those of the whole curve.

        Raises:
            ValueError: fewer than two points asked for.
        """
        if max_points < 2:
            raise ValueError(f"a curve needs at least 2 points, asked for {max_points}.")
        if self.times.size <= max_points:
            return self
        fallen = (self.survival[0] - self.survival) / (self.survival[0] - self.survival[-1])
        level = np.floor(fallen * (max_points - 1)).astype(np.int64)
        kept = np.flatnonzero(np.diff(level, prepend=-1) > 0)
        kept[-1] = self.times.size - 1
        return replace(
            self,
            times=self.times[kept],
            survival=self.survival[kept],
            greenwood=self.greenwood[kept],
            at_risk=self.at_risk[kept],
            touched=self.touched[kept],
            is_thinned=True,
        )

    def _step(self, t: float) -> int:
        """Index of the last time <= t, -1 before the first."""
        return int(np.searchsorted(self.times, t, side="right")) - 1

    def _crossing(self, levels: Floats, target: float) -> float | None:
        """When ``levels`` first sinks under ``target``; the middle of the flat piece if one lies exactly on it."""
        reached = np.flatnonzero(levels < target + _FLAT)
        if reached.size == 0:
            return None
        first = int(reached[0])
        if levels[first] < target - _FLAT:
            return float(self.times[first])
        below = np.flatnonzero(levels[first:] < target - _FLAT)
        until = self.times[first + int(below[0])] if below.size else self.longest_follow_up
        return (float(self.times[first]) + float(until)) / 2.0

    def _refuse_thinned(self) -> None:
        if self.is_thinned:
            raise ValueError("this curve was thinned for drawing; ask the whole curve.")


def counted(durations: npt.ArrayLike, is_event: npt.ArrayLike) -> tuple[Ints, Ints, Ints]:
    """One duration and one flag per lead, as ``(distinct durations, events, censored)`` for ``wait_curve``.

    Raises:
        ValueError: lengths differ, or a duration is negative or no whole number.
    """
    raw = as_counts(durations, "durations")
    flags = np.asarray(is_event, dtype=np.bool_)
    if flags.shape != raw.shape:
        raise ValueError(f"durations and is_event differ in length: {raw.size} and {flags.size}.")
    distinct, place = np.unique(raw, return_inverse=True)
    leads = np.bincount(place, minlength=distinct.size).astype(np.int64)
    events = np.bincount(place[flags], minlength=distinct.size).astype(np.int64)
    return distinct, events, leads - events


def wait_curve(durations: npt.ArrayLike, events: npt.ArrayLike, censored: npt.ArrayLike) -> WaitCurve | None:
    """The Kaplan-Meier curve of counted waits; None for no leads.

    The three arrays have equal length, one row per duration, in any order; a duration may stand in several rows. A
    lead censored at a duration is still at risk for a touch at it (Kaplan & Meier 1958).

    Raises:
        ValueError: lengths differ, or a value is negative or no whole number.
    """
    when = as_counts(durations, "durations")
    d, c = as_counts(events, "events"), as_counts(censored, "censored")
    if not when.size == d.size == c.size:
        raise ValueError(f"durations, events and censored differ in length: {when.size}, {d.size}, {c.size}.")
    peopled = d + c > 0
    when, d, c = _one_row_each(when[peopled], d[peopled], c[peopled])
    if when.size == 0:
        return None
    waiting = np.cumsum((d + c)[::-1])[::-1]
    rows = d > 0
    n, hit = waiting[rows], d[rows]
    left: Floats = (n - hit).astype(np.float64)
    survival: Floats = np.cumprod(left / n, dtype=np.float64)
    with np.errstate(divide="ignore"):
        greenwood = np.cumsum(hit / (n * left))
    return WaitCurve(
        times=when[rows],
        survival=survival,
        greenwood=greenwood,
        at_risk=n,
        touched=np.cumsum(hit),
        leads=int(waiting[0]),
        events=int(hit.sum()),
        longest_follow_up=int(when[-1]),
        first_censored=int(when[np.argmax(c > 0)]) if c.any() else None,
    )


def _one_row_each(when: Ints, d: Ints, c: Ints) -> tuple[Ints, Ints, Ints]:
    """Sorted by duration, rows of the same duration added up."""
    if when.size == 0 or (np.diff(when) > 0).all():
        return when, d, c
    order = np.argsort(when, kind="stable")
    when = when[order]
    starts = np.flatnonzero(np.concatenate(([True], np.diff(when) > 0)))
    return when[starts], np.add.reduceat(d[order], starts), np.add.reduceat(c[order], starts)


def _band(
    survival: Floats, greenwood: Floats, conf_type: BandType, confidence: float
) -> tuple[Floats, Floats]:
    """Pointwise band of survival; NaN where survival is 0."""
    z = normal_quantile(confidence)
    s = np.where(survival > 0.0, survival, np.nan)
    spread = z * np.sqrt(greenwood)
    if conf_type == "log":
        return s * np.exp(-spread), np.minimum(1.0, s * np.exp(spread))
    power = np.exp(spread / np.log(s))
    return s ** (1.0 / power), s**power


def _remaining(p: float) -> float:
    if not 0.0 < p <= 1.0:
        raise ValueError(f"p must lie in (0, 1], found {p}.")
    return 1.0 - p
