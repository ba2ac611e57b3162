"""A contract is drafted, tried, signed by both sides, printed on two pages and amended, in a real browser."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page

from analytics.contract_pdf import pages_of
from tests.browser.conftest import PATIENCE, Server, serving

pytestmark = pytest.mark.browser


@pytest.fixture
def own_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server of its own: what is signed here must not be in force for other tests."""
    with serving(tmp_path_factory.mktemp("contract")) as opened:
        yield opened


@pytest.fixture
def desk(browser, own_server) -> Iterator[Page]:
    opened = browser.new_page(viewport={"width": 1280, "height": 720}, accept_downloads=True)
    opened.set_default_timeout(PATIENCE)
    opened.goto(f"{own_server.url}/contract")
    opened.wait_for_selector("p.answer")
    yield opened
    opened.close()
    assert own_server.troubles() == []


def look(page: Page, name: str, says: str) -> None:
    page.locator(".st-key-contract_look").get_by_text(name, exact=True).click()
    page.wait_for_function(
        "says => (document.querySelector('p.answer')?.innerText || '').includes(says)", arg=says
    )


def answer(page: Page) -> str:
    return page.locator("p.answer").first.inner_text().replace("\u00a0", " ").replace("\u2060", "")


def propose(page: Page, version: int) -> None:
    page.get_by_label("Proposed by").fill("Rita Ops")
    page.get_by_label("Why").fill("agreed in the read-out")
    page.get_by_role("button", name="Propose for signature").click()
    page.wait_for_selector(f".st-key-version_{version}")


def sign(page: Page, side: str, version: int, name: str, role: str) -> None:
    place = page.locator(f".st-key-version_{version}")
    place.locator(f".st-key-name_{side}_{version} input").fill(name)
    place.locator(f".st-key-role_{side}_{version} input").fill(role)
    place.locator(f".st-key-go_{side}_{version} button").click()
    place.get_by_text(f"{name}, {role}").wait_for()


def test_two_leaders_draft_try_sign_print_and_amend(desk, tmp_path):
    page = desk
    assert answer(page).startswith("Marketing’s side is not agreed")

    look(page, "Definition", "No criterion yet")
    page.locator(".st-key-template input").click()
    page.get_by_role("option", name="Intent and score").click()
    page.get_by_role("button", name="Add its rows").click()
    page.wait_for_function(
        "() => /of the leads meet the definition/.test(document.querySelector('p.answer')?.innerText || '')"
    )
    page.locator(".st-key-criteria_tried").wait_for()
    said = re.search(r"(\d[\d,]*) of ([\d,]+)", answer(page))
    met, leads = (int(part.replace(",", "")) for part in said.groups())
    assert 0 < met < leads

    look(page, "Signatures", "No contract is signed yet")
    propose(page, 1)
    sign(page, "marketing", 1, "Ann Ray", "CMO")
    assert "waits for sales" in answer(page)
    sign(page, "sales", 1, "Bo Lund", "CRO")
    page.wait_for_function("() => /Version 1 is in force/.test(document.querySelector('p.answer').innerText)")
    sign(page, "sponsor", 1, "Cy Dow", "CEO")

    with page.expect_download() as waiting:
        page.locator(".st-key-pdf_v1 button").click()
    paper = Path(waiting.value.path()).read_bytes()
    assert pages_of(paper) == 2
    with page.expect_download() as waiting:
        page.locator(".st-key-toml_v1 button").click()
    file = tmp_path / "amended.toml"
    text = Path(waiting.value.path()).read_text("utf-8")
    assert "high_minutes = 60" in text
    file.write_text(text.replace("high_minutes = 60", "high_minutes = 6000"), "utf-8")

    look(page, "Both sides", "Marketing kept it for")
    kept = answer(page)
    assert "not agreed" not in kept

    look(page, "Signatures", "Version 1 is in force")
    page.get_by_text("Bring a contract file, or begin again").click()
    page.locator("input[type=file]").first.set_input_files(file)
    page.get_by_text("within 100 h", exact=False).first.wait_for()
    propose(page, 2)
    sign(page, "sales", 2, "Bo Lund", "CRO")
    sign(page, "marketing", 2, "Ann Ray", "CMO")
    page.wait_for_function("() => /Version 2 is in force/.test(document.querySelector('p.answer').innerText)")
    assert page.locator(".st-key-version_1").count() == 0
    page.get_by_text("Version 1: superseded").wait_for()

    look(page, "Both sides", "Marketing kept it for")
    assert answer(page) != kept
    assert answer(page).split(";")[0] == kept.split(";")[0]
