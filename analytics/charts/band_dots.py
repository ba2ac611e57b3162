"""Win rate per score band as a dot with its interval: hollow where few or young, dashed where the score is unknown."""

from __future__ import annotations

import numpy as np
import plotly.graph_objects as go

from analytics import formatting as text
from analytics.charts import canvas as ink
from analytics.results import Rate
from analytics.score_bands import ScoreBand, ScoreBands
from analytics.wording import extreme_bands

UNKNOWN = -1
_MATURE = 0.9
_STEPS = (0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.25, 0.5)


def rate_of(band: ScoreBand, bands: ScoreBands) -> Rate:
    """The rate that the verdict is about."""
    return band.won if bands.outcome == "won" else band.opportunity


def is_hollow(band: ScoreBand, bands: ScoreBands) -> bool:
    """Too few leads to quote, or under nine in ten of them old enough."""
    return not text.is_quotable(rate_of(band, bands)) or band.mature < _MATURE * band.leads


def band_dots(bands: ScoreBands) -> go.Figure:
    """One dot per band from the lowest score to the highest, "no score" last."""
    shown = bands.bands
    rates = [rate_of(band, bands) for band in shown]
    top = _top(rates)
    ticks = _ticks(top)
    figure = ink.canvas(
        margin={"l": 64, "r": 12, "t": 10, "b": 46},
        xaxis=ink.axis(
            tickvals=np.arange(len(shown)),
            ticktext=[f"{ink.safe(band.label)}<br>n{text.NBSP}{text.count(band.mature)}" for band in shown],
            range=[-0.5, len(shown) - 0.3],
        ),
        yaxis=ink.axis(
            range=[-0.1 * top, top],
            tickvals=ticks,
            ticktext=[_tick_text(tick) for tick in ticks],
            showgrid=True,
            showline=False,
            fixedrange=True,
        ),
    )
    drawn = [
        (place, band, rate)
        for place, (band, rate) in enumerate(zip(shown, rates, strict=True))
        if rate.value is not None
    ]
    if drawn:
        _dots(figure, drawn, bands)
    for place, band, rate in drawn:
        if band.number == UNKNOWN:
            _dashed_outline(figure, place, rate.value or 0.0)
    return figure


def _top(rates: list[Rate]) -> float:
    """The height of the axis: every dot fits, and every whisker of a band that can be quoted."""
    ends = [(rate.high if text.is_quotable(rate) else None) or rate.value or 0.0 for rate in rates]
    return min(1.0, max([*ends, 0.02])) * 1.12


def _dots(figure: go.Figure, drawn: list[tuple[int, ScoreBand, Rate]], bands: ScoreBands) -> None:
    values = np.array([rate.value for _, _, rate in drawn], dtype=np.float64)
    low = np.array([rate.value if rate.low is None else rate.low for _, _, rate in drawn], dtype=np.float64)
    high = np.array(
        [rate.value if rate.high is None else rate.high for _, _, rate in drawn], dtype=np.float64
    )
    hollow = [is_hollow(band, bands) for _, band, _ in drawn]
    named = {band.number for band in extreme_bands(bands)}
    colours = [ink.INK if band.number in named else ink.GREY for _, band, _ in drawn]
    figure.add_scatter(
        x=np.array([place for place, _, _ in drawn]),
        y=values,
        mode="markers+text",
        name=bands.outcome,
        error_y={
            "type": "data",
            "symmetric": False,
            "array": high - values,
            "arrayminus": values - low,
            "color": ink.GREY,
            "thickness": 1.5,
            "width": 5,
        },
        marker={
            "size": 14,
            "color": [ink.PAPER if empty else colour for empty, colour in zip(hollow, colours, strict=True)],
            "line": {
                "color": colours,
                "width": [0 if band.number == UNKNOWN else 2.5 for _, band, _ in drawn],
            },
        },
        text=[f"  {_label(rate)}" for _, _, rate in drawn],
        textposition="middle right",
        textfont={"color": ink.INK},
        customdata=[f"band_mature:{band.number}" for _, band, _ in drawn],
        hovertext=[_hover(band, rate, bands) for _, band, rate in drawn],
        hoverinfo="text",
    )


def _label(rate: Rate) -> str:
    return text.percent(rate.value) if text.is_quotable(rate) else text.of(rate)


def _hover(band: ScoreBand, rate: Rate, bands: ScoreBands) -> str:
    word = "won" if bands.outcome == "won" else "became an opportunity"
    score = ink.safe(band.label) if band.number == UNKNOWN else f"Score {ink.safe(band.label)}"
    young = band.leads - band.mature
    return ink.hover(
        f"{score}: {text.rate_with_interval(rate)} {word} within {text.days(bands.horizon_days)}",
        text.of(rate) if text.is_quotable(rate) else "",
        f"{text.plural(young, 'lead')} still too young to count" if young else "",
    )


def _ticks(top: float) -> list[float]:
    step = next((step for step in _STEPS if top / step <= 4), 0.5)
    return [step * index for index in range(int(top / step + 1e-9) + 1)]


def _tick_text(tick: float) -> str:
    return f"{tick * 100:g}{text.NBSP}%" if tick else "0"


def _dashed_outline(figure: go.Figure, x: float, y: float) -> None:
    """The mark of "unknown": a dashed circle of fixed size around the place of the value."""
    figure.add_shape(
        type="circle",
        xsizemode="pixel",
        ysizemode="pixel",
        xanchor=x,
        yanchor=y,
        x0=-8,
        x1=8,
        y0=-8,
        y1=8,
        line={"color": ink.GREY, "width": 2, "dash": "dot"},
        fillcolor=ink.PAPER,
    )
