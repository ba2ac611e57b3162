"""Rejections: a table by hand, recounted otherwise, laws, and what each story lets the sentence say."""

from __future__ import annotations

import itertools
from collections import Counter
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import binomtest, chi2_contingency

from analytics.metrics.compose import rate
from analytics.periods import Unit, first_day, following
from analytics.rejection_fixes import ENOUGH, measure_fixes, plan_text, task_words
from analytics.rejection_mix import (
    LEAST,
    PeriodOfRejections,
    front_of,
    shares_of,
    shift_between,
    usable,
)
from analytics.rejection_pace import (
    EDGES,
    disqualified_words,
    measure_disqualified,
    measure_pace,
    pace_notes,
    pace_words,
)
from analytics.rejections import (
    METHOD,
    Rejections,
    answer,
    measure_rejections,
    moved_words,
    notes,
)
from analytics.results import Unmeasurable
from analytics.schema import REASON_CODES
from tests.metrics.opened_keys import opened
from tests.metrics.worlds import World, sample, story, world_of

AS_OF = "2026-06-30 12:00:00"
STORIES = (
    "healthy",
    "threshold_too_low",
    "slow_follow_up",
    "segment_drift",
    "no_product_fit",
    "broken_plumbing",
)
APRIL = 2026 * 12 + 3

# (id, handoff, accepted, rejected, reason, touches, why)
HAND = (
    ("early", "2026-04-01 00:00:00", "", "2026-04-01 00:01:00", "Bad contact data", (), "first instant of April, rejected exactly a minute later, nobody touched it"),
    ("minute", "2026-04-10 10:00:00", "", "2026-04-10 10:01:01", "Bad contact data", ("2026-04-10 10:00:30",), "a second beyond the minute, touched before it"),
    ("five", "2026-04-10 10:00:00", "", "2026-04-10 10:05:00", "Duplicate", (), "exactly five minutes"),
    ("hour", "2026-04-30 23:59:59", "", "2026-05-01 00:59:59", "Other", (), "last second of April, exactly an hour; rejected in May, counted in April"),
    ("blank", "2026-05-01 00:00:00", "", "2026-05-02 00:00:00", "", ("2026-05-01 09:00:00",), "no reason given, exactly a day"),
    ("odd", "2026-05-03 00:00:00", "", "2026-05-04 00:00:01", "Wrong shoe size", (), "a reason nobody mapped is other; a second beyond the day"),
    ("taken", "2026-05-03 10:00:00", "2026-05-04 10:00:00", "", "", (), "accepted: no rejection"),
    ("soon", "2026-05-03 10:00:00", "2026-05-04 10:00:00", "2026-05-18 10:00:00", "Bad timing", (), "accepted, disqualified exactly 14 days later: no rejection"),
    ("late", "2026-05-03 10:00:00", "2026-05-04 10:00:00", "2026-05-18 10:00:01", "Bad timing", (), "a second later"),
    ("edge", "2026-06-15 12:00:00", "2026-06-16 12:00:00", "", "", (), "accepted exactly 14 days before the extract: counted"),
    ("fresh", "2026-06-15 12:00:00", "2026-06-16 12:00:01", "", "", (), "a second younger: pending"),
    ("settled", "2026-06-16 12:00:00", "", "2026-06-17 12:00:00", "Bad contact data", (), "handed off exactly 14 days before the extract"),
    ("pending", "2026-06-16 12:00:01", "", "", "", (), "a second younger: June is too young to judge"),
)  # fmt: skip


@cache
def hand() -> World:
    names = ("Lead ID", "Handoff Date", "SAL Date", "Rejected Date", "Rejection Reason")
    leads = [dict(zip(names, row[:5], strict=True)) for row in HAND]
    touches = [
        {"Lead ID": row[0], "Completed Date/Time": at, "Type": "Call", "Activity Source": "Human"}
        for row in HAND
        for at in row[5]
    ]
    return world_of(leads, touches, as_of=AS_OF, header=names)


def measured(of: World, unit: str = "month", **period) -> Rejections:
    found = measure_rejections(of.warehouse, of.cohort(of.request(**period)), unit)
    assert isinstance(found, Rejections)
    return found


def counts(period: PeriodOfRejections) -> dict[str, int]:
    return {code: count for code, count in period.reasons if count}


