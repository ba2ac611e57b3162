"""Was: "rose in every group" where all fell; parts named and left over that did not add up; 17 and 18 for one change."""

from __future__ import annotations

import re

import pytest

from analytics import formatting
from analytics.what_changed_words import MOST_NAMED, answer, digits, named_parts, rest, two_kinds, where
from tests.test_what_changed import by, change_of, company, plain


def test_groups_that_all_fell_are_not_said_to_have_risen():
    """280 of 500 to 282 of 500 (no change), while Web fell from 40 to 30 % and Partner from 80 to 73 %."""
    of = company([("Web", 120, 300), ("Partner", 160, 200)], [("Web", 57, 190), ("Partner", 225, 310)])
    change = change_of(of)
    found = by(change, "source")
    assert found.is_simpson
    assert found.own < 0 < change.difference
    assert "Yet it fell in every group" in where(change, found)


def test_what_is_said_and_what_is_left_add_up():
    """Five sources lose five points each of the whole, one gains; three are named, the others are told as left over."""
    before = [(name, 72, 100) for name in "ABCDE"] + [("F", 40, 100)]
    now = [(name, 40, 100) for name in "ABCDE"] + [("F", 60, 100)]
    change = change_of(company(before, now))
    found = by(change, "source")
    named = named_parts(found)
    assert len(named) > MOST_NAMED
    assert "more part" in rest(change, found)
    said = sum(one.size for one in named[:MOST_NAMED])
    left = plain(rest(change, found)).split(" ", 1)[0].replace("−", "-")
    assert float(left) == pytest.approx((change.difference - said) * 100, abs=0.051)
    assert " of the " not in where(
        change, found
    )  # parts that work against each other are no shares of the whole


def test_one_point_lies_and_more_lie():
    before, now = [("A", 60, 100), ("B", 60, 100)], [("A", 30, 100), ("B", 58, 100)]
    change = change_of(company(before, now))
    sentence = plain(rest(change, by(change, "source")))
    assert re.match(r"^[+−][\d.]+ (point lies|points lie) in ", sentence), sentence


def test_half_points_round_the_same_way_wherever_they_stand():
    """280 of 400 to 210 of 400 is 17.5 points, and so is the part that carries all of it."""
    change = change_of(company([("A", 280, 400)], [("A", 210, 400)]))
    assert change.difference == pytest.approx(-0.175)
    assert plain(answer(change)).startswith("Acceptance fell 18 points")
    assert (digits(0.175), digits(-0.17499999999999993)) == ("18", "18")
    for dimension in change.dimensions:
        assert "−17 points" not in plain(two_kinds(dimension))
    assert plain(formatting.percent(50 / 400)) == "13 %"
    assert plain(formatting.percent(1 / 400)) == "0.3 %"
