"""Why does sales say no, and is anybody learning? Reasons per period of handoff, what moved, and what is stuck."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from analytics import formatting as text
from analytics.cohort import Cohort
from analytics.measurable import NO_REJECTIONS, knows_acceptance, knows_rejections
from analytics.metrics.compose import rate
from analytics.periods import Unit, all_between, label
from analytics.rejection_counts import Counted, counted_periods, periods_of
from analytics.rejection_mix import (
    LEAST,
    Front,
    Move,
    PeriodOfRejections,
    Shift,
    Window,
    front_of,
    shares_of,
    shift_between,
    usable,
)
from analytics.results import Rate, Unmeasurable
from analytics.schema import REASON_CODES, reason_words
from analytics.warehouse import Warehouse

NO_REASONS = Unmeasurable(
    "The export does not say why sales rejected a lead.", "the reason of a rejection or disqualification"
)
MOST_PERIODS = 200
"""Beyond so many periods the next longer unit is used."""
METHOD = (
    "Rejected: sales said no by the extract and the lead was never accepted, neither by a stamp nor by an opportunity"
    " or a win. Each rejected lead counts once, with one reason, in the period of its handoff; “no reason given” and"
    " “other” are reasons in their own right. Two rates stand side by side: per 100 leads handed off (Wilson interval),"
    " which each reason can move alone, and the share of rejections, which always adds to 100 (Sison and Glaz 1995, all"
    " intervals right together). A period with leads younger than the disposition window is drawn hollow and tested"
    " with nothing.\n"
    "The mix has moved when the first and the last window of at least 30 rejections (one period, or up to three"
    " neighbours joined) differ by a chi-square test at 1 %, counted out by Monte Carlo where reasons are rare, and by"
    " more than luck brings on average; a reason moved when its adjusted residual is beyond 2.6. The leading reason is"
    " stuck when it has led three or more periods in a row and a Cochran–Armitage trend of its rate per lead does not"
    " fall at 5 %: leading for months is what an unchanged mix looks like too, so the question is whether it falls."
    " Whether it really leads is an exact binomial test against the runner-up. The sentence calls it stuck only where"
    " sales rejects clearly more of the leads it decides on than the contract's acceptance target leaves room for."
)


@dataclass(frozen=True, slots=True)
class Reason:
    """One reason over the whole selection: ``per_lead`` of all leads handed off, ``share`` of all rejections."""

    code: str
    number: int
    count: int
    per_lead: Rate
    share: Rate


@dataclass(frozen=True, slots=True)
class Rejections:
    """Rejections of one cohort, reasons from the most to the least frequent; ``codes`` is that order.

    ``of_leads`` is rejected of all leads handed off; ``of_decided`` rejected of settled and decided leads (nothing where
    acceptances are not known), against ``allowed``, what the contract's acceptance target leaves room for. ``is_over``: its interval lies above it.
    ``periods`` run from the first to the last with leads, those between without any included. ``stuck`` holds the
    code of the leading reason where it leads clearly, for three periods or more, and does not fall; else nothing.
    ``is_joined``: some periods hold under 30 rejections, so up to three are read together. ``unit`` may be longer than
    asked for, where that would give more than 200 periods.
    """

    unit: Unit
    periods: tuple[PeriodOfRejections, ...]
    reasons: tuple[Reason, ...]
    of_leads: Rate
    of_decided: Rate
    allowed: float
    shift: Shift | None
    front: Front | None
    stuck: tuple[str, ...]
    is_joined: bool
    window_days: int

    @property
    def codes(self) -> tuple[str, ...]:
        """The reasons that occur, the most frequent first."""
        return tuple(one.code for one in self.reasons)

    @property
    def is_over(self) -> bool:
        """Whether sales clearly rejects more of what it decides than the contract leaves room for."""
        return (self.of_decided.low or 0.0) > self.allowed and text.is_quotable(self.of_decided)

    @property
    def named(self) -> tuple[str, ...]:
        """The reasons the sentence speaks of."""
        moved = _moves_told(self)
        if self.stuck and self.is_over:
            return self.stuck
        if moved:
            return tuple(move.code for move in moved)
        return (self.front.code,) if self.front else ()


def measure_rejections(
    warehouse: Warehouse, cohort: Cohort, unit: str = "month"
) -> Rejections | Unmeasurable:
    """Reasons of rejection per week, month or quarter of handoff.

    Definition: product section "The numbers", row "rejection mix"; methods (d).

    Raises:
        ValueError: ``unit`` is none of week, month, quarter.
    """
    if not knows_rejections(cohort.manifest):
        return NO_REJECTIONS
    if not cohort.manifest.has("rejection_reason"):
        return NO_REASONS
    chosen = Unit(unit)
    counted = counted_periods(warehouse, cohort, chosen)
    longer = {Unit.WEEK: Unit.MONTH, Unit.MONTH: Unit.QUARTER}
    while (
        counted and chosen in longer and len(all_between(chosen, min(counted), max(counted))) > MOST_PERIODS
    ):
        chosen = longer[chosen]
        counted = counted_periods(warehouse, cohort, chosen)
    leads, settled, decided, rejected_settled = (
        sum(one.totals[place] for one in counted.values()) for place in range(4)
    )
    reasons = _reasons(counted)
    codes = [one.code for one in reasons]
    periods = periods_of(cohort, chosen, counted, [one.number for one in reasons])
    front = front_of(periods, codes, chosen)
    return Rejections(
        unit=chosen,
        periods=periods,
        reasons=reasons,
        of_leads=rate(sum(one.count for one in reasons), leads, leads - settled),
        of_decided=rate(rejected_settled, decided) if knows_acceptance(cohort.manifest) else Rate(0, 0),
        allowed=1.0 - cohort.contract.target_acceptance_of_decided,
        shift=shift_between(periods, codes, chosen),
        front=front,
        stuck=(front.code,) if front and front.is_stuck and front.is_clear else (),
        is_joined=any(one.rejected < LEAST for one in usable(periods)),
        window_days=cohort.contract.disposition_days,
    )


def measure_reasons(warehouse: Warehouse, cohort: Cohort) -> tuple[Reason, ...] | Unmeasurable:
    """The reasons of the whole selection, the most frequent first."""
    if not knows_rejections(cohort.manifest):
        return NO_REJECTIONS
    if not cohort.manifest.has("rejection_reason"):
        return NO_REASONS
    return _reasons(counted_periods(warehouse, cohort, Unit.MONTH))


def _reasons(counted: Mapping[int, Counted]) -> tuple[Reason, ...]:
    """Reasons that occur; of two equally frequent ones the first in the schema leads."""
    leads = sum(one.totals[0] for one in counted.values())
    pending = leads - sum(one.totals[1] for one in counted.values())
    sums = [sum(one.reasons[number] for one in counted.values()) for number in range(len(REASON_CODES))]
    order = sorted((number for number in range(len(sums)) if sums[number]), key=lambda n: (-sums[n], n))
    shares = shares_of([sums[number] for number in order])
    return tuple(
        Reason(REASON_CODES[number], number, sums[number], rate(sums[number], leads, pending), share)
        for number, share in zip(order, shares, strict=True)
    )


def answer(result: Rejections) -> str:
    """One sentence, or two: the reason that is stuck, moved, or leads, and whether the mix has changed."""
    if not result.of_leads.numerator:
        return f"None of {text.plural(result.of_leads.denominator, 'lead')} has been rejected so far."
    if result.of_leads.numerator < LEAST:
        return (
            f"{text.plural(result.of_leads.numerator, 'rejection')} of {text.plural(result.of_leads.denominator, 'lead')}:"
            " too few to say why, or whether anybody learns."
        )
    front = result.front
    if front is None:
        return (
            f"No {text.plural(3, result.unit.value)} in a row hold {LEAST} rejections that are old enough:"
            f" too few to say what leads by {result.unit.value}. {_overall(result)}"
        )
    if result.stuck and result.is_over:
        return _stuck(result, front)
    moves = _moves_told(result)
    if moves:
        return _moved(result, moves)
    return _steady(result, front)


def _stuck(result: Rejections, front: Front) -> str:
    tail = f"It has led for {text.plural(front.run, result.unit.value)} in a row and is not falling."
    name = _sentence_case(reason_words(front.code))
    move = _move_of(result, front.code)
    if move is None or result.shift is None:
        return f"{name} is still reason number one: {_per_hundred(front.rate)}. {tail}"
    then = f"{text.in_hundred(move.before.value)} in {window_words(result.unit, result.shift.first)}"
    return f"{name} is still reason number one: {_per_hundred(move.after)}, {then}. {tail}"


def _moves_told(result: Rejections) -> tuple[Move, ...]:
    """At most two reasons that moved beyond luck, the one with the largest change per lead first."""
    if result.shift is None:
        return ()
    moved = sorted(
        (move for move in result.shift.moves if move.has_moved),
        key=lambda move: (not move.is_rate_clear, -abs(move.difference)),
    )
    return tuple(moved[:2])


def _moved(result: Rejections, moves: tuple[Move, ...]) -> str:
    assert result.shift is not None  # noqa: S101 - there are moves
    between = f"from {window_words(result.unit, result.shift.first)} to {window_words(result.unit, result.shift.last)}"
    parts = [_one_move(move) for move in moves]
    sentence = f"{_sentence_case(parts[0])} {between}."
    return sentence if len(parts) == 1 else f"{sentence} {_sentence_case(parts[1])}."


def _one_move(move: Move) -> str:
    name = reason_words(move.code)
    if move.is_rate_clear:
        verb = "fell" if move.difference < 0 else "rose"
        before, after = text.in_hundred(move.before.value), text.in_hundred(move.after.value)
        return f"{name} {verb} from {before} to {after} of every 100 leads"
    verb = "fell" if (move.share_after.value or 0.0) < (move.share_before.value or 0.0) else "rose"
    before, after = text.percent(move.share_before.value), text.percent(move.share_after.value)
    return f"{name} {verb} from {before} to {after} of rejections"


def _steady(result: Rejections, front: Front) -> str:
    name = _sentence_case(reason_words(front.code))
    if front.course != "steady":
        course = "falling" if front.course == "falling" else "growing"
        head = f"{name}, reason number one with {_per_hundred(front.rate)}, is {course}."
    else:
        doubt = "" if front.is_clear else "; the order of the top two could be luck"
        head = f"{name} comes first with {_per_hundred(front.rate)}{doubt}."
    if result.shift is None:
        return f"{head} Too short a time to say whether the mix moves."
    if result.shift.is_beyond_luck:
        return f"{head} The mix of reasons has changed, but no single reason stands out."
    return f"The mix of reasons has not moved beyond luck since {window_words(result.unit, result.shift.first)}. {head}"


def _overall(result: Rejections) -> str:
    top = result.reasons[0]
    return f"Over the whole period {reason_words(top.code)} comes first with {_per_hundred(top.per_lead)}."


def _per_hundred(value: Rate) -> str:
    """``15 of every 100 leads (13–17)``; counts where there are too few leads to quote."""
    if not text.is_quotable(value) or value.low is None or value.high is None:
        return text.rate(value)
    around = f"{text.in_hundred(value.low)}{text.DASH}{text.in_hundred(value.high)}"
    return f"{text.in_hundred(value.value)} of every 100 leads ({around})"


def _move_of(result: Rejections, code: str) -> Move | None:
    moves = result.shift.moves if result.shift else ()
    return next((move for move in moves if move.code == code), None)


def window_words(unit: Unit, window: Window) -> str:
    """A window in words: ``Apr 2026``, ``Apr 2026 – Jun 2026``, ``the week of 6 Apr 2026``."""
    first = label(unit, window.first)
    if unit is Unit.WEEK:
        weeks = (window.last - window.first) // 7 + 1
        return f"the week of {first}" if weeks == 1 else f"the {weeks} weeks from {first}"
    return first if window.first == window.last else f"{first} {text.DASH} {label(unit, window.last)}"


def _sentence_case(words: str) -> str:
    return words[:1].upper() + words[1:]


def moved_words(result: Rejections) -> str:
    """How much of the mix changed from the first window to the last, against what luck brings."""
    shift = result.shift
    if shift is None:
        return f"There are no two stretches of up to three {result.unit.value}s with {LEAST} rejections each to compare."
    size = (
        f"{text.in_hundred(shift.variation)} of 100 rejections changed their reason; luck alone brings"
        f" {text.in_hundred(shift.chance)} on average"
    )
    between = f"{window_words(result.unit, shift.first)} against {window_words(result.unit, shift.last)}"
    verdict = "that is more than luck" if shift.is_beyond_luck else "that can be luck"
    return f"{_sentence_case(between)}: {size}, and {verdict}."


def notes(result: Rejections, *, is_whole_file: bool = False) -> tuple[str, ...]:
    """What the sentence stands on: the counts, what is pending or too young, and what was joined."""
    whole = result.of_leads
    unit = result.unit.value
    quoted = text.rate_with_interval(whole) if text.is_quotable(whole) else text.TOO_FEW
    young = [one for one in result.periods if one.leads and one.is_immature]
    young_words = (
        f"{label(result.unit, young[-1].number)} too young to judge until {text.day(young[-1].judged_on)}"
        if len(young) == 1
        else f"{text.plural(len(young), unit)} too young to judge, the last until {text.day(young[-1].judged_on)}"
        if young
        else ""
    )
    return tuple(
        words
        for words in (
            f"{text.of(whole)} leads rejected so far, {quoted}",
            f"{text.plural(whole.pending, 'younger lead')} still pending" if whole.pending else "",
            young_words,
            f"{unit}s under {LEAST} rejections are read up to three at a time"
            if result.is_joined and result.front
            else "",
            f"{text.plural(len(usable(result.periods)), unit)} to test: the period “Whole file” looks further back"
            if len(usable(result.periods)) < 6 and not is_whole_file and whole.numerator >= LEAST
            else "",
        )
        if words
    )
