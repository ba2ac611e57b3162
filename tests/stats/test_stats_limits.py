"""The funnel plot: the sign test's table, exact binomial tails, hand counts, laws."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from scipy.stats import binom, binomtest, false_discovery_control, norm

from analytics.stats import limits as lm
from analytics.stats.intervals import wilson_interval
from tests.reference import golden

LAWS = settings(deadline=None, derandomize=True, database=None, max_examples=100)
GROUPS = st.lists(
    st.integers(0, 80).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))), min_size=1, max_size=15
)


# Sign test, two tails, 5 % (Dixon & Mood 1946; Triola, Elementary Statistics, Table A-7): reject at so few or fewer.
@pytest.mark.parametrize(
    ("size", "critical"),
    [(6, 0), (8, 0), (9, 1), (11, 1), (12, 2), (15, 3), (17, 4), (20, 5), (23, 6), (25, 7)],
)
def test_limits_reproduce_the_sign_test(size, critical):
    low, high = lm.funnel_limits(0.5, [size], 0.95)
    assert (low[0], high[0]) == ((critical + 1) / size, (size - critical - 1) / size)


def test_five_leads_can_never_stand_outside():
    """Five of five at 50 % happens in 1 of 32, over 2.5 %; the sign test has no critical value there."""
    low, high = lm.funnel_limits(0.5, [5, 1, 0], 0.95)
    assert (low.tolist(), high.tolist()) == ([0.0] * 3, [1.0] * 3)


@pytest.mark.parametrize("confidence", [0.95, 0.998])
@pytest.mark.parametrize("pooled", [0.0, 1e-6, 0.0013, 0.031, 0.27, 0.5, 0.88, 0.9971, 1.0])
def test_limits_are_scipys_binomial_quantiles(pooled, confidence):
    sizes = np.array([1, 2, 3, 9, 10, 47, 300, 12_345, 1_000_003, 10_000_000])
    low, high = lm.funnel_limits(pooled, sizes, confidence)
    tail = (1.0 - confidence) / 2.0
    assert low == pytest.approx(np.minimum(binom.ppf(tail, sizes, pooled) / sizes, pooled), abs=1e-15)
    assert high == pytest.approx(np.maximum(binom.ppf(1 - tail, sizes, pooled) / sizes, pooled), abs=1e-15)


def test_limits_step_back_to_the_pooled_rate():
    """One lead at 99 %: a miss (1 % of the time) stands outside, and no limit passes the pooled rate."""
    low, high = lm.funnel_limits(0.99, [1], 0.95)
    assert (low[0], high[0]) == (0.99, 1.0)


def test_widening_multiplies_the_distances():
    """100 leads at 20 %: 13 to 28 of 100 (P(X <= 12) .0253, P(X >= 28) .0342 and P(X >= 29) .0200)."""
    plain, wide = lm.funnel_limits(0.2, [100], 0.95), lm.funnel_limits(0.2, [100], 0.95, 2.0)
    assert (plain[0][0], plain[1][0]) == (0.12, 0.28)
    assert (wide[0][0], wide[1][0]) == pytest.approx((0.04, 0.36), abs=1e-15)
    clipped = lm.funnel_limits(0.2, [100], 0.95, 40.0)
    assert (clipped[0][0], clipped[1][0]) == (0.0, 1.0)


def test_no_sizes_no_limits():
    low, high = lm.funnel_limits(0.3, [])
    assert (low.size, high.size) == (0, 0)


def test_overdispersion_by_hand():
    """10, 20 and 30 of 100 around 20 %: z = -2.5, 0 and 2.5, root mean square sqrt(12.5 / 3)."""
    assert lm.overdispersion([10, 20, 30], [100] * 3) == pytest.approx(math.sqrt(12.5 / 3), abs=1e-12)


@pytest.mark.parametrize(
    ("hits", "leads", "why"),
    [
        ([19, 20, 21], [100] * 3, "closer than luck"),
        ([0, 0], [50, 50], "nobody won"),
        ([50, 50], [50, 50], "everybody won"),
        ([5], [50], "one group"),
        ([0, 9], [50, 9], "the other group is under 10"),
        ([0, 0], [0, 0], "no leads"),
        ([], [], "no groups"),
    ],
)
def test_no_overdispersion(hits, leads, why):
    assert lm.overdispersion(hits, leads) == 1.0, why


def test_small_groups_do_not_widen():
    """One hit of a single lead at 2 % has z = 7; it is no sign that groups differ."""
    big = ([20, 21, 19, 20], [1000] * 4)
    assert lm.overdispersion([*big[0], 1], [*big[1], 1]) == 1.0
    # At exactly 10 leads a group counts: 5 of 10 where 85 of 4,010 hit.
    pooled = 85 / 4010
    z = [
        (x / n - pooled) / math.sqrt(pooled * (1 - pooled) / n)
        for x, n in zip([*big[0], 5], [*big[1], 10], strict=True)
    ]
    assert lm.overdispersion([*big[0], 5], [*big[1], 10]) == pytest.approx(
        math.sqrt(sum(value**2 for value in z) / 5), abs=1e-12
    )


def test_one_owner_stands_out():
    """Twelve owners, eleven near 10 %, one at 28 of 100."""
    hits, leads = [9, 10, 11, 10, 8, 12, 10, 9, 11, 10, 10, 28], [100] * 12
    places = lm.place_groups(hits, leads)
    assert [place.is_outside for place in places] == [False] * 11 + [True]
    pooled, spread = 138 / 1200, lm.overdispersion(hits, leads)
    last = places[-1]
    assert spread > 1.0
    assert last.z == pytest.approx(
        (0.28 - pooled) / math.sqrt(pooled * (1 - pooled) / 100) / spread, abs=1e-12
    )
    # The normal p-value of the widened z is the larger one here.
    assert 2 * binom.sf(27, 100, pooled) < 1e-4
    assert last.pvalue == pytest.approx(2 * norm.sf(last.z), rel=1e-9)
    assert last.adjusted_pvalue == pytest.approx(12 * last.pvalue, rel=1e-9)
    assert (last.low, last.high) == pytest.approx(wilson_interval(28, 100), abs=1e-12)
    assert (last.limit_low, last.limit_high) == tuple(
        float(end[0]) for end in lm.funnel_limits(pooled, [100], 0.95, spread)
    )
    assert last.rate > last.limit_high


@pytest.mark.parametrize(("groups", "is_flagged"), [(5, False), (7, False), (8, True), (12, True)])
def test_a_lone_stray_among_few_hides_itself(groups, is_flagged):
    """With groups of one size its z is at most sqrt(groups - 1), however far it strays."""
    places = lm.place_groups([100] * (groups - 1) + [900], [1000] * groups)
    assert places[-1].z == pytest.approx(math.sqrt(groups - 1), abs=1e-9)
    assert places[-1].is_outside == is_flagged


def test_under_ten_leads_never_flagged():
    """0 of 10 is 1e-5 at 68 %, 0 of 9 is 4e-5: both far outside, and only the larger is flagged."""
    calm = [70] * 20
    for size, is_flagged in ((9, False), (10, True)):
        place = lm.place_groups([*calm, 0], [*[100] * 20, size])[-1]
        assert place.adjusted_pvalue < 0.01
        assert place.rate < place.limit_low
        assert place.is_outside == is_flagged


def test_the_exact_tail_counts_not_the_z_value():
    """4 of 1,000 at 0.1 %: z = 3 and its p .003, but 1.9 % of such groups have 4 or more."""
    hits, leads = [4, *[1] * 40, 956], [1000, *[1000] * 40, 959_000]
    places = lm.place_groups(hits, leads)
    assert lm.overdispersion(hits, leads) == 1.0
    assert places[0].z == pytest.approx(3.0, abs=2e-3)
    assert places[0].pvalue == pytest.approx(2 * binom.sf(3, 1000, 0.001), rel=1e-9)
    assert places[0].pvalue == pytest.approx(0.038, abs=5e-4)
    assert not places[0].is_outside


def test_groups_that_all_scatter_are_not_flagged():
    """Ten groups of a million at 10 to 19 %: each far beyond any luck, none beyond the others' scatter."""
    hits, leads = [100_000 + 10_000 * k for k in range(10)], [1_000_000] * 10
    places = lm.place_groups(hits, leads)
    z = [(x / 1e6 - 0.145) / math.sqrt(0.145 * 0.855 / 1e6) for x in hits]
    spread = math.sqrt(sum(value**2 for value in z) / 10)
    assert spread > 80.0
    assert [place.z for place in places] == pytest.approx([value / spread for value in z], rel=1e-9)
    assert [place.pvalue for place in places] == pytest.approx(
        [2 * norm.sf(abs(value) / spread) for value in z], rel=1e-9
    )
    assert not any(place.is_outside for place in places)


