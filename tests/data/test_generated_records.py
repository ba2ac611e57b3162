"""The rows hang together, look like a CRM's, and name nobody."""

from __future__ import annotations

import re
from collections import Counter
from datetime import datetime

import pytest
from lead_recount import AS_OF, data_rows

from data.stories import BY_NAME

every_story = pytest.mark.parametrize("story", BY_NAME)
EMAIL = re.compile(r"[a-z]+\.[a-z]+@[a-z]+-[a-z]+\.example\.(com|org|net)")
PHONE = re.compile(r"\+1 [2-9]\d\d 555 01\d\d( x\d+)?")
STAMPS = (
    *(
        "Created Date",
        "MQL Date",
        "Handoff Date",
        "First Activity",
        "First Response Date",
        "Meeting Date",
        "SAL Date",
    ),
    *("Rejected Date", "Opportunity: Created Date"),
)
REASONS = {
    *(
        "Outside ICP",
        "Bad contact data",
        "Duplicate record",
        "No response",
        "Competitor",
        "Student / job seeker",
    ),
    *("Bad timing", "No budget", "Other", ""),
}


@every_story
def test_addresses_and_numbers_are_reserved_for_fiction(export, story):
    for row in export(story, 7).rows:
        assert not row["Email"] or EMAIL.fullmatch(row["Email"])
        assert not row["Phone"] or PHONE.fullmatch(row["Phone"])


@every_story
def test_ids_are_unique_but_for_the_planted_copies(export, story):
    told = export(story, 7)
    ids = Counter(row["Lead ID"] for row in told.rows)
    assert all(re.fullmatch(r"00Q[0-9A-Za-z]{12}[A-Z0-5]{3}", lead_id) for lead_id in ids)
    assert len({lead_id.lower() for lead_id in ids}) == len(ids)
    assert ids.total() - len(ids) == told.truth["planted"]["duplicate_rows"]
    copies: dict[str, dict[str, str]] = {}
    assert all(copies.setdefault(row["Lead ID"], row) == row for row in told.rows)
    touches = [row["Activity ID"] for row in data_rows(told.folder / "touches.csv")]
    assert len(set(touches)) == len(touches)


@every_story
def test_first_activity_is_the_first_human_touch(export, story):
    for lead in export(story, 7).leads:
        assert lead.at("First Activity") == (lead.touches[0][0] if lead.touches else None)


@every_story
def test_nothing_happens_after_the_export(export, story):
    told = export(story, 7)
    assert all(
        not row[column] or datetime.fromisoformat(row[column]) <= AS_OF
        for row in told.rows
        for column in STAMPS
    )
    touches = data_rows(told.folder / "touches.csv")
    assert all(datetime.fromisoformat(row["Completed Date/Time"]) <= AS_OF for row in touches)


@every_story
def test_no_stamp_falls_into_the_hour_that_spring_skips(export, story):
    told = export(story, 7)
    skipped = "2026-03-08 02:"
    assert not any(row[column].startswith(skipped) for row in told.rows for column in STAMPS)
    touches = data_rows(told.folder / "touches.csv")
    assert not any(row["Completed Date/Time"].startswith(skipped) for row in touches)


@every_story
def test_stages_follow_each_other(export, story):
    for lead in export(story, 7).leads:
        assert lead.at("Created Date") <= lead.at("MQL Date") <= lead.handoff
        opened = lead.at("Opportunity: Created Date")
        decided = lead.at("SAL Date") or lead.at("Rejected Date")
        if lead.first_touch and decided:
            assert lead.first_touch <= decided
        if opened:
            assert lead.handoff < opened
            assert not lead.at("SAL Date") or lead.at("SAL Date") <= opened
            assert opened < lead.at("Opportunity: Close Date")
        assert not lead.row["Rejection Reason"] or lead.row["Rejected Date"]
        assert lead.row["Rejection Reason"] in REASONS


@every_story
def test_status_agrees_with_the_stamps(export, story):
    for lead in export(story, 7).leads:
        row = lead.row
        if row["Converted Opportunity ID"]:
            expected = "Qualified"
        elif row["Rejected Date"]:
            expected = "Disqualified" if row["SAL Date"] else "Rejected"
        elif row["SAL Date"]:
            expected = "Accepted"
        else:
            expected = "Working" if lead.touches else "New"
        assert row["Lead Status"] == expected


def test_open_deals_carry_an_expected_date_mostly_ahead(export):
    deals = [lead for lead in export("healthy", 7).leads if lead.row["Converted Opportunity ID"]]
    still_open = [lead for lead in deals if not lead.row["Won"]]
    ahead = [lead for lead in still_open if lead.at("Opportunity: Close Date") > AS_OF]
    assert len(still_open) > 0.1 * len(deals)
    assert 0.5 * len(still_open) < len(ahead) < len(still_open)
    assert all(lead.at("Opportunity: Close Date") <= AS_OF for lead in deals if lead.row["Won"])
    assert {lead.row["Won"] for lead in deals} == {"TRUE", "FALSE", ""}


def test_reps_mostly_work_by_day_and_leads_arrive_at_any_hour(export):
    told = export("healthy", 7)
    touches = [at for lead in told.leads for at, _ in lead.touches]
    by_day = sum(at.weekday() < 5 and 9 <= at.hour < 17 for at in touches)
    assert 0.9 * len(touches) < by_day < len(touches)
    arrivals = [lead.handoff for lead in told.leads]
    assert sum(at.weekday() >= 5 for at in arrivals) > 0.05 * len(arrivals)
    assert len({at.hour for at in arrivals}) == 24


def test_spend_covers_the_paid_sources_month_by_month(export):
    rows = data_rows(export("healthy", 7).folder / "spend.csv")
    assert {row["Month"] for row in rows} == {f"2026-0{month}" for month in range(1, 10)}
    assert "Google Ads" in {row["Lead Source"] for row in rows}
    assert all(int(row["Amount"]) > 0 for row in rows)
