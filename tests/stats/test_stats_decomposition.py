"""Mix and rate, and the factors of a product: published splits, hand counts, all orders walked, and laws."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from statsmodels.stats.proportion import confint_proportions_2indep

from analytics.stats import decomposition as d
from tests.reference import golden

LAWS = settings(deadline=None, derandomize=True, database=None, max_examples=100)
COUNTS = st.integers(0, 80).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))
SEGMENTS = st.lists(st.tuples(COUNTS, COUNTS), min_size=1, max_size=6)
FACTORS = st.lists(st.tuples(st.floats(0.01, 100), st.floats(0.01, 100)), min_size=1, max_size=5)
# Charig et al. 1986, BMJ 292:879-882: success by stone size, open surgery and then percutaneous.
KIDNEY = ([81, 192], [87, 263], [234, 55], [270, 80])


def test_kidney_stones_as_published():
    """78 % to 83 % though both sizes did worse: far more of the later stones were small."""
    split = d.kitagawa(*KIDNEY)
    assert (split.before, split.after) == pytest.approx((273 / 350, 289 / 350), abs=1e-15)
    assert split.change == pytest.approx(16 / 350, abs=1e-15)
    assert split.mix == pytest.approx(0.09938550309988942, abs=1e-12)
    assert split.rate == pytest.approx(-0.053671217385603764, abs=1e-12)
    assert split.is_simpson
    assert all(part.rate < 0 < part.mix for part in split.segments)


def test_household_headship_as_published():
    """Das Gupta 1993, US Census P23-186, example 5.1: 1970 to 1985, per cent."""
    w0 = [0.129, 0.109, 0.095, 0.08, 0.078, 0.084, 0.086, 0.078, 0.07, 0.059, 0.047, 0.036, 0.049]
    r0 = [1.9, 25.8, 45.7, 49.6, 51.2, 51.6, 51.8, 54.9, 58.7, 60.4, 62.8, 66.6, 66.8]
    w1 = [0.101, 0.112, 0.116, 0.109, 0.094, 0.077, 0.063, 0.06, 0.063, 0.059, 0.051, 0.04, 0.055]
    r1 = [2.2, 24.3, 45.8, 52.5, 56.1, 55.6, 56.0, 57.4, 57.2, 61.2, 63.9, 68.6, 72.2]
    split = d.kitagawa_shares(w0, r0, w1, r1)
    assert (split.before, split.after) == pytest.approx((44.7268, 47.6940), abs=5e-5)
    assert (split.mix, split.rate) == pytest.approx((1.2269, 1.7403), abs=5e-5)
    assert (split.segments[0].rate_low, split.segments[0].rate_high) == (None, None)
    assert not split.is_simpson


def test_mix_is_centred_on_the_average_rate():
    """Paid social shrinks from 80 to 20 of 100 at a rate below average: that lifts the rate as much as direct does."""
    split = d.kitagawa_shares([0.8, 0.2], [0.05, 0.2], [0.2, 0.8], [0.03, 0.18])
    assert (split.before, split.after) == pytest.approx((0.08, 0.15), abs=1e-12)
    assert [part.mix for part in split.segments] == pytest.approx([0.045, 0.045], abs=1e-12)
    assert [part.rate for part in split.segments] == pytest.approx([-0.01, -0.01], abs=1e-12)
    assert split.is_simpson


def test_the_rate_interval_is_newcombes_times_the_average_share():
    """Newcombe 1998, Table II: 56 of 70 against 48 of 80 is .2000 (.0524 to .3339); shares .8 and .7."""
    split = d.kitagawa([48, 10], [80, 20], [56, 10], [70, 30])
    first = split.segments[0]
    assert first.rate == pytest.approx(0.75 * 0.2, abs=1e-12)
    assert (first.rate_low, first.rate_high) == pytest.approx((0.75 * 0.0524, 0.75 * 0.3339), abs=5e-5)


def test_new_and_gone_segments_are_all_mix():
    """By hand: rates 20/100 to 35/100, average .275; partner stays at 10 of 50, webinar goes, events come."""
    split = d.kitagawa([10, 10, 0, 0], [50, 50, 0, 0], [10, 0, 25, 0], [50, 0, 50, 0])
    partner, webinar, events, nobody = split.segments
    assert partner == d.SegmentChange(0.0, 0.0, partner.rate_low, partner.rate_high, False, False)
    assert partner.rate_low < 0 < partner.rate_high
    assert webinar == d.SegmentChange(pytest.approx(-0.5 * (0.2 - 0.275)), 0.0, None, None, False, True)
    assert events == d.SegmentChange(pytest.approx(0.5 * (0.5 - 0.275)), 0.0, None, None, True, False)
    assert nobody == d.SegmentChange(0.0, 0.0, None, None, False, False)
    assert (split.change, split.mix, split.rate) == pytest.approx((0.15, 0.15, 0.0), abs=1e-15)
    assert not split.is_simpson


def test_a_rate_of_a_segment_not_present_is_not_looked_at():
    split = d.kitagawa_shares(
        [1.0, 0.0, 0.0], [0.2, math.nan, math.nan], [0.5, 0.5, 0.0], [0.2, 0.5, math.inf]
    )
    assert split.change == pytest.approx(0.15, abs=1e-15)
    assert split.segments[1].is_new
    assert split.segments[1].mix == pytest.approx(0.5 * (0.5 - 0.275), abs=1e-15)
    assert split.segments[2] == d.SegmentChange(0.0, 0.0, None, None, False, False)


@pytest.mark.parametrize(
    ("counts", "is_simpson", "why"),
    [
        (([4, 20], [80, 40], [1, 36], [40, 80]), True, "both fell, the total rose"),
        (([1, 15], [60, 30], [0, 27], [30, 60]), True, "exactly 30 leads are enough"),
        (([1, 15], [60, 29], [0, 33], [30, 60]), True, "29 leads rising have no say"),
        (([1, 15], [60, 30], [0, 33], [30, 60]), False, "30 leads rising have"),
        (([1, 15], [60, 30], [0, 30], [30, 60]), False, "a rate that stayed went nowhere"),
        (([40, 4], [80, 40], [30, 1], [80, 40]), False, "all fell, and so did the total"),
        (([6, 6], [60, 60], [6, 6], [60, 60]), False, "nothing moved"),
        (([30, 0], [60, 60], [29, 1], [60, 60]), False, "the total stayed"),
        (([5, 0], [29, 0], [1, 90], [29, 90]), False, "no segment to judge by"),
        (([10, 0], [60, 0], [5, 90], [60, 90]), True, "the only comparable segment fell, the total rose"),
    ],
)
def test_simpson(counts, is_simpson, why):
    assert d.kitagawa(*counts).is_simpson == is_simpson, why


def test_rounding_is_no_movement():
    """In binary .1 + .2 lies above .3, and .7 + .1 below .8: rates that did not fall while the mix lifted the total."""
    split = d.kitagawa_shares([0.6, 0.4], [0.1 + 0.2, 0.8], [0.5, 0.5], [0.3, 0.7 + 0.1])
    assert split.change == pytest.approx(0.05, abs=1e-15)
    assert all(part.rate < 0.0 for part in split.segments)
    assert not split.is_simpson


def test_a_total_that_rose_by_rounding_did_not_rise():
    """By hand .1 x .7 + .9 x .6 = .6 x .65 + .4 x .55 = .61: both rates fell, the total stayed."""
    split = d.kitagawa_shares([0.1, 0.9], [0.7, 0.6], [0.6, 0.4], [0.65, 0.55])
    assert 0.0 < split.change < 1e-15
    assert not split.is_simpson


def test_a_new_segment_has_no_say_in_shares_either():
    split = d.kitagawa_shares([0.8, 0.2, 0], [0.05, 0.2, 0], [0.2, 0.7, 0.1], [0.03, 0.18, 0.5])
    assert split.segments[2].is_new
    assert split.is_simpson


def test_rounded_shares_leave_no_residual():
    split = d.kitagawa_shares([0.3333333, 0.6666666], [10.0, 20.0], [0.5, 0.5], [30.0, 70.0])
    assert split.mix + split.rate == pytest.approx(split.change, abs=1e-13)
    assert split.before == pytest.approx(50 / 3, abs=1e-5)


def test_a_period_without_leads_has_no_change():
    assert d.kitagawa([1], [2], [0], [0]) is None
    assert d.kitagawa([0], [0], [1], [2]) is None
    assert d.kitagawa([], [], [], []) is None
    assert d.kitagawa_shares([], [], [], []) is None


def test_one_segment_is_all_rate():
    split = d.kitagawa([10], [40], [20], [40])
    assert (split.change, split.rate, split.mix) == (0.25, 0.25, 0.0)


def test_all_and_none():
    split = d.kitagawa([0, 0], [10, 10], [10, 10], [10, 10])
    assert (split.change, split.rate, split.mix) == (1.0, 1.0, 0.0)
    assert [part.rate_high for part in split.segments] == [0.5, 0.5]


def test_ten_million_leads_do_not_overflow():
    million = 1_000_000
    split = d.kitagawa(
        np.array([810, 1920], dtype=np.uint32) * 3_000,
        np.array([870, 2630], dtype=np.uint32) * 3_000,
        [234 * million, 55 * million],
        [270 * million, 80 * million],
    )
    small = d.kitagawa(*KIDNEY)
    assert (split.change, split.mix, split.rate) == pytest.approx(
        (small.change, small.mix, small.rate), abs=1e-14
    )


@pytest.mark.parametrize(
    "call",
    [
        lambda: d.kitagawa([1], [2], [1, 1], [2, 2]),
        lambda: d.kitagawa([1, 1], [2], [1], [2]),
        lambda: d.kitagawa([3], [2], [1], [2]),
        lambda: d.kitagawa([-1], [2], [1], [2]),
        lambda: d.kitagawa([0.5], [2], [1], [2]),
        lambda: d.kitagawa_shares([1.0], [0.1], [1.0], [0.1, 0.2]),
        lambda: d.kitagawa_shares([0.9], [0.1], [1.0], [0.1]),
        lambda: d.kitagawa_shares([1.0], [0.1], [1.01], [0.1]),
        lambda: d.kitagawa_shares([-0.5, 1.5], [0.1, 0.1], [0.5, 0.5], [0.1, 0.1]),
        lambda: d.kitagawa_shares([1.0], [math.nan], [1.0], [0.1]),
        lambda: d.kitagawa_shares([math.nan], [0.1], [1.0], [0.1]),
        lambda: d.kitagawa_shares([[1.0]], [[0.1]], [[1.0]], [[0.1]]),
        lambda: d.log_mean_split([1, 2], [1]),
        lambda: d.log_mean_split([-1], [1]),
        lambda: d.log_mean_split([1], [math.inf]),
        lambda: d.log_mean_split([1e200, 1e200], [1, 1]),
        lambda: d.order_average_split([1, 2], [1]),
        lambda: d.order_average_split([math.nan], [1]),
        lambda: d.order_average_split([-1], [1]),
    ],
)
def test_impossible_input_is_refused(call):
    with pytest.raises(ValueError):
        call()


def test_wins_as_leads_times_acceptance_times_win_rate():
    """60 to 72 wins: leads 1000 to 1200, acceptance .6 to .5, win rate .1 to .12 (Ang 2004, by hand)."""
    assert d.log_mean_split([1000, 0.6, 0.1], [1200, 0.5, 0.12]) == pytest.approx((12, -12, 12), abs=1e-9)


def test_two_factors_as_published():
    """Das Gupta's two factors, the quick example of DasGuptR: .135 to .3 is .3 x .475 and .05 x .45."""
    assert d.order_average_split([0.3, 0.45], [0.6, 0.5]) == pytest.approx((0.1425, 0.0225), abs=1e-12)


