"""The search over the real sample: asked in the box, answered in the drawer, opened row by row, kept as a hypothesis."""

from __future__ import annotations

import html
import re

import pytest
from streamlit.testing.v1 import AppTest

from analytics import cohort_search
from analytics.cohort import CohortRequest
from analytics.cohort_search import Found
from analytics.cohort_search_rows import open_rule_leads
from analytics.store.records import Records
from pages.ui import cache, search_answer
from pages.ui.page_list import IMPORT, SECTIONS, has_page
from pages.ui.shell import Frame
from tests.metrics.worlds import World, engine, sample, workspace, world_of
from tests.pages import conftest as pages
from tests.pages.fixtures import HOSTILE

PAGE = "pages/definitions.py"
PHONE = "phone missing and source webinar"
PAGES = [one.path for entries in SECTIONS.values() for one in entries if one.path != IMPORT and has_page(one.path)]  # fmt: skip


def shown(monkeypatch: pytest.MonkeyPatch, of: World, page: str = PAGE, **query: str | list[str]) -> AppTest:
    at = pages.page_over(monkeypatch, of, page, **query)
    assert not at.exception
    return at


def ask(at: AppTest, text: str) -> AppTest:
    at.text_input(key="search_text").set_value(text)
    at.button(key="search_go").click().run()
    assert not at.exception
    return at


def press(at: AppTest, key: str) -> AppTest:
    at.button(key=key).click().run()
    assert not at.exception
    return at


def said_on(at: AppTest) -> str:
    return html.unescape(pages.plain(pages.markup_of(at)))


def plain(text: str) -> str:
    return pages.plain(text)


def counted(at: AppTest) -> int:
    """The count over the rows of the drawer."""
    found = re.findall(r'<p class="count">([\d,]+) leads?</p>', pages.markup_of(at))
    assert len(found) == 1, found
    return int(found[0].replace(",", ""))


def whole(of: World, text: str) -> Found:
    found = cohort_search.find(of.warehouse, of.cohort(), text)
    assert isinstance(found, Found)
    return found


def _drawer() -> None:
    import streamlit as st

    from pages.ui import search_answer

    search_answer.content(st.session_state["frame"])


def asked(monkeypatch: pytest.MonkeyPatch, of: World, text: str) -> AppTest:
    """The drawer alone over the whole file: the tests' runner always runs a whole page, which would close it."""
    monkeypatch.setattr(cache, "workspace", workspace)
    monkeypatch.setattr(cache, "warehouse", engine)
    at = AppTest.from_function(_drawer, default_timeout=240)
    at.session_state["frame"] = Frame(of.manifest, of.contract, of.request())
    at.session_state["answer_text"] = at.session_state["answer_asked"] = text
    at.run()
    assert not at.exception
    return at


@pytest.mark.parametrize("page", PAGES)
def test_the_box_stands_on_every_page_about_leads(monkeypatch, page):
    at = shown(monkeypatch, sample(), page)
    assert at.text_input(key="search_text").label == search_answer.LABEL
    assert "answer_go" not in {button.key for button in at.button}


def test_a_rule_is_answered_with_both_sides_and_its_rows(monkeypatch):
    of = sample()
    at, found = ask(shown(monkeypatch, of, period="Whole file"), PHONE), whole(of, PHONE)
    said = said_on(at)
    assert plain(found.sentence) in said
    assert "Understood as: phone is missing AND source is webinar" in said
    assert counted(at) == found.leads == 58
    assert at.dataframe[-1].value["lead_id"].tolist() == (
        open_rule_leads(of.warehouse, of.cohort(), found).frame["lead_id"].to_list()
    )
    for one in (*found.contrasts, found.wait):
        assert {f"answer_matched_{one.slug}", f"answer_rest_{one.slug}"} <= {b.key for b in at.button}


def test_every_number_opens_as_many_leads_as_it_says(monkeypatch):
    of = sample()
    at = asked(monkeypatch, of, "source webinar")
    opened = 0
    for button in [one for one in at.button if re.match("answer_(matched|rest)_", str(one.key))]:
        press(at, button.key)
        says = re.findall(r"([\d,]+) of [\d,]+", button.label)
        assert [f"{counted(at):,}"] == says
        opened += 1
    assert opened == 10
    for name in search_answer._row_sets(whole(of, "source webinar")):
        at.selectbox(key=search_answer.ROWS).set_value(name).run()
        assert not at.exception
        assert counted(at) >= at.dataframe[-1].value.shape[0]


def test_the_rest_and_the_unknown_open_too(monkeypatch):
    of = sample()
    at, found = asked(monkeypatch, of, "score under 40"), whole(of, "score under 40")
    assert found.unknown
    for part, count in (("rest", found.rest), ("unknown", found.unknown)):
        at.selectbox(key=search_answer.ROWS).set_value(f"{part}.leads").run()
        assert counted(at) == count
    assert f"For {found.unknown} leads the export does not say" in said_on(at)


def test_the_search_keeps_to_the_period_and_the_filters(monkeypatch):
    of = sample()
    at = ask(shown(monkeypatch, of, by_source="Webinar"), "score under 40")
    request = CohortRequest(of.manifest.fingerprint, filters=(("source", ("Webinar",)),))
    found = cohort_search.find(of.warehouse, of.cohort(request), "score under 40")
    assert isinstance(found, Found)
    assert plain(found.sentence) in said_on(at)
    assert counted(at) == found.leads


