"""The reminder of the next review, with a day on each inequality."""

from __future__ import annotations

from datetime import date

import pytest

from analytics.contract import default_contract, read_contract
from analytics.contract_review import review_due


@pytest.mark.parametrize(
    ("today", "said"),
    [
        (date(2026, 12, 31), ""),
        (date(2027, 1, 1), "contract review due on 15 Jan 2027"),
        (date(2027, 1, 15), "contract review due on 15 Jan 2027"),
        (date(2027, 1, 16), "contract review overdue since 15 Jan 2027"),
    ],
)
def test_the_reminder_comes_two_weeks_before_and_stays(today, said):
    contract = read_contract(b'[terms]\nreview_on = "2027-01-15"', "ours.toml")
    assert review_due(contract, today).replace("\u00a0", " ") == said


def test_without_a_day_there_is_no_reminder():
    assert review_due(default_contract(), date(2027, 1, 1)) == ""
