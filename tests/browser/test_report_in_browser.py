"""The file that is taken home, in a real browser without a network: every figure drawn, nothing asked, no chart cut on paper."""

from __future__ import annotations

import pytest

from analytics.contract_pdf import pages_of
from analytics.report_page import report_html, report_pdf
from tests.test_report import hostile, of_sample, report_of

pytestmark = pytest.mark.browser
CUT = """() => [...document.querySelectorAll('figure')].filter(one => one.scrollWidth > one.clientWidth + 1
    || one.getBoundingClientRect().height > 700).map(one => one.innerText.slice(0, 40))"""


@pytest.mark.parametrize("kind", ["sample", "hostile"])
def test_the_file_is_drawn_offline(browser, tmp_path, kind):
    report = of_sample() if kind == "sample" else report_of(hostile())
    (tmp_path / "readout.html").write_text(report_html(report), "utf-8")
    page = browser.new_page(viewport={"width": 1280, "height": 720})
    asked, troubles, dialogs = [], [], []
    page.on("request", lambda one: asked.append(one.url))
    page.on("pageerror", lambda error: troubles.append(str(error)))
    page.on("dialog", lambda one: (dialogs.append(one.message), one.dismiss()))
    page.goto((tmp_path / "readout.html").as_uri())
    wanted = sum(picture.figure is not None for one in report.sections for picture in one.pictures)
    page.wait_for_function(
        "n => document.querySelectorAll('.figure .plot-container').length === n", arg=wanted
    )
    assert [url for url in asked if not url.startswith(("file:", "data:"))] == []
    assert troubles == []
    assert dialogs == []
    assert page.locator(".modebar").count() == 0
    assert page.locator("img").count() == 0
    assert page.evaluate(CUT) == []
    page.emulate_media(media="print")
    assert page.evaluate(CUT) == []
    page.close()


def test_the_pdf_has_a_sheet_for_every_section(browser):
    pdf = report_pdf(of_sample())
    assert pdf.startswith(b"%PDF-")
    sections = len(of_sample().sections)
    assert sections + 1 <= pages_of(pdf) <= sections + 4
