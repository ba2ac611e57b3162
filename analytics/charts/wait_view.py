"""The share of leads touched by a time, large: human marks, tier limits, the aim, and the leads nobody ever touched."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from typing import Literal

import numpy as np
import plotly.graph_objects as go

from analytics import formatting as text
from analytics.charts import canvas as ink
from analytics.charts.wait_curve import drawn_until, steps
from analytics.long_tail import LongTail, TwoWeeks, tier_key, touched_by, working_time
from analytics.speed_to_lead import MARKS, ClockReading
from analytics.stats.arrays import Floats, Ints
from analytics.stats.survival import Share

Shown = Literal["both", "working", "wall"]
_AXIS_SECONDS = (300, 3_600, 14_400, 86_400, 259_200, 1_209_600)
_NAMES = tuple(name.replace(" ", text.NBSP) for name in ("5 min", "1 h", "4 h", "1 day", "3 days", "2 weeks"))
_WORKING_NAMES = ("5 working minutes", "1 working hour", "4 working hours", "1 working day", "3 working days", "2 working weeks")  # fmt: skip
_LATE_SECONDS, _LATE_NAME = 90 * 86_400, f"3{text.NBSP}months"
"""A tick without a mark: how far the curve goes on after two weeks."""
_START = float(np.log10(60.0))
_SHORTEST_END = float(np.log10(30 * 86_400.0))
_HALF, _ROOM, _BESIDE_AXIS = 0.47, 0.12, 0.8
_LEAST_SPAN = 0.12
_LEAST_LABEL_SHARE = 0.035


@dataclass(frozen=True, slots=True)
class _Mark:
    """One human mark on a clock: where it stands, what it means there, and what was touched within it."""

    name: str
    seconds: int
    share: Share
    touched: int


@dataclass(frozen=True, slots=True, eq=False)
class _Scale:
    """One clock's way onto the axis: its own marks fall on the axis' marks, logarithmic in between and beyond."""

    own: Floats
    axis: Floats

    def __call__(self, seconds: Floats | Ints) -> Floats:
        log = np.log10(np.maximum(np.asarray(seconds, dtype=np.float64), 1.0))
        placed: Floats = np.interp(log, self.own, self.axis)
        below, above = log < self.own[0], log > self.own[-1]
        placed[below] = log[below] + (self.axis[0] - self.own[0])
        placed[above] = log[above] + (self.axis[-1] - self.own[-1])
        return placed


def wait_view(result: LongTail, shown: Shown = "both") -> go.Figure:
    """The curve of one clock with its interval, the other one thin and grey beside it where both are shown."""
    speed = result.speed
    main = speed.wall if shown == "wall" else speed.working
    end = _end(result, shown)
    figure = ink.canvas(
        margin={"l": 78, "r": 16, "t": 30, "b": 32},
        xaxis=ink.axis(
            range=[_START, end],
            tickvals=np.log10((*_AXIS_SECONDS, _LATE_SECONDS)),
            ticktext=(*_NAMES, _LATE_NAME),
            showgrid=True,
            fixedrange=True,
        ),
        yaxis=ink.percent_axis(speed.inside_limit_target),
    )
    if main.curve is None:
        return figure
    if shown == "both":
        _curve(figure, result, speed.wall, end, is_main=False)
    _curve(figure, result, main, end, is_main=True)
    ink.target_line(figure, speed.inside_limit_target)
    if main is speed.working:
        _limits(figure, result)
    _never(figure, result, main, end)
    _middle(figure, result, main)
    if shown == "both":
        _names(figure, result)
    return figure


def _end(result: LongTail, shown: Shown) -> float:
    """The right end of the axis: the longest watch of any clock shown, and a little room for what never came."""
    clocks = [result.speed.working, result.speed.wall]
    longest = [
        float(_scale(result, clock)(np.array([clock.curve.longest_follow_up]))[0])
        for clock in clocks
        if clock.curve is not None and shown in {"both", clock.clock}
    ]
    return max([_SHORTEST_END, *longest]) + 0.35


def _scale(result: LongTail, clock: ClockReading) -> _Scale:
    seconds = [clock.mark_seconds[mark] for mark in MARKS]
    two_weeks = _two_weeks(result, clock)
    if two_weeks is not None:
        seconds.append(two_weeks.seconds)
    return _Scale(np.log10(np.array(seconds, dtype=np.float64)), np.log10(_AXIS_SECONDS[: len(seconds)]))


def _two_weeks(result: LongTail, clock: ClockReading) -> TwoWeeks | None:
    return result.two_weeks_working if clock.clock == "working" else result.two_weeks_wall


def _marks(result: LongTail, clock: ClockReading) -> list[_Mark]:
    """The marks at which enough leads were still watched."""
    until = drawn_until(clock.curve) if clock.curve else 0
    words = (
        _WORKING_NAMES if clock.clock == "working" else tuple(f"{name} by the wall clock" for name in _NAMES)
    )
    found = [
        _Mark(name, clock.mark_seconds[mark], share, touched_by(clock, clock.mark_seconds[mark]))
        for mark, name in zip(MARKS, words, strict=False)
        if (share := clock.touched_within.get(mark)) is not None
    ]
    last = _two_weeks(result, clock)
    if last is not None and last.share is not None:
        found.append(_Mark(words[-1], last.seconds, last.share, last.touched))
    return [mark for mark in found if mark.seconds <= until]


def _curve(figure: go.Figure, result: LongTail, clock: ClockReading, end: float, *, is_main: bool) -> None:
    if clock.curve is None:
        return
    scale = _scale(result, clock)
    x, y, low, high = steps(clock.curve, scale, _START, end)
    if is_main:
        figure.add_scatter(
            x=np.concatenate([x, x[::-1]]), y=np.concatenate([high, low[::-1]]), fill="toself",
            fillcolor=ink.SALES_BAND, line={"width": 0}, mode="lines", hoverinfo="skip",
            name=f"{clock.clock} clock, interval",
        )  # fmt: skip
    colour = ink.SALES if is_main else ink.GREY
    figure.add_scatter(
        x=x, y=y, mode="lines", line={"color": colour, "width": 3.5 if is_main else 1.75}, hoverinfo="skip",
        name=f"{clock.clock} clock",
    )  # fmt: skip
    marks = _marks(result, clock)
    figure.add_scatter(
        x=scale(np.array([mark.seconds for mark in marks], dtype=np.int64)),
        y=np.array([mark.share.value for mark in marks]),
        mode="markers+text" if is_main else "markers",
        name=f"{clock.clock} clock, marks",
        marker={"size": 11 if is_main else 7, "color": colour},
        text=[_label(mark, result) for mark in marks] if is_main else None,
        textposition="top left",
        textfont={"color": ink.SALES_TEXT, "size": 17},
        cliponaxis=False,
        customdata=[tier_key(f"{clock.clock}_within:{mark.seconds}", result.tier) for mark in marks],
        hovertext=[
            ink.hover(
                f"touched within {mark.name}: {_quoted(mark, result)}",
                _interval(mark.share) if text.is_quotable(result.never) else "",
                f"{text.plural(mark.touched, 'lead')} of {text.count(clock.curve.leads)}",
            )
            for mark in marks
        ],
        hoverinfo="text",
    )


def _label(mark: _Mark, result: LongTail) -> str:
    if mark.share.value < _LEAST_LABEL_SHARE:
        return ""
    return text.percent(mark.share.value) if text.is_quotable(result.never) else text.count(mark.touched)


def _quoted(mark: _Mark, result: LongTail) -> str:
    return text.percent(mark.share.value) if text.is_quotable(result.never) else text.TOO_FEW


def _interval(share: Share) -> str:
    around = text.percent_range(share.low, share.high)
    return f"interval {around}" if around else ""


def _limits(figure: go.Figure, result: LongTail) -> None:
    """Each tier's first-touch limit as a thin dashed line, its name above it; the higher intent to the left."""
    speed = result.speed
    limits: dict[int, list[str]] = {}
    for tier, minutes in (("high", speed.limit_minutes_high), ("standard", speed.limit_minutes_standard)):
        if result.tier in {"all", tier} and (result.has_intent or tier == "standard"):
            limits.setdefault(minutes, []).append(tier)
    scale = _scale(result, speed.working)
    for number, (minutes, tiers) in enumerate(sorted(limits.items())):
        x = float(scale(np.array([minutes * 60]))[0])
        figure.add_shape(
            type="line",
            x0=x,
            x1=x,
            yref="paper",
            y0=0,
            y1=1,
            line={"color": ink.INK, "width": 1, "dash": "dash"},
        )
        is_left = len(limits) > 1 and number == 0
        whose = "" if len(tiers) > 1 or not result.has_intent else f", {tiers[0]} intent"
        ink.note(
            figure, f"limit{whose} {text.minutes(minutes)}", x=x, xanchor="right" if is_left else "left",
            xshift=4 if is_left else -4, yref="paper", y=1, yanchor="bottom", yshift=3,
        )  # fmt: skip


