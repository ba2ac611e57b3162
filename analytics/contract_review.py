"""When the contract is to be reviewed next, as a reminder on the first page."""

from __future__ import annotations

from datetime import date, timedelta

from analytics import formatting as text
from analytics.contract import Contract

NOTICE = timedelta(days=14)
"""How long before the day the reminder appears."""


def review_due(contract: Contract, today: date) -> str:
    """``contract review due on 15 Jan 2027`` from two weeks before, ``overdue since`` after it; else empty."""
    said = dict(contract.terms).get("review_on", "")
    if not said:
        return ""
    day = date.fromisoformat(said)
    if day < today:
        return f"contract review overdue since {text.day(day)}"
    return f"contract review due on {text.day(day)}" if day - today <= NOTICE else ""
