"""The figures of the rejections, read by their data, axes, hover text and keys; every key opens what is shown."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import numpy as np
import plotly.graph_objects as go
import pytest

from analytics.charts import canvas
from analytics.charts.reason_bars import reason_bars
from analytics.charts.reason_points import MEASURES
from analytics.charts.rejection_lines import rejection_lines, spread
from analytics.charts.rejection_speed import between, key_of, rejection_speed
from analytics.periods import Unit
from analytics.rejection_pace import PaceBin, RejectionPace, measure_pace
from analytics.rejections import Rejections, measure_rejections
from tests.charts.marks import colours, trace
from tests.metrics.opened_keys import opened
from tests.metrics.worlds import sample


@cache
def result(unit: str = "month") -> Rejections:
    of = sample()
    found = measure_rejections(of.warehouse, of.cohort(), unit)
    assert isinstance(found, Rejections)
    return found


@cache
def pace() -> RejectionPace:
    of = sample()
    found = measure_pace(of.warehouse, of.cohort())
    assert isinstance(found, RejectionPace)
    return found


def nothing() -> Rejections:
    return replace(result(), periods=(), reasons=(), shift=None, front=None, stuck=())


def one_reason() -> Rejections:
    first = result()
    periods = tuple(
        replace(one, reasons=one.reasons[:1], rates=one.rates[:1], shares=one.shares[:1])
        for one in first.periods[:1]
    )
    return replace(first, periods=periods, reasons=first.reasons[:1], shift=None, front=None, stuck=())


def some_undated() -> RejectionPace:
    return replace(pace(), undated=12, undated_untouched=3, rejected=pace().rejected + 12)


def figures() -> dict[str, go.Figure]:
    drawn = {
        f"{unit} {measure}": rejection_lines(result(unit), measure) for unit in Unit for measure in MEASURES
    }
    return drawn | {
        "highlight": rejection_lines(result(), highlight="other"),
        "one reason": rejection_lines(one_reason()),
        "bars": reason_bars(result()),
        "speed": rejection_speed(pace()),
        "undated": rejection_speed(some_undated()),
        "unknown touches": rejection_speed(replace(pace(), untouched=None)),
    }


FIGURES = list(figures().items())
every = pytest.mark.parametrize("figure", [one for _, one in FIGURES], ids=[name for name, _ in FIGURES])


def marked(figure: go.Figure) -> list:
    return [one for one in figure.data if one.hovertext is not None]


@every
def test_svg_keeps_its_zoom_is_readable_and_invites_to_click(figure):
    assert not [one for one in figure.data if one.type.endswith("gl")]
    assert figure.layout.uirevision == "keep"
    assert figure.layout.font.size >= 14
    texts = [text for one in marked(figure) for text in one.hovertext]
    assert texts
    assert all(text.endswith("click to see the leads") for text in texts)
    assert not [text for text in texts if "None" in text or "nan" in text]


@every
def test_every_mark_opens_leads(figure):
    for one in marked(figure):
        assert len(one.customdata) == len(one.hovertext) == len(one.x) == len(one.y)
        assert one.hoverinfo == "text"
    for one in figure.data:
        assert one.hovertext is not None or one.hoverinfo == "skip"


@every
def test_every_colour_has_its_place_on_a_dark_page(figure):
    found = set(colours(figure.to_plotly_json()))
    assert found <= set(canvas.DARK) | {canvas.CLEAR}
    assert not found & {canvas.MARKETING, canvas.SALES}


@every
def test_every_mark_can_be_read_in_a_table(figure):
    rows = canvas.marks(figure)
    assert len(rows) == sum(len(one.hovertext) for one in marked(figure))
    assert not [text for _, text in rows if "<br>" in text or "click" in text]


@pytest.mark.parametrize("unit", list(Unit))
def test_every_mark_of_the_lines_opens_as_many_leads_as_it_says(unit):
    shown = result(unit)
    drawn = marked(rejection_lines(shown, "counts"))
    leads = opened(sample(), [key for one in drawn for key in one.customdata])
    codes = {_words(code): code for code in shown.codes}
    for one in drawn:
        for key, at in zip(one.customdata, one.x, strict=True):
            assert leads[key] == dict(shown.periods[int(at)].reasons)[codes[one.name]], key


def _words(code: str) -> str:
    from analytics.schema import reason_words

    return reason_words(code)


def test_every_bar_opens_as_many_leads_as_it_says():
    of = sample()
    bars = trace(reason_bars(result()), "share of rejections")
    for key, text, one in zip(bars.customdata, bars.hovertext, result().reasons, strict=True):
        assert of.evidence(key, limit=1).count == one.count
        assert f"{one.count:,} rejected lead" in text


def test_every_bar_of_the_speed_opens_as_many_leads_as_it_shows():
    drawn = marked(rejection_speed(pace()))
    leads = opened(sample(), [key for one in drawn for key in one.customdata])
    for one in drawn:
        assert [leads[key] for key in one.customdata] == list(one.y)
    whole = {key_of(one, is_untouched=None): one.touched + one.untouched for one in pace().bins}
    assert opened(sample(), whole) == whole


def test_lines_show_the_rate_per_lead_the_share_or_the_count():
    first = result()
    name, place = _words(first.codes[0]), 0
    heights = {
        "per 100 leads": [one.rates[place].value for one in first.periods],
        "share of rejections": [one.shares[place].value for one in first.periods],
        "counts": [one.reasons[place][1] for one in first.periods],
    }
    for measure, wanted in heights.items():
        figure = rejection_lines(first, measure)
        assert list(trace(figure, name).y) == pytest.approx(wanted)
        assert figure.layout.yaxis.range[0] == 0
        assert figure.layout.yaxis.range[1] >= max(wanted)


def test_a_month_too_young_is_hollow_dotted_and_said():
    first = result()
    assert first.periods[-1].is_immature
    figure = rejection_lines(first)
    marks = trace(figure, _words(first.named[0]))
    assert marks.marker.color[-1] == canvas.PAPER
    assert marks.marker.color[0] == canvas.INK
    dotted = trace(figure, f"{_words(first.named[0])}, not yet judged")
    assert dotted.line.dash == "dot"
    assert list(dotted.x) == [len(first.periods) - 2, len(first.periods) - 1]
    assert len(trace(figure, f"{_words(first.named[0])}, line").x) == len(first.periods) - 1
    assert "still pending" in marks.hovertext[-1]
    assert any("too young until 15\u00a0Oct\u00a02026" in note.text for note in figure.layout.annotations)


def test_the_named_reason_has_its_interval_and_others_none():
    first = result()
    figure = rejection_lines(first)
    bands = [one for one in figure.data if one.name.endswith("interval")]
    assert [one.name for one in bands] == [f"{_words(first.named[0])}, interval"]
    place = first.codes.index(first.named[0])
    firm = [one for one in first.periods if not one.is_immature]
    assert list(bands[0].y[: len(firm)]) == pytest.approx([one.rates[place].high for one in firm])
    assert list(bands[0].y[len(firm) :][::-1]) == pytest.approx([one.rates[place].low for one in firm])


def test_a_highlight_takes_the_ink_from_the_sentence():
    figure = rejection_lines(result(), highlight="other")
    assert trace(figure, "other").marker.color[0] == canvas.INK
    assert trace(figure, _words(result().named[0])).marker.color[0] == canvas.GREY
    unknown = rejection_lines(result(), highlight="no such code")
    assert trace(unknown, _words(result().named[0])).marker.color[0] == canvas.INK


def test_a_period_without_leads_is_a_gap():
    first = result()
    gone = replace(
        first.periods[3], leads=0, settled=0, rejected=0, reasons=tuple((code, 0) for code in first.codes),
        rates=tuple(replace(one, numerator=0, denominator=0, low=None, high=None) for one in first.periods[3].rates),
        shares=tuple(replace(one, numerator=0, denominator=0, low=None, high=None) for one in first.periods[3].shares),
    )  # fmt: skip
    holed = replace(first, periods=(*first.periods[:3], gone, *first.periods[4:]))
    figure = rejection_lines(holed)
    name = _words(first.named[0])
    assert 3 not in list(trace(figure, name).x)
    assert np.isnan(trace(figure, f"{name}, line").x).sum() == 1
    assert len([one for one in figure.data if one.name == f"{name}, interval"]) == 2


def test_a_point_above_the_scale_is_a_triangle_at_its_top():
    first = result()
    few = replace(
        first.periods[0],
        leads=1,
        rates=(replace(first.periods[0].rates[0], numerator=1, denominator=1), *first.periods[0].rates[1:]),
    )
    figure = rejection_lines(replace(first, periods=(few, *first.periods[1:])))
    marks = trace(figure, _words(first.codes[0]))
    assert marks.marker.symbol[0] == "triangle-up"
    assert marks.marker.color[0] == canvas.PAPER
    assert marks.y[0] == figure.layout.yaxis.range[1]
    assert "too few to quote" in marks.hovertext[0]


def test_at_most_six_reasons_are_labelled_and_labels_stand_apart():
    figure = rejection_lines(result())
    at_right = [
        note for note in figure.layout.annotations if note.xref == "paper" and note.x == 1 and 0 < note.y < 1
    ]
    assert len(at_right) == 6
    heights = sorted(note.y for note in at_right)
    assert min(np.diff(heights)) >= 0.0849
    assert any("4 smaller reasons" in note.text for note in figure.layout.annotations)


def test_spread_keeps_order_and_bounds():
    assert spread([], 0.1) == []
    assert spread([0.5], 0.1) == [0.5]
    pressed = spread([0.97, 0.98, 0.99], 0.1)
    assert pressed == pytest.approx([0.78, 0.88, 0.98])
    low = spread([0, 0, 0], 0.1)
    assert np.diff(low) == pytest.approx([0.1, 0.1])


def test_bars_stand_from_the_most_frequent_with_intervals_and_both_numbers():
    first = result()
    figure = reason_bars(first)
    bars = trace(figure, "share of rejections")
    assert list(bars.x) == sorted(bars.x, reverse=True)
    assert list(bars.x) == pytest.approx([one.share.value for one in first.reasons])
    assert list(bars.x + bars.error_x.array) == pytest.approx([one.share.high for one in first.reasons])
    assert figure.layout.xaxis.range[0] == 0
    assert [colour for colour in bars.marker.color if colour == canvas.INK] == [canvas.INK]
    assert " · " in figure.layout.annotations[0].text


def test_under_thirty_rejections_the_bars_are_counts():
    first = result()
    few = replace(first, of_leads=replace(first.of_leads, numerator=29))
    figure = reason_bars(few)
    bars = trace(figure, "rejections")
    assert list(bars.x) == [one.count for one in first.reasons]
    assert bars.error_x.array is None
    assert "%" not in figure.layout.annotations[0].text
    lines = rejection_lines(few)
    assert {colour for one in marked(lines) for colour in one.marker.color} == {canvas.PAPER}


def test_nothing_to_draw_draws_nothing():
    assert not marked(rejection_lines(nothing()))
    assert not reason_bars(nothing()).data
    empty = replace(
        pace(), bins=tuple(replace(one, touched=0, untouched=0) for one in pace().bins), rejected=0, dated=0
    )
    assert not marked(rejection_speed(empty))


def test_speed_shows_marks_between_bins_and_undated_with_a_dashed_outline():
    figure = rejection_speed(some_undated())
    assert list(figure.layout.xaxis.ticktext)[:4] == ["1\u00a0min", "5\u00a0min", "15\u00a0min", "1\u00a0h"]
    assert figure.layout.xaxis.ticktext[-1] == "no date"
    assert figure.layout.shapes[0].line.dash == "dash"
    assert list(trace(figure, "no date").customdata) == ["rejected_undated"]
    assert figure.layout.yaxis.range[0] == 0
    stacked = sum(trace(figure, name).y.sum() for name in ("rejected without any touch", "touch recorded"))
    assert stacked == pace().dated


@pytest.mark.parametrize(
    ("one", "words", "key"),
    [
        (PaceBin(0, 60, 1, 0), "within 1\u00a0min", "rejected_within:60.rejected_touched"),
        (
            PaceBin(60, 300, 1, 0),
            "1\u00a0min to 5\u00a0min",
            "rejected_within:300.rejected_after:60.rejected_touched",
        ),
        (
            PaceBin(2_419_200, None, 1, 0),
            "later than 28\u00a0days",
            "rejected_dated.rejected_after:2419200.rejected_touched",
        ),
    ],
)
def test_a_bin_in_words_and_as_a_key(one, words, key):
    assert between(one) == words
    assert key_of(one, is_untouched=False) == key
