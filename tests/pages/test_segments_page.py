"""The page of segments over real snapshots: with data, with nothing selected, without the column, with a hostile name."""

from __future__ import annotations

import html

import polars as pl
import pytest
from streamlit.testing.v1 import AppTest

from analytics.cohort import CohortRequest
from analytics.segments import answer, measure_segments
from tests.metrics.worlds import World, sample, world_of
from tests.pages.conftest import figures_on, markup_of, page_over
from tests.pages.fixtures import HOSTILE

PAGE = "pages/segments.py"


class Show:
    """The app over one imported world."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self._monkeypatch = monkeypatch

    def run(self, of: World, **query: str | list[str]) -> AppTest:
        return page_over(self._monkeypatch, of, PAGE, **query)


@pytest.fixture
def show(monkeypatch: pytest.MonkeyPatch) -> Show:
    return Show(monkeypatch)


def figures_of(at: AppTest) -> list[dict]:
    return [figure for _, figure in figures_on(at)]


def no_trouble(at: AppTest) -> None:
    assert not at.exception
    assert 'class="problem"' not in markup_of(at)


def test_the_page_says_the_measured_sentence_and_shows_its_numbers(show):
    of = sample()
    at = show.run(of)
    no_trouble(at)
    assert [title.value for title in at.title] == ["Do we sell to whom we market?"]
    result = measure_segments(of.warehouse, of.cohort(CohortRequest(of.manifest.fingerprint)))
    assert html.escape(answer(result)) in markup_of(at).replace("\u2060", "")
    table = next(frame.value for frame in at.dataframe if "Share of leads" in frame.value.columns)
    bands = [
        *[band for band in result.bands if band.number >= 0][::-1],
        *[band for band in result.bands if band.number < 0],
    ]
    assert list(table["Company size"]) == [band.label for band in bands]
    for column, field in (
        ("Leads", "leads"),
        ("Old enough", "mature"),
        ("Accepted", "accepted"),
        ("Opportunities", "opportunities"),
        ("Wins", "wins"),
    ):
        assert list(table[column]) == [getattr(band, field) for band in bands]


def test_the_figures_are_the_mirror_the_overlap_and_those_below(show):
    names = [{trace["name"] for trace in figure["data"]} for figure in figures_of(show.run(sample()))]
    assert {"leads", "wins"} in names
    assert {"overlap"} in names
    assert {"representation"} in names
    assert {"gap"} in names
    assert {"accepted", "opportunity", "won"} in names


@pytest.mark.parametrize("dimension", ["Industry", "Country", "Source"])
def test_other_dimensions_and_sides(show, dimension):
    at = show.run(sample())
    at.session_state["mirror"] = dimension
    at.session_state["against"] = "Pipeline"
    at.run()
    no_trouble(at)
    table = next(frame.value for frame in at.dataframe if "Share of leads" in frame.value.columns)
    assert table.columns[0] == dimension
    assert any(
        {"leads", "pipeline_amount"} == {trace["name"] for trace in figure["data"]}
        for figure in figures_of(at)
    )


def test_the_controls_come_back_after_another_page(show):
    at = show.run(sample())
    at.session_state["mirror"] = "Country"
    at.run()
    at.switch_page("pages/definitions.py").run()
    at.switch_page(PAGE).run()
    table = next(frame.value for frame in at.dataframe if "Share of leads" in frame.value.columns)
    assert table.columns[0] == "Country"


def test_an_empty_selection_says_what_excluded_everything(show):
    of = sample()
    at = show.run(of)
    sources = at.multiselect(key="by_source")
    sources.set_value([sources.options[0]]).run()
    at.multiselect(key="by_industry").set_value(["Media"]).run()
    at.multiselect(key="by_country").set_value([at.multiselect(key="by_country").options[-1]]).run()
    at.multiselect(key="by_owner").set_value([at.multiselect(key="by_owner").options[-1]]).run()
    at.multiselect(key="by_size_band").set_value(["5,001+"]).run()
    assert not at.exception
    assert "No lead is in this selection." in markup_of(at)


def test_an_export_without_sizes_starts_with_what_it_has(show):
    rows = [{"Lead ID": str(n), "Handoff Date": "2026-01-05 09:00:00", "Lead Source": "Web" if n % 2 else "Fair", "Won": "true" if n % 3 else "",
             "Opportunity: Close Date": "2026-01-20 09:00:00" if n % 3 else ""} for n in range(60)]  # fmt: skip
    at = show.run(world_of(rows, as_of="2026-09-30"))
    no_trouble(at)
    assert "no difference beyond luck can be seen between the sources of the leads" in markup_of(at)
    at.session_state["mirror"] = "Company size"
    at.run()
    no_trouble(at)
    assert "cannot be measured from this export" in markup_of(at)
    assert "What would bring it: the number of employees." in markup_of(at)


def test_an_export_without_outcomes_names_the_column(show):
    rows = [
        {"Lead ID": str(n), "Handoff Date": "2026-01-05 09:00:00", "No. of Employees": "20"}
        for n in range(40)
    ]
    at = show.run(world_of(rows, as_of="2026-09-30"))
    no_trouble(at)
    assert "cannot be measured from this export" in markup_of(at)


def test_a_hostile_name_stays_text(show):
    rows = [
        {"Lead ID": str(n), "Handoff Date": "2026-01-05 09:00:00", "Lead Source": HOSTILE if n % 3 else "Web", "Company / Account": HOSTILE,
         "Won": "true" if n % 2 else "", "Opportunity: Close Date": "2026-01-20 09:00:00" if n % 2 else ""}
        for n in range(90)
    ]  # fmt: skip
    at = show.run(world_of(rows, as_of="2026-09-30"))
    no_trouble(at)
    shown = markup_of(at)
    assert "<img" not in shown
    assert "<b>" not in shown
    texts = [
        note.get("text", "") for figure in figures_of(at) for note in figure["layout"].get("annotations", [])
    ]
    texts += [tick for figure in figures_of(at) for tick in figure["layout"]["yaxis"].get("ticktext") or []]
    assert any("&lt;b&gt;Bold" in one for one in texts)
    assert not any("<img" in one or "<b>Bold" in one for one in texts)
    for kind in ("markdown", "caption", "button", "selectbox"):
        for element in at.get(kind):
            assert "evil" not in str(getattr(element, "label", ""))


def test_three_leads_are_enough_for_a_page(show):
    rows = [{"Lead ID": str(n), "Handoff Date": "2026-01-05 09:00:00", "No. of Employees": str(10**n), "Won": "", "Opportunity: Close Date": "",
             "Company / Account": "One"} for n in range(3)]  # fmt: skip
    rows[0] |= {"Won": "true", "Opportunity: Close Date": "2026-01-20 09:00:00"}
    at = show.run(world_of(rows, as_of="2026-09-30"), period="Whole file")
    no_trouble(at)
    assert "1 win: not enough wins to say." in markup_of(at)
    assert not [
        figure for figure in figures_of(at) if {"overlap"} == {trace["name"] for trace in figure["data"]}
    ]


def test_tables_hold_no_number_that_is_unknown(show):
    for frame in show.run(sample()).dataframe:
        assert "NaN" not in pl.from_pandas(frame.value.astype(str)).write_csv()
