"""What every threshold keeps: leads and wins against the score, and against each other.

The curve is drawn again at every step of a slider, so its parts are plain dictionaries that Plotly checks once: adding
shapes and notes one by one would take four times as long.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import plotly.graph_objects as go

from analytics import formatting as text
from analytics.charts import canvas as ink
from analytics.results import Rate
from analytics.threshold import Threshold, ThresholdRow
from analytics.threshold_reading import Reading, read, score_words, since_words

HIT_SETS = {"won": "won_in_horizon", "opportunity": "opportunity_in_horizon"}
NOUNS = {"won": "wins", "opportunity": "opportunities"}
Part = dict[str, Any]
_CORNERS = 5
_ROOM = 0.18
_FAR_RIGHT = 0.8


CHOSEN = "chosen threshold"


def threshold_curve(result: Threshold, score: float) -> go.Figure:
    """Shares of today's leads and wins kept at every threshold, with the chosen one and its two readings.

    Below today's line nothing was observed: a shaded field says so. Keys: the leads (wins) at or above a threshold.
    """
    rows = result.rows
    seen = rows[result.base :]
    kinds = _kinds(result)
    moving = moving_parts(result, score)
    shares = [0.0, 0.25, 0.5, 0.75, 1.0]
    figure = ink.canvas(
        margin={"l": 64, "r": 20, "t": 30, "b": 46},
        xaxis=ink.axis(
            range=[rows[0].score - result.step / 2, rows[-1].score + result.step / 2],
            showgrid=True,
            fixedrange=True,
        ),
        yaxis=ink.axis(
            range=[0, 1.06],
            tickvals=shares,
            ticktext=[text.percent(share) if share else "0" for share in shares],
            showgrid=True,
            showline=False,
            fixedrange=True,
        ),
        **moving["layout"],
    )
    traces = [_range_band(seen)] if True in kinds else []
    traces += [_line(result, seen, is_hits=is_hits) for is_hits in reversed(kinds)]
    figure.add_traces([*traces, *moving["data"]])
    return figure


def moving_parts(result: Threshold, score: float) -> Part:
    """What another threshold changes in the figure: the trace of its own name, shapes and notes, as plain values."""
    reading = read(result, score)
    chosen = {
        is_hits: _kept(result, reading.row, is_hits=is_hits) for is_hits in _kinds(result) if reading.is_seen
    }
    return {
        "name": CHOSEN,
        "data": [_chosen(result, reading, chosen)] if chosen else [],
        "layout": {
            "shapes": [*_unseen_shapes(result), _upright(reading.row.score, ink.INK, 2)],
            "annotations": [
                *_unseen_notes(result, reading),
                _chosen_note(reading),
                *_readings(result, reading, chosen),
                _under_axis("passing only leads with this score or a higher one"),
            ],
        },
    }


def _kinds(result: Threshold) -> tuple[bool, ...]:
    """Whether a curve is that of the hits: leads alone where there is none."""
    return (False, True) if result.hits(result.today) else (False,)


def _note(words: str, colour: str, **place: Any) -> Part:
    return {"text": words, "showarrow": False, "font": {"color": colour}, **place}


def _under_axis(words: str) -> Part:
    return _note(words, ink.MUTED, xref="paper", x=0.5, yref="paper", y=0, yanchor="top", yshift=-22)


def _upright(x: float, colour: str, width: float, dash: str = "solid") -> Part:
    return {
        "type": "line", "x0": x, "x1": x, "yref": "paper", "y0": 0, "y1": 1,
        "line": {"color": colour, "width": width, "dash": dash},
    }  # fmt: skip


def _left(result: Threshold) -> float:
    return result.rows[0].score - result.step / 2


def _has_room(result: Threshold, low: float, high: float) -> bool:
    """Whether words fit between two scores."""
    return high - low > _ROOM * len(result.rows) * result.step


def _unseen_shapes(result: Threshold) -> list[Part]:
    """The field under today's line, and the line itself."""
    today = result.today.score
    field: Part = {
        "type": "rect", "x0": _left(result), "x1": today, "yref": "paper", "y0": 0, "y1": 1,
        "fillcolor": ink.GREY_BAND, "layer": "below", "line": {"width": 0},
    }  # fmt: skip
    return [*([field] if result.base else []), _upright(today, ink.MUTED, 1, "dash")]


