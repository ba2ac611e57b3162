"""Registers our own browser code and the bundled Plotly library with the running server, from our own origin."""

from __future__ import annotations

import threading
from functools import cache
from pathlib import Path

import plotly
import streamlit as st
from streamlit.components.v2 import component
from streamlit.components.v2.get_bidi_component_manager import get_bidi_component_manager
from streamlit.components.v2.manifest_scanner import ComponentConfig, ComponentManifest
from streamlit.components.v2.types import ComponentRenderer

FOLDER = Path(__file__).parent / "assets"
CHART, STEPS = "handoff.chart", "handoff.steps"
LIBRARY = "plotly.library"
LIBRARY_URL = f"/_stcore/bidi-components/{LIBRARY}/plotly.min.js?v={plotly.__version__}"

_lock = threading.Lock()


def chart_renderer() -> ComponentRenderer:
    """The browser side of ``chart``, loaded as files so that the page's security policy needs no exception."""
    _register()
    return _mounter()


def steps_renderer() -> ComponentRenderer:
    """The browser side of a slider whose steps were all worked out before; draws nothing itself."""
    _register()
    return _steps_mounter()


def _register() -> None:
    manager = get_bidi_component_manager()
    with _lock:
        if manager.get_component_asset_root(CHART) is None:
            manager.register_from_manifest(
                _manifest("plotly", ("library",), "package_data"), Path(plotly.__file__).parent
            )
            manager.register_from_manifest(
                _manifest("handoff", ("chart", "steps"), FOLDER.name), FOLDER.parent
            )
            _mounter.cache_clear()
            _steps_mounter.cache_clear()


@cache
def _mounter() -> ComponentRenderer:
    return component(CHART, js="chart.js", css="chart.css", isolate_styles=False)


@cache
def _steps_mounter() -> ComponentRenderer:
    return component(STEPS, js="steps.js", isolate_styles=False)


def _manifest(package: str, names: tuple[str, ...], folder: str) -> ComponentManifest:
    return ComponentManifest(
        name=package, version="1", components=[ComponentConfig(name=name, asset_dir=folder) for name in names]
    )


def load_style() -> None:
    """Put the style sheet of the frame into the page; takes no space."""
    st.html(FOLDER / "style.css")
