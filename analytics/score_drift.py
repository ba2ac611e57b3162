"""Has the score drifted? Three questions kept apart: did the scores move, did the ranking move, did a band's rate move."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

import numpy as np
from scipy.special import chdtrc

from analytics import formatting as text
from analytics import periods
from analytics.band_stages import LEAST, NO_BAND, Outcome
from analytics.cohort import Cohort
from analytics.measurable import (
    NO_ACCEPTANCE,
    NO_OPPORTUNITIES,
    NO_SCORE,
    NO_WINS,
    has_opportunities,
    has_wins,
    knows_acceptance,
)
from analytics.metrics.catalog import LEAD_SETS
from analytics.metrics.compose import journey_relation, rate
from analytics.periods import Unit
from analytics.results import Rate, Unmeasurable
from analytics.stats.adjustment import holm_adjust
from analytics.stats.bands import Auc, auc_from_bands
from analytics.stats.intervals import newcombe_difference, normal_quantile
from analytics.stats.mismatch import total_variation
from analytics.stats.mix import StabilityIndex, mix_shift, stability_index
from analytics.store.manifest import Manifest
from analytics.warehouse import Warehouse

LEAST_HITS = 10
"""A ranking with fewer leads on either side swings too far to be compared."""
ENOUGH_QUARTERS = 3
_MATURE = 0.9
_ALPHA = 0.05

METHOD = (
    "Three questions, asked of months or quarters of handoff. Did the scores move: the shares of the score bands among"
    " all scored leads, by Pearson's chi-square over the periods with at least 30 of them; beside it the stability"
    " index against the first such period, with the point that 95 of 100 unchanged pairs of that size stay under"
    " (Yurdakul 2018). Did the ranking move: how often the score picks the right lead (area under the ROC curve,"
    " DeLong), compared over periods by the spread of the estimates against their errors. Did a band's rate move:"
    " chi-square of each band over the periods, after Holm's correction for all bands. Ranking and rates use periods"
    " of which nine in ten leads have had the horizon; younger ones are hollow and stay out of judgement."
)

Answer = Literal["moved", "not beyond luck", "cannot tell"]


@dataclass(frozen=True, slots=True)
class Period:
    """One month or quarter of handoff: ``number`` as evidence keys spell it.

    ``mix`` are all scored leads per band, ``rates`` the outcome of each band's mature leads, ``auc`` the ranking of
    the period's ``mature`` scored leads. ``judged_on`` is the day from which every lead has had the horizon, None
    once nine in ten have. ``shift`` compares its mix with the first period that can be quoted; None for that one and
    for too few leads. ``undated`` per band: mature leads that made it on an unknown day, outside rates and ranking.
    """

    number: int
    label: str
    leads: int
    mix: tuple[int, ...]
    rates: tuple[Rate, ...]
    auc: Auc | None
    mature: int
    hits: int
    judged_on: date | None
    shift: StabilityIndex | None = None
    undated: tuple[int, ...] = ()

    @property
    def scored(self) -> int:
        """Leads with a score, whatever their age."""
        return sum(self.mix)

    @property
    def is_judged(self) -> bool:
        """Whether its outcomes take part in any verdict."""
        return self.judged_on is None and self.mature >= LEAST


@dataclass(frozen=True, slots=True)
class BandMove:
    """A band whose rate moved beyond luck: from its first judged period to its last, in [-1, 1] with its interval."""

    band: int
    first: Rate
    last: Rate
    difference: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class ScoreDrift:
    """The periods in order, with one answer to each question.

    ``bands`` are the labels of the scored bands. ``mix_change`` is the share of leads in another band in the last
    period that can be quoted than in the first, in [0, 1], None with under two. ``moves`` are the bands whose rate
    moved. ``unscored`` leads have no score and are in no period's mix. ``withheld`` names the answers ("ranking",
    "rates") that would be others if every outcome without a date were counted: they are "cannot tell".
    """

    unit: Unit
    outcome: Outcome
    bands: tuple[str, ...]
    periods: tuple[Period, ...]
    scores: Answer
    mix_change: float | None
    ranking: Answer
    rates: Answer
    moves: tuple[BandMove, ...]
    unscored: int
    horizon_days: int
    withheld: tuple[str, ...] = ()

    @property
    def undated(self) -> int:
        """Scored leads of full age that reached the outcome on an unknown day."""
        return sum(sum(one.undated) for one in self.periods)

    @property
    def judged(self) -> tuple[Period, ...]:
        """The periods old and large enough for a verdict on outcomes."""
        return tuple(one for one in self.periods if one.is_judged)

    @property
    def quotable(self) -> tuple[Period, ...]:
        """The periods with enough scored leads for a verdict on the scores."""
        return tuple(one for one in self.periods if one.scored >= LEAST)


def measure_score_drift(
    warehouse: Warehouse, cohort: Cohort, outcome: Outcome = Outcome.WON, unit: Unit | None = None
) -> ScoreDrift | Unmeasurable:
    """The three questions over months or quarters (None: quarters where there are three of them, else months).

    Unmeasurable: no score column, or the export cannot say which leads reached ``outcome``.
    """
    missing = _obstacle(cohort.manifest, outcome)
    if missing:
        return missing
    chosen = unit or _default_unit(warehouse, cohort)
    found, unscored = _periods(warehouse, cohort, chosen, outcome)
    found = _with_shift(found)
    judged = [one for one in found if one.is_judged]
    scores, change = _mix_answer([one for one in found if one.scored >= LEAST])
    ranking, (moves, rates) = _ranking_answer(judged), _band_answer(judged)
    withheld = _withheld(judged, ranking, rates, moves)
    return ScoreDrift(
        unit=chosen,
        outcome=outcome,
        bands=tuple(cohort.bands.label(number) for number in range(len(cohort.bands.edges))),
        periods=tuple(found),
        scores=scores,
        mix_change=change,
        ranking="cannot tell" if "ranking" in withheld else ranking,
        rates="cannot tell" if "rates" in withheld else rates,
        moves=() if "rates" in withheld else moves,
        unscored=unscored,
        horizon_days=cohort.contract.horizon_days,
        withheld=withheld,
    )


def _obstacle(manifest: Manifest, outcome: Outcome) -> Unmeasurable | None:
    if not manifest.has("score"):
        return NO_SCORE
    known = {
        Outcome.ACCEPTED: (knows_acceptance(manifest), NO_ACCEPTANCE),
        Outcome.OPPORTUNITY: (has_wins(manifest) or has_opportunities(manifest), NO_OPPORTUNITIES),
        Outcome.WON: (has_wins(manifest), NO_WINS),
    }
    is_known, why = known[outcome]
    return None if is_known else why


_HITS = {
    Outcome.ACCEPTED: "mature_accepted",
    Outcome.OPPORTUNITY: "opportunity_in_horizon",
    Outcome.WON: "won_in_horizon",
}


_UNDATED = {Outcome.OPPORTUNITY: "mature_opportunity_undated", Outcome.WON: "mature_won_undated"}


def _default_unit(warehouse: Warehouse, cohort: Cohort) -> Unit:
    source = journey_relation(warehouse, cohort)
    quarters = warehouse.run_once(
        cohort.table, f"SELECT count(DISTINCT quarter) AS quarters FROM {source}"
    ).item()
    return Unit.QUARTER if quarters >= ENOUGH_QUARTERS else Unit.MONTH


def _periods(warehouse: Warehouse, cohort: Cohort, unit: Unit, outcome: Outcome) -> tuple[list[Period], int]:
    """Every period from the first to the last with leads, the empty ones too, and the leads without a score."""
    hits = LEAD_SETS[_HITS[outcome]].predicate
    undated = LEAD_SETS[_UNDATED[outcome]].predicate if outcome in _UNDATED else "false"
    rows = warehouse.run_once(
        cohort.table,
        f"SELECT {unit.value} AS period, score_band, count(*) AS leads,"
        f" count(*) FILTER (WHERE {LEAD_SETS['mature'].predicate}) AS mature, count(*) FILTER (WHERE {hits}) AS hits,"
        f" count(*) FILTER (WHERE {undated}) AS undated"
        f" FROM {journey_relation(warehouse, cohort)} GROUP BY 1, 2 ORDER BY 1, 2",
    ).rows()
    if not rows:
        return [], 0
    counted = {(period, band): counts for period, band, *counts in rows}
    unscored = sum(counts[0] for (_, band), counts in counted.items() if band == NO_BAND)
    numbers = periods.all_between(unit, rows[0][0], rows[-1][0])
    bands = range(len(cohort.bands.edges))
    return [
        _period(cohort, unit, number, [counted.get((number, band), [0, 0, 0, 0]) for band in bands],
                counted.get((number, NO_BAND), [0, 0, 0, 0]))
        for number in numbers
    ], unscored  # fmt: skip


def _period(cohort: Cohort, unit: Unit, number: int, bands: list[list[int]], unscored: list[int]) -> Period:
    leads = sum(counts[0] for counts in bands) + unscored[0]
    mature = sum(counts[1] for counts in bands) + unscored[1]
    hits = [counts[2] for counts in bands]
    misses = [counts[1] - counts[2] for counts in bands]
    is_mature = mature >= _MATURE * leads
    return Period(
        number=number,
        label=periods.label(unit, number),
        leads=leads,
        mix=tuple(counts[0] for counts in bands),
        rates=tuple(rate(counts[2], counts[1], counts[0] - counts[1]) for counts in bands),
        auc=auc_from_bands(misses, hits),
        mature=sum(counts[1] for counts in bands),
        hits=sum(hits),
        judged_on=None if is_mature else _judged_on(cohort, unit, number),
        undated=tuple(counts[3] for counts in bands),
    )


def _judged_on(cohort: Cohort, unit: Unit, number: int) -> date:
    """The day from which the period's last lead has had the horizon: its end, the cohort's or the extract's first."""
    ends = [
        periods.first_day(unit, periods.following(unit, number)),
        _local_day(cohort.manifest.as_of, cohort.zone) + timedelta(days=1),
    ]
    if cohort.ends_at is not None:
        ends.append(_local_day(cohort.ends_at - timedelta(microseconds=1), cohort.zone) + timedelta(days=1))
    return min(ends) + timedelta(days=cohort.contract.horizon_days)


