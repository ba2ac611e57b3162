"""Sets of leads by when they were handed off and by the bands they stand in: made to be combined with others."""

from __future__ import annotations

from analytics.metrics.lead_set import LeadSet, ValueKind

SETS = (
    LeadSet("week", "handed off in the week", "Handed off in that week (Monday to Sunday, in the contract's zone).", "week = $value", ValueKind.WEEK),
    LeadSet("month", "handed off in", "Handed off in that month, in the contract's zone.", "month = $value", ValueKind.MONTH, "journey"),
    LeadSet("quarter", "handed off in", "Handed off in that quarter, in the contract's zone.", "quarter = $value", ValueKind.QUARTER, "journey"),
    LeadSet("opportunity_month", "opportunity created in", "Leads whose opportunity was created in that month, in the contract's zone.", "opportunity_month = $value", ValueKind.MONTH, "journey"),
    LeadSet("opportunity_quarter", "opportunity created in", "Leads whose opportunity was created in that quarter, in the contract's zone.", "opportunity_quarter = $value", ValueKind.QUARTER, "journey"),
    LeadSet("won_quarter", "won in", "Leads won in that quarter, in the contract's zone.", "won_quarter = $value", ValueKind.QUARTER, "journey"),
    LeadSet("size", "company size", "Leads of one band of company size; unknown sizes are a band of their own.", "size_band = $value", ValueKind.SIZE_BAND),
    LeadSet("score_band", "score", "Leads of one score band.", "score_band = $value", ValueKind.SCORE_BAND),
)  # fmt: skip
