"""The contract in words says every number of it exactly, and the difference of two versions misses nothing."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics.contract import COMPLETE, PAY_NUMBERS, default_contract, read_table
from analytics.contract_changes import FIRST_VERSION
from analytics.contract_table import WEEKDAYS, table_of
from analytics.contract_values import share, sizes, week, working
from analytics.contract_words import clauses, differences

EMPLOYEES = {"kind": "fit", "field": "employees", "operator": "at least", "value": 50}
PRICING = {
    "kind": "intent", "field": "pricing_page_visits_7d", "operator": "at least", "value": 2, "window_days": 7,
}  # fmt: skip
COUNTRY = {"kind": "fit", "field": "country", "operator": "in", "value": ["DE", "AT"], "group": "Where"}
REGION = {"kind": "fit", "field": "region", "operator": "is", "value": "DACH", "group": "where"}
GMAIL = {"kind": "disqualify", "field": "domain", "operator": "contains", "value": "gmail", "group": "g"}
NO_NAME = {"kind": "disqualify", "field": "company", "operator": "missing", "group": "g"}


def contract(**sections):
    return read_table(sections, "ours.toml")


def plain(said):
    return said.replace("\N{NO-BREAK SPACE}", " ")


def clause(agreed, key):
    return next(one for one in clauses(agreed) if one.key == key)


def sentences(agreed, key):
    return [plain(one) for one in clause(agreed, key).sentences]


def changes(old, new):
    return [plain(one) for one in differences(old, new)]


def criteria(*rows):
    return contract(definition={"criteria": list(rows)})


def test_the_topics_are_always_the_same():
    keys = [one.key for one in clauses(default_contract())]
    assert keys == [
        "definition", "marketing", "sales", "shared", "reasons", "calendar", "bands", "escalation", "review", "pay",
    ]  # fmt: skip
    assert [one.key for one in clauses(criteria(EMPLOYEES))] == keys
    assert all(one.sentences for one in clauses(default_contract()))


def test_every_sentence_ends():
    for one in clauses(criteria(EMPLOYEES, GMAIL)):
        assert all(said.endswith(".") for said in one.sentences), one.key


def test_the_defaults_in_words():
    agreed = default_contract()
    assert sentences(agreed, "definition") == ["The definition of a sales-ready lead is not agreed."]
    assert sentences(agreed, "marketing") == [
        "Acceptance: at least 75 % of the leads that sales decides are accepted.",
        "Complete data: at least 90 % of the leads carry company, and e-mail or phone.",
        "Volume: not agreed.",
    ]
    assert sentences(agreed, "sales") == [
        (
            "First touch: at least 80 % of all leads are touched by a person within 1 h of working time with high intent,"
            " 4 h with standard or unknown intent."
        ),
        "Decision: at least 90 % of all leads are accepted, or rejected with a reason, within 14 days.",
        (
            "Cadence: at least 80 % of accepted leads get at least 6 human touches over 2 channels within 14 days of"
            " acceptance, or a response, meeting or opportunity after a touch."
        ),
    ]
    assert sentences(agreed, "shared") == [
        "Opportunities: at least 20 % of accepted leads become an opportunity within 90 days of the handoff."
    ]
    assert sentences(agreed, "calendar")[1:] == [
        "Zone: the zone in which the export is read.",
        "Hours: Monday–Friday 09:00–17:00.",
        "Public holidays: not agreed.",
        "Days off: none.",
    ]
    assert sentences(agreed, "bands") == [
        "Score: bands begin at 0, 20, 40, 60 and 80; each ends where the next begins.",
        "Company size: 1–10, 11–50, 51–200, 201–1,000, 1,001–5,000, 5,001 and more employees.",
    ]
    assert sentences(agreed, "reasons")[7] == "timing: Right profile, not now."
    assert sentences(agreed, "review")[1] == "Next review: not agreed."
    assert sentences(agreed, "pay") == [
        "Nobody’s pay depends on this until both sides have seen a full quarter.",
        "Share: 20 % of both leaders’ variable pay.",
        "Shared number: net new revenue (the amount won).",
        (
            "Marketing’s gate: the volume bonus pays only if at least 75 % of decided leads are accepted and at least 20 %"
            " of accepted leads become an opportunity; not judged while under 90 % are decided."
        ),
        "Sales’ gate: pays only if first touch (80 %), cadence (80 %) and decision (90 %) all hold.",
    ]


def test_the_definition_lists_fit_then_intent_then_what_disqualifies():
    """Of a group one is enough, whatever its case; each disqualifying criterion stands alone, grouped or not."""
    said = sentences(criteria(GMAIL, PRICING, COUNTRY, EMPLOYEES, REGION, NO_NAME), "definition")
    assert said[1:] == [
        "Fit: one is enough: country is one of DE or AT; or region is DACH.",
        "Fit: employees is at least 50.",
        "Intent: pricing_page_visits_7d is at least 2, over 7 days.",
        "Disqualifies: domain contains gmail.",
        "Disqualifies: company is missing.",
    ]


def test_what_is_not_agreed_says_so():
    agreed = replace(
        contract(terms=dict.fromkeys(table_of(default_contract())["terms"], ""), marketing={"complete": []}),
        reasons=(),
    )
    assert sentences(agreed, "escalation") == [
        f"{name}: not agreed." for name in ("Weekly", "Monthly", "Deadlock", "Disputed lead")
    ]
    assert sentences(agreed, "marketing")[1] == "Complete data: not agreed."
    assert sentences(agreed, "reasons") == ["The reasons for a rejection are not agreed."]
    assert sentences(replace(agreed, reasons=(("other", ""),)), "reasons")[1] == "other: not agreed."


def test_what_is_agreed_beyond_the_defaults():
    agreed = contract(
        marketing={"monthly_volume": 1200},
        calendar={"holiday_country": "DE", "holiday_subdivision": "BE", "extra_holidays": ["2026-12-24"]},
        terms={"review_on": "2027-01-15"},
    )
    assert sentences(agreed, "marketing")[2] == "Volume: at least 1,200 leads a month."
    assert sentences(agreed, "calendar")[3:] == ["Public holidays: DE, BE.", "Days off: 24 Dec 2026."]
    assert sentences(agreed, "review")[1] == "Next review: 15 Jan 2027."


@pytest.mark.parametrize(
    ("rate", "said"),
    [(0, "0 %"), (1, "100 %"), (0.07, "7 %"), (0.999, "99.9 %"), (0.123456, "12.3456 %"), (1e-30, "1E-28 %")],
)
def test_a_rate_is_not_rounded(rate, said):
    assert plain(share(rate)) == said


@pytest.mark.parametrize(
    ("minutes", "said"),
    [(45, "45 min"), (60, "1 h"), (100, "1 h 40 min"), (101, "1 h 41 min"), (6000, "100 h")],
)
def test_a_limit_is_not_rounded(minutes, said):
    assert plain(working(minutes)) == said


def test_a_band_of_one_size_is_one_number():
    assert sizes((1, 2, 1001)) == "1, 2–1,000, 1,001 and more employees"


def test_hours_put_equal_days_together():
    assert week({day: ["09:00-17:00"] for day in WEEKDAYS}) == "Monday–Sunday 09:00–17:00"
    assert (
        week({"monday": ["09:00-12:00", "13:00-17:00"], "wednesday": ["00:00-24:00"]})
        == "Monday 09:00–12:00 and 13:00–17:00; Wednesday 00:00–24:00"
    )


@pytest.mark.parametrize("night", ["22:00-06:00", "22:00-30:00"])
def test_a_night_shift_ends_on_the_next_day(night):
    assert week({"friday": [night]}) == "Friday 22:00–06:00 next day"


def test_a_night_shift_of_a_contract_is_said():
    agreed = contract(hours={"monday": ["22:00-06:00"], "tuesday": ["09:00-09:00"]})
    assert (
        sentences(agreed, "calendar")[2]
        == "Hours: Monday 22:00–06:00 next day; Tuesday 09:00–09:00 next day."
    )


OLD = contract(
    marketing={"monthly_volume": 400},
    definition={"criteria": [EMPLOYEES, PRICING]},
    calendar={"holiday_country": "DE", "holiday_subdivision": "BE", "extra_holidays": ["2026-12-24"]},
    hours={day: ["09:00-17:00"] for day in WEEKDAYS},
    terms={"review_on": "2027-01-15"},
)
CHANGED = {
    "calendar.zone": ("Europe/Berlin", "Working zone: Europe/Berlin, was the zone in which the export is read."),
    "calendar.holiday_country": ("CH", "Public holidays of the country: CH, was DE."),
    "calendar.holiday_subdivision": ("HH", "Public holidays of the region: HH, was BE."),
    "calendar.extra_holidays": ([], "Company days off: none, was 24 Dec 2026."),
    **{
        f"hours.{day}": (["10:00-12:00"], f"Opening hours on {day.capitalize()}: 10:00–12:00, was 09:00–17:00.")
        for day in WEEKDAYS
    },
    "windows.disposition_days": (7, "Accepted, or rejected with a reason: within 7 days, was 14 days."),
    "windows.cadence_days": (1, "Full cadence of accepted leads: within 1 day, was 14 days."),
    "windows.horizon_days": (120, "Opportunity or win after the handoff: within 120 days, was 90 days."),
    "cadence.touches": (8, "Human touches of the full cadence: at least 8 touches, was 6 touches."),
    "cadence.channels": (1, "Channels of the full cadence: at least 1 channel, was 2 channels."),
    "first_touch.high_minutes": (30, "First touch of high-intent leads: within 30 min, was 1 h."),
    "first_touch.standard_minutes": (
        241, "First touch of leads with standard or unknown intent: within 4 h 1 min, was 4 h.",
    ),
    "bands.score": ([0, 50.5], "Score: bands begin at 0 and 50.5, was bands begin at 0, 20, 40, 60 and 80."),
    "bands.employees": ([1, 1001], "Company size: bands begin at 1 and 1,001, was bands begin at 1, 11, 51, 201, 1,001 and 5,001."),
    "targets.acceptance_of_decided": (0.8, "Accepted of decided leads: at least 80 %, was 75 %."),
    "targets.completeness": (0.9001, "Leads with complete data: at least 90.01 %, was 90 %."),
    "targets.touched_inside_limit": (0.7, "Leads touched inside their limit: at least 70 %, was 80 %."),
    "targets.decided_in_window": (1, "Leads decided with a reason inside the window: at least 100 %, was 90 %."),
    "targets.working_rate": (0, "Accepted leads worked to full cadence: at least 0 %, was 80 %."),
    "targets.accepted_to_opportunity": (0.25, "Accepted leads that become an opportunity: at least 25 %, was 20 %."),
    "marketing.monthly_volume": (0, "Leads handed to sales: not agreed, was 400 leads a month."),
    "marketing.complete": (["email"], "Complete data means: e-mail, was company, and e-mail or phone."),
    "definition.criteria": ([PRICING], "Criterion removed: employees is at least 50."),
    **{
        f"terms.{key}": ("Otherwise", f"{name}: “Otherwise”, was “{dict(OLD.terms)[key]}”.".replace(".”.", ".”"))
        for key, name in {
            "operators": "Weekly escalation", "leaders": "Monthly escalation", "sponsor": "Deadlock",
            "disputed": "Disputed leads", "review": "Review", "amendment": "Amendment",
        }.items()
    },
    "terms.review_on": ("", "Next review: not agreed, was 15 Jan 2027."),
    "pay.share": (0.25, "Share of both leaders’ variable pay: 25 %, was 20 %."),
    "pay.shared_number": (
        "advancing_pipeline",
        "Shared number of pay: advancing pipeline (the amount won or moved on), was net new revenue (the amount won).",
    ),
    **{
        f"reasons.{code}": ("New words", f"Reason '{code}' now means “New words”, was “{meaning}”.")
        for code, meaning in OLD.reasons
    },
}  # fmt: skip
LEAVES = [f"{section}.{key}" for section, keys in table_of(OLD).items() for key in keys]


def test_every_key_of_a_contract_has_a_changed_value_here():
    assert sorted(LEAVES) == sorted(CHANGED)


@pytest.mark.parametrize("leaf", LEAVES)
def test_a_changed_key_is_one_sentence_with_both_values(leaf):
    section, key = leaf.split(".")
    table = table_of(OLD)
    table[section] = {**table[section], key: CHANGED[leaf][0]}
    new = contract(**table)
    assert changes(OLD, new) == [CHANGED[leaf][1]]
    assert len(differences(new, OLD)) == 1
    assert changes(new, OLD) != changes(OLD, new)


def test_equal_contracts_differ_in_nothing():
    assert differences(default_contract(), contract()) == ()


def test_without_an_earlier_version_there_is_one_sentence():
    assert differences(None, default_contract()) == (FIRST_VERSION,)


def test_a_closed_day_is_said():
    table = table_of(OLD)
    new = contract(**{**table, "hours": {"monday": ["09:00-17:00"], "wednesday": ["09:00-17:00"]}})
    assert changes(OLD, new)[0] == "Opening hours on Tuesday: closed, was 09:00–17:00."
    assert [one.split()[3] for one in changes(new, OLD)] == [
        "Tuesday:", "Thursday:", "Friday:", "Saturday:", "Sunday:",
    ]  # fmt: skip


def test_reasons_come_and_go():
    old = replace(default_contract(), reasons=(("timing", "Not now"), ("spam", "")))
    new = replace(default_contract(), reasons=(("timing", "Later"), ("fraud", "A fake")))
    assert changes(old, new) == [
        "Reason 'timing' now means “Later”, was “Not now”.",
        "Reason 'fraud' added: it means “A fake”.",
        "Reason 'spam' removed: it meant not agreed.",
    ]


def test_criteria_come_go_change_and_move():
    old = criteria(EMPLOYEES, PRICING)
    assert changes(criteria(PRICING), old) == ["Criterion added: employees is at least 50."]
    assert changes(old, criteria({**EMPLOYEES, "value": 100}, PRICING, GMAIL)) == [
        "Criterion changed: employees is at least 100, was employees is at least 50.",
        "Criterion added: domain contains gmail (disqualifies, one of group “g”).",
    ]
    assert changes(old, criteria({**EMPLOYEES, "kind": "intent"}, PRICING)) == [
        "Criterion changed: employees is at least 50 (intent), was employees is at least 50."
    ]
    assert changes(old, criteria(PRICING, EMPLOYEES)) == [
        (
            "The same criteria in another order: pricing_page_visits_7d is at least 2, over 7 days (intent);"
            " employees is at least 50, was employees is at least 50; pricing_page_visits_7d is at least 2, over 7 days"
            " (intent)."
        )
    ]


def test_values_that_read_alike_are_shown_as_they_are_kept():
    """“a or b” is one value or two; what is signed differs, so the sentence must."""
    one = criteria({"field": "x", "operator": "in", "value": ["a or b"]})
    two = criteria({"field": "x", "operator": "in", "value": ["a", "b"]})
    (said,) = changes(one, two)
    assert '["a","b"]' in said
    assert '["a or b"]' in said
    none = contract(terms={"review": "not agreed"})
    (said,) = changes(contract(terms={"review": ""}), none)
    assert said == "Review: “not agreed”, was not agreed."


WORDS = st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=12)
RATES = st.floats(0, 1).map(lambda rate: rate + 0.0)
HOURS = st.lists(st.sampled_from(["09:00-17:00", "22:00-06:00", "00:00-24:00"]), max_size=2)
ROWS = st.sampled_from([EMPLOYEES, PRICING, COUNTRY, REGION, GMAIL, NO_NAME, {**EMPLOYEES, "value": 51}])
TERMS = [key for key in table_of(OLD)["terms"] if key != "review_on"]


def some(**keys):
    return st.fixed_dictionaries({}, optional=keys)


TABLES = some(
    calendar=some(zone=st.sampled_from(["import", "UTC"]), extra_holidays=st.lists(st.dates().map(str), max_size=2)),
    hours=some(**dict.fromkeys(WEEKDAYS, HOURS)).map(lambda hours: {**hours, "monday": ["08:00-09:00"]}),
    windows=some(disposition_days=st.integers(1, 365), horizon_days=st.integers(1, 1825)),
    first_touch=some(high_minutes=st.integers(1, 100_000), standard_minutes=st.integers(1, 100_000)),
    bands=some(score=st.sets(st.floats(0.001, 1e9), min_size=1, max_size=3).map(lambda edges: [0, *sorted(edges)])),
    targets=some(completeness=RATES, working_rate=RATES),
    marketing=some(monthly_volume=st.integers(0, 3), complete=st.lists(st.sampled_from(COMPLETE), max_size=2)),
    definition=some(criteria=st.lists(ROWS, max_size=4, unique_by=str)),
    terms=some(**dict.fromkeys(TERMS, WORDS)),
    pay=some(share=RATES, shared_number=st.sampled_from(PAY_NUMBERS)),
    reasons=st.dictionaries(st.sampled_from(["timing", "other", "spam"]), WORDS),
)  # fmt: skip


@given(TABLES, TABLES)
@settings(max_examples=150, deadline=None)
def test_there_is_a_difference_exactly_where_the_tables_differ(first, second):
    old, new = contract(**first), contract(**second)
    said = differences(old, new)
    assert (said == ()) == (table_of(old) == table_of(new))
    assert differences(new, new) == ()
    assert not any(re.match(r"[a-z_]+\.[a-z_]+:", one) for one in said)
    for one in clauses(new):
        assert all(one.sentences)
