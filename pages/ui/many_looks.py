"""Looking many times: how many filtered selections this browser session has seen, and how many stand out by luck alone."""

from __future__ import annotations

import math

import streamlit as st

from analytics import formatting as text
from analytics.cohort import CohortRequest
from analytics.contract import Contract
from pages.ui import markup

BY_LUCK = 0.05
"""The share of slices that stand out although nothing is different in them: what a 95 % interval leaves."""
FEW = 3
_SEEN = "slices_looked_at"


def show(contract: Contract, request: CohortRequest) -> None:
    """Count the selection where it is a slice; say how many were looked at once there are many, or many filters."""
    seen: set[tuple[str, CohortRequest]] = st.session_state.setdefault(_SEEN, set())
    filters = sum(bool(values) for _, values in request.filters)
    if filters:
        seen.add((contract.hash, request))
    if filters > FEW or len(seen) > FEW:
        markup.show(markup.plain("p", "aside", words(len(seen))))


def words(slices: int) -> str:
    """How many slices were looked at, and how many of them would stand out by luck.

    >>> words(14)
    'You have looked at 14 slices; about 1 would stand out by luck.'
    """
    lucky = math.floor(slices * BY_LUCK + 0.5)
    by_luck = f"about {text.count(lucky)} would stand out" if lucky else "one in 20 stands out"
    return f"You have looked at {text.plural(slices, 'slice')}; {by_luck} by luck."
