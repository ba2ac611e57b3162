"""Which column brings which field: real header names of each CRM, other languages, prefixes, and choices on top."""

from __future__ import annotations

import json

import pytest

from analytics.errors import RequestError
from analytics.importing.choices import Choices, Join
from analytics.importing.mapping import apply_choices, choose_preset, guess_fields, guess_joins, guess_roles
from analytics.importing.notices import RawTable
from analytics.importing.vocabulary import header_scores, likely_preset, presets
from analytics.schema import FIELDS, Role
from tests.importing.imports import beside

CRMS = ("salesforce", "hubspot", "marketo", "pipedrive", "dynamics365", "zoho")
STATUS_WORDS = {"disposition": ["Accepted", "Rejected"], "outcome": ["Closed Won", "Closed Lost"]}


def table(*headers: str, name: str = "export.csv", records: int = 10) -> RawTable:
    return RawTable(name, "0" * 64, 1, "csv", headers, "raw", records)


def guessed(
    *headers: str,
    role: Role = Role.LEADS,
    preset: str | None = None,
    words: dict[str, list[str]] | None = None,
) -> dict[str, str]:
    found = words or {}
    return guess_fields(table(*headers), role, preset, lambda _table, header: found.get(header, []))


def realistic_row(crm: str) -> dict[str, str]:
    """Field -> header: the first header of each field's list that no earlier field uses."""
    row: dict[str, str] = {}
    for field, headers in presets()[crm].headers[Role.LEADS].items():
        if field not in STATUS_WORDS:
            free = [header for header in headers if header not in row.values()]
            row |= {field: free[0]} if free else {}
    return row


@pytest.mark.parametrize("crm", CRMS)
@pytest.mark.parametrize("prefix", ["", "Leads_", "Lead: "])
def test_a_row_of_one_crm_is_known_as_that_crm(crm: str, prefix: str):
    headers = tuple(prefix + header for header in realistic_row(crm).values())
    assert likely_preset(headers) == crm


@pytest.mark.parametrize("crm", CRMS)
def test_every_header_of_a_preset_brings_its_field(crm: str):
    row = realistic_row(crm)
    found = guessed(*row.values(), preset=crm)
    if crm == "pipedrive":  # one id serves as lead or deal
        row.pop("opportunity_id", None)
        found.pop("opportunity_id", None)
    assert {field: found.get(field) for field in row} == row


@pytest.mark.parametrize("crm", CRMS)
def test_no_header_feeds_two_fields(crm: str):
    lists = presets()[crm].headers[Role.LEADS]
    headers = tuple(dict.fromkeys(header for names in lists.values() for header in names))
    words = {header: ["Accepted", "Rejected", "Closed Won", "Closed Lost"] for header in headers}
    for order in (headers, headers[::-1]):
        fields = guessed(*order, preset=crm, words=words)
        for header in order:
            fed = {field for field, at in fields.items() if at == header}
            assert len(fed) <= 1 or fed == {"disposition", "outcome"}, (header, fed)


@pytest.mark.parametrize("crm", CRMS)
def test_the_larger_list_of_seen_headers_never_feeds_a_wrong_kind(crm: str):
    seen = json.loads(beside("reference", "vendor_headers.json").read_text("utf-8"))[crm]
    same = {"company_size": "employees", "opportunity_created_at": "opportunity_at", "touches": "touch_count"}
    plain = (
        "lead_id",
        "source",
        "owner",
        "company",
        "company_size",
        "industry",
        "country",
        "email",
        "phone",
        "created_at",
    )
    for field in plain:
        for header in seen[field][:1]:
            scores = header_scores(header, Role.LEADS, crm)
            assert max(scores, key=lambda name: scores[name]) == same.get(field, field), (field, header)


def test_the_mql_date_of_hubspot_is_never_the_handoff():
    found = guessed("Record ID", "Create Date", "Became a Marketing Qualified Lead Date", preset="hubspot")
    assert found["mql_at"] == "Became a Marketing Qualified Lead Date"
    assert "handoff_at" not in found
    assert all(
        "handoff_at" not in header_scores(text, Role.LEADS, crm)
        for crm in CRMS
        for text in ("MQL Date", "mql_date", "MQL_Date__c")
    )


