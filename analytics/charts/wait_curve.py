"""Share of leads touched by a time, on a logarithmic axis with human marks: working clock and wall clock.

Both clocks share the marks 5 min, 1 h, 4 h, 1 day and 3 days: on the working clock "1 day" is one opening day. Each
clock is placed so that its own marks fall on the axis' marks, logarithmic in between.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import plotly.graph_objects as go

from analytics import formatting as text
from analytics.charts import canvas as ink
from analytics.speed_to_lead import MARKS, ClockReading, SpeedToLead
from analytics.stats.arrays import Floats, Ints
from analytics.stats.survival import WaitCurve

_AXIS_SECONDS = np.array([300, 3_600, 14_400, 86_400, 259_200], dtype=np.float64)
_AXIS = np.log10(_AXIS_SECONDS)
_NAMES = (f"5{text.NBSP}min", f"1{text.NBSP}h", f"4{text.NBSP}h", f"1{text.NBSP}day", f"3{text.NBSP}days")
_START = np.log10(60.0)
_END = np.log10(14 * 86_400.0)
_MOST_POINTS = 240
_FEWEST_AT_RISK = 10
_OFF_THE_AXIS = 0.25


def wait_curve(speed: SpeedToLead) -> go.Figure:
    """The share touched over time: working clock solid with its band, wall clock thin and grey."""
    figure = ink.canvas(
        xaxis=ink.axis(
            range=[_START, _END], tickvals=_AXIS, ticktext=_NAMES, showgrid=True, ticklabelposition="outside"
        ),
        yaxis=ink.percent_axis(speed.inside_limit_target),
    )
    _clock(figure, speed.wall, ink.GREY, 1.5, None)
    _clock(figure, speed.working, ink.SALES, 3, ink.SALES_BAND)
    ink.target_line(figure, speed.inside_limit_target)
    _median(figure, speed.working)
    _names(figure, speed)
    return figure


def placed(seconds: Floats | Ints, clock: ClockReading) -> Floats:
    """Where durations of a clock stand on the axis: its marks on the axis' marks, logarithmic around them."""
    own = np.log10(np.array([clock.mark_seconds[mark] for mark in MARKS], dtype=np.float64))
    log = np.log10(np.maximum(np.asarray(seconds, dtype=np.float64), 1.0))
    inside = np.interp(log, own, _AXIS)
    below, above = log < own[0], log > own[-1]
    inside[below] = log[below] + (_AXIS[0] - own[0])
    inside[above] = log[above] + (_AXIS[-1] - own[-1])
    return inside


def _clock(figure: go.Figure, clock: ClockReading, colour: str, width: float, band: str | None) -> None:
    curve = clock.curve
    if curve is None:
        return
    x, y, low, high = steps(curve, lambda seconds: placed(seconds, clock), _START, _END)
    if band and x.size:
        figure.add_scatter(
            x=np.concatenate([x, x[::-1]]),
            y=np.concatenate([high, low[::-1]]),
            fill="toself",
            fillcolor=band,
            line={"width": 0},
            mode="lines",
            hoverinfo="skip",
            name=f"{clock.clock} clock, interval",
        )
    figure.add_scatter(
        x=x,
        y=y,
        mode="lines",
        line={"color": colour, "width": width},
        hoverinfo="skip",
        name=f"{clock.clock} clock",
    )
    marks = [(mark, share) for mark in MARKS if (share := clock.touched_within.get(mark)) is not None]
    figure.add_scatter(
        x=placed(np.array([clock.mark_seconds[mark] for mark, _ in marks], dtype=np.int64), clock),
        y=np.array([share.value for _, share in marks]),
        mode="markers",
        name=f"{clock.clock} clock, marks",
        marker={"size": 9 if band else 6, "color": colour},
        customdata=[f"{clock.clock}_within:{clock.mark_seconds[mark]}" for mark, _ in marks],
        hovertext=[
            ink.hover(
                f"touched within {mark_words(mark, clock)}: {text.percent(share.value)}",
                _interval_words(share.low, share.high),
                f"{text.plural(_touched_by(curve, clock.mark_seconds[mark]), 'lead')}"
                f" of {text.count(curve.leads)}",
            )
            for mark, share in marks
        ],
        hoverinfo="text",
    )


def _interval_words(low: float | None, high: float | None) -> str:
    interval = text.percent_range(low, high)
    return f"interval {interval}" if interval else ""


