"""The council's trends: each month as the page of its number has it, limits, phases, and the words for them."""

from __future__ import annotations

import csv
from collections import defaultdict
from dataclasses import replace
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from analytics import council_words as words
from analytics.contract import default_contract
from analytics.council import GoLive, false_alarm, measure_council, phases_of
from analytics.council_counts import Span
from analytics.metrics.catalog import METRICS
from analytics.metrics.compose import metric_rate
from analytics.periods import Unit, first_day, following, label
from analytics.sample import FOLDER, ZONE
from analytics.score_bands import measure_score_bands
from analytics.segments import measure_segments
from analytics.speed_to_lead import measure_speed
from tests.metrics.worlds import sample, world_of

RATES = (
    "acceptance_rate", "accepted_of_decided", "decided_in_window", "touched_inside_limit", "working_rate",
    "accepted_to_opportunity", "sales_sla",
)  # fmt: skip


def council(of, unit=Unit.MONTH, lives=()):
    return measure_council(of.warehouse, of.cohort(), unit, lives)


def month_of(of, number):
    first = first_day(Unit.MONTH, number)
    return of.request(starts_on=first, ends_on=first_day(Unit.MONTH, following(Unit.MONTH, number)))


def lead(number, day, *, accepted=True):
    status = "Accepted" if accepted else "Rejected"
    return {"Lead ID": f"L{number}", "Handoff Date": f"{day} 10:00:00", "Score": "50", "Lead Status": status}


def monthly(hits, leads=40, year=2025):
    """``hits[month]`` of ``leads`` accepted on the tenth of each month of the year."""
    return [
        lead(f"{month}-{n}", f"{year + month // 12}-{month % 12 + 1:02d}-{1 + n % 28:02d}", accepted=n < hit)
        for month, hit in enumerate(hits)
        for n in range(leads)
    ]


def test_every_month_of_a_rate_is_that_months_metric():
    of = sample()
    found = council(of)
    for number in (found.spans[1].number, found.spans[-2].number):
        counts = of.journeys(month_of(of, number))
        for slug in RATES:
            point = next(one for one in found.trend(slug).points if one.span.number == number)
            assert point.rate == metric_rate(counts, slug)
            assert of.evidence(point.key).count == point.rate.numerator
            assert of.evidence(point.of_key).count == point.rate.denominator


def test_the_other_measures_are_those_of_their_pages():
    of = sample()
    found = council(of)
    number = found.spans[2].number
    cohort = of.cohort(month_of(of, number))

    def value(slug):
        return next(one for one in found.trend(slug).points if one.span.number == number)

    assert value("median_touch").value == measure_speed(of.warehouse, cohort).working.median
    bands = measure_score_bands(of.warehouse, cohort).bands
    for one in bands[:-1]:
        point = value(f"band_{one.number}").rate
        assert (point.numerator, point.denominator) == (one.won.numerator, one.won.denominator)
    mirror = measure_segments(of.warehouse, cohort)
    assert value("overlap").value == pytest.approx(1 - mirror.total_variation)


def test_deals_counted_again_in_plain_python():
    """Distinct opportunities of the sample by the local month of their creation."""
    of = sample()
    found = council(of)
    zone = ZoneInfo(ZONE)
    deals = defaultdict(list)
    for row in of.rows():
        if row["handoff_at"] is not None and (row["has_opportunity"] or row["outcome"] == "won"):
            name = row["opportunity_id"] or f"lead {row['lead_no']}"
            deals[name].append(row)
    months = defaultdict(lambda: [0, 0, 0.0])
    for rows in deals.values():
        dates = [row["opportunity_at"] for row in rows if row["opportunity_at"] is not None]
        if not dates:
            continue
        local = min(dates).replace(tzinfo=UTC).astimezone(zone)
        month = months[local.year * 12 + local.month - 1]
        outcomes = {row["outcome"] for row in rows}
        if "won" in outcomes:
            month[0] += 1
            month[2] += max(float(row["amount"] or 0) for row in rows)
        elif "lost" in outcomes:
            month[1] += 1
    for span, rated, worth in zip(
        found.spans, found.trend("win_rate").points, found.trend("pipeline").points, strict=True
    ):
        won, lost, amount = months[span.number]
        assert (rated.rate.numerator, rated.rate.denominator) == (won, won + lost)
        assert worth.value == pytest.approx(amount)


