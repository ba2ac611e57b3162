"""Where the export comes from, the zone of its times, and when it was extracted: the three things asked once."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import available_timezones

import streamlit as st

from analytics import formatting as text
from analytics.contract import zone_info
from analytics.importing.pipeline import Proposal
from analytics.importing.stamps import read_moment
from analytics.importing.vocabulary import GENERIC, presets
from pages.ui import markup
from pages.ui.importing import frame
from pages.ui.importing.desk import Desk


def show(at_hand: Desk, proposal: Proposal) -> None:
    """Three controls side by side."""
    with st.container(key="asked_once", horizontal=True, vertical_alignment="bottom", gap="medium"):
        _preset(at_hand, proposal)
        _zone(at_hand)
        _extract_time(at_hand)


def _preset(at_hand: Desk, proposal: Proposal) -> None:
    """The CRM whose column names were recognised."""
    names = [GENERIC, *(name for name in presets() if name != GENERIC)]
    key = f"preset_{at_hand.number}"
    st.session_state[key] = proposal.preset or GENERIC
    st.selectbox(
        "Exported from",
        names,
        format_func=lambda name: "another system" if name == GENERIC else presets()[name].label,
        key=key,
        on_change=_choose_preset,
        args=(at_hand, key),
        width=220,
    )


def _choose_preset(at_hand: Desk, key: str) -> None:
    at_hand.choices.preset = st.session_state[key]
    at_hand.changed()


def _zone(at_hand: Desk) -> None:
    key = f"zone_{at_hand.number}"
    st.session_state[key] = at_hand.choices.zone
    st.selectbox(
        "Times without an offset are in",
        sorted(available_timezones()),
        key=key,
        on_change=_choose_zone,
        args=(at_hand, key),
        width=260,
        help="The zone that the export was made in; times that carry their own offset are read with it.",
    )


def _choose_zone(at_hand: Desk, key: str) -> None:
    at_hand.choices.zone = st.session_state[key]
    at_hand.changed()


def _extract_time(at_hand: Desk) -> None:
    """When the file was extracted, where that comes from, and a way to say it oneself."""
    with st.container(key="extract", gap=None, width="content"):
        moment, source = _in_words(at_hand)
        markup.show(markup.line("label", ("Extract time", source)))
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            markup.show(markup.plain("p", "extract", moment))
            with st.popover("Change"):
                _choose_extract_time(at_hand)
    if not at_hand.is_counted and at_hand.problem is None:
        st.button("Count again", key="count_again", type="tertiary", on_click=at_hand.count)


def _in_words(at_hand: Desk) -> tuple[str, str]:
    """The extract time in the chosen zone, and where it comes from."""
    zone = at_hand.choices.zone
    chosen = at_hand.choices.as_of
    if chosen is not None:
        return f"{text.moment(local_time(chosen, zone))} {zone}", "chosen by you"
    if at_hand.preview is None or not at_hand.is_counted:
        return "read from the file when it is counted", ""
    return f"{text.moment(local_time(at_hand.preview.as_of, zone))} {zone}", at_hand.preview.as_of_source


def local_time(moment: datetime, zone: str) -> datetime:
    """Naive UTC as naive local time."""
    offset = moment.replace(tzinfo=zone_info("UTC")).astimezone(zone_info(zone)).utcoffset()
    return moment + (offset or timedelta(0))


def _choose_extract_time(at_hand: Desk) -> None:
    frame.aside(
        "The moment at which the file was made. Nothing after it has happened, and waiting leads wait until then."
    )
    known = at_hand.choices.as_of or (at_hand.preview.as_of if at_hand.preview else None)
    key = f"as_of_{at_hand.number}_{known:%Y%m%d%H%M}" if known else f"as_of_{at_hand.number}"
    chosen = st.datetime_input(
        f"In {at_hand.choices.zone}",
        local_time(known, at_hand.choices.zone) if known else None,
        key=key,
        min_value=datetime(1990, 1, 1),
        max_value=datetime(2100, 1, 1),
        format="YYYY-MM-DD",
        step=timedelta(minutes=1),
    )
    with st.container(horizontal=True):
        st.button(
            "Use it",
            key="use_as_of",
            type="primary",
            disabled=chosen is None,
            on_click=_use,
            args=(at_hand, chosen),
        )
        if at_hand.choices.as_of is not None:
            st.button("Take the file's own", key="own_as_of", on_click=_use, args=(at_hand, None))


def _use(at_hand: Desk, chosen: datetime | None) -> None:
    at_hand.choices.as_of = (
        read_moment(chosen.replace(tzinfo=None).isoformat(), zone_info(at_hand.choices.zone))
        if chosen
        else None
    )
    at_hand.changed()
