"""What if some leads had not been passed, or all had been touched in time: the same numbers over a part of the cohort."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any, Literal
from zoneinfo import ZoneInfo

import numpy as np

from analytics.cohort import UNKNOWN, Cohort
from analytics.criteria import Criterion
from analytics.dimensions import dimension_column
from analytics.errors import RequestError
from analytics.evidence import Evidence, select_list, shown_columns
from analytics.measurable import (
    NO_FIRST_TOUCH,
    has_opportunities,
    has_wins,
    knows_acceptance,
    knows_first_touch,
    obstacle,
)
from analytics.metrics.catalog import LEAD_SETS, METRICS, selection_of
from analytics.metrics.compose import count_sets, counts_of, journey_relation, metric_rate, rate, relation
from analytics.metrics.naming import selection_words
from analytics.results import Rate, Unmeasurable
from analytics.rules.conditions import Condition, condition_of
from analytics.rules.fields import vocabulary_of
from analytics.rules.nodes import Node, mentioned
from analytics.rules.reading import describe
from analytics.rules.syntax import parse
from analytics.rules.terms import RuleField, Subject
from analytics.sales_ready import definition_node, understood
from analytics.schema import label_of
from analytics.stats.calendar import working_intervals
from analytics.warehouse import Warehouse

What = Literal["without", "rule", "criterion", "definition"]
Part = Literal["all", "kept", "removed", "unknown"]
SHOWN = (
    "acceptance_rate", "accepted_of_decided", "touched_inside_limit", "working_rate", "accepted_to_opportunity",
    "won_in_horizon",
)  # fmt: skip
"""The rates of a parting, in the order of the funnel."""
WON_OPPORTUNITIES = "won_opportunities"
"""The key of won opportunities: it opens one lead of each."""
LATE = ("so_far_accepted", "reached_opportunity", "so_far_won")
"""What became of late leads anyway."""
TIERS = ("tier_high", "tier_standard")
_PARTS: dict[Part, str] = {"all": "true", "kept": "answer = 1", "removed": "answer <> 1", "unknown": "answer = -1"}  # fmt: skip
_LATER_FIELDS = frozenset(
    ("opened_at", "last_touch_at", "responded_at", "meeting_at", "opportunity_at", "opportunity_id")
)
_IS_WON = "coalesce(c.outcome = 'won', false)"


@dataclass(frozen=True, slots=True)
class Parting:
    """What keeps a lead: not being of one value, or meeting a rule, a criterion, or the whole definition.

    Attributes:
        what: the kind of parting.
        field: the dimension of ``without``.
        value: its value (empty: the export does not say), or the text of a ``rule``.
        criterion: the criterion of ``criterion``; a disqualifying one removes the leads that meet it.
    """

    what: What
    field: str = ""
    value: str = ""
    criterion: Criterion | None = None


@dataclass(frozen=True, slots=True)
class Side:
    """Leads of one part, and the counts of every lead set that a rate needs."""

    leads: int
    counts: dict[str, int]

    def rate(self, slug: str) -> Rate:
        """A metric over these leads alone, with Wilson's interval."""
        return metric_rate(self.counts, slug)


@dataclass(frozen=True, slots=True)
class Deals:
    """Won opportunities by the extract time, each counted once however many leads share it.

    ``kept`` have a won lead among the kept ones; ``shared`` of them have another one among those removed. Amounts are
    of the opportunity, whichever lead carries it, None where the export has none; ``unpriced`` have no amount.
    """

    all: int
    kept: int
    shared: int
    unpriced: int
    amount: float | None
    kept_amount: float | None

    @property
    def given_up(self) -> int:
        """Opportunities whose won leads are all removed."""
        return self.all - self.kept

    @property
    def given_up_amount(self) -> float | None:
        """The amount of the opportunities given up."""
        if self.amount is None or self.kept_amount is None:
            return None
        return self.amount - self.kept_amount


@dataclass(frozen=True, slots=True)
class Parted:
    """The cohort as it is, the leads kept, and those removed, of which ``unknown`` are leads nobody can judge.

    ``words`` says which leads are kept. ``is_hindsight``: the rule uses what happened after the handoff. ``why``:
    metric -> why this export cannot give it. ``deals`` is None where it does not say which leads were won.
    """

    parting: Parting
    words: str
    all: Side
    kept: Side
    removed: Side
    unknown: Side
    deals: Deals | None
    is_hindsight: bool
    horizon_days: int
    why: dict[str, Unmeasurable]


