"""What would the pay plan have paid? Each quarter of handoff judged as if the plan had been live, for both sides."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from fractions import Fraction

from analytics.cohort import Cohort, midnight
from analytics.contract import JUDGED_FROM, Contract
from analytics.measurable import (
    NO_OPPORTUNITIES,
    has_channels,
    has_opportunities,
    has_wins,
    is_cadence_undated,
    obstacle,
)
from analytics.metrics.catalog import METRICS
from analytics.metrics.compose import journey_query, rate
from analytics.periods import Unit, all_between, first_day, following, number_of
from analytics.results import Rate, Unmeasurable
from analytics.so_far import MONTH, measure_so_far
from analytics.warehouse import Warehouse
from analytics.zones import to_local

LEAST_DECIDED = Fraction(str(JUDGED_FROM))
"""Under this share decided, acceptance says more about sales' silence than about marketing's leads."""
LEAST_SHARE, MOST_SHARE = 0.15, 0.30
MOST_CONDITIONS = 2
LAGGING_DAYS = 91
"""A quarter: where half of the wins take longer, pay by revenue follows leads passed before it."""
LATE_START = timedelta(days=7)
"""A file whose first lead comes later than this into a quarter is taken to begin inside it."""
METHOD = (
    "Every quarter of handoff is judged as if the plan had been live. Marketing's volume bonus pays when the volume agreed is"
    " reached and the quality gate holds: accepted of decided, and accepted to opportunity within the horizon, each at its"
    " target or above. While sales has decided under 90 % of the settled leads, the quality gate is not judged. Sales' gate"
    " holds when leads touched inside the limit, accepted leads worked to full cadence, and leads decided with a reason inside"
    " the window are each at their target or above.\n"
    "Pay needs a yes or a no, so a gate stands on the counts, and the distance is told in whole leads: how many more hits"
    " would have reached the target, or could have been lost. Wilson's 95 % interval stands beside it; where it holds the"
    " target, the result is within luck. A quarter is open until it is over and every lead in it had its windows and its"
    " horizon. Leads decided, or turned into opportunities, on an unknown day are counted both ways; where that changes the"
    " answer, it cannot be measured. The shared number counts each opportunity once, in the quarter in which it was won or"
    " created, over all leads of the file that meet the filters."
)
NO_AMOUNTS = Unmeasurable(
    "The export does not say what an opportunity is worth.", "the amount of the opportunity"
)
NO_EVENT_DATES = {
    "net_new_revenue": Unmeasurable("The export does not say when leads were won.", "the closing date"),
    "advancing_pipeline": Unmeasurable(
        "The export does not say when opportunities were created.", "the opportunity's creation date"
    ),
}


class State(StrEnum):
    """What can be said of a condition, a gate or a side; the value is the word for it."""

    MET = "met"
    MISSED = "missed"
    PENDING = "pending"
    NOT_JUDGED = "not judged"
    UNKNOWN = "cannot be measured"
    ZERO = "no leads"
    IN_PART = "in part"
    NOT_AGREED = "not agreed"


CONDITIONS = {
    "accepted_of_decided": ("marketing", "rejected_settled"),
    "accepted_to_opportunity": ("marketing", "accepted_without_opportunity"),
    "touched_inside_limit": ("sales", "limit_missed"),
    "working_rate": ("sales", "cadence_not_full"),
    "decided_in_window": ("sales", "not_decided_in_window"),
}
"""Metric -> the side whose pay hangs on it, and the lead set of its misses."""
_UNSURE = {"accepted_to_opportunity": "opportunity_undated", "decided_in_window": "decided_unknown_when"}
_SETS = (
    "leads", "settled", "pending_decision", "accepted_settled", "decided_settled", "accepted_any", "mature_accepted",
    "mature_accepted_opportunity", "mature_opportunity_undated", "limit_settled", "limit_met", "limit_pending",
    "cadence_settled", "cadence_full", "cadence_pending", "decided_in_window", "decided_unknown_when",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class QuarterCounts:
    """The leads handed off in one quarter, counted: all that its judgement stands on; names as those of the lead sets.

    ``young_accepted`` leads were accepted and are younger than the horizon; ``opportunity_undated`` and
    ``decided_unknown_when`` did it on an unknown day. ``is_over``: the quarter had ended at the extract. ``is_whole``:
    selection and file hold all of it. ``obstacles``: metrics of this export that cannot be measured, and why.
    ``is_at_most``: touches carry no date or channel, so the working rate is the most it can be.
    """

    number: int
    leads: int = 0
    settled: int = 0
    pending_decision: int = 0
    accepted_settled: int = 0
    decided_settled: int = 0
    mature_accepted: int = 0
    mature_accepted_opportunity: int = 0
    young_accepted: int = 0
    opportunity_undated: int = 0
    limit_settled: int = 0
    limit_met: int = 0
    limit_pending: int = 0
    cadence_settled: int = 0
    cadence_full: int = 0
    cadence_pending: int = 0
    decided_in_window: int = 0
    decided_unknown_when: int = 0
    is_over: bool = True
    is_whole: bool = True
    obstacles: tuple[tuple[str, Unmeasurable], ...] = ()
    is_at_most: bool = False


@dataclass(frozen=True, slots=True)
class Condition:
    """One threshold of a gate over one quarter.

    Attributes:
        slug: the metric of the catalog.
        state: met at ``rate`` >= ``target``, missed below; else why nobody can say.
        rate: hits of leads; None where ``why`` says why it cannot be measured.
        target: in [0, 1].
        by: hits above the fewest that reach the target; negative: hits short of it. None without leads.
        is_within_luck: the 95 % interval holds the target.
        pending: leads that can still change it.
        unsure: leads whose day is not known; not counted as hits.
        keys: lead sets of the hits, of all counted, of the misses, and of those pending.
    """

    slug: str
    state: State
    rate: Rate | None
    target: float
    by: int | None = None
    is_within_luck: bool = False
    pending: int = 0
    unsure: int = 0
    is_at_most: bool = False
    why: Unmeasurable | None = None
    keys: tuple[str, str, str, str] = ("", "", "", "")


@dataclass(frozen=True, slots=True)
class Volume:
    """Leads passed in the quarter against three months of the volume agreed; ``by`` as in ``Condition``."""

    state: State
    leads: int
    target: int
    by: int
    key: str


@dataclass(frozen=True, slots=True)
class QuarterPay:
    """One quarter as the plan would have judged it.

    ``quality`` is marketing's gate; ``marketing`` its bonus, which hangs on volume and gate; ``sales`` is sales' gate.
    ``funded_by``: the sides that fund the fix of their missed gate. ``decided`` is the share of settled leads decided.
    ``judged_on``: the first day on which every lead of the quarter has had its windows and its horizon.
    """

    number: int
    counts: QuarterCounts
    volume: Volume
    quality: State
    marketing: State
    sales: State
    decided: Rate
    conditions: tuple[Condition, ...]
    funded_by: tuple[str, ...]
    judged_on: date

    def of(self, side: str) -> tuple[Condition, ...]:
        """The conditions on which a side's pay hangs."""
        return tuple(one for one in self.conditions if CONDITIONS[one.slug][0] == side)


