"""The bars of a change: their data, whiskers, axis, words, keys and colours."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from analytics.change_parts import Dimension, Row, split
from analytics.charts import canvas
from analytics.charts.change_bars import MOST_ROWS, change_bars, row_key, shown_rows
from analytics.metrics.catalog import KEY, METRICS
from tests.charts.marks import colours, trace

METRIC = METRICS["acceptance_rate"]
HOSTILE = "<b>Bold</b> & R&D <img src=x>"
ROWS: list[Row] = [
    ("Web", 320, 400, 240, 300), ("Fair", 210, 300, 154, 220), ("Partner", 160, 200, 60, 150), ("Webinar", 30, 100, 99, 330),
    (None, 5, 10, 5, 10),
]  # fmt: skip


def dimension(rows: list[Row] | None = None, name: str = "source") -> Dimension:
    return replace(split(name, rows or ROWS), is_beyond_luck=True)


def plain(text: str) -> str:
    return text.replace("\u00a0", " ")


def test_the_bars_are_the_parts_and_lie_on_their_own_lines():
    shown = dimension()
    figure = change_bars(shown, METRIC)
    mix, own = trace(figure, "share of leads moved"), trace(figure, "own rate moved")
    assert list(mix.x) == [one.mix for one in shown.segments]
    assert list(own.x) == [one.own for one in shown.segments]
    assert all(upper < lower for upper, lower in zip(mix.y, own.y, strict=True))
    assert sum(mix.x) + sum(own.x) == pytest.approx(shown.mix + shown.own)
    assert figure.layout.barmode == "overlay"


def test_the_whiskers_end_at_the_intervals():
    shown = dimension()
    own = trace(change_bars(shown, METRIC), "own rate moved")
    assert list(own.x + own.error_x.array) == pytest.approx([one.own_high for one in shown.segments])
    assert list(own.x - own.error_x.arrayminus) == pytest.approx([one.own_low for one in shown.segments])


def test_the_axis_holds_every_whisker_and_reads_in_points():
    figure = change_bars(dimension(), METRIC)
    low, high = figure.layout.xaxis.range
    for one in figure.data:
        assert min(one.x - one.error_x.arrayminus) > low
        assert max(one.x + one.error_x.array) < high
    words = [plain(tick) for tick in figure.layout.xaxis.ticktext]
    assert "0 points" in words
    assert len(words) <= 7
    assert all(word.startswith(("−", "+", "0")) for word in words)


def test_a_change_of_nothing_still_has_an_axis():
    figure = change_bars(dimension([("a", 0, 40, 0, 40), ("b", 0, 40, 0, 40)]), METRIC)
    low, high = figure.layout.xaxis.range
    assert low < 0 < high


def test_only_what_is_beyond_luck_is_strong_and_says_itself():
    shown = dimension()
    figure = change_bars(shown, METRIC)
    own = trace(figure, "own rate moved")
    assert [colour == canvas.INK for colour in own.marker.color] == [one.names_own for one in shown.segments]
    said = [plain(note.text) for note in figure.layout.annotations]
    assert len(said) == sum(one.names_own + one.names_mix for one in shown.segments)
    assert any(words.endswith("own rate") for words in said)


def test_a_view_within_luck_names_nothing():
    figure = change_bars(replace(dimension(), is_beyond_luck=False), METRIC)
    assert not figure.layout.annotations
    assert set(trace(figure, "own rate moved").marker.color) == {canvas.LIGHT}
    assert all("within luck" in words for words in trace(figure, "own rate moved").hovertext)


def test_a_mark_opens_the_leads_its_words_count():
    shown = dimension()
    figure = change_bars(shown, METRIC)
    for one in figure.data:
        for place, (key, words) in enumerate(zip(one.customdata, one.hovertext, strict=True)):
            assert key == f"pick:{place}.settled"
            assert KEY.fullmatch(key)
            assert f"of {shown.segments[place].now.denominator}" in plain(words)
            assert words.endswith(canvas.CLICK)


def test_a_segment_that_is_gone_opens_nothing_and_says_so():
    shown = dimension([("Web", 80, 100, 80, 100), ("Fair", 30, 100, 0, 0), ("New", 0, 0, 60, 100)])
    figure = change_bars(shown, METRIC)
    own = trace(figure, "own rate moved")
    place = [one.value for one in shown.segments].index("Fair")
    assert own.customdata[place] == ""
    assert canvas.CLICK not in own.hovertext[place]
    assert "no lead of it in this period" in own.hovertext[place]
    assert any("Fair (gone)" in tick for tick in figure.layout.yaxis.ticktext)
    assert any("New (new)" in tick for tick in figure.layout.yaxis.ticktext)


def test_smaller_segments_stand_together_and_nothing_is_dropped():
    rows: list[Row] = [(f"s{n:02d}", 20 + n % 7, 60, 20 + n % 5, 60) for n in range(15)]
    shown = dimension(rows)
    drawn = shown_rows(shown)
    assert len(drawn) == MOST_ROWS
    assert drawn[-1].name == "8 others"
    assert sum(row.mix + row.own for row in drawn) == pytest.approx(shown.mix + shown.own)
    assert row_key(7, drawn[-1], METRIC) == "pick:7.settled"
    hover = change_bars(shown, METRIC).data[0].hovertext[-1]
    assert f"{8 * 60} leads now" in hover


def test_bands_are_never_put_together():
    rows: list[Row] = [(f"{10 * n}–{10 * n + 9}", 20, 60, 20, 60) for n in range(10)]
    assert len(shown_rows(dimension(rows, "score_band"))) == 10


def test_a_score_band_is_opened_by_its_set():
    shown = split(
        "score_band",
        [("0–19", 10, 40, 12, 40), (None, 10, 40, 3, 40)],
        {"0–19": "score_band:0", None: "score_band:-1"},
    )
    keys = list(change_bars(shown, METRIC).data[0].customdata)
    assert keys == ["score_band:0.settled", "score_band:-1.settled"]


def test_names_from_a_file_stay_text():
    figure = change_bars(dimension([(HOSTILE, 80, 100, 20, 100), ("b", 80, 100, 80, 100)]), METRIC)
    shown = [*figure.layout.yaxis.ticktext, *(words for one in figure.data for words in one.hovertext)]
    assert any("&lt;b&gt;Bold" in one for one in shown)
    assert not any("<b>Bold" in one or "<img" in one for one in shown)


def test_every_colour_has_a_place_in_the_dark():
    figure = change_bars(dimension(), METRIC)
    used = set(colours(figure.to_plotly_json()))
    assert used - {canvas.CLEAR} <= set(canvas.DARK)
    assert canvas.MARKETING not in used
    assert canvas.SALES not in used
    assert all(isinstance(one.x, np.ndarray) for one in figure.data)
