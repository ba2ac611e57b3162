"""Two dozen leads by hand for the columns of a journey: on every inequality of the shaping one stands exactly.

All UTC, 9 to 17, Monday to Friday; the extract is of Tuesday, 30 June 2026, 12:00. Each lead says what its columns must
hold; a column that is not named is not looked at.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any

from analytics.journey import (
    ACCEPTED_UNTOUCHED,
    NO_OWNER,
    PENDING,
    REJECTED,
    REPEAT,
    UNDECIDED,
    UNTOUCHED,
    WORKED,
)
from analytics.schema import REASON_CODES
from tests.metrics.worlds import World, world_of

AS_OF = "2026-06-30 12:00:00"
HEADER = ("Lead ID", "Created Date", "Handoff Date", "Opened At", "SAL Date", "Rejected Date", "Rejection Reason",
          "Opportunity: Created Date", "Converted Opportunity ID", "Opportunity: Close Date", "Won", "Lead Score",
          "Buying Intent", "Lead Owner", "Email", "Employees")  # fmt: skip
SHORT = dict(
    zip(
        ("id", "created", "handoff", "seen", "accepted", "rejected", "why_not", "opened", "deal", "closed", "won",
         "score", "intent", "owner", "email", "size"),
        HEADER,
        strict=True,
    )
)  # fmt: skip
DAY = 86_400


@dataclass(frozen=True)
class Traveller:
    id: str
    why: str
    columns: dict[str, Any]
    cells: dict[str, str]
    touches: tuple[str, ...]


LEADS: list[Traveller] = []


def lead(
    name: str, why: str, columns: dict[str, Any], *touches: str, owner: str = "Ann", **cells: str
) -> None:
    row = {SHORT[key]: value for key, value in {"owner": owner, **cells}.items()} | {"Lead ID": name}
    LEADS.append(Traveller(name, why, columns, row, touches))


def reason(code: str) -> int:
    return REASON_CODES.index(code)


MAY = "2026-05-04 10:00:00"  # a Monday
CALL = "2026-05-04 11:00:00"
# --- ages, to the second
lead("accepted-at-window", "accepted in the last second of the window: decided inside it",
     {"accept_age": 14 * DAY, "is_decided_in_window": True, "bridge_step": WORKED, "reject_age": None},
     CALL, handoff=MAY, accepted="2026-05-18 10:00:00")  # fmt: skip
lead("accepted-after-window", "one second later",
     {"accept_age": 14 * DAY + 1, "is_decided_in_window": False, "bridge_step": WORKED},
     CALL, handoff=MAY, accepted="2026-05-18 10:00:01")  # fmt: skip
lead("rejected-at-window", "rejected with a reason in the last second of the window",
     {"reject_age": 14 * DAY, "is_decided_in_window": True, "reason": reason("timing"), "bridge_step": REJECTED + reason("timing"), "accept_age": None},
     CALL, handoff=MAY, rejected="2026-05-18 10:00:00", why_not="Timing")  # fmt: skip
lead("rejected-after-window", "one second later",
     {"reject_age": 14 * DAY + 1, "is_decided_in_window": False, "reason": reason("no_budget")},
     CALL, handoff=MAY, rejected="2026-05-18 10:00:01", why_not="No budget")  # fmt: skip
lead("rejected-without-reason", "in time, but nobody says why",
     {"reject_age": DAY, "is_decided_in_window": False, "reason": reason("missing"), "bridge_step": REJECTED + reason("missing")},
     CALL, handoff=MAY, rejected="2026-05-05 10:00:00")  # fmt: skip
lead("implied", "accepted by its opportunity: the opportunity's date is the first known one",
     {"accept_age": 2 * DAY, "opportunity_age": 2 * DAY, "is_opportunity": True, "is_opportunity_skipped": False, "is_decided_in_window": True},
     CALL, handoff=MAY, opened="2026-05-06 10:00:00")  # fmt: skip
lead("won-without-opportunity", "the win implies the opportunity and the acceptance",
     {"accept_age": 10 * DAY, "opportunity_age": 10 * DAY, "won_age": 10 * DAY, "is_opportunity": True, "is_opportunity_skipped": True, "lost_age": None},
     CALL, handoff=MAY, won="TRUE", closed="2026-05-14 10:00:00")  # fmt: skip
lead("won-with-id", "an opportunity id without a date is no skip",
     {"is_opportunity_skipped": False, "is_opportunity": True, "opportunity_age": 10 * DAY},
     CALL, handoff=MAY, deal="D-7", won="TRUE", closed="2026-05-14 10:00:00", accepted="2026-05-05 10:00:00")  # fmt: skip
lead("lost", "lost after its opportunity",
     {"lost_age": 5 * DAY, "won_age": None, "is_lost": True, "is_won": False, "opportunity_age": 3 * DAY},
     CALL, handoff=MAY, accepted="2026-05-05 10:00:00", opened="2026-05-07 10:00:00", won="FALSE", closed="2026-05-09 10:00:00")  # fmt: skip
lead("disqualified", "accepted, and disqualified exactly 14 days later",
     {"disqualified_after": 14 * DAY, "reason": reason("duplicate"), "reject_age": None},
     CALL, handoff=MAY, accepted="2026-05-05 10:00:00", rejected="2026-05-19 10:00:00", why_not="Duplicate")  # fmt: skip
# --- order
lead("accepted-a-second-early", "accepted a second before the handoff: listed, age 0",
     {"is_before_handoff": True, "accept_age": 0, "is_out_of_order": False},
     CALL, handoff=MAY, accepted="2026-05-04 09:59:59")  # fmt: skip
lead("accepted-with-handoff", "accepted in the second of the handoff",
     {"is_before_handoff": False, "accept_age": 0}, CALL, handoff=MAY, accepted=MAY)  # fmt: skip
lead("opened-a-second-early", "opportunity a second before its acceptance",
     {"is_out_of_order": True, "is_before_handoff": False},
     CALL, handoff=MAY, accepted="2026-05-06 10:00:00", opened="2026-05-06 09:59:59")  # fmt: skip
lead("opened-with-acceptance", "opportunity in the second of its acceptance",
     {"is_out_of_order": False}, CALL, handoff=MAY, accepted="2026-05-06 10:00:00", opened="2026-05-06 10:00:00")  # fmt: skip
lead("closed-a-second-early", "closed a second before its opportunity",
     {"is_out_of_order": True},
     CALL, handoff=MAY, accepted="2026-05-05 10:00:00", opened="2026-05-06 10:00:01", won="TRUE", closed="2026-05-06 10:00:00")  # fmt: skip
lead("bare-day-of-handoff", "accepted at midnight of the day of the handoff: a bare date may be any hour",
     {"is_before_handoff": False, "accept_age": 0}, CALL, handoff=MAY, accepted="2026-05-04 00:00:00")  # fmt: skip
lead("bare-day-before", "accepted at midnight, exactly 24 hours before the handoff: another day",
     {"is_before_handoff": True}, CALL, handoff="2026-05-05 00:00:00", accepted="2026-05-04 00:00:00")  # fmt: skip
# --- system delay
lead("routed-at-once", "created in the second of the handoff, opened in it too",
     {"routing_wait": 0, "opening_wait": 0}, CALL, created=MAY, handoff=MAY, seen=MAY, accepted="2026-05-05 10:00:00")  # fmt: skip
lead("created-later", "created a second after its handoff, opened a second before: neither is a wait",
     {"routing_wait": None, "opening_wait": None},
     CALL, created="2026-05-04 10:00:01", handoff=MAY, seen="2026-05-04 09:59:59", accepted="2026-05-05 10:00:00")  # fmt: skip
# --- the bridge, in its printed order
lead("pending-without-owner", "too young comes before no owner",
     {"bridge_step": PENDING}, handoff="2026-06-20 10:00:00", owner="")  # fmt: skip
lead("young-but-accepted", "a young lead with a decision is no longer waiting",
     {"bridge_step": ACCEPTED_UNTOUCHED}, handoff="2026-06-20 10:00:00", accepted="2026-06-21 10:00:00")  # fmt: skip
lead("no-owner", "nobody's lead, though it was rejected",
     {"bridge_step": NO_OWNER, "has_owner": False}, CALL, handoff=MAY, rejected="2026-05-05 10:00:00", owner="")  # fmt: skip
lead("first-of-two", "the same person, first",
     {"bridge_step": WORKED, "is_repeat": False},
     CALL, handoff=MAY, accepted="2026-05-05 10:00:00", email="twice@example.com")  # fmt: skip
lead("second-of-two", "the same person a second later: passed before",
     {"bridge_step": REPEAT, "is_repeat": True},
     CALL, handoff="2026-05-04 10:00:01", accepted="2026-05-05 10:00:00", email="twice@example.com")  # fmt: skip
lead("closed-untouched", "rejected without any touch",
     {"bridge_step": UNTOUCHED}, handoff=MAY, rejected="2026-05-05 10:00:00", why_not="Timing")  # fmt: skip
lead("touched-before-only", "touched only before its handoff: not untouched",
     {"bridge_step": REJECTED + reason("timing")},
     "2026-05-04 09:00:00", handoff=MAY, rejected="2026-05-05 10:00:00", why_not="Timing")  # fmt: skip
lead("undecided", "old enough, nobody decided",
     {"bridge_step": UNDECIDED}, CALL, handoff=MAY)  # fmt: skip
lead("accepted-untouched", "accepted, no touch recorded",
     {"bridge_step": ACCEPTED_UNTOUCHED, "is_touched": False}, handoff=MAY, accepted="2026-05-05 10:00:00")  # fmt: skip
# --- dimensions
lead("monday-night", "the last second of a Monday in the last hour; high intent",
     {"arrival": 23, "is_high_intent": True, "month": 2026 * 12 + 4, "quarter": 2026 * 4 + 1},
     handoff="2026-05-04 23:59:59", intent="High")  # fmt: skip
lead("tuesday", "a second later it is Tuesday; intent unknown is standard",
     {"arrival": 24, "is_high_intent": False}, handoff="2026-05-05 00:00:00")  # fmt: skip
lead("march", "the last second of the first quarter, exactly 90 days and 12 hours before the extract",
     {"month": 2026 * 12 + 2, "quarter": 2026 * 4, "age": 90 * DAY + 12 * 3_600 + 1},
     handoff="2026-03-31 23:59:59")  # fmt: skip
lead("april", "the first second of the second quarter",
     {"month": 2026 * 12 + 3, "quarter": 2026 * 4 + 1, "age": 90 * DAY + 12 * 3_600}, handoff="2026-04-01 00:00:00")  # fmt: skip
lead("ninety", "exactly 90 days old; score 20; 11 employees",
     {"age": 90 * DAY, "score": 20.0, "size_band": 1, "is_size_range": False},
     handoff="2026-04-01 12:00:00", score="20", size="11")  # fmt: skip
lead("ranged", "size given as a range; no score",
     {"is_size_range": True, "size_band": 2, "score": None}, handoff="2026-04-01 12:00:01", size="51-200")  # fmt: skip

# --- the moment the first-touch limit runs out: Monday, 14:00, four working hours after the handoff
lead("opened-at-limit", "an opportunity in the second in which the limit runs out",
     {"landmark_age": 4 * 3_600, "opportunity_age": 4 * 3_600},
     handoff=MAY, accepted=MAY, opened="2026-05-04 14:00:00")  # fmt: skip
lead("opened-two-days-later", "an opportunity exactly 48 hours after the limit ran out",
     {"opportunity_age": 4 * 3_600 + 2 * DAY}, handoff=MAY, accepted=MAY, opened="2026-05-06 14:00:00")  # fmt: skip
lead("limit-fifty-days-ago", "high intent: its hour ran out exactly 50 days before the extract",
     {"landmark_age": 3_600}, handoff="2026-05-11 11:00:00", intent="High")  # fmt: skip
lead("closed-with-opportunity", "closed in the second of its opportunity: in order, a time of 0",
     {"is_out_of_order": False},
     CALL, handoff=MAY, accepted="2026-05-05 10:00:00", opened="2026-05-06 10:00:00", won="TRUE", closed="2026-05-06 10:00:00")  # fmt: skip
lead("won-at-limit-opened-later", "won in the second in which the limit ran out, its opportunity opened a second later",
     {"landmark_age": 4 * 3_600, "won_age": 4 * 3_600, "opportunity_age": 4 * 3_600 + 1, "is_out_of_order": True},
     handoff=MAY, accepted=MAY, opened="2026-05-04 14:00:01", won="TRUE", closed="2026-05-04 14:00:00")  # fmt: skip
lead("scored-in-parts", "a score of 20.5 on the nose", {"score": 20.5}, handoff=MAY, score="20.5")  # fmt: skip

BY_ID = {one.id: one for one in LEADS}


@cache
def journey_world() -> World:
    touches = [
        {"Lead ID": one.id, "Completed Date/Time": at, "Type": "Call", "Activity Source": "human"}
        for one in LEADS
        for at in one.touches
    ]
    return world_of([one.cells for one in LEADS], touches, as_of=AS_OF, header=HEADER, zone="UTC")
