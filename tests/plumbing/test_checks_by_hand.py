"""Each check on leads made by hand: one at fault, one exactly on the other side of every inequality."""

from __future__ import annotations

from functools import cache

import pytest

from analytics.key_numbers import KeyNumbers
from analytics.metrics.compose import rate
from analytics.plumbing.audit import METHOD, CheckResult
from analytics.plumbing.check import AMBER_FROM
from analytics.plumbing.checks import BY_SLUG, CHECKS
from analytics.plumbing.faults import count_faults, open_faults
from analytics.plumbing.price import Price
from tests.metrics.worlds import World, world_of

AS_OF = "2026-06-30 12:00:00"
MAY = "2026-05-04 10:00:00"
HEADER = ("Lead ID", "Created Date", "MQL Date", "Handoff Date", "Opened At", "First Activity", "SAL Date", "Rejected Date", "Rejection Reason",
          "Lead Status", "Opportunity: Created Date", "Converted Opportunity ID", "Opportunity: Close Date", "Won", "Lead Score",
          "Lead Owner", "Lead Source", "Email", "Phone", "Company / Account", "Score Updated")  # fmt: skip
SHORT = dict(
    zip(
        ("id", "created", "mql", "handoff", "seen", "touch", "accepted", "rejected", "why_not", "status", "opened", "deal", "closed", "won",
         "score", "owner", "source", "email", "phone", "company", "scored"),
        HEADER,
        strict=True,
    )
)  # fmt: skip
ROWS: list[dict[str, str]] = []
FAULTS: dict[str, set[str]] = {check.slug: set() for check in CHECKS}


def lead(name: str, *faults: str, **cells: str) -> None:
    """A sound lead except for ``cells``; ``faults`` are all the checks that must find it."""
    sound = {
        "handoff": f"2026-05-{4 + len(ROWS) % 20:02} 10:{len(ROWS) // 20:02}:{len(ROWS) % 60:02}", "owner": "Ann", "source": "Web",
        "email": f"{name}@example.com", "company": f"Company {name}", "score": "50",
    }  # fmt: skip
    ROWS.append({"Lead ID": name} | {SHORT[key]: value for key, value in (sound | cells).items()})
    for fault in faults:
        FAULTS[fault].add(name)


# --- the stamp: a touch or an opening within ten seconds of the handoff
lead("touched-with-handoff", "stamp_on_opening", handoff=MAY, touch=MAY)
lead(
    "touched-ten-seconds-later",
    "stamp_on_opening",
    handoff="2026-05-04 10:00:01",
    touch="2026-05-04 10:00:11",
)
lead("touched-eleven-seconds-later", handoff="2026-05-04 10:00:02", touch="2026-05-04 10:00:13")
lead(
    "opened-at-once",
    "stamp_on_opening",
    handoff="2026-05-04 10:00:03",
    seen="2026-05-04 10:00:13",
    touch="2026-05-04 11:00:00",
)
lead("opened-before", handoff="2026-05-04 10:00:04", seen="2026-05-04 10:00:03", touch="2026-05-04 11:00:00")
# --- bulk: five in one second are a crowd, four are not
for number in range(5):
    lead(f"crowd-{number}", "bulk_handoff", handoff="2026-05-05 03:00:00", touch="2026-05-05 11:00:00")
for number in range(4):
    lead(f"few-{number}", handoff="2026-05-05 03:00:01", touch="2026-05-05 11:00:00")
for number in range(5):
    lead(f"decided-{number}", "bulk_decision", rejected="2026-06-01 10:00:00", why_not="Timing")
for number in range(4):
    lead(f"apart-{number}", rejected="2026-06-01 10:00:01", why_not="Timing")
for number in range(12):
    lead(f"single-{number}", rejected=f"2026-06-01 11:{number:02}:00", why_not="Timing")
