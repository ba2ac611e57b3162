"""A real server over the bundled sample, and a real Chromium; skips with a sentence where there is none."""

from __future__ import annotations

import os
import re
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page, sync_playwright

ROOT = Path(__file__).parents[2]
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
PATIENCE = 180_000


@dataclass
class Server:
    url: str
    log: Path

    def troubles(self) -> list[str]:
        """Lines of the log that speak of errors."""
        return [
            line
            for line in self.log.read_text("utf-8").splitlines()
            if re.search("Traceback|Error|bug ", line)
        ]


@contextmanager
def serving(home: Path) -> Iterator[Server]:
    """A server over the workspace ``home/handoff``, with its log beside it."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    log = home / "server.log"
    with log.open("wb") as out:
        process = subprocess.Popen(
            [sys.executable, "-m", "pages.ui.server", "--no-browser", "--port", str(port)],
            cwd=ROOT,
            env={**os.environ, "HANDOFF_HOME": str(home / "handoff")},
            stdout=out,
            stderr=subprocess.STDOUT,
        )
    url = f"http://localhost:{port}"
    try:
        _wait_for(f"{url}/_stcore/health", process, log)
        yield Server(url, log)
    finally:
        process.terminate()
        process.wait(20)


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with serving(tmp_path_factory.mktemp("workspace")) as opened:
        yield opened


def _wait_for(url: str, process: subprocess.Popen, log: Path) -> None:
    until = time.monotonic() + PATIENCE / 1000
    while time.monotonic() < until:
        assert process.poll() is None, log.read_text("utf-8")
        try:
            with urllib.request.urlopen(url, timeout=2):  # noqa: S310 - our own server
                return
        except (urllib.error.URLError, TimeoutError, ConnectionError):
            time.sleep(0.2)
    raise AssertionError(f"the server did not answer: {log.read_text('utf-8')}")


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    path = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if not path:
        pytest.skip("no Chromium on this machine, so the pages are not driven in a real browser")
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield chromium
        chromium.close()


@pytest.fixture
def page(browser: Browser, server: Server) -> Iterator[Page]:
    """A page at 1280 × 720 that fails the test on a foreign request or an error in the console."""
    opened = browser.new_page(viewport={"width": 1280, "height": 720})
    opened.set_default_timeout(PATIENCE)
    foreign: list[str] = []
    troubles: list[str] = []
    opened.on(
        "request",
        lambda request: foreign.append(request.url) if not _is_own(request.url, server.url) else None,
    )
    opened.on("console", lambda message: troubles.append(message.text) if _is_trouble(message) else None)
    opened.on("pageerror", lambda error: troubles.append(str(error)))
    yield opened
    opened.close()
    assert foreign == []
    assert troubles == []
    assert server.troubles() == []


def _is_trouble(message: ConsoleMessage) -> bool:
    """An error, except the 404 of Streamlit probing for a base path on a direct link."""
    return message.type == "error" and not message.location["url"].endswith(
        ("/_stcore/health", "/_stcore/host-config")
    )


def _is_own(url: str, own: str) -> bool:
    return url.startswith((own, "data:", "blob:"))


def drawn(page: Page) -> None:
    """Wait until the four numbers and their figures stand."""
    page.wait_for_selector("p.footer")
    until = time.monotonic() + PATIENCE / 1000
    while page.locator(".handoff-chart[data-drawn]").count() < 4:
        assert time.monotonic() < until, "the figures were not drawn"
        page.wait_for_timeout(100)
    page.wait_for_timeout(300)
