"""A rate's change along one dimension: mix and own rate per segment, and whether the segments moved apart by luck."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from analytics.metrics.compose import rate
from analytics.results import Rate
from analytics.stats.decomposition import SegmentChange, kitagawa

LEAST_SHARE = 0.1
"""A part is named only where it carries at least this share of all movement in its dimension."""
SHUFFLES, DRAWS, SEED = 500, 1_000, 20_260_402
ORDERED = ("size_band", "score_band")
_ROUNDING = 1e-12
Row = tuple[str | None, int, int, int, int]
"""A segment's value; its hits and leads before, its hits and leads now."""
Counts = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Segment:
    """One segment's part of the change, all parts in [-1, 1]; ``mix`` + ``own`` is its whole part.

    ``value`` None = the export does not say. ``key`` names its leads (a lead set with its number), empty where the
    value of the dimension does. ``share_before`` and ``share_now``: of the leads the rate stands on. ``own_low`` and
    ``own_high`` are None where it is new or gone. ``names_mix`` and ``names_own``: the part is beyond luck and large
    enough to be named.
    """

    value: str | None
    key: str
    before: Rate
    now: Rate
    share_before: float
    share_now: float
    mix: float
    mix_low: float
    mix_high: float
    own: float
    own_low: float | None
    own_high: float | None
    is_new: bool
    is_gone: bool
    names_mix: bool
    names_own: bool

    @property
    def movement(self) -> float:
        """How much the segment moved the rate, up or down."""
        return abs(self.mix) + abs(self.own)


@dataclass(frozen=True, slots=True)
class Dimension:
    """One view of the change: its segments, whose parts add up to ``mix`` and ``own``, and these to the change.

    ``apart``: how far the own-rate parts differ from an equal share of the change; ``luck``: the same on average over
    shuffled periods, ``pvalue`` the share of shuffles that come as far. ``is_beyond_luck``: adjusted for all views tried;
    ``is_listed``: among the three clearest of those.
    """

    name: str
    segments: tuple[Segment, ...]
    mix: float
    own: float
    is_simpson: bool
    apart: float
    luck: float
    pvalue: float
    is_beyond_luck: bool = False
    is_listed: bool = False


def split(name: str, rows: Sequence[Row], keys: Mapping[str | None, str] | None = None) -> Dimension:
    """One dimension's segments, in their own order where they have one, else those that moved the rate most first.

    ``keys``: value -> the key of its lead set, where the value is no filter.

    Raises:
        ValueError: a period has no leads.
    """
    table = np.array([row[1:] for row in rows], dtype=np.int64).T
    whole = kitagawa(table[0], table[1], table[2], table[3])
    if whole is None:
        raise ValueError(f"a period without leads has no change by {name}.")
    ends = _mix_intervals(table)
    totals = int(table[1].sum()), int(table[3].sum())
    gross = sum(abs(part.mix) + abs(part.rate) for part in whole.segments)
    segments = [
        _segment(row, part, (low, high), totals, gross, (keys or {}).get(row[0], ""))
        for row, part, low, high in zip(rows, whole.segments, *ends, strict=True)
    ]
    if name in ORDERED:
        segments.sort(key=lambda one: (one.value is None, _lowest(one.value)))
    else:
        segments.sort(key=lambda one: (-one.movement, one.value is None, one.value))
    apart, luck, pvalue = _moved_apart(table)
    return Dimension(name, tuple(segments), whole.mix, whole.rate, whole.is_simpson, apart, luck, pvalue)


def _segment(
    row: Row,
    part: SegmentChange,
    mix_ends: tuple[float, float],
    totals: tuple[int, int],
    gross: float,
    key: str,
) -> Segment:
    value, old_hits, old_leads, hits, leads = row
    low, high = mix_ends
    is_own_clear = part.rate_low is not None and part.rate_high is not None and not part.rate_low <= 0 <= part.rate_high  # fmt: skip
    enough = LEAST_SHARE * gross - _ROUNDING
    return Segment(
        value=value, key=key, before=rate(old_hits, old_leads), now=rate(hits, leads),
        share_before=old_leads / totals[0], share_now=leads / totals[1],
        mix=part.mix, mix_low=low, mix_high=high, own=part.rate, own_low=part.rate_low, own_high=part.rate_high,
        is_new=part.is_new, is_gone=part.is_gone,
        names_mix=not low <= 0 <= high and abs(part.mix) >= enough,
        names_own=is_own_clear and abs(part.rate) >= enough,
    )  # fmt: skip


