"""Accepted, rejected, won and lost: from dates, words and yes/no columns, and never from the future."""

from __future__ import annotations

from pathlib import Path

import pytest

from analytics.errors import RequestError
from analytics.importing.choices import Choices
from analytics.importing.codes import code_of
from analytics.schema import Kind
from tests.importing.imports import at, imported

AS_OF = Choices(as_of=at("2026-03-10"))


def test_dates_words_and_the_future(tmp_path: Path):
    text = (
        "lead_id,created_at,status,accepted_at,rejected_at,rejection_reason\n"
        "A,2026-03-01,,2026-03-10 00:00:00,,\n"  # exactly at as_of
        "B,2026-03-01,,2026-03-10 00:00:01,,\n"  # one second later: not yet
        "C,2026-03-01,,,2026-03-05,No budget\n"
        "D,2026-03-01,,2026-03-04,2026-03-05,Bad timing\n"  # accepted, then disqualified
        "E,2026-03-01,Accepted,,,\n"
        "F,2026-03-01,Rejected,,,\n"
        "G,2026-03-01,Working,,,\n"
        "H,2026-03-01,Rejected,2026-03-04,,\n"  # the status says what came after
        "I,2026-03-01,Accepted,2026-03-05,2026-03-04,\n"  # rejected first, accepted after
    )
    snapshot = imported(tmp_path, text, choices=AS_OF)
    assert {lead: (row["disposition"], row["is_disqualified_later"], row["rejection_reason"]) for lead, row in snapshot.leads.items()} == {
        "A": ("accepted", False, None), "B": (None, False, None), "C": ("rejected", False, "no_budget"), "D": ("accepted", True, "timing"),
        "E": ("accepted", False, None), "F": ("rejected", False, "missing"), "G": (None, False, None), "H": ("accepted", True, "missing"),
        "I": ("accepted", False, None),
    }  # fmt: skip
    assert snapshot.leads["A"]["accepted_at"] == at("2026-03-10")
    assert snapshot.leads["B"]["accepted_at"] is None
    assert len(snapshot.said("later_than_as_of")) == 1
    assert "line 3" in snapshot.said("later_than_as_of")[0]


def test_one_date_for_either_word(tmp_path: Path):
    text = (
        "lead_id,created_at,disposition,decided_at\n"
        "A,2026-03-01,accepted,2026-03-04\nB,2026-03-01,rejected,2026-03-05\nC,2026-03-01,rejected,\nD,2026-03-01,rejected,2026-03-11\n"
    )
    found = imported(tmp_path, text, choices=AS_OF).leads
    assert (found["A"]["disposition"], found["A"]["accepted_at"]) == ("accepted", at("2026-03-04"))
    assert (found["B"]["disposition"], found["B"]["rejected_at"]) == ("rejected", at("2026-03-05"))
    assert (found["C"]["disposition"], found["C"]["rejected_at"]) == ("rejected", None)
    assert (found["D"]["disposition"], found["D"]["rejected_at"]) == (None, None)


@pytest.mark.parametrize(
    ("yes", "no"), [("TRUE", "FALSE"), ("ja", "nein"), ("Oui", "Non"), ("1", "0"), ("sí", "no")]
)
def test_no_without_a_decision_date_is_undecided(tmp_path: Path, yes: str, no: str):
    text = (
        "lead_id,created_at,IsAccepted,AcceptedDecisionDate\n"
        f"A,2026-03-01,{yes},2026-03-04\nB,2026-03-01,{no},2026-03-05\nC,2026-03-01,{no},\nD,2026-03-01,N/A,\n"
    )
    found = imported(tmp_path, text, choices=AS_OF).leads
    assert [found[lead]["disposition"] for lead in "ABCD"] == ["accepted", "rejected", None, None]


def test_outcomes_closed_deals_and_expected_dates(tmp_path: Path):
    text = (
        "lead_id,created_at,Won,Closed,Close Date,Amount\n"
        "A,2026-03-01,TRUE,TRUE,2026-03-10,1\n"
        "B,2026-03-01,FALSE,TRUE,2026-03-09,2\n"
        "C,2026-03-01,FALSE,FALSE,2026-03-08,3\n"  # open, its closing date is expected
        "D,2026-03-01,FALSE,FALSE,2026-12-31,4\n"
        "E,2026-03-01,TRUE,TRUE,2026-03-11,5\n"  # a day after as_of: not yet
    )
    snapshot = imported(tmp_path, text, choices=AS_OF)
    assert {lead: (row["outcome"], row["closed_at"], row["amount"]) for lead, row in snapshot.leads.items()} == {
        "A": ("won", at("2026-03-10"), 1.0), "B": ("lost", at("2026-03-09"), 2.0), "C": (None, None, 3.0), "D": (None, None, 4.0),
        "E": (None, None, 5.0),
    }  # fmt: skip
    assert [
        sentence
        for sentence in snapshot.said("later_than_as_of")
        if "Close Date" in sentence and "line 6" in sentence
    ]


