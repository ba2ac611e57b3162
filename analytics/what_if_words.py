"""What-if answers in words: one sentence, what it leaves open, what it assumes, and the numbers as they were seen."""

from __future__ import annotations

from analytics import formatting as text
from analytics import threshold_reading
from analytics.metrics.catalog import METRICS
from analytics.metrics.compose import rate
from analytics.results import Rate, Unmeasurable
from analytics.schema import label_of
from analytics.threshold import Threshold
from analytics.what_if import SHOWN, AllInTime, Busiest, Parted

Number = tuple[str, str, str]
"""What it is, as it is, as it would be."""
NAMES = {
    "acceptance_rate": "Accepted of settled",
    "accepted_of_decided": "Accepted of decided",
    "touched_inside_limit": "Touched inside the limit",
    "working_rate": "Worked to full cadence",
    "accepted_to_opportunity": "Accepted to opportunity",
    "won_in_horizon": "Won within the horizon",
}
TIER_NAMES = {"": "All leads", "tier_high": "High intent", "tier_standard": "Standard or unknown intent"}
LATE_NAMES = {
    "so_far_accepted": "Accepted so far",
    "reached_opportunity": "Became an opportunity so far",
    "so_far_won": "Won so far",
}
NO_WINS_SAID = (
    "Nothing is said about more wins: leads touched late may differ from those touched in time, and the leads counted"
    " here are those that were there anyway."
)
INTERVALS = (
    "Intervals are Wilson's, 95 %, leads taken as independent of each other. The kept leads are a part of all leads, so"
    " both intervals share them; the removed leads are the other part."
)
_PARTED = (
    "Observed leads, counted again by the same definitions: the removed ones are left out, nothing is put in their place.",
    "Nothing is assumed about where the removed leads, their budget or the reps' time would go.",
    "The kept leads are assumed to be worked as they were.",
    INTERVALS,
)
IN_TIME_ASSUMPTIONS = (
    NO_WINS_SAID,
    "Every lead past its limit is counted as a hit.",
    "Leads whose limit still runs, or touched only before their handoff, are left out as they are today.",
    "A limit starts at the handoff, or at the next opening where that is out of hours.",
    "An hour holds only leads handed off at a known time of day.",
)
THRESHOLD_ASSUMPTIONS = (
    f"The page {threshold_reading.ASSUMPTION}.",
    "Leads below the line are left out; nothing is assumed about more leads above it.",
)
METHOD = (
    "Four questions over the leads of the selection. A score line keeps the leads from it up. A first touch inside the"
    " limit for all counts hits, what became of the late leads anyway, and the load; it says nothing about wins. Leaving"
    " out a source, or any other group, and applying a criterion count the same metrics over the leads kept and over those"
    " removed; kept and removed are all leads. A lead for which the export does not say whether it meets a criterion is"
    " removed and listed apart. An opportunity is given up when all its won leads are removed; it is counted once, with"
    f" its amount. {INTERVALS}"
)


def assumptions(result: Parted) -> tuple[str, ...]:
    """What a parting takes for granted, a sentence each."""
    if result.parting.what == "without" and result.parting.value:
        unknown = "Leads whose value is not known are kept."
    elif result.parting.what == "without":
        unknown = "Leads whose value is known are kept."
    else:
        unknown = (
            "Leads for which the export does not say whether they meet it are removed, and listed apart."
        )
    return (*_PARTED[:-1], unknown, _PARTED[-1])


def question(result: Parted) -> str:
    """What is supposed, as the sentence begins."""
    if result.parting.what == "without":
        return f"Without leads whose {_without(result)}"
    return f"If only leads with “{result.words}” were passed"


def _without(result: Parted) -> str:
    name = label_of(result.parting.field)
    return f"{name} is {result.parting.value}" if result.parting.value else f"{name} is not known"


def answer(result: Parted) -> str:
    """How many leads fewer, one rate as it is and would be, and the wins given up; one sentence."""
    asked = question(result)
    if not result.all.leads:
        return "There are no leads in this selection."
    if not result.removed.leads:
        return f"{asked}, nothing changes: none of the {text.plural(result.all.leads, 'lead')} would be left out."
    if not result.kept.leads:
        return f"{asked}, none of the {text.plural(result.all.leads, 'lead')} would be left."
    parts = [f"{asked}, sales gets {_fewer(rate(result.removed.leads, result.all.leads))}"]
    moved = _moved(result)
    if moved:
        parts.append(moved)
    if result.deals is not None and result.deals.all:
        parts.append(_given_up(result))
    hindsight = "In hindsight only: " if result.is_hindsight else ""
    return f"{hindsight}{'; '.join(parts)}."


