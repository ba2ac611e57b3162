"""The one place that turns the name of a dimension (source, company size, a kept column …) into an expression."""

from __future__ import annotations

import itertools

from analytics.banding import BandPlan, band_case
from analytics.contract import Contract
from analytics.errors import RequestError, nearest
from analytics.schema import DIMENSIONS
from analytics.store.manifest import Manifest
from analytics.warehouse import identifier, literal


def dimension_column(
    manifest: Manifest, name: str, contract: Contract, bands: BandPlan, alias: str = "l"
) -> str:
    """The expression of a dimension over the leads file: a canonical one, a band, or a kept column by its header.

    Raises:
        RequestError: no such dimension; names the nearest.
    """
    aliases = {header: column for column, header in manifest.extra_columns.items()}
    known = (*DIMENSIONS, "score_band", "company", "account_id", "disposition", "outcome", "rejection_reason")
    field = {"size_band": "employees", "score_band": "score"}.get(name, name)
    if name in aliases and not (
        name in known and manifest.has(field)
    ):  # it may bear the name of an unmapped field
        return f"{alias}.{identifier(aliases[name])}"
    if name == "size_band":
        return size_label_case(f"{alias}.employees", contract.size_edges)
    if name == "score_band":
        return bands.label_case(f"{alias}.score")
    if name in known:
        return f"{alias}.{name}"
    headers = {
        header.split(".", 1)[1]: field
        for field, header in manifest.columns.items()
        if header.startswith("leads.")
    }
    if headers.get(name) in DIMENSIONS:
        return f"{alias}.{headers[name]}"
    offered = [*DIMENSIONS, "score_band", *aliases]
    raise RequestError(
        f"There is no column '{name[:60]}' to filter or group by{nearest(name, offered) or '.'} Known: {', '.join(offered[:20])}."
    )


def size_labels(edges: tuple[int, ...]) -> tuple[str, ...]:
    """Names of the company-size bands: 1–10, 11–50, …, 5,001+."""
    inner = [f"{low:,}–{high - 1:,}" for low, high in itertools.pairwise(edges)]
    return (*inner, f"{edges[-1]:,}+")


def size_label_case(expression: str, edges: tuple[int, ...]) -> str:
    """The company-size band of a lead as its name, NULL for unknown."""
    number = band_case(expression, edges)
    cases = " ".join(f"WHEN {index} THEN {literal(label)}" for index, label in enumerate(size_labels(edges)))
    return f"CASE {number} {cases} END"
