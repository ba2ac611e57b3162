"""The table by hand, counted by the product: every lead in exactly the sets that the written definitions put it in."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta

import pytest

from analytics.metrics.compose import PLAIN_SETS
from analytics.metrics.sets import slide
from tests.metrics.hand_table import AS_OF, BY_ID, LEADS, TIMED, Lead, hand_world

Rule = Callable[[set[str]], bool]


def has(*atoms: str) -> Rule:
    return lambda facts: set(atoms) <= facts


def is_judged(facts: set[str]) -> bool:
    """Accepted, its cadence window over, and its limit passed."""
    return "worked" in facts and bool(facts & {"met", "missed"})


def is_full(facts: set[str]) -> bool:
    return bool(facts & {"full", "engaged"})


# The definitions as set algebra over the atoms, once more and in another language than the catalog's.
MEMBERS: dict[str, Rule] = {
    "leads": has(),
    "settled": has("settled"),
    "pending_decision": has("pending"),
    "accepted_settled": has("settled", "accepted"),
    "rejected_settled": has("settled", "rejected"),
    "decided_settled": lambda facts: "settled" in facts and "undecided" not in facts,
    "undecided_settled": has("settled", "undecided"),
    "accepted_late": has("settled", "late"),
    "accepted_implied": has("settled", "implied"),
    "disqualified_later": has("settled", "disqualified"),
    "touched": has("touched"),
    "never_touched": has("never"),
    "touched_before_handoff": has("before"),
    "timed": lambda facts: "before" not in facts,
    "limit_settled": lambda facts: bool(facts & {"met", "missed"}),
    "limit_met": has("met"),
    "limit_pending": has("early"),
    "accepted_any": has("accepted"),
    "cadence_settled": has("worked"),
    "cadence_pending": has("working"),
    "cadence_full": lambda facts: "worked" in facts and bool(facts & {"full", "engaged"}),
    "cadence_by_touches": has("worked", "full"),
    "cadence_not_full": lambda facts: "worked" in facts and not facts & {"full", "engaged"},
    "mature": has("mature"),
    "won_in_horizon": has("mature", "won90"),
    "opportunity_in_horizon": has("mature", "opp90"),
    "so_far_accepted": has("accepted"),
    "so_far_rejected": has("rejected"),
    "so_far_undecided": has("undecided"),
    "so_far_opportunity": has("opportunity"),
    "so_far_won": has("won"),
    "so_far_lost": has("lost"),
    "skipped_acceptance": has("implied"),
    "not_touched": lambda facts: "touched" not in facts,
    "is_touched": has("touched"),
    "mature_accepted": has("mature", "accepted"),
    "mature_accepted_opportunity": has("mature", "accepted", "opp90"),
    "mature_won_undated": has("mature", "won-undated"),
    "mature_opportunity_undated": lambda facts: {"mature", "opp-undated"} <= facts and "opp90" not in facts,
    "accepted_without_opportunity": lambda facts: {"mature", "accepted"} <= facts and "opp90" not in facts,
    "limit_missed": has("missed"),
    "rejected_untouched": has("rejected", "never"),
    "disqualified_any": has("disqualified"),
    "not_disqualified": lambda facts: "disqualified" not in facts,
    "not_rejected": lambda facts: "rejected" not in facts,
    "rejected_touched": lambda facts: "rejected" in facts and "never" not in facts,
    "immature": lambda facts: "mature" not in facts,
    "size_known": lambda _: False,  # the table has no sizes; the table of journeys has
    "sla_settled": is_judged,
    "sla_met": lambda facts: is_judged(facts) and "met" in facts and is_full(facts),
    "sla_missed": lambda facts: is_judged(facts) and not ("met" in facts and is_full(facts)),
    "sla_late": lambda facts: is_judged(facts) and "missed" in facts,
    "young_open": lambda facts: "mature" not in facts and "rejected" not in facts,
    "sla_pending": lambda facts: "accepted" in facts and "before" not in facts and not is_judged(facts),
    "sla_not_timed": has("accepted", "before"),
    "not_touched_in_time": has("missed"),
    # nothing is agreed and no contact data is exported here; the tables of test_compliance have both
    **dict.fromkeys(
        (
            "definition_met", "definition_missed", "definition_unknown", "complete_data", "incomplete_data", "complete_judged",
            "marketing_judged", "marketing_met", "marketing_missed",
        ),
        lambda _: False,
    ),
}  # fmt: skip


def those(rule: Callable[[Lead], bool]) -> set[str]:
    return {one.id for one in TIMED if rule(one)}


def test_every_set_without_a_value_has_an_expectation():
    assert set(MEMBERS) == set(PLAIN_SETS)


@pytest.mark.parametrize("slug", PLAIN_SETS)
def test_members_of(slug):
    assert hand_world().ids(slug) == those(lambda one: MEMBERS[slug](set(one.facts)))


def test_the_counting_query_counts_the_same():
    expected = {slug: len(those(lambda one, slug=slug: MEMBERS[slug](set(one.facts)))) for slug in PLAIN_SETS}
    assert hand_world().counts() == expected


def test_a_lead_handed_off_after_the_extract_has_no_clock():
    assert hand_world().ids("without_clock") == {"not-handed-off"}
    assert hand_world().manifest.without_clock == 1


@pytest.mark.parametrize(
    "one", [one for one in LEADS if one.working_wait is not None], ids=lambda one: one.id
)
def test_waits_to_the_second(one):
    for clock, wait in (("working", one.working_wait), ("wall", one.wall_wait)):
        assert one.id in hand_world().ids(f"{clock}_within:{wait}"), one.why
        assert wait == 0 or one.id not in hand_world().ids(f"{clock}_within:{wait - 1}"), one.why


MARKS = {"5m": 300, "1h": 3_600, "4h": 14_400, "1d": {"working": 28_800, "wall": 86_400}, "3d": {"working": 86_400, "wall": 259_200}}  # fmt: skip


def seconds_of(mark: str, clock: str) -> int:
    found = MARKS[mark]
    return found if isinstance(found, int) else found[clock]


@pytest.mark.parametrize("clock", ["working", "wall"])
@pytest.mark.parametrize("mark", MARKS)
def test_touched_within_a_mark_is_at_most_the_mark(mark, clock):
    seconds = seconds_of(mark, clock)
    expected = those(lambda one: (wait := getattr(one, f"{clock}_wait")) is not None and wait <= seconds)
    assert hand_world().ids(f"{clock}_within:{seconds}") == expected
    assert getattr(hand_world().readout().speed, clock).mark_seconds[mark] == seconds


@pytest.mark.parametrize("band", range(-1, 5))
def test_score_bands_are_half_open(band):
    world = hand_world()
    in_band = those(lambda one: one.band == band)
    assert world.ids(f"band_leads:{band}") == in_band
    for key, atoms in (
        ("band_mature", {"mature"}),
        ("band_won", {"mature", "won90"}),
        ("band_opportunity", {"mature", "opp90"}),
    ):
        assert world.ids(f"{key}:{band}") == {i for i in in_band if atoms <= BY_ID[i].facts}


def test_score_band_labels():
    bands = hand_world().readout().score_bands.bands
    assert [band.label for band in bands] == ["0–19", "20–39", "40–59", "60–79", "80+", "no score"]
    assert [band.interval for band in bands] == [
        "[0,20)",
        "[20,40)",
        "[40,60)",
        "[60,80)",
        "[80,∞)",
        "no score",
    ]


@pytest.mark.parametrize("attempts", range(9))
def test_touches_in_the_window(attempts):
    assert hand_world().ids(f"touches:{attempts}") == those(lambda one: one.attempts == attempts)
    assert hand_world().ids(f"touches_at_least:{attempts}") == those(
        lambda one: one.attempts is not None and one.attempts >= attempts
    )


def test_every_worked_out_lead_has_its_attempts():
    assert those(lambda one: "worked" in one.facts) == those(lambda one: one.attempts is not None)


def test_weeks_begin_on_monday():
    by_week: dict[date, set[str]] = {}
    for one in TIMED:
        day = datetime.fromisoformat(one.cells["Handoff Date"]).date()
        by_week.setdefault(day - timedelta(days=day.weekday()), set()).add(one.id)
    world = hand_world()
    for monday, ids in by_week.items():
        week = (monday - date(1970, 1, 1)).days
        assert world.ids(f"week_settled:{week}") == {i for i in ids if "settled" in BY_ID[i].facts}
        assert world.ids(f"week_pending:{week}") == {i for i in ids if "pending" in BY_ID[i].facts}
        assert world.ids(f"week_accepted:{week}") == {
            i for i in ids if {"settled", "accepted"} <= BY_ID[i].facts
        }
    assert [week.starts_on for week in world.readout().acceptance.weeks] == sorted(by_week)
    assert date(2026, 5, 4) in by_week
    assert "sunday" in by_week[date(2026, 5, 4)]
    assert "monday" in by_week[date(2026, 5, 11)]


def test_the_read_out_says_the_same_as_the_sets():
    world = hand_world()
    counts, readout = world.counts(), world.readout()
    acceptance, speed, working = readout.acceptance, readout.speed, readout.working_rate
    assert (acceptance.of_settled.numerator, acceptance.of_settled.denominator, acceptance.of_settled.pending) == (
        counts["accepted_settled"], counts["settled"], counts["pending_decision"],
    )  # fmt: skip
    assert (acceptance.of_decided.numerator, acceptance.of_decided.denominator) == (
        counts["accepted_settled"],
        counts["decided_settled"],
    )
    assert (acceptance.late, acceptance.implied, acceptance.disqualified_later) == (2, 4, 3)
    assert (speed.touched, speed.never_touched, speed.touched_before_handoff) == (
        counts["touched"], counts["never_touched"], counts["touched_before_handoff"],
    )  # fmt: skip
    assert (working.rate.numerator, working.rate.denominator, working.rate.pending) == (
        counts["cadence_full"], counts["cadence_settled"], counts["cadence_pending"],
    )  # fmt: skip
    assert working.full_by_touches + working.full_by_engagement == working.rate.numerator
    assert working.no_touch_recorded == len(world.ids("touches:0"))
    assert dict(working.touches) == {n: len(world.ids(f"touches:{n}")) for n in (0, 1, 5, 6, 7)}
    assert not working.is_undated
    assert readout.cohort.maturity.numerator == counts["mature"]


def test_the_value_taking_sets_of_the_slide_are_all_here():
    tested = {"week_settled", "week_accepted", "week_pending", "working_within", "wall_within", "touches",
              "touches_at_least", "band_leads", "band_mature", "band_won", "band_opportunity"}  # fmt: skip
    assert tested == {one.slug for one in slide.SETS if one.takes_value}


def test_the_extract_is_when_the_table_says():
    assert hand_world().manifest.as_of == datetime.fromisoformat(AS_OF)
