"""Aalen-Johansen on counts: published curves, hand counts, two independent variances, Kaplan-Meier, and laws."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics.stats.competing import cumulative_incidence
from analytics.stats.intervals import wilson_interval
from analytics.stats.survival import Share, wait_curve
from tests.reference import golden

LAWS = settings(deadline=None, derandomize=True, database=None, max_examples=100)
# (duration, outcome); outcome 0 is censored.
LEADS = st.lists(st.tuples(st.integers(0, 15), st.integers(0, 2)), min_size=1, max_size=30)

# Scrucca et al. 2007, Bone Marrow Transplant. 40:381-387: months to relapse (1) or death in remission (2).
TRANSPLANTS = (
    [
        *[13, 1, 72, 7, 8, 67, 9, 5, 70, 4, 7, 68, 1, 10, 7, 3, 4, 4, 3, 3],
        *[22, 8, 2, 0, 0, 35, 35, 4, 14, 26, 3, 2, 8, 32, 12],
    ],
    [
        *[2, 1, 0, 2, 2, 0, 2, 2, 0, 0, 0, 0, 2, 2, 2, 1, 1, 1, 1, 1],
        *[2, 1, 2, 2, 1, 0, 0, 2, 2, 2, 2, 0, 0, 0, 1],
    ],
)
# scikit-survival's test of three causes, in tenths.
THREE_CAUSES = (
    [
        *[53, 102, 45, 127, 74, 86, 91, 33, 69, 115, 152, 131, 100, 59, 82, 43, 61],
        *[147, 169, 37, 50, 78, 95, 119, 106, 64, 48, 123, 140],
    ],
    [1, 0, 3, 0, 2, 3, 0, 1, 3, 0, 1, 0, 3, 0, 2, 0, 0, 3, 0, 1, 0, 3, 1, 0, 2, 0, 3, 2, 0],
)


def rows_of(durations, outcomes, causes):
    """One row per lead."""
    ended = np.asarray(outcomes)
    events = np.array([ended == cause for cause in range(1, causes + 1)])
    return np.asarray(durations), events.astype(np.int64), (ended == 0).astype(np.int64)


def curve_of(durations, outcomes, causes=2):
    return cumulative_incidence(*rows_of(durations, outcomes, causes))


def test_transplants_as_published():
    curve = curve_of(*TRANSPLANTS)
    assert (curve.leads, curve.events) == (35, (9, 15))
    assert (curve.longest_follow_up, curve.first_censored) == (72, 2)
    at = [curve.times.tolist().index(t) for t in (0, 1, 4, 8, 12, 72)]
    relapse = [0.02857143, 0.05714286, 0.20492611, 0.23771164, 0.27283899, 0.27283899]
    death = [0.02857143, 0.05714286, 0.14482759, 0.27050544, 0.34076015, 0.48126955]
    assert curve.cumulative[0, at] == pytest.approx(relapse, abs=1e-8)
    assert curve.cumulative[1, at] == pytest.approx(death, abs=1e-8)
    assert curve.survival[-1] == pytest.approx(1 - 0.75410854, abs=1e-8)
    assert curve.at_risk[:3].tolist() == [35, 33, 31]


def test_one_minus_kaplan_meier_promises_more_than_there_is():
    durations, outcomes = TRANSPLANTS
    curve = curve_of(durations, outcomes)
    naive = []
    for cause in (1, 2):
        ended = (np.array(outcomes) == cause).astype(int)
        naive.append(wait_curve(durations, ended, 1 - ended).share_by(72).value)
        assert curve.share_by(72, cause - 1).value < naive[-1]
    assert naive == pytest.approx([0.3296639299, 0.6281904202], abs=1e-9)


def test_three_causes_as_published():
    curve = curve_of(*THREE_CAUSES, causes=3)
    assert curve.cumulative.shape == (3, 29)
    assert curve.cumulative[:, -1] == pytest.approx([0.28471974, 0.20368215, 0.37980378], abs=1e-8)


def test_six_leads_by_hand():
    """The one censored first leaves five, of which two each end either way: 2/5 with variance .4 x .6 / 5."""
    curve = curve_of([1, 2, 3, 4, 5, 6], [0, 1, 1, 2, 2, 0])
    assert curve.cumulative[0] == pytest.approx([0, 0.2, 0.4, 0.4, 0.4, 0.4], abs=1e-12)
    assert curve.cumulative[1] == pytest.approx([0, 0, 0, 0.2, 0.4, 0.4], abs=1e-12)
    assert curve.variance[:, -1] == pytest.approx([0.048, 0.048], abs=1e-12)
    assert curve.survival == pytest.approx([1, 0.8, 0.6, 0.4, 0.2, 0.2], abs=1e-12)
    assert curve.counted.tolist() == [[0, 1, 2, 2, 2, 2], [0, 0, 0, 1, 2, 2]]
    assert curve.at_risk.tolist() == [6, 5, 4, 3, 2, 1]


def test_variance_by_hand():
    """F = 1 - (1 - h) g: h = 1/4 of 4 at 1, g = 1/2 of 2 at 3 to the other outcome, the last lead at 4.

    Slopes g = 1/2 and -(1 - h) = -3/4; variances h (1 - h) / 4 = 3/64 and g (1 - g) / 2 = 1/8.
    """
    curve = curve_of([1, 2, 3, 4], [1, 0, 2, 1])
    assert curve.cumulative[:, -1] == pytest.approx([5 / 8, 3 / 8], abs=1e-15)
    assert curve.variance[:, -1] == pytest.approx([(3 / 64) / 4 + (1 / 8) * 9 / 16] * 2, abs=1e-15)


def test_win_within_thirty_days_with_one_cause_is_kaplan_meier():
    durations, won = [10, 45, 90, 20, 60, 35, 5, 10, 5, 3], [1, 1, 0, 1, 0, 0, 1, 0, 0, 0]
    share = curve_of(durations, won, causes=1).share_by(30, 0)
    assert share.value == pytest.approx(0.3904761904761904, abs=1e-12)
    km = wait_curve(durations, won, 1 - np.array(won)).share_by(30)
    assert (share.value, share.low, share.high) == pytest.approx((km.value, km.low, km.high), abs=1e-12)


def test_within_is_inclusive_and_needs_follow_up():
    curve = curve_of([10, 20, 30, 40], [1, 0, 2, 0])
    assert curve.share_by(9.999, 0) == Share(0.0, *wilson_interval(0, 4))
    assert curve.share_by(10, 0) == Share(0.25, *wilson_interval(1, 4))
    assert curve.share_by(29, 1).value == 0.0
    assert curve.share_by(30, 1).value == pytest.approx(0.375, abs=1e-15)
    assert curve.share_by(40, 1).value == pytest.approx(0.375, abs=1e-15)
    assert curve.share_by(40.001, 1) is None
    assert curve.share_by(41, 0) is None


def test_a_lead_censored_exactly_then_was_watched_all_the_way():
    curve = curve_of([10, 20, 30, 40], [1, 0, 2, 0])
    assert curve.share_by(20, 0) == Share(0.25, *wilson_interval(1, 4))
    later = curve.share_by(20.001, 0)
    assert later.value == 0.25
    assert (later.low, later.high) != wilson_interval(1, 4)


def test_an_outcome_not_seen_yet_is_no_certainty():
    """By 3 two of the three not lost are still watched, so they stand for three; by 2 and 1 three and four do."""
    curve = curve_of([1, 2, 3, 4], [0, 1, 0, 0])
    assert curve.share_by(1, 1) == Share(0.0, *wilson_interval(0, 4))
    for duration, stand_for in ((2, 3), (2.5, 3), (3, 3), (4, 1.5)):
        share = curve.share_by(duration, 1)
        z2 = 1.959963984540054**2
        assert (share.value, share.low) == (0.0, 0.0)
        assert share.high == pytest.approx(z2 / (stand_for + z2), abs=1e-12)


def test_nothing_happened_yet():
    curve = curve_of([1, 2, 3], [0, 0, 0])
    assert (curve.events, curve.survival.tolist()) == ((0, 0), [1.0, 1.0, 1.0])
    assert curve.cumulative.tolist() == [[0.0] * 3] * 2
    assert curve.share_by(3, 0) == Share(0.0, *wilson_interval(0, 1))
    assert curve.share_by(3.5, 0) is None


def test_everybody_ended_is_known_for_ever():
    curve = curve_of([5, 7, 7, 9], [1, 1, 2, 2])
    assert curve.first_censored is None
    assert curve.share_by(10_000, 0) == Share(0.5, *wilson_interval(2, 4))
    assert curve.survival[-1] == 0.0


def test_all_had_this_outcome():
    plain = curve_of([5, 7, 7], [1, 1, 1])
    assert plain.share_by(7, 0) == Share(1.0, *wilson_interval(3, 3))
    censored = curve_of([3, 5, 7, 7], [0, 1, 1, 1])
    assert censored.share_by(7, 0) == Share(1.0, None, None)
    assert censored.share_by(100, 0) == Share(1.0, None, None)
    low, high = censored.bands(0)
    assert np.isnan([low[-1], high[-1]]).all()
    assert not np.isnan([low[:-1], high[:-1]]).any()
    # Of the other outcome, the last ones watched stand for three.
    assert censored.share_by(7, 1) == Share(0.0, *wilson_interval(0, 3))
    assert censored.share_by(100, 1) == Share(0.0, *wilson_interval(0, 3))
    assert censored.variance[:, -1].tolist() == [0.0, 0.0]


def test_everything_at_once_at_zero():
    curve = cumulative_incidence([0], [[2], [1]], [1])
    assert curve.times.tolist() == [0]
    assert curve.cumulative.tolist() == [[0.5], [0.25]]
    assert curve.variance[:, 0] == pytest.approx([0.25 / 4, 0.1875 / 4], abs=1e-15)
    assert curve.share_by(0, 0) == Share(0.5, *wilson_interval(2, 4))


def test_no_leads_is_no_curve():
    assert cumulative_incidence([], [[], []], []) is None
    assert cumulative_incidence([], np.empty((2, 0), dtype=np.int64), []) is None
    assert cumulative_incidence([5, 6], [[0, 0]], [0, 0]) is None


@pytest.mark.parametrize(
    "call",
    [
        lambda: cumulative_incidence([-1], [[1]], [0]),
        lambda: cumulative_incidence([1], [[-1]], [0]),
        lambda: cumulative_incidence([1], [[1]], [-1]),
        lambda: cumulative_incidence([1.5], [[1]], [0]),
        lambda: cumulative_incidence([1, 2], [[1]], [0, 0]),
        lambda: cumulative_incidence([1, 2], [[1, 1], [1]], [0, 0]),
        lambda: cumulative_incidence([1, 2], [[1, 1]], [0]),
        lambda: cumulative_incidence([1, 2], [], [0, 1]),
        lambda: cumulative_incidence([1, 2], np.array([1, 1]), [0, 1]),
        lambda: curve_of(*TRANSPLANTS).share_by(1, 2),
        lambda: curve_of(*TRANSPLANTS).share_by(1, -1),
        lambda: curve_of(*TRANSPLANTS).bands(2),
        lambda: curve_of(*TRANSPLANTS).share_by(12, 0, confidence=1.0),
    ],
)
def test_impossible_input_is_refused(call):
    with pytest.raises(ValueError):
        call()


def test_ten_million_leads_neither_overflow_nor_drift():
    """Uniform waits, no censoring: every share is a count, every variance binomial."""
    n = 1_000_000
    durations = np.arange(n, dtype=np.int64)[::-1]
    sevens, threes = np.full(n, 7, dtype=np.uint8), np.full(n, 3, dtype=np.uint32)
    curve = cumulative_incidence(durations, [sevens, threes], np.zeros(n, dtype=np.uint32))
    assert (curve.leads, curve.events) == (10 * n, (7 * n, 3 * n))
    plain = 0.7 * np.arange(1, n + 1) / n
    assert np.abs(curve.cumulative[0] - plain).max() < 1e-11
    assert np.abs(curve.variance[0] / (plain * (1 - plain) / (10 * n)) - 1).max() < 1e-7


def test_more_leads_than_32_bits_hold():
    curve = cumulative_incidence([1, 2], [[3_000_000_000, 0], [0, 1_000_000_000]], [0, 2_000_000_000])
    assert curve.leads == 6_000_000_000
    assert curve.cumulative[:, -1] == pytest.approx([1 / 2, 1 / 6], abs=1e-15)
    assert curve.variance[:, -1] == pytest.approx([0.25 / 6e9, 5 / 36 / 6e9], rel=1e-9)


def test_variance_agrees_with_a_bootstrap():
    """500 leads with steady censoring, 2,000 resamples: the error of a bootstrap error is 1.6 %."""
    random = np.random.default_rng(17)
    n, at = 500, 30
    ended, left = random.integers(1, 60, n), random.integers(1, 90, n)
    outcomes = np.where(ended <= left, random.choice([1, 2], n, p=[0.3, 0.7]), 0)
    durations = np.minimum(ended, left)
    curve = curve_of(durations, outcomes)
    step = int(np.searchsorted(curve.times, at, side="right")) - 1
    draws = []
    for weights in random.multinomial(n, np.full(n, 1 / n), 2000):
        events = np.array([weights * (outcomes == 1), weights * (outcomes == 2)])
        again = cumulative_incidence(durations, events, weights * (outcomes == 0))
        draws.append([again.share_by(at, cause).value for cause in (0, 1)])
    assert np.std(draws, axis=0) == pytest.approx(np.sqrt(curve.variance[:, step]), rel=0.06)
    # Censoring must cost something, or the test would not see it.
    share = curve.cumulative[:, step]
    assert (curve.variance[:, step] > 1.15 * share * (1 - share) / n).all()


def jackknife_variance(durations, outcomes, cause, until):
    """Sum of the squared influences of each lead, by complex-step derivatives of the textbook loop."""
    total = 0.0
    for lead in range(len(durations)):
        weights = [1.0 + (1e-30j if other == lead else 0.0) for other in range(len(durations))]
        survival, share = 1.0, 0.0
        for time in sorted(set(durations)):
            if time > until:
                break
            rows = list(zip(durations, outcomes, weights, strict=True))
            n = sum(w for t, _, w in rows if t >= time)
            share += survival * sum(w for t, o, w in rows if t == time and o == cause) / n
            survival *= 1 - sum(w for t, o, w in rows if t == time and o > 0) / n
        total += (complex(share).imag / 1e-30) ** 2
    return total


@settings(LAWS, max_examples=40)
@given(st.lists(st.tuples(st.integers(0, 6), st.integers(0, 2)), min_size=1, max_size=12))
def test_variance_is_the_infinitesimal_jackknife(leads):
    """The variance R's survival package prints for several outcomes; equal to the delta variance, ties and all."""
    durations, outcomes = zip(*leads, strict=True)
    curve = curve_of(durations, outcomes)
    for cause in (1, 2):
        expected = [jackknife_variance(durations, outcomes, cause, t) for t in curve.times.tolist()]
        assert curve.variance[cause - 1] == pytest.approx(expected, abs=1e-13)