def test_by_hand_each_rejected_lead_counts_once_in_the_month_of_its_handoff():
    result = measured(hand())
    april, may, june = result.periods
    assert [one.number for one in result.periods] == [APRIL, APRIL + 1, APRIL + 2]
    assert (april.leads, april.rejected) == (4, 4)
    assert counts(april) == {"bad_contact_data": 2, "duplicate": 1, "other": 1}
    assert (may.leads, may.rejected) == (5, 2)
    assert counts(may) == {"missing": 1, "other": 1}
    assert (june.leads, june.settled, june.rejected) == (4, 3, 1)
    assert [one.is_immature for one in result.periods] == [False, False, True]
    assert result.codes == ("bad_contact_data", "other", "duplicate", "missing")
    assert [one.count for one in result.reasons] == [3, 2, 1, 1]
    assert (result.of_leads.numerator, result.of_leads.denominator, result.of_leads.pending) == (7, 13, 1)
    assert (result.of_decided.numerator, result.of_decided.denominator) == (7, 12)


def test_by_hand_june_is_judged_when_its_last_lead_is_old_enough():
    result = measured(hand())
    assert result.periods[2].judged_on == date(
        2026, 7, 15
    )  # the extract's day is cut at its end, then 14 days
    assert result.periods[2].is_whole  # 30 June is inside
    part = measured(hand(), starts_on=date(2026, 4, 2), ends_on=date(2026, 6, 1))
    assert [(one.is_whole, one.leads) for one in part.periods] == [(False, 3), (True, 5)]


def test_by_hand_pace_stands_on_every_edge():
    of = hand()
    pace = measure_pace(of.warehouse, of.cohort())
    assert not isinstance(pace, Unmeasurable)
    assert {seconds: share.numerator for seconds, share in pace.within} == {
        60: 1,
        300: 3,
        3_600: 4,
        86_400: 6,
    }
    assert {share.denominator for _, share in pace.within} == {7}
    assert (pace.untouched.numerator, pace.untouched.denominator) == (5, 7)
    assert pace.median == 3_600
    found = {
        (one.low, one.high): (one.touched, one.untouched) for one in pace.bins if one.touched + one.untouched
    }
    assert found == {
        (0, 60): (0, 1), (60, 300): (1, 1), (900, 3_600): (0, 1), (14_400, 86_400): (1, 1), (86_400, 259_200): (0, 1)
    }  # fmt: skip
    assert sum(one.touched + one.untouched for one in pace.bins) == pace.dated == 7
    assert of.ids("rejected_within:60") == {"early"}
    assert of.ids("rejected_after:86400") == {"odd"}
    assert of.ids("rejected_within:300.rejected_after:60.rejected_touched") == {"minute"}


def test_by_hand_disqualified_within_14_days_of_acceptance():
    of = hand()
    found = measure_disqualified(of.warehouse, of.cohort())
    assert not isinstance(found, Unmeasurable)
    assert (found.rate.numerator, found.rate.denominator, found.rate.pending) == (1, 4, 1)
    assert (found.ever, found.undated) == (2, 0)
    assert of.ids("disqualified_within:14.accepted_for:1209600") == {"soon"}
    assert of.ids("accepted_for:1209600") == {"taken", "soon", "late", "edge"}
    assert of.ids("accepted_less_than:1209600") == {"fresh"}
    assert of.ids("disqualified_any") == {"soon", "late"}


def test_by_hand_windows_open_by_the_day():
    of = hand()
    may = (date(2026, 5, 1) - date(1970, 1, 1)).days
    assert of.ids(f"so_far_rejected.handed_before:{may}") == {"early", "minute", "five", "hour"}
    assert of.ids(f"so_far_rejected.handed_from:{may}.handed_before:{may + 1}") == {"blank"}


# --- the same counts, made another way


