"""Working time against named cases, a per-minute count, and the table the database uses."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from analytics.errors import RequestError
from analytics.stats.calendar import (
    WorkingCalendar,
    opening_day_seconds,
    public_holidays,
    slot_table,
    working_intervals,
    working_seconds_at,
    working_seconds_between,
)
from tests.reference import golden

NEW_YORK = "America/New_York"
US_DAYS = public_holidays("US", "", range(2024, 2028))


def hours(opens: int, closes: int, weekdays=range(5)):
    return dict.fromkeys(weekdays, ((opens * 60, closes * 60),))


OFFICE = WorkingCalendar(NEW_YORK, hours(9, 17), US_DAYS)
ROUND_THE_CLOCK = WorkingCalendar(NEW_YORK, hours(0, 24, range(7)))
LUNCH = WorkingCalendar(NEW_YORK, dict.fromkeys(range(5), ((540, 720), (780, 1020))), US_DAYS)
SHORT_FRIDAY = WorkingCalendar(NEW_YORK, {**hours(9, 17), 4: ((540, 780),)}, US_DAYS)
NIGHT = WorkingCalendar(NEW_YORK, hours(22, 30), US_DAYS)
SUNDAY_TO_THURSDAY = WorkingCalendar("Asia/Dubai", hours(9, 17, (6, 0, 1, 2, 3)))


def epoch(text: str) -> int:
    moment = datetime.fromisoformat(text)
    return int((moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp())


def between(calendar: WorkingCalendar, start: int, end: int) -> int:
    days = [datetime.fromtimestamp(t, UTC).date() for t in sorted((start, end))]
    table = working_intervals(calendar, days[0] - timedelta(days=2), days[1] + timedelta(days=2))
    return int(working_seconds_between(table, [start], [end])[0])


# Each was counted minute by minute as well; times are UTC.
NAMED = [
    ("same day", OFFICE, "2025-06-10 14:00", "2025-06-10 15:30", 5_400),
    ("Fri 16:30 to Mon 09:30", OFFICE, "2025-06-13 20:30", "2025-06-16 13:30", 3_600),
    ("both ends outside", OFFICE, "2025-06-13 22:00", "2025-06-16 12:00", 0),
    ("Sat to Sun", OFFICE, "2025-06-14 14:00", "2025-06-15 16:00", 0),
    ("over Juneteenth, a Thursday", OFFICE, "2025-06-18 20:00", "2025-06-20 14:00", 7_200),
    ("both on a holiday", OFFICE, "2025-07-04 14:00", "2025-07-04 16:00", 0),
    ("4 July 2026 is a Saturday, Friday observed", OFFICE, "2026-07-02 20:00", "2026-07-06 14:00", 7_200),
    ("spring-forward weekend", OFFICE, "2025-03-07 21:00", "2025-03-10 14:00", 7_200),
    ("fall-back weekend", OFFICE, "2025-10-31 20:00", "2025-11-03 15:00", 7_200),
    ("exact open to exact close", OFFICE, "2025-06-10 13:00", "2025-06-10 21:00", 28_800),
    ("close to next open", OFFICE, "2025-06-10 21:00", "2025-06-11 13:00", 0),
    ("round the clock, 23-hour day", ROUND_THE_CLOCK, "2025-03-09 05:00", "2025-03-10 04:00", 82_800),
    ("round the clock, 25-hour day", ROUND_THE_CLOCK, "2025-11-02 04:00", "2025-11-03 05:00", 90_000),
    ("lunch break", LUNCH, "2025-06-10 15:30", "2025-06-10 17:30", 3_600),
    ("short Friday", SHORT_FRIDAY, "2025-06-13 16:00", "2025-06-16 14:00", 7_200),
    ("night shift 22-06", NIGHT, "2025-06-10 03:00", "2025-06-11 03:00", 28_800),
    ("Sunday to Thursday", SUNDAY_TO_THURSDAY, "2025-06-12 12:00", "2025-06-15 06:00", 7_200),
]


@pytest.mark.parametrize(("why", "calendar", "start", "end", "seconds"), NAMED, ids=[row[0] for row in NAMED])
def test_named_case(why, calendar, start, end, seconds):
    assert between(calendar, epoch(start), epoch(end)) == seconds
    assert between(calendar, epoch(end), epoch(start)) == -seconds


def test_table_named_cases():
    for row, case in zip(NAMED, golden("k1_"), strict=True):
        found = between(row[1], epoch(case["input"]["handoff_utc"]), epoch(case["input"]["touch_utc"]))
        assert found == case["expected"]["business_seconds"], case["what"]


def test_businesstimedelta_readme():
    """README of businesstimedelta: 9-18 with lunch 12-13 is 40 hours a week, 32 with Christmas in California."""
    lunch = dict.fromkeys(range(5), ((540, 720), (780, 1080)))
    plain = WorkingCalendar("UTC", lunch)
    california = WorkingCalendar("UTC", lunch, public_holidays("US", "CA", [2015]))
    assert between(plain, epoch("2016-01-18 09:00"), epoch("2016-01-22 18:00")) == 40 * 3600
    assert between(california, epoch("2015-12-21 09:00"), epoch("2015-12-28 09:00")) == 32 * 3600


def test_numpy_counts_reversed_days_another_way():
    """numpy issue 23197: 2 forward and -1 back. Working seconds are exactly antisymmetric instead."""
    assert np.busday_count("1999-12-30", "2000-01-01") == 2
    assert np.busday_count("2000-01-01", "1999-12-30") == -1
    days = WorkingCalendar("UTC", hours(0, 24))
    forward = between(days, epoch("1999-12-30 00:00"), epoch("2000-01-01 00:00"))
    assert forward == 2 * 86_400
    assert between(days, epoch("2000-01-01 00:00"), epoch("1999-12-30 00:00")) == -forward


def test_the_short_day_python_does_not_see():
    """Subtracting aware datetimes of one zone ignores the change of clocks: 24 hours on the 23-hour day."""
    start = datetime(2025, 3, 9, tzinfo=ZoneInfo(NEW_YORK))
    end = datetime(2025, 3, 10, tzinfo=ZoneInfo(NEW_YORK))
    assert end - start == timedelta(hours=24)
    assert between(ROUND_THE_CLOCK, int(start.timestamp()), int(end.timestamp())) == 23 * 3600


def test_intervals_are_half_open_merged_and_sorted():
    calendar = WorkingCalendar("UTC", {0: ((780, 1020), (540, 780)), 1: ((540, 700), (600, 660))})
    table = working_intervals(calendar, date(2025, 6, 9), date(2025, 6, 10))
    monday = epoch("2025-06-09")
    assert table.open_at.tolist() == [monday + 540 * 60, monday + (1440 + 540) * 60]
    assert table.close_at.tolist() == [monday + 1020 * 60, monday + (1440 + 700) * 60]
    assert table.before.tolist() == [0, 480 * 60]
    close = monday + 1020 * 60
    assert working_seconds_at(table, [close - 1, close, close + 1]).tolist() == [28_799, 28_800, 28_800]


def test_round_the_clock_is_one_interval():
    table = working_intervals(ROUND_THE_CLOCK, date(2025, 1, 1), date(2025, 12, 31))
    assert (table.open_at.size, int(table.close_at[0] - table.open_at[0])) == (1, 365 * 86_400)


def test_a_night_shift_belongs_to_the_day_it_opens_on():
    """The shift of the eve runs into the holiday; the holiday's own does not open."""
    calendar = WorkingCalendar("UTC", hours(22, 30, range(7)), frozenset({date(2025, 6, 11)}))
    assert between(calendar, epoch("2025-06-10 22:00"), epoch("2025-06-11 12:00")) == 8 * 3600
    assert between(calendar, epoch("2025-06-11 12:00"), epoch("2025-06-12 12:00")) == 0
    # The shift that opened the day before the table starts counts from the table's first second.
    table = working_intervals(calendar, date(2025, 6, 10), date(2025, 6, 10))
    assert working_seconds_at(table, [epoch("2025-06-10 07:00")]).tolist() == [6 * 3600]
    assert int(table.close_at[-1]) == table.covered_to == epoch("2025-06-11")


