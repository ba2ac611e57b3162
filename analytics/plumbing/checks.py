"""Every check of the audit over single leads, in the order of the page."""

from __future__ import annotations

from analytics.measurable import (
    has_opportunities,
    has_opportunity_ids,
    has_touches,
    has_wins,
    knows_acceptance,
    knows_first_touch,
    knows_rejections,
)
from analytics.plumbing.check import Check, Group, Repair
from analytics.store.manifest import Manifest

AT_ONCE_SECONDS = 10
"""A first touch or opening so few seconds after the handoff is the same event."""
QUEUE_WORDS = (
    "queue",
    "unassigned",
    "round robin",
    "round-robin",
    "default owner",
    "no owner",
    "integration",
    "system",
)

STAGE_FIELDS = (("accepted_at", "decided_at"), ("opportunity_at",), ("closed_at", "won_at"))
"""Fields that date the acceptance, the opportunity and the closing."""

_WAITS = ("speed-to-lead", "touched inside the limit")
_ACCEPTANCE = ("acceptance rate", "accepted of decided")
_CONVERSION = ("conversion by score band", "accepted to opportunity")
_TOUCHED = "(l.first_touch_at IS NOT NULL OR l.prior_touch_at IS NOT NULL OR coalesce(l.touch_count, 0) > 0)"
_SOLD = "(l.has_opportunity OR coalesce(l.outcome = 'won', false))"


def _at_once(stamp: str) -> str:
    return f"coalesce(date_diff('second', l.handoff_at, {stamp}) BETWEEN 0 AND {AT_ONCE_SECONDS}, false)"


def _knows_decision_dates(manifest: Manifest) -> bool:
    return manifest.has("accepted_at", "rejected_at", "decided_at")


def _knows_stages(manifest: Manifest) -> bool:
    return sum(manifest.has(*names) for names in STAGE_FIELDS) > 1


def score_stamp(manifest: Manifest) -> str | None:
    """The kept column (its alias) that says when the score was set, by its header; None where there is none."""
    for alias, header in manifest.extra_columns.items():
        words = header.casefold()
        if "score" in words and any(
            word in words for word in ("date", "updated", "changed", "modified", "time", "stamp")
        ):
            return alias
    return None