def test_a_factor_of_zero():
    """By hand: 100 leads more at the average rate .55, and a rate .1 higher for the average 50 leads."""
    assert d.log_mean_split([0, 0.5], [100, 0.6]) == pytest.approx((55, 5), abs=1e-12)
    assert d.log_mean_split([100, 0.6], [0, 0.5]) == pytest.approx((-55, -5), abs=1e-12)
    assert d.log_mean_split([0, 0, 0], [1, 2, 3]) == pytest.approx((2, 2, 2), abs=1e-12)
    assert d.log_mean_split([0, 2], [0, 3]) == (0.0, 0.0)
    assert d.log_mean_split([0, 2], [3, 0]) == pytest.approx((3.0, -3.0), abs=1e-12)
    assert d.log_mean_split([0], [7]) == (7.0,)


def test_factors_that_cancel_or_stay():
    assert d.log_mean_split([3, 5], [3, 5]) == (0.0, 0.0)
    doubled = 6 * math.log(2)
    assert d.log_mean_split([2, 3], [4, 1.5]) == pytest.approx((doubled, -doubled), abs=1e-12)
    assert d.log_mean_split([], []) == ()
    assert d.order_average_split([], []) == ()


def test_a_tiny_change_keeps_its_digits():
    """Two factors grow by a hundred-millionth: rounding over rounding would lose half of the digits."""
    before, after = [1000, 0.5], [1000 * (1 + 1e-8), 0.5 * (1 + 1e-8)]
    exact = 0.5 * (after[0] - 1000) * (1 + 0.5e-8), 1000 * (after[1] - 0.5) * (1 + 0.5e-8)
    assert d.log_mean_split(before, after) == pytest.approx(exact, rel=1e-12, abs=0.0)
    assert sum(d.log_mean_split([1e-300, 2], [1e10, 2])) == pytest.approx(2e10, rel=1e-12)


