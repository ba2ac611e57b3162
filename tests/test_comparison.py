"""This period against the one before: as long, right before it, with the same filters, and only said when clear."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from analytics.cohort import CohortRequest
from analytics.comparison import measure_comparison, previous_request, words
from analytics.metrics.catalog import METRICS
from tests.metrics.worlds import sample, world_of


def test_the_period_before_is_as_long_and_ends_where_this_one_starts():
    world = sample()
    request = world.request(
        starts_on=date(2026, 5, 1), ends_on=date(2026, 6, 1), filters=(("source", ("Webinar",)),)
    )
    before = previous_request(world.cohort(request))
    assert (before.starts_on, before.ends_on) == (date(2026, 3, 31), date(2026, 5, 1))
    assert before.filters == request.filters
    default = previous_request(world.cohort(CohortRequest(world.manifest.fingerprint)))
    assert (default.starts_on, default.ends_on) == (date(2026, 1, 3), date(2026, 4, 3))


@pytest.mark.parametrize("period", [{"is_whole_file": True}, {"starts_on": date(2026, 5, 1)}, {"ends_on": date(2026, 5, 1)}])  # fmt: skip
def test_without_a_start_and_an_end_there_is_no_period_before(period):
    world = sample()
    assert measure_comparison(world.warehouse, world.cohort(world.request(**period)), tuple(METRICS)) is None


def test_both_sides_are_the_counts_of_their_own_periods():
    world = sample()
    request = CohortRequest(world.manifest.fingerprint)
    result = measure_comparison(world.warehouse, world.cohort(request), tuple(METRICS))
    before = world.request(starts_on=result.before_starts_on, ends_on=result.starts_on)
    assert (result.now_leads, result.before_leads) == (2076, world.counts(before)["leads"])
    for row in result.rows:
        for rate, asked in ((row.now, request), (row.before, before)):
            assert world.evidence(row.metric.numerator, asked, limit=1).count == rate.numerator
            assert world.evidence(row.metric.denominator, asked, limit=1).count == rate.denominator


def lead(number: int, day: str, *, is_accepted: bool) -> dict[str, str]:
    status = "Accepted" if is_accepted else "Rejected"
    return {"Lead ID": f"{day}-{number}", "Handoff Date": f"{day} 10:00:00", "Lead Status": status}


def change(now: tuple[int, int], before: tuple[int, int], **options):
    leads = [lead(n, "2026-05-20", is_accepted=n < now[0]) for n in range(now[1])]
    leads += [lead(n, "2026-05-10", is_accepted=n < before[0]) for n in range(before[1])]
    leads.append(lead(0, "2026-02-10", is_accepted=False))  # in neither period: the file knows rejections
    world = world_of(leads, as_of=options.get("as_of", "2026-09-30 12:00:00"), zone="UTC")
    request = world.request(starts_on=date(2026, 5, 15), ends_on=date(2026, 5, 15) + timedelta(days=14))
    (row,) = measure_comparison(world.warehouse, world.cohort(request), ("accepted_of_decided",)).rows
    return row


def plain(text: str) -> str:
    return text.replace("\u00a0", " ").replace("\u2060", "")


def test_newcombes_example_is_clear():
    """Newcombe 1998, Statistics in Medicine 17:873-890, Table II, method 10: 56/70 against 48/80 is +.20 (.0524 to .3339)."""
    row = change((56, 70), (48, 80))
    assert (row.change, row.difference) == ("up", pytest.approx(0.2))
    assert (row.low, row.high) == pytest.approx((0.0524, 0.3339), abs=5e-5)
    assert plain(words(row)) == "+20 points (+5.2 points to +33 points)"


@pytest.mark.parametrize(
    ("now", "before", "verdict"),
    [
        ((48, 80), (56, 70), "down"),
        ((20, 40), (20, 40), "cannot tell"),
        ((1000, 2000), (1001, 2000), "same"),
        ((10, 29), (20, 40), "too few"),
        ((5, 5), (0, 0), "too few"),
    ],
)
def test_what_is_said(now, before, verdict):
    assert change(now, before).change == verdict


def test_a_period_whose_leads_are_not_settled_is_too_young():
    row = change((20, 40), (20, 40), as_of="2026-05-28 12:00:00")
    assert row.change == "too few"  # nothing of the period has settled
    assert change((20, 40), (20, 40), as_of="2026-06-03 10:00:00").change == "cannot tell"


def test_horizon_rates_wait_for_nine_in_ten_mature_leads():
    world = sample()
    request = world.request(starts_on=date(2026, 6, 1), ends_on=date(2026, 8, 1))
    rows = {row.metric.slug: row for row in measure_comparison(world.warehouse, world.cohort(request), tuple(METRICS)).rows}  # fmt: skip
    assert rows["won_in_horizon"].change == "too young"
    assert rows["accepted_to_opportunity"].change == "too young"
    assert rows["acceptance_rate"].change != "too young"
