"""Does the score still sort? Opportunities and wins within the horizon per score band, and one verdict."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from analytics.cohort import Cohort
from analytics.measurable import NO_OUTCOME, NO_SCORE, has_opportunities, has_wins
from analytics.metrics.compose import counting_query, rate
from analytics.results import Rate
from analytics.stats.bands import Auc, OrderVerdict, auc_from_bands, order_verdict
from analytics.store.manifest import Manifest
from analytics.warehouse import Warehouse


@dataclass(frozen=True, slots=True)
class ScoreBand:
    """One band. ``number`` is its index from the lowest (0), -1 for "no score".

    ``won`` and ``opportunity`` are rates over ``mature`` leads (at least one horizon old); ``leads`` counts all.
    ``won_undated`` and ``opportunity_undated`` of the mature ones made it on an unknown day and are not counted.
    """

    number: int
    label: str
    interval: str
    leads: int
    won: Rate
    opportunity: Rate
    won_undated: int = 0
    opportunity_undated: int = 0

    @property
    def mature(self) -> int:
        """Leads at least one horizon old: the denominator of both rates."""
        return self.won.denominator


@dataclass(frozen=True, slots=True)
class ScoreBands:
    """All bands from the lowest to the highest, "no score" last; the verdict is about wins.

    ``is_equal_count``: scores outside 0-100 exist, so the bands hold equal counts. ``unmeasurable`` says why no
    verdict is possible at all (no score column, no outcome column), else None. Where the export does not know wins
    or opportunities, their rates count nothing: zero is then no finding. ``is_withheld``: the verdict would be another
    one if all outcomes without a date fell within the horizon, so it is "cannot tell".
    """

    bands: tuple[ScoreBand, ...]
    verdict: OrderVerdict
    outcome: Literal["won", "opportunity"]
    auc: Auc | None
    horizon_days: int
    is_equal_count: bool
    unmeasurable: str | None
    unmeasurable_column: str = ""
    has_wins: bool = True
    has_opportunities: bool = True
    is_withheld: bool = False

    @property
    def undated(self) -> int:
        """Mature leads with the outcome on an unknown day."""
        return sum(
            one.won_undated if self.outcome == "won" else one.opportunity_undated for one in self.bands
        )


def measure_score_bands(warehouse: Warehouse, cohort: Cohort) -> ScoreBands:
    """Leads, opportunities and wins per score band; the verdict by the order of section "The numbers".

    A confirmed inversion is "not ordered"; an AUC interval above 0.5 is "ordered"; an upper end under 0.55 is "not
    ordered"; anything else "cannot tell". Leads without a score are a band of their own, outside the order. Where the
    export knows opportunities but no wins, the verdict is about opportunities.
    """
    manifest = cohort.manifest
    rows = warehouse.run(counting_query(cohort, _COUNTED, "score_band")).iter_rows()
    counted = {int(number): tuple(map(int, counts)) for number, *counts in rows}
    numbers = [*range(len(cohort.bands.edges)), -1]
    bands = tuple(_band(cohort, number, counted.get(number, _NOTHING)) for number in numbers)
    outcome: Literal["won", "opportunity"] = "won" if has_wins(manifest) else "opportunity"
    why, column = _obstacle(manifest)
    scored = [band for band in bands if band.number >= 0]
    ordered = [band.won if outcome == "won" else band.opportunity for band in scored]
    undated = [band.won_undated if outcome == "won" else band.opportunity_undated for band in scored]
    hits, trials = [band.numerator for band in ordered], [band.denominator for band in ordered]
    misses = [n - x for x, n in zip(hits, trials, strict=True)]
    verdict = "cannot tell" if why else order_verdict(hits, trials)
    is_withheld = not why and is_order_open(hits, undated, trials)
    return ScoreBands(
        bands=bands,
        verdict="cannot tell" if is_withheld else verdict,
        outcome=outcome,
        auc=None if why else auc_from_bands(misses, hits),
        horizon_days=cohort.contract.horizon_days,
        is_equal_count=cohort.bands.is_equal_count,
        unmeasurable=why,
        unmeasurable_column=column,
        has_wins=has_wins(manifest),
        has_opportunities=has_wins(manifest) or has_opportunities(manifest),
        is_withheld=is_withheld,
    )


def is_order_open(hits: Sequence[int], undated: Sequence[int], trials: Sequence[int]) -> bool:
    """Whether the bands' verdict would be another one if every hit without a date were counted.

    >>> is_order_open([50, 5], [0, 45], [100, 100]), is_order_open([50, 5], [0, 1], [100, 100])
    (True, False)
    """
    if not any(undated):
        return False
    return order_verdict([x + more for x, more in zip(hits, undated, strict=True)], trials) != order_verdict(
        hits, trials
    )


def _obstacle(manifest: Manifest) -> tuple[str | None, str]:
    if not manifest.has("score"):
        return NO_SCORE.why, NO_SCORE.column
    if not has_wins(manifest) and not has_opportunities(manifest):
        return NO_OUTCOME.why, NO_OUTCOME.column
    return None, ""


_COUNTED = (
    "leads", "mature", "opportunity_in_horizon", "won_in_horizon", "mature_opportunity_undated", "mature_won_undated",
)  # fmt: skip
_NOTHING = (0,) * len(_COUNTED)


def _band(cohort: Cohort, number: int, counts: tuple[int, ...]) -> ScoreBand:
    leads, mature, opportunities, won, opportunities_undated, won_undated = counts
    return ScoreBand(
        number=number,
        label=cohort.bands.label(number),
        interval=cohort.bands.interval(number),
        leads=leads,
        won=rate(won, mature, leads - mature),
        opportunity=rate(opportunities, mature, leads - mature),
        won_undated=won_undated,
        opportunity_undated=opportunities_undated,
    )