def recounted(of: World, unit: Unit) -> dict[int, Counter[str]]:
    """Leads and rejections per period and reason, in plain Python over the stored rows."""
    zone = ZoneInfo(of.contract.zone_name(of.manifest.zone))
    known = set(REASON_CODES)
    found: dict[int, Counter[str]] = {}
    for row in of.rows():
        if row["handoff_at"] is None:
            continue
        day = row["handoff_at"].replace(tzinfo=UTC).astimezone(zone).date()
        number = {
            Unit.WEEK: (day - date(1970, 1, 1)).days - day.weekday(),
            Unit.MONTH: 12 * day.year + day.month - 1,
            Unit.QUARTER: 4 * day.year + (day.month - 1) // 3,
        }[unit]
        seen = found.setdefault(number, Counter())
        seen["leads"] += 1
        seen["settled"] += of.manifest.as_of - row["handoff_at"] >= timedelta(days=14)
        won = row["outcome"] == "won" or row["has_opportunity"]
        if row["disposition"] == "rejected" and not won:
            reason = row["rejection_reason"] or "missing"
            seen[reason if reason in known else "other"] += 1
    return found


@pytest.mark.parametrize("unit", list(Unit))
@pytest.mark.parametrize("which", ["sample", "threshold_too_low", "broken_plumbing"])
def test_recounted_in_plain_python(which, unit):
    of = sample() if which == "sample" else story(which, 11, 3_000)[0]
    expected = recounted(of, unit)
    result = measured(of, unit.value)
    assert {one.number for one in result.periods if one.leads} == set(expected)
    for one in result.periods:
        seen = expected.get(one.number, Counter())
        assert (one.leads, one.settled) == (seen["leads"], seen["settled"])
        assert counts(one) == {code: seen[code] for code in REASON_CODES if seen[code]}
        assert one.starts_on == first_day(unit, one.number)


def test_pace_recounted_in_plain_python():
    of = sample()
    rejected = [
        row for row in of.rows()
        if row["handoff_at"] and row["disposition"] == "rejected" and row["outcome"] != "won" and not row["has_opportunity"]
    ]  # fmt: skip
    ages = [
        max(0, int((row["rejected_at"] - row["handoff_at"]).total_seconds()))
        for row in rejected
        if row["rejected_at"]
    ]
    pace = measure_pace(of.warehouse, of.cohort())
    assert (pace.rejected, pace.dated) == (len(rejected), len(ages))
    assert pace.median == float(np.median(ages))
    for seconds, share in pace.within:
        assert share.numerator == sum(age <= seconds for age in ages)
    ends = [-1, *EDGES, float("inf")]
    assert [one.touched + one.untouched for one in pace.bins] == [
        sum(low < age <= high for age in ages) for low, high in itertools.pairwise(ends)
    ]
    nobody = [row for row in rejected if row["first_touch_at"] is None and row["prior_touch_at"] is None]
    assert pace.untouched.numerator == len(nobody)


@pytest.mark.parametrize("unit", list(Unit))
def test_parts_add_to_the_whole(unit):
    result = measured(sample(), unit.value)
    assert sum(one.leads for one in result.periods) == result.of_leads.denominator == 6_000
    assert sum(one.count for one in result.reasons) == result.of_leads.numerator
    for place, reason in enumerate(result.reasons):
        assert sum(one.reasons[place][1] for one in result.periods) == reason.count
        assert reason.per_lead.low <= reason.per_lead.value <= reason.per_lead.high
        assert reason.share.low <= reason.share.value <= reason.share.high
    assert sum(one.share.value for one in result.reasons) == pytest.approx(1)
    for one in result.periods:
        assert one.rejected == sum(count for _, count in one.reasons) == one.of_leads.numerator


# --- every number opens its leads


@pytest.mark.parametrize("unit", list(Unit))
def test_every_period_and_reason_opens_its_leads(unit):
    of = sample()
    request = of.request(starts_on=date(2026, 4, 3), ends_on=date(2026, 5, 20))
    result = measured(of, unit.value, starts_on=date(2026, 4, 3), ends_on=date(2026, 5, 20))
    wanted = {f"so_far_rejected.reason:{reason.number}": reason.count for reason in result.reasons}
    for one in result.periods:
        at = f"{unit.value}:{one.number}"
        wanted |= {
            at: one.leads,
            f"pending_decision.{at}": one.leads - one.settled,
            f"so_far_rejected.{at}": one.rejected,
        }
        for code, count in one.reasons:
            wanted[f"so_far_rejected.{at}.reason:{REASON_CODES.index(code)}"] = count
    assert opened(of, wanted, request) == wanted


# --- statistics


