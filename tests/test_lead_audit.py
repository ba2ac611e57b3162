"""The audit of the last leads: which leads, what is frozen of them, and what is counted once both sides are done."""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics import lead_audit_words as words
from analytics.charts.lead_audit import lead_audit
from analytics.contract import read_contract
from analytics.criteria import Criterion
from analytics.errors import RequestError
from analytics.lead_audit import ACHIEVED, CLOSED, FAILED, OPEN, Findings, by_cause, findings
from analytics.lead_audit_sample import draw_leads, lead_facts, part_answer
from analytics.results import Rate, Unmeasurable
from analytics.store.lead_audit_shapes import (
    CLOSE,
    FIT,
    INTENT,
    MARKETING,
    MEETING,
    RESPONSE,
    SALES,
    SIDES,
    STEPS,
    Answer,
    AuditedLead,
    Frozen,
)
from analytics.store.lead_audits import CANNOT_TELL, NO, OTHER, YES, Audit, Mark, Reviewer
from tests.metrics.worlds import World, sample, world_of

AS_OF = datetime.fromisoformat("2026-10-01T00:00:00")
DEFINITION = """
[definition]
criteria = [
  { kind = "fit", field = "employees", operator = "at least", value = 50, group = "size" },
  { kind = "fit", field = "country", operator = "is", value = "Norway", group = "size" },
  { kind = "disqualify", field = "seniority", operator = "contains", value = "student" },
  { kind = "intent", field = "Visits", operator = "at least", value = 2, window_days = 7 },
]
"""


def contract_of(text: str):
    return read_contract(text.encode(), "x")


def row(number: int, days: float, source: str = "Web", **cells: str) -> dict[str, str]:
    """A lead handed off so many days before the extract."""
    handoff = AS_OF - timedelta(days=days)
    return {"Lead ID": f"L{number:03d}", "Handoff Date": f"{handoff:%Y-%m-%d %H:%M:%S}", "Lead Source": source, **cells}  # fmt: skip


def small_world(rows: list[dict[str, str]], text: str = "") -> World:
    of = world_of(rows, as_of=AS_OF.isoformat(sep=" "), zone="UTC")
    return of.under(contract_of(text)) if text else of


# Which leads


def test_places_are_shared_by_largest_remainder_and_the_latest_come_first():
    """7 places over 6, 3 and 1 leads: 4.2, 2.1 and 0.7, so the last remainder goes to the one."""
    rows = [row(n, 100 + n) for n in range(6)]
    rows += [row(10 + n, 95 + n, "Fair") for n in range(3)]
    rows += [row(20, 400, "")]
    found = draw_leads((of := small_world(rows)).warehouse, of.cohort(), 7)
    ids = [one.lead_id for one in found.frozen.leads]
    assert ids == ["L010", "L011", "L000", "L001", "L002", "L003", "L020"]
    assert found.frozen.leads[-1].source is None
    assert (found.mature, found.young, found.sources, found.frozen.of_leads) == (10, 0, 3, 10)


def test_a_lead_exactly_one_horizon_old_is_mature_and_goes_before_any_younger_one():
    rows = [row(1, 90), row(2, 89.9), row(3, 1), row(4, 300), row(5, 50)]
    of = small_world(rows)
    found = draw_leads(of.warehouse, of.cohort(), 3).frozen.leads
    assert [(one.lead_id, one.is_mature) for one in found] == [
        ("L001", True),
        ("L004", True),
        ("L002", False),
    ]
    every = draw_leads(of.warehouse, of.cohort(), 100).frozen
    assert [one.lead_id for one in every.leads] == ["L001", "L004", "L002", "L005", "L003"]
    assert [one.answers[CLOSE] for one in every.leads[2:]] == [Answer.UNSEEN] * 3


def test_ties_go_by_the_order_of_the_file():
    of = small_world([row(n, 100, "One source") for n in range(5)])
    found = draw_leads(of.warehouse, of.cohort(), 2).frozen.leads
    assert [one.lead_no for one in found] == sorted(one["lead_no"] for one in of.rows())[:2]


def test_the_sample_draws_the_same_leads_again_and_in_proportion():
    of = sample()
    found = draw_leads(of.warehouse, of.cohort(), 100)
    again = of.afresh()
    assert draw_leads(again.warehouse, again.cohort(), 100) == found
    again.warehouse.close()
    rows = of.rows()
    mature = [one for one in rows if one["handoff_at"] + timedelta(days=90) <= of.manifest.as_of]
    drawn = Counter(one.source for one in found.frozen.leads)
    for source, leads in Counter(one["source"] for one in mature).items():
        assert abs(drawn[source] - 100 * leads / len(mature)) < 1
        last = sorted((one for one in mature if one["source"] == source), key=lambda one: one["handoff_at"])
        assert {one["lead_id"] for one in last[-drawn[source] :]} == {
            one.lead_id for one in found.frozen.leads if one.source == source
        }
    assert sum(drawn.values()) == 100


