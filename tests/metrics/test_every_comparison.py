"""Turns every comparison of the definitions round, one at a time: ``<`` to ``<=`` and back. Some count must change.

The counts that must change are those of the tables by hand, which other tests hold against the written definitions.
"""

from __future__ import annotations
import __future__

import inspect
import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date
from functools import cache
from typing import Any

import pytest

from analytics import banding, cohort, journey
from analytics.contract import default_contract
from analytics.metrics import catalog, compose
from analytics.metrics.lead_set import LeadSet
from tests.metrics.hand_table import hand_world
from tests.metrics.journey_table import journey_world
from tests.metrics.key_values import VALUES as KEY_VALUES
from tests.metrics.small_tables import counted_world, default_period_worlds, undated_world
from tests.metrics.worlds import World, world_of
from tests.test_compliance import sales_world
from tests.test_faster_wins import hand as hand_limits

COMPARISON = re.compile(r"(?<![-<>=])(<=|>=|<|>)(?![=>])")
TURNED = {"<": "<=", "<=": "<", ">": ">=", ">=": ">"}
VALUES: dict[str, tuple[int, ...]] = {
    "working_within": (0, 300, 3_600, 14_400, 28_800, 86_400),
    "wall_within": (0, 300, 3_600, 14_400, 86_400, 259_200),
    "touches_at_least": (1, 5, 6, 7),
    "band_leads": (-1, 0, 1, 2, 3, 4),
}
# limits as long as the leads were watched to the second: 20 opening days of 8 hours
LONG_LIMITS = replace(default_contract(), limit_minutes_high=9_600, limit_minutes_standard=9_600)
TABLES: dict[str, Callable[[], World]] = {
    "sides": lambda: sales_world()[0],
    "long limits": lambda: sales_world()[0].under(LONG_LIMITS),
    "blank counts": lambda: blank_counts().under(LONG_LIMITS),
    "hand": hand_world,
    "counted": counted_world,
    "undated": undated_world,
}
LIMITS = ("at_limit", "at_limit_no_opportunity", "resolved_at_limit", "won_after_limit")
Observed = dict[str, Any]


@cache
def blank_counts() -> World:
    """Two accepted leads watched for exactly 20 opening days, one of them with a blank number of touches."""
    rows = [
        {"Lead ID": f"touches {count}", "Handoff Date": "2026-03-02 09:00:00", "SAL Date": "2026-03-02 11:00:00",
         "First Activity": "2026-03-02 10:30:00", "Touch Count": count}
        for count in ("6", "")
    ]  # fmt: skip
    return world_of(rows, as_of="2026-03-30 09:00:00", zone="UTC")


DAY = 86_400
AGES = {
    "accepted_by_age": 14, "rejected_by_age": 14, "opportunity_by_age": 2, "won_by_age": 10, "lost_by_age": 5, "at_least_old": 90,
    "disqualified_within": 14, "rejected_within": 14 * DAY, "score_from": 20, "score_below": 20, "score_from_fine": 20_500, "score_below_fine": 20_500,
    "score_from_finest": 20_500_000_000, "score_below_finest": 20_500_000_000,
    "account_contacts_from": 1, "opportunity_after_limit": 2, "at_limit_no_opportunity": 50, "wall_longer": 3_600, "working_longer": 3_600,
    "rejected_after": 14 * DAY, "under_worked": 1, "handed_from": 20577, "handed_before": 20577, "accepted_for": 784_800,
    "accepted_less_than": 784_800,
}  # fmt: skip


def observe(world: World) -> Observed:
    """Every count of a world over the whole file and over one week; values too, where a set takes one."""
    fresh = world.afresh()  # shaped cohorts are kept by name, so each look takes an engine of its own
    week = fresh.request(starts_on=date(2026, 5, 11), ends_on=date(2026, 5, 18))
    counts = [
        f"count(*) FILTER (WHERE {catalog.LEAD_SETS[slug].predicate.replace('$value', str(value))})"
        for slug, values in VALUES.items()
        for value in values
    ]
    query = f"SELECT {', '.join(counts)} FROM {compose.relation(fresh.cohort())}"
    seen = {"all": fresh.counts(), "week": fresh.counts(week), "values": fresh.warehouse.run(query).row(0)}
    fresh.warehouse.close()
    return seen