def period(
    number: int, leads: int, *found: int, young: bool = False, whole: bool = True
) -> PeriodOfRejections:
    return PeriodOfRejections(
        number, first_day(Unit.MONTH, number), leads, 0 if young else leads, sum(found), rate(sum(found), leads),
        tuple(zip(REASON_CODES, found, strict=False)), tuple(rate(one, leads) for one in found), shares_of(found), whole,
        young, date(2027, 1, 1),
    )  # fmt: skip


def months(*rows: tuple[int, ...], leads: int = 200) -> list[PeriodOfRejections]:
    return [period(APRIL + at, leads, *row) for at, row in enumerate(rows)]


CODES = REASON_CODES[:3]


def test_a_shift_is_the_chi_square_of_first_and_last_window():
    found = shift_between(months((40, 10, 10), (30, 10, 20), (12, 10, 38)), CODES)
    assert found.pvalue == pytest.approx(
        chi2_contingency([[40, 10, 10], [12, 10, 38]], correction=False).pvalue
    )
    assert found.is_beyond_luck
    assert [move.has_moved for move in found.moves] == [True, False, True]
    assert found.variation == pytest.approx(28 / 60)
    assert (found.moves[0].before.value, found.moves[0].after.value) == (0.2, 0.06)
    assert found.moves[0].is_rate_clear
    assert found.moves[0].difference == pytest.approx(-0.14)


def test_an_unchanged_mix_is_not_reported():
    found = shift_between(months((20, 12, 10), (22, 10, 9), (19, 13, 11)), CODES)
    assert not found.is_beyond_luck
    assert not any(move.has_moved for move in found.moves)


def test_windows_grow_to_thirty_rejections_and_never_share_a_month():
    assert shift_between(months((10, 5, 5), (10, 5, 5), (10, 5, 5)), CODES) is None
    found = shift_between(months((10, 5, 5), (10, 5, 5), (10, 5, 5), (10, 5, 5)), CODES)
    assert (found.first.first, found.first.last, found.last.first, found.last.last) == (
        APRIL,
        APRIL + 1,
        APRIL + 2,
        APRIL + 3,
    )
    assert (found.first.rejected, found.first.leads) == (40, 400)
    exactly = shift_between(months((20, 5, 5), (1, 1, 1), (20, 5, 5)), CODES)
    assert (exactly.first.first, exactly.first.last) == (APRIL, APRIL)
    assert shift_between(months((5, 2, 2), (5, 2, 2), (5, 2, 2), (5, 2, 2)), CODES) is None


def test_young_months_empty_months_and_slivers_are_not_tested():
    rows = [period(APRIL, 200, 20, 20), period(APRIL + 1, 0, 0, 0), period(APRIL + 2, 200, 20, 20, young=True),
            period(APRIL + 3, 40, 15, 14, whole=False), period(APRIL + 4, 40, 15, 15, whole=False)]  # fmt: skip
    assert [one.number for one in usable(rows)] == [APRIL, APRIL + 4]


def test_a_reason_that_leads_three_months_without_falling_is_stuck():
    front = front_of(months((18, 9, 3), (20, 9, 3), (19, 9, 3)), CODES)
    assert (front.code, front.runner_up, front.run, front.since) == (CODES[0], CODES[1], 3, APRIL)
    assert front.is_stuck
    assert front.is_clear
    assert front.course == "steady"
    assert (front.rate.numerator, front.rate.denominator) == (57, 600)
    assert not front_of(months((18, 9, 3), (20, 9, 3)), CODES).is_stuck


def test_a_reason_that_falls_is_not_stuck():
    front = front_of(months((60, 9, 3), (40, 9, 3), (22, 9, 3)), CODES)
    assert front.course == "falling"
    assert not front.is_stuck


def test_the_run_ends_where_another_reason_led():
    front = front_of(months((9, 30, 3), (30, 9, 3), (30, 9, 3)), CODES)
    assert (front.run, front.since) == (2, APRIL + 1)


def test_the_top_two_are_told_apart_by_the_exact_binomial_test():
    rows = months((22, 12, 1))
    assert binomtest(22, 34).pvalue == pytest.approx(0.12145, abs=5e-6)
    assert not front_of(rows, CODES).is_clear
    assert front_of(months((32, 12, 1)), CODES).is_clear


