"""Audits in the cadence log: frozen, claimed by two people, marked blind, revealed when both are done."""

from __future__ import annotations

import dataclasses
import json
from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime, timedelta

import pytest

from analytics.criteria import Criterion
from analytics.errors import RequestError
from analytics.results import Unmeasurable
from analytics.store import lead_audits as log
from analytics.store.cadence_log import CadenceLog
from analytics.store.contract_texts import MOST_BYTES, json_text
from analytics.store.lead_audit_shapes import (
    FIT,
    INTENT,
    MARKETING,
    SALES,
    STEPS,
    Answer,
    AuditedLead,
    Frozen,
    packed,
    unpacked,
)
from analytics.store.lead_audits import CANNOT_TELL, NO, OTHER, YES, audit_of, audits, opened_by
from analytics.store.workspace import Workspace

ANN, BO, CY = "a" * 32, "b" * 32, "c" * 32
HANDOFF = datetime.fromisoformat("2026-06-01T10:00:00")
CRITERIA = (
    Criterion("fit", "employees", "at least", 50.0),
    Criterion("disqualify", "seniority", "contains", "student"),
    Criterion("intent", "pages", "at least", 2.0, 7),
)


def lead(number: int, fit: Answer = Answer.UNKNOWN, intent: Answer = Answer.YES) -> AuditedLead:
    answers = dict(zip(STEPS, (fit, intent, Answer.YES, Answer.NO, Answer.LATE), strict=True))
    missed = {FIT: (0,)} if fit is Answer.NO else {}
    return AuditedLead(
        number,
        f"L{number}",
        "Web" if number % 2 else None,
        HANDOFF - timedelta(days=number),
        True,
        answers,
        missed,
    )


def frozen(*leads: AuditedLead) -> Frozen:
    return Frozen(
        "f" * 64, "c" * 64, (("source", ("Web", "")),), date(2026, 1, 1), None, HANDOFF + timedelta(days=100),
        90, 100, 700, CRITERIA, {"meeting": Unmeasurable("No column.", "the date of the meeting")},
        leads or (lead(1), lead(2), lead(3, Answer.NO), lead(4, Answer.YES, Answer.UNKNOWN)),
    )  # fmt: skip


@pytest.fixture
def book(tmp_path):
    opened = CadenceLog(Workspace(tmp_path))
    yield opened
    opened.close()


@pytest.fixture
def begun(book):
    """An audit taken by both sides: leads 0 and 1 need a mark of fit, lead 3 of intent."""
    subject = book.add(log.start("Rita", frozen())).subject
    book.add(log.claim(subject, MARKETING, "Ann", ANN))
    book.add(log.claim(subject, SALES, "Bo", BO))
    return subject


def mark_all(book, subject: str, token: str, answer: str, cause: int | None = None) -> None:
    for place in (0, 1):
        book.add(log.mark(subject, token, place, FIT, answer, cause))
    book.add(log.mark(subject, token, 3, INTENT, YES))


def test_what_is_frozen_comes_back_as_it_was():
    given = frozen()
    assert unpacked(json.loads(json.dumps(packed(given)))) == given
    assert given.needed == ((0, FIT), (1, FIT), (3, INTENT))
    assert given.criteria_of(FIT) == (0, 1)
    assert given.criteria_of(INTENT) == (2,)


def test_a_hundred_leads_with_long_names_fit_one_line():
    leads = tuple(
        dataclasses.replace(lead(number), lead_id="ü" * 400 + str(number), source="😀" * 300 + str(number))
        for number in range(100)
    )
    long = Criterion("fit", "x" * 80, "in", tuple("y" * 78 + f"{number:02d}" for number in range(20)))
    body = packed(dataclasses.replace(frozen(*leads), criteria=(*CRITERIA, long)))
    assert len(json_text(body, "The audit").encode()) < MOST_BYTES
    found = unpacked(body)
    assert all(one.lead_id.endswith("…") for one in found.leads)
    assert [one.lead_no for one in found.leads] == list(range(100))


def test_an_audit_is_listed_and_keeps_what_it_stood_on(book, begun):
    second = book.add(log.start("Rita", frozen(lead(9, Answer.YES)))).subject
    assert (begun, second) == ("audit-1", "audit-2")
    assert [(one.subject, one.leads, one.is_revealed) for one in audits(book.entries())] == [
        ("audit-2", 1, True),
        ("audit-1", 4, False),
    ]
    found = audit_of(book.entries(), begun)
    assert found.by == "Rita"
    assert found.frozen == frozen()
    assert [(one.side, one.name, one.is_done) for one in found.reviewers] == [
        (MARKETING, "Ann", False),
        (SALES, "Bo", False),
    ]


@pytest.mark.parametrize("token", [ANN, BO, CY, ""])
def test_nobody_sees_a_mark_of_the_other_side_before_both_are_done(book, begun, token):
    mark_all(book, begun, ANN, NO, 1)
    book.add(log.finish(begun, ANN))
    mark_all(book, begun, BO, CANNOT_TELL)
    found = audit_of(book.entries(), begun, token)
    assert not found.is_revealed
    assert set(found.marks) == {ANN: {MARKETING}, BO: {SALES}}.get(token, set())
    seen = repr(found)
    assert ("answer='no', cause=1" in seen) == (token == ANN)
    assert ("answer='cannot tell'" in seen) == (token == BO)
    assert ANN not in seen
    assert found.reviewer(MARKETING).is_done
    assert len(found.missing()) == 0


