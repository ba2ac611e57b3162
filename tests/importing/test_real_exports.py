"""Two real exports through the command line: the figures that others computed independently."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from analytics.__main__ import main
from tests.importing.imports import beside


def readout(capsys: pytest.CaptureFixture[str], *arguments: str) -> dict[str, Any]:
    assert main(["readout", *arguments, "--json"]) == 0
    printed = capsys.readouterr().out
    found: dict[str, Any] = json.loads(printed)
    return found


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HANDOFF_HOME", str(tmp_path / "home"))


def test_marketstar(capsys: pytest.CaptureFixture[str]):
    folder = beside("data", "marketstar")
    found = readout(
        capsys, "--all", "--file", f"leads={folder / 'Leads.csv'}", "--file", f"opportunities={folder / 'Opportunities.csv'}",
        "--file", f"touches={folder / 'experience-map.csv'}", "--map", "opportunities.handoff_at=CreatedDate",
        "--map", "opportunities.disposition=IsAccepted", "--map", "opportunities.decided_at=AcceptedDecisionDate",
    )  # fmt: skip
    so_far = found["so_far"]
    assert (so_far["leads"], so_far["accepted"], so_far["rejected"], so_far["undecided"]) == (
        1_061,
        697,
        364,
        0,
    )
    assert so_far["accepted_amount"] == pytest.approx(3_014_231.57, abs=0.005)
    lag = so_far["days_to_decision"]
    assert (lag["leads"], lag["median"], round(lag["mean"], 2), lag["p90"]) == (1_061, 4.0, 5.13, 10.0)
    groups = {group["value"]: (group["accepted"], group["rejected"]) for group in so_far["groups"]}
    assert groups == {
        "Web Registration": (595, 304),
        "Purchased List": (35, 30),
        "Trade Shows and Events": (67, 30),
    }
    assert round(found["acceptance_rate"]["value"], 4) == 0.6569
    assert found["snapshot"]["rows_read"] == found["snapshot"]["leads"] == 43_033


ORIGINS = {
    "organic_search": (271, 2_296), "paid_search": (195, 1_586), "social": (75, 1_350), "unknown": (179, 1_099),
    "direct_traffic": (56, 499), "email": (15, 493), "referral": (24, 284),
}  # fmt: skip


def test_olist(capsys: pytest.CaptureFixture[str]):
    folder = beside("data", "olist")
    files = [
        str(folder / f"olist_{name}_dataset.csv") for name in ("marketing_qualified_leads", "closed_deals")
    ]
    found = readout(capsys, *files, "--map", "created_at=first_contact_date", "--all")
    so_far = found["so_far"]
    assert (so_far["won"], so_far["leads"]) == (842, 8_000)
    groups = {group["value"]: (group["won"], group["leads"]) for group in so_far["groups"]}
    assert groups.items() >= ORIGINS.items()
    assert groups[None][1] == 60  # blank is not "unknown"
    lag = so_far["days_to_won"]
    assert (lag["leads"], lag["median"], round(lag["mean"], 2), round(lag["p90"], 1), lag["negative"]) == (
        842,
        14.0,
        48.44,
        161.9,
        1,
    )
    stored = found["snapshot"]["fingerprint"]
    for first, last, share in (("2017-12-01", "2018-01-01", 5.50), ("2018-01-01", "2018-02-01", 13.32)):
        cohort = readout(capsys, stored, "--from", first, "--to", last)["so_far"]
        assert round(100 * cohort["won"] / cohort["leads"], 2) == share
