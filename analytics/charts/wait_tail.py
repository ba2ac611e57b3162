"""The tail as a small board: the waits of half to 99 in 100 on both clocks, and the leads that waited longest by name."""

from __future__ import annotations

from datetime import UTC
from zoneinfo import ZoneInfo

import numpy as np
import plotly.graph_objects as go

from analytics import formatting as text
from analytics.charts import canvas as ink
from analytics.long_tail import LongTail, Quantile, tier_key
from analytics.longest_waits import LISTED, WaitingLead
from analytics.speed_to_lead import ClockReading

_LONGEST_COMPANY, _LONGEST_OWNER = 20, 16
_VALUES = ((0.44, 0.28), (0.72, 0.28))
"""Left edge and width of the two columns of waits."""
_LEAD_COLUMNS = ((0.0, 0.41), (0.41, 0.15), (0.56, 0.33), (0.89, 0.11))


def wait_tail(result: LongTail) -> go.Figure:
    """Rows of cells; every value is a mark that opens its leads, every named lead opens itself."""
    rows = len(result.quantiles) + 4 + max(1, LISTED)
    figure = ink.canvas(
        margin={"l": 2, "r": 2, "t": 2, "b": 2},
        barmode="overlay",
        bargap=0,
        xaxis=ink.axis(range=[0, 1], visible=False, fixedrange=True),
        yaxis=ink.axis(range=[rows + 0.3, -0.5], visible=False, fixedrange=True),
    )
    if result.timed == 0:
        return figure
    for (left, width), words in zip(_VALUES, ("working clock", "wall clock"), strict=True):
        _words(figure, words, left + width, 0, "right", ink.MUTED)
    _words(figure, "touched", 0, 0, "left", ink.MUTED)
    for row, quantile in enumerate(result.quantiles, start=1):
        _words(figure, f"{quantile.words} within", 0, row, "left", ink.MUTED)
    row = len(result.quantiles) + 1
    _words(figure, "touched leads alone,", 0, row, "left", ink.MUTED)
    _words(figure, "as CRMs report half", 0, row + 0.78, "left", ink.MUTED)
    _quantiles(figure, result, row)
    _longest(figure, result, row + 2)
    return figure


def _words(figure: go.Figure, words: str, x: float, y: float, anchor: str, colour: str) -> None:
    ink.note(figure, words, colour, x=x, y=y, xanchor=anchor, yanchor="middle")


def _quantiles(figure: go.Figure, result: LongTail, last: int) -> None:
    """Both columns of waits, the median of touched leads alone at their foot."""
    speed = result.speed
    for (left, width), clock in zip(_VALUES, (speed.working, speed.wall), strict=True):
        cells = [_quantile(result, quantile, clock) for quantile in result.quantiles]
        alone = text.duration(clock.touched_only_median, clock.mark_seconds["1d"])
        cells.append(
            (
                _brief(alone) if clock.touched_only_median is not None else text.DASH,
                tier_key("touched", result.tier),
                ink.hover(
                    f"median of touched leads alone: {alone}",
                    "leaves out everybody who still waits",
                    text.plural(speed.touched, "touched lead"),
                ),
            )
        )
        places = [*range(1, len(result.quantiles) + 1), last + 0.39]
        _cells(
            figure, f"{clock.clock} clock", left, width, places, cells, "end",
            [ink.INK] * len(result.quantiles) + [ink.MUTED],
        )  # fmt: skip


def _quantile(result: LongTail, quantile: Quantile, clock: ClockReading) -> tuple[str, str, str]:
    """Words, key and hover text of one wait."""
    is_working = clock.clock == "working"
    seconds = quantile.working if is_working else quantile.wall
    touched = quantile.working_touched if is_working else quantile.wall_touched
    if seconds is None or touched is None:
        return (
            text.NOT_REACHED,
            tier_key("never_touched", result.tier),
            ink.hover(
                f"{quantile.words} touched: not reached by the extract",
                f"{text.of(result.never)} never touched",
            ),
        )
    words = text.duration(seconds, clock.mark_seconds["1d"])
    return (
        _brief(words),
        tier_key(f"{clock.clock}_within:{int(seconds)}", result.tier),
        ink.hover(
            f"{quantile.words} touched within {words} on the {clock.clock} clock",
            f"{text.plural(touched, 'lead')} of {text.count(result.timed)}",
        ),
    )


