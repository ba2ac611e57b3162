"""The contract: the one place that turns a TOML file into windows, calendar, bands and targets, strictly."""

from __future__ import annotations

import itertools
import math
import re
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

from analytics.contract_table import WEEKDAYS, canonical, digest, table_of
from analytics.criteria import Criterion, criteria_of
from analytics.errors import RequestError, nearest
from analytics.stats.calendar import public_holidays

DEFAULTS_PATH = Path(__file__).parent / "default_contract.toml"
IMPORT_ZONE = "import"
_CODE = re.compile(r"[a-z0-9_]{1,40}", re.ASCII)
_HOURS = re.compile(r"([01]\d|2[0-3]):([0-5]\d)-(?:([01]\d|2[0-3]):([0-5]\d)|(24):(00))")

PAY_NUMBERS = ("net_new_revenue", "advancing_pipeline")
"""What both leaders' variable pay can share: won amount, or pipeline that was won or advanced."""
COMPLETE = (
    "company",
    "email",
    "phone",
    "person_name",
    "employees",
    "industry",
    "country",
    "seniority",
    "score",
    "source",
    "campaign",
    "intent",
)
"""Fields that the completeness standard can ask for."""
MOST_TERM = 240
JUDGED_FROM = 0.9
"""Share decided under which acceptance says more about sales' silence than about marketing's leads."""