def test_values_are_what_the_person_says(tmp_path: Path):
    text = "lead_id,created_at,Lead Status\nA,2026-03-01,Passt\nB,2026-03-01,Accepted\nC,2026-03-01,Passt nicht\nD,2026-03-01,Hm\n"
    choices = Choices(
        as_of=at("2026-03-10"),
        values={"disposition": {"Passt": "accepted", "passt NICHT": "rejected", "Accepted": "none"}},
    )
    snapshot = imported(tmp_path, text, choices=choices)
    assert [snapshot.leads[lead]["disposition"] for lead in "ABCD"] == ["accepted", None, "rejected", None]
    assert snapshot.said("unknown_words") == [
        "accepted or rejected: 1 words have no code and count as no decision: Hm (1)."
    ]
    with pytest.raises(RequestError, match="did you mean 'accepted'"):
        imported(tmp_path, text, choices=Choices(values={"disposition": {"Passt": "acepted"}}))


WORDS = [
    (Kind.DISPOSITION, "Closed - Converted", "accepted"), (Kind.DISPOSITION, "Closed - Not Converted", "rejected"),
    (Kind.DISPOSITION, "OPEN_DEAL", "accepted"), (Kind.DISPOSITION, "UNQUALIFIED", "rejected"), (Kind.DISPOSITION, "IN_PROGRESS", "none"),
    (Kind.DISPOSITION, "Rejected - no budget", "rejected"), (Kind.DISPOSITION, "3. Qualified", "accepted"), (Kind.DISPOSITION, "Closed Won", "none"),
    (Kind.DISPOSITION, "Not accepted", None), (Kind.DISPOSITION, "Rejection pending", None), (Kind.DISPOSITION, "abgelehnt", "rejected"),
    (Kind.OUTCOME, "5 - Closed Won", "won"), (Kind.OUTCOME, "Closed-Lost to Competition", "lost"), (Kind.OUTCOME, "closedwon", "won"),
    (Kind.OUTCOME, "Customer", "won"), (Kind.OUTCOME, "salesqualifiedlead", "none"), (Kind.OUTCOME, "Gewonnen", "won"), (Kind.OUTCOME, "Perdu", "lost"),
    (Kind.OUTCOME, "Proposal/Price Quote", "none"), (Kind.OUTCOME, "Winning", None),
    (Kind.REASON, "Kein Budget", "no_budget"), (Kind.REASON, "Étudiant", "student_or_job_seeker"), (Kind.REASON, "Doublon", "duplicate"),
    (Kind.REASON, "Injoignable", "no_engagement"), (Kind.REASON, "Zu klein", "out_of_icp"), (Kind.REASON, "Went to a competitor", "competitor"),
    (Kind.REASON, "Needs collateral", "other"), (Kind.REASON, "Costa Rica", "other"), (Kind.REASON, "contest entry", "other"), (Kind.REASON, "N/A", "none"),
    (Kind.REASON, "Wrong number", "bad_contact_data"), (Kind.REASON, "Not now", "timing"),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "text", "code"), WORDS)
def test_words_of_crms(kind: Kind, text: str, code: str | None):
    assert code_of(kind, text) == code


@pytest.mark.parametrize(
    ("kind", "text", "header", "code"),
    [
        (Kind.TOUCH_KIND, "TRUE", "Is Automated", "automated"),
        (Kind.TOUCH_KIND, "no", "Automated", "human"),
        (Kind.TOUCH_KIND, "FALSE", "Human", "automated"),
        (Kind.TOUCH_KIND, "Sequence email", "Kind", "automated"),
        (Kind.DISPOSITION, "TRUE", "Accepted/Rejected", "accepted"),
        (Kind.DISPOSITION, "TRUE", "Rejected", "rejected"),
        (Kind.OUTCOME, "FALSE", "Won", "lost"),
    ],
)
def test_yes_and_no_mean_what_the_header_promises(kind: Kind, text: str, header: str, code: str):
    assert code_of(kind, text, header) == code
