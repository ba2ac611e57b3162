"""A decision at its check date: moved, moved the other way, not moved, or cannot tell; never because of it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime

import pytest

from analytics.council import Council
from analytics.decision_check import check
from analytics.results import Unmeasurable
from analytics.store.decisions import Decision, Seen
from tests.councils import JULY, of_rates, of_values

SEEN = Seen(
    "f" * 64, "c" * 64, "defaults", (), "month", "Jun 2026", 0.5, 0.4, 0.6, 50, 100, "50 %", "Nothing."
)
LATER = date(2026, 12, 31)
STEADY = [
    (50, 100),
    (52, 100),
    (50, 100),
    (52, 100),
    (50, 100),
    (52, 100),
]  # January to June; limits .36 to .66


def decision(**changes):
    base = Decision(
        "decision-1", 1, "Pass fewer", "Too many", "Ann", datetime(2026, 7, 1, 12), "acceptance_rate", "up", None, JULY,
        date(2026, 10, 1), None, SEEN, "h" * 64,
    )  # fmt: skip
    return replace(base, **changes)


def plain(sentence):
    return sentence.replace("\u00a0", " ")


@pytest.mark.parametrize(
    ("since", "direction", "state"),
    [
        ((66, 100), "up", "moved"),
        ((65, 100), "up", "not moved"),
        ((66, 100), "down", "moved the other way"),
        ((36, 100), "down", "moved"),
        ((37, 100), "down", "not moved"),
        ((36, 100), "up", "moved the other way"),
    ],
)
def test_a_month_outside_the_limits_before_says_moved(since, direction, state):
    """Average .51, n 100: three standard errors are .14997, so 65 and 37 are inside (limits .660 and .360)."""
    found = check(decision(direction=direction), of_rates([*STEADY, since]), LATER)
    limits = of_rates([*STEADY, since]).trends[0].chart
    assert limits is not None
    assert found.state == state
    assert "because" not in found.sentence


def test_the_sentence_holds_the_numbers_and_never_a_cause():
    found = check(decision(size=0.05), of_rates([*STEADY, (80, 100)]), LATER)
    assert plain(found.sentence) == (
        "Moved: Acceptance rate was 80 % (80 of 100) in Jul 2026, against 51 % before (usual 36–66 %), which is outside;"
        " the aim was 56 %. What moved it is not known."
    )


def test_before_the_check_date_nothing_is_said():
    council = of_rates([*STEADY, (90, 100)])
    assert check(decision(), council, date(2026, 9, 30)).state == "not due"
    assert check(decision(), council, date(2026, 10, 1)).state == "moved"


def test_a_month_that_began_before_the_decision_is_neither_before_nor_after():
    council = of_rates([*STEADY, (90, 100), (52, 100)])
    assert check(decision(effective_on=date(2026, 7, 2)), council, LATER).state == "not moved"
    alone = of_rates([*STEADY, (90, 100)])
    assert check(decision(effective_on=date(2026, 7, 2)), alone, LATER).state == "cannot tell"


@pytest.mark.parametrize(("months", "state"), [(6, "moved"), (5, "cannot tell")])
def test_six_months_before_are_needed(months, state):
    council = of_rates([*[(0, 0)] * (6 - months), *STEADY[-months:], (90, 100)])
    found = check(decision(), council, LATER)
    assert found.state == state
    if state == "cannot tell":
        assert "6 are needed" in found.sentence


def test_young_months_after_cannot_tell():
    found = check(decision(), of_rates([*STEADY, (90, 100)], young=1), LATER)
    assert found.state == "cannot tell"
    assert "full age" in found.sentence


def test_both_ways_cannot_tell():
    found = check(decision(), of_rates([*STEADY, (90, 100), (10, 100)]), LATER)
    assert found.state == "cannot tell"
    assert "both ways" in found.sentence


@pytest.mark.parametrize(("months", "state"), [(7, "not moved"), (8, "moved")])
def test_eight_months_in_a_row_on_one_side_say_moved(months, state):
    found = check(decision(), of_rates([*STEADY, *[(55, 100)] * months]), date(2027, 12, 31))
    assert found.state == state


def test_a_gap_breaks_the_row():
    months = [(55, 100)] * 4 + [(0, 0)] + [(55, 100)] * 4
    assert check(decision(), of_rates([*STEADY, *months]), date(2027, 12, 31)).state == "not moved"


def test_what_was_always_the_same_cannot_tell():
    found = check(decision(), of_rates([*[(100, 100)] * 6, (50, 100)]), LATER)
    assert found.state == "cannot tell"
    assert "the same" in found.sentence


def test_hours_have_their_own_limits():
    values = [4 * 3600.0, 5 * 3600.0] * 3
    down = decision(measure="median_touch", direction="down", size=3600.0)
    assert check(down, of_values([*values, 3600.0]), LATER).state == "moved"
    assert check(down, of_values([*values, 4 * 3600.0]), LATER).state == "not moved"
    said = plain(check(down, of_values([*values, 3600.0]), LATER).sentence)
    assert "against 4.5 h before" in said
    assert "the aim was 3.5 h" in said


def test_a_number_that_is_gone_cannot_tell():
    council = of_rates(STEADY)
    assert check(decision(measure="band_9"), council, LATER).state == "cannot tell"
    gone = replace(council.trends[0], missing=Unmeasurable("No dates.", "a date"), points=(), chart=None)
    other = Council(council.unit, council.spans, (gone,), (), council.day_seconds)
    assert check(decision(), other, LATER).sentence == "Cannot tell: No dates."