@LAWS
@given(SEGMENTS)
def test_parts_add_up_to_the_change(rows):
    x0, n0, x1, n1 = np.array([[*before, *after] for before, after in rows]).T
    split = d.kitagawa(x0, n0, x1, n1)
    if split is None:
        assert not n0.sum() or not n1.sum()
        return
    assert split.change == pytest.approx(x1.sum() / n1.sum() - x0.sum() / n0.sum(), abs=1e-15)
    assert split.mix + split.rate == pytest.approx(split.change, abs=1e-14)
    assert math.fsum(part.mix for part in split.segments) == split.mix
    assert math.fsum(part.rate for part in split.segments) == split.rate
    for part, earlier, later in zip(split.segments, n0.tolist(), n1.tolist(), strict=True):
        assert (part.is_new, part.is_gone) == (later > 0 == earlier, earlier > 0 == later)
        assert (part.rate_low is None) == (earlier == 0 or later == 0) == (part.rate_high is None)
        if part.rate_low is None:
            assert part.rate == 0.0
        else:
            assert part.rate_low <= part.rate <= part.rate_high
            assert part.rate_low < part.rate_high


@LAWS
@given(SEGMENTS)
def test_the_way_back_is_the_negative(rows):
    x0, n0, x1, n1 = np.array([[*before, *after] for before, after in rows]).T
    there, back = d.kitagawa(x0, n0, x1, n1), d.kitagawa(x1, n1, x0, n0)
    assert (there is None) == (back is None)
    if there is None:
        return
    assert there.is_simpson == back.is_simpson
    for out, home in zip(there.segments, back.segments, strict=True):
        assert (home.mix, home.rate) == pytest.approx((-out.mix, -out.rate), abs=1e-15)
        assert (home.is_new, home.is_gone) == (out.is_gone, out.is_new)
        if out.rate_low is not None:
            assert (home.rate_low, home.rate_high) == pytest.approx(
                (-out.rate_high, -out.rate_low), abs=1e-12
            )


