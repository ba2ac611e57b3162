"""The figures of the score page, read by their data, axes, hover texts and keys."""

from __future__ import annotations

import functools
from dataclasses import replace

import numpy as np
import plotly.graph_objects as go
import pytest

from analytics.band_stages import NO_BAND, Outcome, measure_band_stages
from analytics.charts import canvas
from analytics.charts.drift_small import band_rates, ranking_small, score_mix
from analytics.charts.stage_bands import stage_bands, stage_lanes
from analytics.charts.threshold_curve import kept_curve, threshold_curve
from analytics.metrics.catalog import KEY
from analytics.periods import Unit
from analytics.score_bands import ScoreBand
from analytics.score_drift import measure_score_drift
from analytics.threshold import measure_threshold
from tests.charts.marks import colours
from tests.metrics.worlds import World, sample, story
from tests.score_worlds import hand_world, many
from tests.test_band_stages import made
from tests.test_score_drift import EVEN, START, period, result_of


@functools.cache
def results(name: str):
    world: World = (
        {"sample": sample, "hand": hand_world, "many": many}[name]()
        if name != "small"
        else story("too_small", 11, 28)[0]
    )
    cohort = world.cohort()
    return (
        world,
        measure_band_stages(world.warehouse, cohort),
        measure_threshold(world.warehouse, cohort),
        measure_score_drift(world.warehouse, cohort, Outcome.WON, Unit.MONTH),
    )


def figures_of(name: str) -> dict[str, go.Figure]:
    _, bands, threshold, drift = results(name)
    found = {f"bands {one.value}": stage_bands(bands, one) for one in bands.measurable}
    found |= {f"line {at}": threshold_curve(threshold, at) for at in (0, threshold.today.score, 60, 85, 100)}
    return found | {
        "lanes": stage_lanes(bands), "kept": kept_curve(threshold), "mix": score_mix(drift),
        "ranking": ranking_small(drift), "rates": band_rates(drift),
    }  # fmt: skip


CASES = [(name, key) for name in ("sample", "hand", "many", "small") for key in (
    "bands accepted", "bands opportunity", "bands won", "line 60", "line 85", "line 100", "lanes", "kept", "mix", "ranking", "rates")]  # fmt: skip


@pytest.mark.parametrize(("name", "key"), CASES)
def test_every_figure_is_svg_keeps_its_zoom_and_can_be_read(name, key):
    figure = figures_of(name)[key]
    assert not [one for one in figure.data if one.type.endswith("gl")]
    assert figure.layout.uirevision == "keep"
    assert figure.layout.font.size >= 14
    for one in figure.data:
        if one.hovertext is None:
            assert one.hoverinfo == "skip"
            continue
        assert one.hoverinfo == "text"
        assert len(one.customdata) == len(one.hovertext) == len(one.x)
        assert all(KEY.fullmatch(one_key) for one_key in one.customdata)
        assert all(words.endswith(canvas.CLICK) for words in one.hovertext)
        assert not [words for words in one.hovertext if "nan" in words or "None" in words]
    assert len(canvas.marks(figure)) == sum(
        len(one.hovertext) for one in figure.data if one.hovertext is not None
    )


@pytest.mark.parametrize(("name", "key"), CASES)
def test_every_colour_has_its_place_on_a_dark_page(name, key):
    assert set(colours(figures_of(name)[key].to_plotly_json())) <= set(canvas.DARK) | {canvas.CLEAR}


@pytest.mark.parametrize("name", ["sample", "hand"])
@pytest.mark.parametrize(
    "key", ["bands accepted", "bands opportunity", "bands won", "lanes", "mix", "ranking", "rates"]
)
def test_every_mark_opens_the_leads_its_hover_text_counts(name, key):
    world = results(name)[0]
    for one in figures_of(name)[key].data:
        for words, lead_set in zip(
            one.hovertext or (), one.customdata if one.customdata is not None else (), strict=True
        ):
            count = world.evidence(str(lead_set), limit=1).count
            assert f"{count:,}" in words.replace("\u00a0", " "), (words, lead_set)


