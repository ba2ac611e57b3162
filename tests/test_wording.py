"""The sentence of each number: value, interval, counts and what is pending, and never a word of blame."""

from __future__ import annotations

from dataclasses import replace

import pytest

from analytics import wording
from analytics.contract import default_contract
from analytics.metrics.naming import key_words
from analytics.results import Rate, Unmeasurable
from tests.pages import fixtures

BLAME = (
    "fail",
    "ignored",
    "garbage",
    "only",
    "poor",
    "bad",
    "should",
    "NaN",
    "None",
    "null",
    "N/A",
    "p-value",
)


def plain(text: str) -> str:
    return text.replace("\u00a0", " ")


def sentences() -> list[str]:
    return [
        wording.acceptance(fixtures.acceptance()),
        wording.speed(fixtures.speed()),
        wording.working_rate(fixtures.working_rate()),
        wording.score_bands(fixtures.score_bands()),
        wording.so_far(fixtures.so_far()),
    ]


@pytest.mark.parametrize("sentence", sentences())
def test_a_sentence_fits_two_lines_and_blames_nobody(sentence):
    assert sentence.endswith(".")
    assert len(sentence) <= 145
    assert not [word for word in BLAME if word.lower() in sentence.lower()]


def test_acceptance():
    assert plain(wording.acceptance(fixtures.acceptance())) == (
        "Sales accepted 391 of 668 settled leads, 59 % (55–62 %); 126 have no decision, 57 younger leads are pending."
    )


def test_acceptance_where_nothing_is_settled():
    result = replace(fixtures.acceptance(), of_settled=Rate(0, 0, pending=12))
    assert "12" in wording.acceptance(result)
    assert "No lead is settled yet" in wording.acceptance(result)


def test_speed():
    assert plain(wording.speed(fixtures.speed())) == (
        "Half of all leads were touched within 2.7 working hours (2.3–3.0 h);"
        " 108 of 708, 15 %, were never touched and count as waiting."
    )


def test_speed_where_half_is_not_reached():
    speed = fixtures.speed()
    result = replace(speed, working=replace(speed.working, median=None))
    assert "More than half of the leads were still untouched after 90 working days" in plain(
        wording.speed(result)
    )


def test_working_rate_says_when_it_is_at_most():
    result = replace(fixtures.working_rate(), is_undated=True)
    assert wording.working_rate(result).startswith("At most, full cadence on 125 of 271")
    assert "undated" in wording.working_rate(result)


@pytest.mark.parametrize(
    ("verdict", "words"),
    [
        ("ordered", "The score still sorts"),
        ("not ordered", "A higher score does not win more"),
        ("cannot tell", "Cannot tell yet"),
    ],
)
def test_score_bands(verdict, words):
    sentence = plain(wording.score_bands(replace(fixtures.score_bands(), verdict=verdict)))
    assert (
        sentence
        == f"{sentence.split(':')[0]}: 80+ won 24 in 100 (16–35), 0–19 won 1.0 in 100 (0.2–5.7); it picks the winner 74 times in 100."
    )
    assert sentence.startswith(words)


def test_bands_too_small_to_quote_are_not_the_ones_the_sentence_talks_about():
    result = fixtures.score_bands()
    tiny = replace(result.bands[0], leads=1, won=fixtures.rate(0, 1))
    named = wording.extreme_bands(replace(result, bands=(tiny, *result.bands[1:])))
    assert [band.label for band in named] == ["80+", "20–39"]


def test_few_leads_are_counted_not_quoted():
    result = replace(fixtures.acceptance(), of_settled=fixtures.rate(3, 20), decided=fixtures.rate(20, 20))
    assert "3 of 20 settled leads (too few to quote); every one has a decision" in wording.acceptance(result)


def test_so_far_and_lags():
    assert plain(wording.so_far(fixtures.so_far())).startswith(
        "Of 725 leads 407 are accepted, 187 rejected and 131"
    )
    lag = plain(wording.lag(fixtures.so_far().days_to_won, "days to win"))
    assert lag.startswith("Days to win: half within 48 days, nine in ten within 79 days")
    assert "1 lead has the later date first" in lag


def test_what_would_bring_a_number():
    assert (
        wording.missing_column(Unmeasurable("Why.", "an acceptance date"))
        == "What would bring it: an acceptance date."
    )
    assert wording.missing_column(Unmeasurable("Why.")) == ""


@pytest.mark.parametrize(
    ("key", "name"),
    [
        ("settled", "settled leads"),
        ("week_settled:20514", "settled leads of the week of 2 Mar 2026"),
        ("touches:3", "accepted leads with 3 touches"),
        ("touches_at_least:12", "accepted leads with at least 12 touches"),
        ("working_within:14400", "touched within the working time 4 h"),
        ("band_won:4", "won leads of the score band 80+"),
        (
            "so_far_rejected.month:24315.reason:1",
            "rejected so far, handed off in Apr 2026, reason bad contact data",
        ),
        ("settled.week:20514", "settled leads, handed off in the week of 2 Mar 2026"),
        ("leads.size:2", "leads passed to sales, company size 51–200"),
        ("leads.size:-1", "leads passed to sales, company size unknown"),
        ("leads.arrived:34", "leads passed to sales, arrived in the hour Tuesday, 10:00 to 11:00"),
    ],
)
def test_names_of_lead_sets(key, name):
    assert plain(key_words(key, default_contract())) == name
