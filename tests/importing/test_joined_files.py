"""Opportunities and touches find their lead; nothing is counted twice, nothing unmatched goes unsaid."""

from __future__ import annotations

from pathlib import Path

from analytics.importing.choices import Choices
from analytics.schema import Role
from tests.importing.imports import at, imported

LEADS = "lead_id,created_at,Opportunity ID\n" + "".join(
    f"L{n},2026-01-0{n} 10:00,{deal}\n" for n, deal in enumerate(["O1", "O1", "O2; O3", "O4", "", "O9"], 1)
)


def test_opportunities_by_their_own_id(tmp_path: Path):
    deals = (
        "Opportunity ID,Created Date,Close Date,Outcome,Amount\n"
        "O1,2026-02-01,2026-03-01,Closed Won,100\n"  # shared by two leads
        "O2,2026-02-01,2026-03-05,Closed Lost,200\n"
        "O3,2026-02-02,2026-03-02,Closed Won,300\n"  # the won one counts for L3
        "O4,2026-02-03,2026-12-31,Negotiation,400\n"  # open: the closing date is expected
        "O7,2026-02-04,2026-03-07,Closed Won,700\n"  # nobody's
        ",2026-02-04,2026-03-07,Closed Won,800\n"  # no id
    )
    snapshot = imported(tmp_path, LEADS, deals, names=("leads.csv", "deals.csv"))
    found = {
        lead: (row["opportunity_id"], row["amount"], row["outcome"], row["closed_at"], row["has_opportunity"])
        for lead, row in snapshot.leads.items()
    }
    assert found == {
        "L1": ("O1", 100.0, "won", at("2026-03-01"), True),
        "L2": ("O1", 100.0, "won", at("2026-03-01"), True),
        "L3": ("O3", 300.0, "won", at("2026-03-02"), True),
        "L4": ("O4", 400.0, None, None, True),
        "L5": (None, None, None, None, False),
        "L6": ("O9", None, None, None, True),  # named by the lead, not in the file
    }
    assert snapshot.manifest.facts["opportunities"] == 6
    assert snapshot.manifest.facts["opportunities_without_lead"] == 2
    assert snapshot.said("unmatched_opportunities")[0].startswith("2 of 6 opportunities belong to no lead")
    assert snapshot.said("several_opportunities")[0].startswith("1 opportunities stand behind")


def test_several_opportunities_by_lead_id(tmp_path: Path):
    leads = "lead_id,created_at\nA,2026-01-01 10:00\nB,2026-01-02 10:00\nC,2026-01-03 10:00\n"
    deals = (
        "opportunity_id,lead_id,created_at,closed_at,outcome,amount,employees\n"
        "1,A,2026-02-01,2026-03-09,lost,1,5-25\n"
        "2,A,2026-02-02,2026-03-01,won,2,11-50\n"  # won, though closed earlier
        "3,B,2026-02-01,2026-03-01,lost,3,\n"
        "4,B,2026-02-02,2026-03-02,lost,4,\n"  # closed last
        "5,Z,2026-02-02,2026-03-02,won,5,\n"
    )
    snapshot = imported(tmp_path, leads, deals, names=("leads.csv", "opportunities.csv"))
    assert {lead: row["opportunity_id"] for lead, row in snapshot.leads.items()} == {
        "A": "2",
        "B": "4",
        "C": None,
    }
    assert (snapshot.leads["A"]["employees"], snapshot.leads["A"]["employees_is_range"]) == (30.5, True)
    assert snapshot.manifest.facts["opportunities_without_lead"] == 1
    assert snapshot.said("several_opportunities")[0].startswith("2 opportunities")


