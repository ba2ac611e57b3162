"""The mix of reasons: shift, stuck reason, simultaneous intervals, PSI. Published values, enumeration, laws."""

from __future__ import annotations

import itertools
import math
import warnings

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from scipy import stats
from statsmodels.stats.proportion import multinomial_proportions_confint

from analytics.stats import mix, simultaneous
from analytics.stats.bands import Trend
from tests.reference import golden

LAWS = settings(deadline=None, derandomize=True, database=None, max_examples=60)
TABLES = st.tuples(st.integers(2, 4), st.integers(2, 5)).flatmap(
    lambda shape: st.lists(
        st.lists(st.integers(0, 60), min_size=shape[1], max_size=shape[1]),
        min_size=shape[0],
        max_size=shape[0],
    ).map(np.array)
)
# Agresti 2007, An Introduction to Categorical Data Analysis, p. 39; the example of R chisq.test.
PARTY = [[762, 327, 468], [484, 239, 477]]
# Agresti 2002, Categorical Data Analysis, p. 57; the example of R fisher.test.
JOB = [[1, 2, 1, 0], [3, 3, 6, 1], [10, 10, 14, 9], [6, 7, 12, 11]]
# Sison & Glaz 1995, JASA 90:366-369, example 1, as printed by R MultinomialCI.
SISON_GLAZ_COUNTS = [56, 72, 73, 59, 62, 87, 58]
SISON_GLAZ_ENDS = [
    (0.07922912, 0.1643361),
    (0.11349036, 0.1985973),
    (0.11563169, 0.2007386),
    (0.0856531, 0.1707601),
    (0.09207709, 0.177184),
    (0.14561028, 0.2307172),
    (0.08351178, 0.1686187),
]


def test_shift_reproduces_r():
    """X-squared = 30.07, df = 2, p-value = 2.954e-07."""
    found = mix.mix_shift(PARTY)
    assert found.chi2 == pytest.approx(30.070, abs=5e-4)
    assert (found.degrees, found.is_simulated, found.pooled) == (2, False, ())
    assert found.pvalue == pytest.approx(2.954e-07, rel=2e-4)
    assert found.residuals[0] == pytest.approx([4.5020535, 0.6994517, -5.3159455], abs=1e-6)
    assert found.residuals[1] == pytest.approx((-found.residuals[0]).tolist(), abs=1e-9)
    assert found.moved == (0, 2)
    assert not found.has_other_moved


def test_pearson_of_a_sparse_table():
    """R chisq.test(Job): 5.9655 on 9 degrees, p .7434."""
    found = mix.pearson(JOB)
    assert (found.value, found.pvalue) == pytest.approx((5.9655, 0.7434), abs=5e-5)
    assert found.degrees == 9
    assert found.smallest_expected == pytest.approx(4 * 20 / 96, abs=1e-12)


def test_rare_reasons_are_tested_together():
    """Four of the 96 stand in the first row: expected there .83, .92, 1.375, .875, so three reasons are one."""
    found = mix.mix_shift(JOB)
    together = mix.pearson([[1, 3], [6, 7], [14, 29], [12, 24]])
    assert found.pooled == (0, 1, 3)
    assert (found.chi2, found.degrees) == (pytest.approx(together.value, abs=1e-12), 3)
    assert found.is_simulated
    assert found.residuals.shape == (4, 4)


def test_total_variation_by_hand():
    """.75 .25 0 becomes .25 .25 .5; the chance of the pooled .5 .25 .25 between 40 and 40."""
    found = mix.mix_shift([[30, 10, 0], [10, 10, 20]])
    assert found.total_variation == pytest.approx(0.5, abs=1e-12)
    by_hand = sum(math.sqrt(2 * p * (1 - p) * (1 / 40 + 1 / 40) / math.pi) for p in (0.5, 0.25, 0.25)) / 2
    assert found.chance_variation == pytest.approx(by_hand, abs=1e-12)


def test_total_variation_runs_from_the_first_to_the_last_filled_period():
    empty, between = [0, 0, 0], [20, 0, 0]
    found = mix.mix_shift([empty, [30, 10, 0], between, empty, [10, 10, 20], empty])
    plain = mix.mix_shift([[30, 10, 0], [10, 10, 20]])
    assert found.total_variation == plain.total_variation
    assert found.chance_variation == plain.chance_variation
    assert found.residuals[[0, 3, 5]].tolist() == [empty] * 3


