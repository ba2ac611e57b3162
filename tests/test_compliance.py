"""Both sides of the contract: counted by hand with a row on each inequality, again in plain Python, and lead by lead."""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path

import pytest

from analytics import evidence
from analytics.cohort import open_cohort
from analytics.compliance import NOT_AGREED, measure_by_month, measure_compliance, sentence
from analytics.contract import Contract, read_contract
from analytics.results import Rate, Unmeasurable
from tests.metrics.worlds import World, sample, world_of

ROOT = Path(__file__).parents[1]
DEFINITION = b"""
[definition]
criteria = [
  { kind = "fit", field = "employees", operator = "at least", value = 50 },
  { kind = "intent", field = "intent", operator = "is", value = "high", group = "keen" },
  { kind = "intent", field = "score", operator = "at least", value = 60, group = "keen" },
  { kind = "disqualify", field = "country", operator = "in", value = ["Brazil"] },
]
"""


def agreed(text: bytes = DEFINITION) -> Contract:
    return read_contract(text, "ours.toml")


def measured(of: World, contract: Contract, **period):
    cohort = open_cohort(of.warehouse, of.manifest, contract, of.request(**period))
    return cohort, measure_compliance(of.warehouse, cohort)


def opened(of: World, contract: Contract, key: str, **period) -> set[str]:
    found = evidence.open_leads(
        of.warehouse, of.manifest, contract, of.request(**period), key, search="", limit=100_000
    )
    assert found.count == found.frame.height
    return set(found.frame["lead_id"])


# --- marketing's side


HAND = [
    # id, employees, intent, score, country, email, company, meets (None: not known), complete
    ("at the line", "50", "low", "60", "Chile", "a@b.example", "A", True, True),
    ("under the size", "49", "high", "90", "Chile", "a@b.example", "B", False, True),
    ("keen by intent alone", "50", "high", "59", "Chile", "a@b.example", "C", True, True),
    ("keen by neither", "50", "low", "59.9", "Chile", "a@b.example", "D", False, True),
    ("disqualified", "500", "high", "90", "brazil", "a@b.example", "E", False, True),
    ("size not known", "", "high", "90", "Chile", "a@b.example", "F", None, True),
    ("size not known, disqualified", "", "high", "90", "Brazil", "a@b.example", "G", False, True),
    ("score not known, keen by intent", "50", "high", "", "Chile", "a@b.example", "H", True, True),
    ("score not known, not keen", "50", "low", "", "Chile", "a@b.example", "I", None, True),
    ("country not known", "50", "high", "90", "", "a@b.example", "J", None, True),
    ("no e-mail", "50", "high", "90", "Chile", "", "K", True, False),
    ("no company", "50", "high", "90", "Chile", "a@b.example", "", True, False),
]


@cache
def by_hand() -> World:
    rows = [
        {"Lead ID": name, "Handoff Date": "2026-03-02 10:00:00", "No. of Employees": size, "Intent": intent, "Lead Score": score,
         "Country": country, "Email": email, "Company / Account": company, "Lead Status": "Accepted"}
        for name, size, intent, score, country, email, company, _, _ in HAND
    ]  # fmt: skip
    return world_of(rows, as_of="2026-09-01")


def test_marketing_by_hand():
    of, contract = by_hand(), agreed()
    _, found = measured(of, contract)
    met = {row[0] for row in HAND if row[7]}
    complete = {row[0] for row in HAND if row[8]}
    assert opened(of, contract, "definition_met") == met
    assert opened(of, contract, "definition_missed") == {r[0] for r in HAND if r[7] is False}
    assert opened(of, contract, "definition_unknown") == {r[0] for r in HAND if r[7] is None}
    assert opened(of, contract, "complete_data") == complete
    assert opened(of, contract, "marketing_met") == met & complete
    kept = found.marketing.kept
    assert isinstance(kept, Rate)
    assert (kept.numerator, kept.denominator, kept.pending) == (len(met & complete), len(HAND), 0)
    assert found.marketing.unknown == 3
    assert {one.key: one.leads for one in found.marketing.breaches} == {
        "definition_missed": 4, "definition_unknown": 3, "incomplete_data": 2,
    }  # fmt: skip


def test_met_missed_and_unknown_are_all_leads_and_marketing_counts_the_same_in_plain_python():
    of, contract = sample(), agreed()
    _, found = measured(of, contract)

    def answer(row) -> bool | None:
        size = None if row["employees"] is None else row["employees"] >= 50
        score = None if row["score"] is None else row["score"] >= 60
        intent = None if row["intent"] is None else row["intent"].strip().lower() == "high"
        keen = True if True in (intent, score) else None if None in (intent, score) else False
        country = None if row["country"] is None else row["country"].strip().lower() != "brazil"
        parts = (size, keen, country)
        return False if False in parts else None if None in parts else True

    inside = opened(of, contract, "leads")
    rows = [row for row in of.rows() if row["lead_id"] in inside]
    answers = {row["lead_id"]: answer(row) for row in rows}
    for key, wanted in (
        ("definition_met", True),
        ("definition_missed", False),
        ("definition_unknown", None),
    ):
        assert opened(of, contract, key) == {name for name, said in answers.items() if said is wanted}
    kept = {
        row["lead_id"]
        for row in rows
        if answers[row["lead_id"]] and row["has_company"] and (row["has_email"] or row["has_phone"])
    }
    assert opened(of, contract, "marketing_met") == kept
    assert isinstance(found.marketing.kept, Rate)
    assert (found.marketing.kept.numerator, found.marketing.kept.denominator) == (len(kept), len(rows))


