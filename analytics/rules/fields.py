"""The vocabulary of rules: people's names for fields and events, and the expression over the leads file each stands for."""

from __future__ import annotations

from analytics.banding import BandPlan, band_case
from analytics.contract import Contract
from analytics.dimensions import size_labels
from analytics.measurable import (
    NO_FIRST_TOUCH,
    NO_SCORE,
    NO_SIZE,
    NO_TOUCHES,
    has_touches,
    knows_first_touch,
    knows_touches,
)
from analytics.results import Unmeasurable
from analytics.rules.events import DECIDED_AT, add_events, add_statuses
from analytics.rules.terms import (
    AS_OF,
    FieldKind,
    RuleField,
    Subject,
    Vocabulary,
    Words,
    absence,
    band_word,
    put_words,
)
from analytics.rules.tokens import folded
from analytics.schema import Role, label_of
from analytics.store.manifest import Manifest
from analytics.warehouse import identifier

_TEXTS = {
    "source": ("source", "lead source"),
    "campaign": ("campaign", "campaign name"),
    "owner": ("owner", "rep", "sales rep", "lead owner", "salesperson"),
    "intent": ("intent", "buying intent"),
    "company": ("company", "company name", "account", "account name"),
    "account_id": ("account id",),
    "opportunity_id": ("opportunity id", "deal id"),
    "industry": ("industry", "sector"),
    "country": ("country",),
    "seniority": ("seniority", "job title"),
}
_STAMPS = {
    "created_at": ("created at", "created", "creation date", "created date"),
    "mql_at": ("mql at", "mql date"),
    "opened_at": ("opened at",),
    "last_touch_at": ("last touch at", "last touch", "last touched"),
    "responded_at": ("responded at", "response date"),
    "meeting_at": ("meeting at", "meeting date"),
    "opportunity_at": ("opportunity at", "opportunity date"),
}
_SUBJECT_OF = {"opportunity_at": Subject.WIN, "opportunity_id": Subject.WIN, "last_touch_at": Subject.TOUCH}
_PRESENCES = {
    "email": ("has_email", ("email", "e-mail", "mail", "email address", "e-mail address")),
    "phone": ("has_phone", ("phone", "phone number", "telephone")),
    "person_name": ("has_name", ("person name", "contact name", "name")),
}


def vocabulary_of(manifest: Manifest, contract: Contract, bands: BandPlan) -> Vocabulary:
    """The words of one snapshot: our fields with their synonyms, events, and the CRM's own headers.

    Args:
        manifest: says which fields and kept columns the snapshot has.
        contract: its company-size bands can be named.
        bands: the score bands of the snapshot, which can be named.
    """
    words: Words = {}
    _add_texts(words, manifest)
    _add_stamps(words, manifest)
    _add_numbers(words, manifest, contract, bands)
    add_events(words, manifest)
    add_statuses(words, manifest)
    headers: dict[str, RuleField] = {}
    for alias, header in manifest.extra_columns.items():
        kept = RuleField(header, header, FieldKind.KEPT, f"l.{identifier(alias)}")
        headers[header] = kept
        if folded(header) and (
            folded(header) not in words or isinstance(words[folded(header)], Unmeasurable)
        ):
            words[folded(header)] = kept
    for name, source in manifest.columns.items():
        role, _, header = source.partition(".")
        meant = words.get(folded(name))
        if role == Role.LEADS and isinstance(meant, RuleField) and header not in headers:
            headers[header] = meant
            if folded(header):
                words.setdefault(folded(header), meant)
    return Vocabulary(words, headers)


def _add_texts(words: Words, manifest: Manifest) -> None:
    lead_id = RuleField("lead_id", "lead id", FieldKind.TEXT, "l.lead_id")
    put_words(words, ("lead id", "id"), lead_id)
    for name, synonyms in _TEXTS.items():
        subject = _SUBJECT_OF.get(name, Subject.NONE)
        found = RuleField(name, label_of(name), FieldKind.TEXT, f"l.{name}", subject)
        put_words(words, synonyms, found if manifest.has(name) else absence(name))
    for name, (flag, synonyms) in _PRESENCES.items():
        present = RuleField(name, label_of(name), FieldKind.PRESENCE, f"l.{flag}")
        put_words(words, synonyms, present if manifest.has(name) else absence(name))


