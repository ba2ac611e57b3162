"""Was: ``disposition_days = 14.5`` counted as 14, and a day off written with a time changed nothing, both silently."""

from __future__ import annotations

import pytest

from analytics.contract import read_contract
from analytics.errors import RequestError


@pytest.mark.parametrize(
    "text",
    [
        "[windows]\ndisposition_days = 14.5",
        "[first_touch]\nhigh_minutes = 59.9",
        "[bands]\nemployees = [1, 10.5]",
        "[calendar]\nextra_holidays = [2026-12-24T00:00:00]",
        "[calendar]\nholiday_subdivision = 'NY'",
    ],
)
def test_nothing_is_rounded_or_ignored_in_silence(text):
    with pytest.raises(RequestError):
        read_contract(text.encode(), "ours.toml")
