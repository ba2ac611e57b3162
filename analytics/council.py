"""The council: every measure over time with its limits, the phases of the contract, and what luck alone would show."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from analytics.cohort import Cohort
from analytics.council_counts import (
    Span,
    measure_counts,
)
from analytics.council_trends import Trend, trends_of
from analytics.handoff_steps import is_turned, judged
from analytics.periods import Unit
from analytics.stats.calendar import opening_day_seconds
from analytics.stats.control import Signal
from analytics.warehouse import Warehouse

METHOD = (
    "Months of handoff in the contract's zone, whatever period is chosen on the other pages, the last 24 with the same filters."
    " Rates have Laney's p' limits: the pooled rate of the phase, plus and minus three standard errors of each month's size,"
    " widened by what neighbouring months differ more than luck explains (never narrowed). Hours, amounts and the overlap of"
    " segments have Wheeler's XmR limits: mean plus and minus 2.66 mean steps between neighbours.\n"
    "Two rules only make a signal: a month outside its limits, and eight months in a row on one side of the average (a rate at"
    " least one lead off it). Under six"
    " months no limits are drawn, from six to eleven they are provisional. A month of which under nine in ten leads have had"
    " their time is hollow and stands outside all limits, and so does the month in which the file ends. A new phase begins with"
    " the first whole month under a contract version, at the go-live date that people entered, never at a date found by the"
    " software. On pure noise such a chart of 12 months gives a false alarm 3 times in 100, one of 24 months 9 times; with many"
    " charts on one page that adds up, and the page says to how much.\n"
    "The win rate and the pipeline that converts count each opportunity once, by the month in which it was created; open ones"
    " are of neither kind, and the export does not say whether they advanced, so the amount is what was won by the extract. Leads handed off before the"
    " file begins are not in it, so its first months miss their opportunities.\n"
    "What happened on an unknown day (opportunities and wins without a date, decisions without one) is in no month's hits; how"
    " many that are is said beside the measure."
)


@dataclass(frozen=True, slots=True)
class GoLive:
    """From which day on a version of the contract is live, as people entered it, and the version's name."""

    on: date
    name: str


@dataclass(frozen=True, slots=True)
class Council:
    """All trends of one file; ``spans`` are the months or quarters on the axis, ``day_seconds`` one opening day."""

    unit: Unit
    spans: tuple[Span, ...]
    trends: tuple[Trend, ...]
    go_lives: tuple[GoLive, ...]
    day_seconds: int

    def trend(self, slug: str) -> Trend | None:
        """The trend of that name; None if there is none."""
        return next((one for one in self.trends if one.slug == slug), None)


def measure_council(
    warehouse: Warehouse, cohort: Cohort, unit: Unit, go_lives: tuple[tuple[date, str], ...] = ()
) -> Council:
    """Every measure per month or quarter of the cohort, which should be the whole file under the same filters.

    ``go_lives``: days from which versions of the contract are live, with the names of the versions.
    """
    counts = measure_counts(warehouse, cohort, unit)
    lives = tuple(GoLive(*one) for one in sorted(go_lives))
    phases = phases_of(counts.spans, lives)
    trends = trends_of(warehouse, cohort, counts, phases)
    return Council(unit, counts.spans, trends, lives, opening_day_seconds(cohort.calendar))


def phases_of(spans: Sequence[Span], lives: Sequence[GoLive]) -> tuple[tuple[int, str], ...]:
    """(index of the first span, name) of each phase: "before" and one per version that was live for a whole span.

    A span in which a version went live belongs to the phase before it.
    """
    found = [(0, "before" if lives else "")]
    for live in lives:
        at = next((place for place, span in enumerate(spans) if span.first >= live.on), None)
        if at is None:
            continue
        if found[-1][0] == at:
            found.pop()
        found.append((at, live.name))
    return tuple(found)


def hard_months(council: Council) -> tuple[date, ...]:
    """First days of the months of full age in which a target of the contract was missed, as the verdict says it.

    Not where leads that met it on an unknown day could turn that.
    """
    return tuple(
        sorted(
            {
                point.span.first
                for trend in council.trends
                if trend.target is not None
                for point in trend.points
                if point.control.is_counted
                and judged(point.rate, trend.target) == "missed"
                and not is_turned(point.rate, trend.target, point.undated)
            }
        )
    )


def false_alarm(council: Council) -> float | None:
    """The chance that at least one chart of this page shows a signal by luck alone; None without limits anywhere.

    Between the simulated 2.9 % at 12 points and 8.6 % at 24 by straight line, charts taken as independent of each
    other; under 12 points as at 12.
    """
    quiet = 1.0
    has_any = False
    for trend in council.trends:
        for phase in trend.chart.phases if trend.chart else ():
            if phase.strength == "none":
                continue
            has_any = True
            quiet *= 1.0 - min(0.086, 0.029 + max(0, phase.points - 12) * (0.086 - 0.029) / 12)
    return 1.0 - quiet if has_any and not math.isclose(quiet, 1.0) else None


def signal_words(signal: Signal) -> str:
    """A signal in two or three words; empty for none."""
    return {
        "": "",
        "high": "above its limits",
        "low": "below its limits",
        "long high": "long above its average",
        "long low": "long below its average",
    }[signal]
