"""The nested funnel: each stage as a bar from zero, below it who left, so that the parts fill the whole."""

from __future__ import annotations

import itertools

import numpy as np
import plotly.graph_objects as go

from analytics import formatting as text
from analytics.charts import canvas as ink
from analytics.funnel import Funnel
from analytics.funnel_stages import ACCEPTED, HANDED_OFF, OPPORTUNITY, Exit, Stage
from analytics.results import Rate

_THICK, _THIN = 0.4, 0.13
_EXITS_AT = 0.31
_WORDS_AT = -0.33
_OF = {HANDED_OFF: "leads passed", ACCEPTED: "accepted leads", OPPORTUNITY: "opportunities"}
_SPOKEN_STAGE = {
    "touched_inside_limit": HANDED_OFF,
    "decided_in_window": HANDED_OFF,
    "accepted_of_decided": ACCEPTED,
    "working_rate": ACCEPTED,
    "accepted_to_opportunity": OPPORTUNITY,
}


def nested_funnel(result: Funnel) -> go.Figure:
    """Stages from top to bottom; touched solid, no touch recorded lighter, the stage spoken of in ink.

    Below each bar lie, end to end from the next stage's count to this one's, the leads that did not go on: hatched
    where they still may. Stages that cannot be measured stay as a dashed outline. Keys are those of the stages.
    """
    most = max(1, result.leads)
    figure = ink.canvas(
        margin={"l": 158, "r": 168, "t": 4, "b": 4},
        barmode="overlay",
        xaxis=ink.axis(range=[0, most], visible=False, fixedrange=True),
        yaxis=ink.axis(
            range=[len(result.stages) - 1 + 0.56, -0.52],
            tickvals=np.arange(len(result.stages), dtype=np.float64),
            ticktext=[_name(stage) for stage in result.stages],
            fixedrange=True,
            tickfont={"color": ink.INK},
        ),
    )
    _bars(figure, result)
    _exits(figure, result)
    for row, stage in enumerate(result.stages):
        if stage.leads is None:
            _unknown(figure, result, row)
        else:
            _words(figure, stage, row, most)
    return figure


def _name(stage: Stage) -> str:
    count = text.count(stage.leads) if stage.leads is not None else "not known"
    weight = "bold" if stage.leads is not None else "normal"
    return f'{stage.label}  <br><span style="font-size:1.45em;font-weight:{weight}">{count}</span>  '


def spoken_stage(result: Funnel) -> str:
    """The stage that the sentence speaks of: where the missed step furthest below its target ends; else none."""
    missed = sorted((one for one in result.steps if one.state == "missed"), key=lambda one: -one.gap)
    return _SPOKEN_STAGE.get(missed[0].slug, "") if missed and not result.doubts else ""


def _bars(figure: go.Figure, result: Funnel) -> None:
    spoken = spoken_stage(result)
    rows = [(row, stage) for row, stage in enumerate(result.stages) if stage.leads]
    touched = [(row, one, one.leads if one.touched is None else one.touched) for row, one in rows]
    _bar(
        figure,
        "so far",
        [(row, 0, leads, stage, stage.touched is not None) for row, stage, leads in touched if leads],
        [ink.INK if stage.slug == spoken else ink.GREY for _, stage, leads in touched if leads],
    )
    untouched = [
        (row, one.touched, (one.leads or 0) - one.touched, one)
        for row, one in rows
        if one.touched is not None
    ]
    parts = [part for part in untouched if part[2]]
    if parts:
        figure.add_bar(
            x=np.array([leads for _, _, leads, _ in parts]),
            base=np.array([base for _, base, _, _ in parts]),
            y=np.array([row for row, _, _, _ in parts]),
            width=_THICK,
            orientation="h",
            name="no touch recorded",
            marker={"color": ink.LIGHT, "line": {"color": ink.GREY, "width": 1}},
            customdata=[f"{stage.key}.not_touched" for _, _, _, stage in parts],
            hovertext=[
                ink.hover(f"{stage.label}, no touch recorded: {text.count(leads)}")
                for _, _, leads, stage in parts
            ],
            hoverinfo="text",
        )


def _bar(
    figure: go.Figure, name: str, parts: list[tuple[int, int, int, Stage, bool]], colours: list[str]
) -> None:
    if not parts:
        return
    figure.add_bar(
        x=np.array([leads for _, _, leads, _, _ in parts]),
        base=np.array([base for _, base, _, _, _ in parts]),
        y=np.array([row for row, _, _, _, _ in parts]),
        width=_THICK,
        orientation="h",
        name=name,
        marker={"color": colours, "line": {"width": 0}},
        customdata=[
            f"{stage.key}.is_touched" if is_split else stage.key for _, _, _, stage, is_split in parts
        ],
        hovertext=[_hover(stage, leads, is_split) for _, _, leads, stage, is_split in parts],
        hoverinfo="text",
    )


