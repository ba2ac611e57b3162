"""The page of changes over real snapshots: with a change, without one, by month, too young, with nothing, hostile."""

from __future__ import annotations

import html
from datetime import date

import pytest
from streamlit.testing.v1 import AppTest

from analytics.cohort import CohortRequest
from analytics.metrics.catalog import METRICS
from analytics.what_changed import Change, measure_what_changed
from analytics.what_changed_words import answer
from tests.metrics.worlds import World, sample, world_of
from tests.pages.conftest import figures_on, markup_of, page_over, plain
from tests.pages.fixtures import HOSTILE

PAGE = "pages/what_changed.py"
JUNE = {"period": "From – to", "from": "2026-06-01", "to": "2026-06-30"}
JULY_AGAINST_JUNE = "Jul\u00a02026 against Jun\u00a02026"


@pytest.fixture
def show(monkeypatch: pytest.MonkeyPatch):
    def run(of: World, **query: str) -> AppTest:
        at = page_over(monkeypatch, of, PAGE, **query)
        assert not at.exception
        assert 'class="problem"' not in markup_of(at)
        return at

    return run


def said(at: AppTest) -> str:
    return plain(html.unescape(markup_of(at)))


def table(at: AppTest, column: str):
    return next(frame.value for frame in at.dataframe if column in frame.value.columns)


def moved(source: str = "Partner", as_of: str = "2026-12-30 12:00:00") -> World:
    """Acceptance of one of three sources falls from May to June; nothing else moves."""
    rows = [
        {"Lead ID": f"{month}-{name}-{n}", "Handoff Date": f"2026-{month}-{1 + n % 28:02d} 10:00:00", "Lead Source": name,
         "Lead Owner": f"Rep {n % 3}", "Score": str(20 + n % 60), "Lead Status": "Accepted" if n < accepted else "Rejected"}
        for month, groups in (
            ("05", (("Web", 240, 300), ("Fair", 140, 200), (source, 160, 200))),
            ("06", (("Web", 240, 300), ("Fair", 140, 200), (source, 80, 200))),
        )
        for name, accepted, leads in groups
        for n in range(leads)
    ]  # fmt: skip
    return world_of(rows, as_of=as_of, zone="UTC")


def test_the_sentence_is_the_measured_one(show):
    of = sample()
    at = show(of)
    assert [title.value for title in at.title] == ["What changed, and where?"]
    change = measure_what_changed(
        of.warehouse, of.cohort(CohortRequest(of.manifest.fingerprint)), "acceptance_rate"
    )
    assert isinstance(change, Change)
    assert plain(answer(change)) in said(at)


def test_a_fall_names_its_source_and_the_tables_add_up(show):
    at = show(moved(), **JUNE)
    assert (
        "Acceptance fell 11 points, from 77 % to 66 %. All of it comes from Partner leads being accepted less often."
        in said(at)
    )
    assert "now: Jun 2026, 460 of 700" in said(at)
    assert "before: May 2026, 540 of 700" in said(at)
    now, before = table(at, "From its own rate"), at.dataframe[1].value
    assert next(iter(now["Source"])) == "Partner"
    assert (sum(now["Leads"]), sum(now["Counted"])) == (700, 460)
    assert (sum(before["Leads"]), sum(before["Counted"])) == (700, 540)
    assert set(at.dataframe[2].value["View"]) == {"source", "owner", "score band"}
    (_, figure), *_ = figures_on(at)
    assert {one["name"] for one in figure["data"]} == {"share of leads moved", "own rate moved"}


def test_the_figure_changes_with_the_view_and_the_rate(show):
    at = show(moved(), **JUNE)
    by = next(one for one in at.selectbox if str(one.key).startswith("change_by_"))
    assert by.options == ["by source", *by.options[1:]]
    by.set_value("score_band").run()
    assert not at.exception
    assert any("What moved it, by score band" in part for part in said(at).splitlines())
    (_, figure), *_ = figures_on(at)
    assert all(key.startswith("score_band:") for key in figure["data"][0]["customdata"])
    at.selectbox(key="change_of").set_value(METRICS["share_decided"].label).run()
    assert not at.exception
    assert "The share decided is at 100 %, before 100 %: no change beyond luck" in said(at)


