"""From a reason of rejection to an owner and a fix: the to-do list, the most leads first."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

from analytics import formatting as text
from analytics.cohort import Cohort
from analytics.measurable import knows_first_touch, knows_touches
from analytics.metrics.compose import journey_relation, rate
from analytics.rejection_mix import LEAST
from analytics.rejections import Reason, measure_reasons
from analytics.results import Rate, Unmeasurable
from analytics.schema import REASON_CODES, reason_words
from analytics.warehouse import Warehouse

Side = Literal["marketing", "sales", "both sides", "RevOps"]
ENOUGH = 10
"""A reason with fewer rejections is no task yet: it is counted and named, not assigned."""
_HIGH = 0.5


@dataclass(frozen=True, slots=True)
class Fix:
    """One task: ``leads`` rejected for the reason, ``rate`` per lead handed off, ``share`` of all rejections.

    ``words`` is the fix in a few words, ``when`` by when, ``why`` the evidence that decides the side, or "".
    """

    code: str
    side: Side
    words: str
    when: str
    leads: int
    rate: Rate
    share: Rate
    why: str = ""


@dataclass(frozen=True, slots=True)
class Unanswered:
    """Rejections for "no engagement": how many were worked too little to know.

    ``untouched``: no recorded touch; ``under_worked``: fewer touches than the contract's cadence asks for (``touches``),
    the untouched included; None where the export does not know.
    """

    leads: int
    untouched: Rate | None
    under_worked: Rate | None
    touches: int


@dataclass(frozen=True, slots=True)
class Fixes:
    """Tasks from the most leads per 100 handed off to the fewest; ``left_out``: reasons with too few leads, counted."""

    tasks: tuple[Fix, ...]
    left_out: tuple[tuple[str, int], ...]
    unanswered: Unanswered | None


_PLAN: dict[str, tuple[Side, str, str]] = {
    "out_of_icp": ("marketing", "tighten the definition and the targeting of the largest sources", "before the next campaign"),
    "bad_contact_data": ("marketing", "a form and enrichment fix", "this week"),
    "duplicate": ("RevOps", "a matching rule before routing", "this week"),
    "competitor": ("marketing", "a suppression list before scoring", "this week"),
    "student_or_job_seeker": ("marketing", "filter private addresses and job titles before scoring", "this week"),
    "timing": ("both sides", "recycle to nurture with a date to come back", "this month"),
    "no_budget": ("both sides", "agree what to ask before handoff, recycle the rest to nurture", "this month"),
    "other": ("both sides", "split the code: read the leads together, name two or three reasons", "at the next review"),
    "missing": ("sales", "make the reason mandatory when a lead is rejected", "this week"),
}  # fmt: skip
_ENGAGE: dict[Side, tuple[str, str]] = {
    "sales": ("speed and cadence first: work these leads to the agreed cadence before closing them", "this week"),
    "marketing": ("they were worked and did not answer: ask for a clearer sign of interest before handoff", "this month"),
    "both sides": ("look at speed and cadence first, then at the intent behind these leads", "this week"),
}  # fmt: skip


def measure_fixes(warehouse: Warehouse, cohort: Cohort) -> Fixes | Unmeasurable:
    """The to-do list of one cohort; no task while it holds under 30 rejections."""
    reasons = measure_reasons(warehouse, cohort)
    if isinstance(reasons, Unmeasurable):
        return reasons
    unanswered = _unanswered(warehouse, cohort)
    least = ENOUGH if sum(one.count for one in reasons) >= LEAST else math.inf
    return Fixes(
        tasks=tuple(_task(one, unanswered) for one in reasons if one.count >= least),
        left_out=tuple((one.code, one.count) for one in reasons if one.count < least),
        unanswered=unanswered,
    )


def _task(reason: Reason, unanswered: Unanswered | None) -> Fix:
    if reason.code == "no_engagement":
        side, why = _side_of(unanswered)
        words, when = _ENGAGE[side]
    else:
        (side, words, when), why = _PLAN[reason.code], ""
    return Fix(reason.code, side, words, when, reason.count, reason.per_lead, reason.share, why)


def _unanswered(warehouse: Warehouse, cohort: Cohort) -> Unanswered | None:
    """What was done before leads were rejected for no engagement; None where none was."""
    touches = int(cohort.contract.cadence_touches)
    rows = warehouse.run(
        "SELECT count(*) AS leads, count(*) FILTER (WHERE NOT is_touched AND NOT is_touched_before) AS untouched, "
        "count(*) FILTER (WHERE coalesce(recorded_touches, CASE WHEN NOT is_touched THEN 0 END) < $touches) AS under_worked "
        f"FROM {journey_relation(warehouse, cohort)} WHERE is_rejected AND reason = $reason",
        {"touches": touches, "reason": REASON_CODES.index("no_engagement")},
    )
    leads, untouched, under_worked = rows.row(0)
    if not leads:
        return None
    manifest = cohort.manifest
    return Unanswered(
        leads,
        rate(untouched, leads) if knows_first_touch(manifest) else None,
        rate(under_worked, leads) if knows_touches(manifest) else None,
        touches,
    )


def _side_of(found: Unanswered | None) -> tuple[Side, str]:
    """Whose side "no engagement" is: one side's only where the interval is clear of one half."""
    share = (found.under_worked or found.untouched) if found else None
    if found is None or share is None:
        return "both sides", "How often sales tried cannot be measured from this export."
    what = (
        f"fewer than {text.plural(found.touches, 'recorded touch', 'recorded touches')}"
        if found.under_worked
        else "no recorded touch"
    )
    why = f"{text.rate_with_interval(share)} of them had {what}."
    if not text.is_quotable(share) or share.low is None or share.high is None:
        return "both sides", why
    return ("sales" if share.low > _HIGH else "marketing" if share.high < _HIGH else "both sides"), why


def task_words(task: Fix) -> str:
    """One task as a line: ``40 % bad contact data: a form and enrichment fix, marketing, this week``."""
    share = text.percent(task.share.value)
    return f"{share} {reason_words(task.code)}: {task.words}, {task.side}, {task.when}"


def plan_text(tasks: tuple[Fix, ...]) -> str:
    """The chosen tasks as plain text, one numbered line each with its count."""
    return "\n".join(
        f"{place}. {task_words(task)} ({text.plural(task.leads, 'lead')}, {text.in_hundred(task.rate.value)} of every 100)"
        for place, task in enumerate(tasks, start=1)
    )
