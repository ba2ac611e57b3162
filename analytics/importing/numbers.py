"""Number texts of exports: money, plain numbers, company sizes and bands; the sign of decimals is the column's."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from analytics.importing.codes import is_null_token
from analytics.schema import Kind

DecimalSign = Literal[".", ","]
_MARK = (
    r"(?:usd|eur|gbp|chf|jpy|cny|inr|brl|aud|cad|nzd|sek|nok|dkk|pln|czk|huf|ron|try|zar|mxn|ars|clp|cop|pen|sgd|hkd|krw|"
    r"thb|idr|myr|php|vnd|aed|sar|ils|egp|uah|rub|bgn|isk|twd|euros?|kč|ft|zł|lei|fr\.?|kr\.?|rs\.?|[a-z]{0,2}\$|[€£¥₹₽₺₩₪₴₫฿])"
)
_CURRENCY_BEFORE = re.compile(rf"^([-+−]?)\s*{_MARK}\s*(?=[-+−\d.,(])", re.IGNORECASE)
_CURRENCY_BEHIND = re.compile(rf"(?<=[\d\s.\-kmbnod]){_MARK}$", re.IGNORECASE)
_BLANK = re.compile(r"[\s\u00a0\u202f'’]")
_SUFFIX = {
    "k": 1e3,
    "tsd": 1e3,
    "m": 1e6,
    "mn": 1e6,
    "mio": 1e6,
    "mln": 1e6,
    "mm": 1e6,
    "b": 1e9,
    "bn": 1e9,
    "mrd": 1e9,
}
_SUFFIXED = re.compile(r"(.*\d)\s*(k|tsd|mio|mln|mn|mm|mrd|bn|m|b)\.?", re.IGNORECASE)
_GROUPED = re.compile(r"[1-9]\d{0,2}(?:,\d{2,3})*,\d{3}|[1-9]\d{0,2}(?:\.\d{2,3})*\.\d{3}")
_DIGITS = re.compile(r"\d+([.,]\d+)*|[.,]\d+|\d+[.,]")
_BAND = re.compile(r"(\d[\d.,\s']*?k?)\s*(?:-|–|—|to|bis|à|a|until|\.\.+|…)\s*(\d[\d.,\s']*k?)")
_OPEN_BAND = re.compile(
    r"(?:>=?|≥|over|more than|mehr als|über|plus de|más de|mas de|ab)\s*(\d[\d.,\s']*k?)|(\d[\d.,\s']*k?)\s*(?:\+|and (?:more|above|over)|or more|und mehr|et plus|ou plus|o más|y más|plus|above)"
)
_BELOW = re.compile(
    r"(?:<=?|≤|under|less than|up to|bis|unter|weniger als|moins de|menos de)\s*(\d[\d.,\s']*k?)"
)
_EXCEL_MONTH = re.compile(
    r"(\d{1,4})[\s\-.]+(jan|feb|mar|mär|apr|may|mai|jun|jul|aug|sep|oct|okt|nov|dec|dez)[a-z]*\.?",
    re.IGNORECASE,
)
_EXCEL_MONTH_FIRST = re.compile(
    r"(jan|feb|mar|mär|apr|may|mai|jun|jul|aug|sep|oct|okt|nov|dec|dez)[a-z]*\.?[\s\-.]+(\d{1,4})",
    re.IGNORECASE,
)
_MONTH_NUMBER = {"jan": 1, "feb": 2, "mar": 3, "mär": 3, "apr": 4, "may": 5, "mai": 5, "jun": 6, "jul": 7, "aug": 8,
                 "sep": 9, "oct": 10, "okt": 10, "nov": 11, "dec": 12, "dez": 12}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Size:
    """A company size: ``employees`` is the number, or the midpoint of a range (an open range: one above its end)."""

    employees: float
    low: float
    high: float | None
    is_range: bool
    was_damaged: bool = False


def decimal_sign(texts: list[str], kind: Kind) -> DecimalSign:
    """The decimal sign of a column, from all its distinct texts.

    A value with both signs decides (the last one is the decimal), then one with other than three digits behind its
    only sign, then repetition (1.234.567). What is left ("1.234" throughout) groups thousands in money and sizes,
    where three decimals do not occur, and is a decimal point in scores.
    """
    votes = {".": 0, ",": 0}
    threes = {".": 0, ",": 0}
    for text in texts:
        found = re.search(r"\d[\d.,\s'\u00a0\u202f]*", text)
        digits = re.sub(r"[^\d.,]", "", found.group()) if found else ""
        dot, comma = digits.rfind("."), digits.rfind(",")
        if dot >= 0 and comma >= 0:
            votes["." if dot > comma else ","] += 3
        elif dot >= 0 or comma >= 0:
            sign = "." if dot >= 0 else ","
            if digits.count(sign) > 1:
                votes["," if sign == "." else "."] += 2
            elif len(digits) - 1 - max(dot, comma) == 3 and not digits.startswith("0"):
                threes[sign] += 1
            else:
                votes[sign] += 2
    if votes["."] != votes[","]:
        return "." if votes["."] > votes[","] else ","
    if kind in (Kind.MONEY, Kind.SIZE, Kind.COUNT):
        return "," if threes["."] > threes[","] else "."
    return "."


def read_number(text: str, sign: DecimalSign) -> float | Literal["missing", "not_finite"] | None:
    """Read one number; ``"missing"`` for null tokens, ``"not_finite"`` for NaN and infinity, None for no number.

    Currency marks, group separators (also 9,99,999.99), brackets and a trailing minus for negatives, and the
    suffixes K, M, Mio, B are understood. A percent sign is refused: it is another unit. The column's sign decides
    where a text can be read in two ways ("1.234"); where it cannot ("1.234,56", "99.50") the text itself does.
    """
    word = text.strip().strip("\u00a0\u200b\ufeff")
    if word.casefold().lstrip("+-") in ("inf", "infinity", "nan", "∞"):
        return "not_finite"
    if is_null_token(word):
        return "missing"
    if re.fullmatch(r"[+-]?\d+(\.\d+)?e[+-]?\d{1,3}", word, re.IGNORECASE):
        value = float(word)
        return value if abs(value) < 1e300 else "not_finite"
    negative = word.startswith("(") and word.endswith(")")
    word = _CURRENCY_BEFORE.sub(r"\1", word[1:-1] if negative else word).strip()
    word = _CURRENCY_BEHIND.sub("", word).strip()
    factor = 1.0
    suffixed = _SUFFIXED.fullmatch(word)
    if suffixed:
        word, factor = suffixed[1], _SUFFIX[suffixed[2].casefold()]
    if re.search(r"\d\s+(?!\d{3}(?!\d))\d", word):
        return None
    word = _BLANK.sub("", word)
    word = re.sub(r"(?<=\d)([.,])(?:-{1,2}|–|—)$", r"\g<1>00", word)  # "1.234,-" is a price without cents
    if word.endswith("-") and not word.startswith("-"):
        word = "-" + word[:-1]
    if word[:1] in ("+", "-", "−"):
        negative ^= word[0] != "+"
        word = word[1:]
    if not _DIGITS.fullmatch(word):
        return None
    plain = _plain(word, sign)
    if plain is None:
        return None
    value = float(plain) * factor
    return -value if negative else value


def _plain(word: str, sign: DecimalSign) -> str | None:
    """Digits with a decimal point from digits with separators; None where the groups are no groups."""
    dot, comma = word.rfind("."), word.rfind(",")
    if dot >= 0 and comma >= 0:
        sign = "." if dot > comma else ","
        whole, _, rest = word.rpartition(sign)
        return (
            f"{re.sub('[.,]', '', whole)}.{rest}" if _GROUPED.fullmatch(whole) and sign not in whole else None
        )
    own = "." if dot >= 0 else ","
    if word.count(own) > 1:
        return word.replace(own, "") if _GROUPED.fullmatch(word) else None
    if own != sign and _GROUPED.fullmatch(word):
        return word.replace(own, "")
    return word.replace(",", ".")


def read_size(text: str, sign: DecimalSign) -> Size | Literal["missing", "not_finite"] | None:
    """Read a company size: a number, a band ("51-200", "1,000+", "> 500"), or a band that Excel made a date.

    "25-May" is what Excel makes of "5-25", "5-Jan" of "1-5": the month and the day are the two ends, the smaller
    first. An open band "1000+" counts as 1,001.
    """
    word = text.strip().strip("\u00a0\u200b\ufeff").casefold()
    if is_null_token(word):
        return "missing"
    word = re.sub(r"(?<![\d.,])(\d{1,3})[.,](?=\d{3}(?![\d.,]))", r"\1", word)  # nobody employs 1.234 people
    word = re.sub(
        r"\s*(employees?|emp\.?|mitarbeiter(innen|nde)?|beschäftigte|people|persons|staff|fte|ma|salariés|employés|personnes|"
        r"empleados|trabajadores|dipendenti|funcionários|medewerkers|anställda)\s*$", "", word,
    )  # fmt: skip
    damaged = _EXCEL_MONTH.fullmatch(word) or _EXCEL_MONTH_FIRST.fullmatch(word)
    if damaged:
        number, month = (damaged[1], damaged[2]) if damaged[1].isdigit() else (damaged[2], damaged[1])
        ends = sorted((float(number), float(_MONTH_NUMBER[month[:3]])))
        return Size((ends[0] + ends[1]) / 2, ends[0], ends[1], is_range=True, was_damaged=True)
    band = _BAND.fullmatch(word)
    if band:
        low, high = read_number(band[1], sign), read_number(band[2], sign)
        if isinstance(low, float) and isinstance(high, float) and low <= high:
            return Size((low + high) / 2, low, high, is_range=True)
        return None
    beyond = _OPEN_BAND.fullmatch(word)
    if beyond:
        low = read_number(beyond[1] or beyond[2], sign)
        return Size(low + 1, low, None, is_range=True) if isinstance(low, float) else None
    below = _BELOW.fullmatch(word)
    if below:
        high = read_number(below[1], sign)
        return Size((1 + high) / 2, 1, high, is_range=True) if isinstance(high, float) else None
    value = read_number(word, sign)
    if isinstance(value, float):
        return Size(value, value, value, is_range=False) if value >= 0 else None
    return value