def _fewer(removed: Rate) -> str:
    if not text.is_quotable(removed):
        return f"{text.of(removed)} leads fewer"
    return f"{text.percent(removed.value)} fewer leads ({text.of(removed)})"


def _moved(result: Parted) -> str:
    """The first rate that can be quoted on both sides, as it is and as it would be."""
    for slug in ("accepted_of_decided", "acceptance_rate", "won_in_horizon"):
        whole, kept = result.all.rate(slug), result.kept.rate(slug)
        if slug not in result.why and text.is_quotable(whole) and text.is_quotable(kept):
            name = NAMES[slug].lower()
            if text.percent(whole.value) == text.percent(kept.value):
                return f"{name} stays at {text.percent(kept.value)}"
            return f"{name} goes from {text.percent(whole.value)} to {text.percent(kept.value)}"
    return ""


def _given_up(result: Parted) -> str:
    deals = result.deals
    if deals is None:
        return ""
    if not deals.given_up:
        return f"none of the {text.plural(deals.all, 'won opportunity', 'won opportunities')} is given up"
    amount = f", worth {text.money(deals.given_up_amount)}" if deals.given_up_amount else ""
    verb = "is" if deals.given_up == 1 else "are"
    return f"{text.count(deals.given_up)} of {text.plural(deals.all, 'won opportunity', 'won opportunities')}{amount}, {verb} given up"


def notes(result: Parted) -> tuple[str, ...]:
    """What the sentence leaves open; an empty text says nothing."""
    deals, unknown = result.deals, result.unknown.leads
    undated = result.all.counts["mature_won_undated"]
    return (
        "the rule looks at what happened after the handoff: nobody could apply it then" if result.is_hindsight else "",
        f"{text.plural(unknown, 'lead')} of unknown answer removed, listed apart" if unknown else "",
        f"{text.count(deals.shared)} won {'opportunity has' if deals.shared == 1 else 'opportunities have'} leads on both sides, kept"
        if deals is not None and deals.shared else "",
        f"{text.plural(deals.unpriced, 'won opportunity', 'won opportunities')} without an amount"
        if deals is not None and deals.amount is not None and deals.unpriced else "",
        text.not_counted(undated, "win"),
        f"rates of wins: within {text.days(result.horizon_days)}",
        "won opportunities: so far, by the extract" if deals is not None and deals.all else "",
    )  # fmt: skip


def numbers(result: Parted) -> tuple[Number, ...]:
    """The numbers of a parting, each as it is and as it would be."""
    found = [("Leads", text.count(result.all.leads), text.count(result.kept.leads))]
    for slug in SHOWN:
        if slug in result.why:
            found.append((NAMES[slug], "cannot be measured", "cannot be measured"))
        else:
            found.append((NAMES[slug], _told(result.all.rate(slug)), _told(result.kept.rate(slug))))
    if result.deals is not None:
        found.append(("Won opportunities", text.count(result.deals.all), text.count(result.deals.kept)))
        if result.deals.amount is not None and result.deals.kept_amount is not None:
            found.append(
                ("Won amount", text.money(result.deals.amount), text.money(result.deals.kept_amount))
            )
    return tuple(found)


def _told(value: Rate) -> str:
    if not text.is_quotable(value):
        return text.rate(value)
    return f"{text.rate_with_interval(value)}, {text.of(value)}"


def answer_in_time(result: AllInTime) -> str:
    """How many leads more would be hits, and what became of the late ones anyway; no word about more wins."""
    total = result.total
    if not total.hits.denominator:
        return "No lead of this selection is past its first-touch limit, so nothing can be said yet."
    if not total.missed:
        return f"All {text.plural(total.hits.denominator, 'lead')} past their limit were touched inside it: nothing would change."
    hits = f"{text.count(total.missed)} more leads would be touched inside their limit: {text.of(total.hits)} are today"
    if total.missed == 1:
        hits = f"1 more lead would be touched inside its limit: {text.of(total.hits)} are today"
    if text.is_quotable(total.hits):
        hits += f" ({text.percent(total.hits.value)})"
    anyway = _anyway(result)
    return f"{hits}{f'; {anyway}' if anyway else ''}; whether more would be won, this cannot say."