@LAWS
@given(SEGMENTS)
def test_counts_and_shares_say_the_same(rows):
    x0, n0, x1, n1 = np.array([[*before, *after] for before, after in rows]).T
    counted = d.kitagawa(x0, n0, x1, n1)
    if counted is None:
        return
    shared = d.kitagawa_shares(n0 / n0.sum(), x0 / np.maximum(n0, 1), n1 / n1.sum(), x1 / np.maximum(n1, 1))
    assert (shared.change, shared.mix, shared.rate) == pytest.approx(
        (counted.change, counted.mix, counted.rate), abs=1e-13
    )
    assert [(p.is_new, p.is_gone) for p in shared.segments] == [
        (p.is_new, p.is_gone) for p in counted.segments
    ]


@settings(LAWS, max_examples=40)
@given(SEGMENTS)
def test_rate_intervals_agree_with_statsmodels(rows):
    x0, n0, x1, n1 = np.array([[*before, *after] for before, after in rows]).T
    split = d.kitagawa(x0, n0, x1, n1)
    for k, part in enumerate(split.segments if split else ()):
        if part.rate_low is None:
            continue
        ends = confint_proportions_2indep(x1[k], n1[k], x0[k], n0[k], method="newcomb", compare="diff")
        weight = (n0[k] / n0.sum() + n1[k] / n1.sum()) / 2
        assert (part.rate_low, part.rate_high) == pytest.approx(weight * np.array(ends), abs=1e-12)