@LAWS
@given(LEADS)
def test_the_shares_add_up_to_one_and_rise(leads):
    curve = curve_of(*zip(*leads, strict=True))
    assert curve.cumulative.sum(axis=0) + curve.survival == pytest.approx(
        np.ones(curve.times.size), abs=1e-12
    )
    assert (np.diff(curve.cumulative, axis=1, prepend=0.0) >= 0.0).all()
    assert (curve.cumulative <= 1.0).all()
    assert (curve.variance >= 0.0).all()
    assert (np.diff(curve.times) > 0).all()


@LAWS
@given(LEADS)
def test_bands_say_what_share_by_says(leads):
    curve = curve_of(*zip(*leads, strict=True))
    for cause in (0, 1):
        low, high = curve.bands(cause)
        for step, time in enumerate(curve.times.tolist()):
            share = curve.share_by(time, cause)
            assert share.value == pytest.approx(curve.cumulative[cause, step], abs=1e-12)
            if share.low is None:
                assert share.value == 1.0
                assert np.isnan([low[step], high[step]]).all()
            else:
                assert (share.low, share.high) == pytest.approx((low[step], high[step]), abs=1e-12)
                assert 0.0 <= share.low <= share.value <= share.high <= 1.0
                assert share.high > share.low


@LAWS
@given(LEADS)
def test_a_single_cause_is_one_minus_kaplan_meier(leads):
    durations, outcomes = zip(*[(t, min(o, 1)) for t, o in leads], strict=True)
    curve = curve_of(durations, outcomes, causes=1)
    km = wait_curve(durations, outcomes, [1 - o for o in outcomes])
    assert np.array_equal(curve.survival[curve.counted[0] > np.r_[0, curve.counted[0][:-1]]], km.survival)
    for t in range(17):
        ours, theirs = curve.share_by(t, 0), km.share_by(t)
        assert (ours is None) == (theirs is None)
        if ours is None:
            continue
        assert ours.value == pytest.approx(theirs.value, abs=1e-12)
        if 0.0 < ours.value < 1.0:
            assert (ours.low, ours.high) == pytest.approx((theirs.low, theirs.high), abs=1e-9)
        if ours.value == 1.0:
            assert ours == theirs


