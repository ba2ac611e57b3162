"""Leads here, wins there: distances, their chance line, index and verdict. Fixtures, exact enumeration, laws."""

from __future__ import annotations

import dataclasses
import itertools
import math

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from scipy import stats

from analytics.stats import mismatch as m
from analytics.stats.intervals import wilson_interval
from tests.reference import golden

LAWS = settings(deadline=None, derandomize=True, database=None, max_examples=60)
BANDS = st.lists(
    st.integers(0, 200).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))), min_size=2, max_size=6
)
SHARES = st.lists(st.tuples(st.integers(0, 50), st.integers(0, 50)), min_size=1, max_size=7).map(
    lambda rows: np.array(rows, dtype=float).T
)
LEADS, WINS = [500, 300, 150, 50], [10, 15, 20, 15]


def test_distances_by_hand():
    """Running shares .5 .8 .95 against .1 .3 .6: apart by .4 + .5 + .35."""
    p, q = [0.5, 0.3, 0.15, 0.05], [0.1, 0.2, 0.3, 0.4]
    assert m.total_variation(p, q) == pytest.approx(0.5, abs=1e-15)
    assert m.ordered_distance(p, q) == pytest.approx(1.25, abs=1e-15)
    assert m.ordered_direction(p, q) == pytest.approx(1.25, abs=1e-15)
    assert m.ordered_direction(q, p) == pytest.approx(-1.25, abs=1e-15)


def test_direction_cancels_where_distance_does_not():
    p, q = [0, 1, 0], [0.5, 0, 0.5]
    assert (m.ordered_distance(p, q), m.ordered_direction(p, q)) == (1.0, 0.0)


def test_nothing_in_common_and_everything():
    assert m.total_variation([1, 0, 0], [0, 0.25, 0.75]) == 1.0
    assert m.ordered_distance([1, 0, 0], [0, 0, 1]) == 2.0
    assert m.total_variation([1], [1]) == m.ordered_distance([1], [1]) == m.ordered_direction([1], [1]) == 0.0


def test_distance_of_the_scipy_docstring():
    """wasserstein_distance([0, 1, 3], [5, 6, 8]) is 5; ([0, 1], [0, 1], [3, 1], [2, 2]) is .25."""
    third = 1 / 3
    p, q = [third, third, 0, third, 0, 0, 0, 0, 0], [0, 0, 0, 0, 0, third, third, 0, third]
    assert m.ordered_distance(p, q) == pytest.approx(5.0, abs=1e-12)
    assert m.ordered_distance([0.75, 0.25], [0.5, 0.5]) == 0.25


def test_fixture():
    """Lead shares .5 .3 .15 .05, win shares 1/6 1/4 1/3 1/4; the ordered distance is 1/3 + .3833 + .2."""
    found = m.mismatch(LEADS, WINS, ordered=True)
    assert found.total_variation == pytest.approx(23 / 60, abs=1e-12)
    assert found.overlap == pytest.approx(37 / 60, abs=1e-12)
    assert found.distance_bands == pytest.approx(55 / 60, abs=1e-12)
    assert found.direction_bands == pytest.approx(55 / 60, abs=1e-12)
    assert [band.value for band in found.index] == pytest.approx([1 / 3, 5 / 6, 20 / 9, 5], abs=1e-12)
    assert found.chance_mean == pytest.approx(0.0766, abs=5e-5)
    assert found.trend.z == pytest.approx(8.252734, abs=1e-6)
    assert (found.modal_lead_band, found.modal_win_band) == (0, 2)
    assert found.unknown_index is None
    assert found.verdict == "mismatch"


def test_index_interval_is_wilsons_over_the_overall_rate():
    """Band of 20 wins among 150 leads, overall 60 of 1,000."""
    band = m.mismatch(LEADS, WINS, ordered=True).index[2]
    low, high = wilson_interval(20, 150)
    assert (band.low, band.high) == pytest.approx((low / 0.06, high / 0.06), abs=1e-12)


def test_bands_without_an_order_have_no_place():
    found = m.mismatch(LEADS, WINS, ordered=False)
    assert (found.distance_bands, found.direction_bands, found.trend) == (None, None, None)
    assert found.total_variation == pytest.approx(23 / 60, abs=1e-12)
    assert found.verdict == "mismatch"


