"""Arrivals by weekday and hour as a map of cells: how many leads, or which share was touched inside the limit."""

from __future__ import annotations

from typing import Literal

import numpy as np
import plotly.graph_objects as go

from analytics import formatting as text
from analytics.charts import canvas as ink
from analytics.long_tail import tier_key
from analytics.periods import hour_words
from analytics.wait_arrivals import ArrivalCell, Arrivals

Shown = Literal["leads", "inside"]
DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_LEAST = 10
"""A share over fewer leads stays uncoloured: the eye would read luck as a pattern."""


def arrival_map(result: Arrivals, shown: Shown = "leads") -> go.Figure:
    """One bar per cell, Monday on top; opening hours are framed."""
    figure = ink.canvas(
        margin={"l": 48, "r": 8, "t": 8, "b": 46},
        barmode="overlay",
        bargap=0,
        xaxis=ink.axis(
            range=[-0.02, 24.02], tickvals=np.arange(0, 25, 2), ticktext=[f"{hour}:00" for hour in range(0, 25, 2)],
            showline=False, fixedrange=True,
        ),
        yaxis=ink.axis(
            range=[6.56, -0.56], tickvals=np.arange(7), ticktext=list(DAYS), showline=False, fixedrange=True
        ),
    )  # fmt: skip
    cells = [cell for cell in result.cells if cell.leads]
    if not cells:
        return figure
    looks = [_look(cell, shown, max(one.leads for one in cells)) for cell in cells]
    figure.add_bar(
        orientation="h",
        base=np.array([cell.hour % 24 for cell in cells], dtype=np.float64) + 0.02,
        x=np.full(len(cells), 0.96),
        y=np.array([cell.hour // 24 for cell in cells], dtype=np.float64),
        width=0.92,
        name="leads that arrived" if shown == "leads" else "touched inside the limit",
        marker={
            "color": [colour for colour, _, _ in looks],
            "line": {"color": ink.FAINT, "width": 1},
        },
        text=[words for _, _, words in looks],
        textposition="inside",
        insidetextanchor="middle",
        constraintext="none",
        textangle=0,
        insidetextfont={"color": [ink_colour for _, ink_colour, _ in looks]},
        customdata=[_key(cell, result, shown) for cell in cells],
        hovertext=[_hover(cell) for cell in cells],
        hoverinfo="text",
    )
    _opening(figure, result)
    ink.note(
        figure, f"hour of arrival, {ink.safe(result.zone)}; framed: opening hours; blank: no lead", ink.MUTED, xref="paper", x=0.5,
        xanchor="center", yref="paper", y=0, yanchor="top", yshift=-24,
    )  # fmt: skip
    return figure


def _look(cell: ArrivalCell, shown: Shown, most: int) -> tuple[str, str, str]:
    """Colour, colour of the text, and text of a cell."""
    if shown == "leads":
        return (*ink.heat(cell.leads / most), text.count(cell.leads))
    if cell.inside.value is None:
        return ink.PAPER, ink.MUTED, text.DASH
    if cell.inside.denominator < _LEAST:
        return ink.PAPER, ink.MUTED, f"{cell.inside.numerator}/{cell.inside.denominator}"
    words = (
        text.percent(cell.inside.value).replace(text.NBSP, "")
        if text.is_quotable(cell.inside)
        else f"{cell.inside.numerator}/{cell.inside.denominator}"
    )
    return (*ink.heat(cell.inside.value), words)


def _key(cell: ArrivalCell, result: Arrivals, shown: Shown) -> str:
    key = f"arrived:{cell.hour}" if shown == "leads" else f"arrived:{cell.hour}.limit_met"
    return tier_key(key, result.tier)


def _hover(cell: ArrivalCell) -> str:
    pending = cell.inside.pending
    return ink.hover(
        f"{hour_words(cell.hour)}: {text.plural(cell.leads, 'lead')} arrived",
        f"touched inside the limit: {text.rate_with_interval(cell.inside)}",
        text.of(cell.inside) if text.is_quotable(cell.inside) else "",
        f"{text.plural(pending, 'lead')} still inside the limit" if pending else "",
    )


def _opening(figure: go.Figure, result: Arrivals) -> None:
    """A frame around the opening hours of each day; days that open alike share one."""
    by_day: dict[int, list[tuple[int, int]]] = {}
    for day, opens, closes in result.opening:
        by_day.setdefault(day, []).append((opens, closes))
    day = 0
    while day < 7:
        last = day
        while last < 6 and by_day.get(last + 1) == by_day.get(day):
            last += 1
        for opens, closes in by_day.get(day, []):
            figure.add_shape(
                type="rect", x0=opens / 60, x1=closes / 60, y0=day - 0.5, y1=last + 0.5,
                line={"color": ink.INK, "width": 2}, fillcolor=ink.CLEAR,
            )  # fmt: skip
        day = last + 1
