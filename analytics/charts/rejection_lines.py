"""Each reason as a line over the periods of handoff: per 100 leads, as a share of rejections, or counted."""

from __future__ import annotations

import itertools
from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go

from analytics import formatting as text
from analytics.charts import canvas as ink
from analytics.charts.reason_points import Measure, Point, points_of, tick_label
from analytics.rejections import Rejections
from analytics.schema import reason_words

MOST_NAMED = 6
_GAP = 0.085
_TICKS = 7
_SOME = 10
_MANY = 20
_STEPS = (0.01, 0.02, 0.05, 0.1, 0.2, 0.25, 0.5)


def rejection_lines(
    result: Rejections, measure: Measure = "per 100 leads", highlight: str | None = None
) -> go.Figure:
    """A line per reason; the sentence's reason in ink with its interval, small ones faint, young periods hollow.

    ``highlight`` names another reason to draw in ink instead of those the sentence speaks of.
    """
    named = (highlight,) if highlight in result.codes else result.named
    lines = {code: points_of(result, place, measure) for place, code in enumerate(result.codes)}
    top = _top(lines, named, measure)
    ticks = _ticks(top, measure)
    last = len(result.periods) - 1
    places = _tick_places(len(result.periods))
    reach = max(last, 1)
    figure = ink.canvas(
        margin={"l": 50, "r": 222, "t": 28, "b": 28},
        xaxis=ink.axis(
            tickvals=np.array(places),
            ticktext=[tick_label(result.unit, result.periods[at]) for at in places],
            range=[-0.04 * reach - 0.05, last + 0.075 * reach + 0.02],
        ),
        yaxis=ink.axis(
            range=[0, top],
            tickvals=list(ticks),
            ticktext=list(ticks.values()),
            showgrid=True,
            showline=False,
            fixedrange=True,
        ),
    )
    labelled = _labelled(result, named)
    for code in sorted(lines, key=lambda one: (one in named, one in labelled)):
        _line(figure, code, lines[code], top, is_named=code in named, is_labelled=code in labelled)
    _labels(figure, result, lines, labelled, named, top)
    _young(figure, result, [point for line in lines.values() for point in line])
    return figure


def _top(lines: dict[str, list[Point]], named: tuple[str, ...], measure: Measure) -> float:
    """The height of the axis: every point that can be judged fits, and the interval of what the sentence names."""
    points = [point for line in lines.values() for point in line]
    firm = [point.height for point in points if not point.is_hollow]
    some = [point.height for point in points if point.leads >= _SOME]
    bands = [
        point.high
        for code in named
        for point in lines.get(code, [])
        if point.high is not None and not point.is_hollow
    ]
    least = 1.0 if measure == "counts" else 0.02
    top = max([*(firm or some or [point.height for point in points]), *bands, least]) * 1.1
    return top if measure == "counts" else min(top, 1.04)


def _ticks(top: float, measure: Measure) -> dict[float, str]:
    if measure == "counts":
        step = max(
            1,
            next(
                size * 10**power for power in range(9) for size in (1, 2, 5) if top / (size * 10**power) <= 5
            ),
        )
        return {float(value): text.count(value) for value in range(0, int(top) + 1, step)}
    step = next((size for size in _STEPS if top / size <= 5), 0.5)
    values = [step * index for index in range(int(top / step + 1e-9) + 1)]
    unit = f"{text.NBSP}%" if measure == "share of rejections" else ""
    return {value: f"{value * 100:g}{unit if value else ''}" for value in values}