def part_cohort(warehouse: Warehouse, cohort: Cohort, parting: Parting) -> Parted | Unmeasurable:
    """Every number over the leads kept and over those removed, counted by the same definitions as everywhere.

    Raises:
        RequestError: no such dimension, or a rule that cannot be understood (``RuleError``).
    """
    found = _understood(cohort, parting)
    if isinstance(found, Unmeasurable):
        return found
    condition, words, is_hindsight = found
    sets = _sets()
    source, params = _answered(cohort, condition)
    frame = warehouse.run(f"SELECT answer, {counts_of(sets)} FROM {source} GROUP BY 1", params)
    by_answer = {
        int(row["answer"]): {name: int(row[name]) for name in sets} for row in frame.iter_rows(named=True)
    }
    nobody = dict.fromkeys(sets, 0)
    kept, refused, unknown = (by_answer.get(answer, nobody) for answer in (1, 0, -1))
    removed = {name: refused[name] + unknown[name] for name in sets}
    everybody = {name: kept[name] + removed[name] for name in sets}
    manifest = cohort.manifest
    return Parted(
        parting=parting,
        words=words,
        all=_side(everybody),
        kept=_side(kept),
        removed=_side(removed),
        unknown=_side(unknown),
        deals=_deals(warehouse, cohort, condition) if has_wins(manifest) else None,
        is_hindsight=is_hindsight,
        horizon_days=cohort.contract.horizon_days,
        why={slug: why for slug in SHOWN if (why := obstacle(manifest, slug)) is not None},
    )


def _side(counts: dict[str, int]) -> Side:
    return Side(counts["leads"], counts)


def _sets() -> tuple[str, ...]:
    """The lead sets that the rates need, all leads first."""
    metrics = [METRICS[slug] for slug in SHOWN]
    parts = [part for one in metrics for part in (one.numerator, one.denominator, one.pending) if part]
    return tuple(dict.fromkeys(("leads", *parts, "so_far_won", "mature_won_undated")))


def _understood(cohort: Cohort, parting: Parting) -> tuple[Condition, str, bool] | Unmeasurable:
    """The condition under which a lead is kept, in query text and in words, and whether only hindsight knows it."""
    if parting.what == "without":
        column = f"CAST({dimension_column(cohort.manifest, parting.field, cohort.contract, cohort.bands)} AS VARCHAR)"
        name = label_of(parting.field)
        if parting.value == UNKNOWN:
            return Condition(f"{column} IS NOT NULL", {}), f"{name} is known", False
        condition = Condition(f"{column} IS DISTINCT FROM $what_value", {"what_value": parting.value})
        return condition, f"{name} is not {parting.value}", False
    if parting.what == "rule":
        root: Node | None = parse(
            parting.value, vocabulary_of(cohort.manifest, cohort.contract, cohort.bands)
        ).root
    else:
        criteria = cohort.contract.criteria
        if parting.what == "criterion":
            if parting.criterion is None:
                raise RequestError("No criterion was given.")
            criteria = (parting.criterion,)
        checked = understood(criteria, cohort.manifest, cohort.contract, cohort.bands)
        for one in checked:
            if one.node is None:
                return Unmeasurable(f"“{one.criterion.words}” cannot be checked on this export: {one.why}")
        root = definition_node(checked)
    if root is None:
        return Unmeasurable("The contract has no sales-ready definition yet, so there is nothing to apply.")
    condition = condition_of(root, cohort.zone, cohort.manifest.as_of)
    return condition, describe(root, cohort.zone), _is_hindsight(root)


def _is_hindsight(root: Node) -> bool:
    """Whether a rule looks at what was not known yet when the lead was handed off."""
    return any(
        meant.subject is not Subject.NONE or not isinstance(meant, RuleField) or meant.name in _LATER_FIELDS
        for meant in mentioned(root)
    )


def _answered(cohort: Cohort, condition: Condition, rows: str | None = None) -> tuple[str, dict[str, Any]]:
    """The cohort's rows with ``answer``: 1 kept, 0 removed, -1 unknown, which is removed too."""
    asked = f"(SELECT l.lead_no, {condition.answer} AS answer FROM {cohort.leads} AS l) AS asked"
    rows = rows or relation(cohort)
    return (
        f"(SELECT c.*, asked.answer FROM {rows} AS c JOIN {asked} USING (lead_no)) AS c",
        condition.params,
    )