def test_a_month_sets_the_period_of_the_app_and_back(show):
    at = show(sample())
    months = at.selectbox(key="change_month")
    assert months.value == "The selected period"
    assert months.options[1] == "Aug\u00a02026 against Jul\u00a02026"
    months.set_value(JULY_AGAINST_JUNE).run()
    assert not at.exception
    assert at.selectbox(key="change_month").value == JULY_AGAINST_JUNE
    assert (at.date_input(key="from").value, at.date_input(key="to").value) == (
        date(2026, 7, 1),
        date(2026, 7, 31),
    )
    assert "period: 1 Jul – 31 Jul 2026" in said(at)
    assert "before: Jun 2026" in said(at)
    at.selectbox(key="change_month").set_value("Back to the usual period").run()
    assert at.selectbox(key="period").value == "Leads old enough to judge"
    assert at.selectbox(key="change_month").value == "The selected period"
    assert "period: " not in said(at)


def test_without_a_period_before_the_months_are_offered(show):
    at = show(sample(), period="Whole file")
    assert "This selection has no period before it" in said(at)
    at.selectbox(key="change_month").set_value(JULY_AGAINST_JUNE).run()
    assert "before: Jun 2026" in said(at)
    assert figures_on(at)


def test_a_period_too_young_says_so_and_draws_no_change(show):
    at = show(moved(as_of="2026-07-02 12:00:00"), **JUNE)
    assert "Too early to compare: of the 700 leads of Jun 2026" in said(at)
    assert "have not had their time" in said(at)
    assert not figures_on(at)
    assert not at.dataframe


def test_what_the_export_cannot_give_names_its_column(show):
    rows = [
        {"Lead ID": str(n), "Handoff Date": f"2026-06-{1 + n % 28:02d} 10:00:00", "Lead Source": "Web"}
        for n in range(60)
    ]
    at = show(world_of(rows, as_of="2026-12-30"), **JUNE)
    assert "cannot be measured from this export" in said(at)


def test_an_empty_selection_says_so(show):
    at = show(sample(), period="From – to", **{"from": "2001-01-01", "to": "2001-02-01"})
    assert "No lead is in this selection." in said(at)


def test_the_controls_come_back_after_another_page(show):
    at = show(moved(), **JUNE)
    at.selectbox(key="change_of").set_value(METRICS["share_decided"].label).run()
    at.switch_page("pages/definitions.py").run()
    at.switch_page(PAGE).run()
    assert at.selectbox(key="change_of").value == METRICS["share_decided"].label
    assert "before: May 2026" in said(at)


def test_a_hostile_name_stays_text(show):
    at = show(moved(HOSTILE), **JUNE)
    shown = markup_of(at)
    assert "<img" not in shown
    assert "<b>" not in shown
    for _, figure in figures_on(at):
        texts = [
            *figure["layout"]["yaxis"]["ticktext"],
            *(words for one in figure["data"] for words in one["hovertext"]),
        ]
        assert any("&lt;b&gt;Bold" in one for one in texts)
        assert not any("<b>Bold" in one or "<img" in one for one in texts)
    for kind in ("markdown", "caption", "button", "selectbox"):
        for element in at.get(kind):
            assert "evil" not in str(getattr(element, "label", ""))


def test_a_definition_and_the_leads_open(show):
    at = show(moved(), **JUNE)
    at.button(key="definition_change").click().run()
    assert not at.exception
    assert "Kitagawa 1955" in said(at)
    at = show(moved(), **JUNE)
    at.button(key="leads_change").click().run()
    assert not at.exception
    assert "700 leads" in said(at)
