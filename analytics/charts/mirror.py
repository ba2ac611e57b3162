"""The mirror: where the leads come from on the left, what became of them on the right, the bands between them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import plotly.graph_objects as go

from analytics import formatting as text
from analytics.charts import canvas as ink
from analytics.metrics.compose import rate
from analytics.results import Rate
from analytics.segment_bands import SIZE, UNKNOWN, SegmentBand, drawn_bands
from analytics.segments import Segments, Side

_LONGEST = {True: 12, False: 22}
_MIDDLE = {True: 0.15, False: 0.22}
_ROOM, _ROOM_FOR_MONEY = 1.42, 1.85
_LARGE, _MANY_ROWS = 16, 10
MONEY: tuple[Side, ...] = ("won_amount", "pipeline_amount")
_HEADINGS: dict[Side, str] = {
    "wins": "Share of wins",
    "opportunities": "Share of opportunities",
    "accepted": "Share of accepted leads",
    "won_amount": "Share of the amount won",
    "pipeline_amount": "Share of the pipeline",
}
_SETS: dict[Side, str] = {
    "wins": "won_in_horizon",
    "opportunities": "opportunity_in_horizon",
    "accepted": "mature_accepted",
    "won_amount": "won_in_horizon",
    "pipeline_amount": "opportunity_in_horizon",
}
_NAMES: dict[Side, str] = {
    "wins": "win",
    "opportunities": "lead with an opportunity",
    "accepted": "accepted lead",
    "won_amount": "win",
    "pipeline_amount": "lead with an opportunity",
}
_MANY = {"lead with an opportunity": "leads with an opportunity"}


@dataclass(frozen=True, slots=True)
class _Bar:
    """One bar: its length in [0, 1], interval, the words at its end and on hover, and the key of its leads."""

    value: float
    low: float
    high: float
    words: str
    hover: str
    key: str


def shown_bands(result: Segments) -> tuple[SegmentBand, ...]:
    """The bands in the order in which they are drawn, from top to bottom: the largest size on top, unknown last."""
    bands = drawn_bands(result.bands, is_ordered=result.is_ordered)
    if not result.is_ordered:
        return bands
    known = [band for band in bands if band.number != UNKNOWN]
    return (*known[::-1], *(band for band in bands if band.number == UNKNOWN))


def band_key(result: Segments, place: int, band: SegmentBand, lead_set: str) -> str:
    """The evidence key of a band's leads; unordered bands are the ``place``-th pick of ``picks``."""
    first = f"size:{band.number}" if result.dimension == SIZE else f"pick:{place}"
    return first if lead_set == "leads" else f"{first}.{lead_set}"


def mirror(result: Segments, side: Side) -> go.Figure:
    """Both shares of every band on one scale; without a lead old enough all leads stand hollow on the left."""
    bands = shown_bands(result)
    is_young = result.mature == 0
    left = [_lead_bar(result, place, band, is_young=is_young) for place, band in enumerate(bands)]
    right = [] if is_young else [_side_bar(result, side, place, band) for place, band in enumerate(bands)]
    top = max([0.05, *(max(bar.value, bar.high) for bar in (*left, *right))]) * (
        _ROOM_FOR_MONEY if side in MONEY else _ROOM
    )
    half = (1 - _MIDDLE[result.is_ordered]) / 2
    figure = _canvas(len(bands), top, half)
    leads = result.leads if is_young else result.mature
    _heading(figure, f"Share of leads ({text.count(leads)})", ink.MARKETING, half, "right")
    _side(figure, left, bands, "leads", ink.MARKETING, "x", is_hollow=is_young)
    if right:
        total = _total(result, side)
        _heading(figure, f"{_HEADINGS[side]} ({total})", ink.SALES_TEXT, 1 - half, "left")
        _side(figure, right, bands, side, ink.SALES, "x2", is_hollow=False)
    if result.is_ordered:
        _heading(figure, "people", ink.MUTED, 0.5, "center")
    for place, band in enumerate(bands):
        _label(figure, place, band, _LONGEST[result.is_ordered])
    return figure


def _canvas(rows: int, top: float, half: float) -> go.Figure:
    hidden = {"showticklabels": False, "showline": False, "fixedrange": True}
    size = _LARGE if rows <= _MANY_ROWS else ink.FONT_SIZE
    return ink.canvas(
        font={"family": ink.FONT, "size": size, "color": ink.MUTED},
        margin={"l": 8, "r": 8, "t": 36, "b": 4},
        bargap=0.24,
        barmode="overlay",
        xaxis=ink.axis(domain=[0, half], range=[top, 0], **hidden),
        xaxis2=ink.axis(domain=[1 - half, 1], range=[0, top], anchor="y", **hidden),
        yaxis=ink.axis(range=[rows - 0.5, -0.5], **hidden),
    )


def _heading(figure: go.Figure, words: str, colour: str, x: float, anchor: str) -> None:
    ink.note(
        figure, f"<b>{words}</b>", colour, xref="paper", x=x, xanchor=anchor, yref="paper", y=1, yanchor="bottom", yshift=8
    )  # fmt: skip


