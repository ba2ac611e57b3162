"""Was: a kept column named like a field that no column brings could not be filtered by: every lead read "unknown"."""

from __future__ import annotations

from tests.metrics.worlds import world_of


def test_the_kept_column_is_meant():
    rows = [
        {"Lead ID": "A", "Handoff Date": "2026-03-02 10:00:00", "seniority": "Chief"},
        {"Lead ID": "B", "Handoff Date": "2026-03-02 10:00:00", "seniority": "Assistant"},
    ]
    of = world_of(rows, as_of="2026-09-01", fields={(None, "seniority"): None}, keep=frozenset({"seniority"}))
    assert "seniority" in of.manifest.extra_columns.values()
    assert of.ids("leads", of.request(filters=(("seniority", ("Chief",)),))) == {"A"}
    assert {row.value for row in of.readout(dimension="seniority").so_far.rows} == {"Chief", "Assistant"}
