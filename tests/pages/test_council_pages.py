"""Council and decisions over real snapshots: the measured numbers, nothing selected, little in the file, hostile texts."""

from __future__ import annotations

import html
from datetime import date

import pytest
from streamlit.testing.v1 import AppTest

from analytics import council_words as words
from analytics.council import measure_council
from analytics.periods import Unit
from analytics.scorecard import scorecard
from analytics.store.cadence_log import CadenceLog
from analytics.store.decisions import Seen, decide
from analytics.store.workspace import Workspace
from pages.ui import cache
from tests.metrics.worlds import World, sample, world_of
from tests.pages.conftest import figures_on, markup_of, page_over, plain
from tests.pages.fixtures import HOSTILE

COUNCIL, DECISIONS = "pages/council.py", "pages/decisions.py"


@pytest.fixture
def home(tmp_path, monkeypatch) -> Workspace:
    """A workspace for the records alone."""
    own = Workspace(tmp_path / "records")
    monkeypatch.setattr(cache, "contract_home", lambda: own)
    return own


@pytest.fixture
def show(monkeypatch: pytest.MonkeyPatch, home):
    def run(of: World, page: str = COUNCIL, **query: str) -> AppTest:
        at = page_over(monkeypatch, of, page, **query)
        assert not at.exception
        assert 'class="problem"' not in markup_of(at)
        return at

    return run


def said(at: AppTest) -> str:
    return plain(html.unescape(markup_of(at)))


def council_of(of: World):
    return measure_council(of.warehouse, of.cohort(), Unit.MONTH)


def test_the_page_says_what_is_measured_whatever_period_is_chosen(show):
    of = sample()
    found = council_of(of)
    at = show(of, period="From – to", **{"from": "2026-06-01", "to": "2026-06-30"})
    text = said(at)
    assert plain(words.answer(found)) in text
    for one in found.trends:
        assert one.name in text
        if not one.signals:
            assert plain(words.quiet_sentence(one, found)) in text
    alts = [alt for alt, _ in figures_on(at)]
    assert any(alt.startswith("Acceptance rate") for alt in alts)
    assert "By luck alone" in text


def test_the_quarter_shows_the_scorecard(show):
    of = sample()
    text = said(show(of, council_look="Quarter"))
    for one in scorecard(council_of(of)):
        assert plain(one.sentence) in text
    assert "No contract is live yet" in text
    assert "not agreed" in text


def test_a_decision_is_written_down_with_what_is_on_the_screen(show, home):
    of = sample()
    at = show(of)
    at.text_input(key="decide_what").set_value(f"Pass fewer {HOSTILE}")
    at.text_area(key="decide_why").set_value("They asked")
    at.text_input(key="cadence_who").set_value("Ann")
    at.number_input(key="decide_size").set_value(5.0)
    next(one for one in at.button if one.key and "decide_go" in one.key).click().run()
    assert not at.exception
    assert "Written down as decision 1" in said(at)
    (entry,) = CadenceLog(home).entries()
    seen = entry.body["seen"]
    latest = council_of(of).trend("acceptance_rate").latest
    assert (seen["numerator"], seen["denominator"]) == (latest.rate.numerator, latest.rate.denominator)
    assert seen["fingerprint"] == of.manifest.fingerprint
    assert (entry.body["size"], entry.body["direction"]) == (0.05, "up")
    shown = show(of, DECISIONS)
    assert "<b>Bold" not in markup_of(shown)
    assert "1 decision stands; none is due" in said(shown)


def test_what_is_missing_in_the_form_is_said_and_nothing_is_kept(show, home):
    at = show(sample())
    next(one for one in at.button if one.key and "decide_go" in one.key).click().run()
    assert "Write what was decided." in said(at)
    assert CadenceLog(home).entries() == ()


def test_a_decision_is_checked_under_its_own_filters(show, home):
    of = sample()
    seen = Seen(
        of.manifest.fingerprint, "c" * 64, "defaults", (("no such column", ("x",)),), "month", "Jun", None, None, None, None,
        None, "x", "x",
    )  # fmt: skip
    log = CadenceLog(home)
    log.add(
        decide(
            "A", "B", "Ann", measure="acceptance_rate", direction="up", size=None, effective_on=date(2026, 2, 1),
            check_on=date(2026, 3, 1), seen=seen,
        )
    )  # fmt: skip
    text = said(show(of, DECISIONS))
    assert "Cannot tell:" in text
    assert "counted today by another contract than then" in text


def test_nothing_selected_says_what_excluded_everything(show):
    at = show(sample(), by_source="(unknown)")
    assert "0 leads" in said(at) or "excludes everything" in said(at) or "No lead" in said(at)


