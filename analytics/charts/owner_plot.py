"""Owners by number of leads and share touched inside the limit, between the limits of luck: a funnel plot, no ranking."""

from __future__ import annotations

import numpy as np
import plotly.graph_objects as go

from analytics import formatting as text
from analytics.charts import canvas as ink
from analytics.long_tail import tier_key
from analytics.wait_groups import OwnerPlace, Owners

_LONGEST = 24


def owner_plot(result: Owners) -> go.Figure:
    """A dot per owner; outside what luck explains: filled and named. Key: ``pick:N.limit_met``, N its place."""
    most = max((one.inside.denominator for one in result.owners), default=1)
    figure = ink.canvas(
        margin={"l": 78, "r": 150, "t": 12, "b": 46},
        xaxis=ink.axis(range=[0, most * 1.08], nticks=8, tickformat=",d", showgrid=False, fixedrange=True),
        yaxis=ink.percent_axis(result.target),
    )
    if not result.owners or result.pooled.value is None:
        return figure
    _funnel(figure, result.outer, f"99.8{text.NBSP}% limits", "dot")
    _funnel(figure, result.limits, f"95{text.NBSP}% limits", "solid")
    if result.widening > 1.05:
        ink.note(
            figure, f"limits widened {result.widening:.1f} times", ink.MUTED, xref="paper", x=1, xanchor="right", yref="paper",
            y=1, yanchor="top", yshift=-16,
        )  # fmt: skip
    pooled = result.pooled.value
    figure.add_shape(
        type="line", xref="paper", x0=0, x1=1, y0=pooled, y1=pooled, line={"color": ink.GREY, "width": 1.5}
    )
    ink.note(
        figure, f"all owners {text.percent(pooled)}", ink.MUTED, xref="paper", x=1, xanchor="left", xshift=6, y=pooled,
        yanchor="middle",
    )  # fmt: skip
    ink.target_line(figure, result.target)
    _dots(figure, result)
    ink.note(
        figure, "leads past their limit, per owner", ink.MUTED, xref="paper", x=0.5, xanchor="center", yref="paper",
        y=0, yanchor="top", yshift=-24,
    )  # fmt: skip
    return figure


def _funnel(figure: go.Figure, limits: tuple[tuple[int, float, float], ...], name: str, dash: str) -> None:
    """Both edges of one pair of limits; the outer name stands at its upper right end."""
    sizes = np.array([size for size, _, _ in limits], dtype=np.float64)
    for place, side in ((1, "lower"), (2, "upper")):
        figure.add_scatter(
            x=sizes, y=np.array([row[place] for row in limits], dtype=np.float64), mode="lines",
            line={"color": ink.GREY, "width": 1.25, "dash": dash}, hoverinfo="skip", name=f"{name}, {side}",
        )  # fmt: skip
    if limits:
        is_outer = dash == "dot"
        ink.note(
            figure, name, ink.MUTED, xref="paper", x=1, xanchor="left", xshift=6,
            y=limits[-1][2], yanchor="bottom" if is_outer else "top", yshift=2 if is_outer else 6,
        )  # fmt: skip


def _dots(figure: go.Figure, result: Owners) -> None:
    owners = result.owners
    values = np.array([one.inside.value or 0.0 for one in owners], dtype=np.float64)
    high = np.array([one.inside.high or 0.0 for one in owners], dtype=np.float64)
    low = np.array([one.inside.low or 0.0 for one in owners], dtype=np.float64)
    colours = [ink.INK if one.place.is_outside else ink.GREY for one in owners]
    figure.add_scatter(
        x=np.array([one.inside.denominator for one in owners], dtype=np.float64),
        y=values,
        mode="markers+text",
        name="owners",
        error_y={
            "type": "data", "symmetric": False, "array": high - values, "arrayminus": values - low,
            "color": ink.LIGHT, "thickness": 1, "width": 0,
        },
        marker={
            "size": 12,
            "color": [
                ink.PAPER if not text.is_quotable(one.inside) else colour
                for one, colour in zip(owners, colours, strict=True)
            ],
            "line": {"color": colours, "width": 2},
        },
        text=[f"  {_name(one)}" if one.place.is_outside else "" for one in owners],
        textposition="middle right",
        textfont={"color": ink.INK},
        cliponaxis=False,
        customdata=[tier_key(f"pick:{number}.limit_met", result.tier) for number in range(len(owners))],
        hovertext=[_hover(one) for one in owners],
        hoverinfo="text",
    )  # fmt: skip


def _name(one: OwnerPlace) -> str:
    name = "".join(letter if letter.isprintable() else " " for letter in one.owner or "(no owner)")
    return ink.safe(name if len(name) <= _LONGEST else f"{name[: _LONGEST - 1]}…")


def _hover(one: OwnerPlace) -> str:
    side = "above" if (one.place.z or 0.0) > 0 else "below"
    value, low, high = (
        number or 0.0 for number in (one.place.rate, one.place.limit_low, one.place.limit_high)
    )
    where = (
        "inside the limits of luck" if low <= value <= high else "outside a limit, as single ones are by luck"
    )
    return ink.hover(
        f"{_name(one)}: {text.rate_with_interval(one.inside)} touched inside the limit",
        text.of(one.inside) if text.is_quotable(one.inside) else "",
        f"{text.plural(one.inside.pending, 'lead')} still inside the limit" if one.inside.pending else "",
        f"{side} what luck explains, after all looks" if one.place.is_outside else where,
    )