def test_becoming_a_customer_is_a_win_in_hubspot():
    found = guessed("Record ID", "Create Date", "Became a Customer Date", "Close Date", preset="hubspot")
    assert found["won_at"] == "Became a Customer Date"
    assert found["closed_at"] == "Close Date"


@pytest.mark.parametrize("role", list(Role))
def test_our_own_names_map_to_themselves(role: Role):
    names = tuple(name for name in FIELDS[role] if name not in ("disposition", "outcome"))
    if role is Role.OPPORTUNITIES:
        names = tuple(name for name in presets()["generic"].headers[role] if name != "outcome")
    assert guessed(*names, role=role) == {name: name for name in names}
    statuses = {name: STATUS_WORDS[name] for name in ("disposition", "outcome") if role is Role.LEADS}
    assert (
        guessed(*statuses, "id", role=role, words=statuses).items()
        >= {name: name for name in statuses}.items()
    )


def test_a_prefix_says_whose_field_it_is():
    found = guessed(
        "lead_id",
        "created_date",
        "opportunity_created_at",
        "Opportunity: Amount",
        "Account: Created Date",
        "Account: Industry",
    )
    assert found["created_at"] == "created_date"
    assert found["opportunity_at"] == "opportunity_created_at"
    assert found["amount"] == "Opportunity: Amount"
    assert found["industry"] == "Account: Industry"
    assert "Account: Created Date" not in found.values()
    assert header_scores("Lead: Created Date", Role.LEADS, None).keys() == {"created_at"}
    assert header_scores("MQL_Date__c", Role.LEADS, None).keys() == {"mql_at"}
    assert header_scores("Lead - Title", Role.LEADS, None) == {}
    assert header_scores("Title", Role.LEADS, None).keys() == {"seniority"}


def test_the_creation_date_of_a_deals_file_is_when_the_opportunity_began():
    found = guessed("opportunity_id", "lead_id", "created_at", "amount", role=Role.OPPORTUNITIES)
    assert found == {
        "opportunity_id": "opportunity_id",
        "lead_id": "lead_id",
        "opportunity_at": "created_at",
        "amount": "amount",
    }


def test_where_the_deals_are_the_leads_their_creation_starts_the_clock():
    found = guessed("Deal - ID", "Deal - Deal created", "Deal - Owner", preset="pipedrive")
    assert found == {"lead_id": "Deal - ID", "created_at": "Deal - Deal created", "owner": "Deal - Owner"}


@pytest.mark.parametrize(
    ("headers", "wanted"),
    [
        (("Lead-Nr", "Erstellt am", "Übergabe am", "Erstkontakt", "Quelle", "Zuständig", "Betrag", "Mitarbeiterzahl", "Branche", "Land", "Ablehnungsgrund", "Akzeptiert am", "Abgelehnt am"),
         ("lead_id", "created_at", "handoff_at", "first_touch_at", "source", "owner", "amount", "employees", "industry", "country", "rejection_reason", "accepted_at", "rejected_at")),
        (("ID du lead", "Créé le", "Date de transmission", "Premier contact", "Provenance", "Propriétaire", "Montant", "Effectif", "Secteur", "Pays", "Motif de rejet", "Date d'acceptation", "Date de rejet"),
         ("lead_id", "created_at", "handoff_at", "first_touch_at", "source", "owner", "amount", "employees", "industry", "country", "rejection_reason", "accepted_at", "rejected_at")),
        (("ID de lead", "Fecha de creación", "Fecha de asignación", "Primer contacto", "Fuente", "Propietario", "Importe", "Empleados", "Industria", "País", "Motivo de rechazo", "Fecha de aceptación", "Fecha de rechazo"),
         ("lead_id", "created_at", "handoff_at", "first_touch_at", "source", "owner", "amount", "employees", "industry", "country", "rejection_reason", "accepted_at", "rejected_at")),
    ],
    ids=["German", "French", "Spanish"],
)  # fmt: skip
def test_other_languages(headers: tuple[str, ...], wanted: tuple[str, ...]):
    assert guessed(*headers) == dict(zip(wanted, headers, strict=True))
    plain = tuple(header.translate(str.maketrans("éèóíÜÉ", "eeoiUE")) for header in headers)
    assert guessed(*plain) == dict(zip(wanted, plain, strict=True))


