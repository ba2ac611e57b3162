"""One measure over time with its limits: signals stand out, young months are hollow, targets and decisions are marked."""

from __future__ import annotations

import math
from collections.abc import Sequence

import plotly.graph_objects as go

from analytics import council_words as words
from analytics import formatting as text
from analytics.charts import canvas as ink
from analytics.council import Council, signal_words
from analytics.council_trends import Trend, TrendPoint

_COLOURS = {"marketing": ink.MARKETING, "sales": ink.SALES, "both sides": ink.INK}
_MOST_TICKS = 8
_ROOM_FOR_NAMES = {"rate": 104, "share": 104, "amount": 168, "hours": 196}
"""Pixels beside the figure for the names of its lines, such as "usual from 1.4 working days"."""
_NEAR_NAMES = 0.045
"""Names of lines nearer than this share of the axis would overlap: the average keeps its own."""
Flag = tuple[float, str]


def control_chart(
    council: Council, trend: Trend, flags: Sequence[Flag] = (), *, is_small: bool = False
) -> go.Figure:
    """Points joined by a line; the band between the limits, the average, the contract's target, decisions as flags.

    ``flags``: place on the axis (0 is the first span, 0.5 the middle between two) and what was decided.
    """
    figure = ink.canvas(
        margin={
            "l": 70 if trend.form in ("rate", "share") else 128,
            "r": 16 if is_small else _ROOM_FOR_NAMES[trend.form],
            "t": 24 if flags and not is_small else 12,
            "b": 28,
        },
        xaxis=_time_axis(council, is_small=is_small),
        yaxis=_value_axis(trend, council, is_small=is_small),
    )
    for at, phase in enumerate(trend.chart.phases if trend.chart else ()):
        _limits(figure, trend, phase.start, phase.stop)
        if at:
            _phase_edge(figure, trend, phase.start, is_small=is_small)
    if trend.target is not None:
        ink.target_line(figure, trend.target)
    _line(figure, trend, council, is_small=is_small)
    if not is_small:
        _flags(figure, flags)
        _name_lines(figure, trend, council)
    return figure


