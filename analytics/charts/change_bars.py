"""Where a rate's change comes from: two bars per segment, right of the middle for a rise and left for a fall."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import plotly.graph_objects as go

from analytics import formatting as text
from analytics.change_parts import ORDERED, Dimension, Segment
from analytics.charts import canvas as ink
from analytics.metrics.catalog import Metric
from analytics.what_changed_words import part_words

UNKNOWN = "(unknown)"
MOST_ROWS = 8
_LONGEST = 24
_WIDTH, _OFF = 0.36, 0.2
_ROOM = 1.12
_LEAST_REACH = 0.005
_MOST_TICKS = 6
_NICE = (0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5)


@dataclass(frozen=True, slots=True)
class ChangeRow:
    """One row of the figure: a segment, or the smaller ones together, whose parts have no interval of their own."""

    name: str
    segments: tuple[Segment, ...]
    mix: float
    own: float

    @property
    def single(self) -> Segment | None:
        """The one segment of the row."""
        return self.segments[0] if len(self.segments) == 1 else None


def shown_rows(dimension: Dimension) -> tuple[ChangeRow, ...]:
    """The rows from top to bottom: at most eight, the last one all smaller segments together; bands keep their order."""
    segments = dimension.segments
    most = len(segments) if dimension.name in ORDERED or len(segments) <= MOST_ROWS else MOST_ROWS - 1
    rows = [ChangeRow(short(one.value), (one,), one.mix, one.own) for one in segments[:most]]
    rest = segments[most:]
    if rest:
        name = f"{text.count(len(rest))} others"
        rows.append(ChangeRow(name, rest, sum(one.mix for one in rest), sum(one.own for one in rest)))
    return tuple(rows)


def short(value: str | None) -> str:
    """A segment's name, cut where it is long."""
    name = value or UNKNOWN
    return name if len(name) <= _LONGEST else f"{name[: _LONGEST - 1]}…"


def row_key(place: int, row: ChangeRow, metric: Metric) -> str:
    """The evidence key of a row: its leads now; empty where it has none now. ``place``: of the row, for ``pick``."""
    if not any(one.now.denominator for one in row.segments):
        return ""
    first = row.single.key if row.single and row.single.key else f"pick:{place}"
    return f"{first}.{metric.denominator}"


def change_bars(dimension: Dimension, metric: Metric) -> go.Figure:
    """Per row a bar for its share of the leads, and below it one for its own rate; what is within luck is pale.

    In a dimension that is not beyond luck all bars are.
    """
    rows = shown_rows(dimension)
    left, right = _range(rows)
    ticks = _ticks(left, right)
    figure = ink.canvas(
        margin={"l": 168, "r": 148, "t": 8, "b": 30},
        barmode="overlay",
        xaxis=ink.axis(
            range=[-left, right],
            tickvals=ticks,
            ticktext=[_tick_words(tick) for tick in ticks],
            showgrid=True,
            showline=False,
            fixedrange=True,
        ),
        yaxis=ink.axis(
            tickvals=np.arange(len(rows)),
            ticktext=[f"{ink.safe(row.name)}{_tag(row)}  " for row in rows],
            tickfont={"color": ink.INK},
            range=[len(rows) - 0.5, -0.5],
            showline=False,
            fixedrange=True,
        ),
    )
    figure.add_shape(
        type="line", xref="x", x0=0, x1=0, yref="paper", y0=0, y1=1, line={"color": ink.GREY, "width": 1}
    )
    for kind in ("mix", "own"):
        named = [dimension.is_beyond_luck and _is_named(row, kind) for row in rows]
        _bars(figure, rows, metric, kind, named)
        for place, (row, is_said) in enumerate(zip(rows, named, strict=True)):
            if is_said:
                _words(figure, place, row, kind)
    return figure


def _tag(row: ChangeRow) -> str:
    one = row.single
    return "" if one is None or not (one.is_new or one.is_gone) else " (new)" if one.is_new else " (gone)"


