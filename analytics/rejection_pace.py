"""How fast does sales say no, with or without a touch? And which accepted leads are disqualified soon after?"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl

from analytics import formatting as text
from analytics.cohort import FIRST, Cohort
from analytics.measurable import (
    NO_ACCEPTANCE,
    NO_FIRST_TOUCH,
    NO_REJECTION_DATES,
    NO_REJECTIONS,
    has_opportunities,
    has_wins,
    knows_acceptance,
    knows_first_touch,
    knows_rejections,
)
from analytics.metrics.compose import journey_relation, rate
from analytics.results import Rate, Unmeasurable
from analytics.stats.survival import wait_curve
from analytics.store.manifest import Manifest
from analytics.warehouse import Warehouse
from analytics.zones import to_local

MARKS = (60, 300, 3_600, 86_400)
"""Within a minute, five minutes, an hour, a day of wall time."""
EDGES = (60, 300, 900, 3_600, 14_400, 86_400, 259_200, 604_800, 1_209_600, 2_419_200)
"""Upper ends of the bins, inclusive, in seconds; one open bin follows. Bins below a day need times of day."""
DAY = 86_400
SOON_DAYS = 14
SOON_SECONDS = SOON_DAYS * DAY
NO_DISQUALIFICATIONS = Unmeasurable(
    "The export holds one decision per lead, so a rejection after an acceptance cannot be seen.",
    "the date of acceptance and the date of rejection, each in a column of its own",
)


@dataclass(frozen=True, slots=True)
class PaceBin:
    """Rejections later than ``low`` and at most ``high`` seconds after handoff (0: from the handoff on, None: open).

    ``untouched`` were rejected without any recorded touch; where touches are not known, all stand in ``touched``.
    """

    low: int
    high: int | None
    touched: int
    untouched: int


@dataclass(frozen=True, slots=True)
class RejectionPace:
    """Wall time from handoff to rejection. ``rejected`` = ``dated`` + ``undated``.

    ``within``: (seconds, share of dated rejections at most so long after the handoff). ``median`` in seconds with its
    interval, None without dates. ``untouched``: rejected without any recorded touch, of all rejected; None where the
    export does not know touches. ``whole_days`` dated rejections lie on a bare date (or midnight) or stem from a
    handoff with a bare date; ``is_daily``: at least half of them do, so that marks and bins under a day are left out.
    """

    rejected: int
    dated: int
    undated: int
    undated_untouched: int
    within: tuple[tuple[int, Rate], ...]
    median: float | None
    median_low: float | None
    median_high: float | None
    untouched: Rate | None
    bins: tuple[PaceBin, ...]
    whole_days: int
    is_daily: bool


@dataclass(frozen=True, slots=True)
class Disqualified:
    """Accepted leads that were rejected within 14 days of 24 hours, of those accepted at least so long ago.

    ``rate.pending`` leads were accepted later than that. ``ever`` counts disqualifications whatever their day,
    ``undated`` those of them without a date.
    """

    rate: Rate
    ever: int
    undated: int


def measure_pace(warehouse: Warehouse, cohort: Cohort) -> RejectionPace | Unmeasurable:
    """How long after handoff the rejections came, and how many leads nobody had touched."""
    manifest = cohort.manifest
    if not knows_rejections(manifest):
        return NO_REJECTIONS
    if not manifest.has("rejected_at", "decided_at"):
        return NO_REJECTION_DATES
    knows = knows_first_touch(manifest)
    frame = _ages(warehouse, cohort, is_touch_known=knows)
    rejected = int(frame["leads"].sum())
    dated = frame.filter(pl.col("age").is_not_null())
    ages, leads = dated["age"].to_numpy(), dated["leads"].to_numpy()
    total, whole_days = int(leads.sum()), int(dated["whole_days"].sum())
    is_daily = 2 * whole_days >= total > 0
    curve = wait_curve(ages, leads, np.zeros_like(leads))
    low, high = curve.quantile_interval(0.5) if curve else (None, None)
    untouched = int(frame["untouched"].sum())
    return RejectionPace(
        rejected=rejected,
        dated=total,
        undated=rejected - total,
        undated_untouched=untouched - int(dated["untouched"].sum()),
        within=tuple(
            (mark, rate(int(leads[ages <= mark].sum()), total))
            for mark in MARKS
            if mark >= DAY or not is_daily
        ),
        median=curve.quantile(0.5) if curve else None,
        median_low=low,
        median_high=high,
        untouched=rate(untouched, rejected) if knows else None,
        bins=_bins(dated, is_daily=is_daily),
        whole_days=whole_days,
        is_daily=is_daily,
    )


def _ages(warehouse: Warehouse, cohort: Cohort, *, is_touch_known: bool) -> pl.DataFrame:
    """Rejections per age in seconds (null: undated): all, without a touch, and those that carry no time of day."""
    at = to_local("l.rejected_at", cohort.manifest.zone, FIRST, cohort.manifest.as_of)
    untouched = "NOT c.is_touched AND NOT c.is_touched_before" if is_touch_known else "false"
    return warehouse.run(
        f"SELECT c.reject_age AS age, count(*) AS leads, count(*) FILTER (WHERE {untouched}) AS untouched, "
        f"count(*) FILTER (WHERE l.handoff_is_date OR {at} = date_trunc('day', {at})) AS whole_days "
        f"FROM {journey_relation(warehouse, cohort)} AS c JOIN {cohort.leads} AS l USING (lead_no) "
        "WHERE c.is_rejected GROUP BY 1 ORDER BY 1"
    )


def _bins(dated: pl.DataFrame, *, is_daily: bool) -> tuple[PaceBin, ...]:
    edges = [edge for edge in EDGES if edge >= DAY or not is_daily]
    ages = dated["age"].to_numpy()
    leads, untouched = dated["leads"].to_numpy(), dated["untouched"].to_numpy()
    found = []
    for low, high in zip([None, *edges], [*edges, None], strict=True):
        inside = ((ages > low) if low is not None else ages >= 0) & (
            (ages <= high) if high is not None else True
        )
        none = int(untouched[inside].sum())
        found.append(PaceBin(low or 0, high, int(leads[inside].sum()) - none, none))
    return tuple(found)


def pace_words(result: RejectionPace) -> str:
    """How soon, and how many without a touch, in one sentence."""
    if not result.rejected:
        return "No lead is rejected in this selection."
    parts = []
    if result.median is not None and result.dated >= text.QUOTABLE:
        around = text.duration_range(result.median_low, result.median_high)
        which = f"{text.count(result.dated)} dated rejections" if result.undated else "rejections"
        parts.append(
            f"Half of the {which} came within {text.duration(result.median)} of the handoff ({around})"
        )
        shown = dict(result.within)
        for mark in (300, 3_600):
            share = shown.get(mark)
            if share is not None and share.numerator:
                parts.append(f"{text.rate_with_interval(share)} within {text.duration(mark)}")
                break
    else:
        parts.append(_few(result))
    if result.untouched is not None:
        parts.append(f"{text.rate_with_interval(result.untouched)} without any recorded touch")
    return f"{'; '.join(parts)}."


def _few(result: RejectionPace) -> str:
    """Why no median is quoted: too few rejections, or too few of them with a date."""
    if not result.undated:
        return f"{text.plural(result.rejected, 'rejection')}, {text.TOO_FEW} a median"
    if not result.dated:
        return f"{text.plural(result.rejected, 'rejection')}, none with a date, so how soon they came cannot be told"
    dated = text.of(Rate(result.dated, result.rejected))
    return f"{dated} rejections {'carries' if result.dated == 1 else 'carry'} a date, {text.TOO_FEW} a median"


def pace_notes(result: RejectionPace) -> tuple[str, ...]:
    """What the figure leaves open: rejections without a date, without a time of day, or without known touches."""
    return tuple(
        words
        for words in (
            "Wall time, nights and weekends included." if result.dated else "",
            f"{text.plural(result.undated, 'rejection carries', 'rejections carry')} no date."
            if result.undated
            else "",
            f"{text.of(Rate(result.whole_days, result.dated))} carry no time of day, or midnight: read in whole days."
            if result.is_daily
            else f"{text.count(result.whole_days)} carry no time of day, or midnight."
            if result.whole_days
            else "",
            f"Whether a lead was touched first {CANNOT_TELL}: {NO_FIRST_TOUCH.column} would bring it."
            if result.untouched is None
            else "",
        )
        if words
    )


CANNOT_TELL = "cannot be measured from this export"


def measure_disqualified(warehouse: Warehouse, cohort: Cohort) -> Disqualified | Unmeasurable:
    """Accepted, then rejected within 14 days, of all leads accepted at least so long ago."""
    obstacle = _obstacle(cohort.manifest)
    if obstacle:
        return obstacle
    settled = f"is_accepted AND age - coalesce(accept_age, 0) >= {SOON_SECONDS}"
    hits, base, accepted, ever, undated = warehouse.run_once(
        cohort.table,
        f"SELECT count(*) FILTER (WHERE {settled} AND is_disqualified_later AND disqualified_after <= {SOON_SECONDS}), "
        f"count(*) FILTER (WHERE {settled}), count(*) FILTER (WHERE is_accepted), "
        "count(*) FILTER (WHERE is_disqualified_later), "
        "count(*) FILTER (WHERE is_disqualified_later AND disqualified_after IS NULL) "
        f"FROM {journey_relation(warehouse, cohort)}",
    ).row(0)
    return Disqualified(rate(hits, base, accepted - base), ever, undated)


def _obstacle(manifest: Manifest) -> Unmeasurable | None:
    if not knows_acceptance(manifest):
        return NO_ACCEPTANCE
    if not knows_rejections(manifest):
        return NO_REJECTIONS
    implied = has_wins(manifest) or has_opportunities(manifest)
    return None if manifest.has("accepted_at") or implied else NO_DISQUALIFICATIONS


def disqualified_words(result: Disqualified) -> str:
    """The share disqualified soon after acceptance, in one sentence; a bare lower bound where some carry no date."""
    if not result.rate.denominator:
        return "No lead was accepted long enough ago to say."
    late = f" {text.count(result.ever)} were disqualified at any time" if result.ever else ""
    undated = f", {text.count(result.undated)} of them without a date" if result.undated else ""
    pending = (
        f" {text.plural(result.rate.pending, 'lead')} accepted later than that still pending."
        if result.rate.pending
        else ""
    )
    return f"{_soon(result)}.{late}{undated}{'.' if late else ''}{pending}"


def _soon(result: Disqualified) -> str:
    window = text.days(SOON_DAYS)
    if result.undated and result.undated == result.ever:
        return (
            f"How many of {text.plural(result.rate.denominator, 'lead')} accepted at least {window} ago were"
            f" disqualified within {window} of their acceptance cannot be told: no disqualification carries a date"
        )
    told = (
        f"{text.of(result.rate)} leads accepted at least {window} ago were disqualified within {window} of their"
        " acceptance"
    )
    return f"At least {told}" if result.undated else f"{told}{_quoted(result.rate)}"


def _quoted(value: Rate) -> str:
    return f": {text.rate_with_interval(value)}" if text.is_quotable(value) else f", {text.TOO_FEW}"
