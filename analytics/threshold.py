"""What if only leads scored N and above were passed? Every threshold at once, from one count per score point."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from analytics.cohort import Cohort
from analytics.measurable import (
    NO_OUTCOME,
    NO_SCORE,
    has_opportunities,
    has_wins,
    knows_acceptance,
)
from analytics.metrics.catalog import LEAD_SETS
from analytics.metrics.compose import journey_relation
from analytics.results import Unmeasurable
from analytics.score_table import (
    COLUMNS,
    FINE,
    Counts,
    ScoreGrid,
    count_months,
    count_points,
    grid_of,
    weeks_of,
)
from analytics.stats.threshold import LoweringBounds, floor_of, lowering_bounds, sweep, sweep_bounds
from analytics.warehouse import Warehouse

MOST_WINNERS = 500
LEAST = 30
LEAST_LOWEST = 100

METHOD = (
    "Leads are counted once per score point; running sums from the top give every threshold at once. Leads passed"
    " count whatever their age; acceptance is of decided leads past the disposition window; opportunities and wins are"
    " those within the horizon, of leads at least that old. Shares are of what scores at or above today's line. The"
    " range of the wins kept comes from 500 redraws of the counts, never narrower than Wilson's interval; a threshold"
    " picked because it looks best looks too good. Today's line is the highest score below which at most one in a"
    " hundred of the scored leads stands, in the whole selection or, where the line rose, in its later months together:"
    " at least 30 leads, with at least one in twenty below it before, where luck would do so less than once in 1,000"
    " (Fisher 1935). Under 100 leads it is the lowest score seen. Below it next to nothing was observed: the only bound"
    " is that lower scores do not win better (Manski and Pepper 2000), and only a random sample passed from below"
    " the line can tell more. All of it assumes that reps work the remaining leads as they do today."
)

ONE_SCORE = Unmeasurable(
    "All leads of the file have one score, so there is no threshold to try.",
    "scores that differ between leads",
)
Hit = Literal["won", "opportunity"]


@dataclass(frozen=True, slots=True)
class ThresholdRow:
    """Leads at or above one score. ``number`` is the score as evidence keys spell it, in the unit of the table.

    ``leads`` have any age; ``settled``, ``decided`` and ``accepted_settled`` are past the disposition window;
    ``mature`` ones at least one horizon old, and of those ``accepted``, ``opportunities`` and ``won`` (both within the
    horizon), ``accepted_opportunities`` being accepted with an opportunity; ``opportunities_undated`` and
    ``won_undated`` of them made it on an unknown day and are not counted. ``kept_low`` and ``kept_high`` bound the
    share of today's hits that is kept; ``spared_per_hit`` are the mature leads between today's line and here per hit
    given up. None below today's line and without hits (given up).
    """

    score: float
    number: int
    leads: int
    settled: int
    decided: int
    accepted_settled: int
    mature: int
    accepted: int
    opportunities: int
    accepted_opportunities: int
    won: int
    opportunities_undated: int = 0
    won_undated: int = 0
    kept_low: float | None = None
    kept_high: float | None = None
    spared_per_hit: float | None = None


@dataclass(frozen=True, slots=True)
class Winner:
    """One lead that made it: its score, the number of the threshold it falls to, and how people know it."""

    score: float
    number: int
    lead_id: str
    company: str


@dataclass(frozen=True, slots=True)
class Threshold:
    """Every threshold from the lowest score to the highest, with what stands outside and around it.

    ``hit`` says what counts as kept or given up: wins, or opportunities where the export knows no wins. ``base`` is
    the place in ``rows`` of today's line (``has_floor``) or of the lowest score seen; ``since`` is the month from which
    that line stands, None where it always did. ``winners`` are the hits at or
    above today's line by rising score, the lowest 500. ``unscored`` leads have no score and ``unscored_hits`` of them
    made it; ``below_base`` leads came in under today's line. ``lowest`` names the threshold numbers between which the
    lowest observed leads stand (half-open) on whom ``lowering``, for 100 extra leads, rests; None where too few.
    """

    rows: tuple[ThresholdRow, ...]
    hit: Hit
    base: int
    has_floor: bool
    since: int | None
    step: float
    is_fine: bool
    winners: tuple[Winner, ...]
    leads: int
    unscored: int
    unscored_hits: int
    below_base: int
    lowest: tuple[int, int] | None
    lowering: LoweringBounds | None
    horizon_days: int
    weeks: float
    has_acceptance: bool
    has_opportunities: bool
    target_acceptance: float
    target_opportunity: float

    @property
    def today(self) -> ThresholdRow:
        """The row of today's line."""
        return self.rows[self.base]

    @property
    def hits_below(self) -> int:
        """Wins (or opportunities) under today's line, which no threshold counts as kept or given up."""
        return self.hits(self.rows[0]) - self.hits(self.today)

    def hits(self, row: ThresholdRow) -> int:
        """Wins (or opportunities) at or above a threshold."""
        return row.won if self.hit == "won" else row.opportunities

    def undated(self, row: ThresholdRow) -> int:
        """Wins (or opportunities) without a date at or above a threshold: neither kept nor given up."""
        return row.won_undated if self.hit == "won" else row.opportunities_undated

    def at(self, score: float) -> ThresholdRow:
        """The row of a threshold; the nearest one of the table where the score lies between or outside."""
        place = round((score - self.rows[0].score) / self.step)
        return self.rows[min(len(self.rows) - 1, max(0, place))]

    def is_seen(self, row: ThresholdRow) -> bool:
        """Whether the threshold lies at or above today's line, where the file shows what happens."""
        return row.number >= self.today.number

    def key(self, part: str, number: int, *sets: str) -> str:
        """An evidence key: the leads from (or below) a threshold that are in all of ``sets`` too."""
        return ".".join((*sets, f"score_{part}{'_fine' if self.is_fine else ''}:{number}"))


