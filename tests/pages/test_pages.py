"""Every page renders with data, with nothing selected, with nothing measurable, and with hostile names."""

from __future__ import annotations

import html
import json

import pytest

from analytics.errors import RequestError
from pages.ui import cache
from tests.pages import fixtures

FOUR = "pages/four_numbers.py"
PAGES = ("", "pages/leads.py", "pages/definitions.py")


def markup_of(at) -> str:
    return "\n".join(element.proto.body for element in at.get("html"))


def figures_of(at) -> dict[str, dict]:
    return {
        data["alt"].split(".")[0]: json.loads(data["figure"])
        for data in (json.loads(element.proto.json) for element in at.get("bidi_component"))
    }


@pytest.mark.parametrize("page", PAGES)
def test_renders_with_data(stage, page):
    at = stage.run(page)
    assert not at.exception
    assert len(at.title) == 1
    assert at.title[0].value.endswith("?")
    assert 'class="problem"' not in markup_of(at)


def test_the_four_numbers_are_the_numbers_of_the_readout(stage):
    at = stage.run()
    numerals = [button.label for button in at.button if button.key.startswith("numeral_")]
    assert numerals == [
        "59\u00a0%",
        "72\u00a0%",
        "2.7\u00a0h",
        "56\u00a0%",
        "46\u00a0%",
        "8.9\u00a0%",
        "ordered",
        "74",
    ]
    text = markup_of(at)
    for words in ("391 of 668", "391 of 542", "391 of 702", "125 of 271", "24 of 271"):
        assert words in text


def test_both_acceptance_twins_stand_on_the_slide(stage):
    text = markup_of(stage.run())
    assert "accepted of settled" in text
    assert "accepted of decided" in text


def test_each_panel_has_leads_definition_sentence_and_figure(stage):
    at = stage.run()
    keys = {button.key for button in at.button}
    for slug in ("acceptance", "speed", "working_rate", "score_bands"):
        assert {f"leads_{slug}", f"definition_{slug}"} <= keys
    assert set(figures_of(at)) == {
        "Acceptance rate",
        "Speed to lead",
        "Working rate",
        "Conversion by score band",
    }
    assert markup_of(at).count('class="sentence"') >= 4


@pytest.mark.parametrize("page", PAGES)
def test_the_footer_says_what_the_page_stands_on(stage, page):
    footer = next(line for line in markup_of(stage.run(page)).splitlines() if "footer" in line)
    for part in (
        "snapshot 3fa9c1d2",
        "as of 29\u00a0Aug\u00a02026, 06:00 UTC",
        "725 leads",
        "100\u00a0% mature",
        "contract ",
    ):
        assert part in footer


def test_a_numeral_opens_its_leads_with_the_same_count(stage):
    at = stage.run()
    at.button(key="numeral_acceptance_0").click().run()
    assert not at.exception
    assert "412 leads, as in the number you clicked" in markup_of(at)


def test_a_definition_shows_words_and_query(stage):
    at = stage.run()
    at.button(key="definition_acceptance").click().run()
    assert not at.exception
    assert any("is_settled AND is_accepted" in code.value for code in at.code)


def test_unmeasurable_numbers_say_why_and_what_would_bring_them(stage):
    stage.readout = fixtures.unmeasurable_readout()
    at = stage.run()
    assert not at.exception
    text = markup_of(at)
    assert text.count('<p class="cannot">cannot be measured from this export<') == 4
    assert "What would bring it: acceptance date." in text
    assert not figures_of(at)


def test_an_empty_selection_says_what_excluded_everything_and_how_to_undo_it(stage):
    stage.readout = fixtures.empty_readout()
    at = stage.run(FOUR)
    at.multiselect(key="by_source").set_value([fixtures.HOSTILE]).run()
    assert not at.exception
    text = markup_of(at)
    assert "No lead is in this selection." in text
    assert html.escape(fixtures.HOSTILE) in text
    at.button(key="remove_all").click().run()
    assert at.multiselect(key="by_source").value == []


