"""Was: a source with spend for one of two counted months cost half as much, and nothing said that a month was missing."""

from __future__ import annotations

from analytics.money_left_out import left_out
from analytics.money_words import name_of
from tests.test_money import APRIL, imported, measured, table

LEADS = {
    f"{source}{month}{one}": (f"2026-0{month}-1{one} 10:00:00", source, "", "", "", "", "", "")
    for source in ("Ads", "Events")
    for month in (4, 5)
    for one in range(3)
}
WHOLE = (("Ads", "2026-04", "100"), ("Ads", "2026-05", "100"), ("Events", "2026-04", "60"))


def said(spend: tuple[tuple[str, ...], ...]) -> str:
    found = measured(imported(table({"first": ("2026-04-01 00:00:00", "Ads", *[""] * 6)} | LEADS, spend)))
    return " ".join(left_out(found)).replace("\u00a0", " ")


def test_the_leads_of_such_months_are_counted_and_said():
    found = measured(imported(table({"first": ("2026-04-01 00:00:00", "Ads", *[""] * 6)} | LEADS, WHOLE)))
    assert {name_of(one): (one.bare_leads, one.bare_months) for one in found.lines} == {
        "Ads": (0, ()),
        "Events": (3, (APRIL + 1,)),
    }
    assert (
        "3 leads of Events are counted in months for which the file names no spend of that source,"
        " so its costs are at least what is shown: May 2026."
    ) in said(WHOLE)


def test_an_amount_of_zero_is_spend_and_a_blank_one_is_not():
    assert "names no spend of that source" not in said((*WHOLE, ("Events", "2026-05", "0")))
    assert "names no spend of that source" in said((*WHOLE, ("Events", "2026-05", "")))


def test_a_source_without_any_spend_is_said_once():
    assert "names no spend of that source" not in said(WHOLE[:2])
    assert "6 leads of 1 source have no spend in the file" in said(WHOLE[:2])
