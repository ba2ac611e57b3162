"""What the last months really were, number by number: so that a target is demanding and not heroic."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from analytics import formatting as text
from analytics.cohort import Cohort
from analytics.contract import Contract
from analytics.measurable import obstacle
from analytics.metrics.catalog import METRICS
from analytics.metrics.compose import JOURNEY_SETS, journey_query, metric_rate
from analytics.periods import Unit, first_day, following, label
from analytics.results import Rate
from analytics.warehouse import Warehouse

MOST_MONTHS = 12
TARGETS = {
    "accepted_of_decided": "target_acceptance_of_decided",
    "complete_data": "target_completeness",
    "touched_inside_limit": "target_touched_inside_limit",
    "decided_in_window": "target_decided_in_window",
    "working_rate": "target_working_rate",
    "accepted_to_opportunity": "target_accepted_to_opportunity",
}
"""Metric -> the contract's number for it."""


@dataclass(frozen=True, slots=True)
class Month:
    """One month of handoff: its leads, and the rate of each metric (None: cannot be measured from this export).

    ``is_whole``: the selection and the extract cover all of it.
    """

    number: int
    label: str
    leads: int
    is_whole: bool
    rates: dict[str, Rate | None]


def measure_past(warehouse: Warehouse, cohort: Cohort) -> tuple[Month, ...]:
    """The last twelve months of the cohort that have leads, the oldest first; empty without leads."""
    rows = warehouse.run_once(
        cohort.table, journey_query(warehouse, cohort, JOURNEY_SETS, Unit.MONTH.value)
    ).rows(named=True)
    known = {slug: obstacle(cohort.manifest, slug) is None for slug in TARGETS}
    extract = cohort.manifest.as_of.date()
    found = []
    for row in rows[-MOST_MONTHS:]:
        number = int(row["value"])
        first, after = first_day(Unit.MONTH, number), first_day(Unit.MONTH, following(Unit.MONTH, number))
        starts = cohort.starts_at is None or cohort.starts_at.date() <= first
        ends = cohort.ends_at is None or cohort.ends_at.date() >= after
        counts = {slug: int(row[slug]) for slug in JOURNEY_SETS}
        rates = {slug: metric_rate(counts, slug) if known[slug] else None for slug in TARGETS}
        found.append(
            Month(
                number,
                label(Unit.MONTH, number),
                counts["leads"],
                starts and ends and after <= extract,
                rates,
            )
        )
    return tuple(found)


def best(months: Sequence[Month], slug: str) -> tuple[Month, Rate] | None:
    """The month with the highest rate among those with at least 30 leads to judge; None without any."""
    quotable = [
        (one, rate)
        for one in months
        if (rate := one.rates.get(slug)) is not None and rate.value is not None and text.is_quotable(rate)
    ]
    return max(quotable, key=lambda pair: pair[1].value or 0.0, default=None)


def heroic(months: Sequence[Month], contract: Contract) -> dict[str, str]:
    """Metric -> why its target is heroic: no month ever reached it. Also ``monthly_volume``, in leads."""
    found = {}
    for slug, name in TARGETS.items():
        target, top = float(getattr(contract, name)), best(months, slug)
        if top is not None and (top[1].value or 0.0) < target:
            month, rate = top
            found[slug] = (
                f"Demanding, or heroic? The best month was {month.label} with {text.percent(rate.value)}"
                f" ({text.of(rate)}); you wrote {text.percent(target)}."
            )
    whole = [one for one in months if one.is_whole]
    most = max(whole, key=lambda one: one.leads, default=None)
    if contract.monthly_volume and most is not None and most.leads < contract.monthly_volume:
        found["monthly_volume"] = (
            f"Demanding, or heroic? The largest month was {most.label} with {text.plural(most.leads, 'lead')};"
            f" you wrote {text.count(contract.monthly_volume)}."
        )
    return found


def lately(months: Sequence[Month], slug: str) -> str:
    """The last three months of a number in words, the oldest first: ``Jun 71 % · Jul 68 % · Aug 12 of 20``."""
    said = []
    for one in months[-3:]:
        rate = one.rates.get(slug)
        if rate is None:
            return "cannot be measured from this export"
        value = (
            text.percent(rate.value)
            if text.is_quotable(rate)
            else text.of(rate)
            if rate.denominator
            else text.DASH
        )
        said.append(f"{one.label} {value}")
    return " · ".join(said) or "no month to show"


def name_of(slug: str) -> str:
    """The name of a number of the contract, as the catalog has it."""
    return METRICS[slug].label
