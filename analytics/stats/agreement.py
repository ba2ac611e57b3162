"""Whether two people who judged the same things said the same: counts of agreement, and Cohen's kappa."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Hashable, Sequence
from dataclasses import dataclass

from analytics.stats.intervals import normal_quantile


@dataclass(frozen=True, slots=True)
class Kappa:
    """Agreement beyond chance: 1 is perfect, 0 what chance gives, negative less than that; with its interval."""

    value: float
    low: float
    high: float


def agreements(first: Sequence[Hashable], second: Sequence[Hashable]) -> int:
    """In how many places both said the same.

    Raises:
        ValueError: the two are not of the same length.
    """
    return sum(one == other for one, other in zip(first, second, strict=True))


def cohens_kappa(
    first: Sequence[Hashable], second: Sequence[Hashable], confidence: float = 0.95
) -> Kappa | None:
    """Cohen's kappa of two judges with its large-sample interval; None without things, or where both said one word only.

    It takes from the raw agreement what two judges with these habits would share by chance. With lopsided habits it is
    low however often they agree, so it stands beside the raw agreement, never instead of it.

    Source: Cohen 1960, Educ. Psychol. Meas. 20:37-46; interval of Fleiss, Cohen & Everitt 1969, Psychol. Bull.
    72:323-327. As recalled from, and reproducing, Stata's manual, ``kap`` on two radiologists' reading of 85 xeromammograms (Boyd et al.
    1982): agreement 63.53 %, expected 30.82 %, kappa 0.4728.

    >>> round(cohens_kappa("aabb", "aaba").value, 2)
    0.5

    Raises:
        ValueError: the two are not of the same length, or the confidence is not between 0 and 1.
    """
    z = normal_quantile(confidence)
    cells = Counter(zip(first, second, strict=True))
    size = sum(cells.values())
    if not size:
        return None
    rows, columns = Counter(first), Counter(second)
    expected = sum(rows[word] * columns[word] for word in rows) / size**2
    if expected >= 1.0:
        return None
    same = sum(count for (one, other), count in cells.items() if one == other) / size
    value = (same - expected) / (1.0 - expected)
    kept = 1.0 - value
    agreeing = apart = 0.0
    for (one, other), count in cells.items():
        if one == other:
            agreeing += count / size * (1.0 - (rows[one] + columns[one]) / size * kept) ** 2
        else:
            apart += count / size * ((columns[one] + rows[other]) / size) ** 2
    spread = agreeing + kept**2 * apart - (value - expected * kept) ** 2
    half = z * math.sqrt(max(0.0, spread) / size) / (1.0 - expected)
    return Kappa(value, max(-1.0, value - half), min(1.0, value + half))
