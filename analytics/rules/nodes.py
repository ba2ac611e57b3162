"""The parts of a rule once it is understood: plain frozen records, no behaviour but their fields."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Literal

from analytics.rules.terms import FieldKind, RuleEvent, RuleField

Order = Literal["<", "<=", ">", ">=", "="]
TURNED: dict[Order, Order] = {"<": ">", "<=": ">=", ">": "<", ">=": "<=", "=": "="}
"""The same comparison with its sides exchanged."""


@dataclass(frozen=True, slots=True)
class Term:
    """One part of a sum of dates and durations; ``sign`` is 1 or -1. A day is in the contract's zone, so is a moment."""

    sign: int
    value: RuleField | timedelta | date | datetime

    @property
    def stamps(self) -> int:
        """1 for a moment in time, 0 for a duration."""
        if isinstance(self.value, RuleField):
            return int(self.value.kind is FieldKind.STAMP)
        return int(not isinstance(self.value, timedelta))


@dataclass(frozen=True, slots=True)
class Linear:
    """A moment or a duration: fields, dates and durations, added and subtracted."""

    terms: tuple[Term, ...]

    @property
    def is_stamp(self) -> bool:
        """Whether it is a moment; else it is a duration."""
        return sum(term.sign * term.stamps for term in self.terms) == 1

    @property
    def day(self) -> date | None:
        """The day, where it is nothing but a day without a time."""
        value = self.terms[0].value
        is_day = isinstance(value, date) and not isinstance(value, datetime)
        return value if len(self.terms) == 1 and is_day and isinstance(value, date) else None


@dataclass(frozen=True, slots=True)
class Fact:
    """Something happened, by the extract: true or false, never unknown."""

    event: RuleEvent


@dataclass(frozen=True, slots=True)
class Within:
    """An event at most, less than or more than so long after the handoff, on the wall clock."""

    event: RuleEvent
    order: Order
    span: timedelta


@dataclass(frozen=True, slots=True)
class Dated:
    """An event before, on or after a moment; false where it did not happen, unknown where it is undated."""

    event: RuleEvent
    order: Order
    moment: Linear


@dataclass(frozen=True, slots=True)
class Timed:
    """Two moments, or two durations, compared."""

    left: Linear
    order: Order
    right: Linear


@dataclass(frozen=True, slots=True)
class NumberIs:
    """A number (or a kept column read as one) against a number or another number field."""

    field: RuleField
    order: Order
    value: float | RuleField


@dataclass(frozen=True, slots=True)
class KeptWhen:
    """A kept column read as an ISO date against a day or moment, both as local time."""

    field: RuleField
    order: Order
    value: date | datetime


@dataclass(frozen=True, slots=True)
class InBand:
    """A number inside one of its named bands."""

    field: RuleField
    number: int
    label: str


@dataclass(frozen=True, slots=True)
class TextIs:
    """A text equal to one of some values, without case and surrounding blanks."""

    field: RuleField
    values: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class TextHas:
    """A text that contains another, or starts with it, without case."""

    field: RuleField
    text: str
    is_start: bool = False


@dataclass(frozen=True, slots=True)
class ReasonIs:
    """A rejection reason among some codes."""

    field: RuleField
    codes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Known:
    """Whether the export says anything in a field: true or false, never unknown."""

    field: RuleField
    is_known: bool


@dataclass(frozen=True, slots=True)
class Not:
    """The opposite; of unknown it is unknown."""

    term: Node


@dataclass(frozen=True, slots=True)
class And:
    """All of them."""

    terms: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Or:
    """Any of them."""

    terms: tuple[Node, ...]


Leaf = Fact | Within | Dated | Timed | NumberIs | KeptWhen | InBand | TextIs | TextHas | ReasonIs | Known
Node = Leaf | Not | And | Or


def leaves(node: Node) -> Iterator[Leaf]:
    """Every comparison of a rule, from left to right."""
    if isinstance(node, And | Or):
        for term in node.terms:
            yield from leaves(term)
    elif isinstance(node, Not):
        yield from leaves(node.term)
    else:
        yield node


def mentioned(node: Node) -> Iterator[RuleField | RuleEvent]:
    """Every field and event that a rule looks at."""
    for leaf in leaves(node):
        if isinstance(leaf, Fact | Within | Dated):
            yield leaf.event
        elif not isinstance(leaf, Timed):
            yield leaf.field
        sums: tuple[Linear, ...] = (leaf.left, leaf.right) if isinstance(leaf, Timed) else ()
        sums = (leaf.moment,) if isinstance(leaf, Dated) else sums
        for total in sums:
            yield from (term.value for term in total.terms if isinstance(term.value, RuleField))
        if isinstance(leaf, NumberIs) and isinstance(leaf.value, RuleField):
            yield leaf.value