def test_the_unknown_band_counts_as_a_category_without_a_place():
    """With 200 unknown leads and 40 unknown wins: lead shares 5/12 .. 1/6, win shares .1 .15 .2 .15 .4."""
    known, found = (
        m.mismatch(LEADS, WINS, ordered=True),
        m.mismatch(LEADS, WINS, ordered=True, unknown=(200, 40)),
    )
    p, q = np.array([500, 300, 150, 50, 200]) / 1200, np.array([0.1, 0.15, 0.2, 0.15, 0.4])
    assert found.total_variation == pytest.approx(np.abs(p - q).sum() / 2, abs=1e-12)
    assert found.unknown_index.value == pytest.approx(0.4 * 6, abs=1e-12)
    low, high = wilson_interval(40, 200)
    assert (found.unknown_index.low, found.unknown_index.high) == pytest.approx(
        (12 * low, 12 * high), abs=1e-12
    )
    assert [band.value for band in found.index] == pytest.approx((q / p)[:4].tolist(), abs=1e-12)
    assert found.distance_bands == known.distance_bands
    assert found.direction_bands == known.direction_bands
    assert found.trend == known.trend
    assert (found.modal_lead_band, found.modal_win_band) == (0, 2)
    variances = p * (1 - p) / 100 * 1100 / 1199
    assert found.chance_mean == pytest.approx(np.sqrt(2 * variances / math.pi).sum() / 2, abs=1e-12)


def test_an_empty_unknown_band_changes_nothing():
    plain, beside = (
        m.mismatch(LEADS, WINS, ordered=True),
        m.mismatch(LEADS, WINS, ordered=True, unknown=(0, 0)),
    )
    assert beside == plain


def test_the_unknown_band_is_never_the_mode():
    found = m.mismatch([30, 20], [5, 16], ordered=True, unknown=(5000, 900))
    assert (found.modal_lead_band, found.modal_win_band) == (0, 1)


def test_wins_all_of_unknown_band():
    found = m.mismatch([30, 20], [0, 0], ordered=True, unknown=(50, 25))
    assert found.total_variation == pytest.approx(0.5, abs=1e-12)
    assert (found.distance_bands, found.direction_bands, found.trend) == (None, None, None)
    assert found.modal_win_band is None
    assert found.verdict == "not enough wins"


def test_a_band_without_leads_has_no_index():
    found = m.mismatch([50, 0, 50], [10, 0, 20], ordered=True)
    assert found.index[1] is None
    assert found.distance_bands == pytest.approx(2 / 6, abs=1e-12)


def test_equal_bands_take_the_lower_mode():
    found = m.mismatch([40, 40, 20], [5, 9, 9], ordered=True)
    assert (found.modal_lead_band, found.modal_win_band) == (0, 1)


@pytest.mark.parametrize(
    ("leads", "wins", "unknown"),
    [
        ([], [], None),
        ([0, 0], [0, 0], None),
        ([0, 0], [0, 0], (40, 25)),
        ([50, 50], [0, 0], None),
        ([500], [60], None),
        ([500, 0], [60, 0], (0, 0)),
    ],
)
def test_nothing_to_compare(leads, wins, unknown):
    assert m.mismatch(leads, wins, ordered=True, unknown=unknown) is None


# Each row: total variation above its line; band with most leads; band with most wins; verdict.
@pytest.mark.parametrize(
    ("leads", "wins", "is_above", "modes", "verdict", "why"),
    [
        (LEADS, [1, 5, 8, 6], True, (0, 2), "mismatch", "exactly 20 wins are enough"),
        (LEADS, [1, 5, 8, 5], True, (0, 2), "not enough wins", "19 are not"),
        (LEADS, [40, 5, 10, 15], True, (0, 0), "no mismatch", "most leads and most wins in one band"),
        ([340, 330, 330], [85, 140, 25], True, (0, 1), "no mismatch", "the source wins its fair share"),
        ([500, 420, 80], [100, 130, 70], True, (0, 1), "no mismatch", "the target wins its fair share"),
        (
            [101, *[100] * 39],
            [0, 12, *[5] * 36, 4, 4],
            False,
            (0, 1),
            "no mismatch",
            "both stand out, among 40 bands that is luck",
        ),
        (LEADS, [30, 18, 9, 3], False, (0, 0), "no mismatch", "wins proportional to leads"),
    ],
)
def test_verdict_needs_all_three(leads, wins, is_above, modes, verdict, why):
    found = m.mismatch(leads, wins, ordered=True)
    assert found.is_above_chance == is_above, why
    assert (found.modal_lead_band, found.modal_win_band) == modes, why
    assert found.verdict == verdict, why


