"""What a threshold keeps: published and hand-counted sweeps, bounds, the floor, laws."""

from __future__ import annotations

import math
import time

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import fisher_exact

from analytics.stats import threshold as t
from analytics.stats.intervals import wilson_bounds, wilson_interval
from tests.reference import golden

LAWS = settings(deadline=None, derandomize=True, database=None, max_examples=100)
POINTS = st.lists(
    st.integers(0, 40).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))), min_size=1, max_size=12
)
LEADS, WINS = [200, 180, 150, 120, 90, 60], [4, 9, 12, 15, 18, 18]  # scores 40, 50, ... 90


def test_sweep_by_hand():
    found = t.sweep(LEADS, WINS)
    assert found.kept_leads.tolist() == [800, 600, 420, 270, 150, 60]
    assert found.kept_hits.tolist() == [76, 72, 63, 51, 36, 18]
    assert found.hits_lost.tolist() == [0, 4, 13, 25, 40, 58]
    assert found.share_leads_kept.tolist() == [1.0, 0.75, 0.525, 0.3375, 0.1875, 0.075]
    assert found.share_hits_kept[2] == 63 / 76
    assert found.rate.tolist() == [0.095, 0.12, 0.15, 51 / 270, 0.24, 0.3]
    assert (found.low[2], found.high[2]) == pytest.approx(wilson_interval(63, 420), abs=1e-15)
    # At 60 instead of 40: 380 fewer leads, 13 wins given up.
    assert found.leads_spared_per_hit_lost[:3] == (None, 50.0, 380 / 13)


def test_sweep_reproduces_scikit_learn():
    """roc_curve docstring: y 0 1 0 1 at .1 .35 .4 .8; true positives .5 .5 1 1, false positives 0 .5 .5 1 from .8 down."""
    found = t.sweep([1, 1, 1, 1], [0, 1, 0, 1])
    assert found.share_hits_kept[::-1].tolist() == [0.5, 0.5, 1, 1]
    assert ((found.kept_leads - found.kept_hits) / 2)[::-1].tolist() == [0, 0.5, 0.5, 1]


def test_no_hit_lost_is_not_a_price_of_zero():
    """The three leads at the lowest point won nothing: sparing them costs no hit, so there is no ratio."""
    found = t.sweep([3, 5, 2], [0, 1, 2])
    assert found.leads_spared_per_hit_lost == (None, None, 8.0)


def test_sweep_above_the_last_lead():
    found = t.sweep([4, 0], [1, 0])
    assert found.kept_leads.tolist() == [4, 0]
    assert [math.isnan(x[1]) for x in (found.rate, found.low, found.high)] == [True] * 3
    assert found.leads_spared_per_hit_lost == (None, 4.0)


def test_sweep_without_hits_or_leads():
    found = t.sweep([4, 2], [0, 0])
    assert found.share_hits_kept is None
    assert found.share_leads_kept.tolist() == [1.0, 2 / 6]
    assert found.leads_spared_per_hit_lost == (None, None)
    empty = t.sweep([0, 0], [0, 0])
    assert (empty.share_leads_kept, empty.share_hits_kept) == (None, None)
    none = t.sweep([], [])
    assert (none.kept_leads.size, none.rate.size, none.leads_spared_per_hit_lost) == (0, 0, ())


def test_bounds_agree_with_the_binomial_spread():
    """Shares of 760 wins and 8,000 leads: percentiles lie within a tenth of an interval of Wilson's ends."""
    leads, wins = np.array(LEADS) * 10, np.array(WINS) * 10
    bounds = t.sweep_bounds(leads, wins)
    for low, high, counts in (
        (bounds.hits_low, bounds.hits_high, wins),
        (bounds.leads_low, bounds.leads_high, leads),
    ):
        kept = counts[::-1].cumsum()[::-1]
        wilson = wilson_bounds(kept, np.full(6, kept[0]))
        width = (wilson[1] - wilson[0])[1:]
        assert (np.abs(low - wilson[0])[1:] < 0.1 * width).all()
        assert (np.abs(high - wilson[1])[1:] < 0.1 * width).all()
        assert (low[0], high[0]) == (1.0, 1.0)


def test_bounds_come_from_the_redraws_where_these_are_wider():
    """The ends are the outer of Wilson's and the percentiles of an independent redraw with another seed."""
    leads, wins = np.array(LEADS), np.array(WINS)
    bounds = t.sweep_bounds(leads, wins, draws=20_000)
    again = np.random.default_rng(5).binomial(76, 18 / 76, size=200_000) / 76
    wilson = wilson_interval(18, 76)
    expected = min(wilson[0], np.quantile(again, 0.025)), max(wilson[1], np.quantile(again, 0.975))
    assert expected[0] < wilson[0]
    assert (bounds.hits_low[5], bounds.hits_high[5]) == pytest.approx(expected, abs=0.011)
    assert bounds.hits_low[5] < wilson[0]