@LAWS
@given(st.lists(st.tuples(st.integers(0, 15), st.integers(1, 3)), min_size=1, max_size=40))
def test_without_censoring_it_is_plain_counting(leads):
    durations, outcomes = (np.array(column) for column in zip(*leads, strict=True))
    curve = curve_of(durations, outcomes, causes=3)
    for cause in range(3):
        inside = [((durations <= t) & (outcomes == cause + 1)).sum() / len(leads) for t in curve.times]
        assert curve.cumulative[cause] == pytest.approx(inside, abs=1e-12)
        binomial = np.array(inside) * (1 - np.array(inside)) / len(leads)
        assert curve.variance[cause] == pytest.approx(binomial, abs=1e-12)
        seen = int(((durations <= 7) & (outcomes == cause + 1)).sum())
        assert curve.share_by(7, cause) == Share(seen / len(leads), *wilson_interval(seen, len(leads)))


@LAWS
@given(LEADS, st.randoms(use_true_random=False))
def test_order_and_split_rows_do_not_matter(leads, random):
    once = curve_of(*zip(*leads, strict=True))
    shuffled = list(leads)
    random.shuffle(shuffled)
    rows = np.unique(np.array(shuffled), axis=0, return_counts=True)
    events = np.array([rows[1] * (rows[0][:, 1] == cause) for cause in (1, 2)])
    grouped = cumulative_incidence(rows[0][:, 0], events, rows[1] * (rows[0][:, 1] == 0))
    for again in (curve_of(*zip(*shuffled, strict=True)), grouped):
        for name in ("times", "cumulative", "variance", "counted", "survival", "at_risk"):
            assert np.array_equal(getattr(once, name), getattr(again, name))
        assert (once.leads, once.events, once.first_censored) == (
            again.leads,
            again.events,
            again.first_censored,
        )