def test_a_status_column_brings_both_fields_only_with_words_of_both():
    both = {"Status": ["Accepted", "Rejected", "Closed Won"]}
    assert guessed("id", "Status", words=both) == {
        "lead_id": "id",
        "disposition": "Status",
        "outcome": "Status",
    }
    assert guessed("id", "Status", words={"Status": ["New", "Working"]}) == {"lead_id": "id"}
    assert guessed("id", "Status", words={"Status": ["TRUE", "FALSE"]}) == {"lead_id": "id"}
    assert guessed("id", "Akzeptiert", words={"Akzeptiert": ["ja", "nein"]}) == {
        "lead_id": "id",
        "disposition": "Akzeptiert",
    }


def test_choices_override_guesses():
    tables, roles = [table("Id", "Score", "Fit", "Created")], [Role.LEADS]
    guess = {Role.LEADS: {"lead_id": "Id", "score": "Score", "created_at": "Created"}}
    fields = apply_choices(tables, roles, guess, Choices(fields={(Role.LEADS, "score"): "fit"}))
    assert fields[Role.LEADS]["score"] == "Fit"
    fields = apply_choices(tables, roles, guess, Choices(fields={(None, "score"): None}))
    assert "score" not in fields[Role.LEADS]
    fields = apply_choices(tables, roles, guess, Choices(fields={(None, "handoff_at"): "Created"}))
    assert fields[Role.LEADS] == {"lead_id": "Id", "score": "Score", "handoff_at": "Created"}
    fields = apply_choices(tables, roles, guess, Choices(fields={(Role.TOUCHES, "lead_id"): None}))
    assert fields[Role.LEADS]["lead_id"] == "Id"


def test_unknown_names_are_refused_with_the_nearest():
    tables, roles, guess = [table("Id", "Created")], [Role.LEADS], {Role.LEADS: {"lead_id": "Id"}}
    with pytest.raises(RequestError, match="did you mean 'handoff_at'"):
        apply_choices(tables, roles, guess, Choices(fields={(None, "handof_at"): "Created"}))
    with pytest.raises(RequestError, match="did you mean 'Created'"):
        apply_choices(tables, roles, guess, Choices(fields={(None, "created_at"): "Creatd"}))
    with pytest.raises(RequestError, match="No file has the role 'touches'"):
        apply_choices(tables, roles, guess, Choices(fields={(Role.TOUCHES, "kind"): "Created"}))
    with pytest.raises(RequestError, match="did you mean 'hubspot'"):
        choose_preset(tables, Choices(preset="hubspott"))


def test_joins_name_columns_that_exist():
    tables, roles = [table("Id", "Deal"), table("Deal ID", "Amount")], [Role.LEADS, Role.OPPORTUNITIES]
    fields = {Role.LEADS: {"lead_id": "Id"}, Role.OPPORTUNITIES: {"opportunity_id": "Deal ID"}}
    wrong = Choices(joins=[Join(Role.LEADS, "Deel", Role.OPPORTUNITIES, "Deal ID")])
    with pytest.raises(RequestError, match="did you mean 'Deal'"):
        guess_joins(tables, roles, fields, wrong)
    turned = Choices(joins=[Join(Role.OPPORTUNITIES, "deal id", Role.LEADS, "deal")])
    assert guess_joins(tables, roles, fields, turned) == [
        Join(Role.LEADS, "Deal", Role.OPPORTUNITIES, "Deal ID")
    ]


def test_roles_of_several_files():
    leads = table("Lead ID", "Created Date", "Lead Source", name="leads.csv", records=100)
    deals = table("Deal ID", "Lead ID", "Amount", "Close Date", name="deals.csv", records=20)
    calls = table("Lead ID", "Activity Date", "Channel", name="activities.csv", records=900)
    assert guess_roles([deals, calls, leads], Choices(), None) == [
        Role.OPPORTUNITIES,
        Role.TOUCHES,
        Role.LEADS,
    ]
    assert guess_roles([deals], Choices(), None) == [Role.LEADS]
    assert guess_roles([leads, leads], Choices(), None) == [Role.LEADS, Role.LEADS]
