"""How long after handoff rejections came, on a time axis with human marks; those without any touch in ink."""

from __future__ import annotations

import numpy as np
import plotly.graph_objects as go

from analytics import formatting as text
from analytics.charts import canvas as ink
from analytics.rejection_pace import PaceBin, RejectionPace
from analytics.results import Rate


def rejection_speed(result: RejectionPace) -> go.Figure:
    """Bars of rejections between two marks, each about as much longer as the one before; undated ones at the right."""
    bins = result.bins
    places = np.arange(len(bins), dtype=np.float64)
    undated = len(bins) + 0.6
    top = max([one.touched + one.untouched for one in bins] + [result.undated, 1]) * 1.2
    figure = ink.canvas(
        bargap=0.12,
        barmode="stack",
        margin={"l": 56, "r": 12, "t": 24, "b": 30},
        xaxis=ink.axis(
            tickvals=[*(places[:-1] + 0.5), *([undated] if result.undated else [])],
            ticktext=[*(text.duration(one.high) for one in bins[:-1]), *(["no date"] if result.undated else [])],
            range=[-0.6, (undated if result.undated else len(bins) - 1) + 0.6],
        ),
        yaxis=ink.axis(
            range=[0, top], nticks=4, showgrid=True, showline=False, fixedrange=True, tickformat=",d"
        ),
    )  # fmt: skip
    knows = result.untouched is not None
    if knows:
        _bars(figure, result, "rejected without any touch", "untouched", ink.INK)
    _bars(figure, result, "touch recorded" if knows else "rejected", "touched", ink.GREY)
    if result.undated:
        _undated(figure, result, undated)
    _totals(figure, bins)
    if knows:
        ink.note(
            figure, "<b>lower part of a bar: without any recorded touch</b>", ink.INK, x=0, xref="paper", xanchor="left", y=1,
            yref="paper", yanchor="bottom", yshift=2,
        )  # fmt: skip
    return figure


def key_of(one: PaceBin, *, is_untouched: bool | None) -> str:
    """The evidence key of a bin; ``is_untouched`` None: touched or not."""
    parts = [f"rejected_within:{one.high}"] if one.high is not None else ["rejected_dated"]
    if one.low:
        parts.append(f"rejected_after:{one.low}")
    if is_untouched is not None:
        parts.append("rejected_untouched" if is_untouched else "rejected_touched")
    return ".".join(parts)


def _bars(figure: go.Figure, result: RejectionPace, name: str, part: str, colour: str) -> None:
    leads = [one.untouched if part == "untouched" else one.touched for one in result.bins]
    drawn = [
        (place, one, count)
        for place, (one, count) in enumerate(zip(result.bins, leads, strict=True))
        if count
    ]
    if not drawn:
        return
    knows = result.untouched is not None
    figure.add_bar(
        x=np.array([place for place, _, _ in drawn], dtype=np.float64),
        y=np.array([count for _, _, count in drawn], dtype=np.float64),
        name=name,
        marker={"color": colour},
        customdata=[key_of(one, is_untouched=part == "untouched" if knows else None) for _, one, _ in drawn],
        hovertext=[
            ink.hover(
                f"{between(one)}: {text.plural(count, 'rejection')}, {name}" if knows else f"{between(one)}: {text.plural(count, 'rejection')}",
                _share(count, result.dated),
            )
            for _, one, count in drawn
        ],
        hoverinfo="text",
    )  # fmt: skip


def _share(count: int, dated: int) -> str:
    share = Rate(count, dated)
    return (
        f"{text.percent(share.value)} of {text.count(dated)} dated rejections"
        if text.is_quotable(share)
        else text.of(share)
    )


def between(one: PaceBin) -> str:
    """A bin in words."""
    if one.high is None:
        return f"later than {text.duration(one.low)}"
    return (
        f"{text.duration(one.low)} to {text.duration(one.high)}"
        if one.low
        else f"within {text.duration(one.high)}"
    )


def _undated(figure: go.Figure, result: RejectionPace, at: float) -> None:
    """What carries no date: a dashed outline beside the axis, and a mark that opens it."""
    figure.add_shape(
        type="rect", x0=at - 0.44, x1=at + 0.44, y0=0, y1=result.undated,
        line={"color": ink.GREY, "width": 1.5, "dash": "dash"}, fillcolor=ink.CLEAR,
    )  # fmt: skip
    figure.add_bar(
        x=np.array([at]),
        y=np.array([result.undated], dtype=np.float64),
        name="no date",
        marker={"color": ink.CLEAR},
        customdata=["rejected_undated"],
        hovertext=[ink.hover(f"No date: {text.plural(result.undated, 'rejection')}", "outside the shares and the median")],
        hoverinfo="text",
    )  # fmt: skip
    ink.note(figure, text.count(result.undated), ink.MUTED, x=at, y=result.undated, yanchor="bottom")


def _totals(figure: go.Figure, bins: tuple[PaceBin, ...]) -> None:
    for place, one in enumerate(bins):
        leads = one.touched + one.untouched
        ink.note(
            figure, text.count(leads), ink.INK if leads else ink.MUTED, x=place, y=leads, yanchor="bottom"
        )
