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
        if self.before.knows_waits and _reading(waits[0]) != _reading(waits[1]):
            parts.insert(
                0 if self.is_wait_moved else len(parts), f"median first touch {waits[0]} to {waits[1]}"
            )
        names = dict(RATES)
        parts += [f"{names[slug]} on too few leads to quote" for slug in self.lost]
        return ", ".join(parts) if parts else "no number moves by a point"


def _reading(duration: str) -> str:
    """A duration as it is understood: "1.0 working days" is "1 working day"."""
    number, _, unit = duration.partition(text.NBSP)
    return f"{number.removesuffix('.0')} {unit.removesuffix('s')}"


def price_of(warehouse: Warehouse, cohort: Cohort, faults: Faults, check: Check) -> Price | None:
    """What repairing one fault changes; None where the audit knows no repair.

    The leads stay the same ones: period and filters are not asked again, so a clock that moves does not move a lead out.
    """
    repair = repair_of(cohort, faults, check)
    if repair is Repair.NONE:
        return None
    touches = _touches(warehouse, cohort, faults, repair)
    leads = _repaired_leads(cohort, faults, check, repair, touches)
    return _compared(warehouse, cohort, leads, str(repair), touches)


def price_without(warehouse: Warehouse, cohort: Cohort, condition: str) -> Price:
    """What leaving out the leads of a condition over the cohort (``c``) changes; the condition is query text of ours."""
    kept = f"SELECT lead_no FROM {cohort.table} AS c WHERE NOT ({condition})"
    leads = f"SELECT * FROM {cohort.leads} WHERE lead_no IN ({kept})"
    return _compared(warehouse, cohort, leads, str(Repair.EXCLUDE))


def _compared(
    warehouse: Warehouse, cohort: Cohort, leads: str, repair: str, touches: str | None = None
) -> Price:
    repaired = _open_over(warehouse, cohort, leads, touches)
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


def _open_over(warehouse: Warehouse, cohort: Cohort, leads: str, touches: str | None) -> Cohort:
    """A cohort of its own over repaired rows of the same leads, and touches; both are query text that selects them."""
    digest = hashlib.sha256(f"{leads} {cohort.table}".encode()).hexdigest()[:16]
    table = warehouse.table(f"repaired_{digest}", leads)
    request = CohortRequest(cohort.request.fingerprint, is_whole_file=True)
    whole = open_cohort(warehouse, cohort.manifest, cohort.contract, request, leads=table, touches=touches)
    return replace(whole, starts_at=cohort.starts_at, ends_at=cohort.ends_at)


def _touches(warehouse: Warehouse, cohort: Cohort, faults: Faults, repair: Repair) -> str | None:
    """The touches to count over, as a query in brackets, moved where the repair moves them; None without dated ones."""
    if not knows_touch_times(cohort.manifest):
        return None
    path = warehouse.parquet(warehouse.root / cohort.manifest.fingerprint / "touches.parquet")
    if repair is not Repair.SHIFT_TOUCHES:
        return f"(SELECT * FROM {path})"
    at = _shifted("touched_at", cohort, faults)
    return f"(SELECT * REPLACE ({at} AS touched_at) FROM {path} WHERE touched_at IS NULL OR {at} IS NOT NULL)"


def _shifted(stamp: str, cohort: Cohort, faults: Faults) -> str:
    """Query text: a touch without the zone error; NULL where it then lies after the extract and has not happened."""
    lag = faults.whole_file.zone_lag
    moved = f"{stamp} + INTERVAL '{-lag.hours if lag else 0} hours'"
    return f"CASE WHEN {moved} <= TIMESTAMP '{cohort.manifest.as_of.isoformat(sep=' ')}' THEN {moved} END"


def _repaired_leads(cohort: Cohort, faults: Faults, check: Check, repair: Repair, touches: str | None) -> str:
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
    if repair is Repair.SHIFT_TOUCHES:
        parts = ", ".join(
            f"{_shifted(name, cohort, faults)} AS {name}" for name in ("first_touch_at", "prior_touch_at")
        )
        return _with_first_touch(f"SELECT * REPLACE ({parts}) FROM ({inside})", touches)
    moved = f"SELECT * REPLACE (CASE WHEN is_at_fault AND mql_at <= handoff_at THEN mql_at ELSE handoff_at END AS handoff_at) FROM ({inside})"
    return _with_first_touch(moved, touches)


def _with_first_touch(leads: str, touches: str | None) -> str:
    """The rows with their first touch found again after the clock or the touches moved."""
    if touches:
        found = (
            "SELECT t.lead_no, min(t.touched_at) FILTER (WHERE t.touched_at >= r.handoff_at) AS first_at,"
            " max(t.touched_at) FILTER (WHERE t.touched_at < r.handoff_at) AS prior_at"
            f" FROM {touches} AS t JOIN repaired AS r USING (lead_no) WHERE t.is_human GROUP BY 1"
        )
    else:
        found = "SELECT 0 AS lead_no, CAST(NULL AS TIMESTAMP) AS first_at, CAST(NULL AS TIMESTAMP) AS prior_at WHERE false"
    own, before = (
        f"CASE WHEN r.{name} {{side}} r.handoff_at THEN r.{name} END"
        for name in ("first_touch_at", "prior_touch_at")
    )
    first = f"least(t.first_at, {own.format(side='>=')}, {before.format(side='>=')})"
    prior = f"coalesce(t.prior_at, {own.format(side='<')}, {before.format(side='<')})"
    return (
        f"WITH repaired AS ({leads}) SELECT r.* EXCLUDE (is_at_fault) REPLACE ({first} AS first_touch_at,"
        f" CASE WHEN {first} IS NULL THEN {prior} END AS prior_touch_at) FROM repaired AS r LEFT JOIN ({found}) AS t USING (lead_no)"
    )
