"""What the last months were: each month as its lead sets, and a target that no month reached is called heroic."""

from __future__ import annotations

from dataclasses import replace

import pytest

from analytics.contract import default_contract
from analytics.contract_past import TARGETS, Month, best, heroic, lately, measure_past
from analytics.metrics.catalog import METRICS
from analytics.results import Rate
from tests.metrics.worlds import sample


def month(number: int, hits: int, of: int, *, leads: int = 100, whole: bool = True) -> Month:
    return Month(
        number,
        f"M{number}",
        leads,
        whole,
        dict.fromkeys(TARGETS) | {"working_rate": Rate(hits, of)},
    )


def test_every_month_counts_its_own_leads():
    of = sample()
    months = measure_past(of.warehouse, of.cohort())
    assert 6 <= len(months) <= 12
    assert [one.number for one in months] == sorted(one.number for one in months)
    for one in months[-2:]:
        assert one.leads == of.evidence(f"month:{one.number}").count
        for slug, rate in one.rates.items():
            assert rate.numerator == of.evidence(f"month:{one.number}.{METRICS[slug].numerator}").count
            assert rate.denominator == of.evidence(f"month:{one.number}.{METRICS[slug].denominator}").count


@pytest.mark.parametrize(("target", "is_heroic"), [(0.71, False), (0.7101, True), (0.9, True), (0.5, False)])
def test_a_target_above_the_best_month_is_heroic(target, is_heroic):
    contract = replace(default_contract(), target_working_rate=target)
    months = [
        month(1, 60, 100),
        month(2, 71, 100),
        month(3, 29, 29),
    ]  # 29 leads are too few to hold anybody to
    assert best(months, "working_rate")[0].number == 2
    said = heroic(months, contract)
    assert ("working_rate" in said) == is_heroic
    if is_heroic:
        assert "M2 with 71" in said["working_rate"]


@pytest.mark.parametrize(("volume", "is_heroic"), [(0, False), (300, False), (301, True)])
def test_a_volume_above_the_largest_whole_month_is_heroic(volume, is_heroic):
    contract = replace(default_contract(), monthly_volume=volume)
    months = [month(1, 1, 1, leads=300), month(2, 1, 1, leads=900, whole=False)]
    assert ("monthly_volume" in heroic(months, contract)) == is_heroic


def test_the_last_three_months_in_words():
    months = [month(n, n * 10, 100) for n in range(1, 5)] + [month(5, 3, 20)]
    said = lately(months, "working_rate").replace("\u00a0", " ")
    assert said == "M3 30 % · M4 40 % · M5 3 of 20"
    assert lately(months, "complete_data") == "cannot be measured from this export"
    assert lately([], "complete_data") == "no month to show"