def _label(figure: go.Figure, place: int, band: SegmentBand, longest: int) -> None:
    name = band.label if len(band.label) <= longest else f"{band.label[: longest - 1]}…"
    ink.note(
        figure, ink.safe(name), ink.INK, xref="paper", x=0.5, xanchor="center", y=place, yanchor="middle"
    )


def _side(
    figure: go.Figure,
    bars: list[_Bar],
    bands: tuple[SegmentBand, ...],
    name: str,
    colour: str,
    axis: str,
    *,
    is_hollow: bool,
) -> None:
    values = np.array([bar.value for bar in bars], dtype=np.float64)
    unknown = [band.number == UNKNOWN for band in bands]
    figure.add_bar(
        x=values,
        y=np.arange(len(bars)),
        orientation="h",
        xaxis=axis,
        yaxis="y",
        name=name,
        marker={
            "color": [ink.CLEAR if is_hollow or dashed else colour for dashed in unknown],
            "line": {"color": colour, "width": [2 if is_hollow and not dashed else 0 for dashed in unknown]},
        },
        error_x={
            "type": "data",
            "symmetric": False,
            "array": np.array([bar.high for bar in bars]) - values,
            "arrayminus": values - np.array([bar.low for bar in bars]),
            "color": ink.MUTED,
            "thickness": 1.5,
            "width": 0,
        },
        customdata=[bar.key for bar in bars],
        hovertext=[bar.hover for bar in bars],
        hoverinfo="text",
    )
    for place, (bar, dashed) in enumerate(zip(bars, unknown, strict=True)):
        if dashed and bar.value:
            figure.add_shape(
                type="rect", xref=axis, yref="y", x0=0, x1=bar.value, y0=place - 0.38, y1=place + 0.38,
                line={"color": colour, "width": 1.5, "dash": "dot"}, fillcolor=ink.CLEAR,
            )  # fmt: skip
        anchor, shift = ("right", -6) if axis == "x" else ("left", 6)
        ink.note(
            figure, bar.words, ink.INK, xref=axis, x=max(bar.value, bar.high), xanchor=anchor, xshift=shift,
            y=place, yanchor="middle",
        )  # fmt: skip


def _lead_bar(result: Segments, place: int, band: SegmentBand, *, is_young: bool) -> _Bar:
    held, total = (band.leads, result.leads) if is_young else (band.mature, result.mature)
    share = rate(held, total)
    young = band.leads - band.mature
    hover = ink.hover(
        f"{ink.safe(band.label)}: {text.rate_with_interval(share)} of the leads",
        text.plural(held, "lead"),
        f"{text.plural(young, 'younger lead')} not counted" if young and not is_young else "",
        f"none is {result.horizon_days} days old yet" if is_young else "",
    )
    return _of(
        share, text.count(held), hover, band_key(result, place, band, "leads" if is_young else "mature")
    )


def _side_bar(result: Segments, side: Side, place: int, band: SegmentBand) -> _Bar:
    key = band_key(result, place, band, _SETS[side])
    held = _held(band, side)
    counted = text.plural(held, _NAMES[side], _MANY.get(_NAMES[side]))
    if side in MONEY:
        return _amount_bar(result, side, band, counted, key)
    total = sum(_held(one, side) for one in result.bands)
    share = rate(held, total)
    of_all = {"wins": "of the wins", "opportunities": "of the leads with an opportunity", "accepted": "of the accepted leads"}[side]  # fmt: skip
    hover = ink.hover(f"{ink.safe(band.label)}: {text.rate_with_interval(share)} {of_all}", counted)
    return _of(share, text.count(held), hover, key)


def _held(band: SegmentBand, side: Side) -> int:
    if side in {"wins", "won_amount"}:
        return band.wins
    return band.accepted if side == "accepted" else band.opportunities


def _of(share: Rate, counted: str, hover: str, key: str) -> _Bar:
    value = share.value or 0.0
    words = f"<b>{text.percent(share.value)}</b>  {counted}" if text.is_quotable(share) else text.of(share)
    if not share.denominator:
        words = counted
    return _Bar(value, share.low if share.low is not None else value, share.high if share.high is not None else value, words, hover, key)  # fmt: skip


def _amount_bar(result: Segments, side: Side, band: SegmentBand, counted: str, key: str) -> _Bar:
    """A share of money has no interval: one large deal moves it, and the hover says from how many leads it is."""
    amount = _amount(band, side)
    value = amount_share(amount, sum(_amount(one, side) for one in result.bands))
    hover = ink.hover(
        f"{ink.safe(band.label)}: {text.money(amount)}, {text.percent(value)} of all",
        counted,
        "no interval: one large deal moves it",
    )
    share = value or 0.0
    return _Bar(share, share, share, f"<b>{text.percent(value)}</b>  {text.money(amount)}", hover, key)


def _amount(band: SegmentBand, side: Side) -> float:
    return (band.won_amount if side == "won_amount" else band.pipeline_amount) or 0.0


def amount_share(amount: float, total: float) -> float | None:
    """A band's share of an amount, in [0, 1]; None of nothing."""
    return amount / total if total else None


def _total(result: Segments, side: Side) -> str:
    """What the right side adds up to."""
    if side in MONEY:
        return text.money(sum(_amount(band, side) for band in result.bands))
    return text.count(sum(_held(band, side) for band in result.bands))
