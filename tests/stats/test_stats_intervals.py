"""Intervals, differences and show-or-hide against published tables, a second program, and laws."""

from __future__ import annotations

import math
import warnings

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import false_discovery_control

from analytics.stats import intervals as iv
from analytics.stats.intervals import Presentation
from tests.reference import golden

LAWS = settings(deadline=None, derandomize=True, database=None, max_examples=100)
COUNTS = st.integers(1, 2000).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))


# Newcombe 1998, Stat. Med. 17:857-872, Table I.
@pytest.mark.parametrize(
    ("x", "n", "low", "high"),
    [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0, 0.1611), (1, 29, 0.0061, 0.1718)],
)
def test_wilson_reproduces_newcombes_table(x, n, low, high):
    assert iv.wilson_interval(x, n) == pytest.approx((low, high), abs=5e-5)


def test_wilson_ends_are_exact():
    assert iv.wilson_interval(0, 20)[0] == 0.0
    assert iv.wilson_interval(30, 30)[1] == 1.0
    low, high = iv.wilson_bounds([0, 30], [20, 30])
    assert (low[0], high[1]) == (0.0, 1.0)


def test_no_leads_is_none_not_zero():
    assert iv.wilson_interval(0, 0) is None
    assert iv.clopper_pearson_interval(0, 0) is None
    assert iv.jeffreys_interval(0, 0) is None
    assert iv.newcombe_difference(0, 0, 3, 10) is None
    assert iv.newcombe_difference(3, 10, 0, 0) is None
    assert iv.newcombe_pvalue(0, 0, 3, 10) is None
    assert np.isnan(iv.wilson_bounds([0], [0])).all()


# R binom::binom.confint, as printed in the tests of statsmodels.
@pytest.mark.parametrize(
    ("x", "n", "low", "high"),
    [
        (18, 20, 0.6830172859809176, 0.9876514728297052),
        (4, 20, 0.05733399705003284, 0.436614002996668),
        (4, 200, 0.005475565879556443, 0.05041360908989634),
        (0, 30, 0.0, 0.11570331),
        (30, 30, 0.8842967, 1.0),
    ],
)
def test_clopper_pearson_reproduces_r(x, n, low, high):
    assert iv.clopper_pearson_interval(x, n) == pytest.approx((low, high), abs=1e-6)


def test_jeffreys_moves_its_ends():
    assert iv.jeffreys_interval(81, 263) == pytest.approx((0.2545219, 0.3656475), abs=1e-7)
    assert iv.jeffreys_interval(0, 20) == pytest.approx((0.0, 0.11663898), abs=1e-8)
    assert iv.jeffreys_interval(20, 20) == pytest.approx((1 - 0.11663898, 1.0), abs=1e-8)


# Newcombe 1998, Stat. Med. 17:873-890, Table II, method 10.
@pytest.mark.parametrize(
    ("counts", "published"),
    [
        ((56, 70, 48, 80), (0.2, 0.0524, 0.3339)),
        ((9, 10, 3, 10), (0.6, 0.1705, 0.8090)),
        ((5, 56, 0, 29), (0.0893, -0.0381, 0.1926)),
        ((10, 10, 0, 20), (1.0, 0.6791, 1.0)),
    ],
)
def test_newcombe_difference_reproduces_the_paper(counts, published):
    assert iv.newcombe_difference(*counts) == pytest.approx(published, abs=5e-5)


def test_newcombe_pvalue_of_no_difference_is_one():
    assert iv.newcombe_pvalue(3, 9, 10, 30) == 1.0
    assert iv.newcombe_pvalue(0, 5, 0, 50) == 1.0


def test_newcombe_pvalue_of_the_papers_first_pair():
    # Not printed in the paper; the interval at this confidence ends exactly on 0 (law below).
    assert iv.newcombe_pvalue(56, 70, 48, 80) == pytest.approx(0.0081331, abs=1e-6)


