"""What a verdict stands on: the numbers with their counts, and the keys that open their leads."""

from __future__ import annotations

from dataclasses import dataclass

from analytics import formatting as text
from analytics.handoff_steps import judged
from analytics.metrics.catalog import METRICS
from analytics.metrics.compose import rate
from analytics.plumbing.audit import CheckResult, ExportResult
from analytics.results import Rate
from analytics.segment_bands import UNKNOWN
from analytics.verdict_phrases import few_accounts, quoted, target_words, title_of, undated_words
from analytics.verdict_rules import (
    JUDGED,
    SALES,
    Case,
    VerdictKind,
)


@dataclass(frozen=True, slots=True)
class Evidence:
    """One number the verdict stands on. ``key`` opens the leads of ``rate``'s numerator; None where no lead set holds them."""

    metric: str
    label: str
    rate: Rate
    target: float | None
    key: str | None
    words: str


def evidence_of(
    kind: VerdictKind, case: Case, reds: list[CheckResult | ExportResult]
) -> tuple[tuple[Evidence, ...], tuple[Evidence, ...]]:
    """What the verdict stands on, and what speaks against it; ``reds`` are the red faults of the audit, heaviest first."""
    settled = Evidence(
        "settled",
        "Settled leads",
        rate(case.settled, case.settled),
        None,
        "settled",
        text.plural(case.settled, "settled lead"),
    )
    known = {slug: _judged_evidence(case, slug) for slug in JUDGED if slug in case.rates}
    of_state = {
        state: [known[slug] for slug in known if case.states[slug] == state]
        for state in ("missed", "met", "open")
    }
    if kind == "not_enough_leads":
        return (settled,), ()
    if kind == "plumbing":
        return tuple(_fault_evidence(one) for one in reds), ()
    if kind == "segment_mismatch":
        return _segment_evidence(case), tuple(of_state["missed"])
    if kind == "quality_threshold":
        split = _split_evidence(case)
        sales = [known[slug] for slug in SALES if case.is_missed(slug) and slug in known]
        return (known["accepted_of_decided"], *split), tuple(sales)
    if kind == "sales_execution":
        missed = [known[slug] for slug in SALES if case.is_missed(slug)]
        return tuple(missed), tuple(known[slug] for slug in SALES if case.is_met(slug))
    if kind == "strategy_fit":
        return (known["accepted_to_opportunity"],), tuple(of_state["open"])
    if kind == "healthy":
        asked = of_state["met"]
        return tuple(asked), tuple(of_state["missed"] + of_state["open"])
    return tuple(of_state["missed"] + of_state["open"]) or (settled,), tuple(of_state["met"])


def _judged_evidence(case: Case, slug: str) -> Evidence:
    return Evidence(
        slug,
        METRICS[slug].label,
        case.rates[slug],
        case.targets[slug],
        METRICS[slug].numerator,
        f"{quoted(case, slug)}, target {target_words(case, slug)}: {case.states[slug]}{_because(case, slug)}",
    )


def _because(case: Case, slug: str) -> str:
    """What the state of a number turns on, where not on its interval alone."""
    if slug in case.few_accounts:
        return f", its {few_accounts(case, slug)}"
    if not undated_words(case, slug):
        return ""
    is_unsure = judged(case.at_best(slug), case.targets[slug]) != judged(case.rates[slug], case.targets[slug])
    return f", it turns on {undated_words(case, slug)}" if is_unsure else f", {undated_words(case, slug)}"


def _fault_evidence(one: CheckResult | ExportResult) -> Evidence:
    key = one.check.key if isinstance(one, CheckResult) else one.finding.key
    slug = one.check.slug if isinstance(one, CheckResult) else one.finding.slug
    effect = f"; {one.price.repair}: {one.price.words}" if one.price else ""
    return Evidence(
        slug,
        title_of(one),
        one.share,
        None,
        key,
        f"{text.rate_with_interval(one.share)} of {text.count(one.share.denominator)}{effect}",
    )


def _split_evidence(case: Case) -> tuple[Evidence, ...]:
    split = case.split
    if split is None:
        return ()
    noun = METRICS[split.outcome].label
    keys = [f"mature.{part}.{split.outcome}" for part in split.keys] if split.keys else [None, None]
    return tuple(
        Evidence(split.outcome, f"{noun}, score {words} {split.median:g}", value, None, key, text.rate_with_interval(value))
        for words, value, key in (("under", split.below, keys[0]), ("from", split.others, keys[1]))
    )  # fmt: skip


def _segment_evidence(case: Case) -> tuple[Evidence, ...]:
    found = case.segments
    if found is None:
        return ()
    items = []
    for number, words, of_wins in ((found.modal_leads, "leads", False), (found.modal_wins, "wins", True)):
        band = next((one for one in found.bands if one.number == number), None)
        if band is None or band.number == UNKNOWN:
            continue
        share = rate(band.wins, found.wins) if of_wins else rate(band.mature, found.mature)
        key = f"mature.size:{band.number}.won_in_horizon" if of_wins else f"mature.size:{band.number}"
        items.append(
            Evidence(
                "segment_mismatch",
                f"Most {words}: {band.label}",
                share,
                None,
                key,
                f"{text.rate_with_interval(share)} of the {words}",
            )
        )
    return tuple(items)
