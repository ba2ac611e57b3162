"""Control charts: NIST's and the NHS's published figures, the two rules on their edges, phases, gaps, laws."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics.stats.control import individuals_chart, rate_chart
from tests.reference import golden

LAWS = settings(deadline=None, derandomize=True, database=None, max_examples=100)
FLOW_RATES = [49.6, 47.6, 49.9, 51.3, 47.8, 51.2, 52.6, 52.4, 53.6, 52.1]
POINTS = st.integers(1, 300).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))


def signals(chart):
    return [point.signal for point in chart.points]


def test_individuals_are_nists():
    """NIST/SEMATECH e-Handbook 6.3.2.2, with 2.66 where it has 3 / 1.128."""
    chart = individuals_chart(FLOW_RATES)
    (phase,) = chart.phases
    assert (phase.centre, phase.spread, phase.range_limit) == pytest.approx(
        (50.81, 1.8777778, 6.1365778), abs=1e-6
    )
    assert (chart.points[0].high, chart.points[0].low) == pytest.approx((55.8048889, 45.8151111), abs=1e-6)
    assert signals(chart) == [""] * 10


def test_a_p_chart_of_equal_sizes_where_neighbours_differ_by_no_more_than_luck():
    """Illowsky & Dean, example 16.6: limits .2378 and .0822; its sigma z is above 1, so ours are wider."""
    hits = [40, 44, 22, 34, 24, 32, 28, 32, 34, 30]
    chart = rate_chart(hits, [200] * 10)
    spread = chart.phases[0].spread
    assert chart.phases[0].centre == pytest.approx(0.16)
    assert spread > 1.0
    reach = (chart.points[0].high - 0.16) / spread
    assert (0.16 + reach, 0.16 - reach) == pytest.approx((0.2378, 0.0822), abs=5e-5)


def test_published_values_beside_the_repository():
    (nist,) = golden("f1_")
    chart = individuals_chart(nist["input"]["x"])
    assert chart.points[0].high == pytest.approx(nist["expected"]["unpl_wheeler_266"], abs=1e-9)
    (nhs,) = golden("f3_")
    laney = rate_chart(nhs["input"]["r"], nhs["input"]["n"])
    assert laney.phases[0].centre == pytest.approx(nhs["expected"]["pbar"], abs=1e-12)
    assert laney.phases[0].spread == pytest.approx(nhs["expected"]["sigma_z"], abs=1e-9)
    assert (laney.points[0].low, laney.points[0].high) == pytest.approx(
        nhs["expected"]["first_limits_pprime"], abs=1e-9
    )
    assert signals(laney) == [""] * 20


def test_a_point_on_its_limit_is_inside_and_one_beyond_is_a_signal():
    """0 1 0 1 … and v: mean (6 + v) / 13, mean step (10 + v) / 12; v stands on its upper limit where both sides meet."""
    base = [0.0, 1.0] * 6
    on_limit = (6 / 13 + 2.66 * 10 / 12) / (1 - 1 / 13 - 2.66 / 12)
    assert individuals_chart([*base, on_limit]).points[-1].high == pytest.approx(on_limit, abs=1e-12)
    assert signals(individuals_chart([*base, on_limit])) == [""] * 13
    assert signals(individuals_chart([*base, on_limit + 1e-9])) == [""] * 12 + ["high"]
    mirrored = [1.0 - value for value in base]
    assert signals(individuals_chart([*mirrored, 1.0 - on_limit])) == [""] * 13
    assert signals(individuals_chart([*mirrored, 1.0 - on_limit - 1e-9])) == [""] * 12 + ["low"]


def test_a_rate_on_its_limit_is_inside():
    """Forty months of 450 in 900, then one above and one below: average 1/2, three standard errors are 0.05 or 45 leads."""
    for apart, expected in ((45, ["", ""]), (46, ["high", "low"])):
        chart = rate_chart([*[450] * 40, 450 + apart, 450 - apart], [900] * 42)
        assert (chart.points[0].low, chart.points[0].high) == pytest.approx((0.45, 0.55))
        assert signals(chart) == [""] * 40 + expected
    hollow = rate_chart([*[450] * 40, 900], [900] * 41, [True] * 40 + [False])
    assert signals(hollow) == [""] * 41


@pytest.mark.parametrize(("run", "is_signal"), [(7, False), (8, True), (9, True)])
def test_eight_in_a_row_on_one_side(run, is_signal):
    """Steps between 0 and 10 keep the limits wide; then ``run`` points a little above the average."""
    values = [0.0, 10.0] * 8
    centre = 5.0
    chart = individuals_chart([*values, *[centre + 0.5] * run])
    flagged = [place for place, one in enumerate(signals(chart)) if one == "long high"]
    above = sum(point.value > point.centre for point in chart.points[-run:])
    assert above == run
    # the last of the values before is 10, above the average as well: the run is one longer
    assert bool(flagged) == (run + 1 >= 8)
    chart = individuals_chart([*values, 0.0, *[centre + 0.5] * run])
    flagged = [place for place, one in enumerate(signals(chart)) if one == "long high"]
    assert flagged == (list(range(17, 17 + run)) if is_signal else [])


def test_a_gap_and_a_point_on_the_line_end_a_run():
    low, high = [0.0, 10.0] * 8, [6.0] * 4
    without_gap = individuals_chart([*low, 0.0, *high, *high])
    assert signals(without_gap).count("long high") == 8
    with_gap = individuals_chart([*low, 0.0, *high, None, *high])
    assert signals(with_gap).count("long high") == 0
    young = individuals_chart([*low, 0.0, *high, 6.0, *high], [True] * 21 + [False] + [True] * 4)
    assert signals(young).count("long high") == 0
    even = [4.0, 6.0] * 6  # average 5
    on_line = individuals_chart([*even, *[5.0] * 9])
    assert signals(on_line) == [""] * 21


@pytest.mark.parametrize(
    ("points", "strength"), [(5, "none"), (6, "provisional"), (11, "provisional"), (12, "normal")]
)
def test_no_limits_under_six_points_and_provisional_ones_under_twelve(points, strength):
    values = [10.0 + at % 2 for at in range(points)]
    xmr = individuals_chart(values)
    rates = rate_chart([10 + at % 2 for at in range(points)], [100] * points)
    for chart in (xmr, rates):
        assert chart.phases[0].strength == strength
        assert (chart.points[0].low is None) == (strength == "none")
        assert chart.phases[0].points == points


def test_young_points_do_not_count_among_the_six():
    values = [10.0, 11.0] * 3
    chart = individuals_chart([*values, 90.0], [True] * 5 + [False, True])
    assert chart.phases[0].points == 6
    assert individuals_chart([*values, 90.0], [True] * 5 + [False, False]).phases[0].strength == "none"
    assert (
        rate_chart([1, 2] * 3 + [0], [10] * 6 + [0]).phases[0].points == 6
    )  # a month without leads is missing


def test_no_moving_range_across_a_gap():
    chart = individuals_chart([1.0, 2.0, 1.0, 2.0, None, 100.0, 101.0, 100.0, 101.0])
    assert chart.phases[0].spread == pytest.approx(1.0)


def test_what_is_always_the_same_has_no_limits():
    assert individuals_chart([4.0] * 9).phases[0].strength == "none"
    for hits in (0, 20):
        assert rate_chart([hits] * 9, [20] * 9).phases[0].strength == "none"
    steady = rate_chart([10] * 9, [20] * 9)
    assert (steady.phases[0].strength, steady.phases[0].spread) == (
        "provisional",
        1.0,
    )  # never narrower than luck


def test_a_phase_has_limits_of_its_own():
    values = [10.0, 11.0] * 4 + [30.0, 31.0] * 4
    chart = individuals_chart(values, starts=[8])
    assert [(one.start, one.stop, one.centre) for one in chart.phases] == [(0, 8, 10.5), (8, 16, 30.5)]
    assert signals(chart) == [""] * 16
    whole = individuals_chart(values)
    assert set(signals(whole)[:8]) == {"low"}  # outside outranks eight in a row
    assert set(signals(whole)[8:]) == {"high"}
    short = rate_chart([5] * 12, [20] * 12, starts=[0, 8, 12])
    assert [(one.start, one.stop, one.strength) for one in short.phases] == [
        (0, 8, "provisional"),
        (8, 12, "none"),
    ]


def test_floor_and_ceiling():
    chart = individuals_chart([0.1, 0.9] * 4, floor=0.0, ceiling=1.0)
    assert (chart.points[0].low, chart.points[0].high) == (0.0, 1.0)


def test_nothing_to_draw():
    assert individuals_chart([]).phases == ()
    assert rate_chart([], []).points == ()
    empty = rate_chart([0, 0], [0, 0])
    assert [point.value for point in empty.points] == [None, None]
    assert empty.phases[0].centre is None


@pytest.mark.parametrize(
    "call",
    [
        lambda: individuals_chart([1.0], [True, False]),
        lambda: individuals_chart([1.0], starts=[2]),
        lambda: rate_chart([3], [2]),
        lambda: rate_chart([1], [2, 3]),
        lambda: rate_chart([1], [2], starts=[-1]),
    ],
)
def test_what_cannot_be_drawn_is_refused(call):
    with pytest.raises(ValueError, match=r"wanted|differ|successes"):
        call()


@LAWS
@given(st.lists(POINTS, min_size=1, max_size=30))
def test_limits_of_rates_enclose_the_average_within_0_and_1(pairs):
    chart = rate_chart([hits for hits, _ in pairs], [size for _, size in pairs])
    for point in chart.points:
        if point.low is not None:
            assert 0.0 <= point.low <= point.centre <= point.high <= 1.0
    spread = chart.phases[0].spread
    assert spread is None or spread >= 1.0


@LAWS
@given(st.lists(POINTS, min_size=6, max_size=20), st.lists(POINTS, max_size=4))
def test_young_months_at_the_end_move_no_limit(pairs, young):
    alone = rate_chart([hits for hits, _ in pairs], [size for _, size in pairs])
    all_pairs = [*pairs, *young]
    counted = [True] * len(pairs) + [False] * len(young)
    together = rate_chart([hits for hits, _ in all_pairs], [size for _, size in all_pairs], counted)
    assert together.points[: len(pairs)] == alone.points
    assert all(point.signal == "" for point in together.points[len(pairs) :])


@LAWS
@given(st.lists(st.floats(0, 1000), min_size=6, max_size=20), st.floats(0.5, 20), st.floats(-50, 50))
def test_another_unit_moves_limits_as_values(values, factor, shift):
    plain = individuals_chart(values)
    other = individuals_chart([value * factor + shift for value in values])
    for one, moved in zip(plain.points, other.points, strict=True):
        if one.low is not None and moved.low is not None:
            assert moved.low == pytest.approx(one.low * factor + shift, rel=1e-6, abs=1e-6)


@pytest.mark.parametrize(("points", "rate"), [(12, 0.029), (24, 0.086)])
def test_false_alarms_of_both_rules_on_noise(points, rate):
    """Simulated with limits from the same points: 2.9 % of charts at 12 points, 8.6 % at 24."""
    noise = np.random.default_rng(7).standard_normal((3000, points))
    alarms = sum(any(signals(individuals_chart(row.tolist()))) for row in noise)
    assert alarms / len(noise) == pytest.approx(rate, abs=0.015)


@pytest.mark.parametrize(("hits", "signal"), [(49, ""), (48, "long low")])
def test_a_run_counts_from_one_lead_off_the_average(hits, signal):
    """Eight of 100 at 49.5 on average minus half a lead stand on the line; at one and a half leads off they are a run."""
    above = [50 + 50 - hits - 1] * 8 if hits == 49 else [51] * 8
    chart = rate_chart([*above, *[hits] * 8], [100] * 16)
    assert chart.phases[0].centre == pytest.approx(0.495)
    assert [one.signal for one in chart.points[8:]] == [signal] * 8
