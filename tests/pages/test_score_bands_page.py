"""The score page over the real sample: what it says and shows, what it opens, and what it does without."""

from __future__ import annotations

import html

import pytest
from streamlit.testing.v1 import AppTest

from analytics import band_stages, drift_reading
from analytics import threshold_reading as reading
from analytics.band_stages import Outcome, measure_band_stages
from analytics.cohort import CohortRequest
from analytics.periods import Unit
from analytics.score_drift import measure_score_drift
from analytics.threshold import measure_threshold
from tests.metrics.worlds import World, sample, story, world_of
from tests.pages import conftest as pages
from tests.pages.fixtures import HOSTILE
from tests.score_worlds import AS_OF, HEADER, ROWS, many

PAGE = "pages/score_bands.py"


def shown(monkeypatch: pytest.MonkeyPatch, of: World, **query: str | list[str]) -> AppTest:
    at = pages.page_over(monkeypatch, of, PAGE, **query)
    assert not at.exception
    return at


def plain(text: str) -> str:
    return html.unescape(pages.plain(text))


def said_on(at: AppTest) -> str:
    return plain(pages.markup_of(at))


def figures_of(at: AppTest) -> dict[str, dict]:
    return dict(pages.figures_on(at))


def default_cohort(of: World):
    return of.cohort(CohortRequest(of.manifest.fingerprint))


def test_the_first_look_says_what_the_result_says(monkeypatch):
    of = sample()
    at = shown(monkeypatch, of)
    said = said_on(at)
    result = measure_band_stages(of.warehouse, default_cohort(of))
    assert at.title[0].value == "Does the score still sort?"
    assert plain(band_stages.answer(result, Outcome.WON)) in said
    assert 'class="problem"' not in said
    assert len(figures_of(at)) == 4  # bands, kept, lanes, forest
    table = at.dataframe[0].value
    assert table["Won"].tolist() == [
        *(band.won.numerator for band in result.bands), result.stage(Outcome.WON).overall.numerator,
    ]  # fmt: skip
    assert table["Of full age"].tolist()[-1] == result.mature


def test_another_stage_is_one_click_away(monkeypatch):
    of = sample()
    at = shown(monkeypatch, of, stage="Accepted")
    result = measure_band_stages(of.warehouse, default_cohort(of))
    assert plain(band_stages.answer(result, Outcome.ACCEPTED)) in said_on(at)


def test_the_slider_says_what_the_table_of_thresholds_says(monkeypatch):
    of = sample()
    at = shown(monkeypatch, of, look="What if")
    result = measure_threshold(of.warehouse, default_cohort(of))
    slider = at.slider(key="line")
    assert (slider.min, slider.max, slider.value) == (0, 100, 40)
    assert plain(reading.answer(result, 40)) in said_on(at)
    at.slider(key="line").set_value(60).run()
    assert not at.exception
    said = said_on(at)
    read = reading.read(result, 60)
    assert plain(reading.answer(result, 60)) in said
    assert "Wins given up" in said
    for winner in reading.given_up(result, read.row)[:40]:
        assert winner.company in said or winner.lead_id in said
    labels = [plain(button.label) for button in at.button if str(button.key).startswith("line_number_")]
    assert labels[0].startswith("**33 %** *leads passed* 682 of 2,046")
    assert labels[2].startswith(f"**{read.given_up}** *wins given up*")
    figure = next(one for alt, one in figures_of(at).items() if alt.startswith("At 60"))
    assert figure["layout"]["shapes"][-1]["x0"] == 60
    assert reading.ASSUMPTION in said


@pytest.mark.parametrize("number", range(5))
def test_a_number_of_the_slider_opens_as_many_leads(monkeypatch, number):
    of = sample()
    at = shown(monkeypatch, of, look="What if")
    at.slider(key="line").set_value(60).run()
    row = measure_threshold(of.warehouse, default_cohort(of)).at(60)
    result = measure_threshold(of.warehouse, default_cohort(of))
    expected = (
        row.leads,
        row.won,
        result.today.won - row.won,
        row.accepted_settled,
        row.accepted_opportunities,
    )
    at.button(key=f"line_number_{number}").click().run()
    assert not at.exception
    assert f"{expected[number]:,} leads, as in the number you clicked" in said_on(at)


def test_below_todays_line_no_number_is_claimed(monkeypatch):
    at = shown(monkeypatch, sample(), look="What if")
    at.slider(key="line").set_value(10).run()
    labels = [button.label for button in at.button if str(button.key).startswith("line_number_")]
    assert all(label.startswith("**–**") for label in labels)
    assert "What would happen at 10 we cannot see from this file" in said_on(at)


