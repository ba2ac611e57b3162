"""Personal data at import: which columns look personal or free, and the keyed hash that stands for a contact."""

from __future__ import annotations

import re

from analytics.warehouse import literal

_PERSONAL_WORDS = re.compile(
    r"name|e-?mail|phone|mobile|\bfax\b|address|street|stra(ß|ss)e|zip|postal|plz|note|comment|description|remark|"
    r"bemerkung|birth|geburt|linkedin|twitter|skype|ip\b|ip address|passport|vorname|nachname|anrede|salutation|message|"
    r"telefon|handy|kommentar|beschreibung|adresse|prénom|\bnom\b|correo|nombre|apellido",
    re.IGNORECASE,
)
_IMPERSONAL_NAMES = re.compile(
    r"(company|account|campaign|firm|organi[sz]ation|industry|product|event|form|page|list|segment|team|territory|queue|stage|"
    r"source|program|channel|partner|plan|pipeline|currency|country|region|state|city|firmen)[\s_\-]*name",
    re.IGNORECASE,
)
_PHONE = re.compile(r"\+?[\d\s()/.\-]{7,20}")
_KEY = re.compile(r"[A-Za-z0-9_\-]{16,64}")


def looks_personal(header: str, samples: list[str]) -> str | None:
    """Why a further column stays out until someone ticks it: personal by its name or values, or free text; else None."""
    if _PERSONAL_WORDS.search(header) and not _IMPERSONAL_NAMES.search(header):
        return "its name looks personal"
    filled = [text for text in samples if text.strip()]
    if not filled:
        return None
    if sum("@" in text for text in filled) > 0.1 * len(filled):
        return "it holds e-mail addresses"
    phones = [t for t in filled if _PHONE.fullmatch(t.strip()) and (t.strip().startswith("+") or " " in t.strip()) and sum(map(str.isdigit, t)) >= 7]
    if len(phones) > 0.3 * len(filled):
        return "it holds phone numbers"
    if sum(map(len, filled)) / len(filled) > 60:
        return "it holds free text"
    return None


def keyed_hash(expression: str, key: str) -> str:
    """Engine expression: the first 128 bits of SHA-256 over key and value, as hex text; NULL stays NULL.

    The key comes first and is secret, the result is cut: neither a look-up table nor a length extension helps. Key
    and a usual e-mail address fit one block of the hash, which makes it three times as fast as HMAC.
    """
    if not _KEY.fullmatch(key):
        raise ValueError("the key of the workspace has an unexpected form")
    return f"left(sha256({literal(key)} || {expression}), 32)"


def contact_key(email: str | None, phone: str | None, key: str) -> str:
    """Engine expression for the contact: the e-mail without case and blanks, else the phone's digits, hashed."""
    parts = []
    if email:
        parts.append(f"nullif(lower({email}), '')")
    if phone:
        parts.append(f"nullif('tel' || regexp_replace({phone}, '[^0-9]', '', 'g'), 'tel')")
    if not parts:
        return "CAST(NULL AS VARCHAR)"
    plain = parts[0] if len(parts) == 1 else f"coalesce({', '.join(parts)})"
    return keyed_hash(plain, key)


def masked(text: str) -> str:
    """A sample value with e-mail addresses and long digit runs made unreadable."""
    text = re.sub(r"[^\s@]+@[^\s@]+", lambda match: match.group()[:1] + "***@***", text)
    return re.sub(r"\+?\d[\d\s()/.\-]{6,}\d", lambda match: match.group()[:3] + "…", text)
