"""The read-out at its edges: nothing there, one lead, all waiting, columns missing, and files that mean other things."""

from __future__ import annotations

from datetime import date, datetime

import pytest

from analytics.report_json import readout_json
from analytics.report_text import readout_text
from analytics.results import Unmeasurable
from analytics.schema import Role
from tests.metrics.worlds import World, csv_text, sample, world, world_of

NAMES = ("acceptance", "speed", "working_rate")
FULL = {
    "Lead ID": "A", "Handoff Date": "2026-03-02 10:00:00", "SAL Date": "2026-03-03 10:00:00", "Rejected Date": "",
    "Touch Count": "6", "Channels": "2", "First Touch": "2026-03-02 11:00:00", "Lead Score": "85", "Won": "TRUE",
    "Opportunity: Created Date": "2026-03-09 10:00:00", "Opportunity: Close Date": "2026-04-01 10:00:00", "Amount": "100",
}  # fmt: skip


def said(of: World, **period) -> tuple[dict, str]:
    """JSON and text of a read-out; both must come out whatever is missing."""
    readout = of.readout(of.request(**period))
    return readout_json(of.manifest, readout), readout_text(of.manifest, readout)


def unmeasurable(of: World) -> set[str]:
    readout = of.readout()
    return {name for name in NAMES if isinstance(getattr(readout, name), Unmeasurable)}


# --- nothing, little, only waiting


def test_no_leads_is_no_number_and_no_zero():
    json, text = said(sample(), starts_on=date(2020, 1, 1), ends_on=date(2020, 2, 1))
    assert json["cohort"]["leads"] == 0
    assert json["cohort"]["maturity"] is None
    for rate in (json["acceptance_rate"], json["acceptance_rate"]["decided"], json["working_rate"]):
        assert (rate["numerator"], rate["denominator"], rate["value"], rate["low"], rate["high"]) == (
            0,
            0,
            None,
            None,
            None,
        )
    for clock in ("working", "wall"):
        assert json["speed_to_lead"][clock]["median_minutes"] is None
        assert set(json["speed_to_lead"][clock]["touched_within"].values()) == {None}
    assert json["score_bands"]["verdict"] == "cannot tell"
    assert json["score_bands"]["auc"] is None
    assert json["so_far"]["leads"] == 0
    assert json["so_far"]["days_to_won"]["median"] is None
    assert "0 of 0" not in text
    assert "nan" not in text.lower().replace("not named", "")


def test_a_file_whose_only_lead_is_later_than_the_extract():
    of = world_of([FULL], as_of="2026-01-01")
    json, _ = said(of)
    assert (json["cohort"]["leads"], json["snapshot"]["leads"], json["snapshot"]["without_clock"]) == (
        0,
        1,
        1,
    )
    assert of.ids("without_clock") == {"A"}


def test_one_lead():
    json, _ = said(world_of([FULL], as_of="2026-09-01"))
    assert json["acceptance_rate"]["value"] == 1
    assert 0 < json["acceptance_rate"]["low"] < json["acceptance_rate"]["high"] == 1
    assert json["speed_to_lead"]["wall"]["median_minutes"] == 60
    assert json["speed_to_lead"]["wall"]["p99_minutes"] == 60
    assert json["score_bands"]["verdict"] == "cannot tell"
    assert json["so_far"]["days_to_won"] == {"leads": 1, "median": 30, "mean": 30, "p90": 30, "negative": 0}


def test_all_waiting_is_not_reached():
    rows = [{"Lead ID": f"L{n}", "Handoff Date": "2026-03-02 10:00:00", "First Touch": ""} for n in range(5)]
    rows.append(
        {"Lead ID": "elsewhere", "Handoff Date": "2026-01-02 10:00:00", "First Touch": "2026-01-02 11:00:00"}
    )
    of = world_of(rows, as_of="2026-03-03 10:00:00")
    json, _ = said(of, starts_on=date(2026, 3, 1))
    speed = json["speed_to_lead"]
    assert (speed["touched"], speed["never_touched"]) == (0, 5)
    assert speed["wall"]["median_minutes"] is None
    assert speed["wall"]["touched_only_median_minutes"] is None
    # Watched for exactly one day: the marks up to it are zero, what lies beyond cannot be said.
    assert speed["wall"]["touched_within"] == {"5m": 0, "1h": 0, "4h": 0, "1d": 0, "3d": None}


def test_only_pending_leads():
    json, text = said(world_of([FULL | {"Won": "", "Opportunity: Close Date": ""}], as_of="2026-03-10"))
    assert (
        json["acceptance_rate"]["denominator"],
        json["acceptance_rate"]["pending"],
        json["acceptance_rate"]["value"],
    ) == (0, 1, None)
    assert json["working_rate"]["pending"] == 1
    assert json["cohort"]["maturity"] == 0
    assert "No lead is settled yet" in text


# --- what an export cannot say


def only(*names: str) -> dict[str, str]:
    return {name: FULL[name] for name in ("Lead ID", "Handoff Date", *names)}


@pytest.mark.parametrize(
    ("columns", "missing"),
    [
        ((), {"acceptance", "speed", "working_rate"}),
        (("SAL Date",), {"speed", "working_rate"}),
        (("First Touch",), {"acceptance", "working_rate"}),
        (("Touch Count",), {"acceptance", "speed", "working_rate"}),
        (("Touch Count", "SAL Date"), {"speed"}),
        (
            ("Won", "Opportunity: Close Date", "Opportunity: Created Date"),
            {"acceptance", "speed", "working_rate"},
        ),
    ],
)
def test_what_an_export_cannot_say_is_unmeasurable(columns, missing):
    of = world_of([only(*columns)], as_of="2026-09-01")
    assert unmeasurable(of) == missing
    said(of)


