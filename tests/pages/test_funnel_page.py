"""The page of the funnel over the real sample: what it says, shows and opens, and what it does without."""

from __future__ import annotations

import json

import pytest
from streamlit.testing.v1 import AppTest

from analytics import bridge, funnel, maturing
from analytics.bridge import measure_bridge
from analytics.cohort import CohortRequest
from analytics.funnel import Funnel, measure_funnel
from analytics.maturing import Triangle, measure_maturing
from analytics.outcome_race import Race, race_reading
from pages.ui import funnel_tables
from tests.metrics.worlds import World, sample, story, world_of
from tests.pages.conftest import figures_on, markup_of, page_over, plain
from tests.pages.fixtures import HOSTILE

PAGE = "pages/funnel.py"


def shown(monkeypatch: pytest.MonkeyPatch, of: World, **query: str | list[str]) -> AppTest:
    at = page_over(monkeypatch, of, PAGE, **query)
    assert not at.exception
    return at


def said_on(at: AppTest) -> str:
    return plain(markup_of(at))


def figures_of(at: AppTest) -> dict[str, dict]:
    return {alt.split(".")[0]: figure for alt, figure in figures_on(at)}


def test_the_page_says_what_the_results_say(monkeypatch):
    of = sample()
    at = shown(monkeypatch, of)
    said = said_on(at)
    cohort = of.cohort(CohortRequest(of.manifest.fingerprint))
    result = measure_funnel(of.warehouse, cohort, "month")
    assert isinstance(result, Funnel)
    assert at.title[0].value == "Where do leads go?"
    assert plain(funnel.answer(result)) in said
    assert plain(bridge.answer(measure_bridge(of.warehouse, cohort))) in said
    ages = measure_maturing(of.warehouse, cohort, "month", "won")
    assert isinstance(ages.triangle, Triangle)
    assert isinstance(ages.closing, Race)
    assert plain(maturing.reading(ages.triangle)) in said
    assert plain(race_reading(ages.closing)) in said
    assert 'class="problem"' not in said
    assert {"Nested funnel", "Each step against its target", "Bridge", "Cohorts by age", "Decisions by age",
            "Closings by age"} <= set(figures_of(at))  # fmt: skip
    drawn = figures_of(at)["Nested funnel"]
    names = " ".join(drawn["layout"]["yaxis"]["ticktext"])
    for stage in result.stages:
        assert f"{stage.leads:,}" in names


def test_the_tables_hold_the_numbers_of_the_result(monkeypatch):
    of = sample()
    at = shown(monkeypatch, of)
    result = measure_funnel(of.warehouse, of.cohort(CohortRequest(of.manifest.fingerprint)), "month")
    assert isinstance(result, Funnel)
    tables = [frame.value for frame in at.dataframe]
    stages = next(table for table in tables if "Leads so far" in table.columns)
    assert list(stages["Leads so far"]) == [stage.leads for stage in result.stages]
    cohorts = next(table for table in tables if "Accepted so far" in table.columns)
    assert list(cohorts["Won so far"]) == [row.won for row in result.periods]
    steps = next(table for table in tables if "Against the target" in table.columns)
    assert list(steps["Counted"]) == [one.rate.numerator for one in result.steps]


def test_every_number_of_a_table_opens_its_leads(monkeypatch):
    """The tables are caught on their way to the page, and every cell with a key is opened."""
    of = sample()
    caught: list[tuple] = []
    monkeypatch.setattr(
        funnel_tables.tables, "numbers", lambda _frame, rows, **more: caught.append((rows, more["keys"]))
    )
    monkeypatch.setattr(funnel_tables.view, "open_leads", lambda *_, **__: None)
    shown(monkeypatch, of)
    request = CohortRequest(of.manifest.fingerprint)
    checked = 0
    for rows, keys in caught:
        for row, opened in zip(rows.to_dicts(), keys, strict=True):
            for column, key in opened.items():
                if key is None or not isinstance(row.get(column), int) or key.startswith("pick:"):
                    continue
                if column == "Counted now":
                    continue
                assert of.evidence(key, request, limit=1).count == row[column], (column, key)
                checked += 1
    assert checked > 80


