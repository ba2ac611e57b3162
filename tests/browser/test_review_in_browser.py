"""The weekly review in a real browser: the timer ticks without the server, the agenda moves on, a mark opens its leads."""

from __future__ import annotations

import pytest

from tests.browser.test_views_in_browser import OUTSIDE, SMALL, click_a_mark, numbers, opened

pytestmark = pytest.mark.browser
SENT = "() => { window.sent = 0; const send = WebSocket.prototype.send; WebSocket.prototype.send = function (...all) { window.sent += 1; return send.apply(this, all); }; }"
AHEAD = "(minutes) => { const now = Date.now; Date.now = () => now() + minutes * 60000; }"


def test_a_mark_opens_as_many_leads_as_it_says_and_nothing_is_cut(page, server):
    opened(page, server.url, "review")
    assert page.evaluate(OUTSIDE) == []
    assert page.evaluate(SMALL) == []
    words, count = click_a_mark(page)
    assert count in numbers(words), f"{count} leads opened; the mark says {words}"


def test_the_timer_ticks_in_the_browser_and_next_moves_the_agenda(page, server):
    opened(page, server.url, "review")
    timer = page.locator(".timer-words")
    assert timer.inner_text() == "Numbers: 5 min left"
    page.evaluate(SENT)
    page.click(".timer-toggle")
    page.evaluate(AHEAD, 3)
    page.get_by_text("Numbers: 2 min left").wait_for()
    page.evaluate(AHEAD, 4)
    page.get_by_text("Numbers: over by 2 min").wait_for()
    page.click(".timer-toggle")
    assert page.locator(".timer-toggle").inner_text() == "Start"
    page.evaluate(AHEAD, 10)
    page.wait_for_timeout(1200)
    assert timer.inner_text() == "Numbers: over by 2 min"
    assert page.evaluate("window.sent") == 0
    page.click(".timer-next")
    page.get_by_text("Disputed leads").wait_for()
    page.get_by_text("Rejections: 10 min left").wait_for()
    assert page.locator("p.answer").inner_text().startswith("Sales rejected")
    page.reload()
    page.get_by_text("Disputed leads").wait_for()
