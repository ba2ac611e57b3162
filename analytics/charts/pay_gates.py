"""The pay plan quarter by quarter: one cell per condition, marketing's four rows above sales' four, of equal size."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import plotly.graph_objects as go

from analytics import formatting as text
from analytics import pay_words as words
from analytics.charts import canvas as ink
from analytics.contract import Contract
from analytics.metrics.catalog import METRICS
from analytics.pay_gates import CONDITIONS, Condition, PayReplay, QuarterPay, State, targets
from analytics.periods import Unit, label

MOST_QUARTERS = 4
"""So many of the latest quarters are drawn; the table holds all."""
_MARKS = {
    State.MET: "✓ ",
    State.MISSED: "✕ ",
    State.PENDING: "… ",
}
_SIDES = {"marketing": (ink.MARKETING, ink.MARKETING_BAND), "sales": (ink.SALES, ink.SALES_BAND)}
_WIDTH, _HEIGHT = 0.94, 0.84


@dataclass(frozen=True, slots=True)
class _Cell:
    column: int
    row: int
    side: str
    state: State
    words: str
    hover: str
    key: str


def rows_of(contract: Contract) -> tuple[tuple[str, str], ...]:
    """Side and name of every row, from the top: each side's outcome, then what it hangs on."""
    aims = targets(contract)
    volume = (
        f"Volume · aim {text.count(contract.monthly_volume * 3)}" if contract.monthly_volume else "Volume"
    )
    found = [("marketing", "<b>Marketing’s bonus</b>"), ("marketing", volume)]
    for side in ("marketing", "sales"):
        if side == "sales":
            found.append((side, "<b>Sales’ gate</b>"))
        found += [
            (side, f"{words.NAMES[slug].capitalize()} · aim {text.percent(aims[slug])}")
            for slug, (whose, _) in CONDITIONS.items()
            if whose == side
        ]
    return tuple(found)


def pay_gates(replay: PayReplay, contract: Contract) -> go.Figure:
    """Cells of the latest quarters; key: the hits of a condition, or what it misses or waits for.

    A filled cell is met, a thick outline missed, a hatched one pending, a dashed one cannot be measured; a thin outline
    is not judged, not agreed or without leads. The word stands in every cell.
    """
    shown = replay.quarters[-MOST_QUARTERS:]
    rows = rows_of(contract)
    figure = ink.canvas(
        barmode="overlay",
        margin={"l": 190, "r": 8, "t": 28, "b": 6},
        xaxis=ink.axis(
            range=[-0.5, max(1, len(shown)) - 0.5], side="top", showline=False, fixedrange=True,
            tickvals=list(range(len(shown))), ticktext=[label(Unit.QUARTER, one.number) for one in shown],
        ),
        yaxis=ink.axis(range=[len(rows) - 0.5, -0.5], visible=False, fixedrange=True),
    )  # fmt: skip
    for row, (side, name) in enumerate(rows):
        colour = ink.MARKETING if side == "marketing" else ink.SALES_TEXT
        ink.note(figure, name, colour, xref="paper", x=0, xshift=-182, xanchor="left", y=row, yanchor="middle", align="left")  # fmt: skip
    cells = [cell for column, one in enumerate(shown) for cell in _column(one, column)]
    for side in _SIDES:
        of = [cell for cell in cells if cell.side == side]
        _draw(figure, side, [cell for cell in of if cell.state is not State.PENDING])
        _draw(figure, side, [cell for cell in of if cell.state is State.PENDING], is_pending=True)
    return figure


