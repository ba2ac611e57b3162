"""The one place where a rule is understood: pieces of text to nodes, by recursive descent with a bounded depth."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from analytics.rules.comparisons import TRUTHS, Comparisons
from analytics.rules.cursor import AND_WORDS, OR_WORDS
from analytics.rules.nodes import TURNED, And, Dated, Fact, Known, Linear, Node, Not, Or, Order, Within
from analytics.rules.operands import COMPARERS, COPULAS, order_of
from analytics.rules.terms import FieldKind, RuleEvent, RuleField, Vocabulary
from analytics.rules.tokens import RuleError, Token, TokenKind, tokens_of

MOST_DEPTH, MOST_CONDITIONS = 20, 40
_RULE_WORDS = frozenset(
    ("and", "or", "not", "never", "is", "under", "over", "below", "above", "between", "contains")
)


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule as typed, and as understood."""

    text: str
    root: Node


def parse(text: str, vocabulary: Vocabulary) -> Rule:
    """Understand a rule, or say where and why not.

    Args:
        text: what was typed, at most 300 characters.
        vocabulary: the words of the snapshot.

    Raises:
        RuleError: the text is no rule, names what the export does not have, or is too long, deep or large.
    """
    return Rule(text, _Parser(text, vocabulary).whole())


def has_rule_words(text: str, vocabulary: Vocabulary) -> bool:
    """Whether a text that is no rule was meant as one: it holds a known word, a comparison, or a quote left open."""
    try:
        tokens = tokens_of(text)
    except RuleError:
        return True
    parser = _Parser(text, vocabulary)
    for number, token in enumerate(tokens):
        if token.is_sign("=", "<", ">", "<=", ">=", "!=") or parser.phrase_at(number) is not None:
            return True
        if token.word in _RULE_WORDS:
            return True
    return False


