"""Accounts by the number of people passed from them: acceptance, opportunity and win as dots with intervals."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import plotly.graph_objects as go

from analytics import formatting as text
from analytics.accounts import Accounts, ContactGroup
from analytics.charts import canvas as ink
from analytics.results import Rate


@dataclass(frozen=True, slots=True)
class _Series:
    name: str
    verb: str
    field: str
    lead_set: str
    colour: str
    shift: float


_SERIES = (
    _Series("accepted", "accepted", "accepted", "settled", ink.GREY, -0.24),
    _Series("opportunity", "with an opportunity", "opportunity", "mature", ink.INK, 0.0),
    _Series("won", "won", "won", "mature", ink.GREY, 0.24),
)


def account_dots(result: Accounts) -> go.Figure:
    """Three rates over accounts per number of contacts; a dashed line where separate leads alone would stand."""
    shown = [one for one in _SERIES if _is_known(result, one)]
    groups = result.groups
    rates = [_rate(group, one) for one in shown for group in groups]
    top = (
        min(
            1.0,
            max([0.05, *((rate.high if text.is_quotable(rate) else rate.value) or 0.0 for rate in rates)]),
        )
        * 1.08
    )
    figure = ink.canvas(
        margin={"l": 56, "r": 24, "t": 14, "b": 66},
        xaxis=ink.axis(
            tickvals=np.arange(len(groups)),
            ticktext=[
                f"{group.label}<br>{text.plural(group.accounts, 'account')}<br>{text.plural(group.leads, 'lead')}" for group in groups
            ],
            range=[-0.5, len(groups) - 0.4],
            fixedrange=True,
        ),
        yaxis=ink.axis(
            range=[0, top], tickvals=(ticks := _ticks(top)), ticktext=[text.percent(tick) if tick else "0" for tick in ticks],
            showgrid=True, showline=False, fixedrange=True,
        ),
    )  # fmt: skip
    for one in shown:
        _dots(figure, groups, one)
    if result.has_opportunities:
        _expected(figure, groups)
    return figure


def _is_known(result: Accounts, one: _Series) -> bool:
    return {"accepted": result.has_acceptance, "opportunity": result.has_opportunities, "won": result.has_wins}[one.name]  # fmt: skip


def _rate(group: ContactGroup, one: _Series) -> Rate:
    found: Rate = getattr(group, one.field)
    return found


def _ticks(top: float) -> list[float]:
    step = next((step for step in (0.02, 0.05, 0.1, 0.2) if top / step <= 5), 0.25)
    return [step * number for number in range(int(min(top, 1.0) / step + 1e-9) + 1)]


def _dots(figure: go.Figure, groups: tuple[ContactGroup, ...], one: _Series) -> None:
    drawn = [
        (at, group, _rate(group, one)) for at, group in enumerate(groups) if _rate(group, one).denominator
    ]
    if not drawn:
        return
    values = np.array([rate.value for _, _, rate in drawn], dtype=np.float64)
    figure.add_scatter(
        x=np.array([at + one.shift for at, _, _ in drawn]),
        y=values,
        mode="markers",
        name=one.name,
        error_y={
            "type": "data", "symmetric": False,
            "array": np.array([rate.high for _, _, rate in drawn]) - values,
            "arrayminus": values - np.array([rate.low for _, _, rate in drawn]),
            "color": ink.GREY, "thickness": 1.5, "width": 0,
        },
        marker={
            "size": 13,
            "color": [one.colour if text.is_quotable(rate) else ink.PAPER for _, _, rate in drawn],
            "line": {"color": one.colour, "width": 2},
        },
        customdata=[f"{group.key}.{one.lead_set}" for _, group, _ in drawn],
        hovertext=[_hover(group, rate, one) for _, group, rate in drawn],
        hoverinfo="text",
    )  # fmt: skip
    for at, _, rate in drawn:
        number = f"<b>{text.percent(rate.value)}</b>" if text.is_quotable(rate) else text.of(rate)
        words = f"{number} {one.verb}" if at == 0 else number
        ink.note(
            figure, words, ink.INK if one.colour == ink.INK else ink.MUTED, x=at + one.shift, xanchor="left", xshift=10,
            align="left", y=rate.value, yanchor="middle",
        )  # fmt: skip


def _hover(group: ContactGroup, rate: Rate, one: _Series) -> str:
    leads = group.settled_leads if one.lead_set == "settled" else group.mature_leads
    return ink.hover(
        f"{group.label}: {text.rate_with_interval(rate)} of the accounts {one.verb}",
        f"{text.of(rate)} accounts" if text.is_quotable(rate) else "",
        f"separate leads alone: {text.percent(group.expected)}"
        if one.name == "opportunity" and group.expected is not None
        else "",
        f"their {text.plural(leads, 'lead')}",
    )


def _expected(figure: go.Figure, groups: tuple[ContactGroup, ...]) -> None:
    """What as many separate leads would bring, each with the usual chance: a short dashed line, named once."""
    known = [(at, group.expected) for at, group in enumerate(groups) if at and group.expected is not None]
    for at, value in known:
        figure.add_shape(
            type="line",
            x0=at - 0.14,
            x1=at - 0.03,
            y0=value,
            y1=value,
            line={"color": ink.INK, "width": 1.5, "dash": "dash"},
        )
    if known:
        at, value = known[0]
        ink.note(
            figure,
            "as many<br>separate leads",
            ink.MUTED,
            x=at - 0.14,
            xanchor="right",
            xshift=-4,
            align="right",
            y=value,
            yanchor="middle",
        )
