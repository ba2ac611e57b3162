"""The mirror of segments: counted by hand, counted again another way, opened mark by mark, and read on every story."""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import timedelta
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics.charts.mirror import band_key, mirror, shown_bands
from analytics.charts.mirror_over_time import mirror_over_time
from analytics.charts.representation import overlap_column, representation
from analytics.cohort import UNKNOWN as NOT_SAID
from analytics.cohort import CohortRequest
from analytics.measurable import NO_OUTCOME, NO_SIZE, NO_WINS
from analytics.periods import Unit
from analytics.results import Unmeasurable
from analytics.segment_bands import (
    OTHER,
    TESTED,
    UNKNOWN,
    SegmentBand,
    bands_by_period,
    drawn_bands,
    segment_bands,
)
from analytics.segment_words import (
    bands_words,
    direction_words,
    in_points,
    index_words,
    no_mismatch,
    ordered_drift,
    times,
)
from analytics.segments import BY, Segments, answer, compared, measure_segments, notes
from analytics.segments_over_time import SegmentPeriod, SegmentsOverTime, measure_segments_over_time
from analytics.segments_over_time import answer as answer_over_time
from analytics.segments_over_time import notes as notes_over_time
from tests.metrics.worlds import World, sample, story, world_of

AS_OF = "2026-06-30 12:00:00"
HEADER = (
    "Lead ID", "Handoff Date", "No. of Employees", "Lead Source", "Lead Status", "Converted Opportunity ID",
    "Opportunity: Created Date", "Opportunity: Close Date", "Won", "Amount",
)  # fmt: skip
OLD = "2026-02-02 09:00:00"
LABELS = ("1–10", "11–50", "51–200", "201–1,000", "1,001–5,000", "5,001+", "unknown")


def row(name: str, employees: str, handoff: str = OLD, source: str = "Web", **cells: str) -> dict[str, str]:
    given = {"opened": "Opportunity: Created Date", "closed": "Opportunity: Close Date", "deal": "Converted Opportunity ID",
             "won": "Won", "amount": "Amount", "status": "Lead Status"}  # fmt: skip
    return {
        "Lead ID": name, "Handoff Date": handoff, "No. of Employees": employees, "Lead Source": source,
        **{given[key]: value for key, value in cells.items()},
    }  # fmt: skip


def won(closed: str, **cells: str) -> dict[str, str]:
    return {"opened": OLD, "closed": closed, "won": "true", **cells}


HAND = [
    # the horizon of 90 days: a lead exactly that old is mature, one second younger is not
    row("just-mature", "10", "2026-04-01 12:00:00", **won("2026-06-30 12:00:00", opened="2026-04-02 09:00:00", deal="A", amount="100")),
    row("just-young", "10", "2026-04-01 12:00:01", **won("2026-05-01 12:00:00", opened="2026-04-02 09:00:00", deal="B", amount="900")),
    # a win on the last second counts, one second later does not, but its opportunity does
    row("won-in-time", "11", **won("2026-05-03 09:00:00", deal="C", amount="200")),
    row("won-too-late", "50", **won("2026-05-03 09:00:01", opened="2026-05-03 09:00:00", deal="D", amount="400")),
    row("opened-too-late", "50", opened="2026-05-03 09:00:01", deal="E", amount="800"),
    # every edge of a size band
    row("51-people", "51", status="Accepted"),
    row("200-people", "200", status="Rejected"),
    row("201-people", "201", **won("2026-03-01 00:00:00", deal="F", amount="50")),
    row("1000-people", "1000"),
    row("1001-people", "1001"),
    row("5000-people", "5000"),
    row("5001-people", "5001", **won("2026-03-01 00:00:00", deal="G", amount="70")),
    # ranges count by their middle; 1000+ is 1,001; nothing is unknown
    row("range", "51-200", source="Fair"),
    row("straddler", "40-80", source="Fair"),
    row("open-range", "1000+", source="Fair"),
    row("unknown", "", source="", **won("2026-03-01 00:00:00", deal="H", amount="30")),
    # two leads of two bands on one opportunity: its amount stands once, with the lead passed first
    row("second-of-a-deal", "300", "2026-02-03 09:00:00", **won("2026-03-01 00:00:00", opened="2026-02-04 09:00:00", deal="I", amount="1000")),
    row("first-of-a-deal", "5", "2026-02-02 09:00:00", opened="2026-02-04 09:00:00", deal="I", amount="1000"),
]  # fmt: skip