def test_the_sample_has_as_many_months_as_its_file():
    with (FOLDER / "leads.csv").open(encoding="utf-8") as lines:
        rows = [row for row in csv.reader(lines) if len(row) > 5]
    assert len(rows) > 1000
    found = council(sample())
    assert [one.number for one in found.spans] == list(
        range(found.spans[0].number, found.spans[-1].number + 1)
    )
    assert not found.spans[-1].is_whole  # the extract is of the last day of September, before midnight
    assert found.spans[0].is_whole


def test_young_months_are_hollow_and_outside_the_limits():
    """Extract on 15 Sep: leads of August before the 2nd are 14 days old … all of August is settled by the 15th but its last day."""
    rows = monthly([20, 22, 20, 22, 20, 22, 20, 30])
    of = world_of(rows, as_of="2025-09-14 10:00:00", zone="UTC")
    trend = council(of).trend("acceptance_rate")
    assert [one.is_mature for one in trend.points] == [True] * 8
    early = world_of(rows, as_of="2025-09-01 10:00:00", zone="UTC").cohort
    of = world_of([*rows, lead("x", "2025-09-01")], as_of="2025-09-05 10:00:00", zone="UTC")
    trend = council(of).trend("acceptance_rate")
    settled = trend.points[7].rate.denominator
    assert settled < 0.9 * 40
    assert [one.is_mature for one in trend.points] == [True] * 7 + [False, False]
    assert trend.chart.phases[0].points == 7
    assert early is not None


@pytest.mark.parametrize(("settled", "is_mature"), [(36, True), (35, False)])
def test_nine_in_ten_is_enough(settled, is_mature):
    """Forty leads of August; those handed off by the 10th 09:00 are settled at the extract on the 24th 09:00."""
    rows = monthly([20] * 7)
    august = [lead(f"8-{n}", "2025-08-09" if n < settled else "2025-08-20") for n in range(40)]
    of = world_of([*rows, *august, lead("z", "2025-09-01")], as_of="2025-09-02 12:00:00", zone="UTC")
    trend = council(of).trend("acceptance_rate")
    point = trend.points[7]
    assert point.rate.denominator == settled
    assert point.is_mature == is_mature


def test_a_signal_is_named_with_its_numbers():
    hits = [34, 28] * 5 + [2]
    of = world_of(monthly(hits), as_of="2025-12-31 10:00:00", zone="UTC")
    found = council(of)
    trend = found.trend("acceptance_rate")
    assert [one.control.signal for one in trend.points] == [""] * 10 + ["low"]
    (said,) = words.signal_sentences(trend, found)
    plain = said.replace("\u00a0", " ")
    assert plain.startswith(
        "Acceptance rate (SAL / MQL): Nov 2025 is below its limits, 5.0 %, 2 of 40; usual is "
    )
    assert words.answer(found).replace("\u00a0", " ").startswith("2 signals in 11 months. Acceptance rate")
    quiet = words.quiet_sentence(found.trend("touched_inside_limit"), found)
    assert "cannot be measured" in quiet


def test_eight_months_in_a_row_are_one_sentence():
    hits = [34, 31, 34, 31, 34, 31, 34, 31, 26, 28, 26, 28, 26, 28, 26, 28]
    of = world_of(monthly(hits), as_of="2026-12-31 10:00:00", zone="UTC")
    found = council(of)
    said = words.signal_sentences(found.trend("acceptance_rate"), found)
    assert len(said) == 2
    assert "8 months in a row above the average" in said[0].replace("\u00a0", " ")
    assert "Sep 2025 to Apr 2026" in said[1].replace("\u00a0", " ").replace("Jan 2025 to Aug 2025", "")
    assert "something changed around Sep 2025" in said[1].replace("\u00a0", " ")


def test_without_a_signal_nothing_is_to_explain():
    of = world_of(monthly([30, 31] * 6), as_of="2026-12-31 10:00:00", zone="UTC")
    found = council(of)
    assert words.all_signals(found) == ()
    said = words.quiet_sentence(found.trend("acceptance_rate"), found).replace("\u00a0", " ")
    assert said.endswith("since Jan 2025: nothing to explain.")
    assert "No signal in 12 months" in words.answer(found).replace("\u00a0", " ")


def test_too_few_months_for_limits():
    of = world_of(monthly([30, 31, 5]), as_of="2026-12-31 10:00:00", zone="UTC")
    found = council(of)
    assert false_alarm(found) is None
    assert "no measure has six months" in words.answer(found).lower()
    assert "too few for limits" in words.quiet_sentence(found.trend("acceptance_rate"), found)


