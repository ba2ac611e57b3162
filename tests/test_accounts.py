"""Accounts: several people of one company as one buying group, counted by hand and again another way."""

from __future__ import annotations

from collections import defaultdict
from datetime import timedelta

import pytest

from analytics.accounts import Accounts, answer, measure_accounts, notes
from analytics.charts.account_dots import account_dots
from analytics.cohort import CohortRequest
from analytics.measurable import NO_OUTCOME
from analytics.results import Unmeasurable
from tests.metrics.worlds import World, sample, story, world_of

AS_OF = "2026-06-30 12:00:00"
OLD, YOUNG = "2026-02-02 09:00:00", "2026-06-25 09:00:00"
HEADER = (
    "Lead ID", "Handoff Date", "Account ID", "Company / Account", "Email", "Lead Status", "Converted Opportunity ID",
    "Opportunity: Created Date", "Opportunity: Close Date", "Won",
)  # fmt: skip


def lead(
    name: str, account: str = "", company: str = "", email: str = "", handoff: str = OLD, **cells: str
) -> dict[str, str]:
    given = {"status": "Lead Status", "deal": "Converted Opportunity ID", "opened": "Opportunity: Created Date",
             "closed": "Opportunity: Close Date", "won": "Won"}  # fmt: skip
    return {
        "Lead ID": name, "Handoff Date": handoff, "Account ID": account, "Company / Account": company, "Email": email,
        **{given[key]: value for key, value in cells.items()},
    }  # fmt: skip


DEAL = {"deal": "D1", "opened": "2026-03-01 00:00:00"}
HAND = [
    # one account by its id, whatever the names; two people, one of them passed twice; the deal is shared by two leads
    lead("id-1", "001A", "Acme", "a@acme.example", **DEAL),
    lead("id-2", "001A", "ACME Corp", "b@acme.example", closed="2026-03-05 00:00:00", won="true", **DEAL),
    lead("id-3", "001A", "", "a@acme.example", status="Rejected"),
    # no id: one account by the name, case and blanks folded; three people, one without any address
    lead("name-1", "", "Blue Sky", "c@sky.example", status="Accepted"),
    lead("name-2", "", "  blue   SKY ", "d@sky.example"),
    lead("name-3", "", "BlueSky", ""),
    # an id that reads like a name is not that name
    lead("id-like-name", "bluesky", "", "e@else.example"),
    # neither: each an account of its own, even with one address
    lead("nobody-1", "", "", "f@free.example"),
    lead("nobody-2", "", "   ", "f@free.example"),
    # young leads count as people passed, not in the outcome; only young ones leave the account out of the rates
    lead("young-1", "", "Old and new", "g@new.example"),
    lead("young-2", "", "Old and new", "h@new.example", YOUNG, status="Accepted"),
    lead("only-young", "", "New", "i@new.example", YOUNG),
    # five people: four or more
    *(lead(f"many-{n}", "", "Many", f"{n}@many.example", status="Rejected") for n in range(5)),
]


def hand() -> World:
    return world_of(HAND, as_of=AS_OF, header=HEADER)


def measured(of: World, request: CohortRequest | None = None) -> Accounts:
    found = measure_accounts(of.warehouse, of.cohort(request))
    assert isinstance(found, Accounts)
    return found


def test_the_hand_table_account_by_account():
    result = measured(hand())
    # 1: id-like-name, nobody-1, nobody-2, only-young; 2: 001A, Old and new; 3: Blue Sky; 5: Many
    assert [(group.contacts, group.accounts, group.leads) for group in result.groups] == [
        (1, 4, 4),
        (2, 2, 5),
        (3, 1, 3),
        (4, 1, 5),
    ]
    assert (result.accounts, result.leads, result.several) == (8, 17, 4)
    assert (result.without_account, result.largest) == (2, 5)
    # accepted: 001A by its deal and Blue Sky; young-2 is not settled; only-young has no settled lead
    assert [(group.accepted.numerator, group.accepted.denominator) for group in result.groups] == [
        (0, 3),
        (1, 2),
        (1, 1),
        (0, 1),
    ]
    assert [(group.opportunity.numerator, group.opportunity.denominator) for group in result.groups] == [
        (0, 3),
        (1, 2),
        (0, 1),
        (0, 1),
    ]
    assert [(group.won.numerator, group.won.denominator) for group in result.groups] == [
        (0, 3),
        (1, 2),
        (0, 1),
        (0, 1),
    ]
    assert (result.group_qualified.numerator, result.group_qualified.denominator) == (1, 1)
    assert (result.group_of_all.numerator, result.group_of_all.denominator) == (4, 7)