def test_groups_without_leads_keep_their_place():
    places = lm.place_groups([5, 0, 6], [50, 0, 50])
    assert places[1] == lm.GroupPlace(hits=0, leads=0)
    assert (places[1].rate, places[1].z, places[1].adjusted_pvalue, places[1].is_outside) == (
        None,
        None,
        None,
        False,
    )
    assert (places[0].rate, places[2].leads) == (0.1, 50)


def test_nothing_to_place():
    assert lm.place_groups([], []) is None
    assert lm.place_groups([0, 0], [0, 0]) is None


@pytest.mark.parametrize("hits", [[0, 0, 0], [12, 30, 500]])
def test_all_alike(hits):
    places = lm.place_groups(hits, [12, 30, 500])
    assert [(p.z, p.pvalue, p.adjusted_pvalue, p.is_outside) for p in places] == [(0.0, 1.0, 1.0, False)] * 3


def test_one_group_is_the_pool():
    (place,) = lm.place_groups([7], [20])
    assert (place.rate, place.z, place.pvalue, place.is_outside) == (0.35, 0.0, 1.0, False)


@pytest.mark.parametrize(
    "call",
    [
        lambda: lm.funnel_limits(1.1, [5]),
        lambda: lm.funnel_limits(-0.1, [5]),
        lambda: lm.funnel_limits(math.nan, [5]),
        lambda: lm.funnel_limits(0.5, [-1]),
        lambda: lm.funnel_limits(0.5, [2.5]),
        lambda: lm.funnel_limits(0.5, [5], 1.0),
        lambda: lm.funnel_limits(0.5, [5], 0.95, 0.9),
        lambda: lm.overdispersion([3], [2]),
        lambda: lm.place_groups([3], [2]),
        lambda: lm.place_groups([1, 1], [2]),
    ],
)
def test_impossible_input_is_refused(call):
    with pytest.raises(ValueError):
        call()


