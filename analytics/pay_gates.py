"""What would the pay plan have paid? Each quarter of handoff judged as if the plan had been live, for both sides."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, timedelta
from zoneinfo import ZoneInfo

from analytics.cohort import Cohort, midnight
from analytics.measurable import (
    NO_OPPORTUNITIES,
    has_opportunities,
    is_cadence_at_most,
    obstacle,
)
from analytics.metrics.compose import journey_query
from analytics.pay_judgement import judge_quarter, least_hits, targets
from analytics.pay_quarter import CONDITIONS, Condition, QuarterCounts, QuarterPay, State, Volume
from analytics.pay_shared import NO_AMOUNTS, NO_EVENT_DATES, SharedNumber, measure_shared
from analytics.periods import Unit, all_between, first_day, following, number_of
from analytics.results import Unmeasurable
from analytics.so_far import MONTH, measure_so_far
from analytics.warehouse import Warehouse

__all__ = [
    "CONDITIONS", "LAGGING_DAYS", "LEAST_SHARE", "METHOD", "MOST_CONDITIONS", "MOST_SHARE", "NO_AMOUNTS", "NO_EVENT_DATES",
    "Condition", "PayReplay", "QuarterCounts", "QuarterPay", "SharedNumber", "State", "Volume", "judge_quarter", "least_hits",
    "measure_pay", "targets", "whole_quarters",
]  # fmt: skip

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
    " target, the result is within luck. A quarter is open until it is over and every lead in it had its windows and, unless"
    " it is rejected, its horizon. Leads decided, or turned into opportunities, on an unknown day, and leads of which nobody"
    " knows how often they were touched, are counted both ways; where that changes the answer, it cannot be measured. Where"
    " nobody knows which leads were rejected, nobody knows whether 90 % are decided, and the quality gate cannot be measured."
    " Volume under a filter that leaves leads out is never missed. The shared number counts each opportunity once, in the quarter in which it was won or"
    " created, over all leads of the file that meet the filters."
)
_SETS = (
    "leads", "settled", "pending_decision", "accepted_settled", "decided_settled", "young_open", "mature_accepted",
    "mature_accepted_opportunity", "mature_opportunity_undated", "limit_settled", "limit_met", "limit_pending",
    "cadence_settled", "cadence_full", "cadence_pending", "cadence_unknown", "decided_in_window", "decided_unknown_when",
)  # fmt: skip


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


def measure_pay(warehouse: Warehouse, cohort: Cohort) -> PayReplay:
    """The plan replayed over the quarters of handoff of a cohort; no quarters for an empty one.

    A quarter that the selection cuts is ``in part``: ask for whole quarters.
    """
    counted = _counted(warehouse, cohort)
    wins = measure_so_far(warehouse, cohort, MONTH).days_to_won
    shared, undated = measure_shared(warehouse, cohort)
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


def _counted(warehouse: Warehouse, cohort: Cohort) -> list[QuarterCounts]:
    query = journey_query(warehouse, cohort, _SETS, "quarter")
    rows = {int(row.pop("value")): row for row in warehouse.run_once(cohort.table, query).to_dicts()}
    if not rows:
        return []
    obstacles = tuple((slug, why) for slug in CONDITIONS if (why := _obstacle(cohort, slug)) is not None)
    is_at_most = is_cadence_at_most(cohort.manifest, cohort.contract.cadence_channels)
    extract_on = cohort.manifest.as_of.replace(tzinfo=UTC).astimezone(ZoneInfo(cohort.zone)).date()
    found = []
    for number in all_between(Unit.QUARTER, min(rows), max(rows)):
        row = rows.get(number, dict.fromkeys(_SETS, 0))
        undated = row.pop("mature_opportunity_undated")
        starts = midnight(first_day(Unit.QUARTER, number), cohort.zone)
        ends = midnight(first_day(Unit.QUARTER, following(Unit.QUARTER, number)), cohort.zone)
        is_selected = (cohort.starts_at is None or cohort.starts_at <= starts) and (
            cohort.ends_at is None or cohort.ends_at >= min(ends, cohort.manifest.as_of)
        )
        found.append(
            QuarterCounts(
                number,
                **row,
                opportunity_undated=undated,
                is_over=cohort.manifest.as_of >= ends,
                is_whole=is_selected and not starts + LATE_START < cohort.oldest < ends,
                is_filtered=any(values for _, values in cohort.request.filters),
                extract_on=extract_on,
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
