"""What the last months really were, number by number: so that a target is demanding and not heroic."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta

from analytics import formatting as text
from analytics.cohort import Cohort, midnight
from analytics.contract import Contract
from analytics.measurable import is_cadence_at_most, obstacle
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
LATE_START = timedelta(days=2)
"""A file whose first lead comes later than this into a month is taken to begin inside it."""
_UNSURE = {
    "accepted_to_opportunity": "mature_opportunity_undated",
    "decided_in_window": "decided_unknown_when",
    "working_rate": "cadence_unknown",
}
"""Metric -> the lead set of those that may be hits, and the export does not say."""


@dataclass(frozen=True, slots=True)
class Month:
    """One month of handoff: its leads, and the rate of each metric (None: cannot be measured from this export).

    ``is_whole``: the selection, without filters that leave leads out, the file and the extract cover all of it.
    ``unsure``: metric -> leads that may be hits, and the export does not say; not counted as hits. ``is_at_most``:
    touches carry no date or channel, so the working rate is the most it can be.
    """

    number: int
    label: str
    leads: int
    is_whole: bool
    rates: dict[str, Rate | None]
    unsure: dict[str, int] = field(default_factory=dict)
    is_at_most: bool = False


def measure_past(warehouse: Warehouse, cohort: Cohort) -> tuple[Month, ...]:
    """The last twelve months of the cohort that have leads, the oldest first; empty without leads."""
    rows = warehouse.run_once(
        cohort.table, journey_query(warehouse, cohort, JOURNEY_SETS, Unit.MONTH.value)
    ).rows(named=True)
    known = {slug: obstacle(cohort.manifest, slug) is None for slug in TARGETS}
    is_filtered = any(values for _, values in cohort.request.filters)
    is_at_most = is_cadence_at_most(cohort.manifest, cohort.contract.cadence_channels)
    found = []
    for row in rows[-MOST_MONTHS:]:
        number = int(row["value"])
        counts = {slug: int(row[slug]) for slug in JOURNEY_SETS}
        rates = {slug: metric_rate(counts, slug) if known[slug] else None for slug in TARGETS}
        found.append(
            Month(
                number,
                label(Unit.MONTH, number),
                counts["leads"],
                not is_filtered and is_whole_month(cohort, number),
                rates,
                {slug: counts[name] for slug, name in _UNSURE.items()},
                is_at_most,
            )
        )
    return tuple(found)


def is_whole_month(cohort: Cohort, number: int) -> bool:
    """Whether the selected days and the file hold all of a month of the contract's zone, and it was over at the extract.

    A file whose first lead comes later than ``LATE_START`` into a month is taken to begin inside it.
    """
    starts = midnight(first_day(Unit.MONTH, number), cohort.zone)
    ends = midnight(first_day(Unit.MONTH, following(Unit.MONTH, number)), cohort.zone)
    is_selected = (cohort.starts_at is None or cohort.starts_at <= starts) and (
        cohort.ends_at is None or cohort.ends_at >= ends
    )
    is_begun_inside = starts + LATE_START < cohort.oldest < ends
    return is_selected and not is_begun_inside and ends <= cohort.manifest.as_of


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
        is_reached = any(_may_reach(one, slug, target) for one in months)
        if top is not None and (top[1].value or 0.0) < target and not is_reached:
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


def _may_reach(month: Month, slug: str, target: float) -> bool:
    """Whether a month with enough leads reaches a target if all its unsure leads are hits."""
    rate = month.rates.get(slug)
    if rate is None or not text.is_quotable(rate):
        return False
    hits = min(rate.numerator + month.unsure.get(slug, 0), rate.denominator)
    return (Rate(hits, rate.denominator).value or 0.0) >= target


def lately(months: Sequence[Month], slug: str) -> str:
    """The last three months of a number in words, the oldest first: ``Jun 71 % · Jul 68 % · Aug 12 of 20``."""
    said = []
    for one in months[-3:]:
        rate = one.rates.get(slug)
        if rate is None:
            return "cannot be measured from this export"
        value = (
            f"{_bound(one, slug)}{text.percent(rate.value)}"
            if text.is_quotable(rate)
            else text.of(rate)
            if rate.denominator
            else text.DASH
        )
        said.append(f"{one.label} {value}")
    return " · ".join(said) or "no month to show"


def _bound(month: Month, slug: str) -> str:
    """Which way a rate may be off; nothing where it may be off both ways."""
    is_least, is_most = bool(month.unsure.get(slug)), slug == "working_rate" and month.is_at_most
    return "" if is_least == is_most else "at least " if is_least else "at most "


def name_of(slug: str) -> str:
    """The name of a number of the contract, as the catalog has it."""
    return METRICS[slug].label
