"""Kaplan-Meier on counted waits: R's printed curves, hand-made edges, lifelines, and laws."""

from __future__ import annotations

import math
import warnings

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics.stats.intervals import wilson_interval
from analytics.stats.survival import Share, counted, wait_curve
from tests.reference import golden

LAWS = settings(deadline=None, derandomize=True, database=None, max_examples=100)
LEADS = st.lists(st.tuples(st.integers(0, 30), st.booleans()), min_size=1, max_size=40)

# Miller 1981, acute myelogenous leukaemia; R survival tests/doaml.Rout.save.
MAINTAINED = ([9, 13, 13, 18, 23, 28, 31, 34, 45, 48, 161], [1, 1, 0, 1, 1, 0, 1, 1, 0, 1, 0])
NOT_MAINTAINED = ([5, 5, 8, 8, 12, 16, 23, 27, 30, 33, 43, 45], [1, 1, 1, 1, 1, 0, 1, 1, 1, 1, 1, 1])
# Freireich et al. 1963, Blood 21:699-716, 6-MP group: weeks in remission.
SIX_MP = (
    [6, 6, 6, 6, 7, 9, 10, 10, 11, 13, 16, 17, 19, 20, 22, 23, 25, 32, 32, 34, 35],
    [1, 1, 1, 0, 1, 0, 1, 0, 0, 1, 1, 0, 0, 0, 1, 1, 0, 0, 0, 0, 0],
)
# lifelines' waltons, miR-137 group; restricted mean and error printed by survRM2::rmst2.
MIR_137 = [
    6,
    *[9] * 3,
    *[13] * 3,
    *[15] * 2,
    *[19] * 3,
    *[22] * 4,
    *[26] * 5,
    *[29] * 5,
    *[33] * 2,
    *[36] * 2,
    43,
    47,
    62,
    62,
]


def curve_of(leads):
    durations, events = leads
    return wait_curve(*counted(durations, events))


def lifelines_fit(durations, events):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        warnings.simplefilter("ignore", FutureWarning)
        from lifelines import KaplanMeierFitter

        return KaplanMeierFitter().fit(durations, events)


def test_maintained_group_as_r_prints_it():
    curve = curve_of(MAINTAINED)
    low, high = curve.interval_bands("log")
    assert curve.times.tolist() == [9, 13, 18, 23, 31, 34, 48]
    assert curve.at_risk.tolist() == [11, 10, 8, 7, 5, 4, 2]
    assert (curve.leads, curve.events, curve.longest_follow_up, curve.first_censored) == (11, 7, 161, 13)
    assert curve.survival == pytest.approx([0.909, 0.818, 0.716, 0.614, 0.491, 0.368, 0.184], abs=6e-4)
    error = curve.survival * np.sqrt(curve.greenwood)
    assert error == pytest.approx([0.0867, 0.1163, 0.1397, 0.1526, 0.1642, 0.1627, 0.1535], abs=6e-5)
    assert low == pytest.approx([0.7541, 0.6192, 0.4884, 0.3769, 0.2549, 0.1549, 0.0359], abs=6e-5)
    assert high == pytest.approx([1, 1, 1, 0.999, 0.946, 0.875, 0.944], abs=6e-4)
    assert curve.quantile(0.5) == 31
    assert curve.quantile_interval(0.5, "log") == (18, None)
    assert curve.quantile_interval(0.5) == (13, None)


def test_not_maintained_group_as_r_prints_it():
    curve = curve_of(NOT_MAINTAINED)
    low, high = curve.interval_bands()
    published = [0.8333, 0.6667, 0.5833, 0.4861, 0.3889, 0.2917, 0.1944, 0.0972, 0.0]
    assert curve.survival == pytest.approx(published, abs=6e-5)
    assert curve.survival[-1] == 0.0
    assert math.isinf(curve.greenwood[-1])
    assert math.isnan(low[-1])
    assert math.isnan(high[-1])
    assert curve.quantile(0.5) == 23
    assert curve.quantile_interval(0.5, "log") == (8, None)
    assert curve.quantile_interval(0.5) == (5, 33)


