"""Every step of the handoff against its target: a dot with its interval, in the colour of the side that promised it."""

from __future__ import annotations

import numpy as np
import plotly.graph_objects as go

from analytics import formatting as text
from analytics.charts import canvas as ink
from analytics.comparison import MetricChange, words
from analytics.handoff_steps import HandoffStep, bound_words, unknown_words
from analytics.metrics.catalog import METRICS
from analytics.results import Rate

_COLOURS = {"marketing": ink.MARKETING, "sales": ink.SALES, "both": ink.INK}
_TEXT_COLOURS = {"marketing": ink.MARKETING, "sales": ink.SALES_TEXT, "both": ink.INK}
_STATES = {"missed": "below", "met": "met", "open": "open", "no target": "no target"}
_ARROWS = {"up": " ▲", "down": " ▼"}
_DOT = 0.22
_NAME = -0.2


def step_targets(steps: tuple[HandoffStep, ...]) -> go.Figure:
    """One row per step: name, value and verdict above, the dot on a line from 0 to 100 % below; key: the metric's hits.

    A filled dot is a verdict (missed or met), a hollow one is open or too few; a dashed tick is the target. A small
    triangle behind the value says that the rate rose or fell beyond luck since the period before.
    """
    figure = ink.canvas(
        margin={"l": 4, "r": 22, "t": 4, "b": 24},
        xaxis=ink.axis(
            range=[-0.01, 1.0],
            tickvals=[0, 0.5, 1],
            ticktext=["0", text.percent(0.5), text.percent(1.0)],
            showline=False,
            fixedrange=True,
        ),
        yaxis=ink.axis(range=[len(steps) - 0.5, -0.5], visible=False, fixedrange=True),
    )
    for row, one in enumerate(steps):
        _line(figure, one, row)
    _dots(figure, [(row, one) for row, one in enumerate(steps) if one.rate and one.rate.value is not None])
    return figure


def _line(figure: go.Figure, one: HandoffStep, row: int) -> None:
    """The name with the verdict in words, the scale, and the target as a dashed tick."""
    is_known = one.rate is not None and one.rate.value is not None
    figure.add_shape(
        type="line", x0=0, x1=1, y0=row + _DOT, y1=row + _DOT,
        line={"color": ink.FAINT if is_known else ink.GREY, "width": 1, "dash": "solid" if is_known else "dash"},
        layer="below",
    )  # fmt: skip
    if one.target is not None:
        figure.add_shape(
            type="line", x0=one.target, x1=one.target, y0=row + _DOT - 0.2, y1=row + _DOT + 0.2,
            line={"color": ink.INK, "width": 1.5, "dash": "dash"},
        )  # fmt: skip
    ink.note(figure, one.label, _TEXT_COLOURS[one.side], x=0, xanchor="left", y=row + _NAME, yanchor="middle")
    ink.note(figure, _verdict(one), ink.INK, x=1, xanchor="right", y=row + _NAME, yanchor="middle")


def _verdict(one: HandoffStep) -> str:
    if one.rate is None:
        return "not known"
    if one.rate.value is None:
        return "no leads"
    if one.state == "too few":
        return f"{text.of(one.rate)}, too few"
    arrow = _ARROWS.get(one.change.change, "") if one.change else ""
    value = f"{bound_words(one)}<b>{text.percent(one.rate.value)}</b>{arrow}"
    return f"{value} · {_STATES[one.state]}" + (
        f" {text.percent(one.target)}" if one.target is not None else ""
    )


def _dots(figure: go.Figure, drawn: list[tuple[int, HandoffStep]]) -> None:
    if not drawn:
        return
    rates = [one.rate for _, one in drawn if one.rate is not None]
    values = np.array([rate.value for rate in rates], dtype=np.float64)
    colours = [_COLOURS[one.side] for _, one in drawn]
    for (row, _), rate, colour in zip(drawn, rates, colours, strict=True):
        figure.add_shape(
            type="line", x0=rate.low, x1=rate.high, y0=row + _DOT, y1=row + _DOT, line={"color": colour, "width": 4},
            layer="below",
        )  # fmt: skip
    figure.add_scatter(
        x=values,
        y=np.array([row + _DOT for row, _ in drawn]),
        mode="markers",
        name="steps",
        cliponaxis=False,
        marker={
            "size": 11,
            "color": [
                colour if one.state in {"missed", "met"} else ink.PAPER
                for (_, one), colour in zip(drawn, colours, strict=True)
            ],
            "line": {"color": colours, "width": 2.5},
        },
        customdata=[METRICS[one.slug].numerator for _, one in drawn],
        hovertext=[_hover(one) for _, one in drawn],
        hoverinfo="text",
    )


def _hover(one: HandoffStep) -> str:
    rate = one.rate or Rate(0, 0)
    return ink.hover(
        f"{one.label}: {bound_words(one)}{text.rate_with_interval(rate)}",
        text.of(rate) if text.is_quotable(rate) else "",
        "at most: the export does not date its touches or name their channels" if one.is_at_most else "",
        f"{unknown_words(one)}: not counted as in time" if one.unknown_when else "",
        f"target {text.percent(one.target)}: {state_words(one)}"
        if one.target is not None
        else "no target agreed",
        f"{text.count(rate.pending)} still pending" if rate.pending else "",
        f"since the period before: {_since(one.change)}" if one.change else "",
    )


def state_words(one: HandoffStep) -> str:
    """The state of a step in words, with the leads that a missed one is short of at least."""
    if one.is_unsure:
        return f"open, it turns on {unknown_words(one)}"
    return {
        "missed": f"below it, {text.plural(one.short, 'lead')} short",
        "met": "met",
        "open": "open, the interval holds it or lies too near",
        "no target": "none agreed",
        "too few": text.TOO_FEW,
        "no leads": "no leads to judge",
        "unknown": "cannot be measured from this export",
    }[one.state]


def _since(change: MetricChange) -> str:
    return words(change)
