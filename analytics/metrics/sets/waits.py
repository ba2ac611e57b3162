"""Sets of leads behind the long tail of waits, their arrival, and the comparison of fast and slow leads."""

from __future__ import annotations

from analytics.metrics.lead_set import LeadSet, ValueKind

_FOLLOWED = "landmark_age IS NOT NULL AND landmark_age + $value * 86400 <= age"
_RESOLVED = (
    "(coalesce(reject_age <= landmark_age, false) OR coalesce(won_age <= landmark_age, false)"
    " OR coalesce(lost_age <= landmark_age, false)"
    " OR coalesce(is_disqualified_later AND coalesce(accept_age, 0) + disqualified_after <= landmark_age, false))"
)

SETS = (
    LeadSet("tier_high", "high intent", "Leads whose intent is high.", "is_high_intent", grain="journey"),
    LeadSet("tier_standard", "standard intent", "Leads whose intent is standard or not known.", "NOT is_high_intent", grain="journey"),
    LeadSet("arrived", "arrived in the hour", "Leads handed off in that hour of the week, in the contract's zone; those whose handoff is a bare date stand in no hour.", "has_arrival_hour AND arrival = $value", ValueKind.HOUR, "journey"),
    LeadSet("arrival_known", "hour of arrival known", "Leads whose handoff carries a time of day.", "has_arrival_hour", grain="journey"),
    LeadSet("out_of_hours", "arrived out of hours", "Leads handed off outside the opening hours of the contract's calendar.", "has_arrival_hour AND is_out_of_hours", grain="journey"),
    LeadSet("in_hours", "arrived in opening hours", "Leads handed off inside the opening hours of the contract's calendar.", "has_arrival_hour AND NOT is_out_of_hours", grain="journey"),
    LeadSet("lead", "one lead, number in the file", "One lead, by its number in the snapshot.", "lead_no = $value", ValueKind.NUMBER),
    LeadSet("routed", "creation and handoff dated", "Leads whose record carries both its creation and its handoff.", "routing_wait IS NOT NULL", grain="journey"),
    LeadSet("opened", "opened by the rep", "Leads whose record the rep opened at or after the handoff.", "opening_wait IS NOT NULL", grain="journey"),
    LeadSet("unopened", "not opened by the rep", "Leads whose record no rep has opened, before or after the handoff.", "is_unopened", grain="journey"),
    LeadSet("created_after_handoff", "created after handoff", "Leads whose record is dated later than its handoff: nobody can say how long the routing took. A handoff that is a bare date stands at its midnight.", "is_created_later", grain="journey"),
    LeadSet("creation_unknown", "no creation date", "Leads whose record carries no creation date beside its handoff.", "routing_wait IS NULL AND NOT is_created_later", grain="journey"),
    LeadSet("opened_before_handoff", "opened before handoff", "Leads whose record the rep opened before the handoff: no wait of the rep's can be timed. An opening that is a bare date stands at its midnight.", "opening_wait IS NULL AND NOT is_unopened", grain="journey"),
    LeadSet("wall_longer", "waited longer than", "Timed leads not touched within so many seconds of wall time.", "NOT is_touched_before AND wall_wait > $value", ValueKind.SECONDS),
    LeadSet("working_longer", "waited longer than, in working time", "Timed leads not touched within so many working seconds.", "NOT is_touched_before AND working_wait > $value", ValueKind.SECONDS),
    # fast against slow: the value is the horizon in days, counted from the moment the lead's limit ran out
    LeadSet("at_limit", "still open when the limit ran out, followed for", "Timed leads, neither rejected, won nor lost when their first-touch limit ran out, watched for so many days of 24 hours after that moment.", f"{_FOLLOWED} AND NOT {_RESOLVED}", ValueKind.DAYS, "journey"),
    LeadSet("at_limit_no_opportunity", "still open and no opportunity when the limit ran out, followed for", "As before, and no opportunity yet at that moment.", f"{_FOLLOWED} AND NOT {_RESOLVED} AND NOT coalesce(opportunity_age <= landmark_age, false)", ValueKind.DAYS, "journey"),
    LeadSet("resolved_at_limit", "closed when the limit ran out, followed for", "Timed leads rejected, won or lost before their first-touch limit ran out or at that moment.", f"{_FOLLOWED} AND {_RESOLVED}", ValueKind.DAYS, "journey"),
    LeadSet("opportunity_by_limit", "already an opportunity when the limit ran out", "Leads that became an opportunity before their first-touch limit ran out or at that moment.", "opportunity_age <= landmark_age", grain="journey"),
    LeadSet("won_after_limit", "won after the limit ran out, within", "Leads won within so many days of 24 hours after their first-touch limit ran out.", "won_age > landmark_age AND won_age <= landmark_age + $value * 86400", ValueKind.DAYS, "journey"),
    LeadSet("opportunity_after_limit", "opportunity after the limit ran out, within", "Leads that became an opportunity within so many days of 24 hours after their first-touch limit ran out.", "opportunity_age > landmark_age AND opportunity_age <= landmark_age + $value * 86400", ValueKind.DAYS, "journey"),
)  # fmt: skip
