"""Lost or misread in the council: later opportunities, blank dates and amounts, months whose median was not reached."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime

import pytest

from analytics import council_words as words
from analytics.council import hard_months, measure_council
from analytics.decision_check import check
from analytics.periods import Unit
from analytics.scorecard import cell_words, scorecard
from analytics.stats.control import individuals_chart, rate_chart
from analytics.store.decisions import Decision, Seen
from tests.councils import DAY, of_rates, of_values
from tests.metrics.worlds import world_of

LATER = date(2026, 12, 31)


def plain(sentence):
    return sentence.replace("\u00a0", " ")


def deal(
    number, handed_off, created, *, outcome="Won", closed="2025-09-01 00:00:00", amount="100", name=None
):
    return {
        "Lead ID": f"L{number}", "Handoff Date": f"{handed_off} 10:00:00", "Lead Status": "Accepted", "Score": "50",
        "Opportunity ID": name or f"O{number}", "Opportunity Created Date": created and f"{created} 10:00:00",
        "Closed Date": closed, "Outcome": outcome, "Amount": amount,
    }  # fmt: skip


def council(rows):
    of = world_of(rows, as_of="2026-06-30 00:00:00", zone="UTC")
    return of, measure_council(of.warehouse, of.cohort(), Unit.MONTH)


def test_an_opportunity_created_after_the_last_handoff_month_stands_in_its_month():
    _, found = council([deal(1, "2025-01-05", "2025-02-10"), deal(2, "2025-02-05", "2025-05-10")])
    assert [plain(one.label) for one in found.spans] == ["Jan 2025", "Feb 2025", "Mar 2025", "Apr 2025", "May 2025"]  # fmt: skip
    assert [one.value for one in found.trend("pipeline").points] == [0.0, 100.0, 0.0, 0.0, 100.0]


def test_what_carries_no_date_or_amount_is_named():
    """One opportunity without a creation date, one win without an amount, one without a closing date."""
    rows = [
        deal(1, "2025-01-05", "2025-01-10"),
        deal(2, "2025-01-06", ""),
        deal(3, "2025-01-07", "2025-01-10", amount=""),
        deal(4, "2025-01-08", "2025-01-10", closed=""),
        deal(5, "2025-01-09", "2025-01-10", outcome="Lost"),
    ]
    _, found = council(rows)
    assert "1 opportunity without a date is not counted" in found.trend("win_rate").unknown
    assert "1 win without an amount adds nothing" in found.trend("pipeline").unknown
    assert "1 win without a date is not counted" in found.trend("band_2").unknown
    assert found.trend("accepted_to_opportunity").unknown == ("1 opportunity without a date is not counted",)
    assert found.trend("pipeline").points[0].value == 200.0


def test_open_opportunities_are_not_among_the_leads_of_the_win_rate():
    rows = [
        deal(1, "2025-01-05", "2025-01-10"),
        deal(2, "2025-01-06", "2025-01-11", outcome="Lost"),
        deal(3, "2025-01-07", "2025-01-12", outcome="", closed=""),
    ]
    of, found = council(rows)
    (point,) = found.trend("win_rate").points
    assert (point.rate.numerator, point.rate.denominator, point.rate.pending) == (1, 2, 1)
    assert of.ids(point.key) == {"L1"}
    assert of.ids(point.of_key) == {"L1", "L2"}


def not_reached(values, **options):
    """Hours by month; None is a month of full age of whose leads fewer than half were touched."""
    found = of_values(values, **options)
    (trend,) = found.trends
    points = tuple(
        replace(point, note="" if point.value else "not reached", is_mature=True) for point in trend.points
    )
    return replace(found, trends=(replace(trend, points=points),))


def test_a_month_whose_median_was_not_reached_is_neither_quiet_nor_young():
    found = not_reached(
        [3600.0, 7200.0] * 3 + [None, 3600.0, None], lives=((date(2026, 9, 1), "contract 1"),)
    )
    quiet = plain(words.quiet_sentence(replace(found.trends[0], phases=((0, ""),)), found))
    assert "nothing to explain" not in quiet
    assert "It was not reached in Jul 2026, Sep 2026: fewer than half were touched" in quiet
    (score,) = scorecard(found)
    assert plain(cell_words(score.trend, score.cells[0], DAY)).endswith("7 months; not reached in 1 month")
    assert cell_words(score.trend, score.cells[1], DAY) == "not reached in 1 month"
    assert "is not reached in 1 month during" in plain(score.sentence)


def test_a_month_that_nothing_can_fill_any_more_is_not_too_young():
    """February has no leads, and never will."""
    (score,) = scorecard(of_rates([(5, 10), (0, 0)], lives=((date(2026, 2, 1), "contract 1"),)))
    assert cell_words(score.trend, score.cells[1], DAY) == "no month"


def decision(**changes):
    seen = Seen("f" * 64, "c" * 64, "defaults", (), "month", "Jun", 0.5, 0.4, 0.6, 1, 2, "x", "x")
    base = Decision(
        "decision-1", 1, "A", "B", "Ann", datetime(2026, 7, 1), "acceptance_rate", "up", None, date(2026, 7, 1),
        date(2026, 10, 1), None, seen, "h" * 64,
    )  # fmt: skip
    return replace(base, **changes)


STEADY = [(50, 100), (52, 100)] * 3


def test_the_month_that_moved_is_told_with_the_limits_of_its_own_size():
    """July: 70 of 100 against limits of 36-66 %; August: 6 of 10, inside the limits of ten leads."""
    said = plain(check(decision(), of_rates([*STEADY, (70, 100), (6, 10)]), LATER).sentence)
    assert "was 70 % (70 of 100) in Jul 2026, against 51 % before (usual 36–66 %)" in said
    assert "which is outside; the latest, Aug 2026, is not" in said


@pytest.mark.parametrize(("direction", "size"), [("up", 0.6), ("down", 0.6)])
def test_an_aim_that_cannot_be_is_not_quoted_as_a_rate(direction, size):
    said = check(decision(direction=direction, size=size), of_rates([*STEADY, (51, 100)]), LATER).sentence
    assert "the aim lies beyond what it can be" in said
    assert "-" not in said


def test_months_since_that_were_not_reached_are_not_too_young():
    found = check(decision(measure="median_touch"), not_reached([3600.0, 7200.0] * 3 + [None]), LATER)
    assert found.state == "cannot tell"
    assert "full age" not in found.sentence
    assert "It was not reached in Jul 2026" in plain(found.sentence)


def test_months_apart_are_not_called_the_same():
    """Six different months, no two of them neighbours: no moving range, so no limits."""
    found = of_values([3600.0, None, 7200.0, None, 5000.0, None, 4000.0, None, 3000.0, None, 6000.0])
    assert individuals_chart([one.value for one in found.trends[0].points]).phases[0].strength == "none"
    said = words.quiet_sentence(found.trends[0], found)
    assert "the same" not in said
    assert "no two months in a row" in said


def test_months_without_a_hit_where_a_third_of_one_is_expected_are_no_run():
    """Twenty months of 50 leads, seven hits in all in the last two: no hit is what most months would have anyway."""
    hits = [0] * 18 + [3, 4]
    assert [one.signal for one in rate_chart(hits, [50] * 20).points] == [""] * 18 + ["high", "high"]
    often = [one.signal for one in rate_chart([20] * 10 + [30] * 10, [100] * 20).points]
    assert often[0] in ("long low", "low")


def test_a_hard_month_misses_by_two_points_at_least():
    """Target 75 %: 7,300 of 10,000 is 2 points under, 7,301 not; both intervals lie wholly under it."""
    for hits, is_hard in ((7300, True), (7301, False)):
        found = of_rates([(hits, 10_000)], target=0.75)
        assert found.trends[0].points[0].rate.high < 0.75
        assert bool(hard_months(found)) == is_hard


def test_a_hard_month_is_not_made_of_decisions_on_unknown_days():
    """60 of 100 miss 75 %; with 20 more on an unknown day nobody can say so."""
    found = of_rates([(60, 100)], target=0.75)
    (trend,) = found.trends
    unknown = replace(trend, points=(replace(trend.points[0], undated=20),))
    assert hard_months(found) == (date(2026, 1, 1),)
    assert hard_months(replace(found, trends=(unknown,))) == ()
