"""A simple stand-in for the product's vocabulary of column names."""

from __future__ import annotations

KNOWN = frozenset(
    name.casefold()
    for name in (
        "lead_id", "created_at", "first_contact_at", "source", "owner", "name", "email", "phone", "status", "value",
        "Lead ID", "Id", "Created Date", "Lead Status", "Lead Source", "Lead Owner", "Company", "E-Mail", "Email",
        "Lead-Nr", "Erstellt am", "Erstkontakt am", "Quelle", "Bearbeiter", "Telefon", "Wert", "LeadId", "CreatedDate",
        "OpportunityId", "Amount", "Activity Type", "mql_id", "won_date", "origin",
    )
)  # fmt: skip

COLUMNS = "lead_id,created_at,first_contact_at,source,owner,name,email,phone,status,value"


def known_headers(text: str) -> bool:
    """Tell whether a trimmed header text is known."""
    return text.strip().casefold() in KNOWN


def lead(number: int, **cells: str) -> list[str]:
    """Return the ten cells of a made lead."""
    row = {
        "lead_id": f"L-{number:05d}",
        "created_at": f"2026-03-{number % 28 + 1:02d} 15:00:00",
        "first_contact_at": f"2026-03-{number % 28 + 1:02d} 15:40:00",
        "source": "ads",
        "owner": "Ben",
        "name": f"Test Person {number}",
        "email": f"person{number}@example.org",
        "phone": f"+49 30 5550{number:04d}",
        "status": "won",
        "value": f"{number}.50",
    }
    return list((row | cells).values())


def table(*rows: list[str], delimiter: str = ",", end: str = "\n") -> str:
    """Return a file of the ten usual columns."""
    lines = [COLUMNS.replace(",", delimiter), *(delimiter.join(row) for row in rows)]
    return end.join(lines) + end
