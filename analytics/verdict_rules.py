"""The rules of the verdict, in their order: numbers in, one word out. Plumbing stands above them and is not asked here."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Literal

from analytics.account_intervals import few_accounts, rates_by_account
from analytics.cohort import Cohort
from analytics.handoff_steps import UNKNOWN_WHEN, State, is_turned, judged, step_obstacle, targets
from analytics.measurable import has_opportunities, has_wins, is_cadence_at_most
from analytics.metrics.catalog import METRICS
from analytics.metrics.compose import count_sets, journey_relation, rate
from analytics.results import Rate, Unmeasurable
from analytics.segments import Segments, measure_segments
from analytics.stats.intervals import newcombe_difference
from analytics.warehouse import Warehouse

VerdictKind = Literal[
    "not_enough_leads", "plumbing", "segment_mismatch", "quality_threshold", "sales_execution", "strategy_fit", "healthy",
    "undecided",
]  # fmt: skip
LEAST_SETTLED = 30
LEAST_WINS = 20
JUDGED = (
    "accepted_of_decided",
    "touched_inside_limit",
    "working_rate",
    "decided_in_window",
    "accepted_to_opportunity",
)
"""The metrics that have a target, in the order in which the evidence names them."""
SALES = ("touched_inside_limit", "working_rate", "decided_in_window")
ASKED_FOR_HEALTH = ("accepted_of_decided", "touched_inside_limit", "accepted_to_opportunity")
NoSplit = Literal["no score", "no outcome", "too young"]
"""Why the scores cannot be asked: no such column, no wins or opportunities, no scored lead one horizon old."""
_UNITS = (("", 1), ("_finest", 1_000_000_000))
_MOST_DIGITS = 15


@dataclass(frozen=True, slots=True)
class MedianSplit:
    """Leads below the median score against the others: how many became a win (or an opportunity) within the horizon.

    ``difference``: below less others, with a 95 % interval (Newcombe 1998, method 10); None without leads on one side.
    ``keys``: the sets of leads that open exactly the leads below and the others; None where no key can part them.
    """

    median: float
    outcome: Literal["won_in_horizon", "opportunity_in_horizon"]
    below: Rate
    others: Rate
    difference: tuple[float, float, float] | None
    keys: tuple[str, str] | None = None

    @property
    def is_worse_below(self) -> bool:
        """Whether the leads below the median win less beyond luck."""
        return self.difference is not None and self.difference[2] < 0.0


@dataclass(frozen=True, slots=True)
class Case:
    """All that the verdict is made of. ``rates`` and ``states``: judged metric -> rate (missing where unmeasurable), state.

    ``few_accounts``: metric -> accounts, where they are too few for an interval: the metric is open. ``unknown_when``
    leads were decided on an unknown day: ``decided_in_window`` counts them as not in time and is the least it can be.
    ``no_split`` says why ``split`` is None.
    """

    settled: int
    rates: dict[str, Rate]
    targets: dict[str, float]
    states: dict[str, State]
    segments: Segments | None
    split: MedianSplit | None
    is_working_rate_at_most: bool
    few_accounts: dict[str, int] = field(default_factory=dict)
    unknown_when: int = 0
    no_split: NoSplit | None = None

    def at_best(self, slug: str) -> Rate:
        """The rate with every lead decided on an unknown day counted as in time; the rate itself for other metrics."""
        measured = self.rates[slug]
        if slug != "decided_in_window" or not self.unknown_when:
            return measured
        return rate(measured.numerator + self.unknown_when, measured.denominator, measured.pending)

    def is_open_itself(self, slug: str) -> bool:
        """Whether the interval of the metric holds its target, so that more leads could settle it."""
        if slug not in self.rates:
            return False
        ends = (self.rates[slug], self.at_best(slug))
        return all(judged(one, self.targets[slug]) == "open" for one in ends)

    @property
    def is_worked(self) -> bool:
        """Whether the working rate is met or unmeasurable; of a rate that is "at most" whether the most it can be is met."""
        if self.states.get("working_rate") in ("met", "unknown"):
            return True
        most = judged(self.rates.get("working_rate"), self.targets["working_rate"])
        return self.is_working_rate_at_most and most == "met"

    def is_missed(self, *slugs: str) -> bool:
        """Whether any of the metrics is clearly under its target."""
        return any(self.states.get(slug) == "missed" for slug in slugs)

    def is_met(self, *slugs: str) -> bool:
        """Whether all of the metrics are clearly at their target."""
        return all(self.states.get(slug) == "met" for slug in slugs)

    @property
    def is_segment_mismatch(self) -> bool:
        """Whether wins come from other sizes than leads, by the three conditions, on at least 20 wins."""
        found = self.segments
        return found is not None and found.known_wins >= LEAST_WINS and found.verdict == "mismatch"

    @property
    def is_threshold_loose(self) -> bool:
        """Whether acceptance is missed, and the lower half of the scores wins less."""
        return self.is_missed("accepted_of_decided") and self.split is not None and self.split.is_worse_below


def judge(case: Case) -> VerdictKind:
    """The first rule that matches; plumbing is not among them."""
    if case.settled < LEAST_SETTLED:
        return "not_enough_leads"
    if case.is_segment_mismatch:
        return "segment_mismatch"
    if case.is_threshold_loose:
        return "quality_threshold"
    if not case.is_missed("accepted_of_decided") and case.is_missed(*SALES):
        return "sales_execution"
    if not case.is_missed("accepted_of_decided", *SALES) and case.is_missed("accepted_to_opportunity"):
        return "strategy_fit"
    if case.is_met(*ASKED_FOR_HEALTH) and case.is_worked:
        return "healthy"
    return "undecided"


def measure_case(warehouse: Warehouse, cohort: Cohort) -> Case:
    """Everything the rules ask, over one cohort."""
    aims = targets(cohort.contract)
    known = tuple(slug for slug in JUDGED if step_obstacle(cohort, slug) is None)
    rates = rates_by_account(warehouse, cohort, known)
    at_most = is_cadence_at_most(cohort.manifest, cohort.contract.cadence_channels)
    few = few_accounts(warehouse, cohort, rates)
    states: dict[str, State] = {
        slug: "open" if slug in few else judged(rates.get(slug), aims[slug]) for slug in JUDGED
    }
    if at_most and states["working_rate"] == "met":
        states["working_rate"] = "open"
    in_time = rates.get("decided_in_window")
    unknown_when = count_sets(warehouse, cohort, (UNKNOWN_WHEN,))[UNKNOWN_WHEN] if in_time else 0
    if is_turned(in_time, aims["decided_in_window"], unknown_when):
        states["decided_in_window"] = "open"
    found = measure_segments(warehouse, cohort)
    split = _median_split(warehouse, cohort)
    return Case(
        settled=count_sets(warehouse, cohort, ("settled",))["settled"],
        rates=rates,
        targets=aims,
        states=states,
        segments=None if isinstance(found, Unmeasurable) else found,
        split=split if isinstance(split, MedianSplit) else None,
        is_working_rate_at_most=at_most,
        few_accounts=few,
        unknown_when=unknown_when,
        no_split=None if isinstance(split, MedianSplit) else split,
    )


def _median_split(warehouse: Warehouse, cohort: Cohort) -> MedianSplit | NoSplit:
    """The lower half of the scores against the rest, on leads one horizon old; or why that cannot be had."""
    manifest = cohort.manifest
    if not manifest.has("score"):
        return "no score"
    if not (has_wins(manifest) or has_opportunities(manifest)):
        return "no outcome"
    rows = journey_relation(warehouse, cohort)
    table = warehouse.run(
        f"SELECT score, count(*) AS leads, count(*) FILTER (WHERE is_won_in_horizon) AS won_in_horizon,"
        f" count(*) FILTER (WHERE is_opportunity_in_horizon) AS opportunity_in_horizon FROM {rows}"
        " WHERE is_mature AND score IS NOT NULL GROUP BY 1 ORDER BY 1"
    )
    if table.is_empty():
        return "too young"
    middle = (int(table["leads"].sum()) + 1) // 2
    median = float(table.filter(table["leads"].cum_sum() >= middle)["score"][0])
    wins = int(table["won_in_horizon"].sum())
    outcome: Literal["won_in_horizon", "opportunity_in_horizon"] = (
        "won_in_horizon" if has_wins(manifest) and wins >= LEAST_WINS else "opportunity_in_horizon"
    )
    sides = [table.filter(table["score"] < median), table.filter(table["score"] >= median)]
    below, others = (rate(int(side[outcome].sum()), int(side["leads"].sum())) for side in sides)
    difference = newcombe_difference(below.numerator, below.denominator, others.numerator, others.denominator)
    keys = _line_keys([float(score) for score in sides[0]["score"]], median)
    return MedianSplit(median, outcome, below, others, difference, keys)


def _line_keys(below: list[float], median: float) -> tuple[str, str] | None:
    """The sets of leads under the median and of the others: a key holds a whole number, so not every score has one.

    A whole median parts them itself; any other through a number of billionths above the highest score below it.

    >>> _line_keys([0.0046], 0.0047)
    ('score_below_finest:4700000', 'score_from_finest:4700000')
    """
    for name, unit in _UNITS:
        line = round(median * unit)
        if line / unit > median:
            line -= 1
        is_between = line / unit > max(below, default=-math.inf)
        if is_between and (unit > 1 or line == median) and len(str(abs(line))) <= _MOST_DIGITS:
            return f"score_below{name}:{line}", f"score_from{name}:{line}"
    return None


def metric_label(slug: str) -> str:
    """The name of a judged metric for people."""
    return METRICS[slug].label
