"""How many human touches accepted leads got in their window, with the cadence mark and the pending ones hatched."""

from __future__ import annotations

import numpy as np
import plotly.graph_objects as go

from analytics import formatting as text
from analytics.charts import canvas as ink
from analytics.working_rate import WorkingRate


def touches_histogram(working: WorkingRate) -> go.Figure:
    """Bars of leads per number of touches; those at the cadence or beyond carry the colour."""
    counted = dict(working.touches)
    last = 2 * working.cadence_touches
    numbers = np.arange(last + 1)
    leads = np.array([counted.get(int(number), 0) for number in numbers], dtype=np.int64)
    pending = working.rate.pending
    names = [str(number) for number in numbers[:-1]] + [f"{last}+"]
    positions = [float(number) for number in numbers]
    if pending:
        names.append("pending")
        positions.append(last + 1.6)
    top = float(max(leads.max(initial=0), pending, 1)) * 1.42
    figure = ink.canvas(
        bargap=0.16,
        xaxis=ink.axis(tickvals=positions, ticktext=names, range=[-0.7, positions[-1] + 0.9]),
        yaxis=ink.axis(
            range=[0, top], nticks=3, showgrid=True, showline=False, fixedrange=True, tickformat=",d"
        ),
    )
    figure.add_bar(
        x=numbers.astype(np.float64),
        y=leads,
        name="leads",
        marker={
            "color": [ink.SALES if number >= working.cadence_touches else ink.GREY for number in numbers]
        },
        text=[text.count(int(lead)) if lead else "" for lead in leads],
        textposition="outside",
        cliponaxis=False,
        customdata=[f"touches{'_at_least' if number == last else ''}:{number}" for number in numbers],
        hovertext=[
            _hover(int(number), int(lead), working, last) for number, lead in zip(numbers, leads, strict=True)
        ],
        hoverinfo="text",
    )
    if pending:
        _pending(figure, positions[-1], pending, working)
    _cadence(figure, working)
    return figure


def _hover(number: int, leads: int, working: WorkingRate, last: int) -> str:
    touches = f"{last} or more touches" if number == last else text.plural(number, "touch", "touches")
    settled = working.rate.denominator
    return ink.hover(
        f"{touches}: {text.plural(leads, 'accepted lead')}",
        f"{text.percent(leads / settled)} of {text.count(settled)}" if settled else "",
        f"full cadence also needs {text.plural(working.cadence_channels, 'channel')}"
        if number >= working.cadence_touches and not (working.is_undated or working.is_channel_unknown)
        else "",
    )


def _pending(figure: go.Figure, x: float, pending: int, working: WorkingRate) -> None:
    figure.add_bar(
        x=np.array([x]),
        y=np.array([pending]),
        name="pending",
        width=0.84,
        marker=ink.hatched(),
        text=[text.count(pending)],
        textposition="outside",
        cliponaxis=False,
        customdata=["cadence_pending"],
        hovertext=[
            ink.hover(
                f"{text.plural(pending, 'accepted lead')} still inside {text.days(working.cadence_days)}: pending"
            )
        ],
        hoverinfo="text",
    )


def _cadence(figure: go.Figure, working: WorkingRate) -> None:
    """The cadence as a dashed line before its bar, named on it."""
    x = working.cadence_touches - 0.5
    figure.add_shape(
        type="line", x0=x, x1=x, yref="paper", y0=0, y1=1, line={"color": ink.INK, "width": 1, "dash": "dash"}
    )
    ink.note(
        figure,
        f"cadence: {text.plural(working.cadence_touches, 'touch', 'touches')} or more",
        x=x,
        xanchor="left",
        xshift=6,
        yref="paper",
        y=1.04,
        yanchor="top",
    )
