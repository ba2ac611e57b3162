"""These leads against all others, number by number, with intervals; a number opens its leads."""

from __future__ import annotations

import streamlit as st

from analytics import formatting as text
from analytics.cohort_search import WAIT, Found
from analytics.cohort_search_rows import Part
from analytics.metrics.catalog import METRICS
from analytics.results import Rate
from analytics.search_contrasts import Contrast, WaitContrast, WaitSide
from pages.ui import markup

ROWS, LOOK, LEADS = "answer_rows", "answer_look", "The leads"
_WAIT_PARTS = ("touched", "timed")
NAMES = {
    "acceptance_rate": "Accepted of settled",
    "accepted_of_decided": "Accepted of decided",
    "touched_inside_limit": "Touched inside the limit",
    WAIT: "Half touched after, working time",
    "won_in_horizon": "Won within the horizon",
    "opportunity_in_horizon": "Opportunity within the horizon",
}
READINGS = {
    "higher": "higher",
    "lower": "lower",
    "cannot tell": "cannot tell",
    "too few": text.TOO_FEW,
    "not measurable": "cannot be measured",
}
WAIT_READINGS = {**READINGS, "higher": "longer", "lower": "shorter"}


def show(found: Found, day_seconds: int) -> None:
    """A row per number: its reading in words, these leads and all others with intervals; a number opens its leads."""
    with st.container(key="answer_numbers", gap=None):
        with st.container(key="answer_row_head", horizontal=True, gap="small", wrap=False):
            for words in (
                "Compared with the rest",
                f"These {text.count(found.leads)}",
                f"The other {text.count(found.rest)}",
            ):
                markup.show(markup.plain("p", "column", words))
        for one in contrasts(found):
            with st.container(
                key=f"answer_row_{one.slug}", horizontal=True, vertical_alignment="center", gap="small", wrap=False
            ):  # fmt: skip
                _number(one, day_seconds)


def contrasts(found: Found) -> list[Contrast | WaitContrast]:
    """All numbers of the answer in the order of the funnel."""
    return [*found.contrasts[:-1], found.wait, found.contrasts[-1]]


def _number(one: Contrast | WaitContrast, day_seconds: int) -> None:
    readings = WAIT_READINGS if isinstance(one, WaitContrast) else READINGS
    name = markup.plain("span", "what", NAMES[one.slug])
    if one.why is not None:
        column = f" What would bring it: {one.why.column}." if one.why.column else ""
        markup.show(
            markup.element("p", "number", name, markup.plain("span", "reading", readings[one.reading]))
        )
        markup.show(markup.plain("p", "why", f"{one.why.why}{column}"))
        return
    note = "the rule itself chooses by this" if one.is_chosen_by_rule else _difference(one, day_seconds)
    markup.show(
        markup.element(
            "p",
            "number",
            name,
            markup.plain("span", "reading", "proves nothing" if one.is_chosen_by_rule else readings[one.reading]),
            markup.plain("span", "note", note),
        )
    )  # fmt: skip
    key = parts(one.slug)[0]
    sides: tuple[tuple[Part, Rate | WaitSide], ...] = (("matched", one.matched), ("rest", one.rest))
    for part, value in sides:
        # the words of this button are ours, never a file's
        st.button(
            _value(value, day_seconds),
            key=f"answer_{part}_{one.slug}",
            type="tertiary",
            on_click=_show_rows,
            args=(part, key),
        )


def _difference(one: Contrast | WaitContrast, day_seconds: int) -> str:
    if one.difference is None or one.reading == "too few":
        return ""
    if isinstance(one, Contrast):
        ends = " to ".join(text.points(end).partition(text.NBSP)[0] for end in (one.low, one.high))
        return f"{text.points(one.difference)} ({ends})"
    ends = " to ".join(_longer(end, day_seconds) for end in (one.low, one.high))
    return f"{_longer(one.difference, day_seconds)} ({ends})"


def _longer(seconds: float | None, day_seconds: int) -> str:
    """A difference of waits in words."""
    if seconds is None:
        return "open"
    size = text.duration(abs(seconds), day_seconds)
    return f"{size} {'longer' if seconds > 0 else 'shorter'}" if seconds else "the same"


def _value(value: Rate | WaitSide, day_seconds: int) -> str:
    """The number in bold, its interval, and in italics the counts it stands on."""
    if isinstance(value, Rate):
        if not text.is_quotable(value):
            return (
                f"**{text.of(value)}** *{text.TOO_FEW}*" if value.denominator else f"**{text.rate(value)}**"
            )
        interval = text.percent_range(value.low, value.high)
        return f"**{text.percent(value.value)}** ({interval}) *{text.of(value)}*"
    counts = f"{text.count(value.touched)} of {text.count(value.leads)} touched"
    if value.leads < text.QUOTABLE:
        return f"**{counts}** *{text.TOO_FEW}*"
    interval = text.duration_range(value.low, value.high, day_seconds) if value.median is not None else ""
    details = " · ".join(part for part in (interval, counts) if part)
    return f"**{text.duration(value.median, day_seconds)}** *{details}*"


def parts(slug: str) -> tuple[str, str]:
    """The lead sets a number is made of: counted, and out of."""
    if slug == WAIT:
        return _WAIT_PARTS
    return METRICS[slug].numerator, METRICS[slug].denominator


def _show_rows(part: Part, key: str) -> None:
    st.session_state[ROWS] = f"{part}.{key}"
    st.session_state[LOOK] = LEADS