def test_bounds_are_reproducible_whatever_ran_before():
    first = t.sweep_bounds(LEADS, WINS)
    t.sweep_bounds([5, 5], [1, 2])
    np.random.default_rng(1).random(10)
    second = t.sweep_bounds(LEADS, WINS)
    assert first.hits_low.tolist() == second.hits_low.tolist()
    assert first.leads_high.tolist() == second.leads_high.tolist()


def test_three_wins_prove_little():
    """All three wins at the highest point: a redraw keeps 3 of 3 for ever, Wilson says at least 44 %."""
    bounds = t.sweep_bounds([50, 30, 20], [0, 0, 3])
    assert bounds.hits_low.tolist() == pytest.approx([1.0, 0.4385, 0.4385], abs=5e-5)
    assert bounds.hits_high.tolist() == [1.0, 1.0, 1.0]


def test_a_single_win_may_be_missing_from_a_redraw():
    """Over a third of the redraws hold no win at all; with one draw and this seed there may be none left."""
    for draws in (1, 500):
        bounds = t.sweep_bounds([50, 30], [0, 1], draws=draws)
        assert bounds.hits_low[1] == pytest.approx(wilson_interval(1, 1)[0], abs=1e-12)


def test_bounds_without_hits_or_leads():
    bounds = t.sweep_bounds([50, 30], [0, 0])
    assert (bounds.hits_low, bounds.hits_high) == (None, None)
    assert bounds.leads_low[1] < 30 / 80 < bounds.leads_high[1]
    assert t.sweep_bounds([0, 0], [0, 0]) is None
    assert t.sweep_bounds([], []) is None


def test_more_confidence_gives_wider_bounds():
    narrow, wide = t.sweep_bounds(LEADS, WINS, confidence=0.8), t.sweep_bounds(LEADS, WINS, confidence=0.99)
    assert (wide.hits_low[1:] < narrow.hits_low[1:]).all()
    assert (wide.leads_high[1:] > narrow.leads_high[1:]).all()


def test_millions_of_leads_in_a_blink():
    """Ten million leads over 101 points; a generous ceiling for a busy machine, some 20 ms on an idle one."""
    leads = np.full(101, 100_000)
    wins = np.arange(101) * 300
    t.sweep_bounds(LEADS, WINS)
    begin = time.perf_counter()
    bounds = t.sweep_bounds(leads, wins)
    assert time.perf_counter() - begin < 1.0
    assert bounds.hits_high[50] - bounds.hits_low[50] < 0.002
    assert t.sweep(leads, wins).kept_leads[0] == 10_100_000


def test_lowering_is_bounded_not_observed():
    """4 of 200 in the lowest band and 300 more leads: 300 x 2 % = 6, 300 x Wilson's 5.03 %."""
    found = t.lowering_bounds(4, 200, 300)
    assert (found.no_assumption, found.monotone_point) == ((0, 300), 6.0)
    assert found.monotone_upper == pytest.approx(15.086126, abs=5e-7)


def test_lowering_edges():
    assert t.lowering_bounds(0, 0, 300) == t.LoweringBounds((0, 300), None, None)
    assert t.lowering_bounds(5, 20, 0) == t.LoweringBounds((0, 0), 0.0, 0.0)
    assert t.lowering_bounds(20, 20, 7) == t.LoweringBounds((0, 7), 7.0, 7.0)
    assert t.lowering_bounds(0, 20, 100).monotone_upper == pytest.approx(16.11, abs=5e-3)


def place_of(table, **options) -> int | None:
    """The place of today's line, whenever it began."""
    found = t.floor_of(table, **options)
    return found.place if found else None


def test_floor_by_hand():
    """100 leads, none below point 2; then one exception at point 0, exactly 1 %; then two, which are too many."""
    assert t.floor_of([[0, 0, 60, 40]]) == t.Floor(2, 0)
    assert place_of([[1, 0, 60, 39]]) == 2
    assert place_of([[2, 0, 60, 38]]) == 0
    assert place_of([[2, 0, 60, 38]], tolerance=0.02) == 2
    assert place_of([[1, 0, 60, 39]], tolerance=0.0) == 0


def test_the_minimum_of_a_small_month_is_no_floor():
    """The second month of 40 saw nothing below 2, the other months did: over all 120 leads the line is at 0."""
    assert t.floor_of([[10, 10, 20], [0, 0, 40], [10, 10, 20]]) == t.Floor(0, 0)


