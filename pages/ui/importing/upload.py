"""The first step: what to bring, the place to drop it, and why a file was refused."""

from __future__ import annotations

from typing import cast

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from analytics.contract import zone_info
from analytics.errors import HandoffError, RequestError
from pages.ui import cache, markup, shell
from pages.ui.importing import desk as desks
from pages.ui.importing import frame
from pages.ui.importing.desk import Desk, Upload

_BRING = (
    ("Needed", "one row per lead: its id and the date it was passed to sales, became an MQL or was created"),
    ("For acceptance", "when or whether sales accepted or rejected it, and why"),
    ("For speed to lead", "the first call or e-mail by a person, or a file of touches"),
    ("For the working rate", "a file of touches: lead, time, channel"),
    ("For score bands", "the score, and which leads became opportunities or customers, with dates"),
    ("For what a customer costs", "a file of spend: source, month, amount"),
)


def show(head: DeltaGenerator, at_hand: Desk | None) -> None:
    """The uploader; above it the sentence of a refusal."""
    frame.question(head, "What happened to your leads?")
    frame.sentence(
        "Bring the export from your CRM as it is; the columns are recognised and you confirm them."
    )
    if at_hand is not None and at_hand.refusal:
        _refusal(at_hand, at_hand.refusal)
    left, right = st.columns([1, 1], gap="large")
    with left:
        uploads = uploader("Leads, and touches or opportunities if you have them")
        frame.aside(
            "CSV, Excel or Parquet, up to 500 MB each. The files stay on this machine; names, e-mail addresses and "
            "phone numbers are not stored unless you say so. Larger files: python -m analytics import FILE."
        )
    with right:
        rows = (
            markup.element("tr", "", markup.plain("th", "", name), markup.plain("td", "", what))
            for name, what in _BRING
        )
        markup.show(markup.element("table", "bring", *rows))
    if uploads and _begin(uploads):
        st.rerun()


def uploader(label: str) -> list[Upload]:
    """The place to drop files; empty until something was dropped."""
    found = st.file_uploader(label, accept_multiple_files=True, key=f"upload_{desks.number()}")
    return cast("list[Upload]", list(found)) if isinstance(found, list) else []


def _begin(uploads: list[Upload]) -> bool:
    try:
        desks.begin(cache.workspace(), uploads, browser_zone())
    except HandoffError as error:
        desks.forget_uploads()
        shell.problem(str(error))
        return False
    return True


def browser_zone() -> str:
    """The zone of the person's browser if it is one we know, else UTC."""
    name = st.context.timezone
    try:
        return zone_info(name).key if name else "UTC"
    except RequestError:
        return "UTC"


def _refusal(at_hand: Desk, sentence: str) -> None:
    """Why reading ended, and what can be done; the snapshots below are as they were."""
    shell.problem(sentence)
    frame.aside("Nothing was stored, and what you looked at before is still there.")
    index = at_hand.refused_file()
    if index is not None:
        name = at_hand.files[index].name
        markup.show(markup.plain("p", "sentence", f"The other files can be read without {name}."))
        st.button("Go on without it", key="leave_out", on_click=at_hand.leave_out, args=(index,))