def test_both_done_reveals_both_to_everybody(book, begun):
    mark_all(book, begun, ANN, NO, OTHER)
    mark_all(book, begun, BO, YES)
    book.add(log.finish(begun, BO))
    assert not audit_of(book.entries(), begun).is_revealed
    book.add(log.finish(begun, ANN))
    found = audit_of(book.entries(), begun)
    assert found.is_revealed
    assert found.marks[MARKETING][0, FIT] == log.Mark(NO, OTHER)
    assert found.marks[SALES][3, INTENT] == log.Mark(YES)
    with pytest.raises(RequestError, match="is done"):
        book.add(log.mark(begun, ANN, 0, FIT, YES))


def test_a_later_mark_takes_the_place_of_an_earlier_one(book, begun):
    book.add(log.mark(begun, ANN, 0, FIT, NO, 0))
    book.add(log.mark(begun, ANN, 0, FIT, CANNOT_TELL))
    found = audit_of(book.entries(), begun, ANN)
    assert found.marks[MARKETING] == {(0, FIT): log.Mark(CANNOT_TELL)}
    assert found.missing() == ((1, FIT), (3, INTENT))
    assert sum(one.kind == log.MARKED for one in book.entries()) == 2


def test_the_log_holds_no_token(book, begun):
    book.add(log.mark(begun, ANN, 0, FIT, YES))
    kept = json.dumps([one.body for one in book.entries()])
    assert ANN not in kept
    assert BO not in kept
    assert opened_by(book.entries(), ANN) == begun
    assert opened_by(book.entries(), CY) == opened_by(book.entries(), "") == ""


def test_a_side_is_taken_once_and_by_two_people(book):
    subject = book.add(log.start("Rita", frozen())).subject
    book.add(log.claim(subject, MARKETING, "Ann  Ray", ANN))
    refused = [
        (log.claim(subject, MARKETING, "Bo", BO), "already taken, by Ann Ray"),
        (log.claim(subject, SALES, "ANN ray", BO), "one person of each side"),
        (log.claim(subject, SALES, "Bo", ANN), "one person of each side"),
        (log.claim(subject, "sponsor", "Bo", BO), "no side 'sponsor'"),
        (log.claim(subject, SALES, " ", BO), "name is empty"),
        (log.claim(subject, SALES, "Bo", "short"), "too short"),
        (log.claim("audit-7", SALES, "Bo", BO), "no audit 'audit-7'"),
    ]
    for make, why in refused:
        with pytest.raises(RequestError, match=why):
            book.add(make)
    book.add(log.claim(subject, SALES, "Bo", BO))


def test_what_does_not_fit_is_refused(book, begun):
    refused = [
        (log.mark(begun, CY, 0, FIT, YES), "holds no side"),
        (log.mark(begun, "", 0, FIT, YES), "holds no side"),
        (log.mark(begun, ANN, 2, FIT, YES), "not to be marked"),
        (log.mark(begun, ANN, 0, INTENT, YES), "not to be marked"),
        (log.mark(begun, ANN, 0, FIT, "maybe"), "one of yes, no, cannot tell"),
        (log.mark(begun, ANN, 0, FIT, NO), "which criterion of fit"),
        (log.mark(begun, ANN, 0, FIT, NO, 2), "which criterion of fit"),
        (log.mark(begun, ANN, 3, INTENT, NO, 0), "which criterion of intent"),
        (log.mark(begun, ANN, 0, FIT, YES, 0), "Only a “no”"),
        (log.finish(begun, ANN), "3 leads are not fully marked"),
        (log.start("", frozen()), "name is empty"),
        (log.start("Rita", dataclasses.replace(frozen(), leads=())), "no lead to audit"),
    ]
    before = book.entries()
    for make, why in refused:
        with pytest.raises(RequestError, match=why):
            book.add(make)
    assert book.entries() == before


def test_nothing_to_mark_needs_no_reviewer(book):
    subject = book.add(log.start("Rita", frozen(lead(1, Answer.YES), lead(2, Answer.NO)))).subject
    assert audit_of(book.entries(), subject).is_revealed
    with pytest.raises(RequestError, match="Nothing is left"):
        book.add(log.claim(subject, SALES, "Bo", BO))


def test_of_many_who_take_a_side_at_once_one_gets_it(tmp_path):
    place = Workspace(tmp_path)
    first = CadenceLog(place)
    subject = first.add(log.start("Rita", frozen())).subject

    def take(number: int) -> bool:
        own = CadenceLog(place)
        try:
            own.add(log.claim(subject, SALES, f"Person {number}", f"{number:032d}"))
        except RequestError:
            return False
        else:
            return True
        finally:
            own.close()

    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(take, range(8))) == 1
    first.close()
