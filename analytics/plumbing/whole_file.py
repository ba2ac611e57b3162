"""What the whole file says of each lead, for the audit: crowds of equal stamps, repeated people, silent owners, zones."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

import polars as pl

from analytics.cohort import Cohort, query_text
from analytics.journey import is_before, open_repeats
from analytics.measurable import knows_first_touch
from analytics.plumbing.checks import QUEUE_WORDS, STAGE_FIELDS, knows_touch_times
from analytics.plumbing.score_dates import read_score_dates
from analytics.plumbing.zone_lag import ZoneLag, find_zone_lag
from analytics.stats.limits import place_groups
from analytics.store.manifest import Manifest
from analytics.warehouse import Warehouse
from analytics.zones import to_local

LEAST_CROWD, CROWD_FACTOR = 5, 8
WORKING_SHARE = 4
"""A second is crowded from five equal stamps on, and eight more for each stamp that a working second holds on average."""
WITH_SECONDS = 0.02
"""A column with seconds in fewer of its stamps is written to the minute; chance alone leaves one in sixty without."""
STAMPS = {
    "handoff": "handoff_at",
    "touch": "first_touch_at",
    "opening": "opened_at",
    "accepted": "accepted_at",
    "rejected": "rejected_at",
    "opportunity": "opportunity_at",
    "closed": "closed_at",
}
CROWDED = ("handoff", "accepted", "rejected")
STAGES = ("accepted", "opportunity", "closed")
CONSTANT_SHARE = 0.9
HUNDRED_SHARE = 0.9
UNKNOWN_WORDS = (
    "unknown",
    "unknown source",
    "n/a",
    "na",
    "not set",
    "(not set)",
    "undefined",
    "null",
    "none",
    "?",
    "-",
    "tbd",
)


@dataclass(frozen=True, slots=True)
class WholeFile:
    """The derived table with one row per lead, and what was found on the way.

    ``silent_owners``: owners with far more opportunities without a touch than the others. ``zone_lag``: the constant
    error between the zones of handoffs and touches, None where there is none. ``modal_score`` is carried by
    ``modal_share`` of the scored leads. ``obstacles``: checks that the values of this file cannot answer, and what they
    would need.
    """

    table: str
    silent_owners: tuple[str, ...]
    zone_lag: ZoneLag | None
    modal_score: float | None
    modal_share: float
    obstacles: dict[str, str]


def open_whole_file(warehouse: Warehouse, cohort: Cohort) -> WholeFile:
    """Shape the whole file of a cohort's snapshot for the audit, once."""
    manifest = cohort.manifest
    fingerprint = manifest.fingerprint[:24]
    leads = f"(SELECT * FROM {cohort.leads} WHERE handoff_at IS NOT NULL)"
    profile = _profile(warehouse, fingerprint, leads)
    silent = _silent_owners(warehouse, manifest, leads)
    modal, share = _modal_score(warehouse, fingerprint, leads)
    exact = {name: _is_exact(profile, name) for name in STAMPS}
    scores = read_score_dates(warehouse, cohort)
    zone = manifest.zone
    bounds = (cohort.oldest, manifest.as_of)
    query = query_text("audit").format(
        leads=cohort.leads,
        **{f"{name}_moment": _moment(STAMPS[name], exact[name]) for name in CROWDED},
        repeats=open_repeats(warehouse, cohort),
        earliest=_earliest(warehouse, manifest, cohort.leads),
        midnight_accepted=_is_midnight("l.accepted_at", zone, bounds),
        midnight_rejected=_is_midnight("l.rejected_at", zone, bounds),
        midnight_stage=_is_midnight("coalesce(l.opportunity_at, l.closed_at)", zone, bounds),
        touched_early=is_before("e.moment", "l.handoff_at", cohort),
        score_at=scores.at,
        score_join=scores.join,
        before_handoff=" OR ".join(
            is_before(f"l.{stamp}", "l.handoff_at", cohort)
            for stamp in ("accepted_at", "rejected_at", "opportunity_at", "closed_at")
        ),
    )
    frames = {
        "silent_owners": _one_column("owner", silent),
        "queue_owners": _one_column("owner", _values(warehouse, leads, "owner", is_queue)),
        "unknown_sources": _one_column("source", _values(warehouse, leads, "source", says_unknown)),
    } | ({} if scores.texts is None else {"score_texts": scores.texts})
    params = _parameters(profile, exact) | {
        "modal_score": modal if modal is not None else 0.0,
        "is_constant_score": share >= CONSTANT_SHARE,
    }
    table = warehouse.table(f"audit_{fingerprint}", query, params, frames)
    obstacles = _obstacles(manifest, exact, scores.obstacle)
    return WholeFile(table, silent, find_zone_lag(warehouse, cohort, table), modal, share, obstacles)


