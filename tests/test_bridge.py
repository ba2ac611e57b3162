"""The reconciliation bridge: every row in exactly one step, the first that matches, and both ends add up."""

from __future__ import annotations

from collections import Counter
from datetime import date, datetime, timedelta
from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics.bridge import Bridge, answer, measure_bridge, notes, set_aside_rows
from analytics.cohort import CohortRequest
from analytics.errors import RequestError
from tests.metrics.recount import Agreement, Lead, WorkingClock
from tests.metrics.worlds import World, sample, story, world_of

AS_OF = "2026-06-30 12:00:00"
IN, OWNER = "2026-03-02 09:00:00", "Ann"
HEADER = ("Lead ID", "Handoff Date", "SAL Date", "Rejected Date", "Rejection Reason", "Won", "Opportunity: Close Date",
          "Lead Owner", "Email")  # fmt: skip
# why -> (step, cells by short name, touched); each lead but for its own step would fall into a later one
LEADS: tuple[tuple[str, str, dict[str, str], tuple[str, ...]], ...] = (
    ("no date of handoff", "without_clock", {"handoff": ""}, ()),
    ("handed off in the first second of the period", "worked", {"handoff": "2026-01-05 00:00:00", "accepted": "2026-01-06"}, ("2026-01-05 10:00",)),
    ("a second before the period", "outside", {"handoff": "2026-01-04 23:59:59", "accepted": "2026-01-06"}, ("2026-01-05 10:00",)),
    ("handed off when the period ends", "outside", {"handoff": "2026-06-29 00:00:00"}, ()),
    ("undecided, exactly settled", "undecided", {"handoff": "2026-06-16 12:00:00"}, ()),
    ("undecided, a second too young", "pending", {"handoff": "2026-06-16 12:00:01"}, ()),
    ("too young, but accepted", "worked", {"handoff": "2026-06-16 12:00:01", "accepted": "2026-06-17"}, ("2026-06-17 10:00",)),
    ("too young and without an owner", "pending", {"handoff": "2026-06-16 12:00:01", "owner": ""}, ()),
    ("without an owner, rejected", "no_owner", {"owner": "", "rejected": "2026-03-03", "reason": "Timing"}, ()),
    ("the first of a person", "worked", {"mail": "twice@x.example", "accepted": "2026-03-03"}, ("2026-03-02 10:00",)),
    ("the same person again, rejected", "repeat", {"mail": "twice@x.example", "handoff": "2026-03-02 09:00:01", "rejected": "2026-03-03", "reason": "Timing"}, ()),
    ("the same person again, no owner", "no_owner", {"mail": "twice@x.example", "handoff": "2026-03-09 09:00:00", "owner": ""}, ()),
    ("rejected without a touch", "untouched", {"rejected": "2026-03-03", "reason": "Timing"}, ()),
    ("lost without a touch, never decided", "untouched", {"won": "FALSE", "closed": "2026-03-09"}, ()),
    ("rejected, touched before its handoff", "rejected_timing", {"rejected": "2026-03-03", "reason": "Timing"}, ("2026-03-01 10:00",)),
    ("rejected without a reason", "rejected_missing", {"rejected": "2026-03-03"}, ("2026-03-02 10:00",)),
    ("touched and never decided", "undecided", {}, ("2026-03-02 10:00",)),
    ("accepted without a touch", "accepted_untouched", {"accepted": "2026-03-03"}, ()),
    ("accepted, touched before its handoff", "worked", {"accepted": "2026-03-03"}, ("2026-03-01 10:00",)),
)  # fmt: skip


@cache
def hand() -> World:
    rows = []
    for number, (why, _, cells, _) in enumerate(LEADS):
        rows.append(
            {
                "Lead ID": why, "Handoff Date": cells.get("handoff", IN), "SAL Date": cells.get("accepted", ""),
                "Rejected Date": cells.get("rejected", ""), "Rejection Reason": cells.get("reason", ""),
                "Won": cells.get("won", ""), "Opportunity: Close Date": cells.get("closed", ""),
                "Lead Owner": cells.get("owner", OWNER), "Email": cells.get("mail", f"p{number}@x.example"),
            }
        )  # fmt: skip
    rows.append({**rows[-1]})  # the last row once more: a duplicate
    touches = [
        {"Lead ID": why, "Completed Date/Time": at, "Type": "Call", "Activity Source": "Rep"}
        for why, _, _, moments in LEADS
        for at in moments
    ]
    return world_of(rows, touches, as_of=AS_OF, header=HEADER)


