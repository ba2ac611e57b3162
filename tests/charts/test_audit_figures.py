"""The figure of the audit: every bar says the share and opens as many leads as it counts."""

from __future__ import annotations

from functools import cache

import numpy as np

from analytics.charts import canvas
from analytics.charts.fault_bars import LEAST_SHARE, MOST_BARS, STATE_COLOURS, fault_bars, shown_checks
from analytics.plumbing.audit import Audit, measure_audit
from tests.metrics.worlds import World, world_of
from tests.plumbing.test_checks_by_hand import hand


@cache
def audited() -> tuple[World, Audit]:
    of = hand()
    return of, measure_audit(of.warehouse, of.cohort())


def test_every_bar_opens_its_leads_and_says_its_share():
    of, audit = audited()
    figure = fault_bars(audit)
    by_key = {one.check.key: one for one in audit.checks}
    keys = [key for trace in figure.data for key in trace.customdata]
    assert 3 <= len(keys) == len(set(keys)) <= MOST_BARS
    for trace in figure.data:
        for key, drawn, words in zip(trace.customdata, trace.x, trace.hovertext, strict=True):
            share = by_key[key].share
            assert np.isclose(drawn, max(0.08, np.log10(share.numerator / share.denominator / LEAST_SHARE)))
            assert of.evidence(key).count == share.numerator
            assert f"{share.numerator} of {share.denominator}" in words or "%" in words
            assert words.endswith(canvas.CLICK)


def test_the_state_is_a_word_beside_its_colour():
    _, audit = audited()
    figure = fault_bars(audit)
    notes = [note.text for note in figure.layout.annotations]
    for one in shown_checks(audit):
        assert f"<b>{one.state}</b> · {one.share.numerator} of {one.share.denominator}" in notes
        assert one.check.title in notes
    assert {trace.name: trace.marker.color for trace in figure.data}.items() <= STATE_COLOURS.items()
    assert all(colour in canvas.DARK for colour in STATE_COLOURS.values())


def test_red_stands_first_then_the_larger_share():
    _, audit = audited()
    order = [("red", "amber", "green").index(one.state) for one in shown_checks(audit)]
    assert order == sorted(order)


def test_a_sound_record_has_nothing_to_draw():
    of = world_of([{"Lead ID": "a", "Handoff Date": "2026-05-04 10:00:00"}], as_of="2026-06-30 12:00:00")
    assert shown_checks(measure_audit(of.warehouse, of.cohort())) == ()
