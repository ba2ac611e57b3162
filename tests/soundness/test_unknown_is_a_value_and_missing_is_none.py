"""Was: "source is unknown" picked the empty ones, and "is not unknown" picked the leads whose source is "Unknown"."""

from __future__ import annotations

import pytest

from tests.metrics.worlds import world_of
from tests.test_cohort_search import ask, opened

SOURCES = ["Unknown", "unknown", "Web", "", ""]


def world(sources=tuple(SOURCES)):
    rows = [
        {"Lead ID": f"L{n}", "Handoff Date": "2026-03-02 10:00:00", "Lead Source": source, "Lead Status": "Accepted"}
        for n, source in enumerate(sources)
    ]  # fmt: skip
    return world_of(rows, as_of="2026-09-01")


@pytest.mark.parametrize(
    ("text", "ids"),
    [
        ("source is unknown", {"L0", "L1"}),
        ("source unknown", {"L0", "L1"}),
        ("source is 'unknown'", {"L0", "L1"}),
        ("source in (unknown, web)", {"L0", "L1", "L2"}),
        ("source is not unknown", {"L2"}),
        ("source is missing", {"L3", "L4"}),
        ("source is not missing", {"L0", "L1", "L2"}),
    ],
)
def test_what_is_said_and_what_is_empty_are_two_things(text, ids):
    assert set(opened(ask(text, world()), world())["lead_id"]) == ids


def test_where_nobody_says_unknown_the_way_to_the_empty_ones_is_shown():
    of = world(("Web", "Web", ""))
    found = ask("source is unknown", of)
    assert found.leads == 0
    assert found.hint.endswith("for leads without one write: source is missing.")