def _deal_rows(cohort: Cohort, condition: Condition) -> str:
    """One row per opportunity of accepted or won leads; a lead without an opportunity's id is one of its own."""
    source, _ = _answered(cohort, condition)
    return (
        "(SELECT l.opportunity_id AS deal, CASE WHEN l.opportunity_id IS NULL THEN c.lead_no END AS alone,"
        f" max(l.amount) AS amount, bool_or({_IS_WON}) AS is_won, bool_or({_IS_WON} AND c.answer = 1) AS is_kept,"
        f" bool_or({_IS_WON} AND c.answer <> 1) AS is_removed, min(CASE WHEN {_IS_WON} THEN c.lead_no END) AS first_lead,"
        f" min(CASE WHEN {_IS_WON} AND c.answer = 1 THEN c.lead_no END) AS first_kept"
        f" FROM {source} JOIN {cohort.leads} AS l USING (lead_no) WHERE c.is_accepted OR {_IS_WON} GROUP BY 1, 2)"
    )


def _deals(warehouse: Warehouse, cohort: Cohort, condition: Condition) -> Deals:
    row = warehouse.run(
        "SELECT count(*) FILTER (WHERE is_won) AS won, count(*) FILTER (WHERE is_kept) AS kept,"
        " count(*) FILTER (WHERE is_kept AND is_removed) AS shared,"
        " count(*) FILTER (WHERE is_won AND amount IS NULL) AS unpriced,"
        " CAST(coalesce(sum(amount) FILTER (WHERE is_won), 0) AS DOUBLE) AS amount,"
        " CAST(coalesce(sum(amount) FILTER (WHERE is_kept), 0) AS DOUBLE) AS kept_amount"
        f" FROM {_deal_rows(cohort, condition)}",
        condition.params,
    ).row(0, named=True)
    has_amounts = cohort.manifest.has("amount")
    return Deals(
        all=int(row["won"]),
        kept=int(row["kept"]),
        shared=int(row["shared"]),
        unpriced=int(row["unpriced"]),
        amount=float(row["amount"]) if has_amounts else None,
        kept_amount=float(row["kept_amount"]) if has_amounts else None,
    )


def open_part(
    warehouse: Warehouse, cohort: Cohort, parting: Parting, part: Part, key: str, limit: int = 1000
) -> Evidence:
    """The leads of a part that are in a lead set, by the condition that counted them.

    ``won_opportunities`` opens one lead of each won opportunity; of those given up where ``part`` is ``removed``.

    Raises:
        RequestError: no such part or set, or one outside the cohort; or as ``part_cohort``.
    """
    found = _understood(cohort, parting)
    if isinstance(found, Unmeasurable):
        raise RequestError(found.why)
    condition, words, _ = found
    if part not in _PARTS:
        raise RequestError(f"The leads of a what-if cannot be opened as '{part[:40]}'.")
    said = {"all": "all leads", "kept": f"kept: {words}", "removed": f"removed, not: {words}",
            "unknown": f"removed, not known whether: {words}"}[part]  # fmt: skip
    if key == WON_OPPORTUNITIES:
        first = "first_kept" if part == "kept" else "first_lead"
        those = {"all": "is_won", "kept": "is_kept", "removed": "is_won AND NOT is_kept"}.get(part)
        if those is None:
            raise RequestError("Won opportunities are kept or given up; none is unknown.")
        inner = f"SELECT {first} FROM {_deal_rows(cohort, condition)} WHERE {those}"
        return _rows(warehouse, cohort, inner, condition.params, (key, f"one lead of each won opportunity, {said}"), limit)  # fmt: skip
    rows, predicate, params, named = _selected(warehouse, cohort, key)
    source, bound = _answered(cohort, condition, rows)
    inner = f"SELECT lead_no FROM {source} WHERE ({predicate}) AND {_PARTS[part]}"
    return _rows(warehouse, cohort, inner, bound | params, (key, f"{named}, {said}"), limit)


def _selected(warehouse: Warehouse, cohort: Cohort, key: str) -> tuple[str, str, dict[str, int], str]:
    """The rows, the condition, its values and the name of a lead set inside the cohort."""
    selection = selection_of(key)
    if selection.grain not in ("cohort", "journey"):
        raise RequestError(f"The leads of a what-if cannot be opened as '{key[:60]}'.")
    rows = relation(cohort) if selection.grain == "cohort" else journey_relation(warehouse, cohort)
    return (
        rows, selection.predicate, selection.params,
        selection_words(selection, cohort.contract, cohort.bands),
    )  # fmt: skip