def _lowest(label: str | None) -> float:
    """The lower edge that a band's label begins with."""
    first = (label or "").replace(",", "").split("–")[0].split(" ")[0].rstrip("+")
    try:
        return float(first)
    except ValueError:
        return float("inf")


def _cells(table: Counts, first: int) -> Counts:
    """Hits and misses of one period as one flat row; ``first`` is the row of its hits."""
    return np.concatenate([table[first], table[first + 1] - table[first]])


def _mix_intervals(table: Counts) -> tuple[list[float], list[float]]:
    """The 95 % ends of every mix part: both periods drawn anew from their own hits and misses, 1,000 times."""
    rng = np.random.default_rng(SEED)
    drawn = []
    for first in (0, 2):
        cells = _cells(table, first)
        sample = rng.multinomial(int(cells.sum()), cells / cells.sum(), size=DRAWS)
        drawn += [sample[:, : table.shape[1]], sample[:, : table.shape[1]] + sample[:, table.shape[1] :]]
    mix, _, _ = _parts(*drawn)
    low, high = np.quantile(mix, [0.025, 0.975], axis=0)
    return low.tolist(), high.tolist()


def _moved_apart(table: Counts) -> tuple[float, float, float]:
    """How far the segments moved apart from the whole, the same on average by luck, and the share of shuffles as far.

    The period is shuffled among the leads of both periods: each shuffle draws the earlier period from the hits and
    misses of all segments together, without replacement.
    """
    seen = _apart(*(row[np.newaxis] for row in table))[0]
    old, new = _cells(table, 0), _cells(table, 2)
    rng = np.random.default_rng(SEED)
    shuffled = rng.multivariate_hypergeometric(
        old + new, int(old.sum()), size=SHUFFLES, method="marginals"
    ).astype(np.int64)
    rest = (old + new)[np.newaxis] - shuffled
    many = table.shape[1]
    lucky = _apart(
        shuffled[:, :many], shuffled[:, :many] + shuffled[:, many:], rest[:, :many], rest[:, :many] + rest[:, many:]
    )  # fmt: skip
    as_far = int((lucky >= seen - _ROUNDING).sum())
    return float(seen), float(lucky.mean()), (1 + as_far) / (SHUFFLES + 1)


def _apart(x0: Counts, n0: Counts, x1: Counts, n1: Counts) -> Floats:
    """Per draw: the own-rate parts' distance from what each segment would carry had all moved alike."""
    _, own, weight = _parts(x0, n0, x1, n1)
    change = x1.sum(axis=1) / n1.sum(axis=1) - x0.sum(axis=1) / n0.sum(axis=1)
    distance: Floats = np.abs(own - weight * change[:, np.newaxis]).sum(axis=1)
    return distance


def _parts(x0: Counts, n0: Counts, x1: Counts, n1: Counts) -> tuple[Floats, Floats, Floats]:
    """``kitagawa`` for many tables at once: mix and own-rate parts and average shares, draws x segments."""
    w0, w1 = n0 / n0.sum(axis=1, keepdims=True), n1 / n1.sum(axis=1, keepdims=True)
    r0, r1 = x0 / np.maximum(n0, 1), x1 / np.maximum(n1, 1)
    r0, r1 = np.where(n0 > 0, r0, r1), np.where(n1 > 0, r1, r0)
    middle = (w0 * r0 + w1 * r1).sum(axis=1, keepdims=True) / 2
    weight = (w0 + w1) / 2
    return (w1 - w0) * ((r0 + r1) / 2 - middle), (r1 - r0) * weight, weight
