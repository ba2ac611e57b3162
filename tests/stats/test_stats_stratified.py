"""Like compared with like: published tables, hand counts, laws, statsmodels as second program."""

from __future__ import annotations

import math
from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from statsmodels.stats.contingency_tables import StratifiedTable

from analytics.stats import stratified as s
from analytics.stats.intervals import newcombe_difference
from tests.reference import golden

LAWS = settings(deadline=None, derandomize=True, database=None, max_examples=100)
CELLS = st.lists(st.tuples(*[st.integers(0, 30)] * 4), min_size=1, max_size=6)
FULL_CELLS = st.lists(st.tuples(*[st.integers(1, 60)] * 4), min_size=2, max_size=6)
# Bickel et al. 1975, R datasets::UCBAdmissions: male admitted, rejected, female admitted, rejected, by department.
BERKELEY = [
    (512, 313, 89, 19),
    (353, 207, 17, 8),
    (120, 205, 202, 391),
    (138, 279, 131, 244),
    (53, 138, 94, 299),
    (22, 351, 24, 317),
]
# Charig et al. 1986 (Julious & Mullee 1994, BMJ 309:1480): open surgery success, fail, PCNL success, fail.
KIDNEY = [(81, 6, 234, 36), (192, 71, 55, 25)]
# A demo request wins 40 of 100 whoever is fast, an e-book download 10 of 100; demo requests get called first.
INTENT = [(80, 120, 20, 30), (10, 90, 35, 315)]


def compare(cells, **options):
    a, b, c, d = np.array(cells, dtype=np.int64).T
    return s.compare_strata(a, a + b, c, c + d, **options)


def test_berkeley_reproduces_r():
    """R stats::mantelhaen.test(UCBAdmissions), with and without correction; vcd::woolf_test for heterogeneity."""
    found = compare(BERKELEY)
    assert (found.odds_ratio.value, found.odds_ratio.low, found.odds_ratio.high) == pytest.approx(
        (0.9046968, 0.7719074, 1.0603298), abs=5e-8
    )
    assert (found.test.chi2_corrected, found.test.pvalue_corrected) == pytest.approx(
        (1.4269, 0.2323), abs=5e-5
    )
    assert (found.test.chi2, found.test.pvalue) == pytest.approx((1.5246, 0.2169), abs=5e-5)
    assert found.heterogeneity_p == pytest.approx(0.003072, abs=5e-7)
    assert (found.crude_fast, found.crude_slow) == pytest.approx((0.445, 0.304), abs=5e-4)
    # Every department's rates, weighted by its applicants, in exact fractions.
    totals = [sum(row) for row in BERKELEY]
    fractions = [
        float(
            sum(
                Fraction(n * row[at], 4526 * (row[at] + row[at + 1]))
                for n, row in zip(totals, BERKELEY, strict=True)
            )
        )
        for at in (0, 2)
    ]
    assert (found.standardised_fast, found.standardised_slow) == pytest.approx(tuple(fractions), abs=1e-12)
    assert (found.leads, found.comparable_leads, found.comparable_strata) == (4526, 4526, 6)
    assert found.comparable_share == 1.0


def test_kidney_stones_turn_round():
    """273 of 350 and 289 of 350 crude; 93 and 87 % of 357 small stones, 73 and 69 % of 343 large ones."""
    found = compare(KIDNEY)
    assert (found.crude_fast, found.crude_slow) == (273 / 350, 289 / 350)
    assert found.standardised_fast == pytest.approx((357 * 81 / 87 + 343 * 192 / 263) / 700, abs=1e-12)
    assert found.standardised_slow == pytest.approx((357 * 234 / 270 + 343 * 55 / 80) / 700, abs=1e-12)
    assert found.crude_difference.value < 0.0 < found.standardised_difference
    assert found.shrinkage == pytest.approx(1 + 0.053671217385603764 / (16 / 350), abs=1e-12)


