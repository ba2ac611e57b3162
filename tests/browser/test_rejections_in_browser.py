"""A click on a reason in a real Chromium opens as many leads as the bar counts."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Server

pytestmark = pytest.mark.browser


def test_a_click_on_a_bar_and_on_a_point_opens_its_leads(page: Page, server: Server):
    page.goto(f"{server.url}/rejections?period=Whole%20file")
    page.locator(".st-key-companion_reasons .handoff-chart[data-drawn]").wait_for(state="attached")
    page.locator(".st-key-main_rejections .handoff-chart[data-drawn]").wait_for(state="attached")
    page.wait_for_timeout(1500)
    for place, mark in (
        ("companion_reasons", ".barlayer .point path"),
        ("main_rejections", ".scatterlayer .points path.point"),
    ):
        # the last mark drawn is the reason in ink, whose marks lie above all others
        marked = page.locator(f".st-key-{place} {mark}")
        at = (marked.first if place == "companion_reasons" else marked.last).bounding_box()
        assert at is not None
        x, y = at["x"] + at["width"] / 2, at["y"] + at["height"] / 2
        page.mouse.move(x, y)
        hover = page.locator(f".st-key-{place} .hoverlayer .hovertext")
        hover.first.wait_for(state="attached")
        said = hover.first.text_content() or ""
        counted = re.search(r"([\d,]+) rejected lead|: ([\d,]+) of [\d,]+ leads handed off", said)
        assert counted, said
        page.mouse.click(x, y)
        count = page.get_by_role("dialog").locator("p.count")
        number = next(group for group in counted.groups() if group)
        expect(count).to_have_text(re.compile(f"^{number} lead"), timeout=60_000)
        page.keyboard.press("Escape")
        count.wait_for(state="detached")
