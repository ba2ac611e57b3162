"""Was: a reason led "3 months in a row" across months without leads, and windows joined months far apart."""

from __future__ import annotations

from analytics.periods import Unit
from analytics.rejection_mix import front_of, shift_between
from analytics.rejections import Rejections, answer, measure_rejections
from tests.metrics.worlds import world_of
from tests.test_rejections import APRIL, CODES, period


def test_an_empty_a_young_and_a_cut_month_end_a_run():
    led = (40, 9, 3)
    for gap in (
        period(APRIL + 2, 0, 0, 0, 0),
        period(APRIL + 2, 200, *led, young=True),
        period(APRIL + 2, 40, 5, 1, 1, whole=False),
    ):
        rows = [
            *(period(APRIL + at, 200, *led) for at in (0, 1)),
            gap,
            *(period(APRIL + at, 200, *led) for at in (3, 4)),
        ]
        front = front_of(rows, CODES)
        assert (front.run, front.since, front.is_stuck) == (2, APRIL + 3, False)
        assert (front.rate.numerator, front.rate.denominator) == (80, 400)
    whole = front_of([period(APRIL + at, 200, *led) for at in range(5)], CODES)
    assert (whole.run, whole.is_stuck) == (5, True)


def test_windows_join_neighbours_only():
    thin = (10, 5, 5)
    apart = [period(APRIL + at, 200, *thin) for at in (0, 2, 4, 6)]
    assert shift_between(apart, CODES) is None
    assert front_of(apart, CODES) is None
    pairs = [period(APRIL + at, 200, *thin) for at in (0, 2, 3, 6, 7, 9)]
    found = shift_between(pairs, CODES)
    assert (found.first.first, found.first.last) == (APRIL + 2, APRIL + 3)
    assert (found.last.first, found.last.last) == (APRIL + 6, APRIL + 7)


def test_weeks_are_seven_numbers_apart():
    rows = [period(20_577 + 7 * at, 200, 40, 9, 3) for at in range(3)]
    assert front_of(rows, CODES, Unit.WEEK).run == 3
    assert front_of([rows[0], rows[2]], CODES, Unit.WEEK).run == 1


def test_a_summer_without_leads_is_no_third_month():
    rows = [
        {
            "Lead ID": f"{month}-{n}",
            "Handoff Date": f"2026-0{month}-05 10:00:00",
            "SAL Date": "",
            "Rejected Date": f"2026-0{month}-06 10:00:00" if n < 80 else "",
            "Rejection Reason": ("Outside ICP" if n < 60 else "Duplicate") if n < 80 else "",
        }
        for month in (1, 2, 6)
        for n in range(100)
    ]
    of = world_of(rows, as_of="2026-09-30 12:00:00", zone="UTC")
    result = measure_rejections(of.warehouse, of.cohort())
    assert isinstance(result, Rejections)
    assert len(result.periods) == 6
    assert (result.front.run, result.stuck) == (1, ())
    assert "in a row" not in answer(result)
    weekly = measure_rejections(of.warehouse, of.cohort(), "week")
    assert weekly.front.run == 1
