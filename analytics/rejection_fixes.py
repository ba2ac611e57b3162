"""From a reason of rejection to an owner and a fix: the to-do list, the most leads first."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

from analytics import formatting as text
from analytics.cohort import Cohort
from analytics.measurable import knows_first_touch, knows_touches
from analytics.metrics.catalog import selection_of
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
    the untouched included, of the leads whose number of touches is known; None where the export does not know.
    ``unknown`` leads, whose number of touches it does not say, stand outside ``under_worked``.
    """

    leads: int
    untouched: Rate | None
    under_worked: Rate | None
    touches: int
    unknown: int = 0


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
    under = selection_of(f"under_worked:{touches}")
    counted = ", ".join(
        f"count(*) FILTER (WHERE {one})"
        for one in ("true", selection_of("rejected_untouched").predicate, under.predicate,
                    selection_of("touches_unknown").predicate)
    )  # fmt: skip
    rows = warehouse.run(
        f"SELECT {counted} FROM {journey_relation(warehouse, cohort)} WHERE is_rejected AND reason = $reason",
        {**under.params, "reason": REASON_CODES.index("no_engagement")},
    )
    leads, untouched, under_worked, unknown = rows.row(0)
    if not leads:
        return None
    manifest = cohort.manifest
    return Unanswered(
        leads,
        rate(untouched, leads) if knows_first_touch(manifest) else None,
        rate(under_worked, leads - unknown) if knows_touches(manifest) else None,
        touches,
        unknown if knows_touches(manifest) else 0,
    )


def _side_of(found: Unanswered | None) -> tuple[Side, str]:
    """Whose side "no engagement" is: one side's only where the interval is clear of one half.

    It has to be clear with every lead whose number of touches is unknown put on either end. Where only first touches
    are known, a lead with one may have been worked or not: then the untouched can tell of sales, nothing of marketing.
    """
    counted = found.under_worked if found and found.under_worked and found.under_worked.denominator else None
    share = counted or (found.untouched if found else None)
    if found is None or share is None:
        return "both sides", "How often sales tried cannot be measured from this export."
    unknown = found.leads - share.numerator if counted is None else found.unknown
    low = rate(share.numerator, found.leads).low or 0.0
    high = rate(share.numerator + unknown, found.leads).high or 1.0
    side: Side = "sales" if low > _HIGH else "marketing" if high < _HIGH else "both sides"
    if not text.is_quotable(share):
        side = "both sides"
    return side, _why(found, share, is_counted=counted is not None)


def _why(found: Unanswered, share: Rate, *, is_counted: bool) -> str:
    """The share that decides the side, and how many leads it says nothing of."""
    value = text.rate_with_interval(share)
    what = f"fewer than {text.plural(found.touches, 'recorded touch', 'recorded touches')}"
    if not is_counted:
        return f"{value} of them had no recorded touch; how often the others were touched is not known."
    if not found.unknown:
        return f"{value} of them had {what}."
    share_words, few = (value, "") if text.is_quotable(share) else (text.count(share.numerator), text.TOO_FEW)
    return (
        f"{share_words} of the {text.plural(share.denominator, 'lead')} whose number of touches is known had {what}"
        f"{f', {few}' if few else ''}; of {text.count(found.unknown)} it is not known."
    )


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