def _local_day(moment: datetime, zone: str) -> date:
    return moment.replace(tzinfo=UTC).astimezone(ZoneInfo(zone)).date()


# --- verdicts


def _withheld(
    judged: list[Period], ranking: Answer, rates: Answer, moves: tuple[BandMove, ...]
) -> tuple[str, ...]:
    """The answers that would be others if every outcome without a date were counted."""
    if not any(any(one.undated) for one in judged):
        return ()
    counted = [_with_undated(one) for one in judged]
    other_moves, other_rates = _band_answer(counted)
    found = ("ranking",) if _ranking_answer(counted) != ranking else ()
    if other_rates != rates or _directions(other_moves) != _directions(moves):
        return (*found, "rates")
    return found


def _directions(moves: tuple[BandMove, ...]) -> tuple[tuple[int, bool], ...]:
    return tuple((one.band, one.difference > 0) for one in moves)


def _with_undated(period: Period) -> Period:
    """The period as it would be if every outcome without a date fell within the horizon."""
    rates = tuple(
        rate(one.numerator + more, one.denominator, one.pending)
        for one, more in zip(period.rates, period.undated, strict=True)
    )
    hits = [one.numerator for one in rates]
    misses = [one.denominator - one.numerator for one in rates]
    return replace(period, rates=rates, auc=auc_from_bands(misses, hits), hits=sum(hits))


