"""The events of a lead and the coded fields in the vocabulary of rules: accepted, touched, won, rejection reason, status."""

from __future__ import annotations

from analytics.measurable import (
    NO_ACCEPTANCE,
    NO_FIRST_TOUCH,
    NO_OPPORTUNITIES,
    NO_REJECTIONS,
    NO_WINS,
    has_opportunities,
    has_wins,
    knows_acceptance,
    knows_first_touch,
    knows_rejections,
)
from analytics.rules.terms import FieldKind, RuleEvent, RuleField, Subject, Words, absence, put_words
from analytics.rules.tokens import folded
from analytics.schema import REASON_CODES, reason_words
from analytics.store.manifest import Manifest

_ACCEPTED = "coalesce(l.disposition = 'accepted' OR l.has_opportunity OR l.outcome = 'won', false)"
_REJECTED = f"(NOT {_ACCEPTED} AND coalesce(l.disposition = 'rejected', false))"
_WON, _LOST = "coalesce(l.outcome = 'won', false)", "coalesce(l.outcome = 'lost', false)"
_OPPORTUNITY = f"(coalesce(l.has_opportunity, false) OR {_WON})"
DECIDED_AT = f"CASE WHEN {_ACCEPTED} THEN l.accepted_at WHEN {_REJECTED} THEN l.rejected_at END"
_TOUCHED_BEFORE = "(l.first_touch_at IS NULL AND l.prior_touch_at IS NOT NULL)"


def add_events(words: Words, manifest: Manifest) -> None:
    """Add what can happen to a lead; where the export cannot tell, the word says what would."""
    acceptance, touch, win = Subject.ACCEPTANCE, Subject.TOUCH, Subject.WIN
    is_timed, accepts, rejects = (
        knows_first_touch(manifest),
        knows_acceptance(manifest),
        knows_rejections(manifest),
    )
    wins = has_wins(manifest)
    has_losses = manifest.has("outcome", "lost_at")
    opportunities = has_opportunities(manifest) or wins
    stated = (
        (("touched",), is_timed, NO_FIRST_TOUCH, RuleEvent(
            "touched", "touched", "(l.first_touch_at IS NOT NULL)", "l.first_touch_at", _TOUCHED_BEFORE, touch)),
        (("never touched", "untouched", "not touched yet", "no touch"), is_timed, NO_FIRST_TOUCH, RuleEvent(
            "never_touched", "never touched", "(l.first_touch_at IS NULL AND l.prior_touch_at IS NULL)",
            subject=touch)),
        (("accepted",), accepts, NO_ACCEPTANCE, RuleEvent(
            "accepted", "accepted", _ACCEPTED, "l.accepted_at", f"({_ACCEPTED} AND l.accepted_at IS NULL)", acceptance)),
        (("rejected",), rejects, NO_REJECTIONS, RuleEvent(
            "rejected", "rejected", _REJECTED, f"CASE WHEN {_REJECTED} THEN l.rejected_at END",
            f"({_REJECTED} AND l.rejected_at IS NULL)", acceptance)),
        (("decided",), accepts, NO_ACCEPTANCE, RuleEvent(
            "decided", "decided", f"({_ACCEPTED} OR {_REJECTED})", f"({DECIDED_AT})",
            f"(({_ACCEPTED} OR {_REJECTED}) AND ({DECIDED_AT}) IS NULL)", acceptance)),
        (("undecided", "no decision", "not decided yet"), accepts, NO_ACCEPTANCE, RuleEvent(
            "undecided", "not decided so far", f"(NOT {_ACCEPTED} AND NOT {_REJECTED})", subject=acceptance)),
        (("disqualified", "accepted then disqualified", "disqualified later"), accepts and rejects, NO_ACCEPTANCE, RuleEvent(
            "disqualified", "accepted, then disqualified",
            f"({_ACCEPTED} AND (coalesce(l.is_disqualified_later, false) OR (coalesce(l.disposition = 'rejected', false)"
            " AND NOT coalesce(l.rejected_at < coalesce(l.opportunity_at, l.closed_at), false))))",
            subject=acceptance)),
        (("won",), wins, NO_WINS, RuleEvent(
            "won", "won", _WON, f"CASE WHEN {_WON} THEN l.closed_at END", f"({_WON} AND l.closed_at IS NULL)", win)),
        (("lost",), has_losses, NO_WINS, RuleEvent(
            "lost", "lost", _LOST, f"CASE WHEN {_LOST} THEN l.closed_at END", f"({_LOST} AND l.closed_at IS NULL)", win)),
        (("closed",), wins, NO_WINS, RuleEvent(
            "closed", "won or lost", "(l.outcome IS NOT NULL)", "l.closed_at",
            "(l.outcome IS NOT NULL AND l.closed_at IS NULL)", win)),
        (("open", "not closed yet"), wins, NO_WINS, RuleEvent(
            "open", "neither won nor lost", "(l.outcome IS NULL)", subject=win)),
        (("opportunity", "an opportunity", "became an opportunity", "became opportunity"), opportunities, NO_OPPORTUNITIES,
         RuleEvent("opportunity", "an opportunity", _OPPORTUNITY, "l.opportunity_at",
                   f"({_OPPORTUNITY} AND l.opportunity_at IS NULL)", win)),
    )  # fmt: skip
    for names, is_here, why, event in stated:
        put_words(words, names, event if is_here else why)
    recorded: tuple[tuple[str, str, str, tuple[str, ...]], ...] = (
        ("responded", "responded_at", "responded", ("responded", "response", "answered")),
        ("met", "meeting_at", "met", ("met", "meeting", "meeting held", "a meeting", "had a meeting")),
        ("opened", "opened_at", "opened by the rep", ("opened", "opened by the rep")),
    )
    for name, stamp, label, words_of in recorded:
        event = RuleEvent(name, label, f"(l.{stamp} IS NOT NULL)", f"l.{stamp}")
        put_words(words, words_of, event if manifest.has(stamp) else absence(stamp))


