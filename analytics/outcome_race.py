"""What becomes of leads with age when one outcome rules out the other: accepted or rejected, won or lost."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from analytics import formatting as text
from analytics.cohort import Cohort
from analytics.funnel_stages import ACCEPTED, OPPORTUNITY, WON, count_keys
from analytics.measurable import (
    NO_ACCEPTANCE,
    NO_DECISION_DATES,
    NO_OPPORTUNITIES,
    NO_WINS,
    has_opportunities,
    has_wins,
    knows_acceptance,
    knows_decision_dates,
    knows_losses,
    knows_rejections,
)
from analytics.metrics.compose import journey_relation
from analytics.results import Unmeasurable
from analytics.stats.competing import Incidence, cumulative_incidence
from analytics.stats.survival import Share
from analytics.warehouse import Warehouse

DAY = 86_400
NO_OPPORTUNITY_DATES = Unmeasurable(
    "The export does not say when opportunities were created.", "the opportunity's creation date"
)
NO_CLOSING_DATES = Unmeasurable("The export does not say when leads were won or lost.", "the closing date")
FEWEST_WATCHED = 10
"""A curve is drawn up to the age to which at least so many leads were watched."""
AGES = (7, 14, 30, 45, 60, 90, 120, 180, 270, 365, 540, 730, 1095, 1825)
EARLY_AGES = (1, 3, 7, 14, 30, 60, 90, 180, 365, 730, 1095, 1825)


@dataclass(frozen=True, slots=True)
class AgeMark:
    """The share with an outcome by an age; ``counted`` leads had it by then, dated: the count of ``key``."""

    age_days: int
    share: Share
    counted: int
    key: str


@dataclass(frozen=True, slots=True)
class Outcome:
    """One of two outcomes that rule each other out; ``undated`` leads had it without a date.

    With such leads the shares of its marks are at least what they say, and carry no interval.
    """

    slug: str
    label: str
    marks: tuple[AgeMark, ...]
    undated: int
    undated_key: str


@dataclass(frozen=True, slots=True, eq=False)
class Race:
    """Two outcomes, in the order of the curve's causes; ``curve`` is None without leads. Durations in seconds.

    Nothing is drawn beyond ``drawn_until`` seconds: fewer than ten leads were watched longer. ``window_days`` is the
    age at which the sentence reads the curve. ``unplaced`` outcomes happened, but never with a date: they have no part
    in the curve. ``has_both``: the export knows the second outcome too; without it the rest is no third outcome.
    """

    slug: str
    outcomes: tuple[Outcome, ...]
    curve: Incidence | None
    drawn_until: int
    window_days: int
    unplaced: tuple[Outcome, ...] = ()
    has_both: bool = True

    @property
    def undated(self) -> int:
        """Leads with either outcome and no date of it."""
        return sum(one.undated for one in (*self.outcomes, *self.unplaced))


def stage_obstacle(cohort: Cohort, stage: str) -> Unmeasurable | None:
    """Why a stage cannot be placed at an age; None where it can."""
    manifest = cohort.manifest
    needs = {
        ACCEPTED: (
            (knows_acceptance(manifest), NO_ACCEPTANCE),
            (knows_decision_dates(manifest), NO_DECISION_DATES),
        ),
        OPPORTUNITY: (
            (has_opportunities(manifest), NO_OPPORTUNITIES),
            (manifest.has("opportunity_at"), NO_OPPORTUNITY_DATES),
        ),
        WON: ((has_wins(manifest), NO_WINS), (manifest.has("closed_at", "won_at"), NO_CLOSING_DATES)),
    }
    return next((why for is_known, why in needs[stage] if not is_known), None)


def measure_decision(warehouse: Warehouse, cohort: Cohort) -> Race | Unmeasurable:
    """Accepted against rejected by age; the sentence reads it at the disposition window."""
    obstacle = stage_obstacle(cohort, ACCEPTED)
    if obstacle is not None:
        return obstacle
    causes = [("accepted", "accepted", "accept_age")]
    if knows_rejections(cohort.manifest):
        causes.append(("rejected", "rejected", "reject_age"))
    found = _race(warehouse, cohort, "decision", causes, EARLY_AGES, cohort.contract.disposition_days)
    return found or NO_DECISION_DATES


def measure_closing(warehouse: Warehouse, cohort: Cohort) -> Race | Unmeasurable:
    """Won against lost by age, over all leads passed to sales; the sentence reads it at the horizon."""
    obstacle = stage_obstacle(cohort, WON)
    if obstacle is not None:
        return obstacle
    causes = [("won", "won", "won_age")]
    if knows_losses(cohort.manifest):
        causes.append(("lost", "lost", "lost_age"))
    return _race(warehouse, cohort, "closing", causes, AGES, cohort.contract.horizon_days) or NO_CLOSING_DATES


def _race(
    warehouse: Warehouse,
    cohort: Cohort,
    slug: str,
    known: list[tuple[str, str, str]],
    ages: tuple[int, ...],
    window_days: int,
) -> Race | None:
    """Leads per distinct duration: with each outcome, and without any up to the extract.

    An outcome that happened but is never dated stays out of the curve; None where that leaves none.
    """
    undated = count_keys(warehouse, cohort, [f"{one}_undated" for one, _, _ in known])
    source = journey_relation(warehouse, cohort)
    dated = warehouse.run_once(
        cohort.table, f"SELECT {', '.join(f'count({age})' for _, _, age in known)} FROM {source}"
    ).row(0)
    is_placed = [
        count > 0 or not undated[f"{one[0]}_undated"] for one, count in zip(known, dated, strict=True)
    ]
    causes = [one for one, holds in zip(known, is_placed, strict=True) if holds]
    if not causes:
        return None
    curve, until = _curve(warehouse, cohort, source, [age for _, _, age in causes])
    wanted = [age for age in sorted({*ages, window_days}) if age * DAY <= until]

    def outcome(slug: str, label: str, marks: tuple[AgeMark, ...]) -> Outcome:
        key = f"{slug}_undated"
        bare = tuple(replace(one, share=Share(one.share.value, None, None)) for one in marks)
        return Outcome(slug, label, bare if undated[key] else marks, undated[key], key)

    return Race(
        slug=slug,
        outcomes=tuple(
            outcome(one, words, _marks(curve, number, one, wanted))
            for number, (one, words, _) in enumerate(causes)
        ),
        curve=curve,
        drawn_until=until,
        window_days=window_days,
        unplaced=tuple(
            outcome(one, words, ())
            for (one, words, _), holds in zip(known, is_placed, strict=True)
            if not holds
        ),
        has_both=len(known) > 1,
    )


def _curve(
    warehouse: Warehouse, cohort: Cohort, source: str, ages: list[str]
) -> tuple[Incidence | None, int]:
    """The curve of the outcomes with these ages, and how many seconds at least ten leads were watched."""
    column = f"coalesce({', '.join(ages)}, age)"
    counted = ", ".join(f"count(*) FILTER (WHERE {age} IS NOT NULL)" for age in ages)
    is_open = " AND ".join(f"{age} IS NULL" for age in ages)
    frame = warehouse.run_once(
        cohort.table,
        f"SELECT {column} AS duration, {counted}, count(*) FILTER (WHERE {is_open}) FROM {source} GROUP BY 1 ORDER BY 1",
    )
    values = [series.to_numpy().astype(np.int64) for series in frame.get_columns()]
    curve = cumulative_incidence(values[0], values[1:-1], values[-1])
    last = warehouse.run_once(
        cohort.table, f"SELECT age FROM {source} ORDER BY age DESC LIMIT 1 OFFSET {FEWEST_WATCHED - 1}"
    )
    return curve, int(last.item()) if last.height else 0


def _marks(curve: Incidence | None, cause: int, slug: str, ages: list[int]) -> tuple[AgeMark, ...]:
    if curve is None:
        return ()
    marks = []
    for age in ages:
        share = curve.share_by(age * DAY, cause)
        step = int(np.searchsorted(curve.times, age * DAY, side="right")) - 1
        if share is not None:
            counted = int(curve.counted[cause, step]) if step >= 0 else 0
            marks.append(AgeMark(age, share, counted, f"{slug}_by_age:{age}"))
    return tuple(marks)


def race_reading(race: Race) -> str:
    """What had become of the leads by the window, or by the oldest age that was watched.

    Where some leads had an outcome on unknown days, its share is "at least" and the rest "at most".
    """
    first = race.outcomes[0]
    ages = [mark.age_days for mark in first.marks if mark.age_days <= race.window_days]
    if not ages or race.curve is None or race.curve.leads < text.QUOTABLE:
        return "Too few leads were watched long enough to say what becomes of them."
    age = ages[-1]
    marks = [next(mark for mark in one.marks if mark.age_days == age) for one in race.outcomes]
    parts = [_part(one, mark.share) for one, mark in zip(race.outcomes, marks, strict=True)]
    told = f"Within {text.days(age)} of the handoff {' and '.join(parts)}"
    if race.unplaced:
        who = " and ".join(
            f"{text.plural(one.undated, 'lead')} {_were(one.undated)} {one.label}" for one in race.unplaced
        )
        return f"{told}; {who} on unknown days, so how many {_left(race)} by then cannot be told."
    rest = max(0.0, 1.0 - sum(mark.share.value for mark in marks))
    bound = "at most " if race.undated else ""
    by_then = "" if race.has_both else " by then"
    return f"{told}; {bound}{text.percent(rest)} {_left(race)}{by_then}."


def _part(one: Outcome, share: Share) -> str:
    if one.undated:
        return f"at least {text.percent(share.value)} were {one.label} ({text.count(one.undated)} more without a date)"
    interval = text.percent_range(share.low, share.high)
    return f"{text.percent(share.value)} were {one.label}" + (f" ({interval})" if interval else "")


def _were(leads: int) -> str:
    return "was" if leads == 1 else "were"


def _left(race: Race) -> str:
    """What the leads without an outcome are called."""
    if not race.has_both:
        return f"were not {(*race.outcomes, *race.unplaced)[0].label}"
    return "had no decision" if race.slug == "decision" else "were neither"