@settings(max_examples=15, deadline=None)
@given(st.lists(st.integers(1, 9), min_size=1, max_size=6), st.integers(1, 25))
def test_no_source_gets_more_than_its_share_rounded_up(sizes, places):
    rows = [row(100 * s + n, 100 + n, f"Source {s}") for s, leads in enumerate(sizes) for n in range(leads)]
    of = small_world(rows)
    found = draw_leads(of.warehouse, of.cohort(), places).frozen.leads
    assert len(found) == min(places, sum(sizes))
    for s, leads in enumerate(sizes):
        got = sum(one.source == f"Source {s}" for one in found)
        assert got <= leads
        assert abs(got - leads * len(found) / sum(sizes)) < 1


def test_an_empty_selection_draws_nobody():
    of = small_world([row(1, 100), row(2, 100, "Fair")])
    found = draw_leads(of.warehouse, of.cohort(of.request(filters=(("source", ("Mars",)),))), 100)
    assert (found.frozen.leads, found.frozen.of_leads, found.sources) == ((), 0, 0)
    chosen = draw_leads(of.warehouse, of.cohort(of.request(filters=(("source", ("Fair",)),))), 100)
    assert [one.lead_id for one in chosen.frozen.leads] == ["L002"]
    assert chosen.frozen.filters == (("source", ("Fair",)),)


# What is frozen of them


@pytest.mark.parametrize(
    ("met", "fit", "missed"),
    [
        ((1, 0, 1, 0), Answer.YES, ()),  # one of a group is enough
        ((0, 0, 1, 1), Answer.NO, (0, 1)),
        ((0, -1, 1, 1), Answer.UNKNOWN, ()),
        ((0, -1, 0, 1), Answer.NO, (2,)),  # a missed one decides, whatever else is unknown
        ((1, -1, -1, 1), Answer.UNKNOWN, ()),
        ((0, 0, 0, 1), Answer.NO, (0, 1, 2)),
    ],
)
def test_the_definition_answers_a_part(met, fit, missed):
    criteria = contract_of(DEFINITION).criteria
    assert part_answer(criteria, met, FIT) == (fit, missed)
    assert part_answer(criteria, met, INTENT) == ((Answer.YES, ()) if met[3] else (Answer.NO, (3,)))
    assert part_answer(criteria[:3], met[:3], INTENT) == (Answer.UNKNOWN, ())


def test_disqualifying_criteria_are_never_alternatives():
    two = [Criterion("disqualify", "country", "is", name, group="x") for name in ("Mars", "Venus")]
    assert part_answer(two, (1, 0), FIT) == (Answer.NO, (1,))


def test_parts_and_the_whole_definition_say_the_same_of_the_sample():
    text = """[definition]
    criteria = [{ kind = "fit", field = "employees", operator = "at least", value = 50, group = "a" },
      { kind = "fit", field = "industry", operator = "is", value = "Software", group = "a" },
      { kind = "intent", field = "intent", operator = "is", value = "high" },
      { kind = "disqualify", field = "seniority", operator = "contains", value = "student" }]"""
    of = sample().under(contract_of(text))
    found = draw_leads(of.warehouse, of.cohort(), 1000).frozen
    query = f"SELECT lead_no, definition_answer FROM {of.cohort().table}"
    whole = dict(of.warehouse.run(query).rows())
    for one in found.leads:
        parts = {one.answers[FIT], one.answers[INTENT]}
        answer = 0 if Answer.NO in parts else -1 if Answer.UNKNOWN in parts else 1
        assert whole[one.lead_no] == answer
        assert (Answer.NO in parts) == bool(one.missed)
    assert {one.answers[FIT] for one in found.leads} == {Answer.YES, Answer.NO, Answer.UNKNOWN}