def test_speed_confounded_by_intent():
    found = compare(INTENT)
    assert (found.crude_fast, found.crude_slow) == (0.3, 0.1375)
    assert found.crude_ratio == pytest.approx(24 / 11, abs=1e-15)
    assert (found.crude_difference.low, found.crude_difference.high) == newcombe_difference(90, 300, 55, 400)[
        1:
    ]
    assert (found.risk_ratio.value, found.odds_ratio.value) == pytest.approx((1.0, 1.0), abs=1e-15)
    assert found.risk_difference.value == pytest.approx(0.0, abs=1e-15)
    assert found.standardised_fast == pytest.approx(145 / 700, abs=1e-15)
    assert found.standardised_slow == pytest.approx(145 / 700, abs=1e-15)
    assert found.shrinkage == pytest.approx(1.0, abs=1e-12)
    assert found.test.chi2 == pytest.approx(0.0, abs=1e-20)
    assert found.test.pvalue_corrected == 1.0
    assert found.heterogeneity_p == pytest.approx(1.0, abs=1e-12)
    assert s.stratified_verdict(found) == "mostly hot leads first"


def test_tolbutamide():
    """Rothman, Epidemiology: An Introduction (UGDP deaths): pooled risk difference .035, 90 % interval -.018 to .087."""
    found = compare([(8, 98, 5, 115), (22, 76, 16, 69)], confidence=0.90)
    assert (found.risk_difference.value, found.risk_difference.low, found.risk_difference.high) == (
        pytest.approx((0.035, -0.018, 0.087), abs=5e-4)
    )


# Variances of R tern::h_cmh_sato_var (its own test tables): TRUE and FALSE of the second group, then of the first.
@pytest.mark.parametrize(
    ("cells", "variance"),
    [
        ([(8, 22, 12, 18), (10, 25, 15, 20), (6, 21, 9, 14)], 0.004847091),
        ([(0, 13, 1, 7), (3, 67, 42, 8), (2, 11, 0, 95)], 0.003013894),
        ([(0, 13, 1, 7)], 0.01367188),
        ([(0, 0, 4, 0), (40, 43, 10, 12)], 0.01427784),
    ],
)
def test_risk_difference_rests_on_satos_variance(cells, variance):
    """Klingenberg's ends are value + k ± sqrt(k^2 + z^2 variance), so they give the variance back."""
    found = compare(cells).risk_difference
    shift = (found.low + found.high) / 2.0 - found.value
    half = (found.high - found.low) / 2.0
    assert (half**2 - shift**2) / 1.959963984540054**2 == pytest.approx(variance, rel=1e-6)


def test_risk_difference_interval_by_hand():
    """30 of 30 against 0 of 30: weight 15, slope -7.5 / 225, spread 15; Sato's own variance would be 0."""
    found = compare([(30, 0, 0, 30)]).risk_difference
    chi2 = 1.959963984540054**2
    assert (found.value, found.high) == (1.0, 1.0)
    assert found.low == pytest.approx(1 - chi2 * 7.5 / 225, abs=1e-12)


def test_pairs_give_mcnemars_variance():
    """Forty pairs, 12 only the fast won, 4 only the slow: variance (12 + 4 - 8^2 / 40) / 40^2."""
    found = compare([(1, 0, 0, 1)] * 12 + [(0, 1, 1, 0)] * 4 + [(1, 0, 1, 0)] * 9 + [(0, 1, 0, 1)] * 15)
    shift = (found.risk_difference.low + found.risk_difference.high) / 2.0 - 0.2
    half = (found.risk_difference.high - found.risk_difference.low) / 2.0
    assert found.risk_difference.value == pytest.approx(0.2, abs=1e-15)
    assert (half**2 - shift**2) / 1.959963984540054**2 == pytest.approx((16 - 64 / 40) / 1600, abs=1e-12)
    # McNemar 1947: (12 - 4)^2 / 16, and one less than 8 with Edwards' correction.
    assert (found.test.chi2, found.test.chi2_corrected) == pytest.approx((4.0, 49 / 16), abs=1e-12)
    assert found.odds_ratio.value == pytest.approx(3.0, abs=1e-12)


def test_one_stratum_gives_the_textbook_ratios():
    """Katz 1978 and Woolf 1955: log variances 1/a - 1/n + 1/c - 1/m and 1/a + 1/b + 1/c + 1/d."""
    found = compare([(15, 85, 5, 95)])
    z = 1.959963984540054
    half = z * math.sqrt(1 / 15 - 1 / 100 + 1 / 5 - 1 / 100)
    assert (found.risk_ratio.value, found.risk_ratio.low, found.risk_ratio.high) == pytest.approx(
        (3.0, 3.0 * math.exp(-half), 3.0 * math.exp(half)), abs=1e-12
    )
    half, odds = z * math.sqrt(1 / 15 + 1 / 85 + 1 / 5 + 1 / 95), 15 * 95 / (85 * 5)
    assert (found.odds_ratio.value, found.odds_ratio.low, found.odds_ratio.high) == pytest.approx(
        (odds, odds * math.exp(-half), odds * math.exp(half)), abs=1e-12
    )
    assert found.heterogeneity_p is None


