"""Spend beside leads: a table counted by hand with a row on each edge, a second count over the sample, and laws."""

from __future__ import annotations

import csv
from collections import Counter, defaultdict
from datetime import UTC, date, datetime, timedelta
from functools import cache
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from analytics import money_words as words
from analytics.compliance import NOT_AGREED
from analytics.metrics.compose import rate
from analytics.money import PENDING_KEY, measure_money
from analytics.money_bill import Bill, Cost, Money, Standing, State, What, sum_of
from analytics.money_left_out import left_out
from analytics.money_payback import payback, payback_sentence, payback_words
from analytics.money_spend import NO_SPEND, Pile, SpendCell, sort_rows
from analytics.results import Rate, Unmeasurable
from analytics.schema import Role
from analytics.stats.intervals import wilson_interval
from pages.ui.cadence.money import by_month, by_source, picks_of
from tests.metrics.opened_keys import opened
from tests.metrics.worlds import World, csv_text, sample, world
from tests.test_compliance import agreed

APRIL = 2026 * 12 + 3
HEADER = (
    "lead_id", "handoff_at", "source", "accepted_at", "rejected_at", "opportunity_id", "outcome", "closed_at", "amount",
)  # fmt: skip
# All stamps are local to Berlin; the extract is of 1 July 2026, 00:00 there.
LEADS = {
    "a": ("2026-04-01 00:00:00", "Ads", "2026-04-02", "", "O1", "won", "2026-05-01", "1000"),  # the first second of April
    "m": ("2026-03-01 00:00:00", "Ads", "", "", "", "", "", ""),  # the file holds all of March
    "b": ("2026-03-31 23:59:59", "Ads", "", "", "", "", "", ""),  # the last of March, for which no spend is named
    "c": ("2026-04-30 23:59:59", "Events", "", "", "O1", "won", "2026-05-01", "1000"),  # shares a's opportunity
    "d": ("2026-05-01 00:00:00", "Ads", "2026-05-02", "", "", "", "", ""),
    "e": ("2026-05-10 09:00:00", "Events", "", "", "O2", "won", "2026-06-01", "500"),  # shares f's, which came first
    "f": ("2026-05-09 09:00:00", "Web", "", "", "O2", "won", "2026-06-01", "700"),  # the larger amount counts, once
    "g": ("2026-06-30 23:59:59", "Ads", "", "2026-06-30 23:59:59", "", "", "", ""),  # young, but rejected: not pending
    "h": ("2026-05-20 09:00:00", "", "", "", "", "won", "2026-06-01", ""),  # no source, no opportunity id, no amount
    "i": ("2026-04-02 00:00:00", "Ads", "", "", "", "", "", ""),  # exactly one horizon old
    "j": ("2026-04-02 00:00:01", "Ads", "", "", "", "", "", ""),  # a second younger
    "k": ("2026-06-17 00:00:00", "Ads", "", "", "", "", "", ""),  # exactly settled
    "l": ("2026-06-17 00:00:01", "Ads", "", "", "", "", "", ""),  # still pending
}  # fmt: skip
SPEND = (
    ("ads", "2026-04", "100"),  # in another case
    ("ADS ", "2026-04", "-20"),  # with a blank behind it, and a credit
    ("Ads", "May 2026", "300"),
    ("Ads", "2026-06-30", "50"),  # any day of the month is the month
    ("Events", "2026-05", "200"),
    ("Billboards", "2026-05", "40"),  # brought no lead
    ("", "2026-04", "10"),  # no source
    ("Ads", "", "5"),  # no month
    ("Ads", "2026-05", "tbd"),  # no amount
    ("Ads", "2026-02", "7"),  # before the file
    ("Ads", "2026-07", "9"),  # after it
)


