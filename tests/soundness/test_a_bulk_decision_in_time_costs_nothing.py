"""Was: pricing bulk decisions moved acceptances to the handoff, so that the cadence window moved and the working rate fell."""

from __future__ import annotations

from analytics.plumbing.checks import BY_SLUG
from analytics.plumbing.faults import open_faults
from analytics.plumbing.price import price_of
from tests.metrics.worlds import World, world_of

CHANNELS = ("Call", "Email")


def accepted_together(day: int) -> World:
    """40 leads of 4 May, all accepted in one second, worked to the full between the 20th and the 25th."""
    leads = [
        {"Lead ID": f"L{n}", "Handoff Date": f"2026-05-04 10:00:{n:02}", "SAL Date": f"2026-05-{day} 10:00:00", "Rejected Date": ""} for n in range(40)
    ]  # fmt: skip
    touches = [
        {"Lead ID": f"L{n}", "Completed Date/Time": f"2026-05-{20 + turn} 10:00:00", "Type": CHANNELS[turn % 2], "Activity Source": "human"}
        for n in range(40)
        for turn in range(6)
    ]  # fmt: skip
    return world_of(leads, touches, as_of="2026-09-30 12:00:00")


def test_the_repair_of_a_decision_in_time_changes_no_number():
    of = accepted_together(15)
    cohort = of.cohort()
    price = price_of(of.warehouse, cohort, open_faults(of.warehouse, cohort), BY_SLUG["bulk_decision"])
    assert price is not None
    assert price.before.rates["working_rate"].numerator == 40
    assert price.after.rates == price.before.rates
    assert not price.matters
