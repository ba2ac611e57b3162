"""What is beside what would be: two dots with intervals per number, and the hits of each tier with the late leads."""

from __future__ import annotations

import numpy as np
import plotly.graph_objects as go

from analytics import formatting as text
from analytics.charts import canvas as ink
from analytics.metrics.catalog import METRICS
from analytics.results import Rate
from analytics.what_if import SHOWN, AllInTime, Parted, Tier
from analytics.what_if_words import NAMES, TIER_NAMES

AS_IS, WOULD_BE = "as it is", "as it would be"
_OFFSET = 0.17


def parted_dots(result: Parted) -> go.Figure:
    """Every measurable rate as it is and as it would be, with intervals; a rate of under 30 leads is hollow.

    A mark's key is ``all.`` or ``kept.`` and the metric's numerator.
    """
    slugs = [slug for slug in SHOWN if slug not in result.why and result.all.rate(slug).denominator]
    rows = np.arange(len(slugs), dtype=np.float64)
    top = max([0.02, *(_end(side.rate(slug)) for side in (result.all, result.kept) for slug in slugs)])
    figure = ink.canvas(
        margin={"l": 190, "r": 24, "t": 26, "b": 30},
        xaxis=ink.axis(
            range=[0, min(1.02, top * 1.08)],
            tickformat=".0%",
            showgrid=True,
            showline=False,
            fixedrange=True,
        ),
        yaxis=ink.axis(
            tickvals=rows,
            ticktext=[f"{NAMES[slug]}  " for slug in slugs],
            range=[max(len(slugs), 1) - 0.4, -0.6],
            showline=False,
            fixedrange=True,
        ),
    )
    sides = (
        ("all", AS_IS, result.all, -_OFFSET, ink.GREY),
        ("kept", WOULD_BE, result.kept, _OFFSET, ink.INK),
    )
    for part, name, side, shift, colour in sides:
        there = [(row, slug) for row, slug in enumerate(slugs) if side.rate(slug).denominator]
        rates = [side.rate(slug) for _, slug in there]
        _dots(
            figure,
            name,
            colour,
            [row + shift for row, _ in there],
            rates,
            [f"{part}.{METRICS[slug].numerator}" for _, slug in there],
            [NAMES[slug] for _, slug in there],
        )
    for words, colour, place in ((f"● {AS_IS}", ink.MUTED, 0.0), (f"● {WOULD_BE}", ink.INK, 0.3)):
        ink.note(figure, words, colour, xref="paper", x=place, xanchor="left", yref="paper", y=1, yanchor="bottom", yshift=2)  # fmt: skip
    return figure


def _end(value: Rate) -> float:
    return (value.high if text.is_quotable(value) else value.value) or 0.0


def _dots(
    figure: go.Figure,
    name: str,
    colour: str,
    rows: list[float],
    rates: list[Rate],
    keys: list[str],
    names: list[str],
) -> None:
    values = np.array([one.value for one in rates], dtype=np.float64)
    high = [one.high if text.is_quotable(one) and one.high is not None else one.value for one in rates]
    low = [one.low if text.is_quotable(one) and one.low is not None else one.value for one in rates]
    figure.add_scatter(
        x=values,
        y=np.array(rows, dtype=np.float64),
        mode="markers",
        name=name,
        cliponaxis=False,
        error_x={
            "type": "data",
            "symmetric": False,
            "array": np.array(high, dtype=np.float64) - values,
            "arrayminus": values - np.array(low, dtype=np.float64),
            "color": colour,
            "thickness": 1.5,
            "width": 0,
        },
        marker={
            "size": 11,
            "color": [colour if text.is_quotable(one) else ink.PAPER for one in rates],
            "line": {"color": colour, "width": 2},
        },
        customdata=keys,
        hovertext=[
            ink.hover(
                f"{what}, {name}: {text.rate_with_interval(one)}",
                text.of(one) if text.is_quotable(one) else "",
                f"{text.count(one.pending)} still pending" if one.pending else "",
            )
            for what, one in zip(names, rates, strict=True)
        ],
        hoverinfo="text",
    )


def in_time_bars(result: AllInTime) -> go.Figure:
    """Leads past their limit per tier: touched inside it, with the interval of that count, and late.

    A mark's key is the tier's and the lead set's.
    """
    tiers = [tier for tier in (result.total, *result.tiers) if tier.hits.denominator]
    rows = np.arange(len(tiers), dtype=np.float64)
    figure = ink.canvas(
        margin={"l": 190, "r": 24, "t": 26, "b": 30},
        barmode="stack",
        bargap=0.45,
        xaxis=ink.axis(rangemode="tozero", showgrid=True, showline=False, fixedrange=True, tickformat=","),
        yaxis=ink.axis(
            tickvals=rows,
            ticktext=[f"{TIER_NAMES[tier.slug]}  " for tier in tiers],
            range=[max(len(tiers), 1) - 0.4, -0.6],
            showline=False,
            fixedrange=True,
        ),
    )
    figure.add_bar(
        x=np.array([tier.hits.numerator for tier in tiers]),
        y=rows,
        orientation="h",
        name="hits today",
        marker={"color": ink.SALES},
        error_x=_interval(tiers),
        customdata=[tier.key("limit_met") for tier in tiers],
        hovertext=[
            ink.hover(
                f"{TIER_NAMES[tier.slug]}: touched inside the limit {text.rate_with_interval(tier.hits)}",
                text.of(tier.hits) if text.is_quotable(tier.hits) else "",
            )
            for tier in tiers
        ],
        hoverinfo="text",
    )
    figure.add_bar(
        x=np.array([tier.missed for tier in tiers]),
        y=rows,
        orientation="h",
        name="would be hits",
        marker={"color": ink.CLEAR, "line": {"color": ink.SALES, "width": 1.5}},
        customdata=[tier.key("limit_missed") for tier in tiers],
        hovertext=[
            ink.hover(
                f"{TIER_NAMES[tier.slug]}: {text.plural(tier.missed, 'lead')} late or never touched, hits then"
            )
            for tier in tiers
        ],
        hoverinfo="text",
    )
    for words, colour, place in (("■ hits today", ink.SALES_TEXT, 0.0), ("□ would be hits", ink.MUTED, 0.3)):
        ink.note(figure, words, colour, xref="paper", x=place, xanchor="left", yref="paper", y=1, yanchor="bottom", yshift=2)  # fmt: skip
    return figure


def _interval(tiers: list[Tier]) -> dict[str, object]:
    """The interval of the rate in leads; none where the rate cannot be quoted."""
    up, down = [], []
    for tier in tiers:
        one = tier.hits
        is_drawn = text.is_quotable(one) and one.low is not None and one.high is not None
        up.append((one.high or 0.0) * one.denominator - one.numerator if is_drawn else 0.0)
        down.append(one.numerator - (one.low or 0.0) * one.denominator if is_drawn else 0.0)
    return {
        "type": "data",
        "symmetric": False,
        "array": np.maximum(np.array(up), 0.0),
        "arrayminus": np.maximum(np.array(down), 0.0),
        "color": ink.INK,
        "thickness": 1.5,
        "width": 0,
    }
