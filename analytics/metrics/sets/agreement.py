"""Sets of leads behind the contract: what marketing owes each lead it passes, and what sales owes each it accepts."""

from __future__ import annotations

from analytics.metrics.lead_set import LeadSet

_BOTH = "is_cadence_settled AND NOT is_touched_before AND working_follow_up >= limit_seconds"
_JUDGED = "definition_answer IS NOT NULL AND is_complete IS NOT NULL"
_IN_TIME = "is_touched AND working_wait <= limit_seconds"
# touched, and the export gives no number: a lead without any touch has none
_UNKNOWN_TOUCHES = "recorded_touches IS NULL AND NOT (lists_touches AND NOT is_touched)"

SETS = (
    LeadSet("definition_met", "meet the definition", "Leads that meet every criterion of the sales-ready definition.", "coalesce(definition_answer = 1, false)"),
    LeadSet("definition_missed", "miss the definition", "Leads that fail a criterion of the sales-ready definition.", "coalesce(definition_answer = 0, false)"),
    LeadSet("definition_unknown", "definition not known", "Leads for which the export does not say whether they meet the definition; they are not met.", "coalesce(definition_answer = -1, false)"),
    LeadSet("complete_data", "complete", "Leads that carry the data which the contract asks for.", "coalesce(is_complete, false)"),
    LeadSet("incomplete_data", "incomplete", "Leads without some of the data which the contract asks for.", "NOT coalesce(is_complete, true)"),
    LeadSet("complete_judged", "leads whose data can be seen", "All leads, where the export has the fields that the contract asks for.", "is_complete IS NOT NULL"),
    LeadSet("marketing_judged", "leads handed to sales under a definition", "All leads, where a sales-ready definition is agreed and the export can check it.", _JUDGED),
    LeadSet("marketing_met", "kept by marketing", "Leads that meet the definition and carry the data which the contract asks for.", f"{_JUDGED} AND definition_answer = 1 AND is_complete"),
    LeadSet("marketing_missed", "not kept by marketing", "Leads that do not meet the definition, or lack data, or of which that is not known.", f"{_JUDGED} AND NOT (definition_answer = 1 AND is_complete)"),
    LeadSet("sla_settled", "accepted, both windows passed", "Accepted leads whose first-touch limit and cadence window have both passed.", _BOTH),
    LeadSet("sla_met", "kept by sales", "Accepted leads touched inside the limit of their tier and worked to full cadence.", f"{_BOTH} AND {_IN_TIME} AND is_full_cadence"),
    LeadSet("sla_missed", "not kept by sales", "Accepted leads touched late or never, not worked to full cadence, or of which nobody knows whether they were.", f"{_BOTH} AND NOT ({_IN_TIME} AND is_full_cadence)"),
    LeadSet("sla_late", "accepted, not touched inside the limit", "Accepted leads touched after the limit of their tier, or never; both windows have passed.", f"{_BOTH} AND NOT ({_IN_TIME})"),
    LeadSet("sla_not_worked", "accepted, not worked to full cadence", "Accepted leads without the full cadence; both windows have passed.", f"{_BOTH} AND NOT is_full_cadence AND NOT ({_UNKNOWN_TOUCHES})", grain="journey"),
    LeadSet("sla_work_unknown", "accepted, not known whether worked to full cadence", "Accepted leads of which the export does not say how often they were touched; both windows have passed. They are not kept.", f"{_BOTH} AND NOT is_full_cadence AND {_UNKNOWN_TOUCHES}", grain="journey"),
    LeadSet("cadence_unknown", "not known whether worked to full cadence", "Accepted leads past their cadence window of which the export does not say how often they were touched.", f"is_cadence_settled AND NOT is_full_cadence AND {_UNKNOWN_TOUCHES}", grain="journey"),
    LeadSet("young_open", "younger than the horizon, not rejected", "Leads younger than one horizon that sales has not rejected: they can still become an opportunity within it.", "NOT is_mature AND NOT is_rejected"),
    LeadSet("sla_pending", "accepted, still inside a window", "Accepted leads whose first-touch limit or cadence window has not passed: neither hit nor miss.", "is_accepted AND NOT is_touched_before AND NOT (is_cadence_settled AND working_follow_up >= limit_seconds)"),
    LeadSet("sla_not_timed", "accepted, touched before handoff", "Accepted leads touched only before their handoff: no limit can be judged.", "is_accepted AND is_touched_before"),
    LeadSet("not_touched_in_time", "not touched inside the limit", "Leads touched after the first-touch limit of their tier, or never.", f"NOT is_touched_before AND working_follow_up >= limit_seconds AND NOT ({_IN_TIME})"),
)  # fmt: skip
