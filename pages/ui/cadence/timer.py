"""The visible timer of an agenda: it ticks in the browser, asks nothing of the server, and can be ignored."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path

import streamlit as st
from streamlit.components.v2 import component
from streamlit.components.v2.get_bidi_component_manager import get_bidi_component_manager
from streamlit.components.v2.manifest_scanner import ComponentConfig, ComponentManifest
from streamlit.components.v2.types import ComponentRenderer

FOLDER = Path(__file__).parent / "assets"
TIMER = "cadence.timer"
KEY = "review_timer"
_lock = threading.Lock()


def show(agenda: Sequence[tuple[str, int]], on_next: Callable[[int], None]) -> None:
    """The timer over items of an agenda, each a name and its minutes; ``on_next`` is told which item comes next.

    Where this Streamlit cannot mount it, the agenda stands there in words.
    """
    try:
        mount = _renderer()
    except (AttributeError, TypeError, ImportError):  # a Streamlit whose component registry has moved
        st.text(" · ".join(f"{name} {minutes} min" for name, minutes in agenda))
        return
    mount(
        key=KEY,
        data={"agenda": [{"name": name, "minutes": minutes} for name, minutes in agenda]},
        width="stretch",
        height="content",
        on_moved_change=lambda: _moved(len(agenda), on_next),
    )


def _moved(size: int, on_next: Callable[[int], None]) -> None:
    """What a browser sends is never trusted: only the number of an item is taken."""
    held = st.session_state.get(KEY) or {}
    step = held.get("moved")
    if isinstance(step, int | float) and not isinstance(step, bool) and step in range(size):
        on_next(int(step))


def _renderer() -> ComponentRenderer:
    """The browser side, loaded as files so that the page's security policy needs no exception."""
    manager = get_bidi_component_manager()
    with _lock:
        if manager.get_component_asset_root(TIMER) is None:
            manifest = ComponentManifest(
                name="cadence", version="1", components=[ComponentConfig(name="timer", asset_dir=FOLDER.name)]
            )
            manager.register_from_manifest(manifest, FOLDER.parent)
            _mounter.cache_clear()
    return _mounter()


@cache
def _mounter() -> ComponentRenderer:
    return component(TIMER, js="timer.js", css="timer.css", isolate_styles=False)
