"""Dates, durations and numbers of a rule: sums of them, and the words that compare them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta

from analytics.rules.cursor import Cursor
from analytics.rules.nodes import TURNED, And, Known, Linear, Node, Not, NumberIs, Order, Term, Timed
from analytics.rules.terms import FieldKind, RuleEvent, RuleField
from analytics.rules.tokens import Token, TokenKind

MOST_TERMS, MOST_DAYS = 6, 36_500
MOST_NUMBER = 1e12
FIRST_YEAR, LAST_YEAR = 1970, 2199
_UNITS = {
    **dict.fromkeys(("minute", "minutes", "min", "mins"), timedelta(minutes=1)),
    **dict.fromkeys(("hour", "hours", "h", "hr", "hrs"), timedelta(hours=1)),
    **dict.fromkeys(("day", "days", "d"), timedelta(days=1)),
    **dict.fromkeys(("week", "weeks", "w", "wk", "wks"), timedelta(weeks=1)),
}
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
COPULAS = ("is", "are", "was", "were", "has been", "have been", "equals", "=")
_NEGATED = {"isn't": "is", "aren't": "is", "wasn't": "is", "doesn't": "", "does not": "", "don't": ""}
COMPARERS: dict[str, str] = {
    **dict.fromkeys(("equal to", "equals", "on"), "="),
    **dict.fromkeys(
        ("under", "below", "less than", "fewer than", "smaller than", "lower than", "shorter than", "before",
         "earlier than"), "<"),
    **dict.fromkeys(
        ("over", "above", "more than", "greater than", "higher than", "bigger than", "longer than", "after",
         "later than"), ">"),
    **dict.fromkeys(
        ("at most", "up to", "no more than", "not more than", "until", "by", "within", "inside", "on or before"), "<="),
    **dict.fromkeys(("at least", "from", "since", "no less than", "not less than", "on or after"), ">="),
    **dict.fromkeys(("contains", "contain", "includes", "include", "like"), "contains"),
    **dict.fromkeys(("starts with", "begins with", "start with"), "starts"),
    **dict.fromkeys(("in", "one of", "any of"), "in"),
    "between": "between",
    **dict.fromkeys(("missing", "empty", "unknown", "blank", "null"), "missing"),
    **dict.fromkeys(("known", "present", "given", "filled", "filled in"), "known"),
}  # fmt: skip


class Operands(Cursor):
    """Reads comparisons of dates, durations and plain numbers."""

    def _comparer(self) -> tuple[str, bool, bool]:
        """The comparison that stands next: its kind, whether it is denied, and whether anything stood there at all."""
        is_denied, is_given = False, False
        if self._next.kind is TokenKind.SIGN:
            if self._next.is_sign("=", "<", ">", "<=", ">="):
                return self._take().text, False, True
            if self._next.is_sign("!="):
                self._take()
                return "=", True, True
        if said := self._take_words(*_NEGATED):
            is_denied, is_given = True, bool(_NEGATED[said])
        elif self._take_words(*COPULAS):
            is_given = True
        if not self._words_ahead(COMPARERS) and self._take_words("not"):
            is_denied, is_given = not is_denied, True
        if self._next.is_sign("<", ">", "<=", ">="):
            return self._take().text, is_denied, True
        if found := self._words_ahead(COMPARERS):
            self._at += found[1]
            kind = COMPARERS[found[0]]
            if kind == "in" and not self._next.is_sign("("):
                kind = "="
            return kind, is_denied, True
        return "=", is_denied, is_given

    def _has_comparer(self) -> bool:
        return self._words_ahead((*COMPARERS, *COPULAS, *_NEGATED)) is not None or self._next.is_sign(
            "=", "!="
        )

    def _moment(self) -> Linear:
        start = self._next
        found = self._sum()
        if not found.is_stamp:
            raise self._refuse("Write a date here, such as 2026-03-01.", start)
        return found

    def _compared(self) -> Node:
        """A comparison that starts with a date, a duration, a number, or a sum of them."""
        if self._is_number_ahead():
            return self._turned_number()
        left = self._sum()
        start = self._next
        kind, is_denied, is_given = self._comparer()
        only = left.terms[0].value if len(left.terms) == 1 else None
        if kind in {"missing", "known"} and isinstance(only, RuleField):
            node: Node = Known(only, kind == "known")
        elif kind == "between":
            low, high = self._pair(self._sum)
            node = And((self._timed(left, ">=", low, start), self._timed(left, "<=", high, start)))
        elif kind not in TURNED or (
            not is_given and self._next.kind not in {TokenKind.DATE, TokenKind.NUMBER}
        ):
            name = only.label if isinstance(only, RuleField) else "this"
            raise self._refuse(f"Say how {name} compares: before, after, between, =, <, > and so on.", start)
        else:
            place = self._next
            node = self._timed(left, order_of(kind), self._sum(), place)
        return Not(node) if is_denied else node

    def _timed(self, left: Linear, order: Order, right: Linear, token: Token) -> Node:
        if left.is_stamp != right.is_stamp:
            wanted = "a date with a date" if left.is_stamp else "a duration with a duration"
            raise self._refuse(
                f"Compare {wanted}: closed_at > handoff_at + 30 days, closed_at - handoff_at > 30 days, touched after 3 days.",
                token,
            )
        if not any(isinstance(term.value, RuleField) for term in (*left.terms, *right.terms)):
            raise self._refuse("This compares nothing of a lead.", token)
        if left.day is not None and right.day is None:
            left, order, right = right, TURNED[order], left
        return Timed(left, order, right)

    def _sum(self) -> Linear:
        is_bracketed = self._next.is_sign("(")
        opening = self._next
        if is_bracketed:
            self._take()
        terms = [self._term(1)]
        while self._next.is_sign("+", "-"):
            sign = self._take()
            if len(terms) >= MOST_TERMS:
                raise self._refuse(f"At most {MOST_TERMS} dates and durations can be added up.", sign)
            terms.append(self._term(1 if sign.text == "+" else -1))
        if is_bracketed:
            if not self._next.is_sign(")"):
                raise self._refuse("This ( is never closed around the dates.", opening)
            self._take()
        if sum(term.sign * term.stamps for term in terms) not in {0, 1}:
            raise self._refuse("Two dates can be subtracted, not added.", opening)
        return Linear(tuple(terms))

    def _term(self, sign: int) -> Term:
        token = self._next
        if (day := self._day()) is not None:
            return Term(sign, day)
        if self._is_span_at(self._at):
            return Term(sign, self._duration())
        if token.kind is TokenKind.NUMBER:
            raise self._refuse(
                "Write a duration with its unit, such as 3 days, or a date such as 2026-03-01.", token
            )
        named = self._named()
        if isinstance(named, RuleEvent):
            if named.at is None:
                raise self._refuse(f"'{named.label}' has no date to compare.", token)
            return Term(sign, RuleField(named.name, named.label, FieldKind.STAMP, named.at, named.subject))
        if named.kind not in {FieldKind.STAMP, FieldKind.DURATION}:
            raise self._refuse(
                f"{named.label} is no date; dates and durations can be added and compared.", token
            )
        return Term(sign, named)

    def _day(self) -> date | datetime | None:
        """A date that stands next: ``2026-03-01``, ``2026-03-01 14:00`` or ``1 March 2026``; None for anything else."""
        token = self._next
        if token.kind is TokenKind.DATE:
            self._take()
            return self._checked_day(token.text, token)
        month, year = self._ahead(1).word[:3], self._ahead(2)
        if token.kind is TokenKind.NUMBER and month in _MONTHS and year.kind is TokenKind.NUMBER:
            self._at += 3
            return self._checked_day(f"{year.text:0>4}-{_MONTHS.index(month) + 1:02}-{token.text:0>2}", token)
        return None

    def _checked_day(self, text: str, token: Token) -> date | datetime:
        try:
            found = datetime.fromisoformat(text) if ":" in text else date.fromisoformat(text)
        except ValueError:
            raise self._refuse(f"There is no day {text[:20]}.", token) from None
        if not FIRST_YEAR <= found.year <= LAST_YEAR:
            raise self._refuse(
                f"Days from {FIRST_YEAR} to {LAST_YEAR} can be compared; found {found.year}.", token
            )
        return found

    def _is_span_at(self, place: int) -> bool:
        first = self._tokens[min(place, len(self._tokens) - 1)]
        after = self._tokens[min(place + 1, len(self._tokens) - 1)].word
        is_one = first.word in {"a", "an", "one"} and after in _UNITS
        words = {*_UNITS, "working", "business", "month", "months", "year", "years", "second", "seconds"}
        return is_one or (first.kind is TokenKind.NUMBER and after in words)

    def _duration(self) -> timedelta:
        amount, unit = self._take(), self._take()
        if unit.word in {"working", "business"}:
            raise self._refuse(
                "Durations of a rule run on the wall clock; working time cannot be asked for here.", unit
            )
        if unit.word not in _UNITS:
            raise self._refuse("Durations are in minutes, hours, days or weeks.", unit)
        many = float(amount.text) if amount.kind is TokenKind.NUMBER else 1.0
        if many * _UNITS[unit.word].total_seconds() > MOST_DAYS * 86_400:
            raise self._refuse(f"A duration is at most {MOST_DAYS:,} days.", amount)
        return many * _UNITS[unit.word]

    def _pair(self, part: Callable[[], Linear]) -> tuple[Linear, Linear]:
        low = part()
        self._take_and()
        return low, part()

    def _take_and(self) -> None:
        if self._next.word not in {"and", "to"}:
            raise self._refuse("'between' takes two ends: between 50 and 200.")
        self._take()

    def _is_number_ahead(self) -> bool:
        step = 1 if self._next.is_sign("-") else 0
        is_number = self._ahead(step).kind is TokenKind.NUMBER
        return (
            is_number
            and not self._is_span_at(self._at + step)
            and self._ahead(step + 1).word[:3] not in _MONTHS
        )

    def _turned_number(self) -> Node:
        """A condition that starts with its number: ``40 > score``."""
        value = self._figure()
        kind, is_denied, is_given = self._comparer()
        token = self._next
        if kind not in TURNED or not is_given:
            raise self._refuse("A condition starts with a field: score under 40.", token)
        field = self._named()
        if isinstance(field, RuleEvent) or field.kind not in {FieldKind.NUMBER, FieldKind.KEPT}:
            raise self._refuse(f"{field.label} is no number.", token)
        node = NumberIs(field, TURNED[order_of(kind)], value)
        return Not(node) if is_denied else node

    def _figure(self) -> float:
        sign = -1.0 if self._next.is_sign("-") else 1.0
        if sign < 0:
            self._take()
        token = self._next
        if token.kind is not TokenKind.NUMBER:
            found = self._text[token.start : token.end]
            raise self._refuse(
                f"Expected a number, found '{found[:40]}'." if found else "Expected a number.", token
            )
        self._take()
        value = float(token.text)
        if self._next.start == token.end and self._next.word in {"k", "m"}:
            value *= {"k": 1e3, "m": 1e6}[self._take().word]
        if value > MOST_NUMBER:
            raise self._refuse("The number is out of range; at most 1,000,000,000,000.", token)
        return sign * value


def order_of(kind: str) -> Order:
    """A comparison's kind as an order; only called for one of them."""
    for order in TURNED:
        if order == kind:
            return order
    raise AssertionError(kind)
