"""The faults of a cohort: one row per lead, one pair of flags per check; every count of the audit counts over these."""

from __future__ import annotations

from dataclasses import dataclass

from analytics.cohort import Cohort
from analytics.plumbing.check import Check
from analytics.plumbing.checks import CHECKS
from analytics.plumbing.whole_file import WholeFile, open_whole_file
from analytics.warehouse import Warehouse


@dataclass(frozen=True, slots=True)
class Faults:
    """``table``: lead_no, and per check ``applies_<slug>`` and ``fault_<slug>``; a check the export cannot answer is false."""

    table: str
    whole_file: WholeFile


def open_faults(warehouse: Warehouse, cohort: Cohort) -> Faults:
    """Shape the faults of a cohort, once; its rows are exactly the cohort's."""
    whole = open_whole_file(warehouse, cohort)
    columns = ", ".join(_flags(check, is_known=is_known(check, cohort, whole)) for check in CHECKS)
    query = (
        f"SELECT c.lead_no, {columns} FROM {cohort.table} AS c JOIN {cohort.leads} AS l USING (lead_no)"
        f" JOIN {whole.table} AS x USING (lead_no)"
    )
    return Faults(warehouse.table(cohort.table.replace("cohort_", "faults_"), query), whole)


def is_known(check: Check, cohort: Cohort, whole: WholeFile) -> bool:
    """Whether the export has the columns a check needs, written so that they can answer it."""
    return check.needs(cohort.manifest) and check.slug not in whole.obstacles


def _flags(check: Check, *, is_known: bool) -> str:
    if not is_known:
        return f"false AS applies_{check.slug}, false AS {check.key}"
    applies = f"coalesce({check.applies}, false)"
    return f"{applies} AS applies_{check.slug}, {applies} AND coalesce({check.fault}, false) AS {check.key}"


def count_faults(warehouse: Warehouse, faults: Faults) -> dict[str, tuple[int, int]]:
    """Check -> leads at fault, and leads it applies to."""
    parts = ", ".join(
        f"count(*) FILTER (WHERE {check.key}) AS {check.key}, count(*) FILTER (WHERE applies_{check.slug}) AS applies_{check.slug}"
        for check in CHECKS
    )
    row = warehouse.run_once(faults.table, f"SELECT {parts} FROM {faults.table}").row(0, named=True)
    return {check.slug: (int(row[check.key]), int(row[f"applies_{check.slug}"])) for check in CHECKS}
