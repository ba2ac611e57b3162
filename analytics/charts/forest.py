"""Groups one below the other: each rate as a dot with its interval, the whole cohort as a line through all."""

from __future__ import annotations

import numpy as np
import plotly.graph_objects as go

from analytics import formatting as text
from analytics.breakdown import Breakdown
from analytics.charts import canvas as ink
from analytics.results import Rate

UNKNOWN = "(unknown)"
MOST = 20
_LONGEST = 26


def forest(result: Breakdown, place: int) -> go.Figure:
    """The rates of one metric (its ``place`` in the breakdown) for the largest groups, the largest on top.

    A mark's key is ``pick:N.`` and the metric's numerator: N is the place of the group in the breakdown.
    """
    drawn = [
        (number, group)
        for number, group in enumerate(result.groups[:MOST])
        if group.rates[place].value is not None
    ]
    metric, total = result.metrics[place], result.total[place]
    rates = [group.rates[place] for _, group in drawn]
    names = [_short(group.value) for _, group in drawn]
    rows = np.arange(len(drawn), dtype=np.float64)
    figure = ink.canvas(
        margin={"l": 190, "r": 24, "t": 28, "b": 30},
        xaxis=ink.axis(
            range=[0, _top([*rates, total])], tickformat=".0%", showgrid=True, showline=False, fixedrange=True
        ),
        yaxis=ink.axis(
            tickvals=rows,
            ticktext=[f"{ink.safe(name)}  " for name in names],
            range=[len(drawn) - 0.5, -0.5],
            showline=False,
            fixedrange=True,
        ),
    )
    if not drawn:
        return figure
    if total.value is not None:
        _whole(figure, total)
    values = np.array([rate.value for rate in rates], dtype=np.float64)
    figure.add_scatter(
        x=values,
        y=rows,
        mode="markers",
        name=metric.label,
        error_x={
            "type": "data",
            "symmetric": False,
            "array": np.array([rate.high or 0.0 for rate in rates]) - values,
            "arrayminus": values - np.array([rate.low or 0.0 for rate in rates]),
            "color": ink.GREY,
            "thickness": 1.5,
            "width": 0,
        },
        marker={
            "size": 12,
            "color": [
                ink.PAPER if not text.is_quotable(rate) else ink.INK if group.stands_out[place] else ink.GREY
                for (_, group), rate in zip(drawn, rates, strict=True)
            ],
            "line": {
                "color": [ink.INK if group.stands_out[place] else ink.GREY for _, group in drawn],
                "width": 2,
            },
        },
        customdata=[f"pick:{number}.{metric.numerator}" for number, _ in drawn],
        hovertext=[
            ink.hover(
                f"{ink.safe(name)}: {text.rate_with_interval(rate)}",
                text.of(rate) if text.is_quotable(rate) else "",
                f"{text.count(rate.pending)} still pending" if rate.pending else "",
                f"{group.stands_out[place]} the rest, beyond luck" if group.stands_out[place] else "",
            )
            for (_, group), rate, name in zip(drawn, rates, names, strict=True)
        ],
        hoverinfo="text",
    )
    return figure


def _short(value: str | None) -> str:
    name = value or UNKNOWN
    return name if len(name) <= _LONGEST else f"{name[: _LONGEST - 1]}…"


def _top(rates: list[Rate]) -> float:
    ends = [(rate.high if text.is_quotable(rate) else rate.value) or 0.0 for rate in rates]
    return min(1.02, max([*ends, 0.02]) * 1.08)


def _whole(figure: go.Figure, total: Rate) -> None:
    """The rate of the whole cohort, a thin line with its name on it."""
    figure.add_shape(
        type="line", xref="x", x0=total.value, x1=total.value, yref="paper", y0=0, y1=1,
        line={"color": ink.INK, "width": 1},
    )  # fmt: skip
    ink.note(
        figure, f"all leads {text.percent(total.value)}", ink.MUTED, x=total.value, xanchor="center",
        yref="paper", y=1, yanchor="bottom", yshift=2,
    )  # fmt: skip