def test_separate_leads_alone_by_hand():
    """15 mature leads, two with the deal: p = 2/15; accounts of 3 and of 1 mature leads stand in the group of two contacts."""
    p = 2 / 15
    expected = [group.expected for group in measured(hand()).groups]
    assert expected[0] == pytest.approx(p)
    assert expected[1] == pytest.approx((1 - (1 - p) ** 3 + p) / 2)
    assert expected[2] == pytest.approx(1 - (1 - p) ** 3)
    assert expected[3] == pytest.approx(1 - (1 - p) ** 5)


def test_a_filter_counts_only_the_people_inside_it():
    of = hand()
    result = measured(of, of.request(ends_on=None, starts_on=of.manifest.as_of.date() - timedelta(days=10)))
    assert [(group.accounts, group.leads) for group in result.groups] == [(2, 2), (0, 0), (0, 0), (0, 0)]


@pytest.mark.parametrize("which", ["sample", "segment_drift", "broken_plumbing"])
def test_accounts_counted_again(which):
    of = sample() if which == "sample" else story(which, 11, 6_000)[0]
    accounts: dict[str, list[dict]] = defaultdict(list)
    for one in of.rows():
        if one["handoff_at"] is not None:
            name = "".join((one["company"] or "").split()).lower()
            accounts[f"n{name}" if name else f"l{one['lead_no']}"].append(one)
    table: dict[int, list[int]] = defaultdict(lambda: [0] * 6)
    for leads in accounts.values():
        people = {one["contact_key"] or one["lead_no"] for one in leads}
        mature = [one for one in leads if one["handoff_at"] + timedelta(days=90) <= of.manifest.as_of]
        has = [
            one for one in mature
            if (one["has_opportunity"] and one["opportunity_at"] and one["opportunity_at"] <= one["handoff_at"] + timedelta(days=90))
            or is_won(one)
        ]  # fmt: skip
        counts = table[min(len(people), 4)]
        for place, value in enumerate(
            (1, len(leads), len(mature), bool(mature), bool(has), any(map(is_won, mature)))
        ):
            counts[place] += int(value)
    result = measured(of)
    shown = {
        group.contacts: [group.accounts, group.leads, group.mature_leads, group.opportunity.denominator,
                         group.opportunity.numerator, group.won.numerator]
        for group in result.groups if group.accounts
    }  # fmt: skip
    assert shown == dict(table)
    assert result.several > 100


def is_won(one: dict) -> bool:
    return bool(
        one["outcome"] == "won"
        and one["closed_at"]
        and one["closed_at"] <= one["handoff_at"] + timedelta(days=90)
    )


@pytest.mark.parametrize("which", ["hand", "sample"])
def test_every_mark_and_number_opens_its_leads(which):
    of = hand() if which == "hand" else sample()
    result = measured(of)
    for group in result.groups:
        assert of.evidence(group.key, limit=1).count == group.leads
        assert of.evidence(f"{group.key}.settled", limit=1).count == group.settled_leads
        assert of.evidence(f"{group.key}.mature", limit=1).count == group.mature_leads
    assert of.evidence("without_account", limit=1).count == result.without_account
    for trace in account_dots(result).data:
        for key, hover in zip(trace.customdata, trace.hovertext, strict=True):
            leads = of.evidence(key, limit=1).count
            assert f"their {leads:,} lead" in hover


