"""Whether bytes that are not UTF-8 can safely be called Western text (Windows-1252, Latin-1)."""

from __future__ import annotations

import re
from dataclasses import dataclass

# Decoded with cp1252; the five undefined bytes become U+FFFD.
_PUNCTUATION = frozenset("€‚„…‹›‘’“”•–—™\u00a0¡¢£¥§©ª«¬\u00ad®°±²³´µ¶·¸º»¼½¾¿")
_LETTERS = frozenset("ŠŒŽšœžŸ") | {chr(c) for c in range(0xC0, 0x100) if c not in {0xD7, 0xF7}}
_BETWEEN_LETTERS = frozenset("’´·–—\u00ad")  # O’Brien, col·lecció, 2020–2026
_NEVER = frozenset("\ufffdƒ†‡ˆ‰˜\u00a4\u00a6\u00a8\u00af\u00d7\u00f7")
_RUN = re.compile(r"[\x80-\uffff]+")
_ICELANDIC = frozenset("áéíóúæÁÉÍÓÚÆ")
_TURKISH = frozenset("ðþýÝÞÐ")


@dataclass(frozen=True, slots=True)
class WesternLook:
    """How the runs of high bytes of a text read as Windows-1252."""

    runs: int
    odd: int
    long_runs: int

    @property
    def is_western(self) -> bool:
        """True when nearly every run is a letter or sign where Western languages have one."""
        return self.runs > 0 and self.odd * 20 <= self.runs and self.long_runs * 20 <= self.runs


def western_look(raw: bytes) -> WesternLook:
    """Judge the runs of high bytes in a piece of text, each with the characters around it."""
    text = raw.decode("cp1252", errors="replace")
    runs = odd = long_runs = 0
    letters: set[str] = set()
    for match in _RUN.finditer(text):
        run = match[0]
        runs += 1
        before = text[match.start() - 1] if match.start() else " "
        after = text[match.end()] if match.end() < len(text) else " "
        letters.update(run)
        if len(run) > 3 or (len(run) == 3 and all(c in _LETTERS for c in run)):
            long_runs += 1
        odd += _is_odd(run, before, after)
    if letters & _TURKISH and not letters & _ICELANDIC:
        # ğ ş ı of Windows-1254 and š ž of Windows-1257 stand where cp1252 has ð þ ý.
        odd = runs
    return WesternLook(runs, odd, long_runs)


def _is_odd(run: str, before: str, after: str) -> bool:
    """Tell whether a run of high characters cannot stand here in Western text."""
    if any(c in _NEVER for c in run):
        return True
    for i, char in enumerate(run):
        left = run[i - 1] if i else before
        right = run[i + 1] if i + 1 < len(run) else after
        is_after_letter, is_before_letter = left.isalpha(), right.isalpha()
        if char in _LETTERS:
            if char.isupper() and is_after_letter and (left.islower() or right.islower()):
                return True  # Mac and DOS letters land on capitals inside words
            if char == "ÿ" and not is_after_letter:
                return True
        elif char in _PUNCTUATION:
            if char in "¡¢£¥§©¬®±²³¶¸¼½¾¿µ" and is_after_letter and is_before_letter:
                return True
            if (char in "£¥" and is_before_letter) or (char in "“‘„‚" and is_after_letter):
                return True
            if char in "‚„‹›‘“”•…€™" and is_after_letter and is_before_letter:
                return True
        else:
            return True
    return False