def _never(figure: go.Figure, result: LongTail, clock: ClockReading, end: float) -> None:
    """What is missing to all leads at the end of the curve: those never touched, as an open bracket."""
    count = result.never.numerator
    if clock.curve is None or count == 0 or clock.curve.survival.size == 0:
        return
    left = float(clock.curve.survival[-1])
    x = min(end - 0.12, float(_scale(result, clock)(np.array([clock.curve.longest_follow_up]))[0]) + 0.1)
    share = f", {text.percent(result.never.value)}" if text.is_quotable(result.never) else ""
    words = f"<b>{text.count(count)} never touched</b>{share}"
    if left < _LEAST_SPAN:  # no room beside the bracket: the words stand below the curve's end
        ink.note(figure, words, x=x, xanchor="right", y=1.0 - left, yanchor="top", yshift=-12)
    figure.add_scatter(
        x=np.array([x, x]), y=np.array([1.0 - left, 1.0]), mode="lines", hoverinfo="skip", name="never touched, span",
        line={"color": ink.INK, "width": 3}, cliponaxis=False,
    )  # fmt: skip
    figure.add_scatter(
        x=np.array([x]), y=np.array([1.0 - left / 2]), mode="markers+text", name="never touched",
        marker={"size": 12, "color": ink.PAPER, "line": {"color": ink.INK, "width": 3}},
        text=[f"{words}  " if left >= _LEAST_SPAN else ""], textposition="middle left",
        textfont={"color": ink.INK, "size": 16}, cliponaxis=False,
        customdata=[tier_key("never_touched", result.tier)],
        hovertext=[ink.hover(f"never touched: {text.rate_with_interval(result.never)}", text.of(result.never))],
        hoverinfo="text",
    )  # fmt: skip