def test_a_mistake_shows_its_place_and_loses_nothing(monkeypatch):
    at = asked(monkeypatch, sample(), "phone missing and scroe under 40")
    said = said_on(at)
    assert "did you mean" in said
    assert "score" in said
    line, caret = re.findall(r'<pre class="mistake">(.*)\n(.*)</pre>', said)[0]
    assert line[caret.index("^") :].startswith("scroe")
    assert at.text_input(key="answer_text").value == "phone missing and scroe under 40"
    at.text_input(key="answer_text").set_value("phone missing and score under 40")
    press(at, "answer_go")
    assert counted(at) == whole(sample(), "phone missing and score under 40").leads


def test_a_mistake_far_out_is_cut_to_its_place(monkeypatch):
    text = " or ".join(["phone missing"] * 15) + " or scroe under 40"
    said = said_on(asked(monkeypatch, sample(), text))
    line, caret = re.findall(r'<pre class="mistake">(.*)\n(.*)</pre>', said)[0]
    assert line.startswith("…")
    assert len(caret) < 60
    assert line[caret.index("^") :].startswith("scroe")


WHO = "<b>Ann</b> ![x](https://evil.example/x.png) **md**"
ROWS = [
    {"Lead ID": f"L{number:03}", "Handoff Date": "2026-03-02 10:00:00", "Lead Source": HOSTILE if number % 2 else "Show",
     "Campaign": "Show" if number < 9 else "Fair", "Company / Account": "[x](https://evil.example)",
     "Lead Status": "Accepted" if number % 3 else "Rejected"}
    for number in range(80)
]  # fmt: skip


def test_a_name_in_several_places_asks_back_without_markup(monkeypatch):
    of = world_of(ROWS, as_of="2026-09-01")
    at = asked(monkeypatch, of, "show")
    choices = cohort_search.find(of.warehouse, of.cohort(), "show").choices
    said = said_on(at)
    assert [(one.field, one.leads) for one in choices] == [("campaign", 9), ("source", 40)]
    assert all(one.words in said for one in choices)
    press(at, "answer_choice_1")
    assert counted(at) == 40
    assert "Understood as: source is Show" in said_on(at)
    press(at, "answer_choice_0")
    assert counted(at) == 9


def test_names_of_the_file_never_become_markup(monkeypatch):
    of = world_of(ROWS, as_of="2026-09-01")
    at = asked(monkeypatch, of, "Bold")
    assert counted(at) == 40
    at.text_input(key="answer_text").set_value("evil")
    press(at, "answer_go")
    assert "company is “[x](https://evil.example)” · 80 leads" in said_on(at)
    sent = pages.markup_of(at)
    for tag in ("<b>", "<img", "<a "):
        assert tag not in sent
    labels = [one.label for one in (*at.button, *at.selectbox, *at.text_input)]
    assert not any("evil" in label or "Bold" in label for label in labels)


def test_a_name_nobody_has_says_so(monkeypatch):
    said = said_on(asked(monkeypatch, sample(), "zebra"))
    assert "contains “zebra”" in said
    assert "For example" in said


def test_an_empty_selection_says_so_and_leads_out(monkeypatch):
    at = shown(monkeypatch, sample(), period="From – to")
    for key in ("from", "to"):
        at.date_input(key=key).set_value(at.date_input(key=key).value.replace(year=2001))
    ask(at, "score under 40")
    assert "No lead is in this selection, so there is nothing to search." in said_on(at)
    press(at, "answer_remove_all")
    assert at.selectbox(key="period").value == "Whole file"


def test_what_cannot_be_measured_says_what_it_lacks(monkeypatch):
    rows = [
        {"Lead ID": f"L{n}", "Handoff Date": "2026-03-02 10:00:00", "Lead Source": "web" if n % 2 else "fair"}
        for n in range(80)
    ]
    at = asked(monkeypatch, world_of(rows, as_of="2026-09-01"), "source web")
    said = said_on(at)
    assert said.count("cannot be measured") == 5
    assert "What would bring it" in said
    assert counted(at) == 40


def test_a_rule_on_an_outcome_proves_nothing_about_it(monkeypatch):
    assert "the rule itself chooses by this" in said_on(asked(monkeypatch, sample(), "won"))


def test_the_definition_is_the_method(monkeypatch):
    at = asked(monkeypatch, sample(), PHONE)
    at.segmented_control(key=search_answer.LOOK).set_value(search_answer.DEFINITION).run()
    assert plain(cohort_search.METHOD) in said_on(at)


@pytest.mark.parametrize("metric", ["accepted_of_decided", "working_wait"])
def test_an_anecdote_is_judged_and_kept(monkeypatch, metric):
    of = sample()
    at, found = asked(monkeypatch, of, PHONE), whole(of, PHONE)
    at.segmented_control(key=search_answer.LOOK).set_value(search_answer.SAVE).run()
    press(at, "hypothesis_save")
    assert "Say who raised it" in said_on(at)
    at.text_input(key="hypothesis_who").set_value(f" {WHO} ")
    at.selectbox(key="hypothesis_metric").set_value(metric)
    at.selectbox(key="hypothesis_claim").set_value("lower")
    press(at, "hypothesis_save")
    verdict = cohort_search.judge(found, metric, "lower")
    assert verdict.sentence in said_on(at)
    kept = Records(workspace()).hypotheses(of.manifest.fingerprint)[0]
    assert (kept.rule, kept.metric, kept.claim, kept.verdict) == (PHONE, metric, "lower", verdict.verdict)
    assert (kept.raised_by, kept.sentence, kept.contract) == (WHO, verdict.sentence, of.contract.hash)  # fmt: skip
    assert kept.selection.startswith("whole file")
    at.segmented_control(key=search_answer.LOOK).set_value(search_answer.SAVED).run()
    assert f'<span class="verdict">{verdict.verdict}</span>' in pages.markup_of(at)
    assert "<b>" not in pages.markup_of(at)
