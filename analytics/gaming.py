"""Does anything in the record look like a number being steered? Four patterns, each beside its innocent explanation."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from analytics import formatting as text
from analytics.cohort import Cohort
from analytics.contract_past import is_whole_month
from analytics.measurable import NO_ACCEPTANCE, knows_acceptance, obstacle
from analytics.metrics.compose import rate
from analytics.pay_gates import QuarterCounts, measure_pay
from analytics.periods import Unit, first_day, following, label, number_of
from analytics.results import Rate, Unmeasurable
from analytics.stats.intervals import newcombe_difference
from analytics.warehouse import Warehouse
from analytics.zones import to_local

MANY_IN_A_MINUTE = 10
BULK_IN_HUNDRED = 5
"""Bulk acceptances are named from so many of 100 dated acceptances on."""
LEAST_TOUCHES = 30
BUNCHED_IN_FOUR = 3
"""Of the touches around the limit, three of four just before it: without a limit they would be about even."""
LAST_DAYS = 3
SPIKE_NUMERATOR, SPIKE_DENOMINATOR = 3, 2
"""The pace of the last days against the other days, 3 : 2."""
LEAST_LEADS = 30
_EPOCH = date(1970, 1, 1)
METHOD = (
    "A pattern is a question, not a finding: each has an innocent explanation, which stands beside it. Bulk acceptances: at"
    " least 10 by one owner in the same minute; a bare date has no minute and is left out. Touches just inside the limit: the"
    " last tenth of the wait before the limit against the tenth after it, on the contract's working clock, of leads old"
    " enough for both. Month end: the"
    " pace of handoffs on the last three days of whole months against the other days, beyond luck. Acceptance without"
    " opportunities: between the two latest quarters in which every lead is old enough, the acceptance rate rises while accepted"
    " to opportunity falls, both beyond luck by Newcombe's interval."
)
NO_ACCEPTANCE_MINUTES = Unmeasurable(
    "The export does not say who accepted a lead and when.", "the owner and the time of acceptance"
)
NO_WAITS = Unmeasurable(
    "The export does not say when sales first touched a lead.", "the date and time of the first human touch"
)


@dataclass(frozen=True, slots=True)
class Part:
    """One month of a pattern: its leads of all leads of the month, and the keys that open both."""

    label: str
    rate: Rate
    key: str
    of_key: str


@dataclass(frozen=True, slots=True)
class Flag:
    """One pattern: how many leads show it, from where on it is named, and what may lie behind it.

    ``rate`` is empty where there is nothing to look at, ``why`` says why it cannot be looked for. ``found`` says in
    words what was counted, ``threshold`` from where on it is named. ``key`` and ``of_key`` open the leads of the rate;
    empty where no lead set holds exactly them.
    """

    slug: str
    name: str
    rate: Rate
    found: str
    threshold: str
    innocent: str
    is_raised: bool = False
    key: str = ""
    of_key: str = ""
    parts: tuple[Part, ...] = ()
    why: Unmeasurable | None = None

    @property
    def can_be_looked_for(self) -> bool:
        """Whether the export knows what the pattern needs, and holds leads to look at."""
        return self.why is None and self.rate.denominator > 0


def bulk_flag(groups: Mapping[int, int], undated: int = 0) -> Flag:
    """Acceptances by one owner in one minute; ``groups``: acceptances in the minute -> how often that happened.

    ``undated`` acceptances carry a bare date or none, or no owner, and stand outside.
    """
    leads = sum(size * times for size, times in groups.items())
    bulk = sum(size * times for size, times in groups.items() if size >= MANY_IN_A_MINUTE)
    outside = f"; {text.count(undated)} without a minute or an owner are left out" if undated else ""
    return Flag(
        "bulk_acceptances",
        "Acceptances in bulk",
        rate(bulk, leads),
        f"{text.count(bulk)} of {text.plural(leads, 'acceptance')} came with at least {MANY_IN_A_MINUTE} by the same owner"
        f" in the same minute{outside}",
        f"{text.percent(BULK_IN_HUNDRED / 100)} of acceptances",
        "A list worked through after a call, or a sync that stamps its batch at once.",
        is_raised=bulk > 0 and bulk * 100 >= leads * BULK_IN_HUNDRED,
    )


def bunched_flag(before: int, after: int) -> Flag:
    """Touches in the last tenth of the wait before the limit, against those in the tenth after it."""
    around = before + after
    return Flag(
        "touches_at_limit",
        "Touches just inside the limit",
        rate(before, around),
        f"{text.count(before)} touches in the last tenth before the limit, {text.count(after)} in the tenth after it",
        f"{text.percent(BUNCHED_IN_FOUR / 4)} before it, of at least {LEAST_TOUCHES} around it",
        "A limit that people work to: hurrying to meet it is what it is for.",
        is_raised=around >= LEAST_TOUCHES and before * 4 >= around * BUNCHED_IN_FOUR,
    )


def spike_flag(days: Mapping[date, int], months: Sequence[int]) -> Flag:
    """Handoffs on the last three days of whole months against the other days; ``days``: day -> leads."""
    last, rest, last_days, rest_days = 0, 0, 0, 0
    parts = []
    for number in months:
        first, after = first_day(Unit.MONTH, number), first_day(Unit.MONTH, following(Unit.MONTH, number))
        turn = after - timedelta(days=LAST_DAYS)
        late = sum(leads for day, leads in days.items() if turn <= day < after)
        leads = sum(leads for day, leads in days.items() if first <= day < after)
        last, rest = last + late, rest + leads - late
        last_days, rest_days = last_days + LAST_DAYS, rest_days + (turn - first).days
        key = f"handed_from:{(turn - _EPOCH).days}.handed_before:{(after - _EPOCH).days}"
        parts.append(Part(label(Unit.MONTH, number), rate(late, leads), key, f"month:{number}"))
    share = rate(last, last + rest)
    expected = last_days / (last_days + rest_days) if months else 0.0
    is_fast = last * rest_days * SPIKE_DENOMINATOR >= rest * last_days * SPIKE_NUMERATOR
    return Flag(
        "month_end",
        "Handoffs at the end of the month",
        share,
        f"{text.count(last)} of {text.plural(last + rest, 'lead')} passed on the last {LAST_DAYS} days of"
        f" {text.plural(len(months), 'whole month')}; an even pace brings {text.percent(expected)}",
        f"{text.rounded(SPIKE_NUMERATOR / SPIKE_DENOMINATOR, 1)} times the pace of the other days, beyond luck",
        "Campaigns and events that end with the month, or a list imported once a month.",
        is_raised=share.denominator >= LEAST_LEADS and is_fast and (share.low or 0.0) > expected,
        parts=tuple(parts),
    )


def stamped_flag(quarters: Sequence[QuarterCounts]) -> Flag:
    """Acceptance up while accepted to opportunity falls, between the two latest mature quarters, both beyond luck.

    Opportunities on an unknown day count as hits in the later quarter: the fall is then the least it can be.
    """
    name, threshold = (
        "More accepted, fewer opportunities",
        "both changes beyond luck between two mature quarters",
    )
    innocent = "A new product, season or source brings leads that sales likes and that take longer to become opportunities."
    mature = [one for one in quarters if _is_mature(one)]
    if len(mature) < 2:
        return Flag(
            "stamped",
            name,
            Rate(0, 0),
            f"{text.plural(len(mature), 'quarter')} old enough, two are needed",
            threshold,
            innocent,
        )
    before, after = mature[-2:]
    hits = after.mature_accepted_opportunity + after.opportunity_undated
    accepted = newcombe_difference(
        after.accepted_settled, after.settled, before.accepted_settled, before.settled
    )
    became = newcombe_difference(
        hits, after.mature_accepted, before.mature_accepted_opportunity, before.mature_accepted
    )
    is_up = accepted is not None and accepted[1] > 0
    is_down = became is not None and became[2] < 0
    between = f"from {label(Unit.QUARTER, before.number)} to {label(Unit.QUARTER, after.number)}"
    return Flag(
        "stamped",
        name,
        rate(after.mature_accepted - after.mature_accepted_opportunity, after.mature_accepted),
        f"{between} acceptance {text.points(accepted[0] if accepted else None)},"
        f" accepted to opportunity {text.points(became[0] if became else None)}; leads accepted and no opportunity in the later one",
        threshold,
        innocent,
        is_raised=is_up and is_down,
        key=f"accepted_without_opportunity.quarter:{after.number}",
        of_key=f"mature_accepted.quarter:{after.number}",
    )


def _is_mature(one: QuarterCounts) -> bool:
    """Every lead of the quarter has had its window and, unless rejected, its horizon."""
    return one.is_over and one.is_whole and one.leads > 0 and not one.pending_decision and not one.young_open


def measure_gaming(warehouse: Warehouse, cohort: Cohort) -> tuple[Flag, ...]:
    """The four patterns over a cohort, those raised first."""
    found = (_bulk(warehouse, cohort), _bunched(warehouse, cohort), _spike(warehouse, cohort), _stamped(warehouse, cohort))  # fmt: skip
    return tuple(sorted(found, key=lambda one: not one.is_raised))


def _without(flag: Flag, why: Unmeasurable) -> Flag:
    return Flag(flag.slug, flag.name, Rate(0, 0), "", flag.threshold, flag.innocent, why=why)


def _bulk(warehouse: Warehouse, cohort: Cohort) -> Flag:
    manifest = cohort.manifest
    if not (
        knows_acceptance(manifest) and manifest.has("owner") and manifest.has("accepted_at", "decided_at")
    ):
        return _without(bulk_flag({}), NO_ACCEPTANCE_MINUTES if knows_acceptance(manifest) else NO_ACCEPTANCE)
    local = to_local("l.accepted_at", manifest.zone, cohort.oldest - timedelta(days=400), manifest.as_of)
    is_bare = f"{local} = date_trunc('day', {local})"
    is_minute = f"coalesce(l.owner IS NOT NULL AND NOT ({is_bare}), false)"
    rows = warehouse.run(
        f"""
        SELECT has_minute, size, count(*) AS times FROM (
            SELECT {is_minute} AS has_minute, CASE WHEN {is_minute} THEN l.owner END AS by_whom,
                   CASE WHEN {is_minute} THEN date_trunc('minute', l.accepted_at) END AS at_minute, count(*) AS size
            FROM {cohort.table} AS c JOIN {cohort.leads} AS l USING (lead_no)
            WHERE c.is_accepted GROUP BY 1, 2, 3
        ) GROUP BY 1, 2
        """
    ).rows()
    groups = {int(size): int(times) for has_minute, size, times in rows if has_minute}
    return bulk_flag(groups, sum(int(size * times) for has_minute, size, times in rows if not has_minute))


def _bunched(warehouse: Warehouse, cohort: Cohort) -> Flag:
    """Only leads followed to the end of the tenth after the limit: of younger ones the late touches are yet to come."""
    if obstacle(cohort.manifest, "touched_inside_limit") is not None:
        return _without(bunched_flag(0, 0), NO_WAITS)
    is_before = "working_wait * 10 > limit_seconds * 9 AND working_wait <= limit_seconds"
    is_after = "working_wait > limit_seconds AND working_wait * 10 <= limit_seconds * 11"
    row = warehouse.run(
        f"SELECT count(*) FILTER (WHERE {is_before}) AS before, count(*) FILTER (WHERE {is_after}) AS after "
        f"FROM {cohort.table} WHERE is_touched AND NOT is_undated AND working_follow_up * 10 >= limit_seconds * 11"
    ).row(0)
    return bunched_flag(int(row[0]), int(row[1]))


def _spike(warehouse: Warehouse, cohort: Cohort) -> Flag:
    """Only whole months: inside the selection and the file, and over at the extract."""
    rows = warehouse.run(f"SELECT handoff_day, count(*) AS leads FROM {cohort.table} GROUP BY 1").rows()
    days = {_EPOCH + timedelta(days=int(day)): int(leads) for day, leads in rows}
    return spike_flag(
        days,
        [one for one in sorted({number_of(Unit.MONTH, day) for day in days}) if is_whole_month(cohort, one)],
    )


def _stamped(warehouse: Warehouse, cohort: Cohort) -> Flag:
    counted = [one.counts for one in measure_pay(warehouse, cohort).quarters]
    obstacles = dict(counted[0].obstacles) if counted else {}
    why = obstacles.get("accepted_to_opportunity")
    return _without(stamped_flag(()), why) if why is not None else stamped_flag(counted)


def summary(flags: Sequence[Flag]) -> str:
    """Which patterns are worth a question, in one sentence."""
    raised = [one.name for one in flags if one.is_raised]
    if raised:
        return f"Worth a question: {'; '.join(raised)}."
    looked = sum(one.can_be_looked_for for one in flags)
    if not looked:
        return "None of the patterns can be looked for in this export."
    which = "The one pattern that can be looked for is not there."
    return (
        which
        if looked == 1
        else f"None of the {text.count(looked)} patterns that can be looked for is there."
    )
