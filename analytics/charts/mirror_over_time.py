"""The gap between leads and wins period by period, above the shade of what luck alone gives, with its direction."""

from __future__ import annotations

import numpy as np
import plotly.graph_objects as go

from analytics import formatting as text
from analytics.charts import canvas as ink
from analytics.segment_words import bands_words, in_points
from analytics.segments_over_time import SegmentPeriod, SegmentsOverTime, reading

_MOST_LABELS = 10
_MOST_TICKS = 12
_HALF = 0.42


def mirror_over_time(result: SegmentsOverTime) -> go.Figure:
    """One dot per period with 20 wins or more: hollow where its leads are too young; the rest is named on the axis."""
    periods = result.periods
    drawn = [
        (at, one) for at, one in enumerate(periods) if one.total_variation is not None and not one.is_few
    ]
    top = max([0.2, *(max(one.total_variation or 0.0, one.chance_p95 or 0.0) for _, one in drawn)]) * 1.3
    step = -(-len(periods) // _MOST_TICKS) if periods else 1
    figure = ink.canvas(
        margin={"l": 84, "r": 24, "t": 14, "b": 66},
        xaxis=ink.axis(
            tickvals=np.arange(0, len(periods), step),
            ticktext=[_tick(one) for one in periods[::step]],
            range=[-0.6, max(1, len(periods)) - 0.4],
            fixedrange=True,
        ),
        yaxis=ink.axis(
            range=[0, top], tickvals=(ticks := _ticks(top)), ticktext=[f"{in_points(tick)}{text.NBSP}points" if tick else "0" for tick in ticks],
            showgrid=True, showline=False, fixedrange=True,
        ),
    )  # fmt: skip
    for at, one in drawn:
        _luck(figure, at, one)
    if drawn:
        left = drawn[0][0] - _HALF
        ink.note(
            figure,
            "what luck alone gives",
            ink.MUTED,
            x=left,
            xanchor="left",
            y=0,
            yanchor="bottom",
            yshift=1,
        )
        _dots(figure, result, drawn)
    return figure


def _ticks(top: float) -> list[float]:
    step = next((step for step in (0.05, 0.1, 0.2) if top / step <= 5), 0.25)
    return [step * number for number in range(int(top / step + 1e-9) + 1)]


def _tick(one: SegmentPeriod) -> str:
    part = "" if one.is_whole else ", part"
    if one.mature == 0:
        return f"{one.label}{part}<br>too young"
    few = "<br>too few" if one.is_few else ""
    return f"{one.label}{part}<br>{text.plural(one.wins, 'win')}{few}"


def _luck(figure: go.Figure, at: int, one: SegmentPeriod) -> None:
    """The shade under the chance line of one period, and the line itself."""
    figure.add_shape(
        type="rect", x0=at - _HALF, x1=at + _HALF, y0=0, y1=one.chance_p95, line={"width": 0}, fillcolor=ink.GREY_BAND,
        layer="below",
    )  # fmt: skip
    figure.add_shape(
        type="line", x0=at - _HALF, x1=at + _HALF, y0=one.chance_p95, y1=one.chance_p95,
        line={"color": ink.MUTED, "width": 1, "dash": "dash"},
    )  # fmt: skip


def _dots(figure: go.Figure, result: SegmentsOverTime, drawn: list[tuple[int, SegmentPeriod]]) -> None:
    colours = [ink.INK if one.is_above_chance else ink.GREY for _, one in drawn]
    figure.add_scatter(
        x=np.array([at for at, _ in drawn]),
        y=np.array([one.total_variation for _, one in drawn], dtype=np.float64),
        mode="lines+markers",
        name="gap",
        line={"color": ink.GREY, "width": 1.5},
        marker={
            "size": 13,
            "color": [ink.PAPER if one.is_young else colour for colour, (_, one) in zip(colours, drawn, strict=True)],
            "line": {"color": colours, "width": 2},
        },
        customdata=[f"{result.unit.value}:{one.number}.won_in_horizon" for _, one in drawn],
        hovertext=[
            ink.hover(
                f"{one.label}: {reading(one)}",
                f"luck alone: up to {in_points(one.chance_p95)}",
                text.plural(one.wins, "win"),
            )
            for _, one in drawn
        ],
        hoverinfo="text",
    )  # fmt: skip
    labelled = drawn if len(drawn) <= _MOST_LABELS else [drawn[0], drawn[-1]]
    for at, one in labelled:
        # within luck a direction is noise
        lean = _lean(one.direction_bands) if one.is_above_chance else ""
        words = f"<b>{in_points(one.total_variation)}</b>{f' · {lean}' if lean else ''}"
        ink.note(figure, words, ink.INK, x=at, y=one.total_variation, yanchor="bottom", yshift=10)


def _lean(direction: float | None) -> str:
    if direction is None or abs(direction) < 0.05:
        return ""
    return f"{bands_words(direction)} {'up' if direction > 0 else 'down'}"
