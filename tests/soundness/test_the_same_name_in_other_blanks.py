"""Was: a company with two blanks or a no-break space stood among "the rest" of its own name."""

from __future__ import annotations

import pytest

from tests.metrics.worlds import world_of
from tests.test_cohort_search import ask, opened

NAMES = ["Acme Corp", "Acme  Corp", "acme\u00a0corp", " ACME \t CORP ", "Acmecorp", "Other"]


def world():
    rows = [
        {"Lead ID": f"L{n}", "Handoff Date": "2026-03-02 10:00:00", "Company / Account": name, "Lead Status": "Accepted"}
        for n, name in enumerate(NAMES)
    ]  # fmt: skip
    return world_of(rows, as_of="2026-09-01")


@pytest.mark.parametrize(
    ("text", "ids"),
    [
        ("Acme Corp", {"L0", "L1", "L2", "L3"}),
        ("company is 'Acme  Corp'", {"L0", "L1", "L2", "L3"}),
        ("company contains 'me corp'", {"L0", "L1", "L2", "L3"}),
        ("company starts with 'acme c'", {"L0", "L1", "L2", "L3"}),
        ("company is not 'Acme Corp'", {"L4", "L5"}),
    ],
)
def test_all_spellings_are_one_company(text, ids):
    found = ask(text, world())
    assert found.leads == len(ids)
    assert set(opened(found, world())["lead_id"]) == ids
