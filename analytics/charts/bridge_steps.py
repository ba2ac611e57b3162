"""The reconciliation bridge: from all rows down to the leads that were worked, one floating bar per step."""

from __future__ import annotations

import numpy as np
import plotly.graph_objects as go

from analytics import formatting as text
from analytics.bridge import Bridge, BridgeStep
from analytics.charts import canvas as ink

ROW_HEIGHT = 28


def bridge_steps(result: Bridge) -> go.Figure:
    """Rows from top to bottom; each step hangs where the one before ended, its count beside it.

    Both ends in ink, steps grey. Rows that are no leads open no leads: they are drawn without a click.
    """
    steps = result.steps
    figure = ink.canvas(
        margin={"l": 290, "r": 90, "t": 6, "b": 6},
        barmode="overlay",
        xaxis=ink.axis(range=[0, max(1, result.start)], visible=False, fixedrange=True),
        yaxis=ink.axis(
            range=[len(steps) - 0.5, -0.5],
            tickvals=np.arange(len(steps), dtype=np.float64),
            ticktext=[f"{_name(one)}  " for one in steps],
            showline=False,
            fixedrange=True,
        ),
    )
    ends = level_after(result)
    placed = [(row, one, ends[row]) for row, one in enumerate(steps)]
    _connect(figure, ends)
    opened = [part for part in placed if part[1].key is not None]
    _bars(figure, opened, "leads", is_clickable=True)
    _bars(
        figure, [part for part in placed if part[1].key is None], "rows that are no leads", is_clickable=False
    )
    for row, one, end in placed:
        reach = end if one.kind != "step" else end + one.leads
        sign = "" if one.kind != "step" else "−"
        ink.note(
            figure, f"{sign}{text.count(one.leads)}" if one.kind == "step" else f"<b>{text.count(one.leads)}</b>",
            ink.INK, x=reach, xanchor="left", xshift=6, y=row, yanchor="middle",
        )  # fmt: skip
    return figure


def height(result: Bridge) -> int:
    """CSS pixels for all its rows."""
    return 30 + ROW_HEIGHT * len(result.steps)


def level_after(result: Bridge) -> list[int]:
    """How many leads are left after each row: the start after the first, the end after the last."""
    left, levels = result.start, []
    for one in result.steps:
        left -= one.leads if one.kind == "step" else 0
        levels.append(left)
    return levels


def _name(one: BridgeStep) -> str:
    return f"<b>{ink.safe(one.words)}</b>" if one.kind != "step" else ink.safe(one.words)


def _bars(
    figure: go.Figure, parts: list[tuple[int, BridgeStep, int]], name: str, *, is_clickable: bool
) -> None:
    if not parts:
        return
    figure.add_bar(
        x=np.array([one.leads for _, one, _ in parts]),
        base=np.array([end if one.kind == "step" else 0 for _, one, end in parts]),
        y=np.array([row for row, _, _ in parts]),
        width=0.66,
        orientation="h",
        name=name,
        marker={"color": [ink.GREY if one.kind == "step" else ink.INK for _, one, _ in parts]},
        customdata=[one.key for _, one, _ in parts] if is_clickable else None,
        hovertext=[ink.hover(f"{one.words}: {text.count(one.leads)}") for _, one, _ in parts]
        if is_clickable
        else None,
        hoverinfo="text" if is_clickable else "skip",
    )


def _connect(figure: go.Figure, ends: list[int]) -> None:
    """A thin line from the end of each row to the start of the next."""
    for row, end in enumerate(ends[:-1]):
        figure.add_shape(
            type="line", x0=end, x1=end, y0=row - 0.33, y1=row + 1.33, line={"color": ink.LIGHT, "width": 1},
            layer="below",
        )  # fmt: skip
