"""The faults that an audit found, one bar each: how many of the leads it looked at, with the lines at 1 % and 10 %."""

from __future__ import annotations

import numpy as np
import plotly.graph_objects as go

from analytics import formatting as text
from analytics.charts import canvas as ink
from analytics.plumbing.audit import Audit, CheckResult, State

MOST_BARS, LEAST_ROOM = 9, 7
LEAST_SHARE = 0.001
STATE_COLOURS: dict[State, str] = {"red": ink.ALARM, "amber": ink.WARN, "green": ink.LIGHT}
_LINES = ((0.01, "1 %"), (0.10, "10 %"))


def shown_checks(audit: Audit) -> tuple[CheckResult, ...]:
    """The checks that the figure shows: those with a lead at fault, the red ones first, then by share."""
    order = {"red": 0, "amber": 1, "green": 2}
    found = [one for one in audit.checks if one.state in order and one.share.numerator]
    found.sort(key=lambda one: (order[one.state], -(one.share.value or 0.0)))
    return tuple(found[:MOST_BARS])


def length(share: float) -> float:
    """How long the bar of a share is: 0 at 0.1 % and below, one more for ten times as much; at least a sliver."""
    return max(0.08, float(np.log10(max(share, LEAST_SHARE) / LEAST_SHARE)))


def fault_bars(audit: Audit) -> go.Figure:
    """Horizontal bars on a logarithmic axis from 0.1 % to all leads; the colour is named at the end of each bar."""
    checks = shown_checks(audit)
    places = np.arange(len(checks), dtype=np.float64)
    lengths = np.array([length(one.share.value or 0.0) for one in checks])
    figure = ink.canvas(
        margin={"l": 12, "r": 120, "t": 26, "b": 30},
        bargap=0.5,
        xaxis=ink.axis(
            range=[0, length(1.0) + 0.02], tickvals=[0.0, length(0.01), length(0.1), length(1.0)],
            ticktext=[f"0.1{text.NBSP}%", f"1{text.NBSP}%", f"10{text.NBSP}%", "all"], fixedrange=True,
        ),
        yaxis=ink.axis(range=[max(LEAST_ROOM, len(checks)) - 0.4, -0.75], showline=False, tickvals=[], fixedrange=True),
    )  # fmt: skip
    for share, _ in _LINES:
        figure.add_shape(
            type="line", xref="x", x0=length(share), x1=length(share), yref="paper", y0=0, y1=1,
            line={"color": ink.GREY, "width": 1, "dash": "dash"},
        )  # fmt: skip
    for state, colour in STATE_COLOURS.items():
        drawn = [
            (place, one, share)
            for place, one, share in zip(places, checks, lengths, strict=True)
            if one.state == state
        ]
        if drawn:
            figure.add_bar(
                y=np.array([place for place, _, _ in drawn]),
                x=np.array([share for _, _, share in drawn]),
                orientation="h",
                width=0.42,
                name=state,
                marker={"color": colour},
                customdata=[one.check.key for _, one, _ in drawn],
                hovertext=[_hover(one) for _, one, _ in drawn],
                hoverinfo="text",
            )
    for place, one, share in zip(places, checks, lengths, strict=True):
        ink.note(
            figure, one.check.title, ink.INK, x=0, y=place - 0.42, xanchor="left", yanchor="middle",
        )  # fmt: skip
        ink.note(
            figure, f"<b>{one.state}</b> · {text.of(one.share)}", ink.INK, x=share, y=place, xanchor="left", xshift=6,
        )  # fmt: skip
    return figure


def _hover(one: CheckResult) -> str:
    price = f"{one.price.repair}: {one.price.words}" if one.price else one.check.unpriced
    return ink.hover(
        one.check.title,
        f"{text.of(one.share)}: {text.rate_with_interval(one.share)}",
        ink.safe(price),
    )
