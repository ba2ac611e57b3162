"""Local time to UTC and back, checked against the standard library for every kind of zone."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics.zones import odd_hours, offset_changes, to_local, to_utc

ZONES = (
    "UTC", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Kolkata", "America/Sao_Paulo", "Africa/Casablanca",
    "Asia/Kathmandu", "Pacific/Apia", "Europe/Dublin", "America/St_Johns", "Asia/Tehran", "Etc/GMT+12",
)  # fmt: skip
MOMENTS = st.datetimes(datetime(1981, 1, 1), datetime(2099, 1, 1)).map(
    lambda moment: moment.replace(microsecond=0)
)


def evaluated(expression: str, moments: list[datetime]) -> list[datetime]:
    with duckdb.connect() as engine:
        engine.execute("CREATE TABLE t (n INTEGER, x TIMESTAMP)")
        engine.executemany("INSERT INTO t VALUES (?, ?)", list(enumerate(moments)))
        return [row[0] for row in engine.execute(f"SELECT {expression} FROM t ORDER BY n").fetchall()]


def by_library(local: datetime, zone: str) -> datetime:
    """The earlier moment of two; the offset before the change where there is none: fold 0 of the standard library."""
    return local.replace(tzinfo=ZoneInfo(zone), fold=0).astimezone(UTC).replace(tzinfo=None)


@settings(max_examples=40, deadline=None)
@given(zone=st.sampled_from(ZONES), moments=st.lists(MOMENTS, min_size=1, max_size=5))
def test_local_time_to_utc_and_back_like_the_standard_library(zone: str, moments: list[datetime]):
    first, last = min(moments), max(moments)
    assert evaluated(to_utc("x", zone, first, last), moments) == [
        by_library(moment, zone) for moment in moments
    ]
    info = ZoneInfo(zone)
    back = [moment.replace(tzinfo=UTC).astimezone(info).replace(tzinfo=None) for moment in moments]
    assert evaluated(to_local("x", zone, first, last), moments) == back


@pytest.mark.parametrize("zone", ZONES)
def test_every_second_around_every_change(zone: str):
    first, last = datetime(2010, 1, 1), datetime(2013, 1, 1)
    moments = [first]
    for (_, before), (moment, after) in zip(
        changes := offset_changes(zone, first, last), changes[1:], strict=False
    ):
        for offset in (before, after):
            moments += [moment + offset + timedelta(seconds=second) for second in (-1, 0, 1)]
    assert evaluated(to_utc("x", zone, min(moments), max(moments)), moments) == [
        by_library(moment, zone) for moment in moments
    ]


def test_odd_hours_of_a_year():
    spans = odd_hours("Europe/Berlin", datetime(2026, 1, 1), datetime(2026, 12, 31))
    assert spans == [
        (datetime(2026, 3, 29, 2), datetime(2026, 3, 29, 3), "gap"),
        (datetime(2026, 10, 25, 2), datetime(2026, 10, 25, 3), "fold"),
    ]
    assert odd_hours("UTC", datetime(1980, 1, 1), datetime(2100, 1, 1)) == []
    half = odd_hours("Australia/Lord_Howe", datetime(2026, 1, 1), datetime(2026, 12, 31))
    assert {(end - start, what) for start, end, what in half} == {
        (timedelta(minutes=30), "gap"),
        (timedelta(minutes=30), "fold"),
    }
