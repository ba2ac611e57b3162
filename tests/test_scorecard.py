"""The quarterly scorecard: months fall into before, during and after; a change is said only beyond luck."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from analytics.compliance import NOT_AGREED
from analytics.council import Council
from analytics.scorecard import cell_words, phase_of, scorecard
from tests.councils import DAY, of_rates, of_values


@pytest.mark.parametrize(
    ("first", "live", "phase"),
    [
        (date(2026, 3, 1), None, 0),
        (date(2026, 3, 1), date(2026, 3, 1), 1),
        (date(2026, 3, 1), date(2026, 3, 2), 0),
        (date(2026, 4, 1), date(2026, 3, 2), 1),
        (date(2026, 5, 1), date(2026, 3, 1), 1),
        (date(2026, 6, 1), date(2026, 3, 1), 2),
        (date(2026, 6, 1), date(2026, 3, 2), 1),
        (date(2026, 7, 1), date(2026, 3, 2), 2),
        (date(2026, 2, 1), date(2025, 11, 15), 1),
    ],
)
def test_three_whole_months_are_during(first, live, phase):
    assert phase_of(first, live) == phase


def scores(council):
    (one,) = scorecard(council)
    return one


def test_cells_pool_the_months_of_their_phase():
    pairs = [(50, 100), (30, 100), (60, 100), (70, 100), (80, 100), (90, 100), (20, 100)]
    one = scores(of_rates(pairs, young=1, lives=((date(2026, 3, 1), "contract 1"),)))
    before, during, after = one.cells
    assert (before.rate.numerator, before.rate.denominator, before.months, before.young) == (80, 200, 2, 0)
    assert (during.rate.numerator, during.rate.denominator, during.months) == (210, 300, 3)
    assert (after.rate.numerator, after.rate.denominator, after.months, after.young) == (90, 100, 1, 1)
    said = one.sentence.replace("\u00a0", " ")
    assert said.startswith(
        "Acceptance rate was 40 % (33–47 %), 2 months before, and is 90 % (83–94 %), 1 month after"
    )
    assert said.endswith(": up by 50 points.")


def test_within_luck_is_said():
    one = scores(of_rates([(50, 100), (52, 100), (55, 100)], lives=((date(2026, 3, 1), "contract 1"),)))
    assert one.sentence.endswith(": that is within luck.")


def test_months_that_scatter_anyway_need_a_larger_change():
    """Ten points up within months that jump by twenty: Newcombe alone would call it a change, the council's limits would not."""
    live = ((date(2026, 9, 1), "contract 1"),)
    calm = scores(of_rates([*[(500, 1000), (502, 1000)] * 4, (600, 1000)], lives=live))
    wild = scores(of_rates([*[(400, 1000), (600, 1000)] * 4, (600, 1000)], lives=live))
    assert calm.sentence.replace("\u00a0", " ").endswith(": up by 9.9 points.")
    assert wild.sentence.endswith(": that is within luck.")


def test_without_a_contract_everything_is_before():
    one = scores(of_rates([(50, 100), (52, 100)]))
    assert [cell.months for cell in one.cells] == [2, 0, 0]
    assert one.sentence.endswith("no contract is live yet.")
    assert cell_words(one.trend, one.cells[1], DAY) == "no month"


def test_young_months_are_said_and_not_counted():
    one = scores(of_rates([(50, 100), (1, 100)], young=1, lives=((date(2026, 2, 1), "contract 1"),)))
    assert cell_words(one.trend, one.cells[1], DAY).replace("\u00a0", " ") == "1 month too young"


def test_hours_are_means_with_their_range_and_claim_no_change():
    one = scores(of_values([3600.0, 7200.0, 36000.0], lives=((date(2026, 3, 1), "contract 1"),)))
    assert cell_words(one.trend, one.cells[0], DAY).replace("\u00a0", " ") == "1.5 h (1–2 h), 2 months"
    assert "luck" not in one.sentence
    assert "up by" not in one.sentence


def test_what_is_not_agreed_is_not_unmeasurable():
    council = of_rates([(1, 2)], slug="marketing_sla")
    trend = replace(council.trends[0], missing=NOT_AGREED, points=(), chart=None)
    one = scores(Council(council.unit, council.spans, (trend,), (), DAY))
    assert cell_words(one.trend, one.cells[0], DAY) == "not agreed"
    assert "cannot be measured" in one.sentence