def test_chance_variation_is_what_unchanged_mixes_differ_by():
    rng, p = np.random.default_rng(11), [0.5, 0.3, 0.15, 0.05]
    one, other = rng.multinomial(120, p, size=20_000) / 120, rng.multinomial(200, p, size=20_000) / 200
    average = (np.abs(one - other).sum(axis=1) / 2).mean()
    expected = mix.mix_shift([[60, 36, 18, 6], [100, 60, 30, 10]]).chance_variation
    assert expected == pytest.approx(average, rel=0.02)


def test_empty_reasons_keep_their_place():
    found = mix.mix_shift(np.insert(PARTY, [0, 1], 0, axis=1))
    plain = mix.mix_shift(PARTY)
    assert (found.chi2, found.degrees, found.pvalue) == (plain.chi2, plain.degrees, plain.pvalue)
    assert found.moved == (1, 4)
    assert found.pooled == ()
    assert found.residuals[:, [0, 2]].tolist() == [[0, 0], [0, 0]]
    assert found.residuals[:, [1, 3, 4]].tolist() == plain.residuals.tolist()


@pytest.mark.parametrize(
    ("table", "is_simulated", "why"),
    [
        ([[5, 45], [5, 45]], False, "every expected count at least 5, one exactly"),
        ([[5, 45], [4, 46]], True, "4.5 expected"),
        ([[50, 50], [50, 50]], False, "plenty"),
    ],
)
def test_when_the_pvalue_is_simulated(table, is_simulated, why):
    assert mix.mix_shift(table).is_simulated == is_simulated, why


@pytest.mark.parametrize(
    ("table", "pooled", "why"),
    [
        ([[1, 1, 8], [9, 9, 72]], (), "exactly 1 expected of each rare reason"),
        ([[1, 0, 9], [8, 9, 73]], (0, 1), ".9 expected of both"),
        ([[1, 4, 5], [8, 36, 46]], (), "one rare reason has nobody to be pooled with"),
        ([[1, 0], [0, 1]], (), "pooling all would leave nothing to compare"),
    ],
)
def test_which_reasons_are_pooled(table, pooled, why):
    assert mix.mix_shift(table).pooled == pooled, why


def test_pooling_all_but_one_leaves_two():
    found = mix.mix_shift([[28, 1, 1], [985, 8, 7]])
    assert found.pooled == (1, 2)
    assert found.degrees == 1


def test_a_reason_too_rare_is_not_named():
    """3 of 30 against 0 of 1,000: the residual is near 10, on an expected count of .09."""
    found = mix.mix_shift([[15, 12, 3], [500, 500, 0]])
    assert found.residuals[0, 2] > 9
    assert found.moved == ()
    assert found.pvalue < 0.01
    # Two such reasons together expect .12: still too rare.
    assert not mix.mix_shift([[15, 11, 2, 2], [500, 500, 0, 0]]).has_other_moved


def test_many_rare_reasons_can_move_together():
    """Six reasons, each .73 expected in the first period, together 4.4 against 18 seen."""
    found = mix.mix_shift([[82, *[3] * 6], [872, *[5] * 6]])
    assert found.pooled == (1, 2, 3, 4, 5, 6)
    assert found.has_other_moved
    assert found.pvalue < 0.001
    assert not mix.mix_shift([[96, *[1, 0, 1, 1, 0, 1]], [860, *[7, 8, 7, 6, 6, 6]]]).has_other_moved


@pytest.mark.parametrize(
    ("table", "moved", "why"),
    [
        ([[25, 5], [10, 20]], (0, 1), "both rows hold exactly 30"),
        ([[25, 4], [10, 20]], (), "29 in the first"),
        ([[10, 20], [25, 4]], (), "29 in the last"),
        ([[25, 4], [300, 700]], (), "29 against many is still 29"),
        ([[25, 4], [10, 20], [20, 40]], (0, 1), "the later periods hold 30 and stand out themselves"),
        ([[18, 12], [12, 18]], (), "residual 1.55"),
    ],
)
def test_rows_under_thirty_name_no_reason(table, moved, why):
    assert mix.mix_shift(table).moved == moved, why


