"""Waits and their tail: by hand, counted a second time, by story, and every number opened."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics import formatting as text
from analytics.cohort import CohortRequest
from analytics.long_tail import LongTail, answer, measure_long_tail, notes, reading_of, tier_key
from analytics.metrics.compose import rate
from analytics.results import Unmeasurable
from analytics.speed_to_lead import TIER_SETS, measure_speed
from analytics.wait_arrivals import arrivals_answer, delays_answer, measure_arrivals, measure_delays
from analytics.wait_groups import measure_owners, measure_tiers, owners_answer, tiers_answer
from tests.metrics import recount
from tests.metrics.worlds import World, sample, story, world_of
from tests.pages import fixtures

NEW_YORK = recount.Agreement(zone="America/New_York")
STORIES = (
    "healthy",
    "threshold_too_low",
    "slow_follow_up",
    "segment_drift",
    "no_product_fit",
    "broken_plumbing",
)

# name: why, handoff, first touch, intent, further cells. UTC, 9 to 17, Monday to Friday; the extract is of a Tuesday.
AS_OF = "2026-06-30 12:00:00"
HAND: dict[str, tuple[str, str, str, str, dict[str, str]]] = {
    "met": ("touched in the last second of 4 working hours", "2026-06-01 09:00:00", "2026-06-01 13:00:00", "Standard", {}),
    "missed": ("one second later", "2026-06-01 09:00:00", "2026-06-01 13:00:01", "Standard", {}),
    "met-high": ("touched in the last second of 1 working hour", "2026-06-01 09:00:00", "2026-06-01 10:00:00", "High", {}),
    "missed-high": ("one second later", "2026-06-01 09:00:00", "2026-06-01 10:00:01", "High", {}),
    "weekend": ("one working hour, 65 hours on the wall", "2026-06-05 16:30:00", "2026-06-08 09:30:00", "Standard", {}),
    "never": ("nobody touched it", "2026-06-02 09:00:00", "", "Standard", {}),
    "never-closed": ("nobody touched it, rejected", "2026-06-01 08:00:00", "", "Standard", {"Lead Status": "Rejected"}),
    "before": ("touched before its handoff alone", "2026-06-03 09:00:00", "2026-06-02 09:00:00", "Standard", {}),
    "minute": ("touched after exactly a minute", "2026-06-04 09:00:00", "2026-06-04 09:01:00", "Standard", {}),
    "minute-and-one": ("touched after a minute and a second", "2026-06-04 10:00:00", "2026-06-04 10:01:01", "Standard", {}),
    "settled-edge": ("4 working hours old at the extract, untouched", "2026-06-29 16:00:00", "", "Standard", {}),
    "pending-edge": ("one second younger", "2026-06-29 16:00:01", "", "Standard", {}),
    "out-of-hours": ("arrived in the first second after closing", "2026-06-09 17:00:00", "2026-06-10 09:30:00", "Standard", {}),
    "in-hours": ("arrived in the last second of the day", "2026-06-09 16:59:59", "2026-06-10 09:30:00", "Standard", {}),
}  # fmt: skip


@cache
def hand() -> World:
    rows = [
        {
            "Lead ID": name, "Handoff Date": handoff, "First Touch": touch, "Buying Intent": intent,
            "Company": f"{name} Ltd", "Lead Owner": "Ann" if "met" in name else "Ben", "Lead Status": "New",
            "Created Date": str(datetime.fromisoformat(handoff) - timedelta(hours=2)), **more,
        }
        for name, (_, handoff, touch, intent, more) in HAND.items()
    ]  # fmt: skip
    return world_of(rows, as_of=AS_OF)


def tail(of: World, tier: str = "all", request: CohortRequest | None = None) -> LongTail:
    result = measure_long_tail(of.warehouse, of.cohort(request), tier)
    assert isinstance(result, LongTail)
    return result


def default(of: World) -> CohortRequest:
    return CohortRequest(of.manifest.fingerprint)


def test_the_hand_table_counts():
    result = tail(hand())
    speed = result.speed
    assert (speed.leads, speed.touched, speed.never_touched, speed.touched_before_handoff) == (14, 9, 4, 1)
    assert (result.never.numerator, result.never.denominator, result.timed) == (4, 13, 13)
    assert (result.instant.numerator, result.instant.denominator) == (1, 13)
    inside = speed.inside_limit
    assert (inside.numerator, inside.denominator, inside.pending) == (7, 12, 1)
    assert hand().ids("limit_met") == {
        "met",
        "met-high",
        "weekend",
        "minute",
        "minute-and-one",
        "out-of-hours",
        "in-hours",
    }
    assert hand().ids("limit_pending") == {"pending-edge"}
    assert hand().ids("wall_within:60") == {"minute"}
    assert hand().ids("out_of_hours") == {"never-closed", "out-of-hours"}


def test_tiers_have_limits_of_their_own():
    result = measure_tiers(hand().warehouse, hand().cohort())
    assert not isinstance(result, Unmeasurable)
    shown = {
        row.tier: (row.limit_minutes, row.timed, row.inside.numerator, row.inside.denominator)
        for row in result.rows
    }
    assert shown == {"high": (60, 2, 1, 2), "standard": (240, 11, 6, 10), "all": (None, 13, 7, 12)}
    high = measure_speed(hand().warehouse, hand().cohort(), "high")
    assert not isinstance(high, Unmeasurable)
    assert (high.leads, high.working.median) == (2, 3600.5)


def test_the_longest_waits_are_untouched_and_open_first():
    assert [(lead.lead_id, lead.is_touched, lead.is_closed) for lead in tail(hand()).waiting] == [
        ("never", False, False), ("settled-edge", False, False), ("pending-edge", False, False),
        ("never-closed", False, True), ("weekend", True, False), ("in-hours", True, False),
        ("out-of-hours", True, False), ("missed", True, False),
    ]  # fmt: skip


def test_named_leads_open_themselves():
    for of in (hand(), sample()):
        for lead in tail(of).waiting:
            assert of.ids(f"lead:{lead.number}") == {lead.lead_id}


@pytest.mark.parametrize("which", ["sample", "healthy", "broken_plumbing"])
def test_waits_equal_a_second_count(which):
    of = sample() if which == "sample" else story(which, 11, 2_000)[0]
    every = recount.recounted(of.rows(), of.touches(), of.manifest.as_of, NEW_YORK)
    leads = recount.default_period(every, of.manifest.as_of, NEW_YORK.zone)
    for tier in ("all", "high", "standard"):
        mine = [
            one for one in leads if tier == "all" or (one.limit == NEW_YORK.limit_high) == (tier == "high")
        ]
        timed = [one for one in mine if not one.is_touched_before]
        result = tail(of, tier, default(of))
        expected = recount.counts(mine)
        inside = result.speed.inside_limit
        assert (inside.numerator, inside.denominator) == (expected["limit_met"], expected["limit_settled"])
        assert result.never.numerator == expected["never_touched"]
        assert result.timed == len(timed)
        assert result.instant.numerator == sum(
            one.first_touch is not None and one.wall_wait <= 60 for one in timed
        )
        for clock, reading in (("working", result.speed.working), ("wall", result.speed.wall)):
            waits = [(getattr(one, f"{clock}_wait"), one.first_touch is not None) for one in timed]
            steps, longest = recount.still_waiting(waits), max(wait for wait, _ in waits)
            for quantile in result.quantiles:
                shown = getattr(quantile, clock)
                assert shown == recount.quantile(steps, quantile.percent / 100, longest), (
                    tier,
                    clock,
                    quantile,
                )
                touched = getattr(quantile, f"{clock}_touched")
                assert (shown is None) == (touched is None)
                if shown is not None:
                    assert touched == sum(is_touched and wait <= shown for wait, is_touched in waits)
            two_weeks = result.two_weeks_working if clock == "working" else result.two_weeks_wall
            assert two_weeks is not None
            assert two_weeks.seconds == {"working": 80 * 3600, "wall": 14 * 86_400}[clock]
            assert two_weeks.share.value == pytest.approx(recount.within(steps, two_weeks.seconds))
            reached = [wait for wait, is_touched in waits if is_touched]
            assert reading.touched_only_median == sorted(reached)[len(reached) // 2] or len(reached) % 2 == 0


def test_the_parts_of_the_tail_add_up_and_open():
    of, request = sample(), default(sample())
    for tier in ("all", *TIER_SETS):
        result = tail(of, tier, request)
        for key, number in (
            ("never_touched", result.never.numerator), ("timed", result.timed), ("touched", result.speed.touched),
            ("limit_met", result.speed.inside_limit.numerator), ("wall_within:60", result.instant.numerator),
        ):  # fmt: skip
            assert of.evidence(tier_key(key, tier), request, limit=1).count == number, (tier, key)
    parts = [tail(of, tier, request) for tier in TIER_SETS]
    assert sum(part.timed for part in parts) == tail(of, request=request).timed


# --- owners, arrivals, parts of the way


@pytest.mark.parametrize("tier", ["all", "high"])
def test_owners_equal_a_second_count_and_open(tier):
    of, request = sample(), default(sample())
    result = measure_owners(of.warehouse, of.cohort(request), tier)
    assert not isinstance(result, Unmeasurable)
    every = recount.recounted(of.rows(), of.touches(), of.manifest.as_of, NEW_YORK)
    leads = recount.default_period(every, of.manifest.as_of, NEW_YORK.zone)
    leads = [one for one in leads if tier == "all" or one.limit == NEW_YORK.limit_high]
    for owner in result.owners:
        counted = recount.counts([one for one in leads if one.row["owner"] == owner.owner])
        assert (owner.inside.numerator, owner.inside.denominator) == (
            counted["limit_met"],
            counted["limit_settled"],
        )
        key = tier_key("limit_met", tier)
        also = [("owner", owner.owner or "")]
        assert of.evidence(key, request, also=also, limit=1).count == owner.inside.numerator
    assert (
        sum(one.inside.denominator for one in result.owners) + result.unlisted_leads
        == result.pooled.denominator
    )
    assert result.pooled.denominator == recount.counts(leads)["limit_settled"]


def test_owners_that_scatter_more_than_luck_are_said_to():
    words = owners_answer(measure_owners(sample().warehouse, sample().cohort(default(sample()))))
    assert "times as widely as luck" in words
    even, _ = story("healthy", 11, 2_000)
    assert "beyond luck" in owners_answer(measure_owners(even.warehouse, even.cohort(default(even))))


def test_an_owner_far_from_the_others_is_named_and_a_small_one_never():
    rows = [
        {
            "Lead ID": f"{owner}{number}", "Handoff Date": "2026-05-04 09:00:00", "Lead Owner": owner,
            "First Touch": "2026-05-04 09:30:00" if number < met else "",
        }
        for owner, leads, met in (*((f"O{n}", 60, 48) for n in range(12)), ("Far", 60, 6), ("Tiny", 9, 0))
        for number in range(leads)
    ]  # fmt: skip
    of = world_of(rows, as_of=AS_OF)
    result = measure_owners(of.warehouse, of.cohort())
    assert not isinstance(result, Unmeasurable)
    assert [one.owner for one in result.owners if one.place.is_outside] == ["Far"]
    assert "Far (10\u00a0% of 60)" in owners_answer(result)


def test_arrivals_add_up_and_open():
    of, request = sample(), default(sample())
    result = measure_arrivals(of.warehouse, of.cohort(request))
    assert not isinstance(result, Unmeasurable)
    assert len(result.cells) == 168
    assert sum(cell.leads for cell in result.cells) == result.out_of_hours.denominator == 2_076
    assert result.without_hour == 0
    assert result.opening == tuple((day, 540, 1020) for day in range(5))
    outside = [cell for cell in result.cells if cell.hour // 24 > 4 or not 9 <= cell.hour % 24 < 17]
    holidays_none = sum(cell.leads for cell in outside)
    assert result.out_of_hours.numerator == holidays_none
    for cell in result.cells[::13]:
        assert of.evidence(f"arrived:{cell.hour}", request, limit=1).count == cell.leads
        key = f"arrived:{cell.hour}.limit_met"
        assert of.evidence(key, request, limit=1).count == cell.inside.numerator
    halves = (result.inside_out_of_hours, result.inside_in_hours)
    for side, value in zip(("out_of_hours", "in_hours"), halves, strict=True):
        assert of.evidence(f"{side}.limit_met", request, limit=1).count == value.numerator
        assert of.evidence(f"{side}.limit_settled", request, limit=1).count == value.denominator
    assert "825 of 2,076 leads (40\u00a0%) arrive out of hours" in arrivals_answer(result)


def test_bare_dates_have_no_hour_of_arrival():
    rows = [
        {"Lead ID": "date", "Handoff Date": "2026-06-01", "First Touch": "2026-06-02 10:00:00"},
        {"Lead ID": "hour", "Handoff Date": "2026-06-01 09:00:00", "First Touch": "2026-06-02 10:00:00"},
    ]
    of = world_of(rows[:1], as_of=AS_OF)
    assert isinstance(measure_arrivals(of.warehouse, of.cohort()), Unmeasurable)
    assert of.ids("out_of_hours") == of.ids("in_hours") == set()
    words = " ".join(notes(tail(of)))
    assert "1 lead has dates without a time of day" in words


def test_the_way_is_told_in_parts():
    of = hand()
    parts = measure_delays(of.warehouse, of.cohort())
    assert not isinstance(parts, Unmeasurable)
    assert [(part.who, part.done, part.waiting, part.median) for part in parts] == [
        ("system", 14, 0, 7_200.0), ("people", 9, 4, parts[1].median),
    ]  # fmt: skip
    for part in parts:
        assert of.evidence(part.done_key).count == part.done
        assert not part.waiting_key or of.evidence(part.waiting_key).count == part.waiting
    assert delays_answer(parts).startswith("Created to handed off: half within 2\u00a0h")
    assert delays_answer(parts).endswith("nine in ten not reached. Not timed: 1 touched before handoff.")


def test_opening_counts_leads_nobody_opened():
    rows = [
        {"Lead ID": "opened", "Handoff Date": "2026-06-01 09:00:00", "Opened": "2026-06-01 09:10:00"},
        {"Lead ID": "at-once", "Handoff Date": "2026-06-01 09:00:00", "Opened": "2026-06-01 09:00:00"},
        {"Lead ID": "before", "Handoff Date": "2026-06-01 09:00:00", "Opened": "2026-06-01 08:59:59"},
        {"Lead ID": "never", "Handoff Date": "2026-06-01 09:00:00", "Opened": ""},
    ]
    of = world_of(rows, as_of=AS_OF, fields={(None, "opened_at"): "Opened"})
    (part,) = measure_delays(of.warehouse, of.cohort())
    assert (part.done, part.waiting) == (2, 1)
    assert of.ids(part.done_key) == {"opened", "at-once"}
    assert of.ids(part.waiting_key) == {"never"}
    assert part.median == 600.0


# --- what is said


@pytest.mark.parametrize("name", STORIES)
def test_the_sentence_says_what_is_true_of_the_story(name):
    of, truth = story(name, 11, 6_000)
    result = tail(of, request=default(of))
    counts = truth["default_cohort"]
    assert result.never.numerator == counts["never_touched"]
    assert result.speed.inside_limit.numerator == counts["touched_inside_limit"]
    expected = {"slow_follow_up": "slow", "broken_plumbing": "suspect stamps"}.get(name, "steady")
    assert result.reading == expected
    words = answer(result)
    assert f"{text.count(counts['never_touched'])} of" in words
    if name == "broken_plumbing":
        assert result.instant.numerator == counts["touched_within_a_minute_of_handoff"]
        assert "stamped when the rep opens the lead" in words
    else:
        assert "stamp" not in words
        assert " but " not in words


def test_too_small_a_file_says_too_few():
    of, _ = story("too_small", 11, 6_000)
    result = tail(of, request=default(of))
    assert result.reading == "too few"
    assert answer(result).startswith(f"Only {result.timed} leads: too few to quote")
    assert "%" not in answer(result)


def speed_with(median: float, waits: list[int], never: int):
    base = fixtures.speed()
    import numpy as np

    from analytics.stats.survival import wait_curve

    counts = np.ones(len(waits), dtype=np.int64)
    curve = wait_curve([*waits, 10_000_000], [*counts, 0], [*(0 * counts), never])
    clock = replace(base.working, curve=curve, median=curve.quantile(0.5), p90=curve.quantile(0.9))
    return replace(base, working=clock, touched=len(waits), never_touched=never)


@pytest.mark.parametrize(
    ("late", "never", "reading"),
    [
        (0, 0, "steady"),
        (30, 0, "steady"),  # 1 in 33 waits long
        (200, 0, "hidden tail"),  # 1 in 6 waits for weeks: the ninth tenth lies beyond 40 working hours
        (0, 105, "steady"),  # 9.5 % never: the interval holds one in ten
        (0, 200, "hidden tail"),
    ],
)
def test_a_good_median_does_not_hide_the_tail(late, never, reading):
    waits = [600 + n for n in range(1_000)] + [1_000_000 + n for n in range(late)]
    speed = speed_with(0, waits, never)
    timed = speed.touched + never
    assert reading_of(speed, rate(never, timed), rate(0, timed)) == reading


def test_one_in_ten_at_once_is_a_matter_of_stamps():
    speed = speed_with(0, [600 + n for n in range(1_000)], 0)
    assert reading_of(speed, rate(0, 1_000), rate(99, 1_000)) == "steady"
    assert reading_of(speed, rate(0, 1_000), rate(100, 1_000)) == "suspect stamps"


def test_the_sentence_of_a_hidden_tail_names_it():
    result = tail(sample(), request=default(sample()))
    clock = replace(
        result.speed.working, median=9_720.0, median_low=9_000.0, median_high=10_000.0, p90=259_200.0
    )
    hidden = replace(result, reading="hidden tail", speed=replace(result.speed, working=clock))
    assert answer(hidden) == (
        "Half of all leads are touched within 2.7\u00a0working hours (2.5–2.8), but one in ten waits longer than"
        " 9\u00a0working days and 513 of 2,076 (25\u00a0%) were never touched."
    )
    never = replace(hidden, speed=replace(result.speed, working=replace(clock, p90=None)))
    assert "one in ten is never reached in the time watched" in answer(never)


def test_tiers_say_their_limits():
    result = measure_tiers(sample().warehouse, sample().cohort(default(sample())))
    assert tiers_answer(result) == (
        "High intent: 19\u00a0% (15–23\u00a0%) touched inside 1\u00a0h; Standard intent: 24\u00a0% (22–26\u00a0%) touched inside"
        " 4\u00a0h; the aim is 80\u00a0%."
    )


def test_without_a_first_touch_nothing_is_measured():
    of = world_of([{"Lead ID": "a", "Handoff Date": "2026-06-01 09:00:00"}], as_of=AS_OF)
    for measure in (measure_long_tail, measure_tiers, measure_owners, measure_arrivals):
        assert isinstance(measure(of.warehouse, of.cohort()), Unmeasurable)
    assert isinstance(measure_delays(of.warehouse, of.cohort()), Unmeasurable)


def test_an_empty_selection_has_no_curve_and_no_error():
    of = sample()
    request = of.request(filters=(("source", ("nowhere",)),))
    result = tail(of, request=request)
    assert (result.reading, result.waiting, result.timed) == ("nobody", (), 0)
    assert answer(result)
    owners = measure_owners(of.warehouse, of.cohort(request))
    assert owners.owners == ()
    assert owners_answer(owners) == "No lead is past its limit yet."
    assert isinstance(measure_arrivals(of.warehouse, of.cohort(request)), Unmeasurable)


@settings(deadline=None)
@given(
    st.lists(st.tuples(st.integers(0, 2_000_000), st.booleans()), min_size=1, max_size=60),
    st.integers(0, 200),
)
def test_counting_waiting_leads_never_makes_anyone_look_faster(waits, more):
    import numpy as np

    from analytics.stats.survival import wait_curve

    def median(extra: int) -> float:
        seconds = np.array([wait for wait, _ in waits] + [2_000_001] * extra)
        hit = np.array([int(is_touched) for _, is_touched in waits] + [0] * extra)
        found = wait_curve(seconds, hit, 1 - hit).quantile(0.5)
        return float("inf") if found is None else found

    assert median(more) >= median(0)