def test_rejection_dates_alone_do_not_say_who_was_accepted():
    rows = [
        only() | {"Lead ID": "A", "Rejected Date": ""},
        only() | {"Lead ID": "B", "Rejected Date": "2026-03-05 10:00:00"},
    ]
    assert "acceptance" in unmeasurable(world_of(rows, as_of="2026-09-01"))


def test_a_status_that_never_says_accepted_leaves_it_open():
    rows = [
        only() | {"Lead ID": "A", "Lead Status": "New"},
        only() | {"Lead ID": "B", "Lead Status": "Disqualified"},
    ]
    assert "acceptance" in unmeasurable(world_of(rows, as_of="2026-09-01"))


def test_wins_without_dates_count_and_opportunities_without_dates_too():
    rows = [
        only("Lead Score") | {"Won": "TRUE", "Lead ID": "A"},
        only("Lead Score") | {"Lead ID": "B", "Won": ""},
    ]
    band = world_of(rows, as_of="2026-09-01").readout().score_bands.bands[4]
    assert (band.won.numerator, band.mature) == (1, 2)
    rows = [
        only("Lead Score") | {"Opportunity ID": "D1", "Lead ID": "A"},
        only("Lead Score") | {"Lead ID": "B", "Opportunity ID": ""},
    ]
    bands = world_of(rows, as_of="2026-09-01").readout().score_bands
    assert bands.outcome == "opportunity"
    assert (bands.bands[4].opportunity.numerator, bands.bands[4].mature) == (1, 2)


def test_an_opportunity_id_is_no_opportunity_where_the_deal_file_starts_the_clock():
    leads = [{"Lead ID": "A", "Opportunity ID": "D1", "Lead Score": "85", "SAL Date": "2026-03-03 10:00:00"},
             {"Lead ID": "B", "Opportunity ID": "D2", "Lead Score": "85", "SAL Date": ""}]  # fmt: skip
    deals = [{"Opportunity ID": "D1", "Routed": "2026-03-02 10:00:00", "Won Date": "2026-08-01 10:00:00"},
             {"Opportunity ID": "D2", "Routed": "2026-03-02 10:00:00", "Won Date": ""}]  # fmt: skip
    of = world(
        {"leads.csv": csv_text(leads), "deals.csv": csv_text(deals)},
        roles={1: Role.OPPORTUNITIES},
        as_of=datetime.fromisoformat("2026-09-01"),
        fields={(Role.OPPORTUNITIES, "handoff_at"): "Routed", (Role.OPPORTUNITIES, "won_at"): "Won Date"},
    )
    assert of.manifest.columns["handoff_at"] == "opportunities.Routed"
    assert of.ids("leads") == {"A", "B"}
    assert of.ids("so_far_opportunity") == {"A"}  # by its win
    assert of.ids("so_far_accepted") == {"A"}
    assert (
        of.ids("opportunity_in_horizon") == set()
    )  # won 152 days after the handoff, no opportunity is dated


# --- amounts


def test_a_shared_opportunity_counts_its_amount_once():
    rows = [
        FULL | {"Lead ID": "A", "Opportunity ID": "D1", "Amount": "100", "Lead Source": "Web"},
        FULL | {"Lead ID": "B", "Opportunity ID": "D1", "Amount": "100", "Lead Source": "Partner"},
        FULL | {"Lead ID": "C", "Opportunity ID": "D2", "Amount": "30", "Lead Source": "Web", "Won": "FALSE"},
        FULL | {"Lead ID": "D", "Opportunity ID": "", "Amount": "7", "Lead Source": "Web"},
        FULL | {"Lead ID": "E", "Opportunity ID": "", "Amount": "7", "Lead Source": "Web"},
    ]
    so_far = world_of(rows, as_of="2026-09-01").readout().so_far
    assert (so_far.total.accepted_amount, so_far.total.won_amount) == (144, 114)
    assert {row.value: (row.accepted_amount, row.won_amount) for row in so_far.rows} == {
        "Web": (144, 114),
        "Partner": (100, 100),
    }


def test_lags_are_whole_days_and_count_those_that_ran_backwards():
    closes = {
        "A": "2026-03-03 09:59:59",
        "B": "2026-03-03 10:00:00",
        "C": "2026-03-06 12:00:00",
        "D": "2026-03-01 10:00:00",
    }
    rows = [FULL | {"Lead ID": key, "Opportunity: Close Date": at} for key, at in closes.items()]
    lag = world_of(rows, as_of="2026-09-01").readout().so_far.days_to_won
    assert (lag.leads, lag.negative, lag.median, lag.mean) == (4, 1, 0.5, 1)


def test_months_are_those_of_the_contracts_zone():
    rows = [
        only() | {"Handoff Date": "2026-03-01T04:59:59Z"},
        only() | {"Lead ID": "B", "Handoff Date": "2026-03-01T05:00:00Z"},
    ]
    of = world_of(rows, as_of="2026-09-01", zone="America/New_York")
    assert {row.value: row.leads for row in of.readout(dimension="month").so_far.rows} == {
        "2026-02": 1,
        "2026-03": 1,
    }
