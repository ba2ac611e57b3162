"""The rows behind a what-if: the cohort with each lead's answer, a lead set inside it, and the leads opened."""

from __future__ import annotations

from typing import Any

from analytics.cohort import Cohort
from analytics.errors import RequestError
from analytics.evidence import Evidence, select_list, shown_columns
from analytics.metrics.catalog import selection_of
from analytics.metrics.compose import journey_relation, relation
from analytics.metrics.naming import selection_words
from analytics.rules.conditions import Condition
from analytics.warehouse import Warehouse


def answered(cohort: Cohort, condition: Condition, rows: str | None = None) -> tuple[str, dict[str, Any]]:
    """The cohort's rows with ``answer``: 1 kept, 0 removed, -1 unknown, which is removed too."""
    asked = f"(SELECT l.lead_no, {condition.answer} AS answer FROM {cohort.leads} AS l) AS asked"
    rows = rows or relation(cohort)
    return (
        f"(SELECT c.*, asked.answer FROM {rows} AS c JOIN {asked} USING (lead_no)) AS c",
        condition.params,
    )


def selected_leads(warehouse: Warehouse, cohort: Cohort, key: str) -> tuple[str, str, dict[str, int], str]:
    """The rows, the condition, its values and the name of a lead set inside the cohort."""
    selection = selection_of(key)
    if selection.grain not in ("cohort", "journey"):
        raise RequestError(f"The leads of a what-if cannot be opened as '{key[:60]}'.")
    rows = relation(cohort) if selection.grain == "cohort" else journey_relation(warehouse, cohort)
    return (
        rows, selection.predicate, selection.params,
        selection_words(selection, cohort.contract, cohort.bands),
    )  # fmt: skip


def opened_leads(
    warehouse: Warehouse,
    cohort: Cohort,
    inner: str,
    params: dict[str, Any],
    said: tuple[str, str],
    limit: int,
) -> Evidence:
    """The leads whose numbers the query ``inner`` gives, the first ``limit`` of them; ``said``: the key, and its words."""
    source = f"FROM {cohort.leads} AS l WHERE l.lead_no IN ({inner})"
    count = int(warehouse.run(f"SELECT count(*) AS n {source}", params).item())
    frame = warehouse.run(
        f"SELECT {select_list(shown_columns(cohort.manifest))} {source} ORDER BY l.handoff_at, l.lead_no LIMIT $most",
        params | {"most": limit},
    )
    return Evidence(said[0], said[1], f"Leads of the selection: {said[1]}.", count, count, frame)