def observe_journeys() -> Observed:
    """Every column of the journeys by hand, every set over them, and the leads outside a period."""
    fresh = journey_world().afresh()
    rows = compose.journey_relation(fresh.warehouse, fresh.cohort())
    columns = fresh.warehouse.run(f"SELECT * FROM {rows} ORDER BY lead_no").to_dicts()
    ids = {slug: fresh.ids(f"{slug}:{value}") for slug, value in AGES.items()}
    outside = fresh.ids("bridge_outside", fresh.request(starts_on=date(2026, 4, 1), ends_on=date(2026, 5, 5)))
    limits = hand_limits().afresh()
    waits = {slug: limits.ids(f"{slug}:90") for slug in LIMITS}
    limits.warehouse.close()
    seen = {"waits": waits, "columns": columns, "ids": ids, "sets": fresh.journeys(), "outside": outside}
    fresh.warehouse.close()
    return seen


def observe_default_period() -> Observed:
    seen: Observed = {}
    for name, world in default_period_worlds().items():
        fresh = world.afresh()
        seen[name] = fresh.counts(cohort.CohortRequest(world.manifest.fingerprint), ("leads",))
        fresh.warehouse.close()
    return seen


def look(table: str) -> Observed:
    if table == "period":
        return observe_default_period()
    return observe_journeys() if table == "journeys" else observe(TABLES[table]())


@cache
def as_written(table: str) -> Observed:
    return look(table)


def changes_a_count(*tables: str) -> bool:
    """Whether any table now counts otherwise than as written; ``as_written`` was called before the change."""
    return any(look(table) != as_written(table) for table in tables)


@pytest.fixture(scope="module", autouse=True)
def _written_first():
    for table in ("hand", "counted", "undated", "period", "journeys"):
        as_written(table)


def comparisons(text: str) -> Iterator[tuple[int, int]]:
    """Where the comparisons of a text stand, outside comments."""
    for match in COMPARISON.finditer(text):
        line = text[text.rfind("\n", 0, match.start()) + 1 : match.start()]
        if "--" not in line and "->" not in line and "#" not in line:
            yield match.span()


def turned(text: str, span: tuple[int, int]) -> str:
    start, end = span
    return text[:start] + TURNED[text[start:end]] + text[end:]


def shown(text: str, span: tuple[int, int]) -> str:
    """The place in a few words, for the name of the test."""
    around = text[max(0, span[0] - 28) : span[1] + 24]
    return re.sub(r"\s+", " ", around.replace("\n", " ")).strip()


FUNCTIONS = {
    "cohort._period": (cohort, cohort._period, ("period",)),
    "cohort._cadence": (cohort, cohort._cadence, ("hand", "counted", "undated")),
    "banding.band_case": (banding, banding.band_case, ("hand",)),
    "compose._derived": (compose, compose._derived, ("hand",)),
    "journey.is_before": (journey, journey.is_before, ("journeys",)),
    "journey.open_journey": (journey, journey.open_journey, ("journeys",)),
}
IN_QUERIES = [
    (name, number, shown(cohort.query_text(name), span))
    for name in ("cohort", "cadence", "journey")
    for number, span in enumerate(comparisons(cohort.query_text(name)))
]
IN_PREDICATES = [
    (slug, number)
    for slug, one in catalog.LEAD_SETS.items()
    for number, _ in enumerate(comparisons(one.predicate))
]
IN_FUNCTIONS = [
    (name, number, shown(inspect.getsource(function), span))
    for name, (_, function, _) in FUNCTIONS.items()
    for number, span in enumerate(comparisons(inspect.getsource(function)))
]
# Turned round these change nothing that can be counted, and why.
EQUIVALENT = {
    "journey: < 0 THEN 0 ELSE": "an age of 0 stays 0",
    "cadence: handoff_at < $ends_at": "the row it would add belongs to no lead of the cohort, which has its own bound",
    "cohort._period: request.ends_on <= request.starts_on": "a refusal; test_cohort stands on it",
    "cohort._period: not FIRST.year <=": "a refusal; test_cohort stands on it",
    "cohort._period: day.year < LAST.year": "a refusal; test_cohort stands on it",
}