def _anyway(result: AllInTime) -> str:
    words = {"so_far_accepted": "accepted", "so_far_won": "won"}
    parts = []
    for slug, one in result.late.items():
        verb = "was" if one.numerator == 1 else "were"
        did = f"{verb} {words[slug]}" if slug in words else "became an opportunity"
        parts.append(f"{text.count(one.numerator)} {did}")
    if not parts:
        return ""
    listed = parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} and {parts[-1]}"
    return f"of the late ones {listed} anyway"


def notes_in_time(result: AllInTime) -> tuple[str, ...]:
    """What is left out, and the load."""
    return (
        f"{text.count(result.never)} of the late ones never touched" if result.total.missed else "",
        f"{text.count(result.pending)} still inside their limit" if result.pending else "",
        f"{text.count(result.before)} touched before handoff, not timed" if result.before else "",
        load(result),
    )


def load(result: AllInTime) -> str:
    """First touches inside the limit per opening day, as they are and would be; empty without leads."""
    if not result.opening_days:
        return ""
    today = result.total.hits.numerator / result.opening_days
    wanted = result.total.hits.denominator / result.opening_days
    return f"first touches inside the limit per opening day: {_mean(today)} today, {_mean(wanted)} then"


def busiest(one: Busiest, *, is_hour: bool) -> str:
    """The busiest day, or hour of one, with its leads and hits."""
    when = text.day(one.starts_at.date())
    if is_hour:
        when += f", {one.starts_at:%H}:00{text.DASH}{one.starts_at:%H}:59"
    return f"{when}: {text.count(one.hits)} today, {text.count(one.leads)} then"


def _mean(value: float) -> str:
    return f"{text.rounded(value, 1 if value < 10 else 0)}"


def numbers_in_time(result: AllInTime) -> tuple[Number, ...]:
    """The hits per tier, the load, and what the late leads became."""
    found: list[Number] = [
        (
            f"Touched inside the limit: {TIER_NAMES[tier.slug]}",
            _told(tier.hits),
            text.count(tier.hits.denominator),
        )
        for tier in (result.total, *result.tiers)
    ]
    if result.opening_days:
        found.append(
            (
                "Per opening day",
                _mean(result.total.hits.numerator / result.opening_days),
                _mean(result.total.hits.denominator / result.opening_days),
            )
        )
    for name, one in (("Busiest opening day", result.day), ("Busiest hour", result.hour)):
        if one is not None:
            found.append((name, text.count(one.hits), text.count(one.leads)))
    found += [(f"Late leads: {LATE_NAMES[slug]}", text.of(one), "not said") for slug, one in result.late.items()]  # fmt: skip
    return tuple(found)


def numbers_of_threshold(result: Threshold, score: float) -> tuple[Number, ...]:
    """The numbers of a score line beside those of today's line."""
    here, today = threshold_reading.read(result, score), threshold_reading.read(result, result.today.score)
    noun = "Wins" if result.hit == "won" else "Opportunities"
    rows = (
        ("Leads passed", text.count(today.leads.numerator), text.count(here.leads.numerator)),
        (f"{noun} within the horizon", text.count(today.hits.numerator), text.count(here.hits.numerator)),
        (NAMES["accepted_of_decided"], _told(today.acceptance), _told(here.acceptance)),
        (NAMES["accepted_to_opportunity"], _told(today.to_opportunity), _told(here.to_opportunity)),
    )
    if not here.is_seen:
        return tuple((name, before, "cannot be seen") for name, before, _ in rows)
    return rows


def obstacles(result: Parted) -> tuple[str, ...]:
    """Which numbers this export cannot give, and what would bring them."""
    return tuple(f"{METRICS[slug].label}: {reason(why)}" for slug, why in result.why.items())


def reason(why: Unmeasurable) -> str:
    """Why a number cannot be measured, and the column that would bring it."""
    return f"{why.why} What would bring it: {why.column}." if why.column else why.why