def test_wall_times_that_do_not_happen_or_happen_twice():
    """New York: 2:30 never shows on 9 March 2025 (the clock jumps at 7:00 UTC), 1:30 shows twice on 2 November."""
    calendar = WorkingCalendar(NEW_YORK, {6: ((60, 150),)})
    spring = working_intervals(calendar, date(2025, 3, 9), date(2025, 3, 9))
    assert spring.open_at.tolist() == [epoch("2025-03-09 06:00")]
    assert spring.close_at.tolist() == [epoch("2025-03-09 07:00")]
    early = WorkingCalendar(NEW_YORK, {6: ((0, 90),)})
    autumn = working_intervals(early, date(2025, 11, 2), date(2025, 11, 2))
    assert autumn.close_at.tolist() == [epoch("2025-11-02 05:30")]


def test_a_shift_that_ends_where_the_table_starts_leaves_no_trace():
    calendar = WorkingCalendar("UTC", {0: ((1320, 1440),)})
    table = working_intervals(calendar, date(2025, 6, 10), date(2025, 6, 11))  # a Tuesday and a Wednesday
    assert table.open_at.size == 0


def test_the_longest_shift_ends_with_the_next_day():
    calendar = WorkingCalendar("UTC", {0: ((1439, 2880),)})
    assert between(calendar, epoch("2025-06-09 00:00"), epoch("2025-06-12 00:00")) == 1441 * 60


