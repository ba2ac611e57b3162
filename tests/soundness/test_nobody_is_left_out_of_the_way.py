"""Was: leads created after their handoff, or opened before it, stood in no part of the way and were named nowhere."""

from __future__ import annotations

from analytics.wait_arrivals import delays_answer, measure_delays
from tests.metrics.worlds import world_of

HANDOFF = "2026-03-02 10:00:00"


def test_leads_that_cannot_be_timed_are_counted_and_opened():
    leads = 60
    rows = [
        {
            "Lead ID": str(n),
            "Handoff Date": HANDOFF,
            "Created Date": "2026-03-01 10:00:00" if n < 10 else "2026-03-05 10:00:00" if n < 57 else "",
            "Opened At": "2026-03-01 10:00:00" if n < 50 else "2026-03-02 12:00:00" if n < 55 else "",
            "First Touch": "2026-03-01 09:00:00" if n < 4 else "2026-03-02 11:00:00",
        }
        for n in range(leads)
    ]
    of = world_of(rows, as_of="2026-09-30 12:00:00", zone="UTC")
    parts = measure_delays(of.warehouse, of.cohort())
    assert isinstance(parts, tuple)
    assert [
        (part.done, part.waiting, [(one.words, one.leads) for one in part.left_out]) for part in parts
    ] == [
        (10, 0, [("created after handoff", 47), ("without a creation date", 3)]),
        (5, 5, [("opened before handoff", 50)]),
        (56, 0, [("touched before handoff", 4)]),
    ]
    for part in parts:
        assert part.done + part.waiting + sum(one.leads for one in part.left_out) == leads
        for key, count in ((part.done_key, part.done), *((one.key, one.leads) for one in part.left_out)):
            assert of.evidence(key, limit=1).count == count
    assert delays_answer(parts).endswith(
        " Not timed: 47 created after handoff, 3 without a creation date, 50 opened before handoff,"
        " 4 touched before handoff."
    )


def test_the_second_of_the_handoff_is_no_other_order():
    rows = [
        {"Lead ID": "with", "Handoff Date": HANDOFF, "Created Date": HANDOFF, "Opened At": HANDOFF},
        {"Lead ID": "later", "Handoff Date": HANDOFF, "Created Date": "2026-03-02 10:00:01", "Opened At": "2026-03-02 09:59:59"},
    ]  # fmt: skip
    of = world_of(rows, as_of="2026-09-30 12:00:00", zone="UTC")
    assert of.ids("created_after_handoff") == of.ids("opened_before_handoff") == {"later"}
    assert of.ids("routed") == of.ids("opened") == {"with"}
    parts = measure_delays(of.warehouse, of.cohort())
    assert "Not timed: 1 created after handoff, 1 opened before handoff." in delays_answer(parts)