def test_the_rows_above_fail_one_condition_each():
    source = m.mismatch([340, 330, 330], [85, 140, 25], ordered=True).index
    assert source[0].high > 1.0
    assert source[1].low > 1.0
    target = m.mismatch([500, 420, 80], [100, 130, 70], ordered=True).index
    assert target[0].high < 1.0
    assert target[1].low < 1.0
    luck = m.mismatch([101, *[100] * 39], [0, 12, *[5] * 36, 4, 4], ordered=True).index
    assert luck[0].high < 1.0 < luck[1].low


def test_unknown_wins_do_not_make_enough_wins():
    """19 wins of known band: where the wins sit is not known better for the 60 beside them."""
    found = m.mismatch(LEADS, [1, 5, 8, 5], ordered=True, unknown=(400, 60))
    assert found.verdict == "not enough wins"


def test_standing_on_the_chance_line_is_still_chance():
    found = m.mismatch(LEADS, WINS, ordered=True)
    on_it = dataclasses.replace(found, total_variation=found.chance_p95 + 1e-15)
    assert not on_it.is_above_chance
    assert dataclasses.replace(found, total_variation=found.chance_p95 + 1e-9).is_above_chance


def test_chance_line_against_all_possible_picks():
    """Every pick of 60 among 1,000 leads in four bands, enumerated: at most about 5 % lie above the line."""
    weight = {}
    for pick in itertools.product(*(range(min(n, 60) + 1) for n in LEADS[:3])):
        last = 60 - sum(pick)
        if 0 <= last <= LEADS[3]:
            steps = sum(abs(1000 * k - 60 * n) for k, n in zip((*pick, last), LEADS, strict=True))
            ways = math.prod(math.comb(n, k) for k, n in zip((*pick, last), LEADS, strict=True))
            weight[steps] = weight.get(steps, 0) + ways
    every = math.comb(1000, 60)
    assert sum(weight.values()) == every
    found = m.mismatch(LEADS, WINS, ordered=True)
    line = round(found.chance_p95 * 2 * 1000 * 60)
    assert line in weight
    assert sum(ways for steps, ways in weight.items() if steps > line) / every < 0.055
    assert sum(ways for steps, ways in weight.items() if steps >= line) / every > 0.045
    mean = sum(steps * ways for steps, ways in weight.items()) / every / (2 * 1000 * 60)
    assert mean == pytest.approx(0.07587, abs=5e-6)
    assert found.chance_mean == pytest.approx(mean, abs=0.001)


def test_chance_mean_of_twenty_wins():
    """Against .1318, all picks enumerated; a pick of everything leaves nothing to luck."""
    by_hand = sum(math.sqrt(2 * p * (1 - p) / 20 * 980 / 999 / math.pi) for p in (0.5, 0.3, 0.15, 0.05)) / 2
    found = m.mismatch(LEADS, [5, 5, 5, 5], ordered=True)
    assert found.chance_mean == pytest.approx(by_hand, abs=1e-12)
    assert found.chance_mean == pytest.approx(0.13184, abs=0.004)
    everything = m.mismatch(LEADS, LEADS, ordered=True)
    assert (everything.chance_mean, everything.chance_p95) == (0.0, pytest.approx(0.0, abs=1e-12))
    assert not everything.is_above_chance


