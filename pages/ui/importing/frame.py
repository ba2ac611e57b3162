"""The frame of the import page: it needs no snapshot, so that it opens when there is none or the one at hand is damaged.

Where there are snapshots, the search box asks the newest.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from analytics.cohort import CohortRequest
from pages.ui import browser_files, cache, kept, markup, search_box, shell

STYLE = Path(__file__).parent / "import.css"


@contextmanager
def page() -> Iterator[DeltaGenerator]:
    """Open the frame; yields the place of the head, which is filled when the step is known."""
    st.set_page_config(page_title="Handoff", layout="wide", initial_sidebar_state="auto")
    browser_files.load_style()
    st.html(STYLE)
    kept.enter("import")
    with st.container(key="sheet", gap=None), shell.boundary():
        with st.container(key="head", horizontal=True, vertical_alignment="center", gap="small"):
            head = st.empty()
            newest = next(iter(cache.snapshots()), None)
            if newest is not None:
                request = CohortRequest(newest.fingerprint)
                search_box.show(shell.Frame(newest, cache.contract(), request))
        with st.container(key="body", gap="small"):
            yield head


def question(head: DeltaGenerator, text: str) -> None:
    """The title of the page, which is a question."""
    head.title(text, anchor=False)


def sentence(text: str) -> None:
    """The answer in one sentence."""
    markup.show(markup.plain("p", "answer", text))


def aside(text: str) -> None:
    """A line of small print."""
    markup.show(markup.plain("p", "aside", text))
