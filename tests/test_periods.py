"""Weeks, months and quarters as numbers."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics import periods
from analytics.periods import Unit

LAWS = settings(deadline=None, derandomize=True, database=None, max_examples=200)
DAYS = st.dates(date(1970, 1, 5), date(2199, 12, 31))


@pytest.mark.parametrize(
    ("unit", "day", "first", "label"),
    [
        (Unit.WEEK, date(2026, 5, 10), date(2026, 5, 4), "4 May 2026"),
        (Unit.WEEK, date(2026, 5, 11), date(2026, 5, 11), "11 May 2026"),
        (Unit.MONTH, date(2026, 12, 31), date(2026, 12, 1), "Dec 2026"),
        (Unit.QUARTER, date(2026, 3, 31), date(2026, 1, 1), "Q1 2026"),
        (Unit.QUARTER, date(2026, 4, 1), date(2026, 4, 1), "Q2 2026"),
    ],
)
def test_names_and_first_days(unit, day, first, label):
    number = periods.number_of(unit, day)
    assert periods.first_day(unit, number) == first
    assert periods.label(unit, number).replace("\u00a0", " ") == label


@LAWS
@given(st.sampled_from(list(Unit)), DAYS)
def test_a_day_lies_in_its_period_and_in_no_other(unit, day):
    number = periods.number_of(unit, day)
    after = periods.following(unit, number)
    assert periods.first_day(unit, number) <= day < periods.first_day(unit, after)
    assert periods.number_of(unit, periods.first_day(unit, after)) == after
    assert periods.all_between(unit, number, after) == (number, after)


def test_a_period_is_whole_when_the_range_covers_it():
    may = periods.number_of(Unit.MONTH, date(2026, 5, 1))
    assert periods.is_whole(Unit.MONTH, may, date(2026, 5, 1), date(2026, 6, 1))
    assert periods.is_whole(Unit.MONTH, may, None, None)
    assert not periods.is_whole(Unit.MONTH, may, date(2026, 5, 2), None)
    assert not periods.is_whole(Unit.MONTH, may, None, date(2026, 6, 1) - timedelta(days=1))


def test_hours_of_the_week():
    assert periods.hour_words(0) == "Monday, 0:00 to 1:00"
    assert periods.hour_words(167) == "Sunday, 23:00 to 24:00"
    assert periods.hour_words(168) == "168"