def is_equivalent(home: str, place: str) -> bool:
    return any(home == known.split(": ", 1)[0] and known.split(": ", 1)[1] in place for known in EQUIVALENT)


@pytest.mark.parametrize(("name", "number", "place"), IN_QUERIES, ids=str)
def test_in_the_shaping_queries(name, number, place, monkeypatch):
    if is_equivalent(name, place):
        return
    original = cohort.query_text

    def changed(asked: str) -> str:
        text = original(asked)
        return turned(text, list(comparisons(text))[number]) if asked == name else text

    monkeypatch.setattr(cohort, "query_text", changed)
    monkeypatch.setattr(journey, "query_text", changed)
    assert changes_a_count("journeys" if name == "journey" else "hand"), (
        f"turning round {place!r} in {name}.sql changes no count"
    )


def counted(one: LeadSet, predicate: str) -> list[tuple[object, ...]]:
    """How many leads of the tables by hand a predicate holds, for the values that stand on its edges.

    A predicate is no part of the shaping, so the tables stay as they are shaped.
    """
    worlds = [make() for make in TABLES.values()] + [journey_world(), hand_limits()]
    values = [*VALUES.get(one.slug, ()), *KEY_VALUES.get(one.slug, ())]
    values += [AGES[one.slug]] if one.slug in AGES else []
    values += [90] if one.slug in LIMITS else []
    counts = ", ".join(
        f"count(*) FILTER (WHERE {predicate.replace('$value', str(value))})" for value in values or [0]
    )
    return [
        world.warehouse.run(
            f"SELECT {counts} FROM {compose.journey_relation(world.warehouse, world.cohort())}"
        ).row(0)
        for world in worlds
    ]


@pytest.mark.parametrize(("slug", "number"), IN_PREDICATES)
def test_in_the_catalog(slug, number, monkeypatch):
    one = catalog.LEAD_SETS[slug]
    predicate = turned(one.predicate, list(comparisons(one.predicate))[number])
    if one.grain in ("cohort", "journey"):
        is_changed = counted(one, predicate) != counted(one, one.predicate)
    else:
        monkeypatch.setitem(catalog.LEAD_SETS, slug, replace(one, predicate=predicate))
        is_changed = changes_a_count("hand", "journeys")
    assert is_changed, f"turning round comparison {number} of {slug} changes no count"


@pytest.mark.parametrize(("name", "number", "place"), IN_FUNCTIONS, ids=str)
def test_in_composed_query_text(name, number, place, monkeypatch):
    if is_equivalent(name, place):
        return
    module, function, tables = FUNCTIONS[name]
    source = inspect.getsource(function)
    space: dict[str, Any] = dict(vars(module))
    future = __future__.annotations.compiler_flag
    code = compile(
        turned(source, list(comparisons(source))[number]), name, "exec", flags=future, dont_inherit=True
    )
    exec(code, space)  # noqa: S102 - our own source, one sign turned round
    monkeypatch.setattr(module, function.__name__, space[function.__name__])
    for other in (cohort, compose):
        if getattr(other, function.__name__, None) is function:
            monkeypatch.setattr(other, function.__name__, space[function.__name__])
    assert changes_a_count(*tables), f"turning round {place!r} in {name} changes no count"


def test_something_was_turned_round():
    assert len(IN_QUERIES) >= 14
    assert len(IN_PREDICATES) >= 7
    assert len(IN_FUNCTIONS) >= 12
