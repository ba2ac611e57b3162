"""Was: a margin of 62.5 % read "63 %, as entered here", 0.4 % of a margin and of a cent were rounded away too."""

from __future__ import annotations

import pytest

from analytics.metrics.compose import rate
from analytics.money_bill import Cost, What
from analytics.money_payback import payback, payback_sentence, payback_words
from tests.metrics.worlds import sample
from tests.test_money import measured


@pytest.mark.parametrize(
    ("value", "margin", "said"),
    [
        (1234.5, 0.625, "at 1,234.5 a year per customer and a gross margin of 62.5 %"),
        (90_000.0, 0.997, "at 90,000 a year per customer and a gross margin of 99.7 %"),
        (0.01, 0.001, "at 0.01 a year per customer and a gross margin of 0.1 %"),
        (100.0, 1.0, "at 100 a year per customer and a gross margin of 100 %"),
    ],
)
def test_the_sentence_says_it_digit_by_digit(value, margin, said):
    found = measured(sample())
    paid = payback(found.total.cost(What.CUSTOMER), value / 12, margin)
    assert said in payback_sentence(found, paid, value, "year", margin).replace("\u00a0", " ")


def test_a_payback_of_hours_is_not_zero():
    cost = Cost(What.CUSTOMER, 1_200.0, rate(40, 100))
    words = payback_words(cost, payback(cost, 10_000.0, 0.1)).replace("\u00a0", " ")
    assert words.startswith("<0.1 months")
