"""Was: the minimum of the luckiest small month stood as today's line, and every lead and win under it left the count."""

from __future__ import annotations

import random
from datetime import datetime, timedelta

from analytics import threshold_reading as reading
from analytics.threshold import Threshold, measure_threshold
from tests.metrics.worlds import World, world_of


def no_threshold() -> World:
    """24 months of 32 leads with any score from 0 to 100."""
    draw = random.Random(5)
    rows = []
    for number in range(768):
        at = datetime(2024, 1, 3) + timedelta(days=30.44 * (number // 32) + draw.random() * 25)
        score = draw.randrange(101)
        is_won = draw.random() < (0.25 if score < 20 else 0.15)
        rows.append(
            {
                "Lead ID": str(number), "Handoff Date": f"{at:%Y-%m-%d %H:%M:%S}", "Lead Score": str(score),
                "Won": "1" if is_won else "0",
                "Opportunity: Close Date": f"{at + timedelta(days=20):%Y-%m-%d %H:%M:%S}" if is_won else "",
            }
        )  # fmt: skip
    return world_of(rows, as_of="2026-06-30 12:00:00", zone="UTC")


def test_scores_without_a_threshold_lose_hardly_a_lead_to_the_line():
    world = no_threshold()
    result = measure_threshold(world.warehouse, world.cohort())
    assert isinstance(result, Threshold)
    assert result.since is None
    assert 100 * result.below_base <= result.leads == 768
    assert world.evidence(f"score_below:{result.today.number}", limit=1).count == result.below_base
    assert f"{result.hits_below} wins among them" in reading.outside_words(result)
