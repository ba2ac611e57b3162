"""Was: an export without rejections gave 100 % accepted of decided, and called every other lead undecided."""

from __future__ import annotations

from analytics.acceptance import Acceptance, measure_acceptance
from analytics.breakdown import measure_breakdown
from analytics.charts.weekly_acceptance import weekly_acceptance
from analytics.measurable import NO_REJECTIONS, obstacle
from analytics.report_json import readout_json
from analytics.report_text import readout_text
from analytics.results import Rate
from pages.ui import panels
from tests.metrics.worlds import World, world_of

WHY = "The export does not say which leads sales rejected."


def of_acceptances() -> World:
    rows = [
        {
            "Lead ID": str(n),
            "Lead Source": "Web",
            "Handoff Date": "2026-03-02 10:00:00",
            "SAL Date": "2026-03-03 10:00:00" if n < 60 else "",
        }
        for n in range(100)
    ]
    return world_of(rows, as_of="2026-06-30 12:00:00", zone="UTC")


def test_the_rate_stays_and_its_twin_says_why():
    of = of_acceptances()
    for metric in ("accepted_of_decided", "share_decided"):
        assert obstacle(of.manifest, metric) == NO_REJECTIONS
    assert obstacle(of.manifest, "acceptance_rate") is None
    found = measure_acceptance(of.warehouse, of.cohort())
    assert isinstance(found, Acceptance)
    assert (found.of_settled.numerator, found.of_settled.denominator) == (60, 100)
    assert (found.of_decided, found.decided, found.twin_unmeasurable) == (
        Rate(0, 0),
        Rate(0, 0),
        NO_REJECTIONS,
    )
    assert [week.of_decided for week in found.weeks] == [Rate(0, 0)]
    parts = measure_breakdown(of.warehouse, of.cohort(), "source", ("accepted_of_decided", "acceptance_rate"))
    assert [one.slug for one in parts.metrics] == ["acceptance_rate"]


def test_the_readout_is_honest_in_json_and_in_text():
    of = of_acceptances()
    told = readout_json(of.manifest, of.readout())
    rate = told["acceptance_rate"]
    assert (rate["numerator"], rate["denominator"], rate["value"]) == (60, 100, 0.6)
    assert rate["decided"] == rate["share_decided"] == {"unmeasurable": WHY, "column": NO_REJECTIONS.column}
    assert (told["so_far"]["accepted"], told["so_far"]["rejected"], told["so_far"]["undecided"]) == (
        60,
        None,
        None,
    )
    words = readout_text(of.manifest, of.readout())
    assert "rejections are not known, so the other 40 may be rejected or undecided" in words
    assert f"Accepted of decided cannot be measured from this export. {WHY}" in words
    assert "no decision" not in words
    assert "rejected        0" not in words
    assert " 0 rejected" not in words


def test_the_slide_shows_a_dash_and_the_column_that_would_bring_it():
    of = of_acceptances()
    panel = panels.acceptance(of.readout().acceptance)
    assert [(one.numeral, one.words, one.detail) for one in panel.values[1:]] == [
        ("–", "accepted of decided", "cannot be measured")
    ]
    assert "a rejection date" in panel.reason
    assert not any("aim" in note or "decided" in note for note in panel.notes)
    assert {"rejected_settled", "undecided_settled"}.isdisjoint(key for key, _ in panel.sets)
    result = of.readout().acceptance
    assert isinstance(result, Acceptance)
    figure = weekly_acceptance(result)
    assert [trace.name for trace in figure.data if not trace.name.endswith("interval")] == ["of settled"]
    assert not figure.layout.shapes
    assert [note.text for note in figure.layout.annotations] == ["of settled"]
