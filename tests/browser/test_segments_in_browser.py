"""The mirror in a real browser: every kind of mark opens a drawer that holds as many leads as the mark says."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page

pytestmark = pytest.mark.browser
BAR = ".barlayer .point path"
DOT = ".scatterlayer .point"


def opened(page: Page, chart: str, mark: str, number: int) -> tuple[str, int]:
    """The hover text of a mark, and how many leads its click opens."""
    found = page.locator(f".st-key-chart_{chart} {mark}").nth(number)
    found.scroll_into_view_if_needed()
    page.wait_for_timeout(500)
    box = found.bounding_box()
    assert box is not None
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(x, y)
    lines = page.locator(f".st-key-chart_{chart} .hoverlayer .hovertext tspan.line")
    lines.first.wait_for()
    hover = " | ".join(lines.all_text_contents())
    page.mouse.click(x, y)
    words = page.locator("p.count").text_content() or ""
    count = re.match(r"[\d,]+", words)
    assert count, words
    page.keyboard.press("Escape")
    page.locator("p.count").wait_for(state="detached")
    return hover, int(count.group().replace(",", ""))


def test_a_click_on_a_mark_opens_the_leads_it_shows(page, server):
    page.goto(f"{server.url}/segments")
    page.wait_for_selector(".st-key-chart_overlap .handoff-chart[data-drawn]")
    page.wait_for_selector(".st-key-chart_accounts .handoff-chart[data-drawn]")
    for chart, mark, number in (
        ("mirror", BAR, 3), ("mirror", BAR, 10), ("overlap", BAR, 0), ("representation", DOT, 2), ("gap", DOT, 0), ("accounts", DOT, 4),
    ):  # fmt: skip
        hover, leads = opened(page, chart, mark, number)
        assert re.search(rf"(?<![\d,]){leads:,}\u00a0?\s?(leads|wins)", hover), (chart, hover, leads)
