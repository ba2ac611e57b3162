"""Which pages there are, in the order of the meeting; a page is one file here and one line in this list."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
FOUR_NUMBERS = "pages/four_numbers.py"
IMPORT = "pages/import_leads.py"
LEADS = "pages/leads.py"
DEFINITIONS = "pages/definitions.py"
CONTRACT = "pages/contract.py"
PLUMBING = "pages/plumbing.py"
MONEY = "pages/money.py"


@dataclass(frozen=True, slots=True)
class Entry:
    """One page: its file, its name in the list, its address."""

    path: str
    title: str
    address: str


SECTIONS: dict[str, tuple[Entry, ...]] = {
    "Read-out": (
        Entry(FOUR_NUMBERS, "Four numbers", "four_numbers"),
        Entry("pages/funnel.py", "Funnel", "funnel"),
        Entry("pages/speed_to_lead.py", "Speed to lead", "speed_to_lead"),
        Entry("pages/score_bands.py", "Score bands", "score_bands"),
        Entry("pages/rejections.py", "Rejections", "rejections"),
        Entry("pages/segments.py", "Segments", "segments"),
        Entry(PLUMBING, "Plumbing", "plumbing"),
    ),
    "Decide": (
        Entry("pages/what_if.py", "What if?", "what_if"),
        Entry(CONTRACT, "Contract", "contract"),
        Entry("pages/pay_gates.py", "Pay gates", "pay_gates"),
    ),
    "Cadence": (
        Entry("pages/council.py", "Council", "council"),
        Entry("pages/what_changed.py", "What changed", "what_changed"),
        Entry("pages/review.py", "Review", "review"),
        Entry(MONEY, "Money", "money"),
        Entry("pages/decisions.py", "Decisions", "decisions"),
        Entry("pages/audit.py", "Audit", "audit"),
    ),
    "Data": (
        Entry(IMPORT, "Import", "import_leads"),
        Entry(LEADS, "Leads", "leads"),
        Entry(DEFINITIONS, "Definitions", "definitions"),
    ),
}


def has_page(path: str) -> bool:
    """Whether the page's file is part of this checkout."""
    return (ROOT / path).is_file()