def period(world: World) -> CohortRequest:
    return world.request(starts_on=date(2026, 1, 5), ends_on=date(2026, 6, 29))


def measured(world: World, request: CohortRequest | None = None) -> Bridge:
    return measure_bridge(world.warehouse, world.cohort(request))


def adds_up(result: Bridge) -> None:
    assert result.start == sum(one.leads for one in result.steps[1:-1]) + result.end
    assert [one.kind for one in result.steps] == ["start", *["step"] * (len(result.steps) - 2), "end"]
    assert all(one.leads > 0 for one in result.steps[1:-1])
    assert len({one.slug for one in result.steps}) == len(result.steps)


def test_every_lead_of_the_hand_table_stands_in_its_step():
    world = hand()
    result = measured(world, period(world))
    adds_up(result)
    expected = Counter(step for _, step, *_ in LEADS)
    assert {one.slug: one.leads for one in result.steps[1:]} == {**expected, "duplicates": 1}
    assert result.start == len(LEADS) + 1
    for one in result.steps[1:]:
        if one.key:
            names = {why for why, step, *_ in LEADS if step == one.slug}
            assert world.ids(one.key, period(world)) == names, one.slug


def test_the_steps_stand_in_their_printed_order():
    slugs = [one.slug for one in measured(hand(), period(hand())).steps]
    assert slugs == ["start", "duplicates", "without_clock", "outside", "pending", "no_owner", "repeat", "untouched", "undecided",
                     "rejected_timing", "rejected_missing", "accepted_untouched", "worked"]  # fmt: skip


def test_duplicate_rows_open_as_rows_that_were_set_aside():
    world = hand()
    rows = set_aside_rows(world.warehouse, world.cohort(period(world)), "duplicates")
    assert rows.columns == ["File", "Row", "Value", "Reason"]
    assert rows["Value"].to_list() == ["accepted, touched before its handoff"]
    with pytest.raises(RequestError):
        set_aside_rows(world.warehouse, world.cohort(), "outside")


def test_with_a_filter_only_leads_are_counted():
    world = sample()
    result = measured(world, world.request(filters=(("source", ("Webinar",)),)))
    adds_up(result)
    assert result.set_aside == 0
    assert result.steps[0].key == "file_leads"
    assert result.start == world.evidence("file_leads", world.request(filters=(("source", ("Webinar",)),)), limit=1).count  # fmt: skip


def worlds() -> list[World]:
    return [sample(), story("slow_follow_up", 11, 3_000)[0], story("broken_plumbing", 11, 3_000)[0]]


@pytest.mark.parametrize("place", range(3))
@pytest.mark.parametrize("which", ["default", "whole", "filtered"])
def test_every_step_opens_its_leads_and_the_ends_add_up(place, which):
    world = worlds()[place]
    request = {"default": CohortRequest(world.manifest.fingerprint), "whole": world.request(),
               "filtered": CohortRequest(world.manifest.fingerprint, filters=(("source", ("Webinar", "Trade Show")),))}[which]  # fmt: skip
    result = measured(world, request)
    adds_up(result)
    for one in result.steps:
        if one.key:
            assert world.evidence(one.key, request, limit=1).count == one.leads, one.slug
    if which != "filtered":
        assert result.set_aside == world.manifest.duplicates + world.manifest.rejected
        assert result.start == world.manifest.rows_read - world.manifest.footers


