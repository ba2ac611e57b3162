"""One threshold read in words: leads spared, wins given up, both pay gates, hours of work. Touches no lead."""

from __future__ import annotations

import bisect
import math
from dataclasses import dataclass
from typing import Literal

from analytics import formatting as text
from analytics.metrics.compose import rate
from analytics.periods import Unit, label
from analytics.results import Rate
from analytics.score_table import FINE
from analytics.threshold import Threshold, ThresholdRow, Winner

DECIDED_ENOUGH = 0.9
ASSUMPTION = "assumes reps work the remaining leads as they do today"
Gate = Literal["holds", "does not hold", "not judged", "cannot be measured"]


@dataclass(frozen=True, slots=True)
class Reading:
    """One threshold read against today's line; every rate is of the leads that would still be passed.

    ``leads`` are those kept of today's, ``hits`` the wins (or opportunities) kept of today's with their range,
    ``given_up`` the others. ``acceptance`` is of decided, ``decided`` of settled leads; ``to_opportunity`` of accepted
    mature leads. ``acceptance_gate`` and ``opportunity_gate`` are the two pay gates of marketing's volume bonus.
    """

    row: ThresholdRow
    is_seen: bool
    is_today: bool
    leads: Rate
    hits: Rate
    given_up: int
    hit_rate: Rate
    acceptance: Rate
    decided: Rate
    to_opportunity: Rate
    acceptance_gate: Gate
    opportunity_gate: Gate


def read(result: Threshold, score: float) -> Reading:
    """What would remain if only leads scored ``score`` and above had been passed."""
    row, today = result.at(score), result.today
    hits, all_hits = result.hits(row), result.hits(today)
    is_seen = result.is_seen(row)
    acceptance, decided = rate(row.accepted_settled, row.decided), rate(row.decided, row.settled)
    to_opportunity = rate(row.accepted_opportunities, row.accepted)
    # an opportunity implies the acceptance, so all of those without a date belong to accepted leads
    to_opportunity_at_most = rate(
        min(row.accepted, row.accepted_opportunities + row.opportunities_undated), row.accepted
    )
    is_decided = decided.value is not None and decided.value >= DECIDED_ENOUGH
    knows = result.has_acceptance
    return Reading(
        row=row,
        is_seen=is_seen,
        is_today=row.number == today.number,
        leads=rate(min(row.leads, today.leads), today.leads),
        hits=Rate(min(hits, all_hits), all_hits, row.kept_low, row.kept_high),
        given_up=max(0, all_hits - hits),
        hit_rate=rate(hits, row.mature),
        acceptance=acceptance,
        decided=decided,
        to_opportunity=to_opportunity,
        acceptance_gate=_gate(acceptance, result.target_acceptance, is_judged=is_decided and is_seen, is_known=knows),
        opportunity_gate=_either(
            *(
                _gate(
                    one, result.target_opportunity, is_judged=is_decided and is_seen,
                    is_known=knows and result.has_opportunities,
                )
                for one in (to_opportunity, to_opportunity_at_most)
            )
        ),
    )  # fmt: skip


def _gate(value: Rate, target: float, *, is_judged: bool, is_known: bool) -> Gate:
    """Whether a pay gate holds; not judged on too few leads, or while under nine in ten are decided."""
    if not is_known:
        return "cannot be measured"
    if not is_judged or value.value is None or not text.is_quotable(value):
        return "not judged"
    # 75 of 100 holds 0.75, whose binary neighbour may lie a hair above it
    return "holds" if value.value >= target - 1e-12 else "does not hold"


def _either(without: Gate, with_undated: Gate) -> Gate:
    """A gate that opportunities without a date could turn is not judged."""
    return without if without == with_undated else "not judged"


def given_up(result: Threshold, row: ThresholdRow) -> tuple[Winner, ...]:
    """The listed hits that a threshold would give up, the highest score first."""
    place = bisect.bisect_left(result.winners, row.number, key=lambda one: one.number)
    return tuple(reversed(result.winners[:place]))


def _nouns(result: Threshold) -> tuple[str, str]:
    return ("win", "wins") if result.hit == "won" else ("opportunity", "opportunities")


def score_words(score: float) -> str:
    """A threshold as it is said: ``60``, ``0.57``."""
    return f"{score:,.3f}".rstrip("0").rstrip(".")


def answer(result: Threshold, score: float) -> str:
    """What the threshold would spare sales and cost the company, and that below today's line nothing is seen."""
    reading = read(result, score)
    today, here = score_words(result.today.score), score_words(reading.row.score)
    if not text.is_quotable(reading.leads):
        return (
            f"Too few leads to try a threshold on: {text.plural(result.today.leads, 'lead')} with a score;"
            f" come back at {text.QUOTABLE}."
        )
    if not reading.is_seen:
        if result.since is not None:
            return f"What would happen at {here} now we cannot see: {_unseen(result)} A period before that shows it."
        return f"What would happen at {here} we cannot see from this file: {_unseen(result)}"
    _, many = _nouns(result)
    if reading.is_today or reading.leads.numerator == reading.leads.denominator:
        all_hits = text.plural(reading.hits.denominator, *_nouns(result))
        every = (
            "every lead"
            if reading.leads.denominator == 1
            else f"all {text.count(reading.leads.denominator)} leads"
        )
        return f"At {here} sales gets {every} it gets today, and the {all_hits} with them; raise the line to see its price."
    spared = Rate(reading.leads.denominator - reading.leads.numerator, reading.leads.denominator)
    fewer = f"At {here} instead of {today}, sales gets {text.percent(spared.value)} fewer leads"
    if not reading.hits.denominator:
        return f"{fewer}; no {many} within {text.days(result.horizon_days)} are in this selection, so none can be given up."
    return f"{fewer} and loses {_lost(reading, many)}. {_below(result, today)}"


