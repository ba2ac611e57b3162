"""The frame of the import page: it needs no snapshot, so that it opens when there is none or the one at hand is damaged."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from pages.ui import browser_files, kept, markup, shell

STYLE = Path(__file__).parent / "import.css"


@contextmanager
def page() -> Iterator[DeltaGenerator]:
    """Open the frame; yields the place of the head, which is filled when the step is known."""
    st.set_page_config(page_title="Handoff", layout="wide", initial_sidebar_state="auto")
    browser_files.load_style()
    st.html(STYLE)
    kept.enter("import")
    with st.container(key="sheet", gap=None), shell.boundary():
        head = st.container(key="head").empty()
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
