"""Colours with one meaning and the empty canvas that every figure starts from.

Figures are built in the light palette; ``DARK`` says which colour takes the place of each on a dark page, so the
browser can repaint a figure without asking the server.
"""

from __future__ import annotations

import html
from typing import Any

import plotly.graph_objects as go

from analytics.formatting import NBSP, percent

MARKETING = "#0072B2"
SALES = "#D55E00"
SALES_TEXT = "#B04D00"
MARKETING_BAND = "rgba(0,114,178,0.16)"
SALES_BAND = "rgba(213,94,0,0.16)"
INK = "#1B2026"
MUTED = "#59636F"
GREY = "#8A94A0"
GREY_BAND = "rgba(138,148,160,0.22)"
FAINT = "#E3E7EB"
PAPER = "#FFFFFF"
CLEAR = "rgba(0,0,0,0)"
LIGHT = "#C3CAD2"
ALARM = "#9B1B30"
WARN = "#D9A400"
"""Red and amber of the audit; the word stands beside the colour wherever they are used."""
HEAT = ("#EFF3F7", "#D6E0E9", "#B6C7D8", "#8FA9C1", "#6788A8", "#41688D", "#214A72")
"""Seven steps from nothing to the most, for cells; from the fifth on, text on them is ``PAPER``."""

DARK: dict[str, str] = {
    MARKETING: "#5BB0E6",
    SALES: "#FF9A4D",
    SALES_TEXT: "#FFA866",
    MARKETING_BAND: "rgba(91,176,230,0.24)",
    SALES_BAND: "rgba(255,154,77,0.22)",
    INK: "#EBEFF4",
    MUTED: "#A9B4C0",
    GREY: "#7F8A96",
    GREY_BAND: "rgba(127,138,150,0.28)",
    FAINT: "#2B333D",
    PAPER: "#12161B",
    LIGHT: "#4A545F",
    ALARM: "#E8607A",
    WARN: "#F2C14E",
    **dict(
        zip(HEAT, ("#1B222A", "#25313D", "#314355", "#42607C", "#5F88AC", "#8CB4D6", "#C4DFF5"), strict=True)
    ),
}

FONT = "Source Sans, Source Sans Pro, sans-serif"
FONT_SIZE = 14
CLICK = "click to see the leads"
_TICK_GAP = 0.13


def safe(text: str) -> str:
    """Text from a file as Plotly shows it literally: its labels would read ``<b>`` and ``&lt;`` as markup."""
    return html.escape(text, quote=False)


def hover(*lines: str) -> str:
    """Hover text of one mark: its lines, then the invitation to click."""
    return "<br>".join([line for line in lines if line] + [CLICK])


def marks(figure: go.Figure) -> list[tuple[str, str]]:
    """Every mark of a figure in words, series and reading, for a table beside it."""
    return [
        (str(trace.name), html.unescape(text.removesuffix(f"<br>{CLICK}").replace("<br>", "; ")))
        for trace in figure.data
        if trace.hovertext is not None
        for text in trace.hovertext
    ]


def heat(share: float) -> tuple[str, str]:
    """The colour of a cell whose value is ``share`` (0 to 1) of the most, and the colour of text on it."""
    step = min(len(HEAT) - 1, max(0, int(share * len(HEAT))))
    return HEAT[step], PAPER if step >= 4 else INK


def canvas(**layout: Any) -> go.Figure:
    """An empty figure with our type, our margins and no chrome; ``layout`` overrides."""
    base: dict[str, Any] = {
        "font": {"family": FONT, "size": FONT_SIZE, "color": MUTED},
        "paper_bgcolor": CLEAR,
        "plot_bgcolor": CLEAR,
        "margin": {"l": 64, "r": 12, "t": 10, "b": 26},
        "showlegend": False,
        "hovermode": "closest",
        "hoverdistance": 24,
        "dragmode": "zoom",
        "bargap": 0.2,
        "hoverlabel": {
            "bgcolor": PAPER,
            "bordercolor": GREY,
            "font": {"family": FONT, "size": FONT_SIZE, "color": INK},
            "align": "left",
        },
        "uirevision": "keep",
        "template": go.layout.Template(),
    }
    return go.Figure(layout={**base, **layout})


def axis(**options: Any) -> dict[str, Any]:
    """An axis without box or zero line, with faint grid lines; ``options`` overrides."""
    return {
        "showgrid": False,
        "zeroline": False,
        "showline": True,
        "linecolor": GREY,
        "linewidth": 1,
        "gridcolor": FAINT,
        "ticks": "",
        "fixedrange": False,
        "automargin": False,
        **options,
    }


def percent_axis(target: float | None = None) -> dict[str, Any]:
    """The vertical axis of a share, 0 to 100 %; the target's label stands where its line begins."""
    ticks = {0.0: "0", 0.5: f"50{NBSP}%", 1.0: f"100{NBSP}%"}
    if target is not None:
        ticks = {tick: words for tick, words in ticks.items() if abs(tick - target) > _TICK_GAP}
        ticks[target] = f"aim {percent(target)}"
    return axis(
        range=[0, 1.06],
        tickvals=list(ticks),
        ticktext=list(ticks.values()),
        showgrid=True,
        showline=False,
        fixedrange=True,
    )


def target_line(figure: go.Figure, y: float) -> None:
    """Draw a thin dashed target across the figure; ``percent_axis`` labels it."""
    figure.add_shape(
        type="line",
        xref="paper",
        x0=0,
        x1=1,
        yref="y",
        y0=y,
        y1=y,
        line={"color": INK, "width": 1, "dash": "dash"},
    )


def note(figure: go.Figure, words: str, colour: str = INK, **place: Any) -> None:
    """Write words beside a mark, without arrow or box."""
    figure.add_annotation(text=words, showarrow=False, font={"color": colour}, **place)


def hatched() -> dict[str, Any]:
    """The look of everything that is still pending."""
    return {
        "color": CLEAR,
        "line": {"color": GREY, "width": 0.5},
        "pattern": {"shape": "/", "fgcolor": GREY, "size": 6, "solidity": 0.2},
    }
