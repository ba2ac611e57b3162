"""What is the problem, in one sentence? The verdict with its evidence, what speaks against it, and what would change it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from analytics import formatting as text
from analytics.account_intervals import METHOD as ACCOUNT_METHOD
from analytics.cohort import Cohort
from analytics.handoff_steps import short_of
from analytics.metrics.catalog import METRICS
from analytics.plumbing.audit import Audit, CheckResult, ExportResult, measure_audit
from analytics.verdict_evidence import Evidence, evidence_of
from analytics.verdict_phrases import PHRASES, against_words, listed, quoted, short_words, target_words
from analytics.verdict_rules import (
    ASKED_FOR_HEALTH,
    JUDGED,
    LEAST_SETTLED,
    SALES,
    Case,
    VerdictKind,
    judge,
    measure_case,
)
from analytics.verdict_sentence import sentence_of
from analytics.warehouse import Warehouse

METHOD = (
    "A number misses its target when its whole 95 % interval lies on the wrong side and the number itself at least 2 points"
    " off; it meets it when the whole interval lies on the right side; otherwise it is open. The first rule that matches"
    " gives the sentence, in this order: under 30 settled leads; the record itself is broken; wins come from other company"
    " sizes than leads; acceptance of decided leads missed while the lower half of the scores wins less; first touch, working"
    " rate or decisions missed while acceptance is not; opportunities missed while nothing above is; everything met; else"
    f" undecided. The other matches stand as further findings. {ACCOUNT_METHOD}"
)


@dataclass(frozen=True, slots=True)
class Finding:
    """A further finding: the kind of verdict it would be, and its sentence."""

    kind: VerdictKind
    sentence: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """One sentence that names the problem, and what it stands on.

    ``against`` speaks against it, ``others`` are further findings in the order
    of the rules, ``would_change`` says what would turn it.
    """

    kind: VerdictKind
    sentence: str
    evidence: tuple[Evidence, ...]
    against: tuple[Evidence, ...]
    others: tuple[Finding, ...]
    would_change: str


@dataclass(frozen=True, slots=True)
class Judgement:
    """The audit of a cohort and the verdict that knows it."""

    audit: Audit
    verdict: Verdict


def measure_judgement(
    warehouse: Warehouse, cohort: Cohort, on_progress: Callable[[int, int, str], None] | None = None
) -> Judgement:
    """Audit the record, then name the problem; ``on_progress`` as in ``measure_audit``."""
    audit = measure_audit(warehouse, cohort, on_progress)
    return Judgement(audit, verdict_of(measure_case(warehouse, cohort), audit))


def verdict_of(case: Case, audit: Audit) -> Verdict:
    """The first rule that matches, plumbing second only to too few leads."""
    plain = judge(case)
    reds = sorted(audit.reds, key=_weight, reverse=True)
    kind: VerdictKind = "plumbing" if reds and plain != "not_enough_leads" else plain
    evidence, against = evidence_of(kind, case, reds)
    return Verdict(
        kind,
        sentence_of(kind, case, reds),
        evidence,
        against,
        _others(kind, case, audit),
        _would_change(kind, case, reds),
    )


def _weight(one: CheckResult | ExportResult) -> tuple[bool, bool, float, float]:
    """The red check that changes most comes first."""
    price = one.price
    if price is None:
        return False, False, 0.0, one.share.value or 0.0
    most = max((abs(price.difference(slug) or 0.0) for slug in price.moved), default=0.0)
    return price.is_flipped, price.is_wait_moved, most, one.share.value or 0.0


def _others(kind: VerdictKind, case: Case, audit: Audit) -> tuple[Finding, ...]:
    if kind == "not_enough_leads":
        return ()
    holds: list[tuple[VerdictKind, bool]] = [
        ("segment_mismatch", case.is_segment_mismatch),
        ("quality_threshold", case.is_threshold_loose),
        ("sales_execution", not case.is_missed("accepted_of_decided") and case.is_missed(*SALES)),
        (
            "strategy_fit",
            not case.is_missed("accepted_of_decided", *SALES) and case.is_missed("accepted_to_opportunity"),
        ),
    ]
    found = [Finding(one, sentence_of(one, case, [])) for one, is_so in holds if is_so and one != kind]
    told = {slug for one, is_so in [*holds, (kind, True)] if is_so for slug in _told(one)}
    found += [
        Finding(
            "undecided",
            f"{METRICS[slug].label}: {against_words(case, slug)}, missed.",
        )
        for slug in JUDGED
        if case.is_missed(slug) and slug not in told
    ]
    found += [
        Finding(
            "plumbing",
            f"{one.check.title}: {text.rate_with_interval(one.share)} of {text.count(one.share.denominator)}.",
        )
        for one in audit.checks
        if one.state == "amber" or (one.state == "red" and kind != "plumbing")
    ]
    found += [Finding("plumbing", one.finding.sentence) for one in audit.export if one.state != "green"]
    return tuple(found)


def _told(kind: VerdictKind) -> tuple[str, ...]:
    """The metrics whose miss a kind of verdict already speaks of."""
    return {
        "quality_threshold": ("accepted_of_decided",),
        "sales_execution": SALES,
        "strategy_fit": ("accepted_to_opportunity",),
        "undecided": ("accepted_of_decided",),
    }.get(kind, ())


def _would_change(kind: VerdictKind, case: Case, reds: list[CheckResult | ExportResult]) -> str:
    if kind == "not_enough_leads":
        missing = LEAST_SETTLED - case.settled
        return f"{text.plural(missing, 'more settled lead')} would allow a verdict."
    if kind == "plumbing":
        left = len(reds)
        after = reds[0].price.verdict_after.replace("_", " ") if reds[0].price else ""
        more = (
            f" {left - 1} more red {'check stands' if left == 2 else 'checks stand'} beside it."
            if left > 1
            else ""
        )
        return f"With that repaired alone the numbers would say: {after}.{more}" if after else more.strip()
    if kind == "segment_mismatch":
        return "It would fall if most leads and most wins came from one size, or if the gap came inside what luck gives."
    if kind == "quality_threshold":
        short = short_of(case.rates["accepted_of_decided"], case.targets["accepted_of_decided"])
        return f"{text.plural(short, 'more acceptance')} among the decided leads, or a lower half of the scores that wins as often, would turn it."
    if kind in ("sales_execution", "strategy_fit"):
        slugs = [
            slug
            for slug in (SALES if kind == "sales_execution" else ("accepted_to_opportunity",))
            if case.is_missed(slug)
        ]
        parts = [f"{PHRASES[slug]} at its target ({short_words(case, slug)})" for slug in slugs]
        return f"It would take {listed(parts)}."
    if kind == "healthy":
        nearest = min(ASKED_FOR_HEALTH, key=lambda slug: (case.rates[slug].low or 0.0) - case.targets[slug])
        return f"The nearest to its target is {PHRASES[nearest]}: {quoted(case, nearest)}, target {target_words(case, nearest)}."
    return "A number clearly under its target, or all of them clearly at it, would decide."