def hand() -> World:
    return world_of(HAND, as_of=AS_OF, header=HEADER)


def measured(of: World, dimension: str = "size_band", request: CohortRequest | None = None) -> Segments:
    found = measure_segments(of.warehouse, of.cohort(request), dimension)
    assert isinstance(found, Segments)
    return found


def over_time(
    of: World, dimension: str = "size_band", request: CohortRequest | None = None
) -> SegmentsOverTime:
    found = measure_segments_over_time(of.warehouse, of.cohort(request), dimension)
    assert isinstance(found, SegmentsOverTime)
    return found


def test_the_hand_table_band_by_band():
    result = measured(hand())
    assert tuple(band.label for band in result.bands) == LABELS
    counts = [
        (band.leads, band.mature, band.accepted, band.opportunities, band.wins) for band in result.bands
    ]
    assert counts == [
        (3, 2, 2, 2, 1),  # just-mature, first-of-a-deal; just-young is only a lead
        (3, 3, 3, 2, 1),  # the opportunity opened too late still implies the acceptance
        (4, 4, 1, 0, 0),  # 51, 200, both ranges
        (3, 3, 2, 2, 2),  # 201, 1000, second-of-a-deal
        (3, 3, 0, 0, 0),  # 1001, 5000, 1000+
        (1, 1, 1, 1, 1),
        (1, 1, 1, 1, 1),
    ]
    assert (result.leads, result.mature, result.wins, result.known_wins) == (18, 17, 6, 5)
    assert result.ranges == 3
    assert result.verdict == "not enough wins"


def test_the_hand_table_in_money():
    """The deal of 1,000 stands in the band of the lead passed first, and is won although only the other lead says so."""
    bands = measured(hand()).bands
    assert [band.pipeline_amount for band in bands] == [1_100, 600, 0, 50, 0, 70, 30]
    assert [band.won_amount for band in bands] == [1_100, 200, 0, 50, 0, 70, 30]


def test_the_day_on_which_the_youngest_is_old_enough():
    result = measured(hand())
    assert result.ripe_on is not None
    assert result.ripe_on.isoformat() == "2026-06-30"
    assert "1 younger lead left out, too young to judge until 30\u00a0Jun\u00a02026" in notes(result)


def test_an_unordered_dimension_lists_the_largest_first_and_unknown_last():
    bands = measured(hand(), "source").bands
    assert [(band.number, band.label, band.values, band.leads, band.wins) for band in bands] == [
        (0, "Web", ("Web",), 14, 5),
        (1, "Fair", ("Fair",), 3, 0),
        (UNKNOWN, "(unknown)", (None,), 1, 1),
    ]
    assert measured(hand(), "source").direction_bands is None


# --- counted again, another way


def recounted(of: World, field: str, edges: tuple[int, ...] = ()) -> dict[object, list[int]]:
    """Value -> leads, mature, wins and opportunities, in plain Python from the stored rows."""
    found: dict[object, list[int]] = defaultdict(lambda: [0, 0, 0, 0])
    as_of, horizon = of.manifest.as_of, timedelta(days=90)
    for lead in of.rows():
        if lead["handoff_at"] is None:
            continue
        value = lead[field]
        if field == "employees":
            value = UNKNOWN if value is None else max(0, sum(value >= edge for edge in edges) - 1)
        end = lead["handoff_at"] + horizon
        is_mature = end <= as_of
        is_won = lead["outcome"] == "won" and lead["closed_at"] is not None and lead["closed_at"] <= end
        has = lead["has_opportunity"] and lead["opportunity_at"] is not None and lead["opportunity_at"] <= end
        for place, counts in enumerate(
            (True, is_mature, is_mature and is_won, is_mature and (has or is_won))
        ):
            found[value][place] += bool(counts)
    return found