def test_one_score_for_all_leads_is_said_in_the_place_of_the_slider(monkeypatch):
    of = world_of(
        [ROWS[0].cells | {"Lead ID": str(number), "Lead Score": "250"} for number in range(60)],
        as_of=AS_OF,
        header=HEADER,
    )
    for look in ("Now", "What if", "Over time"):
        at = shown(monkeypatch, of, look=look, period="Whole file")
        said = said_on(at)
        assert 'class="problem"' not in said
        assert not at.slider
        assert ("All leads of the file have one score, so there is no threshold to try." in said) == (
            look == "What if"
        )


def test_leads_under_todays_line_are_named_beside_the_answer(monkeypatch):
    at = shown(monkeypatch, many(below=2), look="What if", period="Whole file")
    assert "2 leads under today's line, 0 wins among them, left out" in said_on(at)


def test_stated_hours_are_compared(monkeypatch):
    at = shown(monkeypatch, sample(), look="What if", hours_per_lead="1.5", hours_per_week="200")
    assert "of 200 h available" in said_on(at)


def test_drift_says_what_the_result_says(monkeypatch):
    of = sample()
    at = shown(monkeypatch, of, look="Over time")
    drift = measure_score_drift(of.warehouse, default_cohort(of), Outcome.WON, Unit.MONTH)
    said = said_on(at)
    assert plain(drift_reading.answer(drift)) in said
    for sentence in (drift_reading.scores, drift_reading.ranking, drift_reading.rates):
        assert plain(sentence(drift)) in said
    assert at.dataframe[0].value["Leads with a score"].tolist() == [one.scored for one in drift.periods]


@pytest.mark.parametrize("look", ["Now", "What if", "Over time"])
def test_every_look_stands_on_few_leads_a_whole_file_and_an_empty_selection(monkeypatch, look):
    of, _ = story("too_small", 11, 28)
    said = said_on(shown(monkeypatch, of, look=look))
    assert "Too few leads" in said
    assert 'class="problem"' not in said
    assert 'class="problem"' not in said_on(shown(monkeypatch, of, look=look, period="Whole file"))
    assert 'class="problem"' not in said_on(shown(monkeypatch, many(), look=look, period="Whole file"))
    at = shown(
        monkeypatch,
        sample(),
        look=look,
        by_source="Webinar",
        period="From – to",
        **{"from": "2020-01-01", "to": "2020-02-01"},
    )
    assert "No lead is in this selection." in said_on(at)
    assert not figures_of(at)


@pytest.mark.parametrize("look", ["Now", "What if", "Over time"])
def test_without_a_score_the_page_says_what_would_bring_it(monkeypatch, look):
    kept = [key for key in HEADER if key != "Lead Score"]
    of = world_of([{key: row.cells.get(key, "") for key in kept} for row in ROWS], as_of=AS_OF)
    at = shown(monkeypatch, of, look=look)
    said = said_on(at)
    assert "cannot be measured from this export" in said
    assert "What would bring it: the lead score at handoff." in said
    assert not figures_of(at)


@pytest.mark.parametrize("look", ["Now", "What if", "Over time"])
def test_without_outcomes_acceptance_is_still_read(monkeypatch, look):
    kept = ("Lead ID", "Handoff Date", "SAL Date", "Lead Score")
    of = world_of([{key: row.cells.get(key, "") for key in kept} for row in ROWS], as_of=AS_OF)
    said = said_on(shown(monkeypatch, of, look=look, period="Whole file"))
    assert 'class="problem"' not in said
    assert ("cannot be measured" in said) == (look == "What if")


def test_hostile_names_stay_text(monkeypatch):
    rows = [row.cells | {"Company": HOSTILE, "Lead Source": HOSTILE} for row in ROWS]
    of = world_of(rows, as_of=AS_OF, header=HEADER)
    for look in ("Now", "What if", "Over time"):
        at = shown(monkeypatch, of, look=look, line="90", period="Whole file")
        raw = pages.markup_of(at)
        assert "<img" not in raw
        assert "<b>" not in raw
        for kind in ("button", "slider", "selectbox", "markdown", "caption"):
            for element in at.get(kind):
                assert HOSTILE not in str(getattr(element, "label", ""))


def test_the_definition_names_method_and_query(monkeypatch):
    at = shown(monkeypatch, sample(), look="What if")
    at.button(key="definition_score_bands").click().run()
    assert not at.exception
    assert "running sums from the top give every threshold at once" in said_on(at)
    assert any("is_won_in_horizon" in code.value for code in at.code)