@dataclass(frozen=True, slots=True)
class SharedNumber:
    """The shared number of one quarter, each opportunity once.

    ``amount`` is what is certain: won. ``at_most`` adds what is still open, of which the export does not say whether it
    advanced; equal to ``amount`` for revenue. ``earlier`` is the part from leads handed off before the quarter.
    ``without_amount`` of the ``opportunities`` carry no amount and add nothing.
    """

    number: int
    opportunities: int
    amount: float
    at_most: float
    earlier: float
    without_amount: int


@dataclass(frozen=True, slots=True)
class PayReplay:
    """The quarters from the first to the last with leads, and what both leaders would have shared in each.

    ``days_to_win``: the median whole days from handoff to win among ``dated_wins``, None without any.
    ``undated`` opportunities stand in no quarter of the shared number: nobody knows when they were won or created.
    """

    quarters: tuple[QuarterPay, ...]
    shared: tuple[SharedNumber, ...] | Unmeasurable
    days_to_win: float | None
    dated_wins: int
    undated: int = 0

    def shared_in(self, number: int) -> SharedNumber | None:
        """The shared number of a quarter; None where it cannot be measured."""
        if isinstance(self.shared, Unmeasurable):
            return None
        found = (one for one in self.shared if one.number == number)
        return next(found, SharedNumber(number, 0, 0.0, 0.0, 0.0, 0))


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
    quality = _gate(counts, (one for one in conditions if CONDITIONS[one.slug][0] == "marketing"))
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
    """Three months of volume. Too few leads in a quarter of which a part is missing, or to come, miss nothing."""
    target = contract.monthly_volume * 3
    by = counts.leads - target
    if not target:
        state = State.NOT_AGREED
    elif by >= 0:
        state = State.MET
    elif not counts.is_whole:
        state = State.IN_PART
    else:
        state = State.MISSED if counts.is_over else State.PENDING
    return Volume(state, counts.leads, target, by, f"leads.quarter:{counts.number}")


