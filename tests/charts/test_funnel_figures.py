"""The figures of the funnel page are read by their data, axes, hover text and keys."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import cache

import numpy as np
import plotly.graph_objects as go
import pytest

from analytics.bridge import measure_bridge
from analytics.charts import canvas
from analytics.charts.age_triangle import MOST, age_triangle
from analytics.charts.bridge_steps import bridge_steps, level_after
from analytics.charts.incidence import incidence
from analytics.charts.nested_funnel import nested_funnel, spoken_stage
from analytics.charts.step_targets import state_words, step_targets
from analytics.cohort import CohortRequest
from analytics.comparison import MetricChange
from analytics.funnel import Funnel, measure_funnel
from analytics.maturing import Maturing, Triangle, measure_maturing
from analytics.metrics.catalog import METRICS
from analytics.outcome_race import Race
from analytics.results import Rate
from tests.charts.marks import colours, trace
from tests.metrics.worlds import World, sample, story, world_of


def request(world: World, *, is_whole: bool = True) -> CohortRequest:
    return world.request() if is_whole else CohortRequest(world.manifest.fingerprint)


@cache
def funnel(is_whole: bool = True) -> Funnel:
    world = sample()
    found = measure_funnel(world.warehouse, world.cohort(request(world, is_whole=is_whole)), "month")
    assert isinstance(found, Funnel)
    return found


@cache
def ages(is_whole: bool = True, stage: str = "won") -> Maturing:
    world = sample()
    return measure_maturing(world.warehouse, world.cohort(request(world, is_whole=is_whole)), "month", stage)


@cache
def figures() -> dict[str, go.Figure]:
    world = sample()
    found = ages()
    assert isinstance(found.triangle, Triangle)
    assert isinstance(found.decision, Race)
    assert isinstance(found.closing, Race)
    return {
        "funnel": nested_funnel(funnel()),
        "steps": step_targets(funnel().steps),
        "triangle": age_triangle(found.triangle),
        "decision": incidence(found.decision),
        "closing": incidence(found.closing),
        "bridge": bridge_steps(measure_bridge(world.warehouse, world.cohort())),
    }


NAMES = ("funnel", "steps", "triangle", "decision", "closing", "bridge")
every_figure = pytest.mark.parametrize("name", NAMES)


def notes_of(figure: go.Figure) -> list[str]:
    return [note.text for note in figure.layout.annotations]


@every_figure
def test_drawn_as_svg_readable_and_inviting(name):
    figure = figures()[name]
    assert not [one for one in figure.data if one.type.endswith("gl")]
    assert figure.layout.uirevision == "keep"
    assert figure.layout.font.size >= 14
    texts = [text for one in figure.data if one.hovertext is not None for text in one.hovertext]
    assert texts
    assert all(text.endswith(canvas.CLICK) for text in texts)


@every_figure
def test_every_mark_with_a_hover_text_has_a_key(name):
    for one in figures()[name].data:
        if one.hovertext is not None:
            assert len(one.customdata) == len(one.hovertext) == len(one.x) == len(one.y)
            assert one.hoverinfo == "text"
            assert all(isinstance(key, str) for key in one.customdata)
        else:
            assert one.hoverinfo == "skip"


@every_figure
def test_every_colour_has_its_place_on_a_dark_page(name):
    assert set(colours(figures()[name].to_plotly_json())) <= set(canvas.DARK) | {canvas.CLEAR}


@every_figure
def test_every_mark_opens_the_number_it_shows(name):
    """The first whole number of the hover text that stands for leads is the count of its key."""
    world = sample()
    for one in figures()[name].data:
        if one.hovertext is None:
            continue
        for key, text in list(zip(one.customdata, one.hovertext, strict=True))[:40]:
            opened = world.evidence(key, world.request(), limit=1).count
            numbers = {int(number.replace(",", "")) for number in re.findall(r"\d[\d,]*", text)}
            assert opened in numbers, (name, key, text)


def test_the_bars_fill_the_whole():
    """Touched and not touched make a stage; the next stage and who left make it too."""
    result, figure = funnel(), figures()["funnel"]
    rows: dict[float, float] = {}
    ends: dict[float, float] = {}
    for one in figure.data:
        for x, base, y in zip(one.x, one.base, one.y, strict=True):
            rows[float(y)] = rows.get(float(y), 0) + float(x)
            ends[float(y)] = max(ends.get(float(y), 0), float(base) + float(x))
    for row, stage in enumerate(result.stages):
        assert rows[float(row)] == ends[float(row)] == stage.leads
    for row, (stage, following) in enumerate(zip(result.stages, result.stages[1:], strict=False)):
        place = next(y for y in rows if row < y < row + 0.5)
        assert rows[place] == stage.leads - following.leads
        assert ends[place] == stage.leads
    assert tuple(figure.layout.xaxis.range) == (0, result.leads)


def test_what_may_still_go_on_is_hatched():
    figure = figures()["funnel"]
    assert trace(figure, "still open or undecided").marker.pattern.shape == "/"
    assert trace(figure, "left").marker.pattern.shape is None


def test_the_stage_spoken_of_is_in_ink():
    world = story("no_product_fit", 11, 3_000)[0]
    result = measure_funnel(world.warehouse, world.cohort(request(world, is_whole=False)), "month")
    assert isinstance(result, Funnel)
    assert spoken_stage(result) == "opportunity"
    colours = list(trace(nested_funnel(result), "so far").marker.color)
    assert colours == [canvas.GREY, canvas.GREY, canvas.INK, canvas.GREY]


def test_shares_of_all_and_of_the_stage_before_are_named_in_words():
    words = " ".join(notes_of(figures()["funnel"]))
    for part in ("of all leads passed", "of all leads ·", "of accepted leads", "of opportunities"):
        assert part in words


def test_a_stage_nobody_can_tell_is_a_dashed_outline():
    rows = [{"Lead ID": str(n), "Handoff Date": "2026-01-05", "Won": "TRUE" if n < 9 else "", "Opportunity: Close Date": "2026-02-05" if n < 9 else ""} for n in range(40)]  # fmt: skip
    world = world_of(rows, as_of="2026-06-30")
    result = measure_funnel(world.warehouse, world.cohort(), "month")
    assert isinstance(result, Funnel)
    figure = nested_funnel(result)
    assert [shape.line.dash for shape in figure.layout.shapes] == ["dash", "dash"]
    assert notes_of(figure).count("cannot be measured from this export") == 2
    assert "not known" in figure.layout.yaxis.ticktext[1]
    dots = step_targets(result.steps)
    assert notes_of(dots).count("not known") == 6
    assert not dots.data


def test_steps_have_their_targets_intervals_and_side_colours():
    result, figure = funnel(is_whole=False), step_targets(funnel(is_whole=False).steps)
    dots = trace(figure, "steps")
    assert list(dots.x) == pytest.approx([one.rate.value for one in result.steps])
    assert list(dots.customdata) == [METRICS[one.slug].numerator for one in result.steps]
    ticks = [shape.x0 for shape in figure.layout.shapes if shape.line.dash == "dash"]
    assert ticks == [one.target for one in result.steps if one.target is not None]
    intervals = [(shape.x0, shape.x1) for shape in figure.layout.shapes if shape.line.width == 4]
    assert intervals == [(one.rate.low, one.rate.high) for one in result.steps]
    sides = dict(zip((one.slug for one in result.steps), dots.marker.line.color, strict=True))
    assert sides["accepted_of_decided"] == canvas.MARKETING
    assert (
        sides["working_rate"] == sides["decided_in_window"] == sides["touched_inside_limit"] == canvas.SALES
    )
    assert sides["accepted_to_opportunity"] == canvas.INK


def test_a_verdict_is_filled_and_an_open_step_hollow():
    steps = funnel(is_whole=False).steps
    wide = replace(steps[0], rate=Rate(24, 30, 0.62, 0.90), state="open")
    few = replace(steps[1], rate=Rate(3, 20, 0.05, 0.36), state="too few")
    figure = step_targets((wide, few, replace(steps[2], state="met")))
    colours = list(trace(figure, "steps").marker.color)
    assert colours[:2] == [canvas.PAPER, canvas.PAPER]
    assert colours[2] == canvas.MARKETING
    assert "3 of 20, too few" in notes_of(figure)


@pytest.mark.parametrize(("change", "sign"), [("up", "▲"), ("down", "▼")])
def test_the_direction_is_a_shape(change, sign):
    step = funnel(is_whole=False).steps[0]
    moved = MetricChange(METRICS[step.slug], step.rate, step.rate, 0.1, 0.05, 0.15, change)
    (verdict,) = [text for text in notes_of(step_targets((replace(step, change=moved),))) if "<b>" in text]
    assert sign in verdict


def test_a_missed_step_says_how_many_leads_it_is_short():
    step = replace(funnel().steps[0], state="missed", short=1_152)
    assert state_words(step) == "below it, 1,152 leads short"


def test_cells_of_the_triangle():
    result = ages().triangle
    assert isinstance(result, Triangle)
    figure = figures()["triangle"]
    (cells,) = figure.data
    drawn = [(row, cell) for row in result.rows for cell in row.cells if cell.state != "empty"]
    assert len(cells.x) == len(drawn)
    for (row, cell), shape, key, words in zip(
        drawn, cells.marker.pattern.shape, cells.customdata, cells.text, strict=True
    ):
        assert shape == ("/" if cell.state == "partial" else "")
        assert key == result.key(row, cell)
        assert words.startswith(f"{cell.rate.numerator} of ") or words.endswith("%")
    assert list(figure.layout.xaxis.ticktext) == [f"day {age}" for age in result.ages]


def test_few_leads_in_a_cell_are_counts_in_a_hollow_cell():
    result = ages().triangle
    assert isinstance(result, Triangle)
    row = result.rows[0]
    cell = replace(row.cells[0], rate=Rate(3, 20, 0.05, 0.36), state="mature")
    (cells,) = age_triangle(replace(result, rows=(replace(row, leads=20, cells=(cell,)),), ages=(7,))).data
    assert cells.text[0] == "3 of 20"
    assert cells.marker.color[0] == canvas.PAPER
    assert "3 of 20, too few to quote" in cells.hovertext[0]


def test_only_the_newest_rows_are_drawn():
    result = ages().triangle
    assert isinstance(result, Triangle)
    figure = age_triangle(replace(result, rows=result.rows[:1] * 60))
    assert len(figure.layout.yaxis.ticktext) == MOST


def test_a_triangle_without_leads():
    result = ages().triangle
    assert isinstance(result, Triangle)
    assert not age_triangle(replace(result, rows=())).data


def test_curves_rise_inside_their_bands_from_zero():
    for name, words in (("decision", ("accepted", "rejected")), ("closing", ("won", "lost"))):
        figure = figures()[name]
        assert figure.layout.yaxis.range[0] == 0
        for one in words:
            line, band = trace(figure, f"{one}, line"), trace(figure, f"{one}, interval")
            assert (np.diff(line.y) >= -1e-12).all()
            top, bottom = band.y[: len(line.y)], band.y[len(line.y) :][::-1]
            assert (bottom <= line.y + 1e-12).all()
            assert (line.y <= top + 1e-12).all()
            assert any(one in text for text in notes_of(figure))
            marks = trace(figure, one)
            assert list(np.interp(marks.x, line.x, line.y)) == pytest.approx(list(marks.y), abs=0.02)


def test_nothing_is_drawn_beyond_what_was_watched():
    found = ages().closing
    assert isinstance(found, Race)
    figure = incidence(replace(found, drawn_until=20 * 86_400))
    assert max(float(one.x.max()) for one in figure.data) <= 20
    assert not incidence(replace(found, drawn_until=0)).data
    assert not incidence(replace(found, curve=None)).data


def test_the_bridge_hangs_together():
    world = sample()
    result = measure_bridge(world.warehouse, world.cohort())
    figure = bridge_steps(result)
    levels = level_after(result)
    assert (levels[0], levels[-1]) == (result.start, result.end)
    placed = {}
    for one in figure.data:
        for x, base, y in zip(one.x, one.base, one.y, strict=True):
            placed[int(y)] = (int(base), int(base) + int(x))
    assert placed[0] == (0, result.start)
    for row, step in enumerate(result.steps[1:-1], start=1):
        assert placed[row] == (levels[row], levels[row - 1])
        assert placed[row][1] - placed[row][0] == step.leads
    assert placed[len(result.steps) - 1] == (0, result.end)
    quiet = trace(figure, "rows that are no leads")
    assert quiet.customdata is None
    assert quiet.hoverinfo == "skip"
