"""The words of the weekly review: what the last week was, what was outside the usual, whose turn it is and since when."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, timedelta

from analytics import formatting as text
from analytics.dispute_ruling import Clock
from analytics.results import Rate
from analytics.schema import reason_words
from analytics.stats.control import ENOUGH_POINTS, LEAST_POINTS
from analytics.store.actions import Action, Progress
from analytics.store.disputes import RULINGS, Dispute
from analytics.store.meetings import NAMES, Meeting, Recorded
from analytics.weekly_shapes import WEEKS, Place, Review, WeekNumber, WeekPoint, week_days

NUMBERS = {
    "volume": "Leads passed to sales",
    "acceptance_rate": "Accepted, of settled",
    "accepted_of_decided": "Accepted, of decided",
    "median_wait": "Half touched within",
    "touched_inside_limit": "Touched inside the limit",
    "working_rate": "Worked to full cadence",
}
"""Number of the review -> its name on the screen."""
_PLACES: dict[Place, str] = {"above": "above the usual", "below": "below the usual", "usual": "as usual"}
_WAITS: dict[Place, str] = {"above": "slower than usual", "below": "faster than usual", "usual": "as usual"}
STEPS = {
    "operators": "here, with both operators",
    "leaders": "both leaders, in the monthly council",
    "sponsor": "the sponsor",
}
"""Step of the contract's escalation path -> with whom a dispute lies."""
PENDING = "pending"
TOO_FEW_WEEKS = "too few weeks to say what is usual"
ALL_ALIKE = "the weeks before are all alike"


def name_of(one: WeekNumber) -> str:
    """The name of a number, or of a reason."""
    return NUMBERS.get(one.slug) or reason_words(one.slug)


def span(week: int) -> str:
    """A week's days, ``24 Aug – 30 Aug 2026``."""
    return text.period(*week_days(week))


def short_span(week: int) -> str:
    """A week's days where the year is known, ``24 Aug – 30 Aug``."""
    first, after = week_days(week)
    return f"{text.day_short(first)} {text.DASH} {text.day_short(after - timedelta(days=1))}"


def value_words(one: WeekNumber, point: WeekPoint | None, day_seconds: int) -> str:
    """A number of one week: leads, a wait, or a share; says what waits where nothing can be said yet."""
    if point is None:
        return text.DASH
    if one.kind == "count":
        return text.count(point.leads)
    if one.kind == "wait":
        if not point.leads:
            return f"{text.DASH} (n{text.NBSP}={text.NBSP}0)"
        return text.duration(point.value, day_seconds)
    found = point.rate or Rate(0, 0)
    if not found.denominator and found.pending:
        return PENDING
    at_most = "at most " if one.is_at_most and text.is_quotable(found) else ""
    return f"{at_most}{text.rate(found)}"


def counts_words(one: WeekNumber, point: WeekPoint | None) -> str:
    """The counts behind a number, with those still pending: ``83 of 177, 12 pending``."""
    if point is None:
        return ""
    if one.kind != "rate":
        return text.plural(point.leads, "lead") if one.kind == "wait" else ""
    found = point.rate or Rate(0, 0)
    pending = f"{text.count(found.pending)} pending" if found.pending else ""
    counted = text.of(found) if found.denominator else ""
    return ", ".join(part for part in (counted, pending) if part)


def interval_words(one: WeekNumber, point: WeekPoint | None, day_seconds: int) -> str:
    """The 95 % interval of a number; empty where there is none, or too few leads to quote it."""
    if point is None or point.interval is None or (one.kind == "wait" and not point.leads):
        return ""
    low, high = point.interval
    if one.kind == "rate":
        return text.percent_range(low, high) if point.rate and text.is_quotable(point.rate) else ""
    return text.duration_range(low, high, day_seconds)


def usual_words(one: WeekNumber, point: WeekPoint | None, day_seconds: int) -> str:
    """What is usual for the judged week, ``35–60 %``; empty without limits."""
    if point is None or point.low is None or point.high is None:
        return ""
    if one.kind == "rate":
        return text.percent_range(point.low, point.high)
    if one.kind == "wait":
        low = "0" if point.low <= 0 else text.duration(point.low, day_seconds)
        return f"{low} to {text.duration(point.high, day_seconds)}"
    return f"{text.count(_ceiling(point.low))}{text.DASH}{text.count(int(point.high))}"