lead("decided-at-midnight", "bulk_decision", accepted="2026-06-02 00:00:00", touch="2026-06-01 10:00:00")
lead("decided-a-second-later", accepted="2026-06-02 00:00:01", touch="2026-06-01 10:00:00")
# --- stages in one second
lead(
    "one-second-for-all",
    "identical_stages",
    touch="2026-05-25 10:00:00",
    accepted="2026-05-26 10:00:00",
    opened="2026-05-26 10:00:00",
    deal="D1",
)
lead(
    "a-second-apart",
    touch="2026-05-25 10:00:00",
    accepted="2026-05-26 10:00:02",
    opened="2026-05-26 10:00:03",
    deal="D2",
)
lead(
    "opened-and-lost-at-once",
    "identical_stages",
    touch="2026-05-25 10:00:00",
    opened="2026-05-26 10:00:05",
    closed="2026-05-26 10:00:05",
    won="No",
    deal="D3",
)
lead(
    "rejected-and-closed-at-once",
    touch="2026-05-25 10:00:00",
    rejected="2026-05-26 10:00:06",
    closed="2026-05-26 10:00:06",
    won="No",
    why_not="Timing",
)
# --- touches
lead("touched-early", "touch_before_handoff", handoff="2026-05-07 10:00:00", touch="2026-05-07 09:59:59")
lead("sold-untouched", "opportunity_without_touch", opened="2026-05-28 10:00:00", deal="D4")
lead(
    "won-untouched",
    "opportunity_without_touch",
    opened="2026-05-28 10:00:01",
    deal="D5",
    closed="2026-06-10 10:00:00",
    won="Yes",
)
lead(
    "sold-touched-before-only",
    "touch_before_handoff",
    handoff="2026-05-07 10:00:01",
    touch="2026-05-07 09:00:00",
    opened="2026-05-28 10:00:02",
    deal="D6",
)
# --- people and deals that are there already
lead(
    "first",
    email="twice@example.com",
    handoff="2026-05-08 10:00:00",
    touch="2026-05-08 11:00:00",
    opened="2026-05-09 10:00:00",
    deal="D7",
    closed="2026-05-20 10:00:00",
    won="No",
)
lead(
    "again-while-open",
    "repeated_contact",
    "open_opportunity",
    email="twice@example.com",
    handoff="2026-05-20 09:59:59",
)
lead("again-when-closed", "repeated_contact", email="twice@example.com", handoff="2026-05-20 10:00:00")
lead(
    "again-in-the-second-of-the-deal",
    "repeated_contact",
    email="deal@example.com",
    handoff="2026-05-09 11:00:00",
)
lead(
    "deal-of-the-same-second",
    email="deal@example.com",
    handoff="2026-05-08 10:00:03",
    touch="2026-05-08 11:00:00",
    opened="2026-05-09 11:00:00",
    deal="D8",
)
lead(
    "shares-first",
    touch="2026-05-26 10:00:00",
    opened="2026-05-29 10:00:00",
    deal="D9",
    handoff="2026-05-25 10:00:00",
)
lead(
    "shares-second",
    "shared_opportunity",
    touch="2026-05-26 10:00:00",
    opened="2026-05-29 10:00:00",
    deal="D9",
    handoff="2026-05-25 10:00:01",
)
# --- scores, on a scale of a hundred
lead("no-score", "score_missing", score="")
lead("score-0", score="0")
lead("score-100", score="100")
lead("score-101", "score_out_of_range", score="101")
lead("score-under-0", "score_out_of_range", score="-1")
lead("scored-later", "score_after_handoff", handoff="2026-05-12 10:00:00", scored="2026-05-12 10:00:01")
lead("scored-with-handoff", handoff="2026-05-12 10:00:02", scored="2026-05-12 10:00:02")
lead("scored-some-day", handoff="2026-05-12 10:00:03", scored="some day")
# --- the record
lead("no-reason", "reason_missing", rejected="2026-06-03 10:00:01")
lead("free-text", "reason_other", rejected="2026-06-03 10:00:02", why_not="because I say so")
lead("stale", "stale_reason", touch="2026-06-02 10:00:00", accepted="2026-06-03 10:00:03", why_not="Timing")
lead("undated", "undated_decision", status="Rejected", why_not="Timing")
lead("dated", status="Rejected", rejected="2026-06-03 10:00:04", why_not="Timing")
lead("nobodys", "no_owner", owner="")
lead("queued", "no_owner", owner="Inbound Queue")
lead(
    "accepted-before",
    "outcome_before_handoff",
    handoff="2026-05-11 10:00:00",
    touch="2026-05-11 11:00:00",
    accepted="2026-05-11 09:59:59",
)
lead(
    "accepted-with-handoff",
    handoff="2026-05-11 10:00:01",
    touch="2026-05-11 11:00:00",
    accepted="2026-05-11 10:00:01",
)
lead(
    "won-from-nowhere",
    "won_without_opportunity",
    touch="2026-06-10 10:00:00",
    closed="2026-06-11 10:00:00",
    won="Yes",
)
lead("no-company", "incomplete", company="")
lead("no-contact", "incomplete", email="")
lead("phone-only", email="", phone="+1 202 555 0145")
lead("no-source", "no_source", source="")
lead("source-unknown", "source_says_unknown", source="Unknown ")


