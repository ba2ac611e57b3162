"""The page of what a customer costs: what it says, shows and opens, over the sample, without spend, and with nothing selected."""

from __future__ import annotations

from datetime import datetime

import pytest
from streamlit.testing.v1 import AppTest

from analytics import money_words as words
from analytics.money_bill import What
from analytics.money_left_out import left_out
from analytics.money_payback import payback, payback_sentence
from analytics.schema import Role
from pages.ui import page_list
from tests.metrics.worlds import World, csv_text, sample, world, world_of
from tests.pages.conftest import figures_on, markup_of, page_over, plain
from tests.pages.fixtures import HOSTILE
from tests.test_money import hand, measured

PAGE = "pages/money.py"


@pytest.fixture(autouse=True)
def listed(monkeypatch: pytest.MonkeyPatch) -> None:
    """The page stands in the list, whatever else does."""
    if not any(entry.path == PAGE for entries in page_list.SECTIONS.values() for entry in entries):
        monkeypatch.setitem(page_list.SECTIONS, "Money", (page_list.Entry(PAGE, "Money", "money"),))


def shown(monkeypatch: pytest.MonkeyPatch, of: World, **query: str) -> AppTest:
    at = page_over(monkeypatch, of, PAGE, **query)
    assert not at.exception
    return at


@pytest.mark.parametrize("of", [sample, hand])
def test_the_page_says_what_was_measured(monkeypatch, of):
    of = of()
    at = shown(monkeypatch, of, period="Whole file")
    said, found = plain(markup_of(at)), measured(of)
    assert at.title[0].value == "What does a customer cost, and where from?"
    for line in (words.answer(found), *words.notes(found), *left_out(found), *words.CANNOT_KNOW):
        assert plain(line) in said
    ((alt, figure),) = figures_on(at)
    assert plain(words.answer(found)) in plain(alt)
    assert len(figure["data"]) == 3
    assert "Nothing is assumed: the payback appears when both are entered." in said


def test_the_tables_hold_the_numbers(monkeypatch):
    of = sample()
    at = shown(monkeypatch, of, period="Whole file")
    found = measured(of)
    sources, months = (one.value for one in at.dataframe)
    assert list(sources["Leads"]) == [
        *(one.bill.leads for one in found.lines),
        found.total.leads,
        found.paid.leads,
    ]
    assert list(sources["Customers"])[-2] == found.total.customers
    assert set(sources["Per qualified lead"]) == {"not agreed"}
    assert list(months["Leads"]) == [one.bill.leads for one in found.months]
    assert list(months["Standing"])[-1] == "left out: part of a month"
    assert list(months["Standing"]).count("can still bring customers") == 2


def test_a_link_repeats_the_payback(monkeypatch):
    of = sample()
    at = shown(monkeypatch, of, period="Whole file", margin="75", contract_value="6000", value_per="month")
    found = measured(of)
    pays = payback(found.total.cost(What.CUSTOMER), 6000.0, 0.75)
    assert plain(payback_sentence(found, pays, 6000.0, "month", 0.75)) in plain(markup_of(at))
    assert list(at.dataframe[-1].value.columns) == ["Source", "Payback"]
    yearly = shown(monkeypatch, of, period="Whole file", margin="75", contract_value="6000")
    pays = payback(found.total.cost(What.CUSTOMER), 500.0, 0.75)
    assert plain(payback_sentence(found, pays, 6000.0, "year", 0.75)) in plain(markup_of(yearly))


@pytest.mark.parametrize(
    "given", [{"margin": "75"}, {"contract_value": "6000"}, {"margin": "0", "contract_value": "6000"}]
)
def test_nothing_is_shown_until_both_values_are_there(monkeypatch, given):
    at = shown(monkeypatch, sample(), period="Whole file", **given)
    assert "Nothing is assumed" in markup_of(at)
    assert "pays back its marketing spend" not in plain(markup_of(at))


def test_an_export_without_spend_says_which_file_would_bring_it(monkeypatch):
    rows = [
        {"Lead ID": str(n), "Handoff Date": "2026-05-01 10:00:00", "Lead Source": HOSTILE} for n in range(40)
    ]
    at = shown(monkeypatch, world_of(rows, as_of="2026-12-31 12:00:00"), period="Whole file")
    said = plain(markup_of(at))
    assert "What a customer costs cannot be said." in said
    assert "a file with the columns source, month and amount, uploaded on the Import page" in said
    assert "<img" not in said


def test_an_empty_selection_offers_the_way_out(monkeypatch):
    rows = [{"Lead ID": "1", "Handoff Date": ""}, {"Lead ID": "2", "Handoff Date": "2026-06-29 10:00:00"}]
    at = shown(monkeypatch, world_of(rows, as_of="2026-06-30 12:00:00"))
    assert "No lead is in this selection." in markup_of(at)


def test_a_period_without_a_whole_month_shows_what_is_left_out(monkeypatch):
    at = shown(monkeypatch, sample(), **{"period": "From – to", "from": "2026-05-02", "to": "2026-05-20"})
    said = plain(markup_of(at))
    assert "No month of this selection is whole" in said
    assert "left out, of a month that the period, the first lead of the file or the extract cuts" in said
    assert figures_on(at) == []


def test_hostile_names_over_bare_leads(monkeypatch):
    leads = [{"lead_id": str(n), "handoff_at": "2026-05-02 10:00:00", "source": HOSTILE} for n in range(40)]
    leads.append({"lead_id": "40", "handoff_at": "2026-06-02 10:00:00", "source": ""})
    spend = [
        {"source": HOSTILE, "month": "2026-05", "amount": "30"},
        {"source": "=1+1", "month": "2026-05", "amount": "12"},
    ]
    of = world(
        {"leads.csv": csv_text(leads), "spend.csv": csv_text(spend)},
        zone="Europe/Berlin",
        roles={1: Role.SPEND},
        as_of=datetime.fromisoformat("2026-06-10 00:00:00"),
    )
    at = shown(monkeypatch, of, period="Whole file")
    said = plain(markup_of(at))
    assert "A lead cost 1.05 of marketing spend: 40 leads over 1 whole month, May 2026." in said
    assert "<img" not in said
    assert "brought no lead in these months, 12: =1+1." in said
    assert "Cost per customer (CAC): The export does not say which leads were won." in said
    assert "Payback" not in [one.value for one in at.header]
    ((_, figure),) = figures_on(at)
    assert len(figure["data"]) == 1
