"""Was: rejections, losses and disqualifications without a date read as none, with an interval that claimed certainty.

"0 % were lost (0-6.0 %)" of 50 lost leads; "40 % had no decision" of leads all decided; "0 of 60 were disqualified".
"""

from __future__ import annotations

from typing import Any

from analytics.charts.incidence import incidence
from analytics.maturing import measure_maturing
from analytics.measurable import NO_DECISION_DATES
from analytics.outcome_race import Race, measure_decision, race_reading
from analytics.rejection_pace import disqualified_words, measure_disqualified, measure_pace, pace_words
from tests.metrics.worlds import World, world_of

HANDOFF = {"Handoff Date": "2026-03-02 10:00:00"}
NEXT_DAY = "2026-03-03 10:00:00"


def imported(rows: list[dict[str, str]]) -> World:
    leads = [{"Lead ID": f"L{number}", **HANDOFF, **row} for number, row in enumerate(rows)]
    return world_of(leads, as_of="2026-09-30 12:00:00", zone="UTC")


def race(of: World, which: str) -> Race:
    found: Any = getattr(measure_maturing(of.warehouse, of.cohort(), "month", "accepted" if which == "decision" else "won"), which)  # fmt: skip
    assert isinstance(found, Race)
    return found


def plain(words: str) -> str:
    return words.replace("\u00a0", " ")


def decisions(undated: int) -> World:
    """60 of 100 leads accepted on the next day, 40 rejected, of which ``undated`` on unknown days."""
    return imported(
        [
            {"SAL Date": NEXT_DAY if number < 60 else "", "Status": "Accepted" if number < 60 else "Rejected",
             "Rejected Date": NEXT_DAY if 60 <= number < 100 - undated else ""}
            for number in range(100)
        ]
    )  # fmt: skip


def test_losses_never_dated_are_no_part_of_the_curve():
    rows = [{"Won": "1" if number < 10 else "0", "Opportunity: Close Date": "2026-04-01 10:00:00" if number < 10 else ""} for number in range(60)]  # fmt: skip
    of = imported(rows)
    found = race(of, "closing")
    assert [one.slug for one in found.outcomes] == ["won"]
    assert [(one.slug, one.undated) for one in found.unplaced] == [("lost", 50)]
    assert of.evidence(found.unplaced[0].undated_key).count == 50
    assert plain(race_reading(found)) == (
        "Within 90 days of the handoff 17 % were won (9.3–28 %); 50 leads were lost on unknown days, so how many were"
        " neither by then cannot be told."
    )
    assert not any("lost" in (one.name or "") for one in incidence(found).data)


def test_rejections_partly_dated_are_a_lower_bound():
    found = race(decisions(30), "decision")
    assert plain(race_reading(found)) == (
        "Within 14 days of the handoff 60 % were accepted (50–69 %) and at least 10 % were rejected (30 more without a"
        " date); at most 30 % had no decision."
    )
    rejected = found.outcomes[1]
    assert {(one.share.low, one.share.high) for one in rejected.marks} == {(None, None)}
    names = [one.name for one in incidence(found).data]
    assert "accepted, interval" in names
    assert "rejected, interval" not in names


def test_rejections_never_dated():
    said = plain(race_reading(race(decisions(40), "decision")))
    assert said.endswith(
        "40 leads were rejected on unknown days, so how many had no decision by then cannot be told."
    )
    assert "0 % were rejected" not in said


def test_all_dated_is_as_it_was():
    said = plain(race_reading(race(decisions(0), "decision")))
    assert said.endswith("and 40 % were rejected (31–50 %); 0 % had no decision.")


def test_where_rejections_are_unknown_the_rest_is_only_not_accepted():
    of = imported([{"SAL Date": NEXT_DAY if number < 60 else ""} for number in range(100)])
    said = plain(race_reading(race(of, "decision")))
    assert (
        said == "Within 14 days of the handoff 60 % were accepted (50–69 %); 40 % were not accepted by then."
    )


def test_where_losses_are_unknown_the_rest_is_only_not_won():
    of = imported([{"Won Date": "2026-04-01 10:00:00" if number < 60 else ""} for number in range(100)])
    said = plain(race_reading(race(of, "closing")))
    assert said == "Within 90 days of the handoff 60 % were won (50–69 %); 40 % were not won by then."


def test_where_no_decision_is_dated_there_is_no_curve():
    rows = [{"SAL Date": "", "Status": "Accepted" if number < 60 else "Rejected"} for number in range(100)]
    of = imported(rows)
    assert measure_decision(of.warehouse, of.cohort()) == NO_DECISION_DATES


def test_disqualifications_never_dated():
    of = imported(
        [{"SAL Date": NEXT_DAY, "Status": "Rejected" if number < 30 else "Accepted"} for number in range(60)]
    )
    said = plain(disqualified_words(measure_disqualified(of.warehouse, of.cohort())))
    assert said == (
        "How many of 60 leads accepted at least 14 days ago were disqualified within 14 days of their acceptance cannot"
        " be told: no disqualification carries a date. 30 were disqualified at any time, 30 of them without a date."
    )


def test_disqualifications_partly_dated_are_a_lower_bound():
    rows = [
        {"SAL Date": NEXT_DAY, "Status": "Rejected" if number < 30 else "Accepted", "Rejected Date": "2026-03-05 10:00:00" if number < 10 else ""}
        for number in range(60)
    ]  # fmt: skip
    of = imported(rows)
    said = plain(disqualified_words(measure_disqualified(of.warehouse, of.cohort())))
    assert said.startswith("At least 10 of 60 leads accepted at least 14 days ago were disqualified within 14 days of their acceptance.")  # fmt: skip
    assert "20 of them without a date" in said


def test_too_few_dated_rejections_are_not_too_few_rejections():
    rows = [{"Status": "Rejected", "Rejected Date": NEXT_DAY if number < 20 else ""} for number in range(500)]
    of = imported(rows)
    said = plain(pace_words(measure_pace(of.warehouse, of.cohort())))
    assert said.startswith("20 of 500 rejections carry a date, too few to quote a median")


def test_a_median_of_the_dated_rejections_says_so():
    rows = [{"Status": "Rejected", "Rejected Date": NEXT_DAY if number < 40 else ""} for number in range(500)]
    of = imported(rows)
    said = plain(pace_words(measure_pace(of.warehouse, of.cohort())))
    assert said.startswith("Half of the 40 dated rejections came within")