def test_the_curves_open_the_leads_they_keep():
    world, _, threshold, _ = results("sample")
    figure = threshold_curve(threshold, 60)
    by_name = {one.name: one for one in figure.data}
    today = threshold.today
    for name, total in (("leads kept", today.leads), ("wins kept", today.won)):
        line = by_name[name]
        assert line.y[0] == 1.0
        for place in (0, 17, 40):
            count = world.evidence(str(line.customdata[place]), limit=1).count
            assert line.y[place] == pytest.approx(count / total)
            assert f"{count:,} of {total:,}" in line.hovertext[place] or "too few" in line.hovertext[place]
    chosen = by_name["chosen threshold"]
    assert [world.evidence(str(key), limit=1).count for key in chosen.customdata] == [
        threshold.at(60).leads,
        threshold.at(60).won,
    ]
    kept = kept_curve(threshold).data[0]
    assert world.evidence(str(kept.customdata[10]), limit=1).count == round(kept.y[10] * today.won)


# --- bands


def test_dots_carry_rates_intervals_and_say_what_they_stand_on():
    result = made([(2, 200), (8, 200), (15, 200), (30, 200), (3, 12)])
    figure = stage_bands(result, Outcome.WON)
    full, few = (
        next(one for one in figure.data if one.name == name) for name in ("won", "won, few or young")
    )
    assert list(full.y) == pytest.approx([0.01, 0.04, 0.075, 0.15])
    assert full.error_y.array[3] == pytest.approx(result.stage(Outcome.WON).rates[3].high - 0.15)
    assert [text.strip() for text in full.text] == ["1.0\u00a0%", "4.0\u00a0%", "7.5\u00a0%", "15\u00a0%"]
    assert list(few.y) == [0.25]
    assert few.text[0].strip() == "3 of 12"
    assert list(few.marker.color) == [canvas.PAPER]
    assert figure.layout.xaxis.ticktext[4].endswith("n\u00a012")
    assert "all leads<br>7.1\u00a0%" in [note.text for note in figure.layout.annotations]
    assert figure.layout.yaxis.range[0] < 0 < figure.layout.yaxis.range[1] <= 1.1


def test_the_fit_never_falls_and_a_confirmed_pair_is_marked():
    result = made([(5, 200), (60, 200), (8, 200), (40, 200), (44, 200)])
    figure = stage_bands(result, Outcome.WON)
    fit = next(one for one in figure.data if "never falls" in one.name)
    assert (np.diff(fit.y) >= -1e-12).all()
    assert "wrong way round" in [note.text for note in figure.layout.annotations]
    plain = stage_bands(made([(5, 200), (12, 200), (10, 200), (40, 200)]), Outcome.WON)
    assert "wrong way round" not in [note.text for note in plain.layout.annotations]


def test_the_unknown_score_is_a_dashed_ring_and_young_bands_are_hollow():
    _, result, _, _ = results("hand")
    figure = stage_bands(result, Outcome.WON)
    assert [shape.line.dash for shape in figure.layout.shapes if shape.type == "circle"] == ["dot"]
    big = made([(5, 200), (60, 200)])
    young = replace(big, bands=(replace(big.bands[0], leads=400), *big.bands[1:]))
    few = next(one for one in stage_bands(young, Outcome.WON).data if one.name == "won, few or young")
    assert "200 leads still too young to count" in few.hovertext[0]
    assert list(few.marker.color) == [canvas.PAPER]


@pytest.mark.parametrize("bands", [1, 5, 60])
def test_one_band_and_sixty_bands_can_be_read(bands):
    result = made([(band, 200) for band in range(bands)])
    for figure in (stage_bands(result, Outcome.WON), stage_lanes(result)):
        ticks = figure.layout.xaxis.ticktext
        assert len(ticks) <= 14
        assert "no score" in ticks[-1] or "-20+" in ticks[-1]
    empty = made([(0, 0)])
    assert not [one for one in stage_bands(empty, Outcome.WON).data if one.hovertext is not None]


@pytest.mark.parametrize("name", ["<b>Bold</b>", "&lt;5", "R&D", '<a href="https://evil.example">x</a>'])
def test_labels_reach_plotly_as_text(name):
    result = made([(5, 200), (60, 200)])
    band = ScoreBand(0, name, "", 200, result.bands[0].won, result.bands[0].opportunity)
    hostile = replace(result, bands=(band, *result.bands[1:]))
    safe = name.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    assert stage_bands(hostile, Outcome.WON).layout.xaxis.ticktext[0].startswith(safe)
    drift = replace(result_of(period(START, EVEN), period(START + 1, EVEN)), bands=(name, "b", "c", "d"))
    assert score_mix(drift).layout.annotations[0].text == safe
    assert safe in score_mix(drift).data[0].hovertext[0]
    assert safe in band_rates(drift).data[1].hovertext[0]
    assert result.bands[-1].number == NO_BAND


