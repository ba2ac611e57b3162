"""Trend, ranking, inversions and the verdict on ordered bands: published tables, hand counts, laws."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics.stats import bands as b
from analytics.stats.intervals import holm_adjust, newcombe_difference, newcombe_pvalue
from tests.reference import golden

LAWS = settings(deadline=None, derandomize=True, database=None, max_examples=100)
BANDS = st.lists(
    st.integers(0, 60).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))), min_size=1, max_size=6
)
# Hanley & McNeil 1982, Radiology 143:29-36: 109 CT images rated 1 to 5.
NORMAL, ABNORMAL = [33, 6, 6, 11, 2], [3, 2, 2, 11, 33]


def test_trend_reproduces_r():
    """R stats::prop.trend.test, smokers (Fleiss 1981)."""
    trend = b.cochran_armitage([83, 90, 129, 70], [86, 93, 136, 82], [1, 2, 3, 4])
    assert trend.chi2 == pytest.approx(8.2249, abs=5e-5)
    assert trend.pvalue == pytest.approx(0.004132, abs=5e-7)
    assert trend.z < 0


def test_scores_matter():
    """Agresti, Categorical Data Analysis: alcohol and malformations (Graubard & Korn 1987)."""
    x, n = [48, 38, 5, 1, 1], [17114, 14502, 793, 127, 38]
    midpoints = b.cochran_armitage(x, n, [0, 0.5, 1.5, 4, 7])
    ranks = b.cochran_armitage(x, n, [1, 2, 3, 4, 5])
    assert (midpoints.chi2, midpoints.pvalue) == pytest.approx((6.57, 0.0104), abs=5e-3)
    assert (ranks.chi2, ranks.pvalue) == pytest.approx((1.83, 0.176), abs=5e-3)


def test_trend_of_a_large_sample():
    """Rosner, Fundamentals of Biostatistics: breast cancer by age at first birth, A = 567.16."""
    trend = b.cochran_armitage([320, 1206, 1011, 463, 220], [1742, 5638, 3904, 1555, 626], [1, 2, 3, 4, 5])
    assert trend.numerator == pytest.approx(567.16, abs=5e-3)
    assert trend.chi2 == pytest.approx(129.012, abs=5e-4)


def test_trend_of_two_bands_is_pearsons_chi_square():
    """20 of 100 against 35 of 100: 200 (20 x 65 - 80 x 35)^2 / (100 x 100 x 55 x 145)."""
    trend = b.cochran_armitage([20, 35], [100, 100], [0, 1])
    assert trend.chi2 == pytest.approx(200 * 1500**2 / (100 * 100 * 55 * 145), abs=1e-12)
    assert trend.z > 0


@pytest.mark.parametrize(
    ("x", "n", "scores"),
    [
        ([0, 0], [5, 5], [1, 2]),
        ([5, 5], [5, 5], [1, 2]),
        ([2, 0], [5, 0], [1, 2]),
        ([1, 2], [5, 5], [3, 3]),
        ([], [], []),
    ],
)
def test_no_trend_can_exist(x, n, scores):
    assert b.cochran_armitage(x, n, scores) is None


def test_isotonic_fit_reproduces_isoreg():
    """R stats::isoreg example."""
    assert b.isotonic_fit([1, 0, 4, 3, 3, 5, 4, 2, 0], [1] * 9).tolist() == [0.5, 0.5, 3, 3, 3, 3, 3, 3, 3]


def test_isotonic_fit_weighs_its_values():
    assert b.isotonic_fit([0.1, 0.5, 0.2], [10, 10, 20]) == pytest.approx([0.1, 0.3, 0.3], abs=1e-15)
    assert b.isotonic_fit([], []).size == 0


def test_auc_reproduces_hanley_and_mcneil():
    auc = b.auc_from_bands(NORMAL, ABNORMAL)
    assert (auc.value, auc.se_hanley_mcneil) == pytest.approx((0.893, 0.032), abs=6e-4)
    assert auc.se_delong == pytest.approx(0.030724408379381115, abs=1e-12)
    assert (auc.low, auc.high) == pytest.approx(
        (0.893171 - 1.959964 * 0.0307244, 0.893171 + 1.959964 * 0.0307244), abs=1e-5
    )


def test_auc_needs_both_kinds():
    assert b.auc_from_bands([0, 0], [3, 4]) is None
    assert b.auc_from_bands([3, 4], [0, 0]) is None
    assert b.auc_from_bands([], []) is None


# Two-sided p of the exact rank test, all winners above all losers: 2 / C(winners + losers, winners).
@pytest.mark.parametrize(
    ("winners", "losers", "exact_p"),
    [(1, 500, 2 / 501), (3, 3, 2 / 20), (2, 5, 2 / 21), (4, 4, 2 / 70), (2, 20, 2 / 231)],
)
def test_perfect_separation_of_a_handful_is_no_certainty(winners, losers, exact_p):
    auc = b.auc_from_bands([losers, 0], [0, winners])
    assert (auc.value, auc.high) == (1.0, 1.0)
    assert (auc.low > 0.5) == (exact_p < 0.05 and winners > 1)


def test_a_single_winner_has_no_delong_error():
    auc = b.auc_from_bands([10, 10], [0, 1])
    assert auc.value == 0.75
    assert math.isnan(auc.se_delong)
    assert auc.low < 0.5 < auc.high


def test_two_winners_have_a_delong_error():
    """The two winners beat 1/4 and 3/4 of the losers; each half of the 20 losers loses to 3/4 and 1/4 of the winners."""
    auc = b.auc_from_bands([10, 10], [1, 1])
    assert auc.value == 0.5
    assert auc.se_delong == pytest.approx(math.sqrt(0.125 / 2 + 20 * 0.0625 / 19 / 20), abs=1e-12)


def test_confirmed_inversion():
    (found,) = b.inversions([5, 60, 20], [100, 100, 100])
    assert (found.lower, found.upper) == (1, 2)
    assert (found.difference, found.low, found.high) == newcombe_difference(20, 100, 60, 100)
    assert found.difference == pytest.approx(-0.4, abs=1e-12)
    assert found.is_confirmed


def test_inversion_within_luck():
    (found,) = b.inversions([1, 3, 2, 6], [40, 40, 40, 40])
    assert (found.lower, found.upper) == (1, 2)
    assert not found.is_confirmed
    assert found.low < 0.0 < found.high


def test_empty_bands_are_skipped():
    (found,) = b.inversions([60, 0, 20], [100, 0, 100])
    assert (found.lower, found.upper) == (0, 2)
    assert b.inversions([], []) == []
    assert b.inversions([3], [5]) == []


def test_holm_runs_over_well_ordered_pairs_too():
    """Alone the fall from 12 to 4 of 100 is below 5 %; among four pairs it is not confirmed."""
    alone = b.inversions([12, 4], [100, 100])
    among = b.inversions([12, 4, 5, 6, 7], [100] * 5)
    assert alone[0].pvalue == newcombe_pvalue(4, 100, 12, 100)
    assert alone[0].is_confirmed
    assert among[0].pvalue == pytest.approx(4 * alone[0].pvalue, abs=1e-12)
    assert not among[0].is_confirmed


@pytest.mark.parametrize(
    ("x", "n", "verdict", "why"),
    [
        ([2, 5, 10, 20, 40], [100] * 5, "ordered", "AUC well above a coin toss"),
        ([5, 50], [100, 100], "ordered", "two bands are enough to rank"),
        ([2, 5, 40, 10, 40], [100] * 5, "not ordered", "a confirmed inversion comes before a good AUC"),
        ([100, 100, 100, 100, 100], [1000] * 5, "not ordered", "AUC 0.5, its upper end under 0.55"),
        ([1, 1, 1, 1, 2], [10] * 5, "cannot tell", "interval from under 0.5 to over 0.55"),
        ([0, 3], [3, 3], "cannot tell", "three against three prove nothing yet"),
        ([0, 1], [500, 1], "cannot tell", "a single win proves nothing yet"),
        ([0, 0, 0], [10, 10, 10], "cannot tell", "no win, no ranking"),
        ([10, 10], [10, 10], "cannot tell", "no loss, no ranking"),
        ([0, 500, 0], [0, 1000, 0], "cannot tell", "one band cannot be ordered"),
        ([], [], "cannot tell", "no bands"),
    ],
)
def test_order_verdict(x, n, verdict, why):
    assert b.order_verdict(x, n) == verdict, why


def test_the_verdict_of_inverted_good_auc_does_turn_on_the_inversion():
    x, n = np.array([2, 5, 40, 10, 40]), np.array([100] * 5)
    assert b.auc_from_bands(n - x, x).low > 0.5


def test_equal_count_edges_by_hand():
    """Ten leads: below 10, 20, 30, 40 and 50 stand 0, 2, 4, 6, 8 of 10."""
    assert b.equal_count_edges([10, 20, 30, 40, 50], [2, 2, 2, 2, 2]).tolist() == [10, 20, 30, 40, 50]
    # Ties stay together: below 20 stands 1 of 10 (band 0), below 30 stand 9 of 10 (band 4).
    assert b.equal_count_edges([10, 20, 30], [1, 8, 1]).tolist() == [10, 30]
    # Exactly on the step: below 20 stand 2 of 10, so band 1 begins.
    assert b.equal_count_edges([10, 20], [2, 8]).tolist() == [10, 20]
    assert b.equal_count_edges([10, 15, 20], [2, 0, 8]).tolist() == [10, 20]
    assert b.equal_count_edges([7.5], [4]).tolist() == [7.5]
    assert b.equal_count_edges([], []).size == 0
    assert b.equal_count_edges([1, 2], [0, 0]).size == 0


@pytest.mark.parametrize(
    "call",
    [
        lambda: b.equal_count_edges([2, 1], [1, 1]),
        lambda: b.equal_count_edges([1, 1], [1, 1]),
        lambda: b.equal_count_edges([1], [1, 1]),
        lambda: b.isotonic_fit([1, 2], [1, 0]),
        lambda: b.isotonic_fit([1, 2], [1]),
        lambda: b.cochran_armitage([1, 2], [3, 4], [1]),
        lambda: b.cochran_armitage([5], [4], [1]),
        lambda: b.auc_from_bands([1, 2], [1]),
        lambda: b.auc_from_bands([-1], [1]),
    ],
)
def test_impossible_input_is_refused(call):
    with pytest.raises(ValueError):
        call()


@LAWS
@given(BANDS)
def test_auc_is_the_share_of_pairs_won(rows):
    x, n = np.array(rows, dtype=np.int64).T
    auc = b.auc_from_bands(n - x, x)
    if auc is None:
        assert x.sum() in {0, n.sum()}
        return
    won = sum(
        int(x[i]) * int(n[j] - x[j]) * (1.0 if i > j else 0.5 if i == j else 0.0)
        for i, j in itertools.product(range(n.size), repeat=2)
    )
    assert auc.value == pytest.approx(won / (x.sum() * (n - x).sum()), abs=1e-12)
    assert 0.0 <= auc.low <= auc.value + 1e-12
    assert auc.value - 1e-12 <= auc.high <= 1.0


@LAWS
@given(st.lists(st.tuples(st.floats(0, 1), st.integers(1, 50)), min_size=1, max_size=12))
def test_isotonic_fit_rises_and_keeps_the_mean(rows):
    values, weights = np.array(rows).T
    fit = b.isotonic_fit(values, weights)
    assert (np.diff(fit) >= 0).all()
    assert np.average(fit, weights=weights) == pytest.approx(np.average(values, weights=weights), abs=1e-12)
    if (np.diff(values) >= 0).all():
        assert fit.tolist() == values.tolist()


@LAWS
@given(BANDS)
def test_inversions_are_the_falls_between_neighbours_with_leads(rows):
    x, n = np.array(rows, dtype=np.int64).T
    kept = np.flatnonzero(n)
    falls = [(i, j) for i, j in itertools.pairwise(kept.tolist()) if x[j] * n[i] < x[i] * n[j]]
    found = b.inversions(x, n)
    assert [(f.lower, f.upper) for f in found] == falls
    pvalues = [
        newcombe_pvalue(int(x[j]), int(n[j]), int(x[i]), int(n[i]))
        for i, j in itertools.pairwise(kept.tolist())
    ]
    adjusted = dict(zip(itertools.pairwise(kept.tolist()), holm_adjust(pvalues).tolist(), strict=True))
    for fall in found:
        assert fall.low <= fall.difference <= fall.high
        assert fall.pvalue == adjusted[fall.lower, fall.upper]
        assert fall.is_confirmed == (fall.pvalue < 0.05)
        assert not fall.is_confirmed or fall.high < 0.0


@LAWS
@given(st.lists(st.integers(0, 20), min_size=1, max_size=40), st.integers(1, 7))
def test_equal_count_edges_follow_the_written_rule(counts, bands):
    scores = list(range(0, 5 * len(counts), 5))
    edges = b.equal_count_edges(scores, counts, bands).tolist()
    expected = {}
    for place, (score, leads) in enumerate(zip(scores, counts, strict=True)):
        if leads:
            expected.setdefault(min(bands - 1, bands * sum(counts[:place]) // sum(counts)), float(score))
    assert edges == list(expected.values())


def test_table_trends():
    for case in golden("c4_") + golden("c6_"):
        x, n = case["input"]["x"], case["input"]["n"]
        trend = b.cochran_armitage(x, n, case["input"].get("scores", [1, 2, 3, 4, 5]))
        assert trend.z == pytest.approx(case["expected"]["z"], abs=1e-9)
        assert trend.chi2 == pytest.approx(case["expected"]["chi2"], abs=5e-5)
    case = golden("c5_")[0]
    trend = b.cochran_armitage(case["input"]["x"], case["input"]["n"], [0, 0.5, 1.5, 4, 7])
    assert trend.chi2 == pytest.approx(
        case["expected"]["chi2_midpoint_scores_0_05_15_4_7"], abs=case["tolerance"]
    )


def test_table_isotonic_and_auc():
    isotonic, ranking = golden("c7_")[0], golden("c8_")[0]
    y = isotonic["input"]["y"]
    assert b.isotonic_fit(y, [1] * len(y)) == pytest.approx(isotonic["expected"]["fit"], abs=1e-12)
    auc = b.auc_from_bands(ranking["input"]["neg_by_band"], ranking["input"]["pos_by_band"])
    assert auc.value == pytest.approx(ranking["expected"]["auc"], abs=1e-12)
    assert auc.se_delong == pytest.approx(ranking["expected"]["se_delong"], abs=1e-12)
    assert auc.se_hanley_mcneil == pytest.approx(ranking["expected"]["se_hanley_mcneil"], abs=1e-12)