RECORD = [
    # responded, met, won after so many days (empty: never); expected response, meeting, close
    (("90", "", ""), (Answer.YES, Answer.NO, Answer.NO)),
    (("91", "", ""), (Answer.LATE, Answer.NO, Answer.NO)),
    (("", "5", ""), (Answer.IMPLIED, Answer.YES, Answer.NO)),
    (("", "", "90"), (Answer.IMPLIED, Answer.IMPLIED, Answer.YES)),
    (("", "", "91"), (Answer.UNKNOWN, Answer.UNKNOWN, Answer.LATE)),
    (("3", "", "91"), (Answer.YES, Answer.UNKNOWN, Answer.LATE)),
    (("95", "", "91"), (Answer.LATE, Answer.UNKNOWN, Answer.LATE)),
    (("2", "95", "20"), (Answer.YES, Answer.IMPLIED, Answer.YES)),
    (("", "", ""), (Answer.NO, Answer.NO, Answer.NO)),
]


def recorded(number: int, days: float, after: tuple[str, str, str]) -> dict[str, str]:
    handoff = AS_OF - timedelta(days=days)
    stamps = [f"{handoff + timedelta(days=int(one)):%Y-%m-%d %H:%M:%S}" if one else "" for one in after]
    names = ("First Response Date", "Meeting Date", "Won Date")
    return row(number, days) | dict(zip(names, stamps, strict=True))


def test_the_record_counts_within_the_horizon_and_a_later_step_implies_an_earlier_one():
    rows = [recorded(n, 200 + n, after) for n, (after, _) in enumerate(RECORD)]
    rows.append(recorded(99, 30, ("1", "2", "3")))
    of = small_world(rows)
    found = {one.lead_id: one for one in draw_leads(of.warehouse, of.cohort(), 100).frozen.leads}
    for number, (after, expected) in enumerate(RECORD):
        said = found[f"L{number:03d}"].answers
        assert tuple(said[step] for step in (RESPONSE, MEETING, CLOSE)) == expected, after
    young = found["L099"].answers
    assert {young[step] for step in (RESPONSE, MEETING, CLOSE)} == {Answer.PENDING}


def test_a_missing_column_is_named_and_a_criterion_that_cannot_be_checked_is_left_to_the_reviewers():
    of = small_world([row(1, 100), row(2, 120)], DEFINITION)
    drawn = draw_leads(of.warehouse, of.cohort(), 100)
    assert set(drawn.frozen.unmeasurable) == {RESPONSE, MEETING, CLOSE}
    assert "first response" in drawn.frozen.unmeasurable[RESPONSE].column
    assert len(drawn.unchecked) == 4
    assert len(drawn.frozen.needed) == 4
    assert all(one.answers[CLOSE] is Answer.UNSEEN for one in drawn.frozen.leads)


def test_the_facts_of_a_lead_begin_with_what_the_criteria_ask_and_hold_no_outcome():
    cells = {
        "Visits": "3",
        "No. of Employees": "80",
        "Country": "Peru",
        "Job Title": "VP",
        "Email": "a@b.example",
    }
    more = {"Won Date": "2026-09-01 00:00:00", "Amount": "777"}
    of = world_of(
        [row(1, 200, **cells, **more), row(2, 201, **cells)], as_of=AS_OF.isoformat(sep=" "), zone="UTC"
    ).under(contract_of(DEFINITION))
    numbers = tuple(one["lead_no"] for one in of.rows())
    facts = lead_facts(of.warehouse, of.cohort(), (*numbers, 777_777), of.contract.criteria)
    assert set(facts) == set(numbers)
    said = dict(facts[numbers[0]])
    assert list(said)[:4] == ["company size", "country", "seniority", "Visits"]
    assert said["company size"] == "80"
    assert said["e-mail"] == "given"
    assert "777" not in said.values()
    assert "b.example" not in repr(facts)


# What is counted


def audited(*answers: str, source: str | None = "Web", missed: dict | None = None) -> AuditedLead:
    said = {"y": Answer.YES, "n": Answer.NO, "u": Answer.UNKNOWN, "p": Answer.PENDING, "l": Answer.LATE,
            "i": Answer.IMPLIED, "x": Answer.UNSEEN}  # fmt: skip
    letters = dict(zip(STEPS, (said[one] for one in "".join(answers)), strict=True))
    return AuditedLead(1, "L", source, AS_OF, True, letters, missed or {})


def audit_over(
    leads: list[AuditedLead], marks: dict[tuple[int, str], tuple[Mark, Mark]], cannot: tuple[str, ...] = ()
) -> Audit:
    frozen = Frozen(
        "f" * 64, "c" * 64, (), None, None, AS_OF, 90, 100, 500, contract_of(DEFINITION).criteria,
        {step: Unmeasurable("No column.", "a column") for step in cannot}, tuple(leads),
    )  # fmt: skip
    assert set(marks) == set(frozen.needed)
    split = {side: {place: pair[n] for place, pair in marks.items()} for n, side in enumerate(SIDES)}
    reviewers = tuple(Reviewer(side, side, True) for side in SIDES)
    return Audit("audit-1", AS_OF, "Rita", frozen, reviewers, "", split, True)


