"""The page of the audit, its light on other pages, and the verdict line, over real snapshots."""

from __future__ import annotations

import html

import pytest
from streamlit.testing.v1 import AppTest

from analytics.cohort import CohortRequest
from analytics.plumbing import audit_words
from analytics.verdict import measure_judgement
from tests.metrics.worlds import World, sample, story, world_of
from tests.pages.conftest import markup_of, page_over
from tests.pages.fixtures import HOSTILE

PAGE = "pages/plumbing.py"
FRONT = "pages/four_numbers.py"


def said(at: AppTest) -> str:
    assert not at.exception
    found = markup_of(at).replace("\u2060", "")
    assert 'class="problem"' not in found
    return found


def broken() -> World:
    return story("broken_plumbing", 11, 6_000)[0]


def judged(of: World):
    return measure_judgement(of.warehouse, of.cohort(CohortRequest(of.manifest.fingerprint)))


@pytest.mark.parametrize("make", [sample, broken], ids=["sample", "broken"])
def test_the_page_says_what_was_measured(monkeypatch, make):
    of = make()
    at = page_over(monkeypatch, of, PAGE)
    found = judged(of)
    words = said(at)
    assert html.escape(audit_words.answer(found.audit)) in words
    for question in found.audit.questions:
        assert html.escape(question.answer) in words
    table = next(frame.value for frame in at.dataframe if "At fault" in frame.value.columns)
    shown = {row["Check"]: row["At fault"] for row in table.to_dict("records")}
    for one in found.audit.checks:
        if one.is_known:
            assert shown[one.check.title] == one.share.numerator


def test_the_light_stands_on_every_page_and_leads_to_the_audit_where_it_is_red(monkeypatch):
    of = broken()
    words = audit_words.light(judged(of).audit)
    for page in (FRONT, "pages/funnel.py", "pages/leads.py"):
        at = page_over(monkeypatch, of, page)
        assert words in said(at), page
        assert [link.proto.label for link in at.get("page_link") if "plumbing" in link.proto.label] == [words]


def test_the_light_of_a_sound_record_is_in_the_foot_alone(monkeypatch):
    of = story("healthy", 11, 6_000)[0]
    at = page_over(monkeypatch, of, FRONT)
    assert "plumbing: green" in said(at)
    assert not [link for link in at.get("page_link") if "plumbing" in link.proto.label]


def test_the_verdict_stands_under_the_four_numbers_and_opens_what_it_stands_on(monkeypatch):
    of = sample()
    at = page_over(monkeypatch, of, FRONT)
    found = judged(of).verdict
    assert f'<p class="verdict">{html.escape(found.sentence)}</p>' in said(at)
    at.button(key="verdict_why").click().run()
    words = said(at)
    for one in (*found.evidence, *found.against):
        assert html.escape(f"{one.label}: {one.words}") in words
    assert html.escape(found.would_change) in words
    for one in found.others:
        assert html.escape(one.sentence) in words


def test_hostile_values_stay_text(monkeypatch):
    rows = [
        {
            "Lead ID": f"L{number}", "Handoff Date": f"2026-0{1 + number // 300}-04 1{number % 8}:{number % 60:02}:00", "Lead Source": HOSTILE,
            "Lead Owner": HOSTILE, "SAL Date": f"2026-0{2 + number // 300}-05 10:{number % 60:02}:00", "Opportunity: Created Date": "2026-04-20 10:00:00",
            "Converted Opportunity ID": f"D{number}", "First Activity": "",
        }
        for number in range(600)
    ]  # fmt: skip
    at = page_over(monkeypatch, world_of(rows, as_of="2026-09-30 12:00:00"), PAGE, period="Whole file")
    words = said(at)
    assert "<img" not in words
    assert "onerror" not in words.replace(html.escape(HOSTILE), "")


def test_an_export_without_most_columns_says_so(monkeypatch):
    rows = [
        {"Lead ID": f"L{number}", "Handoff Date": f"2026-05-04 10:{number:02}:00"} for number in range(40)
    ]
    at = page_over(monkeypatch, world_of(rows, as_of="2026-06-30 12:00:00"), PAGE, period="Whole file")
    words = said(at)
    assert "not possible with this export" in words
    assert "Ask your CRM administrator" in words
