"""The shape of an audit check, and the words that several checks share."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from analytics.store.manifest import Manifest

AMBER_FROM = 0.01


class Group(StrEnum):
    """Under which question of the audit a check stands."""

    HANDOFF = "Does the handoff stamp say when the lead was routed?"
    TOUCHES = "Are touches logged?"
    DUPLICATES = "Is there a duplicate problem?"
    SCORE = "Is the score usable?"
    RECORD = "Is the record complete and in order?"
    EXPORT = "Is the export whole?"


class Repair(StrEnum):
    """How the numbers are counted once more without the fault."""

    EXCLUDE = "those leads left out"
    CLOCK_AT_MQL = "their clock started at the MQL date"
    SHIFT_TOUCHES = "touches moved by the hours of the zone error"
    REASON_FILLED = "a reason filled in for each"
    DECIDED_IN_TIME = "their decisions counted as made inside the window, at best"
    TOUCHED_AT_ONCE = "those leads counted as touched at once, at best"
    NONE = ""


@dataclass(frozen=True, slots=True)
class Check:
    """One check of the audit, as two conditions over one lead.

    ``applies`` and ``fault`` are conditions over the leads file (``l``), the cohort (``c``) and what the whole file says
    of a lead (``x``); a lead is at fault when both hold. ``needs`` says whether this export can answer at all, and
    ``missing`` what it lacks. ``poisons``: the numbers that cannot be trusted while the fault stands. ``remedy`` is what
    to do, and by whom. ``tolerated``: from this share of the leads it applies to, the fault is amber. ``unpriced`` says, where there is no
    repair, why no number changes.
    """

    slug: str
    group: Group
    title: str
    looks_for: str
    applies: str
    fault: str
    needs: Callable[[Manifest], bool]
    missing: str
    poisons: tuple[str, ...]
    repair: Repair
    remedy: str
    tolerated: float = AMBER_FROM
    unpriced: str = ""

    @property
    def key(self) -> str:
        """The lead set of the leads at fault."""
        return f"fault_{self.slug}"