@pytest.mark.parametrize("factor", [1, 1000])
def test_many_wins_narrow_the_line_however_many_leads(factor):
    """Nine of ten leads won: the line is a third of what drawing with replacement would give."""
    leads = factor * np.array([5000, 3000, 2000])
    found = m.mismatch(leads, leads * 9 // 10, ordered=True)
    rng = np.random.default_rng(5)
    with_replacement = rng.multinomial(9000 * factor, [0.5, 0.3, 0.2], size=20_000) / (9000 * factor)
    line = np.quantile(np.abs(with_replacement - [0.5, 0.3, 0.2]).sum(axis=1) / 2, 0.95)
    assert found.chance_p95 == pytest.approx(line * math.sqrt(0.1), rel=0.03)


def test_ten_million_leads():
    leads, wins = [5_000_000, 3_000_000, 1_500_000, 499_999, 1], [400_000, 400_000, 250_000, 100_000, 0]
    found = m.mismatch(leads, wins, ordered=True)
    assert found.verdict == "no mismatch"
    assert found.modal_win_band == 0
    assert 0.0 < found.chance_mean < found.chance_p95 < 0.001
    share, won = np.array(leads) / 1e7, np.array(wins) / 1.15e6
    assert found.total_variation == pytest.approx(np.abs(share - won).sum() / 2, abs=1e-12)
    assert found.trend.z > 100


def test_the_line_does_not_depend_on_what_was_computed_before():
    first = m.mismatch(LEADS, WINS, ordered=True)
    np.random.default_rng().random()
    m.mismatch([7, 8], [3, 5], ordered=True)
    assert m.mismatch(LEADS, WINS, ordered=True) == first


@pytest.mark.parametrize(
    "call",
    [
        lambda: m.mismatch([5, 5], [6, 0], ordered=True),
        lambda: m.mismatch([5, 5], [1], ordered=True),
        lambda: m.mismatch([5, -5], [1, 0], ordered=True),
        lambda: m.mismatch([5.0, 5.0], [1, 0], ordered=True),
        lambda: m.mismatch([5, 5], [1, 1], ordered=True, unknown=(3, 4)),
        lambda: m.mismatch([5, 5], [1, 1], ordered=True, unknown=(3, -1)),
        lambda: m.total_variation([0.5, 0.5], [1.0]),
        lambda: m.total_variation([0.5, 0.4], [0.5, 0.5]),
        lambda: m.total_variation([1.5, -0.5], [0.5, 0.5]),
        lambda: m.total_variation([math.nan, 1.0], [0.5, 0.5]),
        lambda: m.total_variation([], []),
        lambda: m.total_variation([[1.0]], [[1.0]]),
        lambda: m.ordered_distance([0.5, 0.4], [0.5, 0.5]),
        lambda: m.ordered_direction([0.5, 0.5], [0.5, 0.4]),
    ],
)
def test_impossible_input_is_refused(call):
    with pytest.raises(ValueError):
        call()


@LAWS
@given(SHARES)
def test_distances_agree_with_scipy(rows):
    assume(rows.sum(axis=1).all())
    p, q = rows / rows.sum(axis=1, keepdims=True)
    places = np.arange(p.size)
    assert m.ordered_distance(p, q) == pytest.approx(
        stats.wasserstein_distance(places, places, p, q), abs=1e-12
    )
    assert m.ordered_direction(p, q) == pytest.approx(float(places @ q - places @ p), abs=1e-12)
    assert abs(m.ordered_direction(p, q)) <= m.ordered_distance(p, q) + 1e-12
    # One band is the farthest that two neighbours are apart: the distance is at least the share that moved.
    assert 0.0 <= m.total_variation(p, q) <= min(1.0, m.ordered_distance(p, q) + 1e-12)
    assert m.total_variation(p, q) == m.total_variation(q, p)


@LAWS
@given(BANDS, st.none() | st.integers(0, 90).flatmap(lambda n: st.tuples(st.just(n), st.integers(0, n))))
def test_mirrored_bands_flip_the_direction_alone(rows, unknown):
    won, total = np.array(rows, dtype=np.int64).T
    found = m.mismatch(total, won, ordered=True, unknown=unknown)
    mirrored = m.mismatch(total[::-1], won[::-1], ordered=True, unknown=unknown)
    assert (found is None) == (mirrored is None)
    if found is None or mirrored is None:
        return
    assert 0.0 <= found.total_variation <= 1.0
    assert found.overlap == pytest.approx(1.0 - found.total_variation, abs=1e-15)
    assert 0.0 <= found.chance_p95 <= 1.0
    assert mirrored.total_variation == pytest.approx(found.total_variation, abs=1e-12)
    assert mirrored.index == found.index[::-1]
    if won.sum():
        assert mirrored.direction_bands == pytest.approx(-found.direction_bands, abs=1e-9)
        assert mirrored.distance_bands == pytest.approx(found.distance_bands, abs=1e-9)
    if found.trend is not None:
        assert mirrored.trend.z == pytest.approx(-found.trend.z, abs=1e-6)


@LAWS
@given(BANDS)
def test_index_is_win_share_over_lead_share(rows):
    won, total = np.array(rows, dtype=np.int64).T
    found = m.mismatch(total, won, ordered=True)
    if found is None:
        assert won.sum() == 0 or np.count_nonzero(total) < 2
        return
    for band, hits, leads in zip(found.index, won.tolist(), total.tolist(), strict=True):
        if band is None:
            assert leads == 0
            continue
        assert band.value == pytest.approx((hits / won.sum()) / (leads / total.sum()), abs=1e-9)
        assert band.low <= band.value + 1e-12
        assert band.value <= band.high + 1e-12
    weights = total / total.sum()
    mean = sum(w * band.value for w, band in zip(weights, found.index, strict=True) if band is not None)
    assert mean == pytest.approx(1.0, abs=1e-9)


@LAWS
@given(st.lists(st.integers(0, 40), min_size=2, max_size=6), st.integers(1, 5))
def test_wins_proportional_to_leads_are_no_mismatch(wins, per_win):
    assume(np.count_nonzero(wins) > 1)
    found = m.mismatch(per_win * np.array(wins), wins, ordered=True)
    assert found.total_variation == pytest.approx(0.0, abs=1e-12)
    assert found.distance_bands == pytest.approx(0.0, abs=1e-12)
    assert [band.value for band in found.index if band] == pytest.approx(
        [1.0] * np.count_nonzero(wins), abs=1e-12
    )
    assert not found.is_above_chance
    assert found.verdict != "mismatch"


@LAWS
@given(BANDS)
def test_ten_times_the_leads_keep_the_variation_and_shrink_its_chance(rows):
    won, total = np.array(rows, dtype=np.int64).T
    assume(0 < won.sum() < total.sum() and np.count_nonzero(total) > 1)
    found, tenfold = m.mismatch(total, won, ordered=True), m.mismatch(10 * total, 10 * won, ordered=True)
    assert tenfold.total_variation == pytest.approx(found.total_variation, abs=1e-12)
    assert tenfold.distance_bands == pytest.approx(found.distance_bands, abs=1e-12)
    assert tenfold.chance_mean < found.chance_mean / 3
    # The line itself moves in steps, and is only bound to sink where every band can expect some wins.
    if total[total > 0].min() * won.sum() >= 5 * total.sum() and won.sum() <= total.sum() / 2:
        assert tenfold.chance_p95 < found.chance_p95


@LAWS
@given(st.integers(1, 400), st.integers(1, 400), st.data())
def test_line_of_two_bands_against_the_hypergeometric(one, other, data):
    wins = data.draw(st.integers(1, one + other))
    in_one = data.draw(st.integers(max(0, wins - other), min(one, wins)))
    line = m.mismatch([one, other], [in_one, wins - in_one], ordered=True).chance_p95
    picks = np.arange(max(0, wins - other), min(one, wins) + 1)
    chances = stats.hypergeom.pmf(picks, one + other, one, wins)
    variation = np.abs(picks / wins - one / (one + other))
    # 20,000 draws place the 5 % to within four standard errors.
    assert chances[variation > line + 1e-12].sum() < 0.0565
    assert chances[variation >= line - 1e-12].sum() > 0.0435


def test_table_distances():
    case = golden("e1_")[0]
    p, q = case["input"]["p"], case["input"]["q"]
    assert m.total_variation(p, q) == pytest.approx(case["expected"]["tv"], abs=case["tolerance"])
    assert m.ordered_distance(p, q) == pytest.approx(case["expected"]["w1_bands"], abs=case["tolerance"])
    leads, wins = np.rint(10_000 * np.array(p)).astype(int), np.rint(1000 * np.array(q)).astype(int)
    found = m.mismatch(leads, wins, ordered=True)
    assert found.overlap == pytest.approx(case["expected"]["overlap"], abs=case["tolerance"])
    assert [band.value for band in found.index] == pytest.approx(
        case["expected"]["representation_index"], abs=case["tolerance"]
    )


def test_table_docstring_values():
    expected = golden("e2_")[0]["expected"]
    third = 1 / 3
    p, q = [third, third, 0, third, 0, 0, 0, 0, 0], [0, 0, 0, 0, 0, third, third, 0, third]
    assert m.ordered_distance(p, q) == pytest.approx(expected["wasserstein_013_568"], abs=1e-12)
    assert m.ordered_distance([0.75, 0.25], [0.5, 0.5]) == pytest.approx(
        expected["wasserstein_weighted"], abs=1e-12
    )


def test_table_fixture():
    case = golden("e3_")[0]
    expected, tolerance = case["expected"], case["tolerance"]
    found = m.mismatch(case["input"]["leads"], case["input"]["wins"], ordered=True)
    assert found.total_variation == pytest.approx(expected["tv"], abs=tolerance)
    assert found.distance_bands == pytest.approx(expected["w1"], abs=tolerance)
    assert [band.value for band in found.index] == pytest.approx(expected["index"], abs=tolerance)
    assert found.chance_mean == pytest.approx(expected["null_mean_tv_formula"], abs=tolerance)
    assert found.trend.z == pytest.approx(expected["cochran_armitage_z"], abs=tolerance)
    # Simulated: 94.98 % of all picks stay at or under 8/60, so one step of 1/60 is within the luck of the draws.
    assert found.chance_p95 == pytest.approx(expected["null_tv_q95_sim"], abs=1 / 60 + 1e-4)
