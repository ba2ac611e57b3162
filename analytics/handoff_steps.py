"""Which step of the handoff is in jeopardy? Each step's rate against the contract's target, and its direction."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

from analytics import formatting as text
from analytics.cohort import Cohort
from analytics.comparison import MetricChange, measure_comparison
from analytics.contract import Contract
from analytics.measurable import (
    NO_OPPORTUNITIES,
    has_channels,
    has_opportunities,
    is_cadence_undated,
    obstacle,
)
from analytics.metrics.catalog import METRICS
from analytics.metrics.compose import count_sets, metric_rate
from analytics.results import Rate, Unmeasurable
from analytics.warehouse import Warehouse

AT_LEAST_OFF = 0.02
"""A target is missed only by a point estimate at least this far under it."""
_ROUNDING = 1e-9

State = Literal["missed", "met", "open", "no target", "too few", "no leads", "unknown"]
Side = Literal["marketing", "sales", "both"]


@dataclass(frozen=True, slots=True)
class HandoffStep:
    """One step between two stages: a metric of the catalog with its target in [0, 1] (None: none is agreed).

    ``state``: missed (the 95 % interval lies wholly under the target and the rate at least 2 points off), met (wholly
    at or above it), open (anything else), or why it cannot be judged. ``short`` is how many leads a missed step is
    under its target, else 0. ``is_at_most``: the export cannot date or tell apart the
    touches, so the rate is the most it can be, and never called met. ``rate`` is None where ``unmeasurable`` says why. ``change`` is against the period
    before, None where there is none. ``words`` name the step in a sentence.
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

    @property
    def gap(self) -> float:
        """How far under its target the rate lies, 0 where it does not or nothing is known."""
        value = self.rate.value if self.rate else None
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
    is_at_most = is_cadence_undated(cohort.manifest) or not has_channels(cohort.manifest)
    return tuple(
        _step(
            names,
            aims.get(names[0]),
            metric_rate(counts, names[0]) if obstacles[names[0]] is None else None,
            changes.get(names[0]),
            obstacles[names[0]],
            is_at_most=names[0] == "working_rate" and is_at_most,
        )
        for names in _STEPS
    )


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
) -> HandoffStep:
    slug, label, words = names
    steward = METRICS[slug].steward
    side: Side = (
        "marketing" if steward == "marketing" else "sales" if target and steward == "sales" else "both"
    )
    state = judged(rate, target)
    if is_at_most and state == "met":
        state = "open"
    short = short_of(rate, target) if rate and target is not None and state == "missed" else 0
    return HandoffStep(slug, label, words, side, target, rate, state, short, change, unmeasurable, is_at_most)


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
    rate = first.rate or Rate(0, 0)
    return (
        f"The step furthest below its target is {first.words}: {'at most ' if first.is_at_most else ''}{text.rate_with_interval(rate)}, target"
        f" {text.percent(first.target)}, {text.plural(first.short, 'lead')} short."
    )


def also_below(steps: tuple[HandoffStep, ...]) -> str:
    """The other steps below their target, for the line under the answer; empty where there is at most one."""
    missed = sorted((one for one in steps if one.state == "missed"), key=lambda one: -one.gap)
    others = [f"{one.words} ({_against(one)})" for one in missed[1:]]
    return f"also below: {_listed(others)}" if others else ""


def _against(one: HandoffStep) -> str:
    value = one.rate.value if one.rate else None
    return f"{text.percent(value)}, target {text.percent(one.target)}"


def _all_of(number: int) -> str:
    return "the one with a target is" if number == 1 else f"all {number} with a target are"


def _listed(parts: list[str]) -> str:
    """``a``, ``a and b``, ``a, b and c``."""
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} and {parts[-1]}"