def table(
    leads: dict[str, tuple[str, ...]] = LEADS, spend: tuple[tuple[str, ...], ...] = SPEND
) -> dict[str, str]:
    rows = [dict(zip(HEADER, (name, *cells), strict=True)) for name, cells in leads.items()]
    spent = [dict(zip(("source", "month", "amount"), cells, strict=True)) for cells in spend]
    return {"leads.csv": csv_text(rows, HEADER), "spend.csv": csv_text(spent, ("source", "month", "amount"))}


def imported(files: dict[str, str], as_of: str = "2026-06-30 22:00:00") -> World:
    return world(
        files,
        zone="Europe/Berlin",
        roles={1: Role.SPEND},
        as_of=datetime.fromisoformat(as_of),
        accept_rejects=True,
    )


@cache
def hand() -> World:
    return imported(table())


def measured(of: World, **request: object) -> Money:
    found = measure_money(of.warehouse, of.cohort(of.request(**request)))
    assert isinstance(found, Money)
    return found


def bills(found: Money) -> dict[str, Bill]:
    return {words.name_of(one): one.bill for one in found.lines}


def test_every_edge_of_the_hand_table():
    found = measured(hand())
    assert bills(found) == {
        "Ads": Bill(430.0, leads=7, accepted=2, pending=1, won_leads=1, customers=1, shared=1, won_amount=1000.0, immature=5),
        "Events": Bill(200.0, leads=2, accepted=2, won_leads=2, customers=0, immature=2),
        "Billboards": Bill(40.0),
        words.UNPLACED: Bill(10.0),
        "Web": Bill(None, leads=1, accepted=1, won_leads=1, customers=1, shared=1, won_amount=700.0, immature=1),
        words.UNKNOWN: Bill(None, leads=1, accepted=1, won_leads=1, customers=1, without_amount=1, immature=1),
    }  # fmt: skip
    assert [words.name_of(one) for one in found.lines] == ["Ads", "Events", "Billboards", words.UNPLACED, "Web", words.UNKNOWN]  # fmt: skip
    assert (found.total.spend, found.total.leads, found.total.customers, found.total.followers) == (
        680.0,
        11,
        3,
        2,
    )
    assert found.total.won_amount == 1700.0  # O1 and O2 once each, though four leads carry 3,200
    assert (found.paid.spend, found.paid.leads, found.paid.customers) == (670.0, 9, 1)


def test_every_month_of_the_hand_table():
    found = measured(hand())
    seen = {
        one.number - APRIL: (one.standing, one.bill.spend, one.bill.leads, one.bill.immature)
        for one in found.months
    }
    assert seen == {
        -1: (Standing.UNNAMED, None, 2, 0),
        0: (Standing.COUNTED, 90.0, 4, 2),
        1: (Standing.COUNTED, 540.0, 4, 4),
        2: (Standing.COUNTED, 50.0, 3, 3),
    }
    assert words.immature_words(found) == "3 of 3 months can still bring customers"
    assert found.prefix == "handed_from:20544.handed_before:20635"


def test_every_row_of_the_spend_file_has_its_place():
    spend = measured(hand()).spend
    assert spend.all_rows == len(SPEND)
    assert spend.counted == Pile(7, 680.0)
    assert (spend.unplaced, spend.negative, spend.repeated) == (Pile(1, 10.0), Pile(1, -20.0), 1)
    assert (spend.without_month, spend.without_amount) == (Pile(1, 5.0), 1)
    assert (spend.outside, spend.other) == (Pile(2, 16.0), Pile())


def test_a_month_counts_when_it_is_over_to_the_second():
    late = measured(imported(table(), as_of="2026-06-30 21:59:59"))
    assert {one.number - APRIL: one.standing for one in late.months}[2] is Standing.PART
    assert late.left_out(Standing.PART) == 3
    assert late.total.leads == 8


