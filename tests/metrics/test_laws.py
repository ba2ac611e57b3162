"""Laws that hold for every export, on small random ones: nothing lost, nothing double, time moves one way."""

from __future__ import annotations

import random
from datetime import datetime, timedelta
from typing import Any

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from analytics.cohort import CohortRequest
from analytics.metrics.compose import PLAIN_SETS
from analytics.results import Rate
from tests.metrics import recount
from tests.metrics.recount import Agreement, recounted
from tests.metrics.worlds import World, world_of

START = datetime.fromisoformat("2026-03-02 08:30:00")
SOURCES = ("Web", "Partner", "")
few = settings(
    max_examples=3,
    deadline=None,
    derandomize=True,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)
hours = st.integers(0, 60 * 24).map(lambda n: timedelta(hours=n / 4))
maybe = st.one_of(st.none(), hours)


@st.composite
def exports(draw: st.DrawFn) -> tuple[list[dict[str, str]], list[dict[str, str]]]:
    """Leads over two months with what befell them, and their touches."""
    leads = []
    # A file of touches without a row is refused; one touch of a lead that is not in the file does not count.
    touches = [
        {"Lead ID": "nobody", "Completed Date/Time": str(START), "Type": "Call", "Activity Source": "human"}
    ]
    for number in range(draw(st.integers(1, 14))):
        handed = START + 4 * draw(hours)
        row = {
            "Lead ID": f"L{number}",
            "Handoff Date": str(handed),
            "Lead Source": draw(st.sampled_from(SOURCES)),
        }
        for column in ("SAL Date", "Rejected Date", "First Response Date", "Opportunity: Created Date"):
            after = draw(maybe)
            row[column] = "" if after is None else str(handed + after)
        closes = draw(maybe)
        row |= {"Won": "TRUE", "Opportunity: Close Date": str(handed + 9 * closes)} if closes else {"Won": ""}
        row["Lead Score"] = str(draw(st.sampled_from(("", 0, 19, 20, 55, 60, 80, 100))))
        leads.append(row)
        touches += [
            {
                "Lead ID": row["Lead ID"],
                "Completed Date/Time": str(
                    handed + draw(hours) - timedelta(hours=6) + timedelta(seconds=second)
                ),
                "Type": draw(st.sampled_from(("Call", "Email"))),
                "Activity Source": draw(st.sampled_from(("human", "human", "automated"))),
            }
            for second in range(draw(st.integers(0, 8)))
        ]
    return leads, touches


HEADER = (
    "Lead ID", "Handoff Date", "Lead Source", "SAL Date", "Rejected Date", "First Response Date",
    "Opportunity: Created Date", "Won", "Opportunity: Close Date", "Lead Score",
)  # fmt: skip


def opened(export: tuple[list[Any], list[Any]], as_of: datetime) -> World:
    return world_of(export[0], export[1], as_of=str(as_of), header=HEADER, zone="UTC")


moments = st.integers(20 * 24, 170 * 24).map(lambda n: START + timedelta(hours=n))


def rates(world: World, request: CohortRequest | None = None) -> list[Rate]:
    readout = world.readout(request)
    found = [readout.cohort.maturity, readout.acceptance.of_settled, readout.acceptance.of_decided]
    found += [readout.acceptance.decided, readout.speed.inside_limit, readout.working_rate.rate]
    found += [rate for band in readout.score_bands.bands for rate in (band.won, band.opportunity)]
    return found + [rate for week in readout.acceptance.weeks for rate in (week.of_settled, week.of_decided)]


@few
@given(exports(), moments)
def test_parts_add_up_and_every_number_is_counted_twice(export, as_of):
    world = opened(export, as_of)
    counts, readout = world.counts(), world.readout()
    assert counts["settled"] + counts["pending_decision"] == counts["leads"]
    assert (
        counts["accepted_settled"] + counts["rejected_settled"] + counts["undecided_settled"]
        == counts["settled"]
    )
    assert counts["touched"] + counts["never_touched"] + counts["touched_before_handoff"] == counts["leads"]
    assert counts["limit_settled"] + counts["limit_pending"] == counts["timed"]
    assert counts["cadence_settled"] + counts["cadence_pending"] == counts["accepted_any"]
    assert counts["cadence_full"] + counts["cadence_not_full"] == counts["cadence_settled"]
    assert (
        counts["so_far_accepted"] + counts["so_far_rejected"] + counts["so_far_undecided"] == counts["leads"]
    )
    assert counts["leads"] + world.manifest.without_clock == world.manifest.leads
    assert sum(band.leads for band in readout.score_bands.bands) == counts["leads"]
    assert sum(band.mature for band in readout.score_bands.bands) == counts["mature"]
    assert sum(band.won.numerator for band in readout.score_bands.bands) == counts["won_in_horizon"]
    assert sum(week.of_settled.denominator for week in readout.acceptance.weeks) == counts["settled"]
    assert sum(week.pending for week in readout.acceptance.weeks) == counts["pending_decision"]
    assert sum(leads for _, leads in readout.working_rate.touches) == counts["cadence_settled"]
    assert sum(row.leads for row in readout.so_far.rows) == counts["leads"]
    for rate in rates(world):
        if rate.denominator:
            assert 0 <= rate.low <= rate.value <= rate.high <= 1
        else:
            assert (rate.numerator, rate.value, rate.low, rate.high) == (0, None, None, None)
    for clock in (readout.speed.working, readout.speed.wall):
        shares = [share for share in clock.touched_within.values() if share]
        for share in shares:
            assert share.low is None or 0 <= share.low <= share.value <= share.high <= 1
        reached = [q for q in (clock.median, clock.p75, clock.p90, clock.p95, clock.p99) if q is not None]
        assert reached == sorted(reached)
    again = recounted(world.rows(), world.touches(), as_of, Agreement())
    if again:
        found = recount.counts(again)
        assert world.counts(slugs=found) == found


