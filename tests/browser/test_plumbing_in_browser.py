"""The audit and the verdict in a real browser: a bar opens its leads, the line opens its evidence, nothing is cut."""

from __future__ import annotations

import re

import pytest

from tests.browser.test_views_in_browser import OUTSIDE, SIZES, SMALL, click_a_mark, numbers, opened

pytestmark = pytest.mark.browser


def test_a_bar_of_the_audit_opens_as_many_leads_as_it_says(page, server):
    opened(page, server.url, "plumbing?period=Whole+file")
    words, count = click_a_mark(page)
    assert count in numbers(words), f"{count} leads opened; the bar says {words}"


@pytest.mark.parametrize(("width", "height"), SIZES)
def test_the_audit_fits_the_screen(page, server, width, height):
    page.set_viewport_size({"width": width, "height": height})
    for query in ("", "?period=Whole+file&meeting=true"):
        opened(page, server.url, f"plumbing{query}")
        assert page.evaluate(OUTSIDE) == []
        assert page.evaluate(SMALL) == []


def test_an_empty_selection_says_so(page, server):
    opened(page, server.url, "plumbing?period=From+%E2%80%93+to&from=2001-01-01&to=2001-02-01")
    assert "No lead is in this selection" in page.locator(".st-key-empty").inner_text()


def test_the_verdict_opens_the_leads_it_stands_on(page, server):
    page.goto(server.url)
    page.wait_for_selector("p.verdict")
    page.locator(".st-key-verdict_why button").click()
    first = page.locator('[class*="st-key-evidence_0"]')
    words = first.locator("p.sentence").inner_text()
    assert "target" in words
    link = first.locator("a").get_attribute("href")
    page.goto(f"{server.url}/{link.lstrip('/')}" if not link.startswith("http") else link)
    line = page.locator("p.count").first.inner_text()
    assert re.match(r"[\d,]+ leads", line)
