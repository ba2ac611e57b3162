"""What the council could decide: only what stands out beyond luck, at most two, the flagged scenario first."""

from __future__ import annotations

from dataclasses import replace

import pytest

from analytics.contract import default_contract
from analytics.criteria import Criterion
from analytics.tuning import Proposal, measure_proposals, together
from tests.metrics.worlds import sample, world_of


def rows(groups):
    """Mature leads per source: (source, leads, wins, score of losers)."""
    return [
        {"Lead ID": f"{source}-{n}", "Handoff Date": "2026-01-05 10:00:00", "Lead Source": source, "Score": "80" if n % 2 else "20",
         "Closed Date": "2026-02-01 10:00:00", "Outcome": "Won" if n < won else "Lost", "Lead Status": "Accepted"}
        for source, leads, won in groups
        for n in range(leads)
    ]  # fmt: skip


def proposals(of):
    return measure_proposals(of.warehouse, of.cohort())


FAIR = [(f"Fair {n}", 200, 40 + n % 3) for n in range(8)]


def test_a_channel_beyond_luck_is_proposed_with_its_numbers():
    of = world_of(rows([*FAIR, ("Lists", 200, 2)]), as_of="2026-12-31 00:00:00", zone="UTC")
    (one,) = proposals(of)
    assert (one.kind, one.field, one.value) == ("channel", "source", "Lists")
    said = " ".join(one.numbers).replace("\u00a0", " ")
    assert "(2 of 200)" in said
    assert "It passed 200 leads, 11 % of all; 2 leads that became a win came through it." in said
    leads = of.evidence("leads", of.request(filters=(("source", ("Lists",)),)))
    assert leads.count == 200


def test_a_channel_within_luck_is_not():
    of = world_of(rows([*FAIR, ("Lists", 200, 36)]), as_of="2026-12-31 00:00:00", zone="UTC")
    assert proposals(of) == ()


@pytest.mark.parametrize(("leads", "is_proposed"), [(30, True), (29, False)])
def test_under_thirty_leads_no_channel_is_proposed(leads, is_proposed):
    of = world_of(
        rows([*[(name, 400, 320) for name, _, _ in FAIR], ("Lists", leads, 0)]),
        as_of="2026-12-31 00:00:00",
        zone="UTC",
    )
    assert bool(proposals(of)) == is_proposed


def test_a_better_channel_is_not_retired():
    of = world_of(rows([*FAIR, ("Friends", 200, 150)]), as_of="2026-12-31 00:00:00", zone="UTC")
    assert all(one.value != "Friends" for one in proposals(of))


def test_a_file_of_young_leads_proposes_nothing():
    """No lead has had its horizon, so no channel can be held against the others."""
    young = world_of(rows([("Web", 40, 0), ("Lists", 40, 0)]), as_of="2026-02-15 00:00:00", zone="UTC")
    assert young.journeys()["mature"] == 0
    assert proposals(young) == ()


def with_criterion(of):
    return of.under(replace(default_contract(), criteria=(Criterion("fit", "score", "at least", "50"),)))


def winning(high, low):
    """A hundred leads of score 80 and a hundred of 20, of which so many win."""
    return [
        row | {"Outcome": "Won" if int(row["Lead ID"].rpartition("-")[2]) // 2 < (high if row["Score"] == "80" else low) else "Lost"}
        for row in rows([("Web", 200, 0)])
    ]  # fmt: skip


def test_a_criterion_that_turns_the_better_leads_away_is_proposed():
    of = with_criterion(world_of(winning(10, 25), as_of="2026-12-31 00:00:00", zone="UTC"))
    (one,) = proposals(of)
    assert one.kind == "criterion"
    assert "25 of 100" in " ".join(one.numbers)
    assert "10 of 100" in " ".join(one.numbers)
    assert one.key == "definition_missed"
    assert of.evidence(one.key).count == 100


@pytest.mark.parametrize(("high", "low"), [(20, 20), (0, 0), (15, 25)])
def test_a_criterion_within_luck_is_left_alone(high, low):
    """15 against 25 of 100: Newcombe's interval of the difference is -1.1 to 20.8 points."""
    assert (
        proposals(with_criterion(world_of(winning(high, low), as_of="2026-12-31 00:00:00", zone="UTC"))) == ()
    )


def test_a_criterion_that_sorts_is_left_alone():
    good = [row | {"Outcome": "Won" if row["Score"] == "80" else "Lost"} for row in rows([("Web", 200, 40)])]
    assert proposals(with_criterion(world_of(good, as_of="2026-12-31 00:00:00", zone="UTC"))) == ()


def test_nothing_measurable_proposes_nothing():
    plain = [{"Lead ID": str(n), "Handoff Date": "2026-01-05 10:00:00"} for n in range(40)]
    assert proposals(world_of(plain, as_of="2026-12-31 00:00:00", zone="UTC")) == ()


def test_at_most_two_and_the_scenario_first():
    one, two, three = (
        Proposal(kind, kind, (), "win_rate", "up") for kind in ("scenario", "channel", "criterion")
    )
    assert together([one, one], [two, three]) == (one, two)
    assert together([], [two, three]) == (two, three)
    assert together([], []) == ()


def test_the_sample_proposes_no_more_than_it_can_show():
    of = sample()
    for one in proposals(of):
        assert one.numbers
        assert of.evidence("leads", of.request(filters=((one.field, (one.value,)),))).count > 0
