"""The single leads that waited longest, by name: still untouched ones first."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from analytics.cohort import Cohort
from analytics.warehouse import Warehouse

LISTED = 8
"""So many of them are named."""


@dataclass(frozen=True, slots=True)
class WaitingLead:
    """One of the leads that waited longest; ``number`` opens it. Waits in seconds, until the touch or as_of."""

    number: int
    lead_id: str
    company: str | None
    owner: str | None
    score: float | None
    handed_off_at: datetime
    is_touched: bool
    is_closed: bool
    wall_wait: int
    working_wait: int


def longest_waits(warehouse: Warehouse, cohort: Cohort, rows: str) -> tuple[WaitingLead, ...]:
    """The first eight of ``rows``, a relation of the cohort's leads.

    Untouched and open leads come first, then untouched and closed ones, then touched ones, each the longest wall wait
    first. Leads touched only before their handoff are not timed.
    """
    frame = warehouse.run(
        "SELECT c.lead_no, l.lead_id, l.company, l.owner, CAST(l.score AS DOUBLE) AS score, c.handoff_at, c.is_touched,"
        " coalesce(c.is_rejected OR c.outcome IN ('won', 'lost'), false) AS is_closed, c.wall_wait, c.working_wait"
        f" FROM {rows} AS c JOIN {cohort.leads} AS l USING (lead_no) WHERE NOT c.is_touched_before"
        " ORDER BY c.is_touched, CASE WHEN c.is_touched THEN 0 WHEN c.is_rejected OR c.outcome IN ('won', 'lost') THEN 1"
        f" ELSE 0 END, c.wall_wait DESC, c.lead_no LIMIT {LISTED}"
    )
    return tuple(
        WaitingLead(
            number=row["lead_no"],
            lead_id=str(row["lead_id"]),
            company=row["company"],
            owner=row["owner"],
            score=row["score"],
            handed_off_at=row["handoff_at"],
            is_touched=row["is_touched"],
            is_closed=row["is_closed"],
            wall_wait=row["wall_wait"],
            working_wait=row["working_wait"],
        )
        for row in frame.iter_rows(named=True)
    )