def _parameters(profile: dict[str, int], exact: dict[str, bool]) -> dict[str, Any]:
    """What is a crowd in each column, which columns can be compared to the second, and whether scores end at a hundred."""
    crowds = {
        f"crowd_{name}": crowd(
            profile[f"{name}_stamps"], profile[f"{name}_span"], seconds=1 if exact[name] else 60
        )
        for name in CROWDED
    }
    pairs = {f"is_{name}_exact": exact["handoff"] and exact[name] for name in ("touch", "opening")}
    stages = {f"is_{name}_exact": exact[name] for name in STAGES}
    scored, in_hundred = profile["scored"], profile["in_hundred"]
    return crowds | pairs | stages | {"is_hundred_scale": scored > 0 and in_hundred >= HUNDRED_SHARE * scored}


def crowd(stamps: int, span_seconds: float, seconds: int = 1) -> int:
    """From how many equal stamps on a moment is crowded, where a column holds so many stamps over so long a span.

    ``seconds``: how long a moment is, 60 for stamps written to the minute. Stamps fall into the quarter of all time in
    which people work.

    >>> crowd(1_000, 86_400 * 30), crowd(10_000_000, 86_400 * 270), crowd(10_000, 86_400 * 30, seconds=60)
    (5, 18, 12)
    """
    usual = WORKING_SHARE * stamps * seconds / max(1.0, span_seconds)
    return LEAST_CROWD + int(CROWD_FACTOR * usual)


def _is_exact(profile: dict[str, int], name: str) -> bool:
    """Whether a column is written to the second; an empty one is not written to the minute."""
    return profile[f"{name}_seconds"] >= WITH_SECONDS * profile[f"{name}_stamps"]


def _moment(column: str, is_exact: bool) -> str:
    """Query text: the stamp itself, or its minute where a stray second would split one."""
    return f"l.{column}" if is_exact else f"date_trunc('minute', l.{column})"


def _obstacles(manifest: Manifest, exact: dict[str, bool], score_dates: str | None) -> dict[str, str]:
    """Check -> what it would need, for checks that the values of the file cannot answer."""
    found = {}
    touches = ("touch",) if knows_first_touch(manifest) else ()
    openings = ("opening",) if manifest.has("opened_at") else ()
    if not exact["handoff"] or not any(exact[name] for name in (*touches, *openings)):
        found["stamp_on_opening"] = (
            "the handoff beside the first touch or the opening with seconds: to the minute, one event cannot be told from two"
        )
    known = [exact[name] for name, fields in zip(STAGES, STAGE_FIELDS, strict=True) if manifest.has(*fields)]
    if sum(known) < 2:
        found["identical_stages"] = "dates of acceptance, opportunity and closing with seconds"
    if score_dates:
        found["score_after_handoff"] = score_dates
    return found


def _is_midnight(stamp: str, zone: str, bounds: tuple[Any, Any]) -> str:
    local = to_local(stamp, zone, *bounds)
    # asked only of full minutes: most stamps are none
    return f"CASE WHEN second({stamp}) = 0 THEN {local} = date_trunc('day', {local}) ELSE false END"