def test_a_file_that_knows_next_to_nothing(show):
    rows = [{"Lead ID": str(n), "Handoff Date": f"2026-0{1 + n % 8}-05 10:00:00"} for n in range(80)]
    of = world_of(rows, as_of="2026-12-31 00:00:00", zone="UTC")
    text = said(show(of))
    assert "there is nothing to follow over time" in text
    assert "No measure can be followed" in text
    assert "cannot be measured" in text
    assert "cannot be measured: " in said(show(of, council_look="Quarter"))


def press(at: AppTest, key: str) -> AppTest:
    pressed = next(one for one in at.button if one.key and key in one.key).click().run()
    assert not pressed.exception
    return pressed


def fill(at: AppTest, what: str) -> None:
    at.text_input(key="decide_what").set_value(what)
    at.text_area(key="decide_why").set_value("They asked")
    at.text_input(key="cadence_who").set_value("Ann")


def test_a_scenario_is_kept_with_its_own_decision_alone(show, home):
    """Taken for the first decision, it is not that of the second, nor of one that is written after the form was emptied."""
    at = show(sample())
    at.session_state["decide_scenario"] = 3
    at.session_state["decide_what"] = "Pass sixty and above"
    at.run()
    assert "From scenario 3." in said(at)
    fill(at, "Pass sixty and above")
    press(at, "decide_go")
    assert "Written down as decision 1" in said(at)
    assert at.text_input(key="decide_what").value == ""
    assert "From scenario" not in said(at)
    fill(at, "Something else")
    press(at, "decide_go")
    assert "Written down as decision 2" in said(at)
    assert [one.body["scenario"] for one in CadenceLog(home).entries()] == [3, None]


def test_a_scenario_can_be_forgotten(show, home):
    at = show(sample())
    at.session_state["decide_scenario"] = 3
    at.session_state["decide_what"] = "Pass sixty and above"
    at.run()
    press(at, "decide_forget")
    fill(at, "Our own words")
    press(at, "decide_go")
    assert [one.body["scenario"] for one in CadenceLog(home).entries()] == [None]


def test_a_rate_cannot_move_by_more_than_all_of_it(show, home):
    at = show(sample())
    fill(at, "Everything")
    at.number_input(key="decide_size").set_value(101.0)
    at = press(at, "decide_go")
    assert "can move by at most 100 points, found 101" in said(at)
    assert CadenceLog(home).entries() == ()
    assert at.text_input(key="decide_what").value == "Everything"


def test_the_form_asks_for_the_measure_that_is_drawn(show, home):
    at = show(sample())
    at.selectbox(key="council_measure").set_value("Working rate").run()
    assert at.selectbox(key="decide_measure").value == "Working rate"
    at.selectbox(key="decide_measure").set_value("Accepted of decided")
    fill(at, "Another number")
    press(at, "decide_go")
    assert [one.body["measure"] for one in CadenceLog(home).entries()] == ["accepted_of_decided"]


def test_the_meeting_is_about_the_same_month_whatever_is_filtered(show):
    """Lists ended in March; the file ends in October, so the council is about September."""
    rows = [
        {"Lead ID": f"{source}{n}", "Handoff Date": f"2026-{1 + n % months:02d}-05 10:00:00", "Lead Source": source, "Lead Status": "Accepted"}
        for source, months in (("Lists", 3), ("Web", 9))
        for n in range(36)
    ]  # fmt: skip
    of = world_of(rows, as_of="2026-10-02 00:00:00", zone="UTC")
    for query in ({}, {"by_source": "Lists"}):
        assert "About Sep 2026, the last month that was over" in said(show(of, **query))
    text = said(show(of, council_look="Quarter", by_source="Lists"))
    assert "About Q3 2026." in text


def test_a_decision_is_due_on_the_day_of_the_contracts_zone(show, home):
    """The file ends on 1 Oct 01:00 UTC, which is 30 Sep in New York: a check on 1 Oct is not due."""
    rows = [{"Lead ID": str(n), "Handoff Date": f"2026-0{1 + n % 9}-05 10:00:00"} for n in range(40)]
    of = world_of(rows, as_of="2026-09-30 21:00:00", zone="America/New_York")
    seen = Seen(of.manifest.fingerprint, "c" * 64, "defaults", (), "month", "Jun", None, None, None, None, None, "x", "x")  # fmt: skip
    CadenceLog(home).add(
        decide(
            "A", "B", "Ann", measure="acceptance_rate", direction="up", size=None, effective_on=date(2026, 2, 1),
            check_on=date(2026, 10, 1), seen=seen,
        )
    )  # fmt: skip
    assert "this import ends on 30 Sep 2026" in said(show(of, DECISIONS))
