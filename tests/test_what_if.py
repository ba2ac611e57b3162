"""What if: kept and removed counted by hand and again as a filtered cohort, the load by hand, and words that promise nothing."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics import threshold_reading
from analytics import what_if_words as words
from analytics.charts.what_if import in_time_bars, parted_dots
from analytics.contract import default_contract
from analytics.criteria import Criterion
from analytics.errors import RequestError
from analytics.metrics.catalog import METRICS
from analytics.metrics.compose import count_sets, rate
from analytics.results import Unmeasurable
from analytics.rules.tokens import RuleError
from analytics.so_far import measure_so_far
from analytics.threshold import Threshold, measure_threshold
from analytics.what_if import (
    LATE,
    SHOWN,
    WON_OPPORTUNITIES,
    AllInTime,
    Busiest,
    Deals,
    Parted,
    Parting,
    Side,
    Tier,
    measure_all_in_time,
    open_part,
    open_started,
    part_cohort,
)
from tests.metrics.opened_keys import opened
from tests.metrics.worlds import World, sample, world_of
from tests.score_worlds import HEADER, ROWS, hand_world, number_of

SETS = tuple(
    dict.fromkeys(
        part for slug in SHOWN for part in (METRICS[slug].numerator, METRICS[slug].denominator, METRICS[slug].pending) if part
    )
)  # fmt: skip


def parted(world: World, parting: Parting, **request) -> Parted:
    found = part_cohort(world.warehouse, world.cohort(world.request(**request)), parting)
    assert isinstance(found, Parted)
    return found


def rule(text: str) -> Parting:
    return Parting("rule", value=text)


def count(world: World, parting: Parting, part, key: str) -> int:
    return open_part(world.warehouse, world.cohort(), parting, part, key, 1).count


# --- a rule, by hand


@pytest.mark.parametrize(
    ("said", "keeps"),
    [
        ("score at least 20", lambda score: score >= 20),
        ("score over 20", lambda score: score > 20),
        ("score at most 20", lambda score: score <= 20),
        ("score under 20", lambda score: score < 20),
        ("score is 60", lambda score: score == 60),
    ],
)
def test_a_rule_keeps_exactly_the_leads_that_meet_it(said, keeps):
    """Scores of 19, 20 and 40, of 60 twice, and none: a row on the edge of every comparison."""
    world = hand_world()
    found = parted(world, rule(said))
    scored = [one for one in ROWS if number_of(one) is not None]
    kept = [one for one in scored if keeps(number_of(one))]
    refused = [one for one in scored if not keeps(number_of(one))]
    (blank,) = [one for one in ROWS if number_of(one) is None]
    for side, rows in ((found.kept, kept), (found.removed, [*refused, blank]), (found.unknown, [blank])):
        assert side.leads == len(rows)
        settled = [one for one in rows if one.has("settled")]
        mature = [one for one in rows if one.has("mature")]
        decided = [one for one in settled if one.has("accepted") or one.has("rejected")]
        accepted = [one for one in settled if one.has("accepted")]
        for slug, hits, of in (
            ("acceptance_rate", accepted, settled),
            ("accepted_of_decided", accepted, decided),
            ("won_in_horizon", [one for one in mature if one.has("won")], mature),
            (
                "accepted_to_opportunity",
                [one for one in mature if one.has("accepted") and one.has("opportunity")],
                [one for one in mature if one.has("accepted")],
            ),
        ):
            assert (side.rate(slug).numerator, side.rate(slug).denominator) == (len(hits), len(of)), slug
        assert side.rate("acceptance_rate").pending == len(rows) - len(settled)
    assert not found.is_hindsight
    ids = set(open_part(world.warehouse, world.cohort(), found.parting, "removed", "leads").frame["lead_id"])
    assert ids == {one.id for one in [*refused, blank]}
    unknown = open_part(world.warehouse, world.cohort(), found.parting, "unknown", "leads")
    assert list(unknown.frame["lead_id"]) == ["no-score"]


@settings(deadline=None, max_examples=40)
@given(st.sampled_from(("at least", "over", "at most", "under")), st.integers(-1, 101))
def test_kept_and_removed_are_all_whatever_the_rule(operator, score):
    world = hand_world()
    found = parted(world, rule(f"score {operator} {score}"))
    today = world.counts()
    for name in found.all.counts:
        assert found.kept.counts[name] + found.removed.counts[name] == found.all.counts[name] == today[name]
        assert found.unknown.counts[name] <= found.removed.counts[name]
    assert found.deals is not None
    assert found.deals.kept + found.deals.given_up == found.deals.all


def test_a_rule_of_what_came_later_says_so():
    world = sample()
    for said in ("accepted", "never touched", "won", "responded_at is known", "touched within 4 hours"):
        found = parted(world, rule(said))
        assert found.is_hindsight, said
        assert words.answer(found).startswith("In hindsight only: ")
    assert not parted(world, rule("source is webinar and score at least 40")).is_hindsight


def test_a_rule_that_cannot_be_understood_is_refused():
    world = sample()
    with pytest.raises(RuleError):
        part_cohort(world.warehouse, world.cohort(), rule("score at leest many"))


# --- criteria


def test_a_criterion_keeps_who_meets_it_and_a_disqualifying_one_who_does_not():
    world = hand_world()
    for operator, value in (("at least", 20.0), ("under", 20.0), ("known", "")):
        fit = parted(world, Parting("criterion", criterion=Criterion("fit", "score", operator, value)))
        out = parted(world, Parting("criterion", criterion=Criterion("disqualify", "score", operator, value)))
        known = fit.all.leads - fit.unknown.leads
        assert fit.unknown.leads == out.unknown.leads == (0 if operator == "known" else 1)
        assert fit.kept.leads + out.kept.leads == known
    assert parted(world, Parting("criterion", criterion=Criterion("fit", "score", "at least", 20.0))).kept.counts == (
        parted(world, rule("score at least 20")).kept.counts
    )  # fmt: skip


def test_the_whole_definition_is_the_contracts_own():
    criteria = (Criterion("fit", "score", "at least", 40.0), Criterion("fit", "source", "is", "Webinar"))
    world = sample().under(replace(default_contract(), criteria=criteria))
    found = parted(world, Parting("definition"))
    counts = world.counts()
    assert (
        found.kept.leads
        == world.warehouse.run(
            f"SELECT count(*) AS n FROM {world.cohort().table} WHERE definition_answer = 1"
        ).item()
    )
    assert found.all.leads == counts["leads"]
    assert found.kept.leads == parted(world, rule("score at least 40 and source is Webinar")).kept.leads


def test_what_cannot_be_checked_is_said():
    world = hand_world()
    for parting in (
        Parting("definition"),
        Parting("criterion", criterion=Criterion("fit", "phase of the moon", "is", "full")),
        Parting("criterion", criterion=Criterion("fit", "accepted_at", "known")),
    ):
        found = part_cohort(world.warehouse, world.cohort(), parting)
        assert isinstance(found, Unmeasurable), parting
        with pytest.raises(RequestError):
            open_part(world.warehouse, world.cohort(), parting, "kept", "leads")
    with pytest.raises(RequestError, match="No criterion"):
        part_cohort(world.warehouse, world.cohort(), Parting("criterion"))


# --- without a group


@pytest.mark.parametrize("dimension", ["source", "campaign", "owner", "size_band", "industry", "country"])
def test_without_a_value_is_the_cohort_filtered_by_hand(dimension):
    world = sample()
    values = {row["value"] for row in _values(world, dimension)}
    gone = max(values - {None}, key=str)
    found = parted(world, Parting("without", dimension, gone))
    rest = tuple(sorted(value or "" for value in values if value != gone))
    for side, chosen in ((found.kept, rest), (found.removed, (gone,))):
        cohort = world.cohort(world.request(filters=((dimension, chosen),)))
        counts = count_sets(world.warehouse, cohort, ("leads", *SETS))
        for name, leads in counts.items():
            assert side.counts[name] == leads, name
        for slug in SHOWN:
            assert side.rate(slug).numerator == counts[METRICS[slug].numerator]
    kept = world.cohort(world.request(filters=((dimension, rest),)))
    assert found.deals is not None
    assert found.deals.kept_amount == measure_so_far(world.warehouse, kept, "source").total.won_amount
    assert found.deals.amount == measure_so_far(world.warehouse, world.cohort(), "source").total.won_amount
    assert not found.unknown.leads


def _values(world: World, dimension: str) -> list[dict[str, object]]:
    found = measure_so_far(world.warehouse, world.cohort(), dimension)
    return [{"value": row.value} for row in found.rows]


def test_with_nothing_removed_every_number_is_todays():
    world = sample()
    today = world.counts()
    for parting in (Parting("without", "source", "No such source"), rule("score missing or score is known")):
        found = parted(world, parting)
        assert found.removed.leads == found.unknown.leads == 0
        assert found.kept == found.all
        for name, leads in found.all.counts.items():
            assert leads == today[name]
        for slug in SHOWN:
            metric = METRICS[slug]
            assert found.kept.rate(slug) == rate(
                today[metric.numerator], today[metric.denominator], today[metric.pending] if metric.pending else 0
            )  # fmt: skip
        assert found.deals is not None
        assert (found.deals.given_up, found.deals.given_up_amount) == (0, 0.0)
        assert "nothing changes" in words.answer(found)


def test_without_those_unknown_keeps_the_known():
    rows = [dict(row.cells) for row in ROWS]
    rows[0]["Lead Source"] = ""
    world = world_of(rows, as_of="2026-06-30 12:00:00", header=HEADER)
    found = parted(world, Parting("without", "source", ""))
    assert (found.kept.leads, found.removed.leads) == (len(ROWS) - 1, 1)
    assert "source is not known" in words.answer(found)
    other = parted(world, Parting("without", "source", "Web"))
    assert (other.kept.leads, other.removed.leads) == (1, len(ROWS) - 1)
    with pytest.raises(RequestError, match="no column"):
        part_cohort(world.warehouse, world.cohort(), Parting("without", "sorce", "Web"))


DEALS = (
    # id, source, opportunity, amount, is won
    ("both-a", "Ads", "O1", "100", True),  # one opportunity, a lead on each side: kept
    ("both-b", "Web", "O1", "100", True),
    ("gone-a", "Ads", "O2", "1000", True),  # both its leads removed: given up once
    ("gone-b", "Ads", "O2", "1000", True),
    ("gone-c", "Ads", "", "20", True),  # no id: an opportunity of its own
    ("stays", "Web", "O3", "3000", True),
    ("open", "Ads", "O4", "70000", False),  # not won: no win is given up
    ("no-amount", "Web", "O5", "", True),
)


def deals_world(*, has_amounts: bool = True) -> World:
    rows = []
    for name, source, deal, amount, is_won in DEALS:
        row = {"Lead ID": name, "Handoff Date": "2026-03-02 09:00:00", "SAL Date": "2026-03-03 09:00:00",
               "Lead Source": source, "Converted Opportunity ID": deal, "Opportunity: Created Date": "2026-03-10 09:00:00"}  # fmt: skip
        row |= {"Opportunity: Close Date": "2026-04-01 09:00:00", "Won": "true"} if is_won else {}
        rows.append(row | ({"Amount": amount} if has_amounts else {}))
    header = (*dict.fromkeys(key for row in rows for key in row),)
    return world_of(rows, as_of="2026-06-30 12:00:00", header=header)


def test_an_opportunity_is_given_up_when_all_its_won_leads_are_removed():
    world = deals_world()
    ads = Parting("without", "source", "Ads")
    deals = parted(world, ads).deals
    assert deals == Deals(all=5, kept=3, shared=1, unpriced=1, amount=4120.0, kept_amount=3100.0)
    assert (deals.given_up, deals.given_up_amount) == (2, 1020.0)
    for part, ids in (("kept", {"both-b", "stays", "no-amount"}), ("removed", {"gone-a", "gone-c"})):
        found = open_part(world.warehouse, world.cohort(), ads, part, WON_OPPORTUNITIES)
        assert set(found.frame["lead_id"]) == ids
        assert found.count == len(ids)
    assert count(world, ads, "all", WON_OPPORTUNITIES) == 5
    with pytest.raises(RequestError):
        open_part(world.warehouse, world.cohort(), ads, "unknown", WON_OPPORTUNITIES)
    said = words.answer(parted(world, ads))
    assert "2 of 5 won opportunities, worth 1,020, are given up" in said
    assert "1 won opportunity has leads on both sides, kept" in words.notes(parted(world, ads))
    assert "1 won opportunity without an amount" in words.notes(parted(world, ads))
    bare = parted(deals_world(has_amounts=False), ads)
    assert bare.deals is not None
    assert bare.deals.given_up_amount is None
    assert [row[0] for row in words.numbers(bare)][-1] == "Won opportunities"


def test_every_count_of_a_parting_opens_its_leads():
    world = sample()
    for parting in (Parting("without", "source", "Webinar"), rule("score at least 60")):
        found = parted(world, parting)
        for part in ("all", "kept", "removed", "unknown"):
            side: Side = getattr(found, part)
            for name in ("leads", "accepted_settled", "limit_met", "cadence_pending", "so_far_won"):
                assert count(world, parting, part, name) == side.counts[name], (part, name)
    with pytest.raises(RequestError):
        open_part(world.warehouse, world.cohort(), parting, "others", "leads")
    with pytest.raises(RequestError):
        open_part(world.warehouse, world.cohort(), parting, "kept", "file_leads")


def test_a_period_and_filters_hold():
    world = sample()
    filters = (("source", ("Webinar", "Partner")),)
    found = parted(world, Parting("without", "source", "Webinar"), filters=filters)
    assert found.kept.leads == world.counts(world.request(filters=(("source", ("Partner",)),)))["leads"]
    assert found.all.leads == world.counts(world.request(filters=filters))["leads"]


# --- every first touch in time

WORK = ("2026-06-05 16:59:59", "2026-06-05 17:00:00", "2026-06-06 12:00:00", "2026-06-08 09:00:00", "2026-06-08 09:59:59",
        "2026-06-08 10:00:00", "2026-06-08 17:00:00")  # fmt: skip
"""Friday's last second, its close, Saturday, Monday's first second, the last one of its first hour, ten, its close."""


def clock_world(touched: tuple[str, ...] = (), as_of: str = "2026-06-30 12:00:00") -> World:
    """One lead per moment of ``WORK``; the standard limit is four working hours."""
    rows = [
        {"Lead ID": f"L{n}", "Handoff Date": at, "First Touch": dict(zip(WORK, touched, strict=False)).get(at, "")}
        for n, at in enumerate(WORK)
    ]  # fmt: skip
    rows.append({"Lead ID": "date", "Handoff Date": "2026-06-08", "First Touch": ""})
    return world_of(rows, as_of=as_of, header=("Lead ID", "Handoff Date", "First Touch"), zone="UTC")


def in_time(world: World, **request) -> AllInTime:
    found = measure_all_in_time(world.warehouse, world.cohort(world.request(**request)))
    assert isinstance(found, AllInTime)
    return found


def test_the_busiest_day_and_hour_by_hand():
    world = clock_world()
    found = in_time(world)
    assert found.opening_days == 3  # Friday, Monday, Tuesday
    assert found.day == Busiest(datetime(2026, 6, 8), 6, 0, found.day.slots)  # type: ignore[union-attr]
    # Friday at 17:00, Saturday, Monday's first hour twice; the bare date stands in no hour
    assert found.hour == Busiest(datetime(2026, 6, 8, 9), 4, 0, found.hour.slots)  # type: ignore[union-attr]
    assert found.day is not None
    assert found.hour is not None
    day = open_started(world.warehouse, world.cohort(), found.day, is_hour=False)
    hour = open_started(world.warehouse, world.cohort(), found.hour, is_hour=True)
    assert set(day.frame["lead_id"]) == {"L1", "L2", "L3", "L4", "L5", "date"}
    assert set(hour.frame["lead_id"]) == {"L1", "L2", "L3", "L4"}
    assert words.load(found) == "first touches inside the limit per opening day: 0.0 today, 2.7 then"
    with pytest.raises(RequestError):
        open_started(world.warehouse, world.cohort(), found.day, is_hour=False, key="file_leads")


def test_a_touch_on_the_limit_is_a_hit_and_one_second_later_is_not():
    """Four working hours from Friday 16:59:59 end on Monday at 12:59:59; from Saturday, on Monday at 13:00:00."""
    world = clock_world(("2026-06-08 12:59:59", "2026-06-08 13:00:00", "2026-06-08 13:00:01"))
    found = in_time(world)
    assert found.total.hits == rate(2, 8)
    assert (found.total.missed, found.never) == (6, 5)
    assert found.tiers[1].hits == rate(2, 8)
    assert found.tiers[0].hits.denominator == 0
    assert found.day is not None
    assert (found.day.leads, found.day.hits) == (6, 1)
    assert world.ids("limit_missed.never_touched") == {"L3", "L4", "L5", "L6", "date"}


def test_a_limit_that_ends_with_the_extract_has_passed():
    """The extract is of Monday, 13:00: four hours from its opening have passed, those from a second later have not."""
    world = clock_world(as_of="2026-06-08 13:00:00")
    found = in_time(world)
    assert (found.total.hits.denominator, found.pending) == (5, 2)  # the last handoff has not happened yet


def test_the_overlap_and_every_count_of_the_sample():
    world = sample()
    found = in_time(world)
    counts = world.counts()
    assert found.total.missed == counts["limit_missed"]
    assert sum(one.hits.numerator for one in found.tiers) == found.total.hits.numerator
    assert sum(one.hits.denominator for one in found.tiers) == found.total.hits.denominator
    keys = {one.key(slug): want for one in (found.total, *found.tiers) for slug, want in (
        ("limit_met", one.hits.numerator), ("limit_settled", one.hits.denominator), ("limit_missed", one.missed))}  # fmt: skip
    keys |= {f"limit_missed.{slug}": found.late[slug].numerator for slug in LATE}
    keys["limit_missed.never_touched"] = found.never
    assert opened(world, keys) == keys
    for one, is_hour in ((found.day, False), (found.hour, True)):
        assert one is not None
        for key, leads in (("limit_settled", one.leads), ("limit_met", one.hits)):
            rows = open_started(world.warehouse, world.cohort(), one, is_hour=is_hour, key=key, limit=1)
            assert rows.count == leads


def test_an_export_without_touches_cannot_say():
    found = measure_all_in_time(hand_world().warehouse, hand_world().cohort())
    assert isinstance(found, Unmeasurable)


# --- words and figures

COUNTS = st.integers(0, 5_000)


@settings(deadline=None, max_examples=50)
@given(st.lists(st.tuples(COUNTS, COUNTS), min_size=2, max_size=2), COUNTS, COUNTS, COUNTS)
def test_no_word_promises_more_wins(tiers, first, second, third):
    rates = [rate(hits, hits + late) for hits, late in tiers]
    total = rate(sum(one.numerator for one in rates), sum(one.denominator for one in rates))
    missed = total.denominator - total.numerator
    late = {slug: rate(min(n, missed), missed) for slug, n in zip(LATE, (first, second, third), strict=True)}
    found = AllInTime(
        Tier("", None, total), tuple(Tier(slug, 60, one) for slug, one in zip(("tier_high", "tier_standard"), rates, strict=True)),
        0, 0, 0, late, 10, None, None,
    )  # fmt: skip
    said = words.answer_in_time(found)
    assert "more wins" not in said
    assert "more would be won" not in said.replace("whether more would be won, this cannot say", "")
    if missed:
        assert said.endswith("; whether more would be won, this cannot say.")
    assert not any("win" in name.lower() for name, _, _ in words.numbers_in_time(found))
    figure = in_time_bars(found)
    drawn = [one for one in (found.total, *found.tiers) if one.hits.denominator]
    assert list(figure.data[0].x) == [one.hits.numerator for one in drawn]
    assert list(figure.data[1].x) == [one.missed for one in drawn]


@settings(deadline=None, max_examples=50)
@given(COUNTS, COUNTS, COUNTS, COUNTS)
def test_the_sentence_of_a_parting_holds_its_counts(kept, removed, hits, gone):
    def side(leads: int, won: int) -> Side:
        counts = dict.fromkeys((*SETS, "leads", "so_far_won", "mature_won_undated"), leads)
        return Side(leads, counts | {"accepted_settled": min(won, leads)})

    deals = Deals(hits + gone, hits, 0, 0, None, None)
    parting = Parting("without", "source", "<b>Ads</b>")
    found = Parted(
        parting, "source is not <b>Ads</b>", side(kept + removed, kept), side(kept, kept), side(removed, 0), side(0, 0), deals,
        False, 90, {},
    )  # fmt: skip
    said = words.answer(found)
    assert said.startswith("Without leads whose source is <b>Ads</b>") or kept + removed == 0
    assert said.count(".") <= 3
    if kept and removed:
        assert f"{removed:,} of {kept + removed:,}" in said
        if gone:
            assert f"{gone:,} of {hits + gone:,} won" in said
    figure = parted_dots(found)
    assert [trace.name for trace in figure.data] == ["as it is", "as it would be"]
    keys = [key for trace in figure.data for key in trace.customdata]
    assert all(key.startswith(("all.", "kept.")) for key in keys)


def test_the_figure_draws_the_rates_of_the_parting():
    world = sample()
    found = parted(world, Parting("without", "source", "Webinar"))
    figure = parted_dots(found)
    for trace, side in zip(figure.data, (found.all, found.kept), strict=True):
        assert list(trace.x) == [side.rate(slug).value for slug in SHOWN]
        highs = [one.high for one in map(side.rate, SHOWN)]
        assert list(trace.x + trace.error_x.array) == pytest.approx(highs)


def test_the_numbers_of_a_score_line_are_those_read():
    world = sample()
    found = measure_threshold(world.warehouse, world.cohort())
    assert isinstance(found, Threshold)
    read = threshold_reading.read(found, 60)
    rows = {name: (before, then) for name, before, then in words.numbers_of_threshold(found, 60)}
    assert rows["Leads passed"] == (f"{found.today.leads:,}", f"{read.leads.numerator:,}")
    below = {then for _, _, then in words.numbers_of_threshold(found, found.rows[0].score)}
    assert below == {"cannot be seen"}
