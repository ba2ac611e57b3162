"""The one place where a set of leads and a rate are defined: words, predicate, window, steward."""

from __future__ import annotations

from dataclasses import dataclass

from analytics.errors import RequestError, nearest


@dataclass(frozen=True, slots=True)
class LeadSet:
    """A named set of leads: a one-line predicate over the cohort table.

    ``$value`` in the predicate is the whole number behind the colon of a key such as ``band_won:3``.
    """

    slug: str
    label: str
    sentence: str
    predicate: str
    takes_value: bool = False


@dataclass(frozen=True, slots=True)
class Metric:
    """A rate: numerator and denominator are lead sets, pending ones stand outside both."""

    slug: str
    label: str
    sentence: str
    window: str
    steward: str
    numerator: str
    denominator: str
    pending: str | None


_SETS = (
    LeadSet("leads", "leads passed to sales", "All leads of the cohort.", "true"),
    LeadSet("settled", "settled leads", "Leads older than the disposition window at the extract time, decided or not.", "is_settled"),
    LeadSet("pending_decision", "leads still pending", "Leads younger than the disposition window.", "NOT is_settled"),
    LeadSet("accepted_settled", "accepted by sales", "Settled leads that sales accepted, early or late.", "is_settled AND is_accepted"),
    LeadSet("rejected_settled", "rejected by sales", "Settled leads that sales rejected and never accepted.", "is_settled AND is_rejected"),
    LeadSet("decided_settled", "decided by sales", "Settled leads that sales accepted or rejected.", "is_settled AND (is_accepted OR is_rejected)"),
    LeadSet("undecided_settled", "no decision", "Settled leads that sales neither accepted nor rejected.", "is_settled AND NOT is_accepted AND NOT is_rejected"),
    LeadSet("accepted_late", "accepted late", "Settled leads accepted after the disposition window.", "is_settled AND is_late"),
    LeadSet("accepted_implied", "accepted by implication", "Settled leads accepted only by their opportunity or win.", "is_settled AND is_implied"),
    LeadSet("disqualified_later", "accepted, then disqualified", "Settled leads rejected after they had been accepted.", "is_settled AND is_disqualified_later"),
    LeadSet("week_settled", "settled leads of the week", "Settled leads handed off in one week.", "is_settled AND week = $value", takes_value=True),
    LeadSet("week_accepted", "accepted leads of the week", "Settled leads handed off in one week that sales accepted.", "is_settled AND is_accepted AND week = $value", takes_value=True),
    LeadSet("week_pending", "pending leads of the week", "Leads handed off in one week, younger than the disposition window.", "NOT is_settled AND week = $value", takes_value=True),
    LeadSet("touched", "touched leads", "Leads with a human touch at or after handoff.", "is_touched"),
    LeadSet("never_touched", "never touched", "Leads without any human touch by the extract time.", "NOT is_touched AND NOT is_touched_before"),
    LeadSet("touched_before_handoff", "touched before handoff, not timed", "Leads touched only before their handoff.", "is_touched_before"),
    LeadSet("timed", "timed leads", "Leads in the speed curve: all but those touched only before handoff.", "NOT is_touched_before"),
    LeadSet("working_within", "touched within the working time", "Leads touched within so many working seconds.", "is_touched AND working_wait <= $value", takes_value=True),
    LeadSet("wall_within", "touched within the time", "Leads touched within so many seconds of wall time.", "is_touched AND wall_wait <= $value", takes_value=True),
    LeadSet("limit_settled", "leads past their first-touch limit", "Timed leads whose first-touch limit has passed in working time.", "NOT is_touched_before AND working_follow_up >= limit_seconds"),
    LeadSet("limit_met", "touched inside the limit", "Timed leads touched inside the first-touch limit of their tier.", "NOT is_touched_before AND working_follow_up >= limit_seconds AND is_touched AND working_wait <= limit_seconds"),
    LeadSet("limit_pending", "still inside their limit", "Timed leads whose first-touch limit has not passed yet.", "NOT is_touched_before AND working_follow_up < limit_seconds"),
    LeadSet("accepted_any", "accepted leads", "Leads that sales accepted, settled or not.", "is_accepted"),
    LeadSet("cadence_settled", "accepted leads, cadence window passed", "Accepted leads whose cadence window has passed.", "is_cadence_settled"),
    LeadSet("cadence_pending", "accepted leads, still inside the window", "Accepted leads whose cadence window has not passed.", "is_accepted AND NOT is_cadence_settled"),
    LeadSet("cadence_full", "worked to full cadence", "Accepted leads with enough touches and channels, or an answer after a touch.", "is_cadence_settled AND is_full_cadence"),
    LeadSet("cadence_by_touches", "full cadence by touches", "Accepted leads with enough human touches over enough channels.", "is_cadence_settled AND is_full_by_touches"),
    LeadSet("cadence_not_full", "not worked to full cadence", "Accepted leads past their window without the full cadence.", "is_cadence_settled AND NOT is_full_cadence"),
    LeadSet("touches", "accepted leads with so many touches", "Accepted leads past their window with exactly so many human touches in it.", "is_cadence_settled AND cadence_touches = $value", takes_value=True),
    LeadSet("touches_at_least", "accepted leads with at least so many touches", "Accepted leads past their window with so many human touches or more in it.", "is_cadence_settled AND cadence_touches >= $value", takes_value=True),
    LeadSet("mature", "mature leads", "Leads at least one horizon old.", "is_mature"),
    LeadSet("band_leads", "leads of the score band", "All leads of one score band.", "score_band = $value", takes_value=True),
    LeadSet("band_mature", "mature leads of the score band", "Leads of one score band at least one horizon old.", "is_mature AND score_band = $value", takes_value=True),
    LeadSet("band_won", "won leads of the score band", "Mature leads of one score band won within the horizon.", "is_mature AND is_won_in_horizon AND score_band = $value", takes_value=True),
    LeadSet("band_opportunity", "leads of the score band with an opportunity", "Mature leads of one score band that became an opportunity within the horizon.", "is_mature AND is_opportunity_in_horizon AND score_band = $value", takes_value=True),
    LeadSet("won_in_horizon", "won within the horizon", "Mature leads won within the horizon.", "is_mature AND is_won_in_horizon"),
    LeadSet("opportunity_in_horizon", "opportunity within the horizon", "Mature leads that became an opportunity within the horizon.", "is_mature AND is_opportunity_in_horizon"),
    LeadSet("so_far_accepted", "accepted so far", "Leads accepted by the extract time, whatever their age.", "is_accepted"),
    LeadSet("so_far_rejected", "rejected so far", "Leads rejected by the extract time, whatever their age.", "is_rejected"),
    LeadSet("so_far_undecided", "no decision so far", "Leads neither accepted nor rejected by the extract time.", "NOT is_accepted AND NOT is_rejected"),
    LeadSet("so_far_opportunity", "opportunity so far", "Leads with an opportunity by the extract time.", "has_opportunity"),
    LeadSet("so_far_won", "won so far", "Leads won by the extract time.", "outcome = 'won'"),
    LeadSet("so_far_lost", "lost so far", "Leads lost by the extract time.", "outcome = 'lost'"),
    LeadSet("without_clock", "leads without a clock start", "Leads of the file outside every cohort, because nothing says when they were handed off.", ""),
)  # fmt: skip
LEAD_SETS: dict[str, LeadSet] = {lead_set.slug: lead_set for lead_set in _SETS}

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
)  # fmt: skip
METRICS: dict[str, Metric] = {metric.slug: metric for metric in _METRICS}


def lead_set_of(key: str) -> tuple[LeadSet, int | None]:
    """The lead set and value of a key such as ``settled`` or ``band_won:3``.

    Raises:
        RequestError: no such set (names the nearest), or the value is missing, surplus or no whole number.
    """
    slug, _, text = key.partition(":")
    found = LEAD_SETS.get(slug)
    if found is None:
        raise RequestError(f"There is no set of leads named '{slug[:60]}'{nearest(slug, LEAD_SETS)}.")
    digits = text.removeprefix("-")
    is_number = digits.isascii() and digits.isdigit() and len(digits) <= 15
    if found.takes_value != bool(text) or (text and not is_number):
        wanted = "a whole number after a colon" if found.takes_value else "no value"
        raise RequestError(f"The set of leads '{slug}' takes {wanted}; found '{text[:20]}'.")
    return found, int(text) if text else None