CHECKS: tuple[Check, ...] = (
    Check(
        "stamp_on_opening", Group.HANDOFF, "Handoff stamped when the rep opens or touches the lead",
        f"the first touch or the opening within {AT_ONCE_SECONDS} seconds of the handoff: one event, written twice",
        "NOT l.handoff_is_date AND (x.is_touch_exact AND l.first_touch_at IS NOT NULL AND NOT l.first_touch_is_date"
        " OR x.is_opening_exact AND l.opened_at IS NOT NULL)",
        f"x.is_touch_exact AND {_at_once('l.first_touch_at')} OR x.is_opening_exact AND {_at_once('l.opened_at')}",
        lambda one: one.clock_field == "handoff_at" and (knows_first_touch(one) or one.has("opened_at")),
        "the handoff date beside the first touch or the opening",
        _WAITS, Repair.CLOCK_AT_MQL,
        "CRM administrator: stamp the handoff when the lead is assigned, not when the record is opened",
    ),
    Check(
        "bulk_handoff", Group.HANDOFF, "Handoffs stamped in bulk",
        "many leads handed off in the same second, or in the same minute where no seconds are written: a nightly job wrote the stamp, not the routing",
        "NOT l.handoff_is_date", "x.is_crowded_handoff", lambda one: one.clock_field not in one.facts.get("date_only", ()),
        "a time of day in the handoff date", _WAITS, Repair.EXCLUDE,
        "CRM administrator: keep the time of the routing when leads are moved in bulk",
    ),
    Check(
        "bulk_decision", Group.HANDOFF, "Decisions stamped in bulk or at midnight",
        "acceptances or rejections of many leads in the same second (minute, where no seconds are written), or at exactly midnight where others carry a time",
        "l.accepted_at IS NOT NULL OR l.rejected_at IS NOT NULL",
        "x.is_crowded_decision OR x.is_midnight_decision",
        lambda one: _knows_decision_dates(one) and not {"accepted_at", "rejected_at", "decided_at"} & set(one.facts.get("date_only", ())),
        "decision dates with a time of day", ("decided inside the window", "speed of rejection"), Repair.DECIDED_IN_TIME,
        "sales ops: stamp a decision when it is made; never close leads in bulk",
    ),
    Check(
        "identical_stages", Group.HANDOFF, "Stages with identical stamps",
        "acceptance, opportunity or closing in the very second of the stage before: filled in afterwards",
        "(CAST(x.is_accepted_exact AND l.accepted_at IS NOT NULL AS INTEGER) + CAST(x.is_opportunity_exact AND l.opportunity_at IS NOT NULL AS INTEGER)"
        " + CAST(x.is_closed_exact AND l.closed_at IS NOT NULL AS INTEGER)) > 1",
        "NOT x.is_midnight_stage AND (coalesce(x.is_accepted_exact AND x.is_opportunity_exact AND l.accepted_at = l.opportunity_at, false)"
        " OR coalesce(x.is_opportunity_exact AND x.is_closed_exact AND l.opportunity_at = l.closed_at, false)"
        " OR coalesce(x.is_accepted_exact AND x.is_closed_exact AND l.accepted_at = l.closed_at AND l.outcome = 'won', false))",
        _knows_stages, "dates of acceptance, opportunity and closing", ("time between stages", "maturing cohorts"), Repair.NONE,
        "sales ops: move a lead through the stages when it happens",
        unpriced="times between stages are too short; no rate changes",
    ),
    Check(
        "touch_before_handoff", Group.HANDOFF, "Touched before the handoff",
        "a human touch earlier than the handoff: the stamp comes late, or the two files disagree about the zone",
        f"{_TOUCHED}", "x.is_touched_early",
        knows_first_touch, "the time of touches", _WAITS, Repair.SHIFT_TOUCHES,
        "CRM administrator: check the zone of the touches export and when the handoff is stamped",
    ),
    Check(
        "opportunity_without_touch", Group.TOUCHES, "Opportunities or wins without any touch",
        "leads that became an opportunity or a win, yet no call, mail or meeting is recorded",
        _SOLD, f"NOT {_TOUCHED}",
        lambda one: knows_first_touch(one) and (has_opportunities(one) or has_wins(one)),
        "touches, and opportunities or wins", (*_WAITS, "working rate"), Repair.TOUCHED_AT_ONCE,
        "sales ops: log calls and mails automatically; a touch that is not logged did not happen",
    ),
    Check(
        "owner_logging", Group.TOUCHES, "Owners whose logging is an outlier",
        "opportunities without a touch of owners who have far more of them than all others",
        f"{_SOLD} AND l.owner IS NOT NULL", f"NOT {_TOUCHED} AND x.is_silent_owner",
        lambda one: one.has("owner") and knows_first_touch(one) and (has_opportunities(one) or has_wins(one)),
        "owners, touches, and opportunities or wins", (*_WAITS, "working rate"), Repair.TOUCHED_AT_ONCE,
        "sales ops: look at these owners' mail and phone integration first",
    ),
    Check(
        "repeated_contact", Group.DUPLICATES, "The same person passed again",
        "a later lead with the e-mail address or phone number of an earlier one",
        "l.contact_key IS NOT NULL", "x.is_repeated_contact", lambda one: one.has("email", "phone"),
        "e-mail addresses or phone numbers", (*_ACCEPTANCE, *_CONVERSION), Repair.EXCLUDE,
        "marketing ops: match on e-mail before a lead is created, and merge the pairs",
    ),
    Check(
        "shared_opportunity", Group.DUPLICATES, "One opportunity on several leads",
        "a later lead with the opportunity of an earlier one",
        "l.opportunity_id IS NOT NULL", "x.is_repeated_opportunity", has_opportunity_ids,
        "opportunity ids", _CONVERSION, Repair.EXCLUDE,
        "sales ops: count the opportunity once; the others are contacts of the same deal",
    ),
    Check(
        "open_opportunity", Group.DUPLICATES, "Already in an open opportunity when handed off",
        "the same person had an opportunity that was open at the handoff",
        "l.contact_key IS NOT NULL", "x.is_in_open_opportunity",
        lambda one: one.has("email", "phone") and one.has("opportunity_at"),
        "e-mail addresses or phone numbers, and opportunity dates", (*_ACCEPTANCE, *_CONVERSION), Repair.EXCLUDE,
        "marketing ops: do not pass people whose deal is open",
    ),
    Check(
        "score_missing", Group.SCORE, "No score", "leads without a score at handoff",
        "true", "l.score IS NULL", lambda one: one.has("score"), "the score", ("conversion by score band",), Repair.NONE,
        "marketing ops: score every lead before it is passed",
        unpriced="they stand in a band of their own",
    ),
    Check(
        "score_out_of_range", Group.SCORE, "Score out of range",
        "scores under 0, or above 100 where nearly all others stay between 0 and 100",
        "l.score IS NOT NULL", "x.is_hundred_scale AND (l.score < 0 OR l.score > 100)", lambda one: one.has("score"), "the score",
        ("conversion by score band",), Repair.EXCLUDE,
        "marketing ops: scores above 100 look summed when records were merged; take the higher one",
    ),
    Check(
        "score_after_handoff", Group.SCORE, "Score stamped after the handoff",
        "a date of the score later than the handoff: sales' work may have raised it", "l.score IS NOT NULL AND x.score_at IS NOT NULL",
        "x.score_at > l.handoff_at", lambda one: one.has("score") and score_stamp(one) is not None, "the date on which the score was set",
        ("conversion by score band",), Repair.EXCLUDE,
        "marketing ops: freeze the score when the lead is passed",
    ),
    Check(
        "score_constant", Group.SCORE, "One score for nearly all",
        "the one score that nine in ten leads carry",
        "l.score IS NOT NULL", "x.is_constant_score", lambda one: one.has("score"), "the score",
        ("conversion by score band",), Repair.NONE, "marketing ops: the model is switched off or never ran",
        unpriced="nobody can say whether this score sorts",
    ),
    Check(
        "reason_missing", Group.RECORD, "Rejected without a reason",
        "rejections that name no reason (amber from 2 %)", "c.is_rejected", "coalesce(l.rejection_reason, 'missing') = 'missing'",
        lambda one: knows_rejections(one) and one.has("rejection_reason"), "a rejection reason", ("rejection mix", "decided with a reason"),
        Repair.REASON_FILLED, "sales ops: make the reason required",
        tolerated=0.02,
    ),
    Check(
        "reason_other", Group.RECORD, "Reasons that fit no code",
        "rejections whose reason is free text or says no more than other (amber from 5 %)",
        "c.is_rejected AND coalesce(l.rejection_reason, 'missing') <> 'missing'", "l.rejection_reason = 'other'",
        lambda one: knows_rejections(one) and one.has("rejection_reason"), "a rejection reason", ("rejection mix",), Repair.NONE,
        "sales ops: offer a short list of reasons instead of free text",
        tolerated=0.05,
        unpriced="they are counted as other in the mix of rejections; no rate changes",
    ),
    Check(
        "stale_reason", Group.RECORD, "Accepted, yet a rejection reason stands",
        "accepted leads that still carry the reason of an earlier rejection",
        "c.is_accepted AND NOT c.is_disqualified_later", "l.rejection_reason IS NOT NULL AND l.rejection_reason <> 'missing'",
        lambda one: knows_acceptance(one) and one.has("rejection_reason"), "a rejection reason and acceptance", ("rejection mix",),
        Repair.NONE, "sales ops: clear the reason when a lead is accepted after all",
        unpriced="reasons of accepted leads are not counted",
    ),
    Check(
        "undated_decision", Group.RECORD, "Decided without a date",
        "accepted or rejected leads without the date of that decision",
        "c.is_rejected OR (c.is_accepted AND NOT c.is_implied)",
        "(c.is_rejected AND l.rejected_at IS NULL) OR (NOT c.is_rejected AND l.accepted_at IS NULL)",
        lambda one: _knows_decision_dates(one) and one.has("disposition"), "decision dates beside a status", ("decided inside the window", "maturing cohorts"),
        Repair.DECIDED_IN_TIME, "sales ops: stamp the decision with its date",
    ),
    Check(
        "no_owner", Group.RECORD, "Nobody owns the lead", "leads without an owner, or owned by a queue",
        "true", "l.owner IS NULL OR x.is_queue_owner", lambda one: one.has("owner"), "the owner", (*_WAITS, "acceptance rate"), Repair.EXCLUDE,
        "sales ops: route every lead to a person, and empty the queues",
    ),
    Check(
        "outcome_before_handoff", Group.RECORD, "Accepted, opened or closed before the handoff",
        "a decision, an opportunity or a closing earlier than the handoff",
        "l.accepted_at IS NOT NULL OR l.rejected_at IS NOT NULL OR l.opportunity_at IS NOT NULL OR l.closed_at IS NOT NULL",
        "x.is_before_handoff", lambda one: one.has("accepted_at", "rejected_at", "decided_at", "opportunity_at", "closed_at", "won_at"),
        "dates of decisions and outcomes", ("maturing cohorts", "conversion by score band"), Repair.EXCLUDE,
        "sales ops: these deals were open before marketing passed the lead; take them out of the comparison",
    ),
    Check(
        "won_without_opportunity", Group.RECORD, "Won without an opportunity",
        "wins that show neither an opportunity's id nor its date", "coalesce(l.outcome = 'won', false)",
        "l.opportunity_id IS NULL AND l.opportunity_at IS NULL",
        lambda one: has_wins(one) and one.has("opportunity_at", "opportunity_id"), "wins and opportunities", ("cohort funnel",), Repair.NONE,
        "sales ops: link the win to its opportunity",
        unpriced="a win implies its opportunity, and is counted so",
    ),
    Check(
        "incomplete", Group.RECORD, "Incomplete contact data",
        "leads without a company, or with neither e-mail nor phone (amber from 10 %, the contract's standard)", "true", "NOT x.is_complete",
        lambda one: one.has("company") and one.has("email", "phone"), "company, and e-mail or phone", ("marketing SLA compliance",), Repair.NONE,
        "marketing ops: ask for the missing fields on the form, or enrich them",
        tolerated=0.10,
        unpriced="it counts against marketing's standard of complete data; no other number changes",
    ),
    Check(
        "no_source", Group.RECORD, "No source", "leads whose source is empty", "true", "l.source IS NULL", lambda one: one.has("source"),
        "the source", ("breakdown by source",), Repair.NONE, "marketing ops: fill the source when the lead is created",
        unpriced="they stand in a group of their own",
    ),
    Check(
        "source_says_unknown", Group.RECORD, "A source that says unknown", "leads whose source is a word for unknown: somebody filled it in",
        "l.source IS NOT NULL", "x.is_unknown_source", lambda one: one.has("source"), "the source", ("breakdown by source",), Repair.NONE,
        "marketing ops: keep an empty source empty, so that the two gaps are not mistaken for each other",
        unpriced="they stand in a group of their own",
    ),
)  # fmt: skip
BY_SLUG = {check.slug: check for check in CHECKS}


def knows_touch_times(manifest: Manifest) -> bool:
    """Whether single touches with their times are known, so that a first touch can be found again."""
    return has_touches(manifest) and bool(manifest.facts.get("touches_dated"))