def test_a_line_that_rose_holds_from_then_on():
    """100 leads stood from 0 on; the next 40 from 2 on: luck would leave half of them there (0.5 to the 40th)."""
    early = [25, 25, 25, 25]
    assert t.floor_of([early, [0, 0, 20, 20]]) == t.Floor(2, 1)
    assert t.floor_of([early, [0, 0, 10, 10], [0, 0, 10, 10]]) == t.Floor(2, 1)
    # twice
    assert t.floor_of([early, [0, 50, 50, 0], [0, 0, 0, 50]]) == t.Floor(3, 2)
    # 29 later leads decide nothing, 30 do
    assert t.floor_of([early, [0, 0, 15, 14]]) == t.Floor(0, 0)
    assert t.floor_of([early, [0, 0, 15, 15]]) == t.Floor(2, 1)
    assert t.floor_of([early, [0, 0, 15, 14]], least=29) == t.Floor(2, 1)


def test_a_line_that_fell_again_is_where_it_fell_to():
    """Below 3 leads passed before and after: nobody may call that unseen."""
    assert t.floor_of([[0, 20, 20, 20], [0, 0, 0, 40], [0, 0, 30, 30]]) == t.Floor(2, 1)
    assert t.floor_of([[0, 0, 0, 80], [25, 25, 25, 25]]) == t.Floor(0, 0)


def test_a_rise_within_luck_is_none():
    """One in ten below before: luck leaves none of 30 in .9 to the 30th = 4 %, of 100 less than once in 1,000."""
    assert t.floor_of([[30, 270], [0, 30]]) == t.Floor(0, 0)
    assert t.floor_of([[30, 270], [0, 100]]) == t.Floor(1, 1)


def test_a_rise_over_a_trifle_is_none():
    """Fewer than one in twenty stood below before: sure as it may be, no leads worth the name stopped passing."""
    assert t.floor_of([[5, 95], [0, 900]]) == t.Floor(1, 0)  # 5 of 1,000 in all
    assert t.floor_of([[499, 9_501], [0, 10_000]]) == t.Floor(0, 0)
    assert t.floor_of([[500, 9_500], [0, 10_000]]) == t.Floor(1, 1)


def test_the_chance_of_so_few_is_fishers():
    """Fisher's lady tasting tea, 1935: all four cups right is 1 of 70; and against scipy."""
    assert t._chance_of_so_few(4, 4, 0, 4) == pytest.approx(1 / 70)
    for table in ((12, 30, 3, 40), (5, 9, 0, 31), (400, 900, 90, 310)):
        low, leads, later_low, later = table
        want = fisher_exact([[later_low, later - later_low], [low, leads - low]], alternative="less").pvalue
        assert t._chance_of_so_few(*table) == pytest.approx(want, rel=1e-8)


def test_small_months_without_a_threshold_show_none():
    """24 months of 32 leads anywhere from 0 to 100, 100 files: at most 3 show a rise."""
    random = np.random.default_rng(7)
    rises = 0
    for _ in range(100):
        drawn = random.integers(0, 101, (24, 32))
        table = np.stack([np.bincount(month, minlength=101) for month in drawn])
        found = t.floor_of(table)
        assert found is not None
        rises += found.since > 0
        assert found.since or table[:, : found.place].sum() <= 7  # one in a hundred of 768
    assert rises <= 3


def test_floor_of_shares_that_do_not_fit_binary():
    """7 % of 100 is 7 leads, although 0.07 x 100 is not 7 in binary; 29 % of 100 falls short of 29 there."""
    assert place_of([[7, 93]], tolerance=0.07) == 1
    assert place_of([[29, 71]], tolerance=0.29) == 1
    assert place_of([[30, 70]], tolerance=0.29) == 0


def test_no_floor():
    assert t.floor_of([]) is None
    assert t.floor_of(np.empty((0, 101), dtype=np.int64)) is None
    assert t.floor_of(np.empty((3, 0), dtype=np.int64)) is None
    assert t.floor_of([[0, 40, 59]]) is None  # of 99 leads one in a hundred is none
    assert t.floor_of([[0, 40, 60]]) == t.Floor(1, 0)
    assert t.floor_of([[0, 0, 0]], least=0) is None


@pytest.mark.parametrize(
    "call",
    [
        lambda: t.sweep([1], [2]),
        lambda: t.sweep([1, 2], [1]),
        lambda: t.sweep_bounds([1], [2]),
        lambda: t.sweep_bounds([2], [1], draws=0),
        lambda: t.sweep_bounds([2], [1], confidence=1.0),
        lambda: t.lowering_bounds(3, 2, 1),
        lambda: t.lowering_bounds(1, 2, -1),
        lambda: t.floor_of([1, 2, 3]),
        lambda: t.floor_of([[1, -2]]),
        lambda: t.floor_of([[1.5, 2.0]]),
        lambda: t.floor_of([[1, 2]], tolerance=1.0),
        lambda: t.floor_of([[1, 2]], tolerance=-0.1),
    ],
)
def test_impossible_input_is_refused(call):
    with pytest.raises(ValueError):
        call()