@pytest.mark.parametrize("table", [[], [[]], [[3, 4]], [[3, 4], [0, 0]], [[3, 0], [4, 0]], [[0, 0], [0, 0]]])
def test_nothing_to_compare(table):
    assert mix.mix_shift(table) is None
    assert mix.pearson(table) is None


def test_the_same_mix_has_not_shifted():
    found = mix.mix_shift([[40, 20, 10], [80, 40, 20]])
    assert (found.chi2, found.pvalue, found.total_variation) == pytest.approx((0.0, 1.0, 0.0), abs=1e-12)
    sparse = mix.mix_shift([[4, 2], [8, 4]])
    assert sparse.is_simulated
    assert sparse.pvalue == 1.0


def test_a_single_possible_table_proves_nothing():
    """One rejection each: the two tables with these margins are equally far from the common mix."""
    assert mix.mix_shift([[1, 0], [0, 1]]).pvalue == 1.0


@pytest.mark.parametrize("table", [[[7, 2, 1], [3, 5, 4]], [[3, 1, 0], [1, 2, 5]], [[9, 3], [2, 6]]])
def test_simulated_pvalue_against_all_tables(table):
    """All tables with these margins, weighted by their hypergeometric chance; 10,000 draws are within .02."""
    counts = np.array(table)
    columns, first = counts.sum(axis=0), int(counts[0].sum())
    expected = np.outer(counts.sum(axis=1), columns) / counts.sum()
    seen, beyond = ((counts - expected) ** 2 / expected).sum(), 0
    for row in itertools.product(*(range(int(c) + 1) for c in columns)):
        if sum(row) == first:
            other = np.array([row, columns - np.array(row)])
            if ((other - expected) ** 2 / expected).sum() >= seen - 1e-9:
                beyond += math.prod(math.comb(int(c), k) for c, k in zip(columns, row, strict=True))
    exact = beyond / math.comb(int(counts.sum()), first)
    found = mix.mix_shift(table)
    assert found.is_simulated
    assert found.pooled == ()
    assert found.pvalue == pytest.approx(exact, abs=0.02)


def test_simulated_pvalue_agrees_with_scipys():
    table = [[8, 4, 12, 3], [3, 9, 6, 5], [6, 4, 2, 4]]
    method = stats.MonteCarloMethod(n_resamples=20_000, rng=np.random.default_rng(3))
    theirs = stats.chi2_contingency(table, correction=False, method=method)
    found = mix.mix_shift(table)
    assert found.pvalue == pytest.approx(theirs.pvalue, abs=0.015)


def test_simulated_pvalue_is_never_zero():
    assert mix.mix_shift([[40, 0, 2], [0, 40, 2]]).pvalue == 1 / 10_001


def test_simulation_does_not_depend_on_what_was_computed_before():
    first = mix.mix_shift([[7, 2, 1], [3, 5, 4]]).pvalue
    mix.mix_shift(JOB)
    assert mix.mix_shift([[7, 2, 1], [3, 5, 4]]).pvalue == first


def test_ten_million_counts():
    table = [[3_000_000, 1_500_000, 500_000], [3_001_000, 1_499_500, 499_500]]
    theirs = stats.chi2_contingency(table, correction=False)
    found = mix.mix_shift(table)
    assert found.chi2 == pytest.approx(theirs.statistic, rel=1e-9)
    assert found.pvalue == pytest.approx(theirs.pvalue, rel=1e-9)
    assert mix.mix_shift([[6, 3_000_000, 1_999_994], [1, 3_000_000, 1_999_999]]).pvalue > 0.05


def test_top_of_two():
    """22 against 12: twice the chance of at most 12 heads in 34."""
    by_hand = 2 * sum(math.comb(34, k) for k in range(13)) / 2**34
    assert mix.top_of_two(22, 12) == pytest.approx(by_hand, abs=1e-12)
    assert mix.top_of_two(12, 22) == pytest.approx(by_hand, abs=1e-12)
    assert mix.top_of_two(3, 0) == pytest.approx(0.25, abs=1e-15)
    assert mix.top_of_two(7, 7) == 1.0
    assert mix.top_of_two(0, 0) == 1.0
    assert mix.top_of_two(5_010_000, 5_000_000) == pytest.approx(
        2 * stats.norm.sf(9999 / 10_010_000**0.5), rel=1e-3
    )


