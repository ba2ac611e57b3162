"""Both sides of the contract in the same size on the same scale: what each kept, and the obligations behind it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import plotly.graph_objects as go

from analytics import formatting as text
from analytics.charts import canvas as ink
from analytics.compliance import Compliance, Side
from analytics.results import Rate, Unmeasurable

_COLOURS = {"marketing": ink.MARKETING, "sales": ink.SALES}
_TEXT_COLOURS = {"marketing": ink.MARKETING, "sales": ink.SALES_TEXT}
_DOMAINS = {"marketing": (0.0, 0.475), "sales": (0.525, 1.0)}
_AXES = {"marketing": "x", "sales": "x2"}
_DOT, _NAME = 0.16, -0.14


@dataclass(frozen=True, slots=True)
class _Row:
    words: str
    rate: Rate | Unmeasurable
    target: float | None
    key: str
    is_at_most: bool = False


def two_sides(found: Compliance) -> go.Figure:
    """Three rows per side: the share kept on top, its parts below; a click opens the leads counted.

    A dashed line without a dot: not agreed, or not measurable from this export. A dashed tick is the target.
    """
    sides = (found.marketing, found.sales)
    rows = max(len(_rows(side)) for side in sides)
    scale = ink.axis(
        range=[-0.01, 1.0], tickvals=[0, 0.5, 1], ticktext=["0", text.percent(0.5), text.percent(1.0)],
        showline=False, fixedrange=True,
    )  # fmt: skip
    figure = ink.canvas(
        margin={"l": 6, "r": 30, "t": 30, "b": 24},
        xaxis={**scale, "domain": _DOMAINS["marketing"]},
        xaxis2={**scale, "domain": _DOMAINS["sales"]},
        yaxis=ink.axis(range=[rows - 0.5, -0.5], visible=False, fixedrange=True),
    )
    for side in sides:
        _draw(figure, side)
    return figure


def _rows(side: Side) -> list[_Row]:
    kept = _Row(side.words, side.kept, None, side.key, side.is_at_most)
    return [kept, *(_Row(one.words, one.rate, one.target, one.key) for one in side.parts)]


def _draw(figure: go.Figure, side: Side) -> None:
    axis, colour = _AXES[side.name], _COLOURS[side.name]
    ink.note(
        figure, f"<b>{side.name.capitalize()}</b>", _TEXT_COLOURS[side.name], xref=axis, x=0, xanchor="left", yref="paper",
        y=1.0, yanchor="bottom",
    )  # fmt: skip
    for row, one in enumerate(_rows(side)):
        is_known = isinstance(one.rate, Rate) and one.rate.value is not None
        figure.add_shape(
            type="line", xref=axis, x0=0, x1=1, y0=row + _DOT, y1=row + _DOT, layer="below",
            line={"color": ink.FAINT if is_known else ink.GREY, "width": 1, "dash": "solid" if is_known else "dash"},
        )  # fmt: skip
        if one.target is not None:
            figure.add_shape(
                type="line", xref=axis, x0=one.target, x1=one.target, y0=row + _DOT - 0.16, y1=row + _DOT + 0.16,
                line={"color": ink.INK, "width": 1.5, "dash": "dash"},
            )  # fmt: skip
        ink.note(
            figure,
            ink.safe(_short(one.words)),
            xref=axis,
            x=0,
            xanchor="left",
            y=row + _NAME,
            yanchor="middle",
        )
        ink.note(
            figure,
            _value(one, side),
            xref=axis,
            x=1,
            xanchor="right",
            y=row + _NAME - 0.015,
            yanchor="middle",
        )
        if isinstance(one.rate, Rate) and one.rate.low is not None:
            figure.add_shape(
                type="line", xref=axis, x0=one.rate.low, x1=one.rate.high, y0=row + _DOT, y1=row + _DOT, layer="below",
                line={"color": colour, "width": 4},
            )  # fmt: skip
    drawn = [
        (row, one, one.rate)
        for row, one in enumerate(_rows(side))
        if isinstance(one.rate, Rate) and one.rate.value is not None
    ]
    if not drawn:
        return
    figure.add_scatter(
        x=np.array([rate.value for _, _, rate in drawn], dtype=np.float64),
        y=np.array([row + _DOT for row, _, _ in drawn]),
        xaxis=axis,
        mode="markers",
        name=side.name,
        cliponaxis=False,
        marker={"size": 12, "color": colour, "line": {"color": colour, "width": 2}},
        customdata=[one.key for _, one, _ in drawn],
        hovertext=[_hover(one, rate) for _, one, rate in drawn],
        hoverinfo="text",
    )


def _short(words: str) -> str:
    """A row's name on the figure; the hover has it whole."""
    return words if len(words) <= 62 else f"{words[:61]}…"


def _value(one: _Row, side: Side) -> str:
    if isinstance(one.rate, Unmeasurable):
        return "<b>not agreed</b>" if side.is_not_agreed and one.key != "complete_data" else "not known"
    if one.rate.value is None:
        return "no leads"
    if not text.is_quotable(one.rate):
        return f"{text.of(one.rate)}, too few"
    at_most = "at most " if one.is_at_most else ""
    aim = f" · aim {text.percent(one.target)}" if one.target is not None else ""
    return f"{at_most}<b><span style='font-size:1.5em'>{text.percent(one.rate.value)}</span></b> · {text.of(one.rate)}{aim}"


def _hover(one: _Row, rate: Rate) -> str:
    return ink.hover(
        f"{text.rate_with_interval(rate)} {ink.safe(one.words)}",
        text.of(rate) if text.is_quotable(rate) else "",
        "at most: the export does not date its touches or name their channels" if one.is_at_most else "",
        f"aim {text.percent(one.target)}" if one.target is not None else "",
        f"{text.count(rate.pending)} still inside a window" if rate.pending else "",
    )
