"""Was: where touches are only counted, an answer before the known first touch counted as won by working the lead."""

from __future__ import annotations

from tests.metrics.worlds import world_of

LEAD = {
    "Handoff Date": "2026-03-02 10:00:00",
    "SAL Date": "2026-03-02 12:00:00",
    "First Response Date": "2026-03-03 10:00:00",
}


def test_an_answer_counts_only_after_the_first_touch_that_is_known():
    of = world_of(
        [
            LEAD | {"Lead ID": "before", "Touch Count": "1", "First Touch": "2026-03-04 10:00:00"},
            LEAD | {"Lead ID": "after", "Touch Count": "1", "First Touch": "2026-03-02 11:00:00"},
            LEAD | {"Lead ID": "uncounted", "Touch Count": "", "First Touch": "2026-03-02 11:00:00"},
            LEAD | {"Lead ID": "undated", "Touch Count": "1", "First Touch": ""},
        ],
        as_of="2026-09-01",
    )
    assert of.ids("cadence_full") == {"after", "uncounted", "undated"}