def test_stuck_and_falling_trend():
    totals = [40, 42, 39, 45, 38, 44]
    stuck = mix.stuck_trend([18, 20, 19, 22, 17, 21], totals)
    falling = mix.stuck_trend([24, 22, 18, 14, 10, 7], totals)
    assert (stuck.z, falling.z) == pytest.approx((0.089047, -4.976901), abs=1e-6)
    assert not mix.is_falling(stuck)
    assert mix.is_falling(falling)
    assert mix.stuck_trend([], []) is None


@pytest.mark.parametrize(
    ("trend", "is_falling"),
    [
        (None, False),
        (Trend(-9.0, -2.0, 0.0455), True),
        (Trend(9.0, 2.0, 0.0455), False),
        (Trend(-9.0, -1.9, 0.0574), False),
        (Trend(-9.0, -1.96, 0.05), False),
    ],
)
def test_is_falling(trend, is_falling):
    assert mix.is_falling(trend) == is_falling


@pytest.mark.parametrize(
    ("tops", "counts", "totals", "is_stuck", "why"),
    [
        ([1, 1, 1], [18, 20, 19], [40, 42, 39], True, "three periods, level"),
        ([1, 1], [18, 20], [40, 42], False, "two periods are no run"),
        ([0, 1, 1], [18, 20, 19], [40, 42, 39], False, "another led first"),
        ([1, 1, 1, 0], [18, 20, 19, 9], [40, 42, 39, 40], False, "the run has ended"),
        (
            [1, 1, None, 1, 1],
            [18, 20, 0, 19, 20],
            [40, 42, 39, 40, 40],
            False,
            "a period without a top breaks it",
        ),
        ([1, 1, 1, None], [18, 20, 19, 0], [40, 42, 39, 40], False, "nothing led last"),
        ([None] * 4, [0] * 4, [40] * 4, False, "nothing led at all"),
        ([1, 1, 1], [30, 20, 10], [40, 40, 40], False, "its rate falls: the fix is landing"),
        ([1, 1, 1], [30, 30, 30], [40, 80, 160], False, "the same count of ever more leads is a fall"),
        ([1, 1, 1], [10, 20, 30], [40, 40, 40], True, "its rate rises"),
        ([0, 1, 1, 1], [39, 18, 20, 19], [40, 42, 39, 40], True, "a fall before the run does not count"),
        ([1, 1, 1, 1, 1], [35, 30, 20, 21, 20], [40] * 5, False, "the whole run counts, not its last three"),
        ([1, 1, 1], [40, 42, 39], [40, 42, 39], True, "every lead, no trend to test"),
        ([1, 1, 1], [0, 0, 0], [40, 42, 39], False, "nobody, no trend to test"),
        ([1, 1, 1], [0, 0, 9], [0, 0, 9], False, "leads in one period only"),
        ([], [], [], False, "no periods"),
    ],
)
def test_is_stuck(tops, counts, totals, is_stuck, why):
    assert mix.is_stuck(tops, counts, totals) == is_stuck, why


def test_simultaneous_intervals_reproduce_r():
    low, high = simultaneous.sison_glaz_intervals(SISON_GLAZ_COUNTS)
    assert low == pytest.approx([ends[0] for ends in SISON_GLAZ_ENDS], abs=1e-6)
    # statsmodels and this lie a hundredth of a count above the printed upper ends.
    assert high == pytest.approx([ends[1] for ends in SISON_GLAZ_ENDS], abs=1e-4)


def test_simultaneous_intervals_of_small_and_empty_mixes():
    assert simultaneous.sison_glaz_intervals([]) is None
    assert simultaneous.sison_glaz_intervals([0, 0]) is None
    low, high = simultaneous.sison_glaz_intervals([12])
    assert (low.tolist(), high.tolist()) == ([1.0], [1.0])
    low, high = simultaneous.sison_glaz_intervals([20, 0, 10])
    assert low[1] == 0.0
    assert 0.0 < high[1] < 0.3


