"""What is wrong with an export: the handful of warts every CRM has, and the broken plumbing of one story.

Every function changes the leads in place, returns what is left of the touches, and counts what it planted.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

import numpy as np

from data import vocabulary as words
from data.clock import AS_OF, DAY, HOUR, MINUTE, NEVER, REPS, Flags, Ints
from data.journeys import Leads
from data.stories import Story
from data.touches import Touches, in_order

NUMBER, BAND, NOTHING = range(3)  # how a company's size is written


@dataclass(slots=True)
class Looks:
    """How the leads are written down, where that differs from what is true of them."""

    size_style: Ints
    is_lower_case: Flags  # the source's name
    has_email: Flags
    has_phone: Flags
    has_company: Flags
    copies: Ints  # positions of the rows that appear a second time


def clean_looks(count: int) -> Looks:
    """Everything present and written in one way."""
    yes, no = np.ones(count, dtype=bool), np.zeros(count, dtype=bool)
    return Looks(
        np.zeros(count, dtype=np.int64), no, yes, yes.copy(), yes.copy(), np.zeros(0, dtype=np.int64)
    )


def chosen(rng: np.random.Generator, eligible: Flags, share: float, most: int | None = None) -> Ints:
    """Positions of about this share of the eligible leads, at least one where there is any; sorted."""
    places = np.flatnonzero(eligible)
    size = min(len(places), max(1, round(share * len(places))) if most is None else most)
    return np.sort(rng.choice(places, size, replace=False)).astype(np.int64)


def break_plumbing(
    story: Story, rng: np.random.Generator, leads: Leads, touches: Touches, planted: Counter[str]
) -> Touches:
    """The planted defects of the story about plumbing."""
    sold = leads.opportunity <= AS_OF
    silent = chosen(rng, sold, story.untouched_opportunity_share)
    touches = touches.without_human(silent)
    leads.first_touch[silent] = NEVER
    planted["opportunities_without_touch"] += len(silent)

    opened = chosen(rng, leads.first_touch <= AS_OF, story.opening_stamp_share)
    leads.handoff[opened] = leads.first_touch[opened] - rng.integers(0, 10, len(opened))
    planted["handoff_stamped_on_opening"] += len(opened)

    for stamps in (leads.accepted, leads.rejected):
        saturday = (stamps // DAY + 5) // 7 * 7 * DAY + 2 * DAY  # the Saturday after; 1970-01-03 was one
        bulk = chosen(rng, (saturday <= AS_OF) & ~sold, story.midnight_share)
        stamps[bulk] = saturday[bulk]
        planted["dispositions_stamped_at_midnight"] += len(bulk)
    return touches


def repeat_contacts(share: float, rng: np.random.Generator, leads: Leads, looks: Looks) -> int:
    """The same person as a second lead: copies person and company from a lead shortly before."""
    _, deal, leads_on_it = np.unique(leads.opportunity_number, return_inverse=True, return_counts=True)
    is_shared = (leads.opportunity_number >= 0) & (leads_on_it[deal] > 1)
    reachable = looks.has_email & looks.has_phone
    later = reachable & ~is_shared & (np.arange(len(leads)) > np.argmax(reachable))
    if not later.any():
        return 0
    again = chosen(rng, later, share)
    originals = np.setdiff1d(np.flatnonzero(reachable), again)
    place = np.searchsorted(originals, again) - 1 - rng.integers(0, 400, len(again))
    first = originals[np.maximum(place, 0)]
    for column in (leads.person, leads.account, leads.employees, leads.industry, leads.country, leads.title):
        column[again] = column[first]
    return len(again)


def add_warts(
    rng: np.random.Generator, leads: Leads, touches: Touches, looks: Looks, planted: Counter[str]
) -> Touches:
    """What every export has: gaps, spellings, skipped stages, early touches, shared opportunities, copied rows."""
    _blank_some(rng, leads, looks, planted)
    _share_opportunities(rng, leads, planted)
    _disqualify_later(rng, leads, planted)
    touches = _lose_touches(rng, leads, touches, planted)
    touches = _touch_early(rng, leads, touches, planted)
    looks.copies = chosen(rng, np.ones(len(leads), dtype=bool), 0.005)
    planted["duplicate_rows"] += len(looks.copies)
    return in_order(touches)


def _blank_some(rng: np.random.Generator, leads: Leads, looks: Looks, planted: Counter[str]) -> None:
    """Missing and oddly written cells."""
    every = np.ones(len(leads), dtype=bool)
    gaps: list[tuple[str, Ints, float]] = [
        ("owners_blank", leads.owner, 0.006),
        ("scores_blank", leads.score, 0.005),
    ]
    for name, column, share in gaps:
        blank = chosen(rng, every, share)
        column[blank] = -1
        planted[name] += len(blank)
    unexplained = chosen(rng, leads.rejected <= AS_OF, 0.01)
    leads.reason[unexplained] = -1
    planted["rejections_without_reason"] += len(unexplained)
    contacts: list[tuple[str, Flags, float]] = [
        *(("emails_blank", looks.has_email, 0.02), ("phones_blank", looks.has_phone, 0.09)),
        ("companies_blank", looks.has_company, 0.008),
    ]
    for name, flags, share in contacts:
        blank = chosen(rng, every, share)
        flags[blank] = False
        planted[name] += len(blank)
    looks.size_style[chosen(rng, every, 0.05)] = BAND
    looks.size_style[chosen(rng, looks.size_style == NUMBER, 0.03)] = NOTHING
    planted["sizes_as_bands"] += int((looks.size_style == BAND).sum())
    planted["sizes_blank"] += int((looks.size_style == NOTHING).sum())
    looks.is_lower_case[chosen(rng, every, 0.012)] = True
    planted["sources_in_lower_case"] += int(looks.is_lower_case.sum())


def _share_opportunities(rng: np.random.Generator, leads: Leads, planted: Counter[str]) -> None:
    """Two or three leads of one company behind one opportunity."""
    with_deal = leads.opportunity <= AS_OF
    for turn, place in enumerate(chosen(rng, with_deal, 0, most=max(3, len(leads) // 1_500))):
        near = np.abs(np.arange(len(leads)) - place) < 80
        others = near & (leads.accepted < leads.opportunity[place]) & (leads.opportunity >= NEVER)
        partners = chosen(rng, others, 0, most=2 if turn == 0 else 1)
        if not len(partners):
            continue
        for column in (
            *(
                leads.opportunity,
                leads.opportunity_number,
                leads.closed,
                leads.is_won,
                leads.is_stale,
                leads.amount,
            ),
            *(leads.account, leads.employees, leads.industry, leads.country),
        ):
            column[partners] = column[place]
        planted["opportunities_shared"] += 1
        planted["leads_on_a_shared_opportunity"] += 1 + len(partners)


def _disqualify_later(rng: np.random.Generator, leads: Leads, planted: Counter[str]) -> None:
    """Accepted first, rejected weeks later."""
    old = (leads.accepted < AS_OF - 40 * DAY) & (leads.opportunity >= NEVER)
    places = chosen(rng, old, 0, most=3)
    leads.rejected[places] = REPS.after(leads.accepted[places], rng.uniform(30, 110, len(places)) * HOUR)
    leads.reason[places] = rng.integers(6, 9, len(places))
    planted["accepted_then_disqualified"] += len(places)


def _lose_touches(rng: np.random.Generator, leads: Leads, touches: Touches, planted: Counter[str]) -> Touches:
    """Opportunities without an acceptance stamp, and acceptances without a recorded touch."""
    with_deal = leads.opportunity <= AS_OF
    skipped = chosen(rng, with_deal & (leads.accepted <= AS_OF) & (leads.rejected >= NEVER), 0.02)
    leads.accepted[skipped] = NEVER
    planted["acceptances_skipped"] += len(skipped)
    silent = chosen(rng, (leads.accepted <= AS_OF) & (leads.first_touch <= AS_OF) & ~with_deal, 0.004)
    leads.first_touch[silent] = NEVER
    planted["acceptances_without_touch"] += len(silent)
    return touches.without_human(silent)


def _touch_early(rng: np.random.Generator, leads: Leads, touches: Touches, planted: Counter[str]) -> Touches:
    """A rep who spoke to the lead before it was handed off; for some of them never again."""
    known = (leads.first_touch <= AS_OF) & (leads.handoff - leads.created > 4 * DAY)
    early = chosen(rng, known, 0.004)
    only = early[(leads.accepted[early] > AS_OF) & (leads.opportunity[early] > AS_OF)]
    before = rng.integers(10 * MINUTE, 7 * HOUR, len(early))
    at = REPS.moment_of(REPS.elapsed(leads.handoff[early]) - before)
    touches = touches.without_human(only).with_human(early, at, words.CALL)
    leads.first_touch[only] = NEVER
    planted["touched_before_handoff"] += len(early)
    planted["touched_only_before_handoff"] += len(only)
    return touches
