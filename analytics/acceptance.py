"""Do sales accept what marketing passes? The acceptance rate, its twin, and their reading."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from analytics.cohort import Cohort
from analytics.measurable import NO_ACCEPTANCE, knows_acceptance, obstacle
from analytics.metrics.compose import count_sets, counting_query, metric_rate, rate
from analytics.results import Rate, Unmeasurable
from analytics.warehouse import Warehouse


@dataclass(frozen=True, slots=True)
class WeekOfHandoff:
    """One week of the small figure: ``starts_on`` is its Monday in the contract's zone.

    ``of_settled`` and ``of_decided`` count settled leads only; ``pending`` younger leads wait outside both.
    ``of_decided`` is empty where rejections are unknown.
    """

    starts_on: date
    of_settled: Rate
    of_decided: Rate
    pending: int


@dataclass(frozen=True, slots=True)
class Acceptance:
    """Acceptance of one cohort.

    ``of_settled`` is the acceptance rate (SAL / MQL); ``of_decided`` its twin of equal size, on settled leads that
    sales accepted or rejected; ``decided`` the share of settled leads with a decision. ``late`` accepted after the
    window, ``implied`` accepted by an opportunity or a win alone, ``disqualified_later`` rejected after acceptance:
    all three are parts of ``of_settled.numerator``. ``target`` is the contract's, for ``of_decided``. Where
    ``twin_unmeasurable`` says why nobody knows who was rejected, ``of_decided`` and ``decided`` are empty, also by week.
    """

    of_settled: Rate
    of_decided: Rate
    decided: Rate
    late: int
    implied: int
    disqualified_later: int
    target: float
    window_days: int
    weeks: tuple[WeekOfHandoff, ...]
    twin_unmeasurable: Unmeasurable | None = None


_SETS = ("settled", "pending_decision", "accepted_settled", "decided_settled", "accepted_late", "accepted_implied",
         "disqualified_later")  # fmt: skip


def measure_acceptance(warehouse: Warehouse, cohort: Cohort) -> Acceptance | Unmeasurable:
    """The acceptance rate, its twin and its weeks, for one cohort.

    Definition: product section "The numbers". Settled leads only, decided early or not: counting early deciders of
    young weeks would flatter them. Intervals: Wilson (1927).
    """
    if not knows_acceptance(cohort.manifest):
        return NO_ACCEPTANCE
    counts = count_sets(warehouse, cohort, _SETS)
    twin = obstacle(cohort.manifest, "accepted_of_decided")
    return Acceptance(
        of_settled=metric_rate(counts, "acceptance_rate"),
        of_decided=Rate(0, 0) if twin else metric_rate(counts, "accepted_of_decided"),
        decided=Rate(0, 0) if twin else metric_rate(counts, "share_decided"),
        late=counts["accepted_late"],
        implied=counts["accepted_implied"],
        disqualified_later=counts["disqualified_later"],
        target=cohort.contract.target_acceptance_of_decided,
        window_days=cohort.contract.disposition_days,
        weeks=_weeks(warehouse, cohort, is_twin_known=twin is None),
        twin_unmeasurable=twin,
    )


def _weeks(warehouse: Warehouse, cohort: Cohort, *, is_twin_known: bool) -> tuple[WeekOfHandoff, ...]:
    """One row per week with leads, in order."""
    query = counting_query(
        cohort, ["settled", "pending_decision", "accepted_settled", "decided_settled"], "week"
    )
    return tuple(
        WeekOfHandoff(
            starts_on=date(1970, 1, 1) + timedelta(days=int(week)),
            of_settled=rate(accepted, settled, pending),
            of_decided=rate(accepted, decided, pending) if is_twin_known else Rate(0, 0),
            pending=pending,
        )
        for week, settled, pending, accepted, decided in warehouse.run(query).iter_rows()
    )