def all_measures(council: Council, across: int = 3) -> go.Figure:
    """Every measure that can be measured, small, in rows of ``across``, in the order of the council; see ``rows_of``."""
    shown = [one for one in council.trends if one.missing is None and one.points]
    rows = max(1, -(-len(shown) // across))
    figure = ink.canvas(margin={"l": 8, "r": 8, "t": 8, "b": 8})
    for number, trend in enumerate(shown):
        row, column = divmod(number, across)
        place = "" if number == 0 else str(number + 1)
        left, right = column / across + 0.06, (column + 1) / across - 0.005
        top, bottom = 1 - row / rows - 0.1 / rows, 1 - (row + 1) / rows + 0.2 / rows
        small = control_chart(council, trend, is_small=True)
        for trace in small.data:
            trace.update(xaxis=f"x{place}", yaxis=f"y{place}")
            figure.add_trace(trace)
        for shape in small.layout.shapes:
            if shape.yref == "y":  # the target
                shape.update(xref=f"x{place} domain", yref=f"y{place}")
            else:  # where a phase begins
                shape.update(xref=f"x{place}", yref=f"y{place} domain")
            figure.add_shape(shape)
        figure.layout[f"xaxis{place}"] = {
            **small.layout.xaxis.to_plotly_json(),
            "domain": [left, right],
            "anchor": f"y{place}",
        }
        figure.layout[f"yaxis{place}"] = {
            **small.layout.yaxis.to_plotly_json(),
            "domain": [bottom, top],
            "anchor": f"x{place}",
        }
        sign = " ◆ signal" if trend.signals else ""
        ink.note(
            figure, f"{ink.safe(trend.name)}{sign}", ink.INK, x=left, xref="paper", xanchor="left", y=top + 0.015 / rows,
            yref="paper", yanchor="bottom",
        )  # fmt: skip
    return figure


def rows_of(council: Council, across: int = 3) -> int:
    """How many rows ``all_measures`` has."""
    return max(1, -(-sum(one.missing is None and bool(one.points) for one in council.trends) // across))


def _time_axis(council: Council, *, is_small: bool) -> dict[str, object]:
    most = 4 if is_small else _MOST_TICKS
    step = max(1, -(-len(council.spans) // most))
    at = list(range(0, len(council.spans), step))
    return ink.axis(
        range=[-0.5, len(council.spans) - 0.5],
        tickvals=at,
        ticktext=[council.spans[place].label for place in at],
        fixedrange=is_small,
    )


def _value_axis(trend: Trend, council: Council, *, is_small: bool) -> dict[str, object]:
    seen = [one for point in trend.points for one in (point.value, point.control.high) if one is not None]
    seen += [trend.target] if trend.target is not None else []
    most = max(seen, default=1.0) or 1.0
    if trend.form in ("rate", "share"):
        top = _share_top(most)
        ticks = [0.0, top / 2, top]
    else:
        step = _nice_step(most, 1.0 if trend.form == "amount" else _unit(most, council.day_seconds))
        top = most * 1.15
        ticks = [0.0, step, 2 * step]
    labels = [words.value_words(trend, one, council.day_seconds) if one else "0" for one in ticks]
    if is_small:  # "2 working days" is wider than the gap between two small figures
        labels = [label.replace("working ", "working<br>") for label in labels]
    if trend.target is not None:
        gap = 0.16 * top if is_small else 0.1 * top
        kept = [(tick, label) for tick, label in zip(ticks, labels, strict=True) if abs(tick - trend.target) > gap]  # fmt: skip
        ticks = [*(tick for tick, _ in kept), trend.target]
        labels = [*(label for _, label in kept), f"aim {text.percent(trend.target)}"]
    return ink.axis(
        range=[0, top * 1.06],
        tickvals=ticks,
        ticktext=labels,
        showgrid=True,
        showline=False,
        fixedrange=True,
    )


def _unit(seconds: float, day_seconds: int) -> float:
    """The largest unit of working time that fits twice: an opening day, an hour, a minute."""
    return next((float(one) for one in (day_seconds, 3600, 60) if seconds >= 2 * one), 1.0)


def _nice_step(most: float, unit: float) -> float:
    """A round step of which two fit below the largest value."""
    half = most / unit / 2
    size = 10.0 ** math.floor(math.log10(half)) if half > 0 else 1.0
    return unit * next((size * times for times in (5, 2, 1) if size * times <= half), size)


def _share_top(most: float) -> float:
    """The end of a share's axis: 100 % from half on, else a round share above the largest."""
    if most > 0.5:
        return 1.0
    step = 10.0 ** math.floor(math.log10(most))
    return next(float(step * times) for times in (1, 2, 5, 10) if step * times >= most)


def _limits(figure: go.Figure, trend: Trend, start: int, stop: int) -> None:
    """The band of a phase as steps half a month around each point, and its average."""
    places = [at for at in range(start, stop) if trend.points[at].control.low is not None]
    if not places:
        return
    edges = [edge for at in places for edge in (at - 0.5, at + 0.5)]
    low = [one for at in places for one in [trend.points[at].control.low] * 2]
    high = [one for at in places for one in [trend.points[at].control.high] * 2]
    figure.add_scatter(
        x=[*edges, *reversed(edges)],
        y=[*high, *reversed(low)],
        fill="toself",
        fillcolor=ink.GREY_BAND,
        line={"width": 0},
        mode="lines",
        hoverinfo="skip",
        name="usual range",
    )
    centre = trend.points[places[0]].control.centre
    figure.add_scatter(
        x=[places[0] - 0.5, places[-1] + 0.5],
        y=[centre, centre],
        mode="lines",
        line={"color": ink.GREY, "width": 1},
        hoverinfo="skip",
        name="average",
    )


def _phase_edge(figure: go.Figure, trend: Trend, start: int, *, is_small: bool) -> None:
    figure.add_shape(
        type="line", xref="x", x0=start - 0.5, x1=start - 0.5, yref="paper", y0=0, y1=1,
        line={"color": ink.MUTED, "width": 1, "dash": "dot"},
    )  # fmt: skip
    name = next((name for at, name in trend.phases if at == start), "")
    if name and not is_small:
        ink.note(
            figure, ink.safe(name), ink.MUTED, x=start - 0.42, xref="x", y=1, yref="paper", xanchor="left", yanchor="top"
        )  # fmt: skip


def _line(figure: go.Figure, trend: Trend, council: Council, *, is_small: bool) -> None:
    colour = _COLOURS[trend.side]
    drawn = [(at, point) for at, point in enumerate(trend.points)]
    shown = [(at, point) for at, point in drawn if point.value is not None]
    figure.add_scatter(
        x=[at for at, _ in drawn],
        y=[point.value for _, point in drawn],
        mode="lines",
        line={"color": colour, "width": 1.5 if is_small else 2},
        connectgaps=False,
        hoverinfo="skip",
        name=trend.name,
    )
    figure.add_scatter(
        x=[at for at, _ in shown],
        y=[point.value for _, point in shown],
        mode="markers",
        name=trend.name,
        marker={
            "size": [_size(point, is_small=is_small) for _, point in shown],
            "symbol": ["diamond" if point.control.signal else "circle" for _, point in shown],
            "color": [colour if point.is_mature else ink.PAPER for _, point in shown],
            "line": {"color": colour, "width": 2},
        },
        customdata=[point.of_key for _, point in shown],
        hovertext=[_hover(trend, point, council) for _, point in shown],
        hoverinfo="text",
    )


def _size(point: TrendPoint, *, is_small: bool) -> int:
    if is_small:
        return 10 if point.control.signal else 6
    return 16 if point.control.signal else 9


def _hover(trend: Trend, point: TrendPoint, council: Council) -> str:
    lines = (
        f"{ink.safe(trend.name)}, {point.span.label}",
        words.point_words(trend, point, council.day_seconds),
        signal_words(point.control.signal),
    )
    return ink.hover(*lines) if point.of_key else "<br>".join(line for line in lines if line)


def _flags(figure: go.Figure, flags: Sequence[Flag]) -> None:
    for number, (at, name) in enumerate(flags, start=1):
        figure.add_shape(
            type="line", xref="x", x0=at, x1=at, yref="paper", y0=0, y1=1,
            line={"color": ink.INK, "width": 1},
        )  # fmt: skip
        figure.add_annotation(
            text=f"▶ {number}", hovertext=ink.safe(name), showarrow=False, font={"color": ink.INK},
            x=at, xref="x", y=1, yref="paper", yanchor="bottom", xanchor="left",
        )  # fmt: skip


def _name_lines(figure: go.Figure, trend: Trend, council: Council) -> None:
    """The average and the limits, named at the right end."""
    latest = trend.latest
    control = latest.control if latest else None
    if control is None or control.centre is None or control.low is None or control.high is None:
        return
    day = council.day_seconds
    top = figure.layout.yaxis.range[1]
    low, centre, high = control.low, control.centre, control.high
    shown = [(high, "usual to")] if high - centre >= _NEAR_NAMES * top else []
    shown += [(centre, "average")]
    shown += [(low, "usual from")] if centre - low >= _NEAR_NAMES * top else []
    for value, name in shown:
        ink.note(
            figure, f"{name} {words.value_words(trend, value, day)}", ink.MUTED,
            x=1.01, xref="paper", xanchor="left", y=value, yref="y",
        )  # fmt: skip