def test_without_a_definition_nobody_is_judged():
    of = sample()
    _, found = measured(of, agreed(b""))
    assert found.marketing.kept is NOT_AGREED
    assert found.marketing.is_not_agreed
    assert opened(of, agreed(b""), "marketing_missed") == set()
    assert sentence(found).startswith("Marketing’s side is not agreed: there is no sales-ready definition")
    complete = next(one for one in found.marketing.parts if one.slug == "complete_data")
    assert isinstance(complete.rate, Rate)


def test_a_criterion_that_cannot_be_checked_leaves_marketings_side_unmeasured():
    text = (
        b'[definition]\ncriteria = [{ field = "pricing_page_visits_7d", operator = "at least", value = 2 }]'
    )
    of = sample()
    _, found = measured(of, agreed(text))
    assert isinstance(found.marketing.kept, Unmeasurable)
    assert "pricing_page_visits_7d" in found.marketing.kept.why
    assert opened(of, agreed(text), "marketing_judged") == set()


def test_data_that_was_not_exported_is_not_called_missing():
    rows = [
        {
            "Lead ID": "L1",
            "Handoff Date": "2026-03-02 10:00:00",
            "Lead Status": "Accepted",
            "Lead Score": "70",
        }
    ]
    text = b'[definition]\ncriteria = [{ field = "score", operator = "at least", value = 60 }]'
    _, found = measured(world_of(rows, as_of="2026-09-01"), agreed(text))
    assert isinstance(found.marketing.kept, Unmeasurable)
    assert "company" in found.marketing.kept.why
    assert sentence(found).endswith("sales’ side cannot be measured from this export.")
    definition = next(one for one in found.marketing.parts if one.slug == "definition")
    assert isinstance(definition.rate, Rate)
    assert (definition.rate.numerator, definition.rate.denominator) == (1, 1)


# --- sales' side: hour for hour, in UTC, Monday 2 March 2026, 09:00-17:00


MONDAY = datetime(2026, 3, 2, 9)


@cache
def sales_world() -> tuple[World, dict[str, str]]:
    """First touch within 240 working minutes and six touches over two channels inside 14 days of the acceptance."""

    def lead(name, *, first, touches=6, channels=2, handoff=MONDAY, accepted=True):
        at = handoff + first if first is not None else None
        made = [] if at is None else [at + timedelta(minutes=n) for n in range(touches)]
        row = {"Lead ID": name, "Handoff Date": handoff, "Accepted Date": handoff if accepted else None,
               "Lead Status": "Accepted" if accepted else "Open"}  # fmt: skip
        return row, [{"Lead ID": name, "Completed Date/Time": when, "Type": "call" if n % channels else "email", "Activity Source": "human"}
                     for n, when in enumerate(made)]  # fmt: skip

    minute = timedelta(minutes=1)
    cases = [
        (lead("at the limit", first=240 * minute), "met"),
        (lead("a minute late", first=241 * minute), "late"),
        (lead("five touches", first=minute, touches=5), "not worked"),
        (lead("one channel", first=minute, channels=1), "not worked"),
        (lead("never touched", first=None), "both"),
        (lead("not accepted", first=minute, accepted=False), "outside"),
        (lead("window ends at the extract", first=minute, handoff=datetime(2026, 3, 16, 9)), "met"),
        (lead("window not over", first=minute, handoff=datetime(2026, 3, 16, 9, 1)), "pending"),
        (lead("touched before only", first=timedelta(minutes=-5), touches=1), "not timed"),
    ]
    stamp = "%Y-%m-%d %H:%M:%S"
    leads = [
        {key: value.strftime(stamp) if isinstance(value, datetime) else value or "" for key, value in row.items()}
        for (row, _), _ in cases
    ]  # fmt: skip
    touches = [
        {**one, "Completed Date/Time": one["Completed Date/Time"].strftime(stamp)}
        for (_, made), _ in cases
        for one in made
    ]
    of = world_of(leads, touches=touches, as_of="2026-03-30T09:00:00", zone="UTC")
    return of, {row["Lead ID"]: kind for (row, _), kind in cases}


