"""The four numbers of one cohort together with what they stand on: the read-out that both leaders look at."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from analytics.acceptance import Acceptance, measure_acceptance
from analytics.cohort import Cohort, CohortRequest, midnight, open_cohort
from analytics.contract import Contract
from analytics.metrics.compose import count_sets, rate
from analytics.results import Rate, Unmeasurable
from analytics.score_bands import ScoreBands, measure_score_bands
from analytics.so_far import SoFar, measure_so_far
from analytics.speed_to_lead import SpeedToLead, measure_speed
from analytics.store.manifest import Manifest
from analytics.warehouse import Warehouse
from analytics.working_rate import WorkingRate, measure_working_rate


@dataclass(frozen=True, slots=True)
class CohortFacts:
    """Which leads are looked at. Dates are days in the contract's zone, ``to`` exclusive; None = no bound.

    ``maturity`` = leads at least one horizon old, of all leads of the cohort. ``without_clock`` leads of the
    snapshot have no clock start and stand outside every cohort. ``why`` says in words how the period was chosen.
    """

    starts_on: date | None
    ends_on: date | None
    leads: int
    maturity: Rate
    without_clock: int
    as_of: datetime
    zone: str
    filters: tuple[tuple[str, tuple[str, ...]], ...]
    why: str


@dataclass(frozen=True, slots=True)
class Readout:
    """The four numbers; each is its result or an ``Unmeasurable`` that says why and which column would bring it."""

    cohort: CohortFacts
    acceptance: Acceptance | Unmeasurable
    speed: SpeedToLead | Unmeasurable
    working_rate: WorkingRate | Unmeasurable
    score_bands: ScoreBands
    so_far: SoFar


def build_readout(
    warehouse: Warehouse,
    manifest: Manifest,
    contract: Contract,
    request: CohortRequest,
    dimension: str = "source",
) -> Readout:
    """Shape the cohort of a request and count the four numbers over it.

    Args:
        warehouse: the engine, opened on the workspace's snapshots.
        manifest: the snapshot.
        contract: windows, calendar, bands and targets.
        request: period and filters.
        dimension: what the table of decisions and outcomes so far is grouped by; "month" for the month of handoff.

    Raises:
        RequestError: unknown filter or dimension, or a period that ends before it starts.
    """
    cohort = open_cohort(warehouse, manifest, contract, request)
    return Readout(
        cohort=cohort_facts(warehouse, cohort),
        acceptance=measure_acceptance(warehouse, cohort),
        speed=measure_speed(warehouse, cohort),
        working_rate=measure_working_rate(warehouse, cohort),
        score_bands=measure_score_bands(warehouse, cohort),
        so_far=measure_so_far(warehouse, cohort, dimension),
    )


def cohort_facts(warehouse: Warehouse, cohort: Cohort) -> CohortFacts:
    """The cohort in words and counts, as it stands in the footer of a page."""
    counts = count_sets(warehouse, cohort, ("leads", "mature"))
    return CohortFacts(
        starts_on=_local_day(cohort.starts_at, cohort.zone),
        ends_on=_day_of_end(cohort.ends_at, cohort.zone),
        leads=counts["leads"],
        maturity=rate(counts["mature"], counts["leads"]),
        without_clock=cohort.manifest.without_clock,
        as_of=cohort.manifest.as_of,
        zone=cohort.zone,
        filters=cohort.request.filters,
        why=cohort.why,
    )


def _day_of_end(moment: datetime | None, zone: str) -> date | None:
    """The first day that no lead of the cohort can lie on: the day after an end that is no midnight."""
    day = _local_day(moment, zone)
    return day + timedelta(days=1) if day and midnight(day, zone) != moment else day


def _local_day(moment: datetime | None, zone: str) -> date | None:
    return moment.replace(tzinfo=UTC).astimezone(ZoneInfo(zone)).date() if moment else None
