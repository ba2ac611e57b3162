"""The mirror in a real browser: every kind of mark opens a drawer that holds as many leads as the mark says."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

pytestmark = pytest.mark.browser
BAR = ".barlayer .point path"
DOT = ".scatterlayer .point"
PATIENCE = 60_000


def opens_what_it_shows(page: Page, chart: str, mark: str, number: int) -> None:
    """Click a mark; the drawer comes to hold the last count of leads or wins on the mark's hover text."""
    found = page.locator(f".st-key-chart_{chart} {mark}").nth(number)
    found.scroll_into_view_if_needed()
    page.wait_for_timeout(500)
    box = found.bounding_box()
    assert box is not None
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(x, y)
    lines = page.locator(f".st-key-chart_{chart} .hoverlayer .hovertext tspan.line")
    lines.first.wait_for()
    counts = re.findall(r"([\d,]+)[\s\u00a0](?:leads|wins)", " | ".join(lines.all_text_contents()))
    assert counts, lines.all_text_contents()
    page.mouse.click(x, y)
    # a reopened drawer may show the last one's words until the new ones arrive
    expect(page.locator("p.count")).to_have_text(
        f"{counts[-1]} leads, as in the number you clicked", timeout=PATIENCE
    )
    page.keyboard.press("Escape")
    page.locator("p.count").wait_for(state="detached")


def test_a_click_on_a_mark_opens_the_leads_it_shows(page, server):
    page.goto(f"{server.url}/segments")
    page.wait_for_selector(".st-key-chart_overlap .handoff-chart[data-drawn]")
    page.wait_for_selector(".st-key-chart_accounts .handoff-chart[data-drawn]")
    for chart, mark, number in (
        ("mirror", BAR, 3),
        ("mirror", BAR, 10),
        ("overlap", BAR, 0),
        ("representation", DOT, 2),
        ("gap", DOT, 0),
        ("accounts", DOT, 4),
    ):
        opens_what_it_shows(page, chart, mark, number)