@few
@given(exports(), moments, st.integers(1, 2_000))
def test_time_only_moves_leads_out_of_pending(export, as_of, later):
    young, old = opened(export, as_of), opened(export, as_of + timedelta(hours=later))
    for slug in ("settled", "mature", "touched", "accepted_any", "so_far_opportunity", "so_far_won", "leads"):
        assert young.ids(slug) <= old.ids(slug), slug
    assert young.ids("limit_settled") <= old.ids("limit_settled") | old.ids("touched_before_handoff")
    # A settled first-touch limit never changes its mind; a horizon that has ended neither.
    assert young.ids("limit_met") == young.ids("limit_settled") & old.ids("limit_met")
    for slug in ("won_in_horizon", "opportunity_in_horizon"):
        assert young.ids(slug) == young.ids("mature") & old.ids(slug), slug


@few
@given(exports(), moments, st.integers(0, 10_000))
def test_order_and_repeated_events_do_not_matter(export, as_of, seed):
    leads, touches = export
    luck = random.Random(seed)
    mixed = luck.sample(leads, len(leads)), [*luck.sample(touches, len(touches)), *luck.choices(touches, k=5)]
    twice = leads + luck.choices(leads, k=3), touches * 2
    first = opened(export, as_of)
    for other in (opened(mixed, as_of), opened(twice, as_of)):
        assert other.counts() == first.counts()
        assert [
            (reading.median, reading.p75, reading.p90, reading.touched_within)
            for reading in (other.readout().speed.working, other.readout().speed.wall)
        ] == [
            (reading.median, reading.p75, reading.p90, reading.touched_within)
            for reading in (first.readout().speed.working, first.readout().speed.wall)
        ]
        assert other.readout().working_rate == first.readout().working_rate


@few
@given(exports(), moments, st.integers(1, 12))
def test_leads_that_nobody_touched_make_nobody_faster(export, as_of, more):
    leads, touches = export
    # Waiting since the start of the file, so that they are watched longer than anybody else.
    waiting = [{"Lead ID": f"W{n}", "Handoff Date": str(START)} for n in range(more)]
    before, after = opened(export, as_of), opened((leads + waiting, touches), as_of)
    for clock in ("working", "wall"):
        fast, slow = getattr(before.readout().speed, clock), getattr(after.readout().speed, clock)
        for name in ("median", "p75", "p90", "p95", "p99"):
            was, became = getattr(fast, name), getattr(slow, name)
            assert became is None or (was is not None and became >= was), (clock, name)
        for mark, share in fast.touched_within.items():
            became = slow.touched_within[mark]
            assert share is None or became.value <= share.value + 1e-12, (clock, mark)
        assert fast.touched_only_median == slow.touched_only_median
    was, became = before.readout().speed.inside_limit, after.readout().speed.inside_limit
    assert became.numerator == was.numerator
    assert became.denominator >= was.denominator


@few
@given(exports(), moments)
def test_filters_partition(export, as_of):
    world = opened(export, as_of)
    whole = world.counts()
    for field in ("source", "score_band"):
        values = (
            {row["source"] for row in world.rows()}
            if field == "source"
            else {"0–19", "20–39", "40–59", "60–79", "80+", None}
        )
        parts = [world.counts(world.request(filters=((field, (value or "",)),))) for value in values]
        assert {slug: sum(part[slug] for part in parts) for slug in PLAIN_SETS} == whole, field
        either = world.request(filters=((field, tuple(value or "" for value in values)),))
        assert world.counts(either) == whole
    assert world.counts(world.request(filters=(("source", ("no such source",)),)))["leads"] == 0