def _profile(warehouse: Warehouse, fingerprint: str, leads: str) -> dict[str, int]:
    """Per column its stamps, those with seconds, and where needed the seconds they span; and how many scores lie between 0 and 100."""
    parts = [
        f"count({column}) AS {name}_stamps, count(*) FILTER (WHERE second({column}) <> 0) AS {name}_seconds"
        for name, column in STAMPS.items()
    ]
    parts += [
        f"coalesce(date_diff('second', min({STAMPS[name]}), max({STAMPS[name]})), 0) AS {name}_span"
        for name in CROWDED
    ]
    table = warehouse.table(
        f"profile_{fingerprint}",
        f"SELECT {', '.join(parts)}, count(score) AS scored,"
        f" count(*) FILTER (WHERE score >= 0 AND score <= 100) AS in_hundred FROM {leads}",
    )  # fmt: skip
    return {
        name: int(value)
        for name, value in warehouse.run_once(table, f"SELECT * FROM {table}").row(0, named=True).items()
    }


def is_queue(owner: str) -> bool:
    """Whether an owner's name is that of a queue or a system instead of a person."""
    return any(word in owner.casefold() for word in QUEUE_WORDS)


def says_unknown(source: str) -> bool:
    """Whether a source is a word for unknown."""
    return source.strip().casefold() in UNKNOWN_WORDS


def _values(warehouse: Warehouse, leads: str, column: str, is_wanted: Callable[[str], bool]) -> list[str]:
    """The different values of a column for which ``is_wanted`` holds: asked once per value, not once per lead."""
    frame = warehouse.run(
        f"SELECT DISTINCT {column} AS value FROM {leads} WHERE {column} IS NOT NULL ORDER BY 1"
    )
    return [value for value in frame["value"].to_list() if is_wanted(str(value))]


def _one_column(name: str, values: Iterable[str]) -> pl.DataFrame:
    return pl.DataFrame({name: pl.Series(list(values), dtype=pl.String)})


def _modal_score(warehouse: Warehouse, fingerprint: str, leads: str) -> tuple[float | None, float]:
    """The most frequent score and its share of the scored leads; None and 0 without scores."""
    table = warehouse.table(
        f"modal_{fingerprint}",
        f"SELECT CAST(score AS DOUBLE) AS score, count(*) AS leads FROM {leads} WHERE score IS NOT NULL GROUP BY 1",
    )
    frame = warehouse.run_once(
        table,
        f"SELECT score, leads, sum(leads) OVER () AS scored FROM {table} ORDER BY leads DESC, score LIMIT 1",
    )
    if frame.is_empty():
        return None, 0.0
    score, leads_with, scored = frame.row(0)
    return float(score), float(leads_with) / float(scored)


def _silent_owners(warehouse: Warehouse, manifest: Manifest, leads: str) -> tuple[str, ...]:
    """Owners whose opportunities lack touches more often than luck explains beside all other owners."""
    if not manifest.has("owner"):
        return ()
    frame = warehouse.run(
        "SELECT owner, count(*) AS sold, count(*) FILTER (WHERE first_touch_at IS NULL AND prior_touch_at IS NULL"
        f" AND coalesce(touch_count, 0) = 0) AS silent FROM {leads}"
        " WHERE owner IS NOT NULL AND (has_opportunity OR coalesce(outcome = 'won', false)) GROUP BY 1 ORDER BY 1"
    )
    places = place_groups(frame["silent"].to_numpy(), frame["sold"].to_numpy())
    sold_all, silent_all = sum(frame["sold"].to_list()), sum(frame["silent"].to_list())
    if places is None or not silent_all:
        return ()
    pooled = silent_all / sold_all
    return tuple(
        owner
        for (owner, sold, silent), place in zip(frame.iter_rows(), places, strict=True)
        if place.is_outside and silent > pooled * sold
    )


def _earliest(warehouse: Warehouse, manifest: Manifest, leads: str) -> str:
    """Query text: lead_no and the earliest human touch, whenever it was."""
    if not knows_touch_times(manifest):
        return f"SELECT lead_no, coalesce(prior_touch_at, first_touch_at) AS moment FROM {leads}"
    touches = warehouse.parquet(warehouse.root / manifest.fingerprint / "touches.parquet")
    return (
        "SELECT l.lead_no, coalesce(least(t.moment, l.prior_touch_at), l.first_touch_at) AS moment FROM l LEFT JOIN"
        f" (SELECT t.lead_no, min(t.touched_at) AS moment FROM {touches} AS t JOIN l USING (lead_no)"
        " WHERE t.is_human AND t.touched_at < l.handoff_at GROUP BY 1) AS t USING (lead_no)"
    )
