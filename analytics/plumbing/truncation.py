"""Does a field start or stop being filled on some day? Events that are missing where leads of their age should have them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt
from scipy.special import gammaincc

Weeks = npt.NDArray[np.int64]
LEAST_EXPECTED = 8.0
LEAST_WEEKS = 2
SURE = 1e-4
STRAYS = 0.002
"""Up to two events in a thousand may stand alone before the first or after the last week of a field."""
LEAST_LEADS = 30
EMPTY, FULL = 0.02, 0.5


@dataclass(frozen=True, slots=True)
class Edge:
    """A field that starts or stops: ``week`` is the first full week, or the last one, as a number.

    ``expected`` events would be usual on the empty side for leads of that age, ``found`` stand there. For a field that
    is filled at the handoff both count leads.
    """

    kind: Literal["starts", "stops"]
    week: int
    expected: float
    found: int


def event_edges(
    handoff: Weeks,
    event: Weeks,
    counts: Weeks,
    leads: dict[int, int],
    last: int,
    waiting: dict[int, int] | None = None,
) -> tuple[Edge, ...]:
    """Where the events of one kind start or stop, judged by how soon they usually come.

    Args:
        handoff: week of the handoff, per kind of lead.
        event: week of the event, not before ``handoff``.
        counts: how many leads have that pair of weeks.
        leads: handoff week -> all leads handed off in it.
        last: week of the extract.
        waiting: handoff week -> leads that could still have the event; without it, all that do not have it.

    Returns:
        At most one start and one stop; empty where fewer than eight events would be missing, or luck explains it. A
        stop concerns the leads handed off after it: without any there is none, and never are more events missing than
        leads wait for one.
    """
    total = int(counts.sum())
    if not total or not leads:
        return ()
    if waiting is None:
        waiting = {week: n - int(counts[handoff == week].sum()) for week, n in leads.items()}
    by_week = np.argsort(event, kind="stable")
    running = np.cumsum(counts[by_week])
    first = int(event[by_week][np.searchsorted(running, STRAYS * total, side="right")])
    final = int(event[by_week][np.minimum(len(running) - 1, np.searchsorted(running, (1 - STRAYS) * total))])
    edges = []
    if first >= min(leads) + LEAST_WEEKS:
        usual = _by_lag(handoff, event, counts, leads, first, last)
        expected = sum(n * float(usual[: first - week].sum()) for week, n in leads.items() if week < first)
        edges.append(Edge("starts", first, expected, int(counts[event < first].sum())))
    if final <= last - LEAST_WEEKS and final < max(leads):
        usual = _by_lag(handoff, event, counts, leads, min(leads), final)
        is_after = event > final
        expected = 0.0
        for week, n in leads.items():
            strays = int(counts[is_after & (handoff == week)].sum())  # at the edge they were waiting too
            tail = n * float(usual[max(0, final + 1 - week) : last - week + 1].sum())
            expected += min(tail, max(0, waiting.get(week, 0)) + strays)
        edges.append(Edge("stops", final, expected, int(counts[is_after].sum())))
    return tuple(edge for edge in edges if edge.expected >= LEAST_EXPECTED and _chance(edge) < SURE)


def _chance(edge: Edge) -> float:
    """P(at most so many events) where ``expected`` are usual (Poisson)."""
    return float(gammaincc(edge.found + 1, edge.expected))


def _by_lag(
    handoff: Weeks, event: Weeks, counts: Weeks, leads: dict[int, int], first: int, last: int
) -> npt.NDArray[np.float64]:
    """Share of leads with the event so many weeks after the handoff, from handoffs and events inside [first, last]."""
    usual = np.zeros(max(1, last - min(leads) + 2))
    inside = (handoff >= first) & (event <= last) & (event >= first)
    lags = (event - handoff)[inside]
    hits = np.bincount(lags, counts[inside], minlength=len(usual))
    for lag in range(len(usual)):
        watched = sum(n for week, n in leads.items() if first <= week <= last - lag)
        usual[lag] = hits[lag] / watched if watched else 0.0
    return usual


def fill_edges(filled: dict[int, int], leads: dict[int, int]) -> tuple[Edge, ...]:
    """Where a field that is known at the handoff starts or stops being filled, by the week of the handoff.

    A start: at least 30 leads before it with at most 2 % filled, and at least 30 after it with at least half filled.
    """
    weeks = sorted(leads)
    for at in range(1, len(weeks)):
        before, after = _fill(filled, leads, weeks[:at]), _fill(filled, leads, weeks[at:])
        if min(before[1], after[1]) < LEAST_LEADS:
            continue
        (empty, out), (full, many) = before, after
        if empty <= EMPTY * out and full >= FULL * many and _is_full(filled, leads, weeks[at]):
            return (Edge("starts", weeks[at], out * full / many, empty),)
        (full, many), (empty, out) = before, after
        if empty <= EMPTY * out and full >= FULL * many and _is_full(filled, leads, weeks[at - 1]):
            return (Edge("stops", weeks[at - 1], out * full / many, empty),)
    return ()


def _fill(filled: dict[int, int], leads: dict[int, int], weeks: list[int]) -> tuple[int, int]:
    """Filled leads and all leads of some weeks."""
    return sum(filled.get(week, 0) for week in weeks), sum(leads[week] for week in weeks)


def _is_full(filled: dict[int, int], leads: dict[int, int], week: int) -> bool:
    return filled.get(week, 0) >= FULL * leads[week]
