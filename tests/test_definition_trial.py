"""A definition tried on the cohort: each criterion by hand, both drafts against each other, nobody lost on the way."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics.cohort import open_cohort
from analytics.criteria import criterion_of
from analytics.definition_trial import compare_definitions, field_names, reading, try_definition
from tests.metrics.worlds import sample
from tests.test_compliance import HAND, agreed, by_hand, opened


def row(**said):
    return criterion_of(said, "row")


SIZE = row(field="employees", operator="at least", value=50)
KEEN = row(kind="intent", field="intent", operator="is", value="high", group="keen")
SCORED = row(kind="intent", field="score", operator="at least", value=60, group="keen")
BRAZIL = row(kind="disqualify", field="country", operator="in", value=["Brazil"])
PHONE = row(field="phone", operator="known")
NOBODY = row(field="score", operator="over", value=10_000)
RULES = (SIZE, KEEN, SCORED, BRAZIL)


def tried(of, criteria):
    return try_definition(of.warehouse, of.cohort(), criteria)


def test_each_criterion_by_hand():
    found = tried(by_hand(), RULES)
    size, keen, scored, brazil = found.tried
    assert [one.leads for one in found.tried] == [len(HAND)] * 4
    assert (size.known, size.passing.leads, size.failing.leads) == (10, 9, 1)
    assert (keen.known, keen.passing.leads, keen.failing.leads) == (12, 9, 3)
    assert (scored.known, scored.passing.leads, scored.failing.leads) == (10, 8, 2)
    assert (brazil.known, brazil.passing.leads, brazil.failing.leads) == (
        11,
        9,
        2,
    )  # passing: not disqualified
    assert (found.meeting.leads, found.missing.leads, found.unknown) == (5, 4, 3)
    # alone: "under the size" by size; of the group neither alone, another one is enough; "disqualified" by its country
    assert (size.alone, keen.alone, scored.alone, brazil.alone) == (1, 0, 0, 1)


def test_the_whole_is_what_the_contract_counts():
    of = sample()
    contract = agreed()
    cohort = open_cohort(of.warehouse, of.manifest, contract, of.request())
    found = try_definition(of.warehouse, cohort, contract.criteria)
    for group, key in ((found.meeting, "definition_met"), (found.missing, "definition_missed")):
        assert group.leads == len(opened(of, contract, key))
        assert group.accepted.denominator == len(opened(of, contract, f"{key}.settled"))
        assert group.accepted.numerator == len(opened(of, contract, f"{key}.accepted_settled"))
        assert group.won.denominator == len(opened(of, contract, f"{key}.mature"))
        assert group.won.numerator == len(opened(of, contract, f"{key}.won_in_horizon"))
    assert found.unknown == len(opened(of, contract, "definition_unknown"))


@settings(deadline=None, derandomize=True, database=None, max_examples=25)
@given(st.lists(st.sampled_from([*RULES, PHONE, NOBODY]), min_size=1, max_size=4, unique=True))
def test_nobody_is_lost(criteria):
    found = tried(sample(), criteria)
    for one in found.tried:
        assert one.passing.leads + one.failing.leads == one.known <= one.leads
        assert one.alone <= one.failing.leads
    assert found.meeting.leads + found.missing.leads + found.unknown == found.leads
    ungrouped = [one for one in found.tried if not one.criterion.group]
    assert all(found.meeting.leads <= one.passing.leads for one in ungrouped)


def test_a_definition_agrees_with_itself_and_with_sales_as_counted_by_hand():
    of = sample()
    cohort = of.cohort()
    found = compare_definitions(of.warehouse, cohort, RULES, RULES)
    assert found.first == found.second == found.both
    assert (found.accepted_first, found.wins_first, found.agrees_first) == (
        found.accepted_second,
        found.wins_second,
        found.agrees_second,
    )
    contract = agreed()
    met = opened(of, contract, "definition_met")
    accepted, rejected = opened(of, contract, "accepted_settled"), opened(of, contract, "rejected_settled")
    assert found.agrees_first.denominator == len(accepted) + len(rejected)
    missed = opened(of, contract, "definition_missed")
    assert found.agrees_first.numerator == len(met & accepted) + len(rejected & missed)
    nobody = compare_definitions(of.warehouse, cohort, RULES, [NOBODY])
    assert (nobody.second, nobody.both, nobody.wins_second) == (0, 0, 0)
    scored = {one["lead_id"] for one in of.rows() if one["score"] is not None}
    assert nobody.agrees_second.numerator == len(rejected & scored)
    assert nobody.wins == found.wins == len(opened(of, contract, "won_in_horizon"))


@pytest.mark.parametrize(
    ("criteria", "said"),
    [
        ((), "No criterion yet"),
        ((row(field="pricing_page_visits_7d", operator="at least", value=2),), "1 criterion of 1 cannot be checked"),
        ((SIZE, row(field="won_at", operator="known")), "1 criterion of 2 cannot be checked"),
    ],
)  # fmt: skip
def test_what_cannot_be_tried_is_said(criteria, said):
    found = tried(sample(), criteria)
    assert said in reading(found)
    assert found.meeting is None
    assert compare_definitions(sample().warehouse, sample().cohort(), criteria, RULES) is None


def test_the_names_offered_are_those_of_the_export():
    names = field_names(sample().warehouse, sample().cohort())
    assert {"employees", "score", "intent"} <= set(names)
    assert not {"won_at", "accepted_at", "disposition"} & set(names)
    assert "Plan" not in names
