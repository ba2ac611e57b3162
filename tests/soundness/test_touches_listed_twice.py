"""Was: a touch listed twice by the export counted as two, and three touches made a full cadence."""

from __future__ import annotations

from tests.metrics.worlds import world_of


def test_the_same_touch_twice_is_one_touch():
    leads = [{"Lead ID": "A", "Handoff Date": "2026-03-02 10:00:00", "SAL Date": "2026-03-02 12:00:00"}]
    touches = [
        {
            "Lead ID": "A",
            "Completed Date/Time": f"2026-03-0{day} 13:00:00",
            "Type": kind,
            "Activity Source": "human",
        }
        for day, kind in ((3, "Call"), (4, "Call"), (5, "Email"))
    ]
    of = world_of(leads, touches * 2, as_of="2026-09-01")
    assert of.readout().working_rate.touches == ((3, 1),)
    assert of.ids("cadence_full") == set()


def test_bare_dates_cannot_tell_two_calls_of_a_day_from_one_listed_twice():
    leads = [{"Lead ID": "A", "Handoff Date": "2026-03-02 10:00:00", "SAL Date": "2026-03-02 12:00:00"}]
    touches = [
        {"Lead ID": "A", "Completed Date/Time": f"2026-03-0{day}", "Type": "Call", "Activity Source": "human"}
        for day in (3, 3, 4)
    ]
    assert world_of(leads, touches, as_of="2026-09-01").readout().working_rate.touches == ((3, 1),)
