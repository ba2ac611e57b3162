"""How do cohorts grow with age? The cohort-by-age triangle, what became of leads by age, and the time between stages."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from analytics import formatting as text
from analytics.cohort import Cohort
from analytics.funnel import whole_days
from analytics.funnel_stages import ACCEPTED, OPPORTUNITY, WON, count_keys
from analytics.metrics.catalog import LEAD_SETS
from analytics.metrics.compose import journey_relation, rate
from analytics.outcome_race import AGES, EARLY_AGES, Race, measure_closing, measure_decision, stage_obstacle
from analytics.periods import Unit, all_between, is_whole, label
from analytics.results import Rate, Unmeasurable
from analytics.stage_times import StageTime, measure_times
from analytics.stats.intervals import newcombe_difference
from analytics.warehouse import Warehouse

_COMPARED_FROM = 30
_MOST_ROWS = 400
_BY_AGE = {ACCEPTED: "accepted_by_age", OPPORTUNITY: "opportunity_by_age", WON: "won_by_age"}
_UNDATED = {ACCEPTED: "accepted_undated", OPPORTUNITY: "opportunity_undated", WON: "won_undated"}
DONE = {ACCEPTED: "accepted", OPPORTUNITY: "with an opportunity", WON: "won"}

METHOD = (
    "A cell of the triangle is the share of a period's leads, among those at least that old at the extract, that had reached"
    " the stage by that age in days of 24 hours. It is mature when every lead of the period is at least that old, hatched"
    " while some are younger, and empty when all are. The curves are Aalen-Johansen cumulative incidence: one outcome rules"
    " out the other, and leads without one count as open up to the extract, so a young cohort does not read as a failure."
    " Nothing is extrapolated. A stage without a date cannot be placed: such leads stay among the leads, the shares are then"
    " at least what is shown, and their number is said. Times between stages are wall-clock time between two recorded dates."
)


@dataclass(frozen=True, slots=True)
class Cell:
    """``rate``: leads that reached the stage by ``age_days``, of the ``denominator`` leads at least that old.

    ``state``: mature (all of the period's leads are that old), partial (some are), empty (none is).
    """

    age_days: int
    rate: Rate
    state: Literal["mature", "partial", "empty"]


@dataclass(frozen=True, slots=True)
class PeriodAges:
    """One period of handoff, its cells from the youngest age to the oldest."""

    number: int
    label: str
    leads: int
    is_partial: bool
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class Triangle:
    """Periods of handoff by age. ``undated`` leads reached the stage without a date and stand in no cell's count."""

    stage: str
    unit: Unit
    ages: tuple[int, ...]
    rows: tuple[PeriodAges, ...]
    undated: int
    undated_key: str

    def key(self, row: PeriodAges, cell: Cell) -> str:
        """The evidence key of a cell's counted leads."""
        return f"{_BY_AGE[self.stage]}:{cell.age_days}.{self.key_of_old(row, cell)}"

    def key_of_old(self, row: PeriodAges, cell: Cell) -> str:
        """The evidence key of the leads that a cell is a share of."""
        return f"at_least_old:{cell.age_days}.{self.unit.value}:{row.number}"


@dataclass(frozen=True, slots=True, eq=False)
class Maturing:
    """What age does to a cohort; each part is its result or why it cannot be measured."""

    triangle: Triangle | Unmeasurable
    decision: Race | Unmeasurable
    closing: Race | Unmeasurable
    times: tuple[StageTime | Unmeasurable, ...]


def measure_maturing(warehouse: Warehouse, cohort: Cohort, unit: str, stage: str) -> Maturing:
    """The triangle of one stage, both races, and the time between stages.

    Args:
        warehouse: the engine.
        cohort: the shaped cohort.
        unit: week, month or quarter of the handoff.
        stage: accepted, opportunity or won.
    """
    return Maturing(
        triangle=_triangle(warehouse, cohort, Unit(unit), stage),
        decision=measure_decision(warehouse, cohort),
        closing=measure_closing(warehouse, cohort),
        times=measure_times(warehouse, cohort),
    )


def ages_of(horizon_days: int, stage: str) -> tuple[int, ...]:
    """The ages of the columns in days, up to the horizon; decisions fall early, so their columns begin early.

    >>> ages_of(90, "won")
    (7, 14, 30, 45, 60, 90)
    """
    steps = EARLY_AGES if stage == ACCEPTED else AGES
    below = [age for age in steps if age < horizon_days]
    return (*below[-7:], horizon_days)


def _triangle(warehouse: Warehouse, cohort: Cohort, unit: Unit, stage: str) -> Triangle | Unmeasurable:
    obstacle = stage_obstacle(cohort, stage)
    if obstacle is not None:
        return obstacle
    ages = ages_of(cohort.contract.horizon_days, stage)
    columns = []
    for age in ages:
        old = _at("at_least_old", age)
        columns += [
            f"count(*) FILTER (WHERE {old})",
            f"count(*) FILTER (WHERE {old} AND {_at(_BY_AGE[stage], age)})",
        ]
    query = (
        f"SELECT {unit.value} AS number, count(*), {', '.join(columns)}"
        f" FROM {journey_relation(warehouse, cohort)} GROUP BY 1 ORDER BY 1"
    )
    rows = {int(row[0]): row[1:] for row in warehouse.run_once(cohort.table, query).iter_rows()}
    undated = count_keys(warehouse, cohort, [_UNDATED[stage]])[_UNDATED[stage]]
    numbers = all_between(unit, min(rows), max(rows)) if rows else ()
    if len(numbers) > _MOST_ROWS:
        numbers = tuple(rows)
    starts_on, ends_on = whole_days(cohort)
    empty = (0,) * (1 + 2 * len(ages))
    return Triangle(
        stage,
        unit,
        ages,
        tuple(
            PeriodAges(
                number,
                label(unit, number),
                rows.get(number, empty)[0],
                not is_whole(unit, number, starts_on, ends_on),
                tuple(_cell(place, age, rows.get(number, empty)) for place, age in enumerate(ages)),
            )
            for number in numbers
        ),
        undated,
        _UNDATED[stage],
    )


def _at(slug: str, days: int) -> str:
    """The predicate of a set at an age, which comes from the contract or from this module."""
    return f"({LEAD_SETS[slug].predicate.replace('$value', str(int(days)))})"


def _cell(place: int, age: int, row: tuple[int, ...]) -> Cell:
    leads, old, reached = row[0], row[1 + 2 * place], row[2 + 2 * place]
    state: Literal["mature", "partial", "empty"] = (
        "empty" if not old else "mature" if old == leads else "partial"
    )
    return Cell(age, rate(reached, old), state)


def reading(triangle: Triangle) -> str:
    """The newest mature cell against the oldest comparable one at the same age, with Newcombe's interval.

    The newest period that is mature at 30 days or more (at any age, where none is) speaks, at its oldest mature age.
    Only cells of at least 30 leads are compared, and periods that the selection cuts only where no others are left.
    """
    whole = [row for row in triangle.rows if not row.is_partial]
    tries = ((rows, age) for rows in (whole, list(triangle.rows)) for age in (_COMPARED_FROM, 0))
    pair = next((found for rows, age in tries if (found := _pair(rows, triangle.ages, age))), None)
    if pair is None:
        return "Too few leads have reached the same age to compare two periods."
    newest, oldest, place = pair
    now, then = newest.cells[place].rate, oldest.cells[place].rate
    difference, low, high = newcombe_difference(
        now.numerator, now.denominator, then.numerator, then.denominator
    ) or (0.0, 0.0, 0.0)
    around = f"{text.points(low)} to {text.points(high)}"
    week = "the week of " if triangle.unit is Unit.WEEK else ""
    verdict = (
        f"{text.points(difference)}, {around}"
        if low > 0 or high < 0
        else f"the gap could be {around}, so no difference can be told"
    )
    return (
        f"At day {triangle.ages[place]}, {week}{newest.label} stands at {text.percent(now.value)} {DONE[triangle.stage]},"
        f" {week}{oldest.label} stood at {text.percent(then.value)}: {verdict}."
    )


def _pair(
    rows: list[PeriodAges], ages: tuple[int, ...], from_age: int
) -> tuple[PeriodAges, PeriodAges, int] | None:
    """The newest period with a mature cell from an age on, the oldest one to compare it with, and the cell's place."""
    for newest in reversed(rows):
        for place in reversed(range(len(ages))):
            if ages[place] < from_age or not _is_comparable(newest.cells[place]):
                continue
            for oldest in rows:
                if oldest.number == newest.number:
                    break
                if _is_comparable(oldest.cells[place]):
                    return newest, oldest, place
    return None


def _is_comparable(cell: Cell) -> bool:
    return cell.state == "mature" and text.is_quotable(cell.rate)