def test_six_mp_as_in_the_textbooks():
    curve = curve_of(SIX_MP)
    assert curve.times.tolist() == [6, 7, 10, 13, 16, 22, 23]
    assert curve.survival == pytest.approx([0.857, 0.807, 0.753, 0.690, 0.627, 0.538, 0.448], abs=6e-4)
    assert curve.quantile(0.5) == 23
    assert curve.quantile_interval(0.5, "log") == (16, None)


def test_quantile_on_a_flat_piece_is_its_middle():
    """R survival tests/quantile.R."""
    curve = curve_of(([9, 1, 1, 6, 6, 8, 10], [1, 1, 0, 1, 1, 0, 0]))
    shares = [1 / 14, 1 / 7, 1 / 3, 0.5, 1 - 0.6 * 3 / 7, 0.9]
    assert [curve.quantile(p) for p in shares] == [1, 3.5, 6, 9, 9.5, None]


def test_median_is_the_spreadsheets():
    assert curve_of(([1, 2, 3, 4], [1, 1, 1, 1])).quantile(0.5) == 2.5
    assert curve_of(([1, 2, 3, 4], [1, 1, 1, 1])).quantile(1.0) == 4


def test_nobody_touched_yet():
    curve = curve_of(([1, 2, 3], [0, 0, 0]))
    assert curve.quantile(0.5) is None
    assert curve.quantile_interval(0.5) == (None, None)
    assert curve.survival_at(3) == 1.0
    assert curve.share_by(1) == Share(0.0, *wilson_interval(0, 3))
    assert curve.share_by(3) == Share(0.0, None, None)
    assert curve.share_by(3.5) is None
    assert curve.restricted_mean(2) == (2.0, 0.0)
    assert curve.thinned(2) is curve


def test_no_leads_is_no_curve():
    assert wait_curve([], [], []) is None
    assert wait_curve([5], [0], [0]) is None
    assert wait_curve(*counted([], [])) is None


def test_a_lead_censored_at_a_touch_was_still_waiting():
    curve = curve_of(([5, 5, 5, 10], [1, 0, 0, 0]))
    assert curve.survival_at(5) == 0.75
    assert curve.survival_at(4.999) == 1.0
    # Censored exactly at 5: known not to be touched by 5, so this is a plain share.
    assert curve.share_by(5) == Share(0.25, *wilson_interval(1, 4))


def test_within_is_inclusive_and_needs_follow_up():
    curve = curve_of(([60, 300, 301], [1, 1, 0]))
    assert curve.share_by(299).value == pytest.approx(1 / 3, abs=1e-15)
    assert curve.share_by(300).value == pytest.approx(2 / 3, abs=1e-15)
    assert curve.share_by(301).value == pytest.approx(2 / 3, abs=1e-15)
    assert curve.share_by(302) is None


def test_everybody_touched_is_one_for_ever():
    plain = curve_of(([60, 300], [1, 1])).share_by(10_000)
    assert plain == Share(1.0, *wilson_interval(2, 2))
    assert curve_of(([10, 60, 300], [0, 1, 1])).share_by(10_000) == Share(1.0, None, None)


def test_nobody_touched_yet_after_some_left_keeps_an_interval():
    curve = curve_of(([0, 0, 600, 700], [0, 0, 1, 0]))
    assert curve.share_by(300) == Share(0.0, *wilson_interval(0, 2))
    assert curve.share_by(0) == Share(0.0, *wilson_interval(0, 4))


def test_twelve_leads_by_hand():
    """8 touched; closed and open untouched ones are at risk until the extract after 48 hours. In minutes."""
    touched = [30, 30, 60, 120, 180, 240, 480, 1200]
    curve = curve_of(([*touched, 2880, 360, 600, 2880], [1] * 8 + [0] * 4))
    by_hand = [5 / 6, 3 / 4, 2 / 3, 7 / 12, 1 / 2, 2 / 5, 4 / 15]
    assert curve.survival == pytest.approx(by_hand, abs=1e-12)
    assert [curve.share_by(60 * h).value for h in (1, 4, 24)] == pytest.approx(
        [0.25, 0.5, 11 / 15], abs=1e-12
    )
    assert curve.quantile(0.5) == 360


