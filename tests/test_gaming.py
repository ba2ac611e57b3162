"""Patterns to ask about: silent on the healthy story, speaking on hand-made data, a row on each inequality."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from analytics.gaming import (
    NO_ACCEPTANCE_MINUTES,
    bulk_flag,
    bunched_flag,
    measure_gaming,
    spike_flag,
    stamped_flag,
    summary,
)
from analytics.measurable import NO_ACCEPTANCE
from analytics.pay_gates import QuarterCounts
from tests.metrics.opened_keys import opened
from tests.metrics.worlds import sample, story, world_of

Q1 = 2026 * 4
APRIL = 2026 * 12 + 3


@pytest.mark.parametrize(
    ("groups", "is_raised"),
    [
        ({10: 1, 1: 190}, True),  # 10 of 200: exactly five in a hundred
        ({10: 1, 1: 191}, False),  # 10 of 201
        ({9: 20}, False),  # nine in a minute are not many, however often
        ({}, False),
    ],
)
def test_bulk_acceptances_stand_on_ten_in_a_minute_and_five_in_a_hundred(groups, is_raised):
    found = bulk_flag(groups)
    assert found.is_raised is is_raised
    assert found.innocent


@pytest.mark.parametrize(
    ("before", "after", "is_raised"),
    [(30, 10, True), (29, 10, False), (23, 7, True), (30, 0, True), (29, 0, False), (0, 0, False)],
)
def test_touches_at_the_limit_stand_on_three_of_four_and_thirty(before, after, is_raised):
    assert bunched_flag(before, after).is_raised is is_raised


def april(last: int, other: int) -> dict[date, int]:
    """April 2026 with so many leads on each of its last three days and on each other day."""
    days = [date(2026, 4, 1) + timedelta(days=one) for one in range(30)]
    return {day: last if day.day >= 28 else other for day in days}


@pytest.mark.parametrize(
    ("days", "is_raised"),
    [
        (april(150, 100), True),  # exactly one and a half times the pace
        (april(149, 100), False),
        (april(3, 2), False),  # the same pace, and it could be luck
        (april(11, 0), True),
        ({date(2026, 4, 30): 29}, False),  # 29 leads are too few
        ({date(2026, 4, 30): 30}, True),
        ({date(2026, 4, 27): 30}, False),  # the day before the last three
        ({date(2026, 4, 28): 30}, True),
    ],
)
def test_the_end_of_the_month_stands_on_its_pace_and_beyond_luck(days, is_raised):
    assert spike_flag(days, [APRIL]).is_raised is is_raised


def test_a_month_that_is_not_whole_is_not_looked_at():
    assert not spike_flag(april(100, 1), []).is_raised
    assert spike_flag(april(100, 1), []).rate.denominator == 0


def quarter(number: int, accepted: int, became: int, **other: int | bool) -> QuarterCounts:
    return QuarterCounts(
        number, leads=1_000, settled=1_000, accepted_settled=accepted, mature_accepted=accepted, decided_settled=1_000,
        mature_accepted_opportunity=became, **other,
    )  # fmt: skip


def test_more_accepted_and_fewer_opportunities_speaks_only_where_both_are_beyond_luck():
    before = quarter(Q1, 500, 200)
    assert stamped_flag([before, quarter(Q1 + 1, 700, 140)]).is_raised
    assert not stamped_flag([before, quarter(Q1 + 1, 510, 100)]).is_raised  # acceptance within luck
    assert not stamped_flag([before, quarter(Q1 + 1, 700, 275)]).is_raised  # opportunities within luck
    assert not stamped_flag([before, quarter(Q1 + 1, 300, 60)]).is_raised  # acceptance fell too
    # opportunities on unknown days could explain the fall
    assert not stamped_flag([before, quarter(Q1 + 1, 700, 140, opportunity_undated=140)]).is_raised


@pytest.mark.parametrize("young", [{"young_open": 1}, {"pending_decision": 1}, {"is_over": False}, {"is_whole": False}])  # fmt: skip
def test_only_mature_quarters_are_compared(young):
    found = stamped_flag([quarter(Q1, 500, 200), quarter(Q1 + 1, 700, 140, **young)])
    assert not found.is_raised
    assert found.found == "1 quarter old enough, two are needed"
    both = [quarter(Q1, 500, 200), quarter(Q1 + 1, 700, 140), quarter(Q1 + 2, 1, 1, **young)]
    assert stamped_flag(both).is_raised


@pytest.mark.parametrize(("name", "seed"), [("healthy", 7), ("healthy", 11), ("sample", 7)])
def test_the_stories_are_silent(name, seed):
    of = sample() if name == "sample" else story(name, seed, 6_000)[0]
    for request in (of.request(), of.request(starts_on=date(2026, 4, 1), ends_on=date(2026, 7, 1))):
        flags = measure_gaming(of.warehouse, of.cohort(request))
        assert len(flags) == 4
        assert not [one.slug for one in flags if one.is_raised]
        assert summary(flags).startswith("None of the ")


HEADER = ("Lead ID", "Handoff Date", "First Activity", "SAL Date", "Lead Owner", "Opportunity: Created Date")


def gamed(**cells: object):
    """Leads of Wednesday, 1 April 2026, 10:00 UTC; a cell may be a value or a function of the lead's number."""
    rows = []
    for number in range(40):
        row = {"Lead ID": str(number), "Handoff Date": "2026-04-01 10:00:00", "Lead Owner": "Ann"}
        row |= {
            name.replace("_", " "): value(number) if callable(value) else value
            for name, value in cells.items()
        }
        rows.append(row)
    return world_of(rows, as_of="2026-12-31 12:00:00", header=HEADER)


