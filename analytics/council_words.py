"""The council in sentences: what is a signal, what is not, and how each month reads."""

from __future__ import annotations

from analytics import formatting as text
from analytics.council import Council, Trend, TrendPoint, false_alarm, signal_words
from analytics.periods import Unit
from analytics.stats.control import LEAST_POINTS, LONG_RUN


def value_words(trend: Trend, value: float | None, day_seconds: int) -> str:
    """A value of a trend as it is quoted; an en dash for none."""
    if value is None:
        return text.DASH
    if trend.form == "hours":
        return text.duration(value, day_seconds)
    if trend.form == "amount":
        return text.money(value)
    return text.percent(value)


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
    if point is None or point.control.low is None or point.control.high is None:
        return ""
    low, high = point.control.low, point.control.high
    if trend.form in ("rate", "share"):
        return text.percent_range(low, high)
    return f"{value_words(trend, low, day_seconds)}{text.DASH}{value_words(trend, high, day_seconds)}"


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
    low, high = point.control.low, point.control.high
    day = council.day_seconds
    usual = (
        text.percent_range(low, high)
        if trend.form in ("rate", "share")
        else f"{value_words(trend, low, day)}{text.DASH}{value_words(trend, high, day)}"
    )
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
        if points >= LEAST_POINTS:
            return f"{trend.name}: every {unit} is the same, so there are no limits."
        return (
            f"{trend.name}: {text.plural(points, f'{unit} old enough', f'{unit}s old enough')},"
            f" too few for limits; {LEAST_POINTS} are needed."
        )
    first = trend.points[phase.start].span.label
    provisional = f", provisional limits from {text.plural(phase.points, unit)}" if phase.strength == "provisional" else ""  # fmt: skip
    return (
        f"{trend.name} has moved within its usual {usual_words(trend, council.day_seconds)} since {first}{provisional}:"
        " nothing to explain."
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
    signals, can_tell = all_signals(council), judged(council)
    if not can_tell and not signals:
        return f"No measure has six {unit}s that are old enough, so nothing can be called a signal yet."
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
            f"{unit} of handoff, whole file",
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


def target_words(trend: Trend) -> str:
    """Where the latest mature value stands against the contract; empty without a target."""
    latest = trend.latest
    if trend.target is None or latest is None or latest.value is None:
        return ""
    side = "at or above" if latest.value >= trend.target else "under"
    return f"{side} the contract's {text.percent(trend.target)}"


MIN_RUN = LONG_RUN
