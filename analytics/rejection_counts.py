"""Counts rejections per period of handoff and reason: the tables that the view of rejections stands on."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from analytics.cohort import Cohort
from analytics.metrics.compose import journey_relation, rate
from analytics.periods import Unit, all_between, first_day, following, is_whole
from analytics.rejection_mix import PeriodOfRejections, shares_of
from analytics.schema import REASON_CODES
from analytics.warehouse import Warehouse


@dataclass(slots=True)
class Counted:
    """One period as the engine counted it: leads, settled, decided of settled, rejected of settled; per reason."""

    totals: list[int]
    reasons: list[int]


def counted_periods(warehouse: Warehouse, cohort: Cohort, unit: Unit) -> dict[int, Counted]:
    """Period number -> counts, for the periods that hold leads."""
    rows = warehouse.run_once(
        cohort.table,
        f"SELECT {unit.value} AS number, CASE WHEN is_rejected THEN reason ELSE -1 END AS reason, count(*) AS leads, "
        "count(*) FILTER (WHERE is_settled) AS settled, "
        "count(*) FILTER (WHERE is_settled AND (is_accepted OR is_rejected)) AS decided, "
        "count(*) FILTER (WHERE is_settled AND is_rejected) AS rejected "
        f"FROM {journey_relation(warehouse, cohort)} GROUP BY 1, 2",
    )
    found: defaultdict[int, Counted] = defaultdict(lambda: Counted([0] * 4, [0] * len(REASON_CODES)))
    for number, reason, *totals in rows.iter_rows():
        one = found[int(number)]
        one.totals = [old + new for old, new in zip(one.totals, totals, strict=True)]
        if reason >= 0:
            one.reasons[reason] += totals[0]
    return dict(found)


def periods_of(
    cohort: Cohort, unit: Unit, counted: Mapping[int, Counted], order: list[int]
) -> tuple[PeriodOfRejections, ...]:
    """Every period from the first to the last with leads; ``order``: reason numbers, the most frequent first."""
    if not counted:
        return ()
    starts_on, ends_on = _bounds(cohort)
    window = timedelta(days=cohort.contract.disposition_days)
    found = []
    for number in all_between(unit, min(counted), max(counted)):
        one = counted.get(number, Counted([0] * 4, [0] * len(REASON_CODES)))
        leads, settled, *_ = one.totals
        counts = [one.reasons[reason] for reason in order]
        found.append(
            PeriodOfRejections(
                number=number,
                starts_on=first_day(unit, number),
                leads=leads,
                settled=settled,
                rejected=sum(counts),
                of_leads=rate(sum(counts), leads, leads - settled),
                reasons=tuple((REASON_CODES[reason], one.reasons[reason]) for reason in order),
                rates=tuple(rate(count, leads, leads - settled) for count in counts),
                shares=shares_of(counts),
                is_whole=is_whole(unit, number, starts_on, ends_on),
                is_immature=settled < leads,
                judged_on=min(first_day(unit, following(unit, number)), ends_on) + window,
            )
        )
    return tuple(found)


def _bounds(cohort: Cohort) -> tuple[date | None, date]:
    """The local days that the selection covers, the end exclusive and never after the extract."""
    end = min(cohort.ends_at, cohort.manifest.as_of) if cohort.ends_at else cohort.manifest.as_of
    return (
        _local_day(cohort.starts_at, cohort.zone) if cohort.starts_at else None,
        _local_day(end, cohort.zone),
    )


def _local_day(moment: datetime, zone: str) -> date:
    """The local day that a half-open bound stands for: the next one where it is no midnight."""
    local = moment.replace(tzinfo=UTC).astimezone(ZoneInfo(zone))
    return local.date() if local.time() == time(0) else local.date() + timedelta(days=1)