def flag(of, slug: str):
    return next(one for one in measure_gaming(of.warehouse, of.cohort()) if one.slug == slug)


def test_ten_in_a_minute_by_one_owner_is_bulk_and_a_bare_date_is_none():
    def at(number: int) -> str:  # ten in one minute, nine in the next, a second apart from it, the rest alone
        if number < 10:
            return f"2026-04-02 10:00:{number * 6:02d}"
        return f"2026-04-02 10:01:{number:02d}" if number < 19 else f"2026-04-02 11:{number:02d}:00"

    found = flag(gamed(**{"SAL Date": at}), "bulk_acceptances")
    assert (found.rate.numerator, found.rate.denominator, found.is_raised) == (10, 40, True)
    owners = gamed(**{"SAL Date": at, "Lead Owner": lambda number: "Ann" if number % 2 else "Ben"})
    assert flag(owners, "bulk_acceptances").rate.numerator == 0
    dates = flag(gamed(**{"SAL Date": "2026-04-02 00:00:00"}), "bulk_acceptances")
    assert (dates.rate.denominator, dates.is_raised) == (0, False)
    assert "40 without a minute or an owner" in dates.found


def test_waits_on_the_edges_of_the_tenths():
    # the limit is 240 working minutes: 216 is no longer in the last tenth, 240 is; 264 is in the tenth after, a second later not
    waits = {0: "13:36:00", 1: "13:36:01", 2: "14:00:00", 3: "14:00:01", 4: "14:24:00", 5: "14:24:01"}
    of = gamed(**{"First Activity": lambda number: f"2026-04-01 {waits[number]}" if number in waits else ""})
    found = flag(of, "touches_at_limit")
    assert (found.rate.numerator, found.rate.denominator) == (2, 4)
    hurried = gamed(**{"First Activity": "2026-04-01 13:59:00"})
    assert flag(hurried, "touches_at_limit").is_raised


def test_what_the_export_does_not_know_cannot_be_looked_for():
    bare = world_of([{"Lead ID": "1", "Handoff Date": "2026-04-01 10:00:00"}], as_of="2026-12-31 12:00:00")
    flags = {one.slug: one for one in measure_gaming(bare.warehouse, bare.cohort())}
    assert flags["bulk_acceptances"].why is NO_ACCEPTANCE
    assert flags["stamped"].why is not None
    assert flags["touches_at_limit"].why is not None
    no_owner = world_of(
        [{"Lead ID": "1", "Handoff Date": "2026-04-01 10:00:00", "SAL Date": "2026-04-02 10:00:00"}],
        as_of="2026-12-31 12:00:00",
    )
    assert flag(no_owner, "bulk_acceptances").why is NO_ACCEPTANCE_MINUTES


def test_every_key_opens_as_many_leads():
    of = sample()
    wanted = {}
    for one in measure_gaming(of.warehouse, of.cohort()):
        if one.key:
            wanted |= {one.key: one.rate.numerator, one.of_key: one.rate.denominator}
        for part in one.parts:
            wanted |= {part.key: part.rate.numerator, part.of_key: part.rate.denominator}
    assert len(wanted) > 10
    assert opened(of, wanted) == wanted


def test_what_is_raised_is_asked_and_never_accused():
    flags = (bulk_flag({10: 20}), bunched_flag(30, 0))
    assert summary(flags) == "Worth a question: Acceptances in bulk; Touches just inside the limit."
    words = " ".join(f"{one.name} {one.found} {one.innocent}" for one in flags).lower()
    for accusation in ("cheat", "gaming", "fake", "fraud", "manipul"):
        assert accusation not in words
