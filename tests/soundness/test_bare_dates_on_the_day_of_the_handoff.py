"""Was: a bare touch date on the day of the handoff could stand for 24 hours after it; the worst case was a day too bad."""

from __future__ import annotations

from tests.metrics.worlds import world_of


def test_the_day_of_a_bare_date_ends_at_midnight():
    # Handed off on Tuesday at 16:00; touched on that Tuesday: one working hour at the very most.
    rows = [
        {"Lead ID": f"L{n}", "Handoff Date": "2026-03-03 16:00:00", "First Touch": "2026-03-03"}
        for n in range(3)
    ]
    speed = world_of(rows, as_of="2026-09-01").readout().speed
    assert speed.undated == 3
    assert (speed.bounds.median_best, speed.bounds.median_worst) == (0, 3_600)
    assert (speed.bounds.within_4h_best, speed.bounds.within_4h_worst) == (1, 1)


def test_two_bare_dates_are_anything_between_nothing_and_two_days():
    rows = [{"Lead ID": f"L{n}", "Handoff Date": "2026-03-03", "First Touch": "2026-03-04"} for n in range(3)]
    bounds = world_of(rows, as_of="2026-09-01").readout().speed.bounds
    assert (bounds.median_best, bounds.median_worst) == (0, 2 * 28_800)


def test_the_day_is_that_of_the_imports_zone_and_has_23_hours_in_spring():
    rows = [
        {"Lead ID": f"L{n}", "Handoff Date": "2026-03-08", "First Touch": f"2026-03-0{8 + n % 2}"}
        for n in range(4)
    ]
    bounds = world_of(rows, as_of="2026-09-01", zone="America/New_York").readout().speed.bounds
    assert (bounds.median_best, bounds.median_worst) == (0, 28_800 / 2)
