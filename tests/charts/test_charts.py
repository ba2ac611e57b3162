"""Figures are read by their data, axes and hover text."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import numpy as np
import plotly.graph_objects as go
import pytest

from analytics.charts import canvas
from analytics.charts.band_dots import band_dots
from analytics.charts.touches_histogram import touches_histogram
from analytics.charts.wait_curve import placed, wait_curve
from analytics.charts.weekly_acceptance import week_number, weekly_acceptance
from analytics.results import Rate
from analytics.speed_to_lead import MARKS
from tests.charts.marks import colours, trace
from tests.pages import fixtures


def all_figures() -> list[go.Figure]:
    return [
        weekly_acceptance(fixtures.acceptance()),
        wait_curve(fixtures.speed()),
        touches_histogram(fixtures.working_rate()),
        band_dots(fixtures.score_bands()),
    ]


@pytest.mark.parametrize("figure", all_figures())
def test_every_figure_is_drawn_as_svg_keeps_its_zoom_and_invites_to_click(figure):
    assert not [one for one in figure.data if one.type.endswith("gl")]
    assert figure.layout.uirevision == "keep"
    assert figure.layout.font.size >= 14
    texts = [text for one in figure.data if one.hovertext is not None for text in one.hovertext]
    assert texts
    assert all(text.endswith("click to see the leads") for text in texts)


@pytest.mark.parametrize("figure", all_figures())
def test_every_mark_with_a_hover_text_opens_leads(figure):
    for one in figure.data:
        if one.hovertext is not None:
            assert len(one.customdata) == len(one.hovertext) == len(one.x)


@pytest.mark.parametrize("figure", all_figures())
def test_every_colour_has_its_place_on_a_dark_page(figure):
    assert set(colours(figure.to_plotly_json())) <= set(canvas.DARK) | {canvas.CLEAR}


@pytest.mark.parametrize("figure", all_figures())
def test_every_mark_can_be_read_in_a_table(figure):
    rows = canvas.marks(figure)
    assert len(rows) == sum(len(one.hovertext) for one in figure.data if one.hovertext is not None)
    assert not [text for _, text in rows if "<br>" in text or "click" in text]


def test_weekly_lines_carry_both_twins_their_intervals_and_the_target():
    result = fixtures.acceptance()
    figure = weekly_acceptance(result)
    settled, decided = trace(figure, "of settled"), trace(figure, "of decided")
    assert settled.y[0] == pytest.approx(33 / 52)
    assert decided.y[0] == pytest.approx(33 / 45)
    assert len(settled.y) == 12  # the last week has nothing settled
    assert settled.customdata[0] == f"week_settled:{(date(2026, 3, 2) - date(1970, 1, 1)).days}"
    band = trace(figure, "of decided, interval")
    assert band.y[0] == pytest.approx(result.weeks[0].of_decided.high)
    assert band.y[-1] == pytest.approx(result.weeks[0].of_decided.low)
    assert [shape.y0 for shape in figure.layout.shapes] == [0.75]
    assert "aim 75\u00a0%" in figure.layout.yaxis.ticktext


def test_weekly_pending_is_hatched_and_its_points_are_hollow():
    figure = weekly_acceptance(fixtures.acceptance())
    pending = trace(figure, "pending")
    assert pending.marker.pattern.shape == "/"
    assert list(pending.y) == pytest.approx([16 / 56, 1.0])
    settled = trace(figure, "of settled")
    assert settled.marker.color[-1] == canvas.PAPER
    assert settled.marker.color[0] == canvas.GREY
    assert "16 leads still pending" in settled.hovertext[-1]


def test_week_number_counts_days_since_1970():
    assert week_number(date(1970, 1, 5)) == 4


def test_a_week_with_few_leads_says_counts_instead_of_a_percentage():
    result = fixtures.acceptance()
    few = replace(result.weeks[0], of_settled=fixtures.rate(3, 20), of_decided=fixtures.rate(3, 9))
    figure = weekly_acceptance(replace(result, weeks=(few,)))
    assert "3 of 20, too few to quote" in trace(figure, "of settled").hovertext[0]


def test_each_clock_crosses_every_mark_where_the_axis_labels_it():
    speed = fixtures.speed()
    for clock in (speed.working, speed.wall):
        where = placed(np.array([clock.mark_seconds[mark] for mark in MARKS]), clock)
        assert where == pytest.approx(np.log10([300, 3600, 14400, 86400, 259200]))


def test_the_curve_shows_the_shares_at_the_marks_and_the_median():
    speed = fixtures.speed()
    figure = wait_curve(speed)
    marks = trace(figure, "working clock, marks")
    assert list(marks.y) == pytest.approx([speed.working.touched_within[mark].value for mark in MARKS])
    assert list(marks.customdata) == [
        f"working_within:{seconds}" for seconds in (300, 3600, 14400, 28800, 86400)
    ]
    assert trace(figure, "wall clock, marks").customdata[-1] == "wall_within:259200"
    assert "1\u00a0working day" in marks.hovertext[3]
    assert trace(figure, "half touched").y[0] == 0.5
    assert "aim 80\u00a0%" in figure.layout.yaxis.ticktext


def test_the_curve_never_falls_and_its_band_holds_it():
    figure = wait_curve(fixtures.speed())
    line = trace(figure, "working clock")
    assert (np.diff(line.y) >= 0).all()
    band = trace(figure, "working clock, interval")
    top, bottom = band.y[: len(line.y)], band.y[len(line.y) :][::-1]
    assert (bottom <= line.y + 1e-12).all()
    assert (line.y <= top + 1e-12).all()


def test_a_median_that_is_not_reached_is_not_drawn():
    speed = fixtures.speed()
    figure = wait_curve(replace(speed, working=replace(speed.working, median=None)))
    assert "half touched" not in [one.name for one in figure.data]


def test_the_histogram_colours_from_the_cadence_on_and_hatches_the_pending():
    result = fixtures.working_rate()
    figure = touches_histogram(result)
    bars = trace(figure, "leads")
    assert list(bars.y) == [24, 31, 38, 35, 30, 22, 38, 27, 14, 6, 3, 1, 2]
    assert list(bars.marker.color) == [canvas.GREY] * 6 + [canvas.SALES] * 7
    assert bars.customdata[3] == "touches:3"
    assert bars.customdata[12] == "touches_at_least:12"
    assert figure.layout.yaxis.range[0] == 0
    pending = trace(figure, "pending")
    assert list(pending.y) == [18]
    assert pending.marker.pattern.shape == "/"
    assert figure.layout.shapes[0].x0 == 5.5


def test_no_pending_leads_no_pending_bar():
    result = fixtures.working_rate()
    figure = touches_histogram(replace(result, rate=replace(result.rate, pending=0)))
    assert "pending" not in [one.name for one in figure.data]


def test_bands_have_whiskers_and_few_leads_are_hollow_counts():
    figure = band_dots(fixtures.score_bands())
    dots = trace(figure, "won")
    assert dots.y[4] == pytest.approx(17 / 71)
    assert dots.error_y.array[4] == pytest.approx(fixtures.rate(17, 71).high - 17 / 71)
    assert dots.text[4].strip() == "24\u00a0%"
    assert dots.text[5].strip() == "2 of 24"
    assert dots.marker.color[5] == canvas.PAPER
    assert list(dots.customdata) == [f"band_mature:{number}" for number in (0, 1, 2, 3, 4, -1)]
    assert figure.layout.shapes[0].line.dash == "dot"


def test_an_immature_band_is_hollow():
    result = fixtures.score_bands()
    young = replace(result.bands[4], leads=200)
    figure = band_dots(replace(result, bands=(*result.bands[:4], young)))
    assert trace(figure, "won").marker.color[4] == canvas.PAPER
    assert "129 leads still too young to count" in trace(figure, "won").hovertext[4]


def test_a_band_without_leads_has_no_dot():
    result = fixtures.score_bands()
    empty = replace(result.bands[0], leads=0, won=Rate(0, 0), opportunity=Rate(0, 0))
    figure = band_dots(replace(result, bands=(empty, *result.bands[1:])))
    assert len(trace(figure, "won").x) == 5
    assert "n\u00a00" in figure.layout.xaxis.ticktext[0]


@pytest.mark.parametrize(
    "name", ["<b>Bold</b>", "&lt;5", "<br>", "R&D", "<5 min", '<a href="https://evil.example">x</a>']
)
def test_labels_from_a_file_reach_plotly_as_text(name):
    result = fixtures.score_bands()
    band = replace(result.bands[0], label=name)
    figure = band_dots(replace(result, bands=(band, *result.bands[1:])))
    shown = figure.layout.xaxis.ticktext[0].split("<br>n")[0]
    assert shown == name.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