@LAWS
@given(FACTORS)
def test_factor_parts_add_up_to_the_change(rows):
    before, after = zip(*rows, strict=True)
    change = math.prod(after) - math.prod(before)
    scale = max(math.prod(after), math.prod(before))
    for split in (d.log_mean_split, d.order_average_split):
        parts = split(before, after)
        assert sum(parts) == pytest.approx(change, abs=1e-12 * scale)
        for part, old, new in zip(parts, before, after, strict=True):
            assert np.sign(part) == np.sign(new - old)


@LAWS
@given(FACTORS)
def test_the_order_of_the_factors_does_not_matter(rows):
    before, after = zip(*rows, strict=True)
    for split in (d.log_mean_split, d.order_average_split):
        turned = split(before[::-1], after[::-1])[::-1]
        assert turned == pytest.approx(split(before, after), rel=1e-9, abs=1e-12)


@LAWS
@given(st.lists(st.tuples(st.floats(0, 10), st.floats(0, 10)), min_size=1, max_size=5))
def test_the_order_average_walks_all_orders(rows):
    before, after = zip(*rows, strict=True)
    expected = np.zeros(len(rows))
    orders = list(itertools.permutations(range(len(rows))))
    for order in orders:
        level = list(before)
        for factor in order:
            old = math.prod(level)
            level[factor] = after[factor]
            expected[factor] += (math.prod(level) - old) / len(orders)
    assert d.order_average_split(before, after) == pytest.approx(expected, rel=1e-9, abs=1e-9)


def test_table_kitagawa():
    for prefix in ("i1_", "i2_", "i3_"):
        case = golden(prefix)[0]
        given_, expected, near = case["input"], case["expected"], case["tolerance"]
        split = d.kitagawa_shares(given_["w0"], given_["r0"], given_["w1"], given_["r1"])
        change = expected.get("change", expected.get("total"))
        assert (split.change, split.mix, split.rate) == pytest.approx(
            (change, expected["mix"], expected["rate"]), abs=near
        )
        by_segment = expected.get("mix_by_group_centred", expected.get("mix_centred_by_segment"))
        if by_segment is not None:
            assert [part.mix for part in split.segments] == pytest.approx(by_segment, abs=near)
        if "simpson" in expected:
            assert split.is_simpson == expected["simpson"]
            rates = [part.rate for part in split.segments]
            assert rates == pytest.approx(expected["rate_by_segment"], abs=near)


def test_table_products():
    two, funnel = golden("i4_")[0], golden("i6_")[0]
    (a1, a0), (b1, b0) = two["input"]["alpha"], two["input"]["beta"]
    assert d.order_average_split([a0, b0], [a1, b1]) == pytest.approx(
        (two["expected"]["alpha_effect"], two["expected"]["beta_effect"]), abs=two["tolerance"]
    )
    names = ("leads", "acceptance", "win_rate")
    before, after = zip(*(funnel["input"][name] for name in names), strict=True)
    assert d.log_mean_split(before, after) == pytest.approx(
        [funnel["expected"][f"{name}_effect"] for name in names], abs=funnel["tolerance"]
    )
