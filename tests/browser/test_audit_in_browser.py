"""Two browsers, one per side, mark the same leads: blind until both are done, then the same numbers for both."""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import Server, serving

pytestmark = pytest.mark.browser
PATIENCE = 90_000


@pytest.fixture
def own_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server of its own: an audit of this test must not stand on the page of another."""
    with serving(tmp_path_factory.mktemp("audit")) as opened:
        yield opened


def session(browser: Browser, url: str) -> Page:
    """A browser of its own, with nothing of the other's."""
    opened = browser.new_context(viewport={"width": 1280, "height": 720}).new_page()
    opened.set_default_timeout(PATIENCE)
    opened.goto(url)
    opened.wait_for_selector("p.answer")
    return opened


def answer(page: Page) -> str:
    return page.locator("p.answer").first.inner_text().replace("\u00a0", " ").replace("\u2060", "")


def says(page: Page, words: str) -> None:
    page.wait_for_function(
        "words => (document.querySelector('p.answer')?.innerText || '').includes(words)", arg=words
    )


def take(page: Page, side: str, name: str) -> None:
    page.get_by_label("Your name").fill(name)
    page.get_by_label("Your name").press("Enter")
    page.locator(f".st-key-audit_take_{side} button").click()
    page.get_by_text(f"{name} (you)").wait_for()


def press(page: Page, key: str) -> None:
    page.locator(f".st-key-{key} button").first.click()


def marked(page: Page, leads: int, of: int) -> None:
    page.get_by_text(f"{leads} of {of} leads marked").wait_for()


def mark_all(page: Page, leads: int, fit: str, *, begin: int = 0) -> None:
    """Mark every lead from the one on the desk on: fit as told, intent always yes."""
    for number in range(begin, leads):
        page.get_by_text(f"{number + 1} of {leads} · source").wait_for()
        press(page, f"audit_fit_{fit}")
        page.get_by_text(f"Your mark: {fit.replace('_', ' ')}").wait_for()
        press(page, "audit_intent_yes")
        marked(page, number + 1, leads)


def test_an_audit_by_two_sessions_is_blind_until_both_are_done(browser, own_server):
    url = f"{own_server.url}/audit"
    few = {"period": "From – to", "from": "2026-06-30", "to": "2026-06-30", "by_source": "Demo Request"}
    ann = session(browser, f"{url}?{urlencode(few)}")
    n = int(re.search(r"The audit looks at (\d+) of \d+ leads", answer(ann)).group(1))
    assert 2 <= n <= 8
    ann.get_by_label("Your name").fill("Ann Ray")
    ann.get_by_label("Your name").press("Enter")
    press(ann, "audit_start")
    says(
        ann, f"{n} leads of {n} to mark by each side: marketing is not taken yet and sales is not taken yet."
    )
    take(ann, "marketing", "Ann Ray")

    bo = session(browser, url)
    says(bo, "marketing is not done yet")
    assert bo.locator(".st-key-audit_take_marketing").count() == 0
    assert bo.locator(".st-key-audit_lead").count() == 0
    bo.get_by_label("Your name").fill("ann ray")
    bo.get_by_label("Your name").press("Enter")
    press(bo, "audit_take_sales")
    bo.get_by_text("an audit needs one person of each side").wait_for()
    take(bo, "sales", "Bo Lund")

    press(ann, "audit_fit_no")
    ann.get_by_text("Your mark: no: another reason").wait_for()
    press(ann, "audit_intent_yes")
    marked(ann, 1, n)
    press(bo, "audit_look_again")
    marked(bo, 0, n)
    assert "Your mark" not in bo.inner_text("body")
    assert "another reason" not in bo.inner_text("body")
    assert "marketing is not done yet" in answer(bo)

    press(ann, "audit_link")
    ann.get_by_text("The address of this page is your personal link").wait_for()
    assert len(parse_qs(urlsplit(ann.url).query)["reviewer"][0]) > 20
    ann.reload()
    marked(ann, 1, n)
    mark_all(ann, n, "yes", begin=1)
    press(ann, "audit_done")
    says(ann, "marketing is done")
    expect(ann.locator(".st-key-audit_lead")).to_have_count(0)

    press(bo, "audit_look_again")
    says(bo, "marketing is done and sales is not done yet")
    assert "another reason" not in bo.inner_text("body")
    assert "Whose fix" not in bo.inner_text("body")
    mark_all(bo, n, "yes")
    press(bo, "audit_done")
    said = f"Of the leads that both sides marked they agree on fit for {n - 1} of {n}, too few to quote"
    says(bo, "Of the leads that both sides marked")
    assert answer(bo).startswith(said)
    press(ann, "audit_look_again")
    says(ann, "Of the leads that both sides marked")
    assert answer(ann) == answer(bo)
    expect(ann.get_by_role("heading", name="Whose fix")).to_be_visible()
    ann.wait_for_selector(".handoff-chart[data-drawn]")

    cy = session(browser, url)
    assert answer(cy) == answer(ann)
    assert re.search(r"started by Ann Ray on", cy.inner_text("body"))
    assert own_server.troubles() == []
