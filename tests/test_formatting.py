"""How percentages, durations, dates and ranges become text."""

from __future__ import annotations

import doctest
from datetime import date, datetime

import pytest

from analytics import formatting
from analytics.results import Rate


def plain(text: str) -> str:
    return text.replace("\u00a0", " ")


def test_examples_run():
    assert doctest.testmod(formatting).failed == 0


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (None, "–"),
        (0.0, "0 %"),
        (0.0004, "<0.1 %"),
        (0.0005, "0.1 %"),
        (0.042, "4.2 %"),
        (0.0994, "9.9 %"),
        (0.0995, "10 %"),
        (0.1, "10 %"),
        (0.5824, "58 %"),
        (0.9949, "99 %"),
        (0.995, ">99 %"),
        (1.0, "100 %"),
    ],
)
def test_percent(value, shown):
    assert plain(formatting.percent(value)) == shown


@pytest.mark.parametrize(
    ("low", "high", "shown"),
    [
        (0.54, 0.62, "54–62 %"),
        (0.012, 0.054, "1.2–5.4 %"),
        (0.084, 0.12, "8.4–12 %"),
        (None, 0.5, ""),
        (0.0, 1.0, "0–100 %"),
    ],
)
def test_percent_range(low, high, shown):
    assert plain(formatting.percent_range(low, high)) == shown


@pytest.mark.parametrize(
    ("rate", "shown"),
    [
        (Rate(0, 0), "– (n = 0)"),
        (Rate(3, 20), "3 of 20, too few to quote"),
        (Rate(3, 29), "3 of 29, too few to quote"),
        (Rate(3, 30), "10 %"),
        (Rate(0, 30), "0 %"),
    ],
)
def test_rate(rate, shown):
    assert plain(formatting.rate(rate)) == shown


def test_a_rate_carries_its_interval_only_when_it_can_be_quoted():
    assert plain(formatting.rate_with_interval(Rate(412, 708, 0.542, 0.618))) == "58 % (54–62 %)"
    assert plain(formatting.rate_with_interval(Rate(3, 20, 0.05, 0.36))) == "3 of 20, too few to quote"


@pytest.mark.parametrize(
    ("seconds", "shown"),
    [
        (None, "not reached"),
        (0, "0 min"),
        (40, "40 s"),
        (59.6, "1.0 min"),
        (60, "1 min"),
        (324, "5.4 min"),
        (2700, "45 min"),
        (3599, "1.0 h"),
        (5400, "1.5 h"),
        (192 * 60, "3.2 h"),
        (86_399, "1.0 days"),
        (216_000, "2.5 days"),
        (86_400 * 12.4, "12 days"),
    ],
)
def test_duration(seconds, shown):
    assert plain(formatting.duration(seconds)) == shown


def test_days_of_the_working_clock_are_called_working_days():
    assert plain(formatting.duration(43_200, day_seconds=28_800)) == "1.5 working days"
    assert plain(formatting.duration(28_800, day_seconds=28_800)) == "1 working day"
    assert plain(formatting.duration(7_200, day_seconds=28_800)) == "2 h"


@pytest.mark.parametrize(
    ("low", "high", "shown"),
    [
        (10_440, 12_960, "2.9–3.6 h"),
        (2_700, 5_400, "45 min–1.5 h"),
        (3_600, None, "1 h–not reached"),
        (None, None, ""),
    ],
)
def test_duration_range(low, high, shown):
    assert plain(formatting.duration_range(low, high)) == shown


def test_dates_do_not_depend_on_the_locale():
    assert plain(formatting.day(date(2026, 3, 12))) == "12 Mar 2026"
    assert plain(formatting.moment(datetime.fromisoformat("2026-03-12T04:05:06"))) == "12 Mar 2026, 04:05"


@pytest.mark.parametrize(
    ("starts_on", "ends_on", "shown"),
    [
        (None, None, "whole file"),
        (date(2026, 3, 2), date(2026, 5, 31), "2 Mar – 30 May 2026"),
        (date(2025, 12, 1), date(2026, 2, 1), "1 Dec 2025 – 31 Jan 2026"),
        (date(2026, 3, 2), date(2026, 3, 3), "2 Mar 2026"),
        (date(2026, 3, 2), None, "from 2 Mar 2026"),
        (None, date(2026, 3, 2), "until 1 Mar 2026"),
    ],
)
def test_a_half_open_period_is_said_inclusively(starts_on, ends_on, shown):
    assert plain(formatting.period(starts_on, ends_on)) == shown


def test_counts_money_and_plurals():
    assert formatting.count(12345) == "12,345"
    assert formatting.plural(1, "lead") == "1 lead"
    assert formatting.plural(2000, "touch", "touches") == "2,000 touches"
    assert plain(formatting.money(1234.6, "EUR")) == "EUR 1,235"
    assert plain(formatting.days(1)) == "1 day"