def test_only_strata_with_both_kinds_count():
    """80 fast only and 120 slow only leave 100 of 300 leads; the crude rates keep everybody."""
    found = compare([(40, 40, 0, 0), (10, 40, 5, 45), (0, 0, 20, 100), (0, 0, 0, 0)])
    assert (found.leads, found.comparable_fast, found.comparable_slow) == (300, 50, 50)
    assert (found.comparable_hits, found.comparable_strata, found.comparable_share) == (15, 1, 100 / 300)
    assert (found.crude_fast, found.crude_slow) == (50 / 130, 25 / 170)
    assert found.risk_difference.value == pytest.approx(0.1, abs=1e-15)
    assert found.shrinkage == pytest.approx(1 - 0.1 / (50 / 130 - 25 / 170), abs=1e-12)


def test_no_comparable_stratum():
    found = compare([(10, 20, 0, 0), (0, 0, 10, 30)])
    assert (found.comparable_leads, found.comparable_share, found.comparable_strata) == (0, 0.0, 0)
    assert found.crude_difference.value == pytest.approx(1 / 3 - 1 / 4, abs=1e-15)
    fields = (
        found.risk_ratio,
        found.risk_difference,
        found.odds_ratio,
        found.test,
        found.standardised_fast,
        found.standardised_slow,
        found.standardised_difference,
        found.heterogeneity_p,
        found.shrinkage,
    )
    assert fields == (None,) * 9
    assert s.stratified_verdict(found) == "too different"


def test_nothing_to_compare():
    assert s.compare_strata([], [], [], []) is None
    assert s.compare_strata([3], [5], [0], [0]) is None
    assert s.compare_strata([0], [0], [3], [5]) is None
    assert s.stratified_verdict(None) == "too few"


def test_nobody_won():
    found = compare([(0, 40, 0, 50), (0, 60, 0, 50)])
    assert (found.crude_ratio, found.risk_ratio, found.odds_ratio, found.test) == (None, None, None, None)
    assert found.risk_difference == s.Estimate(0.0, None, None)
    assert (found.heterogeneity_p, found.shrinkage) == (None, None)
    assert s.stratified_verdict(found) == "too few"


def test_everybody_won():
    found = compare([(40, 0, 50, 0), (60, 0, 50, 0)])
    assert (found.crude_ratio, found.odds_ratio, found.test) == (1.0, None, None)
    assert found.risk_ratio == s.Estimate(1.0, None, None)
    assert found.risk_difference == s.Estimate(0.0, None, None)
    assert s.stratified_verdict(found) == "too few"


def test_strata_that_each_ended_alike_say_nothing():
    found = compare([(40, 0, 50, 0), (0, 60, 0, 50)])
    assert found.risk_difference.low is None
    assert found.test is None
    assert s.stratified_verdict(found) == "too few"


def test_only_the_fast_won():
    found = compare([(8, 92, 0, 100)])
    assert (found.crude_ratio, found.risk_ratio, found.odds_ratio) == (None, None, None)
    assert found.risk_difference.low > 0.0
    assert s.stratified_verdict(found) == "fits with speed helping"


def test_only_the_slow_won():
    found = compare([(0, 100, 8, 92)])
    assert found.crude_ratio == 0.0
    assert found.risk_ratio == s.Estimate(0.0, None, None)
    assert found.odds_ratio == s.Estimate(0.0, None, None)
    assert s.stratified_verdict(found) == "slower wins more"


def test_heterogeneity_adds_half_a_lead_only_where_a_cell_is_empty():
    """Log odds ratios ln(9 x 10 / (1 x 5)) of the first and ln(0.5 x 8.5 / (10.5 x 2.5)) of the patched second."""
    found = compare([(9, 1, 5, 10), (0, 10, 2, 8), (0, 10, 0, 10), (10, 0, 10, 0)])
    logs = math.log(9 * 10 / 5), math.log(0.5 * 8.5 / (10.5 * 2.5))
    weights = 1 / (1 / 9 + 1 + 1 / 5 + 1 / 10), 1 / (1 / 0.5 + 1 / 10.5 + 1 / 2.5 + 1 / 8.5)
    # With two strata the statistic is (l1 - l2)^2 / (1/w1 + 1/w2), on one degree of freedom.
    chi2 = (logs[0] - logs[1]) ** 2 / (1 / weights[0] + 1 / weights[1])
    assert found.heterogeneity_p == pytest.approx(math.erfc(math.sqrt(chi2 / 2)), abs=1e-12)
    # Strata that ended alike hold no odds ratio: one stratum is left.
    assert compare([(9, 1, 5, 10), (0, 10, 0, 10)]).heterogeneity_p is None


