"""Sets of leads behind the cohort funnel, its ages and the reconciliation bridge."""

from __future__ import annotations

from analytics.metrics.lead_set import LeadSet, ValueKind
from analytics.schema import REASON_CODES

_IN_WINDOW = "is_settled AND is_decided_in_window"
# a rejection without a reason is outside the window's promise whenever it came
_UNDATED = (
    "(is_accepted AND NOT is_acceptance_dated)"
    f" OR (is_rejected AND reject_age IS NULL AND reason <> {REASON_CODES.index('missing')})"
)
# Recorded stamps only: a stage dated by a later one has no time of its own.
_DECISION = "(is_accepted AND is_acceptance_dated) OR (is_rejected AND reject_age IS NOT NULL)"
_OPENING = "is_opportunity AND is_acceptance_dated AND is_opportunity_dated AND opportunity_age >= accept_age"
_CLOSING = "is_opportunity AND is_opportunity_dated AND coalesce(won_age, lost_age, -1) >= opportunity_age"

SETS = (
    LeadSet("reached_opportunity", "reached an opportunity", "Leads with an opportunity by the extract time, or a win that implies it.", "is_opportunity", grain="journey"),
    LeadSet("skipped_opportunity", "win without a recorded opportunity", "Leads won without any recorded opportunity: the win implies it.", "is_opportunity_skipped", grain="journey"),
    LeadSet("skipped_acceptance", "acceptance not recorded", "Leads accepted only by their opportunity or win, settled or not.", "is_implied"),
    LeadSet("not_touched", "no touch recorded", "Leads without a recorded human touch at or after handoff.", "NOT is_touched"),
    LeadSet("is_touched", "touch recorded", "Leads with a recorded human touch at or after handoff.", "is_touched"),
    LeadSet("open_accepted", "accepted, no opportunity yet", "Accepted leads without an opportunity that were neither lost nor disqualified.", "is_accepted AND NOT is_opportunity AND NOT is_lost AND NOT is_disqualified_later", grain="journey"),
    LeadSet("accepted_lost", "accepted, lost without an opportunity", "Accepted leads lost without an opportunity.", "is_accepted AND NOT is_opportunity AND is_lost", grain="journey"),
    LeadSet("accepted_disqualified", "accepted, then disqualified without an opportunity", "Leads rejected after their acceptance, without an opportunity and not lost.", "is_accepted AND NOT is_opportunity AND NOT is_lost AND is_disqualified_later", grain="journey"),
    LeadSet("opportunity_lost", "opportunity, lost", "Leads whose opportunity is lost by the extract time.", "is_opportunity AND is_lost", grain="journey"),
    LeadSet("not_opportunity", "no opportunity so far", "Leads without an opportunity or win by the extract time.", "NOT is_opportunity", grain="journey"),
    LeadSet("not_won", "not won so far", "Leads not won by the extract time.", "NOT is_won", grain="journey"),
    LeadSet("not_lost", "not lost so far", "Leads not lost by the extract time.", "NOT is_lost", grain="journey"),
    LeadSet("not_rejected", "not rejected so far", "Leads not rejected by the extract time.", "NOT is_rejected"),
    LeadSet("not_disqualified", "not disqualified after acceptance", "Leads not rejected after an acceptance.", "NOT is_disqualified_later"),
    LeadSet("repeat_contact", "same person passed before", "Leads whose contact was passed to sales before, as an earlier lead of the file.", "is_repeat", grain="journey"),
    LeadSet("open_opportunity", "opportunity, neither won nor lost", "Leads with an opportunity that is still open.", "is_opportunity AND NOT is_won AND NOT is_lost", grain="journey"),
    LeadSet("stage_lost", "lost so far", "Leads lost by the extract time.", "is_lost", grain="journey"),
    LeadSet("before_handoff", "dated before the handoff", "Leads with a decision, opportunity or closing date before their handoff.", "is_before_handoff", grain="journey"),
    LeadSet("out_of_order", "stages out of order", "Leads whose opportunity is dated before their acceptance, or whose closing is dated before their opportunity.", "is_out_of_order", grain="journey"),
    LeadSet("accepted_by_age", "accepted by this age", "Leads accepted within so many days of 24 hours after handoff.", "accept_age <= $value * 86400", ValueKind.DAYS, "journey"),
    LeadSet("rejected_by_age", "rejected by this age", "Leads rejected within so many days of 24 hours after handoff.", "reject_age <= $value * 86400", ValueKind.DAYS, "journey"),
    LeadSet("opportunity_by_age", "opportunity by this age", "Leads with an opportunity within so many days of 24 hours after handoff.", "opportunity_age <= $value * 86400", ValueKind.DAYS, "journey"),
    LeadSet("won_by_age", "won by this age", "Leads won within so many days of 24 hours after handoff.", "won_age <= $value * 86400", ValueKind.DAYS, "journey"),
    LeadSet("lost_by_age", "lost by this age", "Leads lost within so many days of 24 hours after handoff.", "lost_age <= $value * 86400", ValueKind.DAYS, "journey"),
    LeadSet("accepted_undated", "accepted, without a date", "Accepted leads whose acceptance carries no date, nor any later stage.", "is_accepted AND accept_age IS NULL", grain="journey"),
    LeadSet("rejected_undated", "rejected, without a date", "Rejected leads whose rejection carries no date.", "is_rejected AND reject_age IS NULL", grain="journey"),
    LeadSet("opportunity_undated", "opportunity, without a date", "Leads whose opportunity carries no date, nor its win.", "is_opportunity AND opportunity_age IS NULL", grain="journey"),
    LeadSet("won_undated", "won, without a date", "Won leads without a closing date.", "is_won AND won_age IS NULL", grain="journey"),
    LeadSet("lost_undated", "lost, without a date", "Lost leads without a closing date.", "is_lost AND lost_age IS NULL", grain="journey"),
    LeadSet("decision_timed", "decision with a date", "Leads accepted or rejected on a recorded date.", _DECISION, grain="journey"),
    LeadSet("decision_untimed", "decision without a date", "Leads accepted or rejected without a recorded date of that decision.", f"(is_accepted OR is_rejected) AND NOT ({_DECISION})", grain="journey"),
    LeadSet("opportunity_timed", "acceptance and opportunity dated in order", "Leads whose opportunity is dated at or after their recorded acceptance.", _OPENING, grain="journey"),
    LeadSet("opportunity_untimed", "acceptance or opportunity undated or out of order", "Leads with an opportunity whose time since acceptance cannot be told: a date is missing, or they are out of order.", f"is_opportunity AND NOT ({_OPENING})", grain="journey"),
    LeadSet("closing_timed", "opportunity and closing dated in order", "Won or lost leads whose closing is dated at or after their recorded opportunity.", _CLOSING, grain="journey"),
    LeadSet("closing_untimed", "opportunity or closing undated or out of order", "Won or lost opportunities whose time to closing cannot be told: a date is missing, or they are out of order.", f"is_opportunity AND (is_won OR is_lost) AND NOT ({_CLOSING})", grain="journey"),
    LeadSet("at_least_old", "at least so old", "Leads handed off at least so many days of 24 hours before the extract.", "age >= $value * 86400", ValueKind.DAYS, "journey"),
    LeadSet("mature_accepted", "accepted, at least one horizon old", "Accepted leads at least one horizon old.", "is_mature AND is_accepted"),
    LeadSet("mature_accepted_opportunity", "accepted with an opportunity within the horizon", "Accepted leads at least one horizon old that became an opportunity within it.", "is_mature AND is_accepted AND is_opportunity_in_horizon"),
    LeadSet("mature_won_undated", "won, no date, at least one horizon old", "Won leads at least one horizon old whose win carries no date: whether they were won within the horizon is not known, and they are not counted there.", "is_mature AND is_win_day_unknown AND NOT is_won_in_horizon"),
    LeadSet("mature_opportunity_undated", "opportunity, no date, at least one horizon old", "Leads at least one horizon old with an opportunity, or a win that implies one, without a date: whether it came within the horizon is not known, and they are not counted there.", "is_mature AND is_opportunity_day_unknown AND NOT is_opportunity_in_horizon"),
    LeadSet("decided_in_window", "decided with a reason inside the window", "Settled leads accepted, or rejected with a reason, inside the disposition window.", _IN_WINDOW, grain="journey"),
    LeadSet("not_decided_in_window", "not decided with a reason inside the window", "Settled leads without an acceptance, or a rejection with a reason, inside the disposition window.", "is_settled AND NOT is_decided_in_window", grain="journey"),
    LeadSet("decided_unknown_when", "decided, nobody knows when", "Settled leads accepted, or rejected with a reason, whose decision carries no date that tells whether it came inside the disposition window; an acceptance that only a later stage dates came at some time before that stage.", f"is_settled AND NOT is_decided_in_window AND ({_UNDATED})", grain="journey"),
    LeadSet("accepted_without_opportunity", "accepted, no opportunity within the horizon", "Accepted leads at least one horizon old that became no opportunity within it.", "is_mature AND is_accepted AND NOT is_opportunity_in_horizon"),
    LeadSet("limit_missed", "not touched inside the limit", "Timed leads past their first-touch limit that were not touched inside it.", "NOT is_touched_before AND working_follow_up >= limit_seconds AND NOT (is_touched AND working_wait <= limit_seconds)"),
    LeadSet("closed_opportunity", "opportunity, decided", "Leads whose opportunity is won or lost by the extract time.", "is_opportunity AND (is_won OR is_lost)", grain="journey"),
    LeadSet("closed_opportunity_won", "opportunity, won", "Leads whose opportunity is won by the extract time.", "is_opportunity AND is_won", grain="journey"),
    # the bridge: every lead in the first matching step, in the printed order
    LeadSet("file_leads", "leads of the file", "All leads of the file that meet the filters, inside the period or outside.", "true", grain="file"),
    LeadSet("bridge_outside", "outside the period", "Leads of the file handed off outside the period.", "l.handoff_at IS NOT NULL AND NOT (l.handoff_at >= $starts_at AND l.handoff_at < $ends_at)", grain="file"),
    LeadSet("bridge", "in this step of the bridge", "Leads of the cohort that fall into this step of the bridge and into none before it.", "bridge_step = $value", ValueKind.NUMBER, "journey"),
)  # fmt: skip