def by_hand() -> Audit:
    """Eight leads; of four fit is marked: alike, disputed, alike no for two causes, both cannot tell."""
    leads = [
        audited("y", "y", "yyy"),  # won
        audited("n", "y", "yyy", missed={FIT: (0, 1)}),  # no fit, won all the same
        audited("u", "y", "yyn"),  # both say yes: stops at close
        audited("u", "y", "nnn"),  # disputed
        audited("u", "n", "nnn", missed={INTENT: (3,)}, source=None),  # both no: stops at fit
        audited("u", "y", "nnn"),  # both cannot tell
        audited("y", "y", "ppp", source=None),  # pending
        audited("y", "n", "nnn", missed={INTENT: (3,)}),  # stops at intent
    ]
    marks = {
        (2, FIT): (Mark(YES), Mark(YES)),
        (3, FIT): (Mark(NO, 2), Mark(YES)),
        (4, FIT): (Mark(NO, 0), Mark(NO, OTHER)),
        (5, FIT): (Mark(CANNOT_TELL), Mark(CANNOT_TELL)),
    }
    return audit_over(leads, marks)


def test_agreement_by_hand():
    found = findings(by_hand())
    fit, intent = found.agreement
    assert (fit.rate.numerator, fit.rate.denominator) == (3, 4)
    assert (fit.cannot_tell, fit.other_cause) == (1, 1)
    assert [(one.place, one.cause) for one in fit.disagreements] == [(3, 2)]
    assert by_cause(fit) == ((2, (3,)),)
    assert fit.rate.low < 0.75 < fit.rate.high
    assert (intent.rate, intent.kappa) == (Rate(0, 0), None)


def test_shares_by_hand():
    found = findings(by_hand())
    whole, web, unknown = found.groups
    assert (whole.is_all, web.source, unknown.source) == (True, "Web", None)
    fit, intent, response, _, close = whole.steps
    assert (fit.rate.numerator, fit.rate.denominator) == (4, 6)
    assert (fit.places(Answer.DISPUTED), fit.places(Answer.UNKNOWN)) == ((3,), (5,))
    assert (intent.rate.numerator, intent.rate.denominator) == (6, 8)
    assert (response.rate.numerator, response.rate.denominator, response.rate.pending) == (3, 7, 1)
    assert (close.rate.numerator, close.rate.denominator) == (2, 7)
    assert [(one.rate.numerator, one.rate.denominator) for one in unknown.steps] == [
        (1, 2), (1, 2), (0, 1), (0, 1), (0, 1),
    ]  # fmt: skip


def test_every_lead_stops_once_by_hand():
    found = findings(by_hand())
    stops = {(one.step, one.answer): one for one in found.stops}
    assert {key: one.places for key, one in stops.items() if one.places} == {
        (FIT, Answer.NO): (1, 4),
        (INTENT, Answer.NO): (7,),
        (CLOSE, Answer.NO): (2,),
        (FIT, Answer.DISPUTED): (3,),
        (FIT, Answer.UNKNOWN): (5,),
        (RESPONSE, Answer.PENDING): (6,),
        (CLOSED, Answer.YES): (0,),
    }
    no_fit = stops[FIT, Answer.NO]
    assert (no_fit.side, stops[CLOSE, Answer.NO].side, stops[FIT, Answer.DISPUTED].side) == (
        MARKETING,
        SALES,
        "",
    )
    assert no_fit.missed == ((0, 2), (1, 1), (OTHER, 1))
    assert no_fit.won == (1,)
    assert no_fit.share == Rate(2, 8, no_fit.share.low, no_fit.share.high)


def test_a_step_that_the_export_cannot_show_is_skipped():
    leads = [audited("y", "y", "xny"), audited("y", "y", "xnn"), audited("n", "y", "xnn")]
    found = findings(audit_over(leads, {}, (RESPONSE,)))
    assert found.skipped == (RESPONSE,)
    assert isinstance(found.groups[0].steps[2].rate, Unmeasurable)
    assert {one.step: one.places for one in found.stops if one.places} == {MEETING: (0, 1), FIT: (2,)}
    assert RESPONSE not in {one.step for one in found.stops}


def test_nothing_is_found_before_both_are_done():
    audit = by_hand()
    blind = Audit(*(getattr(audit, name) for name in Audit.__slots__[:-2]), {}, False)
    with pytest.raises(RequestError, match="once both sides are done"):
        findings(blind)


