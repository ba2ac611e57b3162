"""The checks of the export as a whole: row limits, fields that start or stop, sources that vanish, bare and late dates."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import polars as pl

from analytics import formatting as text
from analytics.cohort import Cohort
from analytics.plumbing.truncation import Edge, event_edges, fill_edges
from analytics.plumbing.zone_lag import ZoneLag
from analytics.schema import label_of
from analytics.stats.arrays import as_counts
from analytics.store.manifest import Manifest
from analytics.warehouse import Warehouse
from analytics.zones import to_local

ROW_LIMITS = {
    2_000: "a Salesforce report on the screen",
    3_000: "a Zoho view",
    10_000: "a search in HubSpot or Pipedrive",
    50_000: "a Dynamics 365 export of older versions",
    65_535: "an Excel 97 sheet with its header",
    65_536: "an Excel 97 sheet",
    100_000: "a formatted Salesforce report, or Excel from Dynamics 365",
    200_000: "a Zoho export",
    1_048_575: "an Excel sheet with its header",
    1_048_576: "an Excel sheet",
}
EVENTS = {
    "first_touch_at": ("first touches", "first_touch_at", "true", "true"),
    "accepted_at": ("acceptances", "accepted_at", "true", "disposition IS DISTINCT FROM 'rejected'"),
    "rejected_at": ("rejections", "rejected_at", "true", "disposition IS DISTINCT FROM 'accepted'"),
    "opportunity_at": ("opportunities", "opportunity_at", "true", "disposition IS DISTINCT FROM 'rejected'"),
    "won_at": ("wins", "closed_at", "outcome = 'won'", "outcome IS DISTINCT FROM 'lost'"),
    "lost_at": ("losses", "closed_at", "outcome = 'lost'", "outcome IS DISTINCT FROM 'won'"),
    "responded_at": ("responses", "responded_at", "true", "true"),
    "meeting_at": ("meetings", "meeting_at", "true", "true"),
}
"""Name -> words, column, which stamps of it count, and which leads without one could still get one."""
FILLED = ("score", "source", "campaign", "owner", "company", "employees", "industry", "country", "intent")
MONDAY = date(1970, 1, 5)
LEAST_SOURCE, LEAST_SHARE = 30, 0.03
LEAST_ABSENT, LEAST_WEEKS_GONE = 20.0, 4
LEAST_UNOWNED = 0.01


@dataclass(frozen=True, slots=True)
class ExportFinding:
    """Something of the export itself. ``key`` opens the leads it concerns, None where they stand in no lead set.

    ``leads`` of ``of`` leads of the file are concerned; ``is_repaired``: the import has put it right.
    """

    slug: str
    title: str
    sentence: str
    poisons: tuple[str, ...]
    remedy: str
    leads: int
    of: int
    key: str | None = None
    is_repaired: bool = False


def check_export(
    warehouse: Warehouse, cohort: Cohort, zone_lag: ZoneLag | None = None
) -> tuple[ExportFinding, ...]:
    """What is odd about the export as a whole; empty where nothing is. Whole file, whatever the cohort."""
    manifest = cohort.manifest
    weekly = _weekly(warehouse, cohort)
    leads = {
        int(week): int(count)
        for week, count in weekly.group_by("week").agg(pl.col("leads").sum()).iter_rows()
    }
    return (
        *_row_limits(manifest),
        *_zone_error(manifest, zone_lag),
        *_event_edges(warehouse, cohort, leads),
        *_fill_edges(warehouse, cohort, leads),
        *_sources(weekly, leads),
        *_bare_dates(manifest),
        *_late_stamps(manifest),
        *_nobody_owns(warehouse, cohort),
        *_spellings(manifest),
    )


def _week(column: str, cohort: Cohort) -> str:
    """Query text: the number of the local week, as the lead sets ``handed_before`` and ``handed_from`` cut days."""
    local = to_local(column, cohort.zone, cohort.oldest, cohort.manifest.as_of)
    return f"CAST(floor(date_diff('day', DATE '{MONDAY}', CAST({local} AS DATE)) / 7.0) AS INTEGER)"


def monday(week: int) -> date:
    """The first day of a week by its number."""
    return MONDAY + timedelta(weeks=week)


def _weekly(warehouse: Warehouse, cohort: Cohort) -> pl.DataFrame:
    """Leads per week of handoff and source."""
    table = warehouse.table(
        f"weekly_{cohort.manifest.fingerprint[:24]}",
        f"SELECT {_week('handoff_at', cohort)} AS week, source, count(*) AS leads FROM {cohort.leads} WHERE handoff_at IS NOT NULL GROUP BY 1, 2",
    )
    return warehouse.run_once(table, f"SELECT * FROM {table} ORDER BY 1, 2")


def _row_limits(manifest: Manifest) -> list[ExportFinding]:
    return [
        ExportFinding(
            "row_limit", "Cut at a row limit",
            f"{file.name} holds exactly {text.count(file.rows_read)} rows, the limit of {ROW_LIMITS[file.rows_read]}: the rest may be missing.",
            ("every count",), "operator: export by month, and import the files together", manifest.leads, manifest.leads, "file_leads",
        )
        for file in manifest.files
        if file.rows_read in ROW_LIMITS
    ]  # fmt: skip


def _zone_error(manifest: Manifest, lag: ZoneLag | None) -> list[ExportFinding]:
    if lag is None:
        return []
    return [
        ExportFinding(
            "zone_error", "Touches and handoffs in two time zones", lag.words(manifest.zone, manifest.as_of),
            ("speed-to-lead", "touched inside the limit"),
            "operator: export both files in one zone, or name each file's zone; the price stands beside “touched before the handoff”",
            manifest.leads, manifest.leads, "file_leads",
        )
    ]  # fmt: skip


def _event_edges(warehouse: Warehouse, cohort: Cohort, leads: dict[int, int]) -> list[ExportFinding]:
    last = (cohort.manifest.as_of.date() - MONDAY).days // 7
    found = []
    for name, (words, column, condition, _) in EVENTS.items():
        table = warehouse.table(
            f"weeks_{name}_{cohort.manifest.fingerprint[:24]}",
            f"SELECT {_week('handoff_at', cohort)} AS handoff, {_week(column, cohort)} AS event, count(*) AS leads"
            f" FROM {cohort.leads} WHERE handoff_at IS NOT NULL AND {column} >= handoff_at AND {condition} GROUP BY 1, 2",
        )
        frame = warehouse.run_once(table, f"SELECT * FROM {table} ORDER BY 1, 2")
        handoff, event, counts = (as_counts(frame[name], name) for name in ("handoff", "event", "leads"))
        edges = event_edges(handoff, event, counts, leads, last)
        if any(edge.kind == "stops" for edge in edges):  # who still waits is asked only where it matters
            edges = event_edges(handoff, event, counts, leads, last, _waiting(warehouse, cohort, name))
        found += [_event_finding(name, words, edge, leads) for edge in edges]
    return found


def _waiting(warehouse: Warehouse, cohort: Cohort, name: str) -> dict[int, int]:
    """Week of the handoff -> its leads that could still have the event: without its date, and not decided otherwise."""
    _, column, _, is_possible = EVENTS[name]
    table = warehouse.table(
        f"waiting_{name}_{cohort.manifest.fingerprint[:24]}",
        f"SELECT {_week('handoff_at', cohort)} AS week, count(*) AS leads FROM {cohort.leads}"
        f" WHERE handoff_at IS NOT NULL AND {column} IS NULL AND {is_possible} GROUP BY 1",
    )
    frame = warehouse.run_once(table, f"SELECT * FROM {table} ORDER BY 1")
    return dict(zip(frame["week"].to_list(), frame["leads"].to_list(), strict=True))


def _event_finding(name: str, words: str, edge: Edge, leads: dict[int, int]) -> ExportFinding:
    total = sum(leads.values())
    day = monday(edge.week if edge.kind == "starts" else edge.week + 1)
    number = (day - date(1970, 1, 1)).days
    usual = f"about {text.count(round(edge.expected))} would be usual at that age, {text.count(edge.found)} {'is' if edge.found == 1 else 'are'} there"
    if edge.kind == "starts":
        count = sum(n for week, n in leads.items() if week < edge.week)
        return ExportFinding(
            f"starts_{name}", f"{words.capitalize()} start late in the file",
            f"Leads go back to {text.day(monday(min(leads)))}, {words} begin in the week of {text.day(day)}; before that {usual}."
            " Earlier leads look worse than they were.",
            ("cohort funnel", "conversion by score band", "trends"),
            f"operator: export {words} from the beginning, or judge only leads handed off from then on",
            count, total, f"handed_before:{number}",
        )  # fmt: skip
    count = sum(n for week, n in leads.items() if week > edge.week)
    return ExportFinding(
        f"stops_{name}", f"{words.capitalize()} stop before the extract",
        f"The last {words} lie in the week of {text.day(monday(edge.week))}; after it {usual}. Later leads look worse than they are.",
        ("cohort funnel", "conversion by score band", "trends"),
        f"CRM administrator: are {words} still recorded in this field?",
        count, total, f"handed_from:{number}",
    )  # fmt: skip


def _fill_edges(warehouse: Warehouse, cohort: Cohort, leads: dict[int, int]) -> list[ExportFinding]:
    names = [name for name in FILLED if cohort.manifest.has(name)]
    if not names:
        return []
    parts = ", ".join(f"count({name}) AS {name}" for name in names)
    table = warehouse.table(
        f"filled_{cohort.manifest.fingerprint[:24]}",
        f"SELECT {_week('handoff_at', cohort)} AS week, {parts} FROM {cohort.leads} WHERE handoff_at IS NOT NULL GROUP BY 1",
    )
    frame = warehouse.run_once(table, f"SELECT * FROM {table} ORDER BY 1")
    found = []
    for name in names:
        for edge in fill_edges(dict(zip(frame["week"].to_list(), frame[name].to_list(), strict=True)), leads):
            is_start = edge.kind == "starts"
            day = monday(edge.week if is_start else edge.week + 1)
            count = sum(
                n for week, n in leads.items() if (week < edge.week if is_start else week > edge.week)
            )
            number = (day - date(1970, 1, 1)).days
            found.append(
                ExportFinding(
                    f"{edge.kind}_{name}", f"{label_of(name).capitalize()} {edge.kind} being filled",
                    f"{label_of(name).capitalize()} is {'empty before' if is_start else 'empty from'} {text.day(day)}"
                    f" {'and filled from then on' if is_start else 'and was filled until then'}: {text.plural(count, 'lead')}.",
                    (f"breakdown by {label_of(name)}",), "CRM administrator: when was this field introduced, renamed or switched off?",
                    count, sum(leads.values()), f"{'handed_before' if is_start else 'handed_from'}:{number}",
                )
            )  # fmt: skip
    return found


def _sources(weekly: pl.DataFrame, leads: dict[int, int]) -> list[ExportFinding]:
    """Sources that bring leads for weeks and then none, where their share says that at least 20 should have come."""
    total = sum(leads.values())
    found = []
    for (source,), rows in weekly.filter(pl.col("source").is_not_null()).group_by(
        "source", maintain_order=True
    ):
        count = int(rows["leads"].sum())
        weeks = rows["week"].to_list()
        if count < LEAST_SOURCE or count < LEAST_SHARE * total:
            continue
        final, first = max(weeks), min(weeks)
        active = sum(n for week, n in leads.items() if first <= week <= final)
        after = sum(n for week, n in leads.items() if week > final)
        if max(leads) - final >= LEAST_WEEKS_GONE and after * count / max(1, active) >= LEAST_ABSENT:
            found.append(
                ExportFinding(
                    "source_vanishes", "A source vanishes",
                    f"“{source}” brought {text.plural(count, 'lead')} until the week of {text.day(monday(final))} and none since,"
                    f" where about {text.count(round(after * count / active))} would be usual: ended, renamed, or missing from the export?",
                    ("breakdown by source", "trends"), "marketing ops: say which of the three it is",
                    after, total, f"handed_from:{(monday(final + 1) - date(1970, 1, 1)).days}",
                )
            )  # fmt: skip
    return found


def _bare_dates(manifest: Manifest) -> list[ExportFinding]:
    names = [
        name for name in (manifest.clock_field, "first_touch_at", "touched_at") if name in manifest.facts.get("date_only", ())
    ]  # fmt: skip
    if not names:
        return []
    words = " and ".join(label_of(name) for name in names)
    return [
        ExportFinding(
            "bare_dates", "Dates without a time of day",
            f"{words.capitalize()}: dates only, each counts as 00:00. Waits in minutes cannot be computed, only their bounds.",
            ("speed-to-lead", "touched inside the limit"), "operator: export date and time", manifest.leads, manifest.leads, "file_leads",
        )
    ]  # fmt: skip


def _late_stamps(manifest: Manifest) -> list[ExportFinding]:
    notices = [one for one in manifest.notices if one.code == "later_than_as_of"]
    if not notices:
        return []
    return [
        ExportFinding(
            "future_dates", "Dates after the extract",
            " ".join(one.sentence for one in notices[:3]),
            ("every number that uses the field",), "operator: check the extract time, and plan dates that stand in fact columns",
            sum(one.count for one in notices), manifest.leads,
        )
    ]  # fmt: skip


def _nobody_owns(warehouse: Warehouse, cohort: Cohort) -> list[ExportFinding]:
    """Leads that were never handed off and that nobody owns: they stand in no cohort, so they are named here."""
    manifest = cohort.manifest
    if not manifest.has("owner") or not manifest.without_clock:
        return []
    count = int(
        warehouse.run(
            f"SELECT count(*) AS n FROM {cohort.leads} WHERE handoff_at IS NULL AND owner IS NULL"
        ).item()
    )
    if count < LEAST_UNOWNED * manifest.leads:
        return []
    return [
        ExportFinding(
            "unowned_before_handoff", "Leads without a clock start that nobody owns",
            f"{text.count(count)} of {text.plural(manifest.leads, 'lead')} of the file have neither {manifest.clock_starts_at} nor an owner: never routed, or lost on the way.",
            ("every count",), "marketing ops and sales ops: say which of the two it is", count, manifest.leads,
        )
    ]  # fmt: skip


def _spellings(manifest: Manifest) -> list[ExportFinding]:
    """Values written in several ways that the import counts as one."""
    told = [(field, shown, spellings) for field, shown, spellings in manifest.merges if len(spellings) > 1]
    rows = sum(
        sum(rows for _, rows in spellings) - max(rows for _, rows in spellings) for _, _, spellings in told
    )
    if not rows:
        return []
    field, _, spellings = max(told, key=lambda one: sum(rows for _, rows in one[2]))
    written = " and ".join(f"“{str(name).strip()[:40]}”" for name, _ in spellings[:2])
    return [
        ExportFinding(
            "spellings", "One value written in several ways",
            f"{text.plural(len(told), 'value')} in several spellings, such as {written} ({label_of(field)}), counted as one: {text.plural(rows, 'row')} put right at the import.",
            ("breakdowns",), "CRM administrator: offer a list instead of free text", rows, manifest.leads, is_repaired=True,
        )
    ]  # fmt: skip