def add_statuses(words: Words, manifest: Manifest) -> None:
    """Reason, disposition and outcome, by our codes, their words, and the CRM's own texts."""
    own = {
        name: [
            (folded(text), code)
            for text, code in manifest.values.get(name, {}).items()
            if code != "none" or name == "disposition"
        ]
        for name in ("rejection_reason", "disposition", "outcome")
    }
    reasons = [(folded(code), code) for code in REASON_CODES]
    reasons += [(folded(reason_words(code)), code) for code in REASON_CODES]
    reason = RuleField(
        "rejection_reason", "rejection reason", FieldKind.REASON, "l.rejection_reason", Subject.ACCEPTANCE,
        codes=_first_of(reasons + own["rejection_reason"]),
    )  # fmt: skip
    put_words(
        words, ("rejection reason", "reason", "rejected reason"),
        reason if knows_rejections(manifest) or manifest.has("rejection_reason") else NO_REJECTIONS,
    )  # fmt: skip
    events = {"accepted": "accepted", "rejected": "rejected", "none": "undecided"}
    decided = [("accepted", "accepted"), ("rejected", "rejected"), ("undecided", "undecided")]
    decided += [("none", "undecided"), ("no decision", "undecided")]
    decided += [(text, events[code]) for text, code in own["disposition"] if code in events]
    disposition = RuleField(
        "disposition", "decision", FieldKind.STATUS, "l.disposition", Subject.ACCEPTANCE, codes=_first_of(decided)
    )  # fmt: skip
    put_words(
        words, ("disposition", "status", "lead status"),
        disposition if knows_acceptance(manifest) else NO_ACCEPTANCE,
    )  # fmt: skip
    ended = [("won", "won"), ("lost", "lost"), ("open", "open"), *own["outcome"]]
    outcome = RuleField(
        "outcome", "outcome", FieldKind.STATUS, "l.outcome", Subject.WIN, codes=_first_of(ended)
    )
    put_words(words, ("outcome",), outcome if has_wins(manifest) else NO_WINS)


def _first_of(pairs: list[tuple[str, str]]) -> tuple[tuple[str, str], ...]:
    found: dict[str, str] = {}
    for text, code in pairs:
        found.setdefault(text, code)
    return tuple(found.items())