def test_no_leads_at_all():
    of = sample()
    request = of.request(filters=(("source", ("no such source",)),))
    found = measure_council(of.warehouse, of.cohort(request), Unit.MONTH)
    assert found.spans == ()
    assert "no leads" in words.answer(found)


def spans(first, many):
    return [
        Span(number, label(Unit.MONTH, number), first_day(Unit.MONTH, number), first_day(Unit.MONTH, number + 1), True, True)
        for number in range(first, first + many)
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("on", "phases"),
    [
        (date(2025, 3, 1), ((0, "before"), (2, "contract 1"))),
        (date(2025, 3, 2), ((0, "before"), (3, "contract 1"))),
        (date(2024, 12, 15), ((0, "contract 1"),)),
        (date(2025, 1, 1), ((0, "contract 1"),)),
        (date(2026, 1, 1), ((0, "before"),)),
    ],
)
def test_a_phase_begins_with_the_first_whole_month(on, phases):
    assert phases_of(spans(2025 * 12, 6), [GoLive(on, "contract 1")]) == phases


def test_two_versions_in_one_month_are_one_phase():
    lives = [GoLive(date(2025, 2, 3), "contract 1"), GoLive(date(2025, 2, 20), "contract 2")]
    assert phases_of(spans(2025 * 12, 6), lives) == ((0, "before"), (2, "contract 2"))
    assert phases_of(spans(2025 * 12, 6), []) == ((0, ""),)


def test_limits_begin_anew_where_the_contract_went_live():
    hits = [20, 21] * 4 + [34, 35] * 4
    of = world_of(monthly(hits), as_of="2026-12-31 10:00:00", zone="UTC")
    plain = council(of).trend("acceptance_rate")
    assert len(plain.signals) > 8
    phased = council(of, lives=((date(2025, 9, 1), "contract 1"),)).trend("acceptance_rate")
    assert phased.signals == ()
    assert phased.phases == ((0, "before"), (8, "contract 1"))
    assert [one.points for one in phased.chart.phases] == [8, 8]


def test_quarters_hold_their_months():
    of = sample()
    months, quarters = council(of), council(of, Unit.QUARTER)
    first = quarters.trend("acceptance_rate").points[0]
    parts = [
        one.rate
        for one in months.trend("acceptance_rate").points
        if one.span.number // 3 == first.span.number
    ]
    assert first.rate.numerator == sum(one.numerator for one in parts)
    assert of.evidence(first.of_key).count == first.rate.denominator
    assert METRICS["acceptance_rate"].denominator in first.of_key


def test_months_are_cut_in_the_zone_of_the_contract():
    """31 Jan 23:30 in New York is 1 Feb 04:30 UTC; the lead belongs to January."""
    rows = [lead("a", "2025-02-01") | {"Handoff Date": "2025-02-01 04:30:00"}, lead("b", "2025-02-10")]
    of = world_of(rows, as_of="2025-06-01 00:00:00", zone="UTC", contract=replace(default_contract(), zone="America/New_York"))  # fmt: skip
    found = council(of)
    assert [one.label.replace("\u00a0", " ") for one in found.spans] == ["Jan 2025", "Feb 2025"]
    assert [one.rate.denominator for one in found.trend("acceptance_rate").points] == [1, 1]


def test_an_unmeasurable_measure_says_which_column_would_bring_it():
    of = world_of([lead("a", "2025-02-01")], as_of="2025-06-01 00:00:00", zone="UTC")
    found = council(of)
    for slug in ("median_touch", "working_rate", "win_rate", "pipeline", "overlap"):
        trend = found.trend(slug)
        assert trend.missing is not None, slug
        assert trend.missing.column
        assert trend.points == ()


def test_the_last_two_years_only():
    of = world_of(monthly([20] * 30, leads=2), as_of="2028-06-01 00:00:00", zone="UTC")
    found = council(of)
    assert len(found.spans) == 24
    assert found.spans[-1].label.replace("\u00a0", " ") == "Jun 2027"


def test_the_month_in_which_the_file_ends_is_not_whole():
    rows = monthly([20] * 8, leads=10)
    of = world_of(rows, as_of=datetime(2025, 8, 31, 23, 59, 59).isoformat(sep=" "), zone="UTC")
    assert [one.is_whole for one in council(of).spans] == [True] * 7 + [False]
    of = world_of(rows, as_of="2025-09-01 00:00:00", zone="UTC")
    assert council(of).spans[-1].is_whole