table = st.lists(st.tuples(*[st.integers(0, 60)] * 3), min_size=1, max_size=8)


@settings(max_examples=60, deadline=None)
@given(table)
def test_laws_of_windows_and_fronts(rows):
    given_months = months(*rows)
    front = front_of(given_months, CODES)
    shift = shift_between(given_months, CODES)
    if front is not None:
        assert 1 <= front.run <= len(rows)
        assert front.is_stuck <= (front.run >= 3)
        assert front.rate.low <= front.rate.value <= front.rate.high
        assert front.runner_up != front.code
    if shift is not None:
        assert shift.first.last < shift.last.first
        assert min(shift.first.rejected, shift.last.rejected) >= LEAST
        assert 0 <= shift.variation <= 1
        assert all(move.low <= move.difference <= move.high for move in shift.moves)
        assert shift.is_beyond_luck or not any(move.has_moved for move in shift.moves)
    bare = shift_between([*given_months, period(APRIL + 99, 50, 40, 0, 0, young=True)], CODES)
    assert bare == shift


def test_an_unchanged_company_is_rarely_said_to_have_moved():
    """500 healthy companies drawn from one mix: about 1 in 100 may be said to have moved."""
    rng = np.random.default_rng(7)
    mix = np.array([0.22, 0.13, 0.06, 0.26, 0.04, 0.05, 0.13, 0.09, 0.02])
    alarms = 0
    for _ in range(500):
        first, last = rng.multinomial(90, mix), rng.multinomial(70, mix)
        rows = [period(APRIL + at, 600, *map(int, one)) for at, one in enumerate((first, last))]
        found = shift_between(rows, REASON_CODES[:9])
        alarms += any(move.has_moved for move in found.moves)
    assert alarms <= 12


# --- what is said


ALARM = "is still reason number one"


@pytest.mark.parametrize("name", STORIES)
def test_only_the_story_with_a_loosened_score_alarms(name):
    of, truth = story(name, 11, 6_000)
    for request in ({"is_whole_file": True}, None):
        cohort = of.cohort(of.request(**request) if request else replace(of.request(), is_whole_file=False))
        result = measure_rejections(of.warehouse, cohort)
        sentence = answer(result)
        assert (ALARM in sentence) == (truth["verdict"] == "quality_threshold"), sentence
        if truth["verdict"] == "quality_threshold":
            assert sentence.startswith("Outside the agreed profile is still")
            assert result.stuck == ("out_of_icp",)
            assert result.is_over
        else:
            assert sentence.startswith("The mix of reasons has not moved beyond luck"), sentence


def test_the_small_story_says_too_few():
    of, _ = story("too_small", 11, 6_000)
    for unit in Unit:
        result = measured(of, unit.value)
        assert answer(result) == "4 rejections of 28 leads: too few to say why, or whether anybody learns."
        assert result.stuck == ()
        assert result.named == ()


def fake(*rows: tuple[int, ...], leads: int = 200, decided: tuple[int, int] = (30, 200)) -> Rejections:
    """A result made of months alone."""
    periods = months(*rows, leads=leads)
    sums = [sum(column) for column in zip(*rows, strict=True)]
    base = measured(hand())
    reasons = tuple(
        replace(
            base.reasons[0],
            code=code,
            number=at,
            count=count,
            per_lead=rate(count, leads * len(rows)),
            share=share,
        )
        for at, (code, count, share) in enumerate(zip(CODES, sums, shares_of(sums), strict=True))
    )
    front = front_of(periods, CODES)
    return replace(
        base, periods=tuple(periods), reasons=reasons, of_leads=rate(sum(sums), leads * len(rows)),
        of_decided=rate(*decided), shift=shift_between(periods, CODES), front=front,
        stuck=(front.code,) if front and front.is_stuck and front.is_clear else (), is_joined=False,
    )  # fmt: skip


def test_the_sentence_names_what_fell():
    said = answer(fake((40, 10, 10), (30, 10, 12), (10, 12, 14)))
    assert (
        said
        == "Outside the agreed profile fell from 20 to 5.0 of every 100 leads from Apr 2026 to Jun 2026.".replace(
            "Apr 2026", "Apr\u00a02026"
        ).replace("Jun 2026", "Jun\u00a02026")
    )


