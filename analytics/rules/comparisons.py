"""Conditions on one field of a rule: numbers and their bands, texts, kept columns, codes, and what is only present."""

from __future__ import annotations

from analytics.errors import nearest
from analytics.rules.nodes import (
    TURNED,
    And,
    Fact,
    InBand,
    KeptWhen,
    Known,
    Node,
    Not,
    NumberIs,
    Or,
    Order,
    ReasonIs,
    TextHas,
    TextIs,
)
from analytics.rules.operands import Operands, order_of
from analytics.rules.terms import FieldKind, RuleField, band_word
from analytics.rules.tokens import Token, TokenKind, folded

TRUTHS = {"yes": True, "true": True, "no": False, "false": False}


class Comparisons(Operands):
    """Reads what follows the name of a field."""

    def _number(self, field: RuleField) -> Node:
        start = self._next
        kind, is_denied, is_given = self._comparer()
        node: Node
        if kind in {"missing", "known"}:
            node = Known(field, kind == "known")
        elif kind == "between":
            low = self._figure()
            self._take_and()
            node = And((NumberIs(field, ">=", low), NumberIs(field, "<=", self._figure())))
        elif kind == "in":
            node = self._one_of_numbers(field)
        elif kind == "=":
            if not is_given and self._next.kind is TokenKind.END:
                raise self._refuse(
                    f"Say how {field.label} compares: under, over, between, at least, missing and so on."
                )
            node = self._banded(field)
        elif kind in TURNED:
            node = NumberIs(field, order_of(kind), self._other_number() or self._figure())
        else:
            raise self._refuse(
                f"{field.label} is a number; write under, over, between, at least or at most.", start
            )
        return Not(node) if is_denied else node

    def _other_number(self) -> RuleField | None:
        found = self.phrase_at(self._at)
        meant = self._vocabulary.words[found[0]] if found else None
        if found and isinstance(meant, RuleField) and meant.kind is FieldKind.NUMBER:
            self._at += found[1]
            return meant
        return None

    def _banded(self, field: RuleField) -> Node:
        """A number, or the name of one of its bands: ``51-200``, ``5,001+``, ``40–59``."""
        token = self._next
        bands = {word: (label, number) for word, label, number in field.bands}
        for count in range(min(8, len(self._tokens) - 1 - self._at), 0, -1):
            last = self._ahead(count - 1)
            text = token.text if token.kind is TokenKind.QUOTED else self._text[token.start : last.end]
            is_figure = count == 1 and token.kind is TokenKind.NUMBER
            if band_word(text) in bands and not is_figure and not last.is_sign(","):
                self._at += 1 if token.kind is TokenKind.QUOTED else count
                label, number = bands[band_word(text)]
                return InBand(field, number, label)
        if token.kind is TokenKind.QUOTED:
            names = ", ".join(label for _, label, _ in field.bands)
            raise self._refuse(f"{field.label} has no band '{token.text[:40]}'. Known: {names}.", token)
        value = self._figure()
        if self._next.is_sign("-") and field.bands:
            names = ", ".join(label for _, label, _ in field.bands)
            raise self._refuse(
                f"{field.label} has no such band. Known: {names}; any range: between 50 and 200.", token
            )
        return NumberIs(field, "=", value)

    def _one_of_numbers(self, field: RuleField) -> Node:
        found = self._listed(lambda: self._banded(field))
        return found[0] if len(found) == 1 else Or(tuple(found))

    def _texts(self, field: RuleField) -> Node:
        start = self._next
        kind, is_denied, _ = self._comparer()
        node: Node
        if kind == "missing" and self._tokens[self._at - 1].word == "unknown":
            node = TextIs(field, ("unknown",))  # what people choose from a list; an empty field is "missing"
        elif kind in {"missing", "known"}:
            node = Known(field, kind == "known")
        elif kind in {"contains", "starts"}:
            node = TextHas(field, self._text_value(field.label)[0], kind == "starts")
        elif kind == "in":
            node = TextIs(
                field, tuple(text for text, _ in self._listed(lambda: self._text_value(field.label)))
            )
        elif field.kind is FieldKind.KEPT and kind != "=":
            node = self._kept(field, kind, start)
        elif kind == "=":
            node = TextIs(field, (self._text_value(field.label)[0],))
        else:
            raise self._refuse(f"{field.label} is text; write is, is not, contains, in or missing.", start)
        return Not(node) if is_denied else node

    def _kept(self, field: RuleField, kind: str, start: Token) -> Node:
        """A kept column compared as a number or as a date."""
        if kind == "between":
            low = self._kept_value(field, ">=")
            self._take_and()
            return And((low, self._kept_value(field, "<=")))
        if kind not in TURNED:
            raise self._refuse(
                f"{field.label} can be compared with is, contains, in, under, over or between.", start
            )
        return self._kept_value(field, order_of(kind))

    def _kept_value(self, field: RuleField, order: Order) -> Node:
        day = self._day()
        return KeptWhen(field, order, day) if day is not None else NumberIs(field, order, self._figure())

    def _presence(self, field: RuleField) -> Node:
        start = self._next
        kind, is_denied, is_given = self._comparer()
        truth = TRUTHS.get(self._next.word) if kind == "=" and is_given else None
        if truth is not None:
            self._take()
            kind = "known" if truth else "missing"
        if kind not in {"missing", "known"}:
            raise self._refuse(
                f"Of {field.label} only its presence is kept: write {field.label} missing or {field.label} known.",
                start,
            )
        return Known(field, (kind == "known") != is_denied)

    def _coded(self, field: RuleField) -> Node:
        start = self._next
        kind, is_denied, _ = self._comparer()
        node: Node
        if kind in {"missing", "known"}:
            node = Known(field, kind == "known")
        elif kind in {"=", "in"}:
            node = self._codes(field, is_list=kind == "in")
        else:
            raise self._refuse(
                f"{field.label} is one of a few words; write is, is not, in or missing.", start
            )
        return Not(node) if is_denied else node

    def _codes(self, field: RuleField, is_list: bool = False) -> Node:
        is_list = is_list or (self._take_words("in", "one of") is not None) or self._next.is_sign("(")
        found = self._listed(lambda: self._code(field)) if is_list else [self._code(field)]
        if field.kind is FieldKind.REASON:
            return ReasonIs(field, tuple(dict.fromkeys(code for code, _ in found)))
        facts: list[Node] = []
        for code, token in found:
            event = self._vocabulary.event_named(code)
            if event is None:
                raise self._refuse(f"The export does not say which leads are {code}.", token)
            facts.append(Fact(event))
        return facts[0] if len(facts) == 1 else Or(tuple(facts))

    def _code(self, field: RuleField) -> tuple[str, Token]:
        text, token = self._text_value(field.label)
        codes = dict(field.codes)
        if folded(text) not in codes:
            close = nearest(folded(text), codes)
            known = ", ".join(dict.fromkeys(field.codes[n][0] for n in range(min(10, len(field.codes)))))
            raise self._refuse(
                f"'{text[:40]}' is no {field.label} known here{close or '.'} Known: {known}.", token
            )
        return codes[folded(text)], token