def _condition(slug: str, target: float, counts: QuarterCounts) -> Condition:
    metric, at = METRICS[slug], f"quarter:{counts.number}"
    pending_set = metric.pending or "immature.accepted_any"
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
    pending = getattr(counts, metric.pending) if metric.pending else counts.young_accepted
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


def _bonus(volume: State, quality: State) -> State:
    """Marketing's bonus: volume and gate; a missed volume pays nothing whatever the gate says."""
    if volume is State.MISSED or quality is State.MISSED:
        return State.MISSED
    if quality is State.MET and volume in {State.PENDING, State.IN_PART}:
        return volume
    return quality


def measure_pay(warehouse: Warehouse, cohort: Cohort) -> PayReplay:
    """The plan replayed over the quarters of handoff of a cohort; no quarters for an empty one.

    A quarter that the selection cuts is ``in part``: ask for whole quarters.
    """
    counted = _counted(warehouse, cohort)
    wins = measure_so_far(warehouse, cohort, MONTH).days_to_won
    shared, undated = _shared(warehouse, cohort)
    return PayReplay(
        quarters=tuple(judge_quarter(one, cohort.contract) for one in counted),
        shared=shared,
        days_to_win=wins.median,
        dated_wins=wins.leads,
        undated=undated,
    )


def whole_quarters(starts_on: date | None, ends_on: date | None) -> tuple[date | None, date | None]:
    """The half-open range of days widened to whole quarters; an open end stays open.

    >>> whole_quarters(date(2026, 4, 3), date(2026, 7, 1))
    (datetime.date(2026, 4, 1), datetime.date(2026, 7, 1))
    """
    unit = Unit.QUARTER
    first = first_day(unit, number_of(unit, starts_on)) if starts_on else None
    last = ends_on - timedelta(days=1) if ends_on else None
    return first, first_day(unit, following(unit, number_of(unit, last))) if last else None


def _judged_on(number: int, contract: Contract) -> date:
    longest = max(contract.horizon_days, contract.disposition_days)
    return first_day(Unit.QUARTER, following(Unit.QUARTER, number)) + timedelta(days=longest)