def test_touches_stand_exactly_on_every_edge(tmp_path: Path):
    leads = (
        "lead_id,created_at,handoff_at\n"
        + "".join(f"{lead},2026-03-01 08:00,2026-03-02 10:00:00\n" for lead in "ABCDEFGH")
        + "I,2026-03-01 08:00,\n"
    )
    touches = (
        "lead_id,touched_at,channel,kind\n"
        "A,2026-03-02 10:00:00,call,human\n"  # exactly at handoff: counts
        "B,2026-03-02 09:59:59,call,human\n"  # one second before
        "C,2026-03-02 10:05:00,email,automated\n"  # automated does not count
        "C,2026-03-02 10:07:00,email,human\n"
        "D,2026-03-10 00:00:00,call,human\n"  # exactly at as_of: counts
        "E,2026-03-10 00:00:01,call,human\n"  # one second later
        "F,2026-03-02 12:00,email,human\n"
        "F,2026-03-02 11:00,call,human\n"  # the earliest, in any order
        "F,2026-03-01 11:00,call,human\n"
        "G,,call,human\n"  # undated counts
        "G,,email,human\n"
        "I,2026-03-02 11:00,call,human\n"
        "Z,2026-03-02 11:00,call,human\n"  # nobody's
        ",2026-03-02 11:00,call,human\n"
    )
    snapshot = imported(
        tmp_path, leads, touches, names=("leads.csv", "touches.csv"), choices=Choices(as_of=at("2026-03-10"))
    )
    found = {
        lead: (row["first_touch_at"], row["prior_touch_at"], row["touch_count"], row["touch_channels"])
        for lead, row in snapshot.leads.items()
    }
    assert found["A"] == (at("2026-03-02 10:00"), None, 1, 1)
    assert found["B"][:2] == (None, at("2026-03-02 09:59:59"))
    assert found["B"][2] in (0, None)
    assert found["C"] == (at("2026-03-02 10:07"), None, 1, 1)
    assert found["D"] == (at("2026-03-10"), None, 1, 1)
    assert found["E"][0] is None
    assert found["F"] == (at("2026-03-02 11:00"), None, 2, 2)
    assert found["G"] == (None, None, 2, 2)
    assert found["H"][:2] == (None, None)
    assert found["I"][0] is None
    assert snapshot.manifest.facts["touches"] == 14
    assert snapshot.manifest.facts["touches_without_lead"] == 2
    assert snapshot.said("unmatched_touches") == ["2 of 14 touches belong to no lead of the file."]
    assert any(sentence.startswith("1 touches are later") for sentence in snapshot.said("later_than_as_of"))


def test_a_yes_no_column_says_what_its_name_says(tmp_path: Path):
    leads = "lead_id,handoff_at\nA,2026-03-02 10:00\nB,2026-03-02 10:00\n"
    touches = "lead_id,touched_at,Is Automated\nA,2026-03-02 10:01,TRUE\nA,2026-03-02 11:00,FALSE\nB,2026-03-02 12:00,TRUE\n"
    snapshot = imported(tmp_path, leads, touches, names=("leads.csv", "touches.csv"))
    assert snapshot.leads["A"]["first_touch_at"] == at("2026-03-02 11:00")
    assert snapshot.leads["B"]["first_touch_at"] is None


def test_a_bare_date_of_touch_on_the_day_of_handoff_is_no_touch_before_it(tmp_path: Path):
    leads = "lead_id,handoff_at,first_touch_at\nA,2026-03-02 10:00,2026-03-02\nB,2026-03-02 10:00,2026-03-01\nC,2026-03-02 10:00,2026-03-04\n"
    found = imported(tmp_path, leads).leads
    assert (
        found["A"]["first_touch_at"],
        found["A"]["first_touch_is_date"],
        found["A"]["prior_touch_at"],
    ) == (at("2026-03-02 10:00"), True, None)
    assert (found["B"]["first_touch_at"], found["B"]["prior_touch_at"]) == (None, at("2026-03-01"))
    assert found["C"]["first_touch_at"] == at("2026-03-04")


def test_spend_months(tmp_path: Path):
    leads = "lead_id,created_at\nA,2026-03-02 10:00\n"
    spend = 'source,month,amount\nads,2026-01,"1,000"\nads,Feb 2026,500.50\n'
    snapshot = imported(
        tmp_path, leads, spend, names=("leads.csv", "spend.csv"), choices=Choices(roles={1: Role.SPEND})
    )
    import polars as pl

    rows = pl.read_parquet(snapshot.workspace.path(snapshot.manifest, "spend.parquet")).rows()
    assert sorted(rows, key=str) == [("ads", "2026-01-01", 1000.0), ("ads", "2026-02-01", 500.5)]
