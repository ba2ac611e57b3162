"""The problem in one sentence, verdict by verdict."""

from __future__ import annotations

from analytics import formatting as text
from analytics import segments as mirror
from analytics.plumbing.audit import CheckResult, ExportResult
from analytics.stats.clustered import LEAST_CLUSTERS
from analytics.verdict_phrases import (
    DONE,
    NO_SPLIT,
    PHRASES,
    against_words,
    few_accounts,
    gap_of,
    listed,
    quoted,
    stands_words,
    target_words,
    title_of,
)
from analytics.verdict_rules import (
    ASKED_FOR_HEALTH,
    JUDGED,
    LEAST_SETTLED,
    SALES,
    Case,
    VerdictKind,
)
from analytics.verdict_settle import is_near_miss, leads_to_settle


def sentence_of(kind: VerdictKind, case: Case, reds: list[CheckResult | ExportResult]) -> str:
    """The sentence of a verdict; ``reds`` are the red faults of the audit, the heaviest first."""
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
            f"The handoff works: {quoted(case, 'accepted_of_decided')} of the decided leads are accepted,"
            f" {quoted(case, 'touched_inside_limit')} are touched inside the limit, and"
            f" {quoted(case, 'accepted_to_opportunity')} of the accepted become an opportunity."
        )
    return _undecided_sentence(case)


def _plumbing_sentence(one: CheckResult | ExportResult) -> str:
    name = title_of(one)
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
        f"Sales accepts {quoted(case, 'accepted_of_decided')} of the leads it decides, target"
        f" {target_words(case, 'accepted_of_decided')}{lower}: the line for passing a lead is too low."
    )


def _execution_sentence(case: Case) -> str:
    missed = sorted((slug for slug in SALES if case.is_missed(slug)), key=lambda slug: -gap_of(case, slug))
    named = [stands_words(case, slug) for slug in missed[:2]]
    accepted = (
        f"Sales accepts {quoted(case, 'accepted_of_decided')} of the leads it decides, but"
        if "accepted_of_decided" in case.rates and case.states.get("accepted_of_decided") in ("met", "open")
        else "The follow-up is behind the agreement:"
    )
    return f"{accepted} {', and '.join(named)}."


def _fit_sentence(case: Case) -> str:
    """Only what is measured and met is called done."""
    done = [words for slug, words in DONE.items() if case.is_met(slug)]
    start = (
        f"Leads are {listed(done)}, yet "
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
        f"{start}{quoted(case, 'accepted_to_opportunity')} of the accepted become an opportunity, target"
        f" {target_words(case, 'accepted_to_opportunity')}: {end}."
    )


def _undecided_sentence(case: Case) -> str:
    if case.is_missed("accepted_of_decided"):
        why = NO_SPLIT[case.no_split or "no score"] if case.split is None else "the scores do not say why"
        return (
            f"Sales accepts {quoted(case, 'accepted_of_decided')} of the leads it decides, target"
            f" {target_words(case, 'accepted_of_decided')}, and {why}: look at the reasons for rejection."
        )
    slug = _named_open(case)
    if slug is not None:
        return f"No number is clearly off its target; open is {PHRASES[slug]}, {against_words(case, slug)}.{_needed(case, slug)}"
    lacking = [
        PHRASES[slug] for slug in ASKED_FOR_HEALTH if case.states.get(slug) not in ("met", "missed", "open")
    ]
    if not case.is_worked:
        lacking.append(PHRASES["working_rate"])
    if lacking:
        return (
            f"No number is clearly off its target, but {listed(lacking)} cannot be judged from this export."
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
        return f" Its {few_accounts(case, slug)}, it takes {LEAST_CLUSTERS}."
    measured, target = case.rates[slug], case.targets[slug]
    number = leads_to_settle(measured, target)
    if number is not None:
        return f" About {text.plural(number - measured.denominator, 'more lead')} would settle it."
    if is_near_miss(measured.value or 0.0, target):
        return " It is within 2 points of the target: more leads alone will not settle it."
    return " It lies so near the target that more leads alone will not settle it."
