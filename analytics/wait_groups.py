"""Whose leads wait: by intent tier against its limit, and by owner against what luck explains."""

from __future__ import annotations

from dataclasses import dataclass

from analytics import formatting as text
from analytics.cohort import Cohort
from analytics.measurable import NO_FIRST_TOUCH, knows_first_touch
from analytics.metrics.catalog import LEAD_SETS
from analytics.metrics.compose import counts_of, journey_relation, rate
from analytics.results import Rate, Unmeasurable
from analytics.speed_to_lead import TIER_SETS, SpeedToLead, Tier, measure_speed
from analytics.stats.limits import GroupPlace, funnel_limits, overdispersion, place_groups
from analytics.warehouse import Warehouse

NO_OWNER = Unmeasurable("The export does not say who owns a lead.", "the owner of each lead")
WIDE = 2.0
"""From so many times the scatter of luck on, the sentence says that owners differ among themselves."""
MOST_OWNERS = 60
"""So many owners are drawn, those with the most leads; all of them are counted."""


@dataclass(frozen=True, slots=True)
class TierWaits:
    """One tier against its limit; waits in working seconds, None = not reached. ``limit_minutes`` None: of both tiers."""

    tier: Tier
    limit_minutes: int | None
    timed: int
    inside: Rate
    median: float | None
    p90: float | None
    never: Rate


@dataclass(frozen=True, slots=True)
class Tiers:
    """High and standard intent, then all leads; one row alone where the export has no intent."""

    rows: tuple[TierWaits, ...]
    target: float
    day_seconds: int


@dataclass(frozen=True, slots=True)
class OwnerPlace:
    """One owner (None = the export names none) against the pooled rate; ``inside`` is touched inside the limit."""

    owner: str | None
    inside: Rate
    place: GroupPlace


@dataclass(frozen=True, slots=True)
class Owners:
    """Owners on a funnel plot, those with the most leads first; never a ranking.

    ``limits`` holds (leads, low, high) of the 95 % limits at rising sizes, ``outer`` those of 99.8 %. ``widening``
    says how much more than luck the owners scatter. ``unlisted`` owners with ``unlisted_leads`` leads are not drawn.
    """

    tier: Tier
    owners: tuple[OwnerPlace, ...]
    pooled: Rate
    target: float
    widening: float
    limits: tuple[tuple[int, float, float], ...]
    outer: tuple[tuple[int, float, float], ...]
    unlisted: int
    unlisted_leads: int


def measure_tiers(warehouse: Warehouse, cohort: Cohort) -> Tiers | Unmeasurable:
    """Each tier's leads touched inside its limit, its waits, and its leads never touched."""
    tiers: tuple[Tier, ...] = ("high", "standard", "all") if cohort.manifest.has("intent") else ("all",)
    rows, day = [], 0
    for tier in tiers:
        speed = measure_speed(warehouse, cohort, tier)
        if isinstance(speed, Unmeasurable):
            return speed
        rows.append(_tier(tier, speed))
        day = speed.working.mark_seconds["1d"]
    return Tiers(tuple(rows), cohort.contract.target_touched_inside_limit, day)


def _tier(tier: Tier, speed: SpeedToLead) -> TierWaits:
    limits = {"high": speed.limit_minutes_high, "standard": speed.limit_minutes_standard}
    timed = speed.touched + speed.never_touched
    return TierWaits(
        tier, limits.get(tier), timed, speed.inside_limit, speed.working.median, speed.working.p90,
        rate(speed.never_touched, timed),
    )  # fmt: skip


def tiers_answer(result: Tiers) -> str:
    """Whether each tier keeps its limit, as counts and intervals against the aim."""
    parts = []
    for row in result.rows:
        if row.tier == "all" and len(result.rows) > 1:
            continue
        limit = f"inside {text.minutes(row.limit_minutes)}" if row.limit_minutes else "inside the limit"
        name = {"high": "High intent", "standard": "Standard intent", "all": "All leads"}[row.tier]
        parts.append(f"{name}: {text.rate_with_interval(row.inside)} touched {limit}")
    return f"{'; '.join(parts)}; the aim is {text.percent(result.target)}."