@LAWS
@given(LEADS)
def test_dividing_an_outcome_does_not_move_the_other(leads):
    """Lost for two reasons or for one: won stays as it is, and the reasons add up to lost."""
    durations, outcomes = zip(*leads, strict=True)
    whole = curve_of(durations, outcomes)
    divided = curve_of(durations, [3 if o == 2 and t % 2 else o for t, o in leads], causes=3)
    assert np.array_equal(divided.cumulative[0], whole.cumulative[0])
    assert np.array_equal(divided.variance[0], whole.variance[0])
    assert divided.cumulative[1:].sum(axis=0) == pytest.approx(whole.cumulative[1], abs=1e-12)


def test_table_curves():
    bmt, three, exact = golden("b1_")[0], golden("b2_")[0], golden("b3_")[0]
    curve = curve_of(bmt["input"]["time"], bmt["input"]["cause"])
    assert curve.times.tolist() == bmt["expected"]["times"]
    for cause, name in enumerate(("cif_cause1", "cif_cause2")):
        assert curve.cumulative[cause] == pytest.approx(bmt["expected"][name], abs=bmt["tolerance"])
    tenths = [round(10 * t) for t in three["input"]["time"]]
    curve = curve_of(tenths, three["input"]["cause"], causes=3)
    assert curve.cumulative[:, -1] == pytest.approx(three["expected"]["final_cif"], abs=three["tolerance"])
    curve = curve_of(exact["input"]["time"], exact["input"]["cause"])
    for cause, name in enumerate(("cif1_at_6", "cif2_at_6")):
        assert curve.share_by(6, cause).value == pytest.approx(
            exact["expected"][name], abs=exact["tolerance"]
        )


def test_table_fixed_horizon():
    case = golden("b5_")[0]
    leads, horizon = case["input"]["leads"], case["input"]["horizon"]
    won = [int(lead["won_day"] is not None) for lead in leads]
    durations = [lead["won_day"] or lead["age_days"] for lead in leads]
    share = curve_of(durations, won, causes=1).share_by(horizon, 0)
    assert share.value == pytest.approx(case["expected"]["km_won_by_30"], abs=case["tolerance"])
