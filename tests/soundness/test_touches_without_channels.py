"""Was: a file of touches without a channel column counted no channel, so nobody was ever worked to the full."""

from __future__ import annotations

from datetime import datetime

from analytics import wording
from tests.metrics.worlds import csv_text, world


def test_unknown_channels_get_the_benefit_of_the_doubt_and_are_named():
    leads = [{"Lead ID": "A", "Handoff Date": "2026-03-02 10:00:00", "SAL Date": "2026-03-02 12:00:00"}]
    touches = [{"Lead ID": "A", "Touched At": f"2026-03-0{day} 13:00:00"} for day in range(2, 8)]
    as_of = datetime.fromisoformat("2026-09-01")
    of = world({"leads.csv": csv_text(leads), "touches.csv": csv_text(touches)}, as_of=as_of)
    working = of.readout().working_rate
    assert "touches.channel" not in of.manifest.columns
    assert working.is_channel_unknown
    assert of.ids("cadence_by_touches") == {"A"}
    assert "At most, full" in wording.working_rate(working)
    assert "channels are not given" in wording.working_rate(working)