def test_hostile_names_stay_text_everywhere(stage):
    at = stage.run(FOUR)
    at.multiselect(key="by_source").set_value([fixtures.HOSTILE]).run()
    assert not at.exception
    text = markup_of(at)
    assert html.escape(fixtures.HOSTILE) in text
    assert "<img" not in text
    assert "<b>" not in text
    for kind in ("markdown", "caption", "button", "multiselect", "selectbox", "error", "warning"):
        for element in at.get(kind):
            shown = getattr(element, "label", "") or getattr(element, "value", "")
            assert fixtures.HOSTILE not in str(shown) or kind == "multiselect"
    for widget in at.multiselect:
        assert "<" not in widget.label
        assert "!" not in widget.label


def test_a_chip_takes_its_filter_off(stage):
    at = stage.run(FOUR)
    at.multiselect(key="by_owner").set_value(["Ann"]).run()
    assert stage.asked[-1].filters == (("owner", ("Ann",)),)
    at.button(key="remove_filter_0").click().run()
    assert stage.asked[-1].filters == ()


def test_the_unknown_value_is_asked_for_as_the_empty_text(stage):
    at = stage.run(FOUR)
    at.multiselect(key="by_source").set_value([""]).run()
    assert stage.asked[-1].filters == (("source", ("",)),)
    assert "source: (unknown)" in markup_of(at)


def test_the_whole_file_is_a_chip_that_leads_back(stage):
    at = stage.run(FOUR)
    at.selectbox(key="period").set_value("Whole file").run()
    assert stage.asked[-1].is_whole_file
    at.button(key="remove_period").click().run()
    assert not stage.asked[-1].is_whole_file


def test_a_period_that_ends_before_it_starts_is_said_in_a_sentence(stage):
    at = stage.run(FOUR)
    at.selectbox(key="period").set_value("From – to").run()
    at.date_input(key="from").set_value(at.date_input(key="to").value.replace(year=2027)).run()
    assert not at.exception
    assert "before it starts" in markup_of(at)


def test_the_leads_page_shows_the_set_of_its_address(stage):
    at = stage.run("pages/leads.py", show="never_touched")
    assert not at.exception
    assert "Leads without any human touch" in markup_of(at)


def test_an_unknown_set_in_the_address_is_said_in_a_sentence(stage):
    at = stage.run("pages/leads.py", show="<b>x</b>")
    assert not at.exception
    assert "There is no set of leads named" in markup_of(at)
    assert "<b>" not in markup_of(at)


def test_errors_of_the_request_are_sentences_and_bugs_are_references(stage, monkeypatch, caplog):
    def refuse(*_):
        raise RequestError("There is no column '<b>x</b>' to group by.")

    monkeypatch.setattr(cache, "numbers", refuse)
    at = stage.run(FOUR)
    assert not at.exception
    assert "There is no column &#x27;&lt;b&gt;x&lt;/b&gt;&#x27; to group by." in markup_of(at)

    def fail(*_):
        raise ZeroDivisionError("secret detail")

    monkeypatch.setattr(cache, "numbers", fail)
    at = stage.run(FOUR)
    assert not at.exception
    text = markup_of(at)
    assert "secret detail" not in text
    reference = text.split("log has it as ")[1][:8]
    assert reference in caplog.text
    assert "secret detail" in caplog.text


def test_meeting_mode_enlarges_type_and_figures(stage):
    at = stage.run(FOUR)
    at.toggle(key="meeting").set_value(True).run()
    assert any("20px" in element.proto.body for element in at.get("html"))
    scales = {json.loads(element.proto.json)["scale"] for element in at.get("bidi_component")}
    assert scales == {1.2}


def test_the_table_so_far_adds_up_and_names_the_unknown(stage):
    table = stage.run(FOUR).dataframe[0].value
    assert table["source"].iloc[0] == "All leads"
    assert table["source"].iloc[-1] == "(unknown)"
    for column in ("Leads", "Accepted", "Rejected", "No decision", "Won", "Lost"):
        assert table[column][0] == sum(table[column][1:])


def test_controls_keep_their_values_from_page_to_page(stage):
    at = stage.run(FOUR)
    at.multiselect(key="by_owner").set_value(["Ann"]).run()
    at.switch_page("pages/definitions.py").run()
    assert stage.asked[-1].filters == (("owner", ("Ann",)),)
    at.button(key="remove_filter_0").click().run()
    at.switch_page(FOUR).run()
    assert stage.asked[-1].filters == ()
