"""How much of its two A4 pages the contract takes, by counting letters, and the type that still fits; paper has the last word."""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Iterable, Mapping

from analytics import formatting as text
from analytics.contract import Contract
from analytics.contract_words import Clause, clauses

SCALES = (1.0, 0.92, 0.84)
"""Type sizes to be tried, the largest first; below the last (running text of 8 points) nobody reads it."""
SHEET_LINES = 57
"""Lines of text in full size that fit an A4 page, the space between clauses counted in."""
WASTED_LINES = 3
"""Lines that stay empty at the foot of a page where a clause flows over to the next."""

_GAP = 0.24
"""Lines between two criteria."""


def scale_of(contract: Contract, *, is_signed: bool, note: str = "") -> float:
    """The largest type of ``SCALES`` in which the document is likely to take two pages; the smallest where none is."""
    return next(
        (
            scale
            for scale in SCALES
            if halves_fit(contract, scale, is_signed=is_signed, note=note)
            or flows(contract, scale, is_signed=is_signed, note=note)
        ),
        SCALES[-1],
    )


def halves_fit(contract: Contract, scale: float, *, is_signed: bool, note: str = "") -> bool:
    """Whether what is owed fits the first page and the rest the second, so that the page can turn between them."""
    return max(_halves(contract, scale, is_signed=is_signed, note=note)) <= SHEET_LINES / scale


def flows(contract: Contract, scale: float, *, is_signed: bool, note: str = "") -> bool:
    """Whether both halves fit two pages, flowing from one to the other."""
    return (
        sum(_halves(contract, scale, is_signed=is_signed, note=note))
        <= 2 * SHEET_LINES / scale - WASTED_LINES
    )


def is_terms_paired(contract: Contract, scale: float = 1.0) -> bool:
    """Whether escalation and review stand side by side; long texts take fewer lines one under the other."""
    found = {clause.key: clause for clause in clauses(contract)}
    return _paired(found, scale) <= _stacked(found, scale)


def too_long(contract: Contract, *, is_signed: bool, note: str = "") -> str:
    """That the document is likely to take more than two pages even in the smallest type, and its longest parts; else empty."""
    last = SCALES[-1]
    if halves_fit(contract, last, is_signed=is_signed, note=note) or flows(
        contract, last, is_signed=is_signed, note=note
    ):
        return ""
    return (
        f"This contract is likely to take more than two pages even in small type. {longest(contract, note)}"
    )


def longest(contract: Contract, note: str = "") -> str:
    """The two longest parts, to be shortened: ``Shorten the terms (1,200 characters) and …``."""
    parts = {
        "the terms": (words for _, words in contract.terms),
        "the reasons": (code + words for code, words in contract.reasons),
        f"the {len(contract.criteria)} criteria": (one.words for one in contract.criteria),
        "the company days off": (day.isoformat() for day in contract.extra_holidays),
        "the note": (note,),
    }
    sizes = sorted(((_length(texts), name) for name, texts in parts.items()), reverse=True)[:2]
    said = " and ".join(f"{name} ({text.count(size)} characters)" for size, name in sizes if size)
    return f"Shorten {said}."


def _halves(contract: Contract, scale: float, *, is_signed: bool, note: str) -> tuple[float, float]:
    """Lines, in the type of ``scale``, that the two halves take."""
    found = {clause.key: clause for clause in clauses(contract)}

    def wide(letters: int) -> int:
        return int(letters / scale)

    def figures(key: str, letters: int) -> float:
        return 2.3 + sum(max(2.5, 1.8 + _rows_of(one.words, wide(letters))) for one in found[key].points)

    criteria = found["definition"].points
    definition = _height(found["definition"], 46 if len(criteria) > 4 else 100, scale)
    if len(criteria) > 4:
        definition -= sum(_rows_of(one.words, wide(46)) - _GAP for one in criteria) / 2
    reasons = found["reasons"]
    first = 12 + definition + max(figures("marketing", 38), figures("sales", 38)) + figures("shared", 95)
    first += _height(reasons, 32, scale) - sum(_rows_of(one.words, wide(32)) for one in reasons.points) / 2
    first += _rows_of(note, wide(110))
    second = max(_height(found[key], 36, scale) for key in ("calendar", "bands")) + (27 if is_signed else 24)
    second += min(_paired(found, scale), _stacked(found, scale)) + _height(found["pay"], 92, scale)
    return first, second


def _height(clause: Clause, letters: int, scale: float) -> float:
    """Lines of a clause whose points have ``letters`` to a line in full size."""
    opening = _rows_of(clause.opening, int((118 if letters > 50 else 55) / scale))
    return 2.3 + opening + sum(_rows_of(one.words, int(letters / scale)) for one in clause.points)


def _paired(found: Mapping[str, Clause], scale: float) -> float:
    return max(_height(found[key], 36, scale) for key in ("escalation", "review"))


def _stacked(found: Mapping[str, Clause], scale: float) -> float:
    return sum(_height(found[key], 92, scale) for key in ("escalation", "review"))


def _rows_of(said: str, letters: int) -> int:
    """Lines of ``letters`` that a text takes; capitals are wider, letters of East Asian scripts twice as wide."""
    width = sum(
        2 if unicodedata.east_asian_width(one) in "WF" else 1.4 if one.isupper() else 1 for one in said
    )
    return math.ceil(width / letters)


def _length(texts: Iterable[str]) -> int:
    return sum(len(one) for one in texts)
