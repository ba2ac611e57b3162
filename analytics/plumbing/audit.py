"""Can the numbers be trusted? Every check with its count, its colour and its price, and the three questions of an audit."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Literal

from analytics import formatting as text
from analytics.cohort import Cohort
from analytics.metrics.compose import rate
from analytics.plumbing.check import Check
from analytics.plumbing.checks import CHECKS
from analytics.plumbing.export_checks import ExportFinding, check_export
from analytics.plumbing.faults import Faults, count_faults, is_known, open_faults
from analytics.plumbing.price import Price, price_of, price_without, repair_of
from analytics.results import Rate
from analytics.warehouse import Warehouse

RED_FROM = 0.10
State = Literal["red", "amber", "green", "too few", "unknown"]
ORDER: tuple[State, ...] = ("red", "amber", "green", "too few", "unknown")
METHOD = (
    "Each check counts the leads of this selection that show a fault, of those it could show in. Amber from 1 %; rejections"
    " without a reason from 2 % and reasons that fit no code from 5 %, because a sound record has a few; incomplete contacts"
    " from 10 %, the contract's standard. Every fault that is amber and has a repair is priced: the same numbers and the same"
    " verdict are counted once more over the same leads, repaired or without those at fault. Red: at least 10 %, and the repair turns"
    " the verdict, moves a rate by 5 points, halves or doubles the median first touch, or leaves a number on too few leads."
    " A check that applies to fewer than 30 leads is not judged. A lead nobody worked is no fault of the data. Findings"
    " about the export as a whole look at the whole file."
)


@dataclass(frozen=True, slots=True)
class CheckResult:
    """One check over one cohort.

    ``share``: leads at fault of those it applies to. ``price`` is None where nothing fires, where no repair is known, or
    before it was asked for.
    """

    check: Check
    share: Rate
    is_known: bool
    price: Price | None = None

    @property
    def state(self) -> State:
        """Red, amber or green; "unknown" where the export lacks the columns."""
        if not self.is_known:
            return "unknown"
        if not text.is_quotable(self.share):
            return "too few"
        value = self.share.value or 0.0
        if value >= RED_FROM and self.price is not None and self.price.matters:
            return "red"
        return "amber" if value >= self.check.tolerated else "green"


@dataclass(frozen=True, slots=True)
class ExportResult:
    """A finding about the whole file, and what the leads of this selection that it concerns cost."""

    finding: ExportFinding
    share: Rate
    price: Price | None

    @property
    def state(self) -> State:
        """Red where it concerns a tenth of the selection and changes what would be said; green where mended at import."""
        if self.finding.is_repaired:
            return "green"
        return (
            "red"
            if (self.share.value or 0.0) >= RED_FROM and self.price is not None and self.price.matters
            else "amber"
        )


@dataclass(frozen=True, slots=True)
class CrmQuestion:
    """One of the three questions of the audit: what the data answers, or the question to ask; never both empty."""

    question: str
    answer: str
    ask: str
    state: State


@dataclass(frozen=True, slots=True)
class Audit:
    """All checks of a cohort, in the order of the page."""

    leads: int
    checks: tuple[CheckResult, ...]
    export: tuple[ExportResult, ...]
    questions: tuple[CrmQuestion, ...]

    @property
    def state(self) -> State:
        """The worst colour: red, amber or green; "too few" where nothing could be judged."""
        return next((state for state in ORDER[:3] if self.count(state)), "too few")

    def count(self, state: State) -> int:
        """How many checks and findings have that colour."""
        return sum(one.state == state for one in self.checks) + sum(one.state == state for one in self.export)

    @property
    def reds(self) -> tuple[CheckResult | ExportResult, ...]:
        """What outranks every other verdict, the largest share first."""
        found: list[CheckResult | ExportResult] = [one for one in self.checks if one.state == "red"]
        found += [one for one in self.export if one.state == "red"]
        return tuple(sorted(found, key=lambda one: -(one.share.value or 0.0)))


def detect(warehouse: Warehouse, cohort: Cohort) -> tuple[CheckResult, ...]:
    """Every check counted, none priced: quick, and enough to know which ones fire."""
    return tuple(_results(warehouse, cohort, open_faults(warehouse, cohort)))


def measure_audit(
    warehouse: Warehouse, cohort: Cohort, on_progress: Callable[[int, int, str], None] | None = None
) -> Audit:
    """Every check counted, and the ones that fire priced.

    ``on_progress(done, of, title)`` is called before each price.
    """
    faults = open_faults(warehouse, cohort)
    results = _results(warehouse, cohort, faults)
    firing = [one for one in results if _is_firing(one)]
    priced: dict[str, Price | None] = {}
    for number, one in enumerate(firing):
        if on_progress:
            on_progress(number, len(firing), one.check.title)
        priced[one.check.slug] = price_of(warehouse, cohort, faults, one.check)
    results = [
        CheckResult(one.check, one.share, one.is_known, priced[one.check.slug])
        if one.check.slug in priced
        else one
        for one in results
    ]
    found = check_export(warehouse, cohort, faults.whole_file.zone_lag)
    export = tuple(_export_result(warehouse, cohort, one) for one in found)
    leads = int(warehouse.run_once(cohort.table, f"SELECT count(*) AS n FROM {cohort.table}").item())
    return Audit(
        leads,
        tuple(results),
        export,
        _questions(cohort, faults, {one.check.slug: one for one in results}),
    )


def _results(warehouse: Warehouse, cohort: Cohort, faults: Faults) -> list[CheckResult]:
    counts = count_faults(warehouse, faults)
    whole = faults.whole_file
    return [
        CheckResult(
            replace(check, missing=whole.obstacles[check.slug])
            if check.slug in whole.obstacles and check.needs(cohort.manifest)
            else check,
            rate(*counts[check.slug]),
            is_known(check, cohort, whole),
        )
        for check in CHECKS
    ]


def _is_firing(one: CheckResult) -> bool:
    return one.state in ("amber", "red")


def _export_result(warehouse: Warehouse, cohort: Cohort, finding: ExportFinding) -> ExportResult:
    condition = None
    if finding.key and finding.key.startswith(("handed_before:", "handed_from:")):
        slug, _, day = finding.key.partition(":")
        condition = f"c.handoff_day {'<' if slug == 'handed_before' else '>='} {int(day)}"
    where = condition or "true"
    inside, leads = warehouse.run(
        f"SELECT count(*) FILTER (WHERE {where}) AS inside, count(*) AS leads FROM {cohort.table} AS c"
    ).row(0)
    share = rate(int(inside), int(leads))
    is_worth_it = condition is not None and text.is_quotable(share) and RED_FROM <= (share.value or 0.0) < 1.0
    return ExportResult(finding, share, price_without(warehouse, cohort, where) if is_worth_it else None)


def _questions(cohort: Cohort, faults: Faults, results: dict[str, CheckResult]) -> tuple[CrmQuestion, ...]:
    return (
        _stamp_question(cohort, faults, results["stamp_on_opening"]),
        _touch_question(results["opportunity_without_touch"], faults.whole_file.silent_owners),
        _duplicate_question(
            results["repeated_contact"], results["shared_opportunity"], results["open_opportunity"]
        ),
    )


def _stamp_question(cohort: Cohort, faults: Faults, one: CheckResult) -> CrmQuestion:
    question = "Does the handoff stamp fire when a lead is routed, or when a rep opens it?"
    ask = "Ask your CRM administrator: which event writes the handoff date, the assignment or the first opening of the record?"
    if not one.is_known or not text.is_quotable(one.share):
        clock = cohort.manifest.clock_starts_at
        is_coarse = one.check.slug in faults.whole_file.obstacles and one.check.needs(cohort.manifest)
        why = (
            "its stamps carry no seconds, which cannot tell one event from two"
            if is_coarse
            else "the export does not show when a rep opened or touched enough leads"
        )
        return CrmQuestion(question, f"The clock starts at: {clock}; {why}.", ask, "unknown")
    value = text.percent(one.share.value)
    if one.state in ("red", "amber"):
        more = f" Repaired ({repair_of(cohort, faults, one.check)}): {one.price.words}." if one.price else ""
        return CrmQuestion(
            question, f"For {value} of {text.count(one.share.denominator)} leads on opening: the first touch or opening follows within 10 seconds.{more}", ask, one.state
        )  # fmt: skip
    return CrmQuestion(
        question, f"On routing, as far as the data shows: only {text.of(one.share)} leads ({value}) were touched or opened within 10 seconds.", "", "green"
    )  # fmt: skip


def _touch_question(one: CheckResult, silent_owners: tuple[str, ...]) -> CrmQuestion:
    question = "Are touches logged?"
    ask = "Ask your CRM administrator: are calls and mails written to the lead automatically, for every rep?"
    if not one.is_known or not text.is_quotable(one.share):
        return CrmQuestion(
            question,
            "The export does not say: too few opportunities or wins to compare with their touches."
            if one.is_known
            else "The export does not say: it lacks touches, or opportunities and wins to compare them with.",
            ask,
            "unknown",
        )
    owners = f" Far more than others: {', '.join(silent_owners[:3])}." if silent_owners else ""
    value = text.percent(one.share.value)
    if one.state in ("red", "amber"):
        return CrmQuestion(
            question,
            f"Not all: {text.of(one.share)} opportunities or wins ({value}) show no touch at all.{owners}",
            ask,
            one.state,
        )
    return CrmQuestion(
        question,
        f"Yes, as far as the data shows: {text.of(one.share)} opportunities or wins ({value}) show no touch.{owners}",
        "",
        "green",
    )


def _duplicate_question(people: CheckResult, deals: CheckResult, still_open: CheckResult) -> CrmQuestion:
    question = "Is there a duplicate problem?"
    ask = (
        "Ask your CRM administrator: is a new lead matched with known people by e-mail before it is created?"
    )
    if not people.is_known or not text.is_quotable(people.share):
        return CrmQuestion(
            question,
            "The export does not say: it holds too few e-mail addresses or phone numbers.",
            ask,
            "unknown",
        )
    value = text.percent(people.share.value)
    parts = [f"{text.of(people.share)} leads ({value}) are a person passed before"]
    if deals.is_known and deals.share.numerator:
        parts.append(f"{text.of(deals.share)} share the opportunity of an earlier lead")
    if still_open.is_known and still_open.share.numerator:
        parts.append(
            f"{text.plural(still_open.share.numerator, 'person', 'people')} had a deal that was open"
        )
    states = [one.state for one in (people, deals, still_open)]
    state: State = next((colour for colour in ORDER[:2] if colour in states), "green")
    words = "; ".join(parts) + "."
    return CrmQuestion(
        question,
        ("Yes: " if state != "green" else "Hardly: ") + words,
        ask if state != "green" else "",
        state,
    )