def test_millions_of_leads_do_not_overflow():
    few, many = compare(INTENT), compare(np.array(INTENT) * 100_000)
    assert many.odds_ratio.value == pytest.approx(few.odds_ratio.value, abs=1e-12)
    # A hundred thousand times the leads: intervals shrink by the root of that.
    assert math.log(many.risk_ratio.high) == pytest.approx(
        math.log(few.risk_ratio.high) / math.sqrt(1e5), rel=1e-9
    )
    widths = [found.risk_difference.high - found.risk_difference.low for found in (few, many)]
    assert widths[1] == pytest.approx(widths[0] / math.sqrt(1e5), rel=1e-2)


LADDER = compare(INTENT)  # 700 leads, all comparable; crude gap 16 points, none left


@pytest.mark.parametrize(
    ("changed", "verdict", "why"),
    [
        ({}, "mostly hot leads first", "the gap goes once like meets like"),
        ({"leads": 1400}, "mostly hot leads first", "exactly half comparable is enough"),
        ({"leads": 1401}, "too different", "just under half"),
        ({"leads": 1401, "comparable_fast": 3}, "too different", "asked before too few"),
        ({"comparable_fast": 30, "leads": 700}, "mostly hot leads first", "exactly 30 fast"),
        ({"comparable_fast": 29, "leads": 700}, "too few", "29 fast"),
        ({"comparable_slow": 30, "comparable_fast": 400}, "mostly hot leads first", "exactly 30 slow"),
        ({"comparable_slow": 29, "comparable_fast": 400}, "too few", "29 slow"),
        ({"test": None}, "too few", "every stratum ended alike"),
        ({"risk_difference": s.Estimate(0.1, 0.001, 0.2)}, "fits with speed helping", "above 0"),
        ({"risk_difference": s.Estimate(0.1, 0.0, 0.2)}, "mostly hot leads first", "0 is not excluded"),
        ({"risk_difference": s.Estimate(-0.1, -0.2, -0.001)}, "slower wins more", "below 0"),
        ({"risk_difference": s.Estimate(-0.1, -0.2, 0.0)}, "mostly hot leads first", "0 is not excluded"),
        ({"shrinkage": 0.5}, "mostly hot leads first", "exactly half"),
        ({"shrinkage": 1 - 0.05 / 0.1}, "mostly hot leads first", "half, computed"),
        ({"shrinkage": 0.4999}, "no difference seen", "less than half"),
        ({"shrinkage": None}, "no difference seen", "no crude gap"),
        ({"crude_difference": s.Estimate(0.1, 0.0, 0.2)}, "no difference seen", "the crude gap may be luck"),
        ({"crude_difference": s.Estimate(-0.1, -0.2, -0.05)}, "no difference seen", "slow led, crudely"),
    ],
)
def test_wording_ladder(changed, verdict, why):
    assert s.stratified_verdict(replace(LADDER, **changed)) == verdict, why


@pytest.mark.parametrize(
    ("cells", "verdict"),
    [
        ([(60, 140, 30, 170), (20, 180, 6, 194)], "fits with speed helping"),
        ([(30, 170, 60, 140), (6, 194, 20, 180)], "slower wins more"),
        ([(20, 180, 21, 179), (9, 191, 8, 192)], "no difference seen"),
        ([(20, 9, 5, 30)], "too few"),
        ([(50, 50, 0, 0), (0, 0, 10, 90), (20, 20, 10, 40)], "too different"),
    ],
)
def test_wording_ladder_from_counts(cells, verdict):
    assert s.stratified_verdict(compare(cells)) == verdict


