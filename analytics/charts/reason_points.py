"""What one mark of the lines of reasons shows: its height, its interval, its words and the leads behind it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from analytics import formatting as text
from analytics.charts import canvas as ink
from analytics.periods import Unit, label
from analytics.rejection_mix import PeriodOfRejections
from analytics.rejections import Rejections
from analytics.results import Rate
from analytics.schema import REASON_CODES, reason_words

Measure = Literal["per 100 leads", "share of rejections", "counts"]
MEASURES: tuple[Measure, ...] = ("per 100 leads", "share of rejections", "counts")


@dataclass(frozen=True, slots=True)
class Point:
    """One reason in one period: its place from the left, its height, whether it can be judged.

    ``is_few``: too few to quote, so no line leads to it; ``leads`` it stands on.
    """

    at: int
    height: float
    low: float | None
    high: float | None
    is_hollow: bool
    is_few: bool
    key: str
    hover: str
    words: str
    leads: int


def points_of(result: Rejections, place: int, measure: Measure) -> list[Point]:
    """The reason's points; a period without leads (or, as a share, without rejections) has none."""
    are_few = result.of_leads.numerator < text.QUOTABLE
    found = []
    for at, period in enumerate(result.periods):
        of_leads, share = period.rates[place], period.shares[place]
        shown = share if measure == "share of rejections" else of_leads
        if not period.leads or shown.value is None:
            continue
        code, count = period.reasons[place]
        counted = measure == "counts"
        quotable = text.is_quotable(shown)
        few = are_few or (not counted and not quotable)
        found.append(
            Point(
                at=at,
                height=float(count) if counted else shown.value,
                low=None if counted or not quotable else shown.low,
                high=None if counted or not quotable else shown.high,
                is_hollow=few or period.is_immature or (counted and not period.is_whole),
                is_few=few,
                key=f"so_far_rejected.{result.unit.value}:{period.number}.reason:{REASON_CODES.index(code)}",
                hover=_hover(result.unit, period, code, of_leads, share),
                words=_value(shown, count, measure),
                leads=shown.denominator,
            )
        )
    return found


def _hover(unit: Unit, period: PeriodOfRejections, code: str, of_leads: Rate, share: Rate) -> str:
    prefix = "week of " if unit is Unit.WEEK else ""
    return ink.hover(
        f"{_capital(reason_words(code))}, {prefix}{label(unit, period.number)}",
        f"{_of_hundred(of_leads)}: {text.of(of_leads)} leads handed off",
        f"{text.rate_with_interval(share)} of the rejections" if text.is_quotable(share) else
        f"{text.of(share)} rejections",
        f"{text.plural(period.leads - period.settled, 'lead')} still pending,"
        f" too young to judge until {text.day(period.judged_on)}" if period.is_immature else "",
        f"the selection covers only part of the {unit.value}" if not period.is_whole else "",
    )  # fmt: skip


def _of_hundred(value: Rate) -> str:
    if not text.is_quotable(value) or value.low is None or value.high is None:
        return text.TOO_FEW
    return f"{text.in_hundred(value.value)} of 100 ({text.in_hundred(value.low)}{text.DASH}{text.in_hundred(value.high)})"


def _value(shown: Rate, count: int, measure: Measure) -> str:
    """The value at a line's end; counts where no rate can be quoted."""
    if measure == "counts":
        return text.count(count)
    if not text.is_quotable(shown):
        return text.of(shown)
    return text.percent(shown.value) if measure == "share of rejections" else text.in_hundred(shown.value)


def tick_label(unit: Unit, period: PeriodOfRejections) -> str:
    """A period's name on the axis."""
    return text.day_short(period.starts_on) if unit is Unit.WEEK else label(unit, period.number)


def _capital(words: str) -> str:
    return words[:1].upper() + words[1:]
