"""What an audit found once both sides are done: agreement, the share of every step, and where each lead stopped first."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from analytics.errors import RequestError
from analytics.metrics.compose import rate
from analytics.results import Rate, Unmeasurable
from analytics.stats.agreement import Kappa, agreements, cohens_kappa
from analytics.store.lead_audit_shapes import (
    CLOSE,
    MARKETING,
    PARTS,
    SALES,
    STEPS,
    Answer,
    AuditedLead,
)
from analytics.store.lead_audits import CANNOT_TELL, NO, OTHER, YES, Audit, Mark

METHOD = (
    "The latest leads that had the whole horizon to end, shared among the sources in proportion; where they are too few, the"
    " oldest of the younger ones. The list, and what definition and record said of it, were frozen when the audit began. Fit is"
    " the criteria of fit and the disqualifying ones, intent those of intent. What the definition cannot answer one person of"
    " each side marked without seeing the other’s marks. Raw agreement: of the marks both made, how many are the same of yes, no"
    " and cannot tell. A lead’s fit or intent is the definition’s answer, else what both sides said; where they differ it is"
    " disputed, neither yes nor no. Response, meeting and close (won) count within the horizon from the handoff; a later step"
    " implies an earlier one that was not recorded, on a day not known where the later one came after the horizon or is undated;"
    " leads younger than the horizon are pending. The first step at which a lead"
    " fails names whose fix it is, not whose fault. Wilson’s 95 % intervals."
)
ACHIEVED = (Answer.YES, Answer.IMPLIED)
FAILED = (Answer.NO, Answer.LATE)
OPEN = (Answer.DISPUTED, Answer.UNKNOWN, Answer.PENDING)
CLOSED = "closed"
"""The end of a lead that fails at no step."""
SIDE_OF = {step: MARKETING if step in PARTS else SALES for step in STEPS}
"""Step -> the side whose fix it is."""


@dataclass(frozen=True, slots=True)
class Judged:
    """One lead with the answer to every step: the definition's or both sides' for fit and intent, the record's else.

    ``missed``: part -> numbers of the criteria that made it a no (``OTHER``: another reason).
    """

    place: int
    lead: AuditedLead
    answers: Mapping[str, Answer]
    missed: Mapping[str, tuple[int, ...]]


@dataclass(frozen=True, slots=True)
class StepShare:
    """One step over some leads: achieved of those of which it is known, and the leads (places) behind each answer."""

    step: str
    rate: Rate | Unmeasurable
    leads: Mapping[Answer, tuple[int, ...]]

    def count(self, *answers: Answer) -> int:
        """Leads with any of these answers."""
        return sum(len(self.leads.get(one, ())) for one in answers)

    def places(self, *answers: Answer) -> tuple[int, ...]:
        """The places of the leads with any of these answers."""
        return tuple(sorted(place for one in answers for place in self.leads.get(one, ())))


@dataclass(frozen=True, slots=True)
class Group:
    """The steps over the leads of one source (None: not known), or over all of them where ``is_all``."""

    source: str | None
    places: tuple[int, ...]
    steps: tuple[StepShare, ...]
    is_all: bool = False


@dataclass(frozen=True, slots=True)
class Disagreement:
    """A part of a lead of which the two sides said different things; ``cause`` as in a mark, None: nobody said no."""

    place: int
    part: str
    marketing: Mark
    sales: Mark
    cause: int | None


@dataclass(frozen=True, slots=True)
class Agreement:
    """How far both sides agree on a part.

    ``rate``: marks alike of those made by both; ``cannot_tell`` of the alike are "cannot tell" twice, ``other_cause``
    are a no twice for different criteria. ``kappa``: agreement beyond chance, None where it cannot be computed.
    """

    part: str
    rate: Rate
    cannot_tell: int
    other_cause: int
    kappa: Kappa | None
    disagreements: tuple[Disagreement, ...]


@dataclass(frozen=True, slots=True)
class Stop:
    """Where leads end first: a step and ``answer`` "no" (it fails there) or that it is open there; else closed.

    Attributes:
        step: a step, or ``CLOSED``.
        answer: no, disputed, not known or pending; yes for closed.
        side: whose fix it is; empty where nothing failed.
        places: the leads.
        share: of all audited leads.
        missed: criterion -> leads that miss it, the most first; only for fit and intent.
        won: of the leads, those won all the same; only for a no of fit or intent.
    """

    step: str
    answer: Answer
    side: str
    places: tuple[int, ...]
    share: Rate
    missed: tuple[tuple[int, int], ...]
    won: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Findings:
    """Everything an audit says. ``judged`` in the order of its leads; ``groups`` begins with all leads.

    ``skipped``: steps that this export cannot show; a lead is then judged by the next step.
    """

    judged: tuple[Judged, ...]
    agreement: tuple[Agreement, ...]
    groups: tuple[Group, ...]
    stops: tuple[Stop, ...]
    skipped: tuple[str, ...]


def findings(audit: Audit) -> Findings:
    """What the audit found; counted from its frozen leads and its marks alone.

    Raises:
        RequestError: a side is not done, so its marks are not to be seen.
    """
    if not audit.is_revealed:
        raise RequestError("The numbers stand once both sides are done.")
    found = tuple(_judged(audit, place) for place in range(len(audit.frozen.leads)))
    cannot = audit.frozen.unmeasurable
    by_source: dict[str | None, list[Judged]] = {}
    for one in found:
        by_source.setdefault(one.lead.source, []).append(one)
    names = sorted(by_source, key=lambda name: (-len(by_source[name]), name is None, name or ""))
    groups = (
        _group(None, found, cannot, is_all=True),
        *(_group(name, by_source[name], cannot) for name in names),
    )
    return Findings(
        found,
        tuple(_agreement(audit, part) for part in PARTS),
        groups,
        _stops(found, cannot),
        tuple(step for step in STEPS if step in cannot),
    )


def _judged(audit: Audit, place: int) -> Judged:
    lead = audit.frozen.leads[place]
    answers, missed = dict(lead.answers), dict(lead.missed)
    for part in PARTS:
        if (place, part) in audit.frozen.needed:
            answers[part], causes = _agreed(*(audit.marks[side][place, part] for side in (MARKETING, SALES)))
            if causes:
                missed[part] = causes
    return Judged(place, lead, answers, missed)


def _agreed(marketing: Mark, sales: Mark) -> tuple[Answer, tuple[int, ...]]:
    """What both sides say together, and the causes of a no."""
    if marketing.answer != sales.answer:
        return Answer.DISPUTED, ()
    if marketing.answer == CANNOT_TELL:
        return Answer.UNKNOWN, ()
    if marketing.answer == YES:
        return Answer.YES, ()
    causes = {one.cause for one in (marketing, sales) if one.cause is not None}
    return Answer.NO, tuple(sorted(causes))


def _group(
    source: str | None, found: Sequence[Judged], cannot: Mapping[str, Unmeasurable], *, is_all: bool = False
) -> Group:
    steps = tuple(_share(step, found, cannot.get(step)) for step in STEPS)
    return Group(source, tuple(one.place for one in found), steps, is_all)


def _share(step: str, found: Iterable[Judged], why: Unmeasurable | None) -> StepShare:
    leads: dict[Answer, list[int]] = {}
    for one in found:
        leads.setdefault(one.answers[step], []).append(one.place)
    counts = {answer: len(places) for answer, places in leads.items()}
    achieved = sum(counts.get(one, 0) for one in ACHIEVED)
    known = achieved + sum(counts.get(one, 0) for one in FAILED)
    share = rate(achieved, known, counts.get(Answer.PENDING, 0))
    return StepShare(step, why or share, {answer: tuple(places) for answer, places in leads.items()})


def _agreement(audit: Audit, part: str) -> Agreement:
    places = [place for place, asked in audit.frozen.needed if asked == part]
    pairs = [
        (place, audit.marks[MARKETING][place, part], audit.marks[SALES][place, part]) for place in places
    ]
    first, second = [one.answer for _, one, _ in pairs], [other.answer for _, _, other in pairs]
    return Agreement(
        part,
        rate(agreements(first, second), len(pairs)),
        sum(one.answer == other.answer == CANNOT_TELL for _, one, other in pairs),
        sum(one.answer == other.answer == NO and one.cause != other.cause for _, one, other in pairs),
        cohens_kappa(first, second),
        tuple(
            Disagreement(place, part, one, other, one.cause if one.answer == NO else other.cause)
            for place, one, other in pairs
            if one.answer != other.answer
        ),
    )


def by_cause(found: Agreement) -> tuple[tuple[int | None, tuple[int, ...]], ...]:
    """Disagreements on a part by the criterion that one side missed and the other did not, the most leads first.

    None: nobody said no; one side said yes and the other could not tell.
    """
    groups: dict[int | None, list[int]] = {}
    for one in found.disagreements:
        groups.setdefault(one.cause, []).append(one.place)

    def order(cause: int | None) -> tuple[int, bool, bool, int]:
        return -len(groups[cause]), cause is None, cause == OTHER, cause or 0

    return tuple((cause, tuple(groups[cause])) for cause in sorted(groups, key=order))


def _stops(found: Sequence[Judged], cannot: Mapping[str, Unmeasurable]) -> tuple[Stop, ...]:
    """Every lead once, at the first step that is no yes; steps in their order, a failure before what is open."""
    ends: dict[tuple[str, Answer], list[Judged]] = {}
    for one in found:
        ends.setdefault(_end(one, cannot), []).append(one)
    rows = [(step, Answer.NO) for step in STEPS if step not in cannot]
    rows += [(step, answer) for answer in OPEN for step in STEPS if (step, answer) in ends]
    rows.append((CLOSED, Answer.YES))
    return tuple(_stop(step, answer, ends.get((step, answer), []), len(found)) for step, answer in rows)


def _end(one: Judged, cannot: Mapping[str, Unmeasurable]) -> tuple[str, Answer]:
    for step in STEPS:
        answer = one.answers[step]
        if step in cannot or answer in ACHIEVED:
            continue
        return step, Answer.NO if answer in FAILED else answer
    return CLOSED, Answer.YES


def _stop(step: str, answer: Answer, leads: Sequence[Judged], total: int) -> Stop:
    missed = Counter(number for one in leads for number in one.missed.get(step, ()) if answer is Answer.NO)
    return Stop(
        step,
        answer,
        SIDE_OF[step] if answer is Answer.NO else "",
        tuple(one.place for one in leads),
        rate(len(leads), total),
        tuple(sorted(missed.items(), key=lambda pair: (-pair[1], pair[0] == OTHER, pair[0]))),
        tuple(
            one.place
            for one in leads
            if answer is Answer.NO and step in PARTS and one.answers[CLOSE] is Answer.YES
        ),
    )
