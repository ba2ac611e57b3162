"""The page of the pay plan: what it says, shows and opens, over the sample, a cut period, and bare exports."""

from __future__ import annotations

import html
from dataclasses import replace

import pytest
from streamlit.testing.v1 import AppTest

from analytics import pay_words as words
from analytics.gaming import measure_gaming, summary
from analytics.pay_gates import measure_pay
from pages.ui import page_list
from pages.ui import pay_tables as lists
from tests.metrics.opened_keys import opened
from tests.metrics.worlds import World, sample, world_of
from tests.pages.conftest import figures_on, markup_of, page_over, plain
from tests.pages.fixtures import HOSTILE

PAGE = "pages/pay_gates.py"


@pytest.fixture(autouse=True)
def listed(monkeypatch: pytest.MonkeyPatch) -> None:
    """The page stands in the list, whatever else does."""
    if not any(entry.path == PAGE for entries in page_list.SECTIONS.values() for entry in entries):
        entry = page_list.Entry(PAGE, "Pay gates", "pay_gates")
        monkeypatch.setitem(page_list.SECTIONS, "Pay", (entry,))


def shown(monkeypatch: pytest.MonkeyPatch, of: World, **query: str) -> AppTest:
    at = page_over(monkeypatch, of, PAGE, **query)
    assert not at.exception
    return at


def test_the_page_says_what_the_replay_says(monkeypatch):
    of = sample()
    at = shown(monkeypatch, of, period="Whole file")
    said = plain(markup_of(at))
    replay = measure_pay(of.warehouse, of.cohort())
    assert at.title[0].value == "What would the pay plan have paid?"
    assert plain(words.answer(replay)) in said
    for line in (*words.notes(replay), *words.plan(of.contract), *words.warnings(replay, of.contract)):
        assert plain(line) in said
    assert words.SHADOW in said
    assert summary(measure_gaming(of.warehouse, of.cohort())) in said
    ((alt, figure),) = figures_on(at)
    assert plain(words.answer(replay)) in plain(alt)
    assert sum(len(trace.get("text", ())) for trace in figure["data"]) == 8 * len(replay.quarters)


def test_a_period_is_widened_to_whole_quarters(monkeypatch):
    said = plain(markup_of(shown(monkeypatch, sample())))
    assert "whole quarters: 1 Apr – 30 Sep 2026" in said
    assert "Q2 2026 would not have judged marketing" in said


def test_the_tables_hold_the_numbers_of_the_replay(monkeypatch):
    of = sample()
    at = shown(monkeypatch, of, period="Whole file")
    replay = measure_pay(of.warehouse, of.cohort())
    found = [one.value for one in at.dataframe]
    conditions = next(one for one in found if "Condition" in one.columns)
    assert list(conditions["Kept"]) == [
        one.rate.numerator for quarter in reversed(replay.quarters) for one in quarter.conditions
    ]
    quarters = next(one for one in found if "Funds the fix" in one.columns)
    assert list(quarters["Leads"]) == [one.counts.leads for one in replay.quarters]
    patterns = next(one for one in found if "Pattern" in one.columns)
    assert list(patterns["Seen"]) == ["nothing to ask"] * 4
    said = plain(markup_of(at))
    for line in lists.explained(measure_gaming(of.warehouse, of.cohort())):
        assert html.escape(plain(line)) in said


def test_the_numbers_of_the_tables_open_as_many_leads():
    of = sample()
    replay = measure_pay(of.warehouse, of.cohort())
    flags = measure_gaming(of.warehouse, of.cohort())
    month_end = next(one for one in flags if one.parts)
    found = (
        lists.by_quarter(replay),
        lists.by_condition(replay),
        lists.patterns(flags),
        lists.months(month_end),
    )
    for rows, keys in found:
        leads = opened(of, [key for row in keys for key in row.values() if key])
        for cells, named in zip(rows.to_dicts(), keys, strict=True):
            for column, key in named.items():
                assert key is None or leads[key] == cells[column]


@pytest.mark.parametrize("number", ["net_new_revenue", "advancing_pipeline"])
def test_the_shared_number_opens_the_leads_of_its_opportunities(number):
    base = sample()
    of = base.under(replace(base.contract, pay_number=number))
    replay = measure_pay(of.warehouse, of.cohort())
    _, keys = lists.shared(replay, of.contract)
    rows = {row["lead_id"]: row for row in of.rows()}
    for one, key in zip(replay.quarters, keys, strict=True):
        found = replay.shared_in(one.number)
        first, earlier = list(key.values())
        for leads, amount in ((first, found.at_most), (earlier, found.earlier)):
            deals = {}
            for lead in of.ids(leads):
                row = rows[lead]
                deals[row["opportunity_id"] or f"lead {row['lead_no']}"] = float(row["amount"] or 0)
            assert sum(deals.values()) == pytest.approx(amount), leads


def test_an_empty_selection_offers_the_way_out(monkeypatch):
    rows = [{"Lead ID": "1", "Handoff Date": ""}, {"Lead ID": "2", "Handoff Date": "2026-06-29 10:00:00"}]
    at = shown(monkeypatch, world_of(rows, as_of="2026-06-30 12:00:00"))
    assert "No lead is in this selection." in markup_of(at)


def test_a_bare_export_says_which_columns_would_bring_the_gates(monkeypatch):
    rows = [{"Lead ID": str(n), "Handoff Date": "2026-05-01 10:00:00", "Lead Source": HOSTILE} for n in range(40)]  # fmt: skip
    at = shown(monkeypatch, world_of(rows, as_of="2026-12-31 12:00:00"), period="Whole file")
    said = plain(markup_of(at))
    assert "cannot be measured from this export" in said
    assert "What would bring it: the date and time of the first human touch" in said
    assert "The export does not say what an opportunity is worth." in said
    assert "<img" not in said
    assert words.SHADOW in said
