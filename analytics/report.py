"""The read-out as one document: the sections of the meeting with their sentences, figures and counts, as on the screen."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

import plotly.graph_objects as go

from analytics import band_stages, compliance, funnel, long_tail, rejections, segments, wording
from analytics import formatting as text
from analytics import verdict as verdicts
from analytics.band_stages import measure_band_stages
from analytics.charts.band_dots import band_dots
from analytics.charts.fault_bars import fault_bars, shown_checks
from analytics.charts.mirror import mirror
from analytics.charts.nested_funnel import nested_funnel
from analytics.charts.reason_bars import reason_bars
from analytics.charts.rejection_lines import rejection_lines
from analytics.charts.stage_bands import stage_bands
from analytics.charts.step_targets import step_targets
from analytics.charts.touches_histogram import touches_histogram
from analytics.charts.two_sides import two_sides
from analytics.charts.wait_curve import wait_curve
from analytics.charts.wait_tail import wait_tail
from analytics.charts.wait_view import wait_view
from analytics.charts.weekly_acceptance import weekly_acceptance
from analytics.cohort import CohortRequest
from analytics.compliance import measure_compliance
from analytics.contract import Contract
from analytics.funnel import measure_funnel
from analytics.handoff_steps import reading
from analytics.long_tail import measure_long_tail
from analytics.periods import Unit
from analytics.plumbing import audit as plumbing
from analytics.plumbing import audit_words
from analytics.readout import CohortFacts, Readout
from analytics.rejections import measure_rejections
from analytics.results import Unmeasurable
from analytics.schema import label_of
from analytics.segments import BY, measure_segments, obstacle
from analytics.store.manifest import Manifest
from analytics.verdict import measure_judgement

Answer = TypeVar("Answer")
Ask = Callable[..., object]


@dataclass(frozen=True, slots=True)
class Picture:
    """One figure with its name and its reading in words; ``missing`` says why there is none."""

    name: str
    figure: go.Figure | None
    words: str
    missing: str = ""


@dataclass(frozen=True, slots=True)
class Section:
    """One page: the question, the answer the data wrote, what is pending or unknown, its pictures, and lists below them."""

    slug: str
    question: str
    sentence: str
    notes: tuple[str, ...]
    pictures: tuple[Picture, ...]
    lists: tuple[tuple[str, tuple[str, ...]], ...] = ()


@dataclass(frozen=True, slots=True)
class Report:
    """The whole read-out: its sections in the order of the meeting, what it stands on, and how its numbers are made."""

    sections: tuple[Section, ...]
    stands_on: tuple[str, ...]
    methods: tuple[tuple[str, str], ...]


def build_report(
    ask: Ask,
    readout: Readout,
    manifest: Manifest,
    contract: Contract,
    request: CohortRequest,
    contract_name: str,
) -> Report:
    """The read-out of a cohort.

    Args:
        ask: ``ask(measure, *further)`` gives what a measure of this package says of the cohort, as a page asks it.
        readout: the four numbers of the cohort.
        manifest: the snapshot.
        contract: the contract that it is held against.
        request: period and filters.
        contract_name: "version 2", or "defaults".
    """
    facts = readout.cohort
    found = (
        (_four(ask, readout), *_views(ask, manifest), _plumbing(ask), _sides(ask))
        if facts.leads
        else (Section("empty", "What happened to the leads?", "No lead is in this selection.", (), ()),)
    )
    return Report(found, stands_on(manifest, contract, request, facts, contract_name), METHODS)


METHODS = (
    *((name, wording.METHODS[slug]) for slug, name in (
        ("speed", "Speed to lead"), ("working_rate", "Working rate"), ("score_bands", "Conversion by score band"),
    )),
    ("Verdict", verdicts.METHOD), ("Funnel", funnel.METHOD), ("The long tail", long_tail.METHOD),
    ("Score bands", band_stages.METHOD), ("Rejections", rejections.METHOD), ("Segments", segments.METHOD),
    ("Plumbing", plumbing.METHOD), ("Both sides of the contract", compliance.METHOD),
)  # fmt: skip


def stands_on(
    manifest: Manifest, contract: Contract, request: CohortRequest, facts: CohortFacts, contract_name: str
) -> tuple[str, ...]:
    """What stands in the foot of every page."""
    filters = (
        f"{label_of(field)}: {', '.join(value or '(unknown)' for value in values)}"
        for field, values in request.filters
    )
    return (
        f"snapshot {text.short_hash(manifest.fingerprint)}",
        ", ".join(file.name for file in manifest.files),
        f"as of {text.moment(facts.as_of)} UTC",
        wording.cohort(facts),
        *filters,
        f"clock starts at: {manifest.clock_starts_at}",
        f"contract {contract_name} {text.short_hash(contract.hash)}",
        "sample data" if manifest.is_sample else "",
    )


def _four(ask: Ask, readout: Readout) -> Section:
    judged = measured(ask, measure_judgement, verdicts.Judgement)
    verdict = judged.verdict
    acceptance, speed, working, bands = (
        readout.acceptance,
        readout.speed,
        readout.working_rate,
        readout.score_bands,
    )
    pictures = (
        _missing("Acceptance rate", acceptance)
        if isinstance(acceptance, Unmeasurable)
        else Picture("Acceptance rate", weekly_acceptance(acceptance) if acceptance.weeks else None, wording.acceptance(acceptance)),
        _missing("Speed to lead", speed)
        if isinstance(speed, Unmeasurable)
        else Picture("Speed to lead", wait_curve(speed) if speed.working.curve is not None else None, wording.speed(speed)),
        _missing("Working rate", working)
        if isinstance(working, Unmeasurable)
        else Picture("Working rate", touches_histogram(working) if working.rate.denominator else None, wording.working_rate(working)),
        Picture(
            "Conversion by score band",
            band_dots(bands) if bands.unmeasurable is None and any(band.mature for band in bands.bands) else None,
            wording.score_bands(bands),
        ),
    )  # fmt: skip
    evidence = tuple(f"{one.label}: {one.words}" for one in verdict.evidence)
    against = tuple(f"{one.label}: {one.words}" for one in verdict.against)
    others = tuple(one.sentence for one in verdict.others)
    lists = (
        ("What it stands on", evidence),
        ("What speaks against it", against or ("No number that is judged speaks against it.",)),
        ("What would change it", (verdict.would_change,)),
        ("Further findings", others),
    )
    return Section(
        "four_numbers", "What happened to the leads?", verdict.sentence, (), pictures,
        tuple((name, lines) for name, lines in lists if any(lines)),
    )  # fmt: skip


def _missing(name: str, why: Unmeasurable) -> Picture:
    column = f" What would bring it: {why.column}." if why.column else ""
    return Picture(name, None, why.why, f"cannot be measured from this export.{column}")


def _views(ask: Ask, manifest: Manifest) -> tuple[Section, ...]:
    return (_funnel(ask), _waits(ask), _bands(ask), _rejections(ask), _segments(ask, manifest))


def _funnel(ask: Ask) -> Section:
    question = "Where do leads go?"
    found = ask(measure_funnel, Unit.MONTH.value)
    if isinstance(found, Unmeasurable):
        return _cannot("funnel", question, found)
    result = _checked(found, funnel.Funnel)
    pictures = (
        Picture("Stages so far", nested_funnel(result), funnel.answer(result)),
        Picture("Steps and targets", step_targets(result.steps), reading(result.steps)),
    )
    return Section("funnel", question, funnel.answer(result), funnel.notes(result), pictures)


def _waits(ask: Ask) -> Section:
    question = "How long do leads wait?"
    result = ask(measure_long_tail, "all")
    if isinstance(result, Unmeasurable):
        return _cannot("speed", question, result)
    found = _checked(result, long_tail.LongTail)
    pictures = (
        Picture("Leads touched by the time they waited", wait_view(found), long_tail.answer(found)),
        Picture("The tail", wait_tail(found), "Leads still untouched after the time shown."),
    )
    return Section("speed", question, long_tail.answer(found), long_tail.notes(found), pictures)


def _bands(ask: Ask) -> Section:
    question = "Does the score still sort?"
    result = ask(measure_band_stages)
    if isinstance(result, Unmeasurable):
        return _cannot("score_bands", question, result)
    found = _checked(result, band_stages.BandStages)
    outcome = found.measurable[-1]
    picture = Picture("By score band, with 95 % intervals", stage_bands(found, outcome), band_stages.answer(found, outcome))  # fmt: skip
    return Section(
        "score_bands", question, band_stages.answer(found, outcome), band_stages.notes(found, outcome), (picture,)
    )  # fmt: skip


def _rejections(ask: Ask) -> Section:
    question = "Why does sales say no?"
    result = ask(measure_rejections, Unit.MONTH.value)
    if isinstance(result, Unmeasurable):
        return _cannot("rejections", question, result)
    found = _checked(result, rejections.Rejections)
    sentence = rejections.answer(found)
    pictures = (
        (
            Picture(
                "Rejections per 100 leads handed off", rejection_lines(found, "per 100 leads", None), sentence
            ),
            Picture("Reasons, whole period", reason_bars(found), "Rejections by reason, whole period."),
        )
        if found.of_leads.numerator
        else ()
    )
    return Section("rejections", question, sentence, (), pictures)


def _segments(ask: Ask, manifest: Manifest) -> Section:
    question = "Do we sell to whom we market?"
    dimension = next((one for one in BY if obstacle(manifest, one) is None), BY[0])
    result = ask(measure_segments, dimension)
    if isinstance(result, Unmeasurable):
        return _cannot("segments", question, result)
    found = _checked(result, segments.Segments)
    sentence = segments.answer(found)
    picture = Picture(f"Leads and wins by {label_of(dimension)}", mirror(found, found.sides[0]), sentence)
    return Section("segments", question, sentence, segments.notes(found), (picture,))


def _plumbing(ask: Ask) -> Section:
    audit = measured(ask, measure_judgement, verdicts.Judgement).audit
    sentence = audit_words.answer(audit)
    picture = Picture(
        "Leads at fault, of those each check applies to", fault_bars(audit) if shown_checks(audit) else None, sentence,
        missing="No check finds a lead at fault.",
    )  # fmt: skip
    return Section("plumbing", "Can the numbers be trusted?", sentence, audit_words.notes(audit), (picture,))


def _sides(ask: Ask) -> Section:
    found = measured(ask, measure_compliance, compliance.Compliance)
    sentence = compliance.sentence(found)
    picture = Picture("What each side kept", two_sides(found), sentence)
    lists = tuple(
        (
            f"Not kept: {side.name}",
            tuple(f"{text.count(one.leads)} {one.words}" for one in side.breaches)
            or (
                side.kept.why
                if isinstance(side.kept, Unmeasurable)
                else "Nothing: every lead counted was kept.",
            ),
        )
        for side in (found.marketing, found.sales)
    )
    return Section("sides", "Did both sides keep the contract?", sentence, (), (picture,), lists)


def _cannot(slug: str, question: str, why: Unmeasurable) -> Section:
    column = f"What would bring it: {why.column}." if why.column else ""
    return Section(slug, question, f"This cannot be measured from this export. {why.why}", (column,), ())


def measured(ask: Ask, measure: Callable[..., object], kind: type[Answer]) -> Answer:
    """What a measure says that always says something."""
    return _checked(ask(measure), kind)


def _checked(found: object, kind: type[Answer]) -> Answer:
    if not isinstance(found, kind):
        raise TypeError(f"wanted a {kind.__name__}, found a {type(found).__name__}.")
    return found