def gap(counts: dict[object, list[int]]) -> Fraction:
    mature, wins = sum(row[1] for row in counts.values()), sum(row[2] for row in counts.values())
    return (
        sum((abs(Fraction(row[1], mature) - Fraction(row[2], wins)) for row in counts.values()), Fraction(0))
        / 2
    )


WORLDS = ("sample", "segment_drift", "broken_plumbing")


def named(which: str) -> World:
    return sample() if which == "sample" else story(which, 11, 6_000)[0]


@pytest.mark.parametrize("which", WORLDS)
def test_sizes_counted_again(which):
    of = named(which)
    counts = recounted(of, "employees", of.contract.size_edges)
    result = measured(of)
    shown = {
        band.number: [band.leads, band.mature, band.wins, band.opportunities]
        for band in result.bands
        if band.leads
    }
    assert shown == dict(counts)
    assert result.total_variation == pytest.approx(float(gap(counts)), abs=1e-12)
    known = {band: row for band, row in counts.items() if band != UNKNOWN}
    means = [
        Fraction(sum(band * row[at] for band, row in known.items()), sum(row[at] for row in known.values()))
        for at in (1, 2)
    ]
    assert result.direction_bands == pytest.approx(float(means[1] - means[0]), abs=1e-12)


@pytest.mark.parametrize("which", WORLDS)
@pytest.mark.parametrize("field", ["source", "industry", "country"])
def test_values_counted_again(which, field):
    of = named(which)
    counts = recounted(of, field)
    result = measured(of, field)
    shown = {
        band.values[0]: [band.leads, band.mature, band.wins, band.opportunities] for band in result.bands
    }
    assert shown == dict(counts)
    assert result.total_variation == pytest.approx(float(gap(counts)), abs=1e-12)


def test_the_index_is_the_share_of_wins_over_the_share_of_leads():
    result = measured(sample())
    for band in result.bands:
        if band.mature:
            assert band.index == pytest.approx(
                band.wins / result.wins / (band.mature / result.mature), abs=1e-12
            )
            assert band.index_low <= band.index <= band.index_high
        else:
            assert band.index is None


@pytest.mark.parametrize("dimension", ["size_band", "source"])
def test_amounts_counted_again(dimension):
    """Every opportunity once, with the first of its leads; the sample holds shared ones."""
    of = story("segment_drift", 11, 6_000)[0]
    result = measured(of, dimension)
    deals: dict[str, list[dict]] = defaultdict(list)
    for lead in of.rows():
        end = lead["handoff_at"] + timedelta(days=90) if lead["handoff_at"] else None
        if end is None or end > of.manifest.as_of:
            continue
        lead["is_won"] = (
            lead["outcome"] == "won" and lead["closed_at"] is not None and lead["closed_at"] <= end
        )
        if lead["is_won"] or (lead["opportunity_at"] is not None and lead["opportunity_at"] <= end):
            deals[lead["opportunity_id"] or f"lead {lead['lead_no']}"].append(lead)
    assert any(len(leads) > 1 for leads in deals.values())
    pipeline, taken = Counter(), Counter()
    for leads in deals.values():
        first = min(leads, key=lambda lead: (lead["handoff_at"], lead["lead_no"]))
        amounts = [lead["amount"] for lead in leads if lead["amount"] is not None]
        value = first["source"]
        if dimension == "size_band":
            size = first["employees"]
            value = UNKNOWN if size is None else sum(size >= edge for edge in of.contract.size_edges) - 1
        if amounts:
            pipeline[value] += max(amounts)
            taken[value] += max(amounts) * any(lead["is_won"] for lead in leads)
    for band in result.bands:
        key = band.number if dimension == "size_band" else band.values[0]
        assert band.pipeline_amount == pytest.approx(pipeline[key])
        assert band.won_amount == pytest.approx(taken[key])


@pytest.mark.parametrize("unit", [Unit.MONTH, Unit.QUARTER])
@pytest.mark.parametrize("dimension", ["size_band", "country"])
def test_periods_add_up_to_the_whole(unit, dimension):
    of = sample()
    by_period = bands_by_period(of.warehouse, of.cohort(), dimension, unit)
    whole = segment_bands(of.warehouse, of.cohort(), dimension)
    for place, band in enumerate(whole):
        parts = [bands[place] for bands in by_period.values()]
        assert {part.label for part in parts} == {band.label}
        for field in ("leads", "mature", "accepted", "opportunities", "wins"):
            assert sum(getattr(part, field) for part in parts) == getattr(band, field)


