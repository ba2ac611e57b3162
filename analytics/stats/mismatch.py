"""Do wins come from where leads come from? Distances between two distributions over bands, against what luck gives.

Wins are a subset of the leads, so luck means: draw that many leads blindly and call them wins.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

from analytics.stats.arrays import Floats, Ints, as_successes
from analytics.stats.bands import Trend, cochran_armitage
from analytics.stats.intervals import wilson_interval

MismatchVerdict = Literal["mismatch", "no mismatch", "not enough wins"]
ENOUGH_WINS = 20
_SEED = 20_240_117
_DRAWS = 20_000
_DRAWN_COUNTS = 1_000_000


@dataclass(frozen=True, slots=True)
class BandIndex:
    """A band's share of wins over its share of leads, 1 meaning its fair share, with the 95 % interval.

    The same number is the band's win rate over the overall win rate, so the interval is Wilson's around the win rate,
    divided by the overall rate. Never negative; no upper limit.
    """

    value: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Mismatch:
    """How far the distribution of wins over bands lies from the distribution of leads.

    Attributes:
        total_variation: share of wins, in [0, 1], that would have to come from another band to match the leads.
        overlap: 1 - total_variation.
        chance_mean: total variation that blind luck gives on average (closed form).
        chance_p95: total variation that blind luck stays at or under in 95 of 100 cases (simulated).
        distance_bands: how many bands wins sit away from leads on average; None for bands without an order, or
            without a known win.
        direction_bands: mean band of the wins minus mean band of the leads: positive, wins sit higher. None as above.
        index: per band, in order; None for a band without leads.
        unknown_index: the same for the band "unknown"; None without one.
        trend: Cochran-Armitage of the win rate over the band's position; None for bands without an order, or where
            no trend can exist.
        modal_lead_band: position of the band with most leads; the lower of equals.
        modal_win_band: position of the band with most wins; the lower of equals; None when no win has a known band.
        verdict: see ``mismatch``.
    """

    total_variation: float
    overlap: float
    chance_mean: float
    chance_p95: float
    distance_bands: float | None
    direction_bands: float | None
    index: tuple[BandIndex | None, ...]
    unknown_index: BandIndex | None
    trend: Trend | None
    modal_lead_band: int
    modal_win_band: int | None
    verdict: MismatchVerdict

    @property
    def is_above_chance(self) -> bool:
        """Whether the total variation exceeds its 95 % chance line; standing exactly on it is still chance."""
        return _exceeds(self.total_variation, self.chance_p95)


def total_variation(p: npt.ArrayLike, q: npt.ArrayLike) -> float:
    """Half the summed absolute difference of two distributions: 0 the same, 1 nothing in common.

    [.5 .3 .15 .05] against [.1 .2 .3 .4] is .5.

    Raises:
        ValueError: lengths differ, a share is negative, or either does not sum to 1.
    """
    one, other = _as_shares(p, q)
    return min(1.0, 0.5 * float(np.abs(one - other).sum()))


def ordered_distance(p: npt.ArrayLike, q: npt.ArrayLike) -> float:
    """Wasserstein-1 over the band's position: how many bands q's members sit away from p's on average.

    The sum over cut points of the absolute difference of the running shares. Positions, not headcounts: else one band
    of giants decides. Checked against ``scipy.stats.wasserstein_distance``: [.5 .3 .15 .05] against [.1 .2 .3 .4] is
    1.25.

    Raises:
        ValueError: as ``total_variation``.
    """
    return float(np.abs(_cut_differences(p, q)).sum())


def ordered_direction(p: npt.ArrayLike, q: npt.ArrayLike) -> float:
    """Mean position under q minus mean position under p, in bands: positive when q sits higher.

    The signed twin of ``ordered_distance``, and never further from 0.

    Raises:
        ValueError: as ``total_variation``.
    """
    return float(_cut_differences(p, q).sum())


def mismatch(
    leads: npt.ArrayLike, wins: npt.ArrayLike, *, ordered: bool, unknown: tuple[int, int] | None = None
) -> Mismatch | None:
    """Where leads come from against where wins come from; None without leads, without wins, or within one band.

    ``leads`` and ``wins`` hold one count per band, lowest band first; the wins are a subset of the leads. ``unknown``
    is (leads, wins) of the leads whose band nobody knows: a category of its own in the total variation, its chance
    figures and the overall win rate, outside everything that needs a place (distance, direction, trend, modal bands).

    Verdict: "not enough wins" with under 20 wins whose band is known. "mismatch" needs all three: total variation
    above its 95 % chance line; the band with most leads is not the band with most wins; the former's index interval
    lies wholly under 1 and the latter's wholly above. Else "no mismatch". Fixture: leads [500 300 150 50], wins
    [10 15 20 15] give total variation .383, distance .917, index .33 .83 2.2 5.0, trend z 8.2527.

    Raises:
        ValueError: lengths differ, a band has more wins than leads, negative or fractional counts, or a thousand
            million leads (numpy's limit for drawing).
    """
    won, total = as_successes(wins, leads)
    all_won, all_total = won, total
    if unknown is not None:
        all_won, all_total = as_successes([*won.tolist(), unknown[1]], [*total.tolist(), unknown[0]])
    every_win, known_wins = int(all_won.sum()), int(won.sum())
    if every_win == 0 or total.sum() == 0 or np.count_nonzero(all_total) < 2:
        return None
    index = _indices(all_won, all_total)
    variation = total_variation(all_total / all_total.sum(), all_won / every_win)
    limit = _chance_limit(all_total, every_win)
    lead_mode, win_mode = int(np.argmax(total)), int(np.argmax(won)) if known_wins else None
    has_places = ordered and known_wins > 0
    shares = total / total.sum(), won / max(1, known_wins)
    return Mismatch(
        total_variation=variation,
        overlap=1.0 - variation,
        chance_mean=_chance_mean(all_total, every_win),
        chance_p95=limit,
        distance_bands=ordered_distance(*shares) if has_places else None,
        direction_bands=ordered_direction(*shares) if has_places else None,
        index=index[: total.size],
        unknown_index=None if unknown is None else index[-1],
        trend=cochran_armitage(won, total, np.arange(total.size)) if ordered else None,
        modal_lead_band=lead_mode,
        modal_win_band=win_mode,
        verdict=_verdict(known_wins, index, lead_mode, win_mode, is_above_chance=_exceeds(variation, limit)),
    )


def _verdict(
    wins: int,
    index: tuple[BandIndex | None, ...],
    lead_mode: int,
    win_mode: int | None,
    *,
    is_above_chance: bool,
) -> MismatchVerdict:
    """The written rule of ``mismatch``."""
    if wins < ENOUGH_WINS or win_mode is None:
        return "not enough wins"
    source, target = index[lead_mode], index[win_mode]
    if source is None or target is None or lead_mode == win_mode or not is_above_chance:
        return "no mismatch"
    return "mismatch" if source.high < 1.0 < target.low else "no mismatch"


def _exceeds(variation: float, limit: float) -> bool:
    # Both are multiples of one small fraction, computed by different sums: equal means equal up to rounding.
    return variation > limit + 1e-12


def _indices(won: Ints, total: Ints) -> tuple[BandIndex | None, ...]:
    """Each band's win rate and Wilson's interval around it, over the overall win rate; None without leads."""
    overall = int(won.sum()) / int(total.sum())
    found: list[BandIndex | None] = []
    for hits, leads in zip(won.tolist(), total.tolist(), strict=True):
        interval = wilson_interval(hits, leads)
        if interval is None:
            found.append(None)
        else:
            found.append(BandIndex(hits / leads / overall, interval[0] / overall, interval[1] / overall))
    return tuple(found)


def _chance_mean(leads: Ints, wins: int) -> float:
    """Total variation to expect when ``wins`` >= 1 of two or more leads are picked blindly.

    1/2 sum sqrt(2 var_k / pi) with the hypergeometric variance of a band's share of wins,
    ``p_k (1 - p_k) / w * (N - w) / (N - 1)``: the normal's mean absolute deviation. 60 wins over leads
    [500 300 150 50] give .0766 (all picks enumerated: .0759), 20 wins .1355 (.1318).
    """
    size = int(leads.sum())
    share = leads / size
    variance = share * (1.0 - share) / wins * ((size - wins) / (size - 1))
    return 0.5 * float(np.sqrt(2.0 * variance / math.pi).sum())


def _chance_limit(leads: Ints, wins: int) -> float:
    """The total variation that 95 of 100 blind picks of ``wins`` >= 1 leads stay at or under.

    20,000 draws without replacement (multivariate hypergeometric), fixed seed; fewer, but at least 2,000, beyond 50
    bands, where the value hardly scatters. Without replacement at every size: a multinomial stand-in would put the
    line too high wherever a noticeable share of the leads wins, however many leads there are. Total variation moves in
    small steps, and the line is one of them: of all picks of 60 among [500 300 150 50], enumerated, 94.98 % stay at or
    under 8/60 and 97.6 % at or under 9/60.
    """
    peopled = leads[leads > 0]
    draws = max(2_000, min(_DRAWS, _DRAWN_COUNTS // peopled.size))
    picks = np.random.default_rng(_SEED).multivariate_hypergeometric(
        peopled, wins, size=draws, method="marginals"
    )
    variation = 0.5 * np.abs(picks / wins - peopled / peopled.sum()).sum(axis=1)
    return float(np.quantile(variation, 0.95, method="inverted_cdf"))


def _as_shares(p: npt.ArrayLike, q: npt.ArrayLike) -> tuple[Floats, Floats]:
    one, other = np.asarray(p, dtype=np.float64), np.asarray(q, dtype=np.float64)
    if one.shape != other.shape or one.ndim != 1:
        raise ValueError(f"wanted two flat distributions of one length, found {one.shape} and {other.shape}.")
    for shares in (one, other):
        # Written so that a NaN fails it too.
        if not ((shares >= 0.0).all() and abs(float(shares.sum()) - 1.0) <= 1e-9):
            raise ValueError(f"shares must not be negative and must sum to 1, found {shares.tolist()}.")
    return one, other


def _cut_differences(p: npt.ArrayLike, q: npt.ArrayLike) -> Floats:
    """Running share under p minus running share under q at each cut between neighbouring bands."""
    one, other = _as_shares(p, q)
    differences: Floats = np.cumsum(one - other)[:-1]
    return differences