def test_a_timestamp_outside_the_table_is_loud():
    table = working_intervals(OFFICE, date(2025, 6, 10), date(2025, 6, 10))
    inside = [epoch("2025-06-10 04:00"), epoch("2025-06-11 03:59:59")]
    assert working_seconds_at(table, inside).tolist() == [0, 28_800]
    for outside in ("2025-06-10 03:59:59", "2025-06-11 04:00:00"):
        with pytest.raises(ValueError, match=f"{outside} UTC lies outside"):
            working_seconds_at(table, [*inside, epoch(outside)])


def test_no_timestamps_and_no_fractions():
    table = working_intervals(OFFICE, date(2025, 6, 10), date(2025, 6, 10))
    assert working_seconds_at(table, []).size == 0
    with pytest.raises(ValueError, match="whole numbers"):
        working_seconds_at(table, [1.5])


def test_a_table_of_days_off_has_no_intervals():
    table = working_intervals(OFFICE, date(2025, 6, 14), date(2025, 6, 15))
    assert table.open_at.size == 0
    assert working_seconds_at(table, [epoch("2025-06-14 12:00")]).tolist() == [0]
    slots = slot_table(OFFICE, date(2025, 6, 14), date(2025, 6, 15))
    assert not slots.slope.any()
    assert not slots.base.any()


@pytest.mark.parametrize(
    ("calendar", "slot"),
    [
        (OFFICE, 3_600),
        (WorkingCalendar("Asia/Kolkata", hours(9, 17)), 1_800),
        (WorkingCalendar("Asia/Kathmandu", hours(9, 17)), 900),
        (WorkingCalendar(NEW_YORK, {0: ((541, 1020),)}), 60),
    ],
)
def test_slot_length(calendar, slot):
    slots = slot_table(calendar, date(2025, 6, 1), date(2025, 6, 30))
    assert slots.slot_seconds == slot
    assert slots.base.size == slots.slope.size == 30 * 86_400 // slot
    assert (slots.base.dtype, slots.slope.dtype) == (np.int64, np.int8)


