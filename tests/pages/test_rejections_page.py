"""The page of the rejections over the real sample: what it says, shows and opens, and what it does without."""

from __future__ import annotations

import pytest
from streamlit.testing.v1 import AppTest

from analytics import rejections as home
from analytics.rejection_fixes import measure_fixes, plan_text
from analytics.rejection_pace import measure_disqualified, measure_pace, pace_words
from pages.ui import rejection_tables as lists
from tests.metrics.opened_keys import opened
from tests.metrics.worlds import World, sample, story, world_of
from tests.pages.conftest import markup_of, page_over, plain
from tests.pages.fixtures import HOSTILE

PAGE = "pages/rejections.py"


def shown(monkeypatch: pytest.MonkeyPatch, of: World, **query: str | list[str]) -> AppTest:
    at = page_over(monkeypatch, of, PAGE, **query)
    assert not at.exception
    return at


def measured(of: World, unit: str = "month") -> home.Rejections:
    result = home.measure_rejections(of.warehouse, of.cohort(), unit)
    assert isinstance(result, home.Rejections)
    return result


def test_the_page_says_what_the_result_says(monkeypatch):
    of = sample()
    at = shown(monkeypatch, of, period="Whole file")
    said = plain(markup_of(at))
    result = measured(of)
    assert plain(home.answer(result)) in said
    for note in home.notes(result, is_whole_file=True):
        assert plain(note) in said
    assert plain(home.moved_words(result)) in said
    assert plain(pace_words(measure_pace(of.warehouse, of.cohort()))) in said
    assert at.title[0].value == "Why does sales say no, and is anybody learning?"


def test_the_tables_hold_the_numbers_of_the_result(monkeypatch):
    of = sample()
    at = shown(monkeypatch, of, period="Whole file")
    result = measured(of)
    tables = [one.value for one in at.dataframe]
    by_period = next(one for one in tables if "Rejected" in one.columns and "Month" in one.columns)
    assert list(by_period["Leads"]) == [one.leads for one in result.periods]
    assert list(by_period["Rejected"]) == [one.rejected for one in result.periods]
    for place, code in enumerate(result.codes):
        column = home.reason_words(code)
        assert list(by_period[column[:1].upper() + column[1:]]) == [
            one.reasons[place][1] for one in result.periods
        ]
    tasks = next(one for one in tables if "Whose" in one.columns)
    fixes = measure_fixes(of.warehouse, of.cohort())
    assert list(tasks["Leads"]) == [task.leads for task in fixes.tasks]
    assert at.code[0].value == plan_text(fixes.tasks)


@pytest.mark.parametrize("unit", ["Week", "Quarter"])
@pytest.mark.parametrize("measure", ["Share of rejections", "Counts"])
def test_the_controls_stand_in_the_address(monkeypatch, unit, measure):
    of = sample()
    at = shown(
        monkeypatch, of, period="Whole file", reject_by=unit, reject_show=measure, reject_ink="Ink: timing"
    )
    assert plain(home.answer(measured(of, unit.lower()))) in plain(markup_of(at))
    assert at.session_state["reject_by"] == unit
    assert at.session_state["reject_show"] == measure
    assert at.session_state["reject_ink"] == "Ink: timing"


def test_nonsense_in_the_address_is_passed_over(monkeypatch):
    at = shown(monkeypatch, sample(), reject_by="<b>", reject_show="p-value", reject_ink=HOSTILE)
    assert at.session_state["reject_by"] == "Month"


def test_an_empty_selection_offers_the_way_out(monkeypatch):
    of = world_of([{"Lead ID": "1", "Handoff Date": "", "Rejected Date": "", "Rejection Reason": ""},
                   {"Lead ID": "2", "Handoff Date": "2026-06-29 10:00:00", "Rejected Date": "", "Rejection Reason": ""}],
                  as_of="2026-06-30 12:00:00")  # fmt: skip
    at = shown(monkeypatch, of)
    assert "No lead is in this selection." in markup_of(at)
    assert any(one.key == "remove_all" for one in at.button)


def test_an_export_without_rejections_says_which_column_would_bring_them(monkeypatch):
    of = world_of(
        [{"Lead ID": str(n), "Handoff Date": "2026-05-01 10:00:00"} for n in range(40)],
        as_of="2026-06-30 12:00:00",
    )
    said = markup_of(shown(monkeypatch, of, period="Whole file"))
    assert "cannot be measured from this export" in said
    assert "a rejection date, or a status with words such as Rejected" in said


def test_an_export_without_reasons_still_shows_how_fast(monkeypatch):
    rows = [
        {"Lead ID": str(n), "Handoff Date": "2026-05-01 10:00:00", "Rejected Date": "2026-05-02 10:00:00"} for n in range(40)
    ]  # fmt: skip
    said = plain(
        markup_of(shown(monkeypatch, world_of(rows, as_of="2026-06-30 12:00:00"), period="Whole file"))
    )
    assert "The export does not say why sales rejected a lead." in said
    assert "Half of the rejections came within 1 day of the handoff" in said


def test_a_hostile_source_stays_text(monkeypatch):
    rows = [
        {"Lead ID": str(n), "Handoff Date": "2026-05-01 10:00:00", "Rejected Date": "2026-05-02 10:00:00",
         "Rejection Reason": HOSTILE, "Lead Source": HOSTILE if n % 2 else "Web"} for n in range(60)
    ]  # fmt: skip
    at = shown(monkeypatch, world_of(rows, as_of="2026-06-30 12:00:00"), period="Whole file")
    said = markup_of(at)
    assert "<img" not in said
    assert "<b>Bold" not in said
    assert not [one.value for one in at.markdown if "evil.example" in one.value]


def test_the_small_story_stands_without_a_figure_that_quotes(monkeypatch):
    of, _ = story("too_small", 11, 6_000)
    said = markup_of(shown(monkeypatch, of, period="Whole file"))
    assert "too few to say why, or whether anybody learns" in said
    assert "%" not in said.split("too few to say why")[1].split("footer")[0]


def tables_of(of: World, unit: str) -> dict[str, lists.Table]:
    result, cohort = measured(of, unit), of.cohort()
    found = {
        "by period": lists.by_period(result),
        "pace": lists.pace(measure_pace(of.warehouse, cohort)),
        "disqualified": lists.disqualified(measure_disqualified(of.warehouse, cohort)),
        "unanswered": lists.unanswered(measure_fixes(of.warehouse, cohort).unanswered),
    }
    return found | ({"moved": lists.moved(result, result.shift)} if result.shift else {})


@pytest.mark.parametrize(("which", "unit"), [("sample", "month"), ("threshold_too_low", "quarter")])
def test_the_numbers_of_every_table_open_as_many_leads(which, unit):
    of = sample() if which == "sample" else story(which, 11, 3_000)[0]
    for name, (rows, keys) in tables_of(of, unit).items():
        leads = opened(of, [key for row in keys for key in row.values() if key])
        for row, (cells, named) in enumerate(zip(rows.to_dicts(), keys, strict=True)):
            numbers = {column: value for column, value in cells.items() if isinstance(value, int)}
            assert set(numbers) <= set(named), (name, row)
            for column, value in numbers.items():
                assert leads[named[column]] == value, (name, row, column)


def test_the_rejections_of_a_moved_window_are_those_of_its_periods():
    of = sample()
    result = measured(of, "week")
    assert result.shift is not None
    assert result.shift.first.last > result.shift.first.first  # several weeks joined
    _, keys = lists.moved(result, result.shift)
    first = next(iter(keys[0].values()))
    counted = result.shift.first.counts[0]
    assert of.evidence(first, limit=1).count == counted
