"""truth.json says what the files say: recounted with the csv module and the written definitions."""

from __future__ import annotations

import json
from collections import Counter

import pytest
from lead_recount import default_cohort, whole_file

from data.stories import BY_NAME

every_story = pytest.mark.parametrize("story", BY_NAME)
SCORE_BANDS = {"0-19": (0, 20), "20-39": (20, 40), "40-59": (40, 60), "60-79": (60, 80), "80+": (80, 1_000)}
SIZE_NAMES = ("1-10", "11-50", "51-200", "201-1000", "1001-5000", "5001+")


def pair(leads):
    return {"leads": len(leads), "wins": sum(lead.is_won_in_horizon for lead in leads)}


@every_story
def test_the_returned_truth_is_the_written_one(export, story):
    told = export(story, 7)
    assert json.loads((told.folder / "truth.json").read_text()) == told.truth
    assert told.truth["seed"] == 7
    assert told.truth["name"] == story
    assert told.truth["story"] == BY_NAME[story].sentence


@pytest.mark.parametrize("seed", [7, 8])
@every_story
def test_counts_of_the_whole_file(export, story, seed):
    told = export(story, seed)
    assert whole_file(told.folder, told.leads) == told.truth["whole_file"]


@pytest.mark.parametrize("seed", [7, 8])
@every_story
def test_counts_of_the_default_cohort(export, story, seed):
    told = export(story, seed)
    counts = default_cohort(told.leads)
    truth = told.truth["default_cohort"]
    assert {name: truth[name] for name in counts} == counts
    assert truth["accepted_of_decided"] == pytest.approx(
        counts["accepted"] / (counts["accepted"] + counts["rejected"]), abs=1e-6
    )


@every_story
def test_bands_of_score_and_size(export, story):
    told = export(story, 7)
    truth, cohort = told.truth["default_cohort"], told.cohort
    for name, (low, high) in SCORE_BANDS.items():
        inside = [lead for lead in cohort if lead.score is not None and low <= lead.score < high]
        assert truth["by_score_band"][name] == pair(inside)
    assert truth["by_score_band"]["none"] == pair([lead for lead in cohort if lead.score is None])
    for place, name in enumerate(SIZE_NAMES):
        assert truth["by_size_band"][name] == pair([lead for lead in cohort if lead.size_band == place])
    assert truth["by_size_band"]["unknown"] == pair([lead for lead in cohort if lead.size_band is None])


@every_story
def test_halves_and_rank_of_the_score(export, story):
    told = export(story, 7)
    truth = told.truth["default_cohort"]
    scored = [lead for lead in told.cohort if lead.score is not None]
    median = sorted(lead.score for lead in scored)[(len(scored) - 1) // 2]
    assert truth["median_score"] == median
    assert truth["below_median_score"] == pair([lead for lead in scored if lead.score < median])
    assert truth["from_median_score"] == pair([lead for lead in scored if lead.score >= median])
    won = [lead.score for lead in scored if lead.is_won_in_horizon]
    lost = Counter(lead.score for lead in scored if not lead.is_won_in_horizon)
    if won and lost:
        better = sum(
            n * ((score > other) + 0.5 * (score == other)) for score in won for other, n in lost.items()
        )
        assert truth["score_auc"] == pytest.approx(better / len(won) / lost.total(), abs=1e-4)


@every_story
def test_planted_blanks_and_copies_are_all_there(export, story):
    told = export(story, 7)
    planted, rows = told.truth["planted"], [lead.row for lead in told.leads]
    found = {
        "duplicate_rows": len(told.rows) - len(rows),
        "owners_blank": sum(not row["Lead Owner"] for row in rows),
        "scores_blank": sum(not row["Lead Score"] for row in rows),
        "emails_blank": sum(not row["Email"] for row in rows),
        "phones_blank": sum(not row["Phone"] for row in rows),
        "companies_blank": sum(not row["Company / Account"] for row in rows),
        "sizes_blank": sum(not row["No. of Employees"] for row in rows),
        "sizes_as_bands": sum(
            not row["No. of Employees"].isdigit() for row in rows if row["No. of Employees"]
        ),
        "sources_in_lower_case": sum(row["Lead Source"].islower() for row in rows),
        "rejections_without_reason": sum(
            bool(row["Rejected Date"]) and not row["Rejection Reason"] for row in rows
        ),
    }
    assert {name: planted.get(name, 0) for name in found} == found


@every_story
def test_planted_odd_histories_are_all_there(export, story):
    told = export(story, 7)
    planted, leads = told.truth["planted"], told.leads
    deals = Counter(
        lead.row["Converted Opportunity ID"] for lead in leads if lead.row["Converted Opportunity ID"]
    )
    has_deal = [bool(lead.row["Converted Opportunity ID"]) for lead in leads]
    both = list(zip(leads, has_deal, strict=True))
    early = [lead for lead in leads if lead.touches and lead.touches[0][0] < lead.handoff]
    midnights = [at for lead in leads for at in (lead.at("SAL Date"), lead.at("Rejected Date")) if at]
    people = Counter(lead.row["Email"] for lead in leads if lead.row["Email"])
    found = {
        "repeat_contacts": people.total() - len(people),
        "opportunities_shared": sum(count > 1 for count in deals.values()),
        "leads_on_a_shared_opportunity": sum(count for count in deals.values() if count > 1),
        "accepted_then_disqualified": sum(bool(x.row["SAL Date"] and x.row["Rejected Date"]) for x in leads),
        "acceptances_skipped": sum(deal and not lead.row["SAL Date"] for lead, deal in both),
        "acceptances_without_touch": sum(
            bool(x.row["SAL Date"]) and not deal and not x.touches for x, deal in both
        ),
        "opportunities_without_touch": sum(deal and not lead.touches for lead, deal in both),
        "touched_before_handoff": len(early),
        "touched_only_before_handoff": sum(lead.first_touch is None for lead in early),
        "dispositions_stamped_at_midnight": sum(at.time().isoformat() == "00:00:00" for at in midnights),
    }
    assert {name: planted.get(name, 0) for name in found} == found
