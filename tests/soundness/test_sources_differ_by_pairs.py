"""Was: only the cheapest and the dearest source were compared, so one lucky small source hid that two large ones differ."""

from __future__ import annotations

from dataclasses import replace

from analytics.money_bill import Bill, Line, sum_of
from analytics.money_words import apart
from tests.metrics.worlds import sample
from tests.test_money import measured


def of(*bills: tuple[str, Bill]):
    lines = tuple(Line(name, (name,), bill) for name, bill in bills)
    return replace(measured(sample()), lines=lines, total=sum_of(one.bill for one in lines))


BIG_CHEAP = ("Search", Bill(10_000.0, leads=1_000, won_leads=200, customers=200))
BIG_DEAR = ("Fairs", Bill(30_000.0, leads=1_000, won_leads=100, customers=100))
SMALL = ("Blog", Bill(40.0, leads=400, won_leads=1, customers=1))


def test_large_sources_that_differ_are_named():
    said = apart(of(BIG_CHEAP, BIG_DEAR, SMALL))
    assert said.startswith("A customer from Search cost 50 ")
    assert "one from Fairs 300 " in said
    assert said.endswith("after 3 sources looked at.")


def test_what_luck_explains_claims_nothing_of_the_intervals_on_the_screen():
    near = ("Ads", Bill(10_500.0, leads=1_000, won_leads=200, customers=200))
    said = apart(of(BIG_CHEAP, near))
    assert "within luck" in said
    assert "overlap" not in said