def _tick_places(periods: int) -> list[int]:
    if periods <= _TICKS:
        return list(range(periods))
    step = -(-(periods - 1) // (_TICKS - 1))
    return list(range(periods - 1, -1, -step))[::-1]


def _labelled(result: Rejections, named: tuple[str, ...]) -> tuple[str, ...]:
    """The reasons with their name at the line's end: those of the sentence, then the most frequent."""
    rest = [code for code in result.codes if code not in named]
    return (*named, *rest)[:MOST_NAMED]


def _line(
    figure: go.Figure, code: str, points: Sequence[Point], top: float, *, is_named: bool, is_labelled: bool
) -> None:
    colour = ink.INK if is_named else ink.GREY if is_labelled else ink.LIGHT
    if is_named:
        _band(figure, code, points)
    for is_firm in (False, True):
        drawn = _stretches(points, is_firm=is_firm)
        if drawn:
            figure.add_scatter(
                x=np.array([np.nan if point is None else point.at for point in drawn], dtype=np.float64),
                y=np.array([np.nan if point is None else min(point.height, top) for point in drawn]),
                mode="lines",
                name=f"{reason_words(code)}, {'line' if is_firm else 'not yet judged'}",
                line={"color": colour, "width": 3 if is_named else 1.75 if is_labelled else 1, "dash": "solid" if is_firm else "dot"},
                hoverinfo="skip",
            )  # fmt: skip
    if points:
        size = 9 if is_named else 7
        _marks(figure, code, points, top, colour, size if len(points) <= _MANY else size - 3)


def _marks(figure: go.Figure, code: str, points: Sequence[Point], top: float, colour: str, size: int) -> None:
    figure.add_scatter(
        x=np.array([point.at for point in points], dtype=np.float64),
        y=np.array([min(point.height, top) for point in points]),
        mode="markers",
        name=reason_words(code),
        cliponaxis=False,
        marker={
            "size": size,
            "symbol": ["triangle-up" if point.height > top else "circle" for point in points],
            "color": [ink.PAPER if point.is_hollow else colour for point in points],
            "line": {"color": colour, "width": 1.75},
        },
        customdata=[point.key for point in points],
        hovertext=[point.hover for point in points],
        hoverinfo="text",
    )


def _stretches(points: Sequence[Point], *, is_firm: bool) -> list[Point | None]:
    """Neighbours to be joined: firm ones, or those of which one is not judged yet; None breaks the line.

    No line leads to a point with too few leads to quote: it would draw the eye to noise.
    """
    drawn: list[Point | None] = []
    for one, other in itertools.pairwise(points):
        is_joined = other.at == one.at + 1 and not one.is_few and not other.is_few
        if is_joined and is_firm == (not one.is_hollow and not other.is_hollow):
            drawn += [one, other] if not drawn or drawn[-1] is not one else [other]
        elif drawn and drawn[-1] is not None:
            drawn.append(None)
    return drawn[:-1] if drawn and drawn[-1] is None else drawn


def _band(figure: go.Figure, code: str, points: Sequence[Point]) -> None:
    """The interval as a band around each stretch of neighbours that can be judged."""
    stretch: list[Point] = []
    for point in [*points, None]:
        if (
            point is not None
            and point.low is not None
            and not point.is_hollow
            and (not stretch or point.at == stretch[-1].at + 1)
        ):
            stretch.append(point)
            continue
        if len(stretch) > 1:
            at = [one.at for one in stretch]
            figure.add_scatter(
                x=np.array(at + at[::-1], dtype=np.float64),
                y=np.array([one.high for one in stretch] + [one.low for one in reversed(stretch)], dtype=np.float64),
                mode="lines",
                name=f"{reason_words(code)}, interval",
                line={"width": 0},
                fill="toself",
                fillcolor=ink.GREY_BAND,
                hoverinfo="skip",
            )  # fmt: skip
        stretch = [point] if point is not None and point.low is not None and not point.is_hollow else []


def _labels(
    figure: go.Figure,
    result: Rejections,
    lines: dict[str, list[Point]],
    labelled: tuple[str, ...],
    named: tuple[str, ...],
    top: float,
) -> None:
    """Names with the latest judged value at the right, pushed apart, each tied to its line's end."""
    ends = {code: end for code in labelled if (end := _end(lines[code])) is not None}
    if not ends:
        words = (
            f"too few to quote<br>by {result.unit.value}: the bars<br>name the reasons"
            if result.reasons
            else ""
        )
        ink.note(
            figure, words, ink.MUTED, x=1, xref="paper", xanchor="left", xshift=4, y=0.5, yref="paper", align="left",
        )  # fmt: skip
        return
    codes = sorted(ends, key=lambda code: min(ends[code].height, top))
    heights = spread([min(ends[code].height, top) / top for code in codes], _GAP)
    edge = (len(result.periods) - 1) + 0.065 * max(len(result.periods) - 1, 1)
    for code, height in zip(codes, heights, strict=True):
        end, colour = ends[code], ink.INK if code in named else ink.MUTED
        if not end.is_hollow:
            figure.add_shape(
                type="line", x0=end.at, y0=min(end.height, top), x1=edge, y1=height * top,
                line={"color": ink.LIGHT, "width": 1}, layer="below",
            )  # fmt: skip
        words = reason_words(code) if end.is_hollow else f"{reason_words(code)}  {end.words}"
        ink.note(
            figure, f"<b>{words}</b>" if code in named else words, colour,
            x=1, xref="paper", xanchor="left", xshift=4, y=height, yref="paper", yanchor="middle",
        )  # fmt: skip
    others = [code for code in result.codes if code not in labelled]
    if others:
        words = f"{text.plural(len(others), 'smaller reason')}, faint"
        ink.note(
            figure, words, ink.MUTED, x=1, xref="paper", xanchor="left", xshift=4, y=0, yref="paper",
            yanchor="top", yshift=-4,
        )  # fmt: skip
    latest = max(end.at for end in ends.values())
    if any(not end.is_hollow for end in ends.values()) and latest < len(result.periods) - 1:
        ink.note(
            figure, f"values of {tick_label(result.unit, result.periods[latest])}", ink.MUTED, x=1, xref="paper",
            xanchor="left", xshift=4, y=1, yref="paper", yanchor="bottom", yshift=6,
        )  # fmt: skip


def _end(points: Sequence[Point]) -> Point | None:
    """The latest point that can be judged, else the latest one with enough leads."""
    firm = (point for point in reversed(points) if not point.is_hollow)
    return next(firm, next((point for point in reversed(points) if not point.is_few), None))


def spread(heights: Sequence[float], gap: float) -> list[float]:
    """Rising heights in [0, 1] moved as little as needed to stand ``gap`` apart, within 0 and 1 where they fit.

    >>> [round(one, 2) for one in spread([0.1, 0.12, 0.9], 0.1)]
    [0.1, 0.2, 0.9]
    """
    placed: list[float] = []
    for height in heights:
        placed.append(max(height, placed[-1] + gap) if placed else max(height, 0.02))
    ceiling = 0.98
    for index in reversed(range(len(placed))):
        placed[index] = min(placed[index], ceiling)
        ceiling = placed[index] - gap
    return placed


def _young(figure: go.Figure, result: Rejections, points: Sequence[Point]) -> None:
    """Says what the hollow points are."""
    young = [period for period in result.periods if period.leads and period.is_immature]
    reasons = ["too few to quote"] if any(point.is_few for point in points) else []
    if young:
        reasons.append(f"too young until {text.day(young[-1].judged_on)}")
    if any(point.is_hollow and not point.is_few for point in points) and not young:
        reasons.append(f"only part of the {result.unit.value}")
    if reasons:
        ink.note(
            figure, f"hollow: {', or '.join(reasons)}", ink.MUTED, x=1, xref="paper", xanchor="right", xshift=-8, y=1,
            yref="paper", yanchor="bottom", yshift=6,
        )  # fmt: skip
