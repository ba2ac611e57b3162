"""Speed to lead over the real sample: it renders, says the result's numbers, and never runs what a file says."""

from __future__ import annotations

import html
import json

import pytest
from streamlit.testing.v1 import AppTest

from analytics import faster_words, long_tail
from analytics.cohort import CohortRequest
from analytics.faster_wins import measure_faster_wins
from analytics.long_tail import measure_long_tail
from analytics.wait_groups import measure_owners, owners_answer
from tests.metrics.worlds import World, sample, world_of
from tests.pages.conftest import figures_on, markup_of, page_over
from tests.pages.fixtures import HOSTILE

PAGE = "pages/speed_to_lead.py"


@pytest.fixture
def open_page(monkeypatch: pytest.MonkeyPatch):
    def run(of: World, **query: str) -> AppTest:
        return page_over(monkeypatch, of, PAGE, **query)

    return run


def said(words: str) -> str:
    """A sentence as the page's markup spells it."""
    return html.escape(words, quote=True)


def plain(at: AppTest) -> str:
    return markup_of(at).replace("\u2060", "")


def figures_of(at: AppTest) -> list[dict]:
    return [figure for _, figure in figures_on(at)]


def test_the_page_says_what_was_measured(open_page):
    of = sample()
    at = open_page(of)
    assert not at.exception
    assert 'class="problem"' not in markup_of(at)
    cohort = of.cohort(CohortRequest(of.manifest.fingerprint))
    shown = plain(at)
    result = measure_long_tail(of.warehouse, cohort)
    for words in (
        long_tail.answer(result), *long_tail.notes(result),
        faster_words.answer(measure_faster_wins(of.warehouse, cohort)), owners_answer(measure_owners(of.warehouse, cohort)),
    ):  # fmt: skip
        assert said(words) in shown
    assert at.title[0].value == "How long do leads wait, and who waits longest?"
    assert len(figures_of(at)) == 6  # curve, tail, fast and slow, owners, arrivals, breakdown
    tiers = next(one.value for one in at.dataframe if "Timed leads" in one.value.columns)
    assert list(tiers["Never touched"]) == [108, 405, 513]
    assert list(tiers["Inside the limit"]) == [82, 396, 478]
    assert tiers["Timed leads"][0] + tiers["Timed leads"][1] == tiers["Timed leads"][2] == result.timed


def test_the_controls_change_answer_and_figure(open_page):
    at = open_page(sample())
    at.get("button_group")
    at.session_state["tier"] = "High intent"
    at.session_state["clock"] = "Wall clock"
    at.run()
    assert not at.exception
    assert "Half of all high-intent leads" in plain(at)
    names = {one.get("name") for one in figures_of(at)[0]["data"]}
    assert "wall clock, interval" in names
    assert "working clock" not in names
    keys = {key for one in figures_of(at)[0]["data"] for key in one.get("customdata", [])}
    assert keys
    assert all(key.endswith(".tier_high") for key in keys)


def test_an_empty_selection_says_so(open_page):
    cells = (("A", "Ann"), ("B", "Ben"))
    rows = [
        {"Lead ID": f"L{n}", "Handoff Date": "2026-04-06 10:00:00", "First Touch": "", "Lead Source": cells[n % 2][0],
         "Lead Owner": cells[n % 2][1]}
        for n in range(40)
    ]  # fmt: skip
    at = open_page(world_of(rows, as_of="2026-08-30 12:00:00"))
    at.multiselect(key="by_source").set_value(["A"]).run()
    assert "20 leads" in plain(at)
    at.multiselect(key="by_owner").set_value(["Ben"]).run()
    assert not at.exception
    assert "No lead is in this selection." in plain(at)
    assert not figures_of(at)


def test_an_export_without_touches_says_what_would_bring_the_answer(open_page):
    at = open_page(
        world_of(
            [{"Lead ID": f"L{n}", "Handoff Date": "2026-01-05 10:00:00"} for n in range(40)],
            as_of="2026-06-30",
        )
    )
    assert not at.exception
    assert "cannot be measured from this export" in markup_of(at)
    assert "the date and time of the first human touch" in markup_of(at)
    assert not figures_of(at)


def hostile() -> World:
    return world_of(
        [
            {
                "Lead ID": f"L{n}", "Handoff Date": "2026-04-06 10:00:00", "First Touch": "2026-04-06 11:00:00" if n % 2 else "",
                "Company": HOSTILE, "Lead Owner": HOSTILE, "Lead Source": HOSTILE, "Lead Score": str(n % 100),
                "Opportunity: Close Date": "2026-05-01" if n % 5 == 0 else "", "Won": "Yes" if n % 5 == 0 else "",
            }
            for n in range(120)
        ],
        as_of="2026-08-30 12:00:00",
    )  # fmt: skip


def test_hostile_names_stay_text(open_page):
    at = open_page(hostile())
    assert not at.exception
    shown = markup_of(at)
    assert "<img" not in shown
    assert "<b>Bold" not in shown
    for kind in ("markdown", "caption", "button", "error", "warning"):
        for element in at.get(kind):
            assert HOSTILE not in str(getattr(element, "label", "") or getattr(element, "value", ""))
    figures = json.dumps(figures_of(at))
    assert "<img" not in figures
    assert "<b>Bold" not in figures


def test_three_leads_are_too_few(open_page):
    rows = [
        {"Lead ID": f"L{n}", "Handoff Date": "2026-04-06 10:00:00", "First Touch": "2026-04-06 11:00:00"}
        for n in range(3)
    ]
    at = open_page(world_of(rows, as_of="2026-08-30 12:00:00"))
    assert not at.exception
    assert "Only 3 leads: too few to quote" in plain(at)


def test_values_outlive_a_change_of_the_page(open_page):
    at = open_page(sample())
    at.session_state["clock"] = "Working clock"
    at.run()
    at.switch_page("pages/definitions.py").run()
    at.switch_page(PAGE).run()
    assert not at.exception
    assert not at.warning
    assert at.session_state["clock"] == "Working clock"