@pytest.mark.parametrize(
    ("starts_on", "ends_on", "counted"),
    [
        (date(2026, 4, 1), date(2026, 6, 1), [0, 1]),
        (date(2026, 4, 2), date(2026, 6, 1), [1]),
        (date(2026, 4, 1), date(2026, 5, 31), [0]),
        (date(2026, 4, 2), date(2026, 5, 31), []),
        (date(2026, 4, 1), None, [0, 1, 2]),
    ],
)
def test_months_that_the_period_cuts_are_left_out_with_their_leads(starts_on, ends_on, counted):
    found = measured(hand(), starts_on=starts_on, ends_on=ends_on)
    assert [one.number - APRIL for one in found.counted] == counted
    assert found.total.leads + found.left_out(Standing.PART) + found.left_out(Standing.UNNAMED) == found.leads
    if not counted:
        assert words.answer(found).startswith("No month of this selection is whole")
        assert found.prefix is None


def test_a_shared_customer_belongs_to_its_earliest_lead_whatever_is_selected():
    events = measured(hand(), is_whole_file=True, filters=(("source", ("Events",)),))
    assert (events.total.won_leads, events.total.customers, events.total.spend) == (2, 0, 200.0)
    assert events.spend.other == Pile(8, 496.0)  # of months too that are not counted
    may = measured(hand(), starts_on=date(2026, 5, 1), ends_on=date(2026, 6, 1))
    april = measured(hand(), starts_on=date(2026, 4, 1), ends_on=date(2026, 5, 1))
    assert may.total.customers + april.total.customers == measured(hand()).total.customers


def test_a_filter_by_unknown_source_has_no_spend():
    found = measured(hand(), is_whole_file=True, filters=(("source", ("",)),))
    assert (found.total.spend, found.total.leads) == (None, 1)
    assert "names nothing for this selection" in words.answer(found)


def test_a_filter_by_anything_else_cannot_split_the_spend():
    of = sample()
    found = measure_money(
        of.warehouse, of.cohort(of.request(is_whole_file=True, filters=(("industry", ("Software",)),)))
    )
    assert isinstance(found, Unmeasurable)
    assert "filtered by industry" in found.why


def test_no_file_of_spend_says_which_would_bring_it():
    of = world({"leads.csv": table()["leads.csv"]}, zone="Europe/Berlin")
    found = measure_money(of.warehouse, of.cohort())
    assert found == NO_SPEND
    assert "source, month and amount" in found.column


def test_a_month_without_any_row_is_not_known_and_leaves_a_gap():
    spend = tuple(row for row in SPEND if "05" not in row[1] and "May" not in row[1])
    found = measured(imported(table(spend=spend)))
    assert [(one.number - APRIL, one.standing) for one in found.months if one.number >= APRIL] == [
        (0, Standing.COUNTED), (1, Standing.UNNAMED), (2, Standing.COUNTED),
    ]  # fmt: skip
    assert found.prefix is None
    assert "without 1 month between" in words.months_words(found)
    assert all(key is None for row in by_source(found)[1] for key in row.values())


def test_the_words_of_a_cost():
    assert words.cost_words(Cost(What.CUSTOMER, 200.0, rate(0, 2))) == "no customer yet"
    assert words.cost_with_interval(Cost(What.CUSTOMER, 200.0, rate(0, 29))) == "no customer yet"
    assert (
        words.cost_with_interval(Cost(What.CUSTOMER, 300.0, rate(0, 30)))
        == "no customer yet (at least 88.10)"  # 10 over z² / (30 + z²)
    )
    assert words.cost_with_interval(Cost(What.CUSTOMER, 290.0, rate(3, 29))) == "3 of 29, too few to quote"
    assert words.cost_with_interval(Cost(What.CUSTOMER, 300.0, rate(3, 30))) == "100 (39.03–289)"
    assert words.cost_words(Cost(What.CUSTOMER, None, rate(3, 9))) == "no spend"
    assert words.cost_words(Cost(What.LEAD, -5.0, Rate(3, 3))) == "credits exceed the spend"
    assert words.cost_words(Cost(What.LEAD, 0.0, Rate(3, 3))) == "0"
    assert words.cost_words(Cost(What.LEAD, 40.0, Rate(0, 0))) == "no lead"
    assert words.cost_with_interval(Cost(What.LEAD, 45.0, Rate(30, 30))) == "1.50"


