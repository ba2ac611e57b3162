"""Was: a lead rejected first and turned into an opportunity later read "accepted, then disqualified"."""

from __future__ import annotations

from tests.metrics.worlds import world_of


def test_only_a_rejection_after_the_implied_acceptance_disqualifies():
    lead = {
        "Handoff Date": "2026-03-02 10:00:00",
        "SAL Date": "",
        "Opportunity: Created Date": "2026-03-20 10:00:00",
    }
    of = world_of(
        [
            lead | {"Lead ID": "before", "Rejected Date": "2026-03-05 10:00:00"},
            lead | {"Lead ID": "after", "Rejected Date": "2026-03-25 10:00:00"},
        ],
        as_of="2026-09-01",
    )
    assert of.ids("accepted_implied") == {"before", "after"}
    assert of.ids("disqualified_later") == {"after"}