def _brief(words: str) -> str:
    """A wait under a column that names its clock."""
    return words.replace("working ", "")


def _longest(figure: go.Figure, result: LongTail, top: int) -> None:
    """The longest-waiting leads, one row each."""
    figure.add_shape(
        type="line", x0=0, x1=1, y0=top - 0.05, y1=top - 0.05, line={"color": ink.GREY, "width": 1}
    )
    heads = ("Waiting longest", "since", "owner", "score")
    for (left, width), words in zip(_LEAD_COLUMNS, heads, strict=True):
        is_last = words == "score"
        _words(
            figure, f"<b>{words}</b>" if left == 0 else words, left + width if is_last else left, top + 0.6,
            "right" if is_last else "left", ink.INK if left == 0 else ink.MUTED,
        )  # fmt: skip
    leads = result.waiting
    places = [top + 1.6 + number for number in range(len(leads))]
    columns = [
        [_clipped(lead.company or lead.lead_id, _LONGEST_COMPANY) for lead in leads],
        [_since(lead, result) for lead in leads],
        [_clipped(lead.owner or "(no owner)", _LONGEST_OWNER) for lead in leads],
        [text.DASH if lead.score is None else f"{lead.score:g}" for lead in leads],
    ]
    colours = [ink.MUTED if lead.is_touched or lead.is_closed else ink.INK for lead in leads]
    for (left, width), column, name in zip(_LEAD_COLUMNS, columns, heads, strict=True):
        cells = [
            (word, f"lead:{lead.number}", _lead_hover(lead, result))
            for word, lead in zip(column, leads, strict=True)
        ]
        _cells(figure, name, left, width, places, cells, "end" if name == "score" else "start", colours)


def _since(lead: WaitingLead, result: LongTail) -> str:
    zone = ZoneInfo(result.zone)
    day = lead.handed_off_at.replace(tzinfo=UTC).astimezone(zone).date()
    is_same_year = day.year == result.as_of.replace(tzinfo=UTC).astimezone(zone).year
    return text.day_short(day) if is_same_year else text.month(day)


def _lead_hover(lead: WaitingLead, result: LongTail) -> str:
    day = result.speed.working.mark_seconds["1d"]
    state = (
        "touched after"
        if lead.is_touched
        else "closed untouched, watched for"
        if lead.is_closed
        else "untouched for"
    )
    waited = f"{text.duration(lead.wall_wait)} ({text.duration(lead.working_wait, day)} on the working clock)"
    owner = _clipped(lead.owner or "no owner", 60)
    return ink.hover(
        _clipped(lead.company or lead.lead_id, 60), f"{state} {waited}",
        f"handed off {text.moment(lead.handed_off_at)} UTC · {owner}",
    )  # fmt: skip


def _clipped(name: str, longest: int) -> str:
    """A name from the file in one line of plain text, shortened; characters that could reorder a line are blanks."""
    plain = " ".join("".join(letter if letter.isprintable() else " " for letter in name).split()) or text.DASH
    return ink.safe(plain if len(plain) <= longest else f"{plain[: longest - 1]}…")


def _cells(
    figure: go.Figure,
    name: str,
    left: float,
    width: float,
    places: list[float],
    cells: list[tuple[str, str, str]],
    anchor: str,
    colours: list[str],
) -> None:
    """One column of clickable cells: words, evidence key and hover text each."""
    figure.add_bar(
        orientation="h",
        x=np.full(len(cells), width - 0.005),
        base=np.full(len(cells), left),
        y=np.array(places, dtype=np.float64),
        width=0.9,
        name=name,
        marker={"color": ink.CLEAR, "line": {"width": 0}},
        text=[words for words, _, _ in cells],
        textposition="inside",
        insidetextanchor=anchor,
        constraintext="none",
        textangle=0,
        cliponaxis=False,
        insidetextfont={"color": colours},
        customdata=[key for _, key, _ in cells],
        hovertext=[hover for _, _, hover in cells],
        hoverinfo="text",
    )