def _add_stamps(words: Words, manifest: Manifest) -> None:
    handoff = RuleField("handoff_at", "handoff", FieldKind.STAMP, "l.handoff_at")
    put_words(
        words,
        ("handoff at", "handoff", "handoff date", "handed off", "passed to sales", "passed on"),
        handoff,
    )
    as_of = RuleField("as_of", "the extract", FieldKind.STAMP, AS_OF)
    put_words(words, ("as of", "extract", "extract time", "today", "now"), as_of)
    age = RuleField(
        "age", "age at the extract", FieldKind.DURATION, f"(epoch_us({AS_OF}) - epoch_us(l.handoff_at))"
    )
    put_words(words, ("age", "lead age"), age)
    for name, synonyms in _STAMPS.items():
        subject = _SUBJECT_OF.get(name, Subject.NONE)
        label = {"created_at": "creation", "last_touch_at": "last touch"}.get(name, label_of(name))
        found = RuleField(name, label, FieldKind.STAMP, f"l.{name}", subject)
        is_here = manifest.has(name) or (name == "last_touch_at" and has_touches(manifest))
        put_words(words, synonyms, found if is_here else absence(name))
    touch = RuleField("first_touch_at", "first touch", FieldKind.STAMP, "l.first_touch_at", Subject.TOUCH)
    wait = RuleField(
        "time_to_touch", "time from handoff to first touch", FieldKind.DURATION,
        "(epoch_us(l.first_touch_at) - epoch_us(l.handoff_at))", Subject.TOUCH,
    )  # fmt: skip
    is_timed = knows_first_touch(manifest)
    put_words(words, ("first touch at", "first touch", "touched at"), touch if is_timed else NO_FIRST_TOUCH)
    put_words(words, ("time to touch", "touch time", "wait"), wait if is_timed else NO_FIRST_TOUCH)
    decisions = (
        ("accepted_at", "acceptance", ("accepted at", "acceptance", "acceptance date")),
        ("rejected_at", "rejection", ("rejected at", "rejection", "rejection date")),
    )
    for name, label, synonyms in decisions:
        found = RuleField(name, label, FieldKind.STAMP, f"l.{name}", Subject.ACCEPTANCE)
        put_words(words, synonyms, found if manifest.has(name, "decided_at") else absence(name))
    decided = RuleField("decided_at", "decision", FieldKind.STAMP, f"({DECIDED_AT})", Subject.ACCEPTANCE)
    has_decisions = manifest.has("accepted_at", "rejected_at", "decided_at")
    put_words(
        words,
        ("decided at", "decision", "decision date"),
        decided if has_decisions else absence("decided_at"),
    )
    closed = RuleField("closed_at", "closing", FieldKind.STAMP, "l.closed_at", Subject.WIN)
    is_closed = manifest.has("closed_at", "won_at", "lost_at")
    put_words(
        words, ("closed at", "closing date", "close date", "closing", "won at", "lost at"),
        closed if is_closed else absence("closed_at"),
    )  # fmt: skip


def _add_numbers(words: Words, manifest: Manifest, contract: Contract, bands: BandPlan) -> None:
    score = RuleField(
        "score", "score", FieldKind.NUMBER, "l.score",
        bands=tuple((band_word(bands.label(n)), bands.label(n), n) for n in range(len(bands.edges))),
        band_number=f"nullif({bands.score_case('l.score')}, -1)",
    )  # fmt: skip
    put_words(words, ("score", "lead score", "score band"), score if manifest.has("score") else NO_SCORE)
    size = RuleField(
        "employees", "company size", FieldKind.NUMBER, "l.employees",
        bands=tuple((band_word(label), label, n) for n, label in enumerate(size_labels(contract.size_edges))),
        band_number=f"nullif({band_case('l.employees', contract.size_edges)}, -1)",
    )  # fmt: skip
    put_words(
        words,
        ("employees", "company size", "size", "size band", "number of employees", "headcount"),
        size if manifest.has("employees") else NO_SIZE,
    )
    amount = RuleField("amount", "amount", FieldKind.NUMBER, "l.amount", Subject.WIN)
    put_words(
        words, ("amount", "deal size", "deal value"), amount if manifest.has("amount") else absence("amount")
    )
    touches_known = "coalesce(l.touch_count, 0)" if has_touches(manifest) else "l.touch_count"
    touches = RuleField("touch_count", "number of touches", FieldKind.NUMBER, touches_known, Subject.TOUCH)
    is_known = knows_touches(manifest)
    put_words(
        words,
        ("touches", "touch count", "number of touches", "attempts"),
        touches if is_known else NO_TOUCHES,
    )
    has_channel = "touches.channel" in manifest.columns
    ways_known = "coalesce(l.touch_channels, 0)" if has_channel else "l.touch_channels"
    ways = RuleField("touch_channels", "number of channels", FieldKind.NUMBER, ways_known, Subject.TOUCH)
    put_words(
        words, ("channels", "touch channels", "number of channels"),
        ways if has_channel or manifest.has("touch_channels") else absence("touch_channels"),
    )  # fmt: skip
