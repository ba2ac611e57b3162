"""The what-if page: what it says, shows, opens, saves and restores, over the sample and over bare exports."""

from __future__ import annotations

import html
from collections.abc import Iterator
from urllib.parse import parse_qs

import pytest
from streamlit.testing.v1 import AppTest

from analytics import threshold_reading
from analytics import what_if_words as words
from analytics.store.scenarios import Scenarios
from analytics.store.workspace import Workspace
from analytics.threshold import measure_threshold
from analytics.what_if import Parted, Parting, measure_all_in_time, open_part, part_cohort
from pages.ui import cache, page_list
from pages.ui import what_if_saved as saved
from pages.ui import what_if_tables as panels
from tests.metrics.opened_keys import opened
from tests.metrics.worlds import World, sample, workspace, world_of
from tests.pages.conftest import figures_on, markup_of, page_over, plain
from tests.pages.fixtures import HOSTILE

PAGE = "pages/what_if.py"
NAME = HOSTILE[:76]
IN_TIME, WITHOUT, CRITERIA = "All touched in time", "Without …", "If a criterion applied"


@pytest.fixture(autouse=True)
def listed(monkeypatch: pytest.MonkeyPatch) -> None:
    """The page stands in the list, whatever else does."""
    if not any(entry.path == PAGE for entries in page_list.SECTIONS.values() for entry in entries):
        entry = page_list.Entry(PAGE, "What if?", "what_if")
        monkeypatch.setitem(page_list.SECTIONS, "What if", (entry,))


@pytest.fixture
def home(monkeypatch: pytest.MonkeyPatch, tmp_path) -> Iterator[Workspace]:
    """A workspace of its own for the scenarios; the snapshots stay where they are."""
    own = Workspace(tmp_path / "home")
    monkeypatch.setattr(saved, "Scenarios", lambda _: Scenarios(own))
    return own


def shown(monkeypatch: pytest.MonkeyPatch, of: World, **query: str | list[str]) -> AppTest:
    at = page_over(monkeypatch, of, PAGE, **({"period": "Whole file"} | query))
    assert not at.exception
    return at


def said_on(at: AppTest) -> str:
    return html.unescape(plain(markup_of(at)))


def part(of: World, parting: Parting) -> Parted:
    found = part_cohort(of.warehouse, of.cohort(), parting)
    assert isinstance(found, Parted)
    return found


def test_a_score_line_is_read_as_on_the_page_of_bands(monkeypatch):
    of = sample()
    found = measure_threshold(of.warehouse, of.cohort())
    at = shown(monkeypatch, of, line="60")
    assert at.title[0].value == "What if?"
    assert plain(threshold_reading.answer(found, 60)) in said_on(at)
    assert len(figures_on(at)) == 1
    for line in words.THRESHOLD_ASSUMPTIONS:
        assert plain(line) in said_on(at)


def test_every_touch_in_time(monkeypatch):
    of = sample()
    found = measure_all_in_time(of.warehouse, of.cohort())
    at = shown(monkeypatch, of, what=IN_TIME)
    said = said_on(at)
    assert plain(words.answer_in_time(found)) in said
    for line in (*words.notes_in_time(found), *words.IN_TIME_ASSUMPTIONS):
        assert plain(line) in said
    ((alt, _),) = figures_on(at)
    assert plain(alt) == plain(words.answer_in_time(found))
    for rows, keys in (panels.in_time_table(found), panels.late_table(found)):
        leads = opened(of, [key for row in keys for key in row.values() if key])
        for cells, named in zip(rows.to_dicts(), keys, strict=True):
            assert {column: leads[key] for column, key in named.items() if key} == {
                column: cells[column] for column in named
            }
    at.button(key="what_limit_met_0").click().run()
    assert not at.exception
    assert found.day is not None
    assert f"{found.day.hits} leads, as in the number you clicked" in said_on(at)


def test_without_a_source(monkeypatch):
    of = sample()
    found = part(of, Parting("without", "source", "Webinar"))
    at = shown(monkeypatch, of, what=WITHOUT, what_by="source", what_value="Webinar")
    said = said_on(at)
    assert plain(words.answer(found)) in said
    for line in words.assumptions(found):
        assert plain(line) in said
    rows, _ = panels.parted_table(found)
    assert at.dataframe[0].value["As it is"].tolist() == rows["As it is"].to_list()


@pytest.mark.parametrize("parting", [Parting("without", "source", "Webinar"), Parting("rule", value="score over 60")])  # fmt: skip
def test_every_count_of_the_table_opens_its_leads_and_the_parts_add_up(parting):
    of = sample()
    rows, keys = panels.parted_table(part(of, parting))
    for cells, named in zip(rows.to_dicts(), keys, strict=True):
        assert cells["Kept"] + cells["Removed"] == cells["As it is"], cells["Number"]
        for column, asked in named.items():
            if asked is not None:
                count = open_part(of.warehouse, of.cohort(), parting, *asked, 1).count
                assert count == cells[column], (cells["Number"], column)


def test_a_rule_keeps_leads_and_one_that_is_none_is_a_sentence(monkeypatch):
    of = sample()
    at = shown(monkeypatch, of, what=CRITERIA)
    assert "Type a rule" in said_on(at)
    at.text_input(key="what_rule").set_value("score at least 60").run()
    found = part(of, Parting("rule", value="score at least 60"))
    assert plain(words.answer(found)) in said_on(at)
    assert f"{found.unknown.leads} leads of unknown answer removed, listed apart" in said_on(at)
    at.text_input(key="what_rule").set_value(f"source {HOSTILE[:40]}").run()
    assert not at.exception
    assert "This rule cannot be applied to this export." in said_on(at)
    assert "<b>" not in markup_of(at)