def _counted(warehouse: Warehouse, cohort: Cohort) -> list[QuarterCounts]:
    query = journey_query(warehouse, cohort, _SETS, "quarter")
    rows = {int(row.pop("value")): row for row in warehouse.run_once(cohort.table, query).to_dicts()}
    if not rows:
        return []
    obstacles = tuple((slug, why) for slug in CONDITIONS if (why := _obstacle(cohort, slug)) is not None)
    is_at_most = is_cadence_undated(cohort.manifest) or not has_channels(cohort.manifest)
    found = []
    for number in all_between(Unit.QUARTER, min(rows), max(rows)):
        row = rows.get(number, dict.fromkeys(_SETS, 0))
        accepted, undated = row.pop("accepted_any"), row.pop("mature_opportunity_undated")
        starts = midnight(first_day(Unit.QUARTER, number), cohort.zone)
        ends = midnight(first_day(Unit.QUARTER, following(Unit.QUARTER, number)), cohort.zone)
        is_selected = (cohort.starts_at is None or cohort.starts_at <= starts) and (
            cohort.ends_at is None or cohort.ends_at >= min(ends, cohort.manifest.as_of)
        )
        found.append(
            QuarterCounts(
                number,
                **row,
                young_accepted=accepted - row["mature_accepted"],
                opportunity_undated=undated,
                is_over=cohort.manifest.as_of >= ends,
                is_whole=is_selected and not starts + LATE_START < cohort.oldest < ends,
                obstacles=obstacles,
                is_at_most=is_at_most,
            )
        )
    return found


def _obstacle(cohort: Cohort, slug: str) -> Unmeasurable | None:
    """Why a condition cannot be measured; a win alone does not say when its opportunity came."""
    if slug == "accepted_to_opportunity" and not has_opportunities(cohort.manifest):
        return NO_OPPORTUNITIES
    return obstacle(cohort.manifest, slug)


def _shared(warehouse: Warehouse, cohort: Cohort) -> tuple[tuple[SharedNumber, ...] | Unmeasurable, int]:
    """The shared number per quarter of its event, over the leads of the file that meet the filters; those without a date."""
    manifest, number = cohort.manifest, cohort.contract.pay_number
    is_revenue = number == "net_new_revenue"
    if not manifest.has("amount"):
        return NO_AMOUNTS, 0
    is_dated = manifest.has("closed_at", "won_at") if is_revenue else manifest.has("opportunity_at")
    if not is_dated or not has_wins(manifest):
        return NO_EVENT_DATES[number], 0
    on = to_local("happened_at", cohort.zone, cohort.oldest - timedelta(days=400), manifest.as_of)
    passed = to_local("passed_at", cohort.zone, cohort.oldest, manifest.as_of)
    event = "CASE WHEN l.outcome = 'won' THEN l.closed_at END" if is_revenue else "l.opportunity_at"
    has_event = "l.outcome = 'won'" if is_revenue else "l.has_opportunity OR l.outcome = 'won'"
    quarter = "CAST(year({0}) * 4 + quarter({0}) - 1 AS INTEGER)"
    frame = warehouse.run(
        f"""
        SELECT number, count(*) AS opportunities, coalesce(sum(amount) FILTER (WHERE is_won), 0) AS amount,
               coalesce(sum(amount) FILTER (WHERE is_won OR NOT is_lost), 0) AS at_most,
               coalesce(sum(amount) FILTER (WHERE is_won AND passed_in < number), 0) AS earlier,
               count(*) FILTER (WHERE amount IS NULL) AS without_amount
        FROM (
            SELECT {quarter.format(on)} AS number, {quarter.format(passed)} AS passed_in, amount, is_won, is_lost
            FROM (
                SELECT coalesce('id ' || l.opportunity_id, 'lead ' || l.lead_no) AS deal, max(l.amount) AS amount,
                       min({event}) AS happened_at, min(l.handoff_at) AS passed_at,
                       bool_or(coalesce(l.outcome = 'won', false)) AS is_won,
                       bool_or(coalesce(l.outcome = 'lost', false)) AS is_lost
                FROM {cohort.leads} AS l WHERE l.handoff_at IS NOT NULL AND ({has_event}){cohort.filters} GROUP BY 1
            )
        ) GROUP BY 1 ORDER BY 1
        """,
        cohort.params,
    )
    found = [
        SharedNumber(int(quarter_no), int(deals), float(won), float(most), float(early), int(blank))
        for quarter_no, deals, won, most, early, blank in frame.drop_nulls("number").iter_rows()
    ]
    undated = frame.filter(frame["number"].is_null())["opportunities"].sum()
    return tuple(found), int(undated)
