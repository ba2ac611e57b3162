"""The audit in sentences: where it stands, what both sides agree on, and who fixes what. Words blame no one."""

from __future__ import annotations

from analytics import formatting as text
from analytics.lead_audit import CLOSED, OPEN, Agreement, Findings, StepShare, Stop, by_cause
from analytics.lead_audit_sample import Drawn
from analytics.results import Rate
from analytics.schema import label_of
from analytics.store.lead_audit_shapes import (
    CLOSE,
    FIT,
    INTENT,
    MARKETING,
    MEETING,
    PARTS,
    RESPONSE,
    SALES,
    Answer,
    Frozen,
)
from analytics.store.lead_audits import NAMES, NO, OTHER, Audit, Mark, Reviewer

STEP_NAMES = {FIT: "Fit", INTENT: "Intent", RESPONSE: "Response", MEETING: "Meeting", CLOSE: "Close (won)"}
QUESTIONS = {FIT: "Does the lead fit?", INTENT: "Does the lead show intent?"}
ANOTHER = "another reason"
ONE_CANNOT_TELL = "one side says yes, the other cannot tell"
FIRST_STEP = "Every lead stands in one row: the first step it did not pass, in the order fit, intent, response, meeting, close."
_FAILED = {
    FIT: "No fit",
    INTENT: "No intent",
    RESPONSE: "No response",
    MEETING: "No meeting",
    CLOSE: "Not won",
}
_FIXES = {
    RESPONSE: "follow up to full cadence, over more than one channel",
    MEETING: "ask for the meeting as soon as a lead has responded",
    CLOSE: "agree the next step in the meeting, and write down why a deal ended",
}


def draw_answer(drawn: Drawn) -> str:
    """What an audit that could begin now would look at."""
    frozen = drawn.frozen
    leads, marks = len(frozen.leads), len({place for place, _ in frozen.needed})
    said = f"The audit looks at {text.count(leads)} of {text.plural(frozen.of_leads, 'lead')}"
    if not frozen.criteria:
        return (
            f"{said}; no definition is agreed, so one person of each side says of every lead whether it fits."
        )
    if not marks:
        return f"{said}; the definition answers them all, so nobody has to mark one."
    return f"{said}; the definition leaves {text.plural(marks, 'lead')} open, which one person of each side marks."


def draw_notes(drawn: Drawn) -> tuple[str, ...]:
    """How the leads were chosen, and which criteria cannot be checked."""
    frozen = drawn.frozen
    young = sum(not lead.is_mature for lead in frozen.leads)
    first, last = _handoffs(frozen)
    return (
        text.period(frozen.starts_on, frozen.ends_on),
        filters_words(frozen),
        f"handed off {first if first == last else f'{first} – {last}'} UTC" if frozen.leads else "",
        f"{text.plural(young, 'lead')} younger than {text.days(frozen.horizon_days)}, because too few are older"
        if young
        else f"all at least {text.days(frozen.horizon_days)} old" if frozen.leads else "",
        f"from {text.plural(len({lead.source for lead in frozen.leads}), 'source')} of {text.count(drawn.sources)}",
        *(f"cannot be checked: {one}" for one in drawn.unchecked),
    )  # fmt: skip


def _handoffs(frozen: Frozen) -> tuple[str, str]:
    if not frozen.leads:
        return "", ""
    days = sorted(lead.handoff_at.date() for lead in frozen.leads)
    return text.day(days[0]), text.day(days[-1])


def filters_words(frozen: Frozen) -> str:
    """The filters of an audit in words; empty without any."""
    return "; ".join(
        f"{label_of(field)}: {' or '.join(value or 'unknown' for value in values)}"
        for field, values in frozen.filters
    )


def open_answer(audit: Audit) -> str:
    """Where an audit stands that is not done."""
    leads = len({place for place, _ in audit.frozen.needed})
    sides = " and ".join(f"{one.side} {state(one)}" for one in audit.reviewers)
    return f"{text.plural(leads, 'lead')} of {text.count(len(audit.frozen.leads))} to mark by each side: {sides}."


def state(reviewer: Reviewer) -> str:
    """How far a side is, as far as the other may know: not taken, not done yet, done."""
    if not reviewer.name:
        return "is not taken yet"
    return "is done" if reviewer.is_done else "is not done yet"


def notes(audit: Audit) -> tuple[str, ...]:
    """What the audit stands on."""
    frozen = audit.frozen
    pending = sum(not lead.is_mature for lead in frozen.leads)
    return (
        f"{name(audit.subject)}, started by {audit.by} on {text.day(audit.at.date())}",
        f"snapshot {text.short_hash(frozen.fingerprint)} as of {text.moment(frozen.as_of)} UTC",
        f"contract {text.short_hash(frozen.contract)}",
        text.period(frozen.starts_on, frozen.ends_on),
        filters_words(frozen),
        f"{text.plural(pending, 'lead')} younger than {text.days(frozen.horizon_days)}: response, meeting and close pending"
        if pending
        else "",
    )


def name(subject: str) -> str:
    """An audit as it is called: ``Audit 3``."""
    return subject.replace("-", " ").capitalize()


def answer(found: Findings, frozen: Frozen) -> str:
    """Whether both sides see the same leads, in one sentence."""
    marked = [one for one in found.agreement if one.rate.denominator]
    if not marked:
        fit, intent = found.groups[0].steps[:2]
        shares = [
            f"{_quoted(one.rate)} {words}"
            for one, words in ((fit, "fit"), (intent, "show intent"))
            if isinstance(one.rate, Rate)
        ]
        return f"Nothing was left to judge: by the definition {' and '.join(shares)}."
    said = ", ".join(f"on {one.part} for {_quoted(one.rate)}" for one in marked)
    return f"Of the leads that both sides marked they agree {said}{_most(found, frozen)}."


