"""What the council counts: every measure per month or quarter of handoff, over the whole file that meets the filters."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from analytics.cohort import Cohort, midnight
from analytics.journey import local_event
from analytics.measurable import (
    NO_FIRST_TOUCH,
    NO_LOSSES,
    NO_OPPORTUNITIES,
    NO_SCORE,
    NO_WINS,
    has_opportunities,
    has_wins,
    knows_first_touch,
    knows_losses,
)
from analytics.metrics.compose import JOURNEY_SETS, counts_of, journey_query, journey_relation
from analytics.periods import Unit, all_between, first_day, following, label
from analytics.results import Unmeasurable
from analytics.stats.survival import wait_curve
from analytics.warehouse import Warehouse

MOST_PERIODS = {Unit.MONTH: 24, Unit.QUARTER: 12}
NO_AMOUNTS = Unmeasurable(
    "The export does not say what an opportunity is worth.", "the amount of the opportunity"
)
NO_CREATION = Unmeasurable(
    "The export does not say when opportunities were created.", "the opportunity's creation date"
)


@dataclass(frozen=True, slots=True)
class Span:
    """One month or quarter of handoff.

    ``is_whole``: the file holds all of it: it is neither the one in which the file ends nor a part at its beginning.
    ``is_over_horizon``: even what was created on its last day has had the contract's horizon.
    """

    number: int
    label: str
    first: date
    after: date
    is_whole: bool
    is_over_horizon: bool


@dataclass(frozen=True, slots=True)
class Deals:
    """Distinct opportunities created in one span: by as_of ``won`` or ``lost``, the others open.

    ``amount`` is that of the won ones, ``at_most`` adds the open ones, of which nobody knows whether they advanced.
    ``priceless`` won ones carry no amount and add nothing to it.
    """

    created: int = 0
    won: int = 0
    lost: int = 0
    amount: float = 0.0
    at_most: float = 0.0
    priceless: int = 0


@dataclass(frozen=True, slots=True)
class BandCounts:
    """One score band in one span: its mature leads, how many of all that is, and those won within the horizon."""

    leads: int
    mature: int
    won: int


@dataclass(frozen=True, slots=True)
class CouncilCounts:
    """All that the trends stand on, by the number of the span; spans without leads are in ``spans`` all the same.

    The spans end with the last handoff, or with the last opportunity where that was created later.

    ``sets``: span -> lead set -> leads. ``medians``: span -> median working seconds to the first touch, None where it
    was not reached. ``bands``: span -> score band -> counts, the last band being "no score". ``undated_deals``: distinct
    opportunities that say nowhere when they were created, so that they stand in no span.
    """

    unit: Unit
    spans: tuple[Span, ...]
    sets: dict[int, dict[str, int]]
    medians: dict[int, float | None] | Unmeasurable
    bands: dict[int, dict[int, BandCounts]] | Unmeasurable
    deals: dict[int, Deals] | Unmeasurable
    amounts: Unmeasurable | None
    undated_deals: int = 0


def measure_counts(warehouse: Warehouse, cohort: Cohort, unit: Unit) -> CouncilCounts:
    """The last 24 months or 12 quarters in which something happened; no spans without a lead."""
    rows = warehouse.run_once(cohort.table, journey_query(warehouse, cohort, JOURNEY_SETS, unit.value)).rows(
        named=True
    )
    sets = {int(row["value"]): {slug: int(row[slug]) for slug in JOURNEY_SETS} for row in rows}
    deals = _deals(warehouse, cohort, unit)
    undated = 0 if isinstance(deals, Unmeasurable) else deals.pop(None, Deals()).created
    dated = {} if isinstance(deals, Unmeasurable) else {key: deal for key, deal in deals.items() if key is not None}  # fmt: skip
    spans = _spans(cohort, unit, sorted(sets), max(dated, default=0))
    shown = {span.number for span in spans}
    return CouncilCounts(
        unit=unit,
        spans=spans,
        sets={number: counts for number, counts in sets.items() if number in shown},
        medians=_medians(warehouse, cohort, unit),
        bands=_bands(warehouse, cohort, unit),
        deals=deals if isinstance(deals, Unmeasurable) else dated,
        amounts=None if cohort.manifest.has("amount") else NO_AMOUNTS,
        undated_deals=undated,
    )


def _spans(cohort: Cohort, unit: Unit, numbers: list[int], last_deal: int) -> tuple[Span, ...]:
    if not numbers:
        return ()
    extract, horizon = cohort.manifest.as_of, timedelta(days=cohort.contract.horizon_days)
    found = []
    for number in all_between(unit, numbers[0], max(numbers[-1], last_deal))[-MOST_PERIODS[unit] :]:
        first, after = first_day(unit, number), first_day(unit, following(unit, number))
        ends_at = midnight(after, cohort.zone)
        is_begun = number > numbers[0] or _begins_with_file(cohort, first)
        found.append(
            Span(
                number, label(unit, number), first, after,
                is_whole=is_begun and ends_at <= extract,
                is_over_horizon=ends_at + horizon <= extract,
            )
        )  # fmt: skip
    return tuple(found)


_LATE_START = timedelta(days=7)


def _begins_with_file(cohort: Cohort, first: date) -> bool:
    """Whether the first span is taken as whole: its first lead comes within a week of its first day."""
    return cohort.oldest <= midnight(first, cohort.zone) + _LATE_START


def _medians(warehouse: Warehouse, cohort: Cohort, unit: Unit) -> dict[int, float | None] | Unmeasurable:
    """The Kaplan-Meier median of the working clock, span by span."""
    if not knows_first_touch(cohort.manifest):
        return NO_FIRST_TOUCH
    frame = warehouse.run(
        f"SELECT {unit.value} AS span, working_wait AS wait, count(*) FILTER (WHERE is_touched) AS touched, "
        f"count(*) FILTER (WHERE NOT is_touched) AS waiting FROM {journey_relation(warehouse, cohort)} "
        "WHERE NOT is_touched_before GROUP BY 1, 2 ORDER BY 1, 2"
    )
    found: dict[int, float | None] = {}
    for (number,), part in frame.group_by("span", maintain_order=True):
        curve = wait_curve(part["wait"].to_numpy(), part["touched"].to_numpy(), part["waiting"].to_numpy())
        found[int(str(number))] = curve.quantile(0.5) if curve else None
    return found


def _bands(
    warehouse: Warehouse, cohort: Cohort, unit: Unit
) -> dict[int, dict[int, BandCounts]] | Unmeasurable:
    manifest = cohort.manifest
    if not manifest.has("score"):
        return NO_SCORE
    if not has_wins(manifest):
        return NO_WINS
    frame = warehouse.run(
        f"SELECT {unit.value} AS span, score_band, {counts_of(('leads', 'mature', 'won_in_horizon'))} "
        f"FROM {journey_relation(warehouse, cohort)} GROUP BY 1, 2"
    )
    found: dict[int, dict[int, BandCounts]] = {}
    for number, band, leads, mature, won in frame.iter_rows():
        found.setdefault(int(number), {})[int(band)] = BandCounts(int(leads), int(mature), int(won))
    return found


def _deals(warehouse: Warehouse, cohort: Cohort, unit: Unit) -> dict[int | None, Deals] | Unmeasurable:
    """Distinct opportunities by the span in which they were created, in the contract's zone; None where nobody knows."""
    manifest = cohort.manifest
    if not has_opportunities(manifest):
        return NO_OPPORTUNITIES
    if not manifest.has("opportunity_at"):
        return NO_CREATION
    if not has_wins(manifest):
        return NO_WINS
    created = local_event("created_at", cohort)
    months = f"(CAST(year({created}) * 12 + month({created}) - 1 AS INTEGER))"
    span = months if unit is Unit.MONTH else f"({months} // 3)"
    frame = warehouse.run(
        f"""
        SELECT {span} AS span, count(*) AS created, count(*) FILTER (WHERE is_won) AS won,
               count(*) FILTER (WHERE is_lost AND NOT is_won) AS lost,
               coalesce(sum(amount) FILTER (WHERE is_won), 0) AS amount,
               coalesce(sum(amount) FILTER (WHERE is_won OR NOT is_lost), 0) AS at_most,
               count(*) FILTER (WHERE is_won AND amount IS NULL) AS priceless
        FROM (
            SELECT coalesce('id ' || l.opportunity_id, 'lead ' || l.lead_no) AS deal, max(l.amount) AS amount,
                   min(l.opportunity_at) AS created_at, bool_or(coalesce(l.outcome = 'won', false)) AS is_won,
                   bool_or(coalesce(l.outcome = 'lost', false)) AS is_lost
            FROM {cohort.leads} AS l
            WHERE l.handoff_at IS NOT NULL AND (l.has_opportunity OR l.outcome = 'won'){cohort.filters} GROUP BY 1
        ) GROUP BY 1
        """,
        cohort.params,
    )
    return {
        None if number is None else int(number): Deals(
            int(deals), int(won), int(lost), float(amount), float(most), int(priceless)
        )
        for number, deals, won, lost, amount, most, priceless in frame.iter_rows()
    }


def win_rate_obstacle(cohort: Cohort) -> Unmeasurable | None:
    """Why the win rate cannot be measured: nobody knows which opportunities were lost; None where it can."""
    return None if knows_losses(cohort.manifest) else NO_LOSSES
