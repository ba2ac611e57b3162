"""Starts the dashboard: ``python -m pages.ui.server`` serves ``app.py`` behind our own doorkeeper on this machine."""

from __future__ import annotations

import argparse
import gc
import importlib
import logging
import os
import socket
import sys
import threading
import tomllib
import webbrowser
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import streamlit as st
import uvicorn
from starlette.middleware import Middleware
from streamlit import config as options
from streamlit.runtime.pages_manager import PagesManager

from pages.ui.security import Doorkeeper

ROOT = Path(__file__).parents[2]
APP = ROOT / "app.py"
CONFIG = ROOT / ".streamlit" / "config.toml"
GUARDED_SECTIONS = ("server", "browser", "client")
LOCAL_NAMES = frozenset({"localhost", "127.0.0.1"})

_log = logging.getLogger("handoff")


def build_app(hosts: frozenset[str] = LOCAL_NAMES) -> st.App:
    """The dashboard as an ASGI application that answers to ``hosts`` only.

    Raises:
        SystemExit: an option of the configuration file is not in force.
    """
    app = st.App(APP, lifespan=_lifespan, middleware=[Middleware(Doorkeeper, hosts=hosts)])
    # Known from the start, not from the first run of app.py on: else a direct link to a cold server runs the page
    # file without app.py, under a page list made of file names.
    PagesManager.uses_pages_directory = False
    refuse_other_options(tomllib.loads(CONFIG.read_text("utf-8")))
    return app


def refuse_other_options(wanted: Mapping[str, Any]) -> None:
    """Stop when an option under server, browser or client is not what the file says: it guards the data.

    Raises:
        SystemExit: names every option that differs.
    """
    options.get_config_options()
    differing = [
        f"{section}.{name} is {found!r}, must be {value!r}"
        for section in GUARDED_SECTIONS
        for name, value in wanted.get(section, {}).items()
        if (found := options.get_option(f"{section}.{name}")) != value
    ]
    if differing:
        raise SystemExit(
            "Handoff does not start, options of .streamlit/config.toml are not in force: "
            + "; ".join(differing)
        )


@asynccontextmanager
async def _lifespan(_: st.App) -> AsyncIterator[dict[str, Any]]:
    """Load what every page needs, then take it out of the garbage collector's sight: 60 ms off every rerun."""
    for name in ("plotly.graph_objects", "polars", "pyarrow", "analytics.readout"):
        importlib.import_module(name)

    gc.collect()
    gc.freeze()
    yield {}


def bound_socket(host: str, port: int) -> socket.socket:
    """A listening socket on ``host`` and ``port``.

    Raises:
        SystemExit: the port is taken; names a free one.
    """
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
    except OSError as error:
        listener.close()
        free = _free_port(host)
        raise SystemExit(
            f"Port {port} on {host} cannot be used ({error.strerror})."
            f" Start with --port {free}, or stop what listens there."
        ) from None
    return listener


def _free_port(host: str) -> int:
    with socket.socket() as probe:
        probe.bind((host, 0))
        return int(probe.getsockname()[1])


def main(arguments: list[str] | None = None) -> None:
    """Read the flags, start the server, say where it is, and open the browser unless told not to."""
    parser = argparse.ArgumentParser(
        prog="python -m pages.ui.server", description="Start the Handoff dashboard."
    )
    parser.add_argument("--host", default=os.environ.get("HOST", "127.0.0.1"), help="address to listen on")
    parser.add_argument(
        "--port", type=int, default=int(os.environ.get("PORT", "8501")), help="port to listen on"
    )
    parser.add_argument(
        "--serve-as", action="append", default=[], help="further host name to answer to, repeatable"
    )
    parser.add_argument("--no-browser", action="store_true", help="do not open a browser")
    given = parser.parse_args(arguments)
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    os.chdir(ROOT)
    app = build_app(LOCAL_NAMES | {given.host, *given.serve_as})
    listener = bound_socket(given.host, given.port)
    url = f"http://{'localhost' if given.host in LOCAL_NAMES else given.host}:{given.port}"
    print(f"Handoff is at {url}  (stop with Ctrl+C)", flush=True)  # noqa: T201 - the one line a person waits for
    if not given.no_browser and _has_screen():
        threading.Timer(1.5, webbrowser.open, [url]).start()
    server = uvicorn.Server(
        uvicorn.Config(
            app, log_level="warning", ws_max_size=options.get_option("server.maxMessageSize") << 20
        )
    )
    server.run(sockets=[listener])


def _has_screen() -> bool:
    """Whether a browser window can open here: not in continuous integration, not without a display."""
    if os.environ.get("CI"):
        return False
    return sys.platform in {"darwin", "win32"} or bool(
        os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")
    )


if __name__ == "__main__":
    main()