# NCHS Series 2 No. 175 (Parker et al. 2017), as coded in CDC's surveytable.
@pytest.mark.parametrize(
    ("x", "n", "expected"),
    [
        (3, 20, Presentation.TOO_FEW),
        (0, 0, Presentation.TOO_FEW),
        (15, 30, Presentation.TOO_WIDE),
        (6, 30, Presentation.TOO_WIDE),
        (10, 45, Presentation.SHOW),
        (5, 50, Presentation.RELATIVELY_TOO_WIDE),
        (8, 60, Presentation.RELATIVELY_TOO_WIDE),
        (40, 100, Presentation.SHOW),
        (4, 200, Presentation.SHOW),
        (0, 40, Presentation.SHOW_EXTREME),
        (40, 40, Presentation.SHOW_EXTREME),
        (0, 2000, Presentation.SHOW_EXTREME),
    ],
)
def test_presentation_follows_nchs(x, n, expected):
    assert iv.presentation(x, n) is expected


def test_only_two_presentations_show_a_percentage():
    assert [p for p in Presentation if p.is_shown] == [Presentation.SHOW, Presentation.SHOW_EXTREME]


def test_sample_size_for_half_width():
    found = [[iv.sample_size_for_half_width(p, h) for h in (0.05, 0.1, 0.15)] for p in (0.5, 0.25, 0.1)]
    assert found == [[381, 93, 39], [286, 70, 30], [141, 37, 17]]


def test_sample_size_is_the_smallest_that_fits():
    low, high = iv.score_interval(0.25, 70, iv.normal_quantile(0.95))
    assert (high - low) / 2 <= 0.10
    low, high = iv.score_interval(0.25, 69, iv.normal_quantile(0.95))
    assert (high - low) / 2 > 0.10


def test_sample_size_at_the_ends():
    """At 0 % the half-width is z^2 / (2 (n + z^2)), so n is 4 z^2 = 15.4 for 10 points."""
    assert iv.sample_size_for_half_width(0.0, 0.1) == 16
    assert iv.sample_size_for_half_width(1.0, 0.1) == 16


def test_sample_size_for_a_generous_width_is_one_lead():
    assert iv.sample_size_for_half_width(0.5, 0.9) == 1


def test_detectable_difference():
    found = [[iv.detectable_difference(p, n) for n in (30, 50, 100, 300, 1000)] for p in (0.1, 0.25, 0.5)]
    published = [
        [0.309, 0.227, 0.150, 0.079, 0.041],
        [0.351, 0.269, 0.187, 0.105, 0.056],
        [0.334, 0.267, 0.193, 0.113, 0.062],
    ]
    assert np.array(found) == pytest.approx(np.array(published), abs=6e-4)


def test_detectable_difference_from_nothing():
    """Solves d sqrt(n) = 1.959964 sqrt(d (1 - d / 2)) + 0.841621 sqrt(d (1 - d)), so n = 35 at d = 0.2."""
    d = 0.2
    n = (1.959964 * math.sqrt(d * (1 - d / 2)) + 0.841621 * math.sqrt(d * (1 - d))) ** 2 / d**2
    assert math.ceil(n) == 35
    assert iv.detectable_difference(0.0, 34) > d > iv.detectable_difference(0.0, 35)


def test_a_difference_beyond_100_percent_is_none():
    assert iv.detectable_difference(0.5, 5) is None
    assert iv.detectable_difference(0.5, 1) is None
    assert iv.detectable_difference(1.0, 1000) is None


# Benjamini & Hochberg 1995, JRSS-B 57:289-300, worked example.
BH_1995 = [0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344, 0.0459, 0.324]
BH_1995 += [0.4262, 0.5719, 0.6528, 0.759, 1.0]


def test_benjamini_hochberg_finds_four_where_bonferroni_finds_three():
    adjusted = iv.benjamini_hochberg_adjust(BH_1995)
    assert int((adjusted <= 0.05).sum()) == 4
    assert sum(p * 15 <= 0.05 for p in BH_1995) == 3
    assert adjusted[:4] == pytest.approx([0.0015, 0.003, 0.0095, 0.035625], abs=1e-12)


def test_holm_by_hand():
    assert iv.holm_adjust([0.01, 0.04, 0.03]) == pytest.approx([0.03, 0.06, 0.06], abs=1e-15)
    assert iv.holm_adjust([0.9, 0.8]) == pytest.approx([1.0, 1.0], abs=0)
    assert iv.holm_adjust([]).size == 0
    assert iv.benjamini_hochberg_adjust([]).size == 0


