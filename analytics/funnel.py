"""Where do leads go? Nested stages so far, who left at each, cohort by cohort, and the step in jeopardy."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from analytics import formatting as text
from analytics.cohort import Cohort
from analytics.funnel_stages import (
    ACCEPTED,
    HANDED_OFF,
    OPPORTUNITY,
    STAGE_KEYS,
    WON,
    Stage,
    count_keys,
    measure_stages,
)
from analytics.handoff_steps import HandoffStep, also_below, measure_steps, reading
from analytics.measurable import NO_ACCEPTANCE, NO_OUTCOME
from analytics.metrics.catalog import selection_of
from analytics.metrics.compose import journey_relation, rate
from analytics.periods import Unit, all_between, is_whole, label
from analytics.results import Rate, Unmeasurable
from analytics.warehouse import Warehouse

PUBLISHED = 0.9
"""A period is judged once at least this share of its leads has had the whole horizon."""
DOUBTFUL = 0.10
"""From this share on a defect of the records is said before any step is judged."""
MOST_PERIODS = 400
_EPOCH = date(1970, 1, 1)

METHOD = (
    "Every lead of the selection stands in each stage it has reached by the time of the extract, whatever its age: passed"
    " to sales, accepted, opportunity, won. A later stage implies the earlier ones; stages that were never recorded are"
    " counted and shown as skipped. Touched splits a stage by recorded human touches at or after the handoff only. Who left"
    " is counted between two stages, each lead once, so that what goes on and what left add up to the stage. Shares are of"
    " all leads passed and of the stage before, with Wilson's 95 % interval. A step is missed when its interval lies wholly"
    " under the contract's target and the rate at least 2 points under it, met when the interval lies wholly at or above it,"
    " else open; windows and targets are the contract's. The order of the steps is the order in which a lead takes them."
)


@dataclass(frozen=True, slots=True)
class FunnelPeriod:
    """The same counts for the leads handed off in one period; None where the stage cannot be measured.

    ``mature``: leads at least one horizon old, of all. Under nine in ten of them the period is immature, and
    ``judged_from`` is the day on which its last lead will have had its time. ``is_partial``: the selection cuts it.
    """

    number: int
    label: str
    leads: int
    accepted: int | None
    opportunity: int | None
    won: int | None
    mature: Rate
    is_immature: bool
    judged_from: date | None
    is_partial: bool


@dataclass(frozen=True, slots=True)
class Doubt:
    """A defect of the records large enough to be said first: its share, and the key of its leads."""

    slug: str
    words: str
    rate: Rate
    key: str


@dataclass(frozen=True, slots=True)
class Funnel:
    """The stages of one cohort. ``mature`` of its leads have had the whole horizon.

    ``before_handoff`` leads carry a decision, opportunity or closing dated before their handoff, ``out_of_order``
    leads an opportunity before their acceptance or a closing before their opportunity: counted all the same.
    """

    leads: int
    stages: tuple[Stage, ...]
    steps: tuple[HandoffStep, ...]
    unit: Unit
    periods: tuple[FunnelPeriod, ...]
    mature: Rate
    before_handoff: int
    out_of_order: int
    doubts: tuple[Doubt, ...]
    horizon_days: int

    @property
    def measured(self) -> tuple[Stage, ...]:
        """The stages that this export can tell."""
        return tuple(stage for stage in self.stages if stage.leads is not None)


def measure_funnel(warehouse: Warehouse, cohort: Cohort, unit: str) -> Funnel | Unmeasurable:
    """The nested stages of a cohort, their periods and their steps.

    Args:
        warehouse: the engine.
        cohort: the shaped cohort.
        unit: week, month or quarter of the handoff.
    """
    stages = measure_stages(warehouse, cohort)
    known = [stage.slug for stage in stages if stage.leads is not None]
    if known == [HANDED_OFF]:
        return Unmeasurable(
            "The export does not say what became of any lead: no decision, no opportunity, no win.",
            f"{NO_ACCEPTANCE.column}; or {NO_OUTCOME.column}",
        )
    counts = count_keys(
        warehouse, cohort, ("leads", "mature", "before_handoff", "out_of_order", "repeat_contact")
    )
    chosen = Unit(unit)
    return Funnel(
        leads=counts["leads"],
        stages=stages,
        steps=measure_steps(warehouse, cohort),
        unit=chosen,
        periods=_periods(warehouse, cohort, chosen, known),
        mature=rate(counts["mature"], counts["leads"]),
        before_handoff=counts["before_handoff"],
        out_of_order=counts["out_of_order"],
        doubts=_doubts(counts, stages, cohort),
        horizon_days=cohort.contract.horizon_days,
    )


def _doubts(counts: dict[str, int], stages: tuple[Stage, ...], cohort: Cohort) -> tuple[Doubt, ...]:
    """Defects that make the steps themselves doubtful, each from one lead in ten on."""
    found = []
    for stage in stages:
        if stage.slug == OPPORTUNITY and stage.leads is not None and stage.touched is not None:
            untouched = rate(stage.leads - stage.touched, stage.leads)
            words = "of the opportunities show no touch"
            found.append(Doubt("opportunity_untouched", words, untouched, f"{stage.key}.not_touched"))
    if cohort.manifest.has("email", "phone"):
        repeats = rate(counts["repeat_contact"], counts["leads"])
        found.append(Doubt("repeats", "of the leads are people passed before", repeats, "repeat_contact"))
    for slug, words in (
        ("before_handoff", "of the leads carry a date before their handoff"),
        ("out_of_order", "of the leads have their stages out of order"),
    ):
        found.append(Doubt(slug, words, rate(counts[slug], counts["leads"]), slug))
    return tuple(one for one in found if text.is_quotable(one.rate) and (one.rate.value or 0.0) >= DOUBTFUL)


def _periods(warehouse: Warehouse, cohort: Cohort, unit: Unit, known: list[str]) -> tuple[FunnelPeriod, ...]:
    """One row per period of handoff from the first to the last, those without leads too."""
    counted = ", ".join(
        f"count(*) FILTER (WHERE {selection_of(key).predicate}) AS {slug}"
        for slug, key in {**STAGE_KEYS, "mature": "mature"}.items()
    )
    query = (
        f"SELECT {unit.value} AS number, {counted}, max(handoff_day) AS last_day"
        f" FROM {journey_relation(warehouse, cohort)} GROUP BY 1 ORDER BY 1"
    )
    rows = {int(row[0]): row[1:] for row in warehouse.run_once(cohort.table, query).iter_rows()}
    if not rows:
        return ()
    numbers = all_between(unit, min(rows), max(rows))
    if len(numbers) > MOST_PERIODS:  # one stray date years away: only the periods that hold leads
        numbers = tuple(rows)
    starts_on, ends_on = whole_days(cohort)
    return tuple(
        _period(unit, number, rows.get(number), known, cohort.contract.horizon_days, starts_on, ends_on)
        for number in numbers
    )


def _period(
    unit: Unit,
    number: int,
    row: tuple[int, ...] | None,
    known: list[str],
    horizon_days: int,
    starts_on: date | None,
    ends_on: date | None,
) -> FunnelPeriod:
    leads, accepted, opportunity, won, mature, last_day = row or (0, 0, 0, 0, 0, 0)
    is_immature = mature < PUBLISHED * leads
    return FunnelPeriod(
        number=number,
        label=label(unit, number),
        leads=leads,
        accepted=accepted if ACCEPTED in known else None,
        opportunity=opportunity if OPPORTUNITY in known else None,
        won=won if WON in known else None,
        mature=rate(mature, leads),
        is_immature=is_immature,
        judged_from=_EPOCH + timedelta(days=last_day + horizon_days) if is_immature else None,
        is_partial=not is_whole(unit, number, starts_on, ends_on),
    )


def whole_days(cohort: Cohort) -> tuple[date | None, date | None]:
    """The first day that the selection covers and the day after the last whole one, in its zone; None: an open end."""
    return _local_day(cohort.starts_at, cohort.zone), _local_day(cohort.ends_at, cohort.zone)


def _local_day(moment: datetime | None, zone: str) -> date | None:
    """The local day of a bound (naive UTC), None without one; a period begins at midnight."""
    return moment.replace(tzinfo=UTC).astimezone(ZoneInfo(zone)).date() if moment else None


def answer(result: Funnel) -> str:
    """Where leads go, in one or two sentences: the stages, then a defect of the records or the step in jeopardy."""
    later = result.measured[1:]
    if result.leads < text.QUOTABLE:
        ends = ", ".join(f"{text.count(one.leads or 0)} {_few_words(one.slug)}" for one in later)
        return f"{text.plural(result.leads, 'lead')} passed to sales, {ends} so far: {text.TOO_FEW}."
    ends = _listed([_stage_words(one) for one in later])
    sentence = f"Of {text.plural(result.leads, 'lead')} passed to sales, {ends} so far."
    if result.doubts:
        doubts = _listed([f"{text.percent(one.rate.value)} {one.words}" for one in result.doubts[:2]])
        return f"{sentence} Check the records before any step is judged: {doubts}."
    return f"{sentence} {reading(result.steps)}".strip()


def _stage_words(stage: Stage) -> str:
    share = text.percent(stage.of_all.value if stage.of_all else None)
    verb = {ACCEPTED: "were accepted", OPPORTUNITY: "became an opportunity", WON: "were won"}[stage.slug]
    return f"{text.count(stage.leads or 0)} {verb} ({share})"


def _few_words(slug: str) -> str:
    return {ACCEPTED: "accepted", OPPORTUNITY: "with an opportunity", WON: "won"}[slug]


def _listed(parts: list[str]) -> str:
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} and {parts[-1]}"


def notes(result: Funnel) -> tuple[str, ...]:
    """What stands beside the answer: how old the leads are, what is not recorded, what cannot be measured."""
    young = result.mature.denominator - result.mature.numerator
    quoted = result.leads >= text.QUOTABLE and not result.doubts
    found = [
        also_below(result.steps) if quoted else "",
        f"{text.plural(young, 'lead')} younger than {text.days(result.horizon_days)}: counts still grow"
        if young
        else f"every lead has had {text.days(result.horizon_days)}",
    ]
    skipped = sum(stage.skipped for stage in result.stages)
    if skipped:
        found.append(f"{text.plural(skipped, 'stage')} never recorded, taken from a later one")
    unknown = [stage.label.lower() for stage in result.stages if stage.leads is None]
    if unknown:
        found.append(f"{_listed(unknown)}: cannot be measured from this export")
    if result.before_handoff:
        found.append(f"{text.plural(result.before_handoff, 'lead')} dated before the handoff, listed below")
    if result.out_of_order:
        found.append(f"{text.plural(result.out_of_order, 'lead')} with stages out of order, listed below")
    return tuple(part for part in found if part)