@pytest.mark.parametrize(("unit", "stage"), [("week", "accepted"), ("quarter", "opportunity")])
def test_the_controls_choose_cohorts_and_stage(monkeypatch, unit, stage):
    of = sample()
    at = shown(monkeypatch, of)
    at.session_state["funnel_unit"] = unit
    at.session_state["funnel_stage"] = stage
    at.run()
    controls = {control.key: control for control in at.get("button_group")}
    assert {"funnel_unit", "funnel_stage"} <= set(controls)
    ages = measure_maturing(of.warehouse, of.cohort(CohortRequest(of.manifest.fingerprint)), unit, stage)
    assert isinstance(ages.triangle, Triangle)
    ticks = figures_of(at)["Cohorts by age"]["layout"]["yaxis"]["ticktext"]
    assert len(ticks) == min(26, len(ages.triangle.rows))


def test_an_empty_selection_says_what_excluded_everything(monkeypatch):
    of = sample()
    at = shown(monkeypatch, of, by_source=["Webinar"], by_owner=["(unknown)"], by_industry=["(unknown)"], by_country=["(unknown)"])  # fmt: skip
    said = said_on(at)
    assert "No lead is in this selection" in said
    assert 'class="problem"' not in said
    assert not figures_of(at)


def test_without_decisions_the_stages_stay_and_say_why(monkeypatch):
    rows = [{"Lead ID": f"L{n}", "Handoff Date": "2026-01-05", "Won": "TRUE" if n < 10 else "", "Opportunity: Close Date": "2026-02-05" if n < 10 else ""} for n in range(40)]  # fmt: skip
    at = shown(monkeypatch, world_of(rows, as_of="2026-06-30"), period="Whole file")
    said = said_on(at)
    assert "10 were won (25 %)" in said
    assert "cannot be measured from this export" in said
    assert 'class="problem"' not in said


def test_an_export_that_says_nothing(monkeypatch):
    at = shown(monkeypatch, world_of([{"Lead ID": "1", "Handoff Date": "2026-01-05"}], as_of="2026-06-30"))
    said = said_on(at)
    assert "cannot say where leads go" in said
    assert "What would bring it" in said
    assert 'class="problem"' not in said


def test_a_hostile_name_stays_text(monkeypatch):
    rows = [{"Lead ID": f"L{n}", "Handoff Date": "2026-01-05", "SAL Date": "2026-01-06" if n % 2 else "", "Rejected Date": "" if n % 2 else "2026-01-06",
             "Rejection Reason": HOSTILE, "Lead Source": HOSTILE if n < 20 else "Web", "Company": HOSTILE} for n in range(40)]  # fmt: skip
    at = shown(monkeypatch, world_of(rows, as_of="2026-06-30"), period="Whole file")
    said = said_on(at)
    assert "<b>Bold" not in said
    assert "<img" not in said
    for drawn in figures_of(at).values():
        assert "<img" not in json.dumps(drawn)
    assert 'class="problem"' not in said


def test_too_few_leads_are_said(monkeypatch):
    of = story("too_small", 11, 3_000)[0]
    assert "too few to quote" in said_on(shown(monkeypatch, of))


def test_a_kept_column_named_as_a_heading_breaks_nothing(monkeypatch):
    rows = [{"Lead ID": str(n), "Handoff Date": "2026-03-02 10:00:00", "SAL Date": "2026-03-03 10:00:00", "Rate": "gold" if n % 3 else "silver"}
            for n in range(60)]  # fmt: skip
    of = world_of(rows, as_of="2026-06-30 12:00:00", zone="UTC", keep=frozenset({"Rate"}))  # fmt: skip
    at = shown(monkeypatch, of, by="Rate", period="Whole file")
    assert 'class="problem"' not in said_on(at)
    table = next(frame.value for frame in at.dataframe if "Group: Rate" in frame.value.columns)
    assert dict(zip(table["Group: Rate"], table["Leads"], strict=True)) == {"gold": 40, "silver": 20}