# Efron & Morris 1977, Scientific American: hits in the first 45 at bats of 18 players.
EFRON_MORRIS = [18, 17, 16, 15, 14, 14, 13, 12, 11, 11, 10, 10, 10, 10, 10, 9, 8, 7]


def test_shrinkage_reproduces_efron_and_morris():
    shrunken = iv.shrunken_rates(EFRON_MORRIS, [45] * 18)
    pooled = sum(EFRON_MORRIS) / 810
    assert (shrunken[0] - pooled) / (18 / 45 - pooled) == pytest.approx(0.212, abs=5e-4)
    assert shrunken[0] == pytest.approx(0.294, abs=5e-4)


def test_shrinkage_of_four_equal_groups_by_hand():
    """Pooled .3, variance .021, spread .14: c = 1 - (4 - 3) x .021 / .14 = .85."""
    assert iv.shrunken_rates([1, 2, 3, 6], [10] * 4) == pytest.approx([0.13, 0.215, 0.3, 0.555], abs=1e-12)


def test_shrinkage_of_unequal_groups_pulls_the_small_ones_harder():
    shrunken = iv.shrunken_rates([6, 60, 40, 4, 0], [10, 100, 100, 10, 0])
    pooled = 110 / 220
    pulled_small = (shrunken[0] - pooled) / (0.6 - pooled)
    pulled_large = (shrunken[1] - pooled) / (0.6 - pooled)
    assert 0.0 < pulled_small < pulled_large < 1.0
    assert shrunken[4] == pooled


def test_shrinkage_without_differences_or_leads():
    assert iv.shrunken_rates([5, 10], [10, 20]).tolist() == [0.5, 0.5]
    assert iv.shrunken_rates([1, 2, 3], [2, 4, 7]) == pytest.approx(
        [6 / 13] * 3, abs=1e-12
    )  # luck explains it
    assert np.isnan(iv.shrunken_rates([0, 0], [0, 0])).all()
    assert iv.shrunken_rates([3], [4]).tolist() == [0.75]


@pytest.mark.parametrize(
    "call",
    [
        lambda: iv.wilson_interval(3, 2),
        lambda: iv.wilson_interval(-1, 2),
        lambda: iv.wilson_interval(1, 2, confidence=1.0),
        lambda: iv.wilson_interval(1, 2, confidence=0.0),
        lambda: iv.wilson_bounds([3], [2]),
        lambda: iv.wilson_bounds([1, 2], [3]),
        lambda: iv.wilson_bounds([0.5], [2]),
        lambda: iv.wilson_bounds([-1], [2]),
        lambda: iv.sample_size_for_half_width(1.5, 0.1),
        lambda: iv.sample_size_for_half_width(0.5, 0.0),
        lambda: iv.detectable_difference(-0.1, 10),
        lambda: iv.detectable_difference(0.5, 0),
    ],
)
def test_impossible_counts_are_refused(call):
    with pytest.raises(ValueError):
        call()


@LAWS
@given(COUNTS)
def test_every_interval_holds_its_share(counts):
    x, n = counts
    for interval in (iv.wilson_interval(x, n), iv.clopper_pearson_interval(x, n), iv.jeffreys_interval(x, n)):
        assert 0.0 <= interval[0] <= x / n <= interval[1] <= 1.0


@LAWS
@given(st.lists(COUNTS, min_size=1, max_size=6))
def test_arrays_and_single_counts_agree(pairs):
    low, high = iv.wilson_bounds([x for x, _ in pairs], np.array([n for _, n in pairs], dtype=np.uint32))
    single = [iv.wilson_interval(x, n) for x, n in pairs]
    assert low == pytest.approx([s[0] for s in single], abs=1e-15)
    assert high == pytest.approx([s[1] for s in single], abs=1e-15)


@LAWS
@given(COUNTS, COUNTS)
def test_newcombe_is_antisymmetric_and_its_pvalue_fits_its_interval(first, second):
    difference, low, high = iv.newcombe_difference(*first, *second)
    other, other_low, other_high = iv.newcombe_difference(*second, *first)
    assert (other, other_low, other_high) == pytest.approx((-difference, -high, -low), abs=1e-12)
    assert -1.0 <= low <= difference <= high <= 1.0
    pvalue = iv.newcombe_pvalue(*first, *second)
    assert pvalue == pytest.approx(iv.newcombe_pvalue(*second, *first), abs=1e-12)
    if abs(pvalue - 0.05) > 1e-9:
        assert (pvalue < 0.05) == (low > 0.0 or high < 0.0)
    if 1e-6 < pvalue < 0.999:
        _, low, high = iv.newcombe_difference(*first, *second, confidence=1.0 - pvalue)
        assert min(abs(low), abs(high)) < 1e-6