def test_the_interval_is_the_cost_per_lead_over_the_ends_of_wilsons():
    low, high = wilson_interval(81, 263)  # Newcombe 1998: .2553-.3662
    cost = Cost(What.ACCEPTED, 26_300.0, rate(81, 263))
    assert (cost.value, cost.low, cost.high) == pytest.approx((26_300 / 81, 100 / high, 100 / low))
    assert (cost.low, cost.high) == pytest.approx((100 / 0.3662, 100 / 0.2553), rel=1e-3)
    assert Cost(What.LEAD, 26_300.0, Rate(263, 263)).low is None


def test_what_is_said_of_the_hand_table():
    said = " ".join(left_out(measured(hand()))).replace("\u00a0", " ")
    for part in (
        "2 leads are left out, of a month for which the spend file names nothing; that is not known, not zero: Mar 2026.",
        "2 rows of the spend file, 16, of months that are not counted",
        "1 row of the spend file, 5, without a month that can be read",
        "1 row of the spend file without an amount that can be read",
        "1 row of the spend file, 10, without a source",
        "1 row of the spend file, −20, below zero",
        "1 month of a source stands in several rows",
        "1 source of the spend file brought no lead in these months, 40: Billboards.",
        "2 leads of 2 sources have no spend in the file, which is not the same as costing nothing: Web, (unknown).",
        "5 won leads are 3 customers: 2 share an opportunity with an earlier lead",
        "2 customers shared by leads of several sources",
        "1 customer without an amount",
    ):
        assert part in said


@pytest.mark.parametrize(
    ("first", "counted"), [("2026-04-03 00:00:00", [0, 1, 2]), ("2026-04-03 00:00:01", [1, 2])]
)
def test_a_month_inside_which_the_file_begins_is_left_out(first, counted):
    found = measured(imported(table({"a": (first, "Ads", "", "", "", "", "", "")})))
    assert [one.number - APRIL for one in found.counted] == counted
    assert found.left_out(Standing.PART) == (0 if 0 in counted else 1)


def test_a_qualified_lead_costs_what_the_definition_says():
    of = sample()
    found = measured(of)
    assert found.no_definition == NOT_AGREED
    assert "cost per qualified lead: not agreed" in words.notes(found)

    defined = measured(of.under(agreed()))
    assert defined.no_definition is None
    request = of.request(starts_on=date(2026, 1, 1), ends_on=date(2026, 9, 1))
    assert defined.total.qualified == of.under(agreed()).evidence("definition_met", request, limit=1).count


def test_nothing_pays_back_before_there_is_a_customer():
    customer = Cost(What.CUSTOMER, 12_000.0, rate(4, 100))
    found = payback(customer, 500.0, 0.5)
    assert found is not None
    assert (found.months, found.low, found.high) == pytest.approx(
        (12.0, customer.low / 250, customer.high / 250)
    )
    assert payback(Cost(What.CUSTOMER, 12_000.0, rate(0, 100)), 500.0, 0.5) is None
    assert payback_words(Cost(What.CUSTOMER, 12_000.0, rate(0, 100)), None) == "no customer yet"
    for value, margin in ((0.0, 0.5), (500.0, 0.0), (500.0, 1.01), (float("inf"), 0.5)):
        with pytest.raises(ValueError, match="payback needs"):
            payback(customer, value, margin)
    assert payback(Cost(What.CUSTOMER, 290.0, rate(3, 29)), 500.0, 0.5) is None  # too few to quote
    total = measured(sample())
    found = payback(total.total.cost(What.CUSTOMER), 100, 0.8)  # 360,037 / 262 / 80
    said = payback_sentence(total, found, 1200, "year", 0.8).replace("\u00a0", " ")
    assert said == (
        "A customer pays back its marketing spend in 17 months (15–19 months), at 1,200 a year per customer and a gross"
        " margin of 80 %, as entered here."
    )
    none = payback_sentence(measured(hand()), None, 1200, "year", 0.8).replace("\u00a0", " ")
    assert none.endswith("as entered here: 3 of 11, too few to quote.")