def test_sales_by_hand():
    of, said = sales_world()
    contract = agreed(b"")
    _, found = measured(of, contract)

    def of_kind(*kinds):
        return {name for name, kind in said.items() if kind in kinds}

    assert opened(of, contract, "sla_met") == of_kind("met")
    assert opened(of, contract, "sla_late") == of_kind("late", "both")
    assert opened(of, contract, "sla_not_worked") == of_kind("not worked", "both")
    assert opened(of, contract, "sla_missed") == of_kind("late", "not worked", "both")
    assert opened(of, contract, "sla_pending") == of_kind("pending")
    assert opened(of, contract, "sla_not_timed") == of_kind("not timed")
    kept = found.sales.kept
    assert isinstance(kept, Rate)
    assert (kept.numerator, kept.denominator, kept.pending) == (2, 6, 1)
    assert (found.sales.pending, found.sales.unknown) == (1, 1)


def test_accepted_leads_are_met_missed_pending_or_not_timed():
    of, contract = sample(), agreed()
    for period in ({}, {"is_whole_file": False}):
        parts = [
            opened(of, contract, key, **period)
            for key in ("sla_met", "sla_missed", "sla_pending", "sla_not_timed")
        ]
        assert sum(map(len, parts)) == len(set().union(*parts))
        assert set().union(*parts) == opened(of, contract, "accepted_any", **period)


def test_months_add_up_to_the_whole():
    of, contract = sample(), agreed()
    cohort, found = measured(of, contract)
    months = measure_by_month(of.warehouse, cohort, ("marketing_sla", "sales_sla"))
    for place, side in enumerate((found.marketing, found.sales)):
        assert sum(one.rates[place].numerator for one in months) == side.kept.numerator
        assert sum(one.rates[place].denominator for one in months) == side.kept.denominator
        assert sum(one.rates[place].pending for one in months) == side.kept.pending


def test_every_breach_opens_its_leads():
    of, contract = sample(), agreed()
    _, found = measured(of, contract)
    breaches = [*found.marketing.breaches, *found.sales.breaches]
    assert len(breaches) >= 6
    for one in breaches:
        assert len(opened(of, contract, one.key)) == one.leads


def test_decisions_on_an_unknown_day_are_no_late_decisions():
    """Was: every decision without a date stood among sales' breaches as if it had come too late."""
    rows = [
        {"Lead ID": "dated", "Handoff Date": "2026-03-02 10:00:00", "Lead Status": "Accepted", "Accepted Date": "2026-03-03"},
        {"Lead ID": "undated", "Handoff Date": "2026-03-02 10:00:00", "Lead Status": "Accepted"},
        {"Lead ID": "late", "Handoff Date": "2026-03-02 10:00:00", "Lead Status": "Rejected", "Rejected Date": "2026-04-30",
         "Rejection Reason": "Timing"},
    ]  # fmt: skip
    of, contract = world_of(rows, as_of="2026-09-01"), agreed(b"")
    _, found = measured(of, contract)
    part = next(one for one in found.sales.parts if one.slug == "decided_in_window")
    assert part.words.endswith(", at least")
    (breach,) = (one for one in found.sales.breaches if one.key == "not_decided_in_window")
    assert opened(of, contract, breach.key) == {"undated", "late"}
    assert (breach.leads, "1 of them) decided on an unknown day" in breach.words) == (2, True)


def test_an_empty_cohort_has_empty_rates():
    of = sample()
    _, found = measured(
        of, agreed(), starts_on=datetime(2020, 1, 1).date(), ends_on=datetime(2020, 2, 1).date()
    )
    assert found.leads == 0
    for side in (found.marketing, found.sales):
        assert isinstance(side.kept, Rate)
        assert (side.kept.denominator, side.kept.value) == (0, None)
        assert side.breaches == ()


@pytest.mark.parametrize("has_definition", [True, False])
def test_the_command_line_says_the_same(tmp_path, has_definition):
    (tmp_path / "ours.toml").write_bytes(DEFINITION if has_definition else b"")
    of = sample()
    ran = subprocess.run(
        [sys.executable, "-m", "analytics", "sla", "data/sample/leads.csv", "data/sample/touches.csv", "--zone",
         of.manifest.zone, "--contract", str(tmp_path / "ours.toml"), "--json"],
        cwd=ROOT, capture_output=True, text=True, check=True, env={"HANDOFF_HOME": str(tmp_path / "home"), "PATH": "/usr/bin:/bin"},
    )  # fmt: skip
    said = json.loads(ran.stdout)
    _, found = measured(of, agreed(DEFINITION if has_definition else b""), is_whole_file=False)
    for name, side in (("marketing", found.marketing), ("sales", found.sales)):
        if isinstance(side.kept, Rate):
            told = tuple(
                said[name][key] for key in ("numerator", "denominator", "pending", "value", "low", "high")
            )
            kept = side.kept
            assert told == (kept.numerator, kept.denominator, kept.pending, kept.value, kept.low, kept.high)
        else:
            assert (said[name]["numerator"], said[name]["value"]) == (None, None)
            assert said[name]["denominator"] == found.leads
        assert [(one["what"], one["leads"]) for one in said["breaches"][name]] == [
            (one.words, one.leads) for one in side.breaches
        ]
        for one in said["breaches"][name]:
            assert len(one["lead_ids"]) == min(1_000, one["leads"])