def test_e_values():
    """VanderWeele & Ding 2017: 3.9 (1.8 to 8.7) gives 7.26 and 3.0; below 1 the inverse counts."""
    assert s.e_value(3.9) == pytest.approx(7.26, abs=5e-3)
    assert s.e_value(1 / 3.9) == pytest.approx(s.e_value(3.9), abs=1e-12)
    assert s.e_value_of_interval(1.8, 8.7) == pytest.approx(3.0, abs=1e-12)
    assert s.e_value_of_interval(1 / 8.7, 1 / 1.8) == pytest.approx(3.0, abs=1e-12)
    assert s.e_value(1.0) == 1.0
    assert s.e_value(0.0) is None
    assert [s.e_value_of_interval(*ends) for ends in [(0.5, 2.0), (1.0, 3.0), (0.2, 1.0)]] == [1.0, 1.0, 1.0]
    assert s.e_value_of_interval(0.0, 0.5) == pytest.approx(2 + math.sqrt(2), abs=1e-12)


@pytest.mark.parametrize(
    "call",
    [
        lambda: s.compare_strata([1], [2], [1, 1], [2, 2]),
        lambda: s.compare_strata([3], [2], [1], [2]),
        lambda: s.compare_strata([1], [2], [-1], [2]),
        lambda: s.compare_strata([1], [2], [1], [2], confidence=1.0),
        lambda: s.e_value(-0.1),
        lambda: s.e_value(math.nan),
        lambda: s.e_value(math.inf),
        lambda: s.e_value_of_interval(2.0, 1.5),
        lambda: s.e_value_of_interval(-1.0, 1.5),
        lambda: s.e_value_of_interval(0.0, 0.0),
        lambda: s.e_value_of_interval(2.0, math.inf),
        lambda: s.e_value_of_interval(math.nan, 2.0),
    ],
)
def test_impossible_input_is_refused(call):
    with pytest.raises(ValueError):
        call()


@LAWS
@given(FULL_CELLS)
def test_statsmodels_agrees(cells):
    found = compare(cells)
    other = StratifiedTable([np.array([[a, b], [c, d]]) for a, b, c, d in cells])
    assert found.risk_ratio.value == pytest.approx(other.riskratio_pooled, rel=1e-10)
    assert found.odds_ratio.value == pytest.approx(other.oddsratio_pooled, rel=1e-10)
    assert (found.odds_ratio.low, found.odds_ratio.high) == pytest.approx(
        other.oddsratio_pooled_confint(), rel=1e-8
    )
    plain = other.test_null_odds(correction=False)
    assert (found.test.chi2, found.test.pvalue) == pytest.approx(
        (plain.statistic, plain.pvalue), rel=1e-7, abs=1e-9
    )
    # statsmodels lets the correction step past 0 where the surplus is under half a lead; this product does not.
    surplus = math.sqrt(found.test.chi2 * other_variance(cells))
    if surplus >= 0.5:
        corrected = other.test_null_odds(correction=True)
        assert found.test.chi2_corrected == pytest.approx(corrected.statistic, rel=1e-6, abs=1e-9)
    else:
        assert (found.test.chi2_corrected, found.test.pvalue_corrected) == (0.0, 1.0)


def other_variance(cells):
    """Sum of the hypergeometric variances, by whole numbers."""
    total = 0.0
    for a, b, c, d in cells:
        n = a + b + c + d
        total += (a + b) * (c + d) * (a + c) * (b + d) / (n * n * (n - 1))
    return total


@LAWS
@given(CELLS)
def test_exchanging_fast_and_slow_turns_every_answer_round(cells):
    found, turned = compare(cells), compare([(c, d, a, b) for a, b, c, d in cells])
    assert (found is None) == (turned is None)
    assume(found is not None)
    assert turned.crude_difference.value == -found.crude_difference.value
    assert turned.heterogeneity_p == pytest.approx(found.heterogeneity_p, abs=1e-9)
    assert (turned.test is None) == (found.test is None)
    if found.risk_difference is not None and found.risk_difference.low is not None:
        assert (-turned.risk_difference.high, -turned.risk_difference.low) == pytest.approx(
            (found.risk_difference.low, found.risk_difference.high), abs=1e-12
        )
    if found.risk_ratio and found.risk_ratio.value:
        assert turned.risk_ratio.value == pytest.approx(1 / found.risk_ratio.value, rel=1e-12)
    mirror = {"fits with speed helping": "slower wins more", "slower wins more": "fits with speed helping"}
    told = s.stratified_verdict(found)
    if told in mirror:
        assert s.stratified_verdict(turned) == mirror[told]


