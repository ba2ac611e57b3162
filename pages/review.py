"""How was the last week? The weekly review: its numbers, its rejections, the action list, and last week's actions."""

from __future__ import annotations

from dataclasses import replace

import streamlit as st

from analytics import formatting as text
from analytics import weekly_review as home
from analytics import weekly_words as words
from analytics.charts.weekly_numbers import weekly_numbers
from analytics.store import actions, meetings
from analytics.store.cadence_log import Entry
from analytics.weekly_review import measure_review, review_days
from analytics.weekly_shapes import Review, week_days
from analytics.weekly_waiting import KEY, measure_waiting
from pages.ui import cache, shell, tables, view
from pages.ui.cadence import action_list, agenda, disputes, review_tables
from pages.ui.page_list import MONEY, has_page
from pages.ui.shell import Frame

METRICS = ("acceptance_rate", "accepted_of_decided", "touched_inside_limit", "working_rate")
RELATED = ("leads", "settled", "pending_decision", "limit_settled", "cadence_settled")
_NOTHING = view.Drawn("review", "", None, "")


def over_weeks(frame: Frame) -> Frame:
    """The same frame over the weeks of the review, filters kept, whatever period is chosen."""
    return review_tables.over(frame, *review_days(frame.manifest, frame.contract))


def over_file(frame: Frame, *, is_filtered: bool) -> Frame:
    """The same frame over the whole file."""
    filters = frame.request.filters if is_filtered else ()
    request = replace(frame.request, starts_on=None, ends_on=None, is_whole_file=True, filters=filters)
    return replace(frame, request=request)


def main(frame: Frame, part: str, review: Review, entries: tuple[Entry, ...]) -> None:
    """Answer, agenda and timer, and what belongs to the part."""
    asked = agenda.frictions(entries)
    drawn = _NOTHING
    if part == agenda.NUMBERS:
        sentence = words.answer(review)
        view.answer(sentence, asked, *words.notes(review))
        figure = cache.made(weekly_numbers, review)
        drawn = view.Drawn("review", "", figure, f"Six numbers week by week. {sentence}")
    elif part == agenda.REJECTIONS:
        view.answer(words.rejections_answer(review), asked, *words.notes(review)[:2])
    elif part == agenda.ACTIONS:
        found = actions.actions(entries)
        view.answer(words.actions_answer(found, agenda.today()), asked, _carried(found))
    else:
        progress = actions.progress(entries, week_days(review.last)[0])
        view.answer(words.progress_answer(progress), asked)
    with view.tools(frame, "review", view.Definition(home.METHOD, METRICS), drawn, related=RELATED):
        agenda.controls()
    if part == agenda.NUMBERS:
        view.figures(frame, drawn, related=RELATED)


def _carried(found: tuple[actions.Action, ...]) -> str:
    often = [one for one in found if one.state == "open" and one.carried]
    return f"{text.plural(len(often), 'action')} carried over" if often else ""


def further(frame: Frame, asked: Frame, part: str, review: Review, entries: tuple[Entry, ...]) -> None:
    """What stands below the answer of a part."""
    if part == agenda.NUMBERS:
        numbers_below(frame, asked, review, entries)
        return
    by, monday = agenda.who(), week_days(review.last)[0]
    if part == agenda.REJECTIONS:
        rejections(frame, review)
        disputes.show(over_file(asked, is_filtered=False), entries, by)
    elif part == agenda.ACTIONS:
        action_list.add(by)
        action_list.show(entries, monday, by)
        waiting(asked, review)
    else:
        found = actions.progress(entries, monday)
        action_list.cards(actions.in_order(found.actions) if found else (), by)
        view.heading("The end of this review", f"About the last week, {words.span(review.last)}.")
        agenda.ending(entries, monday, by)
        agenda.past(entries, monday)


def numbers_below(frame: Frame, asked: Frame, review: Review, entries: tuple[Entry, ...]) -> None:
    """Below the figure: the counts, both sides' breaches, the longest waits, and every week."""
    view.heading("The judged weeks, and the last one beside them", "A click on a count opens its leads.")
    rows, keys = review_tables.beside(review)
    tables.numbers(
        frame, rows, key="review_numbers", alt="Every number of the review", keys=keys,
        columns={
            "It was": st.column_config.TextColumn(width=130), "95 % interval": st.column_config.TextColumn(width=150),
        },
    )  # fmt: skip
    held = [one for one in meetings.meetings(entries, meetings.WEEKLY) if one.is_held]
    earlier = [one.period for one in held if one.period < week_days(review.last)[0]]
    review_tables.breaches(asked, review, max(earlier, default=None))
    waiting(asked, review)
    view.heading("Week by week", "A click on a number opens the leads it stands on.")
    rows, keys = review_tables.by_week(review)
    tables.numbers(frame, rows, key="review_weeks", alt="The numbers of every week", keys=keys)


def waiting(asked: Frame, review: Review) -> None:
    """The leads that wait longest now, in the whole file that meets the filters."""
    whole = over_file(asked, is_filtered=True)
    review_tables.longest(whole, whole.ask(measure_waiting), review.day_seconds, KEY)


def rejections(frame: Frame, review: Review) -> None:
    """Rejections by reason."""
    if not isinstance(review.reasons, tuple):
        view.cannot(review.reasons)
        return
    if not review.reasons:
        return
    view.heading(
        f"Rejected, of the leads of {words.span(review.settled)}",
        "The last week whose leads all had their time to be decided; last week’s rejections so far stand beside it.",
    )
    rows, keys = review_tables.reasons(review)
    tables.numbers(frame, rows, key="review_reasons", alt="Rejections by reason", keys=keys)


with shell.page("How was the last week?", is_view=True) as frame:
    shown = agenda.part()
    log = cache.cadence()
    weeks = over_weeks(frame)
    review = weeks.ask(measure_review)
    main(weeks, shown, review, log)
    if shown != agenda.NUMBERS:
        with st.container(key="review_part_body", gap="small"):
            further(weeks, frame, shown, review, log)
if shown == agenda.NUMBERS:
    with shell.below():
        further(weeks, frame, shown, review, log)
        if has_page(MONEY):
            st.page_link(MONEY, label="What a customer costs, and where from")
