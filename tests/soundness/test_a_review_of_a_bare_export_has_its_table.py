"""Was: one number that the export cannot give took the table of all numbers, and everything below it, off the review."""

from __future__ import annotations

from analytics import weekly_words as words
from analytics.weekly_review import measure_review, review_days
from analytics.weekly_shapes import Review
from pages.ui.cadence.review_tables import beside, by_week, reasons
from tests.metrics.worlds import World, world_of


def bare(day: str, weeks: int = 1) -> World:
    rows = [
        {
            "Lead ID": f"{week}-{n}", "Handoff Date": f"{day} 1{n}:00:00" if not week else f"2026-0{week}-05 10:00:00",
            "Lead Status": "Rejected" if n % 2 else "New", "Rejection Reason": "Timing" if n % 2 else "",
        }
        for week in range(weeks) for n in range(6)
    ]  # fmt: skip
    return world_of(rows, as_of="2026-05-06 12:00:00", zone="UTC")


def review(of: World) -> Review:
    starts_on, ends_on = review_days(of.manifest, of.contract)
    return measure_review(of.warehouse, of.cohort(of.request(starts_on=starts_on, ends_on=ends_on)))


def test_every_number_has_its_row():
    found = review(bare("2026-04-27"))
    rows, keys = beside(found)
    assert len(rows) == len(keys) == len(found.numbers)
    assert rows.filter(rows["It was"] == "cannot be measured").height == 5
    assert by_week(found)[0].columns == ["Week of handoff", "Leads passed to sales"]
    assert reasons(found)[0].height == 1


def test_a_file_younger_than_the_window_has_no_settled_rejections():
    """Was: "Sales rejected 0 of the 0 leads" of a week before the file."""
    unsettled = "The file holds no whole week whose leads all had their time to be decided."
    assert (
        words.rejections_answer(review(bare("2026-04-27")))
        == f"{unsettled} Sales rejected 3 of last week’s so far."
    )
    assert words.rejections_answer(review(bare("2026-04-29"))) == unsettled  # begins inside the last week


def test_weeks_that_are_all_alike_are_not_too_few():
    """Was: "too few weeks to say what is usual" after eight weeks without a lead."""
    found = review(bare("2026-01-05", weeks=2))
    volume = found.numbers[0]
    assert (volume.weeks_before, volume.strength) == (8, "none")
    assert words.place_words(volume) == "the weeks before are all alike"
    assert words.answer(found).endswith("The weeks before are all alike, so nothing says what is usual.")
