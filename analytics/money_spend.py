"""The rows of the spend file, each in one place: counted, or left out for a reason that is said."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import date

from analytics.importing.categories import category_key
from analytics.periods import Unit, number_of
from analytics.results import Unmeasurable
from analytics.store.manifest import Manifest
from analytics.warehouse import Warehouse

FILE = "spend.parquet"
COLUMNS = ("source", "month", "amount")
NO_SPEND = Unmeasurable(
    "The export holds leads, but no file of what marketing spent.",
    "a file with the columns source, month and amount, uploaded on the Import page together with the leads",
)


@dataclass(frozen=True, slots=True)
class Pile:
    """Some rows of the spend file and the sum of their amounts."""

    rows: int = 0
    amount: float = 0.0

    def __add__(self, other: Pile) -> Pile:
        """Both piles as one."""
        return Pile(self.rows + other.rows, math.fsum((self.amount, other.amount)))


@dataclass(frozen=True, slots=True)
class SpendCell:
    """All rows of one source and month. ``key`` "" = no source; ``month`` None = none that can be read."""

    key: str
    name: str
    month: int | None
    amounts: Pile
    without_amount: int
    negative: Pile


@dataclass(frozen=True, slots=True)
class SpendRows:
    """Where every row of the spend file went: ``all_rows`` = counted + the four that are left out.

    Attributes:
        counted: rows of the counted months; of them ``unplaced`` name no source, ``negative`` are below zero (credits),
            and ``repeated`` sources and months stand in several rows, which are added up.
        outside: rows of months that are not counted.
        without_month: rows without a month that can be read.
        without_amount: rows without an amount that can be read.
        other: rows of sources outside the selection.
    """

    all_rows: int = 0
    counted: Pile = Pile()
    unplaced: Pile = Pile()
    negative: Pile = Pile()
    repeated: int = 0
    outside: Pile = Pile()
    without_month: Pile = Pile()
    without_amount: int = 0
    other: Pile = Pile()


def spend_obstacle(manifest: Manifest) -> Unmeasurable | None:
    """Why the spend of this export cannot be used; None where it can."""
    if FILE not in manifest.stored:
        return NO_SPEND
    missing = [name for name in ("month", "amount") if f"spend.{name}" not in manifest.columns]
    if missing:
        named = " and no ".join(missing)
        return Unmeasurable(f"The file of spend has no {named}.", f"the columns {', '.join(COLUMNS)}")
    return None


def read_spend(warehouse: Warehouse, manifest: Manifest) -> tuple[SpendCell, ...]:
    """The spend file as one cell per source and month; empty without the file."""
    if FILE not in manifest.stored:
        return ()
    known = {name: f"spend.{name}" in manifest.columns for name in COLUMNS}
    source = "CAST(source AS VARCHAR)" if known["source"] else "CAST(NULL AS VARCHAR)"
    month = "CAST(month AS VARCHAR)" if known["month"] else "CAST(NULL AS VARCHAR)"
    amount = "amount" if known["amount"] else "CAST(NULL AS DOUBLE)"
    rows = warehouse.run(
        "SELECT source, month, count(*) AS cells, count(amount) AS amounts, coalesce(sum(amount), 0) AS total, "
        "count(*) FILTER (WHERE amount < 0) AS credits, coalesce(sum(amount) FILTER (WHERE amount < 0), 0) AS credited "
        f"FROM (SELECT {source} AS source, {month} AS month, CAST({amount} AS DOUBLE) AS amount "
        f"FROM {warehouse.parquet(warehouse.root / manifest.fingerprint / FILE)}) GROUP BY 1, 2 ORDER BY 1, 2"
    ).rows()
    return tuple(
        SpendCell(
            category_key(name or ""),
            name or "",
            number_of(Unit.MONTH, date.fromisoformat(at)) if at else None,
            Pile(int(amounts), float(total)),
            int(cells) - int(amounts),
            Pile(int(below), float(credited)),
        )
        for name, at, cells, amounts, total, below, credited in rows
    )


def named_months(cells: tuple[SpendCell, ...]) -> frozenset[int]:
    """The months for which the file names any amount, of whatever source."""
    return frozenset(one.month for one in cells if one.month is not None and one.amounts.rows)


def sort_rows(
    cells: tuple[SpendCell, ...], months: Collection[int], keys: Collection[str] | None
) -> tuple[SpendRows, dict[tuple[str, int], float], dict[str, str]]:
    """Every row in its place; the counted amounts by source key and month; the name of each source that is counted.

    ``keys``: the sources of the selection, None = all.
    """
    found = SpendRows(all_rows=sum(one.amounts.rows + one.without_amount for one in cells))
    amounts: dict[tuple[str, int], list[float]] = defaultdict(list)
    rows_of: dict[tuple[str, int], int] = defaultdict(int)
    names: dict[str, str] = {}
    for one in cells:
        found = replace(found, without_amount=found.without_amount + one.without_amount)
        if not one.amounts.rows:
            continue
        if one.month is None:
            found = replace(found, without_month=found.without_month + one.amounts)
        elif keys is not None and one.key not in keys:
            found = replace(found, other=found.other + one.amounts)
        elif one.month not in months:
            found = replace(found, outside=found.outside + one.amounts)
        else:
            found = replace(
                found, counted=found.counted + one.amounts, negative=found.negative + one.negative
            )
            if not one.key:
                found = replace(found, unplaced=found.unplaced + one.amounts)
            amounts[one.key, one.month].append(one.amounts.amount)
            rows_of[one.key, one.month] += one.amounts.rows
            names.setdefault(one.key, one.name)
    repeated = sum(rows > 1 for (key, _), rows in rows_of.items() if key)
    sums = {place: math.fsum(parts) for place, parts in amounts.items()}
    return replace(found, repeated=repeated), sums, names
