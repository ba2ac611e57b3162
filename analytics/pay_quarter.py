"""One quarter of the pay plan: the counts it stands on, and its conditions, gates and outcomes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from analytics.results import Rate, Unmeasurable


class State(StrEnum):
    """What can be said of a condition, a gate or a side; the value is the word for it."""

    MET = "met"
    MISSED = "missed"
    PENDING = "pending"
    NOT_JUDGED = "not judged"
    UNKNOWN = "cannot be measured"
    ZERO = "no leads"
    IN_PART = "in part"
    NOT_AGREED = "not agreed"


CONDITIONS = {
    "accepted_of_decided": ("marketing", "rejected_settled"),
    "accepted_to_opportunity": ("marketing", "accepted_without_opportunity"),
    "touched_inside_limit": ("sales", "limit_missed"),
    "working_rate": ("sales", "cadence_not_full"),
    "decided_in_window": ("sales", "not_decided_in_window"),
}
"""Metric -> the side whose pay hangs on it, and the lead set of its misses."""


@dataclass(frozen=True, slots=True)
class QuarterCounts:
    """The leads handed off in one quarter, counted: all that its judgement stands on; names as those of the lead sets.

    ``young_open`` leads are younger than the horizon and not rejected: each can still become an opportunity.
    ``opportunity_undated`` and ``decided_unknown_when`` did it on an unknown day; ``cadence_unknown`` were accepted and
    touched, nobody knows how often. ``is_over``: the quarter had ended at the extract, whose local day is
    ``extract_on``. ``is_whole``: the selected days and the file hold all of it; ``is_filtered``: filters may leave some
    of its leads out. ``obstacles``: metrics of this export that cannot be measured, and why. ``is_at_most``: touches
    carry no date or channel, so the working rate is the most it can be.
    """

    number: int
    leads: int = 0
    settled: int = 0
    pending_decision: int = 0
    accepted_settled: int = 0
    decided_settled: int = 0
    mature_accepted: int = 0
    mature_accepted_opportunity: int = 0
    young_open: int = 0
    opportunity_undated: int = 0
    limit_settled: int = 0
    limit_met: int = 0
    limit_pending: int = 0
    cadence_settled: int = 0
    cadence_full: int = 0
    cadence_pending: int = 0
    cadence_unknown: int = 0
    decided_in_window: int = 0
    decided_unknown_when: int = 0
    is_over: bool = True
    is_whole: bool = True
    is_filtered: bool = False
    extract_on: date | None = None
    obstacles: tuple[tuple[str, Unmeasurable], ...] = ()
    is_at_most: bool = False


@dataclass(frozen=True, slots=True)
class Condition:
    """One threshold of a gate over one quarter.

    Attributes:
        slug: the metric of the catalog.
        state: met at ``rate`` >= ``target``, missed below; else why nobody can say.
        rate: hits of leads; None where ``why`` says why it cannot be measured.
        target: in [0, 1].
        by: hits above the fewest that reach the target; negative: hits short of it. None without leads.
        is_within_luck: the 95 % interval holds the target.
        pending: leads that can still change it.
        unsure: leads of which a day, or how often they were touched, is not known; not counted as hits.
        keys: lead sets of the hits, of all counted, of the misses, and of those pending.
    """

    slug: str
    state: State
    rate: Rate | None
    target: float
    by: int | None = None
    is_within_luck: bool = False
    pending: int = 0
    unsure: int = 0
    is_at_most: bool = False
    why: Unmeasurable | None = None
    keys: tuple[str, str, str, str] = ("", "", "", "")


@dataclass(frozen=True, slots=True)
class Volume:
    """Leads passed in the quarter against three months of the volume agreed; ``by`` as in ``Condition``."""

    state: State
    leads: int
    target: int
    by: int
    key: str


@dataclass(frozen=True, slots=True)
class QuarterPay:
    """One quarter as the plan would have judged it.

    ``quality`` is marketing's gate; ``marketing`` its bonus, which hangs on volume and gate; ``sales`` is sales' gate.
    ``funded_by``: the sides that fund the fix of their missed gate. ``decided`` is the share of settled leads decided.
    ``judged_on``: side -> the first day on which every lead of the quarter has had the windows and the horizon that the
    side is judged by; a lead accepted late has its cadence window later still.
    """

    number: int
    counts: QuarterCounts
    volume: Volume
    quality: State
    marketing: State
    sales: State
    decided: Rate
    conditions: tuple[Condition, ...]
    funded_by: tuple[str, ...]
    judged_on: dict[str, date]

    def of(self, side: str) -> tuple[Condition, ...]:
        """The conditions on which a side's pay hangs."""
        return tuple(one for one in self.conditions if CONDITIONS[one.slug][0] == side)