# --- opened


def opened(
    of: World, key: str, picks: list[tuple[str, tuple[str, ...]]], request: CohortRequest | None = None
) -> int:
    """How many leads a key opens, as the page opens it."""
    asked = request or of.request()
    first, _, rest = key.partition(".")
    if first.startswith("pick:"):
        field, values = picks[int(first.removeprefix("pick:"))]
        kept = tuple(pair for pair in asked.filters if pair[0] != field)
        asked = CohortRequest(
            asked.fingerprint, asked.starts_on, asked.ends_on, asked.is_whole_file, (*kept, (field, values))
        )
        key = rest or "leads"
    return of.evidence(key, asked, limit=1).count


def picks_of(result: Segments) -> list[tuple[str, tuple[str, ...]]]:
    return [
        (result.dimension, tuple(value or NOT_SAID for value in band.values)) for band in shown_bands(result)
    ]


def said(hover: str) -> set[str]:
    """The numbers on a mark's hover text."""
    return {
        word.replace(",", "") for line in hover.split("<br>") for word in line.replace("\u00a0", " ").split()
    }


@pytest.mark.parametrize("dimension", BY)
def test_every_mark_opens_the_leads_it_shows(dimension):
    of = sample()
    request = CohortRequest(of.manifest.fingerprint)
    result = measured(of, dimension, request)
    figures = [mirror(result, side) for side in result.sides]
    figures += [
        overlap_column(result),
        representation(result),
        mirror_over_time(over_time(of, dimension, request)),
    ]
    marks = 0
    for figure in figures:
        for trace in figure.data:
            for key, hover in zip(trace.customdata, trace.hovertext, strict=True):
                assert str(opened(of, key, picks_of(result), request)) in said(hover), (key, hover)
                marks += 1
    assert marks > 30


@pytest.mark.parametrize("dimension", ["size_band", "industry"])
def test_every_count_of_the_table_opens_its_leads(dimension):
    of = story("segment_drift", 11, 6_000)[0]
    result = measured(of, dimension)
    sets = {"leads": "leads", "mature": "mature", "accepted": "mature_accepted", "opportunities": "opportunity_in_horizon",
            "wins": "won_in_horizon"}  # fmt: skip
    for place, band in enumerate(shown_bands(result)):
        for field, slug in sets.items():
            assert opened(of, band_key(result, place, band, slug), picks_of(result)) == getattr(
                band, field
            ), (band, field)
    assert of.evidence("size_is_range", limit=1).count == measured(of).ranges
    assert of.evidence("immature", limit=1).count == result.leads - result.mature


