"""What changed, in sentences: how far a rate moved, which segments carried it, and when nothing can be said."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from analytics import formatting as text
from analytics import periods
from analytics.change_parts import Dimension, Segment
from analytics.periods import Unit
from analytics.schema import label_of
from analytics.stats.intervals import detectable_difference
from analytics.what_changed import Change, is_young, month_days

MOST_NAMED = 3
_LONGEST = 40
_LEAST_REST = 0.0005
_NOUNS = {
    "acceptance_rate": ("Acceptance", "accepted"),
    "accepted_of_decided": ("Acceptance of decided leads", "accepted"),
    "share_decided": ("The share decided", "decided"),
    "touched_inside_limit": ("The share touched in time", "touched in time"),
    "working_rate": ("The working rate", "worked to full cadence"),
    "won_in_horizon": ("The share won", "won"),
    "opportunity_in_horizon": ("The share that became an opportunity", "turned into an opportunity"),
    "decided_in_window": ("The share decided in time", "decided in time"),
    "accepted_to_opportunity": ("The way from accepted to opportunity", "turned into an opportunity"),
    "marketing_sla": ("Marketing’s share kept", "as agreed"),
    "sales_sla": ("Sales’ share kept", "worked as agreed"),
    "complete_data": ("The share with complete data", "complete"),
    "opportunity_to_won": ("The share of opportunities won", "won"),
}


@dataclass(frozen=True, slots=True)
class Named:
    """One part that is worth naming: of which segment, which of its two parts, and its size in [-1, 1]."""

    segment: Segment
    kind: Literal["mix", "own"]
    size: float


def named_parts(dimension: Dimension) -> tuple[Named, ...]:
    """The parts beyond luck that carry at least a tenth of the movement, the largest first."""
    found = [Named(one, "mix", one.mix) for one in dimension.segments if one.names_mix]
    found += [Named(one, "own", one.own) for one in dimension.segments if one.names_own]
    return tuple(sorted(found, key=lambda one: -abs(one.size)))


def noun(change: Change) -> str:
    """The rate as the subject of a sentence: ``Acceptance``."""
    return _NOUNS[change.metric.slug][0]


def span(starts_on: date | None, ends_on: date | None) -> str:
    """A period: a calendar month by its name, any other by its days."""
    if starts_on is not None and ends_on is not None:
        number = periods.number_of(Unit.MONTH, starts_on)
        if (starts_on, ends_on) == month_days(number):
            return periods.label(Unit.MONTH, number)
    return text.period(starts_on, ends_on)


def answer(change: Change) -> str:
    """How far the rate moved and where that comes from, in at most two sentences."""
    if change.state not in {"up", "down", "no change"}:
        return _not_compared(change)
    now, before = text.percent(change.now.value), text.percent(change.before.value)
    if change.state == "no change":
        return f"{noun(change)} is at {now}, before {before}: no change beyond luck ({between(change.low, change.high)})."
    top = change.listed[0] if change.listed else None
    moved = "rose" if change.state == "up" else "fell"
    at_most = ", at most" if change.is_at_most else ""
    start = f"{noun(change)} {moved} {size(change.difference)}, from {before} to {now}{at_most}"
    if top is None:
        return f"{start}; no source, owner or other group moved apart from the rest beyond luck."
    return f"{start}. {where(change, top)}"


def where(change: Change, dimension: Dimension) -> str:
    """Which segments of a dimension carry the change: ``4.0 of the 6.2 points come from …``."""
    if dimension.is_simpson:
        return _simpson(dimension)
    named = named_parts(dimension)
    parts = named[:MOST_NAMED]
    if not parts:
        return f"By {label_of(dimension.name)} it moved unevenly, but no part is large enough to name."
    whole = change.difference or 0.0
    are_with_it = all(one.size * whole > 0 for one in named)
    is_plain = are_with_it and sum(abs(one.size) for one in named) <= abs(whole) + 5e-4
    if change.state == "no change" or not is_plain:
        return f"{_first_upper(_listed([f'{text.points(one.size)} from {_because(change, dimension, one)}' for one in parts]))}."
    first, *rest = parts
    if not rest and size(first.size) == size(whole):
        return f"All of it comes from {_because(change, dimension, first)}."
    verb = "comes" if digits(first.size) in {"1", "1.0"} else "come"
    said = [f"{digits(first.size)} of the {size(whole)} {verb} from {_because(change, dimension, first)}"]
    said += [f"{digits(one.size)} from {_because(change, dimension, one)}" for one in rest]
    return f"{_listed(said)}."


def _simpson(dimension: Dimension) -> str:
    """Every segment went one way and the whole the other."""
    way = "fell" if dimension.own < 0 else "rose"
    return (
        f"Yet it {way} in every group by {label_of(dimension.name)} with {text.QUOTABLE} leads or more: what changed is which"
        f" leads were passed ({text.points(dimension.mix)}), not how they fared ({text.points(dimension.own)})."
    )


def _because(change: Change, dimension: Dimension, part: Named) -> str:
    """``a larger share of Webinar leads``, ``Partner leads being accepted less often``, ``Fair leads, which are new``."""
    leads = leads_of(dimension.name, part.segment.value)
    if part.kind == "own":
        often = "more" if part.size > 0 else "less"
        return f"{leads} being {_NOUNS[change.metric.slug][1]} {often} often"
    if part.segment.is_new:
        return f"{leads}, which are new"
    if part.segment.is_gone:
        return f"{leads}, which are gone"
    grown = part.segment.share_now > part.segment.share_before
    return f"a {'larger' if grown else 'smaller'} share of {leads}"


def leads_of(dimension: str, value: str | None) -> str:
    """The leads of one segment: ``Webinar leads``, ``leads of owner Ann``, ``leads of unknown company size``."""
    label = label_of(dimension)
    if value is None:
        return f"leads of unknown {label}"
    short = value if len(value) <= _LONGEST else f"{value[: _LONGEST - 1]}…"
    return f"{short} leads" if dimension == "source" else f"leads of {label} {short}"


def notes(change: Change) -> tuple[str, ...]:
    """The small print: both periods with their counts, what waits, and what carries no date."""
    periods_of = (
        ("now", span(change.starts_on, change.ends_on), change.now),
        ("before", span(change.before_starts_on, change.before_ends_on), change.before),
    )
    said = [f"{name}: {days}, {text.of(one)}" for name, days, one in periods_of]
    waiting = change.waiting.numerator + change.waiting_before.numerator
    if waiting and change.state in {"up", "down", "no change"}:
        said.append(f"{text.plural(waiting, 'lead')} still pending, not compared")
    if change.undated:
        said.append(f"{text.plural(change.undated, 'lead')} without the date that tells are not counted")
    return (*said, views(change))


def two_kinds(dimension: Dimension) -> str:
    """The whole change as its two kinds: which leads were passed, and how they fared."""
    return (
        f"{_first_upper(f'by {label_of(dimension.name)}')}: {text.points(dimension.mix)} from which leads were passed,"
        f" {text.points(dimension.own)} from how they fared."
    )


def rest(change: Change, dimension: Dimension) -> str:
    """What of the change the parts that ``where`` names leave; empty where they carry it all, or it names none."""
    named = named_parts(dimension)
    parts = named[:MOST_NAMED]
    left = (change.difference or 0.0) - sum(one.size for one in parts)
    if not (dimension.is_beyond_luck and parts) or dimension.is_simpson or abs(left) < _LEAST_REST:
        return ""
    more = len(named) - len(parts)
    small = "parts within luck or too small to name"
    where_else = f"{text.plural(more, 'more part')} beyond luck, and in {small}" if more else small
    return f"{text.points(left)} {'lies' if digits(left) in {'1', '1.0'} else 'lie'} in {where_else}."


def could_have_seen(change: Change) -> str:
    """How large a change had to be to show with so many leads; empty where the leads are too few for any."""
    base = change.before.value
    fewest = min(change.now.denominator, change.before.denominator)
    seen = detectable_difference(base, fewest) if base is not None and fewest else None
    if seen is None:
        return ""
    return (
        f"With so many leads a change of about {size(seen)} or more would have shown in four of five cases."
    )


def views(change: Change) -> str:
    """How many views were tried and how many of them stand out."""
    tried = len(change.dimensions)
    if not tried:
        return ""
    stand = sum(one.is_beyond_luck for one in change.dimensions)
    said = f"{text.plural(tried, 'view')} tried, {text.count(stand) if stand else 'none'} beyond luck"
    if change.too_many:
        named = ", ".join(label_of(one) for one in change.too_many)
        said += f"; too many groups to compare: {named}"
    return said


def part_words(value: float, low: float | None, high: float | None) -> str:
    """A part with its interval: ``−4.1 points (−6.0 to −2.2 points)``."""
    around = between(low, high)
    return f"{text.points(value)} ({around})" if around else text.points(value)


def between(low: float | None, high: float | None) -> str:
    """The interval of a difference, ``−6.0 to −2.2 points``; empty where it is not known."""
    if low is None or high is None:
        return ""
    return f"{text.points(low).split(text.NBSP)[0]} to {text.points(high)}"


def size(value: float | None) -> str:
    """A difference without its sign: ``6.2 points``."""
    return text.points(abs(value or 0.0)).lstrip("+")


def digits(value: float) -> str:
    """A difference without sign and unit: ``6.2``."""
    return size(value).split(text.NBSP)[0]


def _not_compared(change: Change) -> str:
    periods_of = (
        (span(change.starts_on, change.ends_on), change.waiting, change.now),
        (span(change.before_starts_on, change.before_ends_on), change.waiting_before, change.before),
    )
    if change.state == "too young":
        days, waiting, _ = next(one for one in periods_of if is_young(one[1]))
        return (
            f"Too early to compare: of the {text.plural(waiting.denominator, 'lead')} of {days},"
            f" {text.count(waiting.numerator)} have not had their time yet."
        )
    if change.state == "undated":
        return (
            f"{noun(change)} cannot be compared: {text.plural(change.undated, 'lead')} of both periods carry no date, enough"
            " to make a change that is none."
        )
    few = [(days, one) for days, _, one in periods_of if not text.is_quotable(one)]
    said = [
        f"{days} has {text.plural(one.denominator, 'lead') if one.denominator else 'no lead'}"
        for days, one in few
    ]
    return f"Too few leads to compare: {_listed(said)} to measure it on."


def _listed(parts: Sequence[str]) -> str:
    """``a``, ``a and b``, ``a, b and c``."""
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} and {parts[-1]}"


def _first_upper(words: str) -> str:
    return words[:1].upper() + words[1:]
