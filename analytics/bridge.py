"""From marketing's total to the leads that sales counts as worked: every row in exactly one step of a bridge."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import polars as pl

from analytics import formatting as text
from analytics.cohort import Cohort
from analytics.errors import RequestError
from analytics.journey import (
    ACCEPTED_UNTOUCHED,
    NO_OWNER,
    PENDING,
    REJECTED,
    REPEAT,
    UNDECIDED,
    UNTOUCHED,
    WORKED,
)
from analytics.measurable import (
    has_opportunities,
    has_wins,
    knows_acceptance,
    knows_first_touch,
    knows_rejections,
)
from analytics.metrics.catalog import LEAD_SETS
from analytics.metrics.compose import journey_relation
from analytics.schema import REASON_CODES, reason_words
from analytics.warehouse import Warehouse

MOST_SET_ASIDE = 1_000
AsideKind = Literal["duplicate", "reject"]
ASIDE: dict[str, AsideKind] = {"duplicates": "duplicate", "unreadable": "reject"}
"""Steps whose rows are no leads: they open as the rows that the import set aside."""

METHOD = (
    "The bridge starts with every row of the leads file that meets the filters and takes one group of leads away at each"
    " step. Each lead falls into the first step that matches, in the printed order, and into no other, so the steps and the"
    " end add up to the start. Rows with an id that stands on a later row are duplicates; rows that could not be read as a"
    " lead were set aside by the import; both carry no filterable columns and are shown only when no filter is on. A person"
    " was passed before when an earlier lead of the file has the same e-mail address or phone number. A touch counts here"
    " whenever it was recorded, before the handoff or after."
)


@dataclass(frozen=True, slots=True)
class BridgeStep:
    """One step: how many leads it takes away (the first and the last: how many there are).

    ``key`` opens its leads; None for rows that are no leads. ``kind``: start, step or end.
    """

    slug: str
    words: str
    leads: int
    key: str | None
    kind: Literal["start", "step", "end"]


@dataclass(frozen=True, slots=True)
class Bridge:
    """The steps in their printed order; the steps between add up with the end to the start.

    ``left_out``: steps that this export cannot tell, in words. ``set_aside`` rows are part of the start.
    """

    steps: tuple[BridgeStep, ...]
    left_out: tuple[str, ...]
    set_aside: int

    @property
    def start(self) -> int:
        """All rows of the file that meet the filters."""
        return self.steps[0].leads

    @property
    def end(self) -> int:
        """The leads that went through every step."""
        return self.steps[-1].leads


def measure_bridge(warehouse: Warehouse, cohort: Cohort) -> Bridge:
    """The reconciliation of one selection. Steps without leads are left out, but for those of the first look."""
    before = _before_cohort(warehouse, cohort)
    inside = _inside(warehouse, cohort)
    end = inside.pop()
    between = [*before[1:], *inside]
    return Bridge(
        (before[0], *between, end), _left_out(cohort), sum(one.leads for one in between if one.slug in ASIDE)
    )


def _before_cohort(warehouse: Warehouse, cohort: Cohort) -> list[BridgeStep]:
    """The start and what never came into the cohort."""
    counted = ", ".join(
        f"count(*) FILTER (WHERE {LEAD_SETS[slug].predicate}) AS {slug}"
        for slug in ("file_leads", "without_clock", "bridge_outside")
    )
    total, no_clock, outside = warehouse.run(
        f"SELECT {counted} FROM {cohort.leads} AS l WHERE true{cohort.filters}", cohort.params
    ).row(0)
    manifest = cohort.manifest
    has_filters = bool(cohort.request.filters)
    duplicates, unreadable = (0, 0) if has_filters else (manifest.duplicates, manifest.rejected)
    rows = total + duplicates + unreadable
    words = "All rows of the file" if not has_filters else "All leads of the file that meet the filters"
    steps = [BridgeStep("start", words, rows, "file_leads" if rows == total else None, "start")]
    steps += _some("duplicates", "Duplicate rows", duplicates, None)
    steps += _some("unreadable", "Rows that could not be read", unreadable, None)
    steps += _some("without_clock", "No date of handoff", no_clock, "without_clock")
    steps += _some("outside", "Outside the period", outside, "bridge_outside")
    return steps


def _some(slug: str, words: str, leads: int, key: str | None) -> list[BridgeStep]:
    return [BridgeStep(slug, words, leads, key, "step")] if leads else []


def _inside(warehouse: Warehouse, cohort: Cohort) -> list[BridgeStep]:
    """What became of the leads inside the cohort; the last one is the end, even without leads."""
    frame = warehouse.run_once(
        cohort.table,
        f"SELECT bridge_step, count(*) AS leads FROM {journey_relation(warehouse, cohort)} GROUP BY 1 ORDER BY 1",
    )
    counts = {int(step): int(leads) for step, leads in frame.iter_rows()}
    plan = _plan(cohort)
    steps = [
        BridgeStep(slug, words, counts[number], f"bridge:{number}", "step")
        for number, slug, words in plan
        if counts.get(number)
    ]
    words = _end_words(cohort)
    return [*steps, BridgeStep("worked", words, counts.get(WORKED, 0), f"bridge:{WORKED}", "end")]


def _plan(cohort: Cohort) -> list[tuple[int, str, str]]:
    """Every step inside the cohort but the end: its number, slug and words, in the printed order."""
    manifest = cohort.manifest
    no_decision = (
        "No decision"
        if knows_rejections(manifest) and knows_acceptance(manifest)
        else "Not decided, as far as known"
    )
    reasons = [
        (REJECTED + number, f"rejected_{code}", f"Rejected: {reason_words(code)}")
        for number, code in enumerate(REASON_CODES)
    ]
    return [
        (PENDING, "pending", "Still waiting inside the window"),
        (NO_OWNER, "no_owner", "No owner"),
        (REPEAT, "repeat", "Same person passed before"),
        (UNTOUCHED, "untouched", "Closed without a touch"),
        (UNDECIDED, "undecided", no_decision),
        *reasons,
        (ACCEPTED_UNTOUCHED, "accepted_untouched", _untouched_words(cohort)),
    ]


def _has_decisions(cohort: Cohort) -> bool:
    return knows_acceptance(cohort.manifest) or knows_rejections(cohort.manifest)


def _untouched_words(cohort: Cohort) -> str:
    if knows_acceptance(cohort.manifest):
        return "Accepted without a touch"
    return "Opportunity or win without a touch" if _has_decisions(cohort) else "No touch recorded"


def _end_words(cohort: Cohort) -> str:
    """What is known of every lead at the end: acceptance only where a column says it, else what implies it."""
    manifest = cohort.manifest
    has_touch = knows_first_touch(manifest)
    if knows_acceptance(manifest):
        return "Accepted and touched" if has_touch else "Accepted"
    if _has_decisions(cohort):
        has_later = has_wins(manifest) or has_opportunities(manifest)
        words = "With an opportunity or win recorded" if has_later else "Known to be accepted"
        return f"{words}, and touched" if has_touch else words
    return "Touched" if has_touch else "Passed to sales"


def _left_out(cohort: Cohort) -> tuple[str, ...]:
    """Steps that this export cannot tell, with the column that would bring them."""
    manifest = cohort.manifest
    found = []
    if not _has_decisions(cohort):
        found.append("no decision and rejected (it has no decisions)")
    elif not knows_acceptance(manifest):
        found.append("accepted apart from no decision (it has no acceptance)")
    elif not knows_rejections(manifest):
        found.append("rejected apart from no decision (it has no rejections)")
    if not manifest.has("owner"):
        found.append("no owner (it has no owners)")
    if not manifest.has("email", "phone"):
        found.append("same person passed before (it has no e-mail address or phone number)")
    if not knows_first_touch(manifest):
        found.append("without a touch (it has no touch dates)")
    return tuple(found)


def answer(result: Bridge) -> str:
    """The two totals, and the largest steps between them."""
    start, end = text.count(result.start), text.count(result.end)
    steps = sorted(result.steps[1:-1], key=lambda one: -one.leads)
    if not steps:
        return f"All {text.plural(result.start, 'row')} of the file went through every step."
    largest = _listed(
        [f"{one.words[0].lower()}{one.words[1:]} ({text.count(one.leads)})" for one in steps[:3]]
    )
    end_words = result.steps[-1].words
    return (
        f"{start} rows come down to {end} leads {end_words[0].lower()}{end_words[1:]}:"
        f" {text.count(result.start - result.end)} go on the way, most at {largest}."
    )


def _listed(parts: list[str]) -> str:
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} and {parts[-1]}"


def notes(result: Bridge) -> str:
    """What this export cannot tell, in one sentence; empty where it tells everything."""
    return f"This export cannot say: {'; '.join(result.left_out)}." if result.left_out else ""


def set_aside_rows(warehouse: Warehouse, cohort: Cohort, slug: str) -> pl.DataFrame:
    """The rows of the file behind a step that is no leads: file, row, value and reason, at most the first 1,000.

    Raises:
        RequestError: the step is one of leads.
    """
    if slug not in ASIDE:
        raise RequestError(f"The step '{slug[:40]}' of the bridge holds leads, not rows that were set aside.")
    aside = warehouse.parquet(warehouse.root / cohort.manifest.fingerprint / "aside.parquet")
    return warehouse.run(
        f'SELECT file AS "File", row AS "Row", value AS "Value", reason AS "Reason" FROM {aside}'
        " WHERE kind = $kind ORDER BY file, row LIMIT $most",
        {"kind": ASIDE[slug], "most": MOST_SET_ASIDE},
    )