def many_sources(values: int) -> World:
    """Sources with ever fewer leads; every third lead is won."""
    rows = [
        row(
            f"{value}-{turn}",
            "30",
            source=f"Source {value:02}",
            **(won("2026-03-01 00:00:00") if turn % 3 == 0 else {}),
        )
        for value in range(values)
        for turn in range(1 + (values - value) // 8)
    ]
    return world_of([*rows, row("none", "30", source="")], as_of=AS_OF, header=HEADER)


def test_the_smallest_values_stand_together_and_open_together():
    of = many_sources(60)
    result = measured(of, "source")
    assert [band.number for band in result.bands] == [*range(TESTED), OTHER, UNKNOWN]
    assert result.bands[TESTED].label == "20 others"
    assert len(result.bands[TESTED].values) == 20
    drawn = shown_bands(result)
    assert [band.number for band in drawn] == [*range(12), OTHER, UNKNOWN]
    assert drawn[12].label == "48 others"
    assert sum(band.leads for band in drawn) == result.leads == of.evidence("leads", limit=1).count
    assert opened(of, "pick:12.mature", picks_of(result)) == drawn[12].mature > 48
    assert opened(of, "pick:13", picks_of(result)) == 1
    assert drawn[12].index is None


def test_thirteen_values_are_all_drawn():
    """One value alone is never called "1 other"."""
    assert [band.number for band in shown_bands(measured(many_sources(13), "source"))] == [
        *range(13),
        UNKNOWN,
    ]


# --- what the sentence says

WITHIN_LUCK = "no difference beyond luck can be seen between the sizes of the leads and those of the wins: "
SAYS = {
    "healthy": "No mismatch: ",
    "threshold_too_low": WITHIN_LUCK,
    "slow_follow_up": WITHIN_LUCK,
    "no_product_fit": WITHIN_LUCK,
    "broken_plumbing": "No mismatch: ",
}


@pytest.mark.parametrize("name", SAYS)
def test_no_other_story_is_called_a_mismatch(name):
    of = story(name, 11, 6_000)[0]
    result = measured(of, request=CohortRequest(of.manifest.fingerprint))
    assert result.verdict == "no mismatch"
    assert SAYS[name] in answer(result)
    moving = over_time(of, request=CohortRequest(of.manifest.fingerprint))
    assert moving.movement == "cannot tell"
    for dimension in BY[1:]:
        other = measured(of, dimension, CohortRequest(of.manifest.fingerprint))
        assert other.verdict == "no mismatch"


def test_the_story_of_the_drift_is_told():
    of, truth = story("segment_drift", 11, 6_000)
    result = measured(of, request=CohortRequest(of.manifest.fingerprint))
    planted = truth["default_cohort"]["by_size_band"].values()
    assert [(band.mature, band.wins) for band in result.bands] == [
        (band["leads"], band["wins"]) for band in planted
    ]
    assert result.verdict == "mismatch"
    assert answer(result) == (
        "55\u00a0% of the leads are companies of up to 50 people, 60\u00a0% of the wins companies above 200 people: wins sit"
        " 1.1\u00a0bands up-market. The gap is 40\u00a0points; luck alone would give up to 9."
    )
    assert notes(result)[0] == "a targeting decision, not a handoff fix"
    assert answer_over_time(over_time(of)).startswith(
        "In 6 of 6 months that can be judged the gap is beyond luck"
    )


def test_the_small_story_says_too_few():
    of = story("too_small", 11, 6_000)[0]
    result = measured(of)
    assert result.verdict == "not enough wins"
    assert answer(result).startswith("2 wins: not enough wins to say.")
    assert answer_over_time(over_time(of)).startswith("No month can be judged yet")
    assert not overlap_column(result).data


def of_bands(
    leads: list[int], wins: list[int], unknown: tuple[int, int] = (0, 0), **facts: object
) -> Segments:
    """A mirror of sizes from counts alone."""
    bands = tuple(
        SegmentBand(number, LABELS[number], n, n, w, w, w)
        for number, (n, w) in enumerate(zip([*leads, unknown[0]], [*wins, unknown[1]], strict=True))
    )
    bands = (*bands[:-1], SegmentBand(UNKNOWN, "unknown", unknown[0], unknown[0], 0, 0, unknown[1]))
    found = compared(bands, is_ordered=True)
    assert found is not None
    values = {
        "dimension": "size_band", "is_ordered": True, "bands": bands, "leads": sum(leads) + unknown[0],
        "mature": sum(leads) + unknown[0], "accepted": 0, "opportunities": 0, "wins": sum(wins) + unknown[1],
        "total_variation": found.total_variation, "overlap": found.overlap, "chance_p95": found.chance_p95,
        "chance_mean": found.chance_mean, "direction_bands": found.direction_bands, "verdict": found.verdict,
        "modal_leads": found.modal_lead_band, "modal_wins": found.modal_win_band, "ranges": 0, "ripe_on": None,
        "horizon_days": 90, "sides": ("wins",),
    }  # fmt: skip
    return Segments(**{**values, **facts})


def test_the_published_fixture_is_a_mismatch_up_market():
    """Methods, item e3: total variation .383, distance .917 bands."""
    result = of_bands([500, 300, 150, 50, 0, 0], [10, 15, 20, 15, 0, 0])
    assert result.total_variation == pytest.approx(0.383, abs=5e-4)
    assert result.direction_bands == pytest.approx(0.917, abs=5e-4)
    assert answer(result) == (
        "50\u00a0% of the leads are companies of up to 10 people, 58\u00a0% of the wins companies above 50 people: wins sit"
        " 0.9\u00a0bands up-market. The gap is 38\u00a0points; luck alone would give up to 13."
    )


def test_down_market_reads_the_other_way():
    result = of_bands([50, 50, 150, 300, 500, 100], [30, 20, 20, 10, 10, 0])
    assert result.verdict == "mismatch"
    assert answer(result).startswith(
        "52\u00a0% of the leads are companies above 1,000 people, 56\u00a0% of the wins companies of up to 50 people: wins sit"
    )
    assert "down-market" in answer(result)


def test_under_thirty_wins_no_percentage_of_them():
    result = of_bands([600, 200, 100, 100, 0, 0], [2, 2, 4, 16, 0, 0])
    assert result.verdict == "mismatch"
    assert "16 of 24 wins companies above 200 people" in answer(result)


def test_twenty_wins_of_known_size_are_enough_and_nineteen_are_not():
    assert of_bands([500, 500, 0, 0, 0, 0], [2, 18, 0, 0, 0, 0]).verdict == "mismatch"
    few = of_bands([500, 500, 0, 0, 0, 0], [1, 18, 0, 0, 0, 0], (100, 5))
    assert few.verdict == "not enough wins"
    assert (
        answer(few) == "19 wins of known company size: not enough wins to say. The mirror speaks from 20 on."
    )


def test_a_gap_beyond_luck_without_clear_bands_is_said_to_be_open():
    words = no_mismatch(0.86, 0.11, "leads from A", "leads from B")
    assert words == (
        "No mismatch can be shown: 86 of 100 overlap, a little less than luck alone leaves (89 or more). Whether leads from A"
        " win less than their share and leads from B more cannot be told yet."
    )
    assert "93 of 100 overlap, just under what luck alone leaves, but" in no_mismatch(
        0.9299, 0.069, "x", None
    )
    assert "less than luck alone leaves (94 or more)" in no_mismatch(0.84, 0.06, "x", None)


def test_a_young_cohort_says_when_it_can_be_judged():
    rows = [row(str(n), "30", "2026-06-01 08:00:00") for n in range(39)]
    early = row(
        "early", "30", "2026-06-01 07:00:00", **won("2026-06-20 00:00:00", opened="2026-06-02 09:00:00")
    )
    of = world_of([*rows, early], as_of=AS_OF, header=HEADER)
    result = measured(of)
    assert (
        answer(result)
        == "None of these leads has had its 90 days yet: too young to judge until 30\u00a0Aug\u00a02026."
    )
    figure = mirror(result, "wins")
    assert [trace.name for trace in figure.data] == ["leads"]
    assert opened(of, figure.data[0].customdata[4], []) == 40
    assert [(period.is_young, period.ripe_on) for period in over_time(of).periods] == [(True, result.ripe_on)]


def test_one_size_alone_cannot_be_compared():
    rows = [row(str(n), "30", **(won("2026-03-01 00:00:00") if n % 2 else {})) for n in range(60)]
    result = measured(world_of(rows, as_of=AS_OF, header=HEADER))
    assert (result.verdict, result.total_variation) == (None, None)
    assert answer(result) == (
        "All leads old enough to judge stand in one company size: there is nothing to compare."
    )


def test_sizes_that_nobody_knows_are_not_one_size():
    rows = [row(str(n), "" if n else "5", **(won("2026-03-01 00:00:00") if n % 2 else {})) for n in range(60)]
    of = world_of(rows, as_of=AS_OF, header=HEADER)
    result = measured(of, request=of.request(filters=(("size_band", (NOT_SAID,)),)))
    assert (
        answer(result)
        == "The company size is unknown for all leads old enough to judge: there is nothing to compare."
    )
    assert "company size unknown for all leads" in notes(result)
    assert "company size unknown for 98\u00a0% of the leads" in notes(measured(of))


def test_no_difference_seen_is_not_called_none():
    result = of_bands([500, 300, 150, 50, 0, 0], [10, 6, 3, 1, 0, 0])
    assert result.verdict == "no mismatch"
    assert answer(result) == (
        "With 20 wins, no difference beyond luck can be seen between the sizes of the leads and those of the wins: 100 of"
        " 100 overlap."
    )


def test_no_lead_is_no_gap():
    of = sample()
    nobody = of.request(filters=(("source", ("nowhere",)),))
    result = measured(of, request=nobody)
    assert (result.leads, result.verdict, result.overlap) == (0, "not enough wins", None)
    assert over_time(of, request=nobody).periods == ()
    assert len(mirror(result, "wins").data) == 1


def without(*headers: str) -> World:
    rows = [{key: value for key, value in one.items() if key not in headers} for one in HAND]
    return world_of(rows, as_of=AS_OF, header=[key for key in HEADER if key not in headers])


OUTCOME = (
    "Converted Opportunity ID",
    "Opportunity: Created Date",
    "Opportunity: Close Date",
    "Won",
    "Amount",
)


def test_a_missing_column_is_named():
    of = without("No. of Employees")
    assert measure_segments(of.warehouse, of.cohort(), "size_band") is NO_SIZE
    found = measure_segments(of.warehouse, of.cohort(), "industry")
    assert isinstance(found, Unmeasurable)
    assert found.column == "the industry"
    assert isinstance(measure_segments(of.warehouse, of.cohort(), "source"), Segments)
    bare = without(*OUTCOME, "Lead Status")
    assert measure_segments(bare.warehouse, bare.cohort()) is NO_OUTCOME


def test_an_export_without_wins_shows_what_it_knows_and_gives_no_verdict():
    of = without(*OUTCOME)
    result = measured(of)
    assert (result.sides, result.verdict, result.overlap) == (("accepted",), None, None)
    assert answer(result).endswith("The mirror shows accepted leads instead.")
    assert measure_segments_over_time(of.warehouse, of.cohort()) is NO_WINS


# --- laws

COUNTS = st.lists(st.tuples(st.integers(0, 400), st.integers(0, 60)), min_size=6, max_size=6)


@settings(max_examples=60, deadline=None)
@given(COUNTS, st.tuples(st.integers(0, 50), st.integers(0, 20)))
def test_whatever_the_counts_the_sentence_stands_and_its_numbers_hold(pairs, unknown):
    leads, wins = [n for n, _ in pairs], [min(n, w) for n, w in pairs]
    unknown = (unknown[0], min(unknown))
    bands = tuple(
        SegmentBand(at, LABELS[at], n, n, 0, 0, w) for at, (n, w) in enumerate(zip(leads, wins, strict=True))
    )
    bands = (*bands, SegmentBand(UNKNOWN, "unknown", unknown[0], unknown[0], 0, 0, unknown[1]))
    found = compared(bands, is_ordered=True)
    if found is None or found.direction_bands is None:
        return
    assert 0 <= found.total_variation <= 1
    assert found.overlap == pytest.approx(1 - found.total_variation)
    assert abs(found.direction_bands) <= (found.distance_bands or 0) + 1e-9
    assert ordered_drift(bands, found.direction_bands).endswith("-market.")


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 90), st.integers(0, 40)), min_size=1, max_size=30), st.booleans())
def test_what_is_drawn_adds_up_to_what_was_counted(pairs, has_unknown):
    bands = [
        SegmentBand(at, f"v{at}", n + 5, n, 0, 0, min(n, w), 1.0, 2.0, values=(f"v{at}",))
        for at, (n, w) in enumerate(pairs)
    ]
    bands += (
        [SegmentBand(UNKNOWN, "(unknown)", 3, 2, 0, 0, 1, 1.0, 2.0, values=(None,))] if has_unknown else []
    )
    drawn = drawn_bands(tuple(bands), is_ordered=False)
    assert len(drawn) <= 14
    for field in ("leads", "mature", "wins", "pipeline_amount", "won_amount"):
        assert sum(getattr(band, field) for band in drawn) == sum(getattr(band, field) for band in bands)
    assert [value for band in drawn for value in band.values] == [
        value for band in bands for value in band.values
    ]


