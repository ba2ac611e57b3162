"""Score and size bands: which edges hold, and the CASE expressions that place a lead."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from analytics.stats.bands import equal_count_edges
from analytics.warehouse import Warehouse, literal

NO_SCORE = "no score"


@dataclass(frozen=True, slots=True)
class BandPlan:
    """Lower edges of the score bands, the last one open; ``is_whole``: every score is a whole number."""

    edges: tuple[float, ...]
    is_equal_count: bool
    is_whole: bool

    def score_case(self, expression: str) -> str:
        """Band number of a score, -1 without one."""
        return band_case(expression, self.edges)

    def label_case(self, expression: str) -> str:
        """Band label of a score, NULL without one."""
        cases = " ".join(
            f"WHEN {number} THEN {literal(self.label(number))}" for number in range(len(self.edges))
        )
        return f"CASE {self.score_case(expression)} {cases} END"

    def interval(self, number: int) -> str:
        """The band in mathematical writing: ``[20,40)``, ``[80,∞)``, ``no score``."""
        if number < 0:
            return NO_SCORE
        low, high = self._ends(number)
        return f"[{low:g},{'∞' if math.isinf(high) else f'{high:g}'})"

    def label(self, number: int) -> str:
        """The band for people: ``20–39`` for whole scores, ``20 to under 40`` else, ``80+``, ``no score``."""
        if number < 0:
            return NO_SCORE
        low, high = self._ends(number)
        if math.isinf(high):
            return f"{low:g}+"
        if self.is_whole and float(high).is_integer() and float(low).is_integer():
            return f"{low:g}–{high - 1:g}" if high - 1 > low else f"{low:g}"
        return f"{low:g} to under {high:g}"

    def _ends(self, number: int) -> tuple[float, float]:
        return self.edges[number], self.edges[number + 1] if number + 1 < len(self.edges) else math.inf


def band_case(expression: str, edges: Sequence[float]) -> str:
    """Number of the band a value falls into, -1 for NULL; a value under the first edge falls into the first band."""
    cases = " ".join(
        f"WHEN {expression} < {float(edge)!r} THEN {number}" for number, edge in enumerate(edges[1:])
    )
    return f"(CASE WHEN {expression} IS NULL THEN -1 {cases} ELSE {len(edges) - 1} END)"


def score_bands_of(warehouse: Warehouse, scores: str, edges: tuple[float, ...]) -> BandPlan:
    """The bands of a snapshot, from its table of distinct scores (``score``, ``leads``)."""
    low, high, whole = warehouse.run(
        f"SELECT min(score), max(score), coalesce(bool_and(score = floor(score)), true) FROM {scores}"
    ).row(0)
    if low is None or (low >= 0 and high <= 100):
        return BandPlan(edges, is_equal_count=False, is_whole=bool(whole))
    frame = warehouse.run(f"SELECT score, leads FROM {scores} ORDER BY score")
    found = equal_count_edges(frame["score"].to_numpy(), frame["leads"].to_numpy().astype(np.int64))
    return BandPlan(tuple(float(edge) for edge in found), is_equal_count=True, is_whole=bool(whole))