def _column(one: QuarterPay, column: int) -> list[_Cell]:
    name, at = label(Unit.QUARTER, one.number), f"quarter:{one.number}"
    cells: list[_Cell] = []

    def add(side: str, state: State, said: str, *lines: str, key: str = at) -> None:
        cells.append(_Cell(column, len(cells), side, state, said, ink.hover(*lines), key))

    for side, state in (("marketing", one.marketing), ("sales", one.sales)):
        outcome = words.outcome_words(state, side)
        funds = f"{side} would fund the fix" if side in one.funded_by else ""
        add(side, state, f"<b>{_MARKS.get(state, '')}{outcome}</b>", f"{name}, {side}: {outcome}", funds)
        if side == "marketing":
            said = words.volume_words(one)
            shown = (
                f"{_MARKS.get(one.volume.state, '')}{_short(said)}<br>{text.plural(one.volume.leads, 'lead')}"
            )
            add(side, one.volume.state, shown, f"{name}, volume: {text.plural(one.volume.leads, 'lead')}", said, key=one.volume.key)  # fmt: skip
        for found in one.of(side):
            said, value = words.condition_words(found), words.rate_words(found)
            lines = (
                f"{name}, {METRICS[found.slug].label.lower()}: {value}",
                text.of(found.rate) if found.rate is not None and text.is_quotable(found.rate) else "",
                f"target {text.percent(found.target)}: {said}",
                found.why.why if found.why else "",
                f"{text.plural(found.pending, 'lead')} pending" if found.pending else "",
            )
            add(side, found.state, _cell_words(found), *lines, key=_key(found, at))
    return cells


def _cell_words(found: Condition) -> str:
    """Two short lines: the state by so many leads, and the rate."""
    head = f"{_MARKS.get(found.state, '')}{found.state.value}"
    if found.state in {State.MET, State.MISSED}:
        head = f"{head} by {text.count(abs(found.by or 0))}"
    elif found.state is State.PENDING and found.pending:
        head = f"{_MARKS[State.PENDING]}{text.count(found.pending)} pending"
    if found.rate is None:
        return head
    value = words.rate_words(found)
    luck = ", within luck" if found.is_within_luck and found.state in {State.MET, State.MISSED} else ""
    return f"{head}<br>{value}{luck}"


def _short(said: str) -> str:
    return said.removesuffix(" leads").removesuffix(" lead")


def _key(found: Condition, at: str) -> str:
    hits, _, misses, pending = found.keys
    if found.rate is None:
        return at
    if found.state is State.NOT_JUDGED:
        return f"undecided_settled.{at}"
    if found.state is State.PENDING and found.pending:
        return pending
    return misses if found.state is State.MISSED else hits


def _draw(figure: go.Figure, side: str, cells: list[_Cell], *, is_pending: bool = False) -> None:
    colour, band = _SIDES[side]
    figure.add_bar(
        orientation="h",
        base=np.array([cell.column - _WIDTH / 2 for cell in cells]),
        x=np.full(len(cells), _WIDTH),
        y=np.array([cell.row for cell in cells]),
        width=_HEIGHT,
        name=f"{side}, pending" if is_pending else side,
        text=[cell.words for cell in cells],
        textposition="inside",
        insidetextanchor="middle",
        textangle=0,
        constraintext="none",
        textfont={"color": ink.INK, "size": ink.FONT_SIZE},
        marker=_pending_look()
        if is_pending
        else {
            "color": [band if cell.state is State.MET else ink.CLEAR for cell in cells],
            "line": {
                "color": [_outline(cell.state, colour) for cell in cells],
                "width": [2.5 if cell.state is State.MISSED else 0.8 for cell in cells],
            },
        },
        customdata=[cell.key for cell in cells],
        hovertext=[cell.hover for cell in cells],
        hoverinfo="text",
    )
    for cell in cells:
        if cell.state is State.UNKNOWN:
            figure.add_shape(
                type="rect", x0=cell.column - _WIDTH / 2, x1=cell.column + _WIDTH / 2,
                y0=cell.row - _HEIGHT / 2, y1=cell.row + _HEIGHT / 2,
                line={"color": ink.GREY, "width": 1.2, "dash": "dash"},
            )  # fmt: skip


def _pending_look() -> dict[str, Any]:
    """Hatched as everything pending, faint enough to read the words on it."""
    look = ink.hatched()
    return {**look, "pattern": {**look["pattern"], "fgcolor": ink.FAINT, "solidity": 0.4}}


def _outline(state: State, colour: str) -> str:
    if state is State.UNKNOWN:
        return ink.CLEAR
    return colour if state in {State.MET, State.MISSED} else ink.GREY