@pytest.mark.parametrize("size", [10_000, 1_000_000, 10_000_000])
def test_simultaneous_intervals_of_two_halves_against_the_binomial(size):
    """One of two counts within c of the half means both are; the approximation errs to the wide side by a point."""
    low, high = simultaneous.sison_glaz_intervals([size // 2, size // 2])
    c = round((0.5 - low[0]) * size)
    inside = 1 - 2 * stats.binom.sf(size // 2 + c, size, 0.5)
    assert inside == pytest.approx(0.962, abs=1e-3)
    assert c / size < high[0] - 0.5 < (c + 2.001) / size


def test_simultaneous_intervals_of_millions():
    """100 times the published counts against statsmodels; 20,000 times, 9 million in all, by the root of 200."""
    counts = np.array(SISON_GLAZ_COUNTS)
    theirs = multinomial_proportions_confint(100 * counts, method="sison_glaz")
    assert np.column_stack(simultaneous.sison_glaz_intervals(100 * counts)) == pytest.approx(theirs, abs=1e-9)
    low, high = simultaneous.sison_glaz_intervals(20_000 * counts)
    # Whole counts: of the 203 to either side, one is half a percent.
    assert high - low == pytest.approx((theirs[:, 1] - theirs[:, 0]) / math.sqrt(200), rel=0.005)


def test_stability_index_adds_half_a_count():
    """10 and 0 against 5 and 5: shares 10.5 and .5 of 11 against 5.5 and 5.5 of 11."""
    found = mix.stability_index([10, 0], [5, 5])
    by_hand = (5.5 - 10.5) / 11 * math.log(5.5 / 10.5) + (5.5 - 0.5) / 11 * math.log(5.5 / 0.5)
    assert found.value == pytest.approx(by_hand, abs=1e-12)
    # The counts, not the halves, say how much luck there is; chi-square on 1 degree: 3.841.
    assert found.null_mean == pytest.approx(0.2, abs=1e-12)
    assert found.limit == pytest.approx(3.841459 * 0.2, abs=1e-6)
    assert found.is_moved


def test_stability_index_of_shares():
    found = mix.psi_of_shares([0.2] * 5, [0.1, 0.15, 0.2, 0.25, 0.3], 200, 200)
    by_hand = 0.1 * math.log(2) + 0.05 * math.log(4 / 3) + 0.05 * math.log(1.25) + 0.1 * math.log(1.5)
    assert found.value == pytest.approx(by_hand, abs=1e-12)
    assert (found.null_mean, found.limit) == pytest.approx((0.04, 0.0948773), abs=1e-7)
    assert found.is_moved
    assert not mix.psi_of_shares([0.2] * 5, [0.1, 0.15, 0.2, 0.25, 0.3], 100, 100).is_moved


def test_bands_empty_on_both_sides_are_left_out():
    assert mix.stability_index([0, 40, 60, 0], [0, 50, 30, 0]) == mix.stability_index([40, 60], [50, 30])


@pytest.mark.parametrize(
    ("before", "after"),
    [([], []), ([0, 0], [3, 4]), ([3, 4], [0, 0]), ([5, 0], [7, 0]), ([5], [7])],
)
def test_no_stability_index(before, after):
    assert mix.stability_index(before, after) is None


def test_stability_limit_alarms_on_one_unchanged_pair_in_twenty():
    """200 leads a side in ten bands; the customary 0.10 alarms on a third of them (methods, finding 6)."""
    rng = np.random.default_rng(17)
    pairs = rng.multinomial(200, [0.1] * 10, size=(2_000, 2))
    found = [mix.stability_index(before, after) for before, after in pairs]
    assert np.mean([index.is_moved for index in found]) == pytest.approx(0.05, abs=0.02)
    assert np.mean([index.value > 0.10 for index in found]) == pytest.approx(0.33, abs=0.04)
    assert np.mean([index.value for index in found]) == pytest.approx(found[0].null_mean, rel=0.05)


@pytest.mark.parametrize(
    "call",
    [
        lambda: mix.mix_shift([3, 4]),
        lambda: mix.mix_shift([[3, -4], [1, 2]]),
        lambda: mix.mix_shift([[3.0, 4.0], [1.0, 2.0]]),
        lambda: mix.pearson([[[3]]]),
        lambda: mix.top_of_two(-1, 3),
        lambda: mix.stuck_trend([5], [4]),
        lambda: mix.is_stuck([1, 1, 1], [5, 5], [9, 9]),
        lambda: mix.is_stuck([1, 1, 1], [5, 5, 10], [9, 9, 9]),
        lambda: simultaneous.sison_glaz_intervals([3, -1]),
        lambda: simultaneous.sison_glaz_intervals([3, 1], 1.0),
        lambda: simultaneous.sison_glaz_intervals([3, 1], 0.0),
        lambda: mix.stability_index([3, 1], [3]),
        lambda: mix.stability_index([3, 1], [3, -1]),
        lambda: mix.psi_of_shares([0.5, 0.5], [1.0, 0.0], 9, 9),
        lambda: mix.psi_of_shares([0.5, 0.5], [0.5, 0.6], 9, 9),
        lambda: mix.psi_of_shares([0.5, 0.5], [0.5, 0.5], 9, 0),
        lambda: mix.psi_of_shares([1.0], [1.0], 9, 9),
        lambda: mix.psi_of_shares([0.5, 0.5], [1.0], 9, 9),
    ],
)
def test_impossible_input_is_refused(call):
    with pytest.raises(ValueError):
        call()


@LAWS
@given(TABLES)
def test_shift_agrees_with_scipy(table):
    found = mix.pearson(table)
    filled = table[np.ix_(table.any(axis=1), table.any(axis=0))]
    if found is None:
        assert min(filled.shape) < 2
        return
    theirs = stats.chi2_contingency(filled, correction=False)
    assert found.value == pytest.approx(theirs.statistic, abs=1e-8)
    assert found.degrees == theirs.dof
    assert found.pvalue == pytest.approx(theirs.pvalue, abs=1e-10)
    assert found.smallest_expected == pytest.approx(theirs.expected_freq.min(), abs=1e-10)
    shift = mix.mix_shift(table)
    assert shift.is_simulated or shift.pvalue == found.pvalue
    assert 0.0 <= shift.total_variation <= 1.0
    assert 0.0 < shift.pvalue <= 1.0
    assert not set(shift.moved) & set(shift.pooled)
    if shift.pooled:
        assert shift.chi2 <= found.value + 1e-9
    # Seen minus expected adds up to nothing over each period, so its residuals cannot all point one way.
    seen = shift.residuals[table.any(axis=1)]
    assert ((seen.max(axis=1) >= -1e-9) & (seen.min(axis=1) <= 1e-9)).all()


@LAWS
@given(st.tuples(*[st.integers(1, 80)] * 4))
def test_squared_residuals_of_two_by_two_are_the_chi_square(cells):
    a, b, c, d = cells
    found = mix.mix_shift([[a, b], [c, d]])
    chi2 = (a * d - b * c) ** 2 * sum(cells) / ((a + b) * (c + d) * (a + c) * (b + d))
    assert found.chi2 == pytest.approx(chi2, abs=1e-9)
    assert (found.residuals**2).ravel() == pytest.approx([chi2] * 4, abs=1e-8)
    assert found.total_variation == pytest.approx(abs(a / (a + b) - c / (c + d)), abs=1e-12)


@LAWS
@given(TABLES, st.randoms(use_true_random=False))
def test_the_order_of_the_reasons_changes_nothing(table, random):
    order = random.sample(range(table.shape[1]), table.shape[1])
    found, shuffled = mix.mix_shift(table), mix.mix_shift(table[:, order])
    assert (found is None) == (shuffled is None)
    if found is None:
        return
    assert shuffled.chi2 == pytest.approx(found.chi2, abs=1e-9)
    assert shuffled.total_variation == pytest.approx(found.total_variation, abs=1e-12)
    assert shuffled.chance_variation == pytest.approx(found.chance_variation, abs=1e-12)
    assert sorted(order[place] for place in shuffled.moved) == list(found.moved)
    assert sorted(order[place] for place in shuffled.pooled) == list(found.pooled)
    assert shuffled.residuals == pytest.approx(found.residuals[:, order], abs=1e-9)


@LAWS
@given(st.integers(0, 500), st.integers(0, 500))
def test_top_of_two_agrees_with_scipy(top, second):
    assume(top + second > 0)
    theirs = stats.binomtest(top, top + second, 0.5).pvalue
    assert mix.top_of_two(top, second) == pytest.approx(theirs, abs=1e-10)


@settings(LAWS, max_examples=15)
@given(st.lists(st.integers(0, 80), min_size=2, max_size=6), st.sampled_from([0.8, 0.9, 0.95, 0.99]))
def test_simultaneous_intervals_agree_with_statsmodels(counts, confidence):
    assume(sum(counts) >= 10)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        theirs = multinomial_proportions_confint(counts, 1.0 - confidence, method="sison_glaz")
    low, high = simultaneous.sison_glaz_intervals(counts, confidence)
    assert np.column_stack((low, high)) == pytest.approx(theirs, abs=1e-7)
    share = np.array(counts) / sum(counts)
    assert ((low >= 0.0) & (low <= share) & (share <= high) & (high <= 1.0)).all()


@LAWS
@given(st.lists(st.tuples(st.integers(0, 90), st.integers(0, 90)), min_size=2, max_size=8))
def test_stability_index_is_the_same_both_ways(rows):
    before, after = np.array(rows, dtype=np.int64).T
    found, back = mix.stability_index(before, after), mix.stability_index(after, before)
    assert (found is None) == (back is None)
    if found is None:
        return
    assert found.value >= 0.0
    assert back.value == pytest.approx(found.value, abs=1e-12)
    assert (back.null_mean, back.limit) == pytest.approx((found.null_mean, found.limit), abs=1e-12)
    assert mix.stability_index(before, before).value == 0.0


def test_table_shift():
    case = golden("d1_")[0]
    expected, tolerance = case["expected"], case["tolerance"]
    found = mix.mix_shift(case["input"]["table"])
    assert (found.chi2, found.degrees) == (pytest.approx(expected["chi2"], abs=tolerance), expected["df"])
    assert found.pvalue == pytest.approx(expected["p"], rel=1e-6)
    assert found.residuals[0] == pytest.approx(expected["adj_residual_row1"], abs=tolerance)
    case = golden("d2_")[0]
    sparse = mix.pearson(case["input"]["table"])
    assert sparse.value == pytest.approx(case["expected"]["chi2"], abs=1e-9)
    assert sparse.pvalue == pytest.approx(case["expected"]["chi2_p_asymptotic"], abs=1e-9)


def test_table_simultaneous_intervals():
    case = golden("d3_")[0]
    ends = np.column_stack(simultaneous.sison_glaz_intervals(case["input"]["counts"]))
    assert ends == pytest.approx(np.array(case["expected"]["sison_glaz"]), abs=case["tolerance"])


def test_table_stuck_and_top():
    case = golden("d4_")[0]
    for name in ("stuck", "falling"):
        given_counts = case["input"][name]
        trend = mix.stuck_trend(given_counts["top"], given_counts["rejections"])
        assert trend.z == pytest.approx(case["expected"][f"{name}_z"], abs=case["tolerance"])
        assert trend.pvalue == pytest.approx(case["expected"][f"{name}_p"], abs=case["tolerance"])
        assert mix.is_stuck([4] * 6, given_counts["top"], given_counts["rejections"]) == (name == "stuck")
    case = golden("d5_")[0]
    found = mix.top_of_two(case["input"]["top"], case["input"]["second"])
    assert found == pytest.approx(case["expected"]["p"], abs=case["tolerance"])


def test_table_stability():
    case = golden("c10_")[0]
    given_shares, expected = case["input"], case["expected"]
    found = mix.psi_of_shares(
        given_shares["expected"], given_shares["actual"], given_shares["n"], given_shares["m"]
    )
    assert found.value == pytest.approx(expected["psi"], abs=case["tolerance"])
    assert found.null_mean == pytest.approx(expected["null_mean"], abs=case["tolerance"])
    assert found.limit == pytest.approx(expected["crit95"], abs=case["tolerance"])