@cache
def hand() -> World:
    return world_of(ROWS, as_of=AS_OF, header=HEADER)


@pytest.mark.parametrize(
    "slug", [check.slug for check in CHECKS if check.slug not in {"owner_logging", "score_constant"}]
)
def test_a_check_finds_its_leads_and_no_other(slug):
    assert hand().ids(f"fault_{slug}") == FAULTS[slug], slug


def test_every_count_opens_as_many_leads():
    of = hand()
    faults = open_faults(of.warehouse, of.cohort())
    for slug, (at_fault, applies) in count_faults(of.warehouse, faults).items():
        assert of.evidence(f"fault_{slug}").count == at_fault, slug
        assert of.evidence(f"applies_{slug}").count == applies, slug
        assert at_fault <= applies, slug
        assert of.ids(f"fault_{slug}") <= of.ids(f"applies_{slug}"), slug


def test_the_whole_cohort_is_looked_at_once():
    of = hand()
    table = open_faults(of.warehouse, of.cohort()).table
    rows, leads = of.warehouse.run(f"SELECT count(*), count(DISTINCT lead_no) FROM {table}").row(0)
    assert rows == leads == len(ROWS)


def test_one_score_for_nine_in_ten_is_constant():
    scores = ["40"] * 36 + [str(number) for number in (10, 20, 60, 80)]
    rows = [
        {"Lead ID": f"L{number}", "Handoff Date": f"2026-05-04 10:{number:02}:00", "Lead Score": score}
        for number, score in enumerate(scores)
    ]
    assert world_of(rows, as_of=AS_OF).evidence("fault_score_constant").count == 36
    rows[0]["Lead Score"] = "41"
    assert world_of(rows, as_of=AS_OF).evidence("fault_score_constant").count == 0


def test_an_owner_who_logs_nothing_stands_out():
    rows = [
        {
            "Lead ID": f"{owner}-{number}", "Handoff Date": f"2026-05-04 1{place}:{number:02}:00", "Lead Owner": owner,
            "Opportunity: Created Date": f"2026-05-20 10:{number:02}:00", "Converted Opportunity ID": f"{owner}{number}",
            "First Activity": "" if owner == "Silent" or number == 0 else f"2026-05-05 10:{number:02}:00",
        }
        for place, owner in enumerate(("Ann", "Bob", "Cem", "Dee", "Eva", "Fay", "Gil", "Hal", "Silent"))
        for number in range(30)
    ]  # fmt: skip
    of = world_of(rows, as_of=AS_OF)
    assert of.ids("fault_owner_logging") == {f"Silent-{number}" for number in range(30)}


def test_a_check_without_its_columns_is_not_answered():
    of = world_of([{"Lead ID": "a", "Handoff Date": MAY}], as_of=AS_OF)
    known = {check.slug for check in CHECKS if check.needs(of.manifest)}
    assert known == {"bulk_handoff"}
    assert of.evidence("applies_no_owner").count == 0


def test_a_check_that_is_amber_later_says_from_where():
    later = {check.slug: check.tolerated for check in CHECKS if check.tolerated != AMBER_FROM}
    assert later == {"reason_missing": 0.02, "reason_other": 0.05, "incomplete": 0.10}
    assert AMBER_FROM == 0.01
    for slug, share in later.items():
        assert f"amber from {share * 100:.0f} %" in BY_SLUG[slug].looks_for, slug
        assert f"from {share * 100:.0f} %" in METHOD, slug


@pytest.mark.parametrize(("at_fault", "state"), [(0, "green"), (1, "amber")])
def test_one_in_a_hundred_is_amber(at_fault, state):
    check = BY_SLUG["shared_opportunity"]
    assert CheckResult(check, rate(at_fault, 100), is_known=True).state == state
    assert CheckResult(check, rate(at_fault, 101), is_known=True).state == "green"


@pytest.mark.parametrize(
    ("before", "after", "words"),
    [
        (8 * 3_600, 8.02 * 3_600, "no number moves by a point"),
        (8 * 3_600, 9 * 3_600, "median first touch 1 working day to 1.1 working days"),
        (3_600, None, "median first touch 1 h to not reached"),
    ],
)
def test_two_readings_that_look_the_same_do_not_move(before, after, words):
    sides = [KeyNumbers(40, {}, knows_waits=True, median_wait=wait) for wait in (before, after)]
    price = Price("mended", *sides, "healthy", "healthy", day_seconds=8 * 3_600)
    assert price.words.replace("\u00a0", " ") == words