def recount(of: World, starts_on: date, ends_on: date) -> dict[str, list[float]]:
    """Source -> spend, leads, accepted, customers, won amount: row by row, over whole months given by their ends."""
    zone = ZoneInfo(of.manifest.zone)
    found: dict[str, list[float]] = defaultdict(lambda: [0.0, 0, 0, 0, 0.0])
    with (Path(__file__).parents[1] / "data" / "sample" / "spend.csv").open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            if starts_on <= date.fromisoformat(row["Month"] + "-01") < ends_on:
                found[row["Lead Source"]][0] += float(row["Amount"])
    won: dict[str, list[dict]] = defaultdict(list)
    for lead in of.rows():
        if lead["outcome"] == "won":
            won[lead["opportunity_id"] or f"lead {lead['lead_id']}"].append(lead)
        if starts_on <= lead["handoff_at"].replace(tzinfo=UTC).astimezone(zone).date() < ends_on:
            found[lead["source"]][1] += 1
            found[lead["source"]][2] += bool(
                lead["disposition"] == "accepted" or lead["has_opportunity"] or lead["outcome"] == "won"
            )
    for leads in won.values():
        first = min(leads, key=lambda lead: (lead["handoff_at"], lead["lead_no"]))
        if starts_on <= first["handoff_at"].replace(tzinfo=UTC).astimezone(zone).date() < ends_on:
            found[first["source"]][3] += 1
            found[first["source"]][4] += max((lead["amount"] or 0.0 for lead in leads), default=0.0)
    return dict(found)


@pytest.mark.parametrize(
    ("request_", "starts_on", "ends_on"),
    [
        ({"is_whole_file": True}, date(2026, 1, 1), date(2026, 9, 1)),  # the extract cuts September
        ({"starts_on": date(2026, 4, 3), "ends_on": date(2026, 7, 2)}, date(2026, 5, 1), date(2026, 7, 1)),
    ],
)
def test_a_second_count_over_the_sample(request_, starts_on, ends_on):
    of = sample()
    found = measured(of, **request_)
    seen = {
        name: [one.spend or 0.0, one.leads, one.accepted, one.customers, one.won_amount]
        for name, one in bills(found).items()
    }
    expected = recount(of, starts_on, ends_on)
    assert seen.keys() == expected.keys()
    for name, numbers in expected.items():
        assert seen[name] == pytest.approx(numbers), name


@pytest.mark.parametrize("of", [hand, sample])
def test_every_count_of_the_tables_opens_as_many_leads(of):
    of = of()
    found = measured(of)
    rows, keys = by_month(found)
    leads = opened(of, [key for row in keys for key in row.values()])
    for cells, named in zip(rows.to_dicts(), keys, strict=True):
        for column, key in named.items():
            assert column not in cells or leads[key] == cells[column]
    rows, keys = by_source(found)
    picks = picks_of(found)
    checked = Counter()
    for cells, named in zip(rows.to_dicts(), keys, strict=True):
        for column, key in named.items():
            if key is None or column not in cells or (of is sample() and column != "Customers"):
                continue
            first, _, rest = key.partition(".")
            is_picked = first.startswith("pick:")
            values = picks[int(first.removeprefix("pick:"))][1] if is_picked else ()
            chosen = values if isinstance(values, tuple) else (values or "",)
            request = of.request(is_whole_file=True, filters=(("source", chosen),) if is_picked else ())
            assert of.evidence(rest if is_picked else key, request, limit=1).count == cells[column], key
            checked[column] += 1
    assert checked["Customers"] >= 3
    assert PENDING_KEY in {key.split(".", 3)[-1] for row in keys for key in row.values() if key}


