"""What is the problem, in one sentence? The verdict with its evidence, what speaks against it, and what would change it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from analytics import formatting as text
from analytics import segments as mirror
from analytics.account_intervals import METHOD as ACCOUNT_METHOD
from analytics.cohort import Cohort
from analytics.handoff_steps import AT_LEAST_OFF, short_of
from analytics.metrics.catalog import METRICS
from analytics.metrics.compose import rate
from analytics.plumbing.audit import Audit, CheckResult, ExportResult, measure_audit
from analytics.results import Rate
from analytics.segment_bands import UNKNOWN
from analytics.stats.intervals import wilson_interval
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
from analytics.warehouse import Warehouse

METHOD = (
    "A number misses its target when its whole 95 % interval lies on the wrong side and the number itself at least 2 points"
    " off; it meets it when the whole interval lies on the right side; otherwise it is open. The first rule that matches"
    " gives the sentence, in this order: under 30 settled leads; the record itself is broken; wins come from other company"
    " sizes than leads; acceptance of decided leads missed while the lower half of the scores wins less; first touch, working"
    " rate or decisions missed while acceptance is not; opportunities missed while nothing above is; everything met; else"
    f" undecided. The other matches stand as further findings. {ACCOUNT_METHOD}"
)
MOST_SOUGHT = 1_000_000
PHRASES = {
    "accepted_of_decided": "acceptance of the leads that sales decided",
    "touched_inside_limit": "the first touch inside the limit",
    "working_rate": "full cadence on accepted leads",
    "decided_in_window": "a decision with a reason inside the window",
    "accepted_to_opportunity": "the way from acceptance to opportunity",
}


@dataclass(frozen=True, slots=True)
class Evidence:
    """One number the verdict stands on. ``key`` opens the leads of ``rate``'s numerator; None where no lead set holds them."""

    metric: str
    label: str
    rate: Rate
    target: float | None
    key: str | None
    words: str


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
    evidence, against = _evidence(kind, case, reds)
    return Verdict(
        kind,
        _sentence(kind, case, reds),
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


def _title(one: CheckResult | ExportResult) -> str:
    return one.check.title if isinstance(one, CheckResult) else one.finding.title


# --- the sentences: no template names a side unless its rule asks for an interval clear of the target


def _sentence(kind: VerdictKind, case: Case, reds: list[CheckResult | ExportResult]) -> str:
    if kind == "not_enough_leads":
        return f"{text.plural(case.settled, 'settled lead')}: too few to name a problem. It takes {LEAST_SETTLED}."
    if kind == "plumbing":
        return _plumbing_sentence(reds[0])
    if kind == "segment_mismatch" and case.segments is not None:
        return mirror.answer(case.segments)
    if kind == "quality_threshold":
        return _threshold_sentence(case)
    if kind == "sales_execution":
        return _execution_sentence(case)
    if kind == "strategy_fit":
        return (
            f"Leads are accepted and followed up, yet {_quoted(case, 'accepted_to_opportunity')} of the accepted become an"
            f" opportunity, target {_target(case, 'accepted_to_opportunity')}: no agreement on the handoff repairs that."
        )
    if kind == "healthy":
        return (
            f"The handoff works: {_quoted(case, 'accepted_of_decided')} of the decided leads are accepted,"
            f" {_quoted(case, 'touched_inside_limit')} are touched inside the limit, and"
            f" {_quoted(case, 'accepted_to_opportunity')} of the accepted become an opportunity."
        )
    return _undecided_sentence(case)


def _plumbing_sentence(one: CheckResult | ExportResult) -> str:
    name = _title(one)
    what = f"{name[0].lower()}{name[1:]}"
    price = one.price
    effect = f" With {price.repair}: {price.words}." if price else ""
    return f"Mend the record first: {what}, {text.percent(one.share.value)} of {text.plural(one.share.denominator, 'lead')}.{effect}"


def _threshold_sentence(case: Case) -> str:
    split = case.split
    lower = ""
    if split is not None:
        noun = "are won" if split.outcome == "won_in_horizon" else "become an opportunity"
        lower = (
            f", and of the leads scored under {split.median:g} {text.percent(split.below.value)} {noun}"
            f" against {text.percent(split.others.value)} of the others"
        )
    return (
        f"Sales accepts {_quoted(case, 'accepted_of_decided')} of the leads it decides, target"
        f" {_target(case, 'accepted_of_decided')}{lower}: the line for passing a lead is too low."
    )


def _execution_sentence(case: Case) -> str:
    missed = sorted((slug for slug in SALES if case.is_missed(slug)), key=lambda slug: -_gap(case, slug))
    named = [
        f"{PHRASES[slug]} stands at {_quoted(case, slug)}, target {_target(case, slug)}"
        for slug in missed[:2]
    ]
    accepted = (
        f"Sales accepts {_quoted(case, 'accepted_of_decided')} of the leads it decides, but"
        if "accepted_of_decided" in case.rates and case.states.get("accepted_of_decided") in ("met", "open")
        else "The follow-up is behind the agreement:"
    )
    return f"{accepted} {', and '.join(named)}."


def _undecided_sentence(case: Case) -> str:
    if case.is_missed("accepted_of_decided"):
        why = "the scores do not say why" if case.split is not None else "there is no score to say why"
        return (
            f"Sales accepts {_quoted(case, 'accepted_of_decided')} of the leads it decides, target"
            f" {_target(case, 'accepted_of_decided')}, and {why}: look at the reasons for rejection."
        )
    still_open = [slug for slug in JUDGED if case.states.get(slug) == "open" and slug in case.rates]
    if still_open:
        slug = min(still_open, key=lambda one: abs((case.rates[one].value or 0.0) - case.targets[one]) * -1)
        return f"No number is clearly off its target; open is {PHRASES[slug]}, {_quoted(case, slug)}, target {_target(case, slug)}.{_needed(case, slug)}"
    lacking = [
        PHRASES[slug] for slug in ASKED_FOR_HEALTH if case.states.get(slug) not in ("met", "missed", "open")
    ]
    if lacking:
        return (
            f"No number is clearly off its target, but {_listed(lacking)} cannot be judged from this export."
        )
    return "No number is clearly off its target, and not all are clearly at it."


def _needed(case: Case, slug: str) -> str:
    """How many leads would settle an open number, if it stays where it is."""
    number = leads_to_settle(case.rates[slug], case.targets[slug])
    if number is None:
        return " It lies so near the target that more leads alone will not settle it."
    more = max(0, number - case.rates[slug].denominator)
    return (
        f" About {text.plural(more, 'more lead')} would settle it."
        if more
        else " It is within 2 points of the target."
    )


def leads_to_settle(value: Rate, target: float) -> int | None:
    """The number of leads at which an unchanged rate would have its whole interval on one side of the target.

    None without leads, where the rate misses by under 2 points (it can then only be met), or beyond a million leads.
    """
    share = value.value
    if share is None or (share < target and target - share < AT_LEAST_OFF):
        return None
    low, high = 1, MOST_SOUGHT
    if not _is_clear(share, high, target):
        return None
    while low < high:
        middle = (low + high) // 2
        if _is_clear(share, middle, target):
            high = middle
        else:
            low = middle + 1
    return low


def _is_clear(share: float, leads: int, target: float) -> bool:
    found = wilson_interval(round(share * leads), leads)
    return found is not None and (found[1] < target or found[0] >= target)


# --- evidence for and against


def _evidence(
    kind: VerdictKind, case: Case, reds: list[CheckResult | ExportResult]
) -> tuple[tuple[Evidence, ...], tuple[Evidence, ...]]:
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
        f"{_quoted(case, slug)}, target {_target(case, slug)}: {case.states[slug]}",
    )


