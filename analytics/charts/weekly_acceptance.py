"""Acceptance week by week: both twins with their intervals, weeks that are still pending hatched."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import plotly.graph_objects as go

from analytics import formatting as text
from analytics.acceptance import Acceptance, WeekOfHandoff
from analytics.charts import canvas as ink
from analytics.results import Rate

_EPOCH = date(1970, 1, 1)
_FEW_WEEKS = 18


def week_number(monday: date) -> int:
    """Days from 1970-01-01 to a Monday: how evidence keys name a week."""
    return (monday - _EPOCH).days


def weekly_acceptance(acceptance: Acceptance) -> go.Figure:
    """Lines of accepted of settled (grey) and accepted of decided (marketing's promise, with its target).

    Where rejections are unknown the grey line stands alone, without the target that is not its own.
    """
    weeks = acceptance.weeks
    figure = ink.canvas(
        margin={"l": 64, "r": 84, "t": 10, "b": 26},
        xaxis=ink.axis(type="date", **_ticks(weeks)),
        yaxis=ink.percent_axis(acceptance.target)
        if acceptance.twin_unmeasurable is None
        else ink.percent_axis(),
    )
    _pending(figure, weeks)
    settled = [(week, week.of_settled, f"week_settled:{week_number(week.starts_on)}") for week in weeks]
    decided = [(week, week.of_decided, f"week_accepted:{week_number(week.starts_on)}") for week in weeks]
    _line(figure, settled, "of settled", ink.GREY, ink.GREY_BAND)
    _line(figure, decided, "of decided", ink.MARKETING, ink.MARKETING_BAND)
    if acceptance.twin_unmeasurable is None:
        ink.target_line(figure, acceptance.target)
    _name_lines(figure, weeks)
    return figure


def _ticks(weeks: tuple[WeekOfHandoff, ...]) -> dict[str, object]:
    """About five labelled weeks, whatever their number."""
    step = max(1, -(-len(weeks) // 5))
    chosen = [week.starts_on for week in weeks[::step]]
    return {
        "tickvals": [day.isoformat() for day in chosen],
        "ticktext": [text.day_short(day) for day in chosen],
        "range": [
            (weeks[0].starts_on - timedelta(days=3)).isoformat(),
            (weeks[-1].starts_on + timedelta(days=3, hours=12)).isoformat(),
        ]
        if weeks
        else None,
    }


def _line(
    figure: go.Figure, points: list[tuple[WeekOfHandoff, Rate, str]], name: str, colour: str, band: str
) -> None:
    drawn = [(week, rate, key) for week, rate, key in points if rate.value is not None]
    if not drawn:
        return
    x = np.array([week.starts_on for week, _, _ in drawn], dtype="datetime64[D]")
    y = np.array([rate.value for _, rate, _ in drawn])
    low = np.array([rate.low if rate.low is not None else np.nan for _, rate, _ in drawn])
    high = np.array([rate.high if rate.high is not None else np.nan for _, rate, _ in drawn])
    figure.add_scatter(
        x=np.concatenate([x, x[::-1]]),
        y=np.concatenate([high, low[::-1]]),
        fill="toself",
        fillcolor=band,
        line={"width": 0},
        mode="lines",
        hoverinfo="skip",
        name=f"{name}, interval",
    )
    figure.add_scatter(
        x=x,
        y=y,
        mode="lines+markers",
        name=name,
        line={"color": colour, "width": 2.5},
        marker={
            "size": 8 if len(drawn) <= _FEW_WEEKS else 5,
            "color": [ink.PAPER if is_hollow(week, rate) else colour for week, rate, _ in drawn],
            "line": {"color": colour, "width": 2},
        },
        customdata=[key for _, _, key in drawn],
        hovertext=[_hover(week, rate, name) for week, rate, _ in drawn],
        hoverinfo="text",
    )


def is_hollow(week: WeekOfHandoff, rate: Rate) -> bool:
    """Part of the week is still pending, or it has too few leads to quote."""
    return bool(week.pending) or not text.is_quotable(rate)


def _hover(week: WeekOfHandoff, rate: Rate, name: str) -> str:
    return ink.hover(
        f"Week of {text.day(week.starts_on)}",
        f"accepted {name}: {text.rate_with_interval(rate)}",
        text.of(rate) if text.is_quotable(rate) else "",
        f"{text.plural(week.pending, 'lead')} still pending" if week.pending else "",
    )


def _pending(figure: go.Figure, weeks: tuple[WeekOfHandoff, ...]) -> None:
    """Weeks with leads too young to be settled: a hatched column behind the lines."""
    young = [week for week in weeks if week.pending]
    if not young:
        return
    figure.add_bar(
        x=np.array([week.starts_on for week in young], dtype="datetime64[D]"),
        y=np.array([week.pending / (week.pending + week.of_settled.denominator) for week in young]),
        width=5.5 * 86_400_000,
        name="pending",
        marker=ink.hatched(),
        customdata=[f"week_pending:{week_number(week.starts_on)}" for week in young],
        hovertext=[
            ink.hover(
                f"Week of {text.day(week.starts_on)}",
                f"{text.plural(week.pending, 'lead')} still pending,"
                f" {text.count(week.of_settled.denominator)} settled",
            )
            for week in young
        ],
        hoverinfo="text",
    )


def _name_lines(figure: go.Figure, weeks: tuple[WeekOfHandoff, ...]) -> None:
    """Each line's name at its end, kept apart where the lines meet."""
    settled = [week.of_settled.value for week in weeks if week.of_settled.value is not None]
    decided = [week.of_decided.value for week in weeks if week.of_decided.value is not None]
    if not settled:
        return
    if not decided:
        ink.note(figure, "of settled", ink.MUTED, xref="paper", x=1, xshift=6, xanchor="left", y=settled[-1], yanchor="middle")  # fmt: skip
        return
    low, high = settled[-1], decided[-1]
    gap = 0.22 - (high - low)
    if gap > 0:
        low, high = low - gap / 2, high + gap / 2
    low, high = min(max(low, 0.06), 0.72), max(min(high, 0.96), 0.28)
    for y, name, colour in ((low, "of settled", ink.MUTED), (high, "of decided", ink.MARKETING)):
        ink.note(figure, name, colour, xref="paper", x=1, xshift=6, xanchor="left", y=y, yanchor="middle")
