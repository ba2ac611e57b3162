"""What a column can be said to bring, in plain words and in groups; and what choosing another field changes."""

from __future__ import annotations

from analytics.importing.choices import Choices, Mapping
from analytics.schema import CODES, FIELDS, Kind, Role

NOTHING = ""
TOGETHER = " + "
GROUPS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("Lead", ("lead_id", "handoff_at", "mql_at", "created_at", "modified_at")),
    ("Decision", ("disposition", "accepted_at", "rejected_at", "decided_at", "rejection_reason")),
    (
        "Touches",
        (
            "first_touch_at", "last_touch_at", "opened_at", "touch_count", "touch_channels", "responded_at",
            "meeting_at", "touched_at", "channel", "kind",
        ),
    ),
    (
        "Outcome",
        (
            "outcome", "won_at", "lost_at", "closed_at", "is_closed", "opportunity_id", "opportunity_at", "amount",
        ),
    ),
    ("Score and origin", ("score", "source", "campaign", "intent", "owner", "month")),
    ("Company", ("company", "account_id", "employees", "industry", "country")),
    ("Person", ("seniority", "email", "phone", "person_name")),
)  # fmt: skip
ROLE_LABELS: dict[Role, str] = {
    Role.LEADS: "Leads, one row each",
    Role.OPPORTUNITIES: "Opportunities or deals",
    Role.TOUCHES: "Touches: calls, e-mails, meetings",
    Role.SPEND: "Spend by source and month",
}
CODE_LABELS: dict[Kind, dict[str, str]] = {
    Kind.DISPOSITION: {
        "accepted": "accepted by sales",
        "rejected": "rejected by sales",
        "none": "no decision yet",
    },
    Kind.OUTCOME: {"won": "won", "lost": "lost", "none": "still open"},
    Kind.REASON: {
        "out_of_icp": "outside the target group",
        "bad_contact_data": "bad contact data",
        "duplicate": "duplicate",
        "no_engagement": "no engagement",
        "competitor": "competitor",
        "student_or_job_seeker": "student or job seeker",
        "timing": "timing",
        "no_budget": "no budget",
        "other": "other",
        "none": "no reason given",
    },
    Kind.TOUCH_KIND: {
        "human": "by a person",
        "automated": "automated",
        "none": "not said, counts as a person's",
    },
    Kind.FLAG: {"yes": "yes", "no": "no", "none": "not said"},
}
UNKNOWN = "unknown"
UNKNOWN_LABEL = "not known: counts as no decision"


def options(role: Role, at_present: str | None) -> list[str]:
    """The fields a column of that role can bring, grouped; what it brings at present is always among them."""
    known = FIELDS[role]
    grouped = [name for _, names in GROUPS for name in names if name in known]
    rest = [name for name in known if name not in grouped]
    found = [NOTHING, *grouped, *rest]
    if at_present and at_present not in found:
        found.insert(1, at_present)
    return found


def label(role: Role, name: str) -> str:
    """A field as it is offered: ``Decision · rejection date``."""
    if name == NOTHING:
        return "– nothing, an additional column"
    parts = name.split(TOGETHER)
    group = next((group for group, names in GROUPS if parts[0] in names), "Other")
    return f"{group} · {' + '.join(FIELDS[role][part].label for part in parts)}"


def assign(choices: Choices, mapping: Mapping, role: Role, header: str, chosen: str) -> None:
    """Let a column bring another field than it does at present, or nothing; the choices are changed."""
    wanted = [part for part in chosen.split(TOGETHER) if part]
    for name, at in mapping.fields.get(role, {}).items():
        if at == header and name not in wanted:
            choices.fields[role, name] = None
    for name in wanted:
        choices.fields.pop((None, name), None)
        choices.fields[role, name] = header


def code_options(kind: Kind, at_present: str) -> list[str]:
    """The codes a word can stand for; ``unknown`` only while nobody has said."""
    return [*([UNKNOWN] if at_present == UNKNOWN else []), *CODES[kind]]


def code_label(kind: Kind, code: str) -> str:
    """A code in plain words."""
    return UNKNOWN_LABEL if code == UNKNOWN else CODE_LABELS[kind].get(code, code)


def kind_of(name: str) -> Kind:
    """The kind of a coded field, in whatever file it stands."""
    return next(known[name].kind for known in FIELDS.values() if name in known)
