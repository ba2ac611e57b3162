"""The journeys by hand: every column that a lead of the table names holds what the lead says."""

from __future__ import annotations

from datetime import date
from functools import cache
from typing import Any

import pytest

from analytics import periods
from analytics.journey import open_journey
from analytics.metrics.compose import JOURNEY_SETS, journey_relation
from tests.metrics.hand_table import hand_world
from tests.metrics.journey_table import BY_ID, LEADS, journey_world
from tests.metrics.worlds import sample, story

DAY = 86_400


@cache
def journeys() -> dict[str, dict[str, Any]]:
    world = journey_world()
    cohort = world.cohort()
    frame = world.warehouse.run(
        f"SELECT l.lead_id, j.* FROM {journey_relation(world.warehouse, cohort)} AS j JOIN {cohort.leads} AS l USING (lead_no)"
    )
    return {row["lead_id"]: row for row in frame.to_dicts()}


@pytest.mark.parametrize("one", LEADS, ids=lambda one: one.id)
def test_columns_of(one):
    found = journeys()[one.id]
    assert {name: found[name] for name in one.columns} == one.columns, one.why


@pytest.mark.parametrize(
    ("key", "edge", "beyond"),
    [
        (f"accepted_by_age:{14}", "accepted-at-window", "accepted-after-window"),
        (f"rejected_by_age:{14}", "rejected-at-window", "rejected-after-window"),
        ("opportunity_by_age:2", "implied", "lost"),
        ("won_by_age:10", "won-without-opportunity", "lost"),
        ("lost_by_age:5", "lost", "won-with-id"),
        ("at_least_old:90", "ninety", "ranged"),
        ("disqualified_within:14", "disqualified", "lost"),
        (f"rejected_within:{14 * DAY}", "rejected-at-window", "rejected-after-window"),
        ("score_from:20", "ninety", "ranged"),
        ("score_below:21", "ninety", "ranged"),
    ],
)
def test_ages_are_passed_at_most(key, edge, beyond):
    ids = journey_world().ids(key)
    assert edge in ids, BY_ID[edge].why
    assert beyond not in ids, BY_ID[beyond].why


def test_a_score_is_below_a_higher_threshold_only():
    world = journey_world()
    assert world.ids("score_below:20") == set()
    assert world.ids("score_from:21") == set()


@pytest.mark.parametrize("opened", [hand_world, sample, lambda: story("threshold_too_low", 11, 900)[0]])
def test_journeys_are_the_leads_of_the_cohort(opened):
    world = opened()
    for request in (None, world.request(starts_on=date(2026, 5, 11), ends_on=date(2026, 5, 18))):
        cohort = world.cohort(request)
        table = open_journey(world.warehouse, cohort)
        same = world.warehouse.run(
            f"SELECT count(*) AS n, count(DISTINCT lead_no) AS once, count(c.lead_no) AS both "
            f"FROM {table} AS j FULL JOIN {cohort.table} AS c USING (lead_no)"
        ).row(0)
        leads = world.counts(request)["leads"]
        assert same == (leads, leads, leads)


def test_every_lead_is_in_one_step_of_the_bridge():
    world = sample()
    steps = world.warehouse.run(
        f"SELECT bridge_step, count(*) AS n FROM {journey_relation(world.warehouse, world.cohort())} GROUP BY 1"
    )
    assert sum(steps["n"]) == world.counts()["leads"]
    for step, leads in steps.rows():
        assert len(world.evidence(f"bridge:{step}", limit=10_000).frame) == leads


def test_the_planted_facts_of_the_sample_are_found():
    """The generator's own counts: owners left blank, the same person twice, decisions inside the window."""
    counts = sample().journeys(sample().request())
    assert counts["leads"] == 6000
    inside = sample().journeys(None, JOURNEY_SETS)
    assert inside == counts
    steps = {step: sample().evidence(f"bridge:{step}", limit=1).count for step in (2, 3)}
    assert steps == {2: 36, 3: 21}


@pytest.mark.parametrize("unit", list(periods.Unit))
def test_periods_of_the_sample_lie_where_their_first_day_says(unit):
    world = sample()
    frame = world.warehouse.run(
        f"SELECT {unit} AS period, min(handoff_day) AS first, max(handoff_day) AS last, count(*) AS leads "
        f"FROM {journey_relation(world.warehouse, world.cohort())} GROUP BY 1 ORDER BY 1"
    )
    assert sum(frame["leads"]) == 6000
    for number, first, last, leads in frame.rows():
        begins = (periods.first_day(unit, number) - date(1970, 1, 1)).days
        ends = (periods.first_day(unit, periods.following(unit, number)) - date(1970, 1, 1)).days
        assert begins <= first <= last < ends
        assert world.evidence(f"leads.{unit}:{number}", limit=1).count == leads


def test_combined_keys_are_intersections():
    world = sample()
    both = world.ids("so_far_rejected.month:24317.reason:0")
    assert both == world.ids("so_far_rejected") & world.ids("month:24317") & world.ids("reason:0")
    assert both
