"""The one place where the text of a rule is cut into words, numbers, dates, quotes and signs, each with its place."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from enum import StrEnum

from analytics.errors import RequestError

MOST_CHARACTERS = 300
"""The longest rule; an anecdote is shorter."""
_CLOSING = {'"': '"', "'": "'", "“": "”“", "„": "“”", "«": "»", "‘": "’"}
_SIGNS = ("==", "!=", "<>", "<=", ">=", "=", "<", ">", "≤", "≥", "≠", "(", ")", ",", "+", "-", "−")
_SAME_SIGN = {"==": "=", "<>": "!=", "≠": "!=", "≤": "<=", "≥": ">=", "−": "-"}
_ENDS_WORD = frozenset('=<>≤≥≠(),+[]"“”„«»')
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}(?:[T ]\d{2}:\d{2}(?::\d{2})?)?(?![\w-])", re.ASCII)
_NUMBER = re.compile(r"\d+(?:\.\d+)?", re.ASCII)


class RuleError(RequestError):
    """A rule that cannot be understood or asked of this export; the person who typed it can mend it.

    Attributes:
        position: offset into the rule's text, from 0, at which a caret can be put; ``column`` counts from 1.
    """

    def __init__(self, sentence: str, position: int = 0) -> None:
        """``sentence`` says what was found and what to write instead."""
        super().__init__(f"{sentence} (column {position + 1})")
        self.position = position

    @property
    def column(self) -> int:
        """The place for people, counted from 1."""
        return self.position + 1

    def pointer(self, text: str) -> str:
        """The rule's text with a caret under the mistake, as two lines."""
        shown = "".join(" " if unicodedata.category(sign)[0] == "C" else sign for sign in text)
        return f"{shown[: MOST_CHARACTERS + 1]}\n{' ' * self.position}^"


class TokenKind(StrEnum):
    """What a piece of a rule's text is."""

    WORD = "word"
    QUOTED = "quoted"
    BRACKETED = "bracketed"
    NUMBER = "number"
    DATE = "date"
    SIGN = "sign"
    END = "end"


@dataclass(frozen=True, slots=True)
class Token:
    """One piece: ``text`` as meant (without quotes, signs in one spelling), ``start`` and ``end`` in the rule."""

    kind: TokenKind
    text: str
    start: int
    end: int

    @property
    def word(self) -> str:
        """The piece as it is looked up: without case, underscores as blanks; empty for anything but a word."""
        return folded(self.text) if self.kind is TokenKind.WORD else ""

    def is_sign(self, *signs: str) -> bool:
        """Whether it is one of these signs."""
        return self.kind is TokenKind.SIGN and self.text in signs


def folded(text: str) -> str:
    """Text without case, with single blanks, underscores as blanks and one kind of dash and apostrophe.

    >>> folded("  First_Touch  At ")
    'first touch at'
    """
    plain = text.replace("_", " ").replace("–", "-").replace("—", "-").replace("’", "'")
    return " ".join(plain.casefold().split())


def tokens_of(text: str) -> tuple[Token, ...]:
    """All pieces of a rule, the last one of kind END.

    Raises:
        RuleError: empty, too long, a control character, or a quote or bracket that is not closed.
    """
    if len(text) > MOST_CHARACTERS:
        raise RuleError(
            f"The rule is {len(text):,} characters long; at most {MOST_CHARACTERS} are read.",
            MOST_CHARACTERS,
        )
    for place, sign in enumerate(text):
        if unicodedata.category(sign) in {"Cc", "Cs"} and sign not in "\t\n\r":
            raise RuleError("The rule holds a character that is no text; take it out.", place)
    found = []
    place = 0
    while place < len(text):
        if text[place].isspace():
            place += 1
            continue
        token = _token_at(text, place)
        found.append(token)
        place = token.end
    if not found:
        raise RuleError("The rule is empty; write for example: phone missing and source webinar.", 0)
    found.append(Token(TokenKind.END, "", len(text), len(text)))
    return tuple(found)


def _token_at(text: str, place: int) -> Token:
    first = text[place]
    if first in _CLOSING:
        return _quoted(text, place)
    if first == "[":
        closing = text.find("]", place)
        if closing < 0:
            raise RuleError("The bracket [ is never closed with ].", place)
        return Token(TokenKind.BRACKETED, text[place + 1 : closing], place, closing + 1)
    for sign in _SIGNS:
        if text.startswith(sign, place):
            return Token(TokenKind.SIGN, _SAME_SIGN.get(sign, sign), place, place + len(sign))
    if match := _DATE.match(text, place):
        return Token(TokenKind.DATE, match.group().replace("T", " "), place, match.end())
    if match := _NUMBER.match(text, place):
        return Token(TokenKind.NUMBER, match.group(), place, match.end())
    end = place + 1
    while end < len(text) and not text[end].isspace() and text[end] not in _ENDS_WORD:
        if text.startswith("!=", end):
            break
        end += 1
    return Token(TokenKind.WORD, text[place:end], place, end)


def _quoted(text: str, place: int) -> Token:
    """A quoted text; a quote doubled inside stands for itself."""
    closing = _CLOSING[text[place]]
    parts = []
    at = place + 1
    while at < len(text):
        if text[at] in closing:
            if closing in {'"', "'"} and text.startswith(closing * 2, at):
                parts.append(closing)
                at += 2
                continue
            return Token(TokenKind.QUOTED, "".join(parts), place, at + 1)
        parts.append(text[at])
        at += 1
    raise RuleError(f"The quote {text[place]} is never closed.", place)
