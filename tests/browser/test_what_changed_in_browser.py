"""What changed, in a real browser: a bar opens the leads of its segment, and the page fits the screen."""

from __future__ import annotations

import pytest

from tests.browser.test_views_in_browser import OUTSIDE, SMALL, click_a_mark, numbers, opened

pytestmark = pytest.mark.browser


def test_a_bar_opens_as_many_leads_as_it_says_and_nothing_is_cut(page, server):
    opened(page, server.url, "what_changed")
    assert page.evaluate(OUTSIDE) == []
    assert page.evaluate(SMALL) == []
    words, count = click_a_mark(page)
    assert count in numbers(words), f"{count} leads opened; the bar says {words}"
