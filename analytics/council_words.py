"""The council in sentences: what is a signal, what is not, and how each month reads."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from analytics import formatting as text
from analytics.council import Council, false_alarm, signal_words
from analytics.council_counts import MOST_PERIODS
from analytics.council_trends import Trend, TrendPoint
from analytics.periods import Unit
from analytics.stats.control import LEAST_POINTS


def value_words(trend: Trend, value: float | None, day_seconds: int) -> str:
    """A value of a trend as it is quoted; an en dash for none."""
    if value is None:
        return text.DASH
    if trend.form == "hours":
        return text.duration(value, day_seconds)
    if trend.form == "amount":
        return text.money(value)
    return text.percent(value)


def range_words(trend: Trend, low: float | None, high: float | None, day_seconds: int) -> str:
    """Two ends of a trend's values, ``61–74 %`` or ``1.4–2.8 working days``; empty where an end is unknown."""
    if low is None or high is None:
        return ""
    if trend.form == "hours":
        return text.duration_range(low, high, day_seconds)
    if trend.form == "amount":
        return f"{text.money(low)}{text.DASH}{text.money(high)}"
    return text.percent_range(low, high)


def point_words(trend: Trend, point: TrendPoint, day_seconds: int) -> str:
    """One month in words: value, counts, and why it stands outside the limits where it does."""
    at_most = "at most " if trend.is_at_most else ""
    if point.rate is not None:
        said = f"{at_most}{text.rate_with_interval(point.rate)}"
        if point.rate.denominator and text.is_quotable(point.rate):
            said += f", {text.of(point.rate)}"
    else:
        said = point.note or value_words(trend, point.value, day_seconds)
    return said if point.is_mature or point.value is None else f"{said}, {young_words(point)}"


def young_words(point: TrendPoint) -> str:
    """Why a point is hollow."""
    return "too young to judge" if point.span.is_whole else "not a whole period"


def usual_words(trend: Trend, day_seconds: int) -> str:
    """The limits of the latest point, ``61–74 %``; empty without limits."""
    point = trend.latest
    if point is None:
        return ""
    return range_words(trend, point.control.low, point.control.high, day_seconds)


def signal_sentences(trend: Trend, council: Council) -> tuple[str, ...]:
    """Every signal of a trend, one sentence each; eight in a row are one signal."""
    found: list[str] = []
    run: list[TrendPoint] = []
    for point in (*trend.points, None):
        signal = point.control.signal if point else ""
        if run and (point is None or signal != run[-1].control.signal):
            found.append(_run_words(trend, run, council))
            run = []
        if point is not None and signal.startswith("long"):
            run.append(point)
        elif point is not None and signal:
            found.append(_outside_words(trend, point, council))
    return tuple(found)


def _outside_words(trend: Trend, point: TrendPoint, council: Council) -> str:
    day = council.day_seconds
    usual = range_words(trend, point.control.low, point.control.high, day)
    counts = f", {text.of(point.rate)}" if point.rate is not None else ""
    return (
        f"{trend.name}: {point.span.label} is {signal_words(point.control.signal)},"
        f" {value_words(trend, point.value, day)}{counts}; usual is {usual}."
    )


def _run_words(trend: Trend, run: list[TrendPoint], council: Council) -> str:
    side = "above" if run[0].control.signal == "long high" else "under"
    unit = council.unit.value
    centre = value_words(trend, run[0].control.centre, council.day_seconds)
    return (
        f"{trend.name}: {text.plural(len(run), unit)} in a row {side} the average of {centre},"
        f" {run[0].span.label} to {run[-1].span.label}: something changed around {run[0].span.label}."
    )


def quiet_sentence(trend: Trend, council: Council) -> str:
    """A trend without a signal in one sentence; why nothing can be said where that is so."""
    if trend.missing is not None:
        return f"{trend.name}: cannot be measured. {trend.missing.why}"
    phase = trend.chart.phases[-1] if trend.chart and trend.chart.phases else None
    unit = council.unit.value
    if phase is None or phase.strength == "none":
        points = phase.points if phase else 0
        if phase is not None and points >= LEAST_POINTS:
            return f"{trend.name}: {no_limits_words(trend.points[phase.start : phase.stop], unit)}, so there are no limits."
        live = f" under {trend.phases[-1][1]}" if len(trend.phases) > 1 else ""
        return (
            f"{trend.name}: {text.plural(points, f'{unit} old enough', f'{unit}s old enough')}{live},"
            f" too few for limits; {LEAST_POINTS} are needed.{not_reached_words(trend)}"
        )
    first = trend.points[phase.start].span.label
    provisional = f", provisional limits from {text.plural(phase.points, unit)}" if phase.strength == "provisional" else ""  # fmt: skip
    gone = not_reached_words(trend)
    return (
        f"{trend.name} has moved within its usual {usual_words(trend, council.day_seconds)} since {first}{provisional}"
        f"{'.' if gone else ': nothing to explain.'}{gone}"
    )


