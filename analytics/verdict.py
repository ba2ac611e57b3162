"""What is the problem, in one sentence? The verdict with its evidence, what speaks against it, and what would change it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from analytics import formatting as text
from analytics import segments as mirror
from analytics.account_intervals import METHOD as ACCOUNT_METHOD
from analytics.cohort import Cohort
from analytics.handoff_steps import AT_LEAST_OFF, judged, short_of
from analytics.metrics.catalog import METRICS
from analytics.metrics.compose import rate
from analytics.plumbing.audit import Audit, CheckResult, ExportResult, measure_audit
from analytics.results import Rate
from analytics.segment_bands import UNKNOWN
from analytics.stats.clustered import LEAST_CLUSTERS
from analytics.stats.intervals import wilson_interval
from analytics.verdict_rules import (
    ASKED_FOR_HEALTH,
    JUDGED,
    LEAST_SETTLED,
    SALES,
    Case,
    NoSplit,
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
_ROUNDING = 1e-9
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
        return _fit_sentence(case)
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
    named = [_stands(case, slug) for slug in missed[:2]]
    accepted = (
        f"Sales accepts {_quoted(case, 'accepted_of_decided')} of the leads it decides, but"
        if "accepted_of_decided" in case.rates and case.states.get("accepted_of_decided") in ("met", "open")
        else "The follow-up is behind the agreement:"
    )
    return f"{accepted} {', and '.join(named)}."


def _stands(case: Case, slug: str) -> str:
    """Where a missed number stands; ``is`` where a bound follows: "is at most 74 %"."""
    return f"{PHRASES[slug]} {'is' if _bound(case, slug) else 'stands at'} {_against(case, slug)}"


def _against(case: Case, slug: str) -> str:
    """A number against its target, with the leads that nobody can count: ``58 % (53-62 %), target 90 %``."""
    undated = f" ({_undated(case, slug)})" if _undated(case, slug) else ""
    return f"{_quoted(case, slug)}, target {_target(case, slug)}{undated}"


def _fit_sentence(case: Case) -> str:
    """Only what is measured and met is called done."""
    done = [words for slug, words in DONE.items() if case.is_met(slug)]
    start = (
        f"Leads are {_listed(done)}, yet "
        if done
        else "Nothing in the handoff is clearly off its target, yet "
    )
    is_followed_up = case.is_met("touched_inside_limit") or case.is_met("working_rate")
    end = (
        "no agreement on the handoff repairs that"
        if is_followed_up
        else "nothing measured in the handoff explains it"
    )
    return (
        f"{start}{_quoted(case, 'accepted_to_opportunity')} of the accepted become an opportunity, target"
        f" {_target(case, 'accepted_to_opportunity')}: {end}."
    )


def _undecided_sentence(case: Case) -> str:
    if case.is_missed("accepted_of_decided"):
        why = NO_SPLIT[case.no_split or "no score"] if case.split is None else "the scores do not say why"
        return (
            f"Sales accepts {_quoted(case, 'accepted_of_decided')} of the leads it decides, target"
            f" {_target(case, 'accepted_of_decided')}, and {why}: look at the reasons for rejection."
        )
    slug = _named_open(case)
    if slug is not None:
        return f"No number is clearly off its target; open is {PHRASES[slug]}, {_against(case, slug)}.{_needed(case, slug)}"
    lacking = [
        PHRASES[slug] for slug in ASKED_FOR_HEALTH if case.states.get(slug) not in ("met", "missed", "open")
    ]
    if not case.is_worked:
        lacking.append(PHRASES["working_rate"])
    if lacking:
        return (
            f"No number is clearly off its target, but {_listed(lacking)} cannot be judged from this export."
        )
    return "No number is clearly off its target, and not all are clearly at it."


def _named_open(case: Case) -> str | None:
    """The open number to name: the furthest off of those that their own interval leaves open, else one of too few accounts.

    A number that is open only because the export bounds it on one side is not named: more leads would not settle it.
    """
    own = [slug for slug in JUDGED if case.is_open_itself(slug)]
    if own:
        return max(own, key=lambda slug: abs((case.rates[slug].value or 0.0) - case.targets[slug]))
    return next((slug for slug in JUDGED if slug in case.few_accounts), None)


def _needed(case: Case, slug: str) -> str:
    """How many leads would settle an open number, if it stays where it is."""
    if slug in case.few_accounts:
        return f" Its {_few_accounts(case, slug)}, it takes {LEAST_CLUSTERS}."
    measured, target = case.rates[slug], case.targets[slug]
    number = leads_to_settle(measured, target)
    if number is not None:
        return f" About {text.plural(number - measured.denominator, 'more lead')} would settle it."
    if _is_near_miss(measured.value or 0.0, target):
        return " It is within 2 points of the target: more leads alone will not settle it."
    return " It lies so near the target that more leads alone will not settle it."


def leads_to_settle(value: Rate, target: float) -> int | None:
    """The number of leads at which an unchanged rate would have its whole interval on one side of the target.

    An interval by account is wider than Wilson's by a factor that stays as leads are added. None without an interval,
    where the rate misses by under 2 points (it can then only be met), or beyond a million leads.
    """
    share = value.value
    if share is None or value.low is None or value.high is None or _is_near_miss(share, target):
        return None
    if value.low >= target or value.high < target:
        return value.denominator
    own = share - value.low if share >= target else value.high - share
    plain = _reach(share, value.denominator, target)
    wider = own / plain if plain > 0 else 1.0
    low, high = value.denominator, MOST_SOUGHT
    if low >= high or not _is_clear(share, high, target, wider):
        return None
    while high - low > 1:
        middle = (low + high) // 2
        if _is_clear(share, middle, target, wider):
            high = middle
        else:
            low = middle
    return high


def _is_near_miss(share: float, target: float) -> bool:
    """Whether a rate lies under its target by less than a miss needs."""
    return share < target and target - share < AT_LEAST_OFF - _ROUNDING


def _is_clear(share: float, leads: int, target: float, wider: float) -> bool:
    """Whether an interval so many times as wide as Wilson's would lie on one side of the target."""
    reach = wider * _reach(share, leads, target)
    return share - reach >= target if share >= target else share + reach < target


