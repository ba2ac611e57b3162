"""Which step of the handoff is in jeopardy? Each step's rate against the contract's target, and its direction."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

from analytics import formatting as text
from analytics.cohort import Cohort, open_cohort
from analytics.comparison import MetricChange, measure_comparison, previous_request
from analytics.contract import Contract
from analytics.measurable import (
    NO_OPPORTUNITIES,
    has_opportunities,
    is_cadence_at_most,
    obstacle,
)
from analytics.metrics.catalog import METRICS
from analytics.metrics.compose import count_sets, metric_rate, rate
from analytics.results import Rate, Unmeasurable
from analytics.warehouse import Warehouse

AT_LEAST_OFF = 0.02
"""A target is missed only by a point estimate at least this far under it."""
UNKNOWN_WHEN = "decided_unknown_when"
"""The lead set of those whose decision carries no date that tells whether it came in time."""
_ROUNDING = 1e-9

State = Literal["missed", "met", "open", "no target", "too few", "no leads", "unknown"]
Side = Literal["marketing", "sales", "both"]


@dataclass(frozen=True, slots=True)
class HandoffStep:
    """One step between two stages: a metric of the catalog with its target in [0, 1] (None: none is agreed).

    ``state``: missed (the 95 % interval lies wholly under the target and the rate at least 2 points off), met (wholly
    at or above it), open (anything else), or why it cannot be judged. ``short`` is how many leads a missed step is
    under its target, else 0. ``is_at_most``: the export cannot date or tell apart the
    touches, so the rate is the most it can be, and never called met. ``unknown_when`` leads were decided on an unknown
    day: ``rate`` counts them as not in time and is the least it can be, ``state`` holds whichever way they are counted
    (else it is open and ``is_unsure``), ``short`` and ``gap`` count them as in time. ``rate`` is None where
    ``unmeasurable`` says why. ``change`` is against the period before, None where there is none or where unknown days
    could make it. ``words`` name the step in a sentence.
    """

    slug: str
    label: str
    words: str
    side: Side
    target: float | None
    rate: Rate | None
    state: State
    short: int
    change: MetricChange | None
    unmeasurable: Unmeasurable | None
    is_at_most: bool = False
    unknown_when: int = 0
    is_unsure: bool = False

    @property
    def gap(self) -> float:
        """How far under its target the rate lies at least, 0 where it does not or nothing is known."""
        value = _at_best(self.rate, self.unknown_when).value if self.rate else None
        return max(0.0, self.target - value) if self.target is not None and value is not None else 0.0


_STEPS: tuple[tuple[str, str, str], ...] = (
    ("touched_inside_limit", "Touched inside the limit", "the first touch inside the limit"),
    ("decided_in_window", "Decided in time, with a reason", "the decision with a reason inside the window"),
    ("accepted_of_decided", "Accepted, of those decided", "acceptance of the leads decided"),
    ("working_rate", "Worked to full cadence", "full cadence on accepted leads"),
    ("accepted_to_opportunity", "Accepted to opportunity", "the way from acceptance to opportunity"),
    ("opportunity_to_won", "Won, of decided opportunities", "winning decided opportunities"),
)
STEP_METRICS = tuple(slug for slug, _, _ in _STEPS)


def targets(contract: Contract) -> dict[str, float]:
    """Metric -> the contract's target for it, for the steps that have one."""
    return {
        "touched_inside_limit": contract.target_touched_inside_limit,
        "decided_in_window": contract.target_decided_in_window,
        "accepted_of_decided": contract.target_acceptance_of_decided,
        "working_rate": contract.target_working_rate,
        "accepted_to_opportunity": contract.target_accepted_to_opportunity,
    }


def measure_steps(warehouse: Warehouse, cohort: Cohort) -> tuple[HandoffStep, ...]:
    """Every step in the order in which a lead takes them, measured or with the reason why it cannot be."""
    obstacles = {slug: step_obstacle(cohort, slug) for slug in STEP_METRICS}
    measured = [slug for slug in STEP_METRICS if obstacles[slug] is None]
    parts = [
        part
        for slug in measured
        for part in (METRICS[slug].numerator, METRICS[slug].denominator, METRICS[slug].pending)
        if part
    ]
    counts = count_sets(warehouse, cohort, parts) if parts else {}
    compared = measure_comparison(warehouse, cohort, tuple(measured))
    changes = {row.metric.slug: row for row in compared.rows} if compared and compared.before_leads else {}
    aims = targets(cohort.contract)
    is_dated = obstacles["decided_in_window"] is None
    unknown_when = count_sets(warehouse, cohort, (UNKNOWN_WHEN,))[UNKNOWN_WHEN] if is_dated else 0
    if is_dated and _may_be_days(warehouse, cohort):
        changes.pop("decided_in_window", None)
    is_at_most = is_cadence_at_most(cohort.manifest, cohort.contract.cadence_channels)
    return tuple(
        _step(
            names,
            aims.get(names[0]),
            metric_rate(counts, names[0]) if obstacles[names[0]] is None else None,
            changes.get(names[0]),
            obstacles[names[0]],
            is_at_most=names[0] == "working_rate" and is_at_most,
            unknown_when=unknown_when if names[0] == "decided_in_window" else 0,
        )
        for names in _STEPS
    )


def _may_be_days(warehouse: Warehouse, cohort: Cohort) -> bool:
    """Whether decisions on unknown days could move the share decided in time by 2 points, now or in the period before."""
    request = previous_request(cohort)
    if request is None:
        return False
    before = open_cohort(warehouse, cohort.manifest, cohort.contract, request)
    settled = METRICS["decided_in_window"].denominator
    both = (count_sets(warehouse, one, (UNKNOWN_WHEN, settled)) for one in (cohort, before))
    return any(counts[UNKNOWN_WHEN] >= AT_LEAST_OFF * max(1, counts[settled]) for counts in both)