def test_zones_of_odd_seconds_are_refused():
    """Liberia was 44 minutes and 30 seconds behind until 1972."""
    with pytest.raises(ValueError, match="whole number of minutes"):
        slot_table(WorkingCalendar("Africa/Monrovia", hours(9, 17)), date(1970, 1, 5), date(1970, 1, 9))


@pytest.mark.parametrize(
    "opening",
    [
        {},
        {0: ()},
        {7: ((540, 600),)},
        {0: ((600, 600),)},
        {0: ((600, 540),)},
        {0: ((-1, 540),)},
        {0: ((540, 2881),)},
    ],
)
def test_impossible_hours_are_refused(opening):
    with pytest.raises(ValueError):
        WorkingCalendar("UTC", opening)


def test_a_table_that_ends_before_it_starts_is_refused():
    with pytest.raises(ValueError):
        working_intervals(OFFICE, date(2025, 6, 2), date(2025, 6, 1))


def test_calendars_are_cache_keys():
    twin = WorkingCalendar(NEW_YORK, dict(reversed(OFFICE.hours.items())), frozenset(US_DAYS))
    assert (twin, hash(twin)) == (OFFICE, hash(OFFICE))
    assert twin != LUNCH


def test_opening_day_is_the_most_frequent_length():
    assert opening_day_seconds(OFFICE) == 8 * 3600
    assert opening_day_seconds(LUNCH) == 7 * 3600
    assert opening_day_seconds(SHORT_FRIDAY) == 8 * 3600
    assert opening_day_seconds(NIGHT) == 8 * 3600
    assert opening_day_seconds(ROUND_THE_CLOCK) == 86_400
    assert opening_day_seconds(WorkingCalendar("UTC", {0: ((0, 60),), 1: ((0, 120),)})) == 7_200  # a tie
    assert opening_day_seconds(WorkingCalendar("UTC", {0: ((0, 60), (30, 90))})) == 5_400  # an overlap


def test_public_holidays():
    assert {date(2025, 6, 19), date(2026, 7, 3)} <= US_DAYS
    assert date(2025, 1, 6) in public_holidays("DE", "BY", [2025])
    assert date(2025, 1, 6) not in public_holidays("DE", "", [2025])
    assert public_holidays("", "", [2025]) == frozenset()


def test_unknown_country_names_the_nearest():
    with pytest.raises(RequestError, match="country 'USX', did you mean 'US"):
        public_holidays("USX", "", [2025])
    with pytest.raises(RequestError, match=r"country 'Germony'\. Write a code such as 'DE'"):
        public_holidays("Germony", "", [2025])
    with pytest.raises(RequestError, match="'ZZ' in US"):
        public_holidays("US", "ZZ", [2025])


# --- laws -----------------------------------------------------------------------------------------------------

ZONES = [NEW_YORK, "Europe/Berlin", "Asia/Kolkata", "Australia/Lord_Howe", "Asia/Dubai"]
CHANGES = [date(2025, m, d) for m, d in ((3, 9), (3, 30), (4, 6), (10, 5), (10, 26), (11, 2))]
MINUTE = st.one_of(st.sampled_from([0, 60, 90, 120, 150, 540, 1020, 1320, 1440, 1800]), st.integers(0, 2879))
INTERVAL = (
    st.tuples(MINUTE, MINUTE).filter(lambda ends: ends[0] != ends[1]).map(lambda ends: tuple(sorted(ends)))
)
HOURS = st.dictionaries(st.integers(0, 6), st.lists(INTERVAL, min_size=1, max_size=2).map(tuple), min_size=1)


@st.composite
def calendars(draw):
    first = draw(st.one_of(st.sampled_from(CHANGES), st.dates(date(2024, 1, 1), date(2026, 12, 31))))
    first -= timedelta(days=draw(st.integers(0, 2)))
    last = first + timedelta(days=draw(st.integers(0, 3)))
    off = draw(st.frozensets(st.integers(0, 3).map(lambda n: first + timedelta(days=n)), max_size=1))
    return WorkingCalendar(draw(st.sampled_from(ZONES)), draw(HOURS), off), first, last