def test_the_records_stay_closed_until_they_are_asked_for(monkeypatch):
    def never(_):
        raise AssertionError("the records were opened")

    monkeypatch.setattr(saved, "Scenarios", never)
    for what in (IN_TIME, WITHOUT):
        assert "Something went wrong" not in said_on(shown(monkeypatch, sample(), what=what))


def test_a_scenario_is_saved_listed_restored_and_flagged(monkeypatch, home):
    of = sample()
    at = shown(monkeypatch, of, what=WITHOUT, what_by="source", what_value="Webinar")
    at.text_input(key="what_name").set_value(NAME)
    at.text_input(key="what_who").set_value("Ann *bold*")
    at.button(key="what_save_go").click().run()
    assert not at.exception
    (kept,) = Scenarios(home).all()
    found = part(of, Parting("without", "source", "Webinar"))
    assert (kept.name, kept.saved_by, kept.sentence) == (NAME, "Ann *bold*", words.answer(found))
    assert (kept.fingerprint, kept.contract) == (of.manifest.fingerprint, of.contract.hash)
    assert kept.numbers == words.numbers(found)
    at.toggle(key="what_saved").set_value(True).run()
    assert NAME in said_on(at)
    assert "<b>" not in markup_of(at)
    assert "<img" not in markup_of(at)
    (door,) = at.get("link_button")
    query = parse_qs(door.proto.url.removeprefix("?"))
    assert query["what_value"] == ["Webinar"]
    again = shown(monkeypatch, of, **query)
    assert plain(kept.sentence) in said_on(again)
    at.button(key=f"what_flag_{kept.number}").click().run()
    assert "Say who flags it" in said_on(at)
    at.text_input(key="what_flag_who").set_value("Ben").run()
    at.button(key=f"what_flag_{kept.number}").click().run()
    assert not at.exception
    assert "for the council, flagged by Ben" in said_on(at)
    assert Scenarios(home).all()[0].flagged_by == "Ben"


def test_a_score_line_is_saved_as_it_stands(monkeypatch, home):
    of = sample()
    at = shown(monkeypatch, of, line="60")
    at.text_input(key="what_name").set_value("Sixty")
    at.text_input(key="what_who").set_value("Ann")
    at.checkbox(key="what_council").set_value(True)
    at.button(key="what_save_go").click().run()
    (kept,) = Scenarios(home).all()
    assert kept.query is not None
    assert (kept.query["what"], kept.query["line"]) == (("Scored at least",), ("60",))
    assert kept.sentence == threshold_reading.answer(measure_threshold(of.warehouse, of.cohort()), 60)
    assert kept.flagged_by == "Ann"


def test_a_scenario_without_a_name_is_not_saved(monkeypatch, home):
    at = shown(monkeypatch, sample(), what=IN_TIME)
    at.button(key="what_save_go").click().run()
    assert "The name of the scenario is empty; nothing was saved." in said_on(at)
    assert Scenarios(home).all() == ()


def test_a_link_holds_only_controls_of_the_page():
    query = {"what": ("Without …",), "by_source": ("A & B", "javascript:alert(1)"), "snapshot": ("3fa9 x",),
             "embed": ("true",), "by_Über": ("x",), "line": ()}  # fmt: skip
    found = saved.link(query)
    assert found.startswith("?")
    assert parse_qs(found[1:]) == {
        "what": ["Without …"],
        "by_source": ["A & B", "javascript:alert(1)"],
        "snapshot": ["3fa9 x"],
    }


def test_a_strange_address_is_no_harm(monkeypatch):
    for query in (
        {"what": HOSTILE},
        {"what": WITHOUT, "what_by": HOSTILE, "what_value": HOSTILE},
        {"line": HOSTILE},
        {"what": CRITERIA, "what_rule": "x" * 5_000},
    ):
        at = shown(monkeypatch, sample(), **query)
        assert "Something went wrong" not in said_on(at)
        assert "<b>" not in markup_of(at)


def test_an_empty_selection_and_a_bare_export(monkeypatch):
    rows = [{"Lead ID": "1", "Handoff Date": ""}, {"Lead ID": "2", "Handoff Date": "2026-06-29 10:00:00"}]
    at = page_over(monkeypatch, world_of(rows, as_of="2026-06-30 12:00:00"), PAGE)
    assert "No lead is in this selection." in said_on(at)
    bare = world_of(
        [{"Lead ID": str(n), "Handoff Date": "2026-05-01 10:00:00", "Lead Source": (HOSTILE, "x")[n % 2]} for n in range(80)],
        as_of="2026-12-31 12:00:00",
    )  # fmt: skip
    for what in ("Scored at least", IN_TIME, WITHOUT):
        at = shown(monkeypatch, bare, what=what)
        assert "<b>" not in markup_of(at)
        assert "Something went wrong" not in said_on(at)
        assert ("cannot be measured from this export" in said_on(at)) == (what != WITHOUT)
    assert "The export does not say which leads sales accepted." in said_on(at)
    assert cache.workspace is workspace