def no_limits_words(points: Sequence[TrendPoint], unit: str) -> str:
    """Why a measure with months enough has no limits: they are all alike, or no two of them are neighbours."""
    values = {round(point.value, 9) for point in points if point.control.is_counted and point.value is not None}  # fmt: skip
    return (
        f"every {unit} is the same"
        if len(values) < 2
        else f"no two {unit}s in a row are old enough and known"
    )


def not_reached_words(trend: Trend, since: date = date.min) -> str:
    """The months of full age, from a day on, in which the median was not reached: no value, so no limit judges them."""
    months = [
        one.span.label
        for one in trend.points
        if one.is_mature and one.note == text.NOT_REACHED and one.span.first >= since
    ]
    if not months:
        return ""
    return (
        f" It was not reached in {', '.join(months)}: fewer than half were touched, and no limit judges that."
    )


def all_signals(council: Council) -> tuple[str, ...]:
    """Every signal of every trend, a sentence each, in the order of the page."""
    return tuple(one for trend in council.trends for one in signal_sentences(trend, council))


def judged(council: Council) -> tuple[Trend, ...]:
    """The trends that have limits in their latest phase, so that they can show a signal."""
    return tuple(
        one
        for one in council.trends
        if one.chart and one.chart.phases and one.chart.phases[-1].strength != "none"
    )


def answer(council: Council) -> str:
    """What is a signal on this page, and how much is not."""
    unit = council.unit.value
    if not council.spans:
        return "There are no leads, so there is nothing to follow over time."
    if all(one.missing is not None for one in council.trends):
        return "No measure can be measured from this export, so there is nothing to follow over time."
    signals, can_tell = all_signals(council), judged(council)
    if not can_tell and not signals:
        named = [one.phases[-1][1] for one in council.trends if len(one.phases) > 1]
        live = f" under {named[0]}" if named else ""
        return f"No measure has six {unit}s{live} that are old enough, so nothing can be called a signal yet."
    quiet = [one for one in can_tell if not one.signals]
    span = f"in {text.plural(len(council.spans), unit)}"
    if not signals:
        return (
            f"No signal {span}: {_all_of(len(quiet))} with enough {unit}s moved within"
            f" {'its' if len(quiet) == 1 else 'their'} usual range."
        )
    first = signals[0].removesuffix(".")
    more = f", and {text.plural(len(signals) - 1, 'more')}" if len(signals) > 1 else ""
    return f"{text.plural(len(signals), 'signal')} {span}. {first}{more}." if not more else (
        f"{text.plural(len(signals), 'signal')} {span}. {first}; {text.count(len(signals) - 1)} more below."
    )  # fmt: skip


def _all_of(number: int) -> str:
    return "the one measure" if number == 1 else f"all {text.count(number)} measures"


def notes(council: Council) -> tuple[str, ...]:
    """What has to be known beside the answer: hollow points, phases, and what luck alone would show."""
    chance = false_alarm(council)
    hollow = any(not point.is_mature for trend in council.trends for point in trend.points)
    unit = "months" if council.unit is Unit.MONTH else "quarters"
    return tuple(
        one
        for one in (
            f"{unit} of handoff"
            if len(council.spans) < MOST_PERIODS[council.unit]
            else f"the last {MOST_PERIODS[council.unit]} {unit} of handoff",
            *(
                not_reached_words(one).strip().removesuffix(".").replace("It was", f"{one.name}:", 1)
                for one in council.trends
            ),
            f"hollow {unit} are too young or not whole" if hollow else "",
            f"by luck alone {text.in_hundred(chance)} of 100 such pages would show a signal"
            if chance
            else "",
        )
        if one
    )


def strength_words(trend: Trend) -> str:
    """How firm the limits of the latest phase are."""
    phase = trend.chart.phases[-1] if trend.chart and trend.chart.phases else None
    if phase is None or phase.strength == "none":
        return "no limits yet"
    return "provisional limits" if phase.strength == "provisional" else "limits"
