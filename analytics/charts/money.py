"""Sources one below the other: what a lead, an accepted lead and a customer cost from each, with intervals and counts."""

from __future__ import annotations

import numpy as np
import plotly.graph_objects as go

from analytics import formatting as text
from analytics import money_words as words
from analytics.charts import canvas as ink
from analytics.money import ACCEPTED_KEY, QUALIFIED_KEY, WON_KEY
from analytics.money_bill import Bill, Cost, Money, State, What

MOST = 9
"""Sources drawn below the row of all; the table has the others."""
KEYS = {
    What.LEAD: "leads",
    What.QUALIFIED: QUALIFIED_KEY,
    What.ACCEPTED: ACCEPTED_KEY,
    What.CUSTOMER: WON_KEY,
}
_COUNTED = {
    What.LEAD: "leads",
    What.QUALIFIED: "qualified",
    What.ACCEPTED: "accepted",
    What.CUSTOMER: "customers",
}
_GAP, _PLOT = 0.03, 0.62
_LONGEST, _FAR, _ROOM = 22, 3.0, 1.06


def money_panels(money: Money) -> go.Figure:
    """One panel per cost that can be measured; a dot per source, the whole on top; the figure beside it is cost and count.

    A whisker that leaves the panel ends in an arrow, and the hover has its end. Hollow: under 30 leads. A mark's key is
    ``pick:N.`` with N the place of the source in ``money.lines``, then the counted months and the leads counted.
    """
    panels = tuple(what for what in What if money.obstacle(what) is None)
    rows = row_bills(money)
    names = [name if len(name) <= _LONGEST else f"{name[: _LONGEST - 1]}…" for name, _, _ in rows]
    figure = ink.canvas(
        margin={"l": 176, "r": 8, "t": 30, "b": 26},
        yaxis=ink.axis(
            tickvals=list(range(len(rows))),
            ticktext=[f"<b>{names[0]}</b>  ", *(f"{ink.safe(name)}  " for name in names[1:])],
            range=[len(rows) - 0.4, -0.6],
            showline=False,
            fixedrange=True,
        ),
    )
    width = (1 - _GAP * (len(panels) - 1)) / len(panels)
    for place, what in enumerate(panels):
        left = place * (width + _GAP)
        _panel(figure, money, what, place, (left, left + width))
    figure.add_shape(
        type="line", xref="paper", x0=0, x1=1, y0=0.5, y1=0.5, line={"color": ink.FAINT, "width": 1}
    )
    return figure


def row_bills(money: Money) -> list[tuple[str, int | None, Bill]]:
    """Name, place in the lines (None: all of them) and bill of every row drawn, the whole first."""
    drawn = [(words.name_of(one), place, one.bill) for place, one in enumerate(money.lines[:MOST])]
    return [(words.ALL, None, money.total), *drawn]


def mark_key(money: Money, place: int | None, key: str) -> str | None:
    """The evidence key of a count of a row; None where the counted months have gaps, or the row has no leads."""
    if money.prefix is None:
        return None
    if place is None:
        return f"{money.prefix}.{key}"
    if not money.lines[place].values:
        return None
    return f"pick:{place}.{money.prefix}.{key}" if money.has_source else f"{money.prefix}.{key}"


def _panel(figure: go.Figure, money: Money, what: What, place: int, ends: tuple[float, float]) -> None:
    number = "" if place == 0 else str(place + 1)
    axis, middle = f"x{number}", ends[0] + (ends[1] - ends[0]) * _PLOT
    rows = row_bills(money)
    costs = [bill.cost(what) for _, _, bill in rows]
    top = _top(costs)
    figure.update_layout(
        {
            f"xaxis{number}": ink.axis(
                domain=[ends[0], middle], range=[0, top], nticks=4, tickformat=",~r" if top < 10 else ",d", showgrid=True,
                showline=True, zeroline=False, fixedrange=True, anchor="y",
            )
        }
    )  # fmt: skip
    ink.note(
        figure, f"<b>{words.SHORT[what]}</b>", xref="paper", x=ends[0], xanchor="left", yref="paper", y=1, yanchor="bottom",
        yshift=6,
    )  # fmt: skip
    ink.note(
        figure, f"cost · {_COUNTED[what]}", ink.MUTED, xref="paper", x=ends[1],
        xanchor="right", yref="paper", y=1, yanchor="bottom", yshift=6,
    )  # fmt: skip
    for row, cost in enumerate(costs):
        label, colour = _label(cost, money)
        ink.note(figure, label, colour, xref="paper", x=ends[1], xanchor="right", y=row, yanchor="middle")
        _whisker(figure, cost, axis, row, top)
    _dots(figure, money, what, axis)