def journeys(warehouse: Warehouse, cohort: Cohort, tier: Tier) -> str:
    """Journeys of a tier as a relation."""
    condition = "true" if tier == "all" else LEAD_SETS[TIER_SETS[tier]].predicate
    return f"(SELECT * FROM {journey_relation(warehouse, cohort)} WHERE {condition})"


def measure_owners(warehouse: Warehouse, cohort: Cohort, tier: Tier = "all") -> Owners | Unmeasurable:
    """Touched inside the limit per owner, placed against all owners together (funnel plot, Spiegelhalter 2005)."""
    if not knows_first_touch(cohort.manifest):
        return NO_FIRST_TOUCH
    if not cohort.manifest.has("owner"):
        return NO_OWNER
    counts = counts_of(("limit_met", "limit_settled", "limit_pending"))
    rows = warehouse.run(
        f"SELECT CAST(l.owner AS VARCHAR) AS owner, {counts} FROM {journeys(warehouse, cohort, tier)} AS c"
        f" JOIN (SELECT lead_no, owner FROM {cohort.leads}) AS l USING (lead_no) GROUP BY 1 ORDER BY 3 DESC, 1"
    ).rows()
    met, settled = [int(row[1]) for row in rows], [int(row[2]) for row in rows]
    places = place_groups(met, settled) or ()
    owners = tuple(
        OwnerPlace(row[0], rate(int(row[1]), int(row[2]), int(row[3])), place)
        for row, place in zip(rows, places, strict=False)
        if place.leads
    )
    widening = overdispersion(met, settled) if places else 1.0
    pooled = rate(sum(met), sum(settled))
    sizes = _sizes(max(settled, default=0))
    return Owners(
        tier=tier,
        owners=owners[:MOST_OWNERS],
        pooled=pooled,
        target=cohort.contract.target_touched_inside_limit,
        widening=widening,
        limits=_limits(pooled, sizes, 0.95, widening),
        outer=_limits(pooled, sizes, 0.998, widening),
        unlisted=len(owners[MOST_OWNERS:]),
        unlisted_leads=sum(one.inside.denominator for one in owners[MOST_OWNERS:]),
    )


def _sizes(largest: int) -> list[int]:
    """Sizes at which the limits are drawn: every one while few, then about 200 of them."""
    last = max(1, round(largest * 1.08))
    return sorted({max(1, round(last * step / 200)) for step in range(1, 201)})


def _limits(
    pooled: Rate, sizes: list[int], confidence: float, widening: float
) -> tuple[tuple[int, float, float], ...]:
    if pooled.value is None:
        return ()
    low, high = funnel_limits(pooled.value, sizes, confidence, widening)
    return tuple(zip(sizes, low.tolist(), high.tolist(), strict=True))


def owners_answer(result: Owners) -> str:
    """Which owners stand outside what luck explains, without a ranking."""
    drawn = len(result.owners) + result.unlisted
    if result.pooled.denominator == 0:
        return "No lead is past its limit yet."
    outside = [one for one in result.owners if one.place.is_outside]
    whole = f"all owners together {text.rate_with_interval(result.pooled)}"
    scatter = _scatter(result)
    if not outside and scatter:
        return f"{scatter}; against that scatter none of them stands out by itself; {whole}."
    if not outside:
        return f"None of {text.plural(drawn, 'owner')} stands out beyond luck, after as many looks; {whole}."
    named = ", ".join(
        f"{one.owner or 'leads without an owner'} ({text.percent(one.inside.value)} of {text.count(one.inside.denominator)})"
        for one in outside[:4]
    )
    more = f" and {len(outside) - 4} more" if len(outside) > 4 else ""
    verb = "stands out" if len(outside) == 1 else "stand out"
    return f"{len(outside)} of {text.plural(drawn, 'owner')} {verb} beyond luck: {named}{more}; {whole}."


def _scatter(result: Owners) -> str:
    """That owners differ among themselves far more than luck makes them; empty where they do not."""
    sized = [
        one.inside.value
        for one in result.owners
        if text.is_quotable(one.inside) and one.inside.value is not None
    ]
    if result.widening < WIDE or len(sized) < 3:
        return ""
    return (
        f"{text.plural(len(result.owners) + result.unlisted, 'owner')} scatter {result.widening:.1f} times as widely as"
        f" luck would make them, from {text.percent(min(sized))} to {text.percent(max(sized))}"
    )
