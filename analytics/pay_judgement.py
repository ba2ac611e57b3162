"""A quarter judged as if the pay plan had been live: from its counts alone to conditions, gates and outcomes."""

from __future__ import annotations

import math
from collections.abc import Iterable
from datetime import date, timedelta
from fractions import Fraction

from analytics.contract import JUDGED_FROM, Contract
from analytics.metrics.catalog import METRICS
from analytics.metrics.compose import rate
from analytics.pay_quarter import CONDITIONS, Condition, QuarterCounts, QuarterPay, State, Volume
from analytics.periods import Unit, first_day, following

LEAST_DECIDED = Fraction(str(JUDGED_FROM))
"""Under this share decided, acceptance says more about sales' silence than about marketing's leads."""
_UNSURE = {
    "accepted_to_opportunity": "opportunity_undated",
    "decided_in_window": "decided_unknown_when",
    "working_rate": "cadence_unknown",
}
"""Metric -> the count of leads that may be hits, and nobody can say."""


def least_hits(target: float, leads: int) -> int:
    """The fewest hits that reach a target, exactly: 0.8 of 35 is 28, not 29."""
    return math.ceil(Fraction(str(target)) * leads)


def targets(contract: Contract) -> dict[str, float]:
    """Metric -> target, for the five conditions."""
    return {
        "accepted_of_decided": contract.target_acceptance_of_decided,
        "accepted_to_opportunity": contract.target_accepted_to_opportunity,
        "touched_inside_limit": contract.target_touched_inside_limit,
        "working_rate": contract.target_working_rate,
        "decided_in_window": contract.target_decided_in_window,
    }


def judge_quarter(counts: QuarterCounts, contract: Contract) -> QuarterPay:
    """What the plan would have paid for one quarter, from its counts alone."""
    volume = _volume(counts, contract)
    decided = rate(counts.decided_settled, counts.settled, counts.pending_decision)
    conditions = tuple(_condition(slug, target, counts) for slug, target in targets(contract).items())
    quality = _quality(counts, [one for one in conditions if CONDITIONS[one.slug][0] == "marketing"])
    sales = _gate(counts, (one for one in conditions if CONDITIONS[one.slug][0] == "sales"))
    missed = (("marketing", quality), ("sales", sales))
    return QuarterPay(
        number=counts.number,
        counts=counts,
        volume=volume,
        quality=quality,
        marketing=_bonus(volume.state, quality),
        sales=sales,
        decided=decided,
        conditions=conditions,
        funded_by=tuple(side for side, state in missed if state is State.MISSED),
        judged_on=_judged_on(counts.number, contract),
    )


def _volume(counts: QuarterCounts, contract: Contract) -> Volume:
    """Three months of volume. Too few leads of a quarter of which a part is missing, filtered or to come miss nothing."""
    target = contract.monthly_volume * 3
    by = counts.leads - target
    if not target:
        state = State.NOT_AGREED
    elif by >= 0:
        state = State.MET
    elif not counts.is_whole or counts.is_filtered:
        state = State.IN_PART
    else:
        state = State.MISSED if counts.is_over else State.PENDING
    return Volume(state, counts.leads, target, by, f"leads.quarter:{counts.number}")


def _condition(slug: str, target: float, counts: QuarterCounts) -> Condition:
    metric, at = METRICS[slug], f"quarter:{counts.number}"
    pending_set = metric.pending or "young_open"
    keys = (
        f"{metric.numerator}.{at}",
        f"{metric.denominator}.{at}",
        f"{CONDITIONS[slug][1]}.{at}",
        f"{pending_set}.{at}",
    )
    why = next((why for name, why in counts.obstacles if name == slug), None)
    if why is not None:
        return Condition(slug, State.UNKNOWN, None, target, why=why, keys=keys)
    hits, leads = getattr(counts, metric.numerator), getattr(counts, metric.denominator)
    pending = getattr(counts, metric.pending) if metric.pending else counts.young_open
    unsure = getattr(counts, _UNSURE[slug]) if slug in _UNSURE else 0
    found = rate(hits, leads, pending)
    by = hits - least_hits(target, leads) if leads else None
    is_at_most = slug == "working_rate" and counts.is_at_most
    return Condition(
        slug=slug,
        state=_state(counts, slug, by, unsure, pending, is_at_most=is_at_most),
        rate=found,
        target=target,
        by=by,
        is_within_luck=found.low is not None and found.high is not None and found.low <= target <= found.high,
        pending=pending,
        unsure=unsure,
        is_at_most=is_at_most,
        keys=keys,
    )


def _state(
    counts: QuarterCounts, slug: str, by: int | None, unsure: int, pending: int, *, is_at_most: bool
) -> State:
    if pending or not counts.is_over:
        return State.PENDING
    is_silent = Fraction(counts.decided_settled) < LEAST_DECIDED * counts.settled
    if slug == "accepted_of_decided" and is_silent:
        return State.NOT_JUDGED
    if by is None:
        return State.ZERO
    if (by < 0 <= by + unsure) or (by >= 0 and is_at_most):
        return State.UNKNOWN
    return State.MET if by >= 0 else State.MISSED


_ORDER = (State.PENDING, State.NOT_JUDGED, State.MISSED, State.UNKNOWN, State.ZERO)


def _gate(counts: QuarterCounts, conditions: Iterable[Condition]) -> State:
    """A gate holds when all its conditions do; what can still change, or must not be judged, is said before a miss."""
    states = [one.state for one in conditions]
    if not counts.leads:
        return State.PENDING if not counts.is_over else State.ZERO
    if all(state is State.UNKNOWN for state in states):
        return State.UNKNOWN
    if not counts.is_whole:
        return State.IN_PART
    return next((state for state in _ORDER if state in states), State.MET)


def _quality(counts: QuarterCounts, conditions: list[Condition]) -> State:
    """Marketing's gate; where nobody knows who was rejected, nobody knows whether enough are decided to judge it."""
    state = _gate(counts, conditions)
    is_decided_unknown = any(
        one.slug == "accepted_of_decided" and one.state is State.UNKNOWN for one in conditions
    )
    return State.UNKNOWN if state is State.MISSED and is_decided_unknown else state


def _bonus(volume: State, quality: State) -> State:
    """Marketing's bonus: volume and gate; a missed volume pays nothing whatever the gate says."""
    if volume is State.MISSED or quality is State.MISSED:
        return State.MISSED
    if quality is State.MET and volume in {State.PENDING, State.IN_PART}:
        return volume
    return quality


def _judged_on(number: int, contract: Contract) -> dict[str, date]:
    """Side -> when its last lead has had its time; the cadence window begins with the acceptance."""
    after = first_day(Unit.QUARTER, following(Unit.QUARTER, number))
    longest = {
        "marketing": max(contract.horizon_days, contract.disposition_days),
        "sales": contract.disposition_days + contract.cadence_days,
    }
    return {side: after + timedelta(days=days) for side, days in longest.items()}