def _quoted(share: Rate) -> str:
    if not text.is_quotable(share):
        return text.rate(share)
    return f"{text.of(share)} ({text.percent(share.value)}, {text.percent_range(share.low, share.high)})"


def _most(found: Findings, frozen: Frozen) -> str:
    """The cause behind most disagreements; empty where nobody disagrees."""
    causes = [(len(places), part, cause) for part in found.agreement for cause, places in by_cause(part)]
    if not causes:
        return ""
    leads, part, cause = max(causes, key=lambda one: one[0])
    return f"; the most differ on {part.part}: {cause_words(frozen, cause)} ({text.plural(leads, 'lead')})"


def cause_words(frozen: Frozen, cause: int | None) -> str:
    """A criterion by its number, another reason, or that nobody said no."""
    if cause is None:
        return ONE_CANNOT_TELL
    return ANOTHER if cause == OTHER else frozen.criteria[cause].words


def mark_words(frozen: Frozen, mark: Mark | None) -> str:
    """One side's mark: ``no: employees is at least 50``; empty where the definition answered."""
    if mark is None:
        return ""
    return f"{mark.answer}: {cause_words(frozen, mark.cause)}" if mark.answer == NO else mark.answer


def agreement_notes(found: Agreement) -> tuple[str, ...]:
    """What stands behind a raw agreement."""
    return (
        f"{STEP_NAMES[found.part]}: {text.plural(found.cannot_tell, 'lead')} of which neither side can tell count as agreed"
        if found.cannot_tell
        else "",
        f"{STEP_NAMES[found.part]}: {text.plural(found.other_cause, 'lead')} both call a no, for different criteria"
        if found.other_cause
        else "",
    )


def kappa_words(found: Findings) -> str:
    """Cohen's kappa of both parts, for the definition; empty where nothing was marked."""
    said = [
        f"{one.part} {_signed(one.kappa.value)} ({_signed(one.kappa.low)} to {_signed(one.kappa.high)})"
        if one.kappa
        else f"{one.part}: cannot be computed, both sides used one word only"
        for one in found.agreement
        if one.rate.denominator
    ]
    if not said:
        return ""
    return (
        "Agreement beyond chance (Cohen’s kappa, 1960: 1 is perfect, 0 what chance gives; large-sample interval):"
        f" {'; '.join(said)}. It is low wherever nearly all leads get the same answer, so it never stands alone."
    )


def _signed(value: float) -> str:
    return text.rounded(value, 2).replace("-", "−")


def open_words(one: StepShare) -> str:
    """What stands outside a share, each apart: ``4 disputed, 2 not known, 10 pending``; empty where nothing does."""
    counts = ((answer, one.count(answer)) for answer in OPEN)
    return ", ".join(f"{text.count(leads)} {answer}" for answer, leads in counts if leads)


def stop_words(stop: Stop, found: Findings) -> str:
    """A row of the accountability table by its name."""
    if stop.step == CLOSED:
        return (
            "Passed every step, won" if CLOSE not in found.skipped else "Passed every step that can be seen"
        )
    if stop.answer is Answer.NO:
        return _FAILED[stop.step]
    return f"{stop.answer.capitalize()}: {stop.step}"


def fixer(stop: Stop) -> str:
    """Whose fix a row is."""
    if stop.step == CLOSED:
        return ""
    if stop.side:
        return NAMES[stop.side]
    if stop.answer is Answer.DISPUTED or (stop.answer is Answer.UNKNOWN and stop.step in PARTS):
        return f"{NAMES[MARKETING]} and {NAMES[SALES].lower()}"
    return "Whoever exports the record" if stop.answer is Answer.UNKNOWN else "Nobody yet"


def fix(stop: Stop, frozen: Frozen) -> str:
    """By what a row is fixed."""
    if stop.step == CLOSED or not stop.places:
        return ""
    if stop.answer is Answer.DISPUTED:
        return "read these leads together, and write the criterion so that a computer can check it"
    if stop.answer is Answer.PENDING:
        return f"wait until {text.days(frozen.horizon_days)} have passed"
    if stop.answer is Answer.UNKNOWN:
        return "bring the column that says it" if stop.step in PARTS else "export the date"
    if stop.step in PARTS:
        return _criterion_fix(stop, frozen)
    return _FIXES[stop.step]


def _criterion_fix(stop: Stop, frozen: Frozen) -> str:
    if not stop.missed or stop.missed[0][0] == OTHER:
        return "write down as a criterion what both sides saw"
    cause, leads = stop.missed[0]
    return f"tighten “{frozen.criteria[cause].words}”, missed by {text.plural(leads, 'lead')}"


def won_words(found: Findings) -> str:
    """That leads without fit or intent were won all the same; empty without any."""
    leads = sum(len(stop.won) for stop in found.stops)
    if not leads:
        return ""
    were = "was" if leads == 1 else "were"
    return f"{text.plural(leads, 'lead')} without fit or intent {were} won all the same: the criterion may ask too much."


def unseen(found: Findings, frozen: Frozen) -> tuple[str, ...]:
    """Which steps this export cannot show, and which column would bring them."""
    return tuple(
        f"{STEP_NAMES[step]} cannot be measured: {frozen.unmeasurable[step].why} What would bring it:"
        f" {frozen.unmeasurable[step].column}. A lead is judged by the next step."
        for step in found.skipped
    )
