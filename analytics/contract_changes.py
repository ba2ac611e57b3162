"""What one version of the contract changes against another, in words, a sentence per change with both values."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from analytics import formatting as text
from analytics.contract import Contract
from analytics.contract_table import WEEKDAYS, canonical, table_of
from analytics.contract_values import (
    PAY_WORDS,
    agreed,
    complete,
    dates,
    edges,
    one_date,
    opening,
    quoted,
    share,
    volume,
    working,
    zone,
)
from analytics.criteria import Criterion

FIRST_VERSION = "This is the first version; nothing was agreed before it."

_Said = Callable[[Any], str]
_KEYS: dict[str, tuple[str, str, _Said]] = {
    "calendar.zone": ("Working zone", "", zone),
    "calendar.holiday_country": ("Public holidays of the country", "", agreed),
    "calendar.holiday_subdivision": ("Public holidays of the region", "", agreed),
    "calendar.extra_holidays": ("Company days off", "", dates),
    **{f"hours.{day}": (f"Opening hours on {day.capitalize()}", "", opening) for day in WEEKDAYS},
    "windows.disposition_days": ("Accepted, or rejected with a reason", "within ", text.days),
    "windows.cadence_days": ("Full cadence of accepted leads", "within ", text.days),
    "windows.horizon_days": ("Opportunity or win after the handoff", "within ", text.days),
    "cadence.touches": (
        "Human touches of the full cadence",
        "at least ",
        lambda n: text.plural(n, "touch", "touches"),
    ),
    "cadence.channels": ("Channels of the full cadence", "at least ", lambda n: text.plural(n, "channel")),
    "first_touch.high_minutes": ("First touch of high-intent leads", "within ", working),
    "first_touch.standard_minutes": (
        "First touch of leads with standard or unknown intent",
        "within ",
        working,
    ),
    "bands.score": ("Score", "", edges),
    "bands.employees": ("Company size", "", edges),
    "targets.acceptance_of_decided": ("Accepted of decided leads", "at least ", share),
    "targets.completeness": ("Leads with complete data", "at least ", share),
    "targets.touched_inside_limit": ("Leads touched inside their limit", "at least ", share),
    "targets.decided_in_window": ("Leads decided with a reason inside the window", "at least ", share),
    "targets.working_rate": ("Accepted leads worked to full cadence", "at least ", share),
    "targets.accepted_to_opportunity": ("Accepted leads that become an opportunity", "at least ", share),
    "marketing.monthly_volume": ("Leads handed to sales", "", volume),
    "marketing.complete": ("Complete data means", "", complete),
    "terms.operators": ("Weekly escalation", "", quoted),
    "terms.leaders": ("Monthly escalation", "", quoted),
    "terms.sponsor": ("Deadlock", "", quoted),
    "terms.disputed": ("Disputed leads", "", quoted),
    "terms.review": ("Review", "", quoted),
    "terms.review_on": ("Next review", "", one_date),
    "terms.amendment": ("Amendment", "", quoted),
    "pay.share": ("Share of both leaders’ variable pay", "", share),
    "pay.shared_number": ("Shared number of pay", "", lambda name: PAY_WORDS[name]),
}
"""Key of the contract's table -> its name, the word before a new value, and how a value is said."""


def differences(old: Contract | None, new: Contract) -> tuple[str, ...]:
    """What ``new`` changes against ``old``: a sentence per change with both values, in the order of the table.

    Empty exactly when the tables of both are equal. Without ``old``, one sentence that says so.
    """
    if old is None:
        return (FIRST_VERSION,)
    before, after = table_of(old), table_of(new)
    found: list[str] = []
    for section in dict.fromkeys((*after, *before)):
        was, now = before.get(section, {}), after.get(section, {})
        if was == now:
            continue
        if section == "definition":
            found += _definition_changes(old.criteria, new.criteria)
        elif section == "reasons":
            found += _reason_changes(was, now)
        else:
            # In the order of the names above: a week begins on Monday, whichever day is closed.
            known = [name.removeprefix(f"{section}.") for name in _KEYS if name.startswith(f"{section}.")]
            keys = [key for key in dict.fromkeys((*known, *now, *was)) if was.get(key) != now.get(key)]
            found += [_change(f"{section}.{key}", was.get(key), now.get(key)) for key in keys]
    return tuple(one.replace(".”.", ".”") for one in found)


def _change(name: str, was: Any, now: Any) -> str:
    label, before, say = _KEYS.get(name, (name, "", canonical))
    is_closed = name.startswith("hours.")
    shown = [_exact(value) if value is None and not is_closed else say(value) for value in (now, was)]
    if shown[0] == shown[1]:
        shown = [_exact(value) for value in (now, was)]
    return f"{label}: {before}{shown[0]}, was {shown[1]}."


def _exact(value: Any) -> str:
    """A value as the table holds it, for two that read alike."""
    return "left out" if value is None else canonical(value)


def _reason_changes(was: Mapping[str, str], now: Mapping[str, str]) -> Iterable[str]:
    for code in dict.fromkeys((*now, *was)):
        if code not in was:
            yield f"Reason '{code}' added: it means {quoted(now[code])}."
        elif code not in now:
            yield f"Reason '{code}' removed: it meant {quoted(was[code])}."
        elif was[code] != now[code]:
            shown = [quoted(now[code]), quoted(was[code])]
            if shown[0] == shown[1]:
                shown = [canonical(now[code]), canonical(was[code])]
            yield f"Reason '{code}' now means {shown[0]}, was {shown[1]}."


def _definition_changes(old: tuple[Criterion, ...], new: tuple[Criterion, ...]) -> Iterable[str]:
    """Criteria of one field are one change where one went and one came; else removed and added apart."""
    was, now = ([one.table() for one in criteria] for criteria in (old, new))
    gone = [one for one, table in zip(old, was, strict=True) if table not in now]
    come = [one for one, table in zip(new, now, strict=True) if table not in was]
    if not gone and not come:
        shown = ["; ".join(_criterion(one) for one in criteria) for criteria in (new, old)]
        yield f"The same criteria in another order: {shown[0]}, was {shown[1]}."
    for one in come:
        pair = next((other for other in gone if other.field == one.field), None)
        if pair is None:
            yield f"Criterion added: {_criterion(one)}."
            continue
        gone.remove(pair)
        said, before = _criterion(one), _criterion(pair)
        if said == before:
            said, before = canonical(one.table()), canonical(pair.table())
        yield f"Criterion changed: {said}, was {before}."
    for one in gone:
        yield f"Criterion removed: {_criterion(one)}."


def _criterion(one: Criterion) -> str:
    """A criterion with what sets it apart: ``employees is at least 50``, ``country is DE (fit, of group "where")``."""
    notes = [{"fit": "", "intent": "intent", "disqualify": "disqualifies"}[one.kind]]
    if one.group:
        notes.append(f"one of group “{one.group}”")
    said = ", ".join(note for note in notes if note)
    return f"{one.words} ({said})" if said else one.words
