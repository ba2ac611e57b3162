"""Rates by group: every group counted again in plain Python, and only clear differences said to stand out."""

from __future__ import annotations

from collections import Counter

import pytest

from analytics.breakdown import MOST_GROUPS, measure_breakdown
from analytics.charts.forest import forest
from analytics.errors import RequestError
from analytics.metrics.catalog import METRICS
from tests.metrics.worlds import sample, world_of

SLUGS = tuple(METRICS)


@pytest.mark.parametrize("dimension", ["owner", "score_band"])
def test_groups_add_up_to_the_cohort_and_open_their_leads(dimension):
    world = sample()
    result = measure_breakdown(world.warehouse, world.cohort(), dimension, SLUGS)
    assert [metric.slug for metric in result.metrics] == list(SLUGS)
    assert sum(group.leads for group in result.groups) + result.unlisted_leads == result.leads == 6000
    for place, metric in enumerate(result.metrics):
        for part in ("numerator", "denominator", "pending"):
            total = getattr(result.total[place], part)
            assert sum(getattr(group.rates[place], part) for group in result.groups) == total
            slug = getattr(metric, part)
            if slug:
                assert world.evidence(slug, limit=1).count == total
    for group in result.groups[:3]:
        request = world.request(filters=((dimension, (group.value or "",)),))
        for place, metric in enumerate(result.metrics):
            assert world.evidence(metric.numerator, request, limit=1).count == group.rates[place].numerator
            assert (
                world.evidence(metric.denominator, request, limit=1).count == group.rates[place].denominator
            )


def test_groups_are_those_of_the_file_the_largest_first():
    world = sample()
    result = measure_breakdown(world.warehouse, world.cohort(), "industry", ("acceptance_rate",))
    counted = Counter(row["industry"] for row in world.rows())
    assert {group.value: group.leads for group in result.groups} == dict(counted)
    assert [group.leads for group in result.groups] == sorted(counted.values(), reverse=True)


def lead(number: int, source: str, *, is_accepted: bool) -> dict[str, str]:
    status = "Accepted" if is_accepted else "Rejected"
    return {"Lead ID": f"{source}-{number}", "Handoff Date": "2026-05-04 10:00:00", "Lead Status": status, "Lead Source": source}  # fmt: skip


def test_one_group_that_is_clearly_worse_stands_out_and_the_others_do_not():
    leads = [lead(n, source, is_accepted=n % 4 > 0) for source in ("A", "B", "C") for n in range(60)]
    leads += [lead(n, "D", is_accepted=n % 4 == 0) for n in range(60)]
    world = world_of(leads, as_of="2026-06-30 12:00:00", zone="UTC")
    result = measure_breakdown(world.warehouse, world.cohort(), "source", ("accepted_of_decided",))
    found = {group.value: group.stands_out[0] for group in result.groups}
    assert found["D"] == "below"
    assert {found["A"], found["B"], found["C"]} <= {"above"}
    equal = world_of(
        [lead(n, source, is_accepted=n % 4 > 0) for source in "ABCD" for n in range(60)],
        as_of="2026-06-30 12:00:00", zone="UTC",
    )  # fmt: skip
    same = measure_breakdown(equal.warehouse, equal.cohort(), "source", ("accepted_of_decided",))
    assert {group.stands_out[0] for group in same.groups} == {""}


def test_a_handful_of_leads_never_stands_out():
    leads = [lead(n, "A", is_accepted=True) for n in range(200)] + [
        lead(n, "B", is_accepted=False) for n in range(9)
    ]
    world = world_of(leads, as_of="2026-06-30 12:00:00", zone="UTC")
    result = measure_breakdown(world.warehouse, world.cohort(), "source", ("accepted_of_decided",))
    assert {group.value: group.stands_out[0] for group in result.groups} == {"A": "", "B": ""}


def test_beyond_sixty_groups_the_rest_is_counted_not_listed():
    leads = [lead(n, f"S{n:03}", is_accepted=n > 0) for n in range(75)]
    world = world_of(leads, as_of="2026-06-30 12:00:00", zone="UTC")
    result = measure_breakdown(world.warehouse, world.cohort(), "source", ("accepted_of_decided",))
    assert (len(result.groups), result.unlisted, result.unlisted_leads, result.leads) == (MOST_GROUPS, 15, 15, 75)  # fmt: skip
    assert result.total[0].denominator == 75


def test_what_the_export_cannot_measure_is_left_out():
    leads = [{"Lead ID": f"L{n}", "Handoff Date": "2026-05-04 10:00:00", "Lead Source": "A"} for n in range(5)]  # fmt: skip
    world = world_of(leads, as_of="2026-06-30 12:00:00", zone="UTC")
    result = measure_breakdown(world.warehouse, world.cohort(), "source", SLUGS)
    agreed = {"marketing_sla", "complete_data"}  # what a contract asks for; here it asks in vain
    assert {one.slug for one in result.metrics} == agreed
    assert all(rate.denominator == 0 for rate in result.total)
    assert result.leads == 5


def test_an_unknown_dimension_is_refused():
    world = sample()
    with pytest.raises(RequestError, match="no column 'colour'"):
        measure_breakdown(world.warehouse, world.cohort(), "colour", ("acceptance_rate",))


def test_the_forest_draws_every_group_and_its_keys_open_what_its_marks_say():
    world = sample()
    result = measure_breakdown(world.warehouse, world.cohort(), "source", ("acceptance_rate",))
    (dots,) = forest(result, 0).data
    assert list(dots.x) == [group.rates[0].value for group in result.groups]
    assert list(dots.customdata) == [f"pick:{n}.accepted_settled" for n in range(len(result.groups))]
    for group, text in zip(result.groups, dots.hovertext, strict=True):
        assert f"{group.rates[0].numerator:,} of {group.rates[0].denominator:,}" in text


def test_hostile_group_names_are_escaped_in_the_forest():
    leads = [lead(n, "<b>x</b>", is_accepted=True) for n in range(40)]
    world = world_of(leads, as_of="2026-06-30 12:00:00", zone="UTC")
    figure = forest(measure_breakdown(world.warehouse, world.cohort(), "source", ("acceptance_rate",)), 0)
    assert "<b>" not in figure.layout.yaxis.ticktext[0]
    assert "&lt;b&gt;" in figure.data[0].hovertext[0]
