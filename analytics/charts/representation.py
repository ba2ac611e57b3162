"""How much of the wins comes from where the leads come from, against luck; and each band's share over its fair share."""

from __future__ import annotations

import math

import numpy as np
import plotly.graph_objects as go

from analytics import formatting as text
from analytics.charts import canvas as ink
from analytics.charts.mirror import band_key, shown_bands
from analytics.metrics.compose import rate
from analytics.segment_bands import SegmentBand
from analytics.segment_words import in_points, times
from analytics.segments import Segments

_TICKS = (0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50)
_LONGEST = 22
_ROOM_FOR_GAP = 0.78


def overlap_column(result: Segments) -> go.Figure:
    """The overlap as a column, of 100 wins; the shade is where luck alone would leave it in 95 of 100 cases.

    Empty where there is nothing to compare or too few wins: a column of a handful of wins would look like a finding.
    """
    figure = ink.canvas(
        font={"family": ink.FONT, "size": 16, "color": ink.MUTED},
        margin={"l": 44, "r": 8, "t": 14, "b": 14},
        xaxis=ink.axis(range=[0, 1], showticklabels=False, fixedrange=True),
        yaxis=ink.axis(
            range=[0, 1.04],
            tickvals=[0, 0.5, 1],
            ticktext=["0", "50", "100"],
            showgrid=True,
            showline=False,
            fixedrange=True,
        ),
    )
    if result.overlap is None or result.chance_p95 is None or result.verdict == "not enough wins":
        return figure
    _luck(figure, 1 - result.chance_p95)
    colour = ink.INK if result.is_above_chance else ink.GREY
    gap = f"{in_points(result.total_variation)} points"
    figure.add_bar(
        x=np.array([0.19]),
        y=np.array([result.overlap]),
        width=0.3,
        name="overlap",
        marker={"color": colour},
        customdata=["won_in_horizon"],
        hovertext=[
            ink.hover(
                f"{text.in_hundred(result.overlap)} of 100 wins come from where the leads come from",
                f"gap {gap}, luck alone up to {in_points(result.chance_p95)}",
                text.plural(result.wins, "win"),
            )
        ],
        hoverinfo="text",
    )
    _bracket(figure, result, colour, f"gap {gap}")
    words = f"<b>{text.in_hundred(result.overlap)}</b> of 100 wins<br>overlap with<br>the leads"
    ink.note(
        figure,
        words,
        ink.INK,
        x=0.4,
        xanchor="left",
        align="left",
        y=min(result.overlap, 1 - result.chance_p95) / 2,
        yanchor="middle",
    )
    return figure


def _luck(figure: go.Figure, line: float) -> None:
    """The shade above the chance line, and the line with its name."""
    figure.add_shape(
        type="rect",
        x0=0,
        x1=1,
        y0=line,
        y1=1,
        line={"width": 0},
        fillcolor=ink.GREY_BAND,
        layer="below",
    )
    figure.add_shape(
        type="line", x0=0, x1=1, y0=line, y1=line, line={"color": ink.INK, "width": 1, "dash": "dash"}
    )
    ink.note(
        figure,
        f"luck: {text.in_hundred(line)} or more",
        ink.MUTED,
        x=0.99,
        xanchor="right",
        y=line,
        yanchor="top",
        yshift=-2,
    )


def _bracket(figure: go.Figure, result: Segments, colour: str, words: str) -> None:
    """The gap from the overlap up to 100, where it is beyond luck and has the room for its name."""
    overlap = result.overlap or 0.0
    if not result.is_above_chance:
        return
    figure.add_shape(type="line", x0=0.19, x1=0.19, y0=overlap, y1=1, line={"color": colour, "width": 1.5})
    figure.add_shape(type="line", x0=0.14, x1=0.24, y0=1, y1=1, line={"color": colour, "width": 1.5})
    if overlap < _ROOM_FOR_GAP:
        ink.note(figure, words, ink.INK, x=0.22, xanchor="left", y=overlap, yanchor="bottom", yshift=6)


