"""Which characters the bytes of a text file stand for; what cannot be told safely is refused."""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from analytics.errors import FileRefusedError
from analytics.importing.reading.raw_facts import RawFacts, line_at
from analytics.importing.reading.western import western_look

How = Literal["utf-8", "utf-8-damaged", "cp1252", "utf-16", "utf-32"]

_MOJIBAKE = re.compile(
    r"Ã[\u0080-\u00bf‘’“”–—€‚ƒ„…†‡ˆ‰Š‹ŒŽš›œžŸ™•˜]|Â[\u00a0-\u00bf]|â€[\u0080-\u00bf“”™œ¦¢“”˜]"
)


@dataclass(frozen=True, slots=True)
class Encoding:
    """How a file is decoded.

    Attributes:
        how: the decision.
        codec: name for ``codecs``; decoding never raises, damage becomes U+FFFD.
        skipped_bytes: length of the byte order mark.
    """

    how: How
    codec: str
    skipped_bytes: int = 0


def marked_encoding(head: bytes) -> Encoding | None:
    """Return the encoding that a byte order mark or the places of NUL bytes give away."""
    if head.startswith((codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE)):
        return Encoding("utf-32", "utf-32-le" if head[:1] == b"\xff" else "utf-32-be", 4)
    if head.startswith(codecs.BOM_UTF8):
        return Encoding("utf-8", "utf-8", 3)
    if head.startswith(codecs.BOM_UTF16_LE):
        return Encoding("utf-16", "utf-16-le", 2)
    if head.startswith(codecs.BOM_UTF16_BE):
        return Encoding("utf-16", "utf-16-be", 2)
    start = head[:4096]
    even, odd = start[0::2].count(0), start[1::2].count(0)
    if len(start) >= 8 and max(even, odd) * 10 >= len(start) * 3 and min(even, odd) * 20 <= max(even, odd):
        return Encoding("utf-16", "utf-16-le" if odd > even else "utf-16-be")
    third = [start[i::4].count(0) for i in range(4)]
    if len(start) >= 8 and sum(third) * 10 >= len(start) * 7 and min(third) * 10 < max(third):
        return Encoding("utf-32", "utf-32-le" if third[3] > third[0] else "utf-32-be")
    return None


def decide_encoding(path: Path, facts: RawFacts, shown: str) -> Encoding:
    """Return how to decode the file; raise FileRefusedError when nobody could tell.

    A byte order mark decides. Otherwise valid UTF-8 is UTF-8; a few bad bytes are damage; text that reads as
    Western text throughout is Windows-1252; the rest (Japanese, Chinese, Korean, Cyrillic, Central European
    or DOS and Mac code pages) would become wrong names without a word, so it is refused.
    """
    with path.open("rb") as file:
        head = file.read(65_536)
    marked = marked_encoding(head)
    if marked is not None and marked.how != "utf-8":
        return marked
    skipped = 3 if marked else 0
    if facts.bad_utf8 == 0:
        return Encoding("utf-8", "utf-8", skipped)
    if marked is not None or facts.good_utf8 >= facts.bad_utf8:
        return Encoding("utf-8-damaged", "utf-8", skipped)
    look = western_look(bytes(facts.odd_context))
    if look.is_western:
        return Encoding("cp1252", "cp1252")
    if facts.bad_utf8 <= 4 and facts.bad_utf8 * 200 <= facts.size:
        return Encoding("utf-8-damaged", "utf-8")
    raise FileRefusedError(
        f"{shown}, line {line_at(path, facts.first_bad_at)}: the file is not UTF-8 and its characters cannot be told safely "
        "(it may be Japanese, Chinese, Korean, Cyrillic, Central European or an old Mac or DOS code page); "
        "save it as UTF-8 (in Excel: 'CSV UTF-8') and upload it again."
    )


def has_mojibake(text: str) -> re.Match[str] | None:
    """Return the first sign of double encoding (``Ã©``, ``â€™``) in a text."""
    return _MOJIBAKE.search(text)
