"""How many leads each key opens, all of them in one query: by the predicate that the drawer counts by."""

from __future__ import annotations

from collections.abc import Iterable

from analytics.cohort import CohortRequest
from analytics.metrics.catalog import selection_of
from analytics.metrics.compose import journey_relation
from tests.metrics.worlds import World


def opened(of: World, keys: Iterable[str], request: CohortRequest | None = None) -> dict[str, int]:
    """Key -> leads, for keys inside the cohort; the first of them is also opened as a reader would."""
    wanted = list(dict.fromkeys(keys))
    counts = []
    for key in wanted:
        selection = selection_of(key)
        predicate = selection.predicate
        for name, value in selection.params.items():
            predicate = predicate.replace(f"${name}", str(value))
        counts.append(f"count(*) FILTER (WHERE {predicate})")
    rows = journey_relation(of.warehouse, of.cohort(request))
    found = dict(zip(wanted, of.warehouse.run(f"SELECT {', '.join(counts)} FROM {rows}").row(0), strict=True))
    assert of.evidence(wanted[0], request, limit=1).count == found[wanted[0]]
    return found
