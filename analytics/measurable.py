"""What an export knows: which numbers it can give, and for the others why not and which column would bring them."""

from __future__ import annotations

from analytics.results import Unmeasurable
from analytics.schema import Role
from analytics.store.manifest import Manifest

NO_ACCEPTANCE = Unmeasurable(
    "The export does not say which leads sales accepted.",
    "an acceptance date, or a status with words such as Accepted and Rejected",
)
NO_FIRST_TOUCH = Unmeasurable(
    "The export does not say when sales first touched a lead.",
    "the date and time of the first human touch, or a file of touches with their times",
)
NO_TOUCHES = Unmeasurable(
    "The export does not say how often sales tried: it holds no touches and no touch count.",
    "a file of touches (lead id, time, channel), or the number of touches per lead",
)
NO_ACCEPTED_TO_WORK = Unmeasurable(
    "The export does not say which leads sales accepted, so nobody can say which had to be worked.",
    NO_ACCEPTANCE.column,
)
NO_SCORE = Unmeasurable(
    "The export has no score, so nobody can say whether it sorts.", "the lead score at handoff"
)
NO_OUTCOME = Unmeasurable(
    "The export does not say which leads became an opportunity or a win.",
    "won or lost with its closing date, or the opportunity's creation date",
)
NO_WINS = Unmeasurable("The export does not say which leads were won.", "won or lost with its closing date")
NO_OPPORTUNITIES = Unmeasurable(
    "The export does not say which leads became an opportunity.", "the opportunity's id or creation date"
)
NO_LOSSES = Unmeasurable(
    "The export does not say which leads were lost, so nobody can say how many of the decided opportunities were won.",
    "won and lost in one column, or the date on which a lead was lost",
)
NO_REJECTIONS = Unmeasurable(
    "The export does not say which leads sales rejected.",
    "a rejection date, or a status with words such as Rejected or Disqualified",
)
NO_DECISION_DATES = Unmeasurable(
    "The export does not say when sales decided.", "the date of acceptance and of rejection"
)
NO_REJECTION_DATES = Unmeasurable(
    "The export does not say when sales rejected a lead.", "the date and time of the rejection"
)
NO_REJECTION_REASONS = Unmeasurable(
    "The export does not say why sales rejected a lead, so nobody can say which decisions came with a reason.",
    "the rejection reason",
)
NO_SIZE = Unmeasurable("The export does not say how large the companies are.", "the number of employees")


def has_touches(manifest: Manifest) -> bool:
    """Whether the snapshot holds a touches file."""
    return "touches.parquet" in manifest.stored


def is_cadence_undated(manifest: Manifest) -> bool:
    """Whether touches are only counted, without their times: the working rate is then "at most"."""
    return not (has_touches(manifest) and manifest.facts.get("touches_dated", 0))


def has_channels(manifest: Manifest) -> bool:
    """Whether the export says over which channels, or how many, sales tried; if not, the working rate is "at most"."""
    return "touches.channel" in manifest.columns if has_touches(manifest) else manifest.has("touch_channels")


def is_cadence_at_most(manifest: Manifest, channels: int) -> bool:
    """Whether the working rate is the most it can be: touches carry no date, or no channel where ``channels`` are asked for."""
    return is_cadence_undated(manifest) or (channels > 1 and not has_channels(manifest))


def has_opportunity_ids(manifest: Manifest) -> bool:
    """Whether an opportunity id says that a lead became one; not where the opportunities file starts the clock."""
    is_handoff = manifest.columns.get("handoff_at", "").startswith(f"{Role.OPPORTUNITIES}.")
    return manifest.has("opportunity_id") and not is_handoff


def knows_acceptance(manifest: Manifest) -> bool:
    """Whether a column can say that a lead was accepted; a win or an opportunity alone cannot."""
    if manifest.has("accepted_at"):
        return True
    codes = set(manifest.values.get("disposition", {}).values())
    return manifest.has("disposition") and "accepted" in codes