def measure_threshold(warehouse: Warehouse, cohort: Cohort) -> Threshold | Unmeasurable:
    """Leads, decisions, opportunities and wins at or above every threshold of one cohort.

    Scores between 0 and 100 give the thresholds 0 to 100; others 101 thresholds with a round step over the file's
    range. Unmeasurable: no score column, neither wins nor opportunities, no lead of the cohort has a score, or all
    scores of the file stand at one threshold.
    """
    manifest = cohort.manifest
    if not manifest.has("score"):
        return NO_SCORE
    if not has_wins(manifest) and not has_opportunities(manifest):
        return NO_OUTCOME
    grid = grid_of(warehouse, cohort)
    counted = count_points(warehouse, cohort, grid)
    if not counted[:-1, 0].sum():
        return Unmeasurable("No lead of this selection has a score.", NO_SCORE.column)
    if grid.count == 1:
        return ONE_SCORE
    hit: Hit = "won" if has_wins(manifest) else "opportunity"
    months, by_month = count_months(warehouse, cohort, grid)
    floor = floor_of(by_month, least=LEAST)
    base = int(np.flatnonzero(counted[:-1, 0])[0]) if floor is None else floor.place
    rows = _rows(counted[:-1], grid, base, hit)
    lowest, lowering = _lowering(rows, base, hit)
    return Threshold(
        rows=rows,
        hit=hit,
        base=base,
        has_floor=floor is not None,
        since=months[floor.since] if floor is not None and floor.since else None,
        step=grid.step / grid.unit,
        is_fine=grid.unit == FINE,
        winners=_winners(warehouse, cohort, grid, rows[base], hit),
        leads=int(counted[:, 0].sum()),
        unscored=int(counted[-1, 0]),
        unscored_hits=int(counted[-1, COLUMNS.index(_HITS[hit])]),
        below_base=rows[0].leads - rows[base].leads,
        lowest=lowest,
        lowering=lowering,
        horizon_days=cohort.contract.horizon_days,
        weeks=weeks_of(warehouse, cohort),
        has_acceptance=knows_acceptance(manifest),
        has_opportunities=has_wins(manifest) or has_opportunities(manifest),
        target_acceptance=cohort.contract.target_acceptance_of_decided,
        target_opportunity=cohort.contract.target_accepted_to_opportunity,
    )


_FIELDS = (
    "leads", "settled", "decided", "accepted_settled", "mature", "accepted", "opportunities",
    "accepted_opportunities", "won", "opportunities_undated", "won_undated",
)  # fmt: skip
"""The fields of a row, in the order of the counts."""
_HITS: dict[Hit, str] = {"won": "won_in_horizon", "opportunity": "opportunity_in_horizon"}


def _rows(counted: Counts, grid: ScoreGrid, base: int, hit: Hit) -> tuple[ThresholdRow, ...]:
    """Running sums from the top, with the range of the hits kept and their price from today's line up."""
    kept = np.flip(np.cumsum(np.flip(counted, axis=0), axis=0), axis=0).tolist()
    seen = range(base, grid.count)
    mature, hits = (counted[base:, COLUMNS.index(slug)] for slug in ("mature", _HITS[hit]))
    bounds = sweep_bounds(mature, hits)
    low: dict[int, float] = {}
    high: dict[int, float] = {}
    if bounds is not None and bounds.hits_low is not None and bounds.hits_high is not None:
        low = dict(zip(seen, bounds.hits_low.tolist(), strict=True))
        high = dict(zip(seen, bounds.hits_high.tolist(), strict=True))
    spared = dict(zip(seen, sweep(mature, hits).leads_spared_per_hit_lost, strict=True))
    return tuple(
        ThresholdRow(
            grid.number(place) / grid.unit,
            grid.number(place),
            **dict(zip(_FIELDS, kept[place], strict=True)),
            kept_low=low.get(place),
            kept_high=high.get(place),
            spared_per_hit=spared.get(place),
        )
        for place in range(grid.count)
    )


def _lowering(
    rows: tuple[ThresholdRow, ...], base: int, hit: Hit
) -> tuple[tuple[int, int] | None, LoweringBounds | None]:
    """The lowest observed leads, at least 100 of full age, and what 100 leads from below could bring at most."""
    today = rows[base]
    for row in rows[base + 1 :]:
        if today.mature - row.mature >= LEAST_LOWEST:
            hits = today.won - row.won if hit == "won" else today.opportunities - row.opportunities
            return (today.number, row.number), lowering_bounds(hits, today.mature - row.mature, 100)
    return None, None


def _winners(
    warehouse: Warehouse, cohort: Cohort, grid: ScoreGrid, today: ThresholdRow, hit: Hit
) -> tuple[Winner, ...]:
    """The hits at or above today's line, the lowest score first."""
    company = "l.company" if cohort.manifest.has("company") else "NULL"
    params: dict[str, Any] = {"first": (today.number - grid.first) // grid.step, "most": MOST_WINNERS}
    found = warehouse.run(
        f"SELECT w.score, w.place, l.lead_id, {company} AS company FROM (SELECT lead_no, score, {grid.point} AS place"
        f" FROM {journey_relation(warehouse, cohort)} WHERE {LEAD_SETS[_HITS[hit]].predicate} AND score IS NOT NULL) AS w"
        f" JOIN {cohort.leads} AS l USING (lead_no) WHERE w.place >= $first ORDER BY w.score, lead_no LIMIT $most",
        params,
    )
    return tuple(
        Winner(float(score), grid.number(place), str(lead), str(name or ""))
        for score, place, lead, name in found.rows()
    )
