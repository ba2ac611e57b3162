"""Sets of leads behind the mix of rejections."""

from __future__ import annotations

from analytics.metrics.lead_set import LeadSet, ValueKind

# Touches from handoff to the extract, NULL where unknown: a lead without a touch had none only where the export lists them.
_TOUCHES = "coalesce(recorded_touches, CASE WHEN lists_touches AND NOT is_touched THEN 0 END)"

SETS = (
    LeadSet("reason", "reason", "Rejected for that reason.", "reason = $value", ValueKind.REASON, "journey"),
    LeadSet("rejected_untouched", "rejected without a touch", "Leads rejected without any recorded human touch, before or after handoff.", "is_rejected AND NOT is_touched AND NOT is_touched_before"),
    LeadSet("rejected_touched", "rejected, touch recorded", "Leads rejected with a recorded human touch, before or after handoff.", "is_rejected AND (is_touched OR is_touched_before)"),
    LeadSet("rejected_within", "rejected within", "Leads rejected within so many seconds of their handoff.", "is_rejected AND reject_age <= $value", ValueKind.SECONDS, "journey"),
    LeadSet("rejected_after", "rejected later than", "Leads rejected more than so many seconds after their handoff.", "is_rejected AND reject_age > $value", ValueKind.SECONDS, "journey"),
    LeadSet("rejected_dated", "rejected, with a date", "Rejected leads whose rejection carries a date.", "is_rejected AND reject_age IS NOT NULL", grain="journey"),
    LeadSet("rejected_undated", "rejected, no date", "Rejected leads whose rejection carries no date.", "is_rejected AND reject_age IS NULL", grain="journey"),
    LeadSet("under_worked", "fewer touches than", "Leads with fewer recorded human touches than that from handoff to the extract, none included; leads whose number of touches is unknown are not among them.", f"{_TOUCHES} < $value", ValueKind.NUMBER, "journey"),
    LeadSet("touches_known", "number of touches known", "Leads whose number of human touches from handoff to the extract is known, none included.", f"{_TOUCHES} IS NOT NULL", grain="journey"),
    LeadSet("touches_unknown", "number of touches not known", "Leads of which the export does not say how often they were touched from handoff to the extract.", f"{_TOUCHES} IS NULL", grain="journey"),
    LeadSet("handed_from", "handed off since the start", "Leads handed off on that day or later, in the contract's zone.", "handoff_day >= $value", ValueKind.WEEK),
    LeadSet("handed_before", "handed off before the start", "Leads handed off before that day, in the contract's zone.", "handoff_day < $value", ValueKind.WEEK),
    LeadSet("accepted_for", "accepted at least so long ago:", "Accepted leads whose acceptance, else handoff, lies at least so many seconds before the extract.", "is_accepted AND age - coalesce(accept_age, 0) >= $value", ValueKind.SECONDS, "journey"),
    LeadSet("accepted_less_than", "accepted less long ago than", "Accepted leads whose acceptance, else handoff, lies less than so many seconds before the extract.", "is_accepted AND age - coalesce(accept_age, 0) < $value", ValueKind.SECONDS, "journey"),
    LeadSet("disqualified_any", "accepted, then disqualified", "Leads rejected after they had been accepted, settled or not.", "is_disqualified_later"),
    LeadSet("disqualified_within", "accepted, then disqualified within", "Leads rejected within so many days of 24 hours after their acceptance.", "is_disqualified_later AND disqualified_after <= $value * 86400", ValueKind.DAYS, "journey"),
    LeadSet("disqualified_undated", "accepted, then disqualified, no date", "Leads rejected after their acceptance whose rejection carries no date.", "is_disqualified_later AND disqualified_after IS NULL", grain="journey"),
)  # fmt: skip
