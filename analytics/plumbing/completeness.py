"""How full is each field, and does the contact data meet the contract's standard?"""

from __future__ import annotations

from dataclasses import dataclass

from analytics.cohort import Cohort
from analytics.handoff_steps import State, judged
from analytics.metrics.compose import rate
from analytics.results import Rate
from analytics.schema import label_of
from analytics.warehouse import Warehouse

FIELDS: tuple[tuple[str, str], ...] = (
    ("company", "l.has_company"),
    ("email", "l.has_email"),
    ("phone", "l.has_phone"),
    ("person_name", "l.has_name"),
    ("owner", "l.owner IS NOT NULL"),
    ("source", "l.source IS NOT NULL"),
    ("campaign", "l.campaign IS NOT NULL"),
    ("score", "l.score IS NOT NULL"),
    ("employees", "l.employees IS NOT NULL"),
    ("industry", "l.industry IS NOT NULL"),
    ("country", "l.country IS NOT NULL"),
)
STANDARD = "company, and e-mail or phone"


@dataclass(frozen=True, slots=True)
class FieldFill:
    """One field: leads that carry it, of all leads; ``target`` only for the contract's standard, with its ``state``."""

    label: str
    filled: Rate
    target: float | None = None
    state: State = "no target"


def measure_completeness(warehouse: Warehouse, cohort: Cohort) -> tuple[FieldFill, ...]:
    """The contract's standard first (where the export can show it), then every mapped field; empty without any."""
    manifest = cohort.manifest
    fields = [(name, condition) for name, condition in FIELDS if manifest.has(name)]
    knows_standard = manifest.has("company") and manifest.has("email", "phone")
    if not fields:
        return ()
    parts = [f"count(*) FILTER (WHERE {condition}) AS {name}" for name, condition in fields]
    row = warehouse.run_once(
        cohort.table,
        f"SELECT count(*) AS leads, count(*) FILTER (WHERE l.has_company AND (l.has_email OR l.has_phone)) AS whole, {', '.join(parts)}"
        f" FROM {cohort.table} AS c JOIN {cohort.leads} AS l USING (lead_no)",
    ).row(0, named=True)
    leads = int(row["leads"])
    found = []
    if knows_standard:
        whole, target = rate(int(row["whole"]), leads), cohort.contract.target_completeness
        found.append(FieldFill(STANDARD, whole, target, judged(whole, target)))
    return (*found, *(FieldFill(label_of(name), rate(int(row[name]), leads)) for name, _ in fields))
