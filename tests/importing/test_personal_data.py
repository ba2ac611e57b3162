"""No e-mail address, phone number or name of a person in any stored byte, unless the operator keeps them."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from analytics.importing.choices import Choices
from analytics.importing.pipeline import Import, SourceFile
from analytics.importing.privacy import looks_personal, without_addresses
from analytics.store.workspace import Workspace
from tests.importing.imports import Snapshot, imported

HEAD = (
    "Lead ID,Created Date,Lead Owner,Email,Phone,First Name,Last Name,Company,Lead Source,Rejection Reason,Lead Status,Notes,Mobiltelefon,Contact person,"
    "Referrer,Segment,First Touch,Amount\n"
)
ROWS = (
    'L1,2026-03-01 10:00,ops.rep@corp.example,Zara.Quux@Example.org,+49 30 5550101,Zara,Quuxhausen,"zara.quux@example.org",web,asked zara.quux@example.org to wait,Rejected,'
    "Zara likes tea,+49 171 5550102,Zara Quuxhausen,web,A,2026-03-02 10:00,1\n"
    "L2,2026-03-01 10:00,Ann,zara.quux@EXAMPLE.org,0305550101,Zara,Quuxhausen,Acme,web,no budget,zara.quux@example.org,,,,zara.quux@example.org,+49 30 5550101,zara.quux@example.org,+49 30 5550101\n"
    "L3,zara.quux@example.org,Ann,,4.9305E+11,,,Acme,web,,New,,,,web,A,,1\n"
    "L4,2026-03-01 10:00,Ann,,4.9306E+11,,,Acme,web,,New,,,,web,A,,1\n"
    "zara.quux@example.org,2026-03-01 10:00,Ann,other@example.net,,Zara,,Acme,web,,New,,,,web,A,,1\n"
    "zara.quux@example.org,2026-03-02 10:00,Ann,other@example.net,,Zara,,Acme,web,,New,,,,web,A,,1\n"
    + "".join(f"M{n},2026-03-01 10:00,Ann,,,,,Acme,web,,Accepted,,,,web{n},A{n},,1\n" for n in range(20))
)
SECRETS = (
    b"quux",
    b"Quux",
    b"example.org",
    b"EXAMPLE.org",
    b"example.net",
    b"corp.example",
    b"5550101",
    b"5550102",
    b"Zara",
    b"305550101",
    b"likes tea",
)


def stored_bytes(snapshot: Snapshot) -> bytes:
    """All bytes of the snapshot, Parquet pages unpacked."""
    folder = snapshot.workspace.snapshots_root / snapshot.manifest.fingerprint
    plain = b""
    for path in sorted(folder.iterdir()):
        plain += path.name.encode() + path.read_bytes()
        if path.suffix == ".parquet":
            plain += pl.read_parquet(path).write_csv().encode()
    return plain


def test_nothing_personal_is_stored_by_default(tmp_path: Path):
    snapshot = imported(tmp_path, HEAD + ROWS)
    plain = stored_bytes(snapshot)
    assert [secret for secret in SECRETS if secret in plain] == []
    assert set(snapshot.manifest.extra_columns.values()) == {"Referrer", "Segment"}
    leads = snapshot.leads
    assert leads["L1"]["owner"] == "ops.rep"
    assert (
        leads["L1"]["has_email"],
        leads["L1"]["has_phone"],
        leads["L1"]["has_name"],
        leads["L1"]["has_company"],
    ) == (True, True, True, True)
    assert (leads["M0"]["has_email"], leads["M0"]["has_phone"], leads["M0"]["has_name"]) == (
        False,
        False,
        False,
    )
    assert (snapshot.manifest.leads, snapshot.manifest.rejected, snapshot.manifest.duplicates) == (24, 1, 1)


def test_the_contact_is_one_whatever_the_case(tmp_path: Path):
    leads = imported(tmp_path, HEAD + ROWS).leads
    assert leads["L1"]["contact_key"] == leads["L2"]["contact_key"] is not None
    assert leads["L4"]["contact_key"] is None  # a phone that a spreadsheet cut is nobody's
    assert leads["M0"]["contact_key"] is None
    (tmp_path / "elsewhere").mkdir()
    other = imported(tmp_path / "elsewhere", HEAD + ROWS).leads
    assert other["L1"]["contact_key"] == other["L2"]["contact_key"]
    assert other["L1"]["contact_key"] != leads["L1"]["contact_key"]


def test_personal_data_is_kept_when_chosen(tmp_path: Path):
    snapshot = imported(tmp_path, HEAD + ROWS, choices=Choices(keep_personal=True))
    lead = snapshot.leads["L1"]
    assert (lead["email"], lead["phone"], lead["owner"]) == (
        "Zara.Quux@Example.org",
        "+49 30 5550101",
        "ops.rep@corp.example",
    )
    assert "zara.quux@example.org" in snapshot.leads
    assert "Notes" in snapshot.manifest.extra_columns.values()
    assert snapshot.manifest.keep_personal


def test_samples_of_the_mapping_table_are_masked(tmp_path: Path):
    path = tmp_path / "in.csv"
    path.write_text(HEAD + ROWS, "utf-8")
    with Import.open(Workspace(tmp_path / "home")) as work:
        work.read([SourceFile(path, "in.csv")], Choices())
        shown = str(work.propose(Choices()).files)
    assert "quux@" not in shown.casefold()
    assert "5550101" not in shown


def test_a_column_is_kept_when_ticked(tmp_path: Path):
    assert (
        "Notes"
        in imported(
            tmp_path, HEAD + ROWS, choices=Choices(keep=frozenset({"notes"}), drop=frozenset({"Segment"}))
        ).manifest.extra_columns.values()
    )


@pytest.mark.parametrize("header", ["Vorname", "Nom", "Prénom", "Nombre", "Apellidos", "Cognome", "E-Mail", "Mail", "Mobiltelefon", "Téléphone", "Teléfono",
                                    "Adresse", "Contact person", "Kontakt", "Notes", "Bemerkung", "Topic", "Lead - Title", "Deal - Title", "IP", "Full Name", "LinkedIn URL"])  # fmt: skip
def test_headers_that_look_personal(header: str):
    assert looks_personal(header, []) is not None


@pytest.mark.parametrize(
    "header",
    [
        "Membership",
        "Company Name",
        "Campaign Name",
        "Region",
        "Title",
        "Número de empleados",
        "Product Name",
        "Segment",
        "Mailing Country",
    ],
)
def test_headers_that_do_not(header: str):
    assert looks_personal(header, ["a", "b"]) is None


def test_addresses_inside_kept_values():
    assert without_addresses("ask <jo@x.org> now") == "ask <(e-mail)> now"
    assert without_addresses("+49 30 5550101") == "(phone number)"
    for text in ("2026-03-01", "01.03.2026", "31.02.2026 10:00", "12345678", "Segment A"):
        assert without_addresses(text) == text
