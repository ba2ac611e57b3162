"""What needs attention, at the foot of the first page: reviews, actions and decisions that are due, faults, young leads."""

from __future__ import annotations

from datetime import UTC, datetime

import streamlit as st

from analytics import formatting as text
from analytics.contract_review import review_due
from analytics.readout import CohortFacts
from analytics.store import actions, decisions
from pages.ui import cache, light, view
from pages.ui.cadence import gatherings
from pages.ui.page_list import CONTRACT, PLUMBING, has_page
from pages.ui.shell import Frame

REVIEW, DECISIONS = "pages/review.py", "pages/decisions.py"
Item = tuple[str, str]
_MATURE = 0.9


def show(frame: Frame) -> None:
    """A sentence per thing, each with the page where it is dealt with; nothing at all where nothing is due."""
    found = items(frame)
    if not found:
        return
    view.heading("What needs attention")
    for number, (sentence, page) in enumerate(found):
        with st.container(
            key=f"attention_{number}", horizontal=True, vertical_alignment="center", gap="small"
        ):
            view.paragraphs((sentence,), "sentence")
            if page and has_page(page):
                st.page_link(page, label="Look")


def items(frame: Frame) -> tuple[Item, ...]:
    """What is due: (sentence, page), the most pressing first."""
    facts, entries, extract = frame.facts(), cache.cadence(), gatherings.ends_on(frame)
    today = datetime.now(UTC).date()  # due dates of people's promises are days of people's calendar
    overdue = [one for one in actions.actions(entries) if one.closing is None and one.days_overdue(today) > 0]
    due = [one for one in decisions.decisions(entries) if not one.withdrawn and one.check_on <= extract]
    review = review_due(frame.contract, today)
    gate = light.words(frame)
    found = (
        (f"{gate[:1].upper()}{gate[1:]}." if "red" in gate else "", PLUMBING),
        (f"{text.plural(len(overdue), 'action')} overdue." if overdue else "", REVIEW),
        (f"{text.plural(len(due), 'decision')} can be checked by this import." if due else "", DECISIONS),
        (f"{review[:1].upper()}{review[1:]}." if review else "", CONTRACT),
        (_young(facts), ""),
    )
    return tuple((sentence, page) for sentence, page in found if sentence)


def _young(facts: CohortFacts) -> str:
    """That the selection is too young for its outcomes; empty where nine in ten have had their horizon."""
    share = facts.maturity
    if share.value is None or share.value >= _MATURE:
        return ""
    return f"Only {text.percent(share.value)} of these leads have had their horizon ({text.of(share)}): outcomes may still rise."