def _hover(stage: Stage, leads: int, is_split: bool) -> str:
    shares = []
    if stage.of_previous is not None and stage.of_all is not None:
        shares = [
            f"{text.rate_with_interval(stage.of_all)} of all leads passed",
            f"{text.rate_with_interval(stage.of_previous)} of the {_OF[stage.previous]}",
        ]
    return ink.hover(
        f"{stage.label}: {text.count(stage.leads or 0)}",
        f"{text.count(leads)} with a recorded touch" if is_split else "",
        *shares,
        f"{text.count(stage.skipped)} only by implication of a later stage" if stage.skipped else "",
    )


def _exits(figure: go.Figure, result: Funnel) -> None:
    measured = [(row, stage) for row, stage in enumerate(result.stages) if stage.leads is not None]
    gone: list[tuple[int, int, Stage, Exit]] = []
    for (row, stage), (_, following) in itertools.pairwise(measured):
        base = following.leads or 0
        for one in stage.exits:
            if one.leads:
                gone.append((row, base, stage, one))
            base += one.leads
    for is_open, name in ((False, "left"), (True, "still open or undecided")):
        parts = [part for part in gone if part[3].is_open == is_open]
        if not parts:
            continue
        figure.add_bar(
            x=np.array([one.leads for _, _, _, one in parts]),
            base=np.array([base for _, base, _, _ in parts]),
            y=np.array([row + _EXITS_AT for row, _, _, _ in parts]),
            width=_THIN,
            orientation="h",
            name=name,
            marker=ink.hatched()
            if is_open
            else {"color": ink.LIGHT, "line": {"color": ink.GREY, "width": 0.5}},
            customdata=[one.key for _, _, _, one in parts],
            hovertext=[
                ink.hover(f"{stage.label}, {one.label}: {text.count(one.leads)}")
                for _, _, stage, one in parts
            ],
            hoverinfo="text",
        )


def _words(figure: go.Figure, stage: Stage, row: int, most: int) -> None:
    """The shares above the bar, and at its end who left."""
    ink.note(
        figure, shares_in_words(stage), ink.MUTED, x=0, xanchor="left", y=row + _WORDS_AT, yanchor="middle", xshift=1
    )  # fmt: skip
    lines = [f"{text.count(one.leads)} {one.label}" for one in stage.exits if one.leads]
    if lines:
        ink.note(
            figure, "<br>".join(lines), ink.INK, x=(stage.leads or 0) / most, xref="paper", xanchor="left",
            xshift=10, y=row + 0.1, yanchor="middle", align="left",
        )  # fmt: skip


def shares_in_words(stage: Stage) -> str:
    """``26 % of all leads · 31 % of accepted leads · 5 without a recorded touch``."""
    if stage.of_all is None:
        return ""
    parts = []
    if stage.of_previous is not None:
        if stage.previous == HANDED_OFF:
            parts.append(f"{_share(stage.of_all)} of all leads passed")
        else:
            parts.append(f"{_share(stage.of_all)} of all leads")
            parts.append(f"{_share(stage.of_previous)} of {_OF[stage.previous]}")
    if stage.touched is not None and stage.leads:
        untouched = stage.leads - stage.touched
        parts.append(f"{text.count(untouched)} no touch recorded" if untouched else "all touched")
    if stage.skipped:
        parts.append(f"{text.count(stage.skipped)} by implication")
    if stage.of_previous is not None and not text.is_quotable(stage.of_previous):
        parts.append(text.TOO_FEW)
    return " · ".join(parts)


def _share(rate: Rate) -> str:
    if not text.is_quotable(rate):
        return f"<b>{text.of(rate)}</b>"
    return f"<b>{text.percent(rate.value)}</b> ({text.percent_range(rate.low, rate.high)})"


def _unknown(figure: go.Figure, result: Funnel, row: int) -> None:
    """A dashed outline as long as the stage before: unknown is not zero."""
    before = [stage.leads for stage in result.stages[:row] if stage.leads is not None]
    figure.add_shape(
        type="rect", xref="x", yref="y", x0=0, x1=max(1, before[-1] if before else 1), y0=row - _THICK / 2,
        y1=row + _THICK / 2, line={"color": ink.GREY, "width": 1.5, "dash": "dash"},
    )  # fmt: skip
    ink.note(
        figure, "cannot be measured from this export", ink.MUTED, x=0, xanchor="left", xshift=10, y=row,
        yanchor="middle",
    )  # fmt: skip