def mark_words(mark: str, clock: ClockReading) -> str:
    """One mark in words on its clock: ``1 working day``, ``3 days``, ``4 working hours``."""
    name = _NAMES[MARKS.index(mark)]
    if clock.clock == "wall":
        return f"{name} by the wall clock"
    unit = {"5m": f"5{text.NBSP}working minutes", "1h": f"1{text.NBSP}working hour"}
    other = {"4h": f"4{text.NBSP}working hours", "1d": f"1{text.NBSP}working day"}
    return (unit | other).get(mark, f"3{text.NBSP}working days")


def _touched_by(curve: WaitCurve, seconds: int) -> int:
    step = int(np.searchsorted(curve.times, seconds, side="right")) - 1
    return int(curve.touched[step]) if step >= 0 else 0


def steps(
    curve: WaitCurve, place: Callable[[Floats | Ints], Floats], start: float, end: float
) -> tuple[Floats, Floats, Floats, Floats]:
    """Corners of the step line and of its band, cut where fewer than ten leads are still watched.

    A line that is cut ends at the first step that is not drawn: beyond it nothing is said. ``place`` puts seconds onto the axis, which reaches from ``start`` to ``end``; returns x, share touched, and the
    lower and upper edge of its band.
    """
    thin = curve.thinned(_MOST_POINTS)
    low, high = thin.interval_bands()
    shown = thin.at_risk >= _FEWEST_AT_RISK
    x = np.clip(place(thin.times[shown]), start, end)
    touched = 1.0 - thin.survival[shown]
    bottom = 1.0 - np.where(np.isnan(high[shown]), thin.survival[shown], high[shown])
    top = 1.0 - np.where(np.isnan(low[shown]), thin.survival[shown], low[shown])
    last = float(np.clip(place(np.array([drawn_until(curve)])), start, end)[0])
    xs = np.concatenate([[start], np.repeat(x, 2), [max(last, float(x[-1]) if x.size else start)]])
    return xs, _corners(touched), _corners(bottom), _corners(top)


def drawn_until(curve: WaitCurve) -> int:
    """Up to which duration a curve is drawn: the first touch with fewer than ten leads at risk, else its end."""
    thin = np.flatnonzero(curve.at_risk < _FEWEST_AT_RISK)
    return int(curve.times[thin[0]]) if thin.size else curve.longest_follow_up


def _corners(level: Floats) -> Floats:
    """Levels of a step line that starts at zero, two corners per step."""
    return np.concatenate([[0.0, 0.0], np.repeat(level, 2)])


def _median(figure: go.Figure, clock: ClockReading) -> None:
    if clock.median is None:
        return
    day = clock.mark_seconds["1d"]
    spot = float(np.clip(placed(np.array([clock.median]), clock)[0], _START, _END))
    figure.add_scatter(
        x=np.array([spot]),
        y=np.array([0.5]),
        mode="markers",
        name="half touched",
        marker={"size": 13, "color": ink.PAPER, "line": {"color": ink.SALES, "width": 3}},
        customdata=[f"working_within:{int(clock.median)}"],
        hovertext=[
            ink.hover(
                f"half touched within {text.duration(clock.median, day)} on the working clock",
                text.duration_range(clock.median_low, clock.median_high, day),
            )
        ],
        hoverinfo="text",
    )


def _names(figure: go.Figure, speed: SpeedToLead) -> None:
    """Each clock's name beside its curve: curves rise, so up and left, or down and right of them, is free."""
    for clock, colour, side in ((speed.working, ink.SALES_TEXT, -1), (speed.wall, ink.MUTED, 1)):
        spot = _free_spot(clock, ("1h", "4h", "1d") if side < 0 else ("4h", "1d", "3d"))
        if spot is None:
            continue
        ink.note(
            figure,
            f"{clock.clock} clock",
            colour,
            x=spot[0],
            xanchor="right" if side < 0 else "left",
            xshift=side * 10,
            y=spot[1],
            yanchor="middle",
            yshift=-side * 9,
        )


def _free_spot(clock: ClockReading, marks: tuple[str, ...]) -> tuple[float, float] | None:
    """The first of ``marks`` where the curve has left the axis, as a place on the figure."""
    shares = [(mark, share.value) for mark in marks if (share := clock.touched_within.get(mark)) is not None]
    if not shares:
        return None
    mark, value = next(((mark, value) for mark, value in shares if value >= _OFF_THE_AXIS), shares[-1])
    return float(placed(np.array([clock.mark_seconds[mark]]), clock)[0]), value
