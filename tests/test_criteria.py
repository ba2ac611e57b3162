"""The rows of a definition: what is a test is taken, what is none is refused with what to write, and it spells one rule."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics.contract import default_contract, read_contract, read_table
from analytics.contract_table import table_of
from analytics.criteria import KINDS, MOST_CRITERIA, OPERATORS, Criterion, criteria_of, criterion_of
from analytics.errors import RequestError
from analytics.sales_ready import understood
from tests.metrics.worlds import sample


def one(**row) -> Criterion:
    return criterion_of(row, "row 1")


@pytest.mark.parametrize(
    ("row", "rule", "words"),
    [
        ({"field": "employees", "operator": "at least", "value": 50}, "[employees] at least 50", "employees is at least 50"),
        ({"field": "employees", "operator": "at least", "value": 0}, "[employees] at least 0", "employees is at least 0"),
        ({"field": "pricing_page_visits_7d", "operator": "at least", "value": "2", "window_days": 7},
         "[pricing_page_visits_7d] at least 2", "pricing_page_visits_7d is at least 2, over 7 days"),
        ({"field": "country", "operator": "in", "value": "Canada, United States"},
         '[country] in ("Canada", "United States")', "country is one of Canada or United States"),
        ({"field": "country", "operator": "not in", "value": ["Brazil"]}, 'not [country] in ("Brazil")', "country is none of Brazil"),
        ({"field": "phone", "operator": "known"}, "[phone] known", "phone is known"),
        ({"field": "Plan", "operator": "is", "value": "Pro and more"}, '[Plan] is "Pro and more"', "Plan is Pro and more"),
        ({"field": "Plan", "operator": "is", "value": 3}, "[Plan] is 3", "Plan is 3"),
        ({"field": "created_at", "operator": "within", "window_days": 7},
         "handoff - [created_at] <= 7 days and handoff - [created_at] >= 0 days", "created_at happened within 7 days before the handoff"),
    ],
)  # fmt: skip
def test_a_row_spells_one_rule(row, rule, words):
    found = one(**row)
    assert (found.rule, found.words) == (rule, words)
    assert criterion_of(found.table(), "again") == found


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ({"field": "seems interested"}, "'seems interested' has no operator, so no computer can check it"),
        ({"operator": "at least", "value": 2}, "names no field"),
        ({"field": "score", "operator": "atleast", "value": 2}, "did you mean 'at least'?"),
        ({"field": "score", "operator": "at least", "value": "many"}, "compares with a number, found 'many'"),
        ({"field": "score", "operator": "at least", "value": "2026-01-02"}, "grows stale"),
        ({"field": "score", "operator": "at least", "value": float("nan")}, "too large, or no number"),
        ({"field": "score", "operator": "at least"}, "takes one value, found None"),
        ({"field": "phone", "operator": "known", "value": "yes"}, "takes no value"),
        ({"field": "country", "operator": "in", "value": " , "}, "takes 1 to 20 values, found 0"),
        ({"field": 'a"b', "operator": "known"}, "holds the character"),
        ({"field": "x]; DROP TABLE leads", "operator": "known"}, "holds the character ']'"),
        ({"field": "x" * 81, "operator": "known"}, "longer than 80"),
        ({"field": "created_at", "operator": "within"}, "needs window_days"),
        ({"field": "score", "operator": "over", "value": 1, "window_days": 1.5}, "whole number from 0 to 365"),
        ({"field": "score", "operator": "over", "value": 1, "weight": 2}, "unknown key 'weight'"),
        ({"kind": "taste", "field": "score", "operator": "over", "value": 1}, "kind 'taste' is unknown"),
    ],
)  # fmt: skip
def test_what_is_no_test_is_refused(row, said):
    with pytest.raises(RequestError) as error:
        one(**row)
    assert said in str(error.value)
    assert str(error.value).startswith("row 1: ")


def test_a_list_is_bounded_and_has_nothing_twice():
    row = {"field": "phone", "operator": "known"}
    for rows, said in (
        ([row, dict(row)], "stands there twice"),
        ([{**row, "field": f"f{n}"} for n in range(MOST_CRITERIA + 1)], "at most 20 criteria"),
        ("phone known", "must be a list of tables"),
    ):
        with pytest.raises(RequestError, match=said):
            criteria_of(rows, "definition.criteria")


def test_every_operator_is_understood_on_an_export():
    """Each operator on a field it fits is a rule; none is left without a place in the language."""
    rows = {
        "is": ("country", "Canada"), "is not": ("country", "Canada"), "in": ("country", ["Canada", "US"]),
        "not in": ("country", ["Canada"]), "contains": ("company", "corp"), "starts with": ("company", "ac"),
        "at least": ("employees", 50), "at most": ("employees", 50), "over": ("score", 50), "under": ("score", 50),
        "known": ("phone", None), "missing": ("phone", None), "within": ("created_at", None),
    }  # fmt: skip
    assert set(rows) == set(OPERATORS)
    of = sample()
    for operator, (field, value) in rows.items():
        row = {"field": field, "operator": operator} | ({} if value is None else {"value": value})
        found = one(**row, **({"window_days": 7} if operator == "within" else {}))
        (checked,) = understood([found], of.manifest, of.contract, of.cohort().bands)
        assert checked.node is not None, (operator, checked.why)


@pytest.mark.parametrize(
    ("row", "why"),
    [
        ({"field": "pricing visits", "operator": "at least", "value": 2}, "The export has no column 'pricing visits'"),
        ({"field": "disposition", "operator": "is", "value": "accepted"}, "what sales decided"),
        ({"field": "touch_count", "operator": "at least", "value": 2}, "what sales did"),
        ({"field": "amount", "operator": "over", "value": 2}, "what became of the lead"),
        ({"field": "company", "operator": "at least", "value": 2}, "is text"),
    ],
)  # fmt: skip
def test_what_cannot_be_checked_says_why(row, why):
    of = sample()
    (checked,) = understood([one(**row)], of.manifest, of.contract, of.cohort().bands)
    assert checked.node is None
    assert why in checked.why


PLAIN = st.text(st.characters(codec="utf-8", exclude_characters='"“”„«»[]', categories=("L", "N", "P", "S", "Zs")), min_size=1, max_size=30).map(
    lambda text: " ".join(text.split())
).filter(bool)  # fmt: skip


@settings(deadline=None, derandomize=True, database=None)
@given(st.sampled_from(list(KINDS)), PLAIN, st.sampled_from(["is", "contains", "at least", "known"]), PLAIN, st.floats(-1e12, 1e12), PLAIN)  # fmt: skip
def test_a_contract_with_any_criterion_comes_back_from_its_own_table(
    kind, field, operator, text, number, group
):
    value = {"is": text, "contains": text, "at least": number, "known": ""}[operator]
    row = {"kind": kind, "field": field, "operator": operator, "value": value, "group": group}
    table = table_of(default_contract()) | {"definition": {"criteria": [criterion_of(row, "row").table()]}}
    agreed = read_table(table, "ours")
    again = read_table(table_of(agreed), "again")
    assert again.hash == agreed.hash
    assert again.criteria == agreed.criteria


def test_night_shifts_come_back_from_their_own_table():
    text = b'[hours]\nmonday = ["22:00-06:00"]\ntuesday = ["08:00-12:00", "16:00-24:00"]'
    agreed = read_contract(text, "ours.toml")
    again = read_table(table_of(agreed), "again")
    assert again.opening_minutes == agreed.opening_minutes
    assert table_of(agreed)["hours"] == {"monday": ["22:00-06:00"], "tuesday": ["08:00-12:00", "16:00-24:00"]}


def test_the_default_contract_comes_back_from_its_own_table():
    agreed = default_contract()
    assert read_table(table_of(agreed), "again").hash == agreed.hash
    assert agreed.criteria == ()
    assert agreed.complete_fields == (("company",), ("email", "phone"))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('[marketing]\ncomplete = ["compny"]', "names 'compny'"),
        ('[marketing]\ncomplete = "company"', "must be a list of names"),
        ("[marketing]\nmonthly_volume = -1", "monthly_volume must be a whole number"),
        ('[pay]\nshared_number = "mood"', "'mood' is unknown"),
        ("[pay]\nshare = 2", "pay.share must be a number from 0 to 1"),
        ('[terms]\nreview_on = "soon"', "terms.review_on must be a list of dates"),
        ('[terms]\noperator = "x"', "unknown key 'terms.operator'"),
        (f'[terms]\nleaders = "{"x" * 241}"', "longer than 240"),
        ('[reasons]\n"![x](y)" = "z"', "must be small letters"),
        ('[definition]\ncriteria = [{ field = "seems interested" }]', "no computer can check it"),
    ],
)
def test_what_is_wrong_in_a_contract_file_is_named(text, said):
    with pytest.raises(RequestError) as error:
        read_contract(text.encode(), "ours.toml")
    assert said in str(error.value)
