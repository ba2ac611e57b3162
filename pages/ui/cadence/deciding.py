"""Turning what the council sees into a decision: proposals with their numbers, and the form that writes one down."""

from __future__ import annotations

import calendar
from datetime import date

import streamlit as st

from analytics import council_words as words
from analytics import formatting as text
from analytics import tuning
from analytics.council import Council
from analytics.council_trends import Trend
from analytics.errors import RequestError
from analytics.store.decisions import MOST_WHAT, MOST_WHY, Seen, decide
from analytics.store.scenarios import Scenario
from analytics.tuning import Proposal, measure_proposals
from pages.ui import cache, markup, view
from pages.ui.cadence import gatherings, writing
from pages.ui.shell import Frame, boundary

CHECK_AFTER_MONTHS = 3
MOST_POINTS = 100
_WHAT, _WHY, _SCENARIO, _MEASURE = "decide_what", "decide_why", "decide_scenario", "decide_measure"
_SIZE, _DONE, _FOLLOWED = "decide_size", "decide_done", "decide_followed"
_ROUND = {"up": "up", "down": "down"}


def proposals(frame: Frame, council: Council) -> None:
    """At most two proposed decisions with their numbers; "Decide on this" fills the form."""
    measured = frame.ask(measure_proposals)
    flagged = [_of_scenario(one) for one in cache.scenarios_for_council()]
    found = tuning.together(flagged, measured)
    view.heading(
        "Proposed, with the numbers",
        "At most two; the numbers are observed, nobody knows what would have been.",
    )
    if not found:
        view.paragraphs(
            (
                "Nothing to propose: no scenario is flagged for the council, and no channel or criterion stands out beyond luck.",
            ),
            "sentence",
        )
    for number, one in enumerate(found):
        with st.container(key=f"proposal_{number}", border=True, gap="xsmall"):
            markup.show(markup.plain("h3", "name", one.title))
            view.paragraphs(one.numbers, "sentence")
            with st.container(horizontal=True, gap="small"):
                st.button(
                    "Decide on this",
                    key=f"decide_on_{number}",
                    type="tertiary",
                    on_click=_take,
                    args=(one, council),
                )
                if one.value is not None and st.button(
                    "Leads", key=f"proposal_leads_{number}", type="tertiary"
                ):
                    view.open_leads(frame, f"pick:0.{one.key}", ((one.field, one.value),))
    if len(flagged) > 1:
        view.paragraphs(
            (f"{text.plural(len(flagged) - 1, 'earlier scenario')} flagged for the council: see What if?.",)
        )


def _of_scenario(one: Scenario) -> Proposal:
    numbers = "; ".join(f"{name}: {is_} → {then}" for name, is_, then in one.numbers[:4])
    return Proposal(
        "scenario",
        f"Scenario “{one.name}”, flagged by {one.flagged_by}",
        tuple(part for part in (one.sentence, numbers, f"Seen on snapshot {text.short_hash(one.fingerprint)}.") if part),
        "accepted_of_decided",
        "up",
        scenario=one.number,
    )  # fmt: skip


def _take(one: Proposal, council: Council) -> None:
    st.session_state[_WHAT] = one.title[:MOST_WHAT]
    st.session_state[_WHY] = " ".join(one.numbers)[:MOST_WHY]
    st.session_state[_SCENARIO] = one.scenario
    trend = council.trend(one.measure)
    if trend is not None:
        st.session_state[_MEASURE] = trend.name
        st.session_state["decide_direction"] = one.direction


