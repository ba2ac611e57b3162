"""The four objects that ``readout --json`` holds for the views: their shape, and their counts counted again."""

from __future__ import annotations

import json
from collections import Counter
from datetime import timedelta

import pytest

from analytics.cohort import CohortRequest
from analytics.metrics.catalog import METRICS
from analytics.report_views import views_json
from tests.metrics.worlds import sample, world_of


@pytest.fixture(scope="module")
def whole():
    return views_json(sample().warehouse, sample().cohort())


def test_the_funnel_nests_and_its_bridge_adds_up(whole):
    stages = {stage["stage"]: stage for stage in whole["funnel"]["stages"]}
    assert list(stages) == ["handed_off", "accepted", "opportunity", "won"]
    counts = sample().journeys()
    assert [stage["leads"] for stage in stages.values()] == [
        6000, counts["so_far_accepted"], counts["reached_opportunity"], counts["so_far_won"],
    ]  # fmt: skip
    assert stages["handed_off"]["touched"] == counts["touched"]
    assert stages["opportunity"]["of_previous"] == pytest.approx(838 / 2815)
    assert stages["opportunity"]["of_all"] == pytest.approx(838 / 6000)
    first, *between, last = whole["funnel"]["bridge"]
    assert first["leads"] == 6030
    assert first["leads"] == sum(step["leads"] for step in between) + last["leads"]


def test_thresholds_are_cumulative_and_counted_in_plain_python(whole):
    rows, of = sample().rows(), sample()
    as_of, horizon = of.manifest.as_of, timedelta(days=90)
    assert [row["score"] for row in whole["threshold"]] == list(range(101))
    for score in (0, 33, 50, 80, 100):
        kept = [row for row in rows if row["score"] is not None and row["score"] >= score]
        old = [row for row in kept if row["handoff_at"] + horizon <= as_of]
        won = [
            row for row in old if row["outcome"] == "won" and row["closed_at"] <= row["handoff_at"] + horizon
        ]
        deals = [
            row
            for row in old
            if row in won or (row["opportunity_at"] and row["opportunity_at"] <= row["handoff_at"] + horizon)
        ]
        accepted = [row for row in old if row["disposition"] == "accepted" or row["has_opportunity"]]
        assert whole["threshold"][score] == {
            "score": score, "leads": len(kept), "mature": len(old), "accepted": len(accepted),
            "opportunities": len(deals), "won": len(won),
        }  # fmt: skip


def test_rejections_count_each_lead_once_by_month_of_handoff(whole):
    rows = sample().rows()
    rejected = [row for row in rows if row["disposition"] == "rejected" and not row["has_opportunity"]]
    found = Counter()
    for period in whole["rejections"]["period"]:
        assert sum(period["reasons"].values()) == period["rejected"]
        found.update(period["reasons"])
    assert found == Counter(row["rejection_reason"] for row in rejected)
    assert [period["from"] for period in whole["rejections"]["period"]] == sorted(
        {f"2026-{month:02}-01" for month in range(1, 10)}
    )


def test_segments_hold_every_lead_and_only_mature_wins(whole):
    bands = whole["segments"]["bands"]
    assert sum(band["leads"] for band in bands) == 6000
    assert sum(band["wins"] for band in bands) == sample().journeys()["won_in_horizon"]
    assert bands[-1]["band"] == "unknown"
    leads, wins = [band["mature"] for band in bands], [band["wins"] for band in bands]
    gap = sum(abs(n / sum(leads) - x / sum(wins)) for n, x in zip(leads, wins, strict=True)) / 2
    assert whole["segments"]["total_variation"] == pytest.approx(gap)
    assert whole["segments"]["verdict"] == "no mismatch"


def test_what_an_export_does_not_know_is_null_or_says_why():
    leads = [{"Lead ID": f"L{n}", "Handoff Date": "2026-03-02 10:00:00"} for n in range(5)]
    world = world_of(leads, as_of="2026-09-30 12:00:00", zone="UTC")
    found = json.loads(json.dumps(views_json(world.warehouse, world.cohort())))
    assert [stage["leads"] for stage in found["funnel"]["stages"]] == [5, None, None, None]
    for name in ("threshold", "rejections", "segments"):
        assert found[name]["unmeasurable"].startswith(("The export", "No lead"))


def test_an_empty_selection_counts_nothing_and_breaks_nothing():
    world = sample()
    nobody = CohortRequest(world.manifest.fingerprint, is_whole_file=True, filters=(("source", ("nobody",)),))
    found = json.loads(json.dumps(views_json(world.warehouse, world.cohort(nobody))))
    assert [stage["leads"] for stage in found["funnel"]["stages"]] == [0, 0, 0, 0]
    assert {row["leads"] for row in found["threshold"]} == {0}
    assert found["rejections"]["period"] == []


def test_the_verdict_carries_its_numbers(whole):
    found = whole["verdict"]
    assert found["kind"] == "sales_execution"
    counts = sample().journeys()
    items = {item["metric"]: item for item in found["evidence"]}
    for slug, target in (("touched_inside_limit", 0.8), ("working_rate", 0.8), ("decided_in_window", 0.9)):
        metric = METRICS[slug]
        item = items[slug]
        assert item["leads"] == counts[metric.denominator]
        assert item["value"] == counts[metric.numerator] / counts[metric.denominator]
        assert item["low"] < item["value"] < item["high"] < item["target"] == target
    assert {"kind", "sentence", "evidence", "against", "others", "would_change"} == set(found)


def test_a_verdict_on_nothing_is_too_few_leads():
    world = sample()
    nobody = CohortRequest(world.manifest.fingerprint, is_whole_file=True, filters=(("source", ("nobody",)),))
    found = views_json(world.warehouse, world.cohort(nobody))["verdict"]
    assert found["kind"] == "not_enough_leads"
    assert found["evidence"][0]["leads"] == 0
