"""Was: "=" on a kept column compared texts while "between" compared numbers and days, so "10" was not "10.0"."""

from __future__ import annotations

import pytest

from tests.metrics.worlds import world_of
from tests.test_cohort_search import ask, opened

ROWS = [
    {"Points": "10", "Renewal": "2026-03-02"},
    {"Points": "10.0", "Renewal": "2026-03-02 12:00"},
    {"Points": "11", "Renewal": "2026-03-03"},
    {"Points": "ten", "Renewal": "soon"},
    {"Points": "", "Renewal": ""},
]


def world():
    rows = [
        {"Lead ID": f"L{n}", "Handoff Date": "2026-03-02 10:00:00", "Lead Status": "Accepted", **one}
        for n, one in enumerate(ROWS)
    ]
    return world_of(rows, as_of="2026-09-01", keep=frozenset({"Points", "Renewal"}))


@pytest.mark.parametrize(
    ("text", "ids", "unknown"),
    [
        ("Points = 10", {"L0", "L1"}, 1),
        ("Points is 10", {"L0", "L1"}, 1),
        ("Points between 10 and 10", {"L0", "L1"}, 2),
        ("Points in (10, ten)", {"L0", "L1", "L3"}, 1),
        ("not Points = 10", {"L2", "L3"}, 1),
        ("Renewal on 2026-03-02", {"L0", "L1"}, 1),
        ("Renewal is not 2026-03-02", {"L2", "L3"}, 1),
    ],
)
def test_the_same_number_and_the_same_day(text, ids, unknown):
    found = ask(text, world())
    assert set(opened(found, world())["lead_id"]) == ids
    assert (found.leads, found.unknown) == (len(ids), unknown)
