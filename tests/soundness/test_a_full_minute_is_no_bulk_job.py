"""Was: stamps without seconds, a dozen leads a minute: each minute was a crowd, each quick call one event written twice."""

from __future__ import annotations

from datetime import datetime, timedelta

from analytics.plumbing.audit import CheckResult, measure_audit
from analytics.plumbing.whole_file import crowd
from tests.metrics.worlds import World, world_of


def busy(per_minute: int = 6, minutes: int = 200, *, nightly: int = 0, seconds: bool = False) -> World:
    """So many leads in each of so many minutes, each touched in that minute and accepted and opened a day later.

    ``nightly`` more are stamped together a night later; with ``seconds`` the stamps show them.
    """
    form = "%Y-%m-%d %H:%M:%S" if seconds else "%Y-%m-%d %H:%M"
    start = datetime(2026, 5, 4, 9)
    moments = [
        start + timedelta(minutes=n // per_minute, seconds=9 * (n % per_minute))
        for n in range(per_minute * minutes)
    ]
    moments += [datetime(2026, 5, 5, 3)] * nightly
    rows = [
        {
            "Lead ID": f"L{n}",
            "Handoff Date": f"{at:{form}}",
            "First Activity": f"{at + timedelta(seconds=11 if seconds else 0):{form}}",
            "SAL Date": f"{at + timedelta(days=1):{form}}",
            "Opportunity: Created Date": f"{at + timedelta(days=1, seconds=2 if seconds else 0):{form}}",
            "Converted Opportunity ID": f"D{n}",
        }
        for n, at in enumerate(moments)
    ]
    return world_of(rows, as_of="2026-09-30 12:00:00")


def checked(of: World) -> dict[str, CheckResult]:
    return {one.check.slug: one for one in measure_audit(of.warehouse, of.cohort()).checks}


def test_a_busy_minute_is_no_crowd():
    found = checked(busy())
    assert found["bulk_handoff"].share.numerator == 0
    assert found["bulk_handoff"].share.denominator == 1_200
    assert found["bulk_decision"].share.numerator == 0


def test_what_stands_out_of_the_minutes_is_a_crowd():
    assert checked(busy(nightly=150))["bulk_handoff"].share.numerator == 150


def test_the_minutes_of_a_file_with_seconds_are_no_crowds_either():
    assert checked(busy(seconds=True))["bulk_handoff"].share.numerator == 0
    assert checked(busy(seconds=True, nightly=150))["bulk_handoff"].share.numerator == 150


def test_to_the_minute_one_event_cannot_be_told_from_two():
    of = busy()
    audit = measure_audit(of.warehouse, of.cohort())
    found = {one.check.slug: one for one in audit.checks}
    for slug in ("stamp_on_opening", "identical_stages"):
        assert found[slug].state == "unknown", slug
        assert "with seconds" in found[slug].check.missing, slug
        assert of.evidence(f"applies_{slug}").count == 0, slug
    assert audit.questions[0].state == "unknown"
    assert "no seconds" in audit.questions[0].answer
    exact = checked(busy(seconds=True))
    assert exact["stamp_on_opening"].state == "green"
    assert exact["stamp_on_opening"].share.denominator == 1_200
    assert exact["identical_stages"].share.denominator == 1_200


def test_one_column_without_seconds_does_not_blind_the_other():
    """Touches to the minute, openings to the second: the openings still answer."""
    rows = [
        {
            "Lead ID": f"L{n}",
            "Handoff Date": f"2026-05-04 10:{n:02}:31",
            "Opened At": f"2026-05-04 10:{n:02}:{41 if n < 5 else 42}",
            "First Activity": f"2026-05-04 11:{n:02}:00",
        }
        for n in range(40)
    ]
    found = checked(world_of(rows, as_of="2026-09-30 12:00:00"))["stamp_on_opening"]
    assert (found.share.numerator, found.share.denominator) == (5, 40)


def test_a_crowd_grows_with_what_is_usual():
    assert crowd(0, 0) == 5
    assert crowd(1, 86_400, seconds=60) == 5
    # 9,000 stamps in five days: five in a working minute, so 40 more than five
    assert crowd(9_000, 5 * 86_400, seconds=60) == 45
    assert crowd(9_000, 5 * 86_400) == 5