class _Parser(Comparisons):
    """One reading of one rule."""

    def __init__(self, text: str, vocabulary: Vocabulary) -> None:
        super().__init__(text, vocabulary)
        self._depth = 0
        self._conditions = 0

    def whole(self) -> Node:
        """The whole rule."""
        node = self._either()
        if self._next.kind is not TokenKind.END:
            raise self._unexpected()
        return node

    def _either(self) -> Node:
        return self._joined(self._all, OR_WORDS, Or)

    def _all(self) -> Node:
        return self._joined(self._opposite, AND_WORDS, And)

    def _joined(self, part: Callable[[], Node], words: tuple[str, ...], kind: type[And | Or]) -> Node:
        terms = [part()]
        while self._next.word in words:
            self._take()
            terms.append(part())
        return terms[0] if len(terms) == 1 else kind(tuple(terms))

    def _opposite(self) -> Node:
        token = self._next
        is_named = self.phrase_at(self._at) is not None
        if token.word in {"not", "never"} and not is_named:
            self._deeper(token)
            self._take()
            inner = self._opposite()
            self._depth -= 1
            return Not(inner)
        if token.word in {"no", "without", "has", "have", "with", "had"} and not is_named:
            return self._having(token.word not in {"no", "without"})
        if token.is_sign("(") and not self._is_sum_in_brackets():
            self._deeper(token)
            self._take()
            inner = self._either()
            if not self._next.is_sign(")"):
                if self._next.kind is TokenKind.END:
                    raise self._refuse("This ( is never closed.", token)
                raise self._unexpected()
            self._take()
            self._depth -= 1
            return inner
        self._conditions += 1
        if self._conditions > MOST_CONDITIONS:
            raise self._refuse(f"A rule holds at most {MOST_CONDITIONS} conditions.")
        return self._condition()

    def _deeper(self, token: Token) -> None:
        self._depth += 1
        if self._depth > MOST_DEPTH:
            raise self._refuse(f"Brackets and 'not' can stand at most {MOST_DEPTH} deep.", token)

    def _is_sum_in_brackets(self) -> bool:
        """Whether the bracket holds a sum of dates that is then compared: ``(closed_at - handoff_at) > 30 days``."""
        open_brackets = 0
        for place in range(self._at, len(self._tokens)):
            token = self._tokens[place]
            open_brackets += token.is_sign("(") - token.is_sign(")")
            if open_brackets == 0:
                after = self._tokens[min(place + 1, len(self._tokens) - 1)]
                is_compared = after.is_sign("=", "<", ">", "<=", ">=", "!=", "+", "-")
                return is_compared or bool(self._words_ahead((*COMPARERS, *COPULAS), place + 1))
        return False

    def _having(self, is_known: bool) -> Node:
        self._take()
        found = self._named()
        if isinstance(found, RuleEvent):
            return Fact(found) if is_known else Not(Fact(found))
        if found.kind is FieldKind.DURATION or found.name in {"handoff_at", "as_of"}:
            raise self._refuse(f"{found.label} is always there; compare it with something.")
        return Known(found, is_known)

    def _condition(self) -> Node:
        token = self._next
        if token.kind in {TokenKind.NUMBER, TokenKind.DATE} or token.is_sign("(", "-"):
            return self._compared()
        before = self._at
        named = self._named()
        if isinstance(named, RuleEvent):
            return self._happening(named, before)
        if named.kind in {FieldKind.STAMP, FieldKind.DURATION}:
            self._at = before
            return self._compared()
        if named.kind is FieldKind.NUMBER:
            return self._number(named)
        if named.kind is FieldKind.PRESENCE:
            return self._presence(named)
        if named.kind in {FieldKind.STATUS, FieldKind.REASON}:
            return self._coded(named)
        return self._texts(named)

    def _happening(self, event: RuleEvent, before: int) -> Node:
        token = self._next
        if token.is_sign("+", "-") or (
            token.is_sign("<", ">", "<=", ">=", "=", "!=") and self._ahead(1).word not in TRUTHS
        ):
            self._at = before
            return self._compared()
        if self._take_words("because of", "because", "due to"):
            return self._because(event, token)
        if token.word == "in" and self._is_span_at(self._at + 1):
            self._take()
            return self._within(event, "<=", token)
        if not self._has_comparer():
            return Fact(event)
        kind, is_denied, _ = self._comparer()
        node: Node
        if kind in {"missing", "known"}:
            node = Fact(event) if kind == "known" else Not(Fact(event))
        elif kind == "=" and self._next.word in TRUTHS:
            node = Fact(event) if TRUTHS[self._take().word] else Not(Fact(event))
        elif kind == "between":
            low, high = self._pair(self._moment)
            node = And((self._dated(event, ">=", low, token), self._dated(event, "<=", high, token)))
        elif kind in TURNED:
            node = self._within(event, order_of(kind), token)
        else:
            raise self._refuse(f"'{event.label}' is followed by within, before, after or a date.", token)
        return Not(node) if is_denied else node

    def _because(self, event: RuleEvent, token: Token) -> Node:
        reason = self._vocabulary.field_named("rejection reason")
        if event.name != "rejected" or reason is None:
            raise self._refuse("Only a rejection has a reason: rejected because duplicate.", token)
        return And((Fact(event), self._codes(reason)))

    def _within(self, event: RuleEvent, order: Order, token: Token) -> Node:
        """An event against a duration after the handoff, or against a moment."""
        start = self._next
        operand = self._sum()
        if operand.is_stamp:
            return self._dated(event, order, operand, token)
        total = sum((term.sign * _span(term.value) for term in operand.terms), timedelta(0))
        if any(isinstance(term.value, RuleField) for term in operand.terms):
            raise self._refuse("Write a duration here, such as 3 days.", start)
        if event.at is None or order not in {"<", "<=", ">"}:
            raise self._refuse(
                f"'{event.label}' cannot be timed like this; write within, before or after.", token
            )
        self._take_words("of handoff", "of the handoff", "after handoff", "after the handoff", "from handoff")
        return Within(event, order, total)

    def _dated(self, event: RuleEvent, order: Order, moment: Linear, token: Token) -> Node:
        if event.at is None:
            raise self._refuse(f"'{event.label}' has no date to compare.", token)
        return Dated(event, order, moment)


def _span(value: object) -> timedelta:
    return value if isinstance(value, timedelta) else timedelta(0)
