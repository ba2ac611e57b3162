"""The four numbers of the sample and of generated stories, counted twice: by the product, and in plain Python."""

from __future__ import annotations

import json
from functools import cache
from statistics import median
from typing import Any

import pytest

from analytics.cohort import CohortRequest
from analytics.readout import Readout
from analytics.sample import FOLDER
from data.stories import BY_NAME
from tests.metrics import recount
from tests.metrics.hand_table import hand_world
from tests.metrics.recount import Agreement, Lead, recounted
from tests.metrics.worlds import World, sample, story

STORIES = [*(name for name in BY_NAME if name != "slow_follow_up")]
ALL = "whole file"
DEFAULT = "default cohort"
MARKS = ("5m", "1h", "4h", "1d", "3d")


def opened(name: str) -> World:
    if name == "sample":
        return sample()
    return hand_world() if name == "by hand" else story(name, 11, 900)[0]


@cache
def leads_of(name: str, which: str) -> list[Lead]:
    world = opened(name)
    zone = world.manifest.zone
    leads = recounted(world.rows(), world.touches(), world.manifest.as_of, Agreement(zone=zone))
    if which == ALL:
        return leads
    inside = recount.default_period(leads, world.manifest.as_of, zone)
    return inside if len(inside) >= 30 else [lead for lead in leads if lead.is_settled]


def request_of(name: str, which: str) -> CohortRequest:
    return CohortRequest(opened(name).manifest.fingerprint, is_whole_file=which == ALL)


@cache
def readout_of(name: str, which: str) -> Readout:
    return opened(name).readout(request_of(name, which))


every = pytest.mark.parametrize("name", ["sample", "by hand", *STORIES])
both = pytest.mark.parametrize("which", [ALL, DEFAULT])


@every
@both
def test_counts(name, which):
    again = recount.counts(leads_of(name, which))
    assert opened(name).counts(request_of(name, which), again) == again


@every
@both
def test_score_bands(name, which):
    shown = readout_of(name, which).score_bands.bands
    again = recount.bands(leads_of(name, which))
    assert [
        (band.number, band.leads, band.mature, band.opportunity.numerator, band.won.numerator)
        for band in shown
    ] == again
    for band, (_, leads, mature, _, won) in zip(shown, again, strict=True):
        assert band.won.pending == leads - mature
        if mature:
            assert (band.won.low, band.won.high) == pytest.approx(recount.wilson(won, mature), abs=1e-9)
        else:
            assert (band.won.value, band.won.low, band.won.high) == (None, None, None)


@pytest.mark.parametrize("clock", ["working", "wall"])
@pytest.mark.parametrize("name", ["sample", "by hand", *STORIES])
def test_waits(name, clock):
    leads = [lead for lead in leads_of(name, DEFAULT) if not lead.is_touched_before]
    waits = [(getattr(lead, f"{clock}_wait"), lead.first_touch is not None) for lead in leads]
    steps, longest = recount.still_waiting(waits), max(wait for wait, _ in waits)
    reading = getattr(readout_of(name, DEFAULT).speed, clock)
    for p, shown in (
        (0.5, reading.median),
        (0.75, reading.p75),
        (0.9, reading.p90),
        (0.95, reading.p95),
        (0.99, reading.p99),
    ):
        assert shown == recount.quantile(steps, p, longest), f"quantile {p}"
    seconds = dict(zip(MARKS, (300, 3_600, 14_400, 28_800, 86_400) if clock == "working" else (300, 3_600, 14_400, 86_400, 259_200), strict=True))  # fmt: skip
    for mark in MARKS:
        share = reading.touched_within[mark]
        assert share.value == pytest.approx(recount.within(steps, seconds[mark]), abs=1e-12), mark
    assert reading.touched_only_median == median(wait for wait, is_touched in waits if is_touched)


@every
def test_weeks_add_up_to_the_whole(name):
    acceptance = readout_of(name, ALL).acceptance
    leads = leads_of(name, ALL)
    assert sum(week.of_settled.denominator for week in acceptance.weeks) == sum(
        lead.is_settled for lead in leads
    )
    assert sum(week.of_settled.numerator for week in acceptance.weeks) == acceptance.of_settled.numerator
    assert sum(week.pending for week in acceptance.weeks) == sum(not lead.is_settled for lead in leads)


# --- what the generator says of its own leads, without reading any file


def told_of(name: str) -> tuple[World, dict[str, Any]]:
    if name == "sample":
        return sample(), json.loads((FOLDER / "truth.json").read_text("utf-8"))
    return story(name, 11, 900)


@pytest.mark.parametrize("name", ["sample", *STORIES])
def test_the_truth_of_the_whole_file(name):
    world, truth = told_of(name)
    told, manifest = truth["whole_file"], world.manifest
    total = world.readout().so_far.total
    assert manifest.rows_read - manifest.footers == told["rows"]
    assert (total.leads, total.accepted, total.rejected, total.undecided) == tuple(
        told[key] for key in ("leads", "accepted", "rejected", "undecided")
    )
    assert (total.opportunities, total.won) == (told["leads_with_opportunity"], told["leads_won"])
    assert total.won_amount == told["amount_won"]
    assert total.accepted_amount == told["amount_of_opportunities"]
    # The file lists every touch; one listed twice counts once.
    assert next(file for file in manifest.files if file.role == "touches").rows_read == told["touches"]
    assert sum(touch["is_human"] for touch in world.touches()) == told["human_touches"]


@pytest.mark.parametrize("name", ["sample", *STORIES])
def test_the_truth_of_the_default_cohort(name):
    world, truth = told_of(name)
    told = truth["default_cohort"]
    # The truth is always of the days 180 to 90 before the extract, however few leads they hold.
    request = CohortRequest(
        world.manifest.fingerprint,
        starts_on=recount.date.fromisoformat(told["from"]),
        ends_on=recount.date.fromisoformat(told["to"]),
    )
    counts, readout = world.counts(request), world.readout(request)
    pairs = {
        "leads": "leads", "settled": "settled", "accepted": "accepted_settled", "rejected": "rejected_settled",
        "undecided": "undecided_settled", "touched_only_before_handoff": "touched_before_handoff",
        "never_touched": "never_touched", "touched_inside_limit": "limit_met",
        "accepted_with_cadence_settled": "cadence_settled", "accepted_worked_to_the_full": "cadence_full",
        "wins_within_90_days": "won_in_horizon",
    }  # fmt: skip
    assert {key: counts[slug] for key, slug in pairs.items()} == {key: told[key] for key in pairs}
    assert len(world.ids("working_within:14400", request)) == told["touched_within_4_working_hours"]
    names = {
        "0–19": "0-19",
        "20–39": "20-39",
        "40–59": "40-59",
        "60–79": "60-79",
        "80+": "80+",
        "no score": "none",
    }
    bands = {
        names[band.label]: {"leads": band.leads, "wins": band.won.numerator}
        for band in readout.score_bands.bands
    }
    assert bands == told["by_score_band"]
    if name == "sample":
        assert readout.acceptance.of_decided.value == pytest.approx(told["accepted_of_decided"], abs=1e-6)
