"""The canonical lead table: fields, kinds, labels and codes. The words every other module shares."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """How the text of a field is read."""

    ID = "id"
    STAMP = "stamp"
    DISPOSITION = "disposition"
    OUTCOME = "outcome"
    REASON = "reason"
    TOUCH_KIND = "touch_kind"
    FLAG = "flag"
    MONTH = "month"
    NUMBER = "number"
    MONEY = "money"
    COUNT = "count"
    SIZE = "size"
    CATEGORY = "category"
    TEXT = "text"
    PERSONAL = "personal"


class Role(StrEnum):
    """What one row of a file is."""

    LEADS = "leads"
    OPPORTUNITIES = "opportunities"
    TOUCHES = "touches"
    SPEND = "spend"


@dataclass(frozen=True, slots=True)
class Field:
    """One field a column can be mapped to: its kind, its name for people, and what it brings."""

    name: str
    kind: Kind
    label: str
    brings: str = ""


LEAD_FIELDS: tuple[Field, ...] = (
    Field("lead_id", Kind.ID, "lead id", "required: one row per lead"),
    Field("handoff_at", Kind.STAMP, "handoff date", "the clock of every number"),
    Field("mql_at", Kind.STAMP, "MQL date", "the clock, where there is no handoff date"),
    Field("created_at", Kind.STAMP, "creation date", "the clock, where there is no handoff or MQL date"),
    Field("opened_at", Kind.STAMP, "opened by the rep", "routing told apart from opening"),
    Field("first_touch_at", Kind.STAMP, "first human touch", "speed to lead"),
    Field("last_touch_at", Kind.STAMP, "last human touch"),
    Field("touch_count", Kind.COUNT, "number of touches", "working rate, undated"),
    Field("touch_channels", Kind.COUNT, "number of channels", "working rate, undated"),
    Field("disposition", Kind.DISPOSITION, "accepted or rejected", "acceptance rate"),
    Field("accepted_at", Kind.STAMP, "acceptance date", "acceptance rate"),
    Field("rejected_at", Kind.STAMP, "rejection date", "acceptance of decided leads"),
    Field("decided_at", Kind.STAMP, "decision date, either way", "acceptance of decided leads"),
    Field("rejection_reason", Kind.REASON, "rejection reason", "the mix of rejections"),
    Field("responded_at", Kind.STAMP, "first response of the lead", "working rate, response rate"),
    Field("meeting_at", Kind.STAMP, "meeting held", "working rate, meeting rate"),
    Field("opportunity_at", Kind.STAMP, "opportunity created", "opportunities by score band"),
    Field("opportunity_id", Kind.ID, "opportunity id", "amounts counted once"),
    Field("closed_at", Kind.STAMP, "closing date", "wins within the horizon"),
    Field("won_at", Kind.STAMP, "won date", "wins within the horizon"),
    Field("lost_at", Kind.STAMP, "lost date", "losses"),
    Field("outcome", Kind.OUTCOME, "won or lost", "conversion by score band"),
    Field("is_closed", Kind.FLAG, "closed, either way", "open deals told apart from lost ones"),
    Field("amount", Kind.MONEY, "amount", "pipeline and wins in money"),
    Field("score", Kind.NUMBER, "score at handoff", "conversion by score band"),
    Field("source", Kind.CATEGORY, "source"),
    Field("campaign", Kind.CATEGORY, "campaign"),
    Field("owner", Kind.CATEGORY, "owner"),
    Field("intent", Kind.CATEGORY, "intent", "the first-touch limit of the tier"),
    Field("company", Kind.TEXT, "company"),
    Field("account_id", Kind.ID, "account id"),
    Field("employees", Kind.SIZE, "company size", "size bands"),
    Field("industry", Kind.CATEGORY, "industry"),
    Field("country", Kind.CATEGORY, "country"),
    Field("seniority", Kind.CATEGORY, "seniority"),
    Field("email", Kind.PERSONAL, "e-mail", "completeness and duplicates; kept as a keyed hash"),
    Field("phone", Kind.PERSONAL, "phone", "completeness and duplicates; kept as a keyed hash"),
    Field("person_name", Kind.PERSONAL, "person's name", "completeness; kept as a presence flag"),
    Field("modified_at", Kind.STAMP, "last modified", "which of two rows with one id is the later"),
)
TOUCH_FIELDS: tuple[Field, ...] = (
    Field("lead_id", Kind.ID, "lead id", "required: whose touch it is"),
    Field("touched_at", Kind.STAMP, "time of the touch", "speed to lead, working rate"),
    Field("channel", Kind.CATEGORY, "channel", "cadence over several channels"),
    Field("kind", Kind.TOUCH_KIND, "human or automated", "automated touches do not count"),
    Field("owner", Kind.CATEGORY, "owner of the touch"),
    Field("touch_count", Kind.COUNT, "touches in this row", "files that count touches per lead and channel"),
)
SPEND_FIELDS: tuple[Field, ...] = (
    Field("source", Kind.CATEGORY, "source"),
    Field("month", Kind.MONTH, "month"),
    Field("amount", Kind.MONEY, "amount spent"),
)
FIELDS: dict[Role, dict[str, Field]] = {
    Role.LEADS: {field.name: field for field in LEAD_FIELDS},
    Role.OPPORTUNITIES: {field.name: field for field in LEAD_FIELDS},
    Role.TOUCHES: {field.name: field for field in TOUCH_FIELDS},
    Role.SPEND: {field.name: field for field in SPEND_FIELDS},
}
ALL_FIELD_NAMES: frozenset[str] = frozenset(name for fields in FIELDS.values() for name in fields)

CLOCK_FIELDS: tuple[str, ...] = ("handoff_at", "mql_at", "created_at")
REASON_CODES: tuple[str, ...] = (
    "out_of_icp", "bad_contact_data", "duplicate", "no_engagement", "competitor",
    "student_or_job_seeker", "timing", "no_budget", "other", "missing",
)  # fmt: skip
CODES: dict[Kind, tuple[str, ...]] = {
    Kind.DISPOSITION: ("accepted", "rejected", "none"),
    Kind.OUTCOME: ("won", "lost", "none"),
    Kind.REASON: (*REASON_CODES[:-1], "none"),
    Kind.TOUCH_KIND: ("human", "automated", "none"),
    Kind.FLAG: ("yes", "no", "none"),
}
DIMENSIONS: tuple[str, ...] = (
    "source", "campaign", "owner", "size_band", "industry", "country", "intent", "seniority",
)  # fmt: skip


_REASON_WORDS = {"out_of_icp": "outside the agreed profile", "student_or_job_seeker": "student or job seeker",
                 "missing": "no reason given"}  # fmt: skip


def reason_words(code: str) -> str:
    """A reason code for people: ``bad contact data``, ``no reason given``."""
    return _REASON_WORDS.get(code, code.replace("_", " "))


def label_of(field: str) -> str:
    """The field's name for people; the name itself when it is not one of ours."""
    for fields in FIELDS.values():
        if field in fields:
            return fields[field].label
    return {"size_band": "company size", "score_band": "score band"}.get(field, field)