def _top(costs: list[Cost]) -> float:
    """The end of a panel: every dot, and whiskers up to three times the largest of them."""
    values = [one.value for one in costs if one.value is not None]
    if not values:
        return 1.0
    far = _FAR * max(values)
    ends = [min(one.high, far) for one in costs if one.high is not None and words.is_said(one)]
    return max([*values, *ends, 0.01]) * _ROOM


def _label(cost: Cost, money: Money) -> tuple[str, str]:
    if cost.value is not None:
        if not cost.is_quotable:
            return f"{text.of(cost.rate)}, too few", ink.MUTED
        count = text.count(cost.rate.numerator)
        return f"<b>{words.amount(cost.value, ink.safe(money.currency))}</b> · {count}", ink.INK
    if cost.state is State.NONE_YET:
        return "none yet" if cost.what is not What.LEAD else "no lead", ink.MUTED
    if cost.state is State.CREDIT:
        return "credits", ink.MUTED
    return f"no spend · {text.count(cost.rate.numerator)}", ink.MUTED


def _whisker(figure: go.Figure, cost: Cost, axis: str, row: int, top: float) -> None:
    """The interval as a line; an arrow where it goes on beyond the panel, as it does without an upper end."""
    if cost.low is None or cost.low >= top or not cost.is_quotable:
        return
    is_beyond = cost.high is None or cost.high > top
    figure.add_shape(
        type="line", xref=axis, x0=cost.low, x1=top if is_beyond else cost.high, y0=row, y1=row, layer="below",
        line={"color": ink.GREY, "width": 2, "dash": "solid" if cost.value is not None else "dot"},
    )  # fmt: skip
    if is_beyond:
        ink.note(figure, "›", ink.GREY, xref=axis, x=top, xanchor="center", y=row, yanchor="middle", yshift=1)


def _dots(figure: go.Figure, money: Money, what: What, axis: str) -> None:
    drawn = [
        (row, place, name, bill, cost)
        for row, (name, place, bill) in enumerate(row_bills(money))
        if (cost := bill.cost(what)).value is not None
    ]
    if not drawn:
        return
    colours = [ink.INK if place is None else ink.GREY for _, place, *_ in drawn]
    keys = [mark_key(money, place, KEYS[what]) for _, place, *_ in drawn]
    figure.add_scatter(
        x=np.array([cost.value for *_, cost in drawn], dtype=np.float64),
        y=np.array([row for row, *_ in drawn]),
        xaxis=axis,
        mode="markers",
        name=words.NAMES[what],
        cliponaxis=False,
        marker={
            "size": 11,
            "color": [
                colour if cost.is_quotable else ink.PAPER
                for colour, (*_, cost) in zip(colours, drawn, strict=True)
            ],
            "line": {"color": colours, "width": 2},
        },
        customdata=[key or "" for key in keys],
        hovertext=[
            _hover(name, bill, cost, money, is_open=key is not None)
            for key, (_, _, name, bill, cost) in zip(keys, drawn, strict=True)
        ],
        hoverinfo="text",
    )


def _hover(name: str, bill: Bill, cost: Cost, money: Money, *, is_open: bool) -> str:
    currency = ink.safe(money.currency)
    lines = [
        f"{ink.safe(name)}: {words.NAMES[cost.what].lower().replace('(cac)', '(CAC)')}",
        f"{words.cost_with_interval(cost, currency)}: {words.amount(cost.spend or 0.0, currency)} spent",
        f"{text.plural(cost.rate.numerator, cost.what)} of {text.plural(cost.rate.denominator, 'lead')}"
        if cost.what is not What.LEAD
        else text.plural(bill.leads, "lead"),
    ]
    if cost.what is What.ACCEPTED and bill.pending:
        lines.append(f"{text.plural(bill.pending, 'lead')} still pending")
    if cost.what is What.CUSTOMER and bill.followers:
        lines.append(f"{text.plural(bill.won_leads, 'won lead')}")
    if cost.what is What.CUSTOMER and bill.immature:
        lines.append(f"{text.plural(bill.immature, 'lead')} can still become customers within the horizon")
    return ink.hover(*lines) if is_open else "<br>".join(lines)