MARKS = st.one_of(
    st.sampled_from([Mark(YES), Mark(CANNOT_TELL)]),
    st.sampled_from([0, 1, 2, OTHER]).map(lambda c: Mark(NO, c)),
)
LEADS = st.lists(
    st.tuples(
        st.sampled_from("ynu"), st.sampled_from("yn"), st.text("ynlip", min_size=3, max_size=3),
        st.sampled_from(["Web", "Fair", None]), MARKS, MARKS,
    ),
    min_size=1, max_size=30,
)  # fmt: skip


@settings(deadline=None)
@given(LEADS, st.booleans())
def test_laws(drawn, hides_response):
    cannot = (RESPONSE,) if hides_response else ()
    leads, marks = [], {}
    for place, (fit, intent, rest, source, one, other) in enumerate(drawn):
        shown = "x" + rest[1:] if hides_response else rest
        leads.append(audited(fit, intent, shown, source=source))
        if fit == "u":
            marks[place, FIT] = (one, other)
    found = findings(audit_over(leads, marks, cannot))
    total = len(leads)
    assert sorted(place for one in found.stops for place in one.places) == list(range(total))
    assert sum(one.share.numerator for one in found.stops) == total
    whole, *parts = found.groups
    assert sorted(place for one in parts for place in one.places) == list(range(total))
    for number, step in enumerate(whole.steps):
        if isinstance(step.rate, Unmeasurable):
            continue
        assert step.rate.denominator + step.count(*OPEN) == total
        assert step.rate.numerator == step.count(*ACHIEVED)
        assert step.rate.denominator - step.rate.numerator == step.count(*FAILED)
        assert step.rate.denominator == sum(one.steps[number].rate.denominator for one in parts)
        if step.rate.denominator:
            assert 0 <= step.rate.low <= step.rate.value <= step.rate.high <= 1
    for one in found.agreement:
        assert one.rate.numerator + len(one.disagreements) == one.rate.denominator
        assert sum(len(places) for _, places in by_cause(one)) == len(one.disagreements)


# What is said


def test_the_answer_says_how_often_both_agree_and_on_what_not():
    audit = by_hand()
    found = findings(audit)
    assert words.answer(found, audit.frozen) == (
        "Of the leads that both sides marked they agree on fit for 3 of 4, too few to quote;"
        " the most differ on fit: seniority contains student (1 lead)."
    )
    quiet = audit_over([audited("y", "n", "nnn", missed={INTENT: (3,)})] * 40, {})
    assert words.answer(findings(quiet), quiet.frozen).replace("\u00a0", " ") == (
        "Nothing was left to judge: by the definition 40 of 40 (100 %, 91–100 %) fit and 0 of 40 (0 %, 0–8.8 %) show intent."
    )


def test_who_fixes_what_names_a_side_and_a_way_and_blames_nobody():
    audit = by_hand()
    found = findings(audit)
    said = {
        words.stop_words(one, found): (words.fixer(one), words.fix(one, audit.frozen))
        for one in found.stops
        if one.places
    }
    whose, by_what = said["No fit"]
    assert whose == "Marketing"
    assert by_what == "tighten “employees is at least 50”, missed by 2 leads"
    assert (
        words.won_words(found)
        == "1 lead without fit or intent was won all the same: the criterion may ask too much."
    )
    assert said["Not won"][0] == "Sales"
    assert said["Disputed: fit"][0] == "Marketing and sales"
    assert said["Not known: fit"][0] == "Marketing and sales"
    assert said["Pending: response"] == ("Nobody yet", "wait until 90\u00a0days have passed")
    assert said["Passed every step, won"] == ("", "")
    everything = " ".join(part for pair in said.values() for part in pair).lower()
    assert not any(word in everything for word in ("fault", "blame", "bad", "ignored", "failed"))


def test_the_kappa_stands_in_the_definition_only():
    audit = by_hand()
    found = findings(audit)
    assert "kappa" in words.kappa_words(found)
    assert "fit 0.64 (" in words.kappa_words(found)
    assert "kappa" not in words.answer(found, audit.frozen).lower()
    assert words.kappa_words(findings(audit_over([audited("y", "y", "nnn")], {}))) == ""


def test_the_figure_draws_what_was_counted():
    found: Findings = findings(by_hand())
    figure = lead_audit(found.groups[0].steps)
    assert [trace.x[0] for trace in figure.data] == [one.rate.value for one in found.groups[0].steps]
    assert [trace.customdata[0] for trace in figure.data] == [f"step:{n}" for n in range(5)]
    assert "1 disputed, 1 not known" in figure.data[0].hovertext[0]