@LAWS
@given(POINTS)
def test_raising_the_threshold_keeps_less(rows):
    x, n = np.array(rows, dtype=np.int64).T
    found = t.sweep(n, x)
    assert (found.kept_leads[0], found.kept_hits[0]) == (n.sum(), x.sum())
    assert (np.diff(found.kept_leads) <= 0).all()
    assert (np.diff(found.kept_hits) <= 0).all()
    assert found.kept_leads.tolist() == [int(n[at:].sum()) for at in range(n.size)]
    assert (found.hits_lost + found.kept_hits == x.sum()).all()
    for at, price in enumerate(found.leads_spared_per_hit_lost):
        lost = int(x[:at].sum())
        assert price == (int(n[:at].sum()) / lost if lost else None)
        assert price is None or price >= 1.0
    some = found.kept_leads > 0
    assert ((found.low <= found.rate) & (found.rate <= found.high))[some].all()
    assert np.isnan(found.rate[~some]).all()


@LAWS
@given(POINTS, st.sampled_from([1, 7, 100]))
def test_bounds_hold_the_observed_share(rows, draws):
    x, n = np.array(rows, dtype=np.int64).T
    bounds, found = t.sweep_bounds(n, x, draws=draws), t.sweep(n, x)
    assert (bounds is None) == (n.sum() == 0)
    if bounds is None:
        return
    assert (bounds.hits_low is None) == (x.sum() == 0)
    pairs = [(bounds.leads_low, bounds.leads_high, found.share_leads_kept)]
    if bounds.hits_low is not None:
        pairs.append((bounds.hits_low, bounds.hits_high, found.share_hits_kept))
    for low, high, share in pairs:
        assert ((low >= 0.0) & (low <= share) & (share <= high) & (high <= 1.0)).all()
        assert (low[0], high[0]) == (1.0, 1.0)
        assert (np.diff(low) <= 1e-12).all()
        assert (np.diff(high) <= 1e-12).all()


@LAWS
@given(
    st.lists(st.lists(st.integers(0, 60), min_size=6, max_size=6), min_size=1, max_size=5),
    st.integers(0, 30),
)
def test_the_floor_follows_the_written_rule(table, percent):
    found = t.floor_of(table, tolerance=percent / 100)
    whole = [sum(period[point] for period in table) for point in range(6)]
    assert (found is None) == (sum(whole) < 100)
    if found is None:
        return
    later = [sum(period[point] for period in table[found.since :]) for point in range(6)]
    inside = [p for p in range(6) if 100 * sum(later[:p]) <= percent * sum(later)]
    assert found.place == max(inside)
    assert found.since == 0 or sum(later) >= 30


def test_table_sweep():
    case = golden("g1_")[0]
    found, want = t.sweep(case["input"]["leads"], case["input"]["wins"]), case["expected"]
    near = {"abs": case["tolerance"]}
    assert found.kept_leads.tolist() == want["kept_leads"]
    assert found.kept_hits.tolist() == want["kept_wins"]
    assert found.rate == pytest.approx(want["win_rate"], **near)
    assert np.stack([found.low, found.high], axis=1) == pytest.approx(np.array(want["wilson"]), **near)
    assert found.share_leads_kept == pytest.approx(want["share_leads_kept"], **near)
    assert found.share_hits_kept == pytest.approx(want["share_wins_kept"], **near)


def test_table_roc():
    case = golden("c9_")[0]
    order = np.argsort(case["input"]["score"])
    hits = np.array(case["input"]["y"])[order]
    found = t.sweep(np.ones(4, dtype=np.int64), hits)
    assert found.share_hits_kept[::-1].tolist() == case["expected"]["tpr"]
    misses = found.kept_leads - found.kept_hits
    assert (misses / misses[0])[::-1].tolist() == case["expected"]["fpr"]


def test_table_lowering():
    case = golden("g2_")[0]
    lowest, want = case["input"]["lowest_band"], case["expected"]
    found = t.lowering_bounds(lowest["wins"], lowest["leads"], case["input"]["extra_leads"])
    assert list(found.no_assumption) == want["no_assumption"]
    assert found.monotone_upper == pytest.approx(
        want["monotone_upper_using_wilson_upper"], abs=case["tolerance"]
    )
    assert found.monotone_point == want["monotone_upper_point"]
    assert found.no_assumption[0] == want["lower"]
