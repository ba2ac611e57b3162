"""Versions of the contract: from proposal to in force to superseded, and every refusal on the way."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from signed_contracts import NUMBERS, SEEN, at, contract, rows, sign_both, two_versions

from analytics.contract import default_contract, read_table
from analytics.contract_table import canonical, digest
from analytics.errors import RequestError
from analytics.store.contract_log import ContractLog
from analytics.store.workspace import Workspace


@pytest.fixture
def workspace(tmp_path):
    return Workspace(tmp_path / "home")


@pytest.fixture
def log(workspace):
    return ContractLog(workspace)


def refusal(act, *arguments):
    with pytest.raises(RequestError) as caught:
        act(*arguments)
    return str(caught.value).replace("\N{NO-BREAK SPACE}", " ")


def states(log):
    return [(version.number, version.state) for version in log.versions()]


def test_an_empty_log_has_no_version_and_no_problem(log):
    assert log.versions() == ()
    assert log.in_force() is None
    assert log.problems() == ()


def test_a_proposal_is_kept_as_the_whole_parsed_contract(log, workspace):
    made = log.propose({"windows": {"disposition_days": 3}}, " Ann  Lee ", "CMO", "why\nnot", at(0))
    wanted = read_table({"windows": {"disposition_days": 3}}, "x")
    assert log.versions() == (made,)
    assert (made.number, made.previous, made.state) == (1, "", "proposed")
    assert (made.proposed_by, made.proposed_role, made.note) == ("Ann Lee", "CMO", "why not")
    assert made.proposed_at == at(0)
    assert made.text == wanted.text
    assert read_table(json.loads(made.text), "x").hash == wanted.hash
    assert made.hash == digest(canonical({"contract": json.loads(wanted.text), "previous": ""}))
    assert (made.signatures, made.in_force_since, made.superseded_at) == ((), None, None)
    assert log.in_force() is None


def test_days_off_as_a_toml_file_gives_them_can_be_proposed(log):
    made = log.propose({"calendar": {"extra_holidays": [date(2027, 5, 14)]}}, "Ann", "")
    assert json.loads(made.text)["calendar"]["extra_holidays"] == ["2027-05-14"]


def test_the_second_side_puts_a_version_in_force(log):
    made = log.propose(contract(), "Ann", "CMO", "", at(0))
    half = log.sign(made.hash, "sales", "Bob", "CRO", SEEN, NUMBERS, at(1))
    assert (half.state, half.in_force_since) == ("proposed", None)
    assert log.in_force() is None
    whole = log.sign(made.hash, "marketing", "Ann", "CMO", SEEN, NUMBERS, at(2))
    assert (whole.state, whole.in_force_since) == ("in force", at(2))
    assert log.in_force() == whole
    sales = whole.signature("sales")
    assert sales is not None
    assert (sales.by, sales.role, sales.at, sales.fingerprint) == ("Bob", "CRO", at(1), SEEN)
    assert json.loads(sales.numbers_text) == NUMBERS
    assert sales.numbers_text == canonical(NUMBERS)
    assert [one.side for one in whole.signatures] == ["sales", "marketing"]
    assert whole.signature("sponsor") is None


@pytest.mark.parametrize("side", ["marketing", "sales"])
def test_the_sponsor_does_not_stand_for_a_side(log, side):
    made = log.propose(contract(), "Ann", "CMO")
    log.sign(made.hash, side, "Ann", "", SEEN, {})
    seen = log.acknowledge(made.hash, "Cleo", "CEO", SEEN, {}, at(3))
    assert seen.state == "proposed"
    sponsor = seen.signature("sponsor")
    assert sponsor is not None
    assert (sponsor.by, sponsor.at) == ("Cleo", at(3))


def test_the_sponsor_may_acknowledge_before_and_after_it_is_in_force(log):
    early = log.propose(contract(2), "Ann", "CMO")
    assert log.acknowledge(early.hash, "Cleo", "CEO", SEEN, {}).state == "proposed"
    assert sign_both(log, early).state == "in force"
    late = log.propose(contract(3), "Ann", "CMO")
    sign_both(log, late)
    assert log.acknowledge(late.hash, "Cleo", "CEO", SEEN, {}).state == "in force"


def test_the_next_version_supersedes_and_makes_other_proposals_outdated(log):
    first = log.propose(contract(2), "Ann", "CMO", "", at(0))
    sign_both(log, first, 1)
    rival = log.propose(contract(3), "Ann", "CMO", "", at(3))
    second = log.propose(contract(4), "Bob", "CRO", "", at(4))
    assert rival.previous == second.previous == first.hash
    assert states(log) == [(3, "proposed"), (2, "proposed"), (1, "in force")]
    log.sign(rival.hash, "sales", "Bob", "CRO", SEEN, {}, at(5))
    sign_both(log, second, 6)
    assert states(log) == [(3, "in force"), (2, "outdated"), (1, "superseded")]
    newest, _, oldest = log.versions()
    assert oldest.superseded_at == newest.in_force_since == at(7)
    assert oldest.in_force_since == at(2)
    assert newest.superseded_at is None


def test_of_two_first_proposals_one_becomes_outdated(log):
    one, other = log.propose(contract(2), "Ann", ""), log.propose(contract(3), "Bob", "")
    sign_both(log, one)
    assert states(log) == [(2, "outdated"), (1, "in force")]
    said = refusal(log.sign, other.hash, "sales", "Bob", "", SEEN, {})
    assert said == (
        "Version 2 was proposed before any version was in force, and now version 1 is in force; propose it again."
    )
    assert log.propose(contract(3), "Bob", "").hash != other.hash


def test_an_earlier_contract_can_come_back_as_a_new_version(log):
    first = log.propose(contract(2), "Ann", "")
    sign_both(log, first)
    sign_both(log, log.propose(contract(3), "Ann", ""))
    back = sign_both(log, log.propose(contract(2), "Ann", ""))
    assert (back.number, back.state, back.text) == (3, "in force", first.text)
    assert back.hash != first.hash


def test_all_survives_reopening(workspace):
    log = two_versions(workspace)
    kept = log.versions()
    log.close()
    again = ContractLog(workspace)
    assert again.versions() == kept
    assert again.problems() == ()
    assert [(row["number"], row["kind"]) for row in rows(workspace)] == [
        (1, "proposed"), (2, "signed"), (3, "signed"),
        (4, "proposed"), (5, "acknowledged"), (6, "signed"), (7, "signed"),
    ]  # fmt: skip


def test_each_line_follows_the_one_before(workspace):
    two_versions(workspace)
    kept = rows(workspace)
    assert [row["previous_hash"] for row in kept] == ["", *(row["hash"] for row in kept[:-1])]
    for row in kept:
        sealed = {key: row[key] for key in ("kind", "version", "body", "at", "previous_hash")}
        assert row["hash"] == digest(canonical(sealed))
        assert row["body"] == canonical(json.loads(row["body"]))


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        (datetime(2027, 3, 3, 14, 5, 6, 789), "2027-03-03T14:05:06"),
        (datetime(2027, 3, 3, 14, 5, 6, tzinfo=UTC), "2027-03-03T14:05:06"),
        (datetime(2027, 3, 3, 14, 5, 6, tzinfo=timezone(timedelta(hours=2))), "2027-03-03T12:05:06"),
    ],
)
def test_moments_are_kept_in_utc_and_whole_seconds(log, workspace, given, kept):
    made = log.propose(contract(), "Ann", "", "", given)
    assert made.proposed_at == datetime.fromisoformat(kept)
    assert rows(workspace)[0]["at"] == kept


def test_without_a_moment_it_is_now(log):
    before = datetime.now(UTC).replace(tzinfo=None, microsecond=0)
    made = log.propose(contract(), "Ann", "")
    assert before <= made.proposed_at <= datetime.now(UTC).replace(tzinfo=None)


def test_a_side_signs_once(log):
    made = log.propose(contract(), "Ann", "")
    log.sign(made.hash, "marketing", "Ann", "", SEEN, {}, datetime(2027, 3, 3, 14, 5))
    said = refusal(log.sign, made.hash, "marketing", "Dora", "", SEEN, {})
    assert said == "Marketing signed this version already: Ann, 3 Mar 2027, 14:05 UTC."
    log.sign(made.hash, "sales", "Bob", "", SEEN, {}, datetime(2027, 3, 3, 15, 5))
    said = refusal(log.sign, made.hash, "sales", "Bob", "", SEEN, {})
    assert said == "Sales signed this version already: Bob, 3 Mar 2027, 15:05 UTC."
    assert len(log.versions()[0].signatures) == 2


def test_the_sponsor_acknowledges_once(log):
    made = log.propose(contract(), "Ann", "")
    log.acknowledge(made.hash, "Cleo", "", SEEN, {}, datetime(2027, 3, 3, 14, 5))
    said = refusal(log.acknowledge, made.hash, "Dan", "", SEEN, {})
    assert said == "The sponsor acknowledged this version already: Cleo, 3 Mar 2027, 14:05 UTC."


@pytest.mark.parametrize("other", ["Ann Lee", "ANN LEE", " ann   lee ", "Ann\u200b Lee", "Ａnn Lee"])
def test_one_person_does_not_sign_for_both_sides(log, other):
    made = log.propose(contract(), "Ann Lee", "")
    log.sign(made.hash, "marketing", "Ann Lee", "", SEEN, {})
    said = refusal(log.sign, made.hash, "sales", other, "", SEEN, {})
    assert said == "Ann Lee signed this version for marketing already; somebody else signs for sales."
    assert log.in_force() is None


def test_a_superseded_version_is_neither_signed_nor_acknowledged(workspace):
    log = two_versions(workspace)
    first = log.versions()[-1].hash
    wanted = "Version 1 was superseded on 4 Mar 2027, 15:00 UTC; only the version in force and proposals on it can be signed."
    assert refusal(log.sign, first, "sales", "Eve", "", SEEN, {}) == wanted
    assert refusal(log.acknowledge, first, "Eve", "", SEEN, {}) == wanted
    assert len(rows(workspace)) == 7


def test_an_outdated_version_is_neither_signed_nor_acknowledged(workspace):
    log = two_versions(workspace)
    late = log.propose(contract(5), "Ann", "")
    sign_both(log, log.propose(contract(6), "Ann", ""))
    wanted = "Version 3 was proposed on version 2, and now version 4 is in force; propose it again."
    assert refusal(log.sign, late.hash, "sales", "Eve", "", SEEN, {}) == wanted
    assert refusal(log.acknowledge, late.hash, "Eve", "", SEEN, {}) == wanted


def test_the_contract_in_force_is_not_proposed_again(workspace):
    log = two_versions(workspace)
    said = refusal(log.propose, contract(3), "Ann", "")
    assert said == (
        "This is exactly version 2, in force since 4 Mar 2027, 15:00 UTC; change something before you propose it."
    )


def test_the_same_proposal_is_not_made_twice(log):
    log.propose(contract(), "Ann", "", "", datetime(2027, 3, 3, 14, 5))
    said = refusal(log.propose, contract(), "Bob", "")
    assert said == (
        "This contract is proposed already as version 1: Ann, 3 Mar 2027, 14:05 UTC. Sign that version."
    )


def test_an_unknown_version_is_named(log):
    wanted = "There is no contract version abababab; choose one from the list of versions."
    assert refusal(log.sign, "ab" * 32, "sales", "Bob", "", SEEN, {}) == wanted
    assert refusal(log.acknowledge, "ab" * 32, "Cleo", "", SEEN, {}) == wanted


@pytest.mark.parametrize(
    ("side", "words"),
    [("sale", "'sale' is no side, did you mean 'sales'?"), ("sponsor", "'sponsor' is no side.")],
)
def test_only_marketing_and_sales_sign(log, side, words):
    made = log.propose(contract(), "Ann", "")
    assert refusal(log.sign, made.hash, side, "Bob", "", SEEN, {}).startswith(words)


@pytest.mark.parametrize("name", ["", "  ", "\u200b\n", "\u200d"])
def test_an_empty_name_is_refused(log, name):
    wanted = "The name is empty; write who you are."
    made = log.propose(contract(), "Ann", "")
    assert refusal(log.propose, contract(3), name, "") == wanted
    assert refusal(log.sign, made.hash, "sales", name, "", SEEN, {}) == wanted
    assert refusal(log.acknowledge, made.hash, name, "", SEEN, {}) == wanted


def test_eighty_characters_of_a_name_are_enough(log):
    assert log.propose(contract(), "ü" * 80, "r" * 80).proposed_by == "ü" * 80
    assert refusal(log.propose, contract(3), "ü" * 81, "") == (
        "A name has at most 80 characters, found 81; shorten it."
    )
    assert refusal(log.propose, contract(3), "Ann", "r" * 81).startswith("A role has at most 80 characters")


def test_a_note_has_a_limit(log):
    assert log.propose(contract(), "Ann", "", "n" * 1000).note == "n" * 1000
    assert refusal(log.propose, contract(3), "Ann", "", "n" * 1001).startswith("A note has at most 1000")


def test_an_invalid_contract_is_refused_with_the_key(log):
    said = refusal(log.propose, {"windows": {"disposition_dys": 3}}, "Ann", "")
    assert "unknown key 'windows.disposition_dys', did you mean 'disposition_days'?" in said
    assert log.versions() == ()


def test_half_a_character_in_a_contract_is_refused(log):
    said = refusal(log.propose, {"terms": {"review_by": "\ud800"}}, "Ann", "")
    assert said.startswith(("The contract holds half a character", "Contract file of the proposal"))
    said = refusal(log.propose, {"reasons": {"x": "\ud800"}}, "Ann", "")
    assert said == "The contract holds half a character; type that text again."


@pytest.mark.parametrize("value", [float("nan"), float("inf"), date(2027, 3, 3), "\ud800", {1, 2}])
def test_numbers_that_cannot_be_kept_exactly_are_refused(log, workspace, value):
    made = log.propose(contract(), "Ann", "")
    said = refusal(log.sign, made.hash, "sales", "Bob", "", SEEN, {"x": value})
    assert said.startswith("The list of numbers holds a value that cannot be kept")
    assert len(rows(workspace)) == 1


def test_too_many_numbers_are_refused(log):
    made = log.propose(contract(), "Ann", "")
    said = refusal(log.sign, made.hash, "sales", "Bob", "", SEEN, {"x": "ü" * 30_000})
    assert said == "The list of numbers takes 60,008 bytes, at most 60,000 are kept; shorten it."


def test_hostile_texts_stay_texts(log):
    name = "'; DROP TABLE contract_log; --"
    made = log.propose(contract(), name, "<b>", "=1+1", at(0))
    assert (made.proposed_by, made.proposed_role, made.note) == (name, "<b>", "=1+1")
    assert log.versions() == (made,)


def test_the_default_contract_can_be_proposed_as_its_own_text(log):
    assert log.propose(json.loads(default_contract().text), "Ann", "").text == default_contract().text
