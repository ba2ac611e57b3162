"""What people put into the contract log and its drafts, cleaned and kept within limits."""

from __future__ import annotations

import json
import re
import unicodedata
from datetime import UTC, datetime
from typing import Any, NoReturn

from analytics.contract_table import canonical
from analytics.errors import RequestError

MOST_NAME = 80
MOST_NOTE = 1000
MOST_FINGERPRINT = 64
MOST_BYTES = 60_000
"""What the smallest text column of the usual databases holds."""
JOINERS = "\u200c\u200d"
"""Signs without a width that names of some scripts need; alone they are no name."""


def name_text(given: str) -> str:
    """The name of whoever proposes, signs or saves, 1 to 80 characters on one line.

    Raises:
        RequestError: it is empty or too long.
    """
    name = line_text(given, "A name", MOST_NAME)
    if not name.strip(JOINERS):
        raise RequestError("The name is empty; write who you are.")
    return name


def line_text(given: str, what: str, most: int) -> str:
    """A text on one line, at most ``most`` characters, without characters that cannot be seen; may be empty.

    Raises:
        RequestError: it is too long; ``what`` names it.
    """
    shown = (letter for letter in given if letter.isprintable() or letter.isspace() or letter in JOINERS)
    line = " ".join("".join(shown).split())
    if len(line) > most:
        raise RequestError(f"{what} has at most {most} characters, found {len(line)}; shorten it.")
    return line


def is_same_person(one: str, other: str) -> bool:
    """Whether two names differ in nothing but case, width, accents' encoding or what cannot be seen."""
    return _folded(one) == _folded(other)


def _folded(name: str) -> str:
    visible = "".join(letter for letter in name if letter not in JOINERS)
    return " ".join(unicodedata.normalize("NFKC", visible).casefold().split())


def slug(given: str) -> str:
    """The name of a draft as it is kept: small letters and digits joined by hyphens, 1 to 80 characters.

    Raises:
        RequestError: nothing is left of it, or it is too long.
    """
    words = re.findall(r"[^\W_]+", unicodedata.normalize("NFKC", given).casefold())
    name = "-".join(words)
    if not name:
        raise RequestError("The name of a draft needs a letter or a digit.")
    if len(name) > MOST_NAME:
        raise RequestError(
            f"The name of a draft has at most {MOST_NAME} characters, found {len(name)}; shorten it."
        )
    return name


def json_text(value: Any, what: str) -> str:
    """Canonical JSON of plain values, at most 60,000 bytes.

    Raises:
        RequestError: it holds something that JSON has no word for (a date, an infinite number, a lone half of a
            character), or is too large; ``what`` names it.
    """
    try:
        text = canonical(value)
        json.loads(text, parse_constant=_refuse_constant)
        size = len(text.encode())
    except (TypeError, ValueError, RecursionError) as error:
        raise RequestError(f"{what} holds a value that cannot be kept: {error}.") from error
    if size > MOST_BYTES:
        raise RequestError(f"{what} takes {size:,} bytes, at most {MOST_BYTES:,} are kept; shorten it.")
    return text


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is no number")


def stamp(at: datetime | None) -> datetime:
    """The moment, or now, in naive UTC and whole seconds; a moment without a zone is taken as UTC."""
    moment = at or datetime.now(UTC)
    if moment.tzinfo:
        moment = moment.astimezone(UTC)
    return moment.replace(tzinfo=None, microsecond=0)