def test_groups_hold_every_account_and_lead_once():
    result = measured(sample())
    assert (
        sum(group.leads for group in result.groups)
        == result.leads
        == sample().evidence("leads", limit=1).count
    )
    for group in result.groups:
        assert group.accepted.numerator <= group.accepted.denominator <= group.accounts <= group.leads
        assert (
            group.won.numerator
            <= group.opportunity.numerator
            <= group.opportunity.denominator
            == group.won.denominator
        )


@pytest.mark.parametrize("name", ["healthy", "segment_drift", "no_product_fit"])
def test_leads_made_one_by_one_are_no_buying_groups(name):
    """The generator draws every lead by itself: the difference between one and two contacts is their number alone."""
    of = story(name, 11, 6_000)[0]
    result = measured(of)
    one, *_ = result.groups
    assert result.several_opportunity.value > one.opportunity.value
    assert result.several_opportunity.low < result.several_expected < result.several_opportunity.high
    assert answer(result).endswith("no more than their number.")


def pairs(alone: int, both: int) -> World:
    """60 companies with two people: one has a deal in ``alone`` of them, both in ``both``; and 60 single people without."""
    rows = []
    for n in range(60):
        deals = 1 if n < alone else 2 if n < alone + both else 0
        for person in range(2):
            cells = {"deal": f"D{n}", "opened": "2026-03-01 00:00:00"} if person < deals else {}
            rows.append(lead(f"{n}-{person}", "", f"Pair {n}", f"{person}@{n}.example", **cells))
        rows.append(lead(f"one-{n}", "", f"One {n}", f"one@{n}.example"))
    return world_of(rows, as_of=AS_OF, header=HEADER)


def test_more_than_their_number_is_told_from_shared_opportunities():
    more = measured(pairs(50, 0))
    assert more.groups[1].expected == pytest.approx(1 - (1 - 50 / 180) ** 2)
    assert answer(more).endswith(
        "83\u00a0% of these have an opportunity; as many separate leads would give 48\u00a0%: more than their number alone."
    )
    rows = [
        lead(f"x{n}", "", f"Lone {n}", f"x@{n}.example", deal=f"L{n}", opened="2026-03-01 00:00:00")
        for n in range(40)
    ]
    rows += [
        lead(
            f"{n}-{person}",
            "",
            f"Pair {n}",
            f"{person}@{n}.example",
            **({"deal": f"D{n}", "opened": "2026-03-01 00:00:00"} if n < 8 else {}),
        )
        for n in range(40)
        for person in range(2)
    ]
    shared = measured(world_of(rows, as_of=AS_OF, header=HEADER))
    assert shared.several_expected == pytest.approx(1 - (1 - 56 / 120) ** 2)
    assert answer(shared).endswith("they share opportunities, so one lead is no deal.")


def test_few_accounts_are_counted_not_quoted():
    assert answer(measured(hand())) == (
        "17 leads are 8 accounts; two or more people were passed from 4 of them. Of these 1 of 4 have an opportunity:"
        " too few to quote."
    )
    assert "2 leads without a company, each an account of its own" in notes(measured(hand()))
    assert "the largest account holds 5 leads" in notes(measured(hand()))


def without(*headers: str) -> World:
    rows = [{key: value for key, value in one.items() if key not in headers} for one in HAND]
    return world_of(rows, as_of=AS_OF, header=[key for key in HEADER if key not in headers])


def test_a_missing_column_is_named():
    of = without("Account ID", "Company / Account")
    found = measure_accounts(of.warehouse, of.cohort())
    assert isinstance(found, Unmeasurable)
    assert found.column == "the account id, or the company's name"
    bare = without(
        "Lead Status",
        "Converted Opportunity ID",
        "Opportunity: Created Date",
        "Opportunity: Close Date",
        "Won",
    )
    assert measure_accounts(bare.warehouse, bare.cohort()) is NO_OUTCOME


def test_nobody_is_no_account():
    of = sample()
    result = measured(of, of.request(filters=(("source", ("nowhere",)),)))
    assert (result.accounts, result.leads, result.largest) == (0, 0, 0)
    assert answer(result) == "0 leads are 0 accounts; two or more people were passed from 0 of them."
    assert not account_dots(result).data
