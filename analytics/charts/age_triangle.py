"""The cohort-by-age triangle: a row per period of handoff, a column per age, hatched while leads are still younger."""

from __future__ import annotations

import numpy as np
import plotly.graph_objects as go

from analytics import formatting as text
from analytics.charts import canvas as ink
from analytics.maturing import DONE, Cell, PeriodAges, Triangle

MOST = 26
"""Rows that are drawn: the newest ones; the table beside holds all."""
ROW_HEIGHT = 34
_GAP = 0.03


def age_triangle(result: Triangle) -> go.Figure:
    """Cells from pale to dark by share; each is a bar whose key opens its counted leads.

    Hatched: some leads of the period are younger than the age. Hollow with counts: too few to quote. Blank: no lead is
    that old.
    """
    rows = result.rows[-MOST:]
    figure = ink.canvas(
        margin={"l": 150, "r": 12, "t": 34, "b": 6},
        barmode="overlay",
        bargap=0.0,
        xaxis=ink.axis(
            range=[-0.5, len(result.ages) - 0.5],
            tickvals=np.arange(len(result.ages), dtype=np.float64),
            ticktext=[f"day {age}" for age in result.ages],
            side="top",
            showline=False,
            fixedrange=True,
        ),
        yaxis=ink.axis(
            range=[len(rows) - 0.5, -0.5],
            tickvals=np.arange(len(rows), dtype=np.float64),
            ticktext=[f"{row.label} · {text.count(row.leads)}  " for row in rows],
            showline=False,
            fixedrange=True,
        ),
    )
    cells = [
        (number, place, row, cell)
        for number, row in enumerate(rows)
        for place, cell in enumerate(row.cells)
        if cell.state != "empty"
    ]
    if cells:
        _draw(figure, result, cells)
    return figure


def height(result: Triangle) -> int:
    """CSS pixels for all its rows."""
    return 60 + ROW_HEIGHT * max(2, min(MOST, len(result.rows)))


def _draw(figure: go.Figure, result: Triangle, cells: list[tuple[int, int, PeriodAges, Cell]]) -> None:
    most = max(
        (cell.rate.value or 0.0 for _, _, _, cell in cells if text.is_quotable(cell.rate)), default=0.0
    )
    looks = [_look(cell, most) for _, _, _, cell in cells]
    figure.add_bar(
        x=np.array([place for _, place, _, _ in cells], dtype=np.float64),
        y=np.full(len(cells), 1.0 - 2 * _GAP),
        base=np.array([number - 0.5 + _GAP for number, _, _, _ in cells]),
        width=1.0 - _GAP,
        name=DONE[result.stage],
        marker={
            "color": [fill for fill, _ in looks],
            "line": {
                "color": [ink.GREY if _is_hollow(cell) else ink.CLEAR for _, _, _, cell in cells],
                "width": 1,
            },
            "pattern": {
                "shape": ["/" if cell.state == "partial" else "" for _, _, _, cell in cells],
                "fgcolor": [ink.GREY for _ in cells],
                "fgopacity": 0.55,
                "size": 7,
                "solidity": 0.14,
                "fillmode": "overlay",
            },
        },
        text=[_words(cell) for _, _, _, cell in cells],
        textposition="inside",
        insidetextanchor="middle",
        textangle=0,
        constraintext="none",
        textfont={"color": [colour for _, colour in looks]},
        customdata=[result.key(row, cell) for _, _, row, cell in cells],
        hovertext=[_hover(result, row, cell) for _, _, row, cell in cells],
        hoverinfo="text",
    )


def _is_hollow(cell: Cell) -> bool:
    return not text.is_quotable(cell.rate)


def _look(cell: Cell, most: float) -> tuple[str, str]:
    """Fill and text colour. A hatched cell stays pale enough for ink, so that its number can be read."""
    if _is_hollow(cell):
        return ink.PAPER, ink.INK
    share = (cell.rate.value or 0.0) / most if most else 0.0
    return ink.heat(min(share, 0.5) if cell.state == "partial" else share)


def _words(cell: Cell) -> str:
    return text.of(cell.rate) if _is_hollow(cell) else text.percent(cell.rate.value)


def _hover(result: Triangle, row: PeriodAges, cell: Cell) -> str:
    younger = row.leads - cell.rate.denominator
    return ink.hover(
        f"{row.label}, by day {cell.age_days}: {text.rate_with_interval(cell.rate)} {DONE[result.stage]}",
        text.of(cell.rate) if text.is_quotable(cell.rate) else "",
        f"{text.plural(younger, 'lead')} younger than that, not counted" if younger else "",
        "the selection cuts this period" if row.is_partial else "",
    )
