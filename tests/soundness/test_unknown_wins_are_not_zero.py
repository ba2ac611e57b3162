"""Was: an export that knows opportunities but no wins printed "won 0 of n", with an interval, per score band."""

from __future__ import annotations

from analytics.report_json import readout_json
from analytics.report_text import readout_text
from tests.metrics.worlds import world_of


def test_where_wins_are_unknown_they_are_null():
    rows = [
        {
            "Lead ID": f"L{n}",
            "Handoff Date": "2026-03-02 10:00:00",
            "Lead Score": "85",
            "Opportunity: Created Date": "2026-03-09 10:00:00",
        }
        for n in range(40)
    ]
    of = world_of(rows, as_of="2026-09-01")
    readout = of.readout()
    band = readout_json(of.manifest, readout)["score_bands"]["bands"][4]
    assert (band["opportunities"], band["mature"]) == (40, 40)
    assert (band["won"], band["value"], band["low"], band["high"]) == (None, None, None, None)
    text = readout_text(of.manifest, readout)
    assert "opportunity 100" in text
    assert "won 0" not in text.split("so far")[0]


def test_where_neither_is_known_both_are_null():
    rows = [{"Lead ID": "A", "Handoff Date": "2026-03-02 10:00:00", "Lead Score": "85"}]
    of = world_of(rows, as_of="2026-09-01")
    band = readout_json(of.manifest, of.readout())["score_bands"]["bands"][4]
    assert (band["opportunities"], band["won"], band["value"]) == (None, None, None)
    assert "opportunity not known" in readout_text(of.manifest, of.readout())
