"""From an export to the four numbers in a real browser: three clicks after the upload, and one number's leads."""

from __future__ import annotations

import os
import re
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from tests.browser.conftest import PATIENCE, ROOT, Server, _is_own, _wait_for, drawn

pytestmark = pytest.mark.browser
SAMPLE = ROOT / "data" / "sample"
WIDER = "() => document.documentElement.scrollWidth > innerWidth + 1"


@pytest.fixture
def own_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server with a workspace of its own for each test: the newest import is what the next visitor sees."""
    home = tmp_path_factory.mktemp("imports")
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
    try:
        _wait_for(f"http://localhost:{port}/_stcore/health", process, log)
        yield Server(f"http://localhost:{port}", log)
    finally:
        process.terminate()
        process.wait(20)


@pytest.fixture
def visitor(browser: Browser, own_server: Server) -> Iterator[Page]:
    """A page in Berlin that fails the test on a foreign request or an error in the console."""
    opened = browser.new_page(viewport={"width": 1280, "height": 720}, timezone_id="Europe/Berlin")
    opened.set_default_timeout(PATIENCE)
    foreign: list[str] = []
    troubles: list[str] = []
    opened.on(
        "request",
        lambda request: foreign.append(request.url) if not _is_own(request.url, own_server.url) else None,
    )
    opened.on("console", lambda message: troubles.append(message.text) if message.type == "error" else None)
    opened.goto(own_server.url)
    drawn(opened)
    _open_page(opened, "Import")
    opened.wait_for_selector('[data-testid="stFileUploader"]')
    yield opened
    opened.close()
    assert foreign == []
    assert troubles == []
    assert own_server.troubles() == []


def _open_page(page: Page, name: str) -> None:
    """Go to a page by the list in the sidebar, which a slide starts with closed."""
    link = page.get_by_test_id("stSidebarNav").get_by_role("link", name=name)
    place = link.bounding_box()
    if place is None or place["x"] < 0:
        page.get_by_test_id("stExpandSidebarButton").click()
        page.wait_for_timeout(600)
    link.click()


def _upload(page: Page, *files: Path) -> None:
    page.set_input_files('[data-testid="stFileUploader"] input', list(files))


def test_an_export_becomes_four_numbers_in_three_clicks(visitor, own_server):
    page = visitor
    _upload(page, SAMPLE / "leads.csv", SAMPLE / "touches.csv")
    page.get_by_text("all four numbers can be measured").wait_for()
    page.locator(".st-key-asked_once").get_by_text("Europe/Berlin").first.wait_for()
    assert not page.evaluate(WIDER)
    page.locator(".st-key-import button").click()
    page.locator(".st-key-equation").wait_for()
    parts = [
        part.replace(",", "") for part in re.findall(r"[\d,]+", page.locator(".st-key-equation").inner_text())
    ]
    read, *others = map(int, parts)
    assert read == sum(others)
    page.locator(".st-key-see_numbers button").click()
    drawn(page)
    assert "leads.csv, touches.csv" in page.locator("p.footer").inner_text()
    assert page.get_by_text("sample data").count() == 0
    caption = page.locator(".st-key-value_acceptance_0 .detail").inner_text()
    accepted = re.search(r"([\d,]+) of ", caption).group(1)
    page.locator(".st-key-numeral_acceptance_0 button").click()
    assert page.locator("p.count").inner_text() == f"{accepted} leads, as in the number you clicked"


def test_a_refused_file_leaves_what_was_looked_at(visitor, own_server, tmp_path):
    page = visitor
    login = tmp_path / "leads.csv"
    login.write_text("<!DOCTYPE html><html><body>Please log in</body></html>", "utf-8")
    _upload(page, login)
    page.locator("p.problem").wait_for()
    assert "HTML page" in page.locator("p.problem").inner_text()
    _open_page(page, "Four numbers")
    drawn(page)
    assert page.locator("p.footer").inner_text().startswith("snapshot ")


def test_a_wrong_guess_is_put_right_by_hand(visitor, own_server, tmp_path):
    page = visitor
    rows = ["lead_id,created_at,eingang,status"]
    rows += [f"L{n},2026-01-{n + 1:02d} 09:00,2026-01-{n + 1:02d} 10:00,Accepted" for n in range(20)]
    export = tmp_path / "export.csv"
    export.write_text("\n".join(rows), "utf-8")
    _upload(page, export)
    page.get_by_text("20 leads in 20 rows").wait_for()
    line = page.locator('[class*="st-key-column_"]').filter(has_text="eingang")
    line.locator('[data-testid="stSelectbox"] input').click()
    page.keyboard.type("handoff")
    page.get_by_role("option", name="Lead · handoff date").click()
    page.locator('[class*="st-key-column_mapped"]').filter(has_text="eingang").wait_for()
    page.locator(".st-key-import button").click()
    page.locator(".st-key-equation").wait_for()
    assert "clock starts at: handoff date" in page.locator(".st-key-step").inner_text()
