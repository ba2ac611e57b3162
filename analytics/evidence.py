"""Any number opened: the exact rows behind a key, one lead's timeline, and exports that no spreadsheet executes."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

import polars as pl

from analytics.cohort import Cohort, CohortRequest, leads_relation, open_cohort
from analytics.contract import Contract
from analytics.measurable import has_touches
from analytics.metrics.catalog import Selection, selection_of
from analytics.metrics.compose import journey_relation, relation
from analytics.metrics.naming import selection_words
from analytics.plumbing.faults import open_faults
from analytics.store.manifest import Manifest
from analytics.warehouse import Warehouse, identifier

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n")
SHOWN = (
    "lead_id", "company", "handoff_at", "first_touch_at", "disposition", "accepted_at", "rejected_at",
    "rejection_reason", "opportunity_at", "outcome", "closed_at", "amount", "score", "source", "campaign", "owner",
    "intent", "employees", "industry", "country", "seniority", "touch_count", "responded_at", "meeting_at",
    "created_at", "mql_at", "opened_at", "opportunity_id", "account_id", "email", "phone", "person_name",
)  # fmt: skip
SEARCHED = ("lead_id", "company", "source", "campaign", "owner", "industry", "country", "opportunity_id")


@dataclass(frozen=True, slots=True)
class Evidence:
    """The rows behind a number. ``count`` is all of them, ``frame`` the first ``limit`` that match the search.

    ``matching`` counts the rows that match the search (= ``count`` without one). Stamps are naive UTC.
    """

    key: str
    label: str
    sentence: str
    count: int
    matching: int
    frame: pl.DataFrame


def open_leads(
    warehouse: Warehouse,
    manifest: Manifest,
    contract: Contract,
    request: CohortRequest,
    key: str,
    *,
    search: str = "",
    limit: int = 1000,
    also: Sequence[tuple[str, str]] = (),
) -> Evidence:
    """The leads of a set, by the same predicate that counted them.

    Args:
        warehouse: the engine.
        manifest: the snapshot.
        contract: the contract the number was counted by.
        request: the cohort the number was counted over.
        key: a lead set such as ``never_touched`` or ``band_won:3``.
        search: text to find in id, company and categories, whatever its case.
        limit: rows to return.
        also: further conditions, dimension and value, such as a row of a breakdown.

    Raises:
        RequestError: no such set or dimension.
    """
    selection = selection_of(key)
    if also:
        added = tuple((name, (text,)) for name, text in also)
        request = CohortRequest(
            request.fingerprint,
            request.starts_on,
            request.ends_on,
            request.is_whole_file,
            (*request.filters, *added),
        )
    cohort = open_cohort(warehouse, manifest, contract, request)
    source, params = _source(warehouse, cohort, selection)
    count = _count(warehouse, source, params)
    columns = shown_columns(manifest)
    condition, matching = "true", count
    if search.strip():
        fields = [name for name in SEARCHED if name in columns or name == "lead_id"]
        condition = "(" + " OR ".join(f"contains(lower(l.{name}), lower($search))" for name in fields) + ")"
        params["search"] = search.strip()[:200]
        matching = _count(warehouse, f"{source} AND {condition}", params)
    params["most"] = limit
    frame = warehouse.run(
        f"SELECT {select_list(columns)} {source} AND {condition} ORDER BY l.handoff_at, l.lead_no LIMIT $most",
        params,
    )
    return Evidence(
        key, selection_words(selection, contract, cohort.bands), selection.sentence, count, matching, frame
    )


def _source(warehouse: Warehouse, cohort: Cohort, selection: Selection) -> tuple[str, dict[str, Any]]:
    """FROM and WHERE of the leads of a selection over the leads file."""
    params: dict[str, Any] = dict(selection.params)
    if selection.grain == "file":
        params |= cohort.params
        return f"FROM {cohort.leads} AS l WHERE {selection.predicate}{cohort.filters}", params
    if selection.grain == "audit":
        rows = open_faults(warehouse, cohort).table
    else:
        rows = relation(cohort) if selection.grain == "cohort" else journey_relation(warehouse, cohort)
    inner = f"SELECT lead_no FROM {rows} WHERE {selection.predicate}"
    return f"FROM {cohort.leads} AS l WHERE l.lead_no IN ({inner})", params


def _count(warehouse: Warehouse, source: str, params: dict[str, Any]) -> int:
    return int(warehouse.run(f"SELECT count(*) AS n {source}", params).item())


def shown_columns(manifest: Manifest) -> dict[str, str]:
    """Shown column -> its name in the result: canonical fields of this snapshot, then kept columns by header."""
    always = {"lead_id", "handoff_at", "first_touch_at", "disposition"}
    personal = {"email", "phone", "person_name"}
    derived = {"accepted_at": ("accepted_at", "decided_at"), "rejected_at": ("rejected_at", "decided_at"),
               "outcome": ("outcome", "won_at", "lost_at"), "closed_at": ("closed_at", "won_at", "lost_at"),
               "touch_count": ("touch_count", "touched_at", "channel")}  # fmt: skip
    shown = {
        name: name
        for name in SHOWN
        if name in always
        or (name in personal and manifest.keep_personal and manifest.has(name))
        or (name not in personal and manifest.has(*derived.get(name, (name,))))
    }
    return shown | manifest.extra_columns


def select_list(columns: dict[str, str]) -> str:
    """What ``shown_columns`` names, as a list to select from ``l`` and ``c``; no name comes twice."""
    taken: set[str] = set()
    parts = []
    for name, header in columns.items():
        shown = header
        while shown.casefold() in taken:
            shown += " (2)"
        taken.add(shown.casefold())
        parts.append(f"l.{identifier(name)} AS {identifier(shown)}")
    return ", ".join(parts)


def lead_timeline(
    warehouse: Warehouse, manifest: Manifest, contract: Contract, lead_id: str
) -> list[tuple[datetime, str, str]]:
    """What happened to one lead, oldest first: moment (naive UTC), what, detail. Empty for an unknown id."""
    del contract
    leads = leads_relation(warehouse, manifest)
    row = warehouse.run(f"SELECT * FROM {leads} WHERE lead_id = $lead_id LIMIT 1", {"lead_id": lead_id})
    if row.is_empty():
        return []
    lead = row.row(0, named=True)
    events = [
        (lead[name], what, detail)
        for name, what, detail in (
            ("created_at", "created", ""), ("mql_at", "marketing qualified (MQL)", ""),
            ("handoff_at", f"passed to sales (clock starts at: {manifest.clock_starts_at})", ""),
            ("opened_at", "opened by the rep", ""), ("accepted_at", "accepted by sales", ""),
            ("rejected_at", "rejected by sales", lead.get("rejection_reason") or ""),
            ("responded_at", "responded", ""), ("meeting_at", "meeting", ""),
            ("opportunity_at", "opportunity created", ""), ("closed_at", str(lead.get("outcome") or "closed"), ""),
        )
        if lead.get(name) is not None
    ]  # fmt: skip
    if has_touches(manifest):
        touches = warehouse.parquet(warehouse.root / manifest.fingerprint / "touches.parquet")
        frame = warehouse.run(
            f"SELECT touched_at, channel, is_human FROM {touches} WHERE lead_no = $lead_no AND touched_at IS NOT NULL "
            "ORDER BY touched_at LIMIT 500",
            {"lead_no": lead["lead_no"]},
        )
        events += [
            (at, "touch" if human else "automated touch", channel or "")
            for at, channel, human in frame.iter_rows()
        ]
    else:
        events += [
            (lead[name], "touch", "") for name in ("prior_touch_at", "first_touch_at") if lead.get(name)
        ]
    return sorted(events, key=lambda event: event[0])


def export(
    warehouse: Warehouse,
    manifest: Manifest,
    contract: Contract,
    request: CohortRequest,
    key: str,
    form: Literal["csv", "parquet"],
    also: Sequence[tuple[str, str]] = (),
) -> bytes:
    """All leads of a set as a file; in CSV every cell that a spreadsheet would execute gets an apostrophe in front."""
    frame = open_leads(warehouse, manifest, contract, request, key, limit=20_000_000, also=also).frame
    if form == "parquet":
        buffer = io.BytesIO()
        frame.write_parquet(buffer)
        return buffer.getvalue()
    return neutralised(frame).write_csv(line_terminator="\r\n").encode("utf-8-sig")


def neutralised(frame: pl.DataFrame) -> pl.DataFrame:
    """The frame with formula starts made harmless, in text cells and in column names.

    Columns are taken by position: a header such as ``*`` or ``^.*$`` means many columns in an expression.
    """
    taken = set(frame.columns)
    safe = []
    for column in frame.get_columns():
        name = column.name
        while name.startswith(FORMULA_STARTS) or (name != column.name and name in taken):
            name = f"'{name}"
        taken.add(name)
        if column.dtype == pl.String:
            is_formula = column.str.slice(0, 1).is_in(FORMULA_STARTS).fill_null(value=False)
            column = ("'" + column).zip_with(is_formula, column)  # noqa: PLW2901 - the same column, made harmless
        safe.append(column.alias(name))
    return pl.DataFrame(safe)
