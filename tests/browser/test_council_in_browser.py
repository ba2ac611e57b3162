"""A council from end to end in a real browser: a scenario becomes a decision, and the next import tells its verdict."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime

import pytest
from playwright.sync_api import Page

from analytics.importing.choices import Choices
from analytics.importing.pipeline import SourceFile, import_files
from analytics.sample import FOLDER, ZONE
from analytics.store.workspace import Workspace
from tests.browser.conftest import PATIENCE, Server, serving

pytestmark = pytest.mark.browser
FILES = ("leads.csv", "touches.csv", "spend.csv")


def imported(home, as_of: str) -> str:
    """The sample as it was at a moment: what is later has not happened."""
    moment = datetime.fromisoformat(as_of)
    sources = [SourceFile(FOLDER / name, name) for name in FILES]
    return import_files(Workspace(home), sources, Choices(zone=ZONE, as_of=moment)).fingerprint


@pytest.fixture
def own_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Server, object]]:
    home = tmp_path_factory.mktemp("council")
    imported(home / "handoff", "2026-07-01 06:00:00")
    with serving(home) as opened:
        yield opened, home / "handoff"


def text_of(page: Page, place: str) -> str:
    return page.locator(place).first.inner_text().replace("\u00a0", " ").replace("\u2060", "")


def test_a_council_from_signal_to_verdict(browser, own_server):
    server, home = own_server
    page = browser.new_page(viewport={"width": 1280, "height": 720})
    page.set_default_timeout(PATIENCE)

    page.goto(f"{server.url}/what_if?line=60")
    page.wait_for_selector("p.answer")
    page.locator(".st-key-what_name input").fill("Sixty and above")
    page.locator(".st-key-what_who input").fill("Rita Ops")
    page.locator(".st-key-what_council label").click()
    page.locator(".st-key-what_save_go button").click()
    page.get_by_text("Saved as scenario 1").wait_for()

    page.goto(f"{server.url}/council")
    page.wait_for_selector(".handoff-chart[data-drawn]", state="attached")
    assert re.search(r"No signal in 6 months|signals? in 6 months", text_of(page, "p.answer"))
    assert page.locator("li.measure").count() >= 15
    cut = page.evaluate(
        "() => [...document.querySelectorAll('li.measure .what')].filter(e => e.scrollWidth > e.clientWidth + 1).length"
    )
    assert cut == 0

    proposal = page.locator(".st-key-proposal_0")
    assert "Sixty and above" in proposal.inner_text()
    page.locator(".st-key-decide_on_0 button").click()
    page.wait_for_function(
        "() => document.querySelector('.st-key-decide_what input').value.includes('Sixty and above')"
    )
    page.locator(".st-key-cadence_who input").fill("Rita Ops")
    page.locator(".st-key-decide_go button").click()
    page.get_by_text("Written down as decision 1").wait_for()

    page.goto(f"{server.url}/decisions")
    page.wait_for_selector(".st-key-decision_1")
    assert "To be checked on 1 Oct 2026" in text_of(page, ".st-key-decision_1")
    seen = re.search(r"Seen when deciding: (.*)", text_of(page, ".st-key-decision_1")).group(1)

    imported(home, "2026-10-02 06:00:00")
    page.goto(f"{server.url}/decisions")
    page.wait_for_selector(".st-key-decision_1")
    later = text_of(page, ".st-key-decision_1")
    assert re.search(r"Not moved so far|Moved|Cannot tell", later)
    assert "against" in later
    assert f"Seen when deciding: {seen}" in later
    page.locator(".st-key-decisions_search input").fill("sixty rita")
    page.locator(".st-key-decisions_search input").press("Enter")
    page.wait_for_selector(".st-key-decision_1")

    page.goto(f"{server.url}/council?council_look=Quarter")
    page.wait_for_selector("table.scorecard")
    assert page.locator("table.scorecard tbody tr").count() == 8
    page.close()
    assert server.troubles() == []
