"""Period, filters and as_of to one narrow row per lead: the relation over which every number of every page counts."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import polars as pl

from analytics.banding import BandPlan, band_case, score_bands_of
from analytics.contract import Contract
from analytics.dimensions import dimension_column
from analytics.errors import RequestError
from analytics.measurable import has_channels, has_opportunity_ids, has_touches, is_cadence_undated
from analytics.sales_ready import definition_columns
from analytics.schema import DIMENSIONS, label_of
from analytics.stats.calendar import SlotTable, WorkingCalendar, public_holidays, slot_table
from analytics.store.manifest import Manifest
from analytics.warehouse import Warehouse, literal
from analytics.zones import to_local

QUERIES = Path(__file__).parent / "queries"
DEFAULT_FROM_DAYS, DEFAULT_TO_DAYS, DEFAULT_LEAST = 180, 90, 30
EPOCH = datetime(1970, 1, 1)
FIRST, LAST = datetime(1970, 1, 1), datetime(2200, 1, 1)
HIGH_INTENTS = (
    "high",
    "hot",
    "very high",
    "hand raise",
    "hand-raise",
    "hand raiser",
    "demo",
    "tier 1",
    "1",
    "a",
    "hoch",
)
MANY_CHANNELS = 99
CHEAP_CHANNELS = 2
UNKNOWN = ""
"""The filter value that stands for "the export does not say"."""


@dataclass(frozen=True, slots=True)
class CohortRequest:
    """Which leads to look at; hashable, a correct cache key together with the contract's hash.

    ``starts_on`` and ``ends_on`` (exclusive) are days in the contract's zone; both None and not whole file = the
    default cohort. ``filters``: field (or kept column's header) -> values, any of which may match; ``""`` = unknown.
    """

    fingerprint: str
    starts_on: date | None = None
    ends_on: date | None = None
    is_whole_file: bool = False
    filters: tuple[tuple[str, tuple[str, ...]], ...] = ()


@dataclass(frozen=True, slots=True)
class Cohort:
    """A shaped cohort: ``table`` holds its rows, ``leads`` is the snapshot's file as a relation.

    ``params`` are the bound parameters of the shaping (as_of, windows …), ``slots`` the table of working time,
    ``filters`` the further conditions on the leads file (aliased ``l``), beginning with AND, or empty. ``oldest`` is
    the oldest clock start of the snapshot.
    """

    table: str
    leads: str
    slots: str
    manifest: Manifest
    contract: Contract
    request: CohortRequest
    starts_at: datetime | None
    ends_at: datetime | None
    zone: str
    why: str
    bands: BandPlan
    calendar: WorkingCalendar
    params: dict[str, Any]
    filters: str
    oldest: datetime


def query_text(name: str) -> str:
    """A shaping query from disk."""
    return (QUERIES / f"{name}.sql").read_text("utf-8")


def leads_relation(warehouse: Warehouse, manifest: Manifest) -> str:
    """The snapshot's leads as a relation in query text."""
    return warehouse.parquet(warehouse.root / manifest.fingerprint / "leads.parquet")


def open_cohort(
    warehouse: Warehouse,
    manifest: Manifest,
    contract: Contract,
    request: CohortRequest,
    *,
    leads: str | None = None,
    touches: str | None = None,
) -> Cohort:
    """Shape the cohort of a request, once per snapshot, contract and request.

    ``leads``: a derived table with the columns of the leads file to be counted instead of it, such as a repaired one.
    ``touches``: the same for the touches file; the name of the table or a query in brackets.

    Raises:
        RequestError: an unknown filter field or value type, or a period that ends before it starts.
    """
    zone = contract.zone_name(manifest.zone)
    file = leads_relation(warehouse, manifest)
    leads = leads or file
    starts_at, ends_at, why = _period(warehouse, manifest, contract, request, leads)
    bands = _bands(warehouse, manifest, contract, file)
    calendar = working_calendar(contract, zone, manifest.as_of.year)
    oldest = _oldest(warehouse, leads, manifest)
    slots_name, slot_seconds, as_of_work = _slots(warehouse, calendar, oldest, manifest)
    name = "cohort_" + _digest(
        manifest.fingerprint, contract.hash, repr(request), starts_at, ends_at, leads, touches
    )
    params = _parameters(manifest, contract, starts_at, ends_at)
    params |= {"slot_seconds": slot_seconds, "as_of_work": as_of_work}
    clause, filter_params = _filters(manifest, request, contract, bands)
    params |= filter_params
    parts = {
        "leads": leads, "slots": slots_name, "filters": clause, "score_band": bands.score_case("l.score"),
        "size_band": band_case("l.employees", contract.size_edges),
        "local_handoff": to_local("w.handoff_at", zone, starts_at or oldest, manifest.as_of),
        "high_intents": ", ".join(literal(word) for word in HIGH_INTENTS),
        **_cadence(warehouse, manifest, contract, leads, touches),
    }  # fmt: skip
    agreed, rule_params = definition_columns(manifest, contract, bands, zone)
    parts |= agreed
    params |= rule_params
    warehouse.table(name, query_text("cohort").format(**parts), params)
    return Cohort(
        name,
        leads,
        slots_name,
        manifest,
        contract,
        request,
        starts_at,
        ends_at,
        zone,
        why,
        bands,
        calendar,
        params,
        clause,
        oldest,
    )


def _digest(*parts: object) -> str:
    return hashlib.sha256("\n".join(map(str, parts)).encode()).hexdigest()[:24]


def midnight(day: date, zone: str) -> datetime:
    """The start of a local day, as naive UTC."""
    return datetime.combine(day, time(0), tzinfo=ZoneInfo(zone)).astimezone(UTC).replace(tzinfo=None)


def _period(
    warehouse: Warehouse, manifest: Manifest, contract: Contract, request: CohortRequest, leads: str
) -> tuple[datetime | None, datetime | None, str]:
    zone = contract.zone_name(manifest.zone)
    if request.is_whole_file:
        return None, None, "the whole file"
    if request.starts_on or request.ends_on:
        if request.starts_on and request.ends_on and request.ends_on <= request.starts_on:
            raise RequestError(
                f"The period ends on {request.ends_on}, not after its start {request.starts_on}."
            )
        for day in (request.starts_on, request.ends_on):
            if day and not FIRST.year <= day.year < LAST.year:
                raise RequestError(
                    f"{day} is no day of a period; choose one from {FIRST.year} to {LAST.year - 1}."
                )
        return (
            midnight(request.starts_on, zone) if request.starts_on else None,
            midnight(request.ends_on, zone) if request.ends_on else None,
            "the period chosen",
        )
    today = manifest.as_of.replace(tzinfo=UTC).astimezone(ZoneInfo(zone)).date()
    starts = midnight(today - timedelta(days=DEFAULT_FROM_DAYS), zone)
    ends = midnight(today - timedelta(days=DEFAULT_TO_DAYS), zone)
    count = warehouse.run(
        f"SELECT count(*) AS n FROM {leads} WHERE handoff_at >= $starts AND handoff_at < $ends",
        {"starts": starts, "ends": ends},
    ).item()
    if count >= DEFAULT_LEAST:
        why = f"handed off {DEFAULT_FROM_DAYS} to {DEFAULT_TO_DAYS} days before the extract, so that every lead had its time"
        return starts, ends, why
    last = manifest.as_of - contract.disposition_window + timedelta(microseconds=1)
    return (
        None,
        last,
        f"all leads older than {contract.disposition_days} days, because the usual period holds too few",
    )


def _bands(warehouse: Warehouse, manifest: Manifest, contract: Contract, leads: str) -> BandPlan:
    """The score bands of a snapshot: the contract's, or equal counts when a score lies outside 0 to 100."""
    table = warehouse.table(
        "scores_" + _digest(manifest.fingerprint),
        f"SELECT score, count(*) AS leads FROM {leads} WHERE score IS NOT NULL AND handoff_at IS NOT NULL GROUP BY 1",
    )
    return score_bands_of(warehouse, table, contract.score_edges)


def working_calendar(contract: Contract, zone: str, year: int) -> WorkingCalendar:
    """The contract's calendar in a zone, with public holidays from 1980 to the year after ``year``."""
    return _calendar(contract, zone, year + 1)


@lru_cache(maxsize=32)
def _calendar(contract: Contract, zone: str, last_year: int) -> WorkingCalendar:
    days = public_holidays(contract.holiday_country, contract.holiday_subdivision, range(1980, last_year + 1))
    hours = {day: intervals for day, intervals in enumerate(contract.opening_minutes) if intervals}
    return WorkingCalendar(zone=zone, hours=hours, holidays=days | frozenset(contract.extra_holidays))


def _oldest(warehouse: Warehouse, leads: str, manifest: Manifest) -> datetime:
    """The oldest clock start of a snapshot; as_of where there is none."""
    name = warehouse.table(
        "oldest_" + _digest(manifest.fingerprint, leads), f"SELECT min(handoff_at) AS first_at FROM {leads}"
    )
    at = warehouse.run(f"SELECT first_at FROM {name}").item()
    return at if isinstance(at, datetime) else manifest.as_of


def _slots(
    warehouse: Warehouse, calendar: WorkingCalendar, first: datetime, manifest: Manifest
) -> tuple[str, int, int]:
    """The slot table that covers every stamp of the snapshot, its slot length, and the working time at as_of."""
    slots = _slot_table(calendar, first.date() - timedelta(days=2), manifest.as_of.date() + timedelta(days=2))
    name = "slots_" + _digest(
        calendar.zone,
        sorted(calendar.hours.items()),
        sorted(calendar.holidays),
        first.date(),
        manifest.as_of.date(),
    )
    numbers = range(slots.first_slot, slots.first_slot + len(slots.base))
    frame = pl.DataFrame(
        {"slot": pl.Series(numbers, dtype=pl.Int64), "base": slots.base, "slope": slots.slope.astype("int64")}
    )
    warehouse.table(name, "SELECT * FROM given_slots", frames={"given_slots": frame})
    second = int((manifest.as_of - EPOCH).total_seconds())
    row = second // slots.slot_seconds - slots.first_slot
    work = int(slots.base[row]) + int(slots.slope[row]) * (second % slots.slot_seconds)
    return name, slots.slot_seconds, work


@lru_cache(maxsize=16)
def _slot_table(calendar: WorkingCalendar, first: date, last: date) -> SlotTable:
    return slot_table(calendar, first, last)


def _parameters(
    manifest: Manifest, contract: Contract, starts_at: datetime | None, ends_at: datetime | None
) -> dict[str, Any]:
    return {
        "starts_at": starts_at or FIRST,
        "ends_at": ends_at or LAST,
        "as_of": manifest.as_of,
        "as_of_second": int((manifest.as_of - EPOCH).total_seconds()),
        "disposition_window": contract.disposition_window,
        "cadence_window": timedelta(days=contract.cadence_days),
        "horizon": contract.horizon,
        "window_seconds": int(contract.disposition_window.total_seconds()),
        "limit_high": contract.limit_minutes_high * 60,
        "limit_standard": contract.limit_minutes_standard * 60,
        "is_win_undated": manifest.has("outcome") and not manifest.has("closed_at", "won_at"),
        "is_opportunity_undated": has_opportunity_ids(manifest) and not manifest.has("opportunity_at"),
    }


def _cadence(
    warehouse: Warehouse, manifest: Manifest, contract: Contract, leads: str, touches: str | None = None
) -> dict[str, str]:
    """Expressions for the touches of accepted leads inside their cadence window.

    An export that does not say over how many channels sales tried gets the benefit of the doubt: "at most".
    """
    engagement = (
        "coalesce({touched} AND (w.responded_at <= w.cadence_end AND {after} w.responded_at), false)"
        " OR coalesce({touched} AND (w.meeting_at <= w.cadence_end AND {after} w.meeting_at), false)"
        " OR coalesce({touched} AND (w.opportunity_at <= w.cadence_end AND {after} w.opportunity_at), false)"
    )
    if has_touches(manifest):
        touches = touches or warehouse.parquet(warehouse.root / manifest.fingerprint / "touches.parquet")
        inner = query_text("cadence").format(touches=touches, leads=leads, channels=_channel_count(contract))
        if is_cadence_undated(manifest):
            engaged = engagement.format(touched="coalesce(k.touches, 0) > 0", after="w.handoff_at <=")
        else:
            engaged = engagement.format(touched="w.first_touch_at IS NOT NULL", after="w.first_touch_at <=")
        return {
            "touches": "coalesce(k.touches, 0)",
            "channels": "coalesce(k.channels, 0)" if has_channels(manifest) else f"{MANY_CHANNELS}",
            "engaged": engaged,
            "cadence_join": f"LEFT JOIN ({inner}) AS k USING (lead_no)",
        }  # fmt: skip
    return {
        "touches": "coalesce(w.touch_count, 0)",
        "channels": f"coalesce(w.touch_channels, {MANY_CHANNELS})",
        "engaged": engagement.format(
            touched="(coalesce(w.touch_count, 0) > 0 OR w.first_touch_at IS NOT NULL)",
            after="coalesce(w.first_touch_at, w.handoff_at) <=",
        ),
        "cadence_join": "",
    }


def _channel_count(contract: Contract) -> str:
    """Distinct channels as far as the contract's cadence asks; counting beyond two is much dearer."""
    if contract.cadence_channels > CHEAP_CHANNELS:
        return "count(DISTINCT t.channel_no)"
    one = "CASE WHEN count(t.channel_no) > 0 THEN 1 ELSE 0 END"
    return f"{one} + CASE WHEN min(t.channel_no) < max(t.channel_no) THEN 1 ELSE 0 END"


def _filters(
    manifest: Manifest, request: CohortRequest, contract: Contract, bands: BandPlan
) -> tuple[str, dict[str, Any]]:
    """Filter clauses with bound values."""
    clause, params = "", {}
    for number, (name, values) in enumerate(request.filters):
        column = dimension_column(manifest, name, contract, bands)
        options = []
        for index, value in enumerate(values):
            if value == UNKNOWN:
                options.append(f"{column} IS NULL")
            else:
                key = f"filter_{number}_{index}"
                params[key] = value
                options.append(f"CAST({column} AS VARCHAR) = ${key}")
        if options:
            clause += f" AND ({' OR '.join(options)})"
    return clause, params


def filter_choices(
    warehouse: Warehouse, manifest: Manifest, contract: Contract | None = None
) -> dict[str, tuple[tuple[str | None, int], ...]]:
    """Field -> (value, leads) for every dimension of the snapshot with at most 500 values; None = unknown.

    Kept columns stand under their own header. Counts are of the whole snapshot, the most frequent value first.
    """
    from analytics.contract import default_contract

    contract = contract or default_contract()
    leads = leads_relation(warehouse, manifest)
    names = [
        name
        for name in DIMENSIONS
        if (name == "size_band" and manifest.has("employees")) or manifest.has(name)
    ]
    names += list(manifest.extra_columns.values())
    plan = BandPlan(contract.score_edges, is_equal_count=False, is_whole=True)
    found: dict[str, tuple[tuple[str | None, int], ...]] = {}
    for name in names:
        column = dimension_column(manifest, name, contract, plan)
        rows = warehouse.run(
            f"SELECT CAST({column} AS VARCHAR) AS value, count(*) AS leads FROM {leads} AS l GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT 501"
        ).rows()
        if 1 < len(rows) <= 500:
            found[name] = tuple(rows)
    return found


def describe_filters(request: CohortRequest) -> str:
    """The filters in words, for a footer."""
    parts = [
        f"{label_of(name)}: {' or '.join(value or 'unknown' for value in values)}"
        for name, values in request.filters
    ]
    return "; ".join(parts)
