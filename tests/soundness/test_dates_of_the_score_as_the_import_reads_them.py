"""Was: a kept "Score Updated" of 01/27/2026 09:00 was no date, and the check said "too few, 0 of 0"."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from analytics.plumbing.audit import CheckResult, detect
from tests.metrics.worlds import World, world_of


def scored(form: str, days: int = 40, **choices) -> World:
    """40 leads of as many days from 4 May on; the score of the first ten is dated two days after the handoff, else before."""
    rows = []
    for number in range(40):
        at = datetime(2026, 5, 4, 10, number, 7) + timedelta(days=number % days)
        when = at + timedelta(days=2 if number < 10 else -2)
        rows.append(
            {
                "Lead ID": f"L{number}",
                "Handoff Date": f"{at:%Y-%m-%d %H:%M:%S}",
                "Lead Score": "50",
                "Score Updated": f"{when:{form}}",
            }
        )
    return world_of(rows, as_of="2026-09-30 12:00:00", **choices)


def check(of: World) -> CheckResult:
    return next(one for one in detect(of.warehouse, of.cohort()) if one.check.slug == "score_after_handoff")


@pytest.mark.parametrize(
    "form",
    [
        "%Y-%m-%d %H:%M:%S", "%Y-%m-%d", "%Y/%m/%d %H:%M", "%m/%d/%Y %H:%M", "%d/%m/%Y", "%d.%m.%Y %H:%M", "%m/%d/%Y %I:%M %p",
        "%Y-%m-%dT%H:%M:%S.000+0000", "%Y-%m-%d %H:%M:%S.500", "%d %b %Y, %H:%M", "%b %d, %Y", "%d/%m/%y",
    ],
)  # fmt: skip
def test_a_date_of_the_score_is_read_in_any_way_of_writing(form):
    found = check(scored(form))
    assert (found.share.numerator, found.share.denominator) == (10, 40)


def test_an_offset_is_heeded():
    rows = [
        {"Lead ID": f"L{n}", "Handoff Date": f"2026-05-{4 + n % 20:02} 10:00:{n:02}", "Lead Score": "50",
         "Score Updated": f"2026-05-{4 + n % 20:02}T11:00:00{'+02:00' if n < 30 else 'Z'}"} for n in range(40)
    ]  # fmt: skip
    found = check(world_of(rows, as_of="2026-09-30 12:00:00"))
    assert (found.share.numerator, found.share.denominator) == (10, 40)


def test_days_and_months_that_cannot_be_told_apart_are_said_so():
    found = check(scored("%m/%d/%Y", days=5))
    assert found.state == "unknown"
    assert found.check.missing == "days and months in “Score Updated” that can be told apart"


def test_texts_that_are_no_dates_are_said_so():
    found = check(scored("week %W"))
    assert found.state == "unknown"
    assert "most of its texts cannot be read as dates" in found.check.missing


def test_an_empty_column_is_too_few():
    assert check(scored("n/a")).state == "too few"
