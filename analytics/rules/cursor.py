"""The pieces of a rule read one by one: what stands next, known words, lists and texts; refuses with the place."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TypeVar

from analytics.errors import nearest
from analytics.results import Unmeasurable
from analytics.rules.terms import RuleEvent, RuleField, Vocabulary
from analytics.rules.tokens import RuleError, Token, TokenKind, folded, tokens_of

MOST_VALUES = 60
AND_WORDS, OR_WORDS = ("and", "but", "&&", "&"), ("or", "||")
_PHRASE = 6
_ENDS_VALUE = frozenset(
    ("is", "isn't", "under", "over", "below", "above", "contains", "between", "missing", "empty", "equals", "because",
     "within", "not", "never"),
)  # fmt: skip
_Part = TypeVar("_Part")


class Cursor:
    """A place in a rule; ``_at`` is the next piece. The parser stands on it."""

    def __init__(self, text: str, vocabulary: Vocabulary) -> None:
        self._text = text
        self._vocabulary = vocabulary
        self._tokens = tokens_of(text)
        self._at = 0

    @property
    def _next(self) -> Token:
        return self._tokens[self._at]

    def _ahead(self, steps: int) -> Token:
        return self._tokens[min(self._at + steps, len(self._tokens) - 1)]

    def _take(self) -> Token:
        token = self._next
        if token.kind is not TokenKind.END:
            self._at += 1
        return token

    def _words_ahead(self, table: Iterable[str], start: int | None = None) -> tuple[str, int] | None:
        """The longest phrase of a table that stands next, and how many pieces it takes."""
        place = self._at if start is None else start
        words: list[str] = []
        found = None
        for token in self._tokens[place : place + _PHRASE]:
            if not token.word:
                break
            words.append(token.word)
            if (phrase := " ".join(words)) in table:
                found = (phrase, len(words))
        return found

    def phrase_at(self, place: int) -> tuple[str, int] | None:
        """The longest known word of the vocabulary at a piece, and how many pieces it takes."""
        return self._words_ahead(self._vocabulary.words, place)

    def _take_words(self, *phrases: str) -> str | None:
        found = self._words_ahead(phrases)
        if found is None:
            return None
        self._at += found[1]
        return found[0]

    def _refuse(self, sentence: str, token: Token | None = None) -> RuleError:
        return RuleError(sentence, (token or self._next).start)

    def _unexpected(self) -> RuleError:
        if self._next.is_sign(")"):
            return self._refuse("This ) closes nothing.")
        if self._next.is_sign(","):
            return self._refuse(
                "A comma stands only between the values of a list: write 1000 instead of 1,000, and 'and' between conditions."
            )
        found = self._text[self._next.start : self._next.end]
        return self._refuse(
            f"'{found[:40]}' follows a complete condition; put 'and' or 'or' before it, or the text in quotes."
        )

    def _named(self) -> RuleField | RuleEvent:
        """The field or event named next, by one of our words or by a header in quotes or brackets."""
        token = self._next
        if token.kind in {TokenKind.QUOTED, TokenKind.BRACKETED}:
            self._take()
            return self._header(token)
        found = self.phrase_at(self._at)
        if found is None:
            raise self._unknown(token)
        meant = self._vocabulary.words[found[0]]
        if isinstance(meant, Unmeasurable):
            raise self._absent(meant, token)
        self._at += found[1]
        return meant

    def _header(self, token: Token) -> RuleField | RuleEvent:
        headers = self._vocabulary.headers
        if token.text in headers:
            return headers[token.text]
        for header, meant in headers.items():
            if folded(header) == folded(token.text):
                return meant
        known = self._vocabulary.words.get(folded(token.text))
        if isinstance(known, Unmeasurable):
            raise self._absent(known, token)
        if known is None:
            close = nearest(token.text, self._vocabulary.known)
            raise self._refuse(f"The export has no column '{token.text[:60]}'{close or '.'}", token)
        return known

    def _absent(self, why: Unmeasurable, token: Token) -> RuleError:
        brings = f" What would bring it: {why.column}." if why.column else ""
        return self._refuse(f"{why.why}{brings}", token)

    def _unknown(self, token: Token) -> RuleError:
        if token.kind is TokenKind.END:
            return self._refuse("The rule ends where a field or a word such as accepted is expected.")
        word = self._text[token.start : token.end]
        if token.kind is TokenKind.WORD:
            if "-" in word and all(folded(part) in self._vocabulary.words for part in word.split("-")):
                return self._refuse(f"Put blanks around the minus in '{word[:60]}'.", token)
            close = nearest(token.word, [*self._vocabulary.known, "not", "never"])
            if not close and self._at and self._tokens[self._at - 1].word in OR_WORDS:
                close = "; several values stand in a list, as in: source in (webinar, trade show)."
            return self._refuse(f"'{word[:60]}' is no field or word known here{close or '.'}", token)
        return self._refuse(f"Expected a field or a word such as accepted, found '{word[:60]}'.", token)

    def _listed(self, part: Callable[[], _Part]) -> list[_Part]:
        opening = self._take()
        found = [part()]
        while self._next.is_sign(","):
            self._take()
            if len(found) >= MOST_VALUES:
                raise self._refuse(f"A list holds at most {MOST_VALUES} values.")
            found.append(part())
        if not self._next.is_sign(")"):
            if self._next.kind is TokenKind.END:
                raise self._refuse("This ( is never closed.", opening)
            raise self._refuse("Expected a comma or ) in the list.")
        self._take()
        return found

    def _text_value(self, what: str) -> tuple[str, Token]:
        """A text in quotes, or the words up to the next and, or, comma or bracket."""
        token = self._next
        if token.kind is TokenKind.QUOTED:
            self._take()
            if not token.text.strip():
                raise self._refuse(
                    f"The text after {what} is empty; for leads without one write: {what} is missing.", token
                )
            return " ".join(token.text.split()), token
        last = None
        while self._next.kind in {TokenKind.WORD, TokenKind.NUMBER, TokenKind.DATE} or self._next.is_sign(
            "-", "+"
        ):
            if self._next.word in AND_WORDS[:3] or self._next.word in OR_WORDS:
                break
            if self._next.word in _ENDS_VALUE:
                raise self._unexpected() if last else self._refuse(f"Expected a value after {what}.")
            last = self._take()
        if last is None:
            found = self._text[token.start : token.end]
            raise self._refuse(
                f"Expected a value after {what}" + (f", found '{found[:40]}'." if found else "."), token
            )
        return " ".join(self._text[token.start : last.end].split()), token
