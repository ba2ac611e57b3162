"""The name of a selection of leads in words, its values spelled out: "rejected so far, handed off in Mar 2026"."""

from __future__ import annotations

from analytics import formatting as text
from analytics import periods
from analytics.banding import BandPlan
from analytics.contract import Contract
from analytics.dimensions import size_labels
from analytics.metrics.catalog import Selection, selection_of
from analytics.metrics.lead_set import LeadSet, ValueKind
from analytics.schema import REASON_CODES, reason_words


def key_words(key: str, contract: Contract, bands: BandPlan | None = None) -> str:
    """The name of the leads behind a key.

    Raises:
        RequestError: the key names no selection.
    """
    return selection_words(selection_of(key), contract, bands)


def selection_words(selection: Selection, contract: Contract, bands: BandPlan | None = None) -> str:
    """The name of a selection; ``bands`` are the snapshot's score bands, the contract's where not given."""
    plan = bands or BandPlan(contract.score_edges, is_equal_count=False, is_whole=True)
    return ", ".join(_part(lead_set, value, contract, plan) for lead_set, value in selection.parts)


def _part(one: LeadSet, value: int | None, contract: Contract, bands: BandPlan) -> str:
    if value is None:
        return one.label
    if one.value is ValueKind.TOUCHES:
        return one.label.replace("so many touches", text.plural(value, "touch", "touches"))
    return f"{one.label} {_value(one.value, value, contract, bands)}"


def _value(kind: ValueKind, value: int, contract: Contract, bands: BandPlan) -> str:
    if kind is ValueKind.WEEK:
        return f"of {periods.label(periods.Unit.WEEK, value)}"
    if kind in {ValueKind.MONTH, ValueKind.QUARTER}:
        return periods.label(periods.Unit(kind.value), value)
    if kind is ValueKind.SECONDS:
        return text.duration(value)
    if kind is ValueKind.DAYS:
        return text.days(value)
    if kind is ValueKind.REASON:
        return reason_words(REASON_CODES[value]) if 0 <= value < len(REASON_CODES) else "none"
    if kind is ValueKind.SIZE_BAND:
        return size_band_words(value, contract)
    if kind is ValueKind.SCORE_BAND:
        return bands.label(value) if value < len(bands.edges) else text.count(value)
    if kind is ValueKind.HOUR:
        return periods.hour_words(value)
    return text.count(value)


def size_band_words(number: int, contract: Contract) -> str:
    """A company-size band by its number, ``51–200``; -1 is "unknown"."""
    labels = size_labels(contract.size_edges)
    return labels[number] if 0 <= number < len(labels) else "unknown"