def step_obstacle(cohort: Cohort, slug: str) -> Unmeasurable | None:
    """Why a step cannot be measured; a win alone does not say when its opportunity came."""
    needs_opportunities = slug in {"accepted_to_opportunity", "opportunity_to_won"}
    if needs_opportunities and not has_opportunities(cohort.manifest):
        return NO_OPPORTUNITIES
    return obstacle(cohort.manifest, slug)


def _step(
    names: tuple[str, str, str],
    target: float | None,
    rate: Rate | None,
    change: MetricChange | None,
    unmeasurable: Unmeasurable | None,
    *,
    is_at_most: bool,
    unknown_when: int,
) -> HandoffStep:
    slug, label, words = names
    steward = METRICS[slug].steward
    side: Side = (
        "marketing" if steward == "marketing" else "sales" if target and steward == "sales" else "both"
    )
    state = judged(rate, target)
    if is_at_most and state == "met":
        state = "open"
    is_unsure = is_turned(rate, target, unknown_when)
    if is_unsure:
        state = "open"
    is_short = rate is not None and target is not None and state == "missed"
    short = short_of(_at_best(rate, unknown_when), target) if is_short and rate and target is not None else 0
    return HandoffStep(
        slug, label, words, side, target, rate, state, short, change, unmeasurable, is_at_most, unknown_when, is_unsure
    )  # fmt: skip


def _at_best(measured: Rate, unknown_when: int) -> Rate:
    """The rate with every lead decided on an unknown day counted as in time."""
    if not unknown_when:
        return measured
    return rate(measured.numerator + unknown_when, measured.denominator, measured.pending)


def is_turned(measured: Rate | None, target: float | None, unknown_when: int) -> bool:
    """Whether leads decided on unknown days would give another state if they were counted as in time."""
    if measured is None or not unknown_when:
        return False
    return judged(_at_best(measured, unknown_when), target) != judged(measured, target)


def judged(rate: Rate | None, target: float | None) -> State:
    """Missed, met or open against a target, by the rule of the verdict; or why that cannot be said.

    >>> judged(Rate(60, 100, 0.502, 0.691), 0.75)
    'missed'
    """
    if rate is None:
        return "unknown"
    if rate.value is None or rate.low is None or rate.high is None:
        return "no leads"
    if not text.is_quotable(rate):
        return "too few"
    if target is None:
        return "no target"
    if rate.high < target and target - rate.value >= AT_LEAST_OFF - _ROUNDING:
        return "missed"
    return "met" if rate.low >= target else "open"


def short_of(rate: Rate, target: float) -> int:
    """How many more leads would have reached the target, never under 0.

    >>> short_of(Rate(60, 100), 0.75)
    15
    """
    return max(0, math.ceil(target * rate.denominator - _ROUNDING) - rate.numerator)


def reading(steps: tuple[HandoffStep, ...]) -> str:
    """Which step lies furthest below its target, in one sentence; that none does, where none does."""
    missed = sorted((one for one in steps if one.state == "missed"), key=lambda one: -one.gap)
    if missed:
        return _furthest(missed[0])
    judged_steps = [one for one in steps if one.state in {"met", "open"}]
    still_open = [one for one in judged_steps if one.state == "open"]
    if not judged_steps:
        few = any(one.state == "too few" for one in steps)
        return "Too few leads to judge any step." if few else ""
    if not still_open:
        return f"No step is below its target: {_all_of(len(judged_steps))} met."
    named = _listed([f"{one.words} ({_against(one)})" for one in still_open[:2]])
    more = f" and {len(still_open) - 2} more" if len(still_open) > 2 else ""
    return f"No step is clearly below its target; still open: {named}{more}."


def _furthest(first: HandoffStep) -> str:
    measured = first.rate or Rate(0, 0)
    even = ", even with them" if first.unknown_when else ""
    return (
        f"The step furthest below its target is {first.words}: {bound_words(first)}{text.rate_with_interval(measured)}, target"
        f" {text.percent(first.target)}{_undated(first)}, {text.plural(first.short, 'lead')} short{even}."
    )


def bound_words(one: HandoffStep) -> str:
    """``at most`` or ``at least`` before a rate that the export bounds on one side only; else empty."""
    return "at most " if one.is_at_most else "at least " if one.unknown_when else ""


def unknown_words(one: HandoffStep) -> str:
    """How many leads were decided on an unknown day: ``50 leads decided without a date``; else empty."""
    return f"{text.plural(one.unknown_when, 'lead')} decided without a date" if one.unknown_when else ""


def _undated(one: HandoffStep) -> str:
    return f", {unknown_words(one)}" if one.unknown_when else ""


def also_below(steps: tuple[HandoffStep, ...]) -> str:
    """The other steps below their target, for the line under the answer; empty where there is at most one."""
    missed = sorted((one for one in steps if one.state == "missed"), key=lambda one: -one.gap)
    others = [f"{one.words} ({_against(one)})" for one in missed[1:]]
    return f"also below: {_listed(others)}" if others else ""


def _against(one: HandoffStep) -> str:
    value = one.rate.value if one.rate else None
    return f"{bound_words(one)}{text.percent(value)}, target {text.percent(one.target)}{_undated(one)}"


def _all_of(number: int) -> str:
    return "the one with a target is" if number == 1 else f"all {number} with a target are"


def _listed(parts: list[str]) -> str:
    """``a``, ``a and b``, ``a, b and c``."""
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} and {parts[-1]}"
