"""Rates over clusters: laws of the bootstrap by account, and its agreement with theory."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics.stats.clustered import LEAST_CLUSTERS, clustered_interval
from analytics.stats.intervals import wilson_interval

KINDS = st.lists(
    st.tuples(st.integers(0, 5), st.integers(1, 5), st.integers(30, 40)), min_size=1, max_size=12
)


@settings(max_examples=40, deadline=None)
@given(KINDS)
def test_the_interval_lies_in_0_to_1_and_is_the_same_every_time(kinds):
    hits, trials, many = (
        [min(hit, of) for hit, of, _ in kinds],
        [of for _, of, _ in kinds],
        [n for _, _, n in kinds],
    )
    found = clustered_interval(hits, trials, many)
    assert found is not None
    assert 0.0 <= found[0] <= found[1] <= 1.0
    assert clustered_interval(hits, trials, many) == found


def test_single_leads_give_what_wilson_gives():
    low, high = clustered_interval([1, 0], [1, 1], [300, 700])
    plain = wilson_interval(300, 1_000)
    assert plain is not None
    assert low == pytest.approx(plain[0], abs=0.004)
    assert high == pytest.approx(plain[1], abs=0.004)


def test_accounts_of_five_alike_leads_are_as_sure_as_a_fifth_of_the_leads():
    """200 accounts of five leads that all end alike: the spread is that of 200 witnesses, sqrt(5) times that of 1,000."""
    low, high = clustered_interval([5, 0], [5, 5], [60, 140])
    assert (high - low) / 2 == pytest.approx(1.96 * math.sqrt(0.3 * 0.7 / 200), rel=0.06)


def test_the_ratio_of_uneven_clusters_follows_the_delta_method():
    hits, trials, many = np.array([0, 2, 3]), np.array([1, 2, 6]), np.array([200, 150, 50])
    rate = (hits * many).sum() / (trials * many).sum()
    spread = math.sqrt((many * (hits - rate * trials) ** 2).sum()) / (trials * many).sum()
    low, high = clustered_interval(hits, trials, many)
    assert (high - low) / 2 == pytest.approx(1.96 * spread, rel=0.07)


def test_nothing_and_nonsense():
    assert clustered_interval([], [], []) is None
    assert clustered_interval([3], [3], [30]) == (1.0, 1.0)
    with pytest.raises(ValueError, match="without trials"):
        clustered_interval([0], [0], [3])
    with pytest.raises(ValueError, match="successes of"):
        clustered_interval([2], [1], [3])


def coverage(clusters: int, share: float) -> float:
    """How often the wider of it and Wilson's holds the rate, where clusters of ten end alike: summed, not drawn."""
    held = 0.0
    for hits in range(clusters + 1):
        found = clustered_interval([10, 0], [10, 10], [hits, clusters - hits], draws=500)
        plain = wilson_interval(10 * hits, 10 * clusters)
        assert found is not None
        assert plain is not None
        is_held = min(found[0], plain[0]) <= share <= max(found[1], plain[1])
        held += is_held * math.comb(clusters, hits) * share**hits * (1 - share) ** (clusters - hits)
    return held


def test_from_thirty_clusters_the_interval_holds_the_rate_and_from_fewer_it_is_too_sure(monkeypatch):
    """The numbers that the decision record argues with."""
    shares = (0.75, 0.8, 0.85, 0.9)
    assert min(coverage(LEAST_CLUSTERS, share) for share in shares) >= 0.94
    monkeypatch.setattr("analytics.stats.clustered.LEAST_CLUSTERS", 1)
    assert [round(coverage(clusters, 0.9), 2) for clusters in (10, 20)] == [0.65, 0.88]


def test_fewer_than_thirty_clusters_give_no_interval():
    assert clustered_interval([5, 0], [5, 5], [20, 9]) is None
    assert clustered_interval([5, 0], [5, 5], [20, 10]) is not None
    assert clustered_interval([300], [300], [1]) is None