def _unseen_notes(result: Threshold, reading: Reading) -> list[Part]:
    """Their names, on the side that has room; the chosen line stays clear of the field's name."""
    today = result.today.score
    is_wide = _has_room(result, result.rows[0].score, today)
    words = "today’s line" if result.has_floor else "lowest score"
    line = _note(
        f"{words} {score_words(today)}", ink.MUTED, x=today, yref="paper", y=0, yanchor="bottom", yshift=4,
        xanchor="right" if is_wide else "left", xshift=-6 if is_wide else 6,
    )  # fmt: skip
    if not result.base:
        return [line]
    low, high = _left(result), today
    if not reading.is_seen:
        at = reading.row.score
        low, high = (low, at) if at - low > high - at else (at, high)
    head, told = "no data", "hardly any was passed" if result.has_floor else "none in this selection"
    if result.since is not None:
        head, told = "not passed now", f"hardly any since {since_words(result)}"
    fits = _has_room(result, low, high)
    field = _note(
        f"{head}:<br>{told}" if fits else head, ink.MUTED, x=(low + high) / 2, yref="paper", y=0.5,
        textangle=0 if fits else -90,
    )  # fmt: skip
    return [field, line]


def _chosen_note(reading: Reading) -> Part:
    return _note(
        f"<b>{score_words(reading.row.score)}</b>", ink.INK, x=reading.row.score, xanchor="center", yref="paper", y=1,
        yanchor="bottom", yshift=4,
    )  # fmt: skip


def _range_band(seen: tuple[ThresholdRow, ...]) -> Part:
    """How far the share of wins kept could lie from the one seen, one threshold at a time."""
    drawn = [row for row in seen if row.kept_low is not None and row.kept_high is not None]
    x = np.array([row.score for row in drawn])
    high = np.array([row.kept_high for row in drawn], dtype=np.float64)
    low = np.array([row.kept_low for row in drawn], dtype=np.float64)
    return {
        "type": "scatter", "x": np.concatenate([x, x[::-1]]), "y": np.concatenate([high, low[::-1]]),
        "fill": "toself", "fillcolor": ink.GREY_BAND, "line": {"width": 0}, "mode": "lines", "hoverinfo": "skip",
        "name": "range of the hits kept",
    }  # fmt: skip


def _line(result: Threshold, seen: tuple[ThresholdRow, ...], *, is_hits: bool) -> Part:
    """One of the two curves; every threshold of it opens the leads it keeps."""
    noun = NOUNS[result.hit] if is_hits else "leads"
    rates = [_kept(result, row, is_hits=is_hits) for row in seen]
    return {
        "type": "scatter",
        "x": np.array([row.score for row in seen]),
        "y": np.array([one.value or 0.0 for one in rates]),
        "mode": "lines",
        "name": f"{noun} kept",
        "line": {"color": ink.INK if is_hits else ink.GREY, "width": 3},
        "customdata": [_key(result, row, is_hits=is_hits) for row in seen],
        "hovertext": [_hover(row, one, noun) for row, one in zip(seen, rates, strict=True)],
        "hoverinfo": "text",
    }


def _kept(result: Threshold, row: ThresholdRow, *, is_hits: bool) -> Rate:
    """Leads or wins kept of today's."""
    if is_hits:
        return Rate(result.hits(row), result.hits(result.today), row.kept_low, row.kept_high)
    return Rate(row.leads, result.today.leads)


def _key(result: Threshold, row: ThresholdRow, *, is_hits: bool) -> str:
    sets = (HIT_SETS[result.hit],) if is_hits else ()
    return result.key("from", row.number, *sets)


def _hover(row: ThresholdRow, kept: Rate, noun: str) -> str:
    around = text.percent_range(kept.low, kept.high) if text.is_quotable(kept) else ""
    return ink.hover(
        f"{score_words(row.score)} and above: {text.rate(kept)} of today’s {noun}{f' ({around})' if around else ''}",
        f"{text.of(kept)} {noun}" if text.is_quotable(kept) else "",
    )


def _chosen(result: Threshold, reading: Reading, chosen: dict[bool, Rate]) -> Part:
    """What the threshold looked at keeps of either curve."""
    return {
        "type": "scatter",
        "x": [reading.row.score] * len(chosen),
        "y": [one.value or 0.0 for one in chosen.values()],
        "mode": "markers",
        "name": CHOSEN,
        "marker": {
            "size": 14,
            "color": [ink.INK if is_hits else ink.GREY for is_hits in chosen],
            "line": {"color": ink.PAPER, "width": 2},
        },
        "customdata": [_key(result, reading.row, is_hits=is_hits) for is_hits in chosen],
        "hovertext": [
            _hover(reading.row, one, NOUNS[result.hit] if is_hits else "leads")
            for is_hits, one in chosen.items()
        ],
        "hoverinfo": "text",
    }