def test_the_slope_is_the_weighted_line_of_numpy():
    """Weighted least squares with known variances, against ``numpy.polyfit`` with unscaled covariance."""
    of = story("segment_drift", 11, 6_000)[0]
    result = over_time(of)
    judged = [period for period in result.periods if period.is_judged]
    by_period = bands_by_period(of.warehouse, of.cohort(), "size_band", result.unit)
    deviations = []
    for period in judged:
        places = np.repeat(
            np.arange(6), [band.wins for band in by_period[period.number] if band.number != UNKNOWN]
        )
        deviations.append(places.std(ddof=1) / np.sqrt(places.size))
    at, value = [period.number for period in judged], [period.direction_bands for period in judged]
    line, covariance = np.polyfit(np.array(at) - at[0], value, 1, w=1 / np.array(deviations), cov="unscaled")
    assert result.slope == pytest.approx(line[0], abs=1e-9)
    assert result.slope_high - result.slope_low == pytest.approx(
        2 * 1.959964 * np.sqrt(covariance[0, 0]), rel=1e-6
    )


def test_wins_that_move_away_are_told_and_wins_that_come_closer_too():
    def period(number: int, direction: float) -> SegmentPeriod:
        return SegmentPeriod(
            24312 + number, f"M{number}", True, 400, 400, 90, 90, 0.3, 0.1, direction, 2.0, False, False, None
        )

    def result(movement: str, slope: tuple[float, float, float], *directions: float) -> SegmentsOverTime:
        periods = tuple(period(number, direction) for number, direction in enumerate(directions))
        return SegmentsOverTime("size_band", Unit.MONTH, periods, slope[1], slope[0], slope[2], movement)

    away = result("further apart", (0.21, 0.3, 0.39), 0.4, 0.7, 1.0)
    assert answer_over_time(away) == (
        "In 3 of 3 months that can be judged the gap is beyond luck, and wins move further up-market by 0.30 bands a month"
        " (0.21–0.39)."
    )
    closer = result("closer", (-0.39, -0.3, -0.21), 1.0, 0.7, 0.4)
    assert "wins move closer to the leads by 0.30 bands a month (0.21–0.39)" in answer_over_time(closer)
    assert notes_over_time(closer).startswith(
        "From M0 to M2 leads stayed, wins moved 0.6\u00a0bands down-market."
    )


