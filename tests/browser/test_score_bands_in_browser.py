"""The score page in a real browser: fits the screen, opens what is clicked, and the slider moves nothing but itself."""

from __future__ import annotations

import re
import time

import pytest

pytestmark = pytest.mark.browser

PATIENCE = 90.0
BOXES = """() => [...document.querySelectorAll(
    '[class*="st-key-main_"], [class*="st-key-companion_"], .st-key-numerals_line, .st-key-answer, .st-key-foot, .st-key-head'
)].filter(box => !box.closest('.st-key-below')).flatMap(box => {
    const place = box.getBoundingClientRect();
    const name = box.className.match(/st-key-\\S+/)[0];
    const found = [];
    if (place.bottom > innerHeight + 1 || place.right > innerWidth + 1 || place.top < 0) found.push(name + ' leaves the screen');
    if (box.scrollWidth > box.clientWidth + 1) found.push(name + ' is too wide');
    return found;
})"""
LINE = """() => document.querySelector('.st-key-main_line .handoff-chart').layout.shapes.at(-1).x0"""
ANSWER = """() => document.querySelector('p.answer').textContent.split(',')[0]"""
MARK = """([box, name, number]) => {
    const chart = document.querySelector(`.st-key-${box} .handoff-chart`);
    const trace = chart._fullData.find(one => one.name === name);
    const at = chart.getBoundingClientRect();
    const {xaxis, yaxis} = chart._fullLayout;
    return {
        x: at.left + xaxis._offset + xaxis.d2p(trace.x[number]),
        y: at.top + yaxis._offset + yaxis.d2p(trace.y[number]),
        words: trace.hovertext[number],
    };
}"""


def open_page(page, server, query: str, figures: int) -> None:
    page.goto(f"{server.url}/score_bands?{query}")
    page.wait_for_selector("p.footer")
    until = time.monotonic() + PATIENCE
    while page.locator(".handoff-chart[data-drawn]").count() < figures:
        assert time.monotonic() < until, "the figures were not drawn"
        page.wait_for_timeout(100)
    page.wait_for_timeout(800)


def until_equal(page, script: str, wanted: object) -> None:
    until = time.monotonic() + PATIENCE
    while page.evaluate(script) != wanted:
        assert time.monotonic() < until, f"still {page.evaluate(script)}, wanted {wanted}"
        page.wait_for_timeout(50)


@pytest.mark.parametrize(
    ("query", "width", "height"),
    [
        ("", 1280, 720),
        ("look=Over+time", 1280, 720),
        ("look=What+if&line=60&meeting=true", 1280, 720),
    ],
)
def test_every_look_fits_one_screen(page, server, query, width, height):
    page.set_viewport_size({"width": width, "height": height})
    open_page(page, server, query, 3 if "Over" in query else 1)
    assert page.evaluate(BOXES) == []


@pytest.mark.parametrize(
    ("query", "mark"),
    [
        ("", ("companion_kept", "wins kept", 30)),
        ("look=What+if&line=60", ("main_line", "chosen threshold", 1)),
        ("look=Over+time", ("companion_drift_rates", "score 60–79", 1)),
    ],
)
def test_a_click_on_a_mark_opens_as_many_leads_as_it_counts(page, server, query, mark):
    open_page(page, server, query, 3 if "Over" in query else 2 if not query else 1)
    spot = page.evaluate(MARK, list(mark))
    page.mouse.move(spot["x"], spot["y"])
    page.wait_for_timeout(300)
    page.mouse.click(spot["x"], spot["y"])
    page.wait_for_selector("p.count")
    count = re.match(r"([\d,]+) leads?", page.locator("p.count").inner_text())[1]
    assert re.search(rf"(?<![\d,]){count}(?![\d,])", spot["words"].replace("\u00a0", " ")), (
        count,
        spot["words"],
    )


def test_the_slider_moves_the_line_alone_and_stands_in_the_address(page, server):
    open_page(page, server, "look=What+if", 1)
    page.locator(".st-key-line input[type=range]").focus()
    for step in range(1, 4):
        page.keyboard.press("ArrowRight")
        until_equal(page, LINE, 40 + step)
    page.wait_for_url("**line=43**")
    until_equal(page, ANSWER, "At 43 instead of 31")
    page.wait_for_timeout(1_000)
    assert (
        page.evaluate(ANSWER) == "At 43 instead of 31"
    )  # what the browser showed at once, the server says too
    page.get_by_text("Over time", exact=True).click()
    page.wait_for_selector(".st-key-main_drift_scores .handoff-chart[data-drawn]")
    page.get_by_text("What if", exact=True).click()
    page.wait_for_selector(".st-key-main_line .handoff-chart[data-drawn]")
    page.wait_for_timeout(800)
    assert page.evaluate(LINE) == 43


def test_a_number_over_the_curve_opens_its_leads(page, server):
    open_page(page, server, "look=What+if&line=60", 1)
    page.locator(".st-key-line_number_2 button").click()
    page.wait_for_selector("p.count")
    given_up = page.locator(".st-key-line_number_2 strong").inner_text()
    assert page.locator("p.count").inner_text().startswith(f"{given_up} leads")


def test_a_key_moves_figure_answer_and_numbers_to_what_the_server_says(page, server):
    """Every step was worked out before: the same words stand after the server's own answer as at once."""
    open_page(page, server, "look=What+if", 1)
    page.evaluate(
        """() => { window.seen = []; new MutationObserver(() => window.seen.push([document.querySelector('p.answer').textContent,
        [...document.querySelectorAll('[class*=st-key-line_number_] p')].map(one => one.textContent).join('|')]))
        .observe(document.querySelector('.st-key-answer'), {childList: true, subtree: true, characterData: true}); }"""
    )
    page.locator(".st-key-line input[type=range]").focus()
    page.keyboard.press("ArrowRight")
    page.wait_for_url("**line=41**")
    page.wait_for_timeout(1_500)
    answers = page.evaluate("() => [...new Set(window.seen.map(one => one[0]))]")
    assert len(answers) == 1
    assert answers[0].startswith("At 41 instead of 31")
    shown = page.evaluate(
        "() => [...document.querySelectorAll('[class*=st-key-line_number_] p')].map(one => one.textContent)"
    )
    page.reload()
    open_page(page, server, "look=What+if&line=41", 1)
    again = page.evaluate(
        "() => [...document.querySelectorAll('[class*=st-key-line_number_] p')].map(one => one.textContent)"
    )
    assert shown == again
