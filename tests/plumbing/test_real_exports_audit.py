"""The real defects of two real exports are found and named; skips where the exports are not at hand."""

from __future__ import annotations

from functools import cache

from analytics.importing.choices import Choices
from analytics.importing.pipeline import SourceFile, import_files
from analytics.plumbing.audit import Audit, measure_audit
from analytics.schema import Role
from tests.importing.imports import beside
from tests.metrics.worlds import World, engine, workspace


def audited(
    files: list[tuple[str, str, Role]], fields: dict[tuple[Role | None, str], str | None]
) -> tuple[World, Audit]:
    paths = [(beside("data", folder) / name, role) for folder, name, role in files]
    choices = Choices(roles={number: role for number, (_, role) in enumerate(paths)}, fields=fields)
    of = World(
        import_files(workspace(), [SourceFile(path, path.name) for path, _ in paths], choices), engine()
    )
    return of, measure_audit(of.warehouse, of.cohort())


@cache
def olist() -> tuple[World, Audit]:
    return audited(
        [("olist", "olist_marketing_qualified_leads_dataset.csv", Role.LEADS), ("olist", "olist_closed_deals_dataset.csv", Role.OPPORTUNITIES)],
        {(None, "created_at"): "first_contact_date"},
    )  # fmt: skip


@cache
def marketstar() -> tuple[World, Audit]:
    return audited(
        [("marketstar", "Leads.csv", Role.LEADS), ("marketstar", "Opportunities.csv", Role.OPPORTUNITIES), ("marketstar", "experience-map.csv", Role.TOUCHES)],
        {
            (Role.OPPORTUNITIES, "handoff_at"): "CreatedDate", (Role.OPPORTUNITIES, "disposition"): "IsAccepted",
            (Role.OPPORTUNITIES, "decided_at"): "AcceptedDecisionDate",
        },
    )  # fmt: skip


def faults(audit: Audit) -> dict[str, tuple[int, int]]:
    return {
        one.check.slug: (one.share.numerator, one.share.denominator) for one in audit.checks if one.is_known
    }


def test_olist_wins_start_late_and_its_two_gaps_of_the_source_are_told_apart():
    of, audit = olist()
    found = faults(audit)
    assert found["no_source"] == (60, 8_000)
    assert found["source_says_unknown"] == (1_099, 7_940)
    assert found["outcome_before_handoff"][0] == 1
    export = {one.finding.slug: one for one in audit.export}
    assert "Dec\u00a02017" in export["starts_won_at"].finding.sentence
    assert (
        of.evidence(export["starts_won_at"].finding.key or "").count
        == export["starts_won_at"].share.numerator
    )
    assert "bare_dates" in export


def test_marketstar_carries_stale_reasons_leads_of_nobody_and_one_value_in_two_spellings():
    of, audit = marketstar()
    found = faults(audit)
    rejected_with_reason = found["reason_missing"][1] - found["reason_missing"][0]
    assert found["stale_reason"][0] + rejected_with_reason == 484  # leads handed off that carry a reason
    assert of.evidence("fault_stale_reason").count == found["stale_reason"][0]
    export = {one.finding.slug: one for one in audit.export}
    assert export["unowned_before_handoff"].finding.leads == 10_466
    assert export["spellings"].state == "green"
    merged = {str(name) for _, _, spellings in of.manifest.merges for name, _ in spellings}
    assert {"Advertising & Marketing", "advertising_&_marketing"} <= {name.strip() for name in merged}
    assert "bare_dates" in export
