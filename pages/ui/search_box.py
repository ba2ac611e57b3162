"""The box of every page: a company, a rep, a source or a plain rule, asked of the leads that the page is about."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

import streamlit as st
from streamlit.components.v2.get_bidi_component_manager import get_bidi_component_manager
from streamlit.components.v2.manifest_scanner import ComponentConfig, ComponentManifest

from analytics.rules.tokens import MOST_CHARACTERS
from pages.ui import browser_files

if TYPE_CHECKING:
    from pages.ui.shell import Frame

BOX = "search_text"
LABEL = "Where does that show up in the cohort?"
PLACEHOLDER = "Search ( / ) a company, a rep, a rule"
_KEY = "handoff_search.key"
_SCRIPT = f'<script type="module" src="/_stcore/bidi-components/{_KEY}/search.js"></script>'

_lock = threading.Lock()


def show(frame: Frame) -> None:
    """Put the box where the caller stands; what is asked opens its answer beside the page."""
    _listen()
    _box(frame)


@st.fragment
def _box(frame: Frame) -> None:
    """The box alone runs when something is asked, so that the page behind the answer need not be made again."""
    with st.form("search_box", border=False):
        text = st.text_input(
            LABEL,
            key=BOX,
            placeholder=PLACEHOLDER,
            label_visibility="collapsed",
            max_chars=MOST_CHARACTERS,
            persist_state="session",
        )
        is_asked = st.form_submit_button("Search", icon=":material/search:", type="tertiary", key="search_go")
    if is_asked and text and text.strip():
        from pages.ui import search_answer  # the drawer stands on the frame that holds this box

        search_answer.open_answer(frame, text)


def _listen() -> None:
    """The key that leads into the box; a browser without it still has the box."""
    try:
        manager = get_bidi_component_manager()
        with _lock:
            if manager.get_component_asset_root(_KEY) is None:
                package, name = _KEY.split(".")
                folder = browser_files.FOLDER
                manager.register_from_manifest(
                    ComponentManifest(
                        name=package,
                        version="1",
                        components=[ComponentConfig(name=name, asset_dir=folder.name)],
                    ),
                    folder.parent,
                )
    except (AttributeError, TypeError, ImportError):  # a Streamlit whose component registry has moved
        return
    with st.container(key="search_key"):
        st.html(_SCRIPT, unsafe_allow_javascript=True)  # ours, from our own origin: holds no data
