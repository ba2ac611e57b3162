"""The read-out as a file: the sentences and figures of the screen, nothing from outside, nothing of the data executed."""

from __future__ import annotations

import json
import re
from functools import cache

import pytest

from analytics import compliance, funnel, long_tail, rejections, segments
from analytics.__main__ import main
from analytics.band_stages import answer as bands_answer
from analytics.band_stages import measure_band_stages
from analytics.charts.two_sides import two_sides
from analytics.charts.weekly_acceptance import weekly_acceptance
from analytics.report import Report, build_report
from analytics.report_page import report_html
from analytics.store.workspace import Workspace
from analytics.verdict import measure_judgement
from tests.metrics.worlds import World, sample, world_of
from tests.pages.fixtures import HOSTILE


def asked(of: World, request=None):
    cohort = of.cohort(request)
    return lambda measure, *further: measure(of.warehouse, cohort, *further)


def report_of(of: World, request=None) -> Report:
    request = request or of.request()
    return build_report(
        asked(of, request), of.readout(request), of.manifest, of.contract, request, "defaults"
    )


@cache
def of_sample() -> Report:
    return report_of(sample())


def figures_in(page: str) -> dict:
    found = re.search(r'<script type="application/json" id="figures">(.*?)</script>', page, re.DOTALL)
    return json.loads(found.group(1))


def test_every_sentence_is_that_of_its_page():
    of = sample()
    ask = asked(of)
    sentences = {one.slug: one.sentence for one in of_sample().sections}
    bands = ask(measure_band_stages)
    assert sentences == {
        "four_numbers": ask(measure_judgement).verdict.sentence,
        "funnel": funnel.answer(ask(funnel.measure_funnel, "month")),
        "speed": long_tail.answer(ask(long_tail.measure_long_tail)),
        "score_bands": bands_answer(bands, bands.measurable[-1]),
        "rejections": rejections.answer(ask(rejections.measure_rejections, "month")),
        "segments": segments.answer(ask(segments.measure_segments)),
        "plumbing": sentences["plumbing"],
        "sides": compliance.sentence(ask(compliance.measure_compliance)),
    }
    assert "trusted" in sentences["plumbing"] or "fault" in sentences["plumbing"]


def test_every_figure_of_the_file_is_that_of_the_screen():
    of = sample()
    drawn = figures_in(report_html(of_sample()))
    expected = {
        f"figure_{section.slug}_{number}": json.loads(picture.figure.to_json())
        for section in of_sample().sections
        for number, picture in enumerate(section.pictures)
        if picture.figure is not None
    }
    assert drawn == expected
    assert drawn["figure_four_numbers_0"] == json.loads(weekly_acceptance(of.readout().acceptance).to_json())
    assert drawn["figure_sides_0"] == json.loads(
        two_sides(asked(of)(compliance.measure_compliance)).to_json()
    )


def test_every_page_says_what_it_stands_on():
    of = sample()
    page = report_html(of_sample())
    sections = page.count('<section class="page')
    assert sections == len(of_sample().sections) + 1
    for words in (
        of.manifest.fingerprint[:8],
        "as of 30 Sep 2026",
        "leads.csv",
        of.contract.hash[:8],
        "sample data",
    ):
        assert page.replace("\u00a0", " ").count(words) >= sections
    printed = report_html(of_sample(), is_printed=True)
    assert "@bottom-left" in printed
    assert of.manifest.fingerprint[:8] in printed.split("@bottom-left")[1][:120]


def test_nothing_is_asked_from_outside():
    page = report_html(of_sample())
    head = page[: page.index("<style>")]
    assert "default-src 'none'" in head
    assert "connect-src 'none'" in head
    own = re.sub(r"<script>.*?</script>", "", page, flags=re.DOTALL)
    assert not re.search(r"""(?:src|href|action)\s*=\s*["']?\s*(?:https?:)?//""", own)
    assert "url(http" not in own
    assert "displayModeBar: false" in page


def hostile() -> World:
    evil = f"</script><script>alert(1)</script>{HOSTILE}"
    rows = [
        {"Lead ID": f"L{n}", "Handoff Date": f"2026-0{1 + n % 5}-1{n % 9} 10:00:00", "Lead Source": evil, "Lead Owner": evil,
         "Company": evil, "Industry": evil, "Employees": str(10 + n), "Score": str(n % 100),
         "Lead Status": ("Accepted", "Rejected")[n % 2], "Rejection Reason": evil if n % 2 else "",
         "Outcome": "Won" if n % 4 == 0 else "Lost", "Closed Date": "2026-06-20 10:00:00",
         "First Activity": f"2026-0{1 + n % 5}-1{n % 9} 12:00:00"}
        for n in range(120)
    ]  # fmt: skip
    return world_of(rows, as_of="2026-12-31 00:00:00", zone="UTC")


def test_hostile_cells_stay_text():
    of = hostile()
    page = report_html(report_of(of, of.request(filters=(("source", (of.rows()[0]["source"],)),))))
    outside = re.sub(r"<script>.*?</script>", "", page, flags=re.DOTALL)
    assert "<script>alert" not in outside
    assert "<img" not in outside
    assert "<b>Bold" not in outside
    assert figures_in(page)
    assert page.count("<script") == 3


def test_an_empty_selection_is_one_page_that_says_so():
    of = sample()
    page = report_html(report_of(of, of.request(filters=(("source", ("nowhere",)),))))
    assert "No lead is in this selection." in page
    assert figures_in(page) == {}


def test_what_cannot_be_measured_says_which_column_would_bring_it():
    rows = [{"Lead ID": str(n), "Handoff Date": f"2026-0{1 + n % 6}-05 10:00:00"} for n in range(60)]
    page = report_html(report_of(world_of(rows, as_of="2026-12-31 00:00:00", zone="UTC")))
    assert page.count("What would bring it:") >= 5
    assert "NaN" not in re.sub(r"<(script|style).*?</\1>", "", page, flags=re.DOTALL)


def test_the_command_writes_the_file_whole(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("HANDOFF_HOME", str(tmp_path / "home"))
    manifest = Workspace(tmp_path / "home").ensure_sample()
    target = tmp_path / "readout.html"
    assert main(["report", manifest.fingerprint[:8], "--out", str(target), "--all"]) == 0
    assert str(target) in capsys.readouterr().out
    page = target.read_text("utf-8")
    assert page.startswith("<!doctype html>")
    assert "whole file" in page
    assert [one.name for one in tmp_path.iterdir() if one.is_file()] == ["readout.html"]


@pytest.mark.parametrize(
    ("out", "code", "said"),
    [("readout.docx", 2, "ends in .html or .pdf"), ("no/such/folder/r.html", 1, "cannot be written")],
)
def test_the_command_says_what_is_wrong(tmp_path, monkeypatch, capsys, out, code, said):
    monkeypatch.setenv("HANDOFF_HOME", str(tmp_path / "home"))
    manifest = Workspace(tmp_path / "home").ensure_sample()
    assert main(["report", manifest.fingerprint[:8], "--out", str(tmp_path / out)]) == code
    assert said in capsys.readouterr().err