def knows_rejections(manifest: Manifest) -> bool:
    """Whether a column can say that a lead was rejected."""
    if manifest.has("rejected_at"):
        return True
    codes = set(manifest.values.get("disposition", {}).values())
    return manifest.has("disposition") and "rejected" in codes


def knows_decision_dates(manifest: Manifest) -> bool:
    """Whether acceptances carry dates; those of rejections are ``knows_rejection_dates``."""
    return manifest.has("accepted_at", "decided_at")


def knows_rejection_dates(manifest: Manifest) -> bool:
    """Whether rejections carry dates."""
    return manifest.has("rejected_at", "decided_at")


def knows_rejection_reasons(manifest: Manifest) -> bool:
    """Whether a column can say why a lead was rejected."""
    return manifest.has("rejection_reason")


def knows_first_touch(manifest: Manifest) -> bool:
    """Whether some column or file says when a lead was first touched."""
    return manifest.has("first_touch_at") or (
        has_touches(manifest) and bool(manifest.facts.get("touches_dated"))
    )


def knows_touches(manifest: Manifest) -> bool:
    """Whether touches are known, one by one or as a number per lead."""
    return has_touches(manifest) or manifest.has("touch_count")


def has_wins(manifest: Manifest) -> bool:
    """Whether some column says which leads were won."""
    return manifest.has("outcome", "won_at")


def knows_losses(manifest: Manifest) -> bool:
    """Whether a column can say that a lead was lost; without one, whoever was not won may be lost or still open."""
    codes = set(manifest.values.get("outcome", {}).values())
    return manifest.has("lost_at", "is_closed") or "lost" in codes


def has_opportunities(manifest: Manifest) -> bool:
    """Whether some column says which leads became an opportunity."""
    return manifest.has("opportunity_at") or has_opportunity_ids(manifest)


def obstacle(manifest: Manifest, metric: str) -> Unmeasurable | None:
    """Why a metric of the catalog cannot be measured from this export; None where it can."""
    needs = {
        "acceptance_rate": ((knows_acceptance, NO_ACCEPTANCE),),
        "accepted_of_decided": ((knows_acceptance, NO_ACCEPTANCE), (knows_rejections, NO_REJECTIONS)),
        "share_decided": ((knows_acceptance, NO_ACCEPTANCE), (knows_rejections, NO_REJECTIONS)),
        "decided_in_window": (
            (knows_acceptance, NO_ACCEPTANCE),
            (knows_rejections, NO_REJECTIONS),
            (knows_decision_dates, NO_DECISION_DATES),
            (knows_rejection_dates, NO_REJECTION_DATES),
            (knows_rejection_reasons, NO_REJECTION_REASONS),
        ),
        "touched_inside_limit": ((knows_first_touch, NO_FIRST_TOUCH),),
        "working_rate": ((knows_touches, NO_TOUCHES), (knows_acceptance, NO_ACCEPTED_TO_WORK)),
        "won_in_horizon": ((has_wins, NO_WINS),),
        "opportunity_in_horizon": ((lambda one: has_wins(one) or has_opportunities(one), NO_OPPORTUNITIES),),
        "accepted_to_opportunity": ((knows_acceptance, NO_ACCEPTANCE), (has_opportunities, NO_OPPORTUNITIES)),
        "marketing_sla": (),
        "complete_data": (),
        "sales_sla": (
            (knows_first_touch, NO_FIRST_TOUCH),
            (knows_touches, NO_TOUCHES),
            (knows_acceptance, NO_ACCEPTED_TO_WORK),
        ),
        "opportunity_to_won": (
            (has_wins, NO_WINS),
            (has_opportunities, NO_OPPORTUNITIES),
            (knows_losses, NO_LOSSES),
        ),
    }
    return next((why for knows, why in needs[metric] if not knows(manifest)), None)