def _readings(result: Threshold, reading: Reading, chosen: dict[bool, Rate]) -> list[Part]:
    """Both readings in words, where falling curves leave room: wins above and to the right, leads below and left."""
    at, count = reading.row.score, len(result.rows)
    place = result.rows.index(reading.row)
    words = {
        is_hits: f"{text.percent(one.value) if text.is_quotable(one) else text.of(one)} of {NOUNS[result.hit] if is_hits else 'leads'}"
        for is_hits, one in chosen.items()
    }
    if chosen and place >= _FAR_RIGHT * count:
        # too far right for words beside the points: they stand together above the curves' part to the left
        earlier = result.rows[max(result.base, place - count // 5)]
        lift = max(_kept(result, earlier, is_hits=is_hits).high or 0.0 for is_hits in chosen)
        both = "<br>".join(words[is_hits] for is_hits in sorted(words, reverse=True))
        return [
            _note(both, ink.INK, x=at, xanchor="right", xshift=-10, align="right", y=min(lift + 0.02, 0.9),
                  yanchor="bottom")
        ]  # fmt: skip
    notes = []
    for is_hits, one in chosen.items():
        height = one.value or 0.0
        spot: Part = {"xanchor": "right", "xshift": -12, "y": max(height, 0.09), "yanchor": "top"}
        if is_hits:
            spot = {"xanchor": "left", "xshift": 10, "y": min(height, 0.97), "yanchor": "bottom", "yshift": 2}
        notes.append(_note(words[is_hits], ink.INK if is_hits else ink.MUTED, x=at, **spot))
    return notes


def kept_curve(result: Threshold) -> go.Figure:
    """Share of leads kept against share of wins kept, threshold by threshold: a coin would run along the diagonal.

    Both shares are of mature leads at or above today's line; a mark opens the wins it keeps.
    """
    noun = NOUNS[result.hit]
    ticks: Part = {"tickvals": [0.0, 0.5, 1.0], "ticktext": ["0", text.percent(0.5), text.percent(1.0)]}
    figure = ink.canvas(
        margin={"l": 62, "r": 20, "t": 24, "b": 50},
        xaxis=ink.axis(range=[0, 1.03], fixedrange=True, **ticks),
        yaxis=ink.axis(range=[0, 1.05], fixedrange=True, showline=False, showgrid=True, **ticks),
    )
    figure.add_shape(
        type="line", x0=0, y0=0, x1=1, y1=1, line={"color": ink.MUTED, "width": 1, "dash": "dot"}
    )
    figure.add_annotation(_under_axis("of leads passed"))
    ink.note(figure, "a coin", ink.MUTED, x=0.62, y=0.62, xanchor="left", yanchor="top", xshift=6)
    ink.note(
        figure, f"of {noun} kept", ink.MUTED, x=0, xref="paper", xanchor="left", xshift=2, y=1, yref="paper",
        yanchor="bottom", yshift=2,
    )  # fmt: skip
    if result.today.mature and result.hits(result.today):
        _kept_line(figure, result, noun)
    return figure


def _kept_line(figure: go.Figure, result: Threshold, noun: str) -> None:
    """The curve, with the names of a few thresholds on it."""
    seen = [row for row in result.rows[result.base :] if row.mature]
    leads = {row.number: Rate(row.mature, result.today.mature) for row in seen}
    hits = {row.number: _kept(result, row, is_hits=True) for row in seen}
    figure.add_scatter(
        x=np.array([one.value for one in leads.values()]),
        y=np.array([one.value for one in hits.values()]),
        mode="lines",
        name=f"{noun} kept",
        line={"color": ink.INK, "width": 3},
        customdata=[_key(result, row, is_hits=True) for row in seen],
        hovertext=[
            ink.hover(
                f"{score_words(row.score)} and above: {text.rate(leads[row.number])} of leads,"
                f" {text.rate(hits[row.number])} of {noun}",
                f"{text.of(hits[row.number])} {noun}" if text.is_quotable(hits[row.number]) else "",
            )
            for row in seen
        ],
        hoverinfo="text",
    )
    step = max(1, (len(result.rows) - 1) // _CORNERS)
    corners = [row for row in result.rows[::step] if (leads.get(row.number, Rate(0, 1)).value or 0.0) > 0.02]
    figure.add_scatter(
        x=np.array([leads[row.number].value for row in corners]),
        y=np.array([hits[row.number].value for row in corners]),
        mode="markers+text",
        name="thresholds named",
        marker={"size": 9, "color": ink.INK},
        text=[f"{score_words(row.score)}+" for row in corners],
        textposition="top left",
        textfont={"color": ink.INK},
        hoverinfo="skip",
        cliponaxis=False,
    )