def test_holm_agrees_with_statsmodels():
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        warnings.simplefilter("ignore", FutureWarning)
        from statsmodels.stats.multitest import multipletests
    random = np.random.default_rng(5)
    for size in (2, 5, 12):
        pvalues = np.round(random.uniform(0.0, 0.2, size), 2)  # rounded, so that ties occur
        assert iv.holm_adjust(pvalues) == pytest.approx(multipletests(pvalues, method="holm")[1], abs=1e-12)


@LAWS
@given(st.lists(st.floats(0.0, 1.0), min_size=1, max_size=12))
def test_benjamini_hochberg_agrees_with_scipy_and_holm_is_stricter(pvalues):
    adjusted = iv.benjamini_hochberg_adjust(pvalues)
    assert adjusted == pytest.approx(false_discovery_control(pvalues), abs=1e-12)
    assert (iv.holm_adjust(pvalues) >= adjusted - 1e-12).all()


@LAWS
@given(st.lists(COUNTS, min_size=1, max_size=12))
def test_shrunken_rates_lie_between_their_own_and_the_pooled(pairs):
    x, n = np.array(pairs).T
    shrunken = iv.shrunken_rates(x, n)
    pooled = x.sum() / n.sum()
    assert (shrunken >= np.minimum(x / n, pooled) - 1e-12).all()
    assert (shrunken <= np.maximum(x / n, pooled) + 1e-12).all()


def test_table_intervals():
    for case in golden("c1_") + golden("c2_"):
        x, n, expected = case["input"]["x"], case["input"]["n"], case["expected"]
        assert iv.wilson_interval(x, n) == pytest.approx(expected["wilson"], abs=1e-8)
        assert iv.clopper_pearson_interval(x, n) == pytest.approx(expected["clopper_pearson"], abs=1e-8)
        if "jeffreys_mod" in expected:
            assert iv.jeffreys_interval(x, n) == pytest.approx(expected["jeffreys_mod"], abs=1e-9)
    assert golden("c3_")[0]["expected"]["wilson"] is iv.wilson_interval(0, 0)


def test_table_newcombe():
    case = golden("h5_")[0]
    for counts, published in zip(case["input"]["pairs"], case["expected"]["diff_ci"], strict=True):
        assert iv.newcombe_difference(*counts) == pytest.approx(published, abs=case["tolerance"])


def test_table_corrections_and_shrinkage():
    bh, shrink = golden("j1_")[0], golden("j2_")[0]
    assert iv.benjamini_hochberg_adjust(bh["input"]["p"]) == pytest.approx(
        bh["expected"]["bh_adjusted"], abs=1e-9
    )
    successes = shrink["input"]["successes"]
    found = iv.shrunken_rates(successes, [shrink["input"]["n"]] * len(successes))
    assert found == pytest.approx(shrink["expected"]["shrunk"], abs=1e-12)


def test_table_presentation_and_sizes():
    shown, size, power = golden("j3_")[0], golden("j4_")[0], golden("j5_")[0]
    for (x, n), reason, exact in zip(
        shown["input"]["x_n"], shown["expected"]["result"], shown["expected"]["clopper"], strict=True
    ):
        assert str(iv.presentation(x, n)) == reason
        assert iv.clopper_pearson_interval(x, n) == pytest.approx(exact, abs=1e-9)
    for p, row in zip(size["input"]["p"], size["expected"]["n"], strict=True):
        assert [iv.sample_size_for_half_width(p, h) for h in size["input"]["h"]] == row
    for p, row in zip(power["input"]["base"], power["expected"]["mde"], strict=True):
        found = [iv.detectable_difference(p, n) for n in power["input"]["n_per_group"]]
        assert found == pytest.approx(row, abs=power["tolerance"])


def test_normal_quantile():
    assert math.isclose(iv.normal_quantile(0.95), 1.959963984540054, abs_tol=1e-12)
