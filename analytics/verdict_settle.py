"""How many leads would settle an open number, if the rate stayed as it is."""

from __future__ import annotations

from analytics.handoff_steps import AT_LEAST_OFF
from analytics.results import Rate
from analytics.stats.intervals import wilson_interval

MOST_SOUGHT = 1_000_000
_ROUNDING = 1e-9


def leads_to_settle(value: Rate, target: float) -> int | None:
    """The number of leads at which an unchanged rate would have its whole interval on one side of the target.

    An interval by account is wider than Wilson's by a factor that stays as leads are added. None without an interval,
    where the rate misses by under 2 points (it can then only be met), or beyond a million leads.
    """
    share = value.value
    if share is None or value.low is None or value.high is None or is_near_miss(share, target):
        return None
    if value.low >= target or value.high < target:
        return value.denominator
    own = share - value.low if share >= target else value.high - share
    plain = _reach(share, value.denominator, target)
    wider = own / plain if plain > 0 else 1.0
    low, high = value.denominator, MOST_SOUGHT
    if low >= high or not _is_clear(share, high, target, wider):
        return None
    while high - low > 1:
        middle = (low + high) // 2
        if _is_clear(share, middle, target, wider):
            high = middle
        else:
            low = middle
    return high


def is_near_miss(share: float, target: float) -> bool:
    """Whether a rate lies under its target by less than a miss needs."""
    return share < target and target - share < AT_LEAST_OFF - _ROUNDING


def _is_clear(share: float, leads: int, target: float, wider: float) -> bool:
    """Whether an interval so many times as wide as Wilson's would lie on one side of the target."""
    reach = wider * _reach(share, leads, target)
    return share - reach >= target if share >= target else share + reach < target


def _reach(share: float, leads: int, target: float) -> float:
    """How far Wilson's interval reaches from a rate on so many leads towards the target, and past it."""
    found = wilson_interval(round(share * leads), leads)
    if found is None:
        return 0.0
    return share - found[0] if share >= target else found[1] - share
