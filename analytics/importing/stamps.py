"""One date text to one moment: the slow, complete reader, and the words in which it refuses."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from typing import Literal

from analytics.importing.choices import DateOrder
from analytics.importing.codes import DATE_NULL_TOKENS

EXCEL_EPOCH = datetime(1899, 12, 30)
SERIALS = (20_000.0, 80_000.0)
YEARS = (1980, 2100)
PLACEHOLDERS = frozenset({
    "0001-01-01", "1753-01-01", "1899-12-30", "1899-12-31", "1900-01-01", "1970-01-01",
    "2999-12-31", "3000-01-01", "4712-12-31", "9999-01-01", "9999-12-31",
})  # fmt: skip
_TIME = (
    r"(?P<h>\d{1,2})[:.h](?P<mi>\d{2})(?:[:.](?P<s>\d{2})(?P<f>[.,]\d{1,9})?)?"
    r"(?:\s*(?P<ap>[ap])\.?\s?m\.?|\s*uhr)?"
)
_OFFSET = (
    r"(?:\s*(?P<tz>z|(?:utc|gmt)(?:[+\-]\d{2}:?\d{2})?|[+\-]\d{2}:?\d{2}|[+\-]\d{2}))?(?:\s*\([^()]{1,60}\))?"
)
_REST = rf"(?:(?:[T\s,]+|,?\s+(?:at|um|à|alle|a las)\s+){_TIME}{_OFFSET})?"
_ISO = re.compile(rf"(?P<y>\d{{4}})-(?P<m>\d{{1,2}})-(?P<d>\d{{1,2}}){_REST}", re.IGNORECASE)
_YMD = re.compile(rf"(?P<y>\d{{4}})[/.](?P<m>\d{{1,2}})[/.](?P<d>\d{{1,2}})\.?{_REST}", re.IGNORECASE)
_COMPACT = re.compile(
    r"(?P<y>\d{4})(?P<m>\d{2})(?P<d>\d{2})(?:[T\s]?(?P<h>\d{2}):?(?P<mi>\d{2})(?::?(?P<s>\d{2}))?(?P<tz>Z)?)?"
)
SLASHED = re.compile(
    rf"(?P<a>\d{{1,2}})[/.\-](?P<b>\d{{1,2}})[/.\-](?P<y>\d{{4}}|\d{{2}})\.?{_REST}", re.IGNORECASE
)
_DAY_MONTH = re.compile(
    rf"(?:\w+\.?,?\s+)?(?P<d>\d{{1,2}})(?:\.|er|st|nd|rd|th|º)?[\s\-/]*(?:de\s+)?(?P<mon>[^\W\d_]{{3,}})\.?,?[\s\-/]*(?:de\s+)?(?P<y>\d{{4}}|\d{{2}}){_REST}",
    re.IGNORECASE,
)
_MONTH_DAY = re.compile(
    rf"(?:\w+,?\s+)?(?P<mon>[^\W\d_]{{3,}})\.?[\s\-/]*(?P<d>\d{{1,2}})(?:st|nd|rd|th)?,?[\s\-/]+(?P<y>\d{{4}}){_REST}",
    re.IGNORECASE,
)
_EAST_ASIAN = re.compile(r"(\d{4})[年년]\s?(\d{1,2})[月월]\s?(\d{1,2})[日일]")
_NO_DATE = re.compile(
    r"0{4}[\-/.]00?[\-/.]00?(?:[T\s]+[0:.]+Z?)?|00?[\-/.]00?[\-/.]0{2,4}(?:[T\s]+[0:.]+)?|0{8}"
)
_NUMBER = re.compile(r"\d{5}(?:[.,]\d+)?|\d{10}|\d{13}")
_MONTHS = {
    "jan": 1, "ene": 1, "gen": 1, "feb": 2, "fev": 2, "fév": 2, "mar": 3, "mär": 3, "mrz": 3, "mrt": 3, "maa": 3, "apr": 4,
    "avr": 4, "abr": 4, "may": 5, "mai": 5, "mag": 5, "mei": 5, "maj": 5, "jun": 6, "giu": 6, "juin": 6, "jul": 7,
    "lug": 7, "juil": 7, "aug": 8, "aoû": 8, "aou": 8, "ago": 8, "sep": 9, "set": 9, "oct": 10, "okt": 10, "ott": 10,
    "out": 10, "nov": 11, "dec": 12, "déc": 12, "dez": 12, "dic": 12, "des": 12,
    "sty": 1, "lut": 2, "kwi": 4, "cze": 6, "lip": 7, "sie": 8, "wrz": 9, "paź": 10, "lis": 11, "gru": 12,
}  # fmt: skip


How = Literal["plain", "serial", "epoch", "two_digit_year", "carried"]


@dataclass(frozen=True, slots=True)
class Stamp:
    """A moment as the file gives it.

    ``at`` is naive: UTC when ``is_utc``, else local time of the file's zone. ``has_time`` is False for a bare date.
    ``how`` names a way of writing that the person should know of: Excel days, two-digit years, seconds since 1970.
    """

    at: datetime
    is_utc: bool
    has_time: bool
    how: How = "plain"


Missing = Literal["missing", "placeholder"]


def read_stamp(text: str, order: DateOrder | None) -> Stamp | Missing | None:
    """Read one cell of a date column; the order of day and month is the column's, never the value's.

    Returns:
        The stamp; ``"missing"`` for a null token; ``"placeholder"`` for dates such as 0000-00-00 or 9999-12-31;
        None for a text that is no date (or whose year is outside 1980 to 2100, or that does not fit the order).
    """
    word = unicodedata.normalize("NFC", text.strip().strip("\u00a0\u200b\ufeff"))
    if word.casefold() in DATE_NULL_TOKENS:
        return "missing"
    word = _EAST_ASIAN.sub(r"\1-\2-\3", word)
    if _NO_DATE.fullmatch(word):
        return "placeholder"
    if _NUMBER.fullmatch(word):
        return _from_number(word)
    for pattern in (_ISO, _YMD, _COMPACT, SLASHED, _DAY_MONTH, _MONTH_DAY):
        match = pattern.fullmatch(word)
        if match:
            return _from_parts(match.groupdict(), order)
    return None


def _from_number(word: str) -> Stamp | None:
    """Excel days, or seconds / milliseconds since 1970 for ten / thirteen digits."""
    if len(word) in (10, 13) and word.isdigit():
        seconds = int(word) / (1000 if len(word) == 13 else 1)
        return _checked(
            datetime.fromtimestamp(seconds, UTC).replace(tzinfo=None), is_utc=True, has_time=True, how="epoch"
        )
    days = float(word.replace(",", "."))
    if not SERIALS[0] <= days <= SERIALS[1]:
        return None
    at = EXCEL_EPOCH + timedelta(seconds=round(days * 86_400))
    return _checked(at, is_utc=False, has_time=days != int(days), how="serial")


def _from_parts(parts: dict[str, str | None], order: DateOrder | None) -> Stamp | Missing | None:
    if parts.get("a") is not None:
        if order is None:
            return None
        first, second = int(parts["a"] or 0), int(parts["b"] or 0)
        day, month = (first, second) if order == "dmy" else (second, first)
    else:
        month = _month(parts["mon"]) if parts.get("mon") else int(parts["m"] or 0)
        day = int(parts["d"] or 0)
    year = int(parts["y"] or 0)
    how: How = "plain"
    if len(parts["y"] or "") == 2:
        how, year = "two_digit_year", year + (2000 if year < 70 else 1900)
    return _at((year, month, day), parts, how)


def _month(word: str | None) -> int:
    text = (word or "").casefold()
    return _MONTHS.get(text[:4]) or _MONTHS.get(text[:3]) or 0


def _at(ymd: tuple[int, int, int], parts: dict[str, str | None], how: How) -> Stamp | Missing | None:
    has_time = parts.get("h") is not None
    hour, minute, second = (int(parts.get(key) or 0) for key in ("h", "mi", "s"))
    half = (parts.get("ap") or "").casefold()
    if half:
        if not 1 <= hour <= 12:
            return None
        hour = hour % 12 + (12 if half == "p" else 0)
    carry = timedelta(0)
    if (hour, minute, second) == (24, 0, 0):
        hour, carry, how = 0, timedelta(days=1), "carried"
    if second == 60:
        second, carry, how = 59, carry + timedelta(seconds=1), "carried"
    is_edge = (hour, minute) in ((0, 0), (23, 59))
    if is_edge and f"{ymd[0]:04}-{ymd[1]:02}-{ymd[2]:02}" in PLACEHOLDERS:
        return "placeholder"
    if not YEARS[0] <= ymd[0] <= YEARS[1]:
        return None
    try:
        at = datetime(*ymd, hour, minute, second) + carry
    except ValueError:
        return None
    if parts.get("f"):  # the engine cuts what is finer than a microsecond, and so does this reader
        at += timedelta(microseconds=int((parts["f"] or "")[1:7].ljust(6, "0")))
    zone = (parts.get("tz") or "").casefold()
    if not zone:
        return _checked(at, is_utc=False, has_time=has_time, how=how)
    offset = _offset(zone)
    return _checked(at - offset, is_utc=True, has_time=True, how=how) if offset is not None else None


def _offset(zone: str) -> timedelta | None:
    """East of Greenwich; None for what no clock on Earth shows."""
    zone = zone.removeprefix("utc").removeprefix("gmt")
    if zone in ("z", ""):
        return timedelta(0)
    digits = zone[1:].replace(":", "").ljust(4, "0")
    span = timedelta(hours=int(digits[:2]), minutes=int(digits[2:]))
    if span > timedelta(hours=15) or int(digits[2:]) > 59:
        return None
    return -span if zone[0] == "-" else span


def _checked(at: datetime, *, is_utc: bool, has_time: bool, how: How = "plain") -> Stamp | None:
    if not YEARS[0] <= at.year <= YEARS[1]:
        return None
    return Stamp(at=at, is_utc=is_utc, has_time=has_time, how=how)


def read_moment(text: str, zone: timezone | object) -> datetime:
    """An ISO date or time written by a person (a flag): naive UTC; read in ``zone`` when it has no offset.

    Raises:
        ValueError: not ISO.
    """
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=zone)  # type: ignore[arg-type]
    return moment.astimezone(UTC).replace(tzinfo=None)
