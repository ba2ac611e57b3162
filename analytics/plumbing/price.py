"""What a fault costs: the same numbers once more, over the same leads repaired or without them."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace

from analytics import formatting as text
from analytics.cohort import Cohort, CohortRequest, open_cohort
from analytics.key_numbers import RATES, KeyNumbers, measure_key_numbers
from analytics.plumbing.check import Check, Repair
from analytics.plumbing.checks import knows_touch_times
from analytics.plumbing.faults import Faults
from analytics.stats.calendar import opening_day_seconds
from analytics.verdict_rules import VerdictKind, judge, measure_case
from analytics.warehouse import Warehouse

_INSIDE = "CASE WHEN {stamp} IS NULL THEN handoff_at WHEN {stamp} > handoff_at + $window THEN handoff_at + $window ELSE {stamp} END"
_REPLACED = {
    Repair.REASON_FILLED: (("rejection_reason", "'other'"),),
    Repair.DECIDED_IN_TIME: (
        # an acceptance inside the window stays where it is: the window of the cadence begins with it
        ("accepted_at", f"CASE WHEN disposition = 'accepted' THEN {_INSIDE.format(stamp='accepted_at')} END"),
        (
            "rejected_at",
            f"CASE WHEN disposition = 'rejected' THEN {_INSIDE.format(stamp='rejected_at')} ELSE rejected_at END",
        ),
    ),
    Repair.TOUCHED_AT_ONCE: (("first_touch_at", "handoff_at"), ("first_touch_is_date", "false")),
}
"""Repair -> columns of the leads file and what a lead at fault gets in them."""
MOVES_BY = 0.05
"""A repair counts when a rate moves by five points …"""
FACTOR = 2.0
"""… or when the median wait halves or doubles …"""
_ROUNDING = 1e-9


@dataclass(frozen=True, slots=True)
class Price:
    """The key numbers and the verdict (plumbing aside) ``before`` and ``after`` a repair, which ``repair`` names.

    ``moved``: metrics whose rate moves by at least five points. ``is_wait_moved``: the median first touch halves or
    doubles, or is reached on one side only. ``lost``: numbers that cannot be quoted any more once the fault is out.
    """

    repair: str
    before: KeyNumbers
    after: KeyNumbers
    verdict_before: VerdictKind
    verdict_after: VerdictKind
    day_seconds: int

    @property
    def is_flipped(self) -> bool:
        """Whether the verdict is another one after the repair."""
        return self.verdict_before != self.verdict_after

    @property
    def moved(self) -> tuple[str, ...]:
        """Metrics whose rate moves by at least five points, in the order of the comparison."""
        return tuple(slug for slug, _ in RATES if abs(self.difference(slug) or 0.0) >= MOVES_BY - _ROUNDING)

    def difference(self, slug: str) -> float | None:
        """After less before, in [-1, 1]; None where either is unknown or stands on too few leads to quote."""
        rates = [numbers.rates.get(slug) for numbers in (self.before, self.after)]
        values = [rate.value if rate is not None and text.is_quotable(rate) else None for rate in rates]
        return values[1] - values[0] if values[0] is not None and values[1] is not None else None

    @property
    def is_wait_moved(self) -> bool:
        """Whether the median first touch halves or doubles, or is reached on one side only."""
        if not self.before.knows_waits or not self.after.leads:
            return False
        first, second = self.before.median_wait, self.after.median_wait
        if first is None or second is None:
            return first is not second
        small, large = sorted((first, second))
        return large >= FACTOR * small and large - small >= 60

    @property
    def lost(self) -> tuple[str, ...]:
        """Metrics that could be quoted before the repair and cannot any more."""
        return tuple(
            slug
            for slug, rate in self.before.rates.items()
            if text.is_quotable(rate) and not text.is_quotable(self.after.rates.get(slug, rate))
        )

    @property
    def matters(self) -> bool:
        """Whether the fault changes what would be said in the meeting."""
        return self.is_flipped or bool(self.moved) or self.is_wait_moved or bool(self.lost)

    @property
    def words(self) -> str:
        """The price in one line: "acceptance 58 % to 63 %, median first touch 9 h to 6 h"; that nothing moves, where so."""
        parts = [
            f"{name} {text.percent(self.before.rates[slug].value)} to {text.percent(self.after.rates[slug].value)}"
            for slug, name in RATES
            if abs(self.difference(slug) or 0.0) >= 0.01 - _ROUNDING
        ]
        waits = [text.duration(one.median_wait, self.day_seconds) for one in (self.before, self.after)]
        if self.before.knows_waits and waits[0] != waits[1]:
            parts.insert(
                0 if self.is_wait_moved else len(parts), f"median first touch {waits[0]} to {waits[1]}"
            )
        names = dict(RATES)
        parts += [f"{names[slug]} on too few leads to quote" for slug in self.lost]
        return ", ".join(parts) if parts else "no number moves by a point"


def price_of(warehouse: Warehouse, cohort: Cohort, faults: Faults, check: Check) -> Price | None:
    """What repairing one fault changes; None where the audit knows no repair.

    The leads stay the same ones: period and filters are not asked again, so a clock that moves does not move a lead out.
    """
    repair = repair_of(cohort, faults, check)
    if repair is Repair.NONE:
        return None
    return _compared(
        warehouse, cohort, _repaired_leads(warehouse, cohort, faults, check, repair), str(repair)
    )


def price_without(warehouse: Warehouse, cohort: Cohort, condition: str) -> Price:
    """What leaving out the leads of a condition over the cohort (``c``) changes; the condition is query text of ours."""
    kept = f"SELECT lead_no FROM {cohort.table} AS c WHERE NOT ({condition})"
    leads = f"SELECT * FROM {cohort.leads} WHERE lead_no IN ({kept})"
    return _compared(warehouse, cohort, leads, str(Repair.EXCLUDE))


def _compared(warehouse: Warehouse, cohort: Cohort, leads: str, repair: str) -> Price:
    repaired = _open_over(warehouse, cohort, leads)
    before, after = measure_key_numbers(warehouse, cohort), measure_key_numbers(warehouse, repaired)
    verdicts = [judge(measure_case(warehouse, one)) for one in (cohort, repaired)]
    return Price(repair, before, after, verdicts[0], verdicts[1], opening_day_seconds(cohort.calendar))


def repair_of(cohort: Cohort, faults: Faults, check: Check) -> Repair:
    """How this fault is repaired in this export: the best way it allows."""
    if check.repair is Repair.CLOCK_AT_MQL:
        return check.repair if cohort.manifest.has("mql_at") else Repair.EXCLUDE
    if check.repair is Repair.SHIFT_TOUCHES:
        return check.repair if faults.whole_file.zone_lag else Repair.EXCLUDE
    return check.repair


def _open_over(warehouse: Warehouse, cohort: Cohort, leads: str) -> Cohort:
    """A cohort of its own over repaired rows of the same leads; ``leads`` is query text that selects them."""
    digest = hashlib.sha256(f"{leads} {cohort.table}".encode()).hexdigest()[:16]
    table = warehouse.table(f"repaired_{digest}", leads)
    request = CohortRequest(cohort.request.fingerprint, is_whole_file=True)
    whole = open_cohort(warehouse, cohort.manifest, cohort.contract, request, leads=table)
    return replace(whole, starts_at=cohort.starts_at, ends_at=cohort.ends_at)


def _repaired_leads(
    warehouse: Warehouse, cohort: Cohort, faults: Faults, check: Check, repair: Repair
) -> str:
    """Query text: the rows of the leads file that belong to the cohort, repaired."""
    inside = f"SELECT l.*, f.{check.key} AS is_at_fault FROM {cohort.leads} AS l JOIN {faults.table} AS f USING (lead_no)"
    if repair is Repair.EXCLUDE:
        return f"SELECT * EXCLUDE (is_at_fault) FROM ({inside}) WHERE NOT is_at_fault"
    if repair in _REPLACED:
        window = f"INTERVAL '{int(cohort.contract.disposition_days)} days'"
        parts = ", ".join(
            f"CASE WHEN is_at_fault THEN {new.replace('$window', window)} ELSE {name} END AS {name}"
            for name, new in _REPLACED[repair]
        )
        return f"SELECT * EXCLUDE (is_at_fault) REPLACE ({parts}) FROM ({inside})"
    if repair is Repair.SHIFT_TOUCHES and faults.whole_file.zone_lag:
        hours = int(faults.whole_file.zone_lag.hours)
        return _with_first_touch(warehouse, cohort, f"SELECT * FROM ({inside})", f"INTERVAL '{-hours} hours'")
    moved = f"SELECT * REPLACE (CASE WHEN is_at_fault AND mql_at <= handoff_at THEN mql_at ELSE handoff_at END AS handoff_at) FROM ({inside})"
    return _with_first_touch(warehouse, cohort, moved, "INTERVAL '0 hours'")


def _with_first_touch(warehouse: Warehouse, cohort: Cohort, leads: str, shift: str) -> str:
    """The rows with their first touch found again after the clock or the touches moved."""
    manifest = cohort.manifest
    if knows_touch_times(manifest):
        path = warehouse.parquet(warehouse.root / manifest.fingerprint / "touches.parquet")
        touches = (
            f"SELECT t.lead_no, min(t.touched_at + {shift}) FILTER (WHERE t.touched_at + {shift} >= r.handoff_at) AS first_at,"
            f" max(t.touched_at + {shift}) FILTER (WHERE t.touched_at + {shift} < r.handoff_at) AS prior_at"
            f" FROM {path} AS t JOIN repaired AS r USING (lead_no) WHERE t.is_human GROUP BY 1"
        )
    else:
        touches = "SELECT 0 AS lead_no, CAST(NULL AS TIMESTAMP) AS first_at, CAST(NULL AS TIMESTAMP) AS prior_at WHERE false"
    own = f"r.first_touch_at + {shift}"
    before = f"r.prior_touch_at + {shift}"
    first = f"least(t.first_at, CASE WHEN {own} >= r.handoff_at THEN {own} END, CASE WHEN {before} >= r.handoff_at THEN {before} END)"
    prior = f"coalesce(t.prior_at, CASE WHEN {own} < r.handoff_at THEN {own} END, CASE WHEN {before} < r.handoff_at THEN {before} END)"
    return (
        f"WITH repaired AS ({leads}) SELECT r.* EXCLUDE (is_at_fault) REPLACE ({first} AS first_touch_at,"
        f" CASE WHEN {first} IS NULL THEN {prior} END AS prior_touch_at) FROM repaired AS r LEFT JOIN ({touches}) AS t USING (lead_no)"
    )
