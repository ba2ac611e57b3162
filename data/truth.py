"""What is true of the generated leads, counted from the generator's own arrays; adds up over chunks."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Any

import numpy as np

from data import vocabulary as words
from data.clock import (
    AS_OF,
    COHORT_FROM,
    COHORT_TO,
    CONTRACT,
    DAY,
    HOUR,
    MINUTE,
    NEVER,
    Flags,
    Ints,
    month_of,
)
from data.defects import NOTHING, Looks
from data.journeys import Leads, size_band
from data.touches import Touches

WINDOW, HORIZON = 14 * DAY, 90 * DAY
SCORE_BANDS = ("0-19", "20-39", "40-59", "60-79", "80+")
UNSCORED = 101


def earliest(touches: Touches, leads: Leads, *, not_before: Ints | None = None) -> Ints:
    """The first human touch of each lead, at or after ``not_before`` where that is given; else NEVER."""
    first = np.full(len(leads), NEVER)
    counts = (
        touches.is_human
        if not_before is None
        else touches.is_human & (touches.at >= not_before[touches.lead])
    )
    np.minimum.at(first, touches.lead[counts], touches.at[counts])
    return first


def is_fully_worked(leads: Leads, touches: Touches, first: Ints) -> tuple[Flags, Flags]:
    """Whether the two weeks after acceptance are over, and whether the lead was worked to the full in them."""
    end = np.where(leads.accepted <= AS_OF, leads.accepted, leads.handoff) + WINDOW
    place = touches.lead
    inside = touches.is_human & (touches.at >= leads.handoff[place]) & (touches.at <= end[place])
    attempts = np.bincount(place[inside], minlength=len(leads))
    channels = np.zeros(len(leads), dtype=np.int64)
    for channel in range(len(words.CHANNELS)):
        channels += np.bincount(place[inside & (touches.channel == channel)], minlength=len(leads)) > 0
    engaged = np.zeros(len(leads), dtype=bool)
    for stamp in (leads.responded, leads.meeting, leads.opportunity):
        engaged |= (stamp >= first) & (stamp <= np.minimum(end, AS_OF))
    return end <= AS_OF, ((attempts >= 6) & (channels >= 2)) | engaged


@dataclass(frozen=True, slots=True)
class Ends:
    """How each lead stands at the export."""

    is_accepted: Flags  # by stamp, or by implication of an opportunity
    is_rejected: Flags
    is_won: Flags


def ends(leads: Leads) -> Ends:
    """A rejection after an acceptance is not a rejection; a stale deal is not closed."""
    has_deal = leads.opportunity <= AS_OF
    is_accepted = (leads.accepted <= AS_OF) | has_deal
    is_closed = has_deal & (leads.closed <= AS_OF) & ~leads.is_stale
    return Ends(is_accepted, (leads.rejected <= AS_OF) & ~is_accepted, is_closed & leads.is_won)


class Tally:
    """Running counts for the whole file and the default cohort."""

    def __init__(self) -> None:
        """Starts at nothing."""
        self.whole: Counter[str] = Counter()
        self.cohort: Counter[str] = Counter()
        self.planted: Counter[str] = Counter()
        self.spend_leads: Counter[tuple[int, int]] = Counter()
        self._scores = np.zeros((UNSCORED + 1, 2), dtype=np.int64)  # leads and wins of the cohort by score
        self._sizes = np.zeros((len(words.BANDS) + 1, 2), dtype=np.int64)

    def add(self, leads: Leads, touches: Touches, looks: Looks) -> None:
        """Counts one finished chunk."""
        ended = ends(leads)
        self._count_whole(leads, touches, looks, ended)
        self._count_cohort(leads, touches, looks, ended)
        pairs = np.stack([leads.source, month_of(leads.handoff)], axis=1)
        for (source, month), count in zip(*np.unique(pairs, axis=0, return_counts=True), strict=True):
            self.spend_leads[int(source), int(month)] += int(count)

    def _count_whole(self, leads: Leads, touches: Touches, looks: Looks, ended: Ends) -> None:
        """Counts of the whole file; an opportunity counts once, however many leads share it."""
        has_deal = leads.opportunity <= AS_OF
        _, once = np.unique(leads.opportunity_number[has_deal], return_index=True)
        deals = np.flatnonzero(has_deal)[once]
        self.whole.update(
            rows=len(leads) + len(looks.copies),
            leads=len(leads),
            accepted=int(ended.is_accepted.sum()),
            rejected=int(ended.is_rejected.sum()),
            undecided=int((~ended.is_accepted & ~ended.is_rejected).sum()),
            leads_with_opportunity=int(has_deal.sum()),
            opportunities=len(deals),
            leads_won=int(ended.is_won.sum()),
            opportunities_won=int(ended.is_won[deals].sum()),
            amount_of_opportunities=int(leads.amount[deals].sum()),
            amount_won=int(leads.amount[deals][ended.is_won[deals]].sum()),
            touches=len(touches),
            human_touches=int(touches.is_human.sum()),
        )

    def _count_cohort(self, leads: Leads, touches: Touches, looks: Looks, ended: Ends) -> None:
        """Counts of the default cohort, by the written definitions."""
        member = (leads.handoff >= COHORT_FROM) & (leads.handoff < COHORT_TO)
        first = earliest(touches, leads, not_before=leads.handoff)
        ever = earliest(touches, leads)
        waited = CONTRACT.elapsed(first) - CONTRACT.elapsed(leads.handoff)
        is_touched = first < NEVER
        limit = np.where(leads.intent == 1, HOUR, 4 * HOUR)
        stamp = np.where(leads.accepted <= AS_OF, leads.accepted, leads.opportunity)
        decided_at = np.where(ended.is_accepted, stamp, leads.rejected)
        explained = ended.is_accepted | (leads.reason >= 0)
        over, full = is_fully_worked(leads, touches, first)
        in_horizon = ended.is_won & (leads.closed - leads.handoff <= HORIZON)
        sold = (
            ended.is_accepted & (leads.opportunity <= AS_OF) & (leads.opportunity - leads.handoff <= HORIZON)
        )
        facts: dict[str, Flags] = {
            "leads": member,
            "settled": leads.handoff + WINDOW <= AS_OF,
            "accepted": ended.is_accepted,
            "rejected": ended.is_rejected,
            "undecided": ~ended.is_accepted & ~ended.is_rejected,
            "decided_in_window": explained & (decided_at <= AS_OF) & (decided_at - leads.handoff <= WINDOW),
            "never_touched": ever >= NEVER,
            "touched_only_before_handoff": ~is_touched & (ever < NEVER),
            "touched_within_4_working_hours": is_touched & (waited <= 4 * HOUR),
            "touched_inside_limit": is_touched & (waited <= limit),
            "touched_within_a_minute_of_handoff": is_touched & (first - leads.handoff <= MINUTE),
            "accepted_with_cadence_settled": ended.is_accepted & over,
            "accepted_worked_to_the_full": ended.is_accepted & over & full,
            "accepted_with_opportunity_within_90_days": sold,
            "wins_within_90_days": in_horizon,
        }
        self.cohort.update({name: int((flags & member).sum()) for name, flags in facts.items()})
        score = np.where(leads.score < 0, UNSCORED, leads.score)
        band = np.where(looks.size_style == NOTHING, len(words.BANDS), size_band(leads.employees))
        for table, key in ((self._scores, score), (self._sizes, band)):
            np.add.at(table[:, 0], key[member], 1)
            np.add.at(table[:, 1], key[member & in_horizon], 1)

    def cohort_truth(self) -> dict[str, Any]:
        """The default cohort: counts, the twin of the acceptance rate, and both tables of bands."""
        counts = {name: int(count) for name, count in self.cohort.items()}
        decided = counts["accepted"] + counts["rejected"]
        edges = (0, 20, 40, 60, 80, UNSCORED)
        scores = {
            name: _pair(self._scores[edges[k] : edges[k + 1]].sum(axis=0))
            for k, name in enumerate(SCORE_BANDS)
        }
        sizes = {name: _pair(self._sizes[k]) for k, name in enumerate((*words.BAND_NAMES, "unknown"))}
        return {
            "from": "2026-04-03",
            "to": "2026-07-02",
            **counts,
            "accepted_of_decided": round(counts["accepted"] / decided, 6) if decided else None,
            "by_score_band": {**scores, "none": _pair(self._scores[UNSCORED])},
            "by_size_band": sizes,
            **self._halves(),
        }

    def _halves(self) -> dict[str, Any]:
        """Leads and wins below the median score and from it on, and how often the winner has the higher score."""
        leads, wins = self._scores[:UNSCORED, 0], self._scores[:UNSCORED, 1]
        if not leads.sum():
            return {"median_score": None, "score_auc": None}
        median = int(np.searchsorted(np.cumsum(leads), leads.sum() / 2))
        others = leads - wins
        below = np.cumsum(others) - others
        pairs = 2 * int(wins.sum()) * int(others.sum())
        return {
            "median_score": median,
            "below_median_score": _pair(self._scores[:median].sum(axis=0)),
            "from_median_score": _pair(self._scores[median:UNSCORED].sum(axis=0)),
            "score_auc": round(int((wins * (2 * below + others)).sum()) / pairs, 4) if pairs else None,
        }


def _pair(counts: Ints) -> dict[str, int]:
    """Leads and their wins within the horizon."""
    return {"leads": int(counts[0]), "wins": int(counts[1])}
