"""Was: an export without any acceptance column told how many leads were accepted and rejected so far."""

from __future__ import annotations

from analytics.report_json import readout_json
from analytics.report_text import readout_text
from tests.metrics.worlds import world_of


def test_where_decisions_are_unknown_they_are_null():
    rows = [
        {"Lead ID": "A", "Handoff Date": "2026-03-02 10:00:00", "Won": "TRUE", "Opportunity: Close Date": "2026-04-01 10:00:00"},
        {"Lead ID": "B", "Handoff Date": "2026-03-02 10:00:00", "Won": "", "Opportunity: Close Date": ""},
    ]  # fmt: skip
    of = world_of(rows, as_of="2026-09-01")
    so_far = readout_json(of.manifest, of.readout())["so_far"]
    assert (so_far["accepted"], so_far["rejected"], so_far["undecided"]) == (None, None, None)
    assert (so_far["leads"], so_far["won"]) == (2, 1)
    table = readout_text(of.manifest, of.readout()).split("so far")[-1]
    assert "accepted" not in table
    assert "won" in table
