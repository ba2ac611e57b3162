"""The audit in one sentence and a line of notes."""

from __future__ import annotations

from analytics import formatting as text
from analytics.plumbing.audit import Audit, CheckResult


def answer(audit: Audit) -> str:
    """Whether the numbers can be trusted, and the fault that changes most where they cannot."""
    if audit.state == "too few":
        return f"{text.plural(audit.leads, 'lead')}: too few to judge the record by."
    if audit.state == "green":
        return "The record can be trusted: no check finds a fault that would change what is said here."
    if audit.state == "amber":
        number = audit.count("amber")
        what = "one fault that is" if number == 1 else f"{text.count(number)} faults that are"
        return f"The record can be worked with: {what} worth mending, none that changes what would be said."
    worst = audit.reds[0]
    title = worst.check.title if isinstance(worst, CheckResult) else worst.finding.title
    effect = f" With {worst.price.repair}: {worst.price.words}." if worst.price else ""
    return (
        f"Not yet: {title[0].lower()}{title[1:]}, {text.percent(worst.share.value)} of"
        f" {text.plural(worst.share.denominator, 'lead')}.{effect}"
    )


def notes(audit: Audit) -> tuple[str, ...]:
    """How many checks are red, amber, green, on too few leads, or not possible with this export."""
    words = {
        "red": "red", "amber": "amber", "green": "green", "too few": "on too few leads", "unknown": "not possible with this export",
    }  # fmt: skip
    counted = [(audit.count(state), said) for state, said in words.items()]  # type: ignore[arg-type]
    return (
        " · ".join(f"{text.count(number)} {said}" for number, said in counted if number),
        "a lead nobody worked is no fault of the data",
    )


def light(audit: Audit) -> str:
    """The gate for the head and the foot of every page: ``plumbing: 2 red, 3 amber``."""
    parts = [f"{audit.count(state)} {state}" for state in ("red", "amber") if audit.count(state)]
    return f"plumbing: {', '.join(parts)}" if parts else f"plumbing: {audit.state}"
