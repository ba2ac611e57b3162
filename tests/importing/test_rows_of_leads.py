"""No row is lost: rejects, short rows, duplicates, blank ids, footers, and what several files of leads add up to."""

from __future__ import annotations

import csv
import io
import tempfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from analytics.errors import FileRefusedError, QuestionOpenError, RequestError
from analytics.importing.choices import Choices
from analytics.schema import Role
from tests.importing.imports import at, imported

HEAD = "lead_id,created_at,owner,amount\n"


def rows(good: int, bad: int) -> str:
    return (
        HEAD
        + "".join(f"B{n},soon,Ann,1\n" for n in range(bad))
        + "".join(f"G{n},2026-03-01 10:00,Ann,1\n" for n in range(good))
    )


def test_exactly_five_percent_of_rejects_pass(tmp_path: Path):
    snapshot = imported(tmp_path, rows(19, 1))
    assert (snapshot.manifest.leads, snapshot.manifest.rejected, snapshot.manifest.rows_read) == (19, 1, 20)
    assert [(row["row"], row["kind"], row["column"], row["value"]) for row in snapshot.aside] == [
        (2, "reject", "created_at", "soon")
    ]


def test_one_more_is_asked_for_and_passes_when_allowed(tmp_path: Path):
    with pytest.raises(QuestionOpenError, match="2 of 39 rows cannot be read, more than 5 %") as asked:
        imported(tmp_path, rows(37, 2))
    assert asked.value.question == "rejects"
    snapshot = imported(tmp_path, rows(37, 2), choices=Choices(accept_rejects=True))
    assert (snapshot.manifest.leads, snapshot.manifest.rejected) == (37, 2)


def test_no_row_with_a_clock_start_is_refused_even_when_rejects_are_allowed(tmp_path: Path):
    with pytest.raises(FileRefusedError, match="3 of 3 rows"):
        imported(tmp_path, rows(0, 3), choices=Choices(accept_rejects=True))


def test_short_rows_blank_ids_duplicates_and_missing_clocks(tmp_path: Path):
    text = (
        "lead_id,created_at,last modified,owner,amount\n"
        "A,2026-03-01 10:00,2026-03-05,late,1\n"  # line 2: modified last, stays
        "A,2026-03-01 11:00,2026-03-04,early,2\n"  # line 3: duplicate
        "B,2026-03-01 10:00,,first,1\n"  # line 4: duplicate
        "B,2026-03-01 11:00,,second,2\n"  # line 5: file order
        "C,2026-03-01 10:00,2026-03-04,dated,1\n"  # line 6: a date beats none
        "C,2026-03-01 11:00,,undated,2\n"  # line 7: duplicate
        "D,2026-03-01 10:00,,same,1\n"  # line 8
        "D,2026-03-01 10:00,,same,1\n"  # line 9: exact duplicate of 8
        ",2026-03-01 10:00,,nobody,1\n"  # line 10: kept under its number
        "N/A,2026-03-01 10:00,,nobody,1\n"  # line 11: the same
        "E,,,no clock,1\n"  # line 12: kept, counted
        "F,2026-03-01 10:00,,short\n"  # line 13: short, its clock start reads
        "G\n"  # line 14: short without one
        "007,2026-03-01 10:00,,zeros,1\n"
        "12345678901234567890,2026-03-01 10:00,,big,1\n"
    )
    snapshot = imported(tmp_path, text, choices=Choices(accept_rejects=True))
    assert {lead: row["owner"] for lead, row in snapshot.leads.items()} == {
        "A": "late", "B": "second", "C": "dated", "D": "same", "row 10": "nobody", "row 11": "nobody", "E": "no clock", "F": "short",
        "007": "zeros", "12345678901234567890": "big",
    }  # fmt: skip
    assert snapshot.leads["D"]["line"] == 9
    assert snapshot.leads["E"]["handoff_at"] is None
    manifest = snapshot.manifest
    assert (
        manifest.rows_read,
        manifest.leads,
        manifest.duplicates,
        manifest.rejected,
        manifest.footers,
        manifest.without_clock,
    ) == (15, 10, 4, 1, 0, 1)
    assert {(row["row"], row["kind"]) for row in snapshot.aside} == {
        (3, "duplicate"),
        (4, "duplicate"),
        (7, "duplicate"),
        (8, "duplicate"),
        (14, "reject"),
    }
    assert snapshot.said("blank_id") == [
        "2 rows without an id are kept under their row number (line 10, line 11)."
    ]
    assert len(snapshot.said("no_clock")) == 1


def test_a_lead_without_handoff_is_not_back_filled(tmp_path: Path):
    text = (
        "lead_id,created_at,mql_at,handoff_at\nA,2026-03-01,2026-03-02,2026-03-03\nB,2026-03-01,2026-03-02,\n"
    )
    snapshot = imported(tmp_path, text)
    assert snapshot.manifest.clock_field == "handoff_at"
    assert (snapshot.leads["A"]["handoff_at"], snapshot.leads["A"]["handoff_is_date"]) == (
        at("2026-03-03"),
        True,
    )
    assert (snapshot.leads["B"]["handoff_at"], snapshot.leads["B"]["created_at"]) == (None, at("2026-03-01"))