def counted_by_minute(calendar, first, last, covered_from, covered_to):
    """Working seconds at every covered UTC minute, by walking a wall clock minute by minute."""
    zone, day_one = ZoneInfo(calendar.zone), datetime.combine(first, datetime.min.time())
    start = covered_from - 4 * 86_400
    minutes = np.arange(start, covered_to + 4 * 86_400, 60)
    wall = [datetime.fromtimestamp(int(t), zone).replace(tzinfo=None) for t in minutes]
    latest_shown = np.maximum.accumulate([(w - day_one) // timedelta(minutes=1) for w in wall])
    is_open = np.zeros(minutes.size, dtype=np.int64)
    for offset in range(-3, (last - first).days + 3):
        day = first + timedelta(days=offset)
        if day not in calendar.holidays:
            for opens, closes in calendar.hours.get(day.weekday(), ()):
                ends = np.searchsorted(latest_shown, [offset * 1440 + opens, offset * 1440 + closes])
                is_open[ends[0] : ends[1]] = 1
    inside = (minutes >= covered_from) & (minutes < covered_to)
    return minutes[inside], is_open[inside], 60 * (np.cumsum(is_open[inside]) - is_open[inside])


@settings(deadline=None, derandomize=True, database=None, max_examples=40)
@given(calendars())
@example((ROUND_THE_CLOCK, date(2025, 3, 8), date(2025, 3, 10)))
@example((WorkingCalendar("Australia/Lord_Howe", {6: ((105, 135),)}), date(2025, 10, 5), date(2025, 10, 5)))
@example(
    (
        WorkingCalendar("Europe/Berlin", {6: ((135, 150),), 5: ((1320, 1590),)}),
        date(2025, 10, 25),
        date(2025, 10, 26),
    )
)
def test_intervals_slots_and_the_minute_count_agree(drawn):
    calendar, first, last = drawn
    table = working_intervals(calendar, first, last)
    minutes, is_open, counted = counted_by_minute(calendar, first, last, table.covered_from, table.covered_to)
    assert np.array_equal(working_seconds_at(table, minutes), counted)
    assert np.array_equal(working_seconds_at(table, minutes + 17), counted + 17 * is_open)

    slots = slot_table(calendar, first, last)
    assert slots.slot_seconds % 60 == 0
    assert slots.first_slot * slots.slot_seconds == table.covered_from
    assert (slots.first_slot + slots.base.size) * slots.slot_seconds == table.covered_to
    for moment in (minutes, minutes + 1, minutes + 59):
        slot = moment // slots.slot_seconds
        row = slot - slots.first_slot
        worked = slots.base[row] + slots.slope[row] * (moment - slot * slots.slot_seconds)
        assert np.array_equal(worked, working_seconds_at(table, moment))


@settings(deadline=None, derandomize=True, database=None, max_examples=40)
@given(calendars(), st.lists(st.integers(0, 86_399), min_size=3, max_size=3))
def test_working_time_adds_up_and_never_exceeds_the_wall(drawn, seconds):
    calendar, first, last = drawn
    table = working_intervals(calendar, first, last)
    a, b, c = sorted(table.covered_from + second // 2 for second in seconds)
    whole = working_seconds_between(table, [a], [c])[0]
    assert whole == working_seconds_between(table, [a], [b])[0] + working_seconds_between(table, [b], [c])[0]
    assert 0 <= whole <= c - a


@settings(deadline=None, derandomize=True, database=None, max_examples=20)
@given(st.integers(-400, 400))
def test_where_the_table_starts_does_not_matter(shift):
    start, end = epoch("2025-06-13 20:30"), epoch("2025-06-16 13:30")
    table = working_intervals(OFFICE, date(2025, 6, 13) - timedelta(days=abs(shift)), date(2025, 6, 17))
    assert working_seconds_between(table, [start], [end]).tolist() == [3_600]
