"""What becomes of leads by age: two outcomes that rule each other out, as steps with their bands, the rest still open."""

from __future__ import annotations

import numpy as np
import plotly.graph_objects as go

from analytics import formatting as text
from analytics.charts import canvas as ink
from analytics.outcome_race import DAY, AgeMark, Outcome, Race
from analytics.stats.arrays import Floats

_MOST_STEPS = 400
_LOOKS = ((ink.INK, ink.GREY_BAND), (ink.GREY, ink.GREY_BAND))
_SPAN = {"decision": 30, "closing": 180}
_CLOSE = 0.06


def incidence(race: Race) -> go.Figure:
    """Cumulative shares from the handoff on; the first outcome in ink. Markers at the ages open their counted leads.

    An outcome of which some leads carry no date has no band: its line is a lower bound. Drawn as far as ten leads were watched, at most 30 days for decisions and 180 for closings.
    """
    until = min(race.drawn_until / DAY, _span(race))
    top = _top(race, until)
    step = 0.25 if top > 0.6 else 0.1 if top > 0.25 else 0.05
    grid = np.arange(0.0, top, step)
    figure = ink.canvas(
        margin={"l": 56, "r": 118, "t": 10, "b": 30},
        xaxis=ink.axis(range=[0, max(1.0, until) * 1.012], fixedrange=True, **_ticks(race, until)),
        yaxis=ink.axis(
            range=[0, top],
            tickvals=grid,
            ticktext=[text.percent(share) for share in grid],
            showgrid=True,
            showline=False,
            fixedrange=True,
        ),
    )
    if race.curve is None or until <= 0:
        return figure
    for number, one in enumerate(race.outcomes):
        _curve(figure, race, number, one, until)
    _names(figure, race, until)
    return figure


def _span(race: Race) -> float:
    return float(max(_SPAN[race.slug], race.window_days))


def _ticks(race: Race, until: float) -> dict[str, list[float] | list[str]]:
    ages = [mark.age_days for mark in race.outcomes[0].marks if mark.age_days <= until]
    apart = [age for place, age in enumerate(ages) if age >= until * 0.07 or (place == 0 and until < 8)]
    return {"tickvals": [float(age) for age in apart], "ticktext": [f"day {age}" for age in apart]}


def _top(race: Race, until: float) -> float:
    """Room for the highest band, and never less than a tenth."""
    highest = [
        mark.share.high or mark.share.value
        for one in race.outcomes
        for mark in one.marks
        if mark.age_days <= until
    ]
    return min(1.02, max([0.1, *highest]) * 1.15)


def _curve(figure: go.Figure, race: Race, number: int, one: Outcome, until: float) -> None:
    curve = race.curve
    if curve is None:
        return
    inside = np.flatnonzero(curve.times <= until * DAY)
    if inside.size > _MOST_STEPS:
        inside = inside[np.unique(np.linspace(0, inside.size - 1, _MOST_STEPS).astype(np.int64))]
    low, high = curve.bands(number)
    share = curve.cumulative[number]
    days = _stepped_days(curve.times[inside] / DAY, until)
    colour, band = _LOOKS[min(number, 1)]
    bottom = _stepped(np.where(np.isnan(low[inside]), share[inside], low[inside]))
    top = _stepped(np.where(np.isnan(high[inside]), share[inside], high[inside]))
    if not one.undated:
        figure.add_scatter(
            x=np.concatenate([days, days[::-1]]),
            y=np.concatenate([top, bottom[::-1]]),
            fill="toself",
            fillcolor=band,
            line={"width": 0},
            mode="lines",
            hoverinfo="skip",
            name=f"{one.label}, interval",
        )
    figure.add_scatter(
        x=days,
        y=_stepped(share[inside]),
        mode="lines",
        hoverinfo="skip",
        name=f"{one.label}, line",
        line={"color": colour, "width": 2.5},
    )
    marks = [mark for mark in one.marks if mark.age_days <= until]
    if marks:
        figure.add_scatter(
            x=np.array([mark.age_days for mark in marks], dtype=np.float64),
            y=np.array([mark.share.value for mark in marks]),
            mode="markers",
            name=one.label,
            marker={"size": 9, "color": colour, "line": {"color": ink.PAPER, "width": 1.5}},
            customdata=[mark.key for mark in marks],
            hovertext=[_hover(race, one, mark) for mark in marks],
            hoverinfo="text",
        )


def _stepped_days(days: Floats, until: float) -> Floats:
    return np.concatenate([[0.0], np.repeat(days, 2), [until]])


def _stepped(levels: Floats) -> Floats:
    """Levels from zero on, two corners per step."""
    return np.concatenate([[0.0, 0.0], np.repeat(levels, 2)])


def _hover(race: Race, one: Outcome, mark: AgeMark) -> str:
    leads = race.curve.leads if race.curve else 0
    interval = text.percent_range(mark.share.low, mark.share.high)
    bound = "at least " if one.undated else ""
    share = f"{bound}{text.percent(mark.share.value)}" + (f" ({interval})" if interval else "")
    return ink.hover(
        f"{one.label} by day {mark.age_days}: {share}"
        if leads >= text.QUOTABLE
        else f"{one.label} by day {mark.age_days}",
        f"{text.plural(mark.counted, 'lead')} of {text.count(leads)} so far, dated",
        f"{text.plural(one.undated, 'lead')} {one.label} without a date stand outside" if one.undated else "",
    )


def _names(figure: go.Figure, race: Race, until: float) -> None:
    """Each outcome's name and last share at the end of its curve, kept apart where the curves end together."""
    ends = []
    for number, one in enumerate(race.outcomes):
        marks = [mark for mark in one.marks if mark.age_days <= until]
        if marks:
            words = f"{one.label} ≥" if one.undated else one.label
            ends.append((marks[-1].share.value, words, _LOOKS[min(number, 1)][0]))
    ends.sort(key=lambda end: end[0])
    top = _top(race, until)
    shown = race.curve is not None and race.curve.leads >= text.QUOTABLE
    places = [end[0] for end in ends]
    if len(places) == 2 and places[1] - places[0] < _CLOSE * top * 2:
        middle = sum(places) / 2
        places = [max(_CLOSE * top, middle - _CLOSE * top), max(3 * _CLOSE * top, middle + _CLOSE * top)]
    for (value, words, colour), place in zip(ends, places, strict=True):
        ink.note(
            figure, f"<b>{words}{' ' + text.percent(value) if shown else ''}</b>",
            ink.INK if colour == ink.INK else ink.MUTED, xref="paper", x=1, xanchor="left", xshift=8, y=place,
            yanchor="middle",
        )  # fmt: skip
