"""Reasons as bars from the most to the least frequent: the share of rejections with its interval, per 100 leads beside."""

from __future__ import annotations

import numpy as np
import plotly.graph_objects as go

from analytics import formatting as text
from analytics.charts import canvas as ink
from analytics.rejections import Reason, Rejections
from analytics.schema import reason_words


def reason_bars(result: Rejections) -> go.Figure:
    """One bar per reason; under 30 rejections the bars are counts and no share is printed."""
    shown = result.reasons
    is_quotable = result.of_leads.numerator >= text.QUOTABLE
    heights = [(one.share.value or 0.0) if is_quotable else float(one.count) for one in shown]
    ends = [one.share.high or 0.0 for one in shown] if is_quotable else heights
    top = max([*ends, *heights, 0.05]) * 1.05
    rows = np.arange(len(shown), dtype=np.float64)
    figure = ink.canvas(
        margin={"l": 160, "r": 98, "t": 22, "b": 10},
        bargap=0.38,
        xaxis=ink.axis(range=[0, top], showticklabels=False, showline=False, fixedrange=True),
        yaxis=ink.axis(
            tickvals=rows,
            ticktext=[f"{reason_words(one.code)}  " for one in shown],
            range=[max(len(shown), 7) - 0.5, -0.5],
            showline=True,
            fixedrange=True,
        ),
    )
    if not shown:
        return figure
    figure.add_bar(
        x=np.array(heights),
        y=rows,
        orientation="h",
        name="share of rejections" if is_quotable else "rejections",
        marker={"color": [ink.INK if one.code in result.named else ink.GREY for one in shown]},
        error_x=_whiskers(shown) if is_quotable else None,
        customdata=[f"so_far_rejected.reason:{one.number}" for one in shown],
        hovertext=[_hover(one) for one in shown],
        hoverinfo="text",
    )
    for place, one in enumerate(shown):
        ink.note(
            figure, _label(one, is_quotable=is_quotable), ink.INK if one.code in result.named else ink.MUTED,
            x=1, xref="paper", xanchor="left", xshift=6, y=place, yanchor="middle",
        )  # fmt: skip
    _heads(figure, is_quotable=is_quotable)
    return figure


def _whiskers(shown: tuple[Reason, ...]) -> dict[str, object]:
    values = np.array([one.share.value for one in shown], dtype=np.float64)
    return {
        "type": "data",
        "symmetric": False,
        "array": np.array([one.share.high for one in shown], dtype=np.float64) - values,
        "arrayminus": values - np.array([one.share.low for one in shown], dtype=np.float64),
        "color": ink.LIGHT,
        "thickness": 2,
        "width": 0,
    }


def _label(one: Reason, *, is_quotable: bool) -> str:
    if not is_quotable:
        return text.count(one.count)
    beside = text.in_hundred(one.per_lead.value) if text.is_quotable(one.per_lead) else text.count(one.count)
    return f"{text.percent(one.share.value)} · {beside}"


def _heads(figure: go.Figure, *, is_quotable: bool) -> None:
    words = "share · per 100" if is_quotable else "leads"
    ink.note(
        figure, words, ink.MUTED, x=1, xref="paper", xanchor="left", xshift=6, y=1, yref="paper",
        yanchor="bottom", yshift=2,
    )  # fmt: skip


def _hover(one: Reason) -> str:
    name = reason_words(one.code)
    quotable = text.is_quotable(one.per_lead)
    return ink.hover(
        f"{name[:1].upper()}{name[1:]}: {text.plural(one.count, 'rejected lead')}",
        f"{text.rate_with_interval(one.share)} of rejections",
        f"{text.rate_with_interval(one.per_lead)} of the leads handed off, {text.of(one.per_lead)}"
        if quotable
        else "",
        f"{text.plural(one.per_lead.pending, 'younger lead')} still pending" if one.per_lead.pending else "",
    )
