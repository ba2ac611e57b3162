"""The one place where an understood rule is said back in plain words."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta

from analytics import formatting
from analytics.rules.nodes import (
    And,
    Dated,
    Fact,
    InBand,
    KeptWhen,
    Known,
    Leaf,
    Linear,
    Node,
    Not,
    NumberIs,
    Or,
    Order,
    ReasonIs,
    Term,
    TextHas,
    TextIs,
    Timed,
    Within,
    leaves,
)
from analytics.rules.terms import FieldKind, RuleField
from analytics.schema import reason_words

_NUMBER_WORDS: dict[Order, str] = {
    "<": "under",
    "<=": "at most",
    ">": "over",
    ">=": "at least",
    "=": "exactly",
}
_DATE_WORDS: dict[Order, str] = {
    "<": "before", "<=": "at or before", ">": "after", ">=": "at or after", "=": "exactly at",
}  # fmt: skip
_DAY_WORDS: dict[Order, str] = {
    "<": "before", "<=": "on or before", ">": "after the end of", ">=": "on or after", "=": "on",
}  # fmt: skip
_SPAN_WORDS: dict[Order, str] = {
    "<": "less than", "<=": "at most", ">": "more than", ">=": "at least", "=": "exactly",
}  # fmt: skip
_PLAIN = re.compile(r"[^\W\d_][\w'&.-]*")
_OWN_WORDS = frozenset(("and", "or", "not", "is", "missing", "known"))
_OR_LEVEL, _AND_LEVEL, _NOT_LEVEL = 1, 2, 3


def describe(root: Node, zone: str = "") -> str:
    """The rule in words: ``phone is missing AND source is webinar``.

    Durations are on the wall clock, which is said behind the rule where it holds one; ``zone`` is the zone in which
    its days begin, said where it names a day.
    """
    text = _words(root, 0)
    notes = []
    if any(_has_span(leaf) for leaf in leaves(root)):
        notes.append("wall clock")
    if zone and any(_has_day(leaf) for leaf in leaves(root)):
        notes.append(f"days in {zone}")
    return f"{text} ({', '.join(notes)})" if notes else text


def _words(node: Node, inside: int) -> str:
    if isinstance(node, And | Or):
        level, word = (_AND_LEVEL, " AND ") if isinstance(node, And) else (_OR_LEVEL, " OR ")
        text = word.join(_words(term, level) for term in node.terms)
        return f"({text})" if inside >= level else text
    if isinstance(node, Not):
        return (
            f"NOT {_words(node.term, _NOT_LEVEL)}"
            if isinstance(node.term, And | Or | Not)
            else _denied(node.term)
        )
    return _leaf(node)


def _denied(leaf: Leaf) -> str:
    match leaf:
        case TextIs(field, values) if len(values) == 1:
            return f"{_name(field)} is not {_value(values[0])}"
        case TextIs(field, values):
            return f"{_name(field)} is none of {', '.join(map(_value, values))}"
        case TextHas(field, text, is_start):
            return f"{_name(field)} does not {'start with' if is_start else 'contain'} {_value(text)}"
        case ReasonIs(field, codes):
            return f"{field.label} is not {' or '.join(map(reason_words, codes))}"
        case NumberIs() | InBand() | Timed() | KeptWhen() | Known():
            return _leaf(leaf).replace(" is ", " is not ", 1)
    return f"not {_leaf(leaf)}"


def _leaf(leaf: Leaf) -> str:
    match leaf:
        case Fact(event):
            return event.label
        case Within(event, order, span):
            return f"{event.label} {_SPAN_WORDS[order]} {_span(span)} after handoff"
        case Dated(event, order, moment):
            return f"{event.label} {_order(order, moment)} {_sum(moment)}"
        case Timed(left, order, right):
            words = _order(order, right) if left.is_stamp else _SPAN_WORDS[order]
            return f"{_sum(left)} is {words} {_sum(right)}"
        case NumberIs(field, order, value):
            number = value.label if isinstance(value, RuleField) else f"{value:,.10g}"
            words = "" if order == "=" else f"{_NUMBER_WORDS[order]} "
            return f"{_name(field)} is {words}{number}"
        case KeptWhen(field, order, day):
            words = (_DATE_WORDS if isinstance(day, datetime) else _DAY_WORDS)[order]
            return f"{_name(field)} is {words} {_when(day)}"
        case InBand(field, _, label):
            return f"{field.label} is in {label}"
        case TextIs(field, values) if len(values) == 1:
            return f"{_name(field)} is {_value(values[0])}"
        case TextIs(field, values):
            return f"{_name(field)} is one of {', '.join(map(_value, values))}"
        case TextHas(field, text, is_start):
            return f"{_name(field)} {'starts with' if is_start else 'contains'} {_value(text)}"
        case ReasonIs(field, codes):
            return f"{field.label} is {' or '.join(map(reason_words, codes))}"
        case Known(field, is_known):
            return f"{_name(field)} is {'known' if is_known else 'missing'}"


def _name(field: RuleField) -> str:
    return f"“{field.label}”" if field.kind is FieldKind.KEPT else field.label


def _value(text: str) -> str:
    return text if _PLAIN.fullmatch(text) and text.casefold() not in _OWN_WORDS else f"“{text}”"


def _order(order: Order, right: Linear) -> str:
    return (_DAY_WORDS if right.day is not None else _DATE_WORDS)[order]


def _sum(total: Linear) -> str:
    parts = [_term(total.terms[0])]
    parts += [f"{'minus' if term.sign < 0 else 'plus'} {_term(term)}" for term in total.terms[1:]]
    return " ".join(parts)


def _term(term: Term) -> str:
    if isinstance(term.value, RuleField):
        return term.value.label
    return _span(term.value) if isinstance(term.value, timedelta) else _when(term.value)


def _when(value: date | datetime) -> str:
    return formatting.moment(value) if isinstance(value, datetime) else formatting.day(value)


def _span(span: timedelta) -> str:
    """A duration exactly, in the largest unit that needs no more than two decimals: ``36 hours``, ``14 days``."""
    seconds = span.total_seconds()
    for unit, one in (("day", 86_400), ("hour", 3_600)):
        many = seconds / one
        if many >= 1 and many == int(many):
            return formatting.plural(int(many), unit)
    many = seconds / 60
    return formatting.plural(int(many), "minute") if many == int(many) else f"{many:,.10g} minutes"


def _has_span(leaf: Leaf) -> bool:
    return isinstance(leaf, Within) or any(
        isinstance(value, timedelta) or (isinstance(value, RuleField) and value.kind is FieldKind.DURATION)
        for value in _operands(leaf)
    )


def _has_day(leaf: Leaf) -> bool:
    return any(isinstance(value, date) for value in _operands(leaf))


def _operands(leaf: Leaf) -> list[object]:
    if isinstance(leaf, Timed):
        return [term.value for term in (*leaf.left.terms, *leaf.right.terms)]
    if isinstance(leaf, Dated):
        return [term.value for term in leaf.moment.terms]
    return [leaf.value] if isinstance(leaf, KeptWhen) else []