def representation(result: Segments) -> go.Figure:
    """Share of wins over share of leads per band as a dot with its interval, on a logarithmic axis around 1."""
    bands = [(place, band) for place, band in enumerate(shown_bands(result)) if band.index is not None]
    low, high = _ends([band for _, band in bands])
    rows = np.arange(len(bands), dtype=np.float64)
    ticks = [tick for tick in _TICKS if low <= tick <= high]
    figure = ink.canvas(
        margin={"l": 190, "r": 90, "t": 26, "b": 30},
        xaxis=ink.axis(
            type="log", range=[math.log10(low), math.log10(high)], tickvals=ticks,
            ticktext=[times(tick) for tick in ticks], showgrid=True, showline=False, fixedrange=True,
        ),
        yaxis=ink.axis(
            tickvals=rows, ticktext=[f"{_name(band)}  " for _, band in bands], range=[len(bands) - 0.5, -0.5],
            showline=False, fixedrange=True,
        ),
    )  # fmt: skip
    figure.add_shape(type="line", x0=1, x1=1, yref="paper", y0=0, y1=1, line={"color": ink.INK, "width": 1, "dash": "dash"})  # fmt: skip
    ink.note(
        figure,
        "its fair share",
        ink.MUTED,
        x=0,
        xanchor="center",
        yref="paper",
        y=1,
        yanchor="bottom",
        yshift=2,
    )
    if bands:
        _dots(figure, result, bands, rows, low)
    return figure


def _dots(
    figure: go.Figure,
    result: Segments,
    bands: list[tuple[int, SegmentBand]],
    rows: np.ndarray[tuple[int], np.dtype[np.float64]],
    floor: float,
) -> None:
    values = np.array([max(floor, band.index or 0.0) for _, band in bands], dtype=np.float64)
    lows = np.array([max(floor, band.index_low or 0.0) for _, band in bands], dtype=np.float64)
    highs = np.array([band.index_high or 0.0 for _, band in bands], dtype=np.float64)
    shares = [rate(band.wins, band.mature) for _, band in bands]
    is_clear = [(band.index_low or 0.0) > 1 or (band.index_high or 0.0) < 1 for _, band in bands]
    colours = [ink.INK if clear else ink.GREY for clear in is_clear]
    figure.add_scatter(
        x=values,
        y=rows,
        mode="markers",
        name="representation",
        error_x={
            "type": "data", "symmetric": False, "array": highs - values, "arrayminus": values - lows,
            "color": ink.GREY, "thickness": 1.5, "width": 0,
        },
        marker={
            "size": 13,
            "color": [c if text.is_quotable(share) else ink.PAPER for c, share in zip(colours, shares, strict=True)],
            "line": {"color": colours, "width": 2},
        },
        customdata=[band_key(result, place, band, "mature") for place, band in bands],
        hovertext=[
            ink.hover(
                f"{ink.safe(band.label)}: {times(band.index or 0.0)} its fair share of the wins"
                f" ({times(band.index_low or 0.0)} to {times(band.index_high or 0.0)})",
                f"{text.plural(band.wins, 'win')} among {text.plural(band.mature, 'lead')}",
                "" if text.is_quotable(share) else text.TOO_FEW,
            )
            for (_, band), share in zip(bands, shares, strict=True)
        ],
        hoverinfo="text",
    )  # fmt: skip
    for row, (_, band), share, end in zip(rows, bands, shares, highs, strict=True):
        words = f"<b>{times(band.index or 0.0)}</b>" if text.is_quotable(share) else text.of(share)
        ink.note(
            figure,
            words,
            ink.INK,
            x=math.log10(max(end, floor)),
            xanchor="left",
            xshift=8,
            y=row,
            yanchor="middle",
        )


def _ends(bands: list[SegmentBand]) -> tuple[float, float]:
    """The ends of the axis: every dot and interval fits; an interval that reaches 0 runs to the edge."""
    found = [end for band in bands for end in (band.index, band.index_low, band.index_high) if end]
    low, high = min([0.4, *found]), max([2.5, *found])
    return max(0.04, low * 0.85), high * 1.25


def _name(band: SegmentBand) -> str:
    name = band.label if len(band.label) <= _LONGEST else f"{band.label[: _LONGEST - 1]}…"
    return ink.safe(name)
