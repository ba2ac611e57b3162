"""Who waits longest? The tail of the waits on both clocks, by tier, by hour of arrival, by owner, by part of the way."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from analytics import formatting as text
from analytics.cohort import Cohort
from analytics.longest_waits import WaitingLead, longest_waits
from analytics.metrics.catalog import LEAD_SETS
from analytics.metrics.compose import rate
from analytics.results import Rate, Unmeasurable
from analytics.speed_to_lead import TIER_SETS, ClockReading, SpeedToLead, Tier, measure_speed, tier_rows
from analytics.stats.survival import Share
from analytics.warehouse import Warehouse

METHOD = (
    "A wait runs from the handoff to the first human touch, on the contract's working clock (opening hours only) and on"
    " the wall clock (every hour). Shares and quantiles are Kaplan–Meier (1958): a lead nobody touched stays in the"
    " curve, waiting, until the extract, whether somebody closed it or not. Leads touched only before their handoff"
    " are counted in words, not timed. The marks 1 day, 3 days and 2 weeks are opening days and opening weeks on the"
    " working clock. The sentence speaks of a hidden tail when half of the leads are touched inside the standard"
    " limit, and yet the interval of the wait of nine in ten lies beyond ten times that limit, or the interval of the"
    " share never touched lies above one in ten. When one lead in ten or more is touched within a minute of its"
    " handoff, the sentence speaks of the stamps first: people do not answer that fast, so the handoff is probably"
    " stamped when the rep opens the lead."
)
QUANTILES: tuple[tuple[int, str], ...] = (
    (50, "half"),
    (75, "3 in 4"),
    (90, "9 in 10"),
    (95, "19 in 20"),
    (99, "99 in 100"),
)
INSTANT_SECONDS = 60
_INSTANT_SHARE = 0.10
_NEVER_SHARE = 0.10
_TAIL_FACTOR = 10
TIER_WORDS: dict[Tier, str] = {
    "all": "leads",
    "high": "high-intent leads",
    "standard": "standard-intent leads",
}

Reading = Literal["nobody", "too few", "suspect stamps", "hidden tail", "slow", "steady"]


@dataclass(frozen=True, slots=True)
class Quantile:
    """The wait within which ``percent`` of 100 leads are touched, per clock in seconds; None = not reached.

    ``working_touched`` and ``wall_touched``: leads touched within it, None where it is not reached.
    """

    percent: int
    words: str
    working: float | None
    wall: float | None
    working_touched: int | None
    wall_touched: int | None


@dataclass(frozen=True, slots=True)
class TwoWeeks:
    """The mark "2 weeks" on one clock: its seconds there, the share touched within it, and so many leads."""

    seconds: int
    share: Share | None
    touched: int


@dataclass(frozen=True, slots=True)
class LongTail:
    """The waits of one cohort or one of its intent tiers, with their tail.

    ``speed`` has curve, quantiles, limits and counts. ``never`` is never touched of timed leads, ``instant`` touched
    within a minute of wall time. ``two_weeks`` is None on the working clock where two opening weeks are no longer than
    three opening days. ``waiting``: untouched and open leads first, then untouched and closed ones (rejected, won or
    lost), then touched ones, each the longest wall wait first. ``fields`` of the file that can name them.
    """

    tier: Tier
    speed: SpeedToLead
    reading: Reading
    quantiles: tuple[Quantile, ...]
    never: Rate
    instant: Rate
    two_weeks_working: TwoWeeks | None
    two_weeks_wall: TwoWeeks | None
    waiting: tuple[WaitingLead, ...]
    zone: str
    as_of: datetime
    has_intent: bool

    @property
    def timed(self) -> int:
        """Leads in the curve: touched at or after their handoff, or never."""
        return self.speed.touched + self.speed.never_touched


def measure_long_tail(warehouse: Warehouse, cohort: Cohort, tier: Tier = "all") -> LongTail | Unmeasurable:
    """Curve, tail and the longest-waiting leads of one tier of a cohort."""
    speed = measure_speed(warehouse, cohort, tier)
    if isinstance(speed, Unmeasurable):
        return speed
    rows = tier_rows(warehouse, cohort, tier)
    timed = speed.touched + speed.never_touched
    instant = warehouse.run(
        f"SELECT count(*) FILTER (WHERE {LEAD_SETS['wall_within'].predicate}) AS n FROM {rows}",
        {"value": INSTANT_SECONDS},
    ).item()
    never, at_once = rate(speed.never_touched, timed), rate(int(instant), timed)
    return LongTail(
        tier=tier,
        speed=speed,
        reading=reading_of(speed, never, at_once),
        quantiles=tuple(_quantile(speed, percent, words) for percent, words in QUANTILES),
        never=never,
        instant=at_once,
        two_weeks_working=_two_weeks(speed.working, _opening_fortnight(cohort)),
        two_weeks_wall=_two_weeks(speed.wall, 14 * text.WALL_DAY),
        waiting=longest_waits(warehouse, cohort, rows),
        zone=cohort.zone,
        as_of=cohort.manifest.as_of,
        has_intent=cohort.manifest.has("intent"),
    )


def tier_key(key: str, tier: Tier) -> str:
    """An evidence key narrowed to a tier."""
    return key if tier == "all" else f"{key}.{TIER_SETS[tier]}"


def reading_of(speed: SpeedToLead, never: Rate, instant: Rate) -> Reading:
    """What the sentence is about, in this order: too little to say, the stamps, the tail, the median; see ``METHOD``."""
    curve = speed.working.curve
    if curve is None:
        return "nobody"
    if not text.is_quotable(never):
        return "too few"
    if instant.value is not None and instant.value >= _INSTANT_SHARE:
        return "suspect stamps"
    limit = speed.limit_minutes_standard * 60
    if speed.working.median is None or speed.working.median > limit:
        return "slow"
    ninth, _ = curve.quantile_interval(0.9)
    is_late = ninth is None or ninth > _TAIL_FACTOR * limit
    return "hidden tail" if is_late or (never.low or 0.0) > _NEVER_SHARE else "steady"


def _quantile(speed: SpeedToLead, percent: int, words: str) -> Quantile:
    found = [_reached(clock, percent) for clock in (speed.working, speed.wall)]
    return Quantile(percent, words, found[0][0], found[1][0], found[0][1], found[1][1])


def _reached(clock: ClockReading, percent: int) -> tuple[float | None, int | None]:
    seconds = clock.curve.quantile(percent / 100) if clock.curve else None
    return seconds, None if seconds is None else touched_by(clock, int(seconds))


def touched_by(clock: ClockReading, seconds: int) -> int:
    """Leads touched within so many seconds of a clock."""
    if clock.curve is None:
        return 0
    step = int(clock.curve.times.searchsorted(seconds, side="right")) - 1
    return int(clock.curve.touched[step]) if step >= 0 else 0


def _opening_fortnight(cohort: Cohort) -> int:
    """Opening seconds of two ordinary weeks; overlapping openings count once."""
    opened = {
        (day * 1440 + minute) % 10_080
        for day, openings in cohort.calendar.hours.items()
        for opens, closes in openings
        for minute in range(opens, closes)
    }
    return 2 * 60 * len(opened)


def _two_weeks(clock: ClockReading, seconds: int) -> TwoWeeks | None:
    if clock.curve is None or seconds <= clock.mark_seconds["3d"]:
        return None
    return TwoWeeks(seconds, clock.curve.share_by(seconds), touched_by(clock, seconds))


def answer(result: LongTail) -> str:
    """The answer in one sentence: the tail where a good median hides it, the stamps where they cannot be right."""
    if result.reading == "nobody":
        return "No lead is timed in this selection: every one was touched only before its handoff."
    words = TIER_WORDS[result.tier]
    never = f"{_counted(result.never)} never touched"
    if result.reading == "too few":
        return f"Only {text.plural(result.timed, words[:-1], words)}: too few to quote; {never}."
    if result.reading == "suspect stamps":
        return (
            f"{text.of(result.instant)} {words} ({text.percent(result.instant.value)}) were touched within a minute of their"
            f" handoff, as if it were stamped when the rep opens the lead: check that stamp before judging any wait;"
            f" {never}."
        )
    clock = result.speed.working
    half = f"Half of all {words} are touched within {_median(clock)}"
    if result.reading == "hidden tail":
        return f"{half}, but {_tail(result)} and {never}."
    if result.reading == "slow":
        return f"{_slow_half(result, words)}; {never}."
    return f"{half} and nine in ten within {working_time(clock.p90, clock)}; {never}."


def _tail(result: LongTail) -> str:
    clock = result.speed.working
    if clock.p90 is None:
        return "one in ten is never reached in the time watched"
    return f"one in ten waits longer than {working_time(clock.p90, clock)}"


def _slow_half(result: LongTail, words: str) -> str:
    clock = result.speed.working
    if clock.median is None:
        follow_up = float(clock.curve.longest_follow_up) if clock.curve else 0.0
        return f"More than half of all {words} were still untouched after {working_time(follow_up, clock)}"
    return f"Half of all {words} wait longer than {_median(clock)}"


def _median(clock: ClockReading) -> str:
    """The median with its interval, whose unit is named only where it differs: ``2.2 working days (2–2.5)``."""
    words = working_time(clock.median, clock)
    around = text.duration_range(clock.median_low, clock.median_high, clock.mark_seconds["1d"])
    digits, _, unit = around.partition(text.NBSP)
    own = text.duration(clock.median, clock.mark_seconds["1d"]).partition(text.NBSP)[2]
    is_same = text.NBSP not in unit and unit.rstrip("s") == own.rstrip("s")
    return f"{words} ({digits if is_same else around})" if around else words


def _counted(value: Rate) -> str:
    """``513 of 2,076 (25 %) were``, or counts alone where a percentage would say too much."""
    if value.numerator == 0:
        return "none was"
    share = f" ({text.percent(value.value)})" if text.is_quotable(value) else ""
    return f"{text.of(value)}{share} {'was' if value.numerator == 1 else 'were'}"


def notes(result: LongTail) -> tuple[str, ...]:
    """What stands under the answer: inside the limit against its aim, what is open, not timed, or not known."""
    speed = result.speed
    inside = speed.inside_limit
    quoted = text.rate_with_interval(inside)
    counts = f", {text.of(inside)}" if text.is_quotable(inside) else ""
    return (
        f"touched inside the limit: {quoted}{counts}, aim {text.percent(speed.inside_limit_target)}",
        f"{text.plural(inside.pending, 'lead')} still inside the limit" if inside.pending else "",
        f"{text.count(speed.touched_before_handoff)} touched before handoff, not timed"
        if speed.touched_before_handoff
        else "",
        _bounds(speed),
    )


def _bounds(speed: SpeedToLead) -> str:
    """What the truth can be where stamps carry no time of day."""
    if not speed.bounds:
        return ""
    day = speed.working.mark_seconds["1d"]
    bounds = speed.bounds
    low, high = (text.duration(value, day) for value in (bounds.median_best, bounds.median_worst))
    ends = sorted(value for value in (bounds.within_4h_best, bounds.within_4h_worst) if value is not None)
    within = text.percent_range(ends[0], ends[-1]) if ends else ""
    share = f", touched within 4 working hours by {within}" if within else ""
    half = (
        f"half are touched within anything from {low} to {high}"
        if low != high
        else f"half of all: {low} either way"
    )
    return (
        f"{text.plural(speed.undated, 'lead has', 'leads have')} dates without a time of day: {half}{share}"
    )


def working_time(seconds: float | None, clock: ClockReading) -> str:
    """A wait on the working clock with its unit named so: ``3.2 working hours``."""
    words = text.duration(seconds, clock.mark_seconds["1d"])
    if words == text.NOT_REACHED or "working" in words:
        return words
    digits, _, unit = words.partition(text.NBSP)
    long = {"h": "hour", "min": "minute", "s": "second"}.get(unit, unit)
    return f"{digits}{text.NBSP}working {long if digits == '1' else long + 's'}"
