"""Leads that made it per score band: dots with their intervals, the overall rate, and the closest fit that never falls."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import plotly.graph_objects as go

from analytics import formatting as text
from analytics.band_stages import KEYS, NO_BAND, BandStages, Outcome, Stage, extremes
from analytics.charts import canvas as ink
from analytics.results import Rate
from analytics.score_bands import ScoreBand

NAMES = {Outcome.ACCEPTED: "accepted", Outcome.OPPORTUNITY: "opportunity", Outcome.WON: "won"}
WORDS = {Outcome.ACCEPTED: "accepted", Outcome.OPPORTUNITY: "became an opportunity", Outcome.WON: "won"}
_MATURE = 0.9
_MOST_LABELS = 8
_LARGE = 16
_STEPS = (0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.25, 0.5)


@dataclass(frozen=True, slots=True)
class _Dot:
    """One band as it is drawn: its place from the left, its leads and its rate."""

    place: int
    band: ScoreBand
    rate: Rate
    is_named: bool

    @property
    def value(self) -> float:
        return self.rate.value or 0.0

    @property
    def is_hollow(self) -> bool:
        """Too few leads to quote, or under nine in ten of them old enough."""
        return not text.is_quotable(self.rate) or self.band.mature < _MATURE * self.band.leads

    @property
    def colour(self) -> str:
        return ink.INK if self.is_named else ink.GREY

    @property
    def is_plain(self) -> bool:
        """A scored band whose rate can be quoted and has come of age."""
        return not self.is_hollow and self.band.number != NO_BAND

    def ends(self) -> tuple[float, float]:
        low, high = self.rate.low, self.rate.high
        return self.value if low is None else low, self.value if high is None else high


def stage_bands(result: BandStages, outcome: Outcome) -> go.Figure:
    """One outcome over the bands from the lowest score to the highest, "no score" last.

    A dot's key is the band's leads that made it; the count of leads under a band is that of its rate.
    """
    stage = result.stage(outcome)
    top = _top(stage)
    figure = ink.canvas(
        font={"family": ink.FONT, "size": _LARGE, "color": ink.MUTED},
        margin={"l": 62, "r": 96, "t": 16, "b": 58},
        xaxis=ink.axis(**_band_ticks(result.bands), range=[-0.5, len(result.bands) - 0.15], fixedrange=True),
        yaxis=_rate_axis(top),
    )
    _add_stage(figure, result, stage, {"xaxis": "x", "yaxis": "y"})
    if stage.overall.value is not None:
        _overall(figure, stage, "y", top)
    _confirmed(figure, stage)
    return figure


def stage_lanes(result: BandStages) -> go.Figure:
    """The outcomes that the export knows, one lane each with its own scale, wins at the bottom."""
    stages = [result.stage(one) for one in result.measurable]
    figure = ink.canvas(margin={"l": 150, "r": 112, "t": 14, "b": 52})
    figure.update_layout(
        xaxis=ink.axis(
            **_band_ticks(result.bands),
            range=[-0.5, len(result.bands) - 0.15],
            fixedrange=True,
            anchor=f"y{len(stages)}" if len(stages) > 1 else "y",
        )
    )
    height = 1.0 / len(stages)
    for lane, stage in enumerate(stages):
        name = f"y{lane + 1}" if lane else "y"
        low = 1.0 - (lane + 1) * height
        top = _top(stage)
        axis = _rate_axis(top) | {"domain": [low + 0.03, low + height - 0.05], "anchor": "x"}
        figure.update_layout({f"yaxis{lane + 1 if lane else ''}": axis})
        _add_stage(figure, result, stage, {"xaxis": "x", "yaxis": name})
        if stage.overall.value is not None:
            _overall(figure, stage, name, top)
        ink.note(
            figure, NAMES[stage.outcome], ink.INK, xref="paper", x=0, xshift=-58, xanchor="right",
            yref="paper", y=low + height / 2, yanchor="middle",
        )  # fmt: skip
    return figure


def _band_ticks(bands: Sequence[ScoreBand]) -> dict[str, Any]:
    """Names of the bands with the leads that their rates stand on; every other one where they are many."""
    step = -(-len(bands) // 12)
    chosen = [
        (place, band) for place, band in enumerate(bands) if place % step == 0 or band.number == NO_BAND
    ]
    return {
        "tickvals": [place for place, _ in chosen],
        "ticktext": [
            f"{ink.safe(band.label)}<br>n{text.NBSP}{text.count(band.mature)}" for _, band in chosen
        ],
    }


def _top(stage: Stage) -> float:
    """The height of the axis: every dot fits, and every whisker of a band that can be quoted."""
    ends = [(one.high if text.is_quotable(one) else None) or one.value or 0.0 for one in stage.rates]
    return min(1.0, max([*ends, 0.02])) * 1.1


def _rate_axis(top: float) -> dict[str, Any]:
    step = next((step for step in _STEPS if top / step <= 5), 0.5)
    ticks = [step * index for index in range(int(top / step + 1e-9) + 1) if step * index <= 1.0]
    return ink.axis(
        range=[-0.04 * top, top],
        tickvals=ticks,
        ticktext=[f"{tick * 100:g}{text.NBSP}%" if tick else "0" for tick in ticks],
        showgrid=True,
        showline=False,
        fixedrange=True,
    )


def _dots(result: BandStages, stage: Stage) -> list[_Dot]:
    named = set(extremes(result, stage.outcome)) | {
        number for pair in stage.confirmed for number in (pair.lower, pair.upper)
    }
    return [
        _Dot(place, band, rate, place in named and band.number != NO_BAND)
        for place, (band, rate) in enumerate(zip(result.bands, stage.rates, strict=True))
        if rate.value is not None
    ]


def _add_stage(figure: go.Figure, result: BandStages, stage: Stage, axes: dict[str, str]) -> None:
    """The fit, the dashed ring of "no score", and the dots on top of both."""
    dots = _dots(result, stage)
    if not dots:
        return
    fitted = [(place, value) for place, value in enumerate(stage.fit) if value is not None]
    if len(fitted) > 1:
        figure.add_scatter(
            x=np.array([place for place, _ in fitted]),
            y=np.array([value for _, value in fitted]),
            mode="lines",
            name=f"{NAMES[stage.outcome]}, closest fit that never falls",
            line={"color": ink.LIGHT, "width": 4},
            hoverinfo="skip",
            **axes,
        )
    for drawn, words in (
        ([dot for dot in dots if dot.is_plain], ""),
        ([dot for dot in dots if not dot.is_plain], ", few or young"),
    ):
        if drawn:
            _add_dots(figure, result, stage, drawn, f"{NAMES[stage.outcome]}{words}", len(dots), axes)
    for dot in dots:
        if dot.band.number == NO_BAND:
            _dashed_outline(figure, dot, axes["yaxis"])


def _add_dots(
    figure: go.Figure,
    result: BandStages,
    stage: Stage,
    drawn: list[_Dot],
    name: str,
    dots: int,
    axes: dict[str, str],
) -> None:
    """Dots of one kind: what can be quoted in full strength, the rest with a pale interval."""
    values = np.array([dot.value for dot in drawn])
    ends = np.array([dot.ends() for dot in drawn])
    figure.add_scatter(
        x=np.array([dot.place for dot in drawn]),
        y=values,
        mode="markers+text",
        name=name,
        error_y={
            "type": "data",
            "symmetric": False,
            "array": ends[:, 1] - values,
            "arrayminus": values - ends[:, 0],
            "color": ink.GREY if drawn[0].is_plain else ink.LIGHT,
            "thickness": 2,
            "width": 6,
        },
        marker={
            "size": 16,
            "color": [
                ink.PAPER if dot.is_hollow or dot.band.number == NO_BAND else dot.colour for dot in drawn
            ],
            "line": {
                "color": [dot.colour for dot in drawn],
                "width": [0 if dot.band.number == NO_BAND else 2.5 for dot in drawn],
            },
        },
        text=[_label(dot, dots) for dot in drawn],
        textposition="middle right",
        textfont={"color": ink.INK},
        customdata=[f"{KEYS[stage.outcome]}:{dot.band.number}" for dot in drawn],
        hovertext=[_hover(dot, stage, result.horizon_days) for dot in drawn],
        hoverinfo="text",
        cliponaxis=False,
        **axes,
    )


def _label(dot: _Dot, dots: int) -> str:
    if dots > _MOST_LABELS and not dot.is_named:
        return ""
    return f"  {text.percent(dot.rate.value) if text.is_quotable(dot.rate) else text.of(dot.rate)}"


def _hover(dot: _Dot, stage: Stage, horizon_days: int) -> str:
    young = dot.band.leads - dot.band.mature
    name = ink.safe(dot.band.label) if dot.band.number == NO_BAND else f"Score {ink.safe(dot.band.label)}"
    within = "" if stage.outcome is Outcome.ACCEPTED else f" within {text.days(horizon_days)}"
    return ink.hover(
        f"{name}: {text.rate_with_interval(dot.rate)} {WORDS[stage.outcome]}{within}",
        text.of(dot.rate) if text.is_quotable(dot.rate) else "",
        f"{text.plural(young, 'lead')} still too young to count" if young else "",
    )


def _overall(figure: go.Figure, stage: Stage, yaxis: str, top: float) -> None:
    """The rate of all mature leads: a thin line with its name at its end, which opens them."""
    value = stage.overall.value or 0.0
    figure.add_shape(
        type="line", xref="paper", x0=0, x1=1, yref=yaxis, y0=value, y1=value, layer="below",
        line={"color": ink.MUTED, "width": 1},
    )  # fmt: skip
    quoted = text.percent(stage.overall.value) if text.is_quotable(stage.overall) else text.of(stage.overall)
    ink.note(
        figure, f"all leads<br>{quoted}", ink.MUTED, xref="paper", x=1, xshift=8, xanchor="left", align="left",
        yref=yaxis, y=min(value, 0.94 * top), yanchor="middle",
    )  # fmt: skip


def _confirmed(figure: go.Figure, stage: Stage) -> None:
    """A word between two neighbours that stand the wrong way round beyond luck."""
    for pair in stage.confirmed:
        higher = max(stage.rates[pair.lower].high or 0.0, stage.rates[pair.upper].high or 0.0)
        ink.note(
            figure, "wrong way round", ink.INK, x=(pair.lower + pair.upper) / 2, y=higher, yanchor="bottom", yshift=4
        )  # fmt: skip


def _dashed_outline(figure: go.Figure, dot: _Dot, yaxis: str) -> None:
    """The mark of "unknown": a dashed circle of fixed size around the place of the value."""
    figure.add_shape(
        type="circle", xsizemode="pixel", ysizemode="pixel", xref="x", yref=yaxis, xanchor=dot.place,
        yanchor=dot.value, x0=-8, x1=8, y0=-8, y1=8, line={"color": ink.GREY, "width": 2, "dash": "dot"},
        fillcolor=ink.PAPER,
    )  # fmt: skip
