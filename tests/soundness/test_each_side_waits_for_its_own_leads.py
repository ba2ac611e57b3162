"""Was: sales’ gate was open for the leads that marketing waited for, until a day that had passed."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from analytics.contract import default_contract
from analytics.pay_gates import QuarterCounts, State, judge_quarter
from analytics.pay_words import marketing_words, sales_words

Q2 = 2026 * 4 + 1


def judged(extract_on: date, *, young: int = 101, pending: int = 1, **windows: int):
    counts = QuarterCounts(
        Q2, leads=200, settled=200, accepted_settled=190, decided_settled=200, mature_accepted=60,
        mature_accepted_opportunity=50, young_open=young, limit_settled=200, limit_met=200, cadence_settled=150,
        cadence_full=150, cadence_pending=pending, decided_in_window=200, extract_on=extract_on,
    )  # fmt: skip
    return judge_quarter(counts, replace(default_contract(), **windows))


def plain(said: str) -> str:
    return said.replace("\u00a0", " ")


def test_each_side_is_open_for_its_own_leads_until_its_own_day():
    one = judged(date(2026, 7, 20))
    assert one.quality is one.sales is State.PENDING
    assert plain(sales_words(one)) == (
        "sales is open: 1 lead can still change it; it can be judged from 29 Jul 2026"
    )
    assert plain(marketing_words(one)) == (
        "leaves marketing open: 101 leads can still change it; it can be judged from 29 Sep 2026"
    )


def test_a_day_that_has_passed_is_not_named():
    late = judged(date(2026, 9, 30), young=0)  # accepted long after the window: its cadence still runs
    assert sales_words(late) == "sales is open: 1 lead can still change it"


def test_a_short_horizon_does_not_shorten_the_cadence_window():
    one = judged(date(2026, 7, 5), horizon_days=10)
    assert one.judged_on == {"marketing": date(2026, 7, 15), "sales": date(2026, 7, 29)}
