"""The main path in a real browser: four numbers on one screen, one number's leads, the same count, nothing foreign."""

from __future__ import annotations

import re

import pytest

from tests.browser.conftest import PATIENCE, drawn

pytestmark = pytest.mark.browser

OUTSIDE = """() => [...document.querySelectorAll('[class*="st-key-panel_"], .st-key-foot, .st-key-head')].flatMap(box => {
    const place = box.getBoundingClientRect();
    const name = box.className.match(/st-key-\\S+/)[0];
    const found = [];
    if (place.bottom > innerHeight || place.right > innerWidth || place.top < 0) found.push(name + ' leaves the screen');
    if (box.scrollHeight > box.clientHeight + 1) found.push(name + ' is too high');
    if (box.scrollWidth > box.clientWidth + 1) found.push(name + ' is too wide');
    return found;
})"""
CUT = """() => [...document.querySelectorAll('[class*="st-key-value_"], p.sentence, h2.name')].flatMap(text => {
    const place = text.getBoundingClientRect();
    const panel = text.closest('[class*="st-key-panel_"]')?.getBoundingClientRect();
    return panel && (place.right > panel.right + 1 || place.bottom > panel.bottom + 1) ? [text.textContent] : [];
})"""
SMALL = """() => [...document.querySelectorAll('.stMain *')].filter(one =>
    [...one.childNodes].some(node => node.nodeType === 3 && node.textContent.trim())
    && one.checkVisibility() && !one.closest('[data-testid="stIconMaterial"]')
    && parseFloat(getComputedStyle(one).fontSize) < 13.99
).map(one => one.textContent + ' ' + getComputedStyle(one).fontSize)"""
NUMERALS = """() => [...document.querySelectorAll('[class*="st-key-numeral_"]')].map(one =>
    parseFloat(getComputedStyle(one.querySelector('button p')).fontSize))"""


@pytest.mark.parametrize(
    ("query", "width", "height"),
    [
        ("", 1280, 720),
        ("?period=Whole+file&meeting=true&by_source=Webinar", 1280, 720),
        ("?meeting=true", 1920, 1080),
    ],
)
def test_four_numbers_fit_one_screen(page, server, query, width, height):
    page.set_viewport_size({"width": width, "height": height})
    page.goto(f"{server.url}/{query}")
    drawn(page)
    assert page.evaluate(OUTSIDE) == []
    assert page.evaluate(CUT) == []
    assert page.evaluate(SMALL) == []
    numerals = page.evaluate(NUMERALS)
    assert len(numerals) == 8
    assert min(numerals) >= 44


def test_a_number_opens_as_many_leads_as_it_counts(page, server):
    page.goto(server.url)
    drawn(page)
    caption = page.locator(".st-key-value_acceptance_0 .detail").inner_text()
    accepted = re.search(r"([\d,]+) of ", caption).group(1)
    page.locator(".st-key-numeral_acceptance_0 button").click()
    assert page.locator("p.count").inner_text() == f"{accepted} leads, as in the number you clicked"
    page.get_by_role("link", name="Open as page").click()
    page.wait_for_url("**/leads?show=accepted_settled")
    page.wait_for_selector(".st-key-download_csv")
    assert page.locator("p.count").inner_text() == f"{accepted} leads, as in the number you clicked"
    with page.expect_download() as download:
        page.locator(".st-key-download_csv button").click()
    with open(download.value.path(), encoding="utf-8-sig", newline="") as file:  # noqa: PTH123
        assert sum(1 for _ in file) == int(accepted.replace(",", "")) + 1


def test_a_mark_of_a_figure_opens_its_leads(page, server):
    page.goto(server.url)
    drawn(page)
    bar = page.locator(".st-key-chart_working_rate .points path").nth(2).bounding_box()
    page.mouse.move(bar["x"] + bar["width"] / 2, bar["y"] + bar["height"] / 2)
    hover = page.locator(".st-key-chart_working_rate .hovertext").text_content()
    leads = re.search(r"2 touches: ([\d,]+) accepted leads", hover).group(1)
    page.mouse.click(bar["x"] + bar["width"] / 2, bar["y"] + bar["height"] / 2)
    assert page.locator("p.count").inner_text().startswith(f"{leads} leads")


def test_a_filter_lives_in_the_address_and_survives_the_pages(page, server):
    page.goto(f"{server.url}/?by_source=Webinar")
    drawn(page)
    page.locator('[data-testid="stExpandSidebarButton"]').click()
    page.get_by_role("link", name="Definitions").click()
    page.wait_for_url("**/definitions?by_source=Webinar")
    page.locator("[class*='st-key-remove_filter'] button").click()
    page.wait_for_url(re.compile(r"/definitions$"))


def test_a_cold_direct_link_opens_its_page(page, server):
    page.goto(f"{server.url}/leads?show=never_touched")
    page.wait_for_selector("p.count")
    assert "as in the number you clicked" in page.locator("p.count").inner_text()


def test_a_figure_keeps_its_zoom_when_the_numbers_change(page, server):
    page.goto(server.url)
    drawn(page)
    place = page.locator(".st-key-chart_working_rate .nsewdrag").bounding_box()
    page.mouse.move(place["x"] + 60, place["y"] + 20)
    page.mouse.down()
    page.mouse.move(place["x"] + 240, place["y"] + 60, steps=5)
    page.mouse.up()
    page.wait_for_timeout(500)
    extent = (
        "() => document.querySelector('.st-key-chart_working_rate .handoff-chart')._fullLayout.xaxis.range"
    )
    zoomed = page.evaluate(extent)
    page.locator('[data-testid="stExpandSidebarButton"]').click()
    page.locator(".st-key-meeting label").click()
    page.wait_for_timeout(1500)
    assert page.evaluate(extent) == pytest.approx(zoomed)


def test_dark_pages_repaint_their_figures(browser, server):
    dark = browser.new_page(viewport={"width": 1280, "height": 720}, color_scheme="dark")
    dark.set_default_timeout(PATIENCE)
    dark.goto(server.url)
    drawn(dark)
    paint = dark.locator(".st-key-chart_working_rate .points path").nth(8).get_attribute("style")
    dark.close()
    assert "rgb(255, 154, 77)" in paint