def _middle(figure: go.Figure, result: LongTail, clock: ClockReading) -> None:
    """Half and nine in ten, where they are reached: an open ring on the curve with its wait in words."""
    scale, day = _scale(result, clock), clock.mark_seconds["1d"]
    rings = [(clock.median, 0.5, "half"), (clock.p90, 0.9, "nine in ten")]
    until = drawn_until(clock.curve) if clock.curve else 0
    reached = [(at, level, words) for at, level, words in rings if at is not None and at <= until]
    if not reached or clock.curve is None or not text.is_quotable(result.never):
        return
    figure.add_scatter(
        x=np.maximum(scale(np.array([seconds for seconds, _, _ in reached])), _START + 0.08),
        y=np.array([level for _, level, _ in reached]),
        mode="markers+text", name="half and nine in ten",
        marker={"size": 15, "color": ink.PAPER, "line": {"color": ink.SALES, "width": 3}},
        text=[f"   {words}: {_wait(seconds, clock)}" for seconds, _, words in reached],
        # half is free on its right; at nine in ten the curve runs flat, so its words stand below it
        textposition=["middle right" if level < 0.9 else "bottom right" for _, level, _ in reached],
        textfont={"color": ink.INK, "size": 17}, cliponaxis=False,
        customdata=[
            tier_key(f"{clock.clock}_within:{int(seconds)}", result.tier) for seconds, _, _ in reached
        ],
        hovertext=[
            ink.hover(
                f"{words} of the leads touched within {_wait(seconds, clock)}",
                text.duration_range(clock.median_low, clock.median_high, day) if level == 0.5 else "",
                f"{text.plural(touched_by(clock, int(seconds)), 'lead')} of {text.count(clock.curve.leads)}",
            )
            for seconds, level, words in reached
        ],
        hoverinfo="text",
    )  # fmt: skip


def _wait(seconds: float, clock: ClockReading) -> str:
    return working_time(seconds, clock) if clock.clock == "working" else text.duration(seconds)


def _names(figure: go.Figure, result: LongTail) -> None:
    """Each clock's name by its curve, where no mark is near: the working clock's above it, the wall clock's below it.

    Where a curve leaves no room, both names stand in the corner above them, which rising curves leave free.
    """
    clocks = ((result.speed.working, ink.SALES_TEXT, -1), (result.speed.wall, ink.MUTED, 1))
    spots = [_free_spot(result, clock) for clock, _, _ in clocks]
    for number, (clock, colour, side) in enumerate(clocks):
        name = f"{clock.clock} clock"
        spot = spots[number]
        if spot is None or None in spots:
            ink.note(
                figure, f"— {name}", colour, xref="paper", x=0, xanchor="left", xshift=8, yref="paper",
                y=0.9 - 0.055 * number, yanchor="top",
            )  # fmt: skip
        else:
            ink.note(
                figure, name, colour, x=spot[0], xanchor="right" if side < 0 else "left", xshift=side * 14, y=spot[1],
                yanchor="middle", yshift=-side * 4, bgcolor=ink.PAPER,
            )  # fmt: skip


def _free_spot(result: LongTail, clock: ClockReading) -> tuple[float, float] | None:
    """The middle of the widest gap between the marks under a half, as a place on the curve; None where it is narrow."""
    if clock.curve is None or clock.curve.events == 0:
        return None
    last = 1.0 - float(clock.curve.survival[-1])
    is_above = clock.clock == "working"
    label = 0.075 if is_above else 0.0  # the marks' own labels stand above them
    shares = [mark.share.value for mark in _marks(result, clock) if mark.share.value < _HALF]
    low, high = max(
        itertools.pairwise(sorted([0.04, *shares, min(last, _HALF)])), key=lambda pair: pair[1] - pair[0]
    )
    level = (low + label + high) / 2
    reached = clock.curve.quantile(level)
    if high - low < _ROOM or reached is None:
        return None
    x = float(_scale(result, clock)(np.array([reached]))[0])
    return (x, level) if not is_above or x > _START + _BESIDE_AXIS else None