@LAWS
@given(CELLS, st.randoms(use_true_random=False))
def test_the_order_of_strata_does_not_matter(cells, random):
    shuffled = list(cells)
    random.shuffle(shuffled)
    found, again = compare(cells), compare(shuffled)
    assume(found is not None)
    assert again.comparable_leads == found.comparable_leads
    for name in ("risk_ratio", "risk_difference", "odds_ratio"):
        one, two = getattr(found, name), getattr(again, name)
        assert (one is None) == (two is None)
        if one is not None:
            assert two.value == pytest.approx(one.value, rel=1e-9, abs=1e-12)
            assert (one.low is None) == (two.low is None)
            if one.low is not None:
                assert (two.low, two.high) == pytest.approx((one.low, one.high), rel=1e-9, abs=1e-12)
    assert s.stratified_verdict(again) == s.stratified_verdict(found)


@LAWS
@given(CELLS)
def test_intervals_hold_their_values(cells):
    found = compare(cells)
    if found is None:
        return
    assert 0.0 <= found.comparable_share <= 1.0
    for estimate in (found.risk_ratio, found.risk_difference, found.odds_ratio, found.crude_difference):
        if estimate is not None and estimate.low is not None:
            assert estimate.low <= estimate.value <= estimate.high
    assert found.risk_difference is None or -1.0 <= found.risk_difference.value <= 1.0
    if found.test is not None:
        assert 0.0 <= found.test.chi2_corrected <= found.test.chi2
        assert found.test.pvalue <= found.test.pvalue_corrected <= 1.0
    if found.standardised_difference is not None:
        differences = [a / (a + b) - c / (c + d) for a, b, c, d in cells if a + b and c + d]
        assert min(differences) - 1e-12 <= found.standardised_difference <= max(differences) + 1e-12
        assert min(differences) - 1e-12 <= found.risk_difference.value <= max(differences) + 1e-12


def test_table_berkeley():
    case = golden("h1_")[0]
    found, want = compare([(*a, *b) for a, b in case["input"]["tables"]]), case["expected"]
    near = {"abs": case["tolerance"]}
    assert found.odds_ratio.value == pytest.approx(want["or_mh"], **near)
    assert [found.odds_ratio.low, found.odds_ratio.high] == pytest.approx(want["ci"], **near)
    assert [found.test.chi2_corrected, found.test.pvalue_corrected] == pytest.approx(
        [want["chi2_cc"], want["p_cc"]], **near
    )
    assert [found.test.chi2, found.test.pvalue] == pytest.approx([want["chi2"], want["p"]], **near)
    assert [found.crude_fast, found.crude_slow] == pytest.approx(want["crude_rates"], abs=1e-12)
    assert [found.standardised_fast, found.standardised_slow] == pytest.approx(
        want["standardised_rates"], **near
    )
    assert found.risk_ratio.value == pytest.approx(want["rr_mh"], abs=1e-12)
    assert found.risk_difference.value == pytest.approx(want["rd_mh"], abs=1e-12)
    # woolf_heterogeneity_p there adds half a lead to every cell; here only beside an empty one (vcd's .003072 above).


def test_table_kidney_and_intent():
    kidney, intent = golden("h2_")[0], golden("h3_")[0]
    found, want = compare([(*a, *b) for a, b in kidney["input"]["tables"]]), kidney["expected"]
    assert [found.crude_fast, found.crude_slow] == pytest.approx(want["crude"], abs=1e-9)
    assert [found.standardised_fast, found.standardised_slow] == pytest.approx(want["standardised"], abs=1e-9)
    assert found.standardised_difference == pytest.approx(want["standardised_difference"], abs=1e-9)
    assert (found.odds_ratio.value, found.risk_difference.value) == pytest.approx(
        (want["or_mh"], want["rd_mh"]), abs=1e-9
    )
    found, want = compare([(*a, *b) for a, b in intent["input"]["tables"]]), intent["expected"]
    assert [found.crude_fast, found.crude_slow] == want["crude_rates"]
    assert found.crude_ratio == pytest.approx(want["crude_rr"], abs=1e-12)
    assert [found.risk_ratio.value, found.odds_ratio.value] == pytest.approx(
        [want["rr_mh"], want["or_mh"]], abs=1e-12
    )
    assert found.risk_difference.value == pytest.approx(want["rd_mh"], abs=1e-12)
    assert [found.standardised_fast, found.standardised_slow] == pytest.approx(
        want["standardised_rates"], abs=1e-12
    )


def test_table_e_values():
    case = golden("h4_")[0]
    found = [s.e_value(ratio) for ratio in case["input"]["rr"]]
    assert found == pytest.approx(case["expected"]["e"], abs=case["tolerance"])
