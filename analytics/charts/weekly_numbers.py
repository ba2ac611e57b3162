"""Six numbers of the last weeks side by side: the band of what is usual, the judged week, and younger weeks hollow."""

from __future__ import annotations

import plotly.graph_objects as go

from analytics import formatting as text
from analytics import weekly_words as words
from analytics.charts import canvas as ink
from analytics.periods import Unit, first_day
from analytics.weekly_shapes import Review, WeekNumber, WeekPoint

_COLUMNS, _GAP = 3, 0.045
_ROWS = ((0.58, 0.9), (0.0, 0.34))
"""Bottom and top of the two rows of panels; their headings stand above."""
_COLOURS = {"marketing": ink.MARKETING, "sales": ink.SALES, "both sides": ink.INK}


def weekly_numbers(review: Review) -> go.Figure:
    """One panel per number; a mark's key opens the leads the number stands on.

    A diamond is a judged week outside the usual, a triangle a median that is not reached; hollow marks are weeks whose
    leads have not all had their time.
    """
    figure = ink.canvas(margin={"l": 6, "r": 6, "t": 2, "b": 22}, showlegend=False)
    for at, one in enumerate(review.numbers):
        _panel(figure, review, one, at)
    return figure


def _panel(figure: go.Figure, review: Review, one: WeekNumber, at: int) -> None:
    row, column = divmod(at, _COLUMNS)
    width = (1 - _GAP * (_COLUMNS - 1)) / _COLUMNS
    left = column * (width + _GAP)
    bottom, top = _ROWS[row]
    suffix = "" if at == 0 else str(at + 1)
    weeks = [point.week for point in one.points]
    first, last = (min(weeks), max(weeks)) if weeks else (0, 7)
    figure.update_layout(
        {
            f"xaxis{suffix}": ink.axis(
                domain=[left, left + width],
                anchor=f"y{suffix}",
                range=[first - 5, last + 5],
                tickvals=_ticks(one),
                ticktext=[text.day_short(first_day(Unit.WEEK, week)) for week in _ticks(one)],
                fixedrange=True,
            ),
            f"yaxis{suffix}": ink.axis(
                domain=[bottom, top],
                anchor=f"x{suffix}",
                range=[0, _top(one)],
                visible=False,
                fixedrange=True,
            ),
        }
    )
    _head(figure, review, one, left, top)
    if not one.points:
        return
    axes = {"xaxis": f"x{suffix}", "yaxis": f"y{suffix}"}
    _band(figure, one, axes)
    _line(figure, review, one, axes)


def _ticks(one: WeekNumber) -> list[int]:
    """The first week, the judged one and the last."""
    weeks = [point.week for point in one.points]
    wanted = [weeks[0], *(week for week in (one.judged, weeks[-1]) if week is not None)] if weeks else []
    return [
        week
        for at, week in enumerate(wanted)
        if at == 0 or week - wanted[at - 1] >= 21 or at == len(wanted) - 1
    ][-3:]


def _top(one: WeekNumber) -> float:
    ends = [end for point in one.points for end in (point.value, point.high) if end is not None]
    return max(ends, default=0.0) * 1.12 or 1.0


def _head(figure: go.Figure, review: Review, one: WeekNumber, left: float, top: float) -> None:
    """Name and value in one line, what is usual in the next."""
    name = f"<b>{words.name_of(one)}</b>"
    if one.why is not None:
        lines = (name, "cannot be measured from this export")
    else:
        value = words.value_words(one, one.point, review.day_seconds)
        counts = words.counts_words(one, one.point)
        usual = words.usual_words(one, one.point, review.day_seconds)
        place = words.place_words(one)
        lines = (
            f"{name}  {ink.safe(value)}" + (f"  {counts}" if counts and counts not in value else ""),
            ink.safe(f"{place} (usual {usual})" if usual else place),
        )
    colour = ink.SALES_TEXT if one.side == "sales" else _COLOURS[one.side]
    is_outside = one.place in ("above", "below")
    for line, lift in ((lines[0], 24), (lines[1], 5)):
        ink.note(
            figure, f"<b>{line}</b>" if is_outside and lift == 5 else line,
            colour if lift == 24 else ink.INK if is_outside else ink.MUTED,
            xref="paper", x=left, xanchor="left", yref="paper", y=top, yanchor="bottom", yshift=lift - 4, align="left",
        )  # fmt: skip


def _band(figure: go.Figure, one: WeekNumber, axes: dict[str, str]) -> None:
    limited = [
        point
        for point in one.points
        if point.low is not None and point.high is not None and not point.is_young
    ]
    if not limited:
        return
    edges = [edge for point in limited for edge in (point.week - 3.5, point.week + 3.5)]
    low = [point.low for point in limited for _ in range(2)]
    high = [point.high for point in limited for _ in range(2)]
    figure.add_scatter(
        x=[*edges, *reversed(edges)], y=[*high, *reversed(low)], fill="toself", fillcolor=ink.GREY_BAND,
        line={"width": 0}, mode="lines", hoverinfo="skip", name="usual", **axes,
    )  # fmt: skip


def _line(figure: go.Figure, review: Review, one: WeekNumber, axes: dict[str, str]) -> None:
    colour = _COLOURS[one.side]
    figure.add_scatter(
        x=[point.week for point in one.points], y=[point.value for point in one.points], mode="lines",
        line={"color": colour, "width": 1.5}, connectgaps=False, hoverinfo="skip", name=words.name_of(one), **axes,
    )  # fmt: skip
    shown = [point for point in one.points if point.value is not None or _is_beyond(one, point)]
    figure.add_scatter(
        x=[point.week for point in shown],
        y=[_top(one) * 0.97 if point.value is None else point.value for point in shown],
        mode="markers",
        name=words.name_of(one),
        marker={
            "size": [12 if point.week == one.judged else 7 for point in shown],
            "symbol": [_symbol(one, point) for point in shown],
            "color": [ink.PAPER if point.is_young else colour for point in shown],
            "line": {"color": colour, "width": 2},
        },
        customdata=[point.of_key for point in shown],
        hovertext=[_hover(review, one, point) for point in shown],
        hoverinfo="text",
        **axes,
    )


def _symbol(one: WeekNumber, point: WeekPoint) -> str:
    if _is_beyond(one, point):
        return "triangle-up"
    return "diamond" if _is_signal(one, point) else "circle"


def _is_beyond(one: WeekNumber, point: WeekPoint) -> bool:
    """A median that is not reached: it lies beyond whatever could be drawn, and its leads are there all the same."""
    return one.kind == "wait" and point.value is None and point.leads > 0


def _is_signal(one: WeekNumber, point: WeekPoint) -> bool:
    return point.week == one.judged and one.place in ("above", "below")


def _hover(review: Review, one: WeekNumber, point: WeekPoint) -> str:
    interval = words.interval_words(one, point, review.day_seconds)
    value = words.value_words(one, point, review.day_seconds)
    usual = words.usual_words(one, point, review.day_seconds)
    return ink.hover(
        f"{words.name_of(one)}, {words.span(point.week)}",
        f"{value} ({interval})" if interval else value,
        words.counts_words(one, point),
        "not all of its leads have had their time" if point.is_young else f"usual {usual}" if usual else "",
    )
