"""The life of each lead, from arrival to a closed deal, as planned before anyone asks for an export.

Plans run past the export time; whoever reads them treats later moments as not happened. Arrays are aligned by lead.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import expit, ndtr, ndtri

from data import vocabulary as words
from data.clock import (
    AS_OF,
    DAY,
    HOUR,
    MINUTE,
    NEVER,
    REPS,
    START,
    Flags,
    Floats,
    Ints,
    Season,
    existing,
    month_of,
)
from data.stories import Story

SCORE_CENTRE, SCORE_SPREAD = 50.0, 17.0
SCORE_INSIGHT = 0.82  # correlation of the score with the fit that decides


@dataclass(slots=True)
class Leads:
    """One chunk of leads. Times are seconds (NEVER: not planned); indexes point into ``vocabulary``, -1 is blank."""

    number: Ints
    created: Ints
    mql: Ints
    handoff: Ints
    source: Ints
    campaign: Ints
    owner: Ints
    intent: Ints  # 0 standard, 1 high
    account: Ints  # the number of the first lead of the same company
    person: Ints
    employees: Ints
    industry: Ints
    country: Ints
    title: Ints
    fit: Floats
    score: Ints
    first_touch: Ints
    responded: Ints
    meeting: Ints
    accepted: Ints
    rejected: Ints
    reason: Ints
    opportunity: Ints
    opportunity_number: Ints
    closed: Ints  # for a deal still open: the day the rep expects
    is_won: Flags
    is_stale: Flags  # the deal stays open whatever was expected
    amount: Ints

    def __len__(self) -> int:
        """The number of leads."""
        return len(self.number)


@dataclass(frozen=True, slots=True)
class Team:
    """How the reps differ: waits are multiplied by ``pace``, the shifts are added to logits."""

    pace: Floats
    leniency: Floats
    diligence: Floats


def draw_team(story: Story, rng: np.random.Generator) -> Team:
    """Reps spread evenly around the middle, in a drawn order, so that no seed gets a team of only slow ones."""
    spread = np.linspace(-1.6, 1.6, len(words.OWNERS))
    pace = np.exp(story.owner_spread * rng.permutation(spread))
    pace[: story.quick_owners] *= 0.2
    return Team(pace, 0.3 * rng.permutation(spread), 0.4 * rng.permutation(spread))


@dataclass(frozen=True, slots=True)
class Setting:
    """What all chunks of one export share."""

    story: Story
    season: Season
    team: Team
    leads: int
    first_name: int  # where in the invented names this company's leads begin


def draw_setting(story: Story, rng: np.random.Generator, leads: int) -> Setting:
    """The setting of one export."""
    return Setting(story, Season(rng), draw_team(story, rng), leads, int(rng.integers(0, 50_000)))


def plan_leads(setting: Setting, rng: np.random.Generator, numbers: Ints) -> Leads:
    """The planned lives of the leads with these running numbers."""
    story, team = setting.story, setting.team
    arrivals = setting.season.arrivals((numbers + rng.random(len(numbers))) / setting.leads)
    leads = _arrive(story, rng, numbers, arrivals)
    leads.person += setting.first_name
    leads.account += setting.first_name
    leads.owner = rng.integers(0, len(words.OWNERS), len(leads))
    _score(story, rng, leads)
    _touch_first(story, rng, leads, team)
    _decide(story, rng, leads, team)
    _sell(story, rng, leads)
    _respond(story, rng, leads)
    return leads


def pick(rng: np.random.Generator, weights: tuple[float, ...], count: int) -> Ints:
    """Indexes drawn by weight."""
    edges = np.cumsum(weights) / np.sum(weights)
    return np.minimum(np.searchsorted(edges, rng.random(count), side="right"), len(weights) - 1).astype(
        np.int64
    )


def _lognormal(rng: np.random.Generator, median: Floats | float, sigma: float, count: int) -> Floats:
    """Waits around a median, in the unit of the median, whole seconds apart from rounding at use."""
    return np.asarray(median * np.exp(sigma * rng.standard_normal(count)), dtype=np.float64)


def _arrive(story: Story, rng: np.random.Generator, numbers: Ints, handoff: Ints) -> Leads:
    """Arrival, origin and company; everything later is blank."""
    count = len(numbers)
    routing = np.where(rng.random(count) < 0.06, 2.5 * HOUR, 3.0 * MINUTE) * _lognormal(rng, 1.0, 0.8, count)
    mql = existing(handoff - np.minimum(routing, DAY).astype(np.int64) - 5)
    nurture = np.where(
        rng.random(count) < 0.4, 5 + 200 * rng.random(count), _lognormal(rng, 9.0 * DAY, 1.1, count)
    )
    created = existing(mql - np.minimum(nurture, 120.0 * DAY).astype(np.int64))
    source, campaign = _origins(rng, handoff)
    account = _accounts(rng, numbers)
    never, blank = np.full(count, NEVER), np.full(count, -1)
    return Leads(
        number=numbers, created=created, mql=mql, handoff=handoff, source=source, campaign=campaign, owner=blank.copy(),
        intent=(rng.random(count) < np.array([s.high_intent for s in words.SOURCES])[source]).astype(np.int64),
        account=account, person=numbers.copy(), **_companies(story, rng, account - numbers[0], handoff),
        title=pick(rng, words.TITLE_WEIGHTS, count), fit=np.zeros(count), score=blank.copy(), first_touch=never.copy(),
        responded=never.copy(), meeting=never.copy(), accepted=never.copy(), rejected=never.copy(), reason=blank.copy(),
        opportunity=never.copy(), opportunity_number=blank.copy(), closed=never.copy(),
        is_won=np.zeros(count, dtype=bool), is_stale=np.zeros(count, dtype=bool), amount=np.zeros(count, dtype=np.int64),
    )  # fmt: skip


def _origins(rng: np.random.Generator, handoff: Ints) -> tuple[Ints, Ints]:
    """Source by month (events are seasonal) and one of its campaigns, as an index into all campaigns."""
    boost = [[2.0 if month in s.event_months else 1.0 for s in words.SOURCES] for month in range(9)]
    weights = np.array(boost) * np.array([s.weight for s in words.SOURCES])
    edges = np.cumsum(weights, axis=1) / weights.sum(axis=1, keepdims=True)
    source = (rng.random(len(handoff))[:, None] >= edges[month_of(handoff)]).sum(axis=1).astype(np.int64)
    sizes = np.array([len(s.campaigns) for s in words.SOURCES])
    first = np.cumsum(sizes) - sizes
    return source, first[source] + (rng.random(len(handoff)) * sizes[source]).astype(np.int64)


def _accounts(rng: np.random.Generator, numbers: Ints) -> Ints:
    """The company of each lead: mostly its own, else the one of a lead shortly before."""
    count = len(numbers)
    place = np.arange(count)
    back = 1 + (rng.random(count) * np.minimum(1_500, place)).astype(np.int64)
    root = np.where((rng.random(count) < 0.14) & (place > 0), place - back, place)
    while (root[root] != root).any():
        root = root[root]
    return numbers[root]


def _companies(story: Story, rng: np.random.Generator, root: Ints, handoff: Ints) -> dict[str, Ints]:
    """Size, industry and country, the same for all leads of a company; sizes drift over the period."""
    count = len(root)
    age = ((handoff - START) / (AS_OF - START))[:, None]
    mix = np.array(story.sizes_first) * (1 - age) + np.array(story.sizes_last) * age
    edges = np.cumsum(mix, axis=1) / mix.sum(axis=1, keepdims=True)
    band = np.minimum((rng.random(count)[:, None] >= edges).sum(axis=1), 5)
    low, high = (np.array(ends, dtype=np.float64)[band] for ends in zip(*words.BANDS, strict=True))
    size = np.floor(low * ((high + 1) / low) ** rng.random(count)).astype(np.int64)
    size = np.clip(size, low.astype(np.int64), high.astype(np.int64))
    industry, country = pick(rng, words.INDUSTRY_WEIGHTS, count), pick(rng, words.COUNTRY_WEIGHTS, count)
    return {"employees": size[root], "industry": industry[root], "country": country[root]}


def size_band(employees: Ints) -> Ints:
    """The index of the size band."""
    return np.searchsorted([high for _, high in words.BANDS[:-1]], employees, side="left").astype(np.int64)


def _score(story: Story, rng: np.random.Generator, leads: Leads) -> None:
    """The score at handoff, from the threshold up but for a few let through by hand, and the fit behind it."""
    count = len(leads)
    pull = np.array([s.fit for s in words.SOURCES])[leads.source]
    floor = np.where(rng.random(count) < 0.03, story.threshold - 18, story.threshold)
    below = ndtr((floor - SCORE_CENTRE) / SCORE_SPREAD - 0.5 * pull)
    merit = 0.5 * pull + ndtri(np.minimum(below + (1 - below) * rng.random(count), 1 - 1e-9))
    leads.score = np.clip(np.rint(SCORE_CENTRE + SCORE_SPREAD * merit), 0, 100).astype(np.int64)
    noise = rng.standard_normal(count) * np.sqrt(1 - SCORE_INSIGHT**2)
    leads.fit = SCORE_INSIGHT * merit + 0.5 * pull + noise - 0.3


def _touch_first(story: Story, rng: np.random.Generator, leads: Leads, team: Team) -> None:
    """The first call or mail of a rep, in their working hours but for a few evenings; some never come."""
    count = len(leads)
    median = (
        np.where(leads.intent == 1, story.high_wait_minutes, story.standard_wait_minutes)
        * team.pace[leads.owner]
    )
    wait = _lognormal(rng, median * MINUTE, story.wait_sigma, count)
    late = _lognormal(rng, 32.0 * HOUR, 0.8, count)
    wait = np.where(rng.random(count) < story.tail_share, np.maximum(wait, late), wait)
    touch = into_the_evening(rng, REPS.after(leads.handoff, wait + 20), 0.03)
    diligent = rng.random(count) * np.exp(0.5 * team.diligence[leads.owner])
    leads.first_touch = np.where(diligent < story.never_share, NEVER, touch)


def into_the_evening(rng: np.random.Generator, times: Ints, share: float) -> Ints:
    """Moves a share of daytime moments to the evening of the same day."""
    evening = (
        times // DAY * DAY + 17 * HOUR + 20 * MINUTE + (rng.random(len(times)) * 3 * HOUR).astype(np.int64)
    )
    return np.where((rng.random(len(times)) < share) & (times < NEVER), np.maximum(times, evening), times)


def _decide(story: Story, rng: np.random.Generator, leads: Leads, team: Team) -> None:
    """Accepted, rejected with a reason, or left without a decision."""
    count = len(leads)
    is_touched = leads.first_touch < NEVER
    is_decided = is_touched & (rng.random(count) < story.decide_share)
    leniency = team.leniency[leads.owner]
    is_accepted = is_decided & (
        rng.random(count) < expit(story.accept_base + story.accept_slope * leads.fit + leniency)
    )
    is_closed_unworked = ~is_touched & (rng.random(count) < story.close_unworked_share)
    is_rejected = (is_decided & ~is_accepted) | is_closed_unworked
    reason = pick(rng, story.reasons, count)
    wait = _lognormal(rng, story.decision_hours * HOUR, story.decision_sigma, count)
    patience = np.where(
        ~is_accepted & (reason == words.NO_RESPONSE), (16 + 24 * rng.random(count)) * HOUR, 0.0
    )
    started = np.where(is_touched, leads.first_touch, REPS.after(leads.handoff, np.full(count, 16.0 * HOUR)))
    decided = REPS.after(started, wait + patience)
    leads.accepted = np.where(is_accepted, decided, NEVER)
    leads.rejected = np.where(is_rejected, decided, NEVER)
    leads.reason = np.where(is_rejected, reason, -1)


def _sell(story: Story, rng: np.random.Generator, leads: Leads) -> None:
    """Which accepted leads become an opportunity, with a meeting before it, and how the deal ends."""
    count = len(leads)
    is_accepted = leads.accepted < NEVER
    waited = np.where(is_accepted, leads.first_touch - leads.handoff, 0)
    size = np.array(story.size_logits)[size_band(leads.employees)]
    speed = -0.12 * np.log1p(np.minimum(waited, 30 * DAY) / (6 * HOUR))
    odds = story.opportunity_base + story.opportunity_slope * leads.fit + size + speed
    is_opportunity = is_accepted & (rng.random(count) < expit(odds))
    reply = REPS.after(leads.first_touch, _lognormal(rng, 6.0 * HOUR, 0.9, count))
    asked = np.maximum(reply, leads.accepted)
    meeting = REPS.after(asked, _lognormal(rng, 14.0 * HOUR, 0.7, count))
    meeting = np.where(meeting < NEVER, -(-meeting // (30 * MINUTE)) * 30 * MINUTE, NEVER)
    opened = REPS.after(meeting, _lognormal(rng, 7.0 * HOUR, 0.9, count))
    cycle = np.maximum(_lognormal(rng, 28.0 * DAY, 0.55, count), DAY).astype(np.int64)
    wins = rng.random(count) < expit(story.win_base + story.win_slope * leads.fit + size)
    price = np.array(words.BAND_AMOUNTS, dtype=np.float64)[size_band(leads.employees)]
    amount = np.maximum(np.rint(_lognormal(rng, price, 0.55, count) / 100), 10).astype(np.int64) * 100
    leads.responded = np.where(is_opportunity & (rng.random(count) < 0.97), reply, NEVER)
    leads.meeting = np.where(is_opportunity & (rng.random(count) < 0.93), meeting, NEVER)
    leads.opportunity = np.where(is_opportunity, opened, NEVER)
    leads.opportunity_number = np.where(is_opportunity, leads.number, -1)
    leads.closed = np.where(
        is_opportunity, (np.minimum(opened, NEVER - cycle) + cycle) // DAY * DAY + DAY, NEVER
    )
    leads.is_stale = is_opportunity & (rng.random(count) < 0.05)
    leads.is_won = is_opportunity & wins & ~leads.is_stale
    leads.amount = np.where(is_opportunity, amount, 0)


def _respond(story: Story, rng: np.random.Generator, leads: Leads) -> None:
    """Answers from leads that become no opportunity: some accepted ones, few others, a meeting now and then."""
    count = len(leads)
    is_other = leads.opportunity >= NEVER
    is_accepted, is_rejected = leads.accepted < NEVER, leads.rejected < NEVER
    share = np.where(is_accepted, story.response_share, np.where(is_rejected, 0.18, 0.06))
    share[leads.reason == words.NO_RESPONSE] = 0.0
    reply = REPS.after(leads.first_touch, _lognormal(rng, 11.0 * HOUR, 0.9, count))
    reply = np.where(is_rejected & (reply > leads.rejected), NEVER, reply)
    answers = is_other & (rng.random(count) < share)
    leads.responded = np.where(answers, reply, leads.responded)
    met = REPS.after(
        np.maximum(reply, np.where(is_accepted, leads.accepted, 0)), _lognormal(rng, 16.0 * HOUR, 0.6, count)
    )
    met = np.where(met < NEVER, -(-met // (30 * MINUTE)) * 30 * MINUTE, NEVER)
    meets = answers & is_accepted & (rng.random(count) < 0.3)
    leads.meeting = np.where(meets, met, leads.meeting)
