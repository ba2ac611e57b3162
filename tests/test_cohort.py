"""Which leads are looked at: the default period and its edges, days in the contract's zone, filters, horizons."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest

from analytics.cohort import CohortRequest, filter_choices
from analytics.contract import read_contract
from analytics.errors import RequestError
from tests.metrics.hand_table import hand_world
from tests.metrics.small_tables import (
    ENGAGED_WHEN_COUNTED,
    counted_world,
    default_period_worlds,
    undated_world,
)
from tests.metrics.worlds import World, sample, world_of


def ids(world: World, request: CohortRequest) -> set[str]:
    return world.ids("leads", request)


def default_of(world: World) -> CohortRequest:
    return CohortRequest(world.manifest.fingerprint)


# --- the default period


@pytest.mark.parametrize("inside", [30, 31])
def test_the_default_period_is_whole_days_in_the_zone(inside):
    world = default_period_worlds()[f"{inside} inside"]
    found = ids(world, default_of(world))
    assert len(found) == inside
    assert {"first-second", "last-second"} <= found
    assert not {"second-before", "second-after", "old", "window-edge"} & found
    facts = world.readout(default_of(world)).cohort
    assert (facts.starts_on, facts.ends_on) == (date(2026, 3, 5), date(2026, 6, 3))
    assert facts.maturity.value == 1


def test_under_thirty_leads_it_is_all_that_are_settled():
    world = default_period_worlds()["29 inside"]
    found = ids(world, default_of(world))
    assert len(found) == 29 + 4  # and those before, after, old, and on the edge of the window
    assert "window-edge" in found
    assert "inside-window" not in found
    readout = world.readout(default_of(world))
    assert world.counts(default_of(world))["pending_decision"] == 0
    facts = readout.cohort
    assert facts.starts_on is None
    assert facts.ends_on == date(2026, 8, 19)  # no lead of the cohort lies on it or after it


def test_the_default_period_is_chosen_before_filters():
    world = default_period_worlds()["30 inside"]
    filtered = CohortRequest(world.manifest.fingerprint, filters=(("source", ("nothing",)),))
    facts = world.readout(filtered).cohort
    assert (facts.leads, facts.starts_on) == (0, date(2026, 3, 5))


@pytest.mark.parametrize(
    ("zone", "before", "first"),
    [
        (
            "America/New_York",
            "2026-03-08T04:59:59Z",
            "2026-03-08T05:00:00Z",
        ),  # the day the clock goes forward
        ("America/New_York", "2026-03-09T03:59:59Z", "2026-03-09T04:00:00Z"),  # the day after
        (
            "America/Santiago",
            "2026-09-06T03:59:59Z",
            "2026-09-06T04:00:00Z",
        ),  # midnight does not exist: 01:00 begins it
        (
            "America/Santiago",
            "2026-04-05T03:59:59Z",
            "2026-04-05T04:00:00Z",
        ),  # 23:00 to 24:00 happens twice before it
        ("Asia/Kathmandu", "2026-05-03T18:14:59Z", "2026-05-03T18:15:00Z"),
    ],
)
def test_a_day_begins_when_the_clock_on_the_wall_says_so(zone, before, first):
    day = (
        (datetime.fromisoformat(first) - timedelta(hours=12)).date()
        if zone == "Asia/Kathmandu"
        else date.fromisoformat(first[:10])
    )
    day = date(2026, 5, 4) if zone == "Asia/Kathmandu" else day
    contract = read_contract(f'[calendar]\nzone = "{zone}"'.encode(), "zone.toml")
    world = world_of(
        [{"Lead ID": "before", "Handoff Date": before}, {"Lead ID": "first", "Handoff Date": first}],
        as_of="2026-12-31", contract=contract,
    )  # fmt: skip
    assert ids(world, world.request(starts_on=day)) == {"first"}
    assert ids(world, world.request(ends_on=day)) == {"before"}
    query = f"SELECT handoff_day FROM {world.cohort().table} ORDER BY handoff_at"
    number = (day - date(1970, 1, 1)).days
    assert world.warehouse.run(query)["handoff_day"].to_list() == [number - 1, number]


def test_the_contracts_zone_cuts_days_not_the_imports():
    rows = [{"Lead ID": "late", "Handoff Date": "2026-05-04T23:30:00Z"}]
    world = world_of(rows, as_of="2026-12-31", zone="UTC")
    tokyo = world.under(read_contract(b'[calendar]\nzone = "Asia/Tokyo"', "tokyo.toml"))
    assert ids(world, world.request(starts_on=date(2026, 5, 5))) == set()
    assert ids(tokyo, tokyo.request(starts_on=date(2026, 5, 5))) == {"late"}


# --- periods


def test_periods_are_half_open():
    world = hand_world()
    week = ids(world, world.request(starts_on=date(2026, 5, 11), ends_on=date(2026, 5, 18)))
    assert week == {"monday"}
    assert "sunday" in ids(world, world.request(ends_on=date(2026, 5, 11)))
    assert "monday" not in ids(world, world.request(ends_on=date(2026, 5, 11)))
    assert ids(world, world.request(starts_on=date(2026, 5, 18), ends_on=date(2026, 5, 19))) == {
        "next-monday"
    }


@pytest.mark.parametrize(
    ("starts", "ends"),
    [
        ("2026-05-01", "2026-05-01"),
        ("2026-05-02", "2026-05-01"),
        ("1969-12-31", None),
        (None, "2200-01-01"),
        ("0001-01-01", None),
    ],
)
def test_periods_that_are_none_are_refused(starts, ends):
    world = hand_world()
    request = world.request(
        starts_on=date.fromisoformat(starts) if starts else None,
        ends_on=date.fromisoformat(ends) if ends else None,
    )
    with pytest.raises(RequestError):
        world.cohort(request)


def test_the_first_and_the_last_day_that_can_be_asked_for():
    world = hand_world()
    request = world.request(starts_on=date(1970, 1, 1), ends_on=date(2199, 12, 31))
    assert world.counts(request) == world.counts()


def test_an_accepted_lead_on_the_first_second_of_a_period_keeps_its_touches():
    world = hand_world()
    request = world.request(starts_on=date(2026, 5, 11), ends_on=date(2026, 5, 18))
    assert world.ids("cadence_full", request) == {"monday"}


# --- touches that are only counted


def test_touches_as_a_number_are_at_most():
    world = counted_world()
    assert world.ids("cadence_by_touches") == {"enough", "channels-blank"}
    assert world.ids("cadence_full") == {"enough", "channels-blank"} | ENGAGED_WHEN_COUNTED
    working = world.readout().working_rate
    assert working.is_undated
    assert not working.is_channel_unknown


def test_touches_without_times_are_at_most():
    world = undated_world()
    assert world.ids("cadence_full") == {"six", "handoff-response", "end-response"}
    assert world.readout().working_rate.is_undated


# --- filters and bands


def test_score_bands_do_not_move_with_filters_or_periods():
    rows = [
        {
            "Lead ID": f"L{n}",
            "Handoff Date": f"2026-0{1 + n % 6}-02 10:00:00",
            "Lead Score": str(score),
            "Lead Source": "ABC"[n % 3],
        }
        for n, score in enumerate((-1, 5, 12, 30, 44, 58, 61, 77, 100, 101))
    ]
    world = world_of(rows, as_of="2026-12-31")
    plan = world.cohort().bands
    assert plan.is_equal_count
    assert plan.edges == (-1, 12, 44, 61, 100)
    for request in (
        world.request(filters=(("source", ("A",)),)),
        world.request(starts_on=date(2026, 2, 1), ends_on=date(2026, 3, 1)),
        world.request(filters=(("score_band", (plan.label(4),)),)),
    ):
        assert world.cohort(request).bands == plan
    assert [band.leads for band in world.readout().score_bands.bands] == [2, 2, 2, 2, 2, 0]


@pytest.mark.parametrize(
    ("score", "is_equal_count"), [("0", False), ("100", False), ("-1", True), ("101", True), ("100.5", True)]
)
def test_any_score_outside_0_to_100_makes_equal_counts(score, is_equal_count):
    rows = [
        {"Lead ID": f"L{n}", "Handoff Date": "2026-01-02 10:00:00", "Lead Score": text}
        for n, text in enumerate(("50", score))
    ]
    assert world_of(rows, as_of="2026-12-31").cohort().bands.is_equal_count is is_equal_count


def test_equal_scores_stay_together():
    scores = [500] * 8 + [1, 2, 600]
    rows = [
        {"Lead ID": f"L{n}", "Handoff Date": "2026-01-02 10:00:00", "Lead Score": str(score)}
        for n, score in enumerate(scores)
    ]
    bands = world_of(rows, as_of="2026-12-31").readout().score_bands.bands
    assert [(band.interval, band.leads) for band in bands] == [
        ("[1,600)", 10),
        ("[600,∞)", 1),
        ("no score", 0),
    ]


def test_size_bands_by_number_range_and_unknown():
    sizes = {"a": "10", "b": "11", "c": "51-200", "d": "1000+", "e": "1,001", "f": "", "g": "5001", "h": "0"}
    rows = [
        {"Lead ID": key, "Handoff Date": "2026-01-02 10:00:00", "Company Size": size}
        for key, size in sizes.items()
    ]
    world = world_of(rows, as_of="2026-12-31")
    groups = {row.value: row.leads for row in world.readout(dimension="size_band").so_far.rows}
    assert groups == {"1–10": 2, "11–50": 1, "51–200": 1, "1,001–5,000": 2, "5,001+": 1, None: 1}
    for value, leads in groups.items():
        assert world.counts(world.request(filters=(("size_band", (value or "",)),)))["leads"] == leads


def test_every_choice_of_a_filter_holds_as_many_leads_as_it_says():
    world = sample()
    for field, values in filter_choices(world.warehouse, world.manifest).items():
        for value, leads in values[:4]:
            assert world.counts(world.request(filters=((field, (value or "",)),)), ("leads",)) == {
                "leads": leads
            }, (field, value)


def test_an_unknown_field_names_the_nearest():
    with pytest.raises(RequestError, match="did you mean 'source'"):
        hand_world().cohort(hand_world().request(filters=(("sourse", ("Web",)),)))


def test_a_filter_without_values_filters_nothing():
    world = hand_world()
    assert world.counts(world.request(filters=(("source", ()),))) == world.counts()


@pytest.mark.parametrize(
    ("text", "full"),
    [
        (
            "channels = 1",
            {
                "cadence-one-channel",
                "cadence-seven",
                "cadence-full",
                "cadence-from-handoff",
                "sunday",
                "monday",
                "next-monday",
            },
        ),
        ("channels = 3", {"cadence-seven"}),
        ("channels = 4", set()),
        ("touches = 7", {"cadence-seven"}),
        ("touches = 8", set()),
    ],
)
def test_the_cadence_is_what_the_contract_says(text, full):
    agreed = hand_world().under(read_contract(f"[cadence]\n{text}".encode(), "cadence.toml"))
    assert agreed.ids("cadence_by_touches") == full


def test_windows_are_what_the_contract_says():
    agreed = hand_world().under(
        read_contract(
            b"[windows]\ndisposition_days = 10\nhorizon_days = 91\ncadence_days = 13", "windows.toml"
        )
    )
    plain, shorter = hand_world().counts(), agreed.counts()
    assert shorter["settled"] == plain["settled"] + 4  # those of 16 June and of 20 June
    assert "won-after-horizon" in agreed.ids("won_in_horizon")
    assert "mature-edge" not in agreed.ids("mature")
    assert "cadence-running" in agreed.ids("cadence_settled")
