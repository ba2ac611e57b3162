"""Sets of leads behind the audit: those at fault, and those a check applies to, one pair per check."""

from __future__ import annotations

from analytics.metrics.lead_set import LeadSet
from analytics.plumbing.checks import CHECKS

SETS = tuple(
    one
    for check in CHECKS
    for one in (
        LeadSet(check.key, check.title.lower(), f"Leads of this selection with: {check.looks_for}.", check.key, grain="audit"),
        LeadSet(
            f"applies_{check.slug}", f"looked at: {check.title.lower()}", "Leads of this selection in which the fault could show.",
            f"applies_{check.slug}", grain="audit",
        ),
    )
)  # fmt: skip
