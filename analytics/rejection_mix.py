"""Reasons per period, and what can be said of them: what moved between two windows, which reason leads, is it stuck."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from analytics.metrics.compose import rate
from analytics.periods import Unit, following
from analytics.results import Rate
from analytics.stats.bands import Trend
from analytics.stats.intervals import newcombe_difference
from analytics.stats.mix import (
    is_falling,
    is_stuck,
    mix_shift,
    stuck_trend,
    top_of_two,
)
from analytics.stats.simultaneous import sison_glaz_intervals

LEAST = 30
"""Rejections that a window must hold before its mix is compared with another one."""
LONGEST = 3
"""A window joins at most so many neighbouring periods to reach ``LEAST``."""
_LUCK, _MOVED = 0.05, 0.01
# The mix is looked at by week, month and quarter and under every filter: what moved must be plainer than one look.

Course = Literal["falling", "rising", "steady"]


@dataclass(frozen=True, slots=True)
class PeriodOfRejections:
    """The leads handed off in one period; each rejected lead once. ``number`` as in ``periods``.

    ``of_leads`` is rejected of all leads; ``reasons`` holds (code, rejections), ``rates`` the same per lead handed off (Wilson) and ``shares`` of the
    period's rejections (Sison and Glaz, right together), all in the order of the whole selection. ``is_whole``: the
    selection covers the period. ``is_immature``: some of its leads are younger than the disposition window; all of
    them are old enough on ``judged_on``.
    """

    number: int
    starts_on: date
    leads: int
    settled: int
    rejected: int
    of_leads: Rate
    reasons: tuple[tuple[str, int], ...]
    rates: tuple[Rate, ...]
    shares: tuple[Rate, ...]
    is_whole: bool
    is_immature: bool
    judged_on: date


@dataclass(frozen=True, slots=True)
class Window:
    """One period, or up to three neighbouring ones, with enough rejections to compare; ``first``, ``last``: numbers.

    ``after`` is the first period that no longer belongs to it. ``counts`` are in the order of the codes.
    """

    first: int
    last: int
    leads: int
    rejected: int
    counts: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Move:
    """One reason in the first and the last window: per lead handed off, and as a share of the rejections.

    ``difference`` is the change of the rate per lead with its Newcombe interval. ``has_moved``: the mix as a whole
    differs beyond luck, and this reason is one of those that make the difference.
    """

    code: str
    before: Rate
    after: Rate
    share_before: Rate
    share_after: Rate
    difference: float
    low: float
    high: float
    has_moved: bool

    @property
    def is_rate_clear(self) -> bool:
        """Whether the interval of the change per lead lies wholly on one side of zero."""
        return self.low > 0 or self.high < 0


@dataclass(frozen=True, slots=True)
class Shift:
    """The mix of the first window against that of the last; ``moves`` in the order of the codes.

    ``variation`` is the share of rejections that changed reason, ``chance`` what luck alone brings on average.
    ``is_beyond_luck``: the chi-square test says so at 1 % and the variation exceeds chance.
    """

    first: Window
    last: Window
    moves: tuple[Move, ...]
    pvalue: float
    is_simulated: bool
    variation: float
    chance: float
    is_beyond_luck: bool


@dataclass(frozen=True, slots=True)
class Front:
    """The reason that leads now, that is in the latest window with enough rejections.

    ``run`` counts the periods it has led one right after the other, the latest that is tested included; ``since`` is
    the first of them. A period that is not tested, as one without leads, ends the run. ``rate``
    is per lead handed off over the run. ``is_clear``: an exact binomial test of its rejections in the run against the
    ``runner_up``'s excludes luck at 5 %. ``course`` is that of its rate per lead over all periods old enough.
    ``is_stuck``: it has led three or more periods in a row without falling over them.
    """

    code: str
    runner_up: str | None
    run: int
    since: int
    rate: Rate
    is_clear: bool
    course: Course
    is_stuck: bool


def shares_of(counts: Sequence[int]) -> tuple[Rate, ...]:
    """Each count as a share of their sum, with intervals that hold together; without one for no counts."""
    total = sum(counts)
    ends = sison_glaz_intervals(list(counts))
    if ends is None:
        return tuple(Rate(count, total) for count in counts)
    return tuple(
        Rate(count, total, float(low), float(high)) for count, low, high in zip(counts, *ends, strict=True)
    )


def usable(periods: Sequence[PeriodOfRejections]) -> list[PeriodOfRejections]:
    """The periods that are tested: with leads, all of them old enough, and no sliver.

    A sliver is a period that the selection covers only in part, with under 30 rejections: two days of July are no
    month in which a reason leads.
    """
    return [
        one
        for one in periods
        if one.leads and not one.is_immature and (one.is_whole or one.rejected >= LEAST)
    ]


def window_of(joined: Sequence[PeriodOfRejections]) -> Window:
    """Neighbouring periods, in time order, as one."""
    counts = tuple(sum(column) for column in zip(*(_counts(one) for one in joined), strict=True))
    return Window(
        joined[0].number,
        joined[-1].number,
        sum(one.leads for one in joined),
        sum(one.rejected for one in joined),
        counts,
    )


def shift_between(
    periods: Sequence[PeriodOfRejections], codes: Sequence[str], unit: Unit = Unit.MONTH
) -> Shift | None:
    """The first window against the last; None where there are no two windows apart with enough rejections.

    A window joins periods of the ``unit`` that follow one right after the other, never across one that is not tested.
    Pearson's chi-square, by Monte Carlo on fixed margins where expected counts are small; a reason moved when its
    adjusted residual is beyond 2.6 (Haberman 1973). Source: ``stats.mix``.
    """
    old = usable(periods)
    first = next((found for at in range(len(old)) if (found := _grown(old, at, 1, unit))), None)
    last = next((found for at in reversed(range(len(old))) if (found := _grown(old, at, -1, unit))), None)
    if first is None or last is None or first.last >= last.first:
        return None
    test = mix_shift([first.counts, last.counts])
    if test is None:
        return None
    is_beyond_luck = test.pvalue < _MOVED and test.total_variation > test.chance_variation
    shares = zip(shares_of(first.counts), shares_of(last.counts), strict=True)
    moves = tuple(
        _move(code, first, last, place, pair, is_beyond_luck and place in test.moved)
        for place, (code, pair) in enumerate(zip(codes, shares, strict=True))
    )
    return Shift(
        first,
        last,
        moves,
        test.pvalue,
        test.is_simulated,
        test.total_variation,
        test.chance_variation,
        is_beyond_luck,
    )


def front_of(
    periods: Sequence[PeriodOfRejections], codes: Sequence[str], unit: Unit = Unit.MONTH
) -> Front | None:
    """The leading reason with its run and its course; None where no window holds enough rejections.

    A period's leader is that of its own rejections, or of up to three neighbouring periods that end with it where they
    are under 30. The trend is Cochran and Armitage's over the periods themselves, so no rejection counts twice.
    """
    old = usable(periods)
    windows = [_grown(old, at, -1, unit) for at in range(len(old))]
    tops = [None if one is None else max(range(len(codes)), key=one.counts.__getitem__) for one in windows]
    if not tops or tops[-1] is None:
        return None
    top = tops[-1]
    unbroken = _unbroken(old, unit)
    run = next((back for back in range(unbroken) if tops[-1 - back] != top), unbroken)
    hits, leads = [_counts(one)[top] for one in old], [one.leads for one in old]
    led = window_of(old[-run:])
    rest = [place for place in range(len(codes)) if place != top and led.counts[place]]
    second = max(rest, key=led.counts.__getitem__, default=None)
    return Front(
        code=codes[top],
        runner_up=None if second is None else codes[second],
        run=run,
        since=old[-run].number,
        rate=rate(led.counts[top], led.leads),
        is_clear=top_of_two(led.counts[top], 0 if second is None else led.counts[second]) < _LUCK,
        course=_course(stuck_trend(hits, leads)),
        is_stuck=is_stuck(tops[-unbroken:], hits[-unbroken:], leads[-unbroken:]),
    )


def _course(trend: Trend | None) -> Course:
    if trend is None:
        return "steady"
    if is_falling(trend):
        return "falling"
    # Growth is alarming, so it has to be plainer than a fall before it is said.
    return "rising" if trend.z > 0 and trend.pvalue < _MOVED else "steady"


def _counts(period: PeriodOfRejections) -> tuple[int, ...]:
    return tuple(count for _, count in period.reasons)


def _are_neighbours(one: PeriodOfRejections, other: PeriodOfRejections, unit: Unit) -> bool:
    """Whether the later of two periods follows right after the earlier."""
    first, second = sorted((one.number, other.number))
    return following(unit, first) == second


def _unbroken(old: Sequence[PeriodOfRejections], unit: Unit) -> int:
    """How many periods up to the last follow one right after the other."""
    back = 1
    while back < len(old) and _are_neighbours(old[-back - 1], old[-back], unit):
        back += 1
    return back


def _grown(old: Sequence[PeriodOfRejections], at: int, step: int, unit: Unit) -> Window | None:
    """The shortest window of neighbouring periods from ``at`` on, forwards or backwards, that holds enough rejections."""
    for size in range(LONGEST):
        end = at + step * size
        if not 0 <= end < len(old) or (size and not _are_neighbours(old[end - step], old[end], unit)):
            return None
        found = window_of(old[min(at, end) : max(at, end) + 1])
        if found.rejected >= LEAST:
            return found
    return None


def _move(
    code: str, first: Window, last: Window, place: int, shares: tuple[Rate, Rate], has_moved: bool
) -> Move:
    before, after = first.counts[place], last.counts[place]
    change = newcombe_difference(after, last.leads, before, first.leads) or (0.0, 0.0, 0.0)
    return Move(code, rate(before, first.leads), rate(after, last.leads), *shares, *change, has_moved)
