"""The numbers that two leaders argue over, all at once and small: what a repaired record is compared by."""

from __future__ import annotations

from dataclasses import dataclass

from analytics.account_intervals import rates_by_account
from analytics.cohort import Cohort
from analytics.handoff_steps import step_obstacle
from analytics.measurable import knows_first_touch, obstacle
from analytics.results import Rate
from analytics.stats.survival import wait_curve
from analytics.warehouse import Warehouse

RATES: tuple[tuple[str, str], ...] = (
    ("acceptance_rate", "acceptance"),
    ("accepted_of_decided", "accepted of decided"),
    ("touched_inside_limit", "touched inside the limit"),
    ("decided_in_window", "decided inside the window"),
    ("working_rate", "working rate"),
    ("accepted_to_opportunity", "accepted to opportunity"),
    ("won_in_horizon", "won within the horizon"),
)
"""Metric and its short name, in the order in which they are compared."""


@dataclass(frozen=True, slots=True)
class KeyNumbers:
    """The key numbers of one cohort.

    ``rates``: metric -> rate, only those that the export can give; without an interval where it
    has too few accounts. ``median_wait``: working seconds from handoff to
    first touch, never-touched leads counted; None = not reached, or unknown where ``knows_waits`` is False.
    """

    leads: int
    rates: dict[str, Rate]
    knows_waits: bool
    median_wait: float | None


def measure_key_numbers(warehouse: Warehouse, cohort: Cohort) -> KeyNumbers:
    """All key numbers of a cohort, by the same code as everywhere else."""
    manifest = cohort.manifest
    known = tuple(
        slug for slug, _ in RATES if obstacle(manifest, slug) is None and step_obstacle(cohort, slug) is None
    )
    leads = int(warehouse.run_once(cohort.table, f"SELECT count(*) AS n FROM {cohort.table}").item())
    rates = rates_by_account(warehouse, cohort, known)
    return KeyNumbers(leads, rates, knows_first_touch(manifest), _median_wait(warehouse, cohort))


def _median_wait(warehouse: Warehouse, cohort: Cohort) -> float | None:
    if not knows_first_touch(cohort.manifest):
        return None
    frame = warehouse.run_once(
        cohort.table,
        "SELECT working_wait AS wait, count(*) FILTER (WHERE is_touched) AS touched,"
        f" count(*) FILTER (WHERE NOT is_touched) AS waiting FROM {cohort.table} WHERE NOT is_touched_before GROUP BY 1 ORDER BY 1",
    )
    curve = wait_curve(frame["wait"].to_numpy(), frame["touched"].to_numpy(), frame["waiting"].to_numpy())
    return curve.quantile(0.5) if curve else None
