"""Was: a period chosen to 31 December of an extract of 29 June spread June's leads over seven months of working hours."""

from __future__ import annotations

from datetime import date

from analytics import threshold_reading as reading
from analytics.threshold import Threshold, measure_threshold
from tests.metrics.worlds import world_of


def test_hours_a_week_count_no_week_outside_the_file():
    leads = [
        {
            "Lead ID": str(number), "Handoff Date": f"2026-06-{1 + number % 28:02d} 00:00:00", "Lead Score": str(number),
            "Won": "0", "Opportunity: Close Date": "",
        }
        for number in range(84)
    ]  # fmt: skip
    world = world_of(leads, as_of="2026-06-29 00:00:00", zone="UTC")
    for starts_on, ends_on in (
        (date(2026, 6, 1), date(2026, 6, 29)),
        (date(2026, 6, 1), date(2026, 12, 31)),
        (date(2020, 1, 1), date(2026, 6, 29)),
        (date(2020, 1, 1), date(2026, 12, 31)),
    ):
        asked = world.request(starts_on=starts_on, ends_on=ends_on)
        result = measure_threshold(world.warehouse, world.cohort(asked))
        assert isinstance(result, Threshold)
        assert result.weeks == 4.0
        assert reading.hours_words(result, 0, 2.0, None).startswith("84 leads ask for 42\u00a0h a week")
    # no end of its own: to the last handoff; no start: from the first
    for asked in (
        world.request(starts_on=date(2026, 5, 1)),
        world.request(ends_on=date(2026, 12, 31)),
        world.request(),
    ):
        result = measure_threshold(world.warehouse, world.cohort(asked))
        assert isinstance(result, Threshold)
        assert result.weeks == 27 / 7
