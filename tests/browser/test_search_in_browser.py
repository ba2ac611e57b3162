"""Anecdotes asked in a real browser on the sample: the answer stands, and its rows are as many as it says."""

from __future__ import annotations

import re
import time

import pytest
from playwright.sync_api import Page

from tests.browser.conftest import PATIENCE

pytestmark = pytest.mark.browser
ANECDOTES = (
    ("funnel", "phone missing and source webinar"),
    ("definitions", "Prisca Undervale"),
    ("", "never touched and industry software"),
)
SMALL = """() => [...document.querySelectorAll('[role="dialog"] *, .st-key-head *')].filter(one =>
    [...one.childNodes].some(node => node.nodeType === 3 && node.textContent.trim())
    && one.checkVisibility() && !one.closest('[data-testid="stIconMaterial"]') && !one.closest('canvas')
    && parseFloat(getComputedStyle(one).fontSize) < 13.99
).map(one => one.textContent + ' ' + getComputedStyle(one).fontSize)"""
WIDE = """() => [...document.querySelectorAll('[role="dialog"] [class*="st-key-answer_"]')].filter(
    box => !box.className.includes('answer_table') && box.scrollWidth > box.clientWidth + 1).map(box => box.className.match(/st-key-\\S+/)[0])"""
FAINT = """() => {
    const colour = text => {
        const [red, green, blue, alpha = 1] = text.match(/[\\d.]+/g).map(Number);
        const scale = text.startsWith('color(') ? 1 : 255;
        return [[red / scale, green / scale, blue / scale], alpha];
    };
    const luminance = channels => channels
        .map(one => one <= 0.04045 ? one / 12.92 : ((one + 0.055) / 1.055) ** 2.4)
        .reduce((sum, one, place) => sum + one * [0.2126, 0.7152, 0.0722][place], 0);
    const groundOf = one => {
        for (let at = one; at; at = at.parentElement) {
            const [channels, alpha] = colour(getComputedStyle(at).backgroundColor);
            if (alpha === 1) return channels;
        }
        return [1, 1, 1];
    };
    const dialog = document.querySelector('[role="dialog"]');
    return [...dialog.querySelectorAll('p, span, strong, em')].filter(one => one.checkVisibility() && one.textContent.trim()
        && !one.closest('button[kind]:not([kind="tertiary"])') && !one.closest('[data-testid="stIconMaterial"]')).map(one => {
        const [ink, alpha] = colour(getComputedStyle(one).color);
        const ground = groundOf(one);
        const seen = luminance(ink.map((part, place) => part * alpha + ground[place] * (1 - alpha)));
        const behind = luminance(ground);
        return [(Math.max(seen, behind) + 0.05) / (Math.min(seen, behind) + 0.05), one.textContent];
    }).filter(([contrast]) => contrast < 4.5);
}"""


def open_page(page: Page, url: str) -> None:
    page.goto(url)
    page.wait_for_selector("p.footer")
    page.wait_for_selector(".st-key-search_text input")
    page.wait_for_timeout(1500)


def ask(page: Page, text: str) -> None:
    """Ask with the keyboard alone, and wait until the answer stands."""
    page.keyboard.press("/")
    page.wait_for_function("document.activeElement.closest('.st-key-search_text') !== null")
    page.keyboard.type(text)
    page.keyboard.press("Enter")
    page.wait_for_selector('[role="dialog"] p.answer')


def number(text: str) -> int:
    return int(re.match(r"[\d,]+", text)[0].replace(",", ""))


def until_count(page: Page, wanted: int) -> None:
    until = time.monotonic() + PATIENCE / 1000
    line = page.locator('[role="dialog"] p.count')
    while line.count() != 1 or number(line.inner_text()) != wanted:
        assert time.monotonic() < until, f"{line.all_inner_texts()}, wanted {wanted}"
        page.wait_for_timeout(50)