def form(frame: Frame, council: Council, trend: Trend) -> None:
    """The form that writes a decision down, with a frozen copy of the measure it should move."""
    view.heading(
        "Write a decision down",
        "Kept with what is on the screen; later imports never change it, and at the check date the log says whether the number moved.",
    )
    names = {one.name: one for one in council.trends if one.missing is None}
    if not names:
        view.paragraphs(
            ("No measure can be followed from this export, so no decision could be checked.",), "sentence"
        )
        return
    _follow(trend, names)
    as_of = gatherings.ends_on(frame)
    said = st.container(key="decide_said", gap=None)
    with said:
        _done()
    scenario = _taken_scenario()
    with st.form("decide", border=True):
        what = st.text_input("What was decided", key=_WHAT, max_chars=MOST_WHAT)
        why = st.text_area("Why", key=_WHY, max_chars=MOST_WHY, height=90)
        with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
            name = st.selectbox(
                "Number it should move", list(names), key=_MEASURE, filter_mode=None, width=320
            )
            direction = st.selectbox(
                "Direction", list(_ROUND), key="decide_direction", filter_mode=None, width=120
            )
            size = st.number_input(
                "By how much",
                min_value=0.0,
                value=None,
                key=_SIZE,
                width=220,
                placeholder="points, hours, amount",
            )
        with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
            effective_on = st.date_input(
                "Holds from", as_of, key="decide_from", format="YYYY-MM-DD", width=170
            )
            check_on = st.date_input(
                "Check on", _later(as_of), key="decide_check", format="YYYY-MM-DD", width=170
            )
            who = writing.who()
        is_sent = st.form_submit_button("Write it down", key="decide_go")
    if is_sent:
        with said, boundary():
            if not isinstance(effective_on, date) or not isinstance(check_on, date):
                raise RequestError("Choose the day from which it holds and the day of the check.")
            chosen = names[name]
            entry = writing.add(
                decide(
                    what or "", why or "", who, measure=chosen.slug, direction=direction,
                    size=in_own_unit(chosen, size), effective_on=effective_on, check_on=check_on,
                    seen=seen(frame, council, chosen), scenario=scenario,
                )
            )  # fmt: skip
            number = entry.subject.rpartition("-")[2]
            st.session_state[_DONE] = (
                f"Written down as decision {number}; it will be checked on {text.day(check_on)}."
            )
            st.rerun()


def _done() -> None:
    """After a decision was written down: says so, and empties the form for the next one."""
    words = st.session_state.pop(_DONE, None)
    if words is None:
        return
    st.session_state.update({_WHAT: "", _WHY: "", _SIZE: None, _SCENARIO: None})
    view.paragraphs((words,), "sentence")


def _follow(trend: Trend, names: dict[str, Trend]) -> None:
    """The form asks for the measure that is drawn, until another is chosen in it."""
    is_new = st.session_state.get(_FOLLOWED) != trend.slug
    st.session_state[_FOLLOWED] = trend.slug
    if trend.name in names and (is_new or st.session_state.get(_MEASURE) not in names):
        st.session_state[_MEASURE] = trend.name
    elif st.session_state.get(_MEASURE) not in names:
        st.session_state[_MEASURE] = next(iter(names))


def _taken_scenario() -> int | None:
    """The scenario that was taken into the form, which says so; one is forgotten with an emptied form."""
    number: int | None = st.session_state.get(_SCENARIO)
    if number is None or not st.session_state.get(_WHAT):
        st.session_state[_SCENARIO] = None
        return None
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        view.paragraphs((f"From scenario {number}.",), "sentence")
        st.button("Not from it", key="decide_forget", type="tertiary", on_click=_forget)
    return number


def _forget() -> None:
    st.session_state[_SCENARIO] = None


def in_own_unit(trend: Trend, size: float | None) -> float | None:
    """What was typed (points, hours, amount) in the unit of the measure; None for nothing or 0.

    Raises:
        RequestError: a rate would move by more than all of it.
    """
    if not size:
        return None
    if trend.form in ("rate", "share"):
        if size > MOST_POINTS:
            raise RequestError(f"{trend.name} can move by at most {MOST_POINTS} points, found {size:g}.")
        return size / 100
    return size * 3600 if trend.form == "hours" else size


def seen(frame: Frame, council: Council, trend: Trend) -> Seen:
    """The frozen copy: the latest month of full age of the measure, as it is on the screen."""
    latest = trend.latest
    is_rate = latest is not None and latest.rate is not None
    version = cache.agreed().version
    return Seen(
        fingerprint=frame.manifest.fingerprint,
        contract=frame.contract.hash,
        contract_name=f"version {version.number}" if version else "defaults",
        filters=frame.request.filters,
        unit=council.unit.value,
        span=latest.span.label if latest else "",
        value=latest.value if latest else None,
        low=latest.rate.low if is_rate and latest and latest.rate else (latest.control.low if latest else None),
        high=latest.rate.high if is_rate and latest and latest.rate else (latest.control.high if latest else None),
        numerator=latest.rate.numerator if is_rate and latest and latest.rate else None,
        denominator=latest.rate.denominator if is_rate and latest and latest.rate else None,
        words=f"{trend.name}, {latest.span.label}: {words.point_words(trend, latest, council.day_seconds)}" if latest else f"{trend.name}: no month of full age",
        sentence=words.answer(council),
    )  # fmt: skip


def _later(day: date) -> date:
    """The same day three months later, or the last day of that month."""
    month = day.month - 1 + CHECK_AFTER_MONTHS
    year, month = day.year + month // 12, month % 12 + 1
    return date(year, month, min(day.day, calendar.monthrange(year, month)[1]))
