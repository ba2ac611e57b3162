"""Personal data at import: which columns look personal or free, and the keyed hash that stands for a contact."""

from __future__ import annotations

import re

from analytics.warehouse import literal

_PERSONAL_WORDS = re.compile(
    r"name|e-?mail|\bmail\b|phone|mobile|\bmobil|\bfax\b|\btel\b|whatsapp|address|street|stra(ß|ss)e|zip|postal|plz|note|comment|"
    r"description|remark|bemerkung|birth|geburt|linkedin|twitter|skype|\bip\b|passport|vorname|nachname|anrede|salutation|message|"
    r"telef|tél[ée]ph|teléf|handy|rufnummer|celular|móvil|kommentar|commentaire|comentario|beschreibung|adresse|dirección|endereço|"
    r"indirizzo|pr[ée]nom|\bnom\b|correo|courriel|nombre(?! de)|apellido|cognome|\bnome\b|sobrenome|voornaam|achternaam|namn|navn|"
    r"nazwisko|\bimi[ęe]\b|^contact$|contact person|primary contact|kontaktperson|ansprechpartner|interlocut|^kontakt$|topic|subject|"
    r"betreff|thema|^(?:lead|deal|opportunity)\s*[-:]\s*title$|\bnotiz|created by|modified by|\bcreator\b|erstellt von|geändert von",
    re.IGNORECASE,
)
_IMPERSONAL_NAMES = re.compile(
    r"(company|account|campaign|firm|organi[sz]ation|industry|product|event|form|page|list|segment|team|territory|queue|stage|"
    r"source|program|channel|partner|plan|pipeline|currency|country|region|state|city|firmen)[\s_\-]*name",
    re.IGNORECASE,
)
_PHONE = re.compile(r"\+?[\d\s()/.\-]{7,20}")
_EMAIL = re.compile(r"[^\s@<>()\[\],;:\"']+@[^\s@<>()\[\],;:\"']+")
_DATE_LIKE = re.compile(r"^\d{1,4}[./-]\d{1,2}[./-]\d{1,4}|^\d+$")
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}|\d{1,4}[/.\-]\d{1,2}[/.\-]\d{2,4}(\D|$)")
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
    phones = [
        t
        for t in filled
        if _PHONE.fullmatch(t.strip())
        and (t.strip().startswith("+") or " " in t.strip())
        and sum(map(str.isdigit, t)) >= 7
    ]
    if len(phones) > 0.3 * len(filled):
        return "it holds phone numbers"
    if sum(map(len, filled)) / len(filled) > 60:
        return "it holds free text"
    return None


def keyed_hash(expression: str, key: str) -> str:
    """Engine expression: the first 80 bits of SHA-256 over key and value, as hex text; NULL stays NULL.

    The key comes first and is secret, the result is cut: neither a look-up table nor a length extension helps. Key
    and a usual e-mail address fit one block of the hash, which makes it three times as fast as HMAC.
    """
    if not _KEY.fullmatch(key):
        raise ValueError("the key of the workspace has an unexpected form")
    return f"left(sha256({literal(key)} || {expression}), 20)"


def contact_key(email: str | None, phone: str | None, key: str) -> str:
    """Engine expression for the contact: the e-mail without case and blanks, else the phone's digits, hashed."""
    parts = []
    if email:
        parts.append(f"nullif(lower({email}), '')")
    if phone:
        digits = f"regexp_replace({phone}, '[^0-9]', '', 'g')"
        cut = f"regexp_matches({phone}, '[eE][+]')"  # a spreadsheet cut it: many phones would look like one contact
        parts.append(f"CASE WHEN NOT {cut} AND length({digits}) >= 6 THEN 'tel' || {digits} END")
    if not parts:
        return "CAST(NULL AS VARCHAR)"
    plain = parts[0] if len(parts) == 1 else f"coalesce({', '.join(parts)})"
    return keyed_hash(plain, key)


def without_addresses(text: str, *, is_owner: bool = False) -> str:
    """A value that is kept, with e-mail addresses and whole phone numbers in it replaced by what they are.

    An owner written as an address keeps the part before the @, so that owners stay apart.
    """
    text = _EMAIL.sub(lambda found: found.group().partition("@")[0] if is_owner else "(e-mail)", text)
    bare = text.strip()
    digits = sum(map(str.isdigit, bare))
    if (
        digits >= 7
        and _PHONE.fullmatch(bare)
        and (bare[0] in "+(" or (bare[0] == "0" and not _DATE_LIKE.search(bare)))
    ):
        return "(phone number)"
    return text


def text_without_addresses(text: str) -> str:
    """Engine expression: a text with e-mail addresses in it replaced."""
    pattern = literal(_EMAIL.pattern)
    return f"CASE WHEN contains({text}, '@') THEN regexp_replace({text}, {pattern}, '(e-mail)', 'g') ELSE {text} END"


def masked(text: str) -> str:
    """A sample value with e-mail addresses and long digit runs made unreadable; dates stay."""
    if _DATE.match(text.strip()):
        return text
    text = re.sub(r"[^\s@]+@[^\s@]+", lambda match: match.group()[:1] + "***@***", text)
    return re.sub(r"\+?\d[\d\s()/.\-]{6,}\d", lambda match: match.group()[:3] + "…", text)
