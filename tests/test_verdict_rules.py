"""The rules of the verdict one by one, on made-up cases: order, clear misses only, and no sentence that blames early."""

from __future__ import annotations

import itertools
from dataclasses import replace
from types import SimpleNamespace
from typing import Any, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.contract import default_contract
from analytics.handoff_steps import judged, targets
from analytics.metrics.compose import rate
from analytics.plumbing.audit import Audit
from analytics.stats.intervals import wilson_interval
from analytics.verdict import leads_to_settle, verdict_of
from analytics.verdict_rules import JUDGED, SALES, Case, MedianSplit, VerdictKind, judge

AIMS = targets(default_contract())
CLEAN = Audit(1_000, (), (), ())
SPLIT = MedianSplit(50.0, "won_in_horizon", rate(10, 500), rate(60, 500), (-0.10, -0.13, -0.07))
ALIKE = MedianSplit(50.0, "won_in_horizon", rate(50, 500), rate(60, 500), (-0.02, -0.06, 0.02))


def case(
    settled: int = 1_000, split: MedianSplit | None = SPLIT, segments: Any = None, **shares: float | None
) -> Case:
    """All metrics comfortably met on 1,000 leads; ``shares`` replace some, None meaning it cannot be measured."""
    good = {slug: AIMS[slug] + 0.08 for slug in JUDGED}
    rates = {
        slug: rate(round(1_000 * share), 1_000)
        for slug, share in (good | shares).items()
        if share is not None
    }
    states = {slug: judged(rates.get(slug), AIMS[slug]) for slug in JUDGED}
    return Case(settled, rates, AIMS, states, segments, split, is_working_rate_at_most=False)


def mismatch(wins: int) -> Any:
    return SimpleNamespace(known_wins=wins, verdict="mismatch")


def test_everything_met_is_healthy():
    assert judge(case()) == "healthy"
    assert judge(case(working_rate=None)) == "healthy"
    assert judge(case(decided_in_window=0.5)) == "sales_execution"


@pytest.mark.parametrize(
    ("settled", "kind"), [(0, "not_enough_leads"), (29, "not_enough_leads"), (30, "healthy")]
)
def test_under_thirty_settled_leads_nothing_is_said(settled, kind):
    assert judge(case(settled=settled)) == kind


def test_a_mismatch_needs_twenty_wins_and_comes_before_the_teams():
    assert judge(case(segments=mismatch(20), accepted_of_decided=0.5)) == "segment_mismatch"
    assert judge(case(segments=mismatch(19))) == "healthy"


def test_a_missed_acceptance_is_the_thresholds_only_where_the_lower_half_wins_less():
    assert judge(case(accepted_of_decided=0.6)) == "quality_threshold"
    assert judge(case(accepted_of_decided=0.6, split=ALIKE)) == "undecided"
    assert judge(case(accepted_of_decided=0.6, split=None)) == "undecided"
    assert judge(case(accepted_of_decided=0.6, touched_inside_limit=0.2)) == "quality_threshold"


@pytest.mark.parametrize("slug", SALES)
def test_a_missed_follow_up_is_the_execution_unless_acceptance_is_missed(slug):
    assert judge(case(**{slug: AIMS[slug] - 0.1})) == "sales_execution"
    assert judge(case(**{slug: AIMS[slug] - 0.1, "accepted_of_decided": None})) == "sales_execution"
    assert judge(case(**{slug: AIMS[slug] - 0.1, "accepted_of_decided": 0.6}, split=ALIKE)) == "undecided"


def test_few_opportunities_with_nothing_missed_above_is_the_fit():
    assert judge(case(accepted_to_opportunity=0.1)) == "strategy_fit"
    assert judge(case(accepted_to_opportunity=0.1, touched_inside_limit=0.2)) == "sales_execution"
    assert judge(case(accepted_to_opportunity=0.2)) == "undecided"


def test_an_open_number_is_never_a_verdict():
    """75 of 100 against a target of 75 %: the interval covers the target."""
    open_case = case(accepted_of_decided=0.75)
    assert open_case.states["accepted_of_decided"] == "open"
    assert judge(open_case) == "undecided"


def test_two_points_off_are_needed_to_miss():
    slug = "accepted_of_decided"
    near = replace(case(), rates=case().rates | {slug: rate(735_000, 1_000_000)})
    near = replace(near, states=near.states | {slug: judged(near.rates[slug], AIMS[slug])})
    assert near.states[slug] == "open"
    far = rate(729_999, 1_000_000)
    assert judged(far, AIMS[slug]) == "missed"


SHARES = [st.none() | st.floats(0.0, 1.0) for _ in JUDGED]


@given(st.tuples(*SHARES), st.integers(0, 2_000), st.sampled_from([None, SPLIT, ALIKE]))
def test_every_case_gets_one_verdict_and_a_side_is_named_only_where_its_number_is_clearly_missed(
    shares, settled, split
):
    made = case(settled=settled, split=split, **dict(zip(JUDGED, shares, strict=True)))
    found = verdict_of(made, CLEAN)
    assert found.kind in get_args(VerdictKind)
    assert found.sentence.endswith(".")
    assert "None" not in found.sentence + found.would_change
    if found.kind == "sales_execution":
        assert made.is_missed(*SALES)
    if found.kind == "quality_threshold":
        assert made.is_missed("accepted_of_decided")
    if found.kind == "undecided":
        assert "too low" not in found.sentence
    told = [item.metric for item in (*found.evidence, *found.against)]
    assert len([one for one in told if one in JUDGED]) == len({one for one in told if one in JUDGED})


def test_the_number_of_leads_that_would_settle_it_is_the_smallest():
    found = leads_to_settle(rate(77, 100), 0.75)
    assert found is not None
    low, _ = wilson_interval(round(0.77 * found), found) or (0, 0)
    assert low >= 0.75
    assert leads_to_settle(rate(74, 100), 0.75) is None
    assert leads_to_settle(rate(0, 0), 0.75) is None


def test_all_combinations_of_states_are_decided():
    levels = {"missed": -0.1, "met": 0.1, "open": 0.0}
    kinds = set()
    for states in itertools.product(levels, repeat=len(JUDGED)):
        shares = {
            slug: min(1.0, AIMS[slug] + levels[state]) for slug, state in zip(JUDGED, states, strict=True)
        }
        kinds.add(judge(case(**shares)))
    assert kinds == {"quality_threshold", "sales_execution", "strategy_fit", "healthy", "undecided"}
