"""The cohort with each lead's way through the stages: the wider relation over which the five views count."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

from analytics.cohort import HIGH_INTENTS, Cohort, leads_relation, query_text
from analytics.measurable import has_opportunity_ids, knows_acceptance, knows_first_touch, knows_rejections
from analytics.schema import REASON_CODES
from analytics.warehouse import Warehouse, literal
from analytics.zones import to_local

EARLIER = timedelta(days=400)
MISSING = REASON_CODES.index("missing")
OTHER = REASON_CODES.index("other")
BLANKS = " \t\r\n\u00a0"
"""Left out of a company's name when the leads of one account are found."""
PENDING, NO_OWNER, REPEAT, UNTOUCHED, UNDECIDED, REJECTED, ACCEPTED_UNTOUCHED, WORKED = (
    1,
    2,
    3,
    4,
    5,
    10,
    30,
    40,
)
"""Steps of the bridge: ``REJECTED`` plus the number of a reason is one step each."""


def open_journey(warehouse: Warehouse, cohort: Cohort) -> str:
    """The derived table of a cohort with its journeys, made once; its rows are exactly the cohort's.

    A lead is a repeat when its contact was passed before: an earlier lead of the file has the same contact key.
    """
    name = cohort.table.replace("cohort_", "journey_")
    repeats = open_repeats(warehouse, cohort)
    accounts = warehouse.table(
        f"accounts_{cohort.manifest.fingerprint[:24]}",
        query_text("accounts").format(
            leads=leads_relation(warehouse, cohort.manifest), blanks=literal(BLANKS)
        ),
    )
    return warehouse.table(name, _query(cohort, repeats, accounts), cohort.params)


def open_repeats(warehouse: Warehouse, cohort: Cohort) -> str:
    """The derived table of leads whose person was passed before: an earlier lead of the file has the same contact key."""
    return warehouse.table(
        f"repeats_{cohort.manifest.fingerprint[:24]}",
        f"SELECT lead_no FROM (SELECT lead_no, row_number() OVER (PARTITION BY contact_key ORDER BY handoff_at, lead_no) AS turn "
        f"FROM {leads_relation(warehouse, cohort.manifest)} WHERE contact_key IS NOT NULL AND handoff_at IS NOT NULL) WHERE turn > 1",
    )


def _query(cohort: Cohort, repeats: str, accounts: str) -> str:
    manifest = cohort.manifest
    reasons = " ".join(f"WHEN {literal(code)} THEN {number}" for number, code in enumerate(REASON_CODES))
    return query_text("journey").format(
        cohort=cohort.table,
        leads=cohort.leads,
        repeats=repeats,
        accounts=accounts,
        landmarks=query_text("landmark").format(cohort=cohort.table, slots=cohort.slots),
        reasons=reasons,
        other=OTHER,
        missing=MISSING,
        high_intents=", ".join(literal(word) for word in HIGH_INTENTS),
        local_handoff=_local("l.handoff_at", cohort),
        local_opportunity=local_event("l.opportunity_at", cohort),
        local_closed=local_event("l.closed_at", cohort),
        is_routed=_flag(manifest.clock_field == "handoff_at" and manifest.has("created_at")),
        has_opportunity_ids=_flag(has_opportunity_ids(manifest)),
        before_handoff=_any_of(
            is_before(f"s.{stamp}", "s.handoff_at", cohort)
            for stamp in ("accepted_at", "rejected_at", "opportunity_at", "closed_at")
        ),
        out_of_order=_any_of(
            (
                f"s.is_accepted AND {is_before('s.opportunity_at', 's.accepted_at', cohort)}",
                is_before("s.closed_at", "s.opportunity_at", cohort),
            )
        ),
        knows_decisions=_flag(knows_acceptance(manifest) or knows_rejections(manifest)),
        knows_owners=_flag(manifest.has("owner")),
        knows_touches=_flag(knows_first_touch(manifest)),
    )


def _flag(value: object) -> str:
    return "true" if value else "false"


def _local(stamp: str, cohort: Cohort) -> str:
    return to_local(stamp, cohort.zone, cohort.oldest, cohort.manifest.as_of)


def local_event(stamp: str, cohort: Cohort) -> str:
    """A stamp of an opportunity as local time; it can lie more than a year before the oldest handoff."""
    return to_local(stamp, cohort.zone, cohort.oldest - EARLIER, cohort.manifest.as_of)


def is_before(later: str, earlier: str, cohort: Cohort) -> str:
    """Whether a stamp lies before another one; a bare date on the day of the other does not: it may be any hour."""
    # only a stamp within a day of the other is asked, so the zone's changes before the oldest handoff do not matter
    local = to_local(later, cohort.manifest.zone, cohort.oldest, cohort.manifest.as_of)
    is_bare = f"({local} = date_trunc('day', {local}) AND {later} + INTERVAL 1 DAY > {earlier})"
    # asked only where it matters: most stamps do not lie before the other one
    return f"CASE WHEN {later} < {earlier} THEN NOT {is_bare} ELSE false END"


def _any_of(conditions: Iterable[str]) -> str:
    return "(" + " OR ".join(f"({one})" for one in conditions) + ")"
