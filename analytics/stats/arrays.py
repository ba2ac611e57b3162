"""The array types of this package and the one check at its door."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]


def as_counts(values: npt.ArrayLike, name: str) -> Ints:
    """The values as a flat int64 array, whatever integer width they came in (narrow unsigned ones overflow).

    Raises:
        ValueError: a value is negative, or the values are not whole numbers.
    """
    given = np.asarray(values)
    if given.size == 0:
        return np.empty(0, dtype=np.int64)
    if given.ndim != 1 or given.dtype.kind not in "iub":
        raise ValueError(
            f"{name} must be a flat array of whole numbers, found {given.dtype} of shape {given.shape}."
        )
    counts = given.astype(np.int64)
    if counts.min() < 0:
        raise ValueError(f"{name} must not be negative, found {int(counts.min())}.")
    return counts


def as_successes(successes: npt.ArrayLike, trials: npt.ArrayLike) -> tuple[Ints, Ints]:
    """Both as int64 arrays of one length.

    Raises:
        ValueError: the lengths differ, or a count of successes exceeds its trials.
    """
    hits, total = as_counts(successes, "successes"), as_counts(trials, "trials")
    if hits.shape != total.shape:
        raise ValueError(f"successes and trials differ in length: {hits.size} and {total.size}.")
    if (hits > total).any():
        worst = int(np.argmax(hits > total))
        raise ValueError(f"{int(hits[worst])} successes of {int(total[worst])} trials at position {worst}.")
    return hits, total