def _reach(share: float, leads: int, target: float) -> float:
    """How far Wilson's interval reaches from a rate on so many leads towards the target, and past it."""
    found = wilson_interval(round(share * leads), leads)
    if found is None:
        return 0.0
    return share - found[0] if share >= target else found[1] - share


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
        f"{_quoted(case, slug)}, target {_target(case, slug)}: {case.states[slug]}{_because(case, slug)}",
    )


def _because(case: Case, slug: str) -> str:
    """What the state of a number turns on, where not on its interval alone."""
    if slug in case.few_accounts:
        return f", its {_few_accounts(case, slug)}"
    if not _undated(case, slug):
        return ""
    is_unsure = judged(case.at_best(slug), case.targets[slug]) != judged(case.rates[slug], case.targets[slug])
    return f", it turns on {_undated(case, slug)}" if is_unsure else f", {_undated(case, slug)}"


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
    told = {slug for one, is_so in [*holds, (kind, True)] if is_so for slug in _told(one)}
    found += [
        Finding(
            "undecided",
            f"{METRICS[slug].label}: {_against(case, slug)}, missed.",
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
        parts = [f"{PHRASES[slug]} at its target ({_short(case, slug)})" for slug in slugs]
        return f"It would take {_listed(parts)}."
    if kind == "healthy":
        nearest = min(ASKED_FOR_HEALTH, key=lambda slug: (case.rates[slug].low or 0.0) - case.targets[slug])
        return f"The nearest to its target is {PHRASES[nearest]}: {_quoted(case, nearest)}, target {_target(case, nearest)}."
    return "A number clearly under its target, or all of them clearly at it, would decide."


def _gap(case: Case, slug: str) -> float:
    """How far under its target a number lies at least."""
    return case.targets[slug] - (case.at_best(slug).value or 0.0)


def _short(case: Case, slug: str) -> str:
    """How many leads are missing, those decided on an unknown day counted as in time."""
    even = f", even with the {_undated(case, slug)}" if _undated(case, slug) else ""
    return f"{text.plural(short_of(case.at_best(slug), case.targets[slug]), 'more lead')}{even}"


def _few_accounts(case: Case, slug: str) -> str:
    """``300 leads come from 1 account: too few accounts``."""
    accounts = text.plural(case.few_accounts[slug], "account")
    return f"{text.plural(case.rates[slug].denominator, 'lead')} come from {accounts}: too few accounts"


def _undated(case: Case, slug: str) -> str:
    """How many leads of a number were decided on an unknown day, in words; else empty."""
    is_undated = slug == "decided_in_window" and case.unknown_when
    return f"{text.plural(case.unknown_when, 'lead')} decided without a date" if is_undated else ""


def _bound(case: Case, slug: str) -> str:
    """``at most`` or ``at least`` before a rate that the export bounds on one side only; else empty."""
    if slug == "working_rate" and case.is_working_rate_at_most:
        return "at most "
    return "at least " if _undated(case, slug) else ""


def _quoted(case: Case, slug: str) -> str:
    return f"{_bound(case, slug)}{text.rate_with_interval(case.rates[slug])}"


def _target(case: Case, slug: str) -> str:
    return text.percent(case.targets[slug])


def _listed(parts: list[str]) -> str:
    """``a``, ``a and b``, ``a, b and c``."""
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} and {parts[-1]}"
