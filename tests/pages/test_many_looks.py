"""Looking many times: which selections count as a slice, and when the page says how many were looked at."""

from __future__ import annotations

import html

import pytest

from pages.ui.many_looks import words
from tests.pages import fixtures
from tests.pages.conftest import markup_of

FOUR = "pages/four_numbers.py"


@pytest.mark.parametrize(
    ("slices", "said"),
    [
        (1, "You have looked at 1 slice; one in 20 stands out by luck."),
        (9, "You have looked at 9 slices; one in 20 stands out by luck."),
        (10, "You have looked at 10 slices; about 1 would stand out by luck."),
        (14, "You have looked at 14 slices; about 1 would stand out by luck."),
        (30, "You have looked at 30 slices; about 2 would stand out by luck."),
        (1_200, "You have looked at 1,200 slices; about 60 would stand out by luck."),
    ],
)
def test_the_words(slices, said):
    assert words(slices) == said


def looked(at, source: str | None = None, owner: str | None = None) -> str:
    at.multiselect(key="by_source").set_value([source] if source else [])
    at.multiselect(key="by_owner").set_value([owner] if owner else []).run()
    assert not at.exception
    return markup_of(at)


def test_the_fourth_slice_is_said_and_the_same_one_counts_once(stage):
    at = stage.run(FOUR)
    for source, owner in (("Webinar", None), ("Partner", None), ("Webinar", None), ("Webinar", "Ann")):
        assert "You have looked at" not in looked(at, source, owner)
    assert "You have looked at 4 slices; one in 20 stands out by luck." in looked(at, "Partner", "Ann")


def test_what_was_looked_at_stays_so_without_filters_and_on_another_page(stage):
    at = stage.run(FOUR)
    for owner in (None, "Ann"):
        for source in ("Webinar", "Partner"):
            looked(at, source, owner)
    assert "4 slices" in looked(at)
    at.switch_page("pages/definitions.py").run()
    assert "4 slices" in markup_of(at)


def test_no_filter_is_no_slice_but_another_period_with_one_is(stage):
    at = stage.run(FOUR)
    for period in ("Whole file", "Leads old enough to judge") * 3:
        at.selectbox(key="period").set_value(period).run()
        assert "You have looked at" not in markup_of(at)
    for source in ("Webinar", "Partner"):
        for period in ("Whole file", "Leads old enough to judge"):
            at.selectbox(key="period").set_value(period)
            text = looked(at, source)
    assert "4 slices" in text


def test_a_fourth_filter_is_enough(stage, monkeypatch):
    choices = dict.fromkeys(("source", "owner", "country", "industry"), (("x", 400), ("y", 325)))
    monkeypatch.setattr("pages.ui.cache.choices", lambda _: choices)
    at = stage.run(FOUR)
    for name in ("source", "owner", "country"):
        at.multiselect(key=f"by_{name}").set_value(["x"])
    at.run()
    assert "You have looked at" not in markup_of(at)
    at.multiselect(key="by_industry").set_value(["x"]).run()
    assert "You have looked at 2 slices; one in 20 stands out by luck." in markup_of(at)


def test_two_values_of_one_field_are_one_filter(stage):
    at = stage.run(FOUR)
    at.multiselect(key="by_source").set_value(["Webinar", "Partner", fixtures.HOSTILE, ""])
    at.run()
    text = markup_of(at)
    assert "You have looked at" not in text
    assert html.escape(fixtures.HOSTILE) in text
