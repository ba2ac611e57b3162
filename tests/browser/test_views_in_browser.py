"""All views in a real browser, on the sample and on a real export: a click on a mark opens as many leads as it says."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from tests.browser.conftest import PATIENCE, ROOT, Server, serving
from tests.importing.imports import beside

pytestmark = pytest.mark.browser
VIEWS = ("funnel", "speed_to_lead", "score_bands", "rejections", "segments")
SIZES = ((1280, 720), (1920, 1080))
OUTSIDE = """() => [...document.querySelectorAll(
    '.st-key-head, .st-key-answer, .st-key-tools, [class*="st-key-main_"], [class*="st-key-companion_"], .st-key-foot')]
    .filter(box => !box.closest('.st-key-below')).flatMap(box => {
    const place = box.getBoundingClientRect();
    const name = box.className.match(/st-key-\\S+/)[0];
    const found = [];
    if (place.bottom > innerHeight + 1 || place.right > innerWidth + 1 || place.top < -1) found.push(name + ' leaves the screen');
    if (box.scrollWidth > box.clientWidth + 1) found.push(name + ' is too wide');
    return found;
})"""
SMALL = """() => [...document.querySelectorAll('.stMain .st-key-view *')].filter(one =>
    [...one.childNodes].some(node => node.nodeType === 3 && node.textContent.trim())
    && one.checkVisibility() && !one.closest('[data-testid="stIconMaterial"]')
    && parseFloat(getComputedStyle(one).fontSize) < 13.99
).map(one => one.textContent + ' ' + getComputedStyle(one).fontSize)"""


def opened(page: Page, url: str, address: str) -> None:
    """Open a view and wait until its first figure stands, or the words in its place."""
    page.goto(f"{url}/{address}")
    page.wait_for_selector("p.footer")
    until = time.monotonic() + PATIENCE / 1000
    while not page.locator(
        ".st-key-view .handoff-chart[data-drawn], .st-key-view p.cannot, .st-key-empty"
    ).count():
        assert time.monotonic() < until, f"{address}: neither a figure nor words in its place"
        page.wait_for_timeout(100)
    page.wait_for_timeout(700)


def numbers(text: str) -> set[int]:
    return {int(found.replace(",", "")) for found in re.findall(r"\d[\d,]*", text)}


def click_a_mark(page: Page) -> tuple[str, int]:
    """Click the first mark of the main figure that can be reached; its hover words and the count of its drawer."""
    chart = page.locator('.st-key-view [class*="st-key-main_"] .handoff-chart').first
    paths = chart.locator(".points path")
    for number in range(min(paths.count(), 12)):
        place = paths.nth(number).bounding_box()
        if not place or place["width"] < 3 or place["height"] < 3:
            continue
        spot = place["x"] + place["width"] / 2, place["y"] + place["height"] / 2
        page.mouse.move(spot[0] - 2, spot[1])
        page.mouse.move(*spot)
        page.wait_for_timeout(250)
        if chart.locator(".hovertext").count() == 0:
            continue
        words = " ".join(chart.locator(".hovertext tspan").all_text_contents())
        page.mouse.click(*spot)
        line = page.locator("p.count").inner_text()
        return words, int(re.match(r"[\d,]+", line)[0].replace(",", ""))
    raise AssertionError("no mark of the main figure could be clicked")


def test_a_mark_opens_its_leads_on_the_sample(page, server):
    """The other views have a test of their own for their marks."""
    opened(page, server.url, "funnel")
    words, count = click_a_mark(page)
    assert count in numbers(words), f"{count} leads opened; the mark says {words}"


@pytest.mark.parametrize("view", VIEWS)
@pytest.mark.parametrize(("width", "height"), SIZES)
def test_a_view_fits_the_screen(page, server, view, width, height):
    page.set_viewport_size({"width": width, "height": height})
    # the small screen is the tight one, in meeting mode above all; the large one is looked at once
    for query in ("", "?period=Whole+file&meeting=true") if height == 720 else ("?period=Whole+file",):
        opened(page, server.url, f"{view}{query}")
        assert page.evaluate(OUTSIDE) == []
        assert page.evaluate(SMALL) == []


def test_an_empty_selection_says_so(page, server):
    """One in the browser; every page shows it in the tests of the pages."""
    opened(page, server.url, "funnel?period=From+%E2%80%93+to&from=2001-01-01&to=2001-02-01")
    assert "No lead is in this selection" in page.locator(".st-key-empty").inner_text()


@pytest.fixture(scope="module")
def marketstar(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server over the MarketStar export, imported by the command line; skips where the export is not at hand."""
    folder: Path = beside("data", "marketstar")
    home = tmp_path_factory.mktemp("marketstar")
    subprocess.run(
        [sys.executable, "-m", "analytics", "import", "--file", f"leads={folder / 'Leads.csv'}",
         "--file", f"opportunities={folder / 'Opportunities.csv'}", "--file", f"touches={folder / 'experience-map.csv'}",
         "--map", "opportunities.handoff_at=CreatedDate", "--map", "opportunities.disposition=IsAccepted",
         "--map", "opportunities.decided_at=AcceptedDecisionDate"],
        cwd=ROOT, env={**os.environ, "HANDOFF_HOME": str(home / "handoff")}, check=True, capture_output=True,
    )  # fmt: skip
    with serving(home) as opened_server:
        yield opened_server


def test_every_view_stands_on_a_real_export(browser: Browser, marketstar: Server):
    """Some numbers cannot be measured there; the view then says why, and the others open their leads."""
    page = browser.new_page(viewport={"width": 1280, "height": 720})
    page.set_default_timeout(PATIENCE)
    clicked = []
    for view in VIEWS:
        opened(page, marketstar.url, f"{view}?period=Whole+file")
        if page.locator(".st-key-view p.cannot").count():
            assert "What would bring it" in page.locator(".st-key-cannot").inner_text(), view
            continue
        assert page.evaluate(OUTSIDE) == [], view
        words, count = click_a_mark(page)
        assert count in numbers(words), f"{view}: {count} leads opened; the mark says {words}"
        clicked.append(view)
    page.close()
    assert "funnel" in clicked
    assert marketstar.troubles() == []