Intervals = tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class Contract:
    """Numbers of both sides. Windows are calendar durations in days, limits are working minutes, targets rates.

    ``zone`` may be ``"import"``: the zone in which the snapshot was read. ``opening_minutes`` holds, per weekday
    (Monday first), intervals in local minutes of the day; a close beyond 1440 runs into the next day.
    """

    zone: str
    opening_minutes: tuple[Intervals, ...]
    holiday_country: str
    holiday_subdivision: str
    extra_holidays: tuple[date, ...]
    disposition_days: int
    cadence_days: int
    horizon_days: int
    cadence_touches: int
    cadence_channels: int
    limit_minutes_high: int
    limit_minutes_standard: int
    score_edges: tuple[float, ...]
    size_edges: tuple[int, ...]
    target_acceptance_of_decided: float
    target_completeness: float
    target_touched_inside_limit: float
    target_decided_in_window: float
    target_working_rate: float
    target_accepted_to_opportunity: float
    reasons: tuple[tuple[str, str], ...]
    monthly_volume: int = 0
    complete_fields: tuple[tuple[str, ...], ...] = (("company",), ("email", "phone"))
    criteria: tuple[Criterion, ...] = ()
    terms: tuple[tuple[str, str], ...] = ()
    pay_share: float = 0.2
    pay_number: str = PAY_NUMBERS[0]
    hash: str = field(init=False, compare=False)
    """SHA-256 over the canonical JSON: the same contract always has the same hash."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "hash", digest(self.text))

    @property
    def text(self) -> str:
        """The contract as canonical JSON: what is hashed, stored and signed."""
        return canonical(table_of(self))

    def zone_name(self, import_zone: str) -> str:
        """The zone in which days are cut: the contract's own, or the import's."""
        return import_zone if self.zone == IMPORT_ZONE else self.zone

    @property
    def disposition_window(self) -> timedelta:
        """How long sales may take to accept or reject, in calendar time."""
        return timedelta(days=self.disposition_days)

    @property
    def horizon(self) -> timedelta:
        """How long a lead may take to end as opportunity or win and still count."""
        return timedelta(days=self.horizon_days)


def default_contract() -> Contract:
    """The defaults that ship with Handoff."""
    return load_contract(DEFAULTS_PATH)


def load_contract(path: Path) -> Contract:
    """Read a contract file strictly.

    Raises:
        RequestError: the file is missing, is no TOML, has an unknown key (the nearest valid key is named),
            lacks a key, or holds a value outside its range.
    """
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise RequestError(
            f"Contract file {path.name}: {error.strerror}. Give the path of a TOML file."
        ) from error
    return read_contract(raw, path.name)


def read_contract(raw: bytes, name: str) -> Contract:
    """Read contract bytes; see ``load_contract``."""
    try:
        table = tomllib.loads(raw.decode("utf-8"))
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise RequestError(f"Contract file {name} is not valid TOML: {error}.") from error
    return read_table(table, name)


def read_table(table: Mapping[str, Any], name: str) -> Contract:
    """Read sections and keys as a contract file holds them; what is left out is the default.

    Raises:
        RequestError: as ``load_contract``.
    """
    defaults = tomllib.loads(DEFAULTS_PATH.read_text("utf-8"))
    _refuse_unknown(table, defaults, name, "")
    return _build({**defaults, **_merged(defaults, table)}, name)


def _merged(defaults: Mapping[str, Any], given: Mapping[str, Any]) -> dict[str, Any]:
    """Sections given replace single keys of the defaults; a table of reasons or hours is taken whole."""
    whole = {"reasons", "hours"}
    return {
        key: {**defaults[key], **value} if isinstance(value, dict) and key not in whole else value
        for key, value in given.items()
    }


def _refuse_unknown(given: Mapping[str, Any], known: Mapping[str, Any], name: str, where: str) -> None:
    for key, value in given.items():
        if where == "reasons.":
            continue
        valid = WEEKDAYS if where == "hours." else tuple(known)
        if key not in valid:
            raise RequestError(
                f"Contract file {name}: unknown key '{where}{key}'{nearest(key, valid) or '.'} Valid: {', '.join(valid)}."
            )
        inner = known.get(key)
        if isinstance(inner, dict):
            if not isinstance(value, dict):
                raise RequestError(
                    f"Contract file {name}: '{where}{key}' must be a section, found {value!r}."
                )
            _refuse_unknown(value, inner, name, f"{where}{key}.")


def _build(table: Mapping[str, Any], name: str) -> Contract:
    def number(section: str, key: str, kind: Callable[[Any], Any], low: float, high: float) -> Any:
        value = table[section][key]
        wanted = (int,) if kind is int else (int, float)
        if isinstance(value, bool) or not isinstance(value, wanted) or not low <= value <= high:
            whole = "whole " if kind is int else ""
            raise RequestError(
                f"Contract file {name}: {section}.{key} must be a {whole}number from {low:g} to {high:g}, found {value!r}."
            )
        return kind(value)

    zone = _text(table["calendar"], "zone", name)
    if zone != IMPORT_ZONE and zone not in available_timezones():
        raise RequestError(
            f"Contract file {name}: calendar.zone {zone!r} is no time zone{nearest(zone, available_timezones()) or '.'}"
            " Write a name such as 'Europe/Berlin', or 'import'."
        )
    opening = tuple(_opening(table["hours"].get(day, []), day, name) for day in WEEKDAYS)
    if not any(opening):
        raise RequestError(
            f"Contract file {name}: no weekday has opening hours; give at least one, like '09:00-17:00'."
        )
    country = _text(table["calendar"], "holiday_country", name)
    subdivision = _text(table["calendar"], "holiday_subdivision", name)
    if subdivision and not country:
        raise RequestError(
            f"Contract file {name}: calendar.holiday_subdivision {subdivision!r} needs a calendar.holiday_country."
        )
    public_holidays(country, subdivision, ())
    return Contract(
        zone=zone,
        opening_minutes=opening,
        holiday_country=country,
        holiday_subdivision=subdivision,
        extra_holidays=tuple(_days(table["calendar"]["extra_holidays"], name)),
        disposition_days=number("windows", "disposition_days", int, 1, 365),
        cadence_days=number("windows", "cadence_days", int, 1, 365),
        horizon_days=number("windows", "horizon_days", int, 1, 1825),
        cadence_touches=number("cadence", "touches", int, 1, 100),
        cadence_channels=number("cadence", "channels", int, 1, 10),
        limit_minutes_high=number("first_touch", "high_minutes", int, 1, 100_000),
        limit_minutes_standard=number("first_touch", "standard_minutes", int, 1, 100_000),
        score_edges=_edges(table["bands"]["score"], "bands.score", name, 0),
        size_edges=_whole_edges(table["bands"]["employees"], "bands.employees", name, 1),
        target_acceptance_of_decided=number("targets", "acceptance_of_decided", float, 0, 1),
        target_completeness=number("targets", "completeness", float, 0, 1),
        target_touched_inside_limit=number("targets", "touched_inside_limit", float, 0, 1),
        target_decided_in_window=number("targets", "decided_in_window", float, 0, 1),
        target_working_rate=number("targets", "working_rate", float, 0, 1),
        target_accepted_to_opportunity=number("targets", "accepted_to_opportunity", float, 0, 1),
        reasons=tuple(
            (_code(code, name), _text(table["reasons"], code, name, "reasons")) for code in table["reasons"]
        ),
        monthly_volume=number("marketing", "monthly_volume", int, 0, 10_000_000),
        complete_fields=_complete(table["marketing"]["complete"], name),
        criteria=criteria_of(table["definition"]["criteria"], f"Contract file {name}: definition.criteria"),
        terms=tuple((key, _term(table["terms"], key, name)) for key in sorted(table["terms"])),
        pay_share=number("pay", "share", float, 0, 1),
        pay_number=_one_of(table["pay"], "shared_number", PAY_NUMBERS, name),
    )


def _code(code: str, name: str) -> str:
    if not _CODE.fullmatch(code):
        raise RequestError(
            f"Contract file {name}: the reason code {code[:60]!r} must be small letters, digits and underscores."
        )
    return code


def _text(section: Mapping[str, Any], key: str, name: str, where: str = "calendar") -> str:
    value = section[key]
    if not isinstance(value, str):
        raise RequestError(f"Contract file {name}: {where}.{key} must be text, found {value!r}.")
    return value


def _one_of(section: Mapping[str, Any], key: str, known: tuple[str, ...], name: str) -> str:
    value = _text(section, key, name, "pay")
    if value not in known:
        raise RequestError(
            f"Contract file {name}: pay.{key} '{value}' is unknown{nearest(value, known) or '.'} Valid: {', '.join(known)}."
        )
    return value


def _term(section: Mapping[str, Any], key: str, name: str) -> str:
    said = " ".join(_text(section, key, name, "terms").split())
    if len(said) > MOST_TERM:
        raise RequestError(
            f"Contract file {name}: terms.{key} is longer than {MOST_TERM} characters; the contract fits two pages."
        )
    if key == "review_on" and said:
        _days([said], name, "terms.review_on")
    return said


def _complete(values: Any, name: str) -> tuple[tuple[str, ...], ...]:
    """What a lead must carry: names, those joined by "or" instead of each other."""
    if not isinstance(values, list) or not all(isinstance(value, str) for value in values):
        raise RequestError(
            f"Contract file {name}: marketing.complete must be a list of names like 'email or phone', found {values!r}."
        )
    found = tuple(
        dict.fromkeys(
            tuple(part.strip() for part in value.split(" or ")) for value in values if value.strip()
        )
    )
    for one in itertools.chain.from_iterable(found):
        if one not in COMPLETE:
            raise RequestError(
                f"Contract file {name}: marketing.complete names '{one[:40]}'{nearest(one, COMPLETE) or '.'}"
                f" Valid: {', '.join(COMPLETE)}."
            )
    return found


def _days(values: Any, name: str, where: str = "calendar.extra_holidays") -> list[date]:
    """Days off, each once, in order; a moment is no day: it would equal none and silently change nothing."""
    try:
        if not isinstance(values, list) or any(isinstance(value, datetime) for value in values):
            raise TypeError("a list of days")
        return sorted({value if isinstance(value, date) else date.fromisoformat(value) for value in values})
    except (TypeError, ValueError) as error:
        raise RequestError(
            f"Contract file {name}: {where} must be a list of dates like 2026-12-24, found {values!r}."
        ) from error


def _edges(values: Any, where: str, name: str, first: int) -> tuple[float, ...]:
    """Lower edges of bands; from ``first`` on, or what lies under the lowest edge would stand under a wrong name."""
    numeric = isinstance(values, list) and all(
        isinstance(edge, int | float) and not isinstance(edge, bool) and math.isfinite(edge)
        for edge in values
    )
    if not numeric or len(values) < 2 or any(b <= a for a, b in itertools.pairwise(values)):
        raise RequestError(
            f"Contract file {name}: {where} must be at least two rising numbers, found {values!r}."
        )
    if values[0] != first:
        raise RequestError(
            f"Contract file {name}: {where} must begin with {first}, so that every lead has a band; found {values!r}."
        )
    return tuple(float(edge) for edge in values)


def _whole_edges(values: Any, where: str, name: str, first: int) -> tuple[int, ...]:
    edges = _edges(values, where, name, first)
    if not all(edge.is_integer() for edge in edges):
        raise RequestError(f"Contract file {name}: {where} must be whole numbers, found {values!r}.")
    return tuple(int(edge) for edge in edges)


def _opening(values: Any, day: str, name: str) -> Intervals:
    intervals = []
    for text in values if isinstance(values, list) else [values]:
        match = _HOURS.fullmatch(text) if isinstance(text, str) else None
        if not match:
            raise RequestError(
                f"Contract file {name}: hours.{day} wants text like '09:00-17:00', found {text!r}."
            )
        close = match.groups()[2:4] if match[3] else match.groups()[4:6]
        start, end = int(match[1]) * 60 + int(match[2]), int(close[0]) * 60 + int(close[1])
        intervals.append((start, end if end > start else end + 1440))
    return tuple(sorted(intervals))


def zone_info(name: str) -> ZoneInfo:
    """The zone of that name.

    Raises:
        RequestError: no such zone; names the nearest.
    """
    known = available_timezones()
    if name not in known:
        raise RequestError(
            f"'{name}' is no time zone{nearest(name, known) or '.'} Write a name such as 'Europe/Berlin'."
        )
    return ZoneInfo(name)