def _fault_evidence(one: CheckResult | ExportResult) -> Evidence:
    key = one.check.key if isinstance(one, CheckResult) else one.finding.key
    slug = one.check.slug if isinstance(one, CheckResult) else one.finding.slug
    effect = f"; {one.price.repair}: {one.price.words}" if one.price else ""
    return Evidence(
        slug,
        _title(one),
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
    line = round(split.median * 1000)
    return tuple(
        Evidence(split.outcome, f"{noun}, score {words} {split.median:g}", value, None, f"mature.{part}:{line}.{hits}", text.rate_with_interval(value))
        for words, value, part, hits in (
            ("under", split.below, "score_below_fine", split.outcome),
            ("from", split.others, "score_from_fine", split.outcome),
        )
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


# --- further findings


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
    found = [Finding(one, _sentence(one, case, [])) for one, is_so in holds if is_so and one != kind]
    told = {slug for one, is_so in holds if is_so for slug in _told(one)}
    found += [
        Finding(
            "undecided",
            f"{METRICS[slug].label}: {_quoted(case, slug)}, target {_target(case, slug)}, missed.",
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
        parts = [
            f"{PHRASES[slug]} at its target ({text.plural(short_of(case.rates[slug], case.targets[slug]), 'more lead')})"
            for slug in slugs
        ]
        return f"It would take {_listed(parts)}."
    if kind == "healthy":
        nearest = min(ASKED_FOR_HEALTH, key=lambda slug: (case.rates[slug].low or 0.0) - case.targets[slug])
        return f"The nearest to its target is {PHRASES[nearest]}: {_quoted(case, nearest)}, target {_target(case, nearest)}."
    return "A number clearly under its target, or all of them clearly at it, would decide."


def _gap(case: Case, slug: str) -> float:
    return case.targets[slug] - (case.rates[slug].value or 0.0)


def _quoted(case: Case, slug: str) -> str:
    most = "at most " if slug == "working_rate" and case.is_working_rate_at_most else ""
    return f"{most}{text.rate_with_interval(case.rates[slug])}"


def _target(case: Case, slug: str) -> str:
    return text.percent(case.targets[slug])


def _listed(parts: list[str]) -> str:
    """``a``, ``a and b``, ``a, b and c``."""
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} and {parts[-1]}"
