"""The numbers of the verdict in words: quoted with what is not known of them, short of their targets, listed."""

from __future__ import annotations

from analytics import formatting as text
from analytics.handoff_steps import short_of
from analytics.plumbing.audit import CheckResult, ExportResult
from analytics.verdict_rules import (
    Case,
    NoSplit,
)

PHRASES = {
    "accepted_of_decided": "acceptance of the leads that sales decided",
    "touched_inside_limit": "the first touch inside the limit",
    "working_rate": "full cadence on accepted leads",
    "decided_in_window": "a decision with a reason inside the window",
    "accepted_to_opportunity": "the way from acceptance to opportunity",
}
DONE = {
    "accepted_of_decided": "accepted",
    "touched_inside_limit": "touched in time",
    "working_rate": "worked to full cadence",
    "decided_in_window": "decided in time",
}
"""What may be said of the leads where the metric is met."""
NO_SPLIT: dict[NoSplit, str] = {
    "no score": "there is no score to say why",
    "no outcome": "without wins or opportunities the scores cannot say why",
    "too young": "no lead with a score is old enough yet to say why",
}


def title_of(one: CheckResult | ExportResult) -> str:
    """The name of a fault, of single leads or of the whole export."""
    return one.check.title if isinstance(one, CheckResult) else one.finding.title


def stands_words(case: Case, slug: str) -> str:
    """Where a missed number stands; ``is`` where a bound follows: "is at most 74 %"."""
    return f"{PHRASES[slug]} {'is' if _bound(case, slug) else 'stands at'} {against_words(case, slug)}"


def against_words(case: Case, slug: str) -> str:
    """A number against its target, with the leads that nobody can count: ``58 % (53-62 %), target 90 %``."""
    undated = f" ({undated_words(case, slug)})" if undated_words(case, slug) else ""
    return f"{quoted(case, slug)}, target {target_words(case, slug)}{undated}"


def gap_of(case: Case, slug: str) -> float:
    """How far under its target a number lies at least."""
    return case.targets[slug] - (case.at_best(slug).value or 0.0)


def short_words(case: Case, slug: str) -> str:
    """How many leads are missing, those decided on an unknown day counted as in time."""
    even = f", even with the {undated_words(case, slug)}" if undated_words(case, slug) else ""
    return f"{text.plural(short_of(case.at_best(slug), case.targets[slug]), 'more lead')}{even}"


def few_accounts(case: Case, slug: str) -> str:
    """``300 leads come from 1 account: too few accounts``."""
    accounts = text.plural(case.few_accounts[slug], "account")
    return f"{text.plural(case.rates[slug].denominator, 'lead')} come from {accounts}: too few accounts"


def undated_words(case: Case, slug: str) -> str:
    """How many leads of a number were decided on an unknown day, in words; else empty."""
    is_undated = slug == "decided_in_window" and case.unknown_when
    return f"{text.plural(case.unknown_when, 'lead')} decided without a date" if is_undated else ""


def _bound(case: Case, slug: str) -> str:
    """``at most`` or ``at least`` before a rate that the export bounds on one side only; else empty."""
    if slug == "working_rate" and case.is_working_rate_at_most:
        return "at most "
    return "at least " if undated_words(case, slug) else ""


def quoted(case: Case, slug: str) -> str:
    """A number with its interval, and "at least" or "at most" where not all of it is known."""
    return f"{_bound(case, slug)}{text.rate_with_interval(case.rates[slug])}"


def target_words(case: Case, slug: str) -> str:
    """The contract's target for a number."""
    return text.percent(case.targets[slug])


def listed(parts: list[str]) -> str:
    """``a``, ``a and b``, ``a, b and c``."""
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} and {parts[-1]}"