def _rows(
    warehouse: Warehouse,
    cohort: Cohort,
    inner: str,
    params: dict[str, Any],
    said: tuple[str, str],
    limit: int,
) -> Evidence:
    source = f"FROM {cohort.leads} AS l WHERE l.lead_no IN ({inner})"
    count = int(warehouse.run(f"SELECT count(*) AS n {source}", params).item())
    frame = warehouse.run(
        f"SELECT {select_list(shown_columns(cohort.manifest))} {source} ORDER BY l.handoff_at, l.lead_no LIMIT $most",
        params | {"most": limit},
    )
    return Evidence(said[0], said[1], f"Leads of the selection: {said[1]}.", count, count, frame)


@dataclass(frozen=True, slots=True)
class Tier:
    """Leads of one tier past their first-touch limit: ``hits`` of them were touched inside it, the others late or never.

    ``slug`` is the tier's lead set; empty for all leads.
    """

    slug: str
    limit_minutes: int | None
    hits: Rate

    @property
    def missed(self) -> int:
        """Leads that would be hits and are not."""
        return self.hits.denominator - self.hits.numerator

    def key(self, slug: str) -> str:
        """The key of a lead set inside the tier."""
        return f"{self.slug}.{slug}" if self.slug else slug


@dataclass(frozen=True, slots=True)
class Busiest:
    """The opening day, or the hour of one, in which most limits start to run.

    ``starts_at`` is local to the contract's zone. ``leads`` would have to be touched inside the limit, ``hits`` were.
    ``slots``: the first and the last stretch of the calendar whose handoffs start there.
    """

    starts_at: datetime
    leads: int
    hits: int
    slots: tuple[int, int]


@dataclass(frozen=True, slots=True)
class AllInTime:
    """What is observed about touching every lead inside its limit: hits, overlap and load, nothing about wins.

    Attributes:
        total: all leads past their limit.
        tiers: the same per tier.
        pending: leads whose limit has not passed.
        before: leads touched only before their handoff, not timed.
        never: leads among the late ones that were never touched.
        late: of the late leads, those accepted, with an opportunity, and won by the extract; only what is known.
        opening_days: days on which the calendar opens, from the first to the last start of a limit.
        day: the busiest opening day; None without leads.
        hour: the busiest hour of an opening day, of leads handed off at a known time of day.
    """

    total: Tier
    tiers: tuple[Tier, ...]
    pending: int
    before: int
    never: int
    late: dict[str, Rate]
    opening_days: int
    day: Busiest | None
    hour: Busiest | None


def measure_all_in_time(warehouse: Warehouse, cohort: Cohort) -> AllInTime | Unmeasurable:
    """How many leads would be hits if all were touched inside their limit, and what the late ones became anyway."""
    manifest, contract = cohort.manifest, cohort.contract
    if not knows_first_touch(manifest):
        return NO_FIRST_TOUCH
    counts = count_sets(
        warehouse, cohort, ("limit_settled", "limit_met", "limit_pending", "touched_before_handoff")
    )
    missed = LEAD_SETS["limit_missed"].predicate
    parts = [
        f"count(*) FILTER (WHERE ({missed}) AND ({LEAD_SETS[slug].predicate})) AS {slug}"
        for slug in ("never_touched", *LATE)
    ]
    parts += [
        f"count(*) FILTER (WHERE ({LEAD_SETS[tier].predicate}) AND ({LEAD_SETS[slug].predicate})) AS {tier}_{slug}"
        for tier in TIERS
        for slug in ("limit_settled", "limit_met")
    ]
    row = warehouse.run(f"SELECT {', '.join(parts)} FROM {journey_relation(warehouse, cohort)}").row(
        0, named=True
    )
    limits = (contract.limit_minutes_high, contract.limit_minutes_standard)
    late = counts["limit_settled"] - counts["limit_met"]
    known = {
        "so_far_accepted": knows_acceptance(manifest),
        "reached_opportunity": has_opportunities(manifest) or has_wins(manifest),
        "so_far_won": has_wins(manifest),
    }
    days, day, hour = _load(warehouse, cohort)
    return AllInTime(
        total=Tier("", None, rate(counts["limit_met"], counts["limit_settled"], counts["limit_pending"])),
        tiers=tuple(
            Tier(tier, minutes, rate(int(row[f"{tier}_limit_met"]), int(row[f"{tier}_limit_settled"])))
            for tier, minutes in zip(TIERS, limits, strict=True)
        ),
        pending=counts["limit_pending"],
        before=counts["touched_before_handoff"],
        never=int(row["never_touched"]),
        late={slug: rate(int(row[slug]), late) for slug in LATE if known[slug]},
        opening_days=days,
        day=day,
        hour=hour,
    )