def test_the_sentence_calls_a_reason_stuck_only_beyond_what_the_contract_leaves_room_for():
    rows = ((38, 12, 6), (40, 12, 6), (38, 12, 6))
    over, inside = fake(*rows, decided=(170, 400)), fake(*rows, decided=(100, 400))
    assert ALARM in answer(over)
    assert "led for 3 months in a row and is not falling" in answer(over)
    assert over.named == ("out_of_icp",)
    assert inside.stuck == ("out_of_icp",)
    assert ALARM not in answer(inside)


def test_the_sentence_says_that_the_order_could_be_luck():
    assert answer(fake((18, 17, 4), (19, 17, 4), (18, 16, 5))).endswith(
        "the order of the top two could be luck."
    )


def test_the_sentence_with_nothing_rejected_and_with_nothing_old_enough():
    of = world_of(
        [{"Lead ID": "1", "Handoff Date": "2026-05-01 10:00:00", "Rejected Date": "", "Rejection Reason": "", "Lead Status": "Open"}],
        as_of=AS_OF,
    )  # fmt: skip
    assert answer(measured(of)) == "None of 1 lead has been rejected so far."
    young = [
        {"Lead ID": str(n), "Handoff Date": "2026-06-25 10:00:00", "Rejected Date": "2026-06-26 10:00:00", "Rejection Reason": "Duplicate"}
        for n in range(31)
    ]  # fmt: skip
    result = measured(world_of(young, as_of=AS_OF))
    assert result.front is None
    assert answer(result).startswith("No 3 months in a row hold 30 rejections that are old enough")
    assert "Jun\u00a02026 too young to judge until 15\u00a0Jul\u00a02026" in notes(result)


@pytest.mark.parametrize("name", STORIES)
def test_no_words_of_statisticians_or_blame(name):
    of, _ = story(name, 11, 6_000)
    for unit in Unit:
        result = measured(of, unit.value)
        said = " ".join((answer(result), *notes(result), moved_words(result)))
        for word in ("p-value", "significant", "nan", "None", "null", "fail", "blame", "ignored"):
            assert word not in said
    assert METHOD


def test_weeks_of_a_very_long_file_become_months():
    rows = [
        {"Lead ID": str(n), "Handoff Date": f"{year}-05-01 10:00:00", "Rejected Date": f"{year}-05-02 10:00:00", "Rejection Reason": "Duplicate"}
        for n, year in enumerate((2018, 2026))
    ]  # fmt: skip
    result = measured(world_of(rows, as_of=AS_OF), "week")
    assert result.unit is Unit.MONTH
    assert len(result.periods) == 97
    assert sum(one.leads == 0 for one in result.periods) == 95
    for one, other in itertools.pairwise(result.periods):
        assert other.number == following(Unit.MONTH, one.number)


# --- exports that lack a column


def test_what_is_missing_is_named():
    no_decision = world_of([{"Lead ID": "1", "Handoff Date": "2026-05-01 10:00:00"}], as_of=AS_OF)
    no_reason = world_of(
        [{"Lead ID": "1", "Handoff Date": "2026-05-01 10:00:00", "Rejected Date": "2026-05-02 10:00:00"}],
        as_of=AS_OF,
    )
    no_date = world_of(
        [{"Lead ID": "1", "Handoff Date": "2026-05-01 10:00:00", "Lead Status": "Rejected", "Rejection Reason": "Duplicate"}],
        as_of=AS_OF,
    )  # fmt: skip
    found = measure_rejections(no_decision.warehouse, no_decision.cohort())
    assert found == measure_pace(no_decision.warehouse, no_decision.cohort())
    assert "which leads sales rejected" in found.why
    without = measure_rejections(no_reason.warehouse, no_reason.cohort())
    assert "why sales rejected" in without.why
    assert measure_fixes(no_reason.warehouse, no_reason.cohort()) == without
    undated = measure_pace(no_date.warehouse, no_date.cohort())
    assert "when sales rejected" in undated.why
    assert isinstance(measure_disqualified(no_date.warehouse, no_date.cohort()), Unmeasurable)