def test_customers_open_only_where_each_is_one_won_lead():
    found = measured(hand())
    rows, keys = by_source(found)
    opens = {row["Source"]: "Customers" in key for row, key in zip(rows.to_dicts(), keys, strict=True)}
    assert opens["Ads"]
    assert not opens["Events"]
    assert not opens[words.ALL]


def test_cheap_and_dear_are_told_apart_only_beyond_luck():
    assert "484" in words.apart(measured(sample()))
    assert "apart by more than luck, after 7 sources" in words.apart(measured(sample()))
    assert words.apart(measured(hand())) == ""  # nothing to quote
    assert words.answer(measured(hand())).startswith(
        "680 of marketing spend, 3 customers from 11 leads: too few to quote a cost, over 3 whole months"
    )


@settings(max_examples=20, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    start=st.integers(0, 260),
    length=st.integers(1, 270),
    source=st.sampled_from(["", "Google Ads", "Demo Request"]),
)
def test_the_parts_add_to_the_whole(start, length, source):
    of = sample()
    first = date(2026, 1, 1) + timedelta(days=start)
    filters = (("source", (source,)),) if source else ()
    found = measured(of, starts_on=first, ends_on=first + timedelta(days=length), filters=filters)
    assert sum_of(one.bill for one in found.lines) == found.total
    months = sum_of(one.bill for one in found.counted)
    assert months.spend == (pytest.approx(found.total.spend) if found.total.spend is not None else None)
    for name in ("leads", "accepted", "pending", "won_leads", "customers", "immature", "without_amount"):
        assert getattr(months, name) == getattr(found.total, name)
    assert months.won_amount == pytest.approx(found.total.won_amount)
    assert found.leads == found.total.leads + sum(
        found.left_out(one) for one in (Standing.PART, Standing.UNNAMED)
    )
    spend = found.spend
    assert spend.all_rows == sum(
        (
            spend.counted.rows,
            spend.outside.rows,
            spend.without_month.rows,
            spend.without_amount,
            spend.other.rows,
        )
    )
    assert spend.counted.amount == pytest.approx(found.total.spend or 0.0)
    for one in found.lines:
        for what in What:
            cost = one.bill.cost(what)
            if cost.value is not None and what is not What.LEAD:
                assert cost.low <= cost.value * (1 + 1e-12)
                assert cost.high is None or cost.value <= cost.high * (1 + 1e-12)
            assert cost.value is None or cost.state is State.KNOWN


CELLS = st.lists(
    st.builds(
        SpendCell, st.sampled_from(["", "ads", "web"]), st.just("x"), st.none() | st.integers(1, 4),
        st.builds(Pile, st.integers(0, 3), st.integers(-500, 500).map(float)), st.integers(0, 3), st.just(Pile()),
    ), max_size=12,
)  # fmt: skip


@given(CELLS, st.frozensets(st.integers(1, 4)), st.none() | st.frozensets(st.sampled_from(["ads", "web"])))
def test_no_row_of_the_spend_file_is_lost(cells, months, keys):
    cells = tuple(one if one.amounts.rows else SpendCell(one.key, "x", one.month, Pile(), one.without_amount, Pile()) for one in cells)  # fmt: skip
    found, amounts, _ = sort_rows(cells, months, keys)
    piles = (found.counted, found.outside, found.without_month, found.other)
    assert found.all_rows == sum(one.rows for one in piles) + found.without_amount
    assert sum(one.amount for one in piles) == sum(one.amounts.amount for one in cells)
    assert sum(amounts.values()) == found.counted.amount
    assert {month for _, month in amounts} <= months
