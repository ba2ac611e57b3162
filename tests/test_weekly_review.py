"""The last week by hand: leads on the first and last second of a week around a DST change, limits, waits, one lead's ruling."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import cache

import pytest

from analytics import weekly_words as words
from analytics.charts.canvas import PAPER
from analytics.charts.weekly_numbers import weekly_numbers
from analytics.cohort import CohortRequest, open_cohort
from analytics.contract import default_contract, read_contract
from analytics.dispute_ruling import SAID, frozen_criteria, measure_ruling
from analytics.periods import Unit, first_day, number_of
from analytics.results import Unmeasurable
from analytics.speed_to_lead import measure_speed
from analytics.stats.control import individuals_chart, rate_chart
from analytics.weekly_review import measure_review, review_days
from analytics.weekly_shapes import Review, WeekNumber, last_week, last_week_after
from analytics.weekly_waiting import KEY, measure_waiting
from tests.metrics.opened_keys import opened
from tests.metrics.worlds import World, sample, world_of
from tests.test_compliance import DEFINITION, HAND, by_hand

BERLIN = "Europe/Berlin"
AS_OF = "2026-11-01T23:00:00"  # Monday 2 November, 00:00 in Berlin; clocks went back on 25 October


def week(day: str) -> int:
    return number_of(Unit.WEEK, datetime.fromisoformat(day).date())


EDGES = [
    # id, handoff in UTC, the Monday of its week in Berlin
    ("first second", "2026-10-25T23:00:00Z", "2026-10-26"),
    ("last second", "2026-11-01T22:59:59Z", "2026-10-26"),
    ("last second before", "2026-10-25T22:59:59Z", "2026-10-19"),
    ("the hour that comes twice", "2026-10-25T00:30:00Z", "2026-10-19"),
    ("the same hour again", "2026-10-25T01:30:00Z", "2026-10-19"),
    ("first second in summer", "2026-10-18T22:00:00Z", "2026-10-19"),
    ("last second in summer", "2026-10-18T21:59:59Z", "2026-10-12"),
    ("the second after the last week", "2026-11-01T23:00:00Z", ""),
]
START = datetime.fromisoformat("2026-08-16T22:00:00")  # Monday 17 August, 00:00 in Berlin


@cache
def around_the_change() -> World:
    rows = [{"Lead ID": name, "Handoff Date": at} for name, at, _ in EDGES]
    rows.append({"Lead ID": "oldest", "Handoff Date": f"{START.isoformat()}Z"})
    return world_of(rows, as_of=AS_OF, zone=BERLIN)


def request_of(of: World) -> CohortRequest:
    starts_on, ends_on = review_days(of.manifest, of.contract)
    return of.request(starts_on=starts_on, ends_on=ends_on)


def reviewed(of: World) -> Review:
    return measure_review(of.warehouse, of.cohort(request_of(of)))


def number(review: Review, slug: str) -> WeekNumber:
    return next(one for one in review.numbers if one.slug == slug)


def test_weeks_are_cut_at_local_midnight_around_the_change_of_clocks():
    of = around_the_change()
    review = reviewed(of)
    assert (review.last, review.leads) == (week("2026-10-26"), 2)
    volume = number(review, "volume")
    by_hand = {monday: {name for name, _, day in EDGES if day == monday} for _, _, monday in EDGES if monday}
    for monday, ids in by_hand.items():
        point = next(one for one in volume.points if one.week == week(monday))
        assert point.leads == len(ids)
        assert of.ids(point.key, request_of(of)) == ids


@pytest.mark.parametrize(
    ("as_of", "last"),
    [
        ("2026-11-01T23:00:00", "2026-10-26"),  # Monday 00:00: the week is over
        ("2026-11-01T22:59:59", "2026-10-19"),
        ("2026-10-25T23:00:00", "2026-10-19"),
        ("2026-10-25T22:59:59", "2026-10-12"),  # Sunday 23:59:59 after the change
        ("2026-03-29T22:00:00", "2026-03-23"),  # Monday 00:00 after the clocks went forward
        ("2026-03-29T21:59:59", "2026-03-16"),
    ],
)
def test_the_last_week_is_over_by_the_extract(as_of, last):
    assert last_week(datetime.fromisoformat(as_of), BERLIN) == week(last)


@pytest.mark.parametrize(
    ("as_of", "settled"),
    [
        # the week of 12 October ends at 18 October 22:00 UTC; 14 times 24 hours later is Sunday 23:00 in Berlin
        ("2026-11-01T22:00:00", "2026-10-12"),
        ("2026-11-01T21:59:59", "2026-10-05"),
    ],
)
def test_a_week_is_settled_when_its_last_second_had_the_window(as_of, settled):
    found = last_week_after(datetime.fromisoformat(as_of), BERLIN, timedelta(days=14))
    assert found == week(settled)


def test_weeks_before_the_file_begins_are_no_weeks_without_leads():
    review = reviewed(around_the_change())
    assert review.worked == week("2026-09-28")
    volume = number(review, "volume")
    assert next(first_day(Unit.WEEK, one.week).isoformat() for one in volume.points) == "2026-08-31"
    worked = number(review, "working_rate")
    assert worked.why is not None  # nothing says what was touched
    starts_on, _ = review_days(around_the_change().manifest, default_contract())
    assert starts_on.isoformat() == "2026-08-03"


WEEKLY = (
    # leads, accepted, rejected of the week that begins so many weeks after 17 August
    (10, 5, 2), (12, 6, 3), (11, 5, 2), (10, 6, 2), (12, 7, 2), (11, 6, 3), (10, 5, 2), (12, 6, 2), (11, 0, 9), (40, 0, 1), (9, 0, 0),
)  # fmt: skip


@cache
def by_weeks() -> World:
    """Eleven weeks; that of 12 October is the last that is settled, and nothing like those before."""
    rows = []
    for at, (leads, accepted, rejected) in enumerate(WEEKLY):
        monday = datetime(2026, 8, 17) + timedelta(weeks=at)
        for one in range(leads):
            day = monday + timedelta(hours=10 + one)
            status = "Accepted" if one < accepted else "Rejected" if one < accepted + rejected else "New"
            rows.append(
                {
                    "Lead ID": f"{at}-{one}", "Handoff Date": f"{day:%Y-%m-%d %H:%M:%S}", "Lead Status": status,
                    "SAL Date": f"{day + timedelta(days=2):%Y-%m-%d %H:%M:%S}" if status == "Accepted" else "",
                    "Rejection Reason": ("No budget" if one % 2 else "Competitor") if status == "Rejected" else "",
                    "First Touch": f"{day + timedelta(hours=one):%Y-%m-%d %H:%M:%S}" if one % 3 else "",
                }
            )  # fmt: skip
    return world_of(rows, as_of="2026-11-02T12:00:00", zone="UTC")


def test_numbers_by_hand():
    review = reviewed(by_weeks())
    assert (review.last, review.settled) == (week("2026-10-26"), week("2026-10-12"))
    rate = number(review, "acceptance_rate")
    assert (rate.point.rate.numerator, rate.point.rate.denominator, rate.judged) == (0, 11, review.settled)
    chart = rate_chart([row[1] for row in WEEKLY[:9]], [row[0] for row in WEEKLY[:9]], [True] * 8 + [False])
    assert (rate.point.low, rate.point.high) == (chart.points[8].low, chart.points[8].high)
    assert (rate.place, rate.weeks_before, rate.strength) == ("below", 8, "provisional")
    assert [point.is_young for point in rate.points] == [False] * 9 + [True] * 2
    decided = number(review, "accepted_of_decided")
    assert (decided.point.rate.numerator, decided.point.rate.denominator, decided.place) == (0, 9, "below")
    volume = number(review, "volume")
    assert [point.leads for point in volume.points] == [row[0] for row in WEEKLY[2:]]
    limits = individuals_chart([float(row[0]) for row in WEEKLY[2:]], [True] * 8 + [False], floor=0.0)
    assert (volume.point.low, volume.point.high, volume.place) == (
        limits.points[8].low,
        limits.points[8].high,
        "usual",
    )
    said = words.answer(review)
    assert said.startswith("9 leads were passed to sales last week")
    assert (
        "Outside the usual: accepted, of settled 0 of 11, too few to quote, below the usual"
        in said.replace("\u00a0", " ")
    )


def test_reasons_by_hand():
    review = reviewed(by_weeks())
    found = {one.slug: one for one in review.reasons}
    assert set(found) == {"no_budget", "competitor"}
    # the settled week: leads 0 to 8 were rejected, four of them odd
    assert {slug: (one.point.rate.numerator, one.point.rate.denominator) for slug, one in found.items()} == {
        "no_budget": (4, 11),
        "competitor": (5, 11),
    }
    assert [one.slug for one in review.reasons] == ["competitor", "no_budget"]
    assert found["competitor"].place == "above"
    assert "Sales rejected 9 of the 11 leads of 12 Oct – 18 Oct 2026, and 0 of last week’s so far." in (
        words.rejections_answer(review).replace("\u00a0", " ")
    )


def test_waiting_leads_keep_the_median_and_agree_with_the_speed_curve():
    of = by_weeks()
    median = number(reviewed(of), "median_wait")
    for point in median.points:
        monday = first_day(Unit.WEEK, point.week)
        alone = of.cohort(of.request(starts_on=monday, ends_on=monday + timedelta(days=7)))
        speed = measure_speed(of.warehouse, alone)
        assert (point.value, point.leads) == (speed.working.median, speed.leads)
        assert point.interval == (speed.working.median_low, speed.working.median_high)


@pytest.mark.parametrize("world", [sample, by_weeks, around_the_change])
def test_every_number_opens_as_many_leads(world):
    of = world()
    review, wanted = reviewed(of), {}
    reasons = review.reasons if isinstance(review.reasons, tuple) else ()
    for one in (*review.numbers, *reasons):
        for point in one.points:
            wanted[point.of_key] = point.leads
            if point.rate:
                wanted |= {point.key: point.rate.numerator, point.pending_key: point.rate.pending}
    assert opened(of, wanted, request_of(of)) == wanted


def test_the_figure_draws_every_week_and_hollows_the_young_ones():
    review = reviewed(by_weeks())
    marks = [trace for trace in weekly_numbers(review).data if trace.mode == "markers"]
    drawn = [one for one in review.numbers if one.points]
    assert len(marks) == len(drawn)
    for trace, one in zip(marks, drawn, strict=True):
        shown = [
            point for point in one.points if point.value is not None or (one.kind == "wait" and point.leads)
        ]
        assert list(trace.customdata) == [point.of_key for point in shown]
    rate = next(trace for trace in marks if trace.name == words.NUMBERS["acceptance_rate"])
    # of the week after the settled one three leads had their fourteen days by noon; the last one has none yet
    assert list(rate.marker.symbol) == ["circle"] * 8 + ["diamond", "circle"]
    assert [colour == PAPER for colour in rate.marker.color] == [False] * 9 + [True]


def test_an_empty_selection_says_so():
    of = by_weeks()
    _, ends_on = review_days(of.manifest, of.contract)
    cohort = of.cohort(of.request(starts_on=ends_on, ends_on=ends_on + timedelta(days=1)))
    review = measure_review(of.warehouse, cohort)
    assert words.answer(review).startswith("No lead was passed to sales in the last week")
    assert weekly_numbers(review).data


def test_the_longest_waits_are_the_untouched_open_leads_by_working_time():
    rows = [
        {"Lead ID": "friday night", "Handoff Date": "2026-06-05 18:00:00"},
        {"Lead ID": "saturday", "Handoff Date": "2026-06-06 12:00:00"},
        {"Lead ID": "monday", "Handoff Date": "2026-06-08 09:00:01"},
        {"Lead ID": "at its limit", "Handoff Date": "2026-06-10 09:00:00"},
        {"Lead ID": "touched", "Handoff Date": "2026-06-01 09:00:00", "First Touch": "2026-06-02 09:00:00"},
        {
            "Lead ID": "touched before",
            "Handoff Date": "2026-06-01 09:00:00",
            "First Touch": "2026-05-29 09:00:00",
        },
        {"Lead ID": "rejected", "Handoff Date": "2026-06-01 09:00:00", "Lead Status": "Rejected"},
        {"Lead ID": "won", "Handoff Date": "2026-06-01 09:00:00", "Stage": "Closed Won"},
    ]
    of = world_of(rows, as_of="2026-06-10 13:00:00", zone="UTC")
    found = measure_waiting(of.warehouse, of.cohort())
    # the two of the weekend have waited the same working time; the wall clock decides
    assert [one.lead_id for one in found.leads][:4] == ["friday night", "saturday", "monday", "at its limit"]
    assert of.ids(KEY) >= {one.lead_id for one in found.leads[:4]}
    assert not of.ids(KEY) & {"touched", "touched before", "rejected"}
    assert (found.leads[3].working_wait, found.leads[3].limit) == (14_400, 14_400)
    assert found.count == len(of.ids(KEY))
    assert found.over == found.count - 1


def test_of_many_waiting_leads_ten_are_listed_and_all_open():
    of = sample()
    found = measure_waiting(of.warehouse, of.cohort())
    assert len(found.leads) == 10
    assert of.evidence(KEY).count == found.count
    waits = [one.working_wait for one in found.leads]
    assert waits == sorted(waits, reverse=True)


def test_without_touches_nobody_can_say_who_waits():
    assert isinstance(
        measure_waiting(around_the_change().warehouse, around_the_change().cohort()), Unmeasurable
    )


def test_the_definition_on_one_lead_by_hand():
    of, contract = by_hand(), read_contract(DEFINITION, "ours.toml")
    cohort = open_cohort(of.warehouse, of.manifest, contract, of.request())
    for name, size, intent, score, country, _, _, meets, complete in HAND:
        found = measure_ruling(of.warehouse, cohort, name)
        assert found.verdict == {True: "meets", False: "misses", None: "not known"}[meets]
        assert found.is_complete == complete
        answers = [one.answer for one in found.criteria]
        expected = [
            None if not size else float(size) >= 50,
            None if not intent else intent == "high",
            None if not score else float(score) >= 60,
            None if not country else country.casefold() != "brazil",
        ]
        said = {True: "met", False: "not met", None: "the export does not say"}
        assert answers == [said[one] for one in expected]
        assert frozen_criteria(found.table()) == found.criteria
        assert found.verdict in SAID
        assert of.ids(f"lead:{found.number}") == {name}


def test_a_lead_that_is_not_there_and_one_without_a_clock():
    rows = [
        {"Lead ID": "clockless", "Handoff Date": ""},
        {"Lead ID": "other", "Handoff Date": "2026-06-01 09:00:00"},
    ]
    of = world_of(rows, as_of="2026-06-10 13:00:00", zone="UTC")
    assert measure_ruling(of.warehouse, of.cohort(), "'; DROP TABLE leads; --") is None
    found = measure_ruling(of.warehouse, of.cohort(), "clockless")
    assert (found.verdict, found.clock) == ("not agreed", None)
    assert "no clock" in words.clock_words(found.clock, "")
    other = measure_ruling(of.warehouse, of.cohort(), "other")
    assert "cannot be read" in words.clock_words(other.clock, "")


def test_the_clock_of_a_disputed_lead_runs_on():
    of = by_weeks()
    untouched = measure_ruling(of.warehouse, of.cohort(), "10-0")
    said = words.clock_words(untouched.clock, "2 Nov 2026").replace("\u00a0", " ")
    assert "Not touched yet: it has waited" in said
    assert said.endswith("The clock runs while it is disputed.")
    touched = measure_ruling(of.warehouse, of.cohort(), "10-1")
    assert words.clock_words(touched.clock, "2 Nov 2026").startswith("Touched after")
