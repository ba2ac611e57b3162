"""Fields that start or stop: a sudden edge is found, a slow start and a young tail are none."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from analytics.plumbing.truncation import Edge, event_edges, fill_edges

WEEKS = 40


def events(share: float, first: int = 0, last: int = WEEKS, leads: int = 100):
    """Every lead of a week has its event one to four weeks later with this share, seen only from ``first`` to ``last``."""
    rows = [
        (week, week + lag, round(leads * share / 4))
        for week in range(WEEKS)
        for lag in range(1, 5)
        if first <= week + lag <= last and week + lag <= WEEKS
    ]
    handoff, event, counts = (np.array(column, dtype=np.int64) for column in zip(*rows, strict=True))
    return handoff, event, counts, dict.fromkeys(range(WEEKS), leads)


def test_events_seen_from_a_week_on_start_there():
    edges = event_edges(*events(0.2, first=10), WEEKS)
    assert [(edge.kind, edge.week, edge.found) for edge in edges] == [("starts", 10, 0)]
    # handoffs of weeks 0 to 8: all four lags before week 10 up to week 5, then three, two, one
    assert edges[0].expected == 6 * 20 + 15 + 10 + 5


def test_events_that_end_stop_there():
    edges = event_edges(*events(0.2, last=30), WEEKS)
    assert [(edge.kind, edge.week, edge.found) for edge in edges] == [("stops", 30, 0)]


def test_a_whole_file_has_no_edge():
    assert event_edges(*events(0.2), WEEKS) == ()


def test_too_few_missing_events_say_nothing():
    assert event_edges(*events(0.2, first=10, leads=4), WEEKS) == ()


def test_nothing_is_nothing():
    none = np.array([], dtype=np.int64)
    assert event_edges(none, none, none, {}, WEEKS) == ()
    assert event_edges(none, none, none, {1: 50}, WEEKS) == ()


def test_a_stray_event_does_not_hide_the_edge():
    handoff, event, counts, leads = events(0.4, first=10, leads=1_000)
    handoff, event, counts = (
        np.append(column, number) for column, number in ((handoff, 0), (event, 1), (counts, 1))
    )
    edges = event_edges(handoff, event, counts, leads, WEEKS)
    assert [(edge.kind, edge.week, edge.found) for edge in edges] == [("starts", 10, 1)]


@given(
    st.lists(st.tuples(st.integers(0, 30), st.integers(0, 9), st.integers(1, 50)), min_size=1, max_size=40)
)
def test_any_file_is_judged_and_an_edge_lies_inside_it(rows: list[tuple[int, int, int]]):
    handoff = np.array([week for week, _, _ in rows], dtype=np.int64)
    event = handoff + np.array([lag for _, lag, _ in rows], dtype=np.int64)
    counts = np.array([count for _, _, count in rows], dtype=np.int64)
    leads = dict.fromkeys(range(31), 0) | {int(week): 100 for week in handoff}
    for edge in event_edges(handoff, event, counts, {week: n for week, n in leads.items() if n}, 40):
        assert min(event) <= edge.week <= max(event)
        assert edge.expected >= 8
        assert 0 <= edge.found <= counts.sum()


def test_a_field_filled_from_a_week_on_starts():
    leads = dict.fromkeys(range(20), 10)
    assert fill_edges(dict.fromkeys(range(5, 20), 10), leads) == (Edge("starts", 5, 50.0, 0),)
    assert fill_edges(dict.fromkeys(range(5), 10), leads) == (Edge("stops", 4, 150.0, 0),)
    assert fill_edges(dict.fromkeys(range(20), 10), leads) == ()
    assert fill_edges({}, leads) == ()


def test_a_field_that_is_thin_everywhere_has_no_edge():
    leads = dict.fromkeys(range(20), 10)
    assert fill_edges(dict.fromkeys(range(5, 20), 4), leads) == ()
    assert fill_edges(dict.fromkeys(range(2, 20), 10), leads) == ()  # 20 leads before it are too few
