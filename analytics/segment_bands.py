"""The bands of the mirror with their counts: company sizes in order, values of other dimensions by their leads."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from analytics import formatting as text
from analytics.cohort import Cohort
from analytics.dimensions import dimension_column, size_labels
from analytics.metrics.compose import counts_of, journey_relation
from analytics.periods import Unit
from analytics.warehouse import Warehouse

SIZE = "size_band"
SHOWN = 12
"""So many values of an unordered dimension are drawn; the rest stand together as "others"."""
TESTED = 40
"""So many values are told apart by the test; beyond them the smallest are one."""
OTHER, UNKNOWN = -2, -1
COUNTED = (
    "leads", "mature", "mature_accepted", "opportunity_in_horizon", "won_in_horizon", "mature_opportunity_undated",
    "mature_won_undated",
)  # fmt: skip
Counts = Mapping[Any, Sequence[int]]
Amounts = Mapping[Any, tuple[float, float]]
_FIELDS = (
    "leads", "mature", "accepted", "opportunities", "wins", "opportunities_undated", "wins_undated",
)  # fmt: skip
_NOTHING = (0,) * len(COUNTED)


@dataclass(frozen=True, slots=True)
class SegmentBand:
    """One band. ``number`` is its place from the lowest size or the largest value, -1 unknown, -2 several together.

    ``leads`` counts all leads of the cohort, ``mature`` those at least one horizon old; ``accepted``,
    ``opportunities`` and ``wins`` (both within the horizon) are parts of ``mature``, as are ``opportunities_undated``
    and ``wins_undated``, which came on an unknown day and are counted in neither. Amounts count every opportunity
    once, None where the export knows no amounts. ``index`` = share of wins over share of leads, with its 95 % interval;
    None without leads or wins. ``values``: the values of the dimension it stands for, (None,) for unknown; none for
    sizes, which are numbered.
    """

    number: int
    label: str
    leads: int
    mature: int
    accepted: int
    opportunities: int
    wins: int
    pipeline_amount: float | None = None
    won_amount: float | None = None
    index: float | None = None
    index_low: float | None = None
    index_high: float | None = None
    values: tuple[str | None, ...] = ()
    opportunities_undated: int = 0
    wins_undated: int = 0


def with_undated(bands: tuple[SegmentBand, ...]) -> tuple[SegmentBand, ...]:
    """The bands as they would be if every win without a date fell within the horizon."""
    return tuple(replace(band, wins=band.wins + band.wins_undated) for band in bands)


def segment_bands(warehouse: Warehouse, cohort: Cohort, dimension: str) -> tuple[SegmentBand, ...]:
    """The bands of a cohort in order, unknown last; sizes without a lead too.

    Other dimensions: the value with most mature leads first, then most leads, then by name; beyond the first 40 all are one band.
    """
    rows = warehouse.run(_counting(warehouse, cohort, dimension)).rows()
    counts = {row[0]: tuple(map(int, row[1:])) for row in rows}
    amounts = _amounts(warehouse, cohort, dimension) if cohort.manifest.has("amount") else None
    return _bands(_layout(cohort, dimension, counts), counts, amounts)


def bands_by_period(
    warehouse: Warehouse, cohort: Cohort, dimension: str, unit: Unit
) -> dict[int, tuple[SegmentBand, ...]]:
    """Period of handoff -> its bands, without amounts; every period has the same bands, in the same order."""
    rows = warehouse.run(_counting(warehouse, cohort, dimension, unit)).rows()
    whole: dict[Any, tuple[int, ...]] = {}
    for _, value, *counts in rows:
        whole[value] = tuple(map(sum, zip(whole.get(value, _NOTHING), counts, strict=True)))
    layout = _layout(cohort, dimension, whole)
    return {
        period: _bands(layout, {row[1]: row[2:] for row in rows if row[0] == period}, None)
        for period in sorted({row[0] for row in rows})
    }


Layout = list[tuple[int, str, tuple[Any, ...]]]


def _layout(cohort: Cohort, dimension: str, counts: Counts) -> Layout:
    """Number, label and values of every band, in order."""
    if dimension == SIZE:
        labels = enumerate(size_labels(cohort.contract.size_edges))
        return [(number, label, (number,)) for number, label in (*labels, (UNKNOWN, "unknown"))]
    names = sorted(
        (name for name in counts if name is not None),
        key=lambda name: (-counts[name][1], -counts[name][0], name),
    )
    found: Layout = [(number, name, (name,)) for number, name in enumerate(names[:TESTED])]
    if rest := tuple(names[TESTED:]):
        found.append((OTHER, others(len(rest)), rest))
    if None in counts:
        found.append((UNKNOWN, "(unknown)", (None,)))
    return found


def _bands(layout: Layout, counts: Counts, amounts: Amounts | None) -> tuple[SegmentBand, ...]:
    found = []
    for number, label, keys in layout:
        sums = tuple(sum(counts.get(key, _NOTHING)[place] for key in keys) for place in range(len(COUNTED)))
        values = tuple(key for key in keys if not isinstance(key, int))
        band = _band(number, label, sums, values)
        if amounts is not None:
            money = [amounts.get(key, (0.0, 0.0)) for key in keys]
            pipeline, won = sum(one[0] for one in money), sum(one[1] for one in money)
            band = replace(band, pipeline_amount=pipeline, won_amount=won)
        found.append(band)
    return tuple(found)


def _band(number: int, label: str, counts: Sequence[int], values: tuple[str | None, ...]) -> SegmentBand:
    leads, mature, accepted, opportunities, wins, opportunities_undated, wins_undated = counts
    return SegmentBand(
        number, label, leads, mature, accepted, opportunities, wins, values=values,
        opportunities_undated=opportunities_undated, wins_undated=wins_undated,
    )  # fmt: skip


def others(values: int) -> str:
    """The name of several values together."""
    return text.plural(values, "other", "others")


def drawn_bands(bands: tuple[SegmentBand, ...], *, is_ordered: bool) -> tuple[SegmentBand, ...]:
    """The bands as they are drawn: sizes all; else the largest 12, the rest together, unknown last."""
    known = [band for band in bands if band.number != UNKNOWN]
    if is_ordered or len(known) <= SHOWN + 1:
        return bands
    unknown = [band for band in bands if band.number == UNKNOWN]
    return (*known[:SHOWN], _together(known[SHOWN:]), *unknown)


def _together(bands: Sequence[SegmentBand]) -> SegmentBand:
    """Several bands as one, without an index: it would speak of no group that anybody knows."""

    def total(amounts: list[float | None]) -> float | None:
        known = [amount for amount in amounts if amount is not None]
        return sum(known) if len(known) == len(amounts) else None

    values = tuple(value for band in bands for value in band.values)
    counts = [sum(getattr(band, field) for band in bands) for field in _FIELDS]
    return replace(
        _band(OTHER, others(len(values)), counts, values),
        pipeline_amount=total([band.pipeline_amount for band in bands]),
        won_amount=total([band.won_amount for band in bands]),
    )


def _counting(warehouse: Warehouse, cohort: Cohort, dimension: str, unit: Unit | None = None) -> str:
    """Counts per value of the dimension, or per period and value."""
    rows = journey_relation(warehouse, cohort)
    source = f"{rows} AS c JOIN {_values(warehouse, cohort, dimension)} AS g USING (lead_no)"
    keys = "group_value" if unit is None else f"{unit.value}, group_value"
    return f"SELECT {keys}, {counts_of(COUNTED)} FROM (SELECT c.*, g.group_value FROM {source}) GROUP BY ALL"


def _values(warehouse: Warehouse, cohort: Cohort, dimension: str) -> str:
    """Lead number and value of the dimension (a size by its number, -1 unknown; a text, NULL unknown), as a relation."""
    if dimension == SIZE:
        return f"(SELECT lead_no, size_band AS group_value FROM {journey_relation(warehouse, cohort)})"
    column = dimension_column(cohort.manifest, dimension, cohort.contract, cohort.bands)
    return f"(SELECT l.lead_no, CAST({column} AS VARCHAR) AS group_value FROM {cohort.leads} AS l)"


def _amounts(warehouse: Warehouse, cohort: Cohort, dimension: str) -> dict[Any, tuple[float, float]]:
    """Value -> pipeline and won amount of mature leads within the horizon; a shared opportunity counts once.

    It stands in the band of its first lead: the one passed first, then the one first in the file.
    """
    frame = warehouse.run(
        f"""
        SELECT group_value, sum(amount) AS pipeline_amount, coalesce(sum(amount) FILTER (WHERE is_won), 0) AS won_amount
        FROM (
            SELECT group_value, row_number() OVER (PARTITION BY deal ORDER BY handoff_at, lead_no) AS turn,
                   max(amount) OVER (PARTITION BY deal) AS amount,
                   bool_or(is_won_in_horizon) OVER (PARTITION BY deal) AS is_won
            FROM (
                SELECT c.lead_no, c.handoff_at, c.is_won_in_horizon, g.group_value, l.amount,
                       coalesce('id ' || l.opportunity_id, 'lead ' || c.lead_no) AS deal
                FROM {journey_relation(warehouse, cohort)} AS c
                JOIN {_values(warehouse, cohort, dimension)} AS g USING (lead_no)
                JOIN {cohort.leads} AS l USING (lead_no)
                WHERE c.is_mature AND c.is_opportunity_in_horizon
            )
        )
        WHERE turn = 1 AND amount IS NOT NULL GROUP BY 1
        """
    )
    return {value: (float(pipeline), float(won)) for value, pipeline, won in frame.iter_rows()}
