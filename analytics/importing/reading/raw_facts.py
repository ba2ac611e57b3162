"""What the original bytes show before anything is decoded: hash, encoding, damage."""

from __future__ import annotations

import codecs
import hashlib
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

BLOCK = 1 << 20
_HIGH = re.compile(rb"[\x80-\xff]+")
_GOOD = re.compile(
    rb"[\xc2-\xdf][\x80-\xbf]|\xe0[\xa0-\xbf][\x80-\xbf]|[\xe1-\xec\xee\xef][\x80-\xbf]{2}|\xed[\x80-\x9f][\x80-\xbf]|"
    rb"\xf0[\x90-\xbf][\x80-\xbf]{2}|[\xf1-\xf3][\x80-\xbf]{3}|\xf4[\x80-\x8f][\x80-\xbf]{2}"
)
_CONTEXT = 400_000
_DOUBLE = re.compile(rb"\xc3\x83[\xc2\xc5\xc6\xcb\xe2]|\xc3\x82\xc2[\xa0-\xbf]|\xc3\xa2\xe2\x82\xac")


@dataclass(slots=True)
class RawFacts:
    r"""What one pass over the bytes found.

    Attributes:
        size: bytes of the file.
        is_ascii: no byte above 127.
        good_utf8: characters beyond ASCII that are valid UTF-8; bad_utf8: bytes that are not.
        odd_context: lines around invalid bytes, at most 400 kB, to judge them as Windows-1252.
        first_bad_at: place of the first invalid byte, or -1.
        nuls: NUL bytes; nul_tail: NULs at the very end; nul_block_at: place of the
            first 64 NULs in a row, or -1.
        has_backslash_quotes: ``\"`` occurs.
        has_mojibake: a double-encoded character occurs.
        at: bytes looked at; carry: bytes of a character that goes on in the next block.
    """

    size: int = 0
    is_ascii: bool = True
    good_utf8: int = 0
    bad_utf8: int = 0
    odd_context: bytearray = field(default_factory=bytearray)
    first_bad_at: int = -1
    nuls: int = 0
    nul_tail: int = 0
    nul_block_at: int = -1
    has_backslash_quotes: bool = False
    has_mojibake: bool = False
    at: int = 0
    carry: bytes = field(default=b"", repr=False)


def measure(path: Path, progress: Callable[[float], None] | None = None) -> RawFacts:
    """Return the facts about a file in one pass."""
    facts = RawFacts(size=path.stat().st_size)
    with path.open("rb") as file:
        while block := file.read(BLOCK):
            _look(facts, block)
            facts.at += len(block)
            if progress is not None:
                progress(facts.at / facts.size)
    if facts.carry:
        _count_utf8(facts, facts.carry, is_last=True)
        facts.carry = b""
    return facts


def _look(facts: RawFacts, block: bytes) -> None:
    """Add one block to the facts."""
    if block.find(b"\x00") >= 0:
        _look_at_nuls(facts, block)
    else:
        facts.nul_tail = 0
    if not facts.has_backslash_quotes and block.find(b"\\") >= 0 and block.find(b'\\"') >= 0:
        facts.has_backslash_quotes = True
    if not block.isascii() or facts.carry:
        facts.is_ascii = False
        if not facts.has_mojibake and _DOUBLE.search(block):
            facts.has_mojibake = True
        _count_utf8(facts, facts.carry + block, is_last=False)


def _look_at_nuls(facts: RawFacts, block: bytes) -> None:
    """Count NULs and find blocks of them, which are holes left by a crash."""
    count = block.count(b"\x00")
    facts.nuls += count
    kept = block.rstrip(b"\x00")
    facts.nul_tail = len(block) - len(kept) + (facts.nul_tail if not kept else 0)
    hole = block.find(b"\x00" * 64)
    if hole >= 0 and facts.nul_block_at < 0:
        facts.nul_block_at = facts.at + hole


def _count_utf8(facts: RawFacts, data: bytes, *, is_last: bool) -> None:
    """Count valid and invalid UTF-8; bytes that may go on in the next block are carried over."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        text = decoder.decode(data, is_last)
    except UnicodeDecodeError:
        _count_bad(facts, data, is_last=is_last)
        return
    rest = decoder.getstate()[0]
    facts.good_utf8 += len(text) - _ascii_count(data)
    facts.carry = rest


def _ascii_count(data: bytes) -> int:
    """Count ASCII bytes."""
    import numpy as np

    return int(np.count_nonzero(np.frombuffer(data, dtype=np.uint8) < 128))


def _count_bad(facts: RawFacts, data: bytes, *, is_last: bool) -> None:
    """Count run by run in a block that holds invalid bytes."""
    begin = facts.at - len(facts.carry)
    facts.carry = b""
    end = len(data)
    if not is_last:
        cut = _HIGH.search(data, max(0, len(data) - 4))
        if cut and cut.end() == len(data) and cut.start() > 0:
            end = max(cut.start(), len(data) - 3)
            facts.carry = data[end:]
    for match in _HIGH.finditer(data, 0, end):
        run = match[0]
        good, bad = _split_run(run)
        facts.good_utf8 += good
        facts.bad_utf8 += bad
        if not bad:
            continue
        if facts.first_bad_at < 0:
            facts.first_bad_at = begin + match.start()
        if len(facts.odd_context) < _CONTEXT:
            around = data[max(0, match.start() - 3) : match.end() + 3]
            facts.odd_context += around + b"\n"


def _split_run(run: bytes) -> tuple[int, int]:
    """Return valid characters and invalid bytes of a run of high bytes."""
    good = bad = at = 0
    while at < len(run):
        match = _GOOD.match(run, at)
        if match:
            good += 1
            at = match.end()
        else:
            bad += 1
            at += 1
    return good, bad


def line_at(path: Path, place: int) -> int:
    """Return the 1-based line on which a byte stands; a CR ends a line where there is no LF at all."""
    ends = returns = 0
    with path.open("rb") as file:
        while place > 0 and (block := file.read(min(BLOCK, place))):
            place -= len(block)
            ends += block.count(b"\n")
            returns += block.count(b"\r")
    return (ends or returns) + 1


def digest(path: Path) -> tuple[str, int]:
    """Return SHA-256 and size of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest(), path.stat().st_size