def test_unknown_touches_are_not_untouched():
    rows = [
        {"Lead ID": str(n), "Handoff Date": "2026-05-01 10:00:00", "Rejected Date": "2026-05-02 10:00:00", "Rejection Reason": "No response"}
        for n in range(40)
    ]  # fmt: skip
    of = world_of(rows, as_of=AS_OF)
    pace = measure_pace(of.warehouse, of.cohort())
    assert pace.untouched is None
    assert not any(one.untouched for one in pace.bins)
    assert "cannot be measured" in " ".join(pace_notes(pace))
    assert "touch" not in pace_words(pace)
    (task,) = measure_fixes(of.warehouse, of.cohort()).tasks
    assert (task.side, task.why) == (
        "both sides",
        "How often sales tried cannot be measured from this export.",
    )


def test_bare_dates_are_read_in_whole_days():
    rows = [
        {"Lead ID": str(n), "Handoff Date": "2026-05-01", "Rejected Date": f"2026-05-0{2 + n % 4}", "Rejection Reason": "Duplicate"}
        for n in range(40)
    ]  # fmt: skip
    of = world_of(rows, as_of=AS_OF)
    pace = measure_pace(of.warehouse, of.cohort())
    assert pace.is_daily
    assert pace.whole_days == 40
    assert [seconds for seconds, _ in pace.within] == [86_400]
    assert pace.bins[0].high == 86_400


# --- the to-do list


def test_tasks_stand_by_leads_and_say_whose_they_are():
    of, _ = story("threshold_too_low", 11, 6_000)
    fixes = measure_fixes(of.warehouse, of.cohort())
    leads = [task.leads for task in fixes.tasks]
    assert leads == sorted(leads, reverse=True)
    assert min(leads) >= ENOUGH
    first = fixes.tasks[0]
    assert (first.code, first.side) == ("out_of_icp", "marketing")
    assert (first.rate.numerator, first.rate.denominator) == (first.leads, 6_000)
    assert task_words(first).startswith("37\u00a0% outside the agreed profile: tighten")
    assert plan_text(fixes.tasks).count("\n") == len(fixes.tasks) - 1
    assert not any(word in plan_text(fixes.tasks) for word in ("must", "fail", "blame"))


def test_no_engagement_is_one_sides_only_where_the_interval_is_clear():
    def of(worked: int, left: int) -> str:
        leads = [
            {"Lead ID": str(n), "Handoff Date": "2026-05-01 10:00:00", "Rejected Date": "2026-05-12 10:00:00", "Rejection Reason": "No response"}
            for n in range(worked + left)
        ]  # fmt: skip
        touches = [
            {"Lead ID": str(n), "Completed Date/Time": f"2026-05-0{day} 11:00:00", "Type": "Call"}
            for n in range(worked)
            for day in range(2, 8)
        ]
        made = world_of(leads, touches, as_of=AS_OF)
        fixes = measure_fixes(made.warehouse, made.cohort())
        assert fixes.unanswered.under_worked.numerator == left
        key = f"so_far_rejected.reason:3.under_worked:{fixes.unanswered.touches}"
        assert made.evidence(key, limit=1).count == left
        assert made.evidence("so_far_rejected.reason:3.rejected_untouched", limit=1).count == left
        return fixes.tasks[0].side

    assert of(5, 35) == "sales"
    assert of(35, 5) == "marketing"
    assert of(20, 20) == "both sides"


def test_few_rejections_make_no_task():
    of = hand()
    fixes = measure_fixes(of.warehouse, of.cohort())
    assert fixes.tasks == ()
    assert sum(count for _, count in fixes.left_out) == 7


def test_disqualified_in_words():
    of = hand()
    said = disqualified_words(measure_disqualified(of.warehouse, of.cohort()))
    assert said.startswith(
        "1 of 4 leads accepted at least 14\u00a0days ago were disqualified within 14\u00a0days"
    )
    assert "too few to quote" in said
    assert "1 lead accepted later than that still pending" in said


def test_the_hand_table_is_read_as_written():
    """Guards the table itself: stamps are UTC and reasons map as the comments say."""
    rows = {row["lead_id"]: row for row in hand().rows()}
    assert rows["early"]["handoff_at"] == datetime.fromisoformat("2026-04-01T00:00:00")
    assert rows["odd"]["rejection_reason"] == "other"
    assert rows["blank"]["rejection_reason"] == "missing"