def drifting(toward: int) -> World:
    """Five months of 120 leads half small, half large; wins move from even to the large ones (1) or from them to even (-1)."""
    shares = [0.5, 0.6, 0.7, 0.8, 0.9] if toward > 0 else [0.95, 0.9, 0.8, 0.65, 0.5]
    rows = []
    for month, share in enumerate(shares, start=1):
        for n in range(120):
            is_large = n % 2 == 1
            wins = round(50 * (share if is_large else 1 - share))
            cells = (
                won(f"2025-{month:02}-20 00:00:00", opened=f"2025-{month:02}-15 00:00:00")
                if n // 2 < wins
                else {}
            )
            rows.append(
                row(f"{month}-{n}", "6000" if is_large else "5", f"2025-{month:02}-10 09:00:00", **cells)
            )
    return world_of(rows, as_of="2026-06-30 12:00:00", header=HEADER)


def test_a_planted_drift_is_found_on_its_side():
    away = over_time(drifting(1))
    assert (away.unit, away.movement) == (Unit.MONTH, "further apart")
    assert away.slope_low > 0
    closer = over_time(drifting(-1))
    assert closer.movement == "closer"
    assert closer.slope_high < 0


@pytest.mark.parametrize(
    ("value", "words"),
    [(1.0, "1\u00a0band"), (1.04, "1\u00a0band"), (-1.3, "1.3\u00a0bands"), (0.06, "0.1\u00a0bands")],
)
def test_distances_in_words(value, words):
    assert bands_words(value) == words


def test_small_words():
    assert direction_words(0.049) == "neither up- nor down-market"
    assert direction_words(-0.05) == "0.1\u00a0bands down-market"
    assert [in_points(value) for value in (None, 0.0, 0.004, 0.0095, 0.384)] == ["–", "0", "<1", "1", "38"]
    assert [times(value) for value in (0.333, 0.996, 2.64, 12.2)] == [
        "×\u00a00.33",
        "×\u00a01",
        "×\u00a02.6",
        "×\u00a012",
    ]
    assert (
        index_words(SegmentBand(0, "1–10", 20, 20, 0, 0, 3, index=1.5, index_low=0.5, index_high=3.0))
        == "3 of 20, too few to quote"
    )