def _lost(reading: Reading, many: str) -> str:
    lost = Rate(reading.given_up, reading.hits.denominator)
    if not reading.given_up:
        return f"none of the {text.count(reading.hits.denominator)} {many}"
    if not text.is_quotable(lost):
        return f"{text.of(lost)} {many}, too few to quote a share"
    return f"{text.percent(lost.value)} of the {many} ({text.of(lost)})"


def _below(result: Threshold, today: str) -> str:
    if result.base == 0:
        return ""
    if result.since is not None:
        return f"What would happen below {today} now we cannot see: the line rose in {since_words(result)}."
    return f"What would happen below {today} we cannot see from this file."


def _unseen(result: Threshold) -> str:
    today = score_words(result.today.score)
    if result.since is not None:
        return f"since {since_words(result)} hardly any lead scored under {today} was passed to sales."
    if result.has_floor:
        return f"hardly any lead scored under {today} was passed to sales."
    return f"no lead scored under {today} is in this selection."


def since_words(result: Threshold) -> str:
    """The month from which today's line stands."""
    return label(Unit.MONTH, result.since or 0)


def outside_words(result: Threshold) -> str:
    """How many leads came in under today's line, with their wins, and that nothing here counts them."""
    if not result.below_base:
        return ""
    rose = f", which rose in {since_words(result)}," if result.since is not None else ""
    told = f"{text.plural(result.below_base, 'lead')} under today's line{rose}".removesuffix(",")
    return f"{told}, {text.plural(result.hits_below, *_nouns(result))} among them, left out"


def lowering_words(result: Threshold) -> str:
    """What leads from below today's line could bring at most, and the only way to know; empty where none are below."""
    if result.base == 0:
        return ""
    _, many = _nouns(result)
    advice = "To know, pass a random sample from below the line for a month."
    if result.lowest is None or result.lowering is None or result.lowering.monotone_upper is None:
        return (
            f"Of 100 more leads from below today's line, anything from 0 to 100 could become {many}. {advice}"
        )
    low, high = (one / (FINE if result.is_fine else 1) for one in result.lowest)
    return (
        f"Of 100 more leads from below today's line, anything from 0 to 100 could become {many}; at most"
        f" {math.ceil(result.lowering.monotone_upper)} if lower scores do no better than those from"
        f" {score_words(low)} to under {score_words(high)} do today. {advice}"
    )


def undated_words(result: Threshold, score: float) -> str:
    """Wins (or opportunities) without a date, which no number here counts, and how many lie under the threshold."""
    today = result.undated(result.today)
    if not today:
        return ""
    below = today - min(today, result.undated(result.at(score)))
    under = f", {text.count(below)} of them under {score_words(result.at(score).score)}" if below else ""
    return f"{text.not_counted(today, *_nouns(result))}{under}"


def range_words(result: Threshold, score: float) -> str:
    """How far the share of wins kept could lie from the one seen; empty where it cannot be quoted."""
    reading = read(result, score)
    around = text.percent_range(reading.hits.low, reading.hits.high)
    if not around or not text.is_quotable(reading.hits) or not reading.is_seen or reading.is_today:
        return ""
    return f"{_nouns(result)[1]} kept: {text.percent(reading.hits.value)}, range {around}"


def price_words(result: Threshold, score: float) -> str:
    """Leads spared for every win given up; empty where none is."""
    reading = read(result, score)
    if reading.row.spared_per_hit is None or not reading.is_seen or not text.is_quotable(reading.leads):
        return ""
    return f"{_number(reading.row.spared_per_hit)} leads spared for each {_nouns(result)[0]} given up"


def hours_words(
    result: Threshold, score: float, hours_per_lead: float | None, hours_per_week: float | None
) -> str:
    """What the remaining leads ask of the reps a week, against the hours they have; says so where nothing is stated."""
    if not result.is_seen(result.at(score)):
        return ""
    if not hours_per_lead:
        return "hours of work: not stated yet (More)"
    row = result.at(score)
    needed = row.leads * hours_per_lead / result.weeks
    told = f"{text.plural(row.leads, 'lead')} ask for {_hours(needed)} a week"
    if not hours_per_week:
        return f"{told}; state the hours available per week to compare"
    gap = hours_per_week - needed
    left = f"{_hours(gap)} to spare" if gap >= 0 else f"{_hours(-gap)} too many"
    return f"{told} of {_hours(hours_per_week)} available: {left}"


def _number(value: float) -> str:
    return f"{value:,.1f}" if value < 10 else f"{value:,.0f}"


def _hours(value: float) -> str:
    return f"{_number(value)}{text.NBSP}h"
