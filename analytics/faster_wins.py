"""Does faster win more? Fast against slow leads from the moment their limit ran out, like compared with like."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

import numpy as np

from analytics import formatting as text
from analytics.cohort import Cohort
from analytics.measurable import NO_FIRST_TOUCH, NO_OUTCOME, has_opportunities, has_wins, knows_first_touch
from analytics.metrics.catalog import LEAD_SETS
from analytics.metrics.compose import journey_relation, rate
from analytics.results import Rate, Unmeasurable
from analytics.second_look import LEAST_WINS, Natural, Outcome, measure_second_look
from analytics.stats.intervals import normal_quantile, score_interval
from analytics.stats.stratified import (
    Estimate,
    StratifiedComparison,
    StratifiedVerdict,
    compare_strata,
    e_value_of_interval,
    stratified_verdict,
)
from analytics.store.manifest import Manifest
from analytics.warehouse import Warehouse

METHOD = (
    "Leads touched inside their first-touch limit (fast) against all others, never touched ones included (slow), from"
    " the moment the limit ran out on the working clock. Leads rejected, won or lost by then are left out of both: a"
    " lead that closed early had no time left to be called late; where the outcome is the opportunity, leads that were"
    " one by then are left out too. The outcome is counted over one horizon after that"
    " moment; younger leads are left out. Like with like: leads are compared within strata known before the handoff"
    " (score band and source, and company size where nine in ten leads still find a counterpart), and both rates are"
    " given for the same mix of strata; the gap's interval is Mantel and Haenszel's. Hot leads get called first, so the"
    " gap as it is must not be read alone, and even the compared one may rest on something this export does not hold."
    " An outcome without a date is not counted; where counting all of them would change what is said, it is withheld."
)
NO_OUTCOME_DATES = Unmeasurable(
    "The export does not say when leads were won or became an opportunity, so nobody can tell what came after the touch.",
    "the closing date of won deals, or the opportunity's creation date",
)
_SIZE_KEEPS = 0.9
_Row = tuple[int, str | None, int, int, int, int, int, int, int]
Verdict = StratifiedVerdict | Literal["cannot tell"]


@dataclass(frozen=True, slots=True)
class Stratum:
    """One kind of lead known before the handoff; ``size_band`` None: sizes are not told apart. Rates of the outcome."""

    score_band: int
    label: str
    source: str | None
    size_band: int | None
    fast: Rate
    slow: Rate


@dataclass(frozen=True, slots=True)
class Standardised:
    """A rate for the common mix of strata, with its interval; ``leads`` it is made from."""

    value: float
    low: float
    high: float
    leads: int


@dataclass(frozen=True, slots=True)
class FasterWins:
    """Fast against slow leads of one cohort.

    ``fast`` and ``slow`` are the rates as they are; ``fast_alike`` and ``slow_alike`` for the same mix of strata, None
    without comparable leads. ``comparison`` is None without a fast or without a slow lead. ``resolved`` leads were
    closed when their limit ran out, ``young`` ones have not had the horizon after it, ``early`` ones were already an
    opportunity when their limit ran out (0 where the outcome is the win): none of them is compared. ``wins`` counts
    wins among all leads that were open at the limit, ``wins_undated`` those of them without a date. ``undated`` leads
    compared were rejected, won or lost, or had the outcome, on an unknown day, and stay in; the ``hits_undated`` among
    them had the outcome, which is not counted. The verdict is "cannot tell" where counting them would change it.
    ``has_size``: company size is part of the strata.
    """

    outcome: Outcome
    horizon_days: int
    wins: int
    fast: Rate
    slow: Rate
    fast_alike: Standardised | None
    slow_alike: Standardised | None
    comparison: StratifiedComparison | None
    verdict: Verdict
    strata: tuple[Stratum, ...]
    has_size: bool
    has_source: bool
    has_score: bool
    knows_wins: bool
    resolved: int
    young: int
    undated: int
    e_value: float | None
    natural: Natural | None
    early: int = 0
    hits_undated: int = 0
    wins_undated: int = 0

    @property
    def early_key(self) -> str:
        """The evidence key of the leads left out because they were already an opportunity."""
        return f"at_limit:{self.horizon_days}.opportunity_by_limit"

    @property
    def base_key(self) -> str:
        """The evidence key of all leads compared."""
        kind = "at_limit" if self.outcome == "won" else "at_limit_no_opportunity"
        return f"{kind}:{self.horizon_days}"

    @property
    def hit_key(self) -> str:
        """The evidence key of the outcome."""
        return f"{'won' if self.outcome == 'won' else 'opportunity'}_after_limit:{self.horizon_days}"


def measure_faster_wins(warehouse: Warehouse, cohort: Cohort) -> FasterWins | Unmeasurable:
    """Target-trial comparison with a landmark at the limit (methods, item h)."""
    manifest = cohort.manifest
    if not knows_first_touch(manifest):
        return NO_FIRST_TOUCH
    knows_won, knows_opportunity = has_wins(manifest), has_opportunities(manifest)
    if not knows_won and not knows_opportunity:
        return NO_OUTCOME
    can = _dated(manifest)
    if not can:
        return NO_OUTCOME_DATES
    days = cohort.contract.horizon_days
    rows = _counted(warehouse, cohort, can[0], days)
    wins, wins_undated = sum(row[4] + row[6] for row in rows), sum(row[7] + row[8] for row in rows)
    outcome = can[0]
    if outcome == "won" and wins < LEAST_WINS and "opportunity" in can:
        outcome = "opportunity"
        rows = _counted(warehouse, cohort, outcome, days)
    has_size = manifest.has("employees") and _comparable_share(rows) >= _SIZE_KEEPS
    strata = _strata(cohort, rows, has_size=has_size)
    fast, slow = _summed([one.fast for one in strata]), _summed([one.slow for one in strata])
    comparison = _compared(strata)
    alike = _alike(strata)
    left = _left_out(warehouse, cohort, outcome, days)
    verdict = _verdict(comparison, fast, slow)
    hits_undated = sum(row[7] + row[8] for row in rows)
    is_open = bool(hits_undated) and _verdict_with_undated(cohort, rows, has_size=has_size) != verdict
    return FasterWins(
        outcome=outcome,
        horizon_days=days,
        wins=wins if can[0] == "won" else 0,
        fast=fast,
        slow=slow,
        fast_alike=alike[0] if alike else None,
        slow_alike=alike[1] if alike else None,
        comparison=comparison,
        verdict="cannot tell" if is_open else verdict,
        strata=strata,
        has_size=has_size,
        has_source=manifest.has("source"),
        has_score=manifest.has("score"),
        knows_wins=can[0] == "won",
        resolved=left["resolved"],
        young=left["young"],
        undated=left["undated"],
        early=left["early"],
        hits_undated=hits_undated,
        wins_undated=wins_undated if can[0] == "won" else 0,
        e_value=_e_value(comparison),
        natural=measure_second_look(warehouse, cohort, outcome),
    )


def _verdict(comparison: StratifiedComparison | None, fast: Rate, slow: Rate) -> StratifiedVerdict:
    """The rung of the ladder; too few of either kind is said before anything about their difference."""
    if not (text.is_quotable(fast) and text.is_quotable(slow)):
        return "too few"
    return stratified_verdict(comparison)


def _verdict_with_undated(cohort: Cohort, rows: list[_Row], *, has_size: bool) -> StratifiedVerdict:
    """The rung of the ladder if every outcome without a date were counted."""
    counted = [
        (band, source, size, fast, hits + more, slow, slow_hits + slow_more, 0, 0)
        for band, source, size, fast, hits, slow, slow_hits, more, slow_more in rows
    ]
    strata = _strata(cohort, counted, has_size=has_size)
    fast, slow = _summed([one.fast for one in strata]), _summed([one.slow for one in strata])
    return _verdict(_compared(strata), fast, slow)


def _compared(strata: tuple[Stratum, ...]) -> StratifiedComparison | None:
    return compare_strata(
        [one.fast.numerator for one in strata], [one.fast.denominator for one in strata],
        [one.slow.numerator for one in strata], [one.slow.denominator for one in strata],
    )  # fmt: skip


def _dated(manifest: Manifest) -> tuple[Outcome, ...]:
    """The outcomes whose moment the export knows, wins first."""
    found: list[Outcome] = []
    if has_wins(manifest) and manifest.has("closed_at", "won_at"):
        found.append("won")
    if manifest.has("opportunity_at"):
        found.append("opportunity")
    return tuple(found)


def _counted(warehouse: Warehouse, cohort: Cohort, outcome: Outcome, days: int) -> list[_Row]:
    """Per score band, source and size band: fast leads and their hits, slow leads and theirs, and hits without a date."""
    base = LEAD_SETS["at_limit" if outcome == "won" else "at_limit_no_opportunity"].predicate
    hit = LEAD_SETS["won_after_limit" if outcome == "won" else "opportunity_after_limit"].predicate
    undated = LEAD_SETS["won_undated" if outcome == "won" else "opportunity_undated"].predicate
    fast, slow = LEAD_SETS["limit_met"].predicate, LEAD_SETS["limit_missed"].predicate
    frame = warehouse.run(
        "SELECT score_band, source, size_band,"
        f" count(*) FILTER (WHERE {fast}) AS fast, count(*) FILTER (WHERE {fast} AND {hit}) AS fast_hits,"
        f" count(*) FILTER (WHERE {slow}) AS slow, count(*) FILTER (WHERE {slow} AND {hit}) AS slow_hits,"
        f" count(*) FILTER (WHERE {fast} AND {undated}) AS fast_undated,"
        f" count(*) FILTER (WHERE {slow} AND {undated}) AS slow_undated"
        f" FROM {journey_relation(warehouse, cohort)} AS j"
        f" JOIN (SELECT lead_no, CAST(source AS VARCHAR) AS source FROM {cohort.leads}) AS l USING (lead_no)"
        f" WHERE {base} GROUP BY 1, 2, 3 ORDER BY 1 DESC, 2, 3",
        {"value": days},
    )
    return list(frame.iter_rows())


def _comparable_share(rows: list[_Row]) -> float:
    """Share of leads whose stratum, sizes told apart, holds fast and slow leads: from the exposure alone."""
    leads = sum(row[3] + row[5] for row in rows)
    return sum(row[3] + row[5] for row in rows if row[3] and row[5]) / leads if leads else 0.0


def _strata(cohort: Cohort, rows: list[_Row], *, has_size: bool) -> tuple[Stratum, ...]:
    """Counts per stratum, the largest first."""
    sums: dict[tuple[int, str | None, int | None], list[int]] = {}
    for band, source, size, *counts in (row[:7] for row in rows):
        total = sums.setdefault((band, source, size if has_size else None), [0, 0, 0, 0])
        for place, number in enumerate(counts):
            total[place] += int(number)
    found = [
        Stratum(band, cohort.bands.label(band), source, size, rate(won, fast), rate(slow_won, slow))
        for (band, source, size), (fast, won, slow, slow_won) in sums.items()
    ]
    found.sort(key=lambda one: -(one.fast.denominator + one.slow.denominator))
    return tuple(found)


def _summed(rates: list[Rate]) -> Rate:
    return rate(sum(one.numerator for one in rates), sum(one.denominator for one in rates))


def _alike(strata: tuple[Stratum, ...]) -> tuple[Standardised, Standardised] | None:
    """Both rates for the mix of all comparable leads (direct standardisation)."""
    both = [one for one in strata if one.fast.denominator and one.slow.denominator]
    if not both:
        return None
    weight = np.array([one.fast.denominator + one.slow.denominator for one in both], dtype=np.float64)
    weight /= weight.sum()
    return _standardised(weight, [one.fast for one in both]), _standardised(
        weight, [one.slow for one in both]
    )


def _standardised(weight: np.ndarray, rates: list[Rate]) -> Standardised:
    """A weighted rate with Wilson's interval at the effective number of leads, 1 / sum(w² / n) (Kish 1965).

    With one stratum it is Wilson's interval of its counts.
    """
    leads = np.array([one.denominator for one in rates], dtype=np.float64)
    value = float((weight * np.array([one.numerator for one in rates]) / leads).sum())
    effective = 1.0 / float((weight**2 / leads).sum())
    low, high = score_interval(value, effective, normal_quantile(0.95))
    return Standardised(value, max(0.0, low), min(1.0, high), int(leads.sum()))


def _left_out(warehouse: Warehouse, cohort: Cohort, outcome: Outcome, days: int) -> dict[str, int]:
    """Leads outside the comparison, and leads inside it that were closed, or had the outcome, on an unknown day."""
    followed = "landmark_age IS NOT NULL AND landmark_age + $value * 86400 <= age"
    is_won = outcome == "won"
    base = LEAD_SETS["at_limit" if is_won else "at_limit_no_opportunity"].predicate
    early = "false" if is_won else LEAD_SETS["opportunity_by_limit"].predicate
    undated = " OR ".join(
        f"({LEAD_SETS[slug].predicate})"
        for slug in (
            "rejected_undated",
            "won_undated",
            "lost_undated",
            *(() if is_won else ("opportunity_undated",)),
        )
    )
    row = warehouse.run(
        f"SELECT count(*) FILTER (WHERE {LEAD_SETS['resolved_at_limit'].predicate}) AS resolved,"
        f" count(*) FILTER (WHERE {LEAD_SETS['timed'].predicate} AND NOT ({followed})) AS young,"
        f" count(*) FILTER (WHERE {LEAD_SETS['at_limit'].predicate} AND {early}) AS early,"
        f" count(*) FILTER (WHERE {base} AND ({undated})) AS undated"
        f" FROM {journey_relation(warehouse, cohort)}",
        {"value": days},
    ).row(0, named=True)
    return {name: int(count) for name, count in row.items()}


def _e_value(comparison: StratifiedComparison | None) -> float | None:
    """The E-value of the ratio's interval end nearer 1; None where there is no interval."""
    ratio: Estimate | None = comparison.risk_ratio if comparison else None
    if ratio is None or ratio.low is None or ratio.high is None or not math.isfinite(ratio.high):
        return None
    return e_value_of_interval(ratio.low, ratio.high)
