"""Three small pictures of drift: the mix of scores, the ranking, and each band's rate, period by period."""

from __future__ import annotations

from typing import Any

import numpy as np
import plotly.graph_objects as go

from analytics import formatting as text
from analytics.band_stages import Outcome, picks
from analytics.charts import canvas as ink
from analytics.periods import Unit
from analytics.score_drift import LEAST_HITS, Period, ScoreDrift, ranked

_BAND_SETS = {
    Outcome.ACCEPTED: "band_accepted",
    Outcome.OPPORTUNITY: "band_opportunity",
    Outcome.WON: "band_won",
}
_WORDS = {Outcome.ACCEPTED: "accepted", Outcome.OPPORTUNITY: "became an opportunity", Outcome.WON: "won"}
_READABLE = 0.07
_MOST_TICKS = 5
_STEPS = (0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.25, 0.5)


def _short(label: str) -> str:
    """``Apr`` on the first line and the year on the second."""
    return ink.safe(label.replace(text.NBSP, "<br>")).replace("&lt;br&gt;", "<br>")


def _period_axis(result: ScoreDrift) -> dict[str, Any]:
    """About five named periods, whatever their number."""
    step = max(1, -(-len(result.periods) // _MOST_TICKS))
    chosen = [(place, one) for place, one in enumerate(result.periods) if place % step == 0]
    return {
        "tickvals": [place for place, _ in chosen],
        "ticktext": [_short(one.label) for _, one in chosen],
        "range": [-0.6, max(len(result.periods), 1) - 0.4],
        "fixedrange": True,
    }


def _in(period: Period, unit: Unit) -> str:
    return f"{unit.value}:{period.number}"


def score_mix(result: ScoreDrift) -> go.Figure:
    """How the scored leads of each period spread over the bands, the lowest at the bottom; hollow under 30 leads."""
    bands = len(result.bands)
    figure = ink.canvas(
        margin={"l": 12, "r": 66, "t": 10, "b": 46},
        bargap=0.12,
        barmode="overlay",
        xaxis=ink.axis(**_period_axis(result)),
        yaxis=ink.axis(range=[0, 1], showticklabels=False, showline=False, fixedrange=True),
    )
    drawn = [(place, one) for place, one in enumerate(result.periods) if one.scored]
    ends: list[float] = []
    for band in range(bands):
        colour, ink_on = ink.heat((band + 0.5) / bands)
        cells = [(place, one, one.mix[band]) for place, one in drawn if one.mix[band]]
        shares = [leads / one.scored for _, one, leads in cells]
        bases = [sum(one.mix[:band]) / one.scored for _, one, _ in cells]
        quotable = [one.scored >= text.QUOTABLE for _, one, _ in cells]
        figure.add_bar(
            x=np.array([place for place, _, _ in cells]),
            y=np.array(shares),
            base=np.array(bases),
            name=result.bands[band],
            marker={
                "color": [colour if enough else ink.PAPER for enough in quotable],
                "line": {"color": [ink.PAPER if enough else ink.GREY for enough in quotable], "width": 1},
            },
            text=[
                text.percent(share) if share >= _READABLE and enough and len(drawn) <= _MOST_TICKS else ""
                for share, enough in zip(shares, quotable, strict=True)
            ],
            textposition="inside",
            insidetextanchor="middle",
            textangle=0,
            textfont={"color": ink_on},
            customdata=[f"score_band:{band}.{_in(one, result.unit)}" for _, one, _ in cells],
            hovertext=[_mix_hover(result, one, band) for _, one, _ in cells],
            hoverinfo="text",
        )
        last = drawn[-1][1] if drawn else None
        ends.append((sum(last.mix[:band]) + last.mix[band] / 2) / last.scored if last else 0.0)
    _name_bands(figure, result, ends, drawn[-1][0] if drawn else 0)
    return figure


def _mix_hover(result: ScoreDrift, one: Period, band: int) -> str:
    share = one.mix[band] / one.scored
    enough = one.scored >= text.QUOTABLE
    shift = one.shift
    return ink.hover(
        f"{one.label}, score {ink.safe(result.bands[band])}: "
        + (f"{text.percent(share)} of leads" if enough else f"{text.count(one.mix[band])} of {text.count(one.scored)}, {text.TOO_FEW}"),
        f"{text.plural(one.mix[band], 'lead')} of {text.count(one.scored)}" if enough else "",
        f"stability index {shift.value:.3f} against the first; luck stays under {shift.limit:.3f}" if shift else "",
    )  # fmt: skip


def _name_bands(figure: go.Figure, result: ScoreDrift, ends: list[float], place: int) -> None:
    """Each band's name beside its place in the last column, kept apart from its neighbours."""
    gap, under = 0.075, -1.0
    for band, height in enumerate(ends):
        at = max(height, under + gap)
        if at > 1.0:
            continue
        ink.note(
            figure, ink.safe(result.bands[band]), ink.MUTED, x=place + 0.46, xanchor="left", xshift=6, y=at,
            yanchor="middle",
        )  # fmt: skip
        under = at


def ranking_small(result: ScoreDrift) -> go.Figure:
    """How often the score picks the right lead, per period with its interval; 50 is a coin."""
    drawn = [(place, one) for place, one in enumerate(result.periods) if one.auc is not None]
    lows = [one.auc.low for _, one in drawn if one.auc is not None and one.is_judged]
    bottom = min([0.4, *(low - 0.04 for low in lows)])
    figure = ink.canvas(
        margin={"l": 44, "r": 14, "t": 22, "b": 46},
        xaxis=ink.axis(**_period_axis(result)),
        yaxis=ink.axis(
            range=[max(0.0, bottom), 1.02],
            tickvals=[0.25, 0.5, 0.75, 1.0],
            ticktext=["25", "50", "75", "100"],
            showgrid=True,
            showline=False,
            fixedrange=True,
        ),
    )
    figure.add_shape(
        type="line", xref="paper", x0=0, x1=1, y0=0.5, y1=0.5, line={"color": ink.INK, "width": 1, "dash": "dash"}
    )  # fmt: skip
    ink.note(figure, "a coin", ink.MUTED, xref="paper", x=1, xanchor="right", y=0.5, yanchor="top")
    ink.note(
        figure, "times right in 100", ink.MUTED, xref="paper", x=0, xanchor="left", yref="paper", y=1,
        yanchor="bottom", yshift=2,
    )  # fmt: skip
    if drawn:
        _ranking_dots(figure, result, drawn)
    return figure


def _ranking_dots(figure: go.Figure, result: ScoreDrift, drawn: list[tuple[int, Period]]) -> None:
    """The rankings that can be compared in full strength, the others hollow with a pale interval."""
    comparable = {one.number for one in ranked(result.judged)}
    for is_compared, name in ((True, "ranking"), (False, "ranking, few or young")):
        kind = [
            (place, one, one.auc)
            for place, one in drawn
            if (one.number in comparable) == is_compared and one.auc is not None
        ]
        if not kind:
            continue
        values = np.array([auc.value for _, _, auc in kind])
        colour = ink.INK if result.ranking == "moved" and is_compared else ink.GREY
        figure.add_scatter(
            x=np.array([place for place, _, _ in kind]),
            y=values,
            mode="markers+text",
            name=name,
            error_y={
                "type": "data", "symmetric": False, "array": np.array([auc.high for _, _, auc in kind]) - values,
                "arrayminus": values - np.array([auc.low for _, _, auc in kind]),
                "color": ink.GREY if is_compared else ink.LIGHT, "thickness": 1.5, "width": 4,
            },
            marker={"size": 12, "color": colour if is_compared else ink.PAPER, "line": {"color": colour, "width": 2}},
            text=[
                f" {text.in_hundred(auc.value)}" if is_compared and len(drawn) <= _MOST_TICKS else ""
                for _, _, auc in kind
            ],
            textposition="middle right",
            textfont={"color": ink.INK},
            customdata=[f"scored.mature.{_in(one, result.unit)}" for _, one, _ in kind],
            hovertext=[_ranking_hover(result, one, is_compared=is_compared) for _, one, _ in kind],
            hoverinfo="text",
            cliponaxis=False,
        )  # fmt: skip


def _ranking_hover(result: ScoreDrift, one: Period, *, is_compared: bool) -> str:
    return ink.hover(
        f"{one.label}: the score picks right {picks(one.auc)}",
        f"{text.plural(one.mature, 'scored lead')} of full age, {text.count(one.hits)} {_WORDS[result.outcome]}",
        _why_hollow(one) or ("" if is_compared else f"too few to compare: it takes {LEAST_HITS} either way"),
    )


def _why_hollow(one: Period) -> str:
    if one.judged_on is not None:
        return f"too young to judge until {text.day(one.judged_on)}"
    return "" if one.is_judged else text.TOO_FEW


def band_rates(result: ScoreDrift) -> go.Figure:
    """Each band's rate over the periods, left to right; a band that moved beyond luck in ink, the others grey."""
    bands, width = len(result.bands), len(result.periods) + 1
    top = _top(result)
    step = next((step for step in _STEPS if top / step <= 5), 0.5)
    ticks = [step * index for index in range(int(top / step + 1e-9) + 1) if step * index <= 1.0]
    figure = ink.canvas(
        margin={"l": 52, "r": 10, "t": 22, "b": 46},
        xaxis=ink.axis(
            tickvals=[band * width + (width - 2) / 2 for band in range(bands)],
            ticktext=[ink.safe(label) for label in result.bands],
            range=[-1, max(1, bands * width) - 1],
            fixedrange=True,
        ),
        yaxis=ink.axis(
            range=[-0.03 * top, top], tickvals=ticks, showgrid=True, showline=False, fixedrange=True,
            ticktext=[f"{tick * 100:g}{text.NBSP}%" if tick else "0" for tick in ticks],
        ),
    )  # fmt: skip
    if len(result.periods) > 1:
        first, last = (one.label for one in (result.periods[0], result.periods[-1]))
        ink.note(
            figure, f"in each band {first} to {last}, left to right", ink.MUTED, xref="paper", x=0, xanchor="left",
            yref="paper", y=1, yanchor="bottom", yshift=2,
        )  # fmt: skip
    moved = {move.band for move in result.moves}
    for band in range(bands):
        _band_line(figure, result, band, band * width, ink.INK if band in moved else ink.GREY)
    return figure


def _top(result: ScoreDrift) -> float:
    ends = [
        (rate.high if text.is_quotable(rate) else None) or rate.value or 0.0
        for one in result.periods
        for rate in one.rates
    ]
    return min(1.0, max([*ends, 0.02])) * 1.06


def _band_line(figure: go.Figure, result: ScoreDrift, band: int, left: int, colour: str) -> None:
    """One band: a pale line through its periods, judged ones in full strength, the others hollow."""
    drawn = [(place, one) for place, one in enumerate(result.periods) if one.rates[band].value is not None]
    figure.add_scatter(
        x=np.array([left + place for place, _ in drawn]),
        y=np.array([one.rates[band].value for _, one in drawn]),
        mode="lines",
        name=f"score {result.bands[band]}, line",
        line={"color": ink.LIGHT, "width": 2},
        hoverinfo="skip",
    )
    for is_judged, words in ((True, ""), (False, ", few or young")):
        kind = [(place, one) for place, one in drawn if _is_full(one, band) == is_judged]
        if kind:
            _band_dots(
                figure,
                result,
                band,
                [(left + place, one) for place, one in kind],
                (f"score {result.bands[band]}{words}", colour if is_judged else ink.GREY, is_judged),
            )


def _is_full(one: Period, band: int) -> bool:
    return one.is_judged and text.is_quotable(one.rates[band])


def _band_dots(
    figure: go.Figure,
    result: ScoreDrift,
    band: int,
    drawn: list[tuple[int, Period]],
    look: tuple[str, str, bool],
) -> None:
    name, colour, is_judged = look
    values = np.array([one.rates[band].value for _, one in drawn], dtype=np.float64)
    figure.add_scatter(
        x=np.array([place for place, _ in drawn]),
        y=values,
        mode="markers",
        name=name,
        error_y={
            "type": "data", "symmetric": False,
            "array": np.array([one.rates[band].high or 0.0 for _, one in drawn]) - values,
            "arrayminus": values - np.array([one.rates[band].low or 0.0 for _, one in drawn]),
            "color": ink.GREY if is_judged else ink.LIGHT, "thickness": 1.5, "width": 0,
        },
        marker={"size": 10, "color": colour if is_judged else ink.PAPER, "line": {"color": colour, "width": 2}},
        customdata=[f"{_BAND_SETS[result.outcome]}:{band}.{_in(one, result.unit)}" for _, one in drawn],
        hovertext=[_rate_hover(result, one, band) for _, one in drawn],
        hoverinfo="text",
    )  # fmt: skip


def _rate_hover(result: ScoreDrift, one: Period, band: int) -> str:
    rate = one.rates[band]
    return ink.hover(
        f"{one.label}, score {ink.safe(result.bands[band])}: {text.rate_with_interval(rate)} {_WORDS[result.outcome]}",
        text.of(rate) if text.is_quotable(rate) else "",
        _why_hollow(one) if text.is_quotable(rate) else "",
    )