@pytest.mark.parametrize("place", range(3))
def test_a_second_count_agrees(place):
    """The steps inside the cohort once more, in plain Python over the rows of the import."""
    world = worlds()[place]
    agreed = Agreement(zone=world.cohort().zone)
    touches: dict[int, list] = {}
    for touch in world.touches():
        touches.setdefault(touch["lead_no"], []).append(touch)
    rows = sorted(world.rows(), key=lambda row: (row["handoff_at"], row["lead_no"]))
    clock = WorkingClock(agreed, rows[0]["handoff_at"].date(), world.manifest.as_of.date())
    seen: set[str] = set()
    counted: Counter[str] = Counter()
    for row in rows:
        lead = Lead(row, touches.get(row["lead_no"], []), world.manifest.as_of, agreed, clock)
        is_repeat = row["contact_key"] in seen
        if row["contact_key"] is not None:
            seen.add(row["contact_key"])
        is_decided = lead.is_accepted or lead.is_rejected
        is_touched = lead.first_touch is not None or lead.is_touched_before
        is_closed = lead.is_rejected or (row["outcome"] == "lost" and not lead.is_accepted)
        if not lead.is_settled and not is_decided:
            step = "pending"
        elif row["owner"] is None:
            step = "no_owner"
        elif is_repeat:
            step = "repeat"
        elif is_closed and not is_touched:
            step = "untouched"
        elif not is_decided:
            step = "undecided"
        elif lead.is_rejected:
            step = f"rejected_{row['rejection_reason'] or 'missing'}"
        else:
            step = "worked" if is_touched else "accepted_untouched"
        counted[step] += 1
    inside = {
        one.slug: one.leads
        for one in measured(world).steps[1:]
        if one.slug not in {"duplicates", "unreadable"}
    }
    assert inside == dict(counted)


STAMP = st.none() | st.datetimes(datetime(2026, 1, 1), datetime(2026, 7, 1)).map(lambda at: f"{at:%Y-%m-%d %H:%M:%S}")  # fmt: skip
ANY_LEAD = st.fixed_dictionaries(
    {
        "Handoff Date": STAMP, "SAL Date": STAMP, "Rejected Date": STAMP, "Opportunity: Close Date": STAMP,
        "Won": st.sampled_from(["", "TRUE", "FALSE"]), "Rejection Reason": st.sampled_from(["", "Timing", "Duplicate"]),
        "Lead Owner": st.sampled_from(["", "Ann"]), "Email": st.sampled_from(["", "a@x.example", "b@x.example"]),
        "Lead ID": st.sampled_from([f"L{n}" for n in range(12)]),
    }
)  # fmt: skip


@settings(max_examples=8, deadline=None)
@given(st.lists(ANY_LEAD, min_size=1, max_size=20), st.integers(0, 170), st.integers(1, 60))
def test_both_ends_add_up_for_any_rows(leads, first, days):
    rows = [{key: text or "" for key, text in lead.items()} for lead in leads]
    rows.append({**dict.fromkeys(HEADER, ""), "Lead ID": "anchor", "Handoff Date": "2026-01-02", "SAL Date": "2026-01-03",
                 "Won": "TRUE", "Lead Owner": "Ann", "Email": "z@x.example"})  # fmt: skip
    world = world_of(rows, as_of=AS_OF, header=HEADER)
    starts_on = date(2026, 1, 1) + timedelta(days=first)
    requests = [world.request(), world.request(starts_on=starts_on, ends_on=starts_on + timedelta(days=days))]
    for request in requests:
        result = measured(world, request)
        adds_up(result)
        assert result.start == len(rows)
    for one in result.steps[1:]:
        if one.key:
            assert world.evidence(one.key, requests[-1], limit=1).count == one.leads


def test_what_the_export_cannot_say_is_left_out_and_said():
    rows = [
        {"Lead ID": str(n), "Handoff Date": "2026-01-05", "SAL Date": "2026-01-06" if n else ""}
        for n in range(4)
    ]
    world = world_of(rows, as_of=AS_OF)
    result = measured(world)
    adds_up(result)
    assert [(one.slug, one.leads) for one in result.steps] == [("start", 4), ("undecided", 1), ("worked", 3)]
    assert result.steps[-1].words == "Accepted"
    for word in ("no owners", "no e-mail address", "no touch dates", "no rejections"):
        assert word in notes(result)


def test_an_export_without_decisions_ends_at_what_it_knows():
    world = world_of([{"Lead ID": "1", "Handoff Date": "2026-01-05"}], as_of=AS_OF)
    result = measured(world)
    assert [(one.slug, one.words, one.leads) for one in result.steps] == [
        ("start", "All rows of the file", 1),
        ("worked", "Passed to sales", 1),
    ]
    assert "went through every step" in answer(result)


def test_the_sentence_names_both_totals_and_the_largest_steps():
    result = measured(hand(), period(hand()))
    assert answer(result).startswith(
        "20 rows come down to 4 leads accepted and touched: 16 go on the way, most at "
    )
    assert notes(result) == ""


def test_an_empty_selection_is_an_empty_end():
    world = sample()
    result = measured(world, world.request(filters=(("source", ("nobody",)),)))
    assert (result.start, result.end, len(result.steps)) == (0, 0, 2)
