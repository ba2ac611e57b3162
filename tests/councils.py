"""Councils written by hand: one measure over months, for tests of what follows from it."""

from __future__ import annotations

from datetime import date

from analytics.council import Council, GoLive, phases_of
from analytics.council_counts import Span
from analytics.council_trends import Trend, TrendPoint
from analytics.metrics.compose import rate
from analytics.periods import Unit, first_day, label
from analytics.stats.control import individuals_chart, rate_chart

JANUARY = 2026 * 12
DAY = 8 * 3600


def spans(many, first=JANUARY):
    return tuple(
        Span(number, label(Unit.MONTH, number), first_day(Unit.MONTH, number), first_day(Unit.MONTH, number + 1), True, True)
        for number in range(first, first + many)
    )  # fmt: skip


def of_rates(pairs, *, young=0, slug="acceptance_rate", lives=(), target=None):
    """Months from January 2026 with (hits, leads); the last ``young`` are hollow."""
    months = spans(len(pairs))
    counted = [True] * (len(pairs) - young) + [False] * young
    phases = phases_of(months, [GoLive(*one) for one in lives])
    chart = rate_chart([x for x, _ in pairs], [n for _, n in pairs], counted, [at for at, _ in phases])
    points = tuple(
        TrendPoint(span, x / n if n else None, rate(x, n), is_counted, control, "", "", "")
        for span, (x, n), is_counted, control in zip(months, pairs, counted, chart.points, strict=True)
    )
    trend = Trend(slug, "Acceptance rate", "rate", "both sides", target, True, points, chart, phases)
    return Council(Unit.MONTH, months, (trend,), tuple(GoLive(*one) for one in lives), DAY)


def of_values(values, *, form="hours", slug="median_touch", lives=()):
    """Months from January 2026 with working seconds or amounts."""
    months = spans(len(values))
    chart = individuals_chart(values, floor=0.0)
    points = tuple(
        TrendPoint(span, value, None, True, control, "", "", "")
        for span, value, control in zip(months, values, chart.points, strict=True)
    )
    phases = phases_of(months, [GoLive(*one) for one in lives])
    trend = Trend(slug, "Median time to first touch", form, "sales", None, False, points, chart, phases)
    return Council(Unit.MONTH, months, (trend,), tuple(GoLive(*one) for one in lives), DAY)


JULY = date(2026, 7, 1)
