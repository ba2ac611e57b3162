"""Every story gives its verdict under the default contract, recomputed from the files alone, whatever the seed."""

from __future__ import annotations

from datetime import timedelta

import pytest
from lead_recount import (
    SIZE_BANDS,
    by_contact,
    is_segment_mismatch,
    lower_half_wins_less,
    rates,
    verdict,
    wilson,
)

from data.stories import BY_NAME

SEEDS = (7, 8, 9)
every_seed = pytest.mark.parametrize("seed", SEEDS)


@every_seed
@pytest.mark.parametrize("story", BY_NAME)
def test_the_verdict_is_the_intended_one(export, story, seed):
    told = export(story, seed)
    assert verdict(told.leads) == BY_NAME[story].verdict == told.truth["verdict"]


@every_seed
def test_healthy_meets_every_target_and_the_score_ranks(export, seed):
    told = export("healthy", seed)
    assert set(rates(told.leads).values()) == {"met"}
    assert told.truth["default_cohort"]["score_auc"] > 0.68


@every_seed
def test_a_low_threshold_misses_acceptance_and_nothing_else(export, seed):
    told = export("threshold_too_low", seed)
    judged = rates(told.leads)
    assert judged.pop("acceptance") == "missed"
    assert set(judged.values()) == {"met"}
    assert lower_half_wins_less(told.cohort)


@every_seed
def test_slow_follow_up_is_late_gives_up_and_stays_silent_on_good_leads(export, seed):
    told = export("slow_follow_up", seed)
    judged, counts = rates(told.leads), told.truth["default_cohort"]
    assert judged["acceptance"] != "missed"
    assert [judged[name] for name in ("touched", "working", "decided")] == ["missed"] * 3
    assert counts["touched_inside_limit"] < 0.4 * counts["leads"]
    assert counts["never_touched"] > 0.15 * counts["leads"]
    assert counts["undecided"] > 0.3 * counts["leads"]
    waits = sorted(lead.first_touch - lead.handoff for lead in told.cohort if lead.first_touch)
    assert waits[len(waits) * 95 // 100] > timedelta(days=7)


@every_seed
def test_segments_drift_apart(export, seed):
    told = export("segment_drift", seed)
    known = [lead for lead in told.cohort if lead.size_band is not None]
    won = [lead for lead in known if lead.is_won_in_horizon]
    small = [place for place, (_, top) in enumerate(SIZE_BANDS) if top <= 50]
    large = [place for place, (low, _) in enumerate(SIZE_BANDS) if low > 200]
    assert len(won) >= 60
    assert sum(lead.size_band in small for lead in known) >= 0.5 * len(known)
    assert sum(lead.size_band in large for lead in won) > 0.5 * len(won)
    assert is_segment_mismatch(told.cohort)


@every_seed
def test_only_the_drifting_story_has_a_mismatch(export, seed):
    others = [name for name in BY_NAME if name not in ("segment_drift", "too_small")]
    assert not any(is_segment_mismatch(export(name, seed).cohort) for name in others)


@every_seed
def test_no_product_fit_misses_the_opportunity_target_far_and_nothing_else(export, seed):
    told = export("no_product_fit", seed)
    judged, counts = rates(told.leads), told.truth["default_cohort"]
    assert judged.pop("opportunity") == "missed"
    assert set(judged.values()) == {"met"}
    assert wilson(counts["accepted_with_opportunity_within_90_days"], counts["accepted"])[1] < 0.12


@every_seed
def test_broken_plumbing_stamps_at_opening_at_midnight_and_knows_people_twice(export, seed):
    told = export("broken_plumbing", seed)
    touched = [lead for lead in told.leads if lead.first_touch]
    at_once = sum(lead.first_touch - lead.handoff <= timedelta(seconds=10) for lead in touched)
    assert at_once > 0.7 * len(touched)
    stamped = [lead.at("SAL Date") or lead.at("Rejected Date") for lead in told.leads if lead.is_decided]
    assert sum(at is not None and at.time().isoformat() == "00:00:00" for at in stamped) > 0.15 * len(stamped)
    again = sum(len(group) - 1 for group in by_contact(told.leads).values())
    assert 0.09 * len(told.leads) < again < 0.13 * len(told.leads)
    with_deal = [lead for lead in told.leads if lead.row["Converted Opportunity ID"]]
    assert sum(not lead.touches for lead in with_deal) > 0.2 * len(with_deal)


@every_seed
def test_no_other_story_has_broken_plumbing(export, seed):
    for name in BY_NAME:
        if name in ("broken_plumbing", "too_small"):
            continue
        told = export(name, seed)
        at_once = sum(
            bool(lead.touches) and lead.touches[0][0] - lead.handoff <= timedelta(0) for lead in told.leads
        )
        again = sum(len(group) - 1 for group in by_contact(told.leads).values())
        assert at_once < 0.01 * len(told.leads)
        assert again < 0.01 * len(told.leads)


@every_seed
def test_too_small_stays_too_small_with_any_period(export, seed):
    assert len(export("too_small", seed).leads) == 28
