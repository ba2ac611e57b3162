"""Speed to lead in a real browser: marks of its figures open exactly the leads they show."""

from __future__ import annotations

import re
import time

import pytest

from tests.browser.conftest import PATIENCE

pytestmark = pytest.mark.browser
CHARTS = ("waits", "tail", "faster", "owners", "arrivals")


def opened(page, server, **query: str) -> None:
    page.goto(f"{server.url}/speed_to_lead?{'&'.join(f'{name}={value}' for name, value in query.items())}")
    page.wait_for_selector("p.footer")
    until = time.monotonic() + PATIENCE / 1000
    while page.locator(".handoff-chart[data-drawn]").count() < len(CHARTS):
        assert time.monotonic() < until, "the figures were not drawn"
        page.wait_for_timeout(100)
    page.wait_for_timeout(500)


def clicked(page, chart: str, selector: str, number: int) -> tuple[str, int]:
    """Hover words of one mark, and the count that its drawer shows after a click."""
    mark = page.locator(f".st-key-chart_{chart} {selector}").nth(number)
    mark.scroll_into_view_if_needed()
    page.wait_for_timeout(400)
    box = mark.bounding_box()
    spot = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(spot[0] - 3, spot[1])
    page.mouse.move(*spot)
    hover = page.locator(f".st-key-chart_{chart} .hovertext").text_content()
    page.mouse.click(*spot)
    line = page.locator("p.count").inner_text()
    assert line.endswith("as in the number you clicked")
    return hover, int(re.match(r"[\d,]+", line)[0].replace(",", ""))


@pytest.mark.parametrize(
    ("chart", "selector", "number", "shows"),
    [
        ("waits", ".points path", 5, r"([\d,]+) leads of"),
        ("tail", ".points path", 13, "untouched for"),
        ("faster", ".points path", 0, r"([\d,]+) of [\d,]+"),
        ("arrivals", ".points path", 40, r"([\d,]+) leads? arrived"),
    ],
)
def test_a_mark_opens_as_many_leads_as_it_shows(page, server, chart, selector, number, shows):
    opened(page, server)
    hover, count = clicked(page, chart, selector, number)
    found = re.search(shows, hover.replace("\u00a0", " "))
    assert found, hover
    assert count == (int(found[1].replace(",", "")) if found.groups() else 1), hover


def test_the_address_reproduces_the_controls(page, server):
    opened(page, server, tier="High intent", clock="Wall clock")
    assert "high-intent leads" in page.locator("p.answer").inner_text()
    hover, count = clicked(page, "waits", ".points path", 3)
    assert "by the wall clock" in hover
    assert count < 434


def test_nothing_of_the_first_screen_is_cut_at_a_projectors_size(page, server):
    opened(page, server)
    box = page.locator(".st-key-chart_tail .plot-container").bounding_box()
    assert box["y"] + box["height"] <= 720
    foot = page.locator("p.footer").bounding_box()
    assert foot["y"] + foot["height"] <= 720
    sizes = page.evaluate(
        "() => [...document.querySelectorAll('.st-key-figures text')].map(t => parseFloat(getComputedStyle(t).fontSize))"
    )
    assert min(size for size in sizes if size) >= 14