def _with_shift(found: list[Period]) -> list[Period]:
    """Each later period's mix compared with the first one that can be quoted."""
    quotable = [one for one in found if one.scored >= LEAST]
    if not quotable:
        return found
    first = quotable[0]
    return [
        replace(one, shift=stability_index(first.mix, one.mix))
        if one.scored >= LEAST and one.number != first.number
        else one
        for one in found
    ]


def _mix_answer(quotable: list[Period]) -> tuple[Answer, float | None]:
    """Whether the shares of the bands differ between periods, and how many leads the last has in other bands."""
    if len(quotable) < 2:
        return "cannot tell", None
    mixes = np.array([one.mix for one in quotable], dtype=np.int64)
    shares = mixes / mixes.sum(axis=1, keepdims=True)
    change = total_variation(shares[0], shares[-1])
    shift = mix_shift(mixes)
    return ("moved" if shift is not None and shift.pvalue < _ALPHA else "not beyond luck"), change


def ranked(judged: Sequence[Period]) -> tuple[Period, ...]:
    """The periods whose ranking can be compared: ten leads at least that made it, and ten that did not."""
    return tuple(
        one for one in judged if one.auc is not None and min(one.hits, one.mature - one.hits) >= LEAST_HITS
    )


def _ranking_answer(judged: list[Period]) -> Answer:
    """Cochran's test of one common ranking: squared distances from the weighted mean, in standard errors."""
    comparable = [one.auc for one in ranked(judged) if one.auc is not None]
    if len(comparable) < 2:
        return "cannot tell"
    values = np.array([one.value for one in comparable])
    errors = np.array([(one.high - one.low) / (2 * normal_quantile(0.95)) for one in comparable])
    weights = 1.0 / np.maximum(errors, 1e-9) ** 2
    spread = float((weights * (values - np.average(values, weights=weights)) ** 2).sum())
    return "moved" if float(chdtrc(len(comparable) - 1, spread)) < _ALPHA else "not beyond luck"


def _band_answer(judged: list[Period]) -> tuple[tuple[BandMove, ...], Answer]:
    """Every band's rate over the judged periods in which it has 30 leads, Holm-adjusted over the bands."""
    looks = []
    for band in range(len(judged[0].rates) if judged else 0):
        rates = [one.rates[band] for one in judged if text.is_quotable(one.rates[band])]
        if len(rates) > 1:
            shift = mix_shift([[one.numerator, one.denominator - one.numerator] for one in rates])
            looks.append((band, rates[0], rates[-1], 1.0 if shift is None else shift.pvalue))
    if not looks:
        return (), "cannot tell"
    adjusted = holm_adjust([look[3] for look in looks])
    moves = []
    for (band, first, last, _), pvalue in zip(looks, adjusted.tolist(), strict=True):
        gap = newcombe_difference(last.numerator, last.denominator, first.numerator, first.denominator)
        if pvalue < _ALPHA and gap is not None:
            moves.append(BandMove(band, first, last, *gap))
    return tuple(moves), "moved" if moves else "not beyond luck"
