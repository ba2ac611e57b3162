"""Was: under 30 leads the cohort ended at noon of a day that was printed as its exclusive end, though it held leads."""

from __future__ import annotations

from datetime import UTC, date, datetime

from analytics.cohort import CohortRequest
from tests.metrics.worlds import world_of


def test_every_lead_lies_before_the_end_that_is_printed():
    rows = [
        {"Lead ID": "A", "Handoff Date": "2026-08-18 09:00:00"},
        {"Lead ID": "B", "Handoff Date": "2026-08-19 09:00:00"},
    ]
    of = world_of(rows, as_of="2026-09-01 12:00:00")
    request = CohortRequest(of.manifest.fingerprint)
    assert of.ids("leads", request) == {"A"}
    ends_on = of.readout(request).cohort.ends_on
    assert ends_on == date(2026, 8, 19)
    handed = of.evidence("leads", request).frame["handoff_at"].max()
    assert handed.replace(tzinfo=UTC) < datetime(ends_on.year, ends_on.month, ends_on.day, tzinfo=UTC)
