"""The contract in plain words: its clauses, and what one version changes against another."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from analytics import formatting as text
from analytics.contract import JUDGED_FROM, Contract
from analytics.contract_changes import differences
from analytics.contract_table import table_of
from analytics.contract_values import (
    NOT_AGREED,
    PAY_WORDS,
    agreed,
    complete,
    dates,
    edges,
    one_date,
    share,
    sizes,
    week,
    working,
    zone,
)
from analytics.criteria import Criterion

__all__ = ["Clause", "Point", "clauses", "differences"]


@dataclass(frozen=True, slots=True)
class Point:
    """One line of a clause.

    Attributes:
        name: what the line is about.
        words: what is agreed, or "not agreed"; after a target, what it is a share of.
        at_least: the target as text, such as ``75 %``; empty where the line has none.
    """

    name: str
    words: str
    at_least: str = ""

    @property
    def sentence(self) -> str:
        """The line as one sentence: ``Acceptance: at least 75 % of the leads that sales decides are accepted.``."""
        target = f"at least {self.at_least} " if self.at_least else ""
        return f"{self.name}: {target}{_ended(self.words)}"


@dataclass(frozen=True, slots=True)
class Clause:
    """One topic of the contract.

    Attributes:
        key: its name for programs.
        heading: its name for people.
        opening: the sentence before its points; may be empty.
        points: its lines, in the order of reading; may be empty where ``opening`` says all.
    """

    key: str
    heading: str
    opening: str
    points: tuple[Point, ...] = ()

    @property
    def sentences(self) -> tuple[str, ...]:
        """The whole clause, a sentence per line; never empty."""
        return (*((self.opening,) if self.opening else ()), *(point.sentence for point in self.points))


def clauses(contract: Contract) -> tuple[Clause, ...]:
    """The contract in plain words, a clause per topic, always the same topics in the same order.

    What is not agreed reads "not agreed". The texts hold what people wrote, as they wrote it: escape them.
    """
    return (
        _definition(contract),
        _marketing(contract),
        _sales(contract),
        _shared(contract),
        _reasons(contract),
        _calendar(contract),
        _bands(contract),
        *_terms(contract),
        _pay(contract),
    )


def _definition(contract: Contract) -> Clause:
    heading = "The sales-ready lead"
    if not contract.criteria:
        return Clause("definition", heading, "The definition of a sales-ready lead is not agreed.")
    opening = (
        "A lead is sales-ready when it meets every line and nothing disqualifies it. Unknown is not met."
    )
    return Clause("definition", heading, opening, tuple(_criteria(contract.criteria)))


def _criteria(criteria: Iterable[Criterion]) -> Iterable[Point]:
    """Fit, intent, disqualifying; of a group one is enough, but each disqualifying criterion stands alone."""
    names = {"fit": "Fit", "intent": "Intent", "disqualify": "Disqualifies"}
    groups: dict[tuple[str, str], list[str]] = {}
    for number, one in enumerate(criteria):
        group = "" if one.kind == "disqualify" else one.group.casefold()
        groups.setdefault((one.kind, group or f"#{number}"), []).append(one.words)
    for kind, name in names.items():
        for (found, _), words in groups.items():
            if found == kind:
                yield Point(name, words[0] if len(words) == 1 else f"one is enough: {'; or '.join(words)}")


def _marketing(contract: Contract) -> Clause:
    volume = Point("Volume", NOT_AGREED)
    if contract.monthly_volume:
        noun = "lead a month" if contract.monthly_volume == 1 else "leads a month"
        volume = Point("Volume", noun, text.count(contract.monthly_volume))
    data = Point("Complete data", NOT_AGREED)
    if contract.complete_fields:
        carried = complete(" or ".join(names) for names in contract.complete_fields)
        data = Point("Complete data", f"of the leads carry {carried}", share(contract.target_completeness))
    return Clause(
        "marketing",
        "What marketing owes",
        "",
        (
            Point(
                "Acceptance",
                "of the leads that sales decides are accepted",
                share(contract.target_acceptance_of_decided),
            ),
            data,
            volume,
        ),
    )


def _sales(contract: Contract) -> Clause:
    limits = (
        f"within {working(contract.limit_minutes_high)} of working time with high intent,"
        f" {working(contract.limit_minutes_standard)} with standard or unknown intent"
    )
    cadence = (
        f"{text.plural(contract.cadence_touches, 'human touch', 'human touches')} over"
        f" {text.plural(contract.cadence_channels, 'channel')} within {text.days(contract.cadence_days)}"
    )
    return Clause(
        "sales",
        "What sales owes",
        "",
        (
            Point(
                "First touch",
                f"of all leads are touched by a person {limits}",
                share(contract.target_touched_inside_limit),
            ),
            Point(
                "Decision",
                f"of all leads are accepted, or rejected with a reason, within {text.days(contract.disposition_days)}",
                share(contract.target_decided_in_window),
            ),
            Point(
                "Cadence",
                f"of accepted leads get at least {cadence} of acceptance, or a response, meeting or opportunity after a touch",
                share(contract.target_working_rate),
            ),
        ),
    )


def _shared(contract: Contract) -> Clause:
    said = f"of accepted leads become an opportunity within {text.days(contract.horizon_days)} of the handoff"
    target = share(contract.target_accepted_to_opportunity)
    return Clause("shared", "What both owe", "", (Point("Opportunities", said, target),))


def _reasons(contract: Contract) -> Clause:
    heading = "Reasons for a rejection"
    if not contract.reasons:
        return Clause("reasons", heading, "The reasons for a rejection are not agreed.")
    opening = "Every rejection is counted under one of these."
    return Clause(
        "reasons", heading, opening, tuple(Point(code, agreed(words)) for code, words in contract.reasons)
    )


def _calendar(contract: Contract) -> Clause:
    table = table_of(contract)
    calendar = table["calendar"]
    country = agreed(calendar["holiday_country"])
    if contract.holiday_subdivision:
        country += f", {contract.holiday_subdivision}"
    return Clause(
        "calendar",
        "Working calendar",
        "First touch runs on working time; every other window counts days of 24 hours.",
        (
            Point("Zone", zone(calendar["zone"])),
            Point("Hours", week(table["hours"])),
            Point("Public holidays", country),
            Point("Days off", dates(calendar["extra_holidays"])),
        ),
    )


def _bands(contract: Contract) -> Clause:
    bands = table_of(contract)["bands"]
    return Clause(
        "bands",
        "Bands",
        "",
        (
            Point("Score", f"{edges(bands['score'])}; each ends where the next begins"),
            Point("Company size", sizes(bands["employees"])),
        ),
    )


def _terms(contract: Contract) -> tuple[Clause, Clause]:
    terms = dict(contract.terms)

    def points(**names: str) -> tuple[Point, ...]:
        return tuple(Point(name, agreed(terms.get(key, ""))) for key, name in names.items())

    return (
        Clause(
            "escalation",
            "Escalation and disputes",
            "",
            points(operators="Weekly", leaders="Monthly", sponsor="Deadlock", disputed="Disputed lead"),
        ),
        Clause(
            "review",
            "Review and amendment",
            "",
            (
                *points(review="Review"),
                Point("Next review", one_date(terms.get("review_on", ""))),
                *points(amendment="Amendment"),
            ),
        ),
    )


def _pay(contract: Contract) -> Clause:
    opportunity = (
        f"at least {share(contract.target_accepted_to_opportunity)} of accepted leads become an opportunity"
    )
    marketing = (
        f"the volume bonus pays only if at least {share(contract.target_acceptance_of_decided)} of decided leads are"
        f" accepted and {opportunity}; not judged while under {share(JUDGED_FROM)} are decided"
    )
    sales = (
        f"pays only if first touch ({share(contract.target_touched_inside_limit)}), cadence"
        f" ({share(contract.target_working_rate)}) and decision ({share(contract.target_decided_in_window)}) all hold"
    )
    return Clause(
        "pay",
        "Pay, in shadow",
        "Nobody’s pay depends on this until both sides have seen a full quarter.",
        (
            Point("Share", f"{share(contract.pay_share)} of both leaders’ variable pay"),
            Point("Shared number", PAY_WORDS[contract.pay_number]),
            Point("Marketing’s gate", marketing),
            Point("Sales’ gate", sales),
        ),
    )


def _ended(sentence: str) -> str:
    return sentence if sentence.endswith((".", "!", "?", "…")) else f"{sentence}."