def test_share_interval_is_log_log():
    """AML, maintained, 31 weeks: survival .4909 (.1673-.7534)."""
    share = curve_of(MAINTAINED).share_by(31)
    assert share.value == pytest.approx(1 - 0.490909, abs=1e-6)
    assert (share.low, share.high) == pytest.approx((1 - 0.7533998, 1 - 0.1673309), abs=1e-7)


def test_restricted_mean_of_waltons():
    assert len(MIR_137) == 34
    mean, error = curve_of((MIR_137, [1] * 34)).restricted_mean(10)
    assert (mean, error) == pytest.approx((9.794, 0.123), abs=6e-4)


def test_restricted_mean_of_everybody_is_the_mean():
    waits = [1, 2, 3, 10]
    mean, error = curve_of((waits, [1] * 4)).restricted_mean(100)
    assert (mean, error) == pytest.approx((4.0, np.std(waits) / 2), abs=1e-12)


def test_restricted_mean_needs_follow_up():
    curve = curve_of(MAINTAINED)
    assert curve.restricted_mean(161) is not None
    assert curve.restricted_mean(162) is None
    assert curve_of(NOT_MAINTAINED).restricted_mean(400) is not None


def test_a_million_waits_do_not_overflow_or_drift():
    n = 1_000_000
    durations = np.arange(n, dtype=np.int64)[::-1] * 3
    curve = wait_curve(durations, np.full(n, 2, dtype=np.uint32), np.zeros(n, dtype=np.uint32))
    assert (curve.leads, curve.events, curve.times.size) == (2 * n, 2 * n, n)
    plain = 1 - np.arange(1, n + 1) / n
    assert np.abs(curve.survival - plain).max() < 1e-11
    assert curve.quantile(0.5) == 3 * (n / 2) - 1.5
    # With everybody touched Greenwood's sum is 1/(S n) - 1/n.
    assert curve.greenwood[n // 2 - 1] == pytest.approx(1 / n - 1 / (2 * n), rel=1e-9)


def test_more_leads_than_32_bits_hold():
    curve = wait_curve([1, 2], [3_000_000_000, 1_000_000_000], [0, 2_000_000_000])
    assert curve.leads == 6_000_000_000
    assert curve.survival_at(2) == pytest.approx(1 / 3, abs=1e-15)


def test_thinned_curve_keeps_its_ends_and_is_exact_where_kept():
    random = np.random.default_rng(3)
    curve = curve_of((random.integers(0, 90_000, 20_000), random.random(20_000) < 0.7))
    thin = curve.thinned(100)
    kept = np.searchsorted(curve.times, thin.times)
    assert 2 <= thin.times.size <= 100
    assert (thin.times[0], thin.times[-1]) == (curve.times[0], curve.times[-1])
    for name in ("times", "survival", "greenwood", "at_risk", "touched"):
        assert np.array_equal(getattr(thin, name), getattr(curve, name)[kept])
    assert -np.diff(thin.survival).min() < 2.5 / 99
    assert (thin.leads, thin.events) == (curve.leads, curve.events)
    low, high = thin.interval_bands()
    assert ((low <= thin.survival) & (thin.survival <= high))[:-1].all()  # the last step is 0 and has no band


def test_a_curve_that_fits_is_not_thinned():
    curve = curve_of(([1, 2, 3], [1, 1, 1]))
    assert curve.thinned(3) is curve
    assert curve.thinned(2).times.tolist() == [1, 3]


def test_a_thinned_curve_answers_no_questions():
    thin = curve_of(([1, 2, 3, 4], [1, 1, 1, 1])).thinned(2)
    for question in (
        thin.share_by,
        thin.survival_at,
        thin.quantile,
        thin.quantile_interval,
        thin.restricted_mean,
    ):
        with pytest.raises(ValueError, match="thinned"):
            question(0.5)


@pytest.mark.parametrize(
    "call",
    [
        lambda: counted([1, 2], [True]),
        lambda: counted([-1], [True]),
        lambda: counted([0.5], [True]),
        lambda: wait_curve([1, 2], [1], [0]),
        lambda: wait_curve([1], [-1], [0]),
        lambda: wait_curve([-1], [1], [0]),
        lambda: curve_of(MAINTAINED).quantile(0.0),
        lambda: curve_of(MAINTAINED).quantile(1.5),
        lambda: curve_of(MAINTAINED).thinned(1),
        lambda: curve_of(MAINTAINED).restricted_mean(0),
    ],
)
def test_impossible_input_is_refused(call):
    with pytest.raises(ValueError):
        call()


def test_closed_untouched_leads_must_stay_at_risk():
    """Of leads touched at a steady pace unless someone closes them first, what share is touched within a day?

    The truth is known in closed form; leads enter over ten days, and the extract catches some of them waiting.
    """
    random = np.random.default_rng(11)
    n, day, touch_mean, close_mean, reachable = 100_000, 86_400, 43_200.0, 108_000.0, 0.8
    pace = 1 / touch_mean + 1 / close_mean
    truth = reachable * (1 / touch_mean) / pace * (1 - math.exp(-pace * day))

    follow_up = random.integers(0, 10 * day, n)
    touch = np.where(random.random(n) < reachable, random.exponential(touch_mean, n), np.inf)
    close = random.exponential(close_mean, n)
    is_touched = (touch < close) & (touch <= follow_up)
    waited = np.where(is_touched, touch, follow_up).astype(np.int64)
    censored_at_close = np.minimum(waited, close.astype(np.int64))
    is_dropped = ~is_touched & (close <= follow_up)

    at_risk = curve_of((waited, is_touched)).share_by(day)
    at_close = curve_of((censored_at_close, is_touched)).share_by(day)
    without_closed = curve_of((waited[~is_dropped], is_touched[~is_dropped])).share_by(day)
    touched_only = (touch[is_touched] <= day).mean()

    assert at_risk.low <= truth <= at_risk.high
    assert at_risk.value == pytest.approx(truth, abs=0.005)
    assert at_close.value > truth + 0.05
    assert without_closed.value > truth + 0.10
    assert touched_only > truth + 0.20


@LAWS
@given(LEADS, st.randoms(use_true_random=False))
def test_order_and_split_rows_do_not_matter(leads, random):
    durations, flags = zip(*leads, strict=True)
    once = curve_of((durations, flags))
    shuffled = list(leads)
    random.shuffle(shuffled)
    row_each = wait_curve(
        [d for d, _ in shuffled], [int(f) for _, f in shuffled], [int(not f) for _, f in shuffled]
    )
    for name in ("times", "survival", "greenwood", "at_risk", "touched"):
        assert np.array_equal(getattr(once, name), getattr(row_each, name))
    assert (once.leads, once.first_censored) == (row_each.leads, row_each.first_censored)
    assert once.longest_follow_up == row_each.longest_follow_up


@LAWS
@given(LEADS)
def test_survival_falls_inside_0_and_1(leads):
    curve = curve_of(tuple(zip(*leads, strict=True)))
    steps = np.concatenate(([1.0], curve.survival))
    assert (np.diff(steps) < 0).all()
    assert (steps >= 0.0).all()
    for t in range(31):
        share = curve.share_by(t)
        if share is not None:
            assert 0.0 <= share.value <= 1.0
            assert share.value == pytest.approx(1.0 - curve.survival_at(t), abs=1e-12)
            if share.low is not None:
                assert 0.0 <= share.low <= share.value <= share.high <= 1.0
    for band in ("log", "log-log"):
        low, high = curve.interval_bands(band)
        there = ~np.isnan(low)
        assert (low[there] <= curve.survival[there]).all()
        assert (curve.survival[there] <= high[there]).all()
        assert (high[there] <= 1.0).all()


@LAWS
@given(LEADS, st.lists(st.integers(0, 35), min_size=1, max_size=5))
def test_counting_waiting_leads_never_makes_anyone_look_faster(leads, waiting):
    before = curve_of(tuple(zip(*leads, strict=True)))
    after = curve_of(tuple(zip(*leads, *[(w, False) for w in waiting], strict=True)))
    for t in range(36):
        old, new = before.share_by(t), after.share_by(t)
        if old is not None and new is not None:
            assert new.value <= old.value + 1e-12
    for p in (0.25, 0.5, 0.9):
        faster, slower = before.quantile(p), after.quantile(p)
        assert slower is None or (faster is not None and slower >= faster)


@LAWS
@given(st.lists(st.integers(0, 10_000), min_size=1, max_size=60))
def test_without_censoring_it_is_plain_counting(waits):
    curve = curve_of((waits, [True] * len(waits)))
    assert curve.quantile(0.5) == np.median(waits)
    for t in {*waits, 0, 5_000}:
        inside = sum(w <= t for w in waits)
        assert curve.share_by(t) == Share(inside / len(waits), *wilson_interval(inside, len(waits)))
    assert curve.restricted_mean(20_000)[0] == pytest.approx(np.mean(waits), abs=1e-8)


@settings(LAWS, max_examples=40)
@given(LEADS)
def test_curve_agrees_with_lifelines(leads):
    durations, flags = zip(*leads, strict=True)
    curve = curve_of((durations, flags))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # its own log(0) and division warnings at the ends of the band
        oracle = lifelines_fit(durations, flags)
        expected = oracle.survival_function_at_times(curve.times).to_numpy()
        band = oracle.confidence_interval_survival_function_.loc[curve.times.astype(float)].to_numpy()
    assert curve.survival == pytest.approx(expected, abs=1e-9)
    low, high = curve.interval_bands()
    there = ~np.isnan(low)
    assert low[there] == pytest.approx(band[there, 0], abs=1e-9)
    assert high[there] == pytest.approx(band[there, 1], abs=1e-9)


def test_table_curves():
    for case in golden("a1_") + golden("a6_"):
        expected = case["expected"]
        curve = curve_of((case["input"]["time"], case["input"]["event"]))
        assert curve.times.tolist() == expected["event_times"]
        assert curve.survival == pytest.approx(expected["survival"], abs=1e-12)
        assert curve.quantile(0.5) == expected["median"]
        log_ends = expected.get("median_ci_R_default_log", expected.get("median_ci_log"))
        assert list(curve.quantile_interval(0.5, "log")) == log_ends
        if "ci_loglog" in expected:
            low, high = curve.interval_bands()
            published = np.array(expected["ci_loglog"], dtype=float)
            assert low == pytest.approx(published[:, 0], abs=1e-9, nan_ok=True)
            assert high == pytest.approx(published[:, 1], abs=1e-9, nan_ok=True)


def test_table_quantiles():
    flat, median = golden("a2_")[0], golden("a3_")[0]
    curve = curve_of((flat["input"]["time"], flat["input"]["event"]))
    assert [curve.quantile(1 - level) for level in flat["input"]["survival_levels"]] == flat["expected"][
        "quantiles"
    ]
    curve = curve_of((median["input"]["time"], median["input"]["event"]))
    assert curve.quantile(0.5) == median["expected"]["median"]


def test_table_restricted_means():
    for case in golden("a7_"):
        curve = curve_of((case["input"]["time"], case["input"]["event"]))
        expected = case["expected"]
        assert (curve.leads, curve.events) == (expected["n"], expected["events"])
        assert curve.restricted_mean(730) == pytest.approx((expected["rmst"], expected["se"]), abs=1e-9)
        assert round(curve.restricted_mean(730)[0]) == expected["rmst_published"]
        assert round(curve.restricted_mean(730)[1], 1) == expected["se_published"]
        assert curve.quantile(0.5) == expected["median"]
        assert list(curve.quantile_interval(0.5, "log")) == expected["median_ci_log"]
    case = golden("a8_")[0]
    curve = curve_of((np.array(case["input"]["time"]).astype(int), case["input"]["event"]))
    assert curve.restricted_mean(10) == pytest.approx(
        (case["expected"]["rmst"], case["expected"]["se"]), abs=1e-9
    )


def test_waltons_medians():
    """58 (56-60) in the control group, 26 (19-29) in the other: also printed by lifelines."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        warnings.simplefilter("ignore", FutureWarning)
        from lifelines.datasets import load_waltons

        flies = load_waltons()
    published = {"control": (129, 122, 58, (56, 60)), "miR-137": (34, 34, 26, (19, 29))}
    for group, (leads, events, median, ends) in published.items():
        rows = flies[flies["group"] == group]
        curve = curve_of((rows["T"].to_numpy().astype(int), rows["E"].to_numpy()))
        assert (curve.leads, curve.events) == (leads, events)
        assert curve.quantile(0.5) == median
        assert curve.quantile_interval(0.5) == ends
