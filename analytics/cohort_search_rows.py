"""The exact rows behind a rule: matched, the rest, or unknown, and of those any lead set of the cohort."""

from __future__ import annotations

from typing import Any, Literal

from analytics.cohort import Cohort
from analytics.cohort_search import Found, asked_rows
from analytics.errors import RequestError
from analytics.evidence import Evidence, select_list, shown_columns
from analytics.metrics.catalog import selection_of
from analytics.metrics.compose import relation
from analytics.metrics.naming import selection_words
from analytics.rules.conditions import condition_of
from analytics.warehouse import Warehouse

Part = Literal["matched", "rest", "unknown"]
_ANSWERS: dict[Part, int] = {"matched": 1, "rest": 1, "unknown": -1}
_WORDS: dict[Part, str] = {"matched": "", "rest": "all but: ", "unknown": "not known whether: "}


def open_rule_leads(
    warehouse: Warehouse,
    cohort: Cohort,
    found: Found,
    limit: int = 1000,
    *,
    part: Part = "matched",
    key: str = "leads",
) -> Evidence:
    """The leads behind an answer, by the same condition that counted them; the columns are those of any evidence.

    Args:
        warehouse: the engine.
        cohort: the cohort the answer was counted over.
        found: the answer.
        limit: rows to return; ``count`` and ``matching`` are of all.
        part: the matched leads, the rest (unknown ones included), or those for which the export does not say.
        key: a lead set of the cohort to keep, such as ``accepted_settled``: a numerator or denominator opened.

    Raises:
        RequestError: no such part or set, or a set that needs more than the cohort's own columns.
    """
    selection = selection_of(key)
    if part not in _ANSWERS or selection.grain != "cohort":
        raise RequestError(f"The leads of a rule cannot be opened as '{part}' of '{key[:60]}'.")
    condition = condition_of(found.rule.root, cohort.zone, cohort.manifest.as_of)
    chosen = f"SELECT lead_no FROM {asked_rows(cohort, condition)} WHERE answer = {_ANSWERS[part]}"
    inner = (
        f"SELECT lead_no FROM {relation(cohort)} WHERE ({selection.predicate}) "
        f"AND lead_no {'NOT ' if part == 'rest' else ''}IN ({chosen})"
    )
    source = f"FROM {cohort.leads} AS l WHERE l.lead_no IN ({inner})"
    params: dict[str, Any] = condition.params | selection.params
    count = int(warehouse.run(f"SELECT count(*) AS n {source}", params).item())
    frame = warehouse.run(
        f"SELECT {select_list(shown_columns(cohort.manifest))} {source} ORDER BY l.handoff_at, l.lead_id LIMIT $most",
        params | {"most": limit},
    )
    words = "" if key == "leads" else f", {selection_words(selection, cohort.contract, cohort.bands)}"
    label = f"{_WORDS[part]}{found.reading}{words}"
    return Evidence(key, label, f"Leads of the selection: {label}.", count, count, frame)
