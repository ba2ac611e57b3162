"""Tables of the weekly review: its numbers week by week, rejections, breaches of both sides, the longest waits."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date

import polars as pl
import streamlit as st

from analytics import formatting as text
from analytics import weekly_words as words
from analytics.compliance import NOT_AGREED, Compliance, Side, measure_compliance
from analytics.metrics.catalog import LEAD_SETS
from analytics.results import Rate, Unmeasurable
from analytics.weekly_shapes import Review, WeekNumber, WeekPoint, week_days
from analytics.weekly_waiting import LISTED, Waiting
from pages.ui import drawers, tables, view
from pages.ui.shell import Frame

Table = tuple[pl.DataFrame, list[dict[str, str | None]]]
_EPOCH = date(1970, 1, 1)


def beside(review: Review) -> Table:
    """Every number: the judged week with its counts, its interval, what is usual, and the last week beside it."""
    schema = {
        "Number": pl.String, "Judged week": pl.String, "It was": pl.String, "95 % interval": pl.String, "Counted": pl.Int64,
        "Leads": pl.Int64, "Usual": pl.String, "Reads": pl.String, "Last week": pl.String,
    }  # fmt: skip
    rows: list[tuple[str | int | None, ...]] = []
    keys: list[dict[str, str | None]] = []
    for one in review.numbers:
        if one.why is not None:
            rows.append((words.name_of(one), "", "cannot be measured", "", None, None, "", one.why.why, ""))
            keys.append({})
            continue
        point, last, day = one.point, one.last, review.day_seconds
        rows.append(
            (
                words.name_of(one), words.short_span(point.week) if point else "", words.value_words(one, point, day),
                words.interval_words(one, point, day), _counted(point), point.leads if point else None,
                words.usual_words(one, point, day), words.place_words(one), _said_last(one, last, day),
            )
        )  # fmt: skip
        keys.append(
            {
                "Counted": point.key if point else None, "Leads": point.of_key if point else None,
                "Last week": _opens(last),
            }
        )  # fmt: skip
    return pl.DataFrame(rows, schema=schema, orient="row"), keys


def _counted(point: WeekPoint | None) -> int | None:
    return point.rate.numerator if point and point.rate else None


def _said_last(one: WeekNumber, last: WeekPoint | None, day_seconds: int) -> str:
    value, counts = words.value_words(one, last, day_seconds), words.counts_words(one, last)
    if value == words.PENDING:
        return counts
    return f"{value} · {counts}" if counts and counts not in value and one.kind == "rate" else value


def _opens(point: WeekPoint | None) -> str | None:
    """What a number of a week stands on; where all wait, those that wait."""
    if point is None:
        return None
    is_waiting = point.rate is not None and not point.rate.denominator and point.rate.pending
    return point.pending_key if is_waiting else point.of_key


def by_week(review: Review) -> Table:
    """Every number of every week, the last first."""
    shown = [one for one in review.numbers if one.points]
    weeks = sorted({point.week for one in shown for point in one.points}, reverse=True)
    rows, keys = [], []
    for week in weeks:
        points = [next((point for point in one.points if point.week == week), None) for one in shown]
        said = (
            _said_last(one, point, review.day_seconds) if point else ""
            for one, point in zip(shown, points, strict=True)
        )
        rows.append((words.span(week), *said))
        keys.append(
            {
                words.name_of(one): point.of_key if point else None
                for one, point in zip(shown, points, strict=True)
            }
        )
    schema = dict.fromkeys(("Week of handoff", *(words.name_of(one) for one in shown)), pl.String)
    return pl.DataFrame(rows, schema=schema, orient="row"), keys


def reasons(review: Review) -> Table:
    """Rejections by reason: the settled week against what is usual, and the last week so far."""
    given = review.reasons if isinstance(review.reasons, tuple) else ()
    settled = "Rejected" if review.settled == review.last else "Rejected, settled week"
    schema = {
        "Reason": pl.String, settled: pl.Int64, "Of its leads": pl.String, "95 % interval": pl.String, "Usual": pl.String,
        "Reads": pl.String, "Rejected last week, so far": pl.Int64, "Of last week’s leads": pl.String,
    }  # fmt: skip
    rows, keys = [], []
    for one in given:
        point, last, day = one.point, one.last, review.day_seconds
        rows.append(
            (
                words.name_of(one), _counted(point), words.value_words(one, point, day),
                words.interval_words(one, point, day), words.usual_words(one, point, day), words.place_words(one),
                _counted(last), words.value_words(one, last, day),
            )
        )  # fmt: skip
        keys.append(
            {settled: point.key if point else None, "Rejected last week, so far": last.key if last else None}
        )
    return pl.DataFrame(rows, schema=schema, orient="row"), keys


@dataclass(frozen=True, slots=True)
class Stretch:
    """Some days of handoff, and both sides over them; the same for either side."""

    name: str
    starts_on: date
    ends_on: date
    found: Compliance

    @property
    def key(self) -> str:
        """Opens its leads, together with another set."""
        first, after = ((day - _EPOCH).days for day in (self.starts_on, self.ends_on))
        return f"handed_from:{first}.handed_before:{after}"


def stretches(frame: Frame, review: Review, before: date | None) -> tuple[Stretch, ...]:
    """The last week, the last week whose windows have all passed, and all since the review before.

    ``before``: the Monday of the week that the review before was about; nothing is added where it was the week before
    the last one.
    """
    monday, after = week_days(review.last)
    asked = [("Last week", monday, after)]
    if review.worked != review.last:
        asked.append((words.short_span(review.worked), *week_days(review.worked)))
    if before is not None:
        since = week_days((before - _EPOCH).days)[1]
        if since < monday:
            asked.append((f"Since {text.day_short(since)}", since, after))
    return tuple(
        Stretch(name, first, end, over(frame, first, end).ask(measure_compliance))
        for name, first, end in asked
    )


def over(frame: Frame, starts_on: date, ends_on: date) -> Frame:
    """The same frame, filters kept, over other days."""
    request = replace(frame.request, starts_on=starts_on, ends_on=ends_on, is_whole_file=False)
    return replace(frame, request=request)


def kept(found: tuple[Stretch, ...], side: str) -> Table:
    """One side over every stretch: what it kept, then every breach; counts open their leads."""
    sides = [getattr(one.found, side) for one in found]
    slugs = sorted(
        {breach.key for one in sides for breach in one.breaches},
        key=lambda slug: -max(_leads(one, slug) for one in sides),
    )
    schema = {"": pl.String, **{one.name: pl.String for one in found}}
    rows = [("kept the contract", *(_kept(one) for one in sides))]
    keys: list[dict[str, str | None]] = [
        {
            one.name: f"{one.key}.{of.of_key}"
            for one, of in zip(found, sides, strict=True)
            if isinstance(of.kept, Rate)
        }
    ]
    for slug in slugs:
        rows.append((LEAD_SETS[slug].label, *(text.count(_leads(one, slug)) for one in sides)))
        keys.append({one.name: f"{one.key}.{slug}" for one in found})
    pending = [one.pending for one in sides]
    if any(pending):
        rows.append(("still inside a window", *(text.count(one) for one in pending)))
        keys.append({one.name: f"{one.key}.sla_pending" for one in found})
    return pl.DataFrame(rows, schema=schema, orient="row"), keys


def _leads(side: Side, slug: str) -> int:
    return next((one.leads for one in side.breaches if one.key == slug), 0)


def _kept(side: Side) -> str:
    if side.is_not_agreed:
        return "not agreed"
    if isinstance(side.kept, Unmeasurable):
        return "cannot be measured"
    at_most = "at most " if side.is_at_most and text.is_quotable(side.kept) else ""
    counts = f" · {text.of(side.kept)}" if text.is_quotable(side.kept) else ""
    return f"{at_most}{text.rate_with_interval(side.kept)}{counts}"


def breaches(frame: Frame, review: Review, before: date | None) -> None:
    """Both sides beside each other, in the same size, over the same days; ``before`` as in ``stretches``."""
    found = stretches(frame, review, before)
    view.heading(
        "What both sides did not keep",
        f"By week of handoff; a lead can stand in several lines. The windows of the leads of {words.span(review.worked)} have"
        " passed, but for those accepted late; leads still inside a window are no breach yet."
        + (
            f" {found[-1].name}: all weeks since the review before."
            if found[-1].name.startswith("Since")
            else ""
        ),
    )
    spanned = over(frame, min(one.starts_on for one in found), max(one.ends_on for one in found))
    for column, side in zip(st.columns(2), ("marketing", "sales"), strict=True):
        with column:
            view.paragraphs((side.capitalize(),), "sentence")
            rows, keys = kept(found, side)
            tables.numbers(spanned, rows, key=f"review_{side}", alt=f"What {side} did not keep", keys=keys)
            why = {one.kept.why for one in _sides(found, side) if isinstance(one.kept, Unmeasurable)}
            view.paragraphs(sorted(why - {NOT_AGREED.why}) or ([NOT_AGREED.why] if why else []))


def _sides(found: tuple[Stretch, ...], side: str) -> Iterator[Side]:
    for one in found:
        yield getattr(one.found, side)


def waits(found: Waiting, day_seconds: int) -> Table:
    """The leads that wait longest."""
    schema = {
        "Lead": pl.String, "Company": pl.String, "Owner": pl.String, "Passed to sales": pl.String,
        "Waited, working time": pl.String, "Limit": pl.String,
    }  # fmt: skip
    rows = [
        (
            one.lead_id, one.company or "", one.owner or "", f"{text.moment(one.handed_off_at)} UTC",
            text.duration(one.working_wait, day_seconds), text.duration(one.limit),
        )
        for one in found.leads
    ]  # fmt: skip
    return pl.DataFrame(rows, schema=schema, orient="row"), [
        dict.fromkeys(schema, f"lead:{one.number}") for one in found.leads
    ]


def longest(whole: Frame, found: Waiting | Unmeasurable, day_seconds: int, key: str) -> None:
    """The leads that wait longest now, ten of them; the button opens all. ``whole``: the frame over the whole file."""
    view.heading("Waiting longest now")
    if isinstance(found, Unmeasurable):
        view.paragraphs((found.why,), "unknown")
        return
    if not found.count:
        view.paragraphs(("Every open lead was touched.",), "sentence")
        return
    as_of = text.moment(whole.manifest.as_of)
    were = "were" if found.count != 1 else "was"
    past = f"{text.count(found.over)} of them past their limit" if found.count != 1 else "past its limit" if found.over else "inside its limit"  # fmt: skip
    view.paragraphs(
        (
            f"{text.plural(found.count, 'open lead')} {were} never touched by {as_of} UTC, {past}; whatever period is chosen.",
        ),
        "sentence",
    )
    if st.button(f"All {text.count(found.count)} leads that wait", key="review_waiting", type="tertiary"):
        drawers.leads(whole, key, ())
    rows, keys = waits(found, day_seconds)
    tables.numbers(whole, rows, key="review_waits", alt=f"The {LISTED} leads that wait longest", keys=keys)
