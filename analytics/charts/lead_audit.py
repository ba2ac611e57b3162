"""The five steps of audited leads: a dot with its interval per step, in the colour of the side whose fix it is."""

from __future__ import annotations

import numpy as np
import plotly.graph_objects as go

from analytics import formatting as text
from analytics.charts import canvas as ink
from analytics.lead_audit import SIDE_OF, StepShare
from analytics.lead_audit_words import STEP_NAMES, open_words
from analytics.results import Rate

STEP_KEY = "step"
_COLOURS = {"marketing": ink.MARKETING, "sales": ink.SALES}
_TEXT_COLOURS = {"marketing": ink.MARKETING, "sales": ink.SALES_TEXT}
_DOT, _NAME = 0.2, -0.2


def lead_audit(steps: tuple[StepShare, ...]) -> go.Figure:
    """One row per step: its name and counts above, the dot on a line from 0 to 100 % below; key: ``step:`` and its number.

    A dashed line without a dot: nobody can say, from this export or of these leads.
    """
    figure = ink.canvas(
        margin={"l": 6, "r": 24, "t": 4, "b": 24},
        xaxis=ink.axis(
            range=[-0.01, 1.0], tickvals=[0, 0.5, 1], ticktext=["0", text.percent(0.5), text.percent(1.0)],
            showline=False, fixedrange=True,
        ),
        yaxis=ink.axis(range=[len(steps) - 0.5, -0.5], visible=False, fixedrange=True),
    )  # fmt: skip
    for row, one in enumerate(steps):
        side = SIDE_OF[one.step]
        is_known = isinstance(one.rate, Rate) and one.rate.value is not None
        figure.add_shape(
            type="line", x0=0, x1=1, y0=row + _DOT, y1=row + _DOT, layer="below",
            line={"color": ink.FAINT if is_known else ink.GREY, "width": 1, "dash": "solid" if is_known else "dash"},
        )  # fmt: skip
        place = {"y": row + _NAME, "yanchor": "middle"}
        ink.note(figure, STEP_NAMES[one.step], _TEXT_COLOURS[side], x=0, xanchor="left", **place)
        ink.note(figure, _said(one), ink.INK, x=1, xanchor="right", **place)
        if is_known and isinstance(one.rate, Rate):
            _dot(figure, row, one, one.rate, _COLOURS[side])
    return figure


def _said(one: StepShare) -> str:
    if not isinstance(one.rate, Rate):
        return "cannot be measured"
    left = open_words(one)
    return f"{text.rate(one.rate)} · {text.of(one.rate)}{f' · {left}' if left else ''}"


def _dot(figure: go.Figure, row: int, one: StepShare, share: Rate, colour: str) -> None:
    figure.add_shape(
        type="line", x0=share.low, x1=share.high, y0=row + _DOT, y1=row + _DOT, layer="below",
        line={"color": colour, "width": 4},
    )  # fmt: skip
    figure.add_scatter(
        x=np.array([share.value]), y=np.array([row + _DOT]), mode="markers", name=STEP_NAMES[one.step],
        marker={"color": colour if text.is_quotable(share) else ink.PAPER, "size": 13, "line": {"color": colour, "width": 2}},
        hovertext=[ink.hover(STEP_NAMES[one.step], f"{text.of(share)}, {text.percent_range(share.low, share.high)}", open_words(one))],
        hoverinfo="text", customdata=[f"{STEP_KEY}:{row}"],
    )  # fmt: skip