# --- thresholds


def test_below_todays_line_a_field_says_no_data():
    _, _, threshold, _ = results("many")
    figure = threshold_curve(threshold, 60)
    field = next(shape for shape in figure.layout.shapes if shape.type == "rect")
    assert (field.x1, field.fillcolor) == (40, canvas.GREY_BAND)
    assert "no data:<br>hardly any was passed" in [note.text for note in figure.layout.annotations]
    assert min(min(one.x) for one in figure.data) == 40
    below = threshold_curve(threshold, 20)
    assert "chosen threshold" not in [one.name for one in below.data]


def test_under_a_line_that_rose_leads_did_pass_before():
    threshold = replace(results("many")[2], since=2026 * 12 + 4)
    notes = [note.text for note in threshold_curve(threshold, 60).layout.annotations]
    assert "not passed now:<br>hardly any since May\u00a02026" in notes
    assert not [words for words in notes if "no data" in words]


def test_the_chosen_line_moves_and_nothing_else():
    _, _, threshold, _ = results("many")
    one, other = threshold_curve(threshold, 55), threshold_curve(threshold, 70)
    assert [shape.x0 for shape in one.layout.shapes][:-1] == [shape.x0 for shape in other.layout.shapes][:-1]
    assert (one.layout.shapes[-1].x0, other.layout.shapes[-1].x0) == (55, 70)
    assert one.data[1].y.tolist() == other.data[1].y.tolist()
    assert "<b>55</b>" in [note.text for note in one.layout.annotations]
    assert "70\u00a0% of leads" in [note.text for note in one.layout.annotations]


def test_the_range_holds_the_wins_kept():
    _, _, threshold, _ = results("sample")
    figure = threshold_curve(threshold, 60)
    band, line = figure.data[0], next(one for one in figure.data if one.name == "wins kept")
    high, low = band.y[: len(line.y)], band.y[len(line.y) :][::-1]
    assert (low <= line.y + 1e-9).all()
    assert (line.y <= high + 1e-9).all()


def test_without_wins_only_the_leads_are_drawn():
    _, _, threshold, _ = results("many")
    none = replace(
        threshold, rows=tuple(replace(row, won=0, kept_low=None, kept_high=None) for row in threshold.rows)
    )
    figure = threshold_curve(none, 60)
    assert [one.name for one in figure.data] == ["leads kept", "chosen threshold"]
    assert not kept_curve(none).data


# --- drift


def test_the_mix_stacks_to_one_and_few_leads_are_hollow():
    result = result_of(period(START, EVEN), period(START + 1, [(0, 5), (0, 5), (0, 5), (0, 5)]))
    figure = score_mix(result)
    tops = sum(np.array([one.y[0], one.y[1]]) for one in figure.data)
    assert tops == pytest.approx([1.0, 1.0])
    assert [one.base[0] for one in figure.data] == pytest.approx([0.0, 0.25, 0.5, 0.75])
    assert figure.data[0].marker.color[1] == canvas.PAPER
    assert "5 of 20, too few to quote" in figure.data[0].hovertext[1]


def test_a_coin_is_drawn_and_uncompared_rankings_are_hollow():
    few = period(START + 1, [(0, 100), (0, 100), (1, 100), (4, 100)])
    figure = ranking_small(result_of(period(START, EVEN), few))
    assert figure.layout.shapes[0].y0 == 0.5
    full, hollow = figure.data
    assert list(full.x) == [0]
    assert hollow.marker.color == canvas.PAPER
    assert "too few to compare" in hollow.hovertext[0]


def test_a_band_that_moved_is_in_ink_the_others_are_grey():
    fallen = [(2, 100), (5, 100), (10, 100), (2, 100)]
    figure = band_rates(result_of(period(START, EVEN), period(START + 1, fallen)))
    colours = {one.name: one.marker.color for one in figure.data if one.hovertext is not None}
    assert colours["score 60–79"] == canvas.INK
    assert colours["score 40–59"] == canvas.GREY


@pytest.mark.parametrize("months", [0, 1, 60])
def test_no_month_one_month_and_sixty_months_can_be_read(months):
    found = [period(START + number, EVEN) for number in range(max(1, months))]
    result = result_of(*found)
    result = result if months else replace(result, periods=())
    for figure in (score_mix(result), ranking_small(result), band_rates(result)):
        assert len(figure.layout.xaxis.tickvals or ()) <= 6
        assert figure.to_json()
