"""The one place where an understood rule becomes a condition over the leads file: our columns, bound values only."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

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
    TextHas,
    TextIs,
    Timed,
    Within,
)
from analytics.rules.terms import AS_OF, FieldKind, RuleEvent, RuleField, folded_value

EPOCH = datetime(1970, 1, 1)
_FIGURE = re.compile(r"\d{1,15}(\.\d{1,6})?", re.ASCII)
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Condition:
    """A condition over the leads file, aliased ``l``: true, false, or NULL where the export does not say.

    ``params`` are all its bound values, ``rule_0`` and so on, and ``rule_as_of``.
    """

    predicate: str
    params: dict[str, Any]

    @property
    def answer(self) -> str:
        """1 where the rule is true, 0 where it is false, -1 where it is unknown."""
        return f"coalesce(CAST(({self.predicate}) AS TINYINT), -1)"


def condition_of(root: Node, zone: str, as_of: datetime) -> Condition:
    """The condition of a rule.

    Args:
        root: the rule as understood.
        zone: the contract's zone, in which days begin.
        as_of: the extract time, naive UTC.
    """
    writer = _Writer(zone, {"rule_as_of": as_of})
    return Condition(writer.node(root), writer.params)


@dataclass(slots=True)
class _Writer:
    """Writes nodes, collecting the values they bind."""

    zone: str
    params: dict[str, Any]
    _count: int = field(default=0)

    def bind(self, value: Any) -> str:
        name = f"rule_{self._count}"
        self._count += 1
        self.params[name] = value
        return f"${name}"

    def node(self, node: Node) -> str:
        if isinstance(node, And | Or):
            word = " AND " if isinstance(node, And) else " OR "
            return "(" + word.join(self.node(term) for term in node.terms) + ")"
        if isinstance(node, Not):
            return f"(NOT {self.node(node.term)})"
        return self._leaf(node)

    def _leaf(self, leaf: Leaf) -> str:
        match leaf:
            case Fact(event):
                return event.happened
            case Within():
                return self._within(leaf)
            case Dated():
                return self._dated(leaf)
            case Timed(left, order, right):
                return self._timed(self._sum(left), order, right)
            case NumberIs():
                return self._number(leaf)
            case KeptWhen():
                return self._kept_when(leaf)
            case InBand(named, number):
                return f"({named.band_number} = {self.bind(number)})"
            case TextIs(named, values):
                return self._is_text(named, values)
            case TextHas(named, text, is_start):
                if is_start:
                    return f"starts_with({folded_value(named.expression)}, {self._text(text)})"
                return f"contains({folded_value(named.expression)}, {self._text(text)})"
            case ReasonIs(named, codes):
                return f"({named.expression} IN ({', '.join(self.bind(code) for code in codes)}))"
            case Known(named, is_known):
                return self._known(named, is_known)

    def _text(self, text: str) -> str:
        return f"lower(trim({self.bind(text)}))"

    def _is_text(self, named: RuleField, values: tuple[str, ...]) -> str:
        """One of some texts; a kept column also holds the same number or day in another spelling, ``10.0`` for ``10``."""
        same = f"({folded_value(named.expression)} IN ({', '.join(self._text(text) for text in values)}))"
        if named.kind is not FieldKind.KEPT:
            return same
        alike = [self._number(NumberIs(named, "=", float(one))) for one in values if _FIGURE.fullmatch(one)]
        alike += [
            self._kept_when(KeptWhen(named, "=", date.fromisoformat(one))) for one in values if _is_day(one)
        ]
        return f"({' OR '.join([same, *(f'coalesce({one}, false)' for one in alike)])})" if alike else same

    def _known(self, named: RuleField, is_known: bool) -> str:
        if named.kind is FieldKind.PRESENCE:
            known = f"coalesce({named.expression}, false)"
        elif named.kind is FieldKind.REASON:
            known = f"(coalesce({named.expression}, 'missing') <> 'missing')"
        elif named.kind in {FieldKind.TEXT, FieldKind.KEPT}:
            known = f"(coalesce(trim({named.expression}), '') <> '')"
        else:
            known = f"({named.expression} IS NOT NULL)"
        return known if is_known else f"(NOT {known})"

    def _number(self, leaf: NumberIs) -> str:
        value = leaf.value.expression if isinstance(leaf.value, RuleField) else self.bind(leaf.value)
        expression = leaf.field.expression
        if leaf.field.kind is FieldKind.KEPT:
            expression = _finite(f"TRY_CAST(trim({expression}) AS DOUBLE)")
        return f"({expression} {leaf.order} {value})"

    def _kept_when(self, leaf: KeptWhen) -> str:
        """A kept column is text in local time, so it is compared with the local day, not with its UTC moment."""
        read = _finite(f"TRY_CAST(trim({leaf.field.expression}) AS TIMESTAMP)")
        if isinstance(leaf.value, datetime):
            return f"({read} {leaf.order} {self.bind(leaf.value)})"
        start = datetime.combine(leaf.value, time(0))
        return self._by_day(read, leaf.order, start, start + timedelta(days=1))

    def _by_day(self, expression: str, order: Order, start: Any, end: Any) -> str:
        """A day is the whole of it: after it means from its end on, at most it means before its end."""
        if order == "=":
            return f"({expression} >= {self.bind(start)} AND {expression} < {self.bind(end)})"
        bound, sign = {"<": (start, "<"), "<=": (end, "<"), ">": (end, ">="), ">=": (start, ">=")}[order]
        return f"({expression} {sign} {self.bind(bound)})"

    def _timed(self, left: str, order: Order, right: Linear) -> str:
        if right.day is not None:
            start, end = (
                _microseconds(self._midnight(day)) for day in (right.day, right.day + timedelta(days=1))
            )
            return self._by_day(left, order, start, end)
        return f"({left} {order} {self._sum(right)})"

    def _sum(self, total: Linear) -> str:
        """Microseconds since 1970 of a moment, or of a duration."""
        parts = []
        for term in total.terms:
            if isinstance(term.value, RuleField):
                is_stamp = term.value.kind is FieldKind.STAMP
                part = f"epoch_us({term.value.expression})" if is_stamp else term.value.expression
            elif isinstance(term.value, timedelta):
                part = self.bind(term.value // timedelta(microseconds=1))
            else:
                part = self.bind(_microseconds(self._moment(term.value)))
            parts.append(f"{'-' if term.sign < 0 else '+'} CAST({part} AS BIGINT)")
        return f"(0 {' '.join(parts)})"

    def _within(self, leaf: Within) -> str:
        """Not happened is false once its time has passed by the extract, unknown before; "after" is false till then."""
        event = leaf.event
        wait = f"(epoch_us({event.at}) - epoch_us(l.handoff_at))"
        span = self.bind(leaf.span // timedelta(microseconds=1))
        is_over = f"epoch_us({AS_OF}) - epoch_us(l.handoff_at) >= {span}"
        absent = "false" if leaf.order == ">" else f"CASE WHEN {is_over} THEN false END"
        return self._by_event(event, f"{wait} {leaf.order} {span}", absent)

    def _dated(self, leaf: Dated) -> str:
        compared = self._timed(f"epoch_us({leaf.event.at})", leaf.order, leaf.moment)
        return self._by_event(leaf.event, compared, "false")

    @staticmethod
    def _by_event(event: RuleEvent, compared: str, absent: str) -> str:
        return f"(CASE WHEN {event.untimed} THEN NULL WHEN NOT {event.happened} THEN {absent} ELSE {compared} END)"

    def _moment(self, value: date | datetime) -> datetime:
        """A local day's midnight, or a local moment, as naive UTC."""
        if isinstance(value, datetime):
            return value.replace(tzinfo=ZoneInfo(self.zone)).astimezone(UTC).replace(tzinfo=None)
        return self._midnight(value)

    def _midnight(self, day: date) -> datetime:
        return self._moment(datetime.combine(day, time(0)))


def _is_day(text: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return _DAY.fullmatch(text) is not None


def _finite(expression: str) -> str:
    """A text read as a number or date; words such as ``nan`` and ``infinity`` are neither."""
    return f"(CASE WHEN isfinite({expression}) THEN {expression} END)"


def _microseconds(moment: datetime) -> int:
    return (moment - EPOCH) // timedelta(microseconds=1)
