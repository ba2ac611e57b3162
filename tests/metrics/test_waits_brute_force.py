"""Working waits against a count minute by minute, and the curve against lifelines. Calendars come from contract TOML."""

from __future__ import annotations

import random
import warnings
from datetime import UTC, date, datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from analytics.cohort import CohortRequest
from analytics.contract import Contract, read_contract
from tests.metrics.worlds import World, sample, world_of

# The weeks of both changes of the clock in the zone named, with a public holiday or a company day inside.
CALENDARS = {
    "New York, lunch break, US holidays, spring": (
        "America/New_York", date(2026, 2, 12), date(2026, 3, 20),
        dict.fromkeys(range(5), ("09:00-12:00", "13:00-17:30")), {date(2026, 2, 16)},
        'holiday_country = "US"',
    ),
    "Berlin, short Friday, company day, autumn": (
        "Europe/Berlin", date(2026, 10, 1), date(2026, 11, 6),
        {0: ("08:00-17:00",), 1: ("08:00-17:00",), 2: ("08:00-17:00",), 3: ("08:00-17:00",), 4: ("08:00-14:00",)},
        {date(2026, 10, 13), date(2026, 10, 31)},
        'holiday_country = "DE"\nholiday_subdivision = "BB"\nextra_holidays = ["2026-10-13"]',
    ),
    "Sydney, night shift over the change of the clock": (
        "Australia/Sydney", date(2026, 3, 20), date(2026, 4, 12),
        {5: ("22:00-06:00",), 6: ("00:00-24:00",), 2: ("10:00-18:00",)}, set(), "",
    ),
    "Kathmandu, a quarter of an hour off": (
        "Asia/Kathmandu", date(2026, 5, 1), date(2026, 5, 28), dict.fromkeys((6, 0, 1, 2, 3), ("10:00-17:00",)), set(), "",
    ),
}  # fmt: skip
DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


def contract_of(name: str) -> Contract:
    zone, _, _, hours, _, rest = CALENDARS[name]
    lines = [f'[calendar]\nzone = "{zone}"', rest, "[hours]"]
    lines += [f"{DAYS[day]} = [{', '.join(repr(text) for text in texts)}]" for day, texts in hours.items()]
    return read_contract("\n".join(lines).encode(), "calendar.toml")


def open_minutes(name: str) -> tuple[datetime, np.ndarray]:
    """For every minute of the span, whether the clock on the wall says that it is open; by looking at it."""
    zone, first, last, hours, days_off, _ = CALENDARS[name]
    info, start = ZoneInfo(zone), datetime(first.year, first.month, first.day) - timedelta(days=2)
    is_open = []
    for number in range((last - first).days * 1440 + 5 * 1440):
        local = (start + timedelta(minutes=number)).replace(tzinfo=UTC).astimezone(info)
        minute, day = local.hour * 60 + local.minute, local.date()
        is_open.append(any(
            low <= minute + offset < high
            for offset, on in ((0, day), (1440, day - timedelta(days=1)))
            if on not in days_off
            for text in hours.get(on.weekday(), ())
            for low, high in (minutes_of(text),)
        ))  # fmt: skip
    return start, np.cumsum([0, *is_open])


def minutes_of(text: str) -> tuple[int, int]:
    low, high = (int(part[:2]) * 60 + int(part[3:]) for part in text.split("-"))
    return low, high if high > low else high + 1440


@cache
def random_world(name: str) -> tuple[World, dict[str, tuple[datetime, datetime | None]], datetime]:
    """200 leads at random minutes, every fourth never touched."""
    _, first, last, _, _, _ = CALENDARS[name]
    luck = random.Random(name)
    start = datetime(first.year, first.month, first.day)
    minutes = (last - first).days * 1440
    leads = {}
    for number in range(200):
        handed = start + timedelta(minutes=luck.randrange(minutes))
        wait = timedelta(minutes=luck.randrange(0, max(1, luck.choice((90, 3_000, 20_000)))))
        touched = handed + wait
        leads[f"L{number}"] = (
            handed,
            None if number % 4 == 0 or touched > start + timedelta(minutes=minutes) else touched,
        )
    as_of = start + timedelta(minutes=minutes)
    rows = [
        {"Lead ID": key, "Handoff Date": f"{handed}Z", "First Touch": f"{touched}Z" if touched else ""}
        for key, (handed, touched) in leads.items()
    ]
    return world_of(rows, as_of=str(as_of), contract=contract_of(name)), leads, as_of


@pytest.mark.parametrize("name", CALENDARS)
def test_working_waits_equal_a_count_by_the_minute(name):
    world, leads, as_of = random_world(name)
    start, worked = open_minutes(name)
    query = f"SELECT l.lead_id, c.working_wait, c.wall_wait FROM {world.cohort().table} AS c JOIN {world.cohort().leads} AS l USING (lead_no)"
    shown = {key: (working, wall) for key, working, wall in world.warehouse.run(query).iter_rows()}
    expected = {}
    for key, (handed, touched) in leads.items():
        until = touched or as_of
        low, high = ((moment - start) // timedelta(minutes=1) for moment in (handed, until))
        expected[key] = (60 * int(worked[high] - worked[low]), int((until - handed).total_seconds()))
    assert shown == expected
    assert len(shown) == 200


@pytest.mark.parametrize("clock", ["working", "wall"])
@pytest.mark.parametrize("name", ["sample", *CALENDARS])
def test_the_curve_equals_lifelines(name, clock):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from lifelines import KaplanMeierFitter
    world = sample() if name == "sample" else random_world(name)[0]
    request = CohortRequest(world.manifest.fingerprint) if name == "sample" else world.request()
    query = f"SELECT {clock}_wait AS wait, is_touched FROM {world.cohort(request).table} WHERE NOT is_touched_before"
    frame = world.warehouse.run(query)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        fitter = KaplanMeierFitter().fit(frame["wait"].to_numpy(), frame["is_touched"].to_numpy())
    reading = getattr(world.readout(request).speed, clock)
    curve = reading.curve
    theirs = fitter.survival_function_at_times(curve.times).to_numpy()
    assert curve.survival == pytest.approx(theirs, abs=1e-10)
    for mark, seconds in reading.mark_seconds.items():
        share = reading.touched_within[mark]
        if share is not None:
            assert share.value == pytest.approx(1 - float(fitter.predict(seconds)), abs=1e-10), mark
    low, high = curve.interval_bands("log-log")
    bands = fitter.confidence_interval_survival_function_
    at = np.searchsorted(bands.index.to_numpy(), curve.times)
    inside = curve.survival > 0
    assert low[inside] == pytest.approx(bands.to_numpy()[at, 0][inside], abs=1e-6)
    assert high[inside] == pytest.approx(bands.to_numpy()[at, 1][inside], abs=1e-6)


def test_two_calendars_give_two_answers_from_one_snapshot():
    world = random_world("Berlin, short Friday, company day, autumn")[0]
    other = world.under(contract_of("New York, lunch break, US holidays, spring"))
    first, second = world.readout().speed, other.readout().speed
    assert first.wall.median == second.wall.median
    assert first.working.median != second.working.median
    assert first.working.mark_seconds["1d"] == 9 * 3_600
    assert second.working.mark_seconds["1d"] == 7.5 * 3_600
