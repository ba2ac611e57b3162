"""Header words: loads the presets of each CRM and the generic synonyms, and compares header texts."""

from __future__ import annotations

import re
import tomllib
import unicodedata
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from analytics.schema import FIELDS, Role

PRESETS_FOLDER = Path(__file__).parent / "presets"
GENERIC = "generic"
_PREFIX = re.compile(
    r"^(leads?|deals?|opportunit(y|ies)|person|organization|contact|account)\s*[_:\-]\s*", re.IGNORECASE
)
_JUNK = re.compile(r"[\"';<>{}\[\]|`]")
_DEAL_FIELDS = frozenset(
    {"opportunity_id", "opportunity_at", "closed_at", "won_at", "lost_at", "outcome", "is_closed", "amount"}
)
_NOT_OF_A_DEAL = frozenset(
    {"lead_id", "created_at", "mql_at", "handoff_at", "modified_at", "seniority", "person_name"}
)
_OF_AN_ACCOUNT = frozenset({"company", "account_id", "employees", "industry", "country"})
_SUFFIX = re.compile(r"(__c|\s*\((date|time|utc|local|gmt)[^)]*\)|\s*\(\d+\)|#\d+)$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Preset:
    """The headers one CRM writes, per role and field, best first."""

    name: str
    label: str
    headers: dict[Role, dict[str, tuple[str, ...]]]


def normal(header: str) -> str:
    """The header without case, spaces, punctuation and accents: what two spellings share."""
    folded = unicodedata.normalize("NFKD", header).casefold()
    return "".join(character for character in folded if character.isalnum())


@cache
def presets() -> dict[str, Preset]:
    """All presets by name; ``generic`` is among them."""
    return {path.stem: _load(path) for path in sorted(PRESETS_FOLDER.glob("*.toml"))}


def _load(path: Path) -> Preset:
    table = tomllib.loads(path.read_text("utf-8"))
    headers = {
        Role(role): {field: tuple(names) for field, names in fields.items() if field in FIELDS[Role(role)]}
        for role, fields in table.items()
        if role != "label"
    }
    return Preset(name=path.stem, label=table["label"], headers=headers)


@cache
def _ranks(preset: str, role: Role) -> dict[str, dict[str, int]]:
    """Normal header -> field -> rank in the preset's list (0 = best)."""
    ranks: dict[str, dict[str, int]] = {}
    for field, names in presets()[preset].headers.get(role, {}).items():
        for rank, name in enumerate(names):
            ranks.setdefault(normal(name), {}).setdefault(field, rank)
    return ranks


def header_scores(header: str, role: Role, preset: str | None) -> dict[str, float]:
    """How well a header fits each field of a role, in (0, 1]; empty when it fits none.

    1.0 is our own field name; a preset's header counts up to 0.9, a generic synonym up to 0.8, either of them
    behind a stripped prefix such as ``Lead:`` or a suffix such as ``__c`` 0.2 less, before a quote, a semicolon or a
    bracket 0.5 less. A prefix says whose field it is: "Opportunity: Created Date" is no creation date of a lead.
    """
    scores: dict[str, float] = {}
    for spelling, cost in (
        (header, 0.0),
        (_stripped(header), 0.2),
        (_JUNK.split(header.strip(), maxsplit=1)[0], 0.5),
    ):
        if cost and spelling == header:
            continue
        found = _exact_scores(spelling, role, preset)
        if cost == 0.2:
            found = _of_prefix(header, spelling, role, found)
        for field, score in found.items():
            scores[field] = max(scores.get(field, 0.0), score - cost)
    return scores


def _exact_scores(spelling: str, role: Role, preset: str | None) -> dict[str, float]:
    key = normal(spelling)
    if not key:
        return {}
    scores = {field: 1.0 for field in FIELDS[role] if key == normal(field)}
    for source, best in ((preset, 0.9), (GENERIC, 0.8)):
        for field, rank in _ranks(source, role).get(key, {}).items() if source else ():
            scores[field] = max(scores.get(field, 0.0), best - 0.01 * min(rank, 15))
    return scores


def _of_prefix(header: str, spelling: str, role: Role, found: dict[str, float]) -> dict[str, float]:
    """Only the fields that the prefix of a header allows; a deal's own fields for the prefix of a deal."""
    prefix = _PREFIX.match(_SUFFIX.sub("", header.strip()))
    whose = prefix[1].casefold() if prefix else ""
    if whose in ("account", "organization"):
        return {field: score for field, score in found.items() if field in _OF_AN_ACCOUNT}
    if role is Role.LEADS and whose.startswith(("deal", "opportunit")):
        deal = _exact_scores(spelling, Role.OPPORTUNITIES, None)
        own = {field: score for field, score in deal.items() if field in _DEAL_FIELDS}
        return {field: score for field, score in found.items() if field not in _NOT_OF_A_DEAL} | own
    if (
        prefix and "-" in prefix[0]
    ):  # "Lead - Title" is the name of a record, "Title" the position of a person
        return {field: score for field, score in found.items() if field != "seniority"}
    return found


def _stripped(header: str) -> str:
    text = _SUFFIX.sub("", header.strip())
    return _PREFIX.sub("", text)


@cache
def _all_known() -> frozenset[str]:
    names = {normal(field) for fields in FIELDS.values() for field in fields}
    for preset in presets().values():
        for fields in preset.headers.values():
            names |= {normal(header) for headers in fields.values() for header in headers}
    return frozenset(names - {""})


def is_known_header(text: str) -> bool:
    """Whether a text is a header of any CRM that we know; used to find the header row of a file."""
    return normal(text) in _all_known() or normal(_stripped(text)) in _all_known()


def likely_preset(headers: tuple[str, ...]) -> str | None:
    """The CRM whose exact header spellings fit best: at least three that the others do not all share; else None."""
    exact = {header.strip() for header in headers} | {_stripped(header) for header in headers}
    best, best_score = None, 0.0
    for name, preset in presets().items():
        if name == GENERIC:
            continue
        own = {header for fields in preset.headers.values() for names in fields.values() for header in names}
        score = sum(1.0 / _sharers(header) for header in exact & own)
        if score > best_score:
            best, best_score = name, score
    return best if best_score >= 1.5 else None


@cache
def _sharers(header: str) -> int:
    """How many CRMs write exactly this header (at least 1)."""
    count = 0
    for name, preset in presets().items():
        own = {
            spelling for fields in preset.headers.values() for names in fields.values() for spelling in names
        }
        count += name != GENERIC and header in own
    return max(count, 1)
