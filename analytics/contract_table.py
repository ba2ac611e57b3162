"""A contract as the table of sections that a file holds: for its canonical text, its hash and its export."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from analytics.contract import Contract

DAY = 24 * 60
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


def table_of(contract: Contract) -> dict[str, dict[str, Any]]:
    """Section -> key -> value, as ``read_table`` of the contract reads it back to an equal contract."""
    return {
        "calendar": {
            "zone": contract.zone,
            "holiday_country": contract.holiday_country,
            "holiday_subdivision": contract.holiday_subdivision,
            "extra_holidays": [day.isoformat() for day in contract.extra_holidays],
        },
        "hours": {
            day: [f"{_clock(start)}-{_clock(end)}" for start, end in opening]
            for day, opening in zip(WEEKDAYS, contract.opening_minutes, strict=True)
            if opening
        },
        "windows": {
            "disposition_days": contract.disposition_days,
            "cadence_days": contract.cadence_days,
            "horizon_days": contract.horizon_days,
        },
        "cadence": {"touches": contract.cadence_touches, "channels": contract.cadence_channels},
        "first_touch": {
            "high_minutes": contract.limit_minutes_high,
            "standard_minutes": contract.limit_minutes_standard,
        },
        "bands": {
            "score": [_short(edge) for edge in contract.score_edges],
            "employees": list(contract.size_edges),
        },
        "targets": {
            "acceptance_of_decided": contract.target_acceptance_of_decided,
            "completeness": contract.target_completeness,
            "touched_inside_limit": contract.target_touched_inside_limit,
            "decided_in_window": contract.target_decided_in_window,
            "working_rate": contract.target_working_rate,
            "accepted_to_opportunity": contract.target_accepted_to_opportunity,
        },
        "marketing": {
            "monthly_volume": contract.monthly_volume,
            "complete": [" or ".join(names) for names in contract.complete_fields],
        },
        "definition": {"criteria": [one.table() for one in contract.criteria]},
        "terms": dict(contract.terms),
        "pay": {"share": contract.pay_share, "shared_number": contract.pay_number},
        "reasons": dict(contract.reasons),
    }


def canonical(value: Any) -> str:
    """JSON that is the same for the same facts: sorted keys, no blanks, letters as they are."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def digest(text: str) -> str:
    """SHA-256 of a text in UTF-8, as 64 hexadecimal digits."""
    return hashlib.sha256(text.encode()).hexdigest()


def _clock(minute: int) -> str:
    """A minute of the day as a clock shows it; a close after midnight stands on the next day's clock."""
    minute = minute - DAY if minute > DAY else minute
    return f"{minute // 60:02d}:{minute % 60:02d}"


def _short(number: float) -> float | int:
    return int(number) if float(number).is_integer() else number