def _ceiling(value: float) -> int:
    """The smallest whole number inside a limit."""
    return -int(-value // 1)


def place_words(one: WeekNumber) -> str:
    """``as usual``, ``below the usual``, ``slower than usual``; or why nobody can say."""
    if one.place:
        return (_WAITS if one.kind == "wait" else _PLACES)[one.place]
    point = one.point
    if point is None:
        return "the file holds no such whole week"
    if point.value is None:
        return "not reached" if one.kind == "wait" and point.leads else "no leads to judge"
    if one.strength != "none":
        return ""
    return TOO_FEW_WEEKS if one.weeks_before < LEAST_POINTS else ALL_ALIKE


def answer(review: Review) -> str:
    """The last week in two sentences: what came and how fast it was touched, and what is outside the usual."""
    if not review.leads:
        first = f"No lead was passed to sales in the last week, {span(review.last)}."
    else:
        was = "were" if review.leads != 1 else "was"
        first = f"{text.plural(review.leads, 'lead')} {was} passed to sales last week{_touched(review)}."
    judged = [one for one in review.numbers if one.place]
    outside = [one for one in judged if one.place != "usual"]
    if outside:
        listed = "; ".join(f"{name_of(one).lower()} {value_words(one, one.point, review.day_seconds)}, {place_words(one)}" for one in outside)  # fmt: skip
        return f"{first} Outside the usual: {listed}."
    if not judged:
        return f"{first} {_no_usual(review.numbers)}"
    every = "Every number" if len(judged) == len(review.numbers) else f"What can be compared ({len(judged)} of {len(review.numbers)} numbers)"  # fmt: skip
    return f"{first} {every} is inside its usual range."


def _no_usual(numbers: Iterable[WeekNumber]) -> str:
    """Why no number has a usual range: too few weeks, or weeks that are all alike."""
    points = max((one.weeks_before for one in numbers), default=0)
    if points < LEAST_POINTS:
        return f"There are {TOO_FEW_WEEKS}."
    return "The weeks before are all alike, so nothing says what is usual."


def _touched(review: Review) -> str:
    wait = next(one for one in review.numbers if one.slug == "median_wait")
    if wait.last is None or not wait.last.leads:
        return ""
    if wait.last.value is None:
        return ", fewer than half of them touched so far"
    waited = text.duration(wait.last.value, review.day_seconds)
    return f", half of them touched within {waited}{'' if 'working' in waited else ' of working time'}"


def notes(review: Review) -> tuple[str, ...]:
    """Which weeks are meant, and what the ranges are worth; the chosen period does not matter here."""
    return (
        f"last week: {span(review.last)}, whatever period is chosen",
        f"decisions: {span(review.settled)}" if review.settled != review.last else "",
        f"working rate: {span(review.worked)}" if review.worked != review.settled else "",
        f"usual: limits of up to {WEEKS} weeks before, provisional under {ENOUGH_POINTS}",
    )


def rejections_answer(review: Review) -> str:
    """The reasons of the settled week, and those outside the usual."""
    if not isinstance(review.reasons, tuple):
        return review.reasons.why
    judged = [one for one in review.reasons if one.point is not None and one.point.rate is not None]
    rejected = sum(one.point.rate.numerator for one in judged if one.point and one.point.rate)
    last = sum(one.last.rate.numerator for one in review.reasons if one.last and one.last.rate)
    if not review.is_settled_held:
        unsettled = "The file holds no whole week whose leads all had their time to be decided."
        is_whole = any(one.last is not None for one in review.numbers)
        return (
            f"{unsettled} Sales rejected {text.count(last)} of last week’s so far." if is_whole else unsettled
        )
    if not rejected and not last:
        return f"Sales rejected no lead of the week {span(review.settled)}, nor of the last week so far."
    outside = [one for one in judged if one.place in ("above", "below")]
    said = (
        "Outside the usual: " + "; ".join(f"{name_of(one)}, {place_words(one)}" for one in outside) + "."
        if outside
        else "No reason is outside its usual range."
        if any(one.place for one in judged)
        else _no_usual(review.reasons)
    )
    leads = next((one.point.leads for one in judged if one.point), 0)
    of = (
        f"Sales rejected {text.count(rejected)} of the {text.plural(leads, 'lead')} of {span(review.settled)}"
    )
    so_far = "" if review.settled == review.last else f", and {text.count(last)} of last week’s so far"
    return f"{of}{so_far}. {said}"


def actions_answer(found: Iterable[Action], today: date) -> str:
    """How many actions are open and overdue."""
    still = [one for one in found if one.state == "open"]
    if not still:
        return "No action is open."
    late = sum(one.days_overdue(today) > 0 for one in still)
    overdue = f"{text.count(late)} of them overdue" if late else "none overdue"
    is_one = len(still) == 1
    if is_one:
        overdue = "and overdue" if late else "not overdue"
    return f"{text.plural(len(still), 'action')} {'is' if is_one else 'are'} open, {overdue}."


def progress_answer(found: Progress | None) -> str:
    """How many of the last meeting's actions are closed, ``3 of 5``."""
    if found is None:
        return "No review of an earlier week was held, so there are no actions of the last one."
    if not found.actions:
        return "The last review ended without an open action."
    return f"Last week’s actions: {text.count(found.closed)} of {text.count(len(found.actions))} closed."


def action_words(one: Action, today: date, metrics: Mapping[str, str]) -> tuple[str, ...]:
    """Owner, due day, the number it should move, how often it was carried over."""
    late = one.days_overdue(today)
    carried = {0: "", 1: "carried over once", 2: "carried over twice"}.get(
        one.carried, f"carried over {text.count(one.carried)} times"
    )
    if one.closing:
        day = f"closed on {text.day(one.closing.at.date())} by {one.closing.by}"
    elif late:
        day = f"due {text.day(one.due)}, overdue by {text.days(late)}"
    else:
        day = f"due {text.day(one.due)}" + (", today" if one.due == today else "")
    moved = f"first due {text.day(one.first_due)}" if one.first_due != one.due else ""
    metric = metrics.get(one.metric, one.metric)
    return (f"{one.owner}", day, moved, f"should move: {metric}" if metric else "", carried)


def clock_words(clock: Clock | None, snapshot: str, *, is_open: bool = True) -> str:
    """How long a disputed lead has waited by the extract; the clock runs while the dispute ``is_open``."""
    if clock is None:
        return "Nothing says when it was handed to sales, so no clock can be shown."
    if not clock.is_known:
        return "The export does not say when leads were first touched, so its clock cannot be read."
    since = f"passed to sales on {text.moment(clock.handed_off_at)} UTC"
    if clock.is_touched_before:
        return f"Touched only before its handoff ({since}): it is not timed."
    wait = text.duration(clock.working_wait, clock.day_seconds)
    wait = wait if "working" in wait else f"{wait} of working time"
    limit = text.duration(clock.limit)
    if clock.is_touched:
        kept = "inside" if clock.working_wait <= clock.limit else "after"
        return f"Touched after {wait}, {kept} its limit of {limit} ({since})."
    over = "past" if clock.working_wait > clock.limit else "inside"
    return (
        f"Not touched yet: it has waited {wait} by the extract of {snapshot}, {over} its limit of {limit}"
        f" ({since}).{' The clock runs while it is disputed.' if is_open else ''}"
    )


def ruling_words(one: Dispute) -> str:
    """Where a dispute stands: with whom, or how it was settled."""
    if one.ruling is None:
        lies = STEPS[one.step]
        return f"Open since {text.day(one.at.date())}; it lies with {lies}." if one.escalations else f"Open since {text.day(one.at.date())}; to be decided {lies}."  # fmt: skip
    found = one.ruling
    return f"Settled on {text.day(found.at.date())} by {found.by}: the lead is {RULINGS[found.ruling]}."


def meeting_words(one: Meeting) -> str:
    """One meeting of the past: held or skipped, by whom, and what it wrote down."""
    start = f"{NAMES[one.kind].capitalize()} about the week of {text.day(one.period)}"
    if not one.is_held:
        return f"{start}: skipped, {one.by} wrote on {text.day(one.at.date())}: {one.note}"
    said = f" “{one.note}”" if one.note else ""
    return (
        f"{start}: held, {one.by} wrote on {text.day(one.at.date())}; {recorded_words(one.recorded)}.{said}"
    )


def recorded_words(found: Recorded) -> str:
    """What was written down: ``2 actions, 1 dispute and 3 changes``; or that it was nothing."""
    parts = [
        text.plural(count, name)
        for count, name in (
            (found.actions, "action"),
            (found.decisions, "decision"),
            (found.disputes, "dispute"),
            (found.changes, "change"),
        )
        if count
    ]
    if not parts:
        return "nothing was written down"
    head, last = parts[:-1], parts[-1]
    return f"{', '.join(head)} and {last}" if head else last
