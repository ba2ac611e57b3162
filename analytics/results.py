"""The shapes in which numbers travel: from the counting queries through statistics to figures and text.

Rates are in [0, 1] until ``formatting`` makes text of them. ``None`` always means "cannot be said" (no leads,
not reached, unknown), never zero.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Rate:
    """``numerator`` of ``denominator``, with a 95 % interval; ``value`` is None when the denominator is 0."""

    numerator: int
    denominator: int
    low: float | None = None
    high: float | None = None
    pending: int = 0

    @property
    def value(self) -> float | None:
        """Numerator / denominator, or None for no leads. The only place where a rate is divided."""
        return self.numerator / self.denominator if self.denominator else None


@dataclass(frozen=True, slots=True)
class Unmeasurable:
    """A number that this export cannot give: why, and which column would bring it."""

    why: str
    column: str = ""