def test_two_files_of_leads_with_other_spellings_and_order(tmp_path: Path):
    first = "Lead ID,Created At,Owner\nA,2026-03-01 10:00,Ann\nB,2026-03-02 10:00,Ann\n"
    second = (
        "owner,created_at,lead_id\nBob,2026-03-03 10:00,B\nBob,2026-03-04 10:00,\nBob,soon,D\n"
        + "".join(f"Bob,2026-03-04 10:00,E{n}\n" for n in range(20))
    )
    snapshot = imported(tmp_path, first, second, names=("one.csv", "two.csv"))
    leads = snapshot.leads
    assert (leads["A"]["owner"], leads["B"]["owner"], leads["B"]["file_no"]) == ("Ann", "Bob", 1)
    assert leads["row 3 of file 2"]["owner"] == "Bob"
    assert {(row["file"], row["row"], row["kind"]) for row in snapshot.aside} == {
        ("one.csv", 3, "duplicate"),
        ("two.csv", 4, "reject"),
    }
    manifest = snapshot.manifest
    assert (manifest.rows_read, manifest.leads, manifest.duplicates, manifest.rejected) == (25, 23, 1, 1)


def test_refused_cells_are_listed_and_left_empty(tmp_path: Path):
    text = "lead_id,created_at,first_touch_at,amount,employees,score\nA,2026-03-01 10:00,soon,12 %,many,NaN\nB,2026-03-01 10:00,2026-03-01 10:30,7,5-25,55\n"
    snapshot = imported(tmp_path, text)
    lead = snapshot.leads["A"]
    assert [lead[name] for name in ("first_touch_at", "amount", "employees", "score")] == [None] * 4
    assert {(row["column"], row["value"]) for row in snapshot.aside} == {
        ("first_touch_at", "soon"),
        ("amount", "12 %"),
        ("employees", "many"),
    }
    assert len(snapshot.said("refused_cells")) == 3
    assert len(snapshot.said("not_finite")) == 1
    assert (snapshot.leads["B"]["employees"], snapshot.leads["B"]["employees_is_range"]) == (15.0, True)


def test_more_channels_than_a_byte_can_count(tmp_path: Path):
    leads = "lead_id,created_at\nA,2026-03-01 10:00\nB,2026-03-01 10:00\n"
    touches = "lead_id,touched_at,channel\n" + "".join(
        f"A,2026-03-02 10:00,channel {n}\n" for n in range(300)
    )
    snapshot = imported(tmp_path, leads, touches, names=("leads.csv", "touches.csv"))
    assert (snapshot.leads["A"]["touch_count"], snapshot.leads["A"]["touch_channels"]) == (300, 300)


def test_a_file_cannot_be_mapped_to_a_role_it_has_not(tmp_path: Path):
    with pytest.raises(RequestError):
        imported(
            tmp_path, HEAD + "A,2026-03-01,x,1\n", choices=Choices(fields={(Role.SPEND, "amount"): "amount"})
        )


CELLS = {
    "lead_id": st.sampled_from(["A", "B", "C", "", "N/A", "a@b.example", " A ", "row 3", "0"]),
    "created_at": st.sampled_from(
        [
            "2026-03-01",
            "2026-03-01 10:00",
            "",
            "soon",
            "0000-00-00",
            "46085",
            "2026-03-01T10:00:00Z",
            "31/12/2026",
        ]
    ),
    "status": st.sampled_from(["Accepted", "Rejected", "New", "", "Closed Won", "odd; word"]),
    "amount": st.sampled_from(["1", "1,5", "x", "", "12 %", '"quoted"', "two\nlines"]),
    "modified_at": st.sampled_from(["2026-03-05", "", "never"]),
}


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    records=st.lists(st.tuples(*CELLS.values()), min_size=1, max_size=12),
    cuts=st.lists(st.integers(1, 5), max_size=4),
    footer=st.sampled_from(
        ["", "Total,12,,,\n", ",,,,\n", "Copyright (c) 2026 example. All rights reserved.\n"]
    ),
)
def test_every_row_is_a_lead_a_duplicate_a_reject_or_a_footer(
    records: list[tuple[str, ...]], cuts: list[int], footer: str
):
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerow(CELLS)
    writer.writerow(("first", "2026-03-01 09:00", "Accepted", "3", ""))
    for number, record in enumerate(records):
        writer.writerow(record[: cuts[number]] if number < len(cuts) else record)
    with tempfile.TemporaryDirectory() as folder:
        try:
            snapshot = imported(
                Path(folder),
                buffer.getvalue() + footer,
                choices=Choices(accept_rejects=True, date_order="dmy"),
            )
        except FileRefusedError:
            return
        manifest, leads, aside = snapshot.manifest, snapshot.rows, snapshot.aside
    kinds = [row["kind"] for row in aside]
    assert manifest.rows_read == manifest.leads + manifest.duplicates + manifest.rejected + manifest.footers
    assert manifest.rows_read >= len(records)
    assert (len(leads), kinds.count("duplicate"), kinds.count("reject"), kinds.count("footer")) == (
        manifest.leads, manifest.duplicates, manifest.rejected, manifest.footers,
    )  # fmt: skip
    assert len({lead["lead_id"] for lead in leads}) == len(leads)
    assert (
        len({row["line"] for row in leads} | {row["row"] for row in aside if row["kind"] != "cell"})
        == manifest.rows_read
    )
