"""The one place where every set of leads and every rate can be looked up, and where keys are read."""

from __future__ import annotations

import re
from dataclasses import dataclass

from analytics.errors import RequestError, nearest
from analytics.metrics.lead_set import Grain, LeadSet, Metric
from analytics.metrics.sets import (
    agreement,
    bands,
    faults,
    periods,
    rejections,
    segments,
    slide,
    stages,
    waits,
)

__all__ = ["KEY", "LEAD_SETS", "METRICS", "LeadSet", "Metric", "Selection", "selection_of"]

LEAD_SETS: dict[str, LeadSet] = {
    lead_set.slug: lead_set
    for sets in (slide, stages, waits, bands, rejections, segments, periods, agreement, faults)
    for lead_set in sets.SETS
}

_METRICS = (
    Metric("acceptance_rate", "Acceptance rate (SAL / MQL)",
           "Of the leads old enough to be decided, how many did sales accept? An acceptance after the window counts and is flagged late.",
           "disposition window (contract, default 14 days)", "both sides", "accepted_settled", "settled", "pending_decision"),
    Metric("accepted_of_decided", "Accepted of decided",
           "Of the settled leads that sales decided, how many were accepted? Marketing's side of the acceptance rate.",
           "disposition window (contract, default 14 days)", "marketing", "accepted_settled", "decided_settled", "pending_decision"),
    Metric("share_decided", "Share decided",
           "Of the leads old enough to be decided, how many did sales decide at all? Sales' side of the acceptance rate.",
           "disposition window (contract, default 14 days)", "sales", "decided_settled", "settled", "pending_decision"),
    Metric("touched_inside_limit", "Touched inside the limit",
           "Of the leads whose first-touch limit has passed, how many were touched inside it, in working time?",
           "first-touch limit of the lead's intent tier (contract)", "sales", "limit_met", "limit_settled", "limit_pending"),
    Metric("working_rate", "Working rate",
           "Of the accepted leads past their cadence window, how many got the full cadence: enough human touches over enough channels, or a response, meeting or opportunity after a touch?",
           "cadence window (contract, default 14 days from acceptance)", "sales", "cadence_full", "cadence_settled", "cadence_pending"),
    Metric("won_in_horizon", "Leads won within the horizon",
           "Of the leads at least one horizon old, how many were won within it?",
           "horizon (contract, default 90 days from handoff)", "both sides", "won_in_horizon", "mature", None),
    Metric("opportunity_in_horizon", "Leads to opportunity within the horizon",
           "Of the leads at least one horizon old, how many became an opportunity within it?",
           "horizon (contract, default 90 days from handoff)", "both sides", "opportunity_in_horizon", "mature", None),
    Metric("decided_in_window", "Decided with a reason inside the window",
           "Of the leads old enough to be decided, how many did sales accept, or reject with a reason, inside the window? Leads decided on an unknown day are not counted as inside it; they are listed apart, and the step is judged only where they make no difference.",
           "disposition window (contract, default 14 days)", "sales", "decided_in_window", "settled", "pending_decision"),
    Metric("accepted_to_opportunity", "Accepted to opportunity within the horizon",
           "Of the accepted leads at least one horizon old, how many became an opportunity within it?",
           "horizon (contract, default 90 days from handoff)", "both sides", "mature_accepted_opportunity", "mature_accepted", None),
    Metric("opportunity_to_won", "Opportunities won, of those decided",
           "Of the leads whose opportunity is won or lost by the extract time, how many are won?",
           "so far, by the extract time", "sales", "closed_opportunity_won", "closed_opportunity", "open_opportunity"),
    Metric("marketing_sla", "Marketing keeps the contract",
           "Of all leads handed to sales, how many meet the sales-ready definition and carry the data the contract asks for? A lead of which that is not known has not met it; without a definition the number reads “not agreed”.",
           "at handoff", "marketing", "marketing_met", "marketing_judged", None),
    Metric("sales_sla", "Sales keeps the contract",
           "Of the accepted leads whose windows have both passed, how many were touched inside the limit of their tier and worked to full cadence?",
           "first-touch limit, and cadence window from acceptance (contract)", "sales", "sla_met", "sla_settled", "sla_pending"),
    Metric("complete_data", "Leads with complete data",
           "Of all leads handed to sales, how many carry the data the contract asks for (default: company, and e-mail or phone)?",
           "at handoff", "marketing", "complete_data", "complete_judged", None),
)  # fmt: skip
METRICS: dict[str, Metric] = {metric.slug: metric for metric in _METRICS}


MOST_PARTS = 6
_WIDEST: tuple[Grain, ...] = ("file", "audit", "journey")
KEY = re.compile(r"[a-z0-9_]{1,40}(:-?[0-9]{1,15})?(\.[a-z0-9_]{1,40}(:-?[0-9]{1,15})?){0,5}")


@dataclass(frozen=True, slots=True)
class Selection:
    """What a key names: the leads in all of its sets at once. ``parts``: sets with their values, None without."""

    key: str
    parts: tuple[tuple[LeadSet, int | None], ...]

    @property
    def grain(self) -> Grain:
        """The widest columns that any part needs."""
        grains = {lead_set.grain for lead_set, _ in self.parts}
        return next((grain for grain in _WIDEST if grain in grains), "cohort")

    @property
    def predicate(self) -> str:
        """All conditions together; the value of part N is bound as ``$value_N``."""
        return " AND ".join(
            f"({lead_set.predicate.replace('$value', f'$value_{number}')})"
            for number, (lead_set, _) in enumerate(self.parts)
        )

    @property
    def params(self) -> dict[str, int]:
        """The values to bind."""
        return {f"value_{number}": value for number, (_, value) in enumerate(self.parts) if value is not None}

    @property
    def sentence(self) -> str:
        """What the sets mean, one sentence each."""
        return " ".join(lead_set.sentence for lead_set, _ in self.parts)


def selection_of(key: str) -> Selection:
    """The leads that a key such as ``settled``, ``band_won:3`` or ``so_far_rejected.month:24315.reason:2`` names.

    Raises:
        RequestError: no such set (names the nearest), a value is missing, surplus or no whole number, too many parts,
            or a set outside the cohort is combined with another one.
    """
    texts = key.split(".")
    if len(texts) > MOST_PARTS:
        raise RequestError(f"At most {MOST_PARTS} sets of leads can be combined; found {len(texts)}.")
    parts = tuple(_part(text) for text in texts)
    if len(parts) > 1 and any(lead_set.grain in ("file", "audit") for lead_set, _ in parts):
        raise RequestError(
            "Leads outside the cohort, and leads of the audit, cannot be combined with another set."
        )
    return Selection(key, parts)


def _part(text: str) -> tuple[LeadSet, int | None]:
    slug, _, value = text.partition(":")
    found = LEAD_SETS.get(slug)
    if found is None:
        raise RequestError(f"There is no set of leads named '{slug[:60]}'{nearest(slug, LEAD_SETS)}.")
    digits = value.removeprefix("-")
    is_number = digits.isascii() and digits.isdigit() and len(digits) <= 15
    if found.takes_value != bool(value) or (value and not is_number):
        wanted = "a whole number after a colon" if found.takes_value else "no value"
        raise RequestError(f"The set of leads '{slug}' takes {wanted}; found '{value[:20]}'.")
    return found, int(value) if value else None
