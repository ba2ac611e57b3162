"""Was: the repair of a zone error moved first touches only; the cadence still counted the touches where they stood."""

from __future__ import annotations

from datetime import datetime, timedelta

from analytics.plumbing.checks import BY_SLUG
from analytics.plumbing.faults import open_faults
from analytics.plumbing.price import measure_key_numbers, price_of
from tests.metrics.worlds import World, world_of


def worked(hours: int) -> World:
    """60 accepted leads, a first touch after 3 to 22 minutes and five more; the touches file is ``hours`` off.

    Of every second lead the last touch comes 13 days and 22 hours after acceptance: inside the window where the zones
    agree, and so it stays five hours earlier; but then the first touch lies before the handoff, so five are left.
    """
    leads, touches = [], []
    for number in range(60):
        at = datetime(2026, 5, 4 + number // 10, 10, 10 * (number % 6), number)
        leads.append(
            {
                "Lead ID": f"L{number}",
                "Handoff Date": f"{at:%Y-%m-%d %H:%M:%S}",
                "SAL Date": f"{at + timedelta(hours=1):%Y-%m-%d %H:%M:%S}",
            }
        )
        waits = [timedelta(minutes=3 + number % 20), *(timedelta(days=day) for day in range(2, 6))]
        waits.append(timedelta(days=14) if number % 2 else timedelta(days=15))
        touches += [
            {
                "Lead ID": f"L{number}",
                "Completed Date/Time": f"{at + wait + timedelta(hours=hours):%Y-%m-%d %H:%M:%S}",
                "Type": ("Call", "Email")[turn % 2],
                "Activity Source": "human",
            }
            for turn, wait in enumerate(waits)
        ]
    return world_of(leads, touches, as_of="2026-06-30 12:00:00")


def test_the_priced_working_rate_is_that_of_the_right_zone():
    wrong, right = worked(-5), worked(0)
    cohort = wrong.cohort()
    price = price_of(
        wrong.warehouse, cohort, open_faults(wrong.warehouse, cohort), BY_SLUG["touch_before_handoff"]
    )
    assert price is not None
    truth = measure_key_numbers(right.warehouse, right.cohort())
    # six touches over two channels inside 14 days of the acceptance: the leads with an odd number
    assert (truth.rates["working_rate"].numerator, truth.rates["working_rate"].denominator) == (30, 60)
    assert price.before.rates["working_rate"].numerator == 0
    assert price.after.rates == truth.rates
    assert price.after.median_wait == truth.median_wait
