"""Accepted leads with a blank touch count were silently counted as not worked, under the heading "at most"."""

from __future__ import annotations

from analytics import wording
from analytics.working_rate import measure_working_rate
from tests.metrics.worlds import world_of


def leads(counts):
    return [
        {"Lead ID": f"L{n}", "Handoff Date": "2026-01-05 10:00:00", "Lead Status": "Accepted", "Number of Touches": count}
        for n, count in enumerate(counts)
    ]  # fmt: skip


def measured(counts):
    of = world_of(leads(counts), as_of="2026-06-30 00:00:00", zone="UTC")
    found = measure_working_rate(of.warehouse, of.cohort())
    return of, found, wording.working_rate(found).replace("\u00a0", " ")


def test_blank_counts_are_named_and_take_at_most_away():
    of, found, said = measured(["8", "8", "3", "0", "", ""])
    assert (found.rate.numerator, found.rate.denominator, found.not_known) == (2, 6, 2)
    assert "2 with a blank touch count are counted as not worked" in said
    assert not said.startswith("At most")
    assert of.evidence("cadence_unknown").count == 2


def test_without_blanks_nothing_is_said_of_them():
    _, found, said = measured(["8", "8", "3", "0"])
    assert found.not_known == 0
    assert said.startswith("At most")
    assert "blank" not in said
