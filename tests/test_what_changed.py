"""What changed, and where: split by hand, counted again another way, on made-up worlds with one cause each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from analytics.change_parts import Dimension, _parts, split
from analytics.cohort import CohortRequest
from analytics.dimensions import dimension_column
from analytics.handoff_steps import step_obstacle
from analytics.measurable import NO_ACCEPTANCE
from analytics.metrics.catalog import LEAD_SETS, METRICS
from analytics.metrics.compose import journey_relation, rate
from analytics.stats.decomposition import kitagawa
from analytics.what_changed import (
    Change,
    dimension_names,
    is_young,
    measure_change,
    measure_what_changed,
    month_choices,
    month_days,
    period_before,
)
from analytics.what_changed_words import answer, named_parts, notes, rest, span, views, where
from tests.metrics.worlds import World, sample, story, world_of

LAWS = settings(deadline=None, derandomize=True, database=None, max_examples=60)
COUNTS = st.integers(0, 60).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))
TABLES = st.lists(st.tuples(COUNTS, COUNTS), min_size=1, max_size=6)
MAY, JUNE, JULY = 2026 * 12 + 4, 2026 * 12 + 5, 2026 * 12 + 6
LATE = "2026-12-30 12:00:00"
Group = tuple[str, int, int]
"""A source, its accepted leads, and all its leads."""


def plain(text: str) -> str:
    return text.replace("\u00a0", " ").replace("\u2060", "")


def company(before: Sequence[Group], now: Sequence[Group], *, as_of: str = LATE, others: int = 4) -> World:
    """Leads of May and of June, all decided on the day; owners and countries have nothing to do with anything."""
    rng = np.random.default_rng(5)
    rows = []
    for month, groups in (("05", before), ("06", now)):
        for source, accepted, leads in groups:
            rows += [
                {
                    "Lead ID": f"{month}-{source}-{n}",
                    "Handoff Date": f"2026-{month}-{1 + n % 28:02d} 10:00:00",
                    "Lead Source": source,
                    "Lead Owner": f"Rep {rng.integers(others)}",
                    "Country": f"Land {rng.integers(3)}",
                    "Lead Status": "Accepted" if n < accepted else "Rejected",
                }
                for n in range(leads)
            ]
    rows.append({"Lead ID": "old", "Handoff Date": "2026-01-01 10:00:00", "Lead Status": "Rejected"})
    return world_of(rows, as_of=as_of, zone="UTC")


def month_of(world: World, number: int) -> CohortRequest:
    first, after = month_days(number)
    return world.request(starts_on=first, ends_on=after)


def change_of(world: World, slug: str = "acceptance_rate", number: int = JUNE) -> Change:
    found = measure_what_changed(world.warehouse, world.cohort(month_of(world, number)), slug)
    assert isinstance(found, Change)
    return found


def by(change: Change, name: str) -> Dimension:
    return next(one for one in change.dimensions if one.name == name)


# --- split by hand


def test_the_hand_table_is_split_exactly():
    """By hand: 30 of 60 to 24 of 60. Web 40 to 20 leads at 60 % to 70 %, Fair 20 to 40 leads at 30 % to 25 %."""
    found = split("source", [("Fair", 6, 20, 10, 40), ("Web", 24, 40, 14, 20)])
    fair, web = sorted(found.segments, key=lambda one: one.value)
    third, middle = 1 / 3, (30 / 60 + 24 / 60) / 2
    assert (fair.share_before, fair.share_now) == (pytest.approx(third), pytest.approx(2 * third))
    assert fair.mix == pytest.approx(third * ((0.30 + 0.25) / 2 - middle))
    assert web.mix == pytest.approx(-third * ((0.60 + 0.70) / 2 - middle))
    assert fair.own == pytest.approx(-0.05 * 0.5)
    assert web.own == pytest.approx(0.10 * 0.5)
    assert found.mix + found.own == pytest.approx(24 / 60 - 30 / 60, abs=1e-15)
    assert (fair.now.numerator, fair.now.denominator, web.before.numerator, web.before.denominator) == (
        10,
        40,
        24,
        40,
    )


@LAWS
@given(TABLES)
def test_all_parts_add_up_to_the_change(table):
    """With new, gone and empty segments among them."""
    rows = [(f"s{n}", *before, *now) for n, (before, now) in enumerate(table)]
    totals = [sum(row[place] for row in rows) for place in range(1, 5)]
    assume(totals[1] and totals[3])
    found = split("source", rows)
    whole = totals[2] / totals[3] - totals[0] / totals[1]
    assert sum(one.mix + one.own for one in found.segments) == pytest.approx(whole, abs=1e-12)
    assert found.mix + found.own == pytest.approx(whole, abs=1e-12)
    for one in found.segments:
        if one.own_low is not None:
            assert one.own_low <= one.own + 1e-12
            assert one.own <= one.own_high + 1e-12
        assert -1 <= one.mix_low <= one.mix_high <= 1
        assert one.is_new == (one.before.denominator == 0 and one.now.denominator > 0)
        assert one.is_gone == (one.now.denominator == 0 and one.before.denominator > 0)


@LAWS
@given(TABLES)
def test_many_tables_at_once_are_split_as_one(table):
    """The shuffles and draws use the same formula as the published one."""
    columns = np.array([[*before, *now] for before, now in table]).T
    whole = kitagawa(*columns)
    assume(whole is not None)
    mix, own, _ = _parts(*(column[np.newaxis] for column in columns))
    assert mix[0] == pytest.approx([one.mix for one in whole.segments], abs=1e-12)
    assert own[0] == pytest.approx([one.rate for one in whole.segments], abs=1e-12)


def test_a_split_is_the_same_every_time():
    rows = [("a", 31, 60, 20, 70), ("b", 12, 40, 14, 30), (None, 3, 9, 2, 4)]
    assert split("source", rows) == split("source", rows)


def test_bands_keep_their_order_and_others_go_by_movement():
    rows = [
        ("1,001–5,000", 5, 10, 6, 10),
        ("1–10", 5, 10, 9, 10),
        ("51–200", 5, 10, 5, 10),
        (None, 1, 9, 1, 9),
    ]
    assert [one.value for one in split("size_band", rows).segments] == ["1–10", "51–200", "1,001–5,000", None]
    assert split("source", rows).segments[0].value == "1–10"


# --- counted again, another way


@pytest.mark.parametrize(
    "slug", ["acceptance_rate", "touched_inside_limit", "won_in_horizon", "opportunity_to_won"]
)
def test_counted_again_by_one_cohort_over_both_periods(slug):
    """One cohort over both periods, cut by the time of the handoff, instead of two cohorts put together."""
    world, metric = sample(), METRICS[slug]
    change = measure_what_changed(
        world.warehouse, world.cohort(CohortRequest(world.manifest.fingerprint)), slug
    )
    both = world.cohort(world.request(starts_on=change.before_starts_on, ends_on=change.ends_on))
    cut = world.cohort(world.request(starts_on=change.starts_on, ends_on=change.ends_on)).starts_at
    numerator, denominator = (LEAD_SETS[one].predicate for one in (metric.numerator, metric.denominator))
    for name in dimension_names(both):
        column = dimension_column(world.manifest, name, both.contract, both.bands)
        rows = world.warehouse.run(
            f"SELECT (SELECT CAST({column} AS VARCHAR) FROM {both.leads} AS l WHERE l.lead_no = c.lead_no) AS value,"
            f" sum(CASE WHEN ({numerator}) AND c.handoff_at < $cut THEN 1 ELSE 0 END)::BIGINT,"
            f" sum(CASE WHEN ({denominator}) AND c.handoff_at < $cut THEN 1 ELSE 0 END)::BIGINT,"
            f" sum(CASE WHEN ({numerator}) AND c.handoff_at >= $cut THEN 1 ELSE 0 END)::BIGINT,"
            f" sum(CASE WHEN ({denominator}) AND c.handoff_at >= $cut THEN 1 ELSE 0 END)::BIGINT"
            f" FROM {journey_relation(world.warehouse, both)} AS c GROUP BY 1",
            {"cut": cut},
        ).rows()  # fmt: skip
        again = {row[0]: row[1:] for row in rows if row[2] + row[4]}
        if len(again) > 40:
            assert name in change.too_many
            continue
        counted = {
            one.value: (one.before.numerator, one.before.denominator, one.now.numerator, one.now.denominator)
            for one in by(change, name).segments
        }
        assert counted == again, name
        assert sum(row[0] for row in again.values()) == change.before.numerator
        assert sum(row[3] for row in again.values()) == change.now.denominator


@pytest.mark.parametrize("name", ["source", "size_band", "score_band"])
def test_every_segment_opens_its_leads(name):
    world = sample()
    request = CohortRequest(world.manifest.fingerprint)
    change = measure_what_changed(world.warehouse, world.cohort(request), "acceptance_rate")
    for one in by(change, name).segments:
        if one.key:
            assert world.evidence(f"{one.key}.settled", request, limit=1).count == one.now.denominator
        else:
            within = CohortRequest(world.manifest.fingerprint, filters=((name, (one.value or "",)),))
            assert world.evidence("settled", within, limit=1).count == one.now.denominator
            assert world.evidence("accepted_settled", within, limit=1).count == one.now.numerator


# --- worlds with one cause each

WEB, FAIR, PARTNER, WEBINAR = ("Web", "Fair", "Partner", "Webinar")


def test_where_only_the_mix_changed_the_segments_that_grew_and_shrank_are_named():
    change = change_of(
        company(
            [(WEB, 320, 400), (FAIR, 210, 300), (PARTNER, 120, 200), (WEBINAR, 30, 100)],
            [(WEB, 240, 300), (FAIR, 154, 220), (PARTNER, 90, 150), (WEBINAR, 99, 330)],
        )
    )
    assert change.state == "down"
    assert [one.name for one in change.listed] == ["source"]
    source = change.listed[0]
    assert source.own == pytest.approx(0, abs=1e-9)
    assert source.mix == pytest.approx(change.difference)
    assert all(part.kind == "mix" for part in named_parts(source))
    assert named_parts(source)[0].segment.value == WEBINAR
    said = plain(answer(change))
    assert said.startswith("Acceptance fell 9.7 points, from 68 % to 58 %. ")
    assert "of the 9.7 points come from a larger share of Webinar leads" in said


def test_where_only_one_segments_rate_changed_it_alone_is_named():
    change = change_of(
        company(
            [(WEB, 320, 400), (FAIR, 210, 300), (PARTNER, 160, 200), (WEBINAR, 70, 100)],
            [(WEB, 320, 400), (FAIR, 210, 300), (PARTNER, 90, 200), (WEBINAR, 70, 100)],
        )
    )
    assert [one.name for one in change.listed] == ["source"]
    (part,) = named_parts(change.listed[0])
    assert (part.segment.value, part.kind) == (PARTNER, "own")
    assert part.size == pytest.approx(change.difference) == pytest.approx(-0.07)
    assert plain(answer(change)) == (
        "Acceptance fell 7.0 points, from 76 % to 69 %. All of it comes from Partner leads being accepted less often."
    )


def test_what_no_named_part_carries_is_said():
    """Two sources of three fall: one by 20 points, one by 2 of 100, which is within luck."""
    change = change_of(company([(WEB, 640, 800), (FAIR, 64, 80)], [(WEB, 480, 800), (FAIR, 63, 80)]))
    source = replace(by(change, "source"), is_beyond_luck=True)
    (part,) = named_parts(source)
    left = change.difference - part.size
    assert left == pytest.approx(-1 / 80 / 11)
    assert plain(rest(change, source)) == "−0.1 points lie in parts within luck or too small to name."
    assert rest(change, by(change, "owner")) == ""


def test_where_all_moved_alike_no_group_is_named():
    change = change_of(
        company(
            [(WEB, 320, 400), (FAIR, 240, 300), (PARTNER, 160, 200), (WEBINAR, 80, 100)],
            [(WEB, 280, 400), (FAIR, 210, 300), (PARTNER, 140, 200), (WEBINAR, 70, 100)],
        )
    )
    assert (change.state, change.listed) == ("down", ())
    assert "no source, owner or other group moved apart from the rest beyond luck" in answer(change)
    assert views(change) == "3 views tried, none beyond luck"


def test_movements_that_cancel_are_found_under_a_rate_that_stayed():
    change = change_of(company([(WEB, 200, 400), (FAIR, 200, 400)], [(WEB, 280, 400), (FAIR, 120, 400)]))
    assert change.state == "no change"
    assert "no change beyond luck" in answer(change)
    assert change.listed[0].name == "source"
    said = plain(where(change, change.listed[0]))
    assert "+10 points from Web leads being accepted more often" in said
    assert "−10 points from Fair leads being accepted less often" in said


def test_simpson_is_said():
    """Charig et al. 1986: 78 to 83 % though both groups did worse; here as sources."""
    change = change_of(
        company([("Small", 81, 87), ("Large", 192, 263)], [("Small", 234, 270), ("Large", 55, 80)])
    )
    source = by(change, "source")
    assert source.is_simpson
    assert (source.mix, source.own) == (pytest.approx(0.0994, abs=5e-5), pytest.approx(-0.0537, abs=5e-5))
    said = plain(where(change, source))
    assert "in every group by source with 30 leads or more" in said
    assert "(+9.9 points)" in said
    assert "(−5.4 points)" in said


def test_simpson_leads_the_sentence_where_the_change_is_beyond_luck():
    change = change_of(
        company([("Small", 810, 870), ("Large", 1920, 2630)], [("Small", 2340, 2700), ("Large", 550, 800)])
    )
    assert change.state == "up"
    assert change.listed[0].name == "source"
    assert "Yet it fell in every group by source" in answer(change)


def test_new_and_gone_segments_are_all_mix():
    change = change_of(company([(WEB, 160, 200), (FAIR, 150, 200)], [(WEB, 160, 200), (WEBINAR, 40, 200)]))
    source = by(change, "source")
    parts = {one.value: one for one in source.segments}
    assert (parts[WEBINAR].is_new, parts[WEBINAR].own, parts[WEBINAR].own_low) == (True, 0.0, None)
    assert (parts[FAIR].is_gone, parts[FAIR].own, parts[FAIR].own_high) == (True, 0.0, None)
    assert parts[WEBINAR].before.value is None
    assert parts[FAIR].now.value is None
    said = answer(change)
    assert "Webinar leads, which are new" in said
    assert "Fair leads, which are gone" in said


def test_too_many_groups_are_left_out_aloud():
    change = change_of(company([(WEB, 240, 300)], [(WEB, 240, 300)], others=300))
    assert change.too_many == ("owner",)
    assert "too many groups to compare: owner" in views(change)


# --- when nothing is said


def test_a_period_without_leads_has_no_change():
    change = change_of(company([(WEB, 80, 100)], [(WEB, 80, 100)]), number=JULY)
    assert (change.state, change.difference, change.dimensions) == ("too few", None, ())
    assert plain(answer(change)) == "Too few leads to compare: Jul 2026 has no lead to measure it on."
    before = change_of(company([], [(WEB, 80, 100)]))
    assert "May 2026 has no lead" in plain(answer(before))


@pytest.mark.parametrize(("leads", "state"), [(30, "no change"), (29, "too few")])
def test_thirty_leads_on_either_side(leads, state):
    for before, now in (((WEB, 20, leads), (WEB, 70, 100)), ((WEB, 70, 100), (WEB, 20, leads))):
        change = change_of(company([before], [now]))
        assert change.state == state
        if state == "too few":
            assert "has 29 leads to measure it on" in plain(answer(change))


def test_a_month_that_is_not_old_enough_says_so():
    """Acceptance settles after 14 days; on 20 June the leads of 1 to 6 June have: 24 of 112."""
    world = company([(WEB, 80, 112)], [(WEB, 20, 112)], as_of="2026-06-20 12:00:00")
    change = change_of(world)
    assert change.state == "too young"
    assert change.dimensions == ()
    assert plain(answer(change)).startswith("Too early to compare: of the ")
    assert "of Jun 2026" in plain(answer(change))
    assert "fell" not in answer(change)


@pytest.mark.parametrize(("days", "state"), [(11, "too young"), (12, "no change")])
def test_nine_in_ten_leads_must_have_had_their_time(days, state):
    """112 leads, 4 a day: on 9 July 100 of them have settled, on 10 July 104."""
    world = company([(WEB, 80, 112)], [(WEB, 80, 112)], as_of=f"2026-07-{days - 2:02d} 12:00:00")
    change = change_of(world)
    assert change.state == state, change.waiting


def test_exactly_nine_in_ten_are_enough():
    assert not is_young(rate(10, 100))
    assert is_young(rate(11, 100))
    assert not is_young(rate(0, 0))


def test_horizon_rates_wait_for_their_horizon():
    world = sample()
    change = change_of(world, "won_in_horizon", MAY + 2)
    assert change.state == "too young"
    assert change_of(world, "acceptance_rate", MAY + 2).state != "too young"


def test_decisions_on_unknown_days_withhold_the_change():
    rows = [
        {"Lead ID": f"{month}-{n}", "Handoff Date": f"2026-{month}-05 10:00:00", "Lead Status": "Accepted" if n % 2 else "Rejected",
         "Accepted Date": f"2026-{month}-06 10:00:00" if n % 2 and not (month == "06" and n < 4) else "",
         "Rejected Date": "" if n % 2 else f"2026-{month}-06 10:00:00", "Rejection Reason": "" if n % 2 else "Duplicate"}
        for month in ("05", "06") for n in range(100)
    ]  # fmt: skip
    world = world_of(rows, as_of=LATE, zone="UTC")
    assert step_obstacle(world.cohort(), "decided_in_window") is None
    change = change_of(world, "decided_in_window")
    assert (change.undated, change.state) == (2, "undated")
    assert "cannot be compared: 2 leads of both periods carry no date" in plain(answer(change))


def test_an_export_that_cannot_give_the_rate_says_so():
    world = world_of([{"Lead ID": "1", "Handoff Date": "2026-05-05 10:00:00"}], as_of=LATE, zone="UTC")
    cohort = world.cohort(month_of(world, JUNE))
    assert measure_what_changed(world.warehouse, cohort, "acceptance_rate") == NO_ACCEPTANCE


@pytest.mark.parametrize("period", [{"is_whole_file": True}, {"starts_on": date(2026, 5, 1)}])
def test_without_a_period_before_there_is_no_change(period):
    world = sample()
    assert (
        measure_what_changed(world.warehouse, world.cohort(world.request(**period)), "acceptance_rate")
        is None
    )


# --- companies where nothing changed


@pytest.mark.parametrize("name", ["healthy", "slow_follow_up", "threshold_too_low"])
def test_a_period_against_itself_has_no_change_beyond_luck(name):
    world, _ = story(name, 11, 3_000)
    cohort = world.cohort(CohortRequest(world.manifest.fingerprint))
    for metric in METRICS.values():
        if metric.slug == "marketing_sla":  # nothing is agreed in the default contract
            continue
        change = measure_change(world.warehouse, cohort, cohort, metric)
        assert (change.state, change.difference, change.listed) == ("no change", 0.0, ()), metric.slug
        assert "no change beyond luck" in answer(change)


def test_companies_that_stay_as_they_are_rarely_seem_to_change():
    """Months of companies without any drift: at 95 % one in twenty may, and one in ten may name a view."""
    seen, changed, named = 0, 0, 0
    for name in ("healthy", "slow_follow_up"):
        world, _ = story(name, 11, 3_000)
        for number in range(MAY - 2, MAY + 2):
            for slug in ("acceptance_rate", "touched_inside_limit", "accepted_to_opportunity"):
                change = change_of(world, slug, number)
                if change.state in {"up", "down", "no change"}:
                    seen += 1
                    changed += change.state != "no change"
                    named += bool(change.listed)
    assert seen >= 18
    assert changed <= 0.15 * seen, (changed, seen)
    assert named <= 0.2 * seen, (named, seen)


# --- periods


def test_a_calendar_month_is_compared_with_the_month_before():
    world = sample()
    june = world.cohort(month_of(world, JUNE))
    assert (period_before(june).starts_on, period_before(june).ends_on) == (
        date(2026, 5, 1),
        date(2026, 6, 1),
    )
    days = world.cohort(world.request(starts_on=date(2026, 6, 2), ends_on=date(2026, 7, 2)))
    assert period_before(days).starts_on == date(2026, 5, 3)
    assert period_before(june).filters == june.request.filters


def test_a_period_keeps_its_filters_and_names_its_months():
    world = sample()
    request = CohortRequest(
        world.manifest.fingerprint, date(2026, 6, 1), date(2026, 7, 1), filters=(("source", ("Webinar",)),)
    )
    change = measure_what_changed(world.warehouse, world.cohort(request), "acceptance_rate")
    assert change.now.denominator == world.evidence("settled", request, limit=1).count
    assert "source" not in {one.name for one in change.dimensions}
    assert plain(span(change.starts_on, change.ends_on)) == "Jun 2026"
    assert plain(notes(change)[1]).startswith("before: May 2026, ")


def test_the_months_on_offer_are_whole_and_have_one_before_them():
    world = company([(WEB, 8, 10)], [(WEB, 8, 10)], as_of="2026-06-30 12:00:00")
    offered = month_choices(world.warehouse, world.cohort())
    assert offered == (MAY, MAY - 1, MAY - 2, MAY - 3)
    assert datetime.fromisoformat("2026-06-01") - timedelta(days=1) < world.manifest.as_of
