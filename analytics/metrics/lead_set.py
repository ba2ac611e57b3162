"""The shapes of a definition: a named set of leads, and a rate of two of them."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

Grain = Literal["cohort", "journey", "file", "audit"]


class ValueKind(StrEnum):
    """What the whole number behind the colon of a key means."""

    NONE = ""
    NUMBER = "number"
    WEEK = "week"
    MONTH = "month"
    QUARTER = "quarter"
    SECONDS = "seconds"
    DAYS = "days"
    TOUCHES = "touches"
    REASON = "reason"
    SIZE_BAND = "size band"
    SCORE_BAND = "score band"
    SCORE = "score"
    HOUR = "hour"


@dataclass(frozen=True, slots=True)
class LeadSet:
    """A named set of leads: a one-line predicate over one row per lead.

    ``$value`` in the predicate is the whole number behind the colon of a key such as ``band_won:3``; ``value`` says
    what it means. ``grain`` says which columns the predicate may use: those of the cohort, those of the cohort with
    the lead's journey (stages, ages, reason, arrival), those of the leads file, for leads outside the cohort, or the flags of the
    audit.
    """

    slug: str
    label: str
    sentence: str
    predicate: str
    value: ValueKind = ValueKind.NONE
    grain: Grain = "cohort"

    @property
    def takes_value(self) -> bool:
        """Whether a key names this set only together with a number."""
        return self.value is not ValueKind.NONE


@dataclass(frozen=True, slots=True)
class Metric:
    """A rate: numerator and denominator are lead sets, pending ones stand outside both."""

    slug: str
    label: str
    sentence: str
    window: str
    steward: str
    numerator: str
    denominator: str
    pending: str | None
