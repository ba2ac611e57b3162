"""Fifty-odd leads by hand: for every inequality of the definitions one stands exactly on it, and one a second beside.

Everything is UTC; the clock runs 9 to 17, Monday to Friday. The extract is of Tuesday, 30 June 2026, 12:00. Facts are
what the written definitions say of a lead, in atoms:

- settled or pending; accepted, rejected or undecided; late, implied, disqualified
- touched, never or before; met, missed or early (the first-touch limit of the tier)
- worked (cadence window over) or working; full (by touches), engaged
- mature; won90 and opp90 (within the horizon); opportunity, won, lost (so far)
- won-undated and opp-undated: it happened, no date says when; a win implies its opportunity
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from tests.metrics.worlds import World, world_of

AS_OF = "2026-06-30 12:00:00"
HEADER = (
    "Lead ID", "Handoff Date", "SAL Date", "Rejected Date", "Lead Status", "First Response Date", "Meeting Date",
    "Converted Opportunity ID", "Opportunity: Created Date", "Opportunity: Close Date", "Won", "Lead Score",
    "Buying Intent", "Lead Source",
)  # fmt: skip
SHORT = dict(
    zip(
        ("id", "handoff", "accepted", "rejected", "status", "response", "meeting", "deal", "opened", "closed", "won",
         "score", "intent", "source"),
        HEADER,
        strict=True,
    )
)  # fmt: skip


@dataclass(frozen=True)
class Lead:
    id: str
    why: str
    facts: frozenset[str]
    cells: dict[str, str]
    touches: tuple[tuple[str, str], ...]
    working_wait: int | None
    wall_wait: int | None
    band: int
    attempts: int | None


LEADS: list[Lead] = []


def lead(
    name: str,
    why: str,
    facts: str,
    *touches: str,
    wait: int | None = None,
    wall: int | None = None,
    band: int = -1,
    attempts: int | None = None,
    **cells: str,
) -> None:
    """One row. A touch is "date time channel" (a channel in capitals is automated); waits are seconds to it."""
    pairs = tuple((text.rsplit(" ", 1)[0], text.rsplit(" ", 1)[1]) for text in touches)
    row = {SHORT[key]: value for key, value in cells.items()} | {"Lead ID": name}
    LEADS.append(Lead(name, why, frozenset(facts.split()), row, pairs, wait, wall, band, attempts))


H = 3_600
# --- the disposition window: 14 x 24 hours
lead(
    "settled-edge",
    "handed off exactly 14 days before the extract",
    "settled undecided never missed",
    handoff="2026-06-16 12:00:00",
    score="0",
    band=0,
    source="Web",
)
lead(
    "pending-edge",
    "one second younger",
    "pending undecided never missed",
    handoff="2026-06-16 12:00:01",
    score="19",
    band=0,
    source="Web",
)
lead(
    "accepted-at-window",
    "accepted in the last second of the window",
    "settled accepted never missed worked",
    handoff="2026-05-04 10:00:00",
    accepted="2026-05-18 10:00:00",
    score="20",
    band=1,
    source="Web",
    attempts=0,
)
lead(
    "accepted-late",
    "one second later: counts, and is late",
    "settled accepted late never missed worked",
    handoff="2026-05-04 10:00:00",
    accepted="2026-05-18 10:00:01",
    score="39",
    band=1,
    source="Web",
    attempts=0,
)
lead(
    "young-accepted",
    "accepted, but younger than the window: pending on both",
    "pending accepted never missed working",
    handoff="2026-06-20 10:00:00",
    accepted="2026-06-22 10:00:00",
    score="40",
    band=2,
)
lead(
    "young-rejected",
    "rejected early: still pending, or young weeks would look decided",
    "pending rejected never missed",
    handoff="2026-06-20 10:00:00",
    rejected="2026-06-22 10:00:00",
    score="59",
    band=2,
)
# --- decisions
lead(
    "rejected",
    "rejected",
    "settled rejected never missed",
    handoff="2026-05-04 10:00:00",
    rejected="2026-05-05 10:00:00",
    score="60",
    band=3,
)
lead(
    "rejected-by-word",
    "rejected by its status alone",
    "settled rejected never missed",
    handoff="2026-05-04 10:00:00",
    status="Disqualified",
    score="79",
    band=3,
)
lead(
    "accepted-by-word",
    "accepted by its status alone: the cadence runs from handoff",
    "settled accepted never missed worked",
    handoff="2026-06-16 12:00:00",
    status="Accepted",
    score="80",
    band=4,
    attempts=0,
)
lead(
    "accepted-by-word-young",
    "one second younger: neither settled nor worked out",
    "pending accepted never missed working",
    handoff="2026-06-16 12:00:01",
    status="Accepted",
    score="100",
    band=4,
)
lead(
    "disqualified",
    "rejected after acceptance: accepted, then disqualified",
    "settled accepted disqualified never missed worked",
    handoff="2026-05-04 10:00:00",
    accepted="2026-05-05 10:00:00",
    rejected="2026-05-20 10:00:00",
    attempts=0,
)
lead(
    "disqualified-at-once",
    "rejected in the second of its acceptance",
    "settled accepted disqualified never missed worked",
    handoff="2026-05-04 10:00:00",
    accepted="2026-05-05 10:00:00",
    rejected="2026-05-05 10:00:00",
    attempts=0,
)
lead(
    "recycled",
    "rejected first, accepted later: no disqualification",
    "settled accepted never missed worked",
    handoff="2026-05-04 10:00:00",
    rejected="2026-05-05 10:00:00",
    accepted="2026-05-08 10:00:00",
    attempts=0,
)
lead(
    "implied-by-opportunity",
    "never accepted in words, but an opportunity exists",
    "settled accepted implied never missed worked opportunity",
    handoff="2026-05-04 10:00:00",
    opened="2026-05-25 10:00:00",
    attempts=0,
)
lead(
    "implied-by-win",
    "no acceptance, no opportunity, but won",
    "settled accepted implied never missed worked opportunity won",
    handoff="2026-05-04 10:00:00",
    won="TRUE",
    closed="2026-06-25 10:00:00",
    attempts=0,
)
lead(
    "implied-then-rejected",
    "opportunity, then rejected: accepted by implication, then disqualified",
    "settled accepted implied disqualified never missed worked opportunity",
    handoff="2026-05-04 10:00:00",
    opened="2026-05-25 10:00:00",
    rejected="2026-05-25 10:00:00",
    attempts=0,
)
lead(
    "rejected-then-implied",
    "rejected a second before its opportunity: the rejection came first",
    "settled accepted implied never missed worked opportunity",
    handoff="2026-05-04 10:00:00",
    opened="2026-05-25 10:00:00",
    rejected="2026-05-25 09:59:59",
    attempts=0,
)
lead(
    "accepted-tomorrow",
    "accepted after the extract: has not happened",
    "settled undecided never missed",
    handoff="2026-05-04 10:00:00",
    accepted="2026-06-30 12:00:01",
)
lead(
    "accepted-now",
    "accepted in the second of the extract",
    "settled accepted late never missed working",
    handoff="2026-05-04 10:00:00",
    accepted="2026-06-30 12:00:00",
)
# --- the first touch
DAY5 = "2026-05-05 10:00:00"  # a Tuesday
lead(
    "touched-5m",
    "touched within exactly five minutes",
    "settled undecided touched met",
    "2026-05-05 10:05:00 Call",
    handoff=DAY5,
    wait=300,
    wall=300,
)
lead(
    "touched-5m-late",
    "one second later",
    "settled undecided touched met",
    "2026-05-05 10:05:01 Call",
    handoff=DAY5,
    wait=301,
    wall=301,
)
lead(
    "touched-1h-high",
    "high intent, exactly at its 60 minutes",
    "settled undecided touched met",
    "2026-05-05 11:00:00 Call",
    handoff=DAY5,
    intent="High",
    wait=H,
    wall=H,
)
lead(
    "touched-1h-high-late",
    "one second later: missed",
    "settled undecided touched missed",
    "2026-05-05 11:00:01 Call",
    handoff=DAY5,
    intent="High",
    wait=H + 1,
    wall=H + 1,
)
lead(
    "touched-4h",
    "unknown intent, exactly at the standard 240 minutes",
    "settled undecided touched met",
    "2026-05-05 14:00:00 Call",
    handoff=DAY5,
    wait=4 * H,
    wall=4 * H,
)
lead(
    "touched-4h-late",
    "one second later: missed",
    "settled undecided touched missed",
    "2026-05-05 14:00:01 Call",
    handoff=DAY5,
    intent="Standard",
    wait=4 * H + 1,
    wall=4 * H + 1,
)
lead(
    "touched-1d",
    "exactly one opening day, and 24 hours",
    "settled undecided touched missed",
    "2026-05-06 10:00:00 Call",
    handoff=DAY5,
    wait=8 * H,
    wall=24 * H,
)
lead(
    "touched-1d-late",
    "one second later",
    "settled undecided touched missed",
    "2026-05-06 10:00:01 Call",
    handoff=DAY5,
    wait=8 * H + 1,
    wall=24 * H + 1,
)
lead(
    "touched-3d",
    "exactly three opening days, and 72 hours",
    "settled undecided touched missed",
    "2026-05-08 10:00:00 Call",
    handoff=DAY5,
    wait=24 * H,
    wall=72 * H,
)
lead(
    "touched-3d-late",
    "one second later",
    "settled undecided touched missed",
    "2026-05-08 10:00:01 Call",
    handoff=DAY5,
    wait=24 * H + 1,
    wall=72 * H + 1,
)
lead(
    "touched-weekend",
    "Friday 16:30 to Monday 9:30 is one working hour",
    "settled undecided touched met",
    "2026-05-11 09:30:00 Call",
    handoff="2026-05-08 16:30:00",
    wait=H,
    wall=65 * H,
)
lead(
    "touched-at-night",
    "handed off and called outside hours: no working time, seven hours by the wall",
    "settled undecided touched met",
    "2026-05-06 02:00:00 Call",
    handoff="2026-05-05 19:00:00",
    wait=0,
    wall=7 * H,
)
lead(
    "touched-at-handoff",
    "touched in the second of the handoff",
    "settled undecided touched met",
    "2026-05-05 10:00:00 Call",
    handoff=DAY5,
    wait=0,
    wall=0,
)
lead(
    "touched-before",
    "touched only a second before its handoff: not timed",
    "settled undecided before",
    "2026-05-05 09:59:59 Call",
    handoff=DAY5,
)
lead(
    "touched-around",
    "touched before and after: timed from the later touch",
    "settled undecided touched met",
    "2026-05-05 09:59:59 Call",
    "2026-05-05 10:01:00 Call",
    handoff=DAY5,
    wait=60,
    wall=60,
)
lead(
    "touched-by-machine",
    "automated mails are no touches",
    "settled undecided never missed",
    "2026-05-05 10:01:00 EMAIL",
    handoff=DAY5,
)
lead(
    "touched-tomorrow",
    "touched after the extract: has not happened",
    "settled undecided never missed",
    "2026-06-30 12:00:01 Call",
    handoff=DAY5,
)
# --- the first-touch limit must have passed in working time
lead(
    "limit-over",
    "exactly four working hours before the extract, untouched",
    "pending undecided never missed",
    handoff="2026-06-29 16:00:00",
)
lead(
    "limit-open",
    "one second less: still inside its limit",
    "pending undecided never early",
    handoff="2026-06-29 16:00:01",
)
lead(
    "limit-over-met",
    "exactly four working hours, touched in the second of the extract",
    "pending undecided touched met",
    "2026-06-30 12:00:00 Call",
    handoff="2026-06-29 16:00:00",
    wait=4 * H,
    wall=20 * H,
)
lead(
    "limit-open-touched",
    "touched, but its limit has not passed: early deciders do not count",
    "pending undecided touched early",
    "2026-06-30 12:00:00 Call",
    handoff="2026-06-30 08:00:00",
    wait=3 * H,
    wall=4 * H,
)
# --- the cadence window: 14 x 24 hours from acceptance
lead(
    "cadence-over",
    "its window ends in the second of the extract",
    "settled accepted never missed worked",
    handoff="2026-06-15 12:00:00",
    accepted="2026-06-16 12:00:00",
    attempts=0,
)
lead(
    "cadence-running",
    "one second later",
    "settled accepted never missed working",
    handoff="2026-06-15 12:00:00",
    accepted="2026-06-16 12:00:01",
)
RUN = {"handoff": "2026-05-05 10:00:00", "accepted": "2026-05-05 12:00:00"}  # window ends 05-19 12:00:00
FIVE = tuple(f"2026-05-0{day} 11:00:00 Call" for day in (5, 6, 7, 8, 9))
lead(
    "cadence-full",
    "the sixth touch, over the second channel, in the last second of the window",
    "settled accepted touched met worked full",
    *FIVE,
    "2026-05-19 12:00:00 Email",
    wait=H,
    wall=H,
    attempts=6,
    **RUN,
)
lead(
    "cadence-sixth-late",
    "the sixth touch one second after the window: five",
    "settled accepted touched met worked",
    *FIVE,
    "2026-05-19 12:00:01 Email",
    wait=H,
    wall=H,
    attempts=5,
    **RUN,
)
lead(
    "cadence-one-channel",
    "six touches over one channel",
    "settled accepted touched met worked",
    *FIVE,
    "2026-05-10 11:00:00 Call",
    wait=H,
    wall=H,
    attempts=6,
    **RUN,
)
lead(
    "cadence-seven",
    "seven touches over three channels",
    "settled accepted touched met worked full",
    *FIVE,
    "2026-05-10 11:00:00 Email",
    "2026-05-11 11:00:00 LinkedIn",
    wait=H,
    wall=H,
    attempts=7,
    **RUN,
)
lead(
    "cadence-from-handoff",
    "a touch in the second of the handoff counts as the sixth",
    "settled accepted touched met worked full",
    "2026-05-05 10:00:00 Email",
    *FIVE,
    wait=0,
    wall=0,
    attempts=6,
    **RUN,
)
lead(
    "cadence-before-handoff",
    "a touch a second before the handoff does not",
    "settled accepted touched met worked",
    "2026-05-05 09:59:59 Email",
    *FIVE,
    wait=H,
    wall=H,
    attempts=5,
    **RUN,
)
lead(
    "cadence-machine",
    "the sixth touch is automated",
    "settled accepted touched met worked",
    *FIVE,
    "2026-05-10 11:00:00 EMAIL",
    wait=H,
    wall=H,
    attempts=5,
    **RUN,
)
# --- engagement: inside the window, after a touch
TOUCH = "2026-05-05 11:00:00 Call"
for kind, extra in (("response", ""), ("meeting", ""), ("opened", " opportunity")):
    lead(
        f"{kind}-at-end",
        f"{kind} in the last second of the window",
        f"settled accepted touched met worked engaged{extra}",
        TOUCH,
        wait=H,
        wall=H,
        attempts=1,
        **RUN,
        **{kind: "2026-05-19 12:00:00"},
    )
    lead(
        f"{kind}-after-end",
        f"{kind} one second after the window",
        f"settled accepted touched met worked{extra}",
        TOUCH,
        wait=H,
        wall=H,
        attempts=1,
        **RUN,
        **{kind: "2026-05-19 12:00:01"},
    )
    lead(
        f"{kind}-at-touch",
        f"{kind} in the second of the first touch",
        f"settled accepted touched met worked engaged{extra}",
        TOUCH,
        wait=H,
        wall=H,
        attempts=1,
        **RUN,
        **{kind: "2026-05-05 11:00:00"},
    )
    lead(
        f"{kind}-before-touch",
        f"{kind} one second before the first touch: nobody worked for it",
        f"settled accepted touched met worked{extra}",
        TOUCH,
        wait=H,
        wall=H,
        attempts=1,
        **RUN,
        **{kind: "2026-05-05 10:59:59"},
    )
lead(
    "response-untouched",
    "answered, but nobody ever touched it",
    "settled accepted never missed worked",
    response="2026-05-06 10:00:00",
    attempts=0,
    **RUN,
)
# --- maturity and the horizon: 90 x 24 hours
lead(
    "mature-edge",
    "exactly 90 days old",
    "settled undecided never missed mature",
    handoff="2026-04-01 12:00:00",
)
lead("mature-young", "one second younger", "settled undecided never missed", handoff="2026-04-01 12:00:01")
OLD = {"handoff": "2026-03-02 10:00:00", "accepted": "2026-03-03 10:00:00"}  # horizon ends 05-31 10:00:00
lead(
    "won-at-horizon",
    "won in the last second of the horizon",
    "settled accepted never missed worked mature opportunity won won90 opp90",
    won="TRUE",
    closed="2026-05-31 10:00:00",
    score="85",
    band=4,
    attempts=0,
    **OLD,
)
lead(
    "won-after-horizon",
    "won one second later: won so far, not within the horizon",
    "settled accepted never missed worked mature opportunity won opp-undated",
    won="TRUE",
    closed="2026-05-31 10:00:01",
    score="85",
    band=4,
    attempts=0,
    **OLD,
)
lead(
    "won-undated",
    "won, nobody knows when",
    "settled accepted never missed worked mature opportunity won won-undated opp-undated",
    won="TRUE",
    attempts=0,
    **OLD,
)
lead(
    "won-too-young",
    "won at once, but not mature: outside the rate",
    "settled accepted never missed worked opportunity won",
    handoff="2026-05-04 10:00:00",
    accepted="2026-05-04 11:00:00",
    won="TRUE",
    closed="2026-05-05 10:00:00",
    attempts=0,
)
lead(
    "won-tomorrow",
    "to be closed after the extract: open",
    "settled accepted never missed worked mature opportunity opp90",
    opened="2026-03-09 10:00:00",
    won="TRUE",
    closed="2026-06-30 12:00:01",
    attempts=0,
    **OLD,
)
lead(
    "lost",
    "lost",
    "settled accepted never missed worked mature opportunity lost opp90",
    opened="2026-03-17 10:00:01",
    won="FALSE",
    closed="2026-04-09 10:00:00",
    attempts=0,
    **OLD,
)
lead(
    "opened-at-horizon",
    "opportunity in the last second of the horizon",
    "settled accepted never missed worked mature opportunity opp90",
    opened="2026-05-31 10:00:00",
    attempts=0,
    **OLD,
)
lead(
    "opened-after-horizon",
    "opportunity one second later",
    "settled accepted never missed worked mature opportunity",
    opened="2026-05-31 10:00:01",
    attempts=0,
    **OLD,
)
lead(
    "opened-undated",
    "an opportunity id without a date: an opportunity, but nobody knows when",
    "settled accepted never missed worked mature opportunity opp-undated",
    deal="D-1",
    attempts=0,
    **OLD,
)
# --- weeks begin on Monday, 00:00
lead(
    "sunday",
    "the last second of a Sunday: the week of 4 May",
    "settled accepted touched met worked full",
    *(f"2026-05-1{day} 11:00:00 Call" for day in range(1, 6)),
    "2026-05-10 23:59:59 Email",
    handoff="2026-05-10 23:59:59",
    accepted="2026-05-11 12:00:00",
    wait=0,
    wall=0,
    attempts=6,
)
lead(
    "monday",
    "the first second of a Monday: the week of 11 May",
    "settled accepted touched met worked full",
    *(f"2026-05-1{day} 11:00:00 Call" for day in range(1, 6)),
    "2026-05-11 00:00:00 Email",
    handoff="2026-05-11 00:00:00",
    accepted="2026-05-11 12:00:00",
    wait=0,
    wall=0,
    attempts=6,
)
lead(
    "next-monday",
    "the first second of the next Monday",
    "settled accepted touched met worked full",
    *(f"2026-05-1{day} 11:00:00 Call" for day in (8, 9)),
    *(f"2026-05-2{day} 11:00:00 Call" for day in (0, 1, 2)),
    "2026-05-18 00:00:00 Email",
    handoff="2026-05-18 00:00:00",
    accepted="2026-05-18 12:00:00",
    wait=0,
    wall=0,
    attempts=6,
)
# --- no clock
lead(
    "not-handed-off",
    "handed off one second after the extract: outside every cohort",
    "no-clock",
    handoff="2026-06-30 12:00:01",
)

BY_ID = {one.id: one for one in LEADS}
TIMED = [one for one in LEADS if "no-clock" not in one.facts]


@cache
def hand_world() -> World:
    touches = [
        {
            "Lead ID": one.id,
            "Completed Date/Time": at,
            "Type": channel.title(),
            "Activity Source": "automated" if channel.isupper() else "human",
        }
        for one in LEADS
        for at, channel in one.touches
    ]
    return world_of([one.cells for one in LEADS], touches, as_of=AS_OF, header=HEADER, zone="UTC")
