"""Fast and slow leads as two pairs of dots with their intervals: as they are, and like with like."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import plotly.graph_objects as go

from analytics import formatting as text
from analytics.charts import canvas as ink
from analytics.faster_wins import FasterWins
from analytics.faster_words import verb
from analytics.results import Rate

_PAIRS = ("As they are", "Like with like")


@dataclass(frozen=True, slots=True)
class _Dot:
    row: float
    name: str
    value: float
    low: float
    high: float
    is_fast: bool
    label: str
    key: str | None
    hover: str


def faster_wins(result: FasterWins) -> go.Figure:
    """Four rows: fast in ink, slow in grey; the raw pair never stands without the compared one.

    The raw dots open their leads. The compared ones stand on the leads with a counterpart, spread over the strata, and
    open nothing: the table of the strata does.
    """
    dots = _dots(result)
    top = min(1.0, max([dot.high for dot in dots], default=0.1) * 1.18)
    figure = ink.canvas(
        margin={"l": 288, "r": 90, "t": 8, "b": 46},
        xaxis=ink.axis(range=[0, top], nticks=6, tickformat=".0%" if top > 0.08 else ".1%", showgrid=True, showline=False, fixedrange=True),
        yaxis=ink.axis(
            range=[4.0, -0.6], tickvals=np.array([dot.row for dot in dots], dtype=np.float64),
            ticktext=[f"{dot.name}  " for dot in dots], showline=False, fixedrange=True,
        ),
    )  # fmt: skip
    if not dots:
        return figure
    for row, words in zip((0.35, 2.85), _PAIRS, strict=True):
        ink.note(
            figure,
            f"<b>{words}</b>",
            xref="paper",
            x=0,
            xanchor="right",
            xshift=-176,
            y=row,
            yanchor="middle",
        )
    figure.add_shape(
        type="line", xref="paper", x0=-0.35, x1=1, y0=1.6, y1=1.6, line={"color": ink.FAINT, "width": 1}
    )
    _draw(figure, dots)
    ink.note(
        figure, f"{verb(result)} within {text.days(result.horizon_days)} after the limit ran out", ink.MUTED, xref="paper",
        x=0.5, xanchor="center", yref="paper", y=0, yanchor="top", yshift=-24,
    )  # fmt: skip
    return figure


def _draw(figure: go.Figure, dots: list[_Dot]) -> None:
    values = np.array([dot.value for dot in dots], dtype=np.float64)
    colours = [ink.INK if dot.is_fast else ink.GREY for dot in dots]
    figure.add_scatter(
        x=values,
        y=np.array([dot.row for dot in dots], dtype=np.float64),
        mode="markers",
        name="fast and slow leads",
        error_x={
            "type": "data", "symmetric": False, "array": np.array([dot.high for dot in dots]) - values,
            "arrayminus": values - np.array([dot.low for dot in dots]), "color": ink.GREY, "thickness": 2, "width": 6,
        },
        marker={"size": 15, "color": colours, "line": {"color": colours, "width": 2}},
        cliponaxis=False,
        customdata=[dot.key for dot in dots],
        hovertext=[dot.hover for dot in dots],
        hoverinfo="text",
    )  # fmt: skip
    for dot in dots:
        ink.note(
            figure, dot.label, ink.INK if dot.is_fast else ink.MUTED, x=dot.high, xanchor="left", xshift=8, y=dot.row,
            yanchor="middle",
        )  # fmt: skip


def _dots(result: FasterWins) -> list[_Dot]:
    """The marks that can be drawn; nothing without both pairs."""
    pairs = (
        (result.fast, result.fast_alike, "touched inside the limit", "limit_met", True),
        (result.slow, result.slow_alike, "later or never", "limit_missed", False),
    )
    found = []
    for place, (raw, alike, name, exposure, is_fast) in enumerate(pairs):
        if raw.value is None or alike is None:
            return []
        key = f"{result.base_key}.{exposure}"
        found.append(_raw(0.0 + 0.7 * place, raw, name, f"{key}.{result.hit_key}", is_fast=is_fast))
        share = text.percent(alike.value)
        found.append(
            _Dot(
                2.5 + 0.7 * place, name, alike.value, alike.low, alike.high, is_fast, share, None,
                "<br>".join((
                    f"{name}, like with like: {share} ({text.percent_range(alike.low, alike.high)})",
                    f"for the common mix of strata, from {text.count(alike.leads)} with a counterpart",
                    f"of {text.plural(raw.denominator, 'lead')}",
                    "the strata below open them",
                )),
            )
        )  # fmt: skip
    return sorted(found, key=lambda dot: dot.row)


def _raw(row: float, raw: Rate, name: str, key: str, *, is_fast: bool) -> _Dot:
    value = raw.value or 0.0
    low, high = (value if end is None else end for end in (raw.low, raw.high))
    return _Dot(
        row, name, value, low, high, is_fast,
        text.percent(value) if text.is_quotable(raw) else text.of(raw), key,
        ink.hover(f"{name}, as they are: {text.rate_with_interval(raw)}", text.of(raw)),
    )  # fmt: skip
