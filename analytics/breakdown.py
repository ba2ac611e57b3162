"""The same rates group by group, by any dimension of the export, with the groups that stand out from the rest."""

from __future__ import annotations

from dataclasses import dataclass

from analytics.cohort import Cohort
from analytics.dimensions import dimension_column
from analytics.measurable import obstacle
from analytics.metrics.catalog import LEAD_SETS, METRICS, Metric
from analytics.metrics.compose import journey_relation, rate
from analytics.results import Rate
from analytics.stats.adjustment import benjamini_hochberg_adjust
from analytics.stats.intervals import newcombe_pvalue
from analytics.warehouse import Warehouse

METHOD = (
    "The rate of every group with Wilson's 95 % interval. A group stands out when it differs from all other leads of the"
    " selection by more than so many looks bring by luck: Newcombe's interval turned into a probability, adjusted for all"
    " groups and rates of the table (Benjamini and Hochberg 1995, one in ten false at most). Groups under 10 leads are"
    " shown and never said to stand out."
)
MOST_GROUPS = 60
FALSE_DISCOVERY = 0.10
LEAST = 10
"""Groups with fewer leads are shown with their counts and never said to stand out."""


@dataclass(frozen=True, slots=True)
class Group:
    """One value of a dimension; ``value`` None = the export does not say. ``rates`` are in the order of the metrics.

    ``stands_out``: per metric "above" or "below" the rest of the cohort, beyond what looking at so many groups brings
    by luck (Benjamini-Hochberg at 10 % over all groups and metrics of the table), else "".
    """

    value: str | None
    leads: int
    rates: tuple[Rate, ...]
    stands_out: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Breakdown:
    """Rates by group, the largest first; ``unlisted`` groups beyond the first 60 hold ``unlisted_leads`` leads.

    ``metrics`` are those that this export can measure; ``total`` are their rates over the whole cohort.
    """

    dimension: str
    metrics: tuple[Metric, ...]
    total: tuple[Rate, ...]
    leads: int
    groups: tuple[Group, ...]
    unlisted: int
    unlisted_leads: int


def measure_breakdown(
    warehouse: Warehouse, cohort: Cohort, dimension: str, slugs: tuple[str, ...]
) -> Breakdown:
    """The metrics that can be measured, per value of a dimension.

    Raises:
        RequestError: no such dimension.
    """
    metrics = tuple(METRICS[slug] for slug in slugs if obstacle(cohort.manifest, slug) is None)
    column = f"CAST({dimension_column(cohort.manifest, dimension, cohort.contract, cohort.bands)} AS VARCHAR)"
    parts = dict.fromkeys(
        part for one in metrics for part in (one.numerator, one.denominator, one.pending) if part
    )
    counts = "".join(
        f", count(*) FILTER (WHERE {LEAD_SETS[part].predicate}) AS set_{number}"
        for number, part in enumerate(parts)
    )
    rows = warehouse.run(
        f"SELECT group_value, count(*) AS leads{counts} FROM {journey_relation(warehouse, cohort)} AS c "
        f"JOIN (SELECT l.lead_no, {column} AS group_value FROM {cohort.leads} AS l) USING (lead_no) "
        "GROUP BY 1 ORDER BY 2 DESC, 1"
    ).rows()
    place = {part: number + 2 for number, part in enumerate(parts)}

    def rates(row: tuple[int, ...]) -> tuple[Rate, ...]:
        return tuple(
            rate(
                row[place[one.numerator]],
                row[place[one.denominator]],
                row[place[one.pending]] if one.pending else 0,
            )
            for one in metrics
        )

    sums = tuple(sum(row[at] for row in rows) if at else 0 for at in range(len(parts) + 2))
    total = rates(sums)
    listed = rows[:MOST_GROUPS]
    all_rates = [rates(row) for row in listed]
    flags = _standing_out(all_rates, total)
    return Breakdown(
        dimension=dimension,
        metrics=metrics,
        total=total,
        leads=sums[1],
        groups=tuple(
            Group(row[0], row[1], own, flag) for row, own, flag in zip(listed, all_rates, flags, strict=True)
        ),
        unlisted=len(rows) - len(listed),
        unlisted_leads=sum(row[1] for row in rows[MOST_GROUPS:]),
    )


def _standing_out(groups: list[tuple[Rate, ...]], total: tuple[Rate, ...]) -> list[tuple[str, ...]]:
    """Each group against all other leads of the cohort, adjusted for the number of looks."""
    looks = []
    for row, rates in enumerate(groups):
        for place, own in enumerate(rates):
            hits, leads = (
                total[place].numerator - own.numerator,
                total[place].denominator - own.denominator,
            )
            if own.denominator >= LEAST and leads >= LEAST:
                pvalue = newcombe_pvalue(own.numerator, own.denominator, hits, leads)
                if pvalue is not None:
                    side = "above" if own.numerator * leads > hits * own.denominator else "below"
                    looks.append((row, place, side, pvalue))
    found = [[""] * len(total) for _ in groups]
    adjusted = benjamini_hochberg_adjust([look[3] for look in looks])
    for (row, place, side, _), pvalue in zip(looks, adjusted.tolist(), strict=True):
        if pvalue < FALSE_DISCOVERY:
            found[row][place] = side
    return [tuple(flags) for flags in found]