_SLOT = "date_diff('second', TIMESTAMP '1970-01-01', handoff_at) // $slot_seconds"


def _load(warehouse: Warehouse, cohort: Cohort) -> tuple[int, Busiest | None, Busiest | None]:
    """Opening days, the busiest day and the busiest hour; a handoff out of hours starts at the next opening.

    The calendar is either open or closed over a whole slot, so leads are counted per slot. A shift over midnight
    belongs to the day on which its part lies.
    """
    frame = warehouse.run(
        f"SELECT {_SLOT} AS slot, has_arrival_hour AS is_timed, count(*) AS leads,"
        f" count(*) FILTER (WHERE {LEAD_SETS['limit_met'].predicate}) AS hits FROM {journey_relation(warehouse, cohort)}"
        f" WHERE {LEAD_SETS['limit_settled'].predicate} GROUP BY 1, 2 ORDER BY 1, 2",
        cohort.params,
    )
    if frame.is_empty():
        return 0, None, None
    seconds = int(cohort.params["slot_seconds"])
    slots = frame["slot"].to_numpy()
    first, last = (datetime.fromtimestamp(int(slots[at]) * seconds, UTC).date() for at in (0, -1))
    intervals = working_intervals(
        cohort.calendar,
        first - timedelta(days=2),
        min(last, cohort.manifest.as_of.date()) + timedelta(days=40),
    )
    place = np.searchsorted(intervals.close_at, slots * seconds, side="right")
    starts = np.maximum(slots * seconds, intervals.open_at[place])
    zone = ZoneInfo(cohort.zone)
    local = [datetime.fromtimestamp(int(start), zone).replace(tzinfo=None) for start in starts]
    by_day: dict[datetime, list[int]] = {}
    by_hour: dict[datetime, list[int]] = {}
    for at, (slot, is_timed, leads, hits) in zip(local, frame.iter_rows(), strict=True):
        _add(by_day, datetime(at.year, at.month, at.day), slot, leads, hits)
        if is_timed:
            _add(by_hour, at.replace(minute=0, second=0), slot, leads, hits)
    opens = _opening_days(intervals.open_at, intervals.close_at, zone, (local[0].date(), local[-1].date()))
    return opens, _busiest(by_day), _busiest(by_hour)


def _add(found: dict[datetime, list[int]], at: datetime, slot: int, leads: int, hits: int) -> None:
    total = found.setdefault(at, [0, 0, slot, slot])
    total[0] += leads
    total[1] += hits
    total[3] = slot


def _busiest(found: dict[datetime, list[int]]) -> Busiest | None:
    """The one with the most leads; of equals the earliest."""
    if not found:
        return None
    at = min(found, key=lambda one: (-found[one][0], one))
    leads, hits, first, last = found[at]
    return Busiest(at, leads, hits, (first, last))


def _opening_days(opens: Any, closes: Any, zone: ZoneInfo, span: tuple[date, date]) -> int:
    """Local days inside the span, both ends included, on which the calendar is open at some time."""
    days: set[date] = set()
    for open_at, close_at in zip(opens.tolist(), closes.tolist(), strict=True):
        day = datetime.fromtimestamp(open_at, zone).date()
        end = datetime.fromtimestamp(close_at - 1, zone).date()
        while day <= end:
            if span[0] <= day <= span[1]:
                days.add(day)
            day += timedelta(days=1)
    return len(days)


def open_started(
    warehouse: Warehouse,
    cohort: Cohort,
    busiest: Busiest,
    *,
    is_hour: bool,
    key: str = "limit_settled",
    limit: int = 1000,
) -> Evidence:
    """The leads whose limit starts to run on the busiest day or in its busiest hour, of a lead set.

    Raises:
        RequestError: no such set, or one outside the cohort.
    """
    _, predicate, params, named = _selected(warehouse, cohort, key)
    inner = (
        f"SELECT lead_no FROM {journey_relation(warehouse, cohort)} WHERE ({predicate})"
        f" AND {_SLOT} BETWEEN $first_slot AND $last_slot{' AND has_arrival_hour' if is_hour else ''}"
    )
    bound = params | {
        "slot_seconds": cohort.params["slot_seconds"],
        "first_slot": busiest.slots[0],
        "last_slot": busiest.slots[1],
    }
    when = f"limit starts on {busiest.starts_at:%Y-%m-%d}" + (
        f", {busiest.starts_at:%H}:00 to {busiest.starts_at:%H}:59" if is_hour else ""
    )
    return _rows(warehouse, cohort, inner, bound, (key, f"{named}, {when}"), limit)
