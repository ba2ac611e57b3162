"""The rows of a sales-ready definition: field, operator, value, window, and the rule each of them spells."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from decimal import Decimal
from typing import Any

from analytics.errors import RequestError, nearest

KINDS = {"fit": "Fit", "intent": "Intent", "disqualify": "Disqualifies"}
"""What a criterion is about; a lead that meets a disqualifying one is not sales-ready."""
OPERATORS: dict[str, str] = {
    "is": "is",
    "is not": "is not",
    "in": "is one of",
    "not in": "is none of",
    "contains": "contains",
    "starts with": "starts with",
    "at least": "is at least",
    "at most": "is at most",
    "over": "is over",
    "under": "is under",
    "known": "is known",
    "missing": "is missing",
    "within": "happened within",
}
"""Operator -> how it is said."""
_BARE = frozenset(("known", "missing"))
_LISTS = frozenset(("in", "not in"))
_NUMBERS = frozenset(("at least", "at most", "over", "under"))
MOST_CRITERIA, MOST_VALUES, MOST_CHARACTERS, MOST_WINDOW = 20, 20, 80, 365
_KEYS = ("kind", "field", "operator", "value", "window_days", "group")
_QUOTES = re.compile(r'["“”„«»\[\]\x00-\x1f\x7f]')

_FIGURE = re.compile(r"\d+(\.\d+)?", re.ASCII)

Value = str | float | tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Criterion:
    """One row of the definition.

    Attributes:
        kind: a key of ``KINDS``.
        field: one of our fields, or a kept column under its own header.
        operator: a key of ``OPERATORS``.
        value: what it is compared with; a tuple for ``in`` and ``not in``, empty for ``known``, ``missing``, ``within``.
        window_days: days over which the field counts, or inside which it happened; 0 where no window belongs to it.
        group: of the criteria of one kind that share a group one is enough; empty: the criterion stands alone.
    """

    kind: str
    field: str
    operator: str
    value: Value = ""
    window_days: int = 0
    group: str = ""

    @property
    def rule(self) -> str:
        """The criterion in the language of rules."""
        name = f"[{self.field}]"
        if self.operator in _BARE:
            return f"{name} {self.operator}"
        if self.operator == "within":
            passed = f"handoff - {name}"
            return f"{passed} <= {self.window_days} days and {passed} >= 0 days"
        if isinstance(self.value, tuple):
            listed = ", ".join(map(_spelt, self.value))
            return f"{'not ' if self.operator == 'not in' else ''}{name} in ({listed})"
        return f"{name} {self.operator} {_spelt(self.value)}"

    @property
    def words(self) -> str:
        """The criterion as people read it: ``pricing_page_visits_7d is at least 2, over 7 days``."""
        said = OPERATORS[self.operator]
        if self.operator in _BARE:
            return f"{self.field} {said}"
        if self.operator == "within":
            return f"{self.field} {said} {_days(self.window_days)} before the handoff"
        value = " or ".join(self.value) if isinstance(self.value, tuple) else self.value
        shown = figure(value, ",") if isinstance(value, float) else value
        over = f", over {_days(self.window_days)}" if self.window_days else ""
        return f"{self.field} {said} {shown}{over}"

    def table(self) -> dict[str, Any]:
        """The criterion as it stands in a contract file; keys that say nothing are left out."""
        said = asdict(self)
        if isinstance(self.value, tuple):
            said["value"] = list(self.value)
        elif isinstance(self.value, float) and self.value == int(self.value):
            said["value"] = int(self.value)
        silent = {"operator": "", "value": "", "window_days": 0, "group": ""}
        return {key: value for key, value in said.items() if key not in silent or value != silent[key]}


def _spelt(value: str | float) -> str:
    """A value in the language of rules: figures bare, so that numbers compare as numbers; other texts in quotes."""
    if isinstance(value, float):
        return figure(value)
    return value if _FIGURE.fullmatch(value) else f'"{value}"'


def figure(value: float, grouping: str = "") -> str:
    """A number with all its digits and no exponent; ``grouping``: the sign between thousands.

    >>> figure(12345678901.0, ","), figure(0.00001), figure(2.5)
    ('12,345,678,901', '0.00001', '2.5')
    """
    digits = f"{Decimal(repr(value)):{grouping}f}"
    return digits.removesuffix(".0") if "." in digits else digits


def _days(number: int) -> str:
    return f"{number} day{'' if number == 1 else 's'}"


def criterion_of(row: Mapping[str, Any], where: str) -> Criterion:
    """A criterion from a table of a contract file or a row of the page.

    Args:
        row: the keys of ``Criterion``; values as TOML or a form give them.
        where: the place named in an error, such as ``Contract file ours.toml: definition.criteria, row 2``.

    Raises:
        RequestError: a key or operator is unknown, or a value does not fit its operator; says what to write.
    """
    for key in row:
        if key not in _KEYS:
            raise RequestError(
                f"{where}: unknown key '{key}'{nearest(key, _KEYS) or '.'} Valid: {', '.join(_KEYS)}."
            )
    field, operator = _said(row, "field", where), _said(row, "operator", where)
    if not field:
        raise RequestError(f"{where}: names no field. A criterion is a test: a field, an operator, a value.")
    if not operator:
        raise RequestError(
            f"{where}: '{field}' has no operator, so no computer can check it. Write for example:"
            " pricing_page_visits_7d, at least, 2."
        )
    kind = _said(row, "kind", where) or "fit"
    for given, known, name in ((kind, KINDS, "kind"), (operator, OPERATORS, "operator")):
        if given not in known:
            raise RequestError(
                f"{where}: {name} '{given}' is unknown{nearest(given, known) or '.'} Valid: {', '.join(known)}."
            )
    window = _window(row.get("window_days", 0), operator, where)
    return Criterion(
        kind, field, operator, _value(row.get("value"), operator, where), window, _said(row, "group", where)
    )


def _said(row: Mapping[str, Any], key: str, where: str) -> str:
    given = row.get(key)
    if given is None:
        return ""
    if not isinstance(given, str):
        raise RequestError(f"{where}: {key} must be text, found {given!r}.")
    return _plain(given, key, where)


def _plain(text: str, key: str, where: str) -> str:
    said = " ".join(text.split())
    if len(said) > MOST_CHARACTERS:
        raise RequestError(f"{where}: {key} is longer than {MOST_CHARACTERS} characters.")
    odd = _QUOTES.search(said)
    if odd:
        raise RequestError(f"{where}: {key} holds the character {odd.group()!r}; take it out.")
    return said


def _window(given: Any, operator: str, where: str) -> int:
    if given is None or given == "":
        given = 0
    if isinstance(given, float) and given == int(given):
        given = int(given)
    if isinstance(given, bool) or not isinstance(given, int) or not 0 <= given <= MOST_WINDOW:
        raise RequestError(
            f"{where}: window_days must be a whole number from 0 to {MOST_WINDOW}, found {given!r}."
        )
    if operator == "within" and not given:
        raise RequestError(f"{where}: 'within' needs window_days, the days inside which it happened.")
    return given


def _value(given: Any, operator: str, where: str) -> Value:
    if operator in _BARE or operator == "within":
        if given not in (None, ""):
            raise RequestError(f"{where}: '{operator}' takes no value, found {given!r}.")
        return ""
    if operator in _LISTS:
        values = given if isinstance(given, list | tuple) else str(given or "").split(",")
        said = tuple(_plain(str(one), "value", where) for one in values if str(one).strip())
        if not 1 <= len(said) <= MOST_VALUES:
            raise RequestError(f"{where}: '{operator}' takes 1 to {MOST_VALUES} values, found {len(said)}.")
        return said
    if isinstance(given, bool | list | tuple | dict) or given in (None, ""):
        raise RequestError(f"{where}: '{operator}' takes one value, found {given!r}.")
    if operator in _NUMBERS:
        return _number(given, operator, where)
    return _plain(figure(float(given)) if isinstance(given, int | float) else str(given), "value", where)


def _number(given: Any, operator: str, where: str) -> float | str:
    """A number; or a date, as text, for columns that hold dates."""
    if isinstance(given, int | float):
        number = float(given)
    else:
        text = str(given).strip().replace(",", "")
        if re.fullmatch(r"\d{4}-\d{2}-\d{2}", text, re.ASCII):
            raise RequestError(
                f"{where}: a fixed date grows stale in a contract, found {text}. Write a number of days as a window."
            )
        try:
            number = float(text)
        except ValueError:
            raise RequestError(
                f"{where}: '{operator}' compares with a number, found {str(given)[:40]!r}."
            ) from None
    if not abs(number) <= 1e12:
        raise RequestError(f"{where}: the number {given!r} is too large, or no number.")
    return number


def criteria_of(rows: Any, where: str) -> tuple[Criterion, ...]:
    """The criteria of a definition, in their order.

    Raises:
        RequestError: no list of tables, too many, the same one twice, or as ``criterion_of``.
    """
    if not isinstance(rows, list) or not all(isinstance(row, Mapping) for row in rows):
        raise RequestError(f"{where} must be a list of tables with {', '.join(_KEYS)}.")
    if len(rows) > MOST_CRITERIA:
        raise RequestError(f"{where}: at most {MOST_CRITERIA} criteria, found {len(rows)}.")
    found = tuple(criterion_of(row, f"{where}, row {number}") for number, row in enumerate(rows, 1))
    _refuse_twice(found, where)
    return found


def _refuse_twice(found: Iterable[Criterion], where: str) -> None:
    seen: set[Criterion] = set()
    for one in found:
        if one in seen:
            raise RequestError(f"{where}: '{one.words}' stands there twice.")
        seen.add(one)
