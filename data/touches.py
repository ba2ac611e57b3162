"""The activities behind each lead: human attempts, meetings, automated mails. Flat arrays, one entry per activity."""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np

from data.clock import AS_OF, DAY, HOUR, NEVER, REPS, Flags, Floats, Ints, existing
from data.journeys import Leads, into_the_evening
from data.stories import Story
from data.vocabulary import CALL, EMAIL, LINKEDIN, MEETING, NO_RESPONSE


@dataclass(slots=True)
class Touches:
    """One chunk of activities: ``lead`` is the position of the lead in its chunk."""

    lead: Ints
    at: Ints
    channel: Ints
    is_human: Flags

    def __len__(self) -> int:
        """The number of activities."""
        return len(self.lead)

    def kept(self, keep: Flags) -> Touches:
        """The activities for which ``keep`` holds."""
        return Touches(*(getattr(self, field.name)[keep] for field in fields(self)))

    def without_human(self, leads: Ints) -> Touches:
        """Everything but the human touches of these leads."""
        return self.kept(~(self.is_human & np.isin(self.lead, leads)))

    def with_human(self, leads: Ints, at: Ints, channel: int) -> Touches:
        """The same with one more human touch for each of these leads."""
        return joined([self, _activities(leads, at, np.full(len(leads), channel), is_human=True)])


def joined(parts: list[Touches]) -> Touches:
    """All parts, one after the other."""
    return Touches(
        *(np.concatenate([getattr(part, field.name) for part in parts]) for field in fields(Touches))
    )


def plan_touches(story: Story, rng: np.random.Generator, leads: Leads) -> Touches:
    """Every activity up to the export time, in order of time."""
    first = _first_touches(rng, leads)
    touches = joined(
        [first, _follow_ups(story, rng, leads, first.channel), _meetings(leads), _automated(rng, leads)]
    )
    return in_order(touches.kept(touches.at <= AS_OF))


def in_order(touches: Touches) -> Touches:
    """Sorted by time, then by lead."""
    order = np.lexsort((touches.channel, touches.lead, touches.at))
    return Touches(*(getattr(touches, field.name)[order] for field in fields(touches)))


def _activities(lead: Ints, at: Ints, channel: Ints, *, is_human: bool) -> Touches:
    return Touches(
        lead.astype(np.int64), existing(at), channel.astype(np.int64), np.full(len(lead), is_human)
    )


def _channels(rng: np.random.Generator, count: int) -> Ints:
    """Calls and mails mostly."""
    draw = rng.random(count)
    return np.where(draw < 0.46, CALL, np.where(draw < 0.86, EMAIL, LINKEDIN)).astype(np.int64)


def _first_touches(rng: np.random.Generator, leads: Leads) -> Touches:
    """The first touch of each lead, planned or NEVER."""
    return _activities(np.arange(len(leads)), leads.first_touch, _channels(rng, len(leads)), is_human=True)


def _follow_ups(story: Story, rng: np.random.Generator, leads: Leads, first_channel: Ints) -> Touches:
    """What reps do after the first touch; a full cadence is at least six attempts on two channels in two weeks."""
    is_full = (leads.accepted < NEVER) & (rng.random(len(leads)) < story.cadence_share)
    extra = np.where(leads.first_touch < NEVER, _attempts(rng, leads, is_full), 0)
    lead = np.repeat(np.arange(len(leads)), extra)
    place = np.arange(len(lead)) - np.repeat(np.cumsum(extra) - extra, extra)
    begin, end = REPS.elapsed(leads.first_touch), _last_moment(leads, is_full)
    span = np.maximum(REPS.elapsed(end) - begin, 0)
    part: Floats = rng.random(len(lead)) ** 1.4
    at = REPS.moment_of(begin[lead] + 60 + (span[lead] * part).astype(np.int64))
    at = np.minimum(into_the_evening(rng, at, 0.04), np.maximum(end, leads.first_touch)[lead])
    channel = _channels(rng, len(lead))
    channel = np.where(is_full[lead] & (place == 0), (first_channel[lead] + 1) % MEETING, channel)
    return _activities(lead, at, channel, is_human=True)


def _attempts(rng: np.random.Generator, leads: Leads, is_full: Flags) -> Ints:
    """How many touches follow the first."""
    count = len(leads)
    few = np.minimum(rng.poisson(1.0, count), 4)
    engaged = 1 + rng.poisson(1.6, count)
    chased = 1 + rng.poisson(1.8, count)
    attempts = np.where(leads.responded < NEVER, engaged, few)
    attempts = np.where(leads.reason == NO_RESPONSE, chased, attempts)
    return np.where(is_full, 5 + rng.poisson(0.9, count), attempts).astype(np.int64)


def _last_moment(leads: Leads, is_full: Flags) -> Ints:
    """By when the attempts end: inside the cadence window, before a rejection, or after about a week."""
    working = np.where(is_full, leads.accepted + 13 * DAY, leads.accepted + 9 * DAY)
    open_end = np.minimum(leads.first_touch, NEVER - 8 * DAY) + 8 * DAY
    return np.where(
        leads.accepted < NEVER, working, np.where(leads.rejected < NEVER, leads.rejected, open_end)
    )


def _meetings(leads: Leads) -> Touches:
    """The meeting itself is an activity of the rep."""
    held = np.flatnonzero(leads.meeting < NEVER)
    return _activities(held, leads.meeting[held], np.full(len(held), MEETING), is_human=True)


def _automated(rng: np.random.Generator, leads: Leads) -> Touches:
    """Mails that a tool sends without a person, from the day of creation on; they count for nobody's effort."""
    extra = rng.poisson(1.1, len(leads))
    lead = np.repeat(np.arange(len(leads)), extra)
    delay = np.minimum(np.exp(11.5 + 1.4 * rng.standard_normal(len(lead))), 40.0 * DAY).astype(np.int64)
    at = leads.created[lead] + 300 + delay
    at = at // HOUR * HOUR + rng.integers(0, 90, len(lead))
    return _activities(
        lead, np.maximum(at, leads.created[lead] + 120), np.full(len(lead), EMAIL), is_human=False
    )
