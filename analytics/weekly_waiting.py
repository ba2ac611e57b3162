"""Which leads wait longest now: handed to sales, never touched, still open at the extract."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from analytics.cohort import Cohort
from analytics.measurable import NO_FIRST_TOUCH, knows_first_touch
from analytics.metrics.catalog import selection_of
from analytics.metrics.compose import journey_relation
from analytics.results import Unmeasurable
from analytics.warehouse import Warehouse

KEY = "never_touched.not_rejected.not_disqualified.not_won.not_lost"
"""Opens all of them."""
LISTED = 10


@dataclass(frozen=True, slots=True)
class OpenLead:
    """One of them; waits in seconds by the extract, ``limit`` the working seconds of its tier; ``number`` opens it."""

    number: int
    lead_id: str
    company: str | None
    owner: str | None
    handed_off_at: datetime
    working_wait: int
    wall_wait: int
    limit: int


@dataclass(frozen=True, slots=True)
class Waiting:
    """All leads that wait (``count``), of which ``over`` are past their limit, and the ten that wait longest."""

    count: int
    over: int
    leads: tuple[OpenLead, ...]


def measure_waiting(warehouse: Warehouse, cohort: Cohort) -> Waiting | Unmeasurable:
    """The leads of a cohort that nobody touched and nobody closed, the longest working wait first.

    Waits of the same length in working time are ordered by the wall clock, then by their place in the file.
    """
    if not knows_first_touch(cohort.manifest):
        return NO_FIRST_TOUCH
    rows = f"(SELECT * FROM {journey_relation(warehouse, cohort)} WHERE {selection_of(KEY).predicate})"
    count, over = warehouse.run(
        f"SELECT count(*) AS leads, count(*) FILTER (WHERE working_wait > limit_seconds) AS over FROM {rows}"
    ).row(0)
    frame = warehouse.run(
        "SELECT c.lead_no, l.lead_id, l.company, l.owner, c.handoff_at, c.working_wait, c.wall_wait, c.limit_seconds"
        f" FROM {rows} AS c JOIN {cohort.leads} AS l USING (lead_no)"
        f" ORDER BY c.working_wait DESC, c.wall_wait DESC, c.lead_no LIMIT {LISTED}"
    )
    leads = tuple(
        OpenLead(
            number=row["lead_no"],
            lead_id=str(row["lead_id"]),
            company=row["company"],
            owner=row["owner"],
            handed_off_at=row["handoff_at"],
            working_wait=row["working_wait"],
            wall_wait=row["wall_wait"],
            limit=row["limit_seconds"],
        )
        for row in frame.iter_rows(named=True)
    )
    return Waiting(int(count), int(over), leads)