@pytest.mark.parametrize(("view", "text"), ANECDOTES)
def test_an_anecdote_opens_as_many_rows_as_it_says(page, server, view, text):
    open_page(page, f"{server.url}/{view}")
    ask(page, text)
    dialog = page.locator('[role="dialog"]')
    matched = number(dialog.locator("p.answer").inner_text())
    assert matched > 0
    until_count(page, matched)
    table = dialog.locator(".stDataFrame [role=grid]").first
    assert int(table.get_attribute("aria-rowcount")) - 1 == min(matched, 1000)
    for key in ("matched_acceptance_rate", "rest_acceptance_rate", "matched_working_wait"):
        button = dialog.locator(f".st-key-answer_{key} button")
        says = re.search(r"([\d,]+) of [\d,]+", button.inner_text())[1]
        button.click()
        until_count(page, number(says))
    assert page.evaluate(WIDE) == []


@pytest.mark.parametrize(("scheme", "meeting"), [("light", "meeting=true&"), ("dark", "")])
def test_the_drawer_can_be_read_in_both_schemes_and_in_meeting_mode(page, server, scheme, meeting):
    page.emulate_media(color_scheme=scheme)
    open_page(page, f"{server.url}/plumbing?{meeting}period=Whole+file")
    ask(page, "source webinar")
    page.wait_for_selector('[role="dialog"] .stDataFrame')
    page.wait_for_timeout(700)
    assert page.evaluate(SMALL) == []
    assert page.evaluate(WIDE) == []
    assert page.evaluate(FAINT) == []


@pytest.mark.parametrize("query", ["?meeting=true"])
def test_the_box_costs_no_height(page, server, query):
    """The head stays one line high, also with the longest question."""
    for view in ("rejections", "contract"):
        open_page(page, f"{server.url}/{view}{query}")
        head = page.locator(".st-key-head").bounding_box()
        assert head["height"] < (60 if query else 50), view
        assert page.locator(".st-key-search_text").is_visible()


def test_a_mistake_is_mended_in_the_drawer(page, server):
    open_page(page, f"{server.url}/leads")
    ask(page, "scroe under 40")
    dialog = page.locator('[role="dialog"]')
    assert "did you mean 'score'" in dialog.locator("p.answer").inner_text()
    line, caret = dialog.locator("pre.mistake").inner_text().split("\n")
    assert line.startswith("scroe")
    assert caret == "^"
    box = dialog.locator(".st-key-answer_text input")
    assert box.input_value() == "scroe under 40"
    box.fill("score under 40")
    box.press("Enter")
    dialog.locator("p.count").wait_for()
    until_count(page, number(dialog.locator("p.answer").inner_text()))


def test_the_same_question_can_be_asked_twice_and_a_slash_stays_one(page, server):
    open_page(page, f"{server.url}/funnel")
    for _ in range(2):
        ask(page, "source webinar")
        page.wait_for_timeout(500)
        page.keyboard.press("Escape")
        page.wait_for_selector('[role="dialog"]', state="hidden")
        page.wait_for_timeout(500)
    assert page.locator(".st-key-search_text input").input_value() == "source webinar"
    page.locator(".st-key-search_text input").fill("a")
    page.keyboard.press("End")
    page.keyboard.type("/b")
    assert page.locator(".st-key-search_text input").input_value() == "a/b"


def test_a_hypothesis_is_kept(page, server):
    open_page(page, f"{server.url}/segments")
    ask(page, "score under 40")
    dialog = page.locator('[role="dialog"]')
    dialog.get_by_text("Save as a hypothesis").click()
    dialog.locator(".st-key-hypothesis_who input").fill("Ann, sales")
    dialog.locator(".st-key-hypothesis_save button").click()
    dialog.locator(".hypothesis").wait_for()
    said = dialog.locator(".hypothesis").inner_text()
    dialog.get_by_text("Saved hypotheses").click()
    dialog.locator(".st-key-hypothesis_who").wait_for(state="hidden")
    assert dialog.locator(".hypothesis").first.inner_text() == said
    assert "raised by Ann, sales" in said
