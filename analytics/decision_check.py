"""Did the number move after a decision? Months since against the control limits of the months before; never "because"."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import date
from typing import Literal

from analytics import council_words as words
from analytics import formatting as text
from analytics.council import Council
from analytics.council_trends import Trend, TrendPoint
from analytics.stats.control import (
    LEAST_POINTS,
    LONG_RUN,
    ROUNDING,
    ControlChart,
    individuals_chart,
    rate_chart,
    side_of,
)
from analytics.store.decisions import Decision

METHOD = (
    "The months that were over before the decision held set the limits (p' for rates, XmR for hours and amounts; at least six"
    " months of full age). A month that began after it, of full age, outside those limits, or eight such months in a row on one"
    " side of the average before, means that the number moved. Otherwise it did not move so far. Without six months before, or"
    " a month of full age after, nobody can tell. Whether the decision moved it is not said: other things changed too."
)
State = Literal["not due", "moved", "moved the other way", "not moved", "cannot tell"]


@dataclass(frozen=True, slots=True)
class Check:
    """What became of the number; ``sentence`` says it with its evidence."""

    state: State
    sentence: str


def check(decision: Decision, council: Council, as_of: date) -> Check:
    """The verdict on a decision by a council counted under its filters.

    Args:
        decision: what was decided.
        council: the trends of the newest import, in the unit of the decision.
        as_of: the day of that import's extract.
    """
    trend = council.trend(decision.measure)
    if as_of < decision.check_on:
        return Check(
            "not due",
            f"To be checked on {text.day(decision.check_on)}; this import ends on {text.day(as_of)}.",
        )
    if trend is None:
        return Check("cannot tell", "This import has no such number any more, so nobody can tell.")
    if trend.missing is not None:
        return Check("cannot tell", f"Cannot tell: {trend.missing.why}")
    before = [_is_before(decision, point) for point in trend.points]
    after = [at for at, point in enumerate(trend.points) if _is_after(decision, point)]
    chart = _limits_of(trend, before)
    phase = chart.phases[0] if chart.phases else None
    unit = council.unit.value
    if phase is None or phase.points < LEAST_POINTS:
        points = phase.points if phase else 0
        return Check(
            "cannot tell",
            f"Cannot tell: {text.plural(points, f'{unit} of full age', f'{unit}s of full age')} before it,"
            f" {LEAST_POINTS} are needed for limits.",
        )
    if phase.strength == "none":
        stood = [point for point, is_one in zip(trend.points, before, strict=True) if is_one]
        why = words.no_limits_words(stood, unit).replace(" is the same", " was the same").replace(" are old", " were old")  # fmt: skip
        return Check("cannot tell", f"Cannot tell: before it, {why}, so there are no limits.")
    if not after:
        since = text.day(decision.effective_on)
        gone = words.not_reached_words(trend, decision.effective_on)
        said = (
            f"no {unit} since {since} has a value."
            if gone
            else f"no {unit} since {since} is of full age yet."
        )
        return Check("cannot tell", f"Cannot tell: {said}{gone}")
    return _judge(decision, council, trend, chart, after)


def _is_before(decision: Decision, point: TrendPoint) -> bool:
    return point.control.is_counted and point.span.after <= decision.effective_on


def _is_after(decision: Decision, point: TrendPoint) -> bool:
    return point.control.is_counted and point.span.first >= decision.effective_on


def _limits_of(trend: Trend, counted: list[bool]) -> ControlChart:
    """The limits that the months before set, for every month."""
    if trend.form == "rate":
        rates = [point.rate for point in trend.points]
        return rate_chart(
            [one.numerator if one else 0 for one in rates],
            [one.denominator if one else 0 for one in rates],
            counted,
        )
    return individuals_chart(
        [point.value for point in trend.points],
        counted,
        floor=0.0,
        ceiling=1.0 if trend.form == "share" else None,
    )


def _judge(
    decision: Decision, council: Council, trend: Trend, chart: ControlChart, after: list[int]
) -> Check:
    sides = []
    outside: list[tuple[int, str]] = []
    for at in after:
        value, limits = trend.points[at].value, chart.points[at]
        if value is None or limits.low is None or limits.high is None or limits.centre is None:
            continue
        if value > limits.high + ROUNDING:
            outside.append((at, "up"))
        elif value < limits.low - ROUNDING:
            outside.append((at, "down"))
        counts = trend.points[at].rate
        side = side_of(value, limits.centre, 1.0 / max(counts.denominator, 1) if counts else 0.0)
        sides.append("" if not side else "up" if side > 0 else "down")
    directions = {side for _, side in outside} | _long_run(after, sides)
    told = outside[-1][0] if outside else after[-1]
    gone = words.not_reached_words(trend, decision.effective_on)
    where, aim = _where(council, trend, chart, told), _aim(decision, council, trend, chart)
    if not directions:
        return Check("not moved", f"Not moved so far: {where}, within what it did before{aim}.{gone}")
    if len(directions) == 2:
        return Check("cannot tell", f"Cannot tell: it moved both ways; {where}{aim}.")
    moved = next(iter(directions))
    state: State = "moved" if moved == decision.direction else "moved the other way"
    start = "Moved" if state == "moved" else "Moved the other way"
    how = _how(trend, told, after, is_outside=bool(outside))
    return Check(state, f"{start}: {where}, {how}{aim}. What moved it is not known.{gone}")


def _how(trend: Trend, told: int, after: list[int], *, is_outside: bool) -> str:
    """Why that is a move; the latest month too where it is another one."""
    if not is_outside:
        return f"{LONG_RUN} in a row on one side of that"
    latest = trend.points[after[-1]]
    is_latest = told == after[-1]
    return "which is outside" if is_latest else f"which is outside; the latest, {latest.span.label}, is not"


def _long_run(after: list[int], sides: list[str]) -> set[str]:
    """The side on which eight neighbouring months since stand without a break."""
    run, found = 0, set()
    for place, side in enumerate(sides):
        is_next = place > 0 and after[place] - after[place - 1] == 1 and side == sides[place - 1]
        run = run + 1 if side and is_next else int(bool(side))
        if run >= LONG_RUN:
            found.add(side)
    return found


def _where(council: Council, trend: Trend, chart: ControlChart, told: int) -> str:
    """One month since against the number before, with counts and the limits of its size."""
    day = council.day_seconds
    limits, point = chart.points[told], trend.points[told]
    usual = words.range_words(trend, limits.low, limits.high, day)
    counts = f" ({text.of(point.rate)})" if point.rate is not None else ""
    return (
        f"{trend.name} was {words.value_words(trend, point.value, day)}{counts} in {point.span.label},"
        f" against {words.value_words(trend, chart.phases[0].centre, day)} before (usual {usual})"
    )


def _aim(decision: Decision, council: Council, trend: Trend, chart: ControlChart) -> str:
    """Where the number should have gone; empty where nobody said by how much."""
    centre = chart.phases[0].centre
    if decision.size is None or centre is None:
        return ""
    goal = centre + decision.size * (1 if decision.direction == "up" else -1)
    most = 1.0 if trend.form in ("rate", "share") else math.inf
    if not -ROUNDING <= goal <= most + ROUNDING:
        return "; the aim lies beyond what it can be"
    return f"; the aim was {words.value_words(trend, max(0.0, goal), council.day_seconds)}"