def _bars(
    figure: go.Figure, rows: tuple[ChangeRow, ...], metric: Metric, kind: str, named: list[bool]
) -> None:
    is_mix = kind == "mix"
    values = np.array([row.mix if is_mix else row.own for row in rows], dtype=np.float64)
    ends = [_ends(row, kind) for row in rows]
    low = np.array([end[0] if end else value for end, value in zip(ends, values, strict=True)])
    high = np.array([end[1] if end else value for end, value in zip(ends, values, strict=True)])
    strong, pale = (ink.GREY, ink.FAINT) if is_mix else (ink.INK, ink.LIGHT)
    figure.add_bar(
        x=values,
        y=np.arange(len(rows)) + (-_OFF if is_mix else _OFF),
        orientation="h",
        width=_WIDTH,
        name="share of leads moved" if is_mix else "own rate moved",
        marker={
            "color": [strong if is_said else pale for is_said in named],
            "line": {"color": strong, "width": 1},
        },
        error_x={
            "type": "data",
            "symmetric": False,
            "array": np.maximum(0.0, high - values),
            "arrayminus": np.maximum(0.0, values - low),
            "color": ink.MUTED if is_mix else ink.GREY,
            "thickness": 1.5,
            "width": 0,
        },
        customdata=[row_key(place, row, metric) for place, row in enumerate(rows)],
        hovertext=[
            _hover(place, row, metric, kind, is_said=is_said)
            for place, (row, is_said) in enumerate(zip(rows, named, strict=True))
        ],
        hoverinfo="text",
    )


def _ends(row: ChangeRow, kind: str) -> tuple[float, float] | None:
    one = row.single
    if one is None:
        return None
    if kind == "mix":
        return one.mix_low, one.mix_high
    return None if one.own_low is None or one.own_high is None else (one.own_low, one.own_high)


def _is_named(row: ChangeRow, kind: str) -> bool:
    one = row.single
    return one is not None and (one.names_mix if kind == "mix" else one.names_own)


def _hover(place: int, row: ChangeRow, metric: Metric, kind: str, *, is_said: bool) -> str:
    value = row.mix if kind == "mix" else row.own
    ends = _ends(row, kind)
    what = "from its share of the leads" if kind == "mix" else "from its own rate"
    one = row.single
    lines = [
        f"{ink.safe(row.name)}{_tag(row)}: {part_words(value, *(ends or (None, None)))} {what}",
        "" if ends is None or is_said else "within luck, or too small to name",
    ]
    if one is not None:
        lines += [
            f"now {_rate(one, 'now')}, {text.percent(one.share_now)} of the leads",
            f"before {_rate(one, 'before')}, {text.percent(one.share_before)} of the leads",
        ]
    else:
        lines.append(f"{text.count(sum(part.now.denominator for part in row.segments))} leads now")
    if row_key(place, row, metric):
        return ink.hover(*lines)
    return "<br>".join(line for line in [*lines, "no lead of it in this period"] if line)


def _rate(one: Segment, when: str) -> str:
    measured = one.now if when == "now" else one.before
    if not text.is_quotable(measured):
        return text.rate(measured)
    return f"{text.rate_with_interval(measured)}, {text.of(measured)}"


def _words(figure: go.Figure, place: int, row: ChangeRow, kind: str) -> None:
    """A named part in words, in a column of their own on the right."""
    ink.note(
        figure,
        f"<b>{text.points(row.mix)}</b> share"
        if kind == "mix"
        else f"<b>{text.points(row.own)}</b> own rate",
        ink.INK,
        xref="paper",
        x=1,
        xanchor="left",
        xshift=8,
        y=place + (-_OFF if kind == "mix" else _OFF),
        yanchor="middle",
    )


def _range(rows: tuple[ChangeRow, ...]) -> tuple[float, float]:
    """How far the axis goes to the left and to the right: every whisker, and at least a third as far on either side."""
    left = right = _LEAST_REACH
    for row in rows:
        for kind, value in (("mix", row.mix), ("own", row.own)):
            low, high = _ends(row, kind) or (value, value)
            left, right = max(left, -low, -value), max(right, high, value)
    return max(left, right / 3) * _ROOM, max(right, left / 3) * _ROOM


def _tick_words(tick: float) -> str:
    """``−2`` or ``+0.5``; the unit stands at 0."""
    if not tick:
        return f"0{text.NBSP}points"
    return text.points(tick).split(text.NBSP)[0].removesuffix(".0")


def _ticks(left: float, right: float) -> list[float]:
    """Round marks on both sides of 0, at most six in all."""
    step = next((one for one in _NICE if (left + right) / one < _MOST_TICKS), _NICE[-1])
    return [step * place for place in range(-math.floor(left / step), math.floor(right / step) + 1)]
