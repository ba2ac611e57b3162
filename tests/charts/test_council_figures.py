"""The control chart: points, limits, phases, targets and decisions are where the data are, and hollow is hollow."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from analytics.charts import canvas as ink
from analytics.charts.control_chart import all_measures, control_chart, rows_of
from analytics.council import Council
from tests.charts.marks import colours, trace
from tests.councils import of_rates, of_values
from tests.pages.fixtures import HOSTILE

STEADY = [(50, 100), (52, 100)] * 4


def points(figure):
    return next(one for one in figure.data if one.mode == "markers")


def test_every_month_is_a_point_with_its_words():
    council = of_rates([*[(50, 100), (56, 100)] * 4, (100, 100), (40, 100)], young=1, target=0.75)
    figure = control_chart(council, council.trends[0])
    drawn = points(figure)
    assert list(drawn.y) == pytest.approx([0.5, 0.56] * 4 + [1.0, 0.4])
    assert drawn.marker.color[-1] == ink.PAPER
    assert drawn.marker.color[-2] != ink.PAPER
    assert drawn.marker.symbol[-2] == "diamond"
    assert drawn.marker.symbol[-1] == "circle"
    assert "above its limits" in drawn.hovertext[-2]
    assert "too young to judge" in drawn.hovertext[-1]
    assert any("aim 75" in label for label in figure.layout.yaxis.ticktext)


def test_the_band_is_that_of_the_limits():
    council = of_rates(STEADY)
    figure = control_chart(council, council.trends[0])
    band = trace(figure, "usual range")
    first = council.trends[0].points[0].control
    assert (min(band.y), max(band.y)) == pytest.approx((first.low, first.high))
    assert list(trace(figure, "average").y) == pytest.approx([first.centre] * 2)


def test_without_limits_a_plain_line():
    council = of_rates([(50, 100)] * 3)
    figure = control_chart(council, council.trends[0])
    assert {one.name for one in figure.data} == {"Acceptance rate"}


def test_phases_and_decisions_are_marked_and_names_are_text():
    council = of_rates([*STEADY, *STEADY], lives=((date(2026, 9, 1), HOSTILE),))
    figure = control_chart(council, council.trends[0], ((3.5, HOSTILE),))
    assert {shape.x0 for shape in figure.layout.shapes} == {7.5, 3.5}
    said = [one.text for one in figure.layout.annotations] + [
        one.hovertext or "" for one in figure.layout.annotations
    ]
    assert not any("<b>Bold" in words for words in said)
    assert any("&lt;b&gt;Bold" in words for words in said)


def test_a_missing_month_is_a_gap():
    council = of_rates([(50, 100), (0, 0), (52, 100)])
    figure = control_chart(council, council.trends[0])
    line = next(one for one in figure.data if one.mode == "lines")
    assert line.y[1] is None
    assert line.connectgaps is False
    assert len(points(figure).x) == 2


def test_hours_are_read_in_hours():
    council = of_values([3600.0, 7200.0, 10800.0])
    figure = control_chart(council, council.trends[0])
    assert any("h" in label for label in figure.layout.yaxis.ticktext)


def test_all_measures_stand_in_one_figure_with_axes_of_their_own():
    one = of_rates(STEADY)
    trends = tuple(replace(one.trends[0], slug=f"t{n}", name=f"Name {n}") for n in range(4))
    council = Council(one.unit, one.spans, trends, (), one.day_seconds)
    figure = all_measures(council)
    assert rows_of(council) == 2
    assert {trace_.xaxis or "x" for trace_ in figure.data} == {"x", "x2", "x3", "x4"}
    assert [note.text for note in figure.layout.annotations] == [f"Name {n}" for n in range(4)]
    domains = [tuple(figure.layout[f"yaxis{n or ''}"].domain) for n in ("", 2, 3, 4)]
    assert domains[0] == domains[1] == domains[2] != domains[3]


def test_every_colour_has_its_dark_twin():
    council = of_rates([*STEADY, (90, 100)], target=0.75, lives=((date(2026, 5, 1), "contract 1"),))
    figure = control_chart(council, council.trends[0], ((1.0, "x"),))
    assert set(colours(figure.to_plotly_json())) <= {*ink.DARK, ink.CLEAR}