@LAWS
@given(
    st.floats(0, 1),
    st.lists(st.integers(0, 5000), min_size=1, max_size=10),
    st.sampled_from([0.8, 0.95, 0.998]),
    st.floats(1, 5),
)
def test_limits_hold_the_pooled_rate(pooled, sizes, confidence, widening):
    low, high = lm.funnel_limits(pooled, sizes, confidence, widening)
    plain_low, plain_high = lm.funnel_limits(pooled, sizes, confidence)
    assert ((low >= 0.0) & (low <= pooled) & (pooled <= high) & (high <= 1.0)).all()
    assert ((low <= plain_low) & (high >= plain_high)).all()
    # More confidence, wider limits.
    wider_low, wider_high = lm.funnel_limits(pooled, sizes, 0.9995)
    assert ((wider_low <= plain_low) & (wider_high >= plain_high)).all()


@LAWS
@given(st.integers(1, 60), st.integers(1, 99))
def test_outside_means_a_tail_under_two_and_a_half_per_cent(size, percent):
    pooled = percent / 100
    low, high = lm.funnel_limits(pooled, [size])
    for hits in range(size + 1):
        tails = binom.cdf(hits, size, pooled), binom.sf(hits - 1, size, pooled)
        if abs(min(tails) - 0.025) > 1e-9:
            assert (not low[0] <= hits / size <= high[0]) == (min(tails) < 0.025)


@LAWS
@given(GROUPS)
def test_places_rest_on_the_larger_p_value(rows):
    x, n = np.array(rows, dtype=np.int64).T
    places = lm.place_groups(x, n)
    assume(places is not None)
    pooled = x.sum() / n.sum()
    seen = [place for place in places if place.leads]
    adjusted = false_discovery_control([place.pvalue for place in seen])
    for place, expected in zip(seen, adjusted, strict=True):
        tail = min(
            binomtest(place.hits, place.leads, pooled, alternative=side).pvalue
            for side in ("less", "greater")
        )
        assert place.pvalue == pytest.approx(max(min(1, 2 * tail), 2 * norm.sf(abs(place.z))), rel=1e-6)
        assert place.adjusted_pvalue == pytest.approx(expected, abs=1e-12)
        assert place.low <= place.rate <= place.high
        assert place.limit_low <= pooled <= place.limit_high
        assert not place.is_outside or (place.leads >= 10 and place.adjusted_pvalue < 0.10)
        is_beyond = place.rate < place.limit_low or place.rate > place.limit_high
        assert place.is_outside == (is_beyond and place.leads >= 10 and place.adjusted_pvalue < 0.10)


@LAWS
@given(GROUPS)
def test_counting_misses_mirrors_the_funnel(rows):
    x, n = np.array(rows, dtype=np.int64).T
    places, mirrored = lm.place_groups(x, n), lm.place_groups(n - x, n)
    assume(places is not None)
    for place, other in zip(places, mirrored, strict=True):
        assert place.is_outside == other.is_outside
        if place.leads:
            assert other.z == pytest.approx(-place.z, abs=1e-9)
            assert other.pvalue == pytest.approx(place.pvalue, rel=1e-7)


def test_table_of_large_weekly_rates():
    """f3: weekly four-hour rates of a quarter of a million each; 3-sigma limits of the p chart, 16 of 20 outside."""
    case = golden("f3_")[0]
    hits, leads = np.array(case["input"]["r"]), np.array(case["input"]["n"])
    pooled = hits.sum() / leads.sum()
    assert pooled == pytest.approx(case["expected"]["pbar"], abs=1e-12)
    low, high = lm.funnel_limits(pooled, leads, 2 * norm.cdf(3) - 1)
    # Exact limits fall on counts and are slightly askew; they lie within three counts of the normal ones.
    assert [low[0], high[0]] == pytest.approx(case["expected"]["first_limits_p"], abs=3 / leads[0])
    rates = hits / leads
    assert int(((rates < low) | (rates > high)).sum()) == case["expected"]["points_outside_p_chart"]
    spread = lm.overdispersion(hits, leads)
    low, high = lm.funnel_limits(pooled, leads, 2 * norm.cdf(3) - 1, spread)
    assert int(((rates < low) | (rates > high)).sum()) == case["expected"]["points_outside_pprime"]
